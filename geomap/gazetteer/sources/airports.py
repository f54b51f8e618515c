"""Airports with an IATA code, out of the PyPI package `airportsdata`."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["airports"]

SOURCE = "airportsdata"
RADIUS_KM = 3.0


def airports(path: Path) -> Iterator[Entry]:
    """Yield the airports, "airport:VVO".

    "London Heathrow Airport" is found as "Heathrow Airport" too: articles leave the city out.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["iata"]]
    for row in sorted(rows, key=lambda row: row["iata"]):
        names = [Name(row["name"].strip(), "en", NameClass.MAIN), Name(row["iata"], "", NameClass.CODE)]
        main, city = key(row["name"]), key(row["city"])
        if city and main.startswith(f"{city} ") and len(main.split()) - len(city.split()) > 1:
            rest = row["name"].strip().split()[len(city.split()) :]
            if key(rest[0]) not in {"international", "airport", "regional", "municipal", "county", "air", "city"}:
                names.append(Name(" ".join(rest), "en", NameClass.ALTERNATE))
        yield Entry(
            id=f"airport:{row['iata']}",
            kind=PlaceKind.AIRPORT,
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            names=names,
            country=row["country"],
            feature_code="AIRP",
            radius_km=RADIUS_KM,
            source=SOURCE,
        )
