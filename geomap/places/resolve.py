"""Which candidate each mention means: a two-pass ranker with learned weights.

The first pass knows each name alone: how prominent its candidates are, how good the name is, what kind of place the
text asks for. The second sees the other names of the text: what lies near, shares a country or a first-level unit, or
is contained in a place that is named. A name has one sense in a text. The ranker is a conditional logit, a weighted sum
of features turned into probabilities, so that each choice can be told in words; its weights stand in ``ranker.json``,
learned by `geomap.places.learn`.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geomap.gazetteer.geometry import town_radius_km
from geomap.gazetteer.store import PlaceFlag
from geomap.places import references
from geomap.places.kinds import REGION, RELIEF, WATER
from geomap.places.rules import rules
from geomap.places.scan import words_of
from geomap.record import Place, PlaceKind, Precision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geomap.gazetteer.store import Store
    from geomap.record import Candidate, Mention, Record

    Floats = NDArray[np.float64]

__all__ = ["ALONE", "CONTEXT", "Sense", "context_features", "name_features", "place", "resolve", "senses", "softmax"]

ALONE = (
    "prior",
    "prior_behind_best",
    "is_best",
    "population",
    "preferred",
    "alternate",
    "untagged",
    "old",
    "abbreviation",
    "name_language",
    "country",
    "admin1",
    "admin2",
    "city",
    "capital",
    "water",
    "relief",
    "region",
    "facility",
    "kind_wanted",
    "kind_unwanted",
    "home",
)
CONTEXT = (
    "near_30km",
    "near_150km",
    "near_600km",
    "nearest",
    "same_country",
    "same_admin1",
    "parent_named",
    "parent_beside",
    "holds_others",
)

_EARTH_KM = 6371.0
# Of each other name, so many of its likeliest senses serve as anchors.
_ANCHORS = 3
# So many candidates of a mention are kept for `explain`.
_KEPT = 8
# Passes over the context; a third changes nothing on the dev corpora.
_PASSES = 2

_SETTLED = frozenset({PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.CITY, PlaceKind.BORDER})
_AREAS = frozenset({PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.LAKE, PlaceKind.SEA, *RELIEF, *REGION})
# What a generic term asks for is often filed under a neighbouring kind.
_AKIN = {
    PlaceKind.ADMIN1: frozenset({PlaceKind.ADMIN2, PlaceKind.REGION, PlaceKind.DISPUTED, PlaceKind.COUNTRY}),
    PlaceKind.ADMIN2: frozenset({PlaceKind.CITY, PlaceKind.ADMIN1}),
    PlaceKind.CITY: frozenset({PlaceKind.ADMIN2}),
    PlaceKind.REGION: frozenset({PlaceKind.DISPUTED, PlaceKind.ADMIN1}),
    PlaceKind.SEA: frozenset({PlaceKind.LAKE, PlaceKind.STRAIT}),
    PlaceKind.MOUNTAINS: frozenset({PlaceKind.MOUNTAIN, PlaceKind.REGION}),
    PlaceKind.MOUNTAIN: frozenset({PlaceKind.MOUNTAINS}),
    PlaceKind.ISLAND: frozenset({PlaceKind.ADMIN1, PlaceKind.COUNTRY}),
}


@dataclass(frozen=True, slots=True)
class Sense:
    """One name of a text, with all mentions of it: they mean the same place."""

    mentions: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    wanted: tuple[PlaceKind, ...]


def resolve(record: Record, store: Store) -> Record:
    """Choose a place for every mention that has candidates.

    Returns
    -------
    The record with `places`, and with `place_id`, `confidence` and ranked `candidates` on its mentions. Where the
    gazetteer knows nothing of a name its mention keeps no place.
    """
    names = senses(record.mentions)
    chosen: dict[int, tuple[tuple[Candidate, ...], float]] = {}
    for sense, scores in zip(names, _rank(names, record, store), strict=True):
        order = np.argsort(-scores, kind="stable")
        ranked = tuple(
            dataclasses.replace(sense.candidates[i], score=round(float(scores[i]), 4)) for i in order[:_KEPT]
        )
        for index in sense.mentions:
            chosen[index] = ranked, float(scores[order[0]])
    places: dict[str, Place] = {}
    mentions: list[Mention] = []
    for index, mention in enumerate(record.mentions):
        if index not in chosen:
            mentions.append(mention)
            continue
        ranked, share = chosen[index]
        best, confidence = ranked[0], mention.confidence * share
        if best.place_id not in places:
            places[best.place_id] = place(best.row, record.language, store)
        mentions.append(
            dataclasses.replace(mention, candidates=ranked, place_id=best.place_id, confidence=round(confidence, 3))
        )
    record = dataclasses.replace(record, mentions=tuple(mentions), places=tuple(places.values()))
    return references.resolve(record, words_of(record))


def senses(mentions: Sequence[Mention]) -> list[Sense]:
    """Group mentions that must mean the same: same name, same kind asked for, same candidates."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for index, mention in enumerate(mentions):
        if mention.candidates:
            rows = tuple(c.row for c in mention.candidates)
            groups.setdefault((rows, mention.wanted), []).append(index)
    return [
        Sense(tuple(indexes), mentions[indexes[0]].candidates, mentions[indexes[0]].wanted)
        for indexes in groups.values()
    ]


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


