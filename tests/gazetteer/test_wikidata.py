"""Wikidata as people have it: dumps of entities, packed or not, and what the query service gives."""

from __future__ import annotations

import bz2
import gzip
import json
import tracemalloc

import pytest

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.imports import Files, import_files
from geomap.gazetteer.sources import kinds, wikidata
from geomap.gazetteer.store import Store
from geomap.record import PlaceKind


def statement(value, rank="normal"):
    return {"mainsnak": {"snaktype": "value", "datavalue": {"value": value}}, "type": "statement", "rank": rank}


UNKNOWN = {"mainsnak": {"snaktype": "somevalue"}, "type": "statement", "rank": "normal"}


def point(lat, lon, globe="http://www.wikidata.org/entity/Q2"):
    return {"latitude": lat, "longitude": lon, "altitude": None, "precision": 0.01, "globe": globe}


def entity(number, labels, *, lat=None, lon=None, classes=(), aliases=None, **claims):
    said = {name: [statement(value) if not isinstance(value, list) else value[0]] for name, value in claims.items()}
    if classes:
        said["P31"] = [statement({"entity-type": "item", "id": item}) for item in classes]
    if lat is not None:
        said["P625"] = [statement(point(lat, lon))]
    return {
        "type": "item",
        "id": f"Q{number}",
        "labels": {code: {"language": code, "value": text} for code, text in labels.items()},
        "aliases": {
            code: [{"language": code, "value": text} for text in texts] for code, texts in (aliases or {}).items()
        },
        "claims": said,
        "sitelinks": {},
    }


ENTITIES = [
    entity(
        978515,
        {"de": "Pandsch", "en": "Panj", "ru": "Пяндж", "zh": "喷赤", "zh-hans": "喷赤县", "simple": "The Panj"},
        lat=37.236,
        lon=69.099,
        classes=["Q3957"],
        aliases={"ru": ["Кировабад"], "mul": ["Pyanj"]},
        P1566="1220750",
    ),
    entity(
        900001,
        {"en": "Mount Nowhere", "hi": "नोवेयर"},
        lat=38.5,
        lon=68.5,
        classes=["Q1", "Q8502"],
        P17={"entity-type": "item", "id": "Q863"},
    ),
    entity(900002, {"fr": "Le Néant"}, lat=-33.0, lon=150.0, classes=["Q532"], P1082={"amount": "+1200", "unit": "1"}),
    entity(900003, {"en": "Old Realm"}, lat=10, lon=10, classes=["Q3624078"], P576={"time": "+1900-00-00T00:00:00Z"}),
    entity(900004, {"en": "A painting"}, lat=1, lon=1, classes=["Q3305213"]),
    entity(900005, {"en": "A book"}, classes=["Q571"]),
    entity(900006, {"en": "Twin"}, lat=37.3, lon=69.2, classes=["Q532"], P1566="1220750"),
    {"type": "property", "id": "P625", "labels": {}, "claims": {}, "datatype": "globe-coordinate"},
]
CRATER = entity(900007, {"en": "Tycho"}, classes=["Q8502"]) | {}
CRATER["claims"]["P625"] = [statement(point(-43, -11, "http://www.wikidata.org/entity/Q405"))]


def dump(entities, *, listed=True):
    lines = [json.dumps(one, ensure_ascii=False) for one in entities]
    return "[\n" + ",\n".join(lines) + "\n]\n" if listed else "\n".join(lines) + "\n"


@pytest.fixture
def build(tmp_path, small):
    def run(*paths, base=small, **files):
        import_files(Files(wikidata=paths, **files), tmp_path / "new", base=base)
        store = Store.open(tmp_path / "new")
        store.verify()
        return store

    return run


def read(path):
    return [entry for entry, _ in wikidata.places([path], {"Q863": "TJ"})]


