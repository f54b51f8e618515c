"""Where points lie: country, unit, water, and the town next to them."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import box

from geomap.gazetteer.reverse import caption, distance_km, nearest_towns, reverse, wind
from geomap.gazetteer.store import Store
from geomap.record import PlaceKind


@pytest.fixture
def world(tmp_path, write_store, make_area, make_city):
    """A country with a lake, a strait in a sea, and towns, one of them beside ±180 and one near the pole."""
    area, city = make_area, make_city
    write_store(
        tmp_path / "store",
        [
            area("country:TJ", "Tajikistan", "TJ", (67, 36, 75, 41)),
            area("admin1:TJ-KT", "Khatlon", "TJ", (67, 36, 70, 38), kind=PlaceKind.ADMIN1, admin1="TJ-KT"),
            area("lake:k", "Karakul", "TJ", (73, 38.9, 73.6, 39.2), kind=PlaceKind.LAKE, radius_km=40),
            area("sea:w", "Wide Sea", "", (-20, -20, 20, 20), kind=PlaceKind.SEA, radius_km=3200),
            area("strait:n", "Narrow Strait", "", (-1, -1, 1, 1), kind=PlaceKind.STRAIT, radius_km=160),
            city(1, "Dushanbe", "TJ", 38.536, 68.779, 679_400, feature="PPLC"),
            city(2, "Panj", "TJ", 37.236, 69.099, 8019, admin1="TJ-KT"),
            city(3, "East End", "FJ", -17.0, 179.9, 900),
            city(4, "Old Panj", "TJ", 37.3, 69.1, 0, feature="PPLH"),
            city(5, "Panj Market", "TJ", 37.25, 69.1, 100, feature="PPLX"),
            city(6, "Alert", "CA", 82.5, -62.3, 62),
        ],
    )
    return Store.open(tmp_path / "store")


def ids(store, *rows):
    return [None if row is None else store.id(row) for row in rows]


@pytest.mark.parametrize(
    ("point", "around"),
    [
        ((37.3, 69.1), ["country:TJ", "admin1:TJ-KT", None, "gn:2"]),
        ((39.0, 73.3), ["country:TJ", None, "lake:k", "gn:1"]),
        ((0.5, 0.5), [None, None, "strait:n", "gn:2"]),
        ((5.0, 0.5), [None, None, "sea:w", "gn:1"]),
        ((-17.0, -179.9), [None, None, None, "gn:3"]),
        ((-17.0, 180.1), [None, None, None, "gn:3"]),
        ((90.0, 0.0), [None, None, None, "gn:6"]),
    ],
)
def test_where_a_point_lies(world, point, around):
    (where,) = reverse(world, *point)
    assert ids(world, where.country, where.admin1, where.water, where.town) == around


def test_distance_and_bearing_are_from_the_town(world):
    (where,) = reverse(world, 37.236, 69.212)
    assert where.distance_km == pytest.approx(10.0, abs=0.1)
    assert where.bearing == pytest.approx(90, abs=0.2)
    assert caption(world, where) == "10 km E of Panj"


def test_captions(world):
    def said(lat, lon):
        return caption(world, *reverse(world, lat, lon))

    assert said(37.237, 69.1) == "Panj"
    assert said(37.2, 69.07) == "4.8 km SSW of Panj"
    assert said(38.6, 68.8) == "Dushanbe"
    assert said(-17.0, -179.9) == "21 km E of East End"


def test_a_pier_off_a_simplified_coast_stands_in_the_country_of_its_town(tmp_path, write_store, make_area, make_city):
    entries = [
        make_area("country:FJ", "Fiji", "FJ", (177, -18, 178, -17)),
        make_area("admin1:FJ-W", "Western", "FJ", (177, -18, 178, -17), kind=PlaceKind.ADMIN1, admin1="FJ-W"),
        make_city(1, "Pier", "FJ", -17.5, 178.001, 900, admin1="FJ-W"),
    ]
    write_store(tmp_path / "store", entries)
    store = Store.open(tmp_path / "store")
    near, far = reverse(store, [-17.5, -17.5], [178.02, 179.0])
    assert ids(store, near.country, near.admin1) == ["country:FJ", "admin1:FJ-W"]
    assert (far.country, far.admin1) == (None, None)


def test_nothing_to_find(tmp_path, write_store, make_area):
    write_store(tmp_path / "store", [make_area("country:FJ", "Fiji", "FJ", (177, -18, 178, -17))])
    store = Store.open(tmp_path / "store")
    inside, outside = reverse(store, [-17.5, 0], [177.5, 0])
    assert (inside.town, inside.distance_km) == (None, float("inf"))
    assert caption(store, inside) == "Fiji"
    assert caption(store, outside) == ""
    assert reverse(store, [], []) == []


def test_people_a_town_must_have(world):
    owner, rows = nearest_towns(world, [37.3, 37.3], [69.1, 69.1], count=2, population=1000)
    assert owner.tolist() == [0, 0, 1, 1]
    assert ids(world, *rows[:2]) == ["gn:2", "gn:1"]


def test_more_towns_than_there_are(world):
    owner, rows = nearest_towns(world, -17, 179, count=50)
    assert owner.tolist() == [0] * 4
    assert ids(world, *rows)[0] == "gn:3"
    assert len(set(rows.tolist())) == 4


def test_as_many_points_as_wanted_give_what_each_gives_alone(world):
    rng = np.random.default_rng(7)
    lats = np.append(np.degrees(np.arcsin(rng.uniform(-1, 1, 300))), [90, -90, 0, 0])
    lons = np.append(rng.uniform(-180, 180, 300), [0, 0, 180, -180])
    together = reverse(world, lats, lons)
    assert together[::10] == [reverse(world, lat, lon)[0] for lat, lon in zip(lats[::10], lons[::10], strict=True)]
    towns = [world.row(f"gn:{number}") for number in (1, 2, 3, 6)]
    at = world.places[towns]
    for where in together:
        km = distance_km(where.lat, where.lon, at["lat"].astype(float), at["lon"].astype(float))
        assert where.town == towns[int(km.argmin())]


@pytest.mark.parametrize("point", [(91, 0), (float("nan"), 0), (0, float("inf")), ([[1]], [[2]])])
def test_what_is_no_point_is_refused(world, point):
    with pytest.raises(ValueError, match="within ±90"):
        reverse(world, *point)


def test_winds():
    bearings = (0, 11.2, 11.3, 45, 180, 348.8, 359.9)
    assert [wind(bearing) for bearing in bearings] == ["N", "N", "NNE", "NE", "S", "N", "N"]


def test_areas_are_no_boxes(tmp_path, write_store, make_area):
    country = make_area("country:FJ", "Fiji", "FJ", (0, 0, 10, 10))
    country.geometry = box(0, 0, 10, 10).difference(box(4, 4, 6, 6))
    country.radius_km = 800
    write_store(tmp_path / "store", [country])
    store = Store.open(tmp_path / "store")
    assert [where.country for where in reverse(store, [5, 3, 11], [5, 3, 5])] == [None, 0, None]


WORLD = [
    ((-29.32, 27.48), "LS", ""),  # a state inside another
    ((41.9029, 12.4534), "VA", ""),
    ((43.9424, 12.4578), "SM", ""),
    ((54.71, 20.5), "RU", ""),  # Kaliningrad
    ((35.89, -5.31), "ES", ""),  # Ceuta
    ((36.14, -5.35), "GI", ""),
    ((-9.2, 124.37), "TL", ""),  # Oecusse
    ((51.44, 4.93), "NL", ""),  # Baarle-Nassau
    ((-16.8, -179.97), "FJ", ""),  # both sides of the antimeridian
    ((-17.8, 177.97), "FJ", ""),
    ((65.5, -171.0), "RU", ""),  # Chukotka, east of 180°
    ((51.88, -176.65), "US", ""),  # the Aleutians
    ((0.0, 180.0), "", "Pacific Ocean"),
    ((0.0, -180.0), "", "Pacific Ocean"),
    ((90.0, 0.0), "", "Arctic Ocean"),
    ((-90.0, 0.0), "AQ", ""),
    ((78.22, 15.65), "SJ", ""),
    ((35.0, 18.0), "", "Mediterranean Sea"),
    ((43.0, 34.0), "", "Black Sea"),
    ((42.0, 51.0), "", "Caspian Sea"),
    ((26.6, 56.25), "", "Strait of Hormuz"),
    ((10.0, 113.0), "", "South China Sea"),
    ((45.0, -87.0), "US", "Lake Michigan"),
    ((45.3, 34.1), "UA", ""),  # Crimea
    ((31.5, 34.47), "PS", ""),  # Gaza
    ((24.5, -13.5), "EH", ""),
    ((42.66, 21.17), "XK", ""),
    ((25.03, 121.56), "TW", ""),
    ((35.3, 33.4), "CY", ""),  # the north of it
    ((46.84, 29.63), "MD", ""),  # Transnistria
]


def test_where_points_of_the_world_lie():
    store = Store.open()
    lats, lons = zip(*(point for point, _, _ in WORLD), strict=True)
    for where, (point, country, water) in zip(reverse(store, lats, lons), WORLD, strict=True):
        assert ("" if where.country is None else store.country(where.country)) == country, point
        assert not water or store.label(where.water) == water, point


def test_a_disputed_area_is_told():
    store = Store.open()
    golan, paris = reverse(store, [33.0, 48.86], [35.8, 2.35])
    assert store.kind(golan.disputed) is PlaceKind.DISPUTED
    assert paris.disputed is None
