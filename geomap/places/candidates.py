"""Which gazetteer entries a mention may mean: recall first."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.places.kinds import RELIEF, WATER
from geomap.places.rules import rules
from geomap.places.scan import dictionary_forms, inflected
from geomap.record import Candidate, MentionKind, PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geomap.gazetteer.store import Store
    from geomap.places.rules import PlaceRules
    from geomap.record import Mention, Record

__all__ = ["candidate", "find_candidates", "forms"]

# Candidates beyond these are never right on the dev corpora; they only cost time.
_LIMIT = 24
_SHORTEST_WITH_SLIP = 6
_WELL_KNOWN = 5.0  # a hundred thousand people

# After a word for a body of water or a mountain there is no town, and no unit of government.
_NATURAL = (WATER | RELIEF) - {PlaceKind.CANAL, PlaceKind.PLATEAU, PlaceKind.PENINSULA, PlaceKind.ISLAND}
_SETTLED = frozenset({PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.CITY})


def find_candidates(record: Record, store: Store) -> Record:
    """Give every mention the gazetteer entries that it may mean.

    Returns
    -------
    The record with `Mention.candidates` filled, the likeliest without context first; empty where the gazetteer has
    nothing of that name. References get none: they are resolved by what was said before.
    """
    rules_ = rules(record.language)
    seen: dict[tuple[str, str, MentionKind], tuple[Candidate, ...]] = {}
    mentions = []
    for mention in record.mentions:
        if mention.kind is MentionKind.REFERENCE:
            mentions.append(mention)
            continue
        sense = (mention.surface, mention.name, mention.kind)
        if sense not in seen:
            seen[sense] = _candidates(mention, record.language, rules_, store)
        mentions.append(dataclasses.replace(mention, candidates=seen[sense]))
    return dataclasses.replace(record, mentions=tuple(mentions))


def _candidates(mention: Mention, language: str, rules_: PlaceRules, store: Store) -> tuple[Candidate, ...]:
    if mention.kind is MentionKind.BORDER:
        row = store.row(mention.name)
        return () if row is None else (candidate(row, NameClass.PREFERRED, 1.0, language, store),)
    demonyms = mention.kind is MentionKind.DEMONYM
    best = _readings(forms(mention, rules_, store), language, store, demonyms=demonyms)
    name = key(mention.name or mention.surface)
    if not best and mention.kind is MentionKind.TOPONYM:
        best = _readings([name], language, store, demonyms=True) or _readings(_slips(name, store), language, store)
    if _NATURAL.intersection(mention.wanted):  # "Samudra Pasifik" is no town called Pacific, but Mount Vernon is one
        whole = _readings([key(mention.surface)], language, store)
        best = {row: found for row, found in best.items() if row in whole or store.kind(row) not in _SETTLED}
    rows = sorted(best, key=lambda row: (-float(store.places["prior"][row]), row))[:_LIMIT]
    return tuple(candidate(row, *best[row], language, store) for row in rows)


def _readings(
    names: Iterable[str], language: str, store: Store, *, demonyms: bool = False
) -> dict[int, tuple[NameClass, float]]:
    """Return the places of some keys, with the class of the name and how well its language fits.

    The first two keys are the name as it is written; the others count only where those are unknown.
    """
    best: dict[int, tuple[NameClass, float]] = {}
    for rank, name in enumerate(names):
        if best and rank > 1:
            break
        for posting in store.postings(name):
            name_class, row = NameClass(int(posting["kind"])), int(posting["row"])
            if name_class is NameClass.CODE or demonyms != (name_class is NameClass.DEMONYM):
                continue
            tagged = store.languages[int(posting["language"])]
            fit = 1.0 if tagged == language else 0.5 if tagged in ("", "en") else 0.0
            best[row] = min(best.get(row, (NameClass.CODE, 0.0)), (name_class, fit), key=lambda p: (p[0], -p[1]))
    return best


def _slips(name: str, store: Store) -> list[str]:
    """Return the names of well-known places that differ from a longer one by a letter, as a slip of the pen does."""
    from geomap.gazetteer.search import within_one_edit

    if len(name) < _SHORTEST_WITH_SLIP:
        return []
    near = {other: store.rows(other)[:1] for other in within_one_edit(store, name)}
    return [other for other, rows in near.items() if rows and store.places["prior"][rows[0]] >= _WELL_KNOWN]


def forms(mention: Mention, rules_: PlaceRules, store: Store) -> Iterator[str]:
    """Yield the keys to look up: the whole mention, the name in it, then dictionary forms of an inflected name."""
    whole, name = key(mention.surface), key(mention.name or mention.surface)
    yield whole
    yield name
    words = name.split(" ")
    if reading := inflected(store, [dictionary_forms(word, rules_.endings) for word in words]).get(len(words)):
        yield reading
    for written, full in rules_.contractions.items():
        if name.startswith(written):
            yield full + name[len(written) :]
    for clitic in rules_.clitics:
        if name.startswith(clitic):
            yield name[len(clitic) :]


def candidate(row: int, name_class: NameClass, fit: float, language: str, store: Store) -> Candidate:
    """Return a row of the gazetteer as a candidate; `fit` says how well the language of its name fits the text."""
    place = store.places[row]
    return Candidate(
        place_id=store.id(row),
        row=row,
        name=store.label(row, language),
        kind=store.kind(row),
        country=store.country(row),
        lat=float(place["lat"]),
        lon=float(place["lon"]),
        features=(("name_class", float(name_class)), ("name_language", fit)),
    )
