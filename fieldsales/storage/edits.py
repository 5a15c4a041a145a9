"""Reading the history of rows: which cells need a look, who wrote what when, and what was deleted.

All of it is read from the operations; nothing here writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.operations import DELETED, Operation, Value
from fieldsales.storage.schema import COLUMNS, OWNED, PARENTS

_OP = "tbl, pk, hlc, rnd, site, act, patch, parents"
_MOST = 10_000  # counted at most: beyond it the number says nothing
_KNOWN_COLUMNS = sorted({column for columns in COLUMNS.values() for column in columns} | {DELETED})
Row = tuple[str, str]  # table and id


@dataclass(frozen=True, slots=True)
class OpenCell:
    """A cell that sides wrote without knowing of each other; `account_id` "" where it belongs to none."""

    table: str
    id: str
    column: str
    account_id: str


def moment_of(hlc: int) -> str:
    """The wall clock of an operation as a local moment to the minute."""
    return datetime.fromtimestamp((hlc >> 16) / 1000).isoformat(timespec="minutes")


def waiting(work: sqlite3.Connection) -> int:
    """How many cells need a look, ten thousand at most."""
    if work.execute("SELECT 1 FROM main.conflict LIMIT 1").fetchone() is None:
        return 0
    number: int = work.execute(
        f"""SELECT count(*) FROM (SELECT DISTINCT tbl, pk, col FROM main.conflict
        WHERE tbl IN ({_marks(COLUMNS)}) AND col IN ({_marks(_KNOWN_COLUMNS)}) LIMIT {_MOST})""",
        (*COLUMNS, *_KNOWN_COLUMNS),
    ).fetchone()[0]
    return number


def open_cells(work: sqlite3.Connection) -> list[OpenCell]:
    """Every cell that needs a look, by table and id."""
    found = []
    tables = [row[0] for row in work.execute("SELECT DISTINCT tbl FROM main.conflict")]
    for table in COLUMNS:
        if table not in tables:
            continue
        rows = work.execute(
            f"""SELECT DISTINCT c.pk, c.col, {_account_of(table)} FROM main.conflict c
            JOIN main.{table} r ON r.id = c.pk WHERE c.tbl = ?""",
            (table,),
        )
        order = {column: number for number, column in enumerate((DELETED, *COLUMNS[table]))}
        cells = [OpenCell(table, id, column, account or "") for id, column, account in rows if column in order]
        found += sorted(cells, key=lambda cell: (cell.id, order[cell.column]))
    return found


def _account_of(table: str) -> str:
    """SQL for the account that a row `r` of the table belongs to."""
    columns = COLUMNS[table]
    if table == "account":
        return "r.id"
    if "account_id" in columns:
        return "r.account_id"
    if "case_id" in columns:
        return "(SELECT account_id FROM main.churn_case WHERE id = r.case_id)"
    return "CASE r.scope WHEN 'account' THEN r.scope_id END" if table == "policy" else "''"


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def operations(work: sqlite3.Connection, table: str, id: str) -> list[Operation]:
    """All operations of a row, oldest first."""
    return _read(work.execute(f"SELECT {_OP} FROM main.op WHERE tbl = ? AND pk = ? ORDER BY hlc, rnd", (table, id)))


def _read(rows: Iterable[tuple[str, str, int, int, str, str, str, str]]) -> list[Operation]:
    from fieldsales.storage.refolding import read_operations

    return list(read_operations(rows))


def foreign(work: sqlite3.Connection, limit: int) -> list[Row]:
    """The rows that other machines wrote last, the newest first; as many operations as the limit are looked at."""
    rows = work.execute(
        f"""SELECT tbl, pk FROM main.op WHERE site <> (SELECT site FROM recorder) AND patch <> '{{}}'
        AND tbl IN ({_marks(COLUMNS)}) ORDER BY hlc DESC LIMIT ?""",
        (*COLUMNS, limit),
    )
    return list(dict.fromkeys((table, id) for table, id in rows))


def own_site(work: sqlite3.Connection) -> str:
    return str(work.execute("SELECT site FROM recorder").fetchone()[0])


def labels(work: sqlite3.Connection) -> dict[str, str]:
    """What the machines are called, by site."""
    return dict(work.execute("SELECT site, label FROM main.site"))


# --- the rows of an account ------------------------------------------------------------------------------------------


def values_of(work: sqlite3.Connection, table: str, id: str) -> dict[str, Value] | None:
    """A row as it stands, by column; None where there is none."""
    row = work.execute(f"SELECT {', '.join(COLUMNS[table])} FROM main.{table} WHERE id = ?", (id,)).fetchone()
    return None if row is None else dict(zip(COLUMNS[table], row, strict=True))


def account_rows(work: sqlite3.Connection, account_id: str) -> dict[Row, dict[str, Value]]:
    """The account and every row that belongs to it, as they stand."""
    found: dict[Row, dict[str, Value]] = {}
    for table in COLUMNS:
        if table == "setting":
            continue
        columns = ", ".join(f"r.{column}" for column in COLUMNS[table])
        rows = work.execute(f"SELECT {columns} FROM main.{table} r WHERE {_belongs(table)}", (account_id,))
        for row in rows:
            found[table, row[0]] = dict(zip(COLUMNS[table], row, strict=True))
    return found


def _belongs(table: str) -> str:
    """SQL that says whether a row `r` of the table belongs to an account. Written so that its index serves."""
    if table == "policy":
        return "r.scope = 'account' AND r.scope_id = ?"
    if table not in ("case_item", "case_event"):
        return f"{_account_of(table)} = ?"
    return "r.case_id IN (SELECT id FROM main.churn_case WHERE account_id = ?)"


def deleted_rows(work: sqlite3.Connection, account_id: str) -> list[Row]:
    """The rows that belonged to an account and are gone. Looks through the whole history of the book."""
    tables = [table for table in COLUMNS if "account_id" in COLUMNS[table]] + ["policy"]
    found = _gone(work, tables, (account_id,))
    cases = [id for table, id in found if table == "churn_case"]
    cases += [row[0] for row in work.execute("SELECT id FROM main.churn_case WHERE account_id = ?", (account_id,))]
    for case in cases:
        found += _gone(work, ["case_item", "case_event"], (case,))
    return found


def _gone(work: sqlite3.Connection, tables: Collection[str], keys: tuple[str]) -> list[Row]:
    found = []
    for table in tables:
        column = "scope_id" if table == "policy" else "account_id" if "account_id" in COLUMNS[table] else "case_id"
        rows = work.execute(
            f"""SELECT DISTINCT pk FROM main.op o WHERE tbl = ? AND instr(patch, ?)
            AND json_extract(patch, '$.{column}') = ?
            AND NOT EXISTS (SELECT 1 FROM main.{table} WHERE id = o.pk)""",
            (table, *keys, *keys),
        )
        found += [(table, row[0]) for row in rows]
    return found


def deleted_with(work: sqlite3.Connection, table: str, id: str, act: str) -> list[Row]:
    """The rows that stood under a row and were deleted by the same act, and are gone still."""
    found: list[Row] = []
    for child, column in OWNED.get(table, ()):
        rows = work.execute(
            f"""SELECT DISTINCT o.pk FROM main.op o WHERE o.tbl = ? AND o.act = ?
            AND json_extract(o.patch, '$._deleted') = 1 AND NOT EXISTS (SELECT 1 FROM main.{child} WHERE id = o.pk)
            AND EXISTS (SELECT 1 FROM main.op m WHERE m.tbl = o.tbl AND m.pk = o.pk
              AND json_extract(m.patch, '$.{column}') = ?)""",
            (child, act, id),
        ).fetchall()
        for (key,) in rows:
            found.append((child, key))
            found += deleted_with(work, child, key, act)
    return list(dict.fromkeys(found))


def missing_parents(work: sqlite3.Connection, table: str, values: Mapping[str, Value]) -> list[Row]:
    """The rows that a row stands under and that are gone, the uppermost first."""
    order = ("account", "churn_case", "contact")
    named = [(parent, str(values.get(column) or "")) for column, parent in PARENTS[table]]
    return sorted(
        ((parent, id) for parent, id in named if id and values_of(work, parent, id) is None),
        key=lambda row: order.index(row[0]),
    )
