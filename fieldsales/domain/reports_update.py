"""중간 보고: what is new since the last report, and only that; and the whole course, told from its beginning."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fieldsales.domain.churn import Trigger, ahead
from fieldsales.domain.frozen import replace
from fieldsales.domain.ledger import ledger_of, recovered_by
from fieldsales.domain.model import CaseFile, Cause, Cover, Message, Offer, Task
from fieldsales.domain.people import frozen_by, person_name
from fieldsales.domain.report_parts import (
    News,
    Paragraph,
    Report,
    comma,
    contact_paragraph,
    effort_pieces,
    efforts,
    last_told,
    moment,
    moment_of,
    money,
    quoted,
    since_told,
    slot,
    tried_pieces,
)
from fieldsales.domain.reports_first import heard_paragraph, weight_paragraph
from fieldsales.domain.reports_recovery import kind_of, money_paragraphs

MOST = 4  # contacts told one by one in an update; of earlier ones how many there were
NEXT_DAYS = 30  # as far ahead as the next thing to do is told
TOLD_TASKS = frozenset({"give", "get", "meet"})
ORAL = "heard"


def update_report(file: CaseFile, now: datetime, *, currency: str = "KRW") -> Report:
    """What came after the last text that went out (S0-02, C10); where nothing did, it says so."""
    news = News(file, last_told(file))
    today = now.date()
    half = "am" if now.hour < 12 else "pm"
    head: Paragraph = (
        Message("report.head", {"name": file.history.account.name}),
        Message(f"report.update.{half}", {"month": today.month, "day": today.day, "date": today.isoformat()}),
    )
    told = _told(file, news, today, currency, MOST)
    paragraphs = [head, *(told or [(Message("report.update.nothing"),)])]
    if not told:
        made = efforts(file)
        if made.tried and not made.visits:
            paragraphs.append((Message("report.so_far"), *tried_pieces(made), Message("report.stop")))
    paragraphs.append(_next(file, now))
    return Report("update", tuple(paragraphs), notes=(Message("report.update.note"),))


def has_news(file: CaseFile, now: datetime) -> bool:
    """Whether anything worth telling came after the last report."""
    return bool(_told(file, News(file, last_told(file)), now.date(), "KRW"))


def full_report(file: CaseFile, now: datetime, *, seen: Trigger | None = None, currency: str = "KRW") -> Report:
    """The whole course in one text: how it began, all that was done and heard, the money, and what comes next."""
    today = now.date()
    paragraphs: list[Paragraph] = [heard_paragraph(file.history, file.case, today, seen, currency)]
    weight = weight_paragraph(file.history, file.case, today, currency)
    if weight:
        paragraphs.append(weight)
    paragraphs += _told(file, News(file, None), today, currency)
    ended = file.case.state != "open"
    if ended or file.causes or ledger_of(file).recovered or any(one.state == "signed" for one in file.covers):
        paragraphs += money_paragraphs(file, today, currency)
    if file.case.state == "open":
        paragraphs.append(_next(file, now))
    return Report("full", tuple(paragraphs))


# --- parts ----------------------------------------------------------------------------------------------------------


def _told(file: CaseFile, news: News, today: date, currency: str, most: int = 0) -> list[Paragraph]:
    """What is news, one paragraph each; with `most`, only so many contacts one by one."""
    logs = [one for one in since_told(file) if news.has(one.id, moment_of(one))]
    causes = [one for one in file.causes if tellable(one) and news.has(one.id, one.day)]
    told: list[Paragraph] = []
    made = efforts(file, [one for one in logs if one.outcome == "attempt" or one.attempt])
    if made.tried:
        told.append((*tried_pieces(made), Message("report.stop")))
    told_causes = {one.text for one in causes}
    contacts = [one for one in logs if one.outcome != "attempt" and not one.attempt]
    if most and len(contacts) > most:
        before = effort_pieces(replace(efforts(file, contacts[:-most]), offers=0))
        if before:
            told.append((Message("report.update.before"), *before, Message("report.update.before_end")))
        contacts = contacts[-most:]
    for one in contacts:
        told.append(contact_paragraph(file, one, today))
        if one.heard.strip() and not (causes and one.heard in told_causes):
            told.append((Message("report.update.heard", {"text": quoted(one.heard)}),))
    told += [_cause(file, one) for one in causes]
    asked = [one for one in file.offers if news.has(one.id, max(one.day, one.answered_on))]
    if asked:
        each = comma(_offer(file, one, today, currency) for one in asked)
        told.append((Message("report.update.offered"), *each, Message("report.stop")))
    fresh = [one for one in file.covers if one.state == "signed" and news.has(one.id, "")]
    if fresh:
        each = comma(_cover(one, currency) for one in fresh)
        told.append((Message("report.update.covers"), *each, Message("report.stop")))
    return told


def tellable(cause: Cause) -> bool:
    """Whether a cause goes into a text for others: what I hold against myself never does by itself."""
    return cause.kind != "neglect"


def _cause(file: CaseFile, cause: Cause) -> Paragraph:
    """The cause as it was written, with its kind where it was not."""
    sure = cause.certainty if cause.certainty in {"confirmed", "guessed"} else ORAL
    source = person_name(file.history, cause.contact_id) if cause.contact_id else cause.source
    label = f"@report.cause.{kind_of(cause)}"
    args: dict[str, str | int] = {"text": quoted(cause.text) or label, "source": quoted(source)}
    return (Message(f"report.update.cause_{sure}"), Message("report.cause_by" if source else "report.cause", args))


def _offer(file: CaseFile, offer: Offer, today: date, currency: str) -> tuple[Message, ...]:
    pieces: list[tuple[Message, ...]] = []
    if offer.condition.strip():
        pieces.append((Message("report.text", {"text": quoted(offer.condition)}),))
    if offer.answer in {"accepted", "refused"}:
        pieces.append((Message(f"report.offer.{offer.answer}"),))
    elif offer.answer_by and offer.answer_by >= today.isoformat():
        pieces.append((Message("report.offer.by", {"day": offer.answer_by}),))
    else:
        pieces.append((Message("report.offer.open"),))
    amount = recovered_by(offer, file.case.lost_amount)
    if amount > 0:
        pieces.append((Message("report.monthly_short"), money(amount, currency)))
        if offer.from_month:
            pieces.append((Message("report.from_month", {"month": offer.from_month}),))
    text = Message("report.text", {"text": quoted(offer.text) or "@report.offer.nameless"})
    return (text, Message("report.open_bracket"), *comma(pieces), Message("report.close_bracket"))


def _cover(cover: Cover, currency: str) -> tuple[Message, ...]:
    pieces: list[Message] = [Message("report.text", {"text": quoted(cover.name) or "@report.cover.nameless"})]
    if cover.amount:
        pieces += [Message("report.monthly_after"), money(cover.amount, currency)]
    inside = [(Message("report.cover.signed"),)]
    if cover.month:
        inside.append((Message("report.from_month", {"month": cover.month}),))
    return (*pieces, Message("report.open_bracket"), *comma(inside), Message("report.close_bracket"))


def _next(file: CaseFile, now: datetime) -> Paragraph:
    """The next thing agreed upon; where nothing is, a gap, which goes out as a promise to tell."""
    today = now.date()
    if frozen_by(file.history, today) is not None:
        return (Message("report.first.paused"),)
    last = (today + timedelta(days=NEXT_DAYS)).isoformat()

    def at(task: Task) -> str:
        return f"{task.due_on}T{task.due_time}" if task.due_time else task.due_on

    tasks = [
        one
        for one in file.history.tasks
        if one.case_id == file.case.id and one.state == "open" and one.kind in TOLD_TASKS and one.title.strip()
        if ahead(at(one), now) and one.due_on <= last
    ]
    first = min(tasks, key=at, default=None)
    visit = file.case.visit_at
    if ahead(visit, now) and (first is None or visit <= at(first)) and visit:
        title = first.title if first is not None and at(first) == visit else "@report.by_visit"
        return (
            Message("report.next"),
            *moment("report.on", visit, today),
            Message("report.next_what", {"text": title}),
        )
    if first is not None:
        form = "report.on" if first.kind == "meet" else "report.until"
        when = moment(form, at(first) if first.kind == "meet" else first.due_on, today)
        return (Message("report.next"), *when, Message("report.next_what", {"text": quoted(first.title)}))
    return (slot("next", "report.next_slot", (Message("report.next_soon"),)),)
