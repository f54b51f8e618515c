"""Names of places that no gazetteer holds, where the text shows that something happened there.

"In the village of Gaga" names a place whether or not anybody has its coordinates. Such a name becomes a described
place: somewhere in the place that the text gives it, or near the one that is named closest to it. Only names that are
spelt with a capital and governed by a preposition of place, or by a word such as "village", count.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from geomap.events.mentions import UNLOCATED, is_wide, modifies
from geomap.record import Mention, MentionKind, Place, PlaceKind, Precision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geomap.events.triggers import Reading
    from geomap.record import Record, Token

__all__ = ["with_unlocated"]

# The classes of preposition that show a place by themselves; others do behind a word such as "village".
_LOCATIVE = frozenset({"in", "near", "along"})
_GOVERNED = _LOCATIVE | {"between", "of", "to", "from", "against"}
_FIRM = frozenset({MentionKind.TOPONYM, MentionKind.FACILITY, MentionKind.BORDER, MentionKind.REFERENCE})
_JOINED = frozenset({"-", "'", "’", "al", "el", "de", "del", "la", "of"})
_POSSESSIVE = ("'s", "’s", "s'", "s’")
_MOST_WORDS = 5
_LISTED = 3  # tokens between two names of a list
_BESIDE = 3  # tokens between a name and the place that holds it: "Gaga, in the Central African Republic"
_SENTENCES = 8  # how far back an anchor may stand
# A place that is only known to lie near a town lies within this many kilometres of it.
_NEAR_KM = 60.0
# With fewer words in lower case, a sentence is a headline, or is written in capitals: nothing shows what is a name.
_LOWER = 0.35


class _Anchor(NamedTuple):
    first: int
    last: int
    firm: bool
    place: Place


def with_unlocated(record: Record, reading: Reading) -> Record:
    """Return the record with a described place for each name that shows itself a place and has no coordinates."""
    if not record.places or reading.pack.capital_nouns:
        return record
    places = {place.id: place for place in record.places}
    mentioned = [
        _Anchor(
            reading.token_at(mention.start),
            reading.token_at(mention.end - 1) + 1,
            mention.kind in _FIRM,
            places[mention.place_id],
        )
        for mention in record.mentions
        if mention.place_id in places and mention.kind is not MentionKind.EMBEDDED
    ]
    taken = {at for anchor in mentioned for at in range(anchor.first, anchor.last)}
    for date in record.dates:
        taken.update(range(reading.token_at(date.start), reading.token_at(date.end - 1) + 1))
    anchors = _Anchors(reading, mentioned)
    nameless = [mention for mention in record.mentions if mention.place_id not in places]
    found: list[Mention] = []
    made: dict[str, Place] = {}
    count = sum(place.kind is PlaceKind.DESCRIBED for place in record.places)
    ends = {anchor.last for anchor in mentioned if anchor.firm}
    for first, last in _governed(reading, taken, ends):
        anchor = anchors.best(first, last)
        if anchor is None:
            continue
        start, end = reading.tokens[first].start, reading.tokens[last - 1].end
        name = reading.text[start:end]
        if name not in made:
            made[name] = _place(f"described:{count + len(made) + 1}", name, anchor, held=anchor.first >= last)
        place_id = made[name].id
        # What was known for the name of a place stays one; what only its preposition shows is a reference to somewhere.
        kind = next((m.kind for m in nameless if m.start < end and start < m.end), MentionKind.REFERENCE)
        found.append(Mention(start, end, name, kind, name, place_id=place_id, confidence=_CONFIDENCE))
    if not found:
        return record
    spans = [(mention.start, mention.end) for mention in found]
    kept = [m for m in record.mentions if m.place_id in places or not _meets(spans, m.start, m.end)]
    return dataclasses.replace(
        record,
        mentions=tuple(sorted([*kept, *found], key=lambda mention: (mention.start, -mention.end))),
        places=(*record.places, *made.values()),
    )


_CONFIDENCE = 0.5


def _meets(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect_left(spans, (end, 0)) - 1
    return at >= 0 and spans[at][1] > start


def _place(place_id: str, name: str, anchor: _Anchor, *, held: bool) -> Place:
    base = anchor.place
    return Place(
        id=place_id,
        name=name,
        kind=PlaceKind.DESCRIBED,
        country=base.country,
        lat=base.lat,
        lon=base.lon,
        precision=Precision.VAGUE,
        radius_km=base.radius_km if held else max(base.radius_km, _NEAR_KM),
        parents=(base.id, *base.parents),
        relation=UNLOCATED[not held],
        source=base.source,
    )


def _governed(reading: Reading, taken: set[int], ends: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the names, as tokens, that a preposition of place or a word such as "village" governs.

    Parameters
    ----------
    taken, ends
        Tokens that are something else already; where places with coordinates end, which a list may go on from.
    """
    ends = set(ends)
    for start, end in zip(reading.bounds, reading.bounds[1:], strict=False):
        names = list(_names(reading, start, end, taken))
        if not names or _is_headline(reading.tokens[start:end]):
            continue
        for first, last in names:
            reach = next((at for at in range(first - 1, max(first - _LISTED, start), -1) if at in ends), -1)
            listed = reach >= 0 and _is_joint(reading, reach, first)
            owns = reading.tokens[last - 1].text.endswith(_POSSESSIVE)
            shown = (listed or _is_governed(reading, first, last, start)) and not owns
            if (
                shown
                and last not in reading.actor_at
                and last not in taken
                and not (last - first == 1 and modifies(reading, last, end))
            ):
                ends.add(last)
                yield first, last


