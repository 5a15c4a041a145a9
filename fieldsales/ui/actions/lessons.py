"""Commands of the lessons log: write one from anywhere, keep it in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.model import Account, Lesson, Message
from fieldsales.ui.screens.form import FieldSpec, FormSheet

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp

FIELDS = (
    "next_time", "unknown", "missed", "mistake", "should_say", "should_not_say", "once_more",
    "went_well", "line", "todo", "feeling",
)  # fmt: skip
GAPS = frozenset({"went_well", "line", "feeling"})
HINTS = frozenset({"todo", "feeling"})


def chosen(app: FieldsalesApp) -> Lesson | None:
    item = app.main.lines.current if app.main is not None and app.context == "lessons" else None
    return item if isinstance(item, Lesson) else None


def write(app: FieldsalesApp, lesson: Lesson | None = None) -> None:
    """n: the form 복기; one field is enough. An existing lesson is changed."""
    from fieldsales.ui.actions.look import open_case
    from fieldsales.workflows.lessons import LessonFields, save_lesson

    desk, t = app.desk, app.t
    account_id = lesson.account_id if lesson else app.account_id if app.context != "lessons" else ""
    account = desk.book.get(Account, account_id) if account_id else None
    case = open_case(desk, account_id) if account_id else None
    target = lesson.id if lesson else account_id

    def submit(values: dict[str, str]) -> Message | None:
        kept = lesson.pinned if lesson else int(bool(values["line"]))
        fields = LessonFields(
            pinned=kept,
            cause=lesson.cause if lesson else "",
            tags=lesson.tags if lesson else "",
            **values,
        )
        saved = save_lesson(
            desk.book,
            fields,
            desk.now,
            account_id=account_id,
            case_id=lesson.case_id if lesson else case.id if case else "",
            lesson_id=lesson.id if lesson else "",
        )
        desk.book.drop_draft("lesson", target)
        app.call_later(app.tell, Message("lesson.saved"), saved.changed)
        return None

    specs = [
        FieldSpec(
            name,
            t(f"lesson.{name}"),
            value=str(getattr(lesson, name)) if lesson else "",
            hint=t(f"lesson.{name}.hint") if name in HINTS else "",
            gap=name in GAPS,
        )
        for name in FIELDS
        if not (app.masked and name == "feeling")
    ]
    app.open_sheet(
        FormSheet(
            t,
            t("lesson.title") + (f" · {account.name}" if account else ""),
            specs,
            app.guarded(submit),
            note=t("lesson.note"),
            keep=lambda values: desk.book.save_draft("lesson", target, values),
            draft=desk.book.draft("lesson", target),
            jamo=app.jamo,
        )
    )


def toggle_pin(app: FieldsalesApp) -> None:
    """Space on a lesson: keep it in sight, or no longer."""
    from fieldsales.workflows.lessons import pin, unpin

    lesson = chosen(app)
    if lesson is None:
        return
    change = unpin if lesson.pinned else pin
    said = Message("lesson.unpinned" if lesson.pinned else "lesson.pinned")
    app.tell(said, change(app.desk.book, lesson.id, app.desk.now))
