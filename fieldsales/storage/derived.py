"""What follows from the book: how each account stands, what is due, what can be searched.

These rows live in a database of their own, attached as `cache`, which can be thrown away at any time: nothing in it is
recorded, merged or published. They are written by this module alone, from the accounts that a change touched.

A stamp says what the rows were made from. `change_seq` is the book's count of changes (`local.change_seq`): where it
differs, something was written without these rows being kept, and all are made anew. `rules_hash` stands for the rules
and the newest month with amounts; where it differs, a new `basis` begins, and rows of another basis are out of date but
still shown until they have been made anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import History, Rules, Standing
from fieldsales.storage.reading import (
    BATCH,
    LISTED_STATES,
    UNLISTED,
    histories,
    message_text,
    name_key,
    newest_month,
)

CACHE_VERSION = 3
"""To be raised whenever the tables here, the words for searching or the rules of standing change."""

FILE_NAME = "derived.db"
_DAMAGED = "derived.damaged"  # stands beside a file that is to be thrown away when it is next attached

SLICE = 8
"""Accounts made anew in one slice of background work: a few milliseconds."""

AT_ONCE = 60
"""Accounts made anew before the screen is shown, once a day: some thirty milliseconds."""

MANY = 1000
"""From so many accounts made anew on, the search index is joined afterwards."""

MERGED_PAGES = 200

_NO_AMOUNT = 1 << 62

# How many accounts have a day, so that the screen need not count those of a month.
_CAME = " ".join(
    f"INSERT INTO {table} SELECT new.{column}, 1 WHERE new.{column} > '' "
    "ON CONFLICT(day) DO UPDATE SET count = count + 1;"
    for table, column in (("contacted", "last_contact"), ("coming", "first_good"))
)
_WENT = " ".join(
    f"UPDATE {table} SET count = count - 1 WHERE day = old.{column}; "
    f"DELETE FROM {table} WHERE day = old.{column} AND count = 0;"
    for table, column in (("contacted", "last_contact"), ("coming", "first_good"))
)

_SCHEMA = """
CREATE TABLE cache.stamp(
    one INTEGER PRIMARY KEY CHECK (one = 1), schema_version INTEGER, change_seq TEXT, day TEXT, rules_hash TEXT,
    basis INTEGER, complete INTEGER);
CREATE TABLE cache.standing(
    n INTEGER PRIMARY KEY, account TEXT UNIQUE, name TEXT, name_key TEXT, tier TEXT, state TEXT, listed INTEGER,
    band TEXT, points INTEGER, known INTEGER, care INTEGER, amount INTEGER, amount_order INTEGER, last_contact TEXT,
    last_met TEXT, spark TEXT, reason TEXT, first_good TEXT, changes_on TEXT, day TEXT, basis INTEGER);
