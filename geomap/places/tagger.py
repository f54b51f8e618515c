"""A small multilingual tagger: which words are parts of names of places, people and organisations.

A linear-chain CRF over features of the word, its neighbours and the gazetteer. Its weights (``tagger.npz``) were
trained by `geomap.places.train`; `TAGGER.md` beside them says on what, and how well they do.

Most features belong to one word, as itself or as the neighbour of another, so what they say together is summed up once
for each word of a language and kept; only those of two or three words in a row are looked up in place.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geomap.gazetteer.entry import NameClass
from geomap.places.chain import Chain
from geomap.places.scan import matches_at
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from geomap.gazetteer.store import Store
    from geomap.places.scan import Words

__all__ = ["MODEL", "Marginals", "features", "group", "marginals"]

MODEL = Path(__file__).with_name("tagger.npz")

# Longer sentences are cut: time stays linear, and no label depends on words so far away.
_WINDOW = 200
# So many words of a language are kept, or runs of them; then all are forgotten.
_KEPT = 50_000
_OFFSETS = (-2, -1, 1, 2)

_GROUPS = {PlaceKind.COUNTRY: "c", PlaceKind.ADMIN1: "a", PlaceKind.ADMIN2: "d", PlaceKind.CITY: "p"}


@dataclass(frozen=True, slots=True)
class Marginals:
    """What the tagger thinks of each token: the probability that it is part of a place, a person, an organisation.

    `spans` holds the places of the likeliest labels: first token to the one after the last.
    """

    loc: NDArray[np.float64]
    per: NDArray[np.float64]
    org: NDArray[np.float64]
    spans: dict[int, int]


def marginals(words: Words, ranges: Sequence[tuple[int, int]], store: Store) -> Marginals:
    """Tag the sentences of a text, given as ranges of tokens."""
    tagger = _tagger(MODEL)
    windows = [(begin, min(begin + _WINDOW, last)) for first, last in ranges for begin in range(first, last, _WINDOW)]
    chances = tagger.chain.marginals(tagger.scores(words, windows, store), windows)
    loc, per, org = (chances[:, columns].sum(axis=1) for columns in tagger.columns)
    return Marginals(loc, per, org, _places(chances, windows, tagger))


def _places(chances: NDArray[np.float64], windows: Sequence[tuple[int, int]], tagger: _Tagger) -> dict[int, int]:
    """Return the runs of words whose likeliest label is that of a place."""
    begins, goes_on = (tagger.chain.labels.index(label) for label in ("B-LOC", "I-LOC"))
    likeliest = chances.argmax(axis=1)
    openings = {first for first, _ in windows}
    spans: dict[int, int] = {}
    start = last = -1
    for index in np.flatnonzero((likeliest == begins) | (likeliest == goes_on)).tolist():
        if index != last or likeliest[index] == begins or index in openings:
            start = index
        last = spans[start] = index + 1
    return spans


@functools.cache
def _tagger(model: Path) -> _Tagger:
    return _Tagger(Chain.load(model))


@dataclass(frozen=True, slots=True)
class _Word:
    """All that the tagger sees of a word: in lower case, its shape, its traits, its part in a name of the gazetteer."""

    low: str
    shape: str
    traits: tuple[str, ...]
    mark: str

    def own(self) -> list[str]:
        """Return what the word says for its own label."""
        low, shape = self.low, self.shape
        row = ["b", "w=" + low, "s=" + shape, "g=" + self.mark, "gs=" + self.mark + shape[:1], *self.traits]
        if len(low) > 2:
            row += ["p" + low[:size] for size in (2, 3, 4)] + ["x" + low[-size:] for size in (2, 3, 4)]
        return row

    def beside(self, offset: int) -> list[str]:
        """Return what the word says for the label of another, from which it is `offset` words away."""
        sign = str(offset)
        row = [sign + "w=" + self.low, sign + "s=" + self.shape, sign + "g=" + self.mark]
        if offset in (-1, 1):
            row += [sign + "x" + self.low[-3:], *(sign + trait for trait in self.traits)]
        return row


def group(kind: PlaceKind) -> str:
    """Return the letter of a kind's group: country, first-level or second-level unit, town, or other feature."""
    return _GROUPS.get(kind, "f")


