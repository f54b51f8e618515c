"""The build as a whole, without its packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from geomap.errors import GazetteerError
from geomap.gazetteer import build as building
from geomap.gazetteer import recipe
from geomap.gazetteer.store import Store

RECIPE = Path(__file__).parents[2] / "data" / "recipe.toml"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch, tmp_path):
    monkeypatch.setattr(recipe, "fetch", lambda _source, _cache: tmp_path)


def test_the_manifest_names_every_source(monkeypatch, tmp_path, make_city):
    monkeypatch.setattr(building, "_entries", lambda _folders, _facts: [make_city(1, "Panj", "TJ", 37, 69, 8019)])
    building.build(tmp_path / "out", recipe=RECIPE, cache=tmp_path)
    store = Store.open(tmp_path / "out")
    assert store.rows("panj") == [0]
    assert [s["name"] for s in store.meta["sources"]] == [s.name for s in recipe.read(RECIPE)]
    assert store.meta["counts"] == {"city": 1}
    store.verify()


def test_sources_that_are_not_there_leave_the_old_store(tmp_path, write_store):
    write_store(tmp_path / "out")
    with pytest.raises((GazetteerError, OSError)):
        building.build(tmp_path / "out", recipe=RECIPE, cache=tmp_path)
    assert Store.open(tmp_path / "out").rows("vladivostok")
