"""Corpora that ask about events, and how answers to them are scored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from geomap.errors import ArticleError
from geomap.evaluate.tasks import read_task

if TYPE_CHECKING:
    from pathlib import Path

    from geomap.evaluate.tasks import Task


def line(*events: dict[str, Any], main: str = "e1", **rest: Any) -> dict[str, Any]:
    return {"events": list(events), "main_event": main, "toponyms": [], "event_places": [], **rest}


def event(**change: Any) -> dict[str, Any]:
    plain = {
        "id": "e1",
        "type": "ASSAULT",
        "acled_subtype": "Attack",
        "trigger": {"start": 0, "end": 1},
        "actors": [],
        "recipients": [],
        "places": [],
        "time": {"from": "1990-02-02", "to": "1990-02-02"},
        "modality": "happened",
        "evidence": {"start": 0, "end": 1, "text": ""},
    }
    return plain | change


@pytest.fixture
def corpus(tmp_path: Path):
    def write(*rows: dict[str, Any]) -> Task | None:
        path = tmp_path / "corpus.jsonl"
        path.write_text("".join(json.dumps({"id": "1", "lang": "en", "text": "x", **row}) + "\n" for row in rows))
        return read_task(path)

    return write


def at(start: int, end: int, role: str = "at", **rest: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "role": role, "lat": 0.0, "lon": 0.0, **rest}


def test_a_corpus_that_asks_nothing_of_events_is_no_task(corpus, tmp_path: Path):
    assert corpus({"toponyms": []}) is None
    assert read_task(tmp_path / "article.gold.json") is None
    with pytest.raises(ArticleError):
        read_task(tmp_path / "missing.jsonl")


def test_places_of_a_word_are_scored_by_token_and_by_sentence(corpus):
    text = "Two men were shot in Salah al-Din and in Gao."
    row = {"text": text, "verb": [{"start": 13, "end": 17, "text": "shot"}]}
    task = corpus({**row, "location": [{"start": 21, "end": 33, "text": "Salah al-Din"}]}, {**row, "location": []})
    ((_, given), _) = task.articles()
    assert given == [(13, 17)]
    score = task.score(task.rows, [line(event(places=[at(21, 26)])), line(event(places=[at(41, 44, "about")]))])
    assert score.figures["precision"] == 1.0
    assert score.figures["recall"] == pytest.approx(1 / 3)
    assert score.figures["sentences"] == 0.5
    assert len(score.wrong) == 1


def test_sub_types_are_those_of_the_main_event(corpus):
    task = corpus({"acled_subtype": "ATTACK"}, {"acled_subtype": "DIPLO"})
    answers = [line(event()), line(event(type="CONSULT", acled_subtype=None))]
    assert task.score(task.rows, answers).figures == {"weighted F1": 1.0, "accuracy": 1.0}
    assert task.score(task.rows, [line(main=""), line(main="")]).figures["accuracy"] == 0.0


def test_types_and_quad_classes(corpus):
    task = corpus({"event": "FIGHT", "eventText": ""}, {"event": "DEMAND", "eventText": ""})
    answers = [line(event()), line(event(type="ACCUSE"))]
    assert task.score(task.rows, answers).figures == {"accuracy": 0.5, "quad class": 1.0}


def test_incidents(corpus):
    incident = {"location": "PERU: LIMA (CITY)", "date": "- 04 FEB 90"}
    task = corpus({"dct": "4 FEB 90", "incidents": [incident]}, {"incidents": []})
    article, _ = next(iter(task.articles()))
    assert article.date.isoformat() == "1990-02-04"
    found = line(event(places=[at(0, 1)]), toponyms=[{"lat": 0.0, "lon": 0.0, "country": "PE"}])
    between = event(actors=[{"kind": "rebel"}], recipients=[{"kind": "military"}])
    figures = task.score(task.rows, [found, line(between)]).figures
    assert figures == {"recall": 1.0, "false alarms": 0.0, "country": 1.0, "with a place": 1.0, "date": 1.0}
    figures = task.score(task.rows, [line(event(modality="background")), line(event())]).figures
    assert (figures["recall"], figures["false alarms"]) == (0.0, 1.0)


def test_the_questions_of_a_main_event(corpus):
    text = "Rebels took Gao on Monday."
    asked = {
        "who": {"annotated": [{"text": "the rebels"}]},
        "what": {"annotated": [{"text": "took Gao"}]},
        "where": {"annotated": [{"text": "Timbuktu"}, {"text": "near Gao town"}]},
        "when": {"annotated": [{"text": "Monday", "parsed": "1990-02-02"}]},
    }
    task = corpus({"text": text, "fiveWoneH": asked})
    ours = event(
        actors=[{"text": "Rebels"}], places=[at(12, 15)], evidence={"start": 0, "end": 25, "text": "Rebels took Gao"}
    )
    assert task.score(task.rows, [line(ours)]).figures == {"who": 1.0, "what": 1.0, "where": 0.0, "when": 1.0}


def test_where_it_happened(corpus):
    names = [
        {"type": "LOC", "lat": 1.0, "lon": 1.0, "surface": "Gao"},
        {"type": "PLOC", "lat": 9.0, "lon": 9.0, "surface": "Kidal"},
    ]
    task = corpus({"toponyms": names})
    near = {"lat": 1.1, "lon": 1.1, "name": "Gao"}
    assert task.score(task.rows, [line(event_places=[near])]).figures == {"precision": 1.0, "recall": 1.0, "F1": 1.0}
    far = task.score(task.rows, [line(event_places=[{"lat": 9.0, "lon": 9.0, "name": "Kidal"}])])
    assert far.figures["F1"] == 0.0
    assert "Kidal" in far.wrong[0]
