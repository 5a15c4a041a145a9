"""Working databases for tests, made quickly: one is migrated, the others are copies of it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from unittest import mock

from fieldsales.storage import migrations, publishing
from fieldsales.storage.merging import MergeResult, merge_file
from fieldsales.storage.schema import COLUMNS, connect


@cache
def template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="fieldsales-test-")) / "template.db"
    connection = connect(path)
    migrations.apply(connection)
    connection.execute("INSERT INTO meta VALUES ('document_id', 'test-book')")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    return path


NOW = "julianday('now')"
FROZEN = "2461364.5"  # a day as a Julian number


@cache
def template_trigger() -> str:
    """The trigger that stamps operations, as it stands in an untouched working database."""
    connection = sqlite3.connect(template())
    try:
        (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'recording_write'").fetchone()
        assert NOW in sql
        return str(sql)
    finally:
        connection.close()


class Copy:
    """One copy of a book; its clock goes wrong by `days`."""

    def __init__(self, folder: Path, name: str, days: int = 0) -> None:
        self.folder = folder
        self.name = name
        path = folder / f"{name}.work"
        shutil.copy(template(), path)
        self.db = connect(path)
        self.db.execute("PRAGMA synchronous=OFF")
        self.db.execute("UPDATE recorder SET site = ?", (name,))
        if days:
            self.clock(days)

    def clock(self, days: int, frozen: bool = False) -> None:
        """Set the clock wrong by so many days, or stop it there."""
        sql = template_trigger()
        now = FROZEN if frozen else NOW
        self.db.execute("DROP TRIGGER recording_write")
        self.db.execute(sql.replace(NOW, f"({now} + {days})"))

    def file(self) -> Path:
        path = self.folder / f"{self.name}.db"
        path.unlink(missing_ok=True)
        with mock.patch.object(publishing, "sync_file"):  # nobody pulls the plug here
            publishing.snapshot(self.db, path)
        return path

    def take(self, other: Copy) -> MergeResult:
        return merge(self, other.file())

    def tables(self) -> dict[str, list[tuple[object, ...]]]:
        return dump(self.db)


def merge(copy: Copy, file: Path) -> MergeResult:
    return merge_file(copy.db, file, copy.folder, lambda result: None)


def dump(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row that travels, in one order."""
    names = [*COLUMNS, "op", "head", "conflict"]
    return {
        name: sorted(db.execute(f"SELECT {', '.join(COLUMNS.get(name, ('*',)))} FROM {name}").fetchall(), key=repr)
        for name in names
    }
