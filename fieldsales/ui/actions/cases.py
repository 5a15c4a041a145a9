"""Commands of the churn response: open it, tick, note, the first report, and the close."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fieldsales.domain.churn import CaseDraft, DraftItem
from fieldsales.domain.model import CaseEvent, CaseItem, ChurnCase, Lesson, Message
from fieldsales.ui.actions import case_rows
from fieldsales.ui.actions.agenda import open_log, the_account
from fieldsales.ui.screens.case import CaseLine, CaseSheet, CaseView
from fieldsales.ui.screens.form import FieldSpec, FormSheet
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.ui.screens.report import ReportSheet, ReportView

if TYPE_CHECKING:
    from fieldsales.domain.brief import Line
    from fieldsales.domain.model import History
    from fieldsales.domain.playbooks import Playbook
    from fieldsales.domain.reports import Report
    from fieldsales.ui.app import FieldsalesApp


def open_run(app: FieldsalesApp, trigger: str = "") -> None:
    """c: the run of the account in front of the user, or the draft of one. `trigger` where it is not a notice."""
    from fieldsales.domain import churn

    account_id = the_account(app)
    if not account_id:
        return
    desk = app.desk
    if not trigger:
        seen = churn.trigger(desk.book.history(account_id), desk.today)
        trigger = seen.kind if seen is not None and app.context != "page_notice" else "notice"
    started = desk.now
    heard: dict[str, str] = {}

    def load() -> CaseView:
        return _view(app, account_id, trigger, started, heard)

    app.open_sheet(CaseSheet(app.t, load, lambda: _draft(app, account_id, trigger, started, heard), heard))


def no_trade(app: FieldsalesApp) -> None:
    """!: trade seems to have stopped; the first thing is to check our own figures."""
    open_run(app, "no_trade")


def _playbook(app: FieldsalesApp) -> Playbook:
    from fieldsales.workflows.churn import load_playbook

    return load_playbook(f"churn.{app.t.lang}", app.desk.places.config / "playbooks")


def _boss(app: FieldsalesApp) -> str:
    return app.desk.config.reports_to or app.t("word.boss")


def _draft(app: FieldsalesApp, account_id: str, trigger: str, started: datetime, heard: dict[str, str]) -> CaseDraft:
    from fieldsales.domain.churn import draft
    from fieldsales.workflows.churn import cases_this_year

    desk = app.desk
    return draft(
        desk.book.history(account_id),
        _playbook(app),
        started,
        trigger,
        heard_at=heard.get("at", ""),
        others_this_year=cases_this_year(desk.book.rows(ChurnCase), account_id, desk.today),
        lessons=desk.book.lessons(),
        boss=_boss(app),
        holidays=desk.book.rules().holidays,
    )


def _view(app: FieldsalesApp, account_id: str, trigger: str, started: datetime, heard: dict[str, str]) -> CaseView:
    from fieldsales.domain.churn import guidance
    from fieldsales.ui.actions.look import items_of, open_case

    desk, t = app.desk, app.t
    made = _draft(app, account_id, trigger, started, heard)
    case = open_case(desk, account_id)
    history = desk.book.history(account_id)
    rows: dict[int, case_rows.Rows] = {}
    report = _report(app, history, case or made)
    people = tuple(_person(app, lines) for lines in made.people)
    moment = t("case.moment", day=desk.today.isoformat(), time=desk.now.strftime("%H:%M"))
    helped = tuple(_lesson_words(lesson) for lesson in made.lessons)
    if case is None:
        lines = tuple(_draft_line(app, item) for item in made.items)
        sentence, step, last = made.first_sentence, 1, made.last_line
        case_id = ""
    else:
        items = items_of(desk, case.id)
        events = tuple(desk.book.rows(CaseEvent, case_id=case.id))
        sides = {item.key: item for item in made.items}
        lines = tuple(_case_line(app, item, sides.get(item.key), case) for item in items)
        from fieldsales.domain.churn import current_step
        from fieldsales.workflows.churn import case_file

        reopened = case.id not in app.seen_cases  # the first look after the program was started
        app.seen_cases.add(case.id)
        sentence = guidance(case, items, events, desk.now, reopened=reopened)
        step, last, case_id = current_step(items), made.last_line, case.id
        file = case_file(desk.book, case.id)
        rows = {number: case_rows.rows_of(app, file, number) for number in range(1, len(made.steps) + 1)}
    return CaseView(
        account_id=account_id,
        case_id=case_id,
        name=made.name,
        moment=moment,
        sentence=t.say(sentence),
        lines=lines,
        steps=made.steps,
        step=step,
        last_line=t.say(last),
        people=people,
        report=tuple(_report_lines(app, report)),
        helped=helped,
        rows=rows,
    )


def _words(app: FieldsalesApp, pieces: tuple[Message | str, ...]) -> str:
    return " · ".join(app.t.say(piece) if isinstance(piece, Message) else piece for piece in pieces)


def _person(app: FieldsalesApp, lines: tuple[Line, ...]) -> tuple[str, str]:
    """A person's name and everything else about them in one line."""
    first, *rest = [piece for line in lines for piece in line.pieces]
    name = app.t.say(first) if isinstance(first, Message) else first
    return name, _words(app, tuple(rest))


