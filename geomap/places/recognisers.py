"""Other recognisers beside the tagger: any spaCy pipeline, and slovnet for Russian.

A `Recogniser` says of each word of a text how likely it is part of the name of a place, a person or an organisation.
`geomap.places.tagger.marginals` is the one that geomap ships and uses; `recogniser` returns others by name. Those find
names but give no probabilities, so each name is a second opinion beside the tagger's. ``recognisers.toml`` says what
they call places, people and organisations; `RECOGNISERS.md`, what each of them brings.
"""

from __future__ import annotations

import functools
import importlib.util
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from geomap._extras import require
from geomap.errors import GeomapError
from geomap.places import tagger
from geomap.places.tagger import Marginals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from geomap.gazetteer.store import Store
    from geomap.places.scan import Words

    Names = Iterable[tuple[int, int, str]]
    """Where the names of a text stand in it, and what each is a name of, in the words of who found it."""
    Finder = Callable[[Sequence[str]], Iterator[Names]]
    """Finds the names of several texts."""

__all__ = ["Recogniser", "recogniser"]

# How much the other's opinion weighs against the tagger's: the best for most corpora, and for none much worse than
# another; alone, it is worse than the tagger.
_SHARE = 0.3
# A text is read in pieces of so many words: spaCy's tokeniser needs time by the square of a run of brackets. A piece of
# more characters than that is no sentence, and left out.
_WINDOW = 200
_LONGEST = 4_000


class Recogniser(Protocol):
    """Tells names of places, people and organisations apart."""

    def __call__(self, words: Words, ranges: Sequence[tuple[int, int]], store: Store, /) -> Marginals:
        """Return what each word of a text is part of; its sentences are given as ranges of words."""


def recogniser(name: str) -> Recogniser:
    """Return a recogniser by its name; what it needs is loaded with the first text.

    Parameters
    ----------
    name
        "" for the tagger; "spacy" for an installed spaCy pipeline of the article's language, "spacy:MODEL" for one by
        its name or folder; "ru" for slovnet with the files that the package natasha carries, "ru:FOLDER" with others.

    Raises
    ------
    GeomapError
        There is none of that name, or a file that it needs is missing.
    MissingExtraError
        What it needs is not installed.
    """
    kind, _, model = name.partition(":")
    if not name:
        return tagger.marginals
    if kind == "spacy":
        require("spacy", "spacy", "the recogniser spacy")
        finder = functools.partial(_spacy, model)
    elif kind == "ru":
        require("slovnet", "ru", "the recogniser ru")
        finder = functools.partial(_russian, *_russian_files(model))
    else:
        raise GeomapError(f"there is no recogniser {name!r}; expected spacy, spacy:MODEL, ru or ru:FOLDER")
    return functools.partial(_recognise, finder)


