"""What comes to a book from elsewhere: another state of its file, copies beside it, files that the user names."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import Changed, FieldsalesError, Message
from fieldsales.storage import publishing
from fieldsales.storage.errors import BookIncomplete, BookLocked, BookNotFound, DiskFull, in_words
from fieldsales.storage.errors import reason as why
from fieldsales.storage.files import Signature, check_header, signature
from fieldsales.storage.publishing import Publisher

if TYPE_CHECKING:
    from fieldsales.storage.background import Merging
    from fieldsales.storage.merging import MergeResult
    from fieldsales.storage.watching import LookOut

LOOK_SECONDS = 1.0
STALE_SECONDS = 600  # a leftover younger than that may be a snapshot under way
SLICED = 8 << 20  # bytes of a file from which on a merge leaves room for another window between its slices
AT_ONCE = 300  # accounts whose derived rows are made with the merge that touched them
PASSING = (BookIncomplete, BookLocked, DiskFull)  # troubles that go away by themselves
PASSING_IDS = {f"book.{error.text}" for error in PASSING}


@dataclass(frozen=True, slots=True)
class Incoming:
    """What came in since it was last asked for.

    `sites` names the machines it came from, most operations first; `conflicts` is the number of cells in question in
    the rows that came in; `trouble` is what kept a copy beside the file from being merged; `named` counts the texts
    here in which a name that was erased there still stands.
    """

    changed: Changed = Changed()
    operations: int = 0
    conflicts: int = 0
    sites: tuple[tuple[str, int], ...] = ()
    trouble: Message | None = None
    erased: int = 0
    named: int = 0

    def __or__(self, other: Incoming) -> Incoming:
        counts: dict[str, int] = {}
        for label, count in (*self.sites, *other.sites):
            counts[label] = counts.get(label, 0) + count
        sites = tuple(sorted(counts.items(), key=lambda site: (-site[1], site[0])))
        changed = Changed(
            self.changed.accounts | other.changed.accounts, self.changed.tables | other.changed.tables, "merge"
        )
        return Incoming(
            changed,
            self.operations + other.operations,
            self.conflicts + other.conflicts,
            sites,
            other.trouble or self.trouble,
            self.erased + other.erased,
            self.named + other.named,
        )


class Arrivals:
    """The half of `Book` that takes in what others wrote. With `background` large files are merged by a process of
    their own while the book stays in use; `take_incoming` then tells when they are in."""

    path: Path
    work: sqlite3.Connection
    document_id: str
    today: date | None
    read_only: bool
    background = False
    _folder: Path
    _private: bool  # whether the working database is a file of this machine
    _publisher: Publisher
    _changing: bool
    _incoming: Incoming | None = None
    _looked = 0.0
    _merging: Merging | None = None
    _failures = 0
    _look_out: LookOut | None = None

    def _derive(self, changed: Changed, today: date) -> None:
        raise NotImplementedError

    def flush_drafts(self, wait: bool = False) -> None:
        raise NotImplementedError

    def _begin_cache_anew(self, today: date) -> None:
        raise NotImplementedError

    # --- asked for --------------------------------------------------------------------------------------------------

    def merge(self, other: Path, join: bool = False) -> MergeResult:
        """Take in another copy of this book; with `join` another book as well. Raises DifferentBook and the errors of
        opening."""
        result = self._merge(other, join=join)
        if result.anything:
            self._scour()
            self._publisher.request()
        return result

    def preview(self, other: Path, join: bool = False) -> MergeResult:
        """What merging a file would bring. Raises as `merge` does."""
        return self._merge(other, join=join, keep=False)

    # --- by itself --------------------------------------------------------------------------------------------------

    def take_incoming(self) -> Incoming | None:
        """What came from outside since the last call: looks at the file and beside it, at most once a second, and
        merges what is not as this machine left it. None where nothing came."""
        now = time.monotonic()
        self.flush_drafts()
        if self._merging is not None:
            self._hear()
        elif now - self._looked >= LOOK_SECONDS and not self._changing and not self.read_only:
            self._looked = now
            self._take_file()
            self._take_copies()
            if self._publisher.reason is None and (self._publisher.foreign or self._behind()):
                self._publisher.request()
            self._publisher.tick(self._merge_at)
        incoming, self._incoming = self._incoming, None
        if incoming is not None and incoming.erased:
            self._scour()
        return incoming

    @property
    def is_merging(self) -> bool:
        """Whether a large file is being merged in the background."""
        return self._merging is not None

    def copies(self) -> list[Path]:
        """Copies beside the file whose whole content is in the book."""
        from fieldsales.storage.watching import load_merged

        found = []
        for name, seen in load_merged(self.work).items():
            path = self.path.with_name(name)
            try:
                if signature(path) == seen:
                    found.append(path)
            except OSError:
                continue
        return sorted(found)

    def trash_copies(self, copies: Iterable[Path] | None = None) -> int:
        """Move merged copies (all of them where none are named) to the system's trash; how many went.

        Raises OSError where the system refuses.
        """
        merged = self.copies()
        count = 0
        for path in merged if copies is None else [copy for copy in copies if copy in merged]:
            to_trash(path)
            count += 1
        return count

    # --- how --------------------------------------------------------------------------------------------------------

    def _scour(self) -> None:
        """Get what was erased, here or in a copy, out of this machine's files where that is still to be done."""
        if self.work.execute("SELECT 1 FROM main.local WHERE key = 'scour'").fetchone() is not None:
            from fieldsales.storage.scouring import scour_now

            scour_now(self.work, self._folder, self.today)

    def _merge(self, other: Path, name: str = "", join: bool = False, keep: bool = True) -> MergeResult:
        from fieldsales.storage import backups, derived
        from fieldsales.storage.merging import merge_file, merge_in_slices

        def after(result: MergeResult) -> None:
            if self.today is None:
                return
            if len(result.accounts) > AT_ONCE:
                derived.outdate(self.work, result.accounts)
            else:
                self._derive(result.changed, self.today)

        def before() -> None:
            if self._private:
                backups.before(self.work, self._folder, "merge")

        def take() -> MergeResult:
            seen = signature(other)
            in_use = publishing.recorded(self.work)[0] is not None  # a book that is new here is in no other window
            if in_use and keep and not join and seen is not None and seen.size >= SLICED:
                # In short transactions: another window of this book may be in use.
                return merge_in_slices(self.work, other, self._folder, after, name, self.path.name, before)
            return merge_file(self.work, other, self._folder, after, name, self.path.name, join, keep, before)

        with in_words(other.name):
            try:
                return take()
            except derived.CacheDamagedError:
                if self.today is None or self.work.in_transaction:
                    raise
                self._begin_cache_anew(self.today)
                return take()

    def _merge_at(self, path: Path) -> None:
        """Merge the file at the home path, or one that came out of it, and note that it is known now."""
        before = signature(path)
        result = self._merge(path, self.path.name)
        self._take(result)
        if before is not None and path == self.path:
            self._known(before, result)

    def _known(self, seen: Signature, result: MergeResult) -> None:
        seq = publishing.recorded(self.work)[2]
        publishing.record(self.work, seen, seq if result.equal else None)
        self._publisher.refused = None

    def _take(self, result: MergeResult) -> None:
        if result.anything:
            arrived = Incoming(
                result.changed, result.operations, result.conflicts, result.sites, None, result.erased, result.named
            )
            self._incoming = (self._incoming or Incoming()) | arrived

    def _tell(self, trouble: Message) -> None:
        self._incoming = (self._incoming or Incoming()) | Incoming(trouble=trouble)

    def _take_file(self, raising: bool = False) -> None:
        """Merge the file if it is not as this machine left it; what stands against it is left to the status."""
        publisher = self._publisher
        try:
            found = signature(self.path)
            known = publishing.recorded(self.work)[0]
            if found is None:
                publisher.reason = self._gone() if known is not None else publisher.reason
            elif found != known and (found != publisher.refused or self._may_pass()):
                check_header(self.path)  # a copy under way is not worth a process
                if self._begin(self.path, found, home=True):
                    return
                self._merge_at(self.path)
                if publisher.reason is not None:
                    publisher.request()
            elif publisher.reason is not None and publisher.reason.id in ("book.file_gone", "book.folder_gone"):
                publisher.request()
        except FieldsalesError as error:
            if raising:
                raise
            publisher.refuse(found, error.message)
        except OSError as error:
            publisher.refuse(None, why(error))

    def _may_pass(self) -> bool:
        """Whether what stands against the file goes away by itself, so that the file is tried again as it is."""
        told = self._publisher.reason
        return told is not None and told.id in PASSING_IDS

    def _take_copies(self) -> None:
        """Merge the copies beside the file that are new or have changed."""
        from fieldsales.storage import watching

        if self._look_out is None:
            self._look_out = watching.LookOut(self.path, self.document_id, self._folder)
        merged = watching.load_merged(self.work)
        for copy in self._look_out.look(merged):
            try:
                seen = signature(copy)
                if seen is None:
                    continue
                if self._begin(copy, seen, home=False):
                    return
                self._take(self._merge(copy))
            except BookIncomplete:
                continue
            except PASSING:
                self._look_out.wait()
                continue
            except FieldsalesError as error:
                if seen is not None:
                    self._look_out.forget(copy, seen)
                self._tell(error.message)
                continue
            except OSError:
                continue
            merged[copy.name] = seen
            watching.save_merged(self.work, merged)

    def _begin(self, path: Path, seen: Signature, home: bool) -> bool:
        """Have a large file merged by a process of its own; False where it is for us to do."""
        if not (self.background and self._private):
            return False
        from fieldsales.storage.background import LARGE, Merging

        if seen.size < LARGE or self._merging is not None or self._failures > 1:
            return self._merging is not None
        try:
            self._merging = Merging(self._folder, path, path.name, self.path.name, home)
        except OSError:
            self._failures += 1
            return False
        # The process carries its log over by itself; a key that had to do so would wait.
        self.work.execute("PRAGMA main.wal_autocheckpoint=0")
        return True

    def _hear(self, wait: bool = False) -> None:
        """What came of the process that merges."""
        from fieldsales.storage import watching

        assert self._merging is not None
        done = self._merging.poll(wait)
        if done is None:
            return
        home = self._merging.home
        self._merging = None
        self.work.execute("PRAGMA main.wal_autocheckpoint=1000")
        if done.result is not None:
            self._failures = 0
            self._take(done.result)
            if home:
                self._publisher.refused = None
            elif done.seen is not None:
                watching.save_merged(self.work, watching.load_merged(self.work) | {done.path.name: done.seen})
            if home and self._publisher.reason is not None:
                self._publisher.request()
        elif done.trouble is None:
            self._failures += 1
        else:
            found = signature(done.path)
            if home:
                self._publisher.refuse(found, done.trouble)
            elif self._look_out is not None and done.trouble.id in PASSING_IDS:
                self._look_out.wait()
            elif found is not None and self._look_out is not None:
                self._look_out.forget(done.path, found)
                self._tell(done.trouble)

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
                if time.time() - leftover.stat().st_mtime > STALE_SECONDS:
                    try:
                        self._take(self._merge(leftover, self.path.name))
                    except FieldsalesError:
                        pass
                    leftover.unlink(missing_ok=True)
                else:
                    self._take(self._merge(leftover, self.path.name))
            except (FieldsalesError, OSError):
                continue


def to_trash(path: Path) -> None:
    """Move a file to the system's trash. Raises OSError where the system refuses."""
    from send2trash import send2trash

    send2trash(path)
