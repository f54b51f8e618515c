"""How a text presents an event: as fact, plan, condition, forecast, denial; and who says so.

Cues count by scope. The words are walked from the trigger back to the start of its sentence; punctuation and
subordinators crossed on the way decide which cues still reach it. A cause ("after the withdrawal of …") shields a noun
from the forecast or plan around it: what is given as the ground of something is taken for granted.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

from geomap.record import Attribution, EventType, Modality

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geomap.events.actors import Chunk
    from geomap.events.triggers import Hit, Reading, Trigger

__all__ = ["Stance", "attribution", "clause_starts", "stance", "tells_where"]

# How many tokens a cue reaches: tight ones stand right before what they qualify, loose ones govern a complement.
_TIGHT, _NEAR, _LOOSE = 3, 5, 14
# Time and place may stand between a cue and its verb where they lead it ("将于2025年在阿斯塔纳举行").
_ADJUNCT = 8
# A report verb may stand this far from its subject.
_FAR = 30
_UNWILLED = frozenset(
    {EventType.DISASTER, EventType.ACCIDENT, EventType.STATE, EventType.FORECAST, EventType.OTHER, EventType.CRIME}
)
_BREAKS = frozenset({",", ";", ":", "–", "—", "(", ")", "“", "”", '"', "«", "»"})
# Subordinators that a cue reaches across: "asked that", "plans to", "asked whether".
_OPEN = (None, "purpose", "condition", "complement")
_QUOTES = frozenset({"“", "”", '"', "«", "»"})


class Stance(NamedTuple):
    """How an event is presented."""

    modality: Modality
    polarity: bool = True
    certainty: str = "CT+"


class _Scope(NamedTuple):
    """A cue that reaches the trigger: its kind, distance in tokens, and what lies between."""

    kind: str
    distance: int
    commas: int
    clauses: int


def stance(reading: Reading, trigger: Trigger, *, claimed: bool) -> Stance:
    """Return how the text presents the event of a trigger; `claimed`: a named source answers for it."""
    trigger = _head_of_list(reading, trigger)
    near = _Cues(_scopes(reading, trigger))
    modality = _modality(reading, trigger, near)
    governor = _governor(reading, trigger)
    for _ in range(_CHAIN):
        if modality not in _REAL or governor is None:
            break
        above = _modality(reading, governor, _Cues(_scopes(reading, governor)))
        modality = above if above in _NOT_YET or above is Modality.CONDITIONAL else modality
        governor = _governor(reading, governor)
    if modality in _REAL and trigger.voice == "noun" and _is_conjectured(reading, trigger, near):
        modality = Modality.PREDICTED
    if modality in _REAL and trigger.mode.name == "threaten":
        modality = Modality.THREATENED
    if modality is Modality.DENIED:
        return Stance(modality, polarity=False, certainty="PR-" if claimed else "CT-")
    if modality is Modality.CONDITIONAL:
        return Stance(modality, certainty="UU")
    if modality in _NOT_YET or near("possible", _TIGHT):
        return Stance(modality, certainty="PS+")
    return Stance(modality, certainty="PR+" if claimed or near("alleged", _NEAR, commas=9) else "CT+")


_CHAIN = 3  # verbs: "could shake the region and derail the talks"
_REAL = frozenset({Modality.HAPPENED, Modality.ONGOING})
_NOT_YET = frozenset({Modality.PLANNED, Modality.PREDICTED, Modality.REQUESTED, Modality.THREATENED})


class _Cues:
    """The cues that reach a trigger, asked by kind and distance."""

    def __init__(self, scopes: Sequence[_Scope]) -> None:
        self._by_kind: dict[str, list[_Scope]] = {}
        for scope in scopes:
            self._by_kind.setdefault(scope.kind, []).append(scope)

    @property
    def any(self) -> bool:
        """Whether there is any cue at all."""
        return bool(self._by_kind)

    def __call__(self, kind: str, reach: int, commas: int = 0) -> bool:
        """Tell whether a cue stands within `reach` tokens, with no more than `commas` between and no clause."""
        return any(
            scope.distance <= reach and scope.commas <= commas and not scope.clauses
            for scope in self._by_kind.get(kind, ())
        )


def _governor(reading: Reading, trigger: Trigger) -> Trigger | None:
    """Return the verb that a trigger shares its fate with.

    That is the verb before "and" ("could shake the region and derail talks"), and for a noun the verb right before it.
    """
    start, _ = reading.sentence(trigger.first)
    joined = trigger.voice != "noun" and reading.words[trigger.first - 1] in reading.pack.conjunctions
    reach = _JOINED if joined else (1 if trigger.voice == "noun" else 0)
    for at in range(trigger.first - 1, max(start, trigger.first - 1 - reach) - 1, -1):
        verb = reading.trigger_at.get(at)
        if verb is not None and verb.voice != "noun" and verb.last <= trigger.first:
            return verb
        if reading.words[at] in _BREAKS or reach == 0:
            return None
    return None


_JOINED = 8


def _is_conjectured(reading: Reading, trigger: Trigger, near: _Cues) -> bool:
    """Whether a noun belongs to what a verb before it says may happen: "may fall within months of the departure".

    What is given as the cause stands fast.
    """
    if near("cause", _LOOSE, commas=1):
        return False
    start, _ = reading.sentence(trigger.first)
    for at in range(trigger.first - 1, max(start, trigger.first - 1 - _LOOSE) - 1, -1):
        verb = reading.trigger_at.get(at)
        if verb is not None and verb.voice != "noun":
            return _modality(reading, verb, _Cues(_scopes(reading, verb))) in _CONJECTURES
        if reading.words[at] in _BREAKS:
            return False
    return False


_CONJECTURES = frozenset({Modality.PREDICTED, Modality.CONDITIONAL})


def _modality(reading: Reading, trigger: Trigger, near: _Cues) -> Modality:
    """Apply the rules in order of strength; the first that holds decides."""
    noun = trigger.voice == "noun"
    if not near.any and not noun and not trigger.mode.standing and not _follows_condition(reading, trigger):
        return Modality.HAPPENED
    verbal = not noun
    tight = _TIGHT + (_ADJUNCT if reading.pack.place_leads or reading.pack.verb_second else 0)
    done = near("past", tight) and not near("future", tight) and not (verbal and near("plan", 2))  # "were ready to"
    # a noun given as a cause, and what is said to be done, stand fast against plans and forecasts around them
    loose = not (noun and near("cause", _NEAR))
    ahead = near("future", tight) or (noun and _governs_next(reading, trigger, "future"))
    unwilled = trigger.mode.type in _UNWILLED
    may = near("possible", 2) or (noun and _governs_next(reading, trigger, "possible"))
    cue = reading.cue_at.get(trigger.first)
    says = trigger.mode.type is EventType.THREATEN or (cue is not None and "report" in cue.senses.cues)
    rules = (
        (
            Modality.BACKGROUND,
            trigger.mode.standing and (_in_relative_clause(reading, trigger) or near("ongoing", tight)),
        ),
        (
            Modality.DENIED,
            near("negation", tight) or near("denial", _LOOSE) or (noun and _is_annulled(reading, trigger)),
        ),
        (Modality.CONDITIONAL, loose and (near("conditional", _LOOSE) or near("question", _LOOSE))),
        (Modality.CONDITIONAL, loose and (ahead or may) and near("conditional", 2 * _LOOSE, commas=1)),
        (Modality.CONDITIONAL, loose and not done and (ahead or may) and _opens_condition(reading, trigger)),
        (Modality.CONDITIONAL, verbal and not done and not says and _follows_condition(reading, trigger)),
        (Modality.THREATENED, noun and _is_threatened(reading, trigger)),
        (Modality.ONGOING, done and near("ongoing", 1)),
        (Modality.HAPPENED, done),
        (Modality.THREATENED, loose and verbal and near("threat", _NEAR)),
        (Modality.REQUESTED, loose and near("request", _LOOSE if verbal else _NEAR)),
        (Modality.PREDICTED, loose and (near("forecast", _NEAR) or (ahead and near("forecast", _LOOSE, commas=1)))),
        (Modality.PREDICTED, loose and ahead and unwilled),
        (Modality.PLANNED, loose and ahead),
        (Modality.PLANNED, loose and near("plan", _NEAR if verbal else _NEAR + 3)),
        (Modality.PLANNED, loose and verbal and near("purpose", 2)),
        (Modality.PLANNED, noun and trigger.mode.type in _CALLED and _is_announced(reading, trigger)),
        (Modality.PREDICTED, loose and may and (verbal or unwilled)),  # "could strike", "a storm could hit"
        (Modality.ONGOING, verbal and near("ongoing", 2)),
    )
    return next((modality for modality, holds in rules if holds), Modality.HAPPENED)


def _head_of_list(reading: Reading, trigger: Trigger) -> Trigger:
    """Return the first noun of a list of events: what is said of it is said of all ("floods, storms and fires")."""
    while trigger.voice == "noun":
        before = trigger.first - 1
        if before > 0 and (reading.words[before] == "," or reading.words[before] in reading.pack.conjunctions):
            before -= 1
        else:
            break
        previous = reading.trigger_at.get(before)
        if previous is None or previous.voice != "noun":
            break
        trigger = previous
    return trigger


def _is_announced(reading: Reading, trigger: Trigger) -> bool:
    """Whether a verb right before a noun announces it: "announced a strike"."""
    before = (reading.trigger_at.get(at) for at in range(max(trigger.first - _BEFORE, 0), trigger.first))
    return any(verb is not None and verb.mode.name == "announce" and verb.voice == "active" for verb in before)


def _is_threatened(reading: Reading, trigger: Trigger) -> bool:
    """Whether a noun is what a verb before it threatens: "threatened Israel with an attack", not "after the attack"."""

    def threatens(at: int) -> bool:
        verb = reading.trigger_at.get(at)
        return verb is not None and verb.mode.name == "threaten" and verb.voice != "noun"

    return _is_object(reading, trigger, threatens)


def _is_annulled(reading: Reading, trigger: Trigger) -> bool:
    """Whether a noun is what a word before it says did not come about: "called off the strike", "rumours of a coup"."""

    def annuls(at: int) -> bool:
        hit = reading.cue_at.get(at)
        return hit is not None and "annulled" in hit.senses.cues

    return _is_object(reading, trigger, annuls)


def _is_object(reading: Reading, trigger: Trigger, governs: Callable[[int], bool]) -> bool:
    """Whether a word before a noun governs it, with nothing between but what belongs to the noun or to whom it goes."""
    for at in range(trigger.first - 1, max(trigger.first - 1 - _NEAR, -1), -1):
        if governs(at):
            return True
        hit = reading.cue_at.get(at)
        apart = hit is not None and (hit.senses.subordinator or "cause" in hit.senses.cues)
        if apart or at in reading.trigger_at or reading.words[at] in _BREAKS:
            return False
        if hit is not None and hit.senses.preposition not in _WITH:
            return False
    return False


_WITH = frozenset({None, "with", "to", "against"})
_BEFORE = 3
# What is announced before it is held.
_CALLED = frozenset({EventType.PROTEST, EventType.CONSULT})


def _follows_condition(reading: Reading, trigger: Trigger) -> bool:
    """Whether the sentence opens with a condition and this is what would follow: "If it rises, they will close …"."""
    start, _ = reading.sentence(trigger.first)
    hits = reading.cues_between(start, min(start + 2, trigger.first))
    opening = next((hit for hit in hits if "conditional" in hit.senses.cues), None)
    if opening is None:
        return False
    marks = [at for at in range(opening.last, trigger.first) if reading.words[at] in _BREAKS]
    return len(marks) == 1 and reading.words[marks[0]] == ","


def _opens_condition(reading: Reading, trigger: Trigger) -> bool:
    """Whether a condition follows in the same clause or right behind it: "may collapse if the attack goes on"."""
    _, end = reading.sentence(trigger.first)
    hits = reading.cues_between(trigger.last, min(trigger.last + _LOOSE, end))
    at = next((hit.first for hit in hits if hit.senses.subordinator == "condition"), None)
    if at is None:
        return False
    between = range(trigger.last, at)
    other = any((verb := reading.trigger_at.get(k)) is not None and verb.voice != "noun" for k in between)
    return not other and sum(reading.words[k] in _BREAKS for k in between) <= 1


_WITHIN = frozenset({"possible", "future", "negation", "plan"})


def _scopes(reading: Reading, trigger: Trigger) -> list[_Scope]:
    """Walk back from the trigger and note the cues that still reach it."""
    start, _ = reading.sentence(trigger.first)
    found = [
        _Scope(cue, 1, 0, 0)
        for hit in reading.cues_between(trigger.first, trigger.last)
        if (hit.first, hit.last) != (trigger.first, trigger.last)  # "may fall", "stood ready to": a cue in the phrase
        for cue in hit.senses.cues & _WITHIN
    ]
    commas = clauses = 0
    at = trigger.first - 1
    while at >= max(start, trigger.first - 2 * _LOOSE):
        hit = reading.cue_at.get(at)
        if hit is None:
            word = reading.words[at]
            if word in _BREAKS and not _belongs_to_complement(reading, at):
                aside = _aside(reading, at, start)
                if aside:
                    at = aside - 1
                    continue
                commas += 1
                if word in _QUOTES and commas > 2:
                    break
            at -= 1
            continue
        found += [_Scope(cue, trigger.first - hit.last + 1, commas, clauses) for cue in hit.senses.cues]
        if hit.senses.subordinator not in _OPEN:
            clauses += 1
        at = hit.first - 1
    if reading.pack.verb_second and trigger.voice != "noun" and _is_negated_at_the_end(reading, trigger):
        found.append(_Scope("negation", 1, 0, 0))
    if _is_denied_behind(reading, trigger, start):
        found.append(_Scope("denial", 1, 0, 0))
    if reading.finite:
        found = [scope for scope in found if scope.kind not in _GOVERNING] + _scopes_after(reading, trigger)
    return found + [_Scope(cue, 1, 0, 0) for cue in reading.inner_cues.get(trigger.first, ())]


def _aside(reading: Reading, at: int, start: int) -> int:
    """Return where an aside of a few words between two commas opens that closes at a token, or 0."""
    if reading.words[at] != ",":
        return 0
    for opening in range(at - 1, max(start, at - _ASIDE), -1):
        if reading.words[opening] == ",":
            return opening
        hit = reading.cue_at.get(opening)
        if opening in reading.trigger_at or (hit is not None and hit.senses.subordinator):
            return 0
    return 0


_ASIDE = 5  # "rules out, for now, sending"


def _is_negated_at_the_end(reading: Reading, trigger: Trigger) -> bool:
    """Whether a negation closes the clause of a verb, or stands before the particle that does: "griff … nicht an"."""
    _, end = reading.sentence(trigger.first)
    for at in range(trigger.last, end):
        hit = reading.cue_at.get(at)
        if hit is not None and "negation" in hit.senses.cues:
            rest = reading.tokens[hit.last : hit.last + 2]
            return len(rest) < _PARTICLE or any(token.kind == "punctuation" for token in rest)
        if reading.words[at] in _BREAKS or at in reading.trigger_at:
            return False
    return False


_PARTICLE = 2  # a particle and a mark


def _is_denied_behind(reading: Reading, trigger: Trigger, start: int) -> bool:
    """Whether a sentence opens with what it denies: "Dass gestreikt werde, dementierte die Gewerkschaft"."""
    opening = reading.cue_at.get(start)
    if opening is None or opening.senses.subordinator != "complement" or opening.last > trigger.first:
        return False
    _, end = reading.sentence(start)
    comma = next((at for at in range(trigger.last, end) if reading.words[at] == ","), end)
    return any("denial" in hit.senses.cues for hit in reading.cues_between(comma, min(comma + _TIGHT, end)))


# What governs a verb from behind where the verb stands last; in front of it, it belongs to another one.
_GOVERNING = frozenset({"plan", "purpose", "forecast", "request", "threat", "denial", "future", "cause"})


def _belongs_to_complement(reading: Reading, at: int) -> bool:
    """Whether a comma is but the spelling of the word after it: "отрицает, что", "bittet, dass"."""
    hit = reading.cue_at.get(at + 1) if reading.words[at] == "," else None
    return hit is not None and hit.senses.subordinator in ("complement", "purpose")


def _scopes_after(reading: Reading, trigger: Trigger) -> list[_Scope]:
    """Note the cues that govern a trigger from behind, where the verb stands last ("inmesi bekleniyor")."""
    return [
        _Scope(cue, hit.first - trigger.last + 1, 0, 0)
        for hit in reading.cues_between(trigger.last, _governing_end(reading, trigger))
        for cue in hit.senses.cues
    ]


def _governing_end(reading: Reading, trigger: Trigger) -> int:
    """Return where the verbs end that stand behind a trigger and govern it; the trigger's own end if none can."""
    if not reading.finite or any(reading.finite[trigger.first : trigger.last]):
        return trigger.last
    _, end = reading.sentence(trigger.first)
    return next((at + 1 for at in range(trigger.last, end) if reading.finite[at]), end)


