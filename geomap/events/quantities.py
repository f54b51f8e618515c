"""Numbers that belong to an event: how many soldiers, dead, kilometres, per cent.

A number is read with the separators of its language: "6.000" is six thousand in Indonesian, six in English.
"More than" leaves the upper side open, "up to" the lower one.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from geomap.events.triggers import EventPack, phrase_words
from geomap.languages.pack import load
from geomap.record import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geomap.events.triggers import Reading
    from geomap.record import DateExpression

__all__ = ["find_quantities", "parse_number"]

_HEDGES = frozenset({"lower", "upper", "about"})
# A unit stands right after its number, with at most this many words between: "70% of the border", "11 more bodies".
_BETWEEN = 2


def find_quantities(
    reading: Reading, language: str, first: int, last: int, dates: Sequence[DateExpression] = ()
) -> list[Quantity]:
    """Return the quantities between two tokens, in text order; a number inside one of `dates` is none."""
    units, hedges = _tables(language)
    taken = {at for date in dates for at in range(reading.token_at(date.start), reading.token_at(date.end - 1) + 1)}
    found: list[Quantity] = []
    at = first
    numerals = reading.pack.numerals
    while at < last:
        if reading.tokens[at].kind != "number" and reading.words[at] not in numerals:
            at += 1
            continue
        value, after = _number(reading, at, last)
        glued = at > first and reading.words[at - 1] in _GLUE and reading.tokens[at - 1].end == reading.tokens[at].start
        if value is None or at in taken or glued:
            at += 1
            continue
        unit = next(
            (hit for k in range(after, min(after + _BETWEEN + 1, last)) if (hit := _phrase(reading, k, last, units))),
            None,
        )
        if unit is not None:
            what, end = unit
            hedge = _hedge(reading, at, first, hedges)
            start = reading.tokens[at].start
            low = None if hedge == "upper" else value
            high = None if hedge == "lower" else value
            found.append(
                Quantity(
                    what=what,
                    start=start,
                    end=reading.tokens[end - 1].end,
                    low=low,
                    best=value,
                    high=high,
                    unit=what if what in _UNITS else "",
                    approximate=hedge is not None or reading.tokens[at].kind == "word",
                )
            )
            after = end
        at = after
    return found


# What ties a number to the name before it: "Il-76", "M/V".
_GLUE = frozenset({"-", "/", "#"})
_UNITS = frozenset({"km", "miles", "percent", "money", "magnitude"})


def parse_number(text: str, decimal: str, grouping: str) -> float | None:
    """Read a number with the separators of a language; None where it is none.

    Examples
    --------
    >>> parse_number("6.000", ",", "."), parse_number("1,5", ",", "."), parse_number("1,400", ".", ",")
    (6000.0, 1.5, 1400.0)
    """
    text = text.replace("\u00a0", "").replace("\u2009", "").replace("\u202f", "")
    groups = text.split(grouping)
    if len(groups) > 1 and all(len(group.split(decimal)[0]) == 3 for group in groups[1:]) and len(groups[0]) <= 3:
        text = "".join(groups)
    text = text.replace(decimal, ".") if decimal != "." else text
    if text.count(".") > 1 or len(text) > 15 or not text.replace(".", "", 1).isascii():
        return None
    return float(text) if text.replace(".", "", 1).isdigit() else None


def _number(reading: Reading, at: int, last: int) -> tuple[float | None, int]:
    """Read a number at a token, with the number words after it ("two million", "dua ribu")."""
    numerals = reading.pack.numerals
    token = reading.tokens[at]
    if token.kind == "number":
        value = parse_number(reading.words[at], reading.pack.decimal, reading.pack.grouping)
    else:
        value = float(numerals[reading.words[at]]) if reading.words[at] in numerals else None
    if value is None:
        return None, at + 1
    in_words = token.kind != "number"
    total, at = 0.0, at + 1
    while at < last:
        word = at + 1 if in_words and value < 100 and _ties(reading, at) and at + 1 < last else at
        more = numerals.get(reading.words[word])
        if more is None or (word > at and not value > more):
            break
        if more >= 100 and value < more:
            value *= more
        elif more == 10 and 1 < value < 10:
            value *= 10  # "dua puluh", "二十"
        elif in_words and more < value and value >= 1000:
            total, value = total + value, more  # "mil doscientos"
        elif in_words and (more < value >= 20 or value < 10 < more < 100):
            value += more  # "twenty-five", "خمسة وعشرون"
        else:
            break
        at = word + 1
    return total + value, at


def _ties(reading: Reading, at: int) -> bool:
    """Whether a token may stand between the words of one number: "twenty-five", "treinta y dos"."""
    return reading.words[at] == "-" or reading.words[at] in reading.pack.conjunctions


def _hedge(reading: Reading, at: int, first: int, hedges: Mapping[tuple[str, ...], str]) -> str | None:
    for size in (3, 2, 1):
        if at - size >= first:
            hedge = hedges.get(tuple(reading.words[at - size : at]))
            if hedge:
                return hedge
    return None


def _phrase(reading: Reading, at: int, last: int, units: Mapping[tuple[str, ...], str]) -> tuple[str, int] | None:
    for size in (2, 1):
        if at + size <= last:
            what = units.get(tuple(reading.words[at : at + size]))
            if what:
                return what, at + size
    return None


@functools.cache
def _tables(language: str) -> tuple[Mapping[tuple[str, ...], str], Mapping[tuple[str, ...], str]]:
    """Return phrase → what is counted, and phrase → hedge."""
    units: dict[tuple[str, ...], str] = {}
    hedges: dict[tuple[str, ...], str] = {}
    for what, phrases in load(language, EventPack).quantities.items():
        for phrase in phrases:
            (hedges if what in _HEDGES else units)[phrase_words(phrase, language)] = what
    return units, hedges
