"""The user's own places and corrections: kept without loss, seen by every look-up, above everything else."""

from __future__ import annotations

import json
import pickle
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
import shapely

from geomap.errors import GazetteerError, OutputError
from geomap.explain import explain
from geomap.gazetteer.overlaid import OverlaidStore, open_gazetteer
from geomap.gazetteer.overlay import Contents, Correction, Overlay, OwnPlace, default_overlay
from geomap.gazetteer.overlay_files import export_file, import_file, read_shape, shaped
from geomap.gazetteer.reverse import reverse
from geomap.gazetteer.search import search
from geomap.gazetteer.store import Store
from geomap.pipeline import Config, Pipeline
from geomap.record import Article, PlaceKind

BRIDGE = OwnPlace(
    "Friendship Bridge",
    PlaceKind.BRIDGE,
    37.22,
    67.43,
    country="TJ",
    names=(("ru", "Мост дружбы"), ("", "Dusti")),
)
WALL = shapely.LineString([(68, 37), (69, 37.5)])


@pytest.fixture
def overlay(tmp_path) -> Overlay:
    return Overlay(tmp_path / "own" / "places.sqlite")


@pytest.fixture
def opened(folder, overlay):
    return lambda: open_gazetteer(folder, overlay=overlay.path)


def test_nothing_of_ones_own_is_the_store_itself(folder, overlay, opened):
    assert opened() is Store.open(folder)
    assert overlay.read() == Contents()
    assert not overlay.path.exists()
    overlay.remove("country:FR")
    overlay.restore("country:FR")
    assert opened() is Store.open(folder)


def test_the_file_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOMAP_OVERLAY", str(tmp_path / "mine"))
    assert default_overlay() == tmp_path / "mine"
    monkeypatch.delenv("GEOMAP_OVERLAY")
    assert default_overlay().name == "places.sqlite"


def test_a_place_of_ones_own(small, overlay, opened):
    assert overlay.add(BRIDGE) == "own:friendship-bridge"
    store = opened()
    row = store.row("own:friendship-bridge")
    assert row == len(small) == len(store) - 1
    assert store.rows("friendship bridge") == store.rows("мост дружбы") == store.rows("dusti") == [row]
    assert (store.label(row), store.label(row, "ru"), store.country(row)) == ("Friendship Bridge", "Мост дружбы", "TJ")
    assert store.kind(row) is PlaceKind.BRIDGE
    assert store.geometry(row) is None
    assert store.geometry_type(row) == "point"
    assert store.parents(row) == ("country:TJ",)
    assert store.source(row) == "your own places"
    assert store.id(row) == "own:friendship-bridge"
    assert [name.text for name in store.names(row)] == ["Friendship Bridge", "Мост дружбы", "Dusti"]
    assert store.entry(row).lat == pytest.approx(37.22)
    assert store.prefixes("friendship bridge", 0) == [(17, "friendship bridge")]
    assert store.has_prefix("friendsh")
    assert store.keys("friendsh") == ["friendship bridge"]
    assert store.longest >= len("friendship bridge")
    assert [hit.entry.id for hit in search(store, "Friendship Brigde")] == ["own:friendship-bridge"]


def test_the_rest_of_the_store_is_as_it_was(small, overlay, opened):
    overlay.add(BRIDGE)
    store = opened()
    for row in range(len(small)):
        assert store.entry(row) == small.entry(row)
        assert store.geometry(row) == small.geometry(row)
        assert store.row(store.id(row)) == row
        assert store.names(row) == small.names(row)
    assert store.rows("paris") == small.rows("paris")
    assert store.prefixes("paris texas", 0) == small.prefixes("paris texas", 0)


def test_columns_read_as_one_table(small, overlay, opened):
    overlay.add(BRIDGE)
    places, row = opened().places, len(small)
    assert len(places) == row + 1
    assert places["lat"][row] == places[row]["lat"] == np.float32(37.22)
    assert places["lat"][[0, row]].tolist() == [small.places["lat"][0], np.float32(37.22)]
    assert places[np.array([row, 1])]["lon"].tolist() == [np.float32(67.43), small.places["lon"][1]]
    assert np.asarray(places["kind"])[:-1].tolist() == small.places["kind"].tolist()
    assert len(list(places)) == len(places)


def test_lines_and_areas(overlay, opened):
    overlay.add(shaped("The Wall", PlaceKind.BORDER, WALL))
    overlay.add(shaped("Camp", PlaceKind.CAMP, shapely.box(179, -1, 181, 1), country="FJ"))
    store = opened()
    wall, camp = store.row("own:the-wall"), store.row("own:camp")
    assert store.geometry_type(wall) == "line"
    assert shapely.from_wkb(store.geometry(wall)).equals(WALL)
    assert store.places["radius_km"][wall] > 50
    assert shapely.from_wkb(store.geometry(camp)).bounds == (-180, -1, 180, 1)
    assert store.geometry_type(camp) == "polygon"
    assert store.country(camp) == ""  # this small gazetteer does not know the country


