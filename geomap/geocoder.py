"""The gazetteer as a geocoder of geopy: the same calls as `geopy.geocoders.Nominatim`, without a network.

Errors are geopy's: `geopy.exc.GeocoderQueryError` for what is no query, `geopy.exc.ConfigurationError` for a gazetteer
that cannot be opened (also a `geomap.GazetteerError`), `ValueError` for what is no point.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopy.exc import GeocoderQueryError
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from geopy.point import Point

from geomap.errors import GazetteerError
from geomap.gazetteer.online import GazetteerConfigurationError, Online
from geomap.gazetteer.reverse import describe, nearest_towns, reverse
from geomap.lookup import described, find, nearest_first
from geomap.pipeline import Config, Pipeline

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geomap.gazetteer.search import Hit
    from geomap.gazetteer.store import PlaceEntry, Store
    from geomap.record import Place, PlaceKind

__all__ = ["Gazetteer"]

LIMIT = 10
_CODE = 2  # letters of a country's code


class Gazetteer(Geocoder):  # type: ignore[misc]  # geopy has no type information
    """geomap's gazetteer with geopy's Geocoder interface.

    Parameters
    ----------
    path
        Folder of the gazetteer; None for the embedded one.
    overlay
        File of the user's own places and corrections; None for the usual one.
    online
        A service on the net to ask for what the gazetteer does not know, such as ``"nominatim"``; its answers say so in
        ``Location.raw["online"]``. None to ask nobody.

    Raises
    ------
    geopy.exc.ConfigurationError
        The gazetteer is missing or damaged, or there is no such service.

    Examples
    --------
    >>> from geomap import Gazetteer
    >>> place = Gazetteer().geocode("Sungai Panj", language="id")
    >>> place.raw["place_id"]
    'river:panj'
    """

    def __init__(
        self, path: Path | str | None = None, *, overlay: Path | str | None = None, online: str | Online | None = None
    ) -> None:
        super().__init__(scheme="https", user_agent="geomap")
        self._pipeline = Pipeline(Config(Path(path) if path else None, Path(overlay) if overlay else None))
        self._online = Online(online) if isinstance(online, str) else online
        try:
            _ = self.store
        except GazetteerError as error:
            raise GazetteerConfigurationError(str(error)) from error

    @property
    def store(self) -> Store:
        """The gazetteer with the user's own places, as they are now."""
        return self._pipeline.store

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        language: str | None = None,
        country_codes: str | Collection[str] | None = None,
        viewbox: Sequence[Any] | None = None,
        near: str | Sequence[float] | Point | None = None,
        context: str | Sequence[str] = (),
        kinds: Collection[PlaceKind] = (),
        limit: int = LIMIT,
        timeout: object = None,  # noqa: ARG002 part of geopy's interface; nothing here can time out
    ) -> Location | list[Location] | None:
        """Return the place that a name means, or None.

        Parameters
        ----------
        query
            A place name, or what describes a place: "Panj", "Sungai Panj", "Paris, Texas", "the Chad–Sudan border",
            "30 km north of Kabul".
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
        context
            What the place lies in, by name or code, the nearest first: "Texas", ("Texas", "US").
        kinds
            Kinds that the place must be of.
        limit
            How many locations a list holds at most.

        Raises
        ------
        geopy.exc.GeocoderQueryError
            The query is no text.
        geopy.exc.GeopyError
            The service that was asked for what the gazetteer does not know could not answer.
        """
        if not isinstance(query, str):
            raise GeocoderQueryError(f"the query is {query!r}, expected the name of a place")
        codes = [country_codes] if isinstance(country_codes, str) else country_codes or ()
        countries, tag = {code.upper() for code in codes}, language or ""
        around = [context] if isinstance(context, str) else context
        corners = [Point(corner) for corner in viewbox or ()]
        store = self.store
        hits = find(store, ", ".join([query, *around]), language=tag, countries=countries, kinds=kinds)
        if corners:
            hits = [hit for hit in hits if _inside(hit.entry, corners)]
        if near is not None:
            hits = nearest_first(hits, _target(near))
        found = [_location(store, hit.entry, tag or "en", hit) for hit in hits[:limit]]
        if not found and not kinds and query.strip():
            places = described(self._pipeline, query, tag)
            fitting = [pair for pair in places if not countries or pair[0].country in countries]
            found = [_described(*pair) for pair in fitting if not corners or _inside(pair[0], corners)][:limit]
        if not found and self._online is not None and query.strip():
            answers = self._online.lookup(query, language=language or "", countries=countries, limit=limit)
            found = [Location(answer["address"], (answer["lat"], answer["lon"]), answer) for answer in answers]
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

        `Location.raw` says in ``point`` where the point itself lies, which may be another country than the town's, and
        how far from the nearest town in which direction: see `geomap.gazetteer.reverse.describe`.

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

        Raises
        ------
        ValueError
            The query is no point.
        """
        if query is None:
            raise ValueError("the query is None, expected latitude and longitude")  # geopy's Point would be 0, 0
        point, store, tag = Point(query), self.store, language or "en"
        (where,) = reverse(store, point.latitude, point.longitude)
        around = describe(store, where, tag)
        _, rows = nearest_towns(store, point.latitude, point.longitude, count=1 if exactly_one else limit)
        found = [_location(store, store.entry(int(row), tag), tag) for row in rows]
        for location in found:
            location.raw["point"] = around
        if exactly_one:
            return found[0] if found else None
        return found or None


def _target(near: str | Sequence[float] | Point) -> str | tuple[float, float]:
    """Return a country's code as it is, and anything else that geopy takes for a point as latitude and longitude."""
    if isinstance(near, str) and len(near) == _CODE:
        return near
    point = Point(near)
    return point.latitude, point.longitude


def _location(store: Store, entry: PlaceEntry, language: str, hit: Hit | None = None) -> Location:
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


def _described(place: Place, confidence: float) -> Location:
    raw = {
        "place_id": place.id,
        "name": place.name,
        "kind": str(place.kind),
        "country": place.country,
        "population": place.population,
        "radius_km": place.radius_km,
        "geonameid": place.geonameid,
        "source": place.source,
        "score": confidence,
        "how": "described",
    }
    return Location(place.name, (place.lat, place.lon), raw)


def _inside(entry: PlaceEntry | Place, corners: Sequence[Point]) -> bool:
    """Tell whether a place lies between two corners; one wider than half the globe is taken to cross ±180."""
    south, north = sorted(corner.latitude for corner in corners)
    west, east = sorted(corner.longitude for corner in corners)
    inside = west <= entry.lon <= east
    return south <= entry.lat <= north and (inside if east - west <= 180 else not inside)
