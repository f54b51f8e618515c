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
from typing import TYPE_CHECKING, Any

from geomap.events.linking import DRAWN
from geomap.events.mentions import is_wide
from geomap.events.merge import joined_quantities
from geomap.events.triggers import modes
from geomap.record import ActorKind, EventType, Modality, PlaceKind, Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from geomap.record import Event, Place, Record

__all__ = [
    "Report",
    "Spot",
    "Story",
    "StoryFinder",
    "as_story",
    "find_stories",
    "reports",
    "resemblance",
    "sketch",
    "with_stories",
]

REPRINT = 0.5
"""Share of common phrases from which an article is a reprint of another."""

Key = int | str
Days = tuple[dt.date, dt.date]

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
_VAGUE_ACTORS = frozenset({ActorKind.OTHER, ActorKind.PERSON})


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where an event happened, as far as another report has to agree with it."""

    id: str
    lat: float
    lon: float
    radius_km: float
    country: str
    parents: tuple[str, ...]
    kind: str
    wide: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What one article says of one event, as far as other reports have to agree with it: plain values all.

    Attributes
    ----------
    article, event
        Where it stands: a position or an id of the article, the id of the event.
    real
        Whether it is told as a fact.
    days
        First and last; None where the article does not say, or says it too loosely to tell events apart.
    """

    article: Key
    event: str
    cluster: str
    type: str
    mode: str
    real: bool
    polarity: bool
    countries: tuple[str, ...]
    kinds: tuple[str, ...]
    spots: tuple[Spot, ...]
    days: Days | None
    salience: float
    quantities: tuple[Quantity, ...]

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Report:
        """Make a report of what `dataclasses.asdict` gave, after a way through JSON with ISO days."""
        days = values["days"]
        return cls(
            **values
            | {
                "countries": tuple(values["countries"]),
                "kinds": tuple(values["kinds"]),
                "spots": tuple(Spot(**spot | {"parents": tuple(spot["parents"])}) for spot in values["spots"]),
                "days": (dt.date.fromisoformat(days[0]), dt.date.fromisoformat(days[1])) if days else None,
                "quantities": tuple(Quantity(**quantity) for quantity in values["quantities"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Story:
    """An event as one or more articles report it.

    Attributes
    ----------
    reports
        Article and event, in the order of the articles.
    head
        The report that says most.
    sources
        How many of the articles are no reprint of another.
    quantities
        The numbers of all reports; where they conflict, a range.
    """

    reports: tuple[tuple[Key, str], ...]
    head: tuple[Key, str]
    sources: int
    quantities: tuple[Quantity, ...]


class StoryFinder:
    """Join reports, a batch at a time: a month of a large corpus, or all articles of a small one."""

    def __init__(self) -> None:
        self._groups: dict[int, list[Report]] = {}
        self._heads: dict[tuple[str, dt.date], list[int]] = {}  # family and day → groups
        self._next = 0

    def add(self, found: Iterable[Report]) -> dict[tuple[Key, str], Report]:
        """Join a batch of reports with one another and with those of earlier batches; those that say most lead.

        Returns
        -------
        The head of the group of each report of the batch, by article and event.
        """
        heads: dict[tuple[Key, str], Report] = {}
        for report in sorted(found, key=_fullness):
            group = next((at for at in self._nearby(report) if _same(self._groups[at][0], report)), None)
            if group is not None:
                self._groups[group].append(report)
                heads[report.article, report.event] = self._groups[group][0]
                continue
            heads[report.article, report.event] = report
            for day in _span(report.days):
                self._heads.setdefault((_family(report), day), []).append(self._next)
            self._groups[self._next] = [report]
            self._next += 1
        return heads

    @property
    def articles(self) -> set[Key]:
        """The articles of all groups that were not taken yet."""
        return {report.article for group in self._groups.values() for report in group}

    def take(self, before: dt.date | None = None) -> list[list[Report]]:
        """Return the groups that no report of a later day can join, heads first, and forget them.

        Parameters
        ----------
        before
            The first day that later batches may bring; None if there are none.
        """
        done = [
            at
            for at, (head, *_) in self._groups.items()
            if before is None or head.days is None or head.days[1] + _SLACK < before
        ]
        groups = [self._groups.pop(at) for at in done]
        gone = set(done)
        self._heads = {key: kept for key, ats in self._heads.items() if (kept := [at for at in ats if at not in gone])}
        return groups

    def _nearby(self, report: Report) -> Iterable[int]:
        """Return the groups of the same family about the same days, each once."""
        family = _family(report)
        return dict.fromkeys(
            group for day in _span(report.days) for group in self._heads.get((family, day), ())[-_REACH:]
        )


def find_stories(records: Sequence[Record]) -> list[Story]:
    """Join the reports of one event in several articles.

    Parameters
    ----------
    records
        Articles with their events, in any language.

    Returns
    -------
    Every event of every article in just one story, in the order of first reports; articles are given by position.
    """
    finder = StoryFinder()
    finder.add(report for at, record in enumerate(records) for report in reports(at, record))
    sketches: dict[Key, tuple[int, ...]] = {}

    def sketch_of(at: Key) -> tuple[int, ...]:
        if at not in sketches:
            sketches[at] = sketch(records[int(at)].article.text)
        return sketches[at]

    stories = [as_story(group, sketch_of) for group in finder.take()]
    return sorted(stories, key=lambda story: (story.reports[0][0], _number(story.reports[0][1])))


def with_stories(records: Sequence[Record]) -> list[Record]:
    """Return the records with the id of its story ("article/e3") as the `cluster` of each event."""
    named: dict[tuple[Key, str], str] = {}
    for story in find_stories(records):
        article, event = story.head
        named |= dict.fromkeys(story.reports, f"{records[int(article)].article.id}/{event}")
    return [
        dataclasses.replace(
            record,
            events=tuple(dataclasses.replace(event, cluster=named[at, event.id]) for event in record.events),
        )
        for at, record in enumerate(records)
    ]


def reports(article: Key, record: Record) -> list[Report]:
    """Return what an article says of each of its events, as far as other reports have to agree with it."""
    known = {place.id: place for place in record.places}
    return [_report(article, event, known) for event in record.events]


def as_story(group: Sequence[Report], sketch_of: Callable[[Key], Sequence[int]]) -> Story:
    """Return the story of the reports of one event.

    Parameters
    ----------
    group
        The one that says most first.
    sketch_of
        Returns the sketch of an article; asked only where several report the event.
    """
    head = group[0]
    told = sorted({(report.article, report.event) for report in group}, key=lambda one: (one[0], _number(one[1])))
    quantities = head.quantities
    for report in group[1:]:
        quantities = joined_quantities(quantities, report.quantities)
    articles = list(dict.fromkeys(at for at, _ in told))
    originals: list[Sequence[int]] = []
    for at in articles if len(articles) > 1 else ():
        ours = sketch_of(at)
        if all(resemblance(ours, theirs) < REPRINT for theirs in originals):
            originals.append(ours)
    return Story(tuple(told), (head.article, head.event), len(originals) or 1, quantities)


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimate which share of their phrases two texts have in common, from their sketches (0 to 1)."""
    smallest = nsmallest(_SKETCH, {*one, *other})
    return len({*one} & {*other} & {*smallest}) / len(smallest) if smallest else 0.0


def sketch(text: str) -> tuple[int, ...]:
    """Return the smallest hashes of a text's phrases: MinHash with one function and many values."""
    words = text.casefold().split()
    phrases = {" ".join(words[at : at + _PHRASE]) for at in range(max(len(words) - _PHRASE, 0) + 1)}
    return tuple(nsmallest(_SKETCH, {zlib.crc32(phrase.encode("utf-8", "replace")) for phrase in phrases}))


def _report(article: Key, event: Event, known: dict[str, Place]) -> Report:
    places = [known[link.place_id] for link in event.places if link.role in DRAWN]
    time, days = event.time, None
    if time and time.earliest and time.latest and (time.latest - time.earliest).days <= _LONGEST:
        days = (time.earliest, time.latest)
    return Report(
        article=article,
        event=event.id,
        cluster=event.cluster,
        type=str(event.type),
        mode=event.mode,
        real=event.modality in _REAL,
        polarity=event.polarity,
        countries=tuple(sorted({actor.country for actor in event.actors if actor.country})),
        kinds=tuple(sorted({str(actor.kind) for actor in event.actors} - _VAGUE_ACTORS)),
        spots=tuple(
            Spot(
                place.id, place.lat, place.lon, place.radius_km, place.country, place.parents, place.kind,
                is_wide(place),
            )
            for place in places
        ),
        days=days,
        salience=event.salience,
        quantities=event.quantities,
    )  # fmt: skip


def _fullness(report: Report) -> tuple[float | str, ...]:
    """Order reports: those that say most first, since the others are compared with them."""
    exact = min((spot.radius_km for spot in report.spots), default=1e9)
    long = (report.days[1] - report.days[0]).days if report.days else 1e9
    return exact, long, -report.salience, report.article, _number(report.event)


def _span(days: Days | None) -> list[dt.date]:
    """Return the days that a report may share with another, those of the slack too; none without a date."""
    if days is None or days[0] <= dt.date.min + _SLACK or days[1] >= dt.date.max - _SLACK:
        return []
    return [days[0] - _SLACK + dt.timedelta(days=n) for n in range((days[1] - days[0]).days + 3)]


def _family(report: Report) -> str:
    mode = modes().get(report.mode)
    return mode.family if mode else report.type


def _same(head: Report, report: Report) -> bool:
    if head.article == report.article:
        return head.cluster == report.cluster != ""
    if head.real != report.real or head.polarity != report.polarity:
        return False
    known = modes()
    first, second = known.get(head.mode), known.get(report.mode)
    if first != second and (first is None or second is None or (first.rank and second.rank)):
        return False  # a bombing is no kidnapping
    # Where both places are wide, the mode and the day have to be the same too.
    strict = head.mode == report.mode and head.days == report.days
    return _actors_agree(head, report) and any(
        _meet(ours, theirs, strict=strict) for ours in head.spots for theirs in report.spots
    )


def _actors_agree(head: Report, report: Report) -> bool:
    """Whether nothing in the actors' countries speaks against one event; names differ from language to language."""
    if head.type in _BEFALLS:
        return True
    for ours, theirs in ((head.countries, report.countries), (head.kinds, report.kinds)):
        if ours and theirs:
            return not {*ours}.isdisjoint(theirs)
    return True


def _meet(ours: Spot, theirs: Spot, *, strict: bool) -> bool:
    if ours.id == theirs.id and ours.kind != PlaceKind.DESCRIBED:
        return strict or not ours.wide
    if _holds(ours, theirs) or _holds(theirs, ours):
        return strict or not (ours.wide and theirs.wide)
    if ours.wide or theirs.wide:
        return False
    from geopy.distance import great_circle

    far = great_circle((ours.lat, ours.lon), (theirs.lat, theirs.lon)).km
    return bool(far <= min(max(_NEAREST, ours.radius_km + theirs.radius_km), _FARTHEST))


def _holds(outer: Spot, inner: Spot) -> bool:
    if outer.id == inner.id:
        return False
    return outer.id in inner.parents or (outer.kind == PlaceKind.COUNTRY and outer.country == inner.country != "")


def _number(event_id: str) -> int:
    digits = event_id.lstrip("e")
    return int(digits) if digits.isdecimal() else 0
