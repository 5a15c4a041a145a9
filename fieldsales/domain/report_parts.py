"""What texts for others are made of: paragraphs of pieces, gaps that may stay open, and how amounts, moments, people
and efforts are told in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from fieldsales.domain.churn import counts_as_visit
from fieldsales.domain.dates import days_since
from fieldsales.domain.frozen import dataclass, field
from fieldsales.domain.model import Activity, CaseEvent, CaseFile, History, Message
from fieldsales.domain.people import full_name

WON_STEP = 10_000  # amounts in won are told to the nearest 만
LONG_AGO = 300  # days after which a day is told with its year
QUOTE = 160  # letters of what was heard that are quoted
ANSWERS = ("no_answer", "no_reply", "refused")
REPORT_ACT = "report"  # the lines of a checklist that a report fills


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap that the user may fill before copying.

    Open it reads as `shown`, with its label under its own name; filled, the words stand there instead; copied open, it
    becomes `empty`.
    """

    name: str
    label: Message
    shown: Message
    empty: tuple[Message, ...] = ()
    hint: Message | None = None  # what is told beside it; without one, how it goes out


Piece = Message | Slot
Paragraph = tuple[Piece, ...]  # joined without a blank: the texts bring their own


@dataclass(frozen=True, slots=True)
class Choice:
    """A paragraph that may be left out of the copy, by its index; `painful` ones are shown to the rep alone."""

    key: str
    paragraph: int
    taken: bool = True
    painful: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A text for others. `kind` is `request`, `first`, `update`, `recovery`, `questions` or `full`."""

    kind: str
    paragraphs: tuple[Paragraph, ...]
    choices: tuple[Choice, ...] = ()
    notes: tuple[Message, ...] = ()  # what the rep is told below the text, never copied

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The gaps, in the order in which they are read."""
        return tuple(piece for paragraph in self.paragraphs for piece in paragraph if isinstance(piece, Slot))


def slot(
    name: str,
    shown: str,
    empty: tuple[Message, ...] = (),
    args: Mapping[str, str | int] | None = None,
    hint: Message | None = None,
) -> Slot:
    """A gap whose label is the text `report.slot_NAME`."""
    label = Message(f"report.slot_{name}")
    return Slot(name, label, Message(shown, {**(args or {}), name: f"@{label.id}"}), empty, hint)


# --- amounts --------------------------------------------------------------------------------------------------------


