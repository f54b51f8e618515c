from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geomap.page.assets import _read
from geomap.page.data import page_data
from geomap.page.pack import pack

NODE = shutil.which("node")

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "a", "1"]) | st.just(1.5)
INNER = st.fixed_dictionaries({"x": SCALARS, "y": st.lists(SCALARS, max_size=2)})
ROWS = st.lists(
    st.fixed_dictionaries({"one": SCALARS, "some": st.none() | INNER, "many": st.lists(INNER, max_size=3)}), max_size=6
)


def unpack(packed):
    rows = [{} for _ in range(packed["n"])]
    for name, column in packed["columns"].items():
        for row, value in zip(rows, values(column, packed["n"]), strict=True):
            row[name] = value
    return rows


def values(column, n):
    if isinstance(column, list):
        return column
    if "all" in column:
        return [column["all"]] * n
    if "at" in column:
        return [column["of"][i] for i in column["at"]]
    if "rows" in column:
        return unpack(column["rows"])
    if "there" in column:
        there = values(column["there"], n)
        some = iter(values(column["some"], sum(there)))
        return [next(some) if is_there else None for is_there in there]
    counts = values(column["counts"], n)
    items = iter(values(column["items"], sum(counts)))
    return [[next(items) for _ in range(count)] for count in counts]


@given(ROWS)
def test_rows_come_back(rows):
    back = unpack(json.loads(json.dumps(pack(rows))))
    assert json.dumps(back, sort_keys=True) == json.dumps(rows, sort_keys=True)  # True is not 1


@pytest.mark.skipif(NODE is None, reason="no node on this machine")
def test_the_page_reads_what_is_packed_here(flood, crowd):
    rows = page_data([flood, *crowd[:3]])["events"]
    script = _read("js/pack.mjs") + f"\nconsole.log(JSON.stringify(unpack({json.dumps(pack(rows))})));"
    run = subprocess.run(
        [NODE, "--input-type=module"], input=script, capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(run.stdout) == json.loads(json.dumps(rows))


def test_ten_thousand_events_are_small(crowd):
    rows = page_data(crowd * 17)["events"][:10_000]
    assert len(rows) == 10_000
    assert len(json.dumps(pack(rows), ensure_ascii=False, separators=(",", ":"))) < 2_000_000
