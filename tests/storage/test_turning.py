"""Undo and redo after the program was closed, and between two windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from fieldsales.domain.model import Account
from fieldsales.storage.book import Book
from fieldsales.storage.turning import UNDOABLE

NOW = datetime(2026, 11, 20, 9, 0)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Book]]:
    books: list[Book] = []

    def open_book() -> Book:
        books.append(Book.open(tmp_path / "book.db", tmp_path / "data", create=True, today=NOW.date()))
        return books[-1]

    yield open_book
    for book in books:
        book.close()


def add(book: Book, name: str) -> None:
    with book.change("add", NOW) as change:
        change.add(Account(name, name=name))


def names(book: Book) -> str:
    return "".join(sorted(account.name for account in book.rows(Account)))


def test_acts_of_an_earlier_run_can_be_taken_back_and_brought_again(opened: Callable[[], Book]) -> None:
    book = opened()
    for name in "abc":
        add(book, name)
    book.close()
    book = opened()
    back = book.undo(NOW)
    assert back is not None
    assert back.act.startswith("add:")
    assert back.accounts == {"c"}
    book.undo(NOW)
    assert names(book) == "a"
    book.close()
    book = opened()
    book.redo(NOW)
    assert names(book) == "ab"
    book.redo(NOW)
    assert names(book) == "abc"
    assert book.redo(NOW) is None
    book.undo(NOW)
    assert names(book) == "ab"


def test_two_windows_share_what_can_be_taken_back(opened: Callable[[], Book]) -> None:
    one, two = opened(), opened()
    add(one, "a")
    add(two, "b")
    one.undo(NOW)
    assert names(two) == "a"
    two.undo(NOW)
    assert names(one) == ""
    one.redo(NOW)
    two.redo(NOW)
    assert names(one) == "ab"


def test_a_new_act_ends_what_could_be_brought_again(opened: Callable[[], Book]) -> None:
    book = opened()
    add(book, "a")
    book.undo(NOW)
    add(book, "b")
    assert book.redo(NOW) is None
    assert names(book) == "b"


def test_the_newest_acts_can_be_taken_back_and_no_more(opened: Callable[[], Book]) -> None:
    book = opened()
    for number in range(UNDOABLE + 5):
        add(book, chr(ord("가") + number))
    book.close()
    book = opened()
    turned = 0
    while book.undo(NOW) is not None:
        turned += 1
    assert turned == UNDOABLE
    assert len(book.rows(Account)) == 5
    while book.redo(NOW) is not None:
        turned -= 1
    assert turned == 0
    assert len(book.rows(Account)) == UNDOABLE + 5


def test_an_act_of_many_rows_is_taken_back_whole(opened: Callable[[], Book]) -> None:
    book = opened()
    with book.change("import", NOW) as change:
        for number in range(100):
            change.add(Account(f"{number:03}", name="x"))
    book.close()
    book = opened()
    book.undo(NOW)
    assert book.is_empty()
    book.redo(NOW)
    assert len(book.rows(Account)) == 100
