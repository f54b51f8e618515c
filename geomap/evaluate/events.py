"""Scores of events against the gold of the sample articles.

A gold event and one of ours match one to one by their evidence: our trigger stands in it, or the clauses overlap by
half; a like type is preferred, and what is said of the event decides nothing. Of a matched pair, these are judged:

type
    the same, or in `family` one of a like kind (war and force; talks and deals; complaints …)
place
    one of ours is one of the gold's: within the reach of its kind, or, for a line, near it. A wider place than the
    gold's is not right. Where the gold has none, or only the home of an actor, ours has none that is drawn
date
    the two intervals overlap, an open side reaching without end; a gold without a date asks for none
modality
    the same; what has happened and what goes on are told apart by nobody
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geomap.evaluate.scores import distance_km
from geomap.record import Draw, EventType, Modality, PlaceKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geomap.evaluate.corpora import GoldArticle, GoldEvent, GoldPlace
    from geomap.record import Event, Place, Record, Span

__all__ = ["EventScores", "Verdict", "judge", "score_events", "unreal_drawn"]

_FAMILIES = (
    {EventType.ASSAULT, EventType.MOBILIZE, EventType.COERCE, EventType.CRIME, EventType.PROTEST},
    {EventType.RETREAT, EventType.MOVEMENT, EventType.CONCEDE, EventType.MOBILIZE},
    {EventType.AGREE, EventType.CONSULT, EventType.SUPPORT, EventType.COOPERATE, EventType.AID, EventType.CONCEDE},
    {EventType.STATEMENT, EventType.CONSULT, EventType.REQUEST, EventType.ACCUSE, EventType.REJECT, EventType.THREATEN,
     EventType.SUPPORT, EventType.AGREE},
    {EventType.DISASTER, EventType.ACCIDENT, EventType.STATE, EventType.FORECAST},
    {EventType.SANCTION, EventType.COERCE, EventType.REJECT, EventType.STATE},
    {EventType.STATE, EventType.FORECAST, EventType.OTHER, EventType.STATEMENT},
    {EventType.AID, EventType.MOVEMENT, EventType.MOBILIZE},
    {EventType.ASSAULT, EventType.STATE, EventType.DISASTER, EventType.ACCIDENT},
)  # fmt: skip
# How far from the gold's point a place of a kind may have its own.
_REACH_KM = {
    PlaceKind.COUNTRY: 250.0,
    PlaceKind.REGION: 600.0,
    PlaceKind.SEA: 400.0,
    PlaceKind.DESCRIBED: 200.0,
    PlaceKind.ADMIN1: 120.0,
    PlaceKind.ADMIN2: 50.0,
    PlaceKind.RIVER: 60.0,
    PlaceKind.BORDER: 60.0,
    PlaceKind.CANAL: 60.0,
    PlaceKind.LAKE: 60.0,
}
_POINT_KM = 25.0
_WIDE = frozenset({PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.SEA})
_DRAWN = frozenset(Role) - {Role.ABOUT, Role.ACTOR_HOME}
_UNREAL = frozenset({Modality.DENIED, Modality.CONDITIONAL, Modality.PREDICTED})
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gold event, the event of ours that it is matched with, and what of that is right."""

    gold: GoldEvent
    ours: Event | None = None
    type: bool = False
    family: bool = False
    place: bool = False
    date: bool = False
    modality: bool = False

    @property
    def right(self) -> bool:
        """Whether a reader of the map is told the truth: family, place, date and modality."""
        return self.family and self.place and self.date and self.modality


@dataclass(frozen=True, slots=True)
class EventScores:
    """Counts over gold events; `found`, `type` … `right` are at most `gold`.

    Attributes
    ----------
    ours
        How many events we have; the gold holds the main facts only.
    unreal
        Events that the gold says are denied, conditional or predicted.
    unreal_solid
        Those of them that are drawn as if they had happened.
    """

    gold: int = 0
    ours: int = 0
    found: int = 0
    type: int = 0
    family: int = 0
    place: int = 0
    date: int = 0
    modality: int = 0
    right: int = 0
    unreal: int = 0
    unreal_solid: int = 0
    verdicts: tuple[Verdict, ...] = field(default=(), repr=False)


def score_events(pairs: Iterable[tuple[GoldArticle, Record]]) -> EventScores | None:
    """Score the events of articles; None if no article has any annotated."""
    count: Counter[str] = Counter()
    verdicts: list[Verdict] = []
    annotated = False
    for gold, record in pairs:
        if gold.events is None:
            continue
        annotated = True
        count["ours"] += len(record.events)
        count["unreal"] += sum(event.modality in _UNREAL for event in gold.events)
        count["unreal_solid"] += len(unreal_drawn(gold, record))
        for verdict in judge(gold, record):
            verdicts.append(verdict)
            count.update(
                gold=1,
                found=verdict.ours is not None,
                type=verdict.type,
                family=verdict.family,
                place=verdict.place,
                date=verdict.date,
                modality=verdict.modality,
                right=verdict.right,
            )
    return EventScores(**count, verdicts=tuple(verdicts)) if annotated else None


