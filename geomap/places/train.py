"""Train the tagger.

    python -m geomap.places.train CONLL.gz… [--own data/training] [--without CORPUS.jsonl…] [--out FILE]

A CoNLL file has a token, a tab and a tag (``B-LOC``, ``I-PER``, ``O``) a line, and an empty line between sentences; its
name ends in ``_<language>.conll.gz``. Our own sentences stand in ``data/training/<language>.txt`` with their names in
brackets (``[LOC Jakarta]``). A sentence of a CoNLL file that also stands in one of the corpora to do ``--without`` is
left out, so that they can still measure the tagger and teach the forest. Deterministic: the same files give the same
weights.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pycrfsuite

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.store import Store
from geomap.places.chain import Chain
from geomap.places.rules import rules
from geomap.places.scan import Words
from geomap.places.tagger import MODEL, features, group
from geomap.record import PlaceKind
from geomap.text.normalise import key
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A sentence: its text, and its names as (start, end, label).
Labelled = tuple[str, list[tuple[int, int, str]]]

_SEED = 11
_EPOCHS = 10
# A perceptron's weights say which label is best, not how sure that is: they grow with the length of the training.
# Divided by this they give probabilities that the forest can weigh.
_SOFTNESS = 40.0
# A sentence stands in a corpus if more than this share of its runs of so many words does.
_SHARED, _RUN = 0.3, 5
_FEATURES = 400_000
_NAME = re.compile(r"\[(LOC|PER|ORG) ([^\]]*)\]")
# How often the sentences of a source are seen: what people labelled counts more than what a machine did. Tweets beyond
# a few thousand make news worse.
_TIMES = {"wikiann": 1, "btc": 1, "wnut17": 1}
_BY_HAND = 3
_MOST = {"btc": 3000}
# What share of the sentences is seen once more, and how.
_LOWER, _UPPER = 0.05, 0.02
_MISREAD, _WRONG_LETTERS = 0.06, 0.12
_MISREADINGS = {"s": "f", "rn": "m", "m": "rn", "e": "c", "c": "e", "h": "b", "li": "h", "u": "n", "n": "u", "i": "l"}
_SWAPPED, _CALLED_AS_PLACES = 0.3, 0.5
# Places to choose from; and how prominent a place must be for its name in an organisation's to be taken for its own.
_NAMESAKES, _PROMINENT = 4000, 4.5


def read_conll(path: Path) -> Iterator[Labelled]:
    """Read the sentences of a CoNLL file; the words are joined by spaces."""
    words: list[tuple[str, str]] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in [*lines, "\n"]:
            if line.strip():
                word, tag = line.rstrip("\n").split("\t")
                words.append((word, tag))
            elif words:
                yield _join(words)
                words = []


def _join(words: Sequence[tuple[str, str]]) -> Labelled:
    text = ""
    names: list[tuple[int, int, str]] = []
    for word, tag in words:
        start = len(text)
        text += word + " "
        if tag.startswith("B-") or (tag.startswith("I-") and not (names and names[-1][2] == tag[2:])):
            names.append((start, start + len(word), tag[2:]))
        elif tag.startswith("I-"):
            names[-1] = (names[-1][0], start + len(word), tag[2:])
    return text, names


def read_own(path: Path) -> Iterator[Labelled]:
    """Read our own sentences."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.strip() or line.startswith("#"):
            continue
        text, names, last = "", [], 0
        for match in _NAME.finditer(line):
            text += line[last : match.start()]
            names.append((len(text), len(text) + len(match[2]), match[1]))
            text += match[2]
            last = match.end()
        yield text + line[last:], names


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return the runs of words by which a text is known again; none for a shorter one than three words."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + _RUN]) for i in range(max(len(words) - _RUN + 1, 1))} if len(words) > 2 else set()


def _read_runs(paths: Sequence[Path]) -> dict[str, set[tuple[str, ...]]]:
    """Return the runs of words of some corpora, by language."""
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for path in paths:
        for line in path.read_bytes().splitlines():
            text = json.loads(line)
            found[text["lang"]] |= _runs(text["text"])
    return found


