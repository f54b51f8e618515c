"""What a language pack says of place names."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 the pack loader reads the annotations
from dataclasses import dataclass, field
from typing import ClassVar

from geomap.languages import pack

__all__ = ["BorderRules", "GenericRules", "PlaceRules", "ReferenceRules", "rules"]


@dataclass(frozen=True, slots=True)
class GenericRules:
    """Generic terms by kind of place: "Sungai" stands before the name, "River" after it."""

    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BorderRules:
    """How a language names a border.

    `nouns` are the words for it, `between` introduces the two sides, `joiners` stand between them;
    `with_` stands before the second side ("perbatasan Tajikistan dengan Afghanistan").
    """

    nouns: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    joiners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceRules:
    """Phrases that point back to a place named before, lower case."""

    country: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    border: tuple[str, ...] = ()
    river: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """The rules of one language for finding place names.

    Attributes
    ----------
    cased
        Whether the script has capitals that mark names.
    spaced
        Whether words are separated by spaces.
    home
        Countries (ISO codes) whose press writes in this language.
    connectors
        Lower-case words that stand inside names.
    common
        Words that are more often no name, though a place has it; they need other evidence.
    titles
        Words before a person's name; what follows is a person.
    offices
        Words for offices; a country may follow ("Presiden AS Joe Biden").
    organisations
        Head nouns of organisations and works that carry a place in their name.
    prepositions
        Words that put something at, to or from a place.
    modified
        Nouns of people and forces that a country's name may modify ("tentara Rusia").
    directions
        Compass direction (n, ne, e, …, c for central) to its words.
    direction_follows
        Whether the direction stands after the noun it modifies ("Afghanistan utara").
    districts
        Nouns for parts of a country, singular and plural ("distrik", "northern districts").
    endings
        Inflection: an ending, and what may stand in its place in the dictionary form.
    clitics
        Letters that are written together with the name before it (Arabic ب, و, ال).
    """

    subject: ClassVar[str] = "places"

    cased: bool = True
    spaced: bool = True
    home: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    prepositions: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    directions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    direction_follows: bool = False
    districts: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    distance_units: Mapping[str, float] = field(default_factory=dict)
    endings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    clitics: tuple[str, ...] = ()
    generic: GenericRules = field(default_factory=GenericRules)
    border: BorderRules = field(default_factory=BorderRules)
    reference: ReferenceRules = field(default_factory=ReferenceRules)


def rules(language: str) -> PlaceRules:
    """Return the place rules of a language, or those that hold for any."""
    return pack.load(language or pack.FALLBACK, PlaceRules)
