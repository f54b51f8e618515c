"""The gazetteer among geopy's tools, and the services that are asked only when told to. Nothing here is sent."""

from __future__ import annotations

import json
import os
import time
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from geopandas.tools import geocode, reverse_geocode
from geopy.adapters import BaseSyncAdapter
from geopy.exc import ConfigurationError, GeocoderQueryError, GeocoderUnavailable
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import Nominatim
from shapely import Point

from geomap.errors import GazetteerError
from geomap.gazetteer.online import SERVICES, Online
from geomap.geocoder import Gazetteer

ANSWERS = {
    "nominatim": [
        {
            "lat": "37.5",
            "lon": "71.5",
            "display_name": "Demogan, Shighnan, Afghanistan",
            "name": "Demogan",
            "osm_type": "node",
            "osm_id": 7,
            "boundingbox": ["37.4", "37.6", "71.4", "71.6"],
            "address": {"country_code": "af"},
        }
    ],
    "photon": {
        "features": [
            {
                "geometry": {"coordinates": [71.5, 37.5]},
                "properties": {
                    "name": "Demogan",
                    "country": "Afghanistan",
                    "countrycode": "AF",
                    "osm_type": "N",
                    "osm_id": 7,
                    "extent": [71.4, 37.6, 71.6, 37.4],
                },
            }
        ]
    },
    "geonames": {
        "geonames": [
            {
                "lat": "37.5",
                "lng": "71.5",
                "name": "Demogan",
                "countryName": "Afghanistan",
                "countryCode": "AF",
                "geonameId": 7,
            }
        ]
    },
}


