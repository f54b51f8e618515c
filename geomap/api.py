"""What users hold: `read` an article and get a `Document`; `read_many`, and get a `Corpus`.

Both are thin faces over records: they know tables, files and the page, so that records never have to.
"""

from __future__ import annotations

import importlib
import json
import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geomap import tables
from geomap._files import replacing, write_text
from geomap.annotations import web_annotations
from geomap.article import read_article
from geomap.errors import ArticleError, GeomapError, GeomapWarning
from geomap.events.stories import with_stories
from geomap.pipeline import Failure, Pipeline
from geomap.record import Record
from geomap.schema import from_dict, to_dict

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd
    from geopandas import GeoDataFrame
    from geopy.location import Location

    from geomap.page.event_map import EventMap
    from geomap.record import Article, Mention
    from geomap.tables import Format, Table

__all__ = ["Corpus", "Document", "geocode", "load", "read", "read_many"]


class _Results(ABC):
    """Tables, files and the page of one or more records."""

    @property
    @abstractmethod
    def _records(self) -> Record | Sequence[Record]: ...

    @cached_property
    def events(self) -> GeoDataFrame:
        """Events, one a row; the columns are those of `geomap.tables`."""
        _give_accessor()
        return tables.events(self._records)

    @cached_property
    def stories(self) -> GeoDataFrame:
        """Events, one a row however many of the articles report it; reprints count as one source."""
        _give_accessor()
        return tables.stories(self._records)

    @cached_property
    def places(self) -> GeoDataFrame:
        """Distinct places, one a row."""
        _give_accessor()
        return tables.places(self._records)

    @cached_property
    def mentions(self) -> GeoDataFrame:
        """Place names in the text, one a row."""
        _give_accessor()
        return tables.mentions(self._records)

    @cached_property
    def dates(self) -> pd.DataFrame:
        """Date expressions in the text, one a row."""
        return tables.dates(self._records)

    def map(self, **options: Any) -> EventMap:  # noqa: ANN401 EventMap says what they are
        """Draw the linked page of article, map and timeline.

        Parameters
        ----------
        **options
            ``basemap``, ``theme``, ``ui``, ``tiles``, ``worldview``; see `EventMap`.
        """
        from geomap.page.event_map import EventMap

        return EventMap(self._records, **options)

    def to_html(self, path: str | Path, *, overwrite: bool = True, **options: Any) -> None:  # noqa: ANN401
        """Write the page as one HTML file that asks for nothing; options as in `map`."""
        write_text(path, self.map(**options).html(), overwrite=overwrite)

    def to_geojson(self, path: str | Path, *, table: Table = "events", overwrite: bool = True) -> None:
        """Write a table as GeoJSON (RFC 7946)."""
        self._write(path, table, "geojson", overwrite=overwrite)

    def to_csv(self, path: str | Path, *, table: Table = "events", overwrite: bool = True) -> None:
        """Write a table as CSV, with ``lat`` and ``lon`` for geometry."""
        self._write(path, table, "csv", overwrite=overwrite)

    def to_kml(self, path: str | Path, *, table: Table = "events", overwrite: bool = True) -> None:
        """Write a table as KML."""
        self._write(path, table, "kml", overwrite=overwrite)

    def to_geoparquet(self, path: str | Path, *, table: Table = "events", overwrite: bool = True) -> None:
        """Write a table as GeoParquet (needs ``geomap[batch]``)."""
        self._write(path, table, "parquet", overwrite=overwrite)

    def to_geopackage(self, path: str | Path, *, overwrite: bool = True) -> None:
        """Write all tables as the layers of a GeoPackage."""
        layers = {"events": self.events, "places": self.places, "mentions": self.mentions, "dates": self.dates}
        tables.write_geopackage(layers, path, overwrite=overwrite)

    def to_svg(self, path: str | Path, *, overwrite: bool = True, **options: Any) -> None:  # noqa: ANN401
        """Write the first view of the map and a list of the events as SVG.

        Parameters
        ----------
        **options
            ``theme`` ("light" or "dark") and ``ui``, the language of the labels.
        """
        from geomap.page.static_map import to_svg

        write_text(path, to_svg(self._records, **options), overwrite=overwrite)

    def to_png(self, path: str | Path, *, overwrite: bool = True, **options: Any) -> None:  # noqa: ANN401
        """Write the picture of `to_svg` as PNG (needs ``geomap[image]``); ``zoom`` is its pixels a unit."""
        from geomap.page.static_map import to_png

        image = to_png(self._records, **options)
        with replacing(path, overwrite=overwrite) as temporary:
            temporary.write_bytes(image)

    def to_annotations(self, path: str | Path, *, overwrite: bool = True) -> None:
        """Write place names and events as W3C web annotations (JSON-LD)."""
        records = [self._records] if isinstance(self._records, Record) else self._records
        write_text(path, json.dumps(web_annotations(records), ensure_ascii=False) + "\n", overwrite=overwrite)

    def _write(self, path: str | Path, table: Table, kind: Format, *, overwrite: bool) -> None:
        if table not in tables.COLUMNS:
            raise ValueError(f"table is {table!r}, expected one of {', '.join(tables.COLUMNS)}")
        tables.write(getattr(self, table), path, kind, overwrite=overwrite)

    def _repr_html_(self) -> str:
        """Show the page in a notebook, in a sandboxed frame, offline."""
        return self.map(basemap="110m")._repr_html_()


