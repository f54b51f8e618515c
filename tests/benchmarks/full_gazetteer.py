"""A gazetteer as big as all of GeoNames: build time and memory, size, first look-up, and scan.

The rows are synthetic, in the layout of ``allCountries.zip`` and ``alternateNamesV2.zip``, and about as long.

``python tests/benchmarks/full_gazetteer.py 300000`` ; 13 million rows need 10 GB of disk for a while.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from geomap.gazetteer.imports import Files, import_files
from geomap.gazetteer.store import Store
from geomap.text.normalise import normalise

SYLLABLES_TEXT = """
an ba bel bor cha da dor el en fa gar hal is ka ken la lin lo ma mar mi na nor o pa pol qa ra ri ro sa san sel sha ta
ter ti to ul va ver vi wa xi ya yo za zhu
"""
SYLLABLES = SYLLABLES_TEXT.split()
CYRILLIC = str.maketrans("abcdefghiklmnopqrstuvwxyz", "абцдефгхиклмнопкрстуввхйз")
FEATURES = ["P.PPL"] * 38 + ["H.STM"] * 12 + ["T.MT", "T.HLL", "S.HTL", "S.CH", "S.SCH", "S.FRM", "H.LK", "A.ADM3"] * 6
COUNTRIES = {"TJ": (38.5, 71.0), "US": (39.8, -98.6), "DE": (51.0, 10.0), "CN": (35.0, 105.0), "BR": (-10.0, -55.0)}
ARTICLE = "The army said on Monday that troops had crossed the river near {} and reached {} before {} fell. " * 25
FIRST_LOOKUP = """
import sys, time
from geomap.gazetteer.store import Store
start = time.perf_counter()
store = Store.open(sys.argv[1])
assert len(store.rows(sys.argv[2]))
print((time.perf_counter() - start) * 1000)
"""


def name(source: random.Random) -> str:
    words = source.choices((1, 2, 3), (6, 3, 1))[0]
    return " ".join("".join(source.choices(SYLLABLES, k=source.randint(2, 4))).capitalize() for _ in range(words))


def generate(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write both files with `rows` places and about 1.2 alternate names for each."""
    source = random.Random(1)  # noqa: S311 a sample, no secret
    places, names = folder / "allCountries.zip", folder / "alternateNamesV2.zip"
    with (
        zipfile.ZipFile(places, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as first,
        zipfile.ZipFile(names, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as second,
        first.open("allCountries.txt", "w", force_zip64=True) as raw_places,
        second.open("alternateNamesV2.txt", "w", force_zip64=True) as raw_names,
        io.TextIOWrapper(io.BufferedWriter(raw_places, 1 << 20), "utf-8", newline="\n") as table,
        io.TextIOWrapper(io.BufferedWriter(raw_names, 1 << 20), "utf-8", newline="\n") as alternates,
    ):
        for row in range(rows):
            geonameid, main = 20_000_000 + row, name(source)
            others = [name(source) for _ in range(source.choice((0, 0, 1, 1, 2, 3)))]
            country = source.choice(list(COUNTRIES))
            lat, lon = (centre + source.uniform(-3, 3) for centre in COUNTRIES[country])
            feature_class, code = source.choice(FEATURES).split(".")
            people = int(source.paretovariate(1)) * 10 if feature_class == "P" and source.random() < 0.2 else 0
            table.write(
                f"{geonameid}\t{main}\t{main}\t{','.join(others)}\t{lat:.5f}\t{lon:.5f}\t{feature_class}\t{code}\t"
                f"{country}\t\t{row % 12:02}\t{row % 90}\t\t\t{people}\t\t100\tAsia/Dushanbe\t2024-01-01\n"
            )
            for other in others:
                language, text = source.choice((("en", other), ("", other), ("ru", other.lower().translate(CYRILLIC))))
                alternates.write(f"{row}\t{geonameid}\t{language}\t{text}\t\t\t\t\t\t\n")
    return places, names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=300_000)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder without it")
    parser.add_argument("--no-base", action="store_true", help="without the places of the embedded gazetteer")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        measure(Path(folder), asked.rows, with_base=not asked.no_base)


def measure(folder: Path, rows: int, *, with_base: bool) -> None:
    places, names = generate(folder, rows)
    print(f"rows              {rows:10,}")
    start, cpu = time.perf_counter(), time.process_time()
    out = folder / "gazetteer"
    files = Files(geonames=(places,), alternate_names=names)
    import_files(files, out, base=Store.open() if with_base else None, progress=sys.stderr.isatty())
    print(f"build             {time.perf_counter() - start:10.1f} s, {time.process_time() - cpu:.1f} s of a core")
    print(f"peak memory       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:10.2f} GB")
    print(f"size              {sum(path.stat().st_size for path in out.iterdir()) / 1e6:10.1f} MB")
    store = Store.open(out)
    source = random.Random(2)  # noqa: S311 a sample, no secret
    known = [store.label(source.randrange(len(store)), "") for _ in range(3000)]
    key = normalise(known[0]).text
    runs = [subprocess.check_output([sys.executable, "-c", FIRST_LOOKUP, out, key], text=True) for _ in range(5)]
    print(f"first look-up     {min(map(float, runs)):10.1f} ms, opening included, in a new process")
    texts = [normalise(ARTICLE.format(*source.sample(known, 75))).text for _ in range(200)]
    start_cpu = time.process_time()
    for text in texts:
        for offset in [0, *(i + 1 for i, character in enumerate(text) if character == " ")]:
            for _, found in store.prefixes(text, offset)[:1]:
                store.postings(found)
    print(f"scan              {len(texts) / (time.process_time() - start_cpu):10,.0f} articles/s of 425 words a core")


if __name__ == "__main__":
    main()
