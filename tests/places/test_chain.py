from __future__ import annotations

import itertools

import numpy as np
import pytest

from geomap.places.chain import Chain

LABELS = ("O", "B", "I")


@pytest.fixture
def chain():
    rng = np.random.default_rng(3)
    weights = {f"f{number}": rng.normal(size=3).tolist() for number in range(20)}
    return Chain.build(LABELS, weights, rng.normal(size=(3, 3)).tolist())


def expected(chain, scores):
    """Return the marginals by going through all labellings."""
    count, labels = scores.shape
    result = np.zeros(scores.shape)
    for labelling in itertools.product(range(labels), repeat=count):
        score = sum(scores[i, label] for i, label in enumerate(labelling))
        score += sum(chain.transitions[pair] for pair in itertools.pairwise(labelling))
        for i, label in enumerate(labelling):
            result[i, label] += np.exp(score)
    return result / result.sum(axis=1, keepdims=True)


def test_marginals_are_those_of_all_labellings(chain):
    scores = np.random.default_rng(5).normal(size=(12, 3)) * 3
    ranges = [(0, 5), (5, 6), (7, 12)]  # row 6 is in no sentence
    found = chain.marginals(scores, ranges)
    for first, last in ranges:
        np.testing.assert_allclose(found[first:last], expected(chain, scores[first:last]), rtol=1e-9)
    assert not found[6].any()


def test_long_sentences_and_strong_scores_stay_finite(chain):
    scores = np.random.default_rng(7).normal(size=(9000, 3)) * 200
    found = chain.marginals(scores, [(begin, begin + 100) for begin in range(0, 9000, 100)])
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_no_words_have_no_marginals(chain):
    assert chain.marginals(np.zeros((0, 3)), []).shape == (0, 3)


def test_unknown_features_say_nothing(chain):
    assert chain.score(["f1", "unheard"]).tolist() == chain.score(["f1"]).tolist()
    assert chain.score([]).tolist() == [0, 0, 0]


def test_weights_are_rounded_to_small_steps():
    chain = Chain.build(LABELS, {"a": [127.0, -1.0, 0.4]}, np.zeros((3, 3)).tolist())
    assert chain.score(["a"]).tolist() == [127, -1, 0]


def test_a_file_has_the_same_bytes_and_weights_again(chain, tmp_path):
    for name in ("one", "two"):
        chain.save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    read = Chain.load(tmp_path / "one")
    assert read.labels == LABELS
    assert read.score(["f3", "f7"]).tolist() == chain.score(["f3", "f7"]).tolist()
    np.testing.assert_allclose(read.transitions, chain.transitions, rtol=1e-6)
