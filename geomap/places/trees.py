"""Gradient-boosted trees, trained off-line, evaluated with numpy.

A forest is a JSON table of flat arrays: for each tree its root, for each node the feature and threshold that divide it
and the two nodes below, or its value where it is a leaf.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Forest"]


@dataclass(frozen=True, slots=True)
class Forest:
    """Boosted trees for a yes-or-no question.

    Attributes
    ----------
    features
        Names of the columns that the trees were trained on, in order.
    roots
        First node of each tree.
    feature, threshold, left, right
        Per node: rows with ``row[feature] <= threshold`` go left. A leaf points to itself.
    value
        Per node: what a leaf adds to the log-odds.
    depth
        Of the deepest tree.
    base
        Log-odds before the first tree.
    """

    features: tuple[str, ...]
    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    depth: int
    base: float

    @classmethod
    def load(cls, path: Path) -> Forest:
        """Read a forest that `geomap.places.learn_spans` wrote."""
        table = json.loads(path.read_bytes())
        return cls(
            tuple(table["features"]),
            np.array(table["roots"], np.int32),
            np.array(table["feature"], np.int32),
            np.array(table["threshold"], np.float32),
            np.array(table["left"], np.int32),
            np.array(table["right"], np.int32),
            np.array(table["value"], np.float32),
            int(table["depth"]),
            float(table["base"]),
        )

    def probability(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of "yes" for each row; `rows` has a column a feature."""
        if not len(rows):
            return np.zeros(0)
        flat = np.ascontiguousarray(rows).ravel()
        line = np.arange(len(rows))[:, None] * rows.shape[1]
        below = np.stack([self.left, self.right], axis=1).ravel()
        at = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            goes_right = flat.take(line + self.feature.take(at)) > self.threshold.take(at)
            at = below.take(2 * at + goes_right)
        odds = self.base + self.value.take(at).sum(axis=1, dtype=float)
        result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
        return result
