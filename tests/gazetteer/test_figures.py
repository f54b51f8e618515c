"""Names of all kinds in many languages: each must find the right place first, without a word of context."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geomap.gazetteer.search import search
from geomap.gazetteer.store import Store

LISTED = Path(__file__).with_name("names.csv")
FIRST, AMONG_FIVE = 0.97, 0.985

# name: what it may mean, and what that is drawn as
MUST = [
    ("Sungai Panj", "river:panj", "line"),
    ("Panj River", "river:panj", "line"),
    ("Пяндж", "river:panj", "line"),
    ("Amu Darya", "river:amu-darya", "line"),
    ("Amudarya", "river:amu-darya", "line"),
    ("Sherkhan Bandar", "crossing:sherkhan-bandar", "point"),
    ("Belarusia", "country:BY", "polygon"),
    ("Krimea", "admin1:UA-43", "polygon"),
    ("Крым", "admin1:UA-43", "polygon"),
    ("Jalur Gaza", "admin1:PS-GZZ", "polygon"),
    ("Tepi Barat", "admin1:PS-WBK", "polygon"),
    ("Selat Hormuz", "strait:hormuz", "polygon"),
    ("Strait of Hormuz", "strait:hormuz", "polygon"),
    ("مضيق هرمز", "strait:hormuz", "polygon"),
    ("Laut Cina Selatan", "sea:south-china-sea", "polygon"),
    ("South China Sea", "sea:south-china-sea", "polygon"),
    ("南海", "sea:south-china-sea", "polygon"),
    ("Donbas", "region:donbas", "polygon"),
    ("Донбасс", "region:donbas", "polygon"),
    ("Darfur", "region:darfur", "polygon"),
    ("Kivu", "region:kivu", "polygon"),
    ("Sahel", "region:sahel", "polygon"),
    ("Hindu Kush", "mountains:hindu-kush", "polygon"),
    ("Pamir", "mountains:pamir", "polygon"),
    ("Nagorno-Karabakh", "disputed:nagorno-karabakh", "polygon"),
    ("Sungai Nil", "river:nile", "line"),
    ("Nil", "river:nile", "line"),
    ("Rhein", "river:rhine", "line"),
    ("Dnipro", "river:dnieper|gn:709930", ""),
    ("Дніпро", "river:dnieper|gn:709930", ""),
    ("Mekong", "river:mekong", "line"),
    ("Far Eastern Federal University", "university:fefu", "point"),
    ("Universitas Federal Timur Jauh", "university:fefu", "point"),
    ("ДВФУ", "university:fefu", "point"),
    ("201st Military Base", "base:201st-military-base", "point"),
    ("Zaporizhzhia Nuclear Power Plant", "nuclear:zaporizhzhia", "point"),
    ("Rafah crossing", "crossing:rafah", "point"),
    ("Suez Canal", "canal:suez-canal", "line"),
    ("Golan Heights", "disputed:golan-heights", "polygon"),
    ("Kashmir", "disputed:kashmir", "polygon"),
    ("Line of Control", "border:IN-PK", "line"),
    ("DMZ between the Koreas", "border:KP-KR", "line"),
    ("Moscow", "gn:524901", "point"),
    ("Moskwa", "gn:524901", "point"),
    ("Moskow", "gn:524901", "point"),
    ("Москва", "gn:524901", "point"),
    ("موسكو", "gn:524901", "point"),
    ("Ky.", "admin1:US-KY", "polygon"),
    ("N.M.", "admin1:US-NM", "polygon"),
    ("Bavaria", "admin1:DE-BY", "polygon"),
    ("Bayern", "admin1:DE-BY", "polygon"),
    ("Jakarta", "gn:1642911", "point"),
    ("Ibu Kota Nusantara", "city:nusantara", "point"),
]


@pytest.fixture(scope="module")
def store():
    return Store.open()


@pytest.mark.parametrize(("name", "places", "shape"), MUST)
def test_what_must_be_found(store, name, places, shape):
    first = search(store, name, limit=1)[0].entry
    assert first.id in places.split("|")
    assert shape in ("", store.geometry_type(first.row))


@pytest.mark.parametrize(
    ("name", "both"),
    [
        ("Ishkashim", ("AF", "TJ")),
        ("Badakhshan", ("AF", "TJ")),
        ("Kurdistan", ("IR", "")),
        ("Punjab", ("IN", "PK")),
        ("Congo", ("CD", "CG")),
    ],
)
def test_names_of_two_countries_give_both(store, name, both):
    assert {hit.entry.country for hit in search(store, name, limit=6)} >= set(both)


def test_listed_names_find_their_place_first(store):
    """Of 2,300 names of cities, countries, units, regions, waters, mountains and facilities in 16 languages."""
    with LISTED.open(encoding="utf-8", newline="") as file:
        listed = [
            (name, row["places"].split("|"), row["shape"])
            for row in csv.DictReader(file)
            for name in row["names"].split("|")
        ]
    late, missing = [], []
    for name, places, shape in listed:
        hits = search(store, name, limit=5)
        found = [hit.entry.id for hit in hits if shape in ("", store.geometry_type(hit.entry.row))]
        if not set(places) & set(found):
            missing.append((name, found[:1]))
        elif hits[0].entry.id not in places:
            late.append((name, hits[0].entry.id))
    assert 1 - (len(late) + len(missing)) / len(listed) >= FIRST, late + missing
    assert 1 - len(missing) / len(listed) >= AMONG_FIVE, missing
