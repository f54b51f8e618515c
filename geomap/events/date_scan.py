"""Turn a text into classed items, and find the runs of them that a pack's patterns know.

A language pack sorts words into classes (month, weekday, unit …). The text becomes a string with one letter a token,
the letter of its class; the patterns of the pack are regular expressions over that string. Most of a text is none of
all this: patterns look only at the stretches between its words.
"""

from __future__ import annotations

import functools
import re
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from geomap.events.date_pack import date_pack
from geomap.events.words import Spelling, WordPack, folded
from geomap.languages.pack import load
from geomap.text.tokens import MARKS, SOLITARY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geomap.events.date_pack import DatePack

__all__ = ["PLAIN", "Item", "Line", "scan"]

# Every class a pattern may name.
_CLASSES = (
    "month", "weak_month", "short_month", "weekday", "unit", "fused", "number", "year", "day", "ordinal", "part",
    "shift", "ago", "later", "edge", "deictic", "reference", "approx", "clock", "zone", "meridiem", "recent",
    "every", "season", "duration_word", "era", "the", "of", "iso", "numeric", "slashed", "time", "decade", "open",
    "close", "comma", "hyphen", "marker_day", "unit_month", "unit_year", "opener", "anaphor", "ahead", "dot", "other",
    "from", "to", "and", "roman", "quarter", "half", "century", "unit_decade", "holiday", "persian_month",
    "islamic_month", "era_name", "lead", "head", "tail", "fiscal", "closer", "dotted_time",
)  # fmt: skip
# Its letter in the string that patterns run over; beyond Latin, where no letter has a meaning to `re`.
_LETTER = {name: chr(0x100 + i) for i, name in enumerate(_CLASSES)}
# A name that stands for several classes.
_UNIONS = {
    "month": ("month", "weak_month", "short_month"),
    "sure_month": ("month",),
    "time": ("time", "dotted_time"),
    "sure_time": ("time",),
    "number": ("number", "year", "day"),
    "unit": ("unit", "unit_month", "unit_year", "quarter", "century"),
}
PLAIN = {
    "weak_month": "month", "short_month": "month", "unit_month": "unit", "unit_year": "unit", "quarter": "unit",
    "century": "unit", "dotted_time": "time",
}  # fmt: skip
"""Classes that differ only for the patterns."""

# What no expression is made of alone.
_WEAK = (
    "comma", "hyphen", "dot", "open", "close", "the", "of", "from", "to", "and", "approx", "number", "day", "ordinal",
    "roman", "lead", "era", "opener", "closer",
)  # fmt: skip
_OTHER = _LETTER["other"]
_RUN = re.compile(f"[^{_OTHER}]+")
_CORE = re.compile("[^" + _OTHER + "".join(_LETTER[name] for name in _WEAK) + "]")
_PUNCTUATION = {
    "(": "open",
    "[": "open",
    ")": "close",
    "]": "close",
    ",": "comma",
    "-": "hyphen",
    "–": "hyphen",
    "~": "hyphen",
    ".": "dot",
}
_ALIKE = {"’": "'", "‘": "'", "、": ",", "（": "(", "）": ")", "～": "~", "〜": "~", "‑": "-", "—": "—"}

# Scripts that leave no gaps between words: each character is a token, a vowel sign above it too.
_ALONE = SOLITARY + r"\u0e00-\u0e4f\u0e5a-\u0ecf\u0eda-\u0eff\u1000-\u103f\u1050-\u108f\u1780-\u17df"
_SCAN = (
    rf"(?P<word>[{_ALONE}]|(?:[^\W\d_{_ALONE}]++(?:[{MARKS}]|['’‘](?=[^\W\d_]))*+)++)"
    r"|(?P<iso>\d{{4}}([-/.])\d{{1,2}}\3\d{{1,2}})(?![\d])"
    r"|(?P<numeric>\d{{1,2}}([/.-])\d{{1,2}}\5\d{{4}})(?!\d)"
    r"|(?P<time>[0-2]?\d(?:[.:][0-5]\d(?:[.:][0-5]\d)?| ?[hH] ?[0-5]\d(?![^\W_])))(?![\d.,:/]*\d)"
    r"|(?P<slashed>\d{{1,2}}/\d{{1,2}})(?![\d/])"
    r"|(?P<number>\d+(?:[.,/]\d+)*)(?P<suffix>(?:{suffixes})(?![^\W_]))?"
    r"|(?P<mark>[^\w\s])"
)
_ROMAN = re.compile(r"([IVX]{1,6})(?:e|º|ème|er)?")
_LAST_YEAR = {"gregorian": 2199, "persian": 2199, "buddhist": 2699}
_CACHED = 1 << 15
_LONGEST = 40
_KANJI_YEAR = 4
_FIRST_YEAR = 1000


