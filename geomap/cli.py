"""The command line. Data goes to standard output or a file, messages to standard error.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 no events (with ``--strict``).
"""

from __future__ import annotations

import atexit
import gc
import json
import logging
import math
import os
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from geomap import jsonl, schema
from geomap._files import replacing, write_text
from geomap._settings import read_settings
from geomap.errors import ArticleError, GazetteerError, GeomapError, OutputError
from geomap.pipeline import Config, Pipeline
from geomap.record import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from geomap.api import Document
    from geomap.gazetteer.overlay import Contents

__all__ = ["app", "main"]

FORMATS = ("json", "jsonl", "geojson", "csv", "kml", "gpkg", "parquet")
BINARY = ("gpkg", "parquet")
SUFFIXES = {f".{name}": name for name in FORMATS} | {".geoparquet": "parquet"}
TABLES = ("events", "stories", "places", "mentions", "dates")
EXIT_FAILED, EXIT_USAGE, EXIT_NO_EVENTS = 1, 2, 3

# The options that help where a warning tells of something missing.
_OPTIONS: dict[str, str] = {Notice.NO_DATE: "--date", Notice.NO_LANGUAGE: "--lang"}
# Modules and language packs live as long as the process: to search them for garbage while they are loaded, and again
# at the exit, takes a seventh of the time of a short command.
_COLLECT_AFTER = 100_000
# Columns of a table that is piped or written to a file.
_TABLE_WIDTH = 170

app = typer.Typer(
    name="geomap",
    help="Turn a news article into a map of what happened: who, what, where, when, how sure, says who.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
gazetteer_app = typer.Typer(help="The places that geomap knows.", no_args_is_help=True)
app.add_typer(gazetteer_app, name="gazetteer")


@dataclass(slots=True)
class _State:
    """What the options before the command say."""

    quiet: bool = False
    debug: bool = False
    gazetteer: Path | None = None
    recogniser: str = ""


_state = _State()

Sources = Annotated[
    list[str], typer.Argument(help="Text, .html, .pdf, .docx or .json file, web address, or - for stdin.")
]
Source = Annotated[str, typer.Argument(help="Text, .html, .pdf, .docx or .json file, web address, or - for stdin.")]
Out = Annotated[Path | None, typer.Option("--output", "-o", help="File to write; default: standard output.")]
Date = Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of publication.")]
Language = Annotated[
    str, typer.Option("--lang", envvar="GEOMAP_LANG", help="Language of the article, ISO 639-1; default: identified.")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the output if it exists.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 if no event is found.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="The most results.")]
Llm = Annotated[
    str,
    typer.Option(
        "--llm",
        metavar="URL",
        envvar="GEOMAP_LLM",
        help="OpenAI-compatible service that corrects and completes the events; the article is sent there. "
        "Its key: GEOMAP_LLM_KEY.",
    ),
]
LlmModel = Annotated[
    str, typer.Option("--llm-model", metavar="NAME", envvar="GEOMAP_LLM_MODEL", help="The model to ask there.")
]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take it back.")]


def main() -> NoReturn:
    """Run the command line; every error is one line."""
    gc.set_threshold(_COLLECT_AFTER)
    atexit.register(gc.freeze)
    try:
        app(auto_envvar_prefix="GEOMAP", default_map=read_settings(_options_of_commands()))
    except GeomapError as error:
        if _state.debug:
            raise
        _fail(str(error))
    except BrokenPipeError:
        # The reader has seen enough ("geomap show … | head"); nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if _state.debug:
            raise
        _fail(f"unexpected {type(error).__name__}: {error}; --debug shows where")
    sys.exit(0)


def _options_of_commands() -> dict[str, dict[str, str]]:
    """Return the parameter behind each option of each command, for the settings."""
    commands: dict[str, Any] = typer.main.get_group(app).commands  # type: ignore[assignment]
    return {
        name: {option.removeprefix("--"): parameter.name for parameter in command.params for option in parameter.opts}
        for name, command in commands.items()
        if name != "gazetteer"
    }


