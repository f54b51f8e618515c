"""Borders: shared edges, official lengths, proper names."""

from __future__ import annotations

import pytest
from shapely import Polygon, box

from geomap.gazetteer.borders import borders, shared_edges
from geomap.gazetteer.entry import Entry, NameClass
from geomap.record import PlaceKind

HEADER = "a,b,length_km,status,geometry,source,en,ru,other\n"


@pytest.fixture
def countries():
    areas = {
        "AF": box(60, 30, 70, 37),
        "TJ": box(67, 37, 75, 41),
        "PK": box(70, 25, 75, 37),
        "IS": box(-24, 63, -14, 66),
    }
    return {
        f"country:{code}": Entry(f"country:{code}", PlaceKind.COUNTRY, 0, 0, country=code, geometry=area)
        for code, area in areas.items()
    }


def read(tmp_path, countries, *rows):
    (tmp_path / "borders.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return {entry.id: entry for entry in borders(countries, tmp_path)}


def test_a_border_is_the_shared_edge_with_the_official_length(tmp_path, countries):
    found = read(tmp_path, countries, "AF,TJ,1357,agreed,,CIA World Factbook,,,", "AF,PK,2670,disputed,,,Durand Line,,")
    assert list(found) == ["border:AF-PK", "border:AF-TJ"]
    border = found["border:AF-TJ"]
    assert border.geometry.bounds == (67, 37, 70, 37)
    assert border.official_km == 1357
    assert border.kind is PlaceKind.BORDER
    assert border.parents == ("country:AF", "country:TJ")
    assert (border.lat, border.lon) == (37, 68.5)
    assert found["border:AF-PK"].status == "disputed"


def test_a_proper_name_is_an_other_name(tmp_path, countries):
    found = read(tmp_path, countries, "AF,PK,2670,disputed,,,Durand Line|~DL,Линия Дюранда,ps:کرښه")
    names = {(name.text, name.language): name.kind for name in found["border:AF-PK"].names}
    assert names["Durand Line", "en"] is NameClass.ALTERNATE
    assert names["DL", "en"] is NameClass.ABBREVIATION
    assert names["کرښه", "ps"] is NameClass.ALTERNATE


def test_only_known_pairs_are_borders(tmp_path, countries):
    assert list(read(tmp_path, countries, "AF,TJ,1357,agreed,,,,,", "AF,IS,1,agreed,,,,,")) == ["border:AF-TJ"]


def test_a_line_of_the_facts_comes_first(tmp_path, countries):
    found = read(tmp_path, countries, "AF,IS,5,agreed,line:0 50,1 50,,,,".replace("line:0 50,1 50", '"line:0 50,1 50"'))
    assert found["border:AF-IS"].geometry.bounds == (0, 50, 1, 50)


def test_shared_edges_leave_out_corners():
    edges = shared_edges({"A": box(0, 0, 1, 1), "B": box(1, 0, 2, 1), "C": Polygon([(2, 1), (3, 1), (3, 2)])})
    assert set(edges) == {("A", "B")}