class _Entry(NamedTuple):
    """What a token is, wherever it stands: by its shape, and as a phrase of the pack.

    `alone` is what it is if no longer phrase begins with it; `longer` are these phrases by their second word.
    """

    letter: str
    kind: str
    value: str
    word: str
    capital: bool = False
    alone: _Entry | None = None
    longer: Mapping[str, Sequence[_Phrase]] = MappingProxyType({})


# As it is written, as it is compared, and what it is.
_Phrase = tuple[tuple[str, ...], tuple[str, ...], _Entry]


class Item(NamedTuple):
    """A token, or a phrase of the pack, with its class and value."""

    start: int
    end: int
    kind: str
    value: str
    word: str


class Line:
    """A text as classed items.

    Parameters
    ----------
    text
        What is read.
    language
        Whose pack reads it.
    """

    def __init__(self, text: str, language: str) -> None:
        grammar = _grammar(language)
        self._tokens = _phrased(grammar.tokens(text), spaced=grammar.spaced)
        self._classes = "".join([token[2].letter for token in self._tokens])
        self._grammar = grammar

    def __len__(self) -> int:
        return len(self._tokens)

    def word(self, at: int) -> str:
        """Return the word of an item in the form in which packs list it."""
        return self._tokens[at][2].word

    def items(self, first: int, last: int) -> list[Item]:
        """Return some of the items."""
        return [Item(start, end, e.kind, e.value, e.word) for start, end, e in self._tokens[max(first, 0) : last]]

    def matches(self) -> Iterator[tuple[str, int, int]]:
        """Yield (kind, first item, last item + 1) of expressions, leftmost and then longest, without overlaps."""
        for run in _RUN.finditer(self._classes):
            start = run.start()
            for kind, first, last in self._grammar.matches(run[0]):
                yield kind, start + first, start + last


_Token = tuple[int, int, _Entry]


