"""The first view as a picture without a browser: SVG of shapely geometry, and PNG of it."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely

from geomap._files import replacing, write_text
from geomap.errors import MissingExtraError, OutputError
from geomap.page import assets
from geomap.page.data import headline, page_data
from geomap.page.lines import decode_line
from geomap.page.local_names import local_names
from geomap.page.placement import Canvas, Rect, text_width
from geomap.page.worldviews import OTHER, styles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geomap.page.focus import Box
    from geomap.page.worldviews import Style
    from geomap.record import Record

__all__ = ["to_png", "to_svg", "write_picture"]

Theme = Literal["light", "dark"]

WIDTH, HEIGHT = 1200, 720
# The title above the map, and each line of the list of events below it.
HEAD, LINE = 58, 22
# With more events than this, a list would be longer than the map.
MOST_LISTED = 60
# The view keeps this much around the events (pixels), and comes no nearer than this zoom.
MARGIN, NEAREST = 70, 9.0
# From this zoom the fine map is drawn, and the bytes of its cells that a view may need.
FINE_ZOOM, FINE_ROOM = 5.0, 2_000_000
FINE_GRID = 0.001
# An area that fills more of the view than this is everywhere: shading it would only tint the map.
EVERYWHERE = 0.8
FONT = "Noto Sans, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
# What XML cannot carry.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class _View:
    """Web Mercator around a centre; x runs on past the antimeridian."""

    zoom: float
    lon: float
    left: float
    top: float
    height: float = HEIGHT

    @classmethod
    def of(cls, box: Box) -> _View:
        west, south, east, north = box
        x0, x1 = (west / 360 + 0.5), (east / 360 + 0.5)
        y0, y1 = _mercator(np.array([north, south]))
        wide, high = max(x1 - x0, 1e-6), max(y1 - y0, 1e-6)
        zoom = min(math.log2((WIDTH - 2 * MARGIN) / wide / 256), math.log2((HEIGHT - 2 * MARGIN) / high / 256), NEAREST)
        scale = 256 * 2 ** max(zoom, 1.6)
        return cls(
            math.log2(scale / 256),
            (west + east) / 2,
            (x0 + x1) / 2 * scale - WIDTH / 2,
            (y0 + y1) / 2 * scale - HEIGHT / 2,
        )

    def project(self, points: NDArray[Any]) -> NDArray[Any]:
        scale = 256 * 2**self.zoom
        x = (points[:, 0] / 360 + 0.5) * scale - self.left
        return np.column_stack([x, _mercator(points[:, 1]) * scale - self.top])

    def near(self, points: NDArray[Any], *, lon: float | None = None) -> NDArray[Any]:
        """Turn a line by whole circles, to the side of the world that the view shows."""
        middle = (points[:, 0].min() + points[:, 0].max()) / 2 if lon is None else lon
        return cast("NDArray[Any]", points + np.array([360 * round((self.lon - middle) / 360), 0]))

    def box(self) -> Box:
        scale = 256 * 2**self.zoom
        west, east = ((x / scale - 0.5) * 360 for x in (self.left, self.left + WIDTH))
        south, north = (
            math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / scale)))) for y in (self.top + HEIGHT, self.top)
        )
        return (west, south, east, north)


def _mercator(lat: NDArray[Any]) -> NDArray[Any]:
    sin = np.sin(np.radians(np.clip(lat, -85.05, 85.05)))
    return cast("NDArray[Any]", 0.5 - np.log((1 + sin) / (1 - sin)) / (4 * np.pi))


@dataclass
class _Picture:
    """An SVG document in the making."""

    view: _View
    colour: dict[str, str]
    groups: dict[str, dict[str, Any]]
    dark: bool
    parts: list[str] = field(default_factory=list)

    def add(self, tag: str, /, **attributes: object) -> None:
        """Add an element; `text` is what it holds."""
        text = attributes.pop("text", None)
        shown = {name.strip("_").replace("_", "-"): value for name, value in attributes.items() if value is not None}
        inner = " ".join(f"{name}={quoteattr(_clean(str(value)))}" for name, value in shown.items())
        body = "/>" if text is None else f">{_escape(str(text))}</{tag}>"
        self.parts.append(f"<{tag} {inner}{body}")

    def line(self, d: str, stroke: str, width: float, **more: object) -> None:
        if d:
            self.add("path", d=d, fill="none", stroke=stroke, stroke_width=width, stroke_linejoin="round", **more)

    def group(self, name: str) -> str:
        entry = self.groups.get(name)
        return str(entry["dark" if self.dark else "colour"]) if entry else self.colour["mixed"]

    def text(self, x: float, y: float, text: str, size: float, **more: object) -> None:
        self.add("text", text=text, x=_number(x), y=_number(y), font_size=size, **more)


def to_svg(
    records: Record | Sequence[Record],
    *,
    theme: Theme = "light",
    ui: str = "",
    worldview: str = "de-facto",
) -> str:
    """Draw the first view of the map page as SVG, with a list of the events below it.

    Parameters
    ----------
    records
        One or more geoparsed articles.
    theme
        "light" or "dark".
    ui
        Language of the labels; "" takes the article's, or English where geomap does not speak it.
    worldview
        How disputed boundaries are drawn, as for `EventMap`.
    """
    from geomap.record import Record

    records = [records] if isinstance(records, Record) else list(records)
    article = records[0].article if records else None
    language = next((name for name in (ui, article.language if article else "") if name in assets.LANGUAGES), "en")
    data = page_data(records)
    classes = assets.symbols()["certainty"]
    events = [event for event in data["events"] if classes[event["certainty"]]["shown"]]
    view = _View.of(data["focus"] or (-150, -45, 170, 65))
    picture = _Picture(view, assets.colours(theme), assets.symbols()["groups"], theme == "dark")
    _basemap(picture, styles(worldview))
    # The scale and the credit have their places.
    canvas = Canvas(WIDTH, HEIGHT, [Rect(0, HEIGHT - 40, 160, HEIGHT), Rect(WIDTH / 2, HEIGHT - 22, WIDTH, HEIGHT)])
    shown = _places(data["places"], events)
    for key, links in shown.items():
        _shape(picture, data["places"][key], links)
    chips: list[str] = []
    _chips(picture, canvas, data["places"], shown, chips)
    _labels(picture, canvas, {data["places"][key]["name"] for key in shown} | set(shown), language)
    _scale(picture, _boundaries(worldview, language))
    picture.parts += chips
    listed = events[:MOST_LISTED]
    total = HEAD + HEIGHT + 18 + LINE * math.ceil(len(listed) / 2) + 12
    title = headline(article.title) if article and len(records) == 1 else ""
    facts = [article.outlet, article.date.isoformat() if article.date else ""] if article and len(records) == 1 else []
    return _document(picture, total, title=title, facts=facts, events=listed, language=language)


def to_png(records: Record | Sequence[Record], *, zoom: float = 2.0, **options: Any) -> bytes:  # noqa: ANN401
    """Draw the picture of `to_svg`, with its options, as PNG: `zoom` pixels for each of its units.

    Raises
    ------
    MissingExtraError
        resvg-py is not installed.
    """
    try:
        import resvg_py
    except ModuleNotFoundError as error:
        raise MissingExtraError("PNG needs resvg-py: pip install 'geomap[image]'") from error
    image: bytes = bytes(resvg_py.svg_to_bytes(svg_string=to_svg(records, **options), zoom=zoom))
    return image


def write_picture(
    records: Record | Sequence[Record],
    path: str | Path,
    *,
    overwrite: bool = True,
    **options: Any,  # noqa: ANN401
) -> None:
    """Write the picture of `to_svg`, with its options, as SVG or PNG: the suffix of the path says which.

    Raises
    ------
    OutputError
        The path has another suffix, or cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() == ".svg":
        write_text(path, to_svg(records, **options), overwrite=overwrite)
    elif path.suffix.lower() == ".png":
        image = to_png(records, **options)
        with replacing(path, overwrite=overwrite) as temporary:
            temporary.write_bytes(image)
    else:
        raise OutputError(f"{path}: a picture is an .svg or a .png file")


