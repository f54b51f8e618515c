"""Find the dates, times and durations that a text names, and work out which days they mean.

One grammar serves all languages: `geomap.events.date_scan` finds the expressions, each of a kind, by the classes of
their words; what they mean is decided here, by the classes in them.

Values follow TIMEX3. A bare weekday is the latest one, the day of publication included, unless the words before it
look ahead; a clock time hangs on the date named before it, not on the day of publication. A stretch from one day to
another is one expression with the value "2021-05-03/2021-05-05".
"""

from __future__ import annotations

import calendar
import dataclasses
import re
from typing import TYPE_CHECKING, NamedTuple

from geomap.events.date_pack import DatePack, date_pack
from geomap.events.date_scan import PLAIN, scan
from geomap.events.date_values import (
    GRANULARITY,
    Context,
    Meaning,
    converted,
    day_of_month,
    days_from,
    decade,
    duration,
    edge,
    month_day,
    period,
    season,
    shifted,
    unit,
    weekday,
    year,
)
from geomap.record import DateExpression, Notice

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from geomap.events.date_scan import Item, Line
    from geomap.record import Record

__all__ = ["DatePack", "find_dates"]

# What may stand between an amount of time and the date that it counts from, beside "after".
_GLUE = frozenset({"the", "of", "from", "clock", "marker_day", "hyphen"})
_GAP = 3


class _Found(NamedTuple):
    """An expression: its items, and what it means."""

    first: int
    last: int
    meaning: Meaning


def find_dates(record: Record) -> Record:
    """Fill `Record.dates`.

    Parameters
    ----------
    record
        A record with an article; the article's date is the day of publication.

    Returns
    -------
    The record with its dates in text order. Without a day of publication relative dates stay relative, and a warning
    says so.
    """
    pack = date_pack(record.language)
    line = scan(record.article.text, record.language)
    previous: dt.date | None = None
    found: list[_Found] = []
    for kind, first, last in line.matches():
        items = line.items(first, last)
        if _blocked(line, items, first, kind, pack):
            continue
        before = found[-1] if found else None
        adjacent = _day(before.meaning) if before and _touch(line, before.last, first) else None
        ahead, back, deadline = _looks_ahead(line, first, last, pack)
        meaning = _READERS[kind](
            items,
            Context(record.article.date, previous, adjacent, ahead, back, deadline, pack.day_first, pack.calendar),
        )
        if meaning is None:
            continue
        meaning = _modified(meaning, line, items, first, pack)
        if before and (counted := _counted(line, before, first, meaning, pack)):
            found[-1] = counted
        found.append(_Found(first, last, meaning))
        if meaning.type in ("DATE", "TIME") and meaning.granularity in ("day", "part") and meaning.earliest:
            previous = meaning.earliest
    dates = tuple(_expression(record.article.text, line, expression) for expression in found)
    warnings = record.warnings
    if any(date.anchor == "unresolved" for date in dates):
        warnings = (*warnings, Notice.NO_DATE)
    return dataclasses.replace(record, dates=dates, warnings=warnings)


def _expression(text: str, line: Line, found: _Found) -> DateExpression:
    items, meaning = line.items(found.first, found.last), found.meaning
    start, end = items[0].start, items[-1].end
    return DateExpression(
        start=start,
        end=end,
        surface=text[start:end],
        type=meaning.type,  # type: ignore[arg-type]
        value=meaning.value,
        earliest=meaning.earliest,
        latest=meaning.latest,
        granularity=meaning.granularity,
        anchor=meaning.anchor,
        mod=meaning.mod,
    )


