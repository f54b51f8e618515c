"""Record(s) → the data block of the page: everything that the page shows, as plain JSON values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geomap.page.assets import symbols
from geomap.page.lines import encode_line
from geomap.record import Draw, Role

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from geomap.record import Actor, Event, EventTime, Mention, Place, Record

__all__ = ["certainty", "focus", "page_data"]

Box = tuple[float, float, float, float]
# A place that only the text mentions is drawn when it is clicked, for orientation: a coarse outline will do.
EVENT_STEPS, MENTION_STEPS = 900, 200
# Alternatives that the evidence card lists for a place name.
ALTERNATIVES = 3
# Events that the first view may leave to the edge arrows, as a share of those with a place.
LEFT_OUT = 0.3
# The first view takes in further places while it grows by less than this.
WIDER = 1.5
# The search for the first view looks at the places with most events.
FOCUS_PLACES = 80


def page_data(records: Sequence[Record]) -> dict[str, Any]:
    """Describe articles, their places and events for the page.

    Parameters
    ----------
    records
        One or more geoparsed articles.

    Returns
    -------
    dict
        ``articles``, ``places``, ``events`` and ``focus``. Events are numbered from 1 in the order of the text, article
        after article; ``key`` is what the page's ``#`` links use. Spans are code points of the article's text.
    """
    many = len(records) > 1
    articles, events = [], []
    places: dict[str, dict[str, Any]] = {}
    for index, record in enumerate(records):
        ordered = sorted(record.events, key=lambda event: (event.trigger.start, event.id))
        drawn = {link.place_id for event in ordered for link in event.places if link.role is not Role.ACTOR_HOME}
        for place in record.places:
            # "described:1" is another place in every article.
            key = f"{index}/{place.id}" if many and place.id.startswith("described:") else place.id
            if key not in places or (place.id in drawn and not places[key]["drawn"]):
                places[key] = _place(place, is_drawn=place.id in drawn)
        known = {place.id for place in record.places}
        rename = {name: f"{index}/{name}" for name in known if many and name.startswith("described:")}
        articles.append(_article(record, known, rename))
        for event in ordered:
            key = f"{index + 1}.{event.id}" if many else event.id
            entry = _event(event, record, known, rename)
            events.append({"key": key, "number": len(events) + 1, "article": index, **entry})
    return {"articles": articles, "places": places, "events": events, "focus": focus(records)}


def certainty(event: Event) -> str:
    """Return the class of certainty under which the page files and draws an event.

    What the map leaves out although it happened is background.
    """
    classes: dict[str, Any] = symbols()["certainty"]
    name = next((name for name, entry in classes.items() if event.modality in entry["modalities"]), "asserted")
    if not event.polarity:
        name = "denied"
    elif name == "asserted" and event.attribution:
        name = "claimed"
    if event.draw is Draw.OFF and classes[name]["shown"]:
        return "background"
    return name


def _article(record: Record, known: set[str], rename: dict[str, str]) -> dict[str, Any]:
    article = record.article
    return {
        "id": article.id,
        "title": article.title,
        "date": _day(article.date),
        "language": article.language,
        "outlet": article.outlet,
        "url": article.url if article.url.lower().startswith(("http://", "https://")) else "",
        "text": article.text,
        "paragraphs": _paragraphs(article.text),
        "mentions": [_mention(mention, rename) for mention in record.mentions if mention.place_id in known],
        "warnings": list(record.warnings),
    }


def _paragraphs(text: str) -> list[list[int]]:
    """Return the spans of the lines that hold something."""
    spans = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            spans.append([start, start + len(line)])
        start += len(line) + 1
    return spans


def _mention(mention: Mention, rename: dict[str, str]) -> dict[str, Any]:
    others = [candidate for candidate in mention.candidates if candidate.place_id != mention.place_id]
    return {
        "start": mention.start,
        "end": mention.end,
        "kind": mention.kind,
        "place": rename.get(mention.place_id, mention.place_id),
        "confidence": round(mention.confidence, 3),
        "alternatives": [
            {"name": other.name, "kind": other.kind, "country": other.country} for other in others[:ALTERNATIVES]
        ],
    }


def _place(place: Place, *, is_drawn: bool) -> dict[str, Any]:
    return {
        "name": place.name,
        "kind": place.kind,
        "country": place.country,
        "lat": round(place.lat, 5),
        "lon": round(place.lon, 5),
        "precision": place.precision,
        "radius_km": round(place.radius_km, 2),
        "parents": list(place.parents),
        "relation": place.relation,
        "source": place.source,
        "drawn": is_drawn,
        "shape": _shape(place, EVENT_STEPS if is_drawn else MENTION_STEPS),
    }


def _shape(place: Place, steps: int) -> dict[str, Any] | None:
    """Encode the geometry of a line or an area at a detail of `steps` steps over its greater side."""
    geometry = _geometry(place)
    if geometry is None:
        return None
    from shapely import get_parts, simplify  # noqa: PLC0415  (numpy and shapely cost start-up time)

    west, south, east, north = geometry.bounds
    # Never finer than a metre; a country does not need to be finer than the screen.
    tolerance = max(max(east - west, north - south) / steps, 1e-5)
    grid = 10.0 ** math.floor(math.log10(tolerance))
    parts = []
    for part in get_parts(simplify(geometry, tolerance)):
        if part.is_empty:
            continue
        lines = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        parts.append([encode_line(line.coords, grid) for line in lines])
    return {"type": place.geometry_type, "grid": grid, "parts": parts, "box": [round(v, 3) for v in geometry.bounds]}


def _geometry(place: Place) -> BaseGeometry | None:
    if place.geometry is None or place.geometry_type == "point":
        return None
    from shapely import area, from_wkb, get_parts, multipolygons  # noqa: PLC0415

    geometry = from_wkb(place.geometry)
    if place.geometry_type == "polygon":
        parts = get_parts(get_parts(geometry))  # twice: a collection may hold multipolygons
        parts = parts[[part.geom_type == "Polygon" for part in parts]]
        if not len(parts):
            return None
        areas = area(parts)
        # Crumbs make no picture but cost bytes: of an archipelago, the page needs what is seen.
        return multipolygons(parts[areas >= areas.max() / 2000])
    return geometry


def _event(event: Event, record: Record, known: set[str], rename: dict[str, str]) -> dict[str, Any]:
    text = record.article.text
    return {
        "id": event.id,
        "type": event.type,
        "group": _group(event),
        "mode": event.mode,
        "title": event.title or " ".join(text[event.evidence.start : event.evidence.end].split()),
        "trigger": [event.trigger.start, event.trigger.end],
        "evidence": [event.evidence.start, event.evidence.end],
        "actors": [_actor(actor) for actor in event.actors],
        "recipients": [_actor(actor) for actor in event.recipients],
        "places": [
            {"place": rename.get(link.place_id, link.place_id), "role": link.role, "link": link.link,
             "score": round(link.score, 3), "span": [link.start, link.end]}
            for link in event.places
            if link.place_id in known and link.role is not Role.ACTOR_HOME
        ],
        "time": _time(event.time, text) if event.time else None,
        "modality": event.modality,
        "certainty": certainty(event),
        "factuality": event.certainty,
        "attribution": [{"source": said.source, "verb": said.verb} for said in event.attribution],
        "quantities": [
            {"what": n.what, "low": n.low, "best": n.best, "high": n.high, "unit": n.unit, "approximate": n.approximate}
            for n in event.quantities
        ],
        "draw": event.draw,
        "cluster": event.cluster,
        "main": event.id == record.main_event,
        "confidence": round(event.confidence, 3),
        "provenance": event.provenance,
    }


def _group(event: Event) -> str:
    return next(name for name, group in symbols()["groups"].items() if event.type in group["types"])


def _actor(actor: Actor) -> dict[str, str]:
    return {"name": actor.canonical or actor.text, "kind": actor.kind}


def _time(time: EventTime, text: str) -> dict[str, Any]:
    return {
        "from": _day(time.earliest),
        "to": _day(time.latest),
        "granularity": time.granularity,
        "precision": time.date_precision,
        "source": time.source,
        "phrase": text[time.start : time.end] if time.start >= 0 else "",
    }


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def focus(records: Iterable[Record]) -> Box | None:
    """Return the box of the first view: where the drawn events are, without far outliers.

    A lone far event must not shrink the rest to a speck: the smallest box that holds most of the events wins, and
    takes in what lies near it. East may exceed 180 where the box crosses the antimeridian.
    """
    weights: dict[str, float] = {}
    places: dict[str, Place] = {}
    for record in records:
        for event in record.events:
            if event.draw is Draw.OFF:
                continue
            for link in event.places:
                place = record.place(link.place_id)
                if place is not None and link.role not in (Role.ACTOR_HOME, Role.ABOUT):
                    places[place.id] = place
                    weights[place.id] = weights.get(place.id, 0.0) + (1.0 if event.draw is Draw.SOLID else 0.4)
    if not places:  # no event has a place: show what the text mentions
        for record in records:
            for mention in record.mentions:
                place = record.place(mention.place_id)
                if place is not None:
                    places[place.id] = place
                    weights[place.id] = weights.get(place.id, 0.0) + 1.0
    if not places:
        return None
    heaviest = sorted(places, key=lambda key: (-weights[key], key))[:FOCUS_PLACES]
    start = _seam([places[key].lon for key in heaviest])
    boxes = {key: _box(places[key], start) for key in heaviest}
    enough = (1 - LEFT_OUT) * sum(weights[key] for key in heaviest)
    best = _union(boxes.values())
    for seed in heaviest:
        box, weight = boxes[seed], weights[seed]
        for key in sorted(set(heaviest) - {seed}, key=lambda key: (_size(_union((boxes[seed], boxes[key]))), key)):
            if weight >= enough:
                break
            box, weight = _union((box, boxes[key])), weight + weights[key]
        best = min(best, box, key=_size)
    # Then whatever costs little more room comes in as well.
    limit = WIDER * _size(best)
    for key in sorted(heaviest, key=lambda key: (_size(_union((best, boxes[key]))), key)):
        wider = _union((best, boxes[key]))
        best = wider if _size(wider) < limit else best
    west, south, east, north = best
    return (round(west, 3), round(south, 3), round(east, 3), round(north, 3))


def _seam(longitudes: list[float]) -> float:
    """Return the longitude where the widest gap between the places ends: the world is cut there."""
    ordered = sorted(longitudes)
    gaps = [(after - before, after) for before, after in zip(ordered, ordered[1:], strict=False)]
    gaps.append((ordered[0] + 360 - ordered[-1], ordered[0]))
    return max(gaps)[1]


def _box(place: Place, start: float) -> Box:
    """Return the box of a place, its longitudes on from `start`."""
    geometry = _geometry(place)
    lon = place.lon if place.lon >= start else place.lon + 360
    if geometry is None:
        # Enough around a point to tell where it is.
        margin = max(place.radius_km, 15.0) / 111.0
        wide = margin / max(math.cos(math.radians(place.lat)), 0.1)
        return (lon - wide, place.lat - margin, lon + wide, place.lat + margin)
    west, south, east, north = geometry.bounds
    if east - west > 180:  # cut at the antimeridian: its representative point has to do
        return (lon - 20, south, lon + 20, north)
    turn = 360 if (west + east) / 2 < start - 90 else 0
    return (west + turn, south, east + turn, north)


def _union(boxes: Iterable[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return (min(west), min(south), max(east), max(north))


def _size(box: Box) -> float:
    return max(box[2] - box[0], 2 * (box[3] - box[1]))
