"""A letter typed into the log's form while a merge or a publishing goes on behind it, against the same at rest.

The form lies over the accounts of a book, and what is typed is kept as a draft as ever. For the merge another copy of
the book, every row of one account in ten edited (see `copies.py`), is moved to the book's path, and letters are typed
until its last rows stand in the working database, and on until the lists have followed. For the publishing the book
changes without the screen's doing, and the letters count that are typed while a snapshot is being written. Of each
round the worst letter counts, of as many at rest. The folder is a copy of the book's own, changed by every round.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks import common, copies
from benchmarks.common import SIZES, Bench, Ratio, Terminal, environment, ratio
from benchmarks.start import named

LETTERS = "QZXWYGNUV"  # stand neither in the form nor in what moves a terminal's cursor
CLEAR = "\x15"  # Ctrl+U
EMPTY = "은 그대로"  # of what stands in the field while it is empty
QUIET = 0.02  # seconds without output before the next letter
FEWEST = 40  # letters at rest
FEW = 12  # letters during publishings: one does not last long
LONGEST = 120.0  # seconds for one merge or publishing
ENDING = ".fieldsales-tmp"  # of a snapshot under way
TARGET = 3.0


class Form:
    """The log's form of the first account, open in a terminal of its own on a book of its own."""

    def __init__(self, bench: Bench, accounts: int) -> None:
        self.home = _own_copy(bench.book(accounts))
        self.book = self.home / "book.db"
        (self.work,) = self.home.glob("home/data/books/*/book.db")
        self.terminal = Terminal(bench.screen(self.home), SIZES[0], environment(self.home))
        self._typed = 0
        self.terminal.until(named)
        self.terminal.rest(1.0, LONGEST)
        self.terminal.key("2", named)
        self.terminal.rest(0.5)
        self.terminal.key("l", bool)
        self.terminal.rest(0.5)
        self.wait_until_published()

    def letter(self) -> float:
        """Seconds from a letter to the bytes that show it."""
        if self._typed == len(LETTERS):  # each stands in the field only once, so that no other drawing is taken for it
            self.terminal.key(CLEAR, lambda text: EMPTY in text)
            self.terminal.rest(QUIET)
            self._typed = 0
        letter = LETTERS[self._typed]
        self._typed += 1
        taken = self.terminal.key(letter, lambda text: letter in text)
        self.terminal.rest(QUIET)
        return taken

    def asked(self, sql: str, *values: object) -> object:
        """The first value that the working database answers with."""
        connection = sqlite3.connect(f"{self.work.as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            row = connection.execute(sql, values).fetchone()
            return None if row is None else row[0]
        finally:
            connection.close()

    def in_file(self) -> bool:
        held = "SELECT count(DISTINCT value) FROM local WHERE key IN ('file_seq', 'change_seq')"
        return self.asked(held) == 1 and not self.publishing()

    def is_settled(self) -> bool:
        """Whether scores, due dates and search have followed."""
        connection = sqlite3.connect(f"{self.work.with_name('derived.db').as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            return bool(connection.execute("SELECT min(complete) FROM stamp").fetchone()[0])
        finally:
            connection.close()

    def publishing(self) -> bool:
        return any(name.endswith(ENDING) for name in os.listdir(self.home))

    def wait_until_published(self) -> None:
        end = time.monotonic() + LONGEST
        while not self.in_file():
            if time.monotonic() > end:
                raise RuntimeError("the book does not come into its file")
            self.terminal.rest(0.2, 0.2)


def _own_copy(home: Path) -> Path:
    """A copy of a book's folder that may be spoilt."""
    own = home.with_name(home.name + "-typing")
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(home, own)
    for file in own.glob("home/data/books/*/home"):
        file.write_text(str(own / "book.db"), encoding="utf-8")
    return own


def _lands(form: Form, accounts: int) -> Callable[[], bool]:
    """Move another copy to the book's path; the answer says whether all of it has been merged."""
    form.wait_until_published()
    other = form.home / "other.db"
    shutil.copyfile(form.book, other)
    turn = time.time_ns()
    edits = [
        edit._replace(val=turn // 1000 % 10**9 if edit.tbl == "amount" else f"there {turn}")
        for edit in copies.edits(accounts)
        if edit.side == "theirs" and edit.col != copies.GONE
    ]
    with copies.recorded(other, f"there-{turn}") as connection:
        copies.apply(connection, edits, stamped=False)
        lasts = [
            connection.execute(
                "SELECT tbl, pk, hlc, rnd FROM op WHERE tbl = ? AND pk = ? ORDER BY hlc DESC LIMIT 1",
                (table, max(edit.pk for edit in edits if edit.tbl == table)),
            ).fetchone()
            for table in {edit.tbl for edit in edits}
        ]
    other.replace(form.book)
    known = "SELECT 1 FROM op WHERE tbl = ? AND pk = ? AND hlc = ? AND rnd = ?"
    return lambda: all(form.asked(known, *last) for last in lasts)


def during_a_merge(form: Form, accounts: int) -> tuple[list[float], list[float]]:
    """The letters until the rows stand, and those after until the lists have followed."""
    merged = _lands(form, accounts)
    found: list[list[float]] = []
    for over in (merged, form.is_settled):
        taken: list[float] = []
        end = time.monotonic() + LONGEST
        while not taken or not over():
            if time.monotonic() > end:
                raise RuntimeError("the copy is not merged")
            taken += [form.letter() for _ in range(5)]
        found.append(taken)
    return found[0], found[1]


def during_a_publishing(form: Form) -> list[float]:
    taken: list[float] = []
    end = time.monotonic() + LONGEST
    while len(taken) < FEW:
        form.wait_until_published()
        connection = sqlite3.connect(form.work, timeout=10)
        with connection:
            connection.execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
        connection.close()
        while not form.in_file():
            if time.monotonic() > end:
                raise RuntimeError("the book does not come into its file")
            before = form.publishing()
            one = form.letter()
            if before or form.publishing():
                taken.append(one)
    return taken


def measure(bench: Bench) -> Iterator[Ratio]:
    for accounts, phases in (
        (bench.large, ("during a merge", "while the lists follow it")),
        (bench.small, ("during a publishing",)),
    ):
        found: dict[str, list[float]] = {}
        at = f", {accounts:,} accounts"
        form = Form(bench, accounts)
        try:
            for _ in range(FEWEST):
                form.letter()
            for _ in range(min(bench.rounds, 5)):
                busy = during_a_merge(form, accounts) if len(phases) > 1 else (during_a_publishing(form),)
                form.wait_until_published()
                form.terminal.rest(0.3)  # the cursor blinks twice a second
                still = [form.letter() for _ in range(max(FEWEST, *map(len, busy)))]
                for phase, taken in (*zip(phases, busy, strict=True), ("at rest", still)):
                    found.setdefault(f"worst letter {phase}{at}", []).append(max(taken))
                    found.setdefault(f"median letter {phase}{at}", []).append(median(taken))
                    worst, middle = max(taken) * 1000, median(taken) * 1000
                    print(f"{phase}{at}: worst {worst:.1f} ms of {len(taken)}, median {middle:.1f}", file=sys.stderr)
        finally:
            form.terminal.close()
            shutil.rmtree(form.home, ignore_errors=True)
        for phase in phases:
            yield ratio(found, f"worst letter {phase}{at}", f"worst letter at rest{at}", TARGET)
            yield ratio(found, f"median letter {phase}{at}", f"median letter at rest{at}")


if __name__ == "__main__":
    sys.exit(common.main(__doc__, measure))
