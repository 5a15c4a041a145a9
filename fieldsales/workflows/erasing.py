"""Erasing a person or an account for good, and proposing it once the day has passed until which a person is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import Account, Changed, Contact, Message
from fieldsales.storage.erasing import Mention, Plan
from fieldsales.storage.erasing import plan as _plan

if TYPE_CHECKING:
    from fieldsales.storage.book import Book

__all__ = [
    "Due",
    "Mention",
    "Outcome",
    "Plan",
    "due",
    "due_count",
    "erase",
    "erased_so_far",
    "keep_longer",
    "resume",
    "what_goes",
]

Row = tuple[str, str]  # table and id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an erasing left, in numbers alone.

    `left` are files of this machine that still hold what went because something held on to them; it is tried again
    when the book is next opened. `dropped` are damaged databases that had been moved aside and are gone now because
    they held it. `in_file` says whether the user's file is without it; else `why` it is not.
    """

    counts: Mapping[str, int]
    bare: int
    mentions: int
    changed: Changed
    left: tuple[Path, ...]
    in_file: bool
    why: Message | None
    dropped: tuple[Path, ...] = ()

    @property
    def rows(self) -> int:
        return sum(self.counts.values()) + self.bare


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose day has passed."""

    contact: Contact
    account: str
    days: int  # since that day


def what_goes(book: Book, table: str, id: str) -> Plan:
    """What erasing a contact, an account or another row would take with it. Raises RowGone where it is gone already."""
    return _plan(book.work, table, id)


def erase(
    book: Book, table: str, id: str, now: datetime, *, spare: Collection[Row] = (), texts: Iterable[Path] = ()
) -> Outcome:
    """Take a row and all that `what_goes` names out of the book, its file, its backups and this machine, for good.

    The names in the rows of `spare` stay. `texts` are files beside the book that may hold what was copied out of it;
    they are removed. Raises RowGone, BookReadOnly, and the errors of saving.
    """
    from fieldsales.storage import scouring
    from fieldsales.storage.erasing import erase as take_out

    done = take_out(book, table, id, now, spare)
    damaged = scouring.damaged_copies(book.work, book.folder) if book._private else []
    for path in texts:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    left = resume(book, now.date())
    status = book.publish_now()
    dropped = tuple(path for path in damaged if not path.exists())
    return Outcome(done.counts, done.bare, done.mentions, done.changed, left, status.in_file, status.reason, dropped)


def resume(book: Book, today: date) -> tuple[Path, ...]:
    """Get what was erased out of this machine's files where that is still to be done; the files that withstood."""
    from fieldsales.storage import scouring

    if not scouring.is_due(book.work):
        return ()
    return scouring.scour_now(book.work, book._folder, today)


def erased_so_far(book: Book) -> Mapping[str, int]:
    """How many people (`contact`) and accounts were erased in this book: all that is left of them."""
    from fieldsales.storage.erasing import erased_people

    return erased_people(book.work)


# --- the day until which a person is kept ---------------------------------------------------------------------------


def due(book: Book, today: date) -> list[Due]:
    """The people whose day has passed, the longest first."""
    from fieldsales.storage.erasing import past_keeping

    found = []
    for id in past_keeping(book.work, today.isoformat()):
        contact = book.get(Contact, id)
        assert contact is not None
        try:
            days = (today - date.fromisoformat(contact.keep_until)).days
        except ValueError:
            continue
        account = book.get(Account, contact.account_id)
        found.append(Due(contact, account.name if account else "", days))
    return found


def due_count(book: Book, today: date) -> int:
    from fieldsales.storage.erasing import past_keeping

    return len(past_keeping(book.work, today.isoformat()))


def keep_longer(book: Book, contact_id: str, now: datetime, months: int = 12) -> Changed:
    """Keep a person for a year more, counted from today."""
    from fieldsales.domain.dates import add_months

    with book.change("keep_until", now) as change:
        change.edit(Contact, contact_id, keep_until=add_months(now.date(), months).isoformat())
    return change.changed
