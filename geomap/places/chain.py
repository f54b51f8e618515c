"""A linear-chain conditional random field, trained off-line, evaluated with numpy.

What each feature says for each label, and each label for the one after it, are small integers times one scale. The
sentences of a text are worked through side by side, so that the cost is one of numpy calls a word of the longest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import marisa_trie
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Chain"]

_STEPS = 127  # of a weight to either side of zero
# Sentences side by side; and, so that no product leaves the range of a float, the least logarithm of what a word says
# for a label beside its best, and how often the sums are brought back to one.
_BATCH, _LEAST, _RESCALED = 64, -60.0, 4


@dataclass(frozen=True, slots=True)
class Chain:
    """Labels, and the weights that decide between them.

    Attributes
    ----------
    labels
        In the order of all columns.
    names
        The features; a name's number is its row in `weights`.
    weights
        What a feature says for each label, in units of `scale`; one more row, of zeros, for what is no feature.
    transitions
        What a label, by row, says for the label of the next word.
    """

    labels: tuple[str, ...]
    names: marisa_trie.Trie
    weights: NDArray[np.int8]
    scale: float
    transitions: NDArray[np.float64]

    @classmethod
    def build(
        cls,
        labels: Sequence[str],
        weights: Mapping[str, Sequence[float]],
        transitions: Sequence[Sequence[float]],
    ) -> Chain:
        """Make a chain of weights by feature; each is rounded to the nearest of 255 steps."""
        names = marisa_trie.Trie(sorted(weights))
        table = np.zeros((len(names) + 1, len(labels)))
        for name, row in weights.items():
            table[names[name]] = row
        scale = float(np.abs(table).max(initial=0.0)) / _STEPS or 1.0
        whole = np.rint(table / scale).astype(np.int8)
        return cls(tuple(labels), names, whole, scale, np.array(transitions, float))

    @classmethod
    def load(cls, path: Path) -> Chain:
        """Read what `save` wrote."""
        with np.load(path) as file:
            names = marisa_trie.Trie()
            names.frombytes(file["names"].tobytes())
            labels = tuple(file["labels"].tolist())
            return cls(labels, names, file["weights"], float(file["scale"]), file["transitions"].astype(float))

    def save(self, path: Path) -> None:
        """Write a compressed file; the same weights give the same bytes."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                labels=np.array(self.labels),
                names=np.frombuffer(self.names.tobytes(), np.uint8),
                weights=self.weights,
                scale=np.float64(self.scale),
                transitions=self.transitions.astype(np.float32),
            )

    def score(self, features: Iterable[str]) -> NDArray[np.float64]:
        """Return what some features together say for each label."""
        total: NDArray[np.float64] = self.sums([[self.number(feature) for feature in features]])[0]
        return total

    def number(self, feature: str) -> int:
        """Return the row of a feature in `weights`."""
        number: int = self.names.get(feature, len(self.names))
        return number

    def sums(self, numbers: NDArray[np.int64] | Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Return what the features of each row together say for each label."""
        total: NDArray[np.float64] = self.weights[np.asarray(numbers, int)].sum(axis=1, dtype=np.int64) * self.scale
        return total

    def marginals(self, scores: NDArray[np.float64], ranges: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """Return the probability of each label of each word.

        Parameters
        ----------
        scores
            What the features say, a row a word, a column a label.
        ranges
            The sentences, as ``[first, last)`` rows; words of none keep zeros.
        """
        result = np.zeros(scores.shape)
        sentences = sorted(((last - first, first) for first, last in ranges if first < last), reverse=True)
        weights = np.exp(np.maximum(scores - scores.max(axis=1, keepdims=True), _LEAST))
        for begin in range(0, len(sentences), _BATCH):
            lengths, firsts = np.array(sentences[begin : begin + _BATCH]).T
            self._add_marginals(result, weights, firsts, lengths)
        return result

    def _add_marginals(
        self,
        result: NDArray[np.float64],
        weights: NDArray[np.float64],
        firsts: NDArray[np.int64],
        lengths: NDArray[np.int64],
    ) -> None:
        """Fill in the probabilities of some sentences, the longest first.

        From the left and, with the transitions turned round, from the right, what is known at a word is what was known
        at the one before, times the transitions, times what the word says.
        """
        steps = np.arange(int(lengths[0]))
        inside = steps[:, None] < lengths
        forth = np.where(inside, firsts + steps[:, None], 0)
        back = np.where(inside, firsts + lengths - 1 - steps[:, None], 0)
        known = weights[np.stack([forth, back], axis=1)]  # step, direction, sentence, label
        transitions = np.exp(np.stack([self.transitions, self.transitions.T]) - self.transitions.max())
        for step in range(1, len(steps)):
            known[step] *= known[step - 1] @ transitions
            if step % _RESCALED == 0:
                known[step] /= known[step].sum(axis=-1, keepdims=True)
        left, right = np.empty_like(weights), np.empty_like(weights)
        rows = forth[inside]
        left[rows] = known[:, 0][inside]
        right[back[inside]] = known[:, 1][inside]
        both = left[rows] * right[rows] / weights[rows]  # what the word itself says is in both
        result[rows] = both / both.sum(axis=1, keepdims=True)
