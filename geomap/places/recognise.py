"""Which stretches of a text name a place.

Longest gazetteer matches, weighed by evidence: capitals, how prominent the place is, the words around it, the names
beside it. Each piece of evidence adds to a score; a match is a mention when the score reaches a threshold. A name that
is a place once is one elsewhere in the same text.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.places import borders, references
from geomap.places.scan import Words, matches_at
from geomap.record import Mention, MentionKind, PlaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geomap.gazetteer.store import Store
    from geomap.places.scan import Match
    from geomap.record import Record, Sentence

__all__ = ["find_mentions"]

# Evidence, in units of the store's prior (which grows by one for each tenfold of people). Set by hand on the dev
# corpora of several languages; they weigh how often each context holds a place.
_THRESHOLD = 4.2
_PREPOSITION = 1.6
_PARENT_FOLLOWS = 3.0
_GENERIC = 3.0
_LISTED = 1.0
_SEVERAL_WORDS = 1.2
_UNTAGGED = -0.8
_OLD = -0.5
_HEAD_OF_SENTENCE = -0.8
_COMMON_WORD = -3.5
_SHORT_NAME = -1.0
_NAME_BEFORE = -2.6
_NAME_AFTER = -1.6
_TITLE_BEFORE = -4.0
_LOUD = -1.0
_ELSEWHERE = 2.0  # the same name is a mention elsewhere in this text
_ACRONYM = -3.0  # NATO is a village too
_COUNTRY = 2.5  # a country's name is rarely anything else

_FACILITY_KINDS = frozenset(
    {
        PlaceKind.AIRPORT,
        PlaceKind.PORT,
        PlaceKind.UNIVERSITY,
        PlaceKind.BASE,
        PlaceKind.CROSSING,
        PlaceKind.BRIDGE,
        PlaceKind.TUNNEL,
        PlaceKind.DAM,
        PlaceKind.NUCLEAR,
        PlaceKind.GOVERNMENT,
        PlaceKind.ORGANISATION,
        PlaceKind.CAMP,
        PlaceKind.TERMINAL,
        PlaceKind.STADIUM,
        PlaceKind.SQUARE,
        PlaceKind.FACILITY,
    }
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A match with its evidence."""

    match: Match
    score: float
    kind: MentionKind


def find_mentions(record: Record, store: Store, *, spans: Sequence[tuple[int, int]] | None = None) -> Record:
    """Find the place names of a text.

    Parameters
    ----------
    record
        With tokens, sentences and dates; nothing that is a date is a place.
    store
        An open gazetteer.
    spans
        Spans to take as given instead, as ``(start, end)`` pairs; one out of range is left out.

    Returns
    -------
    The record with `mentions`, in text order, without overlaps, and without candidates yet.
    """
    words = Words(record.article.text, record.tokens, record.language)
    if spans is not None:
        mentions = _given(record.article.text, spans, words)
    else:
        found = _matches(record, store, words)
        mentions = [_mention(item, words) for item in found]
        mentions = borders.join(mentions, words, store)
        mentions += references.find(mentions, words)
    return dataclasses.replace(record, mentions=tuple(sorted(mentions, key=lambda m: (m.start, m.end))))


def _given(text: str, spans: Sequence[tuple[int, int]], words: Words) -> list[Mention]:
    """Make mentions of spans that the caller knows."""
    mentions = []
    for start, end in sorted(set(spans)):
        if not 0 <= start < end <= len(text):
            continue
        first, last = words.index(start), words.index(end)
        name, wanted = _without_generic(words, first, last) if first < last else (text[start:end], ())
        mentions.append(Mention(start, end, text[start:end], name=name or text[start:end], wanted=wanted))
    return mentions


