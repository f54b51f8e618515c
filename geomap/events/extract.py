"""Find the events of an article: who did what, to whom, where, when, how sure, says who.

The stage runs after the places are resolved. Each trigger becomes an event of its own; what qualifies it is worked out
by the modules beside this one; repeats are merged, and the weightiest event is the main one.
"""

from __future__ import annotations

import dataclasses
import functools
from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from geomap.events import actors, linking, merge, modality, titles
from geomap.events.mentions import holds, is_wide, mentions_by_token, place_mentions
from geomap.events.quantities import find_quantities
from geomap.events.salience import Telling, features, salience
from geomap.events.subtypes import refine
from geomap.events.timing import event_time, weekdays
from geomap.events.triggers import modes, read, trigger_at
from geomap.events.unlocated import with_unlocated
from geomap.record import ActorKind, Draw, Event, EventPlace, EventType, Modality, PlaceKind, Quad, Role, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geomap.events.actors import Chunk
    from geomap.events.mentions import PlaceMention
    from geomap.events.triggers import Reading, Trigger
    from geomap.record import Actor, Attribution, DateExpression, EventTime, Place, Quantity, Record

__all__ = ["drawn_as", "event_places", "extract_events", "quad_of"]

_PROVENANCE = "rules 1"
_QUAD = {
    EventType.AGREE: Quad.VERBAL_COOPERATION, EventType.CONSULT: Quad.VERBAL_COOPERATION,
    EventType.SUPPORT: Quad.VERBAL_COOPERATION, EventType.CONCEDE: Quad.VERBAL_COOPERATION,
    EventType.COOPERATE: Quad.MATERIAL_COOPERATION, EventType.AID: Quad.MATERIAL_COOPERATION,
    EventType.RETREAT: Quad.MATERIAL_COOPERATION, EventType.REQUEST: Quad.VERBAL_CONFLICT,
    EventType.ACCUSE: Quad.VERBAL_CONFLICT, EventType.REJECT: Quad.VERBAL_CONFLICT,
    EventType.THREATEN: Quad.VERBAL_CONFLICT, EventType.PROTEST: Quad.MATERIAL_CONFLICT,
    EventType.MOBILIZE: Quad.MATERIAL_CONFLICT, EventType.SANCTION: Quad.MATERIAL_CONFLICT,
    EventType.COERCE: Quad.MATERIAL_CONFLICT, EventType.ASSAULT: Quad.MATERIAL_CONFLICT,
}  # fmt: skip
# What is not done yet is another type: PLOVER wants RETREAT, COOPERATE and AID to be acts.
_PROMISED = {
    (EventType.STATE, Modality.PREDICTED): EventType.FORECAST,
    (EventType.AID, Modality.PLANNED): EventType.AGREE,
    (EventType.COOPERATE, Modality.PLANNED): EventType.AGREE,
    (EventType.RETREAT, Modality.PLANNED): EventType.CONCEDE,
    (EventType.AGREE, Modality.DENIED): EventType.REJECT,
    (EventType.COOPERATE, Modality.DENIED): EventType.REJECT,
    (EventType.DISASTER, Modality.PREDICTED): EventType.FORECAST,
    (EventType.DISASTER, Modality.CONDITIONAL): EventType.FORECAST,
    (EventType.AGREE, Modality.REQUESTED): EventType.REQUEST,
    (EventType.AID, Modality.REQUESTED): EventType.REQUEST,
}
_SOLID = frozenset({Modality.HAPPENED, Modality.ONGOING})
_FAINT = frozenset({Modality.PLANNED, Modality.REQUESTED, Modality.THREATENED})
# Days between what an article tells of and its publication that make an event background.
_BACKGROUND_DAYS = 180
_LOOK_BACK = 30  # events


