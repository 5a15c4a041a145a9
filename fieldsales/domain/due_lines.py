"""What is due at one account and why: promises, appointments, greetings, rhythms, dates that come round.

Every line has a good day and a last day (see cadence). A why is a reason to call that concerns the customer, never
our own events (S3-06). Days stand in the messages as days: how long ago they are is counted when they are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fieldsales.domain.boss import AFTER_DAYS, PLAN_DAYS, PREPARE_DAYS, case_has_plan, pause_has_plan
from fieldsales.domain.cadence import (
    WINDOW,
    Contacts,
    Line,
    Seen,
    Start,
    Today,
    check_in,
    iso,
    lines,
    months_later,
    number_of,
    shifted,
)
from fieldsales.domain.dates import NEVER
from fieldsales.domain.model import ChurnCase, Contact, Contract, Decision, Due, History, Message, Task
from fieldsales.domain.score_inputs import current_contract, met_since, said
from fieldsales.domain.triggers import Trigger, asks_again_on, trigger

GREETING_DAYS = 14  # after taking over, for the first greeting (S0-01)
WATCH_DAYS = 90  # after taking over, for the mark in the list (S0-01)
SILENT_START = 30  # days after a contract without a contact (S4-06)
RENEWAL_DAYS = (90, 60, 30)  # before a contract's end (S3-07)
ANNIVERSARY_DAYS = 30  # before an anniversary (S3-18)
PREPAID_QUIET = 60  # days of silence over a prepayment (S1-25)
NEW_PERSON_DAYS = 14  # to meet somebody who is new
NEWS_DAYS = 180  # after which somebody is not new any more, and a note without an end is old

_NEVER = date(9999, 12, 31).toordinal()
_LONG_AGO = date(1970, 1, 1).toordinal()  # the good day of what has none
_MINE = frozenset({"do", "prevent", "event", "debrief"})  # tasks that need no contact with the customer
_TOLD = frozenset({"work", "family", "taste", "market", "agreement"})  # notes that are a reason to call
_MONTH_WORDS = {2, 3, 4, 5, 6}


def prepaid_balance(contract: Contract) -> int | None:
    """선금 잔액: received and not yet delivered; below 0 more was delivered than paid for (S1-24). None without one."""
    if contract.received is None:
        return None
    return contract.received - (contract.delivered or 0)


class DueLines:
    """Works out the lines of one account for one day. Nothing is read but what it is given."""

    def __init__(
        self,
        seen: Seen,
        trend: Callable[[], Message | None] = lambda: None,
    ) -> None:
        self.seen = seen
        self.history: History = seen.history
        self.today: Today = seen.today
        self.contacts: Contacts = seen.contacts
        self.start: Start = seen.start
        self.trend = trend
        history = seen.history
        self.case: ChurnCase | None = next((one for one in history.cases if one.state == "open"), None)
        self.freeze: Decision | None = seen.freeze
        self.contract: Contract | None = current_contract(history.contracts)
        self.found: list[Due] = []
        self._puts = {one.what: number_of(one.until) or 0 for one in history.put_offs}
        self._reason: Message | None = None
        self._reasoned = False
        account = history.account
        self.gone = account.state in {"lost", "released"}
        self.mine = account.owner != "manager" and account.state != "handed"
        self.proposed: Trigger | None = self._proposal()

    def all(self) -> tuple[Due, ...]:
        """Every line up to some weeks ahead, in no order.

        Contact lines rest while contact is paused (S2-23), while a case is open, and where the account is not mine.
        """
        self._case()
        self._tasks()
        if self.mine and self.freeze is None and self.case is None:
            if self.gone:
                self._check_in()
            else:
                self._propose()
                self._policies()
                self._greeting()
                self._new_contract()
                self._people()
                self._renewal()
                self._anniversary()
                self._prepaid()
                self._need()
        self._decisions()
        self._plan()
        return tuple(self.found)

    def _add(
        self,
        key: str,
        good: int,
        last: int,
        what: Message,
        why: Message,
        *,
        time: str = "",
        fixed: bool = False,
        rank: int = 50,
        late_rank: int | None = None,
    ) -> None:
        """Add a line unless it lies beyond the window. A line that was put off moves to that day."""
        until = self._puts.get(key, 0)
        if until > good:
            good, last = until, max(last, until)
        if not self.today.reached(good - WINDOW):
            return
        if late_rank is not None and last < _NEVER and self.today.after(last):
            rank = late_rank
        end = iso(last) if last < _NEVER else NEVER
        self.found.append(Due(key, iso(good), end, what, why, time, fixed, rank))

    def _work_day(self, good: int, last: int) -> int:
        return max(shifted(good, last, self.seen.rules.holidays), min(self.start.entry, good))

    # --- cases and promises ---

    def _case(self) -> None:
        case = self.case
        if case is None:
            return
        begun = number_of(case.heard_at) or number_of(case.started_at) or 0
        why = Message("due.why_case", {"day": iso(begun)}) if begun else Message("due.why_case_undated")
        visit = number_of(case.visit_at)
        what, time = Message("due.case"), ""
        if self.freeze is not None:
            why = Message("due.why_case_paused")
        elif visit is not None and not self.today.after(visit) and self.contacts.met < visit:
            if self.today.reached(visit):
                what, time = self._case_visit(case), case.visit_at[11:16]
            else:
                what = Message("due.case_fixed", {"day": iso(visit)})
        elif not (begun and self.contacts.met >= begun):
            what = Message("due.case_ask")
            if begun and self.today.reached(begun + 1) and not self._tried(begun):
                why = Message("due.why_case_date")
        good = begun if begun and self.today.reached(begun) else _LONG_AGO
        self._add("case", good, _NEVER, what, why, time=time, fixed=True, rank=0)

    def _tried(self, since: int) -> bool:
        """Whether a time to meet was asked for in vain: that is effort, and nothing is said beside it (S0-17)."""
        return any(one.outcome == "attempt" and (number_of(one.day) or 0) >= since for one in self.history.activities)

    def _plan(self) -> None:
        """A pause or a case that has stood for three days without a plan: one to my manager is offered (S2-24)."""
        pause, case = self.freeze, self.case
        since = pause.day if pause is not None else (case.heard_at or case.started_at) if case is not None else ""
        begun = number_of(since)
        if not begun or not self.today.reached(begun + PLAN_DAYS):
            return
        if pause is not None and not pause_has_plan(self.history, pause):
            why = Message("due.why_paused", {"day": iso(begun)})
            self._add(
                f"plan:{pause.id}", begun + PLAN_DAYS, _NEVER, Message("due.plan_pause"), why, fixed=True, rank=40
            )
        elif pause is None and case is not None and not case_has_plan(self.history, case):
            visit = number_of(case.visit_at)
            if visit is None or self.today.after(visit):
                why = Message("due.why_case", {"day": iso(begun)})
                self._add(
                    f"plan:{case.id}", begun + PLAN_DAYS, _NEVER, Message("due.plan_case"), why, fixed=True, rank=40
                )

    def _propose(self) -> None:
        """Trade that seems to stop is asked about; it waits for nobody and is never late (S0-10)."""
        found = self.proposed
        if found is not None:
            self._add(found.key, _LONG_AGO, _NEVER, Message("run.due.propose"), found.short, rank=25)

    def _proposal(self) -> Trigger | None:
        history, day = self.history, self.today.day
        if self.gone or not self.mine or self.freeze is not None or self.case is not None:
            return None
        if not history.amounts and not history.deals:
            return None
        self.today.month()
        if (again := asks_again_on(history, day)) is not None:
            self.today.reached(again.toordinal())
        ends = [number_of(one.until) for one in history.put_offs if one.what.startswith("propose:")]
        ends += [1 + (number_of(one.until) or 0) for one in history.decisions if one.kind == "fine"]
        for end in ends:
            self.today.reached(end or 0)
        return trigger(history, day)

    def _case_visit(self, case: ChurnCase) -> Message:
        """The appointment in its own words, where there is one."""
        for task in self.history.tasks:
            if task.kind == "meet" and task.state == "open" and task.due_on == case.visit_at[:10]:
                return self._meeting_words(task)
        return Message("due.case_visit")

    def _tasks(self) -> None:
        for task in self.history.tasks:
            asks_nobody = task.kind in _MINE and task.sheet != "thanks"
            if task.state != "open" or (self.freeze is not None and not asks_nobody):
                continue
            due = number_of(task.due_on)
            if due is None:
                self._undated(task)
            elif task.kind == "meet":
                self._meeting(task, due)
            elif task.kind == "get":
                why = Message("due.why_get", {"day": iso(due)})
                self._add(f"task:{task.id}", due, due + 7, self._words(task), why)
            elif task.kind == "greeting":
                why = self._inherited_why() or Message("due.why_do", {"day": iso(due)})
                self._add(f"task:{task.id}", max(due - GREETING_DAYS, self.start.entry), due, self._words(task), why)
            elif task.kind == "do" and task.sheet in {"joint", "joint_after"}:
                self._around_joint(task, due)
            elif task.kind == "do" and task.sheet == "thanks":
                why = Message("due.why_thanks", {"day": iso(number_of(task.promised_on) or due)})
                self._add(f"task:{task.id}", due, _NEVER, self._words(task), why)
            else:
                mine = task.kind == "give"
                why = Message("due.why_give" if mine else "due.why_do", {"day": iso(due)})
                if task.kind == "prevent":
                    why = Message("due.why_prevent_check" if task.sheet == "check" else "due.why_prevent")
                rank, late = (20, 10) if mine else (50, None)
                self._add(
                    f"task:{task.id}", due, due, self._words(task), why,
                    time=task.due_time, fixed=True, rank=rank, late_rank=late,
                )  # fmt: skip

    def _around_joint(self, task: Task, due: int) -> None:
        """What is offered before a joint visit and asked after it: neither is late at once (S2-15, S2-19)."""
        if task.sheet == "joint":
            days = [
                number_of(one.due_on) or 0
                for one in self.history.tasks
                if one.kind == "meet" and one.sheet == "joint" and one.state == "open"
            ]
            visit = min((day for day in days if day >= due), default=due + PREPARE_DAYS)
            last, why = visit, Message("due.why_joint_on", {"day": iso(visit)})
        else:
            been = number_of(task.promised_on) or due - AFTER_DAYS
            last, why = due + AFTER_DAYS, Message("due.why_joint_been", {"day": iso(been)})
        self._add(f"task:{task.id}", due, last, self._words(task), why, fixed=task.sheet == "joint")

    def _undated(self, task: Task) -> None:
        """A promise without a day: a week after it was made it asks for one, and is never overdue (S1-04)."""
        made = number_of(task.promised_on) or number_of(self.history.account.entered_on) or _LONG_AGO
        self._add(f"task:{task.id}", made + 7, _NEVER, self._words(task), Message("due.why_undated"))

    def _meeting(self, task: Task, due: int) -> None:
        why = Message("due.why_been") if self.today.after(due) else self._meeting_why(task)
        self._add(f"task:{task.id}", due, due, self._meeting_words(task), why, time=task.due_time, fixed=True, rank=20)

    def _meeting_why(self, task: Task) -> Message:
        contact = self._person(task.contact_id)
        came = number_of(contact.came_on) if contact else None
        if contact is not None and came is not None and not met_since(contact, came, self.contacts):
            return Message("due.why_not_met")
        if self.case is not None and task.case_id == self.case.id:
            begun = number_of(self.case.heard_at) or number_of(self.case.started_at)
            if begun:
                return Message("due.why_case", {"day": iso(begun)})
        return self._met_why()

    def _met_why(self) -> Message:
        met = self.contacts.met
        return Message("due.why_met", {"month": iso(met)[:7]}) if met else Message("due.why_first")

    def _meeting_words(self, task: Task) -> Message:
        contact = self._person(task.contact_id)
        if not task.title and not task.sheet and contact is not None:
            return Message("due.meet", {"who": said(f"{contact.name} {contact.title}".strip())})
        return self._words(task)

    @staticmethod
    def _words(task: Task) -> Message:
        title = task.title.strip()
        if not title:
            return Message(f"due.sheet_{task.sheet}" if task.sheet in _SHEETS else f"due.task_{_kind(task)}")
        if task.kind in {"give", "get"} and not title.endswith(_SAID):
            return Message(f"due.{task.kind}", {"title": said(title)})
        return Message("due.title", {"title": said(title)})

    def _person(self, contact_id: str) -> Contact | None:
        return next((one for one in self.history.contacts if contact_id and one.id == contact_id), None)

    # --- rhythms ---

    def _planned(self) -> int:
        """The next appointment that has not passed, 0 without one."""
        days = [
            day
            for task in self.history.tasks
            if task.kind == "meet" and task.state == "open" and (day := number_of(task.due_on)) is not None
        ]
        return min((day for day in days if not self.today.after(day)), default=0)

    def _policies(self) -> None:
        planned = self._planned()
        for line in lines(self.seen):
            kind = line.rhythm.kind
            if (
                planned
                and kind != "review"
                and (planned <= max(line.last, line.good + 14) or self.today.reached(planned))
            ):
                continue  # the appointment will keep it
            self._add(kind, line.good, line.last, self._policy_words(line), self._policy_why(line))

    @staticmethod
    def _policy_words(line: Line) -> Message:
        months = line.rhythm.months
        if line.rhythm.kind == "review" and months == 3:
            return Message("due.review_quarter")
        if line.rhythm.kind == "meeting" and months == 6:
            return Message("due.meeting_half")
        return Message(f"due.{line.rhythm.kind}")

    def _policy_why(self, line: Line) -> Message:
        """The best reason to call: complaint, promise, date, note, renewal, trend; else the rhythm itself."""
        reason = self._reason_to_call()
        if reason is not None:
            return reason
        kind, months = line.rhythm.kind, line.rhythm.months
        if line.missed > 1:
            if kind == "call" and months == 1:
                if line.missed in _MONTH_WORDS:
                    return Message(f"due.why_missed_{line.missed}_months")
                return Message("due.why_missed_months", {"n": line.missed})
            return Message(f"due.why_missed_{kind}", {"n": line.missed})
        if kind in {"meeting", "visit", "joint"}:
            return Message("due.why_joint") if kind == "joint" else self._met_why()
        month = iso(line.period)[:7]
        if kind == "review" and months == 3:
            return Message("due.why_quarter", {"n": (int(month[5:]) + 2) // 3})
        if kind == "review":
            touched = iso(line.touched)[:7] if line.touched else ""
            return Message("due.why_review", {"month": touched}) if touched else Message("due.why_review_first")
        return Message("due.why_month", {"month": month})

    def _reason_to_call(self) -> Message | None:
        if not self._reasoned:
            self._reasoned = True
            self._reason = (
                self._open_complaint() or self._open_promise() or self.anniversary_soon() or self._note()
                or self._ending() or self.trend()
            )  # fmt: skip
        return self._reason

    def _open_complaint(self) -> Message | None:
        days = [
            number_of(one.day) or 0
            for one in self.history.signals
            if one.kind == "complaint" and one.state == "open" and self._holds(one.day, one.expires_on)
        ]
        if not days:
            return None
        return Message("due.why_complaint", {"day": iso(min(days))}) if min(days) else Message("due.why_complaints")

    def _holds(self, day: str, end: str) -> bool:
        begun, over = number_of(day), number_of(end)
        return (begun is None or self.today.reached(begun)) and (over is None or not self.today.after(over))

    def _open_promise(self) -> Message | None:
        promises = [one for one in self.history.tasks if one.kind == "give" and one.state == "open" and one.title]
        first = min(promises, key=lambda one: one.due_on or NEVER, default=None)
        return Message("due.why_promise", {"title": said(first.title)}) if first else None

    def _note(self) -> Message | None:
        """The newest note that still holds and may be seen by others (S3-03)."""
        best: tuple[int, str] | None = None
        for one in self.history.facts:
            day = number_of(one.day)
            if one.kind not in _TOLD or one.private or not one.text or day is None or not self.today.reached(day):
                continue
            end = number_of(one.expires_on) or day + NEWS_DAYS
            if not self.today.after(end) and (best is None or day > best[0]):
                best = day, one.text
        return Message("due.why_note", {"text": said(best[1])}) if best else None

    def _ending(self) -> Message | None:
        end = self._contract_end()
        if not end or not self.today.reached(end - RENEWAL_DAYS[0]) or self.today.after(end):
            return None
        return Message("due.why_renewal", {"day": iso(end)})

    # --- beginnings ---

    def _inherited_why(self) -> Message | None:
        taken = number_of(self.history.account.inherited_on)
        if taken is None:
            return None
        if not self.today.after(taken):
            return Message("due.why_inherited_today")
        return Message("due.why_inherited", {"day": iso(taken)})

    def greeting_open(self) -> bool:
        """Whether an account taken over within 90 days still waits for the first visit (S0-01)."""
        taken = number_of(self.history.account.inherited_on)
        if taken is None or not self.today.reached(taken) or self.today.after(taken + WATCH_DAYS):
            return False
        return self.contacts.met < taken

    def _greeting(self) -> None:
        if not self.greeting_open():
            return
        if any(one.kind == "greeting" and one.state == "open" for one in self.history.tasks):
            return
        taken = number_of(self.history.account.inherited_on) or 0
        begin = max(taken, self.start.entry)
        last = begin + GREETING_DAYS
        planned = self._planned()
        why = self._inherited_why()
        if why is not None and not (planned and planned <= last):
            good = self._work_day(begin + self.start.offset % 8, last)
            self._add("greeting", good, last, Message("due.greeting"), why)

    def _new_contract(self) -> None:
        """A contract, or a service begun, without a contact in the 30 days after it (S4-06)."""
        account = self.history.account
        begins = [number_of(one.starts_on) or 0 for one in self.history.contracts if one.kind != "none"]
        first = min((day for day in begins if day), default=0)
        begun = max(first, number_of(account.introduced_on) or 0)
        if not begun or begun < (number_of(account.entered_on) or 0) - SILENT_START:
            return
        due = begun + SILENT_START
        if not self.today.reached(begun) or self.contacts.since(begun + 1) or self.today.after(begun + NEWS_DAYS):
            return
        self._add(
            "new_contract", due, due + 7, Message("due.new_contract"),
            Message("due.why_new_contract", {"day": iso(begun)}), rank=30,
        )  # fmt: skip

    def _people(self) -> None:
        """Somebody took a post and I have not stood before them (S0-18)."""
        meetings = {one.contact_id for one in self.history.tasks if one.kind == "meet" and one.state == "open"}
        for one in self.history.contacts:
            came = number_of(one.came_on)
            if came is None or one.id in meetings or not self.today.reached(came):
                continue
            left = number_of(one.left_on)
            if (left is not None and self.today.reached(left)) or self.today.after(came + NEWS_DAYS):
                continue
            if met_since(one, came, self.contacts):
                continue
            entry = self.start.entry
            begin = came if came >= entry else max(came, entry + self.start.offset)
            last = begin + NEW_PERSON_DAYS
            what = Message("due.meet", {"who": said(f"{one.name} {one.title}".strip())})
            why = Message("due.why_new_person", {"day": iso(came)})
            self._add(f"person:{one.id}", self._work_day(begin, last), last, what, why)

    # --- dates that come round ---

    def _contract_end(self) -> int:
        one = self.contract
        if one is None or one.kind not in {"term", "prepaid"} or one.renewed:
            return 0
        return number_of(one.ends_on) or 0

    def _renewal(self) -> None:
        """One line, opened 90 days before the end and again at 60 and 30, each until the next contact (S3-07)."""
        end = self._contract_end()
        if not end:
            return
        stages = [end - days for days in RENEWAL_DAYS]
        for stage, following in zip(stages, [*stages[1:], end + 1], strict=True):
            if self.contacts.since(stage) or self.today.reached(following):
                continue
            begin = max(stage, self.start.entry)
            last = following - 1
            if begin <= last:
                good = self._work_day(begin, last)
                self._add("renewal", good, last, Message("due.renewal"), Message("due.why_renewal", {"day": iso(end)}))
                return

    def _anniversary_day(self) -> tuple[int, int] | None:
        """The next anniversary and its number; 29 February is kept on the 28th (S3-18)."""
        begun = number_of(self.history.account.introduced_on)
        if begun is None:
            return None
        years = max(self.today.day.year - date.fromordinal(begun).year, 1)
        for number in (years, years + 1):
            day = months_later(begun, 12 * number)
            if not self.today.after(day):
                return day, number
        return None

    def anniversary_soon(self) -> Message | None:
        found = self._anniversary_day()
        if found is None or not self.today.reached(found[0] - ANNIVERSARY_DAYS):
            return None
        return Message("due.why_anniversary", {"day": iso(found[0]), "n": found[1]})

    def _anniversary(self) -> None:
        found = self._anniversary_day()
        if found is None:
            return
        day, number = found
        begin = day - ANNIVERSARY_DAYS
        planned = any(
            one.kind == "event" and one.state != "dropped" and (number_of(one.due_on) or 0) >= begin
            for one in self.history.tasks
        )
        if planned or self.contacts.since(begin) or day < self.start.entry:
            return
        why = Message("due.why_anniversary", {"day": iso(day), "n": number})
        good = self._work_day(max(begin, self.start.entry), day)
        self._add("anniversary", good, day, Message("due.anniversary"), why)

    def dormant(self) -> int:
        """The day since which it is silent over a prepayment that is not used up, 0 if it is not or not long enough."""
        quiet = self._quiet_over_prepayment()
        return quiet if quiet and self.today.reached(quiet + PREPAID_QUIET) else 0

    def _quiet_over_prepayment(self) -> int:
        for one in self.history.contracts:
            if (prepaid_balance(one) or 0) > 0:
                return max(self.contacts.last, number_of(one.starts_on) or 0) or self.start.entry
        return 0

    def _prepaid(self) -> None:
        quiet = self._quiet_over_prepayment()
        if quiet:
            good = max(quiet + PREPAID_QUIET, self.start.entry)
            why = Message("due.why_prepaid", {"day": iso(quiet)})
            self._add("prepaid", self._work_day(good, good + 30), good + 30, Message("due.prepaid"), why)

    def _need(self) -> None:
        """The day on which they usually need something again (S4-03), unless there is to be no pitch now (S3-04)."""
        day = number_of(self.history.account.next_need_on)
        if day is None or self.contacts.since(day - 7) or self.today.after(day + 30) or day < self.start.entry:
            return
        for one in self.history.decisions:
            if one.kind == "hold" and one.state == "open" and self._holds(one.day, one.until):
                return
        good = self._work_day(max(day - 7, self.start.entry), day)
        self._add("need", good, day, Message("due.need"), Message("due.why_need", {"day": iso(day)}))

    def _check_in(self) -> None:
        turn = check_in(self.history, self.today, self.contacts)
        if turn is None:
            return
        good, last = turn
        ended = number_of(self.history.account.ended_on)
        why = Message("due.why_left", {"month": iso(ended)[:7]}) if ended else Message("due.why_yearly")
        self._add("checkin", self._work_day(good, last), last, Message("due.checkin"), why)

    def _decisions(self) -> None:
        """A trial that ends, or whose visits are used up, asks what comes next (S1-12, S1-18)."""
        for one in self.history.decisions:
            until = number_of(one.until)
            if one.kind != "convert" or one.state != "open" or until is None:
                continue
            good = until - 7
            begun = number_of(one.day) or 0
            visits = sorted(day for day, _ in self.contacts.visits if day >= begun)
            if one.budget and len(visits) >= one.budget:
                good = min(good, visits[one.budget - 1])
            why = Message("due.why_decide", {"day": iso(until)})
            self._add(f"decision:{one.id}", good, until, Message("due.decide"), why)


_SHEETS = frozenset({"half_year", "quarter", "greeting", "joint_after"})
_KINDS = frozenset({"give", "get", "meet", "greeting", "prevent", "event", "debrief", "do"})
_SAID = ("기", "니다", "요", "함")  # endings of a title that already says what is done


def _kind(task: Task) -> str:
    return task.kind if task.kind in _KINDS else "do"
