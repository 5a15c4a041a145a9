"""The nouns of the book, as frozen values: one class for each table, and what is made of them.

Days are ISO dates (`YYYY-MM-DD`) in local time, times of day `HH:MM`, moments local `YYYY-MM-DDTHH:MM`, months
`YYYY-MM`. Money is an integer in the book's smallest currency unit. Flags are 0 or 1. An empty string means
"not said"; None means "no number". Every class that is a table has `id` first; its field names are its column names.
"""

from __future__ import annotations

from collections.abc import Mapping

from fieldsales.domain.frozen import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence without its words: the id of a text and what is filled into it. Screen and command line word it."""

    id: str
    args: Mapping[str, str | int] = field(default_factory=dict)


class FieldsalesError(Exception):
    """Something that can go wrong for a user. `message` is what they are told."""

    def __init__(self, id: str, **args: str | int) -> None:
        super().__init__(id, args)
        self.message = Message(id, args)


# --- tables ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """고객사."""

    id: str
    name: str = ""
    tier: str = ""  # A, B, C
    state: str = "active"  # active, prospect, lost (left), released, handed (to the manager)
    origin: str = "new"  # new, inherited, referred
    entered_on: str = ""  # day it entered this book: nothing counts back past it
    since: str = ""  # day of the first deal
    introduced_on: str = ""  # day the service began: anniversaries count from it
    inherited_on: str = ""
    predecessor: str = ""
    referred_by: str = ""  # an account's id
    region: str = ""
    address: str = ""
    phone: str = ""
    sector: str = ""
    business_no: str = ""
    code: str = ""  # its code in the files it is imported from
    owner: str = "me"  # me, manager
    seasonal: int = 0
    irregular: int = 0
    usual_gap_days: int | None = None
    ended_on: str = ""
    lost_to: str = ""  # competitor, manager, closed, released, unknown
    left_how: str = ""  # quiet, hurt
    farewell: str = ""  # done, planned, impossible
    relation: str = ""  # good, fair, hurt (private, dated by relation_on)
    relation_on: str = ""
    next_need_on: str = ""
    tags: str = ""
    note: str = ""
    extra: str = ""  # JSON object of columns of an imported file that have no place of their own
    won_back_on: str = ""  # day trade began again after they had left


@dataclass(frozen=True, slots=True)
class Contact:
    """담당자: always a person of the customer's side."""

    id: str
    account_id: str = ""
    name: str = ""
    title: str = ""
    role: str = ""  # ceo, head, buyer, other
    phone: str = ""
    mobile: str = ""
    email: str = ""
    fax: str = ""
    since: str = ""  # day we first dealt with each other
    came_on: str = ""  # day the person took this post
    left_on: str = ""
    position: int = 0  # order on the page, 0 first
    ally_since: str = ""
    temper: str = ""  # private
    mends: str = ""  # private
    best_time: str = ""
    opt_out: str = ""  # channels the person does not want, comma separated: call, message, mail
    note: str = ""
    keep_until: str = ""  # day after which erasing what is known of the person is proposed


@dataclass(frozen=True, slots=True)
class Contract:
    id: str
    account_id: str = ""
    kind: str = "term"  # term, monthly, none, prepaid
    starts_on: str = ""
    ends_on: str = ""
    amount: int | None = None
    received: int | None = None  # prepayment received
    delivered: int | None = None  # of it delivered so far
    renewed: int = 0
    terms: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """기록. `kind` visit, call, review, message or note; `kind2` a second one (a review handed over in a visit)."""

    id: str
    account_id: str = ""
    contact_id: str = ""
    kind: str = "call"
    kind2: str = ""
    day: str = ""
    time: str = ""
    outcome: str = "done"  # done, attempt
    attempt: str = ""  # no_answer, no_reply, refused
    heard: str = ""
    said: str = ""
    note: str = ""
    with_names: str = ""
    place: str = ""
    by: str = "me"  # me, or a colleague's name
    joint: int = 0
    two_way: int = 1  # 0: it happened, but nobody answered (a mail sent)
    sheet: str = ""  # half_year, quarter, greeting
    marks: str = ""  # chips, comma separated: late, word_changed, hard
    case_id: str = ""
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """약속 and anything else that is due, whoever caused it."""

    id: str
    account_id: str = ""
    contact_id: str = ""
    kind: str = "give"  # give (I owe), get (they owe), meet, greeting, prevent, event, debrief, do
    title: str = ""
    due_on: str = ""
    due_time: str = ""
    state: str = "open"  # open, done, dropped
    done_on: str = ""
    origin: str = ""  # log, case, lesson, import, sheet
    sheet: str = ""  # half_year, quarter, greeting, joint: what a meeting is; joint_after, request, thanks: what to do
    promised_on: str = ""
    activity_id: str = ""
    case_id: str = ""
    lesson_id: str = ""
    source: str = ""  # the words it was read from