def _is_known(sentence: Labelled, known: set[tuple[str, ...]]) -> bool:
    runs = _runs(sentence[0])
    return len(runs & known) > _SHARED * len(runs)


def rows(sentence: Labelled, language: str, store: Store) -> tuple[list[list[str]], list[str]]:
    """Return the features and labels of a sentence, token by token."""
    text, names = sentence
    tokens = tokenise(text)
    labels = []
    for token in tokens:
        name = next((n for n in names if n[0] < token.end and token.start < n[1]), None)
        labels.append("O" if name is None else ("B-" if token.start <= name[0] else "I-") + name[2])
    return features(Words(text, tokens, language), store), labels


def _recased(sentences: Sequence[Labelled], rng: random.Random) -> Iterator[Labelled]:
    """Yield copies of some sentences without capitals, or in capitals alone, as headlines and tweets have them."""
    for text, names in sentences:
        chance = rng.random()
        changed = text.lower() if chance < _LOWER else text.upper() if chance > 1 - _UPPER else None
        if changed is not None and len(changed) == len(text):
            yield changed, names


def _misread(sentences: Sequence[Labelled], rng: random.Random) -> Iterator[Labelled]:
    """Yield copies of some sentences with the errors that a reading machine makes in old print."""
    for text, names in sentences:
        if rng.random() < _MISREAD:
            letters = re.finditer("|".join(_MISREADINGS), text[:-1])
            yield _changed(
                (text, names),
                [(m.start(), m.end(), _MISREADINGS[m.group()]) for m in letters if rng.random() < _WRONG_LETTERS],
            )


def _changed(sentence: Labelled, changes: Sequence[tuple[int, int, str]]) -> Labelled:
    """Return a sentence with other text at some spans, which come in order and cross the edge of no name."""
    text, names = sentence
    pieces, last, shifts = [], 0, []
    for start, end, new in changes:
        pieces += [text[last:start], new]
        shifts.append((end, len(new) - (end - start)))
        last = end

    def moved(offset: int) -> int:
        return offset + sum(by for end, by in shifts if end <= offset)

    return "".join([*pieces, text[last:]]), [(moved(start), moved(end), label) for start, end, label in names]


class _Namesakes:
    """Prominent places of each group of kinds, as a language writes them, to stand in for the names of a sentence."""

    def __init__(self, store: Store, language: str) -> None:
        self._store = store
        self._names: dict[str, list[str]] = defaultdict(list)
        for row in np.argsort(-store.places["prior"], kind="stable")[:_NAMESAKES].tolist():
            name = store.labels(row).get(language) or store.label(row, language)
            if name[:1].isalpha() and not set(name) & set("[](),/"):
                self._names[group(store.kind(row))].append(name)

    def swapped(self, sentences: Sequence[Labelled], rng: random.Random) -> Iterator[Labelled]:
        """Yield copies of some sentences in which other names stand.

        Another place of the same kind for a place, also where it is part of an organisation's name; and a place for
        one of the names of a person, since many a person is called as a place is.
        """
        for text, names in sentences:
            if names and rng.random() < _SWAPPED:
                changes = [change for name in names for change in self._changes(text, name, rng)]
                if changes:
                    yield _changed((text, names), sorted(changes))

    def _changes(self, text: str, name: tuple[int, int, str], rng: random.Random) -> Iterator[tuple[int, int, str]]:
        start, end, label = name
        if label == "LOC":
            if kind := self._group(text[start:end]):  # a name that no gazetteer knows stays
                yield start, end, rng.choice(self._names[kind])
            return
        words = [(start + m.start(), start + m.end()) for m in re.finditer(r"[^\W\d_]{3,}", text[start:end])]
        if label == "ORG":
            for first, last in words:
                if text[first].isupper() and (kind := self._group(text[first:last])):
                    yield first, last, rng.choice(self._names[kind])
        elif len(words) > 1 and rng.random() < _CALLED_AS_PLACES:
            one_word = next(n for n in iter(lambda: rng.choice(self._names[group(PlaceKind.CITY)]), "") if " " not in n)
            yield *rng.choice(words), one_word

    def _group(self, name: str) -> str:
        rows = [int(p["row"]) for p in self._store.postings(key(name)) if p["kind"] <= NameClass.ALTERNATE]
        best = max(rows, key=lambda row: float(self._store.places["prior"][row]), default=None)
        if best is None or self._store.places["prior"][best] < _PROMINENT:
            return ""
        found = group(self._store.kind(best))
        return found if self._names[found] else ""


