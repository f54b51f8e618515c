"""What holds of dates whatever the text: they shift with publication, or not; nothing is invented; nothing breaks."""

from __future__ import annotations

import calendar
import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geomap.events.calendars import month_lengths, to_gregorian, year_of
from geomap.events.dates import find_dates
from geomap.record import Article, Record

RELATIVE = {
    "id": "Rabu lalu, kemarin, minggu ini, dua hari lalu, awal pekan ini, besok, pekan depan, tiga minggu lalu.",
    "en": "Last Wednesday, yesterday, this week, two days ago, next Friday, tomorrow night, over the weekend.",
    "ru": "Вчера, в понедельник, на прошлой неделе, три дня назад, завтра, через два дня, в минувшие выходные.",
    "es": "Ayer, el lunes, la semana pasada, hace tres días, mañana, el próximo viernes, hace dos semanas.",
    "fr": "Hier, lundi, la semaine dernière, il y a trois jours, demain, vendredi prochain, il y a deux semaines.",
    "de": "Gestern, am Montag, vergangene Woche, vor drei Tagen, morgen, nächsten Freitag, vor zwei Wochen.",
    "pt": "Ontem, na segunda-feira, na semana passada, há três dias, amanhã, há duas semanas.",
    "ar": "أمس، يوم الاثنين، الأسبوع الماضي، قبل ثلاثة أيام، غدا، قبل أسبوعين.",
    "zh": "昨天,周一,上周,三天前,明天,下周,两周前。",
    "tr": "Dün, pazartesi, geçen hafta, üç gün önce, yarın, iki hafta önce.",
    "fi": "Eilen, maanantaina, viime viikolla, 3 päivää sitten, huomenna.",
    "fa": "دیروز، دوشنبه، هفته گذشته، ۳ روز پیش، فردا.",
}
STATED = {
    "id": "Ia lahir 3 Mei 1990, menikah antara 3 dan 5 Juni 2015, dan tewas pada kuartal kedua 2020.",
    "en": "Born on 3 May 1990, in office from 2014 to 2016, in the 1980s, since 4 July 2019, in the 19th century.",
    "ru": "С 3 по 5 мая 2015 года, в 1990-х годах, в первом квартале 2020 года, в XIX веке.",
    "de": "Vom 3. bis 5. Mai 2015, im zweiten Quartal 2020, am 4. Juli 2019.",
    "zh": "2015年5月3日至5日,2020年第二季度,19世纪。",
    "fa": "۱۷ تیر ۱۴۰۰ و ۳ مارس ۲۰۲۱.",
    "th": "วันที่ 3 มีนาคม 2564",
}
DAYS = st.dates(dt.date(1950, 1, 10), dt.date(2090, 12, 20))


def found(text, language, date):
    return find_dates(Record(Article(text, language=language, date=date))).dates


@pytest.mark.parametrize("language", RELATIVE)
@settings(max_examples=25, deadline=None)
@given(date=DAYS, weeks=st.integers(-60, 60))
def test_what_is_relative_shifts_by_as_many_weeks_as_publication(language, date, weeks):
    shift = dt.timedelta(weeks=weeks)
    before, after = found(RELATIVE[language], language, date), found(RELATIVE[language], language, date + shift)
    assert len(before) == len(after) >= 5
    for one, other in zip(before, after, strict=True):
        assert (one.surface, one.anchor) == (other.surface, other.anchor)
        assert (other.earliest - one.earliest, other.latest - one.latest) == (shift, shift), one.surface


@pytest.mark.parametrize("language", STATED)
@settings(max_examples=25, deadline=None)
@given(date=DAYS, other=DAYS)
def test_what_is_stated_does_not_move(language, date, other):
    assert found(STATED[language], language, date) == found(STATED[language], language, other) != ()


@pytest.mark.parametrize("form", ["{d}.{m}.{y}", "{d}/{m}/{y}", "{y}-{m:02}-{d:02}", "{y}/{m}/{d}"])
@settings(max_examples=60, deadline=None)
@given(day=st.integers(0, 99), month=st.integers(0, 99), year=st.integers(0, 99999))
def test_numeric_dates_are_days_of_the_calendar_or_nothing(form, day, month, year):
    text = f"Pada {form.format(d=day, m=month, y=year)} ia pergi."
    days = [date for date in found(text, "id", dt.date(2021, 7, 8)) if date.granularity == "day"]
    for date in days:
        assert date.earliest == date.latest
        assert {date.earliest.day, date.earliest.month} == {day, month}
        assert date.earliest.year == year


