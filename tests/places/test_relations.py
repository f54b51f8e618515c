from __future__ import annotations

import pytest
from shapely import Point, from_wkb

from geomap.record import MentionKind, PlaceKind, Precision


def described(record):
    return [place for place in record.places if place.kind is PlaceKind.DESCRIBED]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Fighting spread in northern Afghanistan."),
        ("id", "Pertempuran meluas di Afghanistan utara."),
    ],
)
def test_a_direction_cuts_the_area(geoparse, language, text):
    record = geoparse(text, language)
    (place,) = described(record)
    shape = from_wkb(place.geometry)
    assert shape.contains(Point(69.8, 37.0))  # Takhar
    assert not shape.contains(Point(65.7, 31.6))  # Kandahar
    assert place.precision is Precision.VAGUE
    assert place.parents[0] == "country:AF"
    assert [m.surface for m in record.mentions if m.kind is MentionKind.TOPONYM] == ["Afghanistan"]


def test_districts_without_a_name_lie_where_the_actor_is(geoparse):
    record = geoparse("Afghanistan dan Tajikistan cemas ketika Taliban merebut lusinan distrik utara.", "id")
    (place,) = described(record)
    assert place.parents[0] == "country:AF"
    assert place.name == "distrik utara"


def test_a_distance_and_a_direction_make_a_sector(geoparse):
    record = geoparse("A dam broke 30 km north of Khartoum on Friday.")
    (place,) = described(record)
    shape = from_wkb(place.geometry)
    assert shape.contains(Point(32.53, 15.55 + 30 / 111))
    assert not shape.contains(Point(32.53, 15.55))
    assert place.relation == "30 km n"


def test_a_capital_direction_is_part_of_a_name(geoparse):
    assert described(geoparse("Voters in South Korea and in West Virginia.")) == []
