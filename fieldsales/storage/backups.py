"""Backups: closed snapshots of the working database, outside whatever folder a cloud service looks after.

They stand in `backups/DOCUMENT_ID` of the private data folder (or where the user's settings say), each a whole book
that any SQLite tool opens, named by the moment and the reason: `2026-11-20T092000-day.db`. Which of them stay is
decided by `keep` for the daily ones and by `KEEP_LAST` for the others.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from fieldsales.domain.model import FieldsalesError, Message
from fieldsales.storage import publishing
from fieldsales.storage.files import (
    check_header,
    check_whole,
    format_of,
    place_new,
    reading,
    sync_file,
    sync_folder,
    whole,
)
from fieldsales.storage.homes import mark_damaged
from fieldsales.storage.schema import FORMAT, connect, version

DAYS, WEEKS, MONTHS = 7, 4, 12
# How many of the others stay: taken before a merge, before a format change, before a restore, because the user asked.
KEEP_LAST = {"merge": 5, "format": 3, "restore": 3, "asked": 5}
REASONS = ("day", *KEEP_LAST)

SPARE = 64 << 20  # bytes that a backup leaves free: the work itself needs room, too
MERGE_RATE = 25 << 20  # bytes a second: merges that follow each other faster share the backup before the first

_NAME = re.compile(rf"(\d{{4}}-\d\d-\d\dT\d{{6}})-({'|'.join(REASONS)})\.db")
_STALE_SECONDS = 3600


class Backup(NamedTuple):
    """One backup: when it was taken (local time), why (one of REASONS), and its bytes."""

    path: Path
    at: datetime
    reason: str
    size: int


# --- where they are and which stay ----------------------------------------------------------------------------------


def place(folder: Path) -> Path:
    """The folder of the backups of the book whose private folder (`data/books/ID`) is given."""
    data = folder.parent.parent
    with suppress(OSError, ValueError):
        said = (data / "backups.place").read_text(encoding="utf-8", errors="surrogateescape")
        if said:
            return Path(said) / folder.name
    return data / "backups" / folder.name


def kept(folder: Path) -> list[Backup]:
    """The backups of a book, the newest first: those where backups go now and those where they went before."""
    usual = folder.parent.parent / "backups" / folder.name
    found: dict[Path, Backup] = {}
    for where in dict.fromkeys((place(folder), usual)):
        try:
            entries = list(where.iterdir())
        except OSError:
            continue
        for path in entries:
            match = _NAME.fullmatch(path.name)
            if match is None:
                continue
            with suppress(ValueError, OSError):
                at = datetime.strptime(match[1], "%Y-%m-%dT%H%M%S")
                found[path] = Backup(path, at, match[2], path.stat().st_size)
    return sorted(found.values(), key=lambda backup: (backup.at, backup.path.name), reverse=True)


def keep(days: Iterable[date]) -> set[date]:
    """Which daily backups stay: the newest 7 days, and the newest of each of the last 4 weeks and 12 months.

    Weeks and months are those in which there is a backup, so that a book left alone for a year loses none.
    """
    present = sorted(set(days), reverse=True)
    stay = set(present[:DAYS])
    groups: tuple[tuple[int, Callable[[date], Hashable]], ...] = (
        (WEEKS, lambda day: day.isocalendar()[:2]),
        (MONTHS, lambda day: (day.year, day.month)),
    )
    for count, group in groups:
        newest: dict[Hashable, date] = {}
        for day in present:
            newest.setdefault(group(day), day)
        stay.update(list(newest.values())[:count])
    return stay


def surplus(backups: Iterable[Backup], now: datetime) -> list[Backup]:
    """Those that need not stay, of backups given newest first.

    Those dated after `now` were taken under a wrong clock, or the clock is wrong now: they are counted apart, so that
    neither crowds out the other.
    """
    latest = now + timedelta(days=1)
    backups = list(backups)
    stay = set[tuple[bool, date]]()
    for ahead in (False, True):
        days = keep(one.at.date() for one in backups if one.reason == "day" and (one.at > latest) is ahead)
        stay.update((ahead, day) for day in days)
    seen: dict[object, int] = {}
    out = []
    for backup in backups:
        ahead = backup.at > latest
        kind: object = backup.at.date() if backup.reason == "day" else backup.reason
        seen[ahead, kind] = count = seen.get((ahead, kind), 0) + 1
        if count > KEEP_LAST.get(backup.reason, 1) or (backup.reason == "day" and (ahead, kind) not in stay):
            out.append(backup)
    return out


# --- taking them ----------------------------------------------------------------------------------------------------


def before(connection: sqlite3.Connection, folder: Path, reason: str) -> Message | None:
    """Take a backup before something changes much at once: a `merge`, a `format` change, a `restore`.

    `connection` is the working database outside a transaction, `folder` the private folder of the book. It never
    raises for the backup's sake: what stood against it is returned, and is also told once by `trouble`. A database in
    memory and one that holds nothing yet are passed over: as the newest backup it would stand for an empty book. Merges
    in quick succession share the first one's backup.
    """
    try:
        if connection.in_transaction or not version(connection) or not _file_of(connection):
            return None
        if connection.execute("SELECT 1 FROM main.op LIMIT 1").fetchone() is None:
            return None
        if reason == "merge" and _just_taken(folder, reason):
            return None
        take(connection, folder, reason)
    except (OSError, sqlite3.Error, FieldsalesError) as error:
        return _note_trouble(folder, error)
    return None


def take(connection: sqlite3.Connection, folder: Path, reason: str, *, check: bool = False) -> Backup:
    """Take a backup now and let those go that need not stay. With `check` it is read through before it counts.

    Raises OSError, sqlite3.Error or FieldsalesError where it cannot be written, BackupFull where it would take the
    last room on the disk; what was there stays as it was.
    """
    path, at = _free_name(folder, reason)
    seq = _write(connection, path, SPARE, check)
    _note(folder, seq)
    _tidy(folder, path.parent)
    return Backup(path, at, reason, path.stat().st_size)


def keep_older(folder: Path, file: Path) -> Message | None:
    """Keep a book's file of an older format as it came to this machine, before it is written anew in ours. It never
    raises for the backup's sake: what stood against it is returned, and is also told once by `trouble`."""
    try:
        with whole(file, folder) as source:
            if format_of(source) >= FORMAT:
                return None
            path, _ = _free_name(folder, "format")
            if shutil.disk_usage(path.parent).free < source.stat().st_size + SPARE:
                raise BackupFull()
            with _temporary(path) as temporary:
                shutil.copyfile(source, temporary)
                sync_file(temporary)
                with reading(temporary, path.name) as copy:
                    check_whole(copy, path.name)
                place_new(temporary, path)
        sync_folder(path.parent)
        _tidy(folder, path.parent)
    except (OSError, sqlite3.Error, FieldsalesError) as error:
        return _note_trouble(folder, error)
    return None


