"""Commands on a line of 오늘: done, nobody answered, put off; and the log of what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.model import Account, AgendaLine, History, Message
from fieldsales.ui.screens.log import LogSheet, LogSpec
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.ui.widgets.parts import Parts, fit, title_line, wrap

if TYPE_CHECKING:
    from fieldsales.domain.log_effects import LogEntry
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.ui.screens.case import CaseSheet

LOG_KINDS = ("visit", "call", "review", "message")
LOG_CHIPS = ("competitor", "need", "complaint", "people", "note")
LOG_MARKS = ("late", "word_changed", "hard")
NAMED = "name:"  # begins the choice of a person of whom the book holds no more than a name


def account_name(app: FieldsalesApp, account_id: str) -> str:
    account = app.desk.book.get(Account, account_id)
    return account.name if account else ""


def the_account(app: FieldsalesApp) -> str:
    """The account in front of the user, or "" after saying that there is none."""
    if not app.account_id:
        app.tell(Message("app.no_account"))
    return app.account_id


def due_keys(app: FieldsalesApp) -> tuple[str, ...]:
    """What is due today at the account in front of the user."""
    line = line_of(app, app.account_id)
    return line.keys if line else ()


def line_of(app: FieldsalesApp, account_id: str) -> AgendaLine | None:
    agenda = app.desk.book.agenda(app.desk.today)
    occasion = app.main.occasion if app.main is not None else None
    if occasion is not None and occasion.account_id == account_id:
        return occasion
    return next((line for line in (*agenda.today, *agenda.later) if line.account_id == account_id), None)


def done(app: FieldsalesApp) -> None:
    """Space: a line of 오늘 is done, an item of a run ticked, a lesson kept in sight."""
    from fieldsales.ui.actions import cases, lessons
    from fieldsales.workflows.log import quick_done

    context = app.context
    if context == "prep":
        from fieldsales.ui.actions import prep

        prep.tick(app)
        return
    if context == "case":
        cases.tick(app)
        return
    if context == "boss":
        from fieldsales.ui.actions import boss

        boss.answer(app)
        return
    if context == "lessons":
        lessons.toggle_pin(app)
        return
    if context == "churn":
        cases.open_run(app)
        return
    line = app.main.occasion if app.main is not None else None
    if line is None:
        app.tell(Message("app.nothing_to_open" if app.desk.book.is_empty() else "app.nothing_done_here"))
        return
    if line.keys[0].startswith("propose:"):
        cases.open_run(app)
        return
    logged = quick_done(app.desk.book, line.account_id, line.keys, app.desk.now, app.desk.today)
    if not logged.changed.act:
        if "case" not in line.keys and any(key.startswith("plan:") for key in line.keys):
            from fieldsales.ui.actions import reports

            reports.report(app)
        else:
            cases.open_run(app)
        return
    app.tell(Message("app.done", {"name": line.name}), logged.changed)


def attempt(app: FieldsalesApp) -> None:
    """m: nobody answered. Kept as effort; what is due does not move."""
    from fieldsales.ui.actions import cases
    from fieldsales.workflows.log import attempted

    if app.context == "case":
        cases.attempt(app)
        return
    account_id = the_account(app)
    if account_id:
        logged = attempted(app.desk.book, account_id, due_keys(app), app.desk.now, app.desk.today)
        app.tell(Message("app.attempted", {"name": account_name(app, account_id)}), logged.changed)


def put_off(app: FieldsalesApp) -> None:
    """s: one field that reads 다음 주 화. A lesson that asks to be looked at again asks later."""
    if app.context == "lessons":
        from fieldsales.ui.actions import lessons

        lessons.next_time(app)
        return
    from fieldsales.domain.when import read_day
    from fieldsales.workflows.log import put_off as save

    account_id = the_account(app)
    line = line_of(app, account_id) if account_id else None
    if line is None or line.keys == ("case",):
        app.tell(Message("put_off.nothing" if line is None else "put_off.case"))
        return
    t = app.t

    def read(text: str) -> str:
        day = read_day(text, app.desk.today)
        return t("put_off.read", day=day.isoformat()) if day else t("put_off.bad")

    def take(text: str) -> Message | None:
        day = read_day(text, app.desk.today)
        if day is None:
            return Message("put_off.bad")
        if day <= app.desk.today:
            return Message("put_off.past")
        changed = save(app.desk.book, account_id, line.keys, day, app.desk.now, app.desk.today)
        app.call_later(app.tell, Message("app.put_off", {"name": line.name, "day": day.isoformat()}), changed)
        return None

    question = t("put_off.question", name=line.name)
    app.push_screen(Prompt(t, question, take, hint=t("put_off.hint"), read=read, jamo=app.jamo))


# --- the log --------------------------------------------------------------------------------------------------------


def log(app: FieldsalesApp) -> None:
    """l: the form of one log, on the account in front of the user."""
    if app.context == "prep":
        from fieldsales.ui.actions import prep

        prep.log(app)
        return
    account_id = the_account(app)
    if account_id:
        open_log(app, account_id)


def open_log(app: FieldsalesApp, account_id: str, kind: str = "", sheet: str = "") -> None:
    """The form for an account; `kind` where what happened is known, `sheet` the checklist it was prepared with."""
    from fieldsales.domain.log_effects import thanks_offered
    from fieldsales.domain.prep import as_prepared
    from fieldsales.domain.promises import read_promises
    from fieldsales.workflows.log import log as save

    desk, t = app.desk, app.t
    history = desk.book.history(account_id)
    line = line_of(app, account_id)
    spec = _spec(app, history, line, kind)

    def submit(values: dict[str, str]) -> Message | None:
        entry = _entry(app, account_id, values, line)
        if isinstance(entry, Message):
            return entry
        if sheet:
            entry = as_prepared(entry, sheet)
        logged = save(desk.book, entry, desk.now, desk.today)
        desk.book.drop_draft("log", account_id)
        unmet = next((one.id for one in logged.effects if one.id.startswith("effect.case_needs_")), "")
        said = unmet.replace("effect.case_", "log.") or "app.logged"
        app.call_later(app.tell, Message(said, {"name": history.account.name}), logged.changed)
        return None

    def promises(text: str) -> list[str]:
        lines = []
        for promise in read_promises(text, desk.today):
            args = {"kind": f"@promise.{promise.kind}", "title": promise.title}
            if not promise.due_on:
                lines.append(t("log.promise_undated", **args))
            elif promise.due_time:
                lines.append(t("log.promise_timed", day=promise.due_on, time=promise.due_time, **args))
            else:
                lines.append(t("log.promise_line", day=promise.due_on, **args))
        return lines

    def thanks(values: dict[str, str]) -> bool:
        entry = _entry(app, account_id, values, line)
        return not isinstance(entry, Message) and thanks_offered(history, entry, desk.today)

    def beside(values: dict[str, str], width: int) -> list[Parts]:
        return _beside(app, history, _entry(app, account_id, values, line), width)

    app.open_sheet(
        LogSheet(
            t,
            spec,
            app.guarded(submit),
            keep=lambda values: desk.book.save_draft("log", account_id, values),
            draft=desk.book.draft("log", account_id),
            promises=promises,
            beside=beside,
            thanks=thanks,
            jamo=app.jamo,
        )
    )


def _spec(app: FieldsalesApp, history: History, line: AgendaLine | None, kind: str) -> LogSpec:
    from fieldsales.domain.people import full_name, present
    from fieldsales.domain.remembered import open_signals, open_tasks

    t, today = app.t, app.desk.today
    keys = line.keys if line else ()
    meeting = next((task for task in open_tasks(history, "meet") if task.due_on == today.isoformat()), None)
    if not kind:
        visits = bool({"meeting", "visit", "greeting"} & set(keys)) or meeting is not None
        kind = "visit" if visits or "case" in keys else "review" if "review" in keys and "call" not in keys else "call"
    people = tuple((contact.id, full_name(contact)) for contact in present(history, today))
    told_by = _told_by(app, history)
    if told_by and told_by not in (full_name(one) for one in history.contacts):
        people = (*people, (f"{NAMED}{told_by}", told_by))
    person = meeting.contact_id if meeting and meeting.contact_id else people[0][0] if people else ""
    # What is written down has been: an appointment that was kept early does not stand at its later hour.
    time = min(meeting.due_time if meeting and meeting.due_time else "24:00", app.desk.now.strftime("%H:%M"))
    given = [(f"task:{task.id}", t("log.given", title=task.title), False) for task in open_tasks(history, "give")]
    got = [(f"task:{task.id}", t("log.got", title=task.title), False) for task in open_tasks(history, "get")]
    solved = [
        (f"{key}:{one.id}", t(f"log.{word}", text=one.text), False)
        for one in open_signals(history, "complaint", "need")
        for key, word in (("signal", "solved"), ("try", "tried"))
        if key == "signal" or one.kind == "complaint"
    ]
    return LogSpec(
        account_id=history.account.id,
        name=history.account.name,
        kinds=tuple((name, t(f"kind.{name}")) for name in LOG_KINDS),
        kind=kind,
        people=people,
        person=person,
        when=t("log.when_now", time=time),
        meanwhile=(*(given + got + solved)[:6], ("thanks", t("log.thanks"), False)),
        chips=tuple(
            [(chip, t(f"log.chip.{chip}")) for chip in (*LOG_CHIPS, "joint")]
            + [(mark, t(f"mark.{mark}")) for mark in LOG_MARKS]
        ),
    )


def _entry(app: FieldsalesApp, account_id: str, values: dict[str, str], line: AgendaLine | None) -> LogEntry | Message:
    from fieldsales.domain.log_effects import LogEntry
    from fieldsales.domain.when_past import find_past

    today, person = app.desk.today, values["person"]
    day, time = today.isoformat(), ""
    if values["when"]:
        found = find_past(values["when"], today, app.desk.now.strftime("%H:%M"))
        if found is None:
            return Message("log.bad_when", {"text": values["when"]})
        day = found.day.isoformat() if found.day else day
        time = found.time
    ticked = [name for name, value in values.items() if value and ("_" in name)]
    keys = line.keys if line else ()
    run = _run_in_front(app, account_id)
    visit = values["kind"] == "visit"
    sheet = ("half_year" if "meeting" in keys else "greeting" if "greeting" in keys else "") if visit else ""
    return LogEntry(
        account_id=account_id,
        kind=values["kind"],
        contact_id="" if person.startswith(NAMED) else person,
        with_names=person.removeprefix(NAMED) if person.startswith(NAMED) else "",
        day=day,
        time=time,
        heard=values["heard"],
        said=values["said"],
        promises=values["promise"],
        sheet=sheet or ("quarter" if values["kind"] == "review" else ""),
        chips=tuple(name[5:] for name in ticked if name.startswith("chip_") and name[5:] in LOG_CHIPS),
        marks=tuple(name[5:] for name in ticked if name.startswith("chip_") and name[5:] in LOG_MARKS),
        joint=int(visit and "chip_joint" in ticked),
        tried_signals=tuple(name[9:] for name in ticked if name.startswith("done_try:")),
        case_id=run.case_id if run is not None else "",
        done_tasks=tuple(name[10:] for name in ticked if name.startswith("done_task:")),
        closed_signals=tuple(name[12:] for name in ticked if name.startswith("done_signal:")),
        thanks=app.t("log.thanks") if "done_thanks" in ticked else "",
    )


def _told_by(app: FieldsalesApp, history: History) -> str:
    """Who told us of the case in front of the user, where the book knows no more of them than a name."""
    from fieldsales.domain.people import person_name
    from fieldsales.domain.remembered import running_case

    run = _run_in_front(app, history.account.id)
    if run is not None and not run.case_id:
        return person_name(history, run.heard.get("who", ""))
    named = [one for one in history.cases if run is not None and one.id == run.case_id]
    case = running_case(named or history.cases)
    return person_name(history, case.heard_from) if case is not None else ""


def _run_in_front(app: FieldsalesApp, account_id: str) -> CaseSheet | None:
    """The run of the account from which the log was opened, None from elsewhere."""
    from fieldsales.ui.screens.case import CaseSheet

    runs = (screen for screen in reversed(app.screen_stack) if isinstance(screen, CaseSheet))
    return next((run for run in runs if run.account_id == account_id), None)


def _beside(app: FieldsalesApp, history: History, entry: LogEntry | Message, width: int) -> list[Parts]:
    """What stands beside the form: the account's page in short, and what saving will move."""
    from fieldsales.domain.brief import brief
    from fieldsales.domain.log_effects import effects
    from fieldsales.domain.model import Message as Words

    t = app.t
    lines: list[Parts] = [title_line("", history.account.name, width), []]
    page = brief(history, app.desk.book.lessons(), app.desk.today)
    for name in ("give", "get", "complaints", "lately", "people"):
        part = page.part(name)
        for line in part.lines[:3] if part and not (app.masked and part.private) else ():
            if app.masked and line.private:
                continue
            text = " · ".join(t.say(piece) if isinstance(piece, Words) else piece for piece in line.pieces)
            for number, piece in enumerate(wrap(text, width - 12)):
                label = t.say(part.label) if part and number == 0 and line is part.lines[0] else ""
                lines.append([(" ", ""), (fit(label, 11), "dim"), (piece, "")])
    lines += [[], title_line("", t("log.saves"), width), []]
    moved = () if isinstance(entry, Message) else effects(history, entry, app.desk.today, app.desk.book.rules())
    for message in moved:
        lines += [[("  " + piece, "")] for piece in wrap(t.say(message), width - 4)]
    if not moved:
        lines.append([("  " + t("log.nothing_moves"), "dim")])
    return lines
