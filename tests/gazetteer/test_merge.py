"""The rules by which many sources become one gazetteer."""

from __future__ import annotations

import pytest

from geomap.errors import GazetteerError
from geomap.gazetteer import merge
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.record import PlaceKind

UNTAGGED, PREFERRED, ALTERNATE, MAIN = NameClass.UNTAGGED, NameClass.PREFERRED, NameClass.ALTERNATE, NameClass.MAIN


def texts(entry):
    return [name.text for name in entry.names]


def cleaned(*entries):
    merge.drop_misleading(entries, {entry.id: merge.prior(entry) for entry in entries})
    return entries


def test_entries_of_one_id_are_united(make_city):
    first = make_city(1, "Bokhtar", "TJ", 37.8, 68.8, 0)
    second = make_city(1, "Qurghonteppa", "TJ", 1, 2, 110_800, feature="PPLA")
    (united,) = merge.unite([first, second])
    assert texts(united) == ["Bokhtar", "Qurghonteppa"]
    assert (united.lat, united.population, united.feature_code) == (37.8, 110_800, "PPL")


def test_names_of_a_far_bigger_place_are_dropped(make_city):
    suburb = make_city(1, "Hoboken", "US", 40, -74, 60_000, Name("New York"), Name("Hobocan"))
    cleaned(suburb, make_city(2, "New York", "US", 40, -74, 8_800_000))
    assert texts(suburb) == ["Hoboken", "Hobocan"]


def test_names_of_a_place_of_its_own_size_stay(make_city):
    town = make_city(1, "Santiago de Compostela", "ES", 42, -8, 95_000, Name("Santiago"))
    cleaned(town, make_city(2, "Santiago", "PH", 16, 121, 140_000))
    assert "Santiago" in texts(town)


def test_cities_are_dropped_from_the_spellings_of_a_country(make_area, make_city):
    country = make_area("country:ID", "Indonesia", "ID", (95, -10, 141, 6), Name("Jakarta"), Name("Endonesya"))
    cleaned(country, make_city(1, "Jakarta", "ID", -6, 106, 8_500_000))
    assert texts(country) == ["Indonesia", "Endonesya"]


def test_a_demonym_is_no_name_of_the_country(make_area):
    country = make_area(
        "country:TJ", "Tajikistan", "TJ", (67, 36, 75, 41), Name("Tajik"), Name("Tajik", "en", NameClass.DEMONYM)
    )
    cleaned(country)
    assert [name.kind for name in country.names if name.text == "Tajik"] == [NameClass.DEMONYM]


def test_abbreviations_are_marked_and_codes_dropped(make_area):
    state = make_area(
        "admin1:US-PA", "Pennsylvania", "US", (-80, 39, -74, 42),
        Name("Pa."), Name("PA"), Name("Pe"), Name("Keystone"), Name("МО"),
        Name("PEN", "", NameClass.ABBREVIATION), Name("PEN", "", NameClass.CODE), Name("Mỹ", "vi", ALTERNATE),
        kind=PlaceKind.ADMIN1,
    )  # fmt: skip
    merge.mark_abbreviations([state])
    assert [(name.text, name.kind) for name in state.names[1:]] == [
        ("Pa.", NameClass.ABBREVIATION),
        ("PA", NameClass.ABBREVIATION),
        ("Keystone", UNTAGGED),
        ("МО", NameClass.ABBREVIATION),
        ("PEN", NameClass.CODE),
        ("Mỹ", ALTERNATE),
    ]


def test_other_spellings_of_abbreviations_are_added(make_area, make_city):
    country = make_area(
        "country:US", "United States", "US", (-125, 25, -67, 49), Name("US", "en", NameClass.ABBREVIATION)
    )
    town = make_city(1, "Saint Gallen", "CH", 47, 9, 75_000, Name("St. Galle", "no", ALTERNATE))
    merge.add_spellings([country, town])
    assert texts(country) == ["United States", "US", "U.S", "U.S."]
    assert texts(town) == ["Saint Gallen", "St. Galle", "St. Gallen", "St Gallen", "Saint Galle"]
    assert town.names[2].kind is ALTERNATE


def test_the_point_of_a_unit_is_its_centre_across_the_antimeridian():
    from shapely import box, union

    shape = union(box(170, 60, 180, 70), box(-180, 60, -170, 70))
    chukotka = Entry("admin1:RU-CHU", PlaceKind.ADMIN1, 65, 0, geometry=shape)
    merge.centre_units([chukotka])
    assert (abs(chukotka.lon), chukotka.lat) == (180, 65)


