"""Directions and borders in every language that has a pack."""

from __future__ import annotations

import pytest

from geomap.gazetteer.store import Store
from geomap.places import borders
from geomap.places.relations import describe
from geomap.places.scan import Words
from geomap.record import Article, Mention, MentionKind, Place, PlaceKind, Precision, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise


@pytest.fixture(scope="module")
def store():
    return Store.open()


def mention(text: str, name: str, **facts: str) -> Mention:
    start = text.index(name)
    return Mention(start, start + len(name), name, name=facts.get("key", name), place_id=facts.get("place_id", ""))


@pytest.mark.parametrize(
    ("language", "text", "name", "phrase", "direction"),
    [
        ("en", "Fighting in northern Mali.", "Mali", "northern Mali", "n"),
        ("en", "Fighting in Mali's north.", "Mali", "Mali's north", "n"),
        ("de", "Kämpfe im Osten der Ukraine.", "Ukraine", "Osten der Ukraine", "e"),
        ("de", "Kämpfe im nördlichen Mali.", "Mali", "nördlichen Mali", "n"),
        ("es", "Combates en el norte de Malí.", "Malí", "norte de Malí", "n"),
        ("fr", "Combats dans l'est de l'Ukraine.", "Ukraine", "l'est de l'Ukraine", "e"),
        ("it", "Scontri nel nord della Siria.", "Siria", "nord della Siria", "n"),
        ("pt", "Combates no norte de Moçambique.", "Moçambique", "norte de Moçambique", "n"),
        ("nl", "Gevechten in oostelijk Oekraïne.", "Oekraïne", "oostelijk Oekraïne", "e"),
        ("pl", "Walki na północy Mali.", "Mali", "północy Mali", "n"),
        ("ru", "Бои на северо-востоке Сирии.", "Сирии", "северо-востоке Сирии", "ne"),
        ("uk", "Бої у східній Україні.", "Україні", "східній Україні", "e"),
        ("tr", "Suriye'nin kuzeyinde çatışma.", "Suriye", "Suriye'nin kuzeyinde", "n"),
        ("ar", "معارك في شمال سوريا.", "سوريا", "شمال سوريا", "n"),
        ("fa", "درگیری در شمال افغانستان.", "افغانستان", "شمال افغانستان", "n"),
        ("hi", "उत्तरी सीरिया में लड़ाई।", "सीरिया", "उत्तरी सीरिया", "n"),
        ("zh", "叙利亚北部发生冲突。", "叙利亚", "叙利亚北部", "n"),
        ("ja", "シリア北部で戦闘。", "シリア", "シリア北部", "n"),
        ("id", "Pertempuran di Mali utara.", "Mali", "Mali utara", "n"),
    ],
)
def test_a_direction_makes_a_part_of_a_country(store, language, text, name, *, phrase, direction):
    import shapely

    square = shapely.to_wkb(shapely.box(0, 0, 10, 10))
    country = Place("country:XX", name, PlaceKind.COUNTRY, "XX", 5, 5, Precision.COUNTRY, 700, "polygon", square)
    record = Record(
        Article(text, language=language),
        sentences=split(text, language),
        tokens=tokenise(text),
        mentions=(mention(text, name, place_id="country:XX"),),
        places=(country,),
    )
    described = [p for p in describe(record, store).places if p.kind is PlaceKind.DESCRIBED]
    assert [(p.name, p.relation) for p in described] == [(phrase, direction)]


@pytest.mark.parametrize(
    ("language", "text"), [("en", "North of Mali."), ("de", "Nördlich von Mali."), ("pl", "Na północ od Mali.")]
)
def test_what_lies_north_of_a_country_is_no_part_of_it(store, language, text):
    record = Record(
        Article(text, language=language),
        sentences=split(text, language),
        tokens=tokenise(text),
        mentions=(mention(text, "Mali", place_id="country:ML"),),
        places=(Place("country:ML", "Mali", PlaceKind.COUNTRY, "ML", 17, -4, Precision.COUNTRY, 900),),
    )
    assert len(describe(record, store).mentions) == 1


@pytest.mark.parametrize(
    ("language", "text", "names", "phrase", "border"),
    [
        (
            "es",
            "En la frontera de Colombia con Venezuela.",
            "Colombia Venezuela",
            "frontera de Colombia con Venezuela",
            "CO-VE",
        ),
        (
            "fr",
            "La frontière entre le Tchad et le Soudan.",
            "Tchad Soudan",
            "frontière entre le Tchad et le Soudan",
            "SD-TD",
        ),
        ("it", "Al confine tra l'Italia e l'Austria.", "Italia Austria", "confine tra l'Italia e l'Austria", "AT-IT"),
        ("de", "Die Grenze zwischen Polen und Belarus.", "Polen Belarus", "Grenze zwischen Polen und Belarus", "BY-PL"),
        ("tr", "Türkiye ile Irak arasındaki sınır.", "Türkiye Irak", "Türkiye ile Irak arasındaki sınır", "IQ-TR"),
        ("ar", "الحدود بين لبنان وسوريا.", "لبنان سوريا", "الحدود بين لبنان وسوريا", "LB-SY"),
        ("fa", "در مرز بین ایران و عراق.", "ایران عراق", "مرز بین ایران و عراق", "IQ-IR"),
        ("hi", "भारत और पाकिस्तान की सीमा पर।", "भारत पाकिस्तान", "भारत और पाकिस्तान की सीमा", "IN-PK"),
        ("zh", "在中国和俄罗斯边境。", "中国 俄罗斯", "中国和俄罗斯边境", "CN-RU"),
        (
            "ja",
            "タジキスタンとアフガニスタンの国境で。",
            "タジキスタン アフガニスタン",
            "タジキスタンとアフガニスタンの国境",
            "AF-TJ",
        ),
        ("ru", "Бои на таджикско-афганской границе.", "", "таджикско-афганской границе", "AF-TJ"),
        ("ar", "على الحدود اللبنانية السورية.", "", "الحدود اللبنانية السورية", "LB-SY"),
    ],
)
def test_a_border_is_named_by_its_two_countries(store, language, text, names, *, phrase, border):
    words = Words(text, tokenise(text), language)
    joined = borders.join([mention(text, name) for name in names.split()], words, store)
    assert [(m.surface, m.name, m.kind) for m in joined] == [(phrase, f"border:{border}", MentionKind.BORDER)]
