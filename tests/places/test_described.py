"""Places that a text describes by others, in the languages whose packs have patterns for it."""

from __future__ import annotations

import pytest
from shapely import Point, from_wkb

from geomap.record import PlaceKind, Precision

# Of shapes that sources draw a little apart, in degrees.
NEAR = 0.08


def place_of(record, phrase):
    mention = next(m for m in record.mentions if phrase in m.surface and m.place_id)
    return record.place(mention.place_id)


def holds(place, lat, lon):
    return from_wkb(place.geometry).distance(Point(lon, lat)) < NEAR


@pytest.mark.parametrize(
    ("language", "text", "phrase"),
    [
        ("en", "Shots came from the Afghan side of the border with Tajikistan.", "Afghan side of the border"),
        ("id", "Tembakan dari sisi Afghanistan dari perbatasan Tajik-Afghanistan.", "sisi Afghanistan dari perbatasan"),
        ("ru", "Выстрелы на афганской стороне границы с Таджикистаном.", "афганской стороне границы"),
        ("es", "Disparos del lado afgano de la frontera con Tayikistán.", "lado afgano de la frontera"),
        ("fr", "Des tirs du côté afghan de la frontière avec le Tadjikistan.", "côté afghan de la frontière"),
        ("de", "Schüsse auf der afghanischen Seite der Grenze zu Tadschikistan.", "afghanischen Seite der Grenze"),
        ("ar", "أطلقت النار على الجانب الأفغاني من الحدود مع طاجيكستان.", "الجانب الأفغاني من الحدود"),
        ("pt", "Tiros do lado afegão da fronteira com o Tajiquistão.", "lado afegão da fronteira"),
        ("zh", "塔吉克斯坦边防军称,边境阿富汗一侧传来枪声。", "边境阿富汗一侧"),
        ("tr", "Tacikistan, sınırın Afgan tarafında silah sesleri duyulduğunu bildirdi.", "sınırın Afgan tarafında"),
        ("en", "Tajikistan and Afghanistan share a frontier. Shots came from the Afghan side.", "Afghan side"),
    ],
)
def test_one_side_of_a_border_is_a_strip_of_that_country(geoparse, language, text, phrase):
    place = place_of(geoparse(text, language), phrase)
    assert place.kind is PlaceKind.DESCRIBED
    assert place.precision is Precision.VAGUE
    assert place.country == "AF"
    assert place.parents == ("border:AF-TJ", "country:AF")
    assert holds(place, 37.0, 68.0)
    assert not holds(place, 37.9, 68.5)  # in Tajikistan
    assert not holds(place, 36.0, 68.0)  # too far from the border


@pytest.mark.parametrize(
    ("language", "text", "phrase", "border"),
    [
        ("en", "Fighting near the Turkish border in northern Syria.", "Turkish border", "SY-TR"),
        ("id", "Tentara Tajikistan menjaga perbatasan dengan Afghanistan.", "perbatasan dengan Afghanistan", "AF-TJ"),
        ("ru", "Таджикистан укрепил границу с Афганистаном.", "границу с Афганистаном", "AF-TJ"),
        ("es", "Venezuela cerró la frontera con Colombia.", "frontera con Colombia", "CO-VE"),
        ("fr", "Le Niger a fermé sa frontière avec le Bénin.", "frontière avec le Bénin", "BJ-NE"),
        ("de", "Polen schloss die Grenze zu Belarus.", "Grenze zu Belarus", "BY-PL"),
        ("ar", "أغلق لبنان الحدود مع سوريا.", "الحدود مع سوريا", "LB-SY"),
        ("pt", "A Polônia fechou a fronteira com Belarus.", "fronteira com Belarus", "BY-PL"),
        ("zh", "塔吉克斯坦加强了阿富汗边境的防卫。", "阿富汗边境", "AF-TJ"),
        ("tr", "Polonya Belarus sınırını kapattı.", "Belarus sınırını", "BY-PL"),
    ],
)
def test_a_border_of_one_country_is_that_with_who_else_is_named(geoparse, language, text, phrase, border):
    place = place_of(geoparse(text, language), phrase)
    assert place.id == f"border:{border}"