def _rank(names: Sequence[Sense], record: Record, store: Store) -> list[Floats]:
    """Return the probability of each candidate of each name."""
    if not names:
        return []
    weights = _weights()
    home = rules(record.language).home
    alone = [name_features(name, home, store) for name in names]
    shares = [softmax(features @ weights["alone"]) for features in alone]
    for _ in range(_PASSES):
        context = context_features(names, shares, record.mentions, store)
        shares = [softmax(np.hstack([one, two]) @ weights["both"]) for one, two in zip(alone, context, strict=True)]
    return shares


@functools.cache
def _weights() -> Mapping[str, Floats]:
    table: dict[str, Any] = json.loads(Path(__file__).with_name("ranker.json").read_text(encoding="utf-8"))
    return {
        "alone": np.array([table["alone"][name] for name in ALONE]),
        "both": np.array([table["both"][name] for name in ALONE + CONTEXT]),
    }


def softmax(scores: Floats) -> Floats:
    """Turn scores into probabilities."""
    powers = np.exp(scores - scores.max())
    result: Floats = powers / powers.sum()
    return result


def name_features(sense: Sense, home: Sequence[str], store: Store) -> Floats:
    """Return what is known of each candidate without the other names; shape (candidates, `ALONE`)."""
    rows = [c.row for c in sense.candidates]
    prior = store.places["prior"][rows].astype(float)
    best = prior.max()
    table = np.zeros((len(rows), len(ALONE)))
    wanted = frozenset(sense.wanted)
    akin = wanted.union(*(_AKIN.get(kind, frozenset()) for kind in wanted))
    for i, candidate in enumerate(sense.candidates):
        kind = candidate.kind
        name_class = int(dict(candidate.features)["name_class"])
        table[i] = (
            prior[i],
            best - prior[i],
            prior[i] == best,
            math.log10(1 + float(store.places["population"][candidate.row])),
            name_class <= 1,  # preferred, or the entry's own
            name_class == 2,
            name_class == 3,
            name_class == 4,
            name_class == 5,
            dict(candidate.features)["name_language"],
            kind is PlaceKind.COUNTRY,
            kind is PlaceKind.ADMIN1,
            kind is PlaceKind.ADMIN2,
            kind is PlaceKind.CITY,
            bool(store.places["flags"][candidate.row] & PlaceFlag.CAPITAL),
            kind in WATER,
            kind in RELIEF,
            kind in REGION,
            kind not in _SETTLED | WATER | RELIEF | REGION,
            kind in wanted,
            bool(wanted) and kind not in akin,
            candidate.country in home,
        )
    return table


