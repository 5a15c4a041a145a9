"""Getting the bytes of what was erased out of this machine's files.

A row that is deleted stays in the free pages of its database, in the search index and in every backup. `scour` writes
them all anew. What it could not reach is told, and done when it is next called: `local` holds a mark until then.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Collection
from contextlib import suppress
from datetime import date
from pathlib import Path

from fieldsales.domain.model import FieldsalesError
from fieldsales.domain.operations import RENEWALS, renewed
from fieldsales.storage import backups, derived
from fieldsales.storage.erasing import SCOUR, apply_erased
from fieldsales.storage.files import sync_file, sync_folder
from fieldsales.storage.homes import upgrade
from fieldsales.storage.reading import rules
from fieldsales.storage.salvage import ASIDE
from fieldsales.storage.schema import FORMAT, connect, version

TRIES = 20
PAUSE_SECONDS = 0.1
_BACKUP = ".scouring"
_EIGHT_BYTES = 1 << 47  # SQLite writes numbers from here on in eight bytes
_MOST_BYTES = 1 << 34  # looked through in some seconds


def is_due(work: sqlite3.Connection) -> bool:
    """Whether something was erased whose bytes may still be in this machine's files."""
    return work.execute("SELECT 1 FROM main.local WHERE key = ?", (SCOUR,)).fetchone() is not None


def scour(work: sqlite3.Connection, folder: Path) -> tuple[Path, ...]:
    """Write the working database, the derived rows and every known backup anew, and remove damaged copies that hold
    what was erased; the files that withstood.

    `work` is the connection to the working database with the derived rows attached, outside a transaction; `folder` the
    private folder of the book. The derived rows are empty afterwards until `refresh` has made them. The user's file
    is behind afterwards, so that the next publishing writes it anew.
    """
    left: list[Path] = []
    in_memory = not work.execute("PRAGMA main.database_list").fetchone()[2]
    if in_memory:
        work.execute("VACUUM main")
    elif not _vacuum(folder / "book.db"):
        left.append(folder / "book.db")
    if not _empty_cache(work):
        left.append(folder / derived.FILE_NAME)
    if not in_memory:  # else the folder is the user's own, in which nothing is ours
        for leftover in folder.glob("recover-*"):
            with suppress(OSError):
                if time.time() - leftover.stat().st_mtime > 600:
                    shutil.rmtree(leftover, ignore_errors=True)
        for backup in backups.kept(folder):
            try:
                _clean(work, backup.path, folder.name)
            except (OSError, sqlite3.Error, FieldsalesError):
                left.append(backup.path)
        # What is damaged cannot be cleaned; what could be read of it is in the book.
        for damaged in damaged_copies(work, folder):
            shutil.rmtree(damaged, ignore_errors=True)
            if damaged.exists():
                left.append(damaged)
    work.execute("BEGIN IMMEDIATE")
    work.execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
    if not left:
        work.execute("DELETE FROM local WHERE key = ?", (SCOUR,))
    work.execute("COMMIT")
    return tuple(left)


def scour_now(work: sqlite3.Connection, folder: Path, today: date | None) -> tuple[Path, ...]:
    """As `scour`, and make the derived rows for the day anew; what withstood. A trouble with a file is no trouble with
    the book: the mark stays and the next call tries again."""
    try:
        left = scour(work, folder)
    except (OSError, sqlite3.OperationalError):
        if work.in_transaction:
            work.execute("ROLLBACK")
        return (folder / "book.db",)
    if today is not None:
        for _ in derived.refresh(work, rules(work), today):
            pass
    return left


def damaged_copies(work: sqlite3.Connection, folder: Path) -> list[Path]:
    """The damaged databases that were moved aside in a book's folder and still hold something of what is erased."""
    kept = sorted(folder.glob(f"{ASIDE}*"))
    if not kept:
        return []
    # A row by its id. One operation by the beginning of its key: table and id, and the stamp as SQLite writes a number.
    sought = {
        f"{tbl}{pk}".encode() + hlc.to_bytes(8, "big") if hlc >= _EIGHT_BYTES else pk.encode()
        for tbl, pk, hlc in work.execute("SELECT tbl, pk, hlc FROM main.erased")
    }
    return [aside for aside in kept if any(_holds(file, sought) for file in aside.rglob("*") if file.is_file())]


