"""Power gone at any moment: kill -9 while saving, publishing and merging. Nothing unreadable, torn or lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from copies import dump

from fieldsales.domain.model import Account
from fieldsales.storage import derived
from fieldsales.storage.book import Book
from fieldsales.storage.publishing import TEMPORARY
from fieldsales.storage.refolding import refold
from fieldsales.storage.schema import connect

NOW = datetime(2026, 11, 20, 9, 0)
ROOT = Path(__file__).parents[2]
ROUNDS = int(os.environ.get("FIELDSALES_KILLS", "200"))  # of all loops together; a thousand by hand

BEGIN = """
import sys
from datetime import datetime
from pathlib import Path
from fieldsales.storage import derived
derived.touch = lambda *args: None
from fieldsales.domain.model import Account, Contact
from fieldsales.storage import publishing
from fieldsales.storage.book import Book
now = datetime(2026, 11, 20)
publishing.GAP = 0.0
path, data, round = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
book = Book.open(path, data, create=True, background=True)
print("ready", flush=True)
"""
SAVING = (
    BEGIN
    + """
for number in range(1_000_000):
    with book.change("pair", now) as change:
        for half in "ab":
            change.add(Account(change.new_id(), name=f"{round}-{number}{half}"))
    print("saved", number, int(book.status.in_file), flush=True)
    book.save_draft("log", "x", {"typed": f"{round}-{number}"})
    if not book._unwritten:  # nobody else was writing just then
        print("typed", number, flush=True)
"""
)
# Merges one copy after the other: asked to, by finding one at the path, and by a process of its own.
MERGING = (
    BEGIN
    + """
import os, shutil, time
from fieldsales.storage import background
background.LARGE = 0
for number, name in enumerate(sys.argv[4:]):
    with book.change("pair", now) as change:
        for half in "ab":
            change.add(Account(change.new_id(), name=f"{round}-{number}{half}"))
        change.edit(Account, "shared", note=f"{round}-{number}")
    print("saved", number, 0, flush=True)
    if number % 3 == 0:
        book.merge(Path(name))
    else:
        book.background = number % 3 == 1
        shutil.copy(name, f"{path}.landing")
        os.replace(f"{path}.landing", path)
        book._looked = 0.0
        book.take_incoming()
        while book.is_merging:
            time.sleep(0.002)
            book.take_incoming()
    print("merged", number, flush=True)
