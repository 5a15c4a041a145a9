"""One merge of two copies, timed: `python merge_once.py fieldsales|record|changeset COPIES FOLDER DAY`.

Run by the Python that is measured; `COPIES` is a folder made by `copies.py`. The copy `mine` is put into `FOLDER` and
takes in `theirs`. Prints JSON: the seconds of each part, how many edits were typed, and how many of them were lost,
that is neither stand in the merged tables nor are kept there to be shown. The one word `installed` in place of all
that asks whether changesets can be measured here.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

TABLES = ("account", "contact", "amount", "activity")


def fieldsales(copies: Path, folder: Path, day: date) -> dict[str, float]:
    """The program's merge into a working database that holds `mine`.

    `take` is the union and the fold of the touched rows with their commit, `check` opening and checking the foreign
    file and each operation of it, `derive` the scores, due dates and search of the accounts that changed. `cpu` is what
    the processor worked on the first two: on a busy machine the others hold waiting as well.
    """
    from fieldsales.storage import derived, merging, staging
    from fieldsales.storage.book import Book
    from fieldsales.storage.schema import connect

    target = folder / "book.db"
    shutil.copyfile(copies / "mine.db", target)
    work = connect(target)
    work.execute("INSERT OR IGNORE INTO local VALUES ('change_seq', 0)")
    work.execute("UPDATE recorder SET site = 'mine'")
    derived.attach(work, folder)
    book = Book(copies / "mine.db", folder, "", work, "mine")
    rules = book.rules()
    spent: dict[str, float] = {}
    for module, name in ((merging, "stage"), (staging, "fetch"), (staging, "check_incoming")):
        setattr(module, name, _timed(getattr(module, name), name, spent))
    gc.collect()
    begun, worked = time.perf_counter(), time.process_time()
    result = merging.merge_file(work, copies / "theirs.db", folder, lambda _: None)
    merged, worked = time.perf_counter() - begun, time.process_time() - worked
    work.execute("BEGIN IMMEDIATE")
    derived.touch(work, result.accounts, rules, day)
    work.execute("COMMIT")
    derive = time.perf_counter() - begun - merged
    work.close()
    check = spent["stage"] - spent["fetch"] + spent["check_incoming"]
    return {
        "take": merged - check,
        "check": check,
        "whole": merged,
        "cpu": worked,
        "derive": derive,
        "rows": result.rows,
    }


def _timed(does: Callable[..., Any], name: str, spent: dict[str, float]) -> Callable[..., Any]:
    def run(*arguments: Any) -> Any:
        begun = time.perf_counter()
        try:
            return does(*arguments)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - begun

    return run


def record(copies: Path, folder: Path, _: date) -> dict[str, float]:
    """Of each row the copy that was changed last wins whole, and a deletion counts as a change."""
    target = _plain(copies, folder)
    begun = time.perf_counter()
    work = sqlite3.connect(target, isolation_level=None)
    work.execute("PRAGMA synchronous=FULL")
    work.execute("ATTACH ? AS other", (str(copies / "plain-theirs.db"),))
    work.execute("BEGIN IMMEDIATE")
    for table in TABLES:
        work.execute(
            f"""INSERT OR REPLACE INTO main.{table} SELECT o.* FROM other.{table} o
            LEFT JOIN main.{table} m ON m.id = o.id LEFT JOIN main.gone g ON g.tbl = ? AND g.id = o.id
            WHERE o.changed > coalesce(m.changed, -1) AND o.changed > coalesce(g.at, -1)""",
            (table,),
        )
        work.execute(
            f"""DELETE FROM main.{table} WHERE EXISTS
            (SELECT 1 FROM other.gone g WHERE g.tbl = ? AND g.id = {table}.id AND g.at > {table}.changed)""",
            (table,),
        )
    work.execute("INSERT OR IGNORE INTO main.gone SELECT * FROM other.gone")
    work.execute("COMMIT")
    work.close()
    return {"whole": time.perf_counter() - begun}


def changeset(copies: Path, folder: Path, _: date) -> dict[str, float]:
    """A session's changeset of the other copy; where both wrote, what comes in replaces what stands, as far as it can.

    Recording the changeset is no part of what is timed.
    """
    import apsw

    target, made = _plain(copies, folder), copies / "theirs.changeset"
    if not made.exists():
        made.write_bytes(_recorded_changeset(copies, folder))
    changes = made.read_bytes()

    def settle(reason: int, _: object) -> int:
        can = reason in {apsw.SQLITE_CHANGESET_DATA, apsw.SQLITE_CHANGESET_CONFLICT}
        return int(apsw.SQLITE_CHANGESET_REPLACE if can else apsw.SQLITE_CHANGESET_OMIT)

    begun = time.perf_counter()
    work = apsw.Connection(str(target))
    work.execute("PRAGMA synchronous=FULL")
    apsw.Changeset.apply(changes, work, conflict=settle)
    work.close()
    return {"whole": time.perf_counter() - begun}


def _recorded_changeset(copies: Path, folder: Path) -> bytes:
    """What a session in the other copy would have recorded. The moments of the rows are left out: they always clash."""
    import apsw

    target = folder / "recorded.db"
    shutil.copyfile(copies / "plain-base.db", target)
    work = apsw.Connection(str(target))
    work.execute("PRAGMA synchronous=OFF")
    work.execute("ATTACH ? AS list", (str(copies / "edits.db"),))
    session = apsw.Session(work, "main")
    for table in TABLES:
        session.attach(table)
    with work:
        typed = work.execute("SELECT tbl, pk, col, val FROM list.edit WHERE side = 'theirs' ORDER BY at").fetchall()
        for name, pk, column, value in typed:
            if column == "_deleted":
                work.execute(f"DELETE FROM {name} WHERE id = ?", (pk,))
            else:
                work.execute(f"UPDATE {name} SET {column} = ? WHERE id = ?", (value, pk))
    found: bytes = session.changeset()
    session.close()
    work.close()
    target.unlink()
    return found


def _plain(copies: Path, folder: Path) -> Path:
    target = folder / "plain.db"
    shutil.copyfile(copies / "plain-mine.db", target)
    connection = sqlite3.connect(target)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    return target


def lost(merged: Path, copies: Path) -> tuple[int, int]:
    """How many edits were typed, and how many of them neither stand in the merged tables nor are kept beside them."""
    work = sqlite3.connect(merged)
    work.execute("ATTACH ? AS list", (str(copies / "edits.db"),))
    kept = work.execute("SELECT count(*) FROM main.sqlite_master WHERE name = 'conflict'").fetchone()[0]
    missing = 0
    cells = work.execute("SELECT DISTINCT tbl, col FROM list.edit").fetchall()
    for table, column in cells:
        stands = (
            f"NOT EXISTS (SELECT 1 FROM main.{table} r WHERE r.id = e.pk)"
            if column == "_deleted"
            else f"EXISTS (SELECT 1 FROM main.{table} r WHERE r.id = e.pk AND r.{column} IS e.val)"
        )
        same = "c.tbl = e.tbl AND c.pk = e.pk AND c.col = e.col AND c.val IS e.val"
        shown = f"EXISTS (SELECT 1 FROM main.conflict c WHERE {same})" if kept else "0"
        missing += work.execute(
            f"SELECT count(*) FROM list.edit e WHERE e.tbl = ? AND e.col = ? AND NOT ({stands}) AND NOT ({shown})",
            (table, column),
        ).fetchone()[0]
    (count,) = work.execute("SELECT count(*) FROM list.edit").fetchone()
    work.close()
    return count, missing


def run(way: str, copies: Path, folder: Path, day: date) -> dict[str, float]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        figures = {"fieldsales": fieldsales, "record": record, "changeset": changeset}[way](copies, folder, day)
        typed, missing = lost(folder / ("book.db" if way == "fieldsales" else "plain.db"), copies)
        return {**figures, "typed": typed, "lost": missing}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["installed"]:
        print("yes" if importlib.util.find_spec("apsw") else "no")
        sys.exit()
    _, said, pair, room, on = sys.argv
    print(json.dumps(run(said, Path(pair), Path(room), date.fromisoformat(on))))
