"""Which place, and which date, an event has; or none.

Every place that a sentence names is scored for every event in it. What counts is language-neutral: the preposition
before the name, whether name and trigger share a clause, what other trigger lies between, the side, the distance, and
whether the name describes an actor. The trigger's frame says which preposition gives which role: one seizes a town, one
flees from it, one speaks in it about another. Nothing is carried over from a dateline.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from geomap.events.triggers import is_passive
from geomap.record import EventPlace, EventTime, EventType, MentionKind, Modality, PlaceKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from geomap.events.triggers import Hit, Reading, Trigger
    from geomap.record import DateExpression, Mention, Place, Record, Token

__all__ = [
    "DRAWN",
    "PlaceMention",
    "event_time",
    "holds",
    "is_wide",
    "mentions_by_token",
    "place_links",
    "place_mentions",
]

DRAWN = frozenset({Role.AT, Role.FROM, Role.TO, Role.ALONG, Role.BETWEEN, Role.NEAR, Role.SPEECH_AT})

# Frame → class of preposition → role. "" is a name without preposition right after an active verb, or right beside a
# noun. A role of None means that the name is no place of the event.
_FRAMES: Mapping[str, Mapping[str, Role | None]] = {
    "at": {"in": Role.AT, "near": Role.NEAR, "along": Role.ALONG, "between": Role.BETWEEN, "of": Role.AT, "to": Role.TO,
           "from": Role.FROM, "against": Role.ABOUT, "about": Role.ABOUT, "": Role.AT},
    "state": {"in": Role.AT, "near": Role.NEAR, "along": Role.ALONG, "between": Role.BETWEEN, "of": Role.AT,
              "to": Role.AT, "from": Role.AT, "": Role.AT},
    "strike": {"in": Role.AT, "near": Role.NEAR, "along": Role.ALONG, "between": Role.BETWEEN, "of": Role.AT,
               "to": Role.AT, "against": Role.AT, "from": Role.FROM, "about": Role.ABOUT, "": Role.AT},
    "launch": {"in": Role.AT, "near": Role.NEAR, "from": Role.FROM, "to": Role.TO, "": Role.ABOUT, "of": Role.ABOUT},
    "move": {"in": Role.AT, "near": Role.NEAR, "along": Role.ALONG, "to": Role.TO, "from": Role.FROM, "of": Role.AT,
             "between": Role.BETWEEN, "": Role.TO, "about": Role.TO},
    "withdraw": {"in": Role.AT, "near": Role.NEAR, "along": Role.ALONG, "to": Role.TO, "from": Role.FROM,
                 "": Role.FROM},
    "evacuate": {"in": Role.AT, "near": Role.NEAR, "to": Role.TO, "from": Role.FROM, "of": Role.FROM, "": Role.FROM},
    "visit": {"in": Role.AT, "near": Role.NEAR, "to": Role.AT, "of": None, "": Role.AT, "from": Role.FROM,
              "about": Role.ABOUT},
    "meet": {"in": Role.AT, "near": Role.NEAR, "about": Role.ABOUT, "of": None, "": None, "with": Role.ABOUT,
             "to": None, "from": None, "against": Role.ABOUT, "between": None},
    "speech": {"in": Role.SPEECH_AT, "near": Role.ABOUT, "along": Role.ABOUT, "between": Role.ABOUT, "to": Role.ABOUT,
               "from": Role.ABOUT, "of": Role.ABOUT, "against": Role.ABOUT, "about": Role.ABOUT, "with": Role.ABOUT,
               "": Role.ABOUT},
    "publish": {"about": Role.ABOUT},
    "sanction": {"in": Role.AT, "to": Role.ABOUT, "against": Role.ABOUT, "from": Role.FROM, "": Role.ABOUT,
                 "about": Role.ABOUT, "with": Role.ABOUT, "of": Role.ABOUT},
    "patient": {"in": Role.AT, "near": Role.NEAR, "of": Role.AT, "along": Role.ALONG, "from": Role.FROM, "": Role.AT},
    "hazard": {"in": Role.AT, "near": Role.NEAR, "along": Role.ALONG, "between": Role.BETWEEN, "of": Role.AT,
               "to": None, "from": None, "": Role.AT},
}  # fmt: skip

_ASIDES: Mapping[str, str] = {"(": ")", "–": "–", "—": "—", "[": "]"}
_PLACING = frozenset({"in", "near", "along", "between", "to", "from", "against", "of"})
_LEAST, _SURE = 0.35, 0.6
_LEAST_ABOUT = 0.25  # drawn lightly, so a weaker link will do
_COSTLIEST = 3.0
# A year seldom dates a verb far from it: it belongs to a noun beside ("a resolution of 2013").
_VAGUE = 1.2
# A date before a dash is the dateline's; any other of the sentence is rather the event's.
_DATELINE = 1.5
_DASHES = frozenset({"–", "—"})
_FAR = 40
_COUNTRY = frozenset({PlaceKind.COUNTRY})
_RANK = {PlaceKind.COUNTRY: 4, PlaceKind.REGION: 4, PlaceKind.ADMIN1: 3, PlaceKind.ADMIN2: 2, PlaceKind.CITY: 1}
_BESIDE = 3


@dataclass(slots=True)
class PlaceMention:
    """A resolved mention as the linker sees it: tokens `first` to `last` (exclusive)."""

    place: Place
    first: int
    last: int
    start: int
    end: int
    kind: MentionKind
    preposition: str = ""
    describes_actor: bool = False
    dateline: bool = False
    seat: bool = False  # tells where an office is, not where something happens: "officials in Kyiv said"
    body: int = 0  # token where its sentence begins, after a dateline
    until: int = 0  # token where its noun phrase ends, with the places that hold it: "the peak in Java"
    parent_of: int = -1  # index of the finer place named right beside it: "Kampak, Trenggalek"
    listed_after: int = -1  # index of the mention it is listed with: "Kampak, Gandusari and Pogalan"

    @property
    def competes(self) -> bool:
        """Whether it is a place of its own, after a preposition: the nearer of two takes the event."""
        alone = self.listed_after < 0 and self.parent_of < 0
        return bool(self.preposition) and alone and not self.describes_actor

    @property
    def is_country(self) -> bool:
        """Whether the name can stand for a state."""
        return self.place.kind in _COUNTRY

    @property
    def country(self) -> str:
        """Country of the place."""
        return self.place.country


class _Link(NamedTuple):
    at: int  # which mention
    role: Role
    score: float
    link: str


def place_mentions(record: Record, reading: Reading) -> list[PlaceMention]:
    """Return the resolved mentions of a record, and the words that refer back to one, in text order.

    A described place stands for the name that it builds on: "northern Mali" is not Mali.
    """
    places = {place.id: place for place in record.places}
    found = [
        PlaceMention(
            place=places[mention.place_id],
            first=reading.token_at(mention.start),
            last=reading.token_at(mention.end - 1) + 1,
            start=mention.start,
            end=mention.end,
            kind=mention.kind,
        )
        for mention in _outermost(record.mentions)
        if mention.place_id in places and mention.kind is not MentionKind.EMBEDDED
    ]
    found = sorted([*found, *_references(reading, found)], key=lambda mention: mention.start)
    for index, mention in enumerate(found):
        _describe(reading, found, index, mention)
    _settle_lists(reading, found)
    for mention in reversed(found):
        if mention.parent_of >= 0:
            found[mention.parent_of].until = max(mention.until, found[mention.parent_of].until)
    return found


def _outermost(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Yield the mentions that no other encloses, in text order."""
    reach = -1
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if mention.end > reach:
            reach = mention.end
            yield mention


