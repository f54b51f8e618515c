"""Geometry: repaired, simplified, measured, packed."""

from __future__ import annotations

import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon, box, from_wkb

from geomap.gazetteer import geometry

FIJI = MultiPolygon([box(177, -19, 180, -16), box(-180, -18, -179, -16)])
RING = box(0, 0, 10, 10).difference(box(4, 4, 6, 6))

degrees = st.integers(-1_800_000, 1_800_000).map(lambda n: n / 10**geometry.DIGITS)
latitudes = st.integers(-900_000, 900_000).map(lambda n: n / 10**geometry.DIGITS)


@given(st.lists(st.lists(st.tuples(degrees, latitudes), min_size=2, max_size=9), min_size=1, max_size=4))
def test_lines_survive_packing(parts):
    line = MultiLineString(parts) if len(parts) > 1 else LineString(parts[0])
    unpacked = from_wkb(geometry.decode(geometry.encode(line)))
    assert unpacked.geom_type == line.geom_type
    assert shapely.get_coordinates(unpacked).tolist() == shapely.get_coordinates(line).tolist()


def test_areas_with_holes_survive_packing():
    for area in (RING, MultiPolygon([RING, box(20, 20, 21, 21)]), FIJI):
        unpacked = from_wkb(geometry.decode(geometry.encode(area)))
        assert unpacked.geom_type == area.geom_type
        assert unpacked.equals(area)


def test_packing_is_small():
    coast = Point(40, 40).buffer(5, quad_segs=250)
    assert len(geometry.encode(coast)) < shapely.get_num_coordinates(coast) * 5 < len(coast.wkb) / 3


def test_shared_edges_stay_shared():
    border = [(1, 0), (1.002, 0.5), (0.998, 1.0), (1.001, 1.5), (1, 2)]
    left, right = Polygon([(0, 0), *border, (0, 2)]), Polygon([(2, 0), (2, 2), *border[::-1]])
    west, east = geometry.simplify_coverage([left, right], 0.05)
    assert west.intersection(east).area == 0
    assert west.union(east).equals(left.union(right))
    assert len(west.exterior.coords) < len(left.exterior.coords)


def test_a_small_area_is_not_simplified_away():
    (speck,) = geometry.simplify_coverage([box(12.45, 41.9, 12.4506, 41.9004)], 1.0)
    assert not speck.is_empty


def test_polygon_repairs_a_bow_tie():
    area = geometry.polygon(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    assert area.is_valid
    assert area.geom_type.endswith("Polygon")
    assert area.area == 2


def test_simplified_islets_do_not_end_up_inside_land():
    land = Polygon([(0, 0), (10, 0), (10, 10), (5, 10.02), (0, 10)])
    area = geometry.simplify(MultiPolygon([land, box(4.99, 10.03, 5.01, 10.04)]), 0.1)
    assert area.is_valid
    assert not area.is_empty


def test_line_joins_segments_end_to_end():
    joined = geometry.line([LineString([(1, 0), (2, 0)]), LineString([(0, 0), (1, 0)])])
    assert joined.geom_type == "LineString"
    assert geometry.line([LineString([(0, 0), (1, 0)]), LineString([(5, 0), (6, 0)])]).geom_type == "MultiLineString"


def test_cut_antimeridian():
    cut = geometry.cut_antimeridian(box(170, 50, 195, 60))
    assert cut.geom_type == "MultiPolygon"
    assert cut.bounds == (-180, 50, 180, 60)
    assert cut.area == 250
    assert geometry.bounds(cut) == (170, 50, -165, 60)
    whole = box(0, 0, 1, 1)
    assert geometry.cut_antimeridian(whole) is whole


def test_bounds_take_the_smallest_arc():
    assert geometry.bounds(FIJI) == (177, -19, -179, -16)
    assert geometry.bounds(MultiPolygon([box(-10, 0, -5, 1), box(5, 0, 10, 1)])) == (-10, 0, 10, 1)
    assert geometry.bounds(box(-180, 66, 180, 90)) == (-180, 66, 180, 90)


def test_point_on_lies_on_the_greatest_part():
    lon, lat = geometry.point_on(MultiPolygon([box(0, 0, 1, 1), box(10, 10, 20, 20)]))
    assert (10 < lon < 20, 10 < lat < 20) == (True, True)
    lon, lat = geometry.point_on(RING)
    assert RING.contains(Point(lon, lat))
    assert geometry.point_on(LineString([(0, 0), (2, 0)])) == (1, 0)


def test_lengths_and_radii_are_on_the_ellipsoid():
    degree = LineString([(0, 0), (0, 1)])
    assert geometry.length_km(degree) == 110.6
    assert geometry.covering_radius_km(degree, 0, 0) == 110.6
    assert geometry.covering_radius_km(FIJI, 180, -17) < 400
