"""The gazetteer: how fast it opens, answers and scans, and how much memory a worker has to itself."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from geomap.gazetteer.search import search
from geomap.gazetteer.store import Store, default_path
from geomap.text.normalise import normalise

LOOK_UPS = 200_000
OPEN = """
import time, numpy, marisa_trie
from geomap.gazetteer.store import Store
start = time.perf_counter()
store = Store.open()
print((time.perf_counter() - start) * 1000)
"""


def main() -> None:
    path = default_path()
    print(f"size              {sum(p.stat().st_size for p in path.iterdir()) / 1e6:8.1f} MB")
    opened = [float(subprocess.check_output([sys.executable, "-c", OPEN])) for _ in range(5)]
    print(f"open, new process {min(opened):8.1f} ms")

    store = Store.open()
    before = private_kb()
    keys = random.Random(1).sample(store.keys(), 50_000)  # noqa: S311 a sample, no secret
    print(f"names             {len(store.keys()):8,}    places {len(store):,}")
    rate("look-ups, found", lambda: [store.rows(key) for key in keys], len(keys))
    rate("look-ups, postings", lambda: [store.postings(key) for key in keys], len(keys))
    unknown = [f"{key}qx" for key in keys]
    rate("look-ups, unknown", lambda: [store.postings(key) for key in unknown], len(unknown))
    text = normalise("The army said on Monday that troops had crossed the Panj near Vladivostok. " * 1000).text
    starts = [0] + [i + 1 for i, character in enumerate(text) if character == " " and i + 1 < len(text)]
    rate("prefixes", lambda: [store.prefixes(text, start) for start in starts], len(starts))
    rows = [row for key in keys[:20_000] for row in store.rows(key)]
    rate("labels", lambda: [store.label(row, "id") for row in rows], len(rows))
    rate("entries", lambda: [store.entry(row) for row in rows[:5000]], 5000)
    typos = [key[:3] + key[4:] for key in keys if len(key) > 7][:500]
    rate("fuzzy searches", lambda: [search(store, typo) for typo in typos], len(typos))
    if before:
        print(
            f"private memory    {private_kb() / 1000:8.1f} MB in all, {before / 1000:.1f} MB before the first look-up"
        )


def rate(name: str, work: object, count: int) -> None:
    start = time.process_time()
    work()  # type: ignore[operator]
    print(f"{name:18}{count / (time.process_time() - start):8,.0f} /s a core")


def private_kb() -> int:
    """Return the memory that only this process has, in kB; 0 where the system does not tell."""
    path = Path("/proc/self/smaps_rollup")
    if not path.exists():
        return 0
    lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    return sum(int(cells[1]) for cells in lines if cells[0] in {"Private_Clean:", "Private_Dirty:"})


if __name__ == "__main__":
    main()
