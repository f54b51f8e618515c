"""Compile the time words of a language from CLDR: run by hand when the pinned packages change.

``python -m geomap.languages.build_dates [--cache FOLDER]`` fetches what ``data/recipe.toml`` pins (names of months and
days, "yesterday", "{0} days ago"; the words for numbers), checks it, and writes ``<code>/dates.json`` beside this
module. The same packages give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tomllib
from pathlib import Path
from typing import Any

from geomap.errors import GeomapError
from geomap.languages.pack import folder

__all__ = ["CACHE", "LANGUAGES", "compiled", "main"]

LANGUAGES = {
    code: code
    for code in (
        "af", "am", "az", "be", "bg", "bn", "bs", "ca", "cs", "da", "el", "et", "fa", "fi", "ha", "he", "hi", "hr",
        "hu", "hy", "it", "ja", "ka", "kk", "km", "ko", "ky", "lt", "lv", "mk", "ms", "my", "ne", "nl", "nn", "no",
        "pl", "ps", "ro", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "tg", "th", "uk", "ur", "uz", "vi",
    )
} | {"nb": "no", "tl": "fil"}  # fmt: skip
"""Code of geomap → locale of CLDR."""

RECIPE = Path(__file__).parents[2] / "data" / "recipe.toml"
CACHE = Path.home() / ".cache" / "geomap-build"
"""Where the packages are kept."""
_SOURCES = ("dates", "number-words")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {
    "year": "Y", "quarter": "Q", "month": "M", "week": "W", "day": "D", "hour": "TH", "minute": "TM", "second": "TS",
}  # fmt: skip
_PARTS = {"midnight": "NI", "noon": "AF", "morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI"}
_COUNTS = {"one": 1, "two": 2}
# CLDR writes these as titles; in a sentence they have no capital.
_TITLES = frozenset({"vi"})
_MOST_NUMBERS = 100
_SHORTEST = 3
_CARDINALS = ("%spellout-cardinal", "%spellout-numbering")
_WORD = re.compile(r"[^\s\d→←=%#;,.<>\[\]()-]+")

Words = dict[str, dict[str, str]]
Relative = list[tuple[str, str, int, str]]


def compiled(calendar: dict[str, Any], fields: dict[str, Any], spellout: dict[str, Any], code: str) -> dict[str, Any]:
    """Return the pack of a language.

    Parameters
    ----------
    calendar
        The Gregorian calendar of its locale.
    fields
        Its ``dateFields``.
    spellout
        Its rules to spell out numbers, or {}.
    code
        The language.
    """
    words: Words = {}
    taken: set[str] = set()

    def add(kind: str, phrase: str, value: str) -> None:
        phrase = " ".join(re.sub("[\u200b\u200e\u200f\u00ad]", "", phrase).split())
        phrase = phrase.lower() if code in _TITLES else phrase
        if phrase and phrase.lower() not in taken and any(map(str.isalpha, phrase)):
            taken.add(phrase.lower())
            words.setdefault(kind, {})[phrase] = value

    _names(calendar, add)
    _relative_words(fields, add)
    _amounts(fields, add)
    for number, word in _numbers(spellout):
        add("number", word, number)
    for name, unit in _UNITS.items():
        add("quarter" if unit == "Q" else "unit", fields[name]["displayName"].lower(), unit)
    _day_periods(calendar, add)
    _literals(calendar, add)
    for month, name in _month_names(calendar, "abbreviated"):
        if len(name) >= _SHORTEST:
            add("short_month", name, month)
    short = calendar["dateFormats"]["short"]
    return {"day_first": short.index("d") < short.index("M"), "words": words}


def _month_names(calendar: dict[str, Any], width: str) -> list[tuple[str, str]]:
    forms = [calendar["months"][form].get(width, {}) for form in ("format", "stand-alone")]
    return [(month, name.rstrip(".")) for form in forms for month, name in form.items()]


def _names(calendar: dict[str, Any], add: Any) -> None:  # noqa: ANN401 a local function
    for month, name in _month_names(calendar, "wide"):
        add("month", name, month)
    for form in ("format", "stand-alone"):
        for day, name in calendar["days"][form]["wide"].items():
            add("weekday", name, str(_DAYS.index(day) + 1))


def _relative_words(fields: dict[str, Any], add: Any) -> None:  # noqa: ANN401 a local function
    """Take "yesterday", "last week" and "next Monday"."""
    days = {name: key.removeprefix("relative-type-") for key, name in fields["day"].items() if "relative-type-" in key}
    both = {name.lower() for key, name in fields["day"].items() if key == "relative-type--1"} & {
        name.lower() for key, name in fields["day"].items() if key == "relative-type-1"
    }
    for name, shift in days.items():
        # One word for yesterday and tomorrow (Hindi): what stands around it decides.
        add("deictic", name.lower(), f"~{shift.lstrip('-')}" if name.lower() in both else shift)
    for field, unit in _UNITS.items():
        if unit.startswith("T") or field == "day":
            continue
        for shift in (-1, 0, 1):
            add("deictic", fields[field].get(f"relative-type-{shift}", "").lower(), f"{shift} {unit}")
    weeks = [fields["week"].get(f"relative-type-{shift}", "").lower() for shift in (-1, 0, 1)]
    for number, day in enumerate(_DAYS, start=1):
        for shift, week in zip((-1, 0, 1), weeks, strict=True):
            name = fields[day].get(f"relative-type-{shift}", "")
            if not (week and week in name.lower()):  # "Monday of last week" is another day than "last Monday"
                add("deictic", name, f"{shift} WD{number}")
    add("reference", fields["second"].get("relative-type-0", "").lower(), "PRESENT_REF")


def _amounts(fields: dict[str, Any], add: Any) -> None:  # noqa: ANN401 a local function
    """Take "{0} days ago" and "in {0} days" apart: what is said before the number, and what behind."""
    found: Relative = []
    for field, unit in _UNITS.items():
        for tense, sign in (("past", -1), ("future", 1)):
            for key, pattern in fields[field].get(f"relativeTime-type-{tense}", {}).items():
                count = key.rpartition("-")[2]
                if re.search(r"\{0\}(?!\))", pattern):
                    before, _, after = pattern.partition("{0}")
                    found.append((before.strip().lower(), after.strip().lower(), sign, unit))
                elif count in _COUNTS:
                    phrase = pattern.replace("({0})", "").strip().lower()
                    add("deictic", phrase, f"{sign * _COUNTS[count]} {unit}")
    for before, after, sign, unit in found:
        of_after = {u for _, a, _, u in found if a == after}
        if after and len(of_after) == 1:
            # The words behind tell past from future where none stand before, or where they are more than the unit.
            longer = any(a and after.startswith(f"{a} ") and u == unit for _, a, _, u in found)
            add("tail", after, f"{sign} {unit}" if not before or longer else unit)
            add("lead", before, str(sign))
        elif before and len({u for b, _, _, u in found if b == before}) == 1:
            add("head", before, unit if after else f"{sign} {unit}")
            add("tail", after, str(sign))


def _numbers(spellout: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the numbers up to a hundred that are one word."""
    found = []
    for name, rules in spellout.items():
        if name.startswith(_CARDINALS) and not name.endswith(("financial", "plural", "year")):
            for number, rule in rules:
                word = re.sub(r"\[[^\]]*\];$|;$", "", rule)
                if number.isdecimal() and 0 < int(number) <= _MOST_NUMBERS and _WORD.fullmatch(word):
                    found.append((number, word))
    return found


