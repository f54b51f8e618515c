"""The results of shards as GeoParquet by month, with the reports of one event joined.

``events/month=2021-07/part-0.parquet`` and so on: events and stories by the month of the event, places and mentions by
that of the article; ``month=unknown`` where there is no date. Every file has geo metadata and a bounding box column,
so that geopandas, DuckDB and QGIS read it, and a part of it. ``errors.parquet`` tells what could not be read. Memory
holds a month at a time.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyproj
import shapely

from geomap import tables
from geomap.batch.geoparse import RESULTS, TABLES
from geomap.batch.local import PARTS
from geomap.errors import ArticleError, OutputError
from geomap.events.stories import Report, StoryFinder, as_story

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geomap.events.stories import Key

__all__ = ["finish"]

_UNKNOWN = "unknown"
_ROWS = 256  # results that are read at once
_BOX = ("xmin", "ymin", "xmax", "ymax")
_ERRORS = pa.schema([("article", pa.string()), ("type", pa.string()), ("message", pa.string())])


def finish(out: Path) -> dict[str, int]:
    """Turn the results of all shards into GeoParquet by month, and join the reports of one event.

    Parameters
    ----------
    out
        A folder that `local.run` filled. Tables that stand there already are replaced once the new ones are whole.

    Returns
    -------
    Rows by table, of ``stories`` and ``errors`` too.

    Raises
    ------
    ArticleError
        The folder holds no results.
    OutputError
        It cannot be written.
    """
    parts = sorted((out / PARTS).glob("*.parquet"))
    if not parts:
        raise ArticleError(f"{out}: no results in it; run `geomap batch` first")
    try:
        with tempfile.TemporaryDirectory(prefix=".finish-", dir=out) as name:
            raw, done = Path(name, "raw"), Path(name, "done")
            counts = {"errors": _divide(parts, raw, done)}
            for table in ("places", "mentions"):
                counts[table] = sum(
                    _write(done, table, month, _read(raw / table / month).drop_columns("__at"))
                    for month in _months(raw / table)
                )
            counts |= _join(raw, done)
            for path in done.iterdir():
                target = out / path.name
                if target.is_dir():
                    shutil.rmtree(target)
                path.replace(target)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written: {error.strerror or error}") from error
    return counts


# First pass: by month


def _divide(parts: Sequence[Path], raw: Path, done: Path) -> int:
    """Write the rows of all shards by month, and return the number of errors."""
    position = written = errors = 0
    done.mkdir(parents=True)
    with pq.ParquetWriter(done / "errors.parquet", _ERRORS) as told:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches(batch_size=_ROWS):
                at = pa.array(range(position, position + batch.num_rows), pa.int64())
                position += batch.num_rows
                for table in TABLES:
                    rows = _exploded(batch, at, table)
                    days = rows.column("date_from" if table == "events" else "__day")
                    for month, chosen in _by_month(rows.drop_columns("__day"), days):
                        folder = raw / table / month
                        folder.mkdir(parents=True, exist_ok=True)
                        pq.write_table(chosen, folder / f"{written:09d}.parquet")
                        written += 1
                _keep_reports(batch, at, raw)
                failed = batch.filter(pc.is_valid(batch.column("error")))
                errors += failed.num_rows
                kinds, messages = failed.column("error").flatten()
                told.write_batch(pa.record_batch([failed.column("id"), kinds, messages], schema=_ERRORS))
    return errors


def _exploded(batch: pa.RecordBatch, at: pa.Array, table: tables.Table) -> pa.Table:
    """Return the rows of one table, with the article's id first, and its position and day last."""
    lists = batch.column(table)
    owners = pc.list_parent_indices(lists)
    rows = pc.list_flatten(lists)
    names = [field.name for field in RESULTS.field(table).type.value_type]
    columns = dict(zip(names, rows.flatten(), strict=True))
    return pa.table(
        {"article": batch.column("id").take(owners)}
        | columns
        | {"__at": at.take(owners), "__day": batch.column("date").take(owners)}
    )


def _by_month(rows: pa.Table, days: pa.ChunkedArray) -> Iterator[tuple[str, pa.Table]]:
    months = pa.array([_month(day) for day in days.to_pylist()], pa.string())
    for month in pc.unique(months).to_pylist():
        yield month, rows.filter(pc.equal(months, month))


def _month(day: dt.date | None) -> str:
    return f"{day.year:04d}-{day.month:02d}" if day else _UNKNOWN


