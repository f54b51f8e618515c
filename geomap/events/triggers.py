"""The words that tell of events, and those that qualify them: one look-up a token, the longest phrase wins.

A language pack (``events.toml``) lists words by mode; ``modes.toml`` says for all languages what a mode is. Three
independent layers of phrases are read off a text: triggers (and blockers, phrases that look like one), cues
(modality, prepositions, subordinators) and actors.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, pairwise, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from geomap.events.words import Spelling, folded, segmented
from geomap.languages.pack import load
from geomap.record import EventType
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geomap.record import Mention, Record, Token

__all__ = [
    "EventPack",
    "Hit",
    "Mode",
    "Reading",
    "Trigger",
    "is_passive",
    "modes",
    "phrase_words",
    "read",
    "trigger_at",
]


@dataclass(frozen=True, slots=True)
class Inflection:
    """How a root becomes the forms that a text shows; the first rule whose condition holds is used.

    A form is a template: ``{:}`` is the root, ``{1:}`` the root without its first letter, ``{:-1}`` without its last.
    """

    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    active: tuple[str, ...] = ()
    passive: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()

    def applies(self, root: str) -> bool:
        """Tell whether this rule is for `root`."""
        if self.words:
            return root in self.words
        return (not self.begins or root.startswith(self.begins)) and (not self.ends or root.endswith(self.ends))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a mode: `roots` are inflected, the others stand as they are.

    A verb whose particle closes the clause has a gap for what stands between them: "griff … an".
    """

    roots: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    passive: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """A trigger changes its mode with its object: one seizes a town, or weapons."""

    of: frozenset[str]
    to: str
    objects: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """What the form of a place name says of its place, where prepositions alone do not.

    Attributes
    ----------
    form
        A regular expression, searched in what stands before the name in its word, a bar, and the rest of the word:
        "|Ankara'da", "ب|غداد".
    to
        The class of preposition that the form is worth.
    after
        The prepositions it needs; without any, the form speaks for itself.
    """

    form: str
    to: str
    after: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EventPack:
    """What a language says about events.

    Attributes
    ----------
    triggers
        Mode → its words.
    inflections
        Rules for the roots.
    shifts
        Modes that an object changes.
    blockers
        Phrases that hold a trigger and are none.
    cues
        Kind of cue (negation, conditional, report …) → phrases. "person" holds the pronouns for people and "pronoun"
        all pronouns; "local" the offices of a town or a province; "annulled" what says of the noun behind it that it
        did not come about; "none" phrases that only look like a cue.
    prepositions, subordinators
        Class → phrases.
    actors
        Kind of actor → nouns.
    names
        Proper name → kind of actor.
    references
        Kind of place → phrases that refer back to one.
    quantities
        What is counted → nouns; and the hedges "lower", "upper", "about".
    numerals
        Number words.
    passive_endings
        Endings of the forms that an auxiliary makes passive.
    participles
        Endings of the verbs that share a clause with the verb before them: "…, killing four".
    transparent
        Words that may stand between a preposition and the name of a place ("in the northern town of").
    partitives
        Words for a share ("half", "persen"): what follows them is "of" a place, not "from" it.
    articles
        Words that open a noun phrase.
    conjunctions
        Words that join the names of a list.
    capital_nouns
        Whether all nouns are spelt with a capital, so that none shows a name.
    adjective_follows
        Whether a country stands after the noun that it describes.
    order
        Where the verb stands by subject and object: "svo", "vso", "sov"; "free" where its object stands on either side.
    place_leads
        Whether the place stands before the verb as a rule.
    verb_second
        Whether one part of the sentence leads and the verb follows it, or closes the clause: a place on its left is as
        likely as one on its right.
    finite
        With the verb last: what the form that closes a clause looks like (a regular expression). The verbs that govern
        another form stand after it.
    forms
        Kind of cue → what the form of a verb that holds the cue looks like (a regular expression).
    postpositions
        Class of preposition → phrases that stand after a place or an actor.
    cases
        Forms of place names that stand for prepositions, the first that fits.
    decimal, grouping
        Separators in numbers.
    """

    subject: ClassVar[str] = "events"

    triggers: Mapping[str, Words] = field(default_factory=dict)
    inflections: tuple[Inflection, ...] = ()
    shifts: tuple[Shift, ...] = ()
    blockers: tuple[str, ...] = ()
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prepositions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    subordinators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    actors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quantities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numerals: Mapping[str, int] = field(default_factory=dict)
    passive_endings: tuple[str, ...] = ()
    participles: tuple[str, ...] = ()
    transparent: frozenset[str] = frozenset()
    partitives: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    capital_nouns: bool = False
    adjective_follows: bool = False
    order: str = "svo"
    place_leads: bool = False
    verb_second: bool = False
    finite: str = ""
    forms: Mapping[str, str] = field(default_factory=dict)
    postpositions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    decimal: str = "."
    grouping: str = ","


