from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geomap.gazetteer.store import Store
from geomap.places.recognise import find_mentions
from geomap.record import Article, MentionKind, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise


@pytest.fixture
def recognised(store, prepared):
    return lambda text, language="en": find_mentions(prepared(text, language), store)


def surfaces(record, *kinds):
    kinds = kinds or (MentionKind.TOPONYM, MentionKind.FACILITY, MentionKind.BORDER, MentionKind.METONYM)
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
def test_names_are_found(recognised, language, text, expected):
    found = surfaces(recognised(text, language))
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
def test_what_is_no_place_stays_out(recognised, language, text, absent):
    found = surfaces(recognised(text, language))
    assert not set(absent) & set(found), found


def test_a_name_beside_an_organisation_is_embedded(recognised):
    record = recognised("He studied at Bandung College before moving to Surabaya.")
    kinds = {m.name: m.kind for m in record.mentions}
    assert kinds["Surabaya"] is MentionKind.TOPONYM
    assert kinds.get("Bandung", MentionKind.EMBEDDED) in (MentionKind.EMBEDDED, MentionKind.FACILITY)


def test_a_demonym_is_typed_and_means_its_country(geoparse):
    record = geoparse("Afghan soldiers crossed into Tajikistan.")
    demonym = next(m for m in record.mentions if m.surface == "Afghan")
    assert demonym.kind is MentionKind.DEMONYM
    assert demonym.place_id == "country:AF"


def test_one_sense_in_a_text_finds_the_weaker_mention(recognised):
    text = "Sergei Lavrov spoke in Khorugh. The road to Khorugh is closed, and Khorugh has no airport."
    assert [m.surface for m in recognised(text).mentions].count("Khorugh") == 3


@pytest.mark.parametrize(
    ("language", "text", "acting"),
    [
        ("en", "Moscow said on Monday that it would answer.", {"Moscow"}),
        ("en", "Paris and Berlin condemned the coup in Niamey.", {"Paris", "Berlin"}),
        ("en", "He said in Moscow that the plan had failed.", set()),
        ("en", "Snow fell in Moscow. Minsk was dry.", set()),
        ("en", "Officials in the U.S. and the UK agreed.", set()),
        ("id", "Moskow menolak usul itu.", {"Moskow"}),
        ("fr", "Paris a condamné le coup d'État.", {"Paris"}),
        ("ru", "Москва заявила о готовности к переговорам.", {"Москва"}),
        ("ar", "أعلنت موسكو أنها سترد.", {"موسكو"}),
        ("zh", "莫斯科表示将作出回应。", {"莫斯科"}),
    ],
)
def test_a_place_that_acts_is_its_government(recognised, language, text, acting):
    assert set(surfaces(recognised(text, language), MentionKind.METONYM)) == acting


def test_a_demonym_inside_a_longer_name_is_none(recognised):
    assert "European" not in [m.surface for m in recognised("The European Union met in Brussels.", "en").mentions]


def test_text_without_capitals_still_names_places(recognised):
    found = [m.surface for m in recognised("three hurt in an explosion in beirut, hospitals say", "en").mentions]
    assert found == ["beirut"]


def test_a_hashtag_has_underscores_for_spaces(recognised):
    assert "New_York" in [m.surface for m in recognised("Rain again, says Jane, in #New_York today", "en").mentions]


def test_an_unknown_name_beside_a_generic_term_is_found(recognised):
    found = recognised("They camped near the mouth of Quonnapowatt Creek on Friday.", "en").mentions
    assert "Quonnapowatt Creek" in [m.surface for m in found]


PROBES = Path(__file__).with_name("probes.txt").read_text(encoding="utf-8").splitlines()


def probe(line):
    """Return the language and text of a probe, and the spans that it expects, with their kinds."""
    language, marked = line.split("\t")
    text, spans, last = "", {}, 0
    for match in re.finditer(r"\[([TFMD]) ([^\]]*)\]", marked):
        text += marked[last : match.start()]
        spans[len(text), len(text) + len(match[2])] = match[1]
        text += match[2]
        last = match.end()
    return language, text + marked[last:], spans


def test_probes(recognised):
    """So many sentences are wholly right: each place found, nothing else taken for one."""
    right, total = 0, 0
    for line in PROBES:
        if not line or line.startswith("#"):
            continue
        language, text, expected = probe(line)
        mentions = [m for m in recognised(text, language).mentions if m.kind is not MentionKind.REFERENCE]
        found = {(m.start, m.end) for m in mentions}
        missed = [s for s, kind in expected.items() if kind != "D" and not any(overlap(s, f) for f in found)]
        wrong = [
            m.surface
            for m in mentions
            if m.kind not in (MentionKind.DEMONYM, MentionKind.EMBEDDED)
            and not any(overlap((m.start, m.end), s) for s in expected)
        ]
        total += 1
        right += not missed and not wrong
    assert right / total >= 0.8


def overlap(a, b):
    return min(a[1], b[1]) > max(a[0], b[0])


def test_overlapping_and_senseless_spans_are_no_error(store, prepared):
    record = prepared("From Panj River to Rome", "en")
    spans = [(5, 10), (5, 15), (6, 7), (-3, 2), (10, 10), (15, 16), (19, 400), (22, 23)]
    found = find_mentions(record, store, spans=spans)
    assert {(m.start, m.end) for m in found.mentions} == {(5, 10), (5, 15), (6, 7), (15, 16), (22, 23)}


def test_given_spans_are_taken_as_given(store, prepared):
    record = find_mentions(
        prepared("From Panj River to Rome", "en"), store, spans=[(5, 15), (19, 23), (90, 99), (3, 2)]
    )
    assert [m.surface for m in record.mentions] == ["Panj River", "Rome"]
    assert record.mentions[0].name == "Panj"
    assert [str(kind) for kind in record.mentions[0].wanted] == ["river"]


def test_offsets_point_at_the_surface_in_odd_scripts(recognised):
    for text, language in [
        ("İstanbul'da ve Ankara'da ﬁn", "tr"),
        ("زار الرئيس القاهرة وبيروت", "ar"),
        ("他从北京飞往东京。", "zh"),
        ("Поезд из Москва в Киев", "ru"),
    ]:
        for mention in recognised(text, language).mentions:
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


def test_a_giant_token_takes_linear_time(recognised):
    import time

    def seconds(size):
        start = time.process_time()
        recognised("A" * size + " in Jakarta")
        return time.process_time() - start

    seconds(1000)
    assert seconds(200_000) < 40 * max(seconds(20_000), 0.02)
