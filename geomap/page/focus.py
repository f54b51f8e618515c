"""The first view of the map: where the drawn events are."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from geomap.page.shapes import drawable
from geomap.record import Draw, Precision, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geomap.record import Place, Record

__all__ = ["Box", "close_views", "focus", "window"]

Box = tuple[float, float, float, float]
# Events that the first view shows, as a share of those with a place; the edge arrows tell of the others. Half will do
# where the usual share takes a view so many times as wide, and wider than a region (degrees).
USUAL, LEAST, FURTHER, REGION = 0.65, 0.5, 1.8, 10.0
# It takes in further places while it grows by less than this, or is no wider than a province (degrees); an area that
# it shows a part of, while it is no wider than a country of small size.
WIDER, PROVINCE, COUNTRY = 1.5, 6.0, 12.0
# The search looks at the places with most events.
MOST = 40
# An event that is drawn light counts less, and so does the place where somebody only speaks of it.
LIGHT = SPOKEN = 0.4
# An area of so many degrees tells half as much about where an event was as a spot does.
VAGUE_DEGREES = 10.0
# A view inside an area shows part of it.
PART = 0.25
# Degrees of longitude that a view has at most where the fine map tells.
WIDE = 30
# A place is shown with at least this much around it, so that a reader can tell where it is.
AROUND_KM = 40.0
KM_A_DEGREE = 111.0


def focus(records: Sequence[Record]) -> Box | None:
    """Return the box (west, south, east, north) of the first view, or None where no place is known.

    A lone far event must not shrink the rest to a speck: the smallest box that shows most of the events wins, and
    takes in what lies near it. East may exceed 180 where the box crosses the antimeridian.
    """
    places: dict[str, Place] = {}
    weights: dict[str, float] = {}
    # Where no event has a place, what the text mentions.
    for place, weight in list(_happened(records)) or _mentioned(records):
        places[place.id] = place
        weights[place.id] = weights.get(place.id, 0.0) + weight
    if not places:
        return None
    heaviest = sorted(places, key=lambda key: (-weights[key], key))[:MOST]
    seam = _seam([places[key].lon for key in heaviest])
    boxes = {key: _box(places[key], seam) for key in heaviest}
    best = _densest(boxes, {key: weights[key] / (1 + _size(box) / VAGUE_DEGREES) for key, box in boxes.items()})
    limit = max(WIDER * _size(best), PROVINCE)
    for key in sorted(heaviest, key=lambda key: (_size(_union((best, boxes[key]))), key)):
        wider = _union((best, boxes[key]))
        best = wider if _size(wider) < (max(limit, COUNTRY) if _meet(best, boxes[key]) else limit) else best
    west, south, east, north = best
    return (round(west, 3), round(south, 3), round(east, 3), round(north, 3))


def close_views(records: Sequence[Record]) -> list[Box]:
    """Return boxes where the reader is likely to look closely: towns and spots with events, then the first view.

    A first view of half a continent is never near enough to need more than the coarse map.
    """
    points = {
        place.id: _box(place, -180.0)
        for place, _ in _happened(records)
        if place.geometry_type == "point" and place.precision is not Precision.COUNTRY
    }
    first = focus(records)
    wide = first is None or first[2] - first[0] > WIDE
    if first is None or wide:
        return list(points.values())
    return [*points.values(), first, window(first)]


def window(box: Box) -> Box:
    """Return what a screen shows around the box that its view fits."""
    west, south, east, north = box
    beside, above = (east - west) / 2, (north - south) / 4
    return (west - beside, max(-90.0, south - above), min(east + beside, west - beside + 360), min(90.0, north + above))


def _happened(records: Iterable[Record]) -> Iterator[tuple[Place, float]]:
    """Yield the places where drawn events happened, and their shares of each event."""
    for record in records:
        places = {place.id: place for place in record.places}
        for event in record.events:
            links = [
                link
                for link in event.places
                if link.place_id in places and link.role not in {Role.ACTOR_HOME, Role.ABOUT}
            ]
            if event.draw is Draw.OFF:
                continue
            weight = (1.0 if event.draw is Draw.SOLID else LIGHT) / max(1, len(links))
            for link in links:
                yield places[link.place_id], weight * (SPOKEN if link.role is Role.SPEECH_AT else 1.0)


def _mentioned(records: Iterable[Record]) -> Iterator[tuple[Place, float]]:
    for record in records:
        places = {place.id: place for place in record.places}
        for mention in record.mentions:
            if mention.place_id in places:
                yield places[mention.place_id], 1.0


def _densest(boxes: dict[str, Box], weights: dict[str, float]) -> Box:
    """Return the smallest box that shows enough of the weight, grown from each place to its nearest."""
    total = sum(weights.values())
    found: dict[float, list[Box]] = {LEAST: [], USUAL: []}
    for seed, box in boxes.items():
        grown = box
        near = {key: _size(_union((box, other))) for key, other in boxes.items() if key != seed}
        for key in (seed, *sorted(near, key=lambda key: (near[key], key))):
            grown = _union((grown, boxes[key]))
            shown = sum(weights[other] * _shown(boxes[other], grown) for other in boxes)
            if shown >= LEAST * total:
                found[LEAST].append(grown)
            if shown >= USUAL * total:
                found[USUAL].append(grown)
                break
    least, usual = (min(found[share], key=_size) for share in (LEAST, USUAL))
    return least if _size(usual) > FURTHER * max(_size(least), REGION) else usual


def _shown(place: Box, view: Box) -> float:
    """Return how much of a place a view shows: all, a part of an area that is about as wide as the view, or nothing."""
    wide = min(place[2], view[2]) - max(place[0], view[0])
    high = min(place[3], view[3]) - max(place[1], view[1])
    if wide <= 0 or high <= 0:
        return 0.0
    if wide * high >= (place[2] - place[0]) * (place[3] - place[1]) / 2:
        return 1.0
    return PART if wide * high >= (view[2] - view[0]) * (view[3] - view[1]) / 2 else 0.0


def _seam(longitudes: list[float]) -> float:
    """Return the longitude where the widest gap between the places ends: the world is cut there."""
    ordered = sorted(longitudes)
    gaps = [(after - before, after) for before, after in pairwise(ordered)]
    gaps.append((ordered[0] + 360 - ordered[-1], ordered[0]))
    return max(gaps)[1]


def _box(place: Place, seam: float) -> Box:
    """Return the box of a place, its longitudes on from `seam`."""
    from shapely import get_parts

    geometry = drawable(place)
    lon = place.lon if place.lon >= seam else place.lon + 360
    if geometry is None:
        margin = max(place.radius_km, AROUND_KM) / KM_A_DEGREE
        wide = margin / max(math.cos(math.radians(place.lat)), 0.1)
        return (lon - wide, place.lat - margin, lon + wide, place.lat + margin)
    # Each part on the side of the world where its place is: an area may be cut at the antimeridian.
    return _union([_turned(part.bounds, lon) for part in get_parts(geometry)])


def _turned(box: Box, lon: float) -> Box:
    """Return a box moved around the world to the side of a longitude."""
    west, south, east, north = box
    turn = 360 * round((lon - (west + east) / 2) / 360)
    return (west + turn, south, east + turn, north)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _union(boxes: Iterable[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return (min(west), min(south), max(east), max(north))


def _size(box: Box) -> float:
    """Return the side of the view that holds a box: maps are wider than high."""
    return max(box[2] - box[0], 2 * (box[3] - box[1]))
