"""What a change of the text must do to its events, in every language with an event pack.

A text of two reports is changed in one respect; the events may change in that respect alone.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geomap.events.dates import find_dates
from geomap.events.extract import extract_events
from geomap.record import Article, Draw, Mention, Modality, Place, PlaceKind, Precision, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from geomap.record import Event

PUBLISHED = dt.date(2024, 9, 19)  # a Thursday
WEEK = dt.timedelta(days=7)


class Case(NamedTuple):
    """Two reports in one language; `attack` names the place, and is told as fact, denied, and as a condition."""

    attack: str
    denied: str
    conditional: str
    quake: str
    place: str  # where the attack is
    other: str  # a place that it may be moved to
    shaken: str  # where the earthquake is


CASES = {
    "ar": Case(
        "هاجم المسلحون بلدة حلب يوم الثلاثاء.",
        "لم يهاجم المسلحون بلدة حلب يوم الثلاثاء.",
        "إذا هاجم المسلحون بلدة حلب يوم الثلاثاء، فسيرد الجيش.",
        "وقع زلزال في إزمير أمس.",
        "حلب", "حماة", "إزمير",
    ),
    "de": Case(
        "Rebellen griffen am Dienstag Kisangani an.",
        "Rebellen griffen Kisangani am Dienstag nicht an.",
        "Wenn Rebellen am Dienstag Kisangani angreifen, wird die Armee antworten.",
        "Gestern gab es ein Erdbeben in Izmir.",
        "Kisangani", "Bukavu", "Izmir",
    ),
    "en": Case(
        "Rebels attacked Kisangani on Tuesday.",
        "Rebels did not attack Kisangani on Tuesday.",
        "If rebels attack Kisangani on Tuesday, the army will respond.",
        "An earthquake struck Izmir yesterday.",
        "Kisangani", "Bukavu", "Izmir",
    ),
    "es": Case(
        "Los rebeldes atacaron Kisangani el martes.",
        "Los rebeldes no atacaron Kisangani el martes.",
        "Si los rebeldes atacan Kisangani el martes, el ejército responderá.",
        "Un terremoto sacudió Esmirna ayer.",
        "Kisangani", "Bukavu", "Esmirna",
    ),
    "fr": Case(
        "Les rebelles ont attaqué Kisangani mardi.",
        "Les rebelles n'ont pas attaqué Kisangani mardi.",
        "Si les rebelles attaquent Kisangani mardi, l'armée répondra.",
        "Un séisme a frappé Izmir hier.",
        "Kisangani", "Bukavu", "Izmir",
    ),
    "id": Case(
        "Pemberontak menyerang Kisangani pada Selasa.",
        "Pemberontak tidak menyerang Kisangani pada Selasa.",
        "Jika pemberontak menyerang Kisangani pada Selasa, tentara akan membalas.",
        "Gempa mengguncang Izmir kemarin.",
        "Kisangani", "Bukavu", "Izmir",
    ),
    "pt": Case(
        "Os rebeldes atacaram Kisangani na terça-feira.",
        "Os rebeldes não atacaram Kisangani na terça-feira.",
        "Se os rebeldes atacarem Kisangani na terça-feira, o exército responderá.",
        "Um sismo abalou Esmirna ontem.",
        "Kisangani", "Bukavu", "Esmirna",
    ),
    "ru": Case(
        "Повстанцы атаковали Кисангани во вторник.",
        "Повстанцы не атаковали Кисангани во вторник.",
        "Если повстанцы атакуют Кисангани во вторник, армия ответит.",
        "Вчера в Измире произошло землетрясение.",
        "Кисангани", "Букаву", "Измире",
    ),
    "tr": Case(
        "İsyancılar salı günü Kisangani'ye saldırdı.",
        "İsyancılar salı günü Kisangani'ye saldırmadı.",
        "İsyancılar salı günü Kisangani'ye saldırırsa ordu karşılık verecek.",
        "Dün İzmir'de deprem oldu.",
        "Kisangani", "Bukavu", "İzmir",
    ),
    "zh": Case(
        "叛军星期二袭击了基桑加尼。",
        "叛军星期二没有袭击基桑加尼。",
        "如果叛军星期二袭击基桑加尼，军队将回应。",
        "昨天伊兹密尔发生地震。",
        "基桑加尼", "布卡武", "伊兹密尔",
    ),
}  # fmt: skip
LANGUAGES = sorted(CASES)
# "Twenty soldiers were killed in Kisangani."
TWENTY = {
    "ar": "قتل عشرون جنديا في حلب.",
    "de": "In Kisangani wurden zwanzig Soldaten getötet.",
    "en": "Twenty soldiers were killed in Kisangani.",
    "es": "Veinte soldados murieron en Kisangani.",
    "fr": "Vingt soldats ont été tués à Kisangani.",
    "id": "Dua puluh tentara tewas di Kisangani.",
    "pt": "Vinte soldados morreram em Kisangani.",
    "ru": "Двадцать солдат погибли в Кисангани.",
    "tr": "Kisangani'de yirmi asker öldürüldü.",
    "zh": "二十名士兵在基桑加尼被打死。",
}


def understood(text: str, language: str, date: dt.date | None = PUBLISHED) -> Record:
    """Return the record of a text in which the places of the cases are known."""
    mentions, places = [], {}
    case = CASES[language]
    for number, name in enumerate((case.place, case.other, case.shaken)):
        at = text.find(name)
        while at >= 0:
            places[name] = Place(name, name, PlaceKind.CITY, "", 10.0 * number, 10.0 * number, Precision.TOWN)
            mentions.append(Mention(at, at + len(name), name, name=name, place_id=name))
            at = text.find(name, at + 1)
    mentions.sort(key=lambda mention: mention.start)
    record = Record(
        Article(text, language=language, date=date),
        split(text, language),
        tokenise(text),
        mentions=tuple(mentions),
        places=tuple(places.values()),
    )
    return extract_events(find_dates(record))


def told(record: Record, mode: str) -> Event:
    """Return the one event of a mode."""
    found = [event for event in record.events if event.mode == mode]
    assert len(found) == 1, [(event.mode, event.title) for event in record.events]
    return found[0]


def essence(event: Event) -> tuple[object, ...]:
    """Return what an event says, wherever it stands in the text."""
    places = frozenset((link.place_id, link.role) for link in event.places)
    return event.type, event.mode, event.modality, event.draw, event.time.earliest, event.time.latest, places


def where(event: Event) -> set[str]:
    return {link.place_id for link in event.places}


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def case(language):
    return CASES[language]


def test_the_plain_reports_are_understood(language, case):
    attack = told(understood(case.attack, language), "attack")
    assert (attack.modality, attack.draw, where(attack)) == (Modality.HAPPENED, Draw.SOLID, {case.place})
    assert attack.time.earliest == attack.time.latest == dt.date(2024, 9, 17)
    quake = told(understood(case.quake, language), "earthquake")
    assert (quake.modality, quake.draw, where(quake)) == (Modality.HAPPENED, Draw.SOLID, {case.shaken})
    assert quake.time.earliest == quake.time.latest == dt.date(2024, 9, 18)


def test_a_week_later_everything_relative_is_a_week_later(language, case):
    text = f"{case.attack} {case.quake}"
    before, after = understood(text, language).events, understood(text, language, PUBLISHED + WEEK).events
    assert [(e.time.earliest + WEEK, e.time.latest + WEEK) for e in before] == [
        (e.time.earliest, e.time.latest) for e in after
    ]
    assert [essence(e)[:4] for e in before] == [essence(e)[:4] for e in after]


def test_a_negation_denies_it_and_nothing_is_drawn_solid(language, case):
    record = understood(case.denied, language)
    assert told(record, "attack").modality is Modality.DENIED
    assert not told(record, "attack").polarity
    assert all(event.draw is not Draw.SOLID for event in record.events)


def test_a_condition_makes_it_unreal_and_nothing_is_drawn_solid(language, case):
    record = understood(case.conditional, language)
    assert told(record, "attack").modality is Modality.CONDITIONAL
    assert all(event.draw is not Draw.SOLID for event in record.events)


def test_another_name_moves_it(language, case):
    moved = told(understood(case.attack.replace(case.place, case.other), language), "attack")
    assert where(moved) == {case.other}


def test_the_order_of_two_reports_does_not_matter(language, case):
    one, other = (
        understood(f"{first} {second}", language)
        for first, second in ((case.attack, case.quake), (case.quake, case.attack))
    )
    assert {essence(event) for event in one.events} == {essence(event) for event in other.events}


def test_a_sentence_alone_tells_what_it_tells_in_the_article(language, case):
    whole = understood(f"{case.attack} {case.quake}", language)
    alone = [event for text in (case.attack, case.quake) for event in understood(text, language).events]
    assert [essence(event) for event in whole.events] == [essence(event) for event in alone]


def test_a_report_told_twice_is_one_event(language, case):
    assert len(understood(f"{case.attack} {case.attack}", language).events) == len(
        understood(case.attack, language).events
    )


def test_without_a_publication_date_no_day_is_invented(language, case):
    record = understood(f"{case.attack} {case.quake}", language, None)
    assert {told(record, "attack").draw, told(record, "earthquake").draw} == {Draw.SOLID}
    assert {(event.time.earliest, event.time.latest) for event in record.events} == {(None, None)}


def test_a_publication_date_in_the_future_is_taken_as_it_is(language, case):
    ahead = 60 * 52 * WEEK
    assert told(understood(case.attack, language, PUBLISHED + ahead), "attack").time.earliest == (
        dt.date(2024, 9, 17) + ahead
    )


@pytest.mark.parametrize("dates", ["31.02.2024", "2024-13-45", "17.09.2024 18.09.2025 01.01.1990"])
def test_impossible_and_contradictory_dates(language, case, dates):
    record = understood(f"{dates} {case.attack} {dates}", language)
    event = told(record, "attack")
    assert where(event) == {case.place}
    assert all(event.time.earliest <= event.time.latest for event in record.events if event.time.earliest)
    stated = {date.earliest for date in record.dates} | {date.latest for date in record.dates} | {PUBLISHED, None}
    assert {event.time.earliest, event.time.latest} <= stated


@pytest.mark.parametrize("mark", ["“", "«", '"', "„", "「", "("])
def test_a_quotation_that_never_closes(language, case, mark):
    plain = understood(f"{case.quake} {case.attack}", language)
    opened = understood(f"{mark}{case.quake} {case.attack}", language)
    assert {(e.mode, e.modality, frozenset(where(e))) for e in opened.events} == {
        (e.mode, e.modality, frozenset(where(e))) for e in plain.events
    }


@pytest.mark.parametrize("glue", [" ", ", “"])
def test_many_reports_take_linear_time(language, case, glue):
    def seconds(times):
        text = glue.join([case.attack.rstrip(".。"), case.quake.rstrip(".。")] * times)
        begin = time.process_time()
        assert understood(text, language).events
        return time.process_time() - begin

    seconds(5)  # the packs are loaded
    assert seconds(200) < 12 * max(seconds(50), 0.05)


@pytest.mark.parametrize(("language", "text"), TWENTY.items(), ids=TWENTY)
def test_numbers_in_words(language, text):
    quantities = [quantity for event in understood(text, language).events for quantity in event.quantities]
    assert [quantity.best for quantity in quantities] == [20]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(LANGUAGES),
    st.lists(st.sampled_from(["attack", "denied", "conditional", "quake"]), min_size=1, max_size=5),
)
def test_any_text_of_such_sentences_draws_what_happened_and_nothing_else(language, sentences):
    case = CASES[language]
    record = understood(" ".join(getattr(case, name) for name in sentences), language)
    solid = {place for event in record.events if event.draw is Draw.SOLID for place in where(event)}
    expected = {case.place} if "attack" in sentences else set()
    assert solid <= expected | ({case.shaken} if "quake" in sentences else set())
    assert ("attack" in sentences) == (case.place in solid)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(LANGUAGES), st.data())
def test_cut_and_shuffled_words_never_break_it(language, data):
    case = CASES[language]
    words = f"{case.attack} {case.denied} {case.conditional} {case.quake}".split(" ")
    chosen = data.draw(st.lists(st.sampled_from([*words, "“", "«", '"', "(", ")", ",", "—", "\n"]), max_size=40))
    record = understood(" ".join(chosen), language)
    for event in record.events:
        assert event.evidence.start <= event.trigger.start < event.trigger.end <= event.evidence.end
        assert where(event) <= {place.id for place in record.places}
