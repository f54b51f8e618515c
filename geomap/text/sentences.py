"""Sentences and paragraphs of a text, by rule, in one pass.

A line break ends a paragraph, and with it a sentence; where lines are wrapped at one width, only an empty line or an
indented one does. Inside a paragraph a sentence ends at a stop, unless

- a lower-case letter follows ("tentara Afghanistan. penerbangan utara"), or no space does ("1.400 km");
- the stop belongs to an abbreviation of the language, to initials ("V. Putin") or to a dotted acronym ("the U.S.
  Army"), and no word follows that usually begins a sentence ("in the U.S. The army");
- a number with its stop opens the paragraph, as in a list, or the language writes ordinals so ("8. Juli").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from geomap.languages import pack
from geomap.record import Sentence

__all__ = ["SentencePack", "split"]


@dataclass(frozen=True, slots=True)
class SentencePack:
    """What a language pack says of sentences (``text.toml``).

    Attributes
    ----------
    abbreviations
        Written with a stop that ends no sentence; without the last stop. With a capital: only when written so.
    before_numbers
        Abbreviations only where a number follows ("No. 5", "hal. 12"); lower case.
    starters
        Words that begin a sentence far more often than a name; lower case. After one of these even the stop of an
        abbreviation is an end.
    ordinal_stops
        True where "8." means "8th".
    """

    subject: ClassVar[str] = "text"
    abbreviations: frozenset[str] = frozenset()
    before_numbers: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    ordinal_stops: bool = False


_CLOSERS = r"\"'”’»›)\]}」』）】》〉"
_OPENERS = "\"'“‘„«‹([{「『（【《〈-–—¿¡•*"
# Stops of scripts that need no space after them, and the others.
_FREE_STOPS = "。！？｡।॥۔؟։።။។"
_QUOTES = frozenset("\"'”’»›」』")
_STOPS = rf".!?…‼⁇⁈⁉．{_FREE_STOPS}"
_END = re.compile(rf"(?P<stop>[{_STOPS}]++)(?P<close>[{_CLOSERS}]*+)(?P<gap>\s*+)")
_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
# A paragraph of a text with wrapped lines: until an empty line or an indented one.
_BLOCK = re.compile(r"[^\n]+(?:\n(?![ \t]|\r?\n)[^\n]+)*+")
# Wrapped lines are at most so long; so many breaks, nearly all where the next word would not have fitted, tell them.
_WIDEST, _BREAKS, _NEARLY_ALL = 100, 3, 0.9
# No abbreviation is longer than this; it bounds how far the splitter looks back or ahead.
_REACH = 24
_LAST_WORD = re.compile(r"[^\W_][\w.]*$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_ACRONYM = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")


def split(text: str, language: str = "") -> tuple[Sentence, ...]:
    r"""Split a text into sentences.

    Parameters
    ----------
    text
        Any text; an empty one has no sentences.
    language
        ISO 639-1 code of the language whose abbreviations count; "" for those that many languages share.

    Returns
    -------
    Sentences in order, without the space around them; paragraphs are numbered from 0.

    Examples
    --------
    >>> text = "Sekitar 1.000 tentara mundur. Tajikistan siaga.\nDr. Rahmon berbicara."
    >>> [text[s.start : s.end] for s in split(text, "id")]
    ['Sekitar 1.000 tentara mundur.', 'Tajikistan siaga.', 'Dr. Rahmon berbicara.']
    """
    rules = pack.load(language or pack.FALLBACK, SentencePack)
    sentences = []
    paragraph = 0
    for line in (_BLOCK if _is_wrapped(text) else _LINE).finditer(text):
        start, end = _trim(text, *line.span())
        if start == end:
            continue
        for cut in [*_cuts(text, start, end, rules), end]:
            first, last = _trim(text, start, cut)
            if first < last:
                sentences.append(Sentence(first, last, paragraph))
            start = cut
        paragraph += 1
    return tuple(sentences)


def _is_wrapped(text: str) -> bool:
    """Tell whether the lines of a text are wrapped: they break where the next word would have been too much."""
    lines = text.split("\n")
    width = max(map(len, lines))
    if width > _WIDEST:
        return False
    breaks = [(line, after) for line, after in pairwise(lines) if line and after and not after[0].isspace()]
    full = sum(len(line.rstrip()) + 1 + len(after.split(maxsplit=1)[0]) > width for line, after in breaks)
    return len(breaks) >= _BREAKS and full >= _NEARLY_ALL * len(breaks)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both ends of a stretch inward over white space."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cuts(text: str, start: int, end: int, rules: SentencePack) -> list[int]:
    """Return where sentences inside the paragraph ``text[start:end]`` end, but for the last."""
    cuts = []
    first = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and _is_end(text, match, first, end, rules):
            first = match.end("close")
            cuts.append(first)
    return cuts


def _is_end(text: str, match: re.Match[str], first: int, end: int, rules: SentencePack) -> bool:
    """Tell whether a sentence that began at `first` ends with the stop that was matched."""
    stop = match["stop"]
    before = _LAST_WORD.search(text, max(first, match.start() - _REACH), match.start())
    if not match["gap"]:
        return stop[-1] in _FREE_STOPS or _lacks_space(text, match, before)
    after = text[match.end() : min(match.end() + _REACH, end)].lstrip(_OPENERS + " ")
    if after[:1].islower():
        return False
    if stop != "." or before is None or _QUOTES.intersection(match["close"]):
        return True
    return not _is_inner_stop(before.group(), after, rules, opens=before.start() == first)


def _is_inner_stop(word: str, after: str, rules: SentencePack, *, opens: bool) -> bool:
    """Tell whether the full stop between `word` and `after` belongs to `word`, which may open the sentence."""
    if word.isdecimal():
        return opens or (rules.ordinal_stops and len(word) <= 2)  # days of a month, centuries
    if after[:1].isdecimal() and word.casefold() in rules.before_numbers:
        return True
    if not _is_shortened(word, rules):
        return False
    follower = _FIRST_WORD.match(after)
    if follower is None or (follower.end() == 1 and after[1:2] == "."):  # a second initial: "А. С. Пушкин"
        return True
    return follower.group().casefold() not in rules.starters


def _is_shortened(word: str, rules: SentencePack) -> bool:
    """Tell whether a word before a stop is an abbreviation, an initial or a dotted acronym."""
    if not rules.abbreviations.isdisjoint((word, word.casefold())):
        return True
    return (len(word) == 1 and word.isupper()) or _ACRONYM.fullmatch(word) is not None


def _lacks_space(text: str, match: re.Match[str], before: re.Match[str] | None) -> bool:
    """Tell whether only the space between two sentences is missing: "telah pergi.Mereka kembali"."""
    after = text[match.end() : match.end() + 2]
    return (
        before is not None
        and len(before.group()) > 1
        and before.group().isalpha()
        and before.group().islower()
        and len(after) > 1
        and after[0].isupper()
        and after[1].islower()
    )
