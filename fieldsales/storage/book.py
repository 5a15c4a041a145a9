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
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import (
    Agenda,
    Changed,
    ChurnCase,
    FieldsalesError,
    History,
    Lesson,
    Message,
    Rules,
    Setting,
    Standing,
)
from fieldsales.storage import publishing
from fieldsales.storage.errors import (
    BookDamaged,
    BookElsewhere,
    BookIncomplete,
    BookLocked,
    BookNewer,
    BookNotCreated,
    BookNotFound,
    DiskFull,
    RowGone,
)
from fieldsales.storage.errors import reason as why
from fieldsales.storage.files import check_header, signature
from fieldsales.storage.publishing import Publisher, Status
from fieldsales.storage.schema import COLUMNS, FORMAT, OWNED, TABLE_OF, connect, version

if TYPE_CHECKING:
    from fieldsales.domain.model import AccountRow
    from fieldsales.storage.bulk import Put
    from fieldsales.storage.merging import MergeResult
    from fieldsales.storage.reading import AccountRows

T = TypeVar("T")
Row = tuple[str, str]  # table and id
Value = str | int | None

UNDOABLE = 50  # acts of this run that can be taken back
_LOOK_SECONDS = 1.0
_STALE_SECONDS = 600


def new_id(moment: float | None = None) -> str:
    """A UUIDv7: text that sorts by the time it was made, to the millisecond."""
    milliseconds = int((time.time() if moment is None else moment) * 1000)
    number = (milliseconds & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form had read of its rows when it was opened: for each (table, id) the stamps of its newest operations."""

    heads: Mapping[Row, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def __or__(self, other: Seen) -> Seen:
        return Seen({**self.heads, **other.heads})


class Change:
    """One user's action under way: what is written in it is saved together or not at all.

    `act` is the name under which it is recorded, unique for each; `now` the moment it happened (local). After the block
    `changed` says what it touched.
    """

    def __init__(self, book: Book, act: str, now: datetime) -> None:
        self.act = act
        self.now = now
        self.changed = Changed()
        self.wrote = False
        self._work = book.work
        self._accounts: set[str] = set()
        self._tables: set[str] = set()
        self._rows: dict[Row, None] | None = {}  # None: too many to keep in mind, found by their act

    def new_id(self) -> str:
        return new_id()

    def add(self, row: object) -> str:
        """Write a new row; its id. Raises sqlite3.IntegrityError where a row of that id stands already."""
        table = TABLE_OF[type(row)]
        columns = COLUMNS[table]
        self._run(
            table,
            getattr(row, "id"),  # noqa: B009
            f"INSERT INTO main.{table}({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [getattr(row, column) for column in columns],
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

    def edit(self, kind: type, id: str, **columns: Value) -> None:
        """Change some columns of a row. What is equal already is not written.

        A row that was deleted meanwhile (by a copy that was merged) comes back with the change. Raises RowGone where
        there never was such a row.
        """
        table = TABLE_OF[kind]
        unknown = columns.keys() - set(COLUMNS[table][1:])
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
        old = self._row(table, id)
        if old is None:
            self._bring_back(table, id, columns)
            return
        if not columns:
            return
        self._concern(table, kind(*old))
        self._run(
            table,
            id,
            f"UPDATE main.{table} SET {', '.join(f'{column} = ?' for column in columns)} WHERE id = ?",
            [*columns.values(), id],
        )
        self._concern(table, kind(*{**dict(zip(COLUMNS[table], old, strict=True)), **columns}.values()))

    def remove(self, kind: type, id: str) -> None:
        """Delete a row and the rows that stand under it. A row that is gone already is left so."""
        table = TABLE_OF[kind]
        for child, column in OWNED.get(table, ()):
            below = {name: other for other, name in TABLE_OF.items()}[child]
            for (key,) in self._work.execute(f"SELECT id FROM main.{child} WHERE {column} = ?", (id,)).fetchall():
                self.remove(below, key)
        old = self._row(table, id)
        if old is None:
            return
        self._concern(table, kind(*old))
        self._run(table, id, f"DELETE FROM main.{table} WHERE id = ?", [id])

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

    def _bring_back(self, table: str, id: str, columns: Mapping[str, Value]) -> None:
        from fieldsales.storage.merging import as_row, fold_row

        folded = fold_row(self._work, table, id)
        if not folded.heads:
            raise RowGone()
        values = dict(zip(COLUMNS[table], as_row(table, id, folded), strict=True)) | dict(columns)
        kind = {name: other for other, name in TABLE_OF.items()}[table]
        self.add(kind(**values))

    def finish(self) -> Changed:
        """What was touched; empty where nothing was written."""
        if self.wrote:
            self.changed = Changed(frozenset(self._accounts), frozenset(self._tables), self.act)
        return self.changed

    @property
    def rows(self) -> tuple[Row, ...] | None:
        return None if self._rows is None else tuple(self._rows)


@dataclass(frozen=True, slots=True)
class _Act:
    """An act of this run that can be taken back; `own` are the acts that took it back and brought it again."""

    act: str
    rows: tuple[Row, ...] | None
    own: frozenset[str] = frozenset()


class Book:
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
        self._rules: tuple[int, Rules] | None = None

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
        known = _known(books, path)
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
            home = _home(books / document_id)
            if home is not None and home != path and home.exists():
                raise BookElsewhere(name=path.name, home=str(home), path=str(path))
            book = cls._sit(path, books / document_id, document_id)
            _write_home(books / document_id, path)
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
        with _errors(path.name):
            work = connect(folder / "book.db")
            try:
                number = version(work)
                if number > FORMAT:
                    raise BookNewer(name=path.name)
                if number < FORMAT:
                    _upgrade(work, document_id)
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
        _write_home(folder, path)
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
        change = Change(self, act, now)
        self._changing = True
        try:
            with _errors(self.path.name):
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
        kind = {name: other for other, name in TABLE_OF.items()}[table]
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

    # --- reading ----------------------------------------------------------------------------------------------------

    def get(self, kind: type[T], id: str) -> T | None:
        from fieldsales.storage import reading

        return reading.get(self.work, kind, id)

    def rows(self, kind: type[T], **equals: Value) -> list[T]:
        """The rows whose columns equal the values, by id. Raises ValueError for an unknown column."""
        from fieldsales.storage import reading

        return reading.rows(self.work, kind, **equals)

    def is_empty(self) -> bool:
        """Whether the book holds no account at all."""
        return self.work.execute("SELECT 1 FROM main.account LIMIT 1").fetchone() is None

    def history(self, account_id: str) -> History:
        """Everything about one account. KeyError where there is no such account."""
        from fieldsales.storage import reading

        return reading.history(self.work, account_id)

    def histories(self, ids: Iterable[str]) -> Iterator[History]:
        from fieldsales.storage import reading

        return reading.histories(self.work, ids)

    def standing(self, account_id: str) -> Standing | None:
        """How an account stands on `today`, with the parts that the account list does not hold; None where there is no
        such account."""
        from fieldsales.domain.standing import assess

        found = next(self.histories((account_id,)), None)
        return None if found is None else assess(found, self._read_rules(), self._day())

    def rules(self) -> Rules:
        """What is settled for the whole book, and the holidays known so far."""
        return self._read_rules()

    def _read_rules(self) -> Rules:
        from fieldsales.storage import reading

        return reading.rules(self.work)

    def setting(self, key: str, default: str = "") -> str:
        row = self.work.execute("SELECT value FROM main.setting WHERE id = ?", (natural_id("setting", key),)).fetchone()
        return default if row is None or row[0] is None else str(row[0])

    def accounts(
        self, today: date | None = None, order: str = "care", query: str = "", state: str = "current"
    ) -> AccountRows:
        """The account list, fetched by window; see `reading.accounts`."""
        from fieldsales.storage import reading

        return reading.accounts(self.work, today or self._day(), order, query, state)

    def account_row(self, account_id: str) -> AccountRow | None:
        from fieldsales.storage import reading

        return reading.account_row(self.work, account_id)

    def find_account(self, text: str, limit: int = 20) -> list[AccountRow]:
        from fieldsales.storage import reading

        return reading.find_account(self.work, text, limit)

    def agenda(self, today: date, limit: int | None = None) -> Agenda:
        """The lines of the day; `limit` of them beyond what is fixed, by default the number the user chose."""
        from fieldsales.storage import reading

        return reading.agenda(self.work, today, self._read_rules().daily if limit is None else limit)

    def contacted_this_month(self, today: date) -> int:
        from fieldsales.storage import reading

        return reading.contacted_this_month(self.work, today)

    def long_unseen(self, today: date, limit: int = 3) -> list[AccountRow]:
        from fieldsales.storage import reading

        return reading.long_unseen(self.work, today, limit)

    def open_cases(self) -> list[ChurnCase]:
        from fieldsales.storage import reading

        return reading.open_cases(self.work)

    def lessons(self) -> list[Lesson]:
        from fieldsales.storage import reading

        return reading.lessons(self.work)

    def pinned_lesson(self, today: date) -> Lesson | None:
        from fieldsales.storage import reading

        return reading.pinned_lesson(self.work, today)

    def _day(self) -> date:
        return self.today or date.min

    def refresh(self, today: date) -> Iterator[tuple[int, int]]:
        """Bring the derived rows up to the day: at once what the screen shows first, the rest as it is iterated."""
        from fieldsales.storage import derived

        self.today = today
        return derived.refresh(self.work, self._read_rules(), today)

    def settle(self, today: date) -> Iterator[tuple[int, int]]:
        """In the background: the holidays around this year, then whatever derived rows they leave out of date."""
        from fieldsales.storage import derived

        yield from self.refresh(today)
        if derived.fill_holidays(self.work, range(today.year - 1, today.year + 3)):
            yield from self.refresh(today)

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
        with _errors(self.path.name):
            self.work.execute("PRAGMA main.synchronous=NORMAL")
            try:
                yield
            finally:
                self.work.execute("PRAGMA main.synchronous=FULL")

    # --- the file ---------------------------------------------------------------------------------------------------

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

        with _errors(other.name):
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


# --- folders of books -----------------------------------------------------------------------------------------------


def _home(folder: Path) -> Path | None:
    try:
        return Path((folder / "home").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write_home(folder: Path, path: Path) -> None:
    temporary = folder / f"home.{os.getpid()}"
    temporary.write_text(str(path), encoding="utf-8", errors="surrogateescape")
    temporary.replace(folder / "home")


def _known(books: Path, path: Path) -> str | None:
    """The document id of the book whose home is the path."""
    try:
        folders = list(books.iterdir())
    except OSError:
        return None
    for folder in folders:
        if _home(folder) == path and (folder / "book.db").exists():
            return folder.name
    return None


def _upgrade(work: sqlite3.Connection, document_id: str) -> None:
    """Make the tables, or bring them up to date, and place what an older version had to leave aside."""
    from fieldsales.storage import migrations
    from fieldsales.storage.merging import refold

    old = version(work)
    migrations.apply(work)
    work.execute("BEGIN IMMEDIATE")
    try:
        if old:
            work.execute("UPDATE recorder SET off = 1")
            refold(work, "SELECT DISTINCT tbl, pk FROM main.op")
            work.execute("UPDATE recorder SET off = 0")
        elif work.execute("SELECT 1 FROM meta").fetchone() is None:
            import platform

            site = new_id()
            work.execute("INSERT INTO meta VALUES ('document_id', ?)", (document_id,))
            work.execute("INSERT INTO site VALUES (?, ?)", (site, platform.node() or "?"))
            work.execute("UPDATE recorder SET site = ?", (site,))
        work.execute("COMMIT")
    except BaseException:
        work.execute("ROLLBACK")
        raise


@contextmanager
def _errors(name: str) -> Iterator[None]:
    """SQLite's troubles with the working database in the user's words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise DiskFull() from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BookLocked(name=name) from error
        if code == sqlite3.SQLITE_CORRUPT:
            raise BookDamaged(name=name) from error
        raise
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise BookDamaged(name=name) from error
