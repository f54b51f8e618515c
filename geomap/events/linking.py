"""Which place an event has; or none.

Every place that a sentence names is scored for every event in it. What counts is language-neutral: the preposition
before the name, whether name and trigger share a clause, what other trigger lies between, the side, the distance, and
whether the name describes an actor. The trigger's frame says which preposition gives which role: one seizes a town, one
flees from it, one speaks in it about another. Nothing is carried over from a dateline.
"""

from __future__ import annotations

import functools
import math
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from geomap.events.barriers import barriers
from geomap.events.mentions import RANK, UNLOCATED, holds
from geomap.events.triggers import is_passive
from geomap.record import EventPlace, EventType, MentionKind, PlaceKind, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geomap.events.mentions import PlaceMention
    from geomap.events.triggers import Reading, Trigger
    from geomap.record import Place

__all__ = ["DRAWN", "event_place", "features", "place_links"]

DRAWN = frozenset({Role.AT, Role.FROM, Role.TO, Role.ALONG, Role.BETWEEN, Role.NEAR, Role.SPEECH_AT})

_PLACING = frozenset({"in", "near", "along", "between", "to", "from", "against", "of"})
_LEAST, _SURE = 0.35, 0.6
_LEAST_ABOUT = 0.25  # drawn lightly, so a weaker link will do
_FAR = 40
_BESIDE = 3


class _Link(NamedTuple):
    at: int  # which mention
    role: Role
    score: float
    link: str


def place_links(
    reading: Reading, trigger: Trigger, mentions: Sequence[PlaceMention], sentence_mentions: Sequence[int]
) -> list[EventPlace]:
    """Return the places of an event that its own sentence gives, best first.

    Parameters
    ----------
    mentions
        All mentions of the article.
    sentence_mentions
        Indices of those in the trigger's sentence.
    """
    links = [
        link for index in sentence_mentions if (link := _score(reading, trigger, mentions, index, sentence_mentions))
    ]
    moves = trigger.mode.frame in _MOVES
    likely = [
        link
        for link in links
        if link.score >= (_LEAST_ABOUT if link.role is Role.ABOUT else _LEAST)
        or (moves and link.link == "clause" and link.role in (Role.FROM, Role.TO))
    ]
    if (
        not likely
        and trigger.mode.frame == "speech"
        and trigger.voice != "noun"
        and len({mentions[link.at].place.id for link in links}) == 1
        and links[0].role is Role.ABOUT
    ):
        likely = links[:1]  # the one place that is spoken of, however far
    links = likely or [link for link in links if _is_there(mentions[link.at], link)]
    if not links:
        return _suffered(reading, trigger, mentions, sentence_mentions)
    links.sort(key=lambda link: -link.score)
    best = next((link for link in links if link.score > _FINER and _is_inside(mentions, link, links[0])), links[0])
    chosen = [best]
    for link in links[1:]:
        other = mentions[link.at]
        if any(mentions[known.at].place.id == other.place.id for known in chosen):
            continue
        paired = moves and {link.role, best.role} == {Role.FROM, Role.TO}
        spoken = trigger.mode.frame == "speech" and all(known.role is not link.role for known in chosen)
        # a disaster, or an offensive, has many places, each with its own preposition
        spreads = (
            trigger.mode.frame in ("hazard", "strike")
            and other.preposition in ("in", "along")
            and link.score > _SURE
            and RANK.get(other.place.kind, 0) <= RANK.get(mentions[best.at].place.kind, 0)
        )
        if paired or spoken or spreads:
            chosen.append(link)
    for link in tuple(chosen):
        chosen += _listed(mentions, link, sentence_mentions)
    seen: set[str] = set()
    out = []
    for link in chosen:
        mention = mentions[link.at]
        if mention.place.id not in seen:
            seen.add(mention.place.id)
            out.append(event_place(mention, link.role, link.score, link.link))
    return out


def _is_inside(mentions: Sequence[PlaceMention], link: _Link, other: _Link) -> bool:
    """Whether one linked place lies in another: "In Mali, two farmers were killed near Gao"."""
    return link.role in DRAWN and holds(mentions[other.at].place, mentions[link.at].place)


