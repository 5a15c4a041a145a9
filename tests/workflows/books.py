"""Real books for the tests of the jobs: a file of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from unittest import mock

from fieldsales.domain.model import Account, Contact
from fieldsales.storage.book import Book

NOW = datetime(2026, 11, 20, 10, 30)  # a Friday
DAY = "2026-11-20"


@contextmanager
def open_book(folder: Path) -> Iterator[Book]:
    """A new book with one account of tier A, `a`, and its two people, `c1` and `c2`."""
    with mock.patch("os.fsync"):  # these tests lose no power, and waiting for the disk is most of their time
        book = Book.open(folder / "book.db", folder / "data", create=True, today=NOW.date())
    try:
        book.work.execute("PRAGMA synchronous=OFF")
        with book.change("setup", NOW) as change:
            change.add(Account("a", "도담나루식품", tier="A", entered_on="2026-01-05", address="강서구 화곡로 12"))
            change.add(Contact("c1", "a", "오세람", "차장"))
            change.add(Contact("c2", "a", "하윤목", "대표", role="ceo", came_on="2026-10-21", position=1))
        yield book
    finally:
        book.close()
