"""What a language pack says of place names."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from geomap.languages import pack
from geomap.record import PlaceKind
from geomap.text.normalise import key
from geomap.text.tokens import tokenise

__all__ = [
    "BorderRules",
    "GenericRules",
    "Phrases",
    "PlaceRules",
    "ReferenceRules",
    "common_keys",
    "generic_phrases",
    "phrase_words",
    "phrases",
    "rules",
]

# Phrases by the word that they are looked up by: the other words in order, and the whole phrase's kind of place.
Phrases = Mapping[str, tuple[tuple[tuple[str, ...], PlaceKind], ...]]


@dataclass(frozen=True, slots=True)
class GenericRules:
    """Generic terms by kind of place: "Sungai" stands before the name, "River" after it."""

    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BorderRules:
    """How a language names a border.

    `nouns` are the words for it, `between` introduces the two sides, `joiners` stand before the second one. `label`
    writes a border's name out of those of its countries.
    """

    label: str = "{0} – {1}"
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
    acts
        Verbs of speaking and deciding, as a government does; one beside a country or capital makes that the actor.
    verb_first
        Whether such a verb stands before its subject alone.
    directions
        Compass direction (n, ne, e, …, c for central) to its words.
    direction_links
        Prepositions between a direction and the area; empty = any ("utara dari X", but not "utara di X").
    direction_follows
        Whether the direction stands after the noun it modifies ("Afghanistan utara").
    districts
        Nouns for parts of a country, singular and plural ("distrik", "northern districts").
    endings
        Inflection: an ending, and what may stand in its place in the dictionary form.
    town_adjectives
        Endings that make an adjective of a town, before what is there ("Hamburger Hafen").
    clitics
        What is written together with the name after it, as in a key (Arabic "ب" and "و", French "d'").
    contractions
        What stands at the head of a word for something else at the head of a name, as in a key (Arabic "لل" for "ال").
    near
        Words for "near".
    distance_units
        Units of distance in kilometres.
    described
        Patterns of phrases that describe a place by others, by what they describe: see `geomap.places.phrases`.
    groups
        Armed groups and the like (casefolded, their names are the same in most languages) and the country where they
        act: where they take "northern districts", those are there.
    """

    subject: ClassVar[str] = "places"

    cased: bool = True
    spaced: bool = True
    home: tuple[str, ...] = ()
    connectors: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    modified: frozenset[str] = frozenset()
    acts: frozenset[str] = frozenset()
    verb_first: bool = False
    directions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    direction_links: frozenset[str] = frozenset()
    direction_follows: bool = False
    districts: frozenset[str] = frozenset()
    near: tuple[str, ...] = ()
    distance_units: Mapping[str, float] = field(default_factory=dict)
    described: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    town_adjectives: tuple[str, ...] = ()
    clitics: tuple[str, ...] = ()
    contractions: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    generic: GenericRules = field(default_factory=GenericRules)
    border: BorderRules = field(default_factory=BorderRules)
    reference: ReferenceRules = field(default_factory=ReferenceRules)


def rules(language: str) -> PlaceRules:
    """Return the place rules of a language, or those that hold for any."""
    found: PlaceRules = pack.load(language or pack.FALLBACK, PlaceRules)
    return found


@functools.cache
def common_keys(language: str) -> frozenset[str]:
    """Return the common words of a language as they would stand in a gazetteer."""
    return frozenset(map(key, rules(language).common))


@functools.cache
def generic_phrases(language: str) -> tuple[Phrases, Phrases, Phrases]:
    """Return the generic terms before a name, by their last word, and those after it, by their first; longest first.

    The last are those of the second that stand after a name without a capital too.
    """
    generic = rules(language).generic
    small = {kind: tuple(term for term in terms if not term[0].isupper()) for kind, terms in generic.after.items()}
    return phrases(generic.before, -1), phrases(generic.after, 0), phrases(small, 0)


def phrases(table: Mapping[str, tuple[str, ...]], at: int) -> Phrases:
    """Index the phrases of a table by kind of place, casefolded, by the word at a position."""
    index: dict[str, list[tuple[tuple[str, ...], PlaceKind]]] = {}
    for kind, terms in table.items():
        for term in terms:
            words = phrase_words(term)
            index.setdefault(words[at], []).append((words, PlaceKind(kind)))
    return {word: tuple(sorted(found, key=lambda item: -len(item[0]))) for word, found in index.items()}


@functools.cache
def phrase_words(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as they are compared with a text: its tokens, casefolded.

    Examples
    --------
    >>> phrase_words("Alun-alun"), phrase_words("海峡")
    (('alun', '-', 'alun'), ('海', '峡'))
    """
    return tuple(token.text.casefold() for token in tokenise(phrase))
