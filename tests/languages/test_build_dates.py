"""The time words compiled from CLDR: what is taken from a locale, and that every pack is of use."""

from __future__ import annotations

import datetime as dt
import json
import sys

import pytest

from geomap.events.date_pack import date_pack
from geomap.events.dates import find_dates
from geomap.languages import build_dates
from geomap.languages.pack import folder, languages
from geomap.record import Article, Record

PUBLISHED = dt.date(2021, 7, 8)  # a Thursday
CODES = sorted(build_dates.LANGUAGES)


def table(code: str) -> dict:
    return json.loads((folder(code) / "dates.json").read_text(encoding="utf-8"))


def values(text: str, code: str) -> list[str]:
    return [date.value for date in find_dates(Record(Article(text, language=code, date=PUBLISHED))).dates]


# A language that is none: forms of months and days, amounts with words before and behind.
CALENDAR = {
    "months": {
        "format": {"wide": {"1": "januna", "2": "februna"}, "abbreviated": {"1": "janun.", "2": "fe."}},
        "stand-alone": {"wide": {"1": "janu", "2": "febru"}},
    },
    "days": {"format": {"wide": {"mon": "mondo", "tue": "tuedo"}}, "stand-alone": {"wide": {"mon": "mondo"}}},
    "dayPeriods": {"format": {"wide": {"am": "AM", "morning1": "matu"}}, "stand-alone": {"wide": {"morning1": "mat"}}},
    "dateFormats": {"full": "EEEE, d 'de' MMMM y", "long": "d 'de' MMMM y", "short": "M/d/yy"},
}
NO_AMOUNT = {"displayName": "x1"}
FIELDS = {
    **{field: {**NO_AMOUNT, "displayName": f"{field}u"} for field in ("year", "quarter", "month", "hour", "minute")},
    "second": {"displayName": "secu", "relative-type-0": "Nun"},
    "week": {"displayName": "semo", "relative-type--1": "lasta semo"},
    "day": {
        "displayName": "dago",
        "relative-type--1": "hia",
        "relative-type-1": "hia",
        "relative-type-2": "postma",
        "relativeTime-type-past": {
            "relativeTimePattern-count-one": "anta {0} dago",
            "relativeTimePattern-count-two": "anta dagi ({0})",
            "relativeTimePattern-count-other": "anta {0} dagon",
        },
        "relativeTime-type-future": {"relativeTimePattern-count-other": "{0} dagon post"},
    },
    **{day: {"relative-type--1": f"lasta {day}"} for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
}
SPELLOUT = {
    "%spellout-cardinal": [
        ["-x", "minus →→;"],
        ["1", "un;"],
        ["20", "dudek[ →→];"],
        ["21", "dudek-unu →→;"],
        ["3", "=%x=;"],
    ],
    "%spellout-cardinal-financial": [["4", "kvaru;"]],
}


def test_a_pack_holds_what_the_locale_says():
    pack = build_dates.compiled(CALENDAR, FIELDS, SPELLOUT, "xx")
    words = pack["words"]
    assert pack["day_first"] is False
    assert words["month"] == {"januna": "1", "februna": "2", "janu": "1", "febru": "2"}
    assert words["short_month"] == {"janun": "1"}
    assert words["weekday"] == {"mondo": "1", "tuedo": "2"}
    assert words["number"] == {"un": "1", "dudek": "20"}
    assert words["part"] == {"matu": "MO", "mat": "MO"}
    assert words["of"] == {"de": "of"}
    assert words["reference"] == {"nun": "PRESENT_REF"}
    assert words["deictic"]["hia"] == "~1"
    assert words["deictic"]["lasta semo"] == "-1 W"
    assert words["deictic"]["lasta mon"] == "-1 WD1"
    assert words["deictic"]["anta dagi"] == "-2 D"
    assert words["lead"] == {"anta": "-1"}
    assert words["tail"] == {"dago": "D", "dagon": "D", "dagon post": "1 D"}


@pytest.mark.parametrize("code", CODES)
def test_every_language_reads_its_months_days_and_yesterday(code):
    words = date_pack(code).words
    month = next(name for name, value in table(code)["words"]["month"].items() if value == "3")
    weekday = next(name for name, value in words["weekday"].items() if value == "1")
    yesterday = next((name for name, value in table(code)["words"]["deictic"].items() if value == "-1"), "")
    orders = (f"3 {month} 2021", f"2021 {month} 3", f"{month} 3, 2021", f"2021年{month}3日")
    assert any("2021-03-03" in values(f"{text}.", code) for text in orders)
    assert "2021-07-05" in values(f"{weekday}.", code)
    assert not yesterday or "2021-07-07" in values(f"{yesterday}.", code)


def test_the_packs_are_small():
    assert sum((folder(code) / "dates.json").stat().st_size for code in CODES) < 500_000


def test_hand_written_words_win():
    # CLDR has 분기 for a quarter, and so has the file; 일 is the number one, and by hand a day of the month.
    assert date_pack("ko").words["marker_day"]["일"] == "D"
    assert all("일" not in phrases for kind, phrases in date_pack("ko").words.items() if kind != "marker_day")


def test_time_words_alone_make_no_language_pack():
    assert "da" in build_dates.LANGUAGES
    assert "da" not in languages()


def test_the_same_packages_give_the_same_bytes(monkeypatch, tmp_path):
    if not all((build_dates.CACHE / source["archive"]).is_file() for source in build_dates._sources()):
        pytest.skip("the CLDR packages are not in the cache: python -m geomap.languages.build_dates fetches them")
    monkeypatch.setattr(build_dates, "folder", lambda code: tmp_path / code)
    monkeypatch.setattr(sys, "argv", ["build_dates"])
    build_dates.main()
    for code in CODES:
        assert (tmp_path / code / "dates.json").read_bytes() == (folder(code) / "dates.json").read_bytes()
