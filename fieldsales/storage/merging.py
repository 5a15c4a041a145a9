"""Merging: the union of two sets of operations, and the rows that it makes anew.

Only the operations and the site labels of the other file are read; its rows, views and triggers are not. Everything
happens in one transaction of the working database: a merge is done or it is not.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from fieldsales.domain.frozen import dataclass, replace
from fieldsales.domain.model import Changed
from fieldsales.domain.operations import DELETED, LARGEST_HLC, Folded, Operation, fold
from fieldsales.storage.errors import BookDamaged, DifferentBook
from fieldsales.storage.files import IMMUTABLE, check_header, check_whole, reading, whole
from fieldsales.storage.schema import COLUMNS, DEFAULTS, uri

_OP = "tbl, pk, hlc, rnd, site, act, patch, parents"
# Refuses what our own recording cannot have written: wrong types, broken JSON, stamps out of range, endless names.
_SOUND = f"""
  typeof(tbl) = 'text' AND typeof(pk) = 'text' AND typeof(site) = 'text' AND typeof(act) = 'text'
  AND length(tbl) BETWEEN 1 AND 100 AND length(pk) BETWEEN 1 AND 1000 AND length(site) <= 200 AND length(act) <= 200
  AND typeof(hlc) = 'integer' AND hlc BETWEEN 1 AND {LARGEST_HLC}
  AND typeof(rnd) = 'integer' AND rnd BETWEEN 0 AND 4294967295
  AND typeof(patch) = 'text' AND json_valid(patch) AND json_type(patch) = 'object'
  AND typeof(parents) = 'text' AND json_valid(parents) AND json_type(parents) = 'array'"""
_SOUND_PARENT = """
  json_type(e.value) = 'array' AND json_array_length(e.value) = 2 AND json_type(e.value, '$[0]') = 'integer'
  AND json_type(e.value, '$[1]') = 'integer' AND json_extract(e.value, '$[0]') < i.hlc"""


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge brought: how many new operations and rows, and how many values now need a look.

    `equal` says that the other file held every operation that this book holds.
    """

    operations: int = 0
    rows: int = 0
    conflicts: int = 0
    accounts: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    equal: bool = False

    @property
    def changed(self) -> Changed:
        return Changed(self.accounts, self.tables, "merge")


def document_of(path: Path, scratch: Path) -> str:
    """The id of the book in a file. Raises the errors of the header's check and BookDamaged."""
    check_header(path)
    with whole(path, scratch) as file, reading(file, path.name) as other:
        return _document(other, path.name)


def _document(other: sqlite3.Connection, name: str) -> str:
    _real_tables(other, name)
    row = other.execute("SELECT value FROM meta WHERE key = 'document_id'").fetchone()
    if row is None or not isinstance(row[0], str) or not row[0].replace("-", "").isalnum() or len(row[0]) > 64:
        raise BookDamaged(name=name)
    return row[0]


def _real_tables(other: sqlite3.Connection, name: str) -> None:
    """The tables that are read must be plain ones: neither views nor virtual, without computed columns."""
    for table, columns in (("op", _OP), ("site", "site, label"), ("meta", "key, value")):
        kind = other.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = ? AND type = 'table' AND rootpage > 1", (table,)
        ).fetchone()[0]
        found = {(row[1], row[6]) for row in other.execute(f"PRAGMA table_xinfo({table})")} if kind == 1 else set()
        if not {(column, 0) for column in columns.split(", ")} <= found:
            raise BookDamaged(name=name)


