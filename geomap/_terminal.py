"""Tables for the terminal."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from geomap.record import Record

__all__ = ["event_table", "hit_table", "own_table", "place_table", "summary_tables"]

# Columns that give way on a narrow terminal, and the width that they keep; the others stay whole.
_FLEXIBLE = {"what": 18, "where": 10, "who": 8, "place": 10}


def event_table(record: Record) -> Table:
    """Return what happened, where, when, who and how sure, one event a row."""
    table = _table("", "what", "where", "when", "who", "how sure")
    for event in record.events:
        places = [record.place(link.place_id) for link in event.places]
        time = event.time
        days = [str(day) if day else "…" for day in (time.earliest, time.latest)] if time else []
        _add(
            table,
            event.id,
            event.title or record.article.text[event.evidence.start : event.evidence.end],
            ", ".join(dict.fromkeys(place.name for place in places if place)),
            "\n".join(dict.fromkeys(days)),
            ", ".join(dict.fromkeys(actor.canonical or actor.text for actor in event.actors)),
            f"{event.modality}\n{event.certainty}",
        )
    return table


def place_table(record: Record) -> Table:
    """Return the distinct places, one a row."""
    table = _table("place", "kind", "in", "known as", "lat", "lon", "id")
    for place in record.places:
        position = (f"{place.lat:.3f}", f"{place.lon:.3f}")
        _add(table, place.name, place.kind, place.country, place.precision, *position, place.id)
    return table


def hit_table(hits: Iterable[Mapping[str, Any]]) -> Table:
    """Return the answers of `geomap.lookup.lookup`, one a row."""
    table = _table("place", "kind", "in", "lat", "lon", "score", "id")
    for hit in hits:
        position = (f"{hit['lat']:.3f}", f"{hit['lon']:.3f}")
        _add(table, hit["name"], hit["kind"], hit["country"], *position, f"{hit['score']:.3f}", hit["place_id"])
    return table


def own_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Return the user's own places and corrections (`geomap.gazetteer.overlay_files.rows`), one a row."""
    table = _table("", "place", "id", "kind", "in", "lat", "lon", "where the article says")
    for row in rows:
        position = tuple(f"{row[axis]:.3f}" if axis in row else "" for axis in ("lat", "lon"))
        facts = (row.get(name, "") for name in ("name", "id", "kind", "country"))
        _add(table, row["action"], *facts, *position, row.get("context", ""))
    return table


def summary_tables(about: Mapping[str, Any]) -> Iterator[Table]:
    """Yield tables of what a gazetteer holds (`geomap.gazetteer.about.summary`)."""
    kinds, countries = list(about["kinds"].items()), list(about["countries"].items())
    languages = [(code or "–", count) for code, count in about["languages"].items()]
    table = _table("kind", "places", "country", "places", "language", "names")
    for row in itertools.zip_longest(kinds, countries[: len(kinds)], languages[: len(kinds)], fillvalue=("", "")):
        _add(table, *(f"{cell:,}" if isinstance(cell, int) else cell for pair in row for cell in pair))
    yield table
    table = _table("source", "package", "version", "licence")
    for source in about["sources"]:
        _add(table, *(source.get(name, "") for name in ("name", "package", "version", "licence")))
    yield table
    yield _credits(about["sources"])


def _credits(sources: Iterable[Mapping[str, Any]]) -> Table:
    table = _table("credit")
    for credit in dict.fromkeys(source["credit"] for source in sources if source.get("credit")):
        _add(table, credit)
    return table


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, padding=(0, 1))
    for heading in headings:
        width = _FLEXIBLE.get(heading)
        table.add_column(heading, min_width=width, no_wrap=width is None)
    return table


def _add(table: Table, *cells: str) -> None:
    """Add a row as plain text: brackets in an article are no markup."""
    table.add_row(*(Text(str(cell)) for cell in cells))
