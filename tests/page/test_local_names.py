from __future__ import annotations

import pytest

from geomap.gazetteer.store import Store
from geomap.page.local_names import ROOM, in_script, local_names

SUDAN = (30.0, 10.0, 38.0, 17.0)


@pytest.fixture(scope="module")
def store():
    return Store.open()


def test_towns_get_the_name_that_a_reader_can_read(store):
    names = local_names([SUDAN], "50m", "ar", store=store)
    assert names
    assert all(in_script(name, "ar") for name in names.values())
    assert not local_names([], "50m", "ar", store=store)


def test_english_names_are_those_of_today(store):
    assert local_names([(28.0, 44.0, 34.0, 48.0)], "50m", "en", store=store).get("town:Odessa") == "Odesa"


def test_the_names_of_the_world_fit_their_room(store):
    names = local_names([(-180.0, -90.0, 180.0, 90.0)], "50m", "zh", store=store)
    assert sum(len(f'"{a}":"{b}",'.encode()) for a, b in names.items()) <= ROOM + 200


def test_rivers_and_provinces_too(store):
    names = local_names([(66.0, 34.0, 72.0, 40.0)], "50m", "tg", store=store)
    assert names["river:Vakhsh"] == "Вахш"
    assert names["province:Kunduz"] == "Кундуз"


def test_without_a_gazetteer_the_basemap_has_its_own_names(monkeypatch, tmp_path):
    monkeypatch.setenv("GEOMAP_GAZETTEER", str(tmp_path / "none"))
    assert local_names([SUDAN], "50m", "ar") == {}
