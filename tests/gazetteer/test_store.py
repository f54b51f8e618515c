"""The store: what it answers, and what it says of a folder that is not whole."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import time

import pytest
from shapely import from_wkb

from geomap.errors import GazetteerError, OutputError
from geomap.gazetteer.entry import Name, NameClass
from geomap.gazetteer.store import PlaceFlag, Store, default_path
from geomap.record import PlaceKind
from geomap.text.normalise import key, normalise


def test_rows_of_a_name_come_best_first(small):
    assert [small.id(row) for row in small.rows(key("PARIS"))] == ["gn:2988507", "gn:4717560"]


def test_a_good_name_of_a_small_place_gives_way_to_a_great_one(tmp_path, write_store, make_city):
    small_town = make_city(1, "Frankfort", "US", 38.2, -84.9, 28_000, Name("法兰克福", "zh", NameClass.PREFERRED))
    great = make_city(2, "Frankfurt", "DE", 50.1, 8.7, 650_000, Name("法兰克福", "zh", NameClass.ALTERNATE))
    namesake = make_city(3, "Elsewhere", "US", 38.2, -84.9, 30_000, Name("法兰克福"))
    write_store(tmp_path / "g", [small_town, great, namesake])
    assert [Store.open(tmp_path / "g").id(row) for row in Store.open(tmp_path / "g").rows("法兰克福")] == [
        "gn:2",
        "gn:1",
        "gn:3",
    ]


def test_a_name_that_is_none_has_no_rows(small):
    assert small.rows("nowhere") == []
    assert small.rows("") == []


def test_postings_carry_class_and_language(small):
    (posting,) = small.postings(key("Parijs"))
    assert (NameClass(posting["kind"]), small.languages[posting["language"]]) == (NameClass.PREFERRED, "nl")
    (posting,) = small.postings("tajikistan")
    assert small.languages[posting["language"]] == ""  # the main name too: it belongs to no one language


def test_prefixes_longest_first(small):
    text = normalise("In Guinea-Bissau").text
    assert small.prefixes(text, 3) == [(16, "guinea bissau")]
    assert small.prefixes("tajikistan", 0) == [(10, "tajikistan"), (5, "tajik")]
    assert small.prefixes("tajikistan", 10) == []


def test_ids_and_rows_lead_to_each_other(small):
    for row in range(len(small)):
        assert small.row(small.id(row)) == row
    for missing in ("gn:1", "gn:", "gn:x", "gn:99999999999", "country:XX", ""):
        assert small.row(missing) is None


def test_labels_fall_back_to_english_then_to_the_main_name(small):
    row = small.row("country:TJ")
    assert [small.label(row, tag) for tag in ("ru", "de", "id", "en", "xx", "")] == [
        "Таджикистан",
        "Tadschikistan",
        "Tajikistan",
        "Tajikistan",
        "Tajikistan",
        "Tajikistan",
    ]
    assert small.label(small.row("river:panj"), "tr") == "Panj"


def test_the_english_label_of_a_city_is_its_newer_name(tmp_path, write_store, make_city):
    astana = make_city(1, "Astana", "KZ", 51.2, 71.4, 1_000_000, Name("Nur-Sultan", "en", NameClass.PREFERRED))
    koeln = make_city(2, "Köln", "DE", 50.9, 7, 1_000_000, Name("Cologne", "en", NameClass.PREFERRED))
    write_store(tmp_path / "g", [astana, koeln])
    store = Store.open(tmp_path / "g")
    assert [store.label(row) for row in range(2)] == ["Astana", "Cologne"]
    assert store.rows("nur sultan") == [0]


def test_names_are_all_there(small):
    names = small.names(small.row("river:panj"))
    assert Name("Пяндж", "ru", NameClass.PREFERRED) in names
    assert Name("pyandzh", "", NameClass.UNTAGGED) in names


def test_an_entry_is_read_out_whole(small):
    entry = small.entry(small.row("gn:1221874"), "ru")
    assert (entry.name, entry.kind, entry.country, entry.geonameid) == ("Душанбе", PlaceKind.CITY, "TJ", 1221874)
    assert (entry.lat, entry.lon, entry.population, entry.feature_code) == (38.536, 68.779, 679_400, "PPLC")
    assert entry.flags is PlaceFlag.CAPITAL
    assert entry.source == "GeoNames"


def test_what_few_places_have(small):
    border = small.row("border:AF-TJ")
    assert small.official_km(border) == 1357
    assert small.status(border) == "agreed"
    assert small.parents(border) == ("country:AF", "country:TJ")
    assert small.official_km(small.row("gn:1220750")) == 0
    assert small.parents(small.row("gn:1220750")) == ("admin1:TJ-KT", "country:TJ")
    assert small.parents(small.row("admin1:TJ-KT")) == ("country:TJ",)
    assert small.parents(small.row("country:TJ")) == ()
    assert small.places["flags"][small.row("region:guinea-bissau")] == PlaceFlag.VAGUE


def test_geometry_comes_back(small):
    types = {place: small.geometry_type(small.row(place)) for place in ("river:panj", "country:TJ", "gn:1220750")}
    assert types == {"river:panj": "line", "country:TJ": "polygon", "gn:1220750": "point"}
    assert small.geometry(small.row("gn:1220750")) is None
    assert from_wkb(small.geometry(small.row("country:TJ"))).bounds == (67, 36, 75, 41)
    assert from_wkb(small.geometry(small.row("river:panj"))).geom_type == "LineString"


def test_pickles_as_its_path(small, folder):
    data = pickle.dumps(small)
    assert len(data) < 500
    assert pickle.loads(data).path == folder  # noqa: S301 our own bytes


def rows_elsewhere(store):
    return store.rows("paris")


def test_other_processes_open_it_themselves(small):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(rows_elsewhere, (small,)) == small.rows("paris")


def test_one_folder_is_opened_once(folder):
    assert Store.open(folder) is Store.open(str(folder))


def test_the_same_entries_give_the_same_bytes(tmp_path, write_store):
    write_store(tmp_path / "a")
    write_store(tmp_path / "b")
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_a_rebuilt_folder_is_opened_anew(tmp_path, write_store, make_city):
    write_store(tmp_path / "g")
    first = Store.open(tmp_path / "g")
    write_store(tmp_path / "g", [make_city(1, "Elsewhere", "FR", 45, 3, 1000)])
    assert Store.open(tmp_path / "g").rows("elsewhere") == [0]
    assert len(first.rows("paris")) == 2  # who holds the old one keeps it
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


def test_a_failed_write_leaves_the_old_store(tmp_path, write_store, monkeypatch, make_city):
    write_store(tmp_path / "g")
    before = (tmp_path / "g" / "meta.json").read_bytes()

    def fail(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.save", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_store(tmp_path / "g", [make_city(1, "Elsewhere", "FR", 45, 3, 1000)])
    assert (tmp_path / "g" / "meta.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


def damaged(tmp_path, write_store):
    write_store(tmp_path / "g")
    return tmp_path / "g"


def test_missing_folder(tmp_path):
    with pytest.raises(GazetteerError, match=r"no gazetteer here.*GEOMAP_GAZETTEER"):
        Store.open(tmp_path / "nothing")


def test_missing_file(tmp_path, write_store):
    path = damaged(tmp_path, write_store)
    (path / "names.marisa").unlink()
    with pytest.raises(GazetteerError, match=r"names\.marisa: missing"):
        Store.open(path)


def test_truncated_file(tmp_path, write_store):
    path = damaged(tmp_path, write_store)
    (path / "postings.npy").write_bytes((path / "postings.npy").read_bytes()[:-1])
    with pytest.raises(GazetteerError, match=r"postings\.npy: .* bytes, expected"):
        Store.open(path)


@pytest.mark.parametrize("name", ["names.marisa", "ids.marisa", "places.npy", "offsets.npy"])
def test_garbage_of_the_right_size(tmp_path, write_store, name):
    path = damaged(tmp_path, write_store)
    (path / name).write_bytes(b"\xff" * (path / name).stat().st_size)
    with pytest.raises(GazetteerError, match="damaged gazetteer"):
        Store.open(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1', "\xff"])
def test_damaged_manifest(tmp_path, write_store, text):
    path = damaged(tmp_path, write_store)
    (path / "meta.json").write_text(text, "latin-1")
    with pytest.raises(GazetteerError, match=r"meta\.json: damaged"):
        Store.open(path)


def test_another_version(tmp_path, write_store):
    path = damaged(tmp_path, write_store)
    meta = json.loads((path / "meta.json").read_text("utf-8")) | {"schema": 99}
    (path / "meta.json").write_text(json.dumps(meta), "utf-8")
    with pytest.raises(GazetteerError, match=r"version 99\.\d, this geomap reads"):
        Store.open(path)


def test_verify_names_the_file_that_changed(tmp_path, write_store):
    path = damaged(tmp_path, write_store)
    Store.open(path).verify()
    data = bytearray((path / "details.bin").read_bytes())
    data[3] ^= 1
    (path / "details.bin").write_bytes(data)
    with pytest.raises(GazetteerError, match=r"details\.bin: damaged"):
        Store(path).verify()


def test_the_environment_names_another_store(monkeypatch, folder):
    monkeypatch.setenv("GEOMAP_GAZETTEER", str(folder))
    assert default_path() == folder
    assert len(Store.open()) == 13


def test_an_empty_store(tmp_path, write_store):
    write_store(tmp_path / "g", [])
    store = Store.open(tmp_path / "g")
    assert len(store) == 0
    assert store.rows("paris") == []
    assert store.prefixes("paris", 0) == []


def test_a_hostile_text_is_scanned_in_linear_time(small):
    text = "paris" * 40_000
    start = time.process_time()
    for offset in range(0, len(text), 5):
        assert small.prefixes(text, offset)[-1][1] == "paris"
    assert time.process_time() - start < 5