def test_a_border_of_one_country_alone_is_none(geoparse):
    record = geoparse("Guards stood at the Turkish border.")
    assert [place.id for place in record.places] == ["country:TR"]


@pytest.mark.parametrize(
    ("language", "text", "phrase", "inside", "outside"),
    [
        ("en", "A boat capsized off the Libyan coast.", "off the Libyan coast", (33.1, 13.2), (30.0, 15.0)),
        ("fr", "Un bateau a chaviré au large de la Libye.", "large de la Libye", (33.1, 13.2), (30.0, 15.0)),
        ("ru", "Лодка затонула у берегов Ливии.", "у берегов Ливии", (33.1, 13.2), (30.0, 15.0)),
        ("tr", "Libya açıklarında bir tekne battı.", "Libya açıklarında", (33.1, 13.2), (30.0, 15.0)),
        ("en", "The tanker burned 20 miles off the coast of Yemen.", "20 miles off", (12.45, 45.0), (15.0, 46.0)),
        ("es", "Ardió a 30 millas de la costa de Yemen.", "30 millas de la costa", (12.35, 45.0), (12.85, 45.0)),
        ("de", "Die syrische Küste wurde getroffen.", "syrische Küste", (35.5, 35.8), (35.0, 38.0)),
        ("ar", "ضرب الزلزال الساحل السوري.", "الساحل السوري", (35.5, 35.8), (35.0, 38.0)),
        ("en", "A quake hit the southern coast of Haiti.", "southern coast of Haiti", (18.2, -73.7), (19.7, -72.2)),
        ("pt", "O terremoto atingiu a costa sul do Haiti.", "costa sul do Haiti", (18.2, -73.7), (19.7, -72.2)),
        ("es", "Tembló en la costa occidental de México.", "costa occidental", (19.05, -104.3), (20.9, -97.3)),
        ("en", "A convoy was hit on the Kabul-Kandahar highway.", "Kabul-Kandahar", (33.0, 67.2), (36.5, 67.0)),
        ("fr", "Une embuscade sur la route entre Gao et Ansongo.", "route entre Gao", (15.97, 0.22), (14.5, -4.2)),
        ("en", "Shelling was reported halfway between Homs and Hama.", "halfway", (34.93, 36.73), (36.2, 37.1)),
        ("id", "Ledakan di pinggiran selatan Beirut.", "pinggiran selatan Beirut", (33.84, 35.5), (33.95, 35.55)),
        ("zh", "以军空袭贝鲁特南郊。", "贝鲁特南郊", (33.84, 35.5), (33.95, 35.55)),
        ("id", "Gempa 45 km di sebelah tenggara Sukabumi.", "45 km di sebelah", (-7.2, 107.2), (-6.5, 106.5)),
        ("ru", "Бои идут в 30 км к северу от Алеппо.", "30 км к северу", (36.47, 37.15), (36.0, 37.1)),
        ("tr", "Halep'in 30 kilometre kuzeyinde çatışma var.", "30 kilometre", (36.47, 37.15), (36.0, 37.1)),
        ("uk", "Човен затонув біля берегів Лівії.", "біля берегів Лівії", (33.1, 13.2), (30.0, 15.0)),
        ("it", "Un barcone è affondato al largo della Libia.", "largo della Libia", (33.1, 13.2), (30.0, 15.0)),
        ("nl", "Een boot zonk voor de kust van Libië.", "voor de kust van Libië", (33.1, 13.2), (30.0, 15.0)),
        ("pl", "Walki 30 km na północ od Aleppo.", "30 km na północ", (36.47, 37.15), (36.0, 37.1)),
        ("fa", "قایق در سواحل لیبی غرق شد.", "سواحل لیبی", (33.1, 13.2), (30.0, 15.0)),
        ("hi", "लीबिया के तट से दूर नाव डूबी।", "लीबिया के तट से", (33.1, 13.2), (30.0, 15.0)),
        ("ja", "リビア沖で船が沈没した。", "リビア沖", (33.1, 13.2), (30.0, 15.0)),
        ("en", "The army advanced north of Kharkiv.", "north of Kharkiv", (50.2, 36.23), (49.7, 36.2)),
    ],
)
def test_a_described_place_covers_what_it_says(geoparse, language, text, phrase, *, inside, outside):
    place = place_of(geoparse(text, language), phrase)
    assert place.precision is Precision.VAGUE
    assert place.geometry_type == "polygon"
    assert holds(place, *inside)
    assert not holds(place, *outside)
    assert holds(place, place.lat, place.lon)


