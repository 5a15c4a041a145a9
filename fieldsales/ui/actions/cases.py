"""Commands of the churn response: open it, tick, note, the first report, and the close."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from fieldsales.domain.churn import CaseDraft, DraftItem
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import CaseFile, CaseItem, ChurnCase, Message
from fieldsales.ui.actions import case_rows, case_timeline, causes, closing, hearing, reports
from fieldsales.ui.actions.agenda import open_log, the_account
from fieldsales.ui.actions.asking import ask
from fieldsales.ui.actions.lesson_words import helped_words
from fieldsales.ui.actions.prep import note_on
from fieldsales.ui.screens.case import TIMELINE, CaseLine, CaseSheet, CaseView
from fieldsales.ui.screens.form import FieldSpec
from fieldsales.ui.screens.menu import Entry, Menu

if TYPE_CHECKING:
    from fieldsales.domain.brief import Line
    from fieldsales.domain.playbooks import Playbook
    from fieldsales.ui.app import FieldsalesApp


def open_run(app: FieldsalesApp, trigger: str = "", case_id: str = "") -> None:
    """c: the run of the account in front of the user, or the draft of one. `trigger` where it is not a notice.

    Of several that are open, begun on machines that did not know of each other, the one with `case_id`, the one under
    the cursor, or the one that is then chosen.
    """
    from fieldsales.domain import churn

    account_id = the_account(app)
    if not account_id:
        return
    desk = app.desk
    opened = [case for case in desk.book.open_cases() if case.account_id == account_id]
    here = app.main.lines.current if app.main is not None and app.context == "churn" else None
    if not case_id and isinstance(here, ChurnCase):
        case_id = here.id
    if len(opened) > 1 and not any(case.id == case_id for case in opened):
        _choose_run(app, opened)
        return
    if not trigger:
        seen = churn.trigger(desk.book.history(account_id), desk.today)
        trigger = seen.kind if seen is not None else "notice"
    started = desk.now
    heard = {"trigger": trigger, "case": case_id}
    note = ("", "") if opened else _note_on_list(app)  # a case that has begun keeps the lines it began with

    def load() -> CaseView:
        view = _view(app, account_id, started, heard)
        return view if view.case_id else replace(view, note=note)

    sheet = CaseSheet(app.t, load, lambda: _draft(app, account_id, started, heard), heard)
    sheet.on_digit = lambda number: causes.digit(app, sheet, number)
    app.open_sheet(sheet)


def _choose_run(app: FieldsalesApp, opened: list[ChurnCase]) -> None:
    """Which of the open cases of one account."""
    t = app.t
    entries = [
        Entry(case.id, t("run.which_case", at=case.heard_at), str(number), "choice")
        for number, case in enumerate(opened, 1)
    ]

    def search(text: str) -> list[Entry]:
        return [one for one in entries if one.key == text] or [one for one in entries if text in one.label]

    def take(entry: object) -> None:
        if isinstance(entry, Entry):
            open_run(app, case_id=entry.id)

    app.push_screen(Menu(t, search, title=t("run.which")), take)


def no_trade(app: FieldsalesApp) -> None:
    """!: trade seems to have stopped; the first thing is to check our own figures."""
    open_run(app, "no_trade")


def _playbook(app: FieldsalesApp) -> Playbook:
    from fieldsales.workflows.sheets import load

    return load("churn", app.t.lang, app.desk.places.config / "playbooks").playbook


def _note_on_list(app: FieldsalesApp) -> tuple[str, str]:
    """What is to be said of the user's own checklist, with its role: what is wrong in it as often as a draft opens,
    that ours is newer once while the program runs.
    """
    from fieldsales.workflows.sheets import load

    one = load("churn", app.t.lang, app.desk.places.config / "playbooks")
    if one.trouble is None and one.shipped:
        if one.shipped in app.editions_told:
            return "", ""
        app.editions_told.add(one.shipped)
    return note_on(app, one), "caution" if one.trouble is not None else "dim"


def _boss(app: FieldsalesApp) -> str:
    return app.desk.config.reports_to or app.t("word.boss")


def dismiss(app: FieldsalesApp) -> None:
    """x: not this time; what the figures proposed rests until they say something new (S0-10)."""
    from fieldsales.workflows.churn import dismiss as save

    account_id = the_account(app)
    if account_id:
        app.tell(Message("run.dismissed"), save(app.desk.book, account_id, app.desk.now))


def _draft(app: FieldsalesApp, account_id: str, started: datetime, heard: dict[str, str]) -> CaseDraft:
    """The first screen as it would be now; of a case that has begun, with what is known of how it was heard."""
    from fieldsales.domain.churn import draft
    from fieldsales.ui.actions.look import open_case
    from fieldsales.workflows.churn import cases_this_year

    desk = app.desk
    case = open_case(desk, account_id, heard.get("case", ""))
    return draft(
        desk.book.history(account_id),
        _playbook(app),
        desk.now,
        case.trigger if case else heard["trigger"],
        heard_at=case.heard_at if case else heard.get("at", "") or started.isoformat(timespec="minutes"),
        heard_from=case.heard_from if case else heard.get("who", ""),
        heard_by=case.heard_by if case else heard.get("how", ""),
        speaking=case.speaking if case else int(heard.get("speaking", "1")),
        through=case.through if case else heard.get("through", ""),
        others_this_year=cases_this_year(desk.book.rows(ChurnCase), account_id, desk.today),
        lessons=desk.book.lessons(),
        boss=_boss(app),
        holidays=desk.book.rules().holidays,
    )


def _view(app: FieldsalesApp, account_id: str, started: datetime, heard: dict[str, str]) -> CaseView:
    from fieldsales.domain.people import frozen_by
    from fieldsales.ui.actions.look import open_case, steps_of

    desk, t = app.desk, app.t
    made = _draft(app, account_id, started, heard)
    case = open_case(desk, account_id, heard.get("case", ""))
    history = desk.book.history(account_id)
    rows: dict[int, case_rows.Rows] = {}
    sentences: dict[int, str] = {}
    people_first = False
    steps = made.steps
    report = reports.report_of(app, history, case or made)
    people = tuple(_person(app, lines) for lines in made.people)
    moment = t("case.moment", day=desk.today.isoformat(), time=desk.now.strftime("%H:%M"))
    helped = tuple(helped_words(desk, lesson) for lesson in made.lessons)
    if case is None:
        lines = tuple(_draft_line(app, item) for item in made.first_items)
        sentence, step, last = made.first_sentence, 1, made.last_line
        case_id = ""
    else:
        from fieldsales.domain.churn import current_step, sentence_of
        from fieldsales.workflows.churn import case_file

        file = case_file(desk.book, case.id)
        sides = {item.key: item for item in made.items}
        lines = tuple(_case_line(app, item, sides.get(item.key), file) for item in file.items)
        reopened = case.id not in app.seen_cases  # the first look after the program was started
        app.seen_cases.add(case.id)
        holidays = desk.book.rules().holidays
        sentence = sentence_of(file, desk.now, reopened=reopened, holidays=holidays)
        step, last, case_id = current_step(file.items), made.last_line, case.id
        steps = steps_of(desk, case, file.items)
        numbers = range(1, len(steps) + 1)
        sentences = {
            number: t.say(sentence_of(file, desk.now, step=number, holidays=holidays))
            for number in numbers
            if number != step
        }
        rows = {number: case_rows.rows_of(app, file, number) for number in (TIMELINE, *numbers)}
        people_first = any(item.act == "visit" and not item.done_at for item in file.items)
    if frozen_by(history, desk.today) is not None:
        lines = tuple(_waiting(app, line) for line in lines)
    return CaseView(
        account_id=account_id,
        case_id=case_id,
        name=made.name,
        moment=moment,
        sentence=t.say(sentence),
        lines=lines,
        steps=steps,
        step=step,
        last_line=t.say(last),
        people=people,
        report=tuple(reports.lines_of(app, report)),
        helped=helped,
        rows=rows,
        sentences=sentences,
        people_first=people_first,
    )


def _words(app: FieldsalesApp, pieces: tuple[Message | str, ...]) -> str:
    return " · ".join(app.t.say(piece) if isinstance(piece, Message) else piece for piece in pieces)


def _person(app: FieldsalesApp, lines: tuple[Line, ...]) -> tuple[str, str]:
    """A person's name and everything else about them in one line."""
    first, *rest = [piece for line in lines for piece in line.pieces]
    name = app.t.say(first) if isinstance(first, Message) else first
    return name, _words(app, tuple(rest))


