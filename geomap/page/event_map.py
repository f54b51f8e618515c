"""`EventMap`: a folium map that is the whole page, with the article and the timeline beside it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tempfile
import warnings
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import folium
from branca.element import Figure
from jinja2 import Template

from geomap.page import assets
from geomap.page.data import page_data
from geomap.page.focus import close_views, window
from geomap.page.local_names import local_names
from geomap.page.pack import pack, pack_words
from geomap.page.worldviews import WORLDVIEWS, exceptions
from geomap.record import Notice, Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from typing import BinaryIO

    from branca.element import Element

    from geomap.page.focus import Box

__all__ = ["EventMap", "Legend"]

Theme = Literal["auto", "light", "dark"]

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.IGNORECASE)
_SOURCE = re.compile(r"""(?:src|href)=["'](https?://[^/"']+)""")
# Worldviews that have words of their own; the others are of states.
_NAMED = frozenset({"de-facto", "un", "agreed"})
# A letter that would end the data block, break a line of script, or cannot be written as UTF-8.
_UNSAFE = re.compile("[<\u2028\u2029\ud800-\udfff]")


class Legend(NamedTuple):
    """Colours of one's own, in place of those of the types.

    Attributes
    ----------
    classes
        Label, colour on paper and colour in the dark of each class.
    codes
        The class of each event, in the order of the text.
    is_open
        Whether the legend is open at first.
    """

    classes: Sequence[tuple[str, str, str]]
    codes: Sequence[int]
    is_open: bool = False

    def dress(self, data: dict[str, Any]) -> dict[str, Any]:
        """Put the events of a data block into these classes; return the symbols of the page."""
        for event, code in zip(data["events"], self.codes, strict=True):
            event["group"] = f"c{code}"
        groups = {
            f"c{i}": {"label": label, "colour": colour, "dark": dark, "types": []}
            for i, (label, colour, dark) in enumerate(self.classes)
        }
        return assets.symbols() | {"groups": groups}


class _Page(Figure):
    """The document around the map. All text reaches it as template variables, never as a template."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="{{ this.page.language|e }}" data-theme="{{ this.page.theme|e }}">\n'
        '<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{{ policy|e }}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<link rel="icon" href="data:,">\n'
        "<title>{{ this.page.title|e }}</title>\n"
        "<style>\n{{ style }}</style>\n"
        # Before the header, which may bring plugins of Leaflet.
        "<script>{{ library }}</script>\n"
        "{{ header }}\n</head>\n"
        '<body>\n<div id="geomap">\n'
        "<noscript>{{ this.page.title|e }}</noscript>\n"
        '<main class="map-pane">{{ body }}</main>\n</div>\n'
        '<script type="application/json" id="geomap-data">{{ data }}</script>\n'
        '<script type="application/json" id="geomap-world">{{ world }}</script>\n'
        '<script type="application/json" id="geomap-fine">{{ fine }}</script>\n'
        '<script type="application/json" id="geomap-names">{{ names }}</script>\n'
        "<script>{{ script }}</script>\n"
        "</body>\n</html>\n"
    )

    def __init__(self, page: EventMap) -> None:
        super().__init__()
        self.page = page
        self.header._children.clear()  # noqa: SLF001  (our template has its own <meta charset>)

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401
        """Render the children into their places, then the document with a policy that lets just these scripts run."""
        basemap = kwargs.pop("basemap", self.page.basemap)
        for child in self._children.values():
            child.render(**kwargs)
        header, body, script = (part.render(**kwargs) for part in (self.header, self.html, self.script))
        outside = sorted({match[1] for match in _SOURCE.finditer(header + body)})
        if outside:
            warnings.warn(f"a layer loads scripts from {', '.join(outside)}: the page needs a network", stacklevel=2)
        library = assets.script()
        scripts = [library, script, *(m["body"] for m in _SCRIPT.finditer(header + body) if m["body"].strip())]
        return cast(
            "str",
            self._template.render(
                this=self,
                policy=_policy(scripts, header + body, self.page.tile_origins()),
                style=assets.style(),
                header=header,
                body=body,
                data=self.page.data_block,
                world=assets.basemap(basemap),
                fine=assets.fine_cells(self.page.near) if basemap == "50m" else "{}",
                names=assets.names_within(self.page.around, language="" if basemap == "50m" else self.page.ui),
                library=library,
                script=script,
            ),
        )


class EventMap(folium.Map):
    """The map page of one or more geoparsed articles: article, map and timeline, linked, in one file without requests.

    It is a `folium.Map`: layers of your own are added with ``add_child``.

    Parameters
    ----------
    records
        What to show.
    basemap
        Detail of the embedded basemap: "50m" (pages up to 1.1 MB) or "110m" (up to 0.4 MB).
    theme
        "auto" follows the reader's system.
    ui
        Language of the buttons and labels; "" takes the article's, or English where the page does not speak it.
    tiles
        Name or URL of a tile layer to draw over the basemap, as in folium. The page then asks its server for images.
    worldview
        How disputed boundaries are drawn: "de-facto" dashes them, "agreed" leaves them out, "un" draws them as the
        United Nations do, and the ISO code of a state ("IN", "UA", …) as that state claims; see `page.worldviews`.
    links
        Where the page of each article is, for an index: its text gives way to a table of the articles.
    legend
        Classes and colours to draw the events in, instead of their types.
    """

    # folium's own come from content delivery networks.
    default_js: list[tuple[str, str]] = []  # noqa: RUF012  (declared so by folium)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        "{% macro html(this, kwargs) %}"
        '<div class="folium-map" id="{{ this.get_name() }}"></div>'
        "{% endmacro %}"
        "{% macro script(this, kwargs) %}"
        'var {{ this.get_name() }} = geomap.start("{{ this.get_name() }}");'
        "{% endmacro %}"
    )

    def __init__(
        self,
        records: Record | Sequence[Record],
        *,
        basemap: assets.Basemap = "50m",
        theme: Theme = "auto",
        ui: str = "",
        tiles: str | None = None,
        worldview: str = "de-facto",
        links: Sequence[str] = (),
        legend: Legend | None = None,
    ) -> None:
        if basemap not in assets.BASEMAPS:
            raise ValueError(f"basemap is {basemap!r}, expected one of {', '.join(assets.BASEMAPS)}")
        if worldview not in WORLDVIEWS:
            raise ValueError(f"worldview is {worldview!r}, expected one of {', '.join(WORLDVIEWS)}")
        records = [records] if isinstance(records, Record) else list(records)
        super().__init__(location=(0.0, 0.0), zoom_start=2, tiles=None)
        article = records[0].article if records else None
        self.basemap: assets.Basemap = basemap
        self.theme = theme
        self.language = article.language if article and article.language else "en"
        # Half a surrogate pair cannot be written to a file.
        self.title = (article.title if article else "").encode("utf-8", "replace").decode() or "geomap"
        data = page_data(records, coarse=basemap == "110m")
        symbols = legend.dress(data) if legend else assets.symbols()
        #: Where the reader is likely to look closely: the first view, and each drawn place.
        self.near = close_views(records)
        #: What the first view shows.
        self.around: Box = window(data["focus"]) if data["focus"] else (-180.0, -90.0, 180.0, 90.0)
        #: Language of the buttons and labels.
        self.ui = ui if ui in assets.LANGUAGES else self.language if self.language in assets.LANGUAGES else "en"
        data |= {
            "events": pack(data["events"]),
            "places": pack([{"id": name, **place} for name, place in data["places"].items()]),
            "ui": self.ui,
            "local": local_names([self.around, *self.near], basemap, self.ui),
            "theme": theme,
            "worldview": worldview,
            "lines": exceptions(worldview),
            "links": list(links),
            "messages": pack_words(_messages(records, worldview)),
            "symbols": symbols,
            "legend": bool(legend and legend.is_open),
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        self.data_block = _UNSAFE.sub(lambda letter: f"\\u{ord(letter[0]):04x}", text)
        # folium's ids are random; ours come from the content, so that the same input gives the same bytes.
        digest = hashlib.sha256(self.data_block.encode()).hexdigest()
        self._id = digest[:16]
        self._page = _Page(self)
        self._page.add_child(self)
        if tiles is not None:
            layer = folium.TileLayer(tiles)
            layer._id = digest[16:32]  # noqa: SLF001
            self.add_child(layer)

    def html(self) -> str:
        """Return the whole page."""
        return self._page.render()

    def save(self, outfile: str | bytes | Path | BinaryIO, close_file: bool = True, **kwargs: Any) -> None:  # noqa: ANN401, FBT001, FBT002  (folium's signature)
        """Write the page to a file: whole or not at all.

        Parameters
        ----------
        outfile
            Path, or a file that is open for bytes.
        close_file
            Whether an open file is closed after writing.
        **kwargs
            Passed to the templates, as folium does.
        """
        page = self._page.render(**kwargs).encode("utf-8", "replace")
        if not isinstance(outfile, (str, bytes, Path)):
            outfile.write(page)
            if close_file:
                outfile.close()
            return
        path = Path(os.fsdecode(outfile))
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(page)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def show(self) -> Path:
        """Open the page in the web browser, from a temporary file whose path is returned."""
        folder = Path(tempfile.mkdtemp(prefix="geomap-"))
        path = folder / "map.html"
        self.save(path)
        webbrowser.open(path.as_uri())
        return path

    def tile_origins(self) -> list[str]:
        """Return the servers that tile layers ask for images."""
        addresses = [getattr(layer, name, None) for layer in _descendants(self) for name in ("tiles", "url")]
        found = [re.match(r"https?://[^/]+", text) for text in addresses if isinstance(text, str)]
        return sorted({match[0].replace("{s}", "*") for match in found if match})

    def _repr_html_(self, **kwargs: Any) -> str:  # noqa: ANN401
        """Show the page in a notebook: a sandboxed frame with the light basemap."""
        # Within single quotes JSON needs no escapes: a notebook keeps each output in full.
        page = self._page.render(basemap="110m", **kwargs).replace("&", "&amp;").replace("'", "&#39;")
        return (
            f"<iframe srcdoc='{page}' sandbox='allow-scripts allow-popups allow-downloads allow-modals' "
            "style='width:100%;height:640px;border:1px solid #ccc'></iframe>"
        )


def _descendants(element: Element) -> Iterator[Element]:
    for child in element._children.values():  # noqa: SLF001  (branca has no other way)
        yield child
        yield from _descendants(child)


def _messages(records: Sequence[Record], worldview: str) -> dict[str, dict[str, Any]]:
    """Return the words of the page in each language; of long lists, what these articles can show."""
    kinds = {place.kind for record in records for place in record.places}
    kinds |= {other.kind for record in records for mention in record.mentions for other in mention.candidates}
    dated = {event.time.granularity for record in records for event in record.events if event.time}
    said = {notice.name.lower() for record in records for notice in Notice if notice in record.warnings}
    wanted: dict[str, Collection[str]] = {
        "kind": kinds,
        "warning": said,
        "worldview": {worldview if worldview in _NAMED else "state"},
        "date_precision": dated,
    }
    return {
        language: words
        | {name: {key: words[name][key] for key in words[name] if key in keys} for name, keys in wanted.items()}
        for language, words in assets.messages().items()
    }


def _policy(scripts: Sequence[str], markup: str, tile_origins: Sequence[str]) -> str:
    """Return a content security policy: nothing from anywhere, but for what the user's own layers bring."""
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts]
    remote = sorted(set(_SOURCE.findall(markup)))
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src", *hashes, *remote)),
            " ".join(("style-src 'unsafe-inline'", *remote)),
            " ".join(("img-src data: blob:", *tile_origins, *remote)),
            " ".join(("font-src data:", *remote)),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
