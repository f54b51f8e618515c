"""Learn the weights of the ranker from texts whose places are known.

    python -m geomap.places.learn CORPUS.jsonl… [--folds 5] [--by id] [--out FILE] [--report RANKER.md]

A corpus has a line a text: ``{"id", "lang", "text", "toponyms": [{"start", "end", "lat", "lon"}]}``. Each text is read
twice: with the names of the gold as given, and as it comes, with the names that are found in it. Prints the figures of
cross-validation by document (or with ``--by outlet`` by newspaper, where lines have a ``url``), then writes the weights
learned from all texts, and with ``--report`` the figures into a model card. Deterministic: the same corpora give the
same file.
"""

from __future__ import annotations

import argparse
import json
import math
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from geomap.evaluate.corpora import toponyms
from geomap.evaluate.scores import distance_km
from geomap.events.dates import find_dates
from geomap.gazetteer.store import Store
from geomap.places.candidates import find_candidates
from geomap.places.evidence import ALONE, CONTEXT, scenes, senses, softmax
from geomap.places.recognise import find_mentions
from geomap.places.resolve import SURE, WEIGHTS, certainty, outside, passes, rankings, surroundings
from geomap.places.rules import rules
from geomap.places.scan import words_of
from geomap.record import Article, MentionKind, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from geomap.evaluate.corpora import Toponym
    from geomap.places.evidence import Scene
    from geomap.record import Candidate, Mention

    Floats = NDArray[np.float64]
    Weights = dict[str, Any]

_WITHIN_KM = 161.0  # a hundred miles, the field's customary measure
# Of several candidates within reach, those are right that are hardly farther off than the nearest.
_SLACK_KM = 25.0
_RIDGE = 2.0
_STEPS = 400
_SURE_RIDGE = 3.0
_NEWTON_STEPS = 25
# Of a name that stands in a text so many times or more, as many count.
_REPEATS = 3
_BINS = 10
_AS_GOOD = 0.003
_LEAST = [round(0.05 * step, 2) for step in range(15)]


@dataclass(frozen=True, slots=True)
class _Text:
    """One reading of a text.

    Attributes
    ----------
    given
        Whether its names were given; else they were found.
    scenes, right, counts
        Its names; which candidates of each are right; how many mentions of it have a place in the gold.
    wanted
        By number of a mention, the gold name with coordinates that it stands for; None where it should be no mention.
        Mentions that the gold leaves open are not there.
    placed
        How many gold names have coordinates.
    partial
        Whether the gold annotates only some names.
    """

    corpus: str
    group: str
    given: bool
    length: int
    mentions: Sequence[Mention]
    scenes: Sequence[Scene]
    right: Sequence[NDArray[np.bool_]]
    counts: Sequence[int]
    wanted: dict[int, Toponym | None]
    placed: int
    partial: bool


def _prepare(corpus: str, line: dict[str, Any], store: Store, *, given: bool, by: str) -> _Text | None:
    language = line.get("lang", "")
    article = Article(line["text"], language=language, source_place=line.get("source_place", ""))
    record = find_dates(Record(article, sentences=split(article.text, language), tokens=tokenise(article.text)))
    annotated = toponyms(line["toponyms"])
    gold = [one for one in annotated if not one.ignore]
    mentions = background = find_candidates(find_mentions(record, store), store).mentions
    if given:
        spans = [(one.start, one.end) for one in gold]
        mentions = find_candidates(find_mentions(record, store, spans=spans), store).mentions
    wanted = _wanted(mentions, annotated, partial=bool(line.get("partial")))
    around = [*(outside(mentions, background) if given else ()), *surroundings(record, store)]
    mentions = (*mentions, *around)
    names = senses(mentions)
    if not any(index in wanted for name in names for index in name.mentions):
        return None
    spots = [[spot for i in name.mentions if (spot := wanted.get(i)) is not None] for name in names]
    group = urlsplit(line.get("url", "")).netloc if by == "outlet" else ""
    return _Text(
        corpus,
        group or line["id"],
        given,
        len(record.tokens),
        mentions,
        list(scenes(names, mentions, words_of(record), rules(language).home, store)),
        [_right(name.candidates, gold_spots) for name, gold_spots in zip(names, spots, strict=True)],
        [len(gold_spots) for gold_spots in spots],
        wanted,
        sum(one.lat is not None for one in gold),
        bool(line.get("partial")),
    )


