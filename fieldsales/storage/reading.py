"""Rows into domain objects, and the lists that the screen shows.

Objects come from the tables of the book (schema `main`), lists from the derived tables (schema `cache`, written by
`storage.derived`). Nothing here writes. A table's class names the columns that are read: a column that only a newer
version knows is left alone.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, overload

from fieldsales.domain.frozen import dataclass, fields
from fieldsales.domain.model import (
    Account,
    AccountRow,
    Activity,
    ChurnCase,
    Contact,
    Contract,
    Deal,
    Decision,
    Due,
    Fact,
    History,
    Lesson,
    Message,
    Offer,
    Policy,
    PutOff,
    Rules,
    Setting,
    Signal,
    Task,
)
from fieldsales.storage.schema import TABLE_OF

if TYPE_CHECKING:
    from fieldsales.domain.model import Agenda
    from fieldsales.storage.searching import Found

T = TypeVar("T")

BATCH = 400
"""Accounts whose histories are read at once."""

UNLISTED = 1 << 40
"""Numbers in the cache from here on belong to accounts that are not looked after (lost, released, handed over): so a
search can leave them out by their number alone."""

LISTED_STATES = ("active", "prospect")


# --- rows into objects ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shape:
    table: str
    names: tuple[str, ...]
    columns: str  # the select list: a NULL where the class has no None is the field's default


def _shape(kind: type) -> _Shape:
    shape = _SHAPES.get(kind)
    if shape is None:
        table = TABLE_OF[kind]
        names = []
        columns = []
        for field in fields(kind):
            names.append(field.name)
            quoted = f'"{field.name}"'
            if isinstance(field.default, int):
                columns.append(f"ifnull({quoted}, {field.default})")
            elif isinstance(field.default, str):
                columns.append(f"ifnull({quoted}, '{field.default}')")
            else:
                columns.append(quoted)
        shape = _SHAPES[kind] = _Shape(table, tuple(names), ", ".join(columns))
    return shape


_SHAPES: dict[type, _Shape] = {}


def columns_of(kind: type) -> str:
    """The select list whose rows `row_to` takes."""
    return _shape(kind).columns


def row_to(kind: type[T], row: Sequence[object]) -> T:
    """The object of a row that was selected with `columns_of`."""
    return kind(*row)


def get(connection: sqlite3.Connection, kind: type[T], id: str) -> T | None:
    shape = _shape(kind)
    row = connection.execute(f'SELECT {shape.columns} FROM main."{shape.table}" WHERE id = ?', (id,)).fetchone()
    return None if row is None else kind(*row)


def rows(connection: sqlite3.Connection, kind: type[T], /, **equals: str | int | None) -> list[T]:
    """All rows whose columns equal the values, in the order of their ids. An unknown column is a ValueError."""
    shape = _shape(kind)
    for name in equals:
        if name not in shape.names:
            raise ValueError(f"{shape.table} has no column {name}")
    where = " AND ".join(f'"{name}" IS ?' for name in equals) or "1"
    sql = f'SELECT {shape.columns} FROM main."{shape.table}" WHERE {where} ORDER BY id'
    return [kind(*row) for row in connection.execute(sql, tuple(equals.values()))]


# --- everything about an account ------------------------------------------------------------------------------------

_ORDERS: dict[type, str] = {
    Contact: "position, id",
    Contract: "starts_on DESC, id DESC",
    Activity: "day DESC, time DESC, id DESC",
    Task: "due_on, due_time, id",
    Signal: "day DESC, id DESC",
    Fact: "day DESC, id DESC",
    Decision: "day DESC, id DESC",
    ChurnCase: "heard_at DESC, id DESC",
    Offer: "day, id",
    Deal: "day DESC, id DESC",
    PutOff: "until, id",
}


def history(connection: sqlite3.Connection, account_id: str) -> History:
    """Everything the book holds about one account. KeyError where there is no such account."""
    for found in histories(connection, (account_id,)):
        return found
    raise KeyError(account_id)


def histories(connection: sqlite3.Connection, account_ids: Iterable[str]) -> Iterator[History]:
    """The histories of many accounts in the order given; ids that the book does not hold are left out.

    Read in batches of `BATCH` accounts with a dozen queries each.
    """
    tiers: dict[str, list[Policy]] = {}
    last_month = newest_month(connection)
    for policy in rows(connection, Policy, scope="tier"):
        tiers.setdefault(policy.scope_id, []).append(policy)
    batch: list[str] = []
    for account_id in account_ids:
        batch.append(account_id)
        if len(batch) == BATCH:
            yield from _batch(connection, batch, tiers, last_month)
            batch = []
    if batch:
        yield from _batch(connection, batch, tiers, last_month)


def newest_month(connection: sqlite3.Connection) -> str:
    """The newest month for which the book holds any amount or deal of any account, "" if none."""
    row = connection.execute(
        "SELECT max(ifnull((SELECT max(month) FROM main.amount), ''), "
        "ifnull((SELECT substr(max(day), 1, 7) FROM main.deal), ''))"
    ).fetchone()
    return str(row[0])


def _batch(
    connection: sqlite3.Connection, ids: Sequence[str], tiers: Mapping[str, list[Policy]], last_month: str
) -> Iterator[History]:
    if len(ids) == 1:
        wanted, values = "= ?", tuple(ids)
    else:
        wanted, values = f"IN ({','.join('?' * len(ids))})", tuple(ids)

    def children(kind: type[T]) -> dict[str, list[T]]:
        shape = _shape(kind)
        at = shape.names.index("account_id")
        found: dict[str, list[T]] = {}
        for row in connection.execute(
            f'SELECT {shape.columns} FROM main."{shape.table}" WHERE account_id {wanted} ORDER BY {_ORDERS[kind]}',
            values,
        ):
            found.setdefault(row[at], []).append(kind(*row))
        return found

    accounts = {
        row[0]: Account(*row)
        for row in connection.execute(f"SELECT {columns_of(Account)} FROM main.account WHERE id {wanted}", values)
    }
    contacts = children(Contact)
    contracts = children(Contract)
    activities = children(Activity)
    tasks = children(Task)
    signals = children(Signal)
    facts = children(Fact)
    decisions = children(Decision)
    cases = children(ChurnCase)
    offers = children(Offer)
    deals = children(Deal)
    put_offs = children(PutOff)
    amounts: dict[str, dict[str, int]] = {}
    for account_id, month, amount in connection.execute(
        f"SELECT account_id, month, amount FROM main.amount WHERE account_id {wanted} AND amount IS NOT NULL", values
    ):
        amounts.setdefault(account_id, {})[month] = amount
    own: dict[str, list[Policy]] = {}
    for row in connection.execute(
        f"SELECT {columns_of(Policy)} FROM main.policy WHERE scope = 'account' AND scope_id {wanted} ORDER BY id",
        values,
    ):
        own.setdefault(row[2], []).append(Policy(*row))

    for account_id in ids:
        account = accounts.get(account_id)
        if account is None:
            continue
        months: dict[str, int] = {}
        of_account = deals.get(account_id, [])
        for deal in of_account:
            if len(deal.day) >= 7:
                months[deal.day[:7]] = months.get(deal.day[:7], 0) + deal.amount
        months.update(amounts.get(account_id, {}))
        yield History(
            account=account,
            contacts=tuple(contacts.get(account_id, ())),
            contracts=tuple(contracts.get(account_id, ())),
            activities=tuple(activities.get(account_id, ())),
            tasks=tuple(tasks.get(account_id, ())),
            signals=tuple(signals.get(account_id, ())),
            facts=tuple(facts.get(account_id, ())),
            decisions=tuple(decisions.get(account_id, ())),
            cases=tuple(cases.get(account_id, ())),
            offers=tuple(offers.get(account_id, ())),
            amounts=months,
            deals=tuple(of_account),
            policies=(*own.get(account_id, ()), *tiers.get(account.tier, ())),
            put_offs=tuple(put_offs.get(account_id, ())),
            last_month=last_month,
        )


# --- what is settled for the whole book -----------------------------------------------------------------------------


def settings(connection: sqlite3.Connection) -> dict[str, str]:
    return {row.key: row.value for row in rows(connection, Setting)}


def rules(connection: sqlite3.Connection) -> Rules:
    """What the user has settled. A setting that cannot be read counts as not made."""
    made = settings(connection)
    usual = Rules()
    return Rules(
        policies=tuple(rows(connection, Policy, scope="tier")),
        weights=_weights(made.get("weights", "")),
        daily=_number(made.get("daily", ""), usual.daily),
        spread_days=_number(made.get("spread_days", ""), usual.spread_days),
        holidays=holidays(connection),
    )


def holidays(connection: sqlite3.Connection) -> frozenset[str]:
    """The holidays that are known so far, as ISO days; none where the cache is damaged, which `derived` sees to."""
    try:
        return frozenset(day for (day,) in connection.execute("SELECT day FROM cache.holiday"))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return frozenset()


def _number(text: str, usual: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else usual


def _weights(text: str) -> dict[str, int]:
    if not text:
        return {}
    import json

    try:
        made = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(made, dict):
        return {}
    return {part: weight for part, weight in made.items() if type(weight) is int and 0 <= weight <= 1000}


# --- messages kept as text ------------------------------------------------------------------------------------------


def message_text(message: Message | None) -> str:
    """A message as the text that is kept in the cache, "" for none."""
    if message is None:
        return ""
    import json

    return json.dumps([message.id, dict(message.args)], ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=1024)
def message_of(text: str) -> Message | None:
    if not text:
        return None
    import json

    id, args = json.loads(text)
    return Message(id, args)


# --- the account list -----------------------------------------------------------------------------------------------

ORDERS: dict[str, str] = {
    "care": "care",
    "name": "name_key",
    "amount": "amount_order",
    "silence": "last_contact",
}
"""The orders of the list, and the column of each. The name, then the number decide among equals."""

WINDOW = 64
_BLOCK = 16 * WINDOW  # accounts found by a filter whose numbers are read at once
_KEPT = 24  # windows, or blocks of numbers

_ROW = "account, name, tier, state, band, points, amount, last_contact, last_met, spark, reason"


def _account_row(row: Sequence[Any]) -> AccountRow:
    id, name, tier, state, band, points, amount, last_contact, last_met, spark, reason = row
    return AccountRow(id, name, tier, state, band, points, amount, last_contact, last_met, spark, message_of(reason))


_GONE = AccountRow("", "", "", "", "unknown", 0, None, "", "", "", None)


class AccountRows(Sequence[AccountRow]):
    """The account list as a sequence that fetches by window; 100,000 objects are never made.

    Made anew after every change (see `Changed`). Where the book changes under it, it keeps its length, and a line that
    is no longer there is an empty row (`id` "").
    """

    def __init__(
        self, connection: sqlite3.Connection, order: str = "care", query: str = "", state: str = "current"
    ) -> None:
        key = ORDERS[order]
        self._connection = connection
        self._keys = (key, "name_key", "n") if key != "name_key" else ("name_key", "n")
        self._order = ", ".join(("listed DESC", *self._keys))
        self._where, self._values = _state_clause(state)
        self._match = ""
        self._found: Found | None = None  # what the filter finds
        self._windows: OrderedDict[int, list[AccountRow]] = OrderedDict()
        self._numbers: OrderedDict[int, list[int]] = OrderedDict()
        if not query.strip():
            self._count = self._counted(state)
            return
        from fieldsales.domain.hangul import search_query

        self._match = search_query(query) or ""
        self._count = 0
        if self._match:
            from fieldsales.storage.searching import Found

            size = self._counted(state)
            self._found = Found(connection, self._match, state, self._where, self._values, self._order, size)
            self._count = self._found.count

    def _counted(self, state: str) -> int:
        """How many accounts there are without a filter."""
        if state in {"current", "all"}:
            tally = dict(self._connection.execute("SELECT listed, count FROM cache.tally"))
            return int(tally[1] + (tally[0] if state == "all" else 0))
        return self._number(f"SELECT count(*) FROM cache.standing WHERE {self._where}", *self._values)

    def _number(self, sql: str, *values: str | int) -> int:
        return int(self._connection.execute(sql, values).fetchone()[0])

    def _clause(self) -> tuple[str, tuple[str | int, ...]]:
        if not self._match:
            return self._where, self._values
        return (
            f"{self._where} AND n IN (SELECT rowid FROM cache.search WHERE search MATCH ?)",
            (*self._values, self._match),
        )

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> AccountRow: ...

    @overload
    def __getitem__(self, index: slice) -> list[AccountRow]: ...

    def __getitem__(self, index: int | slice) -> AccountRow | list[AccountRow]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        if index < 0:
            index += self._count
        if not 0 <= index < self._count:
            raise IndexError(index)
        window = _kept(self._windows, index // WINDOW, self._window)
        place = index % WINDOW
        return window[place] if place < len(window) else _GONE

    def _window(self, number: int) -> list[AccountRow]:
        start = number * WINDOW
        if self._found is None:
            return [
                _account_row(row)
                for row in self._connection.execute(
                    f"SELECT {_ROW} FROM cache.standing WHERE {self._where} ORDER BY {self._order} "
                    f"LIMIT {WINDOW} OFFSET ?",
                    (*self._values, start),
                )
            ]
        end = min(start + WINDOW, self._count)
        if self._found.complete or end <= _BLOCK:
            wanted = self._found.first(end)[start:end]
        else:
            block = _kept(self._numbers, start // _BLOCK, self._block)
            wanted = block[start % _BLOCK : start % _BLOCK + WINDOW]
        marks = ",".join("?" * len(wanted))
        found = {
            row[0]: _account_row(row[1:])
            for row in self._connection.execute(f"SELECT n, {_ROW} FROM cache.standing WHERE n IN ({marks})", wanted)
        }
        return [found.get(n, _GONE) for n in wanted]

    def _block(self, number: int) -> list[int]:
        where, values = self._clause()
        found = self._connection.execute(
            f"SELECT n FROM cache.standing WHERE {where} ORDER BY {self._order} LIMIT {_BLOCK} OFFSET ?",
            (*values, number * _BLOCK),
        )
        return [n for (n,) in found]

    def index_of(self, account_id: str) -> int | None:
        """The account's place in this list, None where it is not in it."""
        if not self._count:
            return None
        if self._found is not None:
            n = self._connection.execute("SELECT n FROM cache.standing WHERE account = ?", (account_id,)).fetchone()
            first = self._found.first(WINDOW)
            if n is not None and n[0] in first:
                return first.index(n[0])
        where, values = self._clause()
        keys = ", ".join(self._keys)
        place = self._connection.execute(
            f"SELECT listed, {keys} FROM cache.standing WHERE {where} AND account = ?", (*values, account_id)
        ).fetchone()
        if place is None:
            return None
        listed, *key = place
        marks = ",".join("?" * len(key))
        before = self._number(
            f"SELECT count(*) FROM cache.standing WHERE {where} AND listed = ? AND ({keys}) < ({marks})",
            *values,
            listed,
            *key,
        )
        if not listed:
            before += self._number(f"SELECT count(*) FROM cache.standing WHERE {where} AND listed = 1", *values)
        return before


