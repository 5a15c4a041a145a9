"""기록: what happened at an account, and everything that one act of writing it down moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fieldsales.domain.dates import WorkDays, add_months, parse_day
from fieldsales.domain.frozen import dataclass, replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.log_effects import (
    ATTEMPTS,
    CHIPS,
    NOTE_MONTHS,
    THANKS,
    LogEntry,
    as_activity,
    chip_text,
    effects,
    kept_appointments,
    promised,
    thanks_offered,
)
from fieldsales.domain.model import (
    Account,
    Activity,
    CaseEvent,
    CaseItem,
    Changed,
    ChurnCase,
    Contact,
    Fact,
    FieldsalesError,
    History,
    Message,
    PutOff,
    Sheet,
    Signal,
    Task,
)
from fieldsales.domain.people import is_meeting, main_contact, person_name, present
from fieldsales.domain.remembered import running_case
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change

__all__ = ["LogEntry", "Logged", "attempted", "effects", "log", "put_off", "quick_done"]

_VISIT_KEYS = frozenset({"visit", "meeting", "greeting", "joint"})
_SHEETS = {"meeting": "half_year", "greeting": "greeting", "review": "quarter"}


class NoSuchAccountError(FieldsalesError):
    """The account is no longer in the book."""

    def __init__(self) -> None:
        super().__init__("work.no_account")


class PutOffError(FieldsalesError):
    """The day to put off until does not lie ahead."""

    def __init__(self) -> None:
        super().__init__("work.put_off_ahead")


class LogDayError(FieldsalesError):
    """What is written down has not happened yet, or its day is none."""

    def __init__(self) -> None:
        super().__init__("work.log_day")


@dataclass(frozen=True, slots=True)
class Logged:
    """What a log did: `tasks` are the promises made of it, `effects` what it moved, in the words of before saving."""

    changed: Changed
    activity_id: str = ""
    tasks: tuple[Task, ...] = ()
    effects: tuple[Message, ...] = ()


def log(book: Book, entry: LogEntry, now: datetime, today: date | None = None) -> Logged:
    """Write down what happened, in one act (S0-13, V5, V7).

    A visit keeps the day's appointment and the visit of an open case; an attempt is kept as such and moves nothing that
    is due. Raises NoSuchAccountError, LogDayError.
    """
    today = today or now.date()
    entry = _clean(entry, today)
    history = history_of(book, entry.account_id)
    if (day := parse_day(entry.day)) is None or day > today:
        raise LogDayError
    moved = effects(history, entry, today, book.rules())
    tasks: list[Task] = []
    with book.change("log", now) as change:
        activity = replace(as_activity(entry, today, change.new_id()))
        kept = kept_appointments(history, entry, today)
        visited = {task.id for task in kept} | set(entry.done_tasks)
        together = [
            task for task in history.tasks if task.id in visited and task.kind == "meet" and task.sheet == "joint"
        ]
        if together and is_meeting(activity):
            activity = replace(activity, joint=1)
        named = [one for one in history.cases if one.id == entry.case_id and one.state == "open"]
        case = running_case(named or history.cases)
        if case is not None:
            activity = replace(activity, case_id=case.id)
        change.add(activity)
        for promise in promised(entry, today):
            task = Task(
                id=change.new_id(),
                account_id=entry.account_id,
                contact_id=entry.contact_id,
                kind=promise.kind,
                title=promise.title,
                due_on=promise.due_on,
                due_time=promise.due_time,
                origin="log",
                promised_on=activity.day,
                activity_id=activity.id,
                case_id=activity.case_id,
                source=promise.source,
            )
            change.add(task)
            tasks.append(task)
        if activity.kind == "visit" and activity.outcome == "done" and not is_meeting(activity):
            change.add(_debrief(change.new_id(), activity))
        open_ids = {task.id for task in history.tasks if task.state == "open"}
        done = [*entry.done_tasks, *(task.id for task in kept)]
        for task_id in dict.fromkeys(done):
            if task_id in open_ids:
                change.edit(Task, task_id, state="done", done_on=activity.day)
        _into_closed_cases(book, change, [task for task in history.tasks if task.id in done], now)
        for signal in history.signals:
            if signal.id in entry.closed_signals and signal.state == "open":
                change.edit(Signal, signal.id, state="closed", closed_on=activity.day)
            elif signal.id in entry.tried_signals and signal.state == "open":
                change.edit(Signal, signal.id, tries=signal.tries + 1)
        if activity.joint and is_meeting(activity):
            from fieldsales.workflows.joint import after_joint

            after_joint(book, change, history, activity, together)
        if is_meeting(activity):
            _into_sheets(book, change, activity, now)
        for row in _attached(history, entry, activity):
            change.add(replace(row, id=change.new_id()))
        if entry.thanks and thanks_offered(history, entry, today):
            change.add(_thanks(change.new_id(), entry, activity, today, book.rules().holidays))
        if case is not None:
            known = bool(present(history, today))
            _into_case(book, change, case, activity, tasks, now, known)
    return Logged(change.changed, activity.id, tuple(tasks), moved)


def quick_done(book: Book, account_id: str, keys: Sequence[str], now: datetime, today: date | None = None) -> Logged:
    """Space on a line of 오늘: what is due there is done, without a word written.

    A call, review, meeting, visit or greeting becomes one activity of today; a promise is done; an appointment becomes
    a visit. Nothing is done of an open case and of a decision to be taken: their page opens, and the result is empty.
    """
    today = today or now.date()
    history = history_of(book, account_id)
    tasks = {task.id: task for task in history.tasks if task.state == "open"}
    chosen = [tasks[key.removeprefix("task:")] for key in keys if key.removeprefix("task:") in tasks]
    kinds = [kind for key in keys if (kind := _kind_of(key, chosen))]
    meets = [task for task in chosen if task.kind in {"meet", "greeting"}]
    done = [task for task in chosen if task.kind not in {"meet", "greeting"}]
    if kinds or meets:
        visit = "visit" in kinds or bool(meets)
        kind = "visit" if visit else "call" if "call" in kinds else "review"
        sheet = next((_SHEETS[key] for key in keys if key in _SHEETS and (key != "review" or kind == "review")), "")
        new = next((key.removeprefix("person:") for key in keys if key.startswith("person:")), "")
        contact = new or next((task.contact_id for task in chosen if task.contact_id), "") or _main_id(history, today)
        of_case = next((one for one in history.cases if any(task.case_id == one.id for task in meets)), None)
        entry = LogEntry(
            account_id=account_id,
            kind=kind,
            kind2="review" if "review" in kinds and kind != "review" else "",
            contact_id=contact,
            with_names=person_name(history, of_case.heard_from) if of_case is not None and not contact else "",
            day=today.isoformat(),
            sheet=sheet or next((task.sheet for task in meets if task.sheet), ""),
            joint=int("joint" in keys),
            done_tasks=tuple(task.id for task in (*done, *meets)),
        )
        return log(book, entry, now, today)
    if not done:
        return Logged(Changed())
    with book.change("done", now) as change:
        for task in done:
            change.edit(Task, task.id, state="done", done_on=today.isoformat())
        _into_closed_cases(book, change, done, now)
    return Logged(change.changed)


def attempted(
    book: Book,
    account_id: str,
    keys: Sequence[str],
    now: datetime,
    today: date | None = None,
    how: str = "no_answer",
    kind: str = "",
    contact_id: str = "",
    case_id: str = "",
) -> Logged:
    """m: tried and not reached. Kept as effort, in an open case on its timeline; what is due stays due (V5, S0-14).

    `how` is no_answer, no_reply or refused; without a `kind` it is what the line asked for, mostly a call.
    """
    today = today or now.date()
    history = history_of(book, account_id)
    tasks = {task.id: task for task in history.tasks if task.state == "open"}
    chosen = [tasks[key.removeprefix("task:")] for key in keys if key.removeprefix("task:") in tasks]
    who = contact_id or next((task.contact_id for task in chosen if task.contact_id), "") or _main_id(history, today)
    wanted = {_kind_of(key, chosen) for key in keys}
    entry = LogEntry(
        account_id=account_id,
        kind=kind or ("message" if how == "no_reply" else "visit" if wanted == {"visit"} else "call"),
        contact_id=who,
        day=today.isoformat(),
        time=now.strftime("%H:%M"),
        attempt=how if how in ATTEMPTS else "no_answer",
        case_id=case_id,
    )
    return log(book, entry, now, today)


def put_off(
    book: Book, account_id: str, keys: Iterable[str], until: date, now: datetime, today: date | None = None
) -> Changed:
    """s: put due things off until a day. An open case cannot be put off. Raises PutOffError for a day not ahead."""
    if until <= (today or now.date()):
        raise PutOffError
    history_of(book, account_id)
    with book.change("put_off", now) as change:
        for key in dict.fromkeys(keys):
            if key != "case":
                change.put(PutOff(natural_id("put_off", account_id, key), account_id, key, until.isoformat()))
    return change.changed


# --- parts ----------------------------------------------------------------------------------------------------------


def history_of(book: Book, account_id: str) -> History:
    """Everything about an account. Raises NoSuchAccountError."""
    if book.get(Account, account_id) is None:
        raise NoSuchAccountError
    return book.history(account_id)


def _clean(entry: LogEntry, today: date) -> LogEntry:
    return replace(
        entry,
        day=clean(entry.day) or today.isoformat(),
        time=clean(entry.time),
        heard=clean(entry.heard, long=True),
        said=clean(entry.said, long=True),
        promises=clean(entry.promises, long=True),
        note=clean(entry.note, long=True),
        with_names=clean(entry.with_names),
        place=clean(entry.place),
        by=clean(entry.by) or "me",
        note_until=clean(entry.note_until),
        chip_texts={chip: clean(text, long=True) for chip, text in entry.chip_texts.items()},
    )


def _main_id(history: History, today: date) -> str:
    contact = main_contact(history, today)
    return "" if contact is None else contact.id


def _kind_of(key: str, tasks: Sequence[Task]) -> str:
    """The kind of contact that does a due line, "" where none does: a promise, a case, a decision to be taken."""
    if key == "case" or key.startswith(("decision:", "plan:", "propose:")):
        return ""
    if key.startswith("task:") or any(key == task.id for task in tasks):
        return "visit" if any(task.id == key.removeprefix("task:") and task.kind == "meet" for task in tasks) else ""
    if key in _VISIT_KEYS or key.startswith("person:"):
        return "visit"
    return "review" if key == "review" else "call"


def _attached(history: History, entry: LogEntry, activity: Activity) -> list[Signal | Fact]:
    """The rows of the chips and marks. Ids are given when they are added."""
    rows: list[Signal | Fact] = []
    who = next((contact.name for contact in history.contacts if contact.id == entry.contact_id), "")
    signal = Signal(
        id="",
        account_id=entry.account_id,
        contact_id=entry.contact_id,
        day=activity.day,
        source=who,
        certainty="heard",
        activity_id=activity.id,
    )
    for chip in CHIPS:
        if chip not in entry.chips:
            continue
        text = chip_text(entry, chip)
        if chip == "note":
            until = parse_day(entry.note_until) or add_months(parse_day(activity.day) or date.min, NOTE_MONTHS)
            rows.append(
                Fact(
                    id="",
                    account_id=entry.account_id,
                    contact_id=entry.contact_id,
                    kind="work",
                    text=text,
                    day=activity.day,
                    expires_on=until.isoformat(),
                    source=who,
                    private=entry.note_private,
                )
            )
        elif chip == "people":
            # The person who told it is the source; the one who changed is another and mostly has no row yet.
            rows.append(replace(signal, kind=chip, level=entry.people_level, text=text, contact_id=""))
        else:
            level = entry.competitor_level if chip == "competitor" else ""
            rows.append(replace(signal, kind=chip, level=level, text=text))
    rows += [replace(signal, kind=mark) for mark in ("late", "word_changed") if mark in entry.marks]
    return rows


def _debrief(id: str, activity: Activity) -> Task:
    """A colleague was there without me: ask what was said and how it ended (S2-22, V11)."""
    return Task(
        id=id,
        account_id=activity.account_id,
        contact_id=activity.contact_id,
        kind="debrief",
        due_on=activity.day,
        origin="log",
        promised_on=activity.day,
        activity_id=activity.id,
    )


def _thanks(id: str, entry: LogEntry, activity: Activity, today: date, holidays: frozenset[str]) -> Task:
    """A word of thanks for the next working day. It is never late: gratitude is no debt (S0-28)."""
    return Task(
        id=id,
        account_id=activity.account_id,
        contact_id=activity.contact_id,
        kind="do",
        title=clean(entry.thanks),
        due_on=WorkDays(holidays).next(today + timedelta(days=1)).isoformat(),
        sheet=THANKS,
        origin="log",
        promised_on=activity.day,
        activity_id=activity.id,
    )


def _into_case(
    book: Book, change: Change, case: ChurnCase, activity: Activity, tasks: Sequence[Task], now: datetime, known: bool
) -> None:
    """What a log moves in an open case: the visit to a person fills its item, everything else joins the timeline.

    `known` says whether anybody of the account is in the book, who could have been chosen as met.
    """
    from fieldsales.domain.churn import counts_as_visit, stamp

    at = f"{activity.day}T{activity.time}" if activity.time else _moment(activity.day, now)
    events, minute = book.rows(CaseEvent, case_id=case.id), now.isoformat(timespec="minutes")
    # What happened just now never stands before what was written before; nor does what happened today by a clock that
    # was set back since.
    if at == minute or (at[:10] == minute[:10] and any(one.at > minute for one in events)):
        at = stamp(now, events)
    if activity.outcome == "attempt":
        kind, text = "attempt", activity.attempt
    else:
        kind = "visit" if counts_as_visit(activity, known) else "call" if activity.kind == "call" else "note"
        text = activity.heard or activity.said or activity.note
    change.add(CaseEvent(change.new_id(), case.id, at, kind, text, activity.id))
    items = [item for item in book.rows(CaseItem, case_id=case.id) if not item.done_at]
    filled = set()
    if kind == "visit":
        filled |= {"visit", "appointment"} | ({"heard"} if activity.heard else set())
    meeting = next((task for task in tasks if task.kind == "meet" and task.due_on), None)
    if meeting is not None:
        moment = f"{meeting.due_on}T{meeting.due_time}" if meeting.due_time else meeting.due_on
        change.edit(ChurnCase, case.id, visit_at=moment)
        filled.add("appointment")
    for item in items:
        if item.act in filled:
            change.edit(CaseItem, item.id, done_at=at)
            change.add(CaseEvent(change.new_id(), case.id, at, "ticked", item.title, item.key))


def _into_closed_cases(book: Book, change: Change, done: Sequence[Task], now: datetime) -> None:
    """What the end of a case or an account left to do, and is done now, is known there as well (S3-20)."""
    for task in done:
        if task.origin == "case":
            from fieldsales.workflows.closing import heed_done

            heed_done(book, change, task, now)


def _into_sheets(book: Book, change: Change, activity: Activity, now: datetime) -> None:
    """A visit ticks the line of the sheets that were prepared for it (S4-08)."""
    if book.rows(Sheet, account_id=activity.account_id, state="open"):
        from fieldsales.workflows.sheets import fill

        at = f"{activity.day}T{activity.time}" if activity.time else _moment(activity.day, now)
        fill(book, change, activity, {"visit"}, at)


def _moment(day: str, now: datetime) -> str:
    """The moment a log of a day stands at on a timeline: now for today, the end of the day for one before."""
    moment = now.isoformat(timespec="minutes")
    return moment if moment[:10] == day else f"{day}T23:59"


def person_changed(
    book: Book, account_id: str, level: str, now: datetime, text: str = "", new_name: str = "", left_id: str = ""
) -> Changed:
    """사람 바뀜: keeps the news, lets the one who left go, and adds the one who came as not yet met (S0-18).

    `level` is ceo, head or buyer.
    """
    history = history_of(book, account_id)
    today = now.date()
    name = clean(new_name)
    with book.change("people", now) as change:
        came = ""
        if name:
            position = max((contact.position for contact in history.contacts), default=-1) + 1
            came = change.new_id()
            change.add(
                Contact(
                    id=came,
                    account_id=account_id,
                    name=name,
                    role=level,
                    came_on=today.isoformat(),
                    position=position,
                )
            )
        if any(contact.id == left_id for contact in history.contacts):
            change.edit(Contact, left_id, left_on=(today - timedelta(days=1)).isoformat())
        change.add(
            Signal(
                id=change.new_id(),
                account_id=account_id,
                contact_id=came,
                kind="people",
                level=level,
                text=clean(text),
                day=today.isoformat(),
                certainty="heard",
            )
        )
    return change.changed
