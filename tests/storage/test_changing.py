"""What a change does to the rows above and beside the one that it writes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from two_copies import copy_of, new_book, take

from fieldsales.domain.model import Account, Activity, ChurnCase, Contact
from fieldsales.storage.book import Book

NOW = datetime(2026, 11, 20, 9, 20)


@pytest.fixture
def both(tmp_path: Path) -> tuple[Book, Book]:
    book = new_book(tmp_path)
    return book, copy_of(book, tmp_path)


def removed_elsewhere(book: Book, other: Book) -> None:
    with other.change("remove", NOW) as change:
        change.remove(Account, "a0")
    take(book, other)
    assert book.get(Account, "a0") is None


def test_a_form_that_was_open_while_its_account_was_removed_elsewhere_brings_the_account_back(
    both: tuple[Book, Book],
) -> None:
    book, other = both
    seen = book.seen(Contact, "c0")
    removed_elsewhere(book, other)
    with book.change("contact", NOW, seen) as change:
        change.edit(Contact, "c0", best_time="저녁")
    contact, account = book.get(Contact, "c0"), book.get(Account, "a0")
    assert contact is not None and contact.best_time == "저녁"
    assert account is not None and account.name == "가온상사"
    take(other, book)
    assert other.get(Account, "a0") == account


def test_a_log_saved_under_an_account_that_was_removed_elsewhere_brings_it_back(both: tuple[Book, Book]) -> None:
    book, other = both
    removed_elsewhere(book, other)
    with book.change("log", NOW) as change:
        change.add(Activity("v", "a0", "c0", heard="납기만 지켜 달라"))
    assert book.get(Account, "a0") is not None
    assert book.get(Contact, "c0") is not None
    assert [one.heard for one in book.history("a0").activities] == ["납기만 지켜 달라"]


def test_a_row_that_goes_with_its_account_is_no_use_of_the_rows_it_names(both: tuple[Book, Book]) -> None:
    """A removal of one account answers no question about a case of another."""
    book, other = both
    with book.change("case", NOW) as change:
        change.add(ChurnCase("k", "a1"))
        change.add(Activity("v", "a0", "c0", case_id="k"))
    take(other, book)
    with other.change("remove", NOW) as change:
        change.remove(ChurnCase, "k")
    with book.change("note", NOW) as change:
        change.edit(ChurnCase, "k", note="아직 이야기 중")
    take(book, other)
    assert book.work.execute("SELECT count(*) FROM conflict WHERE pk = 'k' AND col = '_deleted'").fetchone() == (1,)
    with book.change("remove", NOW) as change:
        change.remove(Account, "a0")
    assert book.work.execute("SELECT count(*) FROM conflict WHERE pk = 'k' AND col = '_deleted'").fetchone() == (1,)
    assert book.get(Activity, "v") is None


def test_a_column_may_be_called_as_the_row_is(both: tuple[Book, Book]) -> None:
    """`kind` is a column of many tables: it is changed like any other, and put anew with its row."""
    book, _ = both
    with book.change("log", NOW) as change:
        change.add(Activity("v", "a0", kind="call"))
    with book.change("edit", NOW) as change:
        change.edit(Activity, "v", kind="visit")
    with book.change("put", NOW) as change:
        change.put(Activity("v", "a0", kind="review"))
    assert [one.kind for one in book.rows(Activity, id="v")] == ["review"]
