"""A record as plain JSON values, and back: the one schema of the command line, batch output and `geomap.load`.

Two sizes share it. The *line* is what a machine asks for first: place names, dates and events. The *document*
(``full``) adds all that is needed to make the record again: the article, every place with its geometry, every mention
with its candidates, sentences and warnings. ``schema.json`` beside this module describes both.
"""

from __future__ import annotations

import datetime as dt
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geomap.errors import ArticleError
from geomap.events.extract import event_places
from geomap.record import (
    Actor,
    ActorKind,
    Article,
    Attribution,
    Candidate,
    DateExpression,
    Draw,
    Event,
    EventPlace,
    EventTime,
    EventType,
    Mention,
    MentionKind,
    Modality,
    Place,
    PlaceKind,
    Precision,
    Quad,
    Quantity,
    Record,
    Role,
    Sentence,
    Span,
)
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["VERSION", "from_dict", "geojson", "json_schema", "to_dict"]

VERSION = "geomap/1"


def to_dict(record: Record, *, full: bool = True) -> dict[str, Any]:
    """Turn a record into JSON values.

    Parameters
    ----------
    full
        False for the line, true for the document that `from_dict` reads.
    """
    places = {place.id: place for place in record.places}
    line: dict[str, Any] = {
        "id": record.article.id,
        "lang": record.article.language,
        "date": _day(record.article.date) or "",
        "main_event": record.main_event,
        "toponyms": [
            _toponym(mention, places.get(mention.place_id))
            for mention in record.mentions
            if mention.kind is not MentionKind.REFERENCE
        ],
        "timexes": [_timex(date, full=full) for date in record.dates],
        "events": [_event(event, places, record.article.text, full=full) for event in record.events],
        "event_places": [{"lat": place.lat, "lon": place.lon, "name": place.name} for place in event_places(record)],
    }
    if not full:
        return line
    article = record.article
    return {
        "schema": VERSION,
        **line,
        "article": {
            "text": article.text,
            "title": article.title,
            "date": line["date"],
            "language": article.language,
            "outlet": article.outlet,
            "url": article.url,
            "source_place": article.source_place,
        },
        "places": [_place(place) for place in record.places],
        "mentions": [_mention(mention) for mention in record.mentions],
        "sentences": [{"start": s.start, "end": s.end, "paragraph": s.paragraph} for s in record.sentences],
        "warnings": list(record.warnings),
    }


