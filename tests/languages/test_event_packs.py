"""The event packs: their words are sound, and sentences of our own are read as they should."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from geomap.events.dates import find_dates
from geomap.events.extract import extract_events
from geomap.events.triggers import EventPack, modes, phrase_words
from geomap.languages.pack import languages, load
from geomap.record import (
    Article,
    EventType,
    Mention,
    Modality,
    Place,
    PlaceKind,
    Precision,
    Record,
    Role,
)

if TYPE_CHECKING:
    from geomap.record import Event

CODES = [code for code in languages() if load(code, EventPack).triggers]
# Languages whose packs are to hold at least 250 stems.
DEEP = ["de", "es", "fr", "pt"]
PUBLISHED = dt.date(2024, 9, 18)  # a Wednesday
CUES = {
    "annulled",
    "according", "alleged", "cause", "complement", "conditional", "dateline", "denial", "distribution", "forecast",
    "future", "history", "idle", "local", "negation", "none", "ongoing", "passive", "past", "person", "plan",
    "possible", "pronoun", "purpose", "question", "report", "request", "threat",
}  # fmt: skip
PREPOSITIONS = {"in", "to", "from", "along", "between", "near", "against", "with", "about", "by", "of"}
SUBORDINATORS = {"time", "cause", "relative", "where", "complement", "contrast", "condition", "purpose"}


def explicit(code: str) -> dict[str, list[str]]:
    """Return each form that a pack spells out, with the modes that list it."""
    found: dict[str, list[str]] = {}
    for mode, words in load(code, EventPack).triggers.items():
        for form in {*words.active, *words.passive, *words.nouns}:
            found.setdefault(form.lower(), []).append(mode)
    return found


@pytest.mark.parametrize("code", CODES)
def test_modes_and_classes_exist(code):
    pack = load(code, EventPack)
    assert set(pack.triggers) <= set(modes())
    assert {shift.to for shift in pack.shifts} | {mode for shift in pack.shifts for mode in shift.of} <= set(modes())
    assert set(pack.cues) <= CUES
    assert set(pack.prepositions) | set(pack.postpositions) <= PREPOSITIONS
    assert set(pack.subordinators) <= SUBORDINATORS


@pytest.mark.parametrize("code", DEEP)
def test_no_form_belongs_to_two_modes(code):
    assert {form: found for form, found in explicit(code).items() if len(found) > 1} == {}


# Modes that a language may do without: it says the same by others.
OPTIONAL = {"flight", "find", "drive-out", "peace-talks", "regroup", "smuggle", "brutality", "lift"}


@pytest.mark.parametrize("code", DEEP)
def test_packs_are_deep(code):
    pack = load(code, EventPack)
    assert sum(len(words.roots) for words in pack.triggers.values()) >= 150
    assert len(explicit(code)) >= 750
    assert set(modes()) - set(pack.triggers) <= OPTIONAL


@pytest.mark.parametrize("code", DEEP)
def test_blockers_shadow_no_trigger(code):
    """A blocker is longer than the trigger in it: the same words twice would make a trigger dead."""
    pack = load(code, EventPack)
    assert not {phrase_words(phrase, code) for phrase in pack.blockers} & {
        phrase_words(form, code) for form in explicit(code)
    }


def happening(code: str, text: str, town: str, kind: EventType) -> Event:
    """Read a sentence that names one town, and return its first event of a type."""
    start = text.index(town)
    place = Place("gn:1", town, PlaceKind.CITY, "XX", 10.0, 10.0, Precision.TOWN)
    mention = Mention(start, start + len(town), town, place_id=place.id)
    record = Record(Article(text, date=PUBLISHED, language=code), mentions=(mention,), places=(place,))
    events = extract_events(find_dates(record)).events
    return next(event for event in events if event.type is kind)


# Language, sentence, its town, type, modality, role of the town, day (September 2024).
SENTENCES = [
    ("es", "El martes, las tropas rusas atacaron Jersón.", "Jersón", "ASSAULT", "happened", "at", 17),
    ("es", "El ejército se retiró de Agadez el domingo.", "Agadez", "RETREAT", "happened", "from", 15),
    ("es", "Los ministros se reunirán mañana en Ginebra.", "Ginebra", "CONSULT", "planned", "at", 19),
    ("es", "Si no hay acuerdo, los rebeldes atacarán Goma.", "Goma", "ASSAULT", "conditional", "at", None),
    ("es", "El gobierno niega que sus soldados bombardearan Goma.", "Goma", "ASSAULT", "denied", "at", None),
    ("es", "Hace dos días, miles de personas protestaron en Quito.", "Quito", "PROTEST", "happened", "at", 16),
    ("es", "Un terremoto sacudió anoche Oaxaca.", "Oaxaca", "DISASTER", "happened", "at", 17),
    ("es", "La policía no detuvo a nadie en Lima.", "Lima", "COERCE", "denied", "at", None),
    ("es", "Tres civiles fueron asesinados cerca de Cali el lunes.", "Cali", "ASSAULT", "happened", "near", 16),
    ("fr", "Mardi, l'armée a bombardé Khartoum.", "Khartoum", "ASSAULT", "happened", "at", 17),
    ("fr", "Des milliers d'habitants ont fui Goma dimanche.", "Goma", "MOVEMENT", "happened", "from", 15),
    ("fr", "Les ministres se réuniront demain à Genève.", "Genève", "CONSULT", "planned", "at", 19),
    ("fr", "L'armée n'a pas attaqué Bangui, selon le gouvernement.", "Bangui", "ASSAULT", "denied", "at", None),
    ("fr", "Le gouvernement dément que des soldats aient attaqué Bangui.", "Bangui", "ASSAULT", "denied", "at", None),
    ("fr", "Il y a deux jours, des manifestants ont défilé à Dakar.", "Dakar", "PROTEST", "happened", "at", 16),
    ("fr", "Un séisme a frappé la ville de Lorca dans la nuit de lundi.", "Lorca", "DISASTER", "happened", "at", 16),
    ("fr", "La police a arrêté trois hommes à Nantes hier soir.", "Nantes", "COERCE", "happened", "at", 17),
    ("fr", "Si la trêve échoue, les rebelles attaqueront Goma.", "Goma", "ASSAULT", "conditional", "at", None),
    ("pt", "Na terça-feira, o exército atacou Mocímboa.", "Mocímboa", "ASSAULT", "happened", "at", 17),
    ("pt", "Os rebeldes retiraram-se de Goma no domingo.", "Goma", "RETREAT", "happened", "from", 15),
    ("pt", "Os ministros vão reunir-se amanhã em Genebra.", "Genebra", "CONSULT", "planned", "at", 19),
    ("pt", "O governo nega que os soldados bombardearam Goma.", "Goma", "ASSAULT", "denied", "at", None),
    ("pt", "Há dois dias, milhares de pessoas protestaram em Luanda.", "Luanda", "PROTEST", "happened", "at", 16),
    ("pt", "A polícia deteve três homens em Belém na segunda-feira.", "Belém", "COERCE", "happened", "at", 16),
    ("pt", "Uma enchente atingiu Manaus ontem.", "Manaus", "DISASTER", "happened", "at", 17),
    ("pt", "Se a trégua falhar, os rebeldes atacarão Goma.", "Goma", "ASSAULT", "conditional", "at", None),
    ("pt", "Três civis foram assassinados perto de Beira.", "Beira", "ASSAULT", "happened", "near", None),
    ("de", "Am Dienstag griffen russische Truppen Charkiw an.", "Charkiw", "ASSAULT", "happened", "at", 17),
    ("de", "Die Armee zog sich am Sonntag aus Goma zurück.", "Goma", "RETREAT", "happened", "from", 15),
    ("de", "Die Minister wollen morgen in Genf verhandeln.", "Genf", "CONSULT", "planned", "at", 19),
    ("de", "Die Polizei nahm in Kassel drei Männer fest.", "Kassel", "COERCE", "happened", "at", None),
    ("de", "Dass in Kiel gestreikt werde, dementierte die Gewerkschaft.", "Kiel", "PROTEST", "denied", "at", None),
    ("de", "Vor zwei Tagen demonstrierten Tausende in Graz.", "Graz", "PROTEST", "happened", "at", 16),
    ("de", "Bei einem Erdbeben nahe Izmir starben drei Menschen.", "Izmir", "DISASTER", "happened", "near", None),
    ("de", "Falls die Rebellen Goma angreifen, droht ein Krieg.", "Goma", "ASSAULT", "conditional", "at", None),
    ("de", "In Kiew wurden am Montagabend drei Menschen getötet.", "Kiew", "ASSAULT", "happened", "at", 16),
]  # fmt: skip


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: f"{case[0]}: {case[1]}")
def test_sentence(case):
    code, text, town, kind, how, role, day = case
    event = happening(code, text, town, EventType(kind))
    assert event.modality is Modality(how)
    assert [place.role for place in event.places] == [Role(role)]
    if day is not None:
        assert event.time.earliest == dt.date(2024, 9, day)
