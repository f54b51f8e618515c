"""From an article to its record: the stages in their order, and the resources that they share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geomap.article import LIMIT, without_surrogates
from geomap.errors import ArticleError
from geomap.languages.pack import languages
from geomap.record import Notice, Record, Span
from geomap.text.language import identify
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from geomap.gazetteer.store import Store
    from geomap.llm import LanguageModel
    from geomap.places.recognisers import Recogniser
    from geomap.record import Article

__all__ = ["Config", "Failure", "Pipeline"]


@dataclass(frozen=True, slots=True)
class Config:
    """What a pipeline is made from.

    Attributes
    ----------
    gazetteer
        Folder of the gazetteer; None for the one that `GEOMAP_GAZETTEER` names, or the one that came with geomap.
    overlay
        File of the user's own places and corrections; None for the one that `GEOMAP_OVERLAY` names, or the one in the
        user's data folder.
    llm
        A language model to correct and complete the events with; None asks none.
    recogniser
        A second opinion on what names a place, as `geomap.places.recognisers.recogniser` takes it: "spacy",
        "spacy:MODEL", "ru"; "" for none.
    """

    gazetteer: Path | None = None
    overlay: Path | None = None
    llm: LanguageModel | None = None
    recogniser: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """An article of a batch that gave no record, and why."""

    id: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Geoparse articles. Resources open when they are first needed; a pipeline pickles as its `Config`.

    Examples
    --------
    >>> from geomap.record import Article
    >>> record = Pipeline().run(Article("Banjir di Manado."))  # doctest: +SKIP
    """

    config: Config = Config()

    @property
    def store(self) -> Store:
        """The gazetteer with the user's own places and corrections, opened once a process."""
        from geomap.gazetteer.overlaid import open_gazetteer

        return open_gazetteer(self.config.gazetteer, overlay=self.config.overlay)

    @property
    def recogniser(self) -> Recogniser:
        """What tells names of places from those of people and organisations."""
        from geomap.places.recognisers import recogniser

        return recogniser(self.config.recogniser)

    def run(
        self,
        article: Article,
        *,
        gold_spans: Sequence[tuple[int, int]] | None = None,
        triggers: Sequence[tuple[int, int]] | None = None,
    ) -> Record:
        """Find places, dates and events in an article.

        Parameters
        ----------
        article
            A blank `language` is identified; a blank `date` is taken from the head of the text if that states it.
        gold_spans
            Place names to resolve, as given; none other is looked for.
        triggers
            Event words to type and link, as given; none other is looked for.

        Raises
        ------
        ArticleError
            The text is empty or too long.
        GazetteerError
            The gazetteer is missing or damaged.
        """
        from geomap.events.dateline import with_dates
        from geomap.events.extract import extract_events
        from geomap.places.candidates import find_candidates
        from geomap.places.corrections import apply_corrections
        from geomap.places.recognise import find_mentions
        from geomap.places.relations import describe
        from geomap.places.resolve import resolve

        record = with_dates(_prepared(article))
        store = self.store  # one state of the user's places for all stages
        recogniser = self.recogniser
        others = (
            ()
            if gold_spans is None
            else find_candidates(find_mentions(record, store, recogniser=recogniser), store).mentions
        )
        record = find_mentions(record, store, spans=gold_spans, recogniser=recogniser)
        record = find_candidates(record, store)
        record = apply_corrections(record, store)
        record = resolve(record, store, background=others)
        record = describe(record, store)
        record = extract_events(record, None if triggers is None else [Span(*trigger) for trigger in triggers])
        if self.config.llm:
            from geomap.llm import refine

            record = refine(record, self.config.llm)
        return replace(record, warnings=(*record.warnings, *_warnings(record)))

    def run_many(self, articles: Iterable[Article]) -> Iterator[Record | Failure]:
        """Geoparse articles one after the other; what goes wrong with one stops none of the others."""
        for article in articles:
            try:
                yield self.run(article)
            except Exception as error:  # noqa: BLE001 a batch outlives whatever one article brings
                yield Failure(article.id, error)


def _prepared(article: Article) -> Record:
    """Return a record with the language, sentences and tokens of an article."""
    if len(article.text) > LIMIT:
        raise ArticleError(f"{article.id or 'article'}: longer than {LIMIT // 1_000_000} million characters")
    if not article.text.strip():
        raise ArticleError(f"{article.id or 'article'}: the article is empty")
    text = without_surrogates(article.text)
    language = article.language.lower() or identify(text)
    return Record(
        article=replace(article, text=text, language=language),
        sentences=split(text, language),
        tokens=tokenise(text),
    )


def _warnings(record: Record) -> Iterator[str]:
    """Say what limits the result, one sentence each."""
    article = record.article
    if not article.language:
        yield Notice.NO_LANGUAGE
    elif article.language not in languages():
        yield Notice.NO_PACK
    if not any(mention.place_id for mention in record.mentions):
        yield Notice.NO_PLACES
    if not record.events:
        yield Notice.NO_EVENTS
