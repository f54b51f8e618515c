"""Learn the weights of the ranker from texts whose places are known.

    python -m geomap.places.learn CORPUS.jsonl… [--folds 5] [--out FILE]

A corpus has a line a text: ``{"id", "lang", "text", "toponyms": [{"start", "end", "lat", "lon"}]}``. Prints the
accuracy within 161 km of cross-validation by document, then writes the weights learned from all of them. Deterministic:
the same corpora give the same file.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geomap.evaluate.scores import distance_km
from geomap.gazetteer.store import Store
from geomap.places.candidates import find_candidates
from geomap.places.recognise import find_mentions
from geomap.places.resolve import ALONE, CONTEXT, context_features, name_features, senses, softmax
from geomap.places.rules import rules
from geomap.record import Article, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geomap.places.resolve import Sense
    from geomap.record import Mention

    Floats = NDArray[np.float64]

_WITHIN_KM = 161.0  # a hundred miles, the field's customary measure
_RIDGE = 2.0
_STEPS = 400


@dataclass(frozen=True, slots=True)
class _Text:
    """A text made ready: its names, and which candidates of each are right."""

    corpus: str
    mentions: Sequence[Mention]
    names: Sequence[Sense]
    alone: Sequence[Floats]
    right: Sequence[NDArray[np.bool_]]
    counts: Sequence[int]


def _prepare(corpus: str, line: dict[str, Any], store: Store) -> _Text | None:
    gold = [t for t in line["toponyms"] if t.get("lat") is not None and not t.get("ignore") and not t.get("path")]
    language = line.get("lang", "")
    article = Article(line["text"], language=language)
    record = Record(article, sentences=split(article.text, language), tokens=tokenise(article.text))
    record = find_candidates(find_mentions(record, store, spans=[(t["start"], t["end"]) for t in gold]), store)
    names = senses(record.mentions)
    if not names:
        return None
    at = {(t["start"], t["end"]): (float(t["lat"]), float(t["lon"])) for t in gold}
    home = rules(language).home
    right = []
    for name in names:
        spots = [at[record.mentions[i].start, record.mentions[i].end] for i in name.mentions]
        distances = np.array([min(distance_km(c.lat, c.lon, *spot) for spot in spots) for c in name.candidates])
        right.append((distances <= _WITHIN_KM) & (distances <= distances.min() + 25))
    return _Text(
        corpus,
        record.mentions,
        names,
        [name_features(name, home, store) for name in names],
        right,
        [len(name.mentions) for name in names],
    )


def _fit(tables: Sequence[Floats], rights: Sequence[NDArray[np.bool_]], counts: Sequence[float]) -> Floats:
    """Fit a conditional logit: the probability of the right candidates together, with a ridge on the weights."""
    rows = np.concatenate(tables)
    scale = np.maximum(np.abs(rows).max(axis=0), 1e-9)
    rows = rows / scale
    right = np.concatenate(rights).astype(float)
    owner = np.repeat(np.arange(len(tables)), [len(t) for t in tables])
    starts = np.concatenate([[0], np.cumsum([len(t) for t in tables])[:-1]])
    count = np.array(counts, float)
    weights = np.zeros(rows.shape[1])
    moment, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):  # Adam
        scores = rows @ weights
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        share = powers / np.add.reduceat(powers, starts)[owner]
        good = powers * right
        target = good / np.maximum(np.add.reduceat(good, starts), 1e-12)[owner]
        gradient = rows.T @ ((share - target) * count[owner]) / count.sum() + _RIDGE * 1e-4 * weights
        moment = 0.9 * moment + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        weights -= 0.1 * (moment / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    result: Floats = weights / scale
    return result


def learn(texts: Sequence[_Text], store: Store) -> dict[str, Floats]:
    """Learn both passes; a corpus counts by the square root of its size, so that none drowns the others."""
    sizes: dict[str, int] = defaultdict(int)
    for text in texts:
        sizes[text.corpus] += sum(text.counts)
    use = [
        (text, g) for text in texts for g in range(len(text.names)) if text.right[g].any() and not text.right[g].all()
    ]
    counts = [min(text.counts[g], 3) / math.sqrt(sizes[text.corpus]) for text, g in use]
    rights = [text.right[g] for text, g in use]
    alone = _fit([text.alone[g] for text, g in use], rights, counts)
    both = np.zeros(len(ALONE) + len(CONTEXT))
    for _ in range(2):  # the second round sees anchors as the ranker itself will choose them
        tables = {id(text): _tables(text, alone, both, store) for text in texts}
        both = _fit([tables[id(text)][g] for text, g in use], rights, counts)
    return {"alone": alone, "both": both}


def _tables(text: _Text, alone: Floats, both: Floats, store: Store) -> list[Floats]:
    shares = [softmax(features @ alone) for features in text.alone]
    context = context_features(text.names, shares, text.mentions, store)
    if both.any():
        shares = [softmax(np.hstack([a, c]) @ both) for a, c in zip(text.alone, context, strict=True)]
        context = context_features(text.names, shares, text.mentions, store)
    return [np.hstack([a, c]) for a, c in zip(text.alone, context, strict=True)]


def accuracy(texts: Iterable[_Text], weights: dict[str, Floats], store: Store) -> dict[str, tuple[int, int, int]]:
    """Return per corpus how many mentions are right, could be right, and are there (with any candidate)."""
    result: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for text in texts:
        for g, table in enumerate(_tables(text, weights["alone"], weights["both"], store)):
            best = int(np.argmax(table @ weights["both"]))
            counts = result[text.corpus]
            counts[0] += text.counts[g] * bool(text.right[g][best])
            counts[1] += text.counts[g] * bool(text.right[g].any())
            counts[2] += text.counts[g]
    return {corpus: (a, b, c) for corpus, (a, b, c) in result.items()}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("ranker.json"))
    options = parser.parse_args()
    store = Store.open()
    lines = ((path.stem, line) for path in options.corpora for line in path.read_bytes().splitlines())
    texts = [text for corpus, line in lines if (text := _prepare(corpus, json.loads(line), store)) is not None]
    total: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for fold in range(options.folds):
        weights = learn([t for i, t in enumerate(texts) if i % options.folds != fold], store)
        for corpus, counts in accuracy(
            (t for i, t in enumerate(texts) if i % options.folds == fold), weights, store
        ).items():
            total[corpus] = [a + b for a, b in zip(total[corpus], counts, strict=True)]
    for corpus, (good, possible, count) in total.items():
        print(f"{corpus:20s} right {good / count:.3f} of {count}, retrievable {possible / count:.3f}")  # noqa: T201
    weights = learn(texts, store)
    names = {"alone": ALONE, "both": ALONE + CONTEXT}
    table = {part: {n: round(float(w), 4) for n, w in zip(names[part], weights[part], strict=True)} for part in names}
    options.out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
