"""What must hold of every country, every name and every language in the store.

`test_content` counts what the sources tag; here a name counts only where an exact look-up finds it, and in a language
with a script of its own only where it is written in that script. `GEOMAP_GAZETTEER` names another store to test.
"""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from shapely import contains_xy, from_wkb, is_valid, points

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.facts import LANGUAGES
from geomap.gazetteer.store import KINDS, NONE, PlaceFlag, Store
from geomap.record import PlaceKind
from geomap.text.normalise import key

FACTS = Path(__file__).parents[2] / "data" / "facts"

NOBODY = {"AQ", "BV", "GS", "HM", "IO", "TF", "UM"}  # nobody lives there for good
# Jerusalem is claimed by two states and flagged for neither; Tokelau and Western Sahara have no capital of their own.
NO_CAPITAL = NOBODY - {"GS", "TF"} | {"EH", "IL", "PS", "TK"}

ATOLL_REACH = 4.0  # degrees from what a map of the world draws of the country
OF_NOTE = 4.5  # a prior: thirty thousand people, or a facility
MOST_TIED = 5

# Of a language with a script of its own: what the Unicode names of its letters start with.
SCRIPTS = {
    "ru": ("CYRILLIC",),
    "uk": ("CYRILLIC",),
    "ar": ("ARABIC",),
    "fa": ("ARABIC",),
    "zh": ("CJK",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"),
    "hi": ("DEVANAGARI",),
}

# The least share, in percent, of places that have a name in the script of the language.
FLOORS = {
    # ru, uk, ar, fa, zh, ja, hi
    "country": (100, 100, 100, 100, 100, 100, 100),
    "capital": (99, 99, 99, 99, 99, 98, 99),
    "city of 500,000": (97, 96, 95, 94, 95, 95, 93),
    "admin-1 unit": (89, 89, 88, 89, 89, 89, 88),
    "sea or strait": (99, 99, 99, 99, 99, 99, 99),
    "great river": (98, 98, 98, 98, 98, 98, 98),
}

# Old names, abbreviations and names of one language, each with the place that it must lead to.
KNOWN = (
    """
Bombay gn:1275339|Saigon gn:1566083|Сайгон gn:1566083|Leningrad gn:498817|Ленинград gn:498817|Burma country:MM
Birmanie country:MM|Бирма country:MM|Swaziland country:SZ|Constantinople gn:745044|Константинополь gn:745044
القسطنطينية gn:745044|Киргизия country:KG|Kirgizia country:KG|Peking gn:1816670|Danzig gn:3099434|Данциг gn:3099434
Königsberg gn:554234|Кёнигсберг gn:554234|Smyrna gn:311046|Esmirna gn:311046|Christiania gn:3143244
Kalkutta gn:1275004|Batavia gn:1642911|Zaire country:CD|Заир country:CD|Ceylon country:LK|锡兰 country:LK
Persia country:IR|بلاد فارس country:IR|Siam country:TH|Madras gn:1264527|मद्रास gn:1264527|Stalingrad gn:472757
سايغون gn:1566083|列宁格勒 gn:498817|Lemberg gn:702550|Лемберг gn:702550|Breslau gn:3081368|Upper Volta country:BF
Ont. admin1:CA-ON|B.C. admin1:CA-BC|Qld admin1:AU-QLD|N.S.W. admin1:AU-NSW|CDMX gn:3530597|N.L. admin1:MX-NLE
NRW admin1:DE-NW|U.P. admin1:IN-UP|RJ admin1:BR-RJ|MG admin1:BR-MG
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.fixture(scope="module")
def store():
    return Store.open()


@pytest.fixture(scope="module")
def countries(store):
    return {store.country(row): row for row in rows(store, PlaceKind.COUNTRY)}


@pytest.fixture(scope="module")
def shapes(store, countries):
    return {code: from_wkb(store.geometry(row)) for code, row in countries.items()}


@pytest.fixture(scope="module")
def groups(store):
    """Return the rows of each class of place that `FLOORS` speaks of."""
    cities, rivers = rows(store, PlaceKind.CITY), rows(store, PlaceKind.RIVER)
    return {
        "country": rows(store, PlaceKind.COUNTRY),
        "capital": np.flatnonzero(store.places["flags"] & PlaceFlag.CAPITAL).tolist(),
        "city of 500,000": [row for row in cities if store.places["population"][row] >= 500_000],
        "admin-1 unit": rows(store, PlaceKind.ADMIN1),
        "sea or strait": rows(store, PlaceKind.SEA) + rows(store, PlaceKind.STRAIT),
        "great river": [row for row in rivers if store.official_km(row) >= 500],
    }


def rows(store, kind):
    return np.flatnonzero(store.places["kind"] == KINDS.index(kind)).tolist()


def forms(column):
    """Return forms by country and language from the table of demonyms."""
    with (FACTS / "demonyms.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["country"], row["language"]): [form for cell in column for form in row[cell].split("|") if form]
            for row in csv.DictReader(file)
        }


def written_in(name, language):
    return any(unicodedata.name(letter, "").startswith(SCRIPTS[language]) for letter in name)


def coverage(found, chosen):
    """Return by language the share of rows with a name of that language in its script, in percent.

    Parameters
    ----------
    found
        Gives class and language by name of a row. A spelling that languages share stands under none.
    """
    counts = dict.fromkeys(SCRIPTS, 0)
    for row in chosen:
        names = [(name, tag) for name, (kind, tag) in found(row).items() if kind <= NameClass.ALTERNATE]
        for language in SCRIPTS:
            counts[language] += any(tag in (language, "") and written_in(name, language) for name, tag in names)
    return {language: 100 * count / len(chosen) for language, count in counts.items()}


def test_every_country_has_a_shape_that_holds_or_neighbours_its_point(store, countries, shapes):
    for code, row in countries.items():
        assert store.geometry_type(row) == "polygon", code
        assert is_valid(shapes[code]), code
        where = points(store.places["lon"][row], store.places["lat"][row])
        assert shapes[code].distance(where) < 6, code  # the middle of an archipelago lies at sea


def test_every_country_has_a_capital_inside(store, countries, shapes):
    lacking = set(countries) - NO_CAPITAL
    for row in np.flatnonzero(store.places["flags"] & PlaceFlag.CAPITAL).tolist():
        code = store.country(row)
        lacking.discard(code)
        where = points(store.places["lon"][row], store.places["lat"][row])
        # Kralendijk is the capital of Bonaire, which no source draws as a country.
        assert code == "BQ" or shapes[code].distance(where) < 0.25, store.id(row)
    assert lacking == set()


def test_every_country_has_demonyms_in_every_language(countries):
    table = forms(("noun", "adj"))
    lacking = [(c, tag) for c in set(countries) - NOBODY for tag in LANGUAGES if not table.get((c, tag))]
    assert lacking == []


def test_every_demonym_leads_to_its_country(store):
    lost = [
        (code, language, form)
        for (code, language), found in forms(("noun", "adj")).items()
        for form in found
        if store.row(f"country:{code}") not in store.rows(key(form))
    ]
    assert lost == []


def test_demonyms_are_written_in_the_script_of_their_language():
    wrong = [
        (code, language, form)
        for (code, language), found in forms(("noun", "adj")).items()
        if language in SCRIPTS
        for form in found
        if not written_in(form, language)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "least"), [("ru", 20), ("uk", 20), ("de", 6), ("ar", 4), ("es", 2), ("fr", 2), ("pt", 2)]
)
def test_demonyms_are_inflected(language, least):
    """Cases in Russian, Ukrainian and German; gender, number and article in Arabic and the Romance languages."""
    short = {c for (c, tag), found in forms(("noun", "adj")).items() if tag == language and len(set(found)) < least}
    assert short <= {"EH"}  # "сахарави" is not declined


def test_no_demonym_is_a_word_that_texts_are_full_of():
    words = {
        ("ar", "المالية"), ("ar", "مالي"), ("ar", "القمري"), ("ar", "سليماني"), ("fa", "ترک"), ("fa", "مالی"),
        ("fa", "مجاری"), ("hi", "लाओ"), ("hi", "चेक"), ("hi", "पाक"), ("zh", "中"), ("ja", "人"),
    }  # fmt: skip
    for (code, language), found in forms(("noun", "adj")).items():
        assert words.isdisjoint((language, form) for form in found), code


def test_units_without_a_shape_stand_in_their_country(store, shapes):
    outside = []
    for row in rows(store, PlaceKind.ADMIN1):
        if store.places["geometry"][row] == NONE and (shape := shapes.get(store.country(row))) is not None:
            where = points(store.places["lon"][row], store.places["lat"][row])
            if shape.distance(where) > ATOLL_REACH:
                outside.append(store.id(row))
    assert set(outside) <= {"admin1:SJ.22", "admin1:MA.12"}  # Jan Mayen, and what Morocco calls its own in the Sahara


def test_every_unit_that_a_place_lies_in_is_a_place_of_the_same_country(store):
    pairs = np.unique(store.places[["admin1", "country"]])
    for admin1, country in pairs.tolist():
        if admin1:
            unit = store.row(f"admin1:{store.admin1_codes[admin1]}")
            assert unit is not None, store.admin1_codes[admin1]
            assert store.country(unit) == store.countries[country], store.admin1_codes[admin1]


def test_no_number_is_missing(store):
    for column in ("lon", "lat", "prior", "radius_km"):
        assert not np.isnan(store.places[column].astype("f8")).any(), column
    assert (store.places["prior"] > 0).all()


def test_polygons_hold_something(store):
    for row in np.flatnonzero(store.places["geometry"] != NONE)[::11].tolist():
        made = from_wkb(store.geometry(row))
        inside = made.representative_point()
        assert is_valid(made), store.id(row)
        if store.geometry_type(row) == "polygon":
            assert contains_xy(made, inside.x, inside.y), store.id(row)


def test_the_places_of_a_name_are_told_apart_by_weight(store):
    """Where a name means something of note, few places share its greatest weight."""
    starts = store.starts().astype("i8")
    priors = store.places["prior"].astype("f8")
    tied = {}
    for number in np.flatnonzero(np.diff(starts) > MOST_TIED).tolist():
        found = store._postings[starts[number] : starts[number + 1]]
        weights = priors[found["row"]][found["kind"] < NameClass.DEMONYM]
        if len(weights) and weights.max() >= OF_NOTE and (weights == weights.max()).sum() > MOST_TIED:
            tied[store._names.restore_key(number)] = weights.max()
    assert tied == {}


def test_every_label_of_a_country_and_a_capital_is_found(store, groups):
    lost = [
        (store.id(row), language, label)
        for row in (*groups["country"], *groups["capital"])
        for language, label in store.labels(row).items()
        if row not in store.rows(key(label))
    ]
    assert lost == []


@pytest.mark.parametrize("group", FLOORS)
def test_names_in_the_script_of_the_language(groups, names_by_row, group):
    shares = coverage(names_by_row, groups[group])
    order = ("ru", "uk", "ar", "fa", "zh", "ja", "hi")
    short = {tag: round(shares[tag], 1) for tag, floor in zip(order, FLOORS[group], strict=True) if shares[tag] < floor}
    assert short == {}


@pytest.fixture(scope="module")
def names_by_row(store):
    return store.names_by_row()


@pytest.mark.parametrize("case", KNOWN)
def test_old_names_and_abbreviations_of_the_press(store, case):
    name, place = case.rsplit(" ", 1)
    found = store.postings(key(name))
    assert place in [store.id(int(p["row"])) for p in found if p["kind"] < NameClass.DEMONYM]


def test_every_exonym_leads_to_its_place(store):
    with (FACTS / "exonyms.csv").open(encoding="utf-8", newline="") as file:
        lost = [
            (row["place"], name)
            for row in csv.DictReader(file)
            for name in row["names"].split("|")
            if key(name) and store.row(row["place"]) not in store.rows(key(name))
        ]
    assert lost == []
