from __future__ import annotations

import pytest

from geomap.record import MentionKind


@pytest.mark.parametrize(
    ("language", "text", "surface", "place_id"),
    [
        ("en", "Rebels advanced in Mali. French troops will leave the country.", "the country", "country:ML"),
        ("id", "Gempa terjadi di Nepal. Bantuan tiba di negara itu kemarin.", "negara itu", "country:NP"),
        (
            "en",
            "Guards patrol the Tajik-Afghan border. Shots were heard at the border.",
            "the border",
            "border:AF-TJ",
        ),
        ("en", "Fighting spread in Goma. Residents fled the city.", "the city", "gn:216281"),
        ("en", "Nothing was said of the country.", "the country", ""),
    ],
)
def test_a_reference_means_what_the_text_spoke_of(geoparse, language, text, surface, place_id):
    record = geoparse(text, language)
    reference = next(m for m in record.mentions if m.kind is MentionKind.REFERENCE and m.surface == surface)
    assert reference.place_id == place_id


def test_company_outweighs_nearness(geoparse):
    text = (
        "The United States is pulling out of Afghanistan. Russia keeps a base in Tajikistan. "
        "US forces have left the country, officials said."
    )
    reference = next(m for m in geoparse(text).mentions if m.surface == "the country")
    assert reference.place_id == "country:AF"
