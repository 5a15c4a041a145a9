"""How the sample book's stories are told: rows written by their distance to the story's day.

A row whose day lies before `today` has happened and is there; anything later is an open task or not there yet. So the
same stories, told from the same day, move on as `today` does.
"""

from __future__ import annotations

from datetime import date, timedelta

from fieldsales.domain.dates import WorkDays, add_months, month_back, month_of
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import (
    Account,
    Activity,
    Amount,
    CaseEvent,
    CaseItem,
    Cause,
    ChurnCase,
    Contact,
    Contract,
    Cover,
    Deal,
    Decision,
    Fact,
    Lesson,
    Offer,
    Policy,
    PutOff,
    Setting,
    Sheet,
    Signal,
    Task,
)

Row = (
    Account
    | Activity
    | Amount
    | CaseEvent
    | CaseItem
    | Cause
    | ChurnCase
    | Contact
    | Contract
    | Cover
    | Deal
    | Decision
    | Fact
    | Lesson
    | Offer
    | Policy
    | PutOff
    | Setting
    | Sheet
    | Signal
    | Task
)

Two = tuple[str, str]  # the same words in Korean and in English
NOTHING: Two = ("", "")
MAN = 10_000  # 만


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a customer's. Days count from the story's day; `mobile` and `phone` are the last four digits."""

    key: str
    name: str
    title: Two
    role: str = "buyer"
    mobile: str = ""
    phone: str = ""
    since: int = 0  # the day we first dealt with each other, 0: we have not
    came: int | None = None
    left: int | None = None
    ally: int | None = None
    temper: Two = NOTHING
    mends: Two = NOTHING
    best: Two = NOTHING
    opt_out: str = ""
    note: Two = NOTHING


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When the next call, review and meeting of an account come due, counted from the story's day.

    1 to 7 name a working day of the week that is told (see `Teller.slot`); a number from 10 on is so many days ahead; a
    negative one says instead how many days ago the last one was before those of the account's story; None: no routine.
    """

    call: int | None = None
    review: int | None = None
    meeting: int | None = None


@dataclass(frozen=True, slots=True)
class Firm:
    """One account of the sample. Amounts are in 만 won a month; `months` is how long it has been in the book."""

    key: str
    name: str
    tier: str
    region: Two
    address: str
    sector: Two
    people: tuple[Person, ...]
    months: int
    won: int
    rhythm: Rhythm = Rhythm()
    recent: tuple[int, ...] = ()  # the last complete months up to the story's, oldest first
    growth: int = 0  # percent a year before them
    phone: str = ""
    years: int = 0  # dealt with for so many years in all, 0: as long as it is in the book
    since_months: int | None = None  # the same in months
    tags: Two = NOTHING
    note: Two = NOTHING


