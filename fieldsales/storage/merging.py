"""Merging: the union of two sets of operations, and the rows that it makes anew.

Only the operations, what was erased and the site labels of the other file are read; its rows, views and triggers are
not. A merge happens in one transaction of the working database, or in many short ones where somebody is typing.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice, pairwise
from operator import itemgetter
from pathlib import Path
from zlib import crc32

from fieldsales.domain.frozen import dataclass, replace
from fieldsales.domain.model import Changed
from fieldsales.domain.operations import DELETED, LARGEST_HLC, Conflict, Folded, Operation, Value, fold
from fieldsales.storage.errors import BookDamaged, DifferentBook
from fieldsales.storage.files import IMMUTABLE, check_header, check_whole, reading, whole
from fieldsales.storage.schema import COLUMNS, DEFAULTS, PARENTS, uri

SLICE_SECONDS = 0.015  # of one transaction where a merge leaves room for others
PAUSE_SECONDS = 0.005
LONG_PATCH = 100_000  # characters
LONGEST_PATCH = 64 << 20

_OP = "tbl, pk, hlc, rnd, site, act, patch, parents"
# Refuses what our own recording cannot have written: wrong types, broken JSON, stamps out of range, endless names.
_SOUND = f"""
  typeof(tbl) = 'text' AND typeof(pk) = 'text' AND typeof(site) = 'text' AND typeof(act) = 'text'
  AND length(tbl) BETWEEN 1 AND 100 AND length(pk) BETWEEN 1 AND 1000 AND length(site) <= 200 AND length(act) <= 200
  AND typeof(hlc) = 'integer' AND hlc BETWEEN 1 AND {LARGEST_HLC}
  AND typeof(rnd) = 'integer' AND rnd BETWEEN 0 AND 4294967295
  AND typeof(patch) = 'text' AND length(patch) <= {LONGEST_PATCH} AND json_valid(patch) AND json_type(patch) = 'object'
  AND typeof(parents) = 'text' AND json_valid(parents) AND json_type(parents) = 'array'"""
# A stamp from beyond a hundred years is made up, or the next after one that is. A fixed bound would let an operation
# at that bound make every later edit of its row unacceptable to others.
_SOUND_FUTURE = """
  hlc <= CAST((julianday('now') - 2440587.5 + 36525) * 86400000 AS INTEGER) << 16
  OR hlc = (SELECT max(json_extract(e.value, '$[0]')) + 1 FROM json_each(i.parents) e)"""
_SOUND_ERASED = f"""
  typeof(tbl) = 'text' AND typeof(pk) = 'text' AND length(tbl) BETWEEN 1 AND 100 AND length(pk) BETWEEN 1 AND 1000
  AND typeof(hlc) = 'integer' AND hlc BETWEEN 0 AND {LARGEST_HLC}
  AND typeof(rnd) = 'integer' AND rnd BETWEEN 0 AND 4294967295"""
_NUMBERS = ", ".join(
    sorted(
        {f"'{t}.{c}'" for t in COLUMNS for c, d in zip(COLUMNS[t], DEFAULTS[t], strict=True) if not isinstance(d, str)}
    )
)
# Values are text, whole numbers or nothing, and whole numbers stand in the columns that are made for them.
_UNSOUND_VALUE = f"""
  e.type NOT IN ('text', 'integer', 'null')
  OR (e.type = 'text' AND i.tbl || '.' || e.key IN ({_NUMBERS}))"""
_SOUND_PARENT = """
  json_type(e.value) = 'array' AND json_array_length(e.value) = 2 AND json_type(e.value, '$[0]') = 'integer'
  AND json_type(e.value, '$[1]') = 'integer' AND json_extract(e.value, '$[0]') < i.hlc"""


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge brought: how many new operations and rows, and how many values now need a look.

    `equal` says that the other file held everything that this book holds; `sites` names the machines that the
    operations come from, each with their number, most first; `erased` counts what was erased there.
    """

    operations: int = 0
    rows: int = 0
    conflicts: int = 0
    accounts: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    equal: bool = False
    sites: tuple[tuple[str, int], ...] = ()
    erased: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.operations or self.erased)

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
        _real_table(other, name, table, columns)