def _blocked(line: Line, items: Sequence[Item], first: int, kind: str, pack: DatePack) -> bool:
    """Whether the neighbours make a number with a unit, or bare years, something else: an age, a count."""
    last = first + len(items)
    bare_year = kind == "calendar" and len(items) == 1 and items[0].kind == "year"
    bare_years = kind == "range" and not any(PLAIN.get(i.kind, i.kind) in _NO_COUNT for i in items)
    ages = len(items) == 1 and items[0].kind == "decade"  # "in his 20s"
    if not (bare_year or bare_years or ages or kind in ("duration", "counted")):
        return False
    before = line.items(first - 1, first)[0] if first else None
    after = line.items(last, last + 1)[0] if last < len(line) else None
    if bare_year and before and before.kind in ("approx", "number", "day", "year", "hyphen"):
        return True
    if bare_year and after and after.kind in ("to", "era") and last + 1 < len(line):
        beyond = line.items(last + 1, last + 2)[0]
        after = after if beyond.kind == "year" else beyond  # "2000 bis 3000 Grad"
    counted = after is not None and PLAIN.get(after.kind, after.kind) in ("unit", "number", "day", "year")
    counted = counted and not (bare_years and after is not None and after.value == "Y")  # "the years 2014–2016"
    if (bare_year or bare_years) and after and (counted or after.word in ("%", "/", "°")):
        return True
    if after and after.kind == "hyphen" and last + 1 < len(line):
        after = line.items(last + 1, last + 2)[0]
    return bool((before and before.word in pack.not_before) or (after and after.word in pack.not_after))


_NO_COUNT = frozenset({"month", "weekday", "unit", "numeric", "iso", "persian_month", "islamic_month"})


def _looks_ahead(line: Line, first: int, last: int, pack: DatePack) -> tuple[bool, bool, bool]:
    """Whether the words around look ahead or back, and whether a deadline is named right before.

    The nearest of the words before decides, as far as six words or the sentence reach; else the words that follow.
    """
    word = line.word
    deadline = any(word(at) in pack.deadline for at in range(max(0, first - 2), first))
    if last < len(line) and word(last) in pack.deadline_after:
        return True, False, True
    for at in range(first - 1, max(-1, first - 8), -1):
        if word(at) in _STOPS:
            break
        if word(at) in pack.past:
            return False, True, deadline
        if word(at) in pack.future:
            return True, False, deadline
    for at in range(last, min(last + 9, len(line))):
        if word(at) in _STOPS or word(at) in pack.past:
            return False, word(at) in pack.past, deadline and word(at) not in pack.past
        if word(at) in pack.future:
            return True, False, deadline
    return deadline, False, deadline


_STOPS = frozenset({".", "?", "!", ";", "“", "”", '"', "。", "।", "۔", "؟", "！", "？"})


def _modified(meaning: Meaning, line: Line, items: Sequence[Item], first: int, pack: DatePack) -> Meaning:
    """Say that a date is where something begins, or is not meant exactly."""
    if meaning.mod or meaning.type == "SET" or "/" in meaning.value:
        return meaning
    last = first + len(items)
    before = [line.word(at) for at in range(max(0, first - 2), first)]
    after = [line.word(at) for at in range(last, min(last + 3, len(line)))]
    if items[0].word in pack.since or not pack.since.isdisjoint(before) or not pack.since_after.isdisjoint(after):
        return meaning._replace(mod="SINCE")
    if any(item.kind == "approx" for item in items):
        return meaning._replace(mod="APPROX")
    return meaning


def _day(meaning: Meaning) -> dt.date | None:
    """Return the day that an expression means, if it means one."""
    return meaning.earliest if meaning.earliest == meaning.latest and meaning.type != "DURATION" else None


def _touch(line: Line, last: int, first: int) -> bool:
    """Whether nothing, or no more than an ending behind an apostrophe, stands between two expressions."""
    return last == first or (first - last <= 2 and line.word(last) == "'")


def _counted(line: Line, before: _Found, first: int, meaning: Meaning, pack: DatePack) -> _Found | None:
    """Count the amount of time before "after 3 May" from that day."""
    day = _day(meaning)
    if before.meaning.step is None or day is None or not 0 < first - before.last <= _GAP:
        return None
    steps, name = before.meaning.step
    sign = int(before.first > 0 and line.word(before.first - 1) in pack.after)  # Arabic says "after two days from"
    for item in line.items(before.last, first):
        if item.word in pack.after:
            sign = 1
        elif item.word in pack.before:
            sign = -1
        elif item.kind not in _GLUE:
            return None
    moved = shifted(day, name, abs(steps) * sign) if sign else None
    anchor = "publication" if meaning.anchor == "publication" else "stated"
    return before._replace(meaning=Meaning(moved.isoformat(), moved, moved, "day", anchor)) if moved else None


