"""One publishing, timed: `python publish_once.py publish|backup FOLDER DAY`, by the Python that is measured.

FOLDER is one of `books.py`. One call is logged first, so that there is something to publish. Prints the seconds.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from datetime import date, datetime
from pathlib import Path

from fieldsales.domain.model import Account, Activity
from fieldsales.storage.book import Book


def publish(book: Book) -> float:
    """Seconds until the change is in the user's file."""
    begun = time.perf_counter()
    status = book.publish_now()
    taken = time.perf_counter() - begun
    assert status.in_file, status
    return taken


def backup(folder: Path) -> float:
    """Seconds until a copy by SQLite's backup of the same database has taken the place of another file."""
    (working,) = (folder / "home" / "data" / "books").glob("*/book.db")
    place, temporary = folder / "backup.db", folder / "backup.tmp"
    source = sqlite3.connect(working)
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()
    place.touch()
    begun = time.perf_counter()
    target = sqlite3.connect(temporary)
    source.backup(target)
    target.close()
    descriptor = os.open(temporary, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)
    temporary.replace(place)
    taken = time.perf_counter() - begun
    source.close()
    place.unlink()
    return taken


def run(way: str, folder: Path, day: date) -> float:
    book = Book.open(folder / "book.db", folder / "home" / "data", today=day)
    book.hold()
    try:
        (account,) = book.work.execute("SELECT id FROM account LIMIT 1").fetchone()
        assert book.get(Account, account) is not None
        with book.change("benchmark", datetime.combine(day, datetime.min.time())) as change:
            change.add(Activity(change.new_id(), account_id=account, kind="call", day=day.isoformat()))
        return publish(book) if way == "publish" else backup(folder)
    finally:
        book.close()


if __name__ == "__main__":
    _, said, home, on = sys.argv
    print(run(said, Path(home), date.fromisoformat(on)))