def _lesson_words(lesson: Lesson) -> str:
    from fieldsales.domain.remembered import lesson_line

    return lesson_line(lesson)


def _draft_line(app: FieldsalesApp, item: DraftItem) -> CaseLine:
    return CaseLine(item.key, item.step, item.title, item.help, _words(app, item.side), "")


def _case_line(app: FieldsalesApp, item: CaseItem, made: DraftItem | None, case: ChurnCase) -> CaseLine:
    t = app.t
    if item.done_at:
        today = app.desk.today.isoformat()
        side = t("case.time", at=item.done_at) if item.done_at[:10] == today else t("case.at", at=item.done_at)
    elif item.act == "visit" and case.visit_at:
        day, _, time = case.visit_at.partition("T")
        side = t("case.visit_at", day=day, time=time)
    else:
        side = _words(app, made.side) if made else ""
    return CaseLine(item.key, item.step, item.title, item.help, side, item.done_at, item.note)


# --- ticking --------------------------------------------------------------------------------------------------------


def _sheet(app: FieldsalesApp) -> CaseSheet | None:
    return app.screen if isinstance(app.screen, CaseSheet) else None


def tick(app: FieldsalesApp) -> None:
    """Space: the line is done now, or open again. The first tick of a draft begins the case."""
    from fieldsales.workflows import churn as work

    sheet = _sheet(app)
    if sheet is None or case_rows.on_row(app, sheet, "done") or not sheet.item_key:
        return
    desk = app.desk
    if not sheet.case_id:
        item = next(line for line in sheet.view.lines if line.key == sheet.item_key)
        made = sheet.draft_of()
        if any(one.key == item.key and one.act == "visit" for one in made.items):
            open_log(app, sheet.account_id, "visit")
            return
        begun = work.begin(desk.book, made, sheet.item_key, desk.now)
        app.seen_cases.add(begun.case_id)
        app.tell(None, begun.changed)
        return
    line = next(line for line in sheet.view.lines if line.key == sheet.item_key)
    if line.done_at:
        changed = work.untick(desk.book, sheet.case_id, line.key, desk.now)
        app.tell(None, changed)
        return
    try:
        changed = work.tick(desk.book, sheet.case_id, line.key, desk.now)
    except work.VisitNeededError as error:
        open_log(app, sheet.account_id, "visit")
        app.call_later(app.say, app.t.say(error.message))
        return
    app.tell(None, changed)


def attempt(app: FieldsalesApp) -> None:
    """m in a run: tried and not reached."""
    from fieldsales.workflows import churn as work
    from fieldsales.workflows.log import attempted

    sheet = _sheet(app)
    if sheet is None:
        return
    name = {"name": sheet.view.name}
    if sheet.case_id:
        changed = work.attempt(app.desk.book, sheet.case_id, "no_answer", app.desk.now)
    else:
        changed = attempted(app.desk.book, sheet.account_id, (), app.desk.now, app.desk.today).changed
    app.tell(Message("app.attempted", name), changed)


