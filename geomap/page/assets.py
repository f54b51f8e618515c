"""The files that every page carries: Leaflet, the script, the styles, basemaps and messages."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = ["BASEMAPS", "LANGUAGES", "Basemap", "basemap", "messages", "script", "style", "symbols"]

Basemap = Literal["50m", "110m"]
BASEMAPS: tuple[Basemap, ...] = ("50m", "110m")
LANGUAGES = ("en", "id", "ru", "es", "fr", "de", "ar", "fa", "pt", "zh", "tg")
# Modules in the order in which they need each other.
MODULES = (
    "lines", "geometry", "i18n", "dom", "symbols", "timescale", "store", "declutter", "textmarks",
    "basemap", "places", "chips", "timeline", "article", "card", "filters", "legend", "export", "keys", "main",
)  # fmt: skip
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_DOC = re.compile(r"^ */\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)
_NOTE = re.compile(r"^ *//.*\n", re.MULTILINE)
_INDENT = re.compile(r"^ +", re.MULTILINE)
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
    # No module has a template literal of several lines, so that indentation means nothing.
    own = _INDENT.sub("", _NOTE.sub("", _DOC.sub("", _EXPORT.sub("", source))))
    leaflet = _read("leaflet/leaflet.js").replace("//# sourceMappingURL=leaflet.js.map", "")
    return f'{leaflet.rstrip()}\nvar geomap=(()=>{{"use strict";\n{own}return {{start}};\n}})();\n'


@cache
def style() -> str:
    """Return the style sheet of Leaflet, without the images that it does not need here, and our own."""
    sheets = _CSS_NOTE.sub("", _read("leaflet/leaflet.css") + _read("geomap.css"))
    without_images = re.sub(r"[^{}]*\{[^{}]*url\((?!#)[^{}]*\}", "", sheets)
    return re.sub(r"\s+", " ", re.sub(r"\s*([{};])\s*", r"\1", without_images))


@cache
def basemap(name: Basemap) -> str:
    """Return a basemap as JSON text."""
    return _read(f"basemap/world-{name}.json").strip()


@cache
def messages() -> dict[str, dict[str, Any]]:
    """Return the words of the page by language."""
    return {language: json.loads(_read(f"i18n/{language}.json")) for language in LANGUAGES}


@cache
def symbols() -> dict[str, dict[str, Any]]:
    """Return the groups of event types with their colours, and the classes of certainty with their marks."""
    out: dict[str, dict[str, Any]] = json.loads(_read("symbols.json"))
    return out
