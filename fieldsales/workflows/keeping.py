"""Keeping the book safe: backups, going back to one, looking it over, and bringing it back when it is damaged."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from fieldsales.domain.model import FieldsalesError, Message
from fieldsales.storage import backups, homes
from fieldsales.storage.backups import Backup
from fieldsales.storage.book import Book
from fieldsales.storage.checking import Finding, check, repair
from fieldsales.storage.errors import BookElsewhere, OwnBookDamaged, is_damage
from fieldsales.storage.restoring import Restored, replace
from fieldsales.storage.salvage import Rebuilt, Source, rebuild, sources, unite

__all__ = [
    "Backup",
    "BookElsewhere",
    "Finding",
    "OwnBookDamaged",
    "Rebuilt",
    "Restored",
    "Source",
    "is_damage",
]


def folder_of(path: Path, data: Path) -> Path | None:
    """The private folder of the book whose file is at a path, None where this machine knows none."""
    known = homes.known_at(data / "books", path.resolve())
    return None if known is None else data / "books" / known


# --- backups --------------------------------------------------------------------------------------------------------


def kept(folder: Path) -> list[Backup]:
    """The backups of a book, the newest first."""
    return backups.kept(folder)


def back_up(book: Book, data: Path, to: Path | None = None, name: str = "") -> Path:
    """Take a backup now; its path. `to` is a file, or a folder in which it is called `name`.

    Raises FieldsalesError where that is not possible.
    """
    if to is not None and to.is_dir():
        to = to / name
    if to is None and not (data / "books" / book.document_id).is_dir():
        raise FieldsalesError("keep.no_trace")
    return backups.asked(book.work, data / "books" / book.document_id, to)


def find_backup(folder: Path, said: str) -> Path | None:
    """The backup that is meant: a file, the beginning of a backup's name, or `newest` for the newest good one."""
    if said in ("", "newest"):
        good = backups.newest_good(folder)
        return None if good is None else good.path
    path = Path(said).expanduser()
    if path.is_file():
        return path
    matching = [backup.path for backup in backups.kept(folder) if backup.path.name.startswith(said)]
    return next((path for path in matching if backups.opens(path)), matching[0] if matching else None)


def is_due(folder: Path, seq: int) -> bool:
    """Whether the day's backup is still to be taken; `seq` is the number of the book's newest change."""
    return backups.due(folder, seq)


def daily(folder: Path) -> Message | None:
    """Take the day's backup; what stood against it. With a connection of its own: for a thread in the background."""
    return backups.daily(folder)


def backup_trouble(folder: Path) -> Message | None:
    """What stood against a backup before a merge, once."""
    return backups.trouble(folder)


# --- going back -----------------------------------------------------------------------------------------------------


def go_back(book: Book, backup: Path, now: datetime, data: Path, *, dry_run: bool) -> tuple[Restored, Message | None]:
    """Make the book what it was in a backup, as one act that undo takes back; what stood against backing up the
    present state first. With `dry_run` only counted. Raises FieldsalesError where the backup would empty the book."""
    found = replace(book, backup, now, dry_run=True)
    if found.removed and not found.put and backups.is_empty(backup):
        raise FieldsalesError("keep.empty_backup", name=backup.name)
    if dry_run or not (found.put or found.removed):
        return found, None
    trouble = backups.before(book.work, data / "books" / book.document_id, "restore")
    return replace(book, backup, now), trouble


# --- looking it over ------------------------------------------------------------------------------------------------


def look_over(folder: Path, path: Path, reason: Message | None, now: datetime) -> list[Finding]:
    """Every thing looked at. With a connection of its own: for a thread in the background."""
    return check(folder, path, reason, now)


def put_right(book: Book, now: datetime) -> int:
    """Put right what follows from the history; how many rows were not as it makes them."""
    return repair(book, now)


# --- a damaged book -------------------------------------------------------------------------------------------------


def note_damage(path: Path, data: Path) -> None:
    """Note that the working database could not be read, so that nothing is published from it."""
    folder = folder_of(path, data)
    if folder is not None:
        homes.mark_damaged(folder)


@contextmanager
def saved_from(folder: Path, path: Path, chosen: Path | None = None) -> Iterator[list[Source]]:
    """What a damaged book can be made from, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="fieldsales-") as scratch:
        yield sources(folder, path, Path(scratch), chosen)


def unite_saved(folder: Path, path: Path, target: Path) -> None:
    """Write what can be saved of a damaged book into a file of its own, to be looked at. Raises NothingToSave."""
    with tempfile.TemporaryDirectory(prefix="fieldsales-") as name:
        scratch = Path(name)
        unite(folder.name, sources(folder, path, scratch), target, scratch)


def bring_back(folder: Path, path: Path, now: datetime, chosen: Path | None = None) -> Rebuilt:
    """Make the working database anew from all that can be saved; what is damaged is moved aside."""
    return rebuild(folder, path, now, chosen)


# --- a book opened from elsewhere -----------------------------------------------------------------------------------


def as_new_book(path: Path, data: Path, today: date) -> Book:
    """A new book of its own beside a file, with all that the file holds and its history; the file is only read."""
    number = 2
    while (target := path.with_name(f"{path.stem} {number}{path.suffix}")).exists():
        number += 1
    book = Book.open(target, data, create=True, today=today)
    try:
        book.merge(path, join=True)
        book.publish_now()
    except FieldsalesError:
        book.close()
        raise
    return book
