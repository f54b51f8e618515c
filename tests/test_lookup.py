"""One place is found by its name, with its generic term, in its context, or as a phrase that describes it."""

from __future__ import annotations

import pytest

from geomap.errors import ArticleError
from geomap.lookup import lookup
from geomap.pipeline import Pipeline

PIPELINE = Pipeline()


@pytest.mark.parametrize(
    ("query", "language", "place_id"),
    [
        ("Vladivostok", "", "gn:2013348"),
        ("Sungai Panj", "id", "river:panj"),
        ("Panj River", "", "river:panj"),
        ("Sungai Penuh", "id", "gn:1625929"),  # a town whose name begins with a generic term
        ("Universitas Federal Timur Jauh", "id", "university:fefu"),
        ("Paris, Texas", "en", "gn:4717560"),
        ("Vladivostk", "", "gn:2013348"),
        ("perbatasan Tajik-Afghanistan", "id", "border:AF-TJ"),
        ("border between Tajikistan and Afghanistan", "", "border:AF-TJ"),
        ("perbatasan Tajikistan-Afghanistan", "", "border:AF-TJ"),
        ("30 km north of Kabul", "en", "described:1"),
        ("Kursk region", "", "admin1:RU-KRS"),
        ("Kursk", "", "gn:538560"),
        ("Toledo", "en", "gn:2510409"),  # its province is called so too
        ("Venice", "en", "gn:3164603"),  # not the province, which is part of Veneto
        ("la Seine", "fr", "river:seine"),
        ("la paz", "es", "gn:3911925"),  # where the article is part of the name
        ("Springfield, Illinois, USA", "", "gn:4250542"),
        ("London, ON", "", "gn:6058560"),
        ("paris texas", "", "gn:4717560"),
        ("Москва, США", "", "gn:5601538"),
        ("طرابلس، لبنان", "ar", "gn:266826"),
        ("US-TX", "", "admin1:US-TX"),
        ("DE", "", "country:DE"),
        ("VVO", "", "airport:VVO"),
        ("Kabul airport", "", "airport:KBL"),
        ("Kreis Kleve", "de", "gn:2887835"),  # the county is not in the gazetteer, its seat is
        ("sao paulo", "", "gn:3448439"),
        ("Philipines", "", "country:PH"),
        ("Cincinatti", "", "gn:4508722"),
        ("Port Harcourt", "", "gn:2324774"),  # no port of a town Harcourt
        ("Salt Lake City", "", "gn:5780993"),
    ],
)
def test_the_best_answer(query: str, language: str, place_id: str):
    best = lookup(PIPELINE, query, language=language)[0]
    assert best["place_id"] == place_id
    assert 0 < best["score"] <= 1


def test_countries_limit_the_answers():
    assert lookup(PIPELINE, "Kabul")[0]["country"] == "AF"
    assert {place["country"] for place in lookup(PIPELINE, "Kabul", countries=["IL"])} == {"IL"}
    assert lookup(PIPELINE, "perbatasan Tajik-Afghanistan", language="id", countries=["BR"]) == []


def test_boxes_hold_their_place():
    for query in ("Kabul", "Sungai Panj", "Tajikistan"):
        place = lookup(PIPELINE, query, language="id")[0]
        west, south, east, north = place["bbox"]
        assert west < place["lon"] < east
        assert south < place["lat"] < north


def test_a_box_across_the_antimeridian_is_the_small_one():
    west, _, east, _ = lookup(PIPELINE, "Fiji")[0]["bbox"]
    assert west > east
    assert (east - west) % 360 < 10


def test_names_follow_the_language():
    names = {code: lookup(PIPELINE, "Moscow", language=code)[0]["name"] for code in ("en", "ru", "id")}
    assert names["en"] == "Moscow"
    assert names["ru"] == "Москва"


@pytest.mark.parametrize("query", ["", " ", "kata " * 100])
def test_what_is_no_name(query: str):
    with pytest.raises(ArticleError, match="expected a place name"):
        lookup(PIPELINE, query)


def test_an_unknown_name_has_no_answer():
    assert lookup(PIPELINE, "Qwertystan") == []
