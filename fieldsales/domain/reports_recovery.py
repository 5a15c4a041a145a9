"""보전 보고: what was lost and why, what came back, and what fills the rest; in three forms."""

from __future__ import annotations

from datetime import date, datetime

from fieldsales.domain.dates import days_since, month_back, month_of, parse_day
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.ledger import Ledger, in_order, ledger_of, recovered_by
from fieldsales.domain.model import CaseFile, Cause, Cover, History, Message
from fieldsales.domain.people import is_meeting, people_changes
from fieldsales.domain.report_parts import (
    Choice,
    Paragraph,
    Piece,
    Report,
    days_between,
    effort_pieces,
    efforts,
    first_visit,
    flat,
    moment_of,
    money,
    quoted,
    sentence,
    slot,
)

ROLES = ("ceo", "head", "buyer", "other")
LONG_UNSEEN = 60  # days without a meeting that are told where I missed something
UNAVOIDABLE = frozenset({"part", "no"})  # answers to "could I have prevented it" that allow saying so (S0-19)
KINDS = ("fees", "volume", "neglect", "competitor", "management", "other")
# Endings of a Korean clause that runs on; and what such a clause ends with in English.
_RUNS_ON = ("서", "고", "며", "면서", "니", "라", "해", "아", "어", "여", "져", "려", "로", "에")


def recovery_report(file: CaseFile, now: datetime, *, currency: str = "KRW") -> Report:
    """Loss, cause, effort, what came back and what covers the rest, each its own sentence (S0-03, S0-23).

    Where the cause is that I missed something it says what. That it was hard to prevent, or what I missed, is offered
    where I answered so for myself (S0-19), and goes out only where I put it in: the answer itself changes no text. Only
    signed business counts (S0-22); where there is none, places to try stand in its place (S0-26). Without any of it
    the text is whole as well.
    """
    today = now.date()
    notes = [Message("report.no_share")]
    main = main_cause(file)
    lines = _lines(file, today, currency)
    choices = tuple(Choice(one.key, at, one.taken, one.painful) for at, one in enumerate(lines) if one.key)
    if main is not None and missed(main):
        notes.append(Message("report.recovery.private"))
    elif main is not None and main.control:
        notes.append(Message("report.recovery.control"))
    if any(not one.taken for one in choices):
        notes.append(Message("report.recovery.offered"))
    sums = ledger_of(file)
    if sums.likely.count or sums.possible.count:
        counts: dict[str, str | int] = {"likely": sums.likely.count, "possible": sums.possible.count}
        notes.append(Message("report.recovery.left_out", counts))
    return Report("recovery", tuple(one.paragraph for one in lines), choices, tuple(notes))


def main_cause(file: CaseFile) -> Cause | None:
    """The cause marked as the main one, else the first."""
    return next((one for one in file.causes if one.main), file.causes[0] if file.causes else None)


