"""Fetch a web page, and nothing that is not on the public web.

Every connection, a redirected one too, goes to an address that was checked after the name was resolved: the check and
the connection use the same address, so that a name that resolves differently the second time gains nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.errors import ArticleError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Page", "fetch", "is_public"]

_SECONDS_A_STEP = 20.0  # to connect, or to wait for the next bytes
_SECONDS = 60.0  # for the whole page
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Page:
    """What a server sent: the address after redirects, the bytes, and the type and charset of their header."""

    url: str
    data: bytes
    media_type: str = ""
    charset: str = ""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast


def fetch(url: str, *, limit: int, allowed: Callable[[str], bool] = is_public) -> Page:
    """Fetch a page over http(s).

    Parameters
    ----------
    url
        An http or https address.
    limit
        The most bytes that are read.
    allowed
        Tells whether an IP address may be connected to.

    Raises
    ------
    ArticleError
        The address is no public one, cannot be reached, answers with an error, is too slow or too large.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise ArticleError(f"{url}: only http and https addresses are fetched")
    request = urllib.request.Request(url, headers={"User-Agent": "geomap", "Accept": "text/html, */*;q=0.5"})  # noqa: S310 checked above
    deadline = time.monotonic() + _SECONDS
    try:
        with _opener(allowed).open(request, timeout=_SECONDS_A_STEP) as response:
            data = bytearray()
            while chunk := response.read(_CHUNK):
                data += chunk
                if len(data) > limit:
                    raise ArticleError(f"{url}: larger than {limit // 1_000_000} MB")
                if time.monotonic() > deadline:
                    raise ArticleError(f"{url}: not read within {_SECONDS:.0f} seconds")
            header = response.headers
            return Page(response.url, bytes(data), header.get_content_type(), header.get_content_charset() or "")
    except urllib.error.HTTPError as error:
        raise ArticleError(f"{url}: the server answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise ArticleError(f"{url}: cannot be fetched: {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, ArticleError):
            raise
        raise ArticleError(f"{url}: cannot be fetched: {error or type(error).__name__}") from error


def _opener(allowed: Callable[[str], bool]) -> urllib.request.OpenerDirector:
    """Build an opener that knows http and https only, and no proxy, which would resolve names unseen."""

    def connect(host: str, port: int, timeout: float | None) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(where[0]) for *_, where in found]
        if not all(allowed(address) for address in addresses):
            raise OSError(f"{host} is no public address")
        return socket.create_connection((addresses[0], port), timeout)

    class PlainConnection(http.client.HTTPConnection):
        def connect(self) -> None:
            self.sock = connect(self.host, self.port, self.timeout)

    class SecureConnection(http.client.HTTPSConnection):
        def connect(self) -> None:
            self.sock = context.wrap_socket(connect(self.host, self.port, self.timeout), server_hostname=self.host)

    class Plain(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(PlainConnection, req)

    class Secure(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(SecureConnection, req)

    context = ssl.create_default_context()
    opener = urllib.request.OpenerDirector()
    for handler in (
        Plain(),
        Secure(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener
