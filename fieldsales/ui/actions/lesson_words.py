"""Lessons as the panes and the pages tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.dates import add_months
from fieldsales.domain.ids import natural_id
from fieldsales.domain.lessons import (
    CHECK,
    REVIEW_SETTING,
    all_earlier_like,
    asked_again,
    helping_line,
    open_promises,
    write_anew,
)
from fieldsales.domain.model import Account, Lesson, Task
from fieldsales.ui.panes.lessons import LessonsView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldsales.ui.actions.desk import Desk


def where_from(desk: Desk, lesson: Lesson) -> str:
    """The month and the account of a lesson, as told elsewhere: 3월 새녘물산; of an older one with its year."""
    account = desk.book.get(Account, lesson.account_id) if lesson.account_id else None
    month = ""
    if lesson.day:
        recent = lesson.day > add_months(desk.today, -12).isoformat()
        month = desk.t("lessons.month" if recent else "page.month", month=lesson.day[:7], year=lesson.day[:4])
    return " ".join(text for text in (month, account.name if account else "") if text)


def helped_words(desk: Desk, lesson: Lesson) -> str:
    """What helped before, in the first minute of a case, and where: 자료보다 얼굴 먼저 (3월 아라찬수산)."""
    where = where_from(desk, lesson)
    return helping_line(lesson) + (f" ({where})" if where else "")


def like_words(desk: Desk, earlier: Sequence[Lesson]) -> str:
    """That something like it was before, "" where nothing was; the third time also that the line may be put otherwise
    (S0-33, L5)."""
    if not earlier:
        return ""
    t, where = desk.t, where_from(desk, earlier[0])
    said = t("lessons.like", where=where) if where else t("lessons.like_plain")
    return f"{said}\n{t('lessons.anew', n=len(earlier) + 1)}" if write_anew(len(earlier)) else said


def promise_of(desk: Desk, lesson: Lesson) -> Task | None:
    """What a lesson promised and is still to be done or looked at again, None where there is nothing (L6)."""
    if not lesson.todo:
        return None
    found = (desk.book.get(Task, natural_id("task", lesson.id, kind)) for kind in ("prevent", CHECK))
    return open_promises([task for task in found if task is not None]).get(lesson.id)


def view(desk: Desk) -> LessonsView:
    """Everything that the log shows: the lessons, those kept in sight first, and what stands below each."""
    book = desk.book
    found = tuple(sorted(book.lessons(), key=lambda lesson: not lesson.pinned))
    ids = {lesson.account_id for lesson in found} - {""}
    accounts = [account for id in ids if (account := book.get(Account, id)) is not None]
    asked = asked_again(found, book.setting(REVIEW_SETTING), desk.today)
    return LessonsView(
        found,
        {account.id: account.name for account in accounts},
        {account.id: account.tier for account in accounts},
        {id: like_words(desk, earlier) for id, earlier in all_earlier_like(found).items()},
        {lesson.id: task for lesson in found if (task := promise_of(desk, lesson)) is not None},
        asked.id if asked else "",
    )
