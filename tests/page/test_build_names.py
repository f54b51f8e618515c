from __future__ import annotations

import shapely

from geomap.page.build_names import _least_zoom, _points


def test_a_river_is_named_along_its_course_from_the_middle_outwards():
    points = _points(shapely.LineString([(0, 0), (12, 0)]), "river")
    assert points[::2][0] in {5.25, 6.75}
    assert len(points) == 16
    assert all(0 < lon < 12 for lon in points[::2])


def test_an_area_is_named_inside():
    u = shapely.Polygon([(0, 0), (9, 0), (9, 9), (8, 9), (8, 1), (1, 1), (1, 9), (0, 9)])
    lon, lat = _points(u, "province")
    assert u.contains(shapely.Point(lon, lat))


def test_wide_names_show_first():
    ocean, pond = shapely.box(-60, -30, 0, 30), shapely.box(0, 0, 0.2, 0.2)
    assert _least_zoom(ocean, "sea") == 2
    assert _least_zoom(pond, "lake") > 8
