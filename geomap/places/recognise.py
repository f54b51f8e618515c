"""Which stretches of a text name a place.

The gazetteer and the tagger propose (`geomap.places.proposals`), a forest weighs the evidence for each proposal, and
the likeliest that do not overlap become mentions.
"""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geomap.gazetteer.entry import NameClass
from geomap.places import borders, metonyms, references
from geomap.places.proposals import FEATURES, propose
from geomap.places.scan import words_of
from geomap.places.tagger import marginals
from geomap.places.trees import Forest
from geomap.record import Mention, MentionKind, PlaceKind
from geomap.text.normalise import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geomap.gazetteer.store import Store
    from geomap.places.proposals import Proposal
    from geomap.places.recognisers import Recogniser
    from geomap.places.scan import Words
    from geomap.record import Record

__all__ = ["FOREST", "THRESHOLD", "choose", "find_mentions"]

FOREST = Path(__file__).with_name("spans.json")
# Best for end-to-end F1 on the dev corpora; lower finds more and errs more.
THRESHOLD = 0.42
# A name that is sure elsewhere in the text needs this share of it.
_AGAIN = 0.3
_SHORT_COUNTRY = 0.8
_FULL_NAME = 0.6

_FACILITIES = frozenset(
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
# A parliament or a court is spoken of as a body rather than as its house.
_SITES = _FACILITIES - {PlaceKind.GOVERNMENT, PlaceKind.ORGANISATION}


def find_mentions(
    record: Record,
    store: Store,
    *,
    spans: Sequence[tuple[int, int]] | None = None,
    recogniser: Recogniser = marginals,
) -> Record:
    """Find the place names of a text.

    Parameters
    ----------
    record
        With tokens, sentences and dates; nothing that is a date is a place.
    store
        An open gazetteer.
    spans
        Spans to take as given instead, as ``(start, end)`` pairs; one out of range is left out.
    recogniser
        What tells names of places from those of people and organisations.

    Returns
    -------
    The record with `mentions`, in text order, without overlaps, and without candidates yet. Their confidence is the
    probability that they are mentions at all.
    """
    words = words_of(record)
    if spans is not None:
        mentions = _given(record.article.text, spans, words)
    else:
        proposals, evidence = propose(record, words, store, recogniser)
        chosen = choose(proposals, _chances(proposals, evidence), THRESHOLD)
        mentions = [_mention(proposal, chance, words) for proposal, chance in chosen]
        mentions = metonyms.mark(mentions, words, store)
        mentions = borders.join(mentions, words, store)
        mentions += references.find(mentions, words)
    return dataclasses.replace(record, mentions=tuple(sorted(mentions, key=lambda m: (m.start, m.end))))


def _chances(proposals: Sequence[Proposal], evidence: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probability of each proposal.

    Two are taken for what they are whatever the tagger thinks: the short form of a country in capitals, where not all
    is in capitals, and the full name of a building or site, which is most often an organisation's too.
    """
    chances = _forest().probability(evidence)
    column = {name: evidence[:, index] > 0 for index, name in enumerate(FEATURES)}
    short = column["country"] & column["abbreviation"] & ~column["loud"]
    chances[short] = np.maximum(chances[short], _SHORT_COUNTRY)
    several = evidence[:, FEATURES.index("words")] > 1
    site = np.array([proposal.kind in _SITES for proposal in proposals], bool) & several & column["main_name"]
    chances[site] = np.maximum(chances[site], _FULL_NAME)
    return chances


@functools.cache
def _forest() -> Forest:
    return Forest.load(FOREST)


def choose(
    proposals: Sequence[Proposal], chances: NDArray[np.float64], threshold: float
) -> list[tuple[Proposal, float]]:
    """Return the likeliest proposals that do not overlap, with their probabilities, in text order.

    A name that is a place once in a text is one elsewhere in it, on less evidence.
    """
    order = sorted(range(len(proposals)), key=lambda i: (-chances[i], -proposals[i].match.last, i))
    taken: set[int] = set()
    chosen: list[tuple[Proposal, float]] = []
    sure: set[str] = set()
    for least in (threshold, threshold * _AGAIN):
        for index in order:
            match = proposals[index].match
            if chances[index] < least or (least < threshold and match.key not in sure):
                continue
            if taken.isdisjoint(range(match.first, match.last)):
                taken.update(range(match.first, match.last))
                chosen.append((proposals[index], float(chances[index])))
                sure.add(match.key)
    return sorted(chosen, key=lambda item: item[0].match.start)


def _given(text: str, spans: Sequence[tuple[int, int]], words: Words) -> list[Mention]:
    """Make mentions of spans that the caller knows."""
    mentions = []
    for start, end in sorted(set(spans)):
        if not 0 <= start < end <= len(text):
            continue
        first, last = words.index(start), words.index(end)
        name, wanted = _without_generic(words, first, last) if first < last else (text[start:end], ())
        mentions.append(
            Mention(start, end, text[start:end], name=name or text[start:end], wanted=wanted, confidence=1.0)
        )
    return mentions


def _mention(proposal: Proposal, chance: float, words: Words) -> Mention:
    """Turn a proposal into a mention, with the generic term beside it."""
    match, text = proposal.match, words.text
    start, end = match.start, match.end
    wanted: tuple[PlaceKind, ...] = ()
    name = text[start:end]
    kind = _kind(proposal, words)
    if proposal.kind is None:  # the tagger's own: the generic term stands inside
        name, wanted = _without_generic(words, match.first, match.last)
        return Mention(start, end, text[start:end], kind, name=name, wanted=wanted, confidence=chance)
    if key(name) != match.key:
        name = match.key  # inflected here
    if before := words.generic_before(match.first):
        start, wanted = words.tokens[match.first - before[1]].start, (before[0],)
    elif (after := words.generic_after(match.last)) and kind is not MentionKind.EMBEDDED:
        end, wanted = words.tokens[match.last + after[1] - 1].end, (after[0],)
    if wanted and wanted[0] in _FACILITIES:
        kind = MentionKind.FACILITY
    return Mention(start, end, text[start:end], kind, name=name, wanted=wanted, confidence=chance)


def _kind(proposal: Proposal, words: Words) -> MentionKind:
    match = proposal.match
    if proposal.name_class is NameClass.DEMONYM:
        return MentionKind.DEMONYM
    if (proposal.kind or proposal.generic) in _FACILITIES:
        return MentionKind.FACILITY
    # "Bank of Ireland", "Bank Jakarta", "Boston Globe"
    if words.hangs_on(match.first, words.rules.organisations):
        return MentionKind.EMBEDDED
    for beside, joint in ((match.first - 1, match.first - 1), (match.last, match.last - 1)):
        if words.joined(joint) and words.is_word(beside) and words.tokens[beside].text in words.rules.organisations:
            return MentionKind.EMBEDDED
    return MentionKind.TOPONYM


def _without_generic(words: Words, first: int, last: int) -> tuple[str, tuple[PlaceKind, ...]]:
    """Divide a given span into the name proper and the kind that its generic term asks for."""
    text, tokens = words.text, words.tokens
    for size in range(1, min(3, last - first - 1) + 1):
        if (before := words.generic_before(first + size)) and before[1] == size:
            return text[tokens[first + size].start : tokens[last - 1].end], (before[0],)
        if (after := words.generic_after(last - size)) and after[1] == size:
            return text[tokens[first].start : tokens[last - size - 1].end], (after[0],)
    return text[tokens[first].start : tokens[last - 1].end], ()