def is_empty(path: Path) -> bool:
    """Whether nothing was ever written in the book of a backup. Raises the errors of the header's check and
    BookDamaged."""
    check_header(path)
    with reading(path) as connection:
        return connection.execute("SELECT 1 FROM op LIMIT 1").fetchone() is None


def asked(connection: sqlite3.Connection, folder: Path, to: Path | None = None) -> Path:
    """Take a backup because the user asks for it, to a path of their own where they name one; its path.

    Raises FieldsalesError where it cannot be written, or where something stands at that path.
    """
    try:
        if to is None:
            return take(connection, folder, "asked", check=True).path
        if to.exists():
            raise FieldsalesError("cli.exists", path=str(to))
        to.parent.mkdir(parents=True, exist_ok=True)
        _write(connection, to, 0, True)
    except (OSError, sqlite3.Error) as error:
        raise FieldsalesError(_reason(error).id) from error
    return to


def due(folder: Path, seq: int, day: date | None = None) -> bool:
    """Whether the day's backup is still to be taken: the book has changed since the last one (`seq` is the number of
    its newest change) and there is none of the day (without `day` the clock's)."""
    day = day or datetime.now().date()
    if not changed_since(folder, seq):
        return False
    return all(backup.reason != "day" or backup.at.date() != day for backup in kept(folder))


def changed_since(folder: Path, seq: int) -> bool:
    """Whether the book has changed since the newest backup; `seq` is the number of its newest change."""
    return _noted(folder)[0] != seq


def daily(folder: Path) -> Message | None:
    """Take the day's backup with a connection of its own, for a thread in the background; what stood against it.

    The copy is read through before it counts, so damage in the working database is found within a day; it is noted,
    and nothing is published from a book so noted.
    """
    try:
        connection = connect(folder / "book.db")
        try:
            take(connection, folder, "day", check=True)
        finally:
            connection.close()
    except (OSError, sqlite3.Error, FieldsalesError) as error:
        told = _reason(error)
        if told.id == "keep.backup_damaged":
            mark_damaged(folder)
        return told
    return None


