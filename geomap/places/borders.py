"""Borders between two countries: one mention that names a line.

"perbatasan Tajik-Afghanistan", "the Afghan–Tajik mountain frontier", "border between Chad and Sudan", "Chad's border
with Sudan" all name the gazetteer's ``border:…`` entry of the pair. Where the gazetteer has no such border, the two
names stay mentions of their own.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.places.rules import phrase_words
from geomap.places.scan import matches_at
from geomap.record import Mention, MentionKind, PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geomap.gazetteer.store import Store
    from geomap.places.scan import Words

__all__ = ["border_id", "country_meant_by", "country_of", "join"]

# How many lower-case words may stand between the noun and the names ("perbatasan pegunungan terpencil A-B").
_REACH = 3
_LONGEST_NOUN = 4
_LONGEST_SIDE = 12  # tokens; each Chinese character is one
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
    for border in _by_nouns(words, store):
        joined = [m for m in joined if m.end <= border.start or m.start >= border.end]
        joined.append(border)
    return joined


def _by_nouns(words: Words, store: Store) -> Iterator[Mention]:
    """Yield the borders that the gazetteer reads beside a border noun, whatever was found to be a mention there.

    Names ("frontière République démocratique du Congo–Zambie") and adjectives, in small letters or not: "на
    таджикско-афганской границе", "frontera colombo-venezolana", "الحدود اللبنانية السورية".
    """
    nouns = words.rules.border.nouns
    heads = {phrase_words(noun)[0] for noun in nouns}
    for index, word in enumerate(words.lower):
        size = words.phrase_at(index, nouns) if word in heads else 0
        if not size:
            continue
        for first, last, name in itertools.chain(
            _pairs_after(words, store, index + size), _pairs_before(words, store, index)
        ):
            start, stop = words.tokens[min(first, index)].start, words.tokens[max(last, index + size) - 1].end
            yield _mention(words, start, stop, name, confidence=1.0)
            break


def _pairs_after(words: Words, store: Store, at: int) -> Iterator[tuple[int, int, str]]:
    """Yield tokens and id of the border that two sides from token `at` on name, over a few words that introduce it."""
    for first in range(at, min(at + _REACH, len(words.tokens))):
        for joint, one in _sides(words, store, first):
            for second in _beyond_joint(words, joint):
                for last, two in _sides(words, store, second):
                    if name := _known_border(one, two, store):
                        yield first, last, name
            for last, two in _adjective(words, store, joint):
                if joint == first + 1 and (name := _known_border(one, two, store)):
                    yield first, last, name
        if not _introduces(words, first):
            return


def _pairs_before(words: Words, store: Store, at: int) -> Iterator[tuple[int, int, str]]:
    """Yield the same for two sides that end at token `at`."""
    for last in range(at, max(at - _REACH, 0), -1):
        for second in range(max(last - _LONGEST_SIDE, 1), last):  # "South Sudan" before "Sudan"
            ending = [codes for end, codes in _sides(words, store, second) if end == last]
            for two in ending:
                for first in range(max(second - _LONGEST_SIDE, 0), second):
                    for joint, one in _sides(words, store, first):
                        pair = joint == second and second == first + 1 and bool(_adjective(words, store, second))
                        if (pair or second in _beyond_joint(words, joint)) and (name := _known_border(one, two, store)):
                            yield first, last, name
        if not _introduces(words, last - 1):
            return


def _introduces(words: Words, index: int) -> bool:
    """Tell whether a word may stand between a border noun and its sides."""
    return words.is_connector(words.lower[index]) or words.lower[index] in words.rules.border.between


def _beyond_joint(words: Words, at: int) -> list[int]:
    """Return the tokens where the second side may begin, behind a dash or "and" at token `at` and an article."""
    if at >= len(words.tokens):
        return []
    if words.lower[at] in _DASHES or words.lower[at] in words.rules.border.joiners:
        article = at + 2 < len(words.tokens) and words.is_connector(words.lower[at + 1])
        return [at + 1, at + 2] if article else [at + 1]
    clitic = any(
        words.lower[at].startswith(joiner) for joiner in words.rules.border.joiners if joiner in words.rules.clitics
    )
    return [at] if clitic else []  # "لبنان وسوريا"


def _sides(words: Words, store: Store, first: int) -> list[tuple[int, frozenset[str]]]:
    """Return the ends of the names and adjectives of countries that begin at a token, and the countries."""
    if not 0 <= first < len(words.tokens) or not words.is_word(first):
        return []
    found = []
    for match in matches_at(store, words, first):
        rows = [int(posting["row"]) for posting in store.postings(match.key) if posting["kind"] < NameClass.DEMONYM]
        codes = frozenset(store.country(row) for row in rows if store.kind(row) is PlaceKind.COUNTRY)
        if codes:
            found.append((match.last, codes))
    return found + _adjective(words, store, first)


def _adjective(words: Words, store: Store, index: int) -> list[tuple[int, frozenset[str]]]:
    """Return the end and the country of the adjective at a token, if it is one."""
    code = country_meant_by(words, store, index) if 0 <= index < len(words.tokens) else ""
    return [(index + 1, frozenset({code}))] if code else []


def _known_border(one: frozenset[str], two: frozenset[str], store: Store) -> str:
    """Return the id of a border between two sides, or "". A side may be read in several ways: there are two Congos."""
    names = (border_id(a, b) for a in sorted(one) for b in sorted(two) if a != b)
    return next((name for name in names if store.row(name) is not None), "")


def country_meant_by(words: Words, store: Store, index: int) -> str:
    """Return the ISO code of the country whose adjective or people a token names, or ""."""
    for form in words.forms(index):
        for posting in store.postings(form):
            row = int(posting["row"])
            if posting["kind"] == NameClass.DEMONYM and store.kind(row) is PlaceKind.COUNTRY:
                return store.country(row)
    return ""


def country_of(mention: Mention, store: Store) -> str:
    """Return the ISO code of the country that a mention's name or demonym stands for, or ""."""
    for row in store.rows(key(mention.name)):
        if store.kind(row) is PlaceKind.COUNTRY:
            return store.country(row)
    return ""


