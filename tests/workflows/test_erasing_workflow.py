"""Erasing as the screen and the command line ask for it, and the day until which a person is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from unittest import mock

import pytest

from fieldsales.domain.model import Account, Activity, Contact
from fieldsales.storage.book import Book
from fieldsales.storage.erasing import erase as take_out
from fieldsales.workflows import erasing

NOW = datetime(2026, 11, 20, 9, 20)
TODAY = NOW.date()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with mock.patch("os.fsync"):
        book = Book.open(tmp_path / "book.db", tmp_path / "data", create=True, today=TODAY)
        with book.change("setup", NOW) as change:
            change.add(Account("a", "한빛정밀", tier="A"))
            change.add(Contact("p", "a", "남궁별", "부장", keep_until="2026-11-19"))
            change.add(Contact("q", "a", "서다온", keep_until="2026-11-20"))
            change.add(Contact("r", "a", "문도균", keep_until="2025-01-01"))
            change.add(Activity("w", "a", "q", "call", day="2026-11-03", heard="남 부장님과 남궁별 부장님"))
        yield book
        book.close()


def test_the_day_passes_when_it_is_over_and_the_longest_comes_first(book: Book) -> None:
    assert [(one.contact.id, one.days) for one in erasing.due(book, TODAY)] == [("r", 688), ("p", 1)]
    assert erasing.due_count(book, TODAY) == 2
    assert erasing.due_count(book, date(2026, 11, 21)) == 3


def test_a_year_more_counts_from_today(book: Book) -> None:
    erasing.keep_longer(book, "r", NOW)
    person = book.get(Contact, "r")
    assert person is not None and person.keep_until == "2027-11-20"
    assert [one.contact.id for one in erasing.due(book, TODAY)] == ["p"]


def test_surname_and_title_go_within_the_account(book: Book) -> None:
    done = erasing.erase(book, "contact", "p", NOW)
    assert (done.rows, done.mentions, done.left, done.in_file) == (1, 1, (), True)
    call = book.get(Activity, "w")
    assert call is not None and call.heard == "○○ 부장님과 ○○ 부장님"
    assert dict(erasing.erased_so_far(book)) == {"contact": 1, "account": 0}


def test_copied_texts_go_too(book: Book, tmp_path: Path) -> None:
    text = tmp_path / "clipboard.txt"
    text.write_text("남궁별", encoding="utf-8")
    erasing.erase(book, "contact", "p", NOW, texts=[text, tmp_path / "none.txt"])
    assert not text.exists()


def test_what_a_crash_left_is_taken_up_again(book: Book, tmp_path: Path) -> None:
    book.publish_now()
    take_out(book, "contact", "p", NOW)
    assert erasing.resume(book, TODAY) == ()
    book.publish_now()
    assert [path for path in tmp_path.rglob("*.db*") if "남궁별".encode() in path.read_bytes()] == []


def test_the_lists_show_the_book_without_the_person(book: Book) -> None:
    erasing.erase(book, "contact", "p", NOW)
    assert [row.id for row in book.find_account("남궁별")] == []
    assert [row.id for row in book.accounts(TODAY, state="all")] == ["a"]


def test_an_erased_account_that_is_imported_again_is_a_new_one(book: Book, tmp_path: Path) -> None:
    from fieldsales.workflows.importing import import_file

    file = tmp_path / "firms.csv"
    file.write_text("code,name,contact\nK1,도담나루,차예린\n", encoding="utf-8")
    import_file(book, file, "accounts", now=NOW, today=TODAY)
    (old,) = book.rows(Account, code="K1")
    take_out(book, "account", old.id, NOW)
    assert book.rows(Account, code="K1") == []
    import_file(book, file, "accounts", now=NOW, today=TODAY)
    (new,) = book.rows(Account, code="K1")
    assert new.id != old.id
    assert [contact.name for contact in book.rows(Contact, account_id=new.id)] == ["차예린"]
    import_file(book, file, "accounts", now=NOW, today=TODAY)
    assert len(book.rows(Account, code="K1")) == 1
