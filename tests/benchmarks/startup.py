"""What a user waits for: the import, the command line, the first article as JSON and as a page.

Each line is a process of its own: the best of some runs, CPU and wall time, and the most memory it held.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ARTICLE = Path(__file__).parents[2] / "data" / "articles" / "tajikistan-csto.id.txt"
RUNS = 5


def measure(*words: str) -> tuple[float, float, float]:
    """Return CPU seconds, wall seconds and MB of the best run."""
    best = (float("inf"), float("inf"), float("inf"))
    for _ in range(RUNS):
        start = time.perf_counter()
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if process.returncode:
            raise SystemExit(f"{' '.join(words)} failed with {process.returncode}")
        best = min(best, (usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024))
    return best


def main() -> None:
    """Print the table."""
    python, geomap = (sys.executable, "-c"), (sys.executable, "-m", "geomap", "-q")
    with tempfile.TemporaryDirectory() as folder:
        dated = (str(ARTICLE), "--date", "2021-07-08", "--force", "-o")
        rows = {
            "python": (*python, "pass"),
            "import geomap": (*python, "import geomap"),
            "import geopandas": (*python, "import geopandas"),
            "geomap --version": (*geomap, "--version"),
            "geomap geocode Kabul": (*geomap, "geocode", "Kabul"),
            "geomap parse, JSON": (*geomap, "parse", *dated, f"{folder}/a.json"),
            "geomap parse, GeoPackage": (*geomap, "parse", *dated, f"{folder}/a.gpkg"),
            "geomap map": (*geomap, "map", *dated, f"{folder}/a.html"),
        }
        print(f"{'':<26}{'CPU s':>8}{'wall s':>8}{'MB':>8}")
        for name, words in rows.items():
            cpu, wall, memory = measure(*words)
            print(f"{name:<26}{cpu:8.2f}{wall:8.2f}{memory:8.0f}")


if __name__ == "__main__":
    main()
