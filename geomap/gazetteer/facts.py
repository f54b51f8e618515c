"""The curated tables of ``data/facts``: places, names and shapes that no packaged source has.

Tables of places share one header (`HEADER`). A cell of a language column holds names separated by ``|``, the usual
one first; ``~`` marks an abbreviation, ``<`` an old name: ``Far Eastern Federal University|~FEFU``. The column
``other`` holds names in further languages, as ``it:Parigi``, or untagged.

The column ``geometry`` is empty for a point, else a recipe:

==============================  ==========================================================
``countries:ML+NE+TD``          the areas of countries, joined
``admin1:UA-14+UA-09``          the areas of first-level units, joined
``areas:disputed:transnistria`` the areas of other entries, joined
``polygon:lon lat,lon lat,…``   an area drawn by hand
``land:lon lat,…``              the same, without the sea
``ocean:lon lat,…``             the same, the sea alone
``line:lon lat,…``              a line drawn by hand
``course:river:suez-canal``     the lines of other entries, joined
==============================  ==========================================================

A hand-drawn outline may run past ±180; it is cut there.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.errors import GazetteerError
from geomap.gazetteer import geometry as shapes
from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geomap.gazetteer.store import Store

__all__ = ["HEADER", "LANGUAGES", "Reference", "Sources", "check", "countries", "names", "read", "reference", "rows"]

LANGUAGES = ("en", "id", "ru", "es", "fr", "de", "ar", "pt", "zh", "fa", "tr", "uk", "hi", "ja")
HEADER = (
    *("place", "kind", "country", "lat", "lon", "radius_km", "geometry", "vague", "status", "source", "note"),
    *LANGUAGES,
    "other",
)
SOURCE = "geomap"

# The tables of places, and those whose header differs: (file, columns before the names).
PLACES = ("composites.csv", "facilities.csv", "seas.csv", "regions.csv")
WATERS = {
    "rivers.csv": ("place", "members", "length_km", "geometry", "source", "note"),
    "lakes.csv": ("place", "lat", "lon", "source", "note"),
}

_COAST_TOLERANCE = 0.01  # degrees; a sea needs no more of a coast that the countries draw
_WIDE = 10.0  # degrees; joined areas are simplified when wider than this
_SMALL_HOLE = 0.002  # square degrees, 20 km²: islets that are left out of a sea
_LENGTH_TOLERANCE = 0.1
_CLASSES = {
    "exonyms.csv": {"preferred", "alternate", "old", "abbreviation", "demonym"},
    "demonyms.csv": {"noun", "adj"},
}

# Radius about the point of a place without a shape, in km, by kind; 1 for all others.
_RADII = {
    PlaceKind.MOUNTAIN: 5.0,
    PlaceKind.BASE: 3.0,
    PlaceKind.CAMP: 3.0,
    PlaceKind.AIRPORT: 3.0,
    PlaceKind.PORT: 3.0,
    PlaceKind.REGION: 50.0,
    PlaceKind.ISLAND: 10.0,
}


@dataclass(frozen=True, slots=True)
class Sources:
    """What recipes are made from: entries with a shape by id, and the ocean."""

    areas: Mapping[str, Entry]
    ocean: BaseGeometry | None = None


def rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line number and the cells of every row of a table.

    Raises
    ------
    GazetteerError
        A row has too few or too many cells.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            if None in row or None in row.values():
                raise GazetteerError(f"{path}:{reader.line_num}: expected {len(reader.fieldnames or ())} cells")
            yield reader.line_num, {key: cell.strip() for key, cell in row.items()}


def names(row: Mapping[str, str]) -> list[Name]:
    """Return the names in a row's language columns.

    Examples
    --------
    >>> [(name.text, name.kind.name) for name in names({"en": "Mumbai|<Bombay"})]
    [('Mumbai', 'PREFERRED'), ('Bombay', 'OLD')]
    """
    found: list[Name] = []
    for language in LANGUAGES:
        for text in filter(None, row.get(language, "").split("|")):
            first = all(name.language != language for name in found)
            found.append(_name(text, language, NameClass.PREFERRED if first else NameClass.ALTERNATE))
    for text in filter(None, row.get("other", "").split("|")):
        tagged = re.fullmatch(r"([a-z]{2,3}):(.+)", text)
        if tagged:
            found.append(_name(tagged[2], tagged[1], NameClass.PREFERRED))
        else:
            found.append(_name(text, "", NameClass.UNTAGGED))
    return found


def _name(text: str, language: str, kind: NameClass) -> Name:
    marks = {"~": NameClass.ABBREVIATION, "<": NameClass.OLD}
    return Name(text.lstrip("~<").strip(), language, marks.get(text[0], kind))


def read(folder: Path, sources: Sources) -> Iterator[Entry]:
    """Yield every place of the tables, the names of rivers and lakes, exonyms and demonyms.

    Parameters
    ----------
    folder
        ``data/facts``.
    sources
        Entries of Natural Earth that recipes speak of. An entry yielded here with the id of one of them carries more
        names for it.

    Raises
    ------
    GazetteerError
        A recipe names an entry that the sources lack, or comes out empty.
    """
    areas = dict(sources.areas)
    known = Sources(areas, sources.ocean)
    for table in (*PLACES, *WATERS):
        make = _water if table in WATERS else _place
        for number, row in rows(folder / table):
            try:
                entry = make(row, known)
            except (GazetteerError, ValueError) as error:
                raise GazetteerError(f"{folder / table}:{number}: {row['place']}: {error}") from error
            areas.setdefault(entry.id, entry)  # a recipe may speak of what stands above it
            yield entry
    yield from _more_names(folder)


def _place(row: Mapping[str, str], sources: Sources) -> Entry:
    kind = PlaceKind(row["kind"])
    geometry = shape(row["geometry"], sources) if row["geometry"] else None
    known = sources.areas.get(row["place"])
    if row["lat"]:
        lat, lon = float(row["lat"]), float(row["lon"])
    elif geometry is not None:
        lon, lat = shapes.point_on(geometry)
    elif known is not None:
        lat, lon = known.lat, known.lon
    else:
        raise GazetteerError("has neither a point nor a geometry")
    if row["radius_km"]:
        radius = float(row["radius_km"])
    elif geometry is not None:
        radius = shapes.covering_radius_km(geometry, lon, lat)
    else:
        radius = known.radius_km if known else _RADII.get(kind, 1.0)
    return Entry(
        id=row["place"],
        kind=kind,
        lat=lat,
        lon=lon,
        names=_with_main(names(row)),
        country=row["country"],
        admin1=row["place"].removeprefix("admin1:") if kind is PlaceKind.ADMIN1 else "",
        radius_km=radius,
        geometry=geometry,
        vague=row["vague"] == "yes",
        status=row["status"],
        parents=tuple(_parts(row["geometry"])),
        source=SOURCE,
    )


def _water(row: Mapping[str, str], sources: Sources) -> Entry:
    """Return names, and where a table has it the course, of a river or lake that Natural Earth draws or lacks."""
    kind = PlaceKind(row["place"].split(":")[0])
    known = sources.areas.get(row["place"])
    recipe = row.get("geometry")
    geometry = shape(recipe, sources) if recipe else known.geometry if known else None
    if geometry is not None:
        lon, lat = shapes.point_on(geometry)
    elif row.get("lat"):
        lat, lon = float(row["lat"]), float(row["lon"])
    else:
        raise GazetteerError("is in no source and has no geometry")
    return Entry(
        id=row["place"],
        kind=kind,
        lat=lat,
        lon=lon,
        names=_with_main(names(row)),
        radius_km=shapes.covering_radius_km(geometry, lon, lat) if geometry else 10.0,
        geometry=geometry,
        official_km=float(row.get("length_km") or 0),
        source=SOURCE,
    )


def _with_main(found: list[Name]) -> list[Name]:
    """Put the English name first as the place's own, which is what a map shows where it has no better."""
    return [*(Name(name.text, "", NameClass.MAIN) for name in found[:1]), *found]