def test_tagged_names_are_never_dropped(make_city):
    town = make_city(1, "Moscow", "US", 46, -117, 25_000, Name("Москва", "ru", ALTERNATE))
    cleaned(town, make_city(2, "Москва", "RU", 55, 37, 10_000_000))
    assert "Москва" in texts(town)


def test_points_are_put_into_the_unit_of_their_own_country(make_area, make_city):
    west = make_area("admin1:TJ-A", "A", "TJ", (60, 30, 70, 40), kind=PlaceKind.ADMIN1, admin1="TJ-A")
    east = make_area("admin1:AF-B", "B", "AF", (70, 30, 80, 40), kind=PlaceKind.ADMIN1, admin1="AF-B")
    inside = make_city(1, "Inside", "TJ", 35, 65, 1)
    beyond = make_city(2, "Just across the drawn line", "TJ", 35, 70.2, 1)
    far = make_city(3, "Far", "TJ", 35, 75, 1)
    merge.assign_admin1([west, east, inside, beyond, far])
    assert [place.admin1 for place in (inside, beyond, far)] == ["TJ-A", "TJ-A", ""]


def test_radius(make_area, make_city):
    country = make_area("country:TJ", "Tajikistan", "TJ", (67, 36, 75, 41))
    capital, hamlet = make_city(1, "Dushanbe", "TJ", 38, 68, 679_400), make_city(2, "Tem", "TJ", 37, 71, 0)
    merge.fill_radius([country, capital, hamlet])
    assert 400 < country.radius_km < 500
    assert 5 < capital.radius_km < 15
    assert hamlet.radius_km == 5  # nobody counted


def test_population_of_a_unit_is_that_of_its_cities(make_area, make_city):
    unit = make_area(
        "admin1:TJ-KT", "Khatlon", "TJ", (67, 36, 70, 38), kind=PlaceKind.ADMIN1, admin1="TJ-KT", population=0
    )
    parts = [make_city(n, "X", "TJ", 37, 68, 100, admin1="TJ-KT", feature=f) for n, f in [(1, "PPL"), (2, "PPLX")]]
    merge.fill_population([unit, *parts])
    assert unit.population == 100  # a part of a city is counted with the city


def test_what_is_curated_takes_precedence():
    river = Entry(
        "river:panj",
        PlaceKind.RIVER,
        37,
        70,
        [Name("Pyanj", "en", PREFERRED), Name("Пяндж", "ru", PREFERRED)],
        official_km=0,
    )
    better = Entry("river:panj", PlaceKind.RIVER, 37.5, 70.5, [Name("Panj", "en", PREFERRED)], official_km=921)
    exonym = Entry("river:panj", PlaceKind.RIVER, 0, 0, [Name("Sungai Panj", "id", PREFERRED)])
    new = Entry("base:201", PlaceKind.BASE, 38.5, 68.7, [Name("201st base", "en", PREFERRED)])
    corrected, added = merge.correct([river], [better, exonym, new])
    assert (corrected.lat, corrected.official_km, added.id) == (37.5, 921, "base:201")
    assert [(n.text, n.kind) for n in corrected.names] == [
        ("Sungai Panj", PREFERRED),
        ("Panj", PREFERRED),
        ("Pyanj", ALTERNATE),
        ("Пяндж", PREFERRED),
    ]


def test_a_country_keeps_the_point_of_geonames(make_area):
    country = make_area("country:TJ", "Tajikistan", "TJ", (67, 36, 75, 41))
    merge.add_countries([country], {"TJ": (1220409, "TJK", 9_100_837)})
    merge.move([country], {"country:TJ": (39.0, 71.0)})
    merge.correct([country], [make_area("country:TJ", "Tajikistan", "TJ", (67, 36, 75, 41))])
    assert (country.lat, country.lon, country.geonameid, country.population) == (39.0, 71.0, 1220409, 9_100_837)


def test_curated_names_of_a_place_that_no_source_has():
    with pytest.raises(GazetteerError, match="gn:1: names are curated"):
        merge.correct([], [Entry("gn:1", PlaceKind.CITY, 0, 0, [Name("X")])])


def test_priors_follow_the_news(make_area, make_city):
    country = merge.prior(make_area("country:NR", "Nauru", "NR", (166, -1, 167, 0), population=12_704))
    capital = merge.prior(make_city(1, "Paris", "FR", 48, 2, 2_138_551, feature="PPLC"))
    state = merge.prior(
        make_area("admin1:US-GA", "Georgia", "US", (-85, 30, -81, 35), kind=PlaceKind.ADMIN1, population=10_000_000)
    )
    town = merge.prior(make_city(2, "Paris", "US", 33, -95, 24_782))
    quarter = merge.prior(make_city(3, "Paris", "US", 33, -95, 24_782, feature="PPLX"))
    port = merge.prior(Entry("port:X", PlaceKind.PORT, 0, 0))
    assert country > capital > state > town > quarter > port


