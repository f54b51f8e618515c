"""What counts as a right event."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import shapely

from geomap.evaluate.corpora import GoldArticle, GoldEvent, GoldPlace
from geomap.evaluate.events import judge, score_events, unreal_drawn
from geomap.record import (
    Article,
    Draw,
    Event,
    EventPlace,
    EventTime,
    EventType,
    Modality,
    Place,
    PlaceKind,
    Precision,
    Record,
    Role,
    Span,
)

ARTICLE = Article("Rebels took Gao on Monday. Nobody fled to Mopti.")
MONDAY = dt.date(2021, 7, 5)
GAO = GoldPlace("Gao", 16.27, -0.04, Role.AT, PlaceKind.CITY)
WANTED = GoldEvent("g1", "Gao falls", EventType.ASSAULT, Modality.HAPPENED, Span(0, 25), MONDAY, MONDAY, (GAO,))
PLACES = (
    Place("gn:1", "Gao", PlaceKind.CITY, "ML", 16.3, 0.0, Precision.TOWN, 8.0),
    Place("country:ML", "Mali", PlaceKind.COUNTRY, "ML", 17.0, -0.5, Precision.COUNTRY, 900.0),
    Place(
        "river:niger",
        "Niger",
        PlaceKind.RIVER,
        "ML",
        10.0,
        8.0,
        Precision.LINE,
        geometry_type="line",
        geometry=shapely.to_wkb(shapely.LineString([(-4.0, 14.0), (0.0, 16.3), (3.0, 13.0)])),
    ),
)
OURS = Event(
    "e1",
    EventType.ASSAULT,
    Span(7, 11),
    Span(0, 25),
    places=(EventPlace("gn:1", Role.AT, 12, 15),),
    time=EventTime(MONDAY, MONDAY),
)


def verdict(wanted: GoldEvent = WANTED, ours: Event = OURS):
    (found,) = judge(GoldArticle(ARTICLE, events=(wanted,)), Record(ARTICLE, places=PLACES, events=(ours,)))
    return found


def at(place_id: str, role: Role = Role.AT) -> tuple[EventPlace, ...]:
    return (EventPlace(place_id, role, 0, 1),)


def test_the_same_event_is_right():
    found = verdict()
    assert found.ours is OURS
    assert found.type
    assert found.right


@pytest.mark.parametrize(
    ("change", "judged"),
    [
        ({"type": EventType.AID}, "family"),
        ({"places": ()}, "place"),
        ({"places": at("country:ML")}, "place"),  # wider than the gold
        ({"time": EventTime(MONDAY + dt.timedelta(days=3), None)}, "date"),
        ({"time": None}, "date"),
        ({"modality": Modality.PLANNED}, "modality"),
    ],
)
def test_one_fault_is_enough(change, judged):
    found = verdict(ours=dataclasses.replace(OURS, **change))
    assert not getattr(found, judged)
    assert not found.right


@pytest.mark.parametrize(
    "change",
    [
        {"type": EventType.COERCE},
        {"places": at("river:niger", Role.ALONG)},
        {"modality": Modality.ONGOING},
        {"time": EventTime(None, MONDAY)},
    ],
)
def test_what_comes_to_the_same_is_right(change):
    assert verdict(ours=dataclasses.replace(OURS, **change)).right


def test_another_passage_is_another_event():
    assert verdict(ours=dataclasses.replace(OURS, trigger=Span(34, 38), evidence=Span(27, 48))).ours is None


def test_an_event_without_place_is_drawn_nowhere():
    nowhere = dataclasses.replace(WANTED, places=())
    assert not verdict(nowhere).place
    assert verdict(nowhere, dataclasses.replace(OURS, places=at("gn:1", Role.ABOUT))).place


def test_each_event_of_ours_answers_for_one_of_the_gold():
    twice = (WANTED, dataclasses.replace(WANTED, id="g2"))
    found = judge(GoldArticle(ARTICLE, events=twice), Record(ARTICLE, places=PLACES, events=(OURS,)))
    assert [one.ours is None for one in found] == [False, True]


def test_a_denied_event_that_is_drawn_is_told():
    denied = dataclasses.replace(WANTED, modality=Modality.DENIED)
    article = GoldArticle(ARTICLE, events=(denied,))
    assert unreal_drawn(article, Record(ARTICLE, places=PLACES, events=(OURS,))) == [denied]
    off = dataclasses.replace(OURS, draw=Draw.OFF)
    assert unreal_drawn(article, Record(ARTICLE, places=PLACES, events=(off,))) == []
    scores = score_events([(article, Record(ARTICLE, places=PLACES, events=(OURS,)))])
    assert (scores.gold, scores.found, scores.right, scores.unreal, scores.unreal_solid) == (1, 1, 0, 1, 1)


def test_without_annotated_events_there_is_no_score():
    assert score_events([(GoldArticle(ARTICLE), Record(ARTICLE))]) is None
