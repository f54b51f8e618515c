"""Who acts, and on whom: the persons, forces, states and organisations that a sentence names.

An actor is a stretch of words around a noun for people ("two officials"), a force ("Afghan soldiers"), a known name
("Taliban"), a name in capitals, or a country that is nowhere the object of a preposition of place. A country right
beside a noun for people describes them and is no place of the event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geomap.events.triggers import is_passive
from geomap.record import Actor, ActorKind, MentionKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geomap.events.mentions import PlaceMention
    from geomap.events.triggers import Reading, Trigger

__all__ = ["Chunk", "chunks", "roles"]

_PLACING = frozenset({"in", "to", "from", "along", "near", "between"})
_MOST_WORDS = 12
_BESIDE = 3


class Chunk(NamedTuple):
    """An actor in the text: tokens `first` to `last` (exclusive)."""

    first: int
    last: int
    start: int
    end: int
    text: str
    kind: ActorKind
    country: str
    canonical: str
    preposition: str  # class of the preposition right before it; "object" right after an active verb; or ""

    @property
    def is_subject(self) -> bool:
        """Whether it can be the subject of a verb: no preposition governs it."""
        return not self.preposition

    def actor(self) -> Actor:
        """Return the actor for the record."""
        return Actor(self.text, self.start, self.end, self.canonical or self.text, self.kind, self.country)


def chunks(reading: Reading, first: int, last: int, mentions: Mapping[int, PlaceMention]) -> list[Chunk]:
    """Return the actors between two tokens, in text order; `mentions` are the place mentions by their tokens."""
    return list(_chunks(reading, first, last, mentions))


def _chunks(reading: Reading, first: int, last: int, mentions: Mapping[int, PlaceMention]) -> Iterator[Chunk]:
    at = first
    while at < last:
        if not _belongs(reading, at, first, mentions):
            at += 1
            continue
        begin = at
        while at < last and at - begin < _MOST_WORDS and _belongs(reading, at, first, mentions):
            mention = mentions.get(at)
            hit = reading.actor_at.get(at)
            at = max(mention.last if mention else 0, hit.last if hit else 0, at + 1)
        chunk = _chunk(reading, begin, min(at, last), mentions)
        if chunk:
            yield chunk


def _belongs(reading: Reading, at: int, sentence: int, mentions: Mapping[int, PlaceMention]) -> bool:
    """Whether a token can be part of an actor."""
    mention = mentions.get(at)
    hit = reading.actor_at.get(at)
    if hit is not None and (mention is None or hit.senses.name or mention.last - mention.first <= hit.last - hit.first):
        return True  # but not a noun inside the name of a place: "Wad Madani"
    if mention is not None:
        there = mention.kind is MentionKind.REFERENCE and mention.preposition
        return (mention.is_country and not there) or at - 1 in reading.actor_at
    token = reading.tokens[at]
    if not reading.is_capital(at) or at in reading.trigger_at or at in reading.cue_at:
        return False
    return token.kind == "word" and (at > sentence or token.text in reading.surnames)


def _chunk(reading: Reading, first: int, last: int, mentions: Mapping[int, PlaceMention]) -> Chunk | None:
    hits = [hit for at in range(first, last) if (hit := reading.actor_at.get(at))]
    noun = hits[0] if hits else None
    place = next((mention for at in range(first, last) if (mention := mentions.get(at))), None)
    at = first - 1  # "before the alliance's Permanent Council": the preposition may stand further off
    while at > 0 and (
        at in reading.actor_at or reading.words[at] in reading.pack.articles or reading.words[at] == "'s"
    ):
        at -= 1
    before = reading.cue_at.get(at)
    preposition = before.senses.preposition if before and before.last == at + 1 else None
    behind = reading.cue_at.get(last)
    if behind and behind.senses.postposition:
        preposition = behind.senses.postposition
    name = next((hit for hit in hits if hit.senses.name), None)
    if noun is None:
        known = reading.tokens[last - 1].text in reading.surnames
        if place is None and ((last - first < 2 and not known) or preposition in _PLACING):
            return None
        if place is not None and preposition in _PLACING:
            return None
        kind = ActorKind.STATE if place else ActorKind.PERSON
    else:
        kind = ActorKind((name or noun).senses.actor or "other")
    start, end = reading.tokens[first].start, reading.tokens[last - 1].end
    verb = reading.trigger_at.get(first - 1)
    verb_first = reading.pack.order == "vso"
    if preposition is None and verb is not None and verb.voice == "active" and verb.last == first and not verb_first:
        preposition = "object"
    canonical = reading.text[reading.tokens[name.first].start : reading.tokens[name.last - 1].end] if name else ""
    country = place.country if place else ""
    return Chunk(first, last, start, end, reading.text[start:end], kind, country, canonical, preposition or "")


def roles(
    reading: Reading, trigger: Trigger, candidates: Sequence[Chunk], barrier: Sequence[int]
) -> tuple[tuple[Actor, ...], tuple[Actor, ...]]:
    """Return who does it and to whom it is done.

    Parameters
    ----------
    candidates
        The actors of the sentence.
    barrier
        Where other clauses begin (tokens): what lies beyond one belongs to another verb.
    """
    opens = max((at for at in barrier if at < trigger.first), default=-1)
    closes = min((at for at in barrier if at >= trigger.last), default=len(reading.words))
    before = [chunk for chunk in candidates if opens < chunk.last <= trigger.first]
    after = [chunk for chunk in candidates if trigger.last <= chunk.first <= closes]
    left = next((chunk for chunk in reversed(before) if chunk.is_subject), None)
    right = after[0] if after and after[0].first - trigger.last <= 6 else None
    if trigger.voice == "noun":
        return _of_noun(reading, trigger, left, right)
    if is_passive(reading, trigger):
        agent = next((c for c in after if c.preposition == "by"), None)
        if agent is None and right and right.first == trigger.last:
            agent = right  # an agent may follow the verb without "by": "dipimpin Rusia"
        return _one(agent), _one(left)
    if _falls(reading, trigger, left, right):
        return (), _one(left)
    if reading.pack.order == "vso" and right and right.first - trigger.last <= 1 and right.is_subject:
        return _one(right), _one(after[1] if len(after) > 1 else None)
    if reading.pack.order == "sov" and not right:
        subjects = [chunk for chunk in before if chunk.is_subject]
        return _one(subjects[0] if subjects else None), _one(subjects[-1] if len(subjects) > 1 else None)
    return _one(left), _one(right)


def _of_noun(
    reading: Reading, trigger: Trigger, left: Chunk | None, right: Chunk | None
) -> tuple[tuple[Actor, ...], tuple[Actor, ...]]:
    """Return the roles beside a noun: "the withdrawal of US troops", "penarikan pasukan AS"."""
    if right and right.first - trigger.last <= _BESIDE:
        return ((), _one(right)) if _is_struck(reading, trigger, right) else (_one(right), ())
    return _one(left if left and trigger.first - left.last <= _BESIDE else None), ()


def _is_struck(reading: Reading, trigger: Trigger, beside: Chunk) -> bool:
    """Whether the one named behind a noun suffers: "gas against the army", "the killing of civilians"."""
    hit = reading.cue_at.get(trigger.last)
    preposition = (hit.senses.preposition if hit else None) or beside.preposition
    if preposition == "of" or (not preposition and reading.pack.adjective_follows):
        return trigger.mode.harms
    return preposition == "against" or (preposition == "in" and trigger.mode.frame == "strike")


def _falls(reading: Reading, trigger: Trigger, left: Chunk | None, right: Chunk | None) -> bool:
    """Whether a participle without auxiliary tells what happened to the one before it: "leaving 20 soldiers hurt"."""
    if left is None or right is not None or not trigger.mode.effect or trigger.first - left.last > 1:
        return False
    after = reading.tokens[trigger.last] if trigger.last < len(reading.tokens) else None
    counted = after is not None and (after.kind == "number" or reading.words[trigger.last] in reading.pack.numerals)
    return not counted and reading.words[trigger.first].endswith(reading.pack.passive_endings or ("\0",))


def _one(chunk: Chunk | None) -> tuple[Actor, ...]:
    return (chunk.actor(),) if chunk else ()
