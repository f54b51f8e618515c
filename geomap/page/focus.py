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

__all__ = ["Box", "close_views", "focus"]

Box = tuple[float, float, float, float]
# Events that the first view may leave to the edge arrows, as a share of those with a place.
LEFT_OUT = 0.3
# It takes in further places while it grows by less than this.
WIDER = 1.5
# The search looks at the places with most events.
MOST = 80
# An event that is drawn light counts less.
LIGHT = 0.4
# Degrees of longitude that a view has at most where the fine map tells.
WIDE = 30
# A place is shown with at least this much around it, so that a reader can tell where it is.
AROUND_KM = 15.0
KM_A_DEGREE = 111.0


def focus(records: Sequence[Record]) -> Box | None:
    """Return the box (west, south, east, north) of the first view, or None where no place is known.

    A lone far event must not shrink the rest to a speck: the smallest box that holds most of the events wins, and
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
    best = _densest(boxes, weights)
    limit = WIDER * _size(best)
    for key in sorted(heaviest, key=lambda key: (_size(_union((best, boxes[key]))), key)):
        wider = _union((best, boxes[key]))
        best = wider if _size(wider) < limit else best
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
    west, south, east, north = first
    # The window around the first view is wider than its box.
    beside, above = (east - west) / 2, (north - south) / 4
    return [*points.values(), first, (west - beside, south - above, east + beside, north + above)]


def _happened(records: Iterable[Record]) -> Iterator[tuple[Place, float]]:
    """Yield the places where drawn events happened, once an event."""
    for record in records:
        places = {place.id: place for place in record.places}
        for event in record.events:
            if event.draw is not Draw.OFF:
                for link in event.places:
                    if link.place_id in places and link.role not in {Role.ACTOR_HOME, Role.ABOUT}:
                        yield places[link.place_id], 1.0 if event.draw is Draw.SOLID else LIGHT


def _mentioned(records: Iterable[Record]) -> Iterator[tuple[Place, float]]:
    for record in records:
        places = {place.id: place for place in record.places}
        for mention in record.mentions:
            if mention.place_id in places:
                yield places[mention.place_id], 1.0


def _densest(boxes: dict[str, Box], weights: dict[str, float]) -> Box:
    """Return the smallest box that holds enough of the weight, grown from each place to its nearest."""
    enough = (1 - LEFT_OUT) * sum(weights[key] for key in boxes)
    found = []
    for seed, box in boxes.items():
        grown, weight = box, weights[seed]
        near = {key: _size(_union((box, other))) for key, other in boxes.items() if key != seed}
        for key in sorted(near, key=lambda key: (near[key], key)):
            if weight >= enough:
                break
            grown, weight = _union((grown, boxes[key])), weight + weights[key]
        found.append(grown)
    return min(found, key=_size)


def _seam(longitudes: list[float]) -> float:
    """Return the longitude where the widest gap between the places ends: the world is cut there."""
    ordered = sorted(longitudes)
    gaps = [(after - before, after) for before, after in pairwise(ordered)]
    gaps.append((ordered[0] + 360 - ordered[-1], ordered[0]))
    return max(gaps)[1]


def _box(place: Place, seam: float) -> Box:
    """Return the box of a place, its longitudes on from `seam`."""
    geometry = drawable(place)
    lon = place.lon if place.lon >= seam else place.lon + 360
    if geometry is None:
        margin = max(place.radius_km, AROUND_KM) / KM_A_DEGREE
        wide = margin / max(math.cos(math.radians(place.lat)), 0.1)
        return (lon - wide, place.lat - margin, lon + wide, place.lat + margin)
    west, south, east, north = geometry.bounds
    if east - west > 180:  # cut at the antimeridian: the surroundings of its point have to do
        return (lon - 20, south, lon + 20, north)
    turn = 360 * round((lon - (west + east) / 2) / 360)
    return (west + turn, south, east + turn, north)


def _union(boxes: Iterable[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return (min(west), min(south), max(east), max(north))


def _size(box: Box) -> float:
    """Return the side of the view that holds a box: maps are wider than high."""
    return max(box[2] - box[0], 2 * (box[3] - box[1]))
