"""Sea ports by UN/LOCODE, out of the PyPI package `searoute`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["ports"]

SOURCE = "searoute"
RADIUS_KM = 5.0


def ports(path: Path) -> Iterator[Entry]:
    """Yield the ports, "port:ALDRZ". A port is named as its town, so that only the kind tells them apart."""
    found = {feature["properties"]["port"]: feature for feature in json.loads(path.read_bytes())["features"]}
    for locode in sorted(code for code in found if code):
        name = found[locode]["properties"]["name"].strip()
        lon, lat = found[locode]["geometry"]["coordinates"][:2]
        yield Entry(
            id=f"port:{locode}",
            kind=PlaceKind.PORT,
            lat=lat,
            lon=lon,
            names=[Name(name, "", NameClass.MAIN), Name(f"Port of {name}", "en", NameClass.ALTERNATE)],
            country=locode[:2],
            feature_code="PRT",
            radius_km=RADIUS_KM,
            source=SOURCE,
        )
