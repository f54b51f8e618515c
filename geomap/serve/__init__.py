"""A page on this machine alone: paste or drop an article, see the map. Nothing is kept.

It answers on the loopback interface only. A page of another site can neither read an answer nor have one made: the
`Host` of a request must be this machine, and a map is drawn only for a request with a header of our own, which browsers
send across sites after a consent that is never given.
"""

from __future__ import annotations

import json
import re
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from geomap.article import LIMIT, read_article
from geomap.errors import GeomapError
from geomap.languages.pack import languages

if TYPE_CHECKING:
    from geomap.pipeline import Pipeline

__all__ = ["HOST", "Server"]

HOST = "127.0.0.1"

_ADDRESS = re.compile(rb"\s*(https?://\S+)\s*")
_SECONDS = 30.0  # for a request that stops arriving
# Of the form. Nothing of an article becomes part of it; the map stands in a sandboxed frame and has a policy of its own
# that lets its own scripts run by their hashes, but a frame has to keep this one too: hence 'unsafe-inline'.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
    "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Server(ThreadingHTTPServer):
    """A web server for one user on this machine.

    Parameters
    ----------
    pipeline
        What geoparses the articles.
    port
        TCP port on the loopback interface; 0 takes any that is free.

    Raises
    ------
    OSError
        The port is taken, or not allowed.

    Examples
    --------
    >>> with Server(Pipeline(), port=8765) as server:  # doctest: +SKIP
    ...     server.serve_forever()
    """

    daemon_threads = True

    def __init__(self, pipeline: Pipeline, *, port: int = 0) -> None:
        self.pipeline = pipeline
        self.one_at_a_time = Lock()  # a second article would only slow the first
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_port}/"

    def draw(self, body: bytes, *, date: str = "", language: str = "") -> str:
        """Return the map page of an article: the bytes of a file, a text, or a web address to fetch.

        Raises
        ------
        GeomapError
            There is no article in it.
        """
        from geomap.page.event_map import EventMap

        address = _ADDRESS.fullmatch(body, 0, 2_048)
        article = read_article(address[1].decode("utf-8", "replace") if address else body, date=date, language=language)
        with self.one_at_a_time:
            return EventMap(self.pipeline.run(article)).html()


class _Handler(BaseHTTPRequestHandler):
    """Answer a request: the form, or the map of what it sends."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS
    server_version = "geomap"
    sys_version = ""

    def do_GET(self) -> None:
        """Send the form."""
        if not self._is_local():
            return
        if urlsplit(self.path).path != "/":
            self._send(HTTPStatus.NOT_FOUND, "Not found\n")
            return
        self._send(HTTPStatus.OK, form(), media_type="text/html", policy=_POLICY)

    def do_POST(self) -> None:
        """Send the map of the article in the body, or a line that says why there is none."""
        length = self.headers.get("Content-Length", "")
        self.close_connection = True  # what is refused is not read
        if not self._is_local():
            return
        if urlsplit(self.path).path != "/map" or self.headers.get("X-Geomap") != "map":
            self._send(HTTPStatus.FORBIDDEN, "Maps are drawn for geomap's own page only\n")
            return
        if not length.isdecimal():
            self._send(HTTPStatus.LENGTH_REQUIRED, "Content-Length is missing\n")
            return
        if int(length) > LIMIT:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Larger than {LIMIT // 1_000_000} MB\n")
            return
        asked = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        try:
            page = self.server.draw(
                self.rfile.read(int(length)), date=asked.get("date", ""), language=asked.get("language", "")
            )
        except GeomapError as error:
            self._send(HTTPStatus.UNPROCESSABLE_ENTITY, f"{error}\n")
            return
        except Exception as error:  # noqa: BLE001 whatever one article brings, the next finds the server well
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, f"unexpected {type(error).__name__}: {error}\n")
            return
        self._send(HTTPStatus.OK, page, media_type="text/html")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 the names are the library's
        """Keep no log."""

    def _is_local(self) -> bool:
        """Refuse a request that came by a name of somebody else's for this machine."""
        names = {f"{host}:{self.server.server_port}" for host in (HOST, "localhost")}
        if self.headers.get("Host", "").lower() in names:
            return True
        self._send(HTTPStatus.FORBIDDEN, "This page is for this machine only\n")
        return False

    def _send(self, status: HTTPStatus, text: str, *, media_type: str = "text/plain", policy: str = "") -> None:
        body = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)


@cache
def form() -> str:
    """Return the form, with its script, styles and words inside."""
    folder = files("geomap.serve")
    words = json.loads(folder.joinpath("messages.json").read_text(encoding="utf-8"))
    # Languages by name are the browser's business; it knows them all.
    data = json.dumps({"messages": words, "languages": sorted(languages())}, ensure_ascii=False, separators=(",", ":"))
    page = folder.joinpath("form.html").read_text(encoding="utf-8")
    return page.replace("{data}", data.replace("<", "\\u003c"))
