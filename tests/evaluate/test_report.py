from __future__ import annotations

import io
import json
from pathlib import Path

from rich.console import Console

from geomap.evaluate.corpora import read_gold
from geomap.evaluate.report import Report
from geomap.record import Record

SAMPLE = Path(__file__).parent.parent.parent / "data" / "articles" / "tajikistan-csto.en.gold.json"


def test_a_report_of_a_reader_that_finds_nothing():
    (gold,) = read_gold(SAMPLE)
    report = Report()
    report.add(SAMPLE, [gold], [Record(gold.article)], [{"toponyms": [], "timexes": []}])
    figures = json.loads(json.dumps(report.to_json()))
    assert figures["events"]["tajikistan-csto.en"]["found"] == 0
    assert figures["toponyms"]["tajikistan-csto.en"]["exact"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert figures["timexes"] == {}
    assert len(list(report.missed())) == len(gold.events)
    console = Console(file=io.StringIO(), width=200)
    for table in report.tables():
        console.print(table)
    assert "tajikistan-csto.en" in console.file.getvalue()


def test_a_reader_that_knows_the_gold_scores_full_marks():
    (gold,) = read_gold(SAMPLE)
    answer = [{"start": t.start, "end": t.end, "lat": t.lat, "lon": t.lon} for t in gold.toponyms]
    report = Report()
    report.add(SAMPLE, [gold], [Record(gold.article)], [{"toponyms": answer, "timexes": []}])
    scores = report.toponyms["tajikistan-csto.en"]
    assert scores.exact.f1 == scores.end_to_end.f1 == scores.within_10_km == 1.0


def test_intervals_and_types_stand_in_the_tables_and_in_the_json():
    (gold,) = read_gold(SAMPLE)
    answer = [{"start": t.start, "end": t.end, "lat": t.lat, "lon": t.lon, "kind": "city"} for t in gold.toponyms]
    report = Report()
    lines = [{"toponyms": answer, "timexes": []}]
    report.add(SAMPLE, [gold], [Record(gold.article)], lines, resamples=50, by="kind")
    figures = json.loads(json.dumps(report.to_json()))["toponyms"]["tajikistan-csto.en"]
    assert figures["f1_interval"] == {"low": 1.0, "high": 1.0}
    assert figures["groups"]["city"]["within_161_km"] == 1.0
    console = Console(file=io.StringIO(), width=200)
    for table in report.tables():
        console.print(table)
    assert "100.0–100.0" in console.file.getvalue()
