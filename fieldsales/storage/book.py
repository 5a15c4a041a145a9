"""The book (수첩): the one door to everything that is kept.

Edits go to a private working database, one folder for each book under `books` in the data folder. The user's file is a
closed snapshot of it, published after each change (see `publishing`); whatever else appears at its path is merged
(see `merging`).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import replace
from fieldsales.domain.model import Changed, FieldsalesError, Message
from fieldsales.storage import publishing
from fieldsales.storage.arriving import Arrivals, Incoming, to_trash
from fieldsales.storage.changing import Change, Seen, new_id
from fieldsales.storage.drafting import Drafts
from fieldsales.storage.errors import (
    BookElsewhere,
    BookNewer,
    BookNotCreated,
    BookNotFound,
    BookReadOnly,
    CacheMended,
    OwnBookDamaged,
    in_words,
    of_own_file,
)
from fieldsales.storage.errors import reason as why
from fieldsales.storage.files import check_header, signature
from fieldsales.storage.homes import home_of, known_at, unmarked, upgrade, write_home
from fieldsales.storage.lookups import Lookups
from fieldsales.storage.publishing import InlinePublisher, NoPublisher, Publisher, Status
from fieldsales.storage.schema import COLUMNS, FORMAT, TABLE_OF, connect, version
from fieldsales.storage.turning import Closing, Turning, remember

if TYPE_CHECKING:
    from fieldsales.storage.merging import MergeResult

__all__ = ["Book", "Change", "Incoming", "MergeResult", "Seen", "Status", "new_id", "to_trash"]


class Book(Lookups, Drafts, Arrivals, Turning):
    """An open book. Used from one thread. Made by `Book.open`, `Book.look` or `as_of`, given up by `close`.

    `work` is the connection to the working database, with the derived rows attached as `cache`. `today` is the day
    for which derived rows are made; the day of the newest change where nobody set it.
    """

    def __init__(self, path: Path, folder: Path, document_id: str, work: sqlite3.Connection, site: str) -> None:
        self.path = path
        self.document_id = document_id
        self.work = work
        self.today: date | None = None
        self._unwritten = {}
        self._folder = folder
        self._site = site
        self._private = True
        self.read_only = False
        self._publisher: Publisher = Publisher(folder, path)
        self._changing = False
        self._form: Seen | None = None
        self._closed = False

    # --- opening ----------------------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        path: Path,
        data: Path,
        *,
        create: bool = False,
        today: date | None = None,
        background: bool = False,
        trace: bool = True,
    ) -> Book:
        """The book whose file is at the path; its working database is made in `data` where this machine has none.

        `background` leaves large files that came from elsewhere to `take_incoming`. Without `trace` the working
        database is in memory and nothing but the book's file is written.

        A missing file is made at once with `create`, else BookNotFound; where this machine knows the book whose file
        vanished from there, that book is opened and its status says so. Raises the other errors of `storage.errors`
        where the file is none that may be opened.
        """
        path = Path(os.path.realpath(path))
        if not trace:
            return cls._open_in_memory(path, create, today)
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
            from fieldsales.storage.staging import document_of

            books.mkdir(parents=True, exist_ok=True)
            document_id = document_of(path, books)
            home = home_of(books / document_id)
            if home is not None and home != path and home.exists():
                raise BookElsewhere(name=path.name, home=str(home), path=str(path))
            book = cls._sit(path, books / document_id, document_id)
            write_home(books / document_id, path)
        try:
            book.today = today
            book.background = background and known is not None
            if found is None:
                book._take_file(raising=known is None)
                if known is None:  # the next save writes it anew, in our format
                    from fieldsales.storage import backups

                    backups.keep_older(book._folder, path)
            else:
                book._publisher.refuse(signature(path), book._trouble(found))
            book._take_leftovers()
            book._scour()
            book.background = background
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
        with in_words(path.name, OwnBookDamaged):
            emptied = (folder / "home").exists() and (folder / "book.db").exists()
            work = connect(folder / "book.db")
            try:
                number = version(work)
                if (emptied and not number) or not unmarked(work, folder):
                    raise OwnBookDamaged(name=path.name)
                if number > FORMAT:
                    raise BookNewer(name=path.name)
                if number < FORMAT:
                    if number:
                        from fieldsales.storage import backups

                        backups.before(work, folder, "format")
                    upgrade(work, document_id)
                own = work.execute("SELECT value FROM meta WHERE key = 'document_id'").fetchone()
                if own is None or own[0] != document_id:
                    raise OwnBookDamaged(name=path.name)
                site = work.execute("SELECT site FROM recorder").fetchone()[0]
                from fieldsales.storage import derived

                derived.attach(work, folder)
            except BaseException:
                work.close()
                raise
        book = cls(path, folder, document_id, work, site)
        book._cache_file = derived.file_of(folder)
        return book

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

    @classmethod
    def _open_in_memory(cls, path: Path, create: bool, today: date | None) -> Book:
        from fieldsales.storage.looking import fresh
        from fieldsales.storage.staging import document_of

        if path.exists():
            document_id = document_of(path, path.parent)
        elif create:
            import uuid

            document_id = str(uuid.uuid4())
        else:
            raise BookNotFound(name=path.name, path=str(path))
        work = fresh(document_id)
        book = cls(path, path.parent, document_id, work, work.execute("SELECT site FROM recorder").fetchone()[0])
        book.today = today
        book._private = False
        book._publisher = InlinePublisher(work, path)
        try:
            if path.exists():
                book._take_file(raising=True)
                book._incoming = None
                book._take_leftovers()
            elif not book._publisher.publish():
                told = book._publisher.reason or Message("book.file_failed")
                raise BookNotCreated(path=str(path), why=f"@{told.id}")
        except BaseException:
            work.close()
            raise
        return book

    @classmethod
    def look(cls, source: Path, today: date | None) -> Book:
        """Any book's file, read-only, in memory. Raises the errors of its header's check and BookDamaged."""
        from fieldsales.storage.looking import of_file

        source = Path(os.path.realpath(source))
        return cls._only_read(*of_file(source), source, today)

    def as_of(self, moment_ms: int) -> Book:
        """The book as it was at a moment (milliseconds since 1970, UTC), read-only, in memory."""
        from fieldsales.storage.looking import of_moment

        work = of_moment(self.work, self.document_id, moment_ms)
        return Book._only_read(work, self.document_id, self.path, self.today)

    @classmethod
    def _only_read(cls, work: sqlite3.Connection, document_id: str, path: Path, today: date | None) -> Book:
        book = cls(path, path.parent, document_id, work, "")
        book._private = False
        book.read_only = True
        book._publisher = NoPublisher(path.parent, path)
        book.today = today
        return book

    @property
    def folder(self) -> Path:
        """The private folder of the book on this machine."""
        return self._folder

    # --- writing ----------------------------------------------------------------------------------------------------

    @contextmanager
    def change(self, act: str, now: datetime, seen: Seen | None = None) -> Iterator[Change]:
        """One transaction, recorded as one action; `act` is a short name for it, `seen` what the form had read.

        An exception inside takes everything back. Where nothing was written in the end, nothing is recorded. Raises
        CacheMended where the change works when it is made again.
        """
        with self._changing_as(f"{act}:{new_id()}", now, seen, lambda change: remember(self.work, change)) as change:
            yield change

    @contextmanager
    def _changing_as(self, act: str, now: datetime, seen: Seen | None, closing: Closing) -> Iterator[Change]:
        """`closing` is called before the commit of a change that wrote something."""
        if self._changing:
            raise RuntimeError("a change inside a change")
        if self.read_only:
            raise BookReadOnly()
        work = self.work
        seen = seen or self._form
        change = Change(work, act, now, seen)
        self._changing = True
        drafts = dict(self._unwritten)
        try:
            with in_words(self.path.name, OwnBookDamaged):
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
                        closing(change)
                        self._derive(changed, now.date())
                        work.execute("UPDATE recorder SET act = ''")
                        if seen is not None:
                            work.execute("DELETE FROM seen")
                        work.execute("COMMIT")
                        drafts = self._unwritten
                    else:
                        work.execute("ROLLBACK")
                except BaseException as error:
                    if work.in_transaction:
                        work.execute("ROLLBACK")
                    if isinstance(error, sqlite3.DatabaseError):
                        from fieldsales.storage.derived import CacheDamagedError

                        if isinstance(error, CacheDamagedError):
                            self._begin_cache_anew(self.today or now.date())
                            raise CacheMended() from error
                    raise
        finally:
            self._changing = False
            self._unwritten = drafts  # those of a change that was taken back wait again
        if change.wrote:
            self._form = None  # what was written now has been seen
            self._publisher.request()

    def _settle_unseen(self, change: Change, seen: Seen) -> None:
        """Where something landed that the form had not seen, the row becomes what both make of it."""
        from fieldsales.storage.refolding import refold

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

    def shown(self, kind: type, id: str, heads: Sequence[Sequence[int]] | None = None) -> Seen:
        """What is known of a row that a form shows, with its columns. `heads` where the form was begun earlier: those
        that the row had then."""
        key, row = (TABLE_OF[kind], id), self.get(kind, id)
        known = self.seen(kind, id).heads if heads is None else {key: tuple((hlc, rnd) for hlc, rnd in heads)}
        return Seen(known, {key: {column: getattr(row, column) for column in COLUMNS[key[0]]}} if row else {})

    @contextmanager
    def from_form(self, seen: Seen | None) -> Iterator[None]:
        """The change inside is that of a form that shows what was `seen`."""
        before, self._form = self._form, seen
        try:
            yield
        finally:
            self._form = before

    # --- the file ---------------------------------------------------------------------------------------------------

    @property
    def change_seq(self) -> int:
        """Counts the changes of the book, those of other windows and commands on this machine too."""
        return publishing.recorded(self.work)[2]

    @property
    def status(self) -> Status:
        """Whether the newest change is in the file, else how many are not and why."""
        known, file_seq, seq = publishing.recorded(self.work)
        if self.read_only:
            return Status(True, 0)
        reason = of_own_file(self._publisher.reason)
        pending = max(seq - file_seq, 0) if known is not None else max(seq, 1)
        return Status(pending == 0 and reason is None, pending, reason)

    def hold(self) -> None:
        """Publish only when told to and when the book is closed: for a command, which is about to end."""
        self._publisher.held = True
        # Commands may leave the log where it is, and the next one has to read it: it is kept short.
        self.work.execute("PRAGMA cache.wal_autocheckpoint=100")

    def publish_now(self, recreate: bool = False) -> Status:
        """Bring the file up to date before returning. `recreate` writes a file that vanished anew, and sets a file
        aside that is no book."""
        if self._merging is None:
            self._publisher.publish(self._merge_at, recreate, self.work)
        else:  # it follows by itself once the merge under way is done
            self._publisher.request()
        aside, self._publisher.aside = self._publisher.aside, ""
        return replace(self.status, aside=aside) if aside else self.status

    def close(self, leave: bool = False) -> None:
        """Publish what is not in the file yet, and let go of everything. Never raises for the file's sake: what could
        not be written there is in the working database.

        With `leave` the working database stays open until the process ends, which must be at once: all is safe, and
        closing would wait for the disk to have it in another file.
        """
        if self._closed:
            return
        self._closed = True
        if self._merging is not None:
            self._hear(wait=True)
        with suppress(FieldsalesError):
            self.flush_drafts(wait=True)
        self._publisher.stop()
        try:
            if not self.read_only:  # what a merge erased just now is not to be in the file's free pages
                self._scour()
            if not self.status.in_file:
                self._publisher.publish(self._merge_at, work=self.work)
        finally:
            if not leave:
                self.work.close()
