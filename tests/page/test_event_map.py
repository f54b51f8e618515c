from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import time

import folium
import pytest

from geomap.page.event_map import EventMap

BLOCK = re.compile(r'<script type="application/json" id="geomap-data">(.*?)</script>', re.DOTALL)


def block(page):
    return json.loads(BLOCK.search(page)[1])


def test_the_same_record_gives_the_same_bytes(flood, tmp_path):
    for name in ("a.html", "b.html"):
        EventMap(flood).save(tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    page = EventMap(flood)
    assert page.html() == page.html()


def test_saving_is_whole_or_not_at_all(flood, tmp_path, monkeypatch):
    page = EventMap(flood)
    target = tmp_path / "map.html"
    target.write_text("before")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        page.save(target)
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_saving_to_an_open_file(flood):
    page = EventMap(flood)
    file = io.BytesIO()
    page.save(file, close_file=False)
    assert file.getvalue().decode() == page.html()


@pytest.mark.parametrize(("basemap", "limit"), [("50m", 1_100_000), ("110m", 400_000)])
def test_size(flood, basemap, limit):
    assert len(EventMap(flood, basemap=basemap).html().encode()) < limit


def test_building_is_quick(flood):
    EventMap(flood).html()
    start = time.process_time()
    EventMap(flood).html()
    assert time.process_time() - start < 0.5


def test_nothing_of_the_text_is_evaluated_or_leaves_the_data_block(hostile):
    page = EventMap(hostile).html()
    data = block(page)
    assert data["articles"][0]["text"] == hostile.article.text
    assert data["events"]["columns"]["title"] == [event.title for event in hostile.events]
    assert "<" not in BLOCK.search(page)[1]
    assert "\u2028" not in BLOCK.search(page)[1]
    outside = BLOCK.sub("", page)
    # Outside the block the title alone stands, escaped, in <title> and <noscript>.
    assert outside.count("{{ 6 * 7 }}") == 2
    assert outside.count("&lt;/script&gt;&lt;script&gt;alert(2)&lt;/script&gt;") == 2
    assert "alert(2)</script>" not in outside
    assert "42" not in re.findall(r"<title>(.*?)</title>", outside, re.DOTALL)[0]
    page.encode("utf-8", "strict")


def test_only_the_scripts_of_the_page_may_run(flood):
    page = EventMap(flood).html()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert len(hashes) == 2
    assert all(f"'sha256-{digest}'" in policy for digest in hashes)
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href)=["']https?:""", markup)


def test_layers_of_the_user_join_the_map(flood):
    page = EventMap(flood)
    page.add_child(folium.CircleMarker((45, 10), radius=4))
    html = page.html()
    assert "L.circleMarker" in html
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert digest in html


def test_tiles_are_asked_of_their_server_only_when_wanted(flood):
    page = EventMap(flood, tiles="OpenStreetMap").html()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "img-src data: blob: https://tile.openstreetmap.org" in policy
    assert page == EventMap(flood, tiles="OpenStreetMap").html()


def test_images_of_nested_layers_are_allowed_too(flood):
    page = EventMap(flood)
    group = folium.FeatureGroup("mine").add_to(page)
    folium.WmsTileLayer("https://wms.example.org/wms", layers="rain").add_to(group)
    folium.TileLayer("https://{s}.tiles.example.org/{z}/{x}/{y}.png", attr="mine").add_to(group)
    assert page.tile_origins() == ["https://*.tiles.example.org", "https://wms.example.org"]
    assert "img-src data: blob: https://*.tiles.example.org https://wms.example.org;" in page.html()


def test_the_page_speaks_the_language_of_the_article(flood, arabic):
    assert block(EventMap(arabic).html())["ui"] == "ar"
    assert block(EventMap(arabic, ui="fr").html())["ui"] == "fr"
    assert block(EventMap(flood, ui="xx").html())["ui"] == "en"


def test_an_unknown_basemap_is_refused(flood):
    with pytest.raises(ValueError, match="basemap is '5m', expected one of 50m, 110m"):
        EventMap(flood, basemap="5m")


def test_a_notebook_shows_a_sandboxed_frame_with_the_small_basemap(flood):
    frame = EventMap(flood)._repr_html_()
    assert frame.startswith("<iframe srcdoc='<!DOCTYPE html>")
    assert "sandbox='allow-scripts" in frame
    assert "allow-same-origin" not in frame
    assert len(frame.encode()) < 420_000
    assert frame.count("'") == 6


def test_showing_opens_a_file(flood, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    path = EventMap(flood).show()
    assert opened == [path.as_uri()]
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_disputed_boundaries_are_dashed_or_left_out(flood):
    assert block(EventMap(flood).html())["worldview"] == "de-facto"
    assert block(EventMap(flood, worldview="agreed").html())["worldview"] == "agreed"
    assert block(EventMap(flood, worldview="IN").html())["lines"]["kashmir"] == "none"
    with pytest.raises(ValueError, match="worldview is 'mine', expected one of de-facto, un, agreed"):
        EventMap(flood, worldview="mine")
