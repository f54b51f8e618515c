"""The command line: data on standard output, one line for each error, exit codes that scripts can trust."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from geomap.cli import main
from geomap.errors import GazetteerError
from geomap.pipeline import Pipeline
from geomap.schema import json_schema

if TYPE_CHECKING:
    from geomap.record import Article, Record

ARTICLES = Path(__file__).parent.parent / "data" / "articles"
FIRST = ARTICLES / "tajikistan-csto.id.txt"


@pytest.fixture
def geomap(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]):
    """Run a command; return exit code, standard output and standard error."""

    def run(*words: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["geomap", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capfdbinary.readouterr()
        return int(done.value.code or 0), out.decode(), err.decode()

    return run


@pytest.fixture
def parsed(record: Record, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Article, dict]]:
    """A pipeline that finds in every article what stands in the fixture; "peace" has no events. Returns what it got."""
    seen = []

    def run(_: Pipeline, article: Article, **options: object) -> Record:
        seen.append((article, options))
        if "broken" in article.text:
            raise ZeroDivisionError("broken")
        events = () if "peace" in article.text else record.events
        return replace(record, article=replace(record.article, id=article.id, date=article.date), events=events)

    monkeypatch.setattr(Pipeline, "run", run)
    monkeypatch.setattr(Pipeline, "store", object())
    return seen


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "news.txt"
    path.write_text("Flood\nThe river rose.", encoding="utf-8")
    return path


@pytest.mark.usefixtures("parsed")
def test_parse_prints_a_document(geomap, article: Path):
    code, out, err = geomap("parse", article, "--date", "2021-07-08")
    assert code == 0
    document = json.loads(out)
    assert (document["id"], document["date"]) == ("news", "2021-07-08")
    assert not list(Draft202012Validator(json_schema()).iter_errors(document))
    assert err == "A made-up article.\n"
    assert geomap("-q", "parse", article)[2] == ""


@pytest.mark.usefixtures("parsed")
@pytest.mark.parametrize("kind", ["json", "jsonl", "geojson", "csv", "kml"])
def test_parse_prints_text_formats(geomap, article: Path, kind: str):
    code, out, _ = geomap("parse", article, "-f", kind)
    assert code == 0
    assert "Fighters took a bridge" in out


@pytest.mark.usefixtures("parsed")
def test_parse_writes_the_format_that_the_file_is_called(geomap, article: Path, tmp_path: Path):
    for name, start in (
        ("a.json", b"{"),
        ("a.geojson", b"{"),
        ("a.gpkg", b"SQLite"),
        ("a.csv", b"id,"),
        ("a.kml", b"<?xml"),
    ):
        code, out, _ = geomap("parse", article, "-o", tmp_path / name)
        assert (code, out) == (0, "")
        assert (tmp_path / name).read_bytes().startswith(start)
    geomap("parse", article, "--table", "dates", "-o", tmp_path / "dates.csv")
    assert "next week" in (tmp_path / "dates.csv").read_text(encoding="utf-8")


@pytest.mark.usefixtures("parsed")
def test_several_articles_make_lines_and_one_table(geomap, article: Path, tmp_path: Path):
    other = tmp_path / "other.txt"
    other.write_text("Fire\nSmoke.", encoding="utf-8")
    code, out, _ = geomap("parse", article, other)
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["news", "other"]
    assert geomap("parse", article, other, "-f", "csv")[1].startswith("article,id,")


@pytest.mark.usefixtures("parsed")
def test_one_bad_article_of_several_is_told_and_left_out(geomap, article: Path):
    code, out, err = geomap("parse", article, "none.txt")
    assert code == 0
    assert len(out.splitlines()) == 1
    assert "none.txt: no such file" in err
    assert geomap("parse", "none.txt", "neither.txt")[0] == 1


@pytest.mark.usefixtures("parsed")
def test_map_and_what_is_already_there(geomap, article: Path, tmp_path: Path):
    page = tmp_path / "map.html"
    code, out, err = geomap("map", article, "-o", page, "--basemap", "110m")
    assert (code, out) == (0, "")
    assert f"{page}: 3 events, 4 places" in err
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    page.write_text("mine", encoding="utf-8")
    code, _, err = geomap("map", article, "-o", page)
    assert code == 1
    assert err == f"geomap: {page} exists; use --force to overwrite it\n"
    assert page.read_text(encoding="utf-8") == "mine"
    assert geomap("map", article, "-o", page, "-f", "--basemap", "110m")[0] == 0
    assert page.read_text(encoding="utf-8") != "mine"


@pytest.mark.usefixtures("parsed")
def test_map_makes_a_folder_of_several_articles(geomap, article: Path, tmp_path: Path):
    other = article.with_name("other.txt")
    other.write_text(article.read_text(encoding="utf-8"), encoding="utf-8")
    folder = tmp_path / "maps"
    code, _, err = geomap("map", article, other, "-o", f"{folder}/", "--basemap", "110m")
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        {f"{article.stem}.html", "index.html", "other.html"}
    )
    assert f"{folder / 'index.html'}: 6 events" in err
    assert geomap("map", article, other, "-o", folder)[2] == (
        f"geomap: {folder / 'index.html'} exists; use --force to overwrite it\n"
    )
    one = tmp_path / "one.html"
    assert geomap("map", article, other, "-o", one, "--basemap", "110m")[0] == 0
    assert one.is_file()


@pytest.mark.usefixtures("parsed")
def test_map_draws_a_picture_and_takes_tiles(geomap, article: Path, tmp_path: Path):
    assert geomap("map", article, "-o", tmp_path / "map.svg", "--theme", "dark")[0] == 0
    assert (tmp_path / "map.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert geomap("map", article, "-o", tmp_path / "map.html", "--tiles", "OpenStreetMap")[0] == 0
    assert "tile.openstreetmap.org" in (tmp_path / "map.html").read_text(encoding="utf-8")
    code, _, err = geomap("map", article, "-o", tmp_path / "map.gif")
    assert code == 2
    assert "'.gif'" in err


@pytest.mark.usefixtures("parsed")
def test_a_document_can_be_drawn_and_explained_again(geomap, article: Path, tmp_path: Path):
    document = tmp_path / "news.json"
    geomap("parse", article, "-o", document)
    assert geomap("map", document, "-o", tmp_path / "map.html", "--basemap", "110m")[0] == 0
    code, out, _ = geomap("explain", document, "e1")
    assert code == 0
    assert out.startswith("e1  ASSAULT / seize")
    code, _, err = geomap("explain", document, "e9")
    assert code == 1
    assert "events: e1, e2, e3" in err


@pytest.mark.usefixtures("parsed")
def test_show(geomap, article: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = geomap("show", article)
    assert code == 0
    for part in ("Fighters took a bridge", "2021-07-08", "Dushanbe", "river:panj", "PS+"):
        assert part in out
    assert "\x1b" not in out  # no colours into a pipe


@pytest.mark.usefixtures("parsed")
def test_strict_tells_by_the_exit_code_that_nothing_happened(geomap, tmp_path: Path):
    path = tmp_path / "peace.txt"
    path.write_text("Calm\nThere is peace.", encoding="utf-8")
    assert geomap("parse", path)[0] == 0
    assert geomap("parse", path, "--strict")[0] == 3


@pytest.mark.usefixtures("parsed")
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["parse", "none.txt"], 1, "geomap: none.txt: no such file\n"),
        (["parse", "ARTICLE", "--date", "yesterday"], 1, "expected YYYY-MM-DD"),
        (["parse", "ARTICLE", "-o", "/nowhere/a.json"], 1, "is no folder"),
        (["parse"], 2, "name either articles or --jsonl IN"),
        (["parse", "ARTICLE", "--jsonl", "x"], 2, "name either articles or --jsonl IN"),
        (["parse", "ARTICLE", "-f", "shp"], 2, "expected one of json"),
        (["parse", "ARTICLE", "-f", "gpkg"], 2, "--output"),
        (["parse", "ARTICLE", "--table", "rivers"], 2, "expected one of events"),
        (["map", "ARTICLE", "--basemap", "10m"], 2, "expected one of 50m"),
        (["parse", "--jsonl", "none.jsonl"], 1, "none.jsonl: cannot be read"),
        (["geocode"], 2, "name either a place or --jsonl IN"),
        (["nothing"], 2, "nothing"),
    ],
)
def test_errors(geomap, article: Path, words: list[str], code: int, message: str):
    found, out, err = geomap(*[str(article) if word == "ARTICLE" else word for word in words])
    assert found == code
    assert out == ""
    assert message in err
    assert "Traceback" not in err


def test_an_unexpected_error_is_one_line_unless_it_is_debugged(geomap, article: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr(Pipeline, "store", object())
    monkeypatch.setattr(Pipeline, "run", fail)
    code, _, err = geomap("parse", article)
    assert code == 1
    assert err == "geomap: unexpected ZeroDivisionError: by zero; --debug shows where\n"
    monkeypatch.setattr(sys, "argv", ["geomap", "--debug", "parse", str(article)])
    with pytest.raises(ZeroDivisionError):
        main()


def test_a_missing_or_damaged_gazetteer_is_told(geomap, article: Path, tmp_path: Path):
    for words in (["parse", article], ["gazetteer", "info"], ["doctor"], ["geocode", "Kabul"]):
        code, _, err = geomap("--gazetteer", tmp_path / "none", *words)
        assert code == 1
        assert err.startswith(f"geomap: {tmp_path / 'none'}: no gazetteer here")
    (tmp_path / "meta.json").write_text("{", encoding="utf-8")
    assert "damaged" in geomap("--gazetteer", tmp_path, "parse", article)[2]


def lines(*values: object) -> bytes:
    return b"".join(value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n" for value in values)


def test_jsonl_answers_every_line(geomap, parsed: list):
    asked = lines(
        {"id": "a", "text": "Flood", "lang": "en", "date": "2021-07-08", "title": "T", "source_place": "Manado"},
        b"\n",
        {"id": 7, "text": "broken"},
        b"{no json\n",
        b"\xff\xfe\n",
        [1],
        {"id": "t"},
        {"id": "d", "text": "Flood", "date": "8 July"},
        {"text": "Fire"},
    )
    code, out, err = geomap("parse", "--jsonl", "-", stdin=asked)
    assert code == 0
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "7", "line 4", "line 5", "line 6", "t", "d", "line 9"]
    kinds = [answer.get("error", {}).get("type") for answer in answers]
    assert kinds == [
        None,
        "ZeroDivisionError",
        "JSONDecodeError",
        "UnicodeDecodeError",
        "TypeError",
        "ArticleError",
        "ArticleError",
        None,
    ]
    assert "8 lines answered, 6 of them with an error" in err
    schema = json_schema()
    for answer in answers:
        name = "error" if "error" in answer else "line"
        validator = Draft202012Validator({**schema["$defs"][name], "$defs": schema["$defs"]})
        assert not list(validator.iter_errors(answer))
    first = parsed[0][0]
    assert (first.language, first.title, first.source_place, str(first.date)) == ("en", "T", "Manado", "2021-07-08")


def test_jsonl_with_given_spans_and_triggers(geomap, parsed: list):
    asked = lines(
        {
            "id": "a",
            "text": "Flood in Manado",
            "toponyms": [{"start": 9, "end": 15}],
            "triggers": [{"start": 0, "end": 5}],
        },
        {"id": "b", "text": "Flood", "toponyms": [{"start": 3, "end": 9}]},
        {"id": "c", "text": "Flood"},
    )
    code, out, _ = geomap("parse", "--jsonl", "-", "--gold-spans", stdin=asked)
    assert code == 0
    assert [options for _, options in parsed] == [
        {"gold_spans": [(9, 15)], "triggers": [(0, 5)]},
        {"gold_spans": [], "triggers": None},
    ]
    assert "outside the text of 5 characters" in json.loads(out.splitlines()[1])["error"]["message"]


@pytest.mark.usefixtures("parsed")
def test_jsonl_into_a_file(geomap, tmp_path: Path):
    asked, answered = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    asked.write_bytes(lines({"id": "a", "text": "Flood"}))
    assert geomap("parse", "--jsonl", asked, "-o", answered)[0] == 0
    assert json.loads(answered.read_bytes())["id"] == "a"
    assert geomap("parse", "--jsonl", asked, "-o", answered)[0] == 1
    assert geomap("parse", "--jsonl", asked, "-o", answered, "--force")[0] == 0


def test_a_gazetteer_that_breaks_stops_jsonl_before_it_starts(geomap, monkeypatch: pytest.MonkeyPatch):
    def broken(_: Pipeline) -> None:
        raise GazetteerError("damaged")

    monkeypatch.setattr(Pipeline, "store", property(broken))
    assert geomap("parse", "--jsonl", "-", stdin=lines({"id": "a", "text": "x"}))[:2] == (1, "")


def test_schema_and_version(geomap):
    assert json.loads(geomap("schema")[1]) == json_schema()
    assert geomap("--version")[1].startswith("geomap ")
    assert geomap()[0] == 2


@pytest.mark.usefixtures("parsed")
def test_settings_come_from_a_file_and_the_environment(geomap, article: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(article.parent)
    Path("geomap.toml").write_text('[parse]\nformat = "csv"\n', encoding="utf-8")
    assert geomap("parse", article)[1].startswith("id,type,")
    monkeypatch.setenv("GEOMAP_PARSE_FORMAT", "geojson")
    assert "FeatureCollection" in geomap("parse", article)[1]
    assert json.loads(geomap("parse", article, "-f", "json")[1])["schema"] == "geomap/1"
    for text, message in (
        ("[parse", "cannot be read"),
        ("[draw]\n", "no command 'draw'"),
        ("[parse]\nfromat = 1\n", "parse has no option 'fromat'"),
    ):
        Path("geomap.toml").write_text(text, encoding="utf-8")
        code, _, err = geomap("parse", article)
        assert code == 1
        assert message in err


def start(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "geomap", *map(str, words)], capture_output=True, text=True, check=False, **options
    )


def test_the_first_article_end_to_end(tmp_path: Path):
    done = start("parse", FIRST, "--date", "2021-07-08", "-o", tmp_path / "a.json")
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    shapes = {place["id"]: place["geometry"]["type"] for place in document["places"]}
    assert "Line" in shapes["river:panj"]
    assert "Line" in shapes["border:AF-TJ"]
    assert "Polygon" in shapes["country:TJ"]
    assert any(place["name"] == "Vladivostok" for place in document["places"])
    assert document["main_event"] in {event["id"] for event in document["events"]}
    assert not list(Draft202012Validator(json_schema()).iter_errors(document))


def test_geocode_end_to_end():
    done = start("geocode", "Vladivostok", "--limit", "3")
    assert done.returncode == 0, done.stderr
    best = json.loads(done.stdout)[0]
    assert best["country"] == "RU"
    assert abs(best["lat"] - 43.1) < 0.2
    asked = json.dumps({"id": "q", "query": "Sungai Panj", "language": "id"})
    done = start("geocode", "--jsonl", "-", input=asked)
    answer = json.loads(done.stdout)
    assert answer["id"] == "q"
    assert answer["results"][0]["place_id"] == "river:panj"
    assert "Line" in answer["results"][0]["geometry"]["type"]


def test_gazetteer_commands_end_to_end():
    assert "whole" in start("gazetteer", "verify").stdout
    assert "places in" in start("gazetteer", "info").stdout
    done = start("gazetteer", "search", "Kabul", env={**os.environ, "COLUMNS": "200"})
    assert "gn:1138958" in done.stdout
    assert "gazetteer" in start("doctor").stdout


def test_a_closed_pipe_is_no_error():
    command = f"{sys.executable} -m geomap schema | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602 a pipe is tested
    assert done.stderr == ""
