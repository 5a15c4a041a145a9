"""What the score looks at, gathered from an account's history."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fieldsales.domain.cadence import (
    Contacts,
    Today,
    freeze_of,
    iso,
    next_day,
    number_of,
    rhythms,
    start_of,
)
from fieldsales.domain.dates import month_back
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Activity, Contact, Contract, Deal, Decision, History, Rules, Signal

ROLES = {"ceo": 10, "head": 8, "buyer": 7, "": 7}  # points of a change; who has no role is taken for the buyer
ATTITUDES = ("late", "word_changed", "no_reply", "rush")

Row = tuple[str, str]

_MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])")


def said(text: str) -> str:
    """A user's words as an argument of a message: what begins with @ would be looked up as a text id."""
    return f" {text}" if text.startswith("@") else text


@dataclass(frozen=True, slots=True)
class Silence:
    """How long one kind of contact has been waited for."""

    kind: str
    since: int  # day number
    interval: int  # days
    months: int  # the interval in months, 0 if it has none
    touched: int = 0  # day of the last such contact, 0 never


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who took a post."""

    role: str
    day: int
    name: str
    met: bool
    row: Row


@dataclass(frozen=True, slots=True)
class ScoreInputs:
    """What the score looks at. Days are day numbers (ordinals), 0 for none; amounts by month, oldest first."""

    today: date
    # contact
    last_contact: int = 0
    quiet_since: int = 0  # from which silence counts: the last contact, the entry or the contract, 0 unknown
    silences: tuple[Silence, ...] = ()
    contact_row: str = ""
    # amounts: complete months up to the book's newest, None where the account had not begun
    month: str = ""  # of the last amount
    months: tuple[int | None, ...] = ()
    seasonal: bool = False
    irregular: bool = False
    amount_rows: Callable[[int, int], tuple[Row, ...]] | None = None
    # events
    contracts: tuple[Contract, ...] = ()
    people: tuple[Person, ...] = ()
    signals: Mapping[str, tuple[Signal, ...]] = field(default_factory=dict)  # by part, whatever their state
    marks: tuple[tuple[int, str, str], ...] = ()  # day, sign and activity of a chip of attitude
    # what overrules the band
    case_open: bool = False
    paused: bool = False
    fine_until: str = ""


def inputs_of(
    history: History, rules: Rules, today: date, *, clock: Today | None = None, contacts: Contacts | None = None
) -> ScoreInputs:
    """Gather what the score looks at. Rows of a later day than today are left out."""
    clock = clock or Today(today)
    contacts = contacts or Contacts(history.activities, clock)
    start = start_of(history, rules.spread_days)
    quiet = max(contacts.last, start.entry) if contacts.last else max(start.entry, start.contract)
    if not clock.reached(quiet):
        quiet = 0
    silences = []
    for rhythm in rhythms(history, rules, clock):
        touched = contacts.kinds[rhythm.kind].day
        good, first = next_day(rhythm, start, touched)
        if good:
            base = max(touched, good - rhythm.days) if first else max(touched, start.contract)
            silences.append(Silence(rhythm.kind, base, rhythm.days, rhythm.months, touched))
    month, months = _months(history, clock)
    events: dict[str, list[Signal]] = {}
    for signal in history.signals:
        part = _part_of(signal.kind)
        if part:
            day = number_of(signal.day)
            if day is None or clock.reached(day):
                events.setdefault(part, []).append(signal)
    return ScoreInputs(
        today=today,
        last_contact=contacts.last,
        quiet_since=quiet,
        silences=tuple(silences),
        contact_row=contacts.kinds["any"].row,
        month=month,
        months=months,
        seasonal=bool(history.account.seasonal),
        irregular=bool(history.account.irregular),
        amount_rows=_Rows(history, month) if month else None,
        contracts=history.contracts,
        people=tuple(_people(history, events.get("people", ()), contacts, clock)),
        signals={part: tuple(rows) for part, rows in events.items()},
        marks=tuple(_marks(history.activities, clock)),
        case_open=any(one.state == "open" for one in history.cases),
        paused=freeze_of(history.decisions, clock) is not None,
        fine_until=_fine_until(history.decisions, clock),
    )


def _part_of(kind: str) -> str:
    if kind in ATTITUDES:
        return "attitude"
    return kind if kind in {"complaint", "people", "competitor", "payment"} else ""


def _fine_until(decisions: Iterable[Decision], clock: Today) -> str:
    for one in decisions:
        if one.kind == "fine" and one.state == "open":
            start, end = number_of(one.day), number_of(one.until)
            if end is not None and not clock.after(end) and (start is None or clock.reached(start)):
                return iso(end)
    return ""


def _marks(activities: Iterable[Activity], clock: Today) -> Iterable[tuple[int, str, str]]:
    for one in activities:
        if one.marks:
            day = number_of(one.day)
            if day is not None and clock.reached(day):
                for mark in one.marks.split(","):
                    if mark.strip() in ATTITUDES:
                        yield day, mark.strip(), one.id


# --- amounts --------------------------------------------------------------------------------------------------------


def newest_month(history: History, clock: Today) -> str:
    """The newest complete month for which the book holds anything, "" where this account has no amount by then."""
    if not history.amounts:
        return ""
    month = clock.month()
    complete = f"{(month - 1) // 12:04d}-{(month - 1) % 12 + 1:02d}"
    newest = min(complete, history.last_month or max(history.amounts))
    return newest if _MONTH.fullmatch(newest) and min(history.amounts) <= newest else ""


def last_months(history: History, newest: str, count: int) -> tuple[int | None, ...]:
    """So many complete months, oldest first, the last one `newest`. A month without a row is 0 from the account's
    first month on and None before it."""
    first = min(history.amounts)
    months = []
    index = int(newest[:4]) * 12 + int(newest[5:7]) - 1
    for back in range(count - 1, -1, -1):
        year, month = divmod(index - back, 12)
        name = f"{year:04d}-{month + 1:02d}"
        months.append(history.amounts.get(name, 0) if name >= first else None)
    return tuple(months)


def _months(history: History, clock: Today) -> tuple[str, tuple[int | None, ...]]:
    newest = newest_month(history, clock)
    return newest, last_months(history, newest, 15) if newest else ()


class _Rows:
    """The rows behind the amounts of some months, looked up only when somebody asks."""

    __slots__ = ("_account", "_amounts", "_deals", "_month")

    def __init__(self, history: History, month: str) -> None:
        self._account = history.account.id
        self._amounts = history.amounts
        self._deals: tuple[Deal, ...] = history.deals
        self._month = month

    def __call__(self, first_back: int, last_back: int) -> tuple[Row, ...]:
        rows: list[Row] = []
        for back in range(last_back, first_back + 1):
            month = month_back(self._month, back)
            deals = [one for one in self._deals if one.day[:7] == month]
            if month in self._amounts and sum(one.amount for one in deals) != self._amounts[month]:
                rows.append(("amount", natural_id("amount", self._account, month)))
            rows.extend(("deal", one.id) for one in deals)
        return tuple(rows)


# --- people and contracts -------------------------------------------------------------------------------------------


def current_contract(contracts: Iterable[Contract]) -> Contract | None:
    """The contract that decides: the one that runs longest; one with an end before those that go by the month."""

    def reach(one: Contract) -> tuple[int, int, str]:
        if one.kind in {"term", "prepaid"}:
            end = number_of(one.ends_on)
            return 2, end if end is not None else 10_000_000, one.starts_on
        return (1 if one.kind == "monthly" else 0), 0, one.starts_on

    return max(contracts, key=reach, default=None)


def met_since(contact: Contact, day: int, contacts: Contacts) -> bool:
    """Whether I stood before the person on the day or after it."""
    return any(
        when >= day and (one.contact_id == contact.id or bool(contact.name and contact.name in one.with_names))
        for when, one in contacts.visits
    )


def _people(history: History, signals: Iterable[Signal], contacts: Contacts, clock: Today) -> Iterable[Person]:
    known: dict[str, Contact] = {}
    for contact in history.contacts:
        known[contact.id] = contact
        came, left = number_of(contact.came_on), number_of(contact.left_on)
        if came is None or contact.role not in ROLES or not clock.reached(came):
            continue
        if left is None or not clock.reached(left):
            name = f"{contact.name} {contact.title}".strip()
            met = met_since(contact, came, contacts)
            yield Person(contact.role, came, name, met, ("contact", contact.id))
    for signal in signals:
        day, end = number_of(signal.day), number_of(signal.expires_on)
        if day is None or signal.level not in ROLES or (end is not None and clock.after(end)):
            continue
        who = known.get(signal.contact_id)
        if who is not None and number_of(who.came_on) is not None:
            continue  # told already by the person's own row
        met = signal.state == "closed" or (who is not None and met_since(who, day, contacts))
        name = f"{who.name} {who.title}".strip() if who else ""
        yield Person(signal.level, day, name, met, ("signal", signal.id))
