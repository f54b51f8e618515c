"""Where names of the gazetteer stand in a text: longest matches at token boundaries."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geomap.gazetteer.entry import NameClass
from geomap.places.rules import common_keys, generic_phrases, phrase_words, rules
from geomap.text.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geomap.gazetteer.store import Store
    from geomap.places.rules import Phrases
    from geomap.record import PlaceKind, Record, Token

__all__ = ["Match", "Words", "dictionary_forms", "inflected", "matches_at", "words_of"]

_APOSTROPHES = frozenset("'’ʼ")
_APOSTROPHE = re.compile("['’ʼ]")
_HYPHENS = frozenset("-‐‑–")
# A text of so many words without one capital says nothing by them.
_MUTE = 4
# An inflected name is looked up by at most so many of its dictionary forms a word, over so many tokens.
_MOST_FORMS = 32
_MOST_TOKENS = 6
_LONGEST_ENDING = 5
_SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class Match:
    """A name of the gazetteer at tokens ``[first, last)``; `key` is its key in the store."""

    start: int
    end: int
    first: int
    last: int
    key: str


class Words:
    """The tokens of a text with what the recogniser asks of them, computed once."""

    def __init__(self, text: str, tokens: Sequence[Token], language: str) -> None:
        self.text = text
        self.language = language
        self.normalised = normalise(text.replace("_", " "))  # a hashtag has underscores for spaces
        self.tokens = tokens
        self.rules = rules(language)
        self._common = common_keys(language)
        self._before, self._after, self._small_after = generic_phrases(language)
        sizes: dict[str, int] = {}
        for found in self._before.values():
            for phrase, _ in found:
                sizes[phrase[0]] = max(sizes.get(phrase[0], 0), len(phrase))
        self._longest_before = sizes  # by first word
        self.lower = [token.text.casefold() for token in tokens]
        # Without what an apostrophe divides from the end: "Gölü'nde", "River's".
        self._bare = [low if low.isalpha() else _APOSTROPHE.split(low, 1)[0] for low in self.lower]
        self.capital = [not token.text.islower() and _has_capital(token.text) for token in tokens]
        self.ends = {token.end: index for index, token in enumerate(tokens)}
        self._starts = [token.start for token in tokens]
        position = self.normalised.position
        self.begins = [position(start) for start in self._starts]  # of each token in the normalised text
        self.stops = {position(end) for end in self.ends}  # where one ends there
        self.matches: dict[int, Sequence[Match]] = {}  # what `matches_at` has found
        self._forms: dict[str, tuple[str, ...]] = {}
        # Whether capitals mark names here: not in a text that has none.
        self.cased = self.rules.cased and (any(self.capital) or len(tokens) < _MUTE)
        # Where a name may begin or end: with a capital, or a generic term ("mer Noire").
        self.outer = [
            not self.cased or tall or not token.text[0].islower() or self.is_generic(index)
            for index, (token, tall) in enumerate(zip(tokens, self.capital, strict=True))
        ]
        # Words that the text itself also writes without a capital are no names at the head of a sentence.
        small = {low for low, tall in zip(self.lower, self.capital, strict=True) if not tall}
        self.uncapitalised = small if self.cased else set()

    def index(self, offset: int) -> int:
        """Return the index of the first token that starts at or after an offset."""
        return bisect_left(self._starts, offset)

    def token_at(self, offset: int) -> int:
        """Return the index of the token that holds an offset, or else of the one before it."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def last_token(self, end: int) -> int | None:
        """Return the index after the token that ends at an offset, or that has its apostrophe there; else None."""
        index = self.ends.get(end)
        if index is not None:
            return index + 1
        return self.index(end) if self.text[end : end + 1] in _APOSTROPHES else None

    def joined(self, left: int) -> bool:
        """Tell whether token `left` and the next stand side by side, with at most a space or dash between them."""
        if not 0 <= left < len(self.tokens) - 1:
            return False
        gap = self.text[self.tokens[left].end : self.tokens[left + 1].start]
        return gap in ("", " ", "\u00a0")

    def is_connector(self, word: str) -> bool:
        """Tell whether a word in lower case may stand inside names: an article, a clitic."""
        return word in self.rules.connectors or word.replace("’", "'") in self.rules.clitics

    def is_word(self, index: int) -> bool:
        """Tell whether there is a word at an index."""
        return 0 <= index < len(self.tokens) and self.tokens[index].kind == "word"

    def generic_before(self, index: int) -> tuple[PlaceKind, int] | None:
        """Return kind and number of words of the generic term that ends right before a token ("Sungai", "Gulf of")."""
        if not self.joined(index - 1):
            return None
        for phrase, kind in self._before.get(self.lower[index - 1], ()):
            if tuple(self.lower[max(index - len(phrase), 0) : index]) == phrase:
                return kind, len(phrase)
        return None

    def generic_after(self, index: int) -> tuple[PlaceKind, int] | None:
        """Return kind and number of words of the generic term that starts at a token.

        It has a capital where the language pack writes it with one ("River", but "область").
        """
        if not self.joined(index - 1):
            return None
        return self.generic_at(index, self._after if self.capital[index] else self._small_after)

    def generic_at(self, index: int, table: Phrases | None = None) -> tuple[PlaceKind, int] | None:
        """Return kind and number of words of the generic term that starts at a token."""
        for phrase, kind in (self._after if table is None else table).get(self._bare[index], ()):
            if tuple(self._bare[index : index + len(phrase)]) == phrase:
                return kind, len(phrase)
        return None

    def opens_generic(self, index: int) -> bool:
        """Tell whether a token is the first word of a generic term for the name behind it."""
        return self.lower[index] in self._longest_before

    def generic_from(self, index: int) -> tuple[PlaceKind, int] | None:
        """Return kind and number of words of the generic term for the name behind it that starts at a token."""
        best: tuple[PlaceKind, int] | None = None
        for size in range(1, self._longest_before.get(self.lower[index], 0) + 1):
            if index + size < len(self.tokens) and (found := self.generic_before(index + size)) and found[1] == size:
                best = found
        return best

    def generic_inside(self, first: int, last: int) -> PlaceKind | None:
        """Return the kind that a name's own first or last words say: "Pittsburg Landing", "Rio Bravo"."""
        for size in range(1, last - first):
            if (before := self.generic_before(first + size)) and before[1] == size:
                return before[0]
            if (after := self.generic_after(last - size)) and after[1] == size:
                return after[0]
        return None

    def hangs_on(self, first: int, nouns: frozenset[str]) -> bool:
        """Tell whether a name hangs on one of some nouns by a connector: "Duke of York", "Banco de España"."""
        if not (self.joined(first - 1) and self.joined(first - 2)):
            return False
        return self.is_connector(self.lower[first - 1]) and self.tokens[first - 2].text in nouns

    def opens_line(self, index: int) -> bool:
        """Tell whether a token is the first of a line, as the town of a dateline is."""
        return index == 0 or "\n" in self.text[self.tokens[index - 1].end : self.tokens[index].start]

    def is_common(self, match: Match) -> bool:
        """Tell whether a match, or the name it is a form of, is more often no name."""
        single = match.last - match.first == 1
        return match.key in self._common or (single and self.lower[match.first] in self.rules.common)

    def is_generic(self, index: int) -> bool:
        """Tell whether a word is, or begins or ends, a generic term."""
        return self.lower[index] in self._before or self.lower[index] in self._after

    def forms(self, index: int) -> tuple[str, ...]:
        """Return a token in normal form, then what it may read in the dictionary if it is inflected."""
        token = self.tokens[index]
        found = self._forms.get(token.text)
        if found is None:
            word = self.normalised.text[self.begins[index] : self.normalised.position(token.end)]
            found = self._forms[token.text] = dictionary_forms(word, self.rules.endings)
        return found

    def run(self, first: int, most: int) -> Iterator[int]:
        """Yield the indices of the words from a token on that only spaces and hyphens divide."""
        for index in range(first, min(first + most, len(self.tokens))):
            if self.is_word(index):
                yield index
            elif self.tokens[index].text not in _HYPHENS or index == first or not self._touches(index):
                return
            if not self.joined(index):
                return

    def _touches(self, index: int) -> bool:
        """Tell whether no space stands on either side of a token."""
        left, token, *right = self.tokens[index - 1 : index + 2]
        return left.end == token.start and bool(right) and token.end == right[0].start

    def phrase_at(self, index: int, phrases: Iterable[str]) -> int:
        """Return how many tokens from `index` on form the longest of some casefolded phrases; 0 for none."""
        best = 0
        for phrase in phrases:
            words = phrase_words(phrase)
            if len(words) > best and tuple(self.lower[index : index + len(words)]) == words:
                best = len(words)
        return best