def _holds(file: Path, sought: Collection[bytes]) -> bool:
    """Whether any of these bytes stand in a file; of one that cannot be read or would take long it is assumed."""
    try:
        data = file.read_bytes()
    except OSError:
        return True
    return len(data) * len(sought) > _MOST_BYTES or any(bytes_ in data for bytes_ in sought)


def _vacuum(path: Path) -> bool:
    """Write a working database anew and empty its log; False where another window keeps reading the old one."""
    connection = connect(path)
    try:
        connection.execute("VACUUM")
        connection.execute("PRAGMA busy_timeout=100")
        for _ in range(TRIES):
            if not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return True
            time.sleep(PAUSE_SECONDS)
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return False


def _empty_cache(work: sqlite3.Connection) -> bool:
    """Empty the derived rows and leave no byte of them in their file; False where another process keeps reading them.
    The file stays the one that other processes have attached."""
    try:
        with derived._of_cache():
            with derived._transaction(work):
                # Whoever is at work on rows of this basis is to find that they are another's now.
                derived._make_tables(work, derived._stamp(work).basis + 1)
            work.execute("VACUUM cache")
            for _ in range(TRIES):
                if not work.execute("PRAGMA cache.wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    return True
                time.sleep(PAUSE_SECONDS)
    except derived.CacheDamagedError:
        derived.reattach(work)
        return True
    return False


def _clean(work: sqlite3.Connection, path: Path, document_id: str) -> None:
    """Take out of a backup what was erased since, and put the result in its place."""
    new = path.with_name(f".{path.name}{_BACKUP}")
    sides = [Path(f"{new}{end}") for end in ("", "-wal", "-shm", "-journal")]
    try:
        shutil.copyfile(path, new)
        connection = connect(new)
        try:
            if version(connection) > FORMAT:
                raise OSError
            upgrade(connection, document_id)
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT OR IGNORE INTO main.erased VALUES (?, ?, ?, ?)",
                work.execute("SELECT tbl, pk, hlc, rnd FROM main.erased").fetchall(),
            )
            _take_renewed(work, connection)
            apply_erased(connection)
            connection.execute("DELETE FROM local WHERE key = ?", (SCOUR,))
            connection.execute("COMMIT")
            connection.execute("VACUUM")
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        finally:
            connection.close()
        with suppress(OSError):
            new.chmod(path.stat().st_mode & 0o777)
        sync_file(new)
        os.replace(new, path)
        sync_folder(path.parent)
    finally:
        for side in sides:
            side.unlink(missing_ok=True)


def _take_renewed(work: sqlite3.Connection, backup: sqlite3.Connection) -> None:
    """For each operation of the backup that was renewed, the one that stands in its place."""
    for tbl, pk, hlc, rnd in backup.execute(
        "SELECT tbl, pk, hlc, rnd FROM main.erased e WHERE hlc <> 0 AND EXISTS (SELECT 1 FROM main.op o"
        " WHERE o.tbl = e.tbl AND o.pk = e.pk AND o.hlc = e.hlc AND o.rnd = e.rnd)"
    ).fetchall():
        stamp = (hlc, rnd)
        for _ in range(RENEWALS):
            stamp = renewed(stamp)
            found = work.execute(
                "SELECT tbl, pk, hlc, rnd, site, act, patch, parents FROM main.op"
                " WHERE tbl = ? AND pk = ? AND hlc = ? AND rnd = ?",
                (tbl, pk, *stamp),
            ).fetchone()
            if found is not None:
                backup.execute("INSERT OR IGNORE INTO main.op VALUES (?, ?, ?, ?, ?, ?, ?, ?)", found)
                break
