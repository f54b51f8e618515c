from __future__ import annotations

import datetime as dt
import time

import pytest

from geomap.events.dates import find_dates
from geomap.record import Article, Record

PUBLISHED = dt.date(2021, 7, 8)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "surface", "value"),
    [
        ("Ia berbicara pada Kamis.", "Kamis", "2021-07-08"),
        ("Ia tiba pada hari Rabu.", "hari Rabu", "2021-07-07"),
        ("Mereka akan bertemu pada hari Rabu.", "hari Rabu", "2021-07-14"),
        ("Pemilu digelar Minggu depan.", "Minggu depan", "2021-07-11"),
        ("Bentrokan terjadi minggu lalu.", "minggu lalu", "2021-W26"),
        ("Bentrokan terjadi Minggu lalu.", "Minggu lalu", "2021-07-04"),
        ("Pernyataan itu keluar awal pekan ini.", "awal pekan ini", "2021-W27"),
        ("Ia berkata bulan lalu.", "bulan lalu", "2021-06"),
        ("Tenggat 11 September berlaku.", "11 September", "2021-09-11"),
        ("Pada tanggal 23 Juni laporan terbit.", "tanggal 23 Juni", "2021-06-23"),
        ("Resolusi 2013 dikutip.", "2013", "2013"),
        ("Ia ditangkap Selasa (6/7).", "Selasa (6/7)", "2021-07-06"),
        ("Ia tewas Minggu (28/12/2014) pukul 06.18 WIB.", "Minggu (28/12/2014) pukul 06.18 WIB", "2014-12-28T06:18"),
        ("Mereka datang kemarin malam.", "kemarin malam", "2021-07-07TNI"),
        ("Rapat digelar pada tahun 1990-an.", "tahun 1990-an", "199"),
        ("Dua hari yang lalu ia pergi.", "Dua hari yang lalu", "2021-07-06"),
        ("Setahun lalu ia pergi.", "Setahun lalu", "2020"),
        ("Saat ini mereka aman.", "Saat ini", "PRESENT_REF"),
    ],
)
def test_indonesian_dates(dates, text, surface, value):
    found = dates(text)
    assert [(date.surface, date.value) for date in found] == [(surface, value)]


@pytest.mark.parametrize(
    ("text", "surface", "value"),
    [
        ("It happened on Thursday, July 8, 2021.", "on Thursday, July 8, 2021", "2021-07-08"),
        ("They met on 3 May 2020.", "on 3 May 2020", "2020-05-03"),
        ("He was sworn in on Jan. 20.", "on Jan. 20", "2021-01-20"),
        ("The army fled last month.", "last month", "2021-06"),
        ("They will meet next Tuesday.", "next Tuesday", "2021-07-13"),
        ("They fled two weeks ago.", "two weeks ago", "2021-W25"),
        ("The quake struck at 6:14 a.m. yesterday.", "at 6:14 a.m. yesterday", "2021-07-07T06:14"),
        ("It was built in the 1990s.", "the 1990s", "199"),
        ("Prices rose in mid-July.", "mid-July", "2021-07"),
        ("They left on Saturday night.", "on Saturday night", "2021-07-03TNI"),
    ],
)
def test_english_dates(dates, text, surface, value):
    assert (surface, value) in [(date.surface, date.value) for date in dates(text, "en")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Sekitar 70% wilayah dikuasai.", "id"),
        ("Lebih dari 2.000 tentara dan 2014 orang pergi.", "id"),
        ("Perbatasan itu 1.400 kilometer.", "id"),
        ("We may go, and the 50-year-old widow will march.", "en"),
        ("More than 2000 soldiers fled.", "en"),
        ("Ia dibawa terlebih dahulu.", "id"),
    ],
)
def test_numbers_and_words_that_are_no_dates(dates, text, language):
    assert dates(text, language) == ()


def test_part_of_a_week_ends_on_wednesday(dates):
    (date,) = dates("Ia berkata awal pekan ini.")
    assert (date.earliest, date.latest, date.granularity) == (day("2021-07-05"), day("2021-07-07"), "part")


def test_a_duration_is_no_date(dates):
    (date,) = dates("Perang berlangsung selama hampir 20 tahun.")
    assert (date.type, date.value, date.earliest, date.latest) == ("DURATION", "P20Y", None, None)