print("done", flush=True)
"""
)


def names(path: Path) -> set[str]:
    """What the file holds, read as any other program would; it must be whole."""
    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name for (name,) in db.execute("SELECT name FROM account")}
    finally:
        db.close()


def check_pairs(found: set[str]) -> None:
    pairs = {name for name in found if name[-1] in "ab" and "-" in name}
    assert {name[:-1] + "a" for name in pairs} | {name[:-1] + "b" for name in pairs} == pairs, "torn"


def check_fold(folder: Path, data: Path) -> None:
    """The working database is whole, and its rows are what its operations make of them."""
    (work,) = data.glob("books/*/book.db")
    copy = folder / "looked at.db"
    for end in ("", "-wal"):
        Path(f"{copy}{end}").unlink(missing_ok=True)
        if Path(f"{work}{end}").exists():
            shutil.copyfile(f"{work}{end}", f"{copy}{end}")
    db = connect(copy)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        before = dump(db)
        db.execute("BEGIN")
        db.execute("UPDATE recorder SET off = 1")
        refold(db, "SELECT DISTINCT tbl, pk FROM main.op")
        assert dump(db) == before
        db.execute("ROLLBACK")
        orphans = db.execute("SELECT count(*) FROM contact WHERE account_id NOT IN (SELECT id FROM account)")
        assert orphans.fetchone() == (0,)
    finally:
        db.close()


def run_and_kill(child: str, after: float, *args: object) -> list[list[str]]:
    """The words of each line that the child said before it was killed, with whatever it had started."""
    process = subprocess.Popen(
        [sys.executable, "-c", child, *map(str, args)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    timer = threading.Timer(after, lambda: os.killpg(process.pid, signal.SIGKILL))
    timer.start()
    said = process.stdout.read()
    timer.cancel()
    process.wait()
    lines = said.splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def grow_old(path: Path) -> None:
    """As if an hour had passed: what a crash left beside the file is cleared away at the next opening."""
    for left in path.parent.glob(f".*{TEMPORARY}"):
        os.utime(left, (time.time() - 3600,) * 2)


def save_and_kill(tmp_path: Path, rounds: int, seed: int = 0) -> None:
    path, data = tmp_path / "book.db", tmp_path / "data"
    chance = random.Random(f"saving {seed}")
    saved: set[str] = set()
    for number in range(rounds):
        said = run_and_kill(SAVING, chance.uniform(0.01, 0.4), path, data, number)
        done = [int(words[1]) for words in said if words[0] == "saved"]
        typed = [int(words[1]) for words in said if words[0] == "typed"]
        saved |= {f"{number}-{n}{half}" for n in done for half in "ab"}
        in_file = {
            f"{number}-{n}{half}"
            for words in said
            if words[0] == "saved" and words[2] == "1"
            for n in range(int(words[1]) + 1)
            for half in "ab"
        }
        found = names(path)
        assert in_file <= found, "what was reported as in the file is in it"
        check_pairs(found)
        check_fold(tmp_path, data)
        book = Book.open(path, data)
        try:
            kept = {account.name for account in book.rows(Account)}
            assert saved <= kept, "what was reported as saved is there"
            check_pairs(kept)
            if typed:
                assert int(book.draft("log", "x")["typed"].split("-")[1]) >= typed[-1]
        finally:
            book.close()
        assert names(path) == kept
        grow_old(path)
    assert saved, "the children did save"


def machine(tmp_path: Path, path: Path, name: str) -> tuple[Book, Path]:
    """Another machine with a copy of the book of its own, in a folder of its own."""
    copy = tmp_path / name / "book.db"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    return Book.open(copy, tmp_path / f"data of {name}"), copy


def merge_and_kill(tmp_path: Path, rounds: int, seed: int = 0) -> None:
    path, data = tmp_path / "mine" / "book.db", tmp_path / "data"
    chance = random.Random(f"merging {seed}")
    book = Book.open(path, data, create=True)
    with book.change("begin", NOW) as change:
        change.add(Account("shared", name="shared"))
    book.publish_now()
    book.close()
    other, file = machine(tmp_path, path, "other")
    saved: set[str] = set()
    merged: set[str] = set()
    cut = 0
    try:
        for number in range(rounds):
            given = []
            theirs = []
            for part in range(3):
                other.take_incoming()
                rows = [(f"{number}.{part}.{n}", f"other-{number}.{part}.{n}", f"{number}") for n in range(120)]
                with other.change("many", NOW) as change:
                    change.put_many(Account, ("id", "name", "note"), rows)
                    change.edit(Account, "shared", note=f"other {number} {part}")
                assert other.publish_now().in_file
                given.append(tmp_path / f"copy {part}.db")
                shutil.copy(file, given[-1])
                theirs.append({name for _, name, _ in rows})
            said = run_and_kill(MERGING, chance.uniform(0.0, 0.6), path, data, number, *given)
            cut += ["done"] not in said
            saved |= {f"{number}-{words[1]}{half}" for words in said if words[0] == "saved" for half in "ab"}
            merged = merged.union(*(theirs[int(words[1])] for words in said if words[0] == "merged"))
            names(path)
            check_fold(tmp_path, data)
            book = Book.open(path, data)
            try:
                kept = {account.name for account in book.rows(Account)}
                assert saved <= kept, "what was reported as saved is there"
                assert merged <= kept, "what was reported as merged is there"
                for copy in given:
                    book.merge(copy)
                kept = {account.name for account in book.rows(Account)}
                merged = merged.union(*theirs)
                assert saved | merged <= kept
                check_pairs(kept)
                assert book.publish_now().in_file
            finally:
                book.close()
            assert names(path) == kept
            grow_old(path)
            if number % 10 == 9:
                other.merge(path)
                assert {account.name for account in other.rows(Account)} == kept
    finally:
        other.close()
    assert cut > rounds / 5 or rounds < 10, "many are killed while they are at it"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "touch", lambda *args: None)


def test_nothing_that_was_saved_is_lost_by_kill(tmp_path: Path) -> None:
    save_and_kill(tmp_path, 3)


def test_nothing_is_lost_by_kill_while_merging(tmp_path: Path) -> None:
    merge_and_kill(tmp_path, 2)


def with_fresh_books(loop: Callable[[Path, int, int], None], tmp_path: Path, rounds: int, part: int) -> None:
    """The loop over some rounds with each book: what they check takes longer the more there is in it."""
    for number, begin in enumerate(range(0, rounds, 25)):
        folder = tmp_path / str(number)
        folder.mkdir()
        loop(folder, min(25, rounds - begin), 1000 * part + number)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_nothing_that_was_saved_is_lost_by_many_kills(tmp_path: Path, part: int) -> None:
    with_fresh_books(save_and_kill, tmp_path, ROUNDS * 3 // 10, part)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_nothing_is_lost_by_many_kills_while_merging(tmp_path: Path, part: int) -> None:
    with_fresh_books(merge_and_kill, tmp_path, ROUNDS // 10, part)
