"""The user's own places and corrections, kept apart from the gazetteer so that they outlive its next version.

One SQLite file in the user's data folder, or the one that ``GEOMAP_OVERLAY`` names:

* places that the gazetteer lacks, or that stand there with wrong facts;
* entries of the gazetteer to hide;
* corrections: this name means that place, everywhere or only in some articles.

Several processes may write at once: each change is one transaction, and waits for the others. Readers never wait.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geomap.errors import GazetteerError, OutputError
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

__all__ = ["CORRECTED", "SOURCE", "Contents", "Correction", "Overlay", "OwnPlace", "default_overlay"]

SCHEMA = 1
"""Of the file; a file of a later version is not touched."""

SOURCE = "your own places"
"""What a place of the user's own has for a source."""

CORRECTED = "correction"
"""The feature of a candidate that a correction chose."""

_WAIT = 30.0  # seconds that a writer waits for another
_LONGEST_NAME = 200
_ID = re.compile(r"[^\s|]{1,100}")

_TABLES = """
CREATE TABLE places (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL,
    country TEXT NOT NULL, admin1 TEXT NOT NULL, names TEXT NOT NULL, population INTEGER NOT NULL,
    radius_km REAL NOT NULL, geometry BLOB
);
CREATE TABLE hidden (id TEXT PRIMARY KEY);
CREATE TABLE corrections (
    key TEXT NOT NULL, country TEXT NOT NULL, context TEXT NOT NULL, name TEXT NOT NULL, place_id TEXT NOT NULL,
    PRIMARY KEY (key, country, context)
)
"""


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A place that the user adds.

    Attributes
    ----------
    name
        Its main name.
    id
        "" for one made from the name: "own:friendship-bridge". With the id of an entry of the gazetteer, the place
        stands in its stead.
    country, admin1
        ISO 3166-1 alpha-2 and ISO 3166-2 codes, or "".
    names
        Other names: language (ISO 639-1, or "" for unknown) and text.
    radius_km
        0 for what is usual for its kind.
    geometry
        WKB of a line or an area, EPSG:4326; None for a point.
    """

    name: str
    kind: PlaceKind
    lat: float
    lon: float
    id: str = ""
    country: str = ""
    admin1: str = ""
    names: tuple[tuple[str, str], ...] = ()
    population: int = 0
    radius_km: float = 0.0
    geometry: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what no later run could use.

        Raises
        ------
        GazetteerError
            A value is not of its kind or out of its range.
        """
        for text in (self.name, *(text for _, text in self.names)):
            _check_name(text)
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise GazetteerError(
                f"{self.name}: {self.lat}, {self.lon} is no place on earth; expected LAT,LON in degrees"
            )
        if self.id and not _ID.fullmatch(self.id):
            raise GazetteerError(f"{self.name}: the id {self.id!r} has spaces or is longer than 100 characters")
        _check_country(self.country)
        for language, _ in self.names:
            if language and not re.fullmatch("[a-z]{2,3}", language):
                raise GazetteerError(f"{self.name}: {language!r} is no language code; expected one such as 'ru'")
        if not 0 <= self.radius_km <= 20100 or not 0 <= self.population < 10**11:
            raise GazetteerError(f"{self.name}: radius or population is out of range")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a name means, whatever the ranking says.

    Attributes
    ----------
    country
        ISO 3166-1 code: holds only in articles that name this country or a place in it; "" for all.
    context
        Holds only in articles that contain these words; "" for all.
    """

    name: str
    place_id: str
    country: str = ""
    context: str = ""

    def __post_init__(self) -> None:
        """Refuse what no later run could use.

        Raises
        ------
        GazetteerError
            A value is not of its kind.
        """
        _check_name(self.name)
        _check_country(self.country)
        if not _ID.fullmatch(self.place_id):
            raise GazetteerError(f"{self.name}: {self.place_id!r} is no place id; `geomap gazetteer search` shows them")


@dataclass(frozen=True, slots=True)
class Contents:
    """All that an overlay holds, in the order in which it was put there."""

    places: tuple[OwnPlace, ...] = ()
    hidden: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.places or self.hidden or self.corrections)


class Overlay:
    """The file of the user's places and corrections; made when first written to.

    Parameters
    ----------
    path
        None for `default_overlay`.
    """

    def __init__(self, path: Path | str | None = None) -> None:
        self.path = Path(path) if path is not None else default_overlay()

    def read(self) -> Contents:
        """Return everything, from one moment; nothing where there is no file.

        Raises
        ------
        GazetteerError
            The file is damaged, no overlay, or of a later version.
        """
        if not self.path.exists():
            return Contents()
        import sqlite3  # only for those who have places of their own

        try:
            with contextlib.closing(self._connect()) as connection:
                connection.execute("BEGIN")
                if not self._version(connection):
                    return Contents()  # another process is about to write for the first time
                return Contents(
                    tuple(map(_own_place, connection.execute("SELECT * FROM places ORDER BY rowid"))),
                    tuple(place_id for (place_id,) in connection.execute("SELECT id FROM hidden ORDER BY rowid")),
                    tuple(
                        Correction(*row)
                        for row in connection.execute(
                            "SELECT name, place_id, country, context FROM corrections ORDER BY rowid"
                        )
                    ),
                )
        except (sqlite3.Error, ValueError) as error:
            raise GazetteerError(f"{self.path}: cannot be read as your places and corrections ({error})") from error

    def stamp(self) -> tuple[int, ...]:
        """Return what differs whenever the contents do, without opening the file."""
        found: list[int] = []
        for name in (self.path, self.path.with_name(f"{self.path.name}-wal")):
            try:
                stat = name.stat()
            except OSError:
                continue
            if stat.st_size:  # an empty log comes and goes with readers
                found += (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        return tuple(found)

    def add(self, place: OwnPlace) -> str:
        """Add a place, or put it in the stead of the one with its id; return its id.

        The same place added twice is one place. A place without an id gets one that is free.
        """
        with self._writing() as connection:
            return _add(connection, place)

    def remove(self, place_id: str) -> bool:
        """Delete a place of the user's own, or hide an entry of the gazetteer; tell whether anything changed."""
        with self._writing() as connection:
            if connection.execute("DELETE FROM places WHERE id = ?", (place_id,)).rowcount:
                return True
            return bool(connection.execute("INSERT OR IGNORE INTO hidden VALUES (?)", (place_id,)).rowcount)

    def restore(self, place_id: str) -> bool:
        """Show an entry of the gazetteer that was hidden; tell whether it was."""
        with self._writing() as connection:
            return bool(connection.execute("DELETE FROM hidden WHERE id = ?", (place_id,)).rowcount)

    def correct(self, correction: Correction) -> None:
        """Add a correction; it takes the place of one for the same name, country and context."""
        with self._writing() as connection:
            _correct(connection, correction)

    def withdraw(self, name: str, *, country: str = "", context: str = "") -> bool:
        """Delete a correction; tell whether there was one."""
        with self._writing() as connection:
            gone = connection.execute(
                "DELETE FROM corrections WHERE key = ? AND country = ? AND context = ?", (key(name), country, context)
            )
            return bool(gone.rowcount)

    def merge(self, contents: Contents) -> None:
        """Add all of some contents in one transaction: everything or, if anything is wrong, nothing."""
        with self._writing() as connection:
            for place in contents.places:
                _add(connection, place)
            connection.executemany("INSERT OR IGNORE INTO hidden VALUES (?)", ((i,) for i in contents.hidden))
            for correction in contents.corrections:
                _correct(connection, correction)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction; what is raised inside undoes it."""
        import sqlite3

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(self._connect()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    if not self._version(connection):
                        for statement in _TABLES.split(";"):
                            connection.execute(statement)
                        connection.execute(f"PRAGMA user_version = {SCHEMA}")
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise OutputError(f"{self.path}: your places could not be written ({error})") from error

    def _connect(self) -> sqlite3.Connection:
        import sqlite3

        connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
        # The log lets readers go on while another process writes. The mode stays with the file; where it cannot be
        # set now, since others are at work or the file system has no shared memory, SQLite locks the whole file.
        with contextlib.suppress(sqlite3.OperationalError):
            if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                connection.execute("PRAGMA journal_mode = WAL")
        return connection

    def _version(self, connection: sqlite3.Connection) -> int:
        """Return the version of the file, 0 where nothing was written yet; refuse what is no overlay or too new."""
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA:
            raise GazetteerError(
                f"{self.path}: written as version {version}, this geomap reads {SCHEMA}; upgrade geomap"
            )
        if not version and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise GazetteerError(f"{self.path}: a database, but not one of your places; name another file")
        return version


def default_overlay() -> Path:
    """Return the file that ``GEOMAP_OVERLAY`` names, else the one in the user's data folder."""
    if named := os.environ.get("GEOMAP_OVERLAY"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("geomap") / "places.sqlite"


def _add(connection: sqlite3.Connection, place: OwnPlace) -> str:
    if not place.id:
        for number in itertools.count(1):
            free = f"own:{_slug(place.name)}" + (f"-{number}" if number > 1 else "")
            row = connection.execute("SELECT * FROM places WHERE id = ?", (free,)).fetchone()
            if row is None or replace(_own_place(row), id="") == place:
                break
        place = replace(place, id=free)
    names = json.dumps(place.names, ensure_ascii=False)
    values = (place.id, place.name, str(place.kind), place.lat, place.lon, place.country, place.admin1, names)
    connection.execute(
        "INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*values, place.population, place.radius_km, place.geometry),
    )
    return place.id


def _correct(connection: sqlite3.Connection, correction: Correction) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO corrections VALUES (?, ?, ?, ?, ?)",
        (key(correction.name), correction.country, correction.context, correction.name, correction.place_id),
    )


