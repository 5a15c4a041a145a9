"""Getting the bytes of what was erased out of this machine's files.

A row that is deleted stays in the free pages of its database, in the search index and in every backup. `scour` writes
them all anew. What it could not reach is told, and done when it is next called: `local` holds a mark until then.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
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
from fieldsales.storage.schema import FORMAT, connect, version

TRIES = 20
PAUSE_SECONDS = 0.1
_BACKUP = ".scouring"


def is_due(work: sqlite3.Connection) -> bool:
    """Whether something was erased whose bytes may still be in this machine's files."""
    return work.execute("SELECT 1 FROM main.local WHERE key = ?", (SCOUR,)).fetchone() is not None


def scour(work: sqlite3.Connection, folder: Path) -> tuple[Path, ...]:
    """Write the working database, the derived rows and every known backup anew; the files that withstood.

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
    derived.reattach(work)
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
