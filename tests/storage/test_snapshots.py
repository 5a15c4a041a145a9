"""Copying the working database's file: whole and current whoever writes, and harmless to whoever has it open."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldsales.storage import snapshots
from fieldsales.storage.schema import connect


@pytest.fixture
def work(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "work.db")
    connection.execute("CREATE TABLE pair(half TEXT, number INTEGER, filling TEXT)")
    yield connection
    connection.close()


def write(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for half in "ab":
        connection.execute("INSERT INTO pair VALUES (?, ?, ?)", (half, number, "x" * 3000))
    connection.execute("COMMIT")


def numbers(path: Path) -> list[int]:
    """The pairs in a copy, which must be whole: closed, sound, and holding whole transactions."""
    assert path.read_bytes()[18:20] == b"\1\1"
    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        halves = {half: [n for (n,) in db.execute("SELECT number FROM pair WHERE half = ?", half)] for half in "ab"}
    finally:
        db.close()
    assert halves["a"] == halves["b"]
    return halves["a"]


@pytest.fixture
def no_backup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails where the file could not be copied and SQLite's backup would step in."""
    real = snapshots._copy_file

    def copy_file(connection: sqlite3.Connection, target: Path) -> bool:
        assert real(connection, target)
        return True

    monkeypatch.setattr(snapshots, "_copy_file", copy_file)


@pytest.mark.usefixtures("no_backup")
def test_a_copy_holds_what_was_committed_and_is_closed(work: sqlite3.Connection, tmp_path: Path) -> None:
    for number in range(3):
        write(work, number)
        snapshots.copy_database(work, tmp_path / "copy.db")
        assert numbers(tmp_path / "copy.db") == list(range(number + 1))


def test_what_is_not_committed_is_not_in_the_copy(work: sqlite3.Connection, tmp_path: Path) -> None:
    write(work, 0)
    other = connect(tmp_path / "work.db")
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO pair VALUES ('a', 1, '')")
    snapshots.copy_database(work, tmp_path / "copy.db")
    other.execute("ROLLBACK")
    other.close()
    assert numbers(tmp_path / "copy.db") == [0]


def test_a_reader_of_an_older_state_does_not_keep_the_newest_out_of_the_copy(
    work: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "ATTEMPTS", 2)
    write(work, 0)
    old = connect(tmp_path / "work.db")
    old.execute("BEGIN")
    old.execute("SELECT * FROM pair").fetchall()
    write(work, 1)
    assert not snapshots._copy_file(work, tmp_path / "copy.db"), "the file lacks what is in the log"
    snapshots.copy_database(work, tmp_path / "copy.db")
    assert numbers(tmp_path / "copy.db") == [0, 1]
    old.close()


@pytest.mark.usefixtures("no_backup")
def test_nobody_writes_in_the_file_while_it_is_copied(
    work: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saves go on in the log meanwhile, and no checkpoint carries them into the file."""
    monkeypatch.setattr(snapshots, "CHUNK", 4096)
    other = connect(tmp_path / "work.db")
    real = snapshots._read
    newest = [0]

    def read(source: int, buffer: bytearray, offset: int) -> int:
        newest[0] += 1
        write(other, newest[0])
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return real(source, buffer, offset)

    other.execute("PRAGMA busy_timeout=0")
    write(work, 0)
    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "_read", read)
        snapshots.copy_database(work, tmp_path / "copy.db")
    assert numbers(tmp_path / "copy.db") == [0]
    snapshots.copy_database(work, tmp_path / "copy.db")
    assert numbers(tmp_path / "copy.db") == list(range(newest[0] + 1))
    assert newest[0] > 3
    other.close()


WRITER = """
import sys
from pathlib import Path
from fieldsales.storage.schema import connect
for number in range(1, 1_000_000):
    db = connect(Path(sys.argv[1]))
    for _ in range(3):
        db.execute("BEGIN IMMEDIATE")
        for half in "ab":
            db.execute("INSERT INTO pair VALUES (?, ?, ?)", (half, number, "x" * 3000))
        db.execute("COMMIT")
    db.close()
"""


def test_copies_are_whole_while_another_process_writes_opens_and_closes(
    work: sqlite3.Connection, tmp_path: Path
) -> None:
    write(work, 0)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "work.db")], cwd=Path(__file__).parents[2])
    try:
        last = 0
        for number in range(25):
            target = tmp_path / f"copy {number}.db"
            before = work.execute("SELECT count(*) FROM pair WHERE half = 'a'").fetchone()[0]
            snapshots.copy_database(work, target)
            found = len(numbers(target))
            assert found >= max(before, last)
            last = found
            target.unlink()
    finally:
        writer.kill()
        writer.wait()


def opened_and_closed_elsewhere(path: Path) -> None:
    program = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM pair').fetchall(); c.close()"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="locks are not lost there")
def test_copying_does_not_take_away_the_locks_of_the_open_book(work: sqlite3.Connection, tmp_path: Path) -> None:
    """Else another process takes itself for the last one when it closes the database, and removes the log in use."""
    write(work, 0)
    snapshots.copy_database(work, tmp_path / "copy.db")
    log = tmp_path / "work.db-wal"
    before = log.stat().st_ino
    opened_and_closed_elsewhere(tmp_path / "work.db")
    assert log.stat().st_ino == before
    (tmp_path / "work.db").read_bytes()  # the counterpart: closing any descriptor takes the locks away
    opened_and_closed_elsewhere(tmp_path / "work.db")
    assert not log.exists()


def test_a_database_in_memory_is_copied_too(tmp_path: Path) -> None:
    connection = connect(None)
    connection.execute("CREATE TABLE pair(half TEXT, number INTEGER, filling TEXT)")
    write(connection, 7)
    snapshots.copy_database(connection, tmp_path / "copy.db")
    assert numbers(tmp_path / "copy.db") == [7]


def test_only_so_many_files_are_kept_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "KEPT", 2)
    monkeypatch.setattr(snapshots, "_sources", {})
    for number in range(4):
        connection = connect(tmp_path / f"{number}.db")
        connection.execute("CREATE TABLE pair(half TEXT, number INTEGER, filling TEXT)")
        write(connection, number)
        snapshots.copy_database(connection, tmp_path / "copy.db")
        assert numbers(tmp_path / "copy.db") == [number]
        connection.close()
    assert len(snapshots._sources) == (0 if sys.platform == "win32" else 2)


def test_two_threads_may_copy_at_once(work: sqlite3.Connection, tmp_path: Path) -> None:
    write(work, 0)

    def copy(name: str) -> None:
        connection = connect(tmp_path / "work.db")
        for _ in range(10):
            snapshots.copy_database(connection, tmp_path / name)
        connection.close()

    threads = [threading.Thread(target=copy, args=(f"{number}.db",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(tmp_path / "0.db") == numbers(tmp_path / "1.db") == [0]
