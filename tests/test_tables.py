"""Tables have the documented columns and real geometry; files of every format can be read again."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas
import pandas as pd
import pytest

from geomap import tables
from geomap.errors import MissingExtraError, OutputError
from geomap.record import Article, EventTime, Record

if TYPE_CHECKING:
    from pathlib import Path

SPATIAL = [tables.events, tables.places, tables.mentions]


@pytest.mark.parametrize("make", SPATIAL)
def test_columns_are_the_documented_ones(record: Record, make):
    table = make(record)
    types = tables.COLUMNS[make.__name__]
    assert list(table.columns) == [*types, "geometry", "anchor"]
    assert table.crs.to_epsg() == table.anchor.crs.to_epsg() == 4326
    for name in types:
        assert f"``{name}``" in tables.__doc__
    none = make(Record(Article("x")))
    assert list(none.columns) == list(table.columns)
    assert none.dtypes.equals(table.dtypes)
    assert none.crs == table.crs


def test_events_stand_where_they_happened(record: Record):
    events = tables.events(record).set_index("id")
    took, close, lost = events.loc["e1"], events.loc["e2"], events.loc["e3"]
    assert took.geometry.geom_type == "LineString"
    assert (took.anchor.x, took.anchor.y) == (70.1, 37.6)
    assert took.place == "Panj"
    assert took.quote == "Some 300 fighters took a bridge over the Panj on Thursday"
    assert took.quantities == "~300 fighters"
    assert took.date_from == pd.Timestamp("2021-07-08")
    assert (close.place, close.role) == ("Tajikistan", "about")  # never the home of an actor
    assert close.place_ids == "gn:1221874; country:TJ"
    assert pd.isna(close.date_to)
    assert not lost.polarity


def test_an_event_without_a_place_has_no_geometry(record: Record):
    event = replace(record.events[0], places=())
    row = tables.events(replace(record, events=(event,))).iloc[0]
    assert row.geometry is None
    assert row.place == ""
    assert pd.isna(row.lat)


def test_places_count_what_points_to_them(record: Record):
    places = tables.places(record).set_index("id")
    assert places.loc["river:panj", ["mentions", "events"]].tolist() == [2, 1]
    assert places.loc["country:TJ"].geometry.geom_type == "Polygon"
    assert places["geonameid"].dtype == "Int64"
    assert pd.isna(places.loc["river:panj", "geonameid"])


def test_mentions_without_a_place_stay(record: Record):
    mentions = tables.mentions(record)
    assert len(mentions) == len(record.mentions)
    assert mentions.iloc[-1].geometry is None
    assert mentions.iloc[-1].place == ""


def test_dates(record: Record):
    dates = tables.dates(record)
    assert list(dates.columns) == list(tables.COLUMNS["dates"])
    assert dates["surface"].tolist() == ["Thursday", "next week"]


@pytest.mark.parametrize("year", [1, 1905, 9999])
def test_any_year_of_the_calendar(record: Record, year: int):
    day = dt.date(year, 1, 9)
    event = replace(record.events[0], time=EventTime(day, day))
    events = tables.events(replace(record, events=(event,)))
    assert events["date_from"].dt.year.tolist() == [year]


def test_several_records_get_a_column_for_the_article(record: Record):
    other = replace(record, article=replace(record.article, id="other"))
    events = tables.events([record, other])
    assert events.columns[0] == "article"
    assert events["article"].tolist() == ["panj"] * 3 + ["other"] * 3
    assert list(tables.events([]).columns)[:2] == ["article", "id"]


def test_geojson(record: Record, tmp_path: Path):
    tables.write(tables.events(record), tmp_path / "a.geojson", "geojson")
    collection = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert "crs" not in collection  # RFC 7946
    first = collection["features"][0]
    assert first["geometry"]["type"] == "LineString"
    assert first["properties"]["date_from"] == "2021-07-08"
    assert "anchor" not in first["properties"]


def test_geopackage_has_a_layer_for_each_table(record: Record, tmp_path: Path):
    path = tmp_path / "a.gpkg"
    tables.write_geopackage({"events": tables.events(record), "dates": tables.dates(record)}, path)
    assert set(geopandas.list_layers(path)["name"]) == {"events", "dates"}
    events = geopandas.read_file(path, layer="events")
    assert events.crs.to_epsg() == 4326
    assert events["title"].tolist() == tables.events(record)["title"].tolist()


def test_csv(record: Record, tmp_path: Path):
    tables.write(tables.dates(record), tmp_path / "dates.csv", "csv")
    tables.write(tables.events(record), tmp_path / "events.csv", "csv")
    events = pd.read_csv(tmp_path / "events.csv")
    assert events["lat"].tolist() == [37.6, 39.0, 38.0]
    assert "geometry" not in events


def test_kml_names_its_placemarks(record: Record, tmp_path: Path):
    for make, name in (
        (tables.events, "Fighters took a bridge"),
        (tables.places, "Dushanbe"),
        (tables.mentions, "Panj"),
    ):
        tables.write(make(record), tmp_path / "a.kml", "kml")
        assert f"<name>{name}</name>" in (tmp_path / "a.kml").read_text(encoding="utf-8")


def test_geoparquet(record: Record, tmp_path: Path):
    path = tmp_path / "a.parquet"
    if importlib.util.find_spec("pyarrow") is None:
        with pytest.raises(MissingExtraError, match="pyarrow"):
            tables.write(tables.events(record), path, "parquet")
        assert not list(tmp_path.iterdir())
        return
    tables.write(tables.events(record), path, "parquet")
    assert geopandas.read_parquet(path)["anchor"].geom_type.eq("Point").all()


def test_a_table_without_geometry_is_no_geojson(record: Record, tmp_path: Path):
    with pytest.raises(OutputError, match="use csv"):
        tables.write(tables.dates(record), tmp_path / "a.geojson", "geojson")


def test_files_are_whole_or_not_there(record: Record, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="--force"):
        tables.write(tables.events(record), path, "csv", overwrite=False)
    assert path.read_text(encoding="utf-8") == "mine"
    with pytest.raises(OutputError, match="is no folder"):
        tables.write(tables.events(record), tmp_path / "none" / "a.csv", "csv")
    with pytest.raises(OutputError, match="is a folder"):
        tables.write(tables.events(record), tmp_path, "csv")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]


def test_a_writer_that_fails_leaves_what_was_there(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.csv"
    path.write_text("mine", encoding="utf-8")
    table = tables.events(record)
    monkeypatch.setattr(pd.DataFrame, "to_csv", fail)
    with pytest.raises(OutputError, match="No space left"):
        tables.write(table, path, "csv")
    assert path.read_text(encoding="utf-8") == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]
