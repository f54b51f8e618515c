"""Why an event stands where and when it does, and why a name means this place: the record, told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geomap.errors import GeomapError
from geomap.gazetteer.overlay import CORRECTED, SOURCE
from geomap.record import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geomap.record import Event, EventTime, Record

__all__ = ["explain"]

# Candidates that are listed for a name.
_SHOWN = 5


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
    for candidate in mention.candidates[:_SHOWN]:
        chosen = "→" if candidate.place_id == mention.place_id else " "
        saw = ", ".join(f"{name} {value:.2f}" for name, value in candidate.features)
        yield (
            f"  {chosen} {candidate.score:6.3f}  {candidate.name} ({candidate.place_id}, {candidate.kind},"
            f" {candidate.country or '–'}){f'  {saw}' if saw else ''}"
        )
    if len(mention.candidates) > _SHOWN:
        yield f"    … and {len(mention.candidates) - _SHOWN} more"


def _quote(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())
