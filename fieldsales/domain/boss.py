"""윗분: what to look at before bringing my manager to a customer, and what such a visit leaves behind.

Reporting is never gated by any of this. Nothing here is for a report: requests for my manager and the self-check are
private (S2-11), and the program never says to act against an order (S2-24).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from fieldsales.domain.dates import add_months, days_since, parse_day
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import (
    Activity,
    ChurnCase,
    Decision,
    Fact,
    History,
    Message,
    Offer,
    Policy,
    SheetItem,
    Signal,
    Task,
)
from fieldsales.domain.people import clock, frozen_by, is_contact, is_meeting
from fieldsales.domain.remembered import running_case

CHECKS = ("interest", "care", "rival")  # S2-09
ANSWERS = ("", "yes", "no")  # what Space turns through; "" is not said
PURPOSES = ("listen", "weight", "standing", "news")  # S2-13
ENDINGS = ("good", "same", "angry")  # how a visit without me ended
MARKET_TAGS = ("competitor", "price", "people")  # S2-14

PLAN_DAYS = 3  # without a plan, after which one to my manager is offered (S2-24)
PREPARE_DAYS = 2  # before a joint visit, from which its sheet is offered (S2-15)
AFTER_DAYS = 7  # after a joint visit, until it is asked what changed (S2-19)
STUCK_TRIES = 3  # answers without progress, after which a complaint is 제자리 (S2-03, A6)
OLD_CUSTOMER_DAYS = 365  # S2-08
QUARTER_DAYS = 90
RIVAL_DAYS = 180  # news of a competitor fades
ANSWERED_DAYS = 30  # a self-check holds so long
JUST_BEEN_DAYS = 14  # after a joint visit, in which what was said there is asked for

SELF_CHECK = "self_check"
JOINT = "joint"
JOINT_AFTER = "joint_after"
REQUEST = "request"
MANDATE = "mandate"


@dataclass(frozen=True, slots=True)
class Check:
    """One of the three self-checks: what the log says about it, and what was answered."""

    name: str
    evidence: tuple[Message, ...]
    answer: str = ""


@dataclass(frozen=True, slots=True)
class BossPage:
    """The advisory page. `sentence` is the one for the situation; `asked` the newest request that is open."""

    situation: str  # paused, handed, never_met, old, asked, plain
    sentence: Message
    asked: Signal | None
    checks: tuple[Check, ...]
    offers: tuple[Offer, ...]
    joint: Task | None  # the joint visit that is planned
    been: Activity | None  # one of the last two weeks
    debriefs: tuple[Task, ...]  # visits without me that are not told yet
    pause: Decision | None
    paused_days: int
    plan: bool  # whether a proposal to my manager is offered now


def page(history: History, today: date, policies: tuple[Policy, ...] = ()) -> BossPage:
    """Everything the page shows (C12). `policies` are those that hold for the account."""
    situation = situation_of(history, today)
    asked = open_requests(history)
    known = answers_of(history, today)
    pause = pause_of(history, today)
    return BossPage(
        situation=situation,
        sentence=_sentence(history, situation, asked, pause),
        asked=asked[-1] if asked else None,
        checks=tuple(Check(name, evidence(history, name, today, policies), known.get(name, "")) for name in CHECKS),
        offers=offers_made(history, today),
        joint=joint_planned(history),
        been=joint_been(history, today),
        debriefs=tuple(task for task in history.tasks if task.kind == "debrief" and task.state == "open"),
        pause=pause,
        paused_days=0 if pause is None else max(days_since(pause.day, today) or 0, 0),
        plan=plan_due(history, today),
    )


def situation_of(history: History, today: date) -> str:
    """Which sentence the page begins with, the strongest first: paused, handed, never_met, old, asked, plain."""
    if history.account.owner == "manager" or history.account.state == "handed":
        return "handed"
    if frozen_by(history, today) is not None:
        return "paused"
    asked = open_requests(history)
    if not asked:
        return "plain"
    if any(never_dealt(history, one) for one in asked):
        return "never_met"
    return "old" if is_old(history, today) else "asked"


def _sentence(history: History, situation: str, asked: list[Signal], pause: Decision | None) -> Message:
    if situation == "paused" and pause is not None:
        return Message("boss.say_paused", {"day": pause.day})
    if situation == "old":
        return Message("boss.say_old", {"since": tenure_from(history)})
    return Message(f"boss.say_{situation}")


# --- requests for my manager -----------------------------------------------------------------------------------------


def requests(history: History) -> list[Signal]:
    """윗분 요청 of an account, oldest first (S2-04). A complaint that is marked so counts where nothing else was
    written down of it."""
    own = sorted((one for one in history.signals if one.kind == "boss_asked"), key=lambda one: (one.day, one.id))
    if own:
        return own
    marked = [one for one in history.signals if one.kind == "complaint" and one.boss_asked]
    return sorted(marked, key=lambda one: (one.day, one.id))


def open_requests(history: History) -> list[Signal]:
    return [one for one in requests(history) if one.state == "open"]


def asked_since(histories: Iterable[History], today: date) -> list[tuple[str, Signal]]:
    """The requests of the last twelve months with the names of their accounts, newest first: for the rep alone (S2-11).

    A joint visit is no request and is not among them (S3-15).
    """
    since = add_months(today, -12).isoformat()
    found = [
        (one.account.name, signal)
        for one in histories
        for signal in requests(one)
        if since < signal.day <= today.isoformat()
    ]
    return sorted(found, key=lambda entry: (entry[1].day, entry[0]), reverse=True)


def joint_visits(history: History) -> list[Activity]:
    """동반 방문, planned and led by me, newest first (S3-15)."""
    found = [one for one in history.activities if one.joint and is_meeting(one)]
    return sorted(found, key=lambda one: one.day, reverse=True)


def never_dealt(history: History, asked: Signal) -> bool:
    """Whether the person asked for my manager before we ever had to do with each other: we have not met, and there was
    no talk before the day of the request (S2-07)."""
    for one in history.activities:
        if asked.contact_id and one.contact_id != asked.contact_id:
            continue
        if is_meeting(one) or (is_contact(one) and one.by == "me" and one.day < asked.day):
            return False
    return True


def tenure_from(history: History) -> str:
    account = history.account
    return account.since or account.introduced_on or account.entered_on


def is_old(history: History, today: date) -> bool:
    """Whether the account is a customer for over a year (S2-08)."""
    days = days_since(tenure_from(history), today)
    return days is not None and days > OLD_CUSTOMER_DAYS


# --- the three self-checks -------------------------------------------------------------------------------------------


def evidence(history: History, name: str, today: date, policies: tuple[Policy, ...] = ()) -> tuple[Message, ...]:
    """What the log says beside a self-check (S2-09)."""
    found = {"interest": _interest, "rival": _rival}
    return _care(history, today, policies) if name == "care" else found[name](history, today)


def _interest(history: History, today: date) -> tuple[Message, ...]:
    """Contacts of the last 90 days against the 90 before, and when we last met."""
    now = before = 0
    for one in history.activities:
        days = days_since(one.day, today)
        if days is None or days < 0 or not is_contact(one) or one.by != "me":
            continue
        now += days < QUARTER_DAYS
        before += QUARTER_DAYS <= days < 2 * QUARTER_DAYS
    lines = [Message("boss.contacts", {"n": now, "before": before})]
    return (*lines, clock(history.activities, today).met_piece)


def _care(history: History, today: date, policies: tuple[Policy, ...]) -> tuple[Message, ...]:
    """The share kept in twelve months, promises of mine that are past, complaints that stay where they are."""
    from fieldsales.domain.cadence import kept

    lines = []
    boxes = kept(history, policies, today, since=add_months(today, -12))
    if boxes.due:
        lines.append(Message("boss.kept", {"met": boxes.met, "due": boxes.due}))
    day = today.isoformat()
    late = sum(one.kind == "give" and one.state == "open" and "" < one.due_on < day for one in history.tasks)
    if late:
        lines.append(Message("boss.late", {"n": late}))
    complaints = [one for one in history.signals if one.kind == "complaint" and one.state == "open"]
    tries = max((one.tries for one in complaints), default=0)
    if tries >= STUCK_TRIES:
        lines.append(Message("boss.stuck", {"n": tries}))
    elif complaints:
        lines.append(Message("boss.complaints", {"n": len(complaints)}))
    return tuple(lines) or (Message("boss.care_clear"),)


def _rival(history: History, today: date) -> tuple[Message, ...]:
    """The newest news of a competitor that still holds."""
    news = [
        one
        for one in history.signals
        if one.kind == "competitor" and one.state == "open" and 0 <= (days_since(one.day, today) or 0) <= RIVAL_DAYS
    ]
    if not news:
        return (Message("boss.no_rival"),)
    newest = max(news, key=lambda one: (one.day, one.id))
    lines = [Message("boss.rival", {"day": newest.day, "text": newest.text or "@signal.competitor"})]
    if newest.certainty == "guessed":
        lines.append(Message("boss.guessed"))
    return tuple(lines)


def answers_of(history: History, today: date) -> dict[str, str]:
    """What was answered in the newest self-check of the last thirty days, {} where there is none."""
    found = [
        one
        for one in history.decisions
        if one.kind == SELF_CHECK and 0 <= (days_since(one.day, today) or 0) <= ANSWERED_DAYS
    ]
    newest = max(found, key=lambda one: (one.day, one.id), default=None)
    return {} if newest is None else read_answers(newest.text)


def read_answers(text: str) -> dict[str, str]:
    """The answers as they are kept, such as `interest:yes rival:no`."""
    pairs = [word.partition(":")[::2] for word in text.split()]
    return {name: answer for name, answer in pairs if name in CHECKS and answer in ANSWERS and answer}


def write_answers(answers: Mapping[str, str]) -> str:
    return " ".join(f"{name}:{answers[name]}" for name in CHECKS if answers.get(name))


def next_answer(answer: str) -> str:
    return ANSWERS[(ANSWERS.index(answer) + 1) % len(ANSWERS)] if answer in ANSWERS else ANSWERS[1]


def offers_made(history: History, today: date) -> tuple[Offer, ...]:
    """What was offered to satisfy them, newest first: in the open case, else in the last half year (S2-06)."""
    case = open_case(history)
    since = add_months(today, -6).isoformat()
    found = [one for one in history.offers if (case and one.case_id == case.id) or one.day >= since]
    return tuple(sorted(found, key=lambda one: (one.day, one.id), reverse=True))


# --- the joint visit -------------------------------------------------------------------------------------------------


def open_case(history: History) -> ChurnCase | None:
    return running_case(history.cases)


def joint_planned(history: History) -> Task | None:
    """The joint visit that is planned, the earliest of several; one without a day last."""
    found = [one for one in history.tasks if one.kind == "meet" and one.sheet == JOINT and one.state == "open"]
    return min(found, key=lambda one: (one.due_on or "9999", one.id), default=None)


def joint_been(history: History, today: date) -> Activity | None:
    """The joint visit of the last two weeks, None once something was written down of what it left."""
    newest = next(iter(joint_visits(history)), None)
    days = None if newest is None else days_since(newest.day, today)
    if newest is None or days is None or not 0 <= days <= JUST_BEEN_DAYS:
        return None
    left = any(one.kind in {MANDATE, "market"} and one.day >= newest.day for one in history.facts) or any(
        one.kind == "give" and one.origin == "log" and one.source and one.promised_on >= newest.day
        for one in history.tasks
    )
    return None if left else newest


def prepare_on(visit: str, today: date) -> str:
    """The day from which the sheet of a joint visit is offered: two days before it, today where that is past, ""
    without a day (S2-15)."""
    day = parse_day(visit)
    return "" if day is None else max(day - timedelta(days=PREPARE_DAYS), today).isoformat()


def unasked(items: Iterable[SheetItem]) -> list[SheetItem]:
    """The people who come to a joint visit and were not asked beforehand what they expect of it (S2-16)."""
    return [one for one in items if one.act == "ask" and not one.done_at and not one.text]


def mandates(history: History) -> tuple[Fact, ...]:
    """맡겨 주신 것: what my manager left to me in front of the customer, newest first (S2-18)."""
    found = [one for one in history.facts if one.kind == MANDATE and one.text]
    return tuple(sorted(found, key=lambda one: (one.day, one.id), reverse=True))


def own_experience(history: History, fact: Fact) -> Message | None:
    """What I found myself beside what is said of somebody: how often we met and what came of it (S2-26, S2-27)."""
    met = [
        one
        for one in history.activities
        if is_meeting(one) and (not fact.contact_id or one.contact_id == fact.contact_id)
    ]
    if not met:
        return None
    won = sum(one.answer == "accepted" for one in history.offers) + len(history.deals)
    form = "boss.own_won" if won else "boss.own_met"
    return Message(form, {"n": len(met), "won": won})


# --- a pause of contact ----------------------------------------------------------------------------------------------


def pause_of(history: History, today: date) -> Decision | None:
    """연락 멈춤 that holds today, also one written where it was tomorrow already (S2-23)."""
    day = today.isoformat()
    return next(
        (
            one
            for one in history.decisions
            if one.kind == "freeze" and one.state == "open" and (not one.until or one.until >= day)
        ),
        None,
    )


def pause_has_plan(history: History, pause: Decision) -> bool:
    """Whether anything was set down since contact was paused: a proposal that was given, something to do (S2-24)."""
    return any(
        task.kind in {"do", "prevent"}
        and task.sheet != "thanks"
        and task.state != "dropped"
        and task.promised_on >= pause.day
        for task in history.tasks
    )


def case_has_plan(history: History, case: ChurnCase) -> bool:
    """Whether anything of a case is set down to be done, or was offered (S2-24)."""
    return any(task.case_id == case.id and task.state != "dropped" for task in history.tasks) or any(
        offer.case_id == case.id for offer in history.offers
    )


def plan_due(history: History, today: date) -> bool:
    """Whether a pause, or else a case, has stood for three days without a plan (S2-24)."""
    pause, case = pause_of(history, today), open_case(history)
    if pause is not None:
        planned, begun = pause_has_plan(history, pause), pause.day
    elif case is not None:
        planned = case_has_plan(history, case) or case.visit_at[:10] >= today.isoformat()
        begun = (case.heard_at or case.started_at)[:10]
    else:
        return False
    days = days_since(begun, today)
    return not planned and days is not None and days >= PLAN_DAYS
