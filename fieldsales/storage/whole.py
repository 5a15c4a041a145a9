"""The whole book, row by row, for an export; and a book put together again from the parts of one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.storage.errors import BookDamaged, in_words
from fieldsales.storage.files import place_new, sync_file, sync_folder
from fieldsales.storage.homes import upgrade
from fieldsales.storage.publishing import snapshot
from fieldsales.storage.schema import COLUMNS, DEFAULTS, connect

if TYPE_CHECKING:
    from fieldsales.storage.book import Book

Value = str | int | None

KEPT = {
    "op": "tbl, pk, hlc, rnd, site, act, patch, parents",
    "site": "site, label",
    "meta": "key, value",
    "erased": "tbl, pk, hlc, rnd",
}
"""What is exported besides the tables, in the order of its columns. Heads and conflicts follow from the operations."""

_ORDER = {"op": "tbl, pk, hlc, rnd", "site": "site", "meta": "key", "erased": "tbl, pk, hlc, rnd"}


class Reading:
    """A moment of a book: its tables and what is in KEPT, by their names."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def count(self, table: str) -> int:
        number: int = self._connection.execute(f"SELECT count(*) FROM main.{table}").fetchone()[0]
        return number

    def rows(self, table: str) -> Iterator[tuple[Value, ...]]:
        """The rows, sorted. Raises BookDamaged where one is no text."""
        columns = KEPT.get(table) or ", ".join(COLUMNS[table])
        try:
            yield from self._connection.execute(
                f"SELECT {columns} FROM main.{table} ORDER BY {_ORDER.get(table, 'id')}"
            )
        except sqlite3.OperationalError as error:
            if "UTF-8" in str(error):
                raise BookDamaged(name=self._name) from error
            raise


@dataclass(frozen=True, slots=True)
class Source:
    """Where a book is read from, also by another thread; a book that is only in memory by its own thread."""

    name: str
    file: str  # of the working database, "" where there is none
    connection: sqlite3.Connection

    @contextmanager
    def still(self) -> Iterator[Reading]:
        """Everything as it stood at one moment, whoever writes meanwhile."""
        connection = connect(Path(self.file)) if self.file else self.connection
        try:
            connection.execute("BEGIN")
            try:
                # The first reading fixes the moment.
                connection.execute("SELECT count(*) FROM main.meta").fetchone()
                yield Reading(connection, self.name)
            finally:
                connection.execute("ROLLBACK")
        finally:
            if self.file:
                connection.close()


def source(book: Book) -> Source:
    file = next((row[2] for row in book.work.execute("PRAGMA database_list") if row[1] == "main"), "")
    return Source(book.path.name, file or "", book.work)


# --- putting together -----------------------------------------------------------------------------------------------


