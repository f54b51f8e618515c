"""Write entries as a store: the same entries give the same bytes."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import marisa_trie
import numpy as np

from geomap.errors import OutputError
from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.geometry import decode, encode
from geomap.gazetteer.sources.language_tags import LABELS
from geomap.gazetteer.store import KINDS, NONE, POSTING, SCHEMA, Details, PlaceFlag
from geomap.record import PlaceKind
from geomap.text.normalise import VERSION as NORMALISER
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geomap.gazetteer.entry import Entry

__all__ = ["write"]

_HISTORICAL = {"PPLH", "PPLCH", "PPLQ", "PPLW"}
# What a class of name takes off the weight of a place, in units of `merge.prior`: the order of a name's places. By
# class alone, Frankfort in Kentucky would come before Frankfurt in Chinese; measured on English, Arabic and Indonesian
# gold answers, this order puts the right one first in 79 % of ambiguous mentions, the order by class in 75 %.
_PENALTY = {
    NameClass.PREFERRED: 0.0,
    NameClass.MAIN: 0.5,
    NameClass.ALTERNATE: 0.7,
    NameClass.UNTAGGED: 1.5,
    NameClass.OLD: 1.5,
    NameClass.ABBREVIATION: 1.0,
    NameClass.DEMONYM: 3.0,
    NameClass.CODE: 6.0,
}
_WKB_TYPE = 1  # offset of the type in little-endian WKB


def write(entries: Iterable[Entry], out: Path, *, priors: Mapping[str, float], about: Mapping[str, Any]) -> None:
    """Write a store into `out`, replacing what stands there only when all is written.

    Parameters
    ----------
    priors
        By id; see `merge.prior`.
    about
        Goes into the manifest as it is: the sources and their licences.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as work:
            folder = Path(work) / "new"
            folder.mkdir()
            _write_columns(list(entries), folder, priors, about)
            if out.exists():
                out.rename(Path(work) / "old")
            folder.rename(out)
    except OSError as error:
        raise OutputError(f"{out}: the gazetteer could not be written ({error})") from error


def _write_columns(entries: list[Entry], folder: Path, priors: Mapping[str, float], about: Mapping[str, Any]) -> None:
    named = [entry for entry in entries if not _is_geonames(entry)]
    ids = marisa_trie.Trie(sorted(entry.id for entry in named))
    rows = sorted(named, key=lambda entry: int(ids[entry.id]))
    rows += sorted((entry for entry in entries if _is_geonames(entry)), key=lambda entry: int(entry.id[3:]))
    weight = [priors[entry.id] for entry in rows]
    ids.save(str(folder / "ids.marisa"))
    languages, longest = _write_names(rows, weight, folder)
    lists = _write_places(rows, weight, folder)
    (folder / "admin2.txt").write_text("\n".join(lists.pop("admin2")), encoding="utf-8")
    _write_blobs(folder, "details", [_details(entry).encode() for entry in rows])
    _write_blobs(folder, "geometry", [_packed(entry) for entry in rows if entry.geometry is not None])
    files = {path.name: _facts(path) for path in sorted(folder.iterdir())}
    meta = {
        "schema": SCHEMA,
        "normaliser": NORMALISER,
        **about,
        "counts": dict(sorted(Counter(str(entry.kind) for entry in rows).items())),
        "geonames": len(named),
        "longest": longest,
        "languages": languages,
        **lists,
        "files": files,
    }
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _is_geonames(entry: Entry) -> bool:
    """Tell whether the id can be had from the GeoNames id, and need not be kept."""
    return entry.id == f"gn:{entry.geonameid}"


def _write_names(rows: Sequence[Entry], weight: Sequence[float], folder: Path) -> tuple[list[str], int]:
    """Write names and postings; return the languages, and the length of the longest key."""
    languages = ["", *sorted({name.language for entry in rows for name in entry.names} - {""})]
    number = {language: i for i, language in enumerate(languages)}
    found = []
    for row, entry in enumerate(rows):
        spellings: dict[str, tuple[NameClass, set[str]]] = {}
        for name in entry.names:
            if not (spelling := key(name.text)):
                continue
            best, tags = spellings.get(spelling, (NameClass.CODE, set()))
            spellings[spelling] = min(best, name.kind), tags | {name.language}
        for spelling, (best, tags) in spellings.items():
            # A spelling that several languages share belongs to none.
            tag = tags.pop() if len(tags) == 1 else ""
            found.append((spelling, _PENALTY[best] - weight[row], row, int(best), number[tag]))
    found.sort()
    trie = marisa_trie.Trie([spelling for spelling, _ in groupby(found, lambda posting: posting[0])])
    trie.save(str(folder / "names.marisa"))
    groups = [list(group) for _, group in groupby(found, lambda posting: posting[0])]
    groups.sort(key=lambda group: int(trie[group[0][0]]))
    postings = np.array([posting[2:] for group in groups for posting in group], POSTING)
    np.save(folder / "offsets.npy", np.cumsum([0, *map(len, groups)]).astype("<u4"))
    np.save(folder / "postings.npy", postings)
    return languages, max((len(group[0][0]) for group in groups), default=0)


