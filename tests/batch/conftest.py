"""A few articles of our own, as files."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("pyarrow", reason="needs geomap[batch]")

FLOOD = "Floods killed two people in Manado on Thursday, officials said."
ARTICLES = [
    {"id": "flood", "text": FLOOD, "lang": "en", "date": "2023-06-09"},
    {"id": "again", "text": "Two dead in Manado. " + FLOOD, "lang": "en", "date": "2023-06-10"},
    {"id": "blank", "text": ""},
    {
        "id": "quake",
        "text": "A quake shook Kathmandu on 30 May 2023, the agency said.",
        "lang": "en",
        "date": "2023-06-01",
    },
    {"id": "nowhere", "text": "Nothing of note was seen.", "lang": "en", "date": "soon"},
]


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES) + "no JSON\n", encoding="utf-8")
    return path
