"""Looking names up without an article, and geopy's way of asking."""

from __future__ import annotations

import pytest
from geopy.geocoders.base import Geocoder
from geopy.point import Point

from geomap.gazetteer.search import search, within_one_edit
from geomap.geocoder import Gazetteer
from geomap.record import PlaceKind


def ids(hits):
    return [hit.entry.id for hit in hits]


def test_exact_names_best_first(small):
    hits = search(small, "Paris")
    assert ids(hits) == ["gn:2988507", "gn:4717560"]
    assert 1 >= hits[0].score > hits[1].score > 0
    assert {hit.how for hit in hits} == {"exact"}


def test_limit(small):
    assert len(search(small, "Paris", limit=1)) == 1


def test_country_and_kind_filter(small):
    assert ids(search(small, "Paris", countries=["US"])) == ["gn:4717560"]
    assert ids(search(small, "Panj", kinds=[PlaceKind.RIVER])) == ["river:panj"]


def test_a_generic_term_is_left_off_where_a_kind_is_wanted(small):
    (hit,) = search(small, "Sungai Panj", kinds=[PlaceKind.RIVER], language="id")
    assert (hit.entry.id, hit.how) == ("river:panj", "bare")
    assert search(small, "Sungai Panj", fuzzy=False) == []


def test_what_stands_after_a_comma_tells_where(small):
    assert ids(search(small, "Paris, Texas")) == ["gn:4717560"]
    assert ids(search(small, "Paris, Texas, US")) == ["gn:4717560"]
    assert ids(search(small, "Paris, France")) == ["gn:2988507"]
    assert len(search(small, "Paris, Nowhere")) == 2


def test_labels_in_the_language_asked_for(small):
    assert search(small, "Tajikistan", language="ru")[0].entry.name == "Таджикистан"


def test_names_of_the_language_count_more(small):
    dutch, german = (search(small, "Parijs", language=tag)[0].score for tag in ("nl", "de"))
    assert dutch > german


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Vladivostk", "gn:2013348"),
        ("Vladivosttok", "gn:2013348"),
        ("Vladivostek", "gn:2013348"),
        ("Vladviostok", "gn:2013348"),
        ("Владевосток", "gn:2013348"),
        ("ladivostok", "gn:2013348"),
        ("Vladivostoks", "gn:2013348"),
    ],
)
def test_one_slip_is_forgiven(small, typed, meant):
    (hit,) = search(small, typed)
    assert (hit.entry.id, hit.how) == (meant, "fuzzy")


@pytest.mark.parametrize("typed", ["Vlodivostek", "Parys", "", "   ", ",", "Пар"])
def test_two_slips_short_names_and_nothing_are_not(small, typed):
    assert search(small, typed) == []


def test_all_edits_and_no_others(small):
    assert within_one_edit(small, "vladivostok") == []
    assert within_one_edit(small, "dushnabe") == ["dushanbe"]


def test_demonyms_and_codes_come_last(small):
    assert search(small, "Tajik")[0].score < 0.6 < search(small, "Tajikistan")[0].score


@pytest.fixture
def gazetteer(folder):
    return Gazetteer(folder)


def test_is_a_geocoder_of_geopy(gazetteer):
    assert isinstance(gazetteer, Geocoder)
    place = gazetteer.geocode("Paris", timeout=1)
    assert (place.latitude, place.longitude) == (48.853, 2.349)
    assert place.address == "Paris, France"
    assert place.raw["place_id"] == "gn:2988507"
    assert gazetteer.geocode("Nowhere at all") is None
    assert gazetteer.geocode("Nowhere at all", exactly_one=False) is None


def test_geopy_options(gazetteer):
    def first(**options):
        return gazetteer.geocode("Paris", **options).raw["place_id"]

    assert first(country_codes="us") == "gn:4717560"
    assert first(country_codes=["us", "ca"]) == "gn:4717560"
    assert first(near="US") == "gn:4717560"
    assert first(near=(33, -95)) == "gn:4717560"
    assert first(near=Point(50, 3)) == "gn:2988507"
    assert first(viewbox=[(20, -130), (50, -60)]) == "gn:4717560"
    assert first(context="Texas") == "gn:4717560"
    assert first(context=("Texas", "US")) == "gn:4717560"
    assert [p.raw["country"] for p in gazetteer.geocode("Paris", exactly_one=False)] == ["FR", "US"]
    assert gazetteer.geocode("Sungai Panj", language="ru").address == "Пяндж"


def test_phrases_are_understood(gazetteer):
    assert gazetteer.geocode("30 km north of Panj", language="en").raw["how"] == "described"
    assert gazetteer.geocode("30 km north of Panj", language="en", country_codes="US") is None


def test_a_box_may_cross_the_antimeridian(gazetteer):
    assert gazetteer.geocode("Vladivostok", viewbox=[(40, 120), (50, -170)]).raw["country"] == "RU"
    assert gazetteer.geocode("Paris", viewbox=[(40, 120), (50, -170)]) is None


def test_reverse(gazetteer):
    assert gazetteer.reverse((37.3, 69.0)).raw["place_id"] == "gn:1220750"
    assert gazetteer.reverse("43.1, 131.9", language="ru").address.startswith("Владивосток")
    nearest = gazetteer.reverse(Point(48, 2), exactly_one=False, limit=2)
    assert [place.raw["place_id"] for place in nearest] == ["gn:2988507", "gn:1221874"]
