"""The end of a case on the screen: what is proposed, what follows, the farewell, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NOW, Seat, open_app, small_book

from fieldsales.domain.model import Account, CaseItem, ChurnCase, Lesson, Offer, Task
from fieldsales.ui.screens.case import CaseSheet
from fieldsales.ui.widgets.fields import Choice


async def begin(seat: Seat) -> str:
    await seat.press("2")
    await seat.choose("가온상사")
    await seat.press("c", "space")
    (case,) = seat.book.rows(ChurnCase, state="open")
    with seat.book.change("setup", NOW) as change:
        change.edit(ChurnCase, case.id, lost_amount=500, lost_from="2026-11")
    return case.id


def field(seat: Seat, name: str) -> str:
    return str(seat.app.screen.fields[name].text_value)  # type: ignore[attr-defined]


async def fill(seat: Seat, **values: str) -> None:
    for name, text in values.items():
        widget = seat.app.screen.fields[name]  # type: ignore[attr-defined]
        if isinstance(widget, Choice):
            widget.choose(text)
        else:
            widget.text_value = text
    await seat.settle()


@pytest.mark.parametrize(("back", "tier"), [(500, "restored"), (250, "half"), (249, "part"), (None, "none")])
async def test_the_outcome_that_the_money_says_stands_there_already(
    tmp_path: Path, back: int | None, tier: str
) -> None:
    """S0-16, C6, C14."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case_id = await begin(seat)
        if back:
            with seat.book.change("setup", NOW) as change:
                change.add(Offer("o", "a0", case_id, text="물량 절반", amount=back, answer="accepted"))
        await seat.press("x")
        assert field(seat, "outcome") == tier


async def test_three_answers_close_a_case_and_nothing_less(tmp_path: Path) -> None:
    """C14, S0-31, S3-20: what is missing is said, and the form stays; the way it ends is said back."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case_id = await begin(seat)
        await seat.press("x", "ctrl+s")
        assert seat.sheet == "FormSheet" and "마무리 인사" in seat.notice
        await fill(seat, farewell="done")
        await seat.press("ctrl+s")
        assert seat.sheet == "FormSheet"
        assert seat.book.rows(ChurnCase, state="open") != []
        await fill(seat, lesson="대표가 바뀌면 두 주 안에 인사", lost_to="competitor", left_how="hurt")
        await seat.press("ctrl+s")
        case = seat.book.get(ChurnCase, case_id)
        assert case is not None
        assert (case.state, case.outcome, case.lost_to, case.left_how) == ("closed", "none", "competitor", "hurt")
        assert "사람은 남아요" in seat.text
        assert seat.sheet == "MainScreen"
        assert [one.line for one in seat.book.rows(Lesson)] == ["대표가 바뀌면 두 주 안에 인사"]
        await seat.press("u")
        assert seat.book.rows(ChurnCase, state="open") != [] and seat.book.rows(Lesson) == []


async def test_the_form_says_what_follows_from_each_way_it_can_end(tmp_path: Path) -> None:
    """S3-21, S3-22, S2-28, A19: days to check in, who has it now, that the door stays open, and the words to send."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await seat.press("x")
        await fill(seat, outcome="none", lost_to="competitor")
        assert "다시 인사할 날: 2월 20일, 5월 20일, 11월 20일." in seat.text
        assert "차장님, 그동안 맡겨 주셔서 고맙습니다." in seat.text
        await fill(seat, left_how="hurt")
        assert "차장님, 실망을 드려 죄송합니다." in seat.text
        await fill(seat, lost_to="manager")
        assert "윗분 고객으로 옮겨 둬요." in seat.text and "다시 인사할 날" not in seat.text
        await fill(seat, lost_to="released")
        assert "문은 열어 둬요." in seat.text
        await fill(seat, farewell="impossible")
        assert "죄송합니다" not in seat.text
        await fill(seat, outcome="half")
        assert "석 달 뒤(2월 20일)" in seat.text and "문은 열어" not in seat.text


async def test_a_planned_farewell_and_the_rest_of_the_trade_come_up_again(tmp_path: Path) -> None:
    """S3-20, S0-16."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await seat.press("x")
        await fill(seat, outcome="half", farewell="planned", lesson="한 줄")
        await seat.press("ctrl+s")
        assert {(one.title, one.due_on) for one in seat.book.rows(Task)} == {
            ("고맙다는 말씀 드리기", "2026-11-23"),
            ("나머지 거래 다시 여쭙기", "2027-02-20"),
        }


async def test_the_farewell_is_read_turned_and_copied(tmp_path: Path) -> None:
    """S3-20, S3-22: Enter on its line, Tab for the other one, y copies; Space ticks it by hand."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case_id = await begin(seat)
        sheet = seat.app.screen
        assert isinstance(sheet, CaseSheet)
        while sheet.step != 4:
            await seat.press("right")
        index = next(i for i, item in enumerate(sheet.run.items) if getattr(item, "key", "") == "farewell")
        sheet.run.move_cursor(index)
        await seat.settle()
        await seat.press("enter")
        assert seat.sheet == "FarewellSheet"
        await seat.press("y")
        assert seat.app.clipboard.startswith("차장님, 그동안 맡겨 주셔서 고맙습니다.")
        await seat.press("tab", "y")
        assert seat.app.clipboard.startswith("차장님, 실망을 드려 죄송합니다.")
        await seat.press("f8")
        assert "죄송" not in seat.text
        await seat.press("f8", "escape", "space")
        done = {item.key for item in seat.book.rows(CaseItem, case_id=case_id) if item.done_at}
        assert "farewell" in done
        await seat.press("x")
        assert field(seat, "farewell") == "done"


