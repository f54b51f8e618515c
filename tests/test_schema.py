"""Records survive the way to JSON and back, and what is written keeps to the published schema."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from geomap import record as records
from geomap.errors import ArticleError
from geomap.record import Article, Candidate, DateExpression, Event, EventTime, Mention, Place, Quantity, Record
from geomap.schema import from_dict, json_schema, to_dict
from geomap.text.sentences import split
from geomap.text.tokens import tokenise


def test_line_is_the_machine_contract(record: Record):
    line = to_dict(record, full=False)
    assert list(line) == ["id", "lang", "date", "main_event", "toponyms", "timexes", "events", "event_places"]
    assert [toponym["surface"] for toponym in line["toponyms"]] == ["Panj", "Panj", "Dushanbe", "Qwertystan"]
    unknown = line["toponyms"][-1]
    assert unknown["lat"] is unknown["lon"] is unknown["geonameid"] is None
    assert line["toponyms"][0] == {
        "start": 33,
        "end": 37,
        "surface": "Panj",
        "lat": 37.6,
        "lon": 70.1,
        "geonameid": None,
        "place_id": "river:panj",
        "name": "Panj",
        "kind": "river",
        "country": "TJ",
        "precision": "line",
        "radius_km": 300.0,
        "confidence": 0.9,
        "geometry": "line",
    }
    assert line["timexes"][0] == {"start": 87, "end": 95, "surface": "Thursday", "type": "DATE", "value": "2021-07-08"}
    event = line["events"][0]
    assert event["evidence"]["text"] == "Some 300 fighters took a bridge over the Panj on Thursday"
    assert event["time"] == {"from": "2021-07-08", "to": "2021-07-08", "granularity": "day", "date_precision": 1}
    assert event["places"][0]["geometry"] == "line"


def test_event_places_are_where_drawn_events_happened(record: Record):
    assert to_dict(record, full=False)["event_places"] == [{"lat": 37.6, "lon": 70.1, "name": "Panj"}]


def test_a_record_of_nothing():
    line = to_dict(Record(Article("x")), full=False)
    assert line["date"] == ""
    assert line["toponyms"] == line["events"] == line["event_places"] == []


def test_round_trip(record: Record):
    document = json.loads(json.dumps(to_dict(record)))
    assert from_dict(document) == record


@pytest.mark.parametrize(("full", "name"), [(True, ""), (False, "line")])
def test_what_is_written_keeps_to_the_schema(record: Record, name: str, *, full: bool):
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    if name:
        schema = {**schema["$defs"][name], "$defs": schema["$defs"]}
    value = json.loads(json.dumps(to_dict(record, full=full)))
    assert not list(Draft202012Validator(schema).iter_errors(value))
    del value["events"]
    assert list(Draft202012Validator(schema).iter_errors(value))


@pytest.mark.parametrize(
    "document",
    [{}, [], {"schema": "geomap/0"}, {"schema": "geomap/1"}, {"schema": "geomap/1", "id": "a", "article": {"text": 3}}],
)
def test_what_is_no_document(document: Any):
    with pytest.raises(ArticleError, match="geomap document"):
        from_dict(document)


def test_a_document_with_an_unknown_kind(record: Record):
    document = to_dict(record)
    document["places"][0]["kind"] = "castle"
    with pytest.raises(ArticleError, match="castle"):
        from_dict(document)


WORD = st.text(max_size=8)
SHARE = st.floats(0, 1)
OFFSET = st.integers(0, 50)
DAY = st.none() | st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)
SHAPES = [
    ("point", None),
    ("line", shapely.LineString([(179.1, -16.5), (-179.9, 0.1)])),
    ("line", shapely.MultiLineString([[(0, 0), (1.5, 1)], [(2, 2), (3, 3.25)]])),
    ("polygon", shapely.box(-180, -90, 0.1, 89.9)),
    ("polygon", shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.Point(9, 9).buffer(1)])),
]


@st.composite
def places(draw: Any) -> Place:
    kind, shape = draw(st.sampled_from(SHAPES))
    place = draw(
        st.builds(
            Place,
            id=WORD,
            name=WORD,
            kind=st.sampled_from(records.PlaceKind),
            country=st.sampled_from(["", "TJ"]),
            lat=st.floats(-90, 90),
            lon=st.floats(-180, 180),
            precision=st.sampled_from(records.Precision),
            radius_km=st.floats(0, 20_000),
            geometry_type=st.just(kind),
            geometry=st.just(shapely.to_wkb(shape) if shape else None),
        )
    )
    assert isinstance(place, Place)
    return place


ACTOR = st.builds(records.Actor, text=WORD, start=OFFSET, end=OFFSET)
LINK = st.builds(
    records.EventPlace, place_id=WORD, role=st.sampled_from(records.Role), start=OFFSET, end=OFFSET, score=SHARE
)
SPAN = st.builds(records.Span, start=OFFSET, end=OFFSET)
EVENT = st.builds(
    Event,
    id=WORD,
    type=st.sampled_from(records.EventType),
    trigger=SPAN,
    evidence=SPAN,
    title=WORD,
    acled_subtype=st.none() | WORD,
    actors=st.tuples(ACTOR),
    places=st.lists(LINK, max_size=2).map(tuple),
    time=st.none() | st.builds(EventTime, earliest=DAY, latest=DAY),
    modality=st.sampled_from(records.Modality),
    polarity=st.booleans(),
    attribution=st.tuples(st.builds(records.Attribution, source=WORD, start=OFFSET, end=OFFSET, quote=st.booleans())),
    quantities=st.tuples(
        st.builds(
            Quantity,
            what=WORD,
            start=OFFSET,
            end=OFFSET,
            low=NUMBER,
            best=NUMBER,
            high=NUMBER,
            approximate=st.booleans(),
        )
    ),
    draw=st.sampled_from(records.Draw),
    quad=st.sampled_from(records.Quad),
    confidence=SHARE,
)
CANDIDATE = st.builds(
    Candidate,
    place_id=WORD,
    row=OFFSET,
    name=WORD,
    kind=st.sampled_from(records.PlaceKind),
    country=WORD,
    lat=SHARE,
    lon=SHARE,
    features=st.tuples(st.tuples(WORD, SHARE)),
)
RECORD = st.builds(
    Record,
    article=st.builds(Article, text=WORD, id=WORD, title=WORD, date=DAY, language=st.sampled_from(["", "id"])),
    dates=st.tuples(
        st.builds(
            DateExpression, start=OFFSET, end=OFFSET, surface=WORD, type=st.just("DATE"), value=WORD, earliest=DAY
        )
    ),
    mentions=st.tuples(
        st.builds(
            Mention,
            start=OFFSET,
            end=OFFSET,
            surface=WORD,
            kind=st.sampled_from(records.MentionKind),
            wanted=st.lists(st.sampled_from(records.PlaceKind), max_size=2).map(tuple),
            candidates=st.tuples(CANDIDATE),
            place_id=WORD,
            confidence=SHARE,
        )
    ),
    places=st.lists(places(), max_size=2).map(tuple),
    events=st.lists(EVENT, max_size=2).map(tuple),
    warnings=st.lists(WORD, max_size=1).map(tuple),
)


@given(RECORD)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_record_survives(record: Record):
    text = record.article.text
    record = replace(record, sentences=split(text, "id"), tokens=tokenise(text))
    assert from_dict(json.loads(json.dumps(to_dict(record)))) == record
