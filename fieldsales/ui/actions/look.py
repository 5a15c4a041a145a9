"""Reading: what the panes show, asked of the book and passed through the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import (
    Account,
    Agenda,
    AgendaLine,
    Amount,
    CaseEvent,
    CaseFile,
    CaseItem,
    Cause,
    ChurnCase,
    Cover,
    History,
    Offer,
)
from fieldsales.storage.edits import waiting
from fieldsales.storage.reading import AccountRows
from fieldsales.ui.actions.desk import Desk
from fieldsales.ui.panes.churn import CaseCard
from fieldsales.ui.panes.lessons import LessonsView
from fieldsales.ui.panes.today import TodayView
from fieldsales.ui.widgets.page import PageView

if TYPE_CHECKING:
    from fieldsales.domain.timeline import HistoryLine


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of the top line."""

    today: int = 0
    overdue: int = 0
    talked: int = 0
    cases: int = 0


def today_view(desk: Desk, agenda: Agenda, unfolded: bool, worst: bool) -> TodayView:
    """The day; with `worst`, also what would weigh most, which takes longer."""
    weighs = _worst(desk) if worst else ""
    if agenda.today:
        return TodayView(agenda, unfolded, worst=weighs)
    unseen = desk.book.long_unseen(desk.today)
    following = agenda.later[0] if agenda.later else None
    empty = not unseen and following is None and desk.book.is_empty()
    return TodayView(agenda, unfolded, tuple(unseen), following, empty, weighs)


def _worst(desk: Desk) -> str:
    """What is signed for next month and the largest account of tier A at risk, only while one is in danger (S0-25)."""
    from fieldsales.workflows.ledger import in_danger, worst

    at_risk = in_danger(desk.book, desk.today)
    found = worst(desk.book, desk.today, at_risk) if at_risk else None
    if found is None:
        return ""
    return desk.t("ledger.worst_today", signed=found.signed, name=found.largest.name, amount=found.largest.amount)


def counts(desk: Desk, agenda: Agenda) -> Counts:
    return Counts(
        len(agenda.today),
        sum(line.overdue > 0 for line in agenda.today),
        desk.book.contacted_this_month(desk.today),
        len(desk.book.open_cases()),
    )


def account_rows(desk: Desk, order: str, query: str) -> AccountRows:
    """The accounts that are there now; where something is looked for also those that left, below the others (S1-14)."""
    return desk.book.accounts(desk.today, order=order, query=query, state="all" if query.strip() else "current")


def case_cards(desk: Desk) -> tuple[CaseCard, ...]:
    cases = desk.book.open_cases()
    if not cases:
        return ()
    from fieldsales.domain.churn import sentence_of

    holidays = desk.book.rules().holidays
    cards = []
    for case in cases:
        id = case.id
        file = CaseFile(
            history=desk.book.history(case.account_id),
            case=case,
            items=items_of(desk, id),
            events=tuple(desk.book.rows(CaseEvent, case_id=id)),
            causes=tuple(desk.book.rows(Cause, case_id=id)),
            offers=tuple(desk.book.rows(Offer, case_id=id)),
            covers=tuple(desk.book.rows(Cover, case_id=id)),
        )
        steps = steps_of(desk, case, file.items)
        sentence = sentence_of(file, desk.now, holidays=holidays)
        cards.append(CaseCard(case, file.history.account.name, file.items, sentence, steps))
    return tuple(cards)


def steps_of(desk: Desk, case: ChurnCase, items: Sequence[CaseItem]) -> tuple[str, ...]:
    """The titles of a case's steps as its checklist called them when it began. There are four at least, so that
    causes, money and lessons are in reach; those that the checklist does not have go by their usual names.
    """
    from fieldsales.domain.playbooks import MAX_STEPS

    t = desk.t
    titles = case.steps.split("\n") if case.steps else []
    count = max([MAX_STEPS, *(item.step for item in items)])
    usual = (t(f"step.{number}") if t.has(f"step.{number}") else "" for number in range(1, count + 1))
    return tuple(titles[at] if at < len(titles) else title for at, title in enumerate(usual))


def items_of(desk: Desk, case_id: str) -> tuple[CaseItem, ...]:
    rows = desk.book.rows(CaseItem, case_id=case_id)
    return tuple(sorted(rows, key=lambda item: (item.step, item.position)))


