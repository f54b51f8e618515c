"""Natural Earth: what its layers become, with their faults put right."""

from __future__ import annotations

import json

import pytest
from shapely import LineString, Point, box
from shapely.geometry import MultiLineString, mapping

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Name, NameClass
from geomap.gazetteer.sources import natural_earth
from geomap.record import PlaceKind


@pytest.fixture
def facts(tmp_path):
    folder = tmp_path / "facts"
    folder.mkdir()
    tables = {
        "units.csv": "source,id,kind,country,status,name,note\n"
        "BRT,disputed:bir-tawil,disputed,,disputed,,\n"
        "IOA,,,,,,\n"
        "AFG-2,admin1:AF-PAN,,AF,,Panjshir,\n"
        "MDA-1,disputed:transnistria,disputed,MD,disputed,Transnistria,\n"
        "MDA-2,disputed:transnistria,disputed,MD,disputed,Transnistria,\n",
        "repairs.csv": "layer,damaged,name,en\nrivers,Ob?,Ob,Ob\nrivers,Rhne,Rhône,\nlakes,Vnern,Vänern,\n",
        "rivers.csv": "place,members,length_km,geometry\n"
        "river:rhine,Rhein|Rhin|#51,1233,\n"
        'river:kura,Kr,1515,"line:43 41,49 39"\n'
        "canal:suez-canal,Suez Canal,193,\n",
        "lakes.csv": "place,lat,lon\nlake:baikal,5,5\n",
    }
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def layer(tmp_path):
    def write(*rows):
        features = [{"type": "Feature", "properties": fields, "geometry": mapping(shape)} for fields, shape in rows]
        path = tmp_path / "layer.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        return path

    return write


def country(code, shape, iso="-99", **fields):
    return {"ADM0_A3": code, "ISO_A2": iso, "ISO_A2_EH": fields.pop("eh", iso), **fields}, shape


def unit(code, iso, shape, **fields):
    return {"adm1_code": code, "iso_3166_2": iso, "name": code, **fields}, shape


def test_countries(layer, facts):
    path = layer(
        country("FRA", box(0, 45, 5, 50), eh="FR", NAME="France", NAME_DE="Frankreich", NAME_ZHT="法國", POP_EST=67e6,
                WIKIDATAID="Q142", FORMAL_EN="French Republic", LABEL_X=2.5, LABEL_Y=46.7),
        country("BRT", box(33, 21, 34, 22), NAME="Bir Tawil"),
        country("IOA", box(90, 0, 91, 1), eh="AU", NAME="Indian Ocean Territories"),
        country("XXX", box(10, 10, 11, 11), NAME="Nowhere"),
    )  # fmt: skip
    france, bir_tawil = natural_earth.countries(path, facts)
    assert (france.id, france.country, france.kind) == ("country:FR", "FR", PlaceKind.COUNTRY)
    assert (france.lat, france.lon, france.population, france.wikidata) == (46.7, 2.5, 67_000_000, "Q142")
    assert Name("Frankreich", "de", NameClass.PREFERRED) in france.names
    assert Name("法國", "zh", NameClass.ALTERNATE) in france.names
    assert Name("French Republic", "en", NameClass.ALTERNATE) in france.names
    assert Name("FR", "", NameClass.CODE) in france.names
    assert france.geometry.equals(box(0, 45, 5, 50))
    assert france.radius_km > 250
    assert (bir_tawil.id, bir_tawil.kind, bir_tawil.status) == ("disputed:bir-tawil", PlaceKind.DISPUTED, "disputed")


def test_the_code_of_a_unit_gives_its_country(layer, facts):
    crimea = unit("RUS-283", "UA-43", box(33, 44, 36, 46), iso_a2="RU", gn_id=703883.0, name_ru="Крым")
    (entry,) = natural_earth.admin1(layer(crimea), facts)
    assert (entry.id, entry.country, entry.admin1, entry.geonameid) == ("admin1:UA-43", "UA", "UA-43", 703883)
    assert Name("Крым", "ru", NameClass.PREFERRED) in entry.names


