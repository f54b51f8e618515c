"""Several mentions of one event: join them, so that repeats do not inflate counts.

Two events are one where their modes are of one family, their actors do not disagree, their places are the same or one
of them has none, and their dates overlap. The fuller mention stays; a noun that only refers back gives way. Numbers
that conflict become a range, never a sum.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

from geomap.events.linking import DRAWN
from geomap.events.mentions import holds, is_wide
from geomap.events.triggers import modes
from geomap.record import EventType, Modality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geomap.events.triggers import Mode
    from geomap.record import Event, EventTime, Place, Quantity

__all__ = ["Origin", "cluster", "joined_quantities"]

_REAL = frozenset({Modality.HAPPENED, Modality.ONGOING})


class Origin(NamedTuple):
    """What the record does not keep of an event's trigger."""

    voice: str  # "active", "passive" or "noun"
    sentence: int
    subordinate: bool = False


def cluster(
    events: Sequence[Event], origins: Mapping[str, Origin], places: Mapping[str, Place], *, keep_all: bool
) -> list[Event]:
    """Join the mentions of one event, drop those that add nothing, and name what is left "e1", "e2" and so on.

    Parameters
    ----------
    events
        In text order.
    origins
        Event id → where it comes from.
    places
        The places of the article by id.
    keep_all
        Keep every event, and join by cluster only: the triggers were given.
    """
    origins = dict(origins)
    heads: dict[str, list[str]] = {}  # family of modes → ids of the first mentions, in text order
    kept = {event.id: event for event in events}
    clusters: dict[str, str] = {}
    for event in events:
        family = heads.setdefault(_family(event), [])
        head = next((head for head in reversed(family[-_REACH:]) if _same(kept[head], event, places, origins)), None)
        if head is None:
            family.append(event.id)
            clusters[event.id] = event.id
            continue
        clusters[event.id] = clusters[head]
        if keep_all:
            continue
        joined = _join(kept[head], event, places, origins)
        if joined is not None:
            if joined.trigger == event.trigger:
                origins[head] = origins[event.id]
            kept[head] = joined
            del kept[event.id]
        elif kept[head].type != event.type and _tells_more(kept[head], event):
            kept[event.id] = _retyped(event, kept[head])  # "the blast", of a bombing
        elif origins[head].voice == "noun" and origins[event.id].voice != "noun" and not kept[head].places:
            # the fuller mention comes second, and takes the place of the first
            family[len(family) - 1 - family[::-1].index(head)] = event.id
            del kept[head]
    names = {old: f"e{number}" for number, old in enumerate(kept, 1)}
    firsts: dict[str, str] = {}
    for old, name in names.items():
        firsts.setdefault(clusters[old], name)
    return [dataclasses.replace(event, id=names[old], cluster=firsts[clusters[old]]) for old, event in kept.items()]


# How many earlier events of a family a mention is compared with; it keeps a long article linear.
_REACH = 20


def _family(event: Event) -> str:
    mode = modes().get(event.mode)
    return mode.family if mode else ""


def _join(head: Event, event: Event, places: Mapping[str, Place], origins: Mapping[str, Origin]) -> Event | None:
    """Return the two mentions as one event, or None where the second has something of its own to say."""
    if _one_sentence(head, event, origins):
        return _fuse(head, event, origins)
    if _only_finer(head, event, places):
        return dataclasses.replace(_absorb(head, event), places=event.places)
    if not _adds_nothing(head, event, places, origins):
        return None
    joined = _absorb(head, event)
    if origins[head.id].subordinate and not origins[event.id].subordinate and _is_stated(event):
        # what a subordinate clause says in passing is told here
        joined = dataclasses.replace(
            joined, trigger=event.trigger, evidence=event.evidence, title=event.title, time=event.time
        )
    return joined


def _same(head: Event, event: Event, places: Mapping[str, Place], origins: Mapping[str, Origin]) -> bool:
    ours, theirs = modes().get(head.mode), modes().get(event.mode)
    if ours is None or theirs is None:
        return False
    if (
        ours != theirs
        and ours.rank
        and theirs.rank
        and not (_by_instrument(ours, theirs) and _near(head, event, origins))
    ):
        return False  # a bombing is no kidnapping
    nominal = "noun" in (origins[head.id].voice, origins[event.id].voice)
    if head.type is EventType.STATEMENT and not (nominal and ours == theirs and _near(head, event, origins)):
        return False  # one may say many things, but "spoke in a lecture" is one speech
    if (head.modality in _REAL) != (event.modality in _REAL) or head.polarity != event.polarity:
        return False
    if not nominal and not _share(head, event):
        return False  # two verbs tell of one event only where something ties them
    brings = (ours.effect or theirs.effect) and _near(head, event, origins)  # gas, and those whom it harms
    return (brings or _actors_agree(head, event)) and _places_agree(head, event, places) and _times_agree(head, event)


def _share(head: Event, event: Event) -> bool:
    """Whether two mentions name the same place, the same actor, or the same day."""
    ours = {place.place_id for place in head.places if place.link != "inferred"} | {
        actor.canonical for actor in (*head.actors, *head.recipients)
    }
    theirs = {place.place_id for place in event.places if place.link != "inferred"} | {
        actor.canonical for actor in (*event.actors, *event.recipients)
    }
    stated = event.time is not None and event.time.source == "stated" and _same_days(head.time, event.time)
    return bool(ours & theirs) or stated


