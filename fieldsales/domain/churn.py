"""이탈 대응: when an account may be leaving, what the first screen shows, which sentence fits the moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from fieldsales.domain.brief import Line, Piece, person_lines
from fieldsales.domain.dates import WorkDays, days_since, month_back, parse_day
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import (
    Activity,
    CaseEvent,
    CaseItem,
    ChurnCase,
    Contact,
    History,
    Lesson,
    Message,
    Offer,
)
from fieldsales.domain.months import month_amounts, monthly_mean, newest_month, three_digits
from fieldsales.domain.people import frozen_by, full_name, main_contact, person_name, present
from fieldsales.domain.playbooks import Playbook, PlaybookItem
from fieldsales.domain.remembered import INHERITED_WATCH_DAYS, has_lesson, matching_lessons

EVENING = 18  # from this hour on, telling is enough for today
DAWDLE_HOURS = 24  # without a visit, a date or an attempt (S0-17)
USUAL_LOSSES = 2  # a year; from the next on the screen says something else (S0-08)
DROP_PERCENT = 50  # of the mean, which proposes a case (S0-10)
QUIET_GAPS = 3  # times the usual gap between deals
LEAST_DEALS = 5  # before a gap is called usual
STRAYING_HOURS = 26  # as far as two local times of one moment can lie apart
FIGURES = frozenset({"no_trade", "volume"})
OUTCOMES = ("restored", "half", "part", "none")
FAREWELLS = ("done", "planned", "impossible")


# --- triggers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trigger:
    """A case proposed from the figures: its kind (`no_trade`, `volume`) and the sentence that says what was seen."""

    kind: str
    why: Message


def trigger(history: History, today: date) -> Trigger | None:
    """What the amounts propose (S0-10): the last complete month is 0, or half or more below the mean of the six before.

    Nothing is proposed for an account with less than three months before, with a case open or set aside until later,
    that left, or whose rhythm explains it: the same month last year was as low, or it trades now and then and its last
    three months are not half below the six before. Dated deals are asked about after three of the usual gaps.
    """
    account = history.account
    if account.state not in {"active", "handed"} or any(case.state == "open" for case in history.cases):
        return None
    day = today.isoformat()
    if any(one.kind == "fine" and one.state == "open" and one.until >= day for one in history.decisions):
        return None
    return _from_months(history, today) or _from_deals(history, today)


def _from_months(history: History, today: date) -> Trigger | None:
    newest = newest_month(history, today)
    if not newest:
        return None
    first = min(history.amounts)

    def known(back: int) -> int | None:
        month = month_back(newest, back)
        return history.amounts.get(month, 0) if month >= first else None

    last = known(0) or 0
    base = [amount for back in range(1, 7) if (amount := known(back)) is not None]
    total = sum(base)
    if len(base) < 3 or total <= 0:
        return None
    year_ago = known(12)
    if year_ago is not None and 100 * last >= 80 * year_ago:
        return None
    if history.account.irregular or history.account.seasonal or 3 * sum(amount == 0 for amount in base) > len(base):
        recent = [known(back) or 0 for back in range(3)]
        before = [amount for back in range(3, 9) if (amount := known(back)) is not None]
        if len(before) < 3 or 100 * sum(recent) * len(before) > DROP_PERCENT * sum(before) * len(recent):
            return None
    mean = three_digits(total // len(base))
    if last <= 0:
        return Trigger("no_trade", Message("churn.seen.no_trade", {"month": newest, "mean": mean}))
    if 100 * last * len(base) > DROP_PERCENT * total:
        return None
    drop = 100 - 100 * last * len(base) // total
    return Trigger(
        "volume", Message("churn.seen.volume", {"month": newest, "amount": last, "mean": mean, "drop": drop})
    )


def _from_deals(history: History, today: date) -> Trigger | None:
    days = sorted({day for deal in history.deals if (day := parse_day(deal.day)) is not None and day <= today})
    if history.account.irregular or history.account.seasonal or len(days) < LEAST_DEALS:
        return None
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
    usual = history.account.usual_gap_days or gaps[len(gaps) // 2]
    quiet = (today - days[-1]).days
    if usual <= 0 or quiet < QUIET_GAPS * usual:
        return None
    return Trigger("no_trade", Message("churn.seen.quiet", {"n": quiet, "gap": usual}))


# --- the first screen -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A line of the checklist before the case exists; `side` stands at its right edge."""

    key: str
    step: int
    position: int
    title: str
    help: str = ""
    act: str = ""
    side: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """Everything the first screen after `c` shows. Nothing of it is in the book before the first tick."""

    account_id: str
    name: str
    situation: str  # notice, figures, inherited, third, paused, apart, evening
    trigger: str
    heard_at: str  # moment
    heard_from: str  # a contact's id, or a name
    heard_by: str
    speaking: int
    visit_at: str
    first_sentence: Message
    last_line: Message
    items: tuple[DraftItem, ...]  # of all steps
    steps: tuple[str, ...]  # titles
    people: tuple[tuple[Line, ...], ...]  # the lines of each person, the one who told us first
    place: str
    phone: str
    visit_day: str  # the day to be there by
    lessons: tuple[Lesson, ...]  # only what helped before
    lost_amount: int | None
    playbook: str
    version: str

    @property
    def first_items(self) -> tuple[DraftItem, ...]:
        """The acts of the first screen: step 1 up to the visit."""
        step = [item for item in self.items if item.step == 1]
        end = next((index for index, item in enumerate(step, 1) if item.act == "visit"), len(step))
        return tuple(step[:end])


