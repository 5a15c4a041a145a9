"""What can go wrong with a book's file, one exception for each thing that the user is told."""

# ruff: noqa: N818  (their names say what is the matter, which "Error" at the end would not)

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from fieldsales.domain.model import FieldsalesError, Message


class BookError(FieldsalesError):
    """A book that cannot be opened, merged or saved. `id` of its text is `book.` and the class's `text`."""

    text = "failed"

    def __init__(self, **args: str | int) -> None:
        super().__init__(f"book.{self.text}", **args)


class BookNotFound(BookError):
    text = "not_found"


class BookIsFolder(BookError):
    text = "is_folder"


class BookEmpty(BookError):
    """A file of no bytes at all: a copy that never arrived."""

    text = "empty"


class BookForeign(BookError):
    """No SQLite file, or one of another program."""

    text = "foreign"


class BookNewer(BookError):
    """Written by a newer version. It is not touched."""

    text = "newer"


class BookDamaged(BookError):
    text = "damaged"


class BookIncomplete(BookError):
    """The file is shorter or longer than its header says and has changed just now: it is still being copied."""

    text = "incomplete"


class BookUnreadable(BookError):
    """The system refuses to read the file."""

    text = "unreadable"


class BookNotCreated(BookError):
    """A new book cannot be written where it was asked for."""

    text = "not_created"


class BookElsewhere(BookError):
    """The same book already has its home at another path (`home`), which still exists."""

    text = "elsewhere"


class DifferentBook(BookError):
    """The other file holds another book, so the two are not merged."""

    text = "different"


class BookLocked(BookError):
    """Another program holds the working database for longer than we wait."""

    text = "locked"


class DeviceTrouble(BookError):
    """The device that holds the working database refuses to be read or written."""

    text = "device"


class DiskFull(BookError):
    text = "disk_full"


class BookReadOnly(BookError):
    """The book was opened only to be looked at: an older day, a backup, a copy."""

    text = "read_only"


class CacheMended(BookError):
    """The derived rows were damaged and have been begun anew. The change that came upon it was taken back whole and
    works when it is made again."""

    text = "cache_mended"


class OwnBookDamaged(BookError):
    """The working database itself is damaged (not the file that the user sees)."""

    text = "own_damaged"


class RowGone(BookError):
    """A row that is to be changed does not exist and never did."""

    text = "row_gone"


def reason(error: BaseException) -> Message:
    """What to tell of an error that stopped a save into the file."""
    import errno

    if isinstance(error, FieldsalesError):
        return error.message
    text = str(error)
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", -1)) or "full" in text:
        return Message("book.file_full")
    if number in (errno.EROFS, errno.EACCES, errno.EPERM) or "readonly" in text:
        return Message("book.file_readonly")
    if number in (errno.ENOENT, errno.ENOTDIR):
        return Message("book.folder_gone")
    return Message("book.file_failed")


def of_own_file(told: Message | None) -> Message | None:
    """The same of the book's own file: where that cannot be read, nothing is lost, and it can be written anew."""
    if told is not None and told.id in ("book.damaged", "book.foreign", "book.empty"):
        return Message("book.file_spoilt", told.args)
    return told


@contextmanager
def in_words(name: str, damaged: type[BookError] = BookDamaged) -> Iterator[None]:
    """SQLite's troubles with the working database in the user's words; `damaged` is raised where it cannot be read."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise DiskFull() from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BookLocked(name=name) from error
        if code == sqlite3.SQLITE_CORRUPT:
            raise damaged(name=name) from error
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise DeviceTrouble() from error
        raise
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise damaged(name=name) from error
    except UnicodeDecodeError as error:  # what SQLite says of a damaged schema quotes it
        raise damaged(name=name) from error


def is_damage(error: BaseException) -> bool:
    """Whether an error says that the working database cannot be read: its pages, or what stands in them."""
    if isinstance(error, OwnBookDamaged):
        return True
    if not isinstance(error, sqlite3.DatabaseError):
        return False
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "UTF-8" in str(error)
