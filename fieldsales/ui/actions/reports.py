"""The texts to send in a churn response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.churn import CaseDraft
from fieldsales.domain.model import Account, CaseFile, Changed, ChurnCase, Message
from fieldsales.ui.screens.case import CaseSheet
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.ui.screens.report import ReportGap, ReportLine, ReportSheet, ReportView

if TYPE_CHECKING:
    from fieldsales.domain.model import History
    from fieldsales.domain.reports import Report, Slot
    from fieldsales.ui.app import FieldsalesApp

FORM = "report"  # of the draft that keeps what was filled in, turned and changed


def file_of(app: FieldsalesApp, history: History, case: CaseDraft | ChurnCase) -> CaseFile:
    """Everything about a case; of a draft, what it would begin with."""
    from fieldsales.workflows.churn import case_file

    if isinstance(case, ChurnCase):
        return case_file(app.desk.book, case.id)
    return CaseFile(
        history,
        ChurnCase(
            "",
            case.account_id,
            case.trigger,
            case.heard_at,
            case.heard_from,
            case.heard_by,
            visit_at=case.visit_at,
            speaking=case.speaking,
            lost_amount=case.lost_amount,
        ),
    )


def make(app: FieldsalesApp, file: CaseFile, kind: str = "") -> Report:
    """The text of a kind, or the one that fits the moment."""
    from fieldsales.domain import reports
    from fieldsales.workflows.reports import seen_in_figures

    desk = app.desk
    return reports.make_report(
        kind or reports.kind_now(file, desk.now),
        file,
        desk.now,
        desk.book.rules(),
        boss=desk.config.reports_to or app.t("report.request.to"),
        seen=seen_in_figures(file.history, desk.today),
        currency=app.t.currency,
    )


def report_of(app: FieldsalesApp, history: History, case: CaseDraft | ChurnCase) -> Report:
    """The text that fits the moment, of a case or of the draft of one."""
    return make(app, file_of(app, history, case))


def lines_of(app: FieldsalesApp, report: Report) -> list[str]:
    """The text as it is read beside the run."""
    from fieldsales.workflows.reports import report_lines, taken_lines

    taken = taken_lines(report)
    return [line for index, line in enumerate(report_lines(report, app.t)) if taken.get(index, True)]


# --- what is in front of the user -----------------------------------------------------------------------------------


def subject(app: FieldsalesApp) -> CaseFile | None:
    """What a report here would be about: the open case of the account in front of the user, the draft of one, or the
    last case that was closed; under a pause of contact the account alone. None where there is nothing to tell."""
    from fieldsales.domain.people import frozen_by
    from fieldsales.workflows.reports import case_of

    account_id = app.account_id
    if not account_id or app.desk.book.get(Account, account_id) is None:
        return None
    history = app.desk.book.history(account_id)
    sheet = next((screen for screen in app.screen_stack if isinstance(screen, CaseSheet)), None)
    here = sheet is not None and sheet.account_id == account_id
    case = app.desk.book.get(ChurnCase, sheet.case_id) if sheet is not None and here and sheet.case_id else None
    case = case or case_of(app.desk.book, account_id)
    drafting = sheet is not None and here and not sheet.case_id
    if sheet is not None and drafting and (case is None or case.state != "open"):
        return file_of(app, history, sheet.draft_of())
    if case is not None:
        return file_of(app, history, case)
    if frozen_by(history, app.desk.today) is not None:
        return CaseFile(history, ChurnCase("", account_id))
    return None


def report_view(app: FieldsalesApp, kind: str = "") -> ReportView | None:
    """The text of the account in front of the user, None where no response was begun."""
    file = subject(app)
    if file is None or (kind not in {"", "request"} and not (file.case.id or file.case.heard_at)):
        return None
    return _view(app, file, kind)


def _view(app: FieldsalesApp, file: CaseFile, kind: str = "") -> ReportView:
    from fieldsales.domain.report_parts import last_told
    from fieldsales.domain.reports import KINDS, has_news
    from fieldsales.workflows.reports import report_lines, report_text, taken_lines

    t = app.t
    kept = _kept(app, file)
    made = make(app, file, kind or ("update" if _sent_again(app, file, kept) else ""))
    filled = _filled(kept, made.kind)
    turned = _turned(kept, made.kind)
    taken = taken_lines(made, turned)
    by_index = {one.paragraph: one for one in made.choices}
    lines = []
    for index, text in enumerate(report_lines(made, t, filled)):
        choice = by_index.get(index)
        if choice is None:
            lines.append(ReportLine(text))
        else:
            lines.append(ReportLine(text, choice.key, taken[index], choice.painful))
    copied = report_text(made, t, filled, turned)
    own, made_from = kept.get(f"text.{made.kind}", ""), kept.get(f"made.{made.kind}", "")
    if made.kind == "update" and kept.get("sent.update") and has_news(file, app.desk.now):
        own = ""  # it went out; what comes next is another text
    notes = [t("report.own" if made_from == copied else "report.own_older")] if own else []
    if made.kind == "update" and (last := last_told(file)) is not None:
        told = last.ref if last.kind == "report" and last.ref in KINDS else "first"
        notes.append(t("report.since_told", kind=t(f"report.{told}"), at=last.at))
    notes += [t.say(note) for note in made.notes]
    return ReportView(
        account_id=file.history.account.id,
        case_id=file.case.id,
        name=file.history.account.name,
        kind=made.kind,
        lines=tuple(lines),
        gaps=tuple(_gap(app, slot, filled.get(slot.name, "")) for slot in made.slots),
        copied=copied,
        notes=tuple(notes),
        own=own,
    )


def _gap(app: FieldsalesApp, slot: Slot, words: str) -> ReportGap:
    t = app.t
    label = t.say(slot.label)
    if words:
        return ReportGap(slot.name, t("report.gap_filled", slot=label), words)
    if slot.hint is not None:
        told = t.say(slot.hint)
    else:
        empty = "".join(t.say(one) for one in slot.empty).strip()
        told = t("report.gap_empty", text=empty) if len(empty) > 1 else t("report.gap_none")
    return ReportGap(slot.name, t("report.gap", slot=label), told)


# --- what the user added --------------------------------------------------------------------------------------------


def _target(file: CaseFile) -> str:
    return file.case.id or file.history.account.id


def _kept(app: FieldsalesApp, file: CaseFile) -> dict[str, str]:
    """What was filled in, left out and changed; what was filled in before the case began belongs to it."""
    book = app.desk.book
    kept = book.draft(FORM, _target(file))
    if not kept and file.case.id and file.case.started_at[:10] == app.desk.today.isoformat():
        kept = book.draft(FORM, file.history.account.id)
    return kept


def _filled(kept: dict[str, str], kind: str) -> dict[str, str]:
    head = f"gap.{kind}."
    return {name.removeprefix(head): words for name, words in kept.items() if name.startswith(head)}


def _turned(kept: dict[str, str], kind: str) -> tuple[str, ...]:
    return tuple(key for key in kept.get(f"turned.{kind}", "").split(",") if key)


def _sent_again(app: FieldsalesApp, file: CaseFile, kept: dict[str, str]) -> bool:
    """Whether an update that the user changed went out last: it is shown as it went until something comes after it."""
    from fieldsales.domain.report_parts import last_told
    from fieldsales.domain.reports import has_news

    last = last_told(file) if kept.get("sent.update") and kept.get("text.update") else None
    return last is not None and (last.kind, last.ref) == ("report", "update") and not has_news(file, app.desk.now)


def _keep(app: FieldsalesApp, file: CaseFile, **fields: str) -> None:
    kept = {name: words for name, words in {**_kept(app, file), **fields}.items() if words}
    app.desk.book.save_draft(FORM, _target(file), {"case": file.case.id, **kept})


# --- commands -------------------------------------------------------------------------------------------------------


def report(app: FieldsalesApp, kind: str = "") -> None:
    """r: the text to send, the one that fits the moment first."""
    from fieldsales.domain.reports import TABS, tabs_of

    first = report_view(app, kind)
    file = subject(app)
    if first is None or file is None:
        app.tell(Message("report.none"))
        return
    tabs = (
        tabs_of(file.history, app.desk.now, file.case.state == "closed")
        if file.case.id or file.case.heard_at
        else ("request",)
    )
    if first.kind not in tabs:
        tabs = (first.kind, *TABS)
    subject_now = file

    def load(kind: str) -> ReportView:
        return _view(app, subject_now, kind)

    def keep(view: ReportView, text: str) -> None:
        made = "" if text.strip() in {"", view.copied.strip()} else view.copied
        own = text.strip() if made else ""
        _keep(app, subject_now, **{f"text.{view.kind}": own, f"made.{view.kind}": made, f"sent.{view.kind}": ""})

    def fill(sheet: ReportSheet, name: str) -> None:
        kind, t = sheet.view.kind, app.t
        slot = next(one for one in make(app, subject_now, kind).slots if one.name == name)

        def take(words: str) -> Message | None:
            _keep(app, subject_now, **{f"gap.{kind}.{name}": words.strip()})
            app.call_later(sheet.show)
            return None

        question = t("report.gap_question", slot=t.say(slot.label))
        value = _filled(_kept(app, subject_now), kind).get(name, "")
        app.push_screen(Prompt(t, question, app.guarded(take), value=value, jamo=app.jamo))

    def turn(sheet: ReportSheet, key: str) -> None:
        turned = set(_turned(_kept(app, subject_now), sheet.view.kind)) ^ {key}
        _keep(app, subject_now, **{f"turned.{sheet.view.kind}": ",".join(sorted(turned))})
        sheet.show()

    app.open_sheet(ReportSheet(app.t, tabs, first.kind, load, keep, fill=fill, take=turn))


def request(app: FieldsalesApp) -> None:
    """The request to lift a pause of contact."""
    report(app, "request")


def went_out(app: FieldsalesApp) -> Changed | None:
    """A report was copied: the timeline of its case says so, and the next update begins there (S0-02)."""
    from fieldsales.workflows.reports import copied

    screen, main = app.screen, app.main
    on_its_line = main is not None and app.context == "today" and main.wide and main.occasion is not None
    if isinstance(screen, ReportSheet):
        view: ReportView | None = screen.view
    elif isinstance(screen, CaseSheet) or on_its_line:
        view = report_view(app)
    else:
        return None
    if view is None or app.desk.book.read_only:
        return None
    if view.kind == "request" and not view.case_id:
        from fieldsales.workflows.boss import proposed

        return proposed(app.desk.book, view.account_id, app.desk.now)
    if not view.case_id:
        return None
    changed = copied(app.desk.book, view.case_id, view.kind, app.desk.now)
    if not changed.act:
        return None
    if view.own and view.kind == "update":
        kept = app.desk.book.draft(FORM, view.case_id)
        app.desk.book.save_draft(FORM, view.case_id, {**kept, "sent.update": "1"})
    return changed
