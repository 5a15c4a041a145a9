"""Small books for the tests of derived rows: in memory, with accounts made from a few numbers."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, fields
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import TABLES, Account, Activity, Amount, Contact, Task
from fieldsales.storage import derived, reading
from fieldsales.storage.schema import TABLE_OF

TODAY = date(2026, 11, 20)

NAMES = ("해윰정밀", "도담나루식품", "(주)새녘물산", "별찌의료기", "NB Foods", "나린커피", "한올담제과", "온새미로")


@cache
def _empty() -> sqlite3.Connection:
    from fieldsales.storage import migrations

    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(connection)
    connection.execute("UPDATE recorder SET off = 1")
    return connection


def book(*rows: object, folder: Path | None = None) -> sqlite3.Connection:
    """A book with these rows and an empty cache, in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _empty().backup(connection)
    put(connection, *rows)
    derived.attach(connection, folder)
    return connection


def put(connection: sqlite3.Connection, *rows: Any) -> None:
    """Write rows as they are, as a change does, but keep no derived rows."""
    for row in rows:
        names = [field.name for field in fields(row)]
        connection.execute(
            f"INSERT OR REPLACE INTO main.{TABLE_OF[type(row)]}({', '.join(names)}) "
            f"VALUES ({', '.join('?' * len(names))})",
            astuple(row),
        )


def change(connection: sqlite3.Connection, *rows: Any, gone: tuple[str, ...] = (), today: date = TODAY) -> None:
    """What the book does for one change: write, count, keep the derived rows of the accounts concerned."""
    connection.execute("BEGIN IMMEDIATE")
    put(connection, *rows)
    accounts = {row.id if isinstance(row, Account) else row.account_id for row in rows} | set(gone)
    for id in gone:
        for table, kind in TABLES.items():
            if any(field.name == "account_id" for field in fields(kind)):
                connection.execute(f"DELETE FROM main.{table} WHERE account_id = ?", (id,))
        connection.execute("DELETE FROM main.account WHERE id = ?", (id,))
    count(connection)
    derived.touch(connection, accounts, reading.rules(connection), today)
    connection.execute("COMMIT")


def count(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE main.local SET value = value + 1 WHERE key = 'change_seq'")


def bring_up(connection: sqlite3.Connection, today: date = TODAY, first: int = 3, slice: int = 2) -> None:
    for _ in derived.refresh(connection, reading.rules(connection), today, first, slice):
        pass


def firm(number: int, state: str = "active", name: str = "", **columns: Any) -> Account:
    tier = "ABC"[number % 3]
    name = name or f"{NAMES[number % len(NAMES)]} {number // len(NAMES) or ''}".strip()
    return Account(f"a{number:04}", name, tier, state, entered_on="2026-01-05", **columns)


def firm_rows(number: int, days: tuple[int, ...], amount: int | None, state: str = "active") -> list[object]:
    """An account with a person, activities so many days ago, and the same amount in each of the last ten months."""
    account = firm(number, state)
    made: list[object] = [account, Contact(f"c{number}", account.id, name="김하늘", mobile=f"010-0000-{number:04}")]
    for place, ago in enumerate(days):
        kind = ("call", "visit")[place % 2]
        day = (TODAY - timedelta(days=ago)).isoformat()
        made.append(Activity(f"v{number}-{place}", account.id, kind=kind, day=day, heard="납기 이야기"))
    if amount is not None:
        for month in range(1, 11):
            text = f"2026-{month:02}"
            made.append(Amount(natural_id("amount", account.id, text), account.id, text, amount))
    return made


def promise(number: int, place: int, in_days: int, kind: str = "give") -> Task:
    day = TODAY + timedelta(days=in_days)
    return Task(f"t{number}-{place}", f"a{number:04}", kind=kind, title="단가표", due_on=day.isoformat())


def dump(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the cache that follows from the book, without the numbers and days that do not."""
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab(cache, search, row)")
    standing = [name for _, name, *_ in connection.execute("PRAGMA cache.table_info(standing)")]
    names = ", ".join(name for name in standing if name not in {"n", "day", "basis"})
    return {
        "standing": connection.execute(f"SELECT {names} FROM cache.standing ORDER BY account").fetchall(),
        "due": connection.execute(
            "SELECT s.account, d.care, d.key, d.good_day, d.last_day, d.time, d.fixed, d.rank, d.what, d.why "
            "FROM cache.due d LEFT JOIN cache.standing s USING (n) ORDER BY 1, 3, 4"
        ).fetchall(),
        "searched": connection.execute(
            "SELECT s.account, t.names, t.text FROM cache.searched t LEFT JOIN cache.standing s USING (n) ORDER BY 1"
        ).fetchall(),
        "words": connection.execute("SELECT term, doc FROM temp.words ORDER BY 1").fetchall(),
        "tally": connection.execute("SELECT * FROM cache.tally ORDER BY 1").fetchall(),
        "contacted": connection.execute("SELECT * FROM cache.contacted ORDER BY 1").fetchall(),
        "coming": connection.execute("SELECT * FROM cache.coming ORDER BY 1").fetchall(),
    }


def anew(connection: sqlite3.Connection, today: date = TODAY) -> dict[str, list[tuple[Any, ...]]]:
    """What the cache holds when it is thrown away and made from nothing."""
    connection.execute("DROP TABLE IF EXISTS temp.words")
    derived.reattach(connection)
    derived.rebuild_all(connection, reading.rules(connection), today)
    return dump(connection)