def _in_relative_clause(reading: Reading, trigger: Trigger) -> bool:
    """Whether a relative clause opens within two words before the trigger."""
    hits = (reading.cue_at.get(at) for at in range(max(trigger.first - 2, 0), trigger.first))
    return any(hit is not None and hit.senses.subordinator == "relative" for hit in hits)


def _governs_next(reading: Reading, trigger: Trigger, cue: str) -> bool:
    """Whether a noun is the subject of the next verb, and that has a cue: "the terrorist threat … will grow"."""
    _, end = reading.sentence(trigger.first)
    for at in range(trigger.last, min(end, trigger.last + 8)):
        if reading.words[at] in _BREAKS or at in reading.trigger_at:
            return False
        hit = reading.cue_at.get(at)
        if hit is None:
            continue
        if cue in hit.senses.cues:
            return True
        if "past" in hit.senses.cues or hit.senses.subordinator not in (None, "purpose"):
            return False
    return False


def attribution(
    reading: Reading, trigger: Trigger, chunks: Sequence[Chunk], previous: Attribution | None
) -> tuple[Attribution, ...]:
    """Return who says that the event happened: the subject of a report verb whose complement holds the trigger.

    Parameters
    ----------
    chunks
        The actors of the sentence, in text order.
    previous
        Who spoke last; a quotation whose sentence names nobody is theirs.
    """
    start, end = reading.sentence(trigger.first)
    quoted = reading.quoted[trigger.first]
    best: tuple[int, Attribution] | None = None
    for hit in reading.cues_between(start, end):
        if "report" not in hit.senses.cues or hit.first <= trigger.first < hit.last:
            continue
        if not _governs(reading, hit, trigger, quoted=quoted):
            continue
        according = "according" in hit.senses.cues
        follows = according or reading.pack.order == "vso" or hit.first > trigger.first
        source = _speaker(reading, hit, chunks, after=follows)
        distance = abs(hit.first - trigger.first)
        verb = reading.text[reading.tokens[hit.first].start : reading.tokens[hit.last - 1].end]
        if source is not None and not source.first <= trigger.first < source.last:
            saying = Attribution(source.text, source.start, source.end, verb, quoted)
        elif quoted and previous is not None:
            saying = dataclasses.replace(previous, verb=verb, quote=True)
        else:
            continue
        if best is None or distance < best[0]:
            best = distance, saying
    return (best[1],) if best else ()


