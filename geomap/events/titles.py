"""The clause that says an event, and a short line that names it, in the article's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geomap.record import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geomap.events.actors import Chunk
    from geomap.events.triggers import Hit, Reading, Trigger

__all__ = ["evidence", "title"]

_LONGEST = 90
_CLAUSE_ENDS = frozenset({";", ":", "“", "”", '"', "–", "—", "(", ")"})
_DASHES = frozenset({"-", "–", "—"})
_SHORTEST = 4
# An aside between subject and verb may be so long, and so far may the subject stand from its verb.
_ASIDE, _FAR = 16, 25


def evidence(reading: Reading, trigger: Trigger, days: frozenset[int] = frozenset()) -> Span:
    """Return the clause around a trigger, wide enough to be read by itself.

    Parameters
    ----------
    days
        Tokens of dates, and those right before one: "since Monday" opens no clause.
    """
    start, end = reading.sentence(trigger.first)
    first, last = _verb_group(reading, trigger, start), trigger.last
    while first > start:
        opening = _aside(reading, first, start, trigger)
        if opening is not None:
            first = opening
        elif first - 1 not in days and _ends_clause(reading, first - 1, trigger.first - first):
            break
        else:
            first -= 1
    while last < end and (last in days or not _ends_clause(reading, last, last - trigger.last - _SHORTEST)):
        last += 1
    while last > trigger.last and reading.tokens[last - 1].kind == "punctuation" and reading.words[last - 1] != "%":
        last -= 1
    return Span(reading.tokens[first].start, reading.tokens[last - 1].end)


def title(
    reading: Reading,
    trigger: Trigger,
    clause: Span,
    chunks: Sequence[Chunk],
    *,
    speaker: Callable[[], str],
    days: frozenset[int],
) -> str:
    """Return a line for an event: its clause from the subject on, without what only hangs on to it.

    Parameters
    ----------
    clause
        The evidence.
    chunks
        The actors of the sentence.
    speaker
        Tells whom "he" or "she" means there; or "".
    days
        As for `evidence`.
    """
    first = _opening(reading, reading.token_at(clause.start), trigger, days)
    last = _closing(reading, trigger, reading.token_at(clause.end - 1) + 1)
    verb = _verb_group(reading, trigger, first)
    opening = first
    if _length(reading, first, trigger.last) > _LONGEST:
        said = [hit.last for hit in reading.cues_between(first, verb) if "report" in hit.senses.cues]
        first = said[-1] if said and trigger.first - said[-1] > 1 else verb
    subject = ""
    if _lacks_subject(reading, first, trigger):
        chunk = _subject(reading, trigger, chunks, opening, first)
        if chunk is not None:
            name = reading.text[reading.tokens[_name_start(reading, chunk)].start : chunk.end]
            subject = name + (" " if chunk.last == first else " … ")
        else:
            first = _wider(reading, first, trigger)
    hit = reading.cue_at.get(first)
    if not subject and hit is not None and hit.first == first and "person" in hit.senses.cues and (name := speaker()):
        subject, first = f"{name} ", hit.last
    while last - 1 > first and _length(reading, first, last) + len(subject) > _LONGEST:
        last -= 1
    start = reading.tokens[first].start
    text = " ".join((subject + reading.text[start : reading.tokens[last - 1].end]).split())
    if reading.tokens[last - 1].end < clause.end and last < len(reading.tokens) and not _may_end(reading, last):
        text = f"{text.rstrip(' ,;:–—(')} …"
    return text[:1].upper() + text[1:]


def _length(reading: Reading, first: int, last: int) -> int:
    return reading.tokens[last - 1].end - reading.tokens[first].start


def _opening(reading: Reading, first: int, trigger: Trigger, days: frozenset[int]) -> int:
    """Skip marks, conjunctions and subordinators at the start of a clause; a condition is kept."""
    while first < trigger.first and first not in days:
        hit = reading.cue_at.get(first)
        skipped = hit is not None and hit.first == first and hit.senses.subordinator not in (None, "condition")
        if hit is not None and skipped and hit.last <= trigger.first:
            first = hit.last
        elif reading.tokens[first].kind == "punctuation" or reading.words[first] in reading.pack.conjunctions:
            first += 1
        else:
            break
    return first


def _closing(reading: Reading, trigger: Trigger, last: int) -> int:
    """Return where a title may end: before a relative clause, another main clause, or who says so."""
    for at in range(trigger.last, last):
        if reading.words[at] == "," and (_may_end(reading, at) or last - at <= _SHORTEST):
            return at
    return last


def _may_end(reading: Reading, comma: int) -> bool:
    """Whether what follows a comma only hangs on to the clause before it."""
    if comma >= len(reading.words) or reading.words[comma] != "," or _in_list(reading, comma):
        return False
    if comma + 1 < len(reading.words) and reading.words[comma + 1] in reading.pack.conjunctions:
        return True
    _, end = reading.sentence(comma)
    following = [hit for at in range(comma + 1, min(comma + 4, end)) if (hit := reading.cue_at.get(at)) is not None]
    if following and following[0].first == comma + 1 and "pronoun" in following[0].senses.cues:
        return True
    return any(hit.senses.subordinator in ("relative", "where", "contrast") for hit in following) or any(
        "report" in hit.senses.cues for hit in reading.cues_between(comma, min(end, comma + 9))
    )


def _subject(reading: Reading, trigger: Trigger, chunks: Sequence[Chunk], opening: int, first: int) -> Chunk | None:
    """Return the subject of a verb at `first`: the first actor of its clause, or the last one before the clause."""
    start = reading.sentence(trigger.first)[0]
    within = [chunk for chunk in chunks if opening <= chunk.first and chunk.last <= first and chunk.is_subject]
    if within:
        return within[0]
    if reading.words[first - 1] == "," and first - 1 > start:
        commas = [at for at in range(max(start, first - _ASIDE), first - 1) if reading.words[at] == ","]
        first = commas[-1] if commas else first  # who is named in an aside is not the subject
    before = [chunk for chunk in chunks if start <= chunk.first and chunk.last <= first and chunk.is_subject]
    return before[-1] if before and first - before[-1].last <= _FAR else None


def _name_start(reading: Reading, chunk: Chunk) -> int:
    """Return where the name of an actor begins, over an article and a conjunction: "the Centre for Floods and Rain"."""
    start = reading.sentence(chunk.first)[0]
    first = chunk.first
    while first > start:
        before = reading.tokens[first - 1].text
        joined = first - 2 >= start and reading.words[first - 1] in reading.pack.conjunctions
        if before.istitle() and reading.tokens[first].text.istitle():
            first -= 1
        elif joined and reading.tokens[first - 2].text.istitle() and reading.tokens[first].text.istitle():
            first -= 2
        else:
            break
    if first > start and reading.words[first - 1] in reading.pack.articles and first - 1 not in reading.cue_at:
        first -= 1
    return first


def _wider(reading: Reading, first: int, trigger: Trigger) -> int:
    """Return where the words before a verb without subject begin, if the sentence or a mark opens them near it."""
    start = reading.sentence(trigger.first)[0]
    for at in range(first, max(start, first - _SHORT_LEAD) - 1, -1):
        if at == start or reading.words[at - 1] in _CLAUSE_ENDS:
            return at
    return first


_SHORT_LEAD = 10


def _verb_group(reading: Reading, trigger: Trigger, start: int) -> int:
    """Return where the words that belong to a verb begin: "had been lost", "may fall"."""
    at = trigger.first
    while trigger.voice != "noun" and at > start:
        hit = reading.cue_at.get(at - 1)
        if hit is None or not _qualifies(hit) or hit.first < start:
            break
        at = hit.first
    return at


def _qualifies(hit: Hit) -> bool:
    """Whether a cue belongs to the verb behind it."""
    return bool(hit.senses.cues & _VERBAL) and not hit.senses.subordinator and not hit.senses.preposition


_VERBAL = frozenset({"negation", "future", "possible", "past", "ongoing", "passive", "plan", "report"})


def _lacks_subject(reading: Reading, first: int, trigger: Trigger) -> bool:
    """Whether a clause begins with its verb: "was vacated on 2 July", "continues to outlaw …"."""
    verb = reading.trigger_at.get(first)
    if first >= trigger.first:
        return trigger.voice != "noun"
    hit = reading.cue_at.get(first)
    telling = hit is not None and bool(hit.senses.cues & _VERBAL)
    return telling or (verb is not None and verb.voice != "noun")


def _aside(reading: Reading, first: int, start: int, trigger: Trigger) -> int | None:
    """Return where the aside before a token opens: "Bagram, for years the largest base, was …", "the agency (X) …"."""
    mark = reading.words[first - 1]
    if mark not in (",", ")") or (mark == "," and not _lacks_subject(reading, first, trigger)):
        return None
    for at in range(first - 2, max(start, first - _ASIDE), -1):
        if reading.words[at] == ("," if mark == "," else "("):
            return at
        if reading.words[at] in _CLAUSE_ENDS or at in reading.trigger_at:
            return None
    return None


def _ends_clause(reading: Reading, at: int, size: int) -> bool:
    """Whether a token bounds a clause that has `size` tokens to spare so far."""
    word = reading.words[at]
    if word in _DASHES and not _stands_alone(reading, at):
        return False  # "the Tajik–Afghan border"
    if word in _CLAUSE_ENDS or word in _DASHES:
        return size >= 0
    if word == ",":
        return size >= _SHORTEST // 2 and not _in_list(reading, at)
    hit = reading.cue_at.get(at)
    kind = hit.senses.subordinator if hit else None
    return size >= 0 and (kind == "complement" or (kind in ("time", "contrast") and size >= 1))


def _stands_alone(reading: Reading, at: int) -> bool:
    """Whether a hyphen has white space on both sides: a dash."""
    before = at > 0 and reading.tokens[at - 1].end < reading.tokens[at].start
    return before and at + 1 < len(reading.tokens) and reading.tokens[at].end < reading.tokens[at + 1].start


def _in_list(reading: Reading, comma: int) -> bool:
    """Whether a comma stands between names, and more than a clause follows: a list, or a name in apposition."""
    after = comma + 1
    while after < len(reading.tokens) and after - comma < 5 and reading.tokens[after].text[:1].isupper():
        after += 1
    before = comma > 0 and reading.tokens[comma - 1].text[:1].isupper()
    joins = after < len(reading.tokens) and (
        reading.words[after] == "," or reading.words[after] in reading.pack.conjunctions
    )
    return before and after > comma + 1 and joins
