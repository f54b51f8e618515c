"""Write a store: the same places give the same bytes, in whatever order they come.

Places go to files beside the store as they come, and only tables of numbers are sorted in memory, so that a gazetteer
of many million places is written in little. What grows with the number of places is the trie of names (its builder
holds every distinct name once) and some 30 bytes a place.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import mmap
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import marisa_trie
import numpy as np

from geomap.errors import GazetteerError, OutputError
from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.rows import row_of
from geomap.gazetteer.store import BLOCK, KINDS, NONE, POSTING, SCHEMA
from geomap.text.normalise import VERSION as NORMALISER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from geomap.gazetteer.entry import Entry
    from geomap.gazetteer.rows import Row

__all__ = ["Writer", "write", "writing"]

# What a class of name takes off the weight of a place, in units of `merge.prior`: the order of a name's places. By
# class alone, Frankfort in Kentucky would come before Frankfurt in Chinese; measured on English, Arabic and Indonesian
# gold answers, this order puts the right one first in 79 % of ambiguous mentions, the order by class in 75 %.
_PENALTY = {
    NameClass.PREFERRED: 0.0,
    NameClass.MAIN: 0.5,
    NameClass.ALTERNATE: 0.7,
    NameClass.UNTAGGED: 1.5,
    NameClass.OLD: 1.5,
    NameClass.ABBREVIATION: 1.0,
    NameClass.DEMONYM: 3.0,
    NameClass.CODE: 6.0,
}
_PENALTIES = np.array([_PENALTY[name_class] for name_class in NameClass])

_BATCH = 65_536  # places or names that wait in memory before they go to a file
_BUCKETS = 32  # files that names are parted into, each small enough to sort in memory

# Places and names as they come, before it is known how narrow a column can be.
_PLACE = np.dtype(
    [
        ("country", "<u4"), ("admin1", "<u4"), ("admin2", "<u4"), ("feature", "<u4"), ("source", "<u4"),
        ("lon", "<f4"), ("lat", "<f4"), ("kind", "u1"), ("population", "<u8"), ("prior", "<f4"),
        ("radius_km", "<f2"), ("geonameid", "<u4"), ("flags", "u1"), ("details", "<u4"), ("shape", "<u4"),
        ("derived", "?"),
    ]
)  # fmt: skip
_NAME = np.dtype([("number", "<u4"), ("place", "<u4"), ("kind", "u1"), ("language", "<u2")])
_CODES = {"country": "countries", "admin1": "admin1", "admin2": "admin2", "feature": "features", "source": "origins"}


def write(entries: Iterable[Entry], out: Path, *, priors: Mapping[str, float], about: Mapping[str, Any]) -> None:
    """Write a store of entries into `out`, replacing what stands there only when all is written.

    Parameters
    ----------
    priors
        By id; see `merge.prior`.
    about
        Goes into the manifest as it is: the sources and their licences.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    with writing(out, about=about) as writer:
        for entry in entries:
            writer.add(row_of(entry, priors[entry.id]))


@contextlib.contextmanager
def writing(out: Path, *, about: Mapping[str, Any]) -> Iterator[Writer]:
    """Give a writer; the store takes its place at `out` when the block ends well, and nothing changes otherwise.

    Raises
    ------
    GazetteerError
        Two places have one id.
    OutputError
        The folder cannot be written, or holds something that is no gazetteer.
    """
    if out.exists() and not (out / "meta.json").is_file() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(f"{out}: exists and is no gazetteer; name another folder")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as work:
            spill, folder, old = Path(work) / "spill", Path(work) / "new", Path(work) / "old"
            spill.mkdir()
            folder.mkdir()
            with contextlib.closing(Writer(spill)) as writer:
                yield writer
                writer.finish(folder, about)
            if out.exists():
                out.rename(old)
            try:
                folder.rename(out)
            except OSError:
                if old.exists():
                    old.rename(out)
                raise
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"{out}: the gazetteer could not be written ({error})") from error


