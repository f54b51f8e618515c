"""What the vocabularies of gazetteers call a kind of place; the table is ``kinds.csv``."""

from __future__ import annotations

import csv
import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from geomap.gazetteer import merge
from geomap.record import PlaceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geomap.gazetteer.entry import Entry

__all__ = ["Kind", "of_feature_code", "of_tags", "of_word", "table"]

Vocabulary = Literal["geonames", "osm", "natural earth", "word", "wikidata"]

# A place that many sources name is better known than its kind says: Everest has 60 names, a nameless peak one.
_MOST_BY_NAMES = 2.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What a term of a vocabulary stands for.

    Attributes
    ----------
    radius_km
        Of a usual place of this kind that is known by a point alone; 0 leaves it to other rules.
    weight
        As that of `merge.prior`, of a place with one name; None leaves it to `merge.prior`.
    """

    place: PlaceKind
    radius_km: float = 0.0
    weight: float | None = None

    def prior(self, entry: Entry) -> float:
        """Return how likely a name without context means a place of this kind."""
        if self.weight is None:
            return merge.prior(entry)
        return self.weight + min(math.log10(max(len(entry.names), 1)), _MOST_BY_NAMES)


@functools.cache
def table(vocabulary: Vocabulary) -> Mapping[str, Kind]:
    """Return the kinds of a vocabulary by term, in the order of the file."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {
            row["term"]: Kind(
                PlaceKind(row["kind"]),
                float(row["radius_km"] or 0),
                float(row["weight"]) if row["weight"] else None,
            )
            for row in csv.DictReader(file)
            if row["vocabulary"] == vocabulary
        }


def of_feature_code(feature_class: str, code: str) -> Kind | None:
    """Return the kind of a GeoNames feature code, or of its class where the code is of no kind of its own.

    Examples
    --------
    >>> str(of_feature_code("H", "STM").place), str(of_feature_code("P", "PPLX").place), of_feature_code("", "")
    ('river', 'city', None)
    """
    known = table("geonames")
    return known.get(f"{feature_class}.{code}") or known.get(feature_class)


def of_tags(tags: Mapping[str, object]) -> Kind | None:
    """Return the kind of a place by its OpenStreetMap tags; the term that stands first in the table decides.

    Examples
    --------
    >>> str(of_tags({"natural": "water", "water": "reservoir"}).place)
    'lake'
    """
    for term, kind in table("osm").items():
        name, _, value = term.partition("=")
        if (found := tags.get(name)) and (str(found) == value or (value == "*" and str(found) != "no")):
            return kind
    return None


def of_word(word: str) -> Kind | None:
    """Return the kind that an English word names, or that geomap calls so.

    Examples
    --------
    >>> str(of_word("Town").place), str(of_word("nuclear").place), of_word("spaceship")
    ('city', 'nuclear', None)
    """
    word = word.strip().lower()
    return Kind(PlaceKind(word)) if word in _KINDS else table("word").get(word)


_KINDS = frozenset(PlaceKind) - {PlaceKind.DESCRIBED}