def extract_events(record: Record, triggers: Sequence[Span] | None = None) -> Record:
    """Fill `Record.events` and `Record.main_event`.

    Parameters
    ----------
    record
        A record whose places are resolved and whose dates are found.
    triggers
        Event triggers to type and link as they are; by default they are looked for.

    Returns
    -------
    The record with its events in text order, ids "e1", "e2", …
    """
    reading = read(record)
    given = sorted(triggers, key=lambda span: span.start) if triggers is not None and reading.tokens else []
    chosen = (
        _choose(reading, record.dates)
        if triggers is None
        else [trigger_at(reading, span.start, span.end) for span in given]
    )
    record = with_unlocated(record, reading)
    mentions = place_mentions(record, reading)
    events, origins = _events(record, reading, chosen, mentions, given=triggers is not None)
    if triggers is None:
        events = _reacting(_about(_inferred(_continued(reading, mentions, events))), record.places)
    else:
        events = [dataclasses.replace(event, trigger=span) for event, span in zip(events, given, strict=True)]
    places = {place.id: place for place in record.places}
    merged = merge.cluster(
        refine(events, [origins[event.id].sentence for event in events]), origins, places, keep_all=triggers is not None
    )
    main = max(merged, key=lambda event: event.salience, default=None)
    return dataclasses.replace(record, events=tuple(merged), main_event=main.id if main else "")


def _choose(reading: Reading, dates: Sequence[DateExpression]) -> list[Trigger]:
    """Leave out the weak triggers of a sentence that holds a stronger one, and words of dates ("March 2018")."""
    dated = {at for date in dates for at in range(reading.token_at(date.start), reading.token_at(date.end - 1) + 1)}
    strongest: dict[int, int] = {}
    hazards: dict[int, list[int]] = {}
    for trigger in reading.triggers:
        if _only_denies(reading, trigger):
            continue
        sentence = reading.sentence(trigger.first)[0]
        strongest[sentence] = min(strongest.get(sentence, 9), trigger.mode.strength)
        if trigger.mode.frame == "hazard" and not trigger.mode.effect and trigger.mode.strength < 3:
            hazards.setdefault(sentence, []).append(trigger.first)
    return [
        trigger
        for trigger in reading.triggers
        if (trigger.mode.strength < 3 or _goes(trigger) or strongest.get(reading.sentence(trigger.first)[0], 3) >= 3)
        and not (trigger.mode.effect and _is_brought(reading, trigger, hazards))
        and (not trigger.mode.after_actor or _follows_actor(reading, trigger))
        and not _only_denies(reading, trigger)
        and not _of_hazard(reading, trigger)
        and trigger.first not in dated
    ]


def _is_brought(reading: Reading, trigger: Trigger, hazards: Mapping[int, Sequence[int]]) -> bool:
    """Whether a disaster is told of in the same breath as what it did: no semicolon parts them."""
    return any(
        ";" not in reading.words[min(at, trigger.first) : max(at, trigger.first)]
        for at in hazards.get(reading.sentence(trigger.first)[0], ())
    )


def _of_hazard(reading: Reading, trigger: Trigger) -> bool:
    """Whether what strikes is no attacker: "un séisme a frappé Izmir"."""
    if trigger.mode.name != "attack" or trigger.voice != "active":
        return False
    before = (reading.trigger_at.get(at) for at in range(max(trigger.first - 2, 0), trigger.first))
    return any(noun is not None and noun.voice == "noun" and noun.mode.frame == "hazard" for noun in before)


def _goes(trigger: Trigger) -> bool:
    """Whether a weak verb tells of a journey; it stays where a place of its own clause is where from or where to."""
    return trigger.mode.frame == "move" and trigger.mode.strength == 3 and trigger.voice != "noun"