def _kept(cache: OrderedDict[int, list[T]], number: int, make: Callable[[int], list[T]]) -> list[T]:
    """What the cache holds under a number, made where it holds nothing; the longest unused goes."""
    found = cache.get(number)
    if found is None:
        found = cache[number] = make(number)
        if len(cache) > _KEPT:
            cache.popitem(last=False)
    else:
        cache.move_to_end(number)
    return found


def _state_clause(state: str) -> tuple[str, tuple[str | int, ...]]:
    if state == "all":
        return "listed IN (0, 1)", ()
    if state == "current":
        return "listed = 1", ()
    return "listed = ? AND state = ?", (int(state in LISTED_STATES), state)


def accounts(
    connection: sqlite3.Connection, today: date, order: str = "care", query: str = "", state: str = "current"
) -> AccountRows:
    """The account list.

    `order`: care, name, amount (greatest first), silence (longest without contact first). `query` is what was typed
    into the filter. `state`: `current` (active and prospect), `all` (those who left come last), or one state.
    """
    return AccountRows(connection, order, query, state)


def account_row(connection: sqlite3.Connection, account_id: str) -> AccountRow | None:
    row = connection.execute(f"SELECT {_ROW} FROM cache.standing WHERE account = ?", (account_id,)).fetchone()
    return None if row is None else _account_row(row)


