"""What the tests of places share."""

from __future__ import annotations

import pytest

from geomap.events.dates import find_dates
from geomap.gazetteer.store import Store
from geomap.places.candidates import find_candidates
from geomap.places.recognise import find_mentions
from geomap.places.relations import describe
from geomap.places.resolve import resolve
from geomap.record import Article, Record
from geomap.text.sentences import split
from geomap.text.tokens import tokenise


@pytest.fixture(scope="session")
def store():
    return Store.open()


@pytest.fixture(scope="session")
def prepared():
    def prepare(text, language):
        record = Record(Article(text, language=language), sentences=split(text, language), tokens=tokenise(text))
        return find_dates(record)

    return prepare


@pytest.fixture(scope="session")
def geoparse(store, prepared):
    def run(text, language="en", spans=None):
        record = find_mentions(prepared(text, language), store, spans=spans)
        return describe(resolve(find_candidates(record, store), store), store)

    return run


@pytest.fixture(scope="session")
def found(geoparse):
    """Surface and place id of every mention."""

    def run(text, language="en"):
        return [(m.surface, m.place_id) for m in geoparse(text, language).mentions]

    return run
