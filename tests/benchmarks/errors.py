"""Say why place names of a corpus are wrong: not found, not in the gazetteer, misplaced, or a matter of convention.

    python tests/benchmarks/errors.py [CORPUS…] [--data FOLDER] [--gold-spans] [--list CAUSE] [--most 40]

A gold name with coordinates is counted once, under the first that holds:

==============  ======================================================================================
``right``       within 161 km
``not found``   no mention overlaps it (end to end)
``doubted``     the right place was the likeliest, and not likely enough
``missing``     no candidate of the mention lies within 161 km, and the mention got a place or had none
``area``        the place chosen is right once the size of the gold place is allowed for (a country's point)
``gold``        the gold gives the same name another place elsewhere in the text, or a place whose name is unlike
                where the one chosen is sure and has the very name
``misplaced``   the right place stood among the candidates
==============  ======================================================================================

Those misplaced are broken down by the kinds of the place chosen and of the nearest right candidate.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from geomap.evaluate.corpora import toponyms
from geomap.evaluate.scores import distance_km
from geomap.events.dates import find_dates
from geomap.gazetteer.store import Store
from geomap.places.candidates import find_candidates
from geomap.places.recognise import find_mentions
from geomap.places.resolve import resolve
from geomap.record import Article, Record
from geomap.text.normalise import key
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geomap.evaluate.corpora import Toponym
    from geomap.record import Candidate, Mention

CORPORA = ("lgl", "geovirus", "gwn", "tud", "geocorpora", "ina", "idrisi_en")
CAUSES = ("right", "not found", "doubted", "missing", "area", "gold", "misplaced")
NEAR_KM = 161
SURE = 0.9


class Verdict(NamedTuple):
    """What became of a gold name; `kinds` are those of the place chosen and of the right candidate."""

    cause: str
    detail: str
    kinds: tuple[str, str] = ("", "")


def judge(gold: Toponym, mention: Mention | None, candidates: Sequence[Candidate], others: set[str]) -> Verdict:
    """Say why a gold name is wrong; `others` are the places that the gold gives the same name in the text."""
    if mention is None:
        return Verdict("not found", "")

    def off(candidate: Candidate | None) -> float:
        return distance_km(gold.lat, gold.lon, candidate.lat, candidate.lon) if candidate else math.inf

    best = mention.candidates[0] if mention.candidates else None
    chosen = best if mention.place_id else None
    near = min(candidates, key=off, default=None)
    told = f"{best.name} ({best.place_id}) {best.score:.2f}, confidence {mention.confidence:.2f}" if best else "nothing"
    sure = best is not None and best.score >= SURE and key(mention.surface) == key(best.name)
    if off(chosen) <= NEAR_KM:
        verdict = Verdict("right", "")
    elif off(best) <= NEAR_KM:
        verdict = Verdict("doubted", told)
    elif off(chosen) <= NEAR_KM + gold.radius_km:
        verdict = Verdict("area", told)
    elif len(others) > 1:
        verdict = Verdict("gold", f"{told}; the gold has several: {' '.join(sorted(others))}")
    elif off(near) > NEAR_KM:
        verdict = Verdict("gold" if sure else "missing", told)
    else:
        verdict = Verdict("misplaced", f"{told}, not {near.name} ({near.place_id})", (best.kind, near.kind))
    return verdict


def verdicts(path: Path, store: Store, *, gold_spans: bool) -> Iterator[tuple[str, Toponym, dict, Verdict]]:
    """Yield the text, gold name, its line's values and the verdict of each gold name that has coordinates."""
    for line in path.read_bytes().splitlines():
        row = json.loads(line)
        article = Article(row["text"], language=row.get("lang", ""))
        record = find_dates(
            Record(article, sentences=split(article.text, article.language), tokens=tokenise(article.text))
        )
        gold = [one for one in toponyms(row["toponyms"]) if not one.ignore]
        spans = [(one.start, one.end) for one in gold] if gold_spans else None
        others = find_candidates(find_mentions(record, store), store).mentions if gold_spans else ()
        record = find_candidates(find_mentions(record, store, spans=spans), store)
        candidates = [mention.candidates for mention in record.mentions]
        record = resolve(record, store, background=others)
        named: dict[str, set[str]] = {}
        values = [value for value in row["toponyms"] if not value.get("ignore")]
        for one, value in zip(gold, values, strict=True):
            if one.lat is not None:
                named.setdefault(row["text"][one.start : one.end], set()).add(
                    str(value.get("name") or f"{one.lat:.0f},{one.lon:.0f}")
                )
        for one, value in zip(gold, values, strict=True):
            if one.lat is None or one.path:
                continue
            shared = [min(one.end, m.end) - max(one.start, m.start) for m in record.mentions]
            best = max(range(len(shared)), key=lambda i: shared[i], default=None)
            mention = record.mentions[best] if best is not None and shared[best] > 0 else None
            surface = row["text"][one.start : one.end]
            verdict = judge(one, mention, candidates[best] if mention else (), named[surface])
            yield row["text"], one, value, verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", default=CORPORA)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GEOMAP_BENCH", ".")))
    parser.add_argument("--gold-spans", action="store_true")
    parser.add_argument("--list", choices=CAUSES, help="also list the names under this cause")
    parser.add_argument("--most", type=int, default=40, help="so many of them")
    options = parser.parse_args()
    store = Store.open()
    print(f"{'per cent':14s}" + "".join(f"{cause:>11s}" for cause in CAUSES) + f"{'names':>9s}")
    for corpus in options.corpora:
        path = options.data / "dev" / f"{corpus}.jsonl"
        counts: Counter[str] = Counter()
        kinds: Counter[tuple[str, str]] = Counter()
        listed: list[str] = []
        for text, gold, value, verdict in verdicts(path, store, gold_spans=options.gold_spans):
            counts[verdict.cause] += 1
            if verdict.cause == "misplaced":
                kinds[verdict.kinds] += 1
            if verdict.cause == options.list:
                around = " ".join(text[max(0, gold.start - 30) : gold.end + 30].split())
                told = f"{value.get('name') or value.get('type') or ''} {gold.lat:.1f},{gold.lon:.1f}"
                listed.append(f"    “{text[gold.start : gold.end]}” = {told}: {verdict.detail} | {around}")
        total = sum(counts.values())
        shares = "".join(f"{100 * counts[cause] / total:11.1f}" for cause in CAUSES)
        print(f"{corpus:14s}{shares}{total:9d}")
        pairs = ", ".join(f"{chosen or 'nothing'} for {right} {n}" for (chosen, right), n in kinds.most_common(8))
        print(f"    {pairs}")
        for entry in listed[:: max(1, len(listed) // options.most)]:
            print(entry)


if __name__ == "__main__":
    main()
