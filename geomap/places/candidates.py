"""Which gazetteer entries a mention may mean: recall first."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.places.kinds import RELIEF, WATER
from geomap.places.rules import rules
from geomap.places.scan import dictionary_forms, inflected
from geomap.record import Candidate, MentionKind, PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from geomap.gazetteer.store import Store
    from geomap.places.rules import PlaceRules
    from geomap.record import Mention, Record

    Readings = Mapping[int, tuple[NameClass, float]]

__all__ = ["candidate", "find_candidates", "forms"]

# So many candidates are kept of a name, the most prominent ones; and so many more where the text is about.
_LIMIT = 24
_LIMIT_HERE = 8
_UNITS_HERE = 6
_SHORTEST_WITH_SLIP = 6
_WELL_KNOWN = 5.0  # a hundred thousand people
_LONG, _KNOWN = 9, 4.3  # a name so long is less likely another word than a slip, also of a lesser town
# What a name contains is a word or a person more often than a place less known than this.
_CONTAINED = 4.0
_MOST_WORDS = 8
_LONGEST_ABBREVIATION = 5

# After a word for a body of water or a mountain there is no town, and no unit of government.
_NATURAL = (WATER | RELIEF) - {PlaceKind.CANAL, PlaceKind.PLATEAU, PlaceKind.PENINSULA, PlaceKind.ISLAND}
_SETTLED = frozenset({PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.CITY})
_CONTAINERS = _SETTLED | {PlaceKind.REGION, PlaceKind.DISPUTED, PlaceKind.ISLAND}

_NO_LETTER = re.compile(r"[^\w' ]+")
# The words that a hashtag joins: "OtsegoCounty", "WestAfrica2014", "ISISinSyria".
_JOINED = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_ARTICLE = re.compile(r"(?:a[ldrtznsh]|ash|el|es|the|la|le|les|los|las|die|der|das|den) ")
_ARABIC = ("al ", "el ", "ad ", "ar ", "as ", "ash ", "at ", "az ", "an ")
_SAINT = re.compile(r"(?:saint|sankt|ste|st|sta)\b\.? ?")
_SAINTS = ("saint ", "st. ", "st ", "sainte ", "sankt ", "san ", "santa ")


def find_candidates(record: Record, store: Store) -> Record:
    """Give every mention the gazetteer entries that it may mean.

    Returns
    -------
    The record with `Mention.candidates` filled, the likeliest without context first; empty where the gazetteer has
    nothing of that name. References get none: they are resolved by what was said before.
    """
    rules_ = rules(record.language)
    read: dict[tuple[str, str, MentionKind], Readings] = {}
    for mention in record.mentions:
        if mention.kind is not MentionKind.REFERENCE and _sense(mention) not in read:
            read[_sense(mention)] = _read(mention, record.language, rules_, store)
    ordered = {sense: sorted(found, key=_prominence(store)) for sense, found in read.items()}
    here = _units(ordered.values(), store) if any(len(rows) > _LIMIT for rows in ordered.values()) else frozenset()
    found: dict[tuple[str, str, MentionKind], tuple[Candidate, ...]] = {}
    for sense, rows in ordered.items():
        local = (row for row in rows[_LIMIT:] if int(store.places["admin1"][row]) in here)
        kept = [*rows[:_LIMIT], *itertools.islice(local, _LIMIT_HERE)]
        found[sense] = tuple(candidate(row, *read[sense][row], record.language, store) for row in kept)
    mentions = (
        mention
        if mention.kind is MentionKind.REFERENCE
        else dataclasses.replace(mention, candidates=found[_sense(mention)])
        for mention in record.mentions
    )
    return dataclasses.replace(record, mentions=tuple(mentions))


def _sense(mention: Mention) -> tuple[str, str, MentionKind]:
    return mention.surface, mention.name, mention.kind


def _prominence(store: Store) -> Callable[[int], tuple[float, int]]:
    prior = store.places["prior"]
    return lambda row: (-float(prior[row]), row)


def _units(ordered: Iterable[list[int]], store: Store) -> frozenset[int]:
    """Return the first-level units in which most names of a text have their most prominent place."""
    units = Counter(int(store.places["admin1"][rows[0]]) for rows in ordered if rows)
    del units[0]
    return frozenset(unit for unit, _ in units.most_common(_UNITS_HERE))


def _read(mention: Mention, language: str, rules_: PlaceRules, store: Store) -> Readings:
    """Return the rows that a mention may mean, with the class of the name and how well its language fits."""
    if mention.kind is MentionKind.BORDER:
        row = store.row(mention.name)
        return {} if row is None else {row: (NameClass.PREFERRED, 1.0)}
    demonyms = mention.kind is MentionKind.DEMONYM
    best = _readings(forms(mention, rules_, store), language, store, demonyms=demonyms)
    name = key(mention.name or mention.surface)
    if mention.kind is MentionKind.TOPONYM and (people := _readings([name], language, store, demonyms=True)):
        # What is called as a far greater people is, is hardly meant: Canadian in Texas.
        prior = store.places["prior"]
        most = max((float(prior[row]) for row in best), default=0.0)
        best = {row: what for row, what in people.items() if float(prior[row]) > most} | best
    if not demonyms:
        best = {**_abbreviations(mention.surface, language, rules_, store), **best}
    if _NATURAL.intersection(mention.wanted):  # "Samudra Pasifik" is no town called Pacific, but Mount Vernon is one
        whole = _readings([key(mention.surface)], language, store)
        best = {row: found for row, found in best.items() if row in whole or store.kind(row) not in _SETTLED}
    if best or demonyms:
        return best
    return (
        _readings(_spellings(mention, rules_), language, store, first=True)
        or (_readings(_slips(name, store), language, store) if mention.kind is MentionKind.TOPONYM else {})
        or _contained(mention, language, store)
    )


def _readings(
    names: Iterable[str], language: str, store: Store, *, demonyms: bool = False, first: bool = False
) -> dict[int, tuple[NameClass, float]]:
    """Return the places of some keys, with the class of the name and how well its language fits.

    The first two keys are the name as it is written; the others count only where those are unknown. With `first`, none
    counts after one that is known.
    """
    best: dict[int, tuple[NameClass, float]] = {}
    fits = _fits(store.languages, language)
    for rank, name in enumerate(names):
        if best and (first or rank > 1):
            break
        for row, number, tag in store.postings(name).tolist():
            if number == NameClass.CODE or demonyms != (number == NameClass.DEMONYM):
                continue
            known = best.get(row)
            if known is None or (number, -fits[tag]) < (known[0], -known[1]):
                best[row] = _CLASSES[number], fits[tag]
    return best


_CLASSES = tuple(NameClass)


@functools.lru_cache(maxsize=64)
def _fits(languages: tuple[str, ...], language: str) -> tuple[float, ...]:
    """Return how well a name of each language of a store fits a text in one."""
    return tuple(1.0 if tag == language else 0.5 if tag in {"", "en"} else 0.0 for tag in languages)


def _spellings(mention: Mention, rules_: PlaceRules) -> Iterator[str]:
    """Yield other ways to write a name: "#OtsegoCounty", "St. Marc", "Dogu Beyazit", "Zamalek" without its article."""
    for text in dict.fromkeys((mention.surface, mention.name or mention.surface)):
        surface = text.strip("#@…. ")
        yield key(surface)
        yield key(surface.removesuffix("'s").removesuffix("’s"))
        plain = " ".join(_NO_LETTER.sub(" ", key(surface)).split())
        yield plain
        yield key(" ".join(_JOINED.findall(surface)))
        bare = _ARTICLE.sub("", plain, count=1) if _ARTICLE.match(plain) else plain
        yield bare
        yield from (saint + _SAINT.sub("", plain, count=1) for saint in _SAINTS if _SAINT.match(plain))
        if rules_.cased:
            yield from (article + bare for article in _ARABIC)
        yield plain.replace(" ", "").replace("'", "")


def _abbreviations(surface: str, language: str, rules_: PlaceRules, store: Store) -> Readings:
    """Return what "Fla" without its full stop stands for, and the units at home of which "BC" is the code."""
    surface = surface.strip("#@ ")
    if len(surface) > _LONGEST_ABBREVIATION or not surface[:1].isupper():
        return {}
    found = _readings([f"{key(surface)}."], language, store)
    if surface.isupper():
        units = (store.row(f"admin1:{country}-{surface}") for country in rules_.home)
        found |= dict.fromkeys((row for row in units if row is not None), (NameClass.ABBREVIATION, 0.5))
    return found


def _slips(name: str, store: Store) -> list[str]:
    """Return the names of well-known places that differ from a longer one by a letter, as a slip of the pen does."""
    from geomap.gazetteer.search import within_one_edit

    if len(name) < _SHORTEST_WITH_SLIP:
        return []
    near = {other: store.rows(other)[:1] for other in within_one_edit(store, name)}
    known = _KNOWN if len(name) >= _LONG else _WELL_KNOWN
    return [other for other, rows in near.items() if rows and store.places["prior"][rows[0]] >= known]


def _contained(mention: Mention, language: str, store: Store) -> Readings:
    """Return the known places that a name begins or ends with: "Letterkenny" of a hospital, "Florida" of its south.

    A town may stand there as an adjective: "Hamburger Hafen".

    The longest such name counts. It is no name of the place itself, so its class is the least sure one.
    """
    words = _NO_LETTER.sub(" ", key(mention.surface)).split()[:_MOST_WORDS]
    for size in range(len(words) - 1, 0, -1):
        found: dict[int, tuple[NameClass, float]] = {}
        for edge in (words[:size], words[-size:]):
            name = " ".join(edge).removesuffix("'s")
            if name not in _empty_words(language):
                endings = rules(language).town_adjectives
                towns = (name.removesuffix(ending) for ending in endings if name.endswith(ending))
                found |= (
                    _readings([name], language, store)
                    or _readings([name], language, store, demonyms=True)
                    or _readings(towns, language, store)
                )
        known = {
            row: (NameClass.UNTAGGED, fit)
            for row, (name_class, fit) in found.items()
            if name_class is not NameClass.UNTAGGED
            and fit
            and store.kind(row) in _CONTAINERS
            and store.places["prior"][row] >= _CONTAINED
        }
        if known:
            return known
    return {}


@functools.cache
def _empty_words(language: str) -> frozenset[str]:
    """Return the keys that tell what a place is, where in another, or nothing: they contain no place."""
    rules_ = rules(language)
    terms = (rules_.generic.before, rules_.generic.after, rules_.directions)
    words = itertools.chain(rules_.common, rules_.organisations, *itertools.chain(*(t.values() for t in terms)))
    return frozenset(map(key, words))


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
