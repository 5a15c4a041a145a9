"""The book's file copied by any tool, at any moment, while another process saves as fast as it can."""

from __future__ import annotations

import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEED = 20e6  # bytes a second of a slow copy
STATES = 4  # of the file that have to be among the copies
SUM = 1_000_000  # what the two purses hold together, always

# Each change writes rows that hang together: a counter, two new accounts, and a sum moved from one row to another.
# The number of the newest change that was reported as being in the file stands in a file of eight bytes.
CHILD = """
import os, struct, sys
from datetime import datetime
from pathlib import Path
from fieldsales.storage import derived
derived.touch = lambda *args: None
from fieldsales.domain.model import Account, Amount, Setting
from fieldsales.storage import publishing
from fieldsales.storage.book import Book
now = datetime(2026, 11, 20)
path, data, report, rows = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
publishing.GAP = 0.5 if rows else 0.0
book = Book.open(path, data, create=True)
with book.change("begin", now) as change:
    change.add(Amount("purse one", amount=1_000_000))
    change.add(Amount("purse two"))
    change.add(Setting("counter", "counter", "0"))
    if rows:
        change.put_many(Account, ("id", "note"), ((f"ballast {n}", f"{n:06}" * 250) for n in range(rows)))
assert book.publish_now().in_file
before = publishing.recorded(book.work)[2]
told = os.open(report, os.O_RDWR | os.O_CREAT)
os.pwrite(told, struct.pack("q", 0), 0)
print("ready", flush=True)
number = 0
while True:
    number += 1
    with book.change("save", now) as change:
        for half in "ab":
            change.add(Account(f"{number}{half}", name=f"account {number}"))
        change.edit(Amount, "purse one", amount=1_000_000 - number)
        change.edit(Amount, "purse two", amount=number)
        change.edit(Setting, "counter", value=str(number))
    os.pwrite(told, struct.pack("q", max(number - book.status.pending, 0)), 0)
"""


def reported(report: Path) -> int:
    return int(struct.unpack("q", report.read_bytes())[0])


def cp(source: Path, target: Path) -> None:
    subprocess.run(["cp", str(source), str(target)], check=True)


def slowly(source: Path, target: Path) -> None:
    with source.open("rb") as old, target.open("wb") as new:
        begun = time.monotonic()
        copied = 0
        while chunk := old.read(1 << 18):
            new.write(chunk)
            copied += len(chunk)
            time.sleep(max(0.0, begun + copied / SPEED - time.monotonic()))


def check(copy: Path, at_least: int, ballast: int) -> int:
    """The number of the newest change in the copy, which must be whole."""
    db = sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)
    try:
        kind = "quick_check" if ballast else "integrity_check"
        assert db.execute(f"PRAGMA {kind}").fetchall() == [("ok",)], "unreadable"
        number = int(db.execute("SELECT value FROM setting WHERE id = 'counter'").fetchone()[0])
        purses = dict(db.execute("SELECT id, amount FROM amount"))
        assert purses == {"purse one": SUM - number, "purse two": number}, "torn"
        newest = [f"{n}{half}" for n in (number, number + 1) for half in "ab"]
        found = db.execute("SELECT id FROM account WHERE id IN (?, ?, ?, ?) ORDER BY id", newest).fetchall()
        assert found == [(id,) for id in newest[:2] if number], "torn"
        if not ballast:
            assert db.execute("SELECT count(*) FROM account").fetchone() == (2 * number,), "torn"
            acts = db.execute("SELECT count(*) FROM op WHERE act LIKE 'save:%' GROUP BY act").fetchall()
            assert acts == [(5,)] * number, "torn"
        assert number >= at_least, "a save that was reported as being in the file is missing"
        return number
    finally:
        db.close()


@contextmanager
def saving(folder: Path, ballast: int) -> Iterator[tuple[Path, Path]]:
    """The book's file and what is reported of it, while the child saves."""
    path, report = folder / "book.db", folder / "report"
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(folder / "data"), str(report), str(ballast)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield path, report
        assert child.poll() is None, "the one who saves is still at it"
    finally:
        child.kill()
        child.wait()


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A folder for the copies: in memory where the system has such a place, else writing them keeps the disk so busy
    that hardly anything is saved meanwhile."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else folder) as room:
        yield Path(room)


def copy_and_check(
    folder: Path, count: int, ballast: int, copy: Callable[[Path, Path], None], at_once: int = 1
) -> None:
    with saving(folder, ballast) as (path, report), aside(folder) as room:

        def once(number: int) -> tuple[int, int]:
            target = room / f"copy {number}.db"
            before = reported(report)
            copy(path, target)
            found = check(target, before, ballast)
            target.unlink()
            return found, path.stat().st_size

        seen: list[tuple[int, int]] = []
        deadline = time.monotonic() + 300
        with ThreadPoolExecutor(at_once) as threads:
            # A test that copied the same state again and again would show nothing.
            while len(seen) < count or (len({number for number, _ in seen}) < STATES and time.monotonic() < deadline):
                seen += threads.map(once, range(len(seen), len(seen) + 20))
    assert len({number for number, _ in seen}) >= STATES
    assert not ballast or seen[0][1] > 48e6


def test_copies_taken_while_another_process_saves_are_whole_and_current(tmp_path: Path) -> None:
    copy_and_check(tmp_path, 60, 0, cp)


@pytest.mark.slow
def test_four_hundred_copies_taken_while_another_process_saves_are_whole_and_current(tmp_path: Path) -> None:
    copy_and_check(tmp_path, 400, 0, cp)


@pytest.mark.slow
@pytest.mark.parametrize(("copy", "at_once"), [(cp, 2), (slowly, 16)], ids=["at once", "slowly"])
def test_copies_of_fifty_megabytes_are_whole_and_current(
    tmp_path: Path, copy: Callable[[Path, Path], None], at_once: int
) -> None:
    copy_and_check(tmp_path, 400, 14_000, copy, at_once)
