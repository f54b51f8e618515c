"""What turns the entries of many sources into one gazetteer: unite, clean, place inside units, and weigh.

Each function takes the whole list, since each rule looks at other entries.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Name, NameClass
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from geomap.gazetteer.entry import Entry

__all__ = [
    "add_countries",
    "add_names",
    "assign_admin1",
    "correct",
    "drop_misleading",
    "drop_peoples",
    "fill_population",
    "fill_radius",
    "mark_abbreviations",
    "move",
    "prior",
    "seats",
    "share_names",
    "unite",
    "yield_to_seats",
]

FAR_BIGGER = 1.0  # in units of `prior`: ten times as many people
ADMIN1_REACH = 0.5  # degrees from the nearest unit of its country; a city may lie off the simplified coast

# How likely an entry is meant when nothing else is known, on the scale of log10(population). The order of news:
# countries before everything, first-level units with the cities of their size, features of nature by their extent.
# Of what people live in: base, share of log10(population), least, most.
_BY_PEOPLE: dict[PlaceKind, tuple[float, float, float, float]] = {
    PlaceKind.COUNTRY: (7.0, 0.25, 7.0, 10.0),
    PlaceKind.ADMIN1: (0.0, 1.0, 4.7, 7.0),
    PlaceKind.ADMIN2: (-0.8, 1.0, 2.0, 5.0),
    PlaceKind.CITY: (0.0, 1.0, 0.0, 10.0),
}
# Of the rest: the weight of one whose radius is 300 km, and what ten times the radius adds.
_USUAL_EXTENT = 2.5
_BY_EXTENT: dict[PlaceKind, tuple[float, float]] = {
    PlaceKind.DISPUTED: (6.3, 0.2),
    PlaceKind.REGION: (6.2, 0.2),
    PlaceKind.SEA: (6.0, 0.2),
    PlaceKind.STRAIT: (5.6, 0.0),
    PlaceKind.RIVER: (5.5, 1.0),
    PlaceKind.LAKE: (5.5, 1.0),
    PlaceKind.MOUNTAINS: (5.4, 0.2),
    PlaceKind.DESERT: (5.4, 0.2),
    PlaceKind.CANAL: (5.2, 0.0),
    PlaceKind.PENINSULA: (5.2, 0.2),
    PlaceKind.PLATEAU: (5.0, 0.2),
    PlaceKind.ISLAND: (4.9, 0.3),
    PlaceKind.MOUNTAIN: (4.8, 0.0),
    PlaceKind.BORDER: (4.5, 0.0),
    PlaceKind.AIRPORT: (3.0, 0.0),
    PlaceKind.PORT: (2.0, 0.0),
}
_FACILITY = 4.5
_FEATURE = {
    "PPLC": 1.0,
    "PPLA": 0.4,
    "PPLA2": 0.15,
    "PPLX": -0.7,
    "PPLH": -1.0,
    "PPLQ": -1.0,
    "PPLW": -1.0,
    "PPLCH": -1.0,
    "ADM3": 1.5,  # a district, of which no source has the people
}
_SHORT = 3  # letters
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff·]{2,}")
_CHINESE_UNIT = re.compile("(?<=..)(?:特别市|广域市|[市省州县]|地区)$")
_CITY_UNIT_KM, _CITY_UNIT_SHARE = 60.0, 0.7
_SMALL_PART = 10  # times as many people
_OFF_SHORE = 0.1  # degrees that a city may lie off the simplified edge of its unit
_TELLING = 15_000  # people; languages of the names of smaller places are not worth their room
_NEXT = 0.05  # in units of `prior`
_UNKNOWN_POPULATION = 300  # of a place that a source lists without one


def unite(entries: Iterable[Entry]) -> list[Entry]:
    """Unite entries with one id: the first decides, later ones add names and fill blanks."""
    united: dict[str, Entry] = {}
    for entry in entries:
        known = united.setdefault(entry.id, entry)
        if known is entry:
            continue
        known.names = list(dict.fromkeys([*known.names, *entry.names]))
        for blank in _BLANKS:
            if not getattr(known, blank):
                setattr(known, blank, getattr(entry, blank))
        if known.geometry is None:
            known.geometry = entry.geometry
    return list(united.values())


_BLANKS = (
    "country", "admin1", "admin2", "population", "feature_code", "geonameid", "wikidata", "radius_km", "vague",
    "official_km", "status", "parents", "capital_of", "source",
)  # fmt: skip


def prior(entry: Entry) -> float:
    """Return how likely a name without context means this entry: about log10 of the people who live there."""
    people = math.log10(max(entry.population, _UNKNOWN_POPULATION))
    extent = math.log10(max(entry.radius_km, 1.0))
    if entry.kind in _BY_PEOPLE:
        base, share, least, most = _BY_PEOPLE[entry.kind]
        weight = min(max(base + share * people, least), most)
        return weight + _FEATURE.get(entry.feature_code, 0.0)
    base, per_decade = _BY_EXTENT.get(entry.kind, (_FACILITY, 0.0))
    return base + per_decade * (extent - _USUAL_EXTENT)


def mark_abbreviations(entries: Iterable[Entry]) -> None:
    """Mark as abbreviations what sources list among other names: "Pa.", "NSW"; drop what is a code of its place."""
    for entry in entries:
        codes = {name.text for name in entry.names if name.kind is NameClass.CODE}
        kept = []
        for name in entry.names:
            letters = sum(map(str.isalpha, name.text))
            short = letters <= 4 and (name.text.isupper() or name.text.endswith("."))
            if name.language or name.kind not in {NameClass.UNTAGGED, NameClass.ABBREVIATION}:
                kept.append(name)
            elif short and name.text not in codes:
                kept.append(Name(name.text, "", NameClass.ABBREVIATION))
            elif not short and (letters > 2 or not name.text.isascii()):
                kept.append(name)
        entry.names = kept


def drop_misleading(entries: Iterable[Entry], priors: Mapping[str, float]) -> None:
    """Drop names without a language that would mislead.

    They go where they are the usual name of a far bigger place ("New York" for a suburb), the name of a city while
    they stand with a country ("Jakarta" in a list of spellings of Indonesia), or a demonym of the same place.
    """
    entries = list(entries)
    usual: dict[str, tuple[float, str]] = {}
    for entry in entries:
        weight = priors[entry.id]
        for name in entry.names:
            if name.kind <= NameClass.MAIN:
                spelling = key(name.text)
                if weight > usual.get(spelling, (-math.inf, ""))[0]:
                    usual[spelling] = weight, entry.id
    for entry in entries:
        demonyms = {key(name.text) for name in entry.names if name.kind is NameClass.DEMONYM}
        margin = -math.inf if entry.kind is PlaceKind.COUNTRY else priors[entry.id] + FAR_BIGGER
        kept = []
        for name in entry.names:
            if name.kind is NameClass.UNTAGGED:
                spelling = key(name.text)
                weight, owner = usual.get(spelling, (-math.inf, entry.id))
                if spelling in demonyms or (owner != entry.id and weight > max(margin, 5.0 if margin < 0 else margin)):
                    continue
            kept.append(name)
        entry.names = kept


def drop_peoples(entries: Iterable[Entry]) -> list[Entry]:
    """Drop hamlets that are called as a people is: nobody means French Township by "French"."""
    entries = list(entries)
    peoples = {key(name.text) for entry in entries for name in entry.names if name.kind is NameClass.DEMONYM}
    return [
        entry
        for entry in entries
        if entry.kind is not PlaceKind.CITY
        or entry.population
        or entry.geonameid
        or peoples.isdisjoint(key(name.text) for name in entry.names)
    ]


def drop_short(entries: Iterable[Entry], languages: Container[str]) -> None:
    """Drop names of up to three Latin letters that no language of the press vouches for.

    They are words of some language more often than names: "Ý" is Italy in Vietnamese, "San" a part of Myanmar in
    Serbian, "Sik" a Bolivian city in no language at all. "N.J." and the like of units stay.

    Parameters
    ----------
    languages
        ISO 639-1 codes of those that do.
    """
    for entry in entries:
        city = entry.kind is PlaceKind.CITY
        entry.names = [name for name in entry.names if not _is_stray(name, languages, city=city)]


def _is_stray(name: Name, languages: Container[str], *, city: bool) -> bool:
    spelling = key(name.text)
    if len(spelling) > _SHORT or not spelling.isascii():
        return False
    if name.kind is NameClass.UNTAGGED:
        return city
    return bool(name.language) and name.language not in languages


def add_city_names(entries: Iterable[Entry], named: Mapping[tuple[str, str], Sequence[Name]]) -> None:
    """Give names by country and normalised English name to the most populous city of that name in the country."""
    best: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if entry.kind is PlaceKind.CITY:
            for spelling in {key(name.text) for name in entry.names}:
                place = entry.country, spelling
                if place in named and entry.population > (best[place].population if place in best else -1):
                    best[place] = entry
    for place, entry in best.items():
        entry.names = list(dict.fromkeys([*named[place], *entry.names]))


def add_chinese(entries: Iterable[Entry], simplified: Mapping[int, str]) -> None:
    """Mark names in Chinese characters as Chinese, write them in simplified ones too, and without "city", "province".

    Japanese writes places abroad in kana, so that characters alone are Chinese outside Japan and Korea.
    """
    for entry in entries:
        if entry.kind not in {PlaceKind.CITY, PlaceKind.ADMIN1, PlaceKind.COUNTRY}:
            continue
        tells = entry.country not in {"JP", "KR", "KP"} and (
            entry.kind is not PlaceKind.CITY or entry.population >= _TELLING
        )
        names: list[Name] = []
        for name in entry.names:
            if name.language == "zh":
                names += _chinese(name, entry, simplified)
            elif tells and not name.language and _HAN.fullmatch(name.text):
                kind = min(name.kind, NameClass.ALTERNATE)
                names += _chinese(Name(name.text, "zh", kind), entry, simplified)
            else:
                names.append(name)
        entry.names = list(dict.fromkeys(names))


def _chinese(name: Name, entry: Entry, simplified: Mapping[int, str]) -> Iterator[Name]:
    """Yield a Chinese name without its generic word, in simplified characters, and as it stands.

    Abroad, the bare name is more often that of something else: "大西洋" is the Atlantic rather than Atlántico.
    """
    simple = name.text.translate(simplified)
    bare = _CHINESE_UNIT.sub("", simple)
    if bare != simple and entry.kind is not PlaceKind.COUNTRY:
        foreign = entry.kind is PlaceKind.ADMIN1 and entry.country not in {"CN", "TW"}
        yield Name(bare, "zh", max(name.kind, NameClass.ALTERNATE) if foreign else name.kind)
    yield Name(simple, "zh", name.kind)
    yield name


def seats(entries: Iterable[Entry]) -> list[tuple[Entry, Entry]]:
    """Return each first-level unit with the largest city in it that bears its name, unless it is a small part of it.

    "Florence", "Isfahan" or "New York" without a word for what it is means the city; "Quebec" or "Victoria" the unit.
    """
    entries = list(entries)
    cities: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.kind is PlaceKind.CITY and entry.population >= _TELLING and entry.feature_code != "PPLX":
            for spelling in _usual(entry):
                cities[entry.country, spelling].append(entry)
    pairs = []
    for unit in entries:
        if unit.kind is not PlaceKind.ADMIN1:
            continue
        named = [
            city
            for spelling in sorted(_usual(unit))
            for city in cities.get((unit.country, spelling), ())
            if city.population * _SMALL_PART >= unit.population and _within(city, unit)
        ]
        if named:
            pairs.append((unit, max(named, key=lambda city: (city.population, city.id))))
    return pairs


def _within(city: Entry, unit: Entry) -> bool:
    """Tell whether a city is assigned to a unit, or stands close enough to its middle to lie in it."""
    if city.admin1 and city.admin1 == unit.admin1:
        return True
    if unit.geometry is None:
        return False
    from shapely import Point

    return bool(unit.geometry.distance(Point(city.lon, city.lat)) < _OFF_SHORE)


def _usual(entry: Entry) -> set[str]:
    """Return the normalised usual names of an entry, in no language or in English."""
    return {key(n.text) for n in entry.names if n.kind <= NameClass.ALTERNATE and n.language in {"", "en"}}


def share_names(pairs: Iterable[tuple[Entry, Entry]]) -> None:
    """Tag names of a seat by those of its unit: that "Kiew" is German is known of the unit alone.

    A unit that is hardly more than the city gives it all its names.
    """
    for unit, city in pairs:
        untagged = {key(name.text) for name in city.names}
        tags = {name.language for name in city.names if name.kind <= NameClass.ALTERNATE}
        alone = unit.radius_km <= _CITY_UNIT_KM and city.population >= _CITY_UNIT_SHARE * unit.population
        city.names += [
            name
            for name in unit.names
            if name.language
            and name.kind <= NameClass.ALTERNATE
            and (key(name.text) in untagged or (alone and name.language not in tags))
        ]
        city.names = list(dict.fromkeys(city.names))


def yield_to_seats(pairs: Iterable[tuple[Entry, Entry]], priors: dict[str, float]) -> None:
    """Weigh a unit less than the city that it shares its name with; see `seats`."""
    for unit, city in pairs:
        priors[unit.id] = min(priors[unit.id], priors[city.id] - _NEXT)


def assign_admin1(entries: Iterable[Entry]) -> None:
    """Write into each point the first-level unit that it lies in, or that is nearest within its country.

    GeoNames and the polygons draw some borders apart; the country that GeoNames says decides among units.
    """
    from shapely import STRtree, points

    entries = list(entries)
    units = [e for e in entries if e.kind in {PlaceKind.ADMIN1, PlaceKind.DISPUTED} and e.geometry and e.admin1]
    places = [e for e in entries if not e.admin1 and e.country and e.kind not in {PlaceKind.COUNTRY, PlaceKind.ADMIN1}]
    if not units or not places:
        return
    tree = STRtree([unit.geometry for unit in units if unit.geometry is not None])
    where = points([(e.lon, e.lat) for e in places])
    waiting = np.ones(len(places), bool)
    for place, unit in tree.query(where, predicate="intersects").T:
        if waiting[place] and units[unit].country == places[place].country:
            places[place].admin1 = units[unit].admin1
            waiting[place] = False
    rest = np.flatnonzero(waiting)
    pairs = tree.query(where[rest], predicate="dwithin", distance=ADMIN1_REACH).T
    nearest: dict[int, tuple[float, str]] = {}
    for index, unit in pairs:
        place = int(rest[index])
        if units[unit].country == places[place].country:
            distance = where[place].distance(units[unit].geometry)
            nearest[place] = min(nearest.get(place, (math.inf, "")), (distance, units[unit].admin1))
    for place, (_, code) in nearest.items():
        places[place].admin1 = code


def add_spellings(entries: Iterable[Entry]) -> None:
    """Add the other way to write an abbreviation: "St. Gallen" and "Saint Gallen", "U.S." and "US"."""
    for entry in entries:
        more = []
        for name in entry.names:
            kind = NameClass.ABBREVIATION if name.kind is NameClass.ABBREVIATION else NameClass.ALTERNATE
            spellings = _dotted(name.text) if kind is NameClass.ABBREVIATION else _saints(name.text)
            more += [Name(text, name.language, max(kind, name.kind)) for text in spellings]
        entry.names += more


_SAINTS = {
    "Saint": ("St.", "St"),
    "Mount": ("Mt.", "Mt"),
    "Fort": ("Ft.", "Ft"),
    "St.": ("Saint",),
    "Mt.": ("Mount",),
    "Ft.": ("Fort",),
}


def _saints(text: str) -> list[str]:
    first, _, rest = text.partition(" ")
    return [f"{other} {rest}" for other in _SAINTS.get(first, ())] if rest else []


def _dotted(text: str) -> list[str]:
    """Return "U.S." and, as it stands before a full stop, "U.S" for "US"."""
    if not (text.isascii() and text.isalpha() and text.isupper() and 2 <= len(text) <= 4):
        return []
    return [".".join(text), ".".join(text) + "."]


def centre(geometry: BaseGeometry) -> tuple[float, float]:
    """Return lon, lat of an area's centroid, which may lie outside of it, also where ±180 cuts it in two."""
    from shapely import transform

    west, _, east, _ = geometry.bounds
    if east - west > 180:
        geometry = transform(geometry, lambda xy: np.column_stack([xy[:, 0] % 360, xy[:, 1]]))
    return round((geometry.centroid.x + 180) % 360 - 180, 4), round(geometry.centroid.y, 4)


