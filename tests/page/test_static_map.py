from __future__ import annotations

import sys
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from geomap.errors import MissingExtraError, OutputError
from geomap.page import static_map
from geomap.page.placement import Canvas, Rect
from geomap.page.static_map import to_png, to_svg, write_picture

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture):
    return ["".join(node.itertext()) for node in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314  (our own)


def test_the_picture_names_places_and_lists_events(flood):
    picture = to_svg(flood)
    found = texts(picture)
    assert "Water in two towns" in found
    assert {"Merin", "Alto", "Bassa", "north of Lorania"} <= set(found)
    assert any(text.startswith("2023-06-05 The Merin rose") for text in found)
    assert not any("dam had broken" in text for text in found)  # denied
    assert any("Natural Earth, de facto" in text for text in found)
    assert picture == to_svg(flood)


def test_each_place_is_drawn_as_what_is_known_of_it(flood):
    root = ET.fromstring(to_svg(flood))  # noqa: S314
    light = static_map.assets.colours("light")
    strokes = [node.get("stroke") for node in root.iter(f"{SVG}path")]
    assert light["event-river"] in strokes
    assert light["event-river-casing"] in strokes
    assert any(node.get("filter") == "url(#soft)" for node in root.iter(f"{SVG}path"))
    dots = [node for node in root.iter(f"{SVG}circle") if node.get("r") == "5"]
    # Two towns in view; Farport, far away, lies outside the frame.
    inside = [node for node in dots if 0 <= float(node.get("cx")) <= 1200 and 0 <= float(node.get("cy")) <= 720]
    assert len(inside) == 2


def test_dark_right_to_left_and_empty_pictures(flood, arabic, quiet, pacific):
    assert static_map.assets.colours("dark")["land"] in to_svg(flood, theme="dark")
    assert 'direction="rtl"' in to_svg(arabic)
    assert 'xml:lang="ar"' in to_svg(arabic)
    for records in (quiet, [], [flood, arabic], pacific):
        ET.fromstring(to_svg(records))  # noqa: S314


def test_disputed_boundaries_are_dashed_or_left_out(flood):
    kashmir = replace(flood.places[1], lat=34.3, lon=75.0)
    there = replace(flood, places=(kashmir,), events=flood.events[1:2])
    dashed, without = to_svg(there), to_svg(there, worldview="agreed")
    assert 'stroke-dasharray="5 4"' in dashed
    assert 'stroke-dasharray="5 4"' not in without
    assert any("undisputed boundaries only" in text for text in texts(without))


def test_hostile_text_stays_text(hostile):
    root = ET.fromstring(to_svg(hostile))  # noqa: S314
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
        "svg", "title", "defs", "filter", "feGaussianBlur", "pattern", "rect", "path", "circle", "text",
    }  # fmt: skip


def test_labels_do_not_cover_each_other():
    canvas = Canvas(400, 300, [Rect(150, 100, 250, 130)])
    placed = [canvas.place(200, 115 + i, 80, 26) for i in range(8)]
    assert all(placed)
    rects = canvas.taken
    assert not any(a.meets(b) for i, a in enumerate(rects) for b in rects[i + 1 :])
    assert Canvas(50, 50, []).place(25, 25, 80, 26) is None


def test_a_picture_is_written_as_its_name_says(flood, tmp_path):
    write_picture(flood, tmp_path / "map.svg")
    assert (tmp_path / "map.svg").read_text(encoding="utf-8") == to_svg(flood)
    with pytest.raises(OutputError, match="exists"):
        write_picture(flood, tmp_path / "map.svg", overwrite=False)
    with pytest.raises(OutputError, match=r"an \.svg or a \.png"):
        write_picture(flood, tmp_path / "map.gif")


def test_png(flood):
    pytest.importorskip("resvg_py")
    image = to_png(replace(flood, events=flood.events[:2]), zoom=0.5)
    assert image.startswith(b"\x89PNG")
    assert int.from_bytes(image[16:20]) == 600


def test_png_without_its_library_says_what_to_install(flood, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(MissingExtraError, match=r"geomap\[image\]"):
        to_png(flood)
