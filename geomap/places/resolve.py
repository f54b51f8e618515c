"""Which candidate each mention means: a two-pass ranker with learned weights, and how sure it is.

The first pass knows each name alone, the next ones see where the other names of the text lie. A name has one sense in a
text. The ranker is a conditional logit, a weighted sum of the evidence (`geomap.places.evidence`) turned into
probabilities, so that each choice can be told in words. A second logit says how likely the choice is right, be it that
the mention is no place, that the gazetteer lacks it, or that another candidate is meant: that is the confidence, and
where it is too low the mention keeps no place. The weights stand in ``ranker.json``, learned by `geomap.places.learn`.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import math
from bisect import bisect_left
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from geomap.gazetteer.geometry import town_radius_km
from geomap.gazetteer.overlay import CORRECTED
from geomap.gazetteer.store import PlaceFlag
from geomap.places import references
from geomap.places.candidates import find_candidates
from geomap.places.evidence import ALONE, CONTEXT, scenes, senses
from geomap.places.kinds import REGION, RELIEF
from geomap.places.rules import rules
from geomap.places.scan import words_of
from geomap.record import Mention, MentionKind, Place, PlaceKind, Precision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from geomap.gazetteer.store import Store
    from geomap.places.evidence import Scene, Sense
    from geomap.record import Candidate, Record

    Floats = NDArray[np.float64]

__all__ = [
    "SURE",
    "WEIGHTS",
    "Ranking",
    "Reading",
    "certainty",
    "outside",
    "passes",
    "place",
    "rank",
    "reading",
    "resolve",
    "surroundings",
]

Reading = Literal["given", "found"]

WEIGHTS = Path(__file__).with_name("ranker.json")
SURE = (
    "bias",
    "found",  # log-odds that the mention is a name at all
    "share",  # log-odds of the choice among the candidates
    "together",  # log-odds of both
    "senses",
    "length",  # of the text
    "demonym",
    "embedded",
    "facility_name",
    "words",
    *ALONE,
    *CONTEXT,
)
"""What the second logit weighs: the mention, and the evidence for the candidate chosen."""

# So many candidates of a mention are kept for `explain`, and of each so much of what sets it apart.
_KEPT = 8
_TOLD = 4
_FELT = 0.1
_NAMES = ALONE + CONTEXT
# Passes over the context; a third changes nothing on the dev corpora.
_PASSES = 2
_MOST_ODDS = 7.0

_AREAS = frozenset({PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.LAKE, PlaceKind.SEA, *RELIEF, *REGION})


@dataclasses.dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates of one name as ranked.

    Attributes
    ----------
    shares, spots
        Their probabilities, and those of their spots: a town and its district are one.
    evidence
        A row each, a column each of `ALONE` and `CONTEXT`.
    """

    shares: Floats
    spots: Floats
    evidence: Floats


def resolve(record: Record, store: Store, *, background: Sequence[Mention] = ()) -> Record:
    """Choose a place for every mention that has candidates.

    Parameters
    ----------
    background
        Mentions, with candidates, that are not to be resolved but tell where the text plays: with given spans, the
        other names of the text.

    Returns
    -------
    The record with `places`, and with `place_id`, `confidence` and ranked `candidates` on its mentions. Where the
    gazetteer knows nothing of a name, or nothing that is likely enough, its mention keeps no place; one that is surely
    a name, as given ones are, always gets the likeliest.
    """
    weights = _weights()
    mentions = (*record.mentions, *outside(record.mentions, background), *surroundings(record, store))
    names = senses(mentions)
    chosen: dict[int, tuple[tuple[Candidate, ...], Ranking]] = {}
    for name, ranking in zip(names, rank(names, mentions, record, store, weights), strict=True):
        ranked = _ranked(name, ranking, weights["both"])
        chosen.update(dict.fromkeys(name.mentions, (ranked, ranking)))
    places: dict[str, Place] = {}
    resolved: list[Mention] = []
    for index, mention in enumerate(record.mentions):
        if index not in chosen:
            resolved.append(mention)
            continue
        ranked, ranking = chosen[index]
        odds = float(certainty(mention, ranking, len(record.tokens)) @ weights[reading(mention)])
        confidence = 1.0 / (1.0 + math.exp(-odds))
        corrected = any(name == CORRECTED for name, _ in ranked[0].features)
        if corrected:
            confidence = mention.confidence
        place_id = ""
        if corrected or mention.confidence >= 1.0 or confidence >= weights["least"]:
            place_id = ranked[0].place_id
            if place_id not in places:
                places[place_id] = place(ranked[0].row, record.language, store)
        resolved.append(
            dataclasses.replace(mention, candidates=ranked, place_id=place_id, confidence=round(confidence, 3))
        )
    record = dataclasses.replace(record, mentions=tuple(resolved), places=tuple(places.values()))
    return references.resolve(record, words_of(record))


def outside(mentions: Sequence[Mention], background: Sequence[Mention]) -> list[Mention]:
    """Return the background mentions that overlap none of the mentions."""
    spans = sorted((m.start, m.end) for m in mentions)
    starts = [start for start, _ in spans]
    reach = [0, *itertools.accumulate((end for _, end in spans), max)]
    return [b for b in background if reach[bisect_left(starts, b.end)] <= b.start]


def surroundings(record: Record, store: Store) -> tuple[Mention, ...]:
    """Return where the outlet writes for, as mentions ahead of the text: the town, and what it lies in."""
    source = record.article.source_place
    if not source:
        return ()
    ahead, at = [], -len(source) - 1
    for part in source.split(","):
        name = part.strip()
        if name:
            start = at + part.find(name)
            ahead.append(Mention(start, start + len(name), name, name=name, confidence=1.0))
        at += len(part) + 1
    return find_candidates(dataclasses.replace(record, mentions=tuple(ahead)), store).mentions


