"""What a log holds before it is saved, and what saving it will move (screen W4, "저장하면")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from fieldsales.domain.cadence import keeps, policies_of
from fieldsales.domain.dates import add_months, month_of, parse_day
from fieldsales.domain.frozen import dataclass, field
from fieldsales.domain.model import Activity, History, Message, Policy, Rules, Task
from fieldsales.domain.people import frozen_by, is_contact, is_meeting, present
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.domain.promises import Promise

CHIPS = ("complaint", "need", "competitor", "people", "note")
MARKS = ("late", "word_changed", "hard")
ATTEMPTS = ("no_answer", "no_reply", "refused")
THANKS = "thanks"  # what a task says that is a word of thanks
ORDER_DAYS = 7  # after an order, in which one is offered (S0-28)
NOTE_MONTHS = 6  # a note fades after half a year unless another day is given (S0-27, S3-03)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What the form 기록 holds. `day` is an ISO day, `time` HH:MM; `promises` is the text as typed.

    `chips` are of CHIPS and take the words of `chip_texts`, else those heard, said or noted; `marks` are of MARKS;
    `attempt`, where it is not empty, makes the log an attempt. `done_tasks` and `closed_signals` are the ids ticked
    under 그사이, `tried_signals` complaints that were answered and stay open; `task_id` is the appointment that the log
    is of, `case_id` the open case that it is written in, where the account has several; `thanks` is what a word of
    thanks that was taken up stands as in 오늘.
    """

    account_id: str
    kind: str = "visit"
    contact_id: str = ""
    day: str = ""
    time: str = ""
    heard: str = ""
    said: str = ""
    promises: str = ""
    note: str = ""
    attempt: str = ""
    kind2: str = ""
    sheet: str = ""
    with_names: str = ""
    place: str = ""
    by: str = "me"
    joint: int = 0
    two_way: int = 1
    marks: tuple[str, ...] = ()
    chips: tuple[str, ...] = ()
    chip_texts: Mapping[str, str] = field(default_factory=dict)
    competitor_level: str = "heard"  # heard, quote, replacing
    people_level: str = ""  # ceo, head, buyer
    note_until: str = ""
    note_private: int = 0
    done_tasks: tuple[str, ...] = ()
    closed_signals: tuple[str, ...] = ()
    tried_signals: tuple[str, ...] = ()
    task_id: str = ""
    case_id: str = ""
    thanks: str = ""


def as_activity(entry: LogEntry, today: date, id: str = "") -> Activity:
    """The activity that the entry becomes; without a day it happened today."""
    return Activity(
        id=id,
        account_id=entry.account_id,
        contact_id=entry.contact_id,
        kind=entry.kind,
        kind2=entry.kind2,
        day=entry.day or today.isoformat(),
        time=entry.time,
        outcome="attempt" if entry.attempt else "done",
        attempt=entry.attempt,
        heard=entry.heard,
        said=entry.said,
        note=entry.note,
        with_names=entry.with_names,
        place=entry.place,
        by=entry.by or "me",
        joint=entry.joint,
        two_way=entry.two_way,
        sheet=entry.sheet,
        marks=",".join(mark for mark in MARKS if mark in entry.marks),
        task_id=entry.task_id,
    )


def chip_text(entry: LogEntry, chip: str) -> str:
    """The words a chip keeps, in one line."""
    return clean(entry.chip_texts.get(chip) or entry.heard or entry.said or entry.note)


def promised(entry: LogEntry, today: date) -> list[Promise]:
    """The promises of the entry. Where it holds none, what reads them is not loaded: a log from a script is quick."""
    if not entry.promises:
        return []
    from fieldsales.domain.promises import read_promises

    return read_promises(entry.promises, today)


def kept_appointments(history: History, entry: LogEntry, today: date) -> tuple[Task, ...]:
    """The open appointments that a visit keeps: the one it is of, and those of its day with the same person.

    A promise of mine is never done by a visit; it is ticked under 그사이.
    """
    activity = as_activity(entry, today)
    if not is_meeting(activity):
        return ()
    kept = []
    for task in history.tasks:
        if task.state != "open" or task.kind not in {"meet", "greeting"} or task.id in entry.done_tasks:
            continue
        same_person = not task.contact_id or not entry.contact_id or task.contact_id == entry.contact_id
        if (
            task.id == entry.task_id
            or (task.kind == "greeting" and not task.due_time)
            or (task.due_on == activity.day and same_person)
        ):
            kept.append(task)
    return tuple(kept)