def context_features(
    names: Sequence[Sense], shares: Sequence[Floats], mentions: Sequence[Mention], store: Store
) -> list[Floats]:
    """Return what the other names say of each candidate; a (candidates, `CONTEXT`) table a name.

    `shares` are the probabilities of the pass before: an anchor counts as much as it is likely.
    """
    owner = np.concatenate([np.full(len(name.candidates), g) for g, name in enumerate(names)])
    rows = np.array([c.row for name in names for c in name.candidates])
    data = store.places[rows]
    probability = np.concatenate(list(shares))
    kinds = [c.kind for name in names for c in name.candidates]
    is_country = np.array([k is PlaceKind.COUNTRY for k in kinds])
    is_admin1 = np.array([k is PlaceKind.ADMIN1 for k in kinds])
    anchor = np.concatenate([np.argsort(np.argsort(-s, kind="stable")) < _ANCHORS for s in shares])
    a = np.flatnonzero(anchor)
    # Rows: candidates; columns: anchors. An anchor of one's own name says nothing.
    other = owner[:, None] != owner[None, a]
    weight = probability[a] * other
    total = np.maximum(weight.sum(axis=1), 1e-9)
    distance = _distances(data["lat"], data["lon"], a)
    # A country's middle is no place where things happen.
    spot = weight * ~is_country[a]
    spots = np.maximum(spot.sum(axis=1), 1.0)
    same_country = (data["country"][:, None] == data["country"][None, a]) & (data["country"][:, None] > 0)
    same_admin1 = (data["admin1"][:, None] == data["admin1"][None, a]) & (data["admin1"][:, None] > 0)
    within = (same_country & is_country[a]) | (same_admin1 & is_admin1[a] & ~is_country[:, None])
    within &= ~(is_country[:, None] & is_country[a]) & ~(is_admin1[:, None] & is_admin1[a])
    holds = ((same_country & is_country[:, None]) | (same_admin1 & is_admin1[:, None])) & ~is_country[a]
    nearest = np.where(spot > 0.3, distance, 20000.0).min(axis=1)
    table = np.column_stack(
        [
            (spot * np.exp(-distance / 30)).sum(axis=1) / spots,
            (spot * np.exp(-distance / 150)).sum(axis=1) / spots,
            (spot * np.exp(-distance / 600)).sum(axis=1) / spots,
            np.log1p(nearest),
            (weight * same_country).sum(axis=1) / total,
            (weight * same_admin1).sum(axis=1) / total,
            (weight * within).max(axis=1, initial=0.0),
            _beside(names, mentions, within * probability[a], owner, a),
            (weight * holds).sum(axis=1) / total,
        ]
    )
    return np.split(table, np.cumsum([len(name.candidates) for name in names])[:-1])


def _distances(lat: Floats, lon: Floats, anchors: NDArray[np.intp]) -> Floats:
    """Great-circle distances in km from all points to some of them; shape (points, anchors)."""
    phi, lam = np.radians(lat.astype(float)), np.radians(lon.astype(float))
    unit = np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    result: Floats = _EARTH_KM * np.arccos(np.clip(unit @ unit[anchors].T, -1.0, 1.0))
    return result


def _beside(
    names: Sequence[Sense],
    mentions: Sequence[Mention],
    chances: Floats,
    owner: NDArray[np.intp],
    anchors: NDArray[np.intp],
) -> Floats:
    """Return how likely a place that contains the candidate is named right beside it ("Paris, Texas").

    `chances` holds how likely each anchor (column) is meant and contains the candidate (row); `owner` numbers the name
    that each candidate belongs to.
    """
    name_of = {index: g for g, name in enumerate(names) for index in name.mentions}
    ordered = sorted(name_of, key=lambda index: mentions[index].start)
    beside = np.zeros(len(owner))
    for here, there in itertools.pairwise(ordered):
        if not 0 < mentions[there].start - mentions[here].end <= len(", (") or name_of[here] == name_of[there]:
            continue
        chance = chances[:, owner[anchors] == name_of[there]].max(axis=1, initial=0.0)
        mine = owner == name_of[here]
        beside[mine] = np.maximum(beside[mine], chance[mine])
    return beside
