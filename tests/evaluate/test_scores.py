"""The figures are those of the field: checked by hand, and against the script that scored the corpora before."""

from __future__ import annotations

import importlib.util
import json
import os
import random
from pathlib import Path

import pytest

from geomap.errors import ArticleError
from geomap.evaluate.corpora import GoldArticle, Timex, Toponym, read_gold, toponyms
from geomap.evaluate.scores import distance_km, score_timexes, score_toponyms
from geomap.record import Article

BENCH = Path(
    os.environ.get("GEOMAP_BENCH", "no corpora")
)  # the folder of evaluation corpora, which are not ours to ship
ARTICLE = Article("x")


def gold(*found: Toponym, **options) -> GoldArticle:
    return GoldArticle(ARTICLE, toponyms=found, **options)


@pytest.fixture(scope="module")
def reference():
    path = BENCH / "score.py"
    if not path.exists():
        pytest.skip("the reference scorer is not here")
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made_up(seed: int) -> tuple[dict, dict]:
    """Return a gold line and an answer with every odd thing: lines, areas, ignored and unplaced names, doubles."""
    rnd = random.Random(seed)  # noqa: S311 made-up data that stay the same

    def toponym(start: int) -> dict:
        value = {"start": start, "end": start + rnd.randint(2, 9), "lat": None, "lon": None}
        if rnd.random() < 0.85:
            value |= {"lat": rnd.uniform(-60, 60), "lon": rnd.uniform(-179, 179)}
        return value

    wanted, answer = [], []
    for start in range(0, 300, 10):
        one = toponym(start)
        if rnd.random() < 0.2:
            one["ignore"] = True
        if one["lat"] is not None and rnd.random() < 0.3:
            one["radius_km"] = rnd.uniform(10, 600)
        if one["lat"] is not None and rnd.random() < 0.2:
            one["path"] = [[one["lat"], one["lon"]], [one["lat"] + 2, one["lon"] - 1], [one["lat"] + 3, one["lon"]]]
        wanted.append(one)
        if rnd.random() < 0.8:
            other = {**toponym(start + rnd.choice([0, 0, 1, 4])), "geonameid": None}
            if one["lat"] is not None and other["lat"] is not None:
                other |= {"lat": one["lat"] + rnd.choice([0, 0.05, 1, 4]), "lon": one["lon"]}
            answer.append(other)
            if rnd.random() < 0.1:
                answer.append(dict(other))
    return {"id": str(seed), "text": "x", "toponyms": wanted}, {"id": str(seed), "toponyms": answer}


def same_figures(ours, theirs) -> None:
    assert (ours.documents, ours.gold, ours.resolved) == (theirs["docs"], theirs["gold"], theirs["matched_geo"])
    for rate, name in ((ours.exact, "rec_exact"), (ours.overlap, "rec_overlap"), (ours.end_to_end, "e2e")):
        assert rate == pytest.approx(theirs[name]), name
    for value, name in (
        (ours.within_161_km, "acc161"),
        (ours.within_10_km, "acc10"),
        (ours.mean_km, "mean"),
        (ours.median_km, "median"),
        (ours.auc, "auc"),
    ):
        assert value == pytest.approx(theirs[name]), name


def test_the_intervals_are_those_of_the_reference_scorer(reference, tmp_path):
    lines, answers = zip(*(made_up(seed) for seed in range(8)), strict=True)
    gold_path, answer_path = tmp_path / "gold.jsonl", tmp_path / "answers.jsonl"
    gold_path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    answer_path.write_text("\n".join(map(json.dumps, answers)), encoding="utf-8")
    theirs = reference.main([str(gold_path), str(answer_path), "--ci", "200"])["gold"]
    pairs = zip(read_gold(gold_path), (toponyms(answer["toponyms"]) for answer in answers), strict=True)
    ours = score_toponyms(pairs, resamples=200)
    assert ours.within_161_km_interval == pytest.approx(theirs["ci_acc161"])
    assert ours.f1_interval == pytest.approx(theirs["ci_e2e_f1"])


def test_resolution_by_type_and_by_kind():
    article = gold(Toponym(0, 5, 1.0, 1.0, kind="P"), Toponym(6, 9, 1.0, 1.0, kind="A"))
    found = [Toponym(0, 5, 1.0, 1.0, kind="city"), Toponym(6, 9, 9.0, 9.0, kind="city")]
    by_type = score_toponyms([(article, found)], by="type").groups
    assert {label: (group.names, group.within_161_km) for label, group in by_type.items()} == {"P": (1, 1), "A": (1, 0)}
    assert score_toponyms([(article, found)], by="kind").groups["city"].within_161_km == 0.5
    assert score_toponyms([(article, found)]).groups == {}