@dataclass(frozen=True, slots=True)
class Mode:
    """A sort of event; see ``modes.toml``."""

    name: str
    type: EventType
    cameo: str = ""
    acled: str | None = None
    frame: str = "at"
    strength: int = 1
    family: str = ""
    rank: int = 0
    needs_object: bool = False
    effect: bool = False
    after_actor: bool = False
    standing: bool = False
    ahead: bool = False

    @property
    def harms(self) -> bool:
        """Whether it is done to people: the one named with its noun suffers it."""
        return self.family == "violence" and self.frame == "at"


class Trigger(NamedTuple):
    """A word that gives an event: tokens `first` to `last` (exclusive)."""

    first: int
    last: int
    mode: Mode
    voice: str  # "active", "passive" or "noun"


class Senses(NamedTuple):
    """What a phrase of the pack can mean."""

    trigger: tuple[str, str] | None = None  # voice and mode; voice "blocker" for what only looks like a trigger
    cues: frozenset[str] = frozenset()
    preposition: str | None = None
    postposition: str | None = None
    subordinator: str | None = None
    actor: str | None = None
    name: bool = False  # a proper name, not a noun
    reference: str | None = None


class Hit(NamedTuple):
    """A phrase of the pack in the text: tokens `first` to `last` (exclusive)."""

    first: int
    last: int
    senses: Senses


_Phrase = tuple[str, ...]
# First word → phrases that begin so, longest first.
_Table = Mapping[str, tuple[tuple[_Phrase, Senses], ...]]


class _Lexicon(NamedTuple):
    pack: EventPack  # folded
    triggers: _Table
    cues: _Table
    actors: _Table
    references: _Table
    spelling: Spelling
    forms: tuple[tuple[str, re.Pattern[str]], ...]
    finite: re.Pattern[str] | None
    split: Mapping[str, tuple[tuple[str, str], ...]]  # verb → particles that close its clause, with their modes
    nouns: frozenset[_Phrase]  # forms of verbs that are nouns too


@dataclass(slots=True)
class Reading:
    """A text as the event stages see it: tokens, and the phrases found in them.

    Attributes
    ----------
    words
        The tokens as the pack lists them: lower case, straight apostrophes, stems where the language inflects.
    finite
        Whether a token closes a clause, where the verb stands last; empty elsewhere.
    bounds
        First token of each sentence, and the number of tokens.
    sentences
        Token → the token range of its sentence.
    quoted
        Whether a token stands inside quotation marks.
    references
        Phrases that refer back to a place.
    cue_at, actor_at, trigger_at
        Token → the hit that covers it.
    inner_cues
        Token of a trigger → the cues that its form holds ("saldıracak", will attack).
    surnames
        Last words of the names in capitals that the text gives in full ("Sergei Lavrov").
    shouted
        First tokens of the sentences written in capitals, which tell no name.
    """

    pack: EventPack
    text: str
    tokens: tuple[Token, ...]
    words: list[str]
    bounds: list[int]
    sentences: list[tuple[int, int]]
    quoted: list[bool]
    triggers: list[Trigger]
    cues: list[Hit]
    cue_starts: list[int]
    actors: list[Hit]
    cue_at: dict[int, Hit]
    actor_at: dict[int, Hit]
    trigger_at: dict[int, Trigger]
    starts: list[int]
    surnames: frozenset[str]
    shouted: frozenset[int]
    references: list[Hit]
    finite: list[bool]
    inner_cues: dict[int, frozenset[str]]

    def cues_between(self, first: int, last: int) -> list[Hit]:
        """Return the cues that begin between two tokens."""
        return self.cues[bisect_left(self.cue_starts, first) : bisect_left(self.cue_starts, last)]

    def sentence(self, token: int) -> tuple[int, int]:
        """Return the token range of the sentence around a token."""
        return self.sentences[token]

    def is_capital(self, token: int) -> bool:
        """Tell whether a word is spelt with a capital, and that shows a name."""
        return self.tokens[token].text[:1].isupper() and self.sentences[token][0] not in self.shouted

    def token_at(self, offset: int) -> int:
        """Return the token at, or just before, a character offset."""
        return max(bisect_right(self.starts, offset) - 1, 0)