def thanks_offered(history: History, entry: LogEntry, today: date) -> bool:
    """Whether a log offers a word of thanks: after a meeting of mine in which nothing went wrong, or an order of the
    last week that was not thanked for (S0-28). Not in a case, nor while contact is paused or a complaint stays open;
    one that stands is enough.
    """
    activity = as_activity(entry, today)
    if activity.outcome == "attempt" or activity.by != "me" or frozen_by(history, today) is not None:
        return False
    noted = [task for task in history.tasks if task.kind == "do" and task.sheet == THANKS]
    if any(case.state == "open" for case in history.cases) or any(task.state == "open" for task in noted):
        return False
    complaints = {one.id for one in history.signals if one.kind == "complaint" and one.state == "open"}
    if "complaint" in entry.chips or complaints - set(entry.closed_signals):
        return False
    if is_meeting(activity) and not entry.marks:
        return True
    since = (today - timedelta(days=ORDER_DAYS)).isoformat()
    ordered = max((deal.day for deal in history.deals if since <= deal.day <= today.isoformat()), default="")
    return bool(ordered) and all(task.promised_on < ordered for task in noted)


def effects(history: History, entry: LogEntry, today: date, rules: Rules) -> tuple[Message, ...]:
    """What saving will move, a line each: the next meeting, the month's call, 오늘, what joins 왜, the open case."""
    activity = as_activity(entry, today)
    lines: list[Message] = []
    promises = promised(entry, today)
    kept = kept_appointments(history, entry, today)
    if activity.outcome == "attempt":
        lines.append(Message("effect.attempt"))
    elif is_contact(activity):
        lines += _rhythm(history, activity, today, rules)
    case = next((one for one in history.cases if one.state == "open"), None)
    if case is not None:
        from fieldsales.domain.churn import counts_as_visit

        known = bool(present(history, today))
        if counts_as_visit(activity, known):
            lines.append(Message("effect.case_visit"))
        elif activity.outcome == "done" and activity.kind == "visit":
            mine = is_meeting(activity)
            lines.append(Message("effect.case_needs_person" if known or not mine else "effect.case_needs_words"))
        elif activity.outcome == "done":
            lines.append(Message("effect.case_call"))
    more = len(promises) + bool(entry.thanks and thanks_offered(history, entry, today))
    if more:
        lines.append(Message("effect.more", {"n": more}))
    fewer = len(set(entry.done_tasks)) + len(kept)
    if fewer:
        lines.append(Message("effect.fewer", {"n": fewer}))
    if entry.closed_signals:
        lines.append(Message("effect.closed", {"n": len(entry.closed_signals)}))
    lines += [Message(f"effect.chip_{chip}") for chip in CHIPS if chip in entry.chips]
    return tuple(lines)


def _rhythm(history: History, activity: Activity, today: date, rules: Rules) -> list[Message]:
    in_force = policies_in_force(history, rules)
    kept = keeps(activity)
    day = parse_day(activity.day) or today
    lines = []
    if "meeting" in in_force and "meeting" in kept:
        following = add_months(day, _months(in_force["meeting"]))
        form = "effect.meeting" if following.year == today.year else "effect.meeting_next_year"
        lines.append(Message(form, {"month": month_of(following)}))
    lines += [Message(f"effect.{kind}") for kind in ("visit", "review") if kind in in_force and kind in kept]
    if "call" in in_force and "call" in kept and month_of(day) == month_of(today):
        lines.append(Message("effect.call" if _months(in_force["call"]) == 1 else "effect.call_kept"))
    return lines or [Message("effect.clock")]


def _months(policy: Policy) -> int:
    return policy.every_months or max(12 // max(policy.per_year, 1), 1)


def policies_in_force(history: History, rules: Rules) -> dict[str, Policy]:
    """The policy of each kind of contact that is due again and again at the account."""
    found = policies_of(history.account, history.policies, rules)
    return {one.kind: one for one in found if one.per_year or one.every_months}
