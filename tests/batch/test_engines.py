"""The same rows on a Dask cluster as on this machine."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from geomap.batch.local import PARTS, run
from geomap.batch.shards import find_shards

distributed = pytest.importorskip("distributed", reason="needs geomap[dask]")


def rows(out):
    return [row for path in sorted((out / PARTS).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_dask_gives_the_same_rows(lines, tmp_path):
    from geomap.batch.engines import run_dask

    shards = find_shards([lines], size=3)
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster:
        totals = run_dask(shards, tmp_path / "dask", scheduler=cluster.scheduler_address)
        again = run_dask(shards, tmp_path / "dask", scheduler=cluster.scheduler_address)
    run(shards, tmp_path / "local", workers=1)
    assert rows(tmp_path / "dask") == rows(tmp_path / "local")
    assert (totals.articles, totals.skipped) == (6, 0)
    assert (again.articles, again.skipped) == (6, 2)
