"""CPU time of each stage, and articles a second on one core.

    python tests/benchmarks/speed.py [ARTICLE…] [--language en] [--rounds 20]

Without articles, the sample articles of the language that come with geomap. Where spaCy and its small English model are
installed, their named entity recogniser runs over the same texts in the same run.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from geomap.events.dateline import with_dates
from geomap.events.extract import extract_events
from geomap.pipeline import Pipeline, _prepared
from geomap.places.candidates import find_candidates
from geomap.places.recognise import find_mentions
from geomap.places.relations import describe
from geomap.places.resolve import resolve
from geomap.record import Article

if TYPE_CHECKING:
    from collections.abc import Callable

ARTICLES = Path(__file__).parents[2] / "data" / "articles"
WORDS = 433  # of the article that the goals speak of
MODEL = "en_core_web_sm"


def stages() -> dict[str, Callable]:
    """Return the stages of the pipeline in order."""
    store = Pipeline().store
    return {
        "sentences, tokens": _prepared,
        "dates": with_dates,
        "mentions": lambda record: find_mentions(record, store),
        "candidates": lambda record: find_candidates(record, store),
        "resolution": lambda record: resolve(record, store),
        "described places": lambda record: describe(record, store),
        "events": extract_events,
    }


def measure(articles: list[Article], rounds: int) -> Counter[str]:
    """Return the CPU seconds of each stage; the first round warms up and does not count."""
    spent: Counter[str] = Counter()
    for number in range(rounds + 1):
        for article in articles:
            state = article
            for name, stage in stages().items():
                begin = time.process_time()
                state = stage(state)
                spent[name] += (time.process_time() - begin) if number else 0
    return spent


def spacy_seconds(texts: list[str], rounds: int) -> float | None:
    """Return the CPU seconds of spaCy's recogniser, or None where it is not installed."""
    if importlib.util.find_spec("spacy") is None or importlib.util.find_spec(MODEL) is None:
        return None
    import spacy

    model = spacy.load(MODEL, disable=["tagger", "parser", "attribute_ruler", "lemmatizer"])
    list(model.pipe(texts))
    begin = time.process_time()
    for _ in range(rounds):
        list(model.pipe(texts))
    return time.process_time() - begin


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="*", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    paths = options.articles or sorted(ARTICLES.glob(f"*.{options.language}.txt"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    articles = [Article(text, language=options.language) for text in texts]
    words = sum(len(text.split()) for text in texts) * options.rounds
    spent = measure(articles, options.rounds)
    for name, seconds in spent.items():
        print(f"{name:20} {seconds / words * WORDS * 1000:6.2f} ms for {WORDS} words")
    total = spent.total()
    print(
        f"{'all':20} {total / words * WORDS * 1000:6.2f} ms; {words / WORDS / total:.0f} articles a second on one core"
    )
    other = spacy_seconds(texts, options.rounds)
    if other is not None:
        mentions = spent["sentences, tokens"] + spent["mentions"]
        print(
            f"{MODEL}: {other / words * WORDS * 1000:.2f} ms; recognition here is {other / mentions:.1f} times as fast"
        )


if __name__ == "__main__":
    main()
