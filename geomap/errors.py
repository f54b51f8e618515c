"""The errors of geomap.

::

    GeomapError
    ├── ArticleError (ValueError)      the input holds no article that can be read
    ├── GazetteerError (ValueError)    the gazetteer is missing, damaged or of another version
    ├── LanguagePackError (ValueError) a language pack is malformed
    ├── OutputError (OSError)          the result could not be written
    └── MissingExtraError (ImportError) an optional dependency is not installed

Each message is one line: what was wrong, what was expected, what to do.
"""

from __future__ import annotations

__all__ = [
    "ArticleError",
    "GazetteerError",
    "GeomapError",
    "GeomapWarning",
    "LanguagePackError",
    "MissingExtraError",
    "OutputError",
]


class GeomapError(Exception):
    """Base of every error that geomap raises on purpose."""


class ArticleError(GeomapError, ValueError):
    """The input is empty, binary, unreadable or no article."""


class GazetteerError(GeomapError, ValueError):
    """The gazetteer is missing, damaged or written by another version."""


class LanguagePackError(GeomapError, ValueError):
    """A language pack does not have the documented shape."""


class OutputError(GeomapError, OSError):
    """A result could not be written."""


class MissingExtraError(GeomapError, ImportError):
    """A feature needs an optional dependency that is not installed."""


class GeomapWarning(UserWarning):
    """Something in the article limits the result, such as an unknown publication date."""
