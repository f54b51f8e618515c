"""Stretches of a text that may name a place, and the evidence for each.

Three sources propose: the gazetteer, with every name that stands at a token; the tagger, with every name of a place,
also one that no gazetteer knows; and generic terms, each with the unknown name beside it ("Germanna Ford", "Hotel
Oranje"). `FEATURES` lists the evidence: what the gazetteer says of the name, how it is written,
the words around it, what the tagger thinks, and how the same name fares elsewhere in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geomap.gazetteer.entry import NameClass
from geomap.places import tagger
from geomap.places.kinds import REGION, RELIEF, WATER
from geomap.places.scan import Match, matches_at
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geomap.gazetteer.store import Store
    from geomap.places.recognisers import Recogniser
    from geomap.places.scan import Words
    from geomap.record import Record, Sentence

__all__ = ["FEATURES", "Proposal", "propose"]

FEATURES = (
    # what the gazetteer says
    "known",
    "prior",
    "country",
    "admin1",
    "admin2",
    "city",
    "natural",
    "facility",
    "region",
    "main_name",
    "untagged",
    "old",
    "abbreviation",
    "demonym",
    "senses",
    "foreign",
    "headed",
    # how it is written
    "words",
    "letters",
    "common",
    "acronym",
    "lower",
    "seen_lower",
    "head",
    "loud",
    "opens_line",
    "cased",
    "longest",
    # the words around it
    "generic_before",
    "generic_after",
    "preposition",
    "modified",
    "title",
    "office",
    "title_of",
    "organisation_of",
    "number_before",
    "organisation_before",
    "organisation_after",
    "name_before",
    "name_after",
    "comma_before",
    "parent_follows",
    "place_follows",
    "hash",
    "in_hashtag",
    "hyphen_before",
    "hyphen_after",
    "number_after",
    "quoted",
    # the tagger
    "tag_loc",
    "tag_per",
    "tag_org",
    "tag_exact",
    "tag_first",
    "tag_before",
    "tag_after",
    "per_beside",
    "org_beside",
    # the same name elsewhere
    "times",
    "loc_elsewhere",
    "per_elsewhere",
)

_NATURAL = WATER | RELIEF
_UNITS = {PlaceKind.COUNTRY: 0, PlaceKind.ADMIN1: 1, PlaceKind.ADMIN2: 2, PlaceKind.CITY: 3}
_HYPHENS = "-‐‑–"
_QUOTES = "\"'“”„‟‘’‚«»‹›「」『』"
# Of the names that begin at one token, the longest few.
_NESTED = 3
# Words of an unknown name beside a generic term, at most: with capitals, and in a script that has none.
_UNKNOWN, _UNKNOWN_UNCASED = 4, 2
# Of the places of one name, the first so many are looked at; they come best first.
_READ = 40


@dataclass(frozen=True, slots=True)
class Proposal:
    """A stretch that may name a place.

    `kind` and `name_class` are those of its likeliest reading, if the gazetteer has one; `generic` is the kind that the
    generic term inside an unknown name says.
    """

    match: Match
    name_class: NameClass | None = None
    kind: PlaceKind | None = None
    generic: PlaceKind | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a name is best read."""

    name_class: NameClass
    prior: float
    kind: PlaceKind
    senses: int
    foreign: bool


def propose(
    record: Record, words: Words, store: Store, recogniser: Recogniser = tagger.marginals
) -> tuple[list[Proposal], NDArray[np.float32]]:
    """Return the proposals of a text in order, and their evidence: a row each, a column a feature."""
    ranges = [(words.index(s.start), words.index(s.end)) for s in record.sentences]
    tags = recogniser(words, ranges, store)
    blocked = {i for date in record.dates for i in range(words.index(date.start), words.index(date.end))}
    readings: dict[str, _Reading | None] = {}
    context = _Context(words, store, tags, *_sentence_flags(record.sentences, words), readings)
    found = [p for index in range(len(words.tokens)) if index not in blocked for p in context.at(index)]
    found = _without_parts(found)
    rows = np.array([context.row(proposal) for proposal in found], np.float32).reshape(len(found), len(FEATURES) - 3)
    return found, np.hstack([rows, _elsewhere(found, rows)])


def _without_parts(found: Sequence[Proposal]) -> list[Proposal]:
    """Leave out what a longer name holds: a demonym ("European Union"), and an unknown name."""
    longest: dict[int, int] = {}
    for proposal in found:
        if proposal.kind is not None and proposal.name_class is not NameClass.DEMONYM:
            first, last = proposal.match.first, proposal.match.last
            for index in range(first, last):
                longest[index] = max(longest.get(index, 0), last)

    def is_part(proposal: Proposal) -> bool:
        first, last = proposal.match.first, proposal.match.last
        if proposal.name_class is NameClass.DEMONYM:
            return last - first == 1 and longest.get(first, 0) > last
        return proposal.generic is not None and longest.get(first, 0) >= last

    return [proposal for proposal in found if not is_part(proposal)]


