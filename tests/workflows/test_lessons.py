"""오답노트 on a real file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.ids import natural_id
from fieldsales.domain.lessons import REVIEW_SETTING, asked_again
from fieldsales.domain.model import CaseEvent, CaseItem, Cause, ChurnCase, Contact, Lesson, Task
from fieldsales.domain.standing import assess
from fieldsales.storage.book import Book
from fieldsales.workflows.closing import close
from fieldsales.workflows.lessons import (
    EmptyLessonError,
    LessonFields,
    NoSuchLessonError,
    choose_line,
    helped,
    kept,
    next_time,
    pin,
    save_lesson,
    switch_review,
    unpin,
)
from fieldsales.workflows.log import quick_done


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


def tasks(book: Book) -> list[Task]:
    """What is to be done first, then the look at it."""
    return sorted(book.rows(Task), key=lambda task: task.sheet)


def begun(book: Book, now: datetime = NOW) -> str:
    """A case of the account, with lines that a lesson fills."""
    with book.change("setup", now) as change:
        change.add(ChurnCase("k", "a", heard_at="2026-11-20T09:12", started_at="2026-11-20T09:20"))
        for position, act in enumerate(("lesson", "line", "close")):
            change.add(
                CaseItem(natural_id("case_item", "k", act), "k", act, step=4, position=position, title=act, act=act)
            )
    return "k"


def ticked(book: Book) -> dict[str, str]:
    return {item.key: item.done_at for item in book.rows(CaseItem, case_id="k") if item.done_at}


@pytest.mark.parametrize(
    "field",
    ["line", "next_time", "unknown", "missed", "mistake", "should_say", "should_not_say", "once_more", "went_well",
     "todo", "feeling"],
)  # fmt: skip
def test_any_one_field_is_enough(book: Book, field: str) -> None:
    """S0-31: seven questions, one answer."""
    saved = save_lesson(book, LessonFields(**{field: "바로 인사를 간다"}), NOW, account_id="a")  # type: ignore[arg-type]
    lesson = book.get(Lesson, saved.lesson_id)
    assert lesson is not None
    assert (getattr(lesson, field), lesson.day, lesson.account_id) == ("바로 인사를 간다", DAY, "a")


def test_an_empty_lesson_is_refused(book: Book) -> None:
    for fields in (LessonFields(), LessonFields(line=" \n\x07"), LessonFields(cause="fees", tags="complaint")):
        with pytest.raises(EmptyLessonError):
            save_lesson(book, fields, NOW)
    assert book.rows(Lesson) == []


def test_what_is_to_be_done_becomes_a_task_with_its_day(book: Book) -> None:
    """S0-32, L6."""
    saved = save_lesson(book, LessonFields(todo="12월 10일까지 대표 바뀐 곳 찾아보기"), NOW, account_id="a")
    (task,) = book.rows(Task, sheet="")
    assert (task.kind, task.title, task.due_on, task.lesson_id) == (
        "prevent",
        "대표 바뀐 곳 찾아보기",
        "2026-12-10",
        saved.lesson_id,
    )


def test_the_task_follows_its_lesson(book: Book) -> None:
    first = save_lesson(book, LessonFields(line="한 줄", todo="12월 10일까지 찾아보기"), NOW)
    save_lesson(book, LessonFields(line="한 줄", todo="12월 11일까지 찾아보기"), NOW, lesson_id=first.lesson_id)
    assert [(task.due_on, task.state) for task in tasks(book)] == [("2026-12-11", "open"), ("2027-01-10", "open")]
    save_lesson(book, LessonFields(line="다른 줄"), NOW, lesson_id=first.lesson_id)
    assert [task.state for task in book.rows(Task)] == ["dropped", "dropped"]
    assert [(lesson.line, lesson.todo) for lesson in book.rows(Lesson)] == [("다른 줄", "")]


def test_a_done_task_stays_done_when_the_lesson_is_only_reworded(book: Book) -> None:
    first = save_lesson(book, LessonFields(line="한 줄", todo="찾아보기"), NOW)
    task = tasks(book)[0]
    with book.change("done", NOW) as change:
        change.edit(Task, task.id, state="done", done_on=DAY)
    save_lesson(book, LessonFields(line="다시 쓴 줄", todo="찾아보기"), NOW, lesson_id=first.lesson_id)
    assert [one.state for one in tasks(book)] == ["done", "open"]


def test_a_lesson_is_kept_in_sight_and_let_go(book: Book) -> None:
    """S0-34."""
    id = save_lesson(book, LessonFields(line="한 줄"), NOW).lesson_id
    pin(book, id, NOW)
    shown = book.pinned_lesson(NOW.date())
    assert shown is not None
    assert shown.id == id
    unpin(book, id, NOW)
    assert book.pinned_lesson(NOW.date()) is None


def test_help_is_counted(book: Book) -> None:
    id = save_lesson(book, LessonFields(line="한 줄", todo="찾아보기"), NOW).lesson_id
    helped(book, id, NOW)
    helped(book, id, NOW)
    lesson = book.get(Lesson, id)
    assert lesson is not None
    assert lesson.helped == 2
    with pytest.raises(NoSuchLessonError):
        pin(book, "nothing", NOW)


def test_a_promise_to_oneself_is_looked_at_again_after_thirty_days(book: Book) -> None:
    """L6, S0-33: in 오늘 on the day it is to be done, and thirty days later, with why."""
    save_lesson(book, LessonFields(todo="12월 10일까지 대표 바뀐 곳 찾아보기"), NOW, account_id="a")
    do, check = tasks(book)
    assert (do.due_on, check.due_on, check.title, check.kind) == ("2026-12-10", "2027-01-09", do.title, "prevent")

    def lines(day: date) -> dict[str, str]:
        dues = assess(book.history("a"), book.rules(), day).dues
        shown = [due for due in dues if due.good_day <= day.isoformat() and due.key.startswith("task:")]
        return {due.key: due.why.id for due in shown}

    assert lines(date(2026, 12, 10)) == {f"task:{do.id}": "due.why_prevent"}
    quick_done(book, "a", (f"task:{do.id}",), NOW + timedelta(days=20), date(2026, 12, 10))
    assert lines(date(2026, 12, 11)) == {}
    assert lines(date(2027, 1, 9)) == {f"task:{check.id}": "due.why_prevent_check"}


def test_a_promise_without_a_day_is_looked_at_thirty_days_after_it_was_made(book: Book) -> None:
    """L6."""
    save_lesson(book, LessonFields(todo="바뀐 곳 찾아보기"), NOW, account_id="a")
    assert [task.due_on for task in tasks(book)] == ["", "2026-12-20"]


def test_a_promise_is_done_from_the_form_first_itself_and_then_the_look_at_it(book: Book) -> None:
    """L6: also where no account stands behind the lesson."""
    fields = LessonFields(line="한 줄", todo="찾아보기")
    id = save_lesson(book, fields, NOW).lesson_id
    save_lesson(book, fields, NOW, lesson_id=id, todo_done=True)
    assert [(task.state, task.done_on) for task in tasks(book)] == [("done", DAY), ("open", "")]
    save_lesson(book, fields, NOW, lesson_id=id, todo_done=True)
    assert [task.state for task in tasks(book)] == ["done", "done"]


def test_a_lesson_fills_the_lines_of_its_case_in_the_same_act(book: Book) -> None:
    """S0-31, C14: and undo takes all of it back."""
    begun(book)
    save_lesson(book, LessonFields(next_time="바로 간다"), NOW, account_id="a", case_id="k")
    assert set(ticked(book)) == {"lesson"}
    events = [event.ref for event in book.rows(CaseEvent, case_id="k") if event.kind == "ticked"]
    assert events == ["lesson"]
    book.undo(NOW)
    assert ticked(book) == {}
    assert book.rows(Lesson) == [] and book.rows(CaseEvent) == []


def test_the_private_line_alone_fills_no_line_of_a_case(book: Book) -> None:
    """S0-35, S0-31."""
    begun(book)
    save_lesson(book, LessonFields(feeling="속상했다"), NOW, account_id="a", case_id="k")
    assert ticked(book) == {}


def test_a_closed_case_is_not_ticked_by_a_lesson_written_later(book: Book) -> None:
    begun(book)
    with book.change("close", NOW) as change:
        change.edit(ChurnCase, "k", state="closed")
    save_lesson(book, LessonFields(line="바로 간다"), NOW, account_id="a", case_id="k")
    assert ticked(book) == {}


def test_a_line_is_chosen_of_the_lesson_that_is_there_or_makes_one(book: Book) -> None:
    """S0-34: the one line, kept in sight."""
    begun(book)
    made = choose_line(book, "k", "a", " 두 주 안에 \n 인사 ", NOW).lesson_id
    assert [(one.id, one.line, one.pinned, one.case_id) for one in book.rows(Lesson)] == [
        (made, "두 주 안에 인사", 1, "k")
    ]
    assert set(ticked(book)) == {"lesson", "line"}
    assert choose_line(book, "k", "a", "바로 인사", NOW).lesson_id == made
    assert [one.line for one in book.rows(Lesson)] == ["바로 인사"]
    with pytest.raises(EmptyLessonError):
        choose_line(book, "k", "a", " ", NOW)


def test_a_clock_set_back_puts_the_tick_of_a_lesson_behind_what_was_before(book: Book) -> None:
    """C11: no clock of a case runs backwards."""
    begun(book)
    with book.change("setup", NOW) as change:
        change.add(CaseEvent("e", "k", "2026-11-20T10:30", "visit"))
    save_lesson(book, LessonFields(line="바로 간다"), NOW - timedelta(hours=3), account_id="a", case_id="k")
    assert set(ticked(book).values()) == {"2026-11-20T10:30"}


def test_how_the_person_is_goes_along_with_the_lesson(book: Book) -> None:
    """S0-34: the traits of the person it is about are tags, so that it comes back where somebody is alike."""
    with book.change("setup", NOW) as change:
        change.edit(Contact, "c1", temper="화나면 크게 내시지만 금방 풀림")
    id = save_lesson(
        book, LessonFields(line="바로 전화", tags="complaint"), NOW, account_id="a", contact_id="c1"
    ).lesson_id
    lesson = book.get(Lesson, id)
    assert lesson is not None
    assert lesson.tags == "complaint,anger,forgiving"


def test_the_review_clock_is_off_until_it_is_switched_on_and_goes_further_with_each_time_kept(book: Book) -> None:
    """L4: 지켰어요 asks again after a longer while, 다음에 after a week."""
    id = save_lesson(book, LessonFields(line="한 줄"), NOW).lesson_id

    def asked(days: int) -> bool:
        day = NOW.date() + timedelta(days=days)
        return asked_again(book.lessons(), book.setting(REVIEW_SETTING), day) is not None

    assert not asked(1000)
    assert switch_review(book, NOW) is True
    assert [asked(6), asked(7)] == [False, True]
    kept(book, id, NOW)
    assert [asked(29), asked(30)] == [False, True]
    kept(book, id, NOW)
    assert [asked(89), asked(90)] == [False, True]
    next_time(book, id, NOW)
    assert [asked(6), asked(7)] == [False, True]
    assert switch_review(book, NOW) is False
    assert not asked(1000)


def test_a_line_written_at_the_close_is_about_what_the_case_was_about(book: Book) -> None:
    """S0-32, S0-34: cause, situation and person are there without having been chosen."""
    begun(book)
    with book.change("setup", NOW) as change:
        change.edit(ChurnCase, "k", heard_from="c1")
        change.edit(Contact, "c1", mends="화나면 바로 사과")
        change.add(Cause("u1", "a", "k", kind="fees"))
        change.add(Cause("u2", "a", "k", kind="management", main=1))
    close(book, "k", NOW, outcome="half", farewell="done", lesson_line="그 주에 인사")
    (lesson,) = book.rows(Lesson)
    assert (lesson.line, lesson.cause, lesson.tags, lesson.case_id) == (
        "그 주에 인사",
        "management",
        "churn,anger",
        "k",
    )