def test_what_is_added_twice_is_one_place_and_namesakes_are_two(overlay):
    elsewhere = OwnPlace("Friendship Bridge", PlaceKind.BRIDGE, 1, 2)
    ids = [overlay.add(place) for place in (BRIDGE, BRIDGE, elsewhere, elsewhere)]
    assert ids == ["own:friendship-bridge"] * 2 + ["own:friendship-bridge-2"] * 2
    assert len(overlay.read().places) == 2


def test_a_place_with_an_id_of_the_gazetteer_stands_in_its_stead(small, overlay, opened):
    overlay.add(OwnPlace("Paris", PlaceKind.CITY, 48.9, 2.4, id="gn:2988507", country="FR"))
    store = opened()
    row = store.row("gn:2988507")
    assert row == len(small)
    assert store.rows("paris") == [row, small.row("gn:4717560")]
    assert store.rows("parijs") == []
    overlay.remove("gn:2988507")
    assert opened().rows("paris") == small.rows("paris")


def test_a_removed_entry_is_found_by_no_name(small, overlay, opened):
    assert overlay.remove("gn:2988507")
    assert not overlay.remove("gn:2988507")
    store = opened()
    assert store.row("gn:2988507") is None
    assert store.rows("paris") == [small.row("gn:4717560")]
    assert store.prefixes("parijs", 0) == []
    assert store.keys("parij") == []
    (where,) = reverse(store, 48.8, 2.3)
    assert store.id(where.town) != "gn:2988507"
    assert overlay.restore("gn:2988507")
    assert not overlay.restore("gn:2988507")
    assert opened().rows("paris") == small.rows("paris")


def test_a_correction_comes_first(overlay, opened):
    overlay.correct(Correction("Paris", "gn:4717560"))
    hit, other = search(opened(), "PARIS")
    assert (hit.entry.id, hit.how, hit.score) == ("gn:4717560", "correction", 1.0)
    assert other.entry.id == "gn:2988507"
    overlay.correct(Correction("paris", "gn:2988507"))
    assert len(overlay.read().corrections) == 1
    assert search(opened(), "Paris")[0].entry.id == "gn:2988507"
    assert overlay.withdraw("Paris")
    assert not overlay.withdraw("Paris")
    assert search(opened(), "Paris")[0].how == "exact"


def test_a_correction_may_name_what_the_gazetteer_does_not(overlay, opened):
    overlay.correct(Correction("Big D", "gn:1221874"))
    assert search(opened(), "Big D")[0].entry.id == "gn:1221874"
    assert opened().prefixes("big d is big", 0) == [(5, "big d")]


def test_corrections_for_some_queries_only(overlay, opened):
    overlay.correct(Correction("Paris", "gn:4717560", country="US"))
    overlay.correct(Correction("Paris", "gn:1220750", context="Khatlon"))
    store = opened()
    assert search(store, "Paris")[0].entry.id == "gn:2988507"
    assert search(store, "Paris", countries=["US"])[0].entry.id == "gn:4717560"
    assert search(store, "Paris, Khatlon")[0].entry.id == "gn:1220750"
    assert search(store, "Paris", kinds=[PlaceKind.RIVER], fuzzy=False) == []


def test_a_correction_to_a_place_that_is_not_there_does_nothing(small, overlay, opened):
    overlay.correct(Correction("Paris", "gn:1"))
    assert opened().rows("paris") == small.rows("paris")
    assert not opened().corrections


def corrected(folder, overlay, text, name):
    record = Pipeline(Config(folder, overlay.path)).run(Article(text, language="en"))
    (place_id,) = {mention.place_id for mention in record.mentions if mention.surface == name}
    return place_id, record


def test_an_article_is_read_with_the_users_places(folder, overlay):
    text = "Fighters took Friendship Bridge near Dushanbe on Monday."
    overlay.add(BRIDGE)
    place_id, record = corrected(folder, overlay, text, "Friendship Bridge")
    assert place_id == "own:friendship-bridge"
    assert "one of your own places" in explain(record, "Friendship Bridge")


def test_a_correction_outranks_everything_in_an_article(folder, overlay):
    text = "A fire broke out in Paris, France, on Monday."
    assert corrected(folder, overlay, text, "Paris")[0] == "gn:2988507"
    overlay.correct(Correction("Paris", "gn:4717560"))
    place_id, record = corrected(folder, overlay, text, "Paris")
    assert place_id == "gn:4717560"
    assert "by your correction" in explain(record, "Paris")
    assert explain(record, "Paris").count("gn:2988507") == 0