_FINER = 0.5


def _is_there(mention: PlaceMention, link: _Link) -> bool:
    """Whether a link is a weak one to "there": it means the place of whatever its sentence tells."""
    return mention.kind is MentionKind.REFERENCE and bool(mention.preposition) and link.score >= _LEAST_THERE


_LEAST_THERE = 0.2


def _suffered(
    reading: Reading, trigger: Trigger, mentions: Sequence[PlaceMention], inside: Sequence[int]
) -> list[EventPlace]:
    """Return the country that a pronoun stands for where it is attacked: "assured Mali of help if it were attacked"."""
    if trigger.mode.frame != "strike" or not is_passive(reading, trigger):
        return []
    before = [reading.cue_at.get(at) for at in range(max(trigger.first - _BESIDE, 0), trigger.first)]
    if not any(hit is not None and "pronoun" in hit.senses.cues for hit in before):
        return []
    named = [mentions[at] for at in inside if mentions[at].last <= trigger.first]
    country = next((m for m in named[::-1] if m.is_country and not m.describes_actor and not m.dateline), None)
    if country is None:
        return []
    return [event_place(country, Role.AT, _PRONOUN, "coreference")]


_PRONOUN = 0.5


def event_place(mention: PlaceMention, role: Role, score: float, link: str) -> EventPlace:
    """Return the link from an event to the place of a mention."""
    if mention.kind is MentionKind.REFERENCE and mention.place.kind is not PlaceKind.DESCRIBED:
        link = "coreference"  # but "northern Mali" names its place
    return EventPlace(
        mention.place.id, role, mention.start, mention.end, link, _geo_precision(mention.place), round(score, 3)
    )


def _geo_precision(place: Place) -> int:
    """Return UCDP's precision: 1 exact, 2 near, 3 district, 4 province, 5 line or region, 6 country, 7 unknown."""
    if place.kind is PlaceKind.COUNTRY:
        return 6
    if place.geometry_type == "line" or place.kind in (PlaceKind.REGION, PlaceKind.SEA, PlaceKind.DESCRIBED):
        return 5
    return {PlaceKind.ADMIN1: 4, PlaceKind.ADMIN2: 3, PlaceKind.CITY: 1}.get(place.kind, 1)


def _listed(mentions: Sequence[PlaceMention], link: _Link, inside: Sequence[int]) -> list[_Link]:
    """Return the places listed with a linked one; a place that only tells where the other lies is left out."""
    indices = set(inside)
    out = []
    anchor = {link.at}
    for index in inside:
        if index <= link.at:
            continue
        mention = mentions[index]
        if mention.parent_of in anchor:
            anchor.add(index)
        elif mention.listed_after in anchor:
            anchor.add(index)
            out.append(_Link(index, link.role, link.score * 0.95, link.link))
    back = mentions[link.at]
    while back.listed_after in indices or back.parent_of in indices:
        index = back.listed_after if back.listed_after in indices else back.parent_of
        if back.listed_after == index and mentions[index].parent_of < 0:
            out.append(_Link(index, link.role, link.score * 0.95, link.link))
        back = mentions[index]
    return out


