"""Unicode CLDR: names of countries, of the world's regions, of first-level units and of the cities of time zones."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from geomap.errors import GazetteerError
from geomap.gazetteer.entry import NameClass
from geomap.gazetteer.sources.language_tags import LABELS
from geomap.gazetteer.sources.language_tags import name as tagged
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geomap.gazetteer.entry import Name

__all__ = ["cities", "groups", "simplified", "subdivisions", "territories"]

_CODE = re.compile(r"[A-Z]{2}|\d{3}")
_QUALIFIER = re.compile(r" *[(（][^)）]*[)）]")


def territories(folder: Path) -> dict[str, list[Name]]:
    """Return the names of territories by ISO 3166-1 or UN M49 code ("TJ", "035").

    A variant that CLDR marks as short and that is written in capitals ("AS", "США") is an abbreviation. A remark in
    brackets is left off ("Kongo (RDK)").

    Parameters
    ----------
    folder
        ``main`` of the npm package `cldr-localenames-full`.
    """
    names: dict[str, list[Name]] = defaultdict(list)
    for path in _by_locale(folder.glob("*/territories.json")):
        locale = path.parent.name
        table = json.loads(path.read_bytes())["main"][locale]["localeDisplayNames"]["territories"]
        for code, text in sorted(table.items()):
            territory, _, form = code.partition("-alt-")
            name = _name(_QUALIFIER.sub("", text).strip(), locale, form)
            if name and name not in names[territory]:
                names[territory].append(name)
    if not names:
        raise GazetteerError(f"{folder}: no territories.json here")
    return names


def _name(text: str, locale: str, form: str) -> Name | None:
    name = tagged(text, locale)
    if not text or not name:
        return None
    if _CODE.fullmatch(text) and not form:  # a locale without a name of its own repeats the code
        return None
    if len(text) <= 5 and text.isupper():
        # "DAY" and "SAM" are the United States in Kurdish and Irish.
        return replace(name, kind=NameClass.ABBREVIATION) if name.language in LABELS else None
    return replace(name, kind=NameClass.ALTERNATE) if form else name


def groups(supplemental: Path) -> dict[str, list[str]]:
    """Return the countries of each M49 region ("035" → "BN", "ID", …) and of the European Union ("EU").

    Parameters
    ----------
    supplemental
        ``supplementalData.xml`` of `unicode-cldr-core`.
    """
    children: dict[str, list[str]] = defaultdict(list)
    for group in ET.parse(supplemental).getroot().iterfind("territoryContainment/group"):  # noqa: S314 pinned file
        if group.get("status") not in {"deprecated", "grouping"}:
            children[group.attrib["type"]] += group.attrib["contains"].split()

    def countries(code: str) -> Iterator[str]:
        for child in children[code]:
            if child in children:
                yield from countries(child)
            else:
                yield child

    return {code: sorted(set(countries(code))) for code in sorted(children) if code.isdecimal() or code == "EU"}


def subdivisions(folder: Path) -> dict[str, list[Name]]:
    """Return the names of first-level units by ISO 3166-2 code ("TJ-GB").

    Parameters
    ----------
    folder
        ``common/subdivisions`` of `unicode-cldr-core`.
    """
    names: dict[str, list[Name]] = defaultdict(list)
    for path in _by_locale(folder.glob("*.xml")):
        for node in ET.parse(path).getroot().iter("subdivision"):  # noqa: S314 pinned file
            code, text = node.attrib["type"], (node.text or "").strip()
            if node.get("alt") or len(code) < 3 or not text or text == "↑↑↑":
                continue
            identifier = f"{code[:2].upper()}-{code[2:].upper()}"
            name = tagged(text, path.stem)
            if name and name not in names[identifier]:
                names[identifier].append(name)
    if not names:
        raise GazetteerError(f"{folder}: no subdivisions here")
    return names


def cities(common: Path) -> dict[tuple[str, str], list[Name]]:
    """Return the names of the cities that stand for time zones, by country and normalised English name.

    They are nearly all capitals and some of the largest cities, in every language of CLDR.

    Parameters
    ----------
    common
        ``common`` of `unicode-cldr-core`.
    """
    zones: dict[str, tuple[str, str]] = {}
    for node in ET.parse(common / "bcp47/timezone.xml").getroot().iter("type"):  # noqa: S314 pinned file
        zone = node.get("alias", "").split(" ")[0]
        if "/" in zone:
            zones[zone] = node.attrib["name"][:2].upper(), zone.rsplit("/", 1)[1].replace("_", " ")
    named: dict[str, dict[str, str]] = {}
    for path in _by_locale((common / "main").glob("*.xml")):
        for node in ET.parse(path).getroot().iterfind("dates/timeZoneNames/zone"):  # noqa: S314 pinned file
            text = (node.findtext("exemplarCity") or "").strip()
            if text and text != "↑↑↑" and node.attrib["type"] in zones:
                named.setdefault(path.stem, {})[node.attrib["type"]] = text
    english = named.get("en", {})
    names: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for locale, table in named.items():
        for zone, text in table.items():
            country, usual = zones[zone]
            found = tagged(_QUALIFIER.sub("", text).strip(), locale)
            place = country, key(english.get(zone, usual))
            if found and found.text and found not in names[place]:
                names[place].append(found)
    if not names:
        raise GazetteerError(f"{common}: no cities of time zones here")
    return names


def simplified(path: Path) -> dict[int, str]:
    """Return a table for `str.translate` from traditional to simplified Chinese, character by character.

    Parameters
    ----------
    path
        ``transforms/Simplified-Traditional.xml`` of `unicode-cldr-core`.
    """
    rules = ET.parse(path).getroot().findtext("transforms/transform/tRule") or ""  # noqa: S314 pinned file
    table = {ord(traditional): simple for simple, traditional in re.findall(r"(?m)^(\S)[↔←](\S);$", rules)}
    if not table:
        raise GazetteerError(f"{path}: no rules here")
    return table


def _by_locale(paths: Iterator[Path]) -> list[Path]:
    """Sort locale files so that a bare language comes before its regions."""
    return sorted(paths, key=lambda path: (len(str(path)), str(path)))
