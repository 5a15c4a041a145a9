"""Looking a book over: is it whole, does its history make its rows, is it in its file, is there a backup.

Everything is read in one read transaction of a connection of its own, so nothing waits for it.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import FieldsalesError, Message
from fieldsales.domain.operations import fold
from fieldsales.storage import backups, publishing
from fieldsales.storage.errors import of_own_file
from fieldsales.storage.files import check_header, check_whole, reading, signature
from fieldsales.storage.refolding import as_row, read_operations, refold
from fieldsales.storage.schema import COLUMNS, PARENTS, TABLE_OF, uri

if TYPE_CHECKING:
    from fieldsales.storage.book import Book

LEAST_FREE = 100 << 20  # bytes that should be free, or three times the book where that is more
OLDEST_BACKUP_DAYS = 8  # with changes since
MOST_NAMES = 5  # of files that are named in one line

_KINDS = {table: kind for kind, table in TABLE_OF.items()}
_OP = "tbl, pk, hlc, rnd, site, act, patch, parents"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and the sentence that says so or what to do."""

    id: str
    ok: bool
    message: Message


class _Bad(Exception):  # noqa: N818
    """What is not well; `args` of the message."""

    def __init__(self, id: str = "", **args: str | int) -> None:
        super().__init__(id)
        self.id = id
        self.values = args


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the single looks look at."""

    work: sqlite3.Connection
    folder: Path
    path: Path
    reason: Message | None
    now: datetime


def check(folder: Path, path: Path, reason: Message | None, now: datetime) -> list[Finding]:
    """Look a book over. `folder` is its private folder, `path` its file, `reason` why the file is behind if it is
    known, `now` the local time."""
    with closing(sqlite3.connect(uri(folder / "book.db", "?mode=ro"), uri=True, isolation_level=None)) as work:
        looked = _Looked(work, folder, path, reason, now)
        try:
            work.execute("BEGIN")
            work.execute("SELECT count(*) FROM meta").fetchone()
        except sqlite3.Error:
            pass  # every look says so for itself
        return [_finding(id, look, looked) for id, look in LOOKS]


def _finding(id: str, look: Callable[[_Looked], dict[str, str | int]], looked: _Looked) -> Finding:
    try:
        return Finding(id, True, Message(f"check.{id}.fine", look(looked)))
    except _Bad as bad:
        return Finding(id, False, Message(f"check.{id}.{bad.id or 'bad'}", bad.values))
    except FieldsalesError as error:
        return Finding(id, False, of_own_file(error.message) or error.message)
    except (sqlite3.Error, ValueError, TypeError):
        return Finding(id, False, Message("check.unreadable", {"what": f"@check.{id}"}))
    except OSError as error:
        return Finding(id, False, Message("check.no_access", {"what": f"@check.{id}", "why": error.strerror or ""}))


# --- the looks: each gives what its good sentence says, or raises what is not well ------------------------------------


def _working(looked: _Looked) -> dict[str, str | int]:
    told = looked.work.execute("PRAGMA main.integrity_check(10)").fetchall()
    if told != [("ok",)]:
        raise _Bad(n=len(told))
    rows = looked.work.execute("SELECT count(*) FROM account").fetchone()[0]
    return {"n": rows}


def _file(looked: _Looked) -> dict[str, str | int]:
    path = looked.path
    if signature(path) is None:
        raise _Bad("gone" if path.parent.is_dir() else "folder_gone", path=str(path))
    check_header(path)
    with reading(path) as connection:
        check_whole(connection, path.name)
    return {"path": str(path)}


def _in_file(looked: _Looked) -> dict[str, str | int]:
    if not _stands(looked):
        raise _Bad("other")
    known, file_seq, seq = publishing.recorded(looked.work)
    pending = max(seq - file_seq, 0) if known is not None else max(seq, 1)
    if looked.reason is not None and pending:
        raise _Bad("why", n=pending, why=f"@{looked.reason.id}") if not looked.reason.args else _Bad(n=pending)
    if pending:
        raise _Bad(n=pending)
    return {}


def _stands(looked: _Looked) -> bool:
    """Whether the file is as this machine left it. Read anew, and more than once: the book is in use meanwhile, and may
    have been saved since the looks began."""
    for _ in range(3):
        with closing(sqlite3.connect(uri(looked.folder / "book.db", "?mode=ro"), uri=True)) as work:
            known = publishing.recorded(work)[0]
        if known is None or signature(looked.path) == known:
            return True
        time.sleep(0.05)
    return False


def _parents(looked: _Looked) -> dict[str, str | int]:
    count = sum(1 for _ in _orphans(looked.work))
    if count:
        raise _Bad(n=count)
    return {}


def _history(looked: _Looked) -> dict[str, str | int]:
    operations = looked.work.execute("SELECT count(*) FROM op").fetchone()[0]
    wrong = sum(_differing(looked.work, table) for table in COLUMNS)
    if wrong:
        raise _Bad(n=wrong)
    return {"n": operations}


def _triggers(looked: _Looked) -> dict[str, str | int]:
    wanted, found = _wanted_triggers(), _triggers_of(looked.work)
    missing = [name for name, sql in wanted.items() if found.get(name) != sql]
    extra = found.keys() - wanted.keys()
    if missing or extra:
        raise _Bad(n=len(missing) + len(extra))
    return {}


def _leftovers(looked: _Looked) -> dict[str, str | int]:
    found = [*publishing.leftovers(looked.path), *looked.folder.glob("recover-*"), *looked.folder.glob("home.*")]
    if found:
        raise _Bad(n=len(found), path=str(found[0]))
    return {}


def _copies(looked: _Looked) -> dict[str, str | int]:
    from fieldsales.storage.watching import LookOut, load_merged

    document_id = looked.work.execute("SELECT value FROM meta WHERE key = 'document_id'").fetchone()[0]
    out = LookOut(looked.path, document_id, looked.folder).look({})
    merged = load_merged(looked.work)
    apart = [path for path in out if merged.get(path.name) != signature(path)]
    if apart:
        raise _Bad(n=len(apart), name=_names(apart))
    if out:
        raise _Bad("merged", n=len(out), name=_names(out))
    return {}


def _names(paths: list[Path]) -> str:
    return ", ".join(path.name for path in paths[:MOST_NAMES]) + (" …" if len(paths) > MOST_NAMES else "")


def _space(looked: _Looked) -> dict[str, str | int]:
    size = (looked.folder / "book.db").stat().st_size
    least = max(LEAST_FREE, 3 * size)
    free: list[int] = []
    for where in (looked.folder, looked.path.parent):
        if where.is_dir():
            free.append(shutil.disk_usage(where).free)
            if free[-1] < least:
                raise _Bad(path=str(where), free=free[-1] >> 20, least=least >> 20)
    return {"free": min(free) >> 20}


def _backup(looked: _Looked) -> dict[str, str | int]:
    kept = backups.kept(looked.folder)
    place = str(backups.place(looked.folder))
    if not kept:
        raise _Bad("none", path=place)
    newest = kept[0]
    if not backups.opens(newest.path):
        good = backups.newest_good(looked.folder)
        if good is None:
            raise _Bad("none_good", name=newest.path.name)
        raise _Bad(name=newest.path.name, good=good.path.name)
    days = max((looked.now.date() - newest.at.date()).days, 0)
    if days > OLDEST_BACKUP_DAYS and backups.changed_since(looked.folder, publishing.recorded(looked.work)[2]):
        raise _Bad("old", days=days)
    size = sum(backup.size for backup in kept)
    return {"n": len(kept), "day": newest.at.date().isoformat(), "size": max(size >> 20, 1), "path": place}


def _choices(looked: _Looked) -> dict[str, str | int]:
    count = looked.work.execute("SELECT count(*) FROM (SELECT DISTINCT tbl, pk, col FROM conflict)").fetchone()[0]
    if count:
        raise _Bad(n=count)
    return {}


LOOKS: tuple[tuple[str, Callable[[_Looked], dict[str, str | int]]], ...] = (
    ("working", _working),
    ("history", _history),
    ("parents", _parents),
    ("triggers", _triggers),
    ("file", _file),
    ("in_file", _in_file),
    ("copies", _copies),
    ("leftovers", _leftovers),
    ("backup", _backup),
    ("space", _space),
    ("choices", _choices),
)


# --- history against rows -------------------------------------------------------------------------------------------


def _orphans(work: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Table and id of every row that others stand under and that is not there."""
    for table, columns in PARENTS.items():
        for column, parent in columns:
            query = f"""SELECT DISTINCT {column} FROM main.{table} t WHERE {column} <> ''
                AND NOT EXISTS (SELECT 1 FROM main.{parent} p WHERE p.id = t.{column})"""
            for (id,) in work.execute(query):
                yield parent, id


