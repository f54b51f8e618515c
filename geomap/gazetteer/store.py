"""The gazetteer as a folder of memory-mapped columns.

==================  ====================================================================================
``names.marisa``    normalised name → name number
``blocks.npy``      first posting of every 256th name
``offsets.npy``     name number → first posting, counted from that of its block; one more entry for the end
``postings.npy``    the places of each name, best first by weight and class of name: row, name class, language
``ids.marisa``      id → row, for the rows before ``meta["geonames"]``; the rest are ``gn:<geonameid>``, sorted
``places.npy``      one record a place: coordinates, kind, country, population, …
``details.bin``     main name, labels and what few places have, as text; ``details.npy`` holds the offsets
``geometry.bin``    lines and polygons: WKB type, then what `geometry.encode` made; ``geometry.npy`` holds the offsets
``admin2.txt``      the codes that the column ``admin2`` indexes, one a line
``meta.json``       versions, the code lists that the columns index, sources, counts, size and sha256 of each file
==================  ====================================================================================

Opening maps the files and reads none of them, so that a hundred workers share one copy in memory. A store pickles as
its path.
"""

from __future__ import annotations

import bisect
import functools
import hashlib
import json
import os
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import marisa_trie
import numpy as np

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import Name, NameClass
from geomap.gazetteer.geometry import decode
from geomap.record import PlaceKind
from geomap.text.normalise import VERSION as NORMALISER
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geomap.gazetteer.overlay import Correction
    from geomap.record import GeometryType

__all__ = ["BLOCK", "KINDS", "POSTING", "SCHEMA", "PlaceEntry", "PlaceFlag", "Store", "default_path"]

SCHEMA = 2
"""Of the folder; raised when an older store can no longer be read."""

KINDS = tuple(PlaceKind)
"""What the column ``kind`` of `Store.places` indexes."""

POSTING = np.dtype([("row", "<i4"), ("kind", "u1"), ("language", "u1")])

GEOMETRY_TYPES: dict[int, GeometryType] = {1: "point", 2: "line", 3: "polygon", 4: "point", 5: "line", 6: "polygon"}
"""By WKB type."""

NONE = -1

BLOCK = 8
"""Binary logarithm of how many names share an entry of ``blocks.npy``: offsets within it take half the room."""

_FIELD, _VALUE = "\x1f", "\x1e"  # separators inside a place's details; no name holds them


class PlaceFlag(IntFlag):
    """What the column ``flags`` of `Store.places` says."""

    VAGUE = 1  # an area without a fixed edge
    CAPITAL = 2  # of a country
    HISTORICAL = 4  # no longer there


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """One place of a store, read out whole. `admin1` is an ISO 3166-2 code, or "" where unknown."""

    row: int
    id: str
    name: str
    kind: PlaceKind
    country: str
    admin1: str
    lat: float
    lon: float
    population: int
    prior: float
    radius_km: float
    feature_code: str
    geonameid: int | None
    flags: PlaceFlag
    parents: tuple[str, ...]
    official_km: float
    status: str
    source: str


