"""A form that is open, or folded away, while its row is changed elsewhere: only what was typed in it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NOW, Seat, open_app
from two_copies import copy_of, new_book

from fieldsales.domain.model import Account, Contact, Fact, Lesson
from fieldsales.storage.book import Book
from fieldsales.storage.edits import waiting


def elsewhere(book: Book, folder: Path, kind: type, id: str, **columns: str | int) -> Book:
    """Another machine, on which a row is changed."""
    other = copy_of(book, folder)
    with other.change("edit", NOW) as change:
        change.edit(kind, id, **columns)
    return other


async def type_the_phone(seat: Seat) -> None:
    await seat.press("2")
    await seat.choose("가온상사")
    await seat.press("e", "tab", "tab")
    await seat.type("99")


async def lands(seat: Seat, other: Book) -> None:
    seat.book.hold()
    other.publish_now()
    seat.book.merge(other.path)
    other.close()
    await seat.settle()


async def test_what_comes_in_while_a_form_is_open_is_not_undone_by_saving_it(tmp_path: Path) -> None:
    """The account's note and region come from the other machine, its phone from this one."""
    book = new_book(tmp_path)
    other = elsewhere(book, tmp_path, Account, "a0", note="새 메모", region="부산")
    async with open_app(tmp_path, book) as seat:
        await type_the_phone(seat)
        await lands(seat, other)
        await seat.press("ctrl+s")
        account = seat.book.get(Account, "a0")
        assert account is not None
        assert (account.note, account.region, account.phone) == ("새 메모", "부산", "02-000-000099")
        assert waiting(seat.book.work) == 0


async def test_a_field_that_both_sides_wrote_is_there_to_choose_from(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    other = elsewhere(book, tmp_path, Account, "a0", phone="031-1")
    async with open_app(tmp_path, book) as seat:
        await type_the_phone(seat)
        await lands(seat, other)
        await seat.press("ctrl+s")
        assert waiting(seat.book.work) == 1
        await seat.press("g")
        assert "031-1" in seat.text and "02-000-000099" in seat.text


async def test_a_form_that_was_folded_away_brings_back_what_was_typed_and_nothing_older(tmp_path: Path) -> None:
    """What the draft does not hold is what the row holds now."""
    book = new_book(tmp_path)
    other = elsewhere(book, tmp_path, Account, "a0", note="새 메모", tier="B", phone="031-1")
    async with open_app(tmp_path, book) as seat:
        await type_the_phone(seat)
        await seat.press("escape")
        await lands(seat, other)
        await seat.choose("가온상사")
        await seat.press("e")
        assert "새 메모" in seat.text and "02-000-000099" in seat.text
        await seat.press("ctrl+s")
        account = seat.book.get(Account, "a0")
        assert account is not None and (account.note, account.tier) == ("새 메모", "B")
        assert waiting(seat.book.work) == 1  # the phone, which the other machine changed while the draft lay there
        assert seat.book.draft("account", "a0") == {}


async def test_a_draft_that_says_what_stands_there_is_none(tmp_path: Path) -> None:
    async with open_app(tmp_path, new_book(tmp_path)) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("e")
        await seat.type("9")
        assert set(seat.book.draft("account", "a0")) > {"name"}
        await seat.press("backspace", "escape")
        assert seat.book.draft("account", "a0") == {}
        await seat.press("e", "ctrl+s")
        assert seat.stored("SELECT count(*) FROM op WHERE act LIKE 'account_edit%'") == [(0,)]


async def test_two_windows_of_one_book_keep_what_each_typed(tmp_path: Path) -> None:
    """The second is another process on the same working database; nothing has to be merged."""
    book = new_book(tmp_path)
    async with open_app(tmp_path, book) as seat:
        await type_the_phone(seat)
        window = Book.open(book.path, tmp_path / "data", today=NOW.date())
        with window.change("account_edit", NOW) as change:
            change.edit(Account, "a0", region="제주")
        window.close()
        await seat.press("ctrl+s")
        account = seat.book.get(Account, "a0")
        assert account is not None and (account.region, account.phone) == ("제주", "02-000-000099")
        await seat.press("u")
        account = seat.book.get(Account, "a0")
        assert account is not None and (account.region, account.phone) == ("제주", "02-000-0000")


async def test_a_note_of_several_lines_stays_one_in_a_form_of_single_lines(tmp_path: Path) -> None:
    async with open_app(tmp_path, new_book(tmp_path)) as seat:
        before = seat.book.get(Account, "a0")
        assert before is not None and before.note.count("\n") == 2
        await seat.press("2")
        await seat.choose("가온상사")
        await seat.press("e", *["tab"] * 10)
        await seat.type("9")
        await seat.press("ctrl+s")
        account = seat.book.get(Account, "a0")
        assert account is not None and account.note in (f"9{before.note}", f"{before.note}9")


ROWS: dict[str, tuple[Contact | Fact, dict[str, str]]] = {
    "contact": (Contact("c9", "a0", "한결", "과장", email="a@b.kr"), {"temper": "말씀이 적음"}),
    "fact": (Fact("f9", "a0", text="공장을 옮긴다", day="2026-11-01"), {"source": "신문"}),
}


@pytest.mark.parametrize("table", list(ROWS))
async def test_a_row_of_the_page_keeps_what_came_in_beside_what_was_typed(tmp_path: Path, table: str) -> None:
    row, columns = ROWS[table]
    book = new_book(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(row)
    other = elsewhere(book, tmp_path, type(row), row.id, **columns)
    async with open_app(tmp_path, book) as seat:
        from fieldsales.ui.actions.accounts import ROW_FORMS

        await seat.press("2")
        await seat.choose("가온상사")
        ROW_FORMS[table](seat.app, row.id)
        await seat.settle()
        await seat.type("9")
        await lands(seat, other)
        await seat.press("ctrl+s")
        kept = seat.book.get(type(row), row.id)
        assert kept is not None
        assert {name: getattr(kept, name) for name in columns} == columns
        assert kept != row and waiting(seat.book.work) == 0


async def test_a_lesson_keeps_what_came_in_beside_what_was_typed(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(Lesson("l1", "a0", day="2026-11-10", line="먼저 가기", feeling="덜컥함"))
    other = elsewhere(book, tmp_path, Lesson, "l1", feeling="이제는 담담함", cause="fees", missed="단가")
    async with open_app(tmp_path, book) as seat:
        await seat.press("4", "e")
        await seat.type("9")
        await lands(seat, other)
        await seat.press("ctrl+s")
        lesson = seat.book.get(Lesson, "l1")
        assert lesson is not None
        assert (lesson.feeling, lesson.cause, lesson.missed) == ("이제는 담담함", "fees", "단가")
        assert lesson.next_time == "9"
        assert waiting(seat.book.work) == 0
        assert seat.stored("SELECT count(*) FROM op WHERE tbl = 'lesson'") == [(3,)]
