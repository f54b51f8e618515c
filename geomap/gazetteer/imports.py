"""Build a gazetteer out of files that the user has, on top of one that is there."""

from __future__ import annotations

import hashlib
import itertools
import logging
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geomap.errors import GazetteerError
from geomap.gazetteer import merge
from geomap.gazetteer.sources import (
    features,
    geonames_dump,
    linked_places,
    natural_earth,
    natural_earth_any,
    wikidata,
)
from geomap.gazetteer.uniting import Union, Units
from geomap.gazetteer.write import writing
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from geomap.gazetteer.entry import Entry
    from geomap.gazetteer.sources.geonames_dump import Unit
    from geomap.gazetteer.store import Store

__all__ = ["Files", "import_files"]

_log = logging.getLogger(__name__)

_BATCH = 5_000  # places that are looked up in the units of the base at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What to import.

    Attributes
    ----------
    geonames
        Dumps of 19 columns that do not overlap: ``allCountries.zip``, or ``TJ.zip`` and ``AF.zip``.
    alternate_names
        ``alternateNamesV2.zip``.
    admin1, admin2, country_info
        ``admin1CodesASCII.txt``, ``admin2Codes.txt`` and ``countryInfo.txt``.
    natural_earth
        Folders of Natural Earth's layers, or single layers.
    features
        Map files and tables of places.
    linked_places
        Historical gazetteers in Linked Places format.
    wikidata
        Dumps of Wikidata, or tables that its query service gave.
    columns
        Which field of `features` is what; see `features.mapping`.
    """

    geonames: tuple[Path, ...] = ()
    alternate_names: Path | None = None
    admin1: Path | None = None
    admin2: Path | None = None
    country_info: Path | None = None
    natural_earth: tuple[Path, ...] = ()
    features: tuple[Path, ...] = ()
    linked_places: tuple[Path, ...] = ()
    wikidata: tuple[Path, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.geonames or self.natural_earth or self.features or self.linked_places or self.wikidata)


def import_files(files: Files, out: Path, *, base: Store | None, progress: bool = False) -> None:
    """Write a store of the places in some files and of those in `base`.

    Parameters
    ----------
    base
        The gazetteer to start from: it decides, files add names and fill blanks. None for a store of the files alone.
    progress
        Whether to show how far reading is.

    Raises
    ------
    GazetteerError
        A file is missing, truncated or malformed; what stands at `out` stays.
    OutputError
        `out` cannot be written.
    """
    about = {"sources": [*(base.meta["sources"] if base else ()), *_sources(files)]}
    with writing(out, about=about) as writer:
        union = Union(base, writer)
        inside = Units(base) if base else None
        for batch in _batches(files, base, progress=progress):
            if inside:
                inside.fill([entry for entry, _ in batch])
            for entry, prior in batch:
                later = files.geonames or entry.source != wikidata.SOURCE
                if (entry.id.startswith("gn:") and later) or entry.source == natural_earth.SOURCE:
                    union.keep(entry, prior)  # other files may have it too
                else:
                    union.put(entry, prior)
        if files.geonames:
            _geonames(files, union, progress=progress)
        union.finish()
        _log.info("sorting names")


def _batches(files: Files, base: Store | None, *, progress: bool) -> Iterator[list[tuple[Entry, float]]]:
    """Yield the places of all files but GeoNames' dumps, some thousand at a time; Wikidata's millions come last."""
    readers = [natural_earth_any.places(path, progress=progress) for path in files.natural_earth]
    readers += [features.places(path, files.columns, progress=progress) for path in files.features]
    readers += [linked_places.places(path, progress=progress) for path in files.linked_places]
    codes = _countries(base) if base and files.wikidata else {}
    readers.append(wikidata.places(files.wikidata, codes, progress=progress))
    found = itertools.chain.from_iterable(readers)
    while batch := list(itertools.islice(found, _BATCH)):
        yield batch


def _countries(base: Store) -> dict[str, str]:
    """Return the ISO 3166-1 code of each country by its Wikidata id."""
    named = ((base.row(f"country:{code}"), code) for code in base.countries if code)
    return {item: code for row, code in named if row is not None and (item := base.wikidata(row))}


def _sources(files: Files) -> Iterator[Mapping[str, Any]]:
    """Yield what the manifest says of each file."""
    named = (files.alternate_names, files.admin1, files.admin2, files.country_info)
    for path in [*files.geonames, *(path for path in named if path)]:
        yield _source(path, geonames_dump.SOURCE, geonames_dump.LICENCE)
    for path in files.natural_earth:
        for layer in natural_earth_any.files(path):
            yield _source(layer, natural_earth.SOURCE, "public domain")
    for path in files.wikidata:
        yield _source(path, wikidata.SOURCE, wikidata.LICENCE)
    for path in (*files.features, *files.linked_places):
        yield _source(path, path.stem, "as its owner says")


def _source(path: Path, credit: str, licence: str) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise GazetteerError(f"{path}: cannot be read: {error.strerror}") from error
    return {"name": path.name, "registry": "file", "sha256": digest, "licence": licence, "credit": credit}


def _geonames(files: Files, union: Union, *, progress: bool) -> None:
    """Take the places of dumps; countries and units last, when it is known what the base calls them."""
    lists = (
        ("country:", _units(geonames_dump.countries, files.country_info)),
        ("admin1:", _units(geonames_dump.units, files.admin1)),
        ("admin2:", _units(geonames_dump.units, files.admin2)),
    )
    names = geonames_dump.AlternateNames(files.alternate_names, progress=progress) if files.alternate_names else None
    late: list[tuple[Entry, float]] = []
    towns = _Towns()
    for path in files.geonames:
        for entry, prior in geonames_dump.places(path, names, progress=progress):
            if entry.id[0] != "g":
                late.append((entry, prior))
                continue
            if entry.kind is PlaceKind.CITY:
                towns.see(entry, union.admin1(entry))
            union.put(entry, prior)
    union.units |= {code: counts.most_common(1)[0][0] for code, counts in towns.units.items()}
    for prefix, units in lists:
        for code, unit in units.items():
            if code in towns.seats:
                entry = geonames_dump.unit_entry(prefix, unit, towns.seats[code][1])
                late.append((entry, merge.prior(entry)))
    _put_units(late, {f"country:{code}": unit.geonameid for code, unit in lists[0][1].items()}, union)


@dataclass(slots=True)
class _Towns:
    """What the towns of a dump tell of units: how often the base has those of a unit in which of its own; the seat."""

    units: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seats: dict[str, tuple[tuple[bool, int], Entry]] = field(default_factory=dict)

    def see(self, town: Entry, unit: str) -> None:
        if town.admin1 and unit:
            self.units[town.admin1][unit] += 1
        rank = town.feature_code in {"PPLC", "PPLA", "PPLA2"}, town.population
        for code in (town.country, town.admin1, town.admin2):
            if code not in self.seats or rank > self.seats[code][0]:
                self.seats[code] = rank, town


def _units(read: Callable[[Path], Iterator[Unit]], path: Path | None) -> dict[str, Unit]:
    return {unit.code: unit for unit in read(path)} if path else {}


def _put_units(late: list[tuple[Entry, float]], official: Mapping[str, int], union: Union) -> None:
    """Take countries and units under the id that the base has them by, once each.

    A dump's row comes before that of a list of codes, which has no point of its own. Parts of a country may have its
    code; what is not the country itself stays a region.

    Parameters
    ----------
    official
        The GeoNames id of each country, as far as a file says it.
    """
    chosen: dict[str, tuple[Entry, float]] = {}
    for pair in late:
        entry, prior = pair
        if entry.kind is PlaceKind.ADMIN1:
            if code := union.admin1(entry):
                union.units[entry.admin1] = code
            elif code := union.units.get(entry.admin1, ""):
                entry.id = f"admin1:{code}"
        while (rival := chosen.get(entry.id)) is not None:
            if rival[0].geonameid == entry.geonameid:
                rival[0].names += entry.names
                break
            expected = official.get(entry.id) or union.geonameid(entry.id)
            if entry.geonameid == expected:  # it is the one, and the other is not
                chosen[entry.id] = entry, prior
                entry, prior = rival
            entry.id, entry.kind = f"gn:{entry.geonameid}", PlaceKind.REGION
        else:
            chosen[entry.id] = entry, prior
    for entry, prior in chosen.values():
        union.put(entry, prior)
