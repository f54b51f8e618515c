"""Lines and rings as short strings: how the page carries every coordinate it draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ALPHABET", "encode_line"]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def encode_line(coordinates: Iterable[tuple[float, float]], grid: float) -> str:
    """Write a line as zigzag deltas of grid steps.

    A letter carries five bits, lowest first; its sixth bit says that more follow. A world of borders takes a third
    of the bytes that TopoJSON takes, and needs no quoting in JSON or HTML.

    Parameters
    ----------
    coordinates
        (longitude, latitude) pairs.
    grid
        Degrees a step. Points that fall on the step before them are left out.

    Examples
    --------
    >>> encode_line([(1, 2), (1.5, 2), (1.5, 1)], grid=0.5)
    'EICAAD'
    """
    letters = []
    before = None
    x0 = y0 = 0
    for x, y in coordinates:
        step = (round(x / grid), round(y / grid))
        if step == before:
            continue
        for delta in (step[0] - x0, step[1] - y0):
            rest = delta << 1 if delta >= 0 else (-delta << 1) - 1
            while rest > 31:
                letters.append(ALPHABET[32 | (rest & 31)])
                rest >>= 5
            letters.append(ALPHABET[rest])
        x0, y0 = before = step
    return "".join(letters)