def _wanted(mentions: Sequence[Mention], annotated: Sequence[Toponym], *, partial: bool) -> dict[int, Toponym | None]:
    """Return what each mention should mean; see `_Text`."""
    wanted: dict[int, Toponym | None] = {}
    for index, mention in enumerate(mentions):
        shared = [(min(one.end, mention.end) - max(one.start, mention.start), one) for one in annotated]
        size, best = max(shared, key=lambda pair: pair[0], default=(0, None))
        if best is None or size <= 0:
            # Few corpora annotate "Tajik": that it is not in the gold says nothing.
            if not partial and mention.kind not in (MentionKind.DEMONYM, MentionKind.REFERENCE):
                wanted[index] = None
        elif not best.ignore and best.lat is not None and not best.path:
            wanted[index] = best
    return wanted


def _right(candidates: Sequence[Candidate], spots: Sequence[Toponym]) -> NDArray[np.bool_]:
    """Tell which candidates are right for most mentions of a name."""
    if not spots:
        return np.zeros(len(candidates), bool)
    off = np.array([[_off(candidate, spot) for candidate in candidates] for spot in spots])
    hits = (off <= _WITHIN_KM).sum(axis=0)
    middle = np.median(off, axis=0)
    most = (hits > 0) & (hits == hits.max())
    result: NDArray[np.bool_] = most & (middle <= middle[most].min(initial=math.inf) + _SLACK_KM)
    return result


def _off(candidate: Candidate, spot: Toponym) -> float:
    assert spot.lat is not None  # noqa: S101 mypy is told what `_wanted` has seen to
    assert spot.lon is not None  # noqa: S101
    return distance_km(candidate.lat, candidate.lon, spot.lat, spot.lon)


# Who writes "Kunduz Province" means the province. Distances do not teach that: its capital is as right as it is.
_UNWANTED = -3.0


def learn(texts: Sequence[_Text], store: Store) -> Weights:
    """Learn all weights."""
    sizes: dict[tuple[str, bool], int] = defaultdict(int)
    for text in texts:
        sizes[text.corpus, text.given] += sum(text.counts)
    weights: Weights = {"alone": np.zeros(len(ALONE)), "both": None}
    for part in ("alone", "both", "both"):  # the last round sees the other names as the ranker itself will
        tables, rights, counts = [], [], []
        for text in texts:
            for name, table in _tables(text, weights, part):
                if text.right[name].any() and not text.right[name].all():
                    tables.append(table)
                    rights.append(text.right[name])
                    counts.append(min(text.counts[name], _REPEATS) * _worth(sizes[text.corpus, text.given]))
        weights[part] = _fit(tables, rights, counts)
        at = ALONE.index("kind_unwanted")
        weights[part][at] = min(weights[part][at], _UNWANTED)
    for part in ("given", "found"):
        rows, truths, counts = [], [], []
        for text in texts:
            if text.given == (part == "given") and (text.given or not text.partial):
                for answer in _answers(text, weights, store):
                    rows.append(answer.row)
                    truths.append(answer.right)
                    counts.append(_worth(sizes[text.corpus, text.given]))
        weights[part] = _fit_sure(np.array(rows), np.array(truths), np.array(counts))
    return weights


def _worth(size: int) -> float:
    """Return how much a name counts in a corpus of some size: the larger one says more, but drowns no other."""
    return float(max(size, 1) ** -0.25)


