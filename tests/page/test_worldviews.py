from __future__ import annotations

import json

import pytest

from geomap.page import assets
from geomap.page.worldviews import OTHER, WORLDVIEWS, disputes, styles


@pytest.mark.parametrize("worldview", WORLDVIEWS)
def test_each_view_draws_every_line_in_one_way(worldview):
    lines = {line["id"] for line in disputes()["lines"]}
    drawn = styles(worldview)
    assert set(drawn) == lines | {OTHER}
    assert set(drawn.values()) <= {"solid", "dashed", "none"}
    view = disputes()["views"][worldview]
    named = [*view.get("solid", ()), *view.get("none", ())]
    assert set(named) <= lines
    assert len(named) == len(set(named))


def test_states_are_named_by_codes_that_the_page_has_words_for():
    words = assets.messages()["en"]["worldview"]
    assert all(name in words or (len(name) == 2 and name.isupper()) for name in WORLDVIEWS)
    assert all(
        assets.country_names()[name] for name in WORLDVIEWS if len(name) == 2 and name.isupper() and name != "un"
    )


@pytest.mark.parametrize("detail", ["50m", "110m"])
def test_the_lines_of_the_table_are_on_the_map(detail):
    on_map = {name for name, _ in assets.world(detail)["disputed"]}
    assert on_map <= {line["id"] for line in disputes()["lines"]} | {OTHER}
    assert {"crimea", "kashmir", "aksai-chin", "mcmahon", "golan", "western-sahara", "kosovo", "north-cyprus"} <= on_map


def test_the_fine_map_names_its_disputed_lines_too():
    cell = json.loads(assets.fine_cells([(33.0, 45.9, 34.9, 46.3)]))["30,45"]
    assert "crimea" in {name for name, _ in cell["disputed"]}
