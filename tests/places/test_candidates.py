"""Which places a name leads to, also one that the gazetteer does not write so."""

from __future__ import annotations

import pytest


@pytest.fixture
def ids(geoparse):
    """Ids of the candidates of a text that is a name as a whole."""

    def run(name, language="en"):
        (mention,) = geoparse(name, language, spans=[(0, len(name))]).mentions
        return [candidate.place_id for candidate in mention.candidates]

    return run


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("OtsegoCounty", "admin2:US.NY.077"),
        ("#Vladivostok", "gn:2013348"),
        ("Doğu Beyazıt", "gn:316411"),
        ("St Gallen", "gn:2658822"),
        ("Fla", "admin1:US-FL"),
        ("BC", "admin1:CA-BC"),
        ("Torremollinos", "gn:2510281"),
    ],
)
def test_other_ways_to_write_a_name(ids, name, place):
    assert place in ids(name)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Letterkenny General Hospital", "gn:2962961"),
        ("northern Tajikistan", "country:TJ"),
        ("Embassy of Tajikistan", "country:TJ"),
        ("Harare City Council", "gn:890299"),
    ],
)
def test_what_is_unknown_stands_in_the_known_place_that_it_is_named_for(ids, name, place):
    assert place in ids(name)


@pytest.mark.parametrize("name", ["Airport Central Park Hall", "Qwxzyq Avenue", "Zzz"])
def test_words_for_places_are_none(ids, name):
    assert ids(name) == []


def test_an_adjective_is_its_country_before_a_hamlet_of_that_name(ids):
    assert ids("Canadian")[0] == "country:CA"
