"""Damage in the derived rows costs nobody a word: what was to be saved is saved, and the rows are made anew."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from pathlib import Path

import pytest

from fieldsales.domain.model import Account
from fieldsales.storage import derived
from fieldsales.storage.book import Book
from fieldsales.storage.errors import CacheMended

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9)
TABLES = ("standing", "due", "searched", "search_data", "stamp")


def _book(folder: Path, number: int = 30) -> Book:
    book = Book.open(folder / "book.db", folder / "data", create=True, today=TODAY)
    with book.change("made", NOW) as change:
        for n in range(number):
            change.add(Account(f"a{n:02}", f"가온 {n:02}", "A", "active"))
    for _ in book.settle(TODAY):
        pass
    return book


def _damage(book: Book, *tables: str) -> None:
    """Spoil the first pages of these tables of the cache, and of their indexes, in a book that is open."""
    book.work.execute("PRAGMA cache.wal_checkpoint(TRUNCATE)").fetchall()
    roots = book.work.execute("SELECT tbl_name, rootpage FROM cache.sqlite_master WHERE rootpage > 0").fetchall()
    pages = [page for table, page in roots if table in tables]
    assert len(pages) >= len(tables)
    path = Path(next(row[2] for row in book.work.execute("PRAGMA database_list") if row[1] == "cache"))
    book.work.execute("DETACH cache")  # so that nothing of it is remembered
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)
    book.work.execute("ATTACH ? AS cache", (str(path),))


def _listed(book: Book) -> list[str]:
    for _ in book.settle(TODAY):
        pass
    return [row.name for row in book.accounts(TODAY, "name")]


def _rename(book: Book, name: str) -> None:
    with book.change("rename", NOW) as change:
        change.edit(Account, "a03", name=name)


@pytest.mark.parametrize("table", TABLES)
def test_a_change_that_comes_upon_a_damaged_cache_is_taken_back_and_works_when_made_again(
    tmp_path: Path, table: str
) -> None:
    book = _book(tmp_path)
    _damage(book, table)
    with pytest.raises(CacheMended):
        _rename(book, "새 이름")
    account = book.get(Account, "a03")
    assert account is not None and account.name == "가온 03"
    assert not book.work.in_transaction
    _rename(book, "새 이름")
    names = _listed(book)
    assert len(names) == 30
    assert "새 이름" in names and "가온 03" not in names
    assert [row.id for row in book.accounts(TODAY, query="새 이름")] == ["a03"]
    book.close()
    again = Book.open(tmp_path / "book.db", tmp_path / "data", today=TODAY)
    assert derived.is_current(again.work, again.rules(), TODAY)
    again.close()


def test_the_first_accounts_are_listed_at_once_after_the_damage_was_met(tmp_path: Path) -> None:
    book = _book(tmp_path, number=70)
    _damage(book, "standing")
    with pytest.raises(CacheMended):
        _rename(book, "새 이름")
    assert len(book.accounts(TODAY)) == derived.AT_ONCE
    assert len(_listed(book)) == 70
    book.close()


def test_undo_and_redo_meet_a_damaged_cache_without_a_word(tmp_path: Path) -> None:
    book = _book(tmp_path)
    _rename(book, "새 이름")
    _damage(book, "standing")
    assert book.undo(NOW) is not None
    assert "가온 03" in _listed(book)
    _damage(book, "due")
    assert book.redo(NOW) is not None
    assert "새 이름" in _listed(book)
    book.close()


def test_a_merge_meets_a_damaged_cache_without_a_word(tmp_path: Path) -> None:
    here = _book(tmp_path / "here")
    here.publish_now()
    (tmp_path / "there").mkdir()
    copy = tmp_path / "there" / "book.db"
    copy.write_bytes((tmp_path / "here" / "book.db").read_bytes())
    there = Book.open(copy, tmp_path / "there" / "data", today=TODAY)
    _rename(there, "그쪽 이름")
    there.publish_now()
    there.close()
    _damage(here, "standing")
    assert here.merge(copy).operations == 1
    assert "그쪽 이름" in _listed(here)
    here.close()


def test_work_in_the_background_that_comes_upon_damage_begins_anew(tmp_path: Path) -> None:
    book = _book(tmp_path, number=90)
    book.work.execute("UPDATE cache.stamp SET rules_hash = ''")
    rest = book.settle(TODAY)
    next(rest)
    _damage(book, "standing", "due")
    assert list(rest)
    assert derived.is_current(book.work, book.rules(), TODAY)
    assert len(book.accounts(TODAY)) == 90
    book.close()


def test_other_errors_of_sqlite_are_not_taken_for_damage(tmp_path: Path) -> None:
    book = _book(tmp_path)
    with pytest.raises(sqlite3.IntegrityError), book.change("broken", NOW):
        book.work.execute("INSERT INTO main.local VALUES ('change_seq', 1)")
    assert len(book.accounts(TODAY)) == 30
    book.close()
