"""Articles in, results out, as Arrow batches: the unit that every engine runs.

`ARTICLES` is what goes in: ``text`` is needed, the other columns only if known; ``error`` says why there is no text.
`RESULTS` is what comes out, a row an
article in the same order: its events, places and mentions with the columns of `geomap.tables` and their geometry as
WKB (EPSG:4326), or an error; and what later joins the reports of one event across articles.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely

from geomap import tables
from geomap.article import parse_date
from geomap.errors import ArticleError
from geomap.events.stories import reports, sketch
from geomap.pipeline import Config, Failure, Pipeline
from geomap.record import Article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geomap.record import Record

__all__ = ["ARTICLES", "RESULTS", "TABLES", "GeoparseBatches", "failed_batch", "geoparse_batch"]

TABLES: tuple[tables.Table, ...] = ("events", "places", "mentions")

_TYPES = {
    "str": pa.string(),
    "bool": pa.bool_(),
    "int64": pa.int64(),
    "Int64": pa.int64(),
    "float64": pa.float64(),
    "datetime64[s]": pa.date32(),
}
ARTICLES = pa.schema(
    [(name, pa.string()) for name in ("id", "text", "lang", "date", "title", "outlet", "url", "source_place", "error")]
)


def _row(table: tables.Table) -> pa.StructType:
    columns = [(name, _TYPES[kind]) for name, kind in tables.COLUMNS[table].items()]
    return pa.struct([*columns, ("geometry", pa.binary())])


RESULTS = pa.schema(
    [
        ("id", pa.string()),
        ("lang", pa.string()),
        ("date", pa.date32()),
        ("error", pa.struct([("type", pa.string()), ("message", pa.string())])),
        *((table, pa.list_(_row(table))) for table in TABLES),
        ("reports", pa.string()),  # JSON: see `geomap.events.stories.Report`
        ("sketch", pa.list_(pa.uint32())),
    ]
)


def geoparse_batch(articles: pa.RecordBatch, pipeline: Pipeline | None = None) -> pa.RecordBatch:
    """Geoparse a batch of articles.

    Parameters
    ----------
    articles
        Columns of `ARTICLES`, as text, in any order; others are left alone.
    pipeline
        Default: the embedded gazetteer.

    Returns
    -------
    Columns of `RESULTS`, a row an article, in order. An article that cannot be read has an error and no lists.

    Raises
    ------
    ArticleError
        There is no column ``text``.
    """
    if "text" not in articles.schema.names:
        found = ", ".join(articles.schema.names)
        raise ArticleError(f"the articles have no column 'text'; found {found or 'none'}")
    names = [name for name in ARTICLES.names if name in articles.schema.names]
    rows = articles.select(names).to_pylist()
    pipeline = pipeline or Pipeline()
    return pa.RecordBatch.from_pylist([_result(row, pipeline) for row in rows], schema=RESULTS)


def failed_batch(articles: pa.RecordBatch, kind: str, message: str) -> pa.RecordBatch:
    """Return the results of articles that nobody could read: their ids and an error."""
    names = articles.column("id").to_pylist()
    return pa.RecordBatch.from_pylist(
        [{"id": name, "error": {"type": kind, "message": message}} for name in names], schema=RESULTS
    )


@dataclass(frozen=True, slots=True)
class GeoparseBatches:
    """`geoparse_batch` for engines: it pickles as the paths of its resources, which each worker maps from disk.

    Examples
    --------
    >>> frame.mapInArrow(GeoparseBatches(), spark_schema)  # doctest: +SKIP
    """

    config: Config = field(default_factory=Config)

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Geoparse batches one after the other."""
        pipeline = Pipeline(self.config)
        for batch in batches:
            yield geoparse_batch(batch, pipeline)


def _result(row: dict[str, Any], pipeline: Pipeline) -> dict[str, Any]:
    name = str(row.get("id") or "")
    try:
        if row.get("error"):
            raise ArticleError(row["error"])  # noqa: TRY301
        article = Article(
            text=row["text"] or "",
            id=name,
            title=row.get("title") or "",
            date=parse_date(row.get("date")),
            language=row.get("lang") or "",
            outlet=row.get("outlet") or "",
            url=row.get("url") or "",
            source_place=row.get("source_place") or "",
        )
    except ArticleError as error:
        return _failed(name, error)
    (record,) = pipeline.run_many([article])
    return _failed(name, record.error) if isinstance(record, Failure) else _found(record)


def _failed(name: str, error: Exception) -> dict[str, Any]:
    return {"id": name, "error": {"type": type(error).__name__, "message": " ".join(str(error).split())}}


def _found(record: Record) -> dict[str, Any]:
    article = record.article
    told = [dataclasses.asdict(report) for report in reports(article.id, record)]
    return {
        "id": article.id,
        "lang": article.language,
        "date": article.date,
        **{table: [_as_values(row) for row in tables.rows(record, table)] for table in TABLES},
        "reports": json.dumps(told, ensure_ascii=False, default=str),
        "sketch": sketch(article.text),
    }


def _as_values(row: dict[str, Any]) -> dict[str, Any]:
    place = row["geometry"]
    shape = None if place is None else place.geometry or shapely.to_wkb(shapely.Point(place.lon, place.lat))
    return row | {"geometry": shape}