def _edge(offset: int) -> str:
    """Return the feature of a word that has none `offset` words away."""
    return f"{offset}edge"


def _marked(sign: str, neighbour: str, own: str) -> str:
    return f"{sign}gg={neighbour}|{own}"


def _pair(left: str, right: str) -> str:
    return f"ww={left}|{right}"


def _triple(left: str, own: str, right: str) -> str:
    return "ss=" + left + own + right


def features(words: Words, store: Store) -> list[list[str]]:
    """Return the features of every token of a sentence, as training wants them; `_Tagger.scores` sums up the same."""
    marks = _gazetteer(words, store)
    seen = [_Word(*_look(words, index), mark) for index, mark in enumerate(marks)]
    count = len(seen)
    rows = []
    for i, word in enumerate(seen):
        row = word.own()
        for offset in _OFFSETS:
            j = i + offset
            row += seen[j].beside(offset) if 0 <= j < count else [_edge(offset)]
        if i > 0:
            row.append(_marked("-1", marks[i - 1], marks[i]))
        if i < count - 1:
            row.append(_marked("1", marks[i + 1], marks[i]))
        if 0 < i < count - 1:
            row.append(_pair(seen[i - 1].low, word.low))
            row.append(_triple(seen[i - 1].shape, word.shape, seen[i + 1].shape))
        rows.append(row)
    return rows


def _look(words: Words, index: int) -> tuple[str, str, tuple[str, ...]]:
    """Return a word in lower case, its shape, and what the language pack says of it."""
    token, low, rules = words.tokens[index].text, words.lower[index], words.rules
    shape = _shape(token)
    traits = [
        trait
        for trait, holds in (
            ("title", token in rules.titles),
            ("office", token in rules.offices),
            ("organisation", token in rules.organisations),
            ("preposition", low in rules.prepositions),
            ("modified", low in rules.modified),
            ("generic", words.is_generic(index)),
            ("common", low in rules.common and not (shape == "X" and len(low) > 1)),  # "us", but not "US"
        )
        if holds
    ]
    return low, shape, tuple(traits)


def _shape(token: str) -> str:
    """Return the pattern of a word's letters: "Xx", "X", "x", "xXx", "0", "."; runs of one kind are one letter."""
    shape = ""
    for letter in token[:12]:
        kind = "X" if letter.isupper() else "x" if letter.islower() else "0" if letter.isdigit() else "c"
        kind = kind if letter.isalnum() else "."
        if not shape.endswith(kind):
            shape += kind
    return shape + ("1" if len(token) == 1 else "")


class _Numbers(dict[tuple[str, ...], int]):
    """The numbers of the features that some words in a row make, looked up when first asked for."""

    def __init__(self, feature: Callable[..., str], chain: Chain) -> None:
        self._feature = feature
        self._chain = chain

    def __missing__(self, parts: tuple[str, ...]) -> int:
        if len(self) == _KEPT:
            self.clear()
        number = self[parts] = self._chain.number(self._feature(*parts))
        return number


