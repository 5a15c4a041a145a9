"""Books in memory: to be looked at only (a backup, a copy, an older day), or to leave nothing on a borrowed machine."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from fieldsales.storage.schema import connect


def fresh(document_id: str) -> sqlite3.Connection:
    """An empty working database in memory, with its derived rows attached."""
    from fieldsales.storage import derived
    from fieldsales.storage.homes import upgrade

    work = connect(None)
    upgrade(work, document_id)
    derived.attach(work, None)
    return work


def of_file(path: Path) -> tuple[sqlite3.Connection, str]:
    """What a file holds, made from its operations, and the id of the book. The file itself is only read.

    Raises the errors of the header's check and BookDamaged.
    """
    from fieldsales.storage.merging import merge_file
    from fieldsales.storage.staging import document_of

    with tempfile.TemporaryDirectory(prefix="fieldsales-") as scratch:
        document_id = document_of(path, Path(scratch))
        work = fresh(document_id)
        try:
            merge_file(work, path, Path(scratch), lambda result: None)
        except BaseException:
            work.close()
            raise
    return work, document_id


def of_moment(ours: sqlite3.Connection, document_id: str, moment_ms: int) -> sqlite3.Connection:
    """The book as its operations up to a moment make it; `moment_ms` is milliseconds since 1970, UTC.

    The moment of an operation is what the clock of its machine said.
    """
    from fieldsales.storage.refolding import refold

    work = fresh(document_id)
    columns = "tbl, pk, hlc, rnd, site, act, patch, parents"
    work.execute("BEGIN")
    work.execute("UPDATE recorder SET off = 1")
    work.executemany(
        f"INSERT INTO op({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ours.execute(f"SELECT {columns} FROM main.op WHERE hlc < ?", ((moment_ms + 1) << 16,)),
    )
    work.executemany("INSERT OR IGNORE INTO site VALUES (?, ?)", ours.execute("SELECT site, label FROM main.site"))
    refold(work, "SELECT DISTINCT tbl, pk FROM main.op")
    work.execute("UPDATE recorder SET off = 0")
    work.execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
    work.execute("COMMIT")
    return work