def missed(cause: Cause | None) -> bool:
    """Whether the cause as it was marked says that it was us. What I answered for myself says nothing of it."""
    return cause is not None and cause.kind == "neglect"


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph; one with a key can be left out, and is in the text from the start where it is `taken`."""

    paragraph: Paragraph
    key: str = ""
    taken: bool = True
    painful: bool = False


def money_paragraphs(file: CaseFile, today: date, currency: str) -> list[Paragraph]:
    """All paragraphs of the recovery report but those that are only offered."""
    return [one.paragraph for one in _lines(file, today, currency) if one.taken]


def _lines(file: CaseFile, today: date, currency: str) -> list[_Line]:
    sums = ledger_of(file)
    main = main_cause(file)
    own = missed(main)
    lines = [_Line(_loss(file, main, sums, currency)), *_why(file, main)]
    paragraphs: list[Paragraph] = []
    if main is not None and not own:
        if kind_of(main) == "other" and main.text.strip() and not _is_clause(main.text):
            paragraphs.append((Message("report.recovery.cause", {"text": sentence(quoted(main.text))}),))
        if main.certainty == "guessed":
            paragraphs.append((Message("report.recovery.guessed"),))
        others = [one for one in file.causes if one.id != main.id]
        others = [one for one in others if one.kind != "neglect" and one.certainty != "guessed"]
        if others:
            paragraphs.append((Message("report.recovery.others"), *_kinds(others), Message("report.stop")))
    paragraphs += _went_and_back(file, sums, currency, own)
    made = efforts(file)
    if made.any:
        paragraphs.append((Message("report.so_far"), *effort_pieces(made, answers=False), Message("report.is")))
    paragraphs += _cover(sums, today, currency)
    return [*lines, *map(_Line, paragraphs)]


def _why(file: CaseFile, main: Cause | None) -> list[_Line]:
    """Whether it could have been prevented: told of a cause that says so, else offered by what I answered myself."""
    if main is None:
        return [_Line((slot("cause", "report.recovery.why", (Message("report.recovery.why_open"),)),))]
    if missed(main):
        shown = _missed(file)
        return [_Line(shown, "missed") if shown else _Line((slot("missed", "report.missed.slot"),))]
    if main.control in UNAVOIDABLE:
        hard = "report.hard_partly" if main.control == "part" else f"report.hard.{kind_of(main)}"
        return [_Line((Message(hard),), "hard", taken=False)]
    shown = _missed(file) if main.control == "yes" else ()
    return [_Line(shown, "own", taken=False, painful=True)] if shown else []


def kind_of(cause: Cause) -> str:
    """The kind of a cause; an unknown one is another one."""
    return cause.kind if cause.kind in KINDS else "other"


def _kinds(causes: list[Cause]) -> list[Message]:
    pieces: list[Message] = []
    for one in causes:
        if pieces:
            pieces.append(Message("report.comma"))
        text = quoted(one.text) if kind_of(one) == "other" else ""
        pieces.append(Message("report.text", {"text": text or f"@report.cause.{kind_of(one)}"}))
    return pieces


# --- the loss -------------------------------------------------------------------------------------------------------


def _loss(file: CaseFile, main: Cause | None, sums: Ledger, currency: str) -> Paragraph:
    """One sentence: the clause of the cause, whose trade, and how much of it."""
    clause = _clause(file, main)
    after = "_after" if clause else ""
    form = "ended" if file.case.outcome == "none" and sums.recovered <= 0 else "fell"
    fell = Message(f"report.recovery.{form}{after}", {"name": file.history.account.name})
    amount: tuple[Piece, ...]
    if sums.lost is not None and sums.lost > 0:
        amount = (Message("report.recovery.loss"), money(sums.lost, currency), Message("report.recovery.loss_end"))
    else:
        hint = Message("report.slot_hint_loss")
        amount = (slot("loss", "report.recovery.loss_slot", (Message("report.stop"),), hint=hint),)
    return (*clause, fell, *amount)


def _clause(file: CaseFile, main: Cause | None) -> tuple[Message, ...]:
    """Each cause has a clause of its own, so that no noun is glued into a gap. What I missed has a sentence instead."""
    if main is None or main.kind == "neglect":
        return ()
    if kind_of(main) == "other":
        words = flat(main.text).rstrip(".,")
        return (Message("report.clause.other", {"text": words}),) if _is_clause(main.text) else ()
    kind = kind_of(main)
    if kind == "management" and _new_ceo(file):
        kind = "ceo"
    return (Message(f"report.clause.{kind}"),)


def _new_ceo(file: CaseFile) -> bool:
    heard = parse_day(file.case.heard_at[:10])
    return heard is not None and any(change.role == "ceo" for change in people_changes(file.history, heard))


def _is_clause(text: str) -> bool:
    """Whether the user's own words run on into the sentence, as "창고를 옮기면서" does."""
    words = flat(text).rstrip(".,")
    return words.endswith(_RUNS_ON) if words and not words.isascii() else words.lower().startswith(("as ", "because "))


# --- where I missed something ---------------------------------------------------------------------------------------


