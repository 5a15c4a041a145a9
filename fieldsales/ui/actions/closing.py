"""The end of a case: its close, the farewell, opening it again, and trade that came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.churn import FAREWELLS, OUTCOMES
from fieldsales.domain.dates import add_months
from fieldsales.domain.model import Message
from fieldsales.ui.actions import case_rows
from fieldsales.ui.actions.agenda import account_name, the_account
from fieldsales.ui.actions.asking import Values, ask
from fieldsales.ui.screens.case import CaseSheet
from fieldsales.ui.screens.form import FieldSpec
from fieldsales.ui.screens.reading import HOWS, FarewellSheet

if TYPE_CHECKING:
    from fieldsales.domain.ledger import Ledger
    from fieldsales.domain.model import CaseFile, History
    from fieldsales.ui.app import FieldsalesApp

LOST_TO = ("competitor", "manager", "closed", "released", "unknown")  # to whom or what (S2-28)
KEPT = frozenset({"half", "part"})  # outcomes after which the rest is asked for again


def close(app: FieldsalesApp) -> None:
    """x: an outcome, a farewell and one line of a lesson close a case (C14). The outcome that the money says stands
    there already (S0-16).
    """
    from fieldsales.domain.ledger import ledger_of
    from fieldsales.domain.lessons import has_lesson
    from fieldsales.workflows import closing as work
    from fieldsales.workflows.churn import case_file

    sheet = app.screen if isinstance(app.screen, CaseSheet) else None
    if sheet is None or not sheet.case_id:
        app.tell(Message("case.not_begun"))
        return
    t, desk, case_id = app.t, app.desk, sheet.case_id
    file = case_file(desk.book, case_id)
    if file.case.state != "open":
        return
    money = ledger_of(file)
    name = sheet.view.name
    written = next((one for one in file.lessons if has_lesson(one)), None)

    def options(prefix: str, *keys: str) -> tuple[tuple[str, str], ...]:
        return tuple((key, t(f"{prefix}.{key}")) for key in keys)

    def submit(values: Values) -> Message | None:
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
                follow_up=t("closing.again") if values["outcome"] in KEPT else "",
                farewell_title=t("closing.farewell_title" if values["outcome"] == "none" else "closing.thanks_title"),
            )
        except work.CloseIncompleteError as error:
            return error.missing[0]
        app.call_later(sheet.dismiss, None)
        left = values["outcome"] == "none" and values["farewell"] != "planned"  # nothing to be sent any more
        told = "churn.guide.closed_farewell" if left else f"churn.guide.closed_{values['outcome']}"
        app.call_later(app.tell, Message(told), changed)
        return None

    def explain(values: Values) -> str:
        return "\n".join(_what_follows(app, file, values, money))

    specs = [
        FieldSpec("outcome", t("close.outcome"), "choice", money.tier, options=options("outcome", *OUTCOMES)),
        FieldSpec(
            "farewell",
            t("close.farewell"),
            "choice",
            file.case.farewell or ("done" if _farewell_ticked(file) else ""),
            options=options("farewell", *FAREWELLS),
        ),
        FieldSpec("lesson", t("close.lesson"), hint=t("closing.lesson_written" if written else "close.lesson_hint")),
        FieldSpec("lost_to", t("close.lost_to"), "choice", file.case.lost_to, options=options("lost_to", *LOST_TO)),
        FieldSpec("left_how", t("close.left_how"), "choice", file.case.left_how, options=options("left", *HOWS)),
    ]
    ask(app, "close", case_id, f"{name} · {t('close.title')}", specs, submit, explain=explain)


def _farewell_ticked(file: CaseFile) -> bool:
    return any(item.act == "farewell" and item.done_at for item in file.items)


def _what_follows(app: FieldsalesApp, file: CaseFile, values: Values, money: Ledger) -> list[str]:
    """What the money says, what the close will put into 오늘, and the words of the farewell."""
    t, outcome = app.t, values["outcome"]
    lines = []
    if money.recovered and money.tier and money.recovered_percent is not None:
        lines.append(t("closing.by_money", tier=t(f"outcome.{money.tier}"), n=money.recovered_percent))
    if outcome in KEPT:
        lines.append(t("closing.then_again", day=add_months(app.desk.today, 3).isoformat()))
    if outcome == "none":
        return [*lines, *_after_the_end(app, file.history, file.case.heard_from, values["lost_to"], values)]
    return [*lines, *([t("closing.thanks")] if outcome else [])]


def _after_the_end(app: FieldsalesApp, history: History, who: str, lost_to: str, values: Values) -> list[str]:
    """When they are greeted again, by whom it was lost to (S3-21, S1-14), and the farewell to send."""
    t, today = app.t, app.desk.today
    if lost_to == "manager":
        lines = [t("closing.then_manager")]
    elif lost_to == "released":
        lines = [t("closing.then_released", day=add_months(today, 12).isoformat())]
    else:
        days = {f"day{months}": add_months(today, months).isoformat() for months in (3, 6, 12)}
        lines = [t("closing.then_none", **days)]
    if values["farewell"] != "impossible":
        lines += ["", farewell_words(app, history, who, values["left_how"])]
    return lines


def farewell_words(app: FieldsalesApp, history: History, who: str, how: str) -> str:
    """The farewell as it is sent, by how they left (S3-20, S3-22). `who` is the contact it goes to."""
    from fieldsales.domain.churn import farewell_text

    return app.t.say(farewell_text(history, who, how, app.desk.today))


def end_account(app: FieldsalesApp) -> None:
    """An account with history is ended, never deleted; 정리 leaves the door open (A18, S1-14). One with an open case
    ends with its case.
    """
    from fieldsales.ui.actions.look import open_case
    from fieldsales.workflows.accounts import end_account as save

    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk
    name = account_name(app, account_id)
    if open_case(desk, account_id) is not None:
        app.tell(Message("closing.case_open", {"name": name}))
        return
    history = desk.book.history(account_id)

    def submit(values: Values) -> Message | None:
        changed = save(
            desk.book, account_id, desk.now, values["how"], values["farewell"], values["left_how"],
            farewell_title=t("closing.farewell_title"),
        )  # fmt: skip
        app.call_later(app.tell, Message("account.ended", {"name": name}), changed)
        return None

    def explain(values: Values) -> str:
        return "\n".join(_after_the_end(app, history, "", values["how"], values))

    def options(prefix: str, *keys: str) -> tuple[tuple[str, str], ...]:
        return tuple((key, t(f"{prefix}.{key}")) for key in keys)

    specs = [
        FieldSpec("farewell", t("close.farewell"), "choice", options=options("farewell", *FAREWELLS)),
        FieldSpec("how", t("close.lost_to"), "choice", options=options("lost_to", *LOST_TO)),
        FieldSpec("left_how", t("close.left_how"), "choice", options=options("left", *HOWS)),
    ]
    ask(app, "end", account_id, t("account.end.title", name=name), specs, submit, explain=explain)


def farewell(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """Enter on the farewell: the words to send, ready to be copied."""
    from fieldsales.domain.ledger import ledger_of
    from fieldsales.workflows.churn import case_file

    file = case_file(app.desk.book, sheet.case_id)
    stays = ledger_of(file).recovered > 0
    ways = ("stayed", *HOWS) if stays else HOWS
    texts = {how: farewell_words(app, file.history, file.case.heard_from, how) for how in ways}
    how = "stayed" if stays else file.case.left_how or file.history.account.left_how
    note = app.t("closing.farewell_note")
    app.open_sheet(FarewellSheet(app.t, sheet.view.name, texts, how, note, sheet.account_id))


def reopen(app: FieldsalesApp) -> None:
    """Open the account's last case again, with all that was written."""
    from fieldsales.ui.actions import cases
    from fieldsales.workflows import closing as work

    account_id = the_account(app)
    if not account_id:
        return
    case = work.last_closed(app.desk.book, account_id)
    if case is None:
        app.tell(Message("closing.none_closed"))
        return
    said = app.t("closing.reopened", name=account_name(app, account_id))
    app.tell(None, work.reopen(app.desk.book, case.id, app.desk.now))
    if app.context != "case":
        cases.open_run(app)
    app.call_later(app.say, said)


def won_back(app: FieldsalesApp) -> None:
    """재거래: an account that had left is dealt with again (S3-21)."""
    from fieldsales.workflows import closing as work

    account_id = the_account(app)
    if not account_id:
        return
    name = account_name(app, account_id)
    changed = work.won_back(app.desk.book, account_id, app.desk.now, told_as=app.t("closing.won_back_event"))
    app.tell(Message("closing.won_back", {"name": name}), changed)


case_rows.ON_ITEM["farewell"] = farewell
