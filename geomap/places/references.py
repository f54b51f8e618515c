"""Phrases that point back to a place: "negara itu", "the border", "that city".

They are found here, and resolved by topic: the place meant is one that the text has spoken of, near before, and in the
company of the other countries of the sentence. "US troops left the country" means the country that the text has linked
with US troops before, not the United States.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from geomap.languages import pack
from geomap.places.rules import phrase_words, rules
from geomap.record import Mention, MentionKind, PlaceKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geomap.places.scan import Words
    from geomap.record import Place, Record, Sentence

__all__ = ["country_meant", "find", "resolve"]

_SUBJECTS = {
    "country": PlaceKind.COUNTRY,
    "city": PlaceKind.CITY,
    "border": PlaceKind.BORDER,
    "river": PlaceKind.RIVER,
}
# A mention counts half as much for each so many sentences that lie between.
_HALF_LIFE = 3.0
_COMPANY = 1.0
_LOCATED = 1.5
_MODIFIER = 0.3
_GROUP_CONFIDENCE = 0.8


def find(mentions: Sequence[Mention], words: Words) -> list[Mention]:
    """Return a mention of kind REFERENCE for each phrase that overlaps none of the mentions given."""
    covered = {index for m in mentions for index in range(words.token_at(m.start), words.index(m.end))}
    by_first: dict[str, list[tuple[tuple[str, ...], PlaceKind]]] = defaultdict(list)
    for subject, kind in _SUBJECTS.items():
        for phrase in getattr(words.rules.reference, subject):
            by_first[phrase_words(phrase)[0]].append((phrase_words(phrase), kind))
    found = []
    index = 0
    while index < len(words.tokens):
        size, kind = 0, PlaceKind.COUNTRY
        for phrase, meant in by_first.get(words.lower[index], ()):
            if len(phrase) > size and tuple(words.lower[index : index + len(phrase)]) == phrase:
                size, kind = len(phrase), meant
        if size and not covered.intersection(range(index, index + size)):
            start, end = words.tokens[index].start, words.tokens[index + size - 1].end
            found.append(Mention(start, end, words.text[start:end], MentionKind.REFERENCE, wanted=(kind,)))
        index += max(size, 1)
    return found


def resolve(record: Record, words: Words) -> Record:
    """Give each reference the place that the text speaks of there.

    Only places of the kind asked for come into question, and only those named before the reference. Where none was, it
    stays unresolved.
    """
    places = {place.id: place for place in record.places}
    sentence_of = _Sentences(record.sentences)
    named = [m for m in record.mentions if m.place_id and m.kind is not MentionKind.REFERENCE]
    resolved = []
    for mention in record.mentions:
        if mention.kind is MentionKind.REFERENCE and mention.wanted:
            scores = _scores(mention, named, places, sentence_of, words)
            if scores:
                best = max(scores, key=lambda place_id: scores[place_id])
                share = scores[best] / sum(scores.values())
                mention = replace(mention, place_id=best, confidence=round(share, 3))  # noqa: PLW2901
        resolved.append(mention)
    return replace(record, mentions=tuple(resolved))


def country_meant(record: Record, words: Words, offset: int) -> tuple[str, float] | None:
    """Return the id of the country that the text speaks of at an offset, and how sure that is; None for none.

    A group in the same sentence that acts in one country decides ("Taliban captured northern districts"), if the text
    names that country at all; else what was said before.
    """
    places = {place.id: place for place in record.places}
    sentence_of = _Sentences(record.sentences)
    here = sentence_of(offset)
    homes = rules(pack.FALLBACK).groups
    first = words.index(record.sentences[here].start) if record.sentences else 0
    for index in range(words.index(offset) - 1, first - 1, -1):
        place_id = f"country:{homes.get(words.lower[index], '')}"
        if place_id in places:
            return place_id, _GROUP_CONFIDENCE
    named = [m for m in record.mentions if m.place_id and m.kind is not MentionKind.REFERENCE]
    scores = _scores(Mention(offset, offset, "", wanted=(PlaceKind.COUNTRY,)), named, places, sentence_of, words)
    if not scores:
        return None
    best = max(scores, key=lambda place_id: scores[place_id])
    return best, round(scores[best] / sum(scores.values()), 3)


class _Sentences:
    """Which sentence an offset stands in."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._starts = [sentence.start for sentence in sentences]

    def __call__(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1


def _scores(
    reference: Mention, named: Sequence[Mention], places: Mapping[str, Place], sentence_of: _Sentences, words: Words
) -> dict[str, float]:
    """Score the places named before a reference."""
    here = sentence_of(reference.start)
    company = {m.place_id for m in named if sentence_of(m.start) == here and m.start < reference.start}
    beside: dict[int, set[str]] = defaultdict(set)
    for m in named:
        beside[sentence_of(m.start)].add(m.place_id)
    scores: dict[str, float] = defaultdict(float)
    for m in named:
        place = places[m.place_id]
        if m.start >= reference.start or place.kind is not reference.wanted[0]:
            continue
        there = sentence_of(m.start)
        weight = 1.0
        if _describes(m, words):
            if there == here:
                continue  # "US forces left the country": not the United States
            weight = _MODIFIER
        elif (index := words.token_at(m.start)) and words.lower[index - 1] in words.rules.prepositions:
            weight = _LOCATED
        if (company & beside[there]) - {place.id}:
            weight += _COMPANY
        scores[place.id] += weight * 0.5 ** ((here - there) / _HALF_LIFE)
    return scores


def _describes(mention: Mention, words: Words) -> bool:
    """Tell whether a name describes people or a force beside it: "tentara Rusia", "US forces", "Russian troops"."""
    before, after = words.token_at(mention.start) - 1, words.index(mention.end)
    if mention.kind is MentionKind.DEMONYM:
        return True
    if before >= 0 and words.lower[before] in words.rules.modified:
        return True
    return after < len(words.lower) and words.joined(after - 1) and words.lower[after] in words.rules.modified
