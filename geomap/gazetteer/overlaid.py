"""The gazetteer as the user sees it: the store, with the places and corrections of `geomap.gazetteer.overlay`.

Where there are none, `open_gazetteer` gives the store itself.
"""

from __future__ import annotations

import functools
import struct
from typing import TYPE_CHECKING, Any, cast

import marisa_trie
import numpy as np

from geomap.gazetteer.entry import Name, NameClass
from geomap.gazetteer.overlay import SOURCE, Overlay
from geomap.gazetteer.store import GEOMETRY_TYPES, KINDS, NONE, POSTING, Details, Store
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from geomap.gazetteer.overlay import Correction, OwnPlace
    from geomap.record import GeometryType

__all__ = ["OverlaidStore", "open_gazetteer"]

_PRIOR = 6.0  # of a place of the user's own: who adds one means it; a city of a million weighs as much


def open_gazetteer(path: Path | str | None = None, *, overlay: Path | str | None = None) -> Store:
    """Open a gazetteer with the user's own places and corrections.

    The same state of both is opened once a process; a change by another process is seen at the next call.

    Parameters
    ----------
    path
        Folder of the gazetteer; None for the embedded one.
    overlay
        File of the user's places; None for the usual one.

    Raises
    ------
    GazetteerError
        The gazetteer or the file is damaged or of another version, or the gazetteer is missing.
    """
    own = Overlay(overlay)
    if not (stamp := own.stamp()):
        return Store.open(path)
    return _open(Store.open(path), own.path, stamp)


@functools.lru_cache(maxsize=4)
def _open(store: Store, overlay: Path, _: tuple[int, ...]) -> Store:
    return OverlaidStore(store.path, overlay) if Overlay(overlay).read() else store


