from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geomap.gazetteer.store import Store
from geomap.places.recognise import find_mentions
from geomap.record import Article, MentionKind, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise


def surfaces(record, *kinds):
    kinds = kinds or (MentionKind.TOPONYM, MentionKind.FACILITY, MentionKind.BORDER)
    return [m.surface for m in record.mentions if m.kind in kinds]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Floods hit Jakarta and Bandung on Monday.", ["Jakarta", "Bandung"]),
        ("id", "Banjir melanda Jakarta dan Bandung pada hari Senin.", ["Jakarta", "Bandung"]),
        ("en", "The Mekong River rose near Phnom Penh.", ["Mekong River", "Phnom Penh"]),
        ("id", "Air Sungai Mahakam meluap di Samarinda.", ["Sungai Mahakam", "Samarinda"]),
        ("id", "Presiden AS Joe Biden bertemu pejabat Rusia.", ["AS", "Rusia"]),
        ("en", "Officials in the U.S. and the UK agreed.", ["U.S", "UK"]),
        ("en", "A tornado struck Paducah, Kentucky.", ["Paducah", "Kentucky"]),
    ],
)
def test_names_are_found(geoparse, language, text, expected):
    found = surfaces(geoparse(text, language))
    assert [f.removesuffix(".") for f in found] == expected


@pytest.mark.parametrize(
    ("language", "text", "absent"),
    [
        ("id", "Hal itu dikatakan pada Rabu dan Kamis.", ["Rabu", "Kamis"]),
        ("id", "Ia tiba pada bulan Maret lalu.", ["Maret"]),
        ("en", "In May, Reading became a habit of many.", ["May"]),
        ("en", "Mr Jordan met Paris Hilton and Michael Jackson.", ["Jordan", "Paris", "Jackson"]),
        ("id", "bekas Soviet dan NATO berunding as rasa.", ["Soviet", "NATO", "as"]),
        ("en", "He said as much: no one is in or out.", ["as", "in", "or"]),
        ("en", "follow @Paris and https://London.example/Berlin now", ["Paris", "London", "Berlin"]),
    ],
)
def test_what_is_no_place_stays_out(geoparse, language, text, absent):
    found = surfaces(geoparse(text, language))
    assert not set(absent) & set(found), found


def test_a_name_beside_an_organisation_is_embedded(geoparse):
    record = geoparse("He studied at Bandung College before moving to Surabaya.")
    kinds = {m.name: m.kind for m in record.mentions}
    assert kinds["Surabaya"] is MentionKind.TOPONYM
    assert kinds.get("Bandung", MentionKind.EMBEDDED) in (MentionKind.EMBEDDED, MentionKind.FACILITY)


def test_a_demonym_is_typed_and_means_its_country(geoparse):
    record = geoparse("Afghan soldiers crossed into Tajikistan.")
    demonym = next(m for m in record.mentions if m.surface == "Afghan")
    assert demonym.kind is MentionKind.DEMONYM
    assert demonym.place_id == "country:AF"


def test_one_sense_in_a_text_finds_the_weaker_mention(geoparse):
    text = "Sergei Lavrov spoke in Khorog. The road to Khorog is closed, and Khorog has no airport."
    assert [m.surface for m in geoparse(text).mentions].count("Khorog") == 3


def test_given_spans_are_taken_as_given(store, prepared):
    record = find_mentions(
        prepared("From Panj River to Rome", "en"), store, spans=[(5, 15), (19, 23), (90, 99), (3, 2)]
    )
    assert [m.surface for m in record.mentions] == ["Panj River", "Rome"]
    assert record.mentions[0].name == "Panj"
    assert [str(kind) for kind in record.mentions[0].wanted] == ["river"]


def test_offsets_point_at_the_surface_in_odd_scripts(geoparse):
    for text, language in [
        ("İstanbul'da ve Ankara'da ﬁn", "tr"),
        ("زار الرئيس القاهرة وبيروت", "ar"),
        ("他从北京飞往东京。", "zh"),
        ("Поезд из Москва в Киев", "ru"),
    ]:
        for mention in geoparse(text, language).mentions:
            assert text[mention.start : mention.end] == mention.surface


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("aAbP -–,.“”'\nرиЖ京\u2028\u0301ﬁ7@"), max_size=80))
def test_any_text_gives_ordered_mentions_without_overlaps(text):
    record = Record(Article(text, language="en"), sentences=split(text, "en"), tokens=tokenise(text))
    mentions = find_mentions(record, Store.open()).mentions
    for one, two in itertools.pairwise(mentions):
        assert one.end <= two.start
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.surface != ""


def test_a_giant_token_takes_linear_time(geoparse):
    import time

    def seconds(size):
        start = time.process_time()
        geoparse("A" * size + " in Jakarta")
        return time.process_time() - start

    seconds(1000)
    assert seconds(200_000) < 40 * max(seconds(20_000), 0.02)
