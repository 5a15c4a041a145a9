"""What going out leaves in the book, and that texts are made of the rows of a real case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.churn import draft
from fieldsales.domain.model import Account, CaseEvent, CaseItem, ChurnCase, Contact, Offer
from fieldsales.domain.playbooks import parse_playbook
from fieldsales.domain.reports import kind_now, make_report
from fieldsales.locale import Texts
from fieldsales.playbooks import find_playbook
from fieldsales.storage.book import Book
from fieldsales.workflows import reports as work
from fieldsales.workflows.churn import NoSuchCaseError, attempt, begin, case_file, tick
from fieldsales.workflows.log import LogEntry, log

T = Texts("ko", today=NOW.date())
PLAYBOOK = parse_playbook(find_playbook("churn.ko"))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as book:
        yield book


def begun(book: Book, first: str = "report") -> str:
    return begin(book, draft(book.history("a"), PLAYBOOK, NOW), first, NOW).case_id


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def told(book: Book, case_id: str) -> list[tuple[str, str]]:
    return [(one.at, one.ref) for one in book.rows(CaseEvent, case_id=case_id) if one.kind == "report"]


def update(book: Book, case_id: str, now: datetime) -> str:
    return work.report_text(make_report("update", case_file(book, case_id), now, book.rules(), boss=""), T)


def test_a_copy_stands_on_the_timeline(book: Book) -> None:
    """S0-02, C11."""
    case_id = begun(book)
    changed = work.copied(book, case_id, "first", later(5))
    assert "case_event" in changed.tables
    assert told(book, case_id) == [(f"{DAY}T10:35", "first")]


def test_copied_again_with_nothing_between_nothing_is_written(book: Book) -> None:
    case_id = begun(book)
    work.copied(book, case_id, "first", later(5))
    assert not work.copied(book, case_id, "first", later(6)).act
    attempt(book, case_id, "no_answer", later(7))
    assert work.copied(book, case_id, "first", later(8)).act
    assert work.copied(book, case_id, "update", later(9)).act
    assert [kind for _, kind in told(book, case_id)] == ["first", "first", "update"]


def test_the_copy_of_the_first_report_does_the_line_for_it_and_undo_takes_both_back(book: Book) -> None:
    """S0-11: one act."""
    case_id = begun(book, "appointment")
    line = next(one for one in book.rows(CaseItem, case_id=case_id) if one.act == "report")
    assert not line.done_at
    work.copied(book, case_id, "update", later(1))
    assert not book.get(CaseItem, line.id).done_at  # type: ignore[union-attr]
    work.copied(book, case_id, "first", later(2))
    assert book.get(CaseItem, line.id).done_at == f"{DAY}T10:32"  # type: ignore[union-attr]
    book.undo(later(3))
    assert not book.get(CaseItem, line.id).done_at  # type: ignore[union-attr]
    assert [kind for _, kind in told(book, case_id)] == ["update"]


def test_a_clock_set_back_does_not_put_a_copy_before_what_it_told(book: Book) -> None:
    case_id = begun(book)
    attempt(book, case_id, "no_answer", later(30))
    work.copied(book, case_id, "update", later(-60))
    file = case_file(book, case_id)
    assert file.events[-1].kind == "report"
    assert update(book, case_id, later(40)).split("\n")[1] == "아직 새로 나온 것은 없습니다."


def test_a_closed_case_and_none_at_all_are_left_alone(book: Book) -> None:
    case_id = begun(book)
    with book.change("test", NOW) as change:
        change.edit(ChurnCase, case_id, state="closed")
    assert not work.copied(book, case_id, "recovery", later(5)).act
    with pytest.raises(NoSuchCaseError):
        work.copied(book, "x", "first", NOW)


def test_each_update_holds_only_what_came_since_the_last(book: Book) -> None:
    """S0-02, C10: a day of a case, with the texts as they go out."""
    case_id = begun(book)
    work.copied(book, case_id, "first", later(1))
    assert update(book, case_id, later(2)).split("\n")[1] == "아직 새로 나온 것은 없습니다."
    attempt(book, case_id, "no_answer", later(3))
    attempt(book, case_id, "refused", later(4))
    assert "뵙고자 2번 연락드렸습니다(부재중 1번, 거절 1번)." in update(book, case_id, later(5))
    work.copied(book, case_id, "update", later(5))
    visit = LogEntry(account_id="a", kind="visit", day=DAY, time="11:00", contact_id="c1", heard="단가가 문제다")
    log(book, visit, later(60), NOW.date())
    said = update(book, case_id, later(61))
    assert "11:00 오세람 차장을 뵙고 왔습니다." in said and '들은 말: "단가가 문제다"' in said
    assert "연락드렸습니다" not in said
    assert kind_now(case_file(book, case_id), later(61)) == "update"


def test_whoever_ticked_the_line_without_copying_has_told_it(book: Book) -> None:
    case_id = begun(book, "appointment")
    attempt(book, case_id, "no_answer", later(1))
    tick(book, case_id, "report", later(2))
    assert update(book, case_id, later(3)).split("\n")[1:] == [
        "아직 새로 나온 것은 없습니다.",
        "지금까지 뵙고자 1번 연락드렸습니다(부재중).",
        "다음 일정은 잡히는 대로 말씀드리겠습니다.",
    ]


def test_a_report_is_about_the_open_case_else_the_last_one(book: Book) -> None:
    with book.change("test", NOW) as change:
        change.add(ChurnCase("k1", "a", started_at="2025-01-01T09:00", state="closed", closed_at="2025-02-01T09:00"))
        change.add(ChurnCase("k2", "a", started_at="2026-01-01T09:00", state="closed", closed_at="2026-02-01T09:00"))
    found = work.case_of(book, "a")
    assert found is not None and found.id == "k2"
    with book.change("test", NOW) as change:
        change.add(ChurnCase("k3", "a", started_at="2025-06-01T09:00"))
    found = work.case_of(book, "a")
    assert found is not None and found.id == "k3"
    assert work.case_of(book, "b") is None


def test_an_open_case_that_began_with_figures_still_tells_what_they_showed(book: Book) -> None:
    """S0-10: what is seen stays seen while the case is open."""
    from fieldsales.domain.model import Amount

    with book.change("test", NOW) as change:
        for month in range(4, 11):
            amount = 1710_0000 if month == 10 else 4500_0000
            change.add(Amount(f"m{month}", "a", f"2026-{month:02d}", amount))
        change.add(ChurnCase("k", "a", trigger="volume", heard_at=f"{DAY}T09:00", started_at=f"{DAY}T09:00"))
    history = book.history("a")
    seen = work.seen_in_figures(history, NOW.date())
    assert seen is not None and seen.kind == "volume"
    report = make_report("first", case_file(book, "k"), NOW, book.rules(), boss="", seen=seen)
    assert work.report_text(report, T).startswith("[도담나루식품] 10월 거래가 1,710만 원입니다.")


def test_a_text_never_looks_at_another_account(book: Book) -> None:
    """S0-04, S0-05: a second account of a hundred times the amount changes no text by a letter."""
    from fieldsales.domain.model import Amount
    from fieldsales.domain.reports import KINDS

    case_id = begun(book)
    with book.change("test", NOW) as change:
        change.add(Offer("o", "a", case_id, day=DAY, text="단가", amount=100, answer="accepted"))

    def texts() -> list[str]:
        file = case_file(book, case_id)
        made = [make_report(kind, file, NOW, book.rules(), boss="팀장님") for kind in KINDS]
        return [work.report_text(one, T) for one in made]

    before = texts()
    with book.change("test", NOW) as change:
        change.add(Account("b", "햇귀마트", tier="A", entered_on="2026-01-05"))
        change.add(Contact("c9", "b", "하나"))
        for month in range(4, 11):
            change.add(Amount(f"n{month}", "b", f"2026-{month:02d}", 95_0000_0000))
    assert texts() == before
