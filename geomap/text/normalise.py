"""The form in which names and texts are compared, and the way back to the original offsets.

Two spellings of one name must give one key: "MÜNCHEN", "München" and "Munchen"; "Guinea-Bissau" and "Guinea Bissau";
"إيران" and "ايران"; "Артём" and "Артем". So a text is brought to NFKC and case-folded, diacritics of Latin and Greek
letters go, Arabic and Cyrillic letters that writers interchange become one, invisible characters go, apostrophes,
dashes and white space become one of each, and a hyphen inside a word becomes a space. Й and и, or ї and і, are
different letters, and stay different.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from array import array
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["VERSION", "Normalised", "key", "normalise"]

VERSION = 1
"""Of the rules below. A store holds keys of one version, and says which."""

_SAME = str.maketrans(
    {
        # Latin letters whose stroke, hook or ligature NFKD leaves on
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
        "ə": "a", "ŋ": "n", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ɛ": "e", "ɔ": "o",
        # apostrophes, and the letters that transliterations use for ʿayn, hamza and the soft sign
        "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "ʽ": "'", "ʿ": "'", "ʾ": "'", "ʹ": "'", "′": "'", "`": "'",
        "´": "'", "‛": "'", "ˈ": "'", "ꞌ": "'", "׳": "'",
        # hyphens and the en dash; the em dash parts clauses, never the two halves of a name
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "−": "-", "־": "-",
        # letters that writers of Arabic, Persian and Urdu interchange
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ہ": "ه",
        "ھ": "ه", "ۀ": "ه", "ۂ": "ه",
        # Russian print leaves the dots off
        "ё": "е",
    }
)  # fmt: skip

_INVISIBLE = re.compile(
    "["
    "\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"  # format characters
    "\u0300-\u036f"  # accents that no letter took up
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"  # Arabic marks and the tatweel
    "]"
)
_STRIPPED = re.compile("[\u0300-\u036f]")
_HYPHEN = re.compile(r"(?<=[^\W_])-(?=[^\W_])")
_SPACES = re.compile(r"(?<= ) +")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in its normal form, with the original offset of each of its characters.

    Attributes
    ----------
    origins
        ``origins[i]`` is the offset in the original of what gave character ``i``; one more entry for the end.
    """

    text: str
    origins: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original span of a non-empty normalised one.

        Examples
        --------
        >>> normalise("die ﬁnnische Straße").span(4, 12)
        (4, 11)
        """
        return self.origins[start], max(self.origins[end], self.origins[end - 1] + 1)

    def position(self, offset: int) -> int:
        """Return the first normalised offset at or after an original one."""
        if isinstance(self.origins, range):  # each character gave one
            return min(offset, len(self.text))
        return bisect.bisect_left(self.origins, offset)


class _Folded(dict[str, str]):
    """Character → its normal form, worked out when first asked for."""

    def __missing__(self, character: str) -> str:
        folded = _fold(character)
        self[character] = folded
        return folded


_FOLDED = _Folded()


def normalise(text: str) -> Normalised:
    """Bring a text to the form in which the gazetteer's names are kept. Takes time linear in its length.

    Examples
    --------
    >>> normalise("İstanbul ﬁn Straße").text
    'istanbul fin strasse'
    """
    origins: Sequence[int]
    if unicodedata.is_normalized("NFC", text):
        parts = list(map(_FOLDED.__getitem__, text))
        starts: Iterable[int] = range(len(text))
    else:
        clusters = _clusters(text)
        parts = ["".join(map(_FOLDED.__getitem__, unicodedata.normalize("NFC", cluster))) for cluster in clusters]
        starts = accumulate((len(cluster) for cluster in clusters[:-1]), initial=0)
    folded = "".join(parts)
    if len(folded) == len(parts) == len(text) and all(parts):
        origins = range(len(text) + 1)
    else:
        each = (repeat(start, len(part)) for start, part in zip(starts, parts, strict=False))
        origins = array("l", chain.from_iterable(each))
        origins.append(len(text))
    if not unicodedata.is_normalized("NFC", folded):  # half-width kana and single jamo compose only now
        again = normalise(folded)
        folded, origins = again.text, array("l", (origins[i] for i in again.origins))
    folded = _HYPHEN.sub(" ", folded)
    if "  " in folded:
        folded, origins = _without(_SPACES, folded, origins)
    return Normalised(folded, origins)


def key(name: str) -> str:
    """Return the key under which a store keeps a name.

    Examples
    --------
    >>> key(" Qŭrghon-Teppa ")
    'qurghon teppa'
    """
    return normalise(name).text.strip()


def _fold(character: str) -> str:
    """Fold one character until nothing changes; a few code points need a second round."""
    before, after = "", character
    while after != before:
        before = after
        after = "".join(_fold_once(c) for c in after)
    return after


def _fold_once(character: str) -> str:
    if character.isspace():
        return " "
    folded = character.translate(_SAME)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())
    bare = unicodedata.normalize("NFKD", folded)
    if bare[:1] and (bare[0] < "\u0370" or unicodedata.name(bare[0], "").startswith("GREEK")):
        folded = unicodedata.normalize("NFC", _STRIPPED.sub("", bare))
    return _INVISIBLE.sub("", folded.translate(_SAME))


def _clusters(text: str) -> list[str]:
    """Cut a text before each character that cannot be composed with what stands before it."""
    cuts = [
        i
        for i, character in enumerate(text)
        if i == 0 or not (unicodedata.combining(character) or "\u1160" <= character <= "\u11ff")
    ]
    return [text[start:end] for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True)]


def _without(pattern: re.Pattern[str], text: str, origins: Sequence[int]) -> tuple[str, Sequence[int]]:
    """Delete what a pattern finds, from the text and from its offsets."""
    kept, pieces, last = array("l"), [], 0
    for match in chain(pattern.finditer(text), [None]):
        end = match.start() if match else len(text)
        pieces.append(text[last:end])
        kept.extend(origins[last:end])
        last = match.end() if match else end
    kept.append(origins[-1])
    return "".join(pieces), kept
