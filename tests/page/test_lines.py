from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geomap.page.lines import ALPHABET, encode_line

STEPS = st.tuples(st.integers(-4000, 4000), st.integers(-2000, 2000))


def decode(text):
    values, value, shift = [], 0, 0
    for letter in text:
        code = ALPHABET.index(letter)
        value |= (code & 31) << shift
        shift += 5
        if code < 32:
            values.append((value >> 1) ^ -(value & 1))
            value = shift = 0
    points, x, y = [], 0, 0
    for dx, dy in zip(values[::2], values[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


@given(st.lists(STEPS, max_size=40))
def test_a_line_comes_back(steps):
    line = [(x * 0.25, y * 0.25) for x, y in steps]
    distinct = [step for i, step in enumerate(steps) if i == 0 or step != steps[i - 1]]
    assert decode(encode_line(line, 0.25)) == distinct


def test_the_alphabet_is_safe_in_html_and_json():
    assert len(set(ALPHABET)) == 64
    assert not set(ALPHABET) & set("<>&\"'\\`${}")
