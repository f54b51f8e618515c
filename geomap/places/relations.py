"""Places that a text describes: "northern Afghanistan", "distrik utara", "30 km south of Aleppo".

Each becomes a place of its own with a geometry made by recipe, an honest radius, and a mention of kind REFERENCE that
may enclose the name it builds on. The recipes:

- a direction and an area: the part of its polygon on that side, a third of it by area;
- a direction and a kind of district, with no name: the same of the country that the text speaks of there;
- a distance and a direction from a point: the sector within 45° of that direction (22.5° for the half-winds), at that
  distance give or take a fifth. The radius adds the extent of the starting point to it (Wieczorek 2004).
"""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.places import references
from geomap.places.rules import phrase_words, rules
from geomap.places.scan import words_of
from geomap.record import Mention, MentionKind, Place, PlaceKind, Precision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from geomap.places.scan import Words
    from geomap.record import Record

__all__ = ["describe"]

_BEARING = {"n": 0.0, "ne": 45.0, "e": 90.0, "se": 135.0, "s": 180.0, "sw": 225.0, "w": 270.0, "nw": 315.0}
# The share of an area that "northern" speaks of, and "central".
_SHARE = 0.35
_DISTANCE_ERROR = 0.2
# So many words may stand between a direction and its name: "au nord de la Syrie".
_LINKS = 2
_ARC_STEPS = 8
_NAMED_AREAS = frozenset(
    {PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ISLAND, PlaceKind.REGION, PlaceKind.DISPUTED, PlaceKind.PENINSULA}
)


@dataclass(frozen=True, slots=True)
class _Described:
    """A phrase, the place it builds on, and how."""

    start: int
    end: int
    base: str
    direction: str
    km: float
    confidence: float


def describe(record: Record) -> Record:
    """Add the places that the text describes.

    Returns
    -------
    The record with further places ("described:1", …) and their mentions, in text order; a mention that encloses another
    comes first.
    """
    words = words_of(record)
    places = {place.id: place for place in record.places}
    made: dict[tuple[str, str, float], Place] = {}
    mentions = []
    for item in filter(None, _phrases(record, words, places)):
        recipe = (item.base, item.direction, item.km)
        if recipe not in made:
            place = _make(item, places[item.base], f"described:{len(made) + 1}", record.article.text)
            if place is None:
                continue
            made[recipe] = place
        place = made[recipe]
        surface = record.article.text[item.start : item.end]
        mentions.append(
            Mention(
                item.start,
                item.end,
                surface,
                MentionKind.REFERENCE,
                wanted=(PlaceKind.DESCRIBED,),
                place_id=place.id,
                confidence=item.confidence,
            )
        )
    ordered = sorted([*record.mentions, *mentions], key=lambda m: (m.start, -m.end))
    return dataclasses.replace(record, mentions=tuple(ordered), places=(*record.places, *made.values()))


