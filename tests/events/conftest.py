from __future__ import annotations

import datetime as dt

import pytest

from geomap.events.dates import find_dates
from geomap.events.extract import extract_events
from geomap.record import Article, Mention, MentionKind, Place, PlaceKind, Precision, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

PUBLISHED = dt.date(2021, 7, 8)  # a Thursday

PLACES = {
    "Afghanistan": (PlaceKind.COUNTRY, "AF", 33.0, 66.0, ()),
    "Tajikistan": (PlaceKind.COUNTRY, "TJ", 39.0, 71.0, ()),
    "Rusia": (PlaceKind.COUNTRY, "RU", 60.0, 100.0, ()),
    "Russia": (PlaceKind.COUNTRY, "RU", 60.0, 100.0, ()),
    "Russian": (PlaceKind.COUNTRY, "RU", 60.0, 100.0, ()),
    "Iran": (PlaceKind.COUNTRY, "IR", 32.0, 53.0, ()),
    "Kabul": (PlaceKind.CITY, "AF", 34.5, 69.2, ("country:AF",)),
    "Kunduz": (PlaceKind.CITY, "AF", 36.7, 68.9, ("country:AF",)),
    "Herat": (PlaceKind.CITY, "AF", 34.3, 62.2, ("country:AF",)),
    "Dushanbe": (PlaceKind.CITY, "TJ", 38.5, 68.8, ("country:TJ",)),
    "Moskow": (PlaceKind.CITY, "RU", 55.8, 37.6, ("country:RU",)),
    "Moscow": (PlaceKind.CITY, "RU", 55.8, 37.6, ("country:RU",)),
    "Jakarta": (PlaceKind.ADMIN1, "ID", -6.2, 106.8, ("country:ID",)),
    "Demak": (PlaceKind.ADMIN2, "ID", -6.9, 110.6, ("country:ID",)),
    "Kudus": (PlaceKind.ADMIN2, "ID", -6.8, 110.8, ("country:ID",)),
    "perbatasan Tajik-Afghanistan": (PlaceKind.BORDER, "TJ", 37.6, 70.0, ("country:TJ", "country:AF")),
    "Kakhovka dam": (PlaceKind.DAM, "UA", 46.8, 33.4, ()),
    "Europe": (PlaceKind.REGION, "", 50.0, 15.0, ()),
    "Gunung Semeru": (PlaceKind.MOUNTAIN, "ID", -8.1, 112.9, ()),
    "Sungai Panj": (PlaceKind.RIVER, "TJ", 37.6, 70.1, ()),
}


def _record(text: str, language: str, date: dt.date | None = PUBLISHED) -> Record:
    """Build what the events stages get: a text with resolved mentions of the places above."""
    mentions, places, taken = [], {}, set()
    for name, (kind, country, lat, lon, parents) in sorted(PLACES.items(), key=lambda item: -len(item[0])):
        at = text.find(name)
        while at >= 0:
            span = range(at, at + len(name))
            after = text[at + len(name) : at + len(name) + 1]
            if not taken.intersection(span) and not after.isalpha():
                taken.update(span)
                identity = f"country:{country}" if kind is PlaceKind.COUNTRY else f"{kind}:{name}"
                places[identity] = Place(identity, name, kind, country, lat, lon, Precision.TOWN, parents=parents)
                mention_kind = MentionKind.DEMONYM if name == "Russian" else MentionKind.TOPONYM
                mentions.append(Mention(at, at + len(name), name, mention_kind, name, place_id=identity))
            at = text.find(name, at + 1)
    mentions.sort(key=lambda mention: mention.start)
    article = Article(text, language=language, date=date)
    return Record(
        article, split(text, language), tokenise(text), mentions=tuple(mentions), places=tuple(places.values())
    )


@pytest.fixture
def make_record():
    return _record


@pytest.fixture
def dates():
    def find(text, language="id", date=PUBLISHED):
        return find_dates(Record(Article(text, language=language, date=date))).dates

    return find


@pytest.fixture
def events():
    def find(text, language="id", date=PUBLISHED, triggers=None):
        return extract_events(find_dates(_record(text, language, date)), triggers)

    return find


@pytest.fixture
def event(events):
    """Return the one event of a mode that a text gives."""

    def find(text, mode, language="id", date=PUBLISHED):
        found = [one for one in events(text, language, date).events if one.mode == mode]
        assert len(found) == 1, f"{mode}: {[one.mode for one in events(text, language, date).events]}"
        return found[0]

    return find