# ---------------------------------------------------------------------------------------------------------------------
# Readers: items of one kind of expression → what they mean. None: no date after all.


def _read_calendar(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read a day, month, year, holiday or weekday, with what may stand around it."""
    by = _by_class(items)
    shift = int(by["shift"]) if "shift" in by else None
    meaning = _named(items, by, shift, context)
    if meaning and "edge" in by:
        meaning = edge(meaning, by["edge"])
    if meaning and "season" in by:
        meaning = season(meaning, by["season"])
    if meaning and "fiscal" in by:
        meaning = meaning._replace(value=f"FY{meaning.value}", mod="APPROX")
    return _with_time(meaning, by) if meaning else None


def _named(  # noqa: PLR0911 a case a kind of name
    items: Sequence[Item], by: dict[str, str], shift: int | None, context: Context
) -> Meaning | None:
    """Read what names the day."""
    day, month, stated = _numbers(items, by, context)
    implied = stated or _implied_year(by, shift, context.publication)
    if "holiday" in by:
        return _holiday(by, stated, shift, context)
    if "persian_month" in by:
        return converted("persian", day, int(by["persian_month"]), stated, context)
    if "islamic_month" in by:
        return converted("islamic", day, int(by["islamic_month"]), stated, context)
    if month is None and day is not None:
        return day_of_month(day, shift, context) if "marker_day" in by else None
    if month is not None:
        if day and stated and context.calendar == "persian" and stated < _FIRST_GREGORIAN:
            return converted("persian", day, month, stated, context)
        meaning = month_day(day, month, implied, shift, context)
        return _until(meaning, items)
    if implied is not None:
        return year(implied, "stated" if stated else "publication", context.calendar)
    if "decade" in by:
        return decade(int(by["decade"]))
    if "weekday" in by:
        number, _, part = by["weekday"].partition(" ")  # "Montagabend": day and part in one word
        by.update({"part": part} if part else {})
        return weekday(int(number), shift, context)
    return None


_FIRST_GREGORIAN = 1500
_BUDDHIST = 543


def _holiday(by: dict[str, str], stated: int | None, shift: int | None, context: Context) -> Meaning | None:
    """Read a holiday with a fixed date: "12-25", "persian 01-01", "12-31 NI" for the eve."""
    date, _, part = by["holiday"].partition(" ")
    if part and part.isupper():
        by.setdefault("part", part)
    elif part:
        month, day = (int(number) for number in part.split("-"))
        return _nowruz(day, month, stated, context)
    month, day = (int(number) for number in date.split("-"))
    context = context._replace(past=not (context.future or context.deadline))
    return month_day(day, month, stated or _implied_year(by, shift, context.publication), shift, context)


def _nowruz(day: int, month: int, stated: int | None, context: Context) -> Meaning | None:
    """Read a holiday of the Persian calendar, in a year of either calendar."""
    if stated is not None and stated >= _FIRST_GREGORIAN:
        stated -= 621
    return converted("persian", day, month, stated, context)


def _implied_year(by: Mapping[str, str], shift: int | None, today: dt.date | None) -> int | None:
    """Return the year that "of last year" beside a month, or a season by itself, means."""
    if today is None:
        return None
    if by.get("unit") == "Y" and shift is not None:
        return today.year + shift
    return today.year + (shift or 0) if "season" in by else None


def _until(meaning: Meaning | None, items: Sequence[Item]) -> Meaning | None:
    """Stretch a day to the last one of a list: "3, 4 and 5 October"; a stretch between two says so in its value."""
    days = [at for at, item in enumerate(items) if item.kind == "day"]
    if meaning is None or meaning.earliest is None or len(days) < 2:
        return meaning
    last = int(items[days[-1]].value)
    length = calendar.monthrange(meaning.earliest.year, meaning.earliest.month)[1]
    if not meaning.earliest.day < last <= length:
        return meaning
    latest = meaning.earliest.replace(day=last)
    if len(days) > 2 or any(item.value == "and" or item.kind == "comma" for item in items[days[0] : days[1]]):
        return meaning._replace(latest=latest)
    return meaning._replace(value=f"{meaning.value}/{latest.isoformat()}", latest=latest, granularity="part")


def _read_range(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read "from 3 to 5 May", "May 3–June 5, 2020", "2014–2016": each end lends the other what it lacks."""
    cut = _second_end(items)
    if cut is None:
        return None
    left, right = list(items[:cut]), list(items[cut:])
    lent = [item for item in right if _is(item, "year") or (_is(item, "month") and any(_is(i, "day") for i in left))]
    back = [item for item in left if _is(item, "year") or (_is(item, "month") and any(_is(i, "day") for i in right))]
    first = _read_calendar([*left, *(item for item in lent if not _has(left, item))], context)
    last = _read_calendar([*right, *(item for item in back if not _has(right, item))], context)
    if first is None or last is None:
        return None
    if first.earliest and last.latest:
        if first.earliest > last.latest:
            first, last = _in_order(first, last, weekdays=any(_is(item, "weekday") for item in items))
        if first.earliest is None or last.latest is None or first.earliest >= last.latest:
            return None
    granularity = "part" if first.granularity == "day" else first.granularity
    anchor = first.anchor if first.anchor == last.anchor else last.anchor
    return Meaning(f"{first.value}/{last.value}", first.earliest, last.latest, granularity, anchor)


def _in_order(first: Meaning, last: Meaning, *, weekdays: bool) -> tuple[Meaning, Meaning]:
    """Mend a stretch whose ends are relative to publication: December to January, Friday to Monday."""
    if weekdays and last.latest:
        day = shifted(last.latest, "W", 1)
        return first, last._replace(latest=day, value=day.isoformat() if day else "")
    if first.anchor == "publication" and first.earliest:
        day = shifted(first.earliest, "Y", -1)
        return first._replace(earliest=day, value=day.isoformat()[: len(first.value)] if day else ""), last
    return first, last


def _second_end(items: Sequence[Item]) -> int | None:
    """Return where the later end of a stretch begins: at what is named for the second time."""
    seen: set[str] = set()
    for at, item in enumerate(items):
        kind = PLAIN.get(item.kind, item.kind)
        if kind in _ENDS:
            if kind in seen:
                return at
            seen.add(kind)
    return None


_ENDS = frozenset({"day", "month", "year", "weekday", "numeric", "iso", "persian_month", "islamic_month"})


def _is(item: Item, kind: str) -> bool:
    return PLAIN.get(item.kind, item.kind) == kind or (kind == "month" and item.kind in _OTHER_MONTHS)


_OTHER_MONTHS = ("persian_month", "islamic_month")


def _has(items: Sequence[Item], like: Item) -> bool:
    return any(_is(item, PLAIN.get(like.kind, like.kind)) for item in items)


def _read_period(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read "the second quarter of 2020", "the early 19th century", "the nineties of the last century"."""
    by = _by_class(items)
    shift = int(by["shift"]) if "shift" in by else None
    number = _ordinal(items, by)
    if number is None:
        return None
    if "unit_decade" in by:
        meaning = None if number % 10 else decade(number)
    else:
        stated = _gregorian(int(by["year"]), context) if "year" in by else None
        name = next(item.value for item in items if item.kind in ("quarter", "half", "century"))
        if stated is None and shift is not None and context.publication:
            stated = context.publication.year + shift
        meaning = period(number, name, stated, context)
    return edge(meaning, by["edge"]) if meaning and "edge" in by else meaning


def _ordinal(items: Sequence[Item], by: Mapping[str, str]) -> int | None:
    """Return the number of a quarter, half, century or decade."""
    if "unit_decade" in by and "year" in by:
        return int(by["year"])
    for kind in ("ordinal", "roman"):
        if kind in by:
            return int(by[kind])
    named = [item for item in items if item.kind != "year" and item.kind in ("number", "day")]
    amount, _ = _amount(named)
    return int(amount) if amount.isdecimal() else None


def _read_relative(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read "last week", "early this month", "this morning", "next weekend"."""
    by = _by_class(items)
    shift = int(by.get("shift", "0"))
    if "unit" not in by:
        meaning = days_from(context.publication, shift)
    else:
        meaning = unit(context.publication, by["unit"], shift)
    if meaning and "edge" in by:
        meaning = edge(meaning, by["edge"])
    return _with_time(meaning, by) if meaning else None


def _read_deictic(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read "yesterday", "tomorrow night", "today", and units and weekdays in one phrase: "Vorjahr", "mandag sidste"."""
    by = _by_class(items)
    value, _, part = by["deictic"].partition(" ")
    if value.startswith("~"):  # one word for yesterday and tomorrow
        value = value[1:] if context.future else f"-{value[1:]}"
    if part.startswith("WD"):
        meaning = weekday(int(part[2:]), int(value), context)
    elif part in GRANULARITY:
        today = context.publication
        over = part == "WE" and value == "0" and today is not None and today.isoweekday() < 6 and not context.future
        meaning = unit(today, part, int(value) - over)
    else:
        if part:
            by["part"] = part
        meaning = days_from(context.publication, int(value))
    if meaning and "edge" in by:
        meaning = edge(meaning, by["edge"])
    return _with_time(meaning, by) if meaning else None


def _read_offset(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read "two weeks ago" (from publication) and "two days later" (from the date named before)."""
    by = _by_class(items)
    amount, name = _amount(items)
    sign = int(by.get("ago") or by.get("later") or by.get("ahead") or "-1")
    return _offset(amount, name, sign, context, from_previous="later" in by)


def _offset(amount: str, name: str, sign: int, context: Context, *, from_previous: bool = False) -> Meaning | None:
    """Count from publication, from the date named before, or from the one right beside."""
    if amount == "X" and not from_previous:
        return _vague_offset(name, sign, context)
    number = 3 if amount == "X" else int(amount)
    step = (sign * number, name)
    start = context.adjacent if sign > 0 and amount != "X" else None
    if from_previous and start is None:
        start = context.previous if amount != "X" else None
        if start is None:
            return Meaning(f"P{sign * number}{name[-1]}", granularity="vague", anchor="unresolved", step=step)
    if start is not None:
        day = shifted(start, name, sign * number)
        return Meaning(day.isoformat(), day, day, "day", "previous", step=step) if day else None
    meaning = unit(context.publication, name, sign * number)
    return meaning._replace(step=step) if meaning else None


def _vague_offset(name: str, sign: int, context: Context) -> Meaning | None:
    """Read "some weeks ago": one to five of them."""
    value = "PAST_REF" if sign < 0 else "FUTURE_REF"
    if context.publication is None:
        return Meaning(value, granularity="vague", anchor="unresolved")
    near, far = (shifted(context.publication, name, sign * n) for n in (1, 5))
    if near is None or far is None:
        return None
    return Meaning(value, min(near, far), max(near, far), "vague", "publication")


def _read_counted(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read an amount between the words that CLDR puts around it: "for 3 dage siden"."""
    by = _by_class(items)
    sign = name = ""
    for kind in ("lead", "head", "tail"):
        for part in by.get(kind, "").split():
            if part.lstrip("-").isdecimal():
                sign = part
            else:
                name = part
    if not name:
        return None
    amount, _ = _amount(items)
    if amount in ("X", "0"):
        return None
    if name == "Y" and int(amount) >= _LEAST_YEAR:
        return year(_gregorian(int(amount), context), "stated", context.calendar)
    if not sign:
        return Meaning(duration(amount, name), granularity="duration", type="DURATION", step=(int(amount), name))
    return _offset(amount, name, int(sign), context)


_LEAST_YEAR = 1000


def _read_recent(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read "in the last two weeks" and "over the next ten days": a duration that ends, or begins, with publication."""
    amount, name = _amount(items)
    ahead = int(_by_class(items).get("shift", "0")) > 0
    value = duration(amount, name)
    if context.publication is None:
        return Meaning(value, granularity="duration", anchor="unresolved", type="DURATION")
    steps = 3 if amount == "X" else int(amount)
    other = shifted(context.publication, name, steps if ahead else -steps)
    if other is None:
        return None
    earliest, latest = sorted((other, context.publication))
    return Meaning(value, earliest, latest, "duration", "publication", "DURATION")


def _read_duration(items: Sequence[Item], _: Context) -> Meaning | None:
    by = _by_class(items)
    if "duration_word" in by:
        return Meaning(by["duration_word"], granularity="duration", type="DURATION")
    amount, name = _amount(items)
    if amount == "0":
        return None
    step = (int(amount), name) if amount.isdecimal() else None
    return Meaning(duration(amount, name), granularity="duration", type="DURATION", step=step)


def _read_set(items: Sequence[Item], _: Context) -> Meaning | None:
    by = _by_class(items)
    if "weekday" in by:
        return Meaning(f"XXXX-WXX-{by['weekday'].partition(' ')[0]}", granularity="vague", type="SET")
    if "unit" not in by:
        return Meaning(f"XXXX-XX-XXT{by['part']}", granularity="vague", type="SET")
    return Meaning(duration("1", by["unit"]), granularity="vague", type="SET")


def _read_clock(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read a time of day; it belongs to the date named before it."""
    by = _by_class(items)
    day = context.previous or context.publication
    anchor = "previous" if context.previous else "publication"
    if day is None:
        base = Meaning("XXXX-XX-XX", anchor="unresolved")
    else:
        base = Meaning(day.isoformat(), day, day, "day", anchor)
    meaning = _with_time(base, by)
    return meaning if meaning.type == "TIME" else None


def _read_reference(items: Sequence[Item], context: Context) -> Meaning | None:
    by = _by_class(items)
    value = by["reference"]
    day = context.publication if value == "PRESENT_REF" else None
    return Meaning(value, day, day, "vague", "publication" if day else "stated")


def _read_anaphor(items: Sequence[Item], context: Context) -> Meaning | None:
    """Read "the next day", "the same day", "that night": relative to the date named before."""
    by = _by_class(items)
    if context.previous is None:
        return Meaning("PAST_REF", granularity="vague")
    day = shifted(context.previous, "D", int(by["anaphor"]))
    return _with_time(Meaning(day.isoformat(), day, day, "day", "previous"), by) if day else None


_READERS: Mapping[str, Callable[[Sequence[Item], Context], Meaning | None]] = {
    "calendar": _read_calendar,
    "range": _read_range,
    "period": _read_period,
    "relative": _read_relative,
    "deictic": _read_deictic,
    "offset": _read_offset,
    "counted": _read_counted,
    "recent": _read_recent,
    "duration": _read_duration,
    "set": _read_set,
    "clock": _read_clock,
    "reference": _read_reference,
    "anaphor": _read_anaphor,
}


# ---------------------------------------------------------------------------------------------------------------------
# The parts that readers share.


def _by_class(items: Sequence[Item]) -> dict[str, str]:
    """Return the value of each class, the first of its kind; numbers of the clock are hour and minute."""
    by: dict[str, str] = {}
    for at, item in enumerate(items):
        kind = PLAIN.get(item.kind, item.kind)
        if kind in ("day", "number"):
            kind = _of_clock(items, at, "hour" in by) or kind
        by.setdefault(kind, item.value)
    return by


def _of_clock(items: Sequence[Item], at: int, hour_known: bool) -> str:  # noqa: FBT001 a state, not an option
    """Say what of a clock time a number is: the hour after "at" or before "pm", the minute behind it."""
    before = items[at - 1] if at else None
    after = items[at + 1] if at + 1 < len(items) else None
    if before and before.kind in ("clock", "meridiem"):
        return "minute" if hour_known else "hour"
    if after and (after.kind == "meridiem" or (after.kind == "clock" and after.value == "hour")):
        return "hour"
    if after and after.value == "TH" and at + 2 < len(items) and items[at + 2].kind == "part":
        return "hour"  # "3 часа ночи"
    return ""


def _numbers(
    items: Sequence[Item], by: Mapping[str, str], context: Context
) -> tuple[int | None, int | None, int | None]:
    """Return day, month and year, from words or from a numeric date."""
    day: int | None
    if "iso" in by:
        stated, month, day = (int(part) for part in re.split("[-/.]", by["iso"]))
        return day, month, _gregorian(stated, context)
    for shape in ("numeric", "slashed"):
        if shape in by:
            parts = [int(part) for part in re.split(r"[/.-]", by[shape])]
            first, second = parts[:2]
            day, month = (first, second) if context.day_first else (second, first)
            if month > 12 >= day:
                day, month = month, day
            return day, month, _gregorian(parts[2], context) if len(parts) > 2 else None
    named = "month" in by or any(kind in by for kind in _OTHER_MONTHS)
    day_text = by.get("day") or (by.get("ordinal") if named else None)
    if day_text is None and named and "number" in by:
        amount, _ = _amount([item for item in items if item.kind == "number"])  # 二十三日
        day_text = amount if amount.isdecimal() else None
    return (
        int(day_text) if day_text else None,
        int(by["month"]) if "month" in by else None,
        _gregorian(int(by["year"]), context) if "year" in by else None,
    )


def _gregorian(stated: int, context: Context) -> int:
    """Return a year of the Buddhist era as one of the common era, where the language counts so."""
    return stated - _BUDDHIST if context.calendar == "buddhist" and stated > _FIRST_BUDDHIST else stated


_FIRST_BUDDHIST = 2300


def _with_time(meaning: Meaning, by: Mapping[str, str]) -> Meaning:
    """Add a clock time, or a part of the day, to a day."""
    if meaning.granularity != "day" and not (meaning.granularity == "part" and meaning.earliest == meaning.latest):
        return meaning
    part = by.get("part", "").upper()
    if "time" in by:
        hour, minute = (int(number) for number in re.split(r"[.:hH]", by["time"].replace(" ", ""))[:2])
    elif by.get("hour", "").isdecimal():
        hour, minute = int(by["hour"]), int(by.get("minute", "0"))
    elif part:
        return meaning._replace(value=f"{meaning.value}T{part}", granularity="part", type="TIME")
    else:
        return meaning
    afternoon = by.get("meridiem") == "PM" or part in ("AF", "EV") or (part == "NI" and hour > _SMALL_HOURS)
    if afternoon and hour < 12:
        hour += 12
    elif hour == 12 and (by.get("meridiem") == "AM" or part == "NI"):
        hour = 0
    if hour > 24 or minute > 59:
        return meaning
    return meaning._replace(value=f"{meaning.value}T{hour:02d}:{minute:02d}", granularity="part", type="TIME")


_SMALL_HOURS = 5


def _amount(items: Sequence[Item]) -> tuple[str, str]:
    """Return number ("X" where it is vague) and unit of an amount of time."""
    total: int | None = None
    last = 0  # what a hundred behind it multiplies
    name = "D"
    for item in items:
        if item.kind == "fused":  # one word for an amount and its unit: sebulan, يومين "2 D"
            count, _, fused = item.value.rpartition(" ")
            return count or "1", fused
        if item.kind in ("number", "day", "year"):
            value = item.value
            if value == "X":
                return "X", next((i.value for i in items if PLAIN.get(i.kind, i.kind) == "unit"), name)
            total = total or 0
            if value.startswith("x") and int(value[1:]) >= _THOUSAND:
                total, last = (total + last or 1) * int(value[1:]), 0
            elif value.startswith("x"):
                total, last = total + (last or 1) * int(value[1:]), 0
            else:
                last += int(value)
        elif PLAIN.get(item.kind, item.kind) == "unit":
            name = item.value
    return ("X" if total is None else str(min(total + last, 10**6))), name


_THOUSAND = 1000
