"""The visit of a run where the account has nobody on file; moments without a time; what stays private in the report."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from helpers import NARROW, NOW, WIDE, Clock, Seat, open_app, small_book
from test_churn_run import begin, done, to_item

from fieldsales.domain.model import Activity, CaseEvent, Cause, ChurnCase, Contact
from fieldsales.storage.book import Book

HEARD = "단가가 높다고 하심"


def nobody(folder: Path) -> Book:
    """A book with one account, of which nobody is known."""
    book = small_book(folder, "세모유통")
    with book.change("setup", NOW) as change:
        for one in book.rows(Contact):
            change.remove(Contact, one.id)
    return book


async def log_visit(seat: Seat, heard: str = "") -> Activity:
    before = {one.id for one in seat.book.rows(Activity)}
    await to_item(seat, "visit")
    await seat.press("l")
    assert seat.sheet == "LogSheet"
    if heard:
        await seat.type(heard)
    await seat.press("ctrl+s")
    (made,) = (one for one in seat.book.rows(Activity) if one.id not in before)
    return made


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_whoever_told_us_by_name_alone_is_who_was_met(tmp_path: Path, size: tuple[int, int]) -> None:
    """S0-12: the log offers the name, the visit and the heard line tick, and timeline and report say the same."""
    async with open_app(tmp_path, nobody(tmp_path), size=size) as seat:
        await seat.press("2", "c", "t", "tab")
        await seat.type("정한솔 과장")
        await seat.press("ctrl+s", "space")
        (case,) = seat.book.rows(ChurnCase)
        await to_item(seat, "visit")
        await seat.press("l")
        assert seat.line("정한솔 과장")
        await seat.type(HEARD)
        await seat.press("ctrl+s")
        (visit,) = seat.book.rows(Activity)
        assert (visit.kind, visit.contact_id, visit.with_names) == ("visit", "", "정한솔 과장")
        assert {"visit", "heard"} <= done(seat, case.id)
        await seat.press("h")
        assert seat.line("방문 ") and HEARD in seat.text
        await seat.press("h", "r")
        assert "정한솔 과장을 뵙고 왔습니다." in seat.text


async def test_where_nobody_is_known_what_was_heard_was_said_by_somebody(tmp_path: Path) -> None:
    async with open_app(tmp_path, nobody(tmp_path)) as seat:
        case = await begin(seat)
        await log_visit(seat, HEARD)
        assert {"visit", "heard"} <= done(seat, case)
        assert [one.kind for one in seat.book.rows(CaseEvent, case_id=case) if one.ref and one.kind == "visit"]
        await seat.press("r")
        assert "찾아가 뵙고 왔습니다." in seat.text


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_visit_without_a_person_or_a_word_says_what_is_missing_and_takes_it_later(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """S0-12: the step stays open, one sentence says why, the report claims no meeting; words added afterwards do."""
    async with open_app(tmp_path, nobody(tmp_path), size=size) as seat:
        case = await begin(seat)
        visit = await log_visit(seat)
        assert "visit" not in done(seat, case)
        assert seat.line("들은 말을 적으면 찾아가기가 채워져요")
        await seat.press("r")
        assert "뵙고" not in seat.text
        await seat.press("escape", "h")
        assert seat.line("방문 ") or seat.line(" 방문")
        (event,) = seat.book.rows(CaseEvent, ref=visit.id)
        run = seat.app.screen.run  # type: ignore[attr-defined]
        run.move_cursor(next(i for i, item in enumerate(run.items) if getattr(item, "id", "") == event.id))
        await seat.settle()
        await seat.press("enter")
        await seat.type(HEARD)
        await seat.press("ctrl+s")
        assert seat.book.get(Activity, visit.id).heard == HEARD  # type: ignore[union-attr]
        assert {"visit", "appointment", "heard"} <= done(seat, case)
        await seat.press("r")
        assert "찾아가 뵙고 왔습니다." in seat.text


async def test_where_somebody_is_known_a_visit_to_nobody_says_that_one_is_to_be_chosen(tmp_path: Path) -> None:
    """S0-12: the hard stop stands."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await begin(seat)
        await to_item(seat, "visit")
        await seat.press("l")
        await seat.type(HEARD)
        seat.app.screen.fields["person"].choose("")  # type: ignore[attr-defined]
        await seat.press("ctrl+s")
        assert "visit" not in done(seat, case)
        assert seat.line("만난 분을 고른 방문이 있어야 찾아가기가 채워져요")


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize(
    ("typed", "day", "told"),
    [
        ("어제", "2026-11-19", "어제 거래를"),
        ("그제", "2026-11-18", "11월 18일 거래를"),
        ("지난주 금요일", "2026-11-13", "11월 13일 거래를"),
    ],
)
async def test_a_day_without_a_time_stays_a_day(tmp_path: Path, begun: bool, typed: str, day: str, told: str) -> None:
    """Nowhere does it become midnight: not in the form, the texts, the timeline or the command's output."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "c")
        if begun:
            await seat.press("space")
        await seat.press("t")
        await seat.type(typed)
        assert "00:00" not in seat.text
        await seat.press("ctrl+s")
        if not begun:
            await seat.press("space")
        (case,) = seat.book.rows(ChurnCase)
        assert case.heard_at == day
        await seat.press("h")
        assert "00:00" not in seat.text
        await seat.press("h", "r")
        assert told in seat.text and "00:00" not in seat.text
        await seat.press("tab", "tab", "tab")
        assert "00:00" not in seat.text and "물으실 것" in seat.text
        await seat.press("escape", "t")
        assert "00:00" not in seat.text


@pytest.mark.parametrize(("typed", "at"), [("어제", "2026-11-19"), ("오늘", "2026-11-20"), ("9시", "2026-11-20T09:00")])
async def test_a_line_of_the_timeline_may_have_a_day_alone(tmp_path: Path, typed: str, at: str) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await begin(seat)
        await seat.press("h", "a")
        await seat.type("전화가 왔었다고 함")
        await seat.press("tab")
        await seat.type(typed)
        await seat.press("ctrl+s")
        (line,) = (one for one in seat.book.rows(CaseEvent, case_id=case) if one.text == "전화가 왔었다고 함")
        assert line.at == at
        assert "00:00" not in seat.text and "전화가 왔었다고 함" in seat.text


async def test_after_the_clock_was_set_back_visit_and_words_are_in_the_next_update(tmp_path: Path) -> None:
    """S0-02: what was logged after a report is news, whatever the clock says."""
    clock = Clock()
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), clock=clock) as seat:
        case = await begin(seat)
        await seat.press("r", "y", "escape")
        clock.now = datetime(2026, 11, 20, 8, 5)
        await log_visit(seat, HEARD)
        assert {"visit", "heard"} <= done(seat, case)
        await seat.press("r")
        assert "뵙고 왔습니다." in seat.text and HEARD in seat.text
        await seat.press("tab", "tab")
        assert "방문 1번" in seat.text


async def test_the_call_in_the_minute_of_the_beginning_is_counted(tmp_path: Path) -> None:
    """S0-14: only the call that told us is no effort of mine."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await to_item(seat, "appointment")
        await seat.press("enter", "ctrl+s")
        (call,) = seat.book.rows(Activity)
        (case,) = seat.book.rows(ChurnCase)
        assert f"{call.day}T{call.time}" == case.heard_at
        await seat.press("r")
        while "[보전 보고]" not in seat.text:
            await seat.press("tab")
        assert "지금까지 통화 1번입니다." in seat.text


async def test_what_could_have_been_prevented_stays_mine_until_i_put_it_in(tmp_path: Path) -> None:
    """S0-19: the line is shown to me apart; Space puts it into the copy."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.edit(Contact, "c0", role="ceo", came_on="2026-10-20")
    async with open_app(tmp_path, book) as seat:
        case = await begin(seat)
        with seat.book.change("setup", NOW) as change:
            change.add(Cause("s1", "a0", case, kind="fees", main=1, control="yes"))
        await seat.press("r")
        while "[보전 보고]" not in seat.text:
            await seat.press("tab")
        assert "나만 먼저 보는 줄" in seat.text and "[ ] 대표가 바뀐 뒤 한 달 동안" in seat.text
        assert "막을 수 있었는지 적은 것은 이 글을 바꾸지 않아요." in seat.text
        await seat.press("y")
        assert "못했습니다" not in seat.app.clipboard
        while seat.app.screen.chosen[1] != "own":  # type: ignore[attr-defined]
            await seat.press("down")
        await seat.press("space", "y")
        assert "대표가 바뀐 뒤 한 달 동안 제가 찾아뵙지 못했습니다." in seat.app.clipboard
