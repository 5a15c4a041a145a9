"""Bringing a change into the user's file, against SQLite's backup of the same database with an fsync.

The book holds some 50 MB. Publishing makes the closed copy, takes out what belongs to this machine, waits for the disk,
puts the copy in place of the old file and looks at what came out; the backup is made and takes the place of a file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks import common
from benchmarks.common import DAY, Bench, Ratio, interleaved, ratio

ACCOUNTS = 10_000
MONTHS = 24
ACTIVITIES = 1


def measure(bench: Bench) -> Iterator[Ratio]:
    folder = bench.book(min(bench.small, ACCOUNTS), MONTHS, ACTIVITIES)
    size = (folder / "book.db").stat().st_size / 1e6

    def once(way: str) -> float:
        return float(bench.run(common.HERE / "publish_once.py", way, folder, DAY))

    ours, bare = f"publishing a book of {size:.0f} MB", "backup and fsync"
    found = interleaved(bench.rounds, {ours: lambda: once("publish"), bare: lambda: once("backup")})
    yield ratio(found, ours, bare, 1.3)


if __name__ == "__main__":
    sys.exit(common.main(__doc__, measure))