def merge_file(
    connection: sqlite3.Connection,
    other: Path,
    scratch: Path,
    after: Callable[[MergeResult], None],
    name: str = "",
    own_name: str = "",
) -> MergeResult:
    """Take the operations of another copy of this book into the working database.

    `name` and `own_name` are what the two files are called where the user is told of them.

    `after` is called inside the transaction once the rows stand. Raises the errors of the header's check,
    BookDamaged, and DifferentBook where the file holds another book. Merging a file again changes nothing.
    """
    label = name or other.name
    check_header(other)
    with whole(other, scratch) as file:
        with reading(file, label) as foreign:
            check_whole(foreign, label)
            ours = connection.execute("SELECT value FROM meta WHERE key = 'document_id'").fetchone()[0]
            if _document(foreign, label) != ours:
                raise DifferentBook(name=label, own=own_name)
            foreign.execute(f"SELECT {_OP} FROM op LIMIT 1").fetchall()
        try:
            theirs = _fetch(connection, file)
            return _merge(connection, label, theirs, after)
        except (sqlite3.IntegrityError, UnicodeError, ValueError) as error:
            raise BookDamaged(name=label) from error
        except sqlite3.OperationalError as error:
            if "UTF-8" in str(error) or "JSON" in str(error):
                raise BookDamaged(name=label) from error
            raise


def _fetch(connection: sqlite3.Connection, file: Path) -> int:
    """Copy the operations that we lack into `temp.incoming`; how many operations the file holds.

    While the foreign file is attached its schema is not trusted. Our own triggers need json_object, which SQLite then
    refuses them, so nothing of ours is written until it is detached again.
    """
    execute = connection.execute
    execute("CREATE TEMP TABLE IF NOT EXISTS incoming(tbl, pk, hlc, rnd, site, act, patch, parents)")
    execute("CREATE TEMP TABLE IF NOT EXISTS incoming_site(site, label)")
    execute("DELETE FROM temp.incoming")
    execute("DELETE FROM temp.incoming_site")
    execute("PRAGMA trusted_schema=OFF")
    try:
        execute("ATTACH ? AS other", (uri(file, IMMUTABLE),))
        try:
            execute(
                f"""INSERT INTO temp.incoming SELECT {_OP} FROM other.op o WHERE NOT EXISTS
                (SELECT 1 FROM main.op m WHERE m.tbl = o.tbl AND m.pk = o.pk AND m.hlc = o.hlc AND m.rnd = o.rnd)"""
            )
            execute(
                """INSERT INTO temp.incoming_site SELECT site, substr(label, 1, 200) FROM other.site
                WHERE typeof(site) = 'text' AND typeof(label) = 'text' AND length(site) <= 200 LIMIT 10000"""
            )
            count: int = execute("SELECT count(*) FROM other.op").fetchone()[0]
        finally:
            execute("DETACH other")
    finally:
        execute("PRAGMA trusted_schema=ON")
    return count


def _merge(connection: sqlite3.Connection, name: str, theirs: int, after: Callable[[MergeResult], None]) -> MergeResult:
    execute = connection.execute
    execute("BEGIN IMMEDIATE")
    try:
        count = execute("SELECT count(*) FROM temp.incoming").fetchone()[0]
        equal = execute("SELECT count(*) FROM main.op").fetchone()[0] + count == theirs
        if not count:
            execute("ROLLBACK")
            return MergeResult(equal=equal)
        _check_incoming(connection, name)
        execute("UPDATE recorder SET off = 1")
        # Another process may have merged the same file just now.
        execute(f"INSERT OR IGNORE INTO main.op({_OP}) SELECT {_OP} FROM temp.incoming")
        execute("INSERT OR IGNORE INTO main.site(site, label) SELECT site, label FROM temp.incoming_site")
        rows, accounts, tables, conflicts = refold(connection, "SELECT DISTINCT tbl, pk FROM temp.incoming")
        execute("UPDATE recorder SET off = 0")
        execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
        result = MergeResult(count, rows, conflicts, accounts, tables, equal)
        after(result)
        execute("DELETE FROM temp.incoming")
        execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            execute("ROLLBACK")
        raise
    return result


def _check_incoming(connection: sqlite3.Connection, name: str) -> None:
    bad = connection.execute(f"SELECT EXISTS (SELECT 1 FROM temp.incoming WHERE ({_SOUND}) IS NOT 1)").fetchone()[0]
    if not bad:
        bad = connection.execute(
            f"SELECT EXISTS (SELECT 1 FROM temp.incoming i, json_each(i.parents) e WHERE ({_SOUND_PARENT}) IS NOT 1)"
        ).fetchone()[0]
    if bad:
        raise BookDamaged(name=name)
    # Reading every text refuses bytes that are no UTF-8; an escaped surrogate would become such bytes later.
    for row in connection.execute("SELECT tbl, pk, site, act, patch FROM temp.incoming"):
        if "\\ud" in row[4] or "\\uD" in row[4]:
            row[4].encode().decode()
            json.dumps(json.loads(row[4]), ensure_ascii=False).encode()