def _only_denies(reading: Reading, trigger: Trigger) -> bool:
    """Whether a verb does no more than to deny another: "ruled out sending troops" is one event, that is denied.

    What is denied may stand first: "Dass gestreikt werde, dementierte die Gewerkschaft".
    """
    cues = {cue for hit in reading.cues_between(trigger.first, trigger.last) for cue in hit.senses.cues}
    if trigger.mode.name != "reject" or trigger.voice == "noun" or "denial" not in cues:
        return False
    start = reading.sentence(trigger.first)[0]
    opening = reading.cue_at.get(start)
    if opening is not None and opening.senses.subordinator == "complement":
        before = (reading.trigger_at.get(at) for at in range(opening.last, trigger.first))
        if any(denied is not None and denied.mode.strength < 3 for denied in before):
            return True
    for at in range(trigger.last, min(trigger.last + _DENIED, reading.sentence(trigger.first)[1])):
        denied = reading.trigger_at.get(at)
        if denied is not None and (denied.mode.strength < 3 or denied.mode.effect):
            return denied.voice != "noun" or denied.mode.type not in _TURNED_DOWN
        if reading.tokens[at].kind == "punctuation":
            return False
    return False


_DENIED = 8
# What one rejects rather than denies: a claim upon oneself.
_TURNED_DOWN = frozenset({EventType.ACCUSE, EventType.REQUEST, EventType.THREATEN, EventType.AGREE, EventType.CONSULT})


def _follows_actor(reading: Reading, trigger: Trigger) -> bool:
    """Whether people or a force stand within three words before a trigger."""
    return any(at in reading.actor_at for at in range(max(trigger.first - 3, 0), trigger.first))


def _arrives(event: Event) -> bool:
    """Whether a clause says where a journey begins or ends."""
    return any(link.role in _ENDS and link.link == "clause" for link in event.places)


_ENDS = frozenset({Role.FROM, Role.TO})


def _events(
    record: Record, reading: Reading, chosen: Sequence[Trigger], mentions: Sequence[PlaceMention], *, given: bool
) -> tuple[list[Event], dict[str, merge.Origin]]:
    """Work out every trigger by itself, sentence by sentence."""
    by_token = mentions_by_token(mentions)
    in_sentence: dict[int, list[int]] = {}
    for index, mention in enumerate(mentions):
        in_sentence.setdefault(reading.sentence(mention.first)[0], []).append(index)
    dates: dict[int, list[DateExpression]] = {}
    for date in record.dates:
        dates.setdefault(reading.sentence(reading.token_at(date.start))[0], []).append(date)

    @functools.cache
    def chunks(first: int, last: int) -> list[Chunk]:
        return actors.chunks(reading, first, last, by_token)

    numbers: dict[int, list[Quantity]] = {}
    events: list[Event] = []
    origins: dict[str, merge.Origin] = {}
    grouped: dict[int, list[Trigger]] = {}
    for trigger in chosen:
        grouped.setdefault(reading.sentence(trigger.first)[0], []).append(trigger)
    lead = next((trigger for trigger in chosen if trigger.voice != "noun"), None)
    people = _People(reading, by_token, chunks)
    for start, group in grouped.items():
        end = reading.sentence(group[0].first)[1]
        breaks = modality.clause_starts(reading, start, end)
        days = frozenset(
            at
            for date in dates.get(start, ())
            for at in range(reading.token_at(date.start) - 1, reading.token_at(date.end - 1) + 1)
        )
        numbers[start] = find_quantities(reading, record.language or "und", start, end, dates.get(start, []))
        for trigger in group:
            event = _event(
                record,
                reading,
                trigger,
                group,
                mentions=mentions,
                nearby=in_sentence.get(start, []),
                dates=dates.get(start, []),
                chunks=chunks(start, end),
                numbers=numbers[start],
                breaks=breaks,
                days=days,
                leads=trigger is lead,
                earlier=events,
                speaker=functools.partial(people.before, start),
                position=trigger.first / max(len(reading.words), 1),
                name=f"t{len(events)}",
            )
            stronger = any(other.mode.strength < trigger.mode.strength for other in group)
            if not given and stronger and _goes(trigger) and not _arrives(event):
                continue
            events.append(event)
            origins[event.id] = merge.Origin(trigger.voice, start, any(at < trigger.first for at in breaks))
    return events, origins