def mentions_by_token(mentions: Sequence[PlaceMention]) -> dict[int, PlaceMention]:
    """Return token → the mention that covers it."""
    return {at: mention for mention in mentions for at in range(mention.first, mention.last)}


_REFERENTS = {
    "country": _COUNTRY,
    "border": frozenset({PlaceKind.BORDER}),
    "river": frozenset({PlaceKind.RIVER}),
    "city": frozenset({PlaceKind.CITY}),
    "area": frozenset(PlaceKind) - _COUNTRY,
    "place": frozenset(PlaceKind),
    "mountain": frozenset({PlaceKind.MOUNTAIN}),
    "dam": frozenset({PlaceKind.DAM}),
}


def _references(reading: Reading, named: Sequence[PlaceMention]) -> list[PlaceMention]:
    """Resolve "the border", "that country" to the place of its kind named last, where no stage before has done so.

    A country that was the object of a preposition is preferred: one that stood for its government is seldom meant.
    """
    found: list[PlaceMention] = []
    latest: dict[str, PlaceMention] = {}  # kind of reference → the place of that kind named last
    governed: dict[str, PlaceMention] = {}  # the same, of those after a preposition of place
    waiting = 0
    for hit in reading.references:
        while waiting < len(named) and named[waiting].last <= hit.first:
            mention = named[waiting]
            waiting += 1
            placed = _preposition(reading, mention.first, is_country=mention.is_country) not in ("", "with", "by")
            placed = placed and not _is_seat(reading, mention.first)
            for kind, kinds in _REFERENTS.items():
                if mention.place.kind in kinds:
                    latest[kind] = mention
                    if placed:
                        governed[kind] = mention
        if waiting < len(named) and named[waiting].first < hit.last:
            continue  # the places stage has resolved it
        kind = hit.senses.reference or ""
        referent = governed.get(kind) or (latest.get(kind) if kind != "place" else None)
        if referent is not None:
            start, end = reading.tokens[hit.first].start, reading.tokens[hit.last - 1].end
            preposition = "in" if kind == "place" else ""  # "there" is "in that place"
            found.append(
                PlaceMention(referent.place, hit.first, hit.last, start, end, MentionKind.REFERENCE, preposition)
            )
    return found


