"""What lies between an event word and a place or a date of its sentence: other event words, marks, clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geomap.events.triggers import Hit, Reading, Trigger

__all__ = ["barriers"]

_ASIDES: Mapping[str, str] = {"(": ")", "–": "–", "—": "—", "[": "]"}


def _aside(reading: Reading, at: int, last: int) -> int:
    """Return where a relative clause between two commas ends that opens at a comma, or 0."""
    hits = (reading.cue_at.get(k) for k in range(at + 1, min(at + 3, last)))
    if not any(hit is not None and hit.senses.subordinator in ("relative", "where") for hit in hits):
        return 0
    end = min(last, at + _LONG_ASIDE)
    return next((k + 1 for k in range(at + 2, end) if reading.words[k] == ","), 0)


_LONG_ASIDE = 20


def barriers(reading: Reading, first: int, last: int, trigger: Trigger, seen: dict[str, float]) -> None:
    """Count what lies between trigger and place."""
    at = first
    while at < last:
        closing = _ASIDES.get(reading.words[at])
        if closing and closing in reading.words[at + 1 : last]:
            at = reading.words.index(closing, at + 1) + 1  # an aside is stepped over
            continue
        other = reading.trigger_at.get(at)
        if other is not None and other != trigger and other.mode.strength < 3:
            name = "noun between" if other.voice == "noun" else "verb between"
            seen[name] = seen.get(name, 0) + 1
            at = other.last
            continue
        word = reading.words[at]
        aside = _aside(reading, at, last) if word == "," else 0
        if aside:
            at = aside  # "a crowd, in which flags were waved, attacked …"
            continue
        if word == ",":
            seen["comma"] = seen.get("comma", 0) + 1
        elif word in ("“", "”", '"', ":", ";", "–", "—", "("):
            seen["quote"] = seen.get("quote", 0) + 1
        else:
            hit: Hit | None = reading.cue_at.get(at)
            kind = hit.senses.subordinator if hit else None
            if hit is not None and "complement" in hit.senses.cues:
                seen["reported"] = 1  # what is told lies on one side, who tells it on the other
            if kind and kind != "purpose":
                name = "relative" if kind in ("relative", "where") else "clause"
                seen[name] = seen.get(name, 0) + 1
        at += 1
