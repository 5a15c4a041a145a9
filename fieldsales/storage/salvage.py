"""A damaged working database: what can still be read of it, and the book made anew from that, the file and a backup.

Everything is a set of operations, so the sources are simply united. Nothing is deleted: what is damaged is moved aside.
It stays there until something is erased that it holds (see `scouring`).
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import FieldsalesError
from fieldsales.storage import backups, staging
from fieldsales.storage.errors import BookError
from fieldsales.storage.files import exchange, reading, sync_file, sync_folder
from fieldsales.storage.homes import MARK, upgrade
from fieldsales.storage.merging import merge_file
from fieldsales.storage.publishing import alone
from fieldsales.storage.schema import APPLICATION_ID, COLUMNS, FORMAT, connect, uri
from fieldsales.storage.staging import document_of

# SQLite's message of what is wrong may itself hold bytes that are no text.
_BROKEN = (sqlite3.Error, UnicodeDecodeError)
ASIDE = "damaged-"  # a folder of this name and the moment holds what was damaged
_KEYS = "tbl, pk, hlc, rnd"
_OP = f"{_KEYS}, site, act, patch, parents"


class NothingToSave(BookError):  # noqa: N818
    """Neither the file nor a backup nor the working database itself can be read."""

    text = "nothing_to_save"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the book can be brought back from: the `file`, a `backup`, or what was `salvaged` from the working
    database. `at` is the local time of its newest change (ISO, to the minute), `operations` how many it holds."""

    kind: str
    path: Path
    at: str
    operations: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A book made anew: what from, how many operations it has, and where the damaged files are now."""

    sources: tuple[Source, ...]
    operations: int
    aside: Path


def sources(folder: Path, path: Path, scratch: Path, chosen: Path | None = None) -> list[Source]:
    """What the book in a private folder can be made from, as far as each can be read; `path` is its file.

    The backup is the newest good one unless another is `chosen`. What is salvaged is written to a file in `scratch`.
    """
    found = []
    with suppress(FieldsalesError, OSError):
        if document_of(path, scratch) == folder.name:
            found.append(_source("file", path))
    if chosen is None:
        good = backups.newest_good(folder)
        chosen = None if good is None else good.path
    if chosen is not None:
        with suppress(FieldsalesError, OSError):
            found.append(_source("backup", chosen))
    salvaged = scratch / "salvaged.db"
    try:
        if salvage(folder, salvaged, [source.path for source in found]):
            found.append(_source("salvaged", salvaged))
    except (*_BROKEN, OSError, FieldsalesError):
        pass
    return found


def unite(document_id: str, united: list[Source], target: Path, scratch: Path) -> int:
    """Make a working database of all sources at a path; the number of its operations.

    Raises NothingToSave where none of them can be taken in.
    """
    with closing(connect(target)) as work:
        work.execute("PRAGMA synchronous=OFF")
        upgrade(work, document_id)
        count = 0
        for source in united:
            with suppress(FieldsalesError):
                merge_file(work, source.path, scratch, lambda result: None)
                count += 1
        if not count:
            raise NothingToSave()
        total: int = work.execute("SELECT count(*) FROM op").fetchone()[0]
        work.execute("PRAGMA journal_mode=DELETE").fetchone()
    sync_file(target)
    return total


def rebuild(folder: Path, path: Path, now: datetime, chosen: Path | None = None) -> Rebuilt:
    """Put a working database made of all sources in the place of the damaged one, which is moved aside.

    Raises NothingToSave where there is no source, and OSError where it cannot be written; then all stays as it was.
    """
    aside = folder / f"{ASIDE}{now:%Y-%m-%dT%H%M%S}"
    with alone(folder), tempfile.TemporaryDirectory(dir=folder, prefix="recover-") as name:
        scratch = Path(name)
        united = sources(folder, path, scratch, chosen)
        made = scratch / "book.db"
        total = unite(folder.name, united, made, scratch)
        _take_drafts(folder, made, scratch)
        aside.mkdir(mode=0o700)
        with suppress(OSError):
            shutil.copyfile(scratch / "salvaged.db", aside / "salvaged.db")
        # Without its log first: a log must never meet a database that it does not belong to.
        for end in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                (folder / f"book.db{end}").rename(aside / f"book.db{end}")
        own = folder / "book.db"
        if exchange(made, own):
            made.rename(aside / "book.db")
        else:
            own.rename(aside / "book.db")
            made.rename(own)
        for derived in folder.glob("derived.db*"):
            derived.unlink()
        (folder / MARK).unlink(missing_ok=True)
        sync_folder(folder)
    return Rebuilt(tuple(united), total, aside)


def _source(kind: str, path: Path) -> Source:
    with reading(path) as connection:
        count, newest = connection.execute("SELECT count(*), max(hlc) FROM op").fetchone()
    seconds = (newest or 0) / 65536 / 1000
    try:
        at = datetime.fromtimestamp(seconds).isoformat(" ", "minutes") if newest else ""
    except (OverflowError, OSError, ValueError):
        at = ""
    return Source(kind, path, at, count)


# --- reading what can be read ---------------------------------------------------------------------------------------


def salvage(folder: Path, target: Path, known: list[Path]) -> int:
    """Write every sound operation that can be read from a damaged working database into a book's file; their number.

    `known` are other books' files that name rows to ask for where a scan breaks off. The damaged files are only read,
    from a copy.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        copy = Path(name) / "book.db"
        for end in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(folder / f"book.db{end}", f"{copy}{end}")
        with closing(sqlite3.connect(target, isolation_level=None)) as out:
            out.execute("PRAGMA synchronous=OFF")
            _begin(out, folder.name)
            for connection in _opened(copy):
                with closing(connection):
                    _scan_all(connection, out, known)
            out.execute("COMMIT")
            _leave_sound(out)
            count: int = out.execute("SELECT count(*) FROM op").fetchone()[0]
    return count


