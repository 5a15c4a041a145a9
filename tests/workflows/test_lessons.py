"""오답노트 on a real file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.model import Lesson, Task
from fieldsales.storage.book import Book
from fieldsales.workflows.lessons import (
    EmptyLessonError,
    LessonFields,
    NoSuchLessonError,
    helped,
    pin,
    remove_lesson,
    save_lesson,
    unpin,
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


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
    task = book.rows(Task)[0]
    assert (task.kind, task.title, task.due_on, task.lesson_id) == (
        "prevent",
        "대표 바뀐 곳 찾아보기",
        "2026-12-10",
        saved.lesson_id,
    )


def test_the_task_follows_its_lesson(book: Book) -> None:
    first = save_lesson(book, LessonFields(line="한 줄", todo="12월 10일까지 찾아보기"), NOW)
    save_lesson(book, LessonFields(line="한 줄", todo="12월 11일까지 찾아보기"), NOW, lesson_id=first.lesson_id)
    assert [(task.due_on, task.state) for task in book.rows(Task)] == [("2026-12-11", "open")]
    save_lesson(book, LessonFields(line="다른 줄"), NOW, lesson_id=first.lesson_id)
    assert [task.state for task in book.rows(Task)] == ["dropped"]
    assert [(lesson.line, lesson.todo) for lesson in book.rows(Lesson)] == [("다른 줄", "")]


def test_a_done_task_stays_done_when_the_lesson_is_only_reworded(book: Book) -> None:
    first = save_lesson(book, LessonFields(line="한 줄", todo="찾아보기"), NOW)
    task = book.rows(Task)[0]
    with book.change("done", NOW) as change:
        change.edit(Task, task.id, state="done", done_on=DAY)
    save_lesson(book, LessonFields(line="다시 쓴 줄", todo="찾아보기"), NOW, lesson_id=first.lesson_id)
    assert book.rows(Task)[0].state == "done"


def test_a_lesson_is_kept_in_sight_and_let_go(book: Book) -> None:
    """S0-34."""
    id = save_lesson(book, LessonFields(line="한 줄"), NOW).lesson_id
    pin(book, id, NOW)
    shown = book.pinned_lesson(NOW.date())
    assert shown is not None
    assert shown.id == id
    unpin(book, id, NOW)
    assert book.pinned_lesson(NOW.date()) is None


def test_help_is_counted_and_removal_drops_what_is_open(book: Book) -> None:
    id = save_lesson(book, LessonFields(line="한 줄", todo="찾아보기"), NOW).lesson_id
    helped(book, id, NOW)
    helped(book, id, NOW)
    lesson = book.get(Lesson, id)
    assert lesson is not None
    assert lesson.helped == 2
    remove_lesson(book, id, NOW)
    assert book.get(Lesson, id) is None
    assert book.rows(Task)[0].state == "dropped"
    with pytest.raises(NoSuchLessonError):
        pin(book, id, NOW)