def _matches(record: Record, store: Store, words: Words) -> list[_Found]:
    """Return the accepted matches in text order."""
    taken = [False] * len(words.tokens)
    for date in record.dates:
        for index in range(words.index(date.start), words.index(date.end)):
            taken[index] = True
    heads, loud = _sentence_flags(record.sentences, words)
    accepted: list[_Found] = []
    doubtful: list[_Found] = []
    index = 0
    while index < len(words.tokens):
        if taken[index] or not _may_start(words, index):
            index += 1
            continue
        best = _weigh_at(store, words, index, head=index in heads, loud=loud[index], previous=accepted[-1:])
        if best is None:
            index += 1
        elif best.score >= _THRESHOLD:
            accepted.append(best)
            index = best.match.last
        else:
            doubtful.append(best)
            index += 1
    known = {item.match.key for item in accepted if item.kind is not MentionKind.EMBEDDED}
    again = [item for item in doubtful if item.match.key in known and item.score + _ELSEWHERE >= _THRESHOLD]
    return _disjoint(accepted + again)


def _disjoint(found: list[_Found]) -> list[_Found]:
    """Drop a match that overlaps a longer one."""
    kept: list[_Found] = []
    for item in sorted(found, key=lambda f: (f.match.start, -f.match.end)):
        if not kept or item.match.start >= kept[-1].match.end:
            kept.append(item)
    return kept


def _sentence_flags(sentences: Sequence[Sentence], words: Words) -> tuple[set[int], list[bool]]:
    """Tell which tokens open a sentence, and which stand in one whose capitals say nothing.

    A headline "Flood Hits Two Towns" or "FLOOD HITS TWO TOWNS" writes every word with a capital.
    """
    heads: set[int] = set()
    loud = [False] * len(words.tokens)
    for sentence in sentences:
        first, last = words.index(sentence.start), words.index(sentence.end)
        inner = [i for i in range(first, last) if words.is_word(i)]
        if inner:
            heads.add(inner[0])
        long_words = [i for i in inner if len(words.lower[i]) > 3]
        capitals = sum(words.capital[i] for i in long_words)
        if len(long_words) >= 4 and capitals >= 0.8 * len(long_words):
            loud[first:last] = [True] * (last - first)
    # An opening quotation mark opens a sentence too.
    for index in range(1, len(words.tokens)):
        if words.tokens[index - 1].text in '“"«„‘—' and words.is_word(index):
            heads.add(index)
    return heads, loud


def _may_start(words: Words, index: int) -> bool:
    """Tell whether a name may begin at a token."""
    if not words.is_word(index):
        return False
    if index and words.tokens[index - 1].text == "@" and words.joined(index - 1):
        return False  # a handle
    return words.capital[index] or not words.rules.cased or not words.tokens[index].text[0].islower()


def _weigh_at(
    store: Store, words: Words, index: int, *, head: bool, loud: bool, previous: list[_Found]
) -> _Found | None:
    """Return the longest acceptable match at a token, or the best doubtful one."""
    best: _Found | None = None
    for match in matches_at(store, words, index):
        found = _weigh(store, words, match, head=head, loud=loud, previous=previous)
        if found is None:
            continue
        if found.score >= _THRESHOLD:
            return found
        if best is None or found.score > best.score:
            best = found
    return best


def _weigh(
    store: Store, words: Words, match: Match, *, head: bool, loud: bool, previous: list[_Found]
) -> _Found | None:
    """Add up the evidence for one match; None where it cannot be a place."""
    if not _written_as_name(words, match):
        return None
    single = match.last - match.first == 1
    if head and single and words.lower[match.first] in words.uncapitalised:
        return None
    reading = _reading(store, words, match)
    if reading is None:
        return None
    name_class, prior, kind = reading
    score = prior + sum(_evidence_of_name(words, match, name_class, kind))
    score += _HEAD_OF_SENTENCE * head + _LOUD * loud
    if words.rules.cased:
        score += _neighbours(words, match, country=kind is PlaceKind.COUNTRY, loud=loud)
    score += sum(_evidence_around(store, words, match))
    if previous and _listed(words, previous[-1].match.last, match.first):
        score += _LISTED
    return _Found(match, score, _mention_kind(words, match, name_class, kind))