@pytest.mark.parametrize(
    ("language", "text", "phrase", "river"),
    [
        ("en", "Floods swept away a bridge over the Panj.", "bridge over the Panj", "river:panj"),
        ("ru", "Взорван мост через Днепр.", "мост через Днепр", "river:dnieper"),
        ("pt", "Uma ponte sobre o rio Tocantins caiu.", "ponte sobre o rio Tocantins", "river:tocantins"),
    ],
)
def test_a_bridge_without_a_name_is_the_reach_of_its_river(geoparse, language, text, phrase, river):
    place = place_of(geoparse(text, language), phrase)
    assert place.precision is Precision.LINE
    assert place.geometry_type == "line"
    assert place.parents[0] == river


def test_where_the_text_is_at_home_is_the_point_of_a_part(geoparse):
    alone = place_of(geoparse("Fighting in northern Afghanistan."), "northern Afghanistan")
    told = place_of(
        geoparse("Fayzabad fell. Fighting in northern Afghanistan, near the Tajik-Afghan border."), "northern"
    )
    assert told.lon > alone.lon + 0.5  # Fayzabad and the border lie in the east of it
    assert told.geometry == alone.geometry


@pytest.mark.parametrize("text", ["A boat sank off the coast of {}.", "Storms hit the southern coast of {}."])
def test_another_country_in_the_same_words_is_described_alike(geoparse, text):
    found = [geoparse(text.format(country)) for country in ("Libya", "Somalia", "Haiti")]
    places = [next(p for p in record.places if p.kind is PlaceKind.DESCRIBED) for record in found]
    assert len({place.relation for place in places}) == 1
    assert [place.country for place in places] == ["LY", "SO", "HT"]


def test_what_is_said_around_it_moves_no_shape(geoparse):
    phrase = "A dam broke 30 km north of Khartoum."
    alone, among = geoparse(phrase), geoparse(f"Aid came from Cairo on Monday. {phrase} Addis Ababa sent help.")
    assert place_of(alone, "30 km").geometry == place_of(among, "30 km").geometry


@pytest.mark.parametrize(
    "text",
    [
        "The coast of Chad.",  # it has none
        "Winds swept the Gold Coast of Queensland.",
        "The Philippine coast guard called off the search.",
        "The northern town of Timbuktu in Mali was quiet.",
        "He was born in the southern Polish city of Kraków.",
        "A market in Jakarta Barat.",
        "Talks between Russia and Ukraine failed.",
        "Head north and Chinese food is everywhere.",
    ],
)
def test_what_describes_no_place(geoparse, text):
    assert [place.name for place in geoparse(text).places if place.kind is PlaceKind.DESCRIBED] == []


def test_patterns_take_linear_time(prepared, store):
    from geomap.places.phrases import find
    from geomap.places.scan import words_of

    words = words_of(prepared("a" * 200_000 + " on the Afghan side of the border." * 500, "en"))
    assert len(find(words, [], store)) == 500