def _real_table(other: sqlite3.Connection, name: str, table: str, columns: str) -> None:
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
    join: bool = False,
    keep: bool = True,
    before: Callable[[], object] | None = None,
) -> MergeResult:
    """Take the operations of another copy of this book into the working database, in one transaction.

    `name` and `own_name` are what the two files are called where the user is told of them; `join` takes in a book of
    another id too. `before` is called where there is anything to take in, `after` inside the transaction once the rows
    stand. Without `keep` everything is taken back in the end: the result says what a merge would bring. Raises the
    errors of the header's check, BookDamaged, and DifferentBook where the file holds another book. Merging a file
    again changes nothing.
    """
    label = name or other.name
    with _damage_of(label):
        staged = _stage(connection, other, scratch, label, own_name, join)
        if not staged.anything:
            return MergeResult(equal=staged.covers)
        if before is not None and keep:
            before()
        return _merge(connection, staged, after, keep)


def merge_in_slices(
    connection: sqlite3.Connection,
    other: Path,
    scratch: Path,
    after: Callable[[MergeResult], None],
    name: str = "",
    own_name: str = "",
    before: Callable[[], object] | None = None,
) -> MergeResult:
    """As `merge_file`, in transactions of some `SLICE_SECONDS` with pauses between them, so that others can save.

    `after` is called in each of them with what it brought. Each leaves whole rows; all together leave what one merge
    would. Whoever publishes has to be kept waiting meanwhile.
    """
    label = name or other.name
    with _damage_of(label):
        staged = _stage(connection, other, scratch, label, own_name, False)
        if not staged.anything:
            return MergeResult(equal=staged.covers)
        if before is not None:
            before()
        return _merge_slices(connection, staged, after)


@contextmanager
def _damage_of(name: str) -> Iterator[None]:
    """What SQLite and the rest find wrong with the content of a foreign file becomes BookDamaged."""
    try:
        yield
    except (sqlite3.IntegrityError, UnicodeError, ValueError, OverflowError, RecursionError) as error:
        raise BookDamaged(name=name) from error
    except sqlite3.OperationalError as error:
        if any(word in str(error) for word in ("UTF-8", "JSON", "encoding")):
            raise BookDamaged(name=name) from error
        raise


@dataclass(frozen=True, slots=True)
class _Staged:
    """What lies ready in `temp.incoming`, `temp.incoming_site` and `temp.incoming_erased`."""

    operations: int
    erased: int
    sites: tuple[tuple[str, int], ...]
    covers: bool  # the other file lacks nothing that this book holds

    @property
    def anything(self) -> bool:
        return bool(self.operations or self.erased)


_INCOMING = """
CREATE TEMP TABLE IF NOT EXISTS incoming(tbl, pk, hlc, rnd, site, act, patch, parents,
    PRIMARY KEY(tbl, pk, hlc, rnd)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS incoming_site(site, label);
CREATE TEMP TABLE IF NOT EXISTS incoming_erased(tbl, pk, hlc, rnd, PRIMARY KEY(tbl, pk, hlc, rnd)) WITHOUT ROWID;
DELETE FROM temp.incoming;
DELETE FROM temp.incoming_site;
DELETE FROM temp.incoming_erased;
"""


def _stage(connection: sqlite3.Connection, other: Path, scratch: Path, name: str, own_name: str, join: bool) -> _Staged:
    """Copy what we lack out of the other file, and check it."""
    check_header(other)
    with whole(other, scratch) as file:
        with reading(file, name) as foreign:
            check_whole(foreign, name)
            ours = connection.execute("SELECT value FROM main.meta WHERE key = 'document_id'").fetchone()[0]
            if _document(foreign, name) != ours and not join:
                raise DifferentBook(name=name, own=own_name)
            foreign.execute(f"SELECT {_OP} FROM op LIMIT 1").fetchall()
            erases = _has_erased(foreign, name)
        return _fetch(connection, file, name, erases)


