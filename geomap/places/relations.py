"""Places that a text describes: "northern Afghanistan", "30 km south of Aleppo", "the Afghan side of the border".

Each becomes a place of its own with a geometry made by recipe, an honest radius, and a mention of kind REFERENCE that
may enclose the names it builds on. Two families of phrases are read:

- a direction beside the name of an area or a town, or beside a kind of district without a name, which then lies in the
  country that the text speaks of there;
- the patterns of the language pack (`geomap.places.phrases`), whose keys are the recipes of `_RECIPES`.

The radius of a place reaches from its point to the farthest end of its geometry, and for a distance from a town also
over the extent of that town (Wieczorek 2004).
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.gazetteer.geometry import bounds, covering_radius_km, point_on, polygon
from geomap.places import phrases
from geomap.places.borders import border_id
from geomap.places.references import Topic
from geomap.places.resolve import place as place_of
from geomap.places.scan import words_of
from geomap.places.shapes import BEARING, corridor, disc, moved, part, widened
from geomap.record import Mention, MentionKind, Place, PlaceKind, Precision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from geomap.gazetteer.store import Store
    from geomap.places.phrases import Phrase
    from geomap.places.scan import Words
    from geomap.record import Record

__all__ = ["describe"]

_DISTANCE_ERROR = 0.2
# So many words may stand between a direction and its name: "au nord de la Syrie".
_LINKS = 2
# "North of Aleppo" reaches this far, or twice the town's own radius farther than it if that is more; in km.
_BEYOND_KM = 30.0
# How wide the strips along borders, coasts and rivers are; how far "off the coast" reaches.
_BORDER_KM, _COAST_KM, _BANK_KM, _OFFSHORE_KM = 25.0, 25.0, 5.0, 60.0
# A strip of land at the sea lies within so many km of water.
_SHORE_KM = 8.0
# What lies between two towns strays this share of their distance from the straight line, a road likewise.
_STRAY = 0.15
_LEAST_STRAY_KM = 3.0
_FARTHEST_BETWEEN_KM, _FARTHEST_ROAD_KM = 250.0, 1500.0
# Up and down a river from a town, and how near to the town it must flow.
_REACH_KM, _RIVERSIDE_KM = 60.0, 20.0
# Outskirts lie between these multiples of a town's radius.
_OUTSKIRTS = 0.5, 1.8
# Of a sea, parts smaller than this share of the whole are gaps between the borders of two countries.
_SLIVER = 0.02
_ADJECTIVE_CONFIDENCE = 0.9
# Which border is meant is decided by so many mentions before and after; one counts half for each three sentences.
_BEFORE, _AFTER, _HALF_LIFE = 60, 20, 3.0
_NAMED_AREAS = frozenset(
    {PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ISLAND, PlaceKind.REGION, PlaceKind.DISPUTED, PlaceKind.PENINSULA}
)
# What says nothing of where in an area a text is at home; so near a place stands for a point inside (degrees).
_WIDE = frozenset({PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.SEA})
_JUST_OUTSIDE, _ALONGSIDE, _LINES = 1.3, 0.3, 5
_FLOWING = phrases.KINDS["bank"]


@dataclass(frozen=True, slots=True)
class _Described:
    """A stretch of text and the place it describes; of two with the same `key` one place is made."""

    start: int
    end: int
    key: tuple[object, ...]
    base: Place
    relation: str
    confidence: float
    make: Callable[[], Place | _Shape | None]


@dataclass(frozen=True, slots=True)
class _Shape:
    """A geometry with what else a place needs; `spread` is what its radius gets on top."""

    geometry: BaseGeometry
    point: tuple[float, float] | None = None
    spread: float = 0.0
    parents: tuple[str, ...] = ()


def describe(record: Record, store: Store) -> Record:
    """Add the places that the text describes.

    Returns
    -------
    The record with further places ("described:1", …) and their mentions, in text order; a mention that encloses another
    comes first.
    """
    scene = _Scene(record, words_of(record), store)
    made: dict[tuple[object, ...], Place | None] = {}
    numbered = 0
    mentions = []
    for item in _items(scene):
        if item.key not in made:
            shape = item.make()
            if isinstance(shape, _Shape):
                numbered += 1
                shape = _place(item, shape, f"described:{numbered}", scene)
            made[item.key] = shape
        place = made[item.key]
        if place is None:
            continue
        mentions.append(
            Mention(
                item.start,
                item.end,
                record.article.text[item.start : item.end],
                MentionKind.REFERENCE,
                wanted=(place.kind,),
                place_id=place.id,
                confidence=item.confidence,
            )
        )
    ordered = sorted([*record.mentions, *mentions], key=lambda m: (m.start, -m.end))
    places = {place.id: place for place in (*record.places, *made.values()) if place is not None}
    return dataclasses.replace(record, mentions=tuple(ordered), places=tuple(places.values()))


def _place(item: _Described, shape: _Shape, place_id: str, scene: _Scene) -> Place:
    from shapely import to_wkb

    flat = "line" if shape.geometry.geom_type.endswith("LineString") else "polygon"
    lon, lat = shape.point or scene.point_in(shape.geometry, item)
    return Place(
        id=place_id,
        name=scene.record.article.text[item.start : item.end],
        kind=PlaceKind.DESCRIBED,
        country=item.base.country,
        lat=round(lat, 4),
        lon=round(lon, 4),
        precision=Precision.LINE if flat == "line" else Precision.VAGUE,
        radius_km=round(covering_radius_km(shape.geometry, lon, lat) + shape.spread, 1),
        geometry_type="line" if flat == "line" else "polygon",
        geometry=to_wkb(shape.geometry),
        parents=shape.parents or (item.base.id, *item.base.parents),
        relation=item.relation,
        source=item.base.source,
    )


class _Scene:
    """A text with its places, and what lies around them."""

    def __init__(self, record: Record, words: Words, store: Store) -> None:
        self.record, self.words, self.store = record, words, store
        self.topic = Topic(record, words)
        self.places = {place.id: place for place in record.places}
        self.named = [m for m in record.mentions if m.place_id and m.kind is not MentionKind.REFERENCE]
        self._starts = [m.start for m in self.named]
        self._sentences = [sentence.start for sentence in record.sentences]

    def place(self, name: Mention | str, recipe: str) -> Place | None:
        """Return the place that a slot of a recipe holds, a mention or the id of one.

        What the text names may be several places, of which the recipe fits one: distances are measured from the town
        Kharkiv, not from its region, and a bridge leads over the river Dnipro.
        """
        if not isinstance(name, Mention):
            return self.at(name)
        place = self.at(name.place_id)
        kinds = phrases.KINDS[recipe]
        if place is None or place.kind in kinds:
            return place
        others = [c for c in name.candidates if c.kind in kinds]
        near = [c for c in others if c.country == place.country or c.kind in _FLOWING]
        return self.at(near[0].place_id) if near else place

    def at(self, place_id: str) -> Place | None:
        """Return the place of an id, which the text need not name."""
        if place_id not in self.places:
            row = self.store.row(place_id)
            if row is None:
                return None
            return place_of(row, self.record.language, self.store)
        return self.places[place_id]

    def sentence(self, offset: int) -> int:
        """Return the number of the sentence at an offset."""
        return bisect_right(self._sentences, offset)

    def border_of(self, country: str, offset: int) -> Place | None:
        """Return the border of a country that the text speaks of at an offset: that with who else is named around."""
        at = bisect_left(self._starts, offset)
        scores: dict[str, float] = defaultdict(float)
        for mention in self.named[max(at - _BEFORE, 0) : at + _AFTER]:
            place = self.places.get(mention.place_id)
            if place is None:
                continue
            sides = [side.partition(":")[2] for side in place.parents] if place.kind is PlaceKind.BORDER else []
            if sides and country not in sides:
                continue
            far = abs(self.sentence(mention.start) - self.sentence(offset))
            for side in sides or [place.country]:
                name = border_id(country, side)
                if side != country and self.store.row(name) is not None:
                    scores[name] += 0.5 ** (far / _HALF_LIFE)
        return self.at(max(scores, key=lambda name: scores[name])) if scores else None

    def point_in(self, shape: BaseGeometry, item: _Described) -> tuple[float, float]:
        """Return lon, lat of the point of an area that stands for it: where its people live and the text is at home.

        That is the middle of its towns and of what the text names there. On the corpora it is a fifth nearer to the
        places that a text names in such an area than the middle of the area, or of its towns.
        """
        import numpy as np
        from shapely import Point
        from shapely.ops import nearest_points

        from geomap.gazetteer.reverse import middle_of_people

        if shape.geom_type.endswith("LineString"):
            return point_on(shape)
        first = middle_of_people(self.store, shape) or point_on(shape)
        points = np.array([first, *self._named_in(shape, item)])
        lon, lat = first[0] + ((points[:, 0] - first[0] + 180) % 360 - 180).mean(), points[:, 1].mean()
        nearest = nearest_points(shape, Point(lon, lat))[0]
        return nearest.x, nearest.y

    def _named_in(self, shape: BaseGeometry, item: _Described) -> Iterator[tuple[float, float]]:
        """Yield lon, lat of the places that the text names around a phrase in an area or just outside it."""
        from shapely import distance, points

        at = bisect_left(self._starts, item.start)
        ids = dict.fromkeys(m.place_id for m in self.named[max(at - _BEFORE, 0) : at + _AFTER])
        around = [self.places[i] for i in ids if i in self.places and i != item.base.id]
        spots = [p for p in around if p.kind not in _WIDE and p.geometry_type != "line"]
        if spots:
            near = distance(points([(p.lon, p.lat) for p in spots]), shape) <= _JUST_OUTSIDE
            yield from ((p.lon, p.lat) for p, held in zip(spots, near, strict=True) if held)
        for place in [p for p in around if p.geometry_type == "line" and p.geometry is not None][:_LINES]:
            line = _extent(place).intersection(shape.buffer(_ALONGSIDE))  # degrees: only to find what is at hand
            if not line.is_empty:
                yield point_on(line)

    def land(self, box: tuple[float, float, float, float]) -> BaseGeometry:
        """Return all countries about a box, as one shape cut to it."""
        from shapely import clip_by_rect, union_all

        from geomap.gazetteer.reverse import areas_within

        west, south, east, north = box
        halves = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
        return union_all(
            [
                clip_by_rect(shape, left, south, right, north)
                for _, shape in areas_within(self.store, {PlaceKind.COUNTRY}, box)
                for left, right in halves
            ]
        )


def _items(scene: _Scene) -> Iterator[_Described]:
    """Find what is described, in text order."""
    taken: list[tuple[int, int]] = []
    borders = {(m.start, m.end) for m in scene.named if m.kind is MentionKind.BORDER}
    items = []
    for phrase in phrases.find(scene.words, scene.record.mentions, scene.store):
        inside = any(start <= phrase.start and phrase.end <= end for start, end in borders if phrase.recipe == "border")
        item = None if inside else _by_recipe(scene, phrase)
        if item is not None:
            items.append(item)
            taken.append((item.start, item.end))
    starts = [start for start, _ in taken]
    for item in filter(None, _by_direction(scene)):
        at = bisect_right(starts, item.start) - 1
        before = at >= 0 and taken[at][1] > item.start
        behind = at + 1 < len(taken) and taken[at + 1][0] < item.end
        if not before and not behind:
            items.append(item)
    yield from sorted(items, key=lambda item: (item.start, -item.end))


# Patterns


def _by_recipe(scene: _Scene, phrase: Phrase) -> _Described | None:
    """Return what a phrase of the language pack describes."""
    found = [scene.place(name, phrase.recipe) for name in phrase.names]
    bases = [place for place in found if place is not None]
    if len(bases) < len(found):
        return None
    if not bases and phrase.border is not None and (border := scene.at(phrase.border.place_id)):
        bases = [border]
    if not bases:
        return None
    relation = " ".join(
        filter(None, [f"{phrase.km:g} km" if phrase.km else "", _told(phrase.recipe), phrase.direction])
    )
    sure = [name.confidence if isinstance(name, Mention) else _ADJECTIVE_CONFIDENCE for name in phrase.names]
    case = _Case(scene, phrase, bases, _context(scene, phrase, bases))
    around = case.context.id if case.context else ""
    key = (phrase.recipe, *(base.id for base in bases), phrase.direction, phrase.km, around)
    return _Described(
        phrase.start,
        phrase.end,
        key,
        bases[0],
        relation,
        round(min(sure, default=1.0), 3),
        lambda: _RECIPES[phrase.recipe](case),
    )


def _context(scene: _Scene, phrase: Phrase, bases: list[Place]) -> Place | None:
    """Return what a phrase leaves to the text around it: which border, or which country's reach of a river."""
    base, *others = bases
    if phrase.recipe == "bridge":
        return scene.at(scene.topic.country_meant(phrase.start)[0])
    if phrase.recipe not in ("side", "border") or base.kind is not PlaceKind.COUNTRY:
        return None
    if others:
        return scene.at(border_id(base.country, others[0].country))
    if phrase.border is not None and (border := scene.at(phrase.border.place_id)) and base.id in border.parents:
        return border
    return scene.border_of(base.country, phrase.start)


