"""Historical gazetteers in Linked Places format, as the World Historical Gazetteer exchanges them.

GeoJSON whose features have names with languages and times, types, and links to other gazetteers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geomap.gazetteer import merge
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.geometry import covering_radius_km
from geomap.gazetteer.sources import kinds, vector
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["places"]

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]\w+)*")
_SAME = {"closeMatch", "exactMatch", "primaryTopicOf", "sameAs"}
_GEONAMES = re.compile(r"(?:gn:|https?://(?:www\.|sws\.)?geonames\.org/)(\d+)/?.*")
_WIKIDATA = re.compile(r"(?:wd:|https?://www\.wikidata\.org/(?:wiki|entity)/)(Q\d+)")


def places(path: Path, *, progress: bool = False) -> Iterator[tuple[Entry, float]]:
    """Yield the places of a file with their weights.

    A place that is linked to GeoNames has its id, "gn:…"; others are "<file>:<id>". A name whose time has an end is
    an old one.

    Raises
    ------
    GazetteerError
        The file is missing, truncated or malformed; the message names the line.
    """
    for feature in vector.read(path, progress=progress):
        where, names = vector.locate(feature), _names(feature.fields)
        if where is None or not names:
            continue
        fields = feature.fields
        kind = _kind(fields, where)
        geonameid, item = _links(_objects(fields.get("@links")))
        own = str(fields.get("@@id") or fields.get("id") or feature.id)
        codes = fields.get("ccodes")
        found = Entry(
            id=f"gn:{geonameid}" if geonameid else f"{path.stem}:{'-'.join(own.split())}",
            kind=kind.place,
            lat=where.lat,
            lon=where.lon,
            names=names,
            country=str(codes[0]).upper() if isinstance(codes, list) and len(codes) == 1 else "",
            geonameid=geonameid,
            wikidata=item,
            radius_km=kind.radius_km,
            geometry=where.shape,
            source=path.stem,
        )
        if where.shape is not None:
            found.radius_km = covering_radius_km(where.shape, where.lon, where.lat)
        yield found, merge.prior(found) if kind.weight is None else kind.prior(found)


def _names(fields: Mapping[str, Any]) -> list[Name]:
    title = str(fields.get("title") or "").strip()
    names = [Name(title, "", NameClass.MAIN)] if title else []
    for name in _objects(fields.get("@names")):
        text = str(name.get("toponym") or "").strip()
        language = _LANGUAGE.fullmatch(str(name.get("lang") or ""))
        if not text:
            continue
        if _ended(name.get("when")):
            name_class = NameClass.OLD
        else:
            name_class = NameClass.ALTERNATE if language else NameClass.UNTAGGED
        names.append(Name(text, language[1] if language else "", name_class))
    if names and names[0].kind is not NameClass.MAIN:
        names.insert(0, Name(names[0].text, "", NameClass.MAIN))
    return list(dict.fromkeys(names))


def _ended(when: object) -> bool:
    spans = _objects(when.get("timespans")) if isinstance(when, dict) else ()
    return any(span.get("end") for span in spans)


def _kind(fields: Mapping[str, Any], where: vector.Place) -> kinds.Kind:
    for kind in _objects(fields.get("@types")):
        for word in (kind.get("label"), kind.get("sourceLabel")):
            if word and (known := kinds.of_word(str(word))):
                return known
    classes = fields.get("fclasses")
    for letter in classes if isinstance(classes, list) else ():
        if known := kinds.of_feature_code(str(letter), ""):
            return known
    return kinds.Kind(PlaceKind.CITY if where.shape is None else PlaceKind.REGION, 2.0)


def _links(links: Iterable[Mapping[str, Any]]) -> tuple[int | None, str]:
    """Return the GeoNames and the Wikidata id that a place is said to be the same as."""
    geonameid, item = None, ""
    for link in links:
        if link.get("type") not in _SAME:
            continue
        identifier = str(link.get("identifier") or "")
        if match := _GEONAMES.fullmatch(identifier):
            geonameid = geonameid or int(match[1])
        elif match := _WIKIDATA.fullmatch(identifier):
            item = item or match[1]
    return geonameid, item


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
