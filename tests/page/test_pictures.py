"""Small pictures of the drawn map against references: basemap, areas, lines and dots, without words.

Words and chips have the fonts of the machine, and tests of their own. ``GEOMAP_NEW_PICTURES=1 pytest
tests/page/test_pictures.py`` draws the references again; look at them before a commit.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from geomap.page.event_map import EventMap

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).with_name("pictures")
# Of the width of the screen, and by how much (of 255) a picture may differ on average, and in this share of its pixels.
SHRUNK, MEAN, STARK, SHARE = 4, 1.0, 20, 0.002
BARE = ".chip, .label, .town, .leaders, .leaflet-control, .legend, .edges { visibility: hidden !important; }"
SHRINK = """async ([source, width]) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = Math.round(image.naturalHeight * width / image.naturalWidth);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const pixels = [...context.getImageData(0, 0, canvas.width, canvas.height).data];
    return [canvas.toDataURL("image/png"), canvas.height, pixels];
}"""
CASES = {
    "light": {"size": (1000, 700)},
    "dark": {"size": (1000, 700), "color_scheme": "dark"},
    "phone": {"size": (390, 844)},
}


def url(png):
    return "data:image/png;base64," + base64.b64encode(png).decode()


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_map_is_drawn_as_it_was(flood, visit, browser, case):
    tab = visit(EventMap(flood), **CASES[case])
    tab.add_style_tag(content=BARE)
    tab.wait_for_timeout(300)
    blank = browser.new_page()
    width = CASES[case]["size"][0] // SHRUNK
    shrunk, height, now = blank.evaluate(SHRINK, [url(tab.locator(".map-pane").screenshot()), width])
    file = PICTURES / f"{case}.png"
    if os.environ.get("GEOMAP_NEW_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        file.write_bytes(base64.b64decode(shrunk.partition(",")[2]))
    assert file.stat().st_size < 60_000
    _, height_then, then = blank.evaluate(SHRINK, [url(file.read_bytes()), width])
    blank.close()
    assert abs(height - height_then) <= 1  # the bars above and below are a line of text high
    apart = [abs(a - b) for a, b in zip(now, then, strict=False)]
    assert sum(apart) / len(apart) < MEAN
    assert sum(value > STARK for value in apart) / len(apart) < SHARE
