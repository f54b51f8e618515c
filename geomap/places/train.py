"""Train the tagger.

    python -m geomap.places.train CONLL.gz… [--own data/training] [--out FILE]

A CoNLL file has a token, a tab and a tag (``B-LOC``, ``I-PER``, ``O``) a line, and an empty line between sentences; its
name ends in ``_<language>.conll.gz``. Our own sentences stand in ``data/training/<language>.txt`` with their names in
brackets (``[LOC Jakarta]``). Deterministic: the same files give the same weights.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pycrfsuite

from geomap.gazetteer.store import Store
from geomap.places.scan import Words
from geomap.places.tagger import MODEL, features
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A sentence: its text, and its names as (start, end, label).
Labelled = tuple[str, list[tuple[int, int, str]]]

_SEED = 11
_EPOCHS = 10
_FEATURES = 45_000
_NAME = re.compile(r"\[(LOC|PER|ORG) ([^\]]*)\]")
# How often the sentences of a source are seen: what people labelled counts more than what a machine did. Tweets beyond
# a few thousand make news worse.
_TIMES = {"wikiann": 1, "btc": 1, "wnut17": 1}
_BY_HAND = 3
_MOST = {"btc": 3000}
_LOWER, _UPPER = 0.05, 0.02


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
    rng.shuffle(data)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        _fit(data, model)
        kept = _features_that_matter(model)
        _fit([([[f for f in row if f in kept] for row in xs], ys) for xs, ys in data], model)
        out.write_bytes(gzip.compress(model.read_bytes(), mtime=0))


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


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("conll", nargs="*", type=Path)
    parser.add_argument("--own", type=Path, default=Path(__file__).parents[2] / "data" / "training")
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    store = Store.open()
    corpora = []
    for path in sorted(options.conll):
        source, language = path.name.removesuffix(".conll.gz").rsplit("_", 1)
        corpora.append((source, language, list(read_conll(path))))
    corpora += [("own", path.stem, list(read_own(path))) for path in sorted(options.own.glob("*.txt"))]
    train(corpora, options.out, store)


if __name__ == "__main__":
    main()
