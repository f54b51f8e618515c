"""The normal form of names and texts."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geomap.text.normalise import key, normalise

ALIKE = [
    ("MÜNCHEN", "München", "Munchen", "Mu\u0308nchen"),
    ("Guinea-Bissau", "Guinea Bissau", "guinea–bissau", "GUINEA\u00a0BISSAU", "Guinea‑Bissau"),
    ("İstanbul", "Istanbul", "istanbul", "ıstanbul"),
    ("Qal‘ah-ye Kūf", "Qal'ah-ye Kuf", "Qalʻah ye Kuf"),
    ("إيران", "ايران", "ایران", "إِيرَان"),
    ("ولادی\u200cوستوک", "ولادیوستوک"),
    ("Артём", "АРТЕМ"),
    ("Straße", "STRASSE"),
    ("Łódź", "Lodz"),
    ("København", "Kobenhavn"),
    ("Ａｌ－Ｂａｂ", "Al-Bab"),
    ("ｳﾗｼﾞｵｽﾄｸ", "ウラジオストク"),
    ("Αθήνα", "ΑΘΗΝΑ"),
    ("New\n  York", "New York"),
]
APART = [
    ("Йонава", "Ионава"),
    ("Київ", "Киів"),
    ("U.S.", "US"),
    ("Moscow — Kyiv", "Moscow Kyiv"),
    ("が", "か"),
    ("दिल्ली", "दिल्ल"),
]


@pytest.mark.parametrize("spellings", ALIKE, ids=lambda s: s[0])
def test_spellings_of_one_name_share_a_key(spellings):
    assert len({key(s) for s in spellings}) == 1


@pytest.mark.parametrize("pair", APART, ids=lambda s: s[0])
def test_different_names_keep_different_keys(pair):
    assert key(pair[0]) != key(pair[1])


def test_span_leads_back_to_the_original():
    text = "die ﬁnnische\u00a0\n Straße, İzmir; Re\u0301union!"
    normal = normalise(text)
    for name, original in [
        ("finnische", "ﬁnnische"),
        ("strasse", "Straße"),
        ("izmir", "İzmir"),
        ("reunion", "Re\u0301union"),
    ]:
        start = normal.text.index(name)
        begin, end = normal.span(start, start + len(name))
        assert text[begin:end] == original
        assert normal.position(begin) == start


def test_an_end_inside_a_ligature_takes_the_whole_ligature():
    assert normalise("ﬁn").span(0, 1) == (0, 1)


@given(st.text())
def test_idempotent(text):
    once = normalise(text).text
    assert normalise(once).text == once


@given(st.text(st.characters(categories=["L", "M", "Z", "P"]), max_size=40))
def test_offsets_rise_and_stay_inside(text):
    normal = normalise(text)
    origins = list(normal.origins)
    assert len(origins) == len(normal.text) + 1
    assert origins == sorted(origins)
    assert origins[-1] == len(text)
    assert all(0 <= origin < len(text) for origin in origins[:-1])


@given(st.text())
def test_canonical_equivalents_share_a_key(text):
    assert key(unicodedata.normalize("NFD", text)) == key(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("piece", ["a", "é", "e\u0301", "ﬁ", " ", "-", "\u0301", "ᄒ", "ㅏ", "\u200d"])
def test_linear_on_hostile_input(piece):
    start = time.process_time()
    normalise(piece * (200_000 // len(piece)))
    assert time.process_time() - start < 2
