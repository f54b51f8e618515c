"""Names of places that no gazetteer holds."""

from __future__ import annotations

import pytest

from geomap.events.dates import find_dates
from geomap.events.extract import extract_events
from geomap.record import Article, Mention, Place, PlaceKind, Precision, Record, Role
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

MALI = Place("country:ML", "Mali", PlaceKind.COUNTRY, "ML", 17.0, -4.0, Precision.COUNTRY, 900.0)


def record(text: str, *names: str) -> Record:
    mentions = tuple(
        Mention(text.index(name), text.index(name) + len(name), name, name=name, place_id=MALI.id) for name in names
    )
    article = Article(text, language="en")
    return extract_events(
        find_dates(Record(article, split(text, "en"), tokenise(text), mentions=mentions, places=(MALI,)))
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Two farmers were killed in Tamboura, in Mali, on Monday.", "Tamboura"),
        ("Gunmen attacked the village of Tamboura in central Mali.", "Tamboura"),
        ("In Mali, two farmers were killed near the Old Zorgo market on Monday.", "Old Zorgo"),
    ],
)
def test_a_governed_name_is_a_place_in_the_one_that_holds_it(text: str, name: str):
    found = record(text, "Mali")
    (event,) = (event for event in found.events if event.mode in ("kill", "attack"))
    assert [text[link.start : link.end] for link in event.places if link.role is not Role.ABOUT] == [name]
    place = found.place(event.places[0].place_id)
    assert place.kind is PlaceKind.DESCRIBED
    assert place.country == "ML"
    assert MALI.id in place.parents


@pytest.mark.parametrize(
    "text",
    [
        "Two farmers from Mali were killed, said Tamboura on Monday.",  # nothing shows that it is a place
        "TWO FARMERS WERE KILLED IN TAMBOURA, IN Mali.",  # nor what is a name
        "In the UN two resolutions on Mali were adopted.",
    ],
)
def test_other_names_are_none(text: str):
    found = record(text, "Mali")
    assert [place.id for place in found.places] == [MALI.id]


def test_without_any_place_there_is_nowhere_to_put_it():
    text = "Two farmers were killed in Tamboura."
    found = extract_events(Record(Article(text, language="en"), split(text, "en"), tokenise(text)))
    assert found.places == ()
    assert all(not event.places for event in found.events)
