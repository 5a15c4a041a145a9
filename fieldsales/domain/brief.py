"""The first page of an account: what to know before the door, put together from its history and the lessons.

Nothing is worded here. A line is made of pieces, which are texts to look up (`Message`) or words of the book as they
stand (`str`); the screen joins them with a middle dot.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from fieldsales.domain.boss import MANDATE, mandates, own_experience
from fieldsales.domain.dates import add_months, days_since, month_back, month_of, parse_day
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.lessons import lesson_line
from fieldsales.domain.model import Contact, Due, Fact, History, Lesson, Message, Task
from fieldsales.domain.months import ended_in, month_amounts, months_between, newest_month, spark
from fieldsales.domain.people import (
    Change,
    Clock,
    clock,
    frozen_by,
    full_name,
    is_meeting,
    main_contact,
    met_person,
    people_changes,
    person_name,
    present,
    span,
)
from fieldsales.domain.remembered import (
    INHERITED_WATCH_DAYS,
    contract_days_left,
    expired,
    matching_lessons,
    open_signals,
    open_tasks,
    running_contract,
    situations,
)
from fieldsales.domain.timeline import HistoryLine, history_lines
from fieldsales.domain.triggers import trigger

__all__ = [
    "Brief",
    "Clock",
    "HistoryLine",
    "Line",
    "Part",
    "Piece",
    "anniversary",
    "brief",
    "due_piece",
    "full_name",
    "history_lines",
    "matching_lessons",
    "month_amounts",
    "person_lines",
]

Piece = Message | str

FADE_DAYS = 180  # ratings and moods older than this are asked again (S0-27)
DATE_AHEAD_DAYS = 14  # an anniversary is worth a word from so many days before
FIRST_WORDS = 3
QUESTIONS = 3
LESSONS = 2
LEFT = {"lost": "standing.lost", "released": "standing.released", "handed": "standing.handed"}  # by the state

_DATELESS_FACTS = frozenset({"place", "taste", "agreement", "family"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a part and the row it stands for, ("", "") if none."""

    pieces: tuple[Piece, ...]
    private: bool = False
    row: tuple[str, str] = ("", "")
    proposes: bool = False  # a churn case, which a key opens and another sets aside


@dataclass(frozen=True, slots=True)
class Part:
    """One labelled part of the page. `name` is `state`, `people`, `mandate`, `lately`, `give`, `get`, `meet`,
    `complaints`, `amounts`, `contract`, `prepaid`, `lessons`, `first_words` or `questions`; its label is the text
    `brief.NAME`.
    """

    name: str
    lines: tuple[Line, ...]
    private: bool = False

    @property
    def label(self) -> Message:
        return Message(f"brief.{self.name}")


@dataclass(frozen=True, slots=True)
class Brief:
    """The page of an account on a day. Parts without a line are left out; those that remain keep the page's order."""

    account_id: str
    name: str
    place: str
    occasion: Piece | None
    time: str
    parts: tuple[Part, ...]
    clocks: tuple[Clock, ...]  # of the account first, then of each person in page order
    spark: str  # twelve signs, oldest first, as in Standing
    guidance: Message | None = None

    def part(self, name: str) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)


def anniversary(start: str, today: date, within: int = DATE_AHEAD_DAYS) -> tuple[int, str] | None:
    """The yearly date of a day that is near: which one and when. 29 February falls on 28 in common years (S3-18)."""
    day = parse_day(start)
    if day is None:
        return None
    for years in (today.year - day.year, today.year - day.year + 1):
        then = add_months(day, 12 * years)
        if years > 0 and 0 <= (then - today).days <= within:
            return years, then.isoformat()
    return None


