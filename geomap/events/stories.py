"""One event in several articles: join the reports, count each source once, keep what they disagree on.

Two reports are of one event where their modes are of one family, both say that it happened (or both that it did not),
their places are the same, one in the other or nearer than they are exact, and their dates meet. Within an article that
is for `merge`; across articles it takes more, since a thousand articles of a month share no context: a report without a
place or a date of its own stays alone, and countries are too wide to tell two events from one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import zlib
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, NamedTuple

from geomap.events.linking import DRAWN
from geomap.events.mentions import holds, is_wide
from geomap.events.merge import joined_quantities
from geomap.events.triggers import modes
from geomap.record import ActorKind, EventType, Modality, PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geomap.record import Event, Place, Quantity, Record

__all__ = ["Story", "find_stories", "resemblance", "with_stories"]

REPRINT = 0.5
"""Share of common phrases from which an article is a reprint of another."""

_PHRASE = 5  # words
_SKETCH = 128  # hashes an article; an estimate is then within 0.09 of the share, 19 times of 20
_LONGEST = 31  # days that a date may be wide and still tell one event from another
_SLACK = dt.timedelta(days=1)  # between time zones, and between an event and the report that dates it
_NEAREST = 5.0  # km that two points of one event may lie apart at least
_FARTHEST = 50.0  # km that imprecise places may
_REACH = 40  # heads of a family and a day that a report is compared with; it keeps many reports linear
_REAL = frozenset({Modality.HAPPENED, Modality.ONGOING})
# What befalls people whoever acts: reports name other actors and still tell of one event.
_BEFALLS = frozenset({EventType.DISASTER, EventType.ACCIDENT})


@dataclass(frozen=True, slots=True)
class Story:
    """An event as one or more articles report it.

    Attributes
    ----------
    id
        That of the report that says most: "article/e3".
    reports
        Position of the article and id of the event, in the order of the articles.
    head
        The report that says most.
    sources
        How many of the articles are no reprint of another.
    quantities
        The numbers of all reports; where they conflict, a range.
    """

    id: str
    reports: tuple[tuple[int, str], ...]
    head: tuple[int, str]
    sources: int
    quantities: tuple[Quantity, ...]


class _Report(NamedTuple):
    article: int
    event: Event
    places: tuple[Place, ...]  # where it happened
    days: tuple[dt.date, dt.date] | None


def find_stories(records: Sequence[Record]) -> list[Story]:
    """Join the reports of one event in several articles.

    Parameters
    ----------
    records
        Articles with their events, in any language.

    Returns
    -------
    Every event of every article in just one story, in the order of first reports.
    """
    groups: list[list[_Report]] = []
    heads: dict[tuple[str, dt.date], list[int]] = {}  # family and day → groups
    for report in sorted(_reports(records), key=_fullness):
        found = next((group for group in _nearby(report, heads) if _same(groups[group][0], report)), None)
        if found is not None:
            groups[found].append(report)
            continue
        for day in _span(report.days):
            heads.setdefault((_family(report.event), day), []).append(len(groups))
        groups.append([report])
    sketches: dict[int, tuple[int, ...]] = {}
    stories = [_story(records, group, sketches) for group in groups]
    return sorted(stories, key=lambda story: (story.reports[0][0], _number(story.reports[0][1])))


def with_stories(records: Sequence[Record]) -> list[Record]:
    """Return the records with the id of its story as the `cluster` of each event."""
    named = {report: story.id for story in find_stories(records) for report in story.reports}
    return [
        dataclasses.replace(
            record,
            events=tuple(dataclasses.replace(event, cluster=named[at, event.id]) for event in record.events),
        )
        for at, record in enumerate(records)
    ]


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimate which share of their phrases two texts have in common, from their sketches (0 to 1)."""
    smallest = nsmallest(_SKETCH, {*one, *other})
    return len({*one} & {*other} & {*smallest}) / len(smallest) if smallest else 0.0


def sketch(text: str) -> tuple[int, ...]:
    """Return the smallest hashes of a text's phrases: MinHash with one function and many values."""
    words = text.casefold().split()
    phrases = {" ".join(words[at : at + _PHRASE]) for at in range(max(len(words) - _PHRASE, 0) + 1)}
    return tuple(nsmallest(_SKETCH, {zlib.crc32(phrase.encode("utf-8", "replace")) for phrase in phrases}))


