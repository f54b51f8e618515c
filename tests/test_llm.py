"""A language model of the user's choice: what it may change, what is dropped, and what happens when it fails."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from geomap.llm import LanguageModel, refine
from geomap.pipeline import Config, Pipeline
from geomap.record import Article, Draw, EventType, Modality, Role

TEXT = (
    "Rebels seized Goma on Tuesday, the army said. Kinshasa denies that its soldiers left the town. "
    "A convoy of lorries reached Bukavu on Wednesday with flour for 400 families."
)
CONVOY = "A convoy of lorries reached Bukavu on Wednesday with flour for 400 families."


@pytest.fixture(scope="module")
def record():
    return Pipeline().run(Article(TEXT, "a", date=None, language="en"))


def answering(*events, cost=10):
    return lambda _instructions, _question: (json.dumps({"events": list(events)}), cost)


def asked(record, *events):
    return refine(record, LanguageModel("http://model.example"), ask=answering(*events))


def seizure(record):
    return next(event for event in record.events if event.mode == "seize")


def test_a_missed_event_is_added_in_text_order_with_a_place_of_ours(record):
    plain = replace(record, events=tuple(event for event in record.events if event.trigger.start < 95))
    more = asked(
        plain,
        {"id": "", "quote": CONVOY, "trigger": "reached", "type": "AID", "modality": "happened", "place": "Bukavu",
         "role": "to", "date": "Wednesday"},
    )  # fmt: skip
    new = more.events[-1]
    assert [event.id for event in more.events] == [f"e{number}" for number in range(1, len(more.events) + 1)]
    assert (new.type, new.modality, new.draw) == (EventType.AID, Modality.HAPPENED, Draw.SOLID)
    assert record.place(new.places[0].place_id).name == "Bukavu"
    assert new.places[0].role is Role.TO
    assert TEXT[new.evidence.start : new.evidence.end] == CONVOY
    assert new.provenance == "language model default"
    assert more.events[: len(plain.events)] == plain.events


def test_an_event_is_corrected_with_words_of_the_schema(record):
    was = seizure(record)
    quote = "Rebels seized Goma on Tuesday, the army said."
    (now,) = [
        event
        for event in asked(record, {"id": was.id, "quote": quote, "modality": "denied"}).events
        if event.id == was.id
    ]
    assert (now.modality, now.draw, now.polarity) == (Modality.DENIED, Draw.OFF, False)
    assert now.places == was.places
    assert now.provenance == f"{was.provenance}; language model default"


@pytest.mark.parametrize(
    "answer",
    [
        {"quote": "Rebels burned Goma on Tuesday.", "modality": "denied"},
        {"quote": "Rebels seized goma on Tuesday, the army said.", "modality": "denied"},
        {"quote": CONVOY, "modality": "denied"},
        {"quote": "Rebels seized Goma on Tuesday, the army said.", "modality": "rumoured", "type": "WAR", "role": "in"},
        {"quote": "Rebels seized Goma on Tuesday, the army said.", "place": "Paris", "date": "1 May"},
        {"quote": "", "modality": "denied"},
        {"quote": ["Rebels"], "modality": {"a": 1}, "type": None},
        {"modality": "denied"},
        {"id": "", "quote": CONVOY, "trigger": "bombed", "type": "ASSAULT", "modality": "happened"},
        {"id": "", "quote": CONVOY, "trigger": "flour", "type": "HOAX", "modality": "happened"},
        {"id": "e99", "quote": CONVOY, "trigger": "flour", "type": "AID", "modality": "happened"},
    ],
)
def test_what_cannot_be_verified_is_dropped(record, answer):
    assert asked(record, {"id": seizure(record).id} | answer).events == record.events


@pytest.mark.parametrize("answer", ["", "no JSON", '{"events": 7}', '{"event": []}', '["events"]', "{" * 10_000 + "}"])
def test_an_answer_in_another_form_changes_nothing_and_is_told(record, answer):
    told = refine(record, LanguageModel("http://model.example"), ask=lambda *_: (answer, 1))
    assert told.events == record.events
    assert "form asked for" in told.warnings[-1]


def test_a_spent_budget_is_told_and_nothing_more_is_asked(record):
    model = LanguageModel("http://frugal.example", budget=15)
    assert refine(record, model, ask=answering()).warnings == record.warnings
    assert refine(record, model, ask=answering()).warnings == record.warnings  # the question that goes beyond it
    told = refine(record, model, ask=lambda *_: pytest.fail("asked without a budget"))
    assert "15 tokens" in told.warnings[-1]


def test_the_question_is_data_and_the_article_is_cut(record):
    questions = []

    def ask(_instructions, question):
        questions.append(json.loads(question))
        return '{"events": []}', 1

    model = LanguageModel("http://long.example")
    refine(record, model, ask=ask)
    long = replace(record, article=replace(record.article, text=TEXT + " More." * 10_000))
    told = refine(long, model, ask=ask)
    assert questions[0]["article"] == TEXT
    assert {"Goma", "Bukavu"} <= set(questions[0]["places"])
    assert len(questions[1]["article"]) == 30_000
    assert "30,000 characters" in told.warnings[-1]


class Stub(BaseHTTPRequestHandler):
    """An OpenAI-compatible service; `replies` holds what it answers, one after the other."""

    replies: list
    seen: list

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).seen.append((self.path, self.headers.get("Authorization"), body))
        status, content = type(self).replies.pop(0)
        reply = {
            "id": "1", "object": "chat.completion", "created": 0, "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }  # fmt: skip
        data = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def service():
    pytest.importorskip("openai")
    Stub.replies, Stub.seen = [], []
    with ThreadingHTTPServer(("127.0.0.1", 0), Stub) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def test_a_service_is_asked_again_after_a_failure(service, monkeypatch):
    monkeypatch.setenv("GEOMAP_LLM_KEY", "secret")
    event = {"id": "", "quote": CONVOY, "trigger": "flour", "type": "AID", "modality": "happened", "place": "Bukavu"}
    Stub.replies = [(500, ""), (200, "```json\n" + json.dumps({"events": [event]}) + "\n```")]
    pipeline = Pipeline(Config(llm=LanguageModel(service, "small", timeout=10)))
    assert b"secret" not in pickle.dumps(pipeline)
    record = pipeline.run(Article(TEXT, "a", language="en"))
    assert any(event.provenance == "language model small" for event in record.events)
    path, key, body = Stub.seen[-1]
    assert (path, key, body["model"], body["temperature"]) == ("/v1/chat/completions", "Bearer secret", "small", 0)
    assert len(Stub.seen) == 2


def test_a_service_that_is_away_costs_a_warning(service):
    away = LanguageModel(service.replace("/v1", "/none"), retries=0, timeout=5)
    Stub.replies = [(404, "")]
    record = Pipeline(Config(llm=away)).run(Article(TEXT, "a", language="en"))
    assert record.events
    assert any("gave no answer" in warning for warning in record.warnings)
