"""이탈 대응: the jobs of a case, from its first tick to its close. Each is a single act that undo takes back whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.churn import CaseDraft, counts_as_visit, stamp, timeline
from fieldsales.domain.dates import add_months, parse_day
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import (
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
    Offer,
    PutOff,
    Task,
)
from fieldsales.domain.people import present
from fieldsales.domain.playbooks import Playbook, parse_playbook
from fieldsales.domain.remembered import running_case
from fieldsales.domain.text import clean
from fieldsales.domain.triggers import seen, trigger, trigger_told
from fieldsales.playbooks import find_playbook

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change


AGAIN_SECONDS = 90  # in which a second try at one account says that the first one was turned down


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


class NothingProposedError(FieldsalesError):
    """There is no proposal to set aside."""

    def __init__(self) -> None:
        super().__init__("run.nothing_proposed")


@dataclass(frozen=True, slots=True)
class Begun:
    case_id: str
    changed: Changed


def load_playbook(name: str, user_folder: Path | None = None) -> Playbook:
    """A checklist by its file name, such as `churn.ko`. Raises PlaybookError, FileNotFoundError."""
    return parse_playbook(find_playbook(name, user_folder))


def begin(
    book: Book,
    draft: CaseDraft,
    first_key: str,
    now: datetime,
    also: Callable[[Change, ChurnCase], None] | None = None,
) -> Begun:
    """The first tick: the case begins, its checklist is copied, its clock starts (S0-11). Nothing stood before.

    What was logged since we heard belongs to it: a visit to a person made before the first tick is not lost (S0-12).
    Where a case is open already, its line is ticked instead. `also` is what else is written in the same act. Raises
    VisitNeededError before anything is written.
    """
    first = next((item for item in draft.items if item.key == first_key), None)
    if first is not None and first.act == "visit":
        raise VisitNeededError
    running = running_case(book.rows(ChurnCase, account_id=draft.account_id))
    if running is not None:
        return Begun(running.id, tick(book, running.id, first_key, now))
    since = _since(book, draft)
    at = stamp(now, [CaseEvent("", at=moment_of(one)) for one in since])
    filled = {first_key: at}
    known = bool(present(book.history(draft.account_id), now.date()))
    for activity in since:
        if counts_as_visit(activity, known):
            acts = {"visit", "appointment"} | ({"heard"} if activity.heard else set())
            filled |= {item.key: moment_of(activity) for item in draft.items if item.act in acts}
    with book.change("case", now) as change:
        # Begun on two machines on one day it is one case; after a close on that day it is another.
        case_id = natural_id("churn_case", draft.account_id, at[:10])
        if book.get(ChurnCase, case_id) is not None:
            case_id = change.new_id()
        case = ChurnCase(
            id=case_id,
            account_id=draft.account_id,
            trigger=draft.trigger,
            heard_at=draft.heard_at,
            heard_from=draft.heard_from,
            heard_by=draft.heard_by,
            started_at=at,
            playbook=draft.playbook,
            version=draft.version,
            steps="\n".join(draft.steps),
            speaking=draft.speaking,
            through=draft.through,
            visit_at=draft.visit_at,
            lost_amount=draft.lost_amount,
        )
        change.add(case)
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
            kind = "call" if activity.kind == "call" else "note"
            kind = "attempt" if activity.outcome == "attempt" else "visit" if counts_as_visit(activity, known) else kind
            text = activity.attempt or activity.heard or activity.said or activity.note
            event_of(change, case_id, moment_of(activity), kind, text, activity.id)
            change.edit(Activity, activity.id, case_id=case_id)
        event_of(change, case_id, at, "opened", "", draft.trigger)
        if first is not None:
            event_of(change, case_id, at, "ticked", first.title, first.key)
        if also is not None:
            also(change, case)
    return Begun(case_id, change.changed)


def tick(book: Book, case_id: str, key: str, now: datetime) -> Changed:
    """A line is done, now. One that is done already stays as it is. Raises NoSuchCaseError, VisitNeededError."""
    item = _item(book, case_id, key)
    if item.act == "visit" and not item.done_at:
        raise VisitNeededError
    if item.done_at:
        return Changed()
    with book.change("tick", now) as change:
        change.edit(CaseItem, item.id, done_at=told(book, change, case_id, now, "ticked", item.title, key))
    return change.changed


def untick(book: Book, case_id: str, key: str, now: datetime) -> Changed:
    """A line is open again; that it had been done stays on the timeline. Raises NoSuchCaseError."""
    item = _item(book, case_id, key)
    if not item.done_at:
        return Changed()
    with book.change("untick", now) as change:
        change.edit(CaseItem, item.id, done_at="")
        told(book, change, case_id, now, "unticked", item.title, key)
    return change.changed


def note(book: Book, case_id: str, key: str, text: str, now: datetime) -> Changed:
    """Words beside a line of the checklist; with an empty key, a line of the timeline. Raises NoSuchCaseError."""
    words = clean(text, long=True)
    if key:
        item = _item(book, case_id, key)
        with book.change("case_note", now) as change:
            change.edit(CaseItem, item.id, note=words)
        return change.changed
    the_case(book, case_id)
    if not words:
        return Changed()
    with book.change("case_note", now) as change:
        told(book, change, case_id, now, "note", words)
    return change.changed


def heard(
    book: Book,
    case_id: str,
    now: datetime,
    *,
    at: str = "",
    who: str | None = None,
    how: str = "",
    speaking: int | None = None,
    through: str | None = None,
) -> Changed:
    """When, from whom and how we heard, corrected afterwards; whether we are on speaking terms, and who could ask for
    me where we are not (S0-21). What is not given stays.

    Raises BadMomentError for a moment that cannot be read or lies ahead.
    """
    case = the_case(book, case_id)
    moment = case.heard_at if at in {"", case.heard_at} else moment_that_was(at, now)
    with book.change("case_heard", now) as change:
        change.edit(
            ChurnCase,
            case_id,
            heard_at=moment,
            heard_from=case.heard_from if who is None else clean(who),
            heard_by=how or case.heard_by,
            trigger=trigger_told(how, case.trigger),
            speaking=case.speaking if speaking is None else speaking,
            through=case.through if through is None else clean(through),
        )
    return change.changed


def asked(book: Book, case_id: str, now: datetime, *, at: str = "", heard: str = "", title: str = "") -> Changed:
    """만날 시간 여쭙기: the call in which it was asked, its words as they were said, and the time fixed, in one act.

    `at` is an ISO moment, or a day; "" where none was fixed. Raises NoSuchCaseError, BadMomentError.
    """
    case = the_case(book, case_id)
    moment = _fixable(at, now) if at else ""
    with book.change("case_visit", now) as change:
        _ask(book, change, case, now, moment, heard, title)
    return change.changed


def begin_asking(
    book: Book, draft: CaseDraft, now: datetime, *, at: str = "", heard: str = "", title: str = ""
) -> Begun:
    """The same where the case begins with it. Raises BadMomentError."""
    running = running_case(book.rows(ChurnCase, account_id=draft.account_id))
    if running is not None:
        return Begun(running.id, asked(book, running.id, now, at=at, heard=heard, title=title))
    moment = _fixable(at, now) if at else ""
    key = next((item.key for item in draft.items if item.act == "appointment"), "")

    def also(change: Change, case: ChurnCase) -> None:
        _ask(book, change, case, now, moment, heard, title)

    return begin(book, draft, key, now, also)


def attempt(book: Book, case_id: str, how: str, now: datetime, kind: str = "call", contact_id: str = "") -> Changed:
    """Tried and not reached: an attempt on the account and on the timeline, counted in the report (S0-14)."""
    from fieldsales.workflows.log import attempted

    case = the_case(book, case_id)
    who = contact_id or _contact_of(book, case)
    return attempted(book, case.account_id, ("case",), now, how=how, kind=kind, contact_id=who, case_id=case_id).changed


def turned_down(book: Book, account_id: str, now: datetime, case_id: str = "") -> Changed | None:
    """m again within the minute: whoever was tried said no. None where nothing was tried just now (S0-14), or it was in
    another case of the account than this."""
    tries = [
        one
        for one in book.rows(Activity, account_id=account_id)
        if one.outcome == "attempt" and case_id in ("", one.case_id)
    ]
    last = max(tries, key=lambda one: one.id, default=None)
    if last is None or last.attempt != "no_answer":
        return None
    try:
        passed = (now - datetime.fromisoformat(moment_of(last))).total_seconds()
    except ValueError:
        return None
    if not 0 <= passed < AGAIN_SECONDS:
        return None
    with book.change("refused", now) as change:
        change.edit(Activity, last.id, attempt="refused")
        for event in book.rows(CaseEvent, ref=last.id):
            change.edit(CaseEvent, event.id, text="refused")
    return change.changed


def dismiss(book: Book, account_id: str, now: datetime) -> Changed:
    """Not this time: what the figures proposed rests until they say something new (S0-10).

    Raises NothingProposedError.
    """
    history = book.history(account_id)
    found = seen(history, now.date())
    if trigger(history, now.date()) is None:
        raise NothingProposedError
    with book.change("dismiss", now) as change:
        for one in found:
            change.put(PutOff(natural_id("put_off", account_id, one.key), account_id, one.key, one.until))
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


def moment_that_was(moment: datetime | str, now: datetime) -> str:
    """A moment that has been, as an ISO moment; the running minute has. A bare day stays one. Raises BadMomentError."""
    at = _day_or_moment(moment)
    if at > (now + timedelta(minutes=1)).isoformat(timespec="minutes"):
        raise BadMomentError
    return at


def _fixable(moment: datetime | str, now: datetime) -> str:
    """A moment to meet at, today or later; a bare day stays one."""
    at = _day_or_moment(moment)
    if at[:10] < now.date().isoformat():
        raise BadMomentError
    return at


def _ask(book: Book, change: Change, case: ChurnCase, now: datetime, moment: str, heard: str, title: str) -> None:
    stamped = stamp(now, book.rows(CaseEvent, case_id=case.id))
    call = Activity(
        id=change.new_id(),
        account_id=case.account_id,
        contact_id=_contact_of(book, case),
        kind="call",
        day=now.date().isoformat(),
        time=now.strftime("%H:%M"),
        heard=clean(heard, long=True),
        case_id=case.id,
    )
    change.add(call)
    event_of(change, case.id, stamped, "call", call.heard, call.id)
    if moment:
        _fix(book, change, case, moment, now, clean(title) or _visit_title(book, case.id))
    else:
        fill(book, change, case.id, {"appointment"}, stamped)


def _fix(book: Book, change: Change, case: ChurnCase, at: str, now: datetime, title: str) -> None:
    change.edit(ChurnCase, case.id, visit_at=at)
    stamped = told(book, change, case.id, now, "note", at, "appointment")
    fill(book, change, case.id, {"appointment"}, stamped)
    change.put(
        Task(
            id=natural_id("task", case.id, "visit"),
            account_id=case.account_id,
            contact_id=_contact_of(book, case),
            kind="meet",
            title=title,
            due_on=at[:10],
            due_time=at[11:16],
            origin="case",
            promised_on=now.date().isoformat(),
            case_id=case.id,
        )
    )


def _day_or_moment(moment: datetime | str) -> str:
    text = moment if isinstance(moment, str) else ""
    return text if len(text) == 10 and parse_day(text) else _moment(moment)


def _moment(moment: datetime | str) -> str:
    if isinstance(moment, datetime):
        return _at(moment)
    try:
        return _at(datetime.fromisoformat(clean(moment)).replace(tzinfo=None))
    except ValueError:
        raise BadMomentError from None


def the_case(book: Book, case_id: str) -> ChurnCase:
    """The case of this id. Raises NoSuchCaseError."""
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


def event_of(change: Change, case_id: str, at: str, kind: str, text: str, ref: str) -> None:
    change.add(CaseEvent(change.new_id(), case_id, at, kind, text, ref))


def told(book: Book, change: Change, case_id: str, now: datetime, kind: str, text: str, ref: str = "") -> str:
    """Write a line of the timeline within a change that is open; the moment it stands at."""
    at = stamp(now, book.rows(CaseEvent, case_id=case_id))
    event_of(change, case_id, at, kind, text, ref)
    return at


def fill(book: Book, change: Change, case_id: str, acts: Collection[str], at: str) -> None:
    """Tick the open lines that these acts fill, within a change that is open; never before what was written before."""
    if len(at) >= 16:
        at = stamp(datetime.fromisoformat(at), book.rows(CaseEvent, case_id=case_id))
    for item in book.rows(CaseItem, case_id=case_id):
        if item.act in acts and not item.done_at:
            change.edit(CaseItem, item.id, done_at=at)
            event_of(change, case_id, at, "ticked", item.title, item.key)


def heard_after_all(book: Book, change: Change, before: Activity, now: datetime) -> None:
    """Words that were added to a log: where they show that its visit met somebody, the visit of its case is done."""
    log, case = book.get(Activity, before.id), book.get(ChurnCase, before.case_id) if before.case_id else None
    if log is None or case is None or case.state != "open":
        return
    known = bool(present(book.history(case.account_id), now.date()))
    if counts_as_visit(log, known) and not counts_as_visit(before, known):
        for event in book.rows(CaseEvent, ref=log.id):
            change.edit(CaseEvent, event.id, kind="visit")
        fill(book, change, case.id, {"visit", "appointment", "heard"}, now.isoformat(timespec="minutes"))


def case_file(book: Book, case_id: str) -> CaseFile:
    """Everything the book holds about one case. Raises NoSuchCaseError."""
    case = the_case(book, case_id)
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
    """The logs after the moment we heard, earliest first, but for those of a case before. One of that day without a
    time may have been before it."""
    found = [
        one
        for one in book.rows(Activity, account_id=draft.account_id)
        if moment_of(one) >= draft.heard_at and one.time and not one.case_id
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


def visits_of(book: Book, case_id: str) -> list[Activity]:
    """The logs that belong to a case, earliest first."""
    return sorted(book.rows(Activity, case_id=case_id), key=lambda one: (one.day, one.time, one.id))
