"""재발 방지, the last step of a run: the debrief drafted from what happened, and what was learnt in like cases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from fieldsales.domain import lessons as rules
from fieldsales.domain.dates import add_months
from fieldsales.domain.model import CaseFile, Cause, ChurnCase, Lesson, Message
from fieldsales.domain.remembered import matching_lessons, situations
from fieldsales.ui.actions import case_rows
from fieldsales.ui.actions import lessons as log
from fieldsales.ui.actions.lesson_words import like_words, promise_of, where_from
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.screens.case import CaseRow, CaseText
from fieldsales.ui.screens.form import FormSheet
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.ui.widgets.parts import Parts, spread, title_line

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.ui.screens.case import CaseSheet

STEP = 4
LIKE = 3  # lessons of other cases that are shown
MANY = 3  # cases of twelve months from which on it is looked at what they have in common


class DebriefSheet(FormSheet):
    """The form of a lesson within a run, with the timeline of then one key away."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("debrief")]

    case_id = ""
    step_title = ""  # where it stands: 이탈 대응 · 재발 방지 4/4

    def title_lines(self, width: int) -> list[Parts]:
        kept = (self.t("form.kept") + " ", "dim")
        top = spread([(" " + self.form_title, "strong")], [kept], width)
        return [top, title_line("", self.step_title, width)]

    def foot_keys(self) -> tuple[str, ...]:
        return ("save", "then", "close")


def rows(app: FieldsalesApp, file: CaseFile) -> case_rows.Rows:
    """The lessons of this case, and those of others that bear on it: here what went wrong is told, too (L3)."""
    desk, t = app.desk, app.t
    all_lessons = desk.book.lessons()
    out: list[CaseRow | CaseText] = []
    for lesson in sorted(file.lessons, key=lambda one: (one.day, one.id)):
        line = rules.lesson_line(lesson)
        if not line:
            continue
        details = []
        if lesson.line and lesson.next_time and lesson.next_time != line:
            details.append(lesson.next_time)
        promise = promise_of(desk, lesson)
        if promise is not None:
            due = {"day": promise.due_on} if promise.due_on else {}
            form = "lessons.check" if promise.sheet == rules.CHECK else "lessons.promise"
            details.append(t(f"{form}_by" if due else form, title=promise.title, **due))
        if said := like_words(desk, rules.earlier_like(lesson, all_lessons)):
            details.append(said)
        side = t("lessons.in_sight") if lesson.pinned else ""
        out.append(CaseRow("lesson", lesson.id, (("    ", ""), (line, "strong")), side, tuple(details)))
    about = {cause.kind for cause in file.causes} | {"churn"}
    own = {lesson.id for lesson in file.lessons}
    others = [one for one in matching_lessons(file.history, all_lessons, desk.today, about) if one.id not in own]
    others = [one for one in others if rules.lesson_line(one)][:LIKE]
    if others:
        out += [*([CaseText()] if out else []), CaseText((("   " + t("lessons.bearing"), "dim"),))]
        for lesson in others:
            out.append(
                CaseRow("like", lesson.id, (("    ", ""), (rules.lesson_line(lesson), "")), where_from(desk, lesson))
            )
    if shared := _this_year(app, file):
        out += [*([CaseText()] if out else []), CaseText((("   " + shared, "dim"),))]
    return tuple(out)


def _this_year(app: FieldsalesApp, file: CaseFile) -> str:
    """What the cases of twelve months have in common, from the third on (S0-08); "" before."""
    t, book = app.t, app.desk.book
    since = add_months(app.desk.today, -12).isoformat()
    cases = {case.id for case in book.rows(ChurnCase) if case.started_at >= since} | {file.case.id}
    if len(cases) < MANY:
        return ""
    main = Counter(cause.kind for cause in book.rows(Cause, main=1) if cause.case_id in cases)
    causes = " · ".join(f"{t(f'cause.{kind}')} {count}" for kind, count in main.most_common() if kind in rules.CAUSES)
    return t("lessons.this_year", n=len(cases), causes=causes) if causes else ""


