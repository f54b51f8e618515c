from __future__ import annotations

import dataclasses
import pickle
from importlib.util import find_spec

import numpy as np
import pytest

from geomap.errors import GeomapError, MissingExtraError
from geomap.pipeline import Config, Pipeline
from geomap.places import recognisers, tagger
from geomap.places.recognise import find_mentions
from geomap.places.recognisers import recogniser
from geomap.places.scan import words_of
from geomap.places.tagger import Marginals
from geomap.record import Article


def surfaces(record):
    return [mention.surface for mention in record.mentions]


def ranges_of(record, words):
    return [(words.index(s.start), words.index(s.end)) for s in record.sentences]


@pytest.fixture
def read(prepared):
    """The tokens that a finder's names cover, for a text, and what each is a name of."""

    def run(text, find, language="en"):
        record = prepared(text, language)
        words = words_of(record)
        found = recognisers._names(find, words, ranges_of(record, words))
        return [(" ".join(token.text for token in words.tokens[a:b]), name) for a, b, name in found]

    return run


def finder(*names):
    """A finder that knows some words, each with its label."""

    def find(texts):
        for text in texts:
            at = [(text.find(name), name, label) for name, label in names]
            yield [(start, start + len(name), label) for start, name, label in at if start >= 0]

    return find


def test_the_default_is_the_tagger():
    assert recogniser("") is tagger.marginals


def test_any_recogniser_fits(prepared, store):
    def recognise(words, ranges, _store):
        """Whatever begins with a Q is a place, and nothing else."""
        assert [first for first, _ in ranges] == [0]
        is_place = np.array([1.0 if word.startswith("q") else 0.0 for word in words.lower])
        nothing = np.zeros(len(is_place))
        return Marginals(is_place, nothing, nothing, {i: i + 1 for i, chance in enumerate(is_place) if chance})

    record = prepared("The convoy was stopped near Qarhqom, said the mayor.", "en")
    assert surfaces(find_mentions(record, store, recogniser=recognise)) == ["Qarhqom"]


@pytest.mark.parametrize("name", ["flair", "spacey:x", ":x"])
def test_an_unknown_recogniser_is_told(name):
    with pytest.raises(GeomapError, match=r"no recogniser .*expected spacy, spacy:MODEL, ru or ru:FOLDER"):
        recogniser(name)


@pytest.mark.parametrize(("name", "module"), [("spacy", "spacy"), ("ru", "slovnet")])
def test_the_extra_is_named(name, module, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda asked: None if asked == module else pytest.fail(asked))
    with pytest.raises(MissingExtraError, match=rf"needs {module}: pip install 'geomap\[{name}\]'"):
        recogniser(name)


def test_labels_of_every_scheme_are_known():
    labels = recognisers._labels()
    assert set(labels.values()) == {"LOC", "PER", "ORG"}
    assert [labels[one] for one in ("GPE", "FAC", "placeName", "LC", "GPE_LOC")] == ["LOC"] * 5
    assert [labels[one] for one in ("PERSON", "persName", "PRS", "PS")] == ["PER"] * 4
    assert labels["ORGANIZATION"] == labels["GPE_ORG"] == "ORG"
    assert not {"NORP", "DATE", "MISC"} & set(labels)


def test_other_labels_are_left_out(read):
    find = finder(("Paris", "GPE"), ("Monday", "DATE"), ("French", "NORP"), ("Ann", "PERSON"))
    assert read("On Monday Ann left Paris, a French city.", find) == [("Paris", "LOC"), ("Ann", "PER")]


@pytest.mark.parametrize(
    ("text", "name", "covered"),
    [
        ("😀👩‍👩‍👧 Zürich 🇨🇭 is wet.", "Zürich", "Zürich"),
        ("A flood in São Tomé.", "São Tomé", "São Tomé"),  # letters and their marks apart
        ("He left Kherson-2.", "Kherson", "Kherson"),
        ("in New York.", "New York", "New York"),
    ],
)
def test_offsets_are_characters_of_the_text(read, text, name, covered):
    ((words, kind),) = read(text, finder((name, "GPE")))
    assert kind == "LOC"
    assert words.startswith(covered.split()[0])
    assert covered.split()[-1] in words.split()[-1]


