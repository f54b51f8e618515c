"""Names of the basemap's towns in the language of a page, as the gazetteer has them."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

from geomap.page import assets
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geomap.gazetteer.store import Store
    from geomap.page.focus import Box

__all__ = ["in_script", "town_names"]

# The script of a language; the others of the page are written in Latin letters.
SCRIPTS = {"ru": "CYRILLIC", "tg": "CYRILLIC", "ar": "ARABIC", "fa": "ARABIC", "zh": "CJK"}
# Whose names a reader of a language can read, where its own is not known.
RELATED = {"ar": ("fa", "ur"), "fa": ("ar", "ur"), "tg": ("ru",)}
# A town of the map is the place of the same name within so many degrees.
NEAR = 0.25
# What the names may add to a page (bytes).
ROOM = 6_000


def town_names(store: Store, boxes: Iterable[Box], basemap: assets.Basemap, language: str) -> dict[str, str]:
    """Return names of towns that the basemap has in another language only, by their English names.

    Parameters
    ----------
    boxes
        (west, south, east, north) of what the reader is likely to see; east may exceed 180.
    language
        Of the page.
    """
    boxes = list(boxes)
    column = assets.LANGUAGES.index(language)
    found: dict[str, str] = {}
    room = ROOM
    for lon, lat, own in _towns(boxes, basemap):
        english = own[0]
        if english in found or not _any_within(lon, lat, boxes):
            continue
        # An English name is brought up to date; others only where the basemap has none.
        if column and column < len(own) and in_script(own[column], language):
            continue
        name = _label(store, english, lon, lat, language)
        if name and name != english:
            room -= len(name.encode()) + len(english.encode()) + 6
            if room < 0:
                break
            found[english] = name
    return found


def in_script(name: str, language: str) -> bool:
    """Tell whether a name is written in the script of a language of the page.

    >>> in_script("Umm Durmān", "ar"), in_script("سنار", "fa"), in_script("Odesa", "en")
    (False, True, True)
    """
    script = SCRIPTS.get(language, "LATIN")
    return any(unicodedata.name(letter, "").startswith(script) for letter in name)


def _towns(boxes: list[Box], basemap: assets.Basemap) -> Iterator[tuple[float, float, list[str]]]:
    """Yield longitude, latitude and names of the towns that the page will carry."""
    for lon, lat, _, _, own in assets.world(basemap)["cities"]:
        yield lon, lat, own
    if basemap == "50m":
        for cell in json.loads(assets.fine_cells(boxes)).values():
            for lon, lat, _, _, own in cell.get("cities", ()):
                yield lon, lat, own


def _any_within(lon: float, lat: float, boxes: list[Box]) -> bool:
    return any((lon - west) % 360 <= east - west and south <= lat <= north for west, south, east, north in boxes)


def _label(store: Store, english: str, lon: float, lat: float, language: str) -> str:
    """Return what the gazetteer calls a town, if it knows one of that name there."""
    for row in store.rows(key(english)):
        place = store.places[row]
        if abs(float(place["lat"]) - lat) > NEAR or abs(float(place["lon"]) - lon) > NEAR or store.kind(row) != "city":
            continue
        labels = store.labels(row)
        if language == "en":
            return store.label(row, "en")
        names = (labels.get(other, "") for other in (language, *RELATED.get(language, ())))
        return next((name for name in names if name and in_script(name, language)), "")
    return ""
