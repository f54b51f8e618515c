"""Learn which proposals are places, from texts whose places are known.

    python -m geomap.places.learn_spans CORPUS.jsonl… [--demonyms NAME…] [--folds 4] [--out FILE]

The corpora are those of `geomap.places.learn`, also ones without coordinates, and none that the tagger was trained on,
or the forest would trust it too much (`geomap.places.train --without`). Prints overlap F1 of cross-validation by
document for each corpus, then writes the forest learned from all. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geomap.events.dates import find_dates
from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.store import Store
from geomap.places.proposals import FEATURES, propose
from geomap.places.recognise import FOREST, THRESHOLD, choose
from geomap.places.scan import Words
from geomap.record import Article, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.ensemble import HistGradientBoostingClassifier

    from geomap.places.proposals import Proposal

_TREES, _LEAVES, _RATE = 150, 16, 0.08
# More of this evidence never speaks against a place, or for one: the corpora are too small to learn that it does.
_FOR = {"known", "prior", "country", "generic_before", "generic_after", "preposition", "parent_follows"}
_FOR |= {"abbreviation", "office", "modified", "place_follows", "tag_loc", "tag_exact", "tag_first", "loc_elsewhere"}
_AGAINST = {"title", "common", "seen_lower", "tag_per", "tag_org", "per_elsewhere", "foreign", "in_hashtag"}
_AGAINST |= {"title_of", "organisation_of", "number_before", "organisation_before", "organisation_after"}
# One text of so many is learned from once more without capitals, and one as a headline.
_OFTEN = 16
# What share of a proposal and a gold name must be common for the proposal to be right.
_SAME = 0.5


@dataclass(frozen=True, slots=True)
class _Text:
    """A text made ready. `right` is 1 for a place, 0 for none, -1 where the corpus does not say."""

    corpus: str
    proposals: Sequence[Proposal]
    rows: NDArray[np.float32]
    right: NDArray[np.int8]
    gold: Sequence[tuple[int, int]]
    ignored: Sequence[tuple[int, int]]
    is_copy: bool = False


def _prepare(corpus: str, line: dict[str, Any], store: Store, *, demonyms: bool) -> _Text:
    language = line.get("lang", "")
    article = Article(line["text"], language=language)
    record = find_dates(Record(article, sentences=split(article.text, language), tokens=tokenise(article.text)))
    proposals, rows = propose(record, Words(article.text, record.tokens, language), store)
    gold = [(t["start"], t["end"]) for t in line["toponyms"] if not t.get("ignore")]
    ignored = [(t["start"], t["end"]) for t in line["toponyms"] if t.get("ignore")]
    right = np.array([_verdict(p, gold, ignored, demonyms=demonyms) for p in proposals], np.int8)
    return _Text(corpus, proposals, rows, right, gold, ignored)


def _recased(number: int, line: dict[str, Any]) -> dict[str, Any] | None:
    """Return some texts once more, without capitals or as headlines have them."""
    written = {0: str.lower, _OFTEN // 2: _as_headline}.get(number % _OFTEN)
    text = written(line["text"]) if written else line["text"]
    return line | {"text": text} if text != line["text"] and len(text) == len(line["text"]) else None


def _as_headline(text: str) -> str:
    """Write each longer word with a capital."""
    return re.sub(r"\b\w(?=\w{3})", lambda match: match.group().upper(), text)


def _verdict(
    proposal: Proposal, gold: Sequence[tuple[int, int]], ignored: Sequence[tuple[int, int]], *, demonyms: bool
) -> int:
    span = (proposal.match.start, proposal.match.end)
    if any(_share(span, name) >= _SAME for name in gold):
        return 1
    if any(_share(span, name) > 0 for name in ignored) or (proposal.name_class is NameClass.DEMONYM and not demonyms):
        return -1
    return 0


def _share(a: tuple[int, int], b: tuple[int, int]) -> float:
    common = min(a[1], b[1]) - max(a[0], b[0])
    return max(common, 0) / (max(a[1], b[1]) - min(a[0], b[0]))


def fit(texts: Sequence[_Text]) -> HistGradientBoostingClassifier:
    """Fit the trees; a corpus counts by the square root of its size, so that none drowns the others."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    sizes: dict[str, int] = defaultdict(int)
    for text in texts:
        sizes[text.corpus] += len(text.proposals)
    rows = np.concatenate([text.rows for text in texts])
    right = np.concatenate([text.right for text in texts])
    weight = np.concatenate([np.full(len(t.proposals), max(sizes[t.corpus], 1) ** -0.5) for t in texts])
    use = right >= 0
    model = HistGradientBoostingClassifier(
        max_iter=_TREES,
        learning_rate=_RATE,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=30,
        l2_regularization=2.0,
        random_state=0,
        monotonic_cst=[(name in _FOR) - (name in _AGAINST) for name in FEATURES],
    )
    return model.fit(rows[use], right[use], sample_weight=weight[use] / weight[use].mean())


