from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geomap.page.lines import ALPHABET, decode_line, encode_line

STEPS = st.tuples(st.integers(-4000, 4000), st.integers(-2000, 2000))


@given(st.lists(STEPS, max_size=40))
def test_a_line_comes_back(steps):
    line = [(x * 0.25, y * 0.25) for x, y in steps]
    distinct = [step for i, step in enumerate(steps) if i == 0 or step != steps[i - 1]]
    assert (decode_line(encode_line(line, 0.25), 1) == np.array(distinct).reshape(-1, 2)).all()


def test_the_alphabet_is_safe_in_html_and_json():
    assert len(set(ALPHABET)) == 64
    assert not set(ALPHABET) & set("<>&\"'\\`${}")
