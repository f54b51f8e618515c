"""What speaks for each candidate of each name: the figures that the ranker weighs.

`Scene` holds the candidates of all names of a stretch of text as flat columns and compares them pair by pair, so that
the evidence of all of them is computed at once. `ALONE` is what is known of a candidate by itself and beside the other
candidates of its name; `CONTEXT` is what the other names of the text say of it.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.store import KINDS, PlaceFlag
from geomap.places.kinds import REGION, RELIEF, WATER
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from geomap.gazetteer.store import Store
    from geomap.places.scan import Words
    from geomap.record import Candidate, Mention

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["ALONE", "CONTEXT", "Scene", "Sense", "scenes", "senses", "softmax"]

ALONE = (
    # how prominent the place is, among those of its name
    "prior",
    "prior_behind_best",
    "is_best",
    "lead",
    "population",
    # how good the name is
    "preferred",
    "alternate",
    "untagged",
    "old",
    "abbreviation",
    "name_language",
    "label",
    "whole_name",
    # what kind of place it is, and what kind the text asks for
    "country",
    "admin1",
    "admin2",
    "city",
    "capital",
    "seat",
    "seat2",
    "section",
    "water",
    "relief",
    "region",
    "facility",
    "historical",
    "kind_wanted",
    "kind_unwanted",
    "kind_said",
    "kind_unsaid",
    "home",
    # a town and the unit that has its name
    "unit_with_city",
    "city_with_admin1",
    "city_with_admin2",
)
CONTEXT = (
    # where the other names are, as far as that is known
    "near_30km",
    "near_150km",
    "near_600km",
    "nearest",
    "near_in_text",
    "same_country",
    "same_admin1",
    "same_admin2",
    "parent_named",
    "county_named",
    "parent_beside",
    "county_beside",
    "holds_others",
    # where any sense of the other names is, the more so the fewer senses it has
    "rare_25km",
    "rare_80km",
    "rare_250km",
    "rare_in",
    "rare_has",
)

_EARTH_KM = 6371.0
_SPOT_KM = 50.0
# All pairs of candidates are compared: a long text is cut into scenes of so many.
_MOST = 400
# How far the text between two names carries, in characters; and what may stand between "Paris" and "Texas".
_IN_TEXT = 150.0
_REPEATS = 5
_BESIDE = len(", (")
_GENERIC_WORDS = 3

_SETTLED = frozenset({PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.CITY, PlaceKind.BORDER})
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
# GeoNames' codes of the seats of units, and of parts of towns.
_SEATS, _LESSER_SEATS = ("PPLC", "PPLA", "PPLG"), ("PPLA2",)
_SECTIONS = ("PPLX", "PPLL", "PPLF", "PPLQ", "PPLW", "PPLH")


def _one_of(kinds: Collection[PlaceKind]) -> Mask:
    return np.array([kind in kinds for kind in KINDS])


_COUNTRY, _ADMIN1, _ADMIN2, _CITY = (
    KINDS.index(kind) for kind in (PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.CITY)
)
_IS_WATER, _IS_RELIEF, _IS_REGION = _one_of(WATER), _one_of(RELIEF), _one_of(REGION)
_IS_FACILITY = ~_one_of(_SETTLED | WATER | RELIEF | REGION)


@dataclass(frozen=True, slots=True)
class Sense:
    """One name of a text, with all mentions of it: they mean the same place."""

    mentions: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    wanted: tuple[PlaceKind, ...]


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


def scenes(
    names: Sequence[Sense], mentions: Sequence[Mention], words: Words, home: Collection[str], store: Store
) -> Iterator[Scene]:
    """Cut the names of a text into scenes: most texts are one, a book is many."""
    batch: list[Sense] = []
    size = 0
    for name in names:
        if batch and size + len(name.candidates) > _MOST:
            yield Scene(batch, mentions, words, home, store)
            batch, size = [], 0
        batch.append(name)
        size += len(name.candidates)
    if batch:
        yield Scene(batch, mentions, words, home, store)


class Scene:
    """The candidates of some names, and how each pair of them lies.

    Attributes
    ----------
    names
        The names, in the order of their candidates.
    starts, owner
        Where the candidates of each name begin, and which name each candidate belongs to.
    alone
        What is known without the other names; shape (candidates, `ALONE`).
    """

    def __init__(
        self,
        names: Sequence[Sense],
        mentions: Sequence[Mention],
        words: Words,
        home: Collection[str],
        store: Store,
    ) -> None:
        self.names = names
        sizes = np.array([len(name.candidates) for name in names])
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.owner = np.repeat(np.arange(len(names)), sizes)
        data = store.places[[c.row for name in names for c in name.candidates]]
        kind = data["kind"]
        self._own = self.owner[:, None] == self.owner
        self._country, self._admin1, self._admin2 = (
            (data[unit][:, None] == data[unit]) & (data[unit] > 0) for unit in ("country", "admin1", "admin2")
        )
        self.alone = self._alone(data, mentions, words, home, store)
        # How sure it is that each name is one: no more does it say of the others.
        certain = np.array([max(mentions[i].confidence for i in name.mentions) for name in names])
        self._certain = certain[self.owner]
        rare = certain / np.sqrt(sizes)

        other = ~self._own
        # A country's middle is no place where things happen.
        spot = other & (kind != _COUNTRY)
        distance = _distances(data["lat"], data["lon"])
        self._distance = np.where(spot, distance, np.inf)
        self._same_spot = (self._own & (distance < _SPOT_KM)).astype(float)
        self._other = other.astype(float)
        self._spot = spot.astype(float)
        self._near = [np.exp(-self._distance / km) for km in (30.0, 150.0, 600.0)]
        reach = np.exp(-_gaps(names, mentions) / _IN_TEXT)[self.owner][:, self.owner]
        self._reach = reach * spot
        self._near_in_text = self._reach * self._near[1]
        unit = (kind == _COUNTRY) | (kind == _ADMIN1)
        self._parent = (self._country & (kind == _COUNTRY) & (kind != _COUNTRY)[:, None]) | (
            self._admin1 & (kind == _ADMIN1) & ~unit[:, None]
        )
        self._parent &= other
        self._county = self._admin2 & (kind == _ADMIN2) & ~(unit | (kind == _ADMIN2))[:, None] & other
        self._holds = (self._parent | self._county).T.astype(float)
        beside = _beside(names, mentions)[self.owner][:, self.owner]
        self._parent_beside, self._county_beside = self._parent & beside, self._county & beside

        near = np.minimum.reduceat(self._distance, self.starts, axis=1)
        others = math.sqrt(max(1, len(names) - 1))
        self._rare = np.column_stack(
            [((near < km) * rare).sum(axis=1) / others for km in (25.0, 80.0, 250.0)]
            + [
                (np.maximum.reduceat(table, self.starts, axis=1) * rare).max(axis=1)
                for table in (self._county, self._county.T)
            ]
        )

    def _alone(
        self,
        data: NDArray[np.void],
        mentions: Sequence[Mention],
        words: Words,
        home: Collection[str],
        store: Store,
    ) -> Floats:
        kind, prior = data["kind"], data["prior"].astype(float)
        best = np.maximum.reduceat(prior, self.starts)[self.owner]
        is_best = prior == best
        second = np.maximum.reduceat(np.where(is_best, 0.0, prior), self.starts)[self.owner]
        alone_at_top = np.add.reduceat(is_best.astype(int), self.starts)[self.owner] == 1
        features = [dict(c.features) for name in self.names for c in name.candidates]
        name_class = np.array([f["name_class"] for f in features])
        wanted, unwanted, said, unsaid = self._kinds(kind, mentions, words)
        label, whole = self._names(mentions, store)
        city = kind == _CITY
        in_admin1 = self._own & self._country & self._admin1
        in_admin2 = self._own & self._admin2
        unit1, unit2 = kind == _ADMIN1, kind == _ADMIN2
        return np.column_stack(
            [
                prior,
                best - prior,
                is_best,
                np.where(is_best & alone_at_top, prior - second, 0.0),
                np.log10(1.0 + data["population"]),
                name_class <= NameClass.MAIN,
                name_class == NameClass.ALTERNATE,
                name_class == NameClass.UNTAGGED,
                name_class == NameClass.OLD,
                name_class == NameClass.ABBREVIATION,
                np.array([f["name_language"] for f in features]),
                label,
                whole,
                kind == _COUNTRY,
                unit1,
                unit2,
                city,
                (data["flags"] & PlaceFlag.CAPITAL) > 0,
                _codes(store, _SEATS)[data["feature"]],
                _codes(store, _LESSER_SEATS)[data["feature"]],
                _codes(store, _SECTIONS)[data["feature"]],
                _IS_WATER[kind],
                _IS_RELIEF[kind],
                _IS_REGION[kind],
                _IS_FACILITY[kind],
                (data["flags"] & PlaceFlag.HISTORICAL) > 0,
                wanted,
                unwanted,
                said,
                unsaid,
                np.array([c.country in home for name in self.names for c in name.candidates]),
                (unit1 & (in_admin1 & city).any(axis=1)) | (unit2 & (in_admin2 & city).any(axis=1)),
                city & (in_admin1 & unit1).any(axis=1),
                city & (in_admin2 & unit2).any(axis=1),
            ]
        ).astype(float)

    def _kinds(
        self, kind: NDArray[np.uint8], mentions: Sequence[Mention], words: Words
    ) -> tuple[Mask, Mask, Mask, Mask]:
        """Tell of each candidate whether its kind is asked for, is another, is in the name itself, is another."""
        flags = np.zeros((4, len(kind)), bool)
        for g, name in enumerate(self.names):
            said = frozenset(_kinds_said(mentions[name.mentions[0]], words))
            for line, kinds in ((0, frozenset(name.wanted)), (2, said)):
                if kinds:
                    here = slice(self.starts[g], self.starts[g] + len(name.candidates))
                    flags[line, here] = _one_of(kinds)[kind[here]]
                    akin = kinds.union(*(_AKIN.get(one, frozenset()) for one in kinds))
                    flags[line + 1, here] = ~_one_of(akin)[kind[here]]
        return flags[0], flags[1], flags[2], flags[3]

    def _names(self, mentions: Sequence[Mention], store: Store) -> tuple[Mask, Mask]:
        """Tell of each candidate whether it is usually called so, and whether it has the whole name, with its term."""
        label, whole = np.zeros((2, len(self.owner)), bool)
        keys: dict[str, str] = {}
        at = 0
        for name in self.names:
            mention = mentions[name.mentions[0]]
            written = {mention.surface, mention.name or mention.surface}
            full, bare = key(mention.surface), key(mention.name or mention.surface)
            rows = frozenset(store.rows(full)) if full != bare else frozenset()
            for candidate in name.candidates:
                if candidate.name not in written and candidate.name not in keys:
                    keys[candidate.name] = key(candidate.name)
                label[at] = candidate.name in written or keys[candidate.name] in (full, bare)
                whole[at] = candidate.row in rows
                at += 1
        return label, whole

    def context(self, probability: Floats) -> Floats:
        """Return what the other names say, given how likely each candidate is; shape (candidates, `CONTEXT`)."""
        weight = probability * self._certain
        total = np.maximum(self._other @ weight, 1e-9)
        spots = np.maximum(self._spot @ weight, 1.0)
        near = [(table @ weight) / spots for table in self._near]
        likely = np.flatnonzero(weight > 0.3)
        nearest = np.minimum(self._distance[:, likely].min(axis=1, initial=20000.0), 20000.0)
        return np.column_stack(
            [
                *near,
                np.log1p(nearest),
                (self._near_in_text @ weight) / np.maximum(self._reach @ weight, 0.5),
                *(((units * self._other) @ weight) / total for units in (self._country, self._admin1, self._admin2)),
                *(
                    (units * weight).max(axis=1, initial=0.0)
                    for units in (self._parent, self._county, self._parent_beside, self._county_beside)
                ),
                (self._holds @ weight) / total,
                self._rare,
            ]
        )

    def spots(self, shares: Floats) -> Floats:
        """Return how likely the spot of each candidate is meant: a town and its district are one."""
        result: Floats = self._same_spot @ shares
        return result

    def shares(self, scores: Floats) -> Floats:
        """Turn the scores of candidates into their probabilities within each name."""
        return softmax(scores, self.starts, self.owner)


def softmax(scores: Floats, starts: NDArray[np.intp], owner: NDArray[np.intp]) -> Floats:
    """Turn scores into probabilities within each group; `starts` and `owner` are as those of a `Scene`."""
    powers = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
    result: Floats = powers / np.add.reduceat(powers, starts)[owner]
    return result


@functools.cache
def _codes(store: Store, codes: Sequence[str]) -> Mask:
    """Tell which values of the column ``feature`` are one of some codes."""
    return np.array([feature in codes for feature in store.features])


def _kinds_said(mention: Mention, words: Words) -> Iterator[PlaceKind]:
    """Yield the kinds that the generic terms inside a mention ask for, also where they are part of the name."""
    if mention.start < 0:
        return
    first, last = words.index(mention.start), words.index(mention.end)
    for size in range(1, min(_GENERIC_WORDS, last - first - 1) + 1):
        if (before := words.generic_before(first + size)) and before[1] == size:
            yield before[0]
        if (after := words.generic_after(last - size)) and after[1] == size:
            yield after[0]


def _distances(lat: Floats, lon: Floats) -> Floats:
    """Great-circle distances in km between all pairs of points."""
    phi, lam = np.radians(lat.astype(float)), np.radians(lon.astype(float))
    unit = np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    result: Floats = _EARTH_KM * np.arccos(np.clip(unit @ unit.T, -1.0, 1.0))
    return result


def _gaps(names: Sequence[Sense], mentions: Sequence[Mention]) -> Floats:
    """Return how many characters lie between the closest of the first mentions of each pair of names."""
    at = np.array([float(mentions[i].start) for name in names for i in name.mentions[:_REPEATS]])
    starts = np.concatenate([[0], np.cumsum([min(len(name.mentions), _REPEATS) for name in names])[:-1]])
    gaps = np.abs(at[:, None] - at)
    result: Floats = np.minimum.reduceat(np.minimum.reduceat(gaps, starts, axis=0), starts, axis=1)
    return result


def _beside(names: Sequence[Sense], mentions: Sequence[Mention]) -> Mask:
    """Tell of each pair of names whether the second stands right behind the first somewhere ("Paris, Texas")."""
    name_of = {index: g for g, name in enumerate(names) for index in name.mentions}
    beside = np.zeros((len(names), len(names)), bool)
    for here, there in itertools.pairwise(sorted(name_of, key=lambda index: mentions[index].start)):
        if 0 < mentions[there].start - mentions[here].end <= _BESIDE:
            beside[name_of[here], name_of[there]] = True
    return beside