# Parts of the picture


def _boundaries(worldview: str, language: str) -> str:
    """Say whose boundaries are drawn."""
    words: dict[str, str] = assets.messages()[language]["worldview"]
    names = assets.country_names().get(worldview)
    state = names[assets.LANGUAGES.index(language)] if names else worldview
    return words.get(worldview) or words["state"].replace("{name}", state)


def _basemap(picture: _Picture, lines: Mapping[str, Style]) -> None:
    """Draw land and water, the fine map over the coarse one where the view is near."""
    view = picture.view
    picture.add("rect", width=WIDTH, height=HEIGHT, fill=picture.colour["water"])
    world = json.loads(assets.basemap("50m"))
    frame = Rect(0, 0, WIDTH, HEIGHT)
    _layers(picture, _claimed(world, lines), world["grid"], frame)
    if view.zoom < FINE_ZOOM:
        return
    for key, cell in json.loads(assets.fine_cells([view.box()], room=FINE_ROOM)).items():
        lon, lat = map(int, key.split(","))
        corners = view.near(np.array([[lon, lat + assets.CELL], [lon + assets.CELL, lat]], float))
        (left, top), (right, bottom) = np.rint(view.project(corners))
        inside = Rect(max(left, 0), max(top, 0), min(right, WIDTH), min(bottom, HEIGHT))
        if inside.left >= inside.right or inside.top >= inside.bottom:
            continue
        size = {"width": inside.right - inside.left, "height": inside.bottom - inside.top}
        picture.add("rect", x=inside.left, y=inside.top, fill=picture.colour["water"], **size)
        _layers(picture, {"coast": []} | _claimed(cell, lines), FINE_GRID, inside)