def _describe(reading: Reading, mentions: Sequence[PlaceMention], index: int, mention: PlaceMention) -> None:
    """Fill in what stands around a mention."""
    mention.dateline = _is_dateline(reading, mention)
    own = mention.preposition or _own_preposition(reading, mention)
    mention.describes_actor = own in ("", "of") and _describes_actor(reading, mention)
    mention.seat = not mention.describes_actor and _is_seat(reading, mention.first)
    mention.until = mention.last
    previous = mentions[index - 1] if index else None
    mention.body = _body(reading, mention, previous)
    if previous is not None and not mention.dateline and not previous.dateline and previous.last <= mention.first:
        relation = _relation(reading, previous, mention)
        if relation:
            if relation == "held":
                previous.parent_of = index
            elif relation == "holds":
                mention.parent_of = index - 1
            else:
                mention.listed_after = index - 1
            mention.preposition = own or previous.preposition
            _lend(mentions, index, own)
            mention.describes_actor = mention.describes_actor or previous.describes_actor
            return
    mention.preposition = own or _preposition(reading, mention.first, is_country=mention.is_country)


def _lend(mentions: Sequence[PlaceMention], index: int, own: str) -> None:
    """Give the names before one that they are listed with what its form or a word behind it says of them all."""
    while own and index > 0:
        earlier = mentions[index - 1]
        if mentions[index].listed_after != index - 1 and earlier.parent_of != index:
            return
        earlier.preposition, earlier.describes_actor = own, False
        index -= 1


def _own_preposition(reading: Reading, mention: PlaceMention) -> str:
    """Return the class of what the form of a name, or a word behind it, says like a preposition; or ""."""
    pack = reading.pack
    if pack.postpositions:
        for at in range(mention.last, min(mention.last + _BESIDE, len(reading.words))):
            hit = reading.cue_at.get(at)
            if hit is not None and hit.senses.postposition:
                return hit.senses.postposition
            if reading.words[at] not in pack.transparent:
                break
    if not pack.cases:
        return ""
    before = reading.text[reading.tokens[mention.first].start : mention.start]
    form = f"{before}|{reading.text[mention.start : reading.tokens[mention.last - 1].end]}"
    governor = reading.cue_at.get(mention.first - 1)
    preposition = " ".join(reading.words[governor.first : governor.last]) if governor else ""
    return next(
        (
            case.to
            for case in pack.cases
            if (not case.after or preposition in case.after) and re.search(case.form, form)
        ),
        "",
    )