def draft(
    history: History,
    playbook: Playbook,
    now: datetime,
    trigger: str = "notice",
    *,
    heard_at: str = "",
    heard_from: str = "",
    heard_by: str = "",
    speaking: int = 1,
    others_this_year: int = 0,
    lessons: Sequence[Lesson] = (),
    boss: str = "",
    holidays: frozenset[str] = frozenset(),
) -> CaseDraft:
    """The first screen of a case (S0-06, S0-11).

    `others_this_year` counts the other cases of the last twelve months in the whole book, `boss` is what the person I
    report to is called.
    """
    today = now.date()
    frozen = frozen_by(history, today)
    inherited = days_since(history.account.inherited_on, today)
    fresh = inherited is not None and 0 <= inherited < INHERITED_WATCH_DAYS
    teller = _teller(history, heard_from, today)
    situation = "notice"
    if frozen:
        situation = "paused"
    elif trigger in FIGURES:
        situation = "figures"
    elif not speaking:
        situation = "apart"
    elif now.hour >= EVENING:
        situation = "evening"
    elif fresh:
        situation = "inherited"
    elif others_this_year >= USUAL_LOSSES:
        situation = "third"
    sentence, last = _sentences(situation, frozen, inherited or 0, others_this_year)
    visit_day = visit_by(now, holidays)
    place = history.account.address or history.account.region
    phone = "" if teller is None else teller.mobile or teller.phone or history.account.phone
    sides: dict[str, tuple[Piece, ...]] = {
        "report": (Message("churn.now"),),
        "appointment": tuple(text for text in ("" if teller is None else full_name(teller), phone) if text),
        "visit": (visit_piece(visit_day, today), *((place,) if place else ())),
    }
    met = {"paused" if frozen else "not_paused", "figures" if trigger in FIGURES else "notice"}
    items = tuple(
        DraftItem(
            key=item.key,
            step=number,
            position=position,
            title=item.title.replace("{boss}", boss),
            help=item.help.replace("{boss}", boss),
            act=item.act,
            side=() if frozen and item.act in {"appointment", "visit"} else sides.get(item.act, ()),
        )
        for number, step in enumerate(playbook.steps, 1)
        for position, item in enumerate(_chosen(step.items, met))
    )
    helped = [lesson for lesson in matching_lessons(history, lessons, today, "churn") if lesson.helped]
    return CaseDraft(
        account_id=history.account.id,
        name=history.account.name,
        situation=situation,
        trigger=trigger,
        heard_at=heard_at or now.isoformat(timespec="minutes"),
        heard_from=heard_from or ("" if teller is None or trigger in FIGURES else teller.id),
        heard_by=heard_by or ("figures" if trigger in FIGURES else "call"),
        speaking=speaking,
        visit_at="",
        first_sentence=sentence,
        last_line=last,
        items=items,
        steps=tuple(step.title for step in playbook.steps),
        people=_faces(history, teller, today),
        place=place,
        phone=phone,
        visit_day=visit_day,
        lessons=tuple(helped[:2]),
        lost_amount=monthly_mean(history, today),
        playbook=playbook.name,
        version=playbook.version,
    )


def _chosen(items: Sequence[PlaybookItem], met: set[str]) -> list[PlaybookItem]:
    return [item for item in items if set(item.when) <= met]


