"""Web annotations point at the words they are about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geomap.api import Corpus, Document

if TYPE_CHECKING:
    from pathlib import Path

    from geomap.record import Record


def test_annotations_point_at_their_words(record: Record, tmp_path: Path):
    path = tmp_path / "annotations.jsonld"
    Document(record).to_annotations(path)
    page = json.loads(path.read_text(encoding="utf-8"))
    assert page["type"] == "AnnotationPage"
    resolved = [mention for mention in record.mentions if mention.place_id]
    kinds = [item["motivation"] for item in page["items"]]
    assert kinds == ["identifying"] * len(resolved) + ["describing"] * len(record.events)
    text = record.article.text
    for item in page["items"]:
        position, quoted = item["target"]["selector"]
        assert text[position["start"] : position["end"]] == quoted["exact"]
        assert (quoted["prefix"] + quoted["exact"] + quoted["suffix"]) in text
    assert len({item["id"] for item in page["items"]}) == len(page["items"])


def test_annotations_of_several_articles_are_one_page(record: Record, tmp_path: Path):
    one, two = tmp_path / "one.jsonld", tmp_path / "two.jsonld"
    Document(record).to_annotations(one)
    Corpus((Document(record), Document(record))).to_annotations(two)
    assert len(json.loads(two.read_text())["items"]) == 2 * len(json.loads(one.read_text())["items"])
