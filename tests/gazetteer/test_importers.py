"""Importers, on small files in the formats that people have."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import pytest
from shapely import LineString, MultiPolygon, Point, Polygon, box, from_wkb, to_wkb
from shapely.geometry import mapping as geo

from geomap.errors import GazetteerError, OutputError
from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.geometry import clean
from geomap.gazetteer.imports import Files, import_files
from geomap.gazetteer.rows import reader
from geomap.gazetteer.sources import features, kinds
from geomap.gazetteer.store import PlaceFlag, Store
from geomap.gazetteer.write import Writer, writing
from geomap.record import PlaceKind
from geomap.text.normalise import key


def place(geonameid, name, alternates, lat, lon, code, country, admin1="", admin2="", population=0):  # noqa: PLR0917 a row
    feature_class, feature = code.split(".")
    cells = (geonameid, name, name, alternates, lat, lon, feature_class, feature, country, "", admin1, admin2)
    return "\t".join(map(str, (*cells, "", "", population, "", 450, "Asia/Dushanbe", "2024-05-01")))


DUMP = [
    place(1220409, "Republic of Tajikistan", "", 39, 71, "A.PCLI", "TJ", "00", population=9_500_000),
    place(1347488, "Viloyati Khatlon", "Khatlon", 37.9, 69.1, "A.ADM1", "TJ", "02"),
    place(1220253, "Sughd", "", 39.9, 69.0, "A.ADM1", "TJ", "03"),
    place(7000001, "Panj District", "", 37.3, 69.2, "A.ADM2", "TJ", "02", "777"),
    place(1220750, "Panj", "Panji,Пяндж,TJPJ", 37.2361, 69.0993, "P.PPL", "TJ", "02", "777", 12_000),
    place(7000002, "Sherkhan Bandar", "", 37.18, 68.61, "S.PSTB", "AF", "24"),
    place(7000003, "Oqsu", "Paris,Аксу", 38.1, 70.0, "H.STM", "TJ", "02"),
    place(7000004, "Nobody", "", 0, 0, ".", ""),
    place(7000005, "Kafarnihon", "", 38.2, 68.3, "P.PPLH", "TJ", "02"),
]

NAMES = """\
1\t1220750\tru\tПяндж\t1\t\t\t\t\t
2\t1220750\tru\tКировабад\t\t\t\t1\t\t
3\t1220750\tde\tPandsch\t\t\t\t\t\t
4\t1220750\tlink\thttps://en.wikipedia.org/wiki/Panj\t\t\t\t\t\t
5\t1220750\twkdt\tQ978515\t\t\t\t\t\t
6\t1220750\tabbr\tPNJ.\t\t\t\t\t\t
7\t7000002\tfa\tشیرخان بندر\t\t\t\t\t\t
8\t7000002\ten\tSher Khan\t\t\t1\t\t\t
9\t7000003\t\tParis\t\t\t\t\t\t
10\t7000003\t\tOksu\t\t\t\t\t\t
"""


def zipped(path, name, text):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "This is no table.")
        archive.writestr(name, text)
    return path


@pytest.fixture
def dump(tmp_path):
    return zipped(tmp_path / "TJ.zip", "TJ.txt", "".join(f"{row}\n" for row in DUMP))


@pytest.fixture
def alternates(tmp_path):
    return zipped(tmp_path / "alternateNamesV2.zip", "alternateNamesV2.txt", NAMES)


@pytest.fixture
def build(tmp_path, small):
    """Import files on top of the small store, or of nothing; return the new store."""

    def run(base=small, **files):
        single = {"alternate_names", "admin1", "admin2", "country_info", "columns"}
        chosen = {name: value if name in single else (value,) for name, value in files.items()}
        import_files(Files(**chosen), tmp_path / "new", base=base)
        store = Store.open(tmp_path / "new")
        store.verify()
        return store

    return run


def best(store, name):
    return store.entry(store.rows(key(name))[0])


# The writer


def test_a_copy_of_a_store_has_the_same_bytes(small, tmp_path):
    read = reader(small)
    with writing(tmp_path / "copy", about={"sources": []}) as writer:
        for row in reversed(range(len(small))):
            writer.add(read(row))
    names = [path.name for path in small.path.iterdir() if path.name != "meta.json"]
    assert names
    for name in names:
        assert (tmp_path / "copy" / name).read_bytes() == (small.path / name).read_bytes(), name


def test_many_languages_and_places_fit(tmp_path, make_city, write_store):
    from geomap.gazetteer.entry import Name

    letters = "abcdefghijklmnopqr"
    tags = [a + b for a in letters for b in letters]
    city = make_city(1, "Babel", "IQ", 32.5, 44.4, 100, *(Name(f"Babel {tag}", tag) for tag in tags))
    write_store(tmp_path / "out", [city, *(make_city(i, f"Town {i}", "IQ", 33, 44, i) for i in range(2, 2000))])
    store = Store.open(tmp_path / "out")
    assert len(store.languages) > 256
    assert store.languages[store.postings("babel rq")["language"][0]] == "rq"
    assert store.row("gn:1999") == store.rows("town 1999")[0]


def test_two_places_of_one_id_are_an_error(tmp_path, make_city, write_store):
    with pytest.raises(GazetteerError, match="GeoNames id 5 comes twice"):
        write_store(tmp_path / "out", [make_city(5, "A", "TJ", 1, 1, 1), make_city(5, "B", "TJ", 1, 1, 1)])
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_gazetteer_is_left_alone(tmp_path, write_store):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("Dear")
    with pytest.raises(OutputError, match="is no gazetteer"):
        write_store(tmp_path / "home")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert (tmp_path / "home" / "letter.txt").read_text() == "Dear"


FULL_DISK = """
import resource, sys
from pathlib import Path
from geomap.errors import OutputError
from geomap.gazetteer.imports import Files, import_files
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))  # no file can grow beyond it, as on a full disk
try:
    import_files(Files(geonames=(Path(sys.argv[1]),)), Path(sys.argv[2]), base=None)