def _tables(text: _Text, weights: Weights, part: str) -> Iterator[tuple[int, Floats]]:
    """Yield the number and the evidence of each name, as the next round of weights is to be learned from."""
    first = 0
    for scene in text.scenes:
        table = scene.alone
        if part == "both":
            if weights["both"] is None:
                table = np.hstack([table, scene.context(scene.shares(table @ weights["alone"]))])
            else:
                table = passes(scene, weights)[1]
        yield from enumerate(np.split(table, scene.starts[1:]), first)
        first += len(scene.names)


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
        share = softmax(rows @ weights, starts, owner)
        good = share * right
        target = good / np.maximum(np.add.reduceat(good, starts), 1e-12)[owner]
        gradient = rows.T @ ((share - target) * count[owner]) / count.sum() + _RIDGE * 1e-4 * weights
        moment = 0.9 * moment + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        weights -= 0.1 * (moment / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    result: Floats = weights / scale
    return result


def _fit_sure(rows: Floats, truths: NDArray[np.bool_], counts: Floats) -> Floats:
    """Fit a logit by Newton's method, with a ridge on all weights but the first, which is the bias."""
    scale = np.maximum(np.abs(rows).max(axis=0), 1e-9)
    rows, counts = rows / scale, counts * len(counts) / counts.sum()
    ridge = np.full(rows.shape[1], _SURE_RIDGE)
    ridge[0] = 1e-6
    weights = np.zeros(rows.shape[1])
    for _ in range(_NEWTON_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (counts * (truths - chance)) - ridge * weights
        curve = (rows * (counts * chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge)
        weights = weights + np.linalg.solve(curve, slope)
    result: Floats = weights / scale
    return result


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the ranker says of one mention.

    Attributes
    ----------
    row
        The evidence of how sure it is.
    right, strict
        Whether the place is right with its extent allowed for (where in a river or country the point stands is a
        matter of convention), and without.
    there, known
        Whether the gold has a place here, and whether any candidate is right.
    """

    row: Floats
    right: bool
    strict: bool
    there: bool
    known: bool


def _answers(text: _Text, weights: Weights, store: Store) -> Iterator[_Answer]:
    """Yield the answer for each mention that the gold says something of."""
    for scene in text.scenes:
        for sense, ranking in zip(scene.names, rankings(scene, weights), strict=True):
            best = sense.candidates[int(np.argmax(ranking.shares))]
            for index in sense.mentions:
                if index in text.wanted:
                    spot = text.wanted[index]
                    off = _off(best, spot) if spot else math.inf
                    nearest = min(_off(one, spot) for one in sense.candidates) if spot else math.inf
                    reach = max(spot.radius_km, float(store.places["radius_km"][best.row])) if spot else 0.0
                    yield _Answer(
                        certainty(text.mentions[index], ranking, text.length),
                        right=off <= _WITHIN_KM + reach,
                        strict=off <= _WITHIN_KM,
                        there=spot is not None,
                        known=nearest <= _WITHIN_KM,
                    )


@dataclass(slots=True)
class _Figures:
    """What cross-validation says of one reading of a corpus; a mention has an item in each list."""

    placed: int = 0
    partial: bool = False
    chances: list[float] = field(default_factory=list)
    answers: list[_Answer] = field(default_factory=list)

    def share(self, told: Callable[[_Answer], bool]) -> float:
        """Return for what share of the names in the gold something holds."""
        there = [told(answer) for answer in self.answers if answer.there]
        return sum(there) / max(len(there), 1)

    def f1(self, least: float) -> float:
        """Return F1 end to end if a choice that is less sure than `least` is dropped."""
        kept = [a for a, chance in zip(self.answers, self.chances, strict=True) if chance >= least]
        return 2 * sum(a.strict for a in kept) / max(len(kept) + self.placed, 1)


def cross_validate(texts: Sequence[_Text], folds: int, store: Store) -> dict[tuple[str, bool], _Figures]:
    """Return the figures of each corpus and reading; the texts of a group are in one fold."""
    result: dict[tuple[str, bool], _Figures] = defaultdict(_Figures)
    fold_of = [zlib.crc32(text.group.encode()) % folds for text in texts]
    for fold in range(folds):
        weights = learn([t for t, f in zip(texts, fold_of, strict=True) if f != fold], store)
        for text in (t for t, f in zip(texts, fold_of, strict=True) if f == fold):
            figures = result[text.corpus, text.given]
            figures.placed += text.placed
            figures.partial = text.partial
            for answer in _answers(text, weights, store):
                figures.answers.append(answer)
                figures.chances.append(
                    1.0 / (1.0 + math.exp(-float(answer.row @ weights["given" if text.given else "found"])))
                )
    return result


def best_least(figures: Iterable[_Figures]) -> float:
    """Return below which confidence a place is better left out, for the mean F1 end to end.

    Of those that are as good as the best, the least: a reader misses a place more than a programme does.
    """
    whole = [one for one in figures if not one.partial]
    means = [sum(one.f1(least) for one in whole) / len(whole) for least in _LEAST]
    return next(least for least, mean in zip(_LEAST, means, strict=True) if mean >= max(means) - _AS_GOOD)


def reliability(figures: Iterable[_Figures]) -> tuple[list[tuple[int, float, float]], float]:
    """Return for each tenth of confidence how many mentions, their mean confidence and the share right.

    And the expected calibration error: the mean gap between the two, over all mentions.
    """
    pairs = [(chance, answer.right) for one in figures for chance, answer in zip(one.chances, one.answers, strict=True)]
    chances, right = np.array([p for p, _ in pairs]), np.array([r for _, r in pairs], float)
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    rows = [
        (int(here.sum()), float(chances[here].mean()), float(right[here].mean()))
        if (here := bins == one).any()
        else (0, 0.0, 0.0)
        for one in range(_BINS)
    ]
    return rows, sum(count * abs(said - was) for count, said, was in rows) / max(len(pairs), 1)


def report(figures: dict[tuple[str, bool], _Figures], least: float) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| corpus | given names | right | retrievable | found names | F1 | F1 without doubtful |",
        "|---|---|---|---|---|---|---|",
    ]
    for corpus in dict.fromkeys(corpus for corpus, _ in figures):
        given, found = figures[corpus, True], figures[corpus, False]
        ends = ["–", "–"] if found.partial else [f"{100 * found.f1(one):.1f}" for one in (0.0, least)]
        right, known = 100 * given.share(lambda a: a.strict), 100 * given.share(lambda a: a.known)
        counts = [sum(a.there for a in one.answers) for one in (given, found)]
        lines.append(f"| {corpus} | {counts[0]} | {right:.1f} | {known:.1f} | {counts[1]} | {' | '.join(ends)} |")
    lines.append(f"\nA choice less sure than {least:.2f} is left out.")
    for title, mine in (("Names given", True), ("Names found", False)):
        rows, error = reliability(f for (_, given), f in figures.items() if given is mine and (given or not f.partial))
        lines += [
            f"\n{title}: expected calibration error {error:.3f}\n",
            "| confidence | mentions | mean | right |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {i / _BINS:.1f}–{(i + 1) / _BINS:.1f} | {n} | {said:.3f} | {was:.3f} |"
            if n
            else f"| {i / _BINS:.1f}–{(i + 1) / _BINS:.1f} | 0 | – | – |"
            for i, (n, said, was) in enumerate(rows)
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--by", choices=("id", "outlet"), default="id", help="what is kept together in a fold")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--report", type=Path, help="a model card: what stands under its last heading is replaced")
    options = parser.parse_args()
    store = Store.open()
    texts = [
        text
        for path in options.corpora
        for line in path.read_bytes().splitlines()
        for given in (True, False)
        if (text := _prepare(path.stem, json.loads(line), store, given=given, by=options.by)) is not None
    ]
    figures = cross_validate(texts, options.folds, store)
    least = best_least(one for (_, given), one in figures.items() if not given)
    told = report(figures, least)
    print(told)  # noqa: T201
    weights = learn(texts, store)
    names = {"alone": ALONE, "both": ALONE + CONTEXT, "given": SURE, "found": SURE}
    table: Weights = {
        part: {n: round(float(w), 4) for n, w in zip(names[part], weights[part], strict=True)} for part in names
    }
    options.out.write_text(json.dumps(table | {"least": least}, indent=1) + "\n", encoding="utf-8")
    if options.report:
        head, mark, _ = options.report.read_text(encoding="utf-8").rpartition("\n## Figures\n")
        options.report.write_text(f"{head}{mark}\n{told}", encoding="utf-8")


if __name__ == "__main__":
    main()
