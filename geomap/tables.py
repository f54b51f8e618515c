"""Records as tables (GeoDataFrames, EPSG:4326), and tables as files.

Every table has the column ``article`` first if it was made from several records. Two columns hold geometry:
``geometry``, the active one, is the real line, area or point; ``anchor`` is a point that stands for it, where a label
would go (``lat`` and ``lon`` repeat it as numbers). Several values in one cell are joined by "; ".

``events``
    One row an event. ``id``, ``type`` (PLOVER and geomap's own), ``mode``, ``title``, ``quad``, ``acled_subtype``,
    ``modality``, ``certainty`` (FactBank), ``polarity``, ``draw``; ``actors``, ``recipients``, ``attribution``,
    ``quantities``; ``date_from``, ``date_to``, ``granularity``, ``date_precision`` (UCDP 1–5); ``place``, ``place_id``,
    ``role``, ``country``, ``precision``, ``radius_km`` and the geometry of its first place (where it happened, else
    what it is about); ``place_ids`` of all; ``quote``, ``start``, ``end`` of the evidence; ``salience`` and
    ``confidence``; ``cluster``, the story that the event is a report of.
``stories``
    One row an event, however many articles report it: the columns of the report that says most, ``events`` (ids of all
    its reports), how many ``articles`` they stand in and how many ``sources`` those are without reprints;
    ``quantities`` of all reports, as a range where they conflict.
``places``
    One row a distinct place: ``id``, ``name``, ``kind``, ``country``, ``precision``, ``radius_km``, ``geonameid``,
    ``population``, ``parents``, ``relation``, ``source``, and how many ``mentions`` and ``events`` it has.
``mentions``
    One row a place name in the text: ``start``, ``end``, ``surface``, ``kind``, ``place_id``, ``place``,
    ``place_kind``, ``country``, ``precision``, ``confidence``. Names that no place was found for have no geometry.
``dates``
    One row a date expression, without geometry: ``start``, ``end``, ``surface``, ``type``, ``value`` (TIMEX3),
    ``date_from``, ``date_to``, ``granularity``, ``fixed_by``.
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, get_args

from geomap._extras import require
from geomap._files import replacing
from geomap.errors import OutputError
from geomap.events.stories import find_stories
from geomap.record import Record, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    from geopandas import GeoDataFrame

    from geomap.events.stories import Story
    from geomap.record import Event, EventPlace, Place, Quantity

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Format",
    "Table",
    "dates",
    "events",
    "join_quantities",
    "mentions",
    "places",
    "rows",
    "stories",
    "write",
    "write_geopackage",
]

Table = Literal["events", "stories", "places", "mentions", "dates"]
Format = Literal["csv", "geojson", "gpkg", "kml", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)

_CRS = "EPSG:4326"
_Row = dict[str, Any]

_POSITION = {"lat": "float64", "lon": "float64"}
_EVENT_COLUMNS = {
    **dict.fromkeys(("id", "type", "mode", "title", "quad", "acled_subtype", "modality", "certainty"), "str"),
    "polarity": "bool",
    **dict.fromkeys(("draw", "actors", "recipients", "attribution", "quantities"), "str"),
    **dict.fromkeys(("date_from", "date_to"), "datetime64[s]"),
    "granularity": "str",
    "date_precision": "int64",
    **dict.fromkeys(("place", "place_id", "role", "country", "precision"), "str"),
    "radius_km": "float64",
    **dict.fromkeys(("place_ids", "quote"), "str"),
    **dict.fromkeys(("start", "end"), "int64"),
    **dict.fromkeys(("salience", "confidence"), "float64"),
    "cluster": "str",
    **_POSITION,
}
COLUMNS: dict[Table, dict[str, str]] = {
    "events": _EVENT_COLUMNS,
    "stories": {**_EVENT_COLUMNS, "events": "str", "articles": "int64", "sources": "int64"},
    "places": {
        **dict.fromkeys(("id", "name", "kind", "country", "precision"), "str"),
        "radius_km": "float64",
        "geonameid": "Int64",
        "population": "int64",
        **dict.fromkeys(("parents", "relation", "source"), "str"),
        **dict.fromkeys(("mentions", "events"), "int64"),
        **_POSITION,
    },
    "mentions": {
        **dict.fromkeys(("start", "end"), "int64"),
        **dict.fromkeys(("surface", "kind", "place_id", "place", "place_kind", "country", "precision"), "str"),
        "confidence": "float64",
        **_POSITION,
    },
    "dates": {
        **dict.fromkeys(("start", "end"), "int64"),
        **dict.fromkeys(("surface", "type", "value"), "str"),
        **dict.fromkeys(("date_from", "date_to"), "datetime64[s]"),
        **dict.fromkeys(("granularity", "fixed_by"), "str"),
    },
}
"""Names and types of the columns of each table, in order, without ``article`` and the geometry."""


def events(records: Record | Sequence[Record]) -> GeoDataFrame:
    """Return the events of one or more articles, one a row."""
    return _spatial(records, "events", _event_rows)


def stories(records: Record | Sequence[Record]) -> GeoDataFrame:
    """Return the events of one or more articles, one a row however many articles report it."""
    several = [records] if isinstance(records, Record) else list(records)
    return _spatial(several, "stories", functools.partial(_story_rows, several, find_stories(several)))


def places(records: Record | Sequence[Record]) -> GeoDataFrame:
    """Return the distinct places of one or more articles, one a row (an article)."""
    return _spatial(records, "places", _place_rows)


def mentions(records: Record | Sequence[Record]) -> GeoDataFrame:
    """Return the place names of one or more articles, one a row."""
    return _spatial(records, "mentions", _mention_rows)


def dates(records: Record | Sequence[Record]) -> pd.DataFrame:
    """Return the date expressions of one or more articles, one a row."""
    return _frame(records, "dates", _date_rows)


def rows(record: Record, table: Table) -> Iterator[dict[str, Any]]:
    """Return the rows of one article as plain values; ``geometry`` is the `Place`, or None.

    Parameters
    ----------
    table
        Any but ``stories``, which are not of one article.
    """
    return _ROWS[table](record)


def write(table: pd.DataFrame, path: str | Path, kind: Format, *, overwrite: bool = True) -> None:
    """Write a table to a file, whole or not at all.

    Parameters
    ----------
    table
        One of the tables of this module; a table without geometry goes into a GeoPackage, CSV or Parquet file.
    kind
        GeoParquet keeps both geometry columns, the other formats one; CSV holds ``lat`` and ``lon`` only.

    Raises
    ------
    OutputError
        The file cannot be written, or not in this format.
    MissingExtraError
        GeoParquet was asked for and pyarrow is not installed.
    """
    if kind == "gpkg":
        write_geopackage({"events": table}, path, overwrite=overwrite)
        return
    spatial = "geometry" in table
    if kind in {"geojson", "kml"} and not spatial:
        raise OutputError(f"{path}: a table without geometry cannot be written as {kind}; use csv")
    with replacing(path, overwrite=overwrite) as temporary:
        if kind == "csv":
            table.drop(columns=["geometry", "anchor"], errors="ignore").to_csv(temporary, index=False)
        elif kind == "parquet":
            require("pyarrow", "batch", f"{path}: GeoParquet")
            table.to_parquet(temporary, index=False)
        else:
            _write_layer(_with_iso_days(table), temporary, "geomap", "GeoJSON" if kind == "geojson" else "KML")


def write_geopackage(tables: dict[str, pd.DataFrame], path: str | Path, *, overwrite: bool = True) -> None:
    """Write tables as the layers of one GeoPackage, whole or not at all."""
    with replacing(path, overwrite=overwrite) as temporary:
        for name, table in tables.items():
            _write_layer(table, temporary, name, "GPKG")


# Rows


def _event_rows(record: Record) -> Iterator[_Row]:
    known = {place.id: place for place in record.places}
    text = record.article.text
    for event in record.events:
        link = _main_link(event, known)
        place = known[link.place_id] if link else None
        yield {
            "id": event.id,
            "type": str(event.type),
            "mode": event.mode,
            "title": event.title,
            "quad": str(event.quad),
            "acled_subtype": event.acled_subtype or "",
            "modality": str(event.modality),
            "certainty": event.certainty,
            "polarity": event.polarity,
            "draw": str(event.draw),
            "actors": _join(actor.canonical or actor.text for actor in event.actors),
            "recipients": _join(actor.canonical or actor.text for actor in event.recipients),
            "attribution": _join(source.source for source in event.attribution),
            "quantities": join_quantities(event.quantities),
            "date_from": event.time.earliest if event.time else None,
            "date_to": event.time.latest if event.time else None,
            "granularity": event.time.granularity if event.time else "",
            "date_precision": event.time.date_precision if event.time else 5,
            "place": place.name if place else "",
            "place_id": place.id if place else "",
            "role": str(link.role) if link else "",
            "country": place.country if place else "",
            "precision": str(place.precision) if place else "",
            "radius_km": place.radius_km if place else None,
            "place_ids": _join(dict.fromkeys(link.place_id for link in event.places)),
            "quote": text[event.evidence.start : event.evidence.end],
            "start": event.evidence.start,
            "end": event.evidence.end,
            "salience": event.salience,
            "confidence": event.confidence,
            "cluster": event.cluster,
            **_position(place),
        }


def _story_rows(records: Sequence[Record], stories: Sequence[Story], record: Record) -> Iterator[_Row]:
    """Give the stories whose fullest report stands in a record."""
    rows = {row["id"]: row for row in _event_rows(record)}
    for story in stories:
        position, event = story.head
        if records[int(position)] is record:
            yield rows[event] | {
                "quantities": join_quantities(story.quantities),
                "cluster": f"{record.article.id}/{event}",
                "events": _join(f"{records[int(at)].article.id}/{name}" for at, name in story.reports),
                "articles": len({at for at, _ in story.reports}),
                "sources": story.sources,
            }


def _main_link(event: Event, known: dict[str, Place]) -> EventPlace | None:
    """Return the first place where an event happened, else the first that it is about; never an actor's home."""
    links = [link for link in event.places if link.place_id in known and link.role is not Role.ACTOR_HOME]
    return min(links, key=lambda link: link.role is Role.ABOUT, default=None)


