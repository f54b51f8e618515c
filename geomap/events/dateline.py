"""The day of publication that the head of an article states, and the dates that hang on it.

A dateline names place, day and often an agency before a dash ("DUSHANBE, 8 July 2021 (agency) –"); Chinese agencies
end it with 电, Japanese ones put it in brackets. A line may also hold nothing but the date. A day without a year
does not tell when an article is of.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from geomap.events.dates import find_dates

if TYPE_CHECKING:
    import datetime as dt

    from geomap.record import DateExpression, Record

__all__ = ["with_dates"]

# How far into the text a dateline or a line with the day of publication is looked for.
_HEAD = 600
_LONGEST_PLACE = 60
_MOST_WORDS = 3
# What ends a dateline behind its date: an abbreviated "year", an agency in brackets, a dash.
_END = re.compile(
    r"\s{0,3}(?:г\.|r\.|\.)?\s{0,3}(?:[)）]|[】\]])?\s{0,3}(?:[(（][^()（）\n]{1,40}[)）])?\s{0,3}"
    r"(?:[–—:：】]|\.?-{1,2}\s|电)"
)
# "8 July 2021, Moscow." opens a line as well.
_PLACE_BEHIND = re.compile(r",\s[^\W\d_a-z][^\W\d_]{1,30}(?:[ -][^\W\d_]{1,30})?\s?[.–—-]\s")
_CLOCK = re.compile(r"[\s,|/–-]*(?:\d{1,2}[.:]\d{2}(?:[.:]\d{2})?)?\s*(?:[A-Z]{2,4})?\s*")


def with_dates(record: Record) -> Record:
    """Fill `Record.dates`, and the day of publication if it is unknown and the text's head states it."""
    dated = find_dates(record)
    if record.article.date is None and (day := _publication_day(dated)):
        return find_dates(replace(record, article=replace(record.article, date=day)))
    return dated


def _publication_day(record: Record) -> dt.date | None:
    text = record.article.text
    for date in record.dates:
        if date.start > _HEAD:
            break
        day = date.earliest
        if day and day == date.latest and date.anchor == "stated":
            line = text.rfind("\n", 0, date.start) + 1
            if _opens_line(text, line, date) or _fills_line(text, line, date):
                return day
    return None


def _opens_line(text: str, line: int, date: DateExpression) -> bool:
    before = text[line : date.start]
    if len(before) > _LONGEST_PLACE or re.search(r"[.!?]\s|[。！？]", before):
        return False
    return bool(_END.match(text, date.end) or (not before.strip() and _PLACE_BEHIND.match(text, date.end)))


def _fills_line(text: str, line: int, date: DateExpression) -> bool:
    """Tell whether a line holds the date and no more than a weekday, town or label before it and a time after it."""
    end = text.find("\n", date.end)
    before = re.findall(r"[^\W\d_]+", text[line : date.start])
    rest = text[date.end : min(end, date.end + 80) if end >= 0 else date.end + 80]
    return len(before) <= _MOST_WORDS and all(word[0].isupper() for word in before) and bool(_CLOCK.fullmatch(rest))
