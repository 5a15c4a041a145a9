"""Notes about an account or a person, and corrections of what was logged."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fieldsales.domain.frozen import replace
from fieldsales.domain.model import Activity, Changed, Fact, FieldsalesError
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.storage.book import Book


class EmptyNoteError(FieldsalesError):
    """A note without a word."""

    def __init__(self) -> None:
        super().__init__("fact.empty")


def save_fact(
    book: Book,
    account_id: str,
    text: str,
    now: datetime,
    *,
    fact_id: str = "",
    contact_id: str = "",
    expires_on: str = "",
    source: str = "",
    kind: str = "work",
) -> Changed:
    """A new note with its day, or an old one anew, which then counts from today (S3-03). Raises EmptyNoteError.

    `kind` is that of the note: `market` for news of the market (S2-14), `reputation` for what is said of somebody,
    which stands beside what I found myself (S2-27).
    """
    words = clean(text, long=True)
    if not words:
        raise EmptyNoteError
    with book.change("fact", now) as change:
        columns: dict[str, Any] = {
            "contact_id": contact_id,
            "text": words,
            "kind": kind,
            "day": now.date().isoformat(),
            "expires_on": expires_on,
            "source": clean(source),
        }
        if fact_id:
            change.edit(Fact, fact_id, **columns)
        else:
            change.add(replace(Fact(change.new_id(), account_id), **columns))
    return change.changed


def edit_activity(
    book: Book, activity_id: str, now: datetime, *, heard: str, said: str, note: str, day: str
) -> Changed:
    """Correct the words and the day of a log. What was heard at a visit may show that somebody was met (S0-12)."""
    before = book.get(Activity, activity_id)
    with book.change("activity_edit", now) as change:
        change.edit(
            Activity,
            activity_id,
            heard=clean(heard, long=True),
            said=clean(said, long=True),
            note=clean(note, long=True),
            day=day,
        )
        if before is not None and before.case_id:
            from fieldsales.workflows.churn import heard_after_all

            heard_after_all(book, change, before, now)
    return change.changed
