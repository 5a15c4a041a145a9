"""물으실 것: the three questions to expect, each with an answer out of the account's own rows."""

from __future__ import annotations

from datetime import date, datetime

from fieldsales.domain.cadence import kept, policies_of
from fieldsales.domain.churn import FIGURES, ahead
from fieldsales.domain.dates import add_months, days_since, parse_day
from fieldsales.domain.frozen import replace
from fieldsales.domain.model import CaseFile, History, Message, Rules
from fieldsales.domain.months import monthly_mean
from fieldsales.domain.people import is_contact, is_meeting, span
from fieldsales.domain.report_parts import (
    Choice,
    Paragraph,
    Report,
    comma,
    days_between,
    effort_pieces,
    efforts,
    first_visit,
    minutes_between,
    moment,
    moment_of,
    money,
    reported_at,
)
from fieldsales.domain.reports_recovery import last_met_before, unmet_change

KEPT = ("call", "review", "meeting", "visit", "joint")
UNSEEN_DAYS = 90  # without a meeting before the word came, which hurts to read


def questions_report(file: CaseFile, now: datetime, rules: Rules, *, currency: str = "KRW") -> Report:
    """Three questions and what the log answers (S0-05, C9); what we built stands below them (S2-26).

    Each line can be left out. What hurts is shown to the rep alone, and goes out only where the rep puts it in. No
    share of the book stands in it: a share is the argument that never works.
    """
    today = now.date()
    heard = parse_day(file.case.heard_at[:10]) or today
    lines: list[tuple[str, Paragraph, bool]] = [
        ("weight", _weight(file, now, currency), False),
        ("effort", _effort(file), not effort_pieces(efforts(file))),
        ("care", *_care(file.history, heard, rules)),
    ]
    built = _built(file.history, heard)
    if built:
        lines.append(("built", built, False))
    lines += [(key, paragraph, True) for key, paragraph in _painful(file.history, heard)]
    hurting = any(hurts for _, _, hurts in lines)
    choices = tuple(Choice(key, index, not hurts, hurts) for index, (key, _, hurts) in enumerate(lines))
    notes = (Message("report.questions.hurts" if hurting else "report.questions.note"),)
    return Report("questions", tuple(paragraph for _, paragraph, _ in lines), choices, notes)


def _answer(question: str, pieces: tuple[Message, ...]) -> Paragraph:
    """The question and its answer; where the rows say nothing, that too is said."""
    found = pieces or (Message("report.questions.little"),)
    return (Message(f"report.questions.{question}"), *found, Message("report.stop"))


