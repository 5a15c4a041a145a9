"""Two copies of one book, edited apart: `python copies.py FOLDER --accounts N`, by the Python that is measured.

One account in ten is worked on, with every row that belongs to it, in both copies. Of its rows seven in twenty get
another value in the same cell, six are edited in different cells, five in a common cell and another one, and two are
deleted in one copy and edited in the other. `base.db`, `mine.db` and `theirs.db` are books, written by plain SQL
through the book's own triggers; the same content without any history stands in `plain-*.db`, whose rows say when they
were changed; `edits.db` lists each cell that was typed and each deletion. Prints the folder.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).parents[1]))  # last: it is the installed program that is measured

from benchmarks import books

MONTHS = 24
ACTIVITIES = 1
CELLS = {
    "account": ("phone", "note"),
    "contact": ("mobile", "title"),
    "amount": ("amount", "orders"),
    "activity": ("heard", "said"),
}
GONE = "_deleted"
MOMENT = 1_800_000_000_000  # ms, of the first edit; no row was changed later before


class Edit(NamedTuple):
    """One cell typed, or a row deleted (`col` is then `_deleted`), in the copy `side`, at a moment in ms."""

    side: str
    tbl: str
    pk: str
    col: str
    val: str | int | None
    at: int


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose one transaction is committed at the end; a file left half-made is of no use."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()


@contextlib.contextmanager
def recorded(path: Path, act: str) -> Iterator[sqlite3.Connection]:
    """The same for a book, everything under one action."""
    with opened(path) as connection:
        connection.execute("UPDATE recorder SET act = ?, site = ?", (act, act))
        connection.execute("INSERT OR IGNORE INTO site VALUES (?, ?)", (act, act))
        yield connection
        connection.execute("UPDATE recorder SET act = '', site = ''")


def worked_on(number: int) -> bool:
    """Whether the account of that number is edited: one in ten, and one in ten of those that have amounts."""
    return number // 10 % 10 == number % 10


def edits(accounts: int) -> Iterator[Edit]:
    """What is typed in both copies; accounts first, as their rows touch them."""
    chosen: set[str | int | None] = set()
    at = MOMENT
    for table, _, rows in books.tables(accounts, MONTHS, ACTIVITIES):
        one, other = CELLS[table]
        turn = 0
        for number, row in enumerate(rows):
            if table == "account":
                if not worked_on(number):
                    continue
                chosen.add(row[0])
            elif row[1] not in chosen:
                continue
            kind = turn % (18 if table == "account" else 20)  # an account is not deleted: its rows would go with it
            turn += 1
            at += 2
            for side in ("mine", "theirs"):
                value: str | int = at + (side == "mine") if table == "amount" else f"{side} {turn}"
                cells: tuple[str, ...] = (one,)
                if side == "theirs" and 7 <= kind < 13:
                    cells = (other,)
                elif side == "mine" and 13 <= kind < 18:
                    cells = (one, other)
                elif kind == (18 if side == "theirs" else 19):
                    cells, value = (GONE,), 1
                moment = at + (side == ("mine" if turn % 3 else "theirs"))
                for cell in cells:
                    yield Edit(side, table, str(row[0]), cell, value, moment)


def apply(connection: sqlite3.Connection, those: list[Edit], stamped: bool) -> None:
    """Do the edits of one copy; a `stamped` one notes when a row was changed, and which rows are gone."""
    rows: dict[tuple[str, str], list[Edit]] = {}
    for edit in those:
        rows.setdefault((edit.tbl, edit.pk), []).append(edit)
    for (table, pk), cells in rows.items():
        if cells[0].col == GONE:
            connection.execute(f"DELETE FROM {table} WHERE id = ?", (pk,))
            if stamped:
                connection.execute("INSERT INTO gone VALUES (?, ?, ?)", (table, pk, cells[0].at))
            continue
        values: dict[str, str | int | None] = {cell.col: cell.val for cell in cells}
        if stamped:
            values["changed"] = cells[0].at
        named = ", ".join(f"{name} = ?" for name in values)
        connection.execute(f"UPDATE {table} SET {named} WHERE id = ?", (*values.values(), pk))


def make(home: Path, accounts: int) -> None:
    from fieldsales.storage.book import Book

    base = home / "base.db"
    Book.open(base, home / "first", create=True).close()
    shutil.rmtree(home / "first")
    with recorded(base, "first") as book, opened(home / "plain-base.db") as plain:
        plain.execute("CREATE TABLE gone(tbl TEXT, id TEXT, at INTEGER, PRIMARY KEY(tbl, id))")
        for table, columns, rows in books.tables(accounts, MONTHS, ACTIVITIES):
            marks = ", ".join("?" * len(columns))
            book.executemany(f"INSERT INTO {table}({', '.join(columns)}) VALUES ({marks})", rows)
            names = [name for _, name, *_ in book.execute(f"PRAGMA table_info({table})")]
            plain.execute(f"CREATE TABLE {table}(id TEXT PRIMARY KEY NOT NULL, {', '.join(names[1:])}, changed)")
            marks = ", ".join("?" * len(names))
            plain.executemany(f"INSERT INTO {table} VALUES ({marks}, 0)", book.execute(f"SELECT * FROM {table}"))
    typed = list(edits(accounts))
    for side in ("mine", "theirs"):
        own = [edit for edit in typed if edit.side == side]
        for kind in ("", "plain-"):
            copy = home / f"{kind}{side}.db"
            shutil.copyfile(home / f"{kind}base.db", copy)
            with opened(copy) if kind else recorded(copy, side) as connection:
                apply(connection, own, bool(kind))
    with opened(home / "edits.db") as list_:
        list_.execute("CREATE TABLE edit(side, tbl, pk, col, val, at)")
        list_.executemany("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?)", typed)


def two_copies(folder: Path, accounts: int) -> Path:
    """The folder of such copies, made below `folder` where it is not there yet."""
    home = folder / f"copies-{accounts}"
    whole = home / "whole"  # written last
    if not whole.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        make(home, accounts)
        whole.touch()
    return home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=10_000)
    said = parser.parse_args()
    print(two_copies(said.folder, said.accounts))


if __name__ == "__main__":
    main()
