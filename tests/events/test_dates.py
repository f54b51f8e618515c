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