class Teller:
    """Collects the rows of the sample. `rows` is what has been told so far, in telling order."""

    VISIT = "visit"  # the label of a case's visit, whose task has its natural id

    def __init__(self, day: date, today: date, lang: str, holidays: frozenset[str] = frozenset()) -> None:
        self.day = day
        self.today = today
        self.lang = lang
        self.rows: list[Row] = []
        self._work = WorkDays(holidays)
        week = [day + timedelta(days=n) for n in range(1, 8)]
        self._week = [one for one in week if self._work.is_working(one)] or week

    # --- days

    def at(self, offset: int) -> str:
        return (self.day + timedelta(days=offset)).isoformat()

    def slot(self, n: int) -> str:
        """A working day of the week that is told: 1 is its first, 7 its last, the others spread between."""
        return self._week[(n - 1) * len(self._week) // 7].isoformat()

    def work(self, offset: int) -> str:
        """The working day at that distance or before it, within the same month where there is one."""
        return self.workday(self.day + timedelta(days=offset)).isoformat()

    def workday(self, day: date) -> date:
        before = self._work.previous(day)
        return before if before.month == day.month else self._work.next(day)

    def workday_at(self, day: str) -> str:
        return self.workday(date.fromisoformat(day)).isoformat()

    def next_workday_at(self, offset: int) -> str:
        """The working day at that distance or after it."""
        return self._work.next(self.day + timedelta(days=offset)).isoformat()

    def next_workday(self, day: date) -> date:
        return self._work.next(day)

    def previous_workday(self, day: date) -> date:
        return self._work.previous(day)

    def half_back(self, offset: int) -> str:
        """The working day at that distance, but never before the half-year that ended last."""
        first = self.day.replace(month=1 if self.day.month <= 6 else 7, day=1)
        earliest = add_months(first, -6)
        return self.workday(max(self.day + timedelta(days=offset), earliest)).isoformat()

    def months(self, months: int, offset: int = 0) -> str:
        """The day so many months away from the story's day, and so many days from there."""
        return (add_months(self.day, months) + timedelta(days=offset)).isoformat()

    def past(self, day: str) -> bool:
        """Whether that day lies behind: its rows are written then."""
        return day[:10] < self.today.isoformat()

    # --- words and ids

    def word(self, two: Two) -> str:
        return two[1] if self.lang == "en" else two[0]

    @staticmethod
    def account(firm: str) -> str:
        return natural_id("sample", "account", firm)

    @staticmethod
    def contact(firm: str, person: str) -> str:
        return natural_id("sample", "contact", firm, person) if person else ""

    @staticmethod
    def id(table: str, firm: str, label: str) -> str:
        return natural_id("sample", table, firm, label)

    def task_id(self, firm: str, label: str, case: str = "") -> str:
        """A task's id; the visit of a case has the one that `workflows.churn` would give it."""
        if case and label == self.VISIT:
            return natural_id("task", self.id("churn_case", firm, case), "visit")
        return self.id("task", firm, label)

    # --- rows

    def log(
        self,
        firm: str,
        label: str,
        day: str,
        kind: str,
        who: str = "",
        *,
        heard: Two = NOTHING,
        said: Two = NOTHING,
        note: Two = NOTHING,
        with_names: str = "",
        time: str = "",
        attempt: str = "",
        kind2: str = "",
        sheet: str = "",
        marks: str = "",
        by: str = "me",
        joint: int = 0,
        two_way: int = 1,
        place: Two = NOTHING,
        case: str = "",
        task: str = "",
    ) -> str:
        """A 기록, if its day lies behind. Returns its id either way."""
        id = self.id("activity", firm, label)
        if self.past(day):
            self.rows.append(
                Activity(
                    id=id,
                    account_id=self.account(firm),
                    contact_id=self.contact(firm, who),
                    kind=kind,
                    kind2=kind2,
                    day=day,
                    time=time,
                    outcome="attempt" if attempt else "done",
                    attempt=attempt,
                    heard=self.word(heard),
                    said=self.word(said),
                    note=self.word(note),
                    with_names=with_names,
                    place=self.word(place),
                    by=by,
                    joint=joint,
                    two_way=0 if attempt else two_way,
                    sheet=sheet,
                    marks=marks,
                    case_id=self.id("churn_case", firm, case) if case else "",
                    task_id=self.task_id(firm, task, case) if task else "",
                )
            )
        return id

    def task(
        self,
        firm: str,
        label: str,
        kind: str,
        title: Two,
        *,
        due: str,
        promised: str,
        done: str = "",
        who: str = "",
        time: str = "",
        origin: str = "log",
        sheet: str = "",
        source: Two = NOTHING,
        case: str = "",
        lesson: str = "",
        activity: str = "",
    ) -> None:
        """A 약속, from the day it was made on; kept once the day it is kept on lies behind."""
        if not self.past(promised):
            return
        kept = bool(done) and self.past(done)
        self.rows.append(
            Task(
                id=self.task_id(firm, label, case),
                account_id=self.account(firm),
                contact_id=self.contact(firm, who),
                kind=kind,
                title=self.word(title),
                due_on=due,
                due_time=time,
                state="done" if kept else "open",
                done_on=done if kept else "",
                origin=origin,
                sheet=sheet,
                promised_on=promised,
                activity_id=self.id("activity", firm, activity) if activity else "",
                case_id=self.id("churn_case", firm, case) if case else "",
                lesson_id=self.id("lesson", firm, lesson) if lesson else "",
                source=self.word(source),
            )
        )

    def signal(
        self,
        firm: str,
        label: str,
        kind: str,
        day: str,
        text: Two = NOTHING,
        *,
        who: str = "",
        level: str = "",
        closed: str = "",
        source: Two = NOTHING,
        certainty: str = "confirmed",
        days: int | None = None,
        promise_broken: int = 0,
        boss_asked: int = 0,
        tries: int = 0,
        wanted: Two = NOTHING,
        activity: str = "",
    ) -> None:
        if not self.past(day):
            return
        over = bool(closed) and self.past(closed)
        self.rows.append(
            Signal(
                id=self.id("signal", firm, label),
                account_id=self.account(firm),
                contact_id=self.contact(firm, who),
                kind=kind,
                level=level,
                text=self.word(text),
                day=day,
                state="closed" if over else "open",
                closed_on=closed if over else "",
                source=self.word(source),
                certainty=certainty,
                days=days,
                promise_broken=promise_broken,
                boss_asked=boss_asked,
                tries=tries,
                wanted=self.word(wanted),
                activity_id=self.id("activity", firm, activity) if activity else "",
            )
        )

    def fact(
        self,
        firm: str,
        label: str,
        kind: str,
        day: str,
        text: Two,
        *,
        who: str = "",
        until: str = "",
        source: Two = NOTHING,
        private: int = 0,
    ) -> None:
        if self.past(day):
            self.rows.append(
                Fact(
                    id=self.id("fact", firm, label),
                    account_id=self.account(firm),
                    contact_id=self.contact(firm, who),
                    kind=kind,
                    text=self.word(text),
                    day=day,
                    expires_on=until,
                    source=self.word(source),
                    private=private,
                )
            )

    def decide(
        self,
        firm: str,
        label: str,
        kind: str,
        day: str,
        text: Two,
        *,
        by: Two = NOTHING,
        until: str = "",
        closed: str = "",
        budget: int | None = None,
        who: str = "",
    ) -> None:
        if self.past(day):
            self.rows.append(
                Decision(
                    id=self.id("decision", firm, label),
                    account_id=self.account(firm),
                    contact_id=self.contact(firm, who),
                    kind=kind,
                    text=self.word(text),
                    by=self.word(by),
                    day=day,
                    until=until,
                    state="closed" if closed and self.past(closed) else "open",
                    budget=budget,
                )
            )

    def contract(
        self,
        firm: str,
        kind: str,
        starts: str,
        ends: str,
        *,
        label: str = "now",
        amount: int | None = None,
        received: int | None = None,
        delivered: int | None = None,
        renewed: int = 0,
        terms: Two = NOTHING,
        note: Two = NOTHING,
    ) -> None:
        """A contract; amounts in 만 won."""
        self.rows.append(
            Contract(
                id=self.id("contract", firm, label),
                account_id=self.account(firm),
                kind=kind,
                starts_on=starts,
                ends_on=ends,
                amount=None if amount is None else amount * MAN,
                received=None if received is None else received * MAN,
                delivered=None if delivered is None else delivered * MAN,
                renewed=renewed,
                terms=self.word(terms),
                note=self.word(note),
            )
        )

    def policy(self, firm: str, kind: str, from_on: str, *, per_year: int = 0, every_months: int | None = None) -> None:
        """An exception of one account to its tier's rhythm."""
        account = self.account(firm)
        self.rows.append(
            Policy(
                id=natural_id("policy", "account", account, kind),
                scope="account",
                scope_id=account,
                kind=kind,
                per_year=per_year,
                every_months=every_months,
                from_on=from_on,
            )
        )

    def put_off(self, firm: str, what: str, until: str) -> None:
        account = self.account(firm)
        self.rows.append(PutOff(id=natural_id("put_off", account, what), account_id=account, what=what, until=until))

    def sheet(
        self, firm: str, label: str, playbook: str, title: Two, day: str, content: str, *, closed: str = ""
    ) -> None:
        if self.past(day):
            self.rows.append(
                Sheet(
                    id=self.id("sheet", firm, label),
                    account_id=self.account(firm),
                    playbook=playbook,
                    version="1",
                    title=self.word(title),
                    day=day,
                    state="closed" if closed and self.past(closed) else "open",
                    content=content,
                )
            )

    def offer(
        self,
        firm: str,
        label: str,
        day: str,
        text: Two,
        *,
        who: str = "",
        case: str = "",
        condition: Two = NOTHING,
        share: int | None = None,
        amount: int | None = None,
        kind: str = "keep",
        answer: str = "",
        answered: str = "",
        answer_by: str = "",
        from_month: str = "",
    ) -> None:
        """권한 것; `answer` stands once the day it was given on lies behind, before that it is being thought about."""
        if not self.past(day):
            return
        given = bool(answered) and self.past(answered)
        self.rows.append(
            Offer(
                id=self.id("offer", firm, label),
                account_id=self.account(firm),
                case_id=self.id("churn_case", firm, case) if case else "",
                contact_id=self.contact(firm, who),
                day=day,
                text=self.word(text),
                condition=self.word(condition),
                share=share,
                amount=None if amount is None else amount * MAN,
                kind=kind,
                answer=answer if given else "thinking",
                answered_on=answered if given else "",
                answer_by=answer_by,
                from_month=from_month if given else "",
            )
        )

    def cause(
        self, firm: str, case: str, kind: str, day: str, *, who: str = "", certainty: str = "heard", control: str = "",
        main: int = 0, heard: Two = NOTHING, text: Two = NOTHING,
    ) -> None:  # fmt: skip
        """사유 of a case, heard on the day."""
        if not self.past(day):
            return
        of = self.id("churn_case", firm, case)
        self.rows.append(
            Cause(
                id=natural_id("cause", of, kind),
                account_id=self.account(firm),
                case_id=of,
                contact_id=self.contact(firm, who) if who else "",
                kind=kind,
                text=self.word(text),
                main=main,
                certainty=certainty,
                control=control,
                heard=self.word(heard),
                day=day,
            )
        )

    def cover(
        self, firm: str, case: str, label: str, day: str, name: Two, amount: int | None, month: str, state: str,
        *, source: str = "", due: str = "", note: Two = NOTHING,
    ) -> None:  # fmt: skip
        """새로 채울 거래 of a case, written down on the day; `source` is the firm it comes from, in 만 won a month."""
        if not self.past(day):
            return
        self.rows.append(
            Cover(
                id=self.id("cover", firm, label),
                account_id=self.account(firm),
                case_id=self.id("churn_case", firm, case),
                from_id=self.account(source) if source else "",
                name=self.word(name),
                amount=None if amount is None else amount * MAN,
                month=month,
                state=state,
                due_on=due,
                note=self.word(note),
            )
        )

    def month(self, firm: str, back: int, won: int) -> None:
        """The amount, in 만 won, of the month so many months before the story's day's month."""
        month = month_back(month_of(self.day), back)
        account = self.account(firm)
        self.rows.append(
            Amount(id=natural_id("amount", account, month), account_id=account, month=month, amount=won * MAN)
        )