def _own_place(row: tuple[object, ...]) -> OwnPlace:
    place_id, name, kind, lat, lon, country, admin1, names, population, radius_km, geometry = row
    pairs: Iterable[tuple[str, str]] = json.loads(str(names))
    return OwnPlace(
        name=str(name),
        kind=PlaceKind(str(kind)),
        lat=float(lat),  # type: ignore[arg-type]  # SQLite keeps the type of the column
        lon=float(lon),  # type: ignore[arg-type]
        id=str(place_id),
        country=str(country),
        admin1=str(admin1),
        names=tuple((language, text) for language, text in pairs),
        population=int(population),  # type: ignore[call-overload]
        radius_km=float(radius_km),  # type: ignore[arg-type]
        geometry=geometry if isinstance(geometry, bytes) else None,
    )


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", key(name)).strip("-")[:80] or "place"


def _check_name(text: str) -> None:
    if not key(text).strip() or len(text) > _LONGEST_NAME or any(ord(letter) < 32 for letter in text):
        raise GazetteerError(f"{text[:40]!r} is no name; expected 1 to {_LONGEST_NAME} characters on one line")


def _check_country(code: str) -> None:
    if code and not re.fullmatch("[A-Z]{2}", code):
        raise GazetteerError(f"{code!r} is no country code; expected ISO 3166-1, such as 'TJ'")
