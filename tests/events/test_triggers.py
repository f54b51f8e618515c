from __future__ import annotations

import pytest

from geomap.events.triggers import EventPack, modes, read, trigger_at
from geomap.languages.pack import load
from geomap.record import Article, EventType, Record


def found(text, language):
    reading = read(Record(Article(text, language=language)))
    return [
        (text[reading.tokens[t.first].start : reading.tokens[t.last - 1].end], t.mode.name, t.voice)
        for t in reading.triggers
    ]


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_mode_of_a_pack_is_defined(language):
    assert set(load(language, EventPack).triggers) <= set(modes())


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Pasukan menyerang kota.", "id", ("menyerang", "attack", "active")),
        ("Kota itu diserang.", "id", ("diserang", "attack", "passive")),
        ("Penyerangan itu gagal.", "id", ("Penyerangan", "attack", "noun")),
        ("Mereka menculik warga.", "id", ("menculik", "kidnap", "active")),
        ("Rebels besieged the town.", "en", ("besieged", "advance", "active")),
        ("They stabbed him.", "en", ("stabbed", "stab", "active")),
        ("Troops were withdrawn.", "en", ("withdrawn", "withdraw", "active")),
        ("A suicide bomber struck.", "en", ("suicide bomber", "suicide-attack", "noun")),
        ("The army denied it.", "en", ("denied", "reject", "active")),
    ],
)
def test_inflected_forms(text, language, expected):
    assert expected in found(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ia terkena serangan jantung.", "id"),
        ("Petugas pemadam kebakaran datang.", "id"),
        ("He died of a heart attack.", "en"),
        ("The party won by a landslide.", "en"),
    ],
)
def test_blockers(text, language):
    assert not {"attack", "fire", "landslide"} & {mode for _, mode, _ in found(text, language)}


def test_the_object_changes_the_mode():
    assert ("seized", "seize", "active") in found("Rebels seized the town.", "en")
    assert ("seized", "seize-goods", "active") in found("Police seized a load of weapons.", "en")


def test_a_given_trigger_that_no_pack_knows_is_typed_other():
    reading = read(Record(Article("They frobnicated Kabul.", language="en")))
    assert trigger_at(reading, 5, 16).mode.type is EventType.OTHER
