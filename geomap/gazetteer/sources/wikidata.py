"""Places out of Wikidata: a dump of its entities, one a line, or the table that a query at query.wikidata.org gives.

Of a dump (``latest-all.json.bz2``, or a part of it) only the lines with coordinates are parsed; nothing is kept but the
numbers of what was read. A table has the columns ``item``, ``itemLabel`` and ``coord``, and what `_COLUMNS` lists.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.gazetteer.sources import kinds, vector
from geomap.gazetteer.sources.lines import lines
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["LICENCE", "SOURCE", "places"]

SOURCE, LICENCE = "Wikidata", "CC0-1.0"

_EARTH = "http://www.wikidata.org/entity/Q2"
_ITEM = re.compile(r"(?:https?://www\.wikidata\.org/(?:entity|wiki)/|wd:)?Q([1-9]\d*)")
_LANGUAGE = re.compile(r"([a-z]{2,3})(-\w+)*")
_ANY = "mul"  # Wikidata's code for a label that holds in most languages
_COORDINATES, _CLASS, _COUNTRY, _GEONAMES, _IATA = "P625", "P31", "P17", "P1566", "P238"
_POPULATION, _DISSOLVED = "P1082", "P576"
_WEIGHT_OF_OLD = 2.0  # of a country or unit that is no more, with one name
_POLITICAL = {PlaceKind.COUNTRY, PlaceKind.ADMIN1, PlaceKind.ADMIN2}

# What a column of a table is, and how queries name it, in lower case.
_COLUMNS = {
    "item": ("item", "place", "wikidata", "qid"),
    "label": ("itemlabel", "placelabel", "label", "name"),
    "coordinates": ("coord", "coords", "coordinates", "coordinate_location", "location", "p625"),
    "class": ("p31", "instance", "instance_of", "class", "type", "kind"),
    "country": ("p17", "country"),
    "geonames": ("p1566", "geonames", "geonamesid", "geonames_id", "geonameid"),
    "aliases": ("itemaltlabel", "placealtlabel", "altlabel", "aliases"),
    "population": ("p1082", "population"),
}
_NEEDED = ("item", "label", "coordinates")
_TAGGED_LABEL = re.compile(r"(?:item|place)?(?:label|name)_([a-z]{2,3})")


@dataclass(slots=True)
class _Item:
    """What is said of one item."""

    number: int
    lat: float
    lon: float
    names: list[Name] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    geonames: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    population: int = 0
    dissolved: bool = False


def places(
    paths: Iterable[Path], countries: Mapping[str, str], *, progress: bool = False
) -> Iterator[tuple[Entry, float]]:
    """Yield the places of some files with their weights, each once.

    A place that has a GeoNames id has the id "gn:…", others "wikidata:Q…". A dump's items that are of no kind in
    ``kinds.csv`` are left out; the rows of a table are what their reader asked for, so that all are taken.

    Parameters
    ----------
    countries
        ISO 3166-1 code by Wikidata id, "Q863" → "TJ".

    Raises
    ------
    GazetteerError
        A file is missing, truncated or malformed; the message names the line.
    """
    seen: set[int] = set()
    given: set[int] = set()  # GeoNames ids: a few stand with several items, of which the first has it
    for item, kind in itertools.chain.from_iterable(_read(path, progress=progress) for path in paths):
        if item.number in seen:
            continue
        seen.add(item.number)
        geonameid = _geonameid(item, given)
        known = [countries[code] for code in item.countries if code in countries]
        entry = Entry(
            id=f"gn:{geonameid}" if geonameid else f"wikidata:Q{item.number}",
            kind=kind.place,
            lat=item.lat,
            lon=item.lon,
            names=[*item.names, *(Name(code, "", NameClass.CODE) for code in item.codes)],
            country=known[0] if len(item.countries) == 1 and known else "",
            population=item.population,
            geonameid=geonameid,
            wikidata=f"Q{item.number}",
            radius_km=kind.radius_km,
            source=SOURCE,
        )
        yield entry, kind.prior(entry)


def _read(path: Path, *, progress: bool) -> Iterator[tuple[_Item, kinds.Kind]]:
    """Yield the items of a file that have a name, with their kinds."""
    table = path.suffix.lower() in {".csv", ".tsv"}
    default = kinds.Kind(PlaceKind.FACILITY, 1.0) if table else None
    for item in _rows(path, progress=progress) if table else _entities(path, progress=progress):
        kind = _kind(item, default)
        if kind is not None and item.names:
            yield item, kind


def _kind(item: _Item, default: kinds.Kind | None) -> kinds.Kind | None:
    """Return what an item is; a country or unit that is no more is a region."""
    classes = set(item.classes)
    known = next((kind for term, kind in kinds.table("wikidata").items() if term in classes), None)
    known = known or next(filter(None, map(kinds.of_word, item.classes)), default)
    if known is not None and item.dissolved and known.place in _POLITICAL:
        return kinds.Kind(PlaceKind.REGION, known.radius_km, _WEIGHT_OF_OLD)
    return known


def _geonameid(item: _Item, given: set[int]) -> int | None:
    number = next((int(text) for text in item.geonames if text.isascii() and text.isdecimal()), None)
    if number is None or number in given or not 0 < number < 1 << 32:
        return None
    given.add(number)
    return number


# A dump


def _entities(path: Path, *, progress: bool) -> Iterator[_Item]:
    """Yield the items of a dump that have coordinates: a list with one entity a line, or entities alone."""
    number, listed = 0, False
    for number, line in lines(path, progress=progress):
        text = line.strip().removesuffix(",")
        if text in {"", "[", "]"}:
            listed = text == "[" or (listed and text != "]")
            continue
        where = f"{path}:{number}"
        if not (text.startswith("{") and text.endswith("}")):
            raise GazetteerError(f"{where}: no entity of Wikidata, expected one JSON object a line; truncated?")
        if f'"{_COORDINATES}"' in text and (item := _entity(_parsed(text, where), where)) is not None:
            yield item
    if not number:
        raise GazetteerError(f"{path}: empty")
    if listed:
        raise GazetteerError(f"{path}:{number}: the list of entities has no end; truncated, download it again")


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        entity: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise GazetteerError(f"{where}: no JSON ({error})") from error
    except RecursionError as error:
        raise GazetteerError(f"{where}: no entity of Wikidata: nested too deep") from error
    return entity


def _entity(entity: Mapping[str, Any], where: str) -> _Item | None:
    """Read an entity, or return None if it is no item that lies on Earth."""
    try:
        number, claims = _ITEM.fullmatch(str(entity.get("id"))), entity["claims"]
        points = [value for value in _values(claims, _COORDINATES) if value.get("globe", _EARTH) == _EARTH]
        if number is None or not points:
            return None
        lat, lon = float(points[0]["latitude"]), float(points[0]["longitude"])
        return _Item(
            int(number[1]),
            *_checked(lat, lon, where),
            names=_names(entity.get("labels") or {}, entity.get("aliases") or {}),
            classes=[value["id"] for value in _values(claims, _CLASS)],
            countries=[value["id"] for value in _values(claims, _COUNTRY)],
            geonames=_values(claims, _GEONAMES),
            codes=_values(claims, _IATA),
            population=next((int(float(value["amount"])) for value in _values(claims, _POPULATION)), 0),
            dissolved=_DISSOLVED in claims,
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise GazetteerError(f"{where}: no entity of Wikidata ({type(error).__name__}: {error})") from error


def _values(claims: Mapping[str, Any], name: str) -> list[Any]:
    """Return the values of a property: the preferred ones, else all that are not deprecated."""
    said = [
        (statement.get("rank", "normal"), statement["mainsnak"]["datavalue"]["value"])
        for statement in claims.get(name, ())
        if "datavalue" in statement["mainsnak"]  # "unknown" and "none" have no value
    ]
    best = "preferred" if any(rank == "preferred" for rank, _ in said) else "normal"
    return [value for rank, value in said if rank == best]


def _names(labels: Mapping[str, Any], aliases: Mapping[str, Any]) -> list[Name]:
    """Return the labels of an item by language, the English one as its own name, and its other names."""
    names: list[Name] = []
    labelled = sorted(labels, key=lambda code: (code != "en", code != _ANY, code))
    for code in labelled:
        if (language := _language(code)) is not None:
            usual = NameClass.ALTERNATE if "-" in code and code.split("-")[0] in labels else NameClass.PREFERRED
            names.append(Name(labels[code]["value"], language, usual if language else NameClass.MAIN))
    for code in sorted(aliases):
        if (language := _language(code)) is not None:
            other = NameClass.ALTERNATE if language else NameClass.UNTAGGED
            names += [Name(alias["value"], language, other) for alias in aliases[code]]
    if names and names[0].kind is not NameClass.MAIN:
        names.insert(0, Name(names[0].text, "", NameClass.MAIN))
    return list(dict.fromkeys(names))


def _language(code: str) -> str | None:
    """Return the language of a code of Wikidata, "" for none in particular, None for what is no language."""
    match = _LANGUAGE.fullmatch(code)
    if match is None:
        return None
    return "" if match[1] == _ANY else match[1]


# A table


def _rows(path: Path, *, progress: bool) -> Iterator[_Item]:
    """Yield the items of a table. A query gives one row for each combination of values of an item."""
    header = vector.header(path)
    columns = _columns(path, header)
    tagged = {column: match[1] for column in header if (match := _TAGGED_LABEL.fullmatch(column.lower()))}
    rows = vector.table(path, {"geometry": columns["coordinates"]}, progress=progress)
    for identity, group in itertools.groupby(rows, key=lambda row: row.fields[columns["item"]]):
        features = list(group)
        first = features[0]
        number = _ITEM.fullmatch(identity)
        if number is None:
            raise GazetteerError(f"{first.where}: {identity!r} is no item of Wikidata, expected Q…")
        point = next(filter(None, map(vector.locate, features)), None)
        if point is None:
            continue
        cells = {
            purpose: list(dict.fromkeys(text for row in features if (text := row.fields[column])))
            for purpose, column in columns.items()
        }
        items = {purpose: list(map(_bare, values)) for purpose, values in cells.items()}
        yield _Item(
            int(number[1]),
            point.lat,
            point.lon,
            names=_cell_names(cells, {tag: first.fields[column] for column, tag in tagged.items()}, number[0]),
            classes=items.get("class", []),
            countries=items.get("country", []),
            geonames=cells.get("geonames", []),
            population=_population(cells.get("population", []), first.where),
        )


def _columns(path: Path, header: Iterable[str]) -> dict[str, str]:
    """Return the column for each purpose."""
    lower = {name.strip().lower().lstrip("?"): name for name in header}
    known = {purpose: [lower[name] for name in names if name in lower] for purpose, names in _COLUMNS.items()}
    found = {purpose: columns[0] for purpose, columns in known.items() if columns}
    for purpose in _NEEDED:
        if purpose not in found:
            raise GazetteerError(
                f"{path}:1: no column for the {purpose}, expected {' or '.join(_COLUMNS[purpose][:2])}; "
                f"there are: {', '.join(lower.values())}"
            )
    return found


def _bare(text: str) -> str:
    """Return "Q515" for "http://www.wikidata.org/entity/Q515", and other text as it is."""
    match = _ITEM.fullmatch(text)
    return f"Q{match[1]}" if match else text


def _cell_names(cells: Mapping[str, list[str]], tagged: Mapping[str, str], identity: str) -> list[Name]:
    """Return the names in a row; the label service writes the number where an item has no label."""
    own = [text for text in cells["label"] if text != _bare(identity)]
    names = [Name(text, "", NameClass.MAIN if index == 0 else NameClass.UNTAGGED) for index, text in enumerate(own)]
    names += [Name(text, tag, NameClass.PREFERRED) for tag, text in tagged.items() if text and text != _bare(identity)]
    names += [Name(text.strip(), "") for cell in cells.get("aliases", ()) for text in cell.split(",") if text.strip()]
    return list(dict.fromkeys(names))


def _population(cells: Iterable[str], where: str) -> int:
    try:
        return max((int(float(cell)) for cell in cells), default=0)
    except (ValueError, OverflowError) as error:
        raise GazetteerError(f"{where}: the population is {', '.join(cells)!r}, expected a number") from error


def _checked(lat: float, lon: float, where: str) -> tuple[float, float]:
    if not (-90 <= lat <= 90 and -360 <= lon <= 360):
        raise GazetteerError(f"{where}: coordinates {lat:g}, {lon:g} are no degrees")
    return round(lat, 5), round((lon + 180) % 360 - 180, 5)