def brief(
    history: History,
    lessons: Sequence[Lesson],
    today: date,
    occasion: Due | Task | None = None,
    causes: Collection[str] = (),
) -> Brief:
    """The page of an account (V6, S0-34, S2-20). `causes` are those that its churn cases have had."""
    frozen = frozen_by(history, today)
    changes = people_changes(history, today)
    parts = (
        Part("state", _state(history, today, frozen), private=True),
        Part("people", _people(history, today, occasion)),
        Part("mandate", _mandate(history), private=True),
        Part("lately", _lately(history, today, changes), private=True),
        Part("give", _owed(history, today, "give")),
        Part("get", _owed(history, today, "get")),
        Part("meet", _owed(history, today, "meet", occasion)),
        Part("complaints", _complaints(history, today), private=True),
        Part("amounts", _amounts(history, today), private=True),
        Part("contract", _contract(history, today)),
        Part("prepaid", _prepaid(history)),
        Part("lessons", _lessons(history, lessons, today, causes), private=True),
        Part("first_words", () if frozen else _first_words(history, today, changes), private=True),
        Part("questions", () if frozen else _questions(history, today, changes, occasion), private=True),
    )
    title: Piece | None = None
    if isinstance(occasion, Due):
        title = occasion.what
    elif occasion is not None:
        title = occasion.title
    open_case = any(case.state == "open" for case in history.cases)
    return Brief(
        account_id=history.account.id,
        name=history.account.name,
        place=history.account.address or history.account.region,
        occasion=title,
        time="" if occasion is None else occasion.time if isinstance(occasion, Due) else occasion.due_time,
        parts=tuple(part for part in parts if part.lines),
        clocks=(
            clock(history.activities, today),
            *(clock(history.activities, today, contact) for contact in present(history, today)),
        ),
        spark=spark(history, today),
        guidance=Message("brief.door") if open_case and not frozen else None,
    )


def _state(history: History, today: date, frozen: tuple[str, str] | None) -> tuple[Line, ...]:
    lines = list(_left(history))
    if frozen:
        by, since = frozen
        who = (by,) if by else ()
        lines.append(Line((Message("brief.frozen"), *who, Message("brief.frozen_since", {"day": since}))))
    day = today.isoformat()
    for one in history.decisions:
        if one.kind == "hold" and one.state == "open" and (not one.until or one.until >= day):
            until = (Message("brief.until", {"day": one.until}),) if one.until else ()
            words = (one.text,) if one.text else ()
            lines.append(Line((Message("brief.hold"), *until, *words), row=("decision", one.id)))
    proposed = trigger(history, today)
    if proposed is not None and not frozen:
        lines.append(Line((proposed.why,), proposes=True))
    for contact in present(history, today):
        for channel in (word.strip() for word in contact.opt_out.split(",")):
            if channel in {"call", "message", "mail"}:
                lines.append(
                    Line((full_name(contact), Message(f"brief.opt_out_{channel}")), row=("contact", contact.id))
                )
    return tuple(lines)


def _left(history: History) -> tuple[Line, ...]:
    """That an account has left, was released or is my manager's: since when, to whom it was lost and how it went."""
    account = history.account
    if account.state not in LEFT:
        return ()
    pieces: list[Piece] = [Message(LEFT[account.state])]
    if parse_day(account.ended_on) is not None:
        pieces.append(Message("brief.left_on", {"day": account.ended_on}))
    if account.lost_to in {"competitor", "closed"}:  # of the others the first piece tells it, or nobody knows
        pieces.append(Message(f"lost_to.{account.lost_to}"))
    if account.left_how in {"quiet", "hurt"}:
        pieces.append(Message(f"left.{account.left_how}"))
    return (Line(tuple(pieces), row=("account", account.id)),)


def _mandate(history: History) -> tuple[Line, ...]:
    """What was left to me in front of the customer, the newest (S2-18)."""
    lines = []
    for one in mandates(history)[:1]:
        pieces: list[Piece] = [Message("brief.quote", {"text": one.text})]
        if one.source:
            pieces.append(one.source)
        pieces.append(Message("brief.mandate_on", {"day": one.day}))
        lines.append(Line(tuple(pieces), private=True, row=("fact", one.id)))
    return tuple(lines)


def _people(history: History, today: date, occasion: Due | Task | None) -> tuple[Line, ...]:
    chosen = main_contact(history, today)
    if isinstance(occasion, Task) and occasion.contact_id:
        chosen = next((one for one in present(history, today) if one.id == occasion.contact_id), chosen)
    return () if chosen is None else person_lines(history, chosen, today)