@functools.cache
def _directions(language: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return the direction words of a language with what they mean, and the words that one of them begins with."""
    directions = {word.casefold(): code for code, found in rules(language).directions.items() for word in found}
    return directions, frozenset(phrase_words(phrase)[0] for phrase in directions)


def _phrases(record: Record, words: Words, places: Mapping[str, Place]) -> Iterator[_Described | None]:
    """Find the phrases in text order."""
    named = [m for m in record.mentions if m.place_id and m.kind is not MentionKind.BORDER]
    beginning = {words.token_at(mention.start): mention for mention in named}
    ending = {words.index(mention.end): mention for mention in named}
    for index, code, size in _direction_words(words):
        described = _about_name(words, places, beginning, ending, (index, index + size, code))
        yield described or _about_district(record, words, places, beginning, (index, index + size, code))


def _direction_words(words: Words) -> Iterator[tuple[int, str, int]]:
    """Yield index, direction and number of words of each direction, the longer before the shorter."""
    directions, heads = _directions(words.language)
    index = 0
    while index < len(words.tokens):
        if _without_clitic(words.lower[index].replace("’", "'"), words) not in heads:
            index += 1
            continue
        for size in range(min(3, len(words.tokens) - index), 0, -1):  # "north - east" is three tokens, "timur laut" two
            phrase = words.text[words.tokens[index].start : words.tokens[index + size - 1].end]
            code = directions.get(_without_clitic(phrase.casefold().replace("’", "'"), words))
            if code:
                yield index, code, size
                index += size - 1
                break
        index += 1


def _without_clitic(phrase: str, words: Words) -> str:
    """Return a phrase without the article or preposition that is written together with it: "l'est"."""
    if "'" not in phrase:
        return phrase
    clitic = next((c for c in words.rules.clitics if c.endswith("'") and phrase.startswith(c)), "")
    return phrase[len(clitic) :]


def _about_name(
    words: Words,
    places: Mapping[str, Place],
    beginning: Mapping[int, Mention],
    ending: Mapping[int, Mention],
    direction: tuple[int, int, str],
) -> _Described | None:
    """Return what a direction and the name beside it describe: "northern Mali", "Mali utara", "30 km north of Gao"."""
    first, last, code = direction
    joint = _joint(words, last, beginning)
    after, before = beginning.get(joint), ending.get(first)
    distance = _distance_before(words, first)
    if distance is not None and after is not None:
        km, start = distance
        return _Described(words.tokens[start].start, after.end, after.place_id, code, km, after.confidence)
    owns = before is not None and words.text[before.end : before.end + 1] in ("'", "’")  # "Mali's north"
    follows = owns or words.rules.direction_follows
    if follows and before is not None and places[before.place_id].kind in _NAMED_AREAS:
        return _Described(before.start, words.tokens[last - 1].end, before.place_id, code, 0.0, before.confidence)
    if after is not None and places[after.place_id].kind in _NAMED_AREAS and _lies_inside(words, first, last, joint):
        return _Described(words.tokens[first].start, after.end, after.place_id, code, 0.0, after.confidence)
    return None


def _joint(words: Words, last: int, beginning: Mapping[int, Mention]) -> int:
    """Return where the name begins that a direction is about, over a preposition and an article ("north of the")."""
    for index in range(last, min(last + _LINKS + 1, len(words.tokens))):
        if index in beginning:
            return index
        links = words.rules.direction_links or words.rules.prepositions
        if words.lower[index] not in links and not words.is_connector(words.lower[index]):
            break
    return last


def _lies_inside(words: Words, first: int, last: int, joint: int) -> bool:
    """Tell whether a direction before a name means a part of it: "northern Mali", "im Norden von Mali".

    "North of Mali" lies outside; "norte de Malí" may be either, and is mostly inside. With a capital that the language
    does not give it, the direction is part of a name: "North Dakota".
    """
    if words.capital[first]:
        return any(words.tokens[first].text in found for found in words.rules.directions.values())
    apart = any(words.lower[index] in words.rules.prepositions for index in range(last, joint))
    return words.rules.direction_follows or not apart


def _about_district(
    record: Record,
    words: Words,
    places: Mapping[str, Place],
    beginning: Mapping[int, Mention],
    direction: tuple[int, int, str],
) -> _Described | None:
    """Return what a direction and a kind of district describe: "distrik utara", "northern districts of Mali"."""
    first, last, code = direction
    district = _district(words, first, last)
    if district is None:
        return None
    start, stop = words.tokens[district[0]].start, words.tokens[district[1] - 1].end
    joint = _joint(words, district[1], beginning)
    named = beginning.get(joint)
    if named is not None and places[named.place_id].kind in _NAMED_AREAS:
        return _Described(start, named.end, named.place_id, code, 0.0, named.confidence)
    meant = references.country_meant(record, words, start)
    return None if meant is None else _Described(start, stop, meant[0], code, 0.0, meant[1])


def _distance_before(words: Words, index: int) -> tuple[float, int] | None:
    """Return the kilometres before a direction ("30 km di utara", "30 km north"), and the index where they begin."""
    at = index - 1
    if at >= 0 and words.lower[at] in words.rules.prepositions:
        at -= 1
    unit = words.rules.distance_units.get(words.lower[at]) if at >= 1 else None
    number = words.tokens[at - 1] if unit else None
    if unit is None or number is None or number.kind != "number":
        return None
    digits = number.text.replace("\u00a0", "").replace(" ", "")
    try:
        value = float(digits.replace(",", "."))
    except ValueError:
        return None
    return value * unit, at - 1


def _district(words: Words, first: int, last: int) -> tuple[int, int] | None:
    """Return the tokens of "distrik utara" or "northern districts" about the direction ``[first, last)``."""
    if words.rules.direction_follows:
        for index in range(first - 1, max(first - _LINKS - 2, -1), -1):  # "les districts du nord"
            if words.lower[index] in words.rules.districts:
                return index, last
            if words.lower[index] not in words.rules.prepositions and not words.is_connector(words.lower[index]):
                return None
        return None
    return (first, last + 1) if last < len(words.tokens) and words.lower[last] in words.rules.districts else None


def _make(item: _Described, base: Place, place_id: str, text: str) -> Place | None:
    """Build a described place by its recipe; None where the base has no fitting geometry."""
    from shapely import from_wkb, to_wkb

    from geomap.gazetteer.geometry import covering_radius_km, point_on

    if item.km:
        shape = _sector(base, item.direction, item.km)
    else:
        if base.geometry is None or base.geometry_type != "polygon":
            return None
        shape = _side(from_wkb(base.geometry), item.direction)
        if shape.is_empty:
            return None
    lon, lat = point_on(shape)
    radius = covering_radius_km(shape, lon, lat) + (base.radius_km if item.km else 0.0)
    return Place(
        id=place_id,
        name=text[item.start : item.end],
        kind=PlaceKind.DESCRIBED,
        country=base.country,
        lat=round(lat, 4),
        lon=round(lon, 4),
        precision=Precision.VAGUE,
        radius_km=round(radius, 1),
        geometry_type="polygon",
        geometry=to_wkb(shape),
        parents=(base.id, *base.parents),
        relation=f"{item.km:g} km {item.direction}" if item.km else item.direction,
        source=base.source,
    )


def _side(shape: BaseGeometry, direction: str) -> BaseGeometry:
    """Return the part of an area on one side, or about its middle, that holds `_SHARE` of it.

    Degrees of longitude are shrunk to those of latitude first, so that "north-east" is a diagonal on the ground.
    """
    from shapely import box
    from shapely.affinity import rotate, scale

    west, south, east, north = shape.bounds
    origin = ((west + east) / 2, (south + north) / 2)
    squeeze = max(math.cos(math.radians(origin[1])), 0.1)
    flat = scale(shape, squeeze, 1.0, origin=origin)
    reach = 2 * max(east - west, north - south)
    if direction == "c":
        half_width, half_height = (east - west) * squeeze / 2, (north - south) / 2
        part = flat.intersection(
            box(
                origin[0] - half_width * math.sqrt(_SHARE),
                origin[1] - half_height * math.sqrt(_SHARE),
                origin[0] + half_width * math.sqrt(_SHARE),
                origin[1] + half_height * math.sqrt(_SHARE),
            )
        )
        return scale(part, 1 / squeeze, 1.0, origin=origin)
    turned = rotate(flat, _BEARING[direction], origin=origin)  # counter-clockwise: the side wanted is now up
    low, high = turned.bounds[1], turned.bounds[3]
    total, top = turned.area, high
    for _ in range(12):  # bisect for the line that cuts off the share
        middle = (low + high) / 2
        part = turned.intersection(box(origin[0] - reach, middle, origin[0] + reach, top))
        low, high = (middle, high) if part.area > _SHARE * total else (low, middle)
    return scale(rotate(part, -_BEARING[direction], origin=origin), 1 / squeeze, 1.0, origin=origin)


def _sector(base: Place, direction: str, km: float) -> BaseGeometry:
    """Return the ring sector at a distance in a direction from a point."""
    from pyproj import Geod
    from shapely import Polygon

    geod = Geod(ellps="WGS84")
    half = 45.0 if len(direction) == 1 else 22.5
    bearings = [_BEARING.get(direction, 0.0) - half + i * 2 * half / _ARC_STEPS for i in range(_ARC_STEPS + 1)]
    ring: list[tuple[float, float]] = []
    for distance, arc in ((km * (1 - _DISTANCE_ERROR), bearings), (km * (1 + _DISTANCE_ERROR), bearings[::-1])):
        for bearing in arc:
            lon, lat, _ = geod.fwd(base.lon, base.lat, bearing, distance * 1000)
            ring.append((lon, lat))
    return Polygon(ring)
