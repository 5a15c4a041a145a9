"""A save with everything that follows from it, against the bare insert of the same row.

Both commit into a write-ahead log and wait for the disk, in a database of 10,000 accounts. The save records the
operation, touches the account, and makes anew how it stands, what is due there and what finds it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks import common
from benchmarks.common import DAY, Bench, Ratio, interleaved, ratio

SAVES = 40  # in one round; the round's figure is their median


def measure(bench: Bench) -> Iterator[Ratio]:
    folder = bench.book(bench.small)

    def once(way: str) -> float:
        return float(bench.run(common.HERE / "save_once.py", way, folder, DAY, min(SAVES, bench.records or SAVES)))

    ours, bare = "a call saved", "bare insert of it"
    found = interleaved(bench.rounds, {ours: lambda: once("save"), bare: lambda: once("bare")})
    yield ratio(found, ours, bare, 4.0)


if __name__ == "__main__":
    sys.exit(common.main(__doc__, measure))
