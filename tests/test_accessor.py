"""Tables of anybody's as map pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, Polygon, box

import geomap.accessor  # noqa: F401  registers `.geomap`
from geomap.accessor import CONTRAST, _readable


def data(page):
    return json.loads(re.search(r'id="geomap-data">(.*?)</script>', page.html(), re.DOTALL)[1])


@pytest.fixture
def table():
    return gpd.GeoDataFrame(
        {
            "name": ["<b>Spring</b>", "Brook", "Wood", "Nowhere"],
            "depth": [1.5, None, 20.0, 3.0],
            "sort": ["water", "water", "land", None],
            "date_from": ["2023-06-05", None, pd.Timestamp("2023-06-07"), "soon"],
        },
        geometry=[Point(10, 45), LineString([(10, 45), (11, 45)]), box(10, 44, 11, 45), None],
        crs="EPSG:4326",
    )


def test_any_table_can_be_drawn(table):
    found = data(table.geomap.map(title="Waters"))
    columns = found["events"]["columns"]
    assert columns["title"] == ["<b>Spring</b>", "Brook", "Wood", "Nowhere"]
    assert found["articles"][0]["text"].split("\n") == columns["title"]
    assert found["articles"][0]["title"] == "Waters"
    assert columns["places"]["counts"] == [1, 1, 1, 0]
    assert found["places"]["columns"]["precision"] == ["exact", "line", "area"]
    assert columns["time"]["there"] == [True, False, True, False]


def test_coordinates_in_metres_become_degrees(table):
    metres = table.to_crs("EPSG:3857")
    assert data(metres.geomap.map())["focus"] == data(table.geomap.map())["focus"]


def test_a_column_gives_the_colours(table):
    groups = data(table.geomap.map(column="sort"))["symbols"]["groups"]
    assert [group["label"] for group in groups.values()] == ["land", "water", "–"]
    numbers = data(table.geomap.map(column="depth", cmap="YlOrRd_09"))["symbols"]["groups"]
    assert [group["label"] for group in numbers.values()] == ["1.5", "3", "20", "–"]
    own = data(table.geomap.map(column="sort", cmap=["#004488", "#aa0000"]))["symbols"]["groups"]
    assert [group["colour"] for group in own.values()][:2] == ["#004488", "#aa0000"]


def test_many_numbers_are_classed():
    table = gpd.GeoDataFrame({"n": range(50)}, geometry=[Point(i, 0) for i in range(50)])
    found = data(table.geomap.map(column="n"))
    assert len(found["symbols"]["groups"]) == 5
    assert found["symbols"]["groups"]["c0"]["label"] == "0 – 9.8"


def test_a_tooltip_describes_the_rows(table):
    titles = data(table.geomap.map(tooltip=["name", "depth"]))["events"]["columns"]["title"]
    assert titles == [
        "name: <b>Spring</b> · depth: 1.5",
        "name: Brook",
        "name: Wood · depth: 20",
        "name: Nowhere · depth: 3",
    ]
    every = data(table.geomap.map(tooltip=True))["events"]["columns"]["title"]
    assert every[2] == "name: Wood · depth: 20 · sort: land · date_from: 2023-06-07"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"column": "colour"}, "no column 'colour'; there are name, depth"),
        ({"tooltip": "nothing"}, "no column 'nothing'"),
        ({"column": "sort", "cmap": "rainbows"}, "cmap is 'rainbows'"),
        ({"column": "sort", "cmap": ["red"]}, "cmap has 'red'"),
    ],
)
def test_wrong_use_is_told(table, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        table.geomap.map(**options)


def test_too_many_values_are_no_colours():
    table = gpd.GeoDataFrame({"s": [f"v{i}" for i in range(30)]}, geometry=[Point(i, 0) for i in range(30)])
    with pytest.raises(ValueError, match="too many for colours"):
        table.geomap.map(column="s")


def test_a_table_without_geometry_has_no_map():
    with pytest.raises(AttributeError, match="without geometry"):
        _ = pd.DataFrame({"a": [1]}).geomap


def test_empty_and_broken_geometry():
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    table = gpd.GeoDataFrame({"name": list("abc")}, geometry=[Point(), bow, Point(float("nan"), 1)])
    assert data(table.geomap.map())["events"]["columns"]["places"]["counts"] == [0, 1, 0]
    assert data(table.iloc[:0].geomap.map())["events"]["n"] == 0


def test_a_popup_is_the_text_and_a_tooltip_the_title(table):
    found = data(table.geomap.map(column="sort", tooltip="name", popup=["name", "sort"]))
    assert found["events"]["columns"]["title"][:2] == ["name: <b>Spring</b>", "name: Brook"]
    assert found["articles"][0]["text"].split("\n")[1] == "name: Brook · sort: water"
    assert found["legend"] is True
    assert data(table.geomap.map(column="sort", legend=False))["legend"] is False


def test_height_collections_and_several_points():
    table = gpd.GeoDataFrame(
        {"name": list("abcd")},
        geometry=[
            LineString([(0, 0, 5), (1, 1, 6)]),
            GeometryCollection([Point(3, 3), box(4, 4, 5, 5)]),
            MultiPoint([(6, 6), (7, 7), (8, 8)]),
            MultiPolygon([box(176, -18, 180, -16), box(-180, -18, -178, -16)]),
        ],
        crs="EPSG:4326",
    )
    found = data(table.geomap.map())
    assert found["events"]["columns"]["places"]["counts"] == [1, 1, 3, 1]
    shapes = found["places"]["columns"]["shape"]
    assert shapes["there"] == [True, True, False, False, False, True]
    assert found["places"]["n"] == 6


def test_coordinates_beyond_a_projection_have_no_place():
    table = gpd.GeoDataFrame(
        {"name": ["far", "near"]}, geometry=[Point(1e12, 1e12), Point(500_000, 5_000_000)], crs="EPSG:32633"
    )
    assert data(table.geomap.map())["events"]["columns"]["places"]["counts"] == [0, 1]


@pytest.mark.parametrize("colour", ["#ffffff", "#ffff00", "#000000", "#0072b2"])
def test_colours_can_be_read(colour):
    def luminance(text):
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    assert 1.05 / (luminance(_readable(colour, 1.0)) + 0.05) >= CONTRAST - 0.1


def test_the_accessor_comes_with_geopandas_and_not_without():
    code = "import sys; import {}; print('geomap.accessor' in sys.modules, 'pandas' in sys.modules)"
    for names, expected in (("geomap", "False False"), ("geopandas, geomap", "True True")):
        run = subprocess.run([sys.executable, "-c", code.format(names)], capture_output=True, text=True, check=True)
        assert run.stdout.strip() == expected
