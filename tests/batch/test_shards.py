"""Files of articles: what is read, how it is cut, and what is said of what cannot be read."""

from __future__ import annotations

import csv
import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geomap.batch.shards import articles, find_shards
from geomap.errors import ArticleError


def ids(shards):
    return [name for shard in shards for batch in articles(shard) for name in batch.column("id").to_pylist()]


def test_lines_are_cut_into_shards_that_are_the_same_each_time(lines):
    shards = find_shards([lines], size=4)
    assert [(shard.start, shard.stop) for shard in shards] == [(0, 4), (4, 8)]
    assert ids(shards) == ["flood", "again", "blank", "quake", "nowhere", "in.jsonl:6"]
    assert find_shards([lines], size=4) == shards
    assert len({shard.name for shard in shards}) == 2


def test_all_kinds_of_tables_hold_the_same(lines, tmp_path):
    rows = [row for shard in find_shards([lines]) for batch in articles(shard) for row in batch.to_pylist()][:5]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines.read_bytes()))
    with (tmp_path / "c.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    for name in ("a.parquet", "b.jsonl.gz", "c.csv"):
        read = [row for shard in find_shards([tmp_path / name]) for b in articles(shard) for row in b.to_pylist()]
        assert read[:5] == rows


def test_a_folder_of_texts_gives_an_article_each(tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.txt").write_text(f"Rain in {name}\n\nIt rained.", encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    (tmp_path / ".hidden.txt").write_text("x", encoding="utf-8")
    shards = find_shards([tmp_path], size=2)
    assert ids(shards) == ["empty", "one", "three", "two"]
    (errors, *_) = [batch.column("error").to_pylist() for batch in articles(shards[0])]
    assert "empty" in errors[0]
    assert errors[1] is None


def test_tables_go_before_texts_in_a_folder(lines):
    (lines.parent / "readme.txt").write_text("Not an article.", encoding="utf-8")
    assert len(ids(find_shards([lines.parent]))) == 6


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.jsonl", None, "no such file"),
        ("bad.parquet", b"PAR1 no parquet", "cannot be read"),
        ("cut.jsonl.gz", gzip.compress(b'{"id": 1}\n' * 1_000)[:30], "cannot be read"),
        ("bad.csv", b"id,text\n\xff\xfe\x00,x\n", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArticleError, match=message) as caught:
        find_shards([path])
    assert name in str(caught.value)


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(ArticleError, match="no articles in it"):
        find_shards([tmp_path])