@functools.cache
def modes() -> Mapping[str, Mode]:
    """Return all modes by name."""
    table = tomllib.loads(Path(__file__).with_name("modes.toml").read_text(encoding="utf-8"))
    return {
        name: Mode(
            name,
            EventType(row["type"]),
            row.get("cameo", ""),
            row.get("acled"),
            row["frame"],
            row.get("strength", 2 if row["type"] != "ASSAULT" else 1),
            row.get("family", name),
            row.get("rank", 0),
            row.get("needs_object", False),
            row.get("effect", False),
            row.get("after_actor", False),
            row.get("standing", False),
            row.get("ahead", False),
        )
        for name, row in table.items()
    }


def read(record: Record) -> Reading:
    """Find all phrases of the record's language in its text."""
    language = record.language or "und"
    text = record.article.text
    tokens = record.tokens or tokenise(text)
    sentences = record.sentences or split(text, language)
    lexicon = _lexicon(language)
    spelling = lexicon.spelling
    if not spelling.spaced:
        spans = sorted(
            {(m.start, _end_of_name(m)) for m in record.mentions if m.place_id}
            | {(d.start, d.end) for d in record.dates}
        )
        tokens = segmented(tokens, spelling, spans, text)
    words = [spelling.read(token.text) for token in tokens]
    by_form = lexicon.finite is not None or lexicon.forms
    written = [spelling.fold(token.text) for token in tokens] if by_form else words
    starts = [token.start for token in tokens]
    bounds = _bounds([bisect_left(starts, sentence.start) for sentence in sentences], len(tokens))
    known = modes()
    pack = lexicon.pack
    triggers = [
        Trigger(hit.first, hit.last, known[hit.senses.trigger[1]], hit.senses.trigger[0])
        for hit in _scan(words, lexicon.triggers)
        if hit.senses.trigger and hit.senses.trigger[0] != "blocker"
    ]
    if lexicon.split:
        triggers = _with_split(triggers, words, tokens, lexicon)
    dated = {
        at for date in record.dates for at in range(bisect_left(starts, date.start), bisect_left(starts, date.end))
    }
    cues = [
        hit
        for hit in _scan(words, lexicon.cues)
        if not _is_named(hit, tokens) and not (hit.senses.cues and hit.first in dated)  # "30 May" permits nothing
    ]
    cue_at = {at: hit for hit in cues for at in range(hit.first, hit.last)}
    if lexicon.nouns:
        triggers = [_as_noun(trigger, words, cue_at, lexicon) for trigger in triggers]
    if pack.shifts:
        triggers = [_shifted(trigger, words, pack) for trigger in triggers]
    triggers = [t for t in triggers if not t.mode.needs_object and not _inside_name(t, tokens)]
    actors = [hit for hit in _scan(words, lexicon.actors) if _spelt_as_name(hit, tokens)]
    plain = {at for at, word in enumerate(words) if word in pack.transparent} if lexicon.finite else set()
    plain |= {at for hit in actors for at in range(hit.first, hit.last)} if lexicon.finite else set()
    return Reading(
        pack=pack,
        text=text,
        tokens=tokens,
        words=words,
        bounds=bounds,
        sentences=[span for span in pairwise(bounds) for _ in range(*span)],
        quoted=_quoted(words, bounds),
        triggers=triggers,
        cues=cues,
        cue_starts=[hit.first for hit in cues],
        actors=actors,
        cue_at=cue_at,
        actor_at={at: hit for hit in actors for at in range(hit.first, hit.last)},
        trigger_at={at: trigger for trigger in triggers for at in range(trigger.first, trigger.last)},
        starts=starts,
        surnames=_surnames(tokens),
        shouted=_shouted(tokens, bounds),
        references=list(_scan(words, lexicon.references)),
        finite=_finite(triggers, written, lexicon.finite, plain),
        inner_cues=_inner_cues(triggers, written, lexicon) | _light_cues(triggers, written, bounds, cue_at, lexicon),
    )


