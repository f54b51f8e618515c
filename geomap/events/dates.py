"""Find the dates, times and durations that a text names, and work out which days they mean.

One grammar serves all languages. A language pack (``dates.toml``) sorts words into classes (month, weekday, unit …)
and says in which order they may follow each other. The text becomes a string with one letter a token, the letter of
its class; the patterns of the pack are regular expressions over that string. What a match means is decided here, by
the classes in it.

Values follow TIMEX3. A bare weekday is the latest one, the day of publication included, unless the words before it
look ahead; a clock time hangs on the date named before it, not on the day of publication.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Mapping  # noqa: TC003 language packs read the annotations
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from geomap.events.words import Spelling, folded
from geomap.languages.pack import load
from geomap.record import DateExpression
from geomap.text.tokens import SOLITARY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geomap.record import Record

__all__ = ["DatePack", "find_dates"]


@dataclass(frozen=True, slots=True)
class DatePack:
    """What a language says about time.

    Attributes
    ----------
    words
        Class name → phrase → value. A phrase with a capital matches only words with a capital ("Minggu" is Sunday,
        "minggu" a week).
    patterns
        Kind of expression → sequences of class names, with ``?``, ``{1,4}``, ``|`` and parentheses.
    macros
        Names for parts of patterns, written ``{name}`` there.
    day_first
        Whether 8/7 is the eighth of July.
    ordinal_suffixes
        What may be glued to a day: "th".
    decade_suffixes
        What turns a year into a decade: "s", "-an".
    future
        Words that look ahead.
    past
        Words that look back, or that report.
    deadline
        Words after which a date without a year lies ahead.
    deadline_after
        The same, right behind the date.
    not_before, not_after
        Words beside a number with a unit, or a bare year, that make it no date ("aged", "old", "people").
    """

    subject: ClassVar[str] = "dates"

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)
    day_first: bool = True
    ordinal_suffixes: tuple[str, ...] = ()
    decade_suffixes: tuple[str, ...] = ()
    future: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    deadline: frozenset[str] = frozenset()
    deadline_after: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()


# Every class a pattern may name, and its letter in the string that patterns run over.
_CLASSES = (
    "month", "weak_month", "short_month", "weekday", "unit", "fused", "number", "year", "day", "ordinal", "part",
    "shift", "ago", "later", "edge", "deictic", "reference", "approx", "clock", "zone", "meridiem", "recent",
    "every", "season", "duration_word", "era", "the", "of", "iso", "numeric", "slashed", "time", "decade", "open",
    "close", "comma", "hyphen", "marker_day", "unit_month", "unit_year", "opener", "anaphor", "ahead", "dot", "other",
)  # fmt: skip
_LETTER = {name: chr(ord("A") + i) for i, name in enumerate(_CLASSES)}
# A name that stands for several classes.
_UNIONS = {
    "month": ("month", "weak_month", "short_month"),
    "sure_month": ("month",),
    "number": ("number", "year", "day"),
    "unit": ("unit", "unit_month", "unit_year"),
}
_PUNCTUATION = {
    "(": "open",
    "[": "open",
    ")": "close",
    "]": "close",
    ",": "comma",
    "-": "hyphen",
    "–": "hyphen",
    ".": "dot",
}

_SCAN = re.compile(
    r"(?P<iso>\d{4}-\d{2}-\d{2})(?!\d)"
    r"|(?P<numeric>\d{1,2}([/.-])\d{1,2}\3\d{4})(?!\d)"
    r"|(?P<time>[0-2]?\d[.:][0-5]\d(?:[:.][0-5]\d)?)(?![\d.,:/]*\d)"
    r"|(?P<slashed>\d{1,2}/\d{1,2})(?![\d/])"
    r"|(?P<number>\d+(?:[.,/]\d+)*)(?P<suffix>(?:['’]?s|-an|-[хе]|th|st|nd|rd)\b)?"
    rf"|(?P<word>[{SOLITARY}]|[^\W\d_{SOLITARY}]+(?:['’][^\W\d_{SOLITARY}]+)*)"
    r"|(?P<mark>[^\w\s])"
)


class _Item(NamedTuple):
    """A token, or a phrase of the pack, with its class and value."""

    start: int
    end: int
    kind: str
    value: str
    word: str


class _Grammar(NamedTuple):
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str, str], ...]]  # first word → (words, class, value)
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    spelling: Spelling


class _Meaning(NamedTuple):
    """What an expression says, before it gets its place in the text."""

    value: str
    earliest: dt.date | None = None
    latest: dt.date | None = None
    granularity: str = "day"
    anchor: str = "stated"
    type: str = "DATE"


@dataclass(slots=True)
class _Context:
    """What an expression is read against."""

    publication: dt.date | None
    previous: dt.date | None
    future: bool
    past: bool
    deadline: bool
    day_first: bool


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
    pack = load(record.language, DatePack)
    grammar = _grammar(record.language)
    items = _items(record.article.text, pack, grammar)
    classes = "".join(_LETTER[item.kind] for item in items)
    publication = record.article.date
    previous: dt.date | None = None
    found: list[DateExpression] = []
    for kind, first, last in _matches(classes, grammar):
        if _blocked(items, first, last, kind, pack):
            continue
        ahead, back, deadline = _looks_ahead(items, first, last, pack)
        context = _Context(publication, previous, ahead, back, deadline, pack.day_first)
        meaning = _READERS[kind](items[first:last], context)
        if meaning is None:
            continue
        start, end = items[first].start, items[last - 1].end
        found.append(
            DateExpression(
                start=start,
                end=end,
                surface=record.article.text[start:end],
                type=meaning.type,  # type: ignore[arg-type]
                value=meaning.value,
                earliest=meaning.earliest,
                latest=meaning.latest,
                granularity=meaning.granularity,
                anchor=meaning.anchor,
            )
        )
        if meaning.type in ("DATE", "TIME") and meaning.granularity in ("day", "part") and meaning.earliest:
            previous = meaning.earliest
    warnings = record.warnings
    if any(date.anchor == "unresolved" for date in found):
        warnings = (*warnings, "No publication date: relative dates stay relative; name it (--date).")
    return dataclasses.replace(record, dates=tuple(found), warnings=warnings)


@functools.cache
def _grammar(language: str) -> _Grammar:
    """Compile a pack: phrases by first word, longest first, and patterns over class letters."""
    pack = load(language, DatePack)
    phrases: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for kind, words in pack.words.items():
        for phrase, value in words.items():
            parts = tuple(match[0] for match in _SCAN.finditer(phrase))
            phrases.setdefault(folded(parts[0], language), []).append((parts, kind, value))
    ordered = {first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in phrases.items()}
    patterns = []
    for kind, sources in pack.patterns.items():
        for source in sources:
            for name, part in pack.macros.items():
                source = source.replace("{" + name + "}", f"({part})")  # noqa: PLW2901 macros unfold one by one
            patterns.append((kind, re.compile(re.sub(r"[a-z_]+", _letters, source).replace(" ", ""))))
    beside = (pack.future, pack.past, pack.deadline, pack.not_before, pack.not_after)
    inner = (part for rows in ordered.values() for parts, _, _ in rows for part in parts)
    known = {folded(word, language) for word in chain(inner, *beside)}
    return _Grammar(ordered, tuple(patterns), Spelling(language, known))


def _letters(match: re.Match[str]) -> str:
    names = _UNIONS.get(match[0], (match[0],))
    return "[" + "".join(re.escape(_LETTER[name]) for name in names) + "]"


def _items(text: str, pack: DatePack, grammar: _Grammar) -> list[_Item]:
    """Split the text into classed items; a phrase of the pack becomes one item."""
    raw = [_raw_item(match, pack, grammar.spelling) for match in _SCAN.finditer(text)]
    items: list[_Item] = []
    at, count = 0, len(raw)
    while at < count:
        item = raw[at]
        if item.word in grammar.phrases:
            choice = _phrase(text, raw, at, grammar)
            if choice:
                length, kind, value = choice
                items.append(_Item(item.start, raw[at + length - 1].end, kind, value, item.word))
                at += length
                continue
        items.append(item)
        at += 1
    return items


def _raw_item(match: re.Match[str], pack: DatePack, spelling: Spelling) -> _Item:
    """Class a token by its shape."""
    start, end = match.span()
    surface = spelling.letters(match[0])
    shape = match.lastgroup or "mark"
    word, value = surface, surface
    if shape == "suffix":
        shape, value = _suffixed(match["number"], match["suffix"], pack)
    elif shape == "number":
        shape = _number_class(surface)
    elif shape == "word":
        shape, word = "other", spelling.stem(spelling.fold(match[0]))
    elif shape == "mark":
        shape = _PUNCTUATION.get(surface, "other")
    return _Item(start, end, shape, value, word)


def _suffixed(number: str, suffix: str, pack: DatePack) -> tuple[str, str]:
    """Class a number with letters glued to it: "1990s", "40-an", "8th"."""
    if suffix in pack.decade_suffixes and len(number) in (2, 4):
        return "decade", number
    if suffix in pack.ordinal_suffixes and _number_class(number) == "day":
        return "day", number
    return "other", number


def _number_class(number: str) -> str:
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        return "other"
    if len(number) <= 2 and 1 <= int(number) <= 31:
        return "day"
    return "year" if len(number) == 4 and 1000 <= int(number) <= 2199 else "number"


def _phrase(text: str, raw: Sequence[_Item], at: int, grammar: _Grammar) -> tuple[int, str, str] | None:
    """Return length, class and value of the longest phrase at `at`; exact case wins over lower case."""
    best: tuple[int, str, str] | None = None
    for parts, kind, value in grammar.phrases[raw[at].word]:
        if best and len(parts) < best[0]:
            break
        if at + len(parts) > len(raw):
            continue
        if all(
            _agrees(part, item, text, grammar.spelling)
            for part, item in zip(parts, raw[at : at + len(parts)], strict=True)
        ):
            exact = any(part[0].isupper() for part in parts)
            if best is None or exact:
                best = (len(parts), kind, value)
    return best


def _agrees(part: str, item: _Item, text: str, spelling: Spelling) -> bool:
    """Whether a word of the text is the word of a phrase: a capital in the phrase asks for one in the text."""
    return spelling.fold(part) == item.word and (not part[0].isupper() or text[item.start].isupper())


def _matches(classes: str, grammar: _Grammar) -> list[tuple[str, int, int]]:
    """Return (kind, first item, last item + 1), leftmost and then longest, without overlaps."""
    chosen: list[tuple[str, int, int]] = []
    pending = [(match, kind, pattern) for kind, pattern in grammar.patterns if (match := pattern.search(classes))]
    while pending:
        match, kind, _ = min(pending, key=lambda entry: (entry[0].start(), -entry[0].end()))
        chosen.append((kind, match.start(), match.end()))
        free = match.end()
        # Only the patterns whose next match overlaps the choice look again, so every pattern runs over the text once.
        pending = [
            (following, kind, pattern)
            for match, kind, pattern in pending
            if (following := match if match.start() >= free else pattern.search(classes, free))
        ]
    return chosen


def _blocked(items: Sequence[_Item], first: int, last: int, kind: str, pack: DatePack) -> bool:
    """Whether the neighbours make a number with a unit, or a bare year, something else: an age, a count."""
    bare_year = kind == "calendar" and last - first == 1 and items[first].kind == "year"
    if not bare_year and kind != "duration":
        return False
    before = items[first - 1] if first else None
    after = items[last] if last < len(items) else None
    if bare_year and before and before.kind in ("approx", "number", "day", "hyphen"):
        return True
    counted = after is not None and _PLAIN.get(after.kind, after.kind) in ("unit", "number", "day", "year")
    if bare_year and after and (counted or after.word in ("%", "/", "°")):
        return True
    if after and after.kind == "hyphen" and last + 1 < len(items):
        after = items[last + 1]
    return bool((before and before.word in pack.not_before) or (after and after.word in pack.not_after))


def _looks_ahead(items: Sequence[_Item], first: int, last: int, pack: DatePack) -> tuple[bool, bool, bool]:
    """Whether the words around look ahead or back, and whether a deadline is named right before.

    The nearest of the words before decides, as far as six words or the sentence reach; else the words that follow.
    """
    deadline = any(item.word in pack.deadline for item in items[max(0, first - 2) : first])
    if last < len(items) and items[last].word in pack.deadline_after:
        return True, False, True
    for item in reversed(items[max(0, first - 7) : first]):
        if item.word in _STOPS:
            break
        if item.word in pack.past:
            return False, True, deadline
        if item.word in pack.future:
            return True, False, deadline
    for item in items[last : last + 9]:
        if item.word in _STOPS or item.word in pack.past:
            return False, item.word in pack.past, deadline and item.word not in pack.past
        if item.word in pack.future:
            return True, False, deadline
    return deadline, False, deadline


_STOPS = frozenset({".", "?", "!", ";", "“", "”", '"'})


# ---------------------------------------------------------------------------------------------------------------------
# Readers: items of one kind of expression → what they mean. None: no date after all.


def _read_calendar(items: Sequence[_Item], context: _Context) -> _Meaning | None:
    """Read a day, month, year or weekday, with what may stand around it."""
    by = _by_class(items)
    day, month, stated = _numbers(by, context)
    shift = int(by["shift"]) if "shift" in by else None
    year = stated or _implied_year(by, shift, context.publication)
    if month is None and day is not None:
        meaning = _day_of_month(day, shift, context) if "marker_day" in by else None
        return _with_time(meaning, by) if meaning else None
    if month is not None:
        meaning = _month_day(day, month, year, shift, context) if 1 <= month <= 12 else None
        meaning = _until(meaning, [item.value for item in items if item.kind == "day"])
    elif year is not None:
        anchor = "stated" if stated else "publication"
        meaning = _span(dt.date(year, 1, 1), dt.date(year, 12, 31), f"{year:04d}", "year", anchor)
    elif "decade" in by:
        meaning = _decade(by["decade"])
    elif "weekday" in by:
        weekday, _, part = by["weekday"].partition(" ")  # "Montagabend": day and part in one word
        by.update({"part": part} if part else {})
        meaning = _weekday(int(weekday), shift, context)
    else:
        return None
    if meaning and "edge" in by:
        meaning = _edge(meaning, by["edge"])
    if meaning and "season" in by:
        meaning = _season(meaning, by["season"])
    return _with_time(meaning, by) if meaning else None


def _implied_year(by: Mapping[str, str], shift: int | None, today: dt.date | None) -> int | None:
    """Return the year that "of last year" beside a month, or a season by itself, means."""
    if today is None:
        return None
    if by.get("unit") == "Y" and shift is not None:
        return today.year + shift
    return today.year + (shift or 0) if "season" in by else None


def _until(meaning: _Meaning | None, days: Sequence[str]) -> _Meaning | None:
    """Stretch a day to the last one of a list: "3, 4 and 5 October"."""
    if meaning is None or meaning.earliest is None or len(days) < 2:
        return meaning
    last = int(days[-1])
    length = calendar.monthrange(meaning.earliest.year, meaning.earliest.month)[1]
    return (
        meaning._replace(latest=meaning.earliest.replace(day=last))
        if meaning.earliest.day < last <= length
        else meaning
    )


def _read_relative(items: Sequence[_Item], context: _Context) -> _Meaning | None:
    """Read "last week", "early this month", "this morning", "next weekend"."""
    by = _by_class(items)
    shift = int(by.get("shift", "0"))
    if "unit" not in by:
        return _with_time(_days_from(context.publication, shift), by)
    unit = by["unit"]
    meaning = _unit(context.publication, unit, shift)
    if meaning and "edge" in by:
        meaning = _edge(meaning, by["edge"])
    return _with_time(meaning, by) if meaning else None


def _read_deictic(items: Sequence[_Item], context: _Context) -> _Meaning | None:
    """Read "yesterday", "tomorrow night", "today", and units in one word: "Vorjahr"."""
    by = _by_class(items)
    value, _, part = by["deictic"].partition(" ")
    if part in _GRANULARITY:
        today = context.publication
        over = part == "WE" and today is not None and today.isoweekday() < 6 and not context.future
        return _unit(today, part, int(value) - over)
    if part:
        by["part"] = part
    return _with_time(_days_from(context.publication, int(value)), by)


def _read_offset(items: Sequence[_Item], context: _Context) -> _Meaning | None:
    """Read "two weeks ago" (from publication) and "two days later" (from the date named before)."""
    by = _by_class(items)
    amount, unit = _amount(items)
    sign = int(by.get("ago") or by.get("later") or by.get("ahead") or "-1")
    number = 3 if amount == "X" else int(amount)
    if "later" in by:
        if context.previous is None or amount == "X":
            return _Meaning(f"P{sign * number}{unit[-1]}", granularity="vague", anchor="unresolved")
        day = _shift(context.previous, unit, sign * number)
        return _Meaning(day.isoformat(), day, day, "day", "previous") if day else None
    if amount == "X":
        if context.publication is None:
            return _Meaning("PAST_REF" if sign < 0 else "FUTURE_REF", granularity="vague", anchor="unresolved")
        near, far = (_shift(context.publication, unit, sign * n) for n in (1, 5))
        if near is None or far is None:
            return None
        value = "PAST_REF" if sign < 0 else "FUTURE_REF"
        return _Meaning(value, min(near, far), max(near, far), "vague", "publication")
    return _unit(context.publication, unit, sign * number)


def _read_recent(items: Sequence[_Item], context: _Context) -> _Meaning | None:
    """Read "in the last two weeks" and "over the next ten days": a duration that ends, or begins, with publication."""
    amount, unit = _amount(items)
    ahead = int(_by_class(items).get("shift", "0")) > 0
    value = _duration(amount, unit)
    if context.publication is None:
        return _Meaning(value, granularity="duration", anchor="unresolved", type="DURATION")
    steps = 3 if amount == "X" else int(amount)
    other = _shift(context.publication, unit, steps if ahead else -steps)
    if other is None:
        return None
    earliest, latest = sorted((other, context.publication))
    return _Meaning(value, earliest, latest, "duration", "publication", "DURATION")


def _read_duration(items: Sequence[_Item], _: _Context) -> _Meaning | None:
    by = _by_class(items)
    if "duration_word" in by:
        return _Meaning(by["duration_word"], granularity="duration", type="DURATION")
    amount, unit = _amount(items)
    if amount == "0":
        return None
    return _Meaning(_duration(amount, unit), granularity="duration", type="DURATION")


def _read_set(items: Sequence[_Item], _: _Context) -> _Meaning | None:
    by = _by_class(items)
    if "weekday" in by:
        return _Meaning(f"XXXX-WXX-{by['weekday']}", granularity="vague", type="SET")
    if "unit" not in by:
        return _Meaning(f"XXXX-XX-XXT{by['part']}", granularity="vague", type="SET")
    return _Meaning(_duration("1", by["unit"]), granularity="vague", type="SET")


def _read_clock(items: Sequence[_Item], context: _Context) -> _Meaning | None:
    """Read a time of day; it belongs to the date named before it."""
    by = _by_class(items)
    day = context.previous or context.publication
    anchor = "previous" if context.previous else "publication"
    if day is None:
        base = _Meaning("XXXX-XX-XX", anchor="unresolved")
    else:
        base = _Meaning(day.isoformat(), day, day, "day", anchor)
    meaning = _with_time(base, by)
    return meaning if meaning and meaning.type == "TIME" else None


def _read_reference(items: Sequence[_Item], context: _Context) -> _Meaning | None:
    by = _by_class(items)
    value = by["reference"]
    day = context.publication if value == "PRESENT_REF" else None
    return _Meaning(value, day, day, "vague", "publication" if day else "stated")


def _read_anaphor(items: Sequence[_Item], context: _Context) -> _Meaning | None:
    """Read "the next day", "the same day", "that night": relative to the date named before."""
    by = _by_class(items)
    if context.previous is None:
        return _Meaning("PAST_REF", granularity="vague")
    day = context.previous + dt.timedelta(days=int(by["anaphor"]))
    return _with_time(_Meaning(day.isoformat(), day, day, "day", "previous"), by)


_READERS: Mapping[str, Callable[[Sequence[_Item], _Context], _Meaning | None]] = {
    "calendar": _read_calendar,
    "relative": _read_relative,
    "deictic": _read_deictic,
    "offset": _read_offset,
    "recent": _read_recent,
    "duration": _read_duration,
    "set": _read_set,
    "clock": _read_clock,
    "reference": _read_reference,
    "anaphor": _read_anaphor,
}


# ---------------------------------------------------------------------------------------------------------------------
# The parts that readers share.


# Classes that differ only for the patterns.
_PLAIN = {"weak_month": "month", "short_month": "month", "unit_month": "unit", "unit_year": "unit"}


def _by_class(items: Sequence[_Item]) -> dict[str, str]:
    """Return the value of each class, the first of its kind; a bare number after "at" or before "pm" is an hour."""
    by: dict[str, str] = {}
    for at, item in enumerate(items):
        kind = _PLAIN.get(item.kind, item.kind)
        if kind in ("day", "number") and (
            (at and items[at - 1].kind == "clock") or (at + 1 < len(items) and items[at + 1].kind == "meridiem")
        ):
            kind = "hour"
        by.setdefault(kind, item.value)
    return by


def _numbers(by: Mapping[str, str], context: _Context) -> tuple[int | None, int | None, int | None]:
    """Return day, month and year, from words or from a numeric date."""
    if "iso" in by:
        year, month, day = (int(part) for part in by["iso"].split("-"))
        return day, month, year
    for shape in ("numeric", "slashed"):
        if shape in by:
            parts = [int(part) for part in re.split(r"[/.-]", by[shape])]
            first, second = parts[:2]
            day, month = (first, second) if context.day_first else (second, first)
            if month > 12 >= day:
                day, month = month, day
            return day, month, parts[2] if len(parts) > 2 else None
    day_text = by.get("day") or (by.get("ordinal") if "month" in by else None)
    return (
        int(day_text) if day_text else None,
        int(by["month"]) if "month" in by else None,
        int(by["year"]) if "year" in by else None,
    )


def _month_day(day: int | None, month: int, year: int | None, shift: int | None, context: _Context) -> _Meaning | None:
    """Read a month, or a day of a month; without a year, the nearest one that the words allow."""
    if year is None:
        if context.publication is None:
            value = f"XXXX-{month:02d}" + (f"-{day:02d}" if day else "")
            return _Meaning(value, granularity="day" if day else "month", anchor="unresolved")
        year = _nearest_year(day, month, shift, context)
        anchor = "publication"
    else:
        anchor = "stated"
    length = calendar.monthrange(year, month)[1] if 1 <= year <= dt.MAXYEAR else 0
    if not length or (day and not 1 <= day <= length):
        return None
    if day:
        date = dt.date(year, month, day)
        return _Meaning(date.isoformat(), date, date, "day", anchor)
    first, last = dt.date(year, month, 1), dt.date(year, month, length)
    return _Meaning(f"{year:04d}-{month:02d}", first, last, "month", anchor)


def _day_of_month(day: int, shift: int | None, context: _Context) -> _Meaning | None:
    """Read a day whose month goes without saying ("18日"): the latest one, or the next where the words look ahead."""
    today = context.publication
    if today is None:
        return _Meaning(f"XXXX-XX-{day:02d}", anchor="unresolved")
    if shift is None:
        ahead = context.future or context.deadline
        shift = (day < today.day) if ahead else -(day > today.day)
    months = today.year * 12 + today.month - 1 + shift
    year, month = months // 12, months % 12 + 1
    if not 1 <= year <= dt.MAXYEAR or day > calendar.monthrange(year, month)[1]:
        return None
    date = dt.date(year, month, day)
    return _Meaning(date.isoformat(), date, date, "day", "publication")


def _nearest_year(day: int | None, month: int, shift: int | None, context: _Context) -> int:
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
    return today.year - (apart > 182) + (apart < -182)


def _weekday(weekday: int, shift: int | None, context: _Context) -> _Meaning:
    today = context.publication
    if today is None:
        return _Meaning(f"XXXX-WXX-{weekday}", anchor="unresolved")
    back = (today.isoweekday() - weekday) % 7
    if shift is not None and shift < 0:
        day = today - dt.timedelta(days=back or 7)
    elif (shift is not None and shift > 0) or context.future or (context.deadline and not context.past):
        ahead = (weekday - today.isoweekday()) % 7
        day = today + dt.timedelta(days=ahead or (7 if shift else 0))
    else:
        day = today - dt.timedelta(days=back)
    return _Meaning(day.isoformat(), day, day, "day", "publication")


def _decade(text: str) -> _Meaning:
    year = int(text) if len(text) == 4 else 1900 + int(text)
    first = year - year % 10
    return _span(dt.date(first, 1, 1), dt.date(first + 9, 12, 31), f"{first // 10:03d}", "decade")


def _span(earliest: dt.date, latest: dt.date, value: str, granularity: str, anchor: str = "stated") -> _Meaning:
    return _Meaning(value, earliest, latest, granularity, anchor)


def _days_from(day: dt.date | None, shift: int) -> _Meaning:
    if day is None:
        return _Meaning(f"P{shift}D", anchor="unresolved")
    moved = day + dt.timedelta(days=shift)
    return _Meaning(moved.isoformat(), moved, moved, "day", "publication")


def _unit(today: dt.date | None, unit: str, shift: int) -> _Meaning | None:
    """Read a calendar unit some steps away: the week before, this month, next year."""
    if today is None:
        return _Meaning(f"P{shift}{unit[-1]}", granularity=_GRANULARITY[unit], anchor="unresolved")
    if unit in ("TH", "TM", "TS"):
        return _days_from(today, int((shift if unit == "TH" else 0) / 24))
    day = _shift(today, "W" if unit == "WE" else unit, shift)
    if day is None:
        return None
    earliest, latest, value = _calendar_unit(day, unit)
    return _span(earliest, latest, value, _GRANULARITY[unit], "publication")


def _calendar_unit(day: dt.date, unit: str) -> tuple[dt.date, dt.date, str]:
    """Return first day, last day and TIMEX value of the calendar unit around a day."""
    if unit == "D":
        return day, day, day.isoformat()
    if unit in ("W", "WE"):
        year, week, weekday = day.isocalendar()
        monday = day - dt.timedelta(days=weekday - 1)
        value = f"{year:04d}-W{week:02d}"
        if unit == "W":
            return monday, monday + dt.timedelta(days=6), value
        return monday + dt.timedelta(days=5), monday + dt.timedelta(days=6), f"{value}-WE"
    if unit in ("M", "Q"):
        quarter = (day.month - 1) // 3
        first, last = (day.month, day.month) if unit == "M" else (quarter * 3 + 1, quarter * 3 + 3)
        value = f"{day:%Y-%m}" if unit == "M" else f"{day.year}-Q{quarter + 1}"
        return dt.date(day.year, first, 1), dt.date(day.year, last, calendar.monthrange(day.year, last)[1]), value
    width, digits = {"Y": (1, 4), "E": (10, 3), "C": (100, 2)}[unit]
    year = max(day.year - day.year % width, 1)
    value = str(year // width).zfill(digits)
    return dt.date(year, 1, 1), dt.date(min(year + width - 1, dt.MAXYEAR), 12, 31), value


_GRANULARITY = {
    "D": "day", "W": "week", "WE": "part", "M": "month", "Q": "season", "Y": "year", "E": "decade", "C": "century",
    "TH": "part", "TM": "part", "TS": "part",
}  # fmt: skip


def _shift(day: dt.date, unit: str, steps: int) -> dt.date | None:
    """Move a day by calendar units; None where the calendar ends."""
    try:
        if unit in ("D", "W"):
            return day + dt.timedelta(days=steps * (7 if unit == "W" else 1))
        if unit in ("TH", "TM", "TS"):
            return day + dt.timedelta(hours=steps if unit == "TH" else 0)
        months = day.month - 1 + steps * {"M": 1, "Q": 3, "Y": 12, "E": 120, "C": 1200}[unit]
        year, month = day.year + months // 12, months % 12 + 1
        return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    except (OverflowError, ValueError):
        return None


def _edge(meaning: _Meaning, edge: str) -> _Meaning:
    """Narrow an interval to its start, middle or end."""
    if meaning.earliest is None or meaning.latest is None:
        return meaning
    days = (meaning.latest - meaning.earliest).days + 1
    # A week's start is Monday to Wednesday; anything longer falls into thirds.
    third = 3 if days == 7 else max(days // 3, 1)
    if edge == "START":
        earliest, latest = meaning.earliest, meaning.earliest + dt.timedelta(days=third - 1)
    elif edge == "END":
        earliest, latest = meaning.latest - dt.timedelta(days=third - 1), meaning.latest
    else:
        earliest = meaning.earliest + dt.timedelta(days=(days - third) // 2)
        latest = earliest + dt.timedelta(days=third - 1)
    return meaning._replace(earliest=earliest, latest=latest, granularity="part")


def _season(meaning: _Meaning, season: str) -> _Meaning:
    """Narrow a year to a season of the northern hemisphere."""
    if meaning.granularity != "year" or meaning.earliest is None:
        return meaning
    year = meaning.earliest.year
    first = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[season]
    end = dt.date(year + (first == 12), (first + 1) % 12 + 1, 28)
    return _span(dt.date(year, first, 1), end, f"{year:04d}-{season}", "season", meaning.anchor)


def _with_time(meaning: _Meaning, by: Mapping[str, str]) -> _Meaning:
    """Add a clock time, or a part of the day, to a day."""
    if meaning.granularity != "day" and not (meaning.granularity == "part" and meaning.earliest == meaning.latest):
        return meaning
    if "time" in by:
        hour, minute = (int(part) for part in re.split("[.:]", by["time"])[:2])
    elif "hour" in by and by["hour"].isdigit():
        hour, minute = int(by["hour"]), 0
    else:
        if "part" in by:
            return meaning._replace(value=f"{meaning.value}T{by['part']}", granularity="part", type="TIME")
        return meaning
    if by.get("meridiem") == "PM" and hour < 12:
        hour += 12
    elif by.get("meridiem") == "AM" and hour == 12:
        hour = 0
    if hour > 24:
        return meaning
    return meaning._replace(value=f"{meaning.value}T{hour:02d}:{minute:02d}", granularity="part", type="TIME")


def _amount(items: Sequence[_Item]) -> tuple[str, str]:
    """Return number ("X" where it is vague) and unit of an amount of time."""
    number: int | None = None
    unit = "D"
    for item in items:
        if item.kind == "fused":  # one word for "one" and the unit: sebulan
            return "1", item.value
        if item.kind in ("number", "day", "year"):
            value = item.value
            if value == "X":
                return "X", next(i.value for i in items if _PLAIN.get(i.kind, i.kind) == "unit")
            if value.startswith("x"):
                number = (number or 1) * int(value[1:])
            elif value.startswith("+"):
                number = (number or 0) + int(value[1:])
            else:
                number = (number or 0) + int(value)
        elif _PLAIN.get(item.kind, item.kind) == "unit":
            unit = item.value
    return ("X" if number is None else str(min(number, 10**6))), unit


def _duration(amount: str, unit: str) -> str:
    if unit.startswith("T"):
        return f"PT{amount}{unit[1:]}"
    if unit in ("E", "C"):
        return f"P{amount}{'DE' if unit == 'E' else 'CE'}"
    return f"P{amount}{'W' if unit == 'WE' else unit}"