def _border(mentions: Sequence[Mention], index: int, words: Words, store: Store) -> Mention | None:
    """Return the border that mention `index` and the next name together, or None."""
    if index + 1 >= len(mentions):
        return None
    one, two = mentions[index], mentions[index + 1]
    first, last = words.token_at(one.start), words.index(two.end)
    gap = _gap(words, one.end, two.start)
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
    return _mention(words, start, end, name, confidence=min(one.confidence, two.confidence))


def _mention(words: Words, start: int, end: int, name: str, *, confidence: float) -> Mention:
    surface = words.text[start:end]
    return Mention(
        start, end, surface, MentionKind.BORDER, name=name, wanted=(PlaceKind.BORDER,), confidence=confidence
    )


def _gap(words: Words, start: int, stop: int) -> list[str]:
    """Return the words between two names; a clitic before the second ("لبنان وسوريا", "et l'Algérie") is one."""
    second = words.token_at(stop)
    clitic = words.lower[second][: stop - words.tokens[second].start]
    return words.lower[words.index(start) : second] + [clitic] * bool(clitic)


def _phrase(words: Words, first: int, last: int, gap: list[str]) -> tuple[int, int] | None:
    """Return the span of the border phrase around tokens ``[first, last)``, or None where there is none."""
    border = words.rules.border
    tight = len(gap) == 1 and (gap[0] in _DASHES)
    coordinated = bool(gap) and gap[0] in border.joiners and all(map(words.is_connector, gap[1:]))
    if tight or coordinated:
        noun = _noun_before(words, first)
        if noun is not None:
            return words.tokens[noun].start, words.tokens[last - 1].end
        noun_end = _noun_after(words, last, described=tight)
        if noun_end is not None:
            return words.tokens[first].start, words.tokens[noun_end - 1].end
    # "Tajikistan's border with Afghanistan": the noun stands between the two.
    joint = next((i for i, word in enumerate(gap) if word in border.joiners), None)
    noun = next((i for i, word in enumerate(gap[:joint]) if word in border.nouns), None) if joint else None
    # In "the Afghan side of the border with Tajikistan" and "Poland closed the border with Belarus" the first is apart.
    apart = noun is not None and not all(map(words.is_connector, gap[:noun]))
    if joint and noun is not None and not apart and all(map(words.is_connector, gap[joint + 1 :])):
        return words.tokens[first].start, words.tokens[last - 1].end
    return None


def _noun_before(words: Words, first: int) -> int | None:
    """Return the index of the border noun before a token, over a few words that describe it."""
    for back in range(1, _REACH + 2):
        index = first - back
        if index < 0 or not words.is_word(index):
            return None
        for start in range(max(index + 1 - _LONGEST_NOUN, 0), index + 1):
            if words.phrase_at(start, words.rules.border.nouns) == index + 1 - start:
                return start
        if words.capital[index] and words.rules.cased:
            return None
    return None


def _noun_after(words: Words, last: int, *, described: bool) -> int | None:
    """Return the end index of the border noun after a token.

    A few words that describe it may stand between; behind "A and B" only those that hold the phrase together.
    """
    border = words.rules.border
    for index in range(last, min(last + _REACH, len(words.tokens))):
        size = words.phrase_at(index, border.nouns)
        if size:
            return index + size
        linked = words.is_connector(words.lower[index]) or words.lower[index] in border.between
        if not words.is_word(index) or not (described or linked):
            return None
    return None