def test_units_under_one_code(layer, facts):
    path = layer(
        unit("IRL-5569", "IE-CO", box(-8.5, 51.8, -8.4, 51.9)),
        unit("IRL-78", "IE-CO", box(-10, 51, -8.5, 52)),
        *(unit(f"MDG-{n}", "MG-T", box(45 + n, -20, 46 + n, -19)) for n in range(3)),
    )
    assert {entry.id for entry in natural_earth.admin1(path, facts)} == {
        "admin1:IE-CO", "admin1:IRL-5569", "admin1:MDG-0", "admin1:MDG-1", "admin1:MDG-2",
    }  # fmt: skip


def test_units_are_corrected_and_joined(layer, facts):
    path = layer(
        unit("AFG-1", "AF-PAR", box(68, 34, 69, 35)),
        unit("AFG-2", "AF-PAR", box(69, 34, 70, 35), name="Parwan", gn_id=6957555, wikidataid="Q188157"),
        unit("MDA-1", "MD-SN", box(29, 46, 30, 47), gn_id=1),
        unit("MDA-2", "MD-CAM", box(29, 47, 30, 48), gn_id=2),
        unit("XKO-1", "XK-X05~", box(21, 42, 22, 43)),
        unit("COL-9", "-99-X01~", box(-80, 2, -79, 3)),
    )
    found = {entry.id: entry for entry in natural_earth.admin1(path, facts)}
    assert set(found) == {"admin1:AF-PAR", "admin1:AF-PAN", "disputed:transnistria", "admin1:XK-X05"}
    panjshir = found["admin1:AF-PAN"]
    assert {name.text for name in panjshir.names} == {"Panjshir"}
    assert (panjshir.geonameid, panjshir.wikidata) == (6957555, "")
    assert found["disputed:transnistria"].geometry.area == 2
    assert found["disputed:transnistria"].geonameid is None


def test_names_of_the_region_above_are_dropped(layer, facts):
    path = layer(
        *(
            unit(f"ITA-{n}", f"IT-{n}", box(n, 45, n + 1, 46), name=f"Province {n}", name_en="Lombardy")
            for n in range(3)
        ),
        unit("IDN-1", "ID-JK", box(106, -7, 107, -6), name="Jakarta", name_alt="Jawa|Djakarta", name_en="Jakarta"),
        unit("IDN-2", "ID-YO", box(110, -8, 111, -7), name="Yogyakarta", name_alt="Jawa"),
        unit("BLR-1", "BY-HM", box(27, 53, 28, 54), name="Minsk", name_ru="Минск"),
        unit("BLR-2", "BY-MI", box(28, 53, 29, 54), name="Minsk Region", name_ru="Минск"),
    )
    names = {entry.id: {name.text for name in entry.names} for entry in natural_earth.admin1(path, facts)}
    assert names["admin1:IT-0"] == {"Province 0"}
    assert names["admin1:ID-JK"] == {"Jakarta", "Djakarta"}
    assert "Минск" in names["admin1:BY-HM"] & names["admin1:BY-MI"]


def river(name, number, *positions, **fields):
    return {"name": name, "rivernum": number, **fields}, LineString(positions)


def test_segments_become_one_river(layer, facts):
    path = layer(
        river("Panj", 195, (68, 37), (69, 37)),
        river("Panj", 195, (69, 37), (70, 38)),
        river("Rhein", 50, (8, 47), (8, 49)),
        river("Rhin", 50, (8, 49), (7, 50)),
        river(None, 51, (7, 50), (5, 52)),
        river(None, 99, (0, 0), (1, 1)),
    )
    found = {entry.id: entry for entry in natural_earth.rivers(path, facts)}
    assert set(found) == {"river:panj", "river:rhine"}
    assert found["river:panj"].geometry.geom_type == "LineString"
    assert list(found["river:rhine"].geometry.coords)[-1] == (5, 52)
    assert found["river:panj"].names == [Name("Panj", "", NameClass.MAIN)]
    assert {name.text for name in found["river:rhine"].names} == {"Rhein", "Rhin"}


