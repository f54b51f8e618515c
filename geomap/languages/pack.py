"""Language packs: what geomap knows of a language, as data.

A pack is the folder ``geomap/languages/<code>/`` with one TOML file a subject: ``text.toml``, ``places.toml``,
``dates.toml``, ``events.toml``. The module that uses a subject declares a frozen dataclass for it, and `load` fills
that dataclass from the file; a missing key takes the dataclass's default, so that a pack may be partial. The pack
``und`` (undetermined) serves every language without one.
"""

from __future__ import annotations

import dataclasses
import functools
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

from geomap.errors import LanguagePackError

__all__ = ["FALLBACK", "folder", "languages", "load"]

FALLBACK = "und"
_ROOT = Path(__file__).parent

T = TypeVar("T")


@functools.cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages whose places are known, sorted; of others there may be the time words."""
    return tuple(sorted(path.parent.name for path in _ROOT.glob("??/places.toml")))  # ISO 639-1


def folder(language: str) -> Path:
    """Return the folder of a language's pack, whether there is one or not."""
    return _ROOT / language


@functools.cache
def load(language: str, shape: type[T]) -> T:
    """Read one subject of a language pack.

    Parameters
    ----------
    language
        ISO 639-1 code; a language without a pack gets the pack ``und``.
    shape
        A frozen dataclass with a class attribute ``subject`` (a `typing.ClassVar`) that names the file. Its fields may
        be str, int, float, bool, tuples, mappings and further dataclasses.

    Returns
    -------
    An instance of `shape`, shared by all callers.

    Raises
    ------
    LanguagePackError
        A file is no TOML, or holds a key or a value that `shape` does not declare.
    """
    subject: str = shape.subject  # type: ignore[attr-defined]
    path = _ROOT / language / f"{subject}.toml"
    if not path.is_file():
        path = _ROOT / FALLBACK / f"{subject}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise LanguagePackError(f"{path}: not valid TOML: {error}") from error
    value: T = _build(shape, table, str(path))
    return value


def _build(shape: Any, value: object, where: str) -> Any:  # noqa: ANN401, PLR0911 a case a kind of type
    """Turn a TOML value into `shape`, or say what is wrong at `where`."""
    origin, arguments = typing.get_origin(shape), typing.get_args(shape)
    if dataclasses.is_dataclass(shape):
        return _build_dataclass(shape, value, where)
    if origin is types.UnionType:
        return _build(next(a for a in arguments if a is not type(None)), value, where)
    if origin in (tuple, frozenset) and isinstance(value, list):
        return origin(_build(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if origin is not None and issubclass(origin, typing.Mapping) and isinstance(value, dict):
        return {key: _build(arguments[1], item, f"{where}: {key}") for key, item in value.items()}
    if shape is float and isinstance(value, int):
        return float(value)
    if isinstance(shape, type) and isinstance(value, shape):
        return value
    if isinstance(shape, type) and issubclass(shape, str) and isinstance(value, str):
        try:
            return shape(value)  # an enum
        except ValueError as error:
            raise LanguagePackError(f"{where}: {error}") from error
    raise LanguagePackError(f"{where}: expected {shape}, found {value!r}")


@functools.cache
def _kinds(shape: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields."""
    hints = typing.get_type_hints(shape)
    return {field.name: hints[field.name] for field in dataclasses.fields(shape)}


def _build_dataclass(shape: Any, value: object, where: str) -> Any:  # noqa: ANN401 any dataclass
    if not isinstance(value, dict):
        raise LanguagePackError(f"{where}: expected a table for {shape.__name__}, found {value!r}")
    kinds = _kinds(shape)
    if unknown := sorted(set(value) - set(kinds)):
        known = ", ".join(sorted(kinds))
        raise LanguagePackError(f"{where}: unknown key {unknown[0]!r}; {shape.__name__} has {known}")
    try:
        return shape(**{key: _build(kinds[key], item, f"{where}: {key}") for key, item in value.items()})
    except TypeError as error:
        raise LanguagePackError(f"{where}: {error}") from error
