"""What is being typed, while somebody else writes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from fieldsales.domain.model import Account
from fieldsales.storage.book import Book
from fieldsales.storage.schema import connect

NOW = datetime(2026, 11, 20, 9, 0)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    opened = Book.open(tmp_path / "book.db", tmp_path / "data", create=True, today=NOW.date())
    yield opened
    opened.close()


def kept(book: Book) -> dict[str, str]:
    """The drafts as another program finds them."""
    other = connect(book._folder / "book.db")
    try:
        return dict(other.execute("SELECT form, fields FROM draft"))
    finally:
        other.close()


def test_a_key_does_not_wait_for_another_writer_and_is_kept_as_soon_as_that_is_done(book: Book) -> None:
    other = connect(book._folder / "book.db")
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    book.save_draft("log", "a", {"heard": "반"})
    book.save_draft("log", "a", {"heard": "반만"})
    assert time.monotonic() - begun < 5  # a writer is else waited for twice as long
    assert book.draft("log", "a") == {"heard": "반만"}
    assert book.drafts() == [("log", "a")]
    assert kept(book) == {}
    other.execute("COMMIT")
    other.close()
    book.take_incoming()
    assert kept(book) == {"log": '{"heard": "반만"}'}


def test_a_draft_that_is_dropped_while_another_writes_is_gone_at_once(book: Book) -> None:
    book.save_draft("log", "a", {"heard": "x"})
    other = connect(book._folder / "book.db")
    other.execute("BEGIN IMMEDIATE")
    book.drop_draft("log", "a")
    assert book.draft("log", "a") == {}
    assert book.drafts() == []
    other.execute("COMMIT")
    other.close()
    book.close()
    again = Book.open(book.path, book._folder.parents[1])
    assert again.drafts() == []
    again.close()


def test_a_draft_dropped_by_a_save_that_fails_is_still_there(book: Book) -> None:
    book.save_draft("log", "a", {"heard": "x"})
    with pytest.raises(ZeroDivisionError), book.change("log", NOW) as change:  # noqa: PT012
        change.add(Account("a", name="a"))
        book.drop_draft("log", "a")
        raise ZeroDivisionError
    assert book.draft("log", "a") == {"heard": "x"}
    with book.change("log", NOW) as change:
        change.add(Account("a", name="a"))
        book.drop_draft("log", "a")
    assert book.draft("log", "a") == {}
    assert kept(book) == {}
