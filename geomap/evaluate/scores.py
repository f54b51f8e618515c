"""Scores of place names and dates, as the field computes them.

Recognition is precision, recall and F1 over spans: exact, and overlapping one to one, the most overlapping first.
Resolution is over gold names that have coordinates and were found: the share within 161 km (100 miles) and 10 km, the
mean and median error, and AUC, the mean of ln(1 + km) over its greatest value (Gritta et al. 2018; 0 is best). A name
found without coordinates counts as far off as the earth allows. End to end, right is found and within 161 km. Intervals
are of 95 %, by bootstrap over articles.
"""

from __future__ import annotations

import math
import random
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geomap.evaluate.corpora import GoldArticle, Timex, Toponym

__all__ = [
    "By",
    "Group",
    "Interval",
    "Rate",
    "TimexScores",
    "ToponymScores",
    "distance_km",
    "score_timexes",
    "score_toponyms",
]

_EARTH_KM = 6371.0088
_FARTHEST_KM = 20039.0
_NEAR_KM, _NEARER_KM = 161, 10
_PATH_STEPS = 20


By = Literal["type", "kind"]
"""What resolution is broken down by: the type that the gold states, or the kind of place answered."""


class Interval(NamedTuple):
    """What holds the true value in 95 % of cases."""

    low: float
    high: float


class Group(NamedTuple):
    """Resolution of the names of one type."""

    names: int
    within_161_km: float
    median_km: float


class Rate(NamedTuple):
    """Precision, recall and F1; None where one cannot be known."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class ToponymScores:
    """Figures over the place names of a corpus; the figures of recognition are None where the spans were given.

    `within_161_km_interval` and `f1_interval`, of end-to-end F1, are None unless they were asked for; `groups` is empty
    unless a breakdown was.
    """

    documents: int
    gold: int
    resolved: int
    exact: Rate
    overlap: Rate
    within_161_km: float | None
    within_10_km: float | None
    mean_km: float | None
    median_km: float | None
    auc: float | None
    end_to_end: Rate
    within_161_km_interval: Interval | None = None
    f1_interval: Interval | None = None
    groups: Mapping[str, Group] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimexScores:
    """Figures over date expressions; `value` counts those found (overlapping) with the right value."""

    gold: int
    strict: Rate
    relaxed: Rate
    value: Rate


_UNKNOWN = Rate(None, None, None)


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance."""
    p, q = math.radians(lat1), math.radians(lat2)
    h = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def score_toponyms(
    pairs: Iterable[tuple[GoldArticle, Sequence[Toponym]]],
    *,
    extent: bool = False,
    gold_spans: bool = False,
    resamples: int = 0,
    by: By | None = None,
) -> ToponymScores:
    """Score place names.

    Parameters
    ----------
    pairs
        Articles, and the names found in each; articles whose toponyms are not annotated are left out.
    extent
        A place is an area: the error is what lies beyond the gold's radius.
    gold_spans
        The spans were given: only resolution is scored.
    resamples
        From so many samples of the articles intervals are estimated; 0 for none. The same articles give the same.
    by
        Break resolution down.
    """
    tallies: list[_Tally] = []
    partial = False
    for gold, found in pairs:
        if gold.toponyms is not None:
            partial = partial or gold.partial
            tallies.append(_tally(gold.toponyms, found, extent=extent, by=by))
    count = sum((tally.count for tally in tallies), Counter[str]())
    errors = [error for tally in tallies for error in tally.errors]
    exact = _rate(count["exact"], count["exact found"], count["gold"])
    overlap = _rate(count["overlap"], count["overlap found"], count["gold"])
    whole = _rate(count["right"], count["placed"], count["placed gold"]) if count["placed gold"] else _UNKNOWN
    if gold_spans:
        exact = overlap = whole = _UNKNOWN
    elif partial:
        exact, overlap, whole = (Rate(None, rate.recall, None) for rate in (exact, overlap, whole))
    some = bool(errors)
    near, f1 = _intervals(tallies, resamples) if resamples and count["placed gold"] else (None, None)
    return ToponymScores(
        documents=len(tallies),
        gold=count["gold"],
        resolved=len(errors),
        exact=exact,
        overlap=overlap,
        within_161_km=_share(errors, _NEAR_KM),
        within_10_km=_share(errors, _NEARER_KM),
        mean_km=statistics.fmean(errors) if some else None,
        median_km=statistics.median(errors) if some else None,
        auc=statistics.fmean(math.log1p(error) for error in errors) / math.log1p(_FARTHEST_KM) if some else None,
        end_to_end=whole,
        within_161_km_interval=near,
        f1_interval=f1 if whole.f1 is not None else None,
        groups=_groups(tallies) if by else {},
    )


def score_timexes(pairs: Iterable[tuple[GoldArticle, Sequence[Timex]]]) -> TimexScores | None:
    """Score date expressions; None if no article has any annotated."""
    count: Counter[str] = Counter()
    for gold, found in pairs:
        if gold.timexes is None:
            continue
        count["documents"] += 1
        count["gold"] += len(gold.timexes)
        count["found"] += len(found)
        spans = {(timex.start, timex.end) for timex in gold.timexes}
        count["strict"] += sum((timex.start, timex.end) in spans for timex in found)
        for i, j in _matches(gold.timexes, found):
            count["relaxed"] += 1
            count["value"] += gold.timexes[i].value == found[j].value
    if not count["documents"]:
        return None
    strict, relaxed, value = (
        _rate(count[name], count["found"], count["gold"]) for name in ("strict", "relaxed", "value")
    )
    return TimexScores(count["gold"], strict, relaxed, value)