def _told(recipe: str) -> str:
    return "" if recipe == "distance" else recipe


def _extent(base: Place) -> BaseGeometry:
    """Return the shape of a place, or the circle of one that has none."""
    from shapely import from_wkb

    if base.geometry is not None:
        return from_wkb(base.geometry)
    return disc(base.lon, base.lat, max(base.radius_km, 1.0))


@dataclass(frozen=True, slots=True)
class _Case:
    """A phrase with the places in its slots, and what the text around it says it is about, for a recipe."""

    scene: _Scene
    phrase: Phrase
    bases: list[Place]
    context: Place | None

    @property
    def base(self) -> Place:
        return self.bases[0]


def _distance(case: _Case) -> _Shape | None:
    """Return what lies so far from a place, in a direction or all around."""
    base = case.base
    near, far = case.phrase.km * (1 - _DISTANCE_ERROR), case.phrase.km * (1 + _DISTANCE_ERROR)
    if base.geometry is not None and base.kind is not PlaceKind.CITY:
        if case.phrase.direction or base.kind is PlaceKind.COUNTRY:
            return None
        return _Shape(widened(_extent(base), far), spread=0.0)
    shape = disc(base.lon, base.lat, far, inner=near, direction=case.phrase.direction)
    middle = (
        None if case.phrase.direction else (base.lon, base.lat)
    )  # the hole of a ring is no worse than one side of it
    return _Shape(shape, middle, spread=base.radius_km)