def test_short_names_need_a_language_of_the_press(make_area, make_city):
    italy = make_area("country:IT", "Italia", "IT", (7, 37, 18, 47), Name("Ý", "vi", PREFERRED), Name("Rim", "ru"))
    state = make_area("admin1:US-NJ", "New Jersey", "US", (-75, 39, -74, 41), Name("NJ"), kind=PlaceKind.ADMIN1)
    city = make_city(1, "Potosí", "BO", -19, -65, 170_000, Name("Sik"), Name("波托西"))
    merge.drop_short([italy, state, city], {"en", "ru"})
    assert texts(italy) == ["Italia", "Rim"]
    assert texts(state) == ["New Jersey", "NJ"]
    assert texts(city) == ["Potosí", "波托西"]


def test_names_by_english_name_go_to_the_largest_city(make_city):
    village = make_city(1, "Kyiv", "UA", 48, 30, 600)
    capital = make_city(2, "Kyiv", "UA", 50, 30, 2_900_000)
    merge.add_city_names([village, capital], {("UA", "kyiv"): [Name("Kiew", "de", PREFERRED)]})
    assert texts(village) == ["Kyiv"]
    assert texts(capital) == ["Kiew", "Kyiv"]


def test_chinese_names_are_simplified_and_bare(make_area, make_city):
    table = {ord("紐"): "纽", ord("約"): "约"}
    city = make_city(1, "New York City", "US", 40, -74, 8_800_000, Name("紐約市"))
    hamlet = make_city(2, "Nowhere", "US", 40, -75, 600, Name("紐約市"))
    home = make_city(3, "Tokyo", "JP", 35, 139, 8_800_000, Name("東京都"))
    province = make_area(
        "admin1:CO-ATL", "Atlántico", "CO", (-75, 10, -74, 11), Name("大西洋省", "zh", PREFERRED), kind=PlaceKind.ADMIN1
    )
    merge.add_chinese([city, hamlet, home, province], table)
    assert [(n.text, n.language) for n in city.names[1:]] == [("纽约", "zh"), ("纽约市", "zh"), ("紐約市", "zh")]
    assert [n.language for n in (*hamlet.names, *home.names)] == [""] * 4
    assert Name("大西洋", "zh", ALTERNATE) in province.names
    assert Name("大西洋省", "zh", PREFERRED) in province.names


def test_a_unit_gives_names_to_its_seat_and_yields_to_it(make_area, make_city):
    unit = make_area(
        "admin1:UA-14", "Donetsk", "UA", (37, 47, 39, 49), Name("Donezk", "de", PREFERRED), kind=PlaceKind.ADMIN1,
        admin1="UA-14", population=4_000_000,
    )  # fmt: skip
    city = make_city(1, "Donetsk", "UA", 48, 37.8, 900_000, Name("Donezk"), admin1="UA-14")
    other = make_city(2, "Donetsk", "RU", 48, 40, 50_000)
    pairs = merge.seats([unit, city, other])
    assert pairs == [(unit, city)]
    merge.share_names(pairs)
    assert Name("Donezk", "de", PREFERRED) in city.names
    priors = {entry.id: merge.prior(entry) for entry in (unit, city)}
    merge.yield_to_seats(pairs, priors)
    assert priors[unit.id] < priors[city.id]


def test_a_unit_does_not_yield_to_a_small_part_of_it(make_area, make_city):
    province = make_area(
        "admin1:CA-QC", "Quebec", "CA", (-80, 45, -57, 62), kind=PlaceKind.ADMIN1, population=8_000_000
    )
    assert merge.seats([province, make_city(1, "Quebec", "CA", 46.8, -71.2, 530_000, admin1="CA-QC")]) == []


def test_a_hamlet_called_as_a_people_is_dropped(make_area, make_city):
    country = make_area("country:FR", "France", "FR", (-5, 42, 8, 51))
    country.names.append(Name("French", "en", NameClass.DEMONYM))
    hamlet, town = (make_city(number, "French", "US", 40, -80, people) for number, people in ((1, 0), (2, 3000)))
    hamlet.geonameid = None
    assert merge.drop_peoples([country, hamlet, town]) == [country, town]