def find_account(
    connection: sqlite3.Connection, text: str, limit: int = 20, *, begun_alone: bool = False
) -> list[AccountRow]:
    """The accounts that a text on the command line may mean: the one with that id, else those of exactly that name,
    else what the filter finds (at most `limit`), first those whose name begins so, whatever their state.

    With `begun_alone` the only one whose name begins so is meant, whatever else the filter finds.
    """
    text = text.strip()
    if not text:
        return []
    by_id = account_row(connection, text)
    if by_id is not None:
        return [by_id]
    named = connection.execute(
        f"SELECT {_ROW} FROM cache.standing WHERE name = ? OR name_key = ? ORDER BY listed DESC, care, n LIMIT ?",
        (text, name_key(text), limit),
    ).fetchall()
    if named:
        return [_account_row(row) for row in named]
    key = name_key(text)
    begun = connection.execute(
        f"SELECT {_ROW} FROM cache.standing WHERE name_key >= ? AND name_key < ? ORDER BY listed DESC, care, n LIMIT ?",
        (key, key + "\U0010ffff", limit),
    ).fetchall()
    first = [_account_row(row) for row in begun]
    if begun_alone and len(first) == 1:
        return first
    there = {row.id for row in first}
    others = [row for row in AccountRows(connection, "care", text, "all")[:limit] if row.id not in there]
    return [*first, *others][:limit]


