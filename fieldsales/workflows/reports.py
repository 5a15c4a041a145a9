"""Reports put into words, and what their going out leaves in the book."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from fieldsales.domain.model import Changed, ChurnCase, Message
from fieldsales.domain.report_parts import REPORT_ACT, Paragraph, Report, is_report
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.domain.churn import Trigger
    from fieldsales.domain.model import CaseFile, History
    from fieldsales.storage.book import Book

OPENING = frozenset({"first", "request"})  # the texts that fill the line "알리기"


class Words(Protocol):
    """What puts a message into the user's language."""

    def say(self, message: Message) -> str: ...


def report_lines(report: Report, t: Words, filled: Mapping[str, str] | None = None) -> list[str]:
    """The paragraphs as they are read on screen: a gap that is not filled stays visible in its brackets."""
    return [_worded(paragraph, t, filled or {}, gaps=True) for paragraph in report.paragraphs]


def report_text(report: Report, t: Words, filled: Mapping[str, str] | None = None, turned: Collection[str] = ()) -> str:
    """The text that is copied: plain lines without markup; a gap left open goes out in a wording of its own.

    `turned` are the keys of the lines that the user left out or put in, against what is usual (S0-05).
    """
    taken = taken_lines(report, turned)
    worded = (
        _worded(paragraph, t, filled or {}, gaps=False)
        for index, paragraph in enumerate(report.paragraphs)
        if taken.get(index, True)
    )
    return "\n".join(line for line in worded if line)  # a line that is nothing but an open gap may be left out


def taken_lines(report: Report, turned: Collection[str] = ()) -> dict[int, bool]:
    """For each line that can be left out, by its index, whether it is in the copy."""
    return {one.paragraph: one.taken != (one.key in turned) for one in report.choices}


def open_slots(report: Report, filled: Mapping[str, str] | None = None) -> list[str]:
    """The names of the gaps that are still open."""
    given = filled or {}
    return [slot.name for slot in report.slots if not clean(given.get(slot.name, ""))]


def _worded(paragraph: Paragraph, t: Words, filled: Mapping[str, str], gaps: bool) -> str:
    said: list[str] = []
    for piece in paragraph:
        if isinstance(piece, Message):
            said.append(t.say(piece))
            continue
        words = clean(filled.get(piece.name, ""))
        if words:
            said.append(t.say(Message(piece.shown.id, {**piece.shown.args, piece.name: words})))
        elif gaps:
            said.append(t.say(piece.shown))
        else:
            said += [t.say(one) for one in piece.empty]
    return "".join(said).strip()


# --- the book -------------------------------------------------------------------------------------------------------


def case_of(book: Book, account_id: str) -> ChurnCase | None:
    """The case that a report of an account is about: the open one, else the one that was closed last."""
    cases = book.rows(ChurnCase, account_id=account_id)
    found = [one for one in cases if one.state == "open"]
    return max(found or cases, key=lambda one: (one.closed_at, one.started_at), default=None)


def seen_in_figures(history: History, today: date) -> Trigger | None:
    """What the figures show, for a case that is open already: the same that would propose one."""
    from fieldsales.domain.churn import trigger
    from fieldsales.domain.frozen import replace

    return trigger(replace(history, cases=()), today)


def copied(book: Book, case_id: str, kind: str, now: datetime) -> Changed:
    """A text went out: a line of the timeline, from which on the next update counts, and the line "알리기" is done.

    Copied again with nothing in between, nothing is written. Raises NoSuchCaseError.
    """
    from fieldsales.workflows.boss import keep_proposal
    from fieldsales.workflows.churn import case_file, fill, told

    file = case_file(book, case_id)
    if file.case.state != "open":
        return Changed()
    open_line = kind in OPENING and any(one.act == REPORT_ACT and not one.done_at for one in file.items)
    if not open_line and _just_copied(file) == kind:
        return Changed()
    with book.change("report", now) as change:
        at = told(book, change, case_id, now, "report", "", kind)
        if kind in OPENING:
            fill(book, change, case_id, {REPORT_ACT}, at)
        if kind == "request":
            keep_proposal(book, change, file.history, now)
    return change.changed


def _just_copied(file: CaseFile) -> str:
    """The kind of the text that was copied last, "" where anything came after it."""
    for event in reversed(file.events):
        if event.kind == "report":
            return event.ref
        if not is_report(file, event):
            return ""
    return ""