def join_quantities(quantities: Iterable[Quantity]) -> str:
    """Return numbers as the text of a cell: "~300 fighters; 12–17 dead"."""
    return _join(map(_quantity, quantities))


def _quantity(quantity: Quantity) -> str:
    bounds = [value for value in (quantity.low, quantity.best, quantity.high) if value is not None]
    number = "–".join(f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}" for value in dict.fromkeys(bounds))
    return " ".join(filter(None, dict.fromkeys(("~" * quantity.approximate + number, quantity.unit, quantity.what))))


def _place_rows(record: Record) -> Iterator[_Row]:
    named = Counter(mention.place_id for mention in record.mentions)
    happened = Counter(i for event in record.events for i in {link.place_id for link in event.places})
    for place in record.places:
        yield {
            "id": place.id,
            "name": place.name,
            "kind": str(place.kind),
            "country": place.country,
            "precision": str(place.precision),
            "radius_km": place.radius_km,
            "geonameid": place.geonameid,
            "population": place.population,
            "parents": _join(place.parents),
            "relation": place.relation,
            "source": place.source,
            "mentions": named[place.id],
            "events": happened[place.id],
            **_position(place),
        }


def _mention_rows(record: Record) -> Iterator[_Row]:
    known = {place.id: place for place in record.places}
    for mention in record.mentions:
        place = known.get(mention.place_id)
        yield {
            "start": mention.start,
            "end": mention.end,
            "surface": mention.surface,
            "kind": str(mention.kind),
            "place_id": mention.place_id,
            "place": place.name if place else "",
            "place_kind": str(place.kind) if place else "",
            "country": place.country if place else "",
            "precision": str(place.precision) if place else "",
            "confidence": mention.confidence,
            **_position(place),
        }


