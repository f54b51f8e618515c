"""Files of articles, cut into shards: pieces that one process reads, geoparses and is done with.

Known are JSON lines (also ``.gz``), CSV and Parquet files with the columns of `geoparse.ARTICLES`, and folders of them;
of a folder with none of them, the texts, web pages, PDF and Word files, an article each. The same files give the same
shards, so that a rerun knows what is done.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from geomap.article import LIMIT, read_article
from geomap.batch.geoparse import ARTICLES
from geomap.errors import ArticleError, GeomapError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["SIZE", "Shard", "articles", "find_shards"]

SIZE = 1_000
"""Articles a shard: about ten seconds of work, and the most that a killed process loses."""

_TABLES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".csv", ".csv.gz", ".parquet")
_TEXTS = (".txt", ".html", ".htm", ".pdf", ".docx")
_BATCH = 64  # articles that are held at once

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shard:
    """Articles `start` to `stop` of a file, or of a list of files with an article each.

    Attributes
    ----------
    name
        Unique among the shards of a run, and the same in each; fit for a folder.
    """

    name: str
    paths: tuple[Path, ...]
    start: int
    stop: int


def find_shards(sources: Sequence[Path], *, size: int = SIZE) -> list[Shard]:
    """Cut files and folders into shards.

    Parameters
    ----------
    sources
        Files of articles, or folders of them; of two with one name, both are read.
    size
        Articles a shard.

    Raises
    ------
    ArticleError
        A source does not exist, holds nothing that is known, or cannot be read.
    """
    shards: list[Shard] = []
    for path in itertools.chain.from_iterable(map(_files, sources)):
        if isinstance(path, tuple):
            shards += [
                Shard(_name(path[0].parent, start), path[start : start + size], 0, size)
                for start in range(0, len(path), size)
            ]
        else:
            shards += [
                Shard(_name(path, start), (path,), start, start + size) for start in range(0, _count(path), size)
            ]
    return shards


def articles(shard: Shard) -> Iterator[pa.RecordBatch]:
    """Read the articles of a shard in small batches, with the columns of `ARTICLES`.

    What cannot be read as an article still gives a row, with the error.
    """
    rows = itertools.islice(_rows(shard), shard.start, shard.stop) if _is_table(shard.paths[0]) else _rows(shard)
    numbered = (_filled(row, f"{shard.paths[0].name}:{at}") for at, row in enumerate(rows, shard.start + 1))
    while batch := list(itertools.islice(numbered, _BATCH)):
        yield pa.RecordBatch.from_pylist(batch, schema=ARTICLES)


def _files(source: Path) -> Iterator[Path | tuple[Path, ...]]:
    """Return the tables of a source, or its texts together."""
    if source.is_dir():
        inside = sorted(path for path in source.rglob("*") if path.is_file() and not path.name.startswith("."))
        tables = [path for path in inside if _is_table(path)]
        texts = tuple(path for path in inside if path.suffix.lower() in _TEXTS)
        if not tables and not texts:
            raise ArticleError(f"{source}: no articles in it; expected {', '.join((*_TABLES, *_TEXTS))}")
        if tables:
            yield from tables
        else:
            yield texts
    elif not source.exists():
        raise ArticleError(f"{source}: no such file")
    elif _is_table(source):
        yield source
    else:
        yield (source,)


def _is_table(path: Path) -> bool:
    return path.name.lower().endswith(_TABLES)


def _name(path: Path, start: int) -> str:
    # Two files of one name in two folders are two shards; where the folder stands does not matter.
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    return f"{path.name.split('.')[0]}-{digest}-{start:09d}"


def _count(path: Path) -> int:
    """Return how many articles a table holds."""
    try:
        if path.suffix.lower() == ".parquet":
            return int(pq.read_metadata(path).num_rows)
        if ".csv" in path.name.lower():
            return sum(1 for _ in _csv(path))
        with _open(path) as file:
            return sum(1 for line in file if line.strip())
    except (OSError, EOFError, pa.ArrowException, csv.Error, UnicodeDecodeError) as error:
        raise ArticleError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error


def _rows(shard: Shard) -> Iterator[Row]:
    (path, *_) = shard.paths
    if not _is_table(path):
        for one in shard.paths:
            yield _document(one)
    elif path.suffix.lower() == ".parquet":
        file = pq.ParquetFile(path)
        names = [name for name in ARTICLES.names if name in file.schema_arrow.names]
        for batch in file.iter_batches(batch_size=_BATCH, columns=names):
            yield from batch.to_pylist()
    elif ".csv" in path.name.lower():
        yield from _csv(path)
    else:
        with _open(path) as file:
            yield from (_json(line) for line in file if line.strip())


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb"))


def _csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(LIMIT)
    with _open(path) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text)


def _json(line: bytes) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        return {"error": f"no JSON: {error}"}
    return row if isinstance(row, dict) else {"error": f"expected a JSON object, found {type(row).__name__}"}


def _document(path: Path) -> Row:
    try:
        article = read_article(path)
    except GeomapError as error:
        return {"id": path.stem, "error": str(error)}
    day = article.date.isoformat() if article.date else ""
    return {"id": article.id, "text": article.text, "title": article.title, "date": day, "outlet": article.outlet}


def _filled(row: Row, name: str) -> Row:
    """Give a row an id, and text in each column."""
    known = {key: row[key] for key in ARTICLES.names if row.get(key) not in (None, "")}
    return {"id": name} | {
        key: value.isoformat()[:10] if isinstance(value, dt.date) else str(value) for key, value in known.items()
    }