def _more_names(folder: Path) -> Iterator[Entry]:
    """Yield exonyms and demonyms as entries that hold names alone, to be merged into the places they name."""
    classes = {
        "preferred": NameClass.PREFERRED,
        "alternate": NameClass.ALTERNATE,
        "old": NameClass.OLD,
        "abbreviation": NameClass.ABBREVIATION,
        "demonym": NameClass.DEMONYM,
    }
    for _, row in rows(folder / "exonyms.csv"):
        kind = PlaceKind.CITY if row["place"].startswith("gn:") else PlaceKind(row["place"].split(":")[0])
        found = [Name(text, row["language"], classes[row["class"]]) for text in row["names"].split("|")]
        yield Entry(row["place"], kind, 0.0, 0.0, found, source=SOURCE)
    for _, row in rows(folder / "demonyms.csv"):
        forms = {text for key in ("noun", "adj") for text in row[key].split("|") if text}
        found = [Name(text, row["language"], NameClass.DEMONYM) for text in sorted(forms)]
        yield Entry(f"country:{row['country']}", PlaceKind.COUNTRY, 0.0, 0.0, found, row["country"], source=SOURCE)


def shape(recipe: str, sources: Sources) -> BaseGeometry:
    """Make the geometry that a recipe describes.

    Raises
    ------
    GazetteerError
        The recipe is unknown, names what the sources lack, or gives nothing.
    """
    verb, _, what = recipe.partition(":")
    cook = _RECIPES.get(verb)
    if cook is None:
        raise GazetteerError(f"unknown recipe {verb!r}; expected one of {', '.join(_RECIPES)}")
    made = cook(what, sources)
    if made.is_empty:
        raise GazetteerError(f"{recipe[:60]!r} gives an empty geometry")
    return made


