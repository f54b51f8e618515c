"""Days and TIMEX3 values: calendar units around a day, weekdays, seasons, parts of an interval."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from geomap.events.calendars import month_lengths, to_gregorian, year_of

if TYPE_CHECKING:
    from geomap.events.calendars import Calendar

__all__ = [
    "GRANULARITY",
    "Context",
    "Meaning",
    "converted",
    "day_of_month",
    "days_from",
    "decade",
    "duration",
    "edge",
    "month_day",
    "period",
    "season",
    "shifted",
    "span",
    "unit",
    "weekday",
    "year",
]

GRANULARITY = {
    "D": "day", "W": "week", "WE": "part", "M": "month", "Q": "season", "H": "season", "Y": "year", "E": "decade",
    "C": "century", "TH": "part", "TM": "part", "TS": "part",
}  # fmt: skip
"""Unit → how exactly a date with it is known."""

_MONTHS = {"M": 1, "Q": 3, "H": 6, "Y": 12, "E": 120, "C": 1200}
_SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_HALF_A_YEAR = 182
_THIS_CENTURY = 30  # "the 20s" are of this one, "the 90s" of the last


class Meaning(NamedTuple):
    """What an expression says, before it gets its place in the text."""

    value: str
    earliest: dt.date | None = None
    latest: dt.date | None = None
    granularity: str = "day"
    anchor: str = "stated"
    type: str = "DATE"
    mod: str = ""
    step: tuple[int, str] | None = None
    """How far it counts, and in which unit, from a day that may yet be named."""


class Context(NamedTuple):
    """What an expression is read against."""

    publication: dt.date | None
    previous: dt.date | None
    adjacent: dt.date | None
    future: bool
    past: bool
    deadline: bool
    day_first: bool
    calendar: str


def span(earliest: dt.date, latest: dt.date, value: str, granularity: str, anchor: str = "stated") -> Meaning:
    """Return an interval."""
    return Meaning(value, earliest, latest, granularity, anchor)


def month_day(day: int | None, month: int, year: int | None, shift: int | None, context: Context) -> Meaning | None:
    """Read a month, or a day of a month; without a year, the nearest one that the words allow."""
    if not 1 <= month <= 12:
        return None
    if year is None:
        if context.publication is None:
            value = f"XXXX-{month:02d}" + (f"-{day:02d}" if day else "")
            longest = calendar.monthrange(2000, month)[1]
            known = day is None or 1 <= day <= longest
            return Meaning(value, granularity="day" if day else "month", anchor="unresolved") if known else None
        year = _nearest_year(day, month, shift, context)
        anchor = "publication"
    else:
        anchor = "stated"
    length = calendar.monthrange(year, month)[1] if 1 <= year <= dt.MAXYEAR else 0
    if not length or (day is not None and not 1 <= day <= length):
        return None
    if day:
        date = dt.date(year, month, day)
        return Meaning(date.isoformat(), date, date, "day", anchor)
    first, last = dt.date(year, month, 1), dt.date(year, month, length)
    return Meaning(f"{year:04d}-{month:02d}", first, last, "month", anchor)


def day_of_month(day: int, shift: int | None, context: Context) -> Meaning | None:
    """Read a day whose month goes without saying ("18日"): the latest one, or the next where the words look ahead."""
    today = context.publication
    if today is None:
        return Meaning(f"XXXX-XX-{day:02d}", anchor="unresolved")
    if shift is None:
        ahead = context.future or context.deadline
        shift = (day < today.day) if ahead else -(day > today.day)
    months = today.year * 12 + today.month - 1 + shift
    year, month = months // 12, months % 12 + 1
    if not 1 <= year <= dt.MAXYEAR or day > calendar.monthrange(year, month)[1]:
        return None
    date = dt.date(year, month, day)
    return Meaning(date.isoformat(), date, date, "day", "publication")


def _nearest_year(day: int | None, month: int, shift: int | None, context: Context) -> int:
    """Return the year of a date that names none."""
    today = context.publication
    assert today is not None  # noqa: S101 the caller has looked
    here = (month, day) if day else (month, today.day)
    now = (today.month, today.day)
    looks_back = context.past or (not day and not context.future)
    if (shift is not None and shift < 0) or (shift is None and looks_back and not context.deadline):
        return today.year - (here > now)
    if (shift is not None and shift > 0) or context.future or context.deadline:
        return today.year + (here < now)
    # A day with its month: half a year back or ahead, whichever is nearer.
    apart = (month - today.month) * 30 + ((day or today.day) - today.day)
    return today.year - (apart > _HALF_A_YEAR) + (apart < -_HALF_A_YEAR)


def converted(kind: Calendar, day: int | None, month: int, year: int | None, context: Context) -> Meaning | None:
    """Read a month, or a day, of another calendar."""
    if year is not None:
        return _converted(kind, day, month, year, "stated")
    today = context.publication
    if today is None:
        return Meaning("XXXX-XX-XX" if day else "XXXX-XX", granularity="day" if day else "month", anchor="unresolved")
    around = year_of(kind, today)
    found = [_converted(kind, day, month, y, "publication") for y in (around - 1, around, around + 1)]
    near = [meaning for meaning in found if meaning and meaning.earliest]
    if context.past:
        near = [meaning for meaning in near if meaning.earliest and meaning.earliest <= today]
    elif context.future or context.deadline:
        near = [meaning for meaning in near if meaning.latest and meaning.latest >= today]
    return min(near, key=lambda meaning: abs((meaning.earliest or today) - today), default=None)


def _converted(kind: Calendar, day: int | None, month: int, year: int, anchor: str) -> Meaning | None:
    first = to_gregorian(kind, year, month, day or 1)
    if first is None:
        return None
    if day:
        return Meaning(first.isoformat(), first, first, "day", anchor)
    last = first + dt.timedelta(days=month_lengths(kind, year)[month - 1] - 1)
    return span(first, last, f"{first.isoformat()}/{last.isoformat()}", "month", anchor)


def year(number: int, anchor: str, kind: str) -> Meaning | None:
    """Read a year by itself; one that only another calendar counts to by that calendar."""
    if kind == "persian" and 1178 <= number < 1500:
        first, next_first = to_gregorian("persian", number, 1, 1), to_gregorian("persian", number + 1, 1, 1)
        if first is None or next_first is None:
            return None
        last = next_first - dt.timedelta(days=1)
        return span(first, last, f"{first.isoformat()}/{last.isoformat()}", "year", anchor)
    if not 1 <= number <= dt.MAXYEAR:
        return None
    return span(dt.date(number, 1, 1), dt.date(number, 12, 31), f"{number:04d}", "year", anchor)


def weekday(day: int, shift: int | None, context: Context) -> Meaning | None:
    """Read a weekday: the latest one, the day of publication included, unless the words say otherwise."""
    today = context.publication
    if today is None:
        return Meaning(f"XXXX-WXX-{day}", anchor="unresolved")
    back = (today.isoweekday() - day) % 7
    if shift is not None and shift < 0:
        steps = -(back or 7)
    elif (shift is not None and shift > 0) or context.future or (context.deadline and not context.past):
        steps = (day - today.isoweekday()) % 7 or (7 if shift else 0)
    else:
        steps = -back
    moved = shifted(today, "D", steps)
    return Meaning(moved.isoformat(), moved, moved, "day", "publication") if moved else None


def decade(number: int) -> Meaning | None:
    """Read a decade: 1990, or 90 for the one of the last century, 20 for the one of this."""
    first = number
    if number < 100:
        first = number + (2000 if number < _THIS_CENTURY else 1900)
    first -= first % 10
    if not 1 <= first <= dt.MAXYEAR - 9:
        return None
    return span(dt.date(first, 1, 1), dt.date(first + 9, 12, 31), f"{first // 10:03d}", "decade")


def period(number: int, unit: str, year: int | None, context: Context) -> Meaning | None:
    """Read a numbered quarter or half of a year, or a century."""
    if unit == "C":
        if not 1 <= number <= 99:
            return None
        first = max((number - 1) * 100, 1)
        return span(dt.date(first, 1, 1), dt.date(number * 100 - 1, 12, 31), f"{number - 1:02d}", "century")
    width = _MONTHS[unit]
    if not 1 <= number <= 12 // width:
        return None
    month = (number - 1) * width + 1
    anchor = "stated" if year else "publication"
    if year is None:
        today = context.publication
        if today is None:
            return Meaning(f"XXXX-{unit}{number}", granularity="season", anchor="unresolved")
        year = today.year
        if context.future or context.deadline:
            year += month + width <= today.month
        else:
            year -= month > today.month
    if not 1 <= year <= dt.MAXYEAR:
        return None
    last = dt.date(year, month + width - 1, calendar.monthrange(year, month + width - 1)[1])
    return span(dt.date(year, month, 1), last, f"{year:04d}-{unit}{number}", "season", anchor)


def days_from(day: dt.date | None, shift: int) -> Meaning | None:
    """Return the day so many days away."""
    if day is None:
        return Meaning(f"P{shift}D", anchor="unresolved")
    moved = shifted(day, "D", shift)
    return Meaning(moved.isoformat(), moved, moved, "day", "publication") if moved else None


def unit(today: dt.date | None, name: str, shift: int) -> Meaning | None:
    """Read a calendar unit some steps away: the week before, this month, next year."""
    if today is None:
        return Meaning(f"P{shift}{name[-1]}", granularity=GRANULARITY[name], anchor="unresolved")
    if name in ("TH", "TM", "TS"):
        return days_from(today, int((shift if name == "TH" else 0) / 24))
    day = shifted(today, "W" if name == "WE" else name, shift)
    if day is None:
        return None
    bounds = _calendar_unit(day, name)
    return span(*bounds, GRANULARITY[name], "publication") if bounds else None


def _calendar_unit(day: dt.date, unit: str) -> tuple[dt.date, dt.date, str] | None:
    """Return first day, last day and TIMEX value of the calendar unit around a day; None where the calendar ends."""
    if unit == "D":
        return day, day, day.isoformat()
    if unit in ("W", "WE"):
        year, week, weekday = day.isocalendar()
        first = shifted(day, "D", 1 - weekday + (5 if unit == "WE" else 0))
        last = shifted(day, "D", 7 - weekday)
        value = f"{year:04d}-W{week:02d}{'-WE' if unit == 'WE' else ''}"
        return (first, last, value) if first and last else None
    if unit in ("M", "Q", "H"):
        width = _MONTHS[unit]
        number = (day.month - 1) // width
        begins, ends = number * width + 1, number * width + width
        value = f"{day:%Y-%m}" if unit == "M" else f"{day.year:04d}-{unit}{number + 1}"
        end = calendar.monthrange(day.year, ends)[1]
        return dt.date(day.year, begins, 1), dt.date(day.year, ends, end), value
    width, digits = {"Y": (1, 4), "E": (10, 3), "C": (100, 2)}[unit]
    year = max(day.year - day.year % width, 1)
    value = str(year // width).zfill(digits)
    return dt.date(year, 1, 1), dt.date(min(year - year % width + width - 1, dt.MAXYEAR), 12, 31), value


def shifted(day: dt.date, unit: str, steps: int) -> dt.date | None:
    """Move a day by calendar units; None where the calendar ends."""
    try:
        if unit in ("D", "W", "WE"):
            return day + dt.timedelta(days=steps * (1 if unit == "D" else 7))
        if unit in ("TH", "TM", "TS"):
            return day + dt.timedelta(hours=steps if unit == "TH" else 0)
        months = day.month - 1 + steps * _MONTHS[unit]
        year, month = day.year + months // 12, months % 12 + 1
        return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    except (OverflowError, ValueError):
        return None


def edge(meaning: Meaning, name: str) -> Meaning:
    """Narrow an interval to its start, middle or end."""
    if meaning.earliest is None or meaning.latest is None:
        return meaning._replace(mod=name)
    days = (meaning.latest - meaning.earliest).days + 1
    # A week's start is Monday to Wednesday; anything longer falls into thirds.
    third = 3 if days == 7 else max(days // 3, 1)
    if name == "START":
        earliest, latest = meaning.earliest, meaning.earliest + dt.timedelta(days=third - 1)
    elif name == "END":
        earliest, latest = meaning.latest - dt.timedelta(days=third - 1), meaning.latest
    else:
        earliest = meaning.earliest + dt.timedelta(days=(days - third) // 2)
        latest = earliest + dt.timedelta(days=third - 1)
    return meaning._replace(earliest=earliest, latest=latest, granularity="part", mod=name)


def season(meaning: Meaning, name: str) -> Meaning:
    """Narrow a year to a season of the northern hemisphere, or to a half ("H1")."""
    if meaning.granularity != "year" or meaning.earliest is None:
        return meaning
    if name not in _SEASONS:
        first = shifted(meaning.earliest, "H", int(name[1:]) - 1) or meaning.earliest
        bounds = _calendar_unit(first, "H")
        return span(*bounds, "season", meaning.anchor) if bounds else meaning
    year, begins = meaning.earliest.year, _SEASONS[name]
    over = begins == 12 and year < dt.MAXYEAR
    month = 2 if over else min(begins + 2, 12)
    end = dt.date(year + over, month, calendar.monthrange(year + over, month)[1])
    return span(dt.date(year, begins, 1), end, f"{year:04d}-{name}", "season", meaning.anchor)


def duration(amount: str, unit: str) -> str:
    """Return the TIMEX3 value of an amount of time."""
    if unit.startswith("T"):
        return f"PT{amount}{unit[1:]}"
    if unit in ("E", "C"):
        return f"P{amount}{'DE' if unit == 'E' else 'CE'}"
    if unit == "H" and amount.isdigit():
        return f"P{int(amount) * 6}M"
    return f"P{amount}{'W' if unit == 'WE' else unit}"
