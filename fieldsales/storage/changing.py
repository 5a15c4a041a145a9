"""Writing: one user's action, its rows, and what a form had seen of them."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass, field
from fieldsales.domain.ids import natural_id, uuid_text
from fieldsales.domain.model import TABLES, Changed, Setting
from fieldsales.domain.operations import DELETED
from fieldsales.storage.errors import RowGone
from fieldsales.storage.schema import COLUMNS, NAMED_BY, OWNED, PARENTS, TABLE_OF

if TYPE_CHECKING:
    from fieldsales.storage.bulk import Put

Row = tuple[str, str]  # table and id
Value = str | int | None


def new_id(moment: float | None = None) -> str:
    """A UUIDv7: text that sorts by the time it was made, to the millisecond."""
    milliseconds = int((time.time() if moment is None else moment) * 1000)
    number = (milliseconds & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    return uuid_text(number, 7)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form had read of its rows when it was opened: for each (table, id) the stamps of its newest operations,
    and in `rows` the columns that it shows. What its user left as it was there is not written: it may be another by
    now."""

    heads: Mapping[Row, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    rows: Mapping[Row, Mapping[str, Value]] = field(default_factory=dict)

    def __or__(self, other: Seen) -> Seen:
        return Seen({**self.heads, **other.heads}, {**self.rows, **other.rows})


class Change:
    """One user's action under way: what is written in it is saved together or not at all.

    `act` is the name under which it is recorded, unique for each; `now` the moment it happened (local). After the block
    `changed` says what it touched.
    """

    def __init__(self, work: sqlite3.Connection, act: str, now: datetime, seen: Seen | None = None) -> None:
        self.act = act
        self.now = now
        self._shown = seen.rows if seen is not None else {}
        self.changed = Changed()
        self.wrote = False
        self._work = work
        self._accounts: set[str] = set()
        self._tables: set[str] = set()
        self._rows: dict[Row, None] | None = {}  # None: too many to keep in mind, found by their act

    def new_id(self) -> str:
        return new_id()

    def add(self, row: object) -> str:
        """Write a new row; its id. A row above it that was deleted meanwhile (by a copy that was merged) comes back.
        Raises sqlite3.IntegrityError where a row of that id stands already."""
        table = TABLE_OF[type(row)]
        columns = COLUMNS[table]
        values: list[Value] = [getattr(row, column) for column in columns]
        self._keep_above(table, dict(zip(columns, values, strict=True)))
        self._run(
            table,
            getattr(row, "id"),  # noqa: B009
            f"INSERT INTO main.{table}({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            values,
        )
        self._concern(table, row)
        return str(getattr(row, "id"))  # noqa: B009

    def put(self, row: object) -> str:
        """Write a row by its natural id: add it, or change what differs in the one that stands there; its id."""
        table = TABLE_OF[type(row)]
        columns = COLUMNS[table]
        id = str(getattr(row, "id"))  # noqa: B009
        old = self._row(table, id)
        if old is None:
            return self.add(row)
        values = {
            column: getattr(row, column)
            for column, before in zip(columns, old, strict=True)
            if getattr(row, column) != before
        }
        if values:
            self.edit(type(row), id, **values)
        return id

    def put_many(self, kind: type, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Put:
        """Write many rows of one kind by their ids; `columns` names what each row holds, `id` first."""
        from fieldsales.storage.bulk import put_many

        table = TABLE_OF[kind]
        before = self._work.total_changes
        done = put_many(self._work, table, columns, rows)
        if done.made or done.updated:
            self.wrote = self._work.total_changes > before
            self._rows = None
            self._tables.add(table)
            self._accounts |= done.accounts
        return done

    def edit(self, kind: type, id: str, /, **columns: Value) -> None:
        """Change some columns of a row. What is equal already is not written.

        A row that was deleted meanwhile (by a copy that was merged) comes back with the change. Raises RowGone where
        there never was such a row.
        """
        table = TABLE_OF[kind]
        unknown = columns.keys() - set(COLUMNS[table][1:])
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
        if shown := self._shown.get((table, id)):
            changed = {column: value for column, value in columns.items() if value != shown[column]}
            if columns and not changed:
                return
            columns = changed
        old = self._row(table, id)
        if old is None:
            if not self._bring_back(table, id, columns):
                raise RowGone()
            return
        if not columns:
            return
        self._keep_above(table, columns)
        self._concern(table, kind(*old))
        self._run(
            table,
            id,
            f"UPDATE main.{table} SET {', '.join(f'{column} = ?' for column in columns)} WHERE id = ?",
            [*columns.values(), id],
        )
        self._concern(table, kind(*{**dict(zip(COLUMNS[table], old, strict=True)), **columns}.values()))

    def remove(self, kind: type, id: str) -> None:
        """Delete a row and the rows that stand under it; others that name it name nothing then. A row that is gone
        already is left so."""
        # Others are emptied of all that goes at once, and rows that go are not: either would be a use of rows above.
        going = self._standing_under(TABLE_OF[kind], id)
        emptied: dict[Row, dict[str, Value]] = {}
        for table, key in going:
            for other, column in NAMED_BY.get(table, ()):
                for (named_by,) in self._work.execute(f"SELECT id FROM main.{other} WHERE {column} = ?", (key,)):
                    if (other, named_by) not in going:
                        emptied.setdefault((other, named_by), {})[column] = ""
        for (other, key), columns in emptied.items():
            self.edit(TABLES[other], key, **columns)
        for table, key in reversed(going):
            old = self._row(table, key)
            if old is not None:
                self._concern(table, TABLES[table](*old))
                self._run(table, key, f"DELETE FROM main.{table} WHERE id = ?", [key])

    def _standing_under(self, table: str, id: str) -> dict[Row, None]:
        """A row and all that is owned by it, each after what owns it."""
        found: dict[Row, None] = {}
        open_rows = [(table, id)]
        for above, key in open_rows:
            found[above, key] = None
            for child, column in OWNED.get(above, ()):
                below = self._work.execute(f"SELECT id FROM main.{child} WHERE {column} = ?", (key,)).fetchall()
                open_rows += [(child, row) for (row,) in below if (child, row) not in found]
        return found

    def settle(self, table: str, id: str, column: str, value: Value) -> None:
        """Say which value of a cell holds where copies had written different ones; the one that stands, too.

        With the column `_deleted`, 0 says that the row stays, 1 that it goes. What was in question is in question no
        more. Raises RowGone where the row is gone.
        """
        old = self._row(table, id)
        if old is None:
            raise RowGone()
        kind = TABLES[table]
        if column == DELETED:
            if value:
                self.remove(kind, id)
                return
            patch: dict[str, Value] = {}
        else:
            patch = {column: value}
            self.edit(kind, id, **patch)
        self._concern(table, kind(*old))
        # Writing what stands there already changes no row, so no trigger records it.
        if not patch or old[COLUMNS[table].index(column)] == value:
            self._run(table, id, "INSERT INTO recording VALUES (?, ?, ?)", [table, id, json.dumps(patch)])

    def set(self, key: str, value: str) -> None:
        """Change a setting of the book."""
        self.put(Setting(natural_id("setting", key), key, value))

    def _row(self, table: str, id: str) -> tuple[Value, ...] | None:
        row: tuple[Value, ...] | None = self._work.execute(
            f"SELECT {', '.join(COLUMNS[table])} FROM main.{table} WHERE id = ?", (id,)
        ).fetchone()
        return row

    def _run(self, table: str, id: str, sql: str, values: Sequence[Value]) -> None:
        # A row written counts one; whatever the triggers recorded of it counts as well.
        before = self._work.total_changes
        self._work.execute(sql, values)
        if self._work.total_changes - before > 1:
            self.note(table, id)

    def note(self, table: str, id: str) -> None:
        """Say that a row was written."""
        self.wrote = True
        self._tables.add(table)
        if self._rows is not None:
            self._rows[table, id] = None

    def _concern(self, table: str, row: object) -> None:
        account: str | None = None
        if table == "account":
            account = getattr(row, "id", "")
        elif "account_id" in COLUMNS[table]:
            account = getattr(row, "account_id", "")
        elif "case_id" in COLUMNS[table]:
            found = self._work.execute(
                "SELECT account_id FROM main.churn_case WHERE id = ?", (getattr(row, "case_id", ""),)
            ).fetchone()
            account = found[0] if found else ""
        elif table == "policy" and getattr(row, "scope", "") == "account":
            account = getattr(row, "scope_id", "")
        if account:
            self._accounts.add(account)

    def _keep_above(self, table: str, values: Mapping[str, Value]) -> None:
        """Bring back what these values name and a merge has removed: nothing stands under a row that is gone."""
        for column, above in PARENTS[table]:
            id = values.get(column)
            if id and not self._work.execute(f"SELECT 1 FROM main.{above} WHERE id = ?", (id,)).fetchone():
                self._bring_back(above, str(id), {})

    def _bring_back(self, table: str, id: str, columns: Mapping[str, Value]) -> bool:
        """Make a removed row again, with these columns changed; False where there never was such a row."""
        from fieldsales.storage.refolding import as_row, fold_row

        folded = fold_row(self._work, table, id)
        if not folded.heads:
            return False
        values = dict(zip(COLUMNS[table], as_row(table, id, folded), strict=True)) | dict(columns)
        self.add(TABLES[table](**values))
        return True

    def finish(self) -> Changed:
        """What was touched; empty where nothing was written."""
        if self.wrote:
            self.changed = Changed(frozenset(self._accounts), frozenset(self._tables), self.act)
        return self.changed

    @property
    def rows(self) -> tuple[Row, ...] | None:
        return None if self._rows is None else tuple(self._rows)
