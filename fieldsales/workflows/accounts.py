"""Accounts, their people, contracts and amounts: what the forms save."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from fieldsales.domain.dates import parse_day
from fieldsales.domain.frozen import dataclass, fields, replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import (
    Account,
    Amount,
    Changed,
    Contact,
    Contract,
    Decision,
    FieldsalesError,
    History,
    Policy,
    PutOff,
)
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.storage.book import Book

Value = str | int | None

LOST_TO = ("competitor", "manager", "closed", "released", "unknown")  # S2-28
FAREWELLS = ("done", "planned", "impossible")

_LONG = frozenset({"note", "terms"})
_DAYS = frozenset(
    {
        "entered_on",
        "since",
        "introduced_on",
        "inherited_on",
        "ended_on",
        "relation_on",
        "next_need_on",
        "came_on",
        "left_on",
        "keep_until",
        "ally_since",
        "starts_on",
        "ends_on",
    }
)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_OWN_ROWS = ("contracts", "activities", "tasks", "signals", "facts", "decisions", "cases", "offers", "amounts", "deals")


class NoNameError(FieldsalesError):
    """An account or a person needs a name, and nothing else."""

    def __init__(self) -> None:
        super().__init__("work.no_name")


class NoSuchRowError(FieldsalesError):
    """What was to be changed is no longer in the book."""

    def __init__(self) -> None:
        super().__init__("work.no_row")


class BadDayError(FieldsalesError):
    """A field that should hold a day holds something else."""

    def __init__(self, field: str) -> None:
        super().__init__("work.bad_day", field=f"@work.field_{field}")
        self.field = field


class BadMonthError(FieldsalesError):
    """A month that is none."""

    def __init__(self) -> None:
        super().__init__("work.bad_month")


class HasHistoryError(FieldsalesError):
    """An account about which anything was written down is ended, never removed (S4-02)."""

    def __init__(self, name: str) -> None:
        super().__init__("work.has_history", name=name)


class FarewellNeededError(FieldsalesError):
    """Ending an account needs to say how it stands with the farewell (S3-20)."""

    def __init__(self) -> None:
        super().__init__("churn.missing.farewell")


@dataclass(frozen=True, slots=True)
class Saved:
    id: str
    changed: Changed


def add_account(book: Book, name: str, now: datetime, **columns: Value) -> Saved:
    """A new account. Only the name is needed; it enters the book today and, if inherited, is mine from today.

    Raises NoNameError, BadDayError.
    """
    given = _checked(Account, columns)
    called = clean(name)
    if not called:
        raise NoNameError
    today = now.date().isoformat()
    given.setdefault("entered_on", today)
    if given.get("origin") == "inherited" and not given.get("inherited_on"):
        given["inherited_on"] = today
    with book.change("account_add", now) as change:
        id = change.new_id()
        change.add(replace(Account(id=id, name=called), **given))
    return Saved(id, change.changed)


def edit_account(book: Book, account_id: str, now: datetime, **columns: Value) -> Changed:
    """Change an account; a rating of 요즘 사이 is dated by itself. Raises NoSuchRowError, NoNameError, BadDayError."""
    account = _row(book, Account, account_id)
    given = _checked(Account, columns)
    if "name" in given and not given["name"]:
        raise NoNameError
    if "relation" in given and given["relation"] != account.relation and "relation_on" not in given:
        given["relation_on"] = now.date().isoformat() if given["relation"] else ""
    with book.change("account_edit", now) as change:
        change.edit(Account, account_id, **given)
    return change.changed


def end_account(
    book: Book,
    account_id: str,
    now: datetime,
    how: str,
    farewell: str,
    left_how: str = "",
    note: str = "",
    farewell_title: str = "",
) -> Changed:
    """An account leaves, and stays in the book with all its history (S1-14, S2-28, S3-20, S4-02).

    `how` is to whom or what it was lost: competitor, manager, closed, released, unknown. Its open promises stay as they
    are. A farewell that is planned stands in 오늘 from the next working day on, called `farewell_title`. Raises
    NoSuchRowError, FarewellNeededError.
    """
    account = _row(book, Account, account_id)
    if farewell not in FAREWELLS:
        raise FarewellNeededError
    kind = how if how in LOST_TO else "unknown"
    state = {"manager": "handed", "released": "released"}.get(kind, "lost")
    columns: dict[str, Value] = {
        "state": state,
        "ended_on": now.date().isoformat(),
        "lost_to": kind,
        "left_how": left_how,
        "farewell": farewell,
        "owner": "manager" if kind == "manager" else account.owner,
    }
    if clean(note, long=True):
        columns["note"] = "\n".join(text for text in (account.note, clean(note, long=True)) if text)
    with book.change("account_end", now) as change:
        change.edit(Account, account_id, **columns)
        if farewell == "planned" and clean(farewell_title):
            from fieldsales.workflows.closing import farewell_task

            change.put(farewell_task(account_id, "", clean(farewell_title), now.date(), book.rules()))
    return change.changed


def remove_account(book: Book, account_id: str, now: datetime) -> Changed:
    """Take out an account about which nothing was ever written down, with its people.

    Raises NoSuchRowError, HasHistoryError.
    """
    account = _row(book, Account, account_id)
    history = book.history(account_id)
    if has_history(history):
        raise HasHistoryError(account.name)
    with book.change("account_remove", now) as change:
        for contact in history.contacts:
            change.remove(Contact, contact.id)
        for policy in book.rows(Policy, scope="account", scope_id=account_id):
            change.remove(Policy, policy.id)
        for row in book.rows(PutOff, account_id=account_id):
            change.remove(PutOff, row.id)
        change.remove(Account, account_id)
    return change.changed


def has_history(history: History) -> bool:
    """Whether anything beyond the account and its people was written down."""
    return any(getattr(history, name) for name in _OWN_ROWS)


def add_contact(book: Book, account_id: str, name: str, now: datetime, **columns: Value) -> Saved:
    """A new person of an account, last on its page. Raises NoSuchRowError, NoNameError, BadDayError."""
    _row(book, Account, account_id)
    given = _checked(Contact, columns)
    called = clean(name)
    if not called:
        raise NoNameError
    others = book.rows(Contact, account_id=account_id)
    given.setdefault("position", max((one.position for one in others), default=-1) + 1)
    with book.change("contact_add", now) as change:
        id = change.new_id()
        change.add(replace(Contact(id=id, account_id=account_id, name=called), **given))
    return Saved(id, change.changed)


def edit_contact(book: Book, contact_id: str, now: datetime, **columns: Value) -> Changed:
    """Change a person. Raises NoSuchRowError, NoNameError, BadDayError."""
    _row(book, Contact, contact_id)
    given = _checked(Contact, columns)
    if "name" in given and not given["name"]:
        raise NoNameError
    with book.change("contact_edit", now) as change:
        change.edit(Contact, contact_id, **given)
    return change.changed


def first_contact(book: Book, contact_id: str, now: datetime) -> Changed:
    """Put a person first on the page: the one we mostly deal with."""
    contact = _row(book, Contact, contact_id)
    others = sorted(book.rows(Contact, account_id=contact.account_id), key=lambda one: (one.position, one.id))
    order = [contact, *(one for one in others if one.id != contact_id)]
    with book.change("contact_first", now) as change:
        for position, one in enumerate(order):
            if one.position != position:
                change.edit(Contact, one.id, position=position)
    return change.changed


def save_contract(book: Book, account_id: str, now: datetime, contract_id: str = "", **columns: Value) -> Saved:
    """Add a contract, or change one. Raises NoSuchRowError, BadDayError."""
    _row(book, Account, account_id)
    given = _checked(Contract, columns)
    if contract_id:
        _row(book, Contract, contract_id)
    with book.change("contract", now) as change:
        id = contract_id or change.new_id()
        if contract_id:
            change.edit(Contract, contract_id, **given)
        else:
            change.add(replace(Contract(id=id, account_id=account_id), **given))
    return Saved(id, change.changed)


def set_amount(
    book: Book, account_id: str, month: str, amount: int, now: datetime, orders: int | None = None
) -> Changed:
    """The amount of one month, new or anew. Raises NoSuchRowError, BadMonthError."""
    _row(book, Account, account_id)
    when = clean(month)
    if not _MONTH.fullmatch(when):
        raise BadMonthError
    with book.change("amount", now) as change:
        change.put(Amount(natural_id("amount", account_id, when), account_id, when, amount, orders))
    return change.changed


def set_fine(book: Book, account_id: str, until: date, now: datetime, reason: str = "") -> Changed:
    """이번엔 괜찮아요: what the score says is set aside until a day and comes back by itself (S1-19).

    The reason may be left out. Raises NoSuchRowError, BadDayError for a day not ahead.
    """
    _row(book, Account, account_id)
    today = now.date()
    if until <= today:
        raise BadDayError("until")
    with book.change("fine", now) as change:
        for one in book.rows(Decision, account_id=account_id):
            if one.kind == "fine" and one.state == "open":
                change.edit(Decision, one.id, state="closed")
        change.add(
            Decision(
                id=change.new_id(),
                account_id=account_id,
                kind="fine",
                text=clean(reason),
                day=today.isoformat(),
                until=until.isoformat(),
            )
        )
    return change.changed


_Kind = TypeVar("_Kind", Account, Contact, Contract)


def _row(book: Book, kind: type[_Kind], id: str) -> _Kind:
    found = book.get(kind, id)
    if found is None:
        raise NoSuchRowError
    return found


def _checked(kind: type[_Kind], columns: Mapping[str, Value]) -> dict[str, Any]:
    """Columns ready to be written: texts cleaned, days days. An unknown column is a mistake of the program."""
    known = {one.name for one in fields(kind)} - {"id", "account_id"}
    ready: dict[str, Any] = {}
    for name, value in columns.items():
        if name not in known:
            raise TypeError(name)
        if isinstance(value, str):
            text = clean(value, long=name in _LONG)
            if name in _DAYS and text and (parse_day(text) is None or len(text) != 10):
                raise BadDayError(name)
            ready[name] = text
        else:
            ready[name] = value
    return ready
