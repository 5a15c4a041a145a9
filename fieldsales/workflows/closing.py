"""The end of a case and what comes after it: the close, the farewell, opening it again, and trade that came back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fieldsales.domain.churn import missing_for_close
from fieldsales.domain.dates import WorkDays, add_months
from fieldsales.domain.frozen import replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.lessons import has_lesson
from fieldsales.domain.model import Account, CaseItem, Changed, ChurnCase, FieldsalesError, Lesson, Message, Rules, Task
from fieldsales.domain.text import clean
from fieldsales.workflows.churn import fill, the_case, told
from fieldsales.workflows.lessons import LessonFields, of_case, write_lesson

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change

STATE_OF_LOSS = {"manager": "handed", "released": "released"}  # by whom or what it was lost to; else `lost`
GONE = frozenset({"lost", "released", "handed"})
ASK_AGAIN_MONTHS = 3  # after a case of which only a part came back
# What a close puts among the things to do, by the last part of its id.
_LEFT_TO_DO = ("farewell", "again")


class CloseIncompleteError(FieldsalesError):
    """A case that cannot be closed yet; `missing` says what it needs (S0-31, S3-20)."""

    def __init__(self, missing: tuple[Message, ...]) -> None:
        super().__init__(missing[0].id, **missing[0].args)
        self.missing = missing


class NotGoneError(FieldsalesError):
    """Trade can begin again only with an account that had left."""

    def __init__(self) -> None:
        super().__init__("closing.not_gone")


def close(
    book: Book,
    case_id: str,
    now: datetime,
    *,
    outcome: str,
    farewell: str,
    lost_to: str = "",
    left_how: str = "",
    lesson: LessonFields | None = None,
    lesson_line: str = "",
    note: str = "",
    follow_up: str = "",
    farewell_title: str = "",
) -> Changed:
    """Close a case: what came of it, the farewell and one line of a lesson, which may have been written before.

    `outcome` none ends the account, which stays in the book with all its history (S2-28, S3-20, S4-02); 다시 인사 comes
    by itself after 3, 6 and 12 months (S3-21). `follow_up`, where given, is asked again in three months; a farewell
    that is planned stands in 오늘 from the next working day on, called `farewell_title`. Raises NoSuchCaseError,
    CloseIncompleteError.
    """
    case = the_case(book, case_id)
    fields = lesson or LessonFields()
    if lesson_line:
        fields = replace(fields, line=fields.line or lesson_line)
    given = fields.as_lesson("")
    written = [one for one in book.rows(Lesson, case_id=case_id) if has_lesson(one)]
    closed = replace(
        case,
        state="closed",
        outcome=outcome,
        farewell=farewell,
        lost_to=lost_to,
        left_how=left_how,
        note=clean(note, long=True) or case.note,
    )
    missing = missing_for_close(closed, given if has_lesson(given) else written[0] if written else None)
    if missing:
        raise CloseIncompleteError(missing)
    today = now.date()
    with book.change("case_close", now) as change:
        at = told(book, change, case_id, now, "closed", "", outcome)
        change.put(replace(closed, closed_at=at))
        if has_lesson(given):
            fields = of_case(book, case, fields)
            write_lesson(change, fields, today, account_id=case.account_id, case_id=case_id)
        acts = {"close"} | ({"farewell"} if farewell == "done" else set())
        for item in book.rows(CaseItem, case_id=case_id):
            if item.act in acts and not item.done_at:
                change.edit(CaseItem, item.id, done_at=at)
        visit = book.get(Task, natural_id("task", case_id, "visit"))
        if visit is not None and visit.state == "open":
            change.edit(Task, visit.id, state="dropped")
        if outcome == "none" and book.get(Account, case.account_id) is not None:
            change.edit(
                Account,
                case.account_id,
                state=STATE_OF_LOSS.get(lost_to, "lost"),
                owner="manager" if lost_to == "manager" else "me",
                ended_on=at[:10],
                lost_to=lost_to or "unknown",
                left_how=left_how,
                farewell=farewell,
            )
        if farewell == "planned" and clean(farewell_title):
            change.put(farewell_task(case.account_id, case_id, clean(farewell_title), today, book.rules()))
        if clean(follow_up):
            again = add_months(today, ASK_AGAIN_MONTHS)
            change.put(_task(case.account_id, case_id, "again", clean(follow_up), again, today))
    return change.changed


def heed_done(book: Book, change: Change, task: Task, now: datetime) -> None:
    """A farewell that was planned, and is done in 오늘, is said: the case and its account know it too (S3-20)."""
    if task.id != natural_id("task", task.case_id or task.account_id, "farewell"):
        return
    case = book.get(ChurnCase, task.case_id) if task.case_id else None
    if case is not None:
        _said(book, change, case, now)
    elif book.get(Account, task.account_id) is not None:
        change.edit(Account, task.account_id, farewell="done")


def _said(book: Book, change: Change, case: ChurnCase, now: datetime) -> None:
    change.edit(ChurnCase, case.id, farewell="done")
    account = book.get(Account, case.account_id)
    if account is not None and case.state == "closed" and account.state in GONE:
        change.edit(Account, account.id, farewell="done")
    fill(book, change, case.id, {"farewell"}, now.isoformat(timespec="minutes"))


def reopen(book: Book, case_id: str, now: datetime) -> Changed:
    """Open a closed case again, and the account that its close had ended. Nothing that was written goes: that it was
    closed, and how, stays on the timeline. Raises NoSuchCaseError.
    """
    case = the_case(book, case_id)
    if case.state == "open":
        return Changed()
    account = book.get(Account, case.account_id)
    with book.change("case_reopen", now) as change:
        change.edit(ChurnCase, case_id, state="open", closed_at="", outcome="")
        for item in book.rows(CaseItem, case_id=case_id):
            if item.act == "close" and item.done_at == case.closed_at:
                change.edit(CaseItem, item.id, done_at="")
        told(book, change, case_id, now, "opened", "", "again")
        for name in _LEFT_TO_DO:
            task = book.get(Task, natural_id("task", case_id, name))
            if task is not None and task.state == "open":
                change.edit(Task, task.id, state="dropped")
        if _ended_by(case, account):
            change.edit(
                Account, case.account_id, state="active", owner="me", ended_on="", lost_to="", left_how="", farewell=""
            )
    return change.changed


def move_close(book: Book, change: Change, case_id: str, at: str, moment: str) -> None:
    """A case that was closed `at` was closed at another `moment`: so were its last lines, and so its account left."""
    case = book.get(ChurnCase, case_id)
    if case is None or case.closed_at != at:  # it is of a close that was taken back
        return
    change.edit(ChurnCase, case_id, closed_at=moment)
    for item in book.rows(CaseItem, case_id=case_id):
        if item.act in {"close", "farewell"} and item.done_at == at:
            change.edit(CaseItem, item.id, done_at=moment)
    if _ended_by(case, book.get(Account, case.account_id)):
        change.edit(Account, case.account_id, ended_on=moment[:10])


def _ended_by(case: ChurnCase, account: Account | None) -> bool:
    """Whether it was the close of this case that ended the account."""
    ended = account is not None and account.state in GONE and account.ended_on == case.closed_at[:10]
    return case.outcome == "none" and ended


def last_closed(book: Book, account_id: str) -> ChurnCase | None:
    """The account's case that was closed last, None where none is closed or one is open."""
    cases = book.rows(ChurnCase, account_id=account_id)
    if any(case.state == "open" for case in cases):
        return None
    return max((one for one in cases if one.state == "closed"), key=lambda one: (one.closed_at, one.id), default=None)