def from_dict(document: dict[str, Any]) -> Record:
    """Make the record of a document that `to_dict` wrote. Tokens are made anew from the text.

    Raises
    ------
    ArticleError
        It is no such document, or one of another version.
    """
    if not isinstance(document, dict) or document.get("schema") != VERSION:
        found = document.get("schema", "no schema") if isinstance(document, dict) else type(document).__name__
        raise ArticleError(f"no geomap document: expected schema {VERSION!r}, found {found!r}")
    try:
        return _record(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArticleError(f"a damaged geomap document: {type(error).__name__}: {error}") from error


def geojson(place: Place) -> dict[str, Any]:
    """Return the geometry of a place as GeoJSON."""
    if place.geometry is None:
        return {"type": "Point", "coordinates": [place.lon, place.lat]}
    from shapely import from_wkb

    shape = from_wkb(place.geometry)
    return {"type": shape.geom_type, "coordinates": _coordinates(shape)}


def _coordinates(shape: BaseGeometry) -> list[Any]:
    """Return the coordinates of a line or an area, nested as in GeoJSON."""
    from shapely import get_coordinates

    if hasattr(shape, "geoms"):
        return [_coordinates(part) for part in shape.geoms]
    if shape.geom_type == "Polygon":
        return [_coordinates(ring) for ring in (shape.exterior, *shape.interiors)]  # type: ignore[attr-defined]
    coordinates: list[list[float]] = get_coordinates(shape).tolist()
    return coordinates


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a document and, under ``$defs/line``, of a line."""
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf-8"))
    return schema


# Record → JSON


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _toponym(mention: Mention, place: Place | None) -> dict[str, Any]:
    return {
        "start": mention.start,
        "end": mention.end,
        "surface": mention.surface,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "geonameid": place.geonameid if place else None,
        "place_id": mention.place_id,
        "name": place.name if place else "",
        "kind": _plain(place.kind) if place else "",
        "country": place.country if place else "",
        "precision": _plain(place.precision) if place else "",
        "radius_km": place.radius_km if place else 0.0,
        "confidence": mention.confidence,
        "geometry": place.geometry_type if place else "point",
    }


def _timex(date: DateExpression, *, full: bool) -> dict[str, Any]:
    line: dict[str, Any] = {
        "start": date.start,
        "end": date.end,
        "surface": date.surface,
        "type": date.type,
        "value": date.value,
    }
    if full:
        line |= {
            "from": _day(date.earliest),
            "to": _day(date.latest),
            "granularity": date.granularity,
            "anchor": date.anchor,
            "mod": date.mod,
        }
    return line


def _event(event: Event, places: dict[str, Place], text: str, *, full: bool) -> dict[str, Any]:
    evidence = event.evidence
    line: dict[str, Any] = {
        "id": event.id,
        "type": _plain(event.type),
        "acled_subtype": event.acled_subtype,
        "trigger": {"start": event.trigger.start, "end": event.trigger.end},
        "actors": [_fields(actor) for actor in event.actors],
        "recipients": [_fields(actor) for actor in event.recipients],
        "places": [_event_place(link, places.get(link.place_id), full=full) for link in event.places],
        "time": _time(event.time, full=full),
        "modality": _plain(event.modality),
        "attribution": [_fields(source) for source in event.attribution],
        "quantities": [_fields(quantity) for quantity in event.quantities],
        "evidence": {"start": evidence.start, "end": evidence.end, "text": text[evidence.start : evidence.end]},
        "draw": _plain(event.draw),
        "confidence": event.confidence,
    }
    if full:
        line |= {
            "title": event.title,
            "mode": event.mode,
            "cameo_root": event.cameo_root,
            "quad": _plain(event.quad),
            "polarity": event.polarity,
            "certainty": event.certainty,
            "cluster": event.cluster,
            "salience": event.salience,
            "provenance": event.provenance,
        }
    return line


def _event_place(link: EventPlace, place: Place | None, *, full: bool) -> dict[str, Any]:
    line: dict[str, Any] = {
        "place_id": link.place_id,
        "role": _plain(link.role),
        "start": link.start,
        "end": link.end,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "precision": _plain(place.precision) if place else "",
        "radius_km": place.radius_km if place else 0.0,
        "geometry": place.geometry_type if place else "point",
    }
    if full:
        line |= {"link": link.link, "geo_precision": link.geo_precision, "score": link.score}
    return line


def _time(time: EventTime | None, *, full: bool) -> dict[str, Any] | None:
    if time is None:
        return None
    line: dict[str, Any] = {
        "from": _day(time.earliest),
        "to": _day(time.latest),
        "granularity": time.granularity,
        "date_precision": time.date_precision,
    }
    if full:
        line |= {"source": time.source, "start": time.start, "end": time.end}
    return line


def _place(place: Place) -> dict[str, Any]:
    fields = _fields(place)
    del fields["geometry_type"]
    return fields | {"geometry": geojson(place), "parents": list(place.parents)}


def _mention(mention: Mention) -> dict[str, Any]:
    fields = _fields(mention)
    return fields | {
        "wanted": [_plain(kind) for kind in mention.wanted],
        "candidates": [_fields(c) | {"features": [list(pair) for pair in c.features]} for c in mention.candidates],
    }


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401 any of the records
    """Return the fields of a record, one level deep, enums as plain strings."""
    return {name: _plain(getattr(value, name)) for name in value.__slots__}


def _plain(value: Any) -> Any:  # noqa: ANN401
    return str(value) if isinstance(value, StrEnum) else value


# JSON → record


def _date(day: str | None) -> dt.date | None:
    return dt.date.fromisoformat(day) if day else None


def _span(value: dict[str, Any]) -> Span:
    return Span(value["start"], value["end"])


def _record(document: dict[str, Any]) -> Record:
    article = document["article"]
    text = article["text"]
    return Record(
        article=Article(**{**article, "id": document["id"], "date": _date(article["date"])}),
        sentences=tuple(Sentence(**sentence) for sentence in document["sentences"]),
        tokens=tokenise(text),
        dates=tuple(_to_date_expression(timex) for timex in document["timexes"]),
        mentions=tuple(_to_mention(mention) for mention in document["mentions"]),
        places=tuple(_to_place(place) for place in document["places"]),
        events=tuple(_to_event(event) for event in document["events"]),
        main_event=document["main_event"],
        warnings=tuple(document["warnings"]),
    )


def _to_date_expression(timex: dict[str, Any]) -> DateExpression:
    rest = {name: value for name, value in timex.items() if name not in {"from", "to"}}
    return DateExpression(**rest, earliest=_date(timex["from"]), latest=_date(timex["to"]))


def _to_mention(mention: dict[str, Any]) -> Mention:
    made: dict[str, Any] = {
        "kind": MentionKind(mention["kind"]),
        "wanted": tuple(PlaceKind(kind) for kind in mention["wanted"]),
        "candidates": tuple(_to_candidate(candidate) for candidate in mention["candidates"]),
    }
    return Mention(**{**mention, **made})


def _to_candidate(candidate: dict[str, Any]) -> Candidate:
    features = tuple((name, value) for name, value in candidate["features"])
    return Candidate(**{**candidate, "kind": PlaceKind(candidate["kind"]), "features": features})


def _to_place(place: dict[str, Any]) -> Place:
    geometry_type, wkb = _to_geometry(place["geometry"])
    made: dict[str, Any] = {
        "kind": PlaceKind(place["kind"]),
        "precision": Precision(place["precision"]),
        "parents": tuple(place["parents"]),
        "geometry_type": geometry_type,
        "geometry": wkb,
    }
    return Place(**{**place, **made})


def _to_geometry(geometry: dict[str, Any]) -> tuple[str, bytes | None]:
    """Return the geometry type of a `Place` and WKB, or None for a plain point."""
    if geometry["type"] == "Point":
        return "point", None
    from shapely import to_wkb
    from shapely.geometry import shape

    return "line" if "Line" in geometry["type"] else "polygon", to_wkb(shape(geometry))


def _to_event(event: dict[str, Any]) -> Event:
    made: dict[str, Any] = {
        "type": EventType(event["type"]),
        "trigger": _span(event["trigger"]),
        "evidence": _span(event["evidence"]),
        "actors": tuple(_to_actor(actor) for actor in event["actors"]),
        "recipients": tuple(_to_actor(actor) for actor in event["recipients"]),
        "places": tuple(_to_event_place(link) for link in event["places"]),
        "time": _to_time(event["time"]),
        "modality": Modality(event["modality"]),
        "attribution": tuple(Attribution(**source) for source in event["attribution"]),
        "quantities": tuple(Quantity(**quantity) for quantity in event["quantities"]),
        "draw": Draw(event["draw"]),
        "quad": Quad(event["quad"]),
    }
    return Event(**{**event, **made})


def _to_actor(actor: dict[str, Any]) -> Actor:
    return Actor(**{**actor, "kind": ActorKind(actor["kind"])})


def _to_event_place(link: dict[str, Any]) -> EventPlace:
    own = {name: link[name] for name in EventPlace.__slots__}
    return EventPlace(**{**own, "role": Role(link["role"])})


def _to_time(time: dict[str, Any] | None) -> EventTime | None:
    if time is None:
        return None
    rest = {name: value for name, value in time.items() if name not in {"from", "to"}}
    return EventTime(earliest=_date(time["from"]), latest=_date(time["to"]), **rest)
