"""What the score looks at, gathered from an account's history."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from fieldsales.domain.cadence import Contacts, Seen, Today, iso, next_day, number_of
from fieldsales.domain.dates import month_back
from fieldsales.domain.frozen import dataclass, field
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
    people: Sequence[Person] = ()
    signals: Mapping[str, Sequence[Signal]] = field(default_factory=dict)  # by part, whatever their state
    marks: Sequence[tuple[int, str, str]] = ()  # day, sign and activity of a chip of attitude
    # what overrules the band
    case_open: bool = False
    paused: bool = False
    fine_until: str = ""


def inputs_of(history: History, rules: Rules, today: date) -> ScoreInputs:
    """Gather what the score looks at. Rows of a later day than today are left out."""
    return inputs_seen(Seen(history, rules, today))


def inputs_seen(seen: Seen, *, rows: bool = True) -> ScoreInputs:
    """The same of an account that is looked at already; without the rows behind the amounts where nobody asks."""
    history, clock, contacts, start = seen.history, seen.today, seen.contacts, seen.start
    quiet = max(contacts.last, start.entry) if contacts.last else max(start.entry, start.contract)
    if not clock.reached(quiet):
        quiet = 0
    silences = []
    shortest = min([rhythm.days for rhythm in seen.rhythms], default=0)
    for rhythm in seen.rhythms:
        touched = contacts.kinds[rhythm.kind]
        if not touched and rhythm.days > shortest:
            continue  # what was never begun is no silence: its line and its empty box say so
        good, first = next_day(rhythm, start, touched)
        if good:
            base = max(touched, good - rhythm.days) if first else max(touched, start.contract)
            silences.append(Silence(rhythm.kind, base, rhythm.days, rhythm.months, touched))
    month = newest_month(history, clock)
    events: dict[str, list[Signal]] = {}
    for signal in history.signals:
        part = _part_of(signal.kind)
        if part:
            day = number_of(signal.day)
            if day is None or clock.reached(day):
                events.setdefault(part, []).append(signal)
    return ScoreInputs(
        today=clock.day,
        last_contact=contacts.last,
        quiet_since=quiet,
        silences=tuple(silences),
        contact_row=contacts.last_row,
        month=month,
        months=last_months(history, month, 15) if month else (),
        seasonal=bool(history.account.seasonal),
        irregular=bool(history.account.irregular),
        amount_rows=_Rows(history, month) if month and rows else None,
        contracts=history.contracts,
        people=_people(history, events.get("people", ()), contacts, clock),
        signals=events,
        marks=_marks(history.activities, clock),
        case_open=any(one.state == "open" for one in history.cases),
        paused=seen.freeze is not None,
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


def _marks(activities: Iterable[Activity], clock: Today) -> list[tuple[int, str, str]]:
    found = []
    for one in activities:
        if one.marks:
            day = number_of(one.day)
            if day is not None and clock.reached(day):
                found += [(day, mark, one.id) for mark in map(str.strip, one.marks.split(",")) if mark in ATTITUDES]
    return found


# --- amounts --------------------------------------------------------------------------------------------------------


def newest_month(history: History, clock: Today) -> str:
    """The newest complete month for which the book holds anything, "" where this account has no amount by then."""
    if not history.amounts:
        return ""
    month = clock.month()
    newest = min(_month_name(month - 1), history.last_month or max(history.amounts))
    return newest if _is_month(newest) and min(history.amounts) <= newest else ""


@lru_cache(maxsize=256)
def _month_name(index: int) -> str:
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


@lru_cache(maxsize=256)
def _is_month(text: str) -> bool:
    return _MONTH.fullmatch(text) is not None


def last_months(history: History, newest: str, count: int) -> tuple[int | None, ...]:
    """So many complete months, oldest first, the last one `newest`. A month without a row is 0 from the account's
    first month on and None before it."""
    first, amounts = min(history.amounts), history.amounts
    return tuple([amounts.get(month, 0) if month >= first else None for month in _names(newest, count)])


@lru_cache(maxsize=256)
def _names(newest: str, count: int) -> tuple[str, ...]:
    return tuple(month_back(newest, back) for back in range(count - 1, -1, -1))


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


def _people(history: History, signals: Iterable[Signal], contacts: Contacts, clock: Today) -> list[Person]:
    known: dict[str, Contact] = {}
    found: list[Person] = []
    for contact in history.contacts:
        known[contact.id] = contact
        came, left = number_of(contact.came_on), number_of(contact.left_on)
        if came is None or contact.role not in ROLES or not clock.reached(came):
            continue
        if left is None or not clock.reached(left):
            name = f"{contact.name} {contact.title}".strip()
            met = met_since(contact, came, contacts)
            found.append(Person(contact.role, came, name, met, ("contact", contact.id)))
    for signal in signals:
        day, end = number_of(signal.day), number_of(signal.expires_on)
        if day is None or signal.level not in ROLES or (end is not None and clock.after(end)):
            continue
        who = known.get(signal.contact_id)
        if who is not None and number_of(who.came_on) is not None:
            continue  # told already by the person's own row
        met = signal.state == "closed" or (who is not None and met_since(who, day, contacts))
        name = f"{who.name} {who.title}".strip() if who else ""
        found.append(Person(signal.level, day, name, met, ("signal", signal.id)))
    return found
