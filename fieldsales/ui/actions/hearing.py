"""What was heard and from whom, the time to meet that is asked for, and the questions to the previous rep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.model import ChurnCase, Contact, History, Message
from fieldsales.domain.triggers import trigger_told
from fieldsales.ui.actions import case_rows
from fieldsales.ui.actions.asking import Values, ask
from fieldsales.ui.screens.form import FieldSpec

if TYPE_CHECKING:
    from fieldsales.domain.churn import CaseDraft
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.ui.screens.case import CaseSheet

HOW = ("call", "visit", "message", "figures")
NAMED = 3  # people named as a hint


# --- people, by what is typed of their names --------------------------------------------------------------------------


def people_of(app: FieldsalesApp, account_id: str, *named: str) -> tuple[Contact, ...]:
    """The people who are there, and behind them those of these ids who have left."""
    from fieldsales.domain.people import present

    history = app.desk.book.history(account_id)
    here = present(history, app.desk.today)
    return (*here, *(one for one in history.contacts if one.id in named and one not in here))


def who_is(text: str, people: tuple[Contact, ...]) -> str:
    """The id of the one person whose name or title holds what was typed, else the words as they are."""
    from fieldsales.domain.people import full_name

    wanted = "".join(text.split()).casefold().removesuffix("님")
    if not wanted:
        return ""
    names = {one.id: "".join(full_name(one).split()).casefold() for one in people}
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [id for id, name in names.items() if fits(name, wanted)]
        if len(found) == 1:
            return found[0]
    return text


def name_of(id: str, people: tuple[Contact, ...]) -> str:
    """The name to an id of `who_is`, a bare name as it stands, "" for somebody who is no longer in the book."""
    from fieldsales.domain.ids import is_id
    from fieldsales.domain.people import full_name

    return next((full_name(one) for one in people if one.id == id), "" if is_id(id) else id)


def names_hint(app: FieldsalesApp, people: tuple[Contact, ...], but: str = "") -> str:
    """The names as an example of what may be typed: one alone would look as if it stood there already."""
    from fieldsales.domain.people import full_name

    names = ", ".join(full_name(one) for one in people if one.id != but)[:60]
    return app.t("run.names_hint", names=names) if names and len(people) <= NAMED + 1 else ""


def moment_that_was(app: FieldsalesApp, text: str) -> str:
    """A moment that has been, as an ISO moment, or a day where no time was said; "" where the words say neither."""
    from fieldsales.domain.when_past import find_past

    found = find_past(text, app.desk.today, app.desk.now.strftime("%H:%M"))
    if found is None:
        return ""
    day = (found.day or app.desk.today).isoformat()
    return f"{day}T{found.time}" if found.time else day


def moment_to_come(app: FieldsalesApp, text: str) -> str:
    """A moment to come, as an ISO moment, or a day where no time was said; "" where the words say neither."""
    from fieldsales.domain.when import find_when, read_day

    now = app.desk.now
    found = find_when(text, now.date(), now.strftime("%H:%M"))
    if found is not None:
        return f"{found.day.isoformat()}T{found.time}" if found.time else found.day.isoformat()
    day = read_day(text, now.date())
    return day.isoformat() if day else ""


# --- t: how it was heard ----------------------------------------------------------------------------------------------


def heard_at(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """When, from whom and how it was heard, whether we are on speaking terms, and who could ask for me (S0-21)."""
    from fieldsales.workflows import churn as work

    t, desk, account_id = app.t, app.desk, sheet.account_id
    case = desk.book.get(ChurnCase, sheet.case_id) if sheet.case_id else None
    known: ChurnCase | CaseDraft = case or sheet.draft_of()
    people = people_of(app, account_id, known.heard_from, known.through)

    def read(values: Values) -> str:
        at = moment_that_was(app, values["when"]) if values["when"] else ""
        when = t("run.read.when", at=at) if at else t("log.bad_when", text=values["when"]) if values["when"] else ""
        who = name_of(who_is(values["who"], people), people)
        through = name_of(who_is(values["through"], people), people)
        told = (
            when,
            t("run.read.who", name=who) if who else "",
            t("run.read.through", name=through) if through else "",
        )
        return "   ".join(text for text in told if text)

    def submit(values: Values) -> Message | None:
        at = moment_that_was(app, values["when"]) if values["when"] else ""
        if values["when"] and not at:
            return Message("log.bad_when", {"text": values["when"]})
        if at > desk.now.isoformat(timespec="minutes"):
            return Message("run.heard_ahead")
        who, through = who_is(values["who"], people), who_is(values["through"], people)
        speaking = int(values["speaking"] != "no")
        if sheet.case_id:
            changed = work.heard(
                desk.book, sheet.case_id, desk.now, at=at, who=who, how=values["how"], speaking=speaking,
                through="" if speaking else through,
            )  # fmt: skip
            app.call_later(app.tell, Message("app.saved"), changed)
            return None
        sheet.heard.update(
            who=who, how=values["how"], speaking=str(speaking), through="" if speaking else through,
            trigger=trigger_told(values["how"], known.trigger),
        )  # fmt: skip
        if at:
            sheet.heard["at"] = at
        app.call_later(sheet.reload)
        return None

    ways = tuple((how, t(f"heard_by.{how}")) for how in HOW)
    specs = [
        FieldSpec("when", t("case.heard_question"), hint=t("run.when_hint", at=known.heard_at)),
        FieldSpec("who", t("run.who"), value=name_of(known.heard_from, people), hint=names_hint(app, people)),
        FieldSpec("how", t("run.how"), "choice", known.heard_by, options=ways),
        FieldSpec(
            "speaking",
            t("run.speaking"),
            "choice",
            "yes" if known.speaking else "no",
            options=(("yes", t("run.yes")), ("no", t("run.no"))),
            gap=True,
        ),
        FieldSpec(
            "through",
            t("run.through"),
            value=name_of(known.through, people),
            hint=names_hint(app, people, known.heard_from),
        ),
    ]  # fmt: skip
    title = f"{sheet.view.name} · {t('cmd.heard_at')}"
    ask(app, "heard", sheet.case_id or account_id, title, specs, submit, explain=read)


# --- 만날 시간 여쭙기 -------------------------------------------------------------------------------------------------


def ask_to_meet(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """The two sentences for the phone, and the time that was fixed; saving it logs the call in the same act."""
    from fieldsales.domain.people import frozen_by
    from fieldsales.workflows import churn as work

    t, desk, account_id = app.t, app.desk, sheet.account_id
    history = desk.book.history(account_id)
    if frozen_by(history, desk.today) is not None:
        app.tell(Message("run.guide.paused"))
        return
    case = desk.book.get(ChurnCase, sheet.case_id) if sheet.case_id else None
    known: ChurnCase | CaseDraft = case or sheet.draft_of()

    def read(values: Values) -> str:
        if not values["at"]:
            return ""
        at = moment_to_come(app, values["at"])
        if not at:
            return t("run.ask.bad")
        return t("run.ask.read" if len(at) > 10 else "run.ask.read_day", day=at[:10], at=at)

    def submit(values: Values) -> Message | None:
        at = moment_to_come(app, values["at"]) if values["at"] else ""
        if values["at"] and not at:
            return Message("run.ask.bad")
        kept = {"at": at, "heard": values["heard"], "title": t("run.ask.title")}
        if sheet.case_id:
            changed = work.asked(desk.book, sheet.case_id, desk.now, **kept)
        else:
            begun = work.begin_asking(desk.book, sheet.draft_of(), desk.now, **kept)
            app.seen_cases.add(begun.case_id)
            changed = begun.changed
        app.call_later(app.tell, Message("run.ask.fixed" if at else "app.saved", {"day": at[:10]}), changed)
        return None

    specs = [
        FieldSpec("at", t("run.ask.at"), hint=t("run.ask.at_hint")),
        FieldSpec("heard", t("log.heard"), hint=t("run.ask.heard_hint")),
    ]
    words, number = _spoken(app, history, known, case)
    title = " · ".join(text for text in (sheet.view.name, t("run.ask.question"), number) if text)
    ask(app, "asked", sheet.case_id or account_id, title, specs, submit, note=words, explain=read, enter_saves=True)


def _spoken(
    app: FieldsalesApp, history: History, known: ChurnCase | CaseDraft, case: ChurnCase | None
) -> tuple[str, str]:
    """What to say on the phone, and the number: to the person, or to the one who asks for me."""
    from fieldsales.domain.churn import to_say_on_the_phone
    from fieldsales.domain.people import called, full_name, main_contact, person_name, present

    t = app.t
    here = present(history, app.desk.today)
    teller = next((one for one in here if one.id == known.heard_from), main_contact(history, app.desk.today))
    helper = next((one for one in here if one.id == known.through), None)
    if not known.speaking:
        asked = full_name(teller) if teller else history.account.name
        whom = called(helper) if helper else person_name(history, known.through) or known.through
        number = (helper.mobile or helper.phone) if helper else ""
        form_id = "run.ask.through" if whom else "run.ask.through_noname"
        return t(form_id, name=whom, who=asked), number
    whom = called(teller) if teller else ""
    number = (teller.mobile or teller.phone or history.account.phone) if teller else history.account.phone
    visit_at = case.visit_at if case is not None else ""
    said = to_say_on_the_phone(whom, visit_at, app.desk.now, app.desk.book.rules().holidays)
    return "\n".join(t.say(one) for one in said), number


# --- the previous rep -------------------------------------------------------------------------------------------------


def ask_predecessor(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """Three questions to the previous rep, as a text to send (S0-01)."""
    from fieldsales.ui.screens.reading import ReadRow, WhySheet
    from fieldsales.ui.widgets.parts import wrap

    t, account = app.t, app.desk.book.history(sheet.account_id).account
    who = account.predecessor.removesuffix("님")
    text = t("run.predecessor.text" if who else "run.predecessor.text_noname", who=who, account=account.name)

    def rows(width: int) -> list[ReadRow]:
        return [ReadRow(((piece, ""),)) for line in text.split("\n") for piece in wrap(line, width - 6)]

    title = f"{account.name} · {t('run.predecessor.title')}"
    app.open_sheet(
        WhySheet(
            t,
            lambda: [(title, "strong")],
            rows,
            account_id=sheet.account_id,
            keys=("copy", "close"),
            text=lambda: text + "\n",
        )
    )


case_rows.ON_ITEM["predecessor"] = ask_predecessor