class _Grammar:
    """A pack, compiled: phrases by first word, longest first, and patterns over class letters."""

    def __init__(self, language: str) -> None:
        pack = date_pack(language)
        suffixes = sorted({*pack.ordinal_suffixes, *pack.decade_suffixes}, key=len, reverse=True)
        self._pack = pack
        self.spaced = load(language, WordPack).spaced
        self._scanner = _scanner(tuple(suffixes))
        rows: dict[str, list[_Phrase]] = {}
        inner: list[str] = []
        for kind, phrases in pack.words.items():
            for phrase, value in phrases.items():
                parts = tuple(_ALIKE.get(match[0], match[0]) for match in self._scanner.finditer(phrase))
                words = tuple(folded(part, language) for part in parts)
                inner += words
                word = words[0] if self.spaced else "".join(words)
                rows.setdefault(words[0], []).append((parts, words, _Entry(_LETTER[kind], kind, value, word)))
        self._single: dict[str, list[_Phrase]] = {}
        self._longer: dict[str, dict[str, list[_Phrase]]] = {}
        for first, found in rows.items():
            self._single[first] = [row for row in found if len(row[0]) == 1]
            for row in sorted((row for row in found if len(row[0]) > 1), key=lambda row: -len(row[0])):
                self._longer.setdefault(first, {}).setdefault(row[1][1], []).append(row)
        beside = chain(
            pack.future, pack.past, pack.deadline, pack.deadline_after, pack.since, pack.since_after, pack.after,
            pack.before, pack.not_before, pack.not_after,
        )  # fmt: skip
        self._spelling = Spelling(language, {*inner, *(folded(word, language) for word in beside)})
        self._patterns = tuple(_patterns(pack))
        self._known: dict[str, _Entry] = {}
        self._read: dict[str, tuple[tuple[str, int, int], ...]] = {}

    def tokens(self, text: str) -> list[_Token]:
        """Split a text into classed tokens."""
        known, classed = self._known, self._classed
        return [(*match.span(), known.get(match[0]) or classed(match)) for match in self._scanner.finditer(text)]

    def _classed(self, match: re.Match[str]) -> _Entry:
        surface = match[0]
        entry = self._entry(match)
        if len(surface) <= _LONGEST:
            if len(self._known) >= _CACHED:
                self._known.clear()
            self._known[surface] = entry
        return entry

    def _entry(self, match: re.Match[str]) -> _Entry:
        """Class a token by its shape, and say which phrases may begin with it."""
        surface = match[0]
        shape = match.lastgroup or "mark"
        if shape == "word":
            word = self._spelling.stem(self._spelling.fold(surface.replace("‘", "'")))
            roman = _ROMAN.fullmatch(surface)
            kind, value = ("roman", str(_from_roman(roman[1]))) if roman else ("other", surface)
        elif shape == "mark":
            word = self._spelling.letters(_ALIKE.get(surface, surface))
            kind, value = _PUNCTUATION.get(word, "other"), word
        else:
            word = surface if surface.isascii() else _ascii_digits(surface)
            kind, value = shape, word
            if match["suffix"]:
                kind, value = self._suffixed(_ascii_digits(match["number"]), match["suffix"])
            elif shape == "number":
                kind = self._number(word)
            elif shape == "time" and "." in word:
                kind = "dotted_time"  # or a number
        entry = _Entry(_LETTER[kind], kind, value, word, surface[0].isupper())
        alone = _best(self._single.get(word, ()), [entry])
        return entry._replace(alone=alone and alone[1], longer=self._longer.get(word, entry.longer))

    def _suffixed(self, number: str, suffix: str) -> tuple[str, str]:
        """Class a number with letters glued to it: "1990s", "40-an", "8th"."""
        if suffix in self._pack.decade_suffixes and number.isdecimal() and len(number) in (2, 4):
            return "decade", number
        if suffix in self._pack.ordinal_suffixes and self._number(number) == "day":
            return "day", number
        return "other", number

    def _number(self, number: str) -> str:
        if not (number.isdecimal() and len(number) <= 6):
            return "other"
        if len(number) <= 2 and 1 <= int(number) <= 31:
            return "day"
        return "year" if len(number) == 4 and _FIRST_YEAR <= int(number) <= self._last_year else "number"

    @functools.cached_property
    def _last_year(self) -> int:
        return _LAST_YEAR[self._pack.calendar]

    def matches(self, run: str) -> tuple[tuple[str, int, int], ...]:
        """Return (kind, first, last + 1) of the expressions in a run of classes: few runs are not seen again."""
        known = self._read.get(run)
        if known is None:
            known = tuple(self._matches(run)) if _CORE.search(run) else ()
            if len(run) <= _LONGEST:
                if len(self._read) >= _CACHED:
                    self._read.clear()
                self._read[run] = known
        return known

    def _matches(self, run: str) -> Iterator[tuple[str, int, int]]:
        letters = set(run)
        pending = [
            (match, pattern)
            for pattern in self._patterns
            if pattern.may_match(letters) and (match := pattern.regex.search(run))
        ]
        while pending:
            match, pattern = min(pending, key=lambda entry: (entry[0].start(), -entry[0].end()))
            yield pattern.kind, match.start(), match.end()
            free = match.end()
            # Only the patterns whose next match overlaps the choice look again: every pattern runs over the text once.
            pending = [
                (following, pattern)
                for match, pattern in pending
                if (following := match if match.start() >= free else pattern.regex.search(run, free))
            ]


def _best(phrases: Sequence[_Phrase], entries: Sequence[_Entry]) -> tuple[int, _Entry] | None:
    """Return length and class of the first phrase that some tokens begin with; exact case wins over lower case.

    Parameters
    ----------
    phrases
        The longest first.
    """
    best: tuple[int, _Entry] | None = None
    for parts, words, found in phrases:
        size = len(parts)
        if best and size < best[0]:
            break
        if size > len(entries):
            continue
        exact = False
        for part, word, entry in zip(parts, words, entries, strict=False):
            if entry.word != word or (part[0].isupper() and not entry.capital):
                break
            exact = exact or part[0].isupper()
        else:
            if best is None or exact:
                best = size, found
    return best


@functools.cache
def _grammar(language: str) -> _Grammar:
    return _Grammar(language)


def scan(text: str, language: str) -> Line:
    """Read a text as classed items.

    Parameters
    ----------
    text
        What is read.
    language
        Whose pack reads it.
    """
    return Line(text, language)


