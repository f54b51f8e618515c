"""The files that every page carries: Leaflet, the script, the styles, basemaps and messages."""

from __future__ import annotations

import json
import math
import re
import zipfile
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BASEMAPS",
    "LANGUAGES",
    "Basemap",
    "basemap",
    "block_name",
    "colours",
    "country_names",
    "fine_cells",
    "messages",
    "names_within",
    "script",
    "style",
    "symbols",
    "world",
]

Basemap = Literal["50m", "110m"]
BASEMAPS: tuple[Basemap, ...] = ("50m", "110m")
# Degrees a cell of the fine map, degrees a block of cells (a member of the archive), and what cells may add to a page.
CELL, BLOCK, FINE_BYTES = 5, 15, 95_000
# What the names of seas, rivers and provinces may add; beside the coarse basemap, those of seas and rivers in one
# language.
NAMES_BYTES, FEW_NAMES_BYTES = 18_000, 1_000
FINE_ARCHIVE = "cells-10m.zip"
LANGUAGES = ("en", "id", "ru", "es", "fr", "de", "ar", "fa", "pt", "zh", "tg")
# Modules in the order in which they need each other.
MODULES = (
    "lines", "pack", "geometry", "i18n", "dom", "symbols", "timescale", "store", "declutter", "textmarks",
    "basemap", "locator", "places", "chips", "timeline", "article", "card", "filters", "legend",
    "export", "picture", "keys", "main",
)  # fmt: skip
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_DOC = re.compile(r"^ */\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)
_CAST = re.compile(r"/\*\* @type [^*]*\*/ ?")
_NOTE = re.compile(r"^ *//.*\n", re.MULTILINE)
# Rules for browsers that are gone.
_OLD = re.compile(r"[^{}]*(?:-oldie|lvml|-vml-)[^{}]*\{[^{}]*\}")
# A string, a template, a regular expression, or spaces and ends of lines beside a sign that needs none of them.
# "+" and "-" keep theirs.
_REGEX = r"/(?:[^/\\\n\[]|\\.|\[[^\]\n]*\])+/[a-z]*"
_TOKEN = re.compile(
    rf"""("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<=[(,=:] ){_REGEX}|(?<=\(){_REGEX})"""
    r"|^ +|(?<=[{(\[,;])\n| *([{}()\[\];,:?=<>*&|!]) *",
    re.MULTILINE,
)
_CSS_NOTE = re.compile(r"/\*.*?\*/", re.DOTALL)


def _read(name: str) -> str:
    return files("geomap.page").joinpath("static").joinpath(name).read_text(encoding="utf-8")


@cache
def script() -> str:
    """Return Leaflet and the page's own modules as one script.

    The modules are joined in the order of `MODULES` inside one function: a page opened from disk cannot import them.
    Comments stay behind.
    """
    source = "".join(_IMPORT.sub("", _read(f"js/{name}.mjs")) for name in MODULES)
    bare = _NOTE.sub("", _CAST.sub("", _DOC.sub("", _EXPORT.sub("", source))))
    own = _TOKEN.sub(lambda match: match[1] or match[2] or "", bare)
    leaflet = _read("leaflet/leaflet.js").replace("//# sourceMappingURL=leaflet.js.map", "")
    return f'{leaflet.rstrip()}\nvar geomap=(()=>{{"use strict";\n{own}return {{start}};\n}})();\n'


@cache
def style() -> str:
    """Return the style sheet of Leaflet, without the images that it does not need here, and our own."""
    sheets = _CSS_NOTE.sub("", _read("leaflet/leaflet.css") + _read("geomap.css"))
    without_images = _OLD.sub("", re.sub(r"[^{}]*\{[^{}]*url\((?!#)[^{}]*\}", "", sheets))
    bare = re.sub(r"\s+", " ", re.sub(r"\s*([{};,])\s*|(?<=:)\s+", r"\1", without_images))
    return re.sub(r"(?<=[\s:,(])0(?=\.\d)|;(?=\})", "", bare)


@cache
def basemap(name: Basemap) -> str:
    """Return a basemap as JSON text."""
    return _read(f"basemap/world-{name}.json").strip()


@cache
def world(name: Basemap) -> dict[str, Any]:
    """Return a basemap."""
    out: dict[str, Any] = json.loads(basemap(name))
    return out


@cache
def _block(name: str) -> dict[tuple[int, int], str]:
    """Return the cells of one block of the fine map, by their south-western corners."""
    with files("geomap.page").joinpath(f"static/basemap/{FINE_ARCHIVE}").open("rb") as file:
        archive = zipfile.ZipFile(file)
        text = archive.read(name).decode() if name in archive.namelist() else ""
    lines = (line.partition("\t") for line in text.splitlines())
    return {(int(lon), int(lat)): cell for corner, _, cell in lines for lon, lat in [corner.split(",")]}


def block_name(lon: int, lat: int) -> str:
    """Return the name of the block that holds a cell."""
    return f"{lon // BLOCK * BLOCK},{lat // BLOCK * BLOCK}"


def fine_cells(boxes: Iterable[tuple[float, float, float, float]], *, room: int = FINE_BYTES) -> str:
    """Return the cells of the fine map that boxes touch as a JSON object, the first boxes first, up to `room` bytes.

    Parameters
    ----------
    boxes
        (west, south, east, north); east may exceed 180.
    """
    chosen: dict[tuple[int, int], str] = {}
    for west, south, east, north in boxes:
        corners = [
            ((lon + 180) % 360 - 180, lat)
            for lon in range(math.floor(west / CELL) * CELL, math.ceil(east), CELL)
            for lat in range(math.floor(south / CELL) * CELL, math.ceil(north), CELL)
        ]
        for corner in corners:
            cell = _block(block_name(*corner)).get(corner, "")
            if cell and corner not in chosen and len(cell) <= room:
                chosen[corner] = cell
                room -= len(cell)
    return "{" + ",".join(f'"{lon},{lat}":{cell}' for (lon, lat), cell in sorted(chosen.items())) + "}"


def names_within(box: tuple[float, float, float, float], *, language: str = "") -> str:
    """Return the names of seas, lakes, rivers and provinces in a box as JSON, and of the seas around it.

    Parameters
    ----------
    box
        (west, south, east, north); east may exceed 180.
    language
        The one language of few names of seas and rivers; "" for many names in each language.

    Returns
    -------
    A list of [least zoom, kind, points (lon, lat, …), name in each language], those that show first in front.
    """
    inside: list[str] = []
    around: list[str] = []
    for line in _read("basemap/names.tsv").splitlines():
        kind, zoom, spots, names = line.split("\t")
        points = [float(value) for spot in spots.split(";") for value in spot.split(",")]
        # Who zooms out wants to know the sea: at its least zoom, so much is in sight.
        reach = 600 / 2 ** float(zoom) if kind == "sea" else 0
        if language:
            if kind not in {"sea", "river"}:
                continue
            own = json.loads(names)
            column = LANGUAGES.index(language)
            names = json.dumps([(own[column] if column < len(own) else "") or own[0]], ensure_ascii=False)
        entry = f"[{float(zoom):g},{json.dumps(kind)},[{','.join(f'{value:g}' for value in points)}],{names}]"
        if _any_within(points, box):
            inside.append(entry)
        elif reach and _any_within(points, (box[0] - reach, box[1] - reach, box[2] + reach, box[3] + reach)):
            around.append(entry)
    chosen = []
    room = FEW_NAMES_BYTES if language else NAMES_BYTES
    for entry in (*inside, *around):
        room -= len(entry.encode())
        if room >= 0:
            chosen.append(entry)
    return f"[{','.join(sorted(chosen, key=lambda entry: float(entry[1 : entry.index(',')])))}]"


def _any_within(points: list[float], box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return any(
        (lon - west) % 360 <= east - west and south <= lat <= north
        for lon, lat in zip(points[::2], points[1::2], strict=True)
    )


@cache
def country_names() -> dict[str, list[str]]:
    """Return the names of countries in each of `LANGUAGES`, by ISO code: for pictures, since browsers know them."""
    names: dict[str, list[str]] = json.loads(_read("basemap/countries.json"))
    return names


@cache
def colours(theme: Literal["light", "dark"]) -> dict[str, str]:
    """Return the colours that the style sheet names."""
    sheet = _read("geomap.css")
    rules = [
        re.search(rf"{re.escape(head)} \{{(.*?)\}}", sheet, re.DOTALL) for head in (":root", ':root[data-theme="dark"]')
    ]
    found = [dict(re.findall(r"--([\w-]+): (#\w+);", rule[1])) if rule else {} for rule in rules]
    return found[0] | found[1] if theme == "dark" else found[0]


@cache
def messages() -> dict[str, dict[str, Any]]:
    """Return the words of the page by language."""
    return {language: json.loads(_read(f"i18n/{language}.json")) for language in LANGUAGES}


@cache
def symbols() -> dict[str, dict[str, Any]]:
    """Return the groups of event types with their colours, and the classes of certainty with their marks."""
    out: dict[str, dict[str, Any]] = json.loads(_read("symbols.json"))
    return out
