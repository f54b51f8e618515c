"""The user's own places and corrections as CSV and GeoJSON files: to share, to edit in a spreadsheet or on a map.

Both hold a row or feature for each place, hidden entry and correction, told apart by ``action``: "add" (the default),
"remove" and "correct". The columns are `COLUMNS`; of a place only ``name`` and where it is are needed. ``names`` holds
other names as ``ru:Мост дружбы|Dusti``; ``geometry`` of a CSV is WKT, where it is no point.
"""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any

from geomap._files import write_text
from geomap.errors import GazetteerError
from geomap.gazetteer.overlay import Contents, Correction, OwnPlace
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

__all__ = ["COLUMNS", "export_file", "import_file", "parse_name", "read_shape", "rows", "shaped"]

COLUMNS = (
    *("action", "id", "name", "kind", "lat", "lon", "country", "admin1", "names", "population", "radius_km"),
    *("context", "geometry"),
)
_LARGEST = 100_000_000  # bytes; what is larger belongs into a gazetteer of its own


def export_file(contents: Contents, path: Path, *, overwrite: bool = False) -> None:
    """Write an overlay; the suffix of the file says how: .csv, .geojson or .json.

    Raises
    ------
    OutputError
        The file exists or cannot be written.
    """
    if _is_csv(path):
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row, shape in rows(contents):
            writer.writerow(row | ({"geometry": shape.wkt} if shape is not None else {}))
        write_text(path, text.getvalue(), overwrite=overwrite)
        return
    features = []
    for row, shape in rows(contents):
        geometry: dict[str, Any] | None = None
        if shape is not None:
            geometry = dict(shape.__geo_interface__)
        elif "lat" in row:
            geometry = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        features.append({"type": "Feature", "properties": row, "geometry": geometry})
    collection = {"type": "FeatureCollection", "features": features}
    write_text(path, json.dumps(collection, ensure_ascii=False, indent=1) + "\n", overwrite=overwrite)


def import_file(path: Path) -> Contents:
    """Read what `export_file` wrote, or any CSV or GeoJSON with a column or property ``name``.

    Raises
    ------
    GazetteerError
        The file cannot be read, or a row holds no place; the message names file and line, or number of the feature.
    """
    read = _csv_rows if _is_csv(path) else _features
    places: list[OwnPlace] = []
    hidden: list[str] = []
    corrections: list[Correction] = []
    for where, row, shape in read(_read(path), path):
        try:
            action = str(row.get("action") or "add")
            if action == "remove":
                hidden.append(_text(row, "id"))
            elif action == "correct":
                corrections.append(_correction(row))
            elif action == "add":
                places.append(_place(row, shape))
            else:
                raise GazetteerError(f"action is {action!r}, expected add, remove or correct")
        except ValueError as error:  # as are those of shapely and of geomap itself
            raise GazetteerError(f"{where}: {error}") from error
    return Contents(tuple(places), tuple(hidden), tuple(corrections))


def read_shape(path: Path) -> BaseGeometry:
    """Read the one geometry of a GeoJSON file: a geometry, a feature or a collection, whose parts are joined.

    Raises
    ------
    GazetteerError
        The file cannot be read or holds no geometry.
    """
    import shapely

    shapes = [shape for _, _, shape in _features(_read(path), path) if shape is not None]
    if not shapes:
        raise GazetteerError(f"{path}: no geometry in it; expected GeoJSON")
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)


def shaped(name: str, kind: PlaceKind, shape: BaseGeometry, **rest: Any) -> OwnPlace:  # noqa: ANN401 fields of OwnPlace
    """Make a place of a shape: a point, or a line or area with a point on it and the radius that covers it.

    Raises
    ------
    GazetteerError
        The shape is empty, or mixes lines and areas.
    """
    from geomap.gazetteer import geometry as shapes

    if shape.is_empty or not abs(float(shape.bounds[1])) <= 90 or not abs(float(shape.bounds[3])) <= 90:
        raise GazetteerError(f"{name}: the geometry is empty or leaves the earth; expected longitude and latitude")
    if shape.geom_type == "Point":
        return OwnPlace(name, kind, float(shape.y), float(shape.x), **rest)  # type: ignore[attr-defined]
    if shape.geom_type.endswith("Polygon"):
        whole = shapes.polygon(shapes.cut_antimeridian(shapes.polygon(shape)))
    elif shape.geom_type.endswith("LineString"):
        whole = shapes.line([shapes.cut_antimeridian(shape)])
    else:
        raise GazetteerError(f"{name}: a {shape.geom_type} is no point, line or area")
    if whole.is_empty:
        raise GazetteerError(f"{name}: the geometry has no extent")
    lon, lat = shapes.point_on(whole)
    rest["radius_km"] = rest.get("radius_km") or shapes.covering_radius_km(whole, lon, lat)
    return OwnPlace(name, kind, lat, lon, geometry=whole.wkb, **rest)


def parse_name(text: str) -> tuple[str, str]:
    """Read another name of a place as its language, or "", and its text.

    Examples
    --------
    >>> parse_name("ru:Мост дружбы"), parse_name("Dusti: the bridge")
    (('ru', 'Мост дружбы'), ('', 'Dusti: the bridge'))
    """
    language, mark, name = text.partition(":")
    if mark and 2 <= len(language) <= 3 and language.isascii() and language.islower() and language.isalpha():
        return language, name.strip()
    return "", text.strip()


