"""The look-out: copies of the book that appear beside its file, as cloud services make them when two machines write.

A copy is recognised by what it holds (an SQLite file of ours with the same document id), never by its name.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path

from fieldsales.domain.model import FieldsalesError
from fieldsales.storage.errors import BookIncomplete, BookLocked, BookUnreadable
from fieldsales.storage.files import Signature
from fieldsales.storage.schema import APPLICATION_ID

ALL_SECONDS = 30.0  # between two looks at files whose folder has not changed
SETTLED_SECONDS = 3.0  # of a folder: within one tick of its clock another file may come and leave no trace in its time
MOST = 5000  # entries of a folder that are looked at


class LookOut:
    """Looks for copies beside one book's file, and knows which files it need not read again."""

    def __init__(self, path: Path, document_id: str, scratch: Path) -> None:
        self._path = path
        self._document_id = document_id
        self._scratch = scratch
        self._others: dict[str, Signature] = {}  # files that are no copies
        self._folder_mtime = -1
        self._next_all = 0.0
        self._again = False

    def look(self, merged: Mapping[str, Signature]) -> list[Path]:
        """Copies of the book that are not `merged` as they stand. Costs one `stat` where nothing has changed and
        nothing is left to merge."""
        now = time.monotonic()
        folder = self._path.parent
        try:
            mtime = folder.stat().st_mtime_ns
            if mtime == self._folder_mtime and now < self._next_all and not self._again:
                return []
            self._folder_mtime, self._next_all = mtime, now + ALL_SECONDS
            self._again = abs(time.time() - mtime / 1e9) < SETTLED_SECONDS
            found: list[Path] = []
            with os.scandir(folder) as entries:
                for count, entry in enumerate(entries):
                    if count >= MOST:
                        break
                    if self._is_copy(entry, merged):
                        found.append(folder / entry.name)
        except OSError:
            return []
        self._again = self._again or bool(found)  # one of them may be all that is merged after this look
        return sorted(found)

    def wait(self) -> None:
        """A copy cannot be merged just now: look again when all files are looked at again."""
        self._again = False

    def forget(self, path: Path, seen: Signature) -> None:
        """Leave a file alone as it stands: it cannot be merged."""
        self._others[path.name] = seen

    def _is_copy(self, entry: os.DirEntry[str], merged: Mapping[str, Signature]) -> bool:
        name = entry.name
        if (
            name == self._path.name
            or name.startswith(f".{self._path.name}.")
            or not entry.is_file(follow_symlinks=False)
        ):
            return False
        stat = entry.stat(follow_symlinks=False)
        seen = Signature(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if seen in (merged.get(name), self._others.get(name)):
            return False
        if is_ours(Path(entry.path)):
            from fieldsales.storage.staging import document_of

            try:
                if document_of(Path(entry.path), self._scratch) == self._document_id:
                    return True
            except (BookIncomplete, BookLocked, BookUnreadable):
                self._again = True
                return False
            except FieldsalesError:
                pass
        self._others[name] = seen
        return False


def is_ours(path: Path) -> bool:
    """Whether a file's first bytes are those of a book."""
    try:
        with path.open("rb") as file:
            header = file.read(72)
    except OSError:
        return False
    return header[:16] == b"SQLite format 3\0" and int.from_bytes(header[68:72], "big") == APPLICATION_ID


def load_merged(work: sqlite3.Connection) -> dict[str, Signature]:
    """The copies beside the file that are merged, by name, each as it stood then."""
    row = work.execute("SELECT value FROM main.local WHERE key = 'copies'").fetchone()
    return {} if row is None else {name: Signature(*seen) for name, seen in json.loads(row[0]).items()}


def save_merged(work: sqlite3.Connection, merged: Mapping[str, Signature]) -> None:
    work.execute("INSERT OR REPLACE INTO main.local VALUES ('copies', ?)", (json.dumps(merged),))