def _claimed(source: dict[str, Any], lines: Mapping[str, Style]) -> dict[str, Any]:
    """Sort the disputed lines of a map into solid and dashed ones."""
    named = [(lines.get(name, lines[OTHER]), line) for name, line in source.get("disputed", ())]
    solid, dashed = ([line for style, line in named if style == wanted] for wanted in ("solid", "dashed"))
    return source | {"borders": [*source.get("borders", ()), *solid], "disputed": dashed}


def _layers(picture: _Picture, source: dict[str, Any], grid: float, frame: Rect) -> None:
    colour, zoom = picture.colour, picture.view.zoom

    def trace(lines: Iterable[str], *, closed: bool) -> str:
        return "".join(_trace(picture.view, lines, grid, frame, closed=closed))

    land = trace(source.get("land", ()), closed=True)
    coast = trace(source["coast"], closed=False) if "coast" in source else trace(source["land"], closed=False)
    picture.line(coast, colour["rim"], min(8.0, 1.5 * zoom))
    picture.add("path", d=land, fill=colour["land"], fill_rule="evenodd")
    for rank in range(9):
        if zoom < rank - 2.2:
            break
        rivers = [line for own, line in source.get("rivers", ()) if own == rank]
        width = max(0.5, min(2.2, 0.75 + (zoom - rank) * 0.22))
        picture.line(trace(rivers, closed=False), colour["river"], round(width, 2))
    picture.add("path", d=trace(source.get("lakes", ()), closed=True), fill=colour["water"], fill_rule="evenodd")
    picture.line(coast, colour["coast"], 0.9)
    for name, dash in (("borders", None), ("disputed", "5 4")):
        border = trace(source.get(name, ()), closed=False)
        picture.line(border, colour["border-casing"], round(min(3.5, max(zoom - 2, 0.1)), 2))
        picture.line(border, colour["border"], 1, stroke_dasharray=dash)


def _trace(view: _View, lines: Iterable[str], grid: float, frame: Rect, *, closed: bool) -> Iterator[str]:
    """Yield the paths of lines or rings, cut to a frame."""
    for line in lines:
        points = decode_line(line, grid)
        if len(points) < 2:
            continue
        here = view.project(view.near(points))
        # The world is repeated where a view reaches past its edge.
        for turn in (-1, 0, 1):
            moved = here + np.array([turn * 256 * 2**view.zoom, 0])
            low, high = moved.min(axis=0), moved.max(axis=0)
            if high[0] < frame.left or low[0] > frame.right or high[1] < frame.top or low[1] > frame.bottom:
                continue
            shape = shapely.polygons(moved) if closed and len(moved) > 3 else shapely.linestrings(moved)
            yield _path(_clip(shape, frame))


