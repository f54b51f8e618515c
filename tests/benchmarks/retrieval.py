"""Given the place names of a corpus, is the right place among the candidates?

    python tests/benchmarks/retrieval.py --data FOLDER [--corpora lgl gwn …] [--show N]

`FOLDER/dev/*.jsonl` has a line a text: ``{"id", "lang", "text", "toponyms": [{"start", "end", "lat", "lon"}]}``. Found
means a candidate within 161 km; with extents, also one whose area holds the point, since sources put the point of a
country or a sea far apart. ``--show`` prints the names that are missing, by cause, most frequent first.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geomap.evaluate.scores import distance_km
from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.search import within_one_edit
from geomap.gazetteer.store import Store
from geomap.places.candidates import find_candidates
from geomap.places.recognise import find_mentions
from geomap.record import Article, Record
from geomap.text.normalise import key
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geomap.record import Mention

WITHIN_KM = 161.0
CORPORA = ("lgl", "geovirus", "gwn", "tud", "geocorpora", "ina", "wiktor")
KIND_KEYS = ("fcode", "type", "feature")
# English and Indonesian words that tell what stands in a street or is run by somebody.
FACILITY = re.compile(
    r"\d|\b(street|st|road|rd|avenue|ave|drive|highway|hwy|i|jl|jalan|school|elementary|high|college|universit\w+|"
    r"univer\w*|uni|hospitals?|hosp|clinic|center|centre|hall|church|cathedral|hotel|resort|park|stadium|arena|museum|"
    r"theatre|theater|mall|club|court|courthouse|bridge|station|prison|library|tower|house|embassy|airport|square|plaza|"
    r"bank|cemetery|campus|market|farm|estate|golf|base|camp)\b"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpora", nargs="+", default=CORPORA)
    parser.add_argument("--kinds", action="store_true", help="a line a kind of place")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print up to N missing names a cause")
    options = parser.parse_args()
    store = Store.open()
    print(f"{'corpus':14}{'names':>7}{'161 km':>8}{'extent':>8}{'first':>8}{'mean':>6}{'ms/doc':>8}")
    causes: dict[str, Counter[str]] = {}
    for corpus in options.corpora:
        lines = map(json.loads, (options.data / "dev" / f"{corpus}.jsonl").read_bytes().splitlines())
        causes[corpus] = _report(corpus, lines, store, kinds=options.kinds, show=options.show)
    names = sorted({cause for counts in causes.values() for cause in counts})
    print(f"\n{'missing because':32}" + "".join(f"{corpus[:9]:>10}" for corpus in causes))
    for name in names:
        shares = (counts[name] / max(counts.total(), 1) for counts in causes.values())
        print(f"{name:32}" + "".join(f"{share:10.0%}" for share in shares))


def _report(corpus: str, lines: Iterable[dict[str, Any]], store: Store, *, kinds: bool, show: int) -> Counter[str]:
    """Print a corpus's line; return how many names are missing for each cause."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    missing: dict[str, Counter[str]] = defaultdict(Counter)
    spent = documents = 0.0
    for line in lines:
        gold = [t for t in line["toponyms"] if t.get("lat") is not None and not t.get("ignore") and not t.get("path")]
        article = Article(line["text"], language=line.get("lang", ""))
        record = Record(article, sentences=split(article.text, article.language), tokens=tokenise(article.text))
        record = find_mentions(record, store, spans=[(t["start"], t["end"]) for t in gold])
        begin = time.process_time()
        mentions = {(m.start, m.end): m for m in find_candidates(record, store).mentions}
        spent += time.process_time() - begin
        documents += 1
        for toponym in gold:
            mention = mentions[toponym["start"], toponym["end"]]
            near = [_far(c.lat, c.lon, toponym) <= WITHIN_KM for c in mention.candidates]
            holds = any(near) or any(_holds(c.row, toponym, store) for c in mention.candidates)
            kind = next((str(toponym[k]) for k in KIND_KEYS if toponym.get(k)), "?")
            for group in ("", kind):
                found = (1, any(near), holds, near[:1] == [True], len(near))
                counts[group] = [a + b for a, b in zip(counts[group], found, strict=True)]
            if not any(near):
                cause = "another point of the area" if holds else _cause(mention, toponym, store)
                missing[cause][f"{mention.surface} [{toponym.get('name') or ''}]"] += 1
    groups = sorted(counts, key=lambda name: (name != "", -counts[name][0]))
    for group in groups if kinds else groups[:1]:
        total, near_, holds_, first, mean = counts[group]
        cost = "" if group else f"{1000 * spent / max(documents, 1):8.2f}"
        print(
            f"{'  ' + group if group else corpus:14}{total:7}{near_ / total:8.1%}{holds_ / total:8.1%}"
            f"{first / total:8.1%}{mean / total:6.1f}{cost}"
        )
    if show:
        for cause, names in sorted(missing.items(), key=lambda item: -item[1].total()):
            listed = ", ".join(f"{name}{f' x{n}' if n > 1 else ''}" for name, n in names.most_common(show))
            print(f"    {cause} ({names.total()}): {listed}")
    return Counter({cause: names.total() for cause, names in missing.items()})