def _relation(reading: Reading, previous: PlaceMention, mention: PlaceMention) -> str:
    """Return how two names stand to each other.

    "holds": the second holds the first ("Kampak, Trenggalek"); "held": the reverse ("Afghanistan's Kabul"); "list"
    ("Kampak and Gandusari"); "" where they stand apart.
    """
    between = reading.words[previous.last : mention.first]
    clitic = reading.text[reading.tokens[mention.first].start : mention.start]
    between += [clitic] * (clitic in reading.pack.conjunctions)
    inner, outer = previous.place, mention.place
    if _is_told_by(reading, previous, mention) and _covers(outer, inner):
        return "holds"  # "the crossing at Sher Khan Bandar in Kunduz"
    coarser = holds(outer, inner) or (
        not inner.parents and outer.country == inner.country and _RANK.get(outer.kind, 0) > _RANK.get(inner.kind, 0)
    )
    if not between:
        if holds(inner, outer):
            return "held"
        return "holds" if coarser else ""  # "di Simpang Lima Semarang"
    joined = [word for word in between if word not in reading.pack.transparent]
    conjunctions = reading.pack.conjunctions
    if not joined and reading.pack.place_leads and holds(inner, outer):
        return "held"  # the wider one first: "陕西省会西安"
    if not joined or len(joined) > 2 or not all(word in _JOINERS or word in conjunctions for word in joined):
        return ""
    return "holds" if coarser and not conjunctions.intersection(joined) else "list"


def _is_told_by(reading: Reading, previous: PlaceMention, mention: PlaceMention) -> bool:
    """Whether nothing but a preposition, and words like "the town of", stand between two names."""
    between = [at for at in range(previous.last, mention.first) if reading.words[at] not in reading.pack.transparent]
    hits = [reading.cue_at.get(at) for at in between]
    return 1 <= len(hits) <= 2 and all(hit is not None and hit.senses.preposition in ("in", "of") for hit in hits)


def _covers(outer: Place, inner: Place) -> bool:
    """Whether one place lies in another: by what the records say, or by distance."""
    if holds(outer, inner):
        return True
    north = (outer.lat - inner.lat) * _KM_A_DEGREE
    east = (outer.lon - inner.lon) * _KM_A_DEGREE * math.cos(math.radians(outer.lat))
    return inner.radius_km < outer.radius_km and math.hypot(north, east) <= outer.radius_km


_KM_A_DEGREE = 111.2


def _settle_lists(reading: Reading, mentions: Sequence[PlaceMention]) -> None:
    """Turn "A, B" into a place and what holds it, where no conjunction and no length make it a list.

    Only kinds of one rank reach this; a real list of two is joined by "and".
    """
    for index, mention in enumerate(mentions):
        before = mention.listed_after
        if before < 0 or mentions[before].listed_after >= 0 or mention.is_country:
            continue
        follower = mentions[index + 1] if index + 1 < len(mentions) else None
        if follower is not None and follower.listed_after == index:
            continue
        between = reading.words[mentions[before].last : mention.first]
        if "," in between and not reading.pack.conjunctions.intersection(between):
            mention.parent_of, mention.listed_after = before, -1


_JOINERS = frozenset({",", "/", "-", "–", ";", "&"})


def holds(outer: Place, inner: Place) -> bool:
    """Whether one place lies in another, by what the records say."""
    if outer.id == inner.id:
        return False
    return outer.id in inner.parents or (outer.kind is PlaceKind.COUNTRY and outer.country == inner.country != "")


def is_wide(place: Place) -> bool:
    """Whether a place is so wide that a finer one named with it is meant: a country, a province, a region."""
    return _RANK.get(place.kind, 0) >= _RANK[PlaceKind.ADMIN1]


def _is_dateline(reading: Reading, mention: PlaceMention) -> bool:
    """Whether a mention opens a report: "JAKARTA, KOMPAS —", "KABUL (Reuters) -"."""
    start, end = reading.sentence(mention.first)
    opens = mention.first - start <= 2 or reading.words[mention.first - 1] in ("-", "–", "—")
    if not opens:
        return False
    inside = False
    for at in range(mention.last, min(end, mention.last + 9)):
        word = reading.words[at]
        if word == "(":
            inside = True
        elif word == ")":
            inside = False
        elif word in ("-", "–", "—"):
            return at + 1 < len(reading.tokens) and reading.tokens[at + 1].start > reading.tokens[at].end
        elif not inside and _is_wire(reading, at):
            return True
        elif not inside and word not in (",", ".") and not _may_stand_in_dateline(reading.tokens[at]):
            return False
    return False


def _is_wire(reading: Reading, at: int) -> bool:
    """Whether a token is the word that ends a dateline in place of a dash."""
    hit = reading.cue_at.get(at)
    return hit is not None and "dateline" in hit.senses.cues


def _may_stand_in_dateline(token: Token) -> bool:
    """Whether a token is a name or a number; where the script has no capitals, any word may be a name."""
    return token.kind == "number" or (token.kind == "word" and not token.text[:1].islower())