def _beyond(case: _Case) -> _Shape | None:
    """Return what lies north of a town: the sector on that side of it."""
    return _sector(case.base, case.phrase.direction)


def _sector(base: Place, direction: str) -> _Shape | None:
    if base.geometry is not None or base.kind is not PlaceKind.CITY:
        return None
    return _Shape(disc(base.lon, base.lat, max(_BEYOND_KM, 3 * base.radius_km), direction=direction))


def _outskirts(case: _Case) -> _Shape | None:
    """Return the ring at the edge of a town, or its side."""
    base = case.base
    if base.kind is not PlaceKind.CITY:
        return None
    inner, outer = (times * max(base.radius_km, 2.0) for times in _OUTSKIRTS)
    shape = disc(base.lon, base.lat, outer, inner=inner, direction=case.phrase.direction)
    return _Shape(shape, None if case.phrase.direction else (base.lon, base.lat))


def _between(case: _Case) -> _Shape | None:
    """Return the strip between two towns."""
    far = _FARTHEST_ROAD_KM if case.phrase.recipe == "road" else _FARTHEST_BETWEEN_KM
    one, two = case.bases
    if _NAMED_AREAS.intersection((one.kind, two.kind)) or one.id == two.id:
        return None
    km = _km_between(one, two)
    if not 0 < km <= far:
        return None
    strip = corridor((one.lon, one.lat), (two.lon, two.lat), max(_STRAY * km, _LEAST_STRAY_KM))
    return _Shape(strip, parents=(one.id, two.id))


