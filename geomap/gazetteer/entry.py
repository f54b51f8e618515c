"""What a source says of one place, before it is written to a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geomap.record import PlaceKind

__all__ = ["Entry", "Name", "NameClass"]


class NameClass(IntEnum):
    """How good a name is, best first. Kept with each posting of the store."""

    PREFERRED = 0  # tagged with a language, and the usual name in it
    MAIN = 1  # the entry's own name in its source
    ALTERNATE = 2  # another name, tagged with a language
    UNTAGGED = 3  # another name, language unknown
    OLD = 4  # no longer official: Bombay, Leningrad
    ABBREVIATION = 5  # "N.M.", "AS", "UAE"
    DEMONYM = 6  # people or adjective of a country: "Tajik", "российский"
    CODE = 7  # an ISO or IATA code; never matched in running text


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a place. `language` is ISO 639-1 (or -3), or "" where the source does not say."""

    text: str
    language: str = ""
    kind: NameClass = NameClass.UNTAGGED


@dataclass(slots=True)
class Entry:
    """One place as a source gives it. Two entries with one `id` are merged: names united, blanks filled.

    Attributes
    ----------
    id
        "country:TJ", "admin1:TJ-GB" (ISO 3166-2), "gn:1220747" (GeoNames), "river:panj", "lake:baikal",
        "sea:black-sea", "border:AF-TJ" (codes sorted), "airport:VVO" (IATA), "port:…", and "<kind>:<slug>" for facts.
    country
        ISO 3166-1 alpha-2, "" where there is none.
    admin1, admin2
        ISO 3166-2 code of the first-level unit; GeoNames code of the second.
    lat, lon
        Representative point; GeoNames' own for a country or admin-1 unit.
    radius_km
        Radius about the point that holds the place; for an area, of the circle that covers it.
    geometry
        Line or polygon, EPSG:4326, or None for a point.
    official_km
        Official length of a border or river, 0 where unknown.
    status
        Of a border or disputed area: "agreed", "line of control", "disputed", "indefinite"; else "".
    parents
        Ids of what defines the entry: a border's two countries, a composite's parts.
    capital_of
        Id of the country or unit whose capital it is, or "".
    """

    id: str
    kind: PlaceKind
    lat: float
    lon: float
    names: list[Name] = field(default_factory=list)
    country: str = ""
    admin1: str = ""
    admin2: str = ""
    population: int = 0
    feature_code: str = ""
    geonameid: int | None = None
    wikidata: str = ""
    radius_km: float = 0.0
    geometry: BaseGeometry | None = None
    vague: bool = False
    official_km: float = 0.0
    status: str = ""
    parents: tuple[str, ...] = ()
    capital_of: str = ""
    source: str = ""
