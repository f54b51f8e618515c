"""Measure whether the radius of a place holds the truth, on the evaluation corpora.

    python tests/benchmarks/radius.py --data FOLDER [CORPUS …] [--gold-spans] [--docs N]

For each gold place that has coordinates and that a mention of ours overlaps: how far is it from our point, and is that
within our `radius_km`? Given for all, and for those that are resolved rightly: the same GeoNames id, or within 161 km.
A place also holds the truth if its geometry does; the last column counts that too.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geomap.events.dates import find_dates
from geomap.gazetteer.store import Store
from geomap.places.candidates import find_candidates
from geomap.places.recognise import find_mentions
from geomap.places.relations import describe
from geomap.places.resolve import resolve
from geomap.record import Article, MentionKind, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geomap.record import Place

CORPORA = ("lgl", "gwn", "tud", "geovirus", "geocorpora", "ina", "idrisi_en", "seed_id")
RIGHT_KM = 161.0
EARTH_KM = 6371.0
# Coordinates of one thing in two sources differ by so much; near a geometry is within it.
NEAR_KM = 1.0


@dataclass
class Case:
    """A gold place and ours."""

    corpus: str
    place: Place
    km: float
    right: bool
    inside: bool

    @property
    def held(self) -> bool:
        """Tell whether our radius reaches the truth."""
        return self.km <= self.place.radius_km


def haversine(lat: float, lon: float, lat2: float, lon2: float) -> float:
    a, b = math.radians(lat), math.radians(lat2)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def within(place: Place, lat: float, lon: float) -> bool:
    """Tell whether a point lies in or near a place's geometry."""
    if place.geometry is None:
        return False
    from shapely import Point, from_wkb
    from shapely.ops import nearest_points

    shape, point = from_wkb(place.geometry), Point(lon, lat)
    nearest = nearest_points(shape, point)[0]
    return haversine(lat, lon, nearest.y, nearest.x) <= NEAR_KM


def geoparse(row: dict, store: Store, *, gold_spans: bool) -> Record:
    article = Article(row["text"], language=row.get("lang", ""))
    record = find_dates(Record(article, sentences=split(article.text, article.language), tokens=tokenise(article.text)))
    spans = [(t["start"], t["end"]) for t in row["toponyms"] if not t.get("ignore")] if gold_spans else None
    return describe(resolve(find_candidates(find_mentions(record, store, spans=spans), store), store), store)


def cases(corpus: str, path: Path, store: Store, *, gold_spans: bool, docs: int) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").strip().split("\n")[:docs]:
        row = json.loads(line)
        record = geoparse(row, store, gold_spans=gold_spans)
        mentions = [m for m in record.mentions if m.place_id and m.kind is not MentionKind.REFERENCE]
        for gold in row["toponyms"]:
            if gold.get("ignore") or gold.get("lat") is None:
                continue
            overlap = [m for m in mentions if m.start < gold["end"] and gold["start"] < m.end]
            if not overlap:
                continue
            best = max(overlap, key=lambda m: min(m.end, gold["end"]) - max(m.start, gold["start"]))
            place = record.place(best.place_id)
            km = haversine(place.lat, place.lon, gold["lat"], gold["lon"])
            same = bool(gold.get("geonameid")) and place.geonameid == gold["geonameid"]
            inside = km > place.radius_km and within(place, gold["lat"], gold["lon"])
            yield Case(corpus, place, km, same or km <= RIGHT_KM, inside)


def report(title: str, found: Iterable[Case]) -> None:
    found = list(found)
    right = [case for case in found if case.right]
    if not right:
        return
    radii = [case.place.radius_km for case in right]
    print(
        f"{title:34}{len(found):6}{share(found):8.1f}{len(right):7}{share(right):8.1f}"
        f"{100 * statistics.fmean(case.held or case.inside for case in right):8.1f}{statistics.median(radii):9.1f}"
    )


def share(found: Iterable[Case]) -> float:
    return 100 * statistics.fmean(case.held for case in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", default=CORPORA)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--gold-spans", action="store_true")
    parser.add_argument("--docs", type=int, default=10_000)
    options = parser.parse_args()
    store = Store.open()
    found: list[Case] = []
    for corpus in options.corpora or CORPORA:
        path = options.data / "dev" / f"{corpus}.jsonl"
        found += cases(corpus, path, store, gold_spans=options.gold_spans, docs=options.docs)
    print(f"{'':34}{'all':>6}{'held %':>8}{'right':>7}{'held %':>8}{'+geom %':>8}{'median km':>10}")
    report("all", found)
    for name, key in (("corpus", lambda c: c.corpus), ("precision", lambda c: str(c.place.precision)),
                      ("kind", lambda c: str(c.place.kind))):  # fmt: skip
        groups = defaultdict(list)
        for case in found:
            groups[key(case)].append(case)
        for value, group in sorted(groups.items(), key=lambda item: -len(item[1])):
            report(f"{name} {value}", group)


if __name__ == "__main__":
    main()