def lessons(desk: Desk) -> LessonsView:
    from fieldsales.ui.actions.lesson_words import view

    return view(desk)


def page_view(desk: Desk, account_id: str, occasion: AgendaLine | None) -> PageView | None:
    from fieldsales.domain.brief import brief
    from fieldsales.domain.cadence import kept, policies_of
    from fieldsales.domain.timeline import history_lines

    if desk.book.get(Account, account_id) is None:
        return None
    history = desk.book.history(account_id)
    causes = {one.kind for one in desk.book.rows(Cause, account_id=account_id)} if history.cases else set()
    rules = desk.book.rules()
    kinds = kept(history, policies_of(history.account, history.policies, rules), desk.today).kinds
    return PageView(
        account_id,
        history,
        brief(history, desk.book.lessons(), desk.today, causes=causes),
        history_lines(history, desk.today),
        desk.book.account_row(account_id),
        occasion,
        tuple((kind.kind, (*kind.boxes, *([] if kind.running is None else [kind.running]))) for kind in kinds),
    )


def row_words(desk: Desk, history: History, table: str, id: str, line: HistoryLine | None) -> str:
    """A row of the book in words, as the reason behind a figure."""
    t = desk.t
    if line is not None:
        pieces = (piece if isinstance(piece, str) else t.say(piece) for piece in line.pieces)
        return " · ".join((t("page.day", day=line.day), t.say(line.kind), *filter(None, (line.person, *pieces))))
    if table == "amount":
        amount = desk.book.get(Amount, id)
        if amount is None:
            return ""
        return " · ".join(
            (t("page.month", month=amount.month, year=amount.month[:4]), t("page.amount", amount=amount.amount))
        )
    if table == "deal":
        deal = next((one for one in history.deals if one.id == id), None)
        return f"{t('page.day', day=deal.day)} · {t('page.amount', amount=deal.amount)}" if deal else ""
    if table == "contract":
        contract = next((one for one in history.contracts if one.id == id), None)
        ends = t("page.until", day=contract.ends_on) if contract and contract.ends_on else ""
        return " · ".join(filter(None, (t(f"contract.{contract.kind}"), ends))) if contract else ""
    if table == "contact":
        from fieldsales.domain.people import person_name

        return person_name(history, id)
    return ""


def status_line(desk: Desk) -> tuple[str, str]:
    """Whether what is saved is in the file, in words, and the colour for it."""
    if desk.demo:
        return desk.t("status.demo"), "dim"
    status = desk.book.status
    if desk.book.is_merging:
        return desk.t("status.merging"), "accent"
    if status.in_file:
        return desk.t("status.in_file"), "dim"
    if status.reason is None:
        return desk.t("status.saving"), "dim"
    return desk.t("status.pending", n=status.pending), "caution"


def standing_line(desk: Desk) -> str:
    """The one line kept in sight: what has to be known of the book, else a pinned lesson."""
    if notice := book_line(desk):
        return notice
    lesson = desk.book.pinned_lesson(desk.today)
    if lesson is None:
        return ""
    from fieldsales.domain.lessons import lesson_line

    return desk.t("foot.lesson", line=lesson_line(lesson))


def book_line(desk: Desk) -> str:
    """What has to be known of the book: which day it shows, trouble with its file, or how many values need a look."""
    if desk.told is not None:
        return desk.t.say(desk.told)
    status = desk.book.status
    if not desk.demo and status.reason is not None:
        return desk.t.say(status.reason)
    count = waiting(desk.book.work)
    return desk.t("review.standing", n=count) if count else ""


def way_on(desk: Desk) -> str:
    """What a click on that line does, as a part's role carries it: back to the present, or to the values."""
    if desk.behind is not None:
        return "@close"
    trouble = not desk.demo and desk.book.status.reason is not None
    return "@review" if desk.told is None and not trouble and waiting(desk.book.work) else ""


def open_case(desk: Desk, account_id: str, case_id: str = "") -> ChurnCase | None:
    """The open case of an account: the one of this id, else the one that goes on, which was begun last."""
    from fieldsales.domain.remembered import running_case

    found = [case for case in desk.book.open_cases() if case.account_id == account_id]
    return next((case for case in found if case.id == case_id), running_case(found))
