"""What the page promises, on the article of the README."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import geomap
from geomap.page.data import page_data
from geomap.page.event_map import EventMap
from geomap.record import Draw

ARTICLE = Path(__file__).parents[2] / "data" / "articles" / "tajikistan-csto.id.txt"


@pytest.fixture(scope="module")
def record():
    return geomap.read(ARTICLE).record


def test_its_weight(record):
    assert len(EventMap(record).html().encode()) <= 1_100_000
    small = EventMap(record, basemap="110m")
    assert len(small.html().encode()) <= 400_000
    assert len(small._repr_html_().encode()) <= 420_000


def test_it_is_built_quickly_and_always_the_same(record):
    first = EventMap(record).html()
    start = time.process_time()
    assert EventMap(record).html() == first
    assert time.process_time() - start < 0.5


def test_rivers_and_borders_are_lines_and_countries_no_dots(record):
    places = page_data([record])["places"]
    drawn = {key: place for key, place in places.items() if place["drawn"]}
    assert any(place["kind"] == "border" and place["shape"]["type"] == "line" for place in drawn.values())
    assert any(place["kind"] == "river" and place["shape"]["type"] == "line" for place in places.values())
    for place in drawn.values():
        if place["precision"] == "country":
            assert place["shape"]["type"] == "polygon"


@pytest.mark.browser
def test_every_event_has_one_number_in_text_map_and_timeline(record, visit):
    tab = visit(EventMap(record))
    numbers = "nodes => [...new Set(nodes.map(n => n.dataset.event))]"
    text, around, times = (
        set(tab.eval_on_selector_all(f"{where} .badge", numbers)) for where in (".text", ".map-pane", ".timeline")
    )
    assert text == {event.id for event in record.events}
    assert {event.id for event in record.events if event.draw is Draw.SOLID} <= around
    assert around == times
    assert tab.locator("path.dot.as-country").count() == 0


@pytest.mark.browser
def test_a_notebook_draws_it_without_a_network(record, visit):
    tab = visit(f"<!DOCTYPE html><title>Notebook</title>{EventMap(record)._repr_html_()}")
    frame = tab.frames[1]
    frame.wait_for_selector("html[data-ready=true]")
    assert frame.locator(".chip:visible").count() > 3
    frame.locator(".timeline .badge").first.click()
    assert frame.locator(".card").is_visible()
