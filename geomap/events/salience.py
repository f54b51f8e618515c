"""How much of an article an event is likely to be about; the weightiest is its main event.

What counts is what sort of event it is, how it is told, and where: the top of an article tells its news, a verb more
than a noun, what happened more than what may, and what kills more than whom it kills.
"""

from __future__ import annotations

import functools
import math
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from geomap.record import Modality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geomap.events.triggers import Mode
    from geomap.record import EventType

__all__ = ["Telling", "features", "salience"]

_WEAKEST = 3  # the strength of a word that counts only where nothing stronger is told
_SOLID = frozenset({Modality.HAPPENED, Modality.ONGOING})


class Telling(NamedTuple):
    """How an article tells an event.

    Attributes
    ----------
    position
        Where, between 0, the start, and 1.
    leads
        Whether it is the first verb of the article.
    noun
        Whether a noun tells it beside a verb that tells another.
    subordinate
        Whether another clause of its sentence opens before it.
    placed, dated, said
        Whether it has a place where it happened, a date of its own, a source.
    """

    position: float
    leads: bool
    noun: bool
    subordinate: bool
    placed: bool
    dated: bool
    said: bool


def features(kind: EventType, mode: Mode, how: Modality, telling: Telling) -> dict[str, float]:
    """Return what speaks for and against an event being the main one."""
    seen = {
        f"type {kind.value}": 1.0,
        "rank": float(mode.rank),
        "effect": float(mode.effect),
        "weak": float(mode.strength >= _WEAKEST),
        "unreal": float(how not in _SOLID and how is not Modality.BACKGROUND),
        "background": float(how is Modality.BACKGROUND),
        "top": (1 - telling.position) ** 2,
        "leads": float(telling.leads),
        "noun": float(telling.noun),
        "subordinate": float(telling.subordinate),
        "placed": float(telling.placed),
        "dated": float(telling.dated),
        "said": float(telling.said),
    }
    return {name: value for name, value in seen.items() if value}


@functools.cache
def _weights() -> Mapping[str, float]:
    """Return the weight of each feature (``salience_weights.toml``); their sum goes through a logistic function."""
    table = tomllib.loads(Path(__file__).with_name("salience_weights.toml").read_text(encoding="utf-8"))
    return {name: float(value) for name, value in table.items()}


def salience(seen: Mapping[str, float]) -> float:
    """Return how likely an event is the main one, between 0 and 1."""
    weights = _weights()
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in seen.items())
    return round(1 / (1 + math.exp(-max(min(total, 30), -30))), 3)
