"""Ask a geocoder on the net for what the gazetteer does not know: only when told to, gently, and never twice.

The services are asked through geopy's own geocoders. What they answer is kept on disk for a month, also that they found
nothing. Every answer says in ``online`` where it came from, and in ``credit`` whom to thank for it.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, Any, cast

from geopy.exc import ConfigurationError
from geopy.extra.rate_limiter import RateLimiter

from geomap._files import write_text
from geomap.errors import GazetteerError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from geopy.adapters import BaseAdapter
    from geopy.location import Location

__all__ = ["SERVICES", "GazetteerConfigurationError", "Online"]

SERVICES = {
    "nominatim": "© OpenStreetMap contributors, ODbL 1.0",
    "photon": "© OpenStreetMap contributors, ODbL 1.0",
    "geonames": "GeoNames (geonames.org), CC BY 4.0",
}
"""The services, and whom their answers are to be credited to."""

_DELAY = 1.0  # seconds between two questions: what the strictest of the services asks for
_TIMEOUT = 10.0
_KEPT_DAYS = 30
_DAY = 86_400.0


class GazetteerConfigurationError(GazetteerError, ConfigurationError):  # type: ignore[misc]  # geopy has no types
    """A `geomap.Gazetteer` cannot be made as asked; what geopy calls a configuration error."""


class Online:
    """A geocoding service on the net, asked at most once a second.

    Parameters
    ----------
    service
        "nominatim", "photon" or "geonames".
    username
        The account that GeoNames wants; "" for what ``GEOMAP_GEONAMES_USERNAME`` says.
    adapter_factory
        What geopy sends requests with; None for its own.
    cache
        Folder that keeps the answers; None for the user's cache folder.
    delay
        Seconds between two questions.

    Raises
    ------
    GazetteerConfigurationError
        There is no such service, or it wants an account.
    """

    def __init__(
        self,
        service: str,
        *,
        username: str = "",
        adapter_factory: Callable[..., BaseAdapter] | None = None,
        cache: Path | None = None,
        delay: float = _DELAY,
    ) -> None:
        if service not in SERVICES:
            raise GazetteerConfigurationError(f"no service {service!r}; expected one of {', '.join(SERVICES)}")
        self.service = service
        self._cache = cache
        self._ask = RateLimiter(
            _geocoder(service, username, adapter_factory).geocode,
            min_delay_seconds=delay,
            error_wait_seconds=5 * delay,
            swallow_exceptions=False,
        )

    def lookup(
        self, query: str, *, language: str = "", countries: Collection[str] = (), limit: int = 10
    ) -> list[dict[str, Any]]:
        """Return the places that a name may mean, best first, in the shape of `geomap.lookup.lookup`.

        Each answer also has ``address``, ``online``, ``credit``, and the service's own words in ``answer``.

        Raises
        ------
        geopy.exc.GeopyError
            The service cannot be reached, or refuses.
        """
        codes = sorted(code.upper() for code in countries)
        path = self._path([query, language, codes, limit])
        kept = _read(path)
        if kept is None:
            found: list[Location] = self._ask(query, **self._options(language, codes, limit)) or []
            kept = [self._result(location) for location in found]
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, json.dumps(kept, ensure_ascii=False))
        return [result for result in kept if not codes or result["country"] in codes][:limit]

    def _options(self, language: str, codes: list[str], limit: int) -> dict[str, Any]:
        """Return the question in the words of the service."""
        options: dict[str, Any] = {"exactly_one": False}
        if self.service == "nominatim":
            options |= {"language": language or False, "addressdetails": True, "limit": limit}
            return options | ({"country_codes": codes} if codes else {})
        if self.service == "photon":
            # It knows no countries: what lies elsewhere is left out of its answer.
            return options | {"language": language or False, "limit": limit}
        return options | ({"country": codes} if codes else {})

    def _result(self, location: Location) -> dict[str, Any]:
        raw: Mapping[str, Any] = location.raw
        lat, lon = round(location.latitude, 6), round(location.longitude, 6)
        place_id, name, country = _facts(self.service, raw)
        return {
            "place_id": place_id,
            "name": name or location.address.split(",")[0],
            "kind": "",
            "lat": lat,
            "lon": lon,
            "country": country,
            "bbox": _box(raw) or [lon, lat, lon, lat],
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "score": None,
            "address": location.address,
            "online": self.service,
            "credit": SERVICES[self.service],
            "answer": raw,
        }

    def _path(self, question: list[Any]) -> Path:
        if self._cache is None:
            from platformdirs import user_cache_path

            self._cache = user_cache_path("geomap") / "online"
        digest = hashlib.sha256(json.dumps(question).encode()).hexdigest()
        return self._cache / self.service / f"{digest[:32]}.json"


def _geocoder(service: str, username: str, adapter_factory: Callable[..., BaseAdapter] | None) -> Any:  # noqa: ANN401
    """Return geopy's geocoder for a service; geopy has no type information."""
    from importlib.metadata import version

    from geopy.geocoders import GeoNames, Nominatim, Photon

    common = {"user_agent": f"geomap/{version('geomap')}", "timeout": _TIMEOUT, "adapter_factory": adapter_factory}
    if service == "nominatim":
        return Nominatim(**common)
    if service == "photon":
        return Photon(**common)
    username = username or os.environ.get("GEOMAP_GEONAMES_USERNAME", "")
    if not username:
        raise GazetteerConfigurationError("geonames wants an account: set GEOMAP_GEONAMES_USERNAME to its name")
    return GeoNames(username, **common)


def _facts(service: str, raw: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return id, name and country of an answer."""
    if service == "geonames":
        return f"gn:{raw['geonameId']}", str(raw.get("name", "")), str(raw.get("countryCode", ""))
    facts: Mapping[str, Any] = raw["properties"] if service == "photon" else raw
    place_id = f"osm:{str(facts.get('osm_type', ''))[:1].lower()}{facts.get('osm_id', '')}"
    country = facts.get("countrycode") or facts.get("address", {}).get("country_code", "")
    return place_id, str(facts.get("name", "")), str(country).upper()


def _box(raw: Mapping[str, Any]) -> list[float]:
    """Return west, south, east, north as far as the service says them, else nothing."""
    if "boundingbox" in raw:
        south, north, west, east = map(float, raw["boundingbox"])
        return [west, south, east, north]
    if extent := raw.get("properties", {}).get("extent"):
        west, north, east, south = map(float, extent)
        return [west, south, east, north]
    return []


def _read(path: Path) -> list[dict[str, Any]] | None:
    """Return what was kept of a question, or None where nothing was, or too long ago."""
    try:
        if time.time() - path.stat().st_mtime > _KEPT_DAYS * _DAY:
            return None
        return cast("list[dict[str, Any]]", json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