@dataclass(frozen=True)
class Document(_Results):
    """A geoparsed article.

    Attributes
    ----------
    record
        Everything that was found, as plain data.

    Examples
    --------
    >>> doc = geomap.read("article.txt", date="2021-07-08")  # doctest: +SKIP
    >>> doc.events[["title", "place", "date_from"]]  # doctest: +SKIP
    >>> doc.map().save("map.html")  # doctest: +SKIP
    """

    record: Record

    @property
    def _records(self) -> Record:
        return self.record

    @property
    def text(self) -> str:
        """The article's text, into which all offsets point."""
        return self.record.article.text

    @property
    def title(self) -> str:
        """The article's headline."""
        return self.record.article.title

    @property
    def warnings(self) -> tuple[str, ...]:
        """What limits the result, such as an unknown day of publication."""
        return self.record.warnings

    def explain(self, what: str | int | Mention) -> Explanation:
        """Explain an event ("e7"), a place or a place name: candidates, scores, and the words that decided."""
        from geomap.explain import explain

        return Explanation(explain(self.record, what))

    def to_dict(self) -> dict[str, Any]:
        """Return the document as JSON values; see `geomap schema`."""
        return to_dict(self.record)

    def to_json(self, path: str | Path, *, overwrite: bool = True) -> None:
        """Write the document, so that `load` can read it."""
        write_text(path, json.dumps(self.to_dict(), ensure_ascii=False) + "\n", overwrite=overwrite)

    def __repr__(self) -> str:
        article = self.record.article
        lines = [
            f"<Document {article.id!r}: {_counted(self.record)}>",
            f"  {article.title}",
            f"  language {article.language or 'unknown'}, published {article.date or 'on an unknown day'}",
        ]
        return "\n".join([*lines, *(f"  ! {warning}" for warning in self.warnings)])


