"""A small multilingual tagger: which words are parts of names of places, people and organisations.

A linear-chain CRF over features of the word, its neighbours and the gazetteer. Its weights (``tagger.crfsuite.gz``)
were trained by `geomap.places.train`; `TAGGER.md` beside them says on what, and how well they do.
"""

from __future__ import annotations

import functools
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.places.scan import matches_at
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pycrfsuite

    from geomap.gazetteer.store import Store
    from geomap.places.scan import Words

__all__ = ["MODEL", "Marginals", "features", "marginals", "use"]

MODEL = Path(__file__).with_name("tagger.crfsuite.gz")

# Longer sentences are cut: time stays linear, and no label depends on words so far away.
_WINDOW = 200

# A word that is no name with this probability is not asked for more.
_SURELY_NONE = 0.98

_GROUPS = {PlaceKind.COUNTRY: "c", PlaceKind.ADMIN1: "a", PlaceKind.ADMIN2: "d", PlaceKind.CITY: "p"}


@dataclass(frozen=True, slots=True)
class Marginals:
    """What the tagger thinks of each token: the probability that it is part of a place, a person, an organisation.

    `spans` holds the places of the likeliest reading of all: first token to the one after the last.
    """

    loc: list[float]
    per: list[float]
    org: list[float]
    spans: dict[int, int]

    def span_at(self, first: int) -> int | None:
        """Return the end of the place that begins at a token, or None."""
        return self.spans.get(first)


def marginals(words: Words, ranges: Sequence[tuple[int, int]], store: Store) -> Marginals:
    """Tag the sentences of a text, given as ranges of tokens."""
    tagger, _ = _tagger(_model)
    known = set(tagger.labels())
    rows = features(words, store)
    count = len(words.tokens)
    result = Marginals([0.0] * count, [0.0] * count, [0.0] * count, {})
    for first, last in ranges:
        for begin in range(first, last, _WINDOW):
            end = min(begin + _WINDOW, last)
            tagger.set(rows[begin:end])
            labels = tagger.tag()
            for at, label in enumerate(labels):
                if label == "O" and tagger.marginal("O", at) > _SURELY_NONE:
                    continue
                for column, name in ((result.loc, "LOC"), (result.per, "PER"), (result.org, "ORG")):
                    column[begin + at] = sum(
                        tagger.marginal(f"{mark}-{name}", at) for mark in "BI" if f"{mark}-{name}" in known
                    )
            result.spans.update(_places(labels, begin))
    return result


def _places(labels: Sequence[str], begin: int) -> dict[int, int]:
    """Return the places of a labelled sentence: first token to the one after the last."""
    spans = {}
    index = 0
    while index < len(labels):
        stop = index + 1
        if labels[index].endswith("LOC"):
            while stop < len(labels) and labels[stop] == "I-LOC":
                stop += 1
            spans[begin + index] = begin + stop
        index = stop
    return spans


_model = MODEL


def use(model: Path) -> None:
    """Tag with other weights from here on, as learning does."""
    global _model  # noqa: PLW0603 one tagger a process
    _model = model


@functools.cache
def _tagger(model: Path) -> tuple[pycrfsuite.Tagger, bytes]:
    """Open a tagger. It reads its weights where they are, so they must live as long as it does."""
    import pycrfsuite

    weights = gzip.decompress(model.read_bytes())
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(weights)
    return tagger, weights


def features(words: Words, store: Store) -> list[list[str]]:
    """Return the features of every token of a text."""
    count = len(words.tokens)
    lower, places = words.lower, _gazetteer(words, store)
    shapes = [_shape(token.text) for token in words.tokens]
    rules = words.rules
    traits = [_traits(words, index) for index in range(count)]
    rows = []
    for i in range(count):
        low, shape = lower[i], shapes[i]
        row = ["b", "w=" + low, "s=" + shape, "g=" + places[i], "gs=" + places[i] + shape[:1]]
        if len(low) > 2:
            row += (
                "p2=" + low[:2],
                "p3=" + low[:3],
                "p4=" + low[:4],
                "x2=" + low[-2:],
                "x3=" + low[-3:],
                "x4=" + low[-4:],
            )
        if low in rules.common and not (shape == "X" and len(low) > 1):  # "us", but not "US"
            row.append("common")
        row += traits[i]
        for offset in (-2, -1, 1, 2):
            j = i + offset
            if 0 <= j < count:
                mark = str(offset)
                row += (mark + "w=" + lower[j], mark + "s=" + shapes[j], mark + "g=" + places[j])
                if offset in (-1, 1):
                    row += (mark + "x3=" + lower[j][-3:], mark + "gg=" + places[j] + "|" + places[i])
                    row += [mark + trait for trait in traits[j]]
            else:
                row.append(f"{offset}edge")
        if 0 < i < count - 1:
            row += ("ww=" + lower[i - 1] + "|" + low, "ss=" + shapes[i - 1] + shape + shapes[i + 1])
        rows.append(row)
    return rows


def _traits(words: Words, index: int) -> list[str]:
    """Return what the language pack says of a word, for itself and for its neighbours."""
    token, low, rules = words.tokens[index].text, words.lower[index], words.rules
    traits = []
    if token in rules.titles:
        traits.append("title")
    if token in rules.offices:
        traits.append("office")
    if token in rules.organisations:
        traits.append("organisation")
    if low in rules.prepositions:
        traits.append("preposition")
    if low in rules.modified:
        traits.append("modified")
    if words.is_generic(index):
        traits.append("generic")
    return traits


def _shape(token: str) -> str:
    """Return the pattern of a word's letters: "Xx", "X", "x", "xXx", "0", "."; runs of one kind are one letter."""
    shape = ""
    for letter in token[:12]:
        kind = "X" if letter.isupper() else "x" if letter.islower() else "0" if letter.isdigit() else "c"
        kind = kind if letter.isalnum() else "."
        if not shape.endswith(kind):
            shape += kind
    return shape + ("1" if len(token) == 1 else "")


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
        meaning = _meaning(store, match.key)
        for at in range(match.first, match.last):
            marks[at] = ("B" if at == match.first else "I") + meaning + str(min(match.last - match.first, 3))
        covered = match.last
    return marks


@functools.lru_cache(maxsize=50_000)
def _meaning(store: Store, name: str) -> str:
    """Return the kind of the likeliest place of a name, how prominent it is, and how good the name."""
    best, mark = -1.0, ""
    for posting in store.postings(name)[:8]:
        row, name_class = int(posting["row"]), int(posting["kind"])
        prior = float(store.places["prior"][row]) - (name_class == NameClass.UNTAGGED)
        if prior > best:
            best = prior
            kind = "n" if name_class == NameClass.DEMONYM else _GROUPS.get(store.kind(row), "f")
            mark = kind + str(min(int(prior), 7)) + ("u" if name_class == NameClass.UNTAGGED else "")
    return mark
