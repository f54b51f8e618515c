"""Phrases that point back to a place: "negara itu", "the border", "that city".

They are found here, and resolved by topic: the place meant is one that the text has spoken of, near before, and in the
company of the other countries of the sentence. "US troops left the country" means the country that the text has linked
with US troops before, not the United States.
"""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from geomap.languages import pack
from geomap.places.rules import phrase_words, rules
from geomap.record import Mention, MentionKind, PlaceKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geomap.places.scan import Words
    from geomap.record import Record

__all__ = ["Topic", "find", "resolve"]

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
# So many names before a reference may be meant, and a group may stand so many words before it.
_FARTHEST_NAMES, _FARTHEST_GROUP = 120, 60


def find(mentions: Sequence[Mention], words: Words) -> list[Mention]:
    """Return a mention of kind REFERENCE for each phrase that overlaps none of the mentions given."""
    covered = {index for m in mentions for index in range(words.token_at(m.start), words.index(m.end))}
    phrases = _phrases(words.language)
    found = []
    beyond = 0
    for index, word in enumerate(words.lower):
        if word not in phrases or index < beyond:
            continue
        size, kind = 0, PlaceKind.COUNTRY
        for phrase, meant in phrases[word]:
            if len(phrase) > size and tuple(words.lower[index : index + len(phrase)]) == phrase:
                size, kind = len(phrase), meant
        if size and covered.isdisjoint(range(index, index + size)):
            start, end = words.tokens[index].start, words.tokens[index + size - 1].end
            found.append(Mention(start, end, words.text[start:end], MentionKind.REFERENCE, wanted=(kind,)))
        beyond = index + size
    return found


@functools.cache
def _phrases(language: str) -> Mapping[str, Sequence[tuple[tuple[str, ...], PlaceKind]]]:
    """Return the phrases of a language that point back, with the kind of place that each means, by their first word."""
    by_first: dict[str, list[tuple[tuple[str, ...], PlaceKind]]] = {}
    for subject, kind in _SUBJECTS.items():
        for phrase in map(phrase_words, getattr(rules(language).reference, subject)):
            by_first.setdefault(phrase[0], []).append((phrase, kind))
    return by_first


def resolve(record: Record, words: Words) -> Record:
    """Give each reference the place that the text speaks of there.

    Only places of the kind asked for come into question, and only those named before the reference. Where none was, it
    stays unresolved.
    """
    topic = Topic(record, words)
    resolved = []
    for mention in record.mentions:
        if mention.kind is MentionKind.REFERENCE and mention.wanted:
            place_id, share = topic.meant(mention.start, mention.wanted[0])
            if place_id:
                mention = replace(mention, place_id=place_id, confidence=share)  # noqa: PLW2901
        resolved.append(mention)
    return replace(record, mentions=tuple(resolved))


class Topic:
    """What a text speaks of at any point of it."""

    def __init__(self, record: Record, words: Words) -> None:
        self._words = words
        self._places = {place.id: place for place in record.places}
        self._sentences = record.sentences
        self._sentence_starts = [sentence.start for sentence in record.sentences]
        self._named = [m for m in record.mentions if m.place_id and m.kind is not MentionKind.REFERENCE]
        self._starts = [m.start for m in self._named]
        self._beside: dict[int, set[str]] = defaultdict(set)
        for m in self._named:
            self._beside[self._sentence(m.start)].add(m.place_id)

    def meant(self, offset: int, kind: PlaceKind) -> tuple[str, float]:
        """Return the id of the place of a kind that is meant at an offset, and how sure that is; "" for none."""
        scores = self._scores(offset, kind)
        if not scores:
            return "", 0.0
        best = max(scores, key=lambda place_id: scores[place_id])
        return best, round(scores[best] / sum(scores.values()), 3)

    def country_meant(self, offset: int) -> tuple[str, float]:
        """Return the id of the country that the text speaks of at an offset, and how sure that is; "" for none.

        A group in the same sentence that acts in one country decides ("Taliban captured northern districts"), if the
        text names that country at all; else what was said before.
        """
        homes, words = rules(pack.FALLBACK).groups, self._words
        first = words.index(self._sentence_starts[self._sentence(offset)]) if self._sentences else 0
        at = words.index(offset)
        for index in range(at - 1, max(first, at - _FARTHEST_GROUP) - 1, -1):
            place_id = f"country:{homes.get(words.lower[index], '')}"
            if place_id in self._places:
                return place_id, _GROUP_CONFIDENCE
        return self.meant(offset, PlaceKind.COUNTRY)

    def _sentence(self, offset: int) -> int:
        """Return the number of the sentence that an offset stands in."""
        return bisect_right(self._sentence_starts, offset) - 1

    def _scores(self, offset: int, kind: PlaceKind) -> dict[str, float]:
        """Score the places of a kind named before an offset: the nearer, and the more at home, the higher."""
        here, words = self._sentence(offset), self._words
        last = bisect_left(self._starts, offset)
        before = self._named[max(last - _FARTHEST_NAMES, 0) : last]
        company = {m.place_id for m in before if self._sentence(m.start) == here}
        scores: dict[str, float] = defaultdict(float)
        for m in before:
            place = self._places[m.place_id]
            if place.kind is not kind:
                continue
            there = self._sentence(m.start)
            weight = 1.0
            if _describes(m, words):
                if there == here:
                    continue  # "US forces left the country": not the United States
                weight = _MODIFIER
            elif (index := words.token_at(m.start)) and words.lower[index - 1] in words.rules.prepositions:
                weight = _LOCATED
            if any(other != place.id and other in self._beside[there] for other in company):
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