def _print_version(asked: bool) -> None:  # noqa: FBT001 typer calls it so
    if asked:
        from importlib.metadata import version

        typer.echo(f"geomap {version('geomap')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
    gazetteer: Annotated[
        Path | None, typer.Option("--gazetteer", envvar="GEOMAP_GAZETTEER", help="Folder of another gazetteer.")
    ] = None,
    recogniser: Annotated[
        str,
        typer.Option(
            "--recogniser",
            metavar="NAME",
            envvar="GEOMAP_RECOGNISER",
            help="A second opinion on what names a place: spacy (an installed pipeline of the article's language), "
            "spacy:MODEL, ru (slovnet) or ru:FOLDER.",
        ),
    ] = "",
    version: Annotated[  # noqa: ARG001 its callback answers
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of every command; they stand before it."""
    _state.quiet, _state.debug, _state.gazetteer, _state.recogniser = quiet, debug, gazetteer, recogniser
    # Libraries below speak through logging: of use to a reader only on request.
    logging.basicConfig(level=logging.INFO if verbose else logging.CRITICAL, format="%(name)s: %(message)s")


@app.command(name="map")
def map_(
    sources: Sources,
    *,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="FILE.html, FILE.svg, FILE.png, or FOLDER for a page an article and an index. "
            "Default: the article's name with .html; of several, the folder map.",
        ),
    ] = "",
    date: Date = "",
    language: Language = "",
    ui: Annotated[str, typer.Option("--ui", help="Language of the page's buttons; default: the article's.")] = "",
    basemap: Annotated[str, typer.Option("--basemap", help="Detail of the basemap: 50m or 110m.")] = "50m",
    theme: Annotated[str, typer.Option("--theme", help="auto, light or dark.")] = "auto",
    tiles: Annotated[
        str,
        typer.Option(
            "--tiles", help="Tiles over the basemap, by name or URL; the page then asks their server for them."
        ),
    ] = "",
    worldview: Annotated[
        str,
        typer.Option(
            "--worldview",
            help="Disputed boundaries: de-facto dashes them, agreed omits them; un, or a state as IN, draws its own.",
        ),
    ] = "de-facto",
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    llm: Llm = "",
    llm_model: LlmModel = "",
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite the output if it exists.")] = False,
    strict: Strict = False,
) -> None:
    """Draw articles as HTML pages, or as one picture.

    Text, map and timeline are linked; the pages need no network. Several articles share one page if a file is named.
    """
    from geomap.page.worldviews import WORLDVIEWS

    _one_of("--basemap", basemap, ("50m", "110m"))
    _one_of("--theme", theme, ("auto", "light", "dark"))
    _one_of("--worldview", worldview, WORLDVIEWS)
    path = Path(output or _map_name(sources))
    kind = path.suffix.lower() if not (output.endswith(("/", os.sep)) or path.is_dir()) else ""
    _one_of("the suffix of --output", kind, ("", ".html", ".htm", ".svg", ".png"))
    _refuse(path if kind else path / "index.html", force=force)
    documents = _read(sources, date, language, pipeline=_pipeline(llm, llm_model))
    records = [document.record for document in documents]
    options = {"basemap": basemap, "theme": theme, "ui": ui, "tiles": tiles or None, "worldview": worldview}
    if kind in {".svg", ".png"}:
        from geomap.page.static_map import write_picture

        shades = "dark" if theme == "dark" else "light"
        write_picture(records, path, theme=shades, ui=ui, worldview=worldview, overwrite=force)
    elif kind:
        from geomap.page.event_map import EventMap

        write_text(path, EventMap(records, **options).html(), overwrite=force)  # type: ignore[arg-type]
    else:
        from geomap.page.folder import write_folder

        path = write_folder(records, path, overwrite=force, **options)
    _say(f"{path}: {_total(documents)}")
    if show:
        typer.launch(str(path.resolve()))
    _require_events(documents, strict=strict)


def _map_name(sources: Sequence[str]) -> str:
    """Return where the map goes if nothing was said."""
    if len(sources) > 1:
        return "map"
    return f"{'stdin' if sources[0] == '-' else Path(sources[0]).stem or 'map'}.html"


@app.command()
def parse(
    sources: Annotated[list[str] | None, typer.Argument(help="Articles, as for map.", show_default=False)] = None,
    *,
    kind: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            envvar="GEOMAP_PARSE_FORMAT",
            help=f"{', '.join(FORMATS)}; default: what the output is called, or json.",
        ),
    ] = "",
    table: Annotated[
        str,
        typer.Option("--table", help=f"Which table geojson, csv, kml and parquet hold: {', '.join(TABLES)}."),
    ] = "events",
    output: Out = None,
    lines: Annotated[
        str, typer.Option("--jsonl", metavar="IN", help="Answer every line of this file (- for stdin) with a line.")
    ] = "",
    gold_spans: Annotated[
        bool, typer.Option("--gold-spans", help="With --jsonl: resolve the toponyms given in each line.")
    ] = False,
    date: Date = "",
    language: Language = "",
    llm: Llm = "",
    llm_model: LlmModel = "",
    force: Force = False,
    strict: Strict = False,
) -> None:
    """Find places, dates and events: as JSON or a table.

    With --jsonl, every line of a file is answered with a line, and a bad one stops nothing.
    """
    if bool(lines) == bool(sources):
        raise typer.BadParameter("name either articles or --jsonl IN")
    pipeline = _pipeline(llm, llm_model)
    if lines:
        _answer(lines, output, lambda asked: jsonl.parse_line(asked, pipeline, gold_spans=gold_spans), force=force)
        return
    kind = kind or (SUFFIXES.get(output.suffix.lower(), "json") if output else "json")
    _one_of("--format", kind, FORMATS)
    _one_of("--table", table, TABLES)
    if kind in BINARY and output is None:
        raise typer.BadParameter(f"{kind} is no text: name a file with --output")
    if output:
        _refuse(output, force=force)
    documents = _read(sources or [], date, language, pipeline=pipeline)
    if len(documents) > 1 and kind == "json":
        kind = "jsonl"
    _emit(documents, kind, table, output, force=force)
    _require_events(documents, strict=strict)


@app.command()
def show(
    source: Source,
    *,
    date: Date = "",
    language: Language = "",
    llm: Llm = "",
    llm_model: LlmModel = "",
    strict: Strict = False,
) -> None:
    """Print the events and places of an article."""
    from rich.console import Console
    from rich.text import Text

    from geomap._terminal import event_table, place_table

    (document,) = _read([source], date, language, pipeline=_pipeline(llm, llm_model))
    console = Console()
    record = document.record
    console.print(Text(record.article.title, style="bold"))
    if record.events:
        console.print(event_table(record))
    if record.places:
        console.print(place_table(record))
    _require_events([document], strict=strict)


@app.command()
def explain(
    source: Source,
    what: Annotated[str, typer.Argument(help="An event (e7), or a place name as the article writes it.")],
    *,
    date: Date = "",
    language: Language = "",
) -> None:
    """Say why an event or a name stands where it does."""
    (document,) = _read([source], date, language, pipeline=_pipeline())
    typer.echo(str(document.explain(what)))


@app.command()
def geocode(
    query: Annotated[str, typer.Argument(help="A place name.", show_default=False)] = "",
    *,
    lines: Annotated[
        str, typer.Option("--jsonl", metavar="IN", help="Answer every line of this file (- for stdin) with a line.")
    ] = "",
    output: Out = None,
    language: Annotated[str, typer.Option("--lang", help="Language of the name, ISO 639-1.")] = "",
    near: Annotated[
        list[str] | None, typer.Option("--near", metavar="CC", help="Country to look in, ISO 3166-1.")
    ] = None,
    limit: Limit = 10,
    online: Annotated[
        str,
        typer.Option("--online", help="Ask nominatim, photon or geonames on the net for what is not found; marked so."),
    ] = "",
    point: Annotated[
        str, typer.Option("--reverse", metavar="LAT,LON", help="Say where a point lies: area, water, nearest town.")
    ] = "",
    force: Force = False,
) -> None:
    """Look place names up, or a point; the answer is JSON, best first."""
    if bool(lines) + bool(query) + bool(point) != 1:
        raise typer.BadParameter("name either a place or --jsonl IN, or a point with --reverse")
    pipeline = _pipeline()
    if point:
        from geomap.gazetteer.reverse import describe, reverse

        (where,) = reverse(pipeline.store, *_lat_lon("--reverse", point))
        found = describe(pipeline.store, where, language or "en")
        _put(json.dumps(found, ensure_ascii=False, indent=2) + "\n", output, force=force)
        return
    service = None
    if online:
        from geomap.gazetteer.online import Online

        service = Online(online)
    if lines:
        _answer(lines, output, lambda one: jsonl.geocode_line(one, pipeline, limit=limit, online=service), force=force)
        return
    asked = {"id": "", "query": query, "language": language, "context": near or []}
    results = jsonl.geocode_line(asked, pipeline, limit=limit, online=service)["results"]
    _put(json.dumps(results, ensure_ascii=False, indent=2) + "\n", output, force=force)


@app.command()
def batch(
    sources: Annotated[
        list[Path], typer.Argument(help="JSON lines, CSV or Parquet files of articles, or folders of files.")
    ],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the results; a rerun goes on with it.")],
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default: one a core.")] = None,
    size: Annotated[int, typer.Option("--shard", min=1, help="Articles that one process takes at a time.")] = 1_000,
    dask: Annotated[str, typer.Option("--dask", metavar="SCHEDULER", help="Run on a Dask cluster instead.")] = "",
    llm: Llm = "",
    llm_model: LlmModel = "",
) -> None:
    """Geoparse many articles into GeoParquet files by month; what was done is done if it is interrupted.

    Articles have the columns id, text, and if known lang, date, title, outlet, url, source_place.
    """
    from tqdm import tqdm

    from geomap.batch.finish import finish
    from geomap.batch.local import run
    from geomap.batch.shards import find_shards

    config = _pipeline(llm, llm_model).config
    shards = find_shards(sources, size=size)
    with tqdm(unit=" articles", disable=_state.quiet or not sys.stderr.isatty()) as bar:
        if dask:
            from geomap.batch.engines import run_dask

            totals = run_dask(shards, output, scheduler=dask, config=config, progress=bar.update)
        else:
            totals = run(shards, output, config=config, workers=workers, progress=bar.update)
    rows = finish(output)
    _say(f"{output}: {totals.articles} articles, {totals.failed} of them with an error")
    _say(", ".join(f"{count} {table}" for table, count in rows.items() if table != "errors"))


@app.command()
def serve(
    *,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port on this machine; 0: any.")] = 8765,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Serve a page for this machine alone: paste or drop an article, see the map. Nothing is kept."""
    from geomap.serve import HOST, Server

    pipeline = _pipeline()
    try:
        server = Server(pipeline, port=port)
    except OSError as error:
        raise OutputError(f"{HOST}:{port}: cannot be served: {error.strerror}; choose another --port") from error
    with server:
        _say(f"{server.url} (Ctrl-C ends it)")
        if show:
            typer.launch(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            _say("")


@app.command()
def evaluate(
    gold: Annotated[list[Path], typer.Argument(help="Sample articles (.gold.json) or corpora (.jsonl).")],
    *,
    extent: Annotated[
        bool, typer.Option("--extent", help="A place is an area: count only the error beyond its radius.")
    ] = False,
    gold_spans: Annotated[
        bool, typer.Option("--gold-spans", help="Resolve the toponyms of the gold instead of looking for names.")
    ] = False,
    resamples: Annotated[
        int, typer.Option("--ci", metavar="N", min=0, help="95 % intervals, from so many samples of the articles.")
    ] = 0,
    by: Annotated[
        Literal["type", "kind"] | None, typer.Option("--by", help="Break resolution down: by the gold's type, or ours.")
    ] = None,
    events: Annotated[
        bool,
        typer.Option("--events", help="Score the corpora of events as such, and list the events that are not right."),
    ] = False,
    json_: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write the figures as JSON.")
    ] = None,
    force: Force = False,
) -> None:
    """Score place names, dates and events against gold."""
    from rich.console import Console

    from geomap.evaluate.corpora import read_gold
    from geomap.evaluate.report import Report
    from geomap.evaluate.tasks import read_task

    if json_:
        _refuse(json_, force=force)
    pipeline = _pipeline()
    report = Report()
    for path in gold:
        task = read_task(path) if events else None
        if task is not None:
            found = (pipeline.run(article, triggers=given) for article, given in task.articles())
            report.answer(task, [schema.to_dict(record, full=False) for record in found])
            continue
        articles = read_gold(path)
        records = [
            pipeline.run(
                one.article,
                gold_spans=[(t.start, t.end) for t in one.toponyms or () if not t.ignore] if gold_spans else None,
            )
            for one in articles
        ]
        lines = [schema.to_dict(record, full=False) for record in records]
        report.add(path, articles, records, lines, extent=extent, gold_spans=gold_spans, resamples=resamples, by=by)
    # A file takes the whole table; on a terminal it gives way to what there is.
    console = Console(width=None if sys.stdout.isatty() else _TABLE_WIDTH)
    for table in report.tables():
        console.print(table)
    for line in report.missed() if events else ():
        typer.echo(line)
    if json_:
        write_text(json_, json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n", overwrite=force)


@app.command(name="schema")
def schema_() -> None:
    """Print the JSON schema of a document."""
    typer.echo(json.dumps(schema.json_schema(), indent=2, ensure_ascii=False))


@app.command()
def doctor() -> None:
    """Check that everything geomap needs is there."""
    import platform
    from importlib.metadata import version

    typer.echo(f"geomap     {version('geomap')}, Python {platform.python_version()}, {platform.system()}")
    for extra, module in (
        ("pdf", "pypdf"),
        ("docx", "docx"),
        ("batch", "pyarrow"),
        ("notebook", "ipykernel"),
        ("spacy", "spacy"),
        ("ru", "slovnet"),
    ):
        from importlib.util import find_spec

        there = "yes" if find_spec(module) else f"no: pip install 'geomap[{extra}]'"
        typer.echo(f"[{extra}]".ljust(11) + there)
    store = _pipeline().store
    store.verify()
    typer.echo(f"gazetteer  {store.path}: {len(store):,} places, whole")


@gazetteer_app.command()
def info(*, json_: AsJson = False) -> None:
    """Say what the gazetteer holds, by kind, country and language, from which sources under which licences."""
    from geomap.gazetteer.about import summary

    store = _pipeline().store
    about = summary(store)
    if json_:
        _put(json.dumps(about, ensure_ascii=False, indent=2) + "\n", None, force=False)
        return
    from rich.console import Console

    from geomap._terminal import summary_tables

    typer.echo(f"{store.path}: {about['places']:,} places in {len(about['countries'])} countries")
    typer.echo(f"{about['names']:,} names, {about['shapes']:,} lines and areas; format {about['version']}")
    if own := about["own"]:
        typer.echo(f"{own['file']}: {own['places']} places, {own['hidden']} hidden, {own['corrections']} corrections")
    console = Console()
    for table in summary_tables(about):
        console.print(table)


@gazetteer_app.command()
def add(
    name: Annotated[str, typer.Argument(help="Its main name.")],
    *,
    kind: Annotated[str, typer.Option("--kind", help="bridge, camp, base, city, region …")] = "facility",
    at: Annotated[str, typer.Option("--at", metavar="LAT,LON", help="Where it is.")] = "",
    geometry: Annotated[
        Path | None, typer.Option("--geometry", metavar="FILE", help="GeoJSON of its point, line or area.")
    ] = None,
    also: Annotated[
        list[str] | None, typer.Option("--also", help='Another name, with its language if known: "ru:Мост дружбы".')
    ] = None,
    country: Annotated[str, typer.Option("--country", metavar="CC", help="Default: where it lies.")] = "",
    radius: Annotated[float, typer.Option("--radius", metavar="KM", min=0, help="How far it reaches.")] = 0.0,
    population: Annotated[int, typer.Option("--population", min=0)] = 0,
    place_id: Annotated[
        str, typer.Option("--id", help="Of the place that this one replaces; default: a new one.")
    ] = "",
) -> None:
    """Add a place of your own; every later run knows it. Prints its id."""
    from geomap.gazetteer.overlay import Overlay
    from geomap.gazetteer.overlay_files import parse_name, read_shape, shaped
    from geomap.gazetteer.reverse import reverse
    from geomap.record import PlaceKind

    if bool(at) == (geometry is not None):
        raise typer.BadParameter("say where it is: either --at LAT,LON or --geometry FILE")
    _one_of("--kind", kind, [str(one) for one in PlaceKind if one is not PlaceKind.DESCRIBED])
    from shapely import Point

    store = _pipeline().store
    shape = read_shape(geometry) if geometry else Point(*reversed(_lat_lon("--at", at)))
    names = tuple(parse_name(one) for one in also or [])
    facts = {"id": place_id, "names": names, "population": population, "radius_km": radius}
    place = shaped(name, PlaceKind(kind), shape, country=country.upper(), **facts)
    if place.country and place.country not in store.countries:
        raise typer.BadParameter(f"the gazetteer knows no country {place.country}")
    (where,) = reverse(store, place.lat, place.lon)
    around = "" if where.country is None else store.country(where.country)
    admin1 = store.admin1(where.admin1) if where.admin1 is not None and place.country in ("", around) else ""
    typer.echo(Overlay().add(replace(place, country=place.country or around, admin1=admin1)))


@gazetteer_app.command()
def remove(
    place_id: Annotated[str, typer.Argument(metavar="ID", help="As `geomap gazetteer search` shows it.")],
    *,
    undo: Undo = False,
) -> None:
    """Delete a place of your own, or hide one of the gazetteer's."""
    from geomap.gazetteer.overlay import Overlay

    overlay = Overlay()
    if undo:
        if not overlay.restore(place_id):
            raise GazetteerError(f"{place_id} is not hidden; `geomap gazetteer list` shows what is")
    elif _pipeline().store.row(place_id) is None:
        raise GazetteerError(f"no place {place_id}; `geomap gazetteer search NAME` shows the ids")
    else:
        overlay.remove(place_id)
    _say(f"{place_id}: {'shown again' if undo else 'removed'}")


@gazetteer_app.command()
def correct(
    name: Annotated[str, typer.Argument(help="A name as articles write it.")],
    place_id: Annotated[str, typer.Argument(metavar="ID", help="What it means.", show_default=False)] = "",
    *,
    country: Annotated[
        str, typer.Option("--country", metavar="CC", help="Only in articles that name this country or a place in it.")
    ] = "",
    context: Annotated[str, typer.Option("--context", help="Only in articles that contain these words.")] = "",
    undo: Undo = False,
) -> None:
    """Say what a name means, whatever geomap would choose."""
    from geomap.gazetteer.overlay import Correction, Overlay

    if undo == bool(place_id):
        raise typer.BadParameter("name either the id of the place or --undo")
    if undo:
        if not Overlay().withdraw(name, country=country.upper(), context=context):
            raise GazetteerError(f"no such correction of {name!r}; `geomap gazetteer list` shows them")
        _say(f"{name}: as geomap chooses")
        return
    store = _pipeline().store
    row = store.row(place_id)
    if row is None:
        raise GazetteerError(f"no place {place_id}; `geomap gazetteer search NAME` shows the ids")
    Overlay().correct(Correction(name, place_id, country.upper(), context))
    _say(f"{name}: {store.label(row)} ({place_id})")


@gazetteer_app.command(name="list")
def list_(*, json_: AsJson = False) -> None:
    """Print your own places, what you have hidden and corrected."""
    from geomap.gazetteer.overlay import Overlay
    from geomap.gazetteer.overlay_files import rows

    own = [row for row, _ in rows(Overlay().read())]
    if json_:
        _put(json.dumps(own, ensure_ascii=False, indent=2) + "\n", None, force=False)
        return
    from rich.console import Console

    from geomap._terminal import own_table

    if own:
        Console().print(own_table(own))
    else:
        _say("nothing yet: `geomap gazetteer add NAME --at LAT,LON`")


@gazetteer_app.command()
def export(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="FILE.csv or FILE.geojson.")], *, force: Force = False
) -> None:
    """Write your own places and corrections to a file."""
    from geomap.gazetteer.overlay import Overlay
    from geomap.gazetteer.overlay_files import export_file

    contents = Overlay().read()
    export_file(contents, path, overwrite=force)
    _say(f"{path}: {_contents(contents)}")


@gazetteer_app.command(name="import")
def import_(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="FILE.csv or FILE.geojson, at least name and place.")],
) -> None:
    """Add the places and corrections of a file to your own: all of them or, if one is wrong, none."""
    from geomap.gazetteer.overlay import Overlay
    from geomap.gazetteer.overlay_files import import_file

    contents = import_file(path)
    Overlay().merge(contents)
    _say(f"{path}: {_contents(contents)}")