def _fetch(connection: sqlite3.Connection, file: Path, name: str, erases: bool) -> _Staged:
    """While the foreign file is attached its schema is not trusted. Our own triggers need json_object, which SQLite
    then refuses them, so nothing of ours is written until it is detached again."""
    execute = connection.execute
    for statement in _INCOMING.split(";"):
        execute(statement)
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
            theirs: int = execute("SELECT count(*) FROM other.op").fetchone()[0]
            their_erased = 0
            if erases:
                their_erased = execute("SELECT count(*) FROM other.erased").fetchone()[0]
                execute(
                    """INSERT INTO temp.incoming_erased SELECT tbl, pk, hlc, rnd FROM other.erased o WHERE NOT EXISTS
                    (SELECT 1 FROM main.erased m
                     WHERE m.tbl = o.tbl AND m.pk = o.pk AND m.hlc = o.hlc AND m.rnd = o.rnd)"""
                )
        finally:
            execute("DETACH other")
    finally:
        execute("PRAGMA trusted_schema=ON")
    _check_incoming(connection, name)
    count: int = execute("SELECT count(*) FROM temp.incoming").fetchone()[0]
    covers = execute("SELECT count(*) FROM main.op").fetchone()[0] + count == theirs
    erased: int = execute("SELECT count(*) FROM temp.incoming_erased").fetchone()[0]
    covers = covers and execute("SELECT count(*) FROM main.erased").fetchone()[0] + erased == their_erased
    for known in ("main.erased", "temp.incoming_erased"):
        execute(
            f"""DELETE FROM temp.incoming WHERE EXISTS (SELECT 1 FROM {known} e
            WHERE e.tbl = incoming.tbl AND e.pk = incoming.pk
            AND (e.hlc, e.rnd) IN (VALUES (0, 0), (incoming.hlc, incoming.rnd)))"""
        )
    count = execute("SELECT count(*) FROM temp.incoming").fetchone()[0]
    sites = execute(
        """SELECT coalesce((SELECT label FROM temp.incoming_site s WHERE s.site = i.site), '') l, count(*) n
        FROM temp.incoming i GROUP BY l ORDER BY n DESC, l LIMIT 20"""
    ).fetchall()
    return _Staged(count, erased, tuple(sites), covers)


def _has_erased(other: sqlite3.Connection, name: str) -> bool:
    """Whether the file knows of erased rows; one of the first format does not."""
    if other.execute("SELECT 1 FROM sqlite_master WHERE name = 'erased'").fetchone() is None:
        return False
    _real_table(other, name, "erased", "tbl, pk, hlc, rnd")
    return True


def _merge(
    connection: sqlite3.Connection, staged: _Staged, after: Callable[[MergeResult], None], keep: bool
) -> MergeResult:
    execute = connection.execute
    execute("BEGIN IMMEDIATE")
    try:
        execute("UPDATE recorder SET off = 1")
        found = _Found()
        _erase(connection, found)
        # Another process may have merged the same file just now.
        execute(f"INSERT OR IGNORE INTO main.op({_OP}) SELECT {_OP} FROM temp.incoming")
        execute("INSERT OR IGNORE INTO main.site(site, label) SELECT site, label FROM temp.incoming_site")
        found.add(*refold(connection, "SELECT DISTINCT tbl, pk FROM temp.incoming", standing=True))
        _repair(connection, found, "SELECT DISTINCT tbl, pk FROM temp.incoming")
        execute("UPDATE recorder SET off = 0")
        execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
        result = found.result(staged)
        if keep:
            after(result)
        execute("COMMIT" if keep else "ROLLBACK")
    except BaseException:
        if connection.in_transaction:
            execute("ROLLBACK")
        raise
    return result


