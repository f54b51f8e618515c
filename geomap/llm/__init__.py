"""A large language model may correct and complete the events, if the user names one; off by default.

Nothing that it answers is taken on trust. Each value comes with a quote that has to stand in the article letter by
letter; types, roles and modalities are those of the schema; a place or a date is one that geomap has found and resolved
itself. What cannot be verified so is dropped, so that neither an invention of the model nor an instruction hidden in an
article reaches the map. Whatever goes wrong with the service, the result is the one without it, and says so.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from geomap._extras import require
from geomap.errors import MissingExtraError
from geomap.events.extract import drawn_as, quad_of
from geomap.record import Event, EventPlace, EventTime, EventType, Modality, Role, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from geomap.record import DateExpression, Mention, Record

__all__ = ["LanguageModel", "refine"]

_LONGEST_ARTICLE = 30_000  # characters that are sent
_LONGEST_QUOTE = 1_000
_LONGEST_TRIGGER = 60
_LONGEST_ANSWER = 4_096  # tokens
# The model vouches for its choice, geomap does not: below what a clear sentence gives.
_CONFIDENCE = 0.5

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """An OpenAI-compatible service.

    Attributes
    ----------
    url
        Where it answers, such as "http://localhost:11434/v1". The article is sent there.
    model
        Name of the model, as the service knows it.
    timeout
        Seconds to wait for an answer.
    retries
        How often a failed request is sent again, each time after a longer wait.
    budget
        The most tokens that a process spends, questions and answers together; articles after that go without.

    The key is read from the environment variable ``GEOMAP_LLM_KEY``: it never stands in a command or a pickle.
    """

    url: str
    model: str = "default"
    timeout: float = 60.0
    retries: int = 2
    budget: int = 1_000_000


@dataclass(slots=True)
class _Purse:
    """What a process has spent on one service."""

    spent: int = 0


@cache
def _purse(model: LanguageModel) -> _Purse:  # noqa: ARG001 one each
    return _Purse()


def refine(record: Record, model: LanguageModel, *, ask: Callable[[str, str], tuple[str, int]] | None = None) -> Record:
    """Let a language model correct and complete the events of a record.

    Parameters
    ----------
    record
        A record with its events.
    model
        Whom to ask.
    ask
        Sends instructions and a question, returns the answer and the tokens that it cost; default: over the network.

    Returns
    -------
    The record with the events that could be verified, in text order; or as it was, with a warning that says why.

    Raises
    ------
    MissingExtraError
        ``geomap[llm]`` is not installed.
    """
    purse = _purse(model)
    if purse.spent >= model.budget:
        return _warned(
            record, f"The language model was not asked: the {model.budget:,} tokens of its budget are spent."
        )
    try:
        answer, cost = (ask or _asking(model))(_instructions(), _question(record))
    except MissingExtraError:
        raise
    except Exception as error:  # noqa: BLE001 a service may fail in any way, and the article is read without it
        return _warned(record, f"The language model gave no answer ({_one_line(error)}); the result is without it.")
    purse.spent += cost
    try:
        proposed = json.loads(answer[answer.index("{") : answer.rindex("}") + 1])["events"]
        items = [item for item in proposed if isinstance(item, dict)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return _warned(record, "The language model did not answer in the form asked for; the result is without it.")
    if len(record.article.text) > _LONGEST_ARTICLE:
        record = _warned(record, f"The language model was shown the first {_LONGEST_ARTICLE:,} characters only.")
    return _applied(record, items, f"language model {model.model}")


def _asking(model: LanguageModel) -> Callable[[str, str], tuple[str, int]]:
    require("openai", "llm", "asking a language model")
    from openai import OpenAI

    def ask(instructions: str, question: str) -> tuple[str, int]:
        key = os.environ.get("GEOMAP_LLM_KEY") or "none"
        with OpenAI(base_url=model.url, api_key=key, timeout=model.timeout, max_retries=model.retries) as client:
            answer = client.chat.completions.create(
                model=model.model,
                temperature=0,
                max_tokens=_LONGEST_ANSWER,
                messages=[{"role": "system", "content": instructions}, {"role": "user", "content": question}],
            )
        text = answer.choices[0].message.content or ""
        # A service that does not count is charged by the length, four characters a token.
        length = (len(instructions) + len(question) + len(text)) // 4
        return text, answer.usage.total_tokens if answer.usage else length

    return ask


@cache
def _instructions() -> str:
    text = files("geomap.llm").joinpath("prompt.md").read_text(encoding="utf-8")
    for name, kind in (("types", EventType), ("modalities", Modality), ("roles", Role)):
        text = text.replace(f"{{{name}}}", ", ".join(kind))
    return text


def _question(record: Record) -> str:
    text = record.article.text
    names = {place.id: place for place in record.places}
    events = []
    for event in record.events:
        link = event.places[0] if event.places else None
        time = event.time
        events.append(
            {
                "id": event.id,
                "quote": text[event.evidence.start : event.evidence.end],
                "trigger": text[event.trigger.start : event.trigger.end],
                "type": event.type,
                "modality": event.modality,
                "place": (text[link.start : link.end] or names[link.place_id].name) if link else "",
                "role": link.role if link else "",
                "date": text[time.start : time.end] if time and time.start >= 0 else "",
            }
        )
    asked = {
        "article": text[:_LONGEST_ARTICLE],
        "published": record.article.date.isoformat() if record.article.date else "",
        "events": events,
        "places": sorted({mention.surface for mention in record.mentions if mention.place_id}),
        "dates": sorted({date.surface for date in record.dates if date.earliest}),
    }
    return json.dumps(asked, ensure_ascii=False)


def _applied(record: Record, items: list[dict[str, Any]], provenance: str) -> Record:
    """Return the record with what could be verified of an answer."""
    events = {event.id: event for event in record.events}
    taken = [event.trigger for event in record.events]
    new: list[Event] = []
    for item in items:
        quote = _found(record.article.text, item.get("quote"), Span(0, len(record.article.text)), _LONGEST_QUOTE)
        if quote is None:
            continue
        event = events.get(str(item.get("id") or ""))
        if event is not None and quote.start <= event.trigger.start and event.trigger.end <= quote.end:
            events[event.id] = _corrected(event, item, quote, record, provenance)
        elif not item.get("id"):
            trigger = _found(record.article.text, item.get("trigger"), quote, _LONGEST_TRIGGER)
            kind = _choice(EventType, item.get("type"))
            how = _choice(Modality, item.get("modality"))
            free = trigger and not any(trigger.start < other.end and other.start < trigger.end for other in taken)
            if trigger and free and kind and how:
                taken.append(trigger)
                title = record.article.text[quote.start : quote.end]
                blank = Event("", kind, trigger, quote, title=title, modality=how, confidence=_CONFIDENCE)
                new.append(_corrected(blank, item, quote, record, provenance))
    # Ids follow the text: an event that is new in the middle renames those after it.
    ordered = sorted([*events.values(), *new], key=lambda event: event.trigger.start)
    names = {event.id: f"e{number}" for number, event in enumerate(ordered, 1) if event.id}
    named = [
        replace(event, id=f"e{number}", cluster=names.get(event.cluster, f"e{number}"))
        for number, event in enumerate(ordered, 1)
    ]
    main = names.get(record.main_event, named[0].id if named else "")
    return replace(record, events=tuple(named), main_event=main)


def _corrected(event: Event, item: dict[str, Any], quote: Span, record: Record, provenance: str) -> Event:
    """Return an event with those fields of an answer that are of the schema and stand in the article."""
    kind = _choice(EventType, item.get("type")) or event.type
    how = _choice(Modality, item.get("modality")) or event.modality
    places, time = event.places, event.time
    if mention := _mention(record, item.get("place"), quote):
        role = _choice(Role, item.get("role")) or (places[0].role if places else Role.AT)
        inside = quote.start <= mention.start < quote.end
        link = "sentence" if inside else "paragraph"
        places = (EventPlace(mention.place_id, role, mention.start, mention.end, link=link, score=_CONFIDENCE),)
    elif item.get("place") == "":
        places = ()
    if date := _date(record, item.get("date"), quote):
        precise = 1 if date.earliest == date.latest else 3
        time = EventTime(
            date.earliest, date.latest, date.granularity, precise, "stated", start=date.start, end=date.end
        )
    changed = replace(
        event,
        type=kind,
        quad=quad_of(kind),
        modality=how,
        polarity=how is not Modality.DENIED,
        places=places,
        time=time,
        draw=drawn_as(how, places),
    )
    if changed == event and event.id:
        return event
    return replace(changed, provenance=f"{event.provenance}; {provenance}".lstrip("; "))


def _found(text: str, quote: object, within: Span, longest: int) -> Span | None:
    """Return where a quote stands in a part of the text, letter by letter."""
    if not isinstance(quote, str) or not 0 < len(quote) <= longest or not quote.strip():
        return None
    start = text.find(quote, within.start, within.end)
    return Span(start, start + len(quote)) if start >= 0 else None


def _choice(kind: type[_Choice], value: object) -> _Choice | None:
    return next((member for member in kind if member.value == value), None)


def _mention(record: Record, surface: object, quote: Span) -> Mention | None:
    """Return the resolved mention that is written so: in the quote, else the nearest before it, else any."""
    written = [mention for mention in record.mentions if mention.surface == surface and mention.place_id]
    return min(written, key=lambda mention: _order(mention.start, quote), default=None)


def _date(record: Record, surface: object, quote: Span) -> DateExpression | None:
    written = [date for date in record.dates if date.surface == surface and date.earliest]
    return min(written, key=lambda date: _order(date.start, quote), default=None)


def _order(start: int, quote: Span) -> tuple[int, int]:
    if quote.start <= start < quote.end:
        return 0, start
    return (1, quote.start - start) if start < quote.start else (2, start)


def _warned(record: Record, warning: str) -> Record:
    return replace(record, warnings=(*record.warnings, warning))


def _one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:160]
