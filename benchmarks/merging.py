"""Two copies of one book, edited apart, made one again: by the program, by newest record wins, by a session changeset.

In one account of ten each row is edited in both copies (see `copies.py`); the rows are those of the other
measurements, 5.4 for each account. Each merge runs in a process of its own on a fresh copy and times itself: the
program's into its working database, the others between plain tables without a history; each reaches the disk. The
program's is told in its parts: taking (union and fold of the touched rows), checking (opening the other file and
looking at every operation), and deriving (scores, due dates, search), which the user does not wait for. An edit is one
cell that somebody typed, or one deletion; it is lost where it neither stands nor is kept to be shown. Sessions need
apsw (`pip install fieldsales[bench]`) in the measured environment. `--accounts 1000,10000,100000` says how many.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from statistics import median

from benchmarks import common
from benchmarks.books import DAY
from benchmarks.common import Bench, Ratio, ratio

SECONDS = 1.5  # for the union and the fold at 100,000 accounts
LINEAR = 1.3  # how much more one row may cost in a book ten times as large
RIVALS = {"record": "newest record wins", "changeset": "session changeset"}


def measure(bench: Bench, accounts: Sequence[int] = ()) -> Iterator[Ratio]:
    counts = tuple(accounts) or (max(1, bench.small // 10), bench.small, bench.large)
    ways = ["fieldsales", *RIVALS]
    if bench.run(common.HERE / "merge_once.py", "installed").strip() != "yes":
        print("merging: no apsw in the measured environment, so no session changesets", file=sys.stderr)
        ways.remove("changeset")
    took: dict[int, list[float]] = {}
    for count in counts:
        copies = bench.run(common.HERE / "copies.py", bench.work, "--accounts", count).strip()
        rounds = bench.rounds if count < 100_000 else min(bench.rounds, 3)
        found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
        for number in range(rounds):
            turn = number % len(ways)
            for way in ways[turn:] + ways[:turn]:
                out = bench.run(
                    common.HERE / "merge_once.py", way, copies, bench.work / f"merge-{way}", DAY.isoformat()
                )
                found[way].append(json.loads(out))
        yield from _told(count, found)
        took[count] = [one["take"] for one in found["fieldsales"]]
    for few, many in pairwise(counts):
        names = f"taking, a row of {many:,} accounts", f"a row of {few:,}"
        each = {
            name: [seconds / count for seconds in took[count]] for name, count in zip(names, (many, few), strict=True)
        }
        least = min(map(len, each.values()))
        yield ratio({name: figures[:least] for name, figures in each.items()}, *names, LINEAR)
    for count in counts:
        if count == 100_000:
            name, limit = f"taking, {count:,} accounts", f"{SECONDS} s"
            yield ratio({name: took[count], limit: [SECONDS] * len(took[count])}, name, limit, 1.0)


def _told(count: int, found: dict[str, list[dict[str, float]]]) -> Iterator[Ratio]:
    at = f", {count:,} accounts"
    series: dict[str, list[float]] = {
        f"{part}{at}": [one[part] for one in found["fieldsales"]] for part in ("take", "check", "derive")
    }
    series[f"merge{at}"] = [one["whole"] for one in found["fieldsales"]]
    for way, name in RIVALS.items():
        if way in found:
            series[name] = [one["whole"] for one in found[way]]
            yield ratio(series, f"merge{at}", name)
    for part in ("check", "derive"):
        yield ratio(series, f"{part}{at}", f"take{at}")
    for way, figures in found.items():
        typed, lost = figures[0]["typed"], figures[0]["lost"]
        name = RIVALS.get(way, "merge")
        what, against = f"{lost:,} edits lost, {name}{at}", f"{typed:,} typed"
        yield ratio({what: [lost], against: [typed]}, what, against, 0.0 if way == "fieldsales" else None)
    print(
        f"{count:,} accounts, {found['fieldsales'][0]['rows']:,} rows touched, seconds: "
        + ", ".join(f"{name.removesuffix(at)} {median(figures):.3f}" for name, figures in series.items())
        + f", the processor's on the merge {median(one['cpu'] for one in found['fieldsales']):.3f}",
        file=sys.stderr,
    )


def main() -> int:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--accounts", default="")
    said, rest = parser.parse_known_args()
    accounts = [int(count) for count in said.accounts.split(",") if count]
    return common.main(__doc__, partial(measure, accounts=accounts), argv=rest)


if __name__ == "__main__":
    sys.exit(main())
