"""The scores of several gold files: as tables for the terminal, and as JSON values."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from geomap.evaluate.corpora import timexes, toponyms
from geomap.evaluate.events import score_events
from geomap.evaluate.scores import Group, Interval, Rate, score_timexes, score_toponyms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from geomap.evaluate.corpora import GoldArticle
    from geomap.evaluate.events import EventScores
    from geomap.evaluate.scores import By, TimexScores, ToponymScores
    from geomap.evaluate.tasks import Score, Task
    from geomap.record import Record

__all__ = ["Report"]

_JUDGED = ("found", "type", "family", "place", "date", "modality", "right")


@dataclass(slots=True)
class Report:
    """Scores by gold file, of the layers that each annotates."""

    toponyms: dict[str, ToponymScores] = field(default_factory=dict)
    timexes: dict[str, TimexScores] = field(default_factory=dict)
    events: dict[str, EventScores] = field(default_factory=dict)
    tasks: dict[str, Score] = field(default_factory=dict)

    def answer(self, task: Task, lines: Sequence[Mapping[str, Any]]) -> None:
        """Score a corpus that asks about events, given what was found in each of its articles as JSON values."""
        self.tasks[task.name] = task.score(task.rows, lines)

    def add(
        self,
        path: Path,
        gold: Sequence[GoldArticle],
        records: Sequence[Record],
        lines: Sequence[Mapping[str, Any]],
        *,
        extent: bool = False,
        gold_spans: bool = False,
        resamples: int = 0,
        by: By | None = None,
    ) -> None:
        """Score the articles of a gold file.

        Parameters
        ----------
        records, lines
            What was found in each article: as a record, and as JSON values.
        extent, gold_spans, resamples, by
            As for `score_toponyms`.
        """
        name = path.name.removesuffix(".jsonl").removesuffix(".gold.json")
        if any(one.toponyms is not None for one in gold):
            named = zip(gold, (toponyms(line["toponyms"]) for line in lines), strict=True)
            self.toponyms[name] = score_toponyms(
                named, extent=extent, gold_spans=gold_spans, resamples=resamples, by=by
            )
        dated = score_timexes(zip(gold, (timexes(line["timexes"]) for line in lines), strict=True))
        if dated is not None:
            self.timexes[name] = dated
        happened = score_events(zip(gold, records, strict=True))
        if happened is not None:
            self.events[name] = happened

    def tables(self) -> Iterator[Table]:
        """Yield a table for each layer that any file annotates."""
        if self.toponyms:
            yield _toponym_table(self.toponyms)
            for name, scores in self.toponyms.items():
                if scores.groups:
                    yield _group_table(name, scores.groups)
        if self.timexes:
            yield _timex_table(self.timexes)
        if self.events:
            yield _event_table(self.events)
        if self.tasks:
            yield _task_table(self.tasks)

    def missed(self) -> Iterator[str]:
        """Yield a line for each gold event, or case of a corpus, that is not right: what it is, and what is wrong."""
        for name, scores in self.events.items():
            for verdict in scores.verdicts:
                wrong = [judged for judged in ("family", "place", "date", "modality") if not getattr(verdict, judged)]
                if wrong:
                    fault = "not found" if verdict.ours is None else f"{verdict.ours.id}: {', '.join(wrong)}"
                    yield f"{name} {verdict.gold.id} {verdict.gold.label} ({fault})"
        for name, score in self.tasks.items():
            for case in score.wrong:
                yield f"{name} {' '.join(case.split())}"

    def to_json(self) -> dict[str, Any]:
        """Return the figures by layer and file."""
        return {
            "toponyms": _values(self.toponyms),
            "timexes": _values(self.timexes),
            "events": _values(self.events),
            "tasks": {name: {"cases": score.cases, **score.figures} for name, score in self.tasks.items()},
        }


def _values(scores: Mapping[str, ToponymScores | TimexScores | EventScores]) -> dict[str, Any]:
    return {
        name: {each.name: _plain(getattr(s, each.name)) for each in dataclasses.fields(s) if each.name != "verdicts"}
        for name, s in scores.items()
    }


def _plain(value: object) -> object:
    """Return a figure as JSON has it."""
    if isinstance(value, Rate | Interval | Group):
        return value._asdict()
    return {key: _plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def _toponym_table(scores: Mapping[str, ToponymScores]) -> Table:
    """Return the figures of place names, a corpus a row, in per cent and kilometres."""
    table = _table("place names", "articles", "gold", "exact P", "R", "F1", "overlap P", "R", "F1")
    for heading in ("n", "≤161", "≤10", "mean km", "median", "AUC", "end to end P", "R", "F1"):
        table.add_column(heading, justify="right")
    for name, s in scores.items():
        table.add_row(
            name,
            str(s.documents),
            str(s.gold),
            *_rate(s.exact),
            *_rate(s.overlap),
            str(s.resolved),
            _percent(s.within_161_km),
            _percent(s.within_10_km),
            _number(s.mean_km, 0),
            _number(s.median_km, 1),
            _number(s.auc, 3),
            *_rate(s.end_to_end),
        )
        if s.within_161_km_interval:
            table.add_row("  95 %", *[""] * 9, _interval(s.within_161_km_interval), *[""] * 6, _interval(s.f1_interval))
    return table


def _group_table(name: str, groups: Mapping[str, Group]) -> Table:
    """Return how well the names of each type are placed."""
    table = _table(name, "n", "≤161", "median km")
    for label, group in groups.items():
        table.add_row(label or "–", str(group.names), _percent(group.within_161_km), _number(group.median_km, 1))
    return table


def _timex_table(scores: Mapping[str, TimexScores]) -> Table:
    """Return the figures of date expressions, a corpus a row, in per cent."""
    table = _table("dates", "gold", "strict P", "R", "F1", "relaxed P", "R", "F1", "value P", "R", "F1")
    for name, s in scores.items():
        table.add_row(name, str(s.gold), *_rate(s.strict), *_rate(s.relaxed), *_rate(s.value))
    return table


def _event_table(scores: Mapping[str, EventScores]) -> Table:
    """Return the figures of events, a corpus a row: counts of gold events."""
    table = _table("events", "gold", "ours", *_JUDGED, "unreal drawn")
    for name, s in scores.items():
        counts = (str(getattr(s, judged)) for judged in _JUDGED)
        table.add_row(name, str(s.gold), str(s.ours), *counts, f"{s.unreal_solid} of {s.unreal}")
    return table


def _task_table(scores: Mapping[str, Score]) -> Table:
    """Return the figures of corpora that ask about events, a corpus a row: each has figures of its own."""
    table = _table("event corpora", "cases")
    table.add_column("figures, in per cent")
    for name, s in scores.items():
        table.add_row(name, str(s.cases), " · ".join(f"{key} {_percent(value)}" for key, value in s.figures.items()))
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, padding=(0, 1))
    table.add_column(title, no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _rate(rate: Rate) -> tuple[str, str, str]:
    return _percent(rate.precision), _percent(rate.recall), _percent(rate.f1)


def _interval(interval: Interval | None) -> str:
    return f"{100 * interval.low:.1f}–{100 * interval.high:.1f}" if interval else ""


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _number(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:,.{places}f}"
