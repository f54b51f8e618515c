"""Where points lie: their country and first-level unit, the water they lie in, and the nearest town.

All points are answered at once. An area is looked at only if the circle that covers it holds a point, so that one
point costs some milliseconds and not the decoding of every border on earth.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geomap.gazetteer.geometry import town_radius_km
from geomap.gazetteer.store import KINDS, NONE, PlaceFlag
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import ArrayLike, NDArray
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

    from geomap.gazetteer.store import Store

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = [
    "WINDS",
    "Whereabouts",
    "areas_within",
    "caption",
    "describe",
    "distance_km",
    "middle_of_people",
    "nearest_towns",
    "reverse",
    "wind",
]

WINDS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")

_WATER = frozenset({PlaceKind.LAKE, PlaceKind.STRAIT, PlaceKind.SEA})
_EARTH_KM = 6371.0
# Coordinates, radii and the sphere are each off by some thousandths; boxes are drawn this much too large.
_SLACK = 1.01
# Coasts are simplified: a point so near a town, outside every country, stands in the country of the town.
_SHORE_KM = 5.0
_FEWEST = 500.0  # people of a town whose number is unknown
_BAND_KM = 200.0
_HALF_ROUND_KM = 20100.0
# So many points are asked about at once; some have thousands of towns around them.
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a point lies; the places are rows of the store, None where there is none.

    Attributes
    ----------
    country, admin1
        The areas that hold the point.
    water
        The smallest lake, strait or sea that holds the point.
    disputed
        The smallest disputed area that holds it: the country is then that of the map's default view.
    town
        The nearest populated place.
    distance_km, bearing
        From the town to the point, on the ellipsoid; degrees clockwise from north.
    """

    lat: float
    lon: float
    country: int | None
    admin1: int | None
    water: int | None
    disputed: int | None
    town: int | None
    distance_km: float
    bearing: float


def reverse(store: Store, lats: ArrayLike, lons: ArrayLike, *, population: int = 0) -> list[Whereabouts]:
    """Say where points lie.

    Parameters
    ----------
    lats, lons
        Coordinates in degrees; one point, or arrays of one length.
    population
        A town must have so many people.

    Raises
    ------
    ValueError
        A latitude is beyond ±90, or a coordinate is no number.
    """
    lat, lon = _points(lats, lons)
    country = _smallest_around(store, {PlaceKind.COUNTRY}, lat, lon)
    admin1 = _smallest_around(store, {PlaceKind.ADMIN1}, lat, lon)
    water = _smallest_around(store, _WATER, lat, lon)
    disputed = _smallest_around(store, {PlaceKind.DISPUTED}, lat, lon)
    town = np.full(len(lat), NONE)
    owner, rows = nearest_towns(store, lat, lon, population=population)
    town[owner] = rows
    km, bearing = _from_towns(store, town, lat, lon)
    for i in np.flatnonzero((country == NONE) & (town != NONE) & (km <= _SHORE_KM)):
        country[i] = _row(store, f"country:{store.country(int(town[i]))}")
    for i in np.flatnonzero((admin1 == NONE) & (country != NONE) & (km <= _SHORE_KM)):
        if store.country(int(town[i])) == store.country(int(country[i])):
            admin1[i] = _row(store, f"admin1:{store.admin1(int(town[i]))}")
    return [
        Whereabouts(
            lat=float(lat[i]),
            lon=float(lon[i]),
            country=_none(country[i]),
            admin1=_none(admin1[i]),
            water=_none(water[i]),
            disputed=_none(disputed[i]),
            town=_none(town[i]),
            distance_km=round(float(km[i]), 2),
            bearing=round(float(bearing[i]), 1),
        )
        for i in range(len(lat))
    ]


def _none(row: np.int64) -> int | None:
    return None if row == NONE else int(row)


