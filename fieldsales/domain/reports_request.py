"""건의: asks to lift a pause of contact, written from what I know of the person."""

from __future__ import annotations

from datetime import datetime

from fieldsales.domain.model import Contact, History, Message
from fieldsales.domain.people import full_name, main_contact
from fieldsales.domain.report_parts import Paragraph, Report, quoted, sentence, slot


def request_report(history: History, now: datetime, boss: str, contact_id: str = "") -> Report:
    """The request (S2-20, S2-21, S2-24). It asks; it never says that I shall act against the order.

    `boss` is how the person is called to whom I report, `contact_id` whom I would call, else the first of the page.
    """
    contact: Contact | None = next(
        (one for one in history.contacts if one.id == contact_id), main_contact(history, now.date())
    )
    who = history.account.name if contact is None else full_name(contact)
    paragraphs: list[Paragraph] = [(Message("report.request.ask", {"boss": boss, "who": who}),)]
    known = [] if contact is None else [text for text in (contact.temper, contact.mends) if text.strip()]
    if known:
        paragraphs.append((Message("report.request.known", {"text": " ".join(sentence(text) for text in known)}),))
    hurt = [one for one in history.signals if one.kind == "complaint" and one.state == "open" and one.text.strip()]
    if hurt:
        latest = max(hurt, key=lambda one: one.day)
        paragraphs.append((Message("report.request.complaint", {"text": quoted(latest.text)}),))
    paragraphs.append(
        (
            slot("mend", "report.request.mend", (Message("report.request.improve"),)),
            Message("report.request.report"),
        )
    )
    if contact is not None and contact.best_time.strip():
        paragraphs.append((Message("report.request.when", {"text": sentence(contact.best_time)}),))
    notes = (Message("report.request.note"),) if known else ()
    return Report("request", tuple(paragraphs), notes=notes)