def test_recent_weeks_end_with_publication(dates):
    (date,) = dates("Keadaan memburuk dalam beberapa pekan terakhir.")
    assert date.type == "DURATION"
    assert date.latest == PUBLISHED
    assert day("2021-06-10") < date.earliest < day("2021-06-24")


def test_a_clock_time_hangs_on_the_date_before_it(dates):
    first, second = dates("Pesawat hilang Sabtu (3/7/2021). Kontak putus pada pukul 06.14.")
    assert (first.value, second.value) == ("2021-07-03", "2021-07-03T06:14")


def test_later_counts_from_the_date_before(dates):
    assert [date.value for date in dates("Ia tiba 11 Februari 2014. Sebulan kemudian ia pergi.")] == [
        "2014-02-11",
        "2014-03-11",
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Rabu lalu, kemarin, minggu ini, dua hari lalu, bulan lalu, awal pekan ini.", "id"),
        ("Last Wednesday, yesterday, this week, two days ago, last week, earlier this week.", "en"),
    ],
)
def test_everything_relative_shifts_with_publication(dates, text, language):
    week = dt.timedelta(days=7)
    before, after = dates(text, language), dates(text, language, PUBLISHED + week)
    assert len(before) == len(after) >= 5
    for one, other in zip(before, after, strict=True):
        if one.granularity == "month":
            continue
        assert (other.earliest - one.earliest, other.latest - one.latest) == (week, week), one.surface


def test_stated_dates_do_not_shift(dates):
    text = "Ia lahir 3 Mei 1990 dan tewas pada 2013."
    assert dates(text) == dates(text, "id", PUBLISHED + dt.timedelta(days=400))


def test_without_publication_dates_stay_relative_and_a_warning_says_so():
    record = find_dates(
        Record(Article("Ia pergi minggu lalu. Pada Rabu ia tiba. Pada 11 September ia mundur.", language="id"))
    )
    assert [(d.value, d.anchor, d.earliest) for d in record.dates] == [
        ("P-1W", "unresolved", None),
        ("XXXX-WXX-3", "unresolved", None),
        ("XXXX-09-11", "unresolved", None),
    ]
    assert len(record.warnings) == 1


def test_a_language_without_a_pack_gets_numeric_dates(dates):
    assert [d.value for d in dates("Am 8.7.2021 und 2021-07-09.", "xx")] == ["2021-07-08", "2021-07-09"]


@pytest.mark.parametrize("text", ["31/02/2021", "99/99/2021", "tanggal 45 Mei", "pukul 99.99", "0 hari", "(40/1)"])
def test_impossible_dates_are_left_alone(dates, text):
    assert all(date.granularity != "day" for date in dates(text))


@pytest.mark.parametrize("unit", ["1 ", "one ", "Monday ", "( ", "1.", "in ", "2021-", "9" * 7])
def test_hostile_text_takes_linear_time(unit):
    def seconds(size):
        text = unit * (size // len(unit))
        start = time.process_time()
        find_dates(Record(Article(text, language="en", date=PUBLISHED)))
        return time.process_time() - start

    assert seconds(40_000) < 20 * max(seconds(10_000), 0.02)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Call 021-555-2014 or +62 812 2014 1990."),
        ("en", "They won 3-2, then lost 2-1 and 10-12; in the first half they scored."),
        ("en", "Theresa May said the army may march on, and he sat in the sun by mon repos."),
        ("en", "About 2014 soldiers, 1990 km, 20% and 12.30 dollars; 6.2 on the scale."),
        ("en", "From 10 to 20 people died 5 to 10 km away; between 200 and 300 were hurt."),
        ("en", "Two men in their 20s fled with Plan H and five others."),
        ("en", "The second man fell in the quarter of the city where half of the people live."),
        ("id", "Nomor telepon 0812-3456-7890 dan 021-2014; skor 3-2 untuk tim itu."),
        ("id", "Jarak 1.400 kilometer, 1945 prajurit, 70% suara; dari 3 sampai 5 orang terluka."),
        ("fr", "De 3 à 5 soldats de la planète Mars, 2014 personnes, 20 % ; le premier ministre."),
        ("de", "3 bis 5 Soldaten, 2014 Menschen, 20 Prozent, 3:2; 2000 bis 3000 Grad."),
        ("es", "De 3 a 5 soldados, 2014 personas, 20 %, 3-2; el segundo hombre."),
        ("pt", "De 3 a 5 soldados em Natal, 2014 pessoas; a segunda vez."),
        ("ru", "От 3 до 5 солдат, 2014 человек, 20%, счёт 3:2; до 5 км."),
        ("tr", "3 ile 5 asker, 2014 kişi, yüzde 20."),
        ("ar", "من 3 إلى 5 جنود و2014 شخصا، الأول من نوعه."),
        ("zh", "3至5名士兵,2014人,20%。第二名,到目的地。"),
        ("ja", "日本の3人,第2位,20%。"),
        ("tg", "Ӯ дар Душанбе аст."),
    ],
)
def test_counts_scores_and_names_are_no_dates(dates, text, language):
    assert dates(text, language) == ()


