"""Borders between two countries: one mention that names a line.

"perbatasan Tajik-Afghanistan", "the Afghan–Tajik mountain frontier", "border between Chad and Sudan", "Chad's border
with Sudan" all name the gazetteer's ``border:…`` entry of the pair. Where the gazetteer has no such border, the two
names stay mentions of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geomap.record import Mention, MentionKind, PlaceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geomap.gazetteer.store import Store
    from geomap.places.scan import Words

__all__ = ["border_id", "country_of", "join"]

# How many lower-case words may stand between the noun and the names ("perbatasan pegunungan terpencil A-B").
_REACH = 3
_DASHES = frozenset("-–—/‐‑")


def border_id(first: str, second: str) -> str:
    """Return the id of the border between two countries, given by their ISO codes in any order."""
    return f"border:{min(first, second)}-{max(first, second)}"


def join(mentions: Sequence[Mention], words: Words, store: Store) -> list[Mention]:
    """Replace each pair of country mentions that a border phrase joins by one mention of the border."""
    ordered = sorted(mentions, key=lambda m: m.start)
    joined: list[Mention] = []
    index = 0
    while index < len(ordered):
        border = _border(ordered, index, words, store)
        if border is None:
            joined.append(ordered[index])
            index += 1
        else:
            joined.append(border)
            index += 2
    return joined


def country_of(mention: Mention, store: Store) -> str:
    """Return the ISO code of the country that a mention's name or demonym stands for, or ""."""
    from geomap.text.normalise import key

    for row in store.rows(key(mention.name)):
        if store.kind(row) is PlaceKind.COUNTRY:
            return store.country(row)
    return ""


def _border(mentions: Sequence[Mention], index: int, words: Words, store: Store) -> Mention | None:
    """Return the border that mention `index` and the next name together, or None."""
    if index + 1 >= len(mentions):
        return None
    one, two = mentions[index], mentions[index + 1]
    first, last = words.index(one.start), words.index(two.end)
    gap = words.lower[words.index(one.end) : words.index(two.start)]
    if len(gap) > 4 or two.start - one.end > 40:
        return None
    span = _phrase(words, first, last, gap)
    if span is None:
        return None
    codes = country_of(one, store), country_of(two, store)
    if not all(codes) or codes[0] == codes[1]:
        return None
    name = border_id(*codes)
    if store.row(name) is None:
        return None
    start, end = min(span[0], one.start), max(span[1], two.end)
    return Mention(start, end, words.text[start:end], MentionKind.BORDER, name=name, wanted=(PlaceKind.BORDER,))


def _phrase(words: Words, first: int, last: int, gap: list[str]) -> tuple[int, int] | None:
    """Return the span of the border phrase around tokens ``[first, last)``, or None where there is none."""
    border = words.rules.border
    tight = len(gap) == 1 and (gap[0] in _DASHES)
    coordinated = len(gap) == 1 and gap[0] in border.joiners
    if tight or coordinated:
        noun = _noun_before(words, first)
        if noun is not None:
            return words.tokens[noun].start, words.tokens[last - 1].end
    if tight:
        noun_end = _noun_after(words, last)
        if noun_end is not None:
            return words.tokens[first].start, words.tokens[noun_end - 1].end
    # "Tajikistan's border with Afghanistan": the noun stands between the two.
    if gap and gap[-1] in border.joiners and any(word in border.nouns for word in gap):
        return words.tokens[first].start, words.tokens[last - 1].end
    return None


def _noun_before(words: Words, first: int) -> int | None:
    """Return the index of the border noun before a token, over a few words that describe it."""
    border = words.rules.border
    for back in range(1, _REACH + 2):
        index = first - back
        if index < 0 or not words.is_word(index):
            return None
        size = next((n for n in (2, 1) if " ".join(words.lower[max(index - n + 1, 0) : index + 1]) in border.nouns), 0)
        if size:
            return index - size + 1
        if words.capital[index] and words.rules.cased:
            return None
    return None


def _noun_after(words: Words, last: int) -> int | None:
    """Return the end index of the border noun after a token, over a few words that describe it."""
    border = words.rules.border
    for index in range(last, min(last + _REACH, len(words.tokens))):
        if not words.is_word(index):
            return None
        if words.lower[index] in border.nouns:
            return index + 1
    return None