def judge(gold: GoldArticle, record: Record) -> list[Verdict]:
    """Match the events of an article and judge each pair, in the order of the gold."""
    annotated = gold.events or ()
    pairs = sorted(
        (
            (-_likeness(wanted, event), i, j)
            for i, wanted in enumerate(annotated)
            for j, event in enumerate(record.events)
            if _same_passage(wanted.evidence, event)
        ),
    )
    taken: set[int] = set()
    matched: dict[int, Event] = {}
    for _, i, j in pairs:
        if i not in matched and j not in taken:
            taken.add(j)
            matched[i] = record.events[j]
    places = {place.id: place for place in record.places}
    return [
        Verdict(
            wanted,
            ours,
            type=ours.type is wanted.type,
            family=_like(ours.type, wanted.type),
            place=_place_right(wanted, ours, places),
            date=_date_right(wanted, ours),
            modality=_settled(ours.modality) is _settled(wanted.modality),
        )
        if (ours := matched.get(i)) is not None
        else Verdict(wanted)
        for i, wanted in enumerate(annotated)
    ]


def unreal_drawn(gold: GoldArticle, record: Record) -> list[GoldEvent]:
    """Return the gold events that are denied, conditional or predicted, and drawn as if they had happened.

    Such is any event of ours, drawn solid, whose trigger stands in the evidence of one, unless another event of the
    gold stands closer around it.
    """
    annotated = gold.events or ()
    wrong: dict[str, GoldEvent] = {}
    for event in record.events:
        around = [
            wanted
            for wanted in annotated
            if wanted.evidence.start <= event.trigger.start and event.trigger.end <= wanted.evidence.end
        ]
        closest = min(around, key=lambda wanted: wanted.evidence.end - wanted.evidence.start, default=None)
        if event.draw is Draw.SOLID and closest is not None and closest.modality in _UNREAL:
            wrong[closest.id] = closest
    return list(wrong.values())


def _same_passage(evidence: Span, event: Event) -> bool:
    return _holds(evidence, event.trigger) or _overlap(evidence, event.evidence) >= _HALF


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _overlap(one: Span, other: Span) -> float:
    """Return how much of the shorter of two spans the other covers."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(shared, 0) / max(min(one.end - one.start, other.end - other.start), 1)


def _likeness(wanted: GoldEvent, event: Event) -> float:
    """Return how well an event of ours fits a gold event, by type and evidence alone."""
    value = 4.0 * (event.type is wanted.type) + 2.0 * _like(event.type, wanted.type)
    return value + 1.0 * _holds(wanted.evidence, event.trigger) + _overlap(wanted.evidence, event.evidence)


def _like(one: EventType, other: EventType) -> bool:
    return one is other or any(one in family and other in family for family in _FAMILIES)


def _settled(modality: Modality) -> Modality:
    return Modality.HAPPENED if modality is Modality.ONGOING else modality


def _place_right(wanted: GoldEvent, event: Event, places: dict[str, Place]) -> bool:
    needed = [place for place in wanted.places if place.role is not Role.ACTOR_HOME]
    if not needed:
        return not any(link.role in _DRAWN for link in event.places)
    ours = [place for link in event.places if (place := places.get(link.place_id)) is not None]
    return any(_same_place(place, target) for place in ours for target in needed)


def _same_place(ours: Place, gold: GoldPlace) -> bool:
    if ours.kind in _WIDE and gold.kind not in _WIDE:
        return False
    reach = _REACH_KM.get(gold.kind, _POINT_KM)
    if ours.geometry_type == "line" and ours.geometry is not None:
        return _km_from_line(ours.geometry, gold.lat, gold.lon) <= reach
    return distance_km(ours.lat, ours.lon, gold.lat, gold.lon) <= reach


def _km_from_line(geometry: bytes, lat: float, lon: float) -> float:
    """Return about how far a point lies from a line."""
    from shapely import Point, from_wkb
    from shapely.ops import nearest_points

    nearest, _ = nearest_points(from_wkb(geometry), Point(lon, lat))
    return distance_km(nearest.y, nearest.x, lat, lon)


def _date_right(wanted: GoldEvent, event: Event) -> bool:
    if wanted.earliest is None and wanted.latest is None:
        return True
    time = event.time
    first, last = (time.earliest, time.latest) if time else (None, None)
    if first is None and last is None:
        return False
    if wanted.earliest and wanted.latest and (first is None or last is None):
        # an open side of ours says little of a known day: its closed side has to fall near it
        known = first or last
        return known is not None and wanted.earliest - _SLACK <= known <= wanted.latest + _SLACK
    return (wanted.earliest or dt.date.min) <= (last or dt.date.max) and (first or dt.date.min) <= (
        wanted.latest or dt.date.max
    )


_SLACK = dt.timedelta(days=1)