@gazetteer_app.command()
def verify() -> None:
    """Compare every file of the gazetteer with its checksum."""
    store = _pipeline().store
    store.verify()
    typer.echo(f"{store.path}: whole")


@gazetteer_app.command(name="check-facts")
def check_facts(
    folder: Annotated[Path, typer.Argument(help="The curated tables.")] = Path("data/facts"),
    *,
    reference: Annotated[
        Path | None, typer.Option(help="Folder of natural_earth_*.tsv and land_borders_km.tsv to compare with.")
    ] = None,
) -> None:
    """Look for mistakes in the curated tables: types, ranges, points outside their country, doubles."""
    from geomap.gazetteer import facts
    from geomap.text.normalise import key

    countries = facts.countries(_pipeline().store)
    codes = {key(entry.names[0].text): entry.country for entry in countries.values()}
    known = facts.reference(reference, codes) if reference else facts.Reference({}, {})
    faults = facts.check(folder, countries=countries, boxes=known.boxes, lengths=known.lengths)
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{folder}: sound")


@gazetteer_app.command()
def search(
    query: Annotated[str, typer.Argument(help="A place name.")],
    *,
    language: Annotated[str, typer.Option("--lang", help="Language of the name, ISO 639-1.")] = "",
    near: Annotated[
        list[str] | None, typer.Option("--near", metavar="CC", help="Country to look in, ISO 3166-1.")
    ] = None,
    limit: Limit = 10,
) -> None:
    """Print the places that a name may mean, best first."""
    from rich.console import Console

    from geomap._terminal import hit_table

    asked = {"id": "", "query": query, "language": language, "context": near or []}
    results = jsonl.geocode_line(asked, _pipeline(), limit=limit)["results"]
    Console().print(hit_table(results))