def _write_places(rows: Sequence[Entry], weight: Sequence[float], folder: Path) -> dict[str, list[str]]:
    """Write the fixed-width columns, each in the narrowest type that holds it; return the lists they index."""
    lists, columns = {}, {}
    for field, name, values in (
        ("country", "countries", [entry.country for entry in rows]),
        ("admin1", "admin1", [entry.admin1 for entry in rows]),
        ("admin2", "admin2", [entry.admin2 for entry in rows]),
        ("feature", "features", [entry.feature_code for entry in rows]),
    ):
        lists[name] = ["", *sorted(set(values) - {""})]
        number = {value: i for i, value in enumerate(lists[name])}
        columns[field] = _narrow([number[value] for value in values])
    kinds = {kind: i for i, kind in enumerate(KINDS)}
    shaped = np.array([entry.geometry is not None for entry in rows], bool)
    columns |= {
        "lon": np.array([entry.lon for entry in rows], "<f4"),
        "lat": np.array([entry.lat for entry in rows], "<f4"),
        "kind": np.array([kinds[entry.kind] for entry in rows], "u1"),
        "population": _narrow([max(entry.population, 0) for entry in rows]),
        "prior": np.array(weight, "<f4"),
        "radius_km": np.array([entry.radius_km for entry in rows], "<f2"),
        "geonameid": _narrow([entry.geonameid or 0 for entry in rows]),
        "geometry": np.where(shaped, np.cumsum(shaped) - 1, NONE).astype("<i4"),
        "flags": np.array([_flags(entry) for entry in rows], "u1"),
    }
    places = np.zeros(len(rows), [(name, column.dtype) for name, column in columns.items()])
    for name, column in columns.items():
        places[name] = column
    np.save(folder / "places.npy", places)
    return lists


def _narrow(values: Sequence[int]) -> np.ndarray[Any, Any]:
    return np.array(values, np.min_scalar_type(max(values, default=0)).newbyteorder("<"))


def _flags(entry: Entry) -> PlaceFlag:
    flags = PlaceFlag(0)
    if entry.vague:
        flags |= PlaceFlag.VAGUE
    if entry.capital_of.startswith("country:"):
        flags |= PlaceFlag.CAPITAL
    if entry.feature_code in _HISTORICAL:
        flags |= PlaceFlag.HISTORICAL
    return flags


def _details(entry: Entry) -> Details:
    """Return the main name, the labels that differ from what would be shown without them, and the rare facts."""
    usual: dict[str, str] = {}
    for name in sorted(entry.names, key=lambda name: name.kind):
        if name.kind <= NameClass.ALTERNATE and name.language in LABELS:
            usual.setdefault(name.language, name.text)
    main = next((name.text for name in entry.names if name.kind is NameClass.MAIN), "")
    main = main or usual.get("en") or next((name.text for name in entry.names), "") or entry.id
    if entry.kind is PlaceKind.CITY and main.isascii():
        usual["en"] = main  # the tagged names are older: Nur-Sultan for Astana
    english = usual.get("en", main)
    labels = {tag: text for tag, text in usual.items() if text != (main if tag == "en" else english)}
    facts = {
        "parents": " ".join(entry.parents),
        "km": f"{entry.official_km:g}" if entry.official_km else "",
        "status": entry.status,
        "capital": "" if entry.kind is PlaceKind.CITY and entry.feature_code == "PPLC" else entry.capital_of,
        "wikidata": entry.wikidata,
        "source": "" if _is_geonames(entry) and entry.source == "GeoNames" else entry.source,
    }
    return Details(main, labels, facts)


def _packed(entry: Entry) -> bytes:
    """Return a geometry's WKB type and what `geometry.encode` makes of it."""
    packed = encode(entry.geometry) if entry.geometry is not None else b""
    return decode(packed)[_WKB_TYPE : _WKB_TYPE + 1] + packed


def _write_blobs(folder: Path, name: str, blobs: Sequence[bytes]) -> None:
    (folder / f"{name}.bin").write_bytes(b"".join(blobs))
    np.save(folder / f"{name}.npy", np.cumsum([0, *map(len, blobs)]).astype("<u4"))


def _facts(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