class _People:
    """Whom "he" or "she" means at the start of a sentence: the person that was the subject last."""

    def __init__(
        self,
        reading: Reading,
        by_token: Mapping[int, PlaceMention],
        chunks: Callable[[int, int], list[Chunk]],
    ) -> None:
        self._reading = reading
        self._by_token = by_token
        self._chunks = chunks
        self._of: dict[int, str] = {}

    def before(self, start: int) -> str:
        """Return the surname, or "" where no sentence shortly before names anybody."""
        bounds = self._reading.bounds
        at = bisect_left(bounds, start)
        for sentence in range(at - 1, max(at - _MEMORY, 0) - 1, -1):
            if sentence not in self._of:
                self._of[sentence] = self._named(bounds[sentence], bounds[sentence + 1])
            if self._of[sentence]:
                return self._of[sentence]
        return ""

    def _named(self, first: int, last: int) -> str:
        for chunk in reversed(self._chunks(first, last)):
            name = self._reading.tokens[chunk.last - 1].text
            known = name in self._reading.surnames and chunk.last - 1 not in self._reading.actor_at
            aside = self._reading.words[chunk.first - 1] == "(" if chunk.first else False
            if (
                known
                and not aside
                and chunk.is_subject
                and chunk.kind in _PERSONAL
                and chunk.last - 1 not in self._by_token
            ):
                return name
        return ""


_MEMORY = 4  # sentences
_PERSONAL = frozenset({ActorKind.PERSON, ActorKind.STATE, ActorKind.MILITARY})


def _continued(reading: Reading, mentions: Sequence[PlaceMention], events: Sequence[Event]) -> list[Event]:
    """Give a disaster the places of a sentence that only goes on about it: "it happened in …", "located in …"."""
    continued = list(events)
    starts = [event.trigger.start for event in events]
    spoken = {reading.sentence(reading.token_at(event.trigger.start))[0] for event in events}
    for mention in mentions:
        start, end = reading.sentence(mention.first)
        if start in spoken or mention.preposition not in ("in", "along") or mention.describes_actor or mention.dateline:
            continue
        if mention.parent_of >= 0 or not modality.tells_where(reading, start, min(end, mention.first)):
            continue
        at = bisect_left(starts, mention.start) - 1
        if at >= 0 and events[at].type in (EventType.DISASTER, EventType.ACCIDENT) and events[at].polarity:
            link = linking.event_place(mention, Role.AT, _CONTINUED, "coreference")
            if all(place.place_id != link.place_id for place in continued[at].places):
                places = (*continued[at].places, link)
                continued[at] = dataclasses.replace(
                    continued[at], places=places, draw=drawn_as(continued[at].modality, places)
                )
    return continued


def _inferred(events: Sequence[Event]) -> list[Event]:
    """Give what a disaster brings, where no place is named for it, the place of the disaster told of before it.

    "Ten miners were brought to safety" in a report of an eruption happened at the volcano.
    """
    known = modes()
    placed: EventPlace | None = None
    disaster = False
    filled = []
    for event in events:
        mode = known.get(event.mode)
        hazard = mode is not None and mode.frame == "hazard" and event.modality is not Modality.BACKGROUND
        disaster = disaster or event.type is EventType.DISASTER
        if disaster and event.mode in _AFTERMATH:
            event = dataclasses.replace(event, type=EventType.DISASTER)  # noqa: PLW2901
        here = [place for place in event.places if place.role in linking.DRAWN]
        if hazard and here and event.type in _CALAMITIES:
            placed = max(here, key=_score)
        elif placed is not None and mode is not None and not event.places and (hazard or mode.name in _RELIEF):
            places = (dataclasses.replace(placed, link="inferred", score=round(placed.score * 0.5, 3)),)
            event = dataclasses.replace(event, places=places, draw=drawn_as(event.modality, places))  # noqa: PLW2901
        filled.append(event)
    return filled


def _score(place: EventPlace) -> float:
    return place.score