def test_offsets_count_from_each_sentence(read):
    text = "It rained. Then it rained in Bandung. Ann went to Jakarta."
    find = finder(("Bandung", "LOC"), ("Jakarta", "LOC"), ("Ann", "PER"))
    assert read(text, find) == [("Bandung", "LOC"), ("Jakarta", "LOC"), ("Ann", "PER")]


def test_a_name_between_tokens_is_none(read):
    assert read("Rain in Bandung … and snow", lambda texts: ([(7, 8, "LOC")] for _ in texts)) == []


def test_long_texts_are_read_in_pieces(read):
    sizes = []

    def find(texts):
        sizes.extend(map(len, texts))
        return ([] for _ in texts)

    read("(" * 5_000 + " " + "word " * 5_000 + "a" * 50_000, find)
    assert max(sizes) <= recognisers._LONGEST
    assert len(sizes) == 25 + 25


def test_a_second_opinion_counts_by_its_share(prepared, store):
    record = prepared("Ann Kowl went to Zzyzx.", "en")
    words = words_of(record)
    ranges = ranges_of(record, words)
    own = tagger.marginals(words, ranges, store)
    find = finder(("Ann Kowl", "PER"), ("Zzyzx", "LOC"))
    both = recognisers._recognise(lambda _: find, words, ranges, store)
    share = recognisers._SHARE
    assert both.spans == {4: 5}
    assert both.per[:2] == pytest.approx(own.per[:2] * (1 - share) + share)
    assert both.loc[4] == pytest.approx(own.loc[4] * (1 - share) + share)
    assert both.org == pytest.approx(own.org * (1 - share))


def test_the_config_of_a_pipeline_pickles():
    pipeline = pickle.loads(pickle.dumps(Pipeline(Config(recogniser="spacy:en_core_web_sm"))))  # noqa: S301 our own
    assert pipeline.config.recogniser == "spacy:en_core_web_sm"
    assert Pipeline().recogniser is tagger.marginals


def test_a_worker_gets_the_recogniser():
    worker = pytest.importorskip("geomap.batch.worker", exc_type=ImportError)
    config = Config(recogniser="spacy:en_core_web_sm")
    assert worker._config(dataclasses.asdict(config)) == config