def note(app: FieldsalesApp) -> None:
    """e in a run: words beside the line."""
    from fieldsales.workflows import churn as work

    sheet = _sheet(app)
    if sheet is None or case_rows.on_row(app, sheet, "edit") or not sheet.item_key:
        return
    if not sheet.case_id:
        app.tell(Message("case.not_begun"))
        return
    line = next(line for line in sheet.view.lines if line.key == sheet.item_key)
    case_id = sheet.case_id

    def submit(values: dict[str, str]) -> Message | None:
        changed = work.note(app.desk.book, case_id, line.key, values["note"], app.desk.now)
        app.desk.book.drop_draft("case_note", case_id + line.key)
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    app.open_sheet(
        FormSheet(
            app.t,
            app.t("case.note_question", title=line.title),
            [FieldSpec("note", app.t("fact.text"), "long", line.note)],
            app.guarded(submit),
            keep=lambda values: app.desk.book.save_draft("case_note", case_id + line.key, values),
            draft=app.desk.book.draft("case_note", case_id + line.key),
            jamo=app.jamo,
        )
    )


def heard_at(app: FieldsalesApp) -> None:
    """t: when it was heard, for those who come to the program later."""
    from fieldsales.domain.when_past import find_past
    from fieldsales.workflows import churn as work

    sheet = _sheet(app)
    if sheet is None:
        return
    desk = app.desk

    def moment(text: str) -> str:
        found = find_past(text, desk.today)
        if found is None:
            return ""
        return f"{(found.day or desk.today).isoformat()}T{found.time or '00:00'}"

    def read(text: str) -> str:
        at = moment(text)
        return app.t("case.heard_read", at=at) if at else app.t("log.bad_when", text=text)

    def take(text: str) -> Message | None:
        at = moment(text)
        if not at:
            return Message("log.bad_when", {"text": text})
        if at > desk.now.isoformat(timespec="minutes"):
            return Message("work.bad_moment")
        if sheet.case_id:
            app.call_later(app.tell, Message("app.saved"), work.heard(desk.book, sheet.case_id, desk.now, at=at))
        else:
            sheet.heard["at"] = at
            app.call_later(sheet.reload)
        return None

    question = app.t("case.heard_question")
    app.push_screen(Prompt(app.t, question, app.guarded(take), hint=app.t("case.heard_hint"), read=read, jamo=app.jamo))


def next_step(app: FieldsalesApp) -> None:
    sheet = _sheet(app)
    if sheet is not None:
        sheet.turn()


def open_item(app: FieldsalesApp) -> None:
    """Enter on a line of the run: the text to send, or the log that fills the line."""
    sheet = _sheet(app)
    if sheet is None or case_rows.on_row(app, sheet, "open"):
        return
    key = sheet.item_key
    made = sheet.draft_of()
    act = next((item.act for item in made.items if item.key == key), "")
    if act == "report":
        report(app)
    elif act == "visit":
        open_log(app, sheet.account_id, "visit")
    elif act == "appointment":
        open_log(app, sheet.account_id, "call")
    elif act == "close":
        close(app)
    elif act in case_rows.ON_ITEM and sheet.case_id:
        case_rows.ON_ITEM[act](app, sheet)
    elif not sheet.case_id:
        open_figures(app, sheet.account_id)
    else:
        note(app)


def add(app: FieldsalesApp) -> None:
    """a in a run: what the step gathers."""
    sheet = _sheet(app)
    if sheet is None:
        return
    if not sheet.case_id:
        app.tell(Message("case.not_begun"))
    elif sheet.step in case_rows.ADD:
        case_rows.ADD[sheet.step](app, sheet)


def open_figures(app: FieldsalesApp, account_id: str) -> None:
    """Our own figures, to be checked first where a case began with them."""
    from fieldsales.ui.actions.accounts import open_rows, score_of

    open_rows(app, account_id, app.t("score.part.amount"), score_of(app, account_id).part("amount").rows)