@gazetteer_app.command()
def build(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the new store.", show_default=False)] = None,
    *,
    out: Annotated[Path | None, typer.Option("--out", help="The same, as an option.")] = None,
    recipe: Annotated[Path, typer.Option("--recipe", help="Pinned sources.")] = Path("data/recipe.toml"),
    cache: Annotated[Path, typer.Option("--cache", help="Folder that keeps what was downloaded.")] = Path(
        "build/sources"
    ),
    geonames: Annotated[
        list[Path] | None, typer.Option(help="A GeoNames dump: allCountries.zip, TJ.zip, cities500.zip.")
    ] = None,
    alternate_names: Annotated[Path | None, typer.Option(help="alternateNamesV2.zip: names with languages.")] = None,
    admin1: Annotated[Path | None, typer.Option("--admin1", help="admin1CodesASCII.txt.")] = None,
    admin2: Annotated[Path | None, typer.Option("--admin2", help="admin2Codes.txt.")] = None,
    country_info: Annotated[Path | None, typer.Option(help="countryInfo.txt.")] = None,
    natural_earth: Annotated[
        list[Path] | None, typer.Option(help="Natural Earth: a folder of layers, or one layer.")
    ] = None,
    features: Annotated[
        list[Path] | None,
        typer.Option("--features", "--csv", "--osm", help="Places as CSV, GeoJSON, GeoPackage or shapefile."),
    ] = None,
    columns: Annotated[
        str, typer.Option("--map", help="Which column of --features is what: name=TITLE,lat=Y,lon=X,kind==city.")
    ] = "",
    linked_places: Annotated[
        list[Path] | None, typer.Option(help="A historical gazetteer in Linked Places format.")
    ] = None,
    wikidata: Annotated[
        list[Path] | None, typer.Option(help="A dump of Wikidata (.json.gz, .json.bz2), or a query's CSV.")
    ] = None,
    base: Annotated[
        str, typer.Option("--base", help="Gazetteer to add the files to, or none; default: the one in use.")
    ] = "",
) -> None:
    """Build a gazetteer: the embedded one anew (needs the network), or one with the places of your files."""
    from geomap.gazetteer.imports import Files, import_files
    from geomap.gazetteer.sources.features import mapping
    from geomap.gazetteer.store import Store

    target = folder or out
    if target is None or (folder and out):
        raise typer.BadParameter("name the folder of the new store, once")
    files = Files(
        geonames=tuple(geonames or ()),
        alternate_names=alternate_names,
        admin1=admin1,
        admin2=admin2,
        country_info=country_info,
        natural_earth=tuple(natural_earth or ()),
        features=tuple(features or ()),
        linked_places=tuple(linked_places or ()),
        wikidata=tuple(wikidata or ()),
        columns=mapping(columns),
    )
    if files:
        store = None if base == "none" else Store.open(base or _state.gazetteer)
        import_files(files, target, base=store, progress=sys.stderr.isatty() and not _state.quiet)
    else:
        from geomap.gazetteer.build import build as build_store

        if lists := [name for name in (alternate_names, admin1, admin2, country_info) if name]:
            raise typer.BadParameter(f"{lists[0]} adds to a dump: name one with --geonames")
        build_store(target, recipe=recipe, cache=cache)
    _say(f"{target}: built")


