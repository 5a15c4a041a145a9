"""The timeline of a case: what it wrote by itself, in words; notes of one's own, and what is corrected afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from fieldsales.domain.model import CaseEvent, CaseFile, ChurnCase, History, Message
from fieldsales.domain.people import person_name
from fieldsales.ui.actions import case_rows, hearing
from fieldsales.ui.actions.asking import ask
from fieldsales.ui.screens.case import TIMELINE, CaseRow, CaseSheet, CaseText
from fieldsales.ui.screens.form import FieldSpec
from fieldsales.ui.widgets.parts import fit

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp

AT = 7  # cells of the time
KIND = 14
SHORT = 46  # cells of words that stand on the line itself; longer ones stand below it


def rows(app: FieldsalesApp, file: CaseFile) -> case_rows.Rows:
    """Everything that happened, by day, earliest first; what was heard at the start is its first line (C11)."""
    t, case = app.t, file.case
    made: list[CaseRow | CaseText] = []
    day = ""
    entries = [
        (case.heard_at, _heard_row(app, file.history, case)),
        *((one.at, _row(app, file, one)) for one in file.events),
    ]
    for at, row in entries:
        if at[:10] != day:
            day = at[:10]
            made += [CaseText()] if made else []
            made.append(CaseText(((f"   {t('run.line.day', day=day)}", "dim"),)))
        made.append(row)
    return tuple(made)


def _heard_row(app: FieldsalesApp, history: History, case: ChurnCase) -> CaseRow:
    t = app.t
    who = person_name(history, case.heard_from)
    how = t(f"heard_by.{case.heard_by}") if case.heard_by in hearing.HOW else ""
    return _made("heard", case.id, case.heard_at, t("run.line.heard"), " · ".join(text for text in (who, how) if text))


def _row(app: FieldsalesApp, file: CaseFile, event: CaseEvent) -> CaseRow:
    t = app.t
    kind = t(f"event.{event.kind}") if t.has(f"event.{event.kind}") else ""
    if event.kind == "note" and event.ref == "appointment":
        kind = t("run.line.date")
    elif event.kind in {"note", "call"} and (log := next((one for one in file.visits if one.id == event.ref), None)):
        kind = t(f"kind.{log.kind}") if t.has(f"kind.{log.kind}") else kind
    return _made("event", event.id, event.at, kind, told(app, file, event))


def _made(kind: str, id: str, at: str, label: str, words: str) -> CaseRow:
    left = ((fit(at[11:16], AT), "dim"), (fit(label, KIND), "accent"))
    if cell_len(words) <= SHORT:
        return CaseRow(kind, id, (*left, (words, "")))
    return CaseRow(kind, id, left, details=(words,))


def told(app: FieldsalesApp, file: CaseFile, event: CaseEvent) -> str:
    """A line of the timeline in words, without its moment and kind. Logs are told as they stand now."""
    t = app.t
    activity = next((one for one in file.visits if one.id == event.ref), None)
    who = person_name(file.history, activity.contact_id) or activity.with_names if activity else ""
    text = " ".join((activity.heard or activity.said or activity.note if activity else event.text).split())
    match event.kind:
        case "attempt":
            how = activity.attempt if activity else event.text
            text = t(f"attempt.{how}") if t.has(f"attempt.{how}") else text
        case "unticked" if event.ref.startswith("cause:"):
            return _named(app, "cause", event.ref.removeprefix("cause:"))
        case "cause":
            quoted = t("run.cause.quoted", text=text) if text else ""
            return " · ".join(part for part in (_named(app, "cause", event.ref), quoted) if part)
        case "note" if event.ref == "appointment":
            return t("run.line.fixed", at=event.text)
        case "opened":
            return t("run.line.again") if event.ref == "again" else ""
        case "closed":
            return _named(app, "outcome", event.ref)
        case "report":
            return text or _named(app, "report", event.ref)
        case "visit" | "call":
            text = t("run.cause.quoted", text=text) if activity and activity.heard else text
    return " · ".join(part for part in (who, text) if part)


def _named(app: FieldsalesApp, prefix: str, key: str) -> str:
    return app.t(f"{prefix}.{key}") if app.t.has(f"{prefix}.{key}") else ""


# --- keys -------------------------------------------------------------------------------------------------------------


def look(app: FieldsalesApp) -> None:
    """h in a run: the timeline, and back."""
    sheet = app.screen
    if isinstance(sheet, CaseSheet):
        if sheet.case_id:
            sheet.look_back()
        else:
            app.tell(Message("case.not_begun"))


def add(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """a: a note at any moment, and what is to be done of it."""
    from fieldsales.domain.promises import read_promises
    from fieldsales.workflows.case_lines import add_line

    t, desk, case_id = app.t, app.desk, sheet.case_id

    def read(values: dict[str, str]) -> str:
        at = hearing.moment_that_was(app, values["when"]) if values["when"] else ""
        when = t("run.read.when", at=at) if at else t("log.bad_when", text=values["when"]) if values["when"] else ""
        due = []
        for one in read_promises(values["todo"], desk.today) if values["todo"] else ():
            day = t("run.line.due", day=one.due_on, at=one.due_time) if one.due_on else ""
            due.append(" ".join(text for text in (t("run.line.todo_is", title=one.title), day) if text))
        return "   ".join(text for text in (when, *due) if text)

    def submit(values: dict[str, str]) -> Message | None:
        at = hearing.moment_that_was(app, values["when"]) if values["when"] else ""
        if values["when"] and not at:
            return Message("log.bad_when", {"text": values["when"]})
        changed = add_line(desk.book, case_id, values["text"], desk.now, at=at, todo=values["todo"])
        app.call_later(app.tell, Message("app.saved"), changed)
        app.call_later(sheet.run.choose_row, "")  # the newest line
        return None

    specs = [
        FieldSpec("text", t("run.line.text"), "long"),
        FieldSpec("when", t("run.line.when"), hint=t("run.line.now")),
        FieldSpec("todo", t("run.line.todo"), hint=t("run.line.todo_hint")),
    ]
    title = f"{sheet.view.name} · {t('cmd.timeline')}"
    ask(app, "case_line", case_id, title, specs, submit, explain=read)


def edit(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    """e or Enter on a line: its moment, the words of a note; a log opens as a log."""
    from fieldsales.domain.model import Activity
    from fieldsales.ui.actions.accounts import edit_activity
    from fieldsales.workflows.case_lines import WRITTEN, edit_line, remove_line

    t, desk = app.t, app.desk
    if row.kind == "heard":
        hearing.heard_at(app, sheet)
        return
    event = desk.book.get(CaseEvent, row.id)
    if event is None:
        return
    if event.kind in {"visit", "call", "note"} and event.ref and desk.book.get(Activity, event.ref) is not None:
        edit_activity(app, event.ref)
        return
    own = event.kind in WRITTEN and not (event.kind == "note" and event.ref)

    def submit(values: dict[str, str]) -> Message | None:
        at = hearing.moment_that_was(app, values["when"]) if values["when"] else ""
        if values["when"] and not at:
            return Message("log.bad_when", {"text": values["when"]})
        if own and event.kind == "note" and not values["text"]:
            changed = remove_line(desk.book, event.id, desk.now)
        else:
            changed = edit_line(desk.book, event.id, desk.now, at=at, text=values["text"] if own else None)
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    specs = [FieldSpec("text", t("run.line.text"), "long", event.text)] if own else []
    specs.append(FieldSpec("when", t("run.line.when"), hint=t("case.at", at=event.at)))
    kind = t(f"event.{event.kind}") if t.has(f"event.{event.kind}") else ""
    title = " · ".join(text for text in (sheet.view.name, kind, event.text if not own else "") if text)
    note = t("run.line.empty_removes") if own and event.kind == "note" else ""
    ask(app, "case_event", event.id, title, specs, submit, note=note, row=(CaseEvent, event.id))


case_rows.STEPS[TIMELINE] = rows
case_rows.ADD[TIMELINE] = add
for _kind in ("event", "heard"):
    case_rows.ON_ROW[_kind, "open"] = edit
    case_rows.ON_ROW[_kind, "edit"] = edit