_LEGAL_FORMS = ("주식회사", "유한회사", "(주)", "(유)", "㈜", "㈔", "(사)", "(재)")


def name_key(name: str) -> str:
    """What a name is sorted by: without case and without its legal form in front."""
    key = name.casefold().strip()
    for form in _LEGAL_FORMS:
        if key.startswith(form) and len(key) > len(form):
            return key[len(form) :].strip()
    return key


# --- the day --------------------------------------------------------------------------------------------------------

_SPARE = 30
"""Accounts read beyond the lines asked for: the place of one that has several things due can lie further down."""

_DUE = "d.key, d.good_day, d.last_day, d.what, d.why, d.time, d.fixed, d.rank"


def _due(row: Sequence[Any]) -> Due:
    key, good_day, last_day, what, why, time, fixed, rank = row
    nothing = Message("")
    return Due(
        key=key,
        good_day=good_day,
        last_day=last_day,
        what=message_of(what) or nothing,
        why=message_of(why) or nothing,
        time=time,
        fixed=bool(fixed),
        rank=rank,
    )


def dues(connection: sqlite3.Connection, start: str, end: str) -> Iterator[tuple[str, str, Due]]:
    """What becomes due from `start` to `end` (both included): account id, name and due, by good day."""
    for account, name, *due in connection.execute(
        f"SELECT s.account, s.name, {_DUE} FROM cache.due d JOIN cache.standing s ON s.n = d.n "
        "WHERE d.good_day >= ? AND d.good_day <= ? ORDER BY d.good_day, d.last_day, d.n",
        (start, end),
    ):
        yield account, name, _due(due)


