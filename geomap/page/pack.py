"""Rows as columns: how the page carries thousands of events in few bytes.

Names of fields are written once, and so is each value that many rows share. `static/js/pack.mjs` makes rows again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["pack", "pack_words"]


def pack(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Turn rows that have the same fields into columns.

    A column is a list of its values, or, where that is shorter, one of

    - ``{"all": value}``: the same value in every row,
    - ``{"of": values, "at": indices}``: few distinct values,
    - ``{"counts": column, "items": column}``: lists, one after the other,
    - ``{"rows": …}``: rows again,
    - ``{"there": column, "some": column}``: rows, or null where `there` is false.

    Examples
    --------
    >>> pack([{"type": "AID", "at": [3, 9]}, {"type": "AID", "at": [12]}])
    {'n': 2, 'columns': {'type': {'all': 'AID'}, 'at': {'counts': [2, 1], 'items': [3, 9, 12]}}}
    """
    names = rows[0] if rows else {}
    return {"n": len(rows), "columns": {name: _column([row[name] for row in rows]) for name in names}}


def pack_words(messages: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Write the keys of messages once for all languages; keys of nested words are joined by dots.

    Examples
    --------
    >>> pack_words({"en": {"map": "Map", "n": {"one": "1"}}, "id": {"map": "Peta"}})
    {'keys': ['map', 'n.one'], 'words': {'en': ['Map', '1'], 'id': ['Peta', None]}}
    """
    flat = {language: dict(_flat(words)) for language, words in messages.items()}
    keys = list(dict.fromkeys(key for words in flat.values() for key in words))
    return {"keys": keys, "words": {language: [words.get(key) for key in keys] for language, words in flat.items()}}


def _flat(words: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", text) for inner, text in _flat(value))
        else:
            yield key, value


def _column(values: list[Any]) -> Any:  # noqa: ANN401  (JSON)
    if values and all(isinstance(value, list) for value in values):
        items = [item for value in values for item in value]
        return {"counts": _column([len(value) for value in values]), "items": _column(items)}
    if any(isinstance(value, dict) for value in values):
        some = [value for value in values if value is not None]
        rows = {"rows": pack(some)}
        return rows if len(some) == len(values) else {"there": _column([v is not None for v in values]), "some": rows}
    return _scalars(values)


def _scalars(values: list[Any]) -> Any:  # noqa: ANN401
    """Write each distinct value once, if that is shorter. True is not 1 here, nor 1.0."""
    distinct = {(type(value), value): value for value in values}
    if len(distinct) == 1 and len(values) > 1:
        return {"all": values[0]}
    index = {key: i for i, key in enumerate(distinct)}
    coded = {"of": list(distinct.values()), "at": [index[type(value), value] for value in values]}
    return min(values, coded, key=lambda column: len(json.dumps(column, separators=(",", ":"), ensure_ascii=False)))
