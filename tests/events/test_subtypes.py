"""Sub-types of physical events by what goes with them, and which event is the main one."""

from __future__ import annotations

import pytest

from geomap.events.extract import extract_events
from geomap.events.salience import Telling, features, salience
from geomap.events.triggers import modes
from geomap.record import Article, EventType, Modality, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise


def main_of(text: str):
    found = extract_events(Record(Article(text, language="en"), split(text, "en"), tokenise(text)))
    return next(event for event in found.events if event.id == found.main_event)


@pytest.mark.parametrize(
    ("text", "subtype"),
    [
        ("Two villagers were killed in a grenade attack on Monday.", "Grenade"),
        ("Rebels attacked an army convoy on Monday.", "Armed clash"),
        ("Rebels attacked two villagers on Monday.", "Attack"),
        ("An angry mob beat two men to death and killed a third.", "Mob violence"),
        ("Police dispersed the demonstration and killed two students.", "Excessive force against protesters"),
        ("Protesters threw stones and marched on the palace.", "Violent demonstration"),
        ("Soldiers captured the town from the rebels.", "Government regains territory"),
        ("Rebels captured the town.", "Non-state actor overtakes territory"),
        ("The army entered the town without a fight after the rebels withdrew.", "Non-violent transfer of territory"),
        ("Soldiers found a cache of rifles and grenades.", "Disrupted weapons use"),
        ("Troops drove the militants out of three villages.", "Government regains territory"),
        ("More than forty soldiers have defected to the rebels.", "Change to group/activity"),
    ],
)
def test_sub_types(text: str, subtype: str):
    assert main_of(text).acled_subtype == subtype


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("A suicide bomber blew himself up and killed ten people, police said.", "suicide-attack"),
        ("Rebels seized the town on Monday, and the president condemned the attack.", "seize"),
    ],
)
def test_the_main_event_tells_most(text: str, mode: str):
    assert main_of(text).mode == mode


def test_salience_is_higher_at_the_top_and_for_what_happened():
    top = Telling(0.0, leads=True, noun=False, subordinate=False, placed=True, dated=True, said=False)
    below = top._replace(position=0.9, leads=False)
    mode = modes()["attack"]

    def score(how: Modality, telling: Telling) -> float:
        return salience(features(EventType.ASSAULT, mode, how, telling))

    assert 0 <= score(Modality.PLANNED, below) < score(Modality.HAPPENED, below) < score(Modality.HAPPENED, top) <= 1


def test_violence_without_any_particular_is_background():
    text = "The bishops deplored the violence. Gunmen killed two priests."
    found = extract_events(Record(Article(text, language="en"), split(text, "en"), tokenise(text)))
    told = {event.mode: event.modality for event in found.events}
    assert told["attack"] is Modality.BACKGROUND
    assert told["kill"] is Modality.HAPPENED


def test_texts_in_capitals_name_nobody():
    text = "GUNMEN ATTACKED A RESIDENTIAL NEIGHBORHOOD AND KILLED TWO PRIESTS AND INJURED A STUDENT."
    found = extract_events(Record(Article(text, language="en"), split(text, "en"), tokenise(text)))
    assert [actor.text for event in found.events for actor in event.recipients if "RESIDENTIAL" in actor.text] == []