# Reading and writing


def _pipeline(llm: str = "", llm_model: str = "") -> Pipeline:
    """Return the pipeline; what it needs is asked for now, so that what is missing is told at once."""
    model = None
    if llm:
        from geomap.llm import LanguageModel

        model = LanguageModel(llm, llm_model) if llm_model else LanguageModel(llm)
    pipeline = Pipeline(Config(gazetteer=_state.gazetteer, llm=model, recogniser=_state.recogniser))
    _ = pipeline.store
    if _state.recogniser:
        _ = pipeline.recogniser
    return pipeline


def _read(sources: Sequence[str], date: str, language: str, *, pipeline: Pipeline) -> list[Document]:
    """Read articles, or documents that were parsed before; one that cannot be read is an error unless others can."""
    from geomap.api import Corpus, Document, load
    from geomap.article import read_article

    documents: list[Document] = []
    failures: list[GeomapError] = []
    for source in sources:
        try:
            if source.endswith((".json", ".jsonl")):
                loaded = load(source)
                documents += loaded.documents if isinstance(loaded, Corpus) else [loaded]
            else:
                documents.append(Document(pipeline.run(read_article(source, date=date, language=language))))
        except GazetteerError:
            raise
        except GeomapError as error:
            if len(sources) == 1:
                raise
            failures.append(error)
    for failure in failures:
        _warn(str(failure))
    if not documents:
        raise ArticleError("none of the articles could be read")
    for document in documents:
        for warning in document.warnings:
            advice = f"{warning} ({_OPTIONS[warning]})" if warning in _OPTIONS else warning
            _say(f"{document.record.article.id}: {advice}" if len(documents) > 1 else advice)
    return documents


