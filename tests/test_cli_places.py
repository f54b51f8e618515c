"""The commands for the user's own places, for points, and for what the gazetteer holds."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest
from geopy.exc import GeocoderUnavailable

from geomap.cli import main
from geomap.gazetteer.online import Online

if TYPE_CHECKING:
    from pathlib import Path

SHORE = {"type": "LineString", "coordinates": [[-1, 50], [1, 50.2]]}


@pytest.fixture
def geomap(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path):
    """Run a command with an overlay of its own; return exit code, standard output and standard error."""
    monkeypatch.setenv("GEOMAP_OVERLAY", str(tmp_path / "own.sqlite"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["geomap", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capfdbinary.readouterr()
        return int(done.value.code or 0), out.decode(), err.decode()

    return run


def test_a_place_is_added_found_explained_and_removed(geomap, tmp_path: Path):
    article = tmp_path / "news.txt"
    article.write_text("Fighters seized Camp Qolqand near Khorog on Monday, police said.", encoding="utf-8")
    words = ("--kind", "camp", "--at", "37.55,71.6", "--also", "ru:Кольканд", "--radius", 2)
    assert geomap("gazetteer", "add", "Camp Qolqand", *words) == (0, "own:camp-qolqand\n", "")
    (found,) = json.loads(geomap("geocode", "Кольканд")[1])
    assert found["place_id"] == "own:camp-qolqand"
    assert found["country"] == "TJ"  # where it lies
    out = geomap("explain", article, "Camp Qolqand", "--lang", "en")[1]
    assert "own:camp-qolqand" in out
    assert "one of your own places" in out
    (listed,) = json.loads(geomap("gazetteer", "list", "--json")[1])
    assert listed["admin1"] == "TJ-GB"
    assert "Camp Qolqand" in geomap("gazetteer", "list")[1]
    assert geomap("gazetteer", "remove", "own:camp-qolqand")[0] == 0
    assert json.loads(geomap("gazetteer", "list", "--json")[1]) == []
    assert geomap("geocode", "Кольканд")[1] == "[]\n"


def test_a_shape_is_added(geomap, tmp_path: Path):
    path = tmp_path / "shore.geojson"
    path.write_text(json.dumps(SHORE), encoding="utf-8")
    assert geomap("gazetteer", "add", "Long Shore", "--kind", "region", "--geometry", path)[:2] == (
        0,
        "own:long-shore\n",
    )
    (found,) = json.loads(geomap("geocode", "Long Shore")[1])
    assert found["geometry"]["type"] == "LineString"


def test_southern_and_western_points(geomap):
    assert geomap("gazetteer", "add", "Qolqand", "--at", "-6.2,-106.8")[0] == 0
    assert json.loads(geomap("gazetteer", "list", "--json")[1])[0]["lat"] == -6.2
    assert json.loads(geomap("geocode", "--reverse", "-6.2,106.8")[1])["country"]["place_id"] == "country:ID"


def test_a_correction_is_made_used_and_withdrawn(geomap, tmp_path: Path):
    article = tmp_path / "news.txt"
    article.write_text("A flood hit Paris, France, on Monday.", encoding="utf-8")
    code, _, err = geomap("gazetteer", "correct", "Paris", "gn:4717560")
    assert (code, err) == (0, "Paris: Paris (gn:4717560)\n")
    assert json.loads(geomap("geocode", "Paris")[1])[0]["place_id"] == "gn:4717560"
    assert "by your correction" in geomap("explain", article, "Paris", "--lang", "en")[1]
    assert geomap("gazetteer", "correct", "paris", "--undo")[0] == 0
    assert json.loads(geomap("geocode", "Paris")[1])[0]["place_id"] == "gn:2988507"
    assert "no such correction" in geomap("gazetteer", "correct", "paris", "--undo")[2]


def test_an_entry_is_hidden_and_shown(geomap):
    assert geomap("gazetteer", "remove", "gn:2988507")[0] == 0
    assert json.loads(geomap("geocode", "Paris")[1])[0]["place_id"] != "gn:2988507"
    assert "no place gn:2988507" in geomap("gazetteer", "remove", "gn:2988507")[2]
    assert geomap("gazetteer", "remove", "gn:2988507", "--undo")[0] == 0
    assert json.loads(geomap("geocode", "Paris")[1])[0]["place_id"] == "gn:2988507"
    assert "is not hidden" in geomap("gazetteer", "remove", "gn:2988507", "--undo")[2]


@pytest.mark.parametrize("name", ["own.csv", "own.geojson"])
def test_export_and_import(geomap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    geomap("gazetteer", "add", "Qolqand", "--at", "37.55,71.6")
    geomap("gazetteer", "correct", "Paris", "gn:4717560", "--country", "us", "--context", "Lamar County")
    geomap("gazetteer", "remove", "gn:2988507")
    before = geomap("gazetteer", "list", "--json")[1]
    path = tmp_path / name
    assert geomap("gazetteer", "export", path)[2] == f"{path}: 1 places, 1 hidden, 1 corrections\n"
    assert "--force" in geomap("gazetteer", "export", path)[2]
    monkeypatch.setenv("GEOMAP_OVERLAY", str(tmp_path / "other.sqlite"))
    assert geomap("gazetteer", "import", path)[0] == 0
    assert geomap("gazetteer", "list", "--json")[1] == before


def test_nothing_of_ones_own_yet(geomap):
    assert geomap("gazetteer", "list")[2].startswith("nothing yet")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["add", "A"], 2, "either --at LAT,LON or --geometry FILE"),
        (["add", "A", "--at", "1,2", "--kind", "tent"], 2, "--kind is 'tent'"),
        (["add", "A", "--at", "north"], 2, "expected LAT,LON"),
        (["add", "A", "--at", "91,0"], 2, "expected LAT,LON"),
        (["add", "A", "--at", "1,nan"], 2, "expected LAT,LON"),
        (["add", "A", "--at", "1,2", "--country", "QQ"], 2, "no country QQ"),
        (["add", "A", "--geometry", "none.geojson"], 1, "none.geojson: cannot be read"),
        (["add", " ", "--at", "1,2"], 1, "is no name"),
        (["correct", "Paris"], 2, "id of the place or --undo"),
        (["correct", "Paris", "gn:1"], 1, "no place gn:1"),
        (["import", "none.csv"], 1, "none.csv: cannot be read"),
        (["import", "none.xlsx"], 1, "unknown format"),
    ],
)
def test_wrong_use_is_told_and_leaves_nothing(geomap, words: list[str], code: int, says: str):
    got, out, err = geomap("gazetteer", *words)
    assert (got, out) == (code, "")
    assert says in " ".join(err.replace("│", " ").split())
    assert json.loads(geomap("gazetteer", "list", "--json")[1]) == []


def test_a_point_is_said_in_words(geomap):
    found = json.loads(geomap("geocode", "--reverse", "37.55,71.6", "--lang", "ru")[1])
    assert found["country"] == {"place_id": "country:TJ", "name": "Таджикистан", "kind": "country"}
    assert found["admin1"]["place_id"] == "admin1:TJ-GB"
    assert found["water"] is None
    assert found["town"]["place_id"] == "gn:1221328"
    assert found["town"]["wind"] == "NNE"
    assert found["caption"].startswith("7.8 km NNE of ")
    assert json.loads(geomap("geocode", "--reverse", "26.5,56.3")[1])["water"]["place_id"] == "strait:hormuz"
    assert geomap("geocode", "Kabul", "--reverse", "1,2")[0] == 2
    assert geomap("geocode", "--reverse", "here")[0] == 2


def test_a_service_is_asked_only_for_what_is_not_known_and_only_when_told_to(geomap, monkeypatch: pytest.MonkeyPatch):
    asked = []

    def lookup(self: Online, query: str, **_: object) -> list[dict]:
        asked.append((self.service, query))
        return [{"name": query, "online": self.service}]

    monkeypatch.setattr(Online, "lookup", lookup)
    assert geomap("geocode", "Qwertyuiopville")[1] == "[]\n"
    assert "online" not in json.loads(geomap("geocode", "Kabul", "--online", "photon")[1])[0]
    (found,) = json.loads(geomap("geocode", "Qwertyuiopville", "--online", "photon")[1])
    assert found == {"name": "Qwertyuiopville", "online": "photon"}
    line = json.dumps({"id": "q", "query": "Qwertyuiopville"}).encode()
    assert json.loads(geomap("geocode", "--jsonl", "-", "--online", "nominatim", stdin=line)[1])["results"]
    assert asked == [("photon", "Qwertyuiopville"), ("nominatim", "Qwertyuiopville")]


def test_a_service_that_fails_is_told_in_one_line(geomap, monkeypatch: pytest.MonkeyPatch):
    def lookup(*_: object, **__: object) -> None:
        raise GeocoderUnavailable("no network")

    monkeypatch.setattr(Online, "lookup", lookup)
    code, out, err = geomap("geocode", "Qwertyuiopville", "--online", "photon")
    assert (code, out, err) == (1, "", "geomap: photon could not be asked: no network\n")
    assert "expected one of nominatim" in geomap("geocode", "Qwertyuiopville", "--online", "google")[2]


def test_what_the_gazetteer_holds(geomap):
    about = json.loads(geomap("gazetteer", "info", "--json")[1])
    assert sum(about["kinds"].values()) == about["places"] > 250_000
    assert about["names"] > 1_000_000
    assert about["countries"]["TJ"] > 100
    assert min(about["languages"][code] for code in ("en", "ru", "ar", "zh", "id")) > 1000
    assert about["own"] is None
    for source in about["sources"]:
        assert all(source[name] for name in ("name", "licence"))
        assert source["name"] in about["licences"][source["licence"]]
    geomap("gazetteer", "add", "Qolqand", "--at", "37.55,71.6")
    out = geomap("gazetteer", "info")[1]
    for words in ("places in", "CC BY 4.0", "country", "own.sqlite: 1 places", "Natural Earth"):
        assert words in out
