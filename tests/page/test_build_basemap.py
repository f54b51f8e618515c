from __future__ import annotations

import zipfile

import numpy as np
import pytest
import shapely

from geomap.page import build_basemap


def test_a_ring_across_the_antimeridian_runs_on():
    ring = np.array([[170.0, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]])
    assert build_basemap._unwrap(ring)[:, 0].tolist() == [170, 190, 190, 170, 170]


def test_a_ring_around_the_pole_is_closed_below_it():
    ring = np.array([[lon, -70.0] for lon in (-180, -90, 0, 90, 180)])
    closed = build_basemap._unwrap(ring)
    assert closed[-2:].tolist() == [[180, -89.9], [-180, -89.9]]


def test_cells_hold_their_part_of_fills_lines_and_towns():
    cells = build_basemap._Cells()
    cells.add_fills("land", np.array([shapely.box(1, 1, 7, 4)]))
    cells.add_lines("rivers", np.array([shapely.LineString([(1, 2), (7, 2)])]), [3])
    cells.add_point("cities", 6.1, 2.0, [6.1, 2.0, 5, 0, ["Town"]])
    assert sorted(cells.cells) == [(0, 0), (5, 0)]
    assert set(cells.cells[0, 0]) == {"land", "rivers"}
    assert set(cells.cells[5, 0]) == {"land", "rivers", "cities"}
    assert cells.cells[5, 0]["rivers"][0][0] == 3


def test_the_archive_of_cells_is_the_same_each_time(tmp_path):
    cells = {(0, 0): '{"land":["A"]}', (-5, 80): '{"land":[]}'}
    for name in ("a.zip", "b.zip"):
        build_basemap._archive(tmp_path / name, cells)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["-15,75", "0,0"]
        assert archive.read("0,0").decode() == '0,0\t{"land":["A"]}\n'


def test_spare_label_points_lie_inside():
    country = shapely.MultiPolygon([shapely.box(0, 0, 20, 10), shapely.box(30, 0, 31, 1)])
    points = build_basemap._spare_points(country, 8)
    assert len(points) >= 8
    assert all(0 < lon < 20 for lon in points[::2])
    assert build_basemap._spare_points(shapely.MultiPolygon([shapely.box(0, 0, 2, 2)]), 8) == []


def test_a_package_that_is_not_the_pinned_one_stops_the_build(tmp_path):
    for name in build_basemap.SOURCES:
        (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(SystemExit, match="sha256"):
        build_basemap.check(tmp_path)
