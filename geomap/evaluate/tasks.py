"""Event corpora of others: what each asks, and how well lines of output answer it.

A corpus is told by what its lines hold. Each answer is a line of ``geomap parse --jsonl``, so that nothing is scored
that a reader of the output does not see.

`verb`, `location`
    Where the event of a given word happened: tokens, and sentences that are wholly right, those without a place among
    them.
`acled_subtype`
    Which of the thirty labels of CASE 2021 (task 2) the main event has.
`event`
    Which PLOVER type the main event has; and its quad class.
`incidents`
    Whether an article tells of an incident in the sense of MUC-4, in which country, and when.
`fiveWoneH`
    Who, what, where and when the main event is.
`toponyms` of type LOC and PLOC
    Which of the places named are those where it happened.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from geomap.errors import ArticleError
from geomap.evaluate.scores import distance_km
from geomap.record import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    _Row: TypeAlias = Mapping[str, Any]


__all__ = ["Answer", "Score", "Task", "answer_of", "read_task"]


class Score(NamedTuple):
    """What a corpus was answered with.

    Attributes
    ----------
    cases
        How many articles or sentences were judged.
    figures
        Name of a figure → its value, between 0 and 1.
    wrong
        A line for each case that is not right: its id, what was asked, what was answered.
    """

    cases: int
    figures: dict[str, float]
    wrong: tuple[str, ...]


class Task(NamedTuple):
    """A corpus and how it is scored."""

    name: str
    rows: tuple[_Row, ...]
    score: Callable[[Sequence[_Row], Sequence[_Row]], Score]

    def articles(self) -> Iterator[tuple[Article, list[tuple[int, int]] | None]]:
        """Yield each article, and the event words that are given with it."""
        for row in self.rows:
            verbs = row.get("verb")
            given = [(verb["start"], verb["end"]) for verb in verbs] if verbs else None
            yield (
                Article(
                    row["text"],
                    id=str(row["id"]),
                    title=row.get("title") or "",
                    date=_published(row.get("dct") or row.get("date") or ""),
                    language=row.get("lang") or "",
                ),
                given,
            )


def read_task(path: str | Path) -> Task | None:
    """Read a corpus of events; None if its lines ask nothing about events.

    Raises
    ------
    ArticleError
        The file cannot be read.
    """
    path = Path(path)
    if path.suffix != ".jsonl":
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ArticleError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        rows = tuple(json.loads(line) for line in text.splitlines() if line.strip())
    except ValueError as error:
        raise ArticleError(f"{path}: no gold: {error}") from error
    score = next((score for holds, score in _TASKS if any(holds(row) for row in rows)), None)
    return None if score is None else Task(path.stem, rows, score)


def _published(text: str) -> dt.date | None:
    """Read a day of publication: "2016-11-10 …" or "4 FEB 90"."""
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return _short_day(text)


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def _short_day(text: str) -> dt.date | None:
    match = re.fullmatch(r"(\d{1,2}) ([A-Z]{3}) (\d\d)", text.strip())
    if match is None or match[2] not in _MONTHS:
        return None
    try:
        return dt.date(1900 + int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1]))
    except ValueError:
        return None


class Answer(NamedTuple):
    """The parts of a line of output that the tasks look at."""

    events: Sequence[_Row]
    main: _Row | None
    countries: Mapping[tuple[float, float], str]  # latitude and longitude → country


def answer_of(line: _Row) -> Answer:
    """Return what a line of output tells of events."""
    events = line["events"]
    main = next((event for event in events if event["id"] == line["main_event"]), None)
    return Answer(events, main, {(t["lat"], t["lon"]): t["country"] for t in line["toponyms"]})


@functools.cache
def _labels() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text(encoding="utf-8"))


def _f1(right: float, found: float, gold: float) -> dict[str, float]:
    precision, recall = (right / found if found else 0.0), (right / gold if gold else 0.0)
    both = precision + recall
    return {"precision": precision, "recall": recall, "F1": 2 * precision * recall / both if both else 0.0}


# --- where the event of a word happened -------------------------------------------------------------------------------

_DRAWN = frozenset({"at", "from", "to", "along", "between", "near", "speech_at"})


def _score_links(rows: Sequence[_Row], lines: Sequence[_Row]) -> Score:
    right = found = gold = whole = near = 0
    wrong = []
    for row, line in zip(rows, lines, strict=True):
        text = row["text"]
        wanted = _tokens(text, [(place["start"], place["end"]) for place in row["location"]])
        spans = [(p["start"], p["end"]) for e in line["events"] for p in e["places"] if p["role"] in _DRAWN]
        ours = _tokens(text, spans)
        right += len(wanted & ours)
        found += len(ours)
        gold += len(wanted)
        whole += wanted == ours
        near += bool(wanted & ours) or wanted == ours
        if wanted != ours:
            names = [place["text"] for place in row["location"]]
            wrong.append(f"{row['id']} {row['verb'][0]['text']}: {names}, not {[text[a:b] for a, b in spans]} | {text}")
    count = max(len(rows), 1)
    figures = {**_f1(right, found, gold), "sentences": whole / count, "a place of them": near / count}
    return Score(len(rows), figures, tuple(wrong))


def _tokens(text: str, spans: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the words that lie in any of some spans."""
    return {
        (word.start() + start, word.end() + start)
        for start, end in spans
        for word in re.finditer(r"\w+", text[start:end])
    }


