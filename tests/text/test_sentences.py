"""Sentences end where a reader would end them."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geomap.languages import pack
from geomap.text.sentences import SentencePack, split


def sentences(text: str, language: str = "") -> list[str]:
    return [text[s.start : s.end] for s in split(text, language)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("id", ["Perbatasan sepanjang 1.400 km dijaga 6.000 tentara.", "Taliban maju."]),
        ("id", ["Lebih dari 1.000 tentara Afghanistan. penerbangan utara minggu ini."]),
        ("id", ["Dr. Rahmon menelepon Jend. Sobirov.", "Ia marah."]),
        ("id", ["Lihat hal. 12.", "Pasukan itu kembali ke AS.", "Pemerintah diam."]),
        ("id", ["“Kami siap.”", "Dia pergi (ke utara.)", "Lalu pulang."]),
        ("en", ["The U.S. Army left.", "He lives in the U.S.", "The war ended."]),
        ("en", ["Gen. Smith came from Ft. Worth, Texas, at 5 p.m. Monday.", "He is ill.", "Doctors wait."]),
        ("en", ["J. R. R. Tolkien met V. Putin.", "“No.”", "Why?", "Because …"]),
        ("en", ["“Really?” she asked.", "“Yes!” he said."]),
        ("en", ["He sold No. 5 and said no.", "Five left."]),
        ("ru", ["В 2021 г. Москва молчала.", "Население 8 млн. Город растёт, им. Ленина."]),
        ("es", ["El Sr. García salió.", "¿Cuándo?", "¡Hoy!"]),
        ("ar", ["هل انسحبوا؟", "نعم.", "لا أحد يعرف."]),
        ("hi", ["सेना पीछे हटी।", "लोग भागे॥", "शांति नहीं।"]),
    ],
)
def test_sentences_end_at_stops_that_are_stops(language: str, expected: list[str]):
    assert sentences(" ".join(expected), language) == expected


@pytest.mark.parametrize("language", [*pack.languages(), pack.FALLBACK])
def test_packs_hold_abbreviations_as_they_are_looked_up(language: str):
    rules = pack.load(language, SentencePack)
    for word in rules.abbreviations | rules.before_numbers | rules.starters:
        assert not word.endswith(".")
    assert all(word == word.casefold() for word in rules.starters | rules.before_numbers)


def test_chinese_needs_no_space():
    assert sentences("塔利班占领了边境。政府军撤退！“好。”他说", "zh") == [
        "塔利班占领了边境。",
        "政府军撤退！",
        "“好。”",
        "他说",
    ]


def test_lost_space_between_sentences():
    assert sentences("Mereka telah pergi.Tentara kembali, kata detik.com hari ini.", "id") == [
        "Mereka telah pergi.",
        "Tentara kembali, kata detik.com hari ini.",
    ]


def test_list_numbers_open_a_paragraph():
    assert sentences("1. Banjir di utara. Warga mengungsi.\n2. Gempa.", "id") == [
        "1. Banjir di utara.",
        "Warga mengungsi.",
        "2. Gempa.",
    ]


def test_paragraphs_are_lines_that_hold_something():
    text = "Judul\r\n\r\n  Satu. Dua.\n \u2028Tiga"
    assert [(text[s.start : s.end], s.paragraph) for s in split(text)] == [
        ("Judul", 0),
        ("Satu.", 1),
        ("Dua.", 1),
        ("Tiga", 2),
    ]


@given(st.text(alphabet='Ab1 .!?…。"”)\n\u2028\u00a0«', max_size=60))
def test_sentences_cover_everything_but_space(text: str):
    found = split(text, "en")
    covered = set()
    for sentence in found:
        assert sentence.start < sentence.end
        piece = text[sentence.start : sentence.end]
        assert piece == piece.strip()
        span = set(range(sentence.start, sentence.end))
        assert not covered & span
        covered |= span
    assert all(character.isspace() for at, character in enumerate(text) if at not in covered)
    assert [s.paragraph for s in found] == sorted(s.paragraph for s in found)


@pytest.mark.parametrize("unit", ["a", ".", "a.", ". ", '. "', "A b. C ", "\n", " ", "1.", ".\u3000", "。"])
def test_time_is_linear(unit: str):
    start = time.process_time()
    split(unit * (200_000 // len(unit)), "en")
    assert time.process_time() - start < 2  # a quadratic pass would take minutes


def test_wrapped_lines_end_no_sentence():
    words = "the river rose through the night and the people of the lower town went up to the hills with all they had"
    first = textwrap.fill(f"On Monday {words}. On Tuesday {words}.", 60)
    wrapped = first + "\n" + textwrap.fill(f"Then {words}.", 60, initial_indent="   ")
    assert [wrapped[s.start : s.end].split()[:2] for s in split(wrapped, "en")] == [
        ["On", "Monday"],
        ["On", "Tuesday"],
        ["Then", "the"],
    ]
    assert [s.paragraph for s in split(wrapped, "en")] == [0, 0, 1]


def test_a_list_is_not_wrapped():
    assert (
        len(split("Monday: rain\nTuesday: storms and floods\nWednesday: sun\nThursday: wind\nFriday: snow", "en")) == 5
    )