def _end_of_name(mention: Mention) -> int:
    """Return where the bare name of a mention ends: its generic word may open the next one ("陕西省会", "中亚峰会")."""
    if mention.name and len(mention.name) > 1 and mention.surface.startswith(mention.name):
        return mention.start + len(mention.name)
    return mention.end


def _with_split(
    triggers: Sequence[Trigger], words: Sequence[str], tokens: Sequence[Token], lexicon: _Lexicon
) -> list[Trigger]:
    """Add the verbs whose particle closes the clause: "griffen am Montag die Stadt an"."""
    covered = {at for trigger in triggers for at in range(trigger.first, trigger.last)}
    found = list(triggers)
    for at, word in enumerate(words):
        if word not in lexicon.split or at in covered:
            continue
        clause = takewhile(lambda k: words[k] not in _STOPS, range(at + 1, min(at + _SPLIT, len(words))))
        closing = {words[k] for k in clause if _closes_clause(k, words, tokens, lexicon.pack)}
        mode = next((mode for particle, mode in lexicon.split[word] if particle in closing), None)
        if mode is not None:
            found.append(Trigger(at, at + 1, modes()[mode], "active"))
    return sorted(found, key=lambda trigger: trigger.first)


def _closes_clause(at: int, words: Sequence[str], tokens: Sequence[Token], pack: EventPack) -> bool:
    return at + 1 == len(words) or tokens[at + 1].kind == "punctuation" or words[at + 1] in pack.conjunctions


_STOPS = frozenset({".", "!", "?", ";"})
_SPLIT = 25  # words between a verb and its particle


def _finite(
    triggers: Sequence[Trigger], written: Sequence[str], form: re.Pattern[str] | None, plain: set[int]
) -> list[bool]:
    """Tell which tokens close a clause; a noun never does, whatever it looks like ("sarsıntı", "başkenti")."""
    if form is None:
        return []
    finite = [at not in plain and bool(form.search(word)) for at, word in enumerate(written)]
    for trigger in triggers:
        if trigger.voice == "noun":
            finite[trigger.first : trigger.last] = [False] * (trigger.last - trigger.first)
    return finite


def _inner_cues(triggers: Sequence[Trigger], written: Sequence[str], lexicon: _Lexicon) -> dict[int, frozenset[str]]:
    """Return the cues that the forms of triggers hold, by first token."""
    if not lexicon.forms:
        return {}
    found = {}
    for trigger in triggers:
        phrase = " ".join(written[trigger.first : trigger.last])
        found[trigger.first] = frozenset(cue for cue, form in lexicon.forms if form.search(phrase))
    return found


def _light_cues(
    triggers: Sequence[Trigger],
    written: Sequence[str],
    bounds: Sequence[int],
    cue_at: Mapping[int, Hit],
    lexicon: _Lexicon,
) -> dict[int, frozenset[str]]:
    """Return the cues that a noun takes from a plain verb that closes its clause: "zirve Bakü'de düzenlenecek".

    Not where a word behind the noun makes it an adjunct ("toplantı nedeniyle").
    """
    if lexicon.finite is None or not lexicon.forms:
        return {}
    verbs = {at for trigger in triggers for at in range(trigger.first, trigger.last)}
    found = {}
    for trigger in triggers:
        if trigger.voice != "noun":
            continue
        end = min(bounds[bisect_right(bounds, trigger.first)], trigger.last + _SPLIT)
        for at in range(trigger.last, end):
            hit = cue_at.get(at)
            if at in verbs or (hit is not None and (hit.senses.subordinator or "cause" in hit.senses.cues)):
                break
            if lexicon.finite.search(written[at]):
                found[trigger.first] = frozenset(cue for cue, form in lexicon.forms if form.search(written[at]))
                break
    return found


# A longer sentence is read in pieces, so that the work stays linear in the length of the text.
_LONGEST = 200


