"""Look a name up without an article around it: exactly, without its generic term, and with one slip of the pen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.overlay import CORRECTED
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from geomap.gazetteer.store import PlaceEntry, Store

__all__ = ["Hit", "search", "within_one_edit"]

FUZZY_FROM = 6  # letters; shorter names have too many neighbours
_SAME_LETTER = 0.06  # a slip in the first letter is rare, and so is this much of the score

# How sure a name makes a place, by class of the name; by how it was found; and how much of the score is left for
# the weight of the place among others of that name.
_OF_CLASS = {
    NameClass.PREFERRED: 1.0,
    NameClass.MAIN: 1.0,
    NameClass.ALTERNATE: 0.92,
    NameClass.UNTAGGED: 0.85,
    NameClass.OLD: 0.85,
    NameClass.ABBREVIATION: 0.9,
    NameClass.DEMONYM: 0.5,
    NameClass.CODE: 0.8,
}
_EXACT, _BARE, _FUZZY = 1.0, 0.9, 0.7
_OTHER_LANGUAGE = 0.93  # of a name that only another language uses
_WEIGHT = 0.4
_HEAVIEST = 9.3  # the prior of the most populous country


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that a query may mean.

    Attributes
    ----------
    entry
        The place.
    matched
        The normalised name that was found.
    how
        "exact", "bare" (without a generic term or punctuation), "fuzzy" (one letter off) or "correction" (the user
        said so).
    score
        0 to 1; comparable within one query only.
    """

    entry: PlaceEntry
    matched: str
    how: str
    score: float


def search(
    store: Store,
    query: str,
    *,
    language: str = "",
    countries: Collection[str] = (),
    kinds: Collection[PlaceKind] = (),
    limit: int = 10,
    fuzzy: bool = True,
) -> list[Hit]:
    """Return the places that a name may mean, best first.

    Parameters
    ----------
    query
        A name, with or without its generic term: "Sungai Panj", "Panj". "Paris, Texas" asks for a Paris within what
        "Texas" means.
    language
        ISO 639-1 code; names of that language count more, and labels are given in it.
    countries
        ISO 3166-1 alpha-2 codes that the place must lie in; empty for any.
    kinds
        Kinds that the place must be of; empty for any. With them, a first or last word of the query may be a generic
        term and is left off where the whole query finds nothing.
    fuzzy
        Whether to allow one letter more, less or other in a name of six letters and more, where nothing else is found.
    """
    name, _, context = query.partition(",")
    hits = _found(store, query, language, countries, kinds, fuzzy=fuzzy and not context)
    if not hits and context:
        hits = _found(store, name, language, countries, kinds, fuzzy=fuzzy)
        hits = _within(store, hits, context)
    corrected = _corrected(store, name, context, language=language, countries=countries, kinds=kinds)
    if corrected is not None:
        hits = [corrected, *(hit for hit in hits if hit.entry.row != corrected.entry.row)]
    return sorted(hits, key=lambda hit: (hit is not corrected, -hit.score, hit.entry.id))[:limit]


def _corrected(
    store: Store,
    name: str,
    context: str,
    *,
    language: str,
    countries: Collection[str],
    kinds: Collection[PlaceKind],
) -> Hit | None:
    """Return what the user says that a name means; what holds in some articles only, where the query says as much."""
    spelling = key(name)
    for correction in store.corrections.get(spelling, ()):
        row = store.row(correction.place_id)
        if row is None or (correction.country and correction.country not in countries):
            continue
        if correction.context and key(correction.context) != key(context):
            continue
        entry = store.entry(row, language or "en")
        if (not countries or entry.country in countries) and (not kinds or entry.kind in kinds):
            return Hit(entry, spelling, CORRECTED, 1.0)
    return None


def _found(
    store: Store,
    query: str,
    language: str,
    countries: Collection[str],
    kinds: Collection[PlaceKind],
    *,
    fuzzy: bool,
) -> list[Hit]:
    spelling = key(query)
    for how, worth, spellings in (
        ("exact", _EXACT, [spelling]),
        ("bare", _BARE, _bare(spelling, generic=bool(kinds))),
        ("fuzzy", _FUZZY, _slips(store, spelling) if fuzzy else []),
    ):
        best: dict[int, Hit] = {}
        for found in spellings:
            slip = _SAME_LETTER if how == "fuzzy" and found[0] != spelling[0] else 0.0
            for posting in store.postings(found):
                row = int(posting["row"])
                entry = store.entry(row, language or "en")
                if (countries and entry.country not in countries) or (kinds and entry.kind not in kinds):
                    continue
                used = store.languages[int(posting["language"])]
                sure = worth * _OF_CLASS[NameClass(posting["kind"])] - slip
                if language and used and used != language:
                    sure *= _OTHER_LANGUAGE
                score = round(sure * (1 - _WEIGHT + _WEIGHT * min(entry.prior / _HEAVIEST, 1.0)), 4)
                if row not in best or score > best[row].score:
                    best[row] = Hit(entry, found, how, score)
        if best:
            return list(best.values())
    return []


def _within(store: Store, hits: list[Hit], context: str) -> list[Hit]:
    """Keep the hits that lie in most of the countries and units that the rest of a query names."""
    areas = {PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.REGION}
    units = [
        {store.id(row) for row in store.rows(key(part)) if store.kind(row) in areas} for part in context.split(",")
    ]

    def agreement(hit: Hit) -> int:
        around = {*store.parents(hit.entry.row), f"country:{hit.entry.country}"}
        return sum(not around.isdisjoint(unit) for unit in units)

    most = max(map(agreement, hits), default=0)
    return [hit for hit in hits if agreement(hit) == most]


def _bare(spelling: str, *, generic: bool) -> Iterator[str]:
    """Yield a name without punctuation, then without its first and its last word."""
    plain = re.sub(r"[^\w ]+", "", spelling)
    if plain != spelling:
        yield plain
    words = plain.split()
    if generic and len(words) > 1:
        yield " ".join(words[1:])
        yield " ".join(words[:-1])


def _slips(store: Store, spelling: str) -> list[str]:
    """Return the names of a store that are one edit from a name, which itself is none."""
    return within_one_edit(store, spelling) if len(spelling) >= FUZZY_FROM else []


def within_one_edit(store: Store, spelling: str) -> list[str]:
    """Return the names within one insertion, deletion, substitution or swap of neighbours, sorted.

    No index of misspellings is kept: the edits are made on the query, and as the names stand in a trie, those that no
    name begins with are given up at the edit itself. A query takes about a millisecond.
    """
    found: set[str] = set()
    alphabet = sorted(set(spelling) | set(_letters_like(spelling)))
    for i in range(len(spelling) + 1):
        head, tail = spelling[:i], spelling[i:]
        if i and not store.has_prefix(head):
            break
        edits = [head + tail[1:], head + tail[1:2] + tail[:1] + tail[2:]]
        for letter in alphabet:
            if i and not store.has_prefix(head + letter):
                continue
            edits += [head + letter + tail, head + letter + tail[1:]]
        found.update(edit for edit in edits if edit and edit != spelling and len(store.postings(edit)))
    return sorted(found)


def _letters_like(spelling: str) -> str:
    """Return the letters that may stand for one of a name's, by the block of its first letter."""
    first = next((c for c in spelling if c.isalpha()), "a")
    for start, end in (("a", "z"), ("а", "џ"), ("α", "ω"), ("ء", "ي"), ("א", "ת"), ("अ", "ॐ"), ("ა", "ჰ"), ("ա", "ֆ")):
        if start <= first <= end:
            return "".join(map(chr, range(ord(start), ord(end) + 1))) + " '"
    return " "
