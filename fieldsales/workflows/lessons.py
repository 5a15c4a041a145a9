"""오답노트: lessons written, kept in sight, and turned into something to do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fieldsales.domain.churn import stamp
from fieldsales.domain.dates import parse_day
from fieldsales.domain.frozen import dataclass, replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.lessons import (
    CHECK,
    CHECK_DAYS,
    REVIEW_SETTING,
    has_lesson,
    next_review,
    open_promises,
    situation_of,
    tagged,
    traits,
)
from fieldsales.domain.model import (
    CaseEvent,
    CaseItem,
    Cause,
    Changed,
    ChurnCase,
    Contact,
    FieldsalesError,
    Lesson,
    Task,
)
from fieldsales.domain.promises import read_promises
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change


class EmptyLessonError(FieldsalesError):
    """Nothing was written; one field is enough."""

    def __init__(self) -> None:
        super().__init__("work.lesson_empty")


class NoSuchLessonError(FieldsalesError):
    """The lesson is no longer in the book."""

    def __init__(self) -> None:
        super().__init__("work.no_lesson")


@dataclass(frozen=True, slots=True)
class LessonFields:
    """What the form 복기 holds (S0-31). `todo` may name a day: it becomes something to do until then."""

    line: str = ""
    next_time: str = ""
    unknown: str = ""
    missed: str = ""
    mistake: str = ""
    should_say: str = ""
    should_not_say: str = ""
    once_more: str = ""
    went_well: str = ""
    todo: str = ""
    feeling: str = ""
    cause: str = ""
    tags: str = ""
    pinned: int = 0

    def as_lesson(self, id: str) -> Lesson:
        values: dict[str, Any] = dict(self.texts())
        return Lesson(id=id, pinned=self.pinned, **values)

    def texts(self) -> dict[str, str]:
        """The fields of words, cleaned."""
        fields = asdict(self)
        del fields["pinned"]
        return {name: clean(text, long=name not in {"line", "cause", "tags"}) for name, text in fields.items()}

    def is_empty(self) -> bool:
        texts = self.texts()
        return not any(text for name, text in texts.items() if name not in {"cause", "tags"})


@dataclass(frozen=True, slots=True)
class SavedLesson:
    lesson_id: str
    changed: Changed


def save_lesson(
    book: Book,
    fields: LessonFields,
    now: datetime,
    *,
    account_id: str = "",
    contact_id: str = "",
    case_id: str = "",
    lesson_id: str = "",
    todo_done: bool = False,
) -> SavedLesson:
    """Write a lesson, or an existing one anew; one field is enough (S0-31, S0-32).

    How the person it is about is goes along as tags, so that it comes back where somebody is alike (S0-34). In a case
    the lines of its checklist that ask for a lesson, and for the line kept in sight, are filled. With `todo_done` what
    it asked to do is done. Raises EmptyLessonError, NoSuchLessonError.
    """
    if fields.is_empty():
        raise EmptyLessonError
    old = _lesson(book, lesson_id) if lesson_id else None
    contact = book.get(Contact, contact_id) if contact_id else None
    if contact is not None:
        found = sorted(traits(f"{contact.temper}\n{contact.mends}"))
        fields = replace(fields, tags=tagged(fields.tags, situation_of(fields.tags), found))
    with book.change("lesson", now) as change:
        if old is None:
            id = write_lesson(change, fields, now.date(), account_id=account_id, contact_id=contact_id, case_id=case_id)
        else:
            id = old.id
            change.edit(Lesson, id, pinned=fields.pinned, **fields.texts())
            _prevent(book, change, replace(old, todo=fields.texts()["todo"]), now.date())
        if todo_done:
            _promise_kept(book, change, id, now.date())
        _tick(book, change, replace(fields.as_lesson(id), case_id=old.case_id if old else case_id), now)
    return SavedLesson(id, change.changed)


def choose_line(book: Book, case_id: str, account_id: str, line: str, now: datetime) -> SavedLesson:
    """The one line of a case that is kept in sight: of its newest lesson, or of a new one (S0-34).

    Raises EmptyLessonError.
    """
    text = clean(line)
    if not text:
        raise EmptyLessonError
    written = sorted(book.rows(Lesson, case_id=case_id), key=lambda one: (one.day, one.id))
    if not written:
        return save_lesson(book, LessonFields(line=text, pinned=1), now, account_id=account_id, case_id=case_id)
    with book.change("lesson", now) as change:
        change.edit(Lesson, written[-1].id, line=text, pinned=1)
        _tick(book, change, replace(written[-1], line=text), now)
    return SavedLesson(written[-1].id, change.changed)


def write_lesson(
    change: Change, fields: LessonFields, today: date, *, account_id: str = "", contact_id: str = "", case_id: str = ""
) -> str:
    """Add a lesson and its task within a change that is open; returns its id."""
    lesson = replace(
        fields.as_lesson(change.new_id()),
        account_id=account_id,
        contact_id=contact_id,
        case_id=case_id,
        day=today.isoformat(),
    )
    change.add(lesson)
    if lesson.todo:
        change.add(_task(lesson, today))
        change.add(_look_again(_task(lesson, today), today))
    return lesson.id


def of_case(book: Book, case: ChurnCase, fields: LessonFields) -> LessonFields:
    """The fields of a lesson written in a case, with what it is about where that was not said: the main cause, that a
    case was open, and how the person is (S0-32). So it comes back in the next one (S0-34)."""
    causes = sorted(book.rows(Cause, case_id=case.id), key=lambda one: (-one.main, one.id))
    contact = book.get(Contact, case.heard_from) if case.heard_from else None
    found = sorted(traits(f"{contact.temper}\n{contact.mends}")) if contact is not None else []
    return replace(
        fields,
        cause=fields.cause or (causes[0].kind if causes else ""),
        tags=tagged(fields.tags, situation_of(fields.tags) or "churn", found),
    )


def pin(book: Book, lesson_id: str, now: datetime) -> Changed:
    """Keep a lesson in sight (S0-34)."""
    return _flag(book, lesson_id, now, 1)


def unpin(book: Book, lesson_id: str, now: datetime) -> Changed:
    return _flag(book, lesson_id, now, 0)


def helped(book: Book, lesson_id: str, now: datetime) -> Changed:
    """It was of use: such lessons come first, and only they stand on the first screen of a case (L3)."""
    lesson = _lesson(book, lesson_id)
    with book.change("lesson_helped", now) as change:
        change.edit(Lesson, lesson.id, helped=lesson.helped + 1)
    return change.changed


def kept(book: Book, lesson_id: str, now: datetime) -> Changed:
    """지켰어요: the review clock asks again after a longer while (L4)."""
    lesson = _lesson(book, lesson_id)
    with book.change("lesson_review", now) as change:
        reviews = lesson.reviews + 1
        change.edit(Lesson, lesson.id, reviews=reviews, review_on=next_review(reviews, now.date()))
    return change.changed


def next_time(book: Book, lesson_id: str, now: datetime) -> Changed:
    """다음에: it asks again in a week, and nothing is held against anybody (L4)."""
    lesson = _lesson(book, lesson_id)
    with book.change("lesson_review", now) as change:
        change.edit(Lesson, lesson.id, reviews=0, review_on=next_review(0, now.date()))
    return change.changed


def switch_review(book: Book, now: datetime) -> bool:
    """Switch the review clock on, from today, or off again; whether it is on now (L4). It is off unless asked for."""
    on = not book.setting(REVIEW_SETTING)
    with book.change("setting", now) as change:
        change.set(REVIEW_SETTING, now.date().isoformat() if on else "")
    return on


def _flag(book: Book, lesson_id: str, now: datetime, pinned: int) -> Changed:
    _lesson(book, lesson_id)
    with book.change("pin" if pinned else "unpin", now) as change:
        change.edit(Lesson, lesson_id, pinned=pinned)
    return change.changed


def _lesson(book: Book, lesson_id: str) -> Lesson:
    found = book.get(Lesson, lesson_id)
    if found is None:
        raise NoSuchLessonError
    return found


def _task(lesson: Lesson, today: date) -> Task:
    """What the lesson asks to do. Its words are mine, so whatever kind they read as, it is something to prevent."""
    found = read_promises(lesson.todo, today)
    title, due_on, due_time = lesson.todo, "", ""
    if found:
        title, due_on, due_time = found[0].title, found[0].due_on, found[0].due_time
    return Task(
        id=natural_id("task", lesson.id, "prevent"),
        account_id=lesson.account_id,
        contact_id=lesson.contact_id,
        kind="prevent",
        title=clean(title),
        due_on=due_on,
        due_time=due_time,
        origin="lesson",
        promised_on=today.isoformat(),
        case_id=lesson.case_id,
        lesson_id=lesson.id,
        source=clean(lesson.todo),
    )


def _look_again(task: Task, today: date) -> Task:
    """The look at a promise to oneself thirty days after it was to be kept (L6)."""
    day = max(parse_day(task.due_on) or today, today) + timedelta(days=CHECK_DAYS)
    return replace(
        task,
        id=natural_id("task", task.lesson_id, CHECK),
        sheet=CHECK,
        due_on=day.isoformat(),
        due_time="",
    )


def _prevent(book: Book, change: Change, lesson: Lesson, today: date) -> None:
    """Bring the lesson's tasks in line with its words: changed, added, or dropped when they are gone."""
    task = _task(lesson, today)
    for new in (task, _look_again(task, today)):
        old = book.get(Task, new.id)
        if not lesson.todo:
            if old is not None and old.state == "open":
                change.edit(Task, old.id, state="dropped")
        elif old is None:
            change.add(new)
        elif old.source != new.source:
            change.edit(
                Task, old.id, title=new.title, due_on=new.due_on, due_time=new.due_time, source=new.source, state="open"
            )


def _promise_kept(book: Book, change: Change, lesson_id: str, today: date) -> None:
    """The promise that stands next is done: first what is to be done, then the look at it."""
    task = open_promises(book.rows(Task, lesson_id=lesson_id)).get(lesson_id)
    if task is not None:
        change.edit(Task, task.id, state="done", done_on=today.isoformat())


def _tick(book: Book, change: Change, lesson: Lesson, now: datetime) -> None:
    """Fill the lines of the case's checklist that a lesson fills, while the case is open."""
    case = book.get(ChurnCase, lesson.case_id) if lesson.case_id else None
    if case is None or case.state != "open":
        return
    from fieldsales.workflows import churn  # that one writes lessons, too

    acts = ({"lesson"} if has_lesson(lesson) else set()) | ({"line"} if lesson.line else set())
    waiting = [item for item in book.rows(CaseItem, case_id=case.id) if item.act in acts and not item.done_at]
    if waiting:
        at = stamp(now, book.rows(CaseEvent, case_id=case.id))
        churn.fill(book, change, case.id, acts, at)