# --- types ------------------------------------------------------------------------------------------------------------


def _score_subtypes(rows: Sequence[_Row], lines: Sequence[_Row]) -> Score:
    labels = _labels()["case2021"]
    pairs = []
    for row, line in zip(rows, lines, strict=True):
        main = answer_of(line).main
        label = "OTHER"
        if main is not None:
            label = labels["subtype"].get(main["acled_subtype"]) or labels["type"].get(main["type"], "OTHER")
        pairs.append((row["acled_subtype"], label))
    gold, found = Counter(wanted for wanted, _ in pairs), Counter(label for _, label in pairs)
    hits = Counter(wanted for wanted, label in pairs if wanted == label)
    weighted = sum(_f1(hits[label], found[label], count)["F1"] * count for label, count in gold.items())
    figures = {"weighted F1": weighted / max(len(pairs), 1), "accuracy": hits.total() / max(len(pairs), 1)}
    return Score(len(pairs), figures, tuple(_confused(rows, lines, pairs)))


def _score_types(rows: Sequence[_Row], lines: Sequence[_Row]) -> Score:
    names, quads = _labels()["plover"], _labels()["quad"]
    pairs = []
    for row, line in zip(rows, lines, strict=True):
        main = answer_of(line).main
        pairs.append((names.get(row["event"], row["event"]), main["type"] if main else "none"))
    same = sum(quads.get(wanted) == quads.get(found) for wanted, found in pairs)
    right = sum(wanted == found for wanted, found in pairs)
    figures = {"accuracy": right / max(len(pairs), 1), "quad class": same / max(len(pairs), 1)}
    return Score(len(pairs), figures, tuple(_confused(rows, lines, pairs)))


def _confused(rows: Sequence[_Row], lines: Sequence[_Row], pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    for row, line, (wanted, found) in zip(rows, lines, pairs, strict=True):
        if wanted != found:
            main = answer_of(line).main
            trigger = row["text"][main["trigger"]["start"] : main["trigger"]["end"]] if main else ""
            yield f"{row['id']} {wanted}, not {found} ({trigger}) | {row['text']}"


# --- incidents --------------------------------------------------------------------------------------------------------


def _score_incidents(rows: Sequence[_Row], lines: Sequence[_Row]) -> Score:
    """Score whether an article tells of an incident; of those that do and are found so, its country and its date."""
    count: Counter[str] = Counter()
    wrong = []
    codes = _labels()["muc4"]["countries"]
    for row, line in zip(rows, lines, strict=True):
        answer = answer_of(line)
        ours = [event for event in answer.events if _is_incident(event)]
        count["gold" if row["incidents"] else "none"] += 1
        count["found" if row["incidents"] else "false"] += bool(ours)
        if bool(ours) != bool(row["incidents"]):
            told = [row["text"][e["evidence"]["start"] : e["evidence"]["end"]] for e in ours]
            wrong.append(f"{row['id']} {len(row['incidents'])} incidents, ours: {told}")
        if not ours or not row["incidents"]:
            continue
        countries = {
            _folded(part.split(":")[0])
            for incident in row["incidents"]
            for part in re.split(r"[/()]+", incident["location"])
        }
        named = {
            _folded(answer.countries.get((place["lat"], place["lon"]), ""))
            for event in ours
            for place in event["places"]
        } - {""}
        if named:
            count["placed"] += 1
            count["country"] += bool(named & {codes.get(name, name) for name in countries})
        days = [day for incident in row["incidents"] for day in _intervals(incident["date"])]
        if days:
            count["dated"] += 1
            count["date"] += any(_overlap(event["time"], day) for event in ours for day in days)
    figures = {
        "recall": count["found"] / max(count["gold"], 1),
        "false alarms": count["false"] / max(count["none"], 1),
        "country": count["country"] / max(count["placed"], 1),
        "with a place": count["placed"] / max(count["found"], 1),
        "date": count["date"] / max(count["dated"], 1),
    }
    return Score(len(rows), figures, tuple(wrong))


def _is_incident(event: _Row) -> bool:
    """Whether an event is reported as violence that has happened, and is not between two forces."""
    armed = {"military", "rebel"}
    between = {a["kind"] for a in event["actors"]} & armed and {a["kind"] for a in event["recipients"]} & armed
    told = event["acled_subtype"] in _labels()["muc4"]["incidents"] and event["modality"] in ("happened", "ongoing")
    return told and not between


def _folded(name: str) -> str:
    return " ".join(name.upper().split())


_Interval = tuple[dt.date, dt.date]


def _intervals(text: str) -> Iterator[_Interval]:
    """Read the dates of an incident: "02 FEB 90", "- 04 FEB 90" (until), "31 MAR 90 - 01 APR 90", with alternatives."""
    for part in re.split(r"[/()]+", text):
        days = [_short_day(day) for day in part.split(" - ")] if " - " in part else [_short_day(part.strip("- "))]
        known = [day for day in days if day is not None]
        if known:
            first = known[0] - _BEFORE if part.strip().startswith("-") else known[0]
            yield first, known[-1]


# "Until" a day tells of the days before it.
_BEFORE = dt.timedelta(days=7)


def _overlap(time: _Row | None, day: _Interval) -> bool:
    if time is None:
        return False
    first, last = _published(time["from"] or ""), _published(time["to"] or "")
    if first is None and last is None:
        return False
    # an open side of ours says little: its closed side has to fall near
    low = first or (last or dt.date.max) - _BEFORE
    high = last or low + _BEFORE
    return low <= day[1] and day[0] <= high


# --- who, what, where, when -------------------------------------------------------------------------------------------


def _score_main(rows: Sequence[_Row], lines: Sequence[_Row]) -> Score:
    """Score the main event, of the questions that the gold answers: any of its answers will do."""
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong = []
    for row, line in zip(rows, lines, strict=True):
        main = answer_of(line).main
        failed = []
        for question in _QUESTIONS:
            answers = [answer for answer in row["fiveWoneH"][question].get("annotated", ()) if answer.get("text")]
            if not answers:
                continue
            asked[question] += 1
            fits = main is not None and any(_answers(question, row["text"], main, answer) for answer in answers)
            right[question] += fits
            if not fits:
                failed.append(f"{question}: {[answer['text'] for answer in answers]}")
        if failed:
            wrong.append(f"{row['id'][:12]} {'; '.join(failed)}, ours: {main['evidence']['text'][:80] if main else ''}")
    return Score(len(rows), {question: right[question] / count for question, count in asked.items()}, tuple(wrong))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3 or word.isdigit()}


