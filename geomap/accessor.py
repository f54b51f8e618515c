"""``table.geomap.map()``: draw any GeoDataFrame as a map page, with the keywords of ``GeoDataFrame.explore``.

Importing this module registers the accessor; ``import geomap`` does it where geopandas is loaded already, and the
tables of a `Document` bring it along.
"""

from __future__ import annotations

import colorsys
import re
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from geomap.page.event_map import EventMap, Legend
from geomap.record import (
    Actor,
    Article,
    Attribution,
    Draw,
    Event,
    EventPlace,
    EventTime,
    EventType,
    Modality,
    Place,
    PlaceKind,
    Precision,
    Record,
    Role,
    Span,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from geomap.record import GeometryType

__all__ = ["MapAccessor"]

# Where a row takes its title from if no tooltip was asked for.
TITLES = ("title", "name", "surface", "place", "label", "id")
# By dimension.
GEOMETRIES: tuple[GeometryType, ...] = ("point", "line", "polygon")
# Numbers are drawn in so many classes, each with as many rows.
CLASSES = 5
# More values than this are too many for colours.
MOST_COLOURS = 20
# Qualitative colours with a contrast of 4.5 on white (Okabe and Ito's, darkened).
PALETTE = ("#0072b2", "#b35900", "#00805c", "#b4003c", "#5a45b0", "#746300", "#00707f", "#94386f", "#6b6b6b", "#3f7300")
MISSING = "#6b6b6b"
CONTRAST = 4.5
DARK_PAPER = 0.0095  # luminance of the dark theme
_Member = TypeVar("_Member", bound=StrEnum)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@pd.api.extensions.register_dataframe_accessor("geomap")
class MapAccessor:
    """Map pages of tables.

    Examples
    --------
    >>> doc.events.geomap.map(column="country")  # doctest: +SKIP
    """

    def __init__(self, table: pd.DataFrame) -> None:
        if getattr(table, "_geometry_column_name", None) not in table.columns:
            raise AttributeError("a table without geometry has no map; make it a GeoDataFrame")
        self._table: gpd.GeoDataFrame = table

    def map(
        self,
        column: str | None = None,
        *,
        cmap: str | Sequence[str] | None = None,
        tooltip: bool | str | Sequence[str] = False,
        popup: bool | str | Sequence[str] = False,
        legend: bool = True,
        title: str = "",
        **options: Any,  # noqa: ANN401
    ) -> EventMap:
        """Draw each row as an event at its geometry.

        Columns with the names of `geomap.tables` are understood: title, type, date_from, date_to, modality, draw,
        place, kind, country, precision, radius_km, actors, attribution, confidence. None of them is needed.

        Parameters
        ----------
        column
            Colour the rows by the values of this column instead of by type: each value its colour, or, for numbers,
            five classes of as many rows.
        cmap
            Colours for `column`: a list of hex colours, or the name of one of branca's colour maps ("viridis",
            "YlOrRd_09"). They are darkened as far as a white number on them needs.
        tooltip
            Columns that describe a row; True for all of them.
        popup
            Columns that its card shows, and the text beside the map; those of `tooltip` if there are none.
        legend
            Whether the legend of `column` is open at first.
        title
            Headline of the page.
        **options
            As for `EventMap`.

        Raises
        ------
        ValueError
            There is no such column, or no such colour map, or the column has too many values.
        """
        table = _in_degrees(self._table)
        named = [column] if column else []
        short, full = _columns(table, tooltip), _columns(table, popup)
        missing = [name for name in (*named, *short, *full) if name not in table.columns]
        if missing:
            raise ValueError(f"no column {missing[0]!r}; there are {', '.join(map(str, table.columns))}")
        record = _record(table, short, full or short, title)
        classes = _legend(table[column], cmap)._replace(is_open=legend) if column else None
        return EventMap(record, legend=classes, **options)


def _columns(table: gpd.GeoDataFrame, asked: bool | str | Sequence[str]) -> list[str]:  # noqa: FBT001  (as geopandas takes them)
    """Return the columns that a keyword asks for."""
    if isinstance(asked, str):
        return [asked]
    if isinstance(asked, bool):
        return [name for name in table.columns if name not in {table.geometry.name, "anchor"}] if asked else []
    return list(asked)


def _in_degrees(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the table in EPSG:4326; one that does not say what it is in is taken to be."""
    return table if table.crs is None or table.crs.equals("EPSG:4326") else table.to_crs("EPSG:4326")


def _record(table: gpd.GeoDataFrame, tooltip: Sequence[str], popup: Sequence[str], title: str) -> Record:
    """Make a record whose text has a line for each row."""
    lines: list[str] = []
    places: dict[str, Place] = {}
    events = []
    start = 0
    rows = table.drop(columns=table.geometry.name).to_dict("records")
    for number, (row, geometry) in enumerate(zip(rows, table.geometry, strict=True), 1):
        line = _line(row, popup) or f"{number}"
        found = _places(row, geometry, number)
        for place in found:
            places.setdefault(place.id, place)
        title_of_row = _line(row, tooltip) or line
        events.append(_event(row, number, Span(start, start + len(line)), line, title_of_row, found))
        lines.append(line)
        start += len(line) + 1
    article = Article("\n".join(lines), "table", title or "geomap")
    return Record(article, places=tuple(places.values()), events=tuple(events))


def _line(row: dict[str, Any], tooltip: Sequence[str]) -> str:
    if tooltip:
        pairs = [f"{name}: {_text(row[name])}" for name in tooltip if _text(row[name])]
        return " ".join(" · ".join(pairs).split())
    return " ".join(next((text for name in TITLES if (text := _text(row.get(name)))), "").split())


def _event(  # noqa: PLR0917
    row: dict[str, Any], number: int, span: Span, line: str, title: str, places: Sequence[Place]
) -> Event:
    first, last = _day(row.get("date_from")), _day(row.get("date_to"))
    role = _member(Role, row.get("role"), Role.AT)
    return Event(
        f"e{number}",
        _member(EventType, row.get("type"), EventType.OTHER),
        Span(span.start, span.start + len(line.split(" ", 1)[0])),
        span,
        title=title,
        actors=tuple(Actor(name, 0, 0) for name in _names(row.get("actors"))),
        places=tuple(EventPlace(place.id, role, -1, -1) for place in places),
        time=EventTime(first, last, _text(row.get("granularity")) or "day") if first or last else None,
        modality=_member(Modality, row.get("modality"), Modality.HAPPENED),
        attribution=tuple(Attribution(name, 0, 0) for name in _names(row.get("attribution"))),
        # What somebody puts into a table is to be seen.
        draw=_member(Draw, row.get("draw"), Draw.SOLID),
        confidence=_float(row.get("confidence")),
    )


def _places(row: dict[str, Any], geometry: BaseGeometry | None, number: int) -> list[Place]:
    """Return the place of a row; several where its geometry is several points, none where it has no use on a map."""
    if geometry is None or geometry.is_empty:
        return []
    from shapely import force_2d, get_coordinates, get_dimensions, get_parts
    from shapely.geometry import GeometryCollection

    geometry = force_2d(geometry)
    if not (abs(get_coordinates(geometry)) < 400).all():  # NaN too
        return []
    parts = get_parts(get_parts(geometry))
    kinds = get_dimensions(parts)
    shape = GEOMETRIES[kinds.max()]
    if shape == "point":
        several = len(parts) > 1
        found = [
            _place(row, part, shape, f"{number}.{i}" if several else f"{number}") for i, part in enumerate(parts, 1)
        ]
    else:
        # Of a mixed collection, its areas, or its lines.
        whole = GeometryCollection(list(parts[kinds == kinds.max()])) if kinds.min() < kinds.max() else geometry
        found = [_place(row, whole, shape, f"{number}")]
    return [place for place in found if place is not None]


def _place(row: dict[str, Any], geometry: BaseGeometry, shape: GeometryType, number: str) -> Place | None:
    from shapely import to_wkb
    from shapely.errors import GEOSException

    try:
        middle = geometry.representative_point()
    except GEOSException:
        return None
    known = {"point": Precision.EXACT, "line": Precision.LINE, "polygon": Precision.AREA}[shape]
    name = _text(row.get("place")) or _text(row.get("name"))
    return Place(
        _text(row.get("place_id")) or f"row:{number}",
        name or number,
        _member(PlaceKind, row.get("kind") or row.get("place_kind"), PlaceKind.REGION),
        _text(row.get("country")),
        middle.y,
        middle.x,
        _member(Precision, row.get("precision"), known),
        _float(row.get("radius_km")),
        shape,
        None if shape == "point" else to_wkb(geometry),
    )


# Colours


def _legend(values: pd.Series[Any], cmap: str | Sequence[str] | None) -> Legend:
    """Return the classes of a column, and which of them each row has."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if numeric and values.nunique() > CLASSES:
        bins, edges = pd.qcut(values, CLASSES, labels=False, retbins=True, duplicates="drop")
        names = [f"{low:.4g} – {high:.4g}" for low, high in pairwise(edges)]
        codes = bins.fillna(-1).astype(int).tolist()
    else:
        texts = [_text(value) for value in values]
        names = [_text(value) for value in sorted(values.dropna().unique())] if numeric else sorted(set(texts) - {""})
        codes = [names.index(text) if text in names else -1 for text in texts]
    if len(names) > MOST_COLOURS:
        raise ValueError(f"column {values.name!r} has {len(names)} values: too many for colours")
    colours = _palette(cmap or ("viridis" if numeric else PALETTE), len(names))
    if -1 in codes:
        names, colours = [*names, "–"], [*colours, MISSING]
        codes = [len(names) - 1 if code < 0 else code for code in codes]
    classes = [
        (name, _readable(colour, 1.0), _readable(colour, DARK_PAPER))
        for name, colour in zip(names, colours, strict=True)
    ]
    return Legend(classes, codes)


def _palette(cmap: str | Sequence[str], count: int) -> list[str]:
    if not isinstance(cmap, str):
        wrong = [colour for colour in cmap if not _HEX.fullmatch(colour)]
        if wrong or not cmap:
            raise ValueError(f"cmap has {wrong[0]!r}, expected colours like #0072b2" if wrong else "cmap is empty")
        return [cmap[i % len(cmap)] for i in range(count)]
    from branca.colormap import linear

    scale = getattr(linear, cmap, None)
    if scale is None:
        raise ValueError(f"cmap is {cmap!r}; branca knows viridis, YlOrRd_09, Blues_09 and others")
    # The lightest end of a map is nearly white: it is left out.
    return [scale.scale(0, 1).rgb_hex_str(0.15 + 0.85 * i / max(1, count - 1)) for i in range(count)]


def _readable(colour: str, paper: float) -> str:
    """Darken a colour until it stands out from paper of a luminance, or lighten it where the paper is dark."""
    hue, light, saturation = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    step = -0.02 if paper > 0.5 else 0.02
    while 0 < light < 1:
        rgb = colorsys.hls_to_rgb(hue, light, saturation)
        own = sum(k * _linear(part) for k, part in zip((0.2126, 0.7152, 0.0722), rgb, strict=True))
        if (max(own, paper) + 0.05) / (min(own, paper) + 0.05) >= CONTRAST:
            return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)
        light += step
    return "#000000" if paper > 0.5 else "#ffffff"


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4


# Cells


def _text(value: object) -> str:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _names(value: object) -> list[str]:
    return [name for name in _text(value).split("; ") if name]


def _float(value: object) -> float:
    try:
        return float(_text(value) or 0)
    except ValueError:
        return 0.0


def _day(value: object) -> dt.date | None:
    if not _text(value):
        return None
    try:
        return pd.Timestamp(value).date()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _member(kinds: type[_Member], value: object, default: _Member) -> _Member:
    try:
        return kinds(_text(value))
    except ValueError:
        return default
