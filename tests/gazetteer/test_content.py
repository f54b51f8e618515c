"""What holds of every place in the gazetteer, and in which languages it names what."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import STRtree, from_wkb, points

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.facts import LANGUAGES
from geomap.gazetteer.store import KINDS, NONE, PlaceFlag, Store
from geomap.record import PlaceKind

MOST_PLACES = 400  # of one name; "San Antonio" has most
FEW_PEOPLE = 1_000_000
DEPENDENT = {"PR", "HK", "RE"}  # no states
# Held by another state than the one whose code they bear; an island that the layer of countries leaves out.
ELSEWHERE = {"admin1:UA-43", "admin1:UA-40", "admin1:AU-X04"}

# The least share of places, in percent, that have a name tagged with the language. Where a language writes a name as
# English does, the sources often give none: Latin scripts stand lower without lacking a name.
FLOORS = {
    # en, id, ru, es, fr, de, ar, pt, zh, fa, tr, uk, hi, ja
    "country": (97, 50, 100, 65, 68, 58, 100, 74, 100, 100, 71, 100, 100, 100),
    "capital": (89, 15, 93, 40, 25, 22, 86, 37, 91, 87, 32, 88, 82, 96),
    "admin1": (89, 45, 88, 44, 45, 44, 86, 30, 88, 86, 48, 87, 86, 88),
    "big city": (89, 8, 80, 17, 14, 13, 53, 16, 80, 66, 14, 50, 49, 76),
    "sea": (89, 95, 97, 82, 82, 80, 80, 80, 80, 75, 80, 80, 60, 80),
    "great river": (89, 95, 95, 50, 50, 43, 50, 50, 55, 50, 39, 50, 40, 55),
}


@pytest.fixture(scope="module")
def store():
    return Store.open()


@pytest.fixture(scope="module")
def rows(store):
    kinds = store.places["kind"]
    return {kind: np.flatnonzero(kinds == KINDS.index(kind)) for kind in PlaceKind}


@pytest.fixture(scope="module")
def names(store):
    """Return class and language by name of a row."""
    return store.names_by_row()


def shape(store, row):
    return from_wkb(store.geometry(row))


def test_every_column_is_finite_and_on_the_globe(store):
    places = store.places
    for column in ("lon", "lat", "prior", "radius_km"):
        assert np.isfinite(places[column].astype("f8")).all(), column
    assert (np.abs(places["lon"]) <= 180).all()
    assert (np.abs(places["lat"]) <= 90).all()
    assert (places["radius_km"] >= 0).all()


def test_every_shape_is_valid_and_lies_about_its_point(store):
    for row in np.flatnonzero(store.places["geometry"] != NONE).tolist():
        made = shape(store, row)
        assert made.is_valid, store.id(row)
        assert not made.is_empty, store.id(row)
        west, south, east, north = made.bounds
        assert -180 <= west <= east <= 180, store.id(row)
        assert -90 <= south <= north <= 90, store.id(row)


def test_every_country_has_shape_point_and_capital(store, rows):
    capitals = {store.country(int(row)) for row in np.flatnonzero(store.places["flags"] & PlaceFlag.CAPITAL)}
    # What has no town that GeoNames calls its capital.
    without = {
        "AQ",
        "BV",
        "HM",
        "IO",
        "UM",
        "TF",
        "GS",
        "PN",
        "SJ",
        "EH",
        "PS",
        "TK",
        "AX",
        "CC",
        "IL",
        "CX",
        "NF",
        "NU",
    }
    for row in rows[PlaceKind.COUNTRY].tolist():
        code = store.country(row)
        assert store.geometry_type(row) == "polygon", code
        assert store.places["lat"][row] or store.places["lon"][row], code
        assert code in capitals | without, code


def test_every_state_has_demonyms(store, rows, names):
    """In English, Russian and one more language at least; a spelling that two languages share stands under neither."""
    lacking = []
    for row in rows[PlaceKind.COUNTRY].tolist():
        if store.places["population"][row] >= FEW_PEOPLE and store.country(row) not in DEPENDENT:
            people = {language for kind, language in names(row).values() if kind is NameClass.DEMONYM}
            if len(people - {""}) < 3 or not {"ru", "uk"} & people:
                lacking.append((store.country(row), sorted(people)))
    assert lacking == []


@pytest.mark.parametrize(
    ("demonym", "place"),
    [
        ("european", "region:europe"),
        ("africains", "region:africa"),
        ("азиатский", "region:asia"),
        ("latinoamericanos", "region:latin-america"),
        ("texans", "admin1:US-TX"),
        ("калифорнийский", "admin1:US-CA"),
        ("schottische", "admin1:GB-SCT"),
        ("welsh", "admin1:GB-WLS"),
        ("catalans", "admin1:ES-CT"),
    ],
)
def test_peoples_of_regions_and_units(store, demonym, place):
    found = {store.id(int(p["row"])) for p in store.postings(demonym) if p["kind"] == NameClass.DEMONYM}
    assert place in found


def test_no_unit_lies_outside_its_country(store, rows):
    shapes = {store.country(row): shape(store, row) for row in rows[PlaceKind.COUNTRY].tolist()}
    outside = []
    for row in rows[PlaceKind.ADMIN1].tolist():
        code = store.country(row)
        if store.places["geometry"][row] == NONE or store.id(row) in ELSEWHERE or code not in shapes:
            continue
        unit = shape(store, row)
        if unit.distance(shapes[code]) > 0.5 or unit.representative_point().distance(shapes[code]) > 1.0:
            outside.append(store.id(row))
    assert outside == []


def test_cities_stand_in_or_near_their_country(store, rows):
    codes = [store.country(row) for row in rows[PlaceKind.COUNTRY].tolist()]
    shapes = [shape(store, row) for row in rows[PlaceKind.COUNTRY].tolist()]
    cities = rows[PlaceKind.CITY][::37]
    where = points(store.places["lon"][cities].astype("f8"), store.places["lat"][cities].astype("f8"))
    near = {(int(city), codes[country]) for city, country in STRtree(shapes).query(where, "dwithin", distance=0.3).T}
    lost = [i for i, row in enumerate(cities.tolist()) if (i, store.country(row)) not in near]
    assert len(lost) < 0.005 * len(cities), [store.id(int(cities[i])) for i in lost]


def test_no_name_means_hundreds_of_places_without_an_order(store):
    starts = store.starts().astype("i8")
    counts = np.diff(starts)
    assert counts.max() <= MOST_PLACES
    priors = store.places["prior"].astype("f8")
    for number in np.flatnonzero(counts > 100).tolist():
        found = priors[store._postings["row"][starts[number] : starts[number + 1]]]
        assert found.max() > found.min()


def test_little_words_are_no_names(store):
    named = {int(kind) for kind in NameClass if kind < NameClass.ABBREVIATION}
    for word in ("ao", "my", "end", "y", "et", "sin", "bi", "man", "red", "new", "you", "white", "black", "grand"):
        heavy = [
            store.id(int(p["row"]))
            for p in store.postings(word)
            if p["kind"] in named and store.kind(int(p["row"])) in {PlaceKind.COUNTRY, PlaceKind.RIVER}
        ]
        assert heavy in ([], ["country:IM"]), word


def test_rivers_named_by_a_common_word_need_their_generic_term(store):
    for name in ("red river", "white river", "black river", "orange river"):
        assert any(store.kind(row) is PlaceKind.RIVER for row in store.rows(name)), name


def test_a_unit_stands_behind_the_city_it_is_named_for(store):
    for name, city in [("new york", "gn:5128581"), ("florence", "gn:3176959"), ("isfahan", "gn:418863")]:
        assert store.id(store.rows(name)[0]) == city
    assert store.id(store.rows("quebec")[0]) == "admin1:CA-QC"


@pytest.mark.parametrize("group", FLOORS)
def test_names_in_the_great_languages(store, rows, names, group):
    population, length = store.places["population"], [store.official_km(row) for row in rows[PlaceKind.RIVER].tolist()]
    chosen = {
        "country": rows[PlaceKind.COUNTRY],
        "capital": np.flatnonzero(store.places["flags"] & PlaceFlag.CAPITAL),
        "admin1": rows[PlaceKind.ADMIN1],
        "big city": rows[PlaceKind.CITY][population[rows[PlaceKind.CITY]] >= 500_000],
        "sea": np.concatenate([rows[PlaceKind.SEA], rows[PlaceKind.STRAIT]]),
        "great river": rows[PlaceKind.RIVER][np.array(length) >= 500],
    }[group].tolist()
    having = dict.fromkeys(LANGUAGES, 0)
    for row in chosen:
        tagged = {language for kind, language in names(row).values() if kind <= NameClass.ALTERNATE}
        if store.label(row, "en").isascii():  # what is the main name is not said again for English
            tagged.add("en")
        for language in {*tagged, *store.labels(row)} & having.keys():
            having[language] += 1
    short = {
        language: round(100 * having[language] / len(chosen))
        for language, least in zip(LANGUAGES, FLOORS[group], strict=True)
        if 100 * having[language] < least * len(chosen)
    }
    assert short == {}
