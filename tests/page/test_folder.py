from __future__ import annotations

from dataclasses import replace

import pytest

from geomap.errors import OutputError
from geomap.page.folder import _names, write_folder


def test_names_are_safe_and_distinct():
    ids = ["news", "News", "index", "../../etc/passwd", "", "a/b", "a b", "水" * 200]
    names = _names(ids)
    assert names[:3] == ["news.html", "News-2.html", "index-3.html"]
    assert names[3] == "etc-passwd.html"
    assert len({name.lower() for name in names}) == len(ids)
    assert not any("/" in name or len(name.encode()) > 250 for name in names)


def test_pages_that_are_there_stay_unless_they_may_be_replaced(flood, tmp_path):
    (tmp_path / "flood.html").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine too")
    with pytest.raises(OutputError, match=r"flood\.html exists"):
        write_folder([flood], tmp_path, overwrite=False, basemap="110m")
    assert not (tmp_path / "index.html").exists()
    write_folder([flood], tmp_path, basemap="110m")
    assert (tmp_path / "flood.html").read_text().startswith("<!DOCTYPE html>")
    assert (tmp_path / "notes.txt").read_text() == "mine too"


def test_the_same_articles_give_the_same_folder(flood, tmp_path):
    records = [flood, replace(flood, article=replace(flood.article, id="second"))]
    pages = []
    for name in ("a", "b"):
        index = write_folder(records, tmp_path / name, basemap="110m")
        pages.append({path.name: path.read_bytes() for path in index.parent.iterdir()})
    assert pages[0] == pages[1]
    assert set(pages[0]) == {"flood.html", "second.html", "index.html"}


def test_a_folder_that_cannot_be_made(flood, tmp_path):
    with pytest.raises(OutputError, match="cannot be made"):
        write_folder([flood], tmp_path / "no" / "where")