_latest: tuple[Sequence[Token], Words] | None = None


def words_of(record: Record) -> Words:
    """Return the words of a record. Those of the record asked for last are kept: several stages in a row need them."""
    global _latest  # noqa: PLW0603 one slot
    known = _latest
    if known is None or known[0] is not record.tokens or known[1].language != record.language:
        known = record.tokens, Words(record.article.text, record.tokens, record.language)
        _latest = known
    return known[1]


def _has_capital(word: str) -> bool:
    """Tell whether a word begins with a capital or, as "eThekwini" and "dell'Aquila" do, carries one inside."""
    if word[0].isupper() or any(letter.isupper() for letter in word[1:3]):
        return True
    return any(word[word.find(mark) + 1 :][:1].isupper() for mark in _APOSTROPHES if mark in word)


def matches_at(store: Store, words: Words, first: int) -> Sequence[Match]:
    """Return the gazetteer names that begin at a token, longest first, and those that stand there as such first.

    A name must end where a token ends, or before the apostrophe of one ("Dushanbe's"). A clitic of the language may
    stand before the name, inside the same token, and the two may be contracted ("للعراق"). Where the language inflects
    names, so may the text.
    """
    found = words.matches.get(first)
    if found is None:
        found = words.matches[first] = _find(store, words, first)
    return found