def _evidence_of_name(words: Words, match: Match, name_class: NameClass, kind: PlaceKind) -> Iterator[float]:
    """Yield the evidence that the name itself gives."""
    if kind is PlaceKind.COUNTRY:
        yield _COUNTRY
    if name_class is NameClass.UNTAGGED:
        yield _UNTAGGED
    if name_class is NameClass.OLD:
        yield _OLD
    several = match.last - match.first > 1
    if words.is_common(match):
        yield _COMMON_WORD
    elif several:
        yield _SEVERAL_WORDS
    if several:
        return
    if match.end - match.start <= 3 and words.rules.spaced and name_class is not NameClass.ABBREVIATION:
        yield _SHORT_NAME
    surface = words.text[match.start : match.end]
    if name_class is not NameClass.ABBREVIATION and surface.isupper() and not words.opens_line(match.first):
        yield _ACRONYM


def _evidence_around(store: Store, words: Words, match: Match) -> Iterator[float]:
    """Yield the evidence of the words around a match."""
    if words.generic_before(match.first) or words.generic_after(match.last):
        yield _GENERIC
    elif match.first and words.lower[match.first - 1] in words.rules.prepositions:
        yield _PREPOSITION
    if _parent_follows(store, words, match.last):
        yield _PARENT_FOLLOWS


def _written_as_name(words: Words, match: Match) -> bool:
    """Tell whether capitals stand where a name has them."""
    if not words.rules.cased:
        return True
    first, last = match.first, match.last
    inner = [i for i in range(first, last) if words.tokens[i].kind == "word"]
    if not inner or not _is_capital(words, inner[0]) or not _is_capital(words, inner[-1]):
        return False
    return all(
        _is_capital(words, i) or words.lower[i] in words.rules.connectors or len(words.lower[i]) <= 3 for i in inner
    )


def _is_capital(words: Words, index: int) -> bool:
    token = words.tokens[index].text
    return words.capital[index] or not token[0].islower()  # a script without capitals


def _reading(store: Store, words: Words, match: Match) -> tuple[NameClass, float, PlaceKind] | None:
    """Return how the name is best read: class of the name, prior and kind of the place; None for no name here."""
    best: tuple[NameClass, float, PlaceKind] | None = None
    for posting in store.postings(match.key):
        name_class, row = NameClass(int(posting["kind"])), int(posting["row"])
        if name_class is NameClass.CODE:
            continue
        kind = store.kind(row)
        if name_class is NameClass.ABBREVIATION and not _written_as_abbreviation(words, match, kind):
            continue
        reading = (name_class, float(store.places["prior"][row]), kind)
        if best is None or reading[1] > best[1]:
            best = reading
    return best


def _written_as_abbreviation(words: Words, match: Match, kind: PlaceKind) -> bool:
    """Tell whether a match is written as an abbreviation: "AS", "U.S.", "Lexington, Ky."; not "as", nor "OR" alone.

    Short forms of first-level units stand after the comma behind a town, and hardly ever alone.
    """
    surface = words.text[match.start : match.end]
    stop = words.text[match.end : match.end + 1] == "."
    letters = sum(letter.isalpha() for letter in surface)
    if letters < 2 or not (surface.isupper() or stop):
        return False
    after_comma = match.first > 0 and words.tokens[match.first - 1].text == ","
    return kind is PlaceKind.COUNTRY or "." in surface or after_comma


