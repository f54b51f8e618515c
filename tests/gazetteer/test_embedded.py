"""The gazetteer that the wheel carries: what it must hold, and what it may cost."""

from __future__ import annotations

import subprocess
import sys
import time
import unicodedata

import pytest
from shapely import from_wkb

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.recipe import read
from geomap.gazetteer.store import PlaceFlag, Store, default_path
from geomap.record import PlaceKind
from geomap.text.normalise import key

LANGUAGES = ("id", "en", "ru", "es", "fr", "de", "ar", "pt", "zh", "fa", "tr", "uk", "hi", "ja")
MEGABYTES = 45


@pytest.fixture(scope="module")
def store():
    return Store.open()


def meant(store, name, kinds=(), classes=(NameClass.PREFERRED, NameClass.MAIN, NameClass.ALTERNATE)):
    """Return the ids of a name, best first."""
    found = store.postings(key(name))
    return [
        store.id(int(p["row"]))
        for p in found
        if p["kind"] in {int(c) for c in classes} and (not kinds or store.kind(int(p["row"])) in kinds)
    ]


def test_whole_and_of_the_pinned_sources(store):
    store.verify()
    pinned = {(s.package, s.version, s.sha256) for s in read(default_path().parent / "recipe.toml")}
    assert {(s["package"], s["version"], s["sha256"]) for s in store.meta["sources"]} == pinned
    assert all(s["licence"] and s["credit"] for s in store.meta["sources"])


def test_small_enough_for_the_wheel():
    assert sum(path.stat().st_size for path in default_path().iterdir()) <= MEGABYTES * 1e6


def test_opens_at_once():
    code = (
        "import time, numpy, marisa_trie\nfrom geomap.gazetteer.store import Store\nt = time.perf_counter()\n"
        "Store.open()\nprint(time.perf_counter() - t)"
    )
    seconds = min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3))
    assert seconds < 0.1  # 5 ms on a quiet machine


def test_answers_fast(store):
    names = store.keys("kab")[:5000]
    start = time.process_time()
    for name in names:
        store.postings(name)
    assert len(names) / (time.process_time() - start) > 50_000  # 500,000 on a quiet machine


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Tajikistan", "country:TJ"),
        ("Таджикистан", "country:TJ"),
        ("طاجيكستان", "country:TJ"),
        ("塔吉克斯坦", "country:TJ"),
        ("Rusia", "country:RU"),
        ("Amerika Serikat", "country:US"),
        ("Afganistán", "country:AF"),
        ("Vladivostok", "gn:2013348"),
        ("Владивосток", "gn:2013348"),
        ("ウラジオストク", "gn:2013348"),
        ("Dushanbe", "gn:1221874"),
        ("Douchanbé", "gn:1221874"),
        ("Paris", "gn:2988507"),
        ("Лондон", "gn:2643743"),
        ("Panj", "river:panj"),
        ("Khatlon", "admin1:TJ-KT"),
        ("England", "admin1:GB-ENG"),
        ("Heathrow Airport", "airport:LHR"),
        ("Africa", "region:africa"),
        ("Asia Tenggara", "region:southeast-asia"),
        ("West Africa", "region:western-africa"),
        ("St. Petersburg", "gn:498817"),
        ("Kabupaten Bogor", "admin2:ID.30.3201"),
    ],
)
def test_well_known_names(store, name, place):
    assert place in meant(store, name)[:2]


def test_abbreviations_and_demonyms_are_marked(store):
    named, demonym = tuple(NameClass)[: NameClass.DEMONYM], (NameClass.DEMONYM,)
    for name in ("US", "U.S.", "USA", "AS", "США"):
        assert "country:US" in meant(store, name, classes=named), name
    assert "country:AE" in meant(store, "UAE", classes=(NameClass.ABBREVIATION,))
    assert "country:TJ" in meant(store, "Tajik", classes=demonym)
    assert "country:TJ" not in meant(store, "Tajik", classes=named)


@pytest.mark.parametrize(
    ("place", "kind", "shape"),
    [
        ("country:TJ", PlaceKind.COUNTRY, "polygon"),
        ("admin1:TJ-GB", PlaceKind.ADMIN1, "polygon"),
        ("river:panj", PlaceKind.RIVER, "line"),
        ("border:AF-TJ", PlaceKind.BORDER, "line"),
        ("gn:2013348", PlaceKind.CITY, "point"),
        ("region:africa", PlaceKind.REGION, "polygon"),
    ],
)
def test_shapes(store, place, kind, shape):
    row = store.row(place)
    assert (store.kind(row), store.geometry_type(row)) == (kind, shape)
    wkb = store.geometry(row)
    assert (wkb is None) == (shape == "point")
    assert wkb is None or from_wkb(wkb).is_valid


def test_the_border_has_its_official_length(store):
    row = store.row("border:AF-TJ")
    assert store.official_km(row) == pytest.approx(1357, abs=1)
    assert store.parents(row) == ("country:AF", "country:TJ")


def test_countries_in_every_tier_one_language(store):
    missing = [
        (store.id(row), language)
        for row in range(len(store))
        if store.kind(row) is PlaceKind.COUNTRY and store.places["population"][row] > 100_000
        for language in LANGUAGES
        if store.label(row, language) == store.label(row, "en")
        and language in {"ru", "ar", "zh", "fa", "uk", "hi", "ja"}
    ]
    assert missing == []


def test_countries_are_complete(store):
    rows = [row for row in range(len(store)) if store.kind(row) is PlaceKind.COUNTRY]
    assert len(rows) >= 245
    for row in rows:
        assert store.geometry_type(row) == "polygon"
        assert store.country(row) == store.id(row)[-2:]
    taj = store.entry(store.row("country:TJ"))
    assert (taj.lat, taj.lon, taj.geonameid) == (39.0, 71.0, 1220409)


def test_capitals(store):
    capitals = {store.country(int(row)) for row in (store.places["flags"] & PlaceFlag.CAPITAL).nonzero()[0]}
    assert len(capitals) > 230


def test_cities_lie_in_units_of_their_country(store):
    places = store.places[[store.kind(row) is PlaceKind.CITY for row in range(len(store))]]
    placed = places[places["admin1"] > 0]
    assert len(placed) > 0.99 * len(places)
    kabul = store.entry(store.row("gn:1138958"))
    assert store.parents(kabul.row) == ("admin1:AF-KAB", "country:AF")


def test_no_machine_transliterations(store):
    assert store.rows("jkt") == [] or store.postings("jkt")["kind"].min() >= NameClass.ABBREVIATION
    for junk in ("bo er ruo mi", "fu la di wo si tuo ke", "jakaleuta"):
        assert store.rows(junk) == []


def test_every_key_is_in_normal_form(store):
    for name in store.keys("mu")[:3000]:
        assert key(name) == name
        assert unicodedata.is_normalized("NFC", name)


def test_coordinates_are_on_the_globe(store):
    places = store.places
    assert (abs(places["lat"]) <= 90).all()
    assert (abs(places["lon"]) <= 180).all()
    assert (places["radius_km"] >= 0).all()
    assert (places["prior"] >= 0).all()
    assert not ((places["lat"] == 0) & (places["lon"] == 0)).any()
