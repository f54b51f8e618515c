"""The hand-labelled sentences keep to the format and to the shares that data/training/README.md states."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from geomap.text.tokens import tokenise

FOLDER = Path(__file__).parent.parent / "data" / "training"
FILES = sorted(FOLDER.glob("*.txt"))
SPAN = re.compile(r"\[(LOC|ORG|PER) ([^\[\]]+)\]")
# A file in the wrong script would teach nothing; these are the letters that most of its text must be made of.
SCRIPT = {
    **dict.fromkeys(("de", "en", "es", "fi", "fr", "it", "nl", "pl", "pt", "sv"), r"[A-Za-z\u00c0-\u017f]"),
    "ar": r"[\u0621-\u064a]",
    "fa": r"[\u0621-\u06cc]",
    "hi": r"[\u0900-\u097f]",
    "id": r"[A-Za-z]",
    "ja": r"[\u3040-\u30ff\u4e00-\u9fff々]",
    "tr": r"[A-Za-zÇĞİÖŞÜÂÎÛçğıöşüâîû]",
    "uk": r"[А-ЯҐЄІЇа-яґєії]",
    "zh": r"[\u4e00-\u9fff]",
}
# Languages of which nothing else that is free was at hand; of the others there are fewer sentences, of special kinds.
LARGE = {"ar", "fa", "hi", "id", "ja", "tr", "uk", "zh"}


@cache
def lines(path: Path) -> list[str]:
    """Return the labelled sentences of a file."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def parse(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    """Return the bare sentence and its spans, as start, end and label."""
    text, spans, at = "", [], 0
    for match in SPAN.finditer(line):
        text += line[at : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        at = match.end()
    return text + line[at:], spans


def test_there_are_files():
    assert {path.stem for path in FILES} <= set(SCRIPT)
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestFile:
    def test_brackets_are_spans_and_nothing_else(self, path):
        for line in lines(path):
            text, _ = parse(line)
            assert not re.search(r"[\[\]]", text), line
            assert not re.search(r"\b(LOC|ORG|PER)\b", text), line
            assert text == " ".join(text.split(" ")).strip(), line

    def test_spans_are_whole_tokens(self, path):
        for line in lines(path):
            text, spans = parse(line)
            tokens = tokenise(text)
            starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
            for start, end, _ in spans:
                assert start in starts, f"{text[start:end]!r} begins inside a token: {line}"
                assert end in ends, f"{text[start:end]!r} ends inside a token: {line}"

    def test_no_sentence_stands_twice(self, path):
        texts = Counter(re.sub(r"\W+", "", parse(line)[0]).lower() for line in lines(path))
        assert not [text for text, count in texts.items() if count > 1]

    def test_there_are_enough_sentences_of_every_kind(self, path):
        labels = [{label for *_, label in parse(line)[1]} for line in lines(path)]
        total = len(labels)
        assert total >= (300 if path.stem in LARGE else 20)
        assert 0.08 <= sum(not found for found in labels) / total <= 0.35, "sentences without a name"
        assert sum("LOC" in found for found in labels) / total >= 0.55, "sentences with a place"
        assert sum(bool(found & {"PER", "ORG"}) for found in labels) / total >= 0.25, "with a person or organisation"

    def test_names_are_varied(self, path):
        names = Counter(
            text[start:end] for line in lines(path) for text, spans in [parse(line)] for start, end, _ in spans
        )
        assert len(names) >= (250 if path.stem in LARGE else 35)
        assert max(names.values()) <= 0.05 * sum(names.values())

    def test_the_text_is_in_the_script_of_its_language(self, path):
        text = "".join(parse(line)[0] for line in lines(path))
        letters = re.findall(r"[^\W\d_]", text)
        assert len(re.findall(SCRIPT[path.stem], text)) >= 0.97 * len(letters)
