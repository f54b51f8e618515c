"""Measure what a second recogniser brings: the same texts with the tagger alone, and with the other's opinion.

    python tests/benchmarks/recognisers.py NAME CORPUS.jsonl… [--learn CORPUS.jsonl…] [--demonyms lgl gwn] [--most 100]

NAME is what ``--recogniser`` takes. The forest that chooses the spans has seen most corpora, and would flatter the
tagger that it has learned from: with ``--learn``, one that is learned from the odd lines of those corpora takes its
place. The even lines of each CORPUS are measured, so many at most: overlap P, R and F1 of the names, F1 end to end
where there are coordinates, and words a second of processor time.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from geomap.evaluate.corpora import Toponym, read_gold
from geomap.evaluate.scores import score_toponyms
from geomap.events.dates import find_dates
from geomap.gazetteer.store import Store
from geomap.places import learn_spans, recognise
from geomap.places.candidates import find_candidates
from geomap.places.recognisers import recogniser
from geomap.places.resolve import resolve
from geomap.record import MentionKind, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geomap.evaluate.corpora import GoldArticle
    from geomap.places.recognisers import Recogniser
    from geomap.places.tagger import Marginals


def learn(paths: Sequence[Path], demonyms: Sequence[str], store: Store, most: int, target: Path) -> None:
    """Learn a forest from the odd lines of corpora, with the tagger's opinion."""
    texts = [
        learn_spans._prepare(path.stem, json.loads(line), store, demonyms=path.stem in demonyms)
        for path in paths
        for line in path.read_bytes().splitlines()[1::2][:most]
    ]
    target.write_text(json.dumps(learn_spans.table(learn_spans.fit(texts))), encoding="utf-8")


class Timed:
    """A recogniser that counts its words and its time."""

    def __init__(self, inner: Recogniser) -> None:
        self.inner, self.words, self.seconds = inner, 0, 0.0

    def __call__(self, words, ranges, store) -> Marginals:
        start = time.process_time()
        tags = self.inner(words, ranges, store)
        self.seconds += time.process_time() - start
        self.words += len(words.tokens)
        return tags


def found(gold: GoldArticle, store: Store, timed: Timed, *, demonyms: bool) -> list[Toponym]:
    """Return the names of an article, with where they are."""
    article = gold.article
    record = Record(article, sentences=split(article.text, article.language), tokens=tokenise(article.text))
    record = recognise.find_mentions(find_dates(record), store, recogniser=timed)
    record = resolve(find_candidates(record, store), store)
    places = {place.id: place for place in record.places}
    out = {MentionKind.REFERENCE} if demonyms else {MentionKind.REFERENCE, MentionKind.DEMONYM}
    kept = [(m, places.get(m.place_id)) for m in record.mentions if m.kind not in out]
    return [Toponym(m.start, m.end, place and place.lat, place and place.lon) for m, place in kept]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--learn", nargs="*", type=Path, default=[])
    parser.add_argument("--demonyms", nargs="*", default=["lgl", "gwn"], help="corpora that annotate them as places")
    parser.add_argument("--most", type=int, default=100)
    options = parser.parse_args()
    store = Store.open()
    with tempfile.TemporaryDirectory() as folder:
        if options.learn:
            recognise.FOREST = Path(folder) / "spans.json"
            learn(options.learn, options.demonyms, store, options.most, recognise.FOREST)
        print(f"{'corpus':20s}{'recogniser':12s}{'P':>7s}{'R':>7s}{'F1':>7s}{'end to end':>12s}{'words/s':>10s}")
        for path in options.corpora:
            articles = list(read_gold(path))[::2][: options.most]
            for name in ("", options.name):
                timed = Timed(recogniser(name))
                demonyms = path.stem in options.demonyms
                scores = score_toponyms((one, found(one, store, timed, demonyms=demonyms)) for one in articles)
                figures = [*scores.overlap, scores.end_to_end.f1]
                shown = "".join(
                    f"{'–' if x is None else f'{x:.3f}':>{w}}" for x, w in zip(figures, (7, 7, 7, 12), strict=True)
                )
                label = name.partition(":")[0] or "tagger"
                print(f"{path.stem:20s}{label:12s}{shown}{timed.words / timed.seconds:10,.0f}")


if __name__ == "__main__":
    main()