def _missed(file: CaseFile) -> Paragraph:
    """What I missed, out of the rows: a change of people without a visit, a long time without a meeting; nothing where
    they say nothing. What I wrote beside the cause is mine alone and never stands here."""
    heard = parse_day(file.case.heard_at[:10])
    history = file.history
    if heard is not None:
        change = unmet_change(history, heard)
        if change is not None:
            role, day = change
            days = days_since(day, heard) or 0
            return (Message(f"report.missed.{role}", {"length": _length(max(days, 1))}),)
        met = last_met_before(history, heard)
        days_unseen = days_since(met, heard) if met else None
        if days_unseen is not None and days_unseen >= LONG_UNSEEN:
            return (Message("report.missed.unseen", {"n": days_unseen // 30}),)
    return ()


def unmet_change(history: History, heard: date) -> tuple[str, str] | None:
    """Role and day of a change of people after which I had not called there before the word came: that of the highest
    role, then the newest."""
    end = heard.isoformat()
    unmet = [
        (change.role, change.day)
        for change in people_changes(history, heard)
        if change.day < end and not any(is_meeting(one) and change.day <= one.day < end for one in history.activities)
    ]
    return min(unmet, key=lambda one: ROLES.index(one[0]), default=None)


def last_met_before(history: History, heard: date) -> str:
    """The last day on which I met anybody there before the word came, "" if never."""
    end = heard.isoformat()
    return max((one.day for one in history.activities if is_meeting(one) and one.day < end), default="")


def _length(days: int) -> str:
    """A number of days as it is said: "한 달", "두 주", "사흘"."""
    if days >= 28:
        return f"@report.length.months_{min(max(days // 30, 1), 6)}"
    return f"@report.length.weeks_{days // 7}" if days >= 7 else f"@report.length.days_{days}"


# --- what came back and what covers the rest ------------------------------------------------------------------------


def _went_and_back(file: CaseFile, sums: Ledger, currency: str, tells_visit: bool) -> list[Paragraph]:
    """How soon I was there, where I missed something before; and what came back."""
    went = _went(file) if tells_visit else ""
    if sums.recovered <= 0:
        return [(Message(f"report.went.{went}", {"n": _days_to_visit(file) or 0}),)] if went else []
    pieces: list[Piece] = []
    if went:
        pieces.append(Message(f"report.went.{went}_and", {"n": _days_to_visit(file) or 0}))
    months = {one.from_month for one in sums.back if recovered_by(one, sums.lost) > 0}
    month = months.pop() if len(months) == 1 else ""
    all_of_it = "all" if sums.lost is not None and sums.recovered >= sums.lost else "some"
    start = Message("report.back.start_after" if went else "report.back.start")
    end = f"report.back.{all_of_it}"
    pieces += [start, money(sums.recovered, currency, "_topic")]
    pieces.append(Message(f"{end}_from", {"month": month}) if month else Message(end))
    return [tuple(pieces)]


def _went(file: CaseFile) -> str:
    days = _days_to_visit(file)
    return "" if days is None or days < 0 else {0: "same_day", 1: "next_day"}.get(days, "days")


def _days_to_visit(file: CaseFile) -> int | None:
    visit = first_visit(file)
    return days_between(file.case.heard_at, moment_of(visit)) if visit is not None else None


def _cover(sums: Ledger, today: date, currency: str) -> list[Paragraph]:
    """Signed business fills what is left; what nothing fills is looked for, and it is said where and until when."""
    if sums.lost is not None and sums.lost > 0 and sums.recovered >= sums.lost:
        return []
    told: list[Paragraph] = []
    signed = [one for one in in_order(sums.covers) if one.amount and one.amount > 0]
    if signed:
        pieces: list[Piece] = []
        for one in signed:
            later = "_too" if pieces else ""
            if pieces:
                pieces.append(Message("report.comma"))
            pieces += _month(one.month, today, later)
            name = flat(one.name) or "@report.cover.nameless"
            pieces.append(Message("report.cover.from", {"name": name}))
            pieces.append(money(one.amount or 0, currency, "_subject" if one is signed[-1] else ""))
        whole = sums.lost is not None and sums.open <= 0
        rest = "rest" if sums.recovered > 0 else "loss"
        pieces.append(Message(f"report.cover.{'whole' if whole else 'part'}_{rest}"))
        told.append(tuple(pieces))
        if whole or sums.lost is None:
            return told
    told.append(_looking(sums, today, currency))
    return told


def _month(month: str, today: date, later: str) -> tuple[Message, ...]:
    """차월, 이달 or the month's name, at the beginning of a sentence or further on in it."""
    this = month_of(today)
    if not month:
        return ()
    if month in (this, month_back(this, -1)):
        return (Message(f"report.cover.{'this' if month == this else 'next'}_month{later}"),)
    return (Message(f"report.cover.in_month{later}", {"month": month}),)


def _looking(sums: Ledger, today: date, currency: str) -> Paragraph:
    """What nothing covers yet: where I look, and by when I tell."""
    start: tuple[Piece, ...] = (Message("report.looking.rest_unknown"),)
    if sums.open > 0:
        part = sums.recovered > 0 or sums.signed > 0
        start = (Message("report.looking.rest" if part else "report.looking.loss"),)
        start += (money(sums.open, currency, "_topic"),)
    ideas = [one for one in sums.ideas if one.name.strip()]
    places = ", ".join(flat(one.name) for one in ideas)
    where: Piece = slot("places", "report.looking.at", (Message("report.looking.anywhere"),))
    if ideas:
        where = Message("report.looking.at", {"places": places})
    due = _due(sums.ideas, today)
    when: Piece = slot("day", "report.looking.day_slot", (Message("report.looking.soon"),))
    if due:
        when = Message("report.looking.day", {"day": due})
    return (*start, where, when)


def _due(ideas: tuple[Cover, ...], today: date) -> str:
    """The day by which all places have answered, "" where none is named."""
    days = [one.due_on for one in ideas if one.due_on >= today.isoformat()]
    return max(days, default="")
