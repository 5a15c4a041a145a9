"""Undo and redo: whole acts, taken back and brought again, across restarts and windows of one machine."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import TABLES, Changed
from fieldsales.storage.changing import Change, Row, Seen, new_id
from fieldsales.storage.errors import CacheMended, in_words
from fieldsales.storage.schema import COLUMNS

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