class OverlaidStore(Store):
    """A store that also holds the user's own places, as the rows behind its own.

    Parameters
    ----------
    path
        Folder of the gazetteer.
    overlay
        File of the user's places.
    """

    def __init__(self, path: Path, overlay: Path) -> None:
        super().__init__(path)
        self.overlay = overlay
        contents = Overlay(overlay).read()
        self._base_rows = len(self.places)
        self._own = contents.places
        self._own_rows = {place.id: self._base_rows + number for number, place in enumerate(self._own)}
        replaced = (super(OverlaidStore, self).row(place_id) for place_id in (*contents.hidden, *self._own_rows))
        self.hidden = frozenset(row for row in replaced if row is not None)
        if self._own:
            columns = _Rows(self.places, np.array([self._record(place) for place in self._own], self.places.dtype))
            self.places = cast("np.ndarray[Any, Any]", columns)
        corrections: dict[str, list[Correction]] = {}
        for correction in contents.corrections:
            if self.row(correction.place_id) is not None:
                corrections.setdefault(key(correction.name), []).append(correction)
        # Of several that hold, the one that says most of where it holds is tried first, then the latest.
        for said in corrections.values():
            said.reverse()
            said.sort(key=lambda one: -bool(one.country) - bool(one.context))
        self.corrections = corrections
        self._own_postings = self._post()
        self._own_names = marisa_trie.Trie(list(self._own_postings))
        self.longest = max(self.longest, *map(len, self._own_postings), 0)

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopen, (self.path, self.overlay)

    # Names

    def postings(self, key: str) -> np.ndarray[Any, Any]:
        """Return the places of a normalised name, the user's own first."""
        found = super().postings(key)
        if self.hidden and not self.hidden.isdisjoint(found["row"].tolist()):
            found = found[[row not in self.hidden for row in found["row"].tolist()]]
        own = self._own_postings.get(key)
        return found if own is None else np.concatenate([own, found])

    def prefixes(self, text: str, start: int) -> list[tuple[int, str]]:
        """Return the names that a normalised text holds at `start`: their ends and keys, longest first."""
        found = super().prefixes(text, start)
        if self.hidden:
            found = [item for item in found if len(self.postings(item[1]))]
        own = [(start + len(name), name) for name in self._own_names.prefixes(text[start : start + self.longest])]
        return sorted({*found, *own}, reverse=True) if own else found

    def keys(self, prefix: str = "") -> list[str]:
        """Return the normalised names that begin with `prefix`."""
        names = dict.fromkeys([*super().keys(prefix), *self._own_names.keys(prefix)])
        return [name for name in names if len(self.postings(name))] if self.hidden else list(names)

    def has_prefix(self, prefix: str) -> bool:
        """Tell whether any normalised name begins with `prefix`."""
        return super().has_prefix(prefix) or next(self._own_names.iterkeys(prefix), None) is not None

    def names(self, row: int) -> list[Name]:
        """Return the names of a place."""
        if row < self._base_rows:
            return super().names(row)
        place = self._own[row - self._base_rows]
        return [Name(place.name, "", NameClass.MAIN), *_other_names(place)]

    # Places

    def id(self, row: int) -> str:
        """Return the place id of a row."""
        return super().id(row) if row < self._base_rows else self._own[row - self._base_rows].id

    def row(self, place_id: str) -> int | None:
        """Return the row of a place id, or None."""
        own = self._own_rows.get(place_id)
        if own is not None:
            return own
        row = super().row(place_id)
        return None if row in self.hidden else row

    def geometry(self, row: int) -> bytes | None:
        """Return the WKB of a place's line or polygon, or None for a point."""
        return super().geometry(row) if row < self._base_rows else self._own[row - self._base_rows].geometry

    def geometry_type(self, row: int) -> GeometryType:
        """Return what a place is drawn as."""
        if row < self._base_rows:
            return super().geometry_type(row)
        shape = self._own[row - self._base_rows].geometry
        return "point" if shape is None else GEOMETRY_TYPES[struct.unpack("<I", shape[1:5])[0]]

    def _encoded(self, row: int) -> bytes:
        if row < self._base_rows:
            return super()._encoded(row)
        place = self._own[row - self._base_rows]
        labels = {name.language: name.text for name in reversed(_other_names(place)) if name.language}
        return Details(place.name, labels, {"source": SOURCE}).encode()

    def _record(self, place: OwnPlace) -> tuple[float, ...]:
        """Return the columns of a place of the user's own; what the store has no code for stays blank."""
        known = {
            "country": self.countries.index(place.country) if place.country in self.countries else 0,
            "admin1": self.admin1_codes.index(place.admin1) if place.admin1 in self.admin1_codes else 0,
            "lon": place.lon,
            "lat": place.lat,
            "kind": KINDS.index(place.kind),
            "population": min(place.population, int(np.iinfo(self.places.dtype["population"]).max)),
            "prior": _PRIOR,
            "radius_km": place.radius_km,
            "geometry": NONE if place.geometry is None else 0,
        }
        return tuple(known.get(name, 0) for name in self.places.dtype.names or ())

    def _post(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return the postings of the user's places, and of names that only a correction gives to a place."""
        found: dict[str, dict[int, tuple[NameClass, int]]] = {}
        for number, place in enumerate(self._own):
            row = self._base_rows + number
            for name in (Name(place.name, "", NameClass.MAIN), *_other_names(place)):
                language = self.languages.index(name.language) if name.language in self.languages else 0
                found.setdefault(key(name.text), {}).setdefault(row, (name.kind, language))
        for name_, corrections in self.corrections.items():
            rows = super().postings(name_)["row"].tolist()
            for correction in corrections:
                corrected = self.row(correction.place_id)
                if corrected is not None and corrected not in rows:
                    found.setdefault(name_, {}).setdefault(corrected, (NameClass.ALTERNATE, 0))
        return {
            name: np.array([(row, *said) for row, said in readings.items()], POSTING)
            for name, readings in found.items()
        }


def _reopen(path: Path, overlay: Path) -> Store:
    return open_gazetteer(path, overlay=overlay)


def _other_names(place: OwnPlace) -> Sequence[Name]:
    return [
        Name(text, language, NameClass.PREFERRED if language else NameClass.UNTAGGED) for language, text in place.names
    ]


class _Rows:
    """Two tables read as one, without copying the first: as many of numpy's ways to index as readers use."""

    def __init__(self, first: NDArray[Any], second: NDArray[Any]) -> None:
        self._first, self._second = first, second

    def __len__(self) -> int:
        return len(self._first) + len(self._second)

    def __iter__(self) -> Iterator[Any]:
        yield from self._first
        yield from self._second

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._first.dtype

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 a column, a cell or some rows
        if isinstance(index, str):
            return _Rows(self._first[index], self._second[index])
        start = len(self._first)
        if isinstance(index, (int, np.integer)):
            return self._first[index] if index < start else self._second[index - start]
        rows = np.asarray(index, np.intp)
        own = rows >= start
        found = self._first[np.where(own, 0, rows)]
        found[own] = self._second[rows[own] - start]
        return found

    def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[Any]:  # noqa: ANN401 numpy's protocol
        return np.concatenate([self._first, self._second]).astype(dtype or self.dtype, copy=bool(copy))
