"""Documents and corpora: what a user of Python or Jupyter holds."""

from __future__ import annotations

import datetime as dt
import html
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import geomap
from geomap.api import Corpus, Document
from geomap.errors import ArticleError, GeomapError, GeomapWarning, OutputError
from geomap.pipeline import Pipeline

if TYPE_CHECKING:
    from pathlib import Path

    from geomap.record import Article, Record


@pytest.fixture
def document(record: Record) -> Document:
    return Document(record)


@pytest.fixture
def parsed(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline that finds in every article what stands in the fixture."""

    def run(_: Pipeline, article: Article) -> Record:
        if "broken" in article.text:
            raise ZeroDivisionError("broken")
        return replace(record, article=replace(record.article, id=article.id, date=article.date))

    monkeypatch.setattr(Pipeline, "run", run)


@pytest.mark.usefixtures("parsed")
def test_read(tmp_path: Path):
    path = tmp_path / "news.txt"
    path.write_text("Flood\nThe river rose.", encoding="utf-8")
    document = geomap.read(path, date="2021-07-08")
    assert document.record.article.id == "news"
    assert document.record.article.date == dt.date(2021, 7, 8)
    with pytest.raises(ArticleError):
        geomap.read(tmp_path / "none.txt")


def test_a_document_shows_its_tables(document: Document):
    assert len(document.events) == 3
    assert document.events is document.events  # made once
    assert set(document.places["id"]) == {place.id for place in document.record.places}
    assert len(document.mentions) == 6
    assert len(document.dates) == 2


def test_repr_says_what_there_is(document: Document):
    shown = repr(document)
    for part in ("panj", "3 events", "4 places", "2021-07-08", "A made-up article."):
        assert part in shown


def test_json_and_back(document: Document, tmp_path: Path):
    path = tmp_path / "a.json"
    document.to_json(path)
    assert geomap.load(path) == document
    with pytest.raises(OutputError, match="exists"):
        document.to_json(path, overwrite=False)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": "geomap/9"}'])
def test_load_says_what_is_wrong(tmp_path: Path, content: str):
    path = tmp_path / "a.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ArticleError, match=r"a\.json"):
        geomap.load(path)
    with pytest.raises(ArticleError, match="cannot be read"):
        geomap.load(tmp_path / "none.json")


def test_files(document: Document, tmp_path: Path):
    for kind in ("geojson", "csv", "kml"):
        getattr(document, f"to_{kind}")(tmp_path / f"a.{kind}", table="places")
        assert "Dushanbe" in (tmp_path / f"a.{kind}").read_text(encoding="utf-8")
    document.to_geopackage(tmp_path / "a.gpkg")
    assert (tmp_path / "a.gpkg").read_bytes().startswith(b"SQLite format 3")
    with pytest.raises(ValueError, match="table is 'rivers'"):
        document.to_csv(tmp_path / "b.csv", table="rivers")


def test_the_page(document: Document, tmp_path: Path):
    document.to_html(tmp_path / "a.html", basemap="110m")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert document.title in page
    assert document.map(basemap="110m").html() == page  # the same record, the same bytes


def test_a_notebook_shows_the_page_in_a_sandbox(document: Document):
    frame = document._repr_html_()
    assert frame.startswith("<iframe srcdoc=")
    assert "sandbox='allow-scripts" in frame
    assert "allow-same-origin" not in frame
    assert document.title in html.unescape(frame)
    assert len(frame) < 600_000


@pytest.mark.parametrize(
    ("what", "parts"),
    [
        ("e1", ["ASSAULT / seize", "“Thursday”", "at: Panj", "fighters (rebel)", "the agency (said)"]),
        ("e2", ["2021-07-12 to …", "about: Tajikistan", "planned, PS+"]),
        ("e3", ["when     unknown", "said not to be so"]),
        ("Dushanbe", ["→  0.900  Dushanbe (gn:1221874", "its population (+0.8)", "0.100"]),
        ("dushanbe", ["metonym", "confidence 0.80"]),
        ("river:panj", ["wanted: river", "precision line (±300 km)"]),
        ("Qwertystan", ["no place that the gazetteer knows"]),
        (0, ["“Panj” [33:37]"]),
    ],
)
def test_explain(document: Document, what: str | int, parts: list[str]):
    explanation = document.explain(what)
    for part in parts:
        assert part in explanation
    assert repr(explanation) == str(explanation)  # lines, not one long line, in an interpreter


def test_explain_takes_a_mention(document: Document):
    assert "Qwertystan" in document.explain(document.record.mentions[-1])


@pytest.mark.parametrize("what", ["e9", "Atlantis", 99])
def test_explain_says_what_it_knows(document: Document, what: str | int):
    with pytest.raises(GeomapError, match=r"e1, e2, e3|there are 6"):
        document.explain(what)


@pytest.mark.usefixtures("parsed")
def test_read_many(tmp_path: Path):
    for folder, text in (("one", "Flood\nRain."), ("two", "Fire\nSmoke."), ("three", "War\nbroken")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "news.txt").write_text(text, encoding="utf-8")
    paths = [tmp_path / name / "news.txt" for name in ("one", "two", "three", "four")]
    with pytest.warns(GeomapWarning) as warned:
        corpus = geomap.read_many(paths, date="2021-07-08")
    assert len(warned) == 2
    assert [document.record.article.id for document in corpus] == ["news", "news-2"]
    assert {type(failure.error) for failure in corpus.failures} == {ArticleError, ZeroDivisionError}
    assert len(corpus) == 2
    assert corpus["news-2"] == corpus[1]
    with pytest.raises(KeyError):
        _ = corpus["none"]
    assert set(corpus.events["article"]) == {"news", "news-2"}
    assert "2 articles, 2 failed" in repr(corpus)


def test_a_corpus_can_be_written_and_loaded(document: Document, tmp_path: Path):
    corpus = Corpus((document, document))
    corpus.to_jsonl(tmp_path / "a.jsonl")
    assert geomap.load(tmp_path / "a.jsonl") == corpus
    assert len((tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    corpus.to_geojson(tmp_path / "a.geojson")
    features = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["features"]
    assert {feature["properties"]["article"] for feature in features} == {"panj"}
    assert document.title in corpus.map(basemap="110m").html()


def test_geocode_gives_locations_of_geopy():
    found = geomap.geocode("Sungai Panj", language="id")
    assert found[0].raw["place_id"] == "river:panj"
    assert found[0].raw["geometry"]["type"].endswith("LineString")
    west, south, east, north = found[0].raw["bbox"]
    assert west < found[0].longitude < east
    assert south < found[0].latitude < north
    assert {place.raw["country"] for place in geomap.geocode("Kabul", near="AF")} == {"AF"}
    assert geomap.geocode("Paris", near=(33, -95))[0].raw["place_id"] == "gn:4717560"
    assert geomap.geocode("Qwertystan") == []