def _teller(history: History, heard_from: str, today: date) -> Contact | None:
    here = present(history, today)
    return next((contact for contact in here if heard_from and contact.id == heard_from), main_contact(history, today))


def _faces(history: History, teller: Contact | None, today: date) -> tuple[tuple[Line, ...], ...]:
    """The person to call and everybody who is new, at most three; the temper of each in one line (S2-21, C13)."""
    if teller is None:
        return ()
    news = [
        contact
        for contact in present(history, today)
        if contact.id != teller.id and (days_since(contact.came_on, today) or 10**6) <= 180
    ]
    return tuple(person_lines(history, contact, today) for contact in (teller, *news)[:3])


def _sentences(situation: str, frozen: tuple[str, str] | None, inherited: int, others: int) -> tuple[Message, Message]:
    if situation == "paused" and frozen is not None:
        by, since = frozen
        form = "churn.first.paused_by" if by else "churn.first.paused"
        return Message(form, {"by": by, "day": since} if by else {"day": since}), Message("churn.last.paused")
    if situation == "inherited":
        return Message("churn.first.inherited", {"n": inherited}), Message("churn.last.inherited")
    if situation == "third":
        last = "churn.last.third" if others == USUAL_LOSSES else "churn.last.more"
        return Message("churn.first.third"), Message(last)
    return Message(f"churn.first.{situation}"), Message(f"churn.last.{situation}")


def visit_by(now: datetime, holidays: frozenset[str] = frozenset()) -> str:
    """The day to be there by: today, from the evening on or on a day off the next working day (S0-11)."""
    work = WorkDays(holidays)
    day = now.date() + timedelta(days=1) if now.hour >= EVENING else now.date()
    return work.next(day).isoformat()


def visit_piece(visit_day: str, today: date) -> Message:
    days = -(days_since(visit_day, today) or 0)
    if days <= 0:
        return Message("churn.by_today")
    return Message("churn.by_tomorrow") if days == 1 else Message("churn.by_day", {"day": visit_day})


# --- while it is open -----------------------------------------------------------------------------------------------


_ORDER = ("opened", "attempt", "call", "visit", "report", "note", "ticked", "unticked", "closed")


def timeline(events: Sequence[CaseEvent]) -> list[CaseEvent]:
    """The events of a case, earliest first. Those of one minute stand as they were written; ids tell it to the
    millisecond, and what one act wrote within that stands with its cause first.
    """

    def place(event: CaseEvent) -> tuple[str, str, int, str]:
        kind = _ORDER.index(event.kind) if event.kind in _ORDER else len(_ORDER)
        return event.at, event.id[:13], kind, event.id

    return sorted(events, key=place)


def stamp(now: datetime, events: Sequence[CaseEvent]) -> str:
    """The moment a new line of the timeline stands at: now, but never before the newest line.

    So neither a journey across time zones nor a clock set back by less than a day puts what came later first. A line
    further ahead than that was written by a wrong clock and is not waited for.
    """
    newest = max((event.at for event in events), default="")
    if newest and newest <= (now + timedelta(hours=STRAYING_HOURS)).isoformat(timespec="minutes"):
        return max(now.isoformat(timespec="minutes"), newest)
    return now.isoformat(timespec="minutes")


def next_item(items: Sequence[CaseItem]) -> CaseItem | None:
    """The first line that is still open, None when all are done."""
    return min((one for one in items if not one.done_at), key=lambda one: (one.step, one.position), default=None)


def current_step(items: Sequence[CaseItem]) -> int:
    """1 to 4: the step of the next open line, the last one when all are done."""
    found = next_item(items)
    return max((one.step for one in items), default=1) if found is None else found.step


def counts_as_visit(activity: Activity) -> bool:
    """Whether a log closes the visit of step 1: I stood before a person. No call, no colleague's visit (S0-12)."""
    mine = activity.by == "me" or bool(activity.joint)
    somebody = bool(activity.contact_id or activity.with_names)
    return activity.outcome == "done" and mine and somebody and "visit" in (activity.kind, activity.kind2)


def why_not_by_hand(item: CaseItem | DraftItem) -> Message | None:
    """Why a line cannot be ticked by hand, None where it can: the visit is filled by the log of a visit (S0-12)."""
    return Message("churn.visit_needed") if item.act == "visit" else None


