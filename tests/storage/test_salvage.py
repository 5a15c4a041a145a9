"""A damaged working database: it is noticed, nothing is published from it, and what can be saved is saved."""

from __future__ import annotations

import random
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest

from fieldsales.domain.model import Account, Activity
from fieldsales.storage import backups, salvage
from fieldsales.storage.book import Book
from fieldsales.storage.errors import BookDamaged, OwnBookDamaged
from fieldsales.storage.homes import mark_damaged

NOW = datetime(2026, 11, 20, 9, 20)
PAGE = 4096


class Shelf:
    """A book with a file, a backup with fewer accounts, and one account that is in neither."""

    def __init__(self, root: Path, count: int = 120) -> None:
        self.root = root
        self.path = root / "book.db"
        self.data = root / "data"
        book = Book.open(self.path, self.data, create=True, today=NOW.date())
        self.folder = book._folder
        self.make(book, "처음", count // 3)
        backups.take(book.work, self.folder, "asked")
        self.make(book, "다음", count // 3)
        book.publish_now()
        with mock.patch.object(book._publisher, "publish"), mock.patch.object(book._publisher, "request"):
            self.make(book, "아직", count // 3)
            book.save_draft("log", "한빛", {"heard": "적다 만 말"})
            book.work.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            book.close()
        self.own = self.folder / "book.db"
        self.whole = self.own.read_bytes()

    @staticmethod
    def make(book: Book, name: str, count: int) -> None:
        with book.change("add", NOW) as change:
            for number in range(count):
                id = change.add(Account(change.new_id(), f"{name} {number}"))
                change.add(Activity(change.new_id(), id, heard=f"{name}에서 들은 말 {number} " * 5, day="2026-11-02"))

    def damage(self, at: range, byte: int = 0xA5, size: int = 64) -> None:
        raw = bytearray(self.whole)
        for page in at:
            raw[page * PAGE : page * PAGE + size] = bytes([byte]) * size
        self.own.write_bytes(raw)

    @property
    def pages(self) -> int:
        return len(self.whole) // PAGE

    def names(self, kind: str, book: Book) -> int:
        return sum(account.name.startswith(kind) for account in book.rows(Account))

    def open(self) -> Book:
        return Book.open(self.path, self.data, today=NOW.date())


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def root_of(shelf: Shelf, name: str) -> int:
    connection = sqlite3.connect(f"file:{shelf.own}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0])
    finally:
        connection.close()


@pytest.mark.parametrize("kind", ["header", "zeros", "first page", "cut", "emptied", "no database"])
def test_damage_where_the_database_begins_is_told_as_damage_of_ones_own_book(shelf: Shelf, kind: str) -> None:
    raw = bytearray(shelf.whole)
    if kind == "header":
        raw[:16] = b"\xff" * 16
    elif kind == "zeros":
        raw = bytearray(len(raw))
    elif kind == "first page":
        raw[100:PAGE] = b"\xa5" * (PAGE - 100)
    elif kind == "cut":
        raw = raw[:1000]
    elif kind == "emptied":
        raw = bytearray()
    else:
        raw = bytearray(b"hello\n" * 1000)
    shelf.own.write_bytes(raw)
    before = shelf.path.read_bytes()
    with pytest.raises(OwnBookDamaged):
        shelf.open()
    assert shelf.path.read_bytes() == before


def test_the_book_comes_back_from_its_file_where_its_own_database_is_gone_whole(shelf: Shelf) -> None:
    shelf.own.write_bytes(b"\0" * len(shelf.whole))
    done = salvage.rebuild(shelf.folder, shelf.path, NOW)
    assert [source.kind for source in done.sources] == ["file", "backup"]
    assert (done.aside / "book.db").read_bytes() == b"\0" * len(shelf.whole)
    book = shelf.open()
    assert (shelf.names("처음", book), shelf.names("다음", book), shelf.names("아직", book)) == (40, 40, 0)
    book.close()


def test_what_was_never_in_the_file_is_read_out_of_the_damaged_database(shelf: Shelf) -> None:
    shelf.damage(range(root_of(shelf, "account") - 1, root_of(shelf, "account")))
    done = salvage.rebuild(shelf.folder, shelf.path, NOW)
    assert [source.kind for source in done.sources] == ["file", "backup", "salvaged"]
    assert done.sources[2].operations > done.sources[0].operations > done.sources[1].operations
    book = shelf.open()
    assert (shelf.names("처음", book), shelf.names("다음", book), shelf.names("아직", book)) == (40, 40, 40)
    assert book.draft("log", "한빛") == {"heard": "적다 만 말"}
    assert book.work.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    book.close()


def test_around_a_damaged_page_of_the_history_the_rest_is_found(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, 300)
    saved = []
    leaves = [
        page
        for page in range(shelf.pages)
        if shelf.whole[page * PAGE] == 10 and "아직에서".encode() in shelf.whole[page * PAGE : (page + 1) * PAGE]
    ]
    for page in leaves[1:12:3]:
        shelf.damage(range(page, page + 1))
        out = shelf.root / f"{page}.db"
        scratch = shelf.root / "scratch"
        scratch.mkdir(exist_ok=True)
        salvage.salvage(shelf.folder, out, [shelf.path])
        connection = sqlite3.connect(out)
        saved.append(connection.execute("SELECT count(*) FROM op WHERE tbl = 'activity'").fetchone()[0])
        connection.close()
    assert len(saved) >= 3
    assert min(saved) >= 270  # a page holds some ten of the 300


@pytest.mark.parametrize("seed", range(10))
def test_wherever_bytes_are_damaged_nothing_of_file_and_backup_is_lost(shelf: Shelf, seed: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(shelf.whole)
    for _ in range(chance.randrange(1, 40)):
        start = chance.randrange(len(raw))
        size = chance.choice((1, 16, 400, PAGE))
        raw[start : start + size] = chance.randbytes(min(size, len(raw) - start))
    shelf.own.write_bytes(raw)
    salvage.rebuild(shelf.folder, shelf.path, NOW)
    book = shelf.open()
    assert (shelf.names("처음", book), shelf.names("다음", book)) == (40, 40)
    assert book.work.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    book.close()
    Book.look(shelf.path, NOW.date()).close()


def test_where_nothing_can_be_read_everything_stays_as_it_is(shelf: Shelf) -> None:
    for path in (shelf.own, shelf.path, *(backup.path for backup in backups.kept(shelf.folder))):
        path.write_bytes(b"\xa5" * 5000)
    with pytest.raises(salvage.NothingToSave):
        salvage.rebuild(shelf.folder, shelf.path, NOW)
    assert shelf.own.read_bytes() == b"\xa5" * 5000
    assert not list(shelf.folder.glob("damaged-*"))
    assert not list(shelf.folder.glob("recover-*"))


def test_a_book_noted_as_damaged_is_not_written_into_its_file(shelf: Shelf) -> None:
    book = shelf.open()
    book._publisher.stop()  # one that is under way already may still end
    assert book.publish_now().in_file
    before = shelf.path.read_bytes()
    mark_damaged(shelf.folder)
    shelf.make(book, "뒤에", 1)
    status = book.publish_now()
    assert status.reason is not None
    assert status.reason.id == "book.own_damaged"
    book.close()
    assert shelf.path.read_bytes() == before


def test_a_note_of_damage_that_is_none_is_taken_back(shelf: Shelf) -> None:
    mark_damaged(shelf.folder)
    book = shelf.open()
    assert shelf.names("아직", book) == 40
    assert book.publish_now().in_file
    book.close()


def test_a_damaged_page_that_only_a_write_meets_is_told_as_damage(shelf: Shelf) -> None:
    book = shelf.open()
    book.close()
    shelf.whole = shelf.own.read_bytes()
    shelf.damage(range(root_of(shelf, "op") - 1, root_of(shelf, "op")))
    with pytest.raises(OwnBookDamaged):
        shelf.make(shelf.open(), "새로", 1)


def test_a_damaged_file_of_a_whole_book_is_set_aside_and_written_anew(shelf: Shelf) -> None:
    bad = b"SQLite format 3\0" + b"\xa5" * 8000
    shelf.path.write_bytes(bad)
    book = shelf.open()
    status = book.status
    assert not status.in_file
    assert status.reason is not None
    assert shelf.path.read_bytes() == bad
    assert status.reason.id == "book.file_spoilt"
    saved = book.publish_now(recreate=True)
    assert (saved.in_file, saved.aside) == (True, "book (aside 1).db")
    assert book.publish_now().aside == ""
    book.close()
    assert (shelf.root / "book (aside 1).db").read_bytes() == bad
    again = Book.look(shelf.path, NOW.date())
    assert shelf.names("아직", again) == 40
    again.close()


def test_a_copy_of_a_damaged_file_is_still_refused_as_a_file(shelf: Shelf) -> None:
    copy = shelf.root / "copy.db"
    raw = bytearray(shelf.path.read_bytes())
    raw[PAGE : PAGE * 20] = b"\xa5" * (PAGE * 19)
    copy.write_bytes(raw)
    book = shelf.open()
    with pytest.raises(BookDamaged):
        book.merge(copy)
    book.close()
    shutil.rmtree(shelf.root / "data")
