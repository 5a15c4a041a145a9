"""Many rows of one table at once, for imports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fieldsales.storage.schema import COLUMNS


class Put(NamedTuple):
    """How many rows were new, changed, or stood there already, and the accounts of the first two."""

    made: int
    updated: int
    same: int
    accounts: frozenset[str]


def put_many(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[str | int | None]]
) -> Put:
    """Add the rows whose id is new, change those whose columns differ, leave the rest without an operation.

    `columns` names what each row holds, `id` first; columns not named keep what they hold, or their default in a new
    row. Of two rows of one id the later counts. Runs inside the caller's transaction, with recording as it stands.
    """
    if table not in COLUMNS or columns[0] != "id" or not set(columns) <= set(COLUMNS[table]):
        raise ValueError(f"{table} does not have the columns {', '.join(columns)}")
    stage = f"temp.staged_{table}"
    connection.execute(f"DROP TABLE IF EXISTS {stage}")
    connection.execute(f"CREATE TEMP TABLE staged_{table}(id TEXT PRIMARY KEY, {', '.join(columns[1:])})")
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT OR REPLACE INTO {stage} VALUES ({marks})", rows)
    total: int = connection.execute(f"SELECT count(*) FROM {stage}").fetchone()[0]
    differs = " OR ".join(f"t.{name} IS NOT s.{name}" for name in columns[1:]) or "0"
    owner = "s.id" if table == "account" else "s.account_id" if "account_id" in columns else "''"
    accounts = connection.execute(
        f"SELECT DISTINCT {owner} FROM {stage} s"
        f" LEFT JOIN main.{table} t ON t.id = s.id WHERE t.id IS NULL OR {differs}"
    ).fetchall()
    updated = 0
    if len(columns) > 1:
        updated = connection.execute(
            f"UPDATE main.{table} AS t SET {', '.join(f'{name} = s.{name}' for name in columns[1:])}"
            f" FROM {stage} s WHERE s.id = t.id AND ({differs})"
        ).rowcount
    made = connection.execute(
        f"INSERT INTO main.{table}({', '.join(columns)})"
        f" SELECT {', '.join(columns)} FROM {stage} s"
        f" WHERE NOT EXISTS (SELECT 1 FROM main.{table} t WHERE t.id = s.id) ORDER BY s.rowid"
    ).rowcount
    connection.execute(f"DROP TABLE {stage}")
    return Put(made, updated, total - made - updated, frozenset(id for (id,) in accounts if id))
