"""Places out of a map file or a table: OpenStreetMap, a historical gazetteer, one's own list.

Which field is what may be said by a mapping, "name=TITLE,lat=Y,lon=X,kind=TYPE,country==TJ"; without one the usual
names of fields are tried. OpenStreetMap's tags are understood.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.geometry import covering_radius_km, town_radius_km
from geomap.gazetteer.sources import kinds, vector
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["PURPOSES", "mapping", "places"]

_log = logging.getLogger(__name__)

# What a field may be wanted for, and the names, in lower case, under which it is looked for.
_USUAL = {
    "name": ("name", "title", "label", "toponym"),
    "lat": ("lat", "latitude", "y"),
    "lon": ("lon", "lng", "long", "longitude", "x"),
    "geometry": ("wkt", "geometry", "geom"),
    "kind": ("kind", "placetype", "place_type", "feature_type"),
    "country": ("country_code", "iso_a2", "countrycode", "iso3166-1:alpha2", "ccode"),
    "admin1": ("iso3166-2", "iso_3166_2"),
    "population": ("population", "pop"),
    "id": ("@id", "osm_id", "id", "fid"),
    "geonameid": ("geonameid", "geonames_id", "gn_id"),
    "wikidata": ("wikidata", "wikidataid", "qid"),
    "radius": ("radius_km",),
    "names": ("names", "alt_name", "alternate_names", "alternatenames", "official_name", "short_name", "int_name"),
    "old": ("old_name", "old_names"),
}
PURPOSES = tuple(_USUAL)
"""What a field may be mapped to; "name:ru" is the name in a language."""

_CONSTANT = "="
_TAGGED = re.compile(r"name[:_]([a-z]{2,3})")
_SEVERAL = re.compile(r"[;|]")
_COUNTRY = re.compile(r"[A-Z]{2}")
_ITEM = re.compile(r"Q[1-9]\d*")
_SHAPED = {"line": PlaceKind.FACILITY, "area": PlaceKind.REGION, "point": PlaceKind.FACILITY}
# Ids that a file's own may not pass for.
_TAKEN = {"gn", *PlaceKind}


def mapping(text: str) -> dict[str, str]:
    """Read a mapping of fields.

    Raises
    ------
    GazetteerError
        It is none, or maps to what geomap does not know.

    Examples
    --------
    >>> mapping("name=TITLE, name:ru=RUS, kind==castle")
    {'name': 'TITLE', 'name:ru': 'RUS', 'kind': '=castle'}
    """
    found = {}
    for part in filter(None, map(str.strip, text.split(","))):
        purpose, _, column = part.partition("=")
        if not column or not (purpose in _USUAL or _TAGGED.fullmatch(purpose)):
            raise GazetteerError(
                f"{part!r} maps nothing; expected PURPOSE=COLUMN or PURPOSE==VALUE with a purpose of "
                f"{', '.join(PURPOSES)} or name:LANGUAGE"
            )
        found[purpose] = column
    return found


def places(path: Path, columns: Mapping[str, str], *, progress: bool = False) -> Iterator[tuple[Entry, float]]:
    """Yield each named place of a file with its weight.

    Parameters
    ----------
    path
        CSV, GeoJSON, or what GDAL reads.
    columns
        As `mapping` gives it; purposes that it leaves out are looked for under their usual names.

    Raises
    ------
    GazetteerError
        The file is missing, truncated or malformed, lacks a mapped column, or no feature in it has a name.
    """
    total = named = 0
    for feature in _features(path, columns, progress=progress):
        total += 1
        if (found := _entry(feature, columns, path)) is not None:
            named += 1
            yield found
    if total and not named:
        raise GazetteerError(f"{path}: no feature has a name and a place; map the fields with --map name=…")
    if named < total:
        _log.info("%s: %d of %d features have no name or no place", path, total - named, total)


def _features(path: Path, columns: Mapping[str, str], *, progress: bool) -> Iterator[vector.Feature]:
    """Yield the features; a mapped column that is not there is told at once, where the file has a list of them."""
    if path.suffix.lower() in vector.TABLES:
        there = {name.lower(): name for name in vector.header(path)}
        wanted = {purpose: column for purpose, column in columns.items() if not column.startswith(_CONSTANT)}
        for purpose in ("lat", "lon", "geometry"):
            usual = next((there[name] for name in _USUAL[purpose] if name in there), "")
            # A table may have a shape and a point; the point is asked for where nobody asked for the shape.
            if usual and "geometry" not in wanted and not (purpose == "geometry" and {"lat", "lon"} <= wanted.keys()):
                wanted.setdefault(purpose, usual)
        yield from vector.table(path, wanted, progress=progress)
        return
    checked = path.suffix.lower() in vector.GEOJSON  # a GeoJSON feature may leave fields out
    for feature in vector.read(path, progress=progress):
        for purpose, column in () if checked else columns.items():
            if not column.startswith(_CONSTANT) and column not in feature.fields:
                there_are = ", ".join(feature.fields)
                raise GazetteerError(f"{path}: no column {column!r} for {purpose}; there are: {there_are}")
        checked = True
        yield feature


def _entry(feature: vector.Feature, columns: Mapping[str, str], path: Path) -> tuple[Entry, float] | None:
    """Return the place that a feature is, with its weight, or None where it has no name or stands nowhere."""
    fields = {str(name).lower(): value for name, value in feature.fields.items()}

    def of(purpose: str) -> str:
        if column := columns.get(purpose):
            return column[1:] if column.startswith(_CONSTANT) else _text(feature.fields.get(column))
        return next((text for name in _USUAL.get(purpose, ()) if (text := _text(fields.get(name)))), "")

    names = _names(of, columns, fields)
    where = vector.locate(feature) if names else None
    if where is None:
        return None
    kind = _kind(of("kind"), fields, where)
    country, item = of("country").upper(), of("wikidata")
    found = Entry(
        id=_id(path, of("id") or feature.id),
        kind=kind.place,
        lat=where.lat,
        lon=where.lon,
        names=names,
        country=country if _COUNTRY.fullmatch(country) else "",
        admin1=of("admin1"),
        population=_count(of("population"), "population", feature),
        geonameid=_count(of("geonameid"), "geonameid", feature) or None,
        wikidata=item if _ITEM.fullmatch(item) else "",
        radius_km=float(_count(of("radius"), "radius", feature)),
        geometry=where.shape,
        source=path.stem,
    )
    if found.geonameid:
        found.id = f"gn:{found.geonameid}"
    if not found.radius_km:
        shape = where.shape
        found.radius_km = kind.radius_km if shape is None else covering_radius_km(shape, where.lon, where.lat)
    if not found.radius_km:
        found.radius_km = town_radius_km(found.population)
    return found, kind.prior(found)


def _names(of: Callable[[str], str], columns: Mapping[str, str], fields: Mapping[str, Any]) -> list[Name]:
    names = [Name(text, "", NameClass.MAIN) for text in [of("name")] if text]
    tagged = {name: of(name) for name in columns if _TAGGED.fullmatch(name)}
    tagged |= {name: _text(value) for name, value in fields.items() if name not in tagged and _TAGGED.fullmatch(name)}
    for name, text in tagged.items():
        language = _TAGGED.fullmatch(name)
        if text and language:
            names += [Name(part, language[1], NameClass.PREFERRED) for part in _parts(text)[:1]]
            names += [Name(part, language[1], NameClass.ALTERNATE) for part in _parts(text)[1:]]
    names += [Name(text, "", NameClass.UNTAGGED) for text in _parts(of("names"))]
    names += [Name(text, "", NameClass.OLD) for text in _parts(of("old"))]
    if names and names[0].kind is not NameClass.MAIN:
        names.insert(0, Name(names[0].text, "", NameClass.MAIN))
    return list(dict.fromkeys(names))


def _kind(word: str, fields: Mapping[str, Any], where: vector.Place) -> kinds.Kind:
    known = (kinds.of_word(word) if word else None) or kinds.of_tags(fields)
    if known is None:
        shape = "point" if where.shape is None else "line" if "Line" in where.shape.geom_type else "area"
        known = kinds.Kind(_SHAPED[shape], 1.0 if shape == "point" else 0.0)
    return known


def _id(path: Path, own: str) -> str:
    """Return the id of a feature, of the name of its file and of what the file calls it."""
    stem = re.sub(r"[^\w-]+", "-", path.stem.lower())
    prefix = f"{stem}-file" if stem in _TAKEN else stem
    return f"{prefix}:{'-'.join(own.split())}"


def _text(value: object) -> str:
    nothing = value is None or value != value or isinstance(value, (dict, list))  # noqa: PLR0124 NaN differs from itself
    return "" if nothing else str(value).strip()


def _parts(text: str) -> list[str]:
    return [part for part in map(str.strip, _SEVERAL.split(text)) if part]


def _count(text: str, purpose: str, feature: vector.Feature) -> int:
    """Return a number that a person or a program wrote: "12000", "12,000", "12000.0"; of a tag, what is none is 0."""
    if not text:
        return 0
    try:
        number = float(text.replace(",", "").replace(" ", ""))
        return max(int(number), 0)
    except (ValueError, OverflowError) as error:
        if purpose == "population":
            return 0  # "about 200", as OpenStreetMap has it
        raise GazetteerError(f"{feature.where}: {purpose} is {text!r}, expected a number") from error