def test_the_command_line_tells_what_is_wrong_before_it_reads(monkeypatch, capsys):
    from geomap import cli

    monkeypatch.setattr("sys.argv", ["geomap", "--recogniser", "flair", "parse", "no such article"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 1
    assert capsys.readouterr().err.startswith("geomap: there is no recogniser 'flair'; expected spacy,")


# slovnet


@pytest.fixture
def slovnet(monkeypatch):
    """Slovnet as if it were installed, and natasha not."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "natasha" else object())


@pytest.mark.usefixtures("slovnet")
def test_missing_files_of_slovnet_are_named(tmp_path):
    with pytest.raises(GeomapError, match=r"navec_news\S+\.tar and slovnet_ner\S+\.tar not found; the package natasha"):
        recogniser(f"ru:{tmp_path}")
    (tmp_path / recognisers._FILES[0]).touch()
    with pytest.raises(GeomapError, match=r": slovnet_ner\S+\.tar not found"):
        recogniser(f"ru:{tmp_path}")


@pytest.mark.usefixtures("slovnet")
def test_without_a_folder_the_files_are_those_of_natasha():
    with pytest.raises(MissingExtraError, match="natasha"):
        recogniser("ru")


@pytest.mark.usefixtures("slovnet")
def test_slovnet_reads_russian_alone(tmp_path, prepared, store):
    for name in recognisers._FILES:
        (tmp_path / name).touch()
    chosen = recogniser(f"ru:{tmp_path}")
    with pytest.raises(GeomapError, match="reads Russian, and this article is in en"):
        find_mentions(prepared("Rain in Leeds.", "en"), store, recogniser=chosen)


@pytest.mark.skipif(not find_spec("natasha"), reason="natasha, which carries the files of slovnet, is not installed")
def test_slovnet_finds_names(prepared, store):
    record = prepared("Анна Ким приехала в Кхвыр. Об этом сообщил Росатом.", "ru")
    words = words_of(record)
    ranges = ranges_of(record, words)
    own, both = tagger.marginals(words, ranges, store), recogniser("ru")(words, ranges, store)
    share = recognisers._SHARE
    assert both.per[0] == pytest.approx(own.per[0] * (1 - share) + share)
    assert both.spans == {4: 5}


# spaCy


@pytest.fixture
def pipeline(tmp_path):
    """Folder of a spaCy pipeline that knows a few names, by rules."""
    spacy = pytest.importorskip("spacy")
    blank = spacy.blank("en")
    names = {"Zzyzx": "GPE", "Quibble Gulch": "LOC", "Ann Kowl": "PERSON", "Kowl Inc": "ORG", "Monday": "DATE"}
    blank.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": name} for name, label in names.items()])
    blank.to_disk(tmp_path / "pipeline")
    return tmp_path / "pipeline"


def test_spacy_finds_names(pipeline, prepared, store):
    record = prepared("👩‍👩‍👧 On Monday Ann Kowl of Kowl Inc went to Quibble Gulch. It’s near Zzyzx.", "en")
    words = words_of(record)
    both = recogniser(f"spacy:{pipeline}")(words, ranges_of(record, words), store)
    spans = [record.article.text[words.tokens[a].start : words.tokens[b - 1].end] for a, b in both.spans.items()]
    assert spans == ["Quibble Gulch", "Zzyzx"]
    share = recognisers._SHARE
    low = words.lower
    assert min(both.per[low.index("ann")], both.per[low.index("kowl")], both.org[low.index("inc")]) >= share
    assert both.loc[low.index("monday")] < share


def test_a_name_that_spacy_alone_knows_is_found(pipeline, prepared, store):
    record = prepared("They camped at Quibble Gulch for a week.", "en")
    found = find_mentions(record, store, recogniser=recogniser(f"spacy:{pipeline}"))
    assert surfaces(found) == ["Quibble Gulch"]


def test_a_pipeline_with_a_recogniser_runs(pipeline):
    config = Config(recogniser=f"spacy:{pipeline}")
    record = Pipeline(config).run(Article("Floods hit Jakarta and Quibble Gulch on Monday.", language="en"))
    assert "Jakarta" in surfaces(record)


def test_hostile_text_is_read_in_time(pipeline, prepared, store):
    record = prepared("(" * 3_000 + " a" * 3_000 + "http://" + "a/" * 3_000 + "x" * 200_000, "en")
    words = words_of(record)
    recogniser(f"spacy:{pipeline}")(words, ranges_of(record, words), store)


@pytest.fixture
def installed(monkeypatch):
    """Set which spaCy pipelines are installed."""
    pytest.importorskip("spacy")
    recognisers._installed.cache_clear()
    yield lambda *names: monkeypatch.setattr("spacy.util.get_installed_models", lambda: list(names))
    recognisers._installed.cache_clear()


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "fr_core_news_md"), ("nb", "nb_core_news_sm"), ("sw", "xx_ent_wiki_sm"), ("", "xx_ent_wiki_sm")],
)
def test_the_pipeline_is_the_first_of_the_language(installed, language, expected):
    installed("xx_ent_wiki_sm", "fr_core_news_sm", "nb_core_news_sm", "fr_core_news_md")
    assert recognisers._installed(language) == expected


def test_norwegian_is_one_language(installed, monkeypatch):
    installed("nb_core_news_sm")
    monkeypatch.setattr(recognisers, "_pipeline", lambda name: pytest.fail(f"loaded {name}"))
    with pytest.raises(pytest.fail.Exception, match="nb_core_news_sm"):
        recognisers._spacy("", "no")


def test_a_missing_pipeline_is_told(installed, prepared, store):
    installed("de_core_news_sm", "fr_core_news_sm")
    record = prepared("Rain in Leeds.", "en")
    with pytest.raises(GeomapError, match=r"language en is installed \(installed: de_core_news_sm, fr_core_news_sm\)"):
        find_mentions(record, store, recogniser=recogniser("spacy"))


def test_a_wrong_model_is_told(tmp_path, prepared, store):
    pytest.importorskip("spacy")
    record = prepared("Rain in Leeds.", "en")
    with pytest.raises(GeomapError, match=r"nowhere: no spaCy pipeline can be loaded from there: .*E050"):
        find_mentions(record, store, recogniser=recogniser(f"spacy:{tmp_path}/nowhere"))