class Wire:
    """What geopy sends goes here, and this answers."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[dict] = []
        self.agents: set[str] = set()

    def __call__(self, **options: object) -> BaseSyncAdapter:
        wire = self

        class Adapter(BaseSyncAdapter):
            def get_json(self, url: str, *, timeout: float, headers: dict) -> object:  # noqa: ARG002
                wire.asked.append(parse_qs(urlsplit(url).query))
                wire.agents.add(headers["User-Agent"])
                answer = wire.answers.pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer

            get_text = get_json

        return Adapter(**options)


@pytest.fixture
def online(tmp_path):
    def build(service: str, *answers: object) -> tuple[Online, Wire]:
        wire = Wire(*answers)
        cache = tmp_path / "cache"
        return Online(service, username="me", adapter_factory=wire, cache=cache, delay=0), wire

    return build


@pytest.mark.parametrize("service", SERVICES)
def test_what_the_gazetteer_does_not_know_is_asked_and_marked(folder, online, service):
    asked, wire = online(service, ANSWERS[service])
    gazetteer = Gazetteer(folder, online=asked)
    place = gazetteer.geocode("Demogan", language="en", country_codes="af")
    assert (place.latitude, place.longitude) == (37.5, 71.5)
    assert place.address.startswith("Demogan")
    assert (place.raw["online"], place.raw["country"], place.raw["name"]) == (service, "AF", "Demogan")
    assert place.raw["credit"] == SERVICES[service]
    assert place.raw["place_id"] == ("gn:7" if service == "geonames" else "osm:n7")
    west, south, east, north = place.raw["bbox"]
    assert west <= 71.5 <= east
    assert south <= 37.5 <= north
    (agent,) = wire.agents
    assert agent.startswith("geomap/")


def test_what_it_knows_is_not(folder, online):
    asked, wire = online("nominatim")
    gazetteer = Gazetteer(folder, online=asked)
    assert "online" not in gazetteer.geocode("Paris").raw
    assert gazetteer.geocode("  ") is None
    assert wire.asked == []


def test_nothing_is_asked_twice_not_even_for_nothing(online):
    asked, wire = online("nominatim", ANSWERS["nominatim"], [])
    first = asked.lookup("Demogan")
    assert asked.lookup("Demogan") == first
    assert asked.lookup("Nowhere") == asked.lookup("Nowhere") == []
    other, silent = online("nominatim")  # a later run
    assert other.lookup("Demogan") == first
    assert (len(wire.asked), len(silent.asked)) == (2, 0)


def test_another_question_is_another(online):
    asked, wire = online("nominatim", *[ANSWERS["nominatim"]] * 3)
    asked.lookup("Demogan")
    asked.lookup("Demogan", language="ru")
    asked.lookup("Demogan", countries=["AF"])
    assert len(wire.asked) == 3
    assert wire.asked[1]["accept-language"] == ["ru"]
    assert wire.asked[2]["countrycodes"] == ["AF"]


def test_answers_grow_old(online, tmp_path):
    asked, wire = online("nominatim", ANSWERS["nominatim"], ANSWERS["nominatim"], ANSWERS["nominatim"])
    asked.lookup("Demogan")
    (kept,) = (tmp_path / "cache").rglob("*.json")
    assert json.loads(kept.read_text(encoding="utf-8"))[0]["online"] == "nominatim"
    year_ago = time.time() - 365 * 86_400
    os.utime(kept, (year_ago, year_ago))
    asked.lookup("Demogan")
    kept.write_text("{", encoding="utf-8")  # cut off
    asked.lookup("Demogan")
    assert len(wire.asked) == 3


def test_a_service_without_countries_is_filtered(online):
    asked, _ = online("photon", ANSWERS["photon"])
    assert asked.lookup("Demogan", countries=["TJ"]) == []


def test_a_service_that_fails_raises_what_geopy_raises_and_is_asked_again(folder, online):
    failures = [GeocoderUnavailable("no network")] * 3
    asked, _ = online("nominatim", *failures, ANSWERS["nominatim"])
    gazetteer = Gazetteer(folder, online=asked)
    with pytest.raises(GeocoderUnavailable):
        gazetteer.geocode("Demogan")
    assert gazetteer.geocode("Demogan").raw["online"] == "nominatim"


def test_questions_are_a_second_apart():
    wire = Wire()
    assert Online("nominatim", adapter_factory=wire)._ask.min_delay_seconds == 1


def test_a_service_that_is_none_or_wants_an_account(monkeypatch):
    monkeypatch.delenv("GEOMAP_GEONAMES_USERNAME", raising=False)
    for service, says in (("google", "expected one of nominatim, photon, geonames"), ("geonames", "wants an account")):
        with pytest.raises(ConfigurationError, match=says) as caught:
            Online(service)
        assert isinstance(caught.value, GazetteerError)
    monkeypatch.setenv("GEOMAP_GEONAMES_USERNAME", "me")
    assert Online("geonames").service == "geonames"


@pytest.mark.filterwarnings("ignore:Latitude normalization")  # geopy's own words before its ValueError
def test_errors_are_those_of_geopy(folder, tmp_path):
    with pytest.raises(ConfigurationError, match="no gazetteer here"):
        Gazetteer(tmp_path / "none")
    gazetteer = Gazetteer(folder)
    for query in (None, 7, float("nan")):
        with pytest.raises(GeocoderQueryError, match="expected the name"):
            gazetteer.geocode(query)
    for point in ("nowhere", "", (100, 0), None):
        with pytest.raises(ValueError, match=r"(?i)point|latitude"):
            gazetteer.reverse(point)


def test_takes_what_the_calls_of_geopy_take(folder):
    gazetteer = Gazetteer(folder)
    options = {"exactly_one": False, "timeout": 3, "language": "en"}
    for name in ("geocode", "reverse"):
        ours, theirs = (getattr(kind, name).__kwdefaults__ for kind in (Gazetteer, Nominatim))
        assert {"exactly_one", "timeout", "language"} <= set(ours) & set(theirs)
    assert len(gazetteer.geocode("Paris", **options)) == 2
    assert len(gazetteer.reverse((37, 69), limit=3, **options)) == 3
    assert RateLimiter(gazetteer.geocode, min_delay_seconds=0.001)("Paris").raw["country"] == "FR"
    assert RateLimiter(gazetteer.reverse, min_delay_seconds=0.001)((37, 69)).raw["country"] == "TJ"


def test_geopandas_geocodes_with_it(folder, monkeypatch):
    monkeypatch.setattr("geopandas.tools.geocoding._get_throttle_time", lambda _: 0)
    names = pd.Series(["Paris", "Nowhere at all", None, "Dushanbe"], index=["a", "b", "c", "d"])
    frame = geocode(names, provider=Gazetteer, path=folder)
    assert frame.crs == "EPSG:4326"
    assert frame.address.dropna().to_dict() == {"a": "Paris, France", "d": "Dushanbe, Tajikistan"}
    assert frame.geometry["a"].equals(Point(2.349, 48.853))
    assert frame.geometry.is_empty.tolist() == [False, True, True, False]
    back = reverse_geocode([Point(69.1, 37.2)], provider=Gazetteer, path=folder)
    assert back.address.tolist() == ["Panj, Khatlon, Tajikistan"]


def test_reverse_says_where_the_point_itself_lies(folder):
    raw = Gazetteer(folder).reverse((37.236, 69.212), language="ru").raw
    assert raw["place_id"] == "gn:1220750"
    point = raw["point"]
    assert point["country"] == {"place_id": "country:TJ", "name": "Таджикистан", "kind": "country"}
    assert point["admin1"]["place_id"] == "admin1:TJ-KT"
    assert point["water"] is None
    assert point["town"]["distance_km"] == pytest.approx(10, abs=0.1)
    assert point["town"]["wind"] == "E"
    assert point["caption"] == "10 km E of Panj"