def _draft_line(app: FieldsalesApp, item: DraftItem) -> CaseLine:
    return CaseLine(item.key, item.step, item.title, item.help, _words(app, item.side), "", act=item.act)


def _waiting(app: FieldsalesApp, line: CaseLine) -> CaseLine:
    """A line that rests while contact is paused: nothing beside it says to ring or to go (S2-24)."""
    if line.done_at or line.act not in {"appointment", "visit", "heard"}:
        return line
    return replace(line, help="", side=app.t("run.side.paused"), waits=True)


def _case_line(app: FieldsalesApp, item: CaseItem, made: DraftItem | None, file: CaseFile) -> CaseLine:
    t, case, title = app.t, file.case, item.title
    tried = _tries(app, file, item) if item.act == "appointment" else ""
    if item.act == "hint" and not case.speaking:
        title = t("run.hint_through")  # the way goes round (S0-21)
    help = item.help
    if tried:
        side = tried
        if made and not item.done_at:  # the number to call stays in sight
            help = " · ".join(piece for piece in (_words(app, made.side), help) if piece)
    elif item.done_at:
        side = t("case.time" if _timed_today(app, item.done_at) else "case.at", at=item.done_at)
    elif item.act == "visit" and case.visit_at:
        day, _, time = case.visit_at.partition("T")
        side = t("case.visit_at", day=day, time=time)
    else:
        side = _words(app, made.side) if made else ""
    return CaseLine(item.key, item.step, title, help, side, item.done_at, item.note, item.act)


