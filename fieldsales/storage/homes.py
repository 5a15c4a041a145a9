"""The folders of working databases: which book lives at which path on this machine."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from fieldsales.storage.changing import new_id


def home_of(folder: Path) -> Path | None:
    try:
        return Path((folder / "home").read_text(encoding="utf-8", errors="surrogateescape"))
    except (OSError, ValueError):
        return None


def write_home(folder: Path, path: Path) -> None:
    temporary = folder / f"home.{os.getpid()}"
    temporary.write_text(str(path), encoding="utf-8", errors="surrogateescape")
    temporary.replace(folder / "home")


def known_at(books: Path, path: Path) -> str | None:
    """The document id of the book whose home is the path."""
    try:
        folders = list(books.iterdir())
    except OSError:
        return None
    for folder in folders:
        if home_of(folder) == path and (folder / "book.db").exists():
            return folder.name
    return None


MARK = "own-damaged"  # a file in the folder: the working database could not be read, so nothing is published from it


def mark_damaged(folder: Path) -> None:
    """Note that the working database in a private folder could not be read."""
    try:
        (folder / MARK).touch()
    except OSError:
        pass


def is_marked(folder: Path) -> bool:
    return (folder / MARK).exists()


def unmarked(work: sqlite3.Connection, folder: Path) -> bool:
    """Whether a working database is not noted as damaged, or is whole after all, which ends the note."""
    if not is_marked(folder):
        return True
    if work.execute("PRAGMA main.integrity_check(1)").fetchone()[0] != "ok":
        return False
    from fieldsales.storage import derived

    derived.discard(folder)  # then it was these that could not be read
    (folder / MARK).unlink(missing_ok=True)
    return True


def upgrade(work: sqlite3.Connection, document_id: str) -> None:
    """Make the tables, or bring them up to date, and place what an older version had to leave aside."""
    from fieldsales.storage import migrations

    def after(old: int) -> None:
        if old:
            from fieldsales.storage.refolding import refold

            work.execute("UPDATE recorder SET off = 1")
            refold(work, "SELECT DISTINCT tbl, pk FROM main.op")
            work.execute("UPDATE recorder SET off = 0")
            return
        import platform

        site = new_id()
        work.execute("INSERT INTO meta VALUES ('document_id', ?)", (document_id,))
        work.execute("INSERT INTO site VALUES (?, ?)", (site, platform.node() or "?"))
        work.execute("UPDATE recorder SET site = ?", (site,))

    migrations.apply(work, after)
