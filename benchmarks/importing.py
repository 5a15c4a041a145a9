"""Import of 100,000 amounts, against a raw executemany of the same rows.

Both write into a fresh copy of the same book of 4,000 accounts, with the same schema, triggers and recording, in one
transaction that reaches the disk; each runs in a process of its own and times itself. The import reads the CSV file,
checks and finds each row's account, and makes anew what follows for the accounts; the raw one has its rows at hand.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import common
from benchmarks.books import DAY, month_before
from benchmarks.common import Bench, Ratio, interleaved, ratio

MONTHS = 25
ROWS = 100_000


def write_rows(path: Path, accounts: int) -> None:
    """A CSV file of `MONTHS` months of amounts for each account."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["code", "month", "amount"])
        for number in range(accounts):
            for back in range(1, MONTHS + 1):
                amount = 1_000_000 + (number * 37 + back) % 900 * 10_000
                out.writerow([f"{number:05d}", month_before(DAY, back), amount])


def measure(bench: Bench) -> Iterator[Ratio]:
    accounts = max(1, (bench.records or ROWS) // MONTHS)
    book = bench.book(accounts, months=0) / "book.db"
    rows = bench.work / f"amounts-{accounts}.csv"
    write_rows(rows, accounts)

    def once(way: str) -> float:
        script = common.HERE / "import_once.py"
        return float(bench.run(script, way, book, bench.work / f"import-{way}", rows, DAY.isoformat()))

    ours, raw = f"import of {accounts * MONTHS:,} amounts", "raw executemany"
    found = interleaved(bench.rounds, {ours: lambda: once("import"), raw: lambda: once("raw")})
    yield ratio(found, ours, raw, 2.0)


if __name__ == "__main__":
    sys.exit(common.main(__doc__, measure))