def _km_between(one: Place, two: Place) -> float:
    from pyproj import Geod

    return float(Geod(ellps="WGS84").inv(one.lon, one.lat, two.lon, two.lat)[2]) / 1000


def _side(case: _Case) -> _Shape | None:
    """Return one country's side of a border: the strip along it that lies in that country."""
    country, border = case.base, case.context
    if border is None or border.geometry is None or country.geometry is None:
        return None
    strip = polygon(widened(_extent(border), _BORDER_KM).intersection(_extent(country)))
    return None if strip.is_empty else _Shape(strip, parents=(border.id, country.id))


def _border(case: _Case) -> Place | None:
    """Return the border of one country, where the text tells with whom."""
    return case.context


def _off(case: _Case) -> _Shape | None:
    """Return the sea off a coast, so far out as is said."""
    base = case.base
    if base.kind in _FLOWING or base.kind is PlaceKind.SEA:
        return None
    far = case.phrase.km * (1 + _DISTANCE_ERROR) or _OFFSHORE_KM
    shape = _extent(base)
    sea = _sea(case.scene, shape, far, case.phrase.direction)
    if case.phrase.km and not sea.is_empty:
        sea = polygon(sea.difference(widened(shape, case.phrase.km * (1 - _DISTANCE_ERROR))))
    return None if sea.is_empty else _Shape(sea)