def _clip(shape: BaseGeometry, frame: Rect) -> BaseGeometry:
    simple = shapely.simplify(shape, 0.35)
    return shapely.clip_by_rect(simple if simple.is_valid else shapely.make_valid(simple), *frame)


def _path(shape: BaseGeometry) -> str:
    """Return the `d` of a path."""
    out = []
    for part in shapely.get_parts(shapely.get_parts(shape)):
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            if ring.geom_type in {"LineString", "LinearRing"} and not ring.is_empty:
                points = " ".join(f"{_number(x)},{_number(y)}" for x, y in ring.coords)
                out.append(f"M{points}" + ("Z" if ring.geom_type == "LinearRing" else ""))
    return "".join(out)


def _places(places: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, list[tuple[dict[str, Any], bool]]]:
    """Return the events of each place, and whether it is only what they are about; the widest places first."""
    found: dict[str, dict[str, tuple[dict[str, Any], bool]]] = {}
    for event in events:
        for link in event["places"]:
            own = found.setdefault(link["place"], {})
            light = link["role"] == "about" or event["draw"] == "light"
            own[event["key"]] = (event, light and own.get(event["key"], (event, True))[1])
    kinds = {"country": 0, "vague": 1, "area": 2, "line": 3}
    order = sorted(found, key=lambda key: kinds.get(places[key]["precision"], 4))
    return {key: list(found[key].values()) for key in order}


def _shape(picture: _Picture, place: dict[str, Any], links: list[tuple[dict[str, Any], bool]]) -> None:
    """Draw a place as what is known of it."""
    groups = {event["group"] for event, _ in links}
    colour = picture.group(groups.pop() if len(groups) == 1 else "mixed")
    opacity = 0.55 if all(light for _, light in links) else 1
    shape = _geometry(picture.view, place)
    frame = Rect(-20, -20, WIDTH + 20, HEIGHT + 20)
    if shape is None:
        if not _is_area(place):
            (x, y), *_ = _point(picture.view, place)
            picture.add(
                "circle", cx=_number(x), cy=_number(y), r=5, fill=colour, stroke=picture.colour["panel"], stroke_width=2
            )
        return
    cut = _clip(shape, frame)
    d = _path(cut)
    if not d:
        return
    if place["shape"]["type"] == "line":
        # A bridge without a name, or a bank, is drawn as its river.
        kinds = [i.split(":")[0] for i in place["parents"]] if place["kind"] == "described" else [place["kind"]]
        kind = "river" if {"river", "canal", "strait"} & {*kinds} else "border"
        picture.line(d, picture.colour[f"event-{kind}-casing"], 7, opacity=opacity)
        dash = "9 4 2 4" if place["kind"] == "border" else None
        picture.line(d, picture.colour[f"event-{kind}"], 3.4, stroke_dasharray=dash, opacity=opacity)
    elif cut.area > EVERYWHERE * WIDTH * HEIGHT:
        return
    elif place["precision"] == "vague" or place["kind"] == "described":
        picture.add("path", d=d, fill=colour, fill_opacity=0.32, filter="url(#soft)", opacity=opacity)
    else:
        country = place["precision"] == "country"
        picture.add("path", d=d, fill=colour, fill_opacity=0.07 if country else 0.14, opacity=opacity)
        picture.add(
            "path",
            d=d,
            fill="url(#hatch)",
            fill_opacity=0.5,
            stroke=colour,
            stroke_width=1.2 if country else 1.8,
            opacity=opacity,
        )


def _geometry(view: _View, place: dict[str, Any]) -> BaseGeometry | None:
    """Return the lines or polygons of a place on the picture."""
    shape = place["shape"]
    if not shape:
        return None
    parts: list[BaseGeometry] = []
    for part in shape["parts"]:
        lines = [decode_line(line, shape["grid"]) for line in part]
        near = [view.project(view.near(line)) for line in lines if len(line) > 1]
        if shape["type"] == "line":
            parts += [shapely.LineString(line) for line in near]
        elif near and len(near[0]) > 3:
            area = shapely.Polygon(near[0], [hole for hole in near[1:] if len(hole) > 3])
            parts.append(area if area.is_valid else shapely.make_valid(area))
    return shapely.union_all(parts)


