"""What the tables are: the names that recording, merging and reading share, and how a connection is set up."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from fieldsales.domain.frozen import fields
from fieldsales.domain.model import TABLES

APPLICATION_ID = 0x46534E42  # "FSNB" in bytes 68 to 71 of the file
FORMAT = 3  # PRAGMA user_version: the number of the newest migration

# Columns of the tables that are recorded and merged, `id` first.
COLUMNS: dict[str, tuple[str, ...]] = {
    table: tuple(field.name for field in fields(kind)) for table, kind in TABLES.items()
}
DEFAULTS: dict[str, tuple[str | int | None, ...]] = {
    table: ("", *(field.default for field in fields(kind)[1:]))  # type: ignore[arg-type]  # but for the id all have one
    for table, kind in TABLES.items()
}
TABLE_OF: dict[type, str] = {kind: table for table, kind in TABLES.items()}

OP = "tbl, pk, hlc, rnd, site, act, patch, parents"  # the columns of `op`

# Which columns name the row that a row stands under. Writing a row touches those rows, so that a delete that
# had not seen the writing does not leave it without its account, case or person.
PARENTS: dict[str, tuple[tuple[str, str], ...]] = {
    table: tuple(
        (column, parent)
        for column, parent in (("account_id", "account"), ("contact_id", "contact"), ("case_id", "churn_case"))
        if column in columns
    )
    for table, columns in COLUMNS.items()
}
# Tables whose rows are removed together with the row they stand under.
OWNED: dict[str, tuple[tuple[str, str], ...]] = {
    "account": tuple((table, "account_id") for table, columns in COLUMNS.items() if "account_id" in columns),
    "churn_case": tuple((table, "case_id") for table in ("case_item", "case_event", "cause", "cover")),
    "sheet": (("sheet_item", "sheet_id"),),
}
# Columns of other rows that name a row: they are emptied when it is removed, for whatever a living row names lives.
NAMED_BY: dict[str, tuple[tuple[str, str], ...]] = {
    parent: tuple(
        (table, column)
        for table, above in PARENTS.items()
        for column, named in above
        if named == parent and (table, column) not in OWNED.get(parent, ())
    )
    for parent in ("account", "contact", "churn_case")
}


def connect(path: Path | None) -> sqlite3.Connection:
    """A connection to a working database: transactions begin by hand, rows are tuples, a commit reaches the disk.

    Without a path the database is in memory.
    """
    name = ":memory:" if path is None else uri(path)
    connection = sqlite3.connect(name, uri=True, isolation_level=None, timeout=10, cached_statements=512)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


def uri(path: Path, options: str = "") -> str:
    """The path as SQLite's URI, so that a name may hold any character."""
    return "file:" + quote(str(path)) + options


def version(connection: sqlite3.Connection) -> int:
    """The number of the newest migration that the file has seen, 0 for a new one."""
    number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number
