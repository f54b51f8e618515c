"""Several mentions of one event: join them, so that repeats do not inflate counts.

Two events are one where their modes are of one family, their actors do not disagree, their places are the same or one
of them has none, and their dates overlap. The fuller mention stays; a noun that only refers back gives way. Numbers
that conflict become a range, never a sum.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from geomap.events.linking import DRAWN
from geomap.record import EventType, Modality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geomap.record import Event, Quantity

__all__ = ["cluster"]

_FAMILY = {
    "kill": "violence", "attack": "violence", "bomb": "violence", "suicide-attack": "violence", "shoot": "violence",
    "explosion": "violence", "casualty": "violence", "massacre": "violence", "assassinate": "violence", "stab": "violence",
    "seize": "territory", "recapture": "territory", "control": "territory", "plant-flag": "territory",
    "rain": "flood", "aircrash": "crash", "derail": "crash", "shipwreck": "crash", "jam": "crash",
    "wildfire": "fire", "announce": "statement", "request": "request", "meet": "talk",
}  # fmt: skip
_REAL = frozenset({Modality.HAPPENED, Modality.ONGOING})


def cluster(events: Sequence[Event], voices: Mapping[str, str], *, keep_all: bool) -> list[Event]:
    """Give the mentions of one event one cluster, and drop the nouns that add nothing.

    Parameters
    ----------
    events
        In text order.
    voices
        Event id → "active", "passive" or "noun".
    keep_all
        Keep every event: the triggers were given.
    """
    heads: list[Event] = []
    kept: dict[str, Event] = {}
    for event in events:
        head = next((head for head in reversed(heads[-_REACH:]) if _same(head, event)), None)
        if head is None:
            heads.append(event)
            kept[event.id] = dataclasses.replace(event, cluster=event.id)
            continue
        joined = dataclasses.replace(event, cluster=kept[head.id].cluster)
        if not keep_all and _adds_nothing(kept[head.id], event, voices):
            kept[head.id] = _absorb(kept[head.id], event)
        elif not keep_all and voices[head.id] == "noun" and voices[event.id] != "noun" and not kept[head.id].places:
            # the fuller mention comes second: it takes the place of the first
            del kept[head.id]
            heads[heads.index(head)] = event
            kept[event.id] = dataclasses.replace(event, cluster=event.id)
        else:
            kept[event.id] = joined
    return [kept[event.id] for event in events if event.id in kept]


# How many earlier events a mention is compared with; it keeps a long article linear.
_REACH = 40


def _same(head: Event, event: Event) -> bool:
    family = _FAMILY.get(event.mode, event.mode)
    if not family or _FAMILY.get(head.mode, head.mode) != family:
        return False
    if head.type in (EventType.STATEMENT, EventType.OTHER) and head.mode != "casualty":
        return False
    if (head.modality in _REAL) != (event.modality in _REAL) or head.polarity != event.polarity:
        return False
    return _actors_agree(head, event) and _places_agree(head, event) and _times_agree(head, event)


def _actors_agree(head: Event, event: Event) -> bool:
    if not head.actors or not event.actors:
        return True
    ours = {actor.country or actor.canonical for actor in head.actors}
    theirs = {actor.country or actor.canonical for actor in event.actors}
    return bool(ours & theirs) or head.type in (EventType.DISASTER, EventType.ACCIDENT)


def _places_agree(head: Event, event: Event) -> bool:
    ours = {place.place_id for place in head.places if place.role in DRAWN}
    theirs = {place.place_id for place in event.places if place.role in DRAWN}
    return not ours or not theirs or bool(ours & theirs)


def _times_agree(head: Event, event: Event) -> bool:
    if head.time is None or event.time is None or "stated" not in {head.time.source} & {event.time.source}:
        return True
    first, second = head.time, event.time
    return not (
        (first.latest and second.earliest and first.latest < second.earliest)
        or (second.latest and first.earliest and second.latest < first.earliest)
    )


def _adds_nothing(head: Event, event: Event, voices: Mapping[str, str]) -> bool:
    """Whether a repeat brings neither a place nor a date of its own."""
    new_place = {p.place_id for p in event.places} - {p.place_id for p in head.places}
    new_date = event.time is not None and event.time.source == "stated" and (head.time is None or head.time != event.time)
    if voices[event.id] == "noun" or event.mode == "casualty":
        return not new_place and not new_date
    return not new_place and not new_date and not event.quantities


def _absorb(head: Event, event: Event) -> Event:
    """Take the numbers of a repeat into the head, and a little salience."""
    return dataclasses.replace(
        head,
        quantities=_ranges(head.quantities, event.quantities),
        salience=min(1.0, round(head.salience + 0.05, 3)),
    )


def _ranges(ours: Sequence[Quantity], theirs: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """Join two sets of numbers; two numbers of one thing become a range."""
    joined = {quantity.what: quantity for quantity in reversed(ours)}
    for quantity in theirs:
        known = joined.get(quantity.what)
        if known is None:
            joined[quantity.what] = quantity
        elif known.best != quantity.best:
            values = [v for q in (known, quantity) for v in (q.low, q.best, q.high) if v is not None]
            joined[quantity.what] = dataclasses.replace(known, low=min(values), high=max(values), approximate=True)
    return tuple(sorted(joined.values(), key=lambda quantity: quantity.start))
