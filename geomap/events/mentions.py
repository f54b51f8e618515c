"""Place names as the linker sees them: what stands around each, and how they stand to one another.

A name may be governed by a preposition, describe an actor, tell only where an office is, open the report, lie in a
place named beside it, or stand in a list; and some words only refer back to a place named before.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.record import MentionKind, PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geomap.events.triggers import Reading
    from geomap.record import Mention, Place, Record, Token

__all__ = ["RANK", "PlaceMention", "holds", "is_wide", "mentions_by_token", "modifies", "place_mentions"]

_COUNTRY = frozenset({PlaceKind.COUNTRY})
RANK = {PlaceKind.COUNTRY: 4, PlaceKind.REGION: 4, PlaceKind.ADMIN1: 3, PlaceKind.ADMIN2: 2, PlaceKind.CITY: 1}
# How a place without coordinates is described: it lies in, or near, another.
UNLOCATED = ("in", "near")
_BESIDE = 3


@dataclass(slots=True)
class PlaceMention:
    """A resolved mention as the linker sees it: tokens `first` to `last` (exclusive).

    `start` and `end` are where the place is named, by its bare name; for a word that refers back, where it was named.
    """

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


def place_mentions(record: Record, reading: Reading) -> list[PlaceMention]:
    """Return the resolved mentions of a record, and the words that refer back to one, in text order.

    A described place stands for the name that it builds on: "northern Mali" is not Mali.
    """
    places = {place.id: place for place in record.places}
    bare = sorted(
        (mention.start, mention.end, *_name(mention, places[mention.place_id]))
        for mention in record.mentions
        if mention.place_id in places
    )
    found = [
        PlaceMention(
            places[mention.place_id],
            reading.token_at(mention.start),
            reading.token_at(mention.end - 1) + 1,
            *_core(mention, places[mention.place_id], bare),
            mention.kind,
        )
        for mention in _outermost(record.mentions)
        if mention.place_id in places and mention.kind is not MentionKind.EMBEDDED
    ]
    if reading.shouted:
        found = [mention for mention in found if not _is_plain_word(reading, mention)]
    found = sorted([*found, *_references(reading, found)], key=lambda mention: mention.first)
    named: dict[str, tuple[int, int]] = {}
    for index, mention in enumerate(found):
        if mention.kind is not MentionKind.REFERENCE or mention.place.kind is PlaceKind.DESCRIBED:
            named[mention.place.id] = mention.start, mention.end
        else:
            mention.start, mention.end = named.get(mention.place.id, (mention.start, mention.end))
        _describe(reading, found, index, mention)
    _settle_lists(reading, found)
    for mention in reversed(found):
        if mention.parent_of >= 0:
            found[mention.parent_of].until = max(mention.until, found[mention.parent_of].until)
    return found


# Kinds whose generic word is no part of the name: "the village of Gaga", "Hebei province".
_NAMED = frozenset({PlaceKind.CITY, PlaceKind.ADMIN1, PlaceKind.ADMIN2, PlaceKind.COUNTRY})


def _name(mention: Mention, place: Place) -> tuple[int, int]:
    """Return where the bare name stands in a mention, whose generic word in lower case is no part of it."""
    start, end = mention.start, mention.end
    at = mention.surface.find(mention.name) if mention.name and place.kind in _NAMED else -1
    if at < 0:
        return start, end
    rest = mention.surface[:at] + mention.surface[at + len(mention.name) :]
    return (start, end) if rest != rest.lower() else (start + at, start + at + len(mention.name))


def _core(mention: Mention, place: Place, bare: Sequence[tuple[int, int, int, int]]) -> tuple[int, int]:
    """Return the bare name of a mention; of a described place, the name that it builds on ("northern Mali").

    Parameters
    ----------
    bare
        Start and end of the mentions, and of the bare name in each, in text order.
    """
    described = mention.kind is MentionKind.REFERENCE and place.kind is PlaceKind.DESCRIBED
    spans = []
    for at in range(bisect_left(bare, (mention.start, 0, 0, 0)), len(bare)):
        start, end, first, last = bare[at]
        if start >= mention.end:
            break
        if end <= mention.end and (described or (start, end) == (mention.start, mention.end)):
            spans.append((first, last))
    return min(spans, key=lambda span: span[1] - span[0], default=(mention.start, mention.end))


def _is_plain_word(reading: Reading, mention: PlaceMention) -> bool:
    """Whether a name in a sentence all in capitals is a word of the language: "AS", "CENTRAL", "CAPITAL"."""
    at = mention.first
    if mention.last - at > 1 or reading.sentence(at)[0] not in reading.shouted:
        return False
    known = at in reading.cue_at or at in reading.trigger_at
    return known or reading.words[at] in reading.pack.transparent or (at in reading.actor_at and not mention.is_country)


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
            preposition = "in" if kind == "place" else ""  # "there" is "in that place"
            found.append(
                PlaceMention(
                    referent.place,
                    hit.first,
                    hit.last,
                    referent.start,
                    referent.end,
                    MentionKind.REFERENCE,
                    preposition,
                )
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
    apart = previous is None or mention.dateline or previous.dateline or previous.last > mention.first
    if previous is not None and not apart and not (mention.describes_actor and mention.kind is MentionKind.DEMONYM):
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
        not inner.parents and outer.country == inner.country and RANK.get(outer.kind, 0) > RANK.get(inner.kind, 0)
    )
    if not between:
        if holds(inner, outer):
            return "held"
        return "holds" if coarser else ""  # "di Simpang Lima Semarang"
    joined = [word for word in between if word not in reading.pack.transparent]
    conjunctions = reading.pack.conjunctions
    if not joined and (holds(inner, outer) or _leads_to(previous, mention)):
        return "held"  # the wider one first: "the Somali town of Kismayo", "陕西省会西安"
    if conjunctions.intersection(joined) and "," not in joined and previous.preposition:
        joined = [
            reading.words[at]
            for at in range(previous.last, mention.first)
            if reading.words[at] in joined and not _repeats(reading, at, previous.preposition)
        ]  # "in Kiel und in Rostock"
    if not joined or len(joined) > 2 or not all(word in _JOINERS or word in conjunctions for word in joined):
        return ""
    return "holds" if coarser and not conjunctions.intersection(joined) else "list"


def _repeats(reading: Reading, at: int, preposition: str) -> bool:
    """Whether a token is a preposition of the class that governs the name before."""
    hit = reading.cue_at.get(at)
    again = hit is not None and hit.senses.preposition == preposition
    return again and reading.words[at] not in reading.pack.conjunctions


def _leads_to(previous: PlaceMention, mention: PlaceMention) -> bool:
    """Whether a nationality, or a side of a country, stands before a finer place of that country."""
    wide = previous.place.kind in (PlaceKind.COUNTRY, PlaceKind.DESCRIBED) and not mention.is_country
    return wide and previous.place.country == mention.place.country != "" and previous.place.id != mention.place.id


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
    return RANK.get(place.kind, 0) >= RANK[PlaceKind.ADMIN1]


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
            doubled = reading.words[at + 1 : at + 2] == [word]  # "马尼拉,9月5日——台风"
            return doubled or (at + 1 < len(reading.tokens) and reading.tokens[at + 1].start > reading.tokens[at].end)
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
    if mention.kind is MentionKind.DEMONYM or _opens_compound(reading, mention.last):
        return True
    if reading.pack.adjective_follows:
        before = reading.actor_at.get(mention.first - 1)
        return before is not None and before.last == mention.first
    if _is_home_of(reading, mention.first):
        return True
    before = reading.cue_at.get(mention.first - 1)
    governed = before is not None and before.senses.preposition is not None
    if mention.is_country and not governed and modifies(reading, mention.last, reading.sentence(mention.first)[1]):
        return True  # "the US headquarters", not "fled to Mali late in June"
    at = mention.last
    if at < len(reading.words) and reading.words[at] in ("'s", "s"):
        at += 1
    if at < len(reading.words) and reading.words[at] in reading.pack.transparent:
        return False  # "in Kabul the authorities …"
    plain = at < len(reading.tokens) and reading.tokens[at].kind == "word" and at not in reading.cue_at
    plain = plain and reading.words[at] not in reading.pack.numerals  # "in Kabul two soldiers …"
    return at in reading.actor_at or (plain and at + 1 in reading.actor_at)


def modifies(reading: Reading, last: int, end: int) -> bool:
    """Whether a name is an adjective to the noun behind it, where that is where one stands: "near Muslim sites"."""
    if last >= end or reading.pack.adjective_follows or not reading.tokens[last].text.islower():
        return False
    word, pack = reading.words[last], reading.pack
    plain = last not in reading.cue_at and last not in reading.trigger_at
    return plain and not (word in pack.transparent or word in pack.conjunctions or word in pack.numerals)


def _opens_compound(reading: Reading, at: int) -> bool:
    """Whether a hyphen ties the word before a token to one in lower case: "US-led", "Serb-held"."""
    if at + 1 >= len(reading.tokens) or reading.words[at] != "-":
        return False
    before, hyphen, after = reading.tokens[at - 1 : at + 2]
    return before.end == hyphen.start and hyphen.end == after.start and after.text[:1].islower()


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