def _point(view: _View, place: dict[str, Any]) -> NDArray[Any]:
    return view.project(view.near(np.array([[place["lon"], place["lat"]]])))


def _is_area(place: dict[str, Any]) -> bool:
    return place["precision"] in {"country", "area", "vague"} or bool(
        place["shape"] and place["shape"]["type"] != "line"
    )


def _chips(
    picture: _Picture,
    canvas: Canvas,
    places: dict[str, Any],
    shown: dict[str, list[tuple[dict[str, Any], bool]]],
    out: list[str],
) -> None:
    """Name each place, with the numbers of its events; what is out of view gets an arrow at the edge."""
    named = _Picture(picture.view, picture.colour, picture.groups, picture.dark, out)
    inner = Rect(10, 10, WIDTH - 10, HEIGHT - 10)
    for key, links in reversed(shown.items()):
        place = places[key]
        anchor, centred = _anchor(picture.view, place, inner)
        text, away = place["name"], None
        if anchor is None:
            (x, y), *_ = _point(picture.view, place)
            angle = math.atan2(y - HEIGHT / 2, x - WIDTH / 2)
            reach = min(WIDTH / 2 / max(abs(math.cos(angle)), 1e-9), HEIGHT / 2 / max(abs(math.sin(angle)), 1e-9)) - 30
            anchor, centred = (WIDTH / 2 + math.cos(angle) * reach, HEIGHT / 2 + math.sin(angle) * reach), True
            away = angle
        numbers = [str(event["number"]) for event, _ in links[:12]]
        badges = sum(_badge_width(number) + 3 for number in numbers)
        width = badges + text_width(text, 13.5) + (16 if away is None else 32)
        rect = canvas.place(*anchor, width, 26, centred=centred)
        if rect is None:
            continue
        if away is None:
            _leader(picture, anchor, rect)
        named.add(
            "rect",
            x=_number(rect.left),
            y=_number(rect.top),
            width=_number(width),
            height=26,
            rx=13,
            fill=picture.colour["panel"],
            stroke=picture.colour["rule"],
        )
        x = rect.left + 5
        for (event, light), number in zip(links, numbers, strict=False):
            _badge(named, x, rect.top + 13, event, number, square=_is_area(place), light=light)
            x += _badge_width(number) + 3
        named.text(x + 3, rect.top + 17.5, text, 13, font_weight=600, fill=picture.colour["ink"])
        if away is not None:
            turn = f"translate({_number(rect.right - 14)},{_number(rect.top + 13)}) rotate({math.degrees(away):.0f})"
            named.add("path", d="M6,0 -5,-5 -2,0 -5,5Z", transform=turn, fill=picture.colour["quiet"])


def _anchor(view: _View, place: dict[str, Any], inner: Rect) -> tuple[tuple[float, float] | None, bool]:
    """Return where a place is named, and whether its chip may stand on that spot; None where it is out of view."""
    shape = _geometry(view, place)
    if shape is None:
        (x, y), *_ = _point(view, place)
        inside = inner.left <= x <= inner.right and inner.top <= y <= inner.bottom
        return ((float(x), float(y)) if inside else None), _is_area(place)
    cut = _clip(shape, inner)
    if cut.is_empty:
        return None, False
    if place["shape"]["type"] == "line":
        longest = max(shapely.get_parts(shapely.line_merge(cut)), key=lambda part: part.length)
        middle = longest.interpolate(0.5, normalized=True)
        return (middle.x, middle.y), False
    if cut.area > EVERYWHERE * WIDTH * HEIGHT:
        return (WIDTH - 110.0, 30.0), True
    point = max(shapely.get_parts(cut), key=lambda part: part.area).representative_point()
    return (point.x, point.y), True


def _leader(picture: _Picture, anchor: tuple[float, float], rect: Rect) -> None:
    x = min(max(anchor[0], rect.left + 6), rect.right - 6)
    y = min(max(anchor[1], rect.top), rect.bottom)
    if math.hypot(x - anchor[0], y - anchor[1]) > 4:
        ends = f"M{_number(anchor[0])},{_number(anchor[1])} {_number(x)},{_number(y)}"
        picture.line(ends, picture.colour["label-halo"], 3)
        picture.line(ends, picture.colour["ink"], 1)


