"""그날의 수첩: the book of a day is only looked at, and one thing of it is brought into the present."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from helpers import NARROW, WIDE, Clock, Seat, open_app
from two_copies import days_ago, fill

from fieldsales.domain.model import Account, Contact, Lesson
from fieldsales.storage.book import Book

THEN_DAYS = 10


def old_book(folder: Path) -> Book:
    """Filled ten days ago, changed just now."""
    now = datetime.now()
    with mock.patch("os.fsync"):
        book = Book.open(folder / "book.db", folder / "data", create=True, today=now.date())
    with days_ago(book, THEN_DAYS), book.change("setup", now) as change:
        fill(change)
        change.add(Lesson("l", line="먼저 여쭙기", day="2026-01-02", went_well="잘 들었음"))
    with book.change("account_edit", now) as change:
        change.edit(Account, "a0", phone="02-999", name="가온무역")
        change.remove(Contact, "c0")
        change.add(Account("a9", "새벽유통", tier="A"))
    return book


def now_clock() -> Clock:
    return Clock(datetime.now().replace(microsecond=0))


async def look_back(seat: Seat, days: int = 5) -> None:
    """The book of some days ago, by the menu."""
    day = (datetime.now() - timedelta(days=days)).date()
    await seat.press("ctrl+p")
    await seat.paste("그날" if seat.app.t.lang == "ko" else "as of")
    await seat.press("enter")
    await seat.type(f"{days}일 전" if seat.app.t.lang == "ko" else f"{days} days ago")
    assert seat.app.t("past.read", day=day.isoformat()) in seat.text
    await seat.press("enter")
    for _ in range(40):
        await seat.pilot.pause(0.02)
        if seat.app.desk.behind is not None:
            break
    await seat.settle()


@pytest.mark.parametrize(("lang", "standing"), [("ko", "보기만 해요 · Esc로 돌아가요"), ("en", "To look at only")])
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_panes_show_the_book_of_that_day_and_esc_comes_back(
    tmp_path: Path, lang: str, standing: str, size: tuple[int, int]
) -> None:
    async with open_app(tmp_path, old_book(tmp_path), lang=lang, size=size, clock=now_clock()) as seat:
        present = seat.book
        await seat.press("2")
        assert "가온무역" in seat.text
        await look_back(seat)
        await seat.press("2")
        assert "가온상사" in seat.text
        assert "가온무역" not in seat.text
        assert "새벽유통" not in seat.text
        assert seat.line(standing)
        assert seat.book is not present
        looked_at = seat.book
        await seat.press("escape")
        await seat.pilot.pause(0.05)
        assert seat.book is present
        assert "가온무역" in seat.text
        assert not seat.line(standing)
        with seat.book.change("still", datetime.now()) as change:
            change.edit(Account, "a0", region="여전히 열려 있음")
        assert looked_at._closed


async def test_nothing_can_be_written_there(tmp_path: Path) -> None:
    async with open_app(tmp_path, old_book(tmp_path), clock=now_clock()) as seat:
        await look_back(seat)
        await seat.press("2")
        before = seat.app.desk.behind.book.change_seq if seat.app.desk.behind else -1
        for key in ("l", "a", "e", "s", "m", "n", "i", "v", "u", "exclamation_mark"):
            await seat.press(key)
            assert seat.sheet == "MainScreen", key
            assert seat.notice == "보기만 하는 수첩이라 고칠 수 없어요.", key
            seat.main.notice = ""
        assert seat.app.desk.behind is not None
        assert seat.app.desk.behind.book.change_seq == before


async def test_pages_cases_and_lessons_are_read_there(tmp_path: Path) -> None:
    async with open_app(tmp_path, old_book(tmp_path), clock=now_clock()) as seat:
        await look_back(seat)
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("enter", "tab")
        assert "문도균 차장" in seat.text
        await seat.press("enter")
        assert seat.sheet == "ReadSheet"
        assert seat.line("010-0000-0142")
        await seat.press("escape", "escape", "4", "enter")
        assert seat.sheet == "ReadSheet"
        assert seat.line("잘 들었음")
        await seat.press("escape", "w", "escape", "slash")
        await seat.type("나린")
        await seat.press("escape", "escape")
        assert seat.app.desk.behind is None


async def test_what_differs_is_listed_and_brought_back_into_the_present(tmp_path: Path) -> None:
    async with open_app(tmp_path, old_book(tmp_path), clock=now_clock()) as seat:
        await look_back(seat)
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("ctrl+p")
        await seat.paste("이 값으로")
        await seat.press("enter")
        assert seat.sheet == "EditsSheet"
        assert seat.line("담당자 문도균 차장 지움 (지금 없음)")
        assert seat.line("전화  02-999 → 02-000-0000")
        await seat.press("enter")
        assert "되돌려 놓았어요" in seat.notice
        assert not seat.line("문도균")
        await seat.press("u")  # takes it out of the present book again
        assert seat.line("문도균")
        assert seat.app.desk.behind is not None
        assert seat.app.desk.behind.book.get(Contact, "c0") is None
        await seat.press("home", "enter")
        await seat.press("down", "enter")
        await seat.press("escape", "escape")
        await seat.pilot.pause(0.05)
        assert seat.app.desk.behind is None
        assert seat.stored("SELECT name FROM contact WHERE id = 'c0'") == [("문도균",)]
        assert seat.stored("SELECT phone, name FROM account WHERE id = 'a0'") == [("02-000-0000", "가온무역")]
        await seat.press("u")
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == [("02-999",)]


async def test_from_the_present_it_asks_for_the_day_and_shows_the_account_at_once(tmp_path: Path) -> None:
    async with open_app(tmp_path, old_book(tmp_path), clock=now_clock()) as seat:
        await seat.press("2")
        await seat.choose("가온무역")
        await seat.press("ctrl+p")
        await seat.paste("이 값으로")
        await seat.press("enter")
        await seat.type("5일 전")
        await seat.press("enter")
        await seat.pilot.pause(0.05)
        assert seat.sheet == "EditsSheet"
        assert seat.line("이름  가온무역 → 가온상사")
        await seat.press("escape")
        assert (seat.sheet, seat.app.desk.behind) == ("MainScreen", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [("아무 말", "날짜를 읽지 못했어요"), ("2099-01-01", "아직 오지 않은 날이에요")],
)
async def test_a_day_that_cannot_be_is_said(tmp_path: Path, text: str, said: str) -> None:
    async with open_app(tmp_path, old_book(tmp_path), clock=now_clock()) as seat:
        await seat.press("ctrl+p")
        await seat.paste("그날")
        await seat.press("enter")
        await seat.type(text)
        await seat.press("enter")
        assert seat.sheet == "Prompt"
        assert said in seat.text


async def test_a_day_before_the_book_began_opens_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path, old_book(tmp_path), clock=now_clock()) as seat:
        await seat.press("ctrl+p")
        await seat.paste("그날")
        await seat.press("enter")
        await seat.type("2020-01-01")
        await seat.press("enter")
        await seat.pilot.pause(0.05)
        assert seat.app.desk.behind is None
        assert "아직 적은 것이 없어요" in seat.notice


async def test_the_language_can_be_changed_there_and_the_present_book_speaks_it_too(tmp_path: Path) -> None:
    async with open_app(tmp_path, old_book(tmp_path), clock=now_clock()) as seat:
        await look_back(seat)
        seat.app.speak("en")
        await seat.settle()
        assert seat.line("To look at only")
        await seat.press("escape")
        assert seat.app.desk.t.lang == "en"


async def test_masked_the_line_stays_and_the_differences_are_hidden(tmp_path: Path) -> None:
    async with open_app(tmp_path, old_book(tmp_path), clock=now_clock()) as seat:
        await look_back(seat)
        await seat.press("2", "f8")
        seat.main.say("")
        await seat.settle()
        assert seat.line("보기만 해요")
        await seat.choose("가온상사")
        await seat.press("ctrl+p")
        await seat.paste("이 값으로")
        await seat.press("enter")
        assert "02-999" not in seat.text