@pytest.mark.parametrize("extent", [False, True])
def test_the_figures_are_those_of_the_reference_scorer(reference, tmp_path, extent):
    lines, answers = zip(*(made_up(seed) for seed in range(8)), strict=True)
    path = tmp_path / "made-up.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    ours = score_toponyms(
        zip(read_gold(path), (toponyms(answer["toponyms"]) for answer in answers), strict=True), extent=extent
    )
    counts = [reference.score_doc(*pair, extent=extent) for pair in zip(lines, answers, strict=True)]
    same_figures(ours, reference.pool(counts))


def test_the_figures_agree_on_a_real_corpus(reference):
    """Answer with the gold of a corpus, shifted: no reading of the articles is needed."""
    path = BENCH / "dev" / "lgl.jsonl"
    if not path.exists():
        pytest.skip("the corpus is not here")
    articles = read_gold(path)[:100]
    rows = reference.load(path)[:100]
    answers = [
        {
            "toponyms": [
                {"start": t["start"] + n % 3, "end": t["end"], "lat": t["lat"] and t["lat"] + n % 4, "lon": t["lon"]}
                for n, t in enumerate(row["toponyms"])
                if n % 5
            ]
        }
        for row in rows
    ]
    ours = score_toponyms(zip(articles, (toponyms(answer["toponyms"]) for answer in answers), strict=True))
    same_figures(ours, reference.pool([reference.score_doc(*pair) for pair in zip(rows, answers, strict=True)]))


def test_dates_agree_with_the_reference_scorer(reference):
    wanted = [{"start": 0, "end": 5, "value": "2021"}, {"start": 10, "end": 20, "value": "2021-07-08"}]
    found = [
        {"start": 0, "end": 5, "value": "2021"},
        {"start": 12, "end": 22, "value": "P1D"},
        {"start": 30, "end": 31},
    ]
    article = GoldArticle(ARTICLE, timexes=tuple(Timex(t["start"], t["end"], t["value"]) for t in wanted))
    ours = score_timexes([(article, [Timex(t["start"], t["end"], t.get("value")) for t in found])])
    theirs = reference.score_times([{"id": "1", "timexes": wanted}], [{"id": "1", "timexes": found}])
    assert ours.strict == pytest.approx(theirs["strict"])
    assert ours.relaxed == pytest.approx(theirs["relaxed"])
    assert ours.value == pytest.approx(theirs["value_f1"])


def test_a_name_off_by_a_character_overlaps_and_is_not_exact():
    scores = score_toponyms([(gold(Toponym(0, 5, 1.0, 1.0)), [Toponym(0, 6, 1.0, 1.0)])])
    assert (scores.exact.f1, scores.overlap.f1, scores.end_to_end.f1) == (0.0, 1.0, 1.0)


def test_ignored_names_are_neither_right_nor_wrong():
    article = gold(Toponym(0, 5, 1.0, 1.0), Toponym(10, 15, ignore=True))
    scores = score_toponyms([(article, [Toponym(0, 5, 1.0, 1.0), Toponym(10, 15, 9.0, 9.0)])])
    assert (scores.gold, scores.exact.precision, scores.end_to_end.precision) == (1, 1.0, 1.0)


def test_where_only_some_names_are_annotated_precision_is_unknown():
    scores = score_toponyms([(gold(Toponym(0, 5, 1.0, 1.0), partial=True), [Toponym(0, 5, 1.0, 1.0)])])
    assert (scores.exact.precision, scores.exact.recall, scores.exact.f1) == (None, 1.0, None)


def test_given_spans_are_no_merit():
    scores = score_toponyms([(gold(Toponym(0, 5, 1.0, 1.0)), [Toponym(0, 5, 1.0, 1.0)])], gold_spans=True)
    assert scores.exact.f1 is scores.end_to_end.f1 is None
    assert scores.within_161_km == 1.0


def test_the_distance_between_two_cities():
    assert distance_km(52.52, 13.405, 48.8566, 2.3522) == pytest.approx(877, abs=2)


def test_nothing_annotated():
    assert score_timexes([(GoldArticle(ARTICLE), [Timex(0, 1)])]) is None
    scores = score_toponyms([(GoldArticle(ARTICLE), [Toponym(0, 1)])])
    assert (scores.documents, scores.mean_km, scores.auc) == (0, None, None)


@pytest.mark.parametrize("text", ["{", '{"id": "1"}', "[1]", '{"id": "1", "text": "x", "toponyms": [{"start": 1}]}'])
def test_what_is_no_gold_is_one_error(tmp_path, text):
    path = tmp_path / "bad.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ArticleError, match="no gold"):
        read_gold(path)


def test_a_missing_file_is_one_error(tmp_path):
    with pytest.raises(ArticleError, match="cannot be read"):
        read_gold(tmp_path / "none.gold.json")