def features(
    reading: Reading, trigger: Trigger, mentions: Sequence[PlaceMention], index: int, nearby: Sequence[int]
) -> tuple[dict[str, float], Role] | None:
    """Return what the linker sees of one place for one trigger, and its role; None where it cannot be a place of it.

    Parameters
    ----------
    mentions
        All mentions of the article.
    index
        The mention in question.
    nearby
        Indices of the mentions in the sentence.
    """
    mention = mentions[index]
    if not _may_be_placed(reading, trigger, mentions, mention):
        return None
    right = mention.first >= trigger.last
    first, last = (trigger.last, mention.first) if right else (max(mention.until, mention.last), trigger.first)
    last = max(first, last)
    if last - first > _FAR:
        return None
    seen, role = _role(reading, trigger, mention, _frames()[trigger.mode.frame], last - first, right=right)
    if role is None or role is Role.ACTOR_HOME:
        return None
    seen["token"] = last - first
    if not right:
        seen["left"] = 0 if reading.pack.place_leads or reading.pack.verb_second else 1
        if mention.preposition and mention.first - mention.body <= _FRONT:
            seen["fronted"] = 1  # "In Paris, police …": a place for all that the sentence tells
    between = sum(1 for other in nearby if first <= mentions[other].first < last and mentions[other].competes)
    if between:
        seen["place between"] = min(between, 3)
    barriers(reading, first, last, trigger, seen)
    seen |= _set_aside(reading, trigger, mention, seen)
    if any(holds(mention.place, mentions[at].place) for at in nearby if not mentions[at].describes_actor):
        seen["holds"] = 1  # "in Mali …, near Gao"
    told = seen.keys() & {"reported", "noun between"} or (right and reading.pack.place_leads)
    reacts = right and last > first + 1 and trigger.mode.type in _REACTIONS and trigger.voice != "noun"
    if role is Role.SPEECH_AT and (told or reacts):
        role = Role.ABOUT  # what is told, not where it is told: "condemned the use of force in Nairobi"
    if not seen.keys() & _BOUNDARIES:
        seen["same clause"] = 1
    return _softened(trigger, seen, role), role


def _may_be_placed(reading: Reading, trigger: Trigger, mentions: Sequence[PlaceMention], mention: PlaceMention) -> bool:
    """Whether a mention can be a place of a trigger at all."""
    inside = mention.first < trigger.last and trigger.first < mention.last
    if mention.dateline or (inside and mention.first >= trigger.first):
        return False  # but not "Kakhovka dam burst", a name that runs into the trigger
    behind = reading.cue_at.get(trigger.last) if reading.finite and trigger.voice == "noun" else None
    if behind is not None and behind.senses.subordinator and mention.first >= trigger.last:
        return False  # "zirvenin ardından": what follows is another matter
    if any(reading.finite[trigger.first : mention.first]):
        return False  # what stands behind a verb that closes its clause belongs to the next
    acts = trigger.voice != "noun" and trigger.mode.type in _BODILY and mention.last <= trigger.first
    if mention.seat and not acts:
        return trigger.mode.frame == "patient"  # "the government in Kabul may fall"
    # where a finer place is named with it on the same side, that one is scored instead
    right = mention.first >= trigger.last
    return mention.parent_of < 0 or (mentions[mention.parent_of].first >= trigger.last) != right


def _set_aside(
    reading: Reading, trigger: Trigger, mention: PlaceMention, seen: Mapping[str, float]
) -> dict[str, float]:
    """Return what speaks for or against a place by sense rather than by position."""
    marks: dict[str, float] = {}
    if mention.place.relation in UNLOCATED:
        marks["unlocated"] = 1
    if "left" in seen and reading.words[trigger.last - 1].endswith(reading.pack.participles):
        marks["participle"] = 1  # "… in Gao, killing four": it shares the place of the clause before it
    if mention.place.kind is PlaceKind.REGION and mention.place.radius_km > _CONTINENT_KM:
        marks["continent"] = 1  # "one of the largest reservoirs in Europe"
    if "left" in seen and trigger.mode.frame == "hazard" and mention.place.kind in _SITES and not mention.preposition:
        marks["site"] = 1  # "the dam burst"
    if any(reading.finite[mention.last : trigger.first]):
        marks["reported"] = 1  # a clause ends between them
    apart = seen.keys() & {"comma", "clause", "quote"}
    owned = _is_owned(reading, mention) if "left" in seen else _is_subject(reading, mention, trigger)
    if apart and owned and not _opens_where(reading, mention.last):
        marks["owned"] = 1  # "Speaking in Paris, he said that the town was attacked"
    if "fronted" in seen and trigger.voice == "noun" and trigger.mode.frame in _MOVES:
        marks["fronted noun"] = 1  # "In Washington, he set a date for the withdrawal"
    return marks


_CONTINENT_KM = 1500
_SITES = frozenset(
    {PlaceKind.DAM, PlaceKind.MOUNTAIN, PlaceKind.RIVER, PlaceKind.LAKE, PlaceKind.CANAL, PlaceKind.BRIDGE,
     PlaceKind.NUCLEAR, PlaceKind.FACILITY}
)  # fmt: skip
_OWNED = 8


