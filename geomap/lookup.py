"""Look up one place without an article: by its name, without its generic term, or as a phrase that describes it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geomap.errors import ArticleError
from geomap.gazetteer.geometry import bounds
from geomap.gazetteer.overlay import CORRECTED
from geomap.gazetteer.reverse import distance_km
from geomap.gazetteer.search import Hit, lies_in, search
from geomap.gazetteer.store import KINDS
from geomap.languages.pack import languages
from geomap.places.resolve import place as place_of
from geomap.places.rules import rules
from geomap.record import Article, PlaceKind
from geomap.schema import geojson
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from geomap.gazetteer.store import Store
    from geomap.pipeline import Pipeline
    from geomap.record import Place

__all__ = ["described", "find", "lookup", "nearest_first"]

_KM_A_DEGREE = 111.195
# A longer text is no name; it would be an article.
_LONGEST = 200
_MOST = 1000  # hits that are looked through; no name has more places

# Kinds that one generic term may stand for: a "region" is a unit of a country or an area of the news.
_KIN = (
    {PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.REGION, PlaceKind.DISPUTED},
    {PlaceKind.SEA, PlaceKind.LAKE, PlaceKind.STRAIT},
    {PlaceKind.MOUNTAIN, PlaceKind.MOUNTAINS, PlaceKind.PLATEAU},
    {PlaceKind.RIVER, PlaceKind.CANAL},
    {PlaceKind.PORT, PlaceKind.TERMINAL},
    {PlaceKind.GOVERNMENT, PlaceKind.FACILITY},
)
_AS_ASKED = 0.06  # of the score, for a place of the kind that the generic term says
_WITHOUT_TERM = 0.05  # off the score, for a name that is found only without the term
# What a town has one or two of, so that it goes by the town's name: "Kabul airport", "Bushehr nuclear power plant".
_OF_A_TOWN = {PlaceKind.AIRPORT, PlaceKind.PORT, PlaceKind.NUCLEAR, PlaceKind.DAM, PlaceKind.CROSSING, PlaceKind.CAMP}
_NEAR_KM = 2000.0  # within which a point decides between places of one name
_NEAR_WEIGHT = 0.3  # of the score, for what is at hand
_UNITS = {PlaceKind.ADMIN1, PlaceKind.ADMIN2}
_TOWN_REACH_KM = 60.0
_LESS_SURE = 0.8  # of the score of a town, for what stands beside it


def lookup(
    pipeline: Pipeline,
    query: str,
    *,
    language: str = "",
    countries: Sequence[str] = (),
    near: str | tuple[float, float] | None = None,
    limit: int = 10,
) -> list[dict[str, Any]]:
    """Return the places that a query may mean, best first, as JSON values.

    Parameters
    ----------
    query
        "Panj", "Sungai Panj", "Paris, Texas", "perbatasan Tajikistan-Afghanistan", "30 km north of Kabul".
    language
        ISO 639-1 code of the query and of the names in the answer; "" tries the generic terms of all.
    countries
        ISO 3166-1 codes of the countries to look in.
    near
        A country's code, or latitude and longitude; see `nearest_first`.
    limit
        The most answers.

    Returns
    -------
    For each: ``place_id``, ``name``, ``kind``, ``lat``, ``lon``, ``country``, ``bbox`` (west, south, east, north; west
    exceeds east across the antimeridian), ``geometry`` (GeoJSON) and ``score`` (0 to 1).

    Raises
    ------
    ArticleError
        The query is empty or no name.
    """
    query = " ".join(query.split())
    if not query or len(query) > _LONGEST:
        raise ArticleError(f"the query has {len(query)} characters; expected a place name of 1 to {_LONGEST}")
    store = pipeline.store
    hits = find(store, query, language=language, countries=countries)
    if hits:
        hits = hits if near is None else nearest_first(hits, near)
        return [_answer(place_of(hit.entry.row, language or "en", store), hit.score) for hit in hits[:limit]]
    return [
        _answer(place, confidence)
        for place, confidence in described(pipeline, query, language)
        if not countries or place.country in countries
    ][:limit]


def find(
    store: Store,
    query: str,
    *,
    language: str = "",
    countries: Collection[str] = (),
    kinds: Collection[PlaceKind] = (),
) -> list[Hit]:
    """Return the places that a name may mean, best first: as it stands, and as a generic term with a name.

    Parameters
    ----------
    kinds
        Kinds that the place must be of; empty for any, and then a generic term in the query says what is preferred.
    """
    query = " ".join(query.split())
    asked: dict[str, Any] = {"language": language, "countries": countries, "limit": _MOST}
    readings = list(_readings(query, language))
    for fuzzy in (False, True):
        best: dict[int, Hit] = {}
        for name, wanted in readings:
            if wanted and any(hit.entry.kind is not PlaceKind.CITY for hit in best.values()):
                break  # only towns bear what looks like a generic term and is none: "Sungai Penuh", "Salt Lake City"
            allowed = kinds or _with_kin(wanted)
            for hit in search(store, name, kinds=allowed, fuzzy=fuzzy, **asked):
                better = _preferring(hit, readings[-1][1], less=_WITHOUT_TERM if wanted else 0.0)
                if hit.entry.row not in best or better.score > best[hit.entry.row].score:
                    best[hit.entry.row] = better
        if not best and not fuzzy:
            rest = _of_towns(store, readings, asked) or _seats(store, readings, asked) or _in_areas(store, query, asked)
            best = {hit.entry.row: hit for hit in rest if not kinds or hit.entry.kind in kinds}
        if best:
            return sorted(best.values(), key=lambda hit: (hit.how != CORRECTED, -hit.score, hit.entry.id))
    return []


def nearest_first(hits: Sequence[Hit], near: str | tuple[float, float]) -> list[Hit]:
    """Return places of one name with those in a country, or close to a point, before better known ones far away.

    Parameters
    ----------
    near
        ISO 3166-1 alpha-2 code, or latitude and longitude.
    """

    def nearness(hit: Hit) -> float:
        if isinstance(near, str):
            return float(hit.entry.country == near.upper())
        km = distance_km(*(np.array(x) for x in (*near, hit.entry.lat, hit.entry.lon)))
        return max(0.0, 1.0 - float(km) / _NEAR_KM)

    return sorted(hits, key=lambda hit: (hit.how != CORRECTED, -hit.score - _NEAR_WEIGHT * nearness(hit)))


def described(pipeline: Pipeline, query: str, language: str = "") -> list[tuple[Place, float]]:
    """Read a query as a text: a border or a described place; what its longest phrase means comes first.

    So few words rarely tell their language, so that the language of a word for "border" in them comes first.
    """
    words = set(query.casefold().split())
    codes = [language] if language else [c for c in languages() if not words.isdisjoint(rules(c).border.nouns)]
    found: list[tuple[Place, float]] = []
    for code in [*codes, ""] if not language else codes:
        record = pipeline.run(Article(query, language=code))
        mentions = sorted(record.mentions, key=lambda mention: mention.start - mention.end)
        confidence = {mention.place_id: mention.confidence for mention in reversed(mentions)}
        places = [record.place(place_id) for place_id in dict.fromkeys(mention.place_id for mention in mentions)]
        found = [(place, confidence[place.id]) for place in places if place]
        if found and (found[0][0].kind is PlaceKind.BORDER or not code):
            break
    return found


def _readings(query: str, language: str) -> Iterator[tuple[str, frozenset[PlaceKind]]]:
    """Yield a query as it stands, without an article before it, and without its generic term, with the kinds that says.

    "la Seine" is written with a small letter where the article is no part of the name, unlike "La Paz".
    """
    yield query, frozenset()
    for codes in ([language] if language else [], languages()):  # who reads one language may ask in another
        if (bare := _without_article(query, codes)) != query:
            yield bare, frozenset()
        found: dict[str, set[PlaceKind]] = {}
        for code in codes:
            for name, kind in _generic_terms(bare, code):
                found.setdefault(name, set()).add(kind)
        if found:  # the longest term
            name = min(found, key=lambda name: (len(name), name))
            yield name, frozenset(found[name])
            return


def _without_article(query: str, codes: Sequence[str]) -> str:
    """Return a query without the small words before its first capital."""
    words = query.split(" ")
    small = {word for code in codes for word in rules(code).connectors}
    while len(words) > 1 and words[0] in small and words[0].islower():
        words = words[1:]
    rest = " ".join(words)
    clitic = next((c for code in codes for c in rules(code).clitics if c.endswith("'") and key(rest).startswith(c)), "")
    if clitic and rest[len(clitic) : len(clitic) + 1].isupper():
        rest = rest[len(clitic) :]
    return rest if rest[:1].isupper() else query


def _generic_terms(query: str, language: str) -> Iterator[tuple[str, PlaceKind]]:
    """Yield what is left of a query without each generic term that it begins or ends with: "Sungai Panj"."""
    folded = query.casefold()
    pack = rules(language)
    space = " " if pack.spaced else ""
    for kind, terms in pack.generic.before.items():
        for term in terms:
            if folded.startswith(f"{term.casefold()} ") or (not space and folded.startswith(term)):
                yield query[len(term) :].strip(), PlaceKind(kind)
    for kind, terms in pack.generic.after.items():
        for term in terms:
            if folded.endswith(f"{space}{term.casefold()}") and len(term) < len(query):
                yield query[: -len(term)].strip(), PlaceKind(kind)


def _with_kin(wanted: frozenset[PlaceKind]) -> set[PlaceKind]:
    return set(wanted).union(*(kin for kin in _KIN if not kin.isdisjoint(wanted)))


def _preferring(hit: Hit, wanted: frozenset[PlaceKind], *, less: float) -> Hit:
    """Score a hit more if it is of the kind that a generic term says, and less if the term is no part of its name."""
    if hit.how == CORRECTED:
        return hit
    more = _AS_ASKED if hit.entry.kind in wanted else 0.0
    return replace(hit, score=round(min(hit.score + more - less, 1.0), 4))


def _of_towns(store: Store, readings: Sequence[tuple[str, frozenset[PlaceKind]]], asked: dict[str, Any]) -> list[Hit]:
    """Return the airports, ports and plants beside the town whose name is left without the generic term."""
    name, wanted = readings[-1]
    kinds = wanted & _OF_A_TOWN
    if not kinds:
        return []
    towns = search(store, name, kinds={PlaceKind.CITY, PlaceKind.ADMIN1}, fuzzy=False, **asked)
    if not towns:
        return []
    town = towns[0]
    rows = np.flatnonzero(np.isin(store.places["kind"], [KINDS.index(kind) for kind in kinds]))
    lat, lon = (np.array(x) for x in (town.entry.lat, town.entry.lon))
    km = distance_km(lat, lon, store.places["lat"][rows], store.places["lon"][rows])
    names = {town.matched, *map(key, store.labels(town.entry.row).values()), key(store.label(town.entry.row, ""))}
    found = []
    for index in np.flatnonzero(km <= _TOWN_REACH_KM):
        entry = store.entry(int(rows[index]), asked["language"] or "en")
        named = any(town_name in key(entry.name) for town_name in names)
        score = _LESS_SURE * town.score * (1.0 if named else 0.9) * (1 - float(km[index]) / (10 * _TOWN_REACH_KM))
        found.append(Hit(entry, town.matched, "beside", round(score, 4)))
    return sorted(found, key=lambda hit: (-hit.score, hit.entry.id))


def _seats(store: Store, readings: Sequence[tuple[str, frozenset[PlaceKind]]], asked: dict[str, Any]) -> list[Hit]:
    """Return the town of a unit that the gazetteer does not have: "Landkreis Ahrweiler"."""
    name, wanted = readings[-1]
    if wanted.isdisjoint(_UNITS):
        return []
    towns = search(store, name, kinds={PlaceKind.CITY}, fuzzy=False, **asked)
    return [replace(town, how="beside", score=round(_LESS_SURE * town.score, 4)) for town in towns]


def _in_areas(store: Store, query: str, asked: dict[str, Any]) -> list[Hit]:
    """Read a query as a name and the country or unit it is in, as without the comma: "Paris Texas"."""
    words = query.split(" ")
    for size in range(len(words) - 1, 0, -1):
        name, area = " ".join(words[:size]), " ".join(words[size:])
        hits = [hit for hit in search(store, name, fuzzy=False, **asked) if lies_in(store, hit.entry, area)]
        if hits:
            return [replace(hit, how="bare", score=round(_LESS_SURE * hit.score, 4)) for hit in hits]
    return []


def _answer(place: Place, score: float) -> dict[str, Any]:
    return {
        "place_id": place.id,
        "name": place.name,
        "kind": str(place.kind),
        "lat": place.lat,
        "lon": place.lon,
        "country": place.country,
        "bbox": _box(place),
        "geometry": geojson(place),
        "score": score,
    }


def _box(place: Place) -> list[float]:
    if place.geometry is not None:
        from shapely import from_wkb

        return list(bounds(from_wkb(place.geometry)))
    up = place.radius_km / _KM_A_DEGREE
    side = min(up / max(math.cos(math.radians(place.lat)), 0.01), 180.0)
    west, east = ((place.lon + shift + 180) % 360 - 180 for shift in (-side, side))
    return [round(x, 5) for x in (west, max(place.lat - up, -90.0), east, min(place.lat + up, 90.0))]
