"""Import of 100,000 amounts, against a raw executemany of the same rows.

Both write into a fresh copy of the same book of 4,000 accounts, with the same schema, triggers and recording, in one
transaction that reaches the disk; each runs in a process of its own and times itself. The import reads the CSV file,
checks and finds each row's account, and makes anew what follows for the accounts; the raw one has its rows at hand.
"""

from __future__ import annotations

import csv
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

MONTHS = 25
ROWS = 100_000


def run(way: str, source: Path, work: Path, rows: Path) -> float:
    """Seconds that one way takes (`import`, `raw`); by the measured Python, on a copy of the book below `work`."""
    import gc

    from books import DAY

    from fieldsales.domain.ids import natural_id
    from fieldsales.storage.book import Book
    from fieldsales.workflows.importing import import_file

    now = datetime.combine(DAY, datetime.min.time().replace(hour=10))
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        shutil.copy(source, work / "book.db")
        book = Book.open(work / "book.db", work / "data", today=DAY)
        for _ in book.settle(DAY):
            pass
        with rows.open(encoding="utf-8", newline="") as file:
            codes = dict(book.work.execute("SELECT code, id FROM account"))
            known = [(codes[code], month, int(amount)) for code, month, amount in list(csv.reader(file))[1:]]
        values = [(natural_id("amount", id, month), id, month, amount) for id, month, amount in known]
        gc.collect()
        begun = time.perf_counter()
        if way == "import":
            result = import_file(book, rows, "amounts", now=now, today=DAY)
            taken = time.perf_counter() - begun
            assert (result.made, result.read) == (len(values), len(values)), result
        else:
            book.work.execute("BEGIN IMMEDIATE")
            book.work.execute("UPDATE recorder SET act = 'raw'")
            book.work.executemany("INSERT INTO amount(id, account_id, month, amount) VALUES (?, ?, ?, ?)", values)
            book.work.execute("COMMIT")
            taken = time.perf_counter() - begun
        written = book.work.execute("SELECT count(*) FROM op WHERE tbl = 'amount'").fetchone()[0]
        assert written == len(values), written
        book.work.close()
        return taken
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_rows(path: Path, accounts: int) -> None:
    """A CSV file of `MONTHS` months of amounts for each account."""
    from books import DAY, month_before

    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["code", "month", "amount"])
        for number in range(accounts):
            for back in range(1, MONTHS + 1):
                out.writerow(
                    [f"{number:05d}", month_before(DAY, back), 1_000_000 + (number * 37 + back) % 900 * 10_000]
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        print(run(sys.argv[2], *map(Path, sys.argv[3:6])))
        sys.exit()

import common  # noqa: E402
from common import Bench, Ratio, interleaved, ratio  # noqa: E402


def measure(bench: Bench, rows: int = ROWS) -> Iterator[Ratio]:
    accounts = max(1, rows // MONTHS)
    book = bench.book(accounts, months=0) / "book.db"
    file = bench.work / f"amounts-{accounts}.csv"
    write_rows(file, accounts)

    def way(name: str) -> float:
        return float(bench.run(Path(__file__), "--run", name, book, bench.work / f"import-{name}", file))

    names = {f"import of {accounts * MONTHS:,} amounts": "import", "raw executemany": "raw"}
    found = interleaved(bench.rounds, {name: lambda one=one: way(one) for name, one in names.items()})
    yield ratio(found, *names, 2.0)


if __name__ == "__main__":
    sys.exit(common.main(__doc__, measure))