class Store:
    """A gazetteer on disk, opened for reading.

    Attributes
    ----------
    path
        The folder.
    meta
        Versions, sources with their licences, counts, and size and checksum of each file.
    places
        One record a row: ``lon``, ``lat``, ``country``, ``admin1``, ``admin2``, ``kind``, ``population``, ``prior``,
        ``radius_km``, ``geonameid`` (0 for none), ``geometry`` (-1 for none), ``feature``, ``source``, ``flags``.
        ``country``, ``admin1``, ``admin2``, ``feature`` and ``source`` index the lists below; ``kind`` indexes `KINDS`.
    languages, countries, admin1_codes, admin2_codes, features, origins
        The lists that columns index; the first item of each is "".
    longest
        Length of the longest key.
    hidden
        Rows that the user has removed: no name leads to them. See `geomap.gazetteer.overlaid`.
    corrections
        By normalised name, what the user says that it means.
    """

    hidden: frozenset[int] = frozenset()
    corrections: Mapping[str, Sequence[Correction]] = MappingProxyType({})

    def __init__(self, path: Path) -> None:
        self.path = path
        self.meta: Mapping[str, Any] = _read_meta(path)
        try:
            self._names = marisa_trie.Trie()
            self._names.mmap(str(path / "names.marisa"))
            self._ids = marisa_trie.Trie()
            self._ids.mmap(str(path / "ids.marisa"))
            # As memoryviews, which give numbers faster than arrays do.
            self._offsets = _map(path / "offsets.npy").data
            self._blocks = _map(path / "blocks.npy").data
            self._postings = _map(path / "postings.npy")
            self._details = _map_bytes(path / "details.bin")
            self._detail_offsets = _map(path / "details.npy")
            self._geometry = _map_bytes(path / "geometry.bin")
            self._geometry_offsets = _map(path / "geometry.npy")
            self.places: np.ndarray[Any, Any] = _map(path / "places.npy")
        except (OSError, RuntimeError, ValueError) as error:
            raise GazetteerError(f"{path}: damaged gazetteer ({error}); run `geomap gazetteer build`") from error
        self.languages: tuple[str, ...] = tuple(self.meta["languages"])
        self.countries: tuple[str, ...] = tuple(self.meta["countries"])
        self.admin1_codes: tuple[str, ...] = tuple(self.meta["admin1"])
        self.features: tuple[str, ...] = tuple(self.meta["features"])
        self.origins: tuple[str, ...] = tuple(self.meta["origins"])
        self.longest: int = self.meta["longest"]
        self._first_geonames: int = self.meta["geonames"]
        self._geonameids = self.places["geonameid"][self._first_geonames :]

    @functools.cached_property
    def admin2_codes(self) -> tuple[str, ...]:
        """The GeoNames codes that the column ``admin2`` indexes; read when first asked for."""
        return tuple((self.path / "admin2.txt").read_text(encoding="utf-8").split("\n"))

    @classmethod
    def open(cls, path: Path | str | None = None) -> Store:
        """Open a gazetteer; the same folder is opened once a process.

        Parameters
        ----------
        path
            Its folder; None for `default_path`.

        Raises
        ------
        GazetteerError
            The folder is missing, a file is missing or of the wrong size, or another version wrote it.
        """
        folder = Path(path) if path is not None else default_path()
        return _open(folder, _stamp(folder))

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return Store.open, (self.path,)

    def __len__(self) -> int:
        return len(self.places)

    def __repr__(self) -> str:
        return f"<Store of {len(self):,} places at {self.path}>"

    # Names

    def postings(self, key: str) -> np.ndarray[Any, Any]:
        """Return the places of a normalised name, best first: records of ``row``, ``kind``, ``language``."""
        number = self._names.get(key)
        if number is None:
            return self._postings[:0]
        start = self._blocks[number >> BLOCK] + self._offsets[number]
        number += 1
        return self._postings[start : self._blocks[number >> BLOCK] + self._offsets[number]]

    def rows(self, key: str) -> list[int]:
        """Return the rows of a normalised name, best first."""
        rows: list[int] = self.postings(key)["row"].tolist()
        return rows

    def prefixes(self, text: str, start: int) -> list[tuple[int, str]]:
        """Return the names that a normalised text holds at `start`: their ends and keys, longest first."""
        found: list[str] = self._names.prefixes(text[start : start + self.longest])
        return [(start + len(name), name) for name in reversed(found)]

    def keys(self, prefix: str = "") -> list[str]:
        """Return the normalised names that begin with `prefix`."""
        names: list[str] = self._names.keys(prefix)
        return names

    def has_prefix(self, prefix: str) -> bool:
        """Tell whether any normalised name begins with `prefix`."""
        return next(self._names.iterkeys(prefix), None) is not None

    def names(self, row: int) -> list[Name]:
        """Return the names of a place: main name and labels as written, other names in normal form.

        Takes some milliseconds, since postings are kept by name.
        """
        starts = self.starts()
        named = [Name(self.label(row, ""), "", NameClass.MAIN)]
        named += [Name(text, tag, NameClass.PREFERRED) for tag, text in self.labels(row).items()]
        seen = {key(name.text) for name in named}
        for index in np.flatnonzero(self._postings["row"] == row):
            name = self._names.restore_key(int(np.searchsorted(starts, index, side="right")) - 1)
            if name not in seen:
                posting = self._postings[index]
                named.append(Name(name, self.languages[int(posting["language"])], NameClass(posting["kind"])))
        return named

    def starts(self) -> np.ndarray[Any, Any]:
        """Return the first posting of every name, and the end of the last."""
        offsets = np.asarray(self._offsets)
        starts: np.ndarray[Any, Any] = np.repeat(np.asarray(self._blocks), 1 << BLOCK)[: len(offsets)] + offsets
        return starts

    @property
    def name_count(self) -> int:
        """How many different normalised names there are."""
        return len(self._names)

    def names_by_language(self) -> dict[str, int]:
        """Return how many names places have in each language, most first; "" where it is unknown or several."""
        counts = np.bincount(self._postings["language"], minlength=len(self.languages))
        order = np.argsort(-counts, kind="stable")
        return {self.languages[i]: int(counts[i]) for i in order if counts[i]}

    def label(self, row: int, language: str = "en") -> str:
        """Return the usual name of a place in a language, else in English, else its main name."""
        fields = self._fields(row)
        if len(fields) == 1:
            return fields[0]
        labels = dict(f.split(_VALUE, 1) for f in fields[1:])
        return labels.get(language) or (labels.get("en") if language else None) or fields[0]

    def labels(self, row: int) -> dict[str, str]:
        """Return the labels of a place by language, without those that equal its main name."""
        pairs = (f.split(_VALUE, 1) for f in self._fields(row)[1:])
        return {tag: text for tag, text in pairs if tag[0] != "="}

    # Places

    def id(self, row: int) -> str:
        """Return the place id of a row."""
        if row < self._first_geonames:
            identifier: str = self._ids.restore_key(row)
            return identifier
        return f"gn:{self.places[row]['geonameid']}"

    def row(self, place_id: str) -> int | None:
        """Return the row of a place id, or None."""
        number = self._ids.get(place_id)
        if number is not None:
            return int(number)
        if not place_id.startswith("gn:") or not place_id[3:].isdecimal():
            return None
        column = self._geonameids
        geonameid = int(place_id[3:])
        index = bisect.bisect_left(column, geonameid)  # numpy's own search would copy the column
        return self._first_geonames + index if index < len(column) and column[index] == geonameid else None

    def kind(self, row: int) -> PlaceKind:
        """Return the kind of a place."""
        return KINDS[int(self.places["kind"][row])]

    def country(self, row: int) -> str:
        """Return the ISO 3166-1 alpha-2 code of a place's country, or ""."""
        return self.countries[int(self.places["country"][row])]

    def admin1(self, row: int) -> str:
        """Return the ISO 3166-2 code of the first-level unit that a place lies in, or ""."""
        return self.admin1_codes[int(self.places["admin1"][row])]

    def admin2(self, row: int) -> str:
        """Return the GeoNames code of the second-level unit that a place lies in, or ""."""
        return self.admin2_codes[int(self.places["admin2"][row])]

    def geonameid(self, row: int) -> int | None:
        """Return the GeoNames id of a place, or None."""
        return int(self.places["geonameid"][row]) or None

    def geometry(self, row: int) -> bytes | None:
        """Return the WKB of a place's line or polygon, or None for a point."""
        index = int(self.places["geometry"][row])
        if index == NONE:
            return None
        return decode(self._geometry[self._geometry_offsets[index] + 1 : self._geometry_offsets[index + 1]].tobytes())

    def geometry_type(self, row: int) -> GeometryType:
        """Return what a place is drawn as."""
        index = int(self.places["geometry"][row])
        if index == NONE:
            return "point"
        return GEOMETRY_TYPES[int(self._geometry[self._geometry_offsets[index]])]

    def parents(self, row: int) -> tuple[str, ...]:
        """Return the ids of what contains or defines a place, nearest first."""
        if stated := self._detail(row, "parents"):
            return tuple(stated.split())
        country, admin1 = self.country(row), self.admin1(row)
        units = (f"admin1:{admin1}" if admin1 else "", f"country:{country}" if country else "")
        own = self.id(row)
        return tuple(unit for unit in units if unit and unit != own)

    def official_km(self, row: int) -> float:
        """Return the official length of a border or river, 0 where unknown."""
        return float(self._detail(row, "km") or 0)

    def status(self, row: int) -> str:
        """Return the status of a border or disputed area, or ""."""
        return self._detail(row, "status")

    def capital_of(self, row: int) -> str:
        """Return the id of what a place is the capital of, or ""."""
        return self._detail(row, "capital")

    def wikidata(self, row: int) -> str:
        """Return the Wikidata id of a place, or ""."""
        return self._detail(row, "wikidata")

    def source(self, row: int) -> str:
        """Return where a place comes from."""
        return self.origins[int(self.places["source"][row])] or self._detail(row, "source")

    def entry(self, row: int, language: str = "en") -> PlaceEntry:
        """Return everything of one place except its geometry and other names."""
        place = self.places[row]
        return PlaceEntry(
            row=int(row),
            id=self.id(row),
            name=self.label(row, language),
            kind=self.kind(row),
            country=self.country(row),
            admin1=self.admin1(row),
            lat=round(float(place["lat"]), 5),
            lon=round(float(place["lon"]), 5),
            population=int(place["population"]),
            prior=round(float(place["prior"]), 3),
            radius_km=round(float(place["radius_km"]), 2),
            feature_code=self.features[int(place["feature"])],
            geonameid=self.geonameid(row),
            flags=PlaceFlag(int(place["flags"])),
            parents=self.parents(row),
            official_km=self.official_km(row),
            status=self.status(row),
            source=self.source(row),
        )

    # What another store is written from; see `geomap.gazetteer.rows`

    def names_by_row(self) -> Callable[[int], dict[str, tuple[NameClass, str]]]:
        """Return a function that gives the class and language of each normalised name of a row.

        Takes seconds and 30 bytes a name, since postings are kept by name; each call of the function takes little.
        """
        order = np.argsort(self._postings["row"], kind="stable").astype("<u4")
        starts = np.concatenate([[0], np.cumsum(np.bincount(self._postings["row"], minlength=len(self)))])
        number = np.repeat(np.arange(self.name_count, dtype="<u4"), np.diff(self.starts()))

        def names(row: int) -> dict[str, tuple[NameClass, str]]:
            found = {}
            for index in order[starts[row] : starts[row + 1]]:
                posting = self._postings[index]
                name = self._names.restore_key(int(number[index]))
                found[name] = NameClass(posting["kind"]), self.languages[posting["language"]]
            return found

        return names

    def details(self, row: int) -> Details:
        """Return the main name, labels and rare facts of a place as they are kept."""
        main, *fields = self._fields(row)
        pairs = [field.split(_VALUE, 1) for field in fields]
        labels = {tag: text for tag, text in pairs if tag[0] != "="}
        return Details(main, labels, {tag[1:]: text for tag, text in pairs if tag[0] == "="})

    def packed(self, row: int) -> bytes:
        """Return the line or polygon of a place as it is kept, or nothing for a point."""
        index = int(self.places["geometry"][row])
        if index == NONE:
            return b""
        return self._geometry[self._geometry_offsets[index] : self._geometry_offsets[index + 1]].tobytes()

    def verify(self) -> None:
        """Compare the checksum of every file with the manifest.

        Raises
        ------
        GazetteerError
            A file is not as it was written; the message names it.
        """
        for name, facts in self.meta["files"].items():
            with (self.path / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != facts["sha256"]:
                raise GazetteerError(f"{self.path / name}: damaged (checksum differs); run `geomap gazetteer build`")

    def _fields(self, row: int) -> list[str]:
        return self._encoded(row).decode().split(_FIELD)

    def _encoded(self, row: int) -> bytes:
        """Return what `Details.encode` made of a place."""
        encoded: bytes = self._details[self._detail_offsets[row] : self._detail_offsets[row + 1]].tobytes()
        return encoded

    def _detail(self, row: int, name: str) -> str:
        mark = f"={name}{_VALUE}"
        return next((f[len(mark) :] for f in self._fields(row)[1:] if f.startswith(mark)), "")


class Details(NamedTuple):
    """What ``details.bin`` holds of one place, as the builder writes it."""

    main: str
    labels: Mapping[str, str]
    facts: Mapping[str, str]

    def encode(self) -> bytes:
        """Return the bytes that `Store` reads."""
        pairs = [*sorted(self.labels.items()), *((f"={name}", value) for name, value in self.facts.items() if value)]
        return _FIELD.join([self.main, *(f"{name}{_VALUE}{value}" for name, value in pairs)]).encode()


def default_path() -> Path:
    """Return the folder of the gazetteer: ``GEOMAP_GAZETTEER``, else the wheel's own, else the checkout's."""
    if named := os.environ.get("GEOMAP_GAZETTEER"):
        return Path(named)
    packaged = Path(__file__).parent / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "data" / "gazetteer"


@functools.lru_cache(maxsize=8)
def _open(path: Path, _: tuple[int, int]) -> Store:
    return Store(path)


def _stamp(path: Path) -> tuple[int, int]:
    """Tell one build of a folder from the next; what is missing is said by `Store`."""
    try:
        stat = (path / "meta.json").stat()
    except OSError:
        return 0, 0
    return stat.st_ino, stat.st_mtime_ns


def _read_meta(path: Path) -> Mapping[str, Any]:
    """Read the manifest, and check what can be checked without reading the files."""
    try:
        meta: Mapping[str, Any] = json.loads((path / "meta.json").read_bytes())
        versions = meta["schema"], meta["normaliser"]
        sizes = {name: facts["bytes"] for name, facts in meta["files"].items()}
    except FileNotFoundError as error:
        raise GazetteerError(
            f"{path}: no gazetteer here; run `geomap gazetteer build` or set GEOMAP_GAZETTEER"
        ) from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise GazetteerError(f"{path / 'meta.json'}: damaged ({error}); run `geomap gazetteer build`") from error
    if versions != (SCHEMA, NORMALISER):
        raise GazetteerError(
            f"{path}: written as version {versions[0]}.{versions[1]}, this geomap reads {SCHEMA}.{NORMALISER}; "
            "run `geomap gazetteer build`"
        )
    for name, expected in sizes.items():
        try:
            found = (path / name).stat().st_size
        except OSError as error:
            raise GazetteerError(f"{path / name}: missing; run `geomap gazetteer build`") from error
        if found != expected:
            raise GazetteerError(f"{path / name}: {found:,} bytes, expected {expected:,}; run `geomap gazetteer build`")
    return meta


def _map(path: Path) -> np.ndarray[Any, Any]:
    """Map an array; as a plain ndarray, since slicing a memmap costs ten times as much."""
    array: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)


def _map_bytes(path: Path) -> np.ndarray[Any, Any]:
    """Map a file of bytes, which may be empty."""
    if path.stat().st_size == 0:
        return np.zeros(0, np.uint8)
    return np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)