def _governs(reading: Reading, report: Hit, trigger: Trigger, *, quoted: bool) -> bool:
    """Whether what a report verb reports holds the trigger."""
    before = report.first < trigger.first
    if not before and reading.finite:
        return quoted or report.first < _governing_end(reading, trigger)
    between = range(report.last, trigger.first) if before else range(trigger.last, report.first)
    broken = any(reading.words[at] in _BREAKS for at in between)
    if not before:
        # "…, said X": not where the verb opens a complement of its own, nor where it governs what follows
        complement = any(_is_complement(reading, at) for at in range(report.last, report.last + 4))
        return quoted or (broken and not complement)
    opened = any(_is_complement(reading, at) for at in between)
    return opened or quoted or not broken or "according" in report.senses.cues


def tells_where(reading: Reading, start: int, end: int) -> bool:
    """Whether a stretch of a sentence says where something lies or happened, without naming it."""
    cues = frozenset[str]().union(*(hit.senses.cues for hit in reading.cues_between(start, end)))
    return "distribution" in cues and not cues & {"forecast", "conditional", "negation", "future", "plan"}


def clause_starts(reading: Reading, start: int, end: int) -> list[int]:
    """Return the tokens between two where a new clause begins: at a subordinator, or after a report verb."""
    return [
        hit.first
        for hit in reading.cues_between(start, end)
        if hit.senses.subordinator in ("complement", "time", "contrast", "condition", "where")
        or "report" in hit.senses.cues
    ]


def _is_complement(reading: Reading, at: int) -> bool:
    hit = reading.cue_at.get(at)
    return hit is not None and "complement" in hit.senses.cues


def _speaker(reading: Reading, report: Hit, chunks: Sequence[Chunk], *, after: bool) -> Chunk | None:
    """Return the actor beside a report verb: before it, or right after it ("said Lavrov", "according to …")."""
    outside = [chunk for chunk in chunks if not reading.quoted[chunk.first] or reading.quoted[report.first]]
    following = next((chunk for chunk in outside if 0 <= chunk.first - report.last <= 2), None)
    if after and following:
        return following
    preceding = [chunk for chunk in outside if 0 <= report.first - chunk.last <= _FAR and chunk.is_subject]
    if reading.pack.order == "sov" and preceding:
        return preceding[0]
    return preceding[-1] if preceding else following
