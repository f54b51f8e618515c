"""Places on the evaluation corpora score no less than they did: a regression fails here.

The corpora are not ours to ship; `GEOMAP_BENCH` names the folder that holds them. Every third article by digest is
read, so that the test takes seconds. A floor lies a point and a half below what was measured when it was set; a corpus
that is not the one measured is skipped.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path

import pytest

from geomap.evaluate.corpora import read_gold, toponyms
from geomap.evaluate.scores import score_toponyms
from geomap.pipeline import Pipeline
from geomap.schema import to_dict

BENCH = os.environ.get("GEOMAP_BENCH", "")
SHARE = 3

# Corpus, sha256 of its file; end-to-end F1 strict and with extent, accuracy within 161 km on given spans.
FLOORS = {
    "lgl": (
        "b8ae2223e96eaa815e85fae6984b05c2e320c899a0e0207ea309fea11aeeacf6",
        75.6,
        76.5,
        85.3,
    ),
    "geovirus": (
        "ff2620f4dee9309daa10a9d8144a4b344f687bf35c868cf219816e9130fbbdb4",
        73.3,
        80.4,
        84.9,
    ),
    "gwn": (
        "3017ef90ee58b8f59cc84c7e8176740fcf9ba84eb529f71306c94f79e0ffd308",
        78.3,
        78.7,
        82.3,
    ),
    "tud": (
        "08a734e625a6301825d86d01e8c60c0b6cad2a853d93a67ca3d19a3512d96e80",
        76.0,
        77.8,
        85.0,
    ),
    "geocorpora": (
        "30e833ca6e18758802c29a1a51bec272e8bd1763383ae470340618964d67bfa6",
        76.9,
        76.9,
        87.6,
    ),
    "ina": (
        "9045c3451b364aaf045082d3dc5dbca9fec89a73191bd93cd0399d6914043986",
        81.6,
        81.6,
        88.2,
    ),
    "idrisi_en": (
        "5f838b784f1f7846c2d21c2d83bf2d70383be2e6a824ff95bc299622c0cfb46e",
        72.1,
        72.1,
        86.2,
    ),
    "topres19th": (
        "ccb8b4e79a7798d9f91ec7d629da0bef2c940fbb9bf318b8b42f906131b8acfe",
        64.2,
        65.8,
        73.7,
    ),
}


def score(articles, *, extent=False, gold_spans=False):
    pipeline = Pipeline()
    answers = []
    for gold in articles:
        spans = [(t.start, t.end) for t in gold.toponyms if not t.ignore] if gold_spans else None
        record = pipeline.run(gold.article, gold_spans=spans)
        answers.append(toponyms(to_dict(record, full=False)["toponyms"]))
    return [
        score_toponyms(zip(articles, answers, strict=True), extent=wide, gold_spans=gold_spans)
        for wide in ((False, True) if extent else (False,))
    ]


@pytest.mark.skipif(not BENCH, reason="GEOMAP_BENCH names no folder of evaluation corpora")
@pytest.mark.parametrize("corpus", FLOORS)
def test_no_figure_falls_below_its_floor(corpus):
    path = Path(BENCH) / "dev" / f"{corpus}.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    digest, *floors = FLOORS[corpus]
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        pytest.skip(f"{path} is not the corpus that the floors were measured on")
    articles = [gold for gold in read_gold(path) if zlib.crc32(gold.article.id.encode()) % SHARE == 0]
    strict, wide = score(articles, extent=True)
    (given,) = score(articles, gold_spans=True)
    figures = (100 * strict.end_to_end.f1, 100 * wide.end_to_end.f1, 100 * given.within_161_km)
    assert all(figure >= floor for figure, floor in zip(figures, floors, strict=True)), (figures, floors)