class Parts:
    """A book's history without its rows, in a file of its own that can be merged.

    `name` is what the user is told where it turns out to be none. Given up with `close`.
    """

    def __init__(self, path: Path, document_id: str, name: str) -> None:
        self.path = path
        self._name = name
        with in_words(name):
            self._connection = _fresh(path, document_id)
            self._connection.execute("DELETE FROM site")

    def take(self, table: str, rows: Iterable[Sequence[Value]]) -> None:
        """Take the rows of one of KEPT. Raises BookDamaged where they cannot be its rows."""
        marks = ", ".join("?" * len(KEPT[table].split(", ")))
        how = "INSERT OR IGNORE" if table == "meta" else "INSERT"
        with in_words(self._name):
            self._connection.execute("BEGIN")
            try:
                self._connection.execute("UPDATE recorder SET off = 1")
                self._connection.executemany(f"{how} INTO {table}({KEPT[table]}) VALUES ({marks})", rows)
                self._connection.execute("UPDATE recorder SET off = 0")
                self._connection.execute("COMMIT")
            except (sqlite3.IntegrityError, OverflowError, UnicodeError) as error:
                raise BookDamaged(name=self._name) from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Leave a closed file at `path`."""
        with in_words(self._name):
            self._connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        self._connection.close()


class Draft:
    """A book made of the parts of an export, its rows folded, apart from any other; edits in it are recorded.

    `act` is the name under which they are, `site` the machine they are said to come from ("" a new one).
    """

    def __init__(self, path: Path, parts: Path, document_id: str, name: str, act: str, site: str) -> None:
        from fieldsales.storage.merging import merge_file

        self.act = act
        self._name = name
        with in_words(name):
            self._connection = _fresh(path, document_id)
            try:
                merge_file(self._connection, parts, path.parent, lambda result: None, name)
                if site:
                    self._connection.execute("DELETE FROM site WHERE site = (SELECT site FROM recorder)")
                    self._connection.execute("UPDATE recorder SET site = ?", (site,))
                self._connection.execute("UPDATE recorder SET act = ?", (act,))
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def editing(self) -> Iterator[None]:
        """One transaction around all edits."""
        with in_words(self._name):
            self._connection.execute("BEGIN")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def row(self, table: str, id: str) -> tuple[Value, ...] | None:
        """The row as the operations make it, and as edited so far."""
        found: tuple[Value, ...] | None = self._connection.execute(
            f"SELECT {', '.join(COLUMNS[table])} FROM {table} WHERE id = ?", (id,)
        ).fetchone()
        return found

    def count(self, table: str) -> int:
        number: int = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return number

    def add(self, table: str, values: Mapping[str, Value]) -> None:
        """Write a new row; columns that are not named have their defaults."""
        row = {**dict(zip(COLUMNS[table], DEFAULTS[table], strict=True)), **values}
        marks = ", ".join("?" * len(row))
        self._connection.execute(f"INSERT INTO {table}({', '.join(row)}) VALUES ({marks})", list(row.values()))

    def edit(self, table: str, id: str, values: Mapping[str, Value]) -> None:
        places = ", ".join(f"{column} = ?" for column in values)
        self._connection.execute(f"UPDATE {table} SET {places} WHERE id = ?", [*values.values(), id])

    def forget_known(self, book: Book) -> int:
        """Drop the edits that this book took from the same export before; how many rows they are.

        An edit is the same where it writes the same after the same: then a second import changes nothing.
        """
        known = [
            (tbl, pk, hlc, rnd)
            for tbl, pk, hlc, rnd, patch, parents in self._connection.execute(
                "SELECT tbl, pk, hlc, rnd, patch, parents FROM op WHERE act = ?", (self.act,)
            )
            if book.work.execute(
                "SELECT 1 FROM main.op WHERE tbl = ? AND pk = ? AND patch = ? AND parents = ? AND act LIKE 'import:%'",
                (tbl, pk, patch, parents),
            ).fetchone()
        ]
        touches = 0
        with self.editing():
            for tbl, pk, hlc, rnd in known:
                (patch,) = self._connection.execute(
                    "SELECT patch FROM op WHERE tbl = ? AND pk = ? AND hlc = ? AND rnd = ?", (tbl, pk, hlc, rnd)
                ).fetchone()
                touches += not json.loads(patch)
                self._connection.execute(
                    "DELETE FROM op WHERE tbl = ? AND pk = ? AND hlc = ? AND rnd = ?", (tbl, pk, hlc, rnd)
                )
        return len(known) - touches

    def save(self, path: Path) -> None:
        """Write it as a closed file, with nothing in it that belongs to a machine."""
        with in_words(self._name):
            snapshot(self._connection, path)

    def close(self) -> None:
        self._connection.close()


def _fresh(path: Path, document_id: str) -> sqlite3.Connection:
    connection = connect(path)
    # It is thrown away after a crash: nothing has to wait for the disk.
    connection.execute("PRAGMA journal_mode=MEMORY").fetchone()
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA temp_store=FILE")
    upgrade(connection, document_id)
    return connection


def is_blank(book: Book) -> bool:
    """Whether nothing was ever written in the book."""
    return book.work.execute("SELECT 1 FROM main.op UNION ALL SELECT 1 FROM main.erased LIMIT 1").fetchone() is None


def give_up_blank(book: Book) -> None:
    """Close a blank book and take it away, so that another one can have its place."""
    import shutil

    if not is_blank(book):
        raise ValueError("not blank")
    file = source(book).file
    book.close()
    book.path.unlink(missing_ok=True)
    if file:
        shutil.rmtree(Path(file).parent, ignore_errors=True)


def offer_undo(book: Book, act: str) -> None:
    """Let the edits of an act that was merged be taken back as one."""
    from fieldsales.storage.turning import Acts, load, save

    acts = load(book.work)
    save(book.work, Acts((*acts.undo, (act, None)), (), acts.without))


def site_of(book: Book) -> str:
    """The label under which this machine records in the book."""
    site: str = book.work.execute("SELECT site FROM main.recorder").fetchone()[0]
    return site


def place(file: Path, path: Path) -> None:
    """Put a closed book at a path where none stands. Raises FileExistsError, and OSError where it cannot be written."""
    import os
    import shutil

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.fieldsales-part")
    try:
        shutil.copyfile(file, temporary)
        sync_file(temporary)
        place_new(temporary, path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
