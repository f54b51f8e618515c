"""The curated tables: what the repository holds, how they are read, what the checker finds."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from shapely import Point, box

from geomap.errors import GazetteerError
from geomap.gazetteer import facts
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.record import PlaceKind

FOLDER = Path(__file__).parents[2] / "data" / "facts"
EMPTY = {
    "rivers.csv": "place,members,length_km,geometry,source,note,en\n",
    "lakes.csv": "place,lat,lon,source,note,en\n",
    "exonyms.csv": "place,language,class,names\n",
    "demonyms.csv": "country,language,noun,adj\n",
}


def table(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row(place, kind, **cells):
    return ",".join(f'"{({"place": place, "kind": kind} | cells).get(column, "")}"' for column in facts.HEADER)


@pytest.fixture
def folder(tmp_path):
    def write(*regions, **tables):
        header = ",".join(facts.HEADER) + "\n"
        for name in facts.PLACES:
            lines = regions if name == "regions.csv" else ()
            (tmp_path / name).write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        for name, head in EMPTY.items():
            lines = tables.get(name.removesuffix(".csv"), ())
            (tmp_path / name).write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def sources():
    def area(place, shape):
        return Entry(place, PlaceKind(place.split(":")[0]), 0.5, 0.5, country=place[-2:], geometry=shape)

    entries = [
        area("country:AA", box(0, 0, 1, 1)),
        area("country:BB", box(1, 0, 2, 1)),
        area("admin1:AA-1", box(0, 0, 1, 0.5)),
    ]
    return facts.Sources({entry.id: entry for entry in entries}, ocean=box(-180, -90, 180, 0))


# what the repository holds


def test_the_tables_are_sound():
    assert facts.check(FOLDER) == []


def test_the_tables_cover_the_world():
    counts = {name: len(table(name)) for name in facts.PLACES}
    assert counts["facilities.csv"] >= 2000
    assert counts["seas.csv"] >= 130
    assert counts["regions.csv"] >= 450
    facilities = table("facilities.csv")
    assert len({row["country"] for row in facilities}) >= 180
    kinds = Counter(row["kind"] for row in facilities)
    least = {"university": 300, "base": 200, "government": 250, "dam": 120, "nuclear": 100, "crossing": 80, "camp": 60}
    assert {kind: kinds[kind] for kind, number in least.items() if kinds[kind] < number} == {}


@pytest.mark.parametrize(
    ("place", "country", "lat", "lon"),
    [
        ("university:fefu", "RU", 43.025, 131.894),
        ("base:201st-military-base", "TJ", 38.53, 68.75),
        ("bridge:panj-friendship", "TJ", 37.18, 68.61),
        ("government:white-house", "US", 38.898, -77.037),
    ],
)
def test_facilities_stand_where_they_stand(place, country, lat, lon):
    (found,) = [row for row in table("facilities.csv") if row["place"] == place]
    assert found["country"] == country
    assert abs(float(found["lat"]) - lat) < 0.02
    assert abs(float(found["lon"]) - lon) < 0.02


def test_demonyms():
    forms = {
        (r["country"], r["language"]): {*r["noun"].split("|"), *r["adj"].split("|")} for r in table("demonyms.csv")
    }
    assert {"Tajik", "Tajiks", "Tajikistani"} <= forms["TJ", "en"]
    assert "Tajik" in forms["TJ", "id"]
    assert {"российского", "россияне"} <= forms["RU", "ru"]
    assert {"afghanische", "Afghanen"} <= forms["AF", "de"]
    for language in ("ru", "es", "fr", "de", "pt", "ar", "zh", "tr"):
        assert sum(key[1] == language for key in forms) >= 60
    assert sum(key[1] == "en" for key in forms) >= 200


def test_official_lengths_of_borders():
    lengths = {(r["a"], r["b"]): float(r["length_km"] or 0) for r in table("borders.csv")}
    assert lengths["AF", "TJ"] == 1357
    assert len(lengths) >= 320
    assert all(a < b for a, b in lengths)


def test_seas_and_rivers_are_named_in_many_languages():
    (hormuz,) = [row for row in table("seas.csv") if row["place"] == "strait:hormuz"]
    assert hormuz["id"].startswith("Selat Hormuz")
    (panj,) = [row for row in table("rivers.csv") if row["place"] == "river:panj"]
    assert (panj["ru"].split("|")[0], panj["members"]) == ("Пяндж", "Panj")


# how tables are read


def test_names_of_a_row():
    assert facts.names({"en": "Mumbai|Bombay City|<Bombay|~BOM", "other": "it:Mumbai|Mumbaï"}) == [
        Name("Mumbai", "en", NameClass.PREFERRED),
        Name("Bombay City", "en", NameClass.ALTERNATE),
        Name("Bombay", "en", NameClass.OLD),
        Name("BOM", "en", NameClass.ABBREVIATION),
        Name("Mumbai", "it", NameClass.PREFERRED),
        Name("Mumbaï", "", NameClass.UNTAGGED),
    ]


def test_a_point(folder, sources):
    (entry,) = facts.read(folder(row("base:x", "base", country="AA", lat="0.5", lon="0.25", en="X|~XB")), sources)
    assert (entry.id, entry.kind, entry.lat, entry.lon, entry.radius_km) == ("base:x", PlaceKind.BASE, 0.5, 0.25, 3)
    assert entry.geometry is None
    assert entry.names[0] == Name("X", "", NameClass.MAIN)


@pytest.mark.parametrize(
    ("recipe", "area", "inside"),
    [
        ("countries:AA+BB", 2, (1, 0.5)),
        ("admin1:AA-1", 0.5, (0.5, 0.2)),
        ("areas:country:BB+admin1:AA-1", 1.5, (1.5, 0.9)),
        ("polygon:10 10,11 10,11 11,10 11", 1, (10.5, 10.5)),
        ("ocean:0 -1,10 -1,10 1,0 1", 10, (5, -0.5)),
        ("land:0 -1,10 -1,10 1,0 1", 10, (5, 0.5)),
        ("polygon:170 50,190 50,190 60,170 60", 200, (-175, 55)),
    ],
)
def test_recipes_of_areas(sources, recipe, area, inside):
    made = facts.shape(recipe, sources)
    assert made.area == pytest.approx(area)
    assert made.covers(Point(inside))
    assert made.bounds[2] <= 180


def test_recipes_of_lines(sources):
    assert facts.shape("line:0 0,1 1,2 1", sources).length > 2


def test_a_recipe_may_speak_of_rows_above(folder, sources):
    _, upper = facts.read(
        folder(
            row("region:low", "region", geometry="countries:AA", en="Low"),
            row("region:high", "region", geometry="areas:region:low+country:BB", en="High", vague="yes"),
        ),
        sources,
    )
    assert upper.geometry.area == 2
    assert upper.vague
    assert upper.parents == ("region:low", "country:BB")


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ("countries:ZZ", "no source has a shape of 'country:ZZ'"),
        ("circle:0 0", "unknown recipe 'circle'"),
        ("land:0 -1,10 -1,10 -0.5,0 -0.5", "empty geometry"),
    ],
)
def test_bad_recipes_are_named_with_their_line(folder, sources, recipe, message):
    with pytest.raises(GazetteerError, match=rf"regions\.csv:2: region:x: .*{message}"):
        list(facts.read(folder(row("region:x", "region", geometry=recipe, en="X")), sources))


def test_names_for_known_places(folder, sources):
    entries = list(
        facts.read(
            folder(
                row("country:AA", "country", country="AA", status="disputed", en="Aland"),
                exonyms=["country:AA,id,abbreviation,A.A.|AA", "gn:1275339,en,old,Bombay"],
                demonyms=["AA,en,Alander|Alanders,Alandic"],
            ),
            sources,
        )
    )
    country, short, city, people = entries
    assert (country.lat, country.status) == (0.5, "disputed")
    assert short.names == [Name("A.A.", "id", NameClass.ABBREVIATION), Name("AA", "id", NameClass.ABBREVIATION)]
    assert (city.id, city.kind, city.names[0].kind) == ("gn:1275339", PlaceKind.CITY, NameClass.OLD)
    assert people.id == "country:AA"
    assert {name.text for name in people.names} == {"Alander", "Alanders", "Alandic"}
    assert {name.kind for name in people.names} == {NameClass.DEMONYM}


def test_rivers_of_the_facts(folder, sources):
    tables = folder(rivers=['river:vakhsh,,786,"line:72 39,68 37",,,Vakhsh'], lakes=["lake:x,1.5,2.5,,,X"])
    river, lake = facts.read(tables, sources)
    assert (river.kind, river.official_km, river.geometry.bounds) == (PlaceKind.RIVER, 786, (68, 37, 72, 39))
    assert (lake.lat, lake.lon) == (1.5, 2.5)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"kind": "volcano"}, "unknown kind 'volcano'"),
        ({"place": "region:Ö"}, "an id is kind:slug"),
        ({"place": "sea:x"}, "starts with region:"),
        ({"country": "AAA"}, "no ISO 3166-1 code"),
        ({"vague": "maybe"}, "expected yes or nothing"),
        ({"en": ""}, "has no English name"),
        ({"ru": "А||Б"}, "has an empty name"),
        ({"radius_km": "big"}, "is no number"),
        ({"geometry": "blob:1 1"}, "unknown recipe 'blob'"),
        ({"geometry": "polygon:0 0,1"}, "an outline is lon lat"),
        ({"geometry": "polygon:0 0,1 1,1 0,0 1"}, "crosses itself"),
        ({"geometry": "line:0 0,500 1"}, "leaves the globe"),
        ({"lat": "north", "lon": "1"}, "is no position"),
        ({"lat": "95", "lon": "1"}, "leaves the globe"),
        ({"lat": "50", "lon": "50", "country": "AA"}, "degrees outside AA"),
        ({"geometry": "polygon:0 0,1 0,1 1", "en": "Boxed"}, "hardly meets the reference box"),
    ],
)
def test_check_finds(folder, sources, cells, fault):
    cells = {"place": "region:x", "kind": "region", "en": "X", "lat": "0.5", "lon": "0.5"} | cells
    faults = facts.check(folder(row(**cells)), countries=sources.areas, boxes={"boxed": (50, 50, 60, 60)})
    assert any(fault in line for line in faults), faults


def test_check_finds_doubles(folder):
    places = [
        row(f"region:{slug}", "region", en=name, lat="0", lon="0")
        for slug, name in [("a", "A"), ("a", "B"), ("c", "A")]
    ]
    faults = facts.check(folder(*places))
    assert len(faults) == 2
    assert "id stands in" in faults[0]
    assert "same name, country and kind" in faults[1]


def test_check_of_names(folder):
    faults = facts.check(
        folder(exonyms=["country:AA,indonesian,preferred,A", "country:AA,id,best,A|"], demonyms=["AA,en,,"])
    )
    assert len(faults) == 4


def test_a_row_of_the_wrong_length_is_named(folder):
    with pytest.raises(GazetteerError, match=r"demonyms\.csv:2: expected 4 cells"):
        facts.check(folder(demonyms=["AA,en,Alander"]))
