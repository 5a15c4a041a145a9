"""Taking the book back to a backup: by new operations in one act, so that history is kept and copies still merge."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import TABLES, Changed
from fieldsales.storage.schema import COLUMNS

if TYPE_CHECKING:
    from fieldsales.storage.book import Book

_Row = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """How many rows were written and taken out, and what that changed (None where nothing was written)."""

    put: int
    removed: int
    changed: Changed | None = None


def replace(book: Book, source: Path, now: datetime, *, dry_run: bool = False) -> Restored:
    """Make the book's rows those of another state of it: a backup or a copy. What was erased for good stays away.

    One act, which undo takes back whole; with `dry_run` only counted. Raises the errors of opening, DifferentBook, and
    those of writing.
    """
    with (
        tempfile.TemporaryDirectory(prefix="fieldsales-") as scratch,
        closing(_state_of(book, source, Path(scratch))) as then,
    ):
        put: dict[str, list[_Row]] = {}
        gone: dict[str, list[str]] = {}
        for table in COLUMNS:
            put[table], gone[table] = _difference(book.work, then, table)
        counts = sum(map(len, put.values())), sum(map(len, gone.values()))
        if dry_run or not any(counts):
            return Restored(*counts)
        with book.change("restore", now) as change:
            for table, ids in gone.items():
                for id in ids:
                    change.remove(TABLES[table], id)
            for table, rows in put.items():
                if rows:
                    change.put_many(TABLES[table], COLUMNS[table], rows)
        return Restored(*counts, change.changed)


def _state_of(book: Book, source: Path, scratch: Path) -> sqlite3.Connection:
    """The rows of a file as its operations make them, without those erased here, in memory."""
    from fieldsales.storage.looking import fresh
    from fieldsales.storage.merging import merge_file

    then = fresh(book.document_id)
    try:
        erased = book.work.execute("SELECT tbl, pk, hlc, rnd FROM main.erased").fetchall()
        then.executemany("INSERT INTO main.erased VALUES (?, ?, ?, ?)", erased)
        merge_file(then, source, scratch, lambda result: None, own_name=book.path.name)
    except BaseException:
        then.close()
        raise
    return then


def _difference(ours: sqlite3.Connection, theirs: sqlite3.Connection, table: str) -> tuple[list[_Row], list[str]]:
    """The rows of theirs that ours lack or hold otherwise, and the ids of ours that theirs lack."""
    query = f"SELECT {', '.join(COLUMNS[table])} FROM main.{table} ORDER BY id"
    own: Iterator[_Row] = ours.execute(query)
    put: list[_Row] = []
    gone: list[str] = []
    here = next(own, None)
    for there in theirs.execute(query):
        while here is not None and str(here[0]) < there[0]:
            gone.append(str(here[0]))
            here = next(own, None)
        if here is not None and here[0] == there[0]:
            if here != there:
                put.append(there)
            here = next(own, None)
        else:
            put.append(there)
    while here is not None:
        gone.append(str(here[0]))
        here = next(own, None)
    return put, gone
