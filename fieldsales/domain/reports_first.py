"""첫 보고: heard when, from whom and how; what the account is to us; when I go there. Complete without typing."""

from __future__ import annotations

from datetime import date, datetime

from fieldsales.domain.churn import FIGURES, CaseDraft, Trigger, ahead, visit_by
from fieldsales.domain.dates import days_since
from fieldsales.domain.model import CaseFile, ChurnCase, History, Message
from fieldsales.domain.months import monthly_mean
from fieldsales.domain.people import frozen_by, person_name, span
from fieldsales.domain.remembered import INHERITED_WATCH_DAYS
from fieldsales.domain.report_parts import (
    Paragraph,
    Report,
    Slot,
    contact_paragraph,
    efforts,
    first_visit,
    moment,
    money,
    slot,
    tried_pieces,
)


def first_report(
    history: History,
    case: CaseDraft | ChurnCase,
    now: datetime,
    *,
    file: CaseFile | None = None,
    seen: Trigger | None = None,
    currency: str = "KRW",
    holidays: frozenset[str] = frozenset(),
) -> Report:
    """The text of the first hour; only the hour of the visit is open. No share of my book stands in it (S0-04, S0-05,
    S0-11).

    `file` is what a case that has begun holds: attempts are told (S0-14), and a visit that was made is told as made.
    `seen` is what the figures showed, for a case that began with them.
    """
    today = now.date()
    frozen = frozen_by(history, today) is not None
    paragraphs: list[Paragraph] = [heard_paragraph(history, case, today, seen, currency)]
    visit = first_visit(file) if file else None
    if case.trigger in FIGURES:
        paragraphs.append((Message("report.first.checking"),))
    elif not (file is not None and (file.causes or visit is not None)):
        paragraphs.append((Message("report.first.no_reason"),))
    weight = weight_paragraph(history, case, today, currency)
    if weight:
        paragraphs.append(weight)
    made = efforts(file) if file is not None else None
    if made is not None and made.tried:
        paragraphs.append((*tried_pieces(made), Message("report.stop")))
    if file is not None and visit is not None:
        paragraphs.append(contact_paragraph(file, visit, today))
    elif frozen:
        paragraphs.append((Message("report.first.paused"),))
    elif ahead(case.visit_at, now):
        paragraphs.append(moment("report.first.go", case.visit_at, today))
    elif not case.speaking:
        paragraphs.append((_round(history, case),))
    else:
        paragraphs.append((_visit_slot(now, holidays),))
    if frozen:
        paragraphs.append((Message("report.first.again_paused"),))
    else:
        paragraphs.append((Message("report.first.again_soon" if visit is not None else "report.first.again"),))
        paragraphs.append((Message("report.first.me_first"),))
    return Report("first", tuple(paragraphs), notes=(Message("report.no_share"),))


def heard_paragraph(
    history: History, case: CaseDraft | ChurnCase, today: date, seen: Trigger | None, currency: str
) -> Paragraph:
    """Which account, and what happened: the word that came, or what the figures show."""
    head = Message("report.head", {"name": history.account.name})
    if case.trigger in FIGURES:
        if seen is not None:
            return (head, *_seen_pieces(seen.why, currency))
        return (head, Message(f"report.first.{case.trigger}"))
    who = person_name(history, case.heard_from)
    how = case.heard_by if case.heard_by in {"call", "visit", "message"} else ""
    tail: tuple[Message, ...] = ()
    if who and how:
        tail = (Message("report.who_how", {"who": who, "how": f"@report.by_{how}"}),)
    elif who:
        tail = (Message("report.who", {"who": who}),)
    elif how:
        tail = (Message("report.who", {"who": f"@report.by_{how}"}),)
    when = moment("report.at", case.heard_at, today)
    said = Message("report.first.told" if when else "report.first.told_alone")
    return (head, *when, said, *tail, Message("report.stop"))


def _seen_pieces(why: Message, currency: str) -> Paragraph:
    """What the figures show, its amounts told with their unit."""
    form = f"report.first.seen_{why.id.rsplit('.', 1)[-1]}"
    begin, mean = Message(form, why.args), why.args.get("mean")
    if not isinstance(mean, int):
        return (begin,)
    pieces: list[Message] = [begin]
    amount = why.args.get("amount")
    if isinstance(amount, int):
        pieces += [money(amount, currency), Message(f"{form}_mean")]
    return (*pieces, money(mean, currency), Message(f"{form}_end", why.args))


def weight_paragraph(history: History, case: CaseDraft | ChurnCase, today: date, currency: str) -> Paragraph:
    """Amount a month, tenure and how long it has been mine: the answer to "이 거래를 가볍게 본 것 아니냐" (S0-30)."""
    amount = case.lost_amount if case.lost_amount is not None else monthly_mean(history, today)
    tenure = span("report.span", history.account.since, today)
    pieces: list[Message] = []
    if amount is not None and amount > 0:
        pieces += [Message("report.monthly"), money(amount, currency)]
        pieces.append(Message("report.monthly_alone" if tenure is None else "report.monthly_end"))
    mine = span("report.span", history.account.inherited_on, today)
    if not pieces and tenure is None and mine is None:
        return ()
    if tenure is not None:
        pieces += [tenure, Message("report.customer_of")]
    elif not pieces:
        pieces.append(Message("report.customer"))
    if mine is not None:
        pieces += [Message("report.mine"), mine]
        if (days_since(history.account.inherited_on, today) or 0) < INHERITED_WATCH_DAYS:
            pieces.append(Message("report.mine_from", {"day": history.account.inherited_on}))
    return (*pieces, Message("report.is"))


def _round(history: History, case: CaseDraft | ChurnCase) -> Message:
    """Where we are not on speaking terms no visit is promised: it is asked through somebody else (S0-21)."""
    who = person_name(history, case.through) or case.through
    return Message("report.first.round", {"who": who}) if who else Message("report.first.round_none")


def _visit_slot(now: datetime, holidays: frozenset[str]) -> Slot:
    day = visit_by(now, holidays)
    days = -(days_since(day, now.date()) or 0)
    form = {0: "today", 1: "tomorrow"}.get(days, "day")
    args: dict[str, str | int] = {"day": day}
    return slot(
        "time",
        f"report.first.visit_{form}",
        (Message(f"report.first.within_{form}", args),),
        args,
        Message(f"report.slot_hint_{form}", args),
    )