def place(row: int, language: str, store: Store) -> Place:
    """Make the place of a gazetteer row, named in a language."""
    data = store.places[row]
    kind = store.kind(row)
    vague = bool(data["flags"] & PlaceFlag.VAGUE)
    geometry_type = store.geometry_type(row)
    radius = float(data["radius_km"])
    if not radius and kind is PlaceKind.CITY:
        radius = town_radius_km(int(data["population"]))
    geonameid = int(data["geonameid"])
    return Place(
        id=store.id(row),
        name=_name(row, kind, language, store),
        kind=kind,
        country=store.country(row),
        lat=round(float(data["lat"]), 5),
        lon=round(float(data["lon"]), 5),
        precision=_precision(kind, geometry_type, vague=vague),
        radius_km=round(radius, 1),
        geometry_type=geometry_type,
        geometry=store.geometry(row),
        geonameid=geonameid if geonameid > 0 else None,
        population=int(data["population"]),
        parents=store.parents(row),
        source=store.source(row),
    )


def _name(row: int, kind: PlaceKind, language: str, store: Store) -> str:
    """Return the name of a place in a language; a border without a name of its own has that of its countries."""
    name = store.label(row, language)
    if kind is not PlaceKind.BORDER or name != store.id(row):
        return name
    sides = [country for side in store.parents(row) if (country := store.row(side)) is not None]
    return rules(language).border.label.format(*(store.label(country, language) for country in sides))


def _precision(kind: PlaceKind, geometry_type: str, *, vague: bool) -> Precision:
    if vague:
        return Precision.VAGUE
    if kind is PlaceKind.COUNTRY:
        return Precision.COUNTRY
    if geometry_type == "line":
        return Precision.LINE
    if kind is PlaceKind.CITY:
        return Precision.TOWN
    return Precision.AREA if geometry_type == "polygon" or kind in _AREAS else Precision.EXACT


def rank(
    names: Sequence[Sense], mentions: Sequence[Mention], record: Record, store: Store, weights: Mapping[str, Any]
) -> list[Ranking]:
    """Rank the candidates of each name by weights, those of `geomap.places.learn` or some that it tries."""
    found = scenes(names, mentions, words_of(record), rules(record.language).home, store)
    return [ranking for scene in found for ranking in rankings(scene, weights)]


def rankings(scene: Scene, weights: Mapping[str, Any]) -> Iterator[Ranking]:
    """Yield the candidates of each name of a scene as ranked."""
    shares, evidence = passes(scene, weights)
    tables = (np.split(table, scene.starts[1:]) for table in (shares, scene.spots(shares), evidence))
    yield from map(Ranking, *tables)


def passes(scene: Scene, weights: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Return the probabilities of all candidates of a scene after the last pass, and the evidence that it weighed."""
    shares = scene.shares(scene.alone @ weights["alone"])
    for _ in range(_PASSES):
        evidence = np.hstack([scene.alone, scene.context(shares)])
        shares = scene.shares(evidence @ weights["both"])
    return shares, evidence


def reading(mention: Mention) -> Reading:
    """Tell which weights say how sure a choice is: whether a mention is a name is not asked where it is given."""
    return "given" if mention.confidence >= 1.0 else "found"


def certainty(mention: Mention, ranking: Ranking, length: int) -> Floats:
    """Return what tells how likely the best candidate is right, one figure for each of `SURE`.

    `length` is the number of tokens of the text.
    """
    best = int(np.argmax(ranking.shares))
    share = float(ranking.spots[best])
    return np.concatenate(
        [
            [
                1.0,
                _odds(mention.confidence),
                _odds(share),
                _odds(mention.confidence * share),
                math.log(len(ranking.shares)),
                math.log10(1 + length),
                mention.kind is MentionKind.DEMONYM,
                mention.kind is MentionKind.EMBEDDED,
                mention.kind is MentionKind.FACILITY,
                min(mention.surface.count(" "), 3),
            ],
            ranking.evidence[best],
        ]
    )


def _odds(probability: float) -> float:
    """Return the log-odds of a probability, within bounds."""
    limit = 1.0 / (1.0 + math.exp(_MOST_ODDS))
    inside = min(max(probability, limit), 1.0 - limit)
    return math.log(inside / (1.0 - inside))


def _ranked(name: Sense, ranking: Ranking, weights: Floats) -> tuple[Candidate, ...]:
    """Return the candidates of a name, best first, each with what sets it most apart from its rival.

    The rival of the best is the second, that of all others the best; the features added weigh for the candidate where
    they are positive.
    """
    order = np.argsort(-ranking.shares, kind="stable")[:_KEPT]
    rivals = order[[1, *[0] * (len(order) - 1)]] if len(order) > 1 else order
    apart = (ranking.evidence[order] - ranking.evidence[rivals]) * weights
    telling = np.argsort(-np.abs(apart), axis=1, kind="stable")[:, :_TOLD].tolist()
    figures, shares = apart.tolist(), ranking.shares[order].tolist()
    return tuple(
        dataclasses.replace(
            name.candidates[index],
            score=round(shares[i], 4),
            features=name.candidates[index].features
            + tuple((_NAMES[j], round(figures[i][j], 2)) for j in telling[i] if abs(figures[i][j]) >= _FELT),
        )
        for i, index in enumerate(order.tolist())
    )


@functools.cache
def _weights() -> Mapping[str, Any]:
    table: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    names = {"alone": ALONE, "both": ALONE + CONTEXT, "given": SURE, "found": SURE}
    return {part: np.array([table[part][name] for name in names[part]]) for part in names} | {"least": table["least"]}