@pytest.mark.parametrize("suffix", [".json", ".json.gz", ".json.bz2"])
@pytest.mark.parametrize("listed", [True, False])
def test_a_dump_is_read_packed_or_not(tmp_path, suffix, listed):
    path = tmp_path / f"part{suffix}"
    pack = {".json.gz": gzip.compress, ".json.bz2": bz2.compress}.get(suffix, bytes)
    path.write_bytes(pack(dump([*ENTITIES, CRATER], listed=listed).encode()))
    found = {entry.id: entry for entry in read(path)}
    assert list(found) == ["gn:1220750", "wikidata:Q900001", "wikidata:Q900002", "wikidata:Q900003", "wikidata:Q900006"]
    mountain = found["wikidata:Q900001"]
    assert (mountain.kind, mountain.country, mountain.wikidata) == (PlaceKind.MOUNTAIN, "TJ", "Q900001")
    assert found["wikidata:Q900002"].population == 1200
    assert found["wikidata:Q900003"].kind is PlaceKind.REGION  # it is no country any more


def test_labels_and_aliases_have_languages(tmp_path):
    path = tmp_path / "part.json"
    path.write_text(dump(ENTITIES[:1]), encoding="utf-8")
    names = {(name.text, name.language): name.kind for name in read(path)[0].names}
    assert names == {
        ("Panj", ""): NameClass.MAIN,
        ("Panj", "en"): NameClass.PREFERRED,
        ("Pandsch", "de"): NameClass.PREFERRED,
        ("Пяндж", "ru"): NameClass.PREFERRED,
        ("喷赤", "zh"): NameClass.PREFERRED,
        ("喷赤县", "zh"): NameClass.ALTERNATE,
        ("Pyanj", ""): NameClass.UNTAGGED,
        ("Кировабад", "ru"): NameClass.ALTERNATE,
    }


def test_ranks_decide_and_what_is_unknown_is_no_value(tmp_path):
    city = entity(900010, {"en": "Moved"}, classes=["Q515"], P1566=[UNKNOWN])
    places = [(point(1, 1), "normal"), (point(2, 2), "preferred"), (point(3, 3), "deprecated")]
    city["claims"]["P625"] = [statement(value, rank) for value, rank in places]
    path = tmp_path / "part.json"
    path.write_text(dump([city]))
    (entry,) = read(path)
    assert (entry.lat, entry.lon, entry.geonameid) == (2, 2, None)


def test_items_join_the_places_of_the_gazetteer(build, tmp_path, small):
    path = tmp_path / "part.json"
    path.write_text(dump(ENTITIES), encoding="utf-8")
    store = build(path)
    assert len(store) == len(small) + 4
    (row,) = store.rows("кировабад")
    assert store.id(row) == "gn:1220750"
    assert store.label(row, "de") == "Pandsch"
    assert store.label(row, "en") == "Panj"
    assert store.kind(store.row("wikidata:Q900001")) is PlaceKind.MOUNTAIN
    assert store.meta["sources"][-1]["credit"] == "Wikidata"
    assert store.meta["sources"][-1]["licence"] == "CC0-1.0"


def test_a_store_of_wikidata_alone(build, tmp_path):
    path = tmp_path / "part.json"
    path.write_text(dump(ENTITIES), encoding="utf-8")
    assert len(build(path, path, base=None)) == 5  # an item that stands in two files is one place


TABLE = """\
item,itemLabel,itemLabel_ru,coord,P31,P17,P1566,itemAltLabel,population
wd/Q978515,Panj,Пяндж,Point(69.099 37.236),wd/Q3957,wd/Q863,1220750,"Kirovabad, Pyanj",12000
wd/Q978515,Panj,Пяндж,Point(69.099 37.236),wd/Q515,wd/Q863,1220750,"Kirovabad, Pyanj",12000
wd/Q900008,Q900008,,Point(1 2),,,,,
wd/Q900009,A Depot,,Point(68.5 37.5),,,,,
wd/Q900011,Nowhere,,,,,,,
""".replace("wd/", "http://www.wikidata.org/entity/")


