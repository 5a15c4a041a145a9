"""Many rows at once: what differs is written and recorded, what stands is not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from fieldsales.domain.model import Account, Amount
from fieldsales.storage.book import Book
from fieldsales.storage.bulk import put_many

NOW = datetime(2026, 11, 20, 9, 0)
COLUMNS = ("id", "account_id", "month", "amount")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book.open(tmp_path / "book.db", tmp_path / "data", create=True)
    with book.change("add", NOW) as change:
        change.add(Account("a", "한빛상사"))
        change.add(Amount("1", "a", "2026-01", 5, orders=3))
    return book


def operations(book: Book) -> int:
    count: int = book.work.execute("SELECT count(*) FROM op WHERE tbl = 'amount'").fetchone()[0]
    return count


def test_new_changed_and_equal_rows_are_told_apart(book: Book) -> None:
    before = operations(book)
    with book.change("import", NOW) as change:
        rows = [("1", "a", "2026-01", 6), ("2", "a", "2026-02", 7), ("2", "a", "2026-02", 8)]
        done = change.put_many(Amount, COLUMNS, rows)
    assert (done.made, done.updated, done.same, done.accounts) == (1, 1, 0, frozenset({"a"}))
    assert book.rows(Amount) == [Amount("1", "a", "2026-01", 6, orders=3), Amount("2", "a", "2026-02", 8)]
    assert operations(book) == before + 2
    assert change.changed.accounts == {"a"}
    assert change.changed.tables == {"amount"}


def test_rows_that_stand_record_nothing(book: Book) -> None:
    before = operations(book)
    with book.change("import", NOW) as change:
        done = change.put_many(Amount, COLUMNS, [("1", "a", "2026-01", 5)])
    assert (done.made, done.updated, done.same, done.accounts) == (0, 0, 1, frozenset())
    assert operations(book) == before
    assert change.changed.tables == frozenset()


def test_only_columns_of_the_table_are_taken(book: Book) -> None:
    for table, columns in (
        ("amount", ("id", "amount; DROP TABLE amount")),
        ("op", ("id", "x")),
        ("amount", ("month",)),
    ):
        with pytest.raises(ValueError, match="does not have"):
            put_many(book.work, table, columns, [])