def _emit(documents: Sequence[Document], kind: str, table: str, output: Path | None, *, force: bool) -> None:
    """Write documents in one of the formats of `parse`."""
    if kind in {"json", "jsonl"}:
        values = [json.dumps(document.to_dict(), ensure_ascii=False) + "\n" for document in documents]
        _put("".join(values), output, force=force)
        return
    from geomap.api import Corpus

    results = documents[0] if len(documents) == 1 else Corpus(tuple(documents))
    if kind == "gpkg" and output:
        results.to_geopackage(output, overwrite=force)
        return
    from geomap import tables

    frame = getattr(results, table)
    if output:
        tables.write(frame, output, kind, overwrite=force)  # type: ignore[arg-type]
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"geomap.{kind}"
        tables.write(frame, path, kind)  # type: ignore[arg-type]
        _put(path.read_text(encoding="utf-8"), None, force=force)


def _put(text: str, output: Path | None, *, force: bool) -> None:
    """Write text to a file, or to standard output as UTF-8."""
    if output:
        write_text(output, text, overwrite=force)
    else:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()


def _answer(
    lines: str, output: Path | None, answer: Callable[[dict[str, Any]], dict[str, Any]], *, force: bool
) -> None:
    """Answer every line of a file, and say how many could not be."""
    failed = total = 0

    def text() -> Iterator[bytes]:
        nonlocal failed, total
        for value in jsonl.answers(_input(lines), answer):
            total += 1
            failed += "error" in value
            yield (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace")

    if output is None:
        for line in text():
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
    else:
        with replacing(output, overwrite=force) as temporary, temporary.open("wb") as file:
            file.writelines(text())
    _say(f"{total} lines answered" + (f", {failed} of them with an error" if failed else ""))


def _input(path: str) -> Iterable[bytes]:
    if path == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(path).open("rb") as file:
            yield from file
    except OSError as error:
        raise ArticleError(f"{path}: cannot be read: {error.strerror}") from error


def _refuse(path: Path, *, force: bool) -> None:
    """Refuse an output that exists before any work is done for it."""
    if path.exists() and not force:
        raise OutputError(f"{path} exists; use --force to overwrite it")


def _require_events(documents: Sequence[Document], *, strict: bool) -> None:
    if strict and not any(document.record.events for document in documents):
        raise typer.Exit(EXIT_NO_EVENTS)


def _lat_lon(option: str, text: str) -> tuple[float, float]:
    """Read a point; where it is none on earth, that is wrong use."""
    try:
        lat, lon = map(float, text.split(","))
    except ValueError:
        lat = lon = math.nan
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise typer.BadParameter(f"{option} is {text!r}, expected LAT,LON in degrees, such as 37.49,71.55")
    return lat, lon


def _contents(contents: Contents) -> str:
    """Say how much there is of what the user can add."""
    places, hidden, corrections = map(len, (contents.places, contents.hidden, contents.corrections))
    return f"{places} places, {hidden} hidden, {corrections} corrections"


def _one_of(option: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise typer.BadParameter(f"{option} is {value!r}, expected one of {', '.join(allowed)}")


# Messages


def _say(message: str) -> None:
    if not _state.quiet:
        typer.echo(message, err=True)


def _warn(message: str) -> None:
    typer.echo(f"geomap: {message}", err=True)


def _fail(message: str) -> NoReturn:
    _warn(" ".join(message.split()))
    sys.exit(EXIT_FAILED)


def _total(documents: Sequence[Document]) -> str:
    events = sum(len(document.record.events) for document in documents)
    places = len({place.id for document in documents for place in document.record.places})
    return f"{events} events, {places} places"