def _is_owned(reading: Reading, mention: PlaceMention) -> bool:
    """Whether a verb stands before a place in the clause that the place closes."""
    for at in range(mention.first - 1, max(mention.body, mention.first - _OWNED) - 1, -1):
        verb = reading.trigger_at.get(at)
        if verb is not None and verb.voice != "noun":
            return True
        hit = reading.cue_at.get(at)
        if hit is not None and hit.senses.subordinator:
            return hit.senses.subordinator in ("relative", "where")  # "France, which has a base in Mali, denied …"
        if reading.words[at] == ",":
            return False
    return False


def _is_subject(reading: Reading, mention: PlaceMention, trigger: Trigger) -> bool:
    """Whether another verb follows a name that no preposition governs: "… a day after the dam burst"."""
    verb = reading.trigger_at.get(mention.last) or reading.trigger_at.get(mention.last - 1)
    return verb is not None and verb != trigger and verb.voice != "noun" and not mention.preposition


def _softened(trigger: Trigger, seen: dict[str, float], role: Role) -> dict[str, float]:
    """Count commas and verbs before what a speech is about for little: it may be said at length."""
    if trigger.mode.frame != "speech" or role is not Role.ABOUT:
        return seen
    return {name: value * (0.4 if name in _SOFT else 1) for name, value in seen.items()}


@functools.cache
def _frames() -> Mapping[str, Mapping[str, Role | None]]:
    """Return what each frame makes of each class of preposition (``frames.toml``); "" is a name without one."""
    table = tomllib.loads(Path(__file__).with_name("frames.toml").read_text(encoding="utf-8"))
    return {
        frame: {
            "" if preposition == "bare" else preposition: None if role == "none" else Role(role)
            for preposition, role in row.items()
        }
        for frame, row in table.items()
    }


@functools.cache
def _weights() -> Mapping[str, float]:
    """Return the weight of each feature (``link_weights.toml``); their sum goes through a logistic function."""
    table = tomllib.loads(Path(__file__).with_name("link_weights.toml").read_text(encoding="utf-8"))
    return {name: float(value) for name, value in table.items()}


def _score(
    reading: Reading, trigger: Trigger, mentions: Sequence[PlaceMention], index: int, nearby: Sequence[int]
) -> _Link | None:
    """Score one place for one trigger; None where it cannot be one."""
    found = features(reading, trigger, mentions, index, nearby)
    if found is None:
        return None
    seen, role = found
    weights = _weights()
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in seen.items())
    score = 1 / (1 + math.exp(-max(min(total, 30), -30)))
    return _Link(index, role, score, "clause" if "same clause" in seen else "sentence")


_BOUNDARIES = frozenset({"comma", "clause", "relative", "quote"})
# A place that opens a sentence stands within this many tokens of its start.
_FRONT = 4
# What an office can only do where it is.
_BODILY = frozenset(
    {EventType.ASSAULT, EventType.COERCE, EventType.PROTEST, EventType.CRIME, EventType.DISASTER, EventType.ACCIDENT,
     EventType.OTHER}
)  # fmt: skip
# What is done by speaking about something, wherever one speaks.
_REACTIONS = frozenset({EventType.ACCUSE, EventType.REJECT, EventType.SUPPORT, EventType.REQUEST, EventType.THREATEN})
_MOVES = frozenset({"move", "withdraw", "evacuate", "visit"})
_SOFT = frozenset({"place between", "noun between", "comma", "clause", "relative", "quote", "verb between", "token"})