def _timed_today(app: FieldsalesApp, at: str) -> bool:
    """Whether the time alone tells a moment; one without a time is told as its day."""
    return at[:10] == app.desk.today.isoformat() and len(at) >= 16


def _tries(app: FieldsalesApp, file: CaseFile, item: CaseItem) -> str:
    """Beside 만날 시간 여쭙기: how often it was tried and how that went, by the time of day (S0-14)."""
    t = app.t
    until = len(file.events)
    if item.done_at:
        ticks = (n for n, event in enumerate(file.events) if event.kind == "ticked" and event.ref == item.key)
        until = max(ticks, default=0)
    tries = [event for event in file.events[:until] if event.kind == "attempt"]
    if not tries:
        return ""
    shown = [
        t("run.try" if _timed_today(app, event.at) else "run.try_day", at=event.at, how=f"@attempt.{event.text}")
        for event in tries[-2:]
    ]
    if not item.done_at:
        return " · ".join(shown)
    form = "case.time" if _timed_today(app, item.done_at) else "case.at"
    return " · ".join((t("run.after_tries", n=len(tries) + 1), shown[-1], t(form, at=item.done_at)))


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
    """m in a run: tried and not reached; again within the minute, turned down (S0-14)."""
    from fieldsales.workflows import churn as work
    from fieldsales.workflows.log import attempted

    sheet = _sheet(app)
    if sheet is None:
        return
    refused = work.turned_down(app.desk.book, sheet.account_id, app.desk.now, sheet.case_id)
    if refused is not None:
        app.tell(Message("run.refused"), refused)
        return
    if sheet.case_id:
        changed = work.attempt(app.desk.book, sheet.case_id, "no_answer", app.desk.now)
    else:
        changed = attempted(app.desk.book, sheet.account_id, (), app.desk.now, app.desk.today).changed
    app.tell(Message("run.tried"), changed)


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
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    title = app.t("case.note_question", title=line.title)
    specs = [FieldSpec("note", app.t("fact.text"), "long", line.note)]
    row = (CaseItem, natural_id("case_item", case_id, line.key))
    ask(app, "case_note", case_id + line.key, title, specs, submit, row=row)


def heard_at(app: FieldsalesApp) -> None:
    """t: when, from whom and how it was heard, for those who come to the program later."""
    sheet = _sheet(app)
    if sheet is not None:
        hearing.heard_at(app, sheet)


def timeline(app: FieldsalesApp) -> None:
    """h in a run: what happened so far, and back."""
    case_timeline.look(app)


def next_step(app: FieldsalesApp) -> None:
    sheet = _sheet(app)
    if sheet is not None:
        sheet.turn()


def open_item(app: FieldsalesApp) -> None:
    """Enter on a line of the run: the text to send, or the log that fills the line."""
    sheet = _sheet(app)
    if sheet is None or case_rows.on_row(app, sheet, "open"):
        return
    act = next((line.act for line in sheet.view.lines if line.key == sheet.item_key), "")
    if act in {"report", "recovery"}:
        reports.report(app)
    elif act == "visit":
        open_log(app, sheet.account_id, "visit")
    elif act == "appointment":
        hearing.ask_to_meet(app, sheet)
    elif act == "close":
        closing.close(app)
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
