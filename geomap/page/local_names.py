"""Names of the basemap's towns, rivers and provinces in the language of a page, as the gazetteer has them."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

from geomap.errors import GazetteerError
from geomap.gazetteer.store import Store
from geomap.page import assets
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geomap.page.focus import Box

__all__ = ["in_script", "local_names"]

# The script of a language; the others of the page are written in Latin letters.
SCRIPTS = {"ru": "CYRILLIC", "tg": "CYRILLIC", "ar": "ARABIC", "fa": "ARABIC", "zh": "CJK"}
# Whose names a reader of a language can read, where its own is not known.
RELATED = {"ar": ("fa", "ur"), "fa": ("ar", "ur"), "tg": ("ru",)}
# What a label of the map is in the gazetteer, and within how many degrees it is the place of the same name: the point
# of a river may lie anywhere along it.
KINDS = {
    "town": (PlaceKind.CITY, 0.25),
    "river": (PlaceKind.RIVER, 12.0),
    "lake": (PlaceKind.LAKE, 2.0),
    "province": (PlaceKind.ADMIN1, 4.0),
}
# What the names may add to a page (bytes).
ROOM = 7_000


def local_names(
    boxes: Iterable[Box], basemap: assets.Basemap, language: str, *, store: Store | None = None
) -> dict[str, str]:
    """Return names that the basemap has in another language only, by kind and English name: "river:Tobol".

    Parameters
    ----------
    boxes
        (west, south, east, north) of what the reader is likely to see, the widest first; east may exceed 180.
    language
        Of the page.
    store
        The gazetteer; default: the one that is installed. A record that was saved can be drawn without any.
    """
    if store is None:
        try:
            store = Store.open()
        except GazetteerError:
            return {}
    boxes = list(boxes)
    column = assets.LANGUAGES.index(language)
    found: dict[str, str] = {}
    room = ROOM
    for kind, lon, lat, own in _labels(boxes, basemap):
        english = own[0]
        label = f"{kind}:{english}"
        if label in found or not _any_within(lon, lat, boxes):
            continue
        # The English names of towns are brought up to date; others only where the basemap has none.
        if (column or kind != "town") and column < len(own) and in_script(own[column], language):
            continue
        name = _name(store, kind, english, lon, lat, language)
        if name and name != english:
            room -= len(name.encode()) + len(label.encode()) + 6
            if room < 0:
                break
            found[label] = name
    return found


def in_script(name: str, language: str) -> bool:
    """Tell whether a name is written in the script of a language of the page.

    >>> in_script("Umm Durmān", "ar"), in_script("سنار", "fa"), in_script("Odesa", "en")
    (False, True, True)
    """
    script = SCRIPTS.get(language, "LATIN")
    return any(unicodedata.name(letter, "").startswith(script) for letter in name)


def _labels(boxes: list[Box], basemap: assets.Basemap) -> Iterator[tuple[str, float, float, list[str]]]:
    """Yield kind, longitude, latitude and names of what the page will label."""
    for lon, lat, _, _, own in assets.world(basemap)["cities"]:
        yield "town", lon, lat, own
    if basemap == "110m" or not boxes:
        return
    for _, kind, points, own in json.loads(assets.names_within(boxes[0])):
        if kind in KINDS:
            yield kind, points[0], points[1], own
    for cell in json.loads(assets.fine_cells(boxes)).values():
        for lon, lat, _, _, own in cell.get("cities", ()):
            yield "town", lon, lat, own


def _any_within(lon: float, lat: float, boxes: list[Box]) -> bool:
    return any((lon - west) % 360 <= east - west and south <= lat <= north for west, south, east, north in boxes)


def _name(  # noqa: PLR0917
    store: Store, kind: str, english: str, lon: float, lat: float, language: str
) -> str:
    """Return what the gazetteer calls a place, if it knows one of that name and kind there."""
    wanted, near = KINDS[kind]
    for row in store.rows(key(english)):
        place = store.places[row]
        if store.kind(row) is not wanted or max(abs(float(place["lat"]) - lat), abs(float(place["lon"]) - lon)) > near:
            continue
        if language == "en":
            return store.label(row, "en")
        labels = store.labels(row)
        names = (labels.get(other, "") for other in (language, *RELATED.get(language, ())))
        return next((name for name in names if name and in_script(name, language)), "")
    return ""
