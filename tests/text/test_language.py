"""The language of an article is known without a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geomap.text.language import identify


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Pasukan Taliban merebut penyeberangan di perbatasan, kata seorang pejabat pada hari Kamis.", "id"),
        ("Pasukan keselamatan telah menyerbu sebuah rumah di Kuala Lumpur, kata polis semalam.", "id"),
        ("The army withdrew from the border crossing on Thursday, officials said.", "en"),
        ("Войска отошли от границы в четверг, сообщил представитель министерства.", "ru"),
        ("Las tropas se retiraron de la frontera el jueves, dijo un portavoz.", "es"),
        ("Die Truppen zogen sich am Donnerstag von der Grenze zurück.", "de"),
        ("انسحبت القوات من الحدود يوم الخميس، بحسب مسؤولين.", "ar"),
        ("部队星期四撤离了边境。", "zh"),
        ("https://www.example.com/english/words/in/an/address Gempa mengguncang Cianjur, ratusan rumah rusak", "id"),
    ],
)
def test_languages(text: str, language: str):
    assert identify(text) == language


@pytest.mark.parametrize("text", ["", " \n", "?", "12.500 – 13.000", "x", "👍👍"])
def test_no_language(text: str):
    assert not identify(text)


def test_headlines_in_capitals():
    assert identify("RIBUAN WARGA MENGUNGSI KARENA BANJIR BESAR DI JAKARTA") == "id"


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_has_a_language_or_none(text: str):
    assert len(identify(text + "\ud800")) in {0, 2}


def test_endless_word():
    assert len(identify("a" * 200_000)) in {0, 2}
