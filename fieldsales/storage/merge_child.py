"""A process of its own that merges a large file into the working database while somebody types.

Reads what to do as JSON from stdin (`folder`, `other`, `name`, `own_name`, `home`: whether the file is the book's own)
and writes what came of it as JSON to stdout; see `background`, which starts it.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from fieldsales.domain.model import FieldsalesError
from fieldsales.storage import backups, derived, publishing
from fieldsales.storage.errors import in_words, reason
from fieldsales.storage.files import signature
from fieldsales.storage.merging import MergeResult, merge_in_slices
from fieldsales.storage.schema import connect


def main() -> int:
    asked = json.load(sys.stdin)
    with suppress(AttributeError, OSError):
        os.nice(5)  # the one at the keyboard comes first
    folder, other = Path(asked["folder"]), Path(asked["other"])
    try:
        with in_words(asked["own_name"]):
            told = merge(folder, other, asked["name"], asked["own_name"], asked["home"])
    except FieldsalesError as error:
        told = {"error": error.message.id, "args": dict(error.message.args)}
    except OSError as error:
        message = reason(error)
        told = {"error": message.id, "args": dict(message.args)}
    json.dump(told, sys.stdout)
    return 0


def merge(folder: Path, other: Path, name: str, own_name: str, home: bool) -> dict[str, object]:
    work = connect(folder / "book.db")
    try:
        # Whatever a power cut takes of the last commits is still in the other file, which is then merged once more.
        work.execute("PRAGMA main.synchronous=NORMAL")
        work.execute("PRAGMA main.wal_autocheckpoint=0")
        derived.attach(work, folder)
        slices = 0

        def after(result: MergeResult) -> None:
            nonlocal slices
            slices += 1
            derived.outdate(work, result.accounts)

        with publishing.alone(folder):
            seen = signature(other)
            first = publishing.recorded(work)[2]
            result = merge_in_slices(
                work, other, folder, after, name, own_name, lambda: backups.before(work, folder, "merge")
            )
            last = publishing.recorded(work)[2]
            if home and seen is not None:
                alone = last == first + slices  # nobody saved meanwhile
                publishing.record(work, seen, last if result.equal and alone else None)
        work.execute("PRAGMA main.wal_checkpoint(PASSIVE)").fetchall()  # else the next one to save would wait for it
    finally:
        work.close()
    return {
        "operations": result.operations,
        "rows": result.rows,
        "conflicts": result.conflicts,
        "erased": result.erased,
        "named": result.named,
        "accounts": sorted(result.accounts)[:1000],
        "tables": sorted(result.tables),
        "sites": result.sites,
        "equal": result.equal,
        "seen": seen,
    }


if __name__ == "__main__":
    sys.exit(main())