def _actors_agree(head: Event, event: Event) -> bool:
    if not head.actors or not event.actors:
        return True
    ours = {actor.country or actor.canonical for actor in head.actors}
    theirs = {actor.country or actor.canonical for actor in event.actors}
    return bool(ours & theirs) or head.type in (EventType.DISASTER, EventType.ACCIDENT)


def _places_agree(head: Event, event: Event, places: Mapping[str, Place]) -> bool:
    """Whether the places are the same, or one holds the other, or one event has none."""
    ours = [places[link.place_id] for link in head.places if link.role in DRAWN]
    theirs = [places[link.place_id] for link in event.places if link.role in DRAWN]
    if not ours or not theirs:
        return True
    return any(a.id == b.id or holds(a, b) or holds(b, a) for a in ours for b in theirs)


def _times_agree(head: Event, event: Event) -> bool:
    if head.time is None or event.time is None or "stated" not in {head.time.source} & {event.time.source}:
        return True
    first, second = head.time, event.time
    return not (
        (first.latest and second.earliest and first.latest < second.earliest)
        or (second.latest and first.earliest and second.latest < first.earliest)
    )


def _one_sentence(head: Event, event: Event, origins: Mapping[str, Origin]) -> bool:
    """Whether two modes of one family share a clause, and one is the more telling: "a suicide bomber killed twelve"."""
    ours, theirs = modes()[head.mode], modes()[event.mode]
    return ours != theirs and _near(head, event, origins)


def _near(head: Event, event: Event, origins: Mapping[str, Origin]) -> bool:
    together = origins[head.id].sentence == origins[event.id].sentence
    return together and event.trigger.start - head.trigger.end < _NEAR


def _by_instrument(ours: Mode, theirs: Mode) -> bool:
    """Whether one mode only names the means: shelled with chlorine, killed by a grenade."""
    return max(ours.rank, theirs.rank) >= _MEANS


# Modes of this rank and above name a means.
_MEANS = 3


_NEAR = 150  # characters


def _tells_more(head: Event, event: Event) -> bool:
    return modes()[head.mode].rank > modes()[event.mode].rank


def _retyped(event: Event, telling: Event) -> Event:
    """Give an event the type and mode of another that says more of what it was."""
    return dataclasses.replace(
        event,
        type=telling.type,
        mode=telling.mode,
        cameo_root=telling.cameo_root,
        quad=telling.quad,
        acled_subtype=telling.acled_subtype,
    )


def _fuse(head: Event, event: Event, origins: Mapping[str, Origin]) -> Event:
    """Join two mentions in one sentence: the more telling mode, the place and the actors that either has."""
    telling = max((head, event), key=lambda one: modes()[one.mode].rank)
    placed = max((head, event), key=lambda one: (bool(one.places), max((p.score for p in one.places), default=0)))
    verbal = event if origins[head.id].voice == "noun" and origins[event.id].voice != "noun" else head
    return dataclasses.replace(
        _retyped(verbal, telling),
        id=head.id,
        places=placed.places,
        draw=placed.draw,
        actors=verbal.actors or head.actors or event.actors,
        recipients=verbal.recipients or head.recipients or event.recipients,
        quantities=joined_quantities(head.quantities, event.quantities),
        salience=max(head.salience, event.salience),
    )


def _only_finer(head: Event, event: Event, places: Mapping[str, Place]) -> bool:
    """Whether a repeat only tells more exactly where it was."""
    if head.mode != event.mode or not head.places or not event.places or head.type not in _SPREAD:
        return False
    return all(
        is_wide(places[ours.place_id])
        and any(holds(places[ours.place_id], places[theirs.place_id]) for theirs in event.places)
        for ours in head.places
    )


_SPREAD = frozenset({EventType.DISASTER, EventType.ACCIDENT})


def _adds_nothing(head: Event, event: Event, places: Mapping[str, Place], origins: Mapping[str, Origin]) -> bool:
    """Whether a repeat brings neither a place nor a date of its own."""
    known = [places[link.place_id] for link in head.places]
    new_place = [
        link
        for link in event.places
        if not any(place.id == link.place_id or holds(places[link.place_id], place) for place in known)
    ]
    new_date = event.time is not None and event.time.source == "stated" and not _same_days(head.time, event.time)
    if event.mode != "casualty" and event.quantities:
        return False
    return (
        not new_place and not new_date and (origins[event.id].voice == "noun" or event.mode in (head.mode, "casualty"))
    )


def _is_stated(event: Event) -> bool:
    return event.time is not None and event.time.source == "stated"


def _same_days(first: EventTime | None, second: EventTime) -> bool:
    return first is not None and (first.earliest, first.latest) == (second.earliest, second.latest)


def _absorb(head: Event, event: Event) -> Event:
    """Take the numbers of a repeat into the head, and a little salience."""
    return dataclasses.replace(
        head,
        quantities=joined_quantities(head.quantities, event.quantities),
        salience=min(1.0, round(head.salience + 0.02, 3)),
    )


def joined_quantities(ours: Sequence[Quantity], theirs: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """Join two sets of numbers; two numbers of one thing become a range, never a sum."""
    joined = {quantity.what: quantity for quantity in reversed(ours)}
    for quantity in theirs:
        known = joined.get(quantity.what)
        if known is None:
            joined[quantity.what] = quantity
        elif known.best != quantity.best:
            values = [v for q in (known, quantity) for v in (q.low, q.best, q.high) if v is not None]
            joined[quantity.what] = dataclasses.replace(known, low=min(values), high=max(values), approximate=True)
    return tuple(sorted(joined.values(), key=lambda quantity: quantity.start))
