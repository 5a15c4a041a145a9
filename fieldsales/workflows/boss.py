"""윗분: a request for my manager, the self-check, a visit without me, a pause of contact, an account handed over.

Each is one act. Nothing of it goes into a lesson or into a text for others.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from fieldsales.domain.boss import (
    CHECKS,
    REQUEST,
    SELF_CHECK,
    answers_of,
    next_answer,
    open_case,
    open_requests,
    pause_of,
    write_answers,
)
from fieldsales.domain.dates import parse_day
from fieldsales.domain.frozen import replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import (
    Account,
    Activity,
    Changed,
    Decision,
    FieldsalesError,
    History,
    Signal,
    Task,
)
from fieldsales.domain.text import clean
from fieldsales.workflows.churn import told
from fieldsales.workflows.log import history_of

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change


class BossDayError(FieldsalesError):
    """A day that lies on the wrong side of today, or is none."""

    def __init__(self, id: str = "boss.bad_day") -> None:
        super().__init__(id)


class NothingSaidError(FieldsalesError):
    """A form of which nothing was filled in."""

    def __init__(self) -> None:
        super().__init__("boss.nothing_said")


# --- the request and the self-check ----------------------------------------------------------------------------------


def request(
    book: Book,
    account_id: str,
    now: datetime,
    *,
    words: str = "",
    contact_id: str = "",
    complaint_id: str = "",
    day: str = "",
) -> Changed:
    """윗분 요청: who asked for my manager, when and in which words; `complaint_id` is what it was about (S2-04)."""
    history = history_of(book, account_id)
    asked_on = _past(day, now)
    with book.change("boss_asked", now) as change:
        id = change.new_id()
        change.add(
            Signal(
                id=id,
                account_id=account_id,
                contact_id=contact_id,
                kind="boss_asked",
                text=clean(words),
                day=asked_on,
                certainty="confirmed",
            )
        )
        if any(one.id == complaint_id and one.kind == "complaint" for one in history.signals):
            change.edit(Signal, complaint_id, boss_asked=1)
        _tell_case(book, change, history, now, clean(words), id)
    return change.changed


def answer(book: Book, account_id: str, check: str, now: datetime) -> Changed:
    """The next answer to one of the three self-checks: so, not so, not said. For the rep alone (S2-09)."""
    history = history_of(book, account_id)
    if check not in CHECKS:
        raise ValueError(check)
    answers = answers_of(history, now.date())
    day = now.date().isoformat()
    id = natural_id("decision", account_id, SELF_CHECK, day)
    text = write_answers({**answers, check: next_answer(answers.get(check, ""))})
    with book.change("self_check", now) as change:
        change.put(Decision(id, account_id=account_id, kind=SELF_CHECK, text=text, day=day, state="closed"))
    return change.changed


# --- a visit without me ----------------------------------------------------------------------------------------------


def lone_visit(
    book: Book,
    account_id: str,
    now: datetime,
    *,
    by: str,
    day: str = "",
    contact_id: str = "",
    heard: str = "",
    ended: str = "",
    mine: str = "",
) -> Changed:
    """A colleague was there without me. What is not known yet is asked in 오늘 (S2-22, V11).

    It is not my meeting and moves no clock of mine. Raises BossDayError for a day ahead.
    """
    history = history_of(book, account_id)
    been = _past(day, now)
    case = open_case(history)
    with book.change("lone_visit", now) as change:
        activity = Activity(
            id=change.new_id(),
            account_id=account_id,
            contact_id=contact_id,
            kind="visit",
            day=been,
            by=clean(by) or "?",
            case_id=case.id if case else "",
        )
        change.add(activity)
        if case is not None:
            told(book, change, case.id, now, "note", clean(heard) or clean(by), activity.id)
        task = Task(
            id=change.new_id(),
            account_id=account_id,
            contact_id=contact_id,
            kind="debrief",
            due_on=now.date().isoformat(),
            origin="log",
            promised_on=now.date().isoformat(),
            activity_id=activity.id,
        )
        if clean(heard) or ended:
            change.add(replace(task, state="done", done_on=now.date().isoformat()))
            _debriefed(change, activity, heard, ended, mine, now)
        else:
            change.add(task)
            if clean(mine):
                change.edit(Activity, activity.id, note=clean(mine, long=True))
    return change.changed


def debrief(
    book: Book, task_id: str, now: datetime, *, heard: str = "", ended: str = "", mine: str = "", ended_words: str = ""
) -> Changed:
    """What was said on a visit without me, how it ended (`good`, `same`, `angry`) and my own call (S2-22).

    Anger becomes an open complaint, so that the account's state shows it. Raises NothingSaidError.
    """
    task = book.get(Task, task_id)
    if task is None or task.kind != "debrief":
        raise NothingSaidError
    if not (clean(heard) or ended or clean(mine)):
        raise NothingSaidError
    activity = book.get(Activity, task.activity_id) if task.activity_id else None
    with book.change("debrief", now) as change:
        change.edit(Task, task_id, state="done", done_on=now.date().isoformat())
        if activity is None:
            activity = Activity(change.new_id(), task.account_id, task.contact_id, "note", day=now.date().isoformat())
            change.add(activity)
        _debriefed(change, activity, heard, ended, mine, now)
    return change.changed


def _debriefed(change: Change, activity: Activity, heard: str, ended: str, mine: str, now: datetime) -> None:
    said, own = clean(heard, long=True), clean(mine, long=True)
    columns = {name: text for name, text in (("heard", said), ("note", own)) if text}
    if columns:
        change.edit(Activity, activity.id, **columns)
    if ended == "angry":
        change.add(
            Signal(
                id=change.new_id(),
                account_id=activity.account_id,
                contact_id=activity.contact_id,
                kind="complaint",
                text=clean(heard) or clean(mine),
                day=activity.day,
                source=activity.by if activity.by != "me" else "",
                certainty="heard",
                activity_id=activity.id,
            )
        )
    elif ended == "good":
        change.add(
            Signal(
                id=change.new_id(),
                account_id=activity.account_id,
                contact_id=activity.contact_id,
                kind="thanks",
                day=activity.day,
                state="closed",
                closed_on=now.date().isoformat(),
                source=activity.by if activity.by != "me" else "",
                certainty="heard",
                activity_id=activity.id,
            )
        )


# --- a pause of contact ----------------------------------------------------------------------------------------------


def pause_contact(
    book: Book,
    account_id: str,
    now: datetime,
    by: str = "",
    until: date | None = None,
    since: date | None = None,
    condition: str = "",
) -> Changed:
    """연락 멈춤: contact is paused by order; due calls rest, the clocks go on (S2-23).

    `condition` is until what it holds where no day was said. One that holds already is corrected. Raises BossDayError.
    """
    history = history_of(book, account_id)
    today = now.date()
    begun = since or today
    if begun > today or (until is not None and until < today):
        raise BossDayError("boss.pause_days")
    old = pause_of(history, today)
    with book.change("freeze", now) as change:
        columns: dict[str, Any] = {
            "by": clean(by) or (old.by if old else ""),
            "day": begun.isoformat() if since or old is None else old.day,
            "until": until.isoformat() if until else "",
            "text": clean(condition),
        }
        if old is not None:
            change.edit(Decision, old.id, **columns)
        else:
            pause = replace(Decision(change.new_id(), account_id, kind="freeze"), **columns)
            change.add(pause)
            case = open_case(history)
            if case is not None:
                told(book, change, case.id, now, "freeze", pause.by, pause.id)
    return change.changed


def resume_contact(book: Book, account_id: str, now: datetime) -> Changed:
    """The pause is over. What rested stands in 오늘 again."""
    history = history_of(book, account_id)
    found = [one for one in history.decisions if one.kind == "freeze" and one.state == "open"]
    if not found:
        return Changed()
    with book.change("resume", now) as change:
        for one in found:
            change.edit(Decision, one.id, state="closed", until=now.date().isoformat())
        case = open_case(history)
        if case is not None:
            told(book, change, case.id, now, "freeze", "", "over")
    return change.changed


def proposed(book: Book, account_id: str, now: datetime) -> Changed:
    """A proposal was given to my manager: it is a plan, and it is kept as effort (S2-24). Once a day."""
    history = history_of(book, account_id)
    with book.change("proposed", now) as change:
        keep_proposal(book, change, history, now)
    return change.changed


def keep_proposal(book: Book, change: Change, history: History, now: datetime) -> None:
    """Keep, within a change that is open, that a proposal was given today."""
    day, case = now.date().isoformat(), open_case(history)
    task = Task(
        id=natural_id("task", history.account.id, REQUEST, day),
        account_id=history.account.id,
        kind="do",
        due_on=day,
        state="done",
        done_on=day,
        sheet=REQUEST,
        origin="case" if case else "log",
        promised_on=day,
        case_id=case.id if case else "",
    )
    if book.get(Task, task.id) is None:
        change.put(task)


# --- whose customer it is --------------------------------------------------------------------------------------------


def hand_over(book: Book, account_id: str, now: datetime, *, by: str = "", reason: str = "") -> Changed:
    """이관: the account is my manager's from now on; my rhythm rests, promises stay mine (S2-05, S2-07, A17)."""
    history = history_of(book, account_id)
    if history.account.owner == "manager":
        return Changed()
    with book.change("handover", now) as change:
        change.edit(Account, account_id, owner="manager", state="handed")
        change.add(
            Decision(
                id=change.new_id(),
                account_id=account_id,
                kind="handover",
                text=clean(reason),
                by=clean(by),
                day=now.date().isoformat(),
            )
        )
        for one in open_requests(history):
            if one.kind == "boss_asked":
                change.edit(Signal, one.id, state="closed", closed_on=now.date().isoformat())
        _tell_case(book, change, history, now, clean(by), "handover")
    return change.changed


def take_back(book: Book, account_id: str, now: datetime) -> Changed:
    """The account is mine again, and so is its rhythm."""
    history = history_of(book, account_id)
    if history.account.owner != "manager" and history.account.state != "handed":
        return Changed()
    with book.change("take_back", now) as change:
        ended = history.account.lost_to == "manager"
        change.edit(
            Account,
            account_id,
            owner="me",
            state="active",
            ended_on="" if ended else history.account.ended_on,
            lost_to="" if ended else history.account.lost_to,
        )
        for one in history.decisions:
            if one.kind == "handover" and one.state == "open":
                change.edit(Decision, one.id, state="closed", until=now.date().isoformat())
        _tell_case(book, change, history, now, "", "take_back")
    return change.changed


# --- parts -----------------------------------------------------------------------------------------------------------


def _past(day: str, now: datetime) -> str:
    """A day up to today, today where none was said. Raises BossDayError."""
    today = now.date().isoformat()
    if day and (parse_day(day) is None or day > today):
        raise BossDayError("boss.day_past")
    return day or today


def _tell_case(book: Book, change: Change, history: History, now: datetime, text: str, ref: str) -> None:
    case = open_case(history)
    if case is not None:
        told(book, change, case.id, now, "boss", text, ref)
