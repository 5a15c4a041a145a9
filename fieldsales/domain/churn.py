"""이탈 대응: when an account may be leaving, what the first screen shows, which sentence fits the moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from fieldsales.domain.brief import Line, Piece, person_lines
from fieldsales.domain.dates import WorkDays, days_since, parse_day
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.lessons import has_lesson, helping_line
from fieldsales.domain.model import (
    Activity,
    CaseEvent,
    CaseFile,
    CaseItem,
    Cause,
    ChurnCase,
    Contact,
    Cover,
    History,
    Lesson,
    Message,
    Offer,
)
from fieldsales.domain.months import monthly_mean, three_digits
from fieldsales.domain.people import called, frozen_by, full_name, main_contact, person_name, present
from fieldsales.domain.playbooks import Playbook, PlaybookItem
from fieldsales.domain.remembered import INHERITED_WATCH_DAYS, matching_lessons
from fieldsales.domain.triggers import FIGURES, Trigger, seen, trigger

__all__ = [
    "FAREWELLS", "FIGURES", "OUTCOMES", "CaseDraft", "DraftItem", "Trigger", "ahead",
    "counts_as_visit", "current_step", "dawdling", "draft", "farewell_text", "guidance", "is_evening",
    "missing_for_close", "next_item", "sentence_of", "stamp", "timeline", "to_say_on_the_phone", "trigger", "visit_by",
    "visit_piece", "why_not_by_hand",
]  # fmt: skip

EVENING = 18  # from this hour on, telling is enough for today
NIGHT_ENDS = 5  # up to this hour it still is
CAUSE_DAYS = 3  # after we heard, by when the causes are asked for (C3)
LESSON_DAYS = 5  # working days after we heard, by when the debrief is (C3)
DAWDLE_HOURS = 24  # without a visit, a date or an attempt (S0-17)
USUAL_LOSSES = 2  # a year; from the next on the screen says something else (S0-08)
STRAYING_HOURS = 26  # as far as two local times of one moment can lie apart
OUTCOMES = ("restored", "half", "part", "none")
FAREWELLS = ("done", "planned", "impossible")


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
    through: str = ""  # who could ask for me where we are not on speaking terms: a contact's id, or a name

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
    through: str = "",
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
    elif is_evening(now):
        situation = "evening"
    elif fresh:
        situation = "inherited"
    elif others_this_year >= USUAL_LOSSES:
        situation = "third"
    visit_day = visit_by(now, holidays)
    sentence, last = _sentences(situation, frozen, inherited or 0, others_this_year, visit_day, today)
    helper = next((one for one in present(history, today) if one.id == through), None)
    if situation == "apart":
        last = _ways_round(history, teller, through, today)
    place = history.account.address or history.account.region
    phone = "" if teller is None else teller.mobile or teller.phone or history.account.phone
    reached: tuple[Piece, ...] = tuple(text for text in ("" if teller is None else full_name(teller), phone) if text)
    if not speaking:
        who = person_name(history, through)
        number = "" if helper is None else helper.mobile or helper.phone
        reached = tuple(text for text in (Message("run.instead"), who, number) if text)
    heard = heard_at or now.isoformat(timespec="minutes")
    sides: dict[str, tuple[Piece, ...]] = {
        "report": (Message("churn.now"), *((Message("run.dated"),) if situation == "inherited" else ())),
        "appointment": reached,
        "visit": (visit_piece(visit_day, today), *((place,) if place else ())),
        **_later_sides(heard, today, holidays),
    }
    met = {
        "paused" if frozen else "not_paused",
        "figures" if trigger in FIGURES else "notice",
        *(("inherited",) if fresh else ()),
    }
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
    helped = [lesson for lesson in matching_lessons(history, lessons, today, "churn") if helping_line(lesson)]
    helped.sort(key=lambda lesson: not lesson.helped)
    return CaseDraft(
        account_id=history.account.id,
        name=history.account.name,
        situation=situation,
        trigger=trigger,
        heard_at=heard,
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
        lost_amount=lost_a_month(history, trigger, today),
        playbook=playbook.name,
        version=playbook.version,
        through=through,
    )


def _later_sides(heard_at: str, today: date, holidays: frozenset[str]) -> dict[str, tuple[Piece, ...]]:
    """By when the later lines would be good to have: a day, never a countdown, and nothing once it is over (C3)."""
    heard = parse_day(heard_at[:10])
    if heard is None:
        return {}
    days = {
        "cause": WorkDays(holidays).next(heard + timedelta(days=CAUSE_DAYS)),
        "lesson": WorkDays(holidays).later(heard, LESSON_DAYS),
    }
    return {act: (Message("run.by", {"day": day.isoformat()}),) for act, day in days.items() if day >= today}


def _ways_round(history: History, teller: Contact | None, through: str, today: date) -> Message:
    """Who could ask for me (S0-21): the one named, else the other people of the account, at most three."""
    if name := person_name(history, through):
        return Message("run.last.through", {"name": name})
    others = [full_name(one) for one in present(history, today) if teller is None or one.id != teller.id][:3]
    return Message("run.last.apart", {"names": ", ".join(others)}) if others else Message("churn.last.apart")


def lost_a_month(history: History, trigger: str, today: date) -> int | None:
    """What is lost a month, as it is told: the mean of the last six months, of a drop only what is missing.

    None where no amount is known. Where the figures spoke, the months before count, not the one that fell.
    """
    for found in seen(history, today) if trigger in FIGURES else ():
        if found.kind == trigger and "mean" in found.why.args:
            return three_digits(int(found.why.args["mean"]) - max(0, int(found.why.args.get("amount", 0))))
    mean = monthly_mean(history, today)
    return None if mean is None else three_digits(mean)


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


def _sentences(
    situation: str, frozen: tuple[str, str] | None, inherited: int, others: int, visit_day: str, today: date
) -> tuple[Message, Message]:
    if situation == "paused" and frozen is not None:
        by, since = frozen
        form = "churn.first.paused_by" if by else "churn.first.paused"
        return Message(form, {"by": by, "day": since} if by else {"day": since}), Message("churn.last.paused")
    if situation == "inherited":
        return Message("churn.first.inherited", {"n": inherited}), Message("run.last.inherited")
    if situation == "evening":
        night = _near(visit_day, today) == "today"  # of a working day: it goes on once the day breaks
        first = Message("churn.first.night" if night else "churn.first.evening")
        return first, _goes_on(visit_day, today)[0]
    if situation == "third":
        last = "churn.last.third" if others == USUAL_LOSSES else "churn.last.more"
        return Message("churn.first.third"), Message(last)
    return Message(f"churn.first.{situation}"), Message(f"churn.last.{situation}")


def is_evening(now: datetime) -> bool:
    """Whether telling is enough for today: from six in the evening until the night is over."""
    return now.hour >= EVENING or now.hour < NIGHT_ENDS


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


def _near(day: str, today: date) -> str:
    """How a day of the next working days is told: `today`, `tomorrow` or `day`."""
    days = -(days_since(day, today) or 0)
    return "today" if days <= 0 else "tomorrow" if days == 1 else "day"


_GOES_ON = {
    "today": ("churn.last.evening_today", "churn.guide.evening_today"),
    "tomorrow": ("churn.last.evening_tomorrow", "churn.guide.evening_tomorrow"),
    "day": ("churn.last.evening_day", "churn.guide.evening_day"),
}


def _goes_on(visit_day: str, today: date) -> tuple[Message, Message]:
    """When it goes on once telling is enough: below the first screen, and over the run. Today in the small hours."""
    last, guide = _GOES_ON[_near(visit_day, today)]
    return Message(last, {"day": visit_day}), Message(guide, {"day": visit_day})


def to_say_on_the_phone(
    name: str, visit_at: str, now: datetime, holidays: frozenset[str] = frozenset()
) -> tuple[Message, Message]:
    """The two sentences for the phone: when I would like to come, and what to say to a no (S0-17).

    They speak of the day that stands beside the visit: the one that was fixed, else the day to be there by. Only a
    visit of today moves on to the next working day.
    """
    today = now.date()
    fixed = ahead(visit_at, now) if visit_at else False
    day = visit_at[:10] if fixed else visit_by(now, holidays)
    near = _near(day, today)
    form = "now" if near == "today" and not fixed and not is_evening(now) else near
    first = Message(f"run.ask.words_{form}" + ("" if name else "_noname"), {"name": name, "day": day})
    if near == "today":
        day = WorkDays(holidays).next(today + timedelta(days=1)).isoformat()
    return first, Message(f"run.ask.refused_{_near(day, today)}", {"day": day})


# --- while it is open -----------------------------------------------------------------------------------------------


_ORDER = (
    "opened", "attempt", "call", "visit", "report", "cause", "offer", "cover", "boss", "freeze", "note",
    "ticked", "unticked", "closed",
)  # fmt: skip


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
    """The first line that is still to be done, None when nothing is: an optional one is not waited for, nor are places
    to try once new business is found.
    """
    covered = any(one.act == "cover" and one.done_at for one in items)
    waived = {"optional", "places"} if covered else {"optional"}
    still = (one for one in items if not one.done_at and one.act not in waived)
    return min(still, key=lambda one: (one.step, one.position), default=None)


def current_step(items: Sequence[CaseItem]) -> int:
    """1 to 4: the step of the next open line, the last one when all are done."""
    found = next_item(items)
    return max((one.step for one in items), default=1) if found is None else found.step


def counts_as_visit(activity: Activity, known: bool = True) -> bool:
    """Whether a log closes the visit of step 1: I stood before a person. No call, no colleague's visit (S0-12).

    Where nobody of the account is `known` by name, what was heard there was said by somebody.
    """
    mine = activity.by == "me" or bool(activity.joint)
    somebody = bool(activity.contact_id or activity.with_names or (not known and activity.heard))
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
    causes: Sequence[Cause] = (),
    covers: Sequence[Cover] = (),
    paused: bool = False,
    reopened: bool = False,
    step: int = 0,
    holidays: frozenset[str] = frozenset(),
) -> Message:
    """The one sentence for the moment.

    `reopened` is the first look after the program was started again, `step` the one looked at where it is not the
    present one. While contact is `paused` by order nothing says to go or to ring (S2-24).
    """
    if case.state == "closed":
        return Message(f"churn.guide.closed_{case.outcome if case.outcome in OUTCOMES else 'none'}")
    present_step = current_step(items)
    if step in {0, present_step}:
        if reopened and events:
            last = max(event.at for event in events)
            if len(last) >= 16 and last[:10] == now.date().isoformat():
                return Message("churn.guide.reopened", {"at": last})
        if next_item(items) is None:
            return Message("churn.guide.ready_to_close")
    step = step or present_step
    if step == 1:
        return Message("run.guide.paused") if paused else _first_step(case, items, events, now, holidays)
    if step == 2:
        return _why(causes, events)
    if step == 3:
        if offers and all(offer.answer == "refused" for offer in offers):
            return Message("churn.guide.refused")
        some = bool(covers) or any(offer.answer == "accepted" for offer in offers)
        return Message("run.guide.covered" if some else "churn.guide.cover")
    return Message("churn.guide.look_back")


def sentence_of(
    file: CaseFile, now: datetime, *, reopened: bool = False, step: int = 0, holidays: frozenset[str] = frozenset()
) -> Message:
    """`guidance` from everything that is known of a case."""
    return guidance(
        file.case,
        file.items,
        file.events,
        now,
        offers=file.offers,
        causes=file.causes,
        covers=file.covers,
        paused=frozen_by(file.history, now.date()) is not None,
        reopened=reopened,
        step=step,
        holidays=holidays,
    )


def _why(causes: Sequence[Cause], events: Sequence[CaseEvent]) -> Message:
    """Step 2: what fits the cause touched last."""
    touched = next((event.ref for event in reversed(timeline(events)) if event.kind == "cause"), "")
    cause = next((one for one in causes if one.kind == touched), None)
    if cause is None:
        return Message("churn.guide.why")
    if cause.control == "no":
        return Message("run.guide.hard")
    return Message("run.guide.neglect" if cause.kind == "neglect" else "churn.guide.why")


def _first_step(
    case: ChurnCase,
    items: Sequence[CaseItem],
    events: Sequence[CaseEvent],
    now: datetime,
    holidays: frozenset[str],
) -> Message:
    first = [one for one in items if one.step == 1]
    done = {one.act for one in first if one.done_at}
    if "visit" in done:
        if any(one.act == "report" and not one.done_at for one in first):
            return Message("run.guide.untold")
        if "heard" not in done:
            return Message("churn.guide.heard")
        return Message("run.guide.step_done" if next_item(first) is None else "churn.guide.offer")
    if ahead(case.visit_at, now):
        return _fixed(case.visit_at, now.date())
    if case.visit_at:
        return Message("run.guide.after_time")
    if "report" in done and is_evening(now):
        return _goes_on(visit_by(now, holidays), now.date())[1]
    attempts = sum(event.kind == "attempt" for event in events)
    if attempts >= 2:
        return Message("churn.guide.tried" if attempts == 2 else "churn.guide.tried_often", {"n": attempts})
    if dawdling(case, items, events, now):
        return Message("churn.guide.dawdling")
    if "report" in done:
        return Message("churn.guide.reported" if case.speaking else "run.guide.round")
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
    """The farewell to send, by how they left: without a word or hurt (S3-20, S3-22); thanks to who `stayed`."""
    contact = next((one for one in history.contacts if one.id == contact_id), main_contact(history, today))
    name = "" if contact is None else called(contact)
    form = left_how if left_how in {"hurt", "stayed"} else "quiet"
    return Message(f"report.farewell_{form}", {"name": name}) if name else Message(f"report.farewell_{form}_noname")
