"""Joining texts that grew apart: what one side wrote is never lost, and where nobody met nobody stands twice."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.text_merge import Joined, join, join_all

TEXTS = st.text(alphabet="ab \n", max_size=40)
BASES = st.lists(st.sampled_from(["하나", "둘", "셋", "넷", "다섯"]), max_size=12, unique=False)


def edited(base: list[str], at: int, words: list[str]) -> list[str]:
    at = min(at, len(base))
    return [*base[:at], *words, *base[at:]]


@given(TEXTS, TEXTS)
def test_a_side_that_changed_nothing_gives_way(base: str, other: str) -> None:
    assert join(base, base, other) == Joined(other, True)
    assert join(base, other, base) == Joined(other, True)
    assert join(base, other, other) == Joined(other, True)


@given(BASES, st.integers(0, 12), st.integers(0, 12), st.sampled_from(["\n", " "]))
def test_what_either_side_wrote_is_in_the_joined_text(base: list[str], one: int, other: int, between: str) -> None:
    first, second = edited(base, one, ["그때"]), edited(base, other, ["나중"])
    joined = join(between.join(base), between.join(first), between.join(second))
    assert "그때" in joined.text
    assert "나중" in joined.text
    if joined.clean:  # then nothing of the base stands twice
        assert sorted(joined.text.split()) == sorted([*base, "그때", "나중"])


@given(BASES, st.integers(0, 12), st.integers(0, 12), st.sampled_from(["\n", " "]))
def test_a_clean_join_is_the_same_from_either_side(base: list[str], one: int, other: int, between: str) -> None:
    texts = [between.join(edited(base, at, [word])) for at, word in ((one, "그때"), (other, "나중"))]
    there, back = join(between.join(base), *texts), join(between.join(base), *reversed(texts))
    assert there.clean == back.clean
    if there.clean:
        assert there.text == back.text
    else:
        assert sorted(there.text.split()) == sorted(back.text.split())


@given(TEXTS, TEXTS, TEXTS)
def test_every_word_of_a_side_that_the_base_lacks_is_kept(base: str, first: str, second: str) -> None:
    joined = join(base, first, second)
    for side in (first, second):
        assert set(side.split("\n")) - set(base.split("\n")) <= set(joined.text.split("\n")) or joined.clean
    if not joined.clean:
        new = {line for side in (first, second) for line in side.split("\n")} - set(base.split("\n"))
        assert all(line in joined.text for line in new)


@pytest.mark.parametrize(
    ("base", "first", "second", "text", "clean"),
    [
        ("가\n나\n다", "가1\n나\n다", "가\n나\n다2", "가1\n나\n다2", True),
        ("단가 인하, 납기 12월", "단가 15% 인하, 납기 12월", "단가 인하, 납기 1월", "단가 15% 인하, 납기 1월", True),
        ("", "어제 전화", "오늘 방문", "어제 전화\n오늘 방문", False),
        ("", "어제 전화", "어제 전화\n오늘 방문", "어제 전화\n오늘 방문", False),
        ("납기 12월", "납기 1월", "납기 2월", "납기 1월\n납기 2월", False),
        ("처음\n끝", "처음\n끝", "끝", "끝", True),
    ],
)  # fmt: skip
def test_lines_then_words_then_one_after_the_other(base: str, first: str, second: str, text: str, clean: bool) -> None:
    assert join(base, first, second) == Joined(text, clean)


def test_three_sides_are_joined_one_by_one() -> None:
    assert join_all(
        "가\n나\n다\n라\n마", ["가1\n나\n다\n라\n마", "가\n나\n다2\n라\n마", "가\n나\n다\n라\n마3"]
    ) == Joined("가1\n나\n다2\n라\n마3", True)
    assert join_all("가", []) == Joined("가", True)


@pytest.mark.parametrize("unit", ["ab", "a b ", "a\n", "가나 "])
def test_texts_that_repeat_themselves_are_joined_in_bounded_time(unit: str) -> None:
    started = time.perf_counter()
    joined = join(unit * 5000, unit * 4000 + "x", "y" + unit * 4500)
    assert time.perf_counter() - started < 5
    assert "x" in joined.text
    assert "y" in joined.text
