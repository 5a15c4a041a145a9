"""Copies beside the file, seen from the screen: they come in by themselves and go to the trash when asked."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from helpers import open_app, small_book

from fieldsales.domain.model import Account
from fieldsales.storage.book import Book


def copy_beside(book: Book, name: str, account: str) -> Path:
    path = book.path.with_name(name)
    shutil.copy(book.path, path)
    db = sqlite3.connect(path)
    db.execute("INSERT INTO account(id, name, tier) VALUES (?, ?, 'A')", (account, account))
    db.commit()
    db.close()
    return path


async def test_copies_come_in_while_one_types_and_are_cleared_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import send2trash

    monkeypatch.setattr(send2trash, "send2trash", lambda path: Path(path).unlink())
    book = small_book(tmp_path, "도담나루")
    book.publish_now()
    copies = [copy_beside(book, f"book ({number}).db", f"새 거래처 {number}") for number in (1, 2)]
    async with open_app(tmp_path, book) as seat:
        await seat.press("2", "slash")
        await seat.type("도담")
        book._looked = 0.0
        seat.app._watch()
        await seat.settle()
        assert {account.name for account in book.rows(Account)} == {"도담나루", "새 거래처 1", "새 거래처 2"}
        assert seat.main.accounts.wanted == "도담"
        assert seat.main.accounts.finding
        await seat.press("escape")
        await seat.press("ctrl+p")
        await seat.type("사본")
        await seat.press("enter")
        assert "사본 2개를 모두 휴지통으로" in seat.text
        assert "book (1).db" in seat.text
        await seat.press("down", "enter")
        assert "사본 1개를 휴지통으로 옮겼어요" in seat.text
        assert [copy.exists() for copy in copies] == [False, True]
        assert book.path.exists()