def refold(connection: sqlite3.Connection, which: str) -> tuple[int, frozenset[str], frozenset[str], int]:
    """Make rows anew from their operations; `which` is SQL that selects their (tbl, pk).

    Returns how many rows, the accounts and the tables concerned, and the number of conflicts of those rows. Runs
    inside the caller's transaction, with recording switched off.
    """
    execute = connection.execute
    execute("CREATE TEMP TABLE IF NOT EXISTS touched(tbl TEXT, pk TEXT, n INTEGER, PRIMARY KEY(tbl, pk)) WITHOUT ROWID")
    execute("DELETE FROM temp.touched")
    execute(f"INSERT INTO temp.touched(tbl, pk) {which}")
    execute(
        "UPDATE temp.touched SET n = (SELECT count(*) FROM main.op o WHERE o.tbl = touched.tbl AND o.pk = touched.pk)"
    )
    tables = frozenset(row[0] for row in execute("SELECT DISTINCT tbl FROM temp.touched")) & COLUMNS.keys()
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
        "SELECT count(*) FROM main.conflict WHERE (tbl, pk) IN (SELECT tbl, pk FROM temp.touched)"
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


def read_operations(rows: Iterable[tuple[str, str, int, int, str, str, str, str]]) -> Iterator[Operation]:
    """Operations out of rows of `op`. Raises ValueError where a patch holds anything but text, whole numbers, None."""
    loads = json.loads
    for tbl, pk, hlc, rnd, site, act, patch, parents in rows:
        values = loads(patch)
        for value in values.values():
            if not (value is None or type(value) is str or type(value) is int):
                raise ValueError(pk)
        yield Operation(tbl, pk, hlc, rnd, site, act, values, tuple((a, b) for a, b in loads(parents)))


def _write_folded(connection: sqlite3.Connection, tables: Iterable[str]) -> None:
    rows = connection.execute(
        f"""SELECT {", ".join("o." + column for column in _OP.split(", "))} FROM temp.touched t
        CROSS JOIN main.op o ON o.tbl = t.tbl AND o.pk = t.pk WHERE t.n > 1 ORDER BY t.tbl, t.pk, o.hlc, o.rnd"""
    )
    heads: list[tuple[str, str, int, int]] = []
    conflicts: list[tuple[str, str, str, int, int, str | int | None, str]] = []
    living: dict[str, list[tuple[str | int | None, ...]]] = {}
    dead: dict[str, list[tuple[str]]] = {}
    for (tbl, pk), operations in groupby(read_operations(rows), key=lambda operation: (operation.tbl, operation.pk)):
        folded = fold(operations)
        heads.extend((tbl, pk, *stamp) for stamp in folded.heads)
        conflicts.extend((tbl, pk, c.col, c.hlc, c.rnd, c.value, c.site) for c in folded.conflicts)
        if tbl not in COLUMNS:
            continue
        if folded.alive:
            living.setdefault(tbl, []).append(as_row(tbl, pk, folded))
        else:
            dead.setdefault(tbl, []).append((pk,))
    connection.executemany("INSERT INTO main.head VALUES (?, ?, ?, ?)", heads)
    connection.executemany("INSERT INTO main.conflict VALUES (?, ?, ?, ?, ?, ?, ?)", conflicts)
    for table, values in living.items():
        columns = COLUMNS[table]
        connection.executemany(
            f"INSERT OR REPLACE INTO main.{table}({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            values,
        )
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
    rows = connection.execute(f"SELECT {_OP} FROM main.op WHERE tbl = ? AND pk = ? ORDER BY hlc, rnd", (table, pk))
    operations = list(read_operations(rows))
    folded = fold(operations, without)
    if any(o.patch.get(DELETED) == 0 and o.act not in without for o in operations):
        return replace(folded, values={**folded.values, "_made": 1})
    return folded