def _differing(work: sqlite3.Connection, table: str) -> int:
    """How many rows of a table, their newest operations or their open choices are not what the history makes them."""
    rows = _Grouped(work.execute(f"SELECT {', '.join(COLUMNS[table])} FROM main.{table} ORDER BY id"))
    heads = _Grouped(
        work.execute("SELECT pk, hlc, rnd FROM main.head WHERE tbl = ? ORDER BY pk, hlc, rnd", (table,)), 1
    )
    choices = _Grouped(
        work.execute(
            "SELECT pk, col, hlc, rnd, val FROM main.conflict WHERE tbl = ? ORDER BY pk, col, hlc, rnd", (table,)
        ),
        1,
    )
    operations = work.execute(f"SELECT {_OP} FROM main.op WHERE tbl = ? ORDER BY pk, hlc, rnd", (table,))
    wrong = 0
    for pk, those in groupby(read_operations(operations), key=lambda operation: operation.pk):
        folded = fold(those)
        wanted = [as_row(table, pk, folded)] if folded.alive else []
        lost = [(c.col, c.hlc, c.rnd, c.value) for c in folded.conflicts]
        well = rows.take(pk) == wanted
        well = heads.take(pk) == sorted(folded.heads) and well
        well = choices.take(pk) == lost and well
        wrong += not well
    for grouped in (rows, heads, choices):
        grouped.rest()
    return wrong + len(rows.strangers | heads.strangers | choices.strangers)


