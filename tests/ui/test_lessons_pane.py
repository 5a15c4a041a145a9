"""오답노트 on the screen: what comes back, one key each, and the same lessons by cause, month and tier."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import NARROW, NOW, WIDE, Clock, Seat, open_app, sample_app, small_book

from fieldsales.domain.lessons import REVIEW_SETTING
from fieldsales.domain.model import Cause, ChurnCase, Lesson, Task
from fieldsales.storage.book import Book


def book_of(folder: Path, *lessons: Lesson, names: tuple[str, ...] = ("가온상사", "새녘물산")) -> Book:
    book = small_book(folder, *names)
    with book.change("setup", NOW) as change:
        for lesson in lessons:
            change.add(lesson)
    return book


async def on_line(seat: Seat, id: str) -> None:
    """Put the cursor of the log on a lesson."""
    pane = seat.main.lessons
    pane.move_cursor(next(at for at, one in enumerate(pane.items) if isinstance(one, Lesson) and one.id == id))
    await seat.settle()


FEES = Lesson("fees", "a1", day="2026-03-10", line="단가부터 여쭙기", cause="fees")
AGAIN = Lesson("again", "a0", day="2026-11-10", line="조건표를 먼저 드리기", cause="fees", went_well="하루 먼저 알림")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_something_like_it_before_is_told_without_a_word_of_blame(tmp_path: Path, size: tuple[int, int]) -> None:
    """S0-33, L5, C17: the month and the account, below the line."""
    async with open_app(tmp_path, book_of(tmp_path, FEES, AGAIN), size=size) as seat:
        await seat.press("4")
        assert seat.text.count("비슷한 일이 있었어요 (3월 새녘물산).") == 1
        assert "또" not in seat.text.split("조건표를")[1].split("\n")[1]
        assert "다르게 써 볼까요" not in seat.text
        assert seat.main.lessons.items.index(AGAIN) < seat.main.lessons.items.index(FEES)


async def test_the_third_time_another_wording_of_the_line_is_offered(tmp_path: Path) -> None:
    """L5: an offer, below the newest only."""
    third = replace(AGAIN, id="third", day="2026-11-15")
    async with open_app(tmp_path, book_of(tmp_path, FEES, AGAIN, third)) as seat:
        await seat.press("4")
        assert seat.text.count("이 한 줄, 다르게 써 볼까요?") == 1
        assert "비슷한 줄이 3개예요." in seat.text


async def test_the_form_tells_of_a_like_lesson_while_the_cause_is_chosen(tmp_path: Path) -> None:
    """S0-33, L1."""
    async with open_app(tmp_path, book_of(tmp_path, FEES)) as seat:
        await seat.press("2", "n")
        assert "비슷한 일이" not in seat.text
        await seat.type("값부터 여쭙는다")
        form = seat.app.screen
        form.fields["cause"].focus()  # type: ignore[attr-defined]
        await seat.settle()
        await seat.press("space")
        assert form.values()["cause"] == "fees"  # type: ignore[attr-defined]
        form.fields["cause"].parent.parent.scroll_end(animate=False)  # type: ignore[attr-defined]
        await seat.settle()
        assert "비슷한 일이 있었어요 (3월 새녘물산)." in seat.text
        await seat.press("ctrl+s")
        (made,) = seat.book.rows(Lesson, next_time="값부터 여쭙는다")
        assert made.cause == "fees"


async def test_one_key_turns_to_causes_months_tiers_and_what_went_well(tmp_path: Path) -> None:
    """L7, L8."""
    other = Lesson("other", "a0", day="2026-11-12", line="늦으면 하루 먼저", cause="neglect")
    async with open_app(tmp_path, book_of(tmp_path, FEES, AGAIN, other)) as seat:
        await seat.press("4", "o")
        assert "수수료·요금제  2개" in seat.text and "관리 소홀  1개" in seat.text
        await seat.press("o")
        assert "2026년 11월  2개" in seat.text and "2026년 3월  1개" in seat.text
        await seat.press("o")
        assert "A  3개" in seat.text
        await seat.press("o")
        assert "하루 먼저 알림" in seat.text and "조건표를 먼저 드리기" not in seat.text
        await seat.press("o")
        assert "조건표를 먼저 드리기" in seat.text


async def test_a_line_that_helped_is_marked_with_one_key_and_undone(tmp_path: Path) -> None:
    """L3: in the log, and on the page of an account."""
    async with open_app(tmp_path, book_of(tmp_path, AGAIN)) as seat:
        await seat.press("4", "d")
        assert seat.book.rows(Lesson)[0].helped == 1
        assert "도움 1번" in seat.text
        await seat.press("u")
        assert seat.book.rows(Lesson)[0].helped == 0
        await seat.press("2", "enter")
        await seat.press("d")
        assert seat.book.rows(Lesson)[0].helped == 1


async def test_of_two_lines_on_a_page_the_one_that_helped_is_picked(tmp_path: Path) -> None:
    """L3."""
    other = Lesson("other", "a0", day="2026-11-12", line="늦으면 하루 먼저")
    async with open_app(tmp_path, book_of(tmp_path, AGAIN, other)) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("enter", "d")
        assert "어느 한 줄이 도움이 됐나요" in seat.text
        await seat.press("2")
        await seat.press("enter")
        assert {one.id: one.helped for one in seat.book.rows(Lesson)} == {"other": 0, "again": 1}


async def test_a_page_without_a_lesson_says_so_and_a_masked_one_tells_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path, book_of(tmp_path, AGAIN)) as seat:
        await seat.press("2")
        await seat.choose("새녘물산")
        await seat.press("enter", "d")
        assert seat.notice == seat.app.t("lessons.none_here")
        await seat.press("escape")
        await seat.choose("가온상사")
        await seat.press("enter", "f8", "d")
        assert seat.book.rows(Lesson)[0].helped == 0


async def test_d_works_with_the_hangul_layout_on(tmp_path: Path) -> None:
    async with open_app(tmp_path, book_of(tmp_path, AGAIN)) as seat:
        await seat.press("4", "ㅇ")
        assert seat.book.rows(Lesson)[0].helped == 1


async def test_without_a_lesson_under_the_cursor_a_sentence_says_so(tmp_path: Path) -> None:
    async with open_app(tmp_path, book_of(tmp_path)) as seat:
        await seat.press("4", "d")
        assert seat.notice == seat.app.t("lessons.choose_one")
        await seat.press("s", "space", "o", "o", "o", "o", "enter")
        assert seat.book.rows(Lesson) == []


async def test_a_promise_stands_below_its_lesson_and_is_done_in_its_form(tmp_path: Path) -> None:
    """L6: also that of a lesson without an account, which no line of 오늘 can show."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("4", "n")
        await seat.type("바로 간다")
        form = seat.app.screen
        form.fields["todo"].focus()  # type: ignore[attr-defined]
        await seat.settle()
        await seat.type("12월 10일까지 대표 바뀐 곳 찾아보기")
        await seat.press("ctrl+s")
        assert "해 둘 일: 대표 바뀐 곳 찾아보기 · 12월 10일까지" in seat.text
        await seat.press("enter")
        form = seat.app.screen
        form.fields["todo_done"].focus()  # type: ignore[attr-defined]
        await seat.settle()
        await seat.press("space", "ctrl+s")
        assert [task.state for task in sorted(seat.book.rows(Task), key=lambda one: one.sheet)] == ["done", "open"]
        assert "1월 9일에 어떤지 보기: 대표 바뀐 곳 찾아보기" in seat.text


