"""이탈 대응: the jobs of a case, from its first tick to its close. Each is a single act that undo takes back whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.churn import CaseDraft, counts_as_visit, missing_for_close, stamp, timeline
from fieldsales.domain.dates import add_months
from fieldsales.domain.frozen import dataclass, replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import (
    Account,
    Activity,
    CaseEvent,
    CaseFile,
    CaseItem,
    Cause,
    Changed,
    ChurnCase,
    Cover,
    FieldsalesError,
    Lesson,
    Message,
    Offer,
    Task,
)
from fieldsales.domain.playbooks import Playbook, parse_playbook
from fieldsales.domain.remembered import has_lesson
from fieldsales.domain.text import clean
from fieldsales.playbooks import find_playbook
from fieldsales.workflows.lessons import LessonFields, write_lesson

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change

_STATE_OF_LOSS = {"manager": "handed", "released": "released"}


class NoSuchCaseError(FieldsalesError):
    """The case is no longer in the book."""

    def __init__(self) -> None:
        super().__init__("work.no_case")


class VisitNeededError(FieldsalesError):
    """The visit of step 1 is filled by the log of a visit to a person, never by hand (S0-12)."""

    def __init__(self) -> None:
        super().__init__("churn.visit_needed")


class BadMomentError(FieldsalesError):
    """A moment that cannot be read."""

    def __init__(self) -> None:
        super().__init__("work.bad_moment")


class CloseIncompleteError(FieldsalesError):
    """A case that cannot be closed yet; `missing` says what it needs (S0-31, S3-20)."""

    def __init__(self, missing: tuple[Message, ...]) -> None:
        super().__init__(missing[0].id, **missing[0].args)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Begun:
    case_id: str
    changed: Changed


def load_playbook(name: str, user_folder: Path | None = None) -> Playbook:
    """A checklist by its file name, such as `churn.ko`. Raises PlaybookError, FileNotFoundError."""
    return parse_playbook(find_playbook(name, user_folder))


def begin(book: Book, draft: CaseDraft, first_key: str, now: datetime) -> Begun:
    """The first tick: the case begins, its checklist is copied, its clock starts (S0-11). Nothing stood before.

    What was logged since we heard belongs to it: a visit to a person made before the first tick is not lost (S0-12).
    Where a case is open already, its line is ticked instead. Raises VisitNeededError before anything is written.
    """
    first = next((item for item in draft.items if item.key == first_key), None)
    if first is not None and first.act == "visit":
        raise VisitNeededError
    opened = [case for case in book.rows(ChurnCase, account_id=draft.account_id) if case.state == "open"]
    if opened:
        case = max(opened, key=lambda one: one.started_at)
        return Begun(case.id, tick(book, case.id, first_key, now))
    at = _at(now)
    since = _since(book, draft)
    filled = {first_key: at}
    for activity in since:
        if counts_as_visit(activity):
            acts = {"visit", "appointment"} | ({"heard"} if activity.heard else set())
            filled |= {item.key: moment_of(activity) for item in draft.items if item.act in acts}
    with book.change("case", now) as change:
        case_id = change.new_id()
        change.add(
            ChurnCase(
                id=case_id,
                account_id=draft.account_id,
                trigger=draft.trigger,
                heard_at=draft.heard_at,
                heard_from=draft.heard_from,
                heard_by=draft.heard_by,
                started_at=at,
                playbook=draft.playbook,
                version=draft.version,
                speaking=draft.speaking,
                visit_at=draft.visit_at,
                lost_amount=draft.lost_amount,
            )
        )
        for item in draft.items:
            change.add(
                CaseItem(
                    id=natural_id("case_item", case_id, item.key),
                    case_id=case_id,
                    key=item.key,
                    step=item.step,
                    position=item.position,
                    title=item.title,
                    help=item.help,
                    act=item.act,
                    done_at=filled.get(item.key, ""),
                )
            )
        for activity in since:
            kind = "attempt" if activity.outcome == "attempt" else "visit" if counts_as_visit(activity) else "call"
            text = activity.attempt or activity.heard or activity.said or activity.note
            _event(change, case_id, moment_of(activity), kind, text, activity.id)
            change.edit(Activity, activity.id, case_id=case_id)
        _event(change, case_id, at, "opened", "", draft.trigger)
        if first is not None:
            _event(change, case_id, at, "ticked", first.title, first.key)
    return Begun(case_id, change.changed)


def tick(book: Book, case_id: str, key: str, now: datetime) -> Changed:
    """A line is done, now. One that is done already stays as it is. Raises NoSuchCaseError, VisitNeededError."""
    item = _item(book, case_id, key)
    if item.act == "visit" and not item.done_at:
        raise VisitNeededError
    if item.done_at:
        return Changed()
    with book.change("tick", now) as change:
        change.edit(CaseItem, item.id, done_at=_at(now))
        _event(change, case_id, _at(now), "ticked", item.title, key)
    return change.changed


def untick(book: Book, case_id: str, key: str, now: datetime) -> Changed:
    """A line is open again; that it had been done stays on the timeline. Raises NoSuchCaseError."""
    item = _item(book, case_id, key)
    if not item.done_at:
        return Changed()
    with book.change("untick", now) as change:
        change.edit(CaseItem, item.id, done_at="")
        _event(change, case_id, _at(now), "unticked", item.title, key)
    return change.changed


def note(book: Book, case_id: str, key: str, text: str, now: datetime) -> Changed:
    """Words beside a line of the checklist; with an empty key, a line of the timeline. Raises NoSuchCaseError."""
    words = clean(text, long=True)
    if key:
        item = _item(book, case_id, key)
        with book.change("case_note", now) as change:
            change.edit(CaseItem, item.id, note=words)
        return change.changed
    _case(book, case_id)
    if not words:
        return Changed()
    with book.change("case_note", now) as change:
        _event(change, case_id, _at(now), "note", words, "")
    return change.changed


def heard(
    book: Book, case_id: str, now: datetime, *, at: str = "", who: str | None = None, how: str = "", speaking: int = 1
) -> Changed:
    """When, from whom and how we heard, corrected afterwards, and whether we are on speaking terms (S0-21).

    Raises BadMomentError for a moment that cannot be read or lies ahead.
    """
    case = _case(book, case_id)
    moment = case.heard_at if not at else _moment(at)
    if moment > _at(now):
        raise BadMomentError
    with book.change("case_heard", now) as change:
        change.edit(
            ChurnCase,
            case_id,
            heard_at=moment,
            heard_from=case.heard_from if who is None else clean(who),
            heard_by=how or case.heard_by,
            speaking=speaking,
        )
    return change.changed


def fix_visit(book: Book, case_id: str, moment: datetime | str, now: datetime, title: str = "") -> Changed:
    """A time to meet is fixed: it stands in 오늘, and the line that asks for it is done.

    `title` is what the appointment is called. Raises NoSuchCaseError, BadMomentError.
    """
    case = _case(book, case_id)
    at = _moment(moment)
    if at[:10] < now.date().isoformat():
        raise BadMomentError
    with book.change("case_visit", now) as change:
        change.edit(ChurnCase, case_id, visit_at=at)
        _event(change, case_id, _at(now), "note", at, "appointment")
        for item in book.rows(CaseItem, case_id=case_id):
            if item.act == "appointment" and not item.done_at:
                change.edit(CaseItem, item.id, done_at=_at(now))
                _event(change, case_id, _at(now), "ticked", item.title, item.key)
        change.put(
            Task(
                id=natural_id("task", case_id, "visit"),
                account_id=case.account_id,
                contact_id=_contact_of(book, case),
                kind="meet",
                title=clean(title) or _visit_title(book, case_id),
                due_on=at[:10],
                due_time=at[11:16],
                origin="case",
                promised_on=now.date().isoformat(),
                case_id=case_id,
            )
        )
    return change.changed


def attempt(book: Book, case_id: str, how: str, now: datetime, kind: str = "call", contact_id: str = "") -> Changed:
    """Tried and not reached: an attempt on the account and on the timeline, counted in the report (S0-14)."""
    from fieldsales.workflows.log import attempted

    case = _case(book, case_id)
    return attempted(
        book, case.account_id, ("case",), now, how=how, kind=kind, contact_id=contact_id or _contact_of(book, case)
    ).changed


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
) -> Changed:
    """Close a case: what came of it, the farewell and one line of a lesson, which may have been written before.

    `outcome` none ends the account, which stays in the book (S3-20, S4-02); `follow_up`, where given, is asked again in
    three months. Raises NoSuchCaseError, CloseIncompleteError.
    """
    case = _case(book, case_id)
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
        closed_at=_at(now),
        note=clean(note, long=True) or case.note,
    )
    missing = missing_for_close(closed, given if has_lesson(given) else written[0] if written else None)
    if missing:
        raise CloseIncompleteError(missing)
    today = now.date()
    with book.change("case_close", now) as change:
        change.put(closed)
        if has_lesson(given):
            write_lesson(change, fields, today, account_id=case.account_id, case_id=case_id)
        for item in book.rows(CaseItem, case_id=case_id):
            if item.act == "close" and not item.done_at:
                change.edit(CaseItem, item.id, done_at=_at(now))
        _event(change, case_id, _at(now), "closed", "", outcome)
        for task in book.rows(Task, case_id=case_id):
            if task.state == "open" and task.id == natural_id("task", case_id, "visit"):
                change.edit(Task, task.id, state="dropped")
        if outcome == "none" and book.get(Account, case.account_id) is not None:
            change.edit(
                Account,
                case.account_id,
                state=_STATE_OF_LOSS.get(lost_to, "lost"),
                owner="manager" if lost_to == "manager" else "me",
                ended_on=today.isoformat(),
                lost_to=lost_to or "unknown",
                left_how=left_how,
                farewell=farewell,
            )
        if clean(follow_up):
            change.add(_follow_up(change.new_id(), case, clean(follow_up), today))
    return change.changed


def reopen(book: Book, case_id: str, now: datetime) -> Changed:
    """Open a closed case again, and the account that its close had ended. Raises NoSuchCaseError."""
    case = _case(book, case_id)
    if case.state == "open":
        return Changed()
    account = book.get(Account, case.account_id)
    with book.change("case_reopen", now) as change:
        change.edit(ChurnCase, case_id, state="open", closed_at="", outcome="")
        for item in book.rows(CaseItem, case_id=case_id):
            if item.act == "close" and item.done_at == case.closed_at:
                change.edit(CaseItem, item.id, done_at="")
        _event(change, case_id, _at(now), "opened", "", "again")
        if case.outcome == "none" and account is not None and account.ended_on == case.closed_at[:10]:
            change.edit(
                Account,
                account.id,
                state="active",
                owner="me",
                ended_on="",
                lost_to="",
                left_how="",
                farewell="",
            )
    return change.changed


def case_timeline(book: Book, case_id: str) -> list[CaseEvent]:
    """The timeline of a case, earliest first (C11)."""
    return timeline(book.rows(CaseEvent, case_id=case_id))


def cases_this_year(cases: Iterable[ChurnCase], account_id: str, today: date) -> int:
    """How many cases of other accounts began in the last twelve months (S0-08)."""
    since = add_months(today, -12).isoformat()
    return sum(case.account_id != account_id and case.started_at >= since for case in cases)


# --- parts ----------------------------------------------------------------------------------------------------------


def _at(now: datetime) -> str:
    return now.isoformat(timespec="minutes")


def _moment(moment: datetime | str) -> str:
    if isinstance(moment, datetime):
        return _at(moment)
    try:
        return _at(datetime.fromisoformat(clean(moment)).replace(tzinfo=None))
    except ValueError:
        raise BadMomentError from None


def _case(book: Book, case_id: str) -> ChurnCase:
    case = book.get(ChurnCase, case_id)
    if case is None:
        raise NoSuchCaseError
    return case


def _item(book: Book, case_id: str, key: str) -> CaseItem:
    item = book.get(CaseItem, natural_id("case_item", case_id, key))
    if item is None:
        item = next((one for one in book.rows(CaseItem, case_id=case_id) if one.key == key), None)
    if item is None:
        raise NoSuchCaseError
    return item


def _event(change: Change, case_id: str, at: str, kind: str, text: str, ref: str) -> None:
    change.add(CaseEvent(change.new_id(), case_id, at, kind, text, ref))


def told(book: Book, change: Change, case_id: str, now: datetime, kind: str, text: str, ref: str = "") -> str:
    """Write a line of the timeline within a change that is open; the moment it stands at."""
    at = stamp(now, book.rows(CaseEvent, case_id=case_id))
    _event(change, case_id, at, kind, text, ref)
    return at


def fill(book: Book, change: Change, case_id: str, acts: Collection[str], at: str) -> None:
    """Tick the open lines that these acts fill, within a change that is open."""
    for item in book.rows(CaseItem, case_id=case_id):
        if item.act in acts and not item.done_at:
            change.edit(CaseItem, item.id, done_at=at)
            _event(change, case_id, at, "ticked", item.title, item.key)


def case_file(book: Book, case_id: str) -> CaseFile:
    """Everything the book holds about one case. Raises NoSuchCaseError."""
    case = _case(book, case_id)
    return CaseFile(
        history=book.history(case.account_id),
        case=case,
        items=tuple(sorted(book.rows(CaseItem, case_id=case_id), key=lambda one: (one.step, one.position))),
        events=tuple(case_timeline(book, case_id)),
        causes=tuple(sorted(book.rows(Cause, case_id=case_id), key=lambda one: (-one.main, one.day, one.id))),
        offers=tuple(sorted(book.rows(Offer, case_id=case_id), key=lambda one: (one.day, one.id))),
        covers=tuple(book.rows(Cover, case_id=case_id)),
        visits=tuple(visits_of(book, case_id)),
        lessons=tuple(book.rows(Lesson, case_id=case_id)),
    )


def _since(book: Book, draft: CaseDraft) -> list[Activity]:
    """The logs after the moment we heard, earliest first. One of that day without a time may have been before it."""
    found = [
        one for one in book.rows(Activity, account_id=draft.account_id) if moment_of(one) >= draft.heard_at and one.time
    ]
    return sorted(found, key=moment_of)


def moment_of(activity: Activity) -> str:
    return f"{activity.day}T{activity.time}" if activity.time else activity.day


def _contact_of(book: Book, case: ChurnCase) -> str:
    """The contact who told us, "" where it was a bare name or the figures."""
    history = book.history(case.account_id)
    return case.heard_from if any(one.id == case.heard_from for one in history.contacts) else ""


def _visit_title(book: Book, case_id: str) -> str:
    return next((item.title for item in book.rows(CaseItem, case_id=case_id) if item.act == "visit"), "")


def _follow_up(id: str, case: ChurnCase, title: str, today: date) -> Task:
    return Task(
        id=id,
        account_id=case.account_id,
        kind="do",
        title=title,
        due_on=add_months(today, 3).isoformat(),
        origin="case",
        promised_on=today.isoformat(),
        case_id=case.id,
    )


def visits_of(book: Book, case_id: str) -> list[Activity]:
    """The logs that belong to a case, earliest first."""
    return sorted(book.rows(Activity, case_id=case_id), key=lambda one: (one.day, one.time, one.id))
