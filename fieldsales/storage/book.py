"""The book (수첩): the one door to everything that is kept.

Edits go to a private working database, one folder for each book under `books` in the data folder. The user's file is a
closed snapshot of it, published after each change (see `publishing`); whatever else appears at its path is merged
(see `merging`).
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import TABLES, Changed, FieldsalesError, Message
from fieldsales.storage import publishing
from fieldsales.storage.changing import Change, Row, Seen, new_id
from fieldsales.storage.errors import (
    BookDamaged,
    BookElsewhere,
    BookIncomplete,
    BookLocked,
    BookNewer,
    BookNotCreated,
    BookNotFound,
    DiskFull,
    in_words,
)
from fieldsales.storage.errors import reason as why
from fieldsales.storage.files import check_header, signature
from fieldsales.storage.homes import home_of, known_at, upgrade, write_home
from fieldsales.storage.lookups import Lookups
from fieldsales.storage.publishing import Publisher, Status
from fieldsales.storage.schema import COLUMNS, FORMAT, TABLE_OF, connect, version

if TYPE_CHECKING:
    from fieldsales.storage.merging import MergeResult

__all__ = ["Book", "Change", "Seen", "Status", "new_id"]

UNDOABLE = 50  # acts of this run that can be taken back
_LOOK_SECONDS = 1.0
_STALE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class _Act:
    """An act of this run that can be taken back; `own` are the acts that took it back and brought it again."""

    act: str
    rows: tuple[Row, ...] | None
    own: frozenset[str] = frozenset()


class Book(Lookups):
    """An open book. Used from one thread. Made by `Book.open`, given up by `close`.

    `work` is the connection to the working database, with the derived rows attached as `cache`. `today` is the day
    for which derived rows are made; the day of the newest change where nobody set it.
    """

    def __init__(self, path: Path, folder: Path, document_id: str, work: sqlite3.Connection, site: str) -> None:
        self.path = path
        self.document_id = document_id
        self.work = work
        self.today: date | None = None
        self._folder = folder
        self._site = site
        self._publisher = Publisher(folder, path)
        self._undo: list[_Act] = []
        self._redo: list[_Act] = []
        self._cancelled: set[str] = set()
        self._incoming: Changed | None = None
        self._looked = 0.0
        self._changing = False
        self._closed = False

    # --- opening ----------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, path: Path, data: Path, *, create: bool = False, today: date | None = None) -> Book:
        """The book whose file is at the path; its working database is made in `data` where this machine has none.

        A missing file is made at once with `create`, else BookNotFound; where this machine knows the book whose file
        vanished from there, that book is opened and its status says so. Raises the other errors of `storage.errors`
        where the file is none that may be opened.
        """
        path = Path(os.path.realpath(path))
        books = data / "books"
        known = known_at(books, path)
        found: FieldsalesError | None = None
        if known is not None:
            try:
                check_header(path)
            except BookNewer:
                raise
            except FieldsalesError as error:  # the working database is whole: the file's trouble shows in the status
                found = error
            book = cls._sit(path, books / known, known)
        elif not path.exists():
            if not create:
                raise BookNotFound(name=path.name, path=str(path))
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise BookNotCreated(path=str(path), why=f"@{why(error).id}") from None
            return cls._create(path, books, today)
        else:
            from fieldsales.storage.merging import document_of

            books.mkdir(parents=True, exist_ok=True)
            document_id = document_of(path, books)
            home = home_of(books / document_id)
            if home is not None and home != path and home.exists():
                raise BookElsewhere(name=path.name, home=str(home), path=str(path))
            book = cls._sit(path, books / document_id, document_id)
            write_home(books / document_id, path)
        try:
            book.today = today
            if found is None:
                book._take_file(raising=known is None)
            else:
                book._publisher.refuse(signature(path), book._trouble(found))
            book._take_leftovers()
            if book._behind() or book._publisher.reason is not None:
                book._publisher.request()
        except BaseException:
            book.work.close()
            raise
        return book

    @classmethod
    def _sit(cls, path: Path, folder: Path, document_id: str) -> Book:
        """Open the working database of a book, making or upgrading it where that is due."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with in_words(path.name):
            work = connect(folder / "book.db")
            try:
                number = version(work)
                if number > FORMAT:
                    raise BookNewer(name=path.name)
                if number < FORMAT:
                    upgrade(work, document_id)
                own = work.execute("SELECT value FROM meta WHERE key = 'document_id'").fetchone()
                if own is None or own[0] != document_id:
                    raise BookDamaged(name=path.name)
                site = work.execute("SELECT site FROM recorder").fetchone()[0]
                from fieldsales.storage import derived

                derived.attach(work, folder)
            except BaseException:
                work.close()
                raise
        return cls(path, folder, document_id, work, site)

    @classmethod
    def _create(cls, path: Path, books: Path, today: date | None) -> Book:
        import uuid

        document_id = str(uuid.uuid4())
        folder = books / document_id
        book = cls._sit(path, folder, document_id)
        book.today = today
        book._publisher.publish()
        if book._publisher.reason is not None or not path.exists():
            import shutil

            told = book._publisher.reason or Message("book.file_failed")
            book.work.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise BookNotCreated(path=str(path), why=f"@{told.id}")
        write_home(folder, path)
        return book

    # --- writing ----------------------------------------------------------------------------------------------------

    @contextmanager
    def change(self, act: str, now: datetime, seen: Seen | None = None) -> Iterator[Change]:
        """One transaction, recorded as one action; `act` is a short name for it, `seen` what the form had read.

        An exception inside takes everything back. Where nothing was written in the end, nothing is recorded.
        """
        with self._changing_as(f"{act}:{new_id()}", now, seen) as change:
            yield change
        if change.wrote:
            self._undo.append(_Act(change.act, change.rows))
            del self._undo[:-UNDOABLE]
            self._redo.clear()

    @contextmanager
    def _changing_as(self, act: str, now: datetime, seen: Seen | None = None) -> Iterator[Change]:
        if self._changing:
            raise RuntimeError("a change inside a change")
        work = self.work
        change = Change(work, act, now)
        self._changing = True
        try:
            with in_words(self.path.name):
                work.execute("BEGIN IMMEDIATE")
                try:
                    work.execute("UPDATE recorder SET act = ?", (act,))
                    if seen is not None:
                        work.executemany(
                            "INSERT INTO seen VALUES (?, ?, ?, ?)",
                            ((*row, *stamp) for row, stamps in seen.heads.items() for stamp in stamps),
                        )
                    yield change
                    if change.wrote:
                        if seen is not None:
                            self._settle_unseen(change, seen)
                        work.execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
                        changed = change.finish()
                        self._derive(changed, now.date())
                        work.execute("UPDATE recorder SET act = ''")
                        if seen is not None:
                            work.execute("DELETE FROM seen")
                        work.execute("COMMIT")
                    else:
                        work.execute("ROLLBACK")
                except BaseException:
                    if work.in_transaction:
                        work.execute("ROLLBACK")
                    raise
        finally:
            self._changing = False
        if change.wrote:
            self._publisher.request()

    def _settle_unseen(self, change: Change, seen: Seen) -> None:
        """Where something landed that the form had not seen, the row becomes what both make of it."""
        from fieldsales.storage.merging import refold

        apart = [
            row
            for row in seen.heads
            if self.work.execute("SELECT count(*) FROM head WHERE tbl = ? AND pk = ?", row).fetchone()[0] > 1
        ]
        if not apart:
            return
        self.work.execute("UPDATE recorder SET off = 1")
        self.work.execute("CREATE TEMP TABLE IF NOT EXISTS apart(tbl, pk)")
        self.work.executemany("INSERT INTO temp.apart VALUES (?, ?)", apart)
        refold(self.work, "SELECT DISTINCT tbl, pk FROM temp.apart")
        self.work.execute("DELETE FROM temp.apart")
        self.work.execute("UPDATE recorder SET off = 0")
        for table, _ in apart:
            change._tables.add(table)

    def _derive(self, changed: Changed, today: date) -> None:
        from fieldsales.storage import derived

        derived.touch(self.work, changed.accounts, self._read_rules(), self.today or today)

    def seen(self, table: str | type, id: str) -> Seen:
        """What is known of a row now, to be handed to `change` when the form that shows it is saved."""
        name = table if isinstance(table, str) else TABLE_OF[table]
        stamps = self.work.execute("SELECT hlc, rnd FROM head WHERE tbl = ? AND pk = ?", (name, id)).fetchall()
        return Seen({(name, id): tuple(stamps)})

    def undo(self, now: datetime) -> Changed | None:
        """Take back the newest act of this run that still stands, whole; None where there is none.

        What others wrote since in the same cells stays.
        """
        return self._turn(self._undo, self._redo, now, "undo")

    def redo(self, now: datetime) -> Changed | None:
        """Bring back what was taken back last; None where nothing was, or something was changed since."""
        return self._turn(self._redo, self._undo, now, "redo")

    def _turn(self, source: list[_Act], target: list[_Act], now: datetime, name: str) -> Changed | None:
        if not source:
            return None
        last = source[-1]
        without = self._cancelled | {last.act} if name == "undo" else self._cancelled - {last.act}
        act = f"{name}:{new_id()}"
        rows = last.rows
        if rows is None:
            rows = tuple(self.work.execute("SELECT DISTINCT tbl, pk FROM op WHERE act = ?", (last.act,)))
        with self._changing_as(act, now) as change:
            for table, id in rows:
                if table in COLUMNS:
                    self._write_back(change, table, id, without)
        source.pop()
        target.append(last)
        self._cancelled = without | {act}
        return change.changed

    def _write_back(self, change: Change, table: str, id: str, without: set[str]) -> None:
        from fieldsales.storage.merging import as_row, fold_row

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

    # --- drafts -----------------------------------------------------------------------------------------------------

    def draft(self, form: str, target: str) -> dict[str, str]:
        """What was typed into a form and not saved, by field; empty where nothing was."""
        row = self.work.execute("SELECT fields FROM draft WHERE form = ? AND target = ?", (form, target)).fetchone()
        return {} if row is None else dict(json.loads(row[0]))

    def drafts(self) -> list[tuple[str, str]]:
        """Form and target of every draft, the newest first."""
        return self.work.execute("SELECT form, target FROM draft ORDER BY at DESC").fetchall()

    def save_draft(self, form: str, target: str, fields: Mapping[str, str]) -> None:
        """Keep what is being typed. It survives the program's end; only a power cut may take the last second.

        Drafts stay on this machine.
        """
        with self._lightly():
            self.work.execute(
                "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%f', 'now'))",
                (form, target, json.dumps(dict(fields), ensure_ascii=False)),
            )

    def drop_draft(self, form: str, target: str) -> None:
        with self._lightly():
            self.work.execute("DELETE FROM draft WHERE form = ? AND target = ?", (form, target))

    @contextmanager
    def _lightly(self) -> Iterator[None]:
        """A commit that does not wait for the disk."""
        if self._changing:
            yield
            return
        with in_words(self.path.name):
            self.work.execute("PRAGMA main.synchronous=NORMAL")
            try:
                yield
            finally:
                self.work.execute("PRAGMA main.synchronous=FULL")

    # --- the file ---------------------------------------------------------------------------------------------------

    @property
    def change_seq(self) -> int:
        """Counts the changes of the book, those of other windows and commands on this machine too."""
        return publishing.recorded(self.work)[2]

    @property
    def status(self) -> Status:
        """Whether the newest change is in the file, else how many are not and why."""
        known, file_seq, seq = publishing.recorded(self.work)
        reason = self._publisher.reason
        pending = max(seq - file_seq, 0) if known is not None else max(seq, 1)
        return Status(pending == 0 and reason is None, pending, reason)

    def publish_now(self, recreate: bool = False) -> Status:
        """Bring the file up to date before returning. `recreate` writes a file that vanished anew, and sets a file
        aside that is no book."""
        self._publisher.publish(self._merge_at, recreate)
        return self.status

    def merge(self, other: Path) -> MergeResult:
        """Take in another copy of this book. Raises DifferentBook and the errors of opening."""
        result = self._merge(other)
        if result.operations:
            self._publisher.request()
        return result

    def _merge(self, other: Path, name: str = "") -> MergeResult:
        from fieldsales.storage.merging import merge_file

        def after(result: MergeResult) -> None:
            if self.today is not None:
                self._derive(result.changed, self.today)

        with in_words(other.name):
            return merge_file(self.work, other, self._folder, after, name, self.path.name)

    def _merge_at(self, path: Path) -> None:
        """Merge the file at the home path, or one that came out of it, and note that it is known now."""
        before = signature(path)
        result = self._merge(path, self.path.name)
        if result.operations:
            self._take(result.changed)
        if before is not None and path == self.path:
            seq = publishing.recorded(self.work)[2]
            publishing.record(self.work, before, seq if result.equal else None)
            self._publisher.refused = None

    def _take(self, changed: Changed) -> None:
        old = self._incoming or Changed()
        self._incoming = Changed(old.accounts | changed.accounts, old.tables | changed.tables, changed.act)

    def _take_file(self, raising: bool = False) -> None:
        """Merge the file if it is not as this machine left it; what stands against it is left to the status."""
        publisher = self._publisher
        try:
            found = signature(self.path)
            known = publishing.recorded(self.work)[0]
            if found is None:
                publisher.reason = self._gone() if known is not None else publisher.reason
            elif found not in (known, publisher.refused):
                self._merge_at(self.path)
                if publisher.reason is not None:
                    publisher.request()
            elif publisher.reason is not None and publisher.reason.id in ("book.file_gone", "book.folder_gone"):
                publisher.request()
        except FieldsalesError as error:
            if raising:
                raise
            passing = isinstance(error, BookIncomplete | BookLocked | DiskFull)
            publisher.refuse(None if passing else found, error.message)
        except OSError as error:
            publisher.refuse(None, why(error))

    def take_incoming(self) -> Changed | None:
        """What came from outside since the last call: looks at the file, at most once a second, and merges it where it
        is not as this machine left it. None where nothing came."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_SECONDS and not self._changing:
            self._looked = now
            self._take_file()
            if self._publisher.reason is None and (self._publisher.foreign or self._behind()):
                self._publisher.request()
        changed, self._incoming = self._incoming, None
        return changed

    def _behind(self) -> bool:
        _, file_seq, seq = publishing.recorded(self.work)
        return file_seq != seq

    def _gone(self) -> Message:
        there = self.path.parent.is_dir()
        return Message("book.file_gone" if there else "book.folder_gone", {"path": str(self.path)})

    def _trouble(self, error: FieldsalesError) -> Message:
        return self._gone() if isinstance(error, BookNotFound) else error.message

    def _take_leftovers(self) -> None:
        """Merge what a crash left beside the file, and remove it once it is old enough not to be under way."""
        for leftover in publishing.leftovers(self.path):
            try:
                if time.time() - leftover.stat().st_mtime > _STALE_SECONDS:
                    try:
                        self._merge_copy(leftover)
                    except FieldsalesError:
                        pass
                    leftover.unlink(missing_ok=True)
                else:
                    self._merge_copy(leftover)
            except (FieldsalesError, OSError):
                continue

    def _merge_copy(self, copy: Path) -> None:
        result = self._merge(copy, self.path.name)
        if result.operations:
            self._take(result.changed)

    def close(self) -> None:
        """Publish what is not in the file yet, and let go of everything. Never raises for the file's sake: what could
        not be written there is in the working database."""
        if self._closed:
            return
        self._closed = True
        self._publisher.stop()
        try:
            if not self.status.in_file:
                self._publisher.publish(self._merge_at)
        finally:
            self.work.close()