def _about(events: Sequence[Event]) -> list[Event]:
    """Give a reaction without a place that of the event it is about: "France condemned the coup".

    Who is dispersed was where the event before took place: "a crowd attacked the embassy …; the police dispersed it".
    """
    filled = list(events)
    for at, (event, object_) in enumerate(pairwise(events)):
        crowd = [place for place in filled[at].places if place.role in linking.DRAWN]
        if object_.mode == "disperse" and not object_.places and event.type in _GATHERED and crowd:
            best = max(crowd, key=_score)
            places = (dataclasses.replace(best, link="inferred", score=round(best.score * 0.7, 3)),)
            filled[at + 1] = dataclasses.replace(object_, places=places, draw=drawn_as(object_.modality, places))
        gap = object_.trigger.start - event.trigger.end
        here = [place for place in object_.places if place.role in linking.DRAWN]
        if event.type in _REACTIONS and not event.places and here and 0 < gap < _OBJECT:
            best = max(here, key=_score)
            places = (dataclasses.replace(best, role=Role.ABOUT, link="inferred", score=round(best.score * 0.7, 3)),)
            filled[at] = dataclasses.replace(event, places=places, draw=drawn_as(event.modality, places))
    return filled


def _reacting(events: Sequence[Event], places: Sequence[Place]) -> list[Event]:
    """Give the reactions that name no place the place of the story: "Portugal asked all sides for restraint".

    That is the place of the disaster told of before, or else the country where most of what is told happened.
    """
    by_id = {place.id: place for place in places}
    told: Counter[str] = Counter()
    for event in events:
        if event.modality in _SOLID and event.polarity:
            told.update({by_id[link.place_id].country for link in event.places if link.role in _HAPPENED})
    told.pop("", None)
    home = told.most_common(1)[0][0] if told else ""
    country = next((place for place in places if place.kind is PlaceKind.COUNTRY and place.country == home), None)
    if country is None and home:  # an article that never names its country
        known = Counter(link.place_id for event in events for link in event.places if link.role in _HAPPENED)
        country = next(
            (by_id[one] for one, times in known.most_common() if times > 1 and by_id[one].country == home), None
        )
    calamity: Place | None = None
    filled = []
    for event in events:
        here = [link for link in event.places if link.role in _HAPPENED]
        if event.type in _CALAMITIES and here and event.modality in _SOLID:
            calamity = by_id[max(here, key=_score).place_id]
        place = calamity or country
        if event.mode in _NATIONAL:
            place = _own_country(event, places) or country
        elif event.type not in _STANCES and event.mode != "promise":
            place = None
        if place is not None and not event.places:
            link = EventPlace(place.id, Role.ABOUT, event.trigger.start, event.trigger.end, "inferred", 7, _TOLD)
            event = dataclasses.replace(event, places=(link,), draw=drawn_as(event.modality, (link,)))  # noqa: PLW2901
        filled.append(event)
    return filled


_GATHERED = frozenset({EventType.PROTEST, EventType.ASSAULT})
_REACTIONS = frozenset({EventType.ACCUSE, EventType.REJECT, EventType.SUPPORT, EventType.REQUEST})
_STANCES = _REACTIONS | {EventType.THREATEN, EventType.SANCTION}


def _own_country(event: Event, places: Sequence[Place]) -> Place | None:
    """Return the country of the first actor, where the article names it."""
    own = next((actor.country for actor in event.actors if actor.country), "")
    return next((place for place in places if place.kind is PlaceKind.COUNTRY and place.country == own != ""), None)


_HAPPENED = linking.DRAWN - {Role.SPEECH_AT}
# What a state does at home, or what happens to it as a whole.
_NATIONAL = frozenset({"elect", "coup", "resign", "strike-labour", "alert", "curfew", "ceasefire", "war"})
_TOLD = 0.3  # a guess: drawn lightly, and said to be inferred
_OBJECT = 20  # characters between a verb and the noun that it is about
_CALAMITIES = frozenset({EventType.DISASTER, EventType.ACCIDENT})
# What is an accident by itself, and part of a disaster once one is told of.
_AFTERMATH = frozenset({"building-collapse", "casualty", "missing"})
_RELIEF = frozenset({"rescue", "evacuate", "flee"})
_CONTINUED = 0.5


