"""Days of the Persian and the Islamic calendar as days of the Gregorian one.

The Persian leap years follow the 33-year cycle, which agrees with the astronomical calendar from 1178 to 1633 (1799 to
2254). The Islamic calendar is the arithmetical one: what is observed may differ by a day.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

__all__ = ["Calendar", "month_lengths", "to_gregorian", "year_of"]

Calendar = Literal["persian", "islamic"]

_PERSIAN_EPOCH = 226_894  # the day before 1 Farvardin 1, as dt.date.toordinal counts
_ISLAMIC_EPOCH = 227_014  # the day before 1 Muharram 1
_PERSIAN_YEARS = (1178, 1633)
_ISLAMIC_YEARS = (1, 9665)


def to_gregorian(calendar: Calendar, year: int, month: int, day: int) -> dt.date | None:
    """Return a day as a date; None where the calendar has no such day, or is not known so far away.

    Examples
    --------
    >>> to_gregorian("persian", 1400, 4, 17)
    datetime.date(2021, 7, 8)
    >>> to_gregorian("islamic", 1442, 11, 28)
    datetime.date(2021, 7, 8)
    """
    first, last = _PERSIAN_YEARS if calendar == "persian" else _ISLAMIC_YEARS
    if not (first <= year <= last and 1 <= month <= 12):
        return None
    lengths = month_lengths(calendar, year)
    if not 1 <= day <= lengths[month - 1]:
        return None
    start = _persian_start(year) if calendar == "persian" else _islamic_start(year)
    return dt.date.fromordinal(start + sum(lengths[: month - 1]) + day)


def month_lengths(calendar: Calendar, year: int) -> tuple[int, ...]:
    """Return how many days each month of a year has."""
    if calendar == "persian":
        return (*[31] * 6, *[30] * 5, _persian_start(year + 1) - _persian_start(year) - 336)
    return (*[30, 29] * 5, 30, _islamic_start(year + 1) - _islamic_start(year) - 325)


def year_of(calendar: Calendar, day: dt.date) -> int:
    """Return the year of a calendar that a day lies in, or may lie in: too late by one at most."""
    if calendar == "persian":
        return day.year - 621
    return int((day.toordinal() - _ISLAMIC_EPOCH) / 354.366) + 1


def _persian_start(year: int) -> int:
    """Return the day before a year begins: eight leap years in 33, as in 1, 5, 9, 13, 17, 22, 26 and 30 of a cycle."""
    return _PERSIAN_EPOCH + 365 * (year - 1) + (8 * (year - 1) + 29) // 33


def _islamic_start(year: int) -> int:
    """Return the day before a year begins: eleven leap years in 30."""
    return _ISLAMIC_EPOCH + 354 * (year - 1) + (11 * year + 3) // 30
