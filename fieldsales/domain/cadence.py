"""연락 주기: from what was promised of contact to the days on which it falls due, and whether it was kept.

Two days belong to each line: the good day, from which on it is shown, and the last day of the period that it keeps.
It is overdue only after the last day, so that the day's list and the share kept count the same periods (figures 7).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from fieldsales.domain.dates import WorkDays, add_months
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Account, Activity, Contact, Decision, History, Policy, Rules
from fieldsales.domain.people import is_contact, is_meeting

KINDS = ("call", "review", "meeting", "visit", "joint")
DEFAULTS: dict[str, dict[str, int]] = {  # times a year (S4-17, S4-22)
    "A": {"call": 12, "review": 4, "meeting": 2},
    "B": {"call": 4, "review": 2, "meeting": 1},
    "C": {"call": 2},
}
WINDOW = 55  # days ahead for which lines are worked out
_MOST_MISSED = 12  # missed periods are not counted further
_NO_DAY = 10_000_000  # beyond every day


# --- days as numbers ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 15)
def number_of(text: str) -> int | None:
    """The ordinal of an ISO day or of a moment's day, None where the text is none or lies far from any working life."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day.toordinal() if 1900 <= day.year <= 2200 else None


@lru_cache(maxsize=1 << 15)
def iso(number: int) -> str:
    return date.fromordinal(number).isoformat()


class Today:
    """Today, of whom only one thing is asked: has this day come?

    Whatever is worked out from the answers stays as it is until the first day that was asked for and had not come:
    `changes_on`. So nothing that is kept from day to day can be too late.
    """

    __slots__ = ("_next", "day", "number")

    def __init__(self, day: date) -> None:
        self.day = day
        self.number = day.toordinal()
        self._next = _NO_DAY

    def reached(self, number: int) -> bool:
        """Whether the day has come."""
        if number <= self.number:
            return True
        self._next = min(self._next, number)
        return False

    def after(self, number: int) -> bool:
        """Whether the day has passed."""
        return self.reached(number + 1)

    def month(self) -> int:
        """The running month, counted from year 0."""
        self.reached(_first_day(self.day.year * 12 + self.day.month))
        return self.day.year * 12 + self.day.month - 1

    @property
    def changes_on(self) -> str:
        """The first day on which an answer will be another, "" for never."""
        return "" if self._next > date.max.toordinal() else iso(self._next)


@lru_cache(maxsize=1 << 15)
def months_later(day: int, months: int) -> int:
    """The same day so many months on, clamped to the month's end."""
    return add_months(date.fromordinal(day), months).toordinal()


