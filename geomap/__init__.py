"""geomap: from a news article in any language to a map of what happened, who, where, when, how sure, and says who.

>>> import geomap
>>> doc = geomap.read("article.txt", date="2021-07-08")  # doctest: +SKIP
>>> doc.events  # doctest: +SKIP

The names below are loaded when they are first used: ``import geomap`` alone costs next to nothing.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geomap.api import Corpus, Document, geocode, load, read, read_many
    from geomap.article import read_article
    from geomap.errors import (
        ArticleError,
        GazetteerError,
        GeomapError,
        GeomapWarning,
        LanguagePackError,
        MissingExtraError,
        OutputError,
    )
    from geomap.geocoder import Gazetteer
    from geomap.page.event_map import EventMap
    from geomap.pipeline import Config, Pipeline
    from geomap.record import Article, Record

    __version__: str

__all__ = [
    "Article",
    "ArticleError",
    "Config",
    "Corpus",
    "Document",
    "EventMap",
    "Gazetteer",
    "GazetteerError",
    "GeomapError",
    "GeomapWarning",
    "LanguagePackError",
    "MissingExtraError",
    "OutputError",
    "Pipeline",
    "Record",
    "__version__",
    "geocode",
    "load",
    "read",
    "read_article",
    "read_many",
]

_HOMES = {
    "geomap.api": ("Corpus", "Document", "geocode", "load", "read", "read_many"),
    "geomap.article": ("read_article",),
    "geomap.errors": (
        "ArticleError",
        "GazetteerError",
        "GeomapError",
        "GeomapWarning",
        "LanguagePackError",
        "MissingExtraError",
        "OutputError",
    ),
    "geomap.geocoder": ("Gazetteer",),
    "geomap.page.event_map": ("EventMap",),
    "geomap.pipeline": ("Config", "Pipeline"),
    "geomap.record": ("Article", "Record"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

# Who works with geopandas gets `table.geomap.map()`; who does not, waits for nothing.
if "geopandas" in sys.modules:
    importlib.import_module("geomap.accessor")


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        value: object = version("geomap")
    elif name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'geomap' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
