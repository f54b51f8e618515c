"""Take the names of seas, rivers, lakes and provinces for the map page from the gazetteer: run by hand when it changes.

``python -m geomap.page.build_names`` writes ``static/basemap/names.tsv``, a line a name: kind, least zoom, points
where it may stand (lon,lat;…), and its names in the languages of the page.
"""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING

import shapely

from geomap.gazetteer.store import Store
from geomap.page.assets import LANGUAGES
from geomap.page.build_basemap import STATIC
from geomap.page.build_basemap import _compact as compact
from geomap.page.build_basemap import _spare_points as spare_points

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["main"]

KINDS = {"sea": "sea", "strait": "sea", "lake": "lake", "river": "river", "admin1": "province"}
# Pixels that a name wants at its least zoom: an area must be that wide, a river that long.
ROOM = {"sea": 130, "lake": 60, "river": 170, "province": 110}
# Names are not shown further out or in than these zooms.
OUT, IN = 2.0, 9.0
# A river may be named at every so many degrees of its course.
EVERY = 1.5
MOST_POINTS = 12


def _points(shape: BaseGeometry, kind: str) -> list[float]:
    """Return lon, lat, … where a name may stand, the best first."""
    if kind == "river":
        longest = max(shapely.get_parts(shapely.line_merge(shape)), key=lambda part: part.length)
        count = max(1, min(MOST_POINTS, round(longest.length / EVERY)))
        # From the middle outwards.
        shares = sorted(((i + 0.5) / count for i in range(count)), key=lambda share: abs(share - 0.5))
        points = [longest.interpolate(share, normalized=True) for share in shares]
        return [round(value, 2) for point in points for value in (point.x, point.y)]
    body = max(shapely.get_parts(shape), key=lambda part: part.area)
    middle = body.representative_point()
    spare = spare_points(shape, MOST_POINTS) if kind == "sea" else []
    return [round(middle.x, 2), round(middle.y, 2), *spare]


def _least_zoom(shape: BaseGeometry, kind: str) -> float:
    """Return the zoom from which a name has its room."""
    west, _, east, _ = shape.bounds
    wide = shape.length / 2 if kind == "river" else min(east - west, math.sqrt(shape.area) * 1.6)
    return round(min(IN, max(OUT, math.log2(ROOM[kind] * 360 / 256 / max(wide, 1e-3)))), 1)


def lines(store: Store) -> list[str]:
    """Return the lines of the file, the names that show first in front."""
    rows = []
    for row in range(len(store)):
        kind = KINDS.get(store.kind(row))
        data = store.geometry(row) if kind else None
        if kind is None or data is None:
            continue
        shape = shapely.from_wkb(data)
        if shape.is_empty or (kind == "river") != (store.geometry_type(row) == "line"):
            continue
        labels = store.labels(row)
        english = labels.get("en") or store.label(row, "en")
        names = compact([english, *(labels.get(language, "") for language in LANGUAGES[1:])])
        points = _points(shape, kind)
        spots = ";".join(f"{lon:g},{lat:g}" for lon, lat in zip(points[::2], points[1::2], strict=True))
        rows.append(
            (_least_zoom(shape, kind), kind, spots, json.dumps(names, ensure_ascii=False, separators=(",", ":")))
        )
    return [f"{kind}\t{zoom:g}\t{spots}\t{names}\n" for zoom, kind, spots, names in sorted(rows)]


def main() -> None:
    """Run from the command line."""
    text = "".join(lines(Store.open()))
    (STATIC / "names.tsv").write_text(text, encoding="utf-8")
    sys.stdout.write(f"names: {len(text.encode()):,} bytes\n")


if __name__ == "__main__":
    main()
