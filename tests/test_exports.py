"""The public names, and what importing them costs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import geomap

HEAVY = {"folium", "geopandas", "numpy", "pandas", "pyproj", "requests", "rich", "shapely", "trafilatura", "typer"}


def loaded_by(code: str) -> set[str]:
    code = f"{code}\nimport json, sys\nprint(json.dumps([name for name in sys.modules if '.' not in name]))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_public_names_are_sorted_and_there():
    assert geomap.__all__ == sorted(geomap.__all__)
    assert set(geomap.__all__) <= set(dir(geomap))
    for name in geomap.__all__:
        assert getattr(geomap, name) is not None
    assert set(geomap._HOME) == set(geomap.__all__) - {"__version__"}


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = geomap.nothing


def test_import_loads_nothing_heavy():
    assert not loaded_by("import geomap") & HEAVY


def test_reading_an_article_loads_nothing_heavy():
    assert not loaded_by("import geomap; geomap.read_article('Banjir\\nAir naik di Manado.')") & HEAVY


def test_the_command_line_loads_no_tables():
    assert not loaded_by("import geomap.cli") & (HEAVY - {"typer"})