def _parts(recipe: str) -> list[str]:
    """Return the ids of the entries that a recipe joins."""
    verb, _, what = recipe.partition(":")
    prefix = {"countries": "country:", "admin1": "admin1:", "areas": "", "course": ""}.get(verb)
    return [] if prefix is None else [prefix + part for part in what.split("+")]


def _joined(verb: str) -> Callable[[str, Sources], BaseGeometry]:
    def cook(what: str, sources: Sources) -> BaseGeometry:
        found = []
        for part in _parts(f"{verb}:{what}"):
            entry = sources.areas.get(part)
            if entry is None or entry.geometry is None:
                raise GazetteerError(f"no source has a shape of {part!r}")
            found.append(entry.geometry)
        if verb == "course":
            return shapes.line(found)
        return _coarse(shapes.union(found))

    return cook


def _coarse(area: BaseGeometry) -> BaseGeometry:
    """Simplify a wide area to a thousandth of its width; nobody reads a coast off a continent."""
    return area if _width(area) < _WIDE else _tidy(area)


def _width(area: BaseGeometry) -> float:
    west, _, east, _ = shapes.bounds(area)
    return (east - west) % 360


def _outline(what: str) -> BaseGeometry:
    from shapely import Polygon

    return shapes.cut_antimeridian(shapes.polygon(Polygon(_positions(what))))


def _positions(what: str) -> list[tuple[float, float]]:
    pairs = [pair.split() for pair in what.split(",")]
    return [(float(lon), float(lat)) for lon, lat in pairs]


def _drawn(what: str, _: Sources) -> BaseGeometry:
    return shapes.simplify(_outline(what), 0)


def _line(what: str, _: Sources) -> BaseGeometry:
    from shapely import LineString

    return shapes.cut_antimeridian(LineString(_positions(what)))


def _wet(what: str, sources: Sources) -> BaseGeometry:
    outline = _outline(what)
    return _tidy(outline.intersection(_near(outline, sources)))


def _dry(what: str, sources: Sources) -> BaseGeometry:
    outline = _outline(what)
    return _tidy(outline.difference(_near(outline, sources)))


def _near(outline: BaseGeometry, sources: Sources) -> BaseGeometry:
    """Return the ocean about an outline; the whole of it would make every cut take a second."""
    from shapely import clip_by_rect

    if sources.ocean is None:
        raise GazetteerError("the recipe needs the ocean, and the sources hold none")
    return shapes.polygon(clip_by_rect(sources.ocean, *outline.bounds))


def _tidy(area: BaseGeometry) -> BaseGeometry:
    """Simplify a coast, the wider the coarser, and leave out islets and ponds unless they are all there is."""
    from shapely import Polygon

    area = shapes.polygon(area)
    parts = [part for part in getattr(area, "geoms", [area]) if not part.is_empty]
    if not parts:
        return area
    tolerance = max(_COAST_TOLERANCE, _width(area) / 1000)
    smallest = max(_SMALL_HOLE, tolerance**2)
    great = [part for part in parts if part.area >= smallest] or parts
    full = [
        Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area >= smallest]) for part in great
    ]
    return shapes.simplify(shapes.union(full), tolerance)