@dataclass(frozen=True, slots=True)
class _Tally:
    """Counts of one article, the errors of its names, and what each of these is broken down by."""

    count: Counter[str]
    errors: list[float]
    labels: list[str]


def _tally(annotated: Sequence[Toponym], answered: Sequence[Toponym], *, extent: bool, by: By | None) -> _Tally:
    """Count what is right in one article."""
    count: Counter[str] = Counter()
    errors, labels = [], []
    gold = [toponym for toponym in annotated if not toponym.ignore]
    ignored = [toponym for toponym in annotated if toponym.ignore]
    found = list({(toponym.start, toponym.end): toponym for toponym in reversed(answered)}.values())[::-1]
    spans = {(toponym.start, toponym.end) for toponym in gold}
    matched = {j: i for i, j in _matches(gold, found)}
    count["gold"] += len(gold)
    count["placed gold"] += sum(toponym.lat is not None for toponym in gold)
    count["overlap"] += len(matched)
    for j, toponym in enumerate(found):
        neutral = any(_overlap(toponym, other) > 0 for other in ignored)
        exact = (toponym.start, toponym.end) in spans
        count["exact"] += exact
        count["exact found"] += exact or not neutral
        count["overlap found"] += j in matched or not neutral
        if j not in matched:
            count["placed"] += not neutral and toponym.lat is not None
        elif (wanted := gold[matched[j]]).lat is not None:
            error = _error_km(wanted, toponym, extent=extent)
            errors.append(error)
            labels.append(wanted.kind if by == "type" else toponym.kind)
            count["placed"] += toponym.lat is not None
            count["near"] += error <= _NEAR_KM
            count["right"] += toponym.lat is not None and error <= _NEAR_KM
    return _Tally(count, errors, labels)


def _groups(tallies: Sequence[_Tally]) -> dict[str, Group]:
    """Return resolution by label, the most frequent first."""
    errors: dict[str, list[float]] = defaultdict(list)
    for tally in tallies:
        for label, error in zip(tally.labels, tally.errors, strict=True):
            errors[label].append(error)
    return {
        label: Group(len(some), sum(error <= _NEAR_KM for error in some) / len(some), statistics.median(some))
        for label, some in sorted(errors.items(), key=lambda item: (-len(item[1]), item[0]))
    }


def _intervals(tallies: Sequence[_Tally], resamples: int) -> tuple[Interval | None, Interval | None]:
    """Return the intervals of the share within 161 km and of end-to-end F1."""
    chance = random.Random(0)  # noqa: S311 the same articles are to give the same intervals
    rows = [
        (t.count["near"], len(t.errors), 2 * t.count["right"], t.count["placed"] + t.count["placed gold"])
        for t in tallies
    ]
    near, f1 = [], []
    for _ in range(resamples):
        sample = [rows[chance.randrange(len(rows))] for _ in rows]
        hits, errors, right, whole = map(sum, zip(*sample, strict=True))
        if errors:
            near.append(hits / errors)
        f1.append(right / whole if whole else 0.0)
    return _middle(near), _middle(f1)


def _middle(values: Sequence[float]) -> Interval | None:
    ordered = sorted(values)
    return Interval(ordered[int(0.025 * len(values))], ordered[int(0.975 * len(values))]) if values else None


def _matches(gold: Sequence[Toponym | Timex], found: Sequence[Toponym | Timex]) -> list[tuple[int, int]]:
    """Match spans one to one, the most overlapping first."""
    pairs = []
    for i, one in enumerate(gold):
        for j, other in enumerate(found):
            shared = _overlap(one, other)
            if shared > 0:
                union = max(one.end, other.end) - min(one.start, other.start)
                pairs.append((-shared / union, one.start, i, j))
    taken_gold, taken_found, matches = set(), set(), []
    for _, _, i, j in sorted(pairs):
        if i not in taken_gold and j not in taken_found:
            taken_gold.add(i)
            taken_found.add(j)
            matches.append((i, j))
    return matches


def _overlap(one: Toponym | Timex, other: Toponym | Timex) -> int:
    return min(one.end, other.end) - max(one.start, other.start)


def _error_km(gold: Toponym, found: Toponym, *, extent: bool) -> float:
    if found.lat is None or found.lon is None or gold.lat is None or gold.lon is None:
        return _FARTHEST_KM
    if gold.path:
        steps = [k / _PATH_STEPS for k in range(_PATH_STEPS + 1)]
        return min(
            (
                distance_km(a + (c - a) * step, b + (d - b) * step, found.lat, found.lon)
                for (a, b), (c, d) in pairwise(gold.path)
                for step in steps
            ),
            default=_FARTHEST_KM,
        )
    error = distance_km(gold.lat, gold.lon, found.lat, found.lon)
    return max(0.0, error - gold.radius_km) if extent else error


def _share(errors: Sequence[float], km: float) -> float | None:
    return sum(error <= km for error in errors) / len(errors) if errors else None


def _rate(right: int, found: int, gold: int) -> Rate:
    precision = right / found if found else 0.0
    recall = right / gold if gold else 0.0
    return Rate(precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0)
