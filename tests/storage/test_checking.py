"""Looking a book over: each thing that is wrong is found, and only that; what follows from the history is put right."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fieldsales.domain.model import Account, Activity, Contact, Task
from fieldsales.storage import backups, checking
from fieldsales.storage.book import Book
from fieldsales.storage.checking import Finding, check, repair

NOW = datetime(2026, 11, 20, 9, 20)
PAGE = 4096


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book.open(tmp_path / "book.db", tmp_path / "data", create=True, today=NOW.date())
    with book.change("add", NOW) as change:
        for number in range(40):
            account = change.add(Account(f"a{number:02}", f"고객사 {number}"))
            change.add(Contact(f"c{number:02}", account, "문도균"))
            change.add(Activity(f"x{number:02}", account, f"c{number:02}", heard="단가 이야기 " * 9, day="2026-11-02"))
    for name in ("다음", "그다음"):
        with book.change("edit", NOW) as change:
            change.edit(Account, "a00", note=name)
    backups.take(book.work, book._folder, "day")
    book.publish_now()
    return book


def look(book: Book) -> dict[str, Finding]:
    return {found.id: found for found in check(book._folder, book.path, book.status.reason, datetime.now())}


def bad(book: Book) -> set[str]:
    return {found.id for found in look(book).values() if not found.ok}


def outside(book: Book, *statements: str) -> None:
    """Write in the working database as no part of the program would."""
    book.work.execute("UPDATE recorder SET off = 1")
    for statement in statements:
        book.work.execute(statement)
    book.work.execute("UPDATE recorder SET off = 0")


def test_a_whole_book_is_all_well(book: Book) -> None:
    assert bad(book) == set()
    assert [found.id for found in look(book).values()] == [id for id, _ in checking.LOOKS]
    book.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE account SET note = 'spoilt' WHERE id = 'a00'",
        "DELETE FROM activity WHERE id = 'x07'",
        "INSERT INTO task(id, account_id) VALUES ('t1', 'a01')",
        "UPDATE op SET patch = '{\"note\":\"other\"}' WHERE pk = 'a00' AND hlc = (SELECT max(hlc) FROM op)",
        "DELETE FROM head WHERE pk = 'c03'",
        "INSERT INTO head VALUES ('contact', 'zz', 5, 5)",
        "INSERT INTO conflict VALUES ('account', 'a02', 'note', 5, 5, 'x', '')",
    ],
)
def test_rows_that_are_not_what_the_history_makes_are_found_and_put_right(book: Book, statement: str) -> None:
    outside(book, statement)
    found = look(book)["history"]
    assert not found.ok
    assert found.message.args["n"] == 1
    kept = len(backups.kept(book._folder))
    assert repair(book, NOW) == 1
    assert bad(book) <= {"in_file"}
    assert len(backups.kept(book._folder)) == kept + 1
    book.close()


def test_a_row_without_history_is_kept_and_gets_one(book: Book) -> None:
    outside(book, "INSERT INTO task(id, account_id, title) VALUES ('t1', 'a01', '견적')")
    repair(book, NOW)
    task = book.get(Task, "t1")
    assert task is not None
    assert task.title == "견적"
    assert book.work.execute("SELECT count(*) FROM op WHERE tbl = 'task' AND pk = 't1'").fetchone() == (1,)
    book.close()


def test_missing_triggers_are_found_and_put_back(book: Book) -> None:
    book.work.execute("DROP TRIGGER account_update")
    assert bad(book) == {"triggers"}
    repair(book, NOW)
    assert "triggers" not in bad(book)
    with book.change("edit", NOW) as change:
        change.edit(Account, "a05", note="적힌다")
    assert "history" not in bad(book)
    book.close()


def test_a_trigger_that_somebody_else_made_is_found(book: Book) -> None:
    book.work.execute("CREATE TRIGGER extra AFTER INSERT ON account BEGIN DELETE FROM task; END")
    assert bad(book) == {"triggers"}
    book.close()


def test_rows_under_an_account_that_is_gone_are_found_and_the_account_comes_back(book: Book) -> None:
    book.work.execute("DELETE FROM account WHERE id = 'a04'")  # recorded, so the history agrees
    assert bad(book) >= {"parents"}
    assert "history" not in bad(book)
    repair(book, NOW)
    assert "parents" not in bad(book)
    account = book.get(Account, "a04")
    assert account is not None
    assert account.name == "고객사 4"
    book.close()


def test_a_damaged_page_of_the_working_database_is_found_and_the_rest_is_still_looked_at(book: Book) -> None:
    folder, path = book._folder, book.path
    page = book.work.execute("SELECT rootpage FROM sqlite_master WHERE name = 'activity'").fetchone()[0] - 1
    book.close()
    raw = bytearray((folder / "book.db").read_bytes())
    raw[page * PAGE : page * PAGE + 200] = b"\xa5" * 200
    (folder / "book.db").write_bytes(raw)
    found = {one.id: one.ok for one in check(folder, path, None, NOW)}
    assert not found["working"]
    assert not found["history"]
    assert found["file"]
    assert found["backup"]


@pytest.mark.parametrize("content", [b"", b"hello" * 100, b"SQLite format 3\0" + b"\xa5" * 9000])
def test_a_file_that_is_no_book_is_found(book: Book, content: bytes) -> None:
    book.close()
    book.path.write_bytes(content)
    found = {one.id: one for one in check(book._folder, book.path, None, NOW)}
    assert not found["file"].ok
    assert found["working"].ok


def test_a_missing_file_is_found(book: Book) -> None:
    book.path.unlink()
    assert look(book)["file"].message.id == "check.file.gone"


def test_what_is_not_in_the_file_yet_is_counted(book: Book) -> None:
    book._publisher.stop()
    with book.change("edit", NOW) as change:
        change.edit(Account, "a05", note="아직")
    found = look(book)["in_file"]
    assert not found.ok
    assert found.message.args["n"] == 1
    book.close()


def test_pieces_of_a_save_that_broke_off_are_found(book: Book) -> None:
    (book.path.parent / f".{book.path.name}.99-1.fieldsales-tmp").write_bytes(b"half")
    (book._folder / "recover-abc").mkdir()
    found = look(book)["leftovers"]
    assert not found.ok
    assert found.message.args["n"] == 2
    book.close()


def test_a_copy_beside_the_file_is_found(book: Book, tmp_path: Path) -> None:
    (tmp_path / "book (1).db").write_bytes(book.path.read_bytes())
    found = look(book)["copies"]
    assert not found.ok
    assert found.message.id == "check.copies.bad"
    book.close()


def test_every_copy_beside_the_file_is_named(book: Book, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"book ({number}).db").write_bytes(book.path.read_bytes())
    found = look(book)["copies"].message
    assert found.args == {"n": 3, "name": "book (0).db, book (1).db, book (2).db"}
    for number in range(3, 9):
        (tmp_path / f"book ({number}).db").write_bytes(book.path.read_bytes())
    found = look(book)["copies"].message
    assert found.args["n"] == 9
    assert str(found.args["name"]).endswith("book (4).db …")
    book.close()


def test_a_file_of_which_half_is_missing_does_not_hold_everything(book: Book) -> None:
    book.close()
    whole = book.path.read_bytes()
    book.path.write_bytes(whole[: len(whole) // 2])
    os.utime(book.path, (0, 0))
    found = {one.id: one for one in check(book._folder, book.path, None, NOW)}
    assert found["file"].message.id == "book.file_spoilt"
    assert found["in_file"].message.id == "check.in_file.other"
    assert not found["in_file"].ok


def test_a_save_during_the_looks_is_no_foreign_file(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    def looks_long(looked: object) -> dict[str, str | int]:
        with book.change("edit", NOW) as change:
            change.edit(Account, "a05", note="한편")
        assert book.publish_now().in_file
        return {"n": 1}

    monkeypatch.setattr(checking, "LOOKS", (("working", looks_long), *checking.LOOKS[1:]))
    assert bad(book) == set()
    book.close()


def test_backups_that_are_missing_spoilt_or_old_are_found(book: Book) -> None:
    backup = backups.kept(book._folder)[0]
    later = datetime.now() + timedelta(days=30)
    assert all(one.ok for one in check(book._folder, book.path, None, later) if one.id == "backup")
    with book.change("edit", NOW) as change:
        change.edit(Account, "a05", note="새로")
    found = {one.id: one for one in check(book._folder, book.path, None, later)}
    assert found["backup"].message.id == "check.backup.old"
    backup.path.write_bytes(b"\0" * 100)
    assert look(book)["backup"].message.id == "check.backup.none_good"
    backup.path.unlink()
    assert look(book)["backup"].message.id == "check.backup.none"
    book.close()


def test_little_room_is_found(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LEAST_FREE", 1 << 60)
    assert bad(book) == {"space"}
    book.close()


def test_a_look_holds_nobody_up(book: Book) -> None:
    """Another connection saves while the look's transaction is open."""
    with book.change("edit", NOW) as change:
        change.edit(Account, "a05", note="한편")
        assert "history" not in {one.id for one in check(book._folder, book.path, None, datetime.now()) if not one.ok}
    begun = time.monotonic()
    assert book.publish_now().in_file
    assert time.monotonic() - begun < 5
    book.close()
