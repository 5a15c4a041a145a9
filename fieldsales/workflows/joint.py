"""동반 방문: planned and led by me, prepared on a sheet, and what it leaves behind. Each is one act."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fieldsales.domain.boss import (
    AFTER_DAYS,
    JOINT,
    JOINT_AFTER,
    MANDATE,
    joint_planned,
    open_case,
    open_requests,
    prepare_on,
)
from fieldsales.domain.dates import parse_day
from fieldsales.domain.frozen import dataclass, replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Activity, Changed, ChurnCase, Fact, History, Sheet, SheetItem, Signal, Task
from fieldsales.domain.playbooks import Playbook
from fieldsales.domain.text import clean
from fieldsales.workflows.boss import BossDayError, NothingSaidError
from fieldsales.workflows.churn import fill, told
from fieldsales.workflows.log import history_of

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change


@dataclass(frozen=True, slots=True)
class Planned:
    """A joint visit that stands in 오늘, and the sheet it is prepared on ("" without one)."""

    task_id: str
    sheet_id: str
    changed: Changed


def plan_joint(
    book: Book,
    account_id: str,
    now: datetime,
    *,
    title: str,
    prepare: str,
    day: str = "",
    time: str = "",
    contact_id: str = "",
    purpose: str = "",
    playbook: Playbook | None = None,
    boss: str = "",
    ask: Sequence[tuple[str, str]] = (),
) -> Planned:
    """동반 방문, planned by me: an appointment, its sheet, and two days before it a line that offers the sheet
    (S2-12 to S2-17). All of it may stay open: without a day it asks for one after a week.

    `title` and `prepare` are what the two lines are called, `purpose` the words of its purpose, `ask` the people to be
    asked beforehand, by id, with the line that says so. One that is planned already is moved. Raises BossDayError.
    """
    history = history_of(book, account_id)
    if day and (parse_day(day) is None or day < now.date().isoformat()):
        raise BossDayError("boss.day_ahead")
    old = joint_planned(history)
    case = open_case(history)
    with book.change("joint", now) as change:
        task = Task(
            id=old.id if old else change.new_id(),
            account_id=account_id,
            contact_id=contact_id,
            kind="meet",
            title=clean(title),
            due_on=day,
            due_time=time if day else "",
            sheet=JOINT,
            origin=old.origin if old else "case" if case else "sheet",
            promised_on=old.promised_on if old else now.date().isoformat(),
            activity_id=old.activity_id if old else "",
            case_id=old.case_id if old else case.id if case else "",
        )
        change.put(task)
        _offer_sheet(book, change, task, clean(prepare), now)
        sheet_id = _sheet(book, change, task, playbook, boss, clean(purpose), ask, now)
        if case is not None:
            at = told(book, change, case.id, now, "boss", task.title, task.id)
            if day and not case.visit_at[:10] >= now.date().isoformat():
                change.edit(ChurnCase, case.id, visit_at=f"{day}T{time}" if time else day)
                fill(book, change, case.id, {"appointment"}, at)
    return Planned(task.id, sheet_id, change.changed)


def _offer_sheet(book: Book, change: Change, task: Task, title: str, now: datetime) -> None:
    """The line of 오늘 that offers the sheet two days before the visit (S2-15)."""
    id = natural_id("task", task.id, "prepare")
    before = prepare_on(task.due_on, now.date())
    old = book.get(Task, id)
    if not before:
        if old is not None and old.state == "open":
            change.edit(Task, id, state="dropped")
        return
    change.put(
        Task(
            id=id,
            account_id=task.account_id,
            kind="do",
            title=title,
            due_on=before,
            sheet=JOINT,
            origin="sheet",
            promised_on=task.promised_on,
            case_id=task.case_id,
        )
    )


def _sheet(
    book: Book,
    change: Change,
    task: Task,
    playbook: Playbook | None,
    boss: str,
    purpose: str,
    ask: Iterable[tuple[str, str]],
    now: datetime,
) -> str:
    """Begin the sheet of a joint visit, or bind the one that is open to it."""
    from fieldsales.workflows import sheets

    found = sheets.open_sheet(book, task.account_id, JOINT, task.id)
    day = task.due_on or (found.day if found else "") or now.date().isoformat()
    if found is None and playbook is None:
        return ""
    rows = book.rows(SheetItem, sheet_id=found.id) if found else []
    title = " · ".join(text for text in (playbook.title if playbook else "", purpose) if text)
    if found is None:
        id = sheets.sheet_id_of(book, task.account_id, JOINT, task.id) or change.new_id()
        found = Sheet(id, account_id=task.account_id, playbook=JOINT, title=title, case_id=task.case_id)
    bound = replace(found, task_id=task.id, day=day, contact_id=task.contact_id or found.contact_id)
    if purpose:
        bound = replace(bound, title=title or bound.title)
    lines: list[SheetItem] = []
    if not rows and playbook is not None:
        given = sheets.written(found)
        titles = [step.title.replace("{boss}", boss) for step in playbook.steps]
        kept = {key: text for key, text in given.items() if key not in {item.key for item in playbook.items}}
        content = json.dumps({sheets.TITLES: titles, **kept}, ensure_ascii=False)
        bound = replace(bound, playbook=playbook.name, version=playbook.version, content=content)
        lines = [
            replace(line, text=given.get(line.key, ""))
            for line in sheets.lines_of(playbook, bound.id, task.account_id, boss)
        ]
    known = {row.key for row in rows}
    last = max([row.position for row in (*rows, *lines)], default=-1)
    for contact_id, words in ask:
        key = f"ask_{contact_id}"
        if key not in known:
            last += 1
            lines.append(
                SheetItem(
                    natural_id("sheet_item", bound.id, key),
                    task.account_id,
                    bound.id,
                    key,
                    step=1,
                    position=last,
                    title=clean(words),
                    act="ask",
                )
            )
    change.put(bound)
    for line in lines:
        change.put(line)
    return bound.id


def after_joint(book: Book, change: Change, history: History, activity: Activity, kept: Iterable[Task]) -> None:
    """What the log of a joint visit moves, within its change: its sheet is no longer offered, requests for my
    manager are answered, and in a week it is asked what changed on both sides (S2-19)."""
    for task in kept:
        id = natural_id("task", task.id, "prepare")
        prepare = book.get(Task, id)
        if prepare is not None and prepare.state == "open":
            change.edit(Task, id, state="done", done_on=activity.day)
    for one in open_requests(history):
        if one.kind == "boss_asked" and one.day <= activity.day:
            change.edit(Signal, one.id, state="closed", closed_on=activity.day)
    day = parse_day(activity.day) or date.min
    change.add(
        Task(
            id=change.new_id(),
            account_id=activity.account_id,
            contact_id=activity.contact_id,
            kind="do",
            due_on=(day + timedelta(days=AFTER_DAYS)).isoformat(),
            sheet=JOINT_AFTER,
            origin="log",
            promised_on=activity.day,
            activity_id=activity.id,
            case_id=activity.case_id,
        )
    )


def keep_joint(
    book: Book,
    account_id: str,
    now: datetime,
    *,
    promises: Sequence[tuple[str, str]] = (),
    mandate: str = "",
    by: str = "",
    before: str = "",
    market: str = "",
    tag: str = "",
    tag_words: str = "",
    contact_id: str = "",
) -> Changed:
    """What a joint visit leaves: the manager's promises as tasks with their days, what was left to me in front of the
    customer, and news of the market (S2-12, S2-14, S2-18). Raises NothingSaidError.

    `promises` are titles, with the name of who gave them, and days; `by` and `before` say who left it to me and before
    whom; news of a competitor or of people also joins what the account's state is worked out from.
    """
    history = history_of(book, account_id)
    today = now.date().isoformat()
    wanted = [(clean(title), day) for title, day in promises if clean(title)]
    words, news = clean(mandate, long=True), clean(market, long=True)
    if not wanted and not words and not news:
        raise NothingSaidError
    case = open_case(history)
    with book.change("joint_kept", now) as change:
        for title, day in wanted:
            change.add(
                Task(
                    id=change.new_id(),
                    account_id=account_id,
                    contact_id=contact_id,
                    kind="give",
                    title=title,
                    due_on=day,
                    origin="log",
                    promised_on=today,
                    case_id=case.id if case else "",
                    source=clean(by),
                )
            )
        fact = Fact(change.new_id(), account_id, contact_id, day=today)
        if words:
            said_to = clean(before)
            source = " · ".join(text for text in (clean(by), said_to) if text)
            change.add(replace(fact, kind=MANDATE, text=words, source=source))
        if news:
            labelled = f"{clean(tag_words)} · {news}" if clean(tag_words) else news
            change.add(replace(fact, id=change.new_id(), kind="market", text=labelled))
        if news and tag in {"competitor", "people"}:
            change.add(
                Signal(
                    id=change.new_id(),
                    account_id=account_id,
                    contact_id=contact_id if tag == "competitor" else "",
                    kind=tag,
                    level="heard" if tag == "competitor" else "",
                    text=clean(news),
                    day=today,
                    certainty="heard",
                )
            )
    return change.changed