def _sea(scene: _Scene, shape: BaseGeometry, km: float, direction: str) -> BaseGeometry:
    """Return what lies within some km of a shape and in no country; with a direction what its coasts there look on."""
    from shapely import MultiPolygon

    around = widened(shape, km)
    sea = polygon(around.difference(scene.land(bounds(around))))
    if direction in BEARING:
        sea = polygon(sea.intersection(moved(shape, km, direction)))
    parts = [piece for piece in getattr(sea, "geoms", [sea]) if piece.area > _SLIVER * sea.area]
    return sea if len(parts) <= 1 else MultiPolygon(parts)


def _coast(case: _Case) -> _Shape | None:
    """Return the land along a coast."""
    base = case.base
    if base.kind in _FLOWING or base.kind is PlaceKind.BORDER:
        return None
    shape = _extent(base)
    if base.kind is PlaceKind.SEA:
        strip = polygon(widened(shape, _COAST_KM).difference(shape))
    else:
        sea = _sea(case.scene, shape, _SHORE_KM, case.phrase.direction)
        if sea.is_empty:
            return None
        strip = polygon(widened(sea, _COAST_KM).intersection(shape))
    return None if strip.is_empty else _Shape(strip)


def _bank(case: _Case) -> _Shape | None:
    """Return the land along a river or lake, or on one side of it."""
    base = case.base
    if base.kind not in _FLOWING or base.geometry is None:
        return None
    shape = _extent(base)
    if base.geometry_type == "polygon":
        strip = polygon(widened(shape, _BANK_KM).difference(shape))
        return _Shape(part(strip, case.phrase.direction) if case.phrase.direction else strip)
    return _Shape(widened(shape, 2 * _BANK_KM if case.phrase.direction else _BANK_KM, direction=case.phrase.direction))