def centre_units(entries: Iterable[Entry]) -> None:
    """Put the point of each first-level unit at its centroid.

    GeoNames' own points of units are in no packaged file. Of what can be had, the centroid comes nearest to them: 99 %
    of mentions in published gold answers within 161 km, against 96 % for Natural Earth's label points.
    """
    for entry in entries:
        if entry.kind is PlaceKind.ADMIN1 and entry.geometry is not None:
            entry.lon, entry.lat = centre(entry.geometry)


def fill_population(entries: Iterable[Entry]) -> None:
    """Give a first-level unit without a population that of the cities in it."""
    entries = list(entries)
    people: Counter[str] = Counter()
    for entry in entries:
        if entry.kind is PlaceKind.CITY and entry.feature_code != "PPLX":
            people[entry.admin1] += entry.population
    for entry in entries:
        if entry.kind is PlaceKind.ADMIN1 and not entry.population:
            entry.population = people[entry.id.removeprefix("admin1:")]


def fill_radius(entries: Iterable[Entry]) -> None:
    """Give a radius to entries without one: the circle that covers an area, a guess from its people for a city."""
    from geomap.gazetteer.geometry import covering_radius_km, town_radius_km

    for entry in entries:
        if entry.radius_km:
            continue
        if entry.geometry is not None:
            entry.radius_km = covering_radius_km(entry.geometry, entry.lon, entry.lat)
        elif entry.kind is PlaceKind.CITY:
            entry.radius_km = town_radius_km(entry.population)


