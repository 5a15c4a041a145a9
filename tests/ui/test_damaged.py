"""A damaged book, a book opened from elsewhere, and looking the book over, as they are on screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from unittest import mock

import pytest
from helpers import NARROW, NOW, TODAY, Clock, Seat, open_app, small_book

from fieldsales.config import Config, Options, Places
from fieldsales.domain.model import Account, Message
from fieldsales.locale import Texts
from fieldsales.storage import backups
from fieldsales.storage.book import Book
from fieldsales.storage.errors import BookElsewhere, BookError, OwnBookDamaged
from fieldsales.ui.app import FieldsalesApp

PAGE = 4096


def damaged_book(folder: Path) -> Path:
    """A book with a backup, a file, and a private folder whose database is spoilt; the path of that database."""
    book = small_book(folder, "한빛", "가람")
    backups.take(book.work, book._folder, "asked")
    with book.change("add", NOW) as change:
        change.add(Account("a9", "새녘"))
    book.publish_now()
    own = book._folder / "book.db"
    book.close()
    raw = bytearray(own.read_bytes())
    raw[:PAGE] = b"\xa5" * PAGE
    own.write_bytes(raw)
    return own


def places_of(folder: Path) -> Places:
    return Places(folder / "config", folder / "data", folder / "cache", folder / "book.db")


@asynccontextmanager
async def stopped_app(
    folder: Path, error: BookError, *, path: Path | None = None, lang: str = "ko"
) -> AsyncIterator[Seat]:
    options = Options(places_of(folder), Config(), path or folder / "book.db", True, TODAY, lang, False)
    clock = Clock()
    app = FieldsalesApp(options, None, clock, Texts(lang), error)
    async with app.run_test(size=NARROW) as pilot:
        seat = Seat(app, pilot, clock)
        await seat.settle()
        yield seat


async def until(seat: Seat, what: Callable[[], bool]) -> None:
    for _ in range(400):
        await asyncio.sleep(0.01)
        await seat.settle()
        if what():
            return
    raise AssertionError(seat.text)


def error_of(folder: Path, path: Path) -> BookError:
    with pytest.raises(BookError) as caught:
        Book.open(path, folder / "data", today=TODAY)
    return caught.value


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_the_screen_of_a_damaged_book_names_what_it_can_be_made_from(tmp_path: Path, lang: str) -> None:
    damaged_book(tmp_path)
    error = error_of(tmp_path, tmp_path / "book.db")
    assert isinstance(error, OwnBookDamaged)
    async with stopped_app(tmp_path, error, lang=lang) as seat:
        t = seat.app.t
        await until(seat, lambda: t("keep.source.file") in seat.text)
        assert t("keep.source.backup") in seat.text
        for way in ("rebuild", "look", "quit"):
            assert t(f"damaged.{way}") in seat.text


async def test_the_book_comes_back_with_everything_that_was_in_its_file(tmp_path: Path) -> None:
    own = damaged_book(tmp_path)
    spoilt = own.read_bytes()
    async with stopped_app(tmp_path, error_of(tmp_path, tmp_path / "book.db")) as seat:
        await until(seat, lambda: "수첩 되찾기" in seat.text)
        await seat.press("1")
        await until(seat, lambda: seat.app.desk is not None)
        assert {account.name for account in seat.book.rows(Account)} == {"한빛", "가람", "새녘"}
        await until(seat, lambda: "되찾았어요" in seat.text)
        assert next(own.parent.glob("damaged-*/book.db")).read_bytes() == spoilt


async def test_what_can_be_saved_is_looked_at_and_nothing_is_changed(tmp_path: Path) -> None:
    own = damaged_book(tmp_path)
    before = own.read_bytes(), (tmp_path / "book.db").read_bytes()
    async with stopped_app(tmp_path, error_of(tmp_path, tmp_path / "book.db")) as seat:
        await until(seat, lambda: "보기만 하기" in seat.text)
        await seat.press("2")
        await until(seat, lambda: seat.app.desk is not None)
        assert len(seat.book.rows(Account)) == 3
        assert seat.book.read_only
        await seat.press("2", "a")
        assert "고칠 수 없어요" in seat.text
    assert (own.read_bytes(), (tmp_path / "book.db").read_bytes()) == before


async def test_a_book_of_which_nothing_is_left_can_only_be_left(tmp_path: Path) -> None:
    own = damaged_book(tmp_path)
    error = error_of(tmp_path, tmp_path / "book.db")
    for path in (tmp_path / "book.db", *(backup.path for backup in backups.kept(own.parent))):
        path.write_bytes(b"\xa5" * 5000)
    async with stopped_app(tmp_path, error) as seat:
        await until(seat, lambda: "읽을 수 없어요. 다른" in seat.text)
        assert "수첩 되찾기" not in seat.text
        with mock.patch.object(seat.app, "exit") as leave:
            await seat.press("1")
        leave.assert_called_once_with(0)
    assert own.exists()


async def test_damage_met_in_the_middle_of_work_ends_the_run_with_the_ways_on(tmp_path: Path) -> None:
    book = small_book(tmp_path, "한빛")
    folder = book._folder
    before = book.publish_now()
    assert before.in_file
    file = (tmp_path / "book.db").read_bytes()
    async with open_app(tmp_path, book) as seat:
        seat.book.work.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        own = folder / "book.db"
        raw = bytearray(own.read_bytes())
        for page in range(1, len(raw) // PAGE):
            raw[page * PAGE : page * PAGE + 100] = b"\xa5" * 100
        own.write_bytes(raw)
        seat.book.work.execute("PRAGMA shrink_memory")
        seat.app.call_later(seat.app.refresh_main)
        for _ in range(100):
            await asyncio.sleep(0.01)
            if seat.app.stopped is not None:
                break
        assert isinstance(seat.app.stopped, OwnBookDamaged)
    assert (tmp_path / "book.db").read_bytes() == file
    assert isinstance(error_of(tmp_path, tmp_path / "book.db"), OwnBookDamaged)


# --- a book opened from elsewhere -------------------------------------------------------------------------------------


def old_copy(folder: Path) -> Path:
    """A copy of a book in another folder, with one account that the book itself lacks."""
    book = small_book(folder, "한빛")
    book.publish_now()
    copy = folder / "stick" / "book.db"
    copy.parent.mkdir()
    copy.write_bytes((folder / "book.db").read_bytes())
    book.close()
    other = Book.open(copy, folder / "elsewhere", today=TODAY)
    with other.change("add", NOW) as change:
        change.add(Account("a7", "가람"))
    other.close()
    return copy


async def test_a_copy_opened_from_elsewhere_is_merged_into_the_book_on_a_key(tmp_path: Path) -> None:
    copy = old_copy(tmp_path)
    before = copy.read_bytes()
    error = error_of(tmp_path, copy)
    assert isinstance(error, BookElsewhere)
    async with stopped_app(tmp_path, error, path=copy) as seat:
        assert "합치고 열기" in seat.text
        assert str(tmp_path)[-20:] in seat.text
        await seat.press("1")
        await until(seat, lambda: seat.app.desk is not None)
        assert seat.book.path == tmp_path / "book.db"
        assert {account.name for account in seat.book.rows(Account)} == {"한빛", "가람"}
        await until(seat, lambda: "합쳤어요" in seat.text)
    assert copy.read_bytes() == before


async def test_a_copy_is_only_looked_at_on_a_key(tmp_path: Path) -> None:
    copy = old_copy(tmp_path)
    before = copy.read_bytes(), copy.stat().st_mtime_ns
    async with stopped_app(tmp_path, error_of(tmp_path, copy), path=copy) as seat:
        await seat.press("2")
        await until(seat, lambda: seat.app.desk is not None)
        assert len(seat.book.rows(Account)) == 2
        assert seat.book.read_only
        assert seat.app.desk.told == Message("elsewhere.only_look")
    assert (copy.read_bytes(), copy.stat().st_mtime_ns) == before
    assert [path.name for path in copy.parent.iterdir()] == ["book.db"]


async def test_a_copy_becomes_a_book_of_its_own_on_a_key(tmp_path: Path) -> None:
    copy = old_copy(tmp_path)
    before = copy.read_bytes()
    home = Book.open(tmp_path / "book.db", tmp_path / "data", today=TODAY)
    id = home.document_id
    home.close()
    async with stopped_app(tmp_path, error_of(tmp_path, copy), path=copy) as seat:
        await seat.press("3")
        await until(seat, lambda: seat.app.desk is not None)
        assert seat.book.path == copy.with_name("book 2.db")
        assert seat.book.document_id != id
        assert len(seat.book.rows(Account)) == 2
    assert copy.read_bytes() == before
    again = Book.open(copy.with_name("book 2.db"), tmp_path / "data", today=TODAY)
    assert {account.name for account in again.rows(Account)} == {"한빛", "가람"}
    again.close()


# --- looking the book over --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_the_menu_looks_the_book_over_without_freezing(tmp_path: Path, lang: str) -> None:
    book = small_book(tmp_path, "한빛")
    async with open_app(tmp_path, book, lang=lang) as seat:
        seat.app.run_command("check", "today")
        await seat.settle()
        t = seat.app.t
        assert t("check.title") in seat.text
        await until(seat, lambda: t("check.fine") in seat.text)
        assert t("check.parents.fine") in seat.text
        await seat.press("escape")
        assert seat.sheet == "MainScreen"


async def test_the_days_backup_is_taken_while_the_book_is_open(tmp_path: Path) -> None:
    from fieldsales.ui.actions.keep import back_up

    book = small_book(tmp_path, "한빛")
    folder = book._folder
    async with open_app(tmp_path, book) as seat:
        back_up(seat.app)
        await until(seat, lambda: bool(backups.kept(folder)))
        back_up(seat.app)
        await asyncio.sleep(0.1)
        await seat.settle()
    assert [backup.reason for backup in backups.kept(folder)] == ["day"]


async def test_a_day_without_a_backup_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fieldsales.ui.actions.keep import back_up

    monkeypatch.setattr(backups, "SPARE", 1 << 62)
    async with open_app(tmp_path, small_book(tmp_path, "한빛")) as seat:
        back_up(seat.app)
        await until(seat, lambda: "백업" in seat.text)
        seat.app.say("")
        back_up(seat.app)
        await asyncio.sleep(0.1)
        await seat.settle()
        assert "백업" not in seat.notice