_RECIPES: dict[str, Callable[[str, Sources], BaseGeometry]] = {
    "countries": _joined("countries"),
    "admin1": _joined("admin1"),
    "areas": _joined("areas"),
    "course": _joined("course"),
    "polygon": _drawn,
    "land": _dry,
    "ocean": _wet,
    "line": _line,
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What the tables are compared with.

    Attributes
    ----------
    boxes
        West, south, east, north by lower-case English name.
    lengths
        Kilometres of land border by the two countries' codes, sorted.
    """

    boxes: Mapping[str, tuple[float, float, float, float]]
    lengths: Mapping[tuple[str, str], float]


def reference(folder: Path, codes: Mapping[str, str]) -> Reference:
    """Read ``natural_earth_*.tsv`` and ``land_borders_km.tsv`` of a folder.

    Parameters
    ----------
    codes
        ISO 3166-1 alpha-2 code by normalised English name.

    Raises
    ------
    GazetteerError
        The folder holds none of the files.
    """
    boxes: dict[str, tuple[float, float, float, float]] = {}
    lengths: dict[tuple[str, str], float] = {}
    for path in sorted(folder.glob("natural_earth_*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                edges = [row[column] for column in ("min_lon", "min_lat", "max_lon", "max_lat")]
                if not all(edges):  # a line end within a name
                    continue
                west, south, east, north = map(float, edges)
                boxes[row["name"].casefold()] = west, south, east, north
    borders = folder / "land_borders_km.tsv"
    if borders.is_file():
        with borders.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                pair = sorted(codes.get(key(row[column]), "") for column in ("country", "neighbour"))
                if pair[0]:
                    lengths[pair[0], pair[1]] = float(row["km"])
    if not boxes and not lengths:
        raise GazetteerError(f"{folder}: neither natural_earth_*.tsv nor land_borders_km.tsv here")
    return Reference(boxes, lengths)


def countries(store: Store) -> dict[str, Entry]:
    """Return the countries of a store with their shapes and English names, by id."""
    from shapely import from_wkb

    found = {}
    for row in range(len(store)):
        if store.kind(row) is PlaceKind.COUNTRY and (wkb := store.geometry(row)):
            place, code = store.id(row), store.country(row)
            named = [Name(store.label(row, "en"), "en", NameClass.PREFERRED)]
            lat, lon = float(store.places["lat"][row]), float(store.places["lon"][row])
            found[place] = Entry(place, PlaceKind.COUNTRY, lat, lon, named, code, geometry=from_wkb(wkb))
    return found


def check(
    folder: Path,
    *,
    countries: Mapping[str, Entry] | None = None,
    boxes: Mapping[str, tuple[float, float, float, float]] | None = None,
    lengths: Mapping[tuple[str, str], float] | None = None,
) -> list[str]:
    """Look for mistakes in the tables.

    Parameters
    ----------
    folder
        ``data/facts``.
    countries
        Country entries by id; with them, a point must lie in its stated country, or within 25 km of it.
    boxes
        See `Reference`; with them, a hand-drawn area of that name must overlap its box.
    lengths
        See `Reference`; with them, the length of a border must be within a tenth of its length there.

    Returns
    -------
    One line a mistake, naming file and line; empty when all is well.
    """
    return [
        *_table_faults(folder, countries, boxes),
        *_length_faults(folder, lengths or {}),
        *(
            f"{table}:{number}: {fault}"
            for table, allowed in _CLASSES.items()
            for number, row in rows(folder / table)
            for fault in _name_faults(row, allowed)
        ),
    ]


def _table_faults(
    folder: Path,
    countries: Mapping[str, Entry] | None,
    boxes: Mapping[str, tuple[float, float, float, float]] | None,
) -> Iterator[str]:
    places: dict[str, str] = {}
    named: dict[tuple[str, str, str], str] = {}
    for table in PLACES:
        for number, row in rows(folder / table):
            here = f"{table}:{number}: {row['place']}"
            yield from (f"{here}: {fault}" for fault in _place_faults(row, countries, boxes))
            if row["place"] in places:
                yield f"{here}: id stands in {places[row['place']]} too"
            usual = (row["en"].split("|")[0].casefold(), row["country"], row["kind"])
            if usual in named:
                yield f"{here}: same name, country and kind as {named[usual]}"
            places[row["place"]] = named[usual] = here
    for table in WATERS:
        for number, row in rows(folder / table):
            if row["place"] in places or not re.fullmatch(r"(river|lake|canal):[a-z0-9-]+", row["place"]):
                yield f"{table}:{number}: bad or repeated id {row['place']!r}"
            places[row["place"]] = table


def _length_faults(folder: Path, lengths: Mapping[tuple[str, str], float]) -> Iterator[str]:
    if not lengths:
        return
    for number, row in rows(folder / "borders.csv"):
        expected = lengths.get((row["a"], row["b"]), 0.0)
        if expected and abs(float(row["length_km"] or 0) - expected) > _LENGTH_TOLERANCE * expected:
            yield f"borders.csv:{number}: {row['length_km']} km; the reference says {expected:g}"


def _place_faults(
    row: Mapping[str, str],
    countries: Mapping[str, Entry] | None,
    boxes: Mapping[str, tuple[float, float, float, float]] | None,
) -> Iterator[str]:
    if row["kind"] not in set(PlaceKind):
        yield f"unknown kind {row['kind']!r}"
    if not re.fullmatch(r"[a-z0-9]+:[A-Za-z0-9-]+", row["place"]):
        yield "an id is kind:slug"
    if row["country"] and not re.fullmatch(r"[A-Z]{2}", row["country"]):
        yield f"country {row['country']!r} is no ISO 3166-1 code"
    if row["vague"] not in ("", "yes"):
        yield f"vague is {row['vague']!r}; expected yes or nothing"
    if not row["en"]:
        yield "has no English name"
    if any("" in cell.split("|") for key in LANGUAGES if (cell := row[key])):
        yield "has an empty name"
    if row["radius_km"] and not re.fullmatch(r"\d+(\.\d+)?", row["radius_km"]):
        yield f"radius {row['radius_km']!r} is no number"
    yield from _recipe_faults(row, boxes)
    if row["place"].split(":")[0] != row["kind"]:
        yield f"the id of a {row['kind']} starts with {row['kind']}:"
    if row["lat"] or row["lon"]:
        # The label of an area may lie out at sea.
        yield from _point_faults(row, None if row["geometry"] or row["kind"] == PlaceKind.SEA else countries)


def _recipe_faults(
    row: Mapping[str, str], boxes: Mapping[str, tuple[float, float, float, float]] | None
) -> Iterator[str]:
    from shapely import Polygon, box

    verb, _, what = row["geometry"].partition(":")
    if verb and verb not in _RECIPES:
        yield f"unknown recipe {verb!r}"
    if verb not in ("polygon", "land", "ocean", "line"):
        return
    try:
        positions = _positions(what)
    except ValueError:
        yield "an outline is lon lat,lon lat,…"
        return
    if not all(-360 <= lon <= 360 and -90 <= lat <= 90 for lon, lat in positions):
        yield "an outline leaves the globe"
    if verb == "line":
        return
    if len(positions) < 3 or not Polygon(positions).is_valid:
        yield "an outline crosses itself"
        return
    expected = (boxes or {}).get(row["en"].split("|")[0].casefold())
    if expected is not None and expected[0] < expected[2]:
        frame, drawn = box(*expected), _outline(what)
        if drawn.intersection(frame).area < 0.3 * min(frame.area, drawn.area):
            yield f"the outline {drawn.bounds} hardly meets the reference box {expected}"


def _point_faults(row: Mapping[str, str], countries: Mapping[str, Entry] | None) -> Iterator[str]:
    from shapely import Point

    try:
        lat, lon = float(row["lat"]), float(row["lon"])
    except ValueError:
        yield f"{row['lat']!r}, {row['lon']!r} is no position"
        return
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        yield f"{lat}, {lon} leaves the globe"
    country = (countries or {}).get(f"country:{row['country']}")
    if country is not None and country.geometry is not None:
        # Piers and border bridges lie outside a generalised polygon, and small islands are not drawn at all.
        distance = country.geometry.distance(Point(lon, lat))
        if distance > (2.0 if row["kind"] in (PlaceKind.ISLAND, PlaceKind.MOUNTAIN) else 0.25):
            yield f"{lat}, {lon} lies {distance:.1f} degrees outside {row['country']}"


def _name_faults(row: Mapping[str, str], allowed: set[str]) -> Iterator[str]:
    if not re.fullmatch(r"[a-z]{2,3}", row["language"]):
        yield f"language {row['language']!r} is no ISO 639 code"
    if "class" in row:
        if row["class"] not in allowed:
            yield f"class {row['class']!r}; expected one of {', '.join(sorted(allowed))}"
        if "" in row["names"].split("|"):
            yield "has an empty name"
    elif not re.fullmatch(r"[A-Z]{2}", row["country"]) or not any(row[key] for key in allowed):
        yield "needs a country code and a form"
