"""Why an event stands where and when it does, and why a name means this place: the record, told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geomap.errors import GeomapError
from geomap.gazetteer.overlay import CORRECTED, SOURCE
from geomap.record import Mention, MentionKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geomap.record import Candidate, Event, EventTime, Record

__all__ = ["explain"]

# Candidates that are listed for a name.
_SHOWN = 5
# How a candidate's name is one of the place (`geomap.gazetteer.entry.NameClass`).
_NAME_CLASSES = (
    "its usual name",
    "its main name",
    "another name",
    "a name of unknown language",
    "an old name",
    "an abbreviation",
    "its people or adjective",
)
# What the ranker weighs (`geomap.places.evidence`), in words.
_EVIDENCE = {
    "prior": "how well known it is",
    "prior_behind_best": "how far it is behind the best known of that name",
    "is_best": "the best known of that name, or not",
    "lead": "the lead of the best known",
    "population": "its population",
    "preferred": "its usual name, or not",
    "alternate": "another of its names, or not",
    "untagged": "a name of unknown language, or not",
    "old": "an old name, or not",
    "abbreviation": "an abbreviation, or not",
    "name_language": "whether the name is of the text's language",
    "label": "whether it is usually called just so",
    "whole_name": "whether it has the whole name, with its generic term",
    "country": "being a country, or not",
    "admin1": "being a first-level unit, or not",
    "admin2": "being a second-level unit, or not",
    "city": "being a town, or not",
    "capital": "being a capital, or not",
    "seat": "being the seat of a first-level unit, or not",
    "seat2": "being the seat of a second-level unit, or not",
    "section": "being part of a town, or not",
    "water": "being a water, or not",
    "relief": "being a mountain, island or the like, or not",
    "region": "being a region, or not",
    "facility": "being a facility, or not",
    "historical": "no longer being there, or not",
    "kind_wanted": "being of the kind that the text asks for",
    "kind_unwanted": "being of another kind than the text asks for",
    "kind_said": "being of the kind that the name says",
    "kind_unsaid": "being of another kind than the name says",
    "home": "lying in a country of the text's language, or not",
    "unit_with_city": "being a unit that has a town of its name",
    "city_with_admin1": "being a town in a first-level unit of its name",
    "city_with_admin2": "being a town in a second-level unit of its name",
    "near_30km": "other places named within 30 km",
    "near_150km": "other places named within 150 km",
    "near_600km": "other places named within 600 km",
    "nearest": "how far the nearest place named is",
    "near_in_text": "being near the places named just before or after",
    "same_country": "other places named in its country",
    "same_admin1": "other places named in its first-level unit",
    "same_admin2": "other places named in its second-level unit",
    "parent_named": "its country or first-level unit being named",
    "county_named": "its second-level unit being named",
    "parent_beside": "its country or first-level unit being named right behind it",
    "county_beside": "its second-level unit being named right behind it",
    "holds_others": "holding other places named",
    "rare_25km": "places with other names of the text within 25 km",
    "rare_80km": "places with other names of the text within 80 km",
    "rare_250km": "places with other names of the text within 250 km",
    "rare_in": "its second-level unit having another name of the text",
    "rare_has": "holding a place with another name of the text",
}


def explain(record: Record, what: str | int | Mention) -> str:
    """Explain an event or a place name.

    Parameters
    ----------
    what
        An event's id ("e7"), a place's id ("river:panj"), a name as the text writes it, the number of a mention in
        ``record.mentions``, or the mention itself.

    Raises
    ------
    GeomapError
        Nothing in the record goes by that name.
    """
    if isinstance(what, Mention):
        return "\n".join(_mention(record, what))
    if isinstance(what, int):
        if not -len(record.mentions) <= what < len(record.mentions):
            raise GeomapError(f"no mention {what}: there are {len(record.mentions)}")
        return "\n".join(_mention(record, record.mentions[what]))
    for event in record.events:
        if event.id == what:
            return "\n".join(_event(record, event))
    wanted = what.casefold()
    found = [m for m in record.mentions if m.place_id == what or wanted in {m.surface.casefold(), m.name.casefold()}]
    if not found:
        known = ", ".join(event.id for event in record.events) or "none"
        raise GeomapError(f"{what!r} is no event, place or place name here; events: {known}")
    distinct = {(mention.surface, mention.place_id, mention.wanted): mention for mention in reversed(found)}
    return "\n\n".join("\n".join(_mention(record, mention)) for mention in reversed(distinct.values()))


def _event(record: Record, event: Event) -> Iterator[str]:
    text = record.article.text
    yield f"{event.id}  {event.type}{f' / {event.mode}' if event.mode else ''}: {event.title}"
    yield f"  says     “{_quote(text, event.evidence.start, event.evidence.end)}”"
    yield f"  trigger  “{_quote(text, event.trigger.start, event.trigger.end)}”" + (
        f" ({event.provenance})" if event.provenance else ""
    )
    yield f"  when     {_when(text, event.time)}"
    for link in event.places:
        place = record.place(link.place_id)
        yield (
            f"  where    {link.role}: {place.name if place else link.place_id}"
            f" ({f'{place.precision}, ±{place.radius_km:.0f} km, ' if place else ''}linked by {link.link},"
            f" score {link.score:.2f}) “{_quote(text, link.start, link.end)}”"
        )
    if not event.places:
        yield "  where    no place is linked"
    for heading, actors in (("who", event.actors), ("to whom", event.recipients)):
        for actor in actors:
            yield f"  {heading:<8} {actor.text}{f' = {actor.canonical}' if actor.canonical else ''} ({actor.kind})"
    polarity = "said to be so" if event.polarity else "said not to be so"
    yield f"  how sure {event.modality}, {event.certainty}, {polarity}"
    for source in event.attribution:
        yield f"  source   {source.source}{f' ({source.verb})' if source.verb else ''}"
    yield f"  drawn    {event.draw}; confidence {event.confidence:.2f}, salience {event.salience:.2f}"


def _when(text: str, time: EventTime | None) -> str:
    if time is None:
        return "unknown"
    first, last = (day.isoformat() if day else "…" for day in (time.earliest, time.latest))
    days = first if first == last else f"{first} to {last}"
    said = f" “{_quote(text, time.start, time.end)}”" if time.start >= 0 else ""
    return f"{days} ({time.granularity}, {time.source}){said}"


def _mention(record: Record, mention: Mention) -> Iterator[str]:
    yield f"“{mention.surface}” [{mention.start}:{mention.end}]  {mention.kind}"
    wanted = ", ".join(mention.wanted)
    yield f"  looked up as {mention.name or mention.surface!r}{f', wanted: {wanted}' if wanted else ''}"
    place = record.place(mention.place_id)
    if place is None:
        if mention.candidates and mention.kind is not MentionKind.REFERENCE:
            best = mention.candidates[0]
            yield f"  means no place that is likely enough: {best.name} has a confidence of {mention.confidence:.2f}"
        else:
            yield "  means no place that the gazetteer knows"
    else:
        relation = f", {place.relation}" if place.relation else ""
        yield (
            f"  means {place.name} ({place.id}): {place.kind}, {place.country or 'no country'}{relation},"
            f" precision {place.precision} (±{place.radius_km:.0f} km), confidence {mention.confidence:.2f}"
        )
        if place.source == SOURCE:
            yield f"  one of {SOURCE} (`geomap gazetteer list`)"
    if any(name == CORRECTED for candidate in mention.candidates for name, _ in candidate.features):
        yield "  by your correction of this name, which no ranking overrules (`geomap gazetteer list`)"
    if len(mention.candidates) > 1:
        first, second = mention.candidates[:2]
        yield f"  the first candidate leads the second by {first.score - second.score:.2f}"
    for rank, candidate in enumerate(mention.candidates[:_SHOWN]):
        chosen = "→" if candidate.place_id == mention.place_id else " "
        yield (
            f"  {chosen} {candidate.score:6.3f}  {candidate.name} ({candidate.place_id}, {candidate.kind},"
            f" {candidate.country or '–'})"
        )
        yield from _seen(candidate, "the second" if rank == 0 else "the first")
    if len(mention.candidates) > _SHOWN:
        yield f"    … and {len(mention.candidates) - _SHOWN} more"


def _seen(candidate: Candidate, rival: str) -> Iterator[str]:
    """Tell how a candidate has the name, and what set it apart from its rival."""
    features = dict(candidate.features)
    name_class = features.pop("name_class", None)
    features.pop("name_language", None)
    if name_class is not None and name_class < len(_NAME_CLASSES):
        yield f"              named so as {_NAME_CLASSES[int(name_class)]}"
    for told, sign in ((f"better than {rival} by", 1), (f"worse than {rival} by", -1)):
        parts = [
            f"{_EVIDENCE[name]} ({value:+.1f})"
            for name, value in features.items()
            if name in _EVIDENCE and value * sign > 0
        ]
        if parts:
            yield f"              {told} {'; '.join(parts)}"


def _quote(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())
