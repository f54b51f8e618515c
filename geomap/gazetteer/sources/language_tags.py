"""Names of cities with their language, out of the message catalogues of Debian's `libgeonames-common`.

Each ``<locale>/LC_MESSAGES/geonames.mo`` translates a GeoNames id into the name in that locale.
"""

from __future__ import annotations

import gettext
from collections import defaultdict
from typing import TYPE_CHECKING

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Name, NameClass

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["language", "read"]

# What the press of a language is written in, where a locale names a written form or a neighbour of it.
_SAME_LANGUAGE = {"cmn": "zh", "yue": "zh", "nb": "no", "nn": "no", "fil": "tl", "prs": "fa", "iw": "he", "in": "id"}


def read(folder: Path) -> dict[int, list[Name]]:
    """Return the tagged names by GeoNames id; those of a bare language are its usual names.

    Parameters
    ----------
    folder
        ``usr/share/locale`` of the package.

    Raises
    ------
    GazetteerError
        A catalogue is truncated, or the folder holds none.
    """
    names: dict[int, list[Name]] = defaultdict(list)
    catalogues = sorted(folder.glob("*/LC_MESSAGES/geonames.mo"), key=lambda path: (len(path.parts[-3]), path))
    if not catalogues:
        raise GazetteerError(f"{folder}: no geonames.mo here")
    for path in catalogues:
        locale = path.parts[-3]
        tag = language(locale)
        kind = NameClass.PREFERRED if tag == locale else NameClass.ALTERNATE
        for identifier, text in _messages(path).items():
            if identifier.isdecimal():
                names[int(identifier)].append(Name(text, tag, kind))
    return names


def language(locale: str) -> str:
    """Return the language of a locale: "zh" for "zh_HK" and "zh-Hant".

    Examples
    --------
    >>> language("pt_BR"), language("sr-Latn"), language("nb")
    ('pt', 'sr', 'no')
    """
    base = locale.replace("_", "-").split("-")[0]
    return _SAME_LANGUAGE.get(base, base)


def _messages(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        try:
            catalogue: dict[str, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # noqa: SLF001 no public way to list it
        except (OSError, ValueError) as error:
            raise GazetteerError(f"{path}: damaged message catalogue ({error})") from error
    return catalogue