class _Sheet:
    """What the words of one language say: for their own labels, and for those of words at each offset."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.numbers: dict[tuple[str, str], int] = {}
        self.shapes: list[str] = []
        self.rows = np.zeros((256, 1 + len(_OFFSETS), len(chain.labels)), np.float32)

    def number(self, words: Words, index: int, mark: str) -> int:
        """Return the row of a word."""
        known = words.tokens[index].text, mark
        number = self.numbers.get(known)
        if number is None:
            number = self.numbers[known] = len(self.numbers)
            if number == len(self.rows):
                self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
            word = _Word(*_look(words, index), mark)
            self.shapes.append(word.shape)
            spoken = [word.own(), *map(word.beside, _OFFSETS)]
            self.rows[number] = [self.chain.score(features) for features in spoken]
        return number


class _Tagger:
    """A chain, and what it keeps from text to text."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.columns = [
            [i for i, label in enumerate(chain.labels) if label.endswith(name)] for name in ("LOC", "PER", "ORG")
        ]
        self._sheets: dict[str, _Sheet] = {}
        self._edges = {offset: chain.score([_edge(offset)]) for offset in _OFFSETS}
        self._marked = {sign: _Numbers(functools.partial(_marked, sign), chain) for sign in ("-1", "1")}
        self._pairs = _Numbers(_pair, chain)
        self._triples = _Numbers(_triple, chain)

    def scores(self, words: Words, windows: Sequence[tuple[int, int]], store: Store) -> NDArray[np.float64]:
        """Return what the features of each word say for each label."""
        sheet = self._sheets.get(words.language)
        if sheet is None or len(sheet.numbers) > _KEPT:
            sheet = self._sheets[words.language] = _Sheet(self.chain)
        marks = _gazetteer(words, store)
        numbers = [sheet.number(words, index, mark) for index, mark in enumerate(marks)]
        said = sheet.rows[numbers]
        total = said[:, 0].astype(float)
        window = np.full(len(marks), -1)
        for number, (first, last) in enumerate(windows):
            window[first:last] = number
        here = np.arange(len(marks))
        for slot, offset in enumerate(_OFFSETS, 1):
            speaker = np.clip(here + offset, 0, len(marks) - 1)
            same = (window[speaker] == window) & (speaker == here + offset)
            total += np.where(same[:, None], said[speaker, slot], self._edges[offset])
        together = self._together(words, windows, marks, [sheet.shapes[number] for number in numbers])
        return total + self.chain.sums(together)

    def _together(
        self, words: Words, windows: Sequence[tuple[int, int]], marks: Sequence[str], shapes: Sequence[str]
    ) -> NDArray[np.int64]:
        """Return the four features that each word makes with its neighbours; the number after the last for none."""
        lower = words.lower
        before, after = self._marked["-1"], self._marked["1"]
        table = np.full((len(marks), 4), len(self.chain.names))
        for first, last in windows:
            joints = list(zip(marks[first : last - 1], marks[first + 1 : last], strict=True))
            table[first + 1 : last, 0] = [before[joint] for joint in joints]
            table[first : last - 1, 1] = [after[right, left] for left, right in joints]
            if last - first > 2:
                pairs = zip(lower[first : last - 2], lower[first + 1 : last - 1], strict=True)
                table[first + 1 : last - 1, 2] = [self._pairs[pair] for pair in pairs]
                triples = zip(shapes[first:last], shapes[first + 1 : last], shapes[first + 2 : last], strict=False)
                table[first + 1 : last - 1, 3] = [self._triples[triple] for triple in triples]
        return table


def _gazetteer(words: Words, store: Store) -> list[str]:
    """Return for every token how the longest gazetteer name over it begins or goes on there: "O", "Bc9", "Ip4" …."""
    marks = ["O"] * len(words.tokens)
    covered = 0
    for index in range(len(words.tokens)):
        if index < covered or not words.is_word(index) or len(words.lower[index]) > 60:
            continue
        match = next(iter(matches_at(store, words, index)), None)
        if match is None:
            continue
        meaning = _meaning(store, match.key, words.language)
        for at in range(match.first, match.last):
            marks[at] = ("B" if at == match.first else "I") + meaning + str(min(match.last - match.first, 3))
        covered = match.last
    return marks


@functools.lru_cache(maxsize=50_000)
def _meaning(store: Store, name: str, language: str) -> str:
    """Return the kind of the likeliest place of a name, how prominent it is, and how good the name is here."""
    best, mark = -1.0, ""
    for posting in store.postings(name)[:8]:
        row, name_class = int(posting["row"]), int(posting["kind"])
        untagged = name_class == NameClass.UNTAGGED
        foreign = store.languages[int(posting["language"])] not in ("", language)
        prior = float(store.places["prior"][row]) - (untagged or foreign)
        if prior > best:
            best = prior
            kind = "n" if name_class == NameClass.DEMONYM else group(store.kind(row))
            mark = kind + str(min(int(prior), 7)) + ("u" if untagged else "x" if foreign else "")
    return mark