def _badge_width(number: str) -> float:
    return max(20.0, 8 + 7.2 * len(number))


def _badge(
    picture: _Picture, x: float, y: float, event: dict[str, Any], number: str, *, square: bool, light: bool
) -> None:
    """Draw the numbered badge of an event: colour says the type, the outline how sure it is."""
    mark = assets.symbols()["certainty"][event["certainty"]]["mark"]
    fill = str(picture.groups[event["group"]]["colour"])
    solid = mark == "solid" and not light
    dash = {"dashed": "4 2.5", "dotted": "1.5 2"}.get(mark)
    width = _badge_width(number)
    picture.add(
        "rect", x=_number(x + 1), y=_number(y - 9), width=_number(width - 2), height=18, rx=4 if square else 9,
        fill=fill if solid else picture.colour["panel"], stroke=fill if solid else picture.group(event["group"]),
        stroke_width=1 if light else 2, stroke_dasharray=dash,
    )  # fmt: skip
    ink = "#ffffff" if solid else picture.colour["ink"]
    picture.text(x + width / 2, y + 4, number, 11, text_anchor="middle", font_weight=700, fill=ink)


def _labels(picture: _Picture, canvas: Canvas, named: set[str], language: str) -> None:
    """Name countries and towns where nothing else stands."""
    world = json.loads(assets.basemap("50m"))
    view, column = picture.view, assets.LANGUAGES.index(language)
    local = local_names([view.box()], "50m", language)
    halo = _halo(picture)
    _nature(picture, canvas, named, local, column, ("sea",))
    names = assets.country_names()
    for code, lon, lat, least, english, _, spare in world["countries"]:
        if view.zoom < least + 0.2 or f"country:{code}" in named:
            continue
        name = (names.get(code) or [""] * (column + 1))[column] or english
        for x, y in view.project(view.near(np.array([[lon, lat], *np.reshape(spare, (-1, 2))]), lon=lon)):
            rect = canvas.place(x, y, text_width(name.upper(), 11.5) + len(name), 15, centred=True, near=True)
            if rect:
                style = {"font_weight": 600, "letter_spacing": 0.9, "fill": picture.colour["label"], **halo}
                middle = (rect.left + rect.right) / 2
                picture.text(middle, rect.top + 12, name.upper(), 11.5, text_anchor="middle", **style)
                break
    for lon, lat, rank, capital, own in world["cities"]:
        name = local.get(f"town:{own[0]}") or (own[column] if column < len(own) else "") or own[0]
        if view.zoom < (min(rank + 1.6, 4.2) if capital else min(rank + 3, rank / 2 + 4.2)) or {name, own[0]} & named:
            continue
        (x, y), *_ = view.project(view.near(np.array([[lon, lat]], float)))
        dot = Rect(x - 4, y - 4, x + 4, y + 4)
        if any(dot.meets(other) for other in canvas.taken):
            continue
        rect = canvas.place(x, y, text_width(name, 12), 15, near=True)
        if rect:
            canvas.taken.append(dot)
            named.add(name)  # a province called like its town is not named twice
            picture.add("circle", cx=_number(x), cy=_number(y), r=2.6, fill=picture.colour["label-town"])
            picture.text(rect.left, rect.top + 12, name, 12, fill=picture.colour["label-town"], **halo)
    _nature(picture, canvas, named, local, column, ("river", "lake", "province"))


def _nature(  # noqa: PLR0917
    picture: _Picture, canvas: Canvas, named: set[str], local: Mapping[str, str], column: int, kinds: Sequence[str]
) -> None:
    """Name seas, lakes, rivers and provinces where there is room."""
    view, halo = picture.view, _halo(picture)
    for least, kind, points, own in json.loads(assets.names_within(view.box())):
        name = local.get(f"{kind}:{own[0]}") or (own[column] if column < len(own) else "") or own[0]
        if view.zoom < least or kind not in kinds or {name, own[0]} & named:
            continue
        for x, y in view.project(view.near(np.reshape(points, (-1, 2)), lon=points[0])):
            rect = canvas.place(x, y, text_width(name, 12), 15, centred=kind != "river", near=True)
            if rect:
                province = kind == "province"
                colour, slant = picture.colour["label" if province else "label-water"], None if province else "italic"
                picture.text(rect.left, rect.top + 12, name, 11.5, fill=colour, font_style=slant, **halo)
                break