def _neighbours(words: Words, match: Match, *, country: bool, loud: bool) -> float:
    """Weigh the capitalised words right beside a match: they make it a part of a longer name."""
    rules_, first, last = words.rules, match.first, match.last
    score = 0.0
    left, right = first - 1, last
    if words.joined(left) and words.is_word(left):
        word = words.tokens[left].text
        if word.rstrip(".") in rules_.titles or (word + ".") in rules_.titles:
            return _TITLE_BEFORE
        if words.capital[left] and not loud and word not in rules_.offices and not words.generic_before(first):
            known = words.lower[left] in rules_.common or words.lower[left] in rules_.prepositions
            if not known:
                score += _NAME_BEFORE * (0.4 if country else 1.0)
    elif words.tokens[left].text == "." and words.is_word(left - 1) and words.tokens[left - 1].text in rules_.titles:
        return _TITLE_BEFORE
    if words.joined(last - 1) and words.is_word(right) and words.capital[right] and not loud and not country:
        follows = words.tokens[right].text
        if follows not in rules_.offices and not words.generic_after(last):
            score += _NAME_AFTER
    return score


def _mention_kind(words: Words, match: Match, name_class: NameClass, kind: PlaceKind) -> MentionKind:
    if name_class is NameClass.DEMONYM:
        return MentionKind.DEMONYM
    if kind in _FACILITY_KINDS:
        return MentionKind.FACILITY
    if _in_organisation(words, match):
        return MentionKind.EMBEDDED
    return MentionKind.TOPONYM


def _in_organisation(words: Words, match: Match) -> bool:
    """Tell whether a match is part of an organisation's name ("Bank Jakarta", "Boston Globe")."""
    organisations = words.rules.organisations
    left, right = match.first - 1, match.last
    if words.joined(left) and words.is_word(left) and words.tokens[left].text in organisations:
        return True
    return words.joined(right - 1) and words.is_word(right) and words.tokens[right].text in organisations


def _parent_follows(store: Store, words: Words, last: int) -> bool:
    """Tell whether ", <country or first-level unit>" follows ("Paris, Texas", "Bandung, Jawa Barat")."""
    if last + 1 >= len(words.tokens) or words.tokens[last].text != ",":
        return False
    for match in matches_at(store, words, last + 1):
        reading = _reading(store, words, match) if _written_as_name(words, match) else None
        if reading and reading[2] in (PlaceKind.COUNTRY, PlaceKind.ADMIN1) and reading[0] is not NameClass.DEMONYM:
            return True
    return False


def _listed(words: Words, previous_last: int, first: int) -> bool:
    """Tell whether a match follows another place in a list ("Rusia, Armenia dan Kazakhstan")."""
    gap = words.text[words.tokens[previous_last - 1].end : words.tokens[first].start].strip()
    return gap in (",", "–", "-", "/") or gap.strip(", ").casefold() in words.rules.border.joiners


def _mention(found: _Found, words: Words) -> Mention:
    """Turn a match into a mention, with the generic term beside it."""
    match = found.match
    start, end = match.start, match.end
    wanted: tuple[PlaceKind, ...] = ()
    first, last = match.first, match.last
    if before := words.generic_before(first):
        start, wanted = words.tokens[first - before[1]].start, (before[0],)
    elif (after := words.generic_after(last)) and found.kind is not MentionKind.EMBEDDED:
        end, wanted = words.tokens[last + after[1] - 1].end, (after[0],)
    text = words.text
    return Mention(start, end, text[start:end], found.kind, name=text[match.start : match.end], wanted=wanted)


def _without_generic(words: Words, first: int, last: int) -> tuple[str, tuple[PlaceKind, ...]]:
    """Divide a given span into the name proper and the kind that its generic term asks for."""
    text, tokens = words.text, words.tokens
    for size in range(1, min(3, last - first - 1) + 1):
        if (before := words.generic_before(first + size)) and before[1] == size:
            return text[tokens[first + size].start : tokens[last - 1].end], (before[0],)
        if (after := words.generic_after(last - size)) and after[1] == size:
            return text[tokens[first].start : tokens[last - size - 1].end], (after[0],)
    return text[tokens[first].start : tokens[last - 1].end], ()
