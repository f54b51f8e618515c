"""The pipeline runs its stages in order, keeps what it was told, and outlives bad articles."""

from __future__ import annotations

import datetime as dt
import pickle
import time
from dataclasses import replace
from pathlib import Path

import pytest

from geomap.article import LIMIT
from geomap.errors import ArticleError, GazetteerError
from geomap.pipeline import Config, Failure, Pipeline
from geomap.places.tagger import marginals
from geomap.record import Article, Event, EventType, Mention, Record, Span

STORE = object()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Record, tuple, dict]]:
    """Stages that note how they were called, and find the first word and one event."""
    seen: list[tuple[str, Record, tuple, dict]] = []

    def stage(name: str, change):
        def run(record: Record, *given: object, **options: object) -> Record:
            seen.append((name, record, given, options))
            return change(record)

        return run

    def mention(record: Record) -> Record:
        return replace(record, mentions=(Mention(0, 3, record.article.text[:3], place_id="gn:1"),))

    def event(record: Record) -> Record:
        return replace(record, events=(Event("e1", EventType.OTHER, Span(0, 3), Span(0, 3)),))

    def same(record: Record) -> Record:
        return record

    monkeypatch.setattr(Pipeline, "store", STORE)
    for home, name, change in (
        ("places.recognise", "find_mentions", mention),
        ("places.candidates", "find_candidates", same),
        ("places.corrections", "apply_corrections", same),
        ("places.resolve", "resolve", same),
        ("places.relations", "describe", same),
        ("events.extract", "extract_events", event),
    ):
        monkeypatch.setattr(f"geomap.{home}.{name}", stage(name, change))
    return seen


def test_stages_run_in_order(calls: list):
    record = Pipeline().run(Article("Air naik di Manado. Warga pergi.", date=dt.date(2021, 7, 8), language="id"))
    assert [name for name, *_ in calls] == [
        "find_mentions",
        "find_candidates",
        "apply_corrections",
        "resolve",
        "describe",
        "extract_events",
    ]
    first = calls[0][1]
    assert len(first.sentences) == 2
    assert first.tokens
    assert record.events
    assert record.warnings == ()


def test_given_spans_and_triggers_are_passed_on(calls: list):
    Pipeline().run(Article("Air naik di Manado."), gold_spans=[(12, 18)], triggers=[(4, 8)])
    given = {name: (arguments, options) for name, _, arguments, options in calls}
    assert given["find_mentions"] == ((STORE,), {"spans": [(12, 18)], "recogniser": marginals})
    assert given["extract_events"] == (([Span(4, 8)],), {})


@pytest.mark.usefixtures("calls")
def test_language_is_identified_unless_it_is_given():
    text = "Pasukan itu mundur dari perbatasan pada hari Kamis, kata seorang pejabat."
    assert Pipeline().run(Article(text)).language == "id"
    assert Pipeline().run(Article(text, language="MS")).language == "ms"


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Banjir di Manado\nKamis, 8 Juli 2021 10:20 WIB\nAir naik.", "2021-07-08"),
        ("MANADO, 8 Juli 2021 – Air naik sejak pagi.", "2021-07-08"),
        ("DUSHANBE, 8 July 2021 (The Wire) -- Fighters took a bridge.", "2021-07-08"),
        ("Air naik di Manado pada 8 Juli 2021.", None),
        ("Attack of 11 September 2001 remembered\nPeople met on Saturday.", None),
        ("MANADO, Kamis (8/7) – Air naik sejak pagi.", None),
    ],
)
def test_day_of_publication_from_the_head_of_the_text(text: str, day: str | None):
    language = "id" if "ir" in text[:25] or "MANADO" in text else "en"
    found = Pipeline().run(Article(text, language=language)).article.date
    assert (found.isoformat() if found else None) == day


@pytest.mark.usefixtures("calls")
def test_relative_dates_hang_on_a_day_that_was_found():
    record = Pipeline().run(Article("MANADO, 8 Juli 2021 – Air naik kemarin.", language="id"))
    assert dt.date(2021, 7, 7) in {date.earliest for date in record.dates}


@pytest.mark.usefixtures("calls")
def test_a_day_that_was_given_is_kept():
    article = Article("MANADO, 8 Juli 2021 – Air naik.", date=dt.date(2021, 7, 9), language="id")
    assert Pipeline().run(article).article.date == dt.date(2021, 7, 9)


@pytest.mark.usefixtures("calls")
def test_warnings_say_what_limits_the_result(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geomap.events.extract.extract_events", lambda record, _: record)
    monkeypatch.setattr("geomap.places.recognise.find_mentions", lambda record, *_, **__: record)
    warnings = " ".join(Pipeline().run(Article("Xyz 12345", language="qq")).warnings)
    for part in ("no language pack", "No places", "No events"):
        assert part in warnings
    dated = Pipeline().run(Article("The town flooded last week.", language="en"))
    assert sum("No publication date" in warning for warning in dated.warnings) == 1
    assert "language is unknown" in " ".join(Pipeline().run(Article("12345 67")).warnings)


@pytest.mark.usefixtures("calls")
def test_half_characters_are_replaced():
    assert Pipeline().run(Article("Air \ud800 naik")).article.text == "Air \ufffd naik"


@pytest.mark.parametrize("text", ["", " \n ", "a" * (LIMIT + 1)])
def test_texts_that_are_none(text: str):
    with pytest.raises(ArticleError, match=r"^x: "):
        Pipeline().run(Article(text, "x"))


@pytest.mark.usefixtures("calls")
def test_one_bad_article_stops_no_batch():
    results = list(Pipeline().run_many([Article("Air naik.", "a"), Article("", "b"), Article("Air surut.", "c")]))
    assert [type(result) for result in results] == [Record, Failure, Record]
    assert (results[1].id, type(results[1].error)) == ("b", ArticleError)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["a", "Kabul ", "Kabul, ", "1 ", "8 July 2021 ", "north of ", "border between ", ". ", "\0"]
)
def test_time_is_linear(unit: str):
    start = time.process_time()
    Pipeline().run(Article("Kabul " + unit * (60_000 // len(unit)), language="en"))
    assert time.process_time() - start < 10  # a quadratic stage would take minutes


def test_a_missing_gazetteer_is_told(tmp_path: Path):
    with pytest.raises(GazetteerError, match="no gazetteer here"):
        Pipeline(Config(gazetteer=tmp_path)).run(Article("Air naik di Manado."))


def test_a_pipeline_pickles_as_its_config():
    pipeline = Pipeline(Config(gazetteer=Path("somewhere")))
    data = pickle.dumps(pipeline)
    assert len(data) < 500
    assert pickle.loads(data) == pipeline  # noqa: S301 our own
