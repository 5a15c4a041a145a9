"""Merging: the union of two sets of operations, and the rows that it makes anew.

A merge happens in one transaction of the working database, or in many short ones where somebody is typing.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import Changed
from fieldsales.storage.refolding import refold
from fieldsales.storage.schema import COLUMNS, OP, PARENTS
from fieldsales.storage.staging import Staged, damage_of, stage

if TYPE_CHECKING:
    from fieldsales.storage.erasing import Sought

SLICE_SECONDS = 0.008  # of one transaction where a merge leaves room for others
PAUSE_SECONDS = 0.012


# Refuses what our own recording cannot have written: wrong types, broken JSON, stamps out of range, endless names.
@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge brought: how many new operations and rows, and how many values now need a look.

    `equal` says that the other file held everything that this book holds; `sites` names the machines that the
    operations come from, each with their number, most first; `erased` counts what was erased there, `named` the texts
    here in which the name of somebody erased there still stands.
    """

    operations: int = 0
    rows: int = 0
    conflicts: int = 0
    accounts: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    equal: bool = False
    sites: tuple[tuple[str, int], ...] = ()
    erased: int = 0
    named: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.operations or self.erased)

    @property
    def changed(self) -> Changed:
        return Changed(self.accounts, self.tables, "merge")


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
    with damage_of(label):
        staged = stage(connection, other, scratch, label, own_name, join)
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
    with damage_of(label):
        staged = stage(connection, other, scratch, label, own_name, False)
        if not staged.anything:
            return MergeResult(equal=staged.covers)
        if before is not None:
            before()
        return _merge_slices(connection, staged, after)


def _merge(
    connection: sqlite3.Connection, staged: Staged, after: Callable[[MergeResult], None], keep: bool
) -> MergeResult:
    execute = connection.execute
    execute("BEGIN IMMEDIATE")
    try:
        execute("UPDATE recorder SET off = 1")
        found = _Found()
        _erase(connection, found)
        # Another process may have merged the same file just now.
        execute(f"INSERT OR IGNORE INTO main.op({OP}) SELECT {OP} FROM temp.incoming")
        execute("INSERT OR IGNORE INTO main.site(site, label) SELECT site, label FROM temp.incoming_site")
        found.add(*refold(connection, "SELECT DISTINCT tbl, pk FROM temp.incoming", standing=True))
        _repair(connection, found, "SELECT DISTINCT tbl, pk FROM temp.incoming")
        _loosen(connection, found, "SELECT DISTINCT tbl, pk FROM temp.incoming")
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


def _merge_slices(connection: sqlite3.Connection, staged: Staged, after: Callable[[MergeResult], None]) -> MergeResult:
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
        found.sought = whole_result.sought
        execute("BEGIN IMMEDIATE")
        try:
            execute("UPDATE recorder SET off = 1")
            if first:
                _erase(connection, found)
                execute("INSERT OR IGNORE INTO main.site(site, label) SELECT site, label FROM temp.incoming_site")
            execute(
                f"""INSERT OR IGNORE INTO main.op({OP}) SELECT {", ".join("i." + c for c in OP.split(", "))}
                FROM temp.todo t CROSS JOIN temp.incoming i ON i.tbl = t.tbl AND i.pk = t.pk
                WHERE t.n > {done} AND t.n <= {until}"""
            )
            found.add(*refold(connection, slice, standing=True))
            if until == last:
                _repair(connection, found, "SELECT tbl, pk FROM temp.todo")
                _loosen(connection, found, "SELECT tbl, pk FROM temp.todo")
            execute("UPDATE recorder SET off = 0")
            execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
            after(found.result(staged))
            execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                execute("ROLLBACK")
            raise
        whole_result.include(found)
        whole_result.sought = found.sought
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
        self.loosened = False
        self.sought: list[Sought] = []  # by what those that were erased there are known here
        self.named = 0
        self.accounts: set[str] = set()
        self.tables: set[str] = set()

    def add(self, rows: int, accounts: Iterable[str], tables: Iterable[str], conflicts: int) -> None:
        self.rows += rows
        self.conflicts += conflicts
        self.accounts.update(accounts)
        self.tables.update(tables)

    def include(self, other: _Found) -> None:
        self.add(other.rows, other.accounts, other.tables, other.conflicts)
        self.loosened = self.loosened or other.loosened
        self.named += other.named

    def result(self, staged: Staged) -> MergeResult:
        return MergeResult(
            staged.operations,
            self.rows,
            self.conflicts,
            frozenset(self.accounts),
            frozenset(self.tables),
            staged.covers and not self.loosened,
            staged.sites,
            staged.erased,
            self.named,
        )