def _is_csv(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".geojson", ".json"}:
        raise GazetteerError(f"{path}: unknown format; expected a name with .csv or .geojson")
    return suffix == ".csv"


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise GazetteerError(f"{path}: over {_LARGEST // 1_000_000} MB; build a gazetteer of it instead")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GazetteerError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise GazetteerError(f"{path}: no UTF-8 at byte {error.start}") from error


def rows(contents: Contents) -> Iterator[tuple[dict[str, Any], BaseGeometry | None]]:
    """Yield everything as values by column, without what is blank, and the shape of what is no point."""
    import shapely

    for place in contents.places:
        names = "|".join(f"{language}:{text}" if language else text for language, text in place.names)
        row: dict[str, Any] = {"action": "add", "id": place.id, "name": place.name, "kind": str(place.kind)}
        row |= {"lat": place.lat, "lon": place.lon, "country": place.country, "admin1": place.admin1, "names": names}
        row |= {"population": place.population, "radius_km": place.radius_km}
        shape = shapely.from_wkb(place.geometry) if place.geometry is not None else None
        yield (
            {column: value for column, value in row.items() if value not in ("", 0) or column in {"lat", "lon"}},
            shape,
        )
    for place_id in contents.hidden:
        yield {"action": "remove", "id": place_id}, None
    for correction in contents.corrections:
        row = {"action": "correct", "id": correction.place_id, "name": correction.name}
        row |= {"country": correction.country, "context": correction.context}
        yield {column: value for column, value in row.items() if value}, None


def _csv_rows(text: str, path: Path) -> Iterator[tuple[str, dict[str, Any], BaseGeometry | None]]:
    import shapely

    reader = csv.DictReader(io.StringIO(text, newline=""))
    names = reader.fieldnames or ()
    if "name" not in names and "id" not in names:
        raise GazetteerError(f"{path}:1: no column 'name'; found {', '.join(names) or 'nothing'}")
    try:
        for row in reader:
            where = f"{path}:{reader.line_num}"
            if None in row or None in row.values():
                raise GazetteerError(f"{where}: expected {len(names)} cells")
            cells = {name: cell.strip() for name, cell in row.items()}
            shape = None
            if cells.get("geometry"):
                try:
                    shape = shapely.from_wkt(cells["geometry"])
                except shapely.GEOSException as error:
                    raise GazetteerError(f"{where}: geometry is no WKT ({error})") from error
            yield where, cells, shape
    except csv.Error as error:
        raise GazetteerError(f"{path}:{reader.line_num}: {error}") from error


def _features(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any], BaseGeometry | None]]:
    import shapely
    from shapely.geometry import shape

    try:
        value = json.loads(text)
    except ValueError as error:
        raise GazetteerError(f"{path}: no JSON ({error})") from error
    for number, feature in enumerate(_listed(value), 1):
        where = f"{path}: feature {number}"
        try:
            properties = feature["properties"] or {}
            geometry = shape(feature["geometry"]) if feature["geometry"] else None
            properties.keys()
        except (TypeError, KeyError, ValueError, AttributeError, shapely.GEOSException) as error:
            raise GazetteerError(f"{where}: not valid GeoJSON ({error})") from error
        yield where, properties, geometry


def _listed(value: Any) -> Iterable[dict[str, Any]]:  # noqa: ANN401 it is looked through here and in _features
    """Return the features of what a GeoJSON file holds."""
    if isinstance(value, dict) and isinstance(value.get("features"), list):
        features: list[dict[str, Any]] = value["features"]
        return features
    if isinstance(value, dict) and value.get("type") != "Feature":
        return [{"properties": {}, "geometry": value}]
    return [value]


def _place(row: Mapping[str, Any], shape: BaseGeometry | None) -> OwnPlace:
    kinds = [str(kind) for kind in PlaceKind if kind is not PlaceKind.DESCRIBED]
    kind = str(row.get("kind") or PlaceKind.FACILITY)
    if kind not in kinds:
        raise GazetteerError(f"kind is {kind!r}, expected one of {', '.join(kinds)}")
    facts: dict[str, Any] = {
        "id": str(row.get("id") or ""),
        "country": str(row.get("country") or "").upper(),
        "admin1": str(row.get("admin1") or ""),
        "names": tuple(parse_name(name) for name in str(row.get("names") or "").split("|") if name.strip()),
        "population": int(_number(row, "population")) if row.get("population") else 0,
        "radius_km": _number(row, "radius_km") if row.get("radius_km") else 0.0,
    }
    name = _text(row, "name")
    if shape is not None:
        return shaped(name, PlaceKind(kind), shape, **facts)
    return OwnPlace(name, PlaceKind(kind), _number(row, "lat"), _number(row, "lon"), **facts)


def _correction(row: Mapping[str, Any]) -> Correction:
    country = str(row.get("country") or "").upper()
    return Correction(_text(row, "name"), _text(row, "id"), country, str(row.get("context") or ""))


def _text(row: Mapping[str, Any], column: str) -> str:
    text = str(row.get(column) or "").strip()
    if not text:
        raise GazetteerError(f"{column} is blank")
    return text


def _number(row: Mapping[str, Any], column: str) -> float:
    value = row.get(column)
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number is told below
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise GazetteerError(f"{column} is {value!r}, expected a number")
    return number