def _find(store: Store, words: Words, first: int) -> Sequence[Match]:
    """Look for the names that begin at a token; for inflected ones only where it is written as a name."""
    rules_ = words.rules
    begin = words.begins[first]
    found = _plain(store, words, first, begin)
    if rules_.clitics or rules_.contractions:
        word = words.forms(first)[0]
        for clitic in rules_.clitics:
            if word.startswith(clitic) and len(word) > len(clitic) + 1:
                found += _plain(store, words, first, begin + len(clitic))
        for written, full in rules_.contractions.items():
            if word.startswith(written):
                found = [*_varied(store, words, first, begin, written=written, full=full), *found]
    inflects = rules_.endings and (words.capital[first] or not words.cased)
    forms = list(_inflected(store, words, first)) if inflects else []
    if not forms and len(found) < 2:
        return found
    if not forms:
        return sorted(found, key=lambda match: -match.end)
    # What stands there as such and is no place ("Georgiens" is French for people) comes after a form of one.
    return sorted(found + forms, key=lambda match: (-match.end, _prominence(store, match.key) == 0))


def _plain(store: Store, words: Words, first: int, begin: int) -> list[Match]:
    """Return the names at an offset of the normalised text, longest first."""
    text, stops = words.normalised.text, words.stops
    found = []
    for stop, key in store.prefixes(text, begin):
        if (stop in stops or text[stop : stop + 1] == "'") and (match := _match(words, first, begin, stop, key)):
            found.append(match)
    return found


def _match(words: Words, first: int, begin: int, stop: int, key: str) -> Match | None:
    """Return the match of a key at a stretch of the normalised text, if it ends where a token does."""
    start, end = words.normalised.span(begin, stop)
    last = words.last_token(end)
    if last is None or last <= first or not (words.rules.spaced or end - start > 1):
        return None
    return Match(start, end, first, last, key)


def _varied(store: Store, words: Words, first: int, begin: int, *, written: str, full: str) -> Iterator[Match]:
    """Yield the names at an offset of the normalised text where `full` is to stand for `written` there."""
    rest, text = begin + len(written), words.normalised.text
    for length, key in store.prefixes(full + text[rest : rest + store.longest], 0):
        if length > len(full) and (match := _match(words, first, begin, rest + length - len(full), key)):
            yield match


def _inflected(store: Store, words: Words, first: int) -> Iterator[Match]:
    """Yield the names of which another form than the dictionary's begins at a token ("в Нижнем Новгороде")."""
    indices = list(words.run(first, _MOST_TOKENS))
    for size, key in inflected(store, map(words.forms, indices)).items():
        last = indices[size - 1]
        yield Match(words.tokens[first].start, words.tokens[last].end, first, last + 1, key)


def inflected(store: Store, words: Iterable[Sequence[str]]) -> dict[int, str]:
    """Return the names of the gazetteer that the first words of a text may be inflected forms of.

    Parameters
    ----------
    store
        An open gazetteer.
    words
        The forms of each word: as written, in normal form, then those of `dictionary_forms`.

    Returns
    -------
    Number of words to the key of the most prominent place of that many words; people are no places.
    """
    found: dict[int, tuple[float, str]] = {}
    heads, written = [""], ""
    for size, forms in enumerate(words, 1):
        written += forms[0]
        keys = [head + form for head in heads for form in forms][:_MOST_FORMS]
        for key in keys:
            if key != written and (weight := _prominence(store, key)) > found.get(size, (0.0, ""))[0]:
                found[size] = weight, key
        heads = [f"{key} " for key in keys if store.has_prefix(f"{key} ")]
        if not heads:
            break
        written += " "
    return {size: key for size, (_, key) in found.items()}


def _prominence(store: Store, key: str) -> float:
    rows = [int(posting["row"]) for posting in store.postings(key) if posting["kind"] < NameClass.ABBREVIATION]
    return max((float(store.places["prior"][row]) for row in rows), default=0.0)


def dictionary_forms(word: str, endings: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return a word in normal form, then what it may read in the dictionary by the endings of its language."""
    forms = [word]
    for size in range(min(_LONGEST_ENDING, len(word) - _SHORTEST_STEM), 0, -1):
        forms += (word[:-size] + other for other in endings.get(word[-size:], ()))
    return tuple(dict.fromkeys(forms))