class _Codes:
    """The list of codes that a column indexes, in the order in which they came; `finish` sorts it."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {"": 0}

    def number(self, code: str) -> int:
        return self.numbers.setdefault(code, len(self.numbers))

    def finish(self, renamed: Mapping[str, str]) -> tuple[list[str], np.ndarray[Any, Any]]:
        """Return the sorted list, and the number in it of each number given so far."""
        codes = [renamed.get(code, code) for code in self.numbers]
        final = ["", *sorted(set(codes) - {""})]
        numbers = {code: i for i, code in enumerate(final)}
        return final, np.array([numbers[code] for code in codes], "<u4")


class Writer:
    """Takes places one by one, and writes the store of them.

    Attributes
    ----------
    renamed
        Codes of first-level units that became known by another code while places came in.
    """

    def __init__(self, spill: Path) -> None:
        self.renamed: dict[str, str] = {}
        self._count = 0
        self._spill = spill
        self._files: dict[str, BinaryIO] = {}
        self._codes = {field: _Codes() for field in _CODES}
        self._languages = _Codes()
        self._places: list[tuple[Any, ...]] = []
        self._names: list[str] = []
        self._named: list[tuple[int, int, int, int]] = []
        self._longest = 0

    def add(self, row: Row) -> None:
        """Add one place."""
        codes = self._codes
        details = row.details.encode()
        derived = row.is_geonames
        self._places.append(
            (
                codes["country"].number(row.country),
                codes["admin1"].number(row.admin1),
                codes["admin2"].number(row.admin2),
                codes["feature"].number(row.feature_code),
                codes["source"].number(row.source),
                row.lon,
                row.lat,
                _KIND_NUMBERS[row.kind],
                max(row.population, 0),
                row.prior,
                row.radius_km,
                row.geonameid,
                row.flags,
                len(details),
                len(row.shape),
                derived,
            )
        )
        self._file("details").write(details)
        if row.shape:
            self._file("shapes").write(row.shape)
        if not derived:
            self._file("ids").write(f"{row.id}\n".encode())
        for name, (name_class, language) in row.names.items():
            self._names.append(name)
            self._named.append((0, self._count, name_class, self._languages.number(language)))
        self._count += 1
        if len(self._places) >= _BATCH:
            self._spill_places()
        if len(self._names) >= _BATCH:
            self._spill_names()

    def finish(self, folder: Path, about: Mapping[str, Any]) -> None:
        """Write the store of all that was added."""
        self._spill_places()
        self._spill_names()
        for file in self._files.values():
            file.flush()
        places = self._read("places", _PLACE)
        order, first_derived = self._order(places, folder)
        languages, language_numbers = self._languages.finish({})
        lists = self._write_places(places, order, folder)
        self._write_names(places, order, language_numbers, folder)
        (folder / "admin2.txt").write_text("\n".join(lists.pop("admin2")), encoding="utf-8")
        self._write_blobs("details", places["details"], order, folder / "details")
        shaped = places["shape"] > 0
        self._write_blobs("shapes", places["shape"], order[shaped[order]], folder / "geometry")
        counts = np.bincount(places["kind"], minlength=len(KINDS))
        files = {path.name: _facts(path) for path in sorted(folder.iterdir())}
        meta = {
            "schema": SCHEMA,
            "normaliser": NORMALISER,
            **about,
            "counts": dict(sorted((str(kind), int(n)) for kind, n in zip(KINDS, counts, strict=True) if n)),
            "geonames": first_derived,
            "longest": self._longest,
            "languages": languages,
            **lists,
            "files": files,
        }
        (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def close(self) -> None:
        """Close the files that hold what waits."""
        for file in self._files.values():
            # What was not written on a full disk cannot be written on closing either.
            with contextlib.suppress(OSError):
                file.close()

    def _file(self, name: str) -> BinaryIO:
        if name not in self._files:
            self._files[name] = (self._spill / name).open("wb", buffering=1 << 20)
        return self._files[name]

    def _read(self, name: str, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
        """Map what was written as an array; nothing is written through a mapping, since a full disk would kill."""
        path = self._spill / name
        if not path.is_file() or not path.stat().st_size:
            return np.zeros(0, dtype)
        return np.memmap(path, dtype, "r").view(np.ndarray)

    def _spill_places(self) -> None:
        np.array(self._places, _PLACE).tofile(self._file("places"))
        self._places.clear()

    def _spill_names(self) -> None:
        """Part the names that wait by their hash, so that all places of one name come to one file."""
        encoded = [name.encode() for name in self._names]
        self._longest = max(self._longest, max(map(len, self._names), default=0))
        hashes = np.fromiter(map(zlib.crc32, encoded), "<u4", len(encoded)) % _BUCKETS
        records = np.array(self._named, _NAME)
        for bucket in range(_BUCKETS):
            chosen = np.flatnonzero(hashes == bucket)
            self._file(f"keys{bucket}").writelines(encoded[i] + b"\n" for i in chosen)
            records[chosen].tofile(self._file(f"names{bucket}"))
        self._names.clear()
        self._named.clear()

    def _order(self, places: np.ndarray[Any, Any], folder: Path) -> tuple[np.ndarray[Any, Any], int]:
        """Write the ids; return the number of arrival by row, and the first row whose id is that of GeoNames."""

        def ids() -> Iterator[str]:
            with (self._spill / "ids").open(encoding="utf-8", newline="\n") as file:
                for line in file:
                    yield line[:-1]

        derived = places["derived"]
        own = np.flatnonzero(~derived)
        trie = marisa_trie.Trie(ids() if len(own) else ())
        _save(trie, folder / "ids.marisa")
        rows = np.fromiter((trie[name] for name in ids()) if len(own) else (), "<i8", len(own))
        if len(trie) < len(own):
            twice = int(np.argmax(np.bincount(rows)))
            raise GazetteerError(f"two places have the id {trie.restore_key(twice)!r}; an id must be given once")
        first = np.empty(len(own), "<i8")
        first[rows] = own
        rest = np.flatnonzero(derived)
        numbers = places["geonameid"][rest]
        rest = rest[np.argsort(numbers, kind="stable")]
        numbers = np.sort(numbers)
        if len(same := np.flatnonzero(numbers[1:] == numbers[:-1])):
            raise GazetteerError(f"GeoNames id {numbers[same[0]]} comes twice; give dumps that do not overlap")
        return np.concatenate([first, rest]), len(own)

    def _write_places(
        self, places: np.ndarray[Any, Any], order: np.ndarray[Any, Any], folder: Path
    ) -> dict[str, list[str]]:
        """Write the fixed-width columns, each in the narrowest type that holds it; return the lists they index."""
        lists, numbers = {}, {}
        for field, name in _CODES.items():
            lists[name], numbers[field] = self._codes[field].finish(self.renamed if field == "admin1" else {})
        narrow = {field: _narrowest(len(lists[name]) - 1) for field, name in _CODES.items()}
        narrow |= {field: _narrowest(_greatest(places[field])) for field in ("population", "geonameid")}
        columns = [
            *_CODES, "lon", "lat", "kind", "population", "prior", "radius_km", "geonameid", "geometry", "flags",
        ]  # fmt: skip
        geometry = np.dtype("<i2" if np.count_nonzero(places["shape"]) < 2**15 else "<i4")
        dtype = np.dtype([(c, geometry if c == "geometry" else narrow.get(c, _PLACE[c])) for c in columns])
        shapes = 0
        with (folder / "places.npy").open("wb") as file:
            _write_header(file, dtype, len(order))
            for chunk in _chunks(order):
                found = places[chunk]
                rows = np.zeros(len(chunk), dtype)
                for column in columns:
                    if column == "geometry":
                        shaped = found["shape"] > 0
                        rows[column] = np.where(shaped, shapes + np.cumsum(shaped) - 1, NONE)
                        shapes += int(shaped.sum())
                    else:
                        rows[column] = numbers[column][found[column]] if column in numbers else found[column]
                rows.tofile(file)
        return lists

    def _write_names(
        self,
        places: np.ndarray[Any, Any],
        order: np.ndarray[Any, Any],
        languages: np.ndarray[Any, Any],
        folder: Path,
    ) -> None:
        """Write names and postings."""

        def keys(bucket: int) -> list[str]:
            path = self._spill / f"keys{bucket}"
            return path.read_text(encoding="utf-8").split("\n")[:-1]

        distinct = (name for bucket in range(_BUCKETS) for name in dict.fromkeys(keys(bucket)))
        trie = marisa_trie.Trie(distinct)
        _save(trie, folder / "names.marisa")
        rows = np.empty(len(order), "<i4")
        rows[order] = np.arange(len(order))
        # Numbers of names run through the buckets; parted by number, the postings are sorted part by part.
        total_names = len(trie)
        width = max(math.ceil(total_names / _BUCKETS), 1)
        for bucket in range(_BUCKETS):
            names = keys(bucket)
            numbers = {name: trie[name] for name in dict.fromkeys(names)}
            records = self._read(f"names{bucket}", _NAME).copy()
            records["number"] = np.fromiter(map(numbers.__getitem__, names), "<u4", len(names))
            for part in range(_BUCKETS):
                records[records["number"] // width == part].tofile(self._file(f"part{part}"))
        del trie
        language = _narrowest(int(languages.max()))
        dtype = np.dtype([(name, language if name == "language" else POSTING[name]) for name in POSTING.names or ()])
        total = sum((self._spill / f"names{bucket}").stat().st_size for bucket in range(_BUCKETS)) // _NAME.itemsize
        counts = []
        with (folder / "postings.npy").open("wb") as file:
            _write_header(file, dtype, total)
            for part in range(_BUCKETS):
                self._file(f"part{part}").flush()
                records = self._read(f"part{part}", _NAME)
                place = rows[records["place"]]
                weight = _PENALTIES[records["kind"]] - places["prior"][records["place"]].astype("<f8")
                best = np.lexsort((place, weight, records["number"]))
                postings = np.empty(len(records), dtype)
                postings["row"] = place[best]
                postings["kind"] = records["kind"][best]
                postings["language"] = languages[records["language"][best]]
                postings.tofile(file)
                counts.append(np.bincount(records["number"] - part * width, minlength=width))
        ends = np.concatenate([[0], np.cumsum(np.concatenate(counts), dtype="<u8")])
        ends = ends[: total_names + 1]
        blocks = ends[:: 1 << BLOCK]
        within = ends - np.repeat(blocks, 1 << BLOCK)[: len(ends)]
        np.save(folder / "blocks.npy", blocks.astype(_offset(total)))
        np.save(folder / "offsets.npy", within.astype("<u2" if int(within.max()) < 2**16 else "<u4"))

    def _write_blobs(
        self, spilled: str, lengths: np.ndarray[Any, Any], order: np.ndarray[Any, Any], path: Path
    ) -> None:
        """Write ``<path>.bin`` and ``<path>.npy``: stretches of bytes in the order of the rows, and their offsets."""
        ends = np.cumsum(lengths, dtype="<u8")
        with path.with_suffix(".bin").open("wb") as file:
            if len(order):
                with (self._spill / spilled).open("rb") as source, _mapped(source) as data:
                    for chunk in _chunks(order):
                        stops = ends[chunk].tolist()
                        sizes = lengths[chunk].tolist()
                        file.writelines(data[e - n : e] for e, n in zip(stops, sizes, strict=True))
        offsets = np.concatenate([[0], np.cumsum(lengths[order], dtype="<u8")])
        np.save(path.with_suffix(".npy"), offsets.astype(_offset(int(offsets[-1]))))


_KIND_NUMBERS = {kind: i for i, kind in enumerate(KINDS)}


def _chunks(order: np.ndarray[Any, Any]) -> Iterator[np.ndarray[Any, Any]]:
    for start in range(0, len(order), _BATCH):
        yield order[start : start + _BATCH]


def _save(trie: marisa_trie.Trie, path: Path) -> None:
    try:
        trie.save(str(path))
    except RuntimeError as error:  # what marisa says of a full disk
        raise OSError(f"{path.name}: {error}") from error


def _mapped(file: BinaryIO) -> mmap.mmap:
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _write_header(file: BinaryIO, dtype: np.dtype[Any], length: int) -> None:
    """Write what precedes the records in a ``.npy`` file."""
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (length,)}
    np.lib.format.write_array_header_1_0(file, header)


def _narrowest(greatest: int) -> np.dtype[Any]:
    return np.min_scalar_type(greatest).newbyteorder("<")


def _greatest(column: np.ndarray[Any, Any]) -> int:
    return int(column.max()) if len(column) else 0


def _offset(greatest: int) -> str:
    return "<u4" if greatest < 2**32 else "<u8"


def _facts(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}