except OutputError as error:
    print(error)
"""


def test_a_full_disk_leaves_the_old_gazetteer(dump, tmp_path, write_store):
    write_store(tmp_path / "out")
    before = sorted(path.name for path in tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, dump, tmp_path / "out"], capture_output=True, text=True, check=True
    )
    assert "could not be written" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    store = Store.open(tmp_path / "out")
    store.verify()
    assert store.rows("vladivostok")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
def test_an_interruption_leaves_the_old_gazetteer(dump, tmp_path, write_store, monkeypatch, stop):
    def interrupted(*_):
        raise stop

    write_store(tmp_path / "out")
    before = sorted(path.name for path in tmp_path.iterdir())
    monkeypatch.setattr(Writer, "finish", interrupted)
    with pytest.raises(stop):
        import_files(Files(geonames=(dump,)), tmp_path / "out", base=None)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    Store.open(tmp_path / "out").verify()


KILLED = """
import os, signal, sys
from pathlib import Path
from geomap.gazetteer.imports import Files, import_files
from geomap.gazetteer.write import Writer
Writer.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # the last moment before the new one takes its place
import_files(Files(geonames=(Path(sys.argv[1]),)), Path(sys.argv[2]), base=None)
"""


def test_a_killed_build_leaves_the_old_gazetteer(dump, tmp_path, write_store, build):
    write_store(tmp_path / "out")
    done = subprocess.run([sys.executable, "-c", KILLED, dump, tmp_path / "out"], check=False)
    assert done.returncode < 0
    Store.open(tmp_path / "out").verify()
    assert build(base=Store.open(tmp_path / "out"), geonames=dump).rows("vladivostok")  # and the next build works


def test_places_go_to_disk_as_they_come(tmp_path, small, monkeypatch):
    monkeypatch.setattr("geomap.gazetteer.write._BATCH", 2)
    read = reader(small)
    with writing(tmp_path / "copy", about={"sources": []}) as writer:
        for row in range(len(small)):
            writer.add(read(row))
            assert len(writer._places) < 2
            assert len(writer._names) < 2
    assert isinstance(writer, Writer)
    assert (tmp_path / "copy" / "postings.npy").read_bytes() == (small.path / "postings.npy").read_bytes()


# GeoNames


def test_a_dump_alone_becomes_a_gazetteer(build, dump):
    store = build(base=None, geonames=dump)
    panj = best(store, "panj")
    assert (panj.id, panj.population, panj.lat, panj.kind) == ("gn:1220750", 12_000, 37.2361, "city")
    assert store.parents(panj.row) == ("admin1:TJ.02", "country:TJ")
    assert store.row("admin1:TJ.02") is not None
    assert store.kind(store.row("country:TJ")) is PlaceKind.COUNTRY
    assert store.admin2(panj.row) == "TJ.02.777"
    assert store.row("admin2:TJ.02.777") is not None
    assert best(store, "sherkhan bandar").kind is PlaceKind.CROSSING
    assert best(store, "oqsu").kind is PlaceKind.RIVER
    assert PlaceFlag.HISTORICAL in best(store, "kafarnihon").flags
    assert store.languages[store.postings("пяндж")["language"][0]] == "tg"  # the script at home, without a tag
    assert not store.rows("tjpj")  # a code
    assert not store.rows("nobody")  # no feature code
    assert store.meta["sources"][0]["credit"] == "GeoNames"


def test_a_dump_is_united_with_the_gazetteer(build, dump, small):
    store = build(geonames=dump)
    panj = best(store, "panj")
    rows = [row for row in range(len(store)) if store.label(row, "") == "Panj"]
    assert sorted(map(store.id, rows)) == ["gn:1220750", "river:panj"]
    assert store.entry(store.row("gn:1220750")).population == 12_000  # the newer figure
    assert store.admin1(store.row("gn:1220750")) == "TJ-KT"  # the gazetteer's code
    assert store.admin1(store.row("gn:7000003")) == "TJ-KT"  # learnt from Panj for all of the unit
    assert panj.id
    tajikistan = store.row("country:TJ")
    assert store.geometry(tajikistan) == small.geometry(small.row("country:TJ"))
    assert store.rows("republic of tajikistan") == [tajikistan]
    assert store.row("gn:1220409") is None
    khatlon = store.row("admin1:TJ-KT")
    assert store.row("admin1:TJ.02") is None
    assert store.rows("viloyati khatlon") == [khatlon]
    assert store.geometry_type(khatlon) == "polygon"
    assert store.row("admin1:TJ.03") is not None  # a unit that the gazetteer lacks
    assert len({store.id(row) for row in range(len(store))}) == len(store)


def test_other_names_of_far_bigger_places_are_dropped(build, dump, small):
    store = build(geonames=dump)
    assert [store.id(row) for row in store.rows("paris")] == [small.id(row) for row in small.rows("paris")]
    assert store.rows("аксу")


def test_alternate_names_have_languages_and_marks(build, dump, alternates):
    store = build(base=None, geonames=dump, alternate_names=alternates)
    panj = store.row("gn:1220750")
    names = {posting.text: (posting.kind, posting.language) for posting in store.names(panj)}
    assert names["Пяндж"] == (NameClass.PREFERRED, "ru")
    assert names["кировабад"] == (NameClass.OLD, "ru")
    assert names["Pandsch"] == (NameClass.PREFERRED, "de")
    assert names["pnj."][0] is NameClass.ABBREVIATION
    assert not any("wikipedia" in name for name in names)
    assert store.wikidata(panj) == "Q978515"
    assert store.label(panj, "de") == "Pandsch"
    bandar = store.row("gn:7000002")
    assert store.label(bandar, "fa") == "شیرخان بندر"
    assert store.label(bandar, "en") == "Sherkhan Bandar"  # colloquial names are nobody's usual ones
    assert store.postings("sher khan")["kind"][0] == NameClass.UNTAGGED


def test_lists_of_codes_name_units_without_a_point(build, tmp_path):
    cities = tmp_path / "cities500.txt"
    cities.write_text(DUMP[4] + "\n", encoding="utf-8")
    admin1, admin2, info = (tmp_path / name for name in ("admin1CodesASCII.txt", "admin2Codes.txt", "countryInfo.txt"))
    admin1.write_text("TJ.02\tKhatlon\tKhatlon\t1347488\nTJ.99\tNowhere\tNowhere\t99\n")
    admin2.write_text("TJ.02.777\tPanj District\tPanj District\t7000001\n")
    info.write_text(
        "# comment\n#ISO\tISO3\n"
        "TJ\tTJK\t762\tTI\tTajikistan\tDushanbe\t143100\t9100837\tAS\t.tj\tTJS\tSomoni\t992\t######\t^(.*)$\ttg\t1220409"
        "\tKG,AF,CN,UZ\t\n"
    )
    store = build(base=None, geonames=cities, admin1=admin1, admin2=admin2, country_info=info)
    assert sorted(store.id(row) for row in range(len(store))) == [
        "admin1:TJ.02",
        "admin2:TJ.02.777",
        "country:TJ",
        "gn:1220750",
    ]
    country = store.entry(store.row("country:TJ"))
    assert (country.population, country.geonameid, country.lat) == (9_100_837, 1220409, 37.2361)
    assert store.postings("tjk")["kind"][0] == NameClass.CODE


def test_parts_of_a_country_do_not_become_the_country(build, tmp_path, small):
    path = tmp_path / "FR.txt"
    path.write_text(
        place(3017382, "Republic of France", "", 46, 2, "A.PCLI", "FR", population=64_000_000)
        + "\n"
        + place(3042075, "Clipperton", "", 10.3, -109.2, "A.PCLIX", "FR", population=99_000_000)
        + "\n"
    )
    store = build(geonames=path)
    assert [store.id(row) for row in store.rows("clipperton")] == ["gn:3042075"]
    assert store.kind(store.row("gn:3042075")) is PlaceKind.REGION
    assert len(store) == len(small) + 1


def test_every_kind_of_the_table_is_known():
    for vocabulary in ("geonames", "osm", "natural earth", "word"):
        assert kinds.table(vocabulary)
    assert kinds.of_feature_code("S", "XYZ").place is PlaceKind.FACILITY
    assert kinds.of_feature_code("H", "SEA").place is PlaceKind.SEA


def bad_column(rows):
    return [rows[0], rows[1].rsplit("\t", 1)[0]]


def bad_number(rows):
    return [rows[0].replace("1220409", "12x")]


def bad_latitude(rows):
    return [rows[0], rows[4].replace("37.2361", "97.2361")]


def bad_population(rows):
    return [rows[4].replace("12000", "many")]


@pytest.mark.parametrize(
    ("damage", "line", "message"),
    [
        (bad_column, 2, "18 columns, expected 19"),
        (bad_number, 1, "geonameid is '12x'"),
        (bad_latitude, 2, "outside of the globe"),
        (bad_population, 1, "population is 'many'"),
    ],
)
def test_malformed_lines_are_named(tmp_path, write_store, damage, line, message):
    write_store(tmp_path / "out")
    path = tmp_path / "XX.txt"
    path.write_text("".join(f"{row}\n" for row in damage(DUMP)), encoding="utf-8")
    with pytest.raises(GazetteerError) as error:
        import_files(Files(geonames=(path,)), tmp_path / "out", base=None)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert message in str(error.value)
    assert Store.open(tmp_path / "out").rows("vladivostok")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["XX.txt", "out"]


def test_bytes_that_are_not_utf8_are_named(tmp_path):
    path = tmp_path / "XX.txt"
    path.write_bytes(DUMP[0].encode() + b"\n" + DUMP[1].replace("Viloyati", "Viloy\xe4ti").encode("latin-1") + b"\n")
    with pytest.raises(GazetteerError, match=r"XX\.txt:2: byte 14 of the line is not UTF-8 \(0xe4\)"):
        import_files(Files(geonames=(path,)), tmp_path / "out", base=None)


def test_truncated_archives_are_named(tmp_path, dump):
    whole = dump.read_bytes()
    dump.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(GazetteerError, match=r"TJ\.zip: truncated or damaged"):
        import_files(Files(geonames=(dump,)), tmp_path / "out", base=None)
    assert not (tmp_path / "out").exists()


def test_damaged_archives_are_named_with_the_line(tmp_path):
    path = tmp_path / "XX.zip"
    rows = "".join(f"{place(i, f'Town {i * 7919}', '', 1, 1, 'P.PPL', 'TJ')}\n" for i in range(1, 3000))
    zipped(path, "XX.txt", rows)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(GazetteerError, match=r"XX\.zip:\d+: "):
        import_files(Files(geonames=(path,)), tmp_path / "out", base=None)


def test_reading_shows_how_far_it_is(tmp_path, dump, capsys):
    import_files(Files(geonames=(dump,)), tmp_path / "out", base=None, progress=True)
    assert "TJ.zip: 100%" in capsys.readouterr().err
    import_files(Files(geonames=(dump,)), tmp_path / "out", base=None)
    assert capsys.readouterr().err == ""


def test_rows_that_are_one_place_to_the_gazetteer_are_taken_once(build, tmp_path, small):
    path = tmp_path / "TJ.txt"
    path.write_text("".join(f"{DUMP[row]}\n" for row in (4, 4, 0, 0)), encoding="utf-8")
    assert len(build(geonames=path)) == len(small)


@pytest.mark.parametrize("name", ["none.zip", "none.txt"])
def test_missing_files_are_named(tmp_path, name):
    with pytest.raises(GazetteerError, match=name):
        import_files(Files(geonames=(tmp_path / name,)), tmp_path / "out", base=None)


def test_empty_files_are_no_dumps(tmp_path):
    path = tmp_path / "XX.txt"
    path.write_text("")
    with pytest.raises(GazetteerError, match="empty"):
        import_files(Files(geonames=(path,)), tmp_path / "out", base=None)


# Map files and tables


def collection(path, *items, indent=None):
    rows = [
        {"type": "Feature", "properties": fields, "geometry": geo(shape) if shape else None}
        | ({"id": fields["@id"]} if "@id" in fields else {})
        for fields, shape in items
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}, indent=indent), encoding="utf-8")
    return path


def test_openstreetmap_tags_are_understood(build, tmp_path):
    path = collection(
        tmp_path / "osm.geojson",
        (
            {"@id": "way/1", "name": "Nurek Dam", "name:ru": "Нурекская ГЭС", "waterway": "dam", "wikidata": "Q1"},
            LineString([(69.3, 38.37), (69.35, 38.37)]),
        ),
        ({"@id": "node/2", "name": "Kulob", "place": "town", "population": "about 100"}, Point(69.78, 37.91)),
        ({"@id": "way/3", "highway": "track"}, LineString([(1, 1), (2, 2)])),
        ({"@id": "way/4", "name": "Lost"}, None),
    )
    store = build(features=path)
    dam = best(store, "nurek dam")
    assert (dam.id, dam.kind, dam.country, store.geometry_type(dam.row)) == ("osm:way/1", "dam", "TJ", "line")
    assert store.label(dam.row, "ru") == "Нурекская ГЭС"
    kulob = best(store, "kulob")
    assert (kulob.kind, kulob.country, kulob.admin1) == ("city", "TJ", "TJ-KT")  # by the polygons of the gazetteer
    assert not store.rows("lost")


def test_towns_of_one_name_nearby_are_one(build, tmp_path):
    path = tmp_path / "towns.csv"
    path.write_text("name,lat,lon,kind,names\nPanj,37.3,69.1,town,Panjshahr\nPanj,38.9,69.1,town,\n")
    store = build(features=path)
    assert store.rows("panjshahr") == [store.row("gn:1220750")]
    assert store.row("towns:3") is not None


def test_shapes_that_reach_over_a_border_have_no_country(build, tmp_path):
    path = collection(
        tmp_path / "areas.geojson", ({"name": "Wide"}, box(60, 37, 70, 38)), ({"name": "Narrow"}, box(68, 37, 69, 37.5))
    )
    store = build(features=path)
    assert best(store, "wide").country == ""
    assert (best(store, "narrow").country, best(store, "narrow").admin1) == ("TJ", "TJ-KT")


def test_a_long_geojson_is_read_piece_by_piece(build, tmp_path, monkeypatch):
    monkeypatch.setattr("geomap.gazetteer.sources.vector._CHUNK", 64)
    ring = Point(69, 37).buffer(0.2, 64)
    path = collection(
        tmp_path / "long.geojson",
        *(({"name": f'Ärea "{i}" ]}}', "kind": "region"}, ring) for i in range(20)),
        indent=1,
    )
    store = build(base=None, features=path)
    assert len(store) == 20
    assert best(store, 'area "7" ]}').kind is PlaceKind.REGION


def test_one_feature_a_line(build, tmp_path):
    path = tmp_path / "list.geojsonl"
    row = {"type": "Feature", "properties": {"name": "Dusti"}, "geometry": geo(Point(68.6, 37.3))}
    path.write_text(json.dumps(row) + "\n\x1e" + json.dumps(row | {"properties": {"name": "Qumsangir"}}) + "\n")
    assert len(build(base=None, features=path)) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": "FeatureCollection", "features": [\n{"type": "Feature"', ":2: truncated"),
        (
            '{"type": "FeatureCollection", "features": [\n\n{"type": Feature, "a": "bcdefghijklmnopqrst"}]}',
            ":3: no JSON",
        ),
        ('{"type": "FeatureCollection", "features": [', ":1: truncated: the collection does not end"),
        ('{"type": "Topology"}', "holds no GeoJSON features"),
        ('{"features": [{"type": "Feature", "geometry": {"type": "Point"}}]}', ":1: the geometry cannot be read"),
        ('{"features": [{"type": "Feature", "geometry": {"type": "Heart", "coordinates": []}}]}', "cannot be read"),
        ('{"features": [\n3]}', ":2: not a GeoJSON feature"),
        ('{"features": [{"type": "Feature", "properties": {"name": "a"}, "geometry": null}]}', "no feature has a name"),
        ('{"features": [' + "[" * 100_000, ":1: "),
    ],
)
def test_malformed_geojson_is_named(tmp_path, text, message):
    path = tmp_path / "bad.geojson"
    path.write_text(text)
    with pytest.raises(GazetteerError) as error:
        import_files(Files(features=(path,)), tmp_path / "out", base=None)
    assert "bad.geojson" in str(error.value)
    assert message in str(error.value)


def test_geojson_that_is_not_utf8_is_named(tmp_path):
    path = tmp_path / "bad.geojson"
    path.write_bytes(b'{"features": [\n{"type": "Feature", "properties": {"name": "K\xf6ln"}, "geometry": null}]}')
    with pytest.raises(GazetteerError, match=r"bad\.geojson:2: not UTF-8"):
        import_files(Files(features=(path,)), tmp_path / "out", base=None)


def test_tables_are_read_by_a_mapping(build, tmp_path):
    path = tmp_path / "castles.csv"
    path.write_text(
        'ID;TITLE;RUS;Y;X;WHAT;ALT\n7;"Hisor\nFortress";Гиссарская крепость;38.49;68.57;Castle;Hissar|Gissar\n'
        "8;Hulbuk;;37.79;69.56;palace;\n9;Unplaced;;;;palace;\n",
        encoding="utf-8-sig",
    )
    columns = features.mapping("name=TITLE,name:ru=RUS,lat=Y,lon=X,kind=WHAT,names=ALT,id=ID,country==TJ")
    store = build(base=None, features=path, columns=columns)
    fort = best(store, "hisor fortress")
    assert (fort.id, fort.kind, fort.country) == ("castles:7", "facility", "TJ")
    assert store.rows("gissar") == store.rows("гиссарская крепость") == [fort.row]
    assert len(store) == 2


def test_tables_may_hold_shapes_and_geonames_ids(build, tmp_path):
    path = tmp_path / "areas.tsv"
    path.write_text(
        "name\twkt\tkind\tgeonameid\tlat\nPanj Valley\tPOLYGON((68 37,69 37,69 38,68 37))\tregion\t\t1\n"
        "Pandsch\tPOINT(69.1 37.2)\ttown\t1220750\t1\n"
    )
    store = build(features=path)
    assert store.geometry_type(best(store, "panj valley").row) == "polygon"
    assert store.id(store.rows("pandsch")[0]) == "gn:1220750"


def test_a_place_of_a_table_waits_for_the_dump(build, tmp_path, dump):
    path = tmp_path / "mine.csv"
    path.write_text("name,lat,lon,geonameid\nOur river,38.1,70,7000003\nOur own,1,1,42\n")
    store = build(base=None, features=path, geonames=dump)
    assert [store.id(row) for row in store.rows("our river")] == ["gn:7000003"]
    assert best(store, "our river").kind is PlaceKind.RIVER
    assert store.row("gn:42") is not None


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("title,lat,lon\na,1,2\n", "name=TITLE", ":1: no column 'TITLE' for name; there are: title, lat, lon"),
        ("name,a,b\na,1,2\n", "", ":1: which columns hold lat and lon? There are: name, a, b"),
        ("name,lat,lon\na,1\n", "", ":2: 2 columns, expected 3"),
        ("name,lat,lon\na,1,x\n", "", ":2: no coordinates"),
        ("name,lat,lon\na,1,\n", "", ":2: no coordinates"),
        ("name,lat,lon\na,91,0\n", "", ":2: coordinates 0, 91, 0, 91 are no degrees"),
        ("name,lat,lon\na,nan,0\n", "", ":2: coordinates"),
        ("name,lat,lon,geonameid\na,1,1,x\n", "", ":2: geonameid is 'x'"),
        ('name,lat,lon\n"a,1,1\n', "", ":2: no CSV"),
        ("name,lat,lon\n", "", None),
        ("", "", "empty"),
    ],
)
def test_malformed_tables_are_named(tmp_path, text, columns, message):
    path = tmp_path / "list.csv"
    path.write_text(text)
    files = Files(features=(path,), columns=features.mapping(columns))
    if message is None:  # no rows, no places
        import_files(files, tmp_path / "out", base=None)
        assert len(Store.open(tmp_path / "out")) == 0
        return
    with pytest.raises(GazetteerError) as error:
        import_files(files, tmp_path / "out", base=None)
    assert "list.csv" in str(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize("text", ["name", "name=", "colour=red", "name:russian=x"])
def test_mappings_that_map_nothing(text):
    with pytest.raises(GazetteerError, match="maps nothing"):
        features.mapping(text)


def test_ids_of_a_file_cannot_pass_for_others(build, tmp_path):
    path = tmp_path / "country.csv"
    path.write_text("name,lat,lon,id\nTJ,1,1,TJ\n")
    assert build(base=None, features=path).row("country-file:TJ") is not None


# Shapes


def jump(*pairs):
    return Polygon(pairs)


@pytest.mark.parametrize(
    "drawn",
    [
        jump((177, -19), (182, -19), (182, -16), (177, -16)),
        jump((177, -19), (-178, -19), (-178, -16), (177, -16)),
        jump((-183, -19), (-178, -19), (-178, -16), (-183, -16)),
    ],
)
def test_areas_across_the_antimeridian_are_cut_there(drawn):
    cut = clean(drawn)
    assert isinstance(cut, MultiPolygon)
    assert sorted(part.bounds for part in cut.geoms) == [(-180, -19, -178, -16), (177, -19, 180, -16)]
    assert cut.area == pytest.approx(15)


def test_holes_go_with_their_area():
    drawn = Polygon([(170, 0), (-170, 0), (-170, 10), (170, 10)], [[(-176, 4), (-174, 4), (-174, 6), (-176, 6)]])
    assert clean(drawn).area == pytest.approx(200 - 4)


def test_an_edge_along_the_pole_is_no_jump():
    antarctica = Polygon([(-180, -90), (180, -90), (180, -80), (0, -75), (-180, -80)])
    assert clean(antarctica).area == pytest.approx(antarctica.area)


def test_lines_across_the_antimeridian():
    assert clean(LineString([(179, 0), (-179, 0)])).geom_type == "MultiLineString"


def test_invalid_areas_are_mended(build, tmp_path):
    bow_tie = Polygon([(68, 37), (69, 38), (69, 37), (68, 38)])
    path = collection(tmp_path / "bad.geojson", ({"name": "Bow Tie"}, bow_tie))
    store = build(base=None, features=path)
    shape = from_wkb(store.geometry(store.rows("bow tie")[0]))
    assert shape.is_valid
    assert shape.area == pytest.approx(0.5)


def test_an_area_smaller_than_a_coordinate_is_a_point(build, tmp_path):
    path = collection(tmp_path / "small.geojson", ({"name": "Hut"}, box(68, 37, 68.00001, 37.00001)))
    store = build(base=None, features=path)
    assert store.geometry_type(store.rows("hut")[0]) == "point"


# Natural Earth


def natural_earth(path, encoding=None, upper=False, crs="EPSG:4326"):  # noqa: FBT002 a fixture's switch
    """Write a layer with pyogrio, in the format of its suffix."""
    import numpy as np
    import pyogrio.raw

    names = ["featurecla", "name", "name_ru", "ne_id", "rivernum", "iso_a2"]
    if upper:
        names = [name.upper() for name in names]
    columns = [
        ["Range/mtn", "Gulf", "River", "River", "Admin-0 country", "Urban area"],
        ["Fann Mountains", "Golfe d'Été", "Panj", "Panj", "Wakanda", "Sprawl"],
        ["Фанские горы" if encoding is None else None, None, None, None, None, None],
        ["1", "2", "3", "4", "5", "6"],
        [None, None, "9", "9", None, None],
        [None, None, None, None, "-99", None],
    ]
    shapes = [
        box(68, 39, 69, 39.5),
        box(1, 1, 3, 3),
        box(70, 37, 71, 37.1),
        box(71, 37, 72, 37.1),
        box(20, 0, 25, 5),
        box(0, 0, 1, 1),
    ]
    options = {"encoding": encoding} if encoding else {}
    pyogrio.raw.write(
        path,
        np.array([to_wkb(shape) for shape in shapes], object),
        [np.array(column, object) for column in columns],
        names,
        geometry_type="Polygon",
        crs=crs,
        **options,
    )
    return path


def check_natural_earth(store, *, russian):
    fann = best(store, "fann mountains")
    assert (fann.kind, store.geometry_type(fann.row)) == ("mountains", "polygon")
    if russian:
        assert store.rows("фанские горы") == [fann.row]
    assert best(store, "golfe d'été").name == "Golfe d'Été"
    assert best(store, "wakanda").kind is PlaceKind.DISPUTED  # a country without a code
    assert not store.rows("sprawl")


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp"])
@pytest.mark.parametrize("upper", [False, True])
def test_natural_earth_in_any_format(build, tmp_path, suffix, upper):
    folder = tmp_path / "ne"
    folder.mkdir()
    natural_earth(folder / f"ne_10m_some.{suffix}", upper=upper)
    check_natural_earth(build(base=None, natural_earth=folder), russian=True)


def test_natural_earth_in_a_zip(build, tmp_path):
    folder = tmp_path / "ne"
    folder.mkdir()
    natural_earth(folder / "layer.shp")
    with zipfile.ZipFile(tmp_path / "layer.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    check_natural_earth(build(base=None, natural_earth=tmp_path / "layer.zip"), russian=True)


@pytest.mark.parametrize("declared", [True, False])
def test_old_shapefiles_are_cp1252(build, tmp_path, declared):
    path = natural_earth(tmp_path / "layer.shp", encoding="cp1252")
    if not declared:
        path.with_suffix(".cpg").unlink()
    check_natural_earth(build(base=None, natural_earth=path), russian=False)


def test_a_cpg_file_is_honoured(build, tmp_path):
    path = natural_earth(tmp_path / "layer.shp", encoding="cp1252")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace("Golfe d'Été".encode("cp1252"), "Zemplín 12ť".encode("cp1250")))
    path.with_suffix(".cpg").write_text("CP1250")
    assert best(build(base=None, natural_earth=path), "zemplín 12ť").kind is PlaceKind.SEA


def test_natural_earth_is_united_with_the_gazetteer(build, tmp_path, small):
    path = collection(
        tmp_path / "ne.geojson",
        ({"FEATURECLA": "River", "NAME": "Panj", "RIVERNUM": 1}, LineString([(68, 37), (70, 37.5)])),
        ({"FEATURECLA": "River", "NAME": "Panj", "RIVERNUM": 1}, LineString([(70, 37.5), (71, 37)])),
        ({"FEATURECLA": "River", "NAME": "Panj", "RIVERNUM": 2}, LineString([(-68, -37), (-70, -37.5)])),
        (
            {"FEATURECLA": "Admin-0 countries", "NAME": "Tajikistan", "ISO_A2": "TJ", "NAME_SV": "Tadzjikistan"},
            box(67, 36, 75, 41),
        ),
        (
            {
                "FEATURECLA": "Populated place",
                "NAME": "Panj",
                "NAMEALT": "",
                "GEONAMEID": 1220750.0,
                "NAME_HU": "Pandzs",
            },
            Point(69, 37),
        ),
    )
    store = build(natural_earth=path)
    assert store.rows("tadzjikistan") == [store.row("country:TJ")]
    assert store.rows("pandzs") == [store.row("gn:1220750")]
    rivers = [row for row in store.rows("panj") if store.kind(row) is PlaceKind.RIVER]
    assert len(rivers) == 2
    assert store.row("river:panj") in rivers
    assert len(store) == len(small) + 1


def test_other_reference_systems_become_degrees(build, tmp_path):
    import numpy as np
    import pyogrio.raw

    path = tmp_path / "mercator.gpkg"
    shape = np.array([to_wkb(Point(7637000, 4650000))], object)
    pyogrio.raw.write(path, shape, [np.array(["Qubodiyon"], object)], ["name"], geometry_type="Point", crs="EPSG:3857")
    found = best(build(base=None, features=path), "qubodiyon")
    assert (found.lon, found.lat) == pytest.approx((68.60, 38.50), abs=0.2)


def test_a_layer_without_the_mapped_column(tmp_path):
    path = natural_earth(tmp_path / "layer.gpkg")
    with pytest.raises(GazetteerError, match="no column 'TITLE' for name; there are: featurecla, name"):
        import_files(Files(features=(path,), columns={"name": "TITLE"}), tmp_path / "out", base=None)


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "zip"])
def test_files_that_are_no_maps(tmp_path, suffix):
    path = tmp_path / f"layer.{suffix}"
    path.write_bytes(b"no map at all")
    with pytest.raises(GazetteerError, match=r"layer\."):
        import_files(Files(natural_earth=(path,)), tmp_path / "out", base=None)


def test_a_folder_without_layers(tmp_path):
    with pytest.raises(GazetteerError, match="holds no layers"):
        import_files(Files(natural_earth=(tmp_path,)), tmp_path / "out", base=None)


# Linked Places


def test_linked_places(build, tmp_path):
    path = tmp_path / "whg.geojson"
    rows = [
        {
            "@id": "https://example.org/places/12",
            "type": "Feature",
            "properties": {"title": "Pyandzh", "ccodes": ["TJ"], "fclasses": ["P"]},
            "names": [
                {"toponym": "Saray-Kamar", "lang": "ru-Latn", "when": {"timespans": [{"end": {"in": "1931"}}]}},
                {"toponym": "Panjshahr", "lang": "tg"},
            ],
            "links": [{"type": "closeMatch", "identifier": "gn:1220750"}],
            "geometry": {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [69.1, 37.2]}]},
        },
        {
            "@id": "13",
            "type": "Feature",
            "properties": {"title": "Kingdom of Khuttal"},
            "types": [{"identifier": "aat:300234621", "label": "kingdom"}],
            "geometry": geo(box(68, 37, 70, 38.5)),
        },
        {"@id": "14", "type": "Feature", "properties": {"title": "Nowhere"}, "geometry": None},
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    store = build(linked_places=path)
    assert store.rows("panjshahr") == [store.row("gn:1220750")]
    assert store.postings("saray kamar")["kind"][0] == NameClass.OLD
    khuttal = best(store, "kingdom of khuttal")
    assert (khuttal.id, khuttal.kind, khuttal.country) == ("whg:13", "region", "TJ")
    assert not store.rows("nowhere")


# The command


@pytest.fixture
def geomap(monkeypatch, capsys):
    from geomap.cli import main

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["geomap", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            main()
        return int(done.value.code or 0), capsys.readouterr().err

    return run


def test_the_command_builds_on_the_gazetteer_in_use(geomap, folder, dump, tmp_path):
    csv = tmp_path / "mine.csv"
    csv.write_text("TITLE,Y,X\nOur Base,37.5,68.5\n")
    words = ["--geonames", dump, "--csv", csv, "--map", "name=TITLE,lat=Y,lon=X,kind==base", "--out", tmp_path / "new"]
    code, said = geomap("--gazetteer", folder, "gazetteer", "build", *words)
    assert (code, said) == (0, f"{tmp_path / 'new'}: built\n")
    store = Store.open(tmp_path / "new")
    assert best(store, "our base").kind is PlaceKind.BASE
    assert store.rows("vladivostok")
    assert [source["name"] for source in store.meta["sources"]] == ["TJ.zip", "mine.csv"]


def test_the_command_says_what_is_wrong(geomap, folder, tmp_path):
    bad = tmp_path / "XX.txt"
    bad.write_text("1\t2\n")
    code, said = geomap("gazetteer", "build", tmp_path / "new", "--geonames", bad, "--base", folder)
    assert code == 1
    assert said == f"geomap: {bad}:1: 2 columns, expected 19 parted by tabs\n"


def test_a_base_of_another_version_is_refused(geomap, dump, tmp_path, write_store):
    write_store(tmp_path / "old")
    meta = tmp_path / "old" / "meta.json"
    meta.write_text(meta.read_text().replace('"schema": 2', '"schema": 99'))
    code, said = geomap("gazetteer", "build", tmp_path / "new", "--geonames", dump, "--base", tmp_path / "old")
    assert code == 1
    assert "written as version 99" in said
    assert not (tmp_path / "new").exists()


def test_a_store_may_be_built_in_its_own_place(geomap, dump, tmp_path, write_store):
    write_store(tmp_path / "out")
    geomap("gazetteer", "build", tmp_path / "out", "--geonames", dump, "--base", tmp_path / "out")
    store = Store.open(tmp_path / "out")
    assert store.rows("sherkhan bandar")
    assert store.rows("vladivostok")
