"""Geoparse one shard: a process of its own, started by `local`, that reads its task from standard input.

Before each article it leaves a mark, so that its parent knows where it was if it is killed.
"""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from geomap._files import replacing
from geomap.batch.geoparse import RESULTS, failed_batch, geoparse_batch
from geomap.batch.shards import Shard, articles
from geomap.errors import GeomapError
from geomap.llm import LanguageModel
from geomap.pipeline import Config, Pipeline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["as_task", "mark_of"]


def as_task(shard: Shard, parts: Path, config: Config, deadly: Collection[int] = ()) -> str:
    """Return what a worker is told, as JSON; articles at the `deadly` positions are left out, with an error."""
    task = {"shard": asdict(shard), "parts": parts, "config": asdict(config), "deadly": sorted(deadly)}
    return json.dumps(task, default=str)


def mark_of(parts: Path, shard: Shard) -> Path:
    """Return the file that says which article of a shard is being read."""
    return parts / f".{shard.name}.at"


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; our parent decides
    task = json.load(sys.stdin)
    shard = Shard(**task["shard"] | {"paths": tuple(map(Path, task["shard"]["paths"]))})
    try:
        _work(shard, Path(task["parts"]), _config(task["config"]), frozenset(task["deadly"]))
    except GeomapError as error:
        sys.exit(str(error))


def _config(values: dict[str, Any]) -> Config:
    gazetteer, overlay, llm = (values[name] for name in ("gazetteer", "overlay", "llm"))
    return Config(
        gazetteer=Path(gazetteer) if gazetteer else None,
        overlay=Path(overlay) if overlay else None,
        llm=LanguageModel(**llm) if llm else None,
        recogniser=values["recogniser"],
    )


def _work(shard: Shard, parts: Path, config: Config, deadly: frozenset[int]) -> None:
    mark = mark_of(parts, shard)
    pipeline = Pipeline(config)
    with replacing(parts / f"{shard.name}.parquet") as temporary, pq.ParquetWriter(temporary, RESULTS) as writer:
        at = shard.start
        for batch in articles(shard):
            writer.write_table(pa.Table.from_batches(_results(batch, at, deadly, mark, pipeline)))
            at += batch.num_rows
    mark.unlink(missing_ok=True)


def _results(
    batch: pa.RecordBatch, start: int, deadly: frozenset[int], mark: Path, pipeline: Pipeline
) -> Iterator[pa.RecordBatch]:
    for row in range(batch.num_rows):
        one = batch.slice(row, 1)
        if start + row in deadly:
            yield failed_batch(one, "ProcessError", "the process that read it died")
            continue
        mark.write_text(str(start + row), encoding="ascii")
        yield geoparse_batch(one, pipeline)


if __name__ == "__main__":
    _main()
