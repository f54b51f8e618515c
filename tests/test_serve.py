"""The page on this machine: what it answers, to whom, and what a person sees there."""

from __future__ import annotations

import http.client
import json
from importlib.resources import files
from threading import Thread

import pytest

from geomap.article import LIMIT
from geomap.page.assets import LANGUAGES
from geomap.pipeline import Pipeline
from geomap.serve import HOST, Server, form

ARTICLE = "Floods in Manado\n\nFloods killed two people in Manado on Thursday, officials said."
OURS = {"X-Geomap": "map"}


@pytest.fixture(scope="module")
def server():
    with Server(Pipeline()) as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(server, method="POST", *, path="/map", body=b"", headers=None, host=""):
    connection = http.client.HTTPConnection(HOST, server.server_port, timeout=30)
    connection.request(method, path, body, {"Host": host or f"{HOST}:{server.server_port}"} | (headers or {}))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def test_an_article_becomes_a_map(server):
    answer, page = ask(server, path="/map?date=2023-06-09", body=ARTICLE.encode(), headers=OURS)
    assert answer.status == 200
    assert "Manado" in page
    assert "2023-06-08" in page  # Thursday, seen from the Friday
    assert answer.getheader("Cache-Control") == "no-store"


def test_the_form_speaks_and_forbids_the_rest(server):
    answer, page = ask(server, "GET", path="/")
    assert answer.status == 200
    assert page == form()
    assert "default-src 'none'" in answer.getheader("Content-Security-Policy")
    assert ask(server, "GET", path="/etc/passwd")[0].status == 404


def test_the_form_speaks_the_languages_of_the_page():
    words = json.loads(files("geomap.serve").joinpath("messages.json").read_text(encoding="utf-8"))
    assert set(words) == set(LANGUAGES)
    assert all(one.keys() == words["en"].keys() and all(one.values()) for one in words.values())


@pytest.mark.parametrize(
    ("status", "given"),
    [
        (403, {"body": b"x", "headers": {}}),
        (403, {"body": b"x", "headers": OURS, "path": "/other"}),
        (403, {"body": b"x", "headers": OURS, "host": "evil.example"}),
        (403, {"method": "GET", "path": "/", "host": "evil.example:80"}),
        (411, {"headers": OURS | {"Content-Length": "many"}}),
        (413, {"headers": OURS | {"Content-Length": str(LIMIT + 1)}}),
        (422, {"body": b" ", "headers": OURS}),
        (422, {"body": b"\x00\x01\x02" * 50, "headers": OURS}),
        (422, {"body": ARTICLE.encode(), "headers": OURS, "path": "/map?date=soon"}),
        (422, {"body": b"http://127.0.0.1:9/", "headers": OURS}),
    ],
)
def test_what_is_refused(server, status, given):
    answer, text = ask(server, **given)
    assert answer.status == status
    assert text.strip()
    assert "Traceback" not in text


def test_a_fault_of_ours_is_told_and_survived(server, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Server, "draw", lambda *_, **__: 1 / 0)
        assert ask(server, body=ARTICLE.encode(), headers=OURS)[0].status == 500
    assert ask(server, body=ARTICLE.encode(), headers=OURS)[0].status == 200


def test_a_person_pastes_an_article_and_sees_the_map(server, browser):
    context = browser.new_context(locale="de-DE", accept_downloads=True)
    tab = context.new_page()
    problems = []
    tab.on("console", lambda message: problems.append(message.text) if message.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(server.url)
    assert tab.title() == "geomap: ein Artikel auf der Karte"
    tab.get_by_label("Artikel einfügen").fill(ARTICLE)
    tab.get_by_label("Tag der Veröffentlichung").fill("2023-06-09")
    tab.get_by_role("button", name="Karte zeichnen").click()
    frame = tab.frame_locator("iframe")
    frame.locator("html[data-ready=true]").wait_for()
    assert frame.get_by_text("Floods killed two people").count()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Seite sichern").click()
    assert "Manado" in download.value.path().read_text(encoding="utf-8")
    tab.get_by_role("button", name="Anderer Artikel").click()
    assert tab.locator("iframe").count() == 0
    assert tab.get_by_label("Artikel einfügen").input_value() == ARTICLE
    assert problems == []
    context.close()


def test_an_error_is_told_in_the_form(server, browser):
    context = browser.new_context(locale="en-GB")
    tab = context.new_page()
    tab.goto(server.url)
    tab.get_by_role("button", name="Draw the map").click()
    tab.get_by_role("alert").filter(has_text="empty").wait_for()
    context.close()
