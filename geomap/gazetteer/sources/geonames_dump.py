"""GeoNames' own files: ``allCountries.zip``, ``TJ.zip``, ``cities500.zip``, ``alternateNamesV2.zip``, and code lists.

The dump's own list of alternate names has no languages; it is used where ``alternateNamesV2`` is not given.
"""

from __future__ import annotations

import bisect
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.geometry import town_radius_km
from geomap.gazetteer.sources import geonames_cities, kinds, language_tags
from geomap.gazetteer.sources.lines import fields
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["AlternateNames", "Unit", "countries", "places", "unit_entry", "units"]

SOURCE = "GeoNames"
LICENCE = "CC BY 4.0"
COUNTRIES = {"PCL", "PCLD", "PCLF", "PCLI", "PCLIX", "PCLS"}
"""Feature codes of countries that are there today."""

_PLACE_COLUMNS, _NAME_COLUMNS, _UNIT_COLUMNS, _COUNTRY_COLUMNS = 19, 10, 4, 19
_GREATEST_ID = 2**32 - 1

# Marks in the column of languages that name no language.
_CODES = {"iata", "icao", "unlc"}
_ABBREVIATION = "abbr"
_WIKIDATA = "wkdt"
_NO_NAMES = {"link", "post", "phon", "piny", "faac", "tcid"}


def places(path: Path, names: AlternateNames | None, *, progress: bool = False) -> Iterator[tuple[Entry, float]]:
    """Yield each place of a dump with its weight.

    A country has the id "country:TJ", first- and second-level units those of GeoNames' codes ("admin1:TJ.02",
    "admin2:US.TX.453"), all else "gn:1220747". `Entry.admin1` is GeoNames' code ("TJ.02"), not that of ISO.

    Parameters
    ----------
    names
        Names with languages; None for those that the dump itself has.

    Raises
    ------
    GazetteerError
        The file is truncated, or a line is malformed; the message names it.
    """
    for number, cells in fields(path, _PLACE_COLUMNS, progress=progress):
        kind = kinds.of_feature_code(cells[6], cells[7])
        if kind is None:
            continue  # some hundreds of places have no feature code, or one that is no place
        try:
            entry = _entry(cells, kind, names)
        except ValueError as error:
            raise GazetteerError(f"{path}:{number}: {error}") from error
        yield entry, kind.prior(entry)


def _entry(cells: list[str], kind: kinds.Kind, names: AlternateNames | None) -> Entry:
    geonameid, lat, lon = _whole(cells[0], "geonameid"), float(cells[4]), float(cells[5])
    if not 0 < geonameid <= _GREATEST_ID:
        raise ValueError(f"geonameid {geonameid} is out of range")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"latitude {cells[4]}, longitude {cells[5]} lie outside of the globe")
    name, country, feature = cells[1], cells[8], cells[7]
    population = max(_whole(cells[14] or "0", "population"), 0)
    admin1 = f"{country}.{cells[10]}" if country and cells[10] not in {"", "00"} else ""
    admin2 = f"{admin1}.{cells[11]}" if admin1 and cells[11] else ""
    place = f"gn:{geonameid}"
    if feature in COUNTRIES and country:
        place, admin1, admin2 = f"country:{country}", "", ""
    elif feature == "ADM1" and admin1:
        place, admin2 = f"admin1:{admin1}", ""
    elif feature == "ADM2" and admin2:
        place = f"admin2:{admin2}"
    entry = Entry(
        id=place,
        kind=kind.place,
        lat=lat,
        lon=lon,
        names=[Name(name, "", NameClass.MAIN)],
        country=country,
        admin1=admin1,
        admin2=admin2,
        population=population,
        feature_code=feature,
        geonameid=geonameid,
        radius_km=kind.radius_km,
        capital_of=f"country:{country}" if feature == "PPLC" else "",
        source=SOURCE,
    )
    if kind.place is PlaceKind.CITY:
        entry.radius_km = town_radius_km(population)
    if names is not None:
        names.add_to(entry)
    elif cells[3]:
        entry.names += geonames_cities.untagged(cells[3].split(","), population, country)
    if cells[2] and cells[2] != name:
        entry.names.append(Name(cells[2], "", NameClass.UNTAGGED))
    return entry


def _whole(text: str, column: str) -> int:
    """Return a whole number; "1_000" and "١" are none."""
    if not (text.lstrip("-").isdecimal() and text.isascii()):
        raise ValueError(f"{column} is {text!r}, expected a whole number")
    return int(text)


