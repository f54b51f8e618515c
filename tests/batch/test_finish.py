"""GeoParquet by month, readable by others, with the reports of one event joined."""

from __future__ import annotations

import json

import geopandas
import pandas as pd
import pyarrow.parquet as pq
import pytest

from geomap.batch.finish import finish
from geomap.batch.local import run
from geomap.batch.shards import find_shards
from geomap.errors import ArticleError
from geomap.tables import COLUMNS


@pytest.fixture
def out(lines, tmp_path):
    folder = tmp_path / "out"
    run(find_shards([lines], size=2), folder, workers=2)
    return folder


def test_tables_are_geoparquet_by_month(out):
    counts = finish(out)
    events = geopandas.read_parquet(out / "events")
    assert events.crs == "EPSG:4326"
    assert list(events.columns[1 : len(COLUMNS["events"]) + 1]) == list(COLUMNS["events"])
    assert len(events) == counts["events"] > 0
    assert {path.name for path in (out / "places").iterdir()} == {"month=2023-06"}
    quake = events[events["place"] == "Kathmandu"].iloc[0]
    assert quake["month"] == "2023-05"
    near = geopandas.read_parquet(out / "places", bbox=(124.5, 1, 125.5, 2))
    assert set(near["name"]) == {"Manado"}
    errors = pd.read_parquet(out / "errors.parquet")
    assert list(errors["article"]) == ["blank", "nowhere", "in.jsonl:6"]
    assert counts["errors"] == 3


def test_reports_of_one_event_are_one_story_and_reprints_one_source(out):
    finish(out)
    stories = geopandas.read_parquet(out / "stories")
    (flood,) = stories[stories["articles"] == 2].to_dict("records")
    assert {event.partition("/")[0] for event in flood["events"].split("; ")} == {"flood", "again"}
    assert flood["place"] == "Manado"
    assert flood["sources"] == 1
    events = geopandas.read_parquet(out / "events")
    assert list(events["cluster"]).count(flood["cluster"]) >= 2
    assert set(stories["cluster"]) == set(events["cluster"])


def test_a_second_finish_replaces_the_first(out):
    once = finish(out)
    pq.write_table(pq.read_table(out / "errors.parquet"), out / "places" / "stale.parquet")
    assert finish(out) == once
    assert not (out / "places" / "stale.parquet").exists()
    assert not list(out.glob(".finish*"))


def test_the_file_says_where_its_boxes_are(out):
    finish(out)
    (path, *_) = (out / "places").rglob("*.parquet")
    geo = json.loads(pq.read_schema(path).metadata[b"geo"])
    assert geo["columns"]["geometry"]["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(ArticleError, match="no results"):
        finish(tmp_path)