def _date_rows(record: Record) -> Iterator[_Row]:
    for date in record.dates:
        yield {
            "start": date.start,
            "end": date.end,
            "surface": date.surface,
            "type": date.type,
            "value": date.value,
            "date_from": date.earliest,
            "date_to": date.latest,
            "granularity": date.granularity,
            "fixed_by": date.anchor,
        }


_ROWS: dict[str, Callable[[Record], Iterator[_Row]]] = {
    "events": _event_rows,
    "places": _place_rows,
    "mentions": _mention_rows,
    "dates": _date_rows,
}


def _position(place: Place | None) -> _Row:
    return {"lat": place.lat if place else None, "lon": place.lon if place else None, "geometry": place}


def _join(values: Iterable[str]) -> str:
    return "; ".join(values)


# Tables


def _frame(records: Record | Sequence[Record], name: Table, rows: Callable[[Record], Iterator[_Row]]) -> pd.DataFrame:
    """Collect rows into a table with the columns and types of `COLUMNS`, also where there are none."""
    import pandas as pd

    many = not isinstance(records, Record)
    found: list[_Row] = []
    for record in [records] if isinstance(records, Record) else records:
        found += [{"article": record.article.id} | row for row in rows(record)]
    types = {"article": "str"} | COLUMNS[name] if many else COLUMNS[name]
    spare = ["geometry"] if name != "dates" else []
    frame = pd.DataFrame(found, columns=[*types, *spare])
    for day in {"date_from", "date_to"} & types.keys():
        # ISO text, since the years before 1678 are beyond the nanoseconds that dates would become.
        frame[day] = [day.isoformat() if day else None for day in frame[day]]
    return frame.astype(types)


