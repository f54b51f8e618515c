"""Fit the weights of the event-place linker and print them as ``geomap/events/link_weights.toml``.

    python tests/benchmarks/fit_links.py [--data FOLDER]

A logistic regression with a ridge over the pairs of trigger and place in two development sets: English sentences whose
event verbs are marked with their places, and Indonesian reports whose places are marked as where it happened or only
mentioned. The English set marks only the places of events; other names that the set marks anywhere, and names of
countries, serve as the places that are none. Weights fitted to the places that geomap finds by itself learn to link
less, and do worse on articles whose events are not violence.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from events import gold_record, rows  # the benchmark beside this file

from geomap.events import linking
from geomap.events.mentions import place_mentions
from geomap.events.triggers import read, trigger_at
from geomap.record import Article, Mention, MentionKind, Place, PlaceKind, Precision, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

RIDGE = 2.0
HELD_OUT = 2000
INDONESIAN_WEIGHT = 3.0
# What the sentences that the weights are fitted to do not show.
BY_HAND = {
    "about": -0.4,
    "reference": -0.3,
    "suffers": 2.0,
    "continent": -1.0,
    "site": 1.5,
    "owned": -1.5,
    "fronted noun": -2.0,
    "holds": -1.0,
    "unlocated": 0.2,
    "participle": 0.4,
}


def english(path: Path) -> tuple[list[dict], list[dict], set[str], set[str]]:
    """Return rows to fit, rows held out, the names known as places, and those of countries among them."""
    data = [row for row in rows(path) if len(row["verb"]) == 1]
    counts = Counter(place["text"] for row in data for place in row["location"])
    names = {name for name in counts if name[:1].isupper() and re.fullmatch(r"[\w' .-]+", name) and len(name) > 3}
    countries = set(json.loads((Path(__file__).parent / "countries.json").read_text(encoding="utf-8")))
    random.Random(1).shuffle(data)  # noqa: S311 a split that stays the same
    return data[HELD_OUT:], data[:HELD_OUT], names | countries, countries


def english_record(row: dict, names: set[str], countries: set[str]) -> Record:
    """Build a record whose mentions are the gold places and every other known name."""
    text = row["text"]
    spans = [(place["start"], place["end"]) for place in row["location"]]
    for match in re.finditer(r"[A-Z][\w'-]*(?: [A-Z][\w'-]*){0,3}", text):
        words = match.group().split()
        for size in range(len(words), 0, -1):
            name = " ".join(words[:size])
            if name in names and all(match.start() + len(name) <= a or match.start() >= b for a, b in spans):
                spans.append((match.start(), match.start() + len(name)))
                break
    places, mentions = [], []
    for start, end in sorted(spans):
        name = text[start:end]
        kind = PlaceKind.COUNTRY if name in countries else PlaceKind.CITY
        country = name if kind is PlaceKind.COUNTRY else ""
        places.append(Place(f"p{start}", name, kind, country, 0.0, 0.0, Precision.TOWN))
        mentions.append(Mention(start, end, name, place_id=f"p{start}"))
    article = Article(text, language="en")
    return Record(article, split(text, "en"), tokenise(text), mentions=tuple(mentions), places=tuple(places))


def pairs(record: Record, spans: list[tuple[int, int]], gold: set[tuple[int, int]]) -> list[tuple[dict, bool]]:
    """Return features and truth of every trigger and place of one sentence."""
    reading = read(record)
    mentions = place_mentions(record, reading)
    found = []
    for start, end in spans:
        trigger = trigger_at(reading, start, end)
        first, last = reading.sentence(trigger.first)
        nearby = [index for index, mention in enumerate(mentions) if first <= mention.first < last]
        for index in nearby:
            mention = mentions[index]
            if mention.kind is MentionKind.REFERENCE or mention.listed_after >= 0:
                continue
            seen = linking.features(reading, trigger, mentions, index, nearby)
            if seen and seen[1] in linking.DRAWN:
                found.append((seen[0], (mention.start, mention.end) in gold))
    return found


def fit(data: list[tuple[dict, bool, float]]) -> dict[str, float]:
    """Return the weights, by Newton's method."""
    names = sorted({name for seen, _, _ in data for name in seen} - BY_HAND.keys())
    matrix = np.array([[seen.get(name, 0.0) for name in names] + [1.0] for seen, _, _ in data])
    truth = np.array([float(right) for _, right, _ in data])
    weight = np.array([w for _, _, w in data])
    ridge = RIDGE * np.eye(len(names) + 1)
    ridge[-1, -1] = 0.0
    solution = np.zeros(len(names) + 1)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-matrix @ solution))
        gradient = matrix.T @ (weight * (truth - chance)) - ridge @ solution
        hessian = (matrix * (weight * chance * (1 - chance))[:, None]).T @ matrix + ridge
        solution += np.linalg.solve(hessian, gradient)
    right = ((chance > 0.5) == truth).mean()
    print(f"# {len(data)} pairs, {right:.3f} of them told right", file=sys.stderr)
    return dict(zip([*names, "bias"], solution, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GEOMAP_BENCH", ".")))
    options = parser.parse_args()
    train, _, names, countries = english(options.data / "events_dev" / "event_location_en.jsonl")
    data: list[tuple[dict, bool, float]] = []
    for row in train:
        gold = {(place["start"], place["end"]) for place in row["location"]}
        spans = [(verb["start"], verb["end"]) for verb in row["verb"]]
        data += [(*pair, 1.0) for pair in pairs(english_record(row, names, countries), spans, gold)]
    for row in rows(options.data / "dev" / "ina.jsonl"):
        gold = {(t["start"], t["end"]) for t in row["toponyms"] if t["type"] == "LOC"}
        spans = [(event["start"], event["end"]) for event in row["events"]]
        data += [(*pair, INDONESIAN_WEIGHT) for pair in pairs(gold_record(row), spans, gold)]
    print("# Weights of the event-place linker, fitted by tests/benchmarks/fit_links.py; the last ten are set by hand,")
    print("# since the sentences that it fits to do not show them.")
    for name, value in sorted(fit(data).items()):
        print(f'"{name}" = {value:.2f}')
    print()
    for name, value in BY_HAND.items():
        print(f'"{name}" = {value:.2f}')


if __name__ == "__main__":
    main()