class _Pattern:
    """A sequence of classes, compiled when a text first has the classes that it cannot do without."""

    def __init__(self, kind: str, source: str, macros: _Macros) -> None:
        self.kind = kind
        self._source = source
        self._macros = macros
        self._needs = tuple(macros.needs(source))

    def may_match(self, letters: set[str]) -> bool:
        """Whether a run of these classes may hold a match."""
        return not any(need.isdisjoint(letters) for need in self._needs)

    @functools.cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern over class letters."""
        return re.compile(_NAME.sub(_letters, self._macros.unfolded(self._source)).replace(" ", ""))


_NAME = re.compile("[a-z_]+")
_OPTIONAL = re.compile(r"(?:\?|\{0,\d+\})$")


class _Macros:
    """What patterns are written with: named parts, and what a match of one cannot do without."""

    def __init__(self, macros: Mapping[str, str]) -> None:
        self._macros = macros
        self._known: dict[str, frozenset[str]] = {}
        self._optional: dict[str, bool] = {}

    def unfolded(self, source: str) -> str:
        """Return a pattern without macros."""
        while (found := re.sub(r"\{([a-z_]+)\}", lambda match: f"({self._macros[match[1]]})", source)) != source:
            source = found
        return source

    def needs(self, source: str) -> Iterator[frozenset[str]]:
        """Yield the classes, or groups of classes, of which a match has at least one each."""
        alternatives = _alternatives(source)
        parts = alternatives[0] if len(alternatives) == 1 else [f"({source})"]
        for part in parts:
            if not self._may_be_empty(part):
                yield self._letters(part)

    def _letters(self, part: str) -> frozenset[str]:
        if part not in self._known:
            names = _NAME.findall(part)
            found = (self._letters(self._macros[n]) if n in self._macros else _UNIONS.get(n, (n,)) for n in names)
            self._known[part] = frozenset(_LETTER.get(name, name) for name in chain.from_iterable(found))
        return self._known[part]

    def _may_be_empty(self, part: str) -> bool:
        if part not in self._optional:
            inside = self._macros.get(part[1:-1]) if part[0] == "{" else part[1 : part.rfind(")")]
            if part.startswith(("(?=", "(?!", "(?<")) or _OPTIONAL.search(part):
                self._optional[part] = True
            elif part[0] not in "({" or inside is None:
                self._optional[part] = False
            else:
                self._optional[part] = any(all(map(self._may_be_empty, parts)) for parts in _alternatives(inside))
        return self._optional[part]


def _patterns(pack: DatePack) -> Iterator[_Pattern]:
    macros = _Macros(pack.macros)
    for kind, sources in pack.patterns.items():
        for source in sources:
            yield _Pattern(kind, source, macros)


def _alternatives(source: str) -> list[list[str]]:
    """Split a pattern into alternatives, and those into classes and groups."""
    if "(" not in source:
        return [parts.split() for parts in source.split("|")]
    found: list[list[str]] = [[]]
    depth, part = 0, ""
    for symbol in f"{source} ":
        depth += (symbol == "(") - (symbol == ")")
        if depth or symbol not in " |":
            part += symbol
            continue
        if part:
            found[-1].append(part)
            part = ""
        if symbol == "|":
            found.append([])
    return found


@functools.cache
def _scanner(suffixes: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_SCAN.format(suffixes="|".join(map(re.escape, suffixes)) or "(?!)"))


def _letters(match: re.Match[str]) -> str:
    names = _UNIONS.get(match[0], (match[0],))
    return "[" + "".join(_LETTER[name] for name in names) + "]"


def _phrased(tokens: list[_Token], *, spaced: bool) -> list[_Token]:
    """Make one token of each phrase of the pack."""
    out: list[_Token] = []
    done = 0
    for at, (start, _, entry) in enumerate(tokens):
        if at < done:
            continue
        found = entry.alone and (1, entry.alone)
        if entry.longer and at + 1 < len(tokens) and (phrases := entry.longer.get(tokens[at + 1][2].word)):
            following = [token[2] for token in tokens[at : at + len(phrases[0][0])]]
            found = _best(phrases, following) or found
        if found:
            out += tokens[done:at]
            done = at + found[0]
            out.append((start, tokens[done - 1][1], found[1]))
    out += tokens[done:]
    return out if spaced else _with_years(out)


def _with_years(tokens: list[_Token]) -> list[_Token]:
    """Read 二〇二一 as a year, and a year of an era (令和3年)."""
    out: list[_Token] = []
    at = 0
    while at < len(tokens):
        start, end, entry = tokens[at]
        size = 1
        if entry.kind == "era_name" and at + 1 < len(tokens) and tokens[at + 1][2].value.isdecimal():
            size, year = 2, str(int(entry.value) + int(tokens[at + 1][2].value))
        elif entry.kind == "number":
            digits = [token[2].value for token in tokens[at : at + _KANJI_YEAR] if _is_digit(token)]
            if len(digits) == _KANJI_YEAR and digits[0] != "0":
                size, year = _KANJI_YEAR, "".join(digits)
        if size > 1:
            end = tokens[at + size - 1][1]
            entry = _Entry(_LETTER["year"], "year", year, "")
        out.append((start, end, entry))
        at += size
    return out


def _is_digit(token: _Token) -> bool:
    return token[2].kind == "number" and token[1] - token[0] == 1 and token[2].value in "0123456789"


def _ascii_digits(number: str) -> str:
    return number if number.isascii() else "".join(str(int(c)) if c.isdecimal() else c for c in number)


def _from_roman(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))