async def test_the_review_clock_is_off_and_once_on_asks_for_one_line_at_a_time(tmp_path: Path) -> None:
    """L4: from the menu; 지켰어요 or 다음에."""
    clock = Clock(NOW)
    async with open_app(tmp_path, book_of(tmp_path, FEES, AGAIN), clock=clock) as seat:
        await seat.press("4")
        assert "다시 볼 때예요" not in seat.text
        seat.app.run_command("lesson_review", "lessons")
        await seat.settle()
        assert seat.book.setting(REVIEW_SETTING) == NOW.date().isoformat()
        assert "다시 볼 때예요" not in seat.text
        clock.now = NOW + timedelta(days=8)
        seat.app.refresh_main()
        await seat.settle()
        assert seat.text.count("다시 볼 때예요. 지켰으면 d, 아니면 s") == 1
        await on_line(seat, "again")
        await seat.press("d")
        first = seat.book.get(Lesson, "again")
        assert first is not None and (first.reviews, first.helped, first.review_on) == (1, 0, "2026-12-28")
        await on_line(seat, "fees")
        await seat.press("s")
        second = seat.book.get(Lesson, "fees")
        assert second is not None and (second.reviews, second.review_on) == (0, "2026-12-05")
        assert "다시 볼 때예요" not in seat.text
        await seat.press("s")
        assert seat.notice == seat.app.t("lessons.not_asked")


async def test_on_the_page_a_lesson_comes_back_by_what_a_case_there_was_about(tmp_path: Path) -> None:
    """S0-34, L3: the same cause."""
    book = book_of(tmp_path, FEES)
    async with open_app(tmp_path, book) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("enter")
        assert "단가부터 여쭙기" not in seat.line("오답노트")
        await seat.press("escape")
        with book.change("setup", NOW) as change:
            change.add(ChurnCase("k", "a0", state="closed", heard_at="2026-05-01T09:00"))
            change.add(Cause("u", "a0", "k", kind="fees"))
        await seat.press("enter")
        assert "단가부터 여쭙기" in seat.line("오답노트")


async def test_in_the_first_minute_of_a_case_only_what_helped_is_shown(tmp_path: Path) -> None:
    """L3: with where it was; faults wait for the last step."""
    helped = Lesson("h", "a1", day="2026-03-10", line="자료보다 얼굴 먼저", tags="churn", helped=1)
    fault = Lesson("f", "a0", day="2026-04-10", mistake="못 지킬 날짜를 말씀드림")
    async with open_app(tmp_path, book_of(tmp_path, helped, fault), size=WIDE) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("c")
        assert "자료보다 얼굴 먼저 (3월 새녘물산)" in seat.text
        assert "못 지킬 날짜" not in seat.text
        await seat.press("space", "right", "right", "right")
        assert "못 지킬 날짜를 말씀드림" in seat.text and "비슷한 때 배운 것" in seat.text


async def test_masked_the_log_says_nothing_in_any_view(tmp_path: Path) -> None:
    """I13."""
    async with open_app(tmp_path, book_of(tmp_path, FEES, AGAIN)) as seat:
        await seat.press("4", "f8")
        for _ in range(5):
            await seat.press("o")
            assert "단가부터" not in seat.text and "비슷한 일" not in seat.text and "수수료" not in seat.text


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [NARROW, WIDE, (40, 10)])
async def test_every_view_of_the_sample_fits_its_width(tmp_path: Path, lang: str, size: tuple[int, int]) -> None:
    from rich.cells import cell_len

    async with sample_app(tmp_path, lang=lang, size=size) as seat:
        await seat.press("4")
        for _ in range(5):
            assert all(cell_len(line) <= size[0] for line in seat.lines)
            await seat.press("o")
