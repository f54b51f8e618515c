"""Places, townships and counties of the United States by the Census, out of Debian's `weather-util-data`.

GeoNames' file of cities has no place of fewer than 500 people and hardly a township; the Census knows all, and the
middle of each county.
"""

from __future__ import annotations

import configparser
import gzip
import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.sources.admin2 import KM_PER_DEGREE
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from geomap.gazetteer.sources.geonames_cities import City

__all__ = ["counties", "us_places"]

SOURCE = "U.S. Census Bureau"
COUNTRY = "US"
_SECTION = re.compile(r"fips(\d{5}|\d{7}|\d{10})")
_DESCRIPTION = re.compile(
    r"(?P<name>.+?) (?P<term>CDP|city|town|village|borough|township|plantation), (?P<state>[A-Z]{2})"
)
_COUNTY, _PLACE = 5, 7  # digits of a code
# Names of places that a text hardly ever means by the word alone.
_WORDS_TEXT = """
Airport Basin Bay Camp Canal Capital Center Central Centre City College Council County Creek District East Eastern
Federal Gulf Hill House Institute Island Lake Middle Military Mountain National North Northeast Northern Northwest Ocean
Park Peninsula Republic River Rivers South Southeast Southern Southwest Town Township Union University Valley Village
West Western
"""
_WORDS = frozenset(_WORDS_TEXT.split())
# As far apart do the Census and GeoNames put one place; a township is wider than the village of its name.
_SAME_KM, _SAME_TOWNSHIP_KM = 12.0, 25.0
_MOST_TOWNSHIPS = 20  # of one name: no text tells more of them apart
_RADIUS_KM, _TOWNSHIP_KM = 2.0, 6.0


def us_places(path: Path, cities: Iterable[City]) -> Iterator[Entry]:
    """Yield the places and townships that none of `cities` is, "census:5513375".

    There are hundreds of townships called Union: one that shares its name within its state has it with the word
    "Township" alone, and one that shares it with many has none and is left out.
    """
    known: dict[str, list[tuple[float, float]]] = defaultdict(list)
    used: Counter[tuple[str, str]] = Counter()
    for city in cities:
        if city.country == COUNTRY:
            used[city.admin1, key(city.name)] += 1
            for name in (city.name, *city.alternates):
                known[key(name)].append((city.lat, city.lon))
    found = [(code, match, lat, lon) for code, text, lat, lon in _read(path) if (match := _DESCRIPTION.fullmatch(text))]
    used.update((match["state"], key(match["name"])) for _, match, _, _ in found)
    townships = Counter(match["name"] for _, match, _, _ in found if match["term"] == "township")
    for code, match, lat, lon in sorted(found, key=lambda row: (len(row[0]), row[0])):  # places before townships
        name, term, state = match.group("name", "term", "state")
        township = len(code) > _PLACE
        reach = _SAME_TOWNSHIP_KM if township else _SAME_KM
        if any(_km(lat, lon, *spot) <= reach for spot in known[key(name)]):
            continue
        known[key(name)].append((lat, lon))
        names = []
        if term in {"borough", "village"} or (term == "township" and townships[name] <= _MOST_TOWNSHIPS):
            names.append(Name(f"{name} {term.capitalize()}", "en", NameClass.ALTERNATE))
        shared = term == "township" and used[state, key(name)] > 1
        if name not in _WORDS and not shared:
            names.append(Name(name, "", NameClass.MAIN))
        if not names:
            continue
        yield Entry(
            id=f"census:{code}",
            kind=PlaceKind.CITY,
            lat=lat,
            lon=lon,
            names=names,
            country=COUNTRY,
            admin1=f"{COUNTRY}-{state}",
            admin2=f"{COUNTRY}.{state}.{code[2:5]}" if township else "",
            feature_code="PPL",
            radius_km=_TOWNSHIP_KM if township else _RADIUS_KM,
            source=SOURCE,
        )


def counties(path: Path) -> dict[str, tuple[float, float]]:
    """Return the middle of each county by id, which is where GeoNames has it: latitude, longitude."""
    return {
        f"admin2:{COUNTRY}.{description[-2:]}.{code[2:]}": (lat, lon)
        for code, description, lat, lon in _read(path)
        if len(code) == _COUNTY
    }


def _read(path: Path) -> Iterator[tuple[str, str, float, float]]:
    """Yield code, description, latitude and longitude of every place; the file keeps angles in radians."""
    parser = configparser.ConfigParser(interpolation=None)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        parser.read_file(file)
    for section in parser.sections():
        if (code := _SECTION.fullmatch(section)) and "centroid" in parser[section]:
            lat, lon = (math.degrees(float(part)) for part in parser[section]["centroid"].strip("()").split(","))
            yield code[1], parser[section]["description"], round(lat, 4), round(lon, 4)


def _km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the distance of two points that lie near each other."""
    north, east = lat - other_lat, (lon - other_lon) * math.cos(math.radians(lat))
    return math.hypot(north, east) * KM_PER_DEGREE
