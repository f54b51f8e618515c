"""The gazetteer as a geocoder of geopy: the same calls as `geopy.geocoders.Nominatim`, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from geopy.point import Point

from geomap.gazetteer.search import search
from geomap.gazetteer.store import KINDS, Store
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from geomap.gazetteer.search import Hit
    from geomap.gazetteer.store import PlaceEntry

__all__ = ["Gazetteer"]

LIMIT = 10
MOST = 1000  # hits that are looked through; no name has more places
WITH_GENERIC = frozenset(PlaceKind) - {PlaceKind.CITY, PlaceKind.COUNTRY}  # what a generic term may stand with
NEAR_KM = 2000.0  # within which `near` decides between places of one name
NEAR_WEIGHT = 0.3
EARTH_KM = 6371.0


class Gazetteer(Geocoder):  # type: ignore[misc]  # geopy has no type information
    """geomap's gazetteer with geopy's Geocoder interface.

    Parameters
    ----------
    path
        Folder of the gazetteer; None for the embedded one.

    Examples
    --------
    >>> from geomap.gazetteer.geocoder import Gazetteer
    >>> place = Gazetteer().geocode("Sungai Panj", language="id")
    >>> place.raw["place_id"]
    'river:panj'
    """

    def __init__(self, path: Path | str | None = None) -> None:
        super().__init__(scheme="https", user_agent="geomap")
        self.store = Store.open(path)

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        language: str | None = None,
        country_codes: str | Collection[str] | None = None,
        viewbox: Sequence[Any] | None = None,
        near: str | Sequence[float] | Point | None = None,
        kinds: Collection[PlaceKind] = (),
        limit: int = LIMIT,
        timeout: object = None,  # noqa: ARG002 part of geopy's interface; nothing here can time out
    ) -> Location | list[Location] | None:
        """Return the place that a name means, or None.

        Parameters
        ----------
        query
            A place name: "Panj", "Sungai Panj", "Paris, Texas".
        exactly_one
            Return the best location rather than a list.
        language
            ISO 639-1 code of the query and of the names in the result.
        country_codes
            ISO 3166-1 alpha-2 code, or several, that the place must lie in.
        viewbox
            Two opposite corners, each anything that `geopy.point.Point` takes; the place must lie between them.
        near
            A country code or a point: of places with one name, those close by come first.
        kinds
            Kinds that the place must be of.
        limit
            How many locations a list holds at most.
        """
        codes = [country_codes] if isinstance(country_codes, str) else country_codes or ()
        wanted: dict[str, Any] = {
            "language": language or "",
            "countries": {code.upper() for code in codes},
            "limit": MOST,
        }
        hits = (
            search(self.store, query, kinds=kinds, fuzzy=False, **wanted)
            or search(self.store, query, kinds=kinds or WITH_GENERIC, fuzzy=False, **wanted)
            or search(self.store, query, kinds=kinds, **wanted)
        )
        if viewbox is not None:
            hits = [hit for hit in hits if _inside(hit.entry, [Point(corner) for corner in viewbox])]
        if near is not None:
            hits.sort(key=lambda hit: -hit.score - NEAR_WEIGHT * self._nearness(hit.entry, near))
        found = [self._location(hit.entry, language or "en", hit) for hit in hits[:limit]]
        if exactly_one:
            return found[0] if found else None
        return found or None

    def reverse(
        self,
        query: str | Sequence[float] | Point,
        *,
        exactly_one: bool = True,
        language: str | None = None,
        limit: int = LIMIT,
        timeout: object = None,  # noqa: ARG002 part of geopy's interface; nothing here can time out
    ) -> Location | list[Location] | None:
        """Return the city, town or village nearest to a point, or the nearest few.

        Parameters
        ----------
        query
            Latitude and longitude, as anything that `geopy.point.Point` takes.
        exactly_one
            Return the nearest location rather than a list.
        language
            ISO 639-1 code of the names in the result.
        limit
            How many locations a list holds at most.
        """
        point = Point(query)
        places = self.store.places
        rows = np.flatnonzero(places["kind"] == KINDS.index(PlaceKind.CITY))
        km = _distance_km(point.latitude, point.longitude, places["lat"][rows], places["lon"][rows])
        nearest = rows[np.argsort(km, kind="stable")[: 1 if exactly_one else limit]]
        found = [self._location(self.store.entry(int(row), language or "en"), language or "en") for row in nearest]
        if exactly_one:
            return found[0] if found else None
        return found or None

    def _nearness(self, entry: PlaceEntry, near: str | Sequence[float] | Point) -> float:
        """Return 1 for a place at hand, falling to 0 for one far away."""
        if isinstance(near, str) and len(near) == 2:
            return float(entry.country == near.upper())
        point = Point(near)
        km = _distance_km(point.latitude, point.longitude, np.array(entry.lat), np.array(entry.lon))
        return max(0.0, 1.0 - float(km) / NEAR_KM)

    def _location(self, entry: PlaceEntry, language: str, hit: Hit | None = None) -> Location:
        store = self.store
        around = [store.label(row, language) for row in map(store.row, store.parents(entry.row)) if row is not None]
        address = ", ".join(dict.fromkeys([entry.name, *around]))
        raw = {
            "place_id": entry.id,
            "name": entry.name,
            "kind": str(entry.kind),
            "country": entry.country,
            "admin1": entry.admin1,
            "population": entry.population,
            "radius_km": entry.radius_km,
            "geonameid": entry.geonameid,
            "feature_code": entry.feature_code,
            "source": entry.source,
        }
        if hit:
            raw |= {"score": hit.score, "matched": hit.matched, "how": hit.how}
        return Location(address, (entry.lat, entry.lon), raw)


def _inside(entry: PlaceEntry, corners: Sequence[Point]) -> bool:
    """Tell whether a place lies between two corners; one wider than half the globe is taken to cross ±180."""
    south, north = sorted(corner.latitude for corner in corners)
    west, east = sorted(corner.longitude for corner in corners)
    inside = west <= entry.lon <= east
    return south <= entry.lat <= north and (inside if east - west <= 180 else not inside)


def _distance_km(
    lat: float, lon: float, lats: np.ndarray[Any, Any], lons: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Return great-circle distances; half a percent off the ellipsoid, which ranks as well."""
    a, b = np.radians(lat), np.radians(lats.astype(float))
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lons.astype(float) - lon) / 2) ** 2
    km: np.ndarray[Any, Any] = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    return km
