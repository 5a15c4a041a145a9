"""The user's file: a closed snapshot of the working database, put in place whole, never over something unseen.

`local.file` holds the signature of the file as this machine last put or merged it, `local.file_seq` the number of the
change up to which it contains them all. A file whose signature differs came from elsewhere and is merged before
anything replaces it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import FieldsalesError, Message
from fieldsales.storage.errors import BookDamaged, BookEmpty, BookForeign, DifferentBook, OwnBookDamaged, reason
from fieldsales.storage.files import (
    Signature,
    exchange,
    place_new,
    signature,
    sync_file,
    sync_folder,
)
from fieldsales.storage.homes import is_marked
from fieldsales.storage.schema import connect

TEMPORARY = ".fieldsales-tmp"  # end of the names of snapshots under way
GAP = 20.0  # times the duration of the last publishing: the smallest pause before the next
RETRY_SECONDS = 5.0
LONGEST_RETRY_SECONDS = 60.0

Merge = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Status:
    """How far the file is behind the book: `pending` changes are saved here and not yet in it, for the `reason`.

    `aside` is the name under which a file that could not be read was kept, where a save has just done that.
    """

    in_file: bool
    pending: int
    reason: Message | None = None
    aside: str = ""


def recorded(connection: sqlite3.Connection) -> tuple[Signature | None, int, int]:
    """Signature and change number of the file as last known, and the number of the newest change."""
    found = dict(connection.execute("SELECT key, value FROM local WHERE key IN ('file', 'file_seq', 'change_seq')"))
    text = found.get("file")
    known = Signature(*map(int, text.split())) if text else None
    return known, int(found.get("file_seq", -1)), int(found.get("change_seq", 0))


def record(connection: sqlite3.Connection, known: Signature, seq: int | None) -> None:
    """Note the state of the file; without `seq` that it has been merged and lacks something that the book holds."""
    begun = not connection.in_transaction
    if begun:
        connection.execute("BEGIN IMMEDIATE")
    try:
        if seq is None:  # behind, whatever number stood there: an older copy may have taken the place of a newer one
            _, file_seq, newest = recorded(connection)
            seq = min(file_seq, newest - 1)
        connection.executemany(
            "INSERT OR REPLACE INTO local VALUES (?, ?)", [("file", " ".join(map(str, known))), ("file_seq", seq)]
        )
        if begun:
            connection.execute("COMMIT")
    except BaseException:
        if begun and connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def snapshot(connection: sqlite3.Connection, target: Path) -> int:
    """Write a closed copy of the book without what belongs to this machine; the number of its newest change."""
    from fieldsales.storage.snapshots import copy_database

    copy_database(connection, target)
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        copy.execute("PRAGMA synchronous=OFF")
        copy.execute("PRAGMA journal_mode=MEMORY").fetchone()
        copy.execute("PRAGMA secure_delete=ON").fetchone()
        seq: int = copy.execute("SELECT value FROM local WHERE key = 'change_seq'").fetchone()[0]
        copy.execute("BEGIN")
        copy.execute("UPDATE recorder SET act = '', off = 0, site = ''")
        for table in ("seen", "draft", "local"):
            copy.execute(f"DELETE FROM {table}")
        copy.execute("COMMIT")
    finally:
        copy.close()
    sync_file(target)
    return seq


class Publisher:
    """Keeps the file at `path` up with the working database in `folder`.

    The thread only publishes. Where it finds a file that is not the one last known it leaves it alone and says so
    in `foreign`; merging is done by the book, whose rows on screen it changes.
    """

    def __init__(self, folder: Path, path: Path) -> None:
        self.path = path
        self.reason: Message | None = None
        self.foreign = False
        self.aside = ""  # what a file that could not be read was renamed to
        self.refused: Signature | None = None  # a file at the path that could not be merged, for the `reason`
        self.held = False  # publishes only when told to: for a command, which is about to end
        self._folder = folder
        self._turn = threading.Lock()
        self._wake = threading.Condition()
        self._wanted = False
        self._stopped = False
        self._thread: threading.Thread | None = None

    def request(self) -> None:
        """Publish soon, in the background; what fails is tried again by itself."""
        if self.held:
            return
        with self._wake:
            self._wanted = True
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="publishing", daemon=True)
                self._thread.start()
            self._wake.notify()

    def refuse(self, found: Signature | None, why: Message) -> None:
        """Note that the file as it stands cannot be merged, so that it is neither read again nor replaced."""
        self.refused = found
        self.reason = why

    def stop(self) -> None:
        """End the thread, waiting for a publishing under way."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def publish(
        self, merge: Merge | None = None, recreate: bool = False, work: sqlite3.Connection | None = None
    ) -> bool:
        """Bring the file up to date now; True if it is. `reason` says why not.

        `merge` takes in a file that came from elsewhere; without it such a file is left for later. `recreate` writes a
        file that has vanished anew, and sets one aside that cannot be read as a book. `work` is the connection of the
        thread that calls; without it another one is opened.
        """
        with self._turn:
            try:
                with self._working(work) as connection:
                    self.foreign = False
                    self.reason = self._bring_up(connection, merge, recreate)
                    self.refused = self.refused if self.reason is not None else None
            except (OSError, sqlite3.Error, FieldsalesError) as error:
                self.reason = reason(error)
            return self.reason is None and not self.foreign

    def tick(self, merge: Merge) -> None:
        """Called now and then by whoever owns the book."""

    @contextmanager
    def _working(self, work: sqlite3.Connection | None) -> Iterator[sqlite3.Connection]:
        if is_marked(self._folder):  # a damaged book must not replace a whole file
            raise OwnBookDamaged(name=self.path.name)
        with alone(self._folder):
            if work is not None and not work.in_transaction:
                yield work
                return
            connection = connect(self._folder / "book.db")
            try:
                yield connection
            finally:
                connection.close()

    def _bring_up(self, connection: sqlite3.Connection, merge: Merge | None, recreate: bool) -> Message | None:
        path = self.path
        for _ in range(10):
            known, file_seq, seq = recorded(connection)
            found = signature(path)
            if found is None and known is not None and not recreate:
                return Message("book.file_gone" if path.parent.is_dir() else "book.folder_gone", {"path": str(path)})
            if found is not None and found != known:
                if merge is None:
                    if found == self.refused and self.reason is not None:
                        return self.reason
                    self.foreign = True
                    return None
                try:
                    merge(path)
                except (BookForeign, BookDamaged, BookEmpty, DifferentBook):
                    if not recreate:
                        raise
                    self.aside = _set_aside(path)
                continue
            if found is not None and file_seq == seq:
                return None
            if self._replace(connection, found, merge):
                return None
            if self.foreign:
                return None
        return Message("book.file_busy")

    def _replace(self, connection: sqlite3.Connection, found: Signature | None, merge: Merge | None) -> bool:
        """Put a snapshot in place of the file found; False where the file turned out to be another one."""
        path = self.path
        temporary = path.with_name(f".{path.name}.{os.getpid()}-{time.time_ns()}{TEMPORARY}")
        try:
            seq = snapshot(connection, temporary)
            ours = signature(temporary)
            assert ours is not None
            if found is None:
                try:
                    place_new(temporary, path)
                except FileExistsError:
                    return False
            else:
                with suppress(OSError):
                    temporary.chmod(path.stat().st_mode & 0o777)
                if exchange(temporary, path):
                    out = signature(temporary)
                    if out != found:
                        return self._came_between(connection, temporary, ours, seq, merge)
                elif signature(path) == found:
                    temporary.replace(path)
                else:
                    return False
            _note(connection, ours, seq)
            sync_folder(path.parent)
            return True
        finally:
            temporary.unlink(missing_ok=True)

    def _came_between(
        self, connection: sqlite3.Connection, temporary: Path, ours: Signature, seq: int, merge: Merge | None
    ) -> bool:
        """Another file had landed at the path after we looked, and is now `temporary`: give it back or take it in."""
        if merge is not None:
            try:
                merge(temporary)
            except BaseException:
                exchange(temporary, self.path)
                raise
            _note(connection, ours, seq)
            return False
        exchange(temporary, self.path)
        if signature(temporary) != ours:
            # A third file came in the meantime: it stays beside the path under a name of ours, to be merged later.
            temporary.rename(temporary.with_name(temporary.name.replace(TEMPORARY, "-found" + TEMPORARY)))
        self.foreign = True
        return False

    def _run(self) -> None:
        pause = 0.0
        retry = RETRY_SECONDS
        while True:
            with self._wake:
                if not self._wanted and not self._stopped:
                    self._wake.wait(retry if self.reason is not None else None)
                if self._stopped:
                    return
                if not self._wanted and self.reason is None:
                    continue
                self._wanted = False
            begun = time.monotonic()
            self.publish()
            pause = GAP * (time.monotonic() - begun)
            retry = RETRY_SECONDS if self.reason is None else min(retry * 2, LONGEST_RETRY_SECONDS)
            with self._wake:
                self._wake.wait_for(lambda: self._stopped, min(pause, LONGEST_RETRY_SECONDS))