def table(model: HistGradientBoostingClassifier) -> dict[str, Any]:
    """Return the trees as flat arrays, as `geomap.places.trees.Forest` reads them."""
    roots: list[int] = []
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []
    right: list[int] = []
    value: list[float] = []
    depth = 0
    for (tree,) in model._predictors:  # noqa: SLF001 scikit-learn has no public way to its trees
        start = len(feature)
        roots.append(start)
        for index, node in enumerate(tree.nodes):
            leaf = bool(node["is_leaf"])
            feature.append(0 if leaf else int(node["feature_idx"]))
            threshold.append(0.0 if leaf else round(float(node["num_threshold"]), 4))
            left.append(start + (index if leaf else int(node["left"])))
            right.append(start + (index if leaf else int(node["right"])))
            value.append(round(float(node["value"]), 4) if leaf else 0.0)
            depth = max(depth, int(node["depth"]))
    return {
        "features": list(FEATURES),
        "roots": roots,
        "feature": feature,
        "threshold": threshold,
        "left": left,
        "right": right,
        "value": value,
        "depth": depth,
        "base": round(float(model._baseline_prediction.ravel()[0]), 5),  # noqa: SLF001
    }


def _score(texts: Sequence[_Text], model: HistGradientBoostingClassifier, totals: dict[str, list[int]]) -> None:
    """Add the matches, proposals and gold names of each corpus."""
    for text in texts:
        if text.is_copy:
            continue
        chances = model.predict_proba(text.rows)[:, 1] if len(text.rows) else np.zeros(0)
        kept = [p for p, _ in choose(text.proposals, chances, THRESHOLD)]
        spans = [(p.match.start, p.match.end) for p in kept if p.name_class is not NameClass.DEMONYM]
        spans = [
            s
            for s in spans
            if any(_share(s, g) > 0 for g in text.gold) or not any(_share(s, i) > 0 for i in text.ignored)
        ]
        right = sum(any(_share(s, g) > 0 for s in spans) for g in text.gold)
        for i, number in enumerate((right, len(spans), len(text.gold))):
            totals[text.corpus][i] += number


def _read(paths: Sequence[Path], demonyms: Sequence[str], store: Store) -> list[_Text]:
    texts = []
    for path in paths:
        for number, line in enumerate(map(json.loads, path.read_bytes().splitlines())):
            texts.append(_prepare(path.stem, line, store, demonyms=path.stem in demonyms))
            if (other := _recased(number, line)) is not None:
                copy = _prepare(path.stem, other, store, demonyms=path.stem in demonyms)
                texts.append(dataclasses.replace(copy, is_copy=True))
    return texts


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--demonyms", nargs="*", default=[], help="corpora that annotate demonyms as places")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--out", type=Path, default=FOREST)
    options = parser.parse_args()
    store = Store.open()
    texts = _read(options.corpora, options.demonyms, store)
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    turns = list(itertools.accumulate(not text.is_copy for text in texts))  # a copy goes with its original
    for fold in range(options.folds):
        model = fit([text for turn, text in zip(turns, texts, strict=True) if turn % options.folds != fold])
        _score([text for turn, text in zip(turns, texts, strict=True) if turn % options.folds == fold], model, totals)
    for corpus, (right, found, gold) in totals.items():
        precision, recall = right / max(found, 1), right / max(gold, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(f"{corpus:20s} overlap P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")  # noqa: T201
    options.out.write_text(json.dumps(table(fit(texts)), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
