"""One place in the form in which a store keeps it: what stores are written from, copied from and united in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.geometry import decode, encode
from geomap.gazetteer.sources.language_tags import LABELS
from geomap.gazetteer.store import Details, PlaceFlag
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from geomap.gazetteer.entry import Entry
    from geomap.gazetteer.store import Store

__all__ = ["Row", "reader", "row_of"]

_HISTORICAL = {"PPLH", "PPLCH", "PPLQ", "PPLW"}
_WKB_TYPE = 1  # offset of the type in little-endian WKB


@dataclass(slots=True)
class Row:
    """What a store keeps of one place.

    Attributes
    ----------
    names
        Class and language by normalised name.
    geonameid
        0 for none.
    shape
        What ``geometry.bin`` holds of it; empty for a point.
    """

    id: str
    kind: PlaceKind
    lon: float
    lat: float
    prior: float
    names: dict[str, tuple[NameClass, str]]
    details: Details
    country: str = ""
    admin1: str = ""
    admin2: str = ""
    population: int = 0
    radius_km: float = 0.0
    feature_code: str = ""
    source: str = ""
    geonameid: int = 0
    flags: int = 0
    shape: bytes = b""

    @property
    def is_geonames(self) -> bool:
        """Whether the id can be had from the GeoNames id, and need not be kept."""
        return self.id == f"gn:{self.geonameid}"


def reader(store: Store) -> Callable[[int], Row]:
    """Return a function that reads a row of a store; written again, it gives the same bytes."""
    names = store.names_by_row()

    def read(row: int) -> Row:
        place = store.places[row]
        return Row(
            id=store.id(row),
            kind=store.kind(row),
            lon=float(place["lon"]),
            lat=float(place["lat"]),
            prior=float(place["prior"]),
            names=names(row),
            details=store.details(row),
            country=store.country(row),
            admin1=store.admin1(row),
            admin2=store.admin2(row),
            population=int(place["population"]),
            radius_km=float(place["radius_km"]),
            feature_code=store.features[place["feature"]],
            source=store.source(row),
            geonameid=int(place["geonameid"]),
            flags=int(place["flags"]),
            shape=store.packed(row),
        )

    return read


def row_of(entry: Entry, prior: float) -> Row:
    """Return what a store keeps of an entry."""
    names: dict[str, tuple[NameClass, str]] = {}
    for name in entry.names:
        if not (spelling := key(name.text)):
            continue
        known = names.get(spelling)
        if known is None:
            names[spelling] = name.kind, name.language
        else:
            # A spelling that several languages share belongs to none.
            names[spelling] = min(known[0], name.kind), name.language if name.language == known[1] else ""
    return Row(
        id=entry.id,
        kind=entry.kind,
        lon=entry.lon,
        lat=entry.lat,
        prior=prior,
        names=names,
        details=_details(entry),
        country=entry.country,
        admin1=entry.admin1,
        admin2=entry.admin2,
        population=entry.population,
        radius_km=entry.radius_km,
        feature_code=entry.feature_code,
        source=entry.source,
        geonameid=entry.geonameid or 0,
        flags=_flags(entry),
        shape=_packed(entry.geometry) if entry.geometry is not None else b"",
    )


def _flags(entry: Entry) -> PlaceFlag:
    flags = PlaceFlag(0)
    if entry.vague:
        flags |= PlaceFlag.VAGUE
    if entry.capital_of.startswith("country:"):
        flags |= PlaceFlag.CAPITAL
    if entry.feature_code in _HISTORICAL:
        flags |= PlaceFlag.HISTORICAL
    return flags


def _details(entry: Entry) -> Details:
    """Return the main name, the labels that differ from what would be shown without them, and the rare facts."""
    usual: dict[str, str] = {}
    for name in sorted(entry.names, key=lambda name: name.kind):
        if name.kind <= NameClass.ALTERNATE and name.language in LABELS:
            usual.setdefault(name.language, name.text)
    main = next((name.text for name in entry.names if name.kind is NameClass.MAIN), "")
    main = main or usual.get("en") or next((name.text for name in entry.names), "") or entry.id
    if entry.kind is PlaceKind.CITY and main.isascii():
        usual["en"] = main  # the tagged names are older: Nur-Sultan for Astana
    english = usual.get("en", main)
    labels = {tag: text for tag, text in usual.items() if text != (main if tag == "en" else english)}
    facts = {
        "parents": " ".join(entry.parents),
        "km": f"{entry.official_km:g}" if entry.official_km else "",
        "status": entry.status,
        "capital": "" if entry.kind is PlaceKind.CITY and entry.feature_code == "PPLC" else entry.capital_of,
        "wikidata": entry.wikidata,
    }
    return Details(main, labels, facts)


def _packed(geometry: BaseGeometry) -> bytes:
    """Return a geometry's WKB type and what `geometry.encode` makes of it."""
    packed = encode(geometry)
    return decode(packed)[_WKB_TYPE : _WKB_TYPE + 1] + packed
