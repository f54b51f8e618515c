from __future__ import annotations

import pytest

from geomap.places.borders import border_id
from geomap.record import MentionKind


@pytest.mark.parametrize(
    ("language", "text", "surface", "pair"),
    [
        ("id", "mengamankan perbatasan Tajik-Afghanistan.", "perbatasan Tajik-Afghanistan", "AF-TJ"),
        (
            "id",
            "di perbatasan pegunungan Afghanistan-Tajik yang terpencil",
            "perbatasan pegunungan Afghanistan-Tajik",
            "AF-TJ",
        ),
        ("id", "perbatasan Tajikistan dengan Afghanistan", "perbatasan Tajikistan dengan Afghanistan", "AF-TJ"),
        ("id", "perbatasan antara Indonesia dan Malaysia", "perbatasan antara Indonesia dan Malaysia", "ID-MY"),
        ("en", "along the Tajik–Afghan border", "Tajik–Afghan border", "AF-TJ"),
        ("en", "the border between Chad and Sudan", "border between Chad and Sudan", "SD-TD"),
        ("en", "Mexico's border with Guatemala", "Mexico's border with Guatemala", "GT-MX"),
        ("en", "on the U.S.-Mexico border", "U.S.-Mexico border", "MX-US"),
    ],
)
def test_a_border_is_one_mention_that_names_a_line(geoparse, language, text, surface, pair):
    record = geoparse(text, language)
    border = next(m for m in record.mentions if m.kind is MentionKind.BORDER)
    assert border.surface == surface
    assert border.place_id == f"border:{pair}"
    assert record.place(border.place_id).geometry_type == "line"
    assert not [m for m in record.mentions if m.kind is not MentionKind.BORDER]


def test_countries_that_share_no_border_stay_two(geoparse):
    record = geoparse("the Chile–Norway border")
    assert [m.place_id for m in record.mentions if m.place_id.startswith("country:")] == ["country:CL", "country:NO"]


def test_the_order_of_the_codes_does_not_matter():
    assert border_id("TJ", "AF") == border_id("AF", "TJ") == "border:AF-TJ"