def close(app: FieldsalesApp) -> None:
    """x: an outcome, a farewell and one line of a lesson close a case."""
    from fieldsales.workflows import churn as work
    from fieldsales.workflows.churn import CloseIncompleteError

    sheet = _sheet(app)
    if sheet is None or not sheet.case_id:
        app.tell(Message("case.not_begun"))
        return
    t, desk, case_id = app.t, app.desk, sheet.case_id

    def options(prefix: str, *keys: str) -> tuple[tuple[str, str], ...]:
        return tuple((key, t(f"{prefix}.{key}")) for key in keys)

    def submit(values: dict[str, str]) -> Message | None:
        try:
            changed = work.close(
                desk.book,
                case_id,
                desk.now,
                outcome=values["outcome"],
                farewell=values["farewell"],
                lost_to=values["lost_to"],
                left_how=values["left_how"],
                lesson_line=values["lesson"],
            )
        except CloseIncompleteError as error:
            return error.missing[0]
        desk.book.drop_draft("close", case_id)
        app.call_later(sheet.dismiss, None)
        app.call_later(app.tell, Message("case.closed"), changed)
        return None

    app.open_sheet(
        FormSheet(
            t,
            f"{sheet.view.name} · {t('close.title')}",
            [
                FieldSpec(
                    "outcome",
                    t("close.outcome"),
                    "choice",
                    options=options("outcome", "restored", "half", "part", "none"),
                ),
                FieldSpec(
                    "farewell",
                    t("close.farewell"),
                    "choice",
                    options=options("farewell", "done", "planned", "impossible"),
                ),
                FieldSpec(
                    "lost_to",
                    t("close.lost_to"),
                    "choice",
                    options=options("lost_to", "competitor", "manager", "closed", "released", "unknown"),
                    gap=True,
                ),
                FieldSpec("left_how", t("close.left_how"), "choice", options=options("left", "quiet", "hurt")),
                FieldSpec("lesson", t("close.lesson"), "line", hint=t("close.lesson_hint"), gap=True),
            ],
            app.guarded(submit),
            keep=lambda values: desk.book.save_draft("close", case_id, values),
            draft=desk.book.draft("close", case_id),
            jamo=app.jamo,
        )
    )


# --- the report -----------------------------------------------------------------------------------------------------


def _report(app: FieldsalesApp, history: History, case: CaseDraft | ChurnCase) -> Report:
    from fieldsales.domain import churn, reports

    desk = app.desk
    return reports.report_for(
        history,
        case,
        desk.now,
        boss=_boss(app),
        seen=churn.trigger(history, desk.today),
        currency=app.t.currency,
        holidays=desk.book.rules().holidays,
    )


def _report_lines(app: FieldsalesApp, report: Report) -> list[str]:
    from fieldsales.workflows.reports import report_lines

    return report_lines(report, app.t)


def report_view(app: FieldsalesApp) -> ReportView | None:
    """The first report of the account in front of the user, None where no response is open."""
    from fieldsales.ui.actions.look import open_case
    from fieldsales.workflows.reports import report_lines, report_text

    account_id = app.account_id
    sheet = next((screen for screen in app.screen_stack if isinstance(screen, CaseSheet)), None)
    case: CaseDraft | ChurnCase | None = open_case(app.desk, account_id) if account_id else None
    if case is None and sheet is not None:
        case = sheet.draft_of()
    if case is None:
        return None
    history = app.desk.book.history(account_id)
    made = _report(app, history, case)
    t = app.t
    notes = []
    for slot in made.slots:
        fallback = "".join(t.say(piece) for piece in slot.fallback)
        notes.append(t("report.slot", slot=t.say(slot.label), fallback=fallback))
    if made.note is not None:
        notes.append(t.say(made.note))
    shown = "\n".join(report_lines(made, t))
    return ReportView(account_id, history.account.name, made.kind, shown, report_text(made, t), tuple(notes))


def report(app: FieldsalesApp) -> None:
    """r: the text to send."""
    view = report_view(app)
    if view is None:
        app.tell(Message("report.none"))
        return
    book, id = app.desk.book, view.account_id

    def keep(text: str) -> None:
        book.save_draft("report", id, {"text": text})

    app.open_sheet(ReportSheet(app.t, view, keep, book.draft("report", id).get("text", "")))
