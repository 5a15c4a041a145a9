from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.width import cells, cut, pad


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("한빛", 4), ("한빛 A동", 8), ("e\u0301", 1), ("ㅎㅂ", 4), ("（주）", 6), ("₩·…", 3)],
)
def test_a_syllable_takes_two_cells_and_a_combining_mark_none(text: str, width: int) -> None:
    assert cells(text) == width


def test_decomposed_hangul_is_as_wide_as_composed() -> None:
    assert cells(unicodedata.normalize("NFD", "한빛정밀")) == 8


def test_a_cut_never_halves_a_syllable() -> None:
    widths = {8: "한빛정밀", 7: "한빛정…", 6: "한빛…", 5: "한빛…", 1: "…", 0: ""}
    assert {width: cut("한빛정밀", width) for width in widths} == widths


@given(st.text(max_size=30), st.integers(0, 20), st.booleans())
def test_a_padded_text_takes_exactly_its_cells(text: str, width: int, right: bool) -> None:
    assert cells(pad(text, width, right)) == width