class AlternateNames:
    """``alternateNamesV2``: every name with its language and marks, found by GeoNames id.

    16 million names are kept in 0.6 GB: as bytes in the order of the file, and an index of them sorted by id.
    """

    def __init__(self, path: Path, *, progress: bool = False) -> None:
        texts = bytearray()
        ids, starts = bytearray(), bytearray()
        for number, cells in fields(path, _NAME_COLUMNS, progress=progress):
            if (language := cells[2]) in _NO_NAMES or not cells[3]:
                continue
            marks = "".join(mark for mark, cell in zip("psch", cells[4:8], strict=True) if cell == "1")
            try:
                ids += _whole(cells[1], "geonameid").to_bytes(4, "little")
            except (ValueError, OverflowError) as error:
                raise GazetteerError(f"{path}:{number}: {error}") from error
            starts += len(texts).to_bytes(8, "little")
            texts += f"{language}\t{marks}\t{cells[3]}\n".encode()
        geonameids = np.frombuffer(ids, "<u4")
        order = np.argsort(geonameids, kind="stable")
        self._ids = geonameids[order]
        self._starts = np.frombuffer(starts, "<u8")[order]
        self._texts = bytes(texts)

    def add_to(self, entry: Entry) -> None:
        """Add to a place its names, and its Wikidata id.

        The name that is marked as preferred is the usual one in its language, or the only name in it.
        """
        first = bisect.bisect_left(self._ids, entry.geonameid or 0)  # numpy would copy all ids to compare them
        found = []
        while first < len(self._ids) and self._ids[first] == entry.geonameid:
            start = int(self._starts[first])
            found.append(self._texts[start : self._texts.index(b"\n", start)].decode().split("\t", 2))
            first += 1
        if not found:
            return
        # What the press no longer writes, or never did, is nobody's usual name.
        current = [(language, marks) for language, marks, _ in found if not {"c", "h"} & set(marks)]
        counts = Counter(language for language, _ in current)
        preferred = {language for language, marks in current if "p" in marks}
        untagged = []
        for language, marks, text in found:
            if language == _WIKIDATA:
                entry.wikidata = entry.wikidata or text
            elif language in _CODES:
                entry.names.append(Name(text, "", NameClass.CODE))
            elif language == _ABBREVIATION:
                entry.names.append(Name(text, "", NameClass.ABBREVIATION))
            elif not language:
                untagged.append(text)
            elif (name := language_tags.name(text, language)) is not None:
                usual = "p" in marks or (counts[language] == 1 and language not in preferred)
                name_class = name.kind if usual else NameClass.ALTERNATE
                if {"c", "h"} & set(marks):
                    name_class = NameClass.OLD if "h" in marks else NameClass.UNTAGGED
                entry.names.append(Name(text, name.language, name_class))
        entry.names += geonames_cities.untagged(untagged, entry.population, entry.country)


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of a list of codes: "TJ.02", or a country's "TJ"."""

    code: str
    name: str
    geonameid: int
    alpha3: str = ""
    population: int = 0


def units(path: Path) -> Iterator[Unit]:
    """Yield the rows of ``admin1CodesASCII.txt`` or ``admin2Codes.txt``: code, name, ASCII name, GeoNames id.

    Raises
    ------
    GazetteerError
        The file cannot be read, or a line is malformed.
    """
    for number, (code, name, _, geonameid) in fields(path, _UNIT_COLUMNS):
        try:
            yield Unit(code, name, _whole(geonameid, "geonameid"))
        except ValueError as error:
            raise GazetteerError(f"{path}:{number}: {error}") from error


def countries(path: Path) -> Iterator[Unit]:
    """Yield the rows of ``countryInfo.txt``.

    Raises
    ------
    GazetteerError
        The file cannot be read, or a line is malformed.
    """
    for number, cells in fields(path, _COUNTRY_COLUMNS):
        try:
            yield Unit(
                cells[0], cells[4], _whole(cells[16] or "0", "geonameid"), cells[1], _whole(cells[7], "population")
            )
        except ValueError as error:
            raise GazetteerError(f"{path}:{number}: {error}") from error


def unit_entry(prefix: str, unit: Unit, seat: Entry) -> Entry:
    """Return the entry of a row of a list of codes; it stands at its seat, since the lists have no points."""
    inner = prefix != "country:"
    entry = Entry(
        id=f"{prefix}{unit.code}",
        kind=PlaceKind(prefix.rstrip(":")),
        lat=seat.lat,
        lon=seat.lon,
        names=[Name(unit.name, "", NameClass.MAIN)],
        country=seat.country,
        admin1=seat.admin1 if inner else "",
        admin2=unit.code if prefix == "admin2:" else "",
        population=unit.population,
        feature_code=_FEATURES[prefix],
        geonameid=unit.geonameid or None,
        source=SOURCE,
    )
    if not inner:
        entry.names += [Name(code, "", NameClass.CODE) for code in (unit.code, unit.alpha3)]
    return entry


_FEATURES = {"country:": "PCLI", "admin1:": "ADM1", "admin2:": "ADM2"}
