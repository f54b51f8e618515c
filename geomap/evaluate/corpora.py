"""Gold articles: the sample articles of the project, and corpora of one JSON object a line.

A sample article is ``<name>.gold.json`` with its text in ``<name>.txt`` (``data/articles/README.md`` defines both). A
line of a corpus holds ``id``, ``text``, and as far as they are annotated ``lang``, ``date``, ``title``, ``toponyms``,
``timexes``, ``events``.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geomap.errors import ArticleError
from geomap.record import Article, EventType, Modality, PlaceKind, Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["GoldArticle", "GoldEvent", "GoldPlace", "Timex", "Toponym", "read_gold", "timexes", "toponyms"]

_SAMPLE = ".gold.json"


@dataclass(frozen=True, slots=True)
class Toponym:
    """A place name, of the gold or of an answer.

    Attributes
    ----------
    lat, lon
        None where it is not geocoded: in gold, it counts for recognition alone.
    radius_km
        In gold, how far the place reaches from its point; 0 if it is not said.
    path
        In gold, the (lat, lon) points of a line; its nearest point counts.
    ignore
        In gold, neither right nor wrong to find.
    kind
        In gold, the type that the corpus states; in an answer, the kind of place.
    """

    start: int
    end: int
    lat: float | None = None
    lon: float | None = None
    radius_km: float = 0.0
    path: tuple[tuple[float, float], ...] = ()
    ignore: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Timex:
    """A date expression and its TIMEX3 value."""

    start: int
    end: int
    value: str | None = None


@dataclass(frozen=True, slots=True)
class GoldPlace:
    """Where a gold event is, and what the place is to it."""

    name: str
    lat: float
    lon: float
    role: Role
    kind: PlaceKind


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """An event of a sample article; `earliest` and `latest` are None where the text leaves a side open."""

    id: str
    label: str
    type: EventType
    modality: Modality
    evidence: Span
    earliest: dt.date | None
    latest: dt.date | None
    places: tuple[GoldPlace, ...]


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article and what is in it; a layer that is not annotated is None.

    Attributes
    ----------
    partial
        Only some of the toponyms are annotated: precision is unknown.
    """

    article: Article
    toponyms: tuple[Toponym, ...] | None = None
    timexes: tuple[Timex, ...] | None = None
    events: tuple[GoldEvent, ...] | None = None
    partial: bool = False


def read_gold(path: str | Path) -> list[GoldArticle]:
    """Read a sample article or a corpus.

    Raises
    ------
    ArticleError
        The file cannot be read, or is no gold.
    """
    path = Path(path)
    try:
        if path.name.endswith(_SAMPLE):
            # bytes: reading as text would change line ends, and with them the offsets
            text = path.with_name(path.name.removesuffix(_SAMPLE) + ".txt").read_bytes().decode("utf-8")
            return [_gold({**json.loads(path.read_text(encoding="utf-8")), "text": text}, events=True)]
        with path.open(encoding="utf-8") as lines:
            return [_gold(json.loads(line), events=False) for line in lines if line.strip()]
    except OSError as error:
        raise ArticleError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArticleError(f"{path}: no gold: {type(error).__name__}: {error}") from error


def toponyms(values: Iterable[Mapping[str, Any]]) -> tuple[Toponym, ...]:
    """Read toponyms from JSON values."""
    return tuple(
        Toponym(
            value["start"],
            value["end"],
            value.get("lat"),
            value.get("lon"),
            value.get("radius_km") or 0.0,
            tuple((lat, lon) for lat, lon in value.get("path") or ()),
            bool(value.get("ignore")),
            str(value.get("kind") or value.get("type") or ""),
        )
        for value in values
    )


def timexes(values: Iterable[Mapping[str, Any]]) -> tuple[Timex, ...]:
    """Read date expressions from JSON values."""
    return tuple(Timex(value["start"], value["end"], value.get("value")) for value in values)


def _gold(row: Mapping[str, Any], *, events: bool) -> GoldArticle:
    article = Article(
        text=row["text"],
        id=str(row["id"]),
        title=row.get("title") or "",
        date=_day(row.get("date")),
        language=row.get("lang") or "",
    )
    return GoldArticle(
        article,
        toponyms(row["toponyms"]) if "toponyms" in row else None,
        timexes(row["timexes"]) if "timexes" in row else None,
        tuple(_event(value) for value in row["events"]) if events else None,
        bool(row.get("partial")),
    )


def _event(value: Mapping[str, Any]) -> GoldEvent:
    first, last = value["date"]
    places = tuple(
        GoldPlace(place["name"], place["lat"], place["lon"], Role(place["role"]), PlaceKind(place["kind"]))
        for place in value["places"]
    )
    return GoldEvent(
        id=value["id"],
        label=value["label"],
        type=EventType(value["type"]),
        modality=Modality(value["modality"]),
        evidence=Span(value["evidence"]["start"], value["evidence"]["end"]),
        earliest=_day(first),
        latest=_day(last),
        places=places,
    )


def _day(value: str | None) -> dt.date | None:
    """Read the day of a date that may have a time behind it; a date that is not written so tells no day."""
    try:
        return dt.date.fromisoformat((value or "")[:10])
    except ValueError:
        return None
