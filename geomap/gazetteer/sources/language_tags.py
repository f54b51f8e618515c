"""Names of cities with their language, out of the message catalogues of Debian's `libgeonames-common`.

Each ``<locale>/LC_MESSAGES/geonames.mo`` translates a GeoNames id into the name in that locale.
"""

from __future__ import annotations

import gettext
import struct
from collections import defaultdict
from typing import TYPE_CHECKING

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Name, NameClass

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LABELS", "language", "name", "read"]

_WIDELY_READ = (
    "en es pt fr de it nl sv da no fi pl cs hu ro bg sr el ru uk tr ar fa ur he hi bn ta id ms vi th zh ja ko sw tg uz"
)
LABELS = frozenset(_WIDELY_READ.split())
"""Languages in which a store can name a place. Names in other languages are kept for look-up."""

_SMALL = {"ckb"}
"""Languages with a press and no two-letter code; names in others would mislead more than they would find."""

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
        for identifier, text in _messages(path).items():
            if identifier.isdecimal() and (found := name(text, locale)):
                names[int(identifier)].append(found)
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


def name(text: str, locale: str) -> Name | None:
    """Return the name that a locale gives, or None where few articles are written in its language.

    It is the usual name where the locale stands for a whole language that `LABELS` has.

    Examples
    --------
    >>> name("Moskau", "de").kind.name, name("Москва", "ru_KZ").kind.name, name("England", "wae")
    ('PREFERRED', 'ALTERNATE', None)
    """
    tag = language(locale)
    if len(tag) > 2 and tag not in _SMALL:
        return None
    return Name(text, tag, NameClass.PREFERRED if tag == locale and tag in LABELS else NameClass.ALTERNATE)


def _messages(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        try:
            catalogue: dict[str, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # noqa: SLF001 no public way to list it
        except (OSError, ValueError, struct.error) as error:
            raise GazetteerError(f"{path}: damaged message catalogue ({error})") from error
    return catalogue