def _bridge(case: _Case) -> _Shape | None:
    """Return where a river may be crossed: its whole reach, in the country spoken of if it flows there."""
    base = case.base
    if base.kind not in _FLOWING or base.geometry_type != "line":
        return None
    shape = _extent(base)
    country = case.context
    if country is not None and country.geometry is not None:
        inside = shape.intersection(widened(_extent(country), _BANK_KM))
        shape = shape if inside.is_empty else inside
    return _Shape(shape)


def _upstream(case: _Case) -> _Shape | None:
    return _along(case.scene, case.base, -_REACH_KM)


def _downstream(case: _Case) -> _Shape | None:
    return _along(case.scene, case.base, _REACH_KM)


def _along(scene: _Scene, town: Place, km: float) -> _Shape | None:
    """Return a river from a town on, so many km down or, if less than 0, up.

    Rivers of the sources are drawn from the spring to the mouth.
    """
    from shapely import Point
    from shapely.ops import substring

    from geomap.gazetteer.reverse import areas_within

    if town.kind is not PlaceKind.CITY:
        return None
    around = widened(Point(town.lon, town.lat), max(_RIVERSIDE_KM, town.radius_km))
    rivers = [(row, shape) for row, shape in areas_within(scene.store, {PlaceKind.RIVER}, bounds(around))]
    named = [(row, shape) for row, shape in rivers if scene.store.id(row) in scene.places]
    point = Point(town.lon, town.lat)
    near = min(named or rivers, key=lambda river: river[1].distance(point), default=None)
    if near is None or not near[1].intersects(around):
        return None
    line = min(getattr(near[1], "geoms", [near[1]]), key=lambda piece: piece.distance(point))
    here = line.project(point)
    reach = km / 111.2
    piece = substring(line, *sorted((here, max(here + reach, 0.0))))
    if piece.length == 0:
        return None
    return _Shape(widened(piece, _BANK_KM), parents=(scene.store.id(near[0]), town.id))


_RECIPES: Mapping[str, Callable[[_Case], Place | _Shape | None]] = {
    "distance": _distance,
    "beyond": _beyond,
    "outskirts": _outskirts,
    "between": _between,
    "road": _between,
    "side": _side,
    "border": _border,
    "off": _off,
    "coast": _coast,
    "bank": _bank,
    "bridge": _bridge,
    "upstream": _upstream,
    "downstream": _downstream,
}


# Directions


def _by_direction(scene: _Scene) -> Iterator[_Described | None]:
    """Find the directions beside a name or a kind of district."""
    named = [m for m in scene.named if m.kind is not MentionKind.BORDER]
    beginning = {scene.words.token_at(mention.start): mention for mention in named}
    ending = {scene.words.index(mention.end): mention for mention in named}
    for index, code, size in phrases.directions_in(scene.words):
        described = _about_name(scene, beginning, ending, (index, index + size, code))
        yield described or _about_district(scene, beginning, (index, index + size, code))


def _part_of(scene: _Scene, start: int, end: int, meant: tuple[str, float], direction: str) -> _Described | None:
    """Return the part of a place on one side."""
    base = scene.at(meant[0])
    if base is None:
        return None

    def make() -> _Shape | None:
        if base.kind is not PlaceKind.CITY and base.geometry_type != "polygon":
            return None
        shape = part(_extent(base), direction)
        return None if shape.is_empty else _Shape(shape)

    return _Described(start, end, (base.id, direction), base, direction, meant[1], make)


def _about_name(
    scene: _Scene,
    beginning: Mapping[int, Mention],
    ending: Mapping[int, Mention],
    direction: tuple[int, int, str],
) -> _Described | None:
    """Return what a direction and the name beside it describe: "northern Mali", "Mali utara", "eastern Aleppo"."""
    words = scene.words
    first, last, code = direction
    if _is_proper(words, first):
        return None  # "North Dakota", "Jakarta Barat"
    joint = _joint(words, last, beginning)
    after, before = beginning.get(joint), ending.get(first)
    owns = before is not None and words.text[before.end : before.end + 1] in ("'", "’")  # "Mali's north"
    follows = owns or words.rules.direction_follows
    if follows and before is not None and _has_parts(scene, before):
        stop = words.tokens[last - 1].end
        return _part_of(scene, before.start, stop, (before.place_id, before.confidence), code)
    if after is None or not _has_parts(scene, after) or not _lies_inside(words, last, joint):
        return None
    if _is_apposition(scene, after, code):
        return None
    return _part_of(scene, words.tokens[first].start, after.end, (after.place_id, after.confidence), code)