def person_lines(history: History, contact: Contact, today: date) -> tuple[Line, ...]:
    """Who it is and how long we have known each other; below, private, temper, what mends it and the best time
    (S2-20, S2-21, S2-25).
    """
    row = ("contact", contact.id)
    pieces: list[Piece] = [full_name(contact)]
    known = span("brief.known", contact.since, today)
    if known is not None:
        pieces.append(known)
    if contact.ally_since:
        pieces.append(Message("brief.ally"))
    if contact.came_on and not met_person(history, contact, contact.came_on):
        pieces.append(Message("brief.not_met"))
    lines = [Line(tuple(pieces), row=row)]
    manner = tuple(text for text in (contact.temper, contact.mends, contact.best_time) if text)
    if manner:
        lines.append(Line(manner, private=True, row=row))
    return tuple(lines)


def _lately(history: History, today: date, changes: tuple[Change, ...]) -> tuple[Line, ...]:
    lines: list[Line] = []
    stale: list[Line] = []
    main = main_contact(history, today)
    here = {contact.id for contact in present(history, today)}
    for fact in sorted(history.facts, key=lambda one: one.day, reverse=True):
        if not fact.text or fact.kind == MANDATE or (fact.contact_id and fact.contact_id not in here):
            continue
        who = (
            ()
            if not fact.contact_id or (main and fact.contact_id == main.id)
            else (person_name(history, fact.contact_id),)
        )
        own = own_experience(history, fact) if fact.kind == "reputation" else None
        beside = () if own is None else (own,)
        line = Line((*who, _fact_piece(fact, today), *beside), private=True, row=("fact", fact.id))
        if expired(fact, today):
            again = _again(fact, today)
            if again is not None:
                stale.append(Line((*who, again), private=True, row=("fact", fact.id)))
        else:
            lines.append(line)
    for change in changes:
        days = days_since(change.day, today) or 0
        met = "met" if change.met else "unmet"
        piece = Message(f"brief.changed.{change.role}_{met}", {"n": days})
        who_came = (full_name(change.contact),) if change.contact and change.role == "other" else ()
        lines.append(Line((*who_came, piece), row=change.row))
    relation = history.account.relation
    if relation in {"good", "fair", "hurt"}:
        age = days_since(history.account.relation_on, today)
        if age is not None and age > FADE_DAYS:
            stale.append(Line((Message(f"brief.relation_{relation}_old", {"n": age // 30}),), private=True))
        elif relation != "fair":
            lines.append(Line((Message(f"brief.relation_{relation}"),), private=True))
    return (*lines, *stale[:1])


def _fact_piece(fact: Fact, today: date) -> Message:
    """A fact with its month and its source. One of a year ago or more says how many years, since a month's name would
    be taken for this year's.
    """
    args: dict[str, str | int] = {"text": fact.text}
    day = parse_day(fact.day)
    form = "fact"
    if day is not None and fact.kind not in _DATELESS_FACTS:
        months = months_between(day, today)
        if months >= 12:
            form, args["n"] = "fact_years", months // 12
        else:
            form, args["month"] = "fact_month", month_of(day)
    if fact.source:
        form, args["source"] = f"{form}_from", fact.source
    return Message(f"brief.{form}", args)


def _again(fact: Fact, today: date) -> Message | None:
    """An expired fact is not told as news but asked again; what is older than two years is left alone (S3-03)."""
    day = parse_day(fact.day)
    if day is None or (today - day).days > 730:
        return None
    months = months_between(day, today)
    if 5 <= months <= 7:
        return Message("brief.again_half_year", {"text": fact.text})
    if months == 0:
        return Message("brief.again", {"text": fact.text})
    return Message("brief.again_months", {"text": fact.text, "n": months})


def _owed(history: History, today: date, kind: str, occasion: Due | Task | None = None) -> tuple[Line, ...]:
    shown = occasion.id if isinstance(occasion, Task) else ""
    if isinstance(occasion, Due) and occasion.key.startswith("task:"):
        shown = occasion.key.removeprefix("task:")
    lines = []
    for task in open_tasks(history, kind):
        if task.id == shown:
            continue
        due = due_piece(task, today)
        lines.append(Line((task.title, *(() if due is None else (due,))), row=("task", task.id)))
    return tuple(lines)


def due_piece(task: Task, today: date) -> Message | None:
    """When a promise is due, None where no day was said."""
    days = days_since(task.due_on, today)
    if days is None:
        return None
    if days > 0:
        return Message("brief.due_past", {"n": days})
    if task.kind == "meet":
        form = "meet_today" if days == 0 else "meet_on"
        if task.due_time:
            return Message(f"brief.{form}_at", {"day": task.due_on, "at": task.due_time})
        return Message(f"brief.{form}", {"day": task.due_on})
    return Message("brief.due_today") if days == 0 else Message("brief.due_by", {"day": task.due_on})


def _complaints(history: History, today: date) -> tuple[Line, ...]:
    lines = []
    for one in open_signals(history, "complaint"):
        pieces: list[Piece] = [Message("brief.quote", {"text": one.text})] if one.text else [Message("brief.no_words")]
        days = days_since(one.day, today)
        if days is not None:
            pieces.append(Message("brief.today") if days == 0 else Message("brief.days_ago", {"n": days}))
        pieces.append(Message("brief.still_open"))
        if one.tries >= 3:
            pieces.append(Message("brief.stuck", {"n": one.tries}))
        if one.boss_asked:
            pieces.append(Message("brief.boss_asked"))
        lines.append(Line(tuple(pieces), private=True, row=("signal", one.id)))
    return tuple(lines)


def _amounts(history: History, today: date) -> tuple[Line, ...]:
    """The last complete month beside the month of the six before that differs most from it, the newest of equals."""
    newest = newest_month(history, today)
    if not newest:
        end = ended_in(history, today)
        return (Line((Message("brief.amounts_old", {"month": end, "year": end[:4]}),)),) if end else ()
    last = history.amounts.get(newest, 0)
    first = min(history.amounts)
    before = [month for back in range(1, 7) if (month := month_back(newest, back)) >= first]
    args: dict[str, str | int] = {"month": newest, "amount": last}
    if not before:
        return (Line((Message("brief.amount", args),)),)
    other = max(before, key=lambda month: (abs(history.amounts.get(month, 0) - last), month))
    if history.amounts.get(other, 0) == last:
        return (Line((Message("brief.amount_same", args),)),)
    args |= {"other": other, "then": history.amounts.get(other, 0)}
    return (Line((Message("brief.amount_against", args),)),)


def _contract(history: History, today: date) -> tuple[Line, ...]:
    contract = running_contract(history, today)
    left = contract_days_left(history, today)
    if contract is None or left is None:
        return ()
    row = ("contract", contract.id)
    if left < 0:
        return (Line((Message("brief.contract_over", {"n": -left}),), row=row),)
    if left == 0:
        return (Line((Message("brief.contract_today"),), row=row),)
    return (Line((Message("brief.contract_left", {"n": left}),), row=row),)


def _prepaid(history: History) -> tuple[Line, ...]:
    """What is left of a prepayment, or what was given beyond it (S1-24)."""
    lines = []
    for one in history.contracts:
        if one.received is None:
            continue
        balance = one.received - (one.delivered or 0)
        if balance > 0:
            lines.append(Line((Message("brief.prepaid_left", {"amount": balance}),), row=("contract", one.id)))
        elif balance < 0:
            lines.append(Line((Message("brief.prepaid_beyond", {"amount": -balance}),), row=("contract", one.id)))
    return tuple(lines)


def _lessons(
    history: History, lessons: Sequence[Lesson], today: date, causes: Collection[str] = ()
) -> tuple[Line, ...]:
    found = [one for one in matching_lessons(history, lessons, today, causes) if lesson_line(one)]
    return tuple(Line((lesson_line(one),), private=True, row=("lesson", one.id)) for one in found[:LESSONS])


def _first_words(history: History, today: date, changes: tuple[Change, ...]) -> tuple[Line, ...]:
    """At most three, in a fixed order: my overdue promise, an open complaint, today's promise, a new person, the
    customer's date; a plain greeting where there is none of them.
    """
    day = today.isoformat()
    lines: list[Line] = []
    given = open_tasks(history, "give")
    overdue = [task for task in given if task.due_on and task.due_on < day]
    if overdue:
        lines.append(_said("sorry", {"title": _thing(overdue[0])}, ("task", overdue[0].id)))
    for signal in open_signals(history, "complaint")[:1]:
        words = signal.wanted or signal.text
        form = "complaint" if words else "complaint_plain"
        lines.append(_said(form, {"text": words} if words else {}, ("signal", signal.id)))
    for task in [task for task in given if task.due_on == day][:1]:
        lines.append(_said("give", {"title": _thing(task)}, ("task", task.id)))
    fresh = next((change for change in changes if not change.met), None)
    inherited = days_since(history.account.inherited_on, today)
    if (
        inherited is not None
        and 0 <= inherited <= INHERITED_WATCH_DAYS
        and not any(map(is_meeting, history.activities))
    ):
        lines.append(_said("greeting", {}, ("account", history.account.id)))
    elif fresh is not None:
        if fresh.contact is not None and fresh.role == "other":
            lines.append(_said("person", {"name": full_name(fresh.contact)}, fresh.row))
        else:
            lines.append(_said(f"new_{fresh.role}", {}, fresh.row))
    year = anniversary(history.account.introduced_on, today)
    if year is not None:
        lines.append(_said("anniversary", {"n": year[0]}, ("account", history.account.id)))
    need = days_since(history.account.next_need_on, today)
    if need is not None and -DATE_AHEAD_DAYS <= need <= 0:
        lines.append(_said("need", {}, ("account", history.account.id)))
    if not lines:
        lines.append(_said("hello", {}, ("", "")))
    return tuple(lines[:FIRST_WORDS])


def _said(form: str, args: dict[str, str | int], row: tuple[str, str]) -> Line:
    return Line((Message(f"brief.first.{form}", args),), row=row)


def _thing(task: Task) -> str:
    """What is to be given, without the verb that some people write behind it."""
    return task.title.removesuffix(" 드리기").strip() or task.title


def _questions(
    history: History, today: date, changes: tuple[Change, ...], occasion: Due | Task | None
) -> tuple[Line, ...]:
    """What to ask, the most pressing first, at most three."""
    lines: list[Line] = []

    def ask(form: str, row: tuple[str, str] = ("", ""), **args: str | int) -> None:
        lines.append(Line((Message(f"brief.ask.{form}", args),), row=row))

    now_here = situations(history, today)
    if history.account.state in {"lost", "released"}:  # what ended with them is no question any more
        now_here -= {"volume", "renewal"}
    if "volume" in now_here:
        ask("volume")
    fresh = next((change for change in changes if not change.met), None)
    if fresh is not None:
        ask(f"new_{fresh.role}", fresh.row)
    for signal in open_signals(history, "competitor")[:1]:
        ask("competitor", ("signal", signal.id))
    for signal in open_signals(history, "need")[:1]:
        if signal.text:
            ask("need", ("signal", signal.id), text=signal.text)
    if "renewal" in now_here:
        ask("renewal")
    key = occasion.key if isinstance(occasion, Due) else occasion.sheet if occasion is not None else ""
    if key in {"meeting", "half_year"}:
        ask("half_year")
    elif key in {"review", "quarter"}:
        ask("quarter")
    stale = [fact for fact in history.facts if expired(fact, today) and _again(fact, today) is not None]
    for fact in sorted(stale, key=lambda one: one.day, reverse=True)[:1]:
        ask("again", ("fact", fact.id), text=fact.text)
    leaving = any(case.state == "open" for case in history.cases)  # asking for next year's volume would be deaf
    if leaving:
        ask("stay")
    elif today.month >= 10 and history.account.state == "active":
        ask("next_year")
    return tuple(lines[:QUESTIONS])