def _event(
    record: Record,
    reading: Reading,
    trigger: Trigger,
    group: Sequence[Trigger],
    *,
    mentions: Sequence[PlaceMention],
    nearby: Sequence[int],
    dates: Sequence[DateExpression],
    chunks: Sequence[Chunk],
    numbers: Sequence[Quantity],
    breaks: list[int],
    days: frozenset[int],
    leads: bool,
    earlier: Sequence[Event],
    speaker: Callable[[], str],
    position: float,
    name: str,
) -> Event:
    mode = trigger.mode
    spoken = next((event.attribution[0] for event in reversed(earlier[-3:]) if event.attribution), None)
    says = modality.attribution(reading, trigger, chunks, spoken)
    stance = modality.stance(reading, trigger, claimed=bool(says))
    barrier = [other.first for other in group if other is not trigger and other.voice != "noun"] + breaks
    who, whom = actors.roles(reading, trigger, chunks, barrier)
    places = linking.place_links(reading, trigger, mentions, nearby)
    if trigger.voice == "noun" and not any(
        place.role in linking.DRAWN and place.link != "coreference" for place in places
    ):
        places = _inherited(mode.name, who, earlier) or places
    time = event_time(
        reading,
        trigger,
        dates,
        record.article.date,
        stance.modality,
        claimed=bool(says),
        weekdays=weekdays(record.language or "und"),
    )
    how = stance.modality
    mine = _nearest(numbers, trigger, group, reading)
    if how in _SOLID and (
        _is_background(record, time)
        or _is_general(trigger, whom, places, time, told=bool(mine) or _is_deed(trigger, group))
    ):
        how = Modality.BACKGROUND
    elif how in _SOLID and mode.ahead:
        how = Modality.PLANNED
    lasting = mode.standing and how is Modality.BACKGROUND
    kind = EventType.STATE if lasting else _PROMISED.get((mode.type, how), mode.type)
    evidence = titles.evidence(reading, trigger, days)
    return Event(
        id=name,
        type=kind,
        trigger=Span(reading.tokens[trigger.first].start, reading.tokens[trigger.last - 1].end),
        evidence=evidence,
        title=titles.title(reading, trigger, evidence, chunks, speaker=speaker, days=days),
        mode=mode.name,
        cameo_root=mode.cameo,
        quad=quad_of(kind),
        acled_subtype=mode.acled,
        actors=who,
        recipients=whom,
        places=tuple(places),
        time=time,
        modality=how,
        polarity=stance.polarity,
        certainty=stance.certainty,
        attribution=says,
        quantities=mine,
        draw=drawn_as(how, places),
        salience=salience(
            features(
                kind,
                mode,
                how,
                Telling(
                    position,
                    leads=leads,
                    noun=trigger.voice == "noun" and any(other.voice != "noun" for other in group),
                    subordinate=any(at < trigger.first for at in breaks),
                    placed=any(place.role in linking.DRAWN for place in places),
                    dated=time.source == "stated",
                    said=bool(says),
                ),
            )
        ),
        confidence=_confidence(trigger, places, time, says),
        provenance=_PROVENANCE,
    )


def _inherited(mode: str, who: Sequence[Actor], earlier: Sequence[Event]) -> list[EventPlace]:
    """Return the place of earlier mentions of the same event, for a noun that has none: "that withdrawal".

    Each earlier mention speaks for its place with its score; a place that was itself carried over says nothing.
    """
    ours = {actor.country for actor in who if actor.country}
    votes: dict[str, float] = {}
    named: dict[str, EventPlace] = {}
    for event in earlier[-_LOOK_BACK:]:
        theirs = {actor.country for actor in event.actors if actor.country}
        if event.mode != mode or (ours and theirs and not ours & theirs):
            continue
        for place in event.places:
            if place.role in linking.DRAWN and place.link != "inferred":
                votes[place.place_id] = votes.get(place.place_id, 0) + place.score
                named[place.place_id] = place
    if not votes:
        return []
    place = named[max(votes, key=lambda place_id: votes[place_id])]
    return [dataclasses.replace(place, link="inferred", score=round(place.score * 0.7, 3))]


