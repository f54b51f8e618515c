"""Tokens of a text: words, numbers and punctuation marks, in one pass.

The choices that later stages build on:

- a hyphen or dash divides: "Tajik-Afghanistan" is three tokens, "F-16" too; an apostrophe inside a word does not:
  "Sana'a", "d'Ivoire", "Dushanbe's";
- a dotted acronym is one word: "U.S.", "U.N"; any other full stop is a token of its own;
- a number keeps its separators ("6.000", "1,5", "20:30", "6 000" with a no-break space); letters and digits that touch
  make one word ("M23", "8th");
- each Han and Hiragana character is a word, since their scripts leave no gaps between words;
- a web address is one token of kind punctuation: no name is looked for inside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geomap.record import Token

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MARKS", "SOLITARY", "tokenise"]

# Vowel signs, harakat and joiners belong to the letter before them, but are no letters to `re`.
MARKS = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    r"\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    r"\u0981-\u0983\u09bc-\u09d7\u09e2\u09e3\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a75\u0a81-\u0a83\u0abc-\u0acd"
    r"\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6"
    r"\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d82\u0d83\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc"
    r"\u0ec8-\u0ecd\u0f71-\u0f84\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u00ad\u200c\u200d"
)
SOLITARY = r"\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"(?:(?![{SOLITARY}])[^\W_])"
_WORD = rf"{_LETTER}(?:{_LETTER}|[{MARKS}])*+"
_TOKEN = re.compile(
    rf"""
      (?P<address> (?:https?://|www\.) [^\s<>"“”{SOLITARY}]++ )
    | (?P<number> \d++ (?: [.,:'’\u00a0\u2009\u202f] \d++ )*+ (?!{_LETTER}) )
    | (?P<word> (?!\d){_LETTER} (?: \.(?!\d){_LETTER} (?!{_LETTER}|[{MARKS}]) )++ \.?
              | {_WORD} (?: ['’ʼ`] {_WORD} )*+
              | [{SOLITARY}] )
    | (?P<punctuation> \S )
    """,
    re.VERBOSE,
)
_TRAILING = ".,;:!?)]}'’»"


def tokenise(text: str) -> tuple[Token, ...]:
    """Divide a text into tokens; white space lies between them.

    Examples
    --------
    >>> [token.text for token in tokenise("Perbatasan Tajik–Afghanistan, 1.400 km.")]
    ['Perbatasan', 'Tajik', '–', 'Afghanistan', ',', '1.400', 'km', '.']
    """
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        surface = match.group()
        match match.lastgroup:
            case "number":
                yield Token(start, end, surface, "number")
            case "word":
                yield Token(start, end, surface)
            case "address":
                address = surface.rstrip(_TRAILING)
                yield Token(start, start + len(address), address, "punctuation")
                for at in range(start + len(address), end):
                    yield Token(at, at + 1, text[at], "punctuation")
            case _:
                yield Token(start, end, surface, "punctuation")
