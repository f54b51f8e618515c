"""Runs over files: whole results, whatever ends a process."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from threading import Thread

import pyarrow.parquet as pq
import pytest

from geomap.batch.local import PARTS, run, work
from geomap.batch.shards import find_shards
from geomap.errors import OutputError
from geomap.pipeline import Config


def results(out):
    return [row for path in sorted((out / PARTS).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def test_a_rerun_does_only_what_is_missing(lines, tmp_path):
    out, told = tmp_path / "out", []
    totals = run(find_shards([lines], size=4), out, workers=2, progress=told.append)
    assert (totals.articles, totals.failed, totals.skipped) == (6, 3, 0)
    assert sorted(told) == [2, 4]
    first, second = sorted((out / PARTS).glob("*.parquet"))
    whole, kept = results(out), first.stat().st_mtime_ns
    second.unlink()
    again = run(find_shards([lines], size=4), out, workers=1)
    assert (again.articles, again.skipped) == (6, 1)
    assert first.stat().st_mtime_ns == kept
    assert results(out) == whole
    assert {path.name[0] for path in (out / PARTS).iterdir()} != {"."}


def test_a_killed_process_costs_nothing(lines, tmp_path):
    path = tmp_path / "many.jsonl"
    path.write_text(lines.read_text(encoding="utf-8").splitlines()[0].join([""] + ["\n"] * 60), encoding="utf-8")
    (shard,) = find_shards([path])
    processes, parts = set(), tmp_path
    thread = Thread(target=work, args=(shard, parts, Config(), processes))
    thread.start()
    deadline = time.monotonic() + 60
    while not (parts / f".{shard.name}.at").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    for process in tuple(processes):
        process.send_signal(signal.SIGKILL)
    thread.join(120)
    table = pq.read_table(parts / f"{shard.name}.parquet")
    assert table.num_rows == 60
    assert table.column("error").null_count == 60
    assert [one.name for one in parts.glob(f".{shard.name}*")] == []


def test_an_article_that_kills_its_process_is_left_out(lines, tmp_path, monkeypatch):
    hook = tmp_path / "hook"
    hook.mkdir()
    hook.joinpath("sitecustomize.py").write_text(
        "import os, geomap.pipeline as p\n"
        "was = p.Pipeline.run_many\n"
        "def run_many(self, articles):\n"
        "    articles = list(articles)\n"
        "    if any('quake' in a.text for a in articles): os.kill(os.getpid(), 9)\n"
        "    return was(self, articles)\n"
        "p.Pipeline.run_many = run_many\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hook), str(Path(__file__).parents[2])]))
    totals = run(find_shards([lines]), tmp_path / "out", workers=1)
    assert (totals.articles, totals.failed) == (6, 4)
    errors = {row["id"]: row["error"] for row in results(tmp_path / "out")}
    assert errors["flood"] is None
    assert "died" in errors["quake"]["message"]


def test_a_folder_begun_with_another_gazetteer_is_refused(lines, tmp_path):
    out = tmp_path / "out"
    run(find_shards([lines]), out, workers=1)
    manifest = out / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text(encoding="utf-8")) | {"gazetteer": "x"}))
    with pytest.raises(OutputError, match="another gazetteer"):
        run(find_shards([lines]), out)
    manifest.write_text("{", encoding="utf-8")
    with pytest.raises(OutputError, match="damaged"):
        run(find_shards([lines]), out)


def test_a_folder_that_cannot_be_made_is_told(lines, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        run(find_shards([lines]), tmp_path / "file" / "out")


def test_what_a_process_says_is_told(lines, tmp_path):
    (shard,) = find_shards([lines])
    with pytest.raises(OutputError, match="no folder"):
        work(shard, tmp_path / "none", Config())
