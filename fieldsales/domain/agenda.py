"""오늘: from everything that is due to the lines of the day (product, due lines: four laws)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from fieldsales.domain.dates import NEVER, month_end, parse_day
from fieldsales.domain.model import Agenda, AgendaLine, Due, Message

SHORT_REST = 7  # days of the month left, below which the first days of the next one are shown too
FIRST_DAYS = 7  # of the next month


def horizon(today: date) -> date:
    """The last day of "이달 안에": the month's end; when less than a week of it is left, the 7th of the next month."""
    end = month_end(today)
    return end + timedelta(days=FIRST_DAYS) if (end - today).days < SHORT_REST else end


class _Group:
    """Everything due at one account, in its place in the order of care."""

    __slots__ = ("account_id", "care", "dues", "name")

    def __init__(self, account_id: str, name: str, care: int) -> None:
        self.account_id = account_id
        self.name = name
        self.care = care
        self.dues: list[Due] = []


def agenda(rows: Iterable[tuple[str, str, Due]], today: date, daily: int, *, later: int = 50) -> Agenda:
    """The day's lines. `rows` are account id, name and due, the accounts in the order of care.

    One line an account (law 1). Fixed lines (cases, promises, appointments) all stand; of the others at most `daily`,
    new contracts first, then those whose last day is nearest, then in the order of care (law 3). What is left over and
    what begins up to the `horizon` comes later; `later` says how many of those lines are made.
    """
    now, end = today.isoformat(), horizon(today).isoformat()
    ready: dict[str, _Group] = {}
    coming: dict[str, _Group] = {}
    for care, (account_id, name, due) in enumerate(rows):
        if due.good_day > end:
            continue
        groups = ready if due.good_day <= now else coming
        groups.setdefault(account_id, _Group(account_id, name, care)).dues.append(due)
    for group in (*ready.values(), *coming.values()):
        group.dues.sort(key=lambda due: _order(due, now))
    fixed = [group for group in ready.values() if any(due.fixed for due in group.dues)]
    free = [group for group in ready.values() if not any(due.fixed for due in group.dues)]
    free.sort(key=lambda group: (group.dues[0].rank, min(due.last_day for due in group.dues), group.care))
    chosen = sorted([*fixed, *free[: max(daily, 0)]], key=lambda group: (*_order(group.dues[0], now), group.care))
    for group in free[max(daily, 0) :]:
        if group.account_id in coming:
            group.dues.extend(coming.pop(group.account_id).dues)
        coming[group.account_id] = group
    rest = sorted(coming.values(), key=lambda group: (*_until(group.dues[0]), group.care))
    return Agenda(
        today=tuple(_line(group, today, later=False) for group in chosen),
        later=tuple(_line(group, today, later=True) for group in rest[:later]),
        later_count=len(rest),
    )


def _order(due: Due, now: str) -> tuple[int, str, bool, str]:
    """Cases; my overdue promises; meetings by time; new contracts; the others, those past first."""
    past = due.last_day < now
    if due.rank < 30:
        return due.rank, "" if past else due.time or "~", not past, due.last_day
    return due.rank, "", not past, due.last_day


def _until(due: Due) -> tuple[str, str, str]:
    return due.last_day if due.last_day != NEVER else "~", due.time or "~", due.good_day


def _line(group: _Group, today: date, *, later: bool) -> AgendaLine:
    first, now = group.dues[0], today.isoformat()
    what: list[Message] = []
    for due in group.dues:
        if due.what not in what:
            what.append(due.what)
    last = parse_day(first.last_day) if first.last_day != NEVER else None
    overdue = max((today - last).days, 0) if last else 0
    return AgendaLine(
        account_id=group.account_id,
        name=group.name,
        keys=tuple(due.key for due in group.dues),
        when=_when(group.dues, today, last, overdue, later=later),
        what=tuple(what),
        why=first.why,
        day=first.last_day if last else max(first.good_day, now),
        overdue=overdue,
        fixed=any(due.fixed for due in group.dues),
    )


def _when(dues: list[Due], today: date, last: date | None, overdue: int, *, later: bool) -> Message:
    if overdue:
        return Message("agenda.past", {"n": overdue})
    if later:
        if last is None:
            return Message("agenda.any_day")
        exact = dues[0].fixed or dues[0].good_day == dues[0].last_day
        if (last.year, last.month) == (today.year, today.month):
            return Message("agenda.on" if exact else "agenda.by", {"n": last.day})
        return Message("agenda.on_day" if exact else "agenda.by_day", {"day": last.isoformat()})
    now = today.isoformat()
    times = [due.time for due in dues if due.time and (due.last_day in {now, NEVER})]
    return Message("agenda.at", {"time": min(times)}) if times else Message("agenda.today")