def add_names(entries: Iterable[Entry], prefix: str, names: Mapping[str, Sequence[Name]]) -> None:
    """Add names that a source gives by code to the entries ``<prefix><code>``."""
    for entry in entries:
        if entry.id.startswith(prefix):
            entry.names = list(dict.fromkeys([*entry.names, *names.get(entry.id.removeprefix(prefix), ())]))


def add_countries(entries: Iterable[Entry], table: Mapping[str, tuple[int, str, int]]) -> None:
    """Write GeoNames id, alpha-3 code and population into the countries.

    Parameters
    ----------
    table
        GeoNames id, alpha-3 code and population by alpha-2 code.
    """
    for entry in entries:
        if entry.kind is PlaceKind.COUNTRY and entry.country in table:
            entry.geonameid, alpha3, entry.population = table[entry.country]
            entry.names.append(Name(alpha3, "", NameClass.CODE))
            entry.feature_code = "PCLI"


def move(entries: Iterable[Entry], points: Mapping[str, tuple[float, float]]) -> None:
    """Put the point of some places, by id, where GeoNames has it.

    Which point stands for a country, a continent or an ocean is a matter of convention; published gold answers use
    GeoNames'.
    """
    for entry in entries:
        entry.lat, entry.lon = points.get(entry.id, (entry.lat, entry.lon))


