"""Measure dates and events on the evaluation data, with the places taken from its gold.

    python tests/benchmarks/events.py [seed] [dates] [ina] [speed] [--show] [--data FOLDER]

The other corpora, and these with geomap's own places, are for `geomap evaluate --events`. ``--show`` lists what was
missed. Predictions for the corpora that ``score.py`` scores are written to ``--out``.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import math
import os
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from geomap.evaluate.tasks import read_task
from geomap.events.dates import find_dates
from geomap.events.extract import extract_events
from geomap.events.linking import DRAWN
from geomap.record import (
    Article,
    Draw,
    Mention,
    MentionKind,
    Modality,
    Place,
    PlaceKind,
    Precision,
    Record,
)
from geomap.schema import to_dict
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from geomap.record import (
        Event,
    )

KINDS = {
    "country": PlaceKind.COUNTRY,
    "province": PlaceKind.ADMIN1,
    "city/regency": PlaceKind.ADMIN2,
    "district": PlaceKind.CITY,
    "village": PlaceKind.CITY,
    "city": PlaceKind.CITY,
    "border": PlaceKind.BORDER,
    "river": PlaceKind.RIVER,
    "university": PlaceKind.UNIVERSITY,
    "district group": PlaceKind.DESCRIBED,
}


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def gold_record(row: dict, date: dt.date | None = None) -> Record:
    """Build a record as the places stage would leave it, from the gold toponyms."""
    text, language = row["text"], row["lang"]
    mentions, places, end = [], {}, 0
    for toponym in sorted(row.get("toponyms", []), key=lambda t: (t["start"], -t["end"])):
        feature = toponym.get("feature") or ""
        wanted = not toponym.get("ignore") or feature == "district group"
        adjacent = mentions and 0 <= toponym["start"] - end <= 1
        if adjacent and (toponym.get("lat") is None or identity_of(toponym) == mentions[-1].place_id.split(":")[1]):
            # one name that the gold cut in two
            end = toponym["end"]
            mentions[-1] = dataclasses.replace(mentions[-1], end=end, surface=text[mentions[-1].start : end])
            continue
        if toponym.get("lat") is None or toponym["start"] < end or not wanted:
            continue
        end = toponym["end"]
        kind = KINDS.get(feature, PlaceKind.CITY)
        name = toponym.get("name") or toponym["surface"]
        identity = f"{kind}:{identity_of(toponym)}"
        country = name if kind is PlaceKind.COUNTRY else ("ID" if row["id"].startswith("ina") else "")
        places[identity] = Place(
            identity,
            name,
            kind,
            country,
            toponym["lat"],
            toponym["lon"],
            Precision.LINE if toponym.get("path") else Precision.TOWN,
            geometry_type="line" if toponym.get("path") else "point",
        )
        mention_kind = MentionKind.BORDER if kind is PlaceKind.BORDER else MentionKind.TOPONYM
        mentions.append(
            Mention(toponym["start"], end, toponym["surface"], mention_kind, name, place_id=identity, confidence=1.0)
        )
    record = Record(
        Article(text, id=row["id"], language=language, date=date),
        sentences=split(text, language),
        tokens=tokenise(text),
        mentions=tuple(mentions),
        places=with_parents(list(places.values())),
    )
    return extract_events(find_dates(record))


def identity_of(toponym: dict) -> str:
    return f"{toponym['lat']:.3f},{toponym['lon']:.3f}"


def with_parents(places: list[Place]) -> tuple[Place, ...]:
    """Guess what lies in what, since the gold does not say: by kind and distance."""
    reach = {PlaceKind.ADMIN1: 150, PlaceKind.ADMIN2: 35}
    return tuple(
        dataclasses.replace(
            inner,
            parents=tuple(
                outer.id
                for outer in places
                if RANK.get(outer.kind, 0) > RANK.get(inner.kind, 0)
                and km(inner.lat, inner.lon, outer.lat, outer.lon) < reach.get(outer.kind, 0)
            ),
        )
        for inner in places
    )


RANK = {PlaceKind.COUNTRY: 4, PlaceKind.ADMIN1: 3, PlaceKind.ADMIN2: 2, PlaceKind.CITY: 1}


def km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    p, q = math.radians(lat1), math.radians(lat2)
    h = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 12742 * math.asin(math.sqrt(h))


# --- the first article ------------------------------------------------------------------------------------------------

CERTAINTY = {
    "happened": {Modality.HAPPENED, Modality.ONGOING, Modality.BACKGROUND},
    "claimed": {Modality.HAPPENED, Modality.ONGOING},
    "planned": {Modality.PLANNED},
    "predicted": {Modality.PREDICTED, Modality.CONDITIONAL},
    "hypothetical": {Modality.CONDITIONAL},
    "denied": {Modality.DENIED, Modality.CONDITIONAL},
    "state": {Modality.HAPPENED, Modality.ONGOING, Modality.BACKGROUND},
}


def seed(data: Path, *, show: bool) -> None:
    row = rows(data / "dev" / "seed_id.jsonl")[0]
    gold = json.loads((data / "seed_events.json").read_text(encoding="utf-8"))
    record = gold_record(row, dt.date.fromisoformat(gold["article_date"]))
    right = wrongly_drawn = 0
    parts = Counter()
    for wanted in gold["events"]:
        span = wanted["evidence"]
        found = [e for e in record.events if span["start"] - 2 <= e.trigger.start < span["end"] + 2]
        marks = [(_place_right(record, e, wanted), _date_right(e, wanted), _modality_right(e, wanted)) for e in found]
        best = max(range(len(found)), key=lambda i: (sum(marks[i]), marks[i][2]), default=None)
        if best is None:
            print(f"  {wanted['id']:4} MISSED        {wanted['label'][:70]}")
            continue
        parts.update({"found": 1, "place": marks[best][0], "date": marks[best][1], "modality": marks[best][2]})
        right += all(marks[best])
        unreal = wanted["certainty"] in ("hypothetical", "denied", "predicted")
        drawn = [e for e in found if unreal and e.draw is Draw.SOLID and not _elsewhere(e, gold, wanted)]
        wrongly_drawn += bool(drawn)
        event = found[best]
        flags = "".join("✓" if ok else "✗" for ok in marks[best])
        print(f"  {wanted['id']:4} {flags} {event.mode:12} {event.modality:10} {event.draw:6} {wanted['label'][:60]}")
        if show and not all(marks[best]):
            print(
                "       ",
                [(p.place_id[:22], p.role.value) for p in event.places],
                event.time,
                "| wanted",
                wanted["date"],
            )
    print(f"seed: {right} of 21 right in place, date and modality; {dict(parts)}")
    print(f"seed: unreal ones drawn solid: {wrongly_drawn}; events found: {len(record.events)}")
    if show:
        for event in record.events:
            describe(record, event)


def describe(record: Record, event: Event) -> None:
    """Print an event on two lines."""
    mark = "*" if event.id == record.main_event else " "
    places = [(record.place(p.place_id).name[:14], p.role.value, p.link, p.score) for p in event.places]
    print(f"   {mark}{event.id:4} {event.type:9} {event.mode:11} {event.modality:10} {event.draw:5} {event.title}")
    print(f"        {[a.text for a in event.actors]} → {[a.text for a in event.recipients]} {places}")
    print(f"        {[(a.source, a.verb) for a in event.attribution]} {[(q.what, q.best) for q in event.quantities]}")


def _elsewhere(event, gold, wanted) -> bool:
    """Whether an event belongs to another, real event of the gold whose evidence overlaps."""
    return (
        any(
            other is not wanted
            and other["certainty"] in ("happened", "claimed", "planned")
            and other["evidence"]["start"] <= event.trigger.start < other["evidence"]["end"]
            for other in gold["events"]
        )
        or event.mode == "withdraw"
    )


def _place_right(record, event, wanted) -> bool:
    if not wanted["places"]:
        return not any(p.role in DRAWN for p in event.places)
    for link in event.places:
        place = record.place(link.place_id)
        for target in wanted["places"]:
            points = [(target["lat"], target["lon"]), *target.get("path", [])]
            reach = 160 if target["feature"] == "district group" else 60
            if min(km(place.lat, place.lon, *point) for point in points) < reach:
                return True
    return False


def _date_right(event, wanted) -> bool:
    first, last = (dt.date.fromisoformat(d) if d else None for d in wanted["date"])
    found = event.time
    if first is None and last is None:
        return True
    if first is None:
        ends = found.latest is not None and abs((found.latest - last).days) <= 1
        return ends or (found.earliest is not None and found.earliest <= last)
    if last is None:
        return found.earliest is not None and found.earliest >= first - dt.timedelta(days=1)
    if found.latest is None:
        return found.earliest is not None and found.earliest <= last
    low, high = found.earliest or dt.date.min, found.latest or dt.date.max
    length = (last - first).days
    if found.earliest is None:
        return first <= high <= last
    return low <= last and first <= high and (high - low).days <= max(3 * length, 7)


def _modality_right(event, wanted) -> bool:
    return event.modality in CERTAINTY[wanted["certainty"]]


# --- corpora ----------------------------------------------------------------------------------------------------------


TIMEXES = {"dev/timex_id_kompas.jsonl": "id", "events_dev/krauts_de.jsonl": "de"}


def dates(data: Path, out: Path) -> None:
    for name, language in TIMEXES.items():
        path = out / Path(name).name
        with path.open("w", encoding="utf-8") as file:
            for row in rows(data / name):
                article = Article(row["text"], language=language, date=dt.date.fromisoformat(row["date"][:10]))
                found = find_dates(Record(article)).dates
                timexes = [{"start": d.start, "end": d.end, "value": d.value} for d in found]
                file.write(json.dumps({"id": row["id"], "timexes": timexes}) + "\n")
        print(f"dates: wrote {path}; now score.py {name} {path}")


def ina(data: Path, *, show: bool) -> None:
    """Score where it happened with the gold's places; `geomap evaluate --events` does it with geomap's own."""
    task = read_task(data / "dev" / "ina.jsonl")
    score = task.score(task.rows, [to_dict(gold_record(row), full=False) for row in task.rows])
    print(f"ina: {', '.join(f'{name} {value:.3f}' for name, value in score.figures.items())}")
    if show:
        print("\n".join(f"  {line}" for line in score.wrong))


def speed(data: Path) -> None:
    """Time the events of an article whose places and dates are known."""
    row = rows(data / "dev" / "seed_id.jsonl")[0]
    record = gold_record(row, dt.date(2021, 7, 8))
    start = time.process_time()
    for _ in range(50):
        extract_events(record)
    print(f"speed: {(time.process_time() - start) * 20:.2f} ms CPU an article of {len(row['text'].split())} words")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GEOMAP_BENCH", ".")))
    parser.add_argument("--out", type=Path, default=Path())
    options = parser.parse_args()
    measures = {
        "seed": lambda: seed(options.data, show=options.show),
        "dates": lambda: dates(options.data, options.out),
        "ina": lambda: ina(options.data, show=options.show),
        "speed": lambda: speed(options.data),
    }
    for what in options.what or measures:
        measures[what]()


if __name__ == "__main__":
    main()
