"""What the page draws of a place: its lines or polygons, at the detail that a screen shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geomap.page.lines import encode_line

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geomap.record import Place

__all__ = ["drawable", "encode_shape"]

# Parts of an area smaller than this share of its largest make no picture but cost bytes.
CRUMB = 1 / 2000
# Never finer than a metre.
FINEST = 1e-5


def drawable(place: Place) -> BaseGeometry | None:
    """Return the lines or the polygons of a place, without the crumbs of an archipelago; None for a point."""
    if place.geometry is None or place.geometry_type == "point":
        return None
    from shapely import area, from_wkb, get_parts, multipolygons

    geometry: BaseGeometry = from_wkb(place.geometry)
    if place.geometry_type == "line":
        return geometry
    parts = get_parts(get_parts(geometry))  # twice: a collection may hold multipolygons
    parts = parts[[part.geom_type == "Polygon" for part in parts]]
    if not len(parts):
        return None
    areas = area(parts)
    kept: BaseGeometry = multipolygons(parts[areas >= areas.max() * CRUMB])
    return kept


def encode_shape(place: Place, steps: int) -> dict[str, Any] | None:
    """Encode the geometry of a place at a detail of `steps` steps over its greater side; None for a point."""
    geometry = drawable(place)
    if geometry is None:
        return None
    from shapely import get_parts, simplify

    west, south, east, north = geometry.bounds
    tolerance = max(max(east - west, north - south) / steps, FINEST)
    grid = 10.0 ** math.floor(math.log10(tolerance))
    parts = []
    for part in get_parts(simplify(geometry, tolerance)):
        lines = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        parts.append([encode_line(line.coords, grid) for line in lines])
    return {"type": place.geometry_type, "grid": grid, "parts": parts}
