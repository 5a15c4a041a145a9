"""One import, timed: `python import_once.py import|raw BOOK.db FOLDER ROWS.csv DAY`, by the Python that is measured.

Prints the seconds that it took on a copy of the book in the folder, which is removed again.
"""

from __future__ import annotations

import csv
import gc
import shutil
import sys
import time
from datetime import date, datetime
from pathlib import Path

from fieldsales.domain.ids import natural_id
from fieldsales.storage.book import Book
from fieldsales.workflows.importing import import_file


def run(way: str, source: Path, folder: Path, rows: Path, day: date) -> float:
    """Seconds from the first row to the commit."""
    now = datetime.combine(day, datetime.min.time().replace(hour=10))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        shutil.copy(source, folder / "book.db")
        book = Book.open(folder / "book.db", folder / "data", today=day)
        for _ in book.settle(day):
            pass
        ids = dict(book.work.execute("SELECT code, id FROM account"))
        with rows.open(encoding="utf-8", newline="") as file:
            known = [(ids[code], month, int(amount)) for code, month, amount in list(csv.reader(file))[1:]]
        values = [(natural_id("amount", id, month), id, month, amount) for id, month, amount in known]
        gc.collect()
        begun = time.perf_counter()
        if way == "import":
            result = import_file(book, rows, "amounts", now=now, today=day)
            assert result.made == result.read == len(values), result
        else:
            book.work.execute("BEGIN IMMEDIATE")
            book.work.execute("UPDATE recorder SET act = 'raw'")
            book.work.executemany("INSERT INTO amount(id, account_id, month, amount) VALUES (?, ?, ?, ?)", values)
            book.work.execute("COMMIT")
        taken = time.perf_counter() - begun
        (recorded,) = book.work.execute("SELECT count(*) FROM op WHERE tbl = 'amount'").fetchone()
        assert recorded == len(values), recorded
        return taken
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _, said, book_path, work, csv_path, on = sys.argv
    print(run(said, Path(book_path), Path(work), Path(csv_path), date.fromisoformat(on)))
