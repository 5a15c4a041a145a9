"""Texts for others: what goes to the person I report to. Made from the book alone, so that they are complete unread.

One ladder of four (첫 보고, 중간 보고, 보전 보고, 물으실 것), and under a pause of contact the request to lift it. None
of them holds a share of the book, what I keep for myself of a person, or what I hold against myself.
"""

from __future__ import annotations

from datetime import datetime

from fieldsales.domain.churn import Trigger, current_step
from fieldsales.domain.model import CaseFile, History, Rules
from fieldsales.domain.people import frozen_by
from fieldsales.domain.report_parts import Choice, Paragraph, Piece, Report, Slot, told
from fieldsales.domain.reports_first import first_report
from fieldsales.domain.reports_questions import questions_report
from fieldsales.domain.reports_recovery import recovery_report
from fieldsales.domain.reports_request import request_report
from fieldsales.domain.reports_update import full_report, has_news, update_report

__all__ = [
    "KINDS",
    "TABS",
    "Choice",
    "Paragraph",
    "Piece",
    "Report",
    "Slot",
    "first_report",
    "full_report",
    "has_news",
    "kind_now",
    "make_report",
    "questions_report",
    "recovery_report",
    "request_report",
    "tabs_of",
    "told",
    "update_report",
]

TABS = ("first", "update", "recovery", "questions")
AFTERWARDS = ("recovery", "questions")
KINDS = (*TABS, "full", "request")
COVER_STEP = 3


def tabs_of(history: History, now: datetime, over: bool = False) -> tuple[str, ...]:
    """The texts that are offered; under a pause of contact the request stands first (S2-24). Once a case is over,
    nothing is announced any more.
    """
    if over:
        return AFTERWARDS
    return ("request", *TABS) if frozen_by(history, now.date()) is not None else TABS


def kind_now(file: CaseFile, now: datetime) -> str:
    """The text that fits the moment: the request under a pause, the first report until something came after it, then
    what is new; from the step of the money on the recovery report, and once that went out what is new again."""
    if file.case.state == "open" and frozen_by(file.history, now.date()) is not None:
        return "request"
    if file.case.state != "open":
        return "recovery"
    if not any(event.kind == "report" for event in file.events) and not any(
        item.act == "report" and item.done_at for item in file.items
    ):
        return "first"
    if current_step(file.items) >= COVER_STEP:
        sent = any((event.kind, event.ref) == ("report", "recovery") for event in file.events)
        return "update" if sent and has_news(file, now) else "recovery"
    return "update" if has_news(file, now) else "first"


def make_report(
    kind: str,
    file: CaseFile,
    now: datetime,
    rules: Rules,
    *,
    boss: str,
    seen: Trigger | None = None,
    currency: str = "KRW",
) -> Report:
    """The text of a kind for a case that has begun."""
    if kind == "request":
        return request_report(file.history, now, boss, file.case.heard_from)
    if kind == "update":
        return update_report(file, now, currency=currency)
    if kind == "recovery":
        return recovery_report(file, now, currency=currency)
    if kind == "questions":
        return questions_report(file, now, rules, currency=currency)
    if kind == "full":
        return full_report(file, now, seen=seen, currency=currency)
    return first_report(file.history, file.case, now, file=file, seen=seen, currency=currency, holidays=rules.holidays)
