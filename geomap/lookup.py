"""Look up one place without an article: by its name, without its generic term, or as a phrase that describes it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geomap.errors import ArticleError
from geomap.gazetteer.geometry import bounds
from geomap.gazetteer.search import search
from geomap.languages.pack import languages
from geomap.places.resolve import place as place_of
from geomap.places.rules import rules
from geomap.record import Article, PlaceKind
from geomap.schema import geojson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geomap.pipeline import Pipeline
    from geomap.record import Place

__all__ = ["lookup"]

_KM_A_DEGREE = 111.195
# A longer text is no name; it would be an article.
_LONGEST = 200


def lookup(
    pipeline: Pipeline, query: str, *, language: str = "", countries: Sequence[str] = (), limit: int = 10
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
    name, kind = _without_generic(query, language)
    kinds = (kind,) if kind else ()
    # What is written exactly so comes before what is left without a generic term, and slips of the pen come last.
    for spelling, wanted, fuzzy in ((query, (), False), (name, kinds, False), (query, (), True), (name, kinds, True)):
        hits = search(store, spelling, language=language, countries=countries, kinds=wanted, limit=limit, fuzzy=fuzzy)
        if hits:
            return [_answer(place_of(hit.entry.row, language or "en", store), hit.score) for hit in hits]
    return [
        _answer(place, confidence)
        for place, confidence in _described(pipeline, query, language)
        if not countries or place.country in countries
    ][:limit]


def _without_generic(query: str, language: str) -> tuple[str, PlaceKind | None]:
    """Divide a query into the name proper and the kind that its generic term asks for: "Sungai Panj"."""
    folded = query.casefold()
    found: list[tuple[int, str, PlaceKind]] = []
    for code in [language] if language else languages():
        generic = rules(code).generic
        for kind, terms in generic.before.items():
            found += [
                (len(t), query[len(t) + 1 :], PlaceKind(kind)) for t in terms if folded.startswith(f"{t.casefold()} ")
            ]
        for kind, terms in generic.after.items():
            found += [
                (len(t), query[: -len(t) - 1], PlaceKind(kind)) for t in terms if folded.endswith(f" {t.casefold()}")
            ]
    _, name, wanted = max(found, key=lambda item: item[0], default=(0, query, None))
    return name, wanted


def _described(pipeline: Pipeline, query: str, language: str) -> list[tuple[Place, float]]:
    """Read the query as a text: a border or a described place; what its longest phrase means comes first."""
    record = pipeline.run(Article(query, language=language))
    mentions = sorted(record.mentions, key=lambda mention: mention.start - mention.end)
    confidence = {mention.place_id: mention.confidence for mention in reversed(mentions)}
    places = [record.place(place_id) for place_id in dict.fromkeys(mention.place_id for mention in mentions)]
    return [(place, confidence[place.id]) for place in places if place]


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
