"""A store of a dozen places."""

from __future__ import annotations

import pytest
from shapely import LineString, box

from geomap.gazetteer import merge
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.store import Store
from geomap.gazetteer.write import write
from geomap.record import PlaceKind

MAIN, PREFERRED = NameClass.MAIN, NameClass.PREFERRED


def city(geonameid, name, country, lat, lon, population, *more, feature="PPL", admin1=""):  # noqa: PLR0917 a row
    return Entry(
        f"gn:{geonameid}",
        PlaceKind.CITY,
        lat,
        lon,
        [Name(name, "", MAIN), *more],
        country=country,
        admin1=admin1,
        population=population,
        feature_code=feature,
        geonameid=geonameid,
        capital_of=f"country:{country}" if feature == "PPLC" else "",
        source="GeoNames",
    )


def area(place, name, country, bounds, *more, kind=PlaceKind.COUNTRY, population=1_000_000, **rest):
    shape = box(*bounds)
    lon, lat = shape.centroid.coords[0]
    names = [Name(name, "", MAIN), *more]
    return Entry(place, kind, lat, lon, names, country=country, population=population, geometry=shape, **rest)


def places() -> list[Entry]:
    return [
        area(
            "country:TJ",
            "Tajikistan",
            "TJ",
            (67, 36, 75, 41),
            Name("Tajikistan", "id", PREFERRED),
            Name("Таджикистан", "ru", PREFERRED),
            Name("Tadschikistan", "de", PREFERRED),
            Name("Tajik", "en", NameClass.DEMONYM),
            Name("TJK", "", NameClass.CODE),
            geonameid=1220409,
        ),
        area("country:US", "United States", "US", (-125, 25, -67, 49), Name("US", "en", NameClass.ABBREVIATION)),
        area("country:FR", "France", "FR", (-5, 42, 8, 51)),
        area("admin1:TJ-KT", "Khatlon", "TJ", (67, 36, 70, 38), kind=PlaceKind.ADMIN1, admin1="TJ-KT"),
        area("admin1:US-TX", "Texas", "US", (-107, 26, -93, 36), kind=PlaceKind.ADMIN1, admin1="US-TX"),
        city(1221874, "Dushanbe", "TJ", 38.536, 68.779, 679_400, Name("Душанбе", "ru", PREFERRED), feature="PPLC"),
        city(1220750, "Panj", "TJ", 37.236, 69.099, 8019, admin1="TJ-KT"),
        city(2988507, "Paris", "FR", 48.853, 2.349, 2_138_551, Name("Parijs", "nl", PREFERRED), feature="PPLC"),
        city(4717560, "Paris", "US", 33.661, -95.556, 24_782, admin1="US-TX"),
        city(2013348, "Vladivostok", "RU", 43.106, 131.874, 604_901, Name("Владивосток", "ru", PREFERRED)),
        Entry(
            "river:panj",
            PlaceKind.RIVER,
            37.2,
            70.0,
            [Name("Panj", "en", PREFERRED), Name("Пяндж", "ru", PREFERRED), Name("Pyandzh")],
            geometry=LineString([(68, 37), (70, 37.5), (72, 36.7)]),
            radius_km=180,
            official_km=921,
            source="Natural Earth",
        ),
        Entry(
            "border:AF-TJ",
            PlaceKind.BORDER,
            37.2,
            70.0,
            [Name("Tajikistan–Afghanistan border", "en", MAIN)],
            geometry=LineString([(68, 37), (70, 37.5)]),
            official_km=1357,
            status="agreed",
            parents=("country:AF", "country:TJ"),
            radius_km=120,
        ),
        Entry("region:guinea-bissau", PlaceKind.REGION, 12, -15, [Name("Guinea-Bissau", "", MAIN)], vague=True),
    ]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("store") / "gazetteer"
    write_small(out)
    return out


@pytest.fixture(scope="session")
def small(folder):
    return Store.open(folder)


@pytest.fixture(scope="session")
def write_store():
    return write_small


@pytest.fixture
def make_city():
    return city


@pytest.fixture
def make_area():
    return area


def write_small(out, entries=None):
    entries = places() if entries is None else entries
    write(entries, out, priors={entry.id: merge.prior(entry) for entry in entries}, about={"sources": []})