def told(amount: int) -> int:
    """An amount in won as it is told: to the nearest 만, small ones as they are."""
    return amount if abs(amount) < 100 * WON_STEP else (amount + WON_STEP // 2) // WON_STEP * WON_STEP


def money(amount: int, currency: str, form: str = "") -> Message:
    """An amount, with its particle where `form` is `_topic` or `_subject`.

    In won the unit is written behind an amount that ends in 만, 억 or 조; one that does not brings its own.
    """
    if currency == "KRW":
        amount = told(amount)
    round_won = currency == "KRW" and (amount % WON_STEP == 0 or amount >= 10_000 * WON_STEP)
    return Message(f"report.{'won' if round_won else 'money'}{form}", {"amount": amount})


# --- moments --------------------------------------------------------------------------------------------------------


def moment(prefix: str, at: str, today: date) -> tuple[Message, ...]:
    """A moment as today, yesterday, tomorrow or a day, with its time where it has one. With `report.at` a day of long
    ago is told with its year."""
    days = days_since(at, today)
    if days is None:
        return ()
    day = {0: "today", 1: "yesterday", -1: "tomorrow"}.get(days, "day")
    if days > LONG_AGO and prefix == "report.at":
        day = "date"
    timed = "_time" if len(at) >= 16 else ""
    return (Message(f"{prefix}_{day}{timed}", {"day": at[:10], "at": at}),)


def moment_of(activity: Activity) -> str:
    return f"{activity.day}T{activity.time}" if activity.time else activity.day


def minutes_between(first: str, last: str) -> int | None:
    """Minutes from one moment to a later one, None where either has no time of day or they stand the other way."""
    try:
        gap = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    except ValueError:
        return None
    if len(first) < 16 or len(last) < 16 or gap.total_seconds() < 0:
        return None
    return int(gap.total_seconds()) // 60


def days_between(first: str, last: str) -> int | None:
    """Whole days of the calendar from one moment to a later one."""
    try:
        return days_since(first, date.fromisoformat(last[:10]))
    except ValueError:
        return None


# --- words ----------------------------------------------------------------------------------------------------------


def sentence(text: str) -> str:
    """What somebody wrote, ended as a sentence."""
    text = flat(text)
    return text if text.endswith((".", "!", "?", "…", "。")) else f"{text}."


def flat(text: str) -> str:
    return " ".join(text.split())


def quoted(text: str) -> str:
    """What was heard, as it is quoted: on one line and not longer than a message bears."""
    words = flat(text).strip('"').rstrip(".")
    return words if len(words) <= QUOTE else words[: QUOTE - 1].rstrip() + "…"


def comma(pieces: Iterable[tuple[Message, ...]]) -> tuple[Message, ...]:
    """The pieces with commas between them."""
    found: list[Message] = []
    for piece in pieces:
        if found and piece:
            found.append(Message("report.comma"))
        found += piece
    return tuple(found)


def names_of(history: History, activity: Activity) -> str:
    """Whom a log was about, each with the title that the book knows: "표지환 본부장, 문도균 차장"."""
    by_id = {contact.id: contact for contact in history.contacts}
    names = []
    if activity.contact_id in by_id:
        names.append(full_name(by_id[activity.contact_id]))
    for part in activity.with_names.replace("，", ",").replace("、", ",").split(","):
        name = flat(part)
        known = next(
            (full_name(contact) for contact in history.contacts if name in (contact.name, full_name(contact))), name
        )
        if known and known not in names:
            names.append(known)
    return ", ".join(names)


def contact_paragraph(file: CaseFile, log: Activity, today: date) -> Paragraph:
    """One contact: when, with whom and how. Of a visit at which nobody was met it is not said that I met them."""
    history = file.history
    when = moment("report.at", moment_of(log), today)
    if when and log.day == today.isoformat() and log.time:
        when = (Message("report.at_time", {"at": moment_of(log)}),)
    who = names_of(history, log)
    nobody = "" if who else "_nobody"
    met = "visit" in (log.kind, log.kind2)
    if log.by != "me" and not log.joint:
        form = "other_visit" if met else "other_call"
        if log.by.endswith("님"):  # told with respect, as it may well be the reader
            form = f"senior{form[5:]}"
        return (*when, Message(f"report.did.{form}{nobody}", {"who": who, "by": log.by}))
    if met and nobody and not was_met(file, log):
        return (*when, Message("report.did.went"))
    form = "visit" if met else log.kind if log.kind in {"call", "review"} else "message"
    if form == "message" and not log.two_way:
        form = "sent"
    return (*when, Message(f"report.did.{form}{nobody}", {"who": who}))


# --- what was done --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Efforts:
    """What was done since the word came: counts out of the logs of the case."""

    attempts: Mapping[str, int] = field(default_factory=dict)  # by answer
    visits: int = 0
    calls: int = 0
    messages: int = 0
    offers: int = 0

    @property
    def tried(self) -> int:
        return sum(self.attempts.values())

    @property
    def any(self) -> bool:
        return bool(self.tried or self.visits or self.calls or self.messages or self.offers)


def since_told(file: CaseFile) -> list[Activity]:
    """The logs of a case after the one in which we were told, earliest first. One that the case holds counts whatever
    its clock said."""
    case = file.case
    begun = min((event.id for event in file.events if event.kind == "opened"), default="")

    def telling(one: Activity) -> bool:
        if moment_of(one) != case.heard_at or one.kind != case.heard_by or one.outcome != "done":
            return False
        return one.case_id != case.id or _made_before(one.id, begun)

    logs = [
        one
        for one in file.visits
        if one.kind != "note" and (one.case_id == case.id or moment_of(one) >= case.heard_at) and not telling(one)
    ]
    return sorted(logs, key=lambda one: (moment_of(one), one.id))


def was_met(file: CaseFile, log: Activity) -> bool:
    """Whether a log is the visit that closed step 1: by itself, or as the case took it when it was written."""
    return counts_as_visit(log) or any(event.kind == "visit" and event.ref == log.id for event in file.events)


def first_visit(file: CaseFile) -> Activity | None:
    """The first visit to a person after we were told, None while there was none."""
    return next((one for one in since_told(file) if was_met(file, one)), None)


def efforts(file: CaseFile, logs: Iterable[Activity] | None = None) -> Efforts:
    """What was tried and done (S0-14): attempts by their answer, meetings, calls, messages, and what was offered."""
    chosen = list(since_told(file) if logs is None else logs)
    attempts: dict[str, int] = {}
    done = {"visit": 0, "call": 0, "message": 0}
    for one in chosen:
        if one.outcome == "attempt" or one.attempt:
            answer = one.attempt if one.attempt in ANSWERS else "no_answer"
            attempts[answer] = attempts.get(answer, 0) + 1
        elif one.by != "me" and not one.joint:
            continue
        elif "visit" in (one.kind, one.kind2):
            done["visit"] += 1
        else:
            done["call" if one.kind == "call" else "message"] += 1
    in_order = {answer: attempts[answer] for answer in ANSWERS if answer in attempts}
    return Efforts(in_order, done["visit"], done["call"], done["message"], len(file.offers))


def tried_pieces(made: Efforts, form: str = "report.tried") -> tuple[Message, ...]:
    """The attempts with their answers: "뵙고자 3번 연락드렸습니다(부재중 2번, 거절 1번)"."""
    if not made.tried:
        return ()
    if len(made.attempts) == 1:
        ((only, n),) = made.attempts.items()
        answers: tuple[Message, ...] = (Message(f"report.tried_{'once' if n == 1 else 'all'}_{only}"),)
    else:
        answers = comma((Message(f"report.tried_{answer}", {"n": n}),) for answer, n in made.attempts.items())
    return (
        Message(form, {"n": made.tried}),
        Message("report.open_bracket"),
        *answers,
        Message("report.close_bracket"),
    )


def effort_pieces(made: Efforts, answers: bool = True) -> tuple[Message, ...]:
    """All that was done, with commas; nothing where nothing was."""
    tried = tried_pieces(made, "report.count_tried")
    counts = [tried if answers else tried[:1]]
    for name, n in (
        ("calls", made.calls),
        ("messages", made.messages),
        ("visits", made.visits),
        ("offers", made.offers),
    ):
        counts.append((Message(f"report.count_{name}", {"n": n}),) if n else ())
    return comma(piece for piece in counts if piece)


# --- what was told before -------------------------------------------------------------------------------------------


def is_report(file: CaseFile, event: CaseEvent) -> bool:
    """Whether a line of the timeline says that a text went out: it was copied, or the line for it was ticked."""
    if event.kind == "report":
        return True
    return event.kind == "ticked" and any(item.act == REPORT_ACT and item.key == event.ref for item in file.items)


def reported_at(file: CaseFile) -> str:
    """The moment of the first report, "" while nothing was told."""
    return min((event.at for event in file.events if is_report(file, event)), default="")


def last_told(file: CaseFile) -> CaseEvent | None:
    """The line of the timeline at which something was told last."""
    return next((event for event in reversed(file.events) if is_report(file, event)), None)


class News:
    """What came into the book after the last report (S0-02)."""

    def __init__(self, file: CaseFile, since: CaseEvent | None) -> None:
        self.cut = since.at if since is not None else ""
        after = False
        new: set[str] = set()
        old: set[str] = set()
        for event in file.events:
            if since is None or after or _written_later(event, since):
                new.add(event.ref)
            else:
                old.add(event.ref)
            if since is not None and event.id == since.id:
                after = True
        self._new = new - {""}
        self._old = old - self._new

    def has(self, id: str, at: str) -> bool:
        """Whether a row is news. `at` is its day or moment, for rows that no line of the timeline names."""
        if id in self._new:
            return True
        return id not in self._old and at > self.cut


def _written_later(event: CaseEvent, other: CaseEvent) -> bool:
    """Ids of version 7 tell the order of writing: an earlier visit that was logged after the report is news too."""
    return event.id != other.id and event.id[14:15] == other.id[14:15] == "7" and event.id > other.id


def _made_before(id: str, other: str) -> bool:
    """Whether a row was written an act before another: within an act, ids may tell the same millisecond."""
    return id[14:15] == other[14:15] == "7" and id[:13] < other[:13]