def _elsewhere(found: Sequence[Proposal], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how often the name of each proposal stands in the text, and what the tagger thinks of it at best."""
    names: dict[str, list[int]] = {}
    for index, proposal in enumerate(found):
        names.setdefault(proposal.match.key, []).append(index)
    columns = [FEATURES.index("tag_loc"), FEATURES.index("tag_per")]
    result = np.zeros((len(found), 3), np.float32)
    for indexes in names.values():
        result[indexes, 0] = len(indexes)
        result[indexes, 1:] = rows[indexes][:, columns].max(axis=0)
    return result


def _sentence_flags(sentences: Sequence[Sentence], words: Words) -> tuple[set[int], list[bool]]:
    """Tell which tokens open a sentence, and which stand in one whose capitals say nothing.

    A headline "Flood Hits Two Towns" or "FLOOD HITS TWO TOWNS" writes every word with a capital.
    """
    heads: set[int] = set()
    loud = [False] * len(words.tokens)
    for sentence in sentences:
        first, last = words.index(sentence.start), words.index(sentence.end)
        inner = [i for i in range(first, last) if words.is_word(i)]
        heads.update(inner[:1])
        long_words = [i for i in inner if len(words.lower[i]) > 2]
        capitals = sum(words.capital[i] for i in long_words)
        if len(long_words) >= 5 and capitals >= 0.8 * len(long_words):
            loud[first:last] = [True] * (last - first)
    # An opening quotation mark opens a sentence too.
    heads.update(i for i in range(1, len(words.tokens)) if words.tokens[i - 1].text in '“"«„‘—' and words.is_word(i))
    return heads, loud


@dataclass(frozen=True, slots=True)
class _Context:
    """A text as its proposals see it."""

    words: Words
    store: Store
    tags: tagger.Marginals
    heads: set[int]
    loud: Sequence[bool]
    readings: dict[str, _Reading | None]

    def at(self, index: int) -> Iterator[Proposal]:
        """Yield the proposals that begin at a token, longest first."""
        words = self.words
        if not (words.outer[index] or index in self.tags.spans or words.opens_generic(index)):
            return
        if not words.is_word(index) or self._is_handle(index):
            return
        tagged = self._trimmed(index, self.tags.spans.get(index))
        yielded: set[int] = set()
        if words.outer[index]:
            for match in matches_at(self.store, words, index):
                reading = self.reading(match) if self._written_as_name(match) else None
                if reading is not None and match.last not in yielded and len(yielded) < _NESTED:
                    yielded.add(match.last)
                    yield Proposal(match, reading.name_class, reading.kind)
        if tagged is not None and tagged not in yielded:
            yielded.add(tagged)
            yield Proposal(self._unknown(index, tagged), generic=words.generic_inside(index, tagged))
        for last, kind in self._headed(index):
            if last not in yielded:
                yield Proposal(self._unknown(index, last), generic=kind)

    def _unknown(self, first: int, last: int) -> Match:
        tokens = self.words.tokens
        key = " ".join(self.words.lower[first:last])
        return Match(tokens[first].start, tokens[last - 1].end, first, last, key)

    def _headed(self, index: int) -> Iterator[tuple[int, PlaceKind]]:
        """Yield the ends of the names that begin at a token with a generic term, or end with one, and its kind."""
        words = self.words
        if (before := words.generic_from(index)) is not None:
            kind, size = before
            run = self._run(index + size)
            if words.cased and run:
                yield index + size + run, kind
            elif not words.cased:
                for more in range(1, run + 1):
                    yield index + size + more, kind
        if words.cased and words.capital[index] and index not in self.heads:
            for last in range(index + 1, index + 1 + self._run(index)):
                if (after := words.generic_after(last)) is not None:
                    yield last + after[1], after[0]
                    return

    def _run(self, first: int) -> int:
        """Return how many words of a name stand at a token: those with capitals, and connectors between them."""
        words = self.words
        most = _UNKNOWN if words.cased else _UNKNOWN_UNCASED
        size = 0
        for index in range(first, min(first + most, len(words.tokens))):
            if not words.is_word(index) or not words.joined(index - 1):
                break
            if not words.cased or words.capital[index]:
                size = index - first + 1
            elif (
                index == first or not words.is_connector(low := words.lower[index]) or low in words.rules.border.joiners
            ):
                break
        return size

    def _trimmed(self, first: int, last: int | None) -> int | None:
        """Return the end of a tagged name without the words behind it that have no capital."""
        while last is not None and self.words.cased and not self.words.capital[last - 1]:
            last = last - 1 if last - 1 > first else None
        return last

    def _is_handle(self, index: int) -> bool:
        return index > 0 and self.words.tokens[index - 1].text == "@" and self.words.joined(index - 1)

    def _has_capital(self, index: int) -> bool:
        words = self.words
        return words.capital[index] or not words.cased or not words.tokens[index].text[0].islower()

    def _written_as_name(self, match: Match) -> bool:
        """Tell whether capitals stand where a name has them."""
        words = self.words
        if not words.cased:
            return True
        inner = [i for i in range(match.first, match.last) if words.is_word(i)]
        if not inner or not words.outer[inner[-1]] or not any(self._has_capital(i) for i in inner):
            return False
        return all(
            words.outer[i] or words.lower[i] in words.rules.connectors or len(words.lower[i]) <= 3 for i in inner
        )

    def reading(self, match: Match) -> _Reading | None:
        """Return how a match is best read here; None where it is no name of a place."""
        if match.key not in self.readings:
            self.readings[match.key] = self._read(match.key, abbreviations=False)
        plain = self.readings[match.key]
        if not self._written_as_abbreviation(match):
            return plain
        short = f"{match.key}\0"  # the same key, read as an abbreviation
        if short not in self.readings:
            self.readings[short] = self._read(match.key, abbreviations=True)
        reading = self.readings[short]
        if reading is not None and reading.kind is not PlaceKind.COUNTRY and not self._stands_as_unit(match):
            return plain
        return reading or plain

    def _read(self, key: str, *, abbreviations: bool) -> _Reading | None:
        best: _Reading | None = None
        postings = self.store.postings(key)
        kinds = postings["kind"]
        fitting = postings[((kinds == NameClass.ABBREVIATION) == abbreviations) & (kinds != NameClass.CODE)]
        for posting in fitting[:_READ]:
            prior = float(self.store.places["prior"][posting["row"]])
            if best is None or prior > best.prior:
                kind = self.store.kind(int(posting["row"]))
                foreign = self.store.languages[int(posting["language"])] not in ("", self.words.language)
                best = _Reading(NameClass(int(posting["kind"])), prior, kind, len(fitting), foreign)
        return best

    def _written_as_abbreviation(self, match: Match) -> bool:
        """Tell whether a match is written as an abbreviation is: "AS", "U.S.", "Ky."."""
        surface = self.words.text[match.start : match.end]
        stop = self.words.text[match.end : match.end + 1] == "."
        return sum(letter.isalpha() for letter in surface) >= 2 and (surface.isupper() or stop)

    def _stands_as_unit(self, match: Match) -> bool:
        """Tell whether the short form of a first-level unit stands where one does: "Lexington, Ky.", not "OR"."""
        surface = self.words.text[match.start : match.end]
        return "." in surface or (match.first > 0 and self.words.tokens[match.first - 1].text == ",")

    def row(self, proposal: Proposal) -> list[float]:
        """Return the evidence for a proposal, but for what stands elsewhere."""
        match = proposal.match
        reading = self.reading(match) if proposal.kind is not None else None
        # "US" is an abbreviation where "us" is a common word
        short = proposal.name_class is NameClass.ABBREVIATION
        writing = self._of_writing(match, common=not short and self.words.is_common(match))
        return [*_of_name(reading, proposal.generic), *writing, *self._of_neighbours(proposal), *self._of_tags(match)]

    def _of_writing(self, match: Match, *, common: bool) -> list[float]:
        words, first, last = self.words, match.first, match.last
        surface = words.text[match.start : match.end]
        single = last - first == 1
        return [
            last - first,
            match.end - match.start,
            common,
            surface.isupper() and len(surface) > 1,
            surface.islower(),
            single and words.lower[first] in words.uncapitalised,
            first in self.heads,
            self.loud[first],
            words.opens_line(first),
            words.cased,
            self._is_longest(match),
        ]

    def _is_longest(self, match: Match) -> bool:
        longest = next(iter(matches_at(self.store, self.words, match.first)), None)
        return longest is None or longest.last <= match.last

    def _of_neighbours(self, proposal: Proposal) -> list[float]:
        match, words, rules = proposal.match, self.words, self.words.rules
        left, right = match.first - 1, match.last
        before = words.tokens[left].text if left >= 0 else ""
        after = words.tokens[right].text if right < len(words.tokens) else " "
        beside = words.joined(left) and words.is_word(left)
        if before == "." and words.is_word(left - 1) and words.tokens[left - 1].text in rules.titles:
            title: float = 1
        else:
            title = beside and before.rstrip(".") in rules.titles
        generic_before, generic_after = words.generic_before(match.first), words.generic_after(right)
        low = words.lower[left] if beside else ""
        name_before = (
            beside
            and words.capital[left]
            and not (generic_before or low in rules.common or low in rules.prepositions or before in rules.offices)
        )
        follows = words.tokens[right].text if words.joined(right - 1) and words.is_word(right) else ""
        name_after = bool(follows) and words.capital[right] and not generic_after and follows not in rules.offices
        name_after &= proposal.kind is not PlaceKind.COUNTRY  # "Presiden AS Joe Biden"
        parent, place = self._after_comma(right)
        return [
            generic_before is not None,
            generic_after is not None,
            self._is_placed(match),
            low in rules.modified,
            title,
            beside and before in rules.offices,
            words.hangs_on(match.first, rules.titles),
            words.hangs_on(match.first, rules.organisations),
            beside and any(map(str.isdigit, before)),
            beside and before in rules.organisations,
            follows in rules.organisations,
            name_before,
            name_after,
            before == ",",
            parent,
            place,
            before == "#",
            self._in_hashtag(match),
            before in _HYPHENS and words.joined(left),
            after in _HYPHENS and words.joined(right - 1),
            after[:1].isdigit() and words.joined(right - 1),
            before in _QUOTES and after in _QUOTES,
        ]

    def _in_hashtag(self, match: Match) -> bool:
        """Tell whether a hashtag goes on beside a name: "#floods_Jakarta"."""
        text = self.words.text
        return "_" in (text[match.start - 1 : match.start], text[match.end : match.end + 1])

    def _is_placed(self, match: Match) -> bool:
        """Tell whether a preposition stands before a name, its article or its first letters ("بالقاهرة")."""
        words, left = self.words, match.first - 1
        if match.start > words.tokens[match.first].start:
            return True
        if left > 0 and words.lower[left] not in words.rules.prepositions and words.is_connector(words.lower[left]):
            left -= 1
        return left >= 0 and words.lower[left] in words.rules.prepositions

    def _after_comma(self, index: int) -> tuple[bool, bool]:
        """Tell whether a country or first-level unit follows behind a comma, and whether any place does."""
        words = self.words
        if index + 1 >= len(words.tokens) or words.tokens[index].text not in (",", "("):
            return False, False
        for match in matches_at(self.store, words, index + 1):
            reading = self.reading(match) if self._written_as_name(match) else None
            if reading is not None and reading.name_class is not NameClass.DEMONYM:
                return reading.kind in (PlaceKind.COUNTRY, PlaceKind.ADMIN1), reading.prior > 4
        return False, False

    def _of_tags(self, match: Match) -> list[float]:
        tags, first, last = self.tags, match.first, match.last
        beside = [i for i, joint in ((first - 1, first - 1), (last, last - 1)) if self.words.joined(joint)]
        return [
            min(tags.loc[first:last]),
            max(tags.per[first:last]),
            max(tags.org[first:last]),
            self._is_tagged(match),
            tags.loc[first],
            tags.loc[first - 1] if first else 0.0,
            tags.loc[last] if last < len(tags.loc) else 0.0,
            max((tags.per[i] for i in beside), default=0.0),
            max((tags.org[i] for i in beside), default=0.0),
        ]

    def _is_tagged(self, match: Match) -> bool:
        """Tell whether the tagger sees the same name, with or without the generic term beside it."""
        first, last = match.first, match.last
        before, after = self.words.generic_before(first), self.words.generic_after(last)
        firsts = {first, first - (before[1] if before else 0)}
        lasts = {last, last + (after[1] if after else 0)}
        return any(self._trimmed(one, self.tags.spans.get(one)) in lasts for one in firsts)


def _of_name(reading: _Reading | None, generic: PlaceKind | None) -> list[float]:
    kind = generic if reading is None else reading.kind
    unit = [0.0, 0.0, 0.0, 0.0]
    if kind in _UNITS:
        unit[_UNITS[kind]] = 1.0
    natural, region = kind in _NATURAL, kind in REGION
    groups = [*unit, natural, kind is not None and not (natural or region or kind in _UNITS), region]
    if reading is None:
        return [0.0, 0.0, *groups, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, generic is not None]
    return [
        1.0,
        reading.prior,
        *groups,
        reading.name_class in (NameClass.PREFERRED, NameClass.MAIN),
        reading.name_class is NameClass.UNTAGGED,
        reading.name_class is NameClass.OLD,
        reading.name_class is NameClass.ABBREVIATION,
        reading.name_class is NameClass.DEMONYM,
        reading.senses,
        reading.foreign,
        0.0,
    ]
