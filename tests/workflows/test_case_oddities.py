"""A case beside others: what was logged before stays where it was, two machines make one sheet, none is left named."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

from two_copies import copy_of, new_book, take

from fieldsales.domain import boss as rules
from fieldsales.domain.churn import draft
from fieldsales.domain.ids import is_id, natural_id
from fieldsales.domain.log_effects import LogEntry
from fieldsales.domain.model import (
    Account,
    Activity,
    CaseEvent,
    CaseItem,
    ChurnCase,
    Contact,
    Deal,
    Decision,
    Fact,
    History,
    Offer,
    Sheet,
    SheetItem,
    Signal,
    Task,
)
from fieldsales.domain.people import person_name
from fieldsales.domain.playbooks import parse_playbook
from fieldsales.domain.triggers import asks_again_on, trigger
from fieldsales.playbooks import find_playbook
from fieldsales.storage.book import Book
from fieldsales.storage.erasing import erase
from fieldsales.workflows import churn, closing, ledger, sheets
from fieldsales.workflows.facts import save_fact
from fieldsales.workflows.joint import plan_joint
from fieldsales.workflows.log import log

NOW = datetime(2026, 11, 20, 9, 20)
LIST = parse_playbook(find_playbook("churn.ko"))
JOINT = parse_playbook(find_playbook("joint.ko"))


def begin(book: Book, now: datetime, heard_at: str = "", key: str = "report") -> str:
    return churn.begin(book, draft(book.history("a0"), LIST, now, heard_at=heard_at), key, now).case_id


def test_a_second_case_takes_no_logs_of_the_one_before(tmp_path: Path) -> None:
    """Closed in the morning, begun again in the afternoon: each keeps its own visits."""
    book = new_book(tmp_path)
    first = begin(book, NOW)
    log(book, LogEntry("a0", "visit", contact_id="c0", day="2026-11-20", time="10:00"), NOW + timedelta(hours=1))
    closing.close(book, first, NOW + timedelta(hours=2), outcome="restored", farewell="done", lesson_line="먼저 가기")
    log(book, LogEntry("a0", "call", contact_id="c0", day="2026-11-20", time="12:00"), NOW + timedelta(hours=3))
    second = begin(book, NOW + timedelta(hours=4), heard_at="2026-11-20T09:00")
    assert second != first
    assert [one.time for one in churn.visits_of(book, first)] == ["10:00"]
    assert [one.time for one in churn.visits_of(book, second)] == ["12:00"]
    visit = book.get(CaseItem, natural_id("case_item", second, "visit"))
    assert visit is not None and not visit.done_at


def test_a_log_belongs_to_the_open_case_it_was_written_in(tmp_path: Path) -> None:
    """Two are open where two machines had begun one; without a word of it, it is the one begun last."""
    book = new_book(tmp_path)
    with book.change("setup", NOW) as change:
        for id, at in (("k1", "2026-11-18T09:00"), ("k2", "2026-11-19T09:00")):
            change.add(ChurnCase(id, "a0", heard_at=at, started_at=at))
            change.add(CaseItem(natural_id("case_item", id, "visit"), id, "visit", act="visit"))
    log(book, LogEntry("a0", "visit", contact_id="c0", day="2026-11-20", time="09:00", case_id="k1"), NOW)
    log(book, LogEntry("a0", "call", contact_id="c0", day="2026-11-20", time="09:10"), NOW)
    log(book, LogEntry("a0", "call", contact_id="c0", day="2026-11-20", time="09:15", case_id="gone"), NOW)
    churn.attempt(book, "k1", "no_reply", NOW)
    assert [one.kind for one in churn.visits_of(book, "k1")] == ["visit", "message"] or [
        one.outcome for one in churn.visits_of(book, "k1")
    ] == ["done", "attempt"]
    assert len(churn.visits_of(book, "k2")) == 2
    done = [one.case_id for one in book.rows(CaseItem) if one.done_at]
    assert done == ["k1"]


def test_two_machines_that_prepare_one_joint_visit_hold_one_sheet(tmp_path: Path) -> None:
    """S2-15: the visit was planned before; each plans it with a checklist, then they are merged."""
    book = new_book(tmp_path)
    plan_joint(book, "a0", NOW, title="동반 방문", prepare="준비", day="2026-11-25")
    other = copy_of(book, tmp_path)
    for one in (book, other):
        plan_joint(one, "a0", NOW, title="동반 방문", prepare="준비", day="2026-11-25", playbook=JOINT)
    take(book, other)
    (sheet,) = book.rows(Sheet, account_id="a0")
    assert len(book.rows(SheetItem, sheet_id=sheet.id)) == len(JOINT.items)
    other.close()


def test_what_a_checklist_has_no_line_for_stays_in_the_sheet(tmp_path: Path) -> None:
    """A sheet of before, without lines of its own, begun now with another edition."""
    book = new_book(tmp_path)
    known = JOINT.items[0].key
    content = json.dumps({known: "하나", "of_before": "둘"})
    with book.change("setup", NOW) as change:
        change.add(Sheet("s", "a0", "joint", day="2026-11-25", content=content))
    sheets.begin(book, JOINT, "a0", NOW)
    (sheet,) = book.rows(Sheet)
    assert sheets.written(sheet) == {"of_before": "둘"}
    assert {item.key: item.text for item in sheets.items(book, "s") if item.text} == {known: "하나"}


def test_who_asks_for_me_is_let_go_with_the_person(tmp_path: Path) -> None:
    """Erased, nothing names them any more, neither as the one who told us nor as the one who asks for us."""
    book = new_book(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(ChurnCase("k", "a0", heard_from="c0", through="c0", speaking=0))
        change.add(CaseEvent("e", "k", "2026-11-20T09:00", "note", "적은 말"))
    erase(book, "contact", "c0", NOW)
    case = book.get(ChurnCase, "k")
    assert case is not None and (case.heard_from, case.through) == ("", "")


def test_an_id_is_never_read_out_as_a_name() -> None:
    """Somebody who came into a case on a copy that did not know yet that they were erased."""
    id = natural_id("contact", "gone")
    history = History(Account("a"), contacts=(Contact("c", "a", "문도균", "차장"),))
    assert is_id(id) and not is_id("Mr. Smith-Jones of the 3rd-floor-desk")
    assert person_name(history, id) == ""
    assert person_name(history, "c") == "문도균 차장"
    assert person_name(history, "경비실 김 선생") == "경비실 김 선생"


def test_a_usual_gap_that_was_mistyped_reaches_no_day_beyond_the_calendar() -> None:
    """S0-10: neither the list nor the proposal breaks on it."""
    deals = tuple(Deal(f"d{n}", "a", f"2026-0{n}-10", 100) for n in range(1, 8))
    history = History(Account("a", usual_gap_days=10**12), deals=deals)
    today = date(2026, 11, 20)
    assert trigger(history, today) is None
    again = asks_again_on(history, today)
    assert again is not None and again.year < 2100


def test_a_pause_written_where_it_was_tomorrow_already_stands_on_the_page() -> None:
    """S2-23: a journey across time zones; page and agenda tell the same."""
    history = History(Account("a"), decisions=(Decision("d", "a", kind="freeze", by="팀장님", day="2026-11-21"),))
    page = rules.page(history, date(2026, 11, 20))
    assert page.situation == "paused" and page.pause is not None and page.paused_days == 0
    assert page.sentence.args == {"day": "2026-11-21"}


def test_a_note_is_written_anew(tmp_path: Path) -> None:
    """S3-03: with its kind, which is a column like any other."""
    book = new_book(tmp_path)
    save_fact(book, "a0", "단가를 먼저 묻는다", NOW)
    (fact,) = book.rows(Fact)
    save_fact(book, "a0", "납기를 먼저 묻는다", NOW, fact_id=fact.id, kind="market")
    (fact,) = book.rows(Fact)
    assert (fact.text, fact.kind) == ("납기를 먼저 묻는다", "market")


def test_an_offer_from_elsewhere_is_written_anew(tmp_path: Path) -> None:
    """One without a kind, as older copies write it."""
    book = new_book(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(ChurnCase("k", "a0"))
        change.add(Offer("o", "a0", "k", text="단가 3%"))
    offer = book.get(Offer, "o")
    assert offer is not None
    ledger.save_offer(book, offer, NOW)
    offer = book.get(Offer, "o")
    assert offer is not None and offer.kind == "keep"


def test_where_to_look_first_are_the_newest_needs_of_accounts_that_trade(tmp_path: Path) -> None:
    """S0-26: each account once, by its newest word; then who is being won, never the one that leaves."""
    book = new_book(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(Account("p", "다솜기획", state="prospect"))
        change.add(Account("left", "떠난곳", state="lost"))
        for id, account, day, text in (
            ("s1", "a1", "2026-10-01", "오래전 말"),
            ("s2", "a1", "2026-11-01", "새 라인"),
            ("s3", "left", "2026-11-10", "떠난 곳"),
            ("s4", "a0", "2026-11-11", "그 고객사"),
        ):
            change.add(Signal(id, account, kind="need", text=text, day=day))
    found = ledger.ideas(book, "a0")
    assert [(one.name, one.kind, one.text) for one in found] == [
        ("나린커피", "need", "새 라인"),
        ("다솜기획", "prospect", ""),
    ]


def test_what_is_asked_in_one_case_is_none_of_the_case_before(tmp_path: Path) -> None:
    """The call and the appointment bear the id of the case they were asked for in, of two on one account."""
    book = new_book(tmp_path)
    first = begin(book, NOW)
    churn.asked(book, first, NOW, at="2026-11-21T10:00")
    closing.close(book, first, NOW + timedelta(hours=2), outcome="restored", farewell="done", lesson_line="먼저 가기")
    second = begin(book, NOW + timedelta(days=1), heard_at="2026-11-21T09:00")
    assert [one.case_id for one in book.rows(Task) if one.kind == "meet"] == [first]
    assert [one.case_id for one in book.rows(Activity) if one.case_id] == [first]
    churn.asked(book, second, NOW + timedelta(days=1), at="2026-11-22T10:00")
    assert {one.case_id for one in book.rows(Task) if one.kind == "meet"} == {first, second}
    assert [one.case_id for one in book.rows(Activity) if one.case_id] == [first, second]