def _keep_reports(batch: pa.RecordBatch, at: pa.Array, raw: Path) -> None:
    """Write what joins reports by the month of the event, and the sketch of the article with them."""
    lines: dict[str, list[str]] = {}
    columns = (batch.column(name).to_pylist() for name in ("reports", "events", "sketch"))
    for position, told, events, sketch in zip(at.to_pylist(), *columns, strict=True):
        found: dict[str, list[dict[str, Any]]] = {}
        for report, event in zip(json.loads(told or "[]"), events or (), strict=True):
            found.setdefault(_month(event["date_from"]), []).append(report | {"article": position})
        for month, some in found.items():
            lines.setdefault(month, []).append(json.dumps({"at": position, "sketch": sketch, "reports": some}) + "\n")
    folder = raw / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    for month, texts in lines.items():
        with (folder / month).open("a", encoding="utf-8") as file:
            file.writelines(texts)


# Second pass: the reports of one event


def _join(raw: Path, done: Path) -> dict[str, int]:
    """Write the events with their stories, and the stories, month after month.

    A story may go on into the next month: its rows wait until no report can join it.
    """
    counts = {"events": 0, "stories": 0}
    finder = StoryFinder()
    articles: dict[Key, tuple[str, Sequence[int]]] = {}  # id and sketch
    heads: dict[tuple[Key, str], dict[str, Any]] = {}  # the rows of what leads an unfinished story
    months = _months(raw / "events")
    for month, following in zip(months, [*months[1:], _UNKNOWN], strict=True):
        rows = _read(raw / "events" / month)
        positions, events, ids = (rows.column(name).to_pylist() for name in ("__at", "id", "article"))
        names = dict(zip(positions, ids, strict=True))
        reports: list[Report] = []
        for line in (raw / "reports" / month).read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            articles[told["at"]] = names[told["at"]], told["sketch"]
            reports += map(Report.from_dict, told["reports"])
        led = finder.add(reports)
        keys = list(zip(positions, events, strict=True))
        leaders = [led[key] for key in keys]
        clusters = [f"{articles[head.article][0]}/{head.event}" for head in leaders]
        rows = rows.set_column(rows.schema.get_field_index("cluster"), "cluster", pa.array(clusters, pa.string()))
        counts["events"] += _write(done, "events", month, rows.drop_columns("__at"))
        leads = [(head.article, head.event) == key for head, key in zip(leaders, keys, strict=True)]
        for row in rows.filter(pa.array(leads, pa.bool_())).to_pylist():
            heads[row.pop("__at"), row["id"]] = row
        first = None if following == _UNKNOWN else dt.date.fromisoformat(f"{following}-01")
        found: dict[str, list[dict[str, Any]]] = {}
        sketches = {at: sketch for at, (_, sketch) in articles.items()}
        for group in finder.take(first):
            story = as_story(group, sketches.__getitem__)
            row = heads.pop(story.head)
            found.setdefault(_month(row["date_from"]), []).append(
                row
                | {
                    "quantities": tables.join_quantities(story.quantities),
                    "events": "; ".join(f"{articles[at][0]}/{event}" for at, event in story.reports),
                    "articles": len({at for at, _ in story.reports}),
                    "sources": story.sources,
                }
            )
        for when, stories in found.items():
            counts["stories"] += _write(done, "stories", when, pa.Table.from_pylist(stories, schema=_STORIES))
        waiting = finder.articles
        articles = {at: known for at, known in articles.items() if at in waiting}
    return counts


_STORIES = pa.schema(
    [
        ("article", pa.string()),
        *(field for field in RESULTS.field("events").type.value_type if field.name != "geometry"),
        ("events", pa.string()),
        ("articles", pa.int64()),
        ("sources", pa.int64()),
        ("geometry", pa.binary()),
    ]
)


# Files


def _months(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def _read(folder: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted(folder.iterdir())])


def _write(done: Path, table: str, month: str, rows: pa.Table) -> int:
    """Write a part of a month as GeoParquet 1.1, beside those that are there; return how many rows it has."""
    folder = done / table / f"month={month}"
    folder.mkdir(parents=True, exist_ok=True)
    boxes = shapely.bounds(shapely.from_wkb(rows.column("geometry").to_pylist()))
    sides = [pa.array(boxes[:, side], from_pandas=True) for side in range(4)]
    rows = rows.append_column("bbox", pa.StructArray.from_arrays(sides, names=list(_BOX)))
    rows = rows.replace_schema_metadata({"geo": _GEO})
    pq.write_table(rows, folder / f"part-{len(list(folder.iterdir()))}.parquet", compression="zstd")
    return int(rows.num_rows)


_GEO = json.dumps(
    {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": [],
                "crs": pyproj.CRS("EPSG:4326").to_json_dict(),
                "covering": {"bbox": {side: ["bbox", side] for side in _BOX}},
            }
        },
    }
)
