"""`fieldsales log` as a process of its own, which leaves without closing the working database."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from fieldsales.domain.model import Account, Activity
from fieldsales.storage.book import Book

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 20, 9, 0)


def log(tmp_path: Path, said: str) -> dict[str, object]:
    command = [sys.executable, "-m", "fieldsales", "--file", str(tmp_path / "book.db"), "--today", "2026-11-20"]
    done = subprocess.run(
        [*command, "--json", "log", "도담나루", "call", "--said", said],
        cwd=ROOT, env={**os.environ, "FIELDSALES_HOME": str(tmp_path / "home")}, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout)
    return found


def in_file(path: Path) -> set[str]:
    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {said for (said,) in db.execute("SELECT said FROM activity")}
    finally:
        db.close()


def make(tmp_path: Path) -> Book:
    book = Book.open(tmp_path / "book.db", tmp_path / "home" / "data", create=True, today=NOW.date())
    with book.change("add", NOW) as change:
        change.add(Account(change.new_id(), name="도담나루"))
    return book


def test_what_it_reports_as_in_the_file_is_in_the_file_and_the_next_one_goes_on_from_there(tmp_path: Path) -> None:
    make(tmp_path).close()
    expected = set()
    for number in range(8):
        expected.add(f"단가표 {number}")
        assert log(tmp_path, f"단가표 {number}")["in_file"] is True
        assert in_file(tmp_path / "book.db") == expected
    book = Book.open(tmp_path / "book.db", tmp_path / "home" / "data")
    try:
        assert {one.said for one in book.rows(Activity)} == expected
        assert book.work.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert book.status.in_file
    finally:
        book.close()


def test_it_may_be_called_while_the_book_is_open(tmp_path: Path) -> None:
    book = make(tmp_path)
    try:
        (account,) = book.rows(Account)
        expected = set()
        for number in range(3):
            with book.change("log", NOW) as change:
                change.add(Activity(change.new_id(), account_id=account.id, said=f"here {number}"))
            expected |= {f"here {number}", f"there {number}"}
            assert log(tmp_path, f"there {number}")["in_file"] is True
            assert {one.said for one in book.rows(Activity)} == expected
            assert in_file(tmp_path / "book.db") == expected
    finally:
        book.close()
    assert in_file(tmp_path / "book.db") == expected
