"""What comes from elsewhere by itself: copies beside the file, large files in a process of their own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from fieldsales.domain.model import Account
from fieldsales.storage import background, files
from fieldsales.storage.arriving import Incoming
from fieldsales.storage.book import Book
from fieldsales.storage.erasing import erase
from fieldsales.storage.errors import BookDamaged, BookIncomplete, BookReadOnly, DifferentBook

NOW = datetime(2026, 11, 20, 9, 0)
TODAY = date(2026, 11, 20)

# What cloud services call the copy that they keep when two machines wrote at once.
NAMES = (
    "book (Minho's conflicted copy 2026-11-20).db",
    "book (민호의 충돌된 사본 2026-11-20).db",
    "book-LAPTOP7.db",
    "book 2.db",
    "book (1).db",
    "book.sync-conflict-20261120-090000-ABCDEFG.db",
    "book (conflicted copy 2026-11-20 090000).db",
    "무엇이든.bin",
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    opened = Book.open(tmp_path / "folder" / "book.db", tmp_path / "data", create=True, today=TODAY)
    add(opened, "도담나루")
    opened.publish_now()
    yield opened
    opened.close()


def add(book: Book, name: str) -> str:
    with book.change("add", NOW) as change:
        return change.add(Account(change.new_id(), name=name))


def copy_with(book: Book, path: Path, name: str) -> Path:
    """A copy of the file in which somebody else added an account."""
    shutil.copy(book.path, path)
    db = sqlite3.connect(path)
    db.execute("INSERT INTO account(id, name) VALUES (?, ?)", (name, name))
    db.execute("INSERT OR IGNORE INTO site VALUES ('s2', '사무실 노트북')")
    db.execute("UPDATE op SET site = 's2' WHERE pk = ?", (name,))
    db.commit()
    db.close()
    return path


def arrive(book: Book, seconds: float = 60) -> Incoming | None:
    """What the next look brings."""
    deadline = time.monotonic() + seconds
    while True:
        book._looked = 0.0
        incoming = book.take_incoming()
        if incoming is not None or not book.is_merging or time.monotonic() > deadline:
            return incoming
        time.sleep(0.01)


def names(book: Book) -> set[str]:
    return {account.name for account in book.rows(Account)}


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_beside_the_file_is_merged_whatever_it_is_called(book: Book, name: str) -> None:
    copy_with(book, book.path.with_name(name), "새녘물산")
    incoming = arrive(book)
    assert incoming is not None
    assert (incoming.operations, incoming.conflicts, incoming.sites) == (1, 0, (("사무실 노트북", 1),))
    assert incoming.changed.accounts == {"새녘물산"}
    assert names(book) == {"도담나루", "새녘물산"}
    assert [path.name for path in book.copies()] == [name]
    assert arrive(book) is None


def test_a_copy_that_changes_again_is_merged_again(book: Book) -> None:
    copy = copy_with(book, book.path.with_name("book 2.db"), "a")
    assert arrive(book) is not None
    db = sqlite3.connect(copy)
    db.execute("INSERT INTO account(id, name) VALUES ('b', 'b')")
    db.commit()
    db.close()
    assert book.copies() == []
    assert book._look_out is not None
    book._look_out._next_all = 0.0  # half a minute later: a change inside a file leaves its folder as it was
    assert arrive(book) is not None
    assert names(book) == {"도담나루", "a", "b"}
    assert book.copies() == [copy]


def test_what_is_no_copy_of_this_book_is_left_alone(book: Book, tmp_path: Path) -> None:
    other = Book.open(tmp_path / "other.db", tmp_path / "other data", create=True)
    add(other, "남의 것")
    other.close()
    shutil.copy(other.path, book.path.with_name("other.db"))
    book.path.with_name("note.db").write_bytes(b"SQLite format 3\0" + bytes(200))
    book.path.with_name("text.txt").write_text("x" * 1000)
    book.path.with_name("folder.db").mkdir()
    book.path.with_name("link.db").symlink_to(other.path)
    before = {path.name: path.lstat().st_mtime_ns for path in book.path.parent.iterdir()}
    assert arrive(book) is None
    assert names(book) == {"도담나루"}
    assert book.copies() == []
    assert {path.name: path.lstat().st_mtime_ns for path in book.path.parent.iterdir()} == before


def test_a_copy_still_arriving_is_waited_for(book: Book) -> None:
    whole = copy_with(book, book.path.parent.parent / "elsewhere.db", "a").read_bytes()
    copy = book.path.with_name("book (1).db")
    copy.write_bytes(whole[: len(whole) // 2])
    assert arrive(book) is None
    copy.write_bytes(whole)
    assert arrive(book) is not None
    assert names(book) == {"도담나루", "a"}


def test_half_a_file_that_nobody_copies_any_more_is_a_spoilt_file_and_is_set_aside_on_request(book: Book) -> None:
    book._publisher.stop()
    whole = book.path.read_bytes()
    book.path.write_bytes(whole[: len(whole) // 2])
    arrive(book)
    assert book.status.reason is not None
    assert book.status.reason.id == "book.incomplete"
    assert not book.publish_now(recreate=True).in_file
    arrive(book)
    hours_ago = time.time() - 7200
    os.utime(book.path, (hours_ago, hours_ago))
    arrive(book)
    assert book.status.reason.id == "book.file_spoilt"
    told = book.publish_now(recreate=True)
    assert told.in_file
    assert book.path.with_name(told.aside).stat().st_size == len(whole) // 2
    assert book.path.stat().st_size == len(whole)


def test_half_a_file_found_at_opening_is_looked_at_again(book: Book, tmp_path: Path) -> None:
    book.close()
    whole = book.path.read_bytes()
    book.path.write_bytes(whole[: len(whole) // 2])
    again = Book.open(book.path, tmp_path / "data", today=TODAY)
    assert again.status.reason is not None
    assert again.status.reason.id == "book.incomplete"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "COPYING_SECONDS", 0)  # as if the time had passed and nothing had changed
        arrive(again)
        assert again.status.reason.id == "book.file_spoilt"
    again.close()


def test_a_time_yet_to_come_does_not_make_half_a_file_wait_for_ever(book: Book) -> None:
    whole = book.path.read_bytes()
    book.path.write_bytes(whole[: len(whole) // 2])
    ahead = time.time() + 1e7
    os.utime(book.path, (ahead, ahead))
    with pytest.raises(BookIncomplete):
        files.check_header(book.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "COPYING_SECONDS", 0)
        with pytest.raises(BookDamaged):
            files.check_header(book.path)


def test_of_copies_that_come_together_the_second_does_not_wait_for_half_a_minute(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LARGE", 1)
    book.background = True
    book._publisher.stop()
    for name in "ab":
        copy_with(book, book.path.with_name(f"book-{name}.db"), name)
    long_ago = time.time() - 60
    os.utime(book.path.parent, (long_ago, long_ago))
    book._looked = 0.0
    book.take_incoming()
    assert arrive(book) is not None  # the first; the second is found by the look after it
    book._looked = 0.0
    book.take_incoming()
    assert book.is_merging
    assert arrive(book) is not None
    assert names(book) == {"도담나루", "a", "b"}


def test_a_copy_that_comes_within_one_tick_of_the_folders_clock_is_seen(book: Book) -> None:
    book._publisher.stop()
    copy_with(book, book.path.with_name("book-a.db"), "a")
    noted = book.path.parent.stat().st_mtime_ns
    assert arrive(book) is not None
    copy_with(book, book.path.with_name("book-b.db"), "b")
    os.utime(book.path.parent, ns=(noted, noted))
    assert arrive(book) is not None
    assert names(book) == {"도담나루", "a", "b"}


def test_where_all_is_merged_a_look_costs_one_stat(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book._publisher.stop()
    copy_with(book, book.path.with_name("book-a.db"), "a")
    long_ago = time.time() - 60
    os.utime(book.path.parent, (long_ago, long_ago))
    arrive(book)
    arrive(book)
    monkeypatch.setattr(os, "scandir", None)
    assert arrive(book) is None


def test_a_damaged_copy_is_told_once_and_left_alone(book: Book) -> None:
    copy = copy_with(book, book.path.with_name("book 2.db"), "a")
    content = bytearray(copy.read_bytes())
    content[4096 * 2 : 4096 * 6] = b"\xff" * 4096 * 4
    copy.write_bytes(content)
    incoming = arrive(book)
    assert incoming is None or incoming.trouble is not None
    assert arrive(book) is None
    assert names(book) == {"도담나루"}
    assert copy.read_bytes() == content


def test_merged_copies_go_to_the_trash_only_when_asked(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = copy_with(book, book.path.with_name("book 2.db"), "a")
    arrive(book)
    assert copy.exists()
    import send2trash

    monkeypatch.setattr(send2trash, "send2trash", lambda path: Path(path).unlink())
    assert book.trash_copies() == 1
    assert not copy.exists()
    assert book.copies() == []
    assert book.path.exists()


@pytest.mark.parametrize("at_home", [True, False], ids=["at the path", "beside it"])
def test_a_large_file_is_merged_by_another_process(book: Book, monkeypatch: pytest.MonkeyPatch, at_home: bool) -> None:
    monkeypatch.setattr(background, "LARGE", 1)
    book.background = True
    book._publisher.stop()
    copy = copy_with(book, book.path.with_name("book 2.db"), "새녘물산")
    if at_home:
        copy.replace(book.path)
    book._looked = 0.0
    assert book.take_incoming() is None
    assert book.is_merging
    with book.change("add", NOW) as change:  # work goes on
        change.add(Account("mine", name="mine"))
    incoming = arrive(book)
    assert incoming is not None
    assert incoming.operations == 1
    assert incoming.changed.accounts == {"새녘물산"}
    assert names(book) == {"도담나루", "새녘물산", "mine"}
    assert arrive(book) is None
    assert [path.name for path in book.copies()] == ([] if at_home else ["book 2.db"])
    for _ in book.refresh(TODAY):
        pass
    assert {row.name for row in book.accounts(TODAY)} == {"도담나루", "새녘물산", "mine"}
    assert book.publish_now().in_file


def test_a_large_file_that_is_damaged_is_told_and_not_replaced(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LARGE", 1)
    book.background = True
    book._publisher.stop()
    copy = copy_with(book, book.path.with_name("book 2.db"), "a")
    content = bytearray(copy.read_bytes())
    content[4096 * 2 : 4096 * 6] = b"\xff" * 4096 * 4
    copy.write_bytes(content)
    copy.replace(book.path)
    assert arrive(book) is None
    assert book.status.reason is not None
    assert book.status.reason.id == "book.file_spoilt"
    add(book, "mine")
    book.close()
    assert book.path.read_bytes() == content


def test_a_preview_changes_nothing(book: Book, tmp_path: Path) -> None:
    copy = copy_with(book, tmp_path / "copy.db", "a")
    before = book.change_seq
    told = book.preview(copy)
    assert (told.operations, told.rows, set(told.accounts)) == (1, 1, {"a"})
    assert names(book) == {"도담나루"}
    assert book.change_seq == before
    assert book.merge(copy).operations == 1


def test_another_book_joins_only_when_that_is_said(book: Book, tmp_path: Path) -> None:
    other = Book.open(tmp_path / "other.db", tmp_path / "other data", create=True)
    add(other, "남의 것")
    other.close()
    with pytest.raises(DifferentBook) as refused:
        book.merge(other.path)
    assert refused.value.message.args == {"name": "other.db", "own": "book.db"}
    assert book.preview(other.path, join=True).accounts
    assert names(book) == {"도담나루"}
    book.merge(other.path, join=True)
    assert names(book) == {"도담나루", "남의 것"}


def test_a_book_to_look_at_cannot_be_changed_and_leaves_the_file_alone(book: Book, tmp_path: Path) -> None:
    copy = copy_with(book, tmp_path / "copy.db", "a")
    before = copy.read_bytes()
    looked = Book.look(copy, TODAY)
    for _ in looked.refresh(TODAY):
        pass
    assert {row.name for row in looked.accounts(TODAY)} == {"도담나루", "a"}
    with pytest.raises(BookReadOnly):
        add(looked, "b")
    assert looked.status.in_file
    assert looked.take_incoming() is None
    looked.close()
    assert copy.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data", "folder"]


def test_the_book_as_of_a_moment_is_as_it_was_then(book: Book) -> None:
    (account,) = book.rows(Account)
    time.sleep(0.01)
    moment = int(time.time() * 1000)
    time.sleep(0.01)
    with book.change("edit", NOW) as change:
        change.edit(Account, account.id, name="새 이름")
        change.add(Account("later", name="later"))
    then = book.as_of(moment)
    assert names(then) == {"도담나루"}
    with pytest.raises(BookReadOnly):
        add(then, "b")
    then.close()
    assert names(book) == {"새 이름", "later"}


def test_a_book_without_trace_writes_nothing_but_its_file(book: Book, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    shutil.copy(book.path, stick / "book.db")
    before = {path for path in tmp_path.rglob("*") if stick not in path.parents}
    borrowed = Book.open(stick / "book.db", tmp_path / "no data", today=TODAY, trace=False)
    add(borrowed, "버스에서 적음")
    assert not borrowed.status.in_file
    arrive(borrowed)
    assert borrowed.status.in_file
    borrowed.save_draft("log", "x", {"heard": "반만 적은 말"})
    add(borrowed, "내리기 전에 적음")
    borrowed.close()
    assert [path.name for path in stick.iterdir()] == ["book.db"]
    assert {path for path in tmp_path.rglob("*") if stick not in path.parents} == before
    book.merge(stick / "book.db")
    assert names(book) == {"도담나루", "버스에서 적음", "내리기 전에 적음"}


def test_a_new_book_without_trace_is_a_file_and_nothing_else(tmp_path: Path) -> None:
    borrowed = Book.open(tmp_path / "book.db", tmp_path / "data", create=True, trace=False)
    add(borrowed, "a")
    borrowed.close()
    assert [path.name for path in tmp_path.iterdir()] == ["book.db"]
    again = Book.open(tmp_path / "book.db", tmp_path / "data", trace=False)
    assert names(again) == {"a"}
    again.close()


def test_erasing_without_trace_leaves_the_folder_of_the_file_alone(book: Book, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    (stick / "recover-photos").mkdir(parents=True)
    (stick / "recover-photos" / "one.jpg").write_bytes(b"a picture")
    os.utime(stick / "recover-photos", (0, 0))
    shutil.copy(book.path, stick / "book.db")
    borrowed = Book.open(stick / "book.db", tmp_path / "no data", today=TODAY, trace=False)
    (account,) = borrowed.rows(Account)
    erase(borrowed, "account", account.id, NOW)
    borrowed._scour()
    borrowed.close()
    assert (stick / "recover-photos" / "one.jpg").read_bytes() == b"a picture"
    assert "도담나루".encode() not in (stick / "book.db").read_bytes()