def guidance(
    case: ChurnCase,
    items: Sequence[CaseItem],
    events: Sequence[CaseEvent],
    now: datetime,
    *,
    offers: Sequence[Offer] = (),
    reopened: bool = False,
) -> Message:
    """The one sentence for the moment; `reopened` is the first look after the program was started again."""
    if case.state == "closed":
        return Message(f"churn.guide.closed_{case.outcome if case.outcome in OUTCOMES else 'none'}")
    if reopened and events:
        last = max(event.at for event in events)
        if last[:10] == now.date().isoformat():
            return Message("churn.guide.reopened", {"at": last})
    step = current_step(items)
    if next_item(items) is None:
        return Message("churn.guide.ready_to_close")
    if step == 1:
        return _first_step(case, items, events, now)
    if step == 2:
        return Message("churn.guide.why")
    if step == 3:
        refused = bool(offers) and all(offer.answer == "refused" for offer in offers)
        return Message("churn.guide.refused" if refused else "churn.guide.cover")
    return Message("churn.guide.look_back")


def _first_step(case: ChurnCase, items: Sequence[CaseItem], events: Sequence[CaseEvent], now: datetime) -> Message:
    done = {one.act for one in items if one.step == 1 and one.done_at}
    if "visit" in done:
        return Message("churn.guide.heard" if "heard" not in done else "churn.guide.offer")
    if ahead(case.visit_at, now):
        return _fixed(case.visit_at, now.date())
    if "report" in done and now.hour >= EVENING:
        return Message("churn.guide.evening")
    attempts = sum(event.kind == "attempt" for event in events)
    if attempts >= 2:
        return Message("churn.guide.tried" if attempts == 2 else "churn.guide.tried_often", {"n": attempts})
    if dawdling(case, items, events, now):
        return Message("churn.guide.dawdling")
    if "report" in done:
        return Message("churn.guide.reported")
    return Message("churn.first.notice")


def _fixed(visit_at: str, today: date) -> Message:
    days = -(days_since(visit_at, today) or 0)
    args: dict[str, str | int] = {"day": visit_at[:10], "at": visit_at}
    when = {0: "today", 1: "tomorrow"}.get(days, "day") + ("" if len(visit_at) >= 16 else "_untimed")
    return Message(f"churn.guide.fixed_{when}", args)


def ahead(moment: str, now: datetime) -> bool:
    """Whether a moment, or a day without a time, is not over yet."""
    if len(moment) < 16:
        return moment >= now.date().isoformat()
    return moment >= now.isoformat(timespec="minutes")


def dawdling(case: ChurnCase, items: Sequence[CaseItem], events: Sequence[CaseEvent], now: datetime) -> bool:
    """A day went by without a visit, a date for one or an attempt (S0-17). Gone as soon as there is one of them."""
    if case.state != "open" or case.visit_at or any(event.kind in {"attempt", "visit"} for event in events):
        return False
    if any(one.act == "visit" and one.done_at for one in items):
        return False
    try:
        began = datetime.fromisoformat(case.started_at)
    except ValueError:
        return False
    return now - began >= timedelta(hours=DAWDLE_HOURS)


def missing_for_close(case: ChurnCase, lesson: Lesson | None) -> tuple[Message, ...]:
    """What a case still needs before it can be closed: an outcome, the state of the farewell, one line of a lesson
    (S0-31, S3-20, C14). Empty when nothing is missing.
    """
    missing = []
    if case.outcome not in OUTCOMES:
        missing.append(Message("churn.missing.outcome"))
    if case.farewell not in FAREWELLS:
        missing.append(Message("churn.missing.farewell"))
    if lesson is None or not has_lesson(lesson):
        missing.append(Message("churn.missing.lesson"))
    return tuple(missing)


def farewell_text(history: History, contact_id: str, left_how: str, today: date) -> Message:
    """The farewell to send, by how they left: without a word or hurt (S3-20, S3-22)."""
    contact = next((one for one in history.contacts if one.id == contact_id), main_contact(history, today))
    name = "" if contact is None else (contact.title or contact.name).removesuffix("님")
    form = "hurt" if left_how == "hurt" else "quiet"
    return Message(f"report.farewell_{form}", {"name": name}) if name else Message(f"report.farewell_{form}_noname")


def amounts_before(history: History, today: date) -> list[tuple[str, int | None]]:
    """The six complete months the loss is measured against, oldest first."""
    return month_amounts(history, today, 6)


def told_by(history: History, case: ChurnCase | CaseDraft) -> str:
    """Name and title of whoever told us, "" where it was the figures."""
    return person_name(history, case.heard_from)
