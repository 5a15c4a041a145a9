"""이탈 대응 on the screen: a draft that leaves nothing, a run that survives anything, a close that asks for little."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from helpers import NOW, WIDE, Clock, Seat, open_app, places, sample_app, small_book

from fieldsales.domain.model import Activity, CaseEvent, CaseItem, ChurnCase, Contact, Lesson
from fieldsales.storage.book import Book


async def begin(seat: Seat) -> str:
    """From the account list: the run of the account under the cursor, begun; gives the id of the case."""
    await seat.press("2", "c", "space")
    (case,) = seat.book.rows(ChurnCase, state="open")
    return case.id


def done(seat: Seat, case_id: str) -> set[str]:
    return {item.key for item in seat.book.rows(CaseItem, case_id=case_id) if item.done_at}


async def to_item(seat: Seat, key: str) -> None:
    """Put the cursor of the run on an item."""
    screen = seat.app.screen
    index = next(i for i, item in enumerate(screen.run.items) if getattr(item, "key", "") == key)  # type: ignore[attr-defined]
    screen.run.move_cursor(index)  # type: ignore[attr-defined]
    await seat.settle()


async def test_a_draft_writes_nothing_and_esc_makes_it_unhappen(tmp_path: Path) -> None:
    """C2."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        before, operations = seat.counts(), seat.stored("SELECT count(*) FROM op")
        await seat.press("2", "c")
        assert "숨 한 번 고르고" in seat.text
        for act in ("팀장님께 알리기", "만날 시간 여쭙기", "찾아가기"):
            assert f"[ ] {act}" in seat.text
        assert "아직 시작 전이에요." in seat.text
        assert "%" not in seat.text and "점" not in seat.text.split("─")[0]
        await seat.press("enter", "escape", "r", "y", "escape", "down", "up", "y")
        assert seat.counts() == before
        await seat.press("escape")
        assert seat.sheet == "MainScreen"
        assert seat.counts() == before
        assert seat.stored("SELECT count(*) FROM op") == operations
        assert seat.book.open_cases() == []


async def test_space_on_the_visit_of_a_draft_opens_the_log_and_begins_nothing(tmp_path: Path) -> None:
    """S0-12, C2."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        before = seat.counts()
        await seat.press("2", "c")
        await to_item(seat, "visit")
        await seat.press("space")
        assert seat.sheet == "LogSheet"
        await seat.press("escape", "escape")
        assert seat.counts() == before


async def test_the_first_screen_holds_three_acts_and_how_the_person_is(tmp_path: Path) -> None:
    """S0-06, S2-20: it fits 80 by 24; the other lines come with the first tick, and only one tells its details."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.edit(Contact, "c0", temper="말씀이 적음")
    async with open_app(tmp_path, book) as seat:
        await seat.press("2", "c")
        assert seat.text.count("[ ]") == 3
        assert "말씀이 적음" in seat.text and "한 해에 한두 번은" in seat.text
        await seat.press("space")
        lines = [line for line in seat.app.screen.view.lines if line.step == 1]  # type: ignore[attr-defined]
        assert len(lines) > 3
        assert sum(seat.text.count(mark) for mark in ("[ ]", "[x]")) == len(lines)
        await seat.press("down")
        assert [bool(seat.line(line.help[:12])) for line in lines if line.help].count(True) == 1


async def test_the_third_case_of_a_year_is_met_with_another_sentence(tmp_path: Path) -> None:
    """S0-08: cases of other accounts count, closed ones too, and those of more than a year ago do not."""
    book = small_book(tmp_path, "가온상사", "나온상사", "다온상사")
    with book.change("setup", NOW) as change:
        for number, day in enumerate(("2026-02-03", "2025-11-19"), 1):
            at = f"{day}T09:00"
            change.add(ChurnCase(f"k{number}", f"a{number}", heard_at=at, started_at=at, state="closed"))
    async with open_app(tmp_path, book) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("c")
        assert "숨 한 번 고르고" in seat.text
        with seat.book.change("setup", NOW) as change:
            change.add(ChurnCase("k3", "a2", heard_at="2026-06-01T09:00", started_at="2026-06-01T09:00"))
        await seat.press("escape", "c")
        assert "올해는 유난히 일이 겹치네요." in seat.text


