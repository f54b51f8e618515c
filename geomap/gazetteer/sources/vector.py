"""Features of any map file: GeoJSON as a stream, what GDAL reads by portions, and tables of points as CSV.

Coordinates come out as EPSG:4326 in lon/lat order, valid, and cut at ±180, whatever went in.
"""

from __future__ import annotations

import csv
import json
import math
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geomap.errors import GazetteerError
from geomap.gazetteer import geometry as shapes
from geomap.gazetteer.sources.lines import lines, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from shapely.geometry.base import BaseGeometry

__all__ = ["Feature", "Place", "header", "layers", "locate", "read", "table"]

GEOJSON = {".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson"}
TABLES = {".csv", ".tsv"}

_PORTION = 5_000  # features that GDAL hands over at once
_CHUNK = 1 << 20
_GREATEST_FEATURE = 1 << 28  # bytes; Canada's coast in full detail is 1 << 26
_START = re.compile(r'"features"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,\x1e]*")
_CELL = 10_000_000  # characters; a polygon as text is long
_DETAIL = 0.002  # of the extent of a shape: what its edge may be simplified by
_COARSEST = 0.005  # degrees; as the areas of the embedded gazetteer
_FARTHEST = 540  # degrees of longitude; some files go on beyond ±180, none more than once around
_DIGITS = 5  # of a point


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a file.

    Attributes
    ----------
    where
        Names the file and the line or number, for errors.
    id
        What the file calls it, else its number or line.
    """

    where: str
    fields: Mapping[str, Any]
    geometry: BaseGeometry | None
    id: str


def read(path: Path, *, layer: str | None = None, progress: bool = False) -> Iterator[Feature]:
    """Yield the features of a GeoJSON file, or of any other that GDAL reads (GeoPackage, shapefile, zipped or not).

    Of a shapefile, the .cpg file says the encoding; without one it is UTF-8, or cp1252 where that fails.

    Raises
    ------
    GazetteerError
        The file is missing, truncated or malformed; the message names the line or the feature.
    """
    if path.suffix.lower() in GEOJSON:
        return _geojson(path, progress=progress)
    return _gdal(path, layer, progress=progress)


def layers(path: Path) -> list[str]:
    """Return the names of the layers of a file that GDAL reads."""
    import pyogrio
    from pyogrio.errors import DataSourceError

    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except DataSourceError as error:
        raise GazetteerError(f"{path}: cannot be read as a map: {error}") from error


# GeoJSON


def _geojson(path: Path, *, progress: bool) -> Iterator[Feature]:
    from tqdm import tqdm

    with (
        opened(path) as (file, size),
        tqdm(total=size or None, desc=path.name, unit="B", unit_scale=True, disable=not progress) as bar,
    ):
        for number, (line, value) in enumerate(_Json(file, path, bar.update).features(), 1):
            where = f"{path}:{line}"
            if not isinstance(value, dict) or value.get("type") != "Feature":
                raise GazetteerError(f"{where}: not a GeoJSON feature")
            identity = value.get("id")
            properties = value.get("properties") or {}
            if not isinstance(properties, dict):
                raise GazetteerError(f"{where}: the properties are no object")
            # What Linked Places writes beside the properties: names, types, links.
            beside = {f"@{key}": value[key] for key in ("names", "types", "links", "@id") if key in value}
            yield Feature(
                where,
                properties | beside,
                _geojson_geometry(value.get("geometry"), where),
                str(number if identity is None else identity),
            )


class _Json:
    """The features of a collection, or one a line, parsed one by one out of a window that slides over the file."""

    def __init__(self, file: BinaryIO, path: Path, tell: Callable[[int], object]) -> None:
        import codecs

        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._file, self._path, self._tell = file, path, tell
        self._text, self._line, self._ended = "", 1, False

    def features(self) -> Iterator[tuple[int, Any]]:
        """Yield line and value of each feature."""
        collection = self._enter()
        decoder = json.JSONDecoder()
        while True:
            self._drop(_BETWEEN.match(self._text).end())  # type: ignore[union-attr]  # matches always
            if not self._text:
                if self._more():
                    continue
                if collection:
                    raise GazetteerError(f"{self._path}:{self._line}: truncated: the collection does not end")
                return
            if collection and self._text[0] == "]":
                return
            try:
                value, end = decoder.raw_decode(self._text)
            except RecursionError as error:
                raise GazetteerError(f"{self._path}:{self._line}: nested too deeply") from error
            except json.JSONDecodeError as error:
                self._excuse(error)
                continue
            yield self._line, value
            self._drop(end)

    def _enter(self) -> bool:
        """Go to the first feature; tell whether it is one of a collection."""
        if self._path.suffix.lower() in {".geojsonl", ".geojsons", ".ndjson"}:
            return False
        while (start := _START.search(self._text)) is None:
            if len(self._text) > _GREATEST_FEATURE or not self._more():
                raise GazetteerError(f"{self._path}: holds no GeoJSON features")
        self._drop(start.end())
        return True

    def _excuse(self, error: json.JSONDecodeError) -> None:
        """Read on where a feature is cut off by the end of the window; raise where it is malformed."""
        cut = error.msg.startswith("Unterminated string") or error.pos > len(self._text) - 16
        if cut and len(self._text) < _GREATEST_FEATURE and self._more():
            return
        line = self._line + self._text.count("\n", 0, error.pos)
        what = "truncated" if cut and self._ended else f"no JSON ({error.msg})"
        raise GazetteerError(f"{self._path}:{line}: {what}") from error

    def _drop(self, end: int) -> None:
        self._line += self._text.count("\n", 0, end)
        self._text = self._text[end:]

    def _more(self) -> bool:
        """Widen the window, each time to twice its size, so that a long feature is not parsed again and again."""
        if self._ended:
            return False
        data = self._file.read(max(_CHUNK, len(self._text)))
        self._ended = not data
        self._tell(len(data))
        try:
            self._text += self._decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            line = self._line + self._text.count("\n") + data.count(b"\n", 0, error.start)
            raise GazetteerError(f"{self._path}:{line}: not UTF-8 ({error.reason})") from error
        return not self._ended


def _geojson_geometry(value: object, where: str) -> BaseGeometry | None:
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    if value is None:
        return None
    try:
        return shape(value)  # type: ignore[arg-type]  # what is no geometry raises
    except (ShapelyError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise GazetteerError(f"{where}: the geometry cannot be read ({error})") from error


# GDAL


def _gdal(path: Path, layer: str | None, *, progress: bool) -> Iterator[Feature]:
    import pyogrio.raw
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
    from shapely import from_wkb
    from shapely.errors import ShapelyError
    from tqdm import tqdm

    encoding = _encoding(path)
    start = 0
    with tqdm(desc=path.name, unit="feature", disable=not progress) as bar:
        while True:
            options: dict[str, Any] = {"layer": layer, "skip_features": start, "max_features": _PORTION}
            try:
                meta, _, geometry, columns = pyogrio.raw.read(path, encoding=encoding, **options)
            except UnicodeDecodeError:
                if encoding == "cp1252":
                    raise GazetteerError(f"{path}: the names are neither UTF-8 nor cp1252; add a .cpg file") from None
                encoding = "cp1252"
                continue
            except (DataSourceError, DataLayerError, FeatureError, ValueError) as error:
                raise GazetteerError(f"{path}: cannot be read as a map: {error}") from error
            to_degrees = _to_degrees(meta["crs"])
            names = [str(name) for name in meta["fields"]]
            rows = zip(*columns, strict=True) if columns else iter([()] * len(geometry))
            for number, (wkb, row) in enumerate(zip(geometry, rows, strict=True), start + 1):
                where = f"{path}, feature {number}"
                try:
                    shape = None if wkb is None else to_degrees(from_wkb(wkb))
                except ShapelyError as error:
                    raise GazetteerError(f"{where}: the geometry cannot be read ({error})") from error
                yield Feature(where, dict(zip(names, row, strict=True)), shape, str(number))
            bar.update(len(geometry))
            start += len(geometry)
            if len(geometry) < _PORTION:
                return


def _encoding(path: Path) -> str | None:
    """Return None where the file itself says its encoding."""
    if path.suffix.lower() == ".shp":
        return None if any(path.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG")) else "utf-8"
    if path.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                names = [name.lower() for name in archive.namelist()]
        except (OSError, zipfile.BadZipFile) as error:
            raise GazetteerError(f"{path}: missing, truncated or no zip ({error})") from error
        shapefile = any(name.endswith(".shp") for name in names)
        return "utf-8" if shapefile and not any(name.endswith(".cpg") for name in names) else None
    return None


def _to_degrees(crs: str | None) -> Callable[[BaseGeometry], BaseGeometry]:
    """Return what brings a geometry of a file to EPSG:4326."""
    if not crs or crs in {"EPSG:4326", "OGC:CRS84"}:
        return lambda geometry: geometry
    import numpy as np
    from pyproj import Transformer
    from shapely import transform

    project = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform
    return lambda geometry: transform(geometry, lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1])))


# Tables


def table(path: Path, columns: Mapping[str, str], *, progress: bool = False) -> Iterator[Feature]:
    """Yield the rows of a CSV file as points, or as what a column of well-known text says.

    The separator is the comma, semicolon, tab or bar that the first line has most of.

    Parameters
    ----------
    columns
        What each column is wanted for, "lat" and "lon" or "geometry" among it. A row where those are empty has no
        geometry.

    Raises
    ------
    GazetteerError
        A column is missing, or a row is malformed; the message names the line.
    """
    rows = _rows(path, progress=progress)
    _, header = next(rows)
    for purpose, column in columns.items():
        if column not in header:
            raise GazetteerError(f"{path}:1: no column {column!r} for {purpose}; there are: {', '.join(header)}")
    if "geometry" not in columns and not {"lat", "lon"} <= columns.keys():
        raise GazetteerError(f"{path}:1: which columns hold lat and lon? There are: {', '.join(header)}")
    for number, cells in rows:
        if len(cells) != len(header):
            raise GazetteerError(f"{path}:{number}: {len(cells)} columns, expected {len(header)}")
        row = dict(zip(header, map(str.strip, cells), strict=True))
        yield Feature(f"{path}:{number}", row, _cell_geometry(row, columns, f"{path}:{number}"), str(number))


def _cell_geometry(row: Mapping[str, str], columns: Mapping[str, str], where: str) -> BaseGeometry | None:
    from shapely import Point, from_wkt
    from shapely.errors import ShapelyError

    try:
        if "geometry" in columns:
            return from_wkt(row[columns["geometry"]]) if row[columns["geometry"]] else None
        lat, lon = row[columns["lat"]], row[columns["lon"]]
        return Point(float(lon), float(lat)) if lat or lon else None
    except (ShapelyError, ValueError) as error:
        raise GazetteerError(f"{where}: no coordinates ({error})") from error


def header(path: Path) -> list[str]:
    """Return the first row of a CSV file."""
    return next(_rows(path, progress=False))[1]


def _rows(path: Path, *, progress: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file with the numbers of their last lines."""
    csv.field_size_limit(_CELL)
    text = (f"{line}\n" for _, line in lines(path, progress=progress))
    first = next(text, "")
    if not first.strip():
        raise GazetteerError(f"{path}: empty")
    separator = max(",;\t|", key=first.count)

    def again() -> Iterator[str]:
        yield first
        yield from text

    reader = csv.reader(again(), delimiter=separator, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise GazetteerError(f"{path}:{reader.line_num}: no CSV ({error})") from error


# Coordinates


@dataclass(frozen=True, slots=True)
class Place:
    """Where a feature is: its point, and its line or area where it is more than a point."""

    lat: float
    lon: float
    shape: BaseGeometry | None = None


def locate(feature: Feature) -> Place | None:
    """Return where a feature is, or None where it does not say.

    Areas are made valid and come before lines, lines before points, where a feature has several. What crosses ±180,
    either beyond it ("190") or by a step to the other side (179 → -179), is cut there. Edges are simplified to what a
    map of the whole shape can show.

    Raises
    ------
    GazetteerError
        The coordinates are no longitudes and latitudes.
    """
    geometry = feature.geometry
    if geometry is None or geometry.is_empty:
        return None
    west, south, east, north = geometry.bounds
    if not (south >= -90 and north <= 90 and west >= -_FARTHEST and east <= _FARTHEST):
        bounds = ", ".join(f"{value:g}" for value in (west, south, east, north))
        raise GazetteerError(f"{feature.where}: coordinates {bounds} are no degrees; expected EPSG:4326")
    shape = shapes.clean(geometry)
    if not shape.is_empty:
        west, south, east, north = shapes.bounds(shape)
        extent = math.hypot((east - west) % 360, north - south)
        shape = shapes.simplify(shape, min(extent * _DETAIL, _COARSEST))
    if shape.is_empty:  # points, or smaller than what coordinates are rounded to
        centre = geometry.centroid
        return Place(round(centre.y, _DIGITS), round((centre.x + 180) % 360 - 180, _DIGITS))
    lon, lat = shapes.point_on(shape)
    return Place(lat, lon, shape)
