"""A folder of pages: one an article, and an index with a table of them and one map of all their events."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geomap._files import write_text
from geomap.errors import OutputError
from geomap.page.event_map import EventMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geomap.record import Record

__all__ = ["INDEX", "write_folder"]

INDEX = "index.html"
_UNSAFE = re.compile(r"[^\w.-]+")
# File systems stop at 255 bytes, and a letter may take four.
_LONGEST = 50


def write_folder(records: Sequence[Record], folder: str | Path, *, overwrite: bool = True, **options: Any) -> Path:  # noqa: ANN401
    """Write the page of each article, and ``index.html``, into a folder that is made if it is not there.

    Parameters
    ----------
    records
        Geoparsed articles.
    folder
        Other files in it stay as they are.
    **options
        As for `EventMap`.

    Returns
    -------
    Path of the index.

    Raises
    ------
    OutputError
        The folder cannot be made, or one of the pages exists and `overwrite` is false.
    """
    folder = Path(folder)
    names = _names([record.article.id for record in records])
    if not overwrite:
        taken = next((path for name in (INDEX, *names) if (path := folder / name).exists()), None)
        if taken:
            raise OutputError(f"{taken} exists; use --force to overwrite it")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror}") from error
    for record, name in zip(records, names, strict=True):
        write_text(folder / name, EventMap(record, **options).html())
    write_text(folder / INDEX, EventMap(records, links=names, **options).html())
    return folder / INDEX


def _names(ids: Sequence[str]) -> list[str]:
    """Return a file name for each article, made of its id; no two are the same, even where case does not count."""
    names: list[str] = []
    taken = {INDEX}
    for number, key in enumerate(ids, 1):
        stem = _UNSAFE.sub("-", key).strip("-.")[:_LONGEST] or "article"
        name = f"{stem}.html"
        if name.lower() in taken:
            name = f"{stem}-{number}.html"
        taken.add(name.lower())
        names.append(name)
    return names