def _day_periods(calendar: dict[str, Any], add: Any) -> None:  # noqa: ANN401 a local function
    for form in ("format", "stand-alone"):
        for name, phrase in calendar["dayPeriods"][form]["wide"].items():
            if part := _PARTS.get(name.rstrip("12")):
                add("part", phrase, part)
            elif name in ("am", "pm"):
                add("meridiem", phrase, name.upper())


def _literals(calendar: dict[str, Any], add: Any) -> None:  # noqa: ANN401 a local function
    """Take the words that a date is written with: "de", "г.", 日."""
    for width in ("full", "long"):
        pattern = calendar["dateFormats"][width]
        for match in re.finditer(r"(?<![A-Za-z])([dyEM]+)(?:\s*'([^']+)'|([^\x00-\x7f\s]+))", pattern):
            phrase = (match[2] or match[3]).strip(". ")
            add({"d": "marker_day", "y": "unit_year"}.get(match[1], "of") if match[3] else "of", phrase, "of")
        for phrase in re.findall(r"'([^']+)'", pattern):
            add("of", phrase.strip(". "), "of")


def main() -> None:
    """Write the packs of all languages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cache", type=Path, default=CACHE)
    cache = parser.parse_args().cache
    dates, numbers = (_Archive(source, cache) for source in _sources())
    for code, locale in sorted(LANGUAGES.items()):
        main_file = dates.json(f"package/main/{locale}/ca-gregorian.json")["main"][locale]
        fields = dates.json(f"package/main/{locale}/dateFields.json")["main"][locale]["dates"]["fields"]
        spellout = numbers.json(f"package/rbnf/{locale}.json").get("rbnf", {}).get("rbnf", {}).get("SpelloutRules", {})
        pack = compiled(main_file["dates"]["calendars"]["gregorian"], fields, spellout, code)
        path = folder(code) / "dates.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(pack, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def _sources() -> list[dict[str, Any]]:
    table = tomllib.loads(RECIPE.read_text(encoding="utf-8"))
    named = {row["name"]: row for row in table["source"]}
    return [named[name] for name in _SOURCES]


class _Archive:
    """A pinned npm package, fetched once and checked."""

    def __init__(self, source: dict[str, Any], cache: Path) -> None:
        path = cache / source["archive"]
        if not path.is_file():
            cache.mkdir(parents=True, exist_ok=True)
            npm = shutil.which("npm")
            if npm is None:
                raise GeomapError("fetching CLDR needs the program 'npm', which is not installed")
            package = f"{source['package']}@{source['version']}"
            subprocess.run([npm, "pack", "--silent", package], cwd=cache, check=True, capture_output=True)  # noqa: S603 no shell, pinned arguments
        if (digest := hashlib.sha256(path.read_bytes()).hexdigest()) != source["sha256"]:
            raise GeomapError(f"{path}: sha256 {digest}, but the recipe pins {source['sha256']}; delete it and retry")
        self._tar = tarfile.open(path)  # noqa: SIM115 open as long as the build runs
        self._names = set(self._tar.getnames())

    def json(self, name: str) -> Any:  # noqa: ANN401 whatever the file holds
        """Return a file of the package; {} if there is none."""
        file = self._tar.extractfile(name) if name in self._names else None
        return json.load(file) if file else {}


if __name__ == "__main__":
    main()