@dataclass(frozen=True, slots=True)
class Signal:
    """신호: a dated event about an account or a person."""

    id: str
    account_id: str = ""
    contact_id: str = ""
    # complaint, need, late, word_changed, no_reply, rush, competitor, people, boss_asked, trust, payment, thanks
    kind: str = ""
    level: str = ""  # competitor: heard, quote, replacing; people: ceo, head, buyer
    text: str = ""
    day: str = ""
    state: str = "open"  # open, closed
    closed_on: str = ""
    expires_on: str = ""
    source: str = ""  # who said so
    certainty: str = ""  # confirmed, heard, guessed
    days: int | None = None  # payment: days late
    promise_broken: int = 0
    boss_asked: int = 0
    tries: int = 0
    wanted: str = ""
    activity_id: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """메모 (…까지): what is known of a person or an account, with its date, source and expiry."""

    id: str
    account_id: str = ""
    contact_id: str = ""
    # place, work, family, taste, feeling, market, agreement, gap, reputation (what is said of them), mandate (what my
    # manager left to me in front of the customer)
    kind: str = ""
    text: str = ""
    day: str = ""
    expires_on: str = ""
    source: str = ""
    private: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    id: str
    account_id: str = ""
    contact_id: str = ""
    # keep, convert, release, fine (score set aside), freeze, hold (no pitch), handover, self_check (private answers)
    kind: str = ""
    text: str = ""
    by: str = ""
    day: str = ""
    until: str = ""
    state: str = "open"  # open, closed
    budget: int | None = None  # visits


@dataclass(frozen=True, slots=True)
class Sheet:
    """준비표: a prepared or filled checklist."""

    id: str
    account_id: str = ""
    playbook: str = ""
    version: str = ""
    title: str = ""
    day: str = ""
    state: str = "open"
    content: str = ""  # JSON: under `@steps` the titles of its steps; without lines of its own, item key to words
    activity_id: str = ""
    task_id: str = ""
    case_id: str = ""
    contact_id: str = ""


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One line of a sheet, copied from the playbook when the sheet began. Id: UUIDv5 of sheet and key."""

    id: str
    account_id: str = ""
    sheet_id: str = ""
    key: str = ""
    step: int = 1
    position: int = 0
    title: str = ""
    help: str = ""
    act: str = ""  # what fills it by itself
    done_at: str = ""  # moment
    text: str = ""  # what was written beside it


@dataclass(frozen=True, slots=True)
class ChurnCase:
    """이탈 건."""

    id: str
    account_id: str = ""
    trigger: str = "notice"  # notice, no_trade, volume
    heard_at: str = ""  # moment, or a day where no time was said
    heard_from: str = ""  # a contact's id, or a name
    heard_by: str = ""  # call, visit, message, figures
    started_at: str = ""  # moment of the first tick
    state: str = "open"  # open, closed
    playbook: str = ""
    version: str = ""
    speaking: int = 1
    visit_at: str = ""  # moment fixed for the visit
    lost_amount: int | None = None  # a month
    outcome: str = ""  # restored, half, part, none
    lost_to: str = ""
    left_how: str = ""
    farewell: str = ""
    closed_at: str = ""
    note: str = ""
    through: str = ""  # who could ask for me where we are not on speaking terms: a contact's id, or a name
    lost_from: str = ""  # month from which it is lost
    steps: str = ""  # titles of the checklist's steps as they were when it began, one a line


@dataclass(frozen=True, slots=True)
class CaseItem:
    """One line of a case's checklist, copied from the playbook when the case began. Id: UUIDv5 of case and key."""

    id: str
    case_id: str = ""
    key: str = ""
    step: int = 1  # 1 to 4
    position: int = 0
    title: str = ""
    help: str = ""
    act: str = ""  # what fills it by itself: report, appointment, visit, close
    done_at: str = ""  # moment
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """A line of a case's timeline."""

    id: str
    case_id: str = ""
    at: str = ""  # moment, or a day where no time was said
    # opened, ticked, unticked, attempt, visit, call, note, report, cause, offer, cover, boss, freeze, closed
    kind: str = ""
    text: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """사유 of a case, one row for each kind. Id: UUIDv5 of case and kind."""

    id: str
    account_id: str = ""
    case_id: str = ""
    contact_id: str = ""  # who said so, where it is a contact
    kind: str = ""  # fees, volume, neglect, competitor, management, other
    text: str = ""  # the user's own words; a clause of its own for `other`
    main: int = 0
    source: str = ""  # who said so, where it is no contact
    certainty: str = ""  # confirmed, heard, guessed
    control: str = ""  # yes, part, no: could I have prevented it (private)
    heard: str = ""  # the hint as it was said
    day: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """새로 채울 거래: new business that covers what a case lost, or a place to look for it."""

    id: str
    account_id: str = ""  # the account that the case is about
    case_id: str = ""
    from_id: str = ""  # the account it comes from, "" where it has no page yet
    name: str = ""  # its name
    amount: int | None = None  # a month
    month: str = ""  # from which month
    state: str = "possible"  # signed, likely, possible; idea: a place to try
    due_on: str = ""  # day by which its answer is known
    note: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """권한 것. An accepted one with an amount is what was recovered."""

    id: str
    account_id: str = ""
    case_id: str = ""
    contact_id: str = ""
    day: str = ""
    text: str = ""
    condition: str = ""
    share: int | None = None  # percent of the lost amount it would keep
    amount: int | None = None
    kind: str = ""  # keep, added, higher, cross
    answer: str = ""  # accepted, refused, thinking
    answered_on: str = ""
    answer_by: str = ""
    from_month: str = ""  # month from which it holds