def write(app: FieldsalesApp, sheet: CaseSheet, lesson: Lesson | None = None) -> None:
    """The debrief of the case: `lesson`, else the one begun last, else one drafted from the timeline (S0-31, L2)."""
    from fieldsales.workflows.churn import case_file

    if not sheet.case_id:
        app.tell(Message("case.not_begun"))
        return
    desk, t = app.desk, app.t
    file = case_file(desk.book, sheet.case_id)
    written = [one for one in file.lessons if rules.has_lesson(one)]
    newest = lesson or max(written, key=lambda one: (one.day, one.id), default=None)
    made = rules.debrief(file, desk.today)
    found = situations(file.history, desk.today)
    start = log.Start(
        account_id=file.case.account_id,
        case_id=file.case.id,
        contact_id=newest.contact_id if newest else made.contact_id,
        cause=made.cause,
        situation=next((name for name in rules.SITUATIONS if name in found), "churn"),
        values={name: _worded(app, said) for name, said in made.fields.items()},
        hints={name: t("debrief.then", facts=_worded(app, said)) for name, said in made.hints.items()},
    )
    place = f"{t('pane.churn')} · {sheet.view.steps[-1]} {len(sheet.view.steps)}/{len(sheet.view.steps)}"
    form = log.form(app, start, newest, DebriefSheet)
    assert isinstance(form, DebriefSheet)
    form.case_id, form.step_title = sheet.case_id, place
    form.form_title = file.history.account.name


def _worded(app: FieldsalesApp, said: tuple[Message, ...]) -> str:
    return " · ".join(app.t.say(piece) for piece in said)


def choose_line(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """Enter on the line that asks for it: the one line to keep in sight, with what is written there already."""
    from fieldsales.workflows.lessons import choose_line as choose

    desk, t, case_id, account_id = app.desk, app.t, sheet.case_id, sheet.account_id
    written = sorted(desk.book.rows(Lesson, case_id=case_id), key=lambda one: (one.day, one.id))
    value = written[-1].line or written[-1].next_time if written else ""

    def take(text: str) -> Message | None:
        saved = choose(desk.book, case_id, account_id, text, desk.now)
        app.call_later(app.tell, Message("lesson.pinned"), saved.changed)
        return None

    app.push_screen(
        Prompt(
            t, t("lessons.line_question"), app.guarded(take), value=value, hint=t("lessons.line_hint"), jamo=app.jamo
        )
    )


def then(app: FieldsalesApp) -> None:
    """F5 in the form: the timeline of then, over what is being written."""
    from fieldsales.ui.actions import case_timeline
    from fieldsales.ui.screens.reading import ReadRow, ReadSheet
    from fieldsales.ui.widgets.parts import wrap
    from fieldsales.workflows.churn import case_file

    screen, t = app.screen, app.t
    if not isinstance(screen, DebriefSheet):
        return
    told = case_timeline.rows(app, case_file(app.desk.book, screen.case_id))

    def lines(width: int) -> list[ReadRow]:
        out: list[ReadRow] = []
        for row in told:
            out.append(ReadRow(row.left if isinstance(row, CaseRow) else row.parts))
            if isinstance(row, CaseRow):
                below = [piece for text in row.details for piece in wrap(text, max(16, width - 16))]
                out += [ReadRow(((" " * 7 + piece, "dim"),)) for piece in below]
        return out

    name = screen.form_title
    app.open_sheet(ReadSheet(t, lambda: [(t("debrief.then_title", name=name), "strong")], lines))


# --- what the keys do on a line of this step --------------------------------------------------------------------------


def _open(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    lesson = app.desk.book.get(Lesson, row.id)
    if lesson is None:
        return
    if row.kind == "lesson":
        write(app, sheet, lesson)
    else:
        log.edit(app, lesson)


def _mark(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    """Space: one of this case is kept in sight, or no longer; one of another was of use."""
    if row.kind == "lesson":
        log.toggle_pin(app)
    else:
        log.mark_helped(app)


case_rows.STEPS[STEP] = rows
case_rows.ADD[STEP] = write
case_rows.ON_ITEM["lesson"] = write
case_rows.ON_ITEM["line"] = choose_line
for _kind in ("lesson", "like"):
    case_rows.ON_ROW[_kind, "open"] = _open
    case_rows.ON_ROW[_kind, "edit"] = _open
    case_rows.ON_ROW[_kind, "done"] = _mark