def _spatial(records: Record | Sequence[Record], name: Table, rows: Callable[[Record], Iterator[_Row]]) -> GeoDataFrame:
    """Make a table with the geometry of places, and their anchors."""
    import geopandas
    import shapely

    frame = _frame(records, name, rows)
    here = list(frame.pop("geometry"))
    shapes = [shapely.from_wkb(place.geometry) if place and place.geometry else None for place in here]
    anchors = [shapely.Point(place.lon, place.lat) if place else None for place in here]
    geometry = [shape or anchor for shape, anchor in zip(shapes, anchors, strict=True)]
    table = geopandas.GeoDataFrame(frame, geometry=geopandas.GeoSeries(geometry, index=frame.index, crs=_CRS))
    table["anchor"] = geopandas.GeoSeries(anchors, index=frame.index, crs=_CRS)
    return table


# Files


def _write_layer(table: pd.DataFrame, path: Path, layer: str, driver: str) -> None:
    """Write one layer with GDAL."""
    import geopandas
    import pyogrio

    if "geometry" in table:
        plain = geopandas.GeoDataFrame(table.drop(columns="anchor"), geometry="geometry", crs=_CRS)
    else:
        plain = geopandas.GeoDataFrame(table)
    dataset, layers = {}, {}
    if driver == "GeoJSON":
        layers = {"RFC7946": "YES"}
    elif driver == "KML":  # what a viewer writes beside the symbol
        dataset = {"NameField": next(name for name in ("title", "name", "surface") if name in table)}
    try:
        pyogrio.write_dataframe(plain, path, layer=layer, driver=driver, dataset_options=dataset, layer_options=layers)
    except pyogrio.errors.DataSourceError as error:
        raise OutputError(f"{path.name}: cannot be written: {error}") from error


def _with_iso_days(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with days as text, for formats that would write them as midnight."""
    days = [name for name in ("date_from", "date_to") if name in table]
    return table.assign(**{name: table[name].dt.strftime("%Y-%m-%d").fillna("") for name in days})