def _recognise(
    finder: Callable[[str], Finder], words: Words, ranges: Sequence[tuple[int, int]], store: Store, /
) -> Marginals:
    """Return what the tagger and another think, weighed; `spans` are the other's."""
    own = tagger.marginals(words, ranges, store)
    chances = {name: np.zeros(len(words.tokens)) for name in _table()["labels"]}
    spans: dict[int, int] = {}
    for first, last, name in _names(finder(words.language), words, ranges):
        chances[name][first:last] = 1.0
        if name == "LOC":
            spans[first] = last

    def weighed(mine: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return (1 - _SHARE) * mine + _SHARE * chances[name]

    return Marginals(weighed(own.loc, "LOC"), weighed(own.per, "PER"), weighed(own.org, "ORG"), spans)


def _names(find: Finder, words: Words, ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Yield the names of a text, as its tokens, and what each is a name of: LOC, PER or ORG."""
    tokens = words.tokens
    windows = [(begin, min(begin + _WINDOW, last)) for first, last in ranges for begin in range(first, last, _WINDOW)]
    pieces = [(tokens[first].start, tokens[last - 1].end) for first, last in windows]
    pieces = [(start, end) for start, end in pieces if end - start <= _LONGEST]
    for (offset, _), names in zip(pieces, find([words.text[start:end] for start, end in pieces]), strict=True):
        for start, end, label in names:
            if label in _labels():
                first = words.token_at(offset + start)
                first += tokens[first].end <= offset + start
                last = words.index(offset + end)
                if first < last:
                    yield first, last, _labels()[label]


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("geomap.places").joinpath("recognisers.toml").read_text(encoding="utf-8"))


@functools.cache
def _labels() -> dict[str, str]:
    return {label: name for name, labels in _table()["labels"].items() for label in labels}


# spaCy

# Components that find no names, nor help to: a quarter of the time.
_NO_NAMES = ("tagger", "morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer")
# The user's own rules may ask for what those find.
_RULERS = frozenset({"entity_ruler", "span_ruler"})


def _spacy(model: str, language: str) -> Finder:
    """Return what finds names with a spaCy pipeline; a blank model means one of the language."""
    pipeline = _pipeline(model or _installed(_table()["languages"].get(language, language)))

    def find(texts: Sequence[str]) -> Iterator[Names]:
        for document in pipeline.pipe(texts):
            yield [(name.start_char, name.end_char, name.label_) for name in document.ents]

    return find


@functools.cache
def _installed(language: str) -> str:
    """Return the first spaCy pipeline of a language that is installed, or of many languages."""
    from spacy.util import get_installed_models

    models: list[str] = sorted(get_installed_models())
    for prefix in (f"{language}_", "xx_"):
        for model in models:
            if model.startswith(prefix):
                return model
    raise GeomapError(
        f"no spaCy pipeline for the language {language or 'of the article, which is unknown'} is installed "
        f"(installed: {', '.join(models) or 'none'}): install one (https://spacy.io/models), or name one that fits, "
        "by its name or folder: spacy:MODEL"
    )


@functools.cache
def _pipeline(model: str) -> Any:  # noqa: ANN401 spaCy is optional
    import spacy

    try:
        pipeline = spacy.load(model)
    except (OSError, ValueError) as error:
        raise GeomapError(f"{model}: no spaCy pipeline can be loaded from there: {error}") from error
    if _RULERS.isdisjoint(pipeline.pipe_names):
        pipeline.disable_pipes(*(name for name in _NO_NAMES if name in pipeline.pipe_names))
    return pipeline


# slovnet

_FILES = ("navec_news_v1_1B_250K_300d_100q.tar", "slovnet_ner_news_v1.tar")


def _russian(navec: Path, ner: Path, language: str) -> Finder:
    """Return what finds names with slovnet."""
    if language != "ru":
        raise GeomapError(f"the recogniser ru reads Russian, and this article is in {language or 'no known language'}")
    model = _slovnet(navec, ner)

    def find(texts: Sequence[str]) -> Iterator[Names]:
        for markup in model.map(texts):
            yield [(name.start, name.stop, name.type) for name in markup.spans]

    return find


@functools.cache
def _slovnet(navec: Path, ner: Path) -> Any:  # noqa: ANN401 slovnet is optional
    from navec import Navec
    from slovnet import NER

    return NER.load(ner).navec(Navec.load(navec))


def _russian_files(folder: str) -> tuple[Path, Path]:
    """Return the word vectors and the model: files of a folder, or of the package natasha, which is not imported."""
    roots = [Path(folder)]
    if not folder:
        require("natasha", "ru", "the recogniser ru without a folder")
        package = importlib.util.find_spec("natasha")
        data = Path(package.origin if package and package.origin else "").with_name("data")
        roots = [data / "emb", data / "model"]
    found = [next((path for root in roots if (path := root / name).is_file()), None) for name in _FILES]
    navec, ner = found
    if navec is None or ner is None:
        missing = " and ".join(name for name, path in zip(_FILES, found, strict=True) if path is None)
        raise GeomapError(
            f"{folder or 'natasha'}: {missing} not found; the package natasha carries both files "
            "(pip install 'geomap[ru]', then --recogniser ru), and so do the releases of navec and slovnet"
        )
    return navec, ner
