from __future__ import annotations

import pytest

from geomap.places.resolve import ALONE, CONTEXT, _weights
from geomap.record import PlaceKind, Precision


@pytest.mark.parametrize(
    ("text", "name", "place_id"),
    [
        ("He flew from Paris to Berlin.", "Paris", "gn:2988507"),
        ("A fire broke out in Paris, Texas, near Dallas.", "Paris", "gn:4717560"),
        ("Police in London, Ontario, and in Toronto said so.", "London", "gn:6058560"),
        ("Georgia, Armenia and Azerbaijan signed.", "Georgia", "country:GE"),
        ("Voters in Atlanta, Georgia, and in Savannah.", "Georgia", "admin1:US-GA"),
    ],
)
def test_context_decides(geoparse, text, name, place_id):
    record = geoparse(text)
    assert next(m for m in record.mentions if m.surface == name).place_id == place_id


def test_the_generic_term_decides_the_kind(geoparse):
    record = geoparse("Pasukan menyeberangi Sungai Panj pada malam hari.", "id")
    place = record.place(record.mentions[0].place_id)
    assert place.kind is PlaceKind.RIVER
    assert place.geometry_type == "line"
    assert place.precision is Precision.LINE


def test_confidence_is_a_probability_and_candidates_are_ranked(geoparse):
    record = geoparse("Springfield, Paris and London are towns. Jakarta is a city.")
    for mention in record.mentions:
        scores = [candidate.score for candidate in mention.candidates]
        assert scores == sorted(scores, reverse=True)
        assert sum(scores) <= 1.001
        assert 0 < mention.confidence <= 1
        assert mention.place_id == mention.candidates[0].place_id


def test_one_name_has_one_sense(geoparse):
    record = geoparse("Springfield is in Illinois. In Springfield, Ohio rival teams met. Springfield won.")
    assert len({m.place_id for m in record.mentions if m.surface == "Springfield"}) == 1


def test_an_unknown_name_keeps_no_place(geoparse):
    text = "The village of Qqxyzzy burned."
    record = geoparse(text, spans=[(15, 22)])
    assert record.mentions[0].place_id == ""
    assert record.places == ()


def test_the_weights_name_every_feature():
    assert len(_weights()["alone"]) == len(ALONE)
    assert len(_weights()["both"]) == len(ALONE) + len(CONTEXT)


def test_precision_by_kind(geoparse):
    record = geoparse("From Indonesia and Bali to Denpasar, along the Nile.")
    precision = {place.kind: place.precision for place in record.places}
    assert precision[PlaceKind.COUNTRY] is Precision.COUNTRY
    assert precision[PlaceKind.CITY] is Precision.TOWN
    assert precision[PlaceKind.RIVER] is Precision.LINE