@pytest.mark.parametrize(
    ("correction", "text", "expected"),
    [
        (Correction("Paris", "gn:4717560", country="US"), "A fire in Paris killed two.", "gn:2988507"),
        (Correction("Paris", "gn:4717560", country="US"), "A fire in Paris reached Texas.", "gn:4717560"),
        (Correction("Paris", "gn:4717560", context="Lamar"), "A fire in Paris, says Lamar County.", "gn:4717560"),
        (Correction("Paris", "gn:4717560", context="Lamar"), "A fire in Paris, says Lamarck.", "gn:2988507"),
    ],
)
def test_corrections_for_some_articles_only(folder, overlay, correction, text, expected):
    overlay.correct(correction)
    assert corrected(folder, overlay, text, "Paris")[0] == expected


@pytest.mark.parametrize(("name", "expected"), [("Panj", "gn:1220750"), ("Panj River", "river:panj")])
def test_a_correction_gives_way_to_the_kind_that_a_generic_term_asks_for(folder, overlay, name, expected):
    text = f"Floods struck {name} on Monday."
    overlay.correct(Correction("Panj", "gn:1220750"))
    start = text.index(name)
    pipeline = Pipeline(Config(folder, overlay.path))
    record = pipeline.run(Article(text, language="en"), gold_spans=[(start, start + len(name))])
    assert [mention.place_id for mention in record.mentions] == [expected]


def test_a_gazetteer_with_an_overlay_pickles_as_paths(overlay, opened):
    overlay.add(BRIDGE)
    store = opened()
    assert isinstance(store, OverlaidStore)
    assert opened() is store
    data = pickle.dumps(store)
    assert len(data) < 400
    assert pickle.loads(data) is store  # noqa: S301 our own


def test_writers_lose_nothing(overlay):
    script = (
        "import sys; from geomap.gazetteer.overlay import *; from geomap.record import PlaceKind\n"
        "o = Overlay(sys.argv[1])\n"
        "for i in range(40):\n"
        "    o.add(OwnPlace('Camp', PlaceKind.CAMP, int(sys.argv[2]), i))\n"
        "    o.correct(Correction(f'c{sys.argv[2]}-{i}', 'gn:1'))\n"
    )
    command = [sys.executable, "-c", script, str(overlay.path)]
    writers = [subprocess.Popen([*command, str(n)]) for n in range(3)]
    while any(writer.poll() is None for writer in writers):
        overlay.read()
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    contents = overlay.read()
    assert len({place.id for place in contents.places}) == len(contents.corrections) == 120
    assert {(place.lat, place.lon) for place in contents.places} == {(n, i) for n in range(3) for i in range(40)}


def test_a_merge_is_all_or_nothing(overlay, monkeypatch):
    overlay.add(BRIDGE)
    before = overlay.read()
    good = Contents((OwnPlace("Camp", PlaceKind.CAMP, 1, 2),), ("gn:1",), (Correction("A", "gn:2"),))
    monkeypatch.setattr("geomap.gazetteer.overlay._correct", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OutputError, match="disk full"):
        overlay.merge(good)
    assert overlay.read() == before
    monkeypatch.undo()
    overlay.merge(good)
    overlay.merge(good)
    assert [place.name for place in overlay.read().places] == ["Friendship Bridge", "Camp"]


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: OwnPlace("", PlaceKind.CITY, 0, 0), "is no name"),
        (lambda: OwnPlace("A\x1fB", PlaceKind.CITY, 0, 0), "is no name"),
        (lambda: OwnPlace("A" * 201, PlaceKind.CITY, 0, 0), "is no name"),
        (lambda: OwnPlace("A", PlaceKind.CITY, 91, 0), "no place on earth"),
        (lambda: OwnPlace("A", PlaceKind.CITY, float("nan"), 0), "no place on earth"),
        (lambda: OwnPlace("A", PlaceKind.CITY, 0, 0, id="a b"), "the id"),
        (lambda: OwnPlace("A", PlaceKind.CITY, 0, 0, country="Tajikistan"), "no country code"),
        (lambda: OwnPlace("A", PlaceKind.CITY, 0, 0, names=(("russian", "Б"),)), "no language code"),
        (lambda: OwnPlace("A", PlaceKind.CITY, 0, 0, radius_km=-1), "out of range"),
        (lambda: Correction("A", ""), "no place id"),
        (lambda: shaped("A", PlaceKind.CITY, shapely.Polygon()), "empty"),
        (lambda: shaped("A", PlaceKind.CITY, shapely.box(0, 80, 1, 95)), "leaves the earth"),
        (lambda: shaped("A", PlaceKind.CITY, shapely.MultiPoint([(0, 1), (2, 3)])), "MultiPoint"),
    ],
)
def test_what_makes_no_sense_is_refused(build, says):
    with pytest.raises(GazetteerError, match=says):
        build()