def _erase(connection: sqlite3.Connection, found: _Found) -> None:
    """Erase here what was erased there."""
    execute = connection.execute
    if execute("SELECT 1 FROM temp.incoming_erased LIMIT 1").fetchone() is None:
        return
    from fieldsales.storage.erasing import apply_erased, known_as

    found.sought = known_as(connection, "SELECT tbl, pk FROM temp.incoming_erased WHERE hlc = 0")
    execute("INSERT OR IGNORE INTO main.erased SELECT tbl, pk, hlc, rnd FROM temp.incoming_erased")
    touched = apply_erased(connection, "SELECT tbl, pk, hlc, rnd FROM temp.incoming_erased")
    found.add(
        len(touched), (pk for tbl, pk in touched if tbl == "account"), {tbl for tbl, _ in touched} & COLUMNS.keys(), 0
    )


def _loosen(connection: sqlite3.Connection, found: _Found, which: str) -> None:
    """Leave no row that names something erased, be it there or here; `which` as for `_repair`, which goes before it."""
    if connection.execute("SELECT 1 FROM main.erased LIMIT 1").fetchone() is None:
        return
    from fieldsales.storage.loosening import loosen

    done = loosen(
        connection,
        f"{which} UNION SELECT tbl, pk FROM temp.revived",
        "SELECT DISTINCT pk FROM temp.incoming_erased WHERE hlc = 0",
    )
    found.add(done.rows, done.accounts, done.tables, 0)
    found.loosened = bool(done.rows)
    if found.sought:
        from fieldsales.storage.erasing import still_named

        found.named = still_named(connection, found.sought)


def _repair(connection: sqlite3.Connection, found: _Found, which: str) -> None:
    """Bring back what a living row stands under where it was deleted by somebody who knew nothing of that row.

    `which` is SQL that selects the (tbl, pk) to look at. The operation that brings a row back is made from the
    operations that it follows and nothing else, so every copy that holds these makes the same one.
    """
    execute = connection.execute
    execute("CREATE TEMP TABLE IF NOT EXISTS changed(tbl TEXT, pk TEXT, PRIMARY KEY(tbl, pk)) WITHOUT ROWID")
    execute("CREATE TEMP TABLE IF NOT EXISTS missing(tbl TEXT, pk TEXT, PRIMARY KEY(tbl, pk)) WITHOUT ROWID")
    execute("CREATE TEMP TABLE IF NOT EXISTS revived(tbl TEXT, pk TEXT, PRIMARY KEY(tbl, pk)) WITHOUT ROWID")
    execute("DELETE FROM temp.revived")
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
                f"INSERT OR IGNORE INTO main.op({OP}) VALUES (?, ?, ?, ?, '', 'merge', '{{}}', ?)",
                (table, pk, max(heads)[0] + 1, crc32(parents_text.encode()), parents_text),
            )
            execute("INSERT INTO temp.changed VALUES (?, ?)", (table, pk))
            execute("INSERT OR IGNORE INTO temp.revived VALUES (?, ?)", (table, pk))
        if execute("SELECT 1 FROM temp.changed LIMIT 1").fetchone() is None:
            return
        found.add(*refold(connection, "SELECT tbl, pk FROM temp.changed"))