@dataclass(frozen=True, slots=True)
class Lesson:
    """오답노트. `line` is the one line kept in sight."""

    id: str
    account_id: str = ""
    contact_id: str = ""
    case_id: str = ""
    day: str = ""
    line: str = ""
    next_time: str = ""
    unknown: str = ""
    missed: str = ""
    mistake: str = ""
    should_say: str = ""
    should_not_say: str = ""
    once_more: str = ""
    went_well: str = ""
    todo: str = ""
    feeling: str = ""  # private
    cause: str = ""  # fees, volume, neglect, competitor, management, other
    tags: str = ""  # situations it fits, comma separated: people_changed, complaint, inherited, …
    pinned: int = 0
    helped: int = 0
    review_on: str = ""  # day on which it asks to be looked at again, where that is switched on
    reviews: int = 0  # how often it was kept in a row


@dataclass(frozen=True, slots=True)
class Amount:
    """One account's amount of one month. Id: UUIDv5 of account and month."""

    id: str
    account_id: str = ""
    month: str = ""
    amount: int = 0
    orders: int | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    id: str
    account_id: str = ""
    day: str = ""
    amount: int = 0
    code: str = ""
    kind: str = ""  # once, added, higher, cross
    note: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """연락 주기. Id: UUIDv5 of scope, scope_id and kind."""

    id: str
    scope: str = "tier"  # tier, account
    scope_id: str = ""  # A, B, C or an account's id
    kind: str = "call"  # call, review, meeting (half-year meeting), visit, joint
    per_year: int = 0  # 0: none
    every_months: int | None = None  # wins over per_year
    from_on: str = ""


@dataclass(frozen=True, slots=True)
class PutOff:
    """미루기: one due thing put off until a day. Id: UUIDv5 of account and what."""

    id: str
    account_id: str = ""
    what: str = ""  # a due key, such as call, greeting or task:ID
    until: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """Id: UUIDv5 of the key."""

    id: str
    key: str = ""
    value: str = ""


TABLES: dict[str, type] = {
    "account": Account,
    "contact": Contact,
    "contract": Contract,
    "activity": Activity,
    "task": Task,
    "signal": Signal,
    "fact": Fact,
    "decision": Decision,
    "sheet": Sheet,
    "sheet_item": SheetItem,
    "churn_case": ChurnCase,
    "case_item": CaseItem,
    "case_event": CaseEvent,
    "cause": Cause,
    "cover": Cover,
    "offer": Offer,
    "lesson": Lesson,
    "amount": Amount,
    "deal": Deal,
    "policy": Policy,
    "put_off": PutOff,
    "setting": Setting,
}