def _describes_actor(reading: Reading, mention: PlaceMention) -> bool:
    """Whether the name describes a person, a force or an office: "tentara Rusia", "Russian troops", "Kabul police"."""
    if mention.kind is MentionKind.DEMONYM:
        return True
    if reading.pack.adjective_follows:
        before = reading.actor_at.get(mention.first - 1)
        return before is not None and before.last == mention.first
    if _is_home_of(reading, mention.first):
        return True
    at = mention.last
    if at < len(reading.words) and reading.words[at] in ("'s", "s"):
        at += 1
    if at < len(reading.words) and reading.words[at] in reading.pack.transparent:
        return False  # "in Kabul the authorities …"
    plain = at < len(reading.tokens) and reading.tokens[at].kind == "word" and at not in reading.cue_at
    plain = plain and reading.words[at] not in reading.pack.numerals  # "in Kabul two soldiers …"
    return at in reading.actor_at or (plain and at + 1 in reading.actor_at)


def _is_home_of(reading: Reading, first: int) -> bool:
    """Whether a name follows the holder of an office: "President Erdogan of Turkey"."""
    hit = reading.cue_at.get(first - 1)
    if hit is None or hit.senses.preposition != "of":
        return False
    before = hit.first - 1
    return before in reading.actor_at or reading.tokens[before].text in reading.surnames


# A name of an organisation may be so long.
_LONG_NAME = 12


def _is_seat(reading: Reading, first: int) -> bool:
    """Whether a name only tells where an office is: "officials in Kyiv", "the Atomic Energy Agency in Vienna".

    The office has to be the subject: nothing but a clause's start, a conjunction or a report verb stands before it.
    """
    hit = reading.cue_at.get(first - 1)
    if hit is None or hit.senses.preposition != "in" or reading.pack.place_leads:
        return False
    start, _ = reading.sentence(first)
    at = hit.first - 1
    names = 0
    office = False
    while at >= max(start, hit.first - _LONG_NAME):
        actor = reading.actor_at.get(at)
        capital = reading.tokens[at].text[:1].isupper()
        office = office or (actor is not None and actor.senses.actor in _OFFICES)
        names += reading.tokens[at].text.istitle()
        if not (actor or capital or reading.words[at] in reading.pack.transparent or _joins(reading, at)):
            break
        at -= 1
    if not (office or names >= 3):
        return False
    before = reading.cue_at.get(at)
    opens = at < start or reading.tokens[at].kind == "punctuation"
    return opens or (before is not None and (before.senses.subordinator is not None or "report" in before.senses.cues))


_OFFICES = frozenset({"state", "igo", "media"})


def _joins(reading: Reading, at: int) -> bool:
    """Whether a word joins the parts of a name: "and", "of"."""
    hit = reading.cue_at.get(at)
    return reading.words[at] in reading.pack.conjunctions or (hit is not None and hit.senses.preposition == "of")


def _body(reading: Reading, mention: PlaceMention, previous: PlaceMention | None) -> int:
    """Return where the sentence of a mention begins, past its dateline."""
    start, end = reading.sentence(mention.first)
    if mention.dateline:
        dash = (
            at for at in range(mention.last, min(end, mention.last + _LONG_DATELINE)) if reading.words[at] in _DASHES
        )
        return next(dash, mention.last - 1) + 1
    return previous.body if previous is not None and start <= previous.first else start


_DASHES = frozenset({"-", "–", "—"})
_LONG_DATELINE = 12  # tokens


def _preposition(reading: Reading, first: int, *, is_country: bool) -> str:
    """Return the class of the preposition that governs a name, or ""; it may stand before a finer name and a comma."""
    start, _ = reading.sentence(first)
    crossed = False
    for at in range(first - 1, max(start, first - 9) - 1, -1):
        hit = reading.cue_at.get(at)
        value = hit.senses.preposition if hit else None
        if value == "of" and reading.words[at - 1] in reading.pack.transparent:
            continue  # "in the town of"
        if value == "from" and _is_share(reading, hit.first - 1 if hit else at):
            return "of"  # "70% dari perbatasan"
        if value:
            return value
        word = reading.words[at]
        if word == "," and not crossed and reading.tokens[at - 1].text[:1].isupper() and not is_country:
            crossed = True  # "di Jl Ciniru, Kebayoran Baru"
            continue
        if at in reading.trigger_at or at in reading.actor_at or word in (",", ".", ";", ":"):
            return ""
        if word in reading.pack.transparent or reading.tokens[at].kind == "number":
            continue
        if not reading.tokens[at].text[:1].isupper():
            return ""
    return ""


