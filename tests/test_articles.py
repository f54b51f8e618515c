"""The sample articles and their gold: every offset, value and coordinate can be trusted by the tests that use them."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from geomap.record import ActorKind, EventType, Modality, PlaceKind, Role

ARTICLES = Path(__file__).parent.parent / "data" / "articles"
GOLD = sorted(ARTICLES.glob("*.gold.json"))
FACTBANK = {"CT+", "PR+", "PS+", "CT-", "PR-", "PS-", "UU"}
REAL = {Modality.HAPPENED, Modality.ONGOING, Modality.BACKGROUND}

Gold = dict[str, Any]


@functools.cache
def read(path: Path) -> tuple[str, Gold]:
    """Return the text, newlines untouched, and the gold of one article."""
    text = path.with_name(path.name.removesuffix(".gold.json") + ".txt").read_bytes().decode("utf-8")
    gold: Gold = json.loads(path.read_text(encoding="utf-8"))
    return text, gold


@pytest.fixture(params=GOLD, ids=lambda path: path.name.removesuffix(".gold.json"))
def article(request):
    return read(request.param)


def keys(item: dict[str, Any], required: set[str], optional: frozenset[str] = frozenset()) -> None:
    assert required <= item.keys() <= required | optional, f"{item}: wrong keys"


def assert_place(place: dict[str, Any]) -> None:
    assert place["name"]
    PlaceKind(place["kind"])
    assert -90 <= place["lat"] <= 90
    assert -180 <= place["lon"] <= 180
    assert place.get("geonameid", 1) > 0


def test_every_text_has_gold_and_every_gold_a_text():
    texts = {path.name.removesuffix(".txt") for path in ARTICLES.glob("*.txt")}
    assert texts == {path.name.removesuffix(".gold.json") for path in GOLD}
    assert "tajikistan-csto.id" in texts


def test_the_articles_cover_the_ten_languages_with_event_packs():
    assert {read(path)[1]["lang"] for path in GOLD} == {"ar", "de", "en", "es", "fr", "id", "pt", "ru", "tr", "zh"}


def test_form_of_the_text(article):
    text, gold = article
    headline, blank, *body = text.split("\n")
    assert headline == gold["title"]
    assert not blank
    assert body[-1] == ""
    assert "\r" not in text
    assert all(line == line.strip() for line in text.split("\n"))
    assert hashlib.sha256(text.encode("utf-8")).hexdigest() == gold["text_sha256"]


def test_head_of_the_gold(article):
    _, gold = article
    keys(gold, {"id", "lang", "title", "date", "note", "text_sha256", "toponyms", "events", "traps"})
    assert gold["id"].endswith(f".{gold['lang']}")
    assert (ARTICLES / f"{gold['id']}.txt").is_file()
    assert dt.date.fromisoformat(gold["date"]) < dt.date(2026, 1, 1)
    assert gold["note"]


def test_toponyms_stand_in_order_and_match_the_text(article):
    text, gold = article
    end = 0
    for toponym in gold["toponyms"]:
        keys(
            toponym,
            {"start", "end", "surface", "name", "kind", "country", "lat", "lon", "type"},
            frozenset({"geonameid", "countries"}),
        )
        assert end <= toponym["start"] < toponym["end"]
        end = toponym["end"]
        assert text[toponym["start"] : end] == toponym["surface"]
        assert toponym["type"] in {"LOC", "PLOC"}
        assert len(toponym["country"]) in {0, 2}
        assert_place(toponym)


def test_a_border_names_two_countries_and_nothing_else_does(article):
    _, gold = article
    for toponym in gold["toponyms"]:
        assert ("countries" in toponym) == (toponym["kind"] == PlaceKind.BORDER)
        if "countries" in toponym:
            assert len(set(toponym["countries"])) == 2
            assert toponym["country"] == toponym["countries"][0]


def test_one_place_has_one_position_and_kind_in_all_articles():
    seen: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    for path in GOLD:
        for toponym in read(path)[1]["toponyms"]:
            key = (toponym["name"], toponym["kind"], toponym["country"])
            value = (toponym["lat"], toponym["lon"], toponym.get("geonameid"))
            assert seen.setdefault(key, value) == value, key


def test_events_have_valid_values_and_evidence(article):
    text, gold = article
    assert [event["id"] for event in gold["events"]] == [f"e{i}" for i in range(1, len(gold["events"]) + 1)]
    for event in gold["events"]:
        keys(
            event,
            {"id", "label", "type", "modality", "evidence", "date", "places", "actors", "certainty"},
        )
        assert event["label"]
        EventType(event["type"])
        Modality(event["modality"])
        assert event["certainty"] in FACTBANK
        evidence = event["evidence"]
        assert text[evidence["start"] : evidence["end"]] == evidence["text"] != ""
        assert "\n" not in evidence["text"]
        for place in event["places"]:
            keys(place, {"name", "lat", "lon", "role", "kind"}, frozenset({"geonameid"}))
            Role(place["role"])
            assert_place(place)
        for actor in event["actors"]:
            keys(actor, {"name", "kind", "country"})
            ActorKind(actor["kind"])
            assert len(actor["country"]) in {0, 2}


def test_dates_run_forward_and_fit_the_modality(article):
    _, gold = article
    published = dt.date.fromisoformat(gold["date"])
    for event in gold["events"]:
        first, last = (day and dt.date.fromisoformat(day) for day in event["date"])
        if first and last:
            assert first <= last, event["label"]
        if event["modality"] in {Modality.HAPPENED, Modality.BACKGROUND}:
            assert not last or last <= published, event["label"]
        if event["modality"] == Modality.PLANNED:
            assert not last or last >= published, event["label"]


def test_what_is_denied_is_marked_negative(article):
    _, gold = article
    for event in gold["events"]:
        assert (event["modality"] == Modality.DENIED) == event["certainty"].endswith("-"), event["label"]


def test_event_places_are_named_in_the_text_or_described(article):
    _, gold = article
    named = {(toponym["name"], toponym["kind"], toponym["lat"], toponym["lon"]) for toponym in gold["toponyms"]}
    for event in gold["events"]:
        for place in event["places"]:
            key = (place["name"], place["kind"], place["lat"], place["lon"])
            assert place["kind"] == PlaceKind.DESCRIBED or key in named, event["label"]


def test_traps_quote_the_text(article):
    text, gold = article
    assert gold["traps"]
    for trap in gold["traps"]:
        keys(trap, {"start", "end", "text", "why"})
        assert text[trap["start"] : trap["end"]] == trap["text"] != ""
        assert trap["why"]


def test_events_are_as_many_as_the_length_asks_for(article):
    text, gold = article
    real = [event for event in gold["events"] if event["modality"] in REAL]
    assert len(real) >= (8 if len(text) > 1800 else 4)
    assert len(real) < len(gold["events"]), "nothing that must not be drawn as having happened"


def test_the_first_article_holds_what_its_map_must_show():
    for lang in ("id", "en"):
        _, gold = read(ARTICLES / f"tajikistan-csto.{lang}.gold.json")
        names = {toponym["name"] for toponym in gold["toponyms"]}
        assert {"Panj", "Afghanistan–Tajikistan border", "Vladivostok", "Far Eastern Federal University"} <= names
        assert len({toponym["name"] for toponym in gold["toponyms"] if toponym["kind"] == PlaceKind.COUNTRY}) >= 8
        borders = {toponym["surface"].lower() for toponym in gold["toponyms"] if toponym["kind"] == PlaceKind.BORDER}
        assert len(borders) >= 2