CREATE INDEX cache.standing_care ON standing(listed DESC, care, name_key);
CREATE INDEX cache.standing_name ON standing(listed DESC, name_key);
CREATE INDEX cache.standing_amount ON standing(listed DESC, amount_order, name_key);
CREATE INDEX cache.standing_silence ON standing(listed DESC, last_contact, name_key);
CREATE INDEX cache.standing_met ON standing(listed DESC, last_met);
CREATE INDEX cache.standing_changes ON standing(changes_on) WHERE changes_on > '';
CREATE TABLE cache.tally(listed INTEGER PRIMARY KEY, count INTEGER);
INSERT INTO cache.tally VALUES (0, 0), (1, 0);
CREATE TABLE cache.contacted(day TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
CREATE TABLE cache.coming(day TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
CREATE TRIGGER cache.standing_added AFTER INSERT ON standing BEGIN
    UPDATE tally SET count = count + 1 WHERE listed = new.listed;
    {came}
END;
CREATE TRIGGER cache.standing_moved AFTER UPDATE OF last_contact, first_good ON standing
    WHEN old.last_contact <> new.last_contact OR old.first_good <> new.first_good BEGIN
    {went}
    {came}
END;
CREATE TRIGGER cache.standing_removed AFTER DELETE ON standing BEGIN
    UPDATE tally SET count = count - 1 WHERE listed = old.listed;
    {went}
END;
CREATE TABLE cache.due(
    n INTEGER, care INTEGER, key TEXT, good_day TEXT, last_day TEXT, time TEXT, fixed INTEGER, rank INTEGER, what TEXT,
    why TEXT);
CREATE INDEX cache.due_of ON due(n);
CREATE INDEX cache.due_fixed ON due(good_day) WHERE fixed = 1;
CREATE INDEX cache.due_early ON due(good_day) WHERE fixed = 0 AND rank < 50;
CREATE INDEX cache.due_free ON due(last_day, care, good_day) WHERE fixed = 0;
CREATE INDEX cache.due_later ON due(last_day, time = '', time, good_day, care);
CREATE INDEX cache.due_next ON due(good_day, rank, time);
CREATE TABLE cache.searched(n INTEGER PRIMARY KEY, names TEXT, text TEXT);
CREATE VIRTUAL TABLE cache.search USING fts5(k, content='', columnsize=0, detail=none,
    prefix='1 2 3 4 5');
CREATE TABLE cache.holiday(day TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE cache.holiday_year(year INTEGER PRIMARY KEY);
""".replace("{came}", _CAME).replace("{went}", _WENT)

_STANDING = (
    "account, name, name_key, tier, state, listed, band, points, known, care, amount, amount_order, last_contact, "
    "last_met, spark, reason, first_good, changes_on"
)
_DUE = "care, key, good_day, last_day, time, fixed, rank, what, why"


# --- the file -------------------------------------------------------------------------------------------------------


def attach(connection: sqlite3.Connection, folder: Path | None) -> None:
    """Attach the derived rows of the book in this folder (None: in memory) as `cache`.

    Outside a transaction only. A file that is damaged is thrown away, the tables of another version likewise; they
    are empty then until `refresh` has made them.
    """
    if folder is None:
        _attach(connection, ":memory:")
        return
    path = folder / FILE_NAME
    if (folder / _DAMAGED).exists():
        discard(folder)
    try:
        _attach(connection, str(path))
    except sqlite3.OperationalError as error:
        # Locked or not to be opened: another process is busy with it, or the folder is read-only.
        _detach(connection)
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            raise
        _attach(connection, ":memory:")
    except sqlite3.DatabaseError:
        _detach(connection)
        if discard(folder):
            _attach(connection, str(path))
        else:
            _attach(connection, ":memory:")


def reattach(connection: sqlite3.Connection) -> None:
    """Begin with an empty cache, outside a transaction: for when reading it has shown that it is damaged."""
    folder = _folder(connection)
    _detach(connection)
    if folder is not None:
        discard(folder)
    attach(connection, folder)


def follow(connection: sqlite3.Connection, folder: Path) -> None:
    """Attach the file that stands in the folder now in the place of one that another process has thrown away."""
    _detach(connection)
    try:
        attach(connection, folder)
    except sqlite3.OperationalError:
        _attach(connection, ":memory:")
        raise


def file_of(folder: Path) -> tuple[int, int] | None:
    """By what the file of the derived rows is told apart from one that was made in its place."""
    try:
        found = (folder / FILE_NAME).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _folder(connection: sqlite3.Connection) -> Path | None:
    path = next((row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "cache"), "")
    return Path(path).parent if path else None


def discard(folder: Path) -> bool:
    """Remove the derived rows of the book in this folder; False where the system holds on to the file."""
    try:
        for end in ("", "-wal", "-shm", "-journal"):
            (folder / (FILE_NAME + end)).unlink(missing_ok=True)
        (folder / _DAMAGED).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _attach(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("ATTACH DATABASE ? AS cache", (name,))
    connection.execute("PRAGMA cache.journal_mode = WAL").fetchone()
    # With a write-ahead log NORMAL waits for the disk at checkpoints only, and a power cut cannot damage the file.
    connection.execute("PRAGMA cache.synchronous = NORMAL")
    if _version(connection) == CACHE_VERSION:
        return
    with _transaction(connection):
        if _version(connection) != CACHE_VERSION:  # unless another process has just made them
            _make_tables(connection)


def _make_tables(connection: sqlite3.Connection, basis: int = 0) -> None:
    _drop_all(connection)
    for statement in _statements(_SCHEMA):
        connection.execute(statement)
    connection.execute("INSERT INTO cache.stamp VALUES (1, ?, '', '', '', ?, 0)", (CACHE_VERSION, basis))


def _detach(connection: sqlite3.Connection) -> None:
    if any(row[1] == "cache" for row in connection.execute("PRAGMA database_list")):
        connection.execute("DETACH DATABASE cache")


def _version(connection: sqlite3.Connection) -> int:
    made = connection.execute("SELECT 1 FROM cache.sqlite_master WHERE name = 'stamp'").fetchone()
    if made is None:
        return 0
    try:
        row = connection.execute("SELECT schema_version FROM cache.stamp").fetchone()
    except sqlite3.OperationalError:
        return 0
    return int(row[0]) if row is not None and isinstance(row[0], int) else 0


def _drop_all(connection: sqlite3.Connection) -> None:
    for kind, virtual in (("trigger", "%"), ("table", "CREATE VIRTUAL%"), ("table", "%"), ("view", "%")):
        for (name,) in connection.execute(
            "SELECT name FROM cache.sqlite_master WHERE type = ? AND sql LIKE ? AND name NOT LIKE 'sqlite_%'",
            (kind, virtual),
        ).fetchall():
            quoted = name.replace('"', '""')
            connection.execute(f'DROP {kind} IF EXISTS cache."{quoted}"')


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """The caller's transaction where there is one, else one of its own that keeps other writers out from the start:
    what was read to make a row must still hold when the row is written."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


# --- the stamp ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stamp:
    change_seq: str
    day: str
    rules_hash: str
    basis: int
    complete: bool


def _stamp(connection: sqlite3.Connection) -> _Stamp:
    seq, day, rules_hash, basis, complete = connection.execute(
        "SELECT change_seq, day, rules_hash, basis, complete FROM cache.stamp"
    ).fetchone()
    return _Stamp(seq, day, rules_hash, basis, bool(complete))


def _change_seq(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT value FROM main.local WHERE key = 'change_seq'").fetchone()
    return "0" if row is None else str(row[0])


def _follows(seq: str, last: str) -> bool:
    """Whether rows made at `last` and kept by the present change are those of `seq`."""
    return seq == last or (seq.isdigit() and last.isdigit() and int(seq) == int(last) + 1)


def rules_hash(connection: sqlite3.Connection, rules: Rules) -> str:
    """Stands for all that bears on every account: the rules and the newest month with amounts."""
    policies = sorted(rules.policies, key=lambda policy: policy.id)
    basis = (
        policies,
        sorted(rules.weights.items()),
        rules.daily,
        rules.spread_days,
        sorted(rules.holidays),
        newest_month(connection),
    )
    return natural_id("rules", repr(basis))


def _align(connection: sqlite3.Connection, rules: Rules, seq: str, changing: bool) -> _Stamp:
    """The stamp brought up to the rules and to the book at `seq`; a new basis begins where its rows are not to be
    trusted any more."""
    stamp = _stamp(connection)
    made_from = rules_hash(connection, rules)
    current = _follows(seq, stamp.change_seq) if changing else seq == stamp.change_seq
    if not current or made_from != stamp.rules_hash:
        connection.execute("UPDATE cache.stamp SET rules_hash = ?, complete = 0, basis = basis + 1", (made_from,))
        stamp = _stamp(connection)
    return stamp


class CacheDamagedError(sqlite3.DatabaseError):
    """The derived rows cannot be read or written; those of the book can."""


@contextmanager
def _of_cache() -> Iterator[None]:
    """Around what touches the cache only: its damage is told apart from the book's."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise CacheDamagedError(str(error)) from error
        raise


# --- keeping the rows -----------------------------------------------------------------------------------------------


def touch(connection: sqlite3.Connection, account_ids: Iterable[str], rules: Rules, today: date) -> None:
    """Make the rows of these accounts anew, inside the caller's transaction; those of accounts that are gone are
    removed.

    To be called once for every change of the book, after `local.change_seq` was raised by one and also where no account
    is concerned. Where the change bears on all accounts (rules, a new month of amounts), the others are left to
    `refresh`; `is_current` tells.

    Raises CacheDamagedError where the cache is damaged. SQLite lets such a transaction only be rolled back; after that
    `reattach` mends it, else the next `attach` will.
    """
    with _transaction(connection):
        seq = _change_seq(connection)
        connection.execute("SAVEPOINT derived")
        try:
            with _of_cache():
                stamp = _align(connection, rules, seq, changing=True)
            _make(connection, list(dict.fromkeys(account_ids)), rules, today, stamp.basis)
            with _of_cache():
                connection.execute("UPDATE cache.stamp SET change_seq = ?, day = max(day, ?)", (seq, today.isoformat()))
                connection.execute("RELEASE derived")  # writes the search index, which else would fail at the commit
        except CacheDamagedError:
            folder = _folder(connection)
            if folder is not None:
                (folder / _DAMAGED).touch()
            raise


def outdate(connection: sqlite3.Connection, account_ids: Iterable[str]) -> None:
    """Leave the rows of these accounts to `refresh`, inside the caller's transaction and under the terms of `touch`:
    for changes of so many that making them anew would keep others waiting."""
    with _of_cache():
        seq = _change_seq(connection)
        if _follows(seq, _stamp(connection).change_seq):
            connection.execute("UPDATE cache.stamp SET change_seq = ?, complete = 0", (seq,))
        connection.executemany(
            "UPDATE cache.standing SET basis = -1 WHERE account = ?", ((account,) for account in account_ids)
        )


def is_current(connection: sqlite3.Connection, rules: Rules, today: date) -> bool:
    """Whether all derived rows are those of this day, these rules and this state of the book."""
    stamp = _stamp(connection)
    if not stamp.complete or stamp.change_seq != _change_seq(connection) or stamp.day > today.isoformat():
        return False
    if stamp.rules_hash != rules_hash(connection, rules):
        return False
    day = today.isoformat()
    return connection.execute(f"SELECT 1 FROM cache.standing WHERE {_CHANGED} LIMIT 1", (day, day)).fetchone() is None


def refresh(
    connection: sqlite3.Connection, rules: Rules, today: date, first: int = AT_ONCE, slice: int = SLICE
) -> Iterator[tuple[int, int]]:
    """Bring all rows up to this day, these rules and this state of the book.

    At once: up to `first` accounts, those that the screen shows first. What is returned does the rest, `slice` accounts
    a step, each in a transaction of its own; it yields how many are done, of at most how many, and may be dropped at
    any time: the next call finds what is left. A day before the last one (`--today`) works as well.
    """
    try:
        return _refresh(connection, rules, today, first, slice)
    except CacheDamagedError:
        if connection.in_transaction:
            raise
        reattach(connection)
        return _refresh(connection, rules, today, first, slice)


def _refresh(
    connection: sqlite3.Connection, rules: Rules, today: date, first: int, slice: int
) -> Iterator[tuple[int, int]]:
    with _transaction(connection):
        seq = _change_seq(connection)
        with _of_cache():
            stamp = _align(connection, rules, seq, changing=False)
            connection.execute("UPDATE cache.stamp SET change_seq = ?", (seq,))
            work = _outdated(connection, stamp, today, first)
            ids = list(islice(work, first))
        _make(connection, ids, rules, today, stamp.basis)
        if len(ids) < first:
            _complete(connection, today)
            return iter(())
    return _mending(
        _rest(connection, work, len(ids), rules, today, stamp.basis, slice), connection, rules, today, slice
    )


def _mending(
    rest: Iterator[tuple[int, int]], connection: sqlite3.Connection, rules: Rules, today: date, slice: int
) -> Iterator[tuple[int, int]]:
    """The rest of the work; where it comes upon damage, all of it once more in a cache that is begun anew."""
    try:
        yield from rest
    except CacheDamagedError:
        if connection.in_transaction:
            raise
        reattach(connection)
        yield from _refresh(connection, rules, today, slice, slice)


def rebuild(connection: sqlite3.Connection, rules: Rules, today: date, slice: int = SLICE) -> Iterator[tuple[int, int]]:
    """Make every row anew whatever the stamp says, in slices as `refresh` does; nothing is done before the first."""
    with _transaction(connection):
        connection.execute("UPDATE cache.stamp SET rules_hash = ''")
    yield from refresh(connection, rules, today, first=0, slice=slice)


def rebuild_all(connection: sqlite3.Connection, rules: Rules, today: date) -> None:
    """Make every row anew at once, inside the caller's transaction or one of its own."""
    with _transaction(connection):
        for _ in rebuild(connection, rules, today, slice=BATCH):
            pass


def _rest(
    connection: sqlite3.Connection,
    work: Iterator[str],
    done: int,
    rules: Rules,
    today: date,
    basis: int,
    slice: int,
) -> Iterator[tuple[int, int]]:
    (most,) = connection.execute("SELECT count(*) FROM main.account").fetchone()
    begun = done
    while True:
        with _transaction(connection):
            with _of_cache():
                if _stamp(connection).basis != basis:
                    return  # the rules have changed since: another refresh has the work
                ids = list(islice(work, slice))
            _make(connection, ids, rules, today, basis)
            done += len(ids)
            if len(ids) < slice:
                _complete(connection, today)
                break
        yield done, max(done, most)
    if done - begun >= MANY:
        for _ in tidy(connection):
            yield done, done


def _complete(connection: sqlite3.Connection, today: date) -> None:
    connection.execute("UPDATE cache.stamp SET complete = 1, day = ?", (today.isoformat(),))


_CHANGED = "changes_on > '' AND changes_on <= ? AND day < ?"


def _outdated(connection: sqlite3.Connection, stamp: _Stamp, today: date, first: int) -> Iterator[str]:
    """The accounts whose rows are to be made anew, found as they are asked for: some with a promise due first, then
    those without rows, then by care; those that are gone are among them."""
    day = today.isoformat()
    given: set[str] = set()
    values: tuple[str | int, ...]
    if stamp.complete and stamp.day <= day:
        outdated, values = _CHANGED, (day, day)
        few = connection.execute(
            f"SELECT account FROM cache.standing WHERE {_CHANGED} LIMIT ?", (day, day, MANY + 1)
        ).fetchall()
        if len(few) <= MANY:
            found = connection.execute(
                f"SELECT account FROM cache.standing WHERE {_CHANGED} ORDER BY listed DESC, care, n", (day, day)
            )
            yield from [account for (account,) in found.fetchall()]
            return
    else:
        outdated, values = f"(basis <> ? OR day > ? OR ({_CHANGED}))", (stamp.basis, day, day, day)
    near = connection.execute(
        "SELECT s.account FROM cache.due d JOIN cache.standing s ON s.n = d.n WHERE d.fixed = 1 AND d.good_day <= ? "
        f"AND {outdated} ORDER BY d.good_day DESC LIMIT ?",
        (day, *values, first // 2),
    ).fetchall()
    for (account,) in near:
        if account not in given:
            given.add(account)
            yield account
    if not stamp.complete:
        yield from _without_rows(connection)
    for listed in (1, 0):
        last: tuple[int, str, int] = (-1, "", 0)
        while chunk := connection.execute(
            "SELECT account, care, name_key, n FROM cache.standing WHERE listed = ? "
            f"AND (care, name_key, n) > (?, ?, ?) AND {outdated} ORDER BY care, name_key, n LIMIT {BATCH}",
            (listed, *last, *values),
        ).fetchall():
            for account, _, _, _ in chunk:
                if account not in given:
                    yield account
            last = chunk[-1][1:]


def _without_rows(connection: sqlite3.Connection) -> Iterator[str]:
    last = 0
    while chunk := connection.execute(
        "SELECT a.rowid, a.id, s.n FROM main.account a LEFT JOIN cache.standing s ON s.account = a.id "
        f"WHERE a.rowid > ? ORDER BY a.rowid LIMIT {BATCH}",
        (last,),
    ).fetchall():
        yield from (account for _, account, n in chunk if n is None)
        last = chunk[-1][0]


def _numbers(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, tuple[int, tuple[object, ...]]]:
    """The number of each account that has rows, and its present row."""
    marks = ",".join("?" * len(ids))
    found = connection.execute(f"SELECT n, {_STANDING} FROM cache.standing WHERE account IN ({marks})", tuple(ids))
    return {row[1]: (row[0], row[1:]) for row in found}


def _make(connection: sqlite3.Connection, ids: Sequence[str], rules: Rules, today: date, basis: int) -> None:
    from fieldsales.domain.standing import assess

    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        made = [(history, assess(history, rules, today)) for history in histories(connection, batch)]
        with _of_cache():
            old = _numbers(connection, batch)
            for history, standing in made:
                n, row = old.pop(history.account.id, (0, ()))
                _write(connection, history, standing, n, row, today, basis)
            for n, _ in old.values():
                _remove(connection, n)


def _write(
    connection: sqlite3.Connection,
    history: History,
    standing: Standing,
    n: int,
    old: tuple[object, ...],
    today: date,
    basis: int,
) -> None:
    from fieldsales.storage import searching

    account = history.account
    listed = account.state in LISTED_STATES
    new = (
        account.id,
        account.name,
        name_key(account.name),
        account.tier,
        account.state,
        int(listed),
        standing.band,
        standing.points,
        standing.known,
        standing.care,
        standing.amount,
        _NO_AMOUNT if standing.amount is None else -standing.amount,
        standing.last_contact,
        standing.last_met,
        standing.spark,
        message_text(standing.reason),
        min((due.good_day for due in standing.dues), default=""),
        standing.changes_on,
    )
    if n and (n < UNLISTED) != listed:
        _remove(connection, n)
        n = 0
    if not n:
        n = _new_number(connection, listed)
        marks = ",".join("?" * (len(new) + 3))
        connection.execute(
            f"INSERT INTO cache.standing(n, {_STANDING}, day, basis) VALUES ({marks})",
            (n, *new, today.isoformat(), basis),
        )
    elif new == old:
        connection.execute("UPDATE cache.standing SET day = ?, basis = ? WHERE n = ?", (today.isoformat(), basis, n))
    else:
        marks = ",".join("?" * (len(new) + 2))
        connection.execute(
            f"UPDATE cache.standing SET ({_STANDING}, day, basis) = ({marks}) WHERE n = ?",
            (*new, today.isoformat(), basis, n),
        )
    dues = sorted(
        (
            standing.care,
            due.key,
            due.good_day,
            due.last_day,
            due.time,
            int(due.fixed),
            due.rank,
            message_text(due.what),
            message_text(due.why),
        )
        for due in standing.dues
    )
    if dues != sorted(connection.execute(f"SELECT {_DUE} FROM cache.due WHERE n = ?", (n,)).fetchall()):
        connection.execute("DELETE FROM cache.due WHERE n = ?", (n,))
        connection.executemany(
            f"INSERT INTO cache.due(n, {_DUE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ((n, *due) for due in dues)
        )
    searching.index(connection, n, history)


def _new_number(connection: sqlite3.Connection, listed: bool) -> int:
    low, high = (0, UNLISTED) if listed else (UNLISTED, UNLISTED << 1)
    (last,) = connection.execute("SELECT max(n) FROM cache.standing WHERE n >= ? AND n < ?", (low, high)).fetchone()
    return low + 1 if last is None else int(last) + 1


def _remove(connection: sqlite3.Connection, n: int) -> None:
    from fieldsales.storage import searching

    searching.forget(connection, n)
    connection.execute("DELETE FROM cache.due WHERE n = ?", (n,))
    connection.execute("DELETE FROM cache.standing WHERE n = ?", (n,))


# --- searching ------------------------------------------------------------------------------------------------------


def tidy(connection: sqlite3.Connection) -> Iterator[None]:
    """Join the parts in which the search index was written, some milliseconds a step.

    Measured at 10,000 accounts: a broad filter in 8 parts takes 13 ms, in one part 0.7; single edits add parts that do
    not matter, many at once do.
    """
    pages = -MERGED_PAGES  # negative: begin to join all of them
    while True:
        before = connection.total_changes
        with _transaction(connection):
            connection.execute("INSERT INTO cache.search(search, rank) VALUES ('merge', ?)", (pages,))
        if connection.total_changes - before < 2:
            return
        pages = MERGED_PAGES
        yield


# --- the calendar ---------------------------------------------------------------------------------------------------


def fill_holidays(connection: sqlite3.Connection, years: Iterable[int]) -> bool:
    """Write the holidays of these years where they are missing; True where any were. In the background only: the
    calendar's library is slow to load."""
    known = {year for (year,) in connection.execute("SELECT year FROM cache.holiday_year")}
    missing = sorted(set(years) - known)
    if not missing:
        return False
    from fieldsales.domain.calendar_days import korean_holidays

    days = korean_holidays(missing)
    with _transaction(connection):
        connection.executemany("INSERT OR IGNORE INTO cache.holiday VALUES (?)", ((day,) for day in days))
        connection.executemany("INSERT OR IGNORE INTO cache.holiday_year VALUES (?)", ((year,) for year in missing))
    return True
