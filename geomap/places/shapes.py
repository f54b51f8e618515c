"""Geometries of described places: sectors, strips, corridors, parts of areas.

Distances are true on the ground: what is widened or narrowed is first projected about its own middle (azimuthal,
equidistant), and brought back.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

from geomap.gazetteer.geometry import bounds, clean, polygon

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["BEARING", "corridor", "disc", "moved", "part", "widened"]

BEARING = {"n": 0.0, "ne": 45.0, "e": 90.0, "se": 135.0, "s": 180.0, "sw": 225.0, "w": 270.0, "nw": 315.0}
# The share of an area that "northern" speaks of, and "central".
_SHARE = 0.35
# An outline is drawn to this share of its height where only areas are compared.
_ROUGH = 0.005
_ARC_STEPS = 8
# A strip follows its line to within this share of its width.
_DETAIL = 0.1
_HALF_TURN = 180.0
# Texts speak of the same parts of the same areas; so many are kept.
_KEPT = 256


def disc(lon: float, lat: float, outer: float, *, inner: float = 0.0, direction: str = "") -> BaseGeometry:
    """Return what lies between two distances in km from a point, all around or in a direction.

    A direction is meant to within 45°, a half-wind such as "ne" to within 22.5° (Wieczorek 2004).
    """
    import numpy as np
    from pyproj import Geod
    from shapely import Polygon

    half = _HALF_TURN if direction not in BEARING else 45.0 if len(direction) == 1 else 22.5
    bearings = BEARING.get(direction, 0.0) + np.linspace(-half, half, _ARC_STEPS * (5 if half == _HALF_TURN else 1) + 1)
    geod = Geod(ellps="WGS84")

    def arc(km: float) -> NDArray[np.float64]:
        full = np.full(len(bearings), 1.0)
        lons, lats, _ = geod.fwd(full * lon, full * lat, bearings, full * km * 1000)
        return np.column_stack([lons, lats])

    if half == _HALF_TURN:
        return clean(Polygon(arc(outer), [arc(inner)] if inner else []))
    near = arc(inner)[::-1] if inner else np.array([[lon, lat]])
    return clean(Polygon(np.vstack([arc(outer), near])))


def corridor(start: tuple[float, float], end: tuple[float, float], km: float) -> BaseGeometry:
    """Return the strip `km` to either side of the shortest line between two points, given as lon, lat."""
    from pyproj import Geod
    from shapely import LineString

    between = Geod(ellps="WGS84").npts(*start, *end, _ARC_STEPS)
    return widened(clean(LineString([start, *between, end])), km)


def widened(shape: BaseGeometry, km: float, *, direction: str = "") -> BaseGeometry:
    """Return a shape with all that lies within `km` of it; or only what lies so near on one side of a line."""
    from shapely.affinity import translate

    def widen(flat: BaseGeometry) -> BaseGeometry:
        metres = km * 1000
        flat = flat.simplify(metres * _DETAIL)
        if direction not in BEARING:
            return flat.buffer(metres)
        turn = math.radians(BEARING[direction])
        return translate(flat, math.sin(turn) * metres / 2, math.cos(turn) * metres / 2).buffer(metres / 2)

    return _on_the_ground(shape, widen)


def moved(shape: BaseGeometry, km: float, direction: str) -> BaseGeometry:
    """Return a shape moved in a direction: what it then covers beyond itself is what its edge on that side looks on."""
    from shapely.affinity import translate

    turn = math.radians(BEARING[direction])
    east, north = math.sin(turn) * km * 1000, math.cos(turn) * km * 1000
    return _on_the_ground(shape, lambda flat: translate(flat.simplify(km * 1000 * _DETAIL), east, north))


def _on_the_ground(shape: BaseGeometry, change: Callable[[BaseGeometry], BaseGeometry]) -> BaseGeometry:
    """Change a shape in metres, projected about its middle."""
    import numpy as np
    from pyproj import Proj
    from shapely import transform

    west, south, east, north = bounds(shape)
    middle = (west + (east - west) % 360 / 2, (south + north) / 2)
    project = Proj(proj="aeqd", lon_0=middle[0], lat_0=middle[1], ellps="WGS84")
    flat = transform(shape, lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1])))
    return clean(transform(change(flat), lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1], inverse=True))))


@functools.lru_cache(maxsize=_KEPT)
def part(shape: BaseGeometry, direction: str) -> BaseGeometry:
    """Return the part of an area on one side, or about its middle, that holds `_SHARE` of it.

    Degrees of longitude are shrunk to those of latitude first, so that "north-east" is a diagonal on the ground.
    """
    from shapely import box
    from shapely.affinity import rotate, scale

    west, south, east, north = shape.bounds
    origin = ((west + east) / 2, (south + north) / 2)
    squeeze = max(math.cos(math.radians(origin[1])), 0.1)
    flat = scale(shape, squeeze, 1.0, origin=origin)
    reach = 2 * max(east - west, north - south)
    if direction == "c":
        half_width, half_height = (east - west) * squeeze / 2, (north - south) / 2
        side = math.sqrt(_SHARE)
        middle_box = box(
            origin[0] - half_width * side,
            origin[1] - half_height * side,
            origin[0] + half_width * side,
            origin[1] + half_height * side,
        )
        return polygon(scale(flat.intersection(middle_box), 1 / squeeze, 1.0, origin=origin))
    turned = rotate(flat, BEARING[direction], origin=origin)  # counter-clockwise: the side wanted is now up
    low, high = turned.bounds[1], turned.bounds[3]
    top = high
    rough = turned.simplify((high - low) * _ROUGH)
    for _ in range(12):  # bisect for the line that cuts off the share
        middle = (low + high) / 2
        cut = rough.intersection(box(origin[0] - reach, middle, origin[0] + reach, top))
        low, high = (middle, high) if cut.area > _SHARE * rough.area else (low, middle)
    cut = turned.intersection(box(origin[0] - reach, low, origin[0] + reach, top))
    return polygon(scale(rotate(cut, -BEARING[direction], origin=origin), 1 / squeeze, 1.0, origin=origin))
