from __future__ import annotations

import numpy as np
import pytest

from geomap.gazetteer.store import KINDS
from geomap.places.borders import border_id, join
from geomap.places.scan import Words
from geomap.record import MentionKind, PlaceKind
from geomap.text.tokens import tokenise


@pytest.mark.parametrize(
    ("language", "text", "surface", "pair"),
    [
        ("id", "mengamankan perbatasan Tajik-Afghanistan.", "perbatasan Tajik-Afghanistan", "AF-TJ"),
        (
            "id",
            "di perbatasan pegunungan Afghanistan-Tajik yang terpencil",
            "perbatasan pegunungan Afghanistan-Tajik",
            "AF-TJ",
        ),
        ("id", "perbatasan Tajikistan dengan Afghanistan", "perbatasan Tajikistan dengan Afghanistan", "AF-TJ"),
        ("id", "perbatasan antara Indonesia dan Malaysia", "perbatasan antara Indonesia dan Malaysia", "ID-MY"),
        ("en", "along the Tajik–Afghan border", "Tajik–Afghan border", "AF-TJ"),
        ("en", "the border between Chad and Sudan", "border between Chad and Sudan", "SD-TD"),
        ("en", "Mexico's border with Guatemala", "Mexico's border with Guatemala", "GT-MX"),
        ("en", "on the U.S.-Mexico border", "U.S.-Mexico border", "MX-US"),
    ],
)
def test_a_border_is_one_mention_that_names_a_line(geoparse, language, text, surface, pair):
    record = geoparse(text, language)
    border = next(m for m in record.mentions if m.kind is MentionKind.BORDER)
    assert border.surface == surface
    assert border.place_id == f"border:{pair}"
    assert record.place(border.place_id).geometry_type == "line"
    assert not [m for m in record.mentions if m.kind is not MentionKind.BORDER]


def test_countries_that_share_no_border_stay_two(geoparse):
    record = geoparse("the Chile–Norway border")
    assert [m.place_id for m in record.mentions if m.place_id.startswith("country:")] == ["country:CL", "country:NO"]


def test_the_order_of_the_codes_does_not_matter():
    assert border_id("TJ", "AF") == border_id("AF", "TJ") == "border:AF-TJ"


# How each language joins two countries in the name of their border; the second as a text would have it.
PHRASES = {
    "en": ("{0}–{1} border", "the border between {0} and {1}"),
    "id": ("perbatasan {0}–{1}", "perbatasan antara {0} dan {1}"),
    "ru": ("граница {0} – {1}", "граница {0} и {1}"),
    "uk": ("кордон {0} – {1}", "кордон {0} і {1}"),
    "es": ("frontera {0}–{1}", "la frontera entre {0} y {1}"),
    "fr": ("frontière {0}–{1}", "la frontière entre {0} et {1}"),
    "de": ("Grenze {0}–{1}", "die Grenze zwischen {0} und {1}"),
    "pt": ("fronteira {0}–{1}", "a fronteira entre {0} e {1}"),
    "ar": ("حدود {0} – {1}", "الحدود بين {0} و{1}"),
    "fa": ("مرز {0} – {1}", "مرز {0} و {1}"),
    "tr": ("{0}–{1} sınırı", "{0} ile {1} arasındaki sınır"),
    "hi": ("{0}–{1} सीमा", "{0} और {1} की सीमा"),
    "zh": ("{0}–{1}边界", "{0}和{1}边境"),
    "ja": ("{0}・{1}国境", "{0}と{1}の国境"),
}


def rows_of_borders(store):
    return np.flatnonzero(np.asarray(store.places["kind"]) == KINDS.index(PlaceKind.BORDER)).tolist()


@pytest.mark.parametrize("language", sorted(PHRASES))
def test_every_border_is_named_in_either_order(store, language):
    wrong = []
    for row in rows_of_borders(store):
        sides = [store.label(store.row(side), language) for side in store.parents(row)]
        for phrase in PHRASES[language]:
            for names in (sides, sides[::-1]):
                text = phrase.format(*names)
                found = [m.name for m in join([], Words(text, tokenise(text), language), store)]
                if found != [store.id(row)]:
                    wrong.append((text, found))
    assert wrong == []


def test_every_border_has_a_length_a_status_and_a_line(store):
    rows = rows_of_borders(store)
    assert len(rows) > 300
    for row in rows:
        assert store.official_km(row) > 0
        assert store.status(row) in {"agreed", "disputed", "indefinite", "line of control"}
        assert store.geometry_type(row) == "line"
