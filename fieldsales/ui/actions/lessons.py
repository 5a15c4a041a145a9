"""Commands of the lessons log: write one from anywhere, keep it in sight, say that it helped, and look at them anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass, field, replace
from fieldsales.domain.lessons import (
    CAUSES,
    REVIEW_SETTING,
    SITUATIONS,
    asked_again,
    earlier_like,
    lesson_line,
    situation_of,
    tagged,
)
from fieldsales.domain.model import Account, Lesson, Message
from fieldsales.ui.actions.asking import Typing
from fieldsales.ui.actions.lesson_words import like_words, promise_of, view
from fieldsales.ui.panes.lessons import VIEWS
from fieldsales.ui.screens.form import FieldSpec, FormSheet

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp

FIELDS = (
    "next_time", "unknown", "missed", "mistake", "should_say", "should_not_say", "once_more",
    "went_well", "line", "todo", "feeling",
)  # fmt: skip
GAPS = frozenset({"went_well", "line", "cause", "feeling"})
HINTS = frozenset({"todo", "feeling"})


@dataclass(frozen=True, slots=True)
class Start:
    """What a new lesson begins with: where it belongs, and what stands in its fields already."""

    account_id: str = ""
    case_id: str = ""
    contact_id: str = ""
    cause: str = ""
    situation: str = ""
    values: Mapping[str, str] = field(default_factory=dict)  # drafted
    hints: Mapping[str, str] = field(default_factory=dict)  # shown in empty fields and not kept


def chosen(app: FieldsalesApp) -> Lesson | None:
    """The lesson in front of the user: the chosen line of the log or of a run."""
    from fieldsales.ui.screens.case import CaseSheet

    screen = app.screen
    if isinstance(screen, CaseSheet):
        row = screen.row
        return app.desk.book.get(Lesson, row.id) if row is not None and row.kind in ("lesson", "like") else None
    item = app.main.lines.current if app.main is not None and app.context == "lessons" else None
    return item if isinstance(item, Lesson) else None


# --- the form --------------------------------------------------------------------------------------------------------


def write(app: FieldsalesApp, lesson: Lesson | None = None) -> None:
    """n: the form 복기; one field is enough. In a run it is drafted from its timeline. `lesson` is changed."""
    from fieldsales.ui.actions import debrief
    from fieldsales.ui.actions.look import open_case
    from fieldsales.ui.screens.case import CaseSheet

    screen = app.screen
    if lesson is None and isinstance(screen, CaseSheet) and screen.case_id:
        debrief.write(app, screen)
        return
    if lesson is not None:
        edit(app, lesson)
        return
    account_id = app.account_id if app.context != "lessons" else ""
    case = open_case(app.desk, account_id) if account_id else None
    situation = ""
    if account_id:
        from fieldsales.domain.remembered import situations

        found = situations(app.desk.book.history(account_id), app.desk.today)
        situation = next((name for name in SITUATIONS if name in found), "")
    form(app, Start(account_id, case.id if case else "", _person(app), situation=situation))


def edit(app: FieldsalesApp, lesson: Lesson) -> None:
    """An existing lesson, with all that stands in it."""
    form(app, Start(lesson.account_id, lesson.case_id, lesson.contact_id), lesson)


def _person(app: FieldsalesApp) -> str:
    table, id = app.chosen_row if app.context == "page" else ("", "")
    return id if table == "contact" else ""


def form(
    app: FieldsalesApp, start: Start, lesson: Lesson | None = None, sheet: type[FormSheet] = FormSheet
) -> FormSheet:
    """Open the form; one field is enough. Every keystroke is kept until it is saved."""
    from fieldsales.workflows.lessons import LessonFields, save_lesson

    desk, t = app.desk, app.t
    account = desk.book.get(Account, start.account_id) if start.account_id else None
    target = lesson.id if lesson else start.case_id or start.account_id
    typing = Typing(desk.book, "lesson", target, (Lesson, lesson.id) if lesson else None)
    before = {name: str(getattr(lesson, name)) if lesson else start.values.get(name, "") for name in FIELDS}
    cause = lesson.cause if lesson else start.cause
    situation = situation_of(lesson.tags) if lesson else start.situation
    promised = lesson is not None and promise_of(desk, lesson) is not None

    def fields_of(values: Mapping[str, str]) -> LessonFields:
        new_line = bool(values["line"]) and not (lesson and lesson.line)
        tags = tagged(lesson.tags if lesson else "", values["situation"], ("churn",) if start.case_id else ())
        texts = {name: values.get(name, before[name]) for name in FIELDS}
        pinned = 1 if new_line else lesson.pinned if lesson else 0
        return LessonFields(pinned=pinned, cause=values["cause"], tags=tags, **texts)

    def submit(values: dict[str, str]) -> Message | None:
        saved = save_lesson(
            desk.book,
            fields_of(values),
            desk.now,
            account_id=start.account_id,
            contact_id=start.contact_id,
            case_id=start.case_id,
            lesson_id=lesson.id if lesson else "",
            todo_done=bool(values.get("todo_done")),
        )
        app.call_later(app.tell, Message("lesson.saved"), saved.changed)
        return None

    def explain(values: dict[str, str]) -> str:
        made = fields_of(values).as_lesson(lesson.id if lesson else "")
        seen = replace(made, day=lesson.day if lesson else desk.today.isoformat())
        return like_words(desk, earlier_like(seen, desk.book.lessons()))

    specs = [
        FieldSpec(
            name,
            t(f"lesson.{name}"),
            value=before[name],
            hint=t(f"lesson.{name}.hint") if name in HINTS else start.hints.get(name, ""),
            gap=name in GAPS,
        )
        for name in FIELDS
        if not (app.masked and name == "feeling")
    ]
    at = next((at for at, spec in enumerate(specs) if spec.name == "feeling"), len(specs))
    extra = [FieldSpec("todo_done", t("lesson.todo_done"), "tick")] if promised else []
    causes = tuple((name, t(f"cause.{name}")) for name in CAUSES)
    situations = tuple((name, t(f"situation.{name}")) for name in SITUATIONS)
    specs[at:at] = [
        *extra,
        FieldSpec("cause", t("lesson.cause"), "cycle", cause, options=causes, gap=True),
        FieldSpec("situation", t("lesson.situation"), "cycle", situation, options=situations),
    ]
    opened = sheet(
        t,
        t("lesson.title") + (f" · {account.name}" if account else ""),
        specs,
        app.guarded(lambda values: typing.save(lambda: submit(values))),
        note=t("lesson.note"),
        keep=typing.keep,
        draft=typing.draft,
        explain=explain,
        jamo=app.jamo,
        of_row=lesson is not None,
    )
    opened.veils = True
    app.open_sheet(opened)
    return opened


# --- one key each ----------------------------------------------------------------------------------------------------


def toggle_pin(app: FieldsalesApp) -> None:
    """Space on a lesson: keep it in sight, or no longer."""
    from fieldsales.workflows.lessons import pin, unpin

    lesson = chosen(app)
    if lesson is None:
        return
    change = unpin if lesson.pinned else pin
    said = Message("lesson.unpinned" if lesson.pinned else "lesson.pinned")
    app.tell(said, change(app.desk.book, lesson.id, app.desk.now))


def mark_helped(app: FieldsalesApp) -> None:
    """d: it was of use, so it comes first from now on. On the one that asks to be looked at again: 지켰어요."""
    from fieldsales.workflows.lessons import helped, kept

    if app.context == "page":
        _of_page(app)
        return
    lesson, desk = chosen(app), app.desk
    if lesson is None:
        app.tell(Message("lessons.choose_one"))
        return
    asked = asked_again(desk.book.lessons(), desk.book.setting(REVIEW_SETTING), desk.today)
    if app.context == "lessons" and asked is not None and asked.id == lesson.id:
        app.tell(Message("lessons.kept"), kept(desk.book, lesson.id, desk.now))
        return
    app.tell(Message("lessons.helped"), helped(desk.book, lesson.id, desk.now))


def _of_page(app: FieldsalesApp) -> None:
    """The lesson that stands on the page of an account; of two, the one that is picked."""
    from fieldsales.ui.screens.menu import Entry, Menu
    from fieldsales.workflows.lessons import helped

    desk, t = app.desk, app.t
    page = getattr(app.screen, "page", None)
    view = page.view if page is not None and not app.masked else None
    part = view.brief.part("lessons") if view is not None else None
    found = [desk.book.get(Lesson, line.row[1]) for line in part.lines] if part is not None else []
    lessons = [lesson for lesson in found if lesson is not None]
    if not lessons:
        app.tell(Message("lessons.none_here"))
        return

    def take(entry: object) -> None:
        if isinstance(entry, Entry):
            app.tell(Message("lessons.helped"), helped(desk.book, entry.id, desk.now))

    entries = [Entry(one.id, lesson_line(one), str(number), "choice") for number, one in enumerate(lessons, 1)]
    if len(entries) == 1:
        take(entries[0])
        return

    def search(text: str) -> list[Entry]:
        return [one for one in entries if text in (one.key, "") or text.casefold() in one.label.casefold()]

    app.push_screen(Menu(t, search, title=t("lessons.which_helped")), take)


def next_time(app: FieldsalesApp) -> None:
    """s on the lesson that asks to be looked at again: 다음에."""
    from fieldsales.workflows import lessons as work

    lesson, desk = chosen(app), app.desk
    asked = asked_again(desk.book.lessons(), desk.book.setting(REVIEW_SETTING), desk.today)
    if lesson is None or asked is None or asked.id != lesson.id:
        app.tell(Message("lessons.not_asked"))
        return
    app.tell(Message("lessons.next_time"), work.next_time(desk.book, lesson.id, desk.now))


def group(app: FieldsalesApp) -> None:
    """o: the log as it was written, by cause, by month, by tier, or only what went well."""
    if app.main is None:
        return
    pane = app.main.lessons
    pane.view = VIEWS[(VIEWS.index(pane.view) + 1) % len(VIEWS)]
    pane.show_lessons(view(app.desk))
    pane.move_cursor(0)


def switch_review(app: FieldsalesApp) -> None:
    """The review clock, which is off unless it is asked for."""
    from fieldsales.workflows.lessons import switch_review as switch

    on = switch(app.desk.book, app.desk.now)
    app.tell(Message("lessons.review_on" if on else "lessons.review_off"))
    app.refresh_main()
