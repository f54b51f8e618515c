"""Fit the weights that tell an article's main event and print them as ``geomap/events/salience_weights.toml``.

    python tests/benchmarks/fit_salience.py --data FOLDER [--folds 5]

A conditional logit with a ridge over the events of each article: right is one of the type, or with the words, that a
development set gives the article's main event. The features are those of `geomap.events.salience`: no word is among
them. `--folds` prints how often the right one is chosen in cross-validation, and no weights.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geomap.evaluate.tasks import read_task
from geomap.events import extract
from geomap.events.salience import features
from geomap.pipeline import Pipeline
from geomap.schema import to_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

RIDGE = 3.0
CORPORA = ("case2021_task2_test_en", "plover_gsr_en", "giveme5w1h_en")


class Choice(NamedTuple):
    """The events of an article as features, and which of them are right."""

    events: list[dict[str, float]]
    right: list[bool]


def choices(pipeline: Pipeline, data: Path) -> Iterator[Choice]:
    """Yield the articles that tell an event that is right and one that is not."""
    seen: dict[int, dict[str, float]] = {}
    tell, latest = extract._event, [{}]

    def noted(*args: object) -> dict[str, float]:
        latest[0] = features(*args)
        return latest[0]

    def told(*args: object, **options: object) -> object:
        event = tell(*args, **options)
        seen[event.trigger.start] = latest[0]
        return event

    extract.features, extract._event = noted, told
    for corpus in CORPORA:
        task = read_task(data / "events_dev" / f"{corpus}.jsonl")
        for row, (article, _) in zip(task.rows, task.articles(), strict=True):
            seen.clear()
            record = pipeline.run(article)
            line = to_dict(record, full=False)
            right = [not task.score([row], [{**line, "main_event": e.id}]).wrong for e in record.events]
            if corpus == "giveme5w1h_en":
                right = [told_what(task, row, line, event.id) for event in record.events]
            if any(right) and not all(right):
                yield Choice([seen[event.trigger.start] for event in record.events], right)


def told_what(task: object, row: dict, line: dict, event: str) -> bool:
    """Whether an event has the words of what happened."""
    return task.score([row], [{**line, "main_event": event}]).figures.get("what", 0.0) == 1.0


def fit(data: list[Choice], names: list[str]) -> np.ndarray:
    """Return the weights, by gradient ascent with momentum."""
    tables = [np.array([[event.get(name, 0.0) for name in names] for event in choice.events]) for choice in data]
    weights, speed = np.zeros(len(names)), np.zeros(len(names))
    for _ in range(600):
        gradient = -RIDGE * weights
        for table, choice in zip(tables, data, strict=True):
            odds = np.exp(table @ weights - (table @ weights).max())
            good = odds * np.array(choice.right)
            gradient += table.T @ (good / good.sum() - odds / odds.sum())
        speed = 0.9 * speed + 0.1 * gradient / len(data)
        weights += speed
    return weights


def chosen_right(weights: np.ndarray, names: list[str], data: list[Choice]) -> int:
    """Count the articles whose weightiest event is right."""
    known = dict(zip(names, weights, strict=True))
    right = 0
    for choice in data:
        totals = [sum(known.get(name, 0.0) * value for name, value in event.items()) for event in choice.events]
        right += choice.right[int(np.argmax(totals))]
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=0)
    options = parser.parse_args()
    data = list(choices(Pipeline(), options.data))
    random.Random(1).shuffle(data)  # noqa: S311 a split that stays the same
    names = sorted({name for choice in data for event in choice.events for name in event})
    if options.folds:
        right = 0
        for fold in range(options.folds):
            kept = [choice for at, choice in enumerate(data) if at % options.folds != fold]
            right += chosen_right(fit(kept, names), names, data[fold :: options.folds])
        print(f"{right / len(data):.3f} of {len(data)} articles")
        return
    weights = fit(data, names)
    print("# Weights that tell an article's main event, fitted by tests/benchmarks/fit_salience.py.")
    print('"bias" = -1.00')
    for name, value in zip(names, weights, strict=True):
        print(f'"{name}" = {value:.2f}')


if __name__ == "__main__":
    main()
