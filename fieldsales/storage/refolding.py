"""Rows made anew from their operations, many at once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby, islice, pairwise
from operator import itemgetter

from fieldsales.domain.frozen import replace
from fieldsales.domain.operations import DELETED, Conflict, Folded, Operation, Value, fold
from fieldsales.storage.schema import COLUMNS, DEFAULTS, OP

LONG_PATCH = 100_000  # characters


def refold(
    connection: sqlite3.Connection, which: str, standing: bool = False
) -> tuple[int, frozenset[str], frozenset[str], int]:
    """Make rows anew from their operations; `which` is SQL that selects their (tbl, pk).

    `standing` says that the rows in the tables are what their operations made until others were added just now: cells
    that only the first operation of a row has written then need not be read again. Returns how many rows, the accounts
    and the tables concerned, and the number of cells in question in those rows. Runs inside the caller's transaction,
    with recording switched off.
    """
    execute = connection.execute
    execute(
        """CREATE TEMP TABLE IF NOT EXISTS touched(tbl TEXT, pk TEXT, n INTEGER, standing INTEGER DEFAULT 0,
        PRIMARY KEY(tbl, pk)) WITHOUT ROWID"""
    )
    execute("DELETE FROM temp.touched")
    execute(f"INSERT INTO temp.touched(tbl, pk) {which}")
    execute(
        "UPDATE temp.touched SET n = (SELECT count(*) FROM main.op o WHERE o.tbl = touched.tbl AND o.pk = touched.pk)"
    )
    # A very long text would be copied once for each column by the way that single operations go.
    execute(
        f"""UPDATE temp.touched SET n = 2 WHERE n = 1 AND
        (SELECT length(o.patch) FROM main.op o WHERE o.tbl = touched.tbl AND o.pk = touched.pk) > {LONG_PATCH}"""
    )
    tables = frozenset(row[0] for row in execute("SELECT DISTINCT tbl FROM temp.touched")) & COLUMNS.keys()
    for table in tables if standing else ():
        execute(
            f"""UPDATE temp.touched SET standing = 1 WHERE tbl = ? AND n > 1
            AND EXISTS (SELECT 1 FROM main.{table} r WHERE r.id = touched.pk)""",
            (table,),
        )
    accounts = _accounts(connection, tables)
    execute("DELETE FROM main.conflict WHERE (tbl, pk) IN (SELECT tbl, pk FROM temp.touched)")
    execute("DELETE FROM main.head WHERE (tbl, pk) IN (SELECT tbl, pk FROM temp.touched)")
    # A row with one operation is that operation: no folding needed. Most rows of a first merge are such.
    execute(
        """INSERT INTO main.head SELECT o.tbl, o.pk, o.hlc, o.rnd FROM temp.touched t CROSS JOIN main.op o
        ON o.tbl = t.tbl AND o.pk = t.pk WHERE t.n = 1"""
    )
    for table in tables:
        _write_single(connection, table)
    _write_folded(connection, tables)
    accounts |= _accounts(connection, tables)
    rows = execute("SELECT count(*) FROM temp.touched").fetchone()[0]
    conflicts = execute(
        """SELECT count(*) FROM (SELECT DISTINCT tbl, pk, col FROM main.conflict
        WHERE (tbl, pk) IN (SELECT tbl, pk FROM temp.touched))"""
    ).fetchone()[0]
    execute("DELETE FROM temp.touched")
    return rows, accounts, tables, conflicts


def _accounts(connection: sqlite3.Connection, tables: Iterable[str]) -> frozenset[str]:
    """The accounts of the touched rows, as the tables now stand."""
    found: set[str] = set()
    for table in tables:
        columns = COLUMNS[table]
        if table == "account":
            query = "SELECT pk FROM temp.touched WHERE tbl = ?"
        elif "account_id" in columns:
            query = f"SELECT DISTINCT r.account_id FROM temp.touched t JOIN {table} r ON r.id = t.pk WHERE t.tbl = ?"
        elif "case_id" in columns:
            query = f"""SELECT DISTINCT c.account_id FROM temp.touched t JOIN {table} r ON r.id = t.pk
                JOIN churn_case c ON c.id = r.case_id WHERE t.tbl = ?"""
        elif "scope_id" in columns:
            query = f"""SELECT r.scope_id FROM temp.touched t JOIN {table} r ON r.id = t.pk
                WHERE t.tbl = ? AND r.scope = 'account'"""
        else:
            continue
        found.update(row[0] for row in connection.execute(query, (table,)) if row[0])
    return frozenset(found)


def _write_single(connection: sqlite3.Connection, table: str) -> None:
    columns = COLUMNS[table]
    values = ", ".join(
        f"json_extract(o.patch, '$.{column}')"
        if default is None
        else f"CASE WHEN json_type(o.patch, '$.{column}') IS NULL THEN {_literal(default)} "
        f"ELSE json_extract(o.patch, '$.{column}') END"
        for column, default in zip(columns[1:], DEFAULTS[table][1:], strict=True)
    )
    connection.execute(
        f"""INSERT OR REPLACE INTO main.{table}({", ".join(columns)}) SELECT o.pk, {values}
        FROM temp.touched t CROSS JOIN main.op o ON o.tbl = t.tbl AND o.pk = t.pk
        WHERE t.tbl = ? AND t.n = 1 AND json_extract(o.patch, '$._deleted') IS NOT 1""",
        (table,),
    )


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


_Raw = tuple[str, str, int, int, str, str, str, str]  # a row of `op`


def read_operations(rows: Iterable[_Raw]) -> Iterator[Operation]:
    """Operations out of rows of `op`. Raises ValueError where a patch holds anything but text, whole numbers, None."""
    loads = json.loads
    for tbl, pk, hlc, rnd, site, act, patch, parents in rows:
        values = loads(patch)
        for value in values.values():
            if not (value is None or type(value) is str or type(value) is int):
                raise ValueError(pk)
        yield Operation(tbl, pk, hlc, rnd, site, act, values, tuple((a, b) for a, b in loads(parents)))


def _fold_quickly(rows: list[_Raw], patches: list[dict[str, Value]]) -> Folded | None:
    """What `fold` makes of the operations of one row, in order, where each follows the one before, or where the last
    two both follow the third last; None for any other history. `patches` are theirs, decoded."""
    if any(after[7] != _follows(row) for row, after in pairwise(rows[:-1])):
        return None
    last = rows[-1]
    values: dict[str, Value] = {}
    for patch in patches:
        values.update(patch)
    values.pop(DELETED, None)
    if len(rows) == 1 or last[7] == _follows(rows[-2]):
        return Folded(patches[-1].get(DELETED) != 1, values, ((last[2], last[3]),))
    if len(rows) < 3 or last[7] != _follows(rows[-3]):
        return None
    other, lost = rows[-2], patches[-2]
    gone = [head for head, patch in ((other, lost), (last, patches[-1])) if patch.get(DELETED) == 1]
    conflicts = [
        Conflict(column, value, other[2], other[3], other[4])
        for column, value in lost.items()
        if column in patches[-1] and column != DELETED and value != patches[-1][column]
    ]
    conflicts += [Conflict(DELETED, 1, head[2], head[3], head[4]) for head in gone]
    conflicts.sort(key=lambda conflict: (conflict.col, conflict.hlc, conflict.rnd))
    heads = ((other[2], other[3]), (last[2], last[3]))
    return Folded(len(gone) < 2, values, heads, tuple(conflicts) if len(gone) < 2 else ())


def _follows(row: _Raw) -> str:
    """The parents, as they are written, of an operation whose writer knew this one as the newest."""
    return f"[[{row[2]},{row[3]}]]"


def _rows_of(connection: sqlite3.Connection) -> Iterator[tuple[bool, list[_Raw], list[dict[str, Value]]]]:
    """For each touched row of several operations these in order, with their patches; first, whether what the first of
    them wrote was left out because it stands in the table already."""
    columns = ", ".join("o." + column for column in OP.split(", ") if column not in ("patch", "parents"))
    rows = connection.execute(
        f"""SELECT {columns}, CASE WHEN t.standing AND o.parents = '[]' THEN '{{}}' ELSE o.patch END, o.parents,
          t.standing
        FROM temp.touched t CROSS JOIN main.op o ON o.tbl = t.tbl AND o.pk = t.pk
        WHERE t.n > 1 ORDER BY t.tbl, t.pk, o.hlc, o.rnd"""
    )
    groups = groupby(rows, key=itemgetter(0, 1))
    while some := [list(group) for _, group in islice(groups, 500)]:
        # One call for many patches: each call of the decoder costs more than a patch.
        decoded = iter(json.loads("[" + ",".join(row[6] for group in some for row in group) + "]"))
        for group in some:
            patches = list(islice(decoded, len(group)))
            yield bool(group[0][8]), [row[:8] for row in group], patches


def _folded(
    connection: sqlite3.Connection, standing: bool, rows: list[_Raw], patches: list[dict[str, Value]]
) -> tuple[bool, Folded]:
    """A row made anew; first, whether its values lack what stands in the table already."""
    if not standing:
        return False, _fold_quickly(rows, patches) or fold(read_operations(rows))
    if rows[0][7] == "[]" and (quick := _fold_quickly(rows, patches)):
        return True, quick
    operations = list(read_operations(rows))
    if rows[0][7] == "[]" and _all_follow(operations):
        return True, fold(operations)
    return False, fold_row(connection, rows[0][0], rows[0][1])  # what the first one wrote is needed after all


def _all_follow(operations: list[Operation]) -> bool:
    """Whether all operations of a row, given in order, follow from the first."""
    known = {operations[0].stamp}
    for operation in operations[1:]:
        if known.isdisjoint(operation.parents):
            return False
        known.add(operation.stamp)
    return True


def _write_folded(connection: sqlite3.Connection, tables: Iterable[str]) -> None:
    heads: list[tuple[str, str, int, int]] = []
    conflicts: list[tuple[str, str, str, int, int, str | int | None, str]] = []
    living: dict[str, list[tuple[str | int | None, ...]]] = {}
    edited: dict[tuple[str, ...], list[tuple[str | int | None, ...]]] = {}  # by table and columns
    dead: dict[str, list[tuple[str]]] = {}
    for stands, rows, patches in _rows_of(connection):
        tbl, pk = rows[0][:2]
        standing, folded = _folded(connection, stands, rows, patches)
        heads.extend((tbl, pk, *stamp) for stamp in folded.heads)
        conflicts.extend((tbl, pk, c.col, c.hlc, c.rnd, c.value, c.site) for c in folded.conflicts)
        if tbl not in COLUMNS:
            continue
        if not folded.alive:
            dead.setdefault(tbl, []).append((pk,))
        elif not standing:
            living.setdefault(tbl, []).append(as_row(tbl, pk, folded))
        elif known := [column for column in folded.values if column in COLUMNS[tbl]]:
            edited.setdefault((tbl, *known), []).append((*(folded.values[column] for column in known), pk))
    connection.executemany("INSERT INTO main.head VALUES (?, ?, ?, ?)", heads)
    connection.executemany("INSERT INTO main.conflict VALUES (?, ?, ?, ?, ?, ?, ?)", conflicts)
    for table, values in living.items():
        columns = COLUMNS[table]
        connection.executemany(
            f"INSERT OR REPLACE INTO main.{table}({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            values,
        )
    for (table, *written), values in edited.items():
        cells = ", ".join(f"{column} = ?" for column in written)
        connection.executemany(f"UPDATE main.{table} SET {cells} WHERE id = ?", values)
    for table, keys in dead.items():
        connection.executemany(f"DELETE FROM main.{table} WHERE id = ?", keys)


def as_row(table: str, pk: str, folded: Folded) -> tuple[str | int | None, ...]:
    """The values of a folded row in the order of its columns, defaults where nobody wrote one."""
    values = folded.values
    return (
        pk,
        *(values.get(column, default) for column, default in zip(COLUMNS[table][1:], DEFAULTS[table][1:], strict=True)),
    )


def fold_row(connection: sqlite3.Connection, table: str, pk: str, without: Collection[str] = ()) -> Folded:
    """The fold of one row's operations, those of some acts left out.

    `values` holds `_made` where an operation that made the whole row is among the rest.
    """
    rows = connection.execute(f"SELECT {OP} FROM main.op WHERE tbl = ? AND pk = ? ORDER BY hlc, rnd", (table, pk))
    operations = list(read_operations(rows))
    folded = fold(operations, without)
    if any(o.patch.get(DELETED) == 0 and o.act not in without for o in operations):
        return replace(folded, values={**folded.values, "_made": 1})
    return folded