def _merge_slices(connection: sqlite3.Connection, staged: _Staged, after: Callable[[MergeResult], None]) -> MergeResult:
    """Rows that others stand under come first, so that nothing stands without its account for longer than needed."""
    execute = connection.execute
    execute("CREATE TEMP TABLE IF NOT EXISTS todo(n INTEGER PRIMARY KEY, tbl TEXT, pk TEXT)")
    execute("DELETE FROM temp.todo")
    execute(
        """INSERT INTO temp.todo(tbl, pk) SELECT DISTINCT tbl, pk FROM temp.incoming
        ORDER BY CASE tbl WHEN 'account' THEN 0 WHEN 'contact' THEN 1 WHEN 'churn_case' THEN 2 ELSE 3 END, tbl, pk"""
    )
    last: int = execute("SELECT coalesce(max(n), 0) FROM temp.todo").fetchone()[0]
    whole_result = _Found()
    done, size, first = 0, 200, True
    while first or done < last:
        until = min(done + size, last)
        slice = f"SELECT tbl, pk FROM temp.todo WHERE n > {done} AND n <= {until}"
        begun = time.monotonic()
        found = _Found()
        execute("BEGIN IMMEDIATE")
        try:
            execute("UPDATE recorder SET off = 1")
            if first:
                _erase(connection, found)
                execute("INSERT OR IGNORE INTO main.site(site, label) SELECT site, label FROM temp.incoming_site")
            execute(
                f"""INSERT OR IGNORE INTO main.op({_OP}) SELECT {", ".join("i." + c for c in _OP.split(", "))}
                FROM temp.todo t CROSS JOIN temp.incoming i ON i.tbl = t.tbl AND i.pk = t.pk
                WHERE t.n > {done} AND t.n <= {until}"""
            )
            found.add(*refold(connection, slice, standing=True))
            if until == last:
                _repair(connection, found, "SELECT tbl, pk FROM temp.todo")
            execute("UPDATE recorder SET off = 0")
            execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
            after(found.result(staged))
            execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                execute("ROLLBACK")
            raise
        whole_result.include(found)
        spent = time.monotonic() - begun
        size = max(20, min(5000, int(size * min(2.0, SLICE_SECONDS / max(spent, 0.0005)))))
        done, first = until, False
        if done < last:
            time.sleep(PAUSE_SECONDS)
    return whole_result.result(staged)


class _Found:
    """What a merge, or a slice of it, has made anew."""

    def __init__(self) -> None:
        self.rows = 0
        self.conflicts = 0
        self.accounts: set[str] = set()
        self.tables: set[str] = set()

    def add(self, rows: int, accounts: Iterable[str], tables: Iterable[str], conflicts: int) -> None:
        self.rows += rows
        self.conflicts += conflicts
        self.accounts.update(accounts)
        self.tables.update(tables)

    def include(self, other: _Found) -> None:
        self.add(other.rows, other.accounts, other.tables, other.conflicts)

    def result(self, staged: _Staged) -> MergeResult:
        return MergeResult(
            staged.operations,
            self.rows,
            self.conflicts,
            frozenset(self.accounts),
            frozenset(self.tables),
            staged.covers,
            staged.sites,
            staged.erased,
        )


def _erase(connection: sqlite3.Connection, found: _Found) -> None:
    """Erase here what was erased there."""
    execute = connection.execute
    if execute("SELECT 1 FROM temp.incoming_erased LIMIT 1").fetchone() is None:
        return
    from fieldsales.storage.erasing import apply_erased

    execute("INSERT OR IGNORE INTO main.erased SELECT tbl, pk, hlc, rnd FROM temp.incoming_erased")
    touched = apply_erased(connection, "SELECT tbl, pk, hlc, rnd FROM temp.incoming_erased")
    found.add(
        len(touched), (pk for tbl, pk in touched if tbl == "account"), {tbl for tbl, _ in touched} & COLUMNS.keys(), 0
    )