@lru_cache(maxsize=4096)
def _first_day(month: int) -> int:
    return date(month // 12, month % 12 + 1, 1).toordinal()


@lru_cache(maxsize=1 << 15)
def _month_of(number: int) -> int:
    day = date.fromordinal(number)
    return day.year * 12 + day.month - 1


# --- what has happened ----------------------------------------------------------------------------------------------


class Contacts:
    """What counts as contact, up to today: it happened and somebody answered. An attempt never counts (V5)."""

    __slots__ = ("kinds", "last", "last_row", "met", "visits")

    def __init__(self, activities: Iterable[Activity], today: Today) -> None:
        self.kinds: dict[str, int] = dict.fromkeys(KINDS, 0)  # day of the newest contact that keeps a kind
        self.visits: list[tuple[int, Activity]] = []
        kinds, last, row = self.kinds, 0, ""
        for one in activities:
            if one.outcome != "done":
                continue
            day = number_of(one.day)
            if day is None or not today.reached(day):
                continue
            meeting = is_meeting(one)
            if meeting:
                self.visits.append((day, one))
            if is_contact(one):
                if day > last:
                    last, row = day, one.id
                for kind in _keeps(one.kind, one.kind2, meeting, one.joint):
                    kinds[kind] = max(kinds[kind], day)
        self.last = last  # the day of the newest contact, 0 if there was none
        self.last_row = row
        self.met = max([day for day, _ in self.visits], default=0)  # of the newest meeting

    def since(self, day: int) -> bool:
        """Whether there was any contact on the day or after it."""
        return self.last >= day


def keeps(activity: Activity) -> tuple[str, ...]:
    """The kinds of policy that a contact keeps. A visit also keeps a call and a meeting, and nothing but a review
    keeps a review, which may be handed over in a visit: one row, two kinds (figures 4)."""
    return _keeps(activity.kind, activity.kind2, is_meeting(activity), activity.joint)


@lru_cache(maxsize=256)
def _keeps(kind: str, kind2: str, meeting: bool, joint: int) -> tuple[str, ...]:
    pair = (kind, kind2)
    kept: tuple[str, ...] = ("review",) if "review" in pair else ()
    if meeting:
        kept += ("meeting", "visit", "joint") if joint else ("meeting", "visit")
    return (*kept, "call") if "call" in pair or "visit" in pair else kept


# --- what was settled -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often one kind of contact is due."""

    kind: str
    months: int  # between two contacts; 0: counted in days
    days: int  # the same in days, about
    from_on: int = 0

    @property
    def block(self) -> int:
        """Months of its period, which lies fixed in the year; 0 where the period moves with the contacts."""
        return self.months if self.months and not 12 % self.months else 0

    def after(self, day: int) -> int:
        """The day an interval later, clamped to the month's end (31 January and a month: 28 or 29 February)."""
        return months_later(day, self.months) if self.months else day + self.days


@lru_cache(maxsize=4096)
def _rhythm(policy: Policy) -> Rhythm | None:
    start = number_of(policy.from_on) or 0
    if policy.every_months:
        return Rhythm(policy.kind, policy.every_months, policy.every_months * 365 // 12, start)
    if policy.per_year <= 0:
        return None
    months = 12 // policy.per_year if 12 % policy.per_year == 0 else 0
    return Rhythm(policy.kind, months, max(365 // policy.per_year, 1), start)


@lru_cache(maxsize=64)
def default_policies(tier: str) -> tuple[Policy, ...]:
    """The floor of a tier: A 12-4-2, B 4-2-1, C two calls a year. No tier, no floor."""
    return tuple(
        Policy(natural_id("policy", "tier", tier, kind), scope="tier", scope_id=tier, kind=kind, per_year=times)
        for kind, times in DEFAULTS.get(tier, {}).items()
    )


def policies_of(account: Account, rows: Sequence[Policy], rules: Rules) -> tuple[Policy, ...]:
    """The policy of each kind that holds for the account: its own, else the tier's row, else the tier's default."""
    found: dict[str, Policy] = {}
    if account.tier and account.state == "active":
        found = {one.kind: one for one in default_policies(account.tier)}
        for one in (*rules.policies, *rows):
            if one.scope == "tier" and one.scope_id == account.tier:
                found[one.kind] = one
    for one in rows:
        if one.scope == "account" and one.scope_id == account.id:
            found[one.kind] = one
    return tuple(found[kind] for kind in KINDS if kind in found)


def rhythms(history: History, rules: Rules, today: Today) -> tuple[Rhythm, ...]:
    """What is due again and again at the account, without what its people do not want (S3-08)."""
    account = history.account
    if account.owner == "manager" or account.state in {"handed", "lost", "released"}:
        return ()
    policies = policies_of(account, history.policies, rules)
    if not policies:
        return ()
    closed = opted_out(history.contacts, today)
    found = (_rhythm(policy) for policy in policies)
    return tuple(one for one in found if one is not None and not _unwanted(one.kind, closed))


def opted_out(contacts: Sequence[Contact], today: Today) -> frozenset[str]:
    """The channels that nobody who is still there wants."""
    if not any(one.opt_out for one in contacts):
        return frozenset()
    here = [one for one in contacts if not _left(one, today)]
    wishes = [frozenset(channel.strip() for channel in one.opt_out.split(",")) for one in here]
    return frozenset.intersection(*wishes) - {""} if wishes else frozenset()


def _unwanted(kind: str, closed: frozenset[str]) -> bool:
    return (kind == "call" and "call" in closed) or (kind == "review" and closed >= {"mail", "message"})


def _left(contact: Contact, today: Today) -> bool:
    left = number_of(contact.left_on)
    return left is not None and today.reached(left)


def freeze_of(decisions: Iterable[Decision], today: Today) -> Decision | None:
    """The order not to contact the customer that holds today (S2-23)."""
    return standing_decision(decisions, "freeze", today)


def standing_decision(decisions: Iterable[Decision], kind: str, today: Today) -> Decision | None:
    """An open decision of the kind that has begun and has not ended."""
    for one in decisions:
        if one.kind == kind and one.state == "open":
            start, end = number_of(one.day), number_of(one.until)
            if (start is None or today.reached(start)) and (end is None or not today.after(end)):
                return one
    return None


# --- when it is due -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """From when on an account is counted: nothing counts back past its entry (law 4)."""

    entry: int  # into the book, from the predecessor or won back, 0 if not known
    contract: int  # the first contract's start, 0 if it does not count
    offset: int  # days by which its first lines are put off, so that a new book spreads


def start_of(history: History, spread_days: int) -> Start:
    account = history.account
    entered = (account.entered_on, account.inherited_on, account.won_back_on)
    entry = max(number_of(day) or 0 for day in entered)
    begins = [number_of(one.starts_on) or 0 for one in history.contracts if one.kind != "none"]
    contract = min([day for day in begins if day], default=0)
    if contract and account.since and (number_of(account.since) or contract) < contract:
        contract = 0
    offset = zlib.crc32(account.id.encode()) % (max(spread_days, 0) + 1)
    return Start(entry, contract, offset)


def next_day(rhythm: Rhythm, start: Start, last: int) -> tuple[int, bool]:
    """The good day before it is shifted off weekends, and whether it is the first one.

    `last` is the day of the last qualifying contact, 0 if there was none. Returns 0 where nothing is known to count
    from. Lines without a contact since the start are spread over the first days.
    """
    base = max(start.entry, rhythm.from_on)
    if not last:
        begin = max(base, start.contract)
        return (begin + start.offset if begin else 0), True
    if last >= base:
        return max(rhythm.after(last), start.contract), False
    return max(rhythm.after(last), base + start.offset, start.contract), True


def last_day_of(rhythm: Rhythm, good: int, first: bool) -> int:
    """The end of the period that a line keeps. A first line late in its period keeps the next one, as `kept` does."""
    if not rhythm.block:
        return rhythm.after(good)
    begin, end = _period(_month_of(good) // rhythm.block, rhythm.block)
    if first and 2 * (end - good + 1) < end - begin + 1:
        end = _period(_month_of(good) // rhythm.block + 1, rhythm.block)[1]
    return end


@lru_cache(maxsize=4096)
def _period(index: int, block: int) -> tuple[int, int]:
    """First and last day of a period of so many months, counted from year 0."""
    return _first_day(index * block), _first_day((index + 1) * block) - 1


@lru_cache(maxsize=1 << 15)
def shifted(good: int, last: int, holidays: frozenset[str]) -> int:
    """The good day off weekends and holidays: forward, but backward where that would pass the last day."""
    work = WorkDays(holidays)
    day = date.fromordinal(good)
    moved = work.next(day)
    if moved.toordinal() > last:
        moved = work.previous(day)
    return moved.toordinal()


class Seen:
    """One account on one day, with what everything about it is worked out from, each thing once."""

    __slots__ = ("contacts", "freeze", "history", "rhythms", "rules", "start", "today")

    def __init__(self, history: History, rules: Rules, day: date) -> None:
        self.history = history
        self.rules = rules
        self.today = Today(day)
        self.contacts = Contacts(history.activities, self.today)
        self.start = start_of(history, rules.spread_days)
        self.rhythms = rhythms(history, rules, self.today)
        self.freeze = freeze_of(history.decisions, self.today)


@dataclass(frozen=True, slots=True)
class Line:
    """A policy's next line."""

    rhythm: Rhythm
    good: int  # shifted off weekends and holidays
    period: int  # the good day before that: its month names the line
    last: int
    touched: int  # the last contact that kept it, 0 never
    missed: int  # periods that passed without it


def lines(seen: Seen) -> list[Line]:
    """The next line of each policy that falls into the window ahead. Missed periods make one line, not many.

    Nothing during a freeze, at accounts that left and at those which are the manager's.
    """
    found: list[Line] = []
    if seen.freeze is not None:
        return found
    today, start = seen.today, seen.start
    for rhythm in seen.rhythms:
        touched = seen.contacts.kinds[rhythm.kind]
        good, first = next_day(rhythm, start, touched)
        if not good or not today.reached(good - WINDOW):
            continue
        last = last_day_of(rhythm, good, first)
        shown = shifted(good, last, seen.rules.holidays)
        if good >= start.entry > shown:
            shown = good
        missed = 0
        if today.after(last) and rhythm.block:
            first_missed, now = _month_of(last) // rhythm.block, today.month() // rhythm.block
            missed = min(now - first_missed, _MOST_MISSED)
        found.append(Line(rhythm, shown, good, last, touched, missed))
    return found


def check_in(history: History, today: Today, contacts: Contacts) -> tuple[int, int] | None:
    """Good day and last day of the next word to an account that left: after 3, 6 and 12 months, then once a year.

    One that I let go is thought of once a year from the first (S1-14). A later turn takes over from one that was let
    go; contact on its day or after ends it (S3-21, S4-02).
    """
    entered = number_of(history.account.entered_on) or 0
    ended = number_of(history.account.ended_on) or entered
    if not ended:
        return None
    months = 12 if history.account.state == "released" else 3
    while True:
        later = months * 2 if months < 12 else months + 12
        turn = months_later(ended, months)
        following = months_later(ended, later)
        months = later
        if turn < entered or contacts.since(turn) or today.reached(following):
            continue
        return turn, following - 1


# --- whether it was kept --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeptKind:
    """One row of boxes."""

    kind: str
    boxes: tuple[bool, ...]  # the complete periods that were due, oldest first
    running: bool | None = None  # whether the running period is kept already, None where none is due


@dataclass(frozen=True, slots=True)
class Kept:
    """챙김: the boxes of an account and the share kept, over complete periods only (S4-23)."""

    kinds: tuple[KeptKind, ...] = ()

    @property
    def met(self) -> int:
        return sum(sum(kind.boxes) for kind in self.kinds)

    @property
    def due(self) -> int:
        return sum(len(kind.boxes) for kind in self.kinds)


def kept(
    history: History, policies: Sequence[Policy], today: date, *, since: date | None = None, spread_days: int = 60
) -> Kept:
    """Which periods were kept, of those that ended on `since` or after it (default: this year), figures 4.

    `policies` are those that hold for the account, see `policies_of`. A period is due when the policy was in force for
    at least half of it: from the account's first line or first contact on, without the days of a freeze. Two contacts
    in one period keep one box.
    """
    account = history.account
    if account.owner == "manager" or account.state in {"handed", "lost", "released"}:
        return Kept()
    clock = Today(today)
    begin = (since or date(today.year, 1, 1)).toordinal()
    days = {kind: sorted(_contact_days(history.activities, kind, clock)) for kind in KINDS}
    closed = opted_out(history.contacts, clock)
    start = start_of(history, spread_days)
    pauses = _pauses(history.decisions, clock.number)
    found = []
    for rhythm in (_rhythm(policy) for policy in policies):
        if rhythm is None or _unwanted(rhythm.kind, closed):
            continue
        force = _in_force(rhythm, start, days[rhythm.kind])
        boxes: list[bool] = []
        running: bool | None = None
        for first, last in _periods(rhythm, max(begin, force), clock.number):
            paused = sum(_overlap(first, last, *pause) for pause in pauses)
            if 2 * (last - max(first, force) + 1 - paused) < last - first + 1:
                continue
            met = any(first <= day <= last for day in days[rhythm.kind])
            if last < clock.number:
                boxes.append(met)
            else:
                running = met
        found.append(KeptKind(rhythm.kind, tuple(boxes), running))
    return Kept(tuple(found))


def _contact_days(activities: Iterable[Activity], kind: str, today: Today) -> Iterable[int]:
    for one in activities:
        day = number_of(one.day)
        if day is not None and is_contact(one) and kind in keeps(one) and today.reached(day):
            yield day


def _in_force(rhythm: Rhythm, start: Start, days: Sequence[int]) -> int:
    """The day from which on the policy counts: the first line, or a contact that was earlier."""
    base = max(start.entry, rhythm.from_on, start.contract)
    before = [day for day in days if day < base]
    since = [day for day in days if day >= base]
    if not base:
        return 0
    first = next_day(rhythm, start, before[-1] if before else 0)[0]
    return min([max(first, base), *since[:1]])


def _periods(rhythm: Rhythm, begin: int, end: int) -> Iterable[tuple[int, int]]:
    """The periods that end on or after `begin` and have begun on `end`."""
    if rhythm.block:
        index = _month_of(begin) // rhythm.block
        while _period(index, rhythm.block)[0] <= end:
            yield _period(index, rhythm.block)
            index += 1
        return
    first = begin
    while first <= end:
        following = rhythm.after(first)
        yield first, following - 1
        first = following


def _pauses(decisions: Iterable[Decision], today: int) -> list[tuple[int, int]]:
    pauses = []
    for one in decisions:
        first, last = number_of(one.day), number_of(one.until)
        if one.kind == "freeze" and first is not None and (last is not None or one.state == "open"):
            pauses.append((first, last if last is not None else max(today, first) + 400))
    return pauses


def _overlap(first: int, last: int, other_first: int, other_last: int) -> int:
    return max(min(last, other_last) - max(first, other_first) + 1, 0)
