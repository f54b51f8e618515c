"""Phrases that describe a place by others, found by the patterns of a language pack.

A pattern is a line of words and slots, as in ``"{n} {unit} off the? coast|coasts of {a}"``:

- ``{a}`` and ``{b}`` are places that the text names, or the adjective of a country; ``{border}`` a border, or the word
  for one; ``{dir}`` a compass direction; ``{n} {unit}`` a distance;
- ``coast|shore`` stands for either word, ``küste*`` for any word that begins so, and ``the?`` may be missing.

Articles before a name need no mention. What a pattern describes is its key in the pack; `geomap.places.relations` makes
the place.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.places.borders import country_meant_by
from geomap.places.rules import phrase_words, rules
from geomap.places.scan import matches_at
from geomap.record import MentionKind, PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geomap.gazetteer.store import Store
    from geomap.places.scan import Words
    from geomap.record import Mention

__all__ = ["KINDS", "Phrase", "directions_in", "find"]

# The kinds of place that the slots of a recipe hold; for the others any.
_FLOWING = frozenset({PlaceKind.RIVER, PlaceKind.CANAL, PlaceKind.LAKE})
_TOWNS = frozenset(PlaceKind) - {
    PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.REGION, PlaceKind.DISPUTED, PlaceKind.BORDER,
    PlaceKind.DESCRIBED, *_FLOWING,
}  # fmt: skip
_COASTAL = frozenset(
    {PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ISLAND, PlaceKind.PENINSULA, PlaceKind.CITY, PlaceKind.REGION,
     PlaceKind.DISPUTED, PlaceKind.SEA}
)  # fmt: skip
_COUNTRY = frozenset({PlaceKind.COUNTRY})
_ANY = frozenset(PlaceKind)
KINDS = {
    "distance": _TOWNS,
    "beyond": _TOWNS,
    "outskirts": frozenset({PlaceKind.CITY}),
    "between": _TOWNS,
    "road": _TOWNS,
    "side": _COUNTRY,
    "border": _COUNTRY,
    "off": _COASTAL - {PlaceKind.SEA},
    "coast": _COASTAL,
    "bank": _FLOWING,
    "bridge": _FLOWING,
    "upstream": frozenset({PlaceKind.CITY}),
    "downstream": frozenset({PlaceKind.CITY}),
}
# Of two readings of the same words the first: "off the coast" is more than "the coast".
_ORDER = list(KINDS)
# A name that no mention covers is a place in a phrase if it is that prominent: ten thousand people.
_LEAST_PRIOR = 4.0
_LONGEST_NAME = 4

# So many articles may stand before a name.
_ARTICLES = 2
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,\s’']\d{3})+")
_STOPS = frozenset('.!?:;"“”«»„()[]–—-•|¿¡')
_MOST_DIRECTION = 3  # "north - east" is three tokens, "timur laut" two
# So many words of the texts read last are not looked up anew; what is longer than any word of a pattern, only so far.
_KNOWN_WORDS, _LONGEST_WORD = 1 << 14, 60


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase at ``[start, end)``.

    Attributes
    ----------
    recipe
        What it describes: the key of its pattern in the pack.
    names
        The mentions in its slots, or the id of a place that is named there and is no mention: by an adjective, or
        because only the phrase tells that it is a place.
    border
        The mention of a border in it, if any.
    direction
        "n", "ne", …, or "".
    km
        The distance, or 0.
    size
        How many tokens it has.
    """

    recipe: str
    start: int
    end: int
    size: int
    names: tuple[Mention | str, ...] = ()
    border: Mention | None = None
    direction: str = ""
    km: float = 0.0


