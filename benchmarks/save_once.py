"""Saves, timed: `python save_once.py save|bare FOLDER DAY COUNT`, by the Python that is measured.

FOLDER is one of `books.py`. Each save is a call with a sentence, of another account. Prints the median of the seconds.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from statistics import median

from fieldsales.domain.model import Activity
from fieldsales.storage.book import Book, new_id
from fieldsales.storage.schema import COLUMNS, connect

WARM = 5  # saves before those that count


def calls(connection: sqlite3.Connection, day: date, count: int) -> Iterator[Activity]:
    ids = connection.execute("SELECT id FROM account ORDER BY random() LIMIT ?", (count,)).fetchall()
    for number, (account,) in enumerate(ids):
        heard = f"{number + 10}개 더 필요하다고 하심"
        yield Activity(new_id(), account_id=account, kind="call", day=day.isoformat(), time="10:00", heard=heard)


def save(folder: Path, day: date, count: int) -> Iterator[float]:
    """Seconds of each save with all that follows from it; nothing is published meanwhile."""
    book = Book.open(folder / "book.db", folder / "home" / "data", today=day)
    book.hold()
    now = datetime.combine(day, datetime.min.time().replace(hour=10))
    for call in calls(book.work, day, count):
        begun = time.perf_counter()
        with book.change("log", now) as change:
            change.add(call)
        yield time.perf_counter() - begun
    book.close()


def bare(folder: Path, day: date, count: int) -> Iterator[float]:
    """Seconds of each insert of such a row into the same table of the same database without triggers, with its
    commit."""
    path = folder / "bare.db"
    shutil.copy(folder / "book.db", path)
    connection = connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    columns = COLUMNS["activity"]
    statement = f"INSERT INTO activity({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    for call in calls(connection, day, count):
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(statement, [getattr(call, column) for column in columns])
        connection.execute("COMMIT")
        yield time.perf_counter() - begun
    connection.close()
    path.unlink()


if __name__ == "__main__":
    _, way, home, on, saves = sys.argv
    times = list((save if way == "save" else bare)(Path(home), date.fromisoformat(on), WARM + int(saves)))
    print(median(times[WARM:]))
