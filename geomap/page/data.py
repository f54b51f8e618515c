"""Record(s) → the data block of the page: everything that the page shows, as plain JSON values.

It is not the document of `geomap.schema`: that carries sentences, the features of every candidate and geometry at full
detail, several times what a page may weigh.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from geomap.page.assets import symbols
from geomap.page.focus import focus
from geomap.page.shapes import encode_shape
from geomap.record import Draw, MentionKind, Notice, PlaceKind, Role

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from geomap.record import Actor, Event, EventTime, Mention, Place, Record

__all__ = ["certainty", "headline", "page_data"]

# A place that only the text mentions is drawn when it is clicked, for orientation: a coarse outline will do.
EVENT_STEPS, MENTION_STEPS = 900, 120
# Beside the coarse basemap, coarse outlines will do too.
COARSE_STEPS, COARSE_MENTION_STEPS = 350, 60
# Alternatives that the evidence card lists for a place name.
ALTERNATIVES = 3
# Letters of a headline. Where an article has none, its first sentence stands for it, and that may be long.
HEADLINE = 110
# Languages in which a name stands in a sentence as it stands on a map.
UNINFLECTED = frozenset({"en", "es", "fr", "id", "it", "pt"})
# The page sees by itself that nothing was found.
_TOLD = frozenset({Notice.NO_PLACES, Notice.NO_EVENTS})


def page_data(records: Sequence[Record], *, coarse: bool = False) -> dict[str, Any]:
    """Describe articles, their places and events for the page.

    Parameters
    ----------
    records
        One or more geoparsed articles.
    coarse
        Whether the places of events are outlined for the coarse basemap.

    Returns
    -------
    dict
        ``articles``, ``places``, ``events`` and ``focus``. Events are numbered from 1 in the order of the text, article
        after article; ``key`` is what the page's ``#`` links use. Spans are code points of the article's text.
    """
    many = len(records) > 1
    articles: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    places: dict[str, dict[str, Any]] = {}
    drawn_steps, other_steps = (COARSE_STEPS, COARSE_MENTION_STEPS) if coarse else (EVENT_STEPS, MENTION_STEPS)
    for index, record in enumerate(records):
        ordered = sorted(record.events, key=lambda event: (event.trigger.start, event.id))
        drawn = {link.place_id for event in ordered for link in event.places if link.role is not Role.ACTOR_HOME}
        for place in record.places:
            # "described:1" is another place in every article.
            key = f"{index}/{place.id}" if many and place.id.startswith("described:") else place.id
            if key not in places or (place.id in drawn and not places[key]["drawn"]):
                places[key] = _place(
                    place, is_drawn=place.id in drawn, steps=drawn_steps if place.id in drawn else other_steps
                )
        if not many:
            for key, name in _as_written(record).items():
                places[key]["name"] = name
        known = {place.id for place in record.places}
        rename = {name: f"{index}/{name}" for name in known if many and name.startswith("described:")}
        articles.append(_article(record, known, rename))
        for event in ordered:
            key = f"{index + 1}.{event.id}" if many else event.id
            entry = _event(event, record, known, rename)
            events.append({"key": key, "number": len(events) + 1, "article": index, **entry})
    _link_reports(events)
    return {"articles": articles, "places": places, "events": events, "focus": focus(records)}


def _link_reports(events: list[dict[str, Any]]) -> None:
    """Give a number to each story that several articles report, and 0 to what one article alone tells of."""
    told: dict[str, set[int]] = {}
    for event in events:
        told.setdefault(event["story"], set()).add(event["article"])
    shared = [story for story, articles in told.items() if story and len(articles) > 1]
    numbers = {story: number for number, story in enumerate(shared, 1)}
    for event in events:
        event["story"] = numbers.get(event["story"], 0)


def _as_written(record: Record) -> dict[str, str]:
    """Return what the text itself calls its places, by id, where that is the better name for a map beside it.

    It is where the gazetteer has Latin letters only and the text has a script without capitals, whose names do not
    change with the grammar of a sentence; and for towns in languages that do not inflect names: a map says
    "Mykolaiv" where its article does.
    """
    latin = {place.id for place in record.places if place.name.upper() != place.name.lower()}
    towns = {place.id for place in record.places if place.kind is PlaceKind.CITY}
    found: dict[str, Counter[str]] = {}
    for mention in record.mentions:
        if mention.kind is not MentionKind.TOPONYM or mention.place_id not in latin:
            continue
        name = mention.name if mention.name and mention.name in mention.surface else mention.surface
        without_capitals = name.upper() == name.lower()
        spelled = record.language in UNINFLECTED and mention.place_id in towns and name[:1].isupper()
        if without_capitals or (spelled and not name.isupper()):
            found.setdefault(mention.place_id, Counter())[name] += 1
    return {key: names.most_common(1)[0][0] for key, names in found.items()}


def certainty(event: Event) -> str:
    """Return the class of certainty under which the page files and draws an event.

    What the map leaves out although it happened is background.
    """
    classes: dict[str, Any] = symbols()["certainty"]
    name = next((name for name, entry in classes.items() if event.modality in entry["modalities"]), "asserted")
    if not event.polarity:
        name = "denied"
    elif name == "asserted" and event.attribution:
        name = "claimed"
    if event.draw is Draw.OFF and classes[name]["shown"]:
        return "background"
    return name


def headline(title: str) -> str:
    """Return a title cut to the length of a headline, at a word where the script has spaces.

    >>> headline("Water " * 30)
    'Water Water Water Water Water Water Water Water Water Water Water Water Water Water Water Water Water Water…'
    """
    text = " ".join(title.split())
    if len(text) <= HEADLINE:
        return text
    cut = text[:HEADLINE]
    return cut[: cut.rfind(" ") if " " in cut[HEADLINE // 2 :] else HEADLINE].rstrip(" ,;:–—-") + "…"


def _article(record: Record, known: set[str], rename: dict[str, str]) -> dict[str, Any]:
    article = record.article
    return {
        "id": article.id,
        "title": article.title,
        "headline": headline(article.title),
        "date": _day(article.date),
        "language": article.language,
        "outlet": article.outlet,
        "url": article.url if article.url.lower().startswith(("http://", "https://")) else "",
        "text": article.text,
        "paragraphs": _paragraphs(article.text),
        "mentions": [_mention(mention, rename) for mention in record.mentions if mention.place_id in known],
        "alternatives": _alternatives(record.mentions, rename),
        "warnings": [_warning(text) for text in record.warnings if text not in _TOLD],
    }


def _warning(text: str) -> dict[str, str]:
    """Return a warning, with the name under which the page has its own words for it."""
    known = next((notice.name.lower() for notice in Notice if notice == text), "")
    return {"name": known, "text": text}


def _paragraphs(text: str) -> list[list[int]]:
    """Return the spans of the lines that hold something."""
    spans = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            spans.append([start, start + len(line)])
        start += len(line) + 1
    return spans


def _mention(mention: Mention, rename: dict[str, str]) -> list[Any]:
    """Return start, end, place and confidence: an article has many mentions."""
    return [mention.start, mention.end, rename.get(mention.place_id, mention.place_id), round(mention.confidence, 2)]


def _alternatives(mentions: Iterable[Mention], rename: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """Return what the name of each place could also have meant, as its first mention had it."""
    out: dict[str, list[dict[str, str]]] = {}
    for mention in mentions:
        others = [candidate for candidate in mention.candidates if candidate.place_id != mention.place_id]
        if others:
            out.setdefault(
                rename.get(mention.place_id, mention.place_id),
                [{"name": o.name, "kind": o.kind, "country": o.country} for o in others[:ALTERNATIVES]],
            )
    return out


def _place(place: Place, *, is_drawn: bool, steps: int) -> dict[str, Any]:
    return {
        "name": place.name,
        "kind": place.kind,
        "country": place.country,
        "lat": round(place.lat, 5),
        "lon": round(place.lon, 5),
        "precision": place.precision,
        "radius_km": round(place.radius_km, 2),
        "parents": list(place.parents),
        "relation": place.relation,
        "source": place.source,
        "drawn": is_drawn,
        "shape": encode_shape(place, steps),
    }


def _event(event: Event, record: Record, known: set[str], rename: dict[str, str]) -> dict[str, Any]:
    text = record.article.text
    return {
        "id": event.id,
        "type": event.type,
        "group": _group(event),
        "mode": event.mode,
        "title": event.title or " ".join(text[event.evidence.start : event.evidence.end].split()),
        "trigger": [event.trigger.start, event.trigger.end],
        "evidence": [event.evidence.start, event.evidence.end],
        "actors": [_actor(actor) for actor in event.actors],
        "recipients": [_actor(actor) for actor in event.recipients],
        "places": [
            {"place": rename.get(link.place_id, link.place_id), "role": link.role, "start": link.start}
            for link in event.places
            if link.place_id in known and link.role is not Role.ACTOR_HOME
        ],
        "time": _time(event.time, text) if event.time else None,
        "modality": event.modality,
        "certainty": certainty(event),
        "attribution": [{"source": said.source, "verb": said.verb} for said in event.attribution],
        "quantities": [
            {"what": n.what, "low": n.low, "best": n.best, "high": n.high, "unit": n.unit, "approximate": n.approximate}
            for n in event.quantities
        ],
        "draw": event.draw,
        "story": event.cluster if "/" in event.cluster else "",
        "confidence": round(event.confidence, 3),
        "provenance": event.provenance,
    }


def _group(event: Event) -> str:
    return next(name for name, group in symbols()["groups"].items() if event.type in group["types"])


def _actor(actor: Actor) -> dict[str, str]:
    return {"name": actor.canonical or actor.text, "kind": actor.kind}


def _time(time: EventTime, text: str) -> dict[str, Any]:
    return {
        "from": _day(time.earliest),
        "to": _day(time.latest),
        "granularity": time.granularity,
        "precision": time.date_precision,
        "source": time.source,
        "phrase": text[time.start : time.end] if time.start >= 0 else "",
    }


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
