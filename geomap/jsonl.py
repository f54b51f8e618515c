"""The machine contract: a JSON line in, a JSON line out, and never a stop for one bad line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from geomap.article import parse_date
from geomap.errors import ArticleError, GeomapError
from geomap.record import Article
from geomap.schema import to_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geomap.gazetteer.online import Online
    from geomap.pipeline import Pipeline

__all__ = ["answers", "geocode_line", "parse_line"]

Line = dict[str, Any]


def answers(lines: Iterable[bytes], answer: Callable[[Line], Line]) -> Iterator[Line]:
    """Answer lines one by one; blank lines are skipped.

    A line that cannot be read or answered gives ``{"id", "error": {"type", "message"}}``, with the number of the line
    for an id if it has none.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name = f"line {number}"
        try:
            asked = json.loads(line)
            if not isinstance(asked, dict):
                raise TypeError(f"expected a JSON object, found {type(asked).__name__}")  # noqa: TRY301
            name = str(asked.get("id", name))
            yield answer(asked | {"id": name})
        except Exception as error:  # noqa: BLE001 a batch outlives whatever one line brings
            message = " ".join(str(error).split())
            yield {"id": name, "error": {"type": type(error).__name__, "message": message}}


def parse_line(asked: Line, pipeline: Pipeline, *, gold_spans: bool = False) -> Line:
    """Geoparse the article of a line.

    Parameters
    ----------
    asked
        ``id``, ``text``, and if known ``lang``, ``date``, ``title``, ``source_place``; with ``triggers``, these event
        words are typed and linked, and no others.
    gold_spans
        Resolve the spans of ``toponyms`` instead of looking for place names.

    Raises
    ------
    ArticleError
        A value is missing or not of its kind.
    """
    text = asked.get("text")
    if not isinstance(text, str):
        raise ArticleError('"text" is missing or no string')
    article = Article(
        text=text,
        id=asked["id"],
        title=str(asked.get("title") or ""),
        date=parse_date(asked.get("date")),
        language=str(asked.get("lang") or ""),
        source_place=str(asked.get("source_place") or ""),
    )
    record = pipeline.run(
        article,
        gold_spans=_spans(asked.get("toponyms") or [], "toponyms", len(text)) if gold_spans else None,
        triggers=_spans(asked["triggers"], "triggers", len(text)) if asked.get("triggers") is not None else None,
    )
    return to_dict(record, full=False)


def geocode_line(asked: Line, pipeline: Pipeline, *, limit: int = 10, online: Online | None = None) -> Line:
    """Look up the place name of a line: ``id``, ``query``, and if known ``language`` and ``context``.

    ``context`` says where the place is: a country code or a list of them, or a name ("Texas").

    Parameters
    ----------
    online
        The service to ask for what the gazetteer does not know.

    Raises
    ------
    ArticleError
        A value is missing or not of its kind.
    GeomapError
        The service could not be asked.
    """
    from geomap.lookup import lookup

    query, context = asked.get("query"), asked.get("context") or []
    if not isinstance(query, str):
        raise ArticleError('"query" is missing or no string')
    names = [context] if isinstance(context, str) else list(context)
    codes = [name for name in names if re.fullmatch("[A-Z]{2}", name)]
    around = "".join(f", {name}" for name in names if name not in codes)
    language = str(asked.get("language") or "")
    results = lookup(pipeline, query + around, language=language, countries=codes, limit=limit)
    if not results and online is not None:
        results = _ask(online, query + around, language, codes, limit)
    return {"id": asked["id"], "results": results}


def _ask(online: Online, query: str, language: str, codes: list[str], limit: int) -> list[Line]:
    from geopy.exc import GeopyError

    try:
        return online.lookup(query, language=language, countries=codes, limit=limit)
    except GeopyError as error:
        raise GeomapError(f"{online.service} could not be asked: {error}") from error


def _spans(values: Any, name: str, length: int) -> list[tuple[int, int]]:  # noqa: ANN401 it is checked here
    """Read ``[{"start", "end"}]``, in the order of the text."""
    try:
        spans = sorted((int(value["start"]), int(value["end"])) for value in values)
    except (TypeError, KeyError, ValueError) as error:
        raise ArticleError(f'"{name}" is no list of objects with start and end') from error
    for start, end in spans:
        if not 0 <= start < end <= length:
            raise ArticleError(f'"{name}" has the span {start}–{end}, outside the text of {length} characters')
    return spans