def _is_headline(tokens: Sequence[Token]) -> bool:
    words = [token.text for token in tokens if token.kind == "word"]
    return sum(map(str.islower, words)) < len(words) * _LOWER


def _is_joint(reading: Reading, first: int, last: int) -> bool:
    return all(word == "," or word in reading.pack.conjunctions for word in reading.words[first:last])


def _names(reading: Reading, start: int, end: int, taken: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of capitalised words in a sentence that are nothing else yet."""
    at = start
    while at < end:
        if not _is_name(reading, at, taken) or at in reading.cue_at:
            at += 1
            continue
        first = at
        at += 1
        while at < end and at - first < _MOST_WORDS:
            joined = at + 1 < end and reading.words[at] in _JOINED and _is_name(reading, at + 1, taken)
            if not (joined or _is_name(reading, at, taken)):
                break
            at += 2 if joined else 1
        yield first, at


def _is_name(reading: Reading, at: int, taken: set[int]) -> bool:
    token = reading.tokens[at]
    return (
        token.text[:1].isupper()
        and token.kind == "word"
        and not (token.text.isupper() and len(token.text) <= _ACRONYM)
        and reading.words[at] not in reading.pack.articles
        and at not in taken
        and at not in reading.actor_at
    )


_ACRONYM = 5  # letters


def _is_governed(reading: Reading, first: int, last: int, start: int) -> bool:
    at = first - 1
    told = False
    generic = reading.words[first] in reading.pack.transparent or reading.words[last - 1] in reading.pack.transparent
    while at > start and reading.words[at] in reading.pack.transparent:
        hit = reading.cue_at.get(at)
        of = hit is not None and hit.senses.preposition == "of"
        generic = generic or (not of and reading.words[at] not in reading.pack.articles)
        told = told or of
        at -= 1
    if (generic and told) or _is_generic(reading, last):
        return True  # "the village of Gaga", "Gaga village"
    verb = reading.trigger_at.get(at)
    if verb is not None and verb.voice == "active" and verb.last == at + 1 and verb.mode.name in _OF_LAND:
        return True  # "retook Gaga"
    hit = reading.cue_at.get(at) if at >= start else None
    preposition = hit.senses.preposition if hit is not None else None
    alone = last - first == 1
    named = reading.tokens[first].text in reading.surnames or reading.words[first - 1] in reading.pack.articles
    return (preposition in _LOCATIVE and not (alone and named)) or (generic and preposition in _GOVERNED)


# What is done to land only, not to people.
_OF_LAND = frozenset({"recapture", "advance"})


def _is_generic(reading: Reading, at: int) -> bool:
    """Whether a word such as "village" stands at a token; a word that is a preposition or a side is none."""
    if at >= len(reading.words) or at in reading.cue_at or not reading.tokens[at].text.islower():
        return False
    if reading.pack.adjective_follows:
        return False  # it stands before the name
    return reading.words[at] in reading.pack.transparent and reading.words[at] not in reading.pack.articles


class _Anchors:
    """The places that have coordinates, asked by where a name stands."""

    def __init__(self, reading: Reading, anchors: Sequence[_Anchor]) -> None:
        self._reading = reading
        self._all = sorted(anchors, key=lambda anchor: anchor.first)
        self._firsts = [anchor.first for anchor in self._all]

    def _between(self, first: int, last: int) -> list[_Anchor]:
        return self._all[bisect_left(self._firsts, first) : bisect_left(self._firsts, last)]

    def _holds(self, last: int, anchor: _Anchor) -> bool:
        """Whether an anchor holds the name before it: "Gaga, in Mali", "Gaga, Mali", not "Gaga, Gao and Kidal"."""
        between = [
            at for at in range(last, anchor.first) if self._reading.words[at] not in self._reading.pack.transparent
        ]
        if anchor.first - last > _BESIDE or not between:
            return anchor.first == last
        hits = [self._reading.cue_at.get(at) for at in between]
        told = any(hit is not None and hit.senses.preposition in ("in", "of") for hit in hits)
        return told or (is_wide(anchor.place) and all(self._reading.words[at] == "," for at in between))

    def best(self, first: int, last: int) -> _Anchor | None:
        """Return the place that tells best where a name lies: what holds it, the nearest in its sentence, the last."""
        start, end = self._reading.sentence(first)
        inside = self._between(start, end)
        firm = [anchor for anchor in inside if anchor.firm]
        after = next((anchor for anchor in firm if anchor.first >= last), None)
        if after is not None and self._holds(last, after):
            return after
        if firm:
            return min(firm, key=lambda anchor: min(abs(anchor.first - last), abs(first - anchor.last)))
        bounds = self._reading.bounds
        before = self._between(bounds[max(bisect_left(bounds, start) - _SENTENCES, 0)], first)
        return next((anchor for anchor in reversed(before) if anchor.firm), inside[-1] if inside else None)
