"""The same work on many machines: Dask runs the shards, Spark the batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geomap._extras import require
from geomap.batch.geoparse import RESULTS, GeoparseBatches
from geomap.batch.local import Totals, begin, count, work
from geomap.pipeline import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame

    from geomap.batch.shards import Shard

__all__ = ["geoparse_spark", "run_dask"]


def run_dask(
    shards: Sequence[Shard],
    out: Path,
    *,
    scheduler: str,
    config: Config = Config(),  # noqa: B008 it is frozen
    progress: Callable[[int], object] = lambda _: None,
) -> Totals:
    """Geoparse shards into a folder as `local.run` does, on the workers of a Dask cluster.

    Parameters
    ----------
    shards, out, config, progress
        See `local.run`; all workers have to see the files and the folder under the same paths.
    scheduler
        Address of the scheduler, such as "tcp://10.0.0.1:8786".

    Raises
    ------
    MissingExtraError
        ``geomap[dask]`` is not installed.
    OutputError
        As `local.run`.
    """
    require("distributed", "dask", "running on a Dask cluster")
    from distributed import Client, as_completed

    parts, totals = begin(out, config), Totals()
    done = {path.stem for path in parts.glob("*.parquet")}
    with Client(scheduler) as client:
        tasks = {}
        for shard in shards:
            if shard.name in done:
                totals.skipped += 1
                progress(count(parts, shard, totals))
            else:
                tasks[client.submit(work, shard, parts, config, pure=False)] = shard
        for task in as_completed(tasks):
            task.result()
            progress(count(parts, tasks[task], totals))
    return totals


def geoparse_spark(articles: DataFrame, *, config: Config = Config()) -> DataFrame:  # noqa: B008 it is frozen
    """Geoparse a Spark frame with the columns of `ARTICLES`; returns one with those of `RESULTS`.

    Parameters
    ----------
    config
        The paths in it have to be there on every worker.
    """
    require("pyspark", "spark", "running on Spark")
    from pyspark.sql.pandas.types import from_arrow_schema

    return articles.mapInArrow(GeoparseBatches(config), from_arrow_schema(RESULTS))
