"""Every language pack loads, and holds nothing that the code which reads it could never find in a text."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from geomap.events.dates import DatePack
from geomap.events.triggers import EventPack
from geomap.events.words import WordPack
from geomap.languages import pack
from geomap.places.rules import PlaceRules, phrase_words, rules
from geomap.record import PlaceKind
from geomap.text.normalise import key
from geomap.text.sentences import SentencePack
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator

SHAPES = {shape.subject: shape for shape in (PlaceRules, SentencePack, DatePack, EventPack, WordPack)}
FILES = sorted(Path(pack.__file__).parent.glob("*/*.toml"))
CODES = [*pack.languages(), pack.FALLBACK]
# ISO 3166-1 alpha-2.
COUNTRIES = set(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
    GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
    MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
    TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 a table of 249 words, not of 249 lines
)


def lists(value: Any, path: str = "") -> Iterator[tuple[str, tuple[str, ...] | frozenset[str]]]:
    """Yield every list of strings inside a pack with its path."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from lists(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from lists(item, f"{path}.{name}")
    elif isinstance(value, (tuple, frozenset)) and all(isinstance(item, str) for item in value):
        yield path, value


def misfits(fields: Mapping[str, Any], fits: Any) -> dict[str, list[str]]:
    """Return what does not fit, by field."""
    wrong = {name: sorted(word for word in words if not fits(word)) for name, words in fields.items()}
    return {name: words for name, words in wrong.items() if words}


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_file_fills_its_dataclass(path):
    assert path.stem in SHAPES, f"no module reads {path.name}"
    for where, words in lists(pack.load(path.parent.name, SHAPES[path.stem])):
        allowed = {""} if where.startswith(".endings") else set()
        assert all(word.strip() == word and (word or word in allowed) for word in words), where


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_no_list_names_a_word_twice(path):
    for array in re.findall(r"^[^#\n]*?= (\[[^\]]*\])", path.read_text(encoding="utf-8"), re.MULTILINE):
        words = re.findall(r'"([^"]*)"', array)
        assert not {word for word in words if words.count(word) > 1}


@pytest.mark.parametrize("code", CODES)
def test_home_countries_are_countries(code):
    assert set(rules(code).home) <= COUNTRIES


@pytest.mark.parametrize("code", CODES)
def test_what_is_compared_with_lower_case_words_is_in_lower_case(code):
    given = rules(code)
    fields = {
        "common": given.common,
        "connectors": given.connectors,
        "prepositions": given.prepositions,
        "modified": given.modified,
        "districts": given.districts,
        "near": given.near,
        "border nouns": given.border.nouns,
        "border joiners": given.border.joiners,
        **{f"reference {name}": words for name, words in dataclasses.asdict(given.reference).items()},
    }
    assert not misfits(fields, lambda word: word == word.casefold())


@pytest.mark.parametrize("code", CODES)
def test_what_is_compared_with_one_token_is_one_token(code):
    given = rules(code)
    if not given.spaced:
        return  # there a word is several tokens, and single words are looked for by other means
    fields = {
        "prepositions": given.prepositions,
        "titles": {title.rstrip(".") for title in given.titles},
        "border joiners": given.border.joiners,
    }
    assert not misfits(fields, lambda word: len(tokenise(word)) == 1)


@pytest.mark.parametrize("code", CODES)
def test_generic_terms_ask_for_kinds_that_exist(code):
    generic = rules(code).generic
    for table in (generic.before, generic.after):
        assert set(table) <= set(PlaceKind)
        assert all(phrase_words(term) for terms in table.values() for term in terms)


@pytest.mark.parametrize("code", CODES)
def test_directions_are_those_of_the_compass(code):
    directions = rules(code).directions
    assert set(directions) <= {"n", "ne", "e", "se", "s", "sw", "w", "nw", "c"}
    words = [word for found in directions.values() for word in found]
    assert len(words) == len(set(words)), "a word for two directions"


@pytest.mark.parametrize("code", CODES)
def test_endings_and_clitics_are_written_as_in_keys(code):
    given = rules(code)
    assert not misfits({"endings": given.endings, "clitics": given.clitics, "contractions": given.contractions}, is_key)
    assert not misfits(given.endings, is_key)
    assert not any(ending in others for ending, others in given.endings.items()), "an ending for itself"
    assert all(1 <= len(ending) <= 5 for ending in given.endings)  # no longer one is looked for


def is_key(word: str) -> bool:
    return key(word) == word


@pytest.mark.parametrize("code", CODES)
def test_units_are_lengths(code):
    assert all(0 < km <= 10 for km in rules(code).distance_units.values())


@pytest.mark.parametrize("code", CODES)
def test_starters_are_lower_case_and_abbreviations_end_without_a_stop(code):
    text = pack.load(code, SentencePack)
    assert not misfits({"starters": text.starters, "before_numbers": text.before_numbers}, lambda w: w == w.casefold())
    assert not misfits({"abbreviations": text.abbreviations}, lambda w: not w.endswith("."))
