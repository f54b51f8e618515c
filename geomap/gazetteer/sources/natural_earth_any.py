"""Natural Earth as its users have it: a folder of layers or one file, in any format, of any version since the third.

What a feature is, its own field ``featurecla`` says, so that layers need not have their usual names. Corrections of
what the source draws and names are those of the gazetteer that the places are added to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.geometry import clean, covering_radius_km, town_radius_km
from geomap.gazetteer.sources import kinds, vector
from geomap.gazetteer.sources.natural_earth import SOURCE, names_in, plain, slug
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

__all__ = ["files", "places"]

_FORMATS = (".gpkg", ".shp", ".zip", ".geojson", ".json")  # the better first, where a folder has a layer twice
_COUNTRY = re.compile(r"[A-Z]{2}")
_UNIT = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
# Countries to which ``iso_a2`` gives no code; ``iso_a2_eh`` does, but only since the fifth version.
_UNCODED = {"FRA": "FR", "NOR": "NO", "KOS": "XK"}
_ITEM = re.compile(r"Q[1-9]\d*")
_FACTS = {
    "country": ("iso_a2_eh", "iso_a2"),
    "geonameid": ("geonameid", "gn_id", "geonamesid"),
    "people": ("pop_est", "pop_max"),
}


def files(path: Path) -> list[Path]:
    """Return the files of layers in a folder and below it, one of each name; of a file, the file.

    Raises
    ------
    GazetteerError
        There is none.
    """
    if not path.is_dir():
        return [path]
    found: dict[str, Path] = {}
    for suffix in _FORMATS:
        for file in sorted(path.rglob(f"*{suffix}")):
            found.setdefault(file.stem.lower(), file)
    if not found:
        raise GazetteerError(f"{path}: holds no layers; expected {', '.join(_FORMATS)}")
    return [found[stem] for stem in sorted(found)]


def places(path: Path, *, progress: bool = False) -> Iterator[tuple[Entry, float]]:
    """Yield each named place with its weight; the segments of a river are one.

    Raises
    ------
    GazetteerError
        A file is missing, truncated or malformed, or nothing in any of them is a place of Natural Earth.
    """
    known = 0
    for file in files(path):
        for layer in [None] if file.suffix.lower() in vector.GEOJSON else vector.layers(file):
            for found in _layer(file, layer, progress=progress):
                known += 1
                yield found
    if not known:
        raise GazetteerError(f"{path}: holds no named feature with a featurecla of Natural Earth")


def _layer(path: Path, layer: str | None, *, progress: bool) -> Iterator[tuple[Entry, float]]:
    rivers: dict[tuple[str, str], tuple[vector.Feature, dict[str, Any], list[BaseGeometry]]] = {}
    for feature in vector.read(path, layer=layer, progress=progress):
        fields = {name.lower(): plain(value) for name, value in feature.fields.items()}
        kind = kinds.table("natural earth").get(str(fields.get("featurecla") or "").lower())
        if kind is None or not fields.get("name") or feature.geometry is None:
            continue
        if kind.place is PlaceKind.RIVER:
            key = str(fields["name"]), str(fields.get("rivernum") or "")
            rivers.setdefault(key, (feature, fields, []))[2].append(feature.geometry)
        elif found := _entry(feature, fields, kind):
            yield found
    for feature, fields, segments in rivers.values():
        from shapely import GeometryCollection

        course = vector.Feature(feature.where, feature.fields, clean(GeometryCollection(segments)), feature.id)
        if found := _entry(course, fields, kinds.Kind(PlaceKind.RIVER)):
            yield found


def _entry(feature: vector.Feature, fields: Mapping[str, Any], kind: kinds.Kind) -> tuple[Entry, float] | None:
    where = vector.locate(feature)
    if where is None:
        return None
    country, geonameid, people = (_first(fields, *_FACTS[fact]) for fact in ("country", "geonameid", "people"))
    code = str(country) if _COUNTRY.fullmatch(str(country)) else _UNCODED.get(str(fields.get("adm0_a3")), "")
    number = int(float(geonameid)) if geonameid else 0
    place, kind_of = _identity(fields, kind.place, code, number, feature)
    item = str(fields.get("wikidataid") or "")
    names = names_in(fields)
    if kind_of is PlaceKind.COUNTRY:
        names += [
            Name(text, "en", NameClass.ALTERNATE) for text in (fields.get("name_long"), fields.get("formal_en")) if text
        ]
    found = Entry(
        id=place,
        kind=kind_of,
        lat=where.lat,
        lon=where.lon,
        names=names,
        country=place.removeprefix("admin1:")[:2] if place.startswith("admin1:") else code,
        admin1=place.removeprefix("admin1:") if kind_of is PlaceKind.ADMIN1 else "",
        population=max(int(float(people)), 0) if people else 0,
        geonameid=number if number > 0 else None,
        wikidata=item if _ITEM.fullmatch(item) else "",
        radius_km=kind.radius_km,
        geometry=where.shape,
        source=SOURCE,
    )
    if where.shape is not None:
        found.radius_km = covering_radius_km(where.shape, where.lon, where.lat)
    if kind_of is PlaceKind.CITY:
        found.radius_km = town_radius_km(found.population)
    return found, kind.prior(found)


def _identity(
    fields: Mapping[str, Any], kind: PlaceKind, code: str, geonameid: int, feature: vector.Feature
) -> tuple[str, PlaceKind]:
    """Return the id and the kind: what the source calls a country and nobody gives a code is disputed."""
    if kind is PlaceKind.COUNTRY and code:
        return f"country:{code}", kind
    if kind is PlaceKind.ADMIN1:
        unit = str(fields.get("iso_3166_2") or "").rstrip("~")
        if _UNIT.fullmatch(unit) or fields.get("adm1_code"):
            return f"admin1:{unit if _UNIT.fullmatch(unit) else fields['adm1_code']}", kind
    if kind is PlaceKind.CITY and geonameid > 0:
        return f"gn:{geonameid}", kind
    kind = PlaceKind.DISPUTED if kind is PlaceKind.COUNTRY else kind
    own = fields.get("ne_id") or feature.id
    return f"natural-earth:{kind}-{slug(str(fields['name']))}-{own}", kind


def _first(fields: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401 whatever a map holds
    return next((fields[name] for name in names if fields.get(name)), None)
