"""Rows that name what was erased for good, or stand under it, because they were written where nobody knew of that.

What stands under it goes as well, as it would have gone had it been known; in other rows the columns that name it are
emptied. Both follow from the operations and from what is erased alone, so every copy that holds these does the same.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from zlib import crc32

from fieldsales.domain.frozen import dataclass
from fieldsales.storage.changing import Row
from fieldsales.storage.erasing import apply_erased, links_of
from fieldsales.storage.refolding import refold
from fieldsales.storage.schema import COLUMNS, OP, OWNED

# Table and SQL for the id of what a row `r` of it is owned by.
_OWNERS: tuple[tuple[str, str], ...] = (
    *((table, f"r.{column}") for owned in OWNED.values() for table, column in owned),
    ("policy", "r.scope_id"),
    ("put_off", "CASE WHEN r.what LIKE 'task:%' THEN substr(r.what, 6) END"),
)
EVERYTHING = " UNION ALL ".join(f"SELECT '{table}' AS tbl, id AS pk FROM main.{table}" for table in COLUMNS)


@dataclass(frozen=True, slots=True)
class Loosened:
    """How many rows went and how many name nothing any more; the accounts and tables concerned."""

    gone: int = 0
    emptied: int = 0
    accounts: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        return self.gone + self.emptied


def loosen(connection: sqlite3.Connection, which: str, newly: str = "SELECT ''") -> Loosened:
    """Put right the rows that `which` selects (tbl, pk), and all that name an id of those that `newly` selects.

    Runs inside the caller's transaction, with recording switched off.
    """
    execute = connection.execute
    if execute("SELECT 1 FROM main.erased WHERE hlc = 0 LIMIT 1").fetchone() is None:
        return Loosened()
    for table, columns in (("void", "pk"), ("voided", "pk"), ("looked", "tbl, pk")):
        execute(f"CREATE TEMP TABLE IF NOT EXISTS {table}({columns}, PRIMARY KEY({columns})) WITHOUT ROWID")
        execute(f"DELETE FROM temp.{table}")
    execute("INSERT INTO temp.void SELECT DISTINCT pk FROM main.erased WHERE hlc = 0")
    execute(f"INSERT OR IGNORE INTO temp.looked {which}")
    execute(f"INSERT OR IGNORE INTO temp.voided {newly}")
    _look_at_naming(connection)
    gone: list[Row] = []
    while owned := list(dict.fromkeys(_owned(connection))):
        gone += owned
        execute("DELETE FROM temp.voided")
        for table, id in owned:
            execute("INSERT OR IGNORE INTO main.erased VALUES (?, ?, 0, 0)", (table, id))
            execute("INSERT OR IGNORE INTO temp.void VALUES (?)", (id,))
            execute("INSERT OR IGNORE INTO temp.voided VALUES (?)", (id,))
            execute("DELETE FROM temp.looked WHERE tbl = ? AND pk = ?", (table, id))
        apply_erased(connection, "SELECT e.tbl, e.pk, 0, 0 FROM main.erased e JOIN temp.voided v USING (pk)")
        _look_at_naming(connection)
    emptied = [(table, id) for table, id, empty in _naming(connection) if _write(connection, table, id, empty)]
    execute("DELETE FROM temp.looked")
    connection.executemany("INSERT INTO temp.looked VALUES (?, ?)", emptied)
    _, accounts, tables, _ = refold(connection, "SELECT tbl, pk FROM temp.looked")
    return Loosened(len(gone), len(emptied), accounts, tables | {table for table, _ in gone})


def _look_at_naming(connection: sqlite3.Connection) -> None:
    """Look as well at the rows that name something that was erased just now."""
    if connection.execute("SELECT 1 FROM temp.voided LIMIT 1").fetchone() is None:
        return
    named = [*_OWNERS, *((table, f"r.{column}") for table in COLUMNS for column in links_of(table))]
    for table, id in dict.fromkeys(named):
        connection.execute(
            f"INSERT OR IGNORE INTO temp.looked SELECT '{table}', r.id FROM main.{table} r"
            f" WHERE {id} IN (SELECT pk FROM temp.voided)"
        )


def _owned(connection: sqlite3.Connection) -> Iterator[Row]:
    """The rows looked at that stand under what is erased."""
    for table, id in _OWNERS:
        for (key,) in connection.execute(
            f"SELECT r.id FROM temp.looked l CROSS JOIN main.{table} r ON r.id = l.pk"
            f" WHERE l.tbl = '{table}' AND {id} IN (SELECT pk FROM temp.void)"
        ).fetchall():
            yield table, key


def _naming(connection: sqlite3.Connection) -> list[tuple[str, str, dict[str, str]]]:
    """The rows looked at that name what is erased, with what their columns become."""
    found = []
    for table in COLUMNS:
        links = links_of(table)
        if not links:
            continue
        for key, *named in connection.execute(
            f"SELECT r.id, {', '.join(f'r.{link} IN (SELECT pk FROM temp.void)' for link in links)}"
            f" FROM temp.looked l CROSS JOIN main.{table} r ON r.id = l.pk WHERE l.tbl = '{table}'"
        ).fetchall():
            empty = {link: "" for link, erased in zip(links, named, strict=True) if erased}
            if empty:
                found.append((table, key, empty))
    return found


def _write(connection: sqlite3.Connection, table: str, id: str, empty: dict[str, str]) -> bool:
    """Empty columns by an operation that is made from those it follows and nothing else; False for a row without."""
    heads = connection.execute("SELECT hlc, rnd FROM main.head WHERE tbl = ? AND pk = ?", (table, id)).fetchall()
    if not heads:
        return False
    parents = json.dumps(sorted(map(list, heads)), separators=(",", ":"))
    patch = json.dumps(empty, separators=(",", ":"))
    connection.execute(
        f"INSERT OR IGNORE INTO main.op({OP}) VALUES (?, ?, ?, ?, '', 'merge', ?, ?)",
        (table, id, max(heads)[0] + 1, crc32((patch + parents).encode()), patch, parents),
    )
    return True