def nearest_towns(
    store: Store, lats: ArrayLike, lons: ArrayLike, *, count: int = 1, population: int = 0
) -> tuple[Integers, Integers]:
    """Return the populated places nearest to points.

    Abandoned places and parts of towns are none.

    Parameters
    ----------
    count
        How many for each point.
    population
        A town must have so many people.

    Returns
    -------
    Numbers of points, and the row of a town for each; the towns of one point stand together, nearest first.
    """
    lat, lon = _points(lats, lons)
    towns = _Towns(store, population)
    reach = towns.bound_km(lat, lon) * _SLACK + 0.1
    owners, found = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    pending = np.arange(len(lat) if len(towns.rows) else 0)
    while len(pending):
        near, tree = towns.about(lat[pending], float(reach[pending].max()))
        left: list[Integers] = []
        for part in np.array_split(pending, len(pending) // _AT_ONCE + 1):
            boxes, of = _boxes(lat[part], lon[part], reach[part])
            box, index = tree.query(boxes)
            owner, index = part[of[box]], near[index]
            km = distance_km(lat[owner], lon[owner], towns.lat[index], towns.lon[index])
            order = np.lexsort((index, km, owner))
            order = order[km[order] <= reach[owner[order]]]
            owner, index = owner[order], index[order]
            points, first, how_many = np.unique(owner, return_index=True, return_counts=True)
            answered = points[(how_many >= count) | (reach[points] >= _HALF_ROUND_KM)]
            rank = np.arange(len(owner)) - np.repeat(first, how_many)
            kept = (rank < count) & np.isin(owner, answered)
            owners.append(owner[kept])
            found.append(towns.rows[index[kept]])
            left.append(np.setdiff1d(part, answered))
        pending = np.concatenate(left)
        reach[pending] = np.minimum(reach[pending] * 2, _HALF_ROUND_KM)
    owner, row = np.concatenate(owners), np.concatenate(found)
    order = np.argsort(owner, kind="stable")
    return owner[order], row[order]


def middle_of_people(store: Store, shape: BaseGeometry) -> tuple[float, float] | None:
    """Return lon, lat of the middle of the towns in an area, or None where there are none.

    A town counts by the square root of its people: by the people themselves, one great city would be all.
    """
    import shapely

    towns = _all_towns(store)
    west, south, east, north = shape.bounds
    near = (towns.lon >= west) & (towns.lon <= east) & (towns.lat >= south) & (towns.lat <= north)
    inside = np.flatnonzero(near)
    inside = inside[shapely.intersects_xy(shape, towns.lon[inside], towns.lat[inside])]
    if not len(inside):
        return None
    weight = np.sqrt(np.maximum(store.places["population"][towns.rows[inside]].astype(float), _FEWEST))
    return _median(towns.lon[inside], weight), _median(towns.lat[inside], weight)


def _median(values: Floats, weight: Floats) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


@functools.lru_cache(maxsize=4)
def _all_towns(store: Store) -> _Towns:
    return _Towns(store, 0)


def distance_km(lat: Floats, lon: Floats, lats: Floats, lons: Floats) -> Floats:
    """Return great-circle distances; half a percent off the ellipsoid, which ranks as well."""
    a, b = np.radians(lat), np.radians(lats)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lons - lon) / 2) ** 2
    km: Floats = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return km


def wind(bearing: float) -> str:
    """Return the nearest of the sixteen winds.

    Examples
    --------
    >>> wind(44.0), wind(350.0), wind(259.0)
    ('NE', 'N', 'W')
    """
    return WINDS[round(bearing / 22.5) % 16]


def caption(store: Store, where: Whereabouts, language: str = "en") -> str:
    """Say in a few English words where a point lies; names are in `language`.

    Returns
    -------
    "Khorog" in a town, else "12 km NE of Khorog"; the name of the water, country or nothing where there is no town.
    """
    if where.town is None:
        area = where.water if where.water is not None else where.country
        return store.label(area, language) if area is not None else ""
    town = store.label(where.town, language)
    if where.distance_km <= town_radius_km(int(store.places["population"][where.town])):
        return town
    digits = 0 if where.distance_km >= 10 else 1
    return f"{where.distance_km:.{digits}f} km {wind(where.bearing)} of {town}"