def _reports(records: Sequence[Record]) -> Iterator[_Report]:
    for at, record in enumerate(records):
        known = {place.id: place for place in record.places}
        for event in record.events:
            places = tuple(known[link.place_id] for link in event.places if link.role in DRAWN)
            time = event.time
            days = None
            if time and time.earliest and time.latest and (time.latest - time.earliest).days <= _LONGEST:
                days = (time.earliest, time.latest)
            yield _Report(at, event, places, days)


def _fullness(report: _Report) -> tuple[float, ...]:
    """Order reports: those that say most first, since the others are compared with them."""
    exact = min((place.radius_km for place in report.places), default=1e9)
    long = (report.days[1] - report.days[0]).days if report.days else 1e9
    return exact, long, -report.event.salience, report.article, _number(report.event.id)


def _nearby(report: _Report, heads: dict[tuple[str, dt.date], list[int]]) -> Iterable[int]:
    """Return the groups of the same family about the same days, each once."""
    family = _family(report.event)
    return dict.fromkeys(group for day in _span(report.days) for group in heads.get((family, day), ())[-_REACH:])


def _span(days: tuple[dt.date, dt.date] | None) -> list[dt.date]:
    """Return the days that a report may share with another, those of the slack too; none without a date."""
    if days is None or days[0] <= dt.date.min + _SLACK or days[1] >= dt.date.max - _SLACK:
        return []
    return [days[0] - _SLACK + dt.timedelta(days=n) for n in range((days[1] - days[0]).days + 3)]


def _family(event: Event) -> str:
    mode = modes().get(event.mode)
    return mode.family if mode else str(event.type)


def _same(head: _Report, report: _Report) -> bool:
    ours, theirs = head.event, report.event
    if head.article == report.article:
        return ours.cluster == theirs.cluster != ""
    if (ours.modality in _REAL) != (theirs.modality in _REAL) or ours.polarity != theirs.polarity:
        return False
    known = modes()
    first, second = known.get(ours.mode), known.get(theirs.mode)
    if first != second and (first is None or second is None or (first.rank and second.rank)):
        return False  # a bombing is no kidnapping
    return _actors_agree(ours, theirs) and _places_agree(head, report)


def _actors_agree(ours: Event, theirs: Event) -> bool:
    """Whether nothing in the actors' countries speaks against one event; names differ from language to language."""
    if ours.type in _BEFALLS:
        return True
    first, second = ({actor.country for actor in event.actors if actor.country} for event in (ours, theirs))
    if first and second:
        return bool(first & second)
    kinds = [{actor.kind for actor in event.actors} - {ActorKind.OTHER, ActorKind.PERSON} for event in (ours, theirs)]
    return not (kinds[0] and kinds[1]) or bool(kinds[0] & kinds[1])


def _places_agree(head: _Report, report: _Report) -> bool:
    """Whether the places may be one; where both are wide, they have to be the same and so do the modes and the day."""
    strict = head.event.mode == report.event.mode and head.days == report.days
    return any(_meet(ours, theirs, strict=strict) for ours in head.places for theirs in report.places)


def _meet(ours: Place, theirs: Place, *, strict: bool) -> bool:
    if ours.id == theirs.id and ours.kind is not PlaceKind.DESCRIBED:
        return strict or not is_wide(ours)
    if holds(ours, theirs) or holds(theirs, ours):
        return strict or not (is_wide(ours) and is_wide(theirs))
    if is_wide(ours) or is_wide(theirs):
        return False
    from geopy.distance import great_circle

    far = great_circle((ours.lat, ours.lon), (theirs.lat, theirs.lon)).km
    return bool(far <= min(max(_NEAREST, ours.radius_km + theirs.radius_km), _FARTHEST))


def _story(records: Sequence[Record], group: Sequence[_Report], sketches: dict[int, tuple[int, ...]]) -> Story:
    head = group[0]
    reports = sorted({(report.article, report.event.id) for report in group}, key=lambda one: (one[0], _number(one[1])))
    quantities = head.event.quantities
    for report in group[1:]:
        quantities = joined_quantities(quantities, report.event.quantities)
    articles = list(dict.fromkeys(at for at, _ in reports))
    originals: list[int] = []
    for at in articles if len(articles) > 1 else ():
        if at not in sketches:
            sketches[at] = sketch(records[at].article.text)
        if all(resemblance(sketches[at], sketches[other]) < REPRINT for other in originals):
            originals.append(at)
    return Story(
        id=f"{records[head.article].article.id}/{head.event.id}",
        reports=tuple(reports),
        head=(head.article, head.event.id),
        sources=len(originals) or 1,
        quantities=quantities,
    )


def _number(event_id: str) -> int:
    digits = event_id.lstrip("e")
    return int(digits) if digits.isdecimal() else 0