def _is_background(record: Record, time: EventTime) -> bool:
    """Whether an event lies, or began, long before the article: it is told to explain, not as news."""
    published = record.article.date
    if not published or time.source != "stated" or not time.earliest or not time.latest:
        return False
    return (published - time.latest).days > _BACKGROUND_DAYS or (
        time.granularity == "duration" and (published - time.earliest).days > _BACKGROUND_DAYS
    )


def quad_of(kind: EventType) -> Quad:
    """Return the quad class of a type of event."""
    return _QUAD.get(kind, Quad.NEUTRAL)


# UCDP's precision: up to a line or a region; a country.
_EXACT, _COUNTRY = 5, 6


def _is_general(
    trigger: Trigger, whom: Sequence[Actor], places: Sequence[EventPlace], time: EventTime, *, told: bool
) -> bool:
    """Whether violence is only spoken of: without a victim, a day, a place; for a noun, a country is none.

    Parameters
    ----------
    told
        There is a number with it, or a verb that says what it did.
    """
    exact = _EXACT if trigger.voice == "noun" else _COUNTRY
    here = any(place.role in linking.DRAWN and place.geo_precision <= exact for place in places)
    return trigger.mode.family == "violence" and not (told or here or whom or time.source == "stated")


def _is_deed(trigger: Trigger, group: Sequence[Trigger]) -> bool:
    """Whether a verb right behind a noun says what it did: "an air raid killed"."""
    return any(
        other.mode.family == "violence" and other.voice != "noun" and 0 <= other.first - trigger.last <= 1
        for other in group
    )


def drawn_as(how: Modality, places: Sequence[EventPlace]) -> Draw:
    """Return whether the map shows an event with these places at once: only what happened somewhere is solid."""
    roles = {place.role for place in places}
    if how in _SOLID and roles & linking.DRAWN:
        return Draw.SOLID
    if how in _SOLID | _FAINT and roles & (linking.DRAWN | {Role.ABOUT}):
        return Draw.LIGHT
    return Draw.OFF


def _nearest(
    numbers: Sequence[Quantity], trigger: Trigger, group: Sequence[Trigger], reading: Reading
) -> tuple[Quantity, ...]:
    """Return the numbers that stand nearer to this trigger than to any other of the sentence."""
    mine = []
    for quantity in numbers:
        at = reading.token_at(quantity.start)
        nearest = min(group, key=lambda other: abs(other.first - at))
        if nearest is trigger:
            mine.append(quantity)
    return tuple(mine)


def _confidence(trigger: Trigger, places: Sequence[EventPlace], time: EventTime, says: Sequence[Attribution]) -> float:
    """Return a probability that type, place and date are all right, from what each is known to be worth."""
    value = {1: 0.85, 2: 0.7}.get(trigger.mode.strength, 0.55)
    value *= max((place.score for place in places), default=0.75)
    value *= 0.95 if time.source == "stated" else 0.85
    return round(value * (0.95 if says else 1.0), 3)


def event_places(record: Record) -> tuple[Place, ...]:
    """Return the distinct places where the drawn events of a record happened.

    A country or province that only holds another of them is left out: the finer one says where.
    """
    places = {place.id: place for place in record.places}
    drawn: dict[str, Place] = {}
    for event in record.events:
        if event.draw is not Draw.SOLID:
            continue
        for link in event.places:
            place = places.get(link.place_id)
            if place is not None and link.role in linking.DRAWN and link.role is not Role.SPEECH_AT:
                drawn[place.id] = place
    return tuple(
        place
        for place in drawn.values()
        if not (is_wide(place) and any(holds(place, other) for other in drawn.values()))
    )
