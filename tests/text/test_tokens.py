"""Tokens follow the choices that the module documents."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geomap.text.tokens import tokenise


def words(text: str) -> list[str]:
    return [token.text for token in tokenise(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tajik-Afghanistan", ["Tajik", "-", "Afghanistan"]),
        ("Tajik–Afghan border", ["Tajik", "–", "Afghan", "border"]),
        ("Sana'a, Xi’an dan Côte d'Ivoire", ["Sana'a", ",", "Xi’an", "dan", "Côte", "d'Ivoire"]),
        ("'Kabul' jatuh", ["'", "Kabul", "'", "jatuh"]),
        ("the U.S. and U.N envoys.", ["the", "U.S.", "and", "U.N", "envoys", "."]),
        ("1.400 km, 1,5 20:30 6\u00a0000", ["1.400", "km", ",", "1,5", "20:30", "6\u00a0000"]),
        ("8/7/2021.", ["8", "/", "7", "/", "2021", "."]),
        ("M23 F-16 8th", ["M23", "F", "-", "16", "8th"]),
        ("#Jakarta_Utara", ["#", "Jakarta", "_", "Utara"]),
        ("北京は、カブール", ["北", "京", "は", "、", "カブール"]),
        ("हिन्दी كِتَاب می‌خواهم", ["हिन्दी", "كِتَاب", "می‌خواهم"]),
        ("(https://a.example/kabul).", ["(", "https://a.example/kabul", ")", "."]),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]):
    assert words(text) == expected


def test_kinds():
    kinds = {token.text: token.kind for token in tokenise("Di Kabul 6.000 orang, lihat www.example.org/herat")}
    assert kinds["Kabul"] == "word"
    assert kinds["6.000"] == "number"
    assert kinds[","] == kinds["www.example.org/herat"] == "punctuation"


@given(st.text(max_size=80))
def test_tokens_cover_everything_but_space(text: str):
    end = 0
    for token in tokenise(text):
        assert text[token.start : token.end] == token.text
        assert not text[end : token.start].strip()
        end = token.end
    assert not text[end:].strip()


@pytest.mark.parametrize("unit", ["a", "a.", "1,", "a'", "http://))", "\u0300", "1,1 ", "京", "www."])
def test_time_is_linear(unit: str):
    start = time.process_time()
    tokenise(unit * (200_000 // len(unit)))
    assert time.process_time() - start < 2  # a quadratic pass would take minutes
