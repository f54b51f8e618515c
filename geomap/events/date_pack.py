"""What a language says about time: its pack, put together from what was written by hand and what CLDR knows.

``languages/<code>/dates.toml`` is written by hand, ``languages/<code>/dates.json`` is compiled from CLDR by
`geomap.languages.build_dates`; a language may have either or both, and what is written by hand wins. Patterns that
hold in every language stand in ``date_patterns.toml`` beside this module; a language without patterns of its own takes
those of the pack ``und``.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import tomllib
from collections.abc import Mapping  # noqa: TC003 language packs read the annotations
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from geomap.languages.pack import FALLBACK, folder, load

__all__ = ["DatePack", "date_pack"]

_SHARED = Path(__file__).with_name("date_patterns.toml")


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
    calendar
        "gregorian"; "persian" or "buddhist" where a year may be counted so.
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
    since, since_after
        Words before, or behind, the day with which something begins that goes on.
    after, before
        Words between an amount of time and the date that it is counted from: "two days after 3 May".
    not_before, not_after
        Words beside a number with a unit, or a bare year, that make it no date ("aged", "old", "people").
    """

    subject: ClassVar[str] = "dates"

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)
    day_first: bool = True
    calendar: str = "gregorian"
    ordinal_suffixes: tuple[str, ...] = ()
    decade_suffixes: tuple[str, ...] = ()
    future: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    deadline: frozenset[str] = frozenset()
    deadline_after: frozenset[str] = frozenset()
    since: frozenset[str] = frozenset()
    since_after: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()


@functools.cache
def date_pack(language: str) -> DatePack:
    """Return the pack of a language, whole: words, own patterns and those of every language.

    Parameters
    ----------
    language
        ISO 639-1 code; a language that nothing is known of gets numeric dates only.
    """
    pack: DatePack = load(language, DatePack)
    fallback: DatePack = load(FALLBACK, DatePack)
    compiled = _compiled(language)
    words: dict[str, dict[str, str]] = {kind: dict(phrases) for kind, phrases in compiled.get("words", {}).items()}
    own = {phrase for phrases in pack.words.values() for phrase in phrases}
    for phrases in words.values():
        for phrase in own & phrases.keys():
            del phrases[phrase]
    for kind, written in pack.words.items():
        words.setdefault(kind, {}).update(written)
    classed = {phrase for phrases in words.values() for phrase in phrases}
    for kind, beside in (("opener", pack.since), ("closer", pack.since_after)):
        words.setdefault(kind, {}).update(dict.fromkeys(sorted(beside - classed), "since"))
    shared = tomllib.loads(_SHARED.read_text(encoding="utf-8"))
    base = pack if pack.patterns else fallback
    # Of two kinds of expression that match alike, the first is taken: what means the same everywhere is the surer one.
    kinds = dict.fromkeys([*(kind for kind in shared["patterns"] if kind not in base.patterns), *base.patterns])
    patterns = {kind: (*base.patterns.get(kind, ()), *shared["patterns"].get(kind, ())) for kind in kinds}
    return dataclasses.replace(
        pack,
        words=words,
        patterns=patterns,
        macros={**shared["macros"], **base.macros},
        day_first=pack.day_first and compiled.get("day_first", True),
    )


def _compiled(language: str) -> dict[str, Any]:
    path = folder(language) / "dates.json"
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return table