def agenda(connection: sqlite3.Connection, today: date, daily: int, later: int = 50) -> Agenda:
    """The lines of the day, and the first `later` lines of "이달 안에".

    Only the accounts that can stand in one of these lines are read: all that have something fixed or pressing, then as
    many of the others as there are places, in the order in which `domain.agenda` takes them.
    """
    from fieldsales.domain.agenda import agenda as lines
    from fieldsales.domain.agenda import horizon
    from fieldsales.domain.frozen import replace

    now, end = today.isoformat(), horizon(today).isoformat()
    ask = connection.execute
    fixed = {n for (n,) in ask("SELECT n FROM cache.due WHERE fixed = 1 AND good_day <= ?", (now,))}
    wanted = fixed | {
        n for (n,) in ask("SELECT n FROM cache.due WHERE fixed = 0 AND rank < 50 AND good_day <= ?", (now,))
    }
    nearest = ask("SELECT n FROM cache.due WHERE fixed = 0 AND good_day <= ? ORDER BY last_day, care, n", (now,))
    wanted |= _first(nearest, fixed, daily)
    coming = ask(
        "SELECT n FROM cache.due WHERE good_day <= ? ORDER BY last_day, time = '', time, good_day, care, n", (end,)
    )
    wanted |= _first(coming, wanted, later + _SPARE)
    found: list[tuple[Any, ...]] = []
    numbers = sorted(wanted)
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH]
        found += ask(
            f"SELECT s.care, d.n, s.account, s.name, {_DUE} FROM cache.due d JOIN cache.standing s "
            f"ON s.n = d.n WHERE d.n IN ({','.join('?' * len(some))}) AND d.good_day <= ?",
            (*some, end),
        )
    found.sort(key=lambda row: row[:2])
    made = lines(((row[2], row[3], _due(row[4:])) for row in found), today, daily, later=later)
    # Every account with something due up to the horizon has a line later, but for those whose lines are all today.
    again = {row[2] for row in found if row[5] > now}
    (accounts,) = ask("SELECT ifnull(sum(count), 0) FROM cache.coming WHERE day <= ?", (end,)).fetchone()
    return replace(made, later_count=accounts - sum(line.account_id not in again for line in made.today))


