"""Scores of place names and dates, as the field computes them.

Recognition is precision, recall and F1 over spans: exact, and overlapping one to one, the most overlapping first.
Resolution is over gold names that have coordinates and were found: the share within 161 km (100 miles) and 10 km, the
mean and median error, and AUC, the mean of ln(1 + km) over its greatest value (Gritta et al. 2018; 0 is best). A name
found without coordinates counts as far off as the earth allows. End to end, right is found and within 161 km.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geomap.evaluate.corpora import GoldArticle, Timex, Toponym

__all__ = ["Rate", "TimexScores", "ToponymScores", "distance_km", "score_timexes", "score_toponyms"]

_EARTH_KM = 6371.0088
_FARTHEST_KM = 20039.0
_NEAR_KM, _NEARER_KM = 161, 10
_PATH_STEPS = 20


class Rate(NamedTuple):
    """Precision, recall and F1; None where one cannot be known."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class ToponymScores:
    """Figures over the place names of a corpus; the figures of recognition are None where the spans were given."""

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
    pairs: Iterable[tuple[GoldArticle, Sequence[Toponym]]], *, extent: bool = False, gold_spans: bool = False
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
    """
    count: Counter[str] = Counter()
    errors: list[float] = []
    partial = False
    for gold, found in pairs:
        if gold.toponyms is not None:
            count["documents"] += 1
            partial = partial or gold.partial
            _count(gold.toponyms, found, count, errors, extent=extent)
    exact = _rate(count["exact"], count["exact found"], count["gold"])
    overlap = _rate(count["overlap"], count["overlap found"], count["gold"])
    whole = _rate(count["right"], count["placed"], count["placed gold"]) if count["placed gold"] else _UNKNOWN
    if gold_spans:
        exact = overlap = whole = _UNKNOWN
    elif partial:
        exact, overlap, whole = (Rate(None, rate.recall, None) for rate in (exact, overlap, whole))
    some = bool(errors)
    return ToponymScores(
        documents=count["documents"],
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


def _count(
    annotated: Sequence[Toponym], answered: Sequence[Toponym], count: Counter[str], errors: list[float], *, extent: bool
) -> None:
    """Add the counts and errors of one article."""
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
            count["placed"] += toponym.lat is not None
            count["right"] += toponym.lat is not None and error <= _NEAR_KM


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