def test_rivers_of_one_name_stay_apart(layer, facts):
    path = layer(river("Red", 1, (0, 0), (1, 0)), river("Red", 2, (50, 0), (55, 0)))
    assert {entry.id for entry in natural_earth.rivers(path, facts)} == {"river:red", "river:red-1"}


def test_names_are_repaired(layer, facts):
    path = layer(
        river("Ob?", 24, (65, 60), (66, 62)),
        river("Hong  (Red)", 30, (103, 22), (106, 20)),
        river("Kr", 31, (43, 41), (44, 41)),
        river("Suez Canal", 32, (32, 30), (32, 31)),
    )
    found = {entry.id: entry for entry in natural_earth.rivers(path, facts)}
    assert set(found) == {"river:ob", "river:hong", "canal:suez-canal"}  # the Kura's course is in the facts
    assert found["river:hong"].names[1:] == [Name("Red", "en", NameClass.PREFERRED)]
    assert found["canal:suez-canal"].kind is PlaceKind.CANAL


def water(name, shape, kind="Lake"):
    return {"featurec_2": kind, "featurecla": "Ocean" if kind is None else None, "name": name}, shape


def test_lakes_hide_in_the_ocean(layer, facts):
    path = layer(
        water("Lake Baikal", box(4, 4, 6, 6)),
        water("Vnern", box(13, 58, 14, 59)),
        water("Dead Sea", box(35.4, 31.0, 35.5, 31.2), "Alkaline Lake"),
        water("Dead Sea", box(35.4, 31.3, 35.5, 31.7), "Alkaline Lake"),
        water("Trout Lake", box(-93, 51, -92, 52)),
        water("Trout Lake", box(-122, 60, -121, 61)),
        water(None, box(1, 1, 2, 2)),
        water(None, box(-50, -50, -40, -40), None),
    )
    found = {entry.id: entry for entry in natural_earth.lakes(path, facts)}
    assert set(found) == {"lake:baikal", "lake:vanern", "lake:dead-sea", "lake:trout-lake", "lake:trout-lake-2"}
    assert found["lake:dead-sea"].geometry.geom_type == "MultiPolygon"
    assert found["lake:vanern"].names == [Name("Vänern", "", NameClass.MAIN)]
    ocean = natural_earth.ocean(path)
    assert ocean.covers(Point(-45, -45))
    assert not ocean.covers(Point(5, 5))


def test_a_layer_without_an_ocean_is_refused(layer):
    with pytest.raises(GazetteerError, match="holds no ocean"):
        natural_earth.ocean(layer(water("Lake Baikal", box(4, 4, 6, 6))))


def test_field_names_in_either_case_and_nothing_by_many_names(layer):
    path = layer(({"NAME": " Panj ", "Note": "-99", "Code": -99, "Alt": ""}, MultiLineString([[(0, 0), (1, 1)]])))
    ((fields, _),) = natural_earth.features(path)
    assert fields == {"name": "Panj", "note": None, "code": None, "alt": None}


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "broken.shp"
    path.write_bytes(b"no map")
    with pytest.raises(GazetteerError, match=r"broken\.shp: cannot be read as a map"):
        list(natural_earth.features(path))


def test_old_shapefiles_are_read_as_cp1252(tmp_path):
    import geopandas

    frame = geopandas.GeoDataFrame({"name": ["Ariège"]}, geometry=[LineString([(1, 43), (2, 43)])], crs=4326)
    frame.to_file(tmp_path / "rivers.shp", encoding="cp1252")
    (tmp_path / "rivers.cpg").unlink()
    ((fields, _),) = natural_earth.features(tmp_path / "rivers.shp")
    assert fields["name"] == "Ariège"


@pytest.mark.parametrize(
    ("name", "expected"), [("Rhône", "rhone"), ("Kızılırmak", "kizilirmak"), ("Åsnen (sjö)", "asnen-sjo")]
)
def test_slug(name, expected):
    assert natural_earth.slug(name) == expected
