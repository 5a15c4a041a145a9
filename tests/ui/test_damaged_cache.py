"""Damage in the derived rows, met while saving: what was asked for is done all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from helpers import sample_app

from fieldsales.domain.model import Activity
from fieldsales.storage import derived
from fieldsales.storage.book import Book


def _damage_search(book: Book) -> None:
    """Spoil what only a save reads of the cache."""
    book.work.execute("PRAGMA cache.wal_checkpoint(TRUNCATE)").fetchall()
    (page,) = book.work.execute("SELECT rootpage FROM cache.sqlite_master WHERE name = 'searched'").fetchone()
    path = Path(next(row[2] for row in book.work.execute("PRAGMA database_list") if row[1] == "cache"))
    book.work.execute("DETACH cache")
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    book.work.execute("ATTACH ? AS cache", (str(path),))


async def test_a_command_that_meets_damage_is_done_and_the_lists_are_whole_again(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        accounts, logs = len(seat.book.accounts(seat.app.desk.today)), len(seat.book.rows(Activity))
        _damage_search(seat.book)
        await seat.press("m")  # tried to call
        assert len(seat.book.rows(Activity)) == logs + 1
        assert seat.notice != seat.app.t("book.cache_mended")
        today = seat.app.desk.today
        for turn in range(500):  # the calendar's library is slow to load
            if turn and turn % 100 == 0:  # as the next change does, where the damage ended what was under way
                seat.app.begin_background()
            if seat.book.rules().holidays and derived.is_current(seat.book.work, seat.book.rules(), today):
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("the lists were not made anew")
        assert len(seat.book.accounts(today)) == accounts


async def test_a_form_that_meets_damage_is_saved(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        logs = len(seat.book.rows(Activity))
        await seat.press("l")
        for sign in "잘 지내심":
            await seat.press("space" if sign == " " else sign)
        _damage_search(seat.book)
        await seat.press("ctrl+s")
        assert seat.sheet != "LogSheet"
        assert len(seat.book.rows(Activity)) == logs + 1