def _halo(picture: _Picture) -> dict[str, object]:
    return {
        "stroke": picture.colour["label-halo"],
        "stroke_width": 3,
        "stroke_linejoin": "round",
        "paint_order": "stroke",
    }


def _scale(picture: _Picture, boundaries: str) -> None:
    """Draw a bar of round length, true at the middle of the map, and say where the map comes from."""
    _, south, _, north = picture.view.box()
    metres = 40_075_016.7 * math.cos(math.radians((south + north) / 2)) / (256 * 2**picture.view.zoom)
    km = metres * 120 / 1000
    unit = 10 ** math.floor(math.log10(km))
    length = max(step * unit for step in (1, 2, 3, 5) if step * unit <= km)
    right = 14 + length * 1000 / metres
    quiet = picture.colour["quiet"]
    picture.line(
        f"M14,{HEIGHT - 20} 14,{HEIGHT - 14} {_number(right)},{HEIGHT - 14} {_number(right)},{HEIGHT - 20}", quiet, 1
    )
    picture.text(18, HEIGHT - 18, f"{length:g} km", 11, fill=quiet)
    credit = f"Natural Earth, {boundaries} · GeoNames · geomap"
    picture.text(WIDTH - 8, HEIGHT - 8, credit, 10.5, text_anchor="end", fill=quiet)


def _document(
    picture: _Picture, total: int, *, title: str, facts: list[str], events: list[dict[str, Any]], language: str
) -> str:
    """Put head, map and list together."""
    colour = picture.colour
    out = _Picture(picture.view, colour, picture.groups, picture.dark)
    rtl = language in {"ar", "fa"}
    side, anchor = (WIDTH - 16, "end") if rtl else (16, "start")
    out.add("rect", width=WIDTH, height=total, fill=colour["paper"])
    # In a right-to-left picture, "start" is the right-hand side.
    direction = {"direction": "rtl", "text_anchor": "start"} if rtl else {"text_anchor": anchor}
    out.text(side, 30, title or "geomap", 20, font_weight=700, fill=colour["ink"], **direction)
    out.text(side, 49, " · ".join(filter(None, facts)), 13, fill=colour["quiet"], **direction)
    out.parts += [
        f'<svg y="{HEAD}" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        *picture.parts,
        "</svg>",
    ]
    rows = math.ceil(len(events) / 2)
    for i, event in enumerate(events):
        x, y = 16 + WIDTH / 2 * (i // rows), HEAD + HEIGHT + 24 + LINE * (i % rows)
        number = str(event["number"])
        _badge(out, x, y, event, number, square=False, light=event["draw"] == "light")
        out.text(x + _badge_width(number) + 6, y + 4.5, _fitted(_line(event), WIDTH / 2 - 20), 13, fill=colour["ink"])
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{total}" viewBox="0 0 {WIDTH} {total}"',
            f'font-family="{FONT}" role="img" xml:lang="{language}">',
            f"<title>{_escape(title or 'geomap')}</title>",
            '<defs><filter id="soft" x="-20%" y="-20%" width="140%" height="140%">',
            '<feGaussianBlur stdDeviation="7"/></filter>',
            '<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">',
            f'<path d="M0,0V7" stroke="{colour["mixed"]}" stroke-width="1.6" stroke-opacity="0.55"/></pattern></defs>',
            *out.parts,
            "</svg>\n",
        )
    )


def _line(event: dict[str, Any]) -> str:
    time = event["time"] or {"from": "", "to": ""}
    days = " – ".join(dict.fromkeys(filter(None, (time["from"], time["to"]))))
    return f"{days}  {event['title']}" if days else str(event["title"])


def _fitted(text: str, width: float) -> str:
    text = " ".join(text.split())
    if text_width(text, 13) <= width:
        return text
    while text and text_width(text, 13) > width - 12:
        text = text[:-1]
    return text.rstrip() + "…"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _escape(text: str) -> str:
    return _clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
