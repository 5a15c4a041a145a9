"""The command `report`: a text of a churn response, plain, to be sent as it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fieldsales.cli_session import Refused, Session
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.cli_words import Command, Words

KINDS: dict[str, tuple[str, ...]] = {
    "first": ("첫보고",),
    "update": ("중간보고",),
    "recovery": ("보전보고",),
    "questions": ("물으실것",),
    "full": ("전부",),
    "request": ("건의",),
}


def command(words: Words, job: Callable[[Callable[..., int]], Callable[..., int]]) -> Command:
    from fieldsales.cli_words import OneOf

    return words.command(
        "report",
        job(report),
        words.argument("case", "case", "case"),
        words.option("--kind", help="report_kind", var="report_kind", type=OneOf(words.t, KINDS), default=""),
    )


def report(session: Session, case: str, kind: str) -> int:
    """Print the text of the open case of an account, else of the one closed last, or of the case with this id."""
    from fieldsales.domain import reports
    from fieldsales.domain.model import Account, ChurnCase
    from fieldsales.workflows.churn import case_file
    from fieldsales.workflows.reports import case_of, open_slots, report_text, seen_in_figures

    book = session.open()
    chosen = book.get(ChurnCase, clean(case))
    if chosen is None:
        account = session.account(case, looking=True)
        chosen = case_of(book, account.id)
        if chosen is None:
            raise Refused("cli.no_case", session.t("cli.no_case", name=account.name))
    elif book.get(Account, chosen.account_id) is None:
        raise Refused("cli.no_account", session.t("cli.no_account", name=clean(case)))
    file, t = case_file(book, chosen.id), session.t
    made = reports.make_report(
        kind or reports.kind_now(file, session.now),
        file,
        session.now,
        book.rules(),
        boss=session.config.reports_to or t("report.request.to"),
        seen=seen_in_figures(file.history, session.today),
        currency=t.currency,
    )
    text = report_text(made, t)
    data: dict[str, Any] = {
        "account_id": chosen.account_id,
        "account": file.history.account.name,
        "case_id": chosen.id,
        "kind": made.kind,
        "text": text,
        "open": open_slots(made),
    }
    return session.result("report", text.split("\n"), data)
