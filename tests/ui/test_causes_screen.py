"""사정 확인 on the screen: six digits, a form behind each, and what is still empty is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import Seat, open_app, sample_app, small_book
from test_churn_run import begin, done, to_item

from fieldsales.domain.model import Cause, ChurnCase
from fieldsales.workflows.causes import KINDS


async def second_step(seat: Seat) -> str:
    case = await begin(seat)
    await seat.press("right")
    return case


async def test_six_causes_stand_on_the_second_step_and_fit_the_screen(tmp_path: Path) -> None:
    """S0-18, C5, S0-06: with the checklist above them, without scrolling."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await second_step(seat)
        names = ("수수료·요금제", "물량", "관리 소홀", "경쟁사", "경영진 교체", "기타")
        for number, name in enumerate(names, 1):
            assert f"[ ] {number} {name}" in seat.text
        run = seat.app.screen.run  # type: ignore[attr-defined]
        assert run.virtual_size.height <= run.size.height


@pytest.mark.parametrize("number", range(1, 7))
async def test_a_digit_marks_a_cause_and_pressed_again_opens_it(tmp_path: Path, number: int) -> None:
    """S0-18: all are one key away."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await second_step(seat)
        await seat.press(str(number))
        assert [one.kind for one in seat.book.rows(Cause, case_id=case)] == [KINDS[number - 1]]
        assert f"> [x] {number}" in seat.text
        assert "누구에게 들었는지 비어 있음" in seat.line(f"[x] {number}")
        assert seat.line("비어 있는 것")
        await seat.press(str(number))
        assert seat.sheet == "FormSheet"
        await seat.press("escape", "u")
        assert seat.book.rows(Cause, case_id=case) == []
        assert "cause" not in done(seat, case)


async def test_the_form_keeps_who_how_sure_the_hint_and_the_private_word(tmp_path: Path) -> None:
    """S0-19, S0-20, S0-21: a part of the name is enough to find the person."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await second_step(seat)
        await seat.press("4", "4")
        await seat.type("문도")
        assert seat.line("→ 문도균 차장")
        await seat.press("tab", "2", "tab")
        await seat.type("단가만 맞았으면 남았을 거라고")
        await seat.press("tab", "tab", "tab", "3", "ctrl+s")
        (cause,) = seat.book.rows(Cause, case_id=case)
        assert (cause.contact_id, cause.certainty, cause.heard, cause.control, cause.main) == (
            "c0", "heard", "단가만 맞았으면 남았을 거라고", "no", 1,
        )  # fmt: skip
        assert {"cause", "source", "hint"} <= done(seat, case)
        assert "문도균 차장 · 들음" in seat.line("[x] 4")
        assert seat.line("“단가만 맞았으면 남았을 거라고”")
        assert "혼자 막을 수 있는 일이 아니었네요." in seat.text


async def test_a_cause_of_ones_own_neglect_is_met_with_a_calm_word(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await second_step(seat)
        await seat.press("3")
        assert "적기 쉽지 않은 칸이에요." in seat.text


async def test_space_marks_and_unmarks_and_another_cause_becomes_the_main_one(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await second_step(seat)
        await seat.press("1", "2")
        assert "가장 큰 사유" in seat.line("[x] 1")
        await seat.press("up", "space")
        assert [(one.kind, one.main) for one in seat.book.rows(Cause, case_id=case)] == [("volume", 1)]
        await seat.press("up")


async def test_a_adds_a_cause_in_ones_own_words(tmp_path: Path) -> None:
    """S0-18: 기타 with its own words."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await second_step(seat)
        await seat.press("a")
        await seat.type("사무실을 지방으로 옮기시면서")
        await seat.press("ctrl+s")
        (cause,) = seat.book.rows(Cause, case_id=case)
        assert (cause.kind, cause.text, cause.main) == ("other", "사무실을 지방으로 옮기시면서", 1)


async def test_enter_on_a_line_that_a_cause_fills_opens_the_main_one(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await second_step(seat)
        await to_item(seat, "source")
        await seat.press("enter")
        assert seat.sheet == "CaseSheet"
        assert seat.notice
        await seat.press("5")
        await to_item(seat, "source")
        await seat.press("enter")
        assert seat.sheet == "FormSheet"
        assert seat.line("경영진 교체")


async def test_digits_do_nothing_on_another_step_or_before_the_first_tick(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        before = seat.counts()
        await seat.press("2", "c", "1", "right", "5")
        assert seat.counts() == before
        await seat.press("right", "right", "right", "space", "1", "right", "7", "9", "0")
        assert seat.book.rows(Cause) == []


async def test_nothing_of_the_causes_is_seen_or_done_while_the_screen_is_masked(tmp_path: Path) -> None:
    """F8: the run is veiled, and no key marks or opens anything behind the veil."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await second_step(seat)
        await seat.press("3", "f8")
        assert "관리 소홀" not in seat.text
        await seat.press("4")
        assert len(seat.book.rows(Cause, case_id=case)) == 1


async def test_where_we_are_not_on_speaking_terms_somebody_else_is_asked(tmp_path: Path) -> None:
    """S0-21: the state changes the line."""
    async with sample_app(tmp_path) as seat:
        await seat.press("3", "enter", "right")
        assert seat.line("무엇이 달랐으면 남으셨을지 여쭙기")
        (case,) = seat.book.rows(ChurnCase, state="open")
        with seat.book.change("setup", seat.clock.now) as change:
            change.edit(ChurnCase, case.id, speaking=0, through="국태린")
        seat.app.refresh_main()
        await seat.settle()
        assert not seat.line("무엇이 달랐으면 남으셨을지 여쭙기")
        assert seat.line("대신 여쭤 줄 분께 부탁드리기")
        assert seat.line("국태린께서 대신 여쭤 주실 수 있어요.")