def test_the_table_of_a_query(build, tmp_path):
    path = tmp_path / "query.csv"
    path.write_text(TABLE, encoding="utf-8")
    panj, depot = read(path)
    assert (panj.id, panj.kind, panj.country, panj.population) == ("gn:1220750", PlaceKind.CITY, "TJ", 12_000)
    assert {name.text for name in panj.names} == {"Panj", "Пяндж", "Kirovabad", "Pyanj"}
    assert (depot.id, depot.kind, depot.lat, depot.lon) == ("wikidata:Q900009", PlaceKind.FACILITY, 37.5, 68.5)
    store = build(path)
    assert store.id(store.rows("kirovabad")[0]) == "gn:1220750"


def test_item_label_and_coordinates_are_enough(tmp_path):
    path = tmp_path / "query.tsv"
    path.write_text("?item\t?itemLabel\t?coord\nQ1\tA Place\tPoint(1 2)\n")
    assert [(entry.names[0].text, entry.lat) for entry in read(path)] == [("A Place", 2.0)]


GOOD = json.dumps(ENTITIES[0])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "", ": empty"),
        ("a.json", f"[\n{GOOD},\n{GOOD[:200]}", ":3: no entity of Wikidata, expected one JSON object a line"),
        ("a.json", f"[\n{GOOD},\n", ":2: the list of entities has no end; truncated"),
        ("a.json", GOOD[:-1] + ",}", ":1: no JSON"),
        ("a.json", '{"id": "Q1", "claims": {"P625": 1}}', ":1: no entity of Wikidata (TypeError"),
        ("a.json", '{"id": "Q1", "P625": 1}', ":1: no entity of Wikidata (KeyError: 'claims')"),
        ("a.json", GOOD.replace("37.236", "137.236"), ":1: coordinates 137.236, 69.099 are no degrees"),
        ("a.csv", "item,name\nQ1,a\n", ":1: no column for the coordinates, expected coord or coords"),
        ("a.csv", "item,itemLabel,coord\nX1,a,Point(1 2)\n", ":2: 'X1' is no item of Wikidata"),
        ("a.csv", "item,itemLabel,coord\nQ1,a\n", ":2: 2 columns, expected 3"),
        ("a.csv", "item,itemLabel,coord\nQ1,a,1 2\n", ":2: no coordinates"),
        ("a.csv", "item,itemLabel,coord,population\nQ1,a,Point(1 2),many\n", ":2: the population is 'many'"),
    ],
)  # fmt: skip
def test_malformed_files_are_named_and_the_old_gazetteer_stays(tmp_path, write_store, name, text, message):
    write_store(tmp_path / "out")
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(GazetteerError) as error:
        import_files(Files(wikidata=(path,)), tmp_path / "out", base=None)
    assert f"{path}{message}" in str(error.value)
    Store.open(tmp_path / "out").verify()
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([name, "out"])


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_packed_files_that_end_early_or_are_none(tmp_path, suffix, pack):
    path = tmp_path / f"part.json{suffix}"
    path.write_bytes(pack(dump(ENTITIES).encode())[:-20])
    with pytest.raises(GazetteerError, match="truncated or damaged"):
        read(path)
    path.write_bytes(b"[\n{}\n]")
    with pytest.raises(GazetteerError, match=r"part\.json.*truncated or damaged"):
        read(path)


def test_bytes_that_are_not_utf8(tmp_path):
    path = tmp_path / "part.json"
    path.write_bytes(b"[\n" + GOOD.encode()[:-1] + b"\xff},\n]")
    with pytest.raises(GazetteerError, match=r"part\.json:2: byte \d+ of the line is not UTF-8"):
        read(path)


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(count):
        path = tmp_path / f"{count}.json"
        with path.open("w") as file:
            file.write("[\n")
            for number in range(count):
                file.write(json.dumps(entity(number + 1, {"en": f"Place {number}"}, lat=1, lon=1, classes=["Q532"])))
                file.write(",\n" if number < count - 1 else "\n]\n")
        tracemalloc.start()
        assert sum(1 for _ in wikidata.places([path], {})) == count
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)  # what is loaded once
    assert peak(4000) - peak(1000) < 3000 * 150  # the number of each item, and nothing more


def test_the_kinds_of_items_are_in_the_table():
    table = kinds.table("wikidata")
    assert all(term[0] == "Q" and term[1:].isdecimal() for term in table)
    assert table["Q4022"].place is PlaceKind.RIVER
