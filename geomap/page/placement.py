"""Where the labels of a static map go, so that none covers another."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Canvas", "Rect", "text_width"]

# Distances (pixels) and directions in which a label looks for room around what it names.
RINGS = (16, 26, 40, 58, 80, 110, 145, 185)
DIRECTIONS = 16


class Rect(NamedTuple):
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Rect, gap: float = 0) -> bool:
        """Return whether two rectangles are nearer than a gap."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )


@dataclass
class Canvas:
    """What is taken of a picture."""

    width: float
    height: float
    taken: list[Rect]

    def place(
        self, x: float, y: float, width: float, height: float, *, centred: bool = False, near: bool = False
    ) -> Rect | None:
        """Take the nearest room for a label at a point, or return None.

        Parameters
        ----------
        centred
            It may stand on the point.
        near
            It must touch the point's surroundings: without a leader, a name further away names nothing.
        """
        for left, top in _spots(x, y, width, height, centred=centred, near=near):
            rect = Rect(left, top, left + width, top + height)
            if rect.left < 4 or rect.top < 4 or rect.right > self.width - 4 or rect.bottom > self.height - 4:
                continue
            if not any(rect.meets(other, 3) for other in self.taken):
                self.taken.append(rect)
                return rect
        return None


def _spots(
    x: float, y: float, width: float, height: float, *, centred: bool, near: bool
) -> Iterator[tuple[float, float]]:
    if centred:
        yield x - width / 2, y - height / 2
    if near:
        for dx, dy in ((6, -height / 2), (-width - 6, -height / 2), (-width / 2, -height - 5), (-width / 2, 5)):
            if not centred:
                yield x + dx, y + dy
        return
    for ring in RINGS:
        for i in range(DIRECTIONS):
            # Above first.
            angle = (i * 5 % DIRECTIONS) * 2 * math.pi / DIRECTIONS - math.pi / 2
            dx, dy = math.cos(angle), math.sin(angle)
            half = min(width / 2 / max(abs(dx), 1e-9), height / 2 / max(abs(dy), 1e-9))
            yield x + dx * (ring + half) - width / 2, y + dy * (ring + half) - height / 2


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text in a sans-serif font: pictures are made without one.

    >>> text_width("Panj", 10) < text_width("Пяндж", 10) < text_width("喷赤河喷赤", 10)
    True
    """
    return size * sum(
        0.0
        if unicodedata.combining(c)
        else 1.0
        if unicodedata.east_asian_width(c) in "WF"
        else 0.7
        if c.isupper()
        else 0.58
        for c in text
    )
