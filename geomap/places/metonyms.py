"""Which names of countries and capitals stand for a government: "Moscow said", "Washington imposed sanctions".

The language pack lists verbs of speaking and deciding. A country or a capital that no preposition stands before, and
that such a verb follows or (in "accused Moscow") precedes, is the one that acts.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from geomap.gazetteer.store import PlaceFlag
from geomap.record import MentionKind, PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geomap.gazetteer.store import Store
    from geomap.places.scan import Words
    from geomap.record import Mention

__all__ = ["mark"]

# A verb stands at most so many words behind its subject: "Paris a aussitôt condamné".
_REACH = 3


def mark(mentions: Sequence[Mention], words: Words, store: Store) -> list[Mention]:
    """Return the mentions, those that stand for a government as metonyms.

    Of two that a conjunction joins ("Paris and Berlin condemned"), the first acts if the second does.
    """
    if not words.rules.acts:
        return list(mentions)
    placed: list[bool] = []
    for index, mention in enumerate(mentions):
        follows = index > 0 and placed[-1] and _are_joined(mentions[index - 1], mention, words)
        placed.append(follows or _is_placed(mention, words))
    acting = [not there and _may_act(mention, store) for mention, there in zip(mentions, placed, strict=True)]
    marked = list(mentions)
    for index in reversed(range(len(mentions))):
        mention = mentions[index]
        if not acting[index]:
            continue
        if _acts(mention, words) or (
            index + 1 < len(mentions)
            and marked[index + 1].kind is MentionKind.METONYM
            and _are_joined(mention, mentions[index + 1], words)
        ):
            marked[index] = dataclasses.replace(mention, kind=MentionKind.METONYM)
    return marked


def _is_placed(mention: Mention, words: Words) -> bool:
    """Tell whether a preposition stands before a mention, or before its article."""
    before = words.index(mention.start) - 1
    for index in (before, before - 1):
        if index < 0 or not words.joined(index):
            return False
        if words.lower[index] in words.rules.prepositions:
            return True
        if not words.is_connector(words.lower[index]):
            return False
    return False


def _may_act(mention: Mention, store: Store) -> bool:
    """Tell whether a mention is the bare name of a country or capital."""
    if mention.kind is not MentionKind.TOPONYM or mention.wanted:
        return False
    postings = store.postings(key(mention.name))
    if not len(postings):
        return False
    row = max(map(int, postings["row"][:8]), key=lambda row: float(store.places["prior"][row]))
    return store.kind(row) is PlaceKind.COUNTRY or bool(int(store.places["flags"][row]) & PlaceFlag.CAPITAL)


def _acts(mention: Mention, words: Words) -> bool:
    """Tell whether a verb of the pack stands beside a mention, with no punctuation between."""
    rules = words.rules
    if not rules.spaced:
        return words.text.startswith(tuple(rules.acts), mention.end)
    before, after = words.index(mention.start) - 1, words.index(mention.end)
    if words.is_word(before) and words.joined(before) and words.lower[before] in rules.acts:
        return True
    for index in range(after, after + _REACH):
        if not words.is_word(index) or not words.joined(index - 1):
            return False
        if words.lower[index] in rules.acts:
            return not rules.verb_first
        if words.lower[index] in rules.prepositions or words.capital[index]:
            return False
    return False


def _are_joined(left: Mention, right: Mention, words: Words) -> bool:
    """Tell whether a conjunction stands between two mentions, with an article or without."""
    between = words.lower[words.index(left.end) : words.index(right.start)]
    return len(between) in (1, 2) and between[0] in words.rules.border.joiners