def _is_share(reading: Reading, at: int) -> bool:
    """Whether a token tells a share: a number, a percentage, "part"."""
    return at >= 0 and (
        reading.tokens[at].kind == "number" or reading.words[at] == "%" or reading.words[at] in reading.pack.partitives
    )


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
    best = links[0]
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
            and _RANK.get(other.place.kind, 0) <= _RANK.get(mentions[best.at].place.kind, 0)
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
    if mention.kind is MentionKind.REFERENCE:
        link = "coreference"
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
    seen, role = _role(reading, trigger, mention, _FRAMES[trigger.mode.frame], last - first, right=right)
    if role is None or role is Role.ACTOR_HOME:
        return None
    seen["token"] = last - first
    if not right:
        seen["left"] = 0 if reading.pack.place_leads else 1
        if mention.preposition and mention.first - mention.body <= _FRONT:
            seen["fronted"] = 1  # "In Paris, police …": a place for all that the sentence tells
    between = sum(1 for other in nearby if first <= mentions[other].first < last and mentions[other].competes)
    if between:
        seen["place between"] = min(between, 3)
    _barriers(reading, first, last, trigger, seen)
    seen |= _set_aside(reading, trigger, mention, seen)
    told = seen.keys() & {"reported", "noun between"} or (right and reading.pack.place_leads)
    if role is Role.SPEECH_AT and told:
        role = Role.ABOUT  # what is told, not where it is told
    if not seen.keys() & _BOUNDARIES:
        seen["same clause"] = 1
    return _softened(trigger, seen, role), role


def _may_be_placed(reading: Reading, trigger: Trigger, mentions: Sequence[PlaceMention], mention: PlaceMention) -> bool:
    """Whether a mention can be a place of a trigger at all."""
    inside = mention.first < trigger.last and trigger.first < mention.last
    if mention.dateline or (inside and mention.first >= trigger.first):
        return False  # but not "Kakhovka dam burst", a name that runs into the trigger
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
        if reading.words[at] == "," or (hit is not None and hit.senses.subordinator):
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
    if mention.kind is MentionKind.METONYM:
        return {}, None
    if mention.is_country and trigger.mode.frame not in ("hazard", "patient", "state"):
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


def _barriers(reading: Reading, first: int, last: int, trigger: Trigger, seen: dict[str, float]) -> None:
    """Count what lies between trigger and place."""
    at = first
    while at < last:
        closing = _ASIDES.get(reading.words[at])
        if closing and closing in reading.words[at + 1 : last]:
            at = reading.words.index(closing, at + 1) + 1  # an aside is stepped over
            continue
        other = reading.trigger_at.get(at)
        if other is not None and other != trigger and other.mode.strength < 3:
            name = "noun between" if other.voice == "noun" else "verb between"
            seen[name] = seen.get(name, 0) + 1
            at = other.last
            continue
        word = reading.words[at]
        if word == ",":
            seen["comma"] = seen.get("comma", 0) + 1
        elif word in ("“", "”", '"', ":", ";", "–", "—", "("):
            seen["quote"] = seen.get("quote", 0) + 1
        else:
            hit: Hit | None = reading.cue_at.get(at)
            kind = hit.senses.subordinator if hit else None
            if hit is not None and "complement" in hit.senses.cues:
                seen["reported"] = 1  # what is told lies on one side, who tells it on the other
            if kind and kind != "purpose":
                name = "relative" if kind in ("relative", "where") else "clause"
                seen[name] = seen.get(name, 0) + 1
        at += 1


# ---------------------------------------------------------------------------------------------------------------------


