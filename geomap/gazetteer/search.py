"""Look a name up without an article around it: exactly, without its generic term, and with one slip of the pen."""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.overlay import CORRECTED
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from geomap.gazetteer.store import PlaceEntry, Store

__all__ = ["Hit", "lies_in", "search", "within_one_edit"]

FUZZY_FROM = 6  # letters; shorter names have too many neighbours
_ALIKE_FROM, _HEAD, _LENGTHS_APART = 8, 3, 2  # letters: of the name, at its head, between two names
_ALIKE, _MOST_ALIKE = 0.88, 5  # the share of letters that two names have in common
_SAME_LETTER = 0.06  # a slip in the first letter is rare, and so is this much of the score
_COMMA = re.compile("[,،，、;]")
_CODE = re.compile("[A-Z]{2,3}")  # of a country, ISO 3166-1
_UNIT_CODE = re.compile("[A-Za-z]{2}-[A-Za-z0-9]{1,3}")  # of a first-level unit, ISO 3166-2
_FIRST_LEVEL = "ADM1"  # GeoNames' code of a first-level unit

# What the class of a name takes off the weight of a place (log10 of its people, for a city): nearly the order in which
# a store keeps the places of a name. Demonyms and codes are names in no text, but a query may be one.
_TAKEN_OFF = {
    NameClass.PREFERRED: 0.0,
    NameClass.MAIN: 0.5,
    NameClass.ALTERNATE: 0.7,
    NameClass.UNTAGGED: 1.5,
    NameClass.OLD: 1.5,
    NameClass.ABBREVIATION: 1.0,
    NameClass.DEMONYM: 10.0,
    NameClass.CODE: 6.0,
}
_TAKEN_OFF_CODE = 2.0  # for a country by its ISO code, where the query is written as one
_OTHER_LANGUAGE = 0.3  # off the weight, for a name that only another language uses
_SURE = {"exact": 1.0, "bare": 0.9, "fuzzy": 0.7}  # by how the name was found
_BASE, _HEAVIEST = 0.6, 9.3  # the share of the score that the weight leaves; the weight of the most populous country
_AREAS = {PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.REGION}  # what a query says to look in
_REACH = 2.0  # of a river's radius about its point: how far it may be from there to its source
_NAMING = {PlaceKind.RIVER, PlaceKind.MOUNTAINS, PlaceKind.MOUNTAIN, PlaceKind.LAKE}
_BESIDE = 0.05  # what puts one place just before another


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
    weight
        What the place weighs under that name, on the scale of `PlaceEntry.prior`.
    """

    entry: PlaceEntry
    matched: str
    how: str
    score: float
    weight: float = 0.0


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
    name, *around = _COMMA.split(query)
    context = ",".join(around)
    hits = _found(store, query, language, countries, kinds, fuzzy=fuzzy and not around)
    if not hits and around:
        hits = _found(store, name, language, countries, kinds, fuzzy=fuzzy)
        hits = _within(store, hits, around)
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
    spelling, as_code = key(query), bool(_CODE.fullmatch(query.strip()))
    unit = store.row(f"admin1:{query.strip().upper()}") if _UNIT_CODE.fullmatch(query.strip()) else None
    if unit is not None:
        return [Hit(store.entry(unit, language or "en"), spelling, "exact", 1.0, _HEAVIEST)]
    for how, spellings in (
        ("exact", [spelling]),
        ("bare", _bare(spelling, generic=bool(kinds))),
        ("fuzzy", _slips(store, spelling) if fuzzy else []),
    ):
        best: dict[int, Hit] = {}
        for found in spellings:
            slip = _SAME_LETTER if how == "fuzzy" and found[0] != spelling[0] else 0.0
            for hit in _hits(store, found, how, language, as_code=as_code):
                entry = hit.entry
                if (countries and entry.country not in countries) or (kinds and entry.kind not in kinds):
                    continue
                score = round(_SURE[how] * (_BASE + (1 - _BASE) * min(hit.weight / _HEAVIEST, 1.0)) - slip, 4)
                if entry.row not in best or score > best[entry.row].score:
                    best[entry.row] = replace(hit, score=score)
        if best:
            return list(best.values())
    return []


def _hits(store: Store, spelling: str, how: str, language: str, *, as_code: bool) -> list[Hit]:
    """Return the places of a normalised name with what each weighs under it.

    Parameters
    ----------
    as_code
        Whether the name is written as the code of a country is: "DE" is Germany before Delaware, "de" is neither.
    """
    best: dict[int, Hit] = {}
    for posting in store.postings(spelling):
        row = int(posting["row"])
        entry = best[row].entry if row in best else store.entry(row, language or "en")
        used, name_class = store.languages[int(posting["language"])], NameClass(posting["kind"])
        weight = entry.prior - _TAKEN_OFF[name_class]
        if as_code and name_class is NameClass.CODE and entry.kind is PlaceKind.COUNTRY:
            weight = entry.prior - _TAKEN_OFF_CODE
        if language and used and used != language:
            weight -= _OTHER_LANGUAGE
        if row not in best or weight > best[row].weight:
            best[row] = Hit(entry, spelling, how, 0.0, weight)
    _weigh_namesakes(best)
    return list(best.values())


def _weigh_namesakes(hits: dict[int, Hit]) -> None:
    """Weigh a unit, a city in it and a river that share a name by what the name is known for.

    Who says "Toledo" means the city or the province around it, there either way: the city weighs what both do. A unit
    that is part of a larger one, such as the Italian provinces and French departments, which gazetteers of the world do
    not count among the first-level units, comes behind the city, river or mountains that it is named after.
    """
    units = {hit.entry.admin1: hit for hit in hits.values() if hit.entry.kind is PlaceKind.ADMIN1}
    lesser = [unit for unit in units.values() if unit.entry.feature_code != _FIRST_LEVEL]
    for hit in list(hits.values()):
        entry, weight = hit.entry, hit.weight
        if entry.kind is PlaceKind.CITY and (unit := units.pop(entry.admin1, None)):  # the first city is the largest
            if weight > unit.weight or unit.entry.feature_code != _FIRST_LEVEL:
                weight = max(math.log10(10**weight + 10**unit.weight), unit.weight + _BESIDE)
        elif entry.kind in _NAMING:
            around = [unit.weight + _BESIDE for unit in lesser if _near(entry, unit.entry)]
            weight = max([weight, *around])
        if weight > hit.weight:
            hits[entry.row] = replace(hit, weight=weight)


def _near(entry: PlaceEntry, unit: PlaceEntry) -> bool:
    """Tell whether a river or range may reach to a unit."""
    from geomap.gazetteer.reverse import distance_km

    km = distance_km(*(np.array(x) for x in (entry.lat, entry.lon, unit.lat, unit.lon)))
    return bool(km < _REACH * entry.radius_km + unit.radius_km)


def _within(store: Store, hits: list[Hit], around: Sequence[str]) -> list[Hit]:
    """Keep the hits that lie in most of the countries and units that the rest of a query names."""
    agreement = [sum(lies_in(store, hit.entry, part) for part in around) for hit in hits]
    return [hit for hit, agrees in zip(hits, agreement, strict=True) if agrees == max(agreement)]


def lies_in(store: Store, entry: PlaceEntry, area: str) -> bool:
    """Tell whether a place lies in a country or unit that a name or code may mean: "Texas", "TX", "US"."""
    if entry.admin1 == f"{entry.country}-{area.strip().upper()}":
        return True
    within = {*store.parents(entry.row), f"country:{entry.country or _country_at(store, entry)}"}
    return any(store.id(row) in within for row in store.rows(key(area)) if store.kind(row) in _AREAS)


def _country_at(store: Store, entry: PlaceEntry) -> str:
    """Return the country that the point of a place without one lies in: that of Galicia's is Ukraine."""
    from geomap.gazetteer.reverse import reverse

    (where,) = reverse(store, entry.lat, entry.lon)
    return "" if where.country is None else store.country(where.country)


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
    """Return the names of a store that are one edit from a name, which itself is none, or else much like it."""
    if len(spelling) < FUZZY_FROM:
        return []
    return within_one_edit(store, spelling) or much_alike(store, spelling)


def much_alike(store: Store, spelling: str) -> list[str]:
    """Return the names that begin like one of eight letters and more and share most of it: "Cincinatti"."""
    if len(spelling) < _ALIKE_FROM:
        return []
    near = [name for name in store.keys(spelling[:_HEAD]) if abs(len(name) - len(spelling)) <= _LENGTHS_APART]
    return difflib.get_close_matches(spelling, near, n=_MOST_ALIKE, cutoff=_ALIKE)


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
