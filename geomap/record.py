"""The record of one article: what every stage reads, and adds to.

All classes are frozen. A stage takes a `Record`, and returns a new one with its own part filled in
(`dataclasses.replace`). Spans are half-open ``[start, end)`` character offsets into `Article.text`, always.
Coordinates are EPSG:4326, degrees; geometry is WKB in lon/lat order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt

__all__ = [
    "Actor",
    "ActorKind",
    "Article",
    "Attribution",
    "Candidate",
    "DateExpression",
    "Draw",
    "Event",
    "EventPlace",
    "EventTime",
    "EventType",
    "GeometryType",
    "Mention",
    "MentionKind",
    "Modality",
    "Notice",
    "Place",
    "PlaceKind",
    "Precision",
    "Quad",
    "Quantity",
    "Record",
    "Role",
    "Sentence",
    "Span",
    "Token",
]

GeometryType = Literal["point", "line", "polygon"]


class PlaceKind(StrEnum):
    """What sort of place a gazetteer entry is."""

    COUNTRY = "country"
    ADMIN1 = "admin1"
    ADMIN2 = "admin2"
    CITY = "city"  # any populated place, from a capital to a hamlet, and parts of a city
    RIVER = "river"
    CANAL = "canal"
    LAKE = "lake"
    SEA = "sea"  # oceans, seas, gulfs and bays
    STRAIT = "strait"
    MOUNTAINS = "mountains"
    MOUNTAIN = "mountain"
    DESERT = "desert"
    PLATEAU = "plateau"
    PENINSULA = "peninsula"
    ISLAND = "island"
    REGION = "region"  # a region of the news or of history, a continent, a group of countries
    DISPUTED = "disputed"
    BORDER = "border"
    AIRPORT = "airport"
    PORT = "port"
    UNIVERSITY = "university"
    BASE = "base"  # a military base
    CROSSING = "crossing"  # a border crossing
    BRIDGE = "bridge"
    TUNNEL = "tunnel"
    DAM = "dam"
    NUCLEAR = "nuclear"
    GOVERNMENT = "government"  # a parliament, a palace, a ministry
    ORGANISATION = "organisation"  # the seat of an international organisation
    CAMP = "camp"  # a refugee camp
    TERMINAL = "terminal"  # an oil or gas terminal, the end of a pipeline
    STADIUM = "stadium"
    SQUARE = "square"
    FACILITY = "facility"  # a hospital, prison, temple, mine, monument …
    DESCRIBED = "described"  # a place that the text describes: "northern districts"


class Precision(StrEnum):
    """How exactly a place is known; about the place, not about our choice of it."""

    EXACT = "exact"
    TOWN = "town"
    AREA = "area"
    LINE = "line"
    VAGUE = "vague"
    COUNTRY = "country"


class MentionKind(StrEnum):
    """How a stretch of text refers to a place."""

    TOPONYM = "toponym"
    DEMONYM = "demonym"  # "Tajik", "orang Afghan"
    METONYM = "metonym"  # a capital or country that stands for its government
    EMBEDDED = "embedded"  # inside the name of an organisation or a work
    FACILITY = "facility"
    BORDER = "border"  # "the Tajik–Afghan border": one mention that names a line
    REFERENCE = "reference"  # "that country", "the border": resolved by coreference


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of the article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it was read, before anything was found in it.

    Attributes
    ----------
    text
        The original text; every offset in a record points into it.
    id
        A name for the article, unique within a run.
    title
        The headline, or "".
    date
        The day of publication, or None where it is unknown.
    language
        ISO 639-1 code, or "" before it was identified.
    outlet
        The publisher's name, or "".
    url
        Where the article stands, or "".
    source_place
        The town or region that the outlet writes for, or "".
    """

    text: str
    id: str = ""
    title: str = ""
    date: dt.date | None = None
    language: str = ""
    outlet: str = ""
    url: str = ""
    source_place: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the number of the paragraph it stands in (from 0)."""

    start: int
    end: int
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or punctuation mark; `kind` tells which."""

    start: int
    end: int
    text: str
    kind: Literal["word", "number", "punctuation"] = "word"


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A date, time or duration that the text names.

    Attributes
    ----------
    type
        TIMEX3 type.
    value
        TIMEX3-like value: "2021-07-08", "2021-W27", "2021-06", "P20Y", "PAST_REF"; relative values
        such as "P-1W" where the publication date is unknown.
    earliest, latest
        First and last day meant, or None where a side is open or unknown.
    granularity
        "day", "part", "week", "month", "season", "year", "decade", "century", "duration" or "vague".
    anchor
        What fixed it: "stated", "publication", "previous", or "unresolved".
    mod
        What of it is meant: "START", "MID" or "END" of the interval, "SINCE" it, "APPROX"; or "".
    """

    start: int
    end: int
    surface: str
    type: Literal["DATE", "TIME", "DURATION", "SET"]
    value: str
    earliest: dt.date | None = None
    latest: dt.date | None = None
    granularity: str = "day"
    anchor: str = "stated"
    mod: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gazetteer entry that a mention may mean.

    `features` holds what the ranker saw, as (name, value) pairs, for `Document.explain`.
    """

    place_id: str
    row: int
    name: str
    kind: PlaceKind
    country: str
    lat: float
    lon: float
    score: float = 0.0
    features: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name in the text.

    Attributes
    ----------
    name
        The name to look up: the surface without the generic term, clitic or inflection.
    wanted
        Kinds that the text asks for ("Sungai …" asks for a river); empty = any.
    candidates
        Filled by `places.candidates`, best first after `places.resolve`.
    place_id
        The id of the resolved `Place`, or "" for none.
    confidence
        Probability that `place_id` is right, 0 to 1.
    """

    start: int
    end: int
    surface: str
    kind: MentionKind = MentionKind.TOPONYM
    name: str = ""
    wanted: tuple[PlaceKind, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    place_id: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """A distinct place of the article: a gazetteer entry, or one that the text describes.

    Attributes
    ----------
    id
        "country:TJ", "admin1:TJ-GB", "gn:1220747", "river:panj", "border:AF-TJ", "university:fefu", …;
        "described:1" for a described place.
    name
        In the article's language where the gazetteer knows it.
    country
        ISO 3166-1 alpha-2 code; "" for a sea; the first of two for a border.
    lat, lon
        A representative point (GeoNames' own for a country).
    radius_km
        Radius about that point that holds the true place.
    geometry
        WKB, or None for a plain point.
    relation
        For a described place: how it was described, e.g. "north of".
    parents
        Ids of the places that contain or define it, nearest first: admin-1, country; for a border its two
        countries; for a described place what it is described by.
    """

    id: str
    name: str
    kind: PlaceKind
    country: str
    lat: float
    lon: float
    precision: Precision
    radius_km: float = 0.0
    geometry_type: GeometryType = "point"
    geometry: bytes | None = None
    geonameid: int | None = None
    population: int = 0
    parents: tuple[str, ...] = ()
    relation: str = ""
    source: str = ""


class EventType(StrEnum):
    """PLOVER event types, and eight of our own for what PLOVER leaves out."""

    AGREE = "AGREE"
    CONSULT = "CONSULT"
    SUPPORT = "SUPPORT"
    COOPERATE = "COOPERATE"
    AID = "AID"
    CONCEDE = "CONCEDE"
    RETREAT = "RETREAT"
    REQUEST = "REQUEST"
    ACCUSE = "ACCUSE"
    REJECT = "REJECT"
    THREATEN = "THREATEN"
    PROTEST = "PROTEST"
    MOBILIZE = "MOBILIZE"
    SANCTION = "SANCTION"
    COERCE = "COERCE"
    ASSAULT = "ASSAULT"
    STATEMENT = "STATEMENT"
    STATE = "STATE"  # a state of affairs
    FORECAST = "FORECAST"
    DISASTER = "DISASTER"
    ACCIDENT = "ACCIDENT"
    CRIME = "CRIME"
    MOVEMENT = "MOVEMENT"  # people flee, migrate, travel
    OTHER = "OTHER"


class Quad(StrEnum):
    """PLOVER quad classes."""

    VERBAL_COOPERATION = "verbal cooperation"
    MATERIAL_COOPERATION = "material cooperation"
    VERBAL_CONFLICT = "verbal conflict"
    MATERIAL_CONFLICT = "material conflict"
    NEUTRAL = "neutral"


class Modality(StrEnum):
    """How the text presents an event."""

    HAPPENED = "happened"
    ONGOING = "ongoing"
    PLANNED = "planned"
    THREATENED = "threatened"
    REQUESTED = "requested"
    CONDITIONAL = "conditional"
    PREDICTED = "predicted"
    DENIED = "denied"
    BACKGROUND = "background"


class Role(StrEnum):
    """What a place is to an event."""

    AT = "at"
    FROM = "from"
    TO = "to"
    ALONG = "along"
    BETWEEN = "between"
    NEAR = "near"
    SPEECH_AT = "speech_at"
    ABOUT = "about"  # drawn light
    ACTOR_HOME = "actor_home"  # never drawn


class Draw(StrEnum):
    """Whether the map shows an event at once, lightly, or only when asked."""

    SOLID = "solid"
    LIGHT = "light"
    OFF = "off"


class ActorKind(StrEnum):
    """What sort of actor."""

    STATE = "state"
    MILITARY = "military"
    REBEL = "rebel"
    IGO = "igo"
    CIVILIAN = "civilian"
    PERSON = "person"
    MEDIA = "media"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, or is acted on. `country` is an ISO alpha-2 code or ""."""

    text: str
    start: int
    end: int
    canonical: str = ""
    kind: ActorKind = ActorKind.OTHER
    country: str = ""


@dataclass(frozen=True, slots=True)
class EventPlace:
    """The place of an event, and what it is to it.

    Attributes
    ----------
    start, end
        The mention that gave the place.
    link
        How it was linked: "clause", "sentence", "coreference", "paragraph" or "inferred".
    geo_precision
        UCDP's 1 (exact) to 7 (unknown).
    score
        Probability of the link, 0 to 1.
    """

    place_id: str
    role: Role
    start: int
    end: int
    link: str = "clause"
    geo_precision: int = 1
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class EventTime:
    """When an event happened.

    Attributes
    ----------
    earliest, latest
        First and last day; None where a side is open.
    date_precision
        UCDP's 1 (the day) to 5 (more than a year, or unknown).
    source
        "stated", "inherited" or "statement" (only the day of the statement is known).
    start, end
        The date expression; -1 where there is none.
    """

    earliest: dt.date | None
    latest: dt.date | None
    granularity: str = "day"
    date_precision: int = 1
    source: str = "stated"
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says so. A chain of these goes from the first source to the outlet that carries it."""

    source: str
    start: int
    end: int
    verb: str = ""
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that belongs to an event. `low` or `high` is None where the text leaves it open."""

    what: str
    start: int
    end: int
    low: float | None
    best: float | None
    high: float | None
    unit: str = ""
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, is planned, claimed, predicted or denied.

    Attributes
    ----------
    title
        A short line in the article's own words.
    mode
        PLOVER mode or a finer type, e.g. "seize", "withdraw", "".
    certainty
        FactBank: "CT+", "PR+", "PS+", "CT-", "PR-", "PS-", "UU".
    polarity
        False for what is said not to be so.
    trigger, evidence
        The word that gave the event; the clause or sentence that says it.
    salience
        0 to 1, how much of the article is about it.
    provenance
        The rule or model, and its version.
    """

    id: str
    type: EventType
    trigger: Span
    evidence: Span
    title: str = ""
    mode: str = ""
    cameo_root: str = ""
    quad: Quad = Quad.NEUTRAL
    acled_subtype: str | None = None
    actors: tuple[Actor, ...] = ()
    recipients: tuple[Actor, ...] = ()
    places: tuple[EventPlace, ...] = ()
    time: EventTime | None = None
    modality: Modality = Modality.HAPPENED
    polarity: bool = True
    certainty: str = "CT+"
    attribution: tuple[Attribution, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    draw: Draw = Draw.SOLID
    cluster: str = ""
    salience: float = 0.0
    confidence: float = 0.0
    provenance: str = ""


class Notice(StrEnum):
    """What may limit the reading of an article: the warnings that the page has words for in each of its languages."""

    NO_DATE = "No publication date: relative dates stay relative."
    NO_LANGUAGE = "The language is unknown: places are found by name, events hardly."
    NO_PACK = "There is no language pack for the language of the article: places are found by name, events hardly."
    NO_PLACES = "No places found."
    NO_EVENTS = "No events found."


@dataclass(frozen=True, slots=True)
class Record:
    """Everything known of one article so far.

    `warnings` are sentences for the reader: those of `Notice`, and others.
    """

    article: Article
    sentences: tuple[Sentence, ...] = ()
    tokens: tuple[Token, ...] = ()
    dates: tuple[DateExpression, ...] = ()
    mentions: tuple[Mention, ...] = ()
    places: tuple[Place, ...] = ()
    events: tuple[Event, ...] = ()
    main_event: str = ""
    warnings: tuple[str, ...] = field(default=())

    @property
    def language(self) -> str:
        """Language of the article, ISO 639-1."""
        return self.article.language

    def place(self, place_id: str) -> Place | None:
        """Return the place with this id, or None."""
        return next((place for place in self.places if place.id == place_id), None)