def _is_proper(words: Words, first: int) -> bool:
    """Tell whether a direction has a capital that the language does not give it, as part of a name."""
    text = words.tokens[first].text
    return words.capital[first] and not any(text in found for found in words.rules.directions.values())


def _is_apposition(scene: _Scene, mention: Mention, direction: str) -> bool:
    """Tell whether a direction says where a place lies in its country, instead of meaning a part of it.

    "The northern town of Toruń" and "the southern Afghan province of Oruzgan" do, and "southwestern Nimruz province"
    does if the province lies there.
    """
    words, place = scene.words, scene.places[mention.place_id]
    last = words.index(mention.end)
    if mention.kind is MentionKind.DEMONYM:
        return last < len(words.tokens) and words.is_generic(last)
    if not mention.wanted:
        return False
    if place.kind is PlaceKind.CITY:
        return True
    country = scene.at(f"country:{place.country}") if place.kind is PlaceKind.ADMIN1 else None
    if country is None or country.geometry_type != "polygon":
        return False
    from shapely import intersects_xy

    return bool(intersects_xy(part(_extent(country), direction), place.lon, place.lat))


def _has_parts(scene: _Scene, mention: Mention) -> bool:
    """Tell whether a direction may divide what a mention names."""
    place = scene.places[mention.place_id]
    return place.kind in _NAMED_AREAS or place.kind is PlaceKind.CITY


def _joint(words: Words, last: int, beginning: Mapping[int, Mention]) -> int:
    """Return where the name begins that a direction is about, over a preposition and an article ("north of the")."""
    for index in range(last, min(last + _LINKS + 1, len(words.tokens))):
        if index in beginning:
            return index
        links = words.rules.direction_links or words.rules.prepositions
        word = words.lower[index]
        if word in words.rules.border.joiners or (word not in links and not words.is_connector(word)):
            break
    return last


def _lies_inside(words: Words, last: int, joint: int) -> bool:
    """Tell whether a direction before a name means a part of it: "northern Mali", "im Norden von Mali".

    "North of Mali" lies outside; "norte de Malí" may be either, and is mostly inside.
    """
    apart = any(words.lower[index] in words.rules.prepositions for index in range(last, joint))
    return words.rules.direction_follows or not apart


def _about_district(
    scene: _Scene, beginning: Mapping[int, Mention], direction: tuple[int, int, str]
) -> _Described | None:
    """Return what a direction and a kind of district describe: "distrik utara", "northern districts of Mali"."""
    words = scene.words
    first, last, code = direction
    district = None if _is_proper(words, first) else _district(words, first, last)
    if district is None or any(index in beginning for index in range(*district)):
        return None  # none, or one that is part of a name: "the western State of Kano"
    start, stop = words.tokens[district[0]].start, words.tokens[district[1] - 1].end
    named = beginning.get(_joint(words, district[1], beginning))
    if named is not None and _has_parts(scene, named):
        if _is_apposition(scene, named, code) or _names_its_kind(scene, named, district):
            return None
        return _part_of(scene, start, named.end, (named.place_id, named.confidence), code)
    return _part_of(scene, start, stop, scene.topic.country_meant(start), code)


def _names_its_kind(scene: _Scene, mention: Mention, district: tuple[int, int]) -> bool:
    """Tell whether the noun between a direction and a name says what the name is: "the western state of Kano"."""
    if scene.places[mention.place_id].kind not in (PlaceKind.ADMIN1, PlaceKind.CITY):
        return False
    return any(scene.words.is_generic(index) for index in range(*district))


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
