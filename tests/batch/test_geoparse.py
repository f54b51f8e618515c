"""The unit of a batch: articles in, results out, an error a row instead of an exception."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest
import shapely

from geomap.batch.geoparse import ARTICLES, RESULTS, GeoparseBatches, geoparse_batch
from geomap.batch.shards import articles, find_shards
from geomap.errors import ArticleError
from geomap.pipeline import Pipeline


@pytest.fixture
def given(lines):
    (batch,) = articles(find_shards([lines])[0])
    return batch


def test_every_article_has_a_row_in_order(given):
    found = geoparse_batch(given)
    assert found.schema == RESULTS
    assert found.column("id").to_pylist() == given.column("id").to_pylist()
    errors = found.column("error").to_pylist()
    assert [bool(error) for error in errors] == [False, False, True, False, True, True]
    assert "YYYY-MM-DD" in errors[4]["message"]
    assert "no JSON" in errors[5]["message"]


def test_rows_are_those_of_the_tables_with_geometry(given):
    first = geoparse_batch(given).to_pylist()[0]
    (place,) = [place for place in first["places"] if place["name"] == "Manado"]
    point = shapely.from_wkb(place["geometry"])
    assert (round(point.x), round(point.y)) == (125, 1)
    assert any(event["place"] == "Manado" and event["type"] == "DISASTER" for event in first["events"])


def test_only_the_text_is_needed():
    found = geoparse_batch(pa.RecordBatch.from_pylist([{"text": "Floods hit Manado.", "spare": 7}]))
    assert found.column("error").to_pylist() == [None]
    with pytest.raises(ArticleError, match="no column 'text'"):
        geoparse_batch(pa.RecordBatch.from_pylist([{"body": "x"}]))


def test_the_same_batch_gives_the_same_bytes(given):
    assert geoparse_batch(given).equals(geoparse_batch(given, Pipeline()))


def test_it_pickles_small_and_runs_as_mapinarrow_calls_it(given):
    packed = pickle.dumps(GeoparseBatches())
    assert len(packed) < 500
    results = list(pickle.loads(packed)(iter([given, given.slice(0, 1)])))  # noqa: S301 our own
    assert [result.num_rows for result in results] == [6, 1]
    assert ARTICLES.names[:2] == ["id", "text"]
