"""The words of a text in the form in which a pack lists them.

A pack lists stems. Arabic writes "and", "in" and the article together with a noun, Russian and Turkish put the case
behind it, Chinese leaves no gaps between words. ``words.toml`` says how a language does it; a language without the
file is read as it stands.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Mapping  # noqa: TC003 language packs read the annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from geomap.languages.pack import load
from geomap.record import Token

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Spelling", "WordPack", "folded", "segmented"]


@dataclass(frozen=True, slots=True)
class WordPack:
    """How a language writes its words.

    Attributes
    ----------
    letters
        What writers interchange, or a script has of its own, and what is read for it: "ё" as "е", "،" as ",".
    prefix, suffix
        What may be written together with a stem: regular expressions, matched in full.
    shortest
        How many letters a stem has at least that something is written together with.
    spaced
        Whether words are separated by spaces.
    whole
        Words that hold others and are none of them: where there are no spaces, "将军" (a general) is no "将" (will);
        where there are affixes, a word that only looks like a stem with an ending.
    """

    subject: ClassVar[str] = "words"

    letters: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    suffix: str = ""
    shortest: int = 3
    spaced: bool = True
    whole: frozenset[str] = frozenset()


# A longer word is no stem with affixes.
_LONGEST_WORD = 40
_LONGEST_PREFIX = 5
_CACHED = 1 << 14


class Spelling:
    """Reads the words of one language as one pack lists them.

    Parameters
    ----------
    known
        The words of the pack, folded.
    parts
        The words of its longer phrases; one that is a form of a known word adds nothing.
    """

    def __init__(self, language: str, known: Iterable[str], parts: Iterable[str] = ()) -> None:
        pack = load(language, WordPack)
        self.spaced = pack.spaced
        self.known = {*known, *(folded(word, language) for word in pack.whole)}
        self._table = _table(language)
        self._prefix, self._suffix = re.compile(pack.prefix), re.compile(pack.suffix)
        self._shortest = pack.shortest
        self._affixes = bool(pack.prefix or pack.suffix)
        self.known.update([part for part in parts if not self._affixes or self._longest_stem(part) == part])
        self.longest = max(map(len, self.known), default=0)
        self._stem = functools.lru_cache(maxsize=_CACHED)(self._longest_stem)
        self._read = functools.lru_cache(maxsize=_CACHED)(lambda word: self.stem(self.fold(word)))

    def read(self, word: str) -> str:
        """Return the stem of a word of a text; most words are met again and again."""
        return self._read(word) if len(word) <= _LONGEST_WORD else self.fold(word)

    def fold(self, word: str) -> str:
        """Return a word in lower case, with straight apostrophes and the letters that the pack uses."""
        return self.letters(word.lower().replace("’", "'"))

    def letters(self, word: str) -> str:
        """Return a word in the letters and digits that the pack uses."""
        return word.translate(self._table) if self._table else word

    def stem(self, word: str) -> str:
        """Return the longest stem of the pack in a folded word, or the word where there is none."""
        if not self._affixes or len(word) > _LONGEST_WORD:
            return word
        return self._stem(word)

    def _longest_stem(self, word: str) -> str:
        if word in self.known:
            return word
        size = len(word)
        starts = [at for at in range(min(size, _LONGEST_PREFIX) + 1) if self._prefix.fullmatch(word, 0, at)]
        spans = sorted(((start, end) for start in starts for end in range(start + 2, size + 1)), key=_shortness)
        for start, end in spans:
            bare = end == size or end - start >= self._shortest
            if bare and word[start:end] in self.known and self._suffix.fullmatch(word, end):
                return word[start:end]
        return word


def _shortness(span: tuple[int, int]) -> int:
    return span[0] - span[1]


@functools.cache
def _table(language: str) -> Mapping[int, str]:
    return str.maketrans(dict(load(language, WordPack).letters))


def folded(phrase: str, language: str) -> str:
    """Return a phrase of a pack in the letters in which texts are compared with it.

    Examples
    --------
    >>> folded("Отчёт", "ru")
    'отчет'
    """
    return phrase.lower().replace("’", "'").translate(_table(language))


def segmented(
    tokens: Sequence[Token], spelling: Spelling, names: Iterable[tuple[int, int]], text: str
) -> tuple[Token, ...]:
    """Join the single characters of a script without spaces to the longest words of the pack.

    Parameters
    ----------
    names
        Spans that are words of their own, whatever they hold: places, dates.
    """
    ends = dict(names)
    starts = sorted(ends)
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        until = ends.get(token.start, token.end)
        after = at + 1
        if until > token.end:
            while after < len(tokens) and tokens[after].end <= until:
                after += 1
        elif token.kind == "word":
            following = bisect_left(starts, token.end)
            bound = starts[following] if following < len(starts) else len(text)
            after = _word_end(tokens, at, spelling, bound)
        end = tokens[after - 1].end
        out.append(token if after == at + 1 else Token(token.start, end, text[token.start : end], token.kind))
        at = after
    return tuple(out)


def _word_end(tokens: Sequence[Token], at: int, spelling: Spelling, bound: int) -> int:
    """Return the token after the longest word of the pack that begins at a token and ends before `bound`."""
    joined, best = "", at + 1
    for last in range(at, min(at + spelling.longest, len(tokens))):
        token = tokens[last]
        if token.end > bound or (last > at and tokens[last - 1].end != token.start):
            break
        joined += spelling.fold(token.text)
        if joined in spelling.known:
            best = last + 1
    return best
