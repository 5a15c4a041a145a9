"""The user's file as a file: what it is, whether it changed, and how another one is put in its place."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fieldsales.storage.errors import (
    BookDamaged,
    BookEmpty,
    BookForeign,
    BookIncomplete,
    BookIsFolder,
    BookNewer,
    BookNotFound,
    BookUnreadable,
)
from fieldsales.storage.schema import APPLICATION_ID, FORMAT, uri

IMMUTABLE = "?mode=ro&immutable=1"
LONGEST_SECONDS = 60.0  # for looking through a file that is not ours
LARGEST = 4 << 30  # bytes; a book of 100,000 accounts has 0.3 GB
COPYING_SECONDS = 600  # a file of the wrong length that has not changed for so long is no copy under way


class Signature(NamedTuple):
    """What tells one state of a file from another."""

    device: int
    inode: int
    size: int
    mtime_ns: int


def signature(path: Path) -> Signature | None:
    """The signature of the file at the path, None where there is none. Raises OSError where it cannot be looked at."""
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Signature(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def check_header(path: Path) -> None:
    """See from its first 100 bytes that a file is a whole book of a format we know, before SQLite touches it."""
    name = path.name
    try:
        if path.is_dir():
            raise BookIsFolder(name=name)
        # Without waiting: opening a pipe would last until somebody writes into it.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise BookForeign(name=name)
            size = status.st_size
            header = file.read(100)
    except (FileNotFoundError, NotADirectoryError):
        raise BookNotFound(name=name, path=str(path)) from None
    except OSError:
        raise BookUnreadable(name=name) from None
    if not header:
        raise BookEmpty(name=name)
    if header[:16] != b"SQLite format 3\0" or len(header) < 100:
        raise BookForeign(name=name)
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise BookForeign(name=name)
    if int.from_bytes(header[60:64], "big") > FORMAT:
        raise BookNewer(name=name)
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    if page < 512 or page & (page - 1) or size > LARGEST:
        raise BookDamaged(name=name)
    # The page count is to be trusted where "version valid for" equals the change counter, as our own files have it.
    if header[24:28] == header[92:96] and size != page * int.from_bytes(header[28:32], "big"):
        raise (BookIncomplete if _is_fresh(status) else BookDamaged)(name=name)


def format_of(path: Path) -> int:
    """The number of the format of a book's file, from its header. Raises OSError."""
    with path.open("rb") as file:
        return int.from_bytes(file.read(64)[60:], "big")


def _is_fresh(status: os.stat_result) -> bool:
    """Whether a file has changed within the last minutes; a time yet to come says nothing of that."""
    now = time.time()
    changed = status.st_mtime if status.st_mtime <= now else status.st_ctime
    return now - changed < COPYING_SECONDS


@contextmanager
def whole(path: Path, scratch: Path) -> Iterator[Path]:
    """The file, or a recovered copy of it in `scratch` where a journal beside it says that it was left half-written.

    A tool that edits the file in WAL mode keeps its edits in NAME-wal; a crash leaves NAME-journal. Neither is touched.
    """
    sides = [side for end in ("-wal", "-journal") if (side := Path(f"{path}{end}")).is_file() and side.stat().st_size]
    if not sides:
        yield path
        return
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory(dir=scratch, prefix="recover-") as folder:
        copy = Path(folder) / "copy.db"
        shutil.copyfile(path, copy)
        for side in sides:
            shutil.copyfile(side, Path(folder) / ("copy.db" + side.name[len(path.name) :]))
        try:
            connection = sqlite3.connect(copy, isolation_level=None)
            try:
                connection.execute("PRAGMA trusted_schema=OFF")
                connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            finally:
                connection.close()
        except sqlite3.DatabaseError:
            raise BookDamaged(name=path.name) from None
        yield copy


@contextmanager
def reading(path: Path, name: str = "") -> Iterator[sqlite3.Connection]:
    """A connection to a file that is not ours: read-only, immutable, its schema not trusted.

    Whatever SQLite says against it inside the block becomes BookDamaged.
    """
    try:
        connection = sqlite3.connect(uri(path, IMMUTABLE), uri=True, isolation_level=None)
        try:
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA cell_size_check=ON")
            connection.execute("PRAGMA query_only=ON")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 64 << 20)
            deadline = time.monotonic() + LONGEST_SECONDS
            connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
            yield connection
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError, OverflowError):
        raise BookDamaged(name=name or path.name) from None


def check_whole(connection: sqlite3.Connection, name: str) -> None:
    """Raise BookDamaged unless the file's pages hang together."""
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise BookDamaged(name=name)


# --- putting a file in place ----------------------------------------------------------------------------------------


def exchange(first: Path, second: Path) -> bool:
    """Swap two files in one step; False where the system has no such step."""
    if sys.platform not in ("linux", "darwin"):
        return False
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    one, two = os.fsencode(first), os.fsencode(second)
    try:
        if sys.platform == "linux":
            failed = library.renameat2(-100, one, -100, two, ctypes.c_uint(2))  # AT_FDCWD, RENAME_EXCHANGE
        else:
            failed = library.renamex_np(one, two, ctypes.c_uint(2))  # RENAME_SWAP
    except AttributeError:
        return False
    if not failed:
        return True
    import errno

    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(second))


def place_new(temporary: Path, path: Path) -> None:
    """Move a file to a path where none stands; FileExistsError where one appeared meanwhile."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: look, then move
        if path.exists():
            raise FileExistsError(str(path)) from None
        temporary.replace(path)
    else:
        temporary.unlink()


def sync_file(path: Path) -> None:
    """Have the file's bytes on the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Have the folder's names on the disk, where the system knows such a thing."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