def describe(store: Store, where: Whereabouts, language: str = "en") -> dict[str, Any]:
    """Return where a point lies as JSON values.

    Returns
    -------
    ``lat``, ``lon``; ``country``, ``admin1``, ``water``, ``disputed`` and ``town``, each with ``place_id``, ``name``
    and ``kind``, or None; of the town also ``lat``, ``lon``, ``country``, ``population``, and from there to the point
    ``distance_km``, ``bearing`` (degrees) and ``wind``; and ``caption``.
    """
    found: dict[str, Any] = {"lat": where.lat, "lon": where.lon}
    for name in ("country", "admin1", "water", "disputed", "town"):
        row = getattr(where, name)
        found[name] = None
        if row is not None:
            found[name] = {
                "place_id": store.id(row),
                "name": store.label(row, language),
                "kind": str(store.kind(row)),
            }
    if where.town is not None:
        town = store.entry(where.town)
        found["town"] |= {
            "lat": town.lat,
            "lon": town.lon,
            "country": town.country,
            "population": town.population,
            "distance_km": where.distance_km,
            "bearing": where.bearing,
            "wind": wind(where.bearing),
        }
    return found | {"caption": caption(store, where, language)}


def _points(lats: ArrayLike, lons: ArrayLike) -> tuple[Floats, Floats]:
    """Return coordinates as arrays, longitudes within ±180."""
    lat, lon = np.broadcast_arrays(
        np.atleast_1d(np.asarray(lats, np.float64)), np.atleast_1d(np.asarray(lons, np.float64))
    )
    if lat.ndim != 1 or not (np.isfinite(lon) & (np.abs(lat) <= 90)).all():
        raise ValueError("expected latitudes within ±90 and longitudes, in degrees, as two lists of one length")
    return lat, (lon + 180.0) % 360.0 - 180.0


def _row(store: Store, place_id: str) -> int:
    row = store.row(place_id)
    return NONE if row is None else row


