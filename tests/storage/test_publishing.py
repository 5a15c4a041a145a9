"""The user's file: always whole, never over something unseen, and honest about what is not in it yet."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from fieldsales.domain.model import Account
from fieldsales.storage import derived, publishing
from fieldsales.storage.book import Book
from fieldsales.storage.erasing import erase
from fieldsales.storage.files import exchange, signature

NOW = datetime(2026, 11, 20, 9, 0)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def open_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Book]]:
    monkeypatch.setattr(derived, "touch", lambda *args: None)
    books: list[Book] = []

    def make(data: str = "data", create: bool = True) -> Book:
        (tmp_path / "place").mkdir(exist_ok=True)
        books.append(Book.open(tmp_path / "place" / "book.db", tmp_path / data, create=create))
        return books[-1]

    yield make
    for book in books:
        book.close()


@pytest.fixture
def book(open_book: Callable[..., Book]) -> Book:
    return open_book()


def add(book: Book, name: str) -> str:
    with book.change("add", NOW) as change:
        return change.add(Account(change.new_id(), name=name))


def names(path: Path) -> set[str]:
    """What the file holds, read as any other program would; it must be whole."""
    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name for (name,) in db.execute("SELECT name FROM account")}
    finally:
        db.close()


def reason(book: Book) -> str:
    told = book.status.reason
    return told.id if told else ""


def test_a_save_reaches_the_file_by_itself_and_the_status_tells_when(book: Book) -> None:
    add(book, "a")
    deadline = time.monotonic() + 20
    while not book.status.in_file and time.monotonic() < deadline:
        time.sleep(0.01)
    assert book.status == publishing.Status(True, 0)
    assert names(book.path) == {"a"}


def test_the_status_counts_the_changes_that_are_not_in_the_file(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book._publisher, "request", lambda: None)
    for name in "abc":
        add(book, name)
    assert (book.status.in_file, book.status.pending) == (False, 3)
    assert book.publish_now().in_file
    assert names(book.path) == {"a", "b", "c"}


def test_the_file_is_one_closed_file_in_rollback_mode(book: Book) -> None:
    add(book, "a")
    book.publish_now()
    book.close()
    assert [path.name for path in book.path.parent.iterdir()] == ["book.db"]
    header = book.path.read_bytes()[:100]
    assert header[18:20] == b"\1\1"
    assert header[68:72] == b"FSNB"
    db = sqlite3.connect(book.path)
    assert db.execute("SELECT act, off, site FROM recorder").fetchall() == [("", 0, "")]
    assert db.execute("SELECT (SELECT count(*) FROM local) + (SELECT count(*) FROM seen)").fetchone() == (0,)
    db.close()


def test_closing_publishes_what_is_left(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book._publisher, "request", lambda: None)
    add(book, "a")
    book.close()
    book.close()
    assert names(book.path) == {"a"}


def test_the_rights_of_the_file_are_kept(book: Book) -> None:
    book.path.chmod(0o640)
    add(book, "a")
    book.publish_now()
    assert book.path.stat().st_mode & 0o777 == 0o640


def other_copy(book: Book, tmp_path: Path, name: str) -> Path:
    """A copy of the published file in which somebody else added an account."""
    copy = tmp_path / f"copy of {name}.db"
    shutil.copy(book.path, copy)
    db = sqlite3.connect(copy)
    db.execute("INSERT INTO account(id, name) VALUES (?, ?)", (name, name))
    db.commit()
    db.close()
    return copy


def test_a_copy_that_landed_is_merged_before_anything_is_published_over_it(book: Book, tmp_path: Path) -> None:
    book.publish_now()
    landed = other_copy(book, tmp_path, "theirs")
    book._publisher.stop()
    add(book, "ours")
    landed.replace(book.path)
    assert book.publish_now().in_file
    assert names(book.path) == {"ours", "theirs"}
    changed = book.take_incoming()
    assert changed is not None
    assert changed.changed.accounts == {"theirs"}


def test_an_older_copy_in_the_place_of_the_file_is_behind_and_is_written_anew(
    book: Book, tmp_path: Path, open_book: Callable[..., Book]
) -> None:
    add(book, "a")
    book.publish_now()
    older = tmp_path / "older.db"
    shutil.copy(book.path, older)
    add(book, "b")
    assert book.publish_now().in_file
    book._publisher.stop()
    shutil.copy(older, book.path)
    book._looked = 0.0
    book.take_incoming()
    assert book.status == publishing.Status(False, 1)
    assert names(book.path) == {"a"}
    assert book.publish_now().in_file
    assert names(book.path) == {"a", "b"}
    shutil.copy(older, book.path)
    assert book.publish_now().in_file
    assert names(book.path) == {"a", "b"}
    book.close()
    shutil.copy(older, book.path)
    again = open_book(create=False)
    again.close()
    assert names(again.path) == {"a", "b"}


def test_an_older_copy_does_not_bring_an_erased_name_back_into_the_file(
    book: Book, tmp_path: Path, open_book: Callable[..., Book]
) -> None:
    id = add(book, "도담나루")
    book.publish_now()
    older = tmp_path / "older.db"
    shutil.copy(book.path, older)
    erase(book, "account", id, NOW)
    book._scour()
    assert book.publish_now().in_file
    book.close()
    shutil.copy(older, book.path)
    open_book(create=False).close()
    assert "도담나루".encode() not in book.path.read_bytes()


def test_machines_that_look_by_turns_come_to_rest_after_an_older_copy(
    open_book: Callable[..., Book], tmp_path: Path
) -> None:
    here, there = open_book("here"), open_book("there")
    add(here, "a")
    here.publish_now()
    older = tmp_path / "older.db"
    shutil.copy(here.path, older)
    add(there, "b")
    there.publish_now()
    here.publish_now()
    for book in (here, there):
        book._publisher.stop()
    shutil.copy(older, here.path)
    seen = []
    for _ in range(3):
        for book in (here, there):
            book._looked = 0.0
            book.take_incoming()
            assert book.publish_now().in_file
        seen.append(signature(here.path))
    assert names(here.path) == {"a", "b"}
    assert seen[0] == seen[1] == seen[2]


def test_a_copy_that_lands_while_publishing_is_merged_too(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.publish_now()
    landed = other_copy(book, tmp_path, "theirs")
    real = publishing.snapshot

    def snapshot(connection: sqlite3.Connection, target: Path) -> int:
        seq = real(connection, target)
        if landed.exists():
            landed.replace(book.path)
        return seq

    monkeypatch.setattr(publishing, "snapshot", snapshot)
    book._publisher.stop()
    add(book, "ours")
    assert book.publish_now().in_file
    assert names(book.path) == {"ours", "theirs"}


@pytest.mark.parametrize("swap", [True, False])
def test_the_thread_gives_back_a_copy_that_lands_while_it_publishes(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swap: bool
) -> None:
    book.publish_now()
    landed = other_copy(book, tmp_path, "theirs")
    real = publishing.snapshot

    def snapshot(connection: sqlite3.Connection, target: Path) -> int:
        seq = real(connection, target)
        if landed.exists():
            landed.replace(book.path)
        return seq

    monkeypatch.setattr(publishing, "snapshot", snapshot)
    if not swap:
        monkeypatch.setattr(publishing, "exchange", lambda one, two: False)
    book._publisher.stop()
    add(book, "ours")
    assert not book._publisher.publish()
    assert not book.status.in_file
    assert names(book.path) == {"theirs"}
    book._looked = 0.0
    book.take_incoming()
    assert book.publish_now().in_file
    assert names(book.path) == {"ours", "theirs"}


def test_a_foreign_file_at_the_path_is_never_overwritten(book: Book) -> None:
    book.publish_now()
    book.path.write_text("somebody's letter")
    add(book, "a")
    book._looked = 0.0
    book.take_incoming()
    assert reason(book) == "book.file_spoilt"
    book.close()
    assert book.path.read_text() == "somebody's letter"


def test_a_vanished_file_is_not_made_anew_unasked(book: Book, open_book: Callable[..., Book]) -> None:
    book.publish_now()
    book.path.unlink()
    add(book, "a")
    assert not book.publish_now().in_file
    assert reason(book) == "book.file_gone"
    book.close()
    assert not book.path.exists()
    again = open_book(create=True)
    assert reason(again) == "book.file_gone"
    assert len(again.rows(Account)) == 1
    assert again.publish_now(recreate=True).in_file
    assert names(again.path) == {"a"}


def test_a_folder_that_comes_back_is_published_to(book: Book, tmp_path: Path) -> None:
    book.publish_now()
    place = book.path.parent
    place.rename(tmp_path / "unplugged")
    add(book, "a")
    assert not book.publish_now().in_file
    assert reason(book) == "book.folder_gone"
    (tmp_path / "unplugged").rename(place)
    assert book.publish_now().in_file


def test_what_does_not_fit_into_the_file_stays_in_the_working_database(book: Book, tmp_path: Path) -> None:
    add(book, "before")
    book.publish_now()
    before = book.path.read_bytes()
    book._publisher.stop()
    id = add(book, "after")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    try:
        status = book.publish_now()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert (status.in_file, status.pending) == (False, 1)
    assert reason(book) in ("book.file_full", "book.file_failed")
    assert book.path.read_bytes() == before
    assert [path.name for path in book.path.parent.iterdir()] == ["book.db"]
    assert book.get(Account, id) is not None
    assert book.publish_now().in_file
    assert names(book.path) == {"before", "after"}


@pytest.mark.parametrize(("number", "told"), [(30, "file_readonly"), (28, "file_full"), (13, "file_readonly")])
def test_a_place_that_cannot_be_written_is_named(
    book: Book, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    book._publisher.stop()
    add(book, "a")

    def refuse(connection: sqlite3.Connection, target: Path) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "snapshot", refuse)
        assert not book.publish_now().in_file
        assert reason(book) == f"book.{told}"
    assert book.publish_now().in_file


def test_two_machines_on_one_folder_lose_nothing(open_book: Callable[..., Book]) -> None:
    here = open_book("here")
    here.publish_now()
    there = open_book("there")
    expected = set()
    for number in range(6):
        for book, name in ((here, f"here {number}"), (there, f"there {number}")):
            add(book, name)
            expected.add(name)
            book.publish_now()
    here.close()
    there.close()
    assert names(here.path) == expected


def test_a_snapshot_left_by_a_crash_is_merged_and_cleared_away(
    book: Book, tmp_path: Path, open_book: Callable[..., Book]
) -> None:
    book.publish_now()
    left = book.path.with_name(f".book.db.123{publishing.TEMPORARY}")
    other_copy(book, tmp_path, "swapped out").rename(left)
    book.close()
    again = open_book(create=False)
    assert again.get(Account, "swapped out") is not None
    assert left.exists(), "it may be another process at work"
    again.close()
    os.utime(left, (time.time() - 3600,) * 2)
    open_book(create=False)
    assert not left.exists()
    assert names(book.path) == {"swapped out"}


def test_files_are_swapped_in_one_step(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "두 번째"
    one.write_text("1")
    two.write_text("2")
    before = signature(one)
    if not exchange(one, two):
        pytest.skip("this system has no such step")
    assert (one.read_text(), two.read_text()) == ("2", "1")
    assert signature(two) == before