def _weight(file: CaseFile, now: datetime, currency: str) -> Paragraph:
    """How soon it was told and I was there, for how long they trade with us and how much a month (S0-30)."""
    case, today = file.case, now.date()
    did: list[tuple[Message, ...]] = []
    soon = "report.seen_soon" if case.trigger in FIGURES else "report.soon"
    reported = reported_at(file)
    if reported:
        minutes = minutes_between(case.heard_at, reported)
        if minutes is not None and minutes < 60:
            did.append((Message(f"{soon}.minutes" if minutes else f"{soon}.at_once", {"n": minutes}),))
        elif minutes is not None and minutes < 24 * 60:
            did.append((Message(f"{soon}.hours", {"n": minutes // 60}),))
        else:
            days = max(days_between(case.heard_at, reported) or 0, 0)
            form = {0: "same_day", 1: "next_day"}.get(days, "days")
            did.append((Message(f"{soon}.{form}", {"n": days}),))
    visit = first_visit(file)
    if visit is not None:
        days = max(days_between(case.heard_at, moment_of(visit)) or 0, 0)
        form = {0: "same_day", 1: "next_day"}.get(days, "days")
        did.append((Message(f"report.there.{form}", {"n": days}),))
    elif ahead(case.visit_at, now) and case.visit_at:
        did.append((*moment("report.on", case.visit_at, today), Message("report.there.fixed")))
    is_to_us: tuple[Message, ...] = ()
    tenure = span("report.span", file.history.account.since, today)
    amount = case.lost_amount if case.lost_amount is not None else monthly_mean(file.history, today)
    if amount is not None and amount > 0:
        worth = Message("report.worth" if tenure is None else "report.worth_too")
        is_to_us = (
            *((tenure,) if tenure is not None else ()),
            worth,
            money(amount, currency),
            Message("report.worth_end"),
        )
    elif tenure is not None:
        is_to_us = (tenure, Message("report.customer_of"))
    pieces = comma(did)
    if is_to_us:
        pieces += ((Message("report.stop_between"),) if pieces else ()) + is_to_us
    return _answer("weight", pieces)


def _effort(file: CaseFile) -> Paragraph:
    return _answer("effort", effort_pieces(efforts(file)))


def _care(history: History, heard: date, rules: Rules) -> tuple[Paragraph, bool]:
    """What was promised of contact in the year before the word came, and how much of it was kept.

    Where nothing was, an account taken over lately says since when it is mine; else the line hurts.
    """
    account = replace(history.account, state="active", owner="me")  # as it was then, whatever became of it
    then = replace(history, account=account)
    found = kept(
        then,
        policies_of(account, history.policies, rules),
        heard,
        since=add_months(heard, -12),
        spread_days=rules.spread_days,
    )
    by_kind = {one.kind: one for one in found.kinds if one.boxes}
    pieces = comma(
        (Message(f"report.kept.{kind}", {"met": sum(by_kind[kind].boxes), "due": len(by_kind[kind].boxes)}),)
        for kind in KEPT
        if kind in by_kind
    )
    if not pieces:
        begin = add_months(heard, -12).isoformat()
        year = [one for one in history.activities if begin <= one.day < heard.isoformat() and is_contact(one)]
        met = sum(is_meeting(one) for one in year)
        counts = (("report.count_visits", met), ("report.count_talks", len(year) - met))
        pieces = comma((Message(id, {"n": n}),) for id, n in counts if n)
    if pieces:
        return _answer("care", (Message("report.questions.year"), *pieces)), False
    mine = days_since(account.inherited_on, heard)
    if mine is not None and 0 <= mine <= UNSEEN_DAYS:
        return _answer("care", (Message("report.questions.mine", {"n": mine}),)), False
    return _answer("care", ()), True


def _built(history: History, heard: date) -> Paragraph:
    """Visits and deals of all the time, and the last good moment (S2-26)."""
    end = heard.isoformat()
    visits = sum(is_meeting(one) and one.day < end for one in history.activities)
    deals = sum(one.day < end for one in history.deals)
    thanks = max((one.day for one in history.signals if one.kind == "thanks" and one.day < end), default="")
    counts = (("report.built.visits", visits), ("report.built.deals", deals))
    pieces = [(Message(id, {"n": n}),) for id, n in counts if n]
    if thanks:
        pieces.append((Message("report.built.thanks", {"day": thanks}),))
    return (Message("report.built"), *comma(pieces), Message("report.stop")) if pieces else ()


def _painful(history: History, heard: date) -> list[tuple[str, Paragraph]]:
    """What would hurt most if somebody else found it: known beforehand, it hurts less."""
    end = heard.isoformat()
    found: list[tuple[str, Paragraph]] = []
    change = unmet_change(history, heard)
    if change is not None:
        found.append(("pain_change", (Message(f"report.pain.{change[0]}"),)))
    met = last_met_before(history, heard)
    days = days_since(met, heard) if met else None
    if days is not None and days >= UNSEEN_DAYS:
        found.append(("pain_unseen", (Message("report.pain.unseen", {"n": days // 30}),)))
    elif not met:
        found.append(("pain_unseen", (Message("report.pain.never"),)))
    open_then = [
        one
        for one in history.signals
        if one.kind == "complaint" and one.day < end and (one.state == "open" or one.closed_on >= end)
    ]
    if open_then:
        oldest = min(one.day for one in open_then)
        args: dict[str, str | int] = {"n": len(open_then), "days": days_since(oldest, heard) or 0}
        found.append(("pain_complaint", (Message("report.pain.complaint", args),)))
    late = [
        one
        for one in history.tasks
        if one.kind == "give" and "" < one.due_on < end and (one.state == "open" or one.done_on >= end)
    ]
    if late:
        found.append(("pain_promise", (Message("report.pain.promise", {"n": len(late)}),)))
    return found