@dataclass(frozen=True)
class Corpus(_Results):
    """Several geoparsed articles: their tables have a column ``article``.

    Attributes
    ----------
    documents
        One for each article that could be read, in order.
    failures
        The others, and why.
    """

    documents: tuple[Document, ...]
    failures: tuple[Failure, ...] = field(default=())

    @property
    def _records(self) -> list[Record]:
        return [document.record for document in self.documents]

    def __len__(self) -> int:
        return len(self.documents)

    def __iter__(self) -> Iterator[Document]:
        return iter(self.documents)

    def __getitem__(self, key: int | str) -> Document:
        """Return the document at a position, or the one with an id."""
        if isinstance(key, int):
            return self.documents[key]
        found = next((document for document in self.documents if document.record.article.id == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def to_folder(self, path: str | Path, *, overwrite: bool = True, **options: Any) -> None:  # noqa: ANN401
        """Write a page an article and an ``index.html`` with all their events into a folder; options as in `map`."""
        from geomap.page.folder import write_folder

        write_folder(self._records, path, overwrite=overwrite, **options)

    def to_jsonl(self, path: str | Path, *, overwrite: bool = True) -> None:
        """Write one document a line, so that `load` can read them."""
        lines = [json.dumps(document.to_dict(), ensure_ascii=False) + "\n" for document in self.documents]
        write_text(path, "".join(lines), overwrite=overwrite)

    def __repr__(self) -> str:
        failed = f", {len(self.failures)} failed" if self.failures else ""
        lines = [f"<Corpus of {len(self.documents)} articles{failed}>"]
        lines += [f"  {document.record.article.id}: {_counted(document.record)}" for document in self.documents[:10]]
        if len(self.documents) > 10:
            lines.append(f"  … and {len(self.documents) - 10} more")
        return "\n".join(lines)


class Explanation(str):
    """A text that shows its lines as they are when an interpreter prints it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def read(
    source: str | bytes | Path,
    *,
    date: str | dt.date | None = None,
    language: str = "",
    title: str = "",
    outlet: str = "",
    url: str = "",
    source_place: str = "",
    pipeline: Pipeline | None = None,
) -> Document:
    """Read and geoparse an article.

    Parameters
    ----------
    source
        A path to a text, .html, .pdf or .docx file, an http(s) address, "-" for standard input, the text itself if it
        holds a line break, or the bytes of a file.
    date
        Day of publication (ISO), which relative dates hang on.
    language
        ISO 639-1 code; default: identified from the text.
    title, outlet, url, source_place
        What is known of the article; see `Article`.
    pipeline
        Default: the embedded gazetteer.

    Raises
    ------
    ArticleError
        There is no article to read.
    GazetteerError
        The gazetteer is missing or damaged.
    """
    article = read_article(
        source, date=date, language=language, title=title, outlet=outlet, url=url, source_place=source_place
    )
    return Document((pipeline or Pipeline()).run(article))


def read_many(
    sources: Iterable[str | Path],
    *,
    date: str | dt.date | None = None,
    language: str = "",
    pipeline: Pipeline | None = None,
    progress: bool = False,
) -> Corpus:
    """Read and geoparse several articles; one that cannot be read stops none of the others.

    Events that several of them report share the ``cluster``; `Corpus.stories` has each once.

    Parameters
    ----------
    sources, date, language, pipeline
        As in `read`; date and language hold for all.
    progress
        Show a progress bar.

    Warns
    -----
    GeomapWarning
        For each article that could not be read; `Corpus.failures` keeps them.
    """
    failures: list[Failure] = []

    def articles() -> Iterator[Article]:
        names: set[str] = set()
        for source in _with_progress(list(sources), shown=progress):
            try:
                article = read_article(source, date=date, language=language)
            except GeomapError as error:
                failures.append(Failure(str(source)[:80], error))
                continue
            yield replace(article, id=_unused(article.id, names))

    documents = []
    for result in (pipeline or Pipeline()).run_many(articles()):
        if isinstance(result, Failure):
            failures.append(result)
        else:
            documents.append(Document(result))
    for failure in failures:
        warnings.warn(f"{failure.id}: {failure.error}", GeomapWarning, stacklevel=2)
    linked = with_stories([document.record for document in documents])
    return Corpus(tuple(map(Document, linked)), tuple(failures))


def load(path: str | Path) -> Document | Corpus:
    """Load what `Document.to_json` or `Corpus.to_jsonl` (suffix ``.jsonl``) wrote.

    Raises
    ------
    ArticleError
        The file does not exist, or holds no geomap document.
    """
    path = Path(path)
    try:
        content = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            return Corpus(tuple(Document(from_dict(json.loads(line))) for line in content.splitlines() if line.strip()))
        return Document(from_dict(json.loads(content)))
    except OSError as error:
        raise ArticleError(f"{path}: cannot be read: {error.strerror}") from error
    except (ArticleError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ArticleError(f"{path}: {error}") from error


def geocode(
    query: str,
    *,
    language: str = "",
    near: str | Sequence[str] | Sequence[float] = (),
    limit: int = 10,
    pipeline: Pipeline | None = None,
) -> list[Location]:
    """Look a place name up, offline.

    Parameters
    ----------
    query
        A name in any language, alone or with what is known of it: "Sungai Panj", "Paris, Texas".
    language
        ISO 639-1 code of the query and of the names in the answer.
    near
        ISO 3166-1 code or codes of the countries to look in; or latitude and longitude, near which places come first.
    limit
        The most answers.

    Returns
    -------
    geopy locations, best first; ``raw`` holds id, kind, country, box, geometry and score.
    """
    from geopy.location import Location
    from geopy.point import Point

    from geomap.lookup import lookup

    said = [near] if isinstance(near, str) else list(near)
    countries = [code for code in said if isinstance(code, str)]
    around = None
    if said and not countries:
        point = Point(said)
        around = point.latitude, point.longitude
    found = lookup(pipeline or Pipeline(), query, language=language, countries=countries, near=around, limit=limit)
    return [Location(place["name"], (place["lat"], place["lon"]), place) for place in found]


def _give_accessor() -> None:
    """Let tables be drawn: ``doc.events.geomap.map()``."""
    importlib.import_module("geomap.accessor")


def _counted(record: Record) -> str:
    return f"{len(record.events)} events, {len(record.places)} places, {len(record.dates)} dates"


def _unused(name: str, names: set[str]) -> str:
    """Return the name, or with a number if it is taken, and take it."""
    free, number = name, 1
    while free in names:
        number += 1
        free = f"{name}-{number}"
    names.add(free)
    return free


def _with_progress(sources: list[str | Path], *, shown: bool) -> Iterable[str | Path]:
    if not shown:
        return sources
    from tqdm.auto import tqdm

    bar: Iterable[str | Path] = tqdm(sources, unit="article")
    return bar