async def ended(seat: Seat, lost_to: str = "competitor") -> str:
    case_id = await begin(seat)
    await seat.press("x")
    await fill(seat, outcome="none", farewell="done", lesson="한 줄", lost_to=lost_to)
    await seat.press("ctrl+s")
    return case_id


async def menu(seat: Seat, id: str) -> None:
    await seat.press("ctrl+p")
    await seat.paste(seat.app.t(f"cmd.{id}"))
    await seat.press("enter")


@pytest.mark.parametrize("lost_to", ["competitor", "released"])
async def test_an_account_that_left_is_found_and_won_back_from_the_menu(tmp_path: Path, lost_to: str) -> None:
    """A18, S3-21: nothing about it went; one undo takes the return back."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사", "나온상사")) as seat:
        await ended(seat, lost_to)
        await seat.press("ctrl+p")
        await seat.paste("가온상사")
        await seat.press("enter")
        assert seat.name == "가온상사"
        await menu(seat, "won_back")
        account = seat.book.get(Account, "a0")
        assert account is not None
        assert (account.state, account.won_back_on, account.ended_on) == ("active", "2026-11-20", "2026-11-20")
        assert "가온상사와 다시 거래해요." in seat.text
        await menu(seat, "won_back")
        assert "지금 거래하고 있는 곳이에요." in seat.text
        await seat.press("u")
        account = seat.book.get(Account, "a0")
        assert account is not None
        assert account.won_back_on == ""


async def test_a_closed_case_is_opened_again_from_the_menu_where_it_was(tmp_path: Path) -> None:
    """C14: its ticks and its lesson are there, and the run opens on it."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사", "나온상사")) as seat:
        case_id = await ended(seat)
        await seat.press("ctrl+p")
        await seat.paste("가온상사")
        await seat.press("enter")
        await menu(seat, "reopen")
        assert seat.sheet == "CaseSheet"
        case = seat.book.get(ChurnCase, case_id)
        assert case is not None
        assert case.state == "open"
        assert "[x] 팀장님께 알리기" in seat.text
        assert len(seat.book.rows(Lesson)) == 1
        await seat.press("escape")
        await menu(seat, "reopen")
        assert "마친 이탈 건이 없어요." in seat.text


async def test_every_choice_of_the_close_can_be_seen_on_a_small_screen(tmp_path: Path) -> None:
    """S2-28: the ones at the end, too, which stand closely side by side."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await seat.press("x")
        for lost_to, name in (("closed", "문 닫음"), ("released", "정리함"), ("unknown", "모름")):
            await fill(seat, lost_to=lost_to)
            assert f"(o){name}" in seat.text
            assert all(other in seat.text for other in ("다른 업체", "팀장님 고객", "문 닫음", "정리함", "모름"))


async def test_an_account_is_let_go_from_the_menu_with_the_door_open(tmp_path: Path) -> None:
    """A18, S1-14, S3-20: what follows and the words to send stand in the form; a planned farewell comes up."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2")
        await menu(seat, "end_account")
        await fill(seat, farewell="planned", how="released")
        assert "문은 열어 둬요. 한 해에 한 번(11월 20일)" in seat.text
        assert "차장님, 그동안 맡겨 주셔서 고맙습니다." in seat.text
        await seat.press("ctrl+s")
        account = seat.book.get(Account, "a0")
        assert account is not None
        assert (account.state, account.farewell) == ("released", "planned")
        assert [one.title for one in seat.book.rows(Task)] == ["마무리 인사 드리기"]


async def test_an_account_with_an_open_case_ends_with_its_case(tmp_path: Path) -> None:
    """C14: the hard stop is not passed by another door."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await seat.press("escape")
        await menu(seat, "end_account")
        assert seat.sheet == "MainScreen"
        assert "그 안에서 x로 마치면" in seat.text
        account = seat.book.get(Account, "a0")
        assert account is not None
        assert account.state == "active"


async def test_the_four_outcomes_stand_whole_side_by_side(tmp_path: Path) -> None:
    """S2-28, S0-16: with their digits in the marks where there is no room beside them."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await seat.press("x")
        line = seat.line("원복")
        assert all(name in line for name in ("원복", "절반 회복", "일부 회복", "회복 못 함")) and "…" not in line
        assert "(1) 원복" in line or "( ) 1 원복" in line
        await seat.press("2")
        assert "(o) 절반 회복" in seat.line("원복")


async def test_who_stayed_with_a_part_is_thanked_and_not_seen_off(tmp_path: Path) -> None:
    """S3-20, S0-16: once something is kept, the first text of the farewell is thanks for staying."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case_id = await begin(seat)
        with seat.book.change("setup", NOW) as change:
            change.edit(ChurnCase, case_id, lost_amount=500)
            change.add(Offer("o", "a0", case_id, text="절반", answer="accepted", amount=250))
        sheet = seat.app.screen
        assert isinstance(sheet, CaseSheet)
        while sheet.step != 4:
            await seat.press("right")
        index = next(i for i, item in enumerate(sheet.run.items) if getattr(item, "key", "") == "farewell")
        sheet.run.move_cursor(index)
        await seat.settle()
        await seat.press("enter", "y")
        assert seat.app.clipboard.startswith("차장님, 이어서 맡겨 주셔서 고맙습니다.")
        await seat.press("tab", "y")
        assert seat.app.clipboard.startswith("차장님, 그동안 맡겨 주셔서 고맙습니다.")
