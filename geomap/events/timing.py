"""When an event takes place: which of the dates of its sentence is its own, and what it says."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
from typing import TYPE_CHECKING

from geomap.events.barriers import barriers
from geomap.events.date_pack import date_pack
from geomap.record import EventTime, Modality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geomap.events.triggers import Reading, Trigger
    from geomap.record import DateExpression

__all__ = ["event_time", "weekdays"]

_COSTLIEST = 3.0
# A year seldom dates a verb far from it: it belongs to a noun beside ("a resolution of 2013").
_VAGUE = 1.2
# A date before a dash is the dateline's; any other of the sentence is rather the event's.
_DATELINE = 1.5
_DASHES = frozenset({"–", "—"})
# A date that a verb of its own clause has, as "2022" in "…, which killed 1,600 since March 2022, closed the border".
_OWNED = 2.6
# A semicolon, or a verb that closes its clause, parts two reports.
_SEMICOLON = 1.5
_ASIDES = {"(": ")", "[": "]"}
_LONG_ASIDE = 8  # tokens: "(ACAN-EFE)", "[TEXT]"


def event_time(
    reading: Reading,
    trigger: Trigger,
    dates: Sequence[DateExpression],
    publication: dt.date | None,
    modality: Modality,
    *,
    claimed: bool,
    weekdays: tuple[str, ...] = (),
) -> EventTime:
    """Return when an event takes place, from the dates of its sentence.

    A date beside the report verb is the day of the statement; it bounds what was said to have happened.

    Parameters
    ----------
    weekdays
        Names of weekdays in the language, or how they begin: one alone means the next such day for what lies ahead.
    """
    ahead = modality in _AHEAD
    best: tuple[float, DateExpression, bool] | None = None
    for date in (_counted(reading, trigger, dates, publication), *dates):
        if date is None:
            continue
        if date.earliest is None and date.latest is None:
            date = _lasting(date, publication) if not ahead else date  # noqa: PLW2901 "for twenty years"
            if date.earliest is None:
                continue
        cost, said = _cost(reading, trigger, date, claimed=claimed, alone=len(dates) == 1 and not ahead)
        if best is None or cost < best[0]:
            best = cost, date, said
    if best is None or best[0] > _COSTLIEST:
        earliest, latest = (publication, None) if ahead else (None, publication)
        return EventTime(earliest, latest, "vague", 5, "inherited")
    _, date, said = best
    if not said and (ahead or modality is Modality.CONDITIONAL):
        date = _upcoming(reading, date, publication, weekdays)
    before = bool(ahead and publication and date.latest and date.latest < publication)
    if before or (said and trigger.mode.frame != "speech") or (said and ahead):
        latest = None if modality is Modality.PREDICTED else date.latest
        return EventTime(
            date.earliest, latest, date.granularity, _date_precision(date), "statement", date.start, date.end
        )
    latest = date.latest if ahead else _until(date, publication)
    return EventTime(date.earliest, latest, date.granularity, _date_precision(date), "stated", date.start, date.end)


def _cost(
    reading: Reading, trigger: Trigger, date: DateExpression, *, claimed: bool, alone: bool
) -> tuple[float, bool]:
    """Return how little a date fits a trigger, and whether it is rather the day of the statement.

    Parameters
    ----------
    alone
        The sentence has no other date, and the event does not lie ahead.
    """
    at = reading.token_at(date.start)
    after = reading.token_at(date.end - 1) + 1
    right = at >= trigger.last
    first, last = (trigger.last, at) if right else (after, trigger.first)
    seen: dict[str, float] = {}
    barriers(reading, first, last, trigger, seen)
    said = claimed and _beside_report(reading, at, after) and (seen.get("clause", 0) > 0 or last - first > 6)
    cost = (
        0.06 * max(last - first, 0)
        + 0.5 * seen.get("comma", 0)
        + 0.9 * (seen.get("clause", 0) + seen.get("relative", 0))
        + 1.2 * seen.get("verb between", 0)
        + 0.5 * seen.get("noun between", 0)
        + (0.5 if said else 0)
        + (_OWNED if seen.get("comma", 0) and not right and _is_owned(reading, trigger, at) else 0)
        + (_SEMICOLON if ";" in reading.words[first:last] or (right and any(reading.finite[first - 1 : last])) else 0)
        + (_DATELINE if not right and _ends_dateline(reading, after) else 0)
        + (_VAGUE if date.granularity in ("year", "decade", "century") else 0)
    )
    if alone and "relative" not in seen and "reported" not in seen and _leads(reading, at):
        cost = min(cost, _COSTLIEST)  # "On Sunday a crowd …; the police dispersed it"
    return cost, said


_AHEAD = frozenset({Modality.PLANNED, Modality.PREDICTED, Modality.THREATENED, Modality.REQUESTED})


def _upcoming(
    reading: Reading, date: DateExpression, publication: dt.date | None, weekdays: tuple[str, ...]
) -> DateExpression:
    """Return the next of a bare weekday that was taken for the last one: only the verb tells ("mediará el jueves")."""
    at = reading.token_at(date.start)
    after = reading.token_at(date.end - 1) + 1
    day = date.earliest
    if publication is None or day is None or day != date.latest or not 0 < (publication - day).days < _WEEK:
        return date
    named = any(token.text.lower().startswith(weekdays) for token in reading.tokens[at:after])
    if not named or _beside_report(reading, at, after) or date.anchor != "publication":
        return date
    day += dt.timedelta(days=_WEEK)
    return dataclasses.replace(date, earliest=day, latest=day)


_WEEK = 7


def _leads(reading: Reading, at: int) -> bool:
    """Whether a date opens its sentence, and so holds for all that the sentence tells."""
    return at - reading.sentence(at)[0] <= 1


def _is_owned(reading: Reading, trigger: Trigger, at: int) -> bool:
    """Whether a date before a verb stands in a relative clause with a verb of its own."""
    start, _ = reading.sentence(at)
    verb = False
    for token in range(at - 1, max(start, at - _CLAUSE) - 1, -1):
        other = reading.trigger_at.get(token)
        verb = verb or (other is not None and other != trigger and other.voice != "noun")
        hit = reading.cue_at.get(token)
        if hit is not None and hit.senses.subordinator in ("relative", "where"):
            return verb
        if reading.words[token] == ",":
            return False
    return False


_CLAUSE = 14


@functools.cache
def weekdays(language: str) -> tuple[str, ...]:
    """Return how the words of a language for days of the week begin, in lower case."""
    phrases = date_pack(language).words.get("weekday", {})
    return tuple({max(phrase.lower().split(), key=len) for phrase in phrases})


def _until(date: DateExpression, publication: dt.date | None) -> dt.date | None:
    """Return when what has happened ended at the latest: what goes on since a date, or "this week", ends today."""
    latest = date.latest
    if publication is None or latest is None:
        return latest
    if date.mod == "SINCE" and latest <= publication:
        return publication
    return publication if latest > publication and (date.earliest or latest) <= publication else latest


def _ends_dateline(reading: Reading, at: int) -> bool:
    """Whether a dash, or an aside and a dash of two hyphens, follows a date: "SAN JOSE, 4 FEB 90 (EFE) -- "."""
    if at < len(reading.words) and reading.words[at] in _DASHES:
        return True
    closing = _ASIDES.get(reading.words[at]) if at < len(reading.words) else None
    inside = reading.words[at : at + _LONG_ASIDE]
    if closing is None or closing not in inside:
        return False
    return reading.words[at + inside.index(closing) + 1 : at + inside.index(closing) + 2] in (
        ["-"],
        ["--"],
        ["–"],
        ["—"],
        ["["],
    )


def _counted(
    reading: Reading, trigger: Trigger, dates: Sequence[DateExpression], publication: dt.date | None
) -> DateExpression | None:
    """Read "a day after the dam burst" as the day so long before the one that the sentence tells of, or publication."""
    for at, span in enumerate(dates):
        match = re.fullmatch(r"P(\d{1,3})([DW])", span.value) if span.type == "DURATION" else None
        after = reading.cue_at.get(reading.token_at(span.end - 1) + 1)
        if match is None or after is None or not (after.senses.subordinator == "time" and "cause" in after.senses.cues):
            continue
        if not 0 <= trigger.first - after.last <= _NEAR_CLAUSE or "," in reading.words[after.last : trigger.first]:
            continue
        told = next(
            (date.earliest for date in dates[:at][::-1] if date.earliest and date.earliest == date.latest), None
        )
        day = told or publication
        if day is not None:
            day -= dt.timedelta(days=int(match[1]) * (7 if match[2] == "W" else 1))
            return dataclasses.replace(span, earliest=day, latest=day, type="DATE", granularity="day")
    return None


_NEAR_CLAUSE = 10


def _lasting(date: DateExpression, publication: dt.date | None) -> DateExpression:
    """Read "for almost 20 years", of what has gone on, as the years up to publication."""
    years = date.value[1:-1] if date.type == "DURATION" and date.value.endswith("Y") else ""
    if publication is None or not years.isdigit() or not 1 <= int(years) < publication.year - 1:
        return date
    earliest = publication.replace(year=publication.year - int(years), day=min(publication.day, 28))
    return dataclasses.replace(date, earliest=earliest, latest=publication)


def _beside_report(reading: Reading, first: int, last: int) -> bool:
    """Whether a report verb stands within three words of a date."""
    for at in (*range(max(first - 3, 0), first), *range(last, min(last + 3, len(reading.words)))):
        hit = reading.cue_at.get(at)
        if hit and "report" in hit.senses.cues:
            return True
    return False


def _date_precision(date: DateExpression) -> int:
    """Return UCDP's date precision: 1 day, 2 a few days, 3 week, 4 month, 5 year or more."""
    if date.earliest is None or date.latest is None:
        return 5
    days = (date.latest - date.earliest).days
    for precision, most in ((1, 0), (2, 6), (3, 7), (4, 31)):
        if days <= most:
            return precision
    return 5
