"""The gazetteer: how fast it opens, answers and scans, and how much memory a worker has to itself."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from geomap.gazetteer.search import search
from geomap.gazetteer.store import Store, default_path
from geomap.text.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

WORKER = """
import time, numpy, marisa_trie
from geomap.gazetteer.store import Store
def own_kb():  # Linux alone tells
    lines = [line.split() for line in open("/proc/self/smaps_rollup")]
    return sum(int(cells[1]) for cells in lines if cells[0] == "Anonymous:")
before = own_kb()
start = time.perf_counter()
store = Store.open()
print((time.perf_counter() - start) * 1000)
for row in range(0, len(store), 10):
    store.rows(store.label(row, "").lower())
print((own_kb() - before) / 1000)
"""


def main() -> None:
    path = default_path()
    print(f"size              {sum(p.stat().st_size for p in path.iterdir()) / 1e6:8.1f} MB")
    runs = [subprocess.check_output([sys.executable, "-c", WORKER], text=True).split() for _ in range(5)]
    print(f"open, new process {min(float(run[0]) for run in runs):8.1f} ms")
    print(f"private memory    {min(float(run[1]) for run in runs):8.1f} MB more after 27,000 look-ups")

    store = Store.open()
    keys = random.Random(1).sample(store.keys(), 50_000)  # noqa: S311 a sample, no secret
    print(f"places            {len(store):8,}")
    rate("look-ups, found", lambda: [store.postings(key) for key in keys], len(keys))
    rate("look-ups, rows", lambda: [store.rows(key) for key in keys], len(keys))
    unknown = [f"{key}qx" for key in keys]
    rate("look-ups, unknown", lambda: [store.postings(key) for key in unknown], len(unknown))
    text = normalise("The army said on Monday that troops had crossed the Panj near Vladivostok. " * 1000).text
    starts = [0] + [i + 1 for i, character in enumerate(text[:-1]) if character == " "]
    rate("prefixes", lambda: [store.prefixes(text, start) for start in starts], len(starts))
    rows = [row for key in keys[:20_000] for row in store.rows(key)]
    rate("labels", lambda: [store.label(row, "id") for row in rows], len(rows))
    rate("entries", lambda: [store.entry(row) for row in rows[:5000]], 5000)
    typos = [key[:3] + key[4:] for key in keys if len(key) > 7][:500]
    rate("fuzzy searches", lambda: [search(store, typo) for typo in typos], len(typos))


def rate(name: str, work: Callable[[], object], count: int) -> None:
    start = time.process_time()
    work()
    print(f"{name:18}{count / (time.process_time() - start):8,.0f} /s a core")


if __name__ == "__main__":
    main()