# --- what is made of them -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class History:
    """Everything the book holds about one account. Activities newest first; contacts in page order."""

    account: Account
    contacts: tuple[Contact, ...] = ()
    contracts: tuple[Contract, ...] = ()
    activities: tuple[Activity, ...] = ()
    tasks: tuple[Task, ...] = ()
    signals: tuple[Signal, ...] = ()
    facts: tuple[Fact, ...] = ()
    decisions: tuple[Decision, ...] = ()
    cases: tuple[ChurnCase, ...] = ()
    offers: tuple[Offer, ...] = ()
    amounts: Mapping[str, int] = field(default_factory=dict)  # month to amount; monthly rows beat the month's deals
    deals: tuple[Deal, ...] = ()
    policies: tuple[Policy, ...] = ()  # of this account and of its tier
    put_offs: tuple[PutOff, ...] = ()
    last_month: str = ""  # the newest month for which the book holds any amount of any account, "" if none


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything the book holds about one case. Items in order, events earliest first, the main cause first."""

    history: History
    case: ChurnCase
    items: tuple[CaseItem, ...] = ()
    events: tuple[CaseEvent, ...] = ()
    causes: tuple[Cause, ...] = ()
    offers: tuple[Offer, ...] = ()
    covers: tuple[Cover, ...] = ()
    visits: tuple[Activity, ...] = ()  # the logs that belong to it, earliest first, attempts among them
    lessons: tuple[Lesson, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due at an account.

    `key` names it for putting off and doing: `case`, `call`, `review`, `meeting`, `visit`, `greeting`, `new_contract`,
    `task:ID`, …. Shown from `good_day` on; overdue from the day after `last_day`. `fixed` things (promises,
    appointments, cases) do not count against the number of lines a day.
    """

    key: str
    good_day: str
    last_day: str
    what: Message
    why: Message
    time: str = ""
    fixed: bool = False
    rank: int = 50  # order of kinds: 0 case, 10 overdue promise of mine, 20 meeting, 30 new contract, 50 the rest


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands on a day: its line in the account list and what is due there."""

    band: str  # steady, watch, caution, danger, unknown
    points: int
    known: int  # of the 8 parts of the score
    care: int  # order of attention, the smallest first
    amount: int | None  # mean of the last six complete months
    last_contact: str  # day of the last two-way contact, ""
    last_met: str  # day of the last meeting face to face, ""
    spark: str  # twelve signs, one a month, oldest first: 0 to 7, or "." where nothing is known
    reason: Message | None
    dues: tuple[Due, ...] = ()
    changes_on: str = ""  # the first day on which this may differ although no row changed, "" never


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user has settled for the whole book, and the calendar."""

    policies: tuple[Policy, ...] = ()  # of the tiers; a tier without a row has its default
    weights: Mapping[str, int] = field(default_factory=dict)  # part of the score to its maximum; missing: the default
    daily: int = 5  # lines a day beyond promises and appointments
    spread_days: int = 60  # over which the first lines of a new book are spread
    holidays: frozenset[str] = frozenset()  # ISO days


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the account list."""

    id: str
    name: str
    tier: str
    state: str
    band: str
    points: int
    amount: int | None
    last_contact: str
    last_met: str
    spark: str
    reason: Message | None


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One line of 오늘: one account, everything that is due there, and why."""

    account_id: str
    name: str
    keys: tuple[str, ...]  # of the dues it joins, the first one first
    when: Message  # "3일 지남", "10:30", "오늘", "~ 27일"
    what: tuple[Message, ...]
    why: Message
    day: str  # the day it is due
    overdue: int = 0  # days past, 0 if not
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Agenda:
    today: tuple[AgendaLine, ...] = ()
    later: tuple[AgendaLine, ...] = ()  # "이달 안에", the first of them
    later_count: int = 0  # how many there are in all


@dataclass(frozen=True, slots=True)
class Changed:
    """What one change, merge, import or undo touched: one way of refreshing serves all."""

    accounts: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    act: str = ""