def train(corpora: Sequence[tuple[str, str, list[Labelled]]], out: Path, store: Store) -> None:
    """Train on (source, language, sentences) and write the weights, compressed.

    Two rounds: the first finds the features that matter, the second trains with those alone. That makes the model a
    tenth as large, and as good.
    """
    rng = random.Random(_SEED)  # noqa: S311 no secret
    data: list[tuple[list[list[str]], list[str]]] = []
    for source, language, sentences in corpora:
        chosen = sentences
        if source in _MOST:
            chosen = rng.sample(sentences, min(_MOST[source], len(sentences)))
        ready = [rows(s, language, store) for s in chosen]
        data += ready * _TIMES.get(source, _BY_HAND)
        data += [rows(s, language, store) for s in _recased(chosen, rng)]
        if _TIMES.get(source, _BY_HAND) == _BY_HAND and (rules_ := rules(language)).cased:
            data += [rows(s, language, store) for s in _misread(chosen, rng)]
            if not rules_.endings:  # elsewhere a name's ending shows its case
                data += [rows(s, language, store) for s in _Namesakes(store, language).swapped(chosen, rng)]
    rng.shuffle(data)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        _fit(data, model)
        kept = _features_that_matter(model)
        _fit([([[f for f in row if f in kept] for row in xs], ys) for xs, ys in data], model)
        _chain(model).save(out)


def _fit(data: Sequence[tuple[list[list[str]], list[str]]], model: Path) -> None:
    trainer = pycrfsuite.Trainer(algorithm="averaged-perceptron", verbose=False)
    trainer.set("max_iterations", _EPOCHS)
    for xs, ys in data:
        trainer.append(xs, ys)
    trainer.train(str(model))


def _features_that_matter(model: Path) -> set[str]:
    """Return the features whose greatest weight is among the `_FEATURES` greatest."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    greatest: dict[str, float] = {}
    for (name, _), weight in tagger.info().state_features.items():
        greatest[name] = max(greatest.get(name, 0.0), abs(weight))
    ranked = sorted(greatest, key=lambda name: (-greatest[name], name))
    return set(ranked[:_FEATURES])


def _chain(model: Path) -> Chain:
    """Return the weights that crfsuite found."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    labels = sorted(tagger.labels(), reverse=True)
    weights: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(labels))
    found = tagger.info()
    for (name, label), weight in found.state_features.items():
        weights[name][labels.index(label)] = weight / _SOFTNESS
    transitions = [[found.transitions.get((first, then), 0.0) / _SOFTNESS for then in labels] for first in labels]
    return Chain.build(labels, weights, transitions)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("conll", nargs="*", type=Path)
    parser.add_argument("--own", type=Path, default=Path(__file__).parents[2] / "data" / "training")
    parser.add_argument("--without", nargs="*", default=[], type=Path, help="corpora kept for measuring")
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    store = Store.open()
    kept_out = _read_runs(options.without)
    corpora = []
    for path in sorted(options.conll):
        source, language = path.name.removesuffix(".conll.gz").rsplit("_", 1)
        corpora.append((source, language, [s for s in read_conll(path) if not _is_known(s, kept_out[language])]))
    corpora += [("own", path.stem, list(read_own(path))) for path in sorted(options.own.glob("*.txt"))]
    train(corpora, options.out, store)


if __name__ == "__main__":
    main()
