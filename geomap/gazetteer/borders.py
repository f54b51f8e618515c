"""Land borders: one line for every pair of neighbouring countries.

The line is the edge that the two countries' polygons share, so that it lies exactly on what the map draws. Its length
is the official one of ``data/facts/borders.csv`` (a generalised line measures too short: 1,169 km of the 1,357 km
between Tajikistan and Afghanistan), and so are its status and its proper names ("Durand Line"). Proper names are
other names: what a border is called first is "X–Y border", in any language, which needs no table.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geomap.gazetteer import facts, geometry
from geomap.gazetteer.entry import Entry, NameClass
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

__all__ = ["borders", "shared_edges"]


def borders(countries: Mapping[str, Entry], folder: Path) -> Iterator[Entry]:
    """Yield "border:AF-TJ" and the like, sorted by id; `parents` are the two countries.

    Every pair of ``borders.csv`` that has a common edge is a border. Other edges are none: corners that meet, and
    dependencies that the source draws inside their state.

    Parameters
    ----------
    countries
        Country entries by id, with the polygons that are drawn.
    folder
        ``data/facts``.
    """
    known = {(row["a"], row["b"]): row for _, row in facts.rows(folder / "borders.csv")}
    edges = shared_edges({entry.country: entry.geometry for entry in countries.values() if entry.geometry is not None})
    for pair, row in sorted(known.items()):
        line = facts.shape(row["geometry"], facts.Sources(countries)) if row["geometry"] else edges.get(pair)
        if line is None:
            continue
        lon, lat = geometry.point_on(line)
        yield Entry(
            id=f"border:{pair[0]}-{pair[1]}",
            kind=PlaceKind.BORDER,
            lat=lat,
            lon=lon,
            names=[
                replace(name, kind=NameClass.ALTERNATE) if name.kind is NameClass.PREFERRED else name
                for name in facts.names(row)
            ],
            country=pair[0],
            radius_km=geometry.covering_radius_km(line, lon, lat),
            geometry=line,
            official_km=float(row["length_km"] or 0),
            status=row["status"],
            parents=(f"country:{pair[0]}", f"country:{pair[1]}"),
            source=row["source"] or facts.SOURCE,
        )


def shared_edges(areas: Mapping[str, BaseGeometry]) -> dict[tuple[str, str], BaseGeometry]:
    """Return the common edge of every two areas that touch along a line, by their sorted names."""
    from shapely import STRtree

    codes = sorted(areas)
    outlines = [areas[code].boundary for code in codes]
    left, right = STRtree(outlines).query(outlines, predicate="intersects")
    edges = {}
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        if i < j:
            edge = geometry.line([outlines[i].intersection(outlines[j])])
            if not edge.is_empty:
                edges[codes[i], codes[j]] = edge
    return edges
