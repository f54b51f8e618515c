"""Run files of articles with the processes of this machine, so that nothing that was finished is lost.

Each shard is a process of its own that writes its results to a temporary file and renames it: a killed process, a full
disk or Ctrl-C cost the shards that were under way, and a rerun does only what is missing. An article that brings its
process down twice is left out, with an error.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from geomap._files import write_text
from geomap.batch.worker import as_task, mark_of
from geomap.errors import OutputError
from geomap.pipeline import Config, Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from geomap.batch.shards import Shard

__all__ = ["PARTS", "Totals", "begin", "count", "run", "work"]

PARTS = ".parts"
"""Folder of the results by shard, until they are finished."""

_MANIFEST = "manifest.json"
_DEATHS = 10  # killed processes a shard


@dataclass(slots=True)
class Totals:
    """What a run did.

    Attributes
    ----------
    articles, failed
        Articles that have an answer, and those of them with an error.
    skipped
        Shards that an earlier run had done.
    """

    articles: int = 0
    failed: int = 0
    skipped: int = 0


def run(
    shards: Sequence[Shard],
    out: Path,
    *,
    config: Config = Config(),  # noqa: B008 it is frozen
    workers: int | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> Totals:
    """Geoparse shards into a folder; what an earlier run left there is kept.

    Parameters
    ----------
    shards
        See `find_shards`.
    out
        Folder of the results; made if it is missing.
    config
        What the pipelines are made from.
    workers
        Processes at once; default: one a core.
    progress
        Told the number of articles of each shard that is done.

    Raises
    ------
    OutputError
        The folder cannot be written, the disk is full, or the folder was begun with another gazetteer.
    GazetteerError
        The gazetteer is missing or damaged.
    """
    parts = begin(out, config)
    done = {path.stem for path in parts.glob("*.parquet")}
    totals = Totals(skipped=sum(shard.name in done for shard in shards))
    processes: set[subprocess.Popen[str]] = set()
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        try:
            for shard in shards:
                if shard.name in done:
                    progress(count(parts, shard, totals))
            missing = [shard for shard in shards if shard.name not in done]
            tasks = {pool.submit(work, shard, parts, config, processes): shard for shard in missing}
            for task in as_completed(tasks):
                task.result()
                progress(count(parts, tasks[task], totals))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in tuple(processes):
                process.kill()
            raise
    return totals


def begin(out: Path, config: Config) -> Path:
    """Make the folder of a run and return that of its parts; one that was begun otherwise is refused.

    Raises
    ------
    OutputError
        It cannot be written, or was begun with another gazetteer, model or version.
    """
    store = Pipeline(config).store  # a missing gazetteer is told once, here
    meta = hashlib.sha256((store.path / "meta.json").read_bytes()).hexdigest()
    ours = {"geomap": version("geomap"), "gazetteer": meta, "llm": config.llm.model if config.llm else ""}
    parts, manifest = out / PARTS, out / _MANIFEST
    try:
        parts.mkdir(parents=True, exist_ok=True)
        theirs = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else None
    except OSError as error:
        raise OutputError(f"{out}: cannot be written: {error.strerror}") from error
    except ValueError as error:
        raise OutputError(f"{manifest}: damaged; delete the folder or name another") from error
    if theirs is None:
        write_text(manifest, json.dumps(ours, indent=2) + "\n")
    elif theirs != ours:
        raise OutputError(f"{out} was begun with another gazetteer, model or version; delete it or name another")
    return parts


def work(shard: Shard, parts: Path, config: Config, processes: set[subprocess.Popen[str]] | None = None) -> None:
    """Have a process do a shard; one that is killed is followed by another.

    Parameters
    ----------
    processes
        Holds the process while it runs, for a caller that may have to end it.

    Raises
    ------
    OutputError
        It could not be done.
    """
    mark = mark_of(parts, shard)
    deaths: Counter[int] = Counter()
    while True:
        mark.unlink(missing_ok=True)
        for stale in parts.glob(f".{shard.name}.parquet.*"):
            shutil.rmtree(stale, ignore_errors=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "geomap.batch.worker"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        running = processes if processes is not None else set()
        running.add(process)
        deadly = [at for at, count in deaths.items() if count > 1]
        _, told = process.communicate(as_task(shard, parts, config, deadly))
        running.discard(process)
        if process.returncode == 0:
            return
        if process.returncode > 0:  # it ended by itself, and says why
            last = told.strip().splitlines()[-1:] or [f"ended with {process.returncode}"]
            raise OutputError(f"{shard.name}: {last[0]}")
        deaths[int(mark.read_text(encoding="ascii")) if mark.exists() else -1] += 1
        if deaths.total() > _DEATHS or deaths[-1] > 1:
            raise OutputError(f"{shard.name}: its processes were killed {deaths.total()} times; is the memory full?")


def count(parts: Path, shard: Shard, totals: Totals) -> int:
    """Add the articles of a finished shard; return their number."""
    errors = pq.read_table(parts / f"{shard.name}.parquet", columns=["error"]).column("error")
    totals.articles += len(errors)
    totals.failed += len(errors) - errors.null_count
    return len(errors)