class InlinePublisher(Publisher):
    """Publishes a book that is in memory only: in the thread that owns it, whenever that has a moment."""

    def __init__(self, work: sqlite3.Connection, path: Path) -> None:
        super().__init__(path.parent, path)
        self._work = work
        self._next = 0.0

    def request(self) -> None:
        self._wanted = True

    def stop(self) -> None:
        pass

    def tick(self, merge: Merge) -> None:
        now = time.monotonic()
        if now < self._next or not (self._wanted or self.reason is not None or self.foreign):
            return
        self._wanted = False
        self.publish(merge)
        spent = time.monotonic() - now
        self._next = now + (GAP * spent if self.reason is None else RETRY_SECONDS)

    @contextmanager
    def _working(self, work: sqlite3.Connection | None) -> Iterator[sqlite3.Connection]:
        yield self._work


class NoPublisher(Publisher):
    """For a book that is only looked at."""

    def request(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def publish(
        self, merge: Merge | None = None, recreate: bool = False, work: sqlite3.Connection | None = None
    ) -> bool:
        return True


def _note(connection: sqlite3.Connection, known: Signature, seq: int) -> None:
    """Record what was published without waiting for the disk: where the power takes the note, the file is merged once
    more."""
    connection.execute("PRAGMA main.synchronous=NORMAL")
    try:
        record(connection, known, seq)
    finally:
        connection.execute("PRAGMA main.synchronous=FULL")


def _set_aside(path: Path) -> str:
    """Rename a file that is no book, so that its bytes stay while a good file takes its name; its new name."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.stem} (aside {number}){path.suffix}")
        if not aside.exists():
            path.rename(aside)
            return aside.name
    return ""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time publishes a book: two would each take the other's file for a foreign one."""
    with (folder / "publishing.lock").open("w") as file:
        try:
            import fcntl
        except ImportError:
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def leftovers(path: Path) -> list[Path]:
    """Snapshots beside the path that a crash left behind; one of them may be a file that had just landed there."""
    try:
        return sorted(
            entry
            for entry in path.parent.iterdir()
            if entry.name.startswith(f".{path.name}.") and entry.name.endswith(TEMPORARY)
        )
    except OSError:
        return []
