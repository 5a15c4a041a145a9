"""사유 of a case: marked with one key each, told apart by who said so and how sure, the hint kept as it was said."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass, replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import CaseEvent, CaseItem, Cause, Changed, FieldsalesError
from fieldsales.domain.text import clean
from fieldsales.workflows.churn import fill, the_case, told

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change

# The six of S0-18; their place is the digit that marks them.
KINDS = ("fees", "volume", "neglect", "competitor", "management", "other")
CERTAINTIES = ("confirmed", "heard", "guessed")
CONTROLS = ("yes", "part", "no")


class NoSuchCauseError(FieldsalesError):
    """A kind of cause that is none of the six, or a certainty or an answer that is none."""

    def __init__(self) -> None:
        super().__init__("run.no_cause")


@dataclass(frozen=True, slots=True)
class CauseFields:
    """What the form of a cause holds. `who` is a contact's id or a bare name."""

    who: str = ""
    certainty: str = ""
    control: str = ""
    heard: str = ""
    text: str = ""
    main: int = 0


def mark(book: Book, case_id: str, kind: str, now: datetime) -> Changed:
    """One more cause; the first one is the main one (S0-18). One that is marked already stays as it is.

    Raises NoSuchCaseError, NoSuchCauseError.
    """
    case = the_case(book, case_id)
    if kind not in KINDS:
        raise NoSuchCauseError
    if book.get(Cause, cause_id(case_id, kind)) is not None:
        return Changed()
    with book.change("cause", now) as change:
        main = int(not book.rows(Cause, case_id=case_id))
        change.put(
            Cause(cause_id(case_id, kind), case.account_id, case_id, kind=kind, main=main, day=now.date().isoformat())
        )
        at = told(book, change, case_id, now, "cause", "", kind)
        fill(book, change, case_id, {"cause"}, at)
    return change.changed


def unmark(book: Book, case_id: str, kind: str, now: datetime) -> Changed:
    """The cause is none after all; where it was the main one, the earliest of the others becomes it."""
    cause = book.get(Cause, cause_id(case_id, kind))
    if cause is None:
        return Changed()
    with book.change("cause", now) as change:
        change.remove(Cause, cause.id)
        rest = sorted((one for one in book.rows(Cause, case_id=case_id) if one.id != cause.id), key=_place)
        if cause.main and rest and not any(one.main for one in rest):
            change.edit(Cause, rest[0].id, main=1)
        told(book, change, case_id, now, "unticked", "", f"cause:{kind}")
    return change.changed


def save(book: Book, case_id: str, kind: str, fields: CauseFields, now: datetime) -> Changed:
    """Everything that is known of a cause (S0-19, S0-20, S0-21). One that was not marked is.

    The words, the hint and whether it could have been prevented are kept as given; who said it and the hint fill their
    lines of the checklist. Raises NoSuchCaseError, NoSuchCauseError.
    """
    case = the_case(book, case_id)
    if kind not in KINDS or fields.certainty not in {"", *CERTAINTIES} or fields.control not in {"", *CONTROLS}:
        raise NoSuchCauseError
    people = {contact.id for contact in book.history(case.account_id).contacts}
    others = [one for one in book.rows(Cause, case_id=case_id) if one.kind != kind]
    old = book.get(Cause, cause_id(case_id, kind))
    main = int(bool(fields.main) or not any(one.main for one in others))
    made = replace(
        old or Cause(cause_id(case_id, kind), case.account_id, case_id, kind=kind, day=now.date().isoformat()),
        contact_id=fields.who if fields.who in people else "",
        source="" if fields.who in people else clean(fields.who),
        certainty=fields.certainty,
        control=fields.control,
        heard=clean(fields.heard, long=True),
        text=clean(fields.text, long=True),
        main=main,
    )
    if made == old:
        return Changed()
    with book.change("cause", now) as change:
        change.put(made)
        for one in others:
            if made.main and one.main:
                change.edit(Cause, one.id, main=0)
        acts = {"cause"} | ({"source"} if has_source(made) else set()) | ({"hint"} if made.heard else set())
        heard = made.heard if old is None or made.heard != old.heard else ""
        if old is None or heard or any(_open(book, case_id, acts)):
            at = told(book, change, case_id, now, "cause", heard, kind)
            fill(book, change, case_id, acts, at)
        else:
            _touch(book, change, case_id, kind, now)
    return change.changed


def has_source(cause: Cause) -> bool:
    return bool(cause.contact_id or cause.source)


def cause_id(case_id: str, kind: str) -> str:
    """One row for each kind, the same on every machine."""
    return natural_id("cause", case_id, kind)


def _place(cause: Cause) -> tuple[str, int]:
    return cause.day, KINDS.index(cause.kind) if cause.kind in KINDS else len(KINDS)


def _open(book: Book, case_id: str, acts: set[str]) -> list[CaseItem]:
    return [item for item in book.rows(CaseItem, case_id=case_id) if item.act in acts and not item.done_at]


def _touch(book: Book, change: Change, case_id: str, kind: str, now: datetime) -> None:
    """The timeline tells of a cause that was corrected, once for each that was touched last."""
    last = max(
        (one for one in book.rows(CaseEvent, case_id=case_id) if one.kind == "cause"), key=_written, default=None
    )
    if last is None or last.ref != kind:
        told(book, change, case_id, now, "cause", "", kind)


def _written(event: CaseEvent) -> tuple[str, str]:
    return event.at, event.id
