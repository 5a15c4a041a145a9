"""The money of a case: what is offered and answered, what is new, and where to look. One act for each, undone whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from fieldsales.domain.dates import parse_day
from fieldsales.domain.frozen import dataclass, replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.ledger import (
    ANSWERS,
    COVER_STATES,
    PLACES,
    Exposed,
    WorstCase,
    next_month,
    next_state,
    recovered,
    recovered_by,
    signed_by,
    worst_case,
)
from fieldsales.domain.model import (
    Account,
    Changed,
    ChurnCase,
    Cover,
    FieldsalesError,
    Offer,
    Signal,
    Task,
)
from fieldsales.domain.months import three_digits
from fieldsales.domain.text import clean
from fieldsales.workflows.churn import fill, the_case, told

if TYPE_CHECKING:
    from fieldsales.domain.model import AccountRow
    from fieldsales.storage.book import Book, Change

_LOOKED_THROUGH = 50  # accounts in order of attention among which those at risk stand


class EmptyOfferError(FieldsalesError):
    """Nothing was said about what was offered."""

    def __init__(self) -> None:
        super().__init__("ledger.offer_empty")


class EmptyCoverError(FieldsalesError):
    """New business without a name."""

    def __init__(self) -> None:
        super().__init__("ledger.cover_empty")


class NoSuchLineError(FieldsalesError):
    """The line is no longer in the book."""

    def __init__(self) -> None:
        super().__init__("ledger.no_line")


@dataclass(frozen=True, slots=True)
class Saved:
    id: str
    changed: Changed


def set_lost(book: Book, case_id: str, now: datetime, amount: int | None, month: str = "") -> Changed:
    """What the case costs a month and from which month on; None where it is not known. Raises NoSuchCaseError."""
    the_case(book, case_id)
    with book.change("case_lost", now) as change:
        change.edit(ChurnCase, case_id, lost_amount=None if amount is None else abs(amount), lost_from=clean(month))
    return change.changed


# --- what was offered -----------------------------------------------------------------------------------------------


def save_offer(book: Book, offer: Offer, now: datetime, *, told_as: str = "", asked: str = "") -> Saved:
    """An offer made, or one written anew; `offer.id` is empty for a new one (S0-15).

    The line that asks for an offer is filled by it, and the one for what can be recovered by an accepted amount. An
    answer that is promised for a day stands in 오늘 until it is given, called `asked`. `told_as` is what the timeline
    says, the offer's own words where it is empty. Raises NoSuchCaseError, EmptyOfferError.
    """
    case = the_case(book, offer.case_id)
    text = clean(offer.text)
    if not text:
        raise EmptyOfferError
    old = book.get(Offer, offer.id) if offer.id else None
    today = now.date().isoformat()
    answer = offer.answer if offer.answer in ANSWERS else "thinking"
    given = answer != "thinking"
    new = replace(
        offer,
        account_id=case.account_id,
        day=offer.day or (old.day if old else today),
        text=text,
        condition=clean(offer.condition),
        kind=offer.kind or "keep",
        answer=answer,
        answered_on=(offer.answered_on or (old.answered_on if old and old.answer == answer else "") or today)
        if given
        else "",
    )
    if new == old:
        return Saved(new.id, Changed())
    with book.change("offer", now) as change:
        if old is None:
            new = replace(new, id=new.id or change.new_id())
        change.put(new)
        at = ""
        if old is None or old.answer != new.answer or old.text != new.text:
            at = told(book, change, case.id, now, "offer", clean(told_as) or text, new.id)
        acts = {"offer"} | ({"recover"} if recovered_by(new, case.lost_amount) > 0 else set())
        fill(book, change, case.id, acts, at or now.isoformat(timespec="minutes"))
        _await_answer(book, change, new, clean(asked), now.date())
    return Saved(new.id, change.changed)


def remove_offer(book: Book, offer_id: str, now: datetime) -> Changed:
    """Take an offer that was written down by mistake out of the book. Raises NoSuchLineError."""
    offer = _offer(book, offer_id)
    with book.change("offer_remove", now) as change:
        change.remove(Offer, offer.id)
        _drop(book, change, natural_id("task", offer.id, "answer"))
    return change.changed


def _await_answer(book: Book, change: Change, offer: Offer, asked: str, today: date) -> None:
    """The answer that they owe stands among what is due until it is given."""
    id = natural_id("task", offer.id, "answer")
    old = book.get(Task, id)
    if offer.answer == "thinking" and parse_day(offer.answer_by) is not None:
        if old is None and asked:
            change.add(
                Task(
                    id=id,
                    account_id=offer.account_id,
                    contact_id=offer.contact_id,
                    kind="get",
                    title=asked,
                    due_on=offer.answer_by,
                    origin="case",
                    promised_on=today.isoformat(),
                    case_id=offer.case_id,
                )
            )
        elif old is not None:
            change.edit(Task, id, due_on=offer.answer_by, state="open", done_on="")
    elif old is not None and old.state == "open":
        done = offer.answer != "thinking"
        change.edit(Task, id, state="done" if done else "dropped", done_on=today.isoformat() if done else "")


# --- what is new ----------------------------------------------------------------------------------------------------


def save_cover(book: Book, cover: Cover, now: datetime, *, told_as: str = "") -> Saved:
    """New business, or a place to try, or one of them written anew; `cover.id` is empty for a new one (S0-22).

    Where an account of that name is in the book, the line belongs to its page too. Raises NoSuchCaseError,
    EmptyCoverError.
    """
    case = the_case(book, cover.case_id)
    name = clean(cover.name)
    if not name:
        raise EmptyCoverError
    old = book.get(Cover, cover.id) if cover.id else None
    new = replace(
        cover,
        account_id=case.account_id,
        from_id=account_named(book, name),
        name=name,
        amount=None if cover.amount is None else max(cover.amount, 0),
        month=clean(cover.month),
        state=cover.state if cover.state in COVER_STATES else "possible",
        note=clean(cover.note, long=True),
    )
    if new == old:
        return Saved(new.id, Changed())
    with book.change("cover", now) as change:
        if old is None:
            new = replace(new, id=new.id or change.new_id())
        _put_cover(book, change, old, new, now, clean(told_as))
    return Saved(new.id, change.changed)


def step_cover(book: Book, cover_id: str, now: datetime, *, told_as: str = "") -> Changed:
    """One step surer: a place becomes 가망, that 유력, that 확정; 확정 begins anew. Raises NoSuchLineError."""
    old = _cover(book, cover_id)
    with book.change("cover", now) as change:
        _put_cover(book, change, old, replace(old, state=next_state(old.state)), now, clean(told_as))
    return change.changed


def remove_cover(book: Book, cover_id: str, now: datetime) -> Changed:
    """Take a line of new business out of the book. Raises NoSuchLineError."""
    cover = _cover(book, cover_id)
    with book.change("cover_remove", now) as change:
        change.remove(Cover, cover.id)
    return change.changed


def save_places(
    book: Book, case_id: str, names: Sequence[str], now: datetime, *, due_on: str = "", title: str = ""
) -> Changed:
    """The places to try where nothing covers the loss, in their order; what is left empty goes (S0-26).

    Three of them fill the line that asks for three. The day on which they are answered for stands in 오늘, called
    `title`. Raises NoSuchCaseError.
    """
    case = the_case(book, case_id)
    wanted = [name for name in (clean(one) for one in names) if name]
    old = places(book, case_id)
    today = now.date().isoformat()
    with book.change("places", now) as change:
        fresh = sorted(change.new_id() for _ in wanted[len(old) :])  # in the order of their ids they stand as written
        for number, name in enumerate(wanted):
            id = old[number].id if number < len(old) else fresh[number - len(old)]
            row = old[number] if number < len(old) else Cover(id, case.account_id, case_id, state="idea")
            change.put(replace(row, name=name, from_id=account_named(book, name), due_on=due_on))
        for row in old[len(wanted) :]:
            change.remove(Cover, row.id)
        if set(wanted) - {row.name for row in old}:
            told(book, change, case_id, now, "cover", ", ".join(wanted), "idea")
        if len(wanted) >= PLACES:
            fill(book, change, case_id, {"places"}, now.isoformat(timespec="minutes"))
        id = natural_id("task", case_id, "places")
        if wanted and due_on and clean(title):
            change.put(
                Task(
                    id=id,
                    account_id=case.account_id,
                    kind="do",
                    title=clean(title),
                    due_on=due_on,
                    origin="case",
                    promised_on=today,
                    case_id=case_id,
                )
            )
        else:
            _drop(book, change, id)
    return change.changed


def places(book: Book, case_id: str) -> list[Cover]:
    """The places to try, in the order in which they were written."""
    return sorted((one for one in book.rows(Cover, case_id=case_id) if one.state == "idea"), key=lambda one: one.id)


@dataclass(frozen=True, slots=True)
class Idea:
    """An account where something more could come from, and why: an open `need` in its own words, or a `prospect`."""

    name: str
    kind: str
    text: str = ""


def ideas(book: Book, account_id: str, count: int = PLACES) -> list[Idea]:
    """Where to look first: who said they need something, newest first, then who is being won (S0-26)."""
    needs = [one for one in book.rows(Signal, kind="need", state="open") if one.account_id != account_id]
    needs.sort(key=lambda one: (one.day, one.id), reverse=True)
    found: dict[str, Idea] = {}
    for one in needs:
        account = book.get(Account, one.account_id) if len(found) < count and one.account_id not in found else None
        if account is not None and account.state == "active":
            found[account.id] = Idea(account.name, "need", one.text)
    prospects = [Idea(one.name, "prospect") for one in book.rows(Account, state="prospect") if one.id != account_id]
    return [*found.values(), *prospects][:count]


def account_named(book: Book, name: str) -> str:
    """The account of exactly that name, "" where there is none or more than one."""
    found = book.rows(Account, name=name)
    return found[0].id if len(found) == 1 else ""


def _put_cover(book: Book, change: Change, old: Cover | None, new: Cover, now: datetime, told_as: str) -> None:
    change.put(new)
    at = ""
    if old is None or (old.state, old.name) != (new.state, new.name):
        at = told(book, change, new.case_id, now, "cover", told_as or new.name, new.id)
    ideas = {one.id for one in places(book, new.case_id)} - {new.id} | ({new.id} if new.state == "idea" else set())
    acts = {"cover"} if new.state != "idea" else {"places"} if len(ideas) >= PLACES else set()
    fill(book, change, new.case_id, acts, at or now.isoformat(timespec="minutes"))


# --- the worst case -------------------------------------------------------------------------------------------------


def exposed(book: Book, today: date, at_risk: Sequence[AccountRow] | None = None) -> list[Exposed]:
    """The accounts of tier A that are leaving or at risk, and what they would cost a month (S0-25).

    Of one that is leaving it is the loss that has not come back, of one at risk its mean of the last months. `at_risk`
    is what `in_danger` gives, where it is known already.
    """
    found: dict[str, Exposed] = {}
    for case in book.open_cases():
        account = book.get(Account, case.account_id)
        if account is not None and account.tier == "A" and case.lost_amount:
            back = recovered(book.rows(Offer, case_id=case.id), case.lost_amount)
            found[account.id] = Exposed(account.id, account.name, max(case.lost_amount - back, 0))
    for row in in_danger(book, today) if at_risk is None else at_risk:
        if row.id not in found and row.amount:
            found[row.id] = Exposed(row.id, row.name, three_digits(row.amount))
    return list(found.values())


def in_danger(book: Book, today: date) -> list[AccountRow]:
    """The accounts of tier A that the list calls 위험."""
    rows = book.accounts(today, order="care")[:_LOOKED_THROUGH]
    return [row for row in rows if row.tier == "A" and row.band == "danger"]


def worst(book: Book, today: date, at_risk: Sequence[AccountRow] | None = None) -> WorstCase | None:
    """Whether what is signed for next month falls short of the largest account of tier A at risk (S0-25, C7).

    Signed is what stands in the cases that are open: what covered an older loss covers no other. `at_risk` as for
    `exposed`.
    """
    risks = exposed(book, today, at_risk)
    if not risks:
        return None
    month = next_month(today)
    signed = sum(signed_by(book.rows(Cover, case_id=case.id), month) for case in book.open_cases())
    return worst_case(signed, risks)


# --- parts ----------------------------------------------------------------------------------------------------------


def _offer(book: Book, id: str) -> Offer:
    found = book.get(Offer, id)
    if found is None:
        raise NoSuchLineError
    return found


def _cover(book: Book, id: str) -> Cover:
    found = book.get(Cover, id)
    if found is None:
        raise NoSuchLineError
    return found


def _drop(book: Book, change: Change, task_id: str) -> None:
    task = book.get(Task, task_id)
    if task is not None and task.state == "open":
        change.edit(Task, task.id, state="dropped")
