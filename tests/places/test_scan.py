"""Names of the gazetteer in a text, as they stand there and in other forms."""

from __future__ import annotations

import time

import pytest

from geomap.places.rules import rules
from geomap.places.scan import Words, dictionary_forms, inflected, matches_at
from geomap.text.tokens import tokenise


@pytest.fixture(scope="module")
def keys(store):
    """The keys of all matches in a text, with what stands there."""

    def run(text, language):
        words = Words(text, tokenise(text), language)
        matches = [match for index in range(len(words.tokens)) for match in matches_at(store, words, index)]
        return {(text[match.start : match.end], match.key) for match in matches}

    return run


@pytest.mark.parametrize(
    ("language", "text", "surface", "key"),
    [
        ("ru", "в Москве", "Москве", "москва"),
        ("ru", "из Нижнего Новгорода", "Нижнего Новгорода", "нижний новгород"),
        ("ru", "в Ростове-на-Дону", "Ростове-на-Дону", "ростов на дону"),
        ("ru", "над Саудовской Аравией", "Саудовской Аравией", "саудовская аравия"),
        ("uk", "у Києві", "Києві", "київ"),
        ("uk", "біля Харкова", "Харкова", "харків"),
        ("pl", "w Krakowie", "Krakowie", "krakow"),
        ("pl", "w Niemczech", "Niemczech", "niemcy"),
        ("de", "die Regierung Deutschlands", "Deutschlands", "deutschland"),
        ("tr", "İstanbul'da", "İstanbul", "istanbul"),
        ("ar", "بالقاهرة", "القاهرة", "القاهره"),
        ("ar", "ولبنان", "لبنان", "لبنان"),
        ("ar", "للقاهرة", "للقاهرة", "القاهره"),
        ("fr", "la capitale d'Algérie", "Algérie", "algerie"),
        ("it", "la capitale dell'Afghanistan", "Afghanistan", "afghanistan"),
        ("it", "il sindaco dell'Aquila", "dell'Aquila", "l'aquila"),
        ("zh", "他在北京说", "北京", "北京"),
    ],
)
def test_a_name_is_found_in_the_form_that_the_text_gives_it(keys, language, text, surface, key):
    assert (surface, key) in keys(text, language)


def test_one_character_is_no_name_where_words_are_not_spaced(keys):
    assert all(len(surface) > 1 for surface, _ in keys("中美关系在北京", "zh"))


def test_a_name_stands_before_a_form_of_another(store):
    words = Words("Москва", tokenise("Москва"), "ru")
    assert matches_at(store, words, 0)[0].key == "москва"


def test_forms_begin_with_the_word_and_keep_a_stem():
    endings = rules("ru").endings
    forms = dictionary_forms("москве", endings)
    assert forms[0] == "москве"
    assert "москва" in forms
    assert dictionary_forms("в", endings) == ("в",)
    assert len(forms) == len(set(forms))


def test_people_are_no_places(store):
    assert inflected(store, [dictionary_forms("беларуси", rules("ru").endings)]) == {1: "беларусь"}


def test_generic_terms_have_a_capital_where_the_language_writes_one():
    russian = Words("Приморский край", tokenise("Приморский край"), "ru")
    english = Words("the Hudson valley", tokenise("the Hudson valley"), "en")
    assert russian.generic_after(1)
    assert not english.generic_after(2)


@pytest.mark.parametrize("language", ["ru", "ar", "zh", "tr"])
def test_hostile_text_takes_linear_time(store, language):
    text = "Москве-" * 1_000 + "а" * 100_000 + " لل" * 1_000 + "北" * 1_000
    words = Words(text, tokenise(text), language)
    start = time.perf_counter()
    for index in range(len(words.tokens)):
        list(matches_at(store, words, index))
    assert time.perf_counter() - start < 10