def won_back(book: Book, account_id: str, now: datetime, *, told_as: str = "") -> Changed:
    """재거래: an account that had left is dealt with again. The day it left and why stay beside the day it came back
    (S3-21). `told_as` is what the timeline of its last case says. Raises NotGoneError.
    """
    account = book.get(Account, account_id)
    if account is None or account.state not in GONE:
        raise NotGoneError
    case = last_closed(book, account_id)
    with book.change("account_back", now) as change:
        change.edit(Account, account_id, state="active", owner="me", won_back_on=now.date().isoformat())
        if case is not None:
            task = book.get(Task, natural_id("task", case.id, "farewell"))
            if task is not None and task.state == "open":
                change.edit(Task, task.id, state="dropped")
            if clean(told_as):
                told(book, change, case.id, now, "note", clean(told_as), "won_back")
    return change.changed


# --- parts ----------------------------------------------------------------------------------------------------------


def farewell_task(account_id: str, case_id: str, title: str, today: date, rules: Rules) -> Task:
    """What stands in 오늘 from the next working day on where the farewell is planned (S3-20)."""
    tomorrow = WorkDays(rules.holidays).next(today + timedelta(days=1))
    return _task(account_id, case_id, "farewell", title, tomorrow, today)


def _task(account_id: str, case_id: str, name: str, title: str, due_on: date, today: date) -> Task:
    return Task(
        id=natural_id("task", case_id or account_id, name),
        account_id=account_id,
        kind="do",
        title=title,
        due_on=due_on.isoformat(),
        origin="case",
        promised_on=today.isoformat(),
        case_id=case_id,
    )
