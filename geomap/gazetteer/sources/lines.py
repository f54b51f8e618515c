"""Big files, read a line at a time: out of a zip or not, with a progress bar, and errors that name the line."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from geomap.errors import GazetteerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["fields", "lines", "opened"]

_BUFFER = 1 << 20
_PACKED: dict[str, Callable[[Path], gzip.GzipFile | bz2.BZ2File]] = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File}
_BEAT = 20_000  # lines between two movements of the bar


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file, or the greatest file in a zip; give it with its size in bytes, 0 where that is unknown.

    Raises
    ------
    GazetteerError
        There is no such file, or it is truncated or damaged, also where that shows only while it is read.
    """
    try:
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                members = [item for item in archive.infolist() if not item.is_dir()]
                if not members:
                    raise GazetteerError(f"{path}: an empty archive")
                member = max(members, key=lambda item: item.file_size)
                with archive.open(member) as packed, io.BufferedReader(packed, _BUFFER) as file:  # type: ignore[type-var]
                    yield file, member.file_size
        elif path.suffix.lower() in _PACKED:
            with _PACKED[path.suffix.lower()](path) as unpacked:
                yield io.BufferedReader(unpacked, _BUFFER), 0
        else:
            with path.open("rb", buffering=_BUFFER) as file:
                yield file, path.stat().st_size
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise GazetteerError(f"{path}: truncated or damaged ({error}); download it again") from error
    except OSError as error:
        raise GazetteerError(f"{path}: cannot be read: {error.strerror or error}") from error


def lines(path: Path, *, progress: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the lines of a UTF-8 file with their numbers, without the line end.

    Raises
    ------
    GazetteerError
        The file cannot be read, or a line is not UTF-8; the message names it.
    """
    from tqdm import tqdm

    with opened(path) as (file, size):
        bar = tqdm(total=size or None, desc=path.name, unit="B", unit_scale=True, disable=not progress)
        with bar:
            read = 0
            for number, raw in enumerate(_with_place(file, path), 1):
                try:
                    text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    raise GazetteerError(
                        f"{path}:{number}: byte {error.start + 1} of the line is not UTF-8 (0x{raw[error.start]:02x})"
                    ) from error
                yield number, text.rstrip("\r\n")
                read += len(raw)
                if number % _BEAT == 0:
                    bar.update(read)
                    read = 0
            bar.update(read)


def _with_place(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """Yield raw lines; where the file turns out to be damaged, say after which line."""
    number = 0
    try:
        for number, raw in enumerate(file, 1):  # noqa: B007 the number is for the error
            yield raw
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise GazetteerError(f"{path}:{number + 1}: truncated or damaged here ({error}); download it again") from error


def fields(path: Path, columns: int, *, progress: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of a table without quotes whose cells are parted by tabs, with the numbers of the lines.

    Empty lines and comments (``#``) are left out.

    Raises
    ------
    GazetteerError
        As `lines` says, or a line has another number of cells.
    """
    number = 0
    for number, line in lines(path, progress=progress):
        cells = line.split("\t")
        if len(cells) != columns:
            if not line or line.startswith("#"):
                continue
            raise GazetteerError(f"{path}:{number}: {len(cells)} columns, expected {columns} parted by tabs")
        yield number, cells
    if not number:
        raise GazetteerError(f"{path}: empty")