def _opened(copy: Path) -> Iterator[sqlite3.Connection]:
    """The damaged database with its log, and without it where that cannot be."""
    for options in ("", "?immutable=1"):
        try:
            connection = sqlite3.connect(uri(copy, options), uri=True, isolation_level=None)
        except _BROKEN:
            continue
        connection.text_factory = bytes
        try:
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except _BROKEN:
            connection.close()
            continue
        yield connection
        return


def _begin(out: sqlite3.Connection, document_id: str) -> None:
    out.execute(f"PRAGMA application_id={APPLICATION_ID}")
    out.execute(f"PRAGMA user_version={FORMAT}")
    out.execute("BEGIN")
    out.execute(f"CREATE TABLE op({_OP}, PRIMARY KEY({_KEYS})) WITHOUT ROWID")
    out.execute(f"CREATE TABLE erased({_KEYS}, PRIMARY KEY({_KEYS})) WITHOUT ROWID")
    out.execute("CREATE TABLE site(site PRIMARY KEY, label)")
    out.execute("CREATE TABLE meta(key PRIMARY KEY, value)")
    out.execute("INSERT INTO meta VALUES ('document_id', ?)", (document_id,))


def _leave_sound(out: sqlite3.Connection) -> None:
    """Take out the operations that no merge would accept."""
    out.execute("CREATE TEMP TABLE found AS SELECT * FROM op")
    out.execute("DELETE FROM op")
    last = out.execute("SELECT count(*) FROM temp.found").fetchone()[0]
    parts = [(1, last)] if last else []
    while parts:
        low, high = parts.pop()
        for statement in staging.INCOMING.split(";"):
            out.execute(statement)
        try:
            out.execute(
                f"INSERT INTO temp.incoming SELECT {_OP} FROM temp.found WHERE rowid BETWEEN ? AND ?", (low, high)
            )
            staging.check_incoming(out, "")
            out.execute(f"INSERT INTO main.op SELECT {_OP} FROM temp.incoming")
        except (FieldsalesError, sqlite3.Error, ValueError):
            if low < high:
                middle = (low + high) // 2
                parts += [(low, middle), (middle + 1, high)]


def _scan_all(damaged: sqlite3.Connection, out: sqlite3.Connection, known: list[Path]) -> None:
    broken = _scan(damaged, out, "op", _OP, _KEYS)
    for table in {*COLUMNS}:
        if broken:
            _scan(damaged, out, "op", _OP, _KEYS, "tbl = ?", (table,))
    _scan(damaged, out, "erased", _KEYS, _KEYS)
    _scan(damaged, out, "site", "site, label", "site")
    if not broken:
        return
    for table, pk in sorted(_rows_named(damaged, known)):
        if out.execute("SELECT 1 FROM op WHERE tbl = ? AND pk = ?", (table, pk)).fetchone() is None:
            _scan(damaged, out, "op", _OP, _KEYS, "tbl = ? AND pk = ?", (table, pk))


def _scan(
    damaged: sqlite3.Connection,
    out: sqlite3.Connection,
    table: str,
    columns: str,
    order: str,
    where: str = "1",
    values: tuple[str, ...] = (),
) -> bool:
    """Copy rows from the front until something breaks, then from the back; whether anything broke."""
    marks = ", ".join("?" * (columns.count(",") + 1))
    broken = False
    for way in ("ASC", "DESC"):
        ordered = ", ".join(f"{column} {way}" for column in order.split(", "))
        try:
            for row in damaged.execute(f"SELECT {columns} FROM main.{table} WHERE {where} ORDER BY {ordered}", values):
                with suppress(*_BROKEN):
                    told = [value.decode() if isinstance(value, bytes) else value for value in row]
                    out.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", told)
            break
        except _BROKEN:
            broken = True
    return broken


def _rows_named(damaged: sqlite3.Connection, known: list[Path]) -> set[tuple[str, str]]:
    """Table and id of all rows that anything names: other tables of the damaged database, and other books' files."""
    found: set[tuple[str, str]] = set()
    for table in COLUMNS:
        for way in ("ASC", "DESC"):
            with suppress(*_BROKEN):
                for (id,) in damaged.execute(f"SELECT id FROM main.{table} ORDER BY rowid {way}"):
                    found.add((table, id.decode()))
    for way in ("ASC", "DESC"):
        with suppress(*_BROKEN):
            for table, id in damaged.execute(f"SELECT tbl, pk FROM main.head ORDER BY tbl {way}, pk {way}"):
                found.add((table.decode(), id.decode()))
    for path in known:
        with suppress(FieldsalesError), reading(path) as connection:
            found.update(connection.execute("SELECT DISTINCT tbl, pk FROM op").fetchall())
    return found


def _take_drafts(folder: Path, made: Path, scratch: Path) -> None:
    """Bring over what was typed into forms and not saved."""
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        copy = Path(name) / "book.db"
        for end in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(folder / f"book.db{end}", f"{copy}{end}")
        with closing(sqlite3.connect(made, isolation_level=None)) as out:
            for connection in _opened(copy):
                with closing(connection):
                    _scan(connection, out, "draft", "form, target, fields, at", "form, target")
