"""Unite places that come from files with those that a gazetteer has already, a place at a time.

The gazetteer decides, later ones add names and fill blanks, as in `merge.unite`. Only a place that GeoNames gave it
takes the point, the population and the kind of settlement of a GeoNames dump, which is the newer one.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.merge import FAR_BIGGER
from geomap.gazetteer.rows import reader, row_of
from geomap.gazetteer.sources.admin2 import KM_PER_DEGREE
from geomap.gazetteer.store import KINDS, NONE
from geomap.record import PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geomap.gazetteer.entry import Entry
    from geomap.gazetteer.rows import Row
    from geomap.gazetteer.store import Store
    from geomap.gazetteer.write import Writer

__all__ = ["Union", "Units", "unite"]

_BY_CODE = {PlaceKind.AIRPORT, PlaceKind.PORT}
# Kinds of which there are so few of one name in one region that the name tells. A river's tributaries often share its
# name, so that only its whole course tells; of towns with a GeoNames id, the id.
_BY_NAME = {
    PlaceKind.LAKE, PlaceKind.SEA, PlaceKind.STRAIT, PlaceKind.CANAL, PlaceKind.MOUNTAINS, PlaceKind.MOUNTAIN,
    PlaceKind.DESERT, PlaceKind.PLATEAU, PlaceKind.PENINSULA, PlaceKind.ISLAND, PlaceKind.REGION, PlaceKind.UNIVERSITY,
    PlaceKind.BASE, PlaceKind.CROSSING, PlaceKind.BRIDGE, PlaceKind.DAM, PlaceKind.NUCLEAR, PlaceKind.STADIUM,
}  # fmt: skip
_BLANKS = (
    "country", "admin1", "admin2", "population", "radius_km", "feature_code", "geonameid", "shape", "source",
)  # fmt: skip
_SAME_KM = 10.0  # sources put the point of one place as far apart


def unite(known: Row, later: Row, *, newer: bool = False) -> None:
    """Add to a place the names of another row of it, and what it leaves blank.

    Parameters
    ----------
    newer
        Whether `later` is of the same source as `known`, and newer.
    """
    for name, posting in later.names.items():
        known.names.setdefault(name, posting)
    english = known.details.labels.get("en", known.details.main)
    labels = {tag: text for tag, text in later.details.labels.items() if tag != "en" and text != english}
    known.details = known.details._replace(
        labels={**labels, **known.details.labels},
        facts={**later.details.facts, **{name: value for name, value in known.details.facts.items() if value}},
    )
    for blank in _BLANKS:
        if not getattr(known, blank):
            setattr(known, blank, getattr(later, blank))
    if newer:
        known.lon, known.lat, known.feature_code = later.lon, later.lat, later.feature_code
        if later.population:
            known.population, known.prior = later.population, max(later.prior, known.prior)


class Union:
    """Takes places from files and hands them to the writer of a store, united with those of `base`.

    Places of which there are millions go straight to the writer; those that a later file may speak of wait for it.

    Attributes
    ----------
    units
        The code of the base of each GeoNames code of a first-level unit, "TJ.02" → "TJ-KT", as far as known.
    """

    def __init__(self, base: Store | None, writer: Writer) -> None:
        self.units: dict[str, str] = {}
        self._base = base
        self._writer = writer
        self._waiting: dict[str, Row] = {}
        if base is None:
            return
        self._read = reader(base)
        self._done = np.zeros(len(base), bool)
        numbered = np.flatnonzero(base.places["geonameid"])
        numbers = base.places["geonameid"][numbered]
        order = np.argsort(numbers, kind="stable")
        self._geonameids, self._rows_of = numbers[order], numbered[order]

    def find(self, entry: Entry) -> int | None:
        """Return the row of the base that is the place of an entry: by id, GeoNames or Wikidata id, code, or name."""
        base = self._base
        if base is None:
            return None
        if (row := base.row(entry.id)) is not None:
            return row
        if entry.geonameid and (row := self._by_geonameid(entry.geonameid)) is not None:
            return row
        if entry.kind in _BY_CODE:
            codes = (name.text for name in entry.names if name.kind is NameClass.CODE)
            return next((row for code in codes if (row := base.row(f"{entry.kind}:{code}")) is not None), None)
        if entry.wikidata and (row := self._wikidata.get(entry.wikidata)) is not None:
            return row if base.kind(row) is entry.kind else None
        by_name = (
            entry.kind in _BY_NAME
            or (entry.kind is PlaceKind.RIVER and entry.geometry is not None)
            or (entry.kind is PlaceKind.CITY and not entry.geonameid)
        )
        return self._by_name(entry, base) if by_name else None

    def _by_geonameid(self, geonameid: int) -> int | None:
        place = int(np.searchsorted(self._geonameids, self._geonameids.dtype.type(geonameid)))
        if place < len(self._geonameids) and self._geonameids[place] == geonameid:
            return int(self._rows_of[place])
        return None

    def _by_name(self, entry: Entry, base: Store) -> int | None:
        """Return the place of the same kind and name that reaches to the entry, unless another was it already."""
        for row in base.rows(key(entry.names[0].text)):
            place = base.places[row]
            if base.kind(row) is entry.kind and not self._done[row]:
                north = (float(place["lat"]) - entry.lat) * KM_PER_DEGREE
                east = (float(place["lon"]) - entry.lon + 180) % 360 - 180
                east *= KM_PER_DEGREE * math.cos(math.radians(entry.lat))
                if math.hypot(north, east) <= max(float(place["radius_km"]), entry.radius_km, _SAME_KM):
                    return row
        return None

    @functools.cached_property
    def _wikidata(self) -> Mapping[str, int]:
        base = self._base
        if base is None:
            return {}
        return {item: row for row in range(len(base)) if (item := base.wikidata(row))}

    def geonameid(self, place: str) -> int:
        """Return the GeoNames id that the base has for a place, 0 for none."""
        row = self._base.row(place) if self._base is not None else None
        return 0 if row is None or self._base is None else self._base.geonameid(row) or 0

    def keep(self, entry: Entry, prior: float) -> None:
        """Take a place that files still to come may speak of; it waits in memory."""
        row = row_of(entry, prior)
        found = self.find(entry)
        self._clean(row, found)
        place = entry.id if found is None or self._base is None else self._base.id(found)
        if place in self._waiting:
            unite(self._waiting[place], row)
        else:
            row.id = place
            self._waiting[place] = row

    def put(self, entry: Entry, prior: float) -> None:
        """Take a place that nothing to come will speak of."""
        row, found = row_of(entry, prior), self.find(entry)
        if found is not None and self._base is not None and self._done[found]:
            if self._base.id(found) == row.id:  # given twice
                return
            found = None  # two places of a dump cannot be one place of the base
        self._clean(row, found)
        if found is not None:
            self._done[found] = True
            known = self._read(found)
            unite(known, row, newer=known.is_geonames or known.kind is PlaceKind.ADMIN2)
            row = known
        if (waiting := self._waiting.pop(row.id, None)) is not None:
            unite(row, waiting)
        self._writer.add(row)

    def admin1(self, entry: Entry) -> str:
        """Return the code of the unit in which the base has the place of an entry, or ""."""
        found = self.find(entry)
        return "" if found is None or self._base is None else self._base.admin1(found)

    def finish(self) -> None:
        """Hand over what waits, and all of the base that no file spoke of."""
        base = self._base
        if base is not None:
            for number in np.flatnonzero(~self._done):
                row = self._read(int(number))
                if (waiting := self._waiting.pop(row.id, None)) is not None:
                    unite(row, waiting)
                self._writer.add(row)
        for row in self._waiting.values():
            self._writer.add(row)
        self._writer.renamed = self.units

    def _clean(self, row: Row, found: int | None) -> None:
        """Drop names without a language that the base has as the usual name of a far bigger place."""
        base = self._base
        if base is None:
            return
        dropped = []
        for name, (name_class, _) in row.names.items():
            if name_class is not NameClass.UNTAGGED:
                continue
            for owner, owned, _ in base.postings(name)[:1].tolist():
                weight = float(base.places["prior"][owner])
                if owner != found and owned <= NameClass.MAIN and weight > row.prior + FAR_BIGGER:
                    dropped.append(name)
        for name in dropped:
            del row.names[name]


class Units:
    """The countries and first-level units of a store, by what lies in them."""

    def __init__(self, base: Store) -> None:
        from shapely import STRtree, from_wkb

        kinds = [KINDS.index(PlaceKind.ADMIN1), KINDS.index(PlaceKind.COUNTRY)]
        rows = np.flatnonzero(np.isin(base.places["kind"], kinds) & (base.places["geometry"] != NONE))
        self._base = base
        self._rows = rows[np.argsort(base.places["kind"][rows] == kinds[1], kind="stable")]  # the units first
        self._tree = STRtree(from_wkb(np.array([base.geometry(int(row)) for row in self._rows], object)))

    def fill(self, entries: Sequence[Entry]) -> None:
        """Write into entries without a country or unit those that they lie wholly in."""
        from shapely import Point

        where = [Point(entry.lon, entry.lat) if entry.geometry is None else entry.geometry for entry in entries]
        pairs = self._tree.query(where, predicate="covered_by").T
        for place, unit in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]:
            entry, row = entries[place], int(self._rows[unit])
            country = self._base.country(row)
            entry.country = entry.country or country
            if entry.country == country:
                entry.admin1 = entry.admin1 or self._base.admin1(row)
