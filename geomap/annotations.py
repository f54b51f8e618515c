"""Records as W3C web annotations: which words name which place, and which sentence tells of which event.

https://www.w3.org/TR/annotation-model/. Positions count code points, as the model asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geomap.record import Event, Mention, Place, Record

__all__ = ["web_annotations"]

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# Letters around the words, so that they are found in another copy of the text.
AROUND = 32


def web_annotations(records: Sequence[Record]) -> dict[str, Any]:
    """Return an annotation page: one annotation for each place name that was resolved, and for each event."""
    items = [item for record in records for item in (*_mentions(record), *_events(record))]
    return {
        "@context": [CONTEXT, {"geojson": "https://purl.org/geojson/vocab#"}],
        "type": "AnnotationPage",
        "items": items,
    }


def _mentions(record: Record) -> list[dict[str, Any]]:
    places = {place.id: place for place in record.places}
    return [
        {
            "id": f"{_source(record)}#mention-{number}",
            "type": "Annotation",
            "motivation": "identifying",
            "body": _body(places[mention.place_id], mention),
            "target": _target(record, mention.start, mention.end),
        }
        for number, mention in enumerate(record.mentions, 1)
        if mention.place_id in places
    ]


def _body(place: Place, mention: Mention) -> dict[str, Any]:
    geonames = f"https://sws.geonames.org/{place.geonameid}/" if place.geonameid else ""
    return {
        "id": geonames or f"urn:geomap:place:{quote(place.id, safe=':')}",
        "type": "geojson:Feature",
        "label": place.name,
        "geometry": {"type": "Point", "coordinates": [round(place.lon, 5), round(place.lat, 5)]},
        "properties": {
            "place": place.id,
            "kind": str(place.kind),
            "country": place.country,
            "precision": str(place.precision),
            "radius_km": place.radius_km,
            "confidence": round(mention.confidence, 3),
        },
    }


def _events(record: Record) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{_source(record)}#{event.id}",
            "type": "Annotation",
            "motivation": "describing",
            "body": _description(event, record.article.language),
            "target": _target(record, event.evidence.start, event.evidence.end),
        }
        for event in record.events
    ]


def _description(event: Event, language: str) -> dict[str, Any]:
    time = event.time
    return {
        "type": "TextualBody",
        "purpose": "describing",
        "format": "text/plain",
        **({"language": language} if language else {}),
        "value": event.title,
        "properties": {
            "event": event.id,
            "type": str(event.type),
            "modality": str(event.modality),
            "certainty": event.certainty,
            "from": time.earliest.isoformat() if time and time.earliest else None,
            "to": time.latest.isoformat() if time and time.latest else None,
            "places": [{"place": link.place_id, "role": str(link.role)} for link in event.places],
            "actors": [actor.canonical or actor.text for actor in event.actors],
            "according_to": [said.source for said in event.attribution],
        },
    }


def _target(record: Record, start: int, end: int) -> dict[str, Any]:
    text = record.article.text
    return {
        "source": _source(record),
        "selector": [
            {"type": "TextPositionSelector", "start": start, "end": end},
            {
                "type": "TextQuoteSelector",
                "exact": text[start:end],
                "prefix": text[max(0, start - AROUND) : start],
                "suffix": text[end : end + AROUND],
            },
        ],
    }


def _source(record: Record) -> str:
    """Return where the article stands, or a name for it."""
    return record.article.url or f"urn:geomap:article:{quote(record.article.id, safe='')}"