def _far(lat: float, lon: float, toponym: dict[str, Any]) -> float:
    return distance_km(lat, lon, float(toponym["lat"]), float(toponym["lon"]))


def _holds(row: int, toponym: dict[str, Any], store: Store) -> bool:
    """Tell whether the extent of a place holds the point of a gold answer: its shape, else its circle."""
    wkb = store.geometry(row)
    if wkb is None:
        place = store.places[row]
        return _far(float(place["lat"]), float(place["lon"]), toponym) <= float(place["radius_km"])
    from shapely import Point, from_wkb

    return bool(from_wkb(wkb).distance(Point(float(toponym["lon"]), float(toponym["lat"]))) < 1.0)


def _cause(mention: Mention, toponym: dict[str, Any], store: Store) -> str:
    """Guess why a name does not lead to its place, by what would have."""
    surface, name = mention.surface, key(mention.surface)
    words = re.sub(r"[^\w ]+", " ", name).split()
    short = len(surface) <= 5 and (surface.isupper() or surface.endswith("."))
    runs = (words[i:j] for i in range(len(words)) for j in range(i + 1, len(words) + 1))
    tests: dict[str, Callable[[], object]] = {
        "too many of that name": lambda: _lead([name], toponym, store),
        "hashtag, hyphen or space": lambda: _lead(_spellings(surface), toponym, store),
        "a slip of a letter": lambda: len(name) > 4 and _lead(within_one_edit(store, name), toponym, store),
        "generic term": lambda: _lead([" ".join(words[1:]), " ".join(words[:-1])], toponym, store),
        "adjective or people": lambda: _lead([name], toponym, store, demonyms=True),
        "abbreviation": lambda: short and _is_known(toponym, store),
        "known under another name": lambda: _is_known(toponym, store),
        "facility or street": lambda: FACILITY.search(name),
        "part of a known place": lambda: _lead(map(" ".join, runs), toponym, store),
        "gold far from a large place": lambda: mention.candidates and _prior(mention, store) > 6,
    }
    return next((cause for cause, holds in tests.items() if holds()), "not in the gazetteer")


def _prior(mention: Mention, store: Store) -> float:
    return float(store.places["prior"][mention.candidates[0].row])


def _spellings(surface: str) -> Iterator[str]:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+", surface)
    yield key(" ".join(parts))
    yield key("".join(parts))
    yield key("-".join(parts))


def _lead(names: Iterable[str], toponym: dict[str, Any], store: Store, *, demonyms: bool = False) -> bool:
    """Tell whether a place of some names is near enough."""
    rows = {
        int(posting["row"])
        for name in names
        for posting in store.postings(name)
        if demonyms or posting["kind"] != NameClass.DEMONYM
    }
    places = (store.places[row] for row in rows)
    return any(_far(float(place["lat"]), float(place["lon"]), toponym) <= WITHIN_KM for place in places)


def _is_known(toponym: dict[str, Any], store: Store) -> bool:
    number = str(toponym.get("geonameid") or "")
    if number and store.row(f"gn:{number}") is not None:
        return True
    named = str(toponym.get("name") or "").replace("_", " ")
    return _lead(map(key, (named, named.partition(",")[0], named.partition("(")[0])), toponym, store)


if __name__ == "__main__":
    main()
