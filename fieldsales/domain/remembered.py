"""Which lessons bear on an account now, and what else is open there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from fieldsales.domain.dates import days_since, parse_day
from fieldsales.domain.lessons import CAUSES, tags_of, traits, traits_of
from fieldsales.domain.model import ChurnCase, Contract, Fact, History, Lesson, Signal, Task
from fieldsales.domain.months import month_amounts
from fieldsales.domain.people import frozen_by, people_changes, present

INHERITED_WATCH_DAYS = 90


def running_contract(history: History, today: date) -> Contract | None:
    """The contract whose end lies furthest ahead; of those without an end the newest."""
    day = today.isoformat()
    begun = [one for one in history.contracts if not one.starts_on or one.starts_on <= day]
    return max(begun, key=lambda one: (one.ends_on, one.starts_on), default=None)


def contract_days_left(history: History, today: date) -> int | None:
    """Days to the end of the contract, negative once it is over, None where no end is known."""
    contract = running_contract(history, today)
    days = None if contract is None else days_since(contract.ends_on, today)
    return None if days is None else -days


def open_tasks(history: History, *kinds: str) -> list[Task]:
    """Open promises of the given kinds, earliest due first, those without a day last."""
    found = [task for task in history.tasks if task.state == "open" and task.kind in kinds]
    return sorted(found, key=lambda task: (task.due_on or "9999", task.due_time, task.id))


def open_signals(history: History, *kinds: str) -> list[Signal]:
    """Open signals of the given kinds, oldest first."""
    found = [one for one in history.signals if one.state == "open" and one.kind in kinds]
    return sorted(found, key=lambda one: (one.day, one.id))


def running_case(cases: Iterable[ChurnCase]) -> ChurnCase | None:
    """The open case that goes on: of several, begun on machines that did not know of each other, the one begun last."""
    return max((one for one in cases if one.state == "open"), key=lambda one: (one.started_at, one.id), default=None)


def expired(fact: Fact, today: date) -> bool:
    return bool(fact.expires_on) and fact.expires_on < today.isoformat()


def situations(history: History, today: date) -> frozenset[str]:
    """What is going on at the account, in the words that lessons are tagged with."""
    found = set()
    if people_changes(history, today):
        found |= {"people_changed", "management"}
    for signal in history.signals:
        if signal.state == "open":
            if signal.kind == "complaint":
                found.add("complaint")
            if signal.kind == "competitor":
                found.add("competitor")
            if signal.boss_asked or signal.kind == "boss_asked":
                found.add("boss_asked")
    inherited = days_since(history.account.inherited_on, today)
    if inherited is not None and 0 <= inherited <= INHERITED_WATCH_DAYS:
        found.add("inherited")
    if frozen_by(history, today):
        found.add("freeze")
    left = contract_days_left(history, today)
    if left is not None and 0 <= left <= 90:
        found.add("renewal")
    if any((one.received or 0) > (one.delivered or 0) for one in history.contracts):
        found.add("prepaid")
    if any(case.state == "open" for case in history.cases):
        found.add("churn")
    values = [amount for _, amount in month_amounts(history, today, 7)]
    base = [amount for amount in values[:-1] if amount is not None]
    if values[-1] is not None and len(base) >= 3 and sum(base) > 0 and 10 * values[-1] * len(base) <= 8 * sum(base):
        found.add("volume")
    return frozenset(found)


def matching_lessons(
    history: History, lessons: Sequence[Lesson], today: date, situation: Collection[str] | str = ()
) -> tuple[Lesson, ...]:
    """The lessons that bear on an account now (S0-34, L3): those of the account, of its people, of the same cause, of a
    like situation, and of people like those there.

    Within each, those that have helped come first, then the newest. `situation` adds causes and situations to what the
    history shows.
    """
    given = {word.strip() for word in situation.split(",")} if isinstance(situation, str) else set(situation)
    causes = given & set(CAUSES)
    here = (situations(history, today) | given) - {""}
    people = {contact.id for contact in history.contacts}
    manners = frozenset[str]().union(
        *(traits(f"{contact.temper}\n{contact.mends}") for contact in present(history, today))
    )
    ranked: list[tuple[int, int, int, Lesson]] = []
    for lesson in lessons:
        if lesson.account_id == history.account.id:
            rank = 0
        elif lesson.contact_id in people:
            rank = 1
        elif lesson.cause in causes:
            rank = 2
        elif (tags_of(lesson) | {lesson.cause}) & here:
            rank = 3
        elif manners and traits_of(lesson) & manners:
            rank = 4
        else:
            continue
        day = parse_day(lesson.day)
        ranked.append((rank, -lesson.helped, -(day.toordinal() if day else 0), lesson))
    ranked.sort(key=lambda entry: (*entry[:3], entry[3].id))
    return tuple(entry[3] for entry in ranked)