class _Grouped:
    """Rows in the order of their first column, taken by its value; `strangers` are the values nobody asked for."""

    def __init__(self, rows: Iterator[tuple[str, ...]], skip: int = 0) -> None:
        self._rows = rows
        self._skip = skip
        self._next = next(rows, None)
        self.strangers: set[str] = set()

    def take(self, pk: str) -> list[tuple[object, ...]]:
        while self._next is not None and self._next[0] < pk:
            self.strangers.add(self._next[0])
            self._next = next(self._rows, None)
        found: list[tuple[object, ...]] = []
        while self._next is not None and self._next[0] == pk:
            found.append(self._next[self._skip :])
            self._next = next(self._rows, None)
        return found

    def rest(self) -> None:
        while self._next is not None:
            self.strangers.add(self._next[0])
            self._next = next(self._rows, None)


def _triggers_of(connection: sqlite3.Connection) -> dict[str, str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR name LIKE 'recording%'"
    return dict(connection.execute(query).fetchall())


def _wanted_triggers() -> dict[str, str]:
    from fieldsales.storage import migrations

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        migrations.apply(empty)
        return _triggers_of(empty)


# --- putting right --------------------------------------------------------------------------------------------------


def repair(book: Book, now: datetime) -> int:
    """Put right what follows from the history: triggers, rows, newest operations, open choices, missing parents.

    A backup is taken first. Rows without any history get one. Returns how many rows were not as their history makes
    them. Raises FieldsalesError or OSError where the backup cannot be taken.
    """
    from fieldsales.storage import recording

    work, folder = book.work, book._folder
    wrong = sum(_differing(work, table) for table in COLUMNS)
    if wrong or _triggers_of(work) != _wanted_triggers():
        backups.take(work, folder, "restore")
        work.execute("BEGIN IMMEDIATE")
        try:
            recording.install(work)
            unknown = {table: _without_history(work, table) for table in COLUMNS}
            work.execute("UPDATE recorder SET off = 1")
            for table, rows in unknown.items():
                work.executemany(f"DELETE FROM main.{table} WHERE id = ?", ((row[0],) for row in rows))
            work.execute("DELETE FROM main.head")
            work.execute("DELETE FROM main.conflict")
            refold(work, "SELECT DISTINCT tbl, pk FROM main.op")
            work.execute("UPDATE recorder SET off = 0, act = ?", (f"repair:{now.isoformat()}",))
            for table, rows in unknown.items():
                columns = COLUMNS[table]
                work.executemany(
                    f"INSERT INTO main.{table}({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows
                )
            work.execute("UPDATE recorder SET act = ''")
            work.execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
            work.execute("COMMIT")
        except BaseException:
            if work.in_transaction:
                work.execute("ROLLBACK")
            raise
    missing = set(_orphans(work))
    if missing and (count := _loosen(work)):
        wrong += count
        missing = set(_orphans(work))
    if missing:
        with book.change("repair", now) as change:
            for table, id in missing:
                try:
                    change.edit(_KINDS[table], id)
                except FieldsalesError:  # nothing is known of it
                    continue
    return wrong


def _loosen(work: sqlite3.Connection) -> int:
    """Let go of what was erased for good: how many rows named it or stood under it."""
    from fieldsales.storage.loosening import EVERYTHING, loosen

    work.execute("BEGIN IMMEDIATE")
    try:
        work.execute("UPDATE recorder SET off = 1")
        done = loosen(work, EVERYTHING)
        work.execute("UPDATE recorder SET off = 0")
        if done.rows:
            work.execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
        work.execute("COMMIT")
    except BaseException:
        if work.in_transaction:
            work.execute("ROLLBACK")
        raise
    return done.rows


def _without_history(work: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return work.execute(
        f"""SELECT {", ".join(COLUMNS[table])} FROM main.{table} t
        WHERE NOT EXISTS (SELECT 1 FROM main.op o WHERE o.tbl = ? AND o.pk = t.id)""",
        (table,),
    ).fetchall()