def _repair(connection: sqlite3.Connection, found: _Found, which: str) -> None:
    """Bring back what a living row stands under where it was deleted by somebody who knew nothing of that row.

    `which` is SQL that selects the (tbl, pk) to look at. The operation that brings a row back is made from the
    operations that it follows and nothing else, so every copy that holds these makes the same one.
    """
    execute = connection.execute
    execute("CREATE TEMP TABLE IF NOT EXISTS changed(tbl TEXT, pk TEXT, PRIMARY KEY(tbl, pk)) WITHOUT ROWID")
    execute("CREATE TEMP TABLE IF NOT EXISTS missing(tbl TEXT, pk TEXT, PRIMARY KEY(tbl, pk)) WITHOUT ROWID")
    execute("DELETE FROM temp.changed")
    execute(f"INSERT INTO temp.changed {which}")
    while True:
        execute("DELETE FROM temp.missing")
        for table, parents in PARENTS.items():
            for column, parent in parents:
                gone = f"NOT EXISTS (SELECT 1 FROM main.{parent} p WHERE p.id = r.{column})"
                execute(
                    f"""INSERT OR IGNORE INTO temp.missing SELECT '{parent}', r.{column}
                    FROM temp.changed c CROSS JOIN main.{table} r ON r.id = c.pk
                    WHERE c.tbl = '{table}' AND r.{column} <> '' AND {gone}"""
                )
                if execute("SELECT 1 FROM temp.changed WHERE tbl = ? LIMIT 1", (parent,)).fetchone() is not None:
                    execute(
                        f"""INSERT OR IGNORE INTO temp.missing SELECT '{parent}', c.pk FROM temp.changed c
                        WHERE c.tbl = '{parent}' AND NOT EXISTS (SELECT 1 FROM main.{parent} p WHERE p.id = c.pk)
                        AND EXISTS (SELECT 1 FROM main.{table} r WHERE r.{column} = c.pk)"""
                    )
        execute("DELETE FROM temp.changed")
        for table, pk in execute("SELECT tbl, pk FROM temp.missing").fetchall():
            heads = execute("SELECT hlc, rnd FROM main.head WHERE tbl = ? AND pk = ?", (table, pk)).fetchall()
            if not heads:  # nothing was ever known of it, or it was erased
                continue
            parents_text = json.dumps(sorted(map(list, heads)), separators=(",", ":"))
            execute(
                f"INSERT OR IGNORE INTO main.op({_OP}) VALUES (?, ?, ?, ?, '', 'merge', '{{}}', ?)",
                (table, pk, max(heads)[0] + 1, crc32(parents_text.encode()), parents_text),
            )
            execute("INSERT INTO temp.changed VALUES (?, ?)", (table, pk))
        if execute("SELECT 1 FROM temp.changed LIMIT 1").fetchone() is None:
            return
        found.add(*refold(connection, "SELECT tbl, pk FROM temp.changed"))


def _check_incoming(connection: sqlite3.Connection, name: str) -> None:
    execute = connection.execute
    bad = execute(
        f"""SELECT EXISTS (SELECT 1 FROM temp.incoming WHERE ({_SOUND}) IS NOT 1)
        OR EXISTS (SELECT 1 FROM temp.incoming_erased WHERE ({_SOUND_ERASED}) IS NOT 1)"""
    ).fetchone()[0]
    if not bad:
        bad = execute(
            f"""SELECT EXISTS (SELECT 1 FROM temp.incoming i, json_each(i.parents) e WHERE ({_SOUND_PARENT}) IS NOT 1)
            OR EXISTS (SELECT 1 FROM temp.incoming i WHERE ({_SOUND_FUTURE}) IS NOT 1)
            OR EXISTS (SELECT 1 FROM temp.incoming i, json_each(i.patch) e WHERE {_UNSOUND_VALUE})"""
        ).fetchone()[0]
    if bad:
        raise BookDamaged(name=name)
    # Reading every text refuses bytes that are no UTF-8; an escaped surrogate would become such bytes later.
    for row in execute("SELECT tbl, pk, site, act, patch FROM temp.incoming"):
        if "\\ud" in row[4] or "\\uD" in row[4]:
            row[4].encode().decode()
            json.dumps(json.loads(row[4]), ensure_ascii=False).encode()
    execute("SELECT tbl, pk FROM temp.incoming_erased").fetchall()


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
    columns = ", ".join("o." + column for column in _OP.split(", ") if column not in ("patch", "parents"))
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
    rows = connection.execute(f"SELECT {_OP} FROM main.op WHERE tbl = ? AND pk = ? ORDER BY hlc, rnd", (table, pk))
    operations = list(read_operations(rows))
    folded = fold(operations, without)
    if any(o.patch.get(DELETED) == 0 and o.act not in without for o in operations):
        return replace(folded, values={**folded.values, "_made": 1})
    return folded
