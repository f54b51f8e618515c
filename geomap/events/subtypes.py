"""What sort of physical event it is in ACLED's sense: who acts on whom, and what goes with it.

A word gives a first sub-type ("killed": an attack); the events told around it narrow it: killed by a grenade, by a mob,
in a clash of two forces, at a protest.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

from geomap.record import ActorKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from geomap.record import Event

__all__ = ["refine"]

# How many events before and after are looked at, and how far away.
_EVENTS = 6
_AROUND = 400  # characters

_OFFICIAL = frozenset({ActorKind.MILITARY, ActorKind.STATE})
_REBEL = frozenset({ActorKind.REBEL})
# Violence whose means the word does not tell, and the modes that tell it, the most telling first.
_PLAIN = frozenset({"attack", "kill", "massacre", "shoot", "beat", "destroy", "explosion"})
_MEANS = {
    "chemical": "Chemical weapon",
    "suicide-attack": "Suicide bomb",
    "grenade": "Grenade",
    "rape": "Sexual violence",
    "kidnap": "Abduction/forced disappearance",
    "airstrike": "Air/drone strike",
    "bomb": "Remote explosive/landmine/IED",
    "shell": "Shelling/artillery/missile attack",
}
# Means that no other of the article's top is likely to be without: they tell of it across sentences.
_TELLING = frozenset({"chemical", "suicide-attack", "grenade"})
_WEAPONS = frozenset({"bomb", "grenade", "shell", "chemical"})
_SEIZED = frozenset({"seize-goods", "disrupt"})
_TERRITORY = frozenset({"seize", "recapture"})
_FIGHTING = frozenset(
    {"clash", "attack", "kill", "airstrike", "shell", "bomb", "suicide-attack", "grenade", "shoot", "massacre", "war"}
)
_HARM = frozenset({"kill", "beat", "shoot", "casualty", "massacre", "brutality", "torture"})
_TURNED_VIOLENT = frozenset({"riot", "destroy", "loot", "mob", "fire"})
_PROTEST = frozenset({"protest", "disperse", "riot", "strike-labour"})
_CRIMES = frozenset({"traffic-drugs", "smuggle"})


class _Scene(NamedTuple):
    """An event, and what is told around it."""

    event: Event
    around: AbstractSet[str]  # modes
    close: AbstractSet[str]  # modes in the same sentence
    does: AbstractSet[ActorKind]
    suffers: AbstractSet[ActorKind]
    present: AbstractSet[ActorKind]  # who acts or suffers in the same sentence
    forced: AbstractSet[str]  # modes around that an army or the police does


def refine(events: Sequence[Event], sentences: Sequence[int]) -> list[Event]:
    """Return the events, in text order, with narrower sub-types; `sentences` tells in which sentence each is."""
    refined = []
    for at, event in enumerate(events):
        subtype = None if event.acled_subtype is None else _subtype(_scene(events, sentences, at))
        refined.append(event if subtype is None else dataclasses.replace(event, acled_subtype=subtype))
    return refined


def _scene(events: Sequence[Event], sentences: Sequence[int], at: int) -> _Scene:
    event = events[at]
    near = [
        k
        for k in range(max(at - _EVENTS, 0), min(at + _EVENTS + 1, len(events)))
        if k != at and events[k].polarity and abs(events[k].trigger.start - event.trigger.start) < _AROUND
    ]
    around = [events[k] for k in near]
    close = [events[k] for k in near if sentences[k] == sentences[at]]
    return _Scene(
        event,
        {other.mode for other in around},
        {other.mode for other in close},
        {actor.kind for actor in event.actors},
        {actor.kind for actor in event.recipients},
        {actor.kind for other in (event, *close) for actor in (*other.actors, *other.recipients)},
        {other.mode for other in around if any(actor.kind in _OFFICIAL for actor in other.actors)},
    )


def _subtype(scene: _Scene) -> str | None:
    """Return a narrower sub-type of an event, or None; the first rule that holds decides."""
    mode = scene.event.mode
    if mode == "protest":
        return _of_protest(scene)
    if mode in _TERRITORY or (mode in ("withdraw", "advance") and scene.around & {*_TERRITORY, "control", "transfer"}):
        return _of_territory(scene)
    rules = (
        (mode == "disperse" and scene.around & _HARM, "Excessive force against protesters"),
        (mode in _WEAPONS and scene.close & _SEIZED, "Disrupted weapons use"),
        (mode in (*_SEIZED, "arrest", "raid") and scene.close & _CRIMES, "Organised crime"),
        (mode in (*_PLAIN, "riot") and "mob" in scene.close, "Mob violence"),
        (mode in ("kill", "shoot", "beat") and scene.around & {"protest", "disperse"}, _AT_PROTEST),
        (mode in ("arrest", "raid") and scene.around & {"protest", "disperse"}, "Protest with intervention"),
        (mode in ("clash", "destroy", "fire", "attack") and "riot" in scene.around, "Violent demonstration"),
        (mode == "missile-test" and "airstrike" in scene.close, _MEANS["airstrike"]),
    )
    return next((subtype for holds, subtype in rules if holds), None) or _by_means(scene)


_AT_PROTEST = "Excessive force against protesters"


def _by_means(scene: _Scene) -> str | None:
    """Return the sub-type of plain violence by its means, or by the two forces that meet in it."""
    mode = scene.event.mode
    if mode not in _PLAIN:
        return None
    means = next((kind for kind in _MEANS if kind in (scene.around if kind in _TELLING else scene.close)), None)
    if means is not None and not (mode == "explosion" and means == "chemical"):
        return _MEANS[means]
    meet = scene.present & _OFFICIAL and scene.present & _REBEL and ActorKind.CIVILIAN not in scene.present
    armed = (scene.does | scene.suffers) & (_OFFICIAL | _REBEL)
    return "Armed clash" if mode in ("attack", "kill", "shoot", "beat") and meet and armed else None


def _of_territory(scene: _Scene) -> str | None:
    """Return whose hands a place falls into; without a fight, it is handed over."""
    leaves = scene.event.mode == "withdraw" or "withdraw" in scene.around
    if leaves and not scene.around & _FIGHTING:
        return "Non-violent transfer of territory"
    if scene.event.mode not in _TERRITORY:
        return None
    if scene.does & _REBEL or (not scene.does and scene.suffers & _OFFICIAL):
        return "Non-state actor overtakes territory"
    if scene.does & _OFFICIAL or (not scene.does and scene.suffers & _REBEL):
        return "Government regains territory"
    return None


def _of_protest(scene: _Scene) -> str | None:
    """Return what a protest turned into."""
    if scene.around & _TURNED_VIOLENT or "clash" in scene.close:
        return "Violent demonstration"
    if "brutality" in scene.around or scene.forced & {"shoot", "kill", "beat", "attack"}:
        return _AT_PROTEST
    return "Protest with intervention" if scene.forced & {"arrest", "disperse"} or "disperse" in scene.close else None