@settings(max_examples=60, deadline=None)
@given(day=st.integers(29, 60), month=st.sampled_from(["February", "April", "June", "November"]))
def test_no_day_is_made_up(day, month):
    number = list(calendar.month_name).index(month)
    dates = found(f"On {day} {month} 2021 they met.", "en", dt.date(2021, 7, 8))
    exists = day <= calendar.monthrange(2021, number)[1]
    assert any(date.granularity == "day" for date in dates) == exists


WORDS = {
    "id": "antara 3 dan 5 Mei 2021 - sampai tahun abad ke-19 kuartal II awal lalu depan pukul 06.14 WIB dua puluh",
    "en": "from 3 to May 31 the 9999 of 12:30 p.m. last next Monday 1990s early half quarter two weekends ago few -",
    "zh": "从 3 日 至 5 月 二 〇 年 上 周 末 世纪 第 季度 年代 前 后 时 点 9999",
    "fa": "۳۱ اسفند ۱۴۰۰ تیر سال گذشته از تا نوروز ۹۹۹۹ هفته پیش ۵ روز",
    "ja": "令和 99 年 13 月 31 日 から 前 後 世紀 昭和 元",
    "sw": "siku 3 zilizopita baada ya mwaka 9999 Januari Jumatatu iliyopita",
}


@pytest.mark.parametrize("language", WORDS)
@settings(max_examples=80, deadline=None)
@given(data=st.data(), date=st.one_of(st.none(), st.dates()))
def test_any_order_of_time_words_is_read_without_harm(language, data, date):
    words = data.draw(st.lists(st.sampled_from(WORDS[language].split()), max_size=14))
    text = ("" if language in ("zh", "ja") else " ").join(words)
    last = 0
    for expression in found(text, language, date):
        assert last <= expression.start < expression.end <= len(text)
        assert expression.surface == text[expression.start : expression.end]
        assert expression.value
        assert expression.earliest is None or expression.latest is None or expression.earliest <= expression.latest
        last = expression.end


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=80), language=st.sampled_from(["id", "en", "zh", "ar", "th", "hi", "", "xx"]))
def test_any_text_is_read_without_harm(text, language):
    found(text, language, dt.date(2021, 7, 8))


@pytest.mark.parametrize("language", ["en", "de", "es", "zh", "it", "th"])
@pytest.mark.parametrize(
    "unit", ["3", "3/", "1-", "/", "a", "3 May ", "May ", "2021 ", "the ", "1.", "12:30 ", "三", "XIX ", "to ", "ส", "ְ"]
)
def test_hostile_text_takes_linear_time(unit, language):
    def seconds(size):
        text = unit * (size // len(unit))
        start = time.process_time()
        found(text, language, dt.date(2021, 7, 8))
        return time.process_time() - start

    assert seconds(60_000) < 12 * max(seconds(15_000), 0.05)  # the collector of garbage costs more in a long run


@pytest.mark.parametrize("kind", ["persian", "islamic"])
def test_a_year_of_another_calendar_is_its_months_in_a_row(kind):
    for year in range(1300, 1500):
        day = to_gregorian(kind, year, 1, 1)
        for month, length in enumerate(month_lengths(kind, year), start=1):
            assert to_gregorian(kind, year, month, 1) == day
            assert to_gregorian(kind, year, month, length + 1) is None
            day += dt.timedelta(days=length)
        assert to_gregorian(kind, year + 1, 1, 1) == day
        assert year_of(kind, day) - (year + 1) in (0, 1)


@pytest.mark.parametrize(
    ("year", "day"),
    [(1357, "1978-03-21"), (1376, "1997-03-21"), (1395, "2016-03-20"), (1399, "2020-03-20"), (1403, "2024-03-20")],
)
def test_persian_new_year(year, day):
    assert to_gregorian("persian", year, 1, 1) == dt.date.fromisoformat(day)