@dataclass(frozen=True, slots=True)
class _Element:
    """A slot, or a literal in its forms, each a tuple of words; ``*`` at the end of one stands for any ending."""

    slot: str = ""
    forms: tuple[tuple[str, ...], ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class _Pattern:
    recipe: str
    elements: tuple[_Element, ...]
    anchor: int  # the element that the pattern is looked up by


@dataclass(frozen=True, slots=True)
class _Index:
    """The patterns of a language by the first word of their anchor, and those that a direction anchors."""

    words: dict[str, list[_Pattern]] = field(default_factory=dict)
    stems: dict[str, list[_Pattern]] = field(default_factory=dict)
    lengths: set[int] = field(default_factory=set)
    directed: list[_Pattern] = field(default_factory=list)

    def at(self, word: str) -> Iterator[_Pattern]:
        yield from self.words.get(word, ())
        for length in sorted(self.lengths):
            if length <= len(word):
                yield from self.stems.get(word[:length], ())


@functools.cache
def _patterns(language: str) -> _Index:
    index = _Index()
    for recipe, lines in rules(language).described.items():
        for line in lines:
            elements = tuple(map(_element, line.split()))
            anchors = [_anchor_forms(element, language) for element in elements]
            rarity = list(map(_rarity, elements, anchors))
            anchor = rarity.index(max(rarity))
            pattern = _Pattern(recipe, elements, anchor)
            if elements[anchor].slot == "dir":
                index.directed.append(pattern)
            for first in {form[0] for form in anchors[anchor]}:
                if first.endswith("*"):
                    index.stems.setdefault(first[:-1], []).append(pattern)
                    index.lengths.add(len(first) - 1)
                else:
                    index.words.setdefault(first, []).append(pattern)
    return index


def _rarity(element: _Element, forms: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Tell how rare an element is in a text: directions and units are, and a long word is rarer than a short one."""
    if element.slot == "dir" and not element.optional:
        return 2, 0
    if not forms:
        return 0, 0
    return int(element.slot == "unit"), min(sum(map(len, form)) for form in forms)


def _anchor_forms(element: _Element, language: str) -> tuple[tuple[str, ...], ...]:
    """Return the forms that an element may be looked up by; none for a name, or where it may be missing."""
    if element.optional:
        return ()
    slots = {"unit": rules(language).distance_units, "border": rules(language).border.nouns}
    return element.forms or tuple(map(phrase_words, slots.get(element.slot, ())))


def _element(written: str) -> _Element:
    optional = written.endswith("?")
    written = written.removesuffix("?")
    if written.startswith("{"):
        return _Element(slot=written.strip("{}"), optional=optional)
    return _Element(forms=tuple(map(_form, written.split("|"))), optional=optional)


def _form(written: str) -> tuple[str, ...]:
    words = phrase_words(written.removesuffix("*"))
    return (*words[:-1], words[-1] + "*") if written.endswith("*") else words


@functools.lru_cache(maxsize=_KNOWN_WORDS)
def _anchored(language: str, word: str) -> tuple[_Pattern, ...]:
    """Return the patterns whose anchor may begin with a word."""
    index = _patterns(language)
    return tuple(pattern for form in _readings(language, word) for pattern in index.at(form))


@functools.lru_cache(maxsize=_KNOWN_WORDS)
def _readings(language: str, word: str) -> tuple[str, ...]:
    """Return a word as it may be looked up: as it stands, and without what is written together with it."""
    clitics = [c for c in rules(language).clitics if word.startswith(c) and len(word) > len(c) + 1]
    return tuple(dict.fromkeys([word, *(word[len(c) :] for c in clitics)]))


@functools.cache
def _directions(language: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return the direction words of a language with what they mean, and the words that one of them begins with."""
    directions = {word.casefold(): code for code, found in rules(language).directions.items() for word in found}
    return directions, frozenset(phrase_words(phrase)[0] for phrase in directions)


def directions_in(words: Words) -> Iterator[tuple[int, str, int]]:
    """Yield index, direction and number of words of each direction, the longer before the shorter."""
    directions, _ = _directions(words.language)
    beyond = 0
    for index, word in enumerate(words.lower):
        if index < beyond or not _opens_direction(words.language, word[:_LONGEST_WORD]):
            continue
        for size in range(min(_MOST_DIRECTION, len(words.tokens) - index), 0, -1):
            phrase = words.text[words.tokens[index].start : words.tokens[index + size - 1].end]
            code = directions.get(_without_clitic(phrase.casefold(), words.language))
            if code:
                yield index, code, size
                beyond = index + size
                break


@functools.lru_cache(maxsize=_KNOWN_WORDS)
def _opens_direction(language: str, word: str) -> bool:
    """Tell whether a direction of a language may begin with a word."""
    return _without_clitic(word, language) in _directions(language)[1]


def _without_clitic(phrase: str, language: str) -> str:
    """Return a phrase without the article or preposition that is written together with it: "l'est", "وشمال"."""
    straight = phrase.replace("’", "'")
    found = next((c for c in rules(language).clitics if straight.startswith(c) and len(straight) > len(c) + 1), "")
    return straight[len(found) :] if found.endswith("'") else phrase


def find(words: Words, mentions: Iterable[Mention], store: Store) -> list[Phrase]:
    """Return the phrases of a text that describe a place, in text order and without overlaps."""
    if not words.rules.described:
        return []
    matcher = _Matcher(words, mentions, store)
    found: list[Phrase] = []
    for at, word in enumerate(words.lower):
        for pattern in _anchored(words.language, word[:_LONGEST_WORD]):
            found += matcher.at(pattern, at)
    for at in matcher.directions:
        for pattern in _patterns(words.language).directed:
            found += matcher.at(pattern, at)
    found = [phrase for phrase in found if not _opens_organisation(phrase, words)]
    chosen: list[Phrase] = []
    taken: set[int] = set()
    for phrase in sorted(found, key=lambda p: (p.recipe == "border", -p.size, -p.end, _ORDER.index(p.recipe))):
        covered = range(words.token_at(phrase.start), words.index(phrase.end))
        if taken.isdisjoint(covered):
            taken.update(covered)
            chosen.append(phrase)
    return sorted(_with_others(chosen, found), key=lambda phrase: phrase.start)


def _opens_organisation(phrase: Phrase, words: Words) -> bool:
    """Tell whether a phrase only begins the name of a body: "the Philippine coast guard"."""
    after = words.index(phrase.end)
    named = any(not isinstance(name, str) and name.end == phrase.end for name in phrase.names)
    if named or after >= len(words.tokens) or not words.joined(after - 1):
        return False
    return words.tokens[after].text.capitalize() in words.rules.organisations


def _with_others(chosen: Iterable[Phrase], found: Iterable[Phrase]) -> Iterator[Phrase]:
    """Join "the Afghan side of the border" and "border with Tajikistan", which overlap, into one."""
    borders = {phrase.start: phrase for phrase in found if phrase.recipe == "border"}
    for phrase in chosen:
        inside = range(phrase.start + 1, phrase.end) if phrase.recipe == "side" and len(phrase.names) == 1 else ()
        border = next((borders[start] for start in inside if start in borders), None)
        if border is None or border.end < phrase.end or border.names == phrase.names:
            yield phrase
        else:
            yield replace(phrase, end=border.end, names=(*phrase.names, *border.names))


class _Matcher:
    """A text in which patterns are looked for: a match is where it ends, or begins, and what its slots hold."""

    def __init__(self, words: Words, mentions: Iterable[Mention], store: Store) -> None:
        self._words, self._store = words, store
        self._beginning: dict[int, Mention] = {}
        self._ending: dict[int, Mention] = {}
        self._countries: set[str] = set()
        for mention in mentions:
            self._countries.update(candidate.country for candidate in mention.candidates[:1])
            self._beginning[words.token_at(mention.start)] = mention
            self._ending[words.index(mention.end)] = mention
        self._direction_from: dict[int, tuple[int, str]] = {}
        self._direction_to: dict[int, tuple[int, str]] = {}
        for index, code, size in directions_in(words):
            self._direction_from[index] = index + size, code
            self._direction_to[index + size] = index, code
        lines = words.rules.directions.values()
        self._capitals_tell = words.rules.cased and not any(word[0].isupper() for line in lines for word in line)
        self._units = sorted({phrase_words(unit) for unit in words.rules.distance_units}, key=len, reverse=True)
        self._nouns = sorted({phrase_words(noun) for noun in words.rules.border.nouns}, key=len, reverse=True)

    @property
    def directions(self) -> Iterable[int]:
        """The tokens that a direction begins at."""
        return self._direction_from

    def at(self, pattern: _Pattern, index: int) -> Iterator[Phrase]:
        """Yield the phrases of a pattern whose anchor stands at a token."""
        kinds = KINDS.get(pattern.recipe, _ANY)
        tail = list(self._match(pattern.elements[pattern.anchor :], index, 1, kinds))
        if not tail:
            return
        for first, before in self._match(pattern.elements[: pattern.anchor][::-1], index, -1, kinds):
            for last, after in tail:
                yield self._phrase(pattern.recipe, first, last, before | after)

    def _phrase(self, recipe: str, first: int, last: int, held: Mapping[str, Mention | str]) -> Phrase:
        tokens, words = self._words.tokens, self._words
        names = tuple(held[slot] for slot in ("a", "b") if slot in held)
        border = held.get("border")
        spans = [(m.start, m.end) for m in (*names, border) if m is not None and not isinstance(m, str)]
        start, end = tokens[first].start, tokens[last - 1].end
        # A name may begin or end inside a token, where a clitic or an ending is written together with it.
        start = next((s for s, _ in spans if words.token_at(s) == first), start)
        end = next((e for _, e in spans if words.index(e) == last), end)
        return Phrase(
            recipe,
            start,
            end,
            last - first,
            names,
            None if isinstance(border, str) else border,
            str(held.get("dir", "") or self._direction_inside(first, last, spans)),
            float(str(held.get("n", "0"))) * float(str(held.get("unit", "1"))),
        )

    def _direction_inside(self, first: int, last: int, names: Sequence[tuple[int, int]]) -> str:
        """Return the direction that a pattern has as a word of its own, if it has one: "阿勒颇以北"."""
        for index in range(first, last):
            at = self._words.tokens[index].start
            if index in self._direction_from and not any(start <= at < end for start, end in names):
                return self._direction_from[index][1]
        return ""

    def _match(
        self, elements: Sequence[_Element], at: int, step: int, kinds: frozenset[PlaceKind]
    ) -> Iterator[tuple[int, dict[str, Mention | str]]]:
        """Yield where elements end that follow each other from a token on, in reading order or against it."""
        if not elements:
            yield at, {}
            return
        element, rest = elements[0], elements[1:]
        for there, value in self._one(element, at, step, kinds):
            for end, held in self._match(rest, there, step, kinds):
                yield end, held | ({element.slot: value} if element.slot else {})
        if element.optional:
            yield from self._match(rest, at, step, kinds)

    def _one(
        self, element: _Element, at: int, step: int, kinds: frozenset[PlaceKind]
    ) -> Iterator[tuple[int, Mention | str]]:
        if not element.slot:
            for form in element.forms:
                if self._is(form, at if step > 0 else at - len(form)):
                    yield at + step * len(form), ""
            return
        yield from self._slot(element.slot, at, step, kinds)
        if step > 0 and element.slot in ("a", "b", "border"):
            for skipped in range(1, _ARTICLES + 1):
                behind = at + skipped - 1
                if behind + 1 >= len(self._words.tokens) or not self._words.is_connector(self._words.lower[behind]):
                    return
                yield from self._slot(element.slot, behind + 1, step, kinds)

    def _slot(self, slot: str, at: int, step: int, kinds: frozenset[PlaceKind]) -> Iterator[tuple[int, Mention | str]]:
        here = at if step > 0 else at - 1  # the token that a slot of one token holds
        if not 0 <= here < len(self._words.tokens):
            return
        match slot:
            case "n":
                if value := self._number(here):
                    yield at + step, value
            case "unit":
                for unit in self._units:
                    if self._is(unit, at if step > 0 else at - len(unit)):
                        yield at + step * len(unit), self._kilometres(unit)
                        return
            case "dir":
                if found := (self._direction_from if step > 0 else self._direction_to).get(at):
                    yield found
            case "border":
                yield from self._border(at, step)
            case _:
                yield from self._name(at, here, step, kinds)

    def _name(self, at: int, here: int, step: int, kinds: frozenset[PlaceKind]) -> Iterator[tuple[int, Mention | str]]:
        mention = (self._beginning if step > 0 else self._ending).get(at)
        if mention is not None and mention.place_id:
            fits = not mention.candidates or any(candidate.kind in kinds for candidate in mention.candidates)
            if fits and mention.kind not in (MentionKind.BORDER, MentionKind.REFERENCE):
                there = self._words.index(mention.end) if step > 0 else self._words.token_at(mention.start)
                yield there, mention
            return
        if PlaceKind.COUNTRY in kinds and (code := country_meant_by(self._words, self._store, here)):
            yield at + step, f"country:{code}"
            return
        yield from self._unmentioned(at, step, kinds)

    def _unmentioned(self, at: int, step: int, kinds: frozenset[PlaceKind]) -> Iterator[tuple[int, str]]:
        """Yield the most prominent place of fitting kind whose name begins, or ends, at a token."""
        words = self._words
        for first in [at] if step > 0 else range(max(at - _LONGEST_NAME, 0), at):
            capital = words.capital[first] or not words.rules.cased
            if not words.is_word(first) or not (capital or PlaceKind.COUNTRY in kinds):
                continue
            for match in matches_at(self._store, words, first):
                if (step < 0 and match.last != at) or (capital and PlaceKind.CITY in kinds and words.is_common(match)):
                    continue
                place_id = self._best(match.key, kinds if capital else _COUNTRY)  # "costa siria"
                if place_id:
                    yield (match.last if step > 0 else first), place_id
                    return

    def _best(self, key: str, kinds: frozenset[PlaceKind]) -> str:
        store = self._store
        postings = store.postings(key)
        rows = {int(p["row"]) for p in postings if p["kind"] < NameClass.ABBREVIATION}
        fitting = [row for row in rows if store.kind(row) in kinds]
        here = [row for row in fitting if store.country(row) in self._countries]
        best = max(here or fitting, key=lambda row: (float(store.places["prior"][row]), -row), default=None)
        if best is None or (store.kind(best) is PlaceKind.CITY and store.places["prior"][best] < _LEAST_PRIOR):
            return ""
        return store.id(best)

    def _border(self, at: int, step: int) -> Iterator[tuple[int, Mention | str]]:
        mention = (self._beginning if step > 0 else self._ending).get(at)
        if mention is not None and (PlaceKind.BORDER in mention.wanted or mention.place_id.startswith("border:")):
            yield (self._words.index(mention.end) if step > 0 else self._words.token_at(mention.start)), mention
            return
        for noun in self._nouns:
            if self._is(noun, at if step > 0 else at - len(noun)):
                yield at + step * len(noun), ""
                return

    def _is(self, form: Sequence[str], first: int) -> bool:
        lower = self._words.lower
        if first < 0 or first + len(form) > len(lower):
            return False
        if any(map(self._is_proper, range(first, first + len(form)))):
            return False  # "the Gold Coast"
        return all(
            any(
                _same(way, word)
                for way in (
                    lower[first + i : first + i + 1]
                    if i
                    else _readings(self._words.language, lower[first][:_LONGEST_WORD])
                )
            )
            for i, word in enumerate(form)
        )

    def _is_proper(self, index: int) -> bool:
        """Tell whether a token has a capital that is neither that of a sentence nor that of all nouns, as in German."""
        words = self._words
        if not (self._capitals_tell and words.capital[index]):
            return False
        return not (words.opens_line(index) or words.tokens[index - 1].text in _STOPS)

    def _number(self, index: int) -> str:
        token = self._words.tokens[index]
        if token.kind != "number" or len(token.text) > 12:
            return ""
        whole = _THOUSANDS.fullmatch(token.text)
        digits = re.sub(r"\D", "", token.text) if whole else token.text.replace(",", ".")
        try:
            return str(float(digits))
        except ValueError:
            return ""

    def _kilometres(self, unit: tuple[str, ...]) -> str:
        units = self._words.rules.distance_units
        return str(next(km for name, km in units.items() if phrase_words(name) == unit))


def _same(word: str, form: str) -> bool:
    return word.startswith(form[:-1]) if form.endswith("*") else word == form
