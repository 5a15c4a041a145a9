"""고친 내역: who changed what when, and the old value brought back with one key."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NARROW, SIZES, WIDE, open_app, sample_app, small_book
from rich.cells import cell_len
from two_copies import NOW, OFFICE, apart, new_book

from fieldsales.domain.model import Account, Activity, Contact, Lesson


@pytest.mark.parametrize(
    ("lang", "title", "line", "told"),
    [
        ("ko", "가온상사 · 고친 내역", "전화  02-000-0000 → 02-999", "전화를 되돌려 놓았어요: 02-000-0000."),
        ("en", "가온상사 · edits", "Phone  02-000-0000 → 02-999", "Phone is back: 02-000-0000. u takes it back."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_two_keys_bring_the_old_value_back(
    tmp_path: Path, lang: str, title: str, line: str, told: str, size: tuple[int, int]
) -> None:
    book = new_book(tmp_path)
    with book.change("account_edit", NOW) as change:
        change.edit(Account, "a0", phone="02-999")
    async with open_app(tmp_path, book, lang=lang, size=size) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        seat.pressed = 0
        await seat.press("h")
        assert seat.sheet == "EditsSheet"
        assert title in seat.text
        assert line in seat.text
        await seat.press("enter")
        assert seat.pressed == 2
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == [("02-000-0000",)]
        assert told in seat.notice
        await seat.press("enter")  # on the same line, once more: what it had written
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == [("02-999",)]
        await seat.press("u")
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == [("02-000-0000",)]


async def test_who_wrote_it_is_named(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path), size=WIDE) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("h")
        assert any(OFFICE[:4] in line and "02-222-2222" in line for line in seat.lines)
        assert any("이 기기" in line and "02-111-1111" in line for line in seat.lines)


async def test_a_deleted_row_stands_there_and_comes_back(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.change("drop", NOW) as change:
        change.remove(Contact, "c0")
    async with open_app(tmp_path, book) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("h")
        assert seat.line("담당자 문도균 차장 지움 (지금 없음)")
        await seat.press("enter")
        assert seat.stored("SELECT name FROM contact WHERE id = 'c0'") == [("문도균",)]
        assert "지운 1건을 되돌려 놓았어요" in seat.notice
        await seat.press("enter")
        assert seat.notice == "이미 그대로 있어요."


async def test_on_a_line_of_the_page_it_is_the_history_of_that_line(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.change("log", NOW) as change:
        change.add(Activity("v", "a0", "c0", "visit", day="2026-11-18", heard="처음 들은 말"))
    with book.change("activity_edit", NOW) as change:
        change.edit(Activity, "v", heard="고친 말")
    async with open_app(tmp_path, book) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("enter", "tab", "h")
        assert seat.line("들은 말  처음 들은 말 → 고친 말")
        assert "가온상사 적음" not in seat.text
        await seat.press("enter")
        assert seat.stored("SELECT heard FROM activity WHERE id = 'v'") == [("처음 들은 말",)]


async def test_the_edits_of_a_lesson(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.change("lesson", NOW) as change:
        change.add(Lesson("l", line="먼저 여쭙기", day="2026-11-01"))
    with book.change("lesson", NOW) as change:
        change.edit(Lesson, "l", line="먼저 듣기")
    async with open_app(tmp_path, book) as seat:
        await seat.press("4", "h")
        assert seat.line("눈앞에 둘 한 줄  먼저 여쭙기 → 먼저 듣기")
        await seat.press("enter")
        assert seat.stored("SELECT line FROM lesson WHERE id = 'l'") == [("먼저 여쭙기",)]


async def test_space_shows_a_long_edit_in_full(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.change("account_edit", NOW) as change:
        change.edit(Account, "a0", note="가" * 300 + " 끝말")
    async with open_app(tmp_path, book) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("h")
        assert "끝말" not in seat.text
        await seat.press("space")
        assert "끝말" in seat.text
        assert "납기는 넉넉히" in seat.text


async def test_masked_it_shows_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path, new_book(tmp_path)) as seat:
        await seat.press("2", "h", "f8")
        assert "02-000" not in seat.text
        before = seat.snapshot()
        await seat.press("enter")
        assert seat.snapshot() == before


async def test_without_an_account_it_says_so(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("4", "h")
        assert seat.sheet == "MainScreen"
        assert seat.notice


@pytest.mark.parametrize("size", SIZES)
async def test_every_account_of_the_sample_has_edits_that_fit_the_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    async with sample_app(tmp_path, size=size) as seat:
        await seat.press("2")
        for number in range(0, 36, 6):
            seat.main.lines.move_cursor(number)
            await seat.settle()
            await seat.press("h")
            assert seat.sheet == "EditsSheet"
            assert all(cell_len(line) <= size[0] for line in seat.lines)
            await seat.press("escape")
