"""사정 확인: the six causes, marked by their digits, and the form that holds what is known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.model import CaseFile, Cause, ChurnCase, Message
from fieldsales.ui.actions import case_rows
from fieldsales.ui.actions.asking import ask
from fieldsales.ui.actions.hearing import name_of, names_hint, people_of, who_is
from fieldsales.ui.screens.case import CaseRow, CaseSheet, CaseText
from fieldsales.ui.screens.form import FieldSpec
from fieldsales.workflows.causes import CERTAINTIES, CONTROLS, KINDS, CauseFields, cause_id, has_source

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp

STEP = 2


def rows(app: FieldsalesApp, file: CaseFile) -> case_rows.Rows:
    """Six lines, those that hold first seen by their mark; below, what is still empty (S0-18, S0-20)."""
    t = app.t
    people = file.history.contacts
    found = {cause.kind: cause for cause in file.causes}
    main = next((cause.kind for cause in file.causes if cause.main), "")
    made: list[CaseRow | CaseText] = []
    for number, kind in enumerate(KINDS, 1):
        cause = found.get(kind)
        name = t(f"cause.{kind}")
        if cause is None:
            made.append(CaseRow("cause", kind, ((f"[ ] {number} ", "dim"), (name, ""))))
            continue
        left = [(f"[x] {number} ", "good"), (name, "strong")]
        if kind == main and len(found) > 1:
            left.append((f" · {t('run.cause.main')}", "accent"))
        made.append(CaseRow("cause", kind, tuple(left), _side(app, cause), _details(app, cause)))
    empty = []
    for cause in file.causes:
        facts = [t("run.cause.who")] if not has_source(cause) else []
        facts += [t("run.cause.sure")] if not cause.certainty else []
        if facts:
            empty.append(" ".join((t(f"cause.{cause.kind}"), ", ".join(facts))))
    if empty:
        made += [CaseText(), CaseText(((f"   {t('run.cause.empty')}  {' · '.join(empty)}", "dim"),))]
    if not file.case.speaking:
        through = name_of(file.case.through, people)
        words = t("run.cause.through", name=through) if through else t("run.cause.through_none")
        made.append(CaseText(((f"   {words}", "dim"),)))
    return tuple(made)


def _side(app: FieldsalesApp, cause: Cause) -> str:
    """Who said so and how sure it is; that nobody is named is said."""
    t = app.t
    people = people_of(app, cause.account_id, cause.contact_id)
    who = name_of(cause.contact_id or cause.source, people)
    sure = t(f"certainty.{cause.certainty}") if cause.certainty in CERTAINTIES else ""
    return " · ".join(text for text in (who or t("run.cause.nobody"), sure) if text)


def _details(app: FieldsalesApp, cause: Cause) -> tuple[str, ...]:
    t = app.t
    control = t("run.cause.control_is", answer=f"@control.{cause.control}") if cause.control in CONTROLS else ""
    heard = t("run.cause.quoted", text=" ".join(cause.heard.split())) if cause.heard else ""
    return tuple(text for text in (heard, " ".join(cause.text.split()), control) if text)


# --- what the keys do -------------------------------------------------------------------------------------------------


def digit(app: FieldsalesApp, sheet: CaseSheet, number: int) -> bool:
    """A digit on step 2: the first press marks the cause, the next opens its form. False where it means nothing."""
    if sheet.step != STEP or not sheet.case_id or not 1 <= number <= len(KINDS) or app.desk.book.read_only:
        return False
    kind = KINDS[number - 1]
    if app.desk.book.get(Cause, cause_id(sheet.case_id, kind)) is None:
        _mark(app, sheet, kind)
    else:
        edit(app, sheet, kind)
    return True


def _mark(app: FieldsalesApp, sheet: CaseSheet, kind: str) -> None:
    from fieldsales.workflows.causes import mark

    changed = mark(app.desk.book, sheet.case_id, kind, app.desk.now)
    app.tell(Message("run.cause.marked", {"n": KINDS.index(kind) + 1}), changed)
    sheet.run.choose_row(f"cause:{kind}")


def toggle(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    """Space on a cause: it holds, or it does not."""
    from fieldsales.workflows.causes import unmark

    if app.desk.book.get(Cause, cause_id(sheet.case_id, row.id)) is None:
        _mark(app, sheet, row.id)
    else:
        app.tell(Message("run.cause.unmarked"), unmark(app.desk.book, sheet.case_id, row.id, app.desk.now))


def open_row(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    edit(app, sheet, row.id)


def edit(app: FieldsalesApp, sheet: CaseSheet, kind: str) -> None:
    """Who said so, how sure, the hint as it was said, and, for the rep alone, whether it could have been prevented."""
    from fieldsales.workflows.causes import save

    t, desk, case_id = app.t, app.desk, sheet.case_id
    case = desk.book.get(ChurnCase, case_id)
    if case is None:
        return
    old = desk.book.get(Cause, cause_id(case_id, kind)) or Cause("")
    people = people_of(app, case.account_id, old.contact_id)
    first = not any(one.main for one in desk.book.rows(Cause, case_id=case_id) if one.kind != kind)

    def submit(values: dict[str, str]) -> Message | None:
        fields = CauseFields(
            who=who_is(values["who"], people),
            certainty=values["certainty"],
            control=values.get("control", old.control),
            heard=values["heard"],
            text=values["text"],
            main=int(bool(values["main"])),
        )
        app.call_later(app.tell, Message("app.saved"), save(desk.book, case_id, kind, fields, desk.now))
        return None

    def read(values: dict[str, str]) -> str:
        who = name_of(who_is(values["who"], people), people)
        return t("run.read.who", name=who) if who else ""

    text = FieldSpec(
        "text",
        t("run.cause.own" if kind == "other" else "run.cause.text"),
        value=old.text,
        hint=t("run.cause.own_hint") if kind == "other" else "",
        gap=kind != "other",
    )
    options = {
        "certainty": tuple((one, t(f"certainty.{one}")) for one in CERTAINTIES),
        "control": tuple((one, t(f"control.{one}")) for one in CONTROLS),
    }
    specs = [
        FieldSpec(
            "who",
            t("run.cause.who_label"),
            value=name_of(old.contact_id or old.source, people),
            hint=names_hint(app, people),
        ),
        FieldSpec("certainty", t("run.cause.certainty"), "choice", old.certainty, options=options["certainty"]),
        FieldSpec("heard", t("run.cause.heard"), "long", old.heard, hint=t("run.cause.heard_hint")),
        FieldSpec("main", t("run.cause.main"), "tick", "1" if old.main or first else ""),
    ]
    specs = [text, *specs] if kind == "other" else [*specs, text]
    if not app.masked:
        label = t("run.cause.control")
        specs.append(FieldSpec("control", label, "choice", old.control, options=options["control"], gap=True))
    title = f"{sheet.view.name} · {t(f'cause.{kind}')}"
    id, private = cause_id(case_id, kind), t("run.cause.private")
    row = (Cause, id) if desk.book.get(Cause, id) is not None else None
    ask(app, "cause", id, title, specs, submit, explain=read, subtitle=private, row=row)


def add(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """a: a cause in one's own words."""
    edit(app, sheet, "other")


def of_main(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """Enter on a line of the checklist that a cause fills: the form of the main one."""
    causes = sorted(app.desk.book.rows(Cause, case_id=sheet.case_id), key=lambda one: (-one.main, one.day, one.id))
    if causes:
        edit(app, sheet, causes[0].kind)
    else:
        app.tell(Message("run.cause.choose"))


case_rows.STEPS[STEP] = rows
case_rows.ADD[STEP] = add
case_rows.ON_ITEM |= {"cause": of_main, "source": of_main, "hint": of_main}
case_rows.ON_ROW |= {("cause", "open"): open_row, ("cause", "edit"): open_row, ("cause", "done"): toggle}