def correct(entries: Iterable[Entry], curated: Iterable[Entry]) -> list[Entry]:
    """Add curated entries: where a source has the place already, what is curated takes precedence.

    A curated name in a language becomes the usual one; a curated shape, length, status or radius replaces the
    source's. An entry that holds names alone stands at 0, 0, and keeps the place where the source put it.

    Raises
    ------
    GazetteerError
        Names are curated for a place that no source has.
    """
    found = {entry.id: entry for entry in entries}
    for better in curated:
        known = found.get(better.id)
        names_alone = better.geometry is None and not better.lat and not better.lon
        if known is None:
            if names_alone:
                raise GazetteerError(f"{better.id}: names are curated for a place that no source has")
            found[better.id] = better
            continue
        usual = {name.language for name in better.names if name.kind is NameClass.PREFERRED}
        demoted = [
            Name(name.text, name.language, NameClass.ALTERNATE)
            if name.kind is NameClass.PREFERRED and name.language in usual
            else name
            for name in known.names
        ]
        known.names = list(dict.fromkeys([*better.names, *demoted]))
        if names_alone:
            continue
        known.kind, known.geometry = better.kind, better.geometry if better.geometry is not None else known.geometry
        if better.kind is not PlaceKind.COUNTRY:
            known.lat, known.lon = better.lat, better.lon
        for name in ("radius_km", "vague", "official_km", "status", "parents"):
            setattr(known, name, getattr(better, name) or getattr(known, name))
    return list(found.values())