def event_time(
    reading: Reading,
    trigger: Trigger,
    dates: Sequence[DateExpression],
    publication: dt.date | None,
    modality: Modality,
    *,
    claimed: bool,
) -> EventTime:
    """Return when an event takes place, from the dates of its sentence.

    A date beside the report verb is the day of the statement; it bounds what was said to have happened.
    """
    ahead = modality in (Modality.PLANNED, Modality.PREDICTED, Modality.THREATENED, Modality.REQUESTED)
    best: tuple[float, DateExpression, bool] | None = None
    for date in (_counted(reading, trigger, dates, publication), *dates):
        if date is None:
            continue
        if date.earliest is None and date.latest is None:
            date = _lasting(date, publication) if not ahead else date  # noqa: PLW2901 "for twenty years"
            if date.earliest is None:
                continue
        at = reading.token_at(date.start)
        after = reading.token_at(date.end - 1) + 1
        right = at >= trigger.last
        first, last = (trigger.last, at) if right else (after, trigger.first)
        seen: dict[str, float] = {}
        _barriers(reading, first, last, trigger, seen)
        said = claimed and _beside_report(reading, at, after) and (seen.get("clause", 0) > 0 or last - first > 6)
        cost = (
            0.06 * max(last - first, 0)
            + 0.5 * seen.get("comma", 0)
            + 0.9 * (seen.get("clause", 0) + seen.get("relative", 0))
            + 1.2 * seen.get("verb between", 0)
            + 0.5 * seen.get("noun between", 0)
            + (0.5 if said else 0)
            + (_DATELINE if not right and reading.words[after] in _DASHES else 0)
            + (_VAGUE if date.granularity in ("year", "decade", "century") else 0)
        )
        if best is None or cost < best[0]:
            best = cost, date, said
    if best is None or best[0] > _COSTLIEST:
        earliest, latest = (publication, None) if ahead else (None, publication)
        return EventTime(earliest, latest, "vague", 5, "inherited")
    _, date, said = best
    before = bool(ahead and publication and date.latest and date.latest < publication)
    if before or (said and trigger.mode.frame != "speech") or (said and ahead):
        latest = None if modality is Modality.PREDICTED else date.latest
        return EventTime(
            date.earliest, latest, date.granularity, _date_precision(date), "statement", date.start, date.end
        )
    latest = date.latest
    if publication and latest and not ahead and latest > publication and (date.earliest or latest) <= publication:
        latest = publication  # "this week", of what has happened, ends today
    return EventTime(date.earliest, latest, date.granularity, _date_precision(date), "stated", date.start, date.end)


def _counted(
    reading: Reading, trigger: Trigger, dates: Sequence[DateExpression], publication: dt.date | None
) -> DateExpression | None:
    """Read "a day after the dam burst" as the day so long before the one that the sentence tells of, or publication."""
    for at, span in enumerate(dates):
        match = re.fullmatch(r"P(\d{1,3})([DW])", span.value) if span.type == "DURATION" else None
        after = reading.cue_at.get(reading.token_at(span.end - 1) + 1)
        if match is None or after is None or not (after.senses.subordinator == "time" and "cause" in after.senses.cues):
            continue
        if not 0 <= trigger.first - after.last <= _NEAR_CLAUSE or "," in reading.words[after.last : trigger.first]:
            continue
        told = next(
            (date.earliest for date in dates[:at][::-1] if date.earliest and date.earliest == date.latest), None
        )
        day = told or publication
        if day is not None:
            day -= dt.timedelta(days=int(match[1]) * (7 if match[2] == "W" else 1))
            return dataclasses.replace(span, earliest=day, latest=day, type="DATE", granularity="day")
    return None


_NEAR_CLAUSE = 10


def _lasting(date: DateExpression, publication: dt.date | None) -> DateExpression:
    """Read "for almost 20 years", of what has gone on, as the years up to publication."""
    years = date.value[1:-1] if date.type == "DURATION" and date.value.endswith("Y") else ""
    if publication is None or not years.isdigit() or not 1 <= int(years) < publication.year - 1:
        return date
    earliest = publication.replace(year=publication.year - int(years), day=min(publication.day, 28))
    return dataclasses.replace(date, earliest=earliest, latest=publication)


def _beside_report(reading: Reading, first: int, last: int) -> bool:
    """Whether a report verb stands within three words of a date."""
    for at in (*range(max(first - 3, 0), first), *range(last, min(last + 3, len(reading.words)))):
        hit = reading.cue_at.get(at)
        if hit and "report" in hit.senses.cues:
            return True
    return False


def _date_precision(date: DateExpression) -> int:
    """Return UCDP's date precision: 1 day, 2 a few days, 3 week, 4 month, 5 year or more."""
    if date.earliest is None or date.latest is None:
        return 5
    days = (date.latest - date.earliest).days
    for precision, most in ((1, 0), (2, 6), (3, 7), (4, 31)):
        if days <= most:
            return precision
    return 5