async def test_the_first_report_is_complete_and_copied_from_the_draft(tmp_path: Path) -> None:
    """S0-02, S0-23."""
    async with sample_app(tmp_path, size=WIDE) as seat:
        await seat.press("2")
        await seat.choose("나린커피")
        await seat.press("c", "y")
        text = seat.app.clipboard
        assert text.startswith("[나린커피]")
        assert "[방문 시각]" not in text and "오늘 안에" in text
        assert "습니다" in text and "아직 듣지 못했습니다" in text
        assert "[나린커피]" in seat.text  # beside the run it can be read
        assert (seat.app.options.places.cache / "clipboard.txt").read_text(encoding="utf-8") == text


async def test_the_clocks_start_with_the_first_tick(tmp_path: Path) -> None:
    clock = Clock()
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), clock=clock) as seat:
        await seat.press("2", "c")
        clock.now = datetime(2026, 11, 20, 9, 47)
        await seat.press("space")
        (case,) = seat.book.rows(ChurnCase)
        assert case.started_at == "2026-11-20T09:47"
        assert case.heard_at <= case.started_at
        assert "09:47" in seat.line("팀장님께 알리기")


async def test_a_tick_is_taken_back_by_another(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await begin(seat)
        key = next(iter(done(seat, case)))
        await to_item(seat, key)
        await seat.press("space")
        assert done(seat, case) == set()
        assert "[ ] 팀장님께 알리기" in seat.text


async def test_only_a_visit_to_a_person_closes_the_first_step(tmp_path: Path) -> None:
    """S0-12, C4: Space opens the log, a call fills nothing, a visit does."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await begin(seat)
        await to_item(seat, "visit")
        await seat.press("space")
        assert seat.sheet == "LogSheet"
        assert "visit" not in done(seat, case)
        await seat.press("shift+tab", "shift+tab", "shift+tab")
        assert seat.app.focused is not None and seat.app.focused.id == "field-kind"
        await seat.press("2")  # call
        await seat.press("ctrl+s")
        assert [one.kind for one in seat.book.rows(Activity)] == ["call"]
        assert "visit" not in done(seat, case)
        assert seat.sheet == "CaseSheet" and "[ ] 찾아가기" in seat.text
        await seat.press("l")
        assert seat.app.screen.fields["kind"].text_value == "visit"  # type: ignore[attr-defined]
        await seat.type("물량 절반은 남길 수 있다")
        await seat.press("ctrl+s")
        assert {"visit", "heard"} <= done(seat, case)
        assert "[x] 찾아가기" in seat.text


async def test_attempts_are_kept_as_effort_and_tick_nothing(tmp_path: Path) -> None:
    """V5, S0-14: each at its time of day, beside the line that asks for a time."""
    clock = Clock()
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), clock=clock) as seat:
        case = await begin(seat)
        before = done(seat, case)
        clock.now = datetime(2026, 11, 20, 9, 31)
        await seat.press("m")
        clock.now = datetime(2026, 11, 20, 9, 40)
        await seat.press("m")
        assert done(seat, case) == before
        assert [one.outcome for one in seat.book.rows(Activity)] == ["attempt", "attempt"]
        assert [event.kind for event in seat.book.rows(CaseEvent, case_id=case)].count("attempt") == 2
        assert "두 번 여쭈셨어요." in seat.text
        assert "09:31 부재중 · 09:40 부재중" in seat.line("만날 시간 여쭙기")


async def test_m_again_within_the_minute_turns_no_answer_into_refused(tmp_path: Path) -> None:
    """S0-14: one attempt with its answer, and u makes it no answer again."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await seat.press("m", "m")
        assert [one.attempt for one in seat.book.rows(Activity)] == ["refused"]
        assert "거절" in seat.line("만날 시간 여쭙기")
        await seat.press("u")
        assert [one.attempt for one in seat.book.rows(Activity)] == ["no_answer"]


async def test_a_note_stands_under_its_line(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await begin(seat)
        await to_item(seat, "visit")
        await seat.press("e")
        await seat.type("본부장님도 함께")
        await seat.press("ctrl+s")
        assert seat.line("본부장님도 함께")
        assert [item.note for item in seat.book.rows(CaseItem, case_id=case) if item.note] == ["본부장님도 함께"]


async def test_closing_asks_for_outcome_farewell_and_one_line(tmp_path: Path) -> None:
    """The one refusal names what is missing, then it is done."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await begin(seat)
        await seat.press("x")
        said = set()
        await seat.press("ctrl+s")
        said.add(seat.notice)
        await seat.press("2")  # half
        await seat.press("ctrl+s")
        said.add(seat.notice)
        await seat.press("tab", "1")
        await seat.press("ctrl+s")
        said.add(seat.notice)
        assert len(said) == 3 and "" not in said
        assert seat.book.get(ChurnCase, case).state == "open"  # type: ignore[union-attr]
        await seat.press("tab")
        await seat.type("대표가 바뀌면 두 주 안에 인사")
        await seat.press("ctrl+s")
        closed = seat.book.get(ChurnCase, case)
        assert closed is not None
        assert (closed.state, closed.outcome, closed.farewell) == ("closed", "half", "done")
        assert [lesson.line for lesson in seat.book.rows(Lesson, case_id=case)] == ["대표가 바뀌면 두 주 안에 인사"]
        assert seat.sheet == "MainScreen"
        await seat.press("4")
        assert seat.line("대표가 바뀌면 두 주 안에 인사")


async def test_everything_is_there_when_the_book_is_opened_again(tmp_path: Path) -> None:
    book = small_book(tmp_path, "가온상사")
    async with open_app(tmp_path, book) as seat:
        case = await begin(seat)
        await seat.press("m")
        await to_item(seat, "visit")
        await seat.press("e")
        await seat.type("본부장님도 함께")
        await seat.press("ctrl+s", "l")
        await seat.type("적던 말")
        rows = {
            name: seat.stored(f"SELECT * FROM {name} ORDER BY id") for name in ("churn_case", "case_item", "activity")
        }
        await seat.press("escape", "escape")
    again = Book.open(book.path, places(tmp_path, book.path).data, today=NOW.date())
    async with open_app(tmp_path, again) as seat:
        found = {name: seat.stored(f"SELECT * FROM {name} ORDER BY id") for name in rows}
        assert found == rows
        await seat.press("2", "c")
        assert "[x] 팀장님께 알리기" in seat.text and seat.line("본부장님도 함께")
        await seat.press("l")
        assert seat.line("적던 말")
        assert seat.book.get(ChurnCase, case) is not None


async def test_undo_takes_a_begun_case_back_whole(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        before = seat.counts()
        await begin(seat)
        await seat.press("u")
        assert seat.counts() == before
        assert seat.app.screen.case_id == ""  # type: ignore[attr-defined]
        await seat.press("escape")
        assert seat.counts() == before


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (200, 50)])
async def test_the_right_arrow_turns_through_four_steps(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), size=size) as seat:
        await begin(seat)
        for number in (2, 3, 4, 1):
            await seat.press("right")
            assert f"{number}/4" in seat.text


async def test_two_people_without_one_there_is_still_a_run(tmp_path: Path) -> None:
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.remove(Contact, "c0")
    async with open_app(tmp_path, book, size=WIDE) as seat:
        await begin(seat)
        await seat.press("r")
        assert "[가온상사]" in seat.text


async def test_a_report_is_edited_and_kept(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("r", "e", *["down"] * 8, "end")
        await seat.type(" 추신입니다.")
        await seat.press("escape", "y")
        assert seat.app.clipboard.rstrip().endswith("추신입니다.")
        await seat.press("escape", "r")
        assert "추신입니다." in seat.text