def _bounds(firsts: Sequence[int], count: int) -> list[int]:
    """Return where sentences begin, and the number of tokens."""
    bounds = [0]
    for first in (*firsts, count):
        while first - bounds[-1] > _LONGEST:
            bounds.append(bounds[-1] + _LONGEST)
        if first > bounds[-1]:
            bounds.append(first)
    return bounds


def _as_noun(trigger: Trigger, words: Sequence[str], cue_at: Mapping[int, Hit], lexicon: _Lexicon) -> Trigger:
    """Read a form that may be verb or noun as a noun behind an article or a preposition: "an attack", "of support"."""
    if trigger.voice != "active" or tuple(words[trigger.first : trigger.last]) not in lexicon.nouns:
        return trigger
    before = cue_at.get(trigger.first - 1)
    governed = before is not None and before.senses.preposition not in (None, "to") and not before.senses.cues
    article = trigger.first > 0 and words[trigger.first - 1] in lexicon.pack.articles
    return trigger._replace(voice="noun") if governed or article else trigger


def _inside_name(trigger: Trigger, tokens: Sequence[Token]) -> bool:
    """Whether a noun is part of a name: "the Collective Security Treaty Organization"; a headline is none."""
    around = tokens[max(trigger.first - 2, 0) : trigger.last + 2]
    inner = tokens[trigger.first].text.istitle() and len(around) == trigger.last - trigger.first + 4
    if trigger.voice != "noun" or not inner or not (around[1].text.istitle() and around[-2].text.istitle()):
        return False
    wider = [t for t in tokens[max(trigger.first - _HEADLINE, 0) : trigger.last + _HEADLINE] if t.kind == "word"]
    return sum(t.text.istitle() for t in wider) < len(wider) * _MOSTLY


def _is_named(hit: Hit, tokens: Sequence[Token]) -> bool:
    """Whether a cue is the name of something: capitalised between small words ("status Waspada dan", "in May and")."""
    if hit.first == 0 or hit.senses.preposition or hit.senses.subordinator or not tokens[hit.first].text.istitle():
        return False
    around = (tokens[hit.first - 1].text, tokens[hit.last].text if hit.last < len(tokens) else "")
    return all(word.isalpha() and word.islower() for word in around)


_HEADLINE, _MOSTLY = 8, 0.7


def is_passive(reading: Reading, trigger: Trigger) -> bool:
    """Tell whether what stands before a verb suffers: by its form, or by an auxiliary ("was killed")."""
    if trigger.voice != "active":
        return trigger.voice == "passive"
    auxiliaries = reading.pack.cues.get("passive", ())
    endings = reading.pack.passive_endings
    if not auxiliaries or (endings and not reading.words[trigger.first].endswith(endings)):
        return False
    return any(reading.words[at] in auxiliaries for at in range(max(trigger.first - 2, 0), trigger.first))


