from __future__ import annotations

import dataclasses
import re
import time

import pytest

from geomap.places.candidates import find_candidates
from geomap.places.evidence import ALONE, CONTEXT
from geomap.places.recognise import find_mentions
from geomap.places.resolve import SURE, _weights, resolve
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
        assert mention.place_id in ("", mention.candidates[0].place_id)


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
    assert len(_weights()["given"]) == len(_weights()["found"]) == len(SURE)


def test_a_given_name_gets_the_likeliest_place_however_unsure(geoparse):
    text = "Springfield won."
    record = geoparse(text, spans=[(0, 11)])
    (mention,) = record.mentions
    assert mention.place_id == mention.candidates[0].place_id
    assert mention.confidence < 0.9


def test_the_other_names_of_the_text_tell_where_a_given_name_is(store, prepared):
    text = "Richmond lies near Lexington and Berea in Kentucky."
    record = prepared(text, "en")
    others = find_candidates(find_mentions(record, store), store).mentions
    given = find_candidates(find_mentions(record, store, spans=[(0, 8)]), store)
    alone = resolve(given, store)
    among = resolve(given, store, background=others)
    assert store.admin1(store.row(alone.mentions[0].place_id)) != "US-KY"
    assert store.admin1(store.row(among.mentions[0].place_id)) == "US-KY"
    assert [m.surface for m in among.mentions] == ["Richmond"]


def test_a_local_paper_writes_of_its_own_region(store, prepared):
    record = find_candidates(find_mentions(prepared("A man from Springfield was arrested.", "en"), store), store)
    article = dataclasses.replace(record.article, source_place="Eugene, Oregon")
    local = resolve(dataclasses.replace(record, article=article), store)
    assert store.admin1(store.row(local.mentions[0].place_id)) == "US-OR"


def test_candidates_tell_what_sets_them_apart(geoparse):
    record = geoparse("A fire broke out in Paris, Texas, near Dallas.")
    first, second = next(m for m in record.mentions if m.surface == "Paris").candidates[:2]
    assert dict(first.features)["same_admin1"] > 0
    assert any(value < 0 for name, value in second.features if name in CONTEXT)


def test_many_names_take_linear_time(geoparse):
    names = " ".join(f"Springfield, Paris, Georgia, London {n}." for n in range(300))
    spans = [match.span() for match in re.finditer("Springfield|Paris|Georgia|London", names)]
    start = time.process_time()
    record = geoparse(names, spans=spans)
    assert len(record.mentions) == len(spans)
    assert time.process_time() - start < 10


def test_precision_by_kind(geoparse):
    record = geoparse("From Indonesia and Bali to Denpasar, along the Nile.")
    precision = {place.kind: place.precision for place in record.places}
    assert precision[PlaceKind.COUNTRY] is Precision.COUNTRY
    assert precision[PlaceKind.CITY] is Precision.TOWN
    assert precision[PlaceKind.RIVER] is Precision.LINE
