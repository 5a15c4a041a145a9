"""One book on two machines, edited apart and merged: what the tests of a review and of a history begin with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from unittest import mock

from fieldsales.domain.model import Account, Contact, Task
from fieldsales.storage.book import Book
from fieldsales.storage.changing import Change

NOW = datetime(2026, 11, 20, 9, 20)
OFFICE = "사무실 노트북"
NOTE = "납기는 넉넉히\n단가 이야기는 조심\n담당은 문도균"


def fill(change: Change) -> None:
    """Two accounts with a person each, and a promise."""
    change.add(Account("a0", "가온상사", tier="A", entered_on="2026-01-05", phone="02-000-0000", note=NOTE))
    change.add(Account("a1", "나린커피", tier="B", entered_on="2026-01-05"))
    change.add(Contact("c0", "a0", "문도균", "차장", mobile="010-0000-0142"))
    change.add(Contact("c1", "a1", "[b]이수[/b]", "과장"))
    change.add(Task("t0", "a0", kind="give", title="새 단가표", due_on="2026-11-25"))


def copy_of(book: Book, folder: Path, name: str = "other", label: str = OFFICE) -> Book:
    """A copy of the book's file, opened on a machine of its own. Its folder is another: beside the book it would be
    merged as soon as it is seen."""
    book.publish_now()
    path = folder / name / "book.db"
    path.parent.mkdir()
    shutil.copy(book.path, path)
    with mock.patch("os.fsync"):
        other = Book.open(path, folder / f"data-{name}", today=NOW.date())
    other.work.execute("UPDATE site SET label = ? WHERE site = (SELECT site FROM recorder)", (label,))
    return other


def take(book: Book, other: Book) -> None:
    """Merge what the other machine wrote."""
    other.publish_now()
    book.merge(other.path)


def new_book(folder: Path) -> Book:
    with mock.patch("os.fsync"):
        book = Book.open(folder / "book.db", folder / "data", create=True, today=NOW.date())
    with book.change("setup", NOW) as change:
        fill(change)
    return book


def apart(folder: Path, rows: int = 0) -> Book:
    """A book with five cells that need a look, and one more for each of the `rows`: notes that can be joined, a phone,
    a tier, the day of a promise, and a person deleted here and edited there."""
    book = new_book(folder)
    with book.change("import", NOW) as change:
        for number in range(rows):
            change.add(Account(f"x{number:03}", f"거래처 {number:03}", phone=f"02-{number}"))
    other = copy_of(book, folder)
    with other.change("account_edit", NOW) as change:
        note = "납기는 넉넉히 두 주\n단가 이야기는 조심\n담당은 문도균, 새 부장 옴"
        change.edit(Account, "a0", phone="02-222-2222", note=note, tier="B")
        change.edit(Contact, "c1", mobile="010-9999")
        change.edit(Task, "t0", due_on="2026-12-01")
        for number in range(rows):
            change.edit(Account, f"x{number:03}", phone=f"03-{number}")
    with book.change("account_edit", NOW) as change:
        note = "납기는 넉넉히\n단가 이야기는 아직 조심\n담당은 문도균"
        change.edit(Account, "a0", phone="02-111-1111", note=note, tier="C")
        change.remove(Contact, "c1")
        change.edit(Task, "t0", due_on="2026-11-30")
        for number in range(rows):
            change.edit(Account, f"x{number:03}", phone=f"04-{number}")
    take(book, other)
    other.close()
    return book


@contextmanager
def days_ago(book: Book, days: int) -> Iterator[None]:
    """What is written meanwhile is stamped so many days earlier."""
    (sql,) = book.work.execute("SELECT sql FROM sqlite_master WHERE name = 'recording_write'").fetchone()
    book.work.execute("DROP TRIGGER recording_write")
    book.work.execute(sql.replace("julianday('now')", f"(julianday('now') - {days})"))
    try:
        yield
    finally:
        book.work.execute("DROP TRIGGER recording_write")
        book.work.execute(sql)