@pytest.mark.parametrize(
    ("language", "text", "value", "mod"),
    [
        ("id", "Mereka tinggal di sana sejak Maret 2014.", "2014-03", "SINCE"),
        ("en", "He has been in jail since March 2014.", "2014-03", "SINCE"),
        ("es", "Vive allí desde marzo de 2014.", "2014-03", "SINCE"),
        ("fr", "Il y vit depuis mars 2014.", "2014-03", "SINCE"),
        ("de", "Er lebt dort seit März 2014.", "2014-03", "SINCE"),
        ("pt", "Vive ali desde março de 2014.", "2014-03", "SINCE"),
        ("ru", "Он живёт там с марта 2014 года.", "2014-03", "SINCE"),
        ("ar", "يعيش هناك منذ مارس 2014.", "2014-03", "SINCE"),
        ("zh", "自2014年3月以来他住在那里。", "2014-03", "SINCE"),
        ("tr", "Mart 2014'ten beri orada yaşıyor.", "2014-03", "SINCE"),
        ("en", "It rained in early March 2014.", "2014-03", "START"),
        ("id", "Hujan turun pada akhir Maret 2014.", "2014-03", "END"),
        ("en", "It rained in March 2014.", "2014-03", ""),
    ],
)
def test_what_is_meant_of_a_date(dates, language, text, value, mod):
    (date,) = dates(text, language)
    assert (date.value, date.mod) == (value, mod)
    assert date.latest <= day("2014-03-31")  # what began then does not date from today


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("The talks ran from 3 May to 5 June 2021.", "2021-05-03", "2021-06-05"),
        ("The talks ran from May 3 to June 5, 2021.", "2021-05-03", "2021-06-05"),
        ("The talks went on from 28 December to 3 January, he said.", "2020-12-28", "2021-01-03"),
        ("The ban held between 2014 and 2016.", "2014-01-01", "2016-12-31"),
        ("The ban held from May to July 2020.", "2020-05-01", "2020-07-31"),
        ("The fair ran from Monday to Wednesday.", "2021-07-05", "2021-07-07"),
        ("Growth returned in the first half of 2020.", "2020-01-01", "2020-06-30"),
        ("Exports rose in the 1990s.", "1990-01-01", "1999-12-31"),
        ("They met on New Year's Eve.", "2020-12-31", "2020-12-31"),
        ("Shops will close on Christmas Day.", "2021-12-25", "2021-12-25"),
        ("Sales fell in fiscal year 2020.", "2020-01-01", "2020-12-31"),
        ("Sales fell in Q3 2020.", "2020-07-01", "2020-09-30"),
    ],
)
def test_stretches_and_periods(dates, text, earliest, latest):
    (date,) = dates(text, "en")
    assert (date.earliest, date.latest) == (day(earliest), day(latest))


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "It struck at 6:14 a.m. on Monday.", "2021-07-05T06:14"),
        ("en", "It struck at 9 p.m. yesterday.", "2021-07-07T21:00"),
        ("en", "It struck at noon on Friday.", "2021-07-02TAF"),
        ("id", "Gempa terjadi pukul 18.14 WIB.", "2021-07-08T18:14"),
        ("ru", "Взрыв прогремел в 3 часа дня.", "2021-07-08T15:00"),
        ("fr", "Le séisme a frappé à 18h14.", "2021-07-08T18:14"),
        ("es", "Ocurrió a las 6:14 de la tarde.", "2021-07-08T18:14"),
        ("zh", "地震发生在下午3时14分。", "2021-07-08T15:14"),
        ("ja", "地震は午後3時14分に起きた。", "2021-07-08T15:14"),
    ],
)
def test_clock_times(dates, language, text, value):
    assert [date.value for date in dates(text, language)] == [value]
