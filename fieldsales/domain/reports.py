"""Texts for others: what goes to the person I report to. Made from the book alone, so that they are complete unread."""

from __future__ import annotations

from datetime import date, datetime

from fieldsales.domain.churn import FIGURES, CaseDraft, Trigger, ahead, visit_by
from fieldsales.domain.dates import days_since
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import ChurnCase, Contact, History, Message
from fieldsales.domain.months import monthly_mean
from fieldsales.domain.people import frozen_by, full_name, main_contact, person_name, span
from fieldsales.domain.remembered import INHERITED_WATCH_DAYS

Paragraph = tuple[Message, ...]  # joined without a space: the texts bring their own

WON_STEP = 10_000  # amounts in won are told to the nearest 만


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap that the user may fill before copying.

    `paragraph` is the index of the paragraph it stands in; shown open, that paragraph reads as in the report. Filled,
    it becomes `filled` with the words under the slot's name; copied empty, it becomes `fallback`.
    """

    name: str
    label: Message
    paragraph: int
    filled: Message
    fallback: Paragraph
    hint: Message


@dataclass(frozen=True, slots=True)
class Report:
    """A text for others. `kind` is `first`, `update`, `recovery`, `questions` or `request`."""

    kind: str
    paragraphs: tuple[Paragraph, ...]
    slots: tuple[Slot, ...] = ()
    note: Message | None = None  # what the rep is told below the text, never copied


def first_report(
    history: History,
    case: CaseDraft | ChurnCase,
    now: datetime,
    *,
    seen: Trigger | None = None,
    currency: str = "KRW",
    holidays: frozenset[str] = frozenset(),
) -> Report:
    """첫 보고: heard when, from whom and how; the account's amount, tenure and my time with it; when I go there.

    Complete without typing; only the hour of the visit is open. No share of my book stands in it (S0-04, S0-05, S0-11).
    `seen` is what the figures showed, for a case that began with them.
    """
    today = now.date()
    frozen = frozen_by(history, today) is not None
    paragraphs: list[Paragraph] = [_heard(history, case, today, seen)]
    paragraphs.append((Message("report.first.checking" if case.trigger in FIGURES else "report.first.no_reason"),))
    weight = _weight(history, case, today, currency)
    if weight:
        paragraphs.append(weight)
    slots: tuple[Slot, ...] = ()
    if frozen:
        paragraphs.append((Message("report.first.paused"),))
    elif ahead(case.visit_at, now):
        paragraphs.append(_fixed(case.visit_at, today))
    else:
        slots = (_visit_slot(len(paragraphs), now, holidays),)
        paragraphs.append(_open_visit(now, holidays))
    if frozen:
        paragraphs.append((Message("report.first.again_paused"),))
    else:
        paragraphs += [(Message("report.first.again"),), (Message("report.first.me_first"),)]
    return Report("first", tuple(paragraphs), slots, Message("report.no_share"))


def report_for(
    history: History,
    case: CaseDraft | ChurnCase,
    now: datetime,
    *,
    boss: str,
    seen: Trigger | None = None,
    currency: str = "KRW",
    holidays: frozenset[str] = frozenset(),
) -> Report:
    """The text behind the first line of a case: the first report, or the request to the boss under a pause."""
    if frozen_by(history, now.date()) is not None:
        return request_report(history, now, boss, case.heard_from)
    return first_report(history, case, now, seen=seen, currency=currency, holidays=holidays)


def _heard(history: History, case: CaseDraft | ChurnCase, today: date, seen: Trigger | None) -> Paragraph:
    name = history.account.name
    if case.trigger in FIGURES:
        if seen is not None:
            what = seen.why.id.rsplit(".", 1)[-1]
            return (Message("report.head", {"name": name}), Message(f"report.first.seen_{what}", seen.why.args))
        return (Message("report.head", {"name": name}), Message(f"report.first.{case.trigger}"))
    when = _moment("report.at", case.heard_at, today)
    who = person_name(history, case.heard_from)
    how = case.heard_by if case.heard_by in {"call", "visit", "message"} else ""
    tail: tuple[Message, ...] = ()
    if who and how:
        tail = (Message("report.who_how", {"who": who, "how": f"@report.by_{how}"}),)
    elif who:
        tail = (Message("report.who", {"who": who}),)
    elif how:
        tail = (Message("report.who", {"who": f"@report.by_{how}"}),)
    return (Message("report.head", {"name": name}), *when, Message("report.first.told"), *tail, Message("report.stop"))


def _moment(prefix: str, moment: str, today: date) -> Paragraph:
    """A moment as today, yesterday, tomorrow or a day, with its time where it has one."""
    days = days_since(moment, today)
    if days is None:
        return ()
    day = {0: "today", 1: "yesterday", -1: "tomorrow"}.get(days, "day")
    timed = "_time" if len(moment) >= 16 else ""
    return (Message(f"{prefix}_{day}{timed}", {"day": moment[:10], "at": moment}),)


def _weight(history: History, case: CaseDraft | ChurnCase, today: date, currency: str) -> Paragraph:
    """Amount a month, tenure and how long it has been mine: the answer to "이 거래를 가볍게 본 것 아니냐" (S0-30)."""
    amount = case.lost_amount if case.lost_amount is not None else monthly_mean(history, today)
    pieces: list[Message] = []
    if amount is not None and amount > 0:
        if currency == "KRW":
            amount = told(amount)
        # Below one 억 an uneven amount is written with its own 원 behind it.
        exact = currency == "KRW" and (amount % WON_STEP == 0 or amount >= 10_000 * WON_STEP)
        pieces.append(Message("report.monthly_won" if exact else "report.monthly", {"amount": amount}))
    tenure = span("report.span", history.account.since, today)
    mine = span("report.span", history.account.inherited_on, today)
    if not pieces and tenure is None and mine is None:
        return ()
    if tenure is not None:
        pieces += [tenure, Message("report.customer_of")]
    else:
        pieces.append(Message("report.customer"))
    if mine is not None:
        pieces += [Message("report.mine"), mine]
        if (days_since(history.account.inherited_on, today) or 0) < INHERITED_WATCH_DAYS:
            pieces.append(Message("report.mine_from", {"day": history.account.inherited_on}))
    return (*pieces, Message("report.is"))


def told(amount: int) -> int:
    """An amount in won as it is told: to the nearest 만, small ones as they are."""
    return amount if abs(amount) < 100 * WON_STEP else (amount + WON_STEP // 2) // WON_STEP * WON_STEP


def _fixed(visit_at: str, today: date) -> Paragraph:
    return _moment("report.first.go", visit_at, today)


def _open_visit(now: datetime, holidays: frozenset[str]) -> Paragraph:
    day, args = _visit_day(now, holidays)
    return (Message(f"report.first.visit_{day}", {**args, "time": "@report.slot_visit"}),)


def _visit_slot(index: int, now: datetime, holidays: frozenset[str]) -> Slot:
    day, args = _visit_day(now, holidays)
    return Slot(
        name="time",
        label=Message("report.slot_visit"),
        paragraph=index,
        filled=Message(f"report.first.visit_{day}", args),
        fallback=(Message(f"report.first.within_{day}", args),),
        hint=Message(f"report.slot_hint_{day}", args),
    )


def _visit_day(now: datetime, holidays: frozenset[str]) -> tuple[str, dict[str, str | int]]:
    day = visit_by(now, holidays)
    days = -(days_since(day, now.date()) or 0)
    return {0: "today", 1: "tomorrow"}.get(days, "day"), {"day": day}


def request_report(history: History, now: datetime, boss: str, contact_id: str = "") -> Report:
    """건의: asks to lift a pause of contact, from what I know of the person (S2-20, S2-21, S2-24).

    It asks; it never says that I shall act against the order.
    """
    today = now.date()
    contact: Contact | None = next(
        (one for one in history.contacts if one.id == contact_id), main_contact(history, today)
    )
    who = history.account.name if contact is None else full_name(contact)
    paragraphs: list[Paragraph] = [(Message("report.request.ask", {"boss": boss, "who": who}),)]
    known = [] if contact is None else [text for text in (contact.temper, contact.mends) if text]
    if known:
        paragraphs.append((Message("report.request.known", {"text": " ".join(_sentence(text) for text in known)}),))
    open_words = [one for one in history.signals if one.kind == "complaint" and one.state == "open" and one.text]
    if open_words:
        latest = max(open_words, key=lambda one: one.day)
        paragraphs.append((Message("report.request.complaint", {"text": latest.text}),))
    when = contact.best_time if contact is not None and contact.best_time else ""
    paragraphs.append((Message("report.request.when", {"text": when}) if when else Message("report.request.improve"),))
    paragraphs.append((Message("report.request.report"),))
    return Report("request", tuple(paragraphs), (), Message("report.request.note"))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
