"""Undo and redo: whole acts, taken back and brought again, across restarts and windows of one machine."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import TABLES, Changed
from fieldsales.storage.changing import Change, Row, Seen, new_id
from fieldsales.storage.errors import CacheMended, in_words
from fieldsales.storage.schema import COLUMNS

if TYPE_CHECKING:
    from fieldsales.domain.operations import Conflict

UNDOABLE = 50  # acts that can be taken back
_WITHOUT = 400  # acts remembered as taken back, the acts of taking back among them
_ROWS = 40  # of an act whose rows are kept in mind; those of longer ones are found by the act's name

Closing = Callable[[Change], None]


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be taken back and brought again on this machine, oldest first, each as an act and its rows (None:
    many). `without` are the acts that count as never made."""

    undo: tuple[tuple[str, tuple[Row, ...] | None], ...] = ()
    redo: tuple[tuple[str, tuple[Row, ...] | None], ...] = ()
    without: tuple[str, ...] = ()


def load(work: sqlite3.Connection) -> Acts:
    row = work.execute("SELECT value FROM main.local WHERE key = 'acts'").fetchone()
    if row is None:
        return Acts()
    told = json.loads(row[0])

    def acts(name: str) -> tuple[tuple[str, tuple[Row, ...] | None], ...]:
        return tuple((act, None if rows is None else tuple((t, id) for t, id in rows)) for act, rows in told[name])

    return Acts(acts("undo"), acts("redo"), tuple(told["without"]))


def save(work: sqlite3.Connection, acts: Acts) -> None:
    told = {"undo": acts.undo[-UNDOABLE:], "redo": acts.redo, "without": acts.without[-_WITHOUT:]}
    text = json.dumps(told, separators=(",", ":"))
    work.execute("INSERT OR REPLACE INTO main.local VALUES ('acts', ?)", (text,))


def remember(work: sqlite3.Connection, change: Change) -> None:
    """Note a new act, inside its transaction; what had been taken back before it cannot be brought again."""
    acts = load(work)
    rows = change.rows if change.rows is not None and len(change.rows) <= _ROWS else None
    save(work, Acts((*acts.undo, (change.act, rows)), (), acts.without))


class Turning:
    """The undoing half of `Book`."""

    work: sqlite3.Connection
    _changing_as: Callable[[str, datetime, Seen | None, Closing], AbstractContextManager[Change]]

    def undo(self, now: datetime) -> Changed | None:
        """Take back the newest act of this machine that still stands, whole; None where there is none.

        What others wrote since in the same cells stays. `act` of the answer names the act that was taken back.
        """
        return self._turn(now, back=True)

    def redo(self, now: datetime) -> Changed | None:
        """Bring back what was taken back last; None where nothing was, or something was changed since."""
        return self._turn(now, back=False)

    def forget_acts(self) -> None:
        """Take what was done so far for the beginning: none of it can be taken back."""
        save(self.work, Acts())

    def _turn(self, now: datetime, back: bool) -> Changed | None:
        acts = load(self.work)
        source = acts.undo if back else acts.redo
        if not source:
            return None
        last = source[-1]
        without = (*acts.without, last[0]) if back else tuple(act for act in acts.without if act != last[0])
        turn = f"{'undo' if back else 'redo'}:{new_id()}"
        after = (
            Acts(acts.undo[:-1], (*acts.redo, last), (*without, turn))
            if back
            else Acts((*acts.undo, last), acts.redo[:-1], (*without, turn))
        )
        rows = last[1]
        if rows is None:
            rows = tuple(self.work.execute("SELECT DISTINCT tbl, pk FROM op WHERE act = ?", (last[0],)))

        def write_back() -> Change:
            with self._changing_as(turn, now, None, lambda change: save(self.work, after)) as change:
                for table, id in rows:
                    if table in COLUMNS:
                        self._write_back(change, table, id, frozenset(without))
                if last[0].startswith("settle:"):
                    self._ask_again(change, rows, frozenset((*without, turn)), back)
            return change

        try:
            change = write_back()
        except CacheMended:
            change = write_back()
        if not change.wrote:  # nothing of it was left to turn
            with in_words("local"):
                save(self.work, after)
        return Changed(change.changed.accounts, change.changed.tables, last[0])

    def _write_back(self, change: Change, table: str, id: str, without: Collection[str]) -> None:
        from fieldsales.storage.refolding import as_row, fold_row

        folded = fold_row(self.work, table, id, without)
        kind = TABLES[table]
        if folded.alive and "_made" not in folded.values:
            # Somebody else has written in a row that this act had made: it stays.
            return
        if folded.alive:
            change.put(kind(*as_row(table, id, folded)))
        elif change._row(table, id) is not None:
            old = change._row(table, id)
            assert old is not None
            change._concern(table, kind(*old))
            change._run(table, id, f"DELETE FROM main.{table} WHERE id = ?", [id])

    def _ask_again(self, change: Change, rows: Iterable[Row], without: Collection[str], back: bool) -> None:
        """Open the questions that an act had settled, or settle them again where the act is brought back.

        A question is open again once what lost is written anew by somebody who knew as little as its first writer.
        """
        from fieldsales.storage.erasing import unrecorded
        from fieldsales.storage.refolding import fold_row, refold

        work = self.work
        work.execute("CREATE TEMP TABLE IF NOT EXISTS asked(tbl, pk)")
        work.execute("DELETE FROM temp.asked")
        for table, id in rows:
            old = change._row(table, id) if table in COLUMNS else None
            if old is None:
                continue
            values = dict(zip(COLUMNS[table], old, strict=True))
            wanted = {(one.col, one.value): one for one in fold_row(work, table, id, without).conflicts}
            found = {(one.col, one.value): one for one in fold_row(work, table, id).conflicts}
            if back:
                lost = [one for key, one in wanted.items() if key not in found and values.get(one.col) != one.value]
                for one in lost:
                    _write_anew(work, table, id, one, change.act)
            else:
                open_still = {column for column, _ in wanted}
                lost = [one for (column, _), one in found.items() if column not in open_still]
                if lost:
                    patch = json.dumps({one.col: values[one.col] for one in lost if one.col in values})
                    work.execute("INSERT INTO recording VALUES (?, ?, ?)", (table, id, patch))
            if lost:
                change._concern(table, TABLES[table](*old))
                change.note(table, id)
                work.execute("INSERT INTO temp.asked VALUES (?, ?)", (table, id))
        with unrecorded(work):
            refold(work, "SELECT DISTINCT tbl, pk FROM temp.asked")


def _write_anew(work: sqlite3.Connection, table: str, id: str, lost: Conflict, act: str) -> None:
    from fieldsales.storage.erasing import unrecorded

    patch = json.dumps({lost.col: lost.value}, ensure_ascii=False, separators=(",", ":"))
    with unrecorded(work):
        work.execute(
            """INSERT OR IGNORE INTO main.op SELECT tbl, pk, hlc, random() & 4294967295, site, ?, ?, parents
            FROM main.op WHERE tbl = ? AND pk = ? AND hlc = ? AND rnd = ?""",
            (act, patch, table, id, lost.hlc, lost.rnd),
        )