def trouble(folder: Path) -> Message | None:
    """What stood against the last backup that `before` was to take, once."""
    seq, told = _noted(folder)
    if not told:
        return None
    _note(folder, seq)
    return Message(told)


def newest_good(folder: Path) -> Backup | None:
    """The newest backup whose pages hang together."""
    return next((backup for backup in kept(folder) if opens(backup.path)), None)


def opens(path: Path) -> bool:
    """Whether a file is a whole book as far as its pages go."""
    try:
        check_header(path)
        with reading(path) as connection:
            check_whole(connection, path.name)
            connection.execute("SELECT count(*) FROM op").fetchone()
    except FieldsalesError:
        return False
    return True


class BackupFull(FieldsalesError):  # noqa: N818
    """There is too little room left where the backups are."""

    def __init__(self) -> None:
        super().__init__("keep.backup_full")


def _write(connection: sqlite3.Connection, path: Path, spare: int, check: bool) -> int:
    size = connection.execute("PRAGMA page_count").fetchone()[0] * connection.execute("PRAGMA page_size").fetchone()[0]
    if shutil.disk_usage(path.parent).free < size + spare:
        raise BackupFull()
    with _temporary(path) as temporary:
        seq = publishing.snapshot(connection, temporary)
        if check:
            with reading(temporary, path.name) as copy:
                check_whole(copy, path.name)
        place_new(temporary, path)
    sync_folder(path.parent)
    return seq


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """A file beside a backup to be, empty and the user's own; what is left of it goes."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{publishing.TEMPORARY}")
    temporary.unlink(missing_ok=True)
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_WRONLY, 0o600))
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _free_name(folder: Path, reason: str) -> tuple[Path, datetime]:
    """Path and moment of the next backup; names sort by the order in which backups were taken."""
    where = place(folder)
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    at = now = datetime.now().replace(microsecond=0)
    for other in kept(folder):
        if at <= other.at < now + timedelta(minutes=1):
            at = other.at + timedelta(seconds=1)
    return where / f"{at:%Y-%m-%dT%H%M%S}-{reason}.db", at


def _file_of(connection: sqlite3.Connection) -> str:
    """The path of the working database, "" where it is in memory."""
    return next(
        (str(file) for _, name, file in connection.execute("PRAGMA database_list") if name == "main" and file), ""
    )


def _just_taken(folder: Path, reason: str) -> bool:
    newest = next((backup for backup in kept(folder) if backup.reason == reason), None)
    if newest is None:
        return False
    age = (datetime.now() - newest.at).total_seconds()
    return 0 <= age < newest.size / MERGE_RATE


def _tidy(folder: Path, where: Path) -> None:
    now = datetime.now()
    for backup in surplus(kept(folder), now):
        with suppress(OSError):
            backup.path.unlink()
    for path in where.iterdir():
        if path.name.endswith(publishing.TEMPORARY):
            with suppress(OSError):
                if now.timestamp() - path.stat().st_mtime > _STALE_SECONDS:
                    path.unlink()


# --- what is kept in mind: the change that the newest backup holds, and a trouble not told yet ------------------------


def _noted(folder: Path) -> tuple[int, str]:
    try:
        seq, _, told = (folder / "backup").read_text(encoding="utf-8").strip().partition(" ")
        return int(seq), told
    except (OSError, ValueError):
        return -1, ""


def _note(folder: Path, seq: int, told: str = "") -> None:
    temporary = folder / f"backup.{os.getpid()}"
    with suppress(OSError):
        temporary.write_text(f"{seq} {told}", encoding="utf-8")
        temporary.replace(folder / "backup")


def _note_trouble(folder: Path, error: Exception) -> Message:
    message = _reason(error)
    _note(folder, _noted(folder)[0], message.id)
    return message


def _reason(error: Exception) -> Message:
    """Why there is no backup, in a sentence without arguments."""
    import errno

    if isinstance(error, BackupFull):
        return error.message
    if isinstance(error, FieldsalesError):
        return Message("keep.backup_damaged" if error.message.id == "book.damaged" else "keep.backup_failed")
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", -1)) or "full" in str(error):
        return Message("keep.backup_full")
    if isinstance(error, sqlite3.DatabaseError) and getattr(error, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    ):
        return Message("keep.backup_damaged")
    return Message("keep.backup_failed")