_QUESTIONS = ("who", "what", "where", "when")


def _answers(question: str, text: str, main: _Row, answer: _Row) -> bool:
    """Tell whether an event answers a question as the gold does: by a word of it, or half the words of what it is."""
    wanted = _words(answer["text"])
    if question == "who":
        return bool(wanted & _words(" ".join(actor["text"] for actor in (*main["actors"], *main["recipients"]))))
    if question == "what":
        return len(_words(main["evidence"]["text"]) & wanted) * 2 >= max(len(wanted), 1)
    if question == "where":
        return bool(wanted & _words(" ".join(text[place["start"] : place["end"]] for place in main["places"])))
    day = _published(answer.get("parsed") or "")
    return day is not None and _overlap(main["time"], (day, day))


# --- where it happened ------------------------------------------------------------------------------------------------

_SAME_KM = 25.0


def _score_settings(rows: Sequence[_Row], lines: Sequence[_Row]) -> Score:
    right = found = gold = hit = 0
    wrong = []
    for row, line in zip(rows, lines, strict=True):
        wanted = {
            (t["lat"], t["lon"]): t["surface"]
            for t in row["toponyms"]
            if t.get("type") == "LOC" and t.get("lat") is not None
        }
        ours = line["event_places"]
        good = [place for place in ours if any(_same(place, point) for point in wanted)]
        missed = [name for point, name in wanted.items() if not any(_same(place, point) for place in ours)]
        right += len(good)
        found += len(ours)
        gold += len(wanted)
        hit += len(wanted) - len(missed)
        if missed or len(good) < len(ours):
            extra = [place["name"] for place in ours if place not in good]
            wrong.append(f"{row['id']} missed {missed}, extra {extra}")
    precision, recall = right / max(found, 1), hit / max(gold, 1)
    both = precision + recall
    figures = {"precision": precision, "recall": recall, "F1": 2 * precision * recall / both if both else 0.0}
    return Score(len(rows), figures, tuple(wrong))


def _same(place: _Row, point: tuple[float, float]) -> bool:
    return distance_km(place["lat"], place["lon"], *point) <= _SAME_KM


_TASKS: tuple[tuple[Callable[[_Row], bool], Callable[[Sequence[_Row], Sequence[_Row]], Score]], ...] = (
    (lambda row: "verb" in row and "location" in row, _score_links),
    (lambda row: "acled_subtype" in row, _score_subtypes),
    (lambda row: "eventText" in row, _score_types),
    (lambda row: "incidents" in row, _score_incidents),
    (lambda row: "fiveWoneH" in row, _score_main),
    (lambda row: any(toponym.get("type") == "PLOC" for toponym in row.get("toponyms", ())), _score_settings),
)