def _role(
    reading: Reading,
    trigger: Trigger,
    mention: PlaceMention,
    frame: Mapping[str, Role | None],
    gap: int,
    *,
    right: bool,
) -> tuple[dict[str, float], Role | None]:
    """Return the features of preposition and position, and the role they give."""
    seen: dict[str, float] = {"reference": 1.0} if mention.kind is MentionKind.REFERENCE else {}
    if mention.describes_actor:
        if trigger.mode.frame == "patient" and right and gap <= _BESIDE + 1:
            return {"bare beside": 1}, Role.AT  # "the collapse of the Afghan government"
        if trigger.mode.frame == "speech" and _is_local(reading, mention):
            return seen | {"about": 1}, Role.ABOUT  # a mayor speaks about the own town
        return seen, Role.ACTOR_HOME if trigger.mode.frame != "speech" else None
    preposition = mention.preposition
    if not right and _opens_where(reading, mention.last):
        preposition = "in"  # "Afghanistan, where …"
    role = frame.get("" if preposition == "object" else preposition)
    if preposition == "object":
        return {"about" if role is Role.ABOUT else "bare beside": 1}, role
    if not preposition:
        return _bare_role(reading, trigger, mention, role, gap, right=right)
    return _governed_role(trigger, preposition, role, seen)


def _is_local(reading: Reading, mention: PlaceMention) -> bool:
    """Whether a name tells what the holder of a local office governs: "the governor of Kunduz", "Bupati Lumajang"."""
    around = (mention.first - 1, mention.first - 2, mention.last)
    hits = (reading.cue_at.get(at) for at in around)
    return not mention.is_country and any(hit is not None and "local" in hit.senses.cues for hit in hits)


def _governed_role(
    trigger: Trigger, preposition: str, role: Role | None, seen: dict[str, float]
) -> tuple[dict[str, float], Role | None]:
    """Return the features and the role of a name behind a preposition, given what the frame makes of that."""
    if preposition == "by" or (preposition == "with" and trigger.mode.frame != "speech"):
        return seen, None
    if role is Role.ABOUT:
        seen["about"] = 1
    elif preposition in ("from", "to") and trigger.mode.frame in _MOVES:
        seen["in"] = 1  # the prepositions that such a verb asks for
    elif preposition in _PLACING:
        seen[preposition] = 1
    if role is None:
        seen["unfit"] = 1
        role = Role.AT
    return seen, role


def _bare_role(
    reading: Reading, trigger: Trigger, mention: PlaceMention, role: Role | None, gap: int, *, right: bool
) -> tuple[dict[str, float], Role | None]:
    """Return the features and the role of a name without preposition: an object, a subject, a modifier."""
    beside = gap <= (1 if trigger.voice == "noun" else _BESIDE)
    hit_by = trigger.mode.frame == "sanction" and trigger.voice == "active" and right and beside
    if mention.kind is MentionKind.METONYM and not hit_by:
        return {}, None
    if mention.is_country and not hit_by and trigger.mode.frame not in ("hazard", "patient", "state"):
        modifies = trigger.voice == "noun" and beside and not right and not reading.pack.adjective_follows
        object_of_verb = trigger.voice == "active" and beside and right and role in DRAWN
        object_of_verb = object_of_verb and (gap > 0 or reading.pack.order != "vso")  # "Israel attacked …", verb first
        suffers = trigger.mode.frame == "strike" and beside and not right and is_passive(reading, trigger)
        if suffers:
            return {"suffers": 1}, Role.AT  # "if Tajikistan is attacked"
        if not (modifies or object_of_verb):
            return {}, None  # the state acts, or is spoken to
    if role is Role.ABOUT:
        return {"about": 1}, role
    passive = trigger.voice == "passive" or trigger.mode.frame == "hazard"
    fits = beside and (right or passive or not reading.pack.adjective_follows)
    if mention.is_country and not (fits and (gap == 0 or trigger.voice != "noun")):
        return {}, None
    return {"bare beside" if fits else "bare": 1}, role


# Words that may stand between a name and a clause of place: "Mali, a land where".
_APPOSED = 4


def _opens_where(reading: Reading, at: int) -> bool:
    """Whether a clause of place opens at a token, or behind a mark and an apposition of a few words."""
    end = at + 1 if at < len(reading.tokens) and reading.tokens[at].kind != "punctuation" else at + 1 + _APPOSED
    for token in range(at, min(end, len(reading.tokens))):
        hit = reading.cue_at.get(token)
        if hit is not None:
            return hit.senses.subordinator == "where"
        if token > at and reading.tokens[token].kind == "punctuation":
            return False
    return False