def test_a_damaged_or_newer_file_is_told(overlay, opened):
    overlay.path.parent.mkdir()
    overlay.path.write_bytes(b"no database at all" * 100)
    with pytest.raises(GazetteerError, match="cannot be read as your places"):
        opened()
    with pytest.raises(OutputError, match="could not be written"):
        overlay.add(BRIDGE)
    overlay.path.unlink()
    overlay.add(BRIDGE)
    with sqlite3.connect(overlay.path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(GazetteerError, match="version 9"):
        opened()
    with pytest.raises(GazetteerError, match="version 9"):
        overlay.remove("gn:1")


def test_a_database_of_something_else_is_left_alone(overlay):
    overlay.path.parent.mkdir()
    with sqlite3.connect(overlay.path) as connection:
        connection.execute("CREATE TABLE accounts (id)")
    connection.close()
    for use in (overlay.read, lambda: overlay.add(BRIDGE)):
        with pytest.raises(GazetteerError, match="not one of your places"):
            use()


def full(overlay: Overlay) -> Contents:
    overlay.add(BRIDGE)
    overlay.add(shaped("The Wall, part 2", PlaceKind.BORDER, WALL, names=(("de", "Mauer"),)))
    overlay.remove("gn:2988507")
    overlay.correct(Correction("Paris", "gn:4717560", "US", "Lamar, or not"))
    return overlay.read()


@pytest.mark.parametrize("name", ["own.csv", "own.geojson"])
def test_export_and_import_round_trip(overlay, tmp_path, name):
    contents = full(overlay)
    path = tmp_path / name
    export_file(contents, path)
    again = Overlay(tmp_path / "again.sqlite")
    again.merge(import_file(path))
    assert again.read() == contents
    with pytest.raises(OutputError, match="--force"):
        export_file(contents, path)
    export_file(contents, path, overwrite=True)


def test_plain_tables_are_read(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("\ufeffname,lat,lon\nCamp Hope,1.5,2\n", encoding="utf-8")
    (place,) = import_file(path).places
    assert (place.name, place.kind, place.lat, place.lon) == ("Camp Hope", PlaceKind.FACILITY, 1.5, 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title,lat,lon\nCamp,1,2\n", r"places\.csv:1: no column 'name'; found title, lat, lon"),
        ("", r"places\.csv:1: no column 'name'; found nothing"),
        ("name,lat,lon\nCamp,1\n", r"places\.csv:2: expected 3 cells"),
        ("name,lat,lon\nA,1,2\nCamp,north,2\n", r"places\.csv:3: lat is 'north'"),
        ("name,lat,lon\n,1,2\n", r"places\.csv:2: name is blank"),
        ("name,lat,lon,kind\nCamp,1,2,tent\n", r"places\.csv:2: kind is 'tent', expected one of country"),
        ("name,lat,lon,population\nCamp,1,2,inf\n", r"places\.csv:2: population is 'inf'"),
        ("name,lat,lon,geometry\nCamp,1,2,CIRCLE(1)\n", r"places\.csv:2: geometry is no WKT"),
        ("action,name,id\nforget,A,gn:1\n", r"places\.csv:2: action is 'forget'"),
    ],
)
def test_errors_in_a_table_name_the_line(tmp_path, text, says):
    path = tmp_path / "places.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GazetteerError, match=says):
        import_file(path)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("{", "no JSON"),
        ("[]", "feature 1: not valid GeoJSON"),
        ('{"features": [{}]}', "feature 1: not valid GeoJSON"),
        ('{"features": [{"properties": {}, "geometry": {"type": "Point"}}]}', "feature 1: not valid"),
        ('{"features": [{"properties": {"name": "A"}, "geometry": null}]}', "feature 1: lat is None"),
    ],
)
def test_errors_in_geojson_name_the_feature(tmp_path, value, says):
    path = tmp_path / "places.geojson"
    path.write_text(value, encoding="utf-8")
    with pytest.raises(GazetteerError, match=says):
        import_file(path)


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "latin.csv").write_bytes(b"name,lat,lon\nM\xfcnchen,1,2\n")
    for name, says in (
        ("none.csv", "cannot be read"),
        ("latin.csv", "no UTF-8 at byte 14"),
        ("a.xlsx", "unknown format"),
    ):
        with pytest.raises(GazetteerError, match=says):
            import_file(tmp_path / name)


def test_a_shape_is_read_from_geometry_feature_or_collection(tmp_path):
    path = tmp_path / "shape.geojson"
    geometry = WALL.__geo_interface__
    feature = {"type": "Feature", "properties": None, "geometry": geometry}
    for value in (geometry, feature, {"type": "FeatureCollection", "features": [feature]}):
        path.write_text(json.dumps(value), encoding="utf-8")
        assert read_shape(path).equals(WALL)
    path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with pytest.raises(GazetteerError, match="no geometry"):
        read_shape(path)