def _surnames(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the second words of two capitalised words in a row."""
    return frozenset(
        second.text
        for first, second in pairwise(tokens)
        if first.kind == second.kind == "word" and first.text[:1].isupper() and second.text.istitle()
    )


def _shouted(tokens: Sequence[Token], bounds: Sequence[int]) -> frozenset[int]:
    """Return the sentences of some length that have next to no word in lower case."""
    shouted = []
    for start, end in pairwise(bounds):
        words = [token.text for token in tokens[start:end] if token.kind == "word" and len(token.text) > 1]
        if len(words) >= _SHORT and sum(word.isupper() for word in words) > len(words) * _LOUD:
            shouted.append(start)
    return frozenset(shouted)


_SHORT, _LOUD = 4, 0.8


# How many words after a trigger are searched for an object, and before a passive one.
_OBJECT = 7


def _shifted(trigger: Trigger, words: Sequence[str], pack: EventPack) -> Trigger:
    """Change the mode of a trigger by its object, which stands after it, or before a passive."""
    after = words[trigger.last : trigger.last + _OBJECT]
    before = words[max(trigger.first - 2 * _OBJECT, 0) : trigger.first]
    passive = trigger.voice == "passive" or any(word in pack.cues.get("passive", ()) for word in before[-2:])
    window = before[::-1] if passive or pack.order == "sov" else after
    near = [*takewhile(_inside_clause, window)]
    if (
        pack.place_leads or pack.verb_second or pack.order == "free"
    ):  # and what stands before the verb with the place ("峰会将在西安举行")
        near += takewhile(_inside_clause, before[::-1])
    for shift in pack.shifts:
        if trigger.mode.name not in shift.of:
            continue
        if any(word in shift.objects for word in near):
            return trigger._replace(mode=modes()[shift.to])
    return trigger


def _inside_clause(word: str) -> bool:
    return word not in (".", ",", ";")


def trigger_at(reading: Reading, start: int, end: int) -> Trigger:
    """Return the trigger that covers a given span, or one of mode "other" where the pack knows none there."""
    first = reading.token_at(start)
    last = max(reading.token_at(end - 1) + 1, first + 1)
    for at in range(first, last):
        known = reading.trigger_at.get(at)
        if known:
            return Trigger(first, last, known.mode, known.voice)
    return Trigger(first, last, Mode("", EventType.OTHER), "active")


def _scan(words: Sequence[str], table: _Table) -> Iterator[Hit]:
    """Yield the longest phrases of a table, left to right, without overlaps."""
    done = 0
    for at, word in enumerate(words):
        if word not in table or at < done:
            continue
        for phrase, senses in table[word]:
            size = len(phrase)
            if size == 1 or tuple(words[at : at + size]) == phrase:
                yield Hit(at, at + size, senses)
                done = at + size
                break


def _spelt_as_name(hit: Hit, tokens: Sequence[Token]) -> bool:
    """Whether a proper name is written with a capital, where the script has them; common nouns always pass."""
    return not hit.senses.name or not tokens[hit.first].text[:1].islower()


_OPENING, _CLOSING, _EITHER = frozenset("“«„「『"), frozenset("”»」』"), '"'


def _quoted(words: Sequence[str], bounds: Sequence[int]) -> list[bool]:
    """Tell which tokens stand inside quotation marks; an unclosed quotation ends with the second sentence."""
    quoted = [False] * len(words)
    inside = False
    left = 0
    ends = set(bounds)
    for at, word in enumerate(words):
        if at in ends and inside:
            left -= 1
            inside = left > 0
        if word in _OPENING or (word == _EITHER and not inside):
            inside, left = True, 3
        elif word in _CLOSING or word == _EITHER:
            inside = False
        quoted[at] = inside
    return quoted


@functools.cache
def _lexicon(language: str) -> _Lexicon:
    pack = _folded(load(language, EventPack), language)
    parts = functools.partial(_phrase_parts, language=language)
    triggers = {parts(phrase): Senses(trigger=("blocker", "")) for phrase in pack.blockers}
    nouns: set[_Phrase] = set()
    split: dict[str, list[tuple[str, str]]] = {}
    for mode, words in pack.triggers.items():
        for voice, forms in _forms(words, pack.inflections).items():
            for form in forms:
                verb, gap, particle = form.partition(" … ")
                if gap:
                    split.setdefault(folded(verb, language), []).append((folded(particle, language), mode))
                    continue
                known = triggers.setdefault(parts(form), Senses(trigger=(voice, mode)))
                if voice == "noun" and known.trigger == ("active", mode):
                    nouns.add(parts(form))
    actors = {parts(name): Senses(actor=kind, name=True) for name, kind in pack.names.items()}
    for phrase, kind in _inverse(pack.actors, language):
        actors.setdefault(phrase, Senses(actor=kind))
    references = {phrase: Senses(reference=kind) for phrase, kind in _inverse(pack.references, language)}
    cues = _cues(pack, language)
    tables = (triggers, cues, actors, references)
    objects = chain.from_iterable(shift.objects for shift in pack.shifts)
    plain = (*pack.conjunctions, *pack.transparent, *pack.partitives, *pack.numerals, *objects)
    counted = (phrase for phrase, _ in _inverse(pack.quantities, language))
    spelling = _spelling(language, [*chain(*tables, counted, map(parts, plain))])
    by_trigger, by_cue, by_actor, by_reference = (
        _table({_stems(phrase, spelling): senses for phrase, senses in table.items()}) for table in tables
    )
    return _Lexicon(
        pack=pack,
        triggers=by_trigger,
        cues=by_cue,
        actors=by_actor,
        references=by_reference,
        spelling=spelling,
        forms=tuple((cue, re.compile(form)) for cue, form in pack.forms.items()),
        finite=re.compile(pack.finite) if pack.finite else None,
        split={verb: tuple(rows) for verb, rows in split.items()},
        nouns=frozenset(nouns),
    )


def _spelling(language: str, phrases: Sequence[_Phrase]) -> Spelling:
    alone = {phrase[0] for phrase in phrases if len(phrase) == 1}
    return Spelling(language, alone, {word for phrase in phrases if len(phrase) > 1 for word in phrase})


def _stems(phrase: _Phrase, spelling: Spelling) -> _Phrase:
    return phrase if len(phrase) == 1 else tuple(map(spelling.stem, phrase))


def _folded(pack: EventPack, language: str) -> EventPack:
    """Return a pack whose plain lists of words are written as `Reading.words` are."""

    def fold(words: Iterable[str]) -> frozenset[str]:
        return frozenset(folded(word, language) for word in words)

    return dataclasses.replace(
        pack,
        shifts=tuple(dataclasses.replace(shift, objects=fold(shift.objects)) for shift in pack.shifts),
        transparent=fold(pack.transparent),
        partitives=fold(pack.partitives),
        conjunctions=fold(pack.conjunctions),
        numerals={folded(word, language): value for word, value in pack.numerals.items()},
    )


def _cues(pack: EventPack, language: str) -> dict[_Phrase, Senses]:
    """Return the senses of the phrases that qualify events; one phrase may have several."""
    cues: dict[_Phrase, Senses] = {}
    for phrase, kind in _inverse(pack.cues, language):
        known = cues.get(phrase, Senses())
        cues[phrase] = known._replace(cues=known.cues | {kind})
    for phrase, kind in _inverse(pack.prepositions, language):
        cues[phrase] = cues.get(phrase, Senses())._replace(preposition=kind)
    for phrase, kind in _inverse(pack.postpositions, language):
        cues[phrase] = cues.get(phrase, Senses())._replace(postposition=kind)
    for phrase, kind in _inverse(pack.subordinators, language):
        cues[phrase] = cues.get(phrase, Senses())._replace(subordinator=kind)
    return cues


def _inverse(groups: Mapping[str, Sequence[str]], language: str) -> Iterator[tuple[_Phrase, str]]:
    return ((_phrase_parts(phrase, language), kind) for kind, phrases in groups.items() for phrase in phrases)


def phrase_words(phrase: str, language: str) -> tuple[str, ...]:
    """Return the words of a phrase of a pack, as `Reading.words` holds them."""
    return _stems(_phrase_parts(phrase, language), _lexicon(language).spelling)


def _phrase_parts(phrase: str, language: str) -> tuple[str, ...]:
    """Return the words of a phrase of a pack, folded."""
    phrase = folded(phrase, language)
    if phrase.replace(" ", "").isalpha():
        return tuple(phrase.split())
    return tuple(token.text for token in tokenise(phrase))


def _forms(words: Words, inflections: Sequence[Inflection]) -> Mapping[str, list[str]]:
    """Return the forms of a mode by voice."""
    forms = {"active": list(words.active), "passive": list(words.passive), "noun": list(words.nouns)}
    for phrase in words.roots:
        root, _, rest = phrase.partition(" ")
        rule = next((rule for rule in inflections if rule.applies(root)), None)
        if rule is None:
            forms["active"].append(phrase)
            continue
        for voice, templates in (("active", rule.active), ("passive", rule.passive), ("noun", rule.nouns)):
            forms[voice] += [f"{_fill(template, root)} {rest}".rstrip() for template in templates]
    return forms


def _fill(template: str, root: str) -> str:
    """Put a root into a template: ``mem{1:}kan`` and "pakai" give "memakaikan"."""
    out = []
    for part in template.split("{"):
        cut, brace, tail = part.partition("}")
        if not brace:
            out.append(part)
            continue
        first, _, last = cut.partition(":")
        out.append(root[int(first) if first else None : int(last) if last else None] + tail)
    return "".join(out)


def _table(phrases: Mapping[_Phrase, Senses]) -> _Table:
    table: dict[str, list[tuple[_Phrase, Senses]]] = {}
    for parts, senses in phrases.items():
        table.setdefault(parts[0], []).append((parts, senses))
    return {first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in table.items()}