def _first(rows: Iterable[tuple[int]], but: Set[int], count: int) -> set[int]:
    """The first so many different numbers that are not among `but`."""
    found: set[int] = set()
    if count > 0:
        for (n,) in rows:
            if n not in but:
                found.add(n)
                if len(found) == count:
                    break
    return found


def next_due(connection: sqlite3.Connection, today: date) -> tuple[str, str, Due] | None:
    """The first thing that becomes due after today: account id, name and due; appointments before the rest."""
    row = connection.execute(
        f"SELECT s.account, s.name, {_DUE} FROM cache.due d JOIN cache.standing s ON s.n = d.n "
        "WHERE d.good_day > ? ORDER BY d.good_day, d.rank, d.time LIMIT 1",
        (today.isoformat(),),
    ).fetchone()
    return None if row is None else (row[0], row[1], _due(row[2:]))


def contacted_this_month(connection: sqlite3.Connection, today: date) -> int:
    """이달 이야기 나눈 분: accounts with a two-way contact since the first of the month."""
    (count,) = connection.execute(
        "SELECT ifnull(sum(count), 0) FROM cache.contacted WHERE day >= ? AND day <= ?",
        (today.replace(day=1).isoformat(), today.isoformat()),
    ).fetchone()
    return int(count)


def long_unseen(connection: sqlite3.Connection, today: date, limit: int = 3) -> list[AccountRow]:
    """얼굴 뵌 지 오래된 분: active accounts once met face to face but not for 60 days, the longest ago first."""
    before = (today - timedelta(days=60)).isoformat()
    return [
        _account_row(row)
        for row in connection.execute(
            f"SELECT {_ROW} FROM cache.standing WHERE listed = 1 AND last_met > '' AND last_met <= ? "
            "AND state = 'active' ORDER BY last_met, n LIMIT ?",
            (before, limit),
        )
    ]


# --- cases and lessons ----------------------------------------------------------------------------------------------


def open_cases(connection: sqlite3.Connection) -> list[ChurnCase]:
    """The open cases, the newest first."""
    found = connection.execute(
        f"SELECT {columns_of(ChurnCase)} FROM main.churn_case WHERE state = 'open' ORDER BY heard_at DESC, id DESC"
    )
    return [ChurnCase(*row) for row in found]


def lessons(connection: sqlite3.Connection) -> list[Lesson]:
    """All lessons, the newest first."""
    found = connection.execute(f"SELECT {columns_of(Lesson)} FROM main.lesson ORDER BY day DESC, id DESC")
    return [Lesson(*row) for row in found]


def pinned_lesson(connection: sqlite3.Connection, today: date) -> Lesson | None:
    """The lesson kept in sight today (S0-34): where several are pinned, another one each day."""
    found = connection.execute(
        f"SELECT {columns_of(Lesson)} FROM main.lesson WHERE pinned = 1 AND line > '' ORDER BY day, id"
    ).fetchall()
    return Lesson(*found[today.toordinal() % len(found)]) if found else None
