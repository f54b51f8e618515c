"""The sample articles through the whole of geomap: how well it reads them, and what it must never draw."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from geomap.errors import GazetteerError
from geomap.evaluate.corpora import read_gold, toponyms
from geomap.evaluate.events import score_events, unreal_drawn
from geomap.evaluate.scores import distance_km, score_toponyms
from geomap.pipeline import Pipeline
from geomap.record import Draw, Role
from geomap.schema import to_dict

SAME_KM = 10  # two points of one town
ARTICLES = sorted((Path(__file__).parent.parent / "data" / "articles").glob("*.gold.json"))
NAMES = [path.name.removesuffix(".gold.json") for path in ARTICLES]
DRAWN = frozenset(Role) - {Role.ABOUT, Role.ACTOR_HOME}

# Least F1 of place names found and put within 161 km, by language.
PLACES = {
    "en": 0.8,
    "id": 0.8,
    "es": 0.8,
    "fr": 0.7,
    "de": 0.8,
    "pt": 0.85,
    "ru": 0.65,
    "tr": 0.85,
    "ar": 0.8,
    "zh": 0.7,
}
# Least share of the gold events found, and of those with type family, place, date and modality all right.
EVENTS = {
    "ar": (0.9, 0.6),
    "de": (0.8, 0.55),
    "en": (0.85, 0.65),
    "es": (0.75, 0.2),
    "fr": (0.8, 0.5),
    "id": (0.85, 0.65),
    "pt": (0.85, 0.5),
    "ru": (0.9, 0.55),
    "tr": (0.85, 0.65),
    "zh": (0.85, 0.45),
}


@functools.cache
def read(path: Path):
    """Return the gold of an article and what geomap makes of it."""
    (gold,) = read_gold(path)
    try:
        return gold, Pipeline().run(gold.article)
    except GazetteerError as error:
        pytest.skip(str(error))


@functools.cache
def traps(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["traps"]


def in_language(language: str):
    return [read(path) for path in ARTICLES if path.name.endswith(f".{language}.gold.json")]


@pytest.mark.parametrize("language", sorted(PLACES))
def test_places(language):
    pairs = [(gold, toponyms(to_dict(record, full=False)["toponyms"])) for gold, record in in_language(language)]
    assert score_toponyms(pairs).end_to_end.f1 >= PLACES[language]


@pytest.mark.parametrize("language", sorted(EVENTS))
def test_events(language):
    scores = score_events(in_language(language))
    found, right = EVENTS[language]
    assert scores.found >= found * scores.gold
    assert scores.right >= right * scores.gold


@pytest.mark.parametrize("path", ARTICLES, ids=NAMES)
def test_nothing_denied_conditional_or_predicted_is_drawn_as_if_it_had_happened(path):
    assert [event.label for event in unreal_drawn(*read(path))] == []


@pytest.mark.parametrize("path", ARTICLES, ids=NAMES)
def test_no_event_is_drawn_in_a_trap(path):
    """No place of a drawn event comes from words of a trap where, by the gold, nothing happened.

    A trap that describes a place of a gold event ("in the midst of the capital") may lead to that place alone.
    """
    gold, record = read(path)
    raw = {(t.start, t.end) for t in gold.toponyms}
    happened = set()
    for event in gold.events:
        happened |= {span for span in raw if event.evidence.start <= span[0] and span[1] <= event.evidence.end}
    for trap in traps(path):
        inside = [span for span in happened if trap["start"] <= span[0] and span[1] <= trap["end"]]
        if inside:
            continue
        told = [e for e in gold.events if e.evidence.start <= trap["start"] and trap["end"] <= e.evidence.end]
        meant = [place for event in told for place in event.places]
        for event in record.events:
            if event.draw is Draw.SOLID:
                for link in event.places:
                    caught = trap["start"] <= link.start and link.end <= trap["end"] and link.role in DRAWN
                    ours = record.place(link.place_id)
                    right = any(distance_km(ours.lat, ours.lon, p.lat, p.lon) <= SAME_KM for p in meant)
                    assert not caught or right, f"{event.title}: {trap['text']} ({trap['why']})"


@pytest.mark.parametrize("path", ARTICLES, ids=NAMES)
def test_the_main_event_has_a_readable_title(path):
    _, record = read(path)
    main = next((event for event in record.events if event.id == record.main_event), None)
    if main is not None:
        assert 4 <= len(main.title) <= 95
        assert main.title[:1] == main.title[:1].upper()
