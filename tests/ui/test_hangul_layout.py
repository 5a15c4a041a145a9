"""Keys typed with the Hangul layout on: jamo are commands, syllables are none, fields keep their Hangul."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import sample_app

JAMO = {
    "ㅣ": "LogSheet",
    "ㅈ": "WhySheet",
    "ㅊ": "CaseSheet",
    "ㄱ": "ReportSheet",
    "ㅜ": "FormSheet",
    "ㅁ": "FormSheet",
}


@pytest.mark.parametrize(("jamo", "sheet"), JAMO.items())
async def test_a_jamo_is_the_key_it_lies_on(tmp_path: Path, jamo: str, sheet: str) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press(jamo)
        assert seat.sheet == sheet


async def test_the_first_jamo_tells_of_the_f_keys_once(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("ㅓ")
        assert seat.notice == seat.app.t("app.hangul_layout")
        assert seat.main.today.cursor == 1
        seat.main.say("")
        await seat.press("ㅏ")
        assert seat.notice == ""
        assert seat.main.today.cursor == 0


async def test_shifted_jamo_and_ctrl_jamo_work(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("ㅣ")
        await seat.type("들었다")
        await seat.press("ctrl+ㄴ")
        assert seat.sheet == "MainScreen"
        assert seat.stored("SELECT count(*) FROM activity WHERE heard = '들었다'") == [(1,)]


@pytest.mark.parametrize("syllable", ["버", "야", "ㅘ", "한"])
async def test_a_syllable_is_told_and_does_nothing(tmp_path: Path, syllable: str) -> None:
    async with sample_app(tmp_path) as seat:
        before, text = seat.counts(), seat.lines[:20]
        await seat.press(syllable)
        assert seat.notice == seat.app.t("app.hangul_syllable")
        assert seat.counts() == before
        assert seat.sheet == "MainScreen" and seat.lines[:20] == text


async def test_a_syllable_of_moves_only_moves(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("down", "ㅓ", "ㅏ")
        assert seat.main.today.cursor == 1


@pytest.mark.parametrize(("jamo", "field"), [("ㅣ", "heard"), ("ㅜ", "next_time"), ("ㅁ", "name")])
async def test_the_key_pressed_twice_leaves_no_stray_jamo(tmp_path: Path, jamo: str, field: str) -> None:
    """The letter stayed in the input method, so the key was pressed again."""
    async with sample_app(tmp_path) as seat:
        await seat.press(jamo, jamo)
        assert seat.app.focused is not None and seat.app.focused.id == f"field-{field}"
        assert seat.app.screen.fields[field].text_value == ""  # type: ignore[attr-defined]
        await seat.type(jamo + "다")
        assert seat.app.screen.fields[field].text_value == jamo + "다"  # type: ignore[attr-defined]


async def test_another_first_letter_is_kept(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("ㅣ")
        await seat.type("납기ㅣ만")
        assert seat.app.screen.fields["heard"].text_value == "납기ㅣ만"  # type: ignore[attr-defined]


async def test_opened_by_a_latin_key_the_first_jamo_is_kept(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("l")
        await seat.type("ㅣ")
        assert seat.app.screen.fields["heard"].text_value == "ㅣ"  # type: ignore[attr-defined]


async def test_q_in_the_hangul_layout_ends_the_program(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.pilot.press("ㅂ")
        await seat.pilot.pause()
        assert seat.app.return_code == 0