def _from_towns(store: Store, town: Integers, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """Return distances in km and bearings from towns to points, in one call on the ellipsoid; infinite for no town."""
    from pyproj import Geod

    km, bearing = np.full(len(lat), np.inf), np.zeros(len(lat))
    known = np.flatnonzero(town != NONE)
    if len(known):
        at = store.places[town[known]]
        forward, _, metres = Geod(ellps="WGS84").inv(
            at["lon"].astype(float), at["lat"].astype(float), lon[known], lat[known]
        )
        km[known], bearing[known] = metres / 1000, forward % 360
    return km, bearing


def _of_kinds(store: Store, kinds: Collection[PlaceKind]) -> NDArray[np.bool_]:
    """Tell which rows are of some kinds and not hidden by the user."""
    found = np.isin(np.asarray(store.places["kind"]), [KINDS.index(kind) for kind in kinds])
    found[list(store.hidden)] = False
    return found


class _Towns:
    """The places where people live, without abandoned ones and parts of towns."""

    def __init__(self, store: Store, population: int) -> None:
        places = store.places
        chosen = _of_kinds(store, {PlaceKind.CITY}) & (np.asarray(places["flags"]) & PlaceFlag.HISTORICAL == 0)
        if "PPLX" in store.features:
            chosen &= np.asarray(places["feature"]) != store.features.index("PPLX")
        if population:
            chosen &= np.asarray(places["population"]) >= population
        self.rows: Integers = np.flatnonzero(chosen)
        self.lat: Floats = np.asarray(places["lat"])[self.rows].astype(float)
        self.lon: Floats = np.asarray(places["lon"])[self.rows].astype(float)

    def about(self, lat: Floats, km: float) -> tuple[Integers, STRtree]:
        """Return the towns so near to the latitudes of some points, and a tree of them."""
        import shapely

        band = np.degrees(km / _EARTH_KM) * _SLACK
        near = np.flatnonzero((self.lat >= lat.min() - band) & (self.lat <= lat.max() + band))
        points: Any = shapely.points(self.lon[near], self.lat[near])  # an array, since it was given arrays
        return near, shapely.STRtree(points)

    def bound_km(self, lat: Floats, lon: Floats) -> Floats:
        """Return how far the town nearest to each point is at most: that of the one nearest in degrees."""
        import shapely

        bound = np.full(len(lat), np.inf)
        if not len(lat) or not len(self.rows):
            return bound
        for band in (_BAND_KM, _HALF_ROUND_KM):  # the towns of its latitudes are enough for a point on land
            near, tree = self.about(lat, band)
            if len(near):
                _, index = tree.query_nearest(shapely.points(lon, lat), all_matches=False)
                bound = distance_km(lat, lon, self.lat[near[index]], self.lon[near[index]])
            if bound.max() <= _BAND_KM:
                break
        return bound


def _smallest_around(store: Store, kinds: Collection[PlaceKind], lat: Floats, lon: Floats) -> Integers:
    """Return for each point the row of the smallest area of some kinds that holds it, or -1."""
    import shapely

    rows = np.flatnonzero(_of_kinds(store, kinds) & (np.asarray(store.places["geometry"]) != NONE))
    found = np.full(len(lat), NONE)
    if not len(rows) or not len(lat):
        return found
    data = store.places[rows]
    radius = np.where(data["radius_km"] > 0, data["radius_km"], _HALF_ROUND_KM)  # what is unknown may reach anywhere
    boxes, of = _boxes(data["lat"].astype(float), data["lon"].astype(float), radius.astype(float) * _SLACK + 0.1)
    point, box = shapely.STRtree(boxes).query(shapely.points(lon, lat))
    area = of[box]
    used, which = np.unique(area, return_inverse=True)
    shapes = np.array([_shape(store, int(row)) for row in rows[used]], object)
    inside = shapely.intersects_xy(shapes[which], lon[point], lat[point])
    point, area = point[inside], area[inside]
    order = np.argsort(-radius[area], kind="stable")  # the smallest is written last
    found[point[order]] = rows[area[order]]
    return found


def areas_within(
    store: Store, kinds: Collection[PlaceKind], box: tuple[float, float, float, float]
) -> list[tuple[int, BaseGeometry]]:
    """Return the rows and shapes of some kinds that may meet a box of west, south, east, north, whole.

    Lines too. Where `west` exceeds `east`, the box crosses ±180.
    """
    import shapely

    rows = np.flatnonzero(_of_kinds(store, kinds) & (np.asarray(store.places["geometry"]) != NONE))
    if not len(rows):
        return []
    data = store.places[rows]
    radius = np.where(data["radius_km"] > 0, data["radius_km"], _HALF_ROUND_KM).astype(float)
    boxes, of = _boxes(data["lat"].astype(float), data["lon"].astype(float), radius * _SLACK + 0.1)
    west, south, east, north = box
    halves = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    query = shapely.union_all([shapely.box(left, south, right, north) for left, right in halves])
    near = rows[np.unique(of[shapely.intersects(boxes, query)])]
    return [(int(row), shape) for row in near if (shape := _shape(store, int(row))).intersects(query)]


@functools.lru_cache(maxsize=1024)
def _shape(store: Store, row: int) -> BaseGeometry:
    """Return an area, prepared for many points."""
    import shapely

    shape: BaseGeometry = shapely.from_wkb(store.geometry(row))  # type: ignore[assignment]  # the row has one
    shapely.prepare(shape)
    return shape


def _boxes(lat: Floats, lon: Floats, km: Floats) -> tuple[NDArray[Any], Integers]:
    """Return boxes that hold circles, and the number of the circle of each: two boxes where one crosses ±180."""
    import shapely

    angle = np.minimum(km / _EARTH_KM * _SLACK, np.pi)
    south, north = lat - np.degrees(angle), lat + np.degrees(angle)
    polar = (south <= -90) | (north >= 90)
    ratio = np.sin(angle) / np.maximum(np.cos(np.radians(lat)), 1e-9)
    half = np.where(polar, 180.0, np.degrees(np.arcsin(np.minimum(ratio, 1.0))))
    west, east = np.where(polar, -180.0, lon - half), np.where(polar, 180.0, lon + half)
    number = np.arange(len(lat))
    left, right = west < -180, east > 180
    edges: Sequence[tuple[Floats, Floats, Integers]] = (
        (np.maximum(west, -180.0), np.minimum(east, 180.0), number),
        (west[left] + 360, np.full(left.sum(), 180.0), number[left]),
        (np.full(right.sum(), -180.0), east[right] - 360, number[right]),
    )
    wests, easts, of = (np.concatenate(column) for column in zip(*edges, strict=True))
    return shapely.box(wests, south[of], easts, north[of]), of
