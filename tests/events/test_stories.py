"""One event in several articles: what is joined, what is not, and what is counted."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from geomap.events import stories
from geomap.events.stories import find_stories, resemblance, sketch, with_stories
from geomap.record import (
    Actor,
    ActorKind,
    Article,
    Event,
    EventPlace,
    EventTime,
    EventType,
    Modality,
    Place,
    PlaceKind,
    Precision,
    Quantity,
    Record,
    Role,
    Span,
)

DAY = dt.date(2023, 6, 6)
TOWN = Place("gn:1", "Kherson", PlaceKind.CITY, "UA", 46.64, 32.61, Precision.TOWN, 8.0, parents=("country:UA",))
NEXT_DOOR = Place("gn:2", "Oleshky", PlaceKind.CITY, "UA", 46.62, 32.72, Precision.TOWN, 4.0, parents=("country:UA",))
FAR = Place("gn:3", "Odesa", PlaceKind.CITY, "UA", 46.48, 30.73, Precision.TOWN, 15.0, parents=("country:UA",))
COUNTRY = Place("country:UA", "Ukraine", PlaceKind.COUNTRY, "UA", 49.0, 32.0, Precision.COUNTRY, 600.0)


def report(place=TOWN, day=DAY, *, mode="flood", kind=EventType.DISASTER, name="a", text="", **more):
    """An article with one event."""
    links = (EventPlace(place.id, Role.AT, 0, 5),) if place else ()
    when = EventTime(day, day) if day else None
    event = Event(
        "e1", kind, Span(0, 5), Span(0, 9), mode=mode, places=links, time=when, cluster="e1", salience=0.5, **more
    )
    return Record(Article(text or name, name), places=(place,) if place else (), events=(event,), main_event="e1")


def joined(*records):
    records = [
        dataclasses.replace(record, article=dataclasses.replace(record.article, id=f"a{at}"))
        for at, record in enumerate(records)
    ]
    found = find_stories(records)
    assert sorted(one for story in found for one in story.reports) == [(at, "e1") for at in range(len(records))]
    return len(found) == 1


@pytest.mark.parametrize(
    "other",
    [
        report(),
        report(NEXT_DOOR),
        report(COUNTRY),
        report(day=DAY + dt.timedelta(days=1)),
    ],
)
def test_reports_of_one_event_are_joined(other):
    assert joined(report(), other)


@pytest.mark.parametrize(
    "other",
    [
        report(FAR),
        report(None),
        report(day=None),
        report(day=DAY + dt.timedelta(days=3)),
        report(mode="quake"),
        report(modality=Modality.PLANNED),
        report(modality=Modality.DENIED, polarity=False),
    ],
)
def test_what_differs_stays_apart(other):
    assert not joined(report(), other)


def test_countries_are_too_wide_unless_day_and_mode_are_the_same():
    assert joined(report(COUNTRY), report(COUNTRY))
    assert not joined(report(COUNTRY), report(COUNTRY, DAY + dt.timedelta(days=1)))


def test_other_actors_speak_against_one_attack_but_not_against_one_flood():
    def by(country, **more):
        return report(actors=(Actor("they", 0, 4, kind=ActorKind.MILITARY, country=country),), **more)

    attack = {"mode": "attack", "kind": EventType.ASSAULT}
    assert joined(by("UA"), by("RU"))
    assert not joined(by("UA", **attack), by("RU", **attack))
    assert joined(by("RU", **attack), by("RU", **attack))


def test_reprints_are_one_source_and_conflicting_numbers_a_range():
    words = " ".join(f"word{n}" for n in range(300))
    dead = [(Quantity("dead", 0, 1, None, float(n), None),) for n in (12, 12, 17)]
    records = [
        report(name="wire", text=words, quantities=dead[0]),
        report(name="reprint", text="Our town. " + words, quantities=dead[1]),
        report(name="other", text=" ".join(f"other{n}" for n in range(300)), quantities=dead[2]),
    ]
    (story,) = find_stories(records)
    assert story.sources == 2
    assert len(story.reports) == 3
    assert [(one.low, one.high) for one in story.quantities] == [(12, 17)]


def test_events_of_one_article_keep_their_own_clusters():
    record = report()
    again = dataclasses.replace(record.events[0], id="e2", cluster="e2")
    repeat = dataclasses.replace(record.events[0], id="e3", cluster="e1")
    found = find_stories([dataclasses.replace(record, events=(record.events[0], again, repeat))])
    assert [story.reports for story in found] == [((0, "e1"), (0, "e3")), ((0, "e2"),)]


def test_the_story_stands_on_each_of_its_events():
    one, two = with_stories([report(name="one"), report(name="two")])
    assert one.events[0].cluster == two.events[0].cluster == "one/e1"


def test_resemblance_is_the_share_of_common_phrases():
    words = [f"w{n}" for n in range(1_000)]
    assert resemblance(sketch(" ".join(words)), sketch(" ".join(words))) == 1.0
    assert resemblance(sketch(" ".join(words)), sketch("something else entirely is written in this one")) == 0.0
    half = resemblance(sketch(" ".join(words[:750])), sketch(" ".join(words[250:])))
    assert 0.35 < half < 0.65
    assert resemblance((), ()) == 0.0


def test_many_reports_are_compared_with_few(monkeypatch):
    compared = []
    monkeypatch.setattr(stories, "_same", lambda *pair: compared.append(pair))
    for count in (200, 2_000):
        compared.clear()
        find_stories([report(name=f"a{n}", day=DAY + dt.timedelta(days=n % 5)) for n in range(count)])
        assert len(compared) <= 3 * 40 * count
