from __future__ import annotations

import json
from dataclasses import replace

import pytest
from shapely import to_wkb
from shapely.geometry import box

from geomap.page.data import certainty, headline, page_data
from geomap.page.focus import focus
from geomap.record import Draw, EventPlace, Modality, Notice, Precision, Role


def test_events_are_numbered_in_the_order_of_the_text(flood):
    shuffled = replace(flood, events=flood.events[::-1])
    data = page_data([shuffled])
    assert [event["number"] for event in data["events"]] == [1, 2, 3, 4, 5, 6]
    assert [event["key"] for event in data["events"]] == ["e1", "e2", "e3", "e4", "e5", "e6"]


def test_the_block_is_plain_json(flood):
    data = page_data([flood])
    assert json.loads(json.dumps(data)) == json.loads(json.dumps(data))
    assert data["articles"][0]["paragraphs"][0][0] == 0
    assert all(event["type"] == str(event["type"]) for event in data["events"])


def test_articles_side_by_side_keep_their_keys_apart(flood, arabic):
    data = page_data([flood, arabic])
    assert data["events"][-1]["key"] == "2.e1"
    assert data["events"][-1]["number"] == 7
    assert data["events"][-1]["article"] == 1
    described = [name for name in data["places"] if "described" in name]
    assert described == ["0/described:1"]
    assert any(link["place"] == "0/described:1" for event in data["events"] for link in event["places"])


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "asserted"), (1, "asserted"), (2, "claimed"), (3, "planned"), (4, "denied"), (5, "asserted")],
)
def test_certainty_comes_from_modality_attribution_and_polarity(flood, number, name):
    assert certainty(flood.events[number]) == name


def test_what_is_left_out_although_it_happened_is_background(flood):
    assert certainty(replace(flood.events[0], draw=Draw.OFF)) == "background"
    assert certainty(replace(flood.events[0], draw=Draw.OFF, modality=Modality.PREDICTED)) == "predicted"


def test_the_first_view_leaves_the_far_place_out_and_keeps_the_near_ones(flood):
    west, south, east, north = focus([flood])
    assert 8 <= west < 10
    assert 11.5 <= east <= 13
    assert 43.5 < south < 45
    assert 45.3 < north < 46.5


def test_the_first_view_shows_where_things_happened_not_where_they_are_spoken_of(flood):
    far = tuple(
        replace(flood.events[5], id=f"s{i}", places=(EventPlace("gn:3", Role.SPEECH_AT, -1, -1),)) for i in range(3)
    )
    assert focus([replace(flood, events=(*flood.events, *far))]) == focus([flood])


def test_a_large_country_does_not_widen_the_first_view_beyond_its_towns(flood):
    large = replace(flood.places[3], id="country:RU", lat=60.0, lon=90.0, geometry=to_wkb(box(12, 44, 170, 75)))
    there = replace(flood.events[0], id="r", places=(EventPlace("country:RU", Role.AT, -1, -1),))
    west, _, east, _ = focus([replace(flood, places=(*flood.places, large), events=(*flood.events, there))])
    assert east - west < 10


def test_an_area_that_holds_most_of_the_events_is_shown_as_a_whole(flood):
    inside = [
        replace(flood.events[3], id=f"c{i}", places=(EventPlace("country:IT", Role.AT, -1, -1),)) for i in range(9)
    ]
    west, south, east, north = focus([replace(flood, events=(flood.events[1], *inside))])
    assert (west, south) <= (9, 44)
    assert (east, north) >= (12, 46)


def test_a_long_first_sentence_is_cut_to_a_headline(flood):
    assert headline(" A  short\ntitle ") == "A short title"
    long = headline("The water rose, and " * 20)
    assert long.endswith("and The water…")
    assert len(long) <= 111
    assert headline("水" * 300) == "水" * 110 + "…"
    assert page_data([flood])["articles"][0]["headline"] == "Water in two towns"


def test_the_first_view_crosses_the_antimeridian(pacific):
    west, _, east, _ = focus([pacific])
    assert west > 170
    assert 180 < east < 190


def test_without_events_the_first_view_shows_what_is_mentioned(flood):
    west, _, east, _ = focus([replace(flood, events=())])
    assert west < 10.4 < east
    assert focus([replace(flood, events=(), mentions=())]) is None


def test_shapes_are_simplified_to_what_a_screen_shows(flood, shapes):
    places = tuple(
        replace(place, geometry=to_wkb(shapes["hole"])) if place.id == "country:IT" else place for place in flood.places
    )
    shape = page_data([replace(flood, places=places)])["places"]["country:IT"]["shape"]
    assert shape["type"] == "polygon"
    assert [len(part) for part in shape["parts"]] == [2]  # the hole is kept
    assert page_data([flood])["places"]["gn:1"]["shape"] is None


def test_crumbs_of_an_archipelago_are_left_out(flood):
    shape = page_data([flood])["places"]["country:IT"]["shape"]
    assert len(shape["parts"]) == 2
    big = next(place for place in flood.places if place.id == "country:IT")
    assert big.precision is Precision.COUNTRY


def test_a_link_that_is_not_http_is_dropped(hostile):
    assert page_data([hostile])["articles"][0]["url"] == ""


def test_mentions_of_unknown_places_are_left_to_the_text(flood):
    lost = replace(flood, places=flood.places[1:])
    data = page_data([lost])
    assert "river:merin" not in {mention[2] for mention in data["articles"][0]["mentions"]}
    assert data["events"][0]["places"] == []


def test_places_are_called_as_the_text_writes_them_where_the_gazetteer_has_only_latin_letters(arabic):
    latin = replace(arabic, places=(replace(arabic.places[0], name="Alto"),))
    assert page_data([latin])["places"]["gn:1"]["name"] == "لتو"
    assert page_data([arabic])["places"]["gn:1"]["name"] == "ألتو"
    assert page_data([latin, latin])["places"]["gn:1"]["name"] == "Alto"


def test_known_warnings_have_a_name_and_what_the_page_sees_is_left_out(quiet):
    warned = replace(quiet, warnings=(Notice.NO_DATE, Notice.NO_PLACES, "Another."))
    assert page_data([warned])["articles"][0]["warnings"] == [
        {"name": "no_date", "text": Notice.NO_DATE},
        {"name": "", "text": "Another."},
    ]


def test_the_first_view_takes_in_what_lies_just_outside(flood):
    near = replace(flood.places[1], id="gn:8", name="Nearby", lon=flood.places[1].lon + 3)
    event = replace(flood.events[1], id="e8", places=(EventPlace("gn:8", Role.AT, -1, -1),), draw=Draw.LIGHT)
    west, _, east, _ = focus([replace(flood, places=(*flood.places, near), events=(flood.events[1], event))])
    assert west < flood.places[1].lon < near.lon < east


def test_towns_are_spelled_as_the_article_spells_them(flood):
    other = tuple(replace(place, name="Alt\u014d") if place.id == "gn:1" else place for place in flood.places)
    assert page_data([replace(flood, places=other)])["places"]["gn:1"]["name"] == "Alto"
    russian = replace(flood, places=other, article=replace(flood.article, language="ru"))
    assert page_data([russian])["places"]["gn:1"]["name"] == "Alt\u014d"
