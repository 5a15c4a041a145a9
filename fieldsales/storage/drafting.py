"""What is being typed: kept with each key, without making the key wait."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from fieldsales.storage.errors import OwnBookDamaged, in_words

WAIT_MS = 10_000  # as `schema.connect` has it
KEY_WAIT_MS = 15  # for another writer, with a key


class Drafts:
    """The half of `Book` that keeps what was typed into forms and not saved. Drafts stay on this machine.

    Where somebody else goes on writing (a merge in the background, another window), a draft waits in memory until the
    next key or `flush_drafts`, rather than the key for the other.
    """

    work: sqlite3.Connection
    _changing: bool
    _unwritten: dict[tuple[str, str], Mapping[str, str] | None]

    def draft(self, form: str, target: str) -> dict[str, str]:
        """What was typed into a form and not saved, by field; empty where nothing was."""
        if (form, target) in self._unwritten:
            return dict(self._unwritten[form, target] or {})
        row = self.work.execute("SELECT fields FROM draft WHERE form = ? AND target = ?", (form, target)).fetchone()
        return {} if row is None else dict(json.loads(row[0]))

    def drafts(self) -> list[tuple[str, str]]:
        """Form and target of every draft, the newest first."""
        written = self.work.execute("SELECT form, target FROM draft ORDER BY at DESC").fetchall()
        waiting = [key for key, fields in self._unwritten.items() if fields is not None]
        return [*reversed(waiting), *(key for key in written if key not in self._unwritten)]

    def save_draft(self, form: str, target: str, fields: Mapping[str, str]) -> None:
        """Keep what is being typed. It survives the end of the program; a power cut may take the last second, and a
        kill what was typed while another writer was at work for long."""
        self._unwritten.pop((form, target), None)
        self._unwritten[form, target] = dict(fields)
        self.flush_drafts()

    def drop_draft(self, form: str, target: str) -> None:
        self._unwritten[form, target] = None
        self.flush_drafts()

    def flush_drafts(self, wait: bool = False) -> None:
        """Write the drafts that wait, unless somebody else is writing just now; with `wait` after that."""
        if not self._unwritten:
            return
        with in_words("", OwnBookDamaged):
            if self._changing:  # with the transaction under way, which brings them back if it is taken back
                self._write_drafts()
                self._unwritten.clear()
                return
            try:
                # A commit that does not wait for the disk.
                self.work.execute("PRAGMA main.synchronous=NORMAL")
                self.work.execute(f"PRAGMA busy_timeout={WAIT_MS if wait else KEY_WAIT_MS}")
                self.work.execute("BEGIN IMMEDIATE")
                self._write_drafts()
                self.work.execute("COMMIT")
                self._unwritten.clear()
            except sqlite3.OperationalError as error:
                if self.work.in_transaction:
                    self.work.execute("ROLLBACK")
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or wait:
                    raise
            finally:
                self.work.execute(f"PRAGMA busy_timeout={WAIT_MS}")
                self.work.execute("PRAGMA main.synchronous=FULL")

    def _write_drafts(self) -> None:
        for (form, target), fields in self._unwritten.items():
            if fields is None:
                self.work.execute("DELETE FROM draft WHERE form = ? AND target = ?", (form, target))
            else:
                self.work.execute(
                    "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%f', 'now'))",
                    (form, target, json.dumps(fields, ensure_ascii=False)),
                )
