"""The timeline of a case: it writes itself; here are the lines of one's own, and what is corrected afterwards (C11)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fieldsales.domain.model import CaseEvent, CaseItem, Changed, ChurnCase, Task
from fieldsales.domain.text import clean
from fieldsales.workflows.churn import NoSuchCaseError, event_of, moment_that_was, told
from fieldsales.workflows.closing import move_close

if TYPE_CHECKING:
    from fieldsales.storage.book import Book

WRITTEN = frozenset({"note", "boss", "freeze"})  # lines whose words are one's own


def add_line(book: Book, case_id: str, text: str, now: datetime, *, at: str = "", todo: str = "") -> Changed:
    """A line of the timeline in the user's own words, at `at` (an ISO moment) or now; `todo` is what is to be done of
    it, a promise to oneself or others as in a log (C11).

    Raises NoSuchCaseError, BadMomentError for a moment that cannot be read or lies ahead.
    """
    case = book.get(ChurnCase, case_id)
    if case is None:
        raise NoSuchCaseError
    words, moment = clean(text, long=True), moment_that_was(at, now) if at else ""
    promises = []
    if clean(todo):
        from fieldsales.domain.promises import read_promises

        promises = read_promises(todo, now.date())
    if not words and not promises:
        return Changed()
    with book.change("case_line", now) as change:
        if moment:
            event_of(change, case_id, moment, "note", words or clean(todo), "")
        else:
            told(book, change, case_id, now, "note", words or clean(todo))
        for promise in promises:
            change.add(
                Task(
                    id=change.new_id(),
                    account_id=case.account_id,
                    kind="do" if promise.kind == "give" else promise.kind,
                    title=promise.title,
                    due_on=promise.due_on,
                    due_time=promise.due_time,
                    origin="case",
                    promised_on=now.date().isoformat(),
                    case_id=case_id,
                    source=promise.source,
                )
            )
    return change.changed


def edit_line(book: Book, event_id: str, now: datetime, *, at: str = "", text: str | None = None) -> Changed:
    """Correct a line of the timeline: its moment, and the words of a note. A tick takes its time with it, as do the
    beginning and the end of a case (C11).

    Raises NoSuchCaseError, BadMomentError.
    """
    event = book.get(CaseEvent, event_id)
    if event is None:
        raise NoSuchCaseError
    moment = moment_that_was(at, now) if at else event.at
    columns = {"at": moment}
    if text is not None and event.kind in WRITTEN:
        columns["text"] = clean(text, long=True)
    with book.change("case_line", now) as change:
        change.edit(CaseEvent, event_id, **columns)
        if event.kind == "ticked":
            for item in book.rows(CaseItem, case_id=event.case_id):
                if item.key == event.ref and item.done_at == event.at:
                    change.edit(CaseItem, item.id, done_at=moment)
        if event.kind == "opened" and not event.text and moment != event.at:
            case = book.get(ChurnCase, event.case_id)
            if case is not None and case.started_at == event.at:
                change.edit(ChurnCase, case.id, started_at=moment)
        if event.kind == "closed" and moment != event.at:
            move_close(book, change, event.case_id, event.at, moment)
    return change.changed


def remove_line(book: Book, event_id: str, now: datetime) -> Changed:
    """Take a note of one's own off the timeline; what the run wrote by itself stays. Raises NoSuchCaseError."""
    event = book.get(CaseEvent, event_id)
    if event is None:
        raise NoSuchCaseError
    if event.kind != "note" or event.ref:
        return Changed()
    with book.change("case_line", now) as change:
        change.remove(CaseEvent, event_id)
    return change.changed
