"""The money of a case on a real file: offers, answers, new business, places; each one act that undo takes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.churn import draft
from fieldsales.domain.ledger import ledger_of
from fieldsales.domain.model import Account, Amount, CaseItem, ChurnCase, Cover, Offer, Signal, Task
from fieldsales.storage.book import Book
from fieldsales.workflows.churn import NoSuchCaseError, begin, case_file, case_timeline, load_playbook
from fieldsales.workflows.ledger import (
    EmptyCoverError,
    EmptyOfferError,
    NoSuchLineError,
    exposed,
    ideas,
    in_danger,
    places,
    remove_cover,
    remove_offer,
    save_cover,
    save_offer,
    save_places,
    set_lost,
    step_cover,
    worst,
)

LATER = datetime(2026, 11, 27, 10, 5)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


def begun(book: Book, account: str = "a", lost: int | None = 4500) -> str:
    made = draft(book.history(account), load_playbook("churn.ko"), NOW, boss="팀장님", heard_at=f"{DAY}T09:12")
    case_id = begin(book, made, "report", NOW).case_id
    with book.change(
        "setup", NOW
    ) as change:  # whatever the shipped checklist says, these lines are filled by these acts
        items = {item.key: item for item in book.rows(CaseItem, case_id=case_id)}
        for key, act in (("offer", "offer"), ("recover", "recover"), ("new", "cover"), ("places", "places")):
            change.edit(CaseItem, items[key].id, act=act)
    set_lost(book, case_id, NOW, lost, "2026-11")
    return case_id


def ticked(book: Book, case_id: str) -> set[str]:
    return {item.key for item in book.rows(CaseItem, case_id=case_id) if item.done_at} - {"report"}


def offered(book: Book, case_id: str, text: str = "물량 절반", **columns: object) -> str:
    made = replace(Offer("", case_id=case_id, text=text), **columns)  # type: ignore[arg-type]
    return save_offer(book, made, NOW, asked="물량 절반에 대한 답").id


def covered(book: Book, case_id: str, state: str = "possible", amount: int | None = 6000, name: str = "미리별") -> str:
    return save_cover(book, Cover("", case_id=case_id, name=name, amount=amount, month="2026-12", state=state), NOW).id


# --- offers ---------------------------------------------------------------------------------------------------------


def test_an_offer_is_kept_with_its_share_condition_and_answer(book: Book) -> None:
    """S0-15: it stands in the ledger, fills its line, and is told on the timeline."""
    case_id = begun(book)
    offered(book, case_id, share=50, condition="급한 물량만", contact_id="c1")
    (row,) = case_file(book, case_id).offers
    assert (row.account_id, row.text, row.share, row.condition, row.answer, row.day, row.kind) == (
        "a", "물량 절반", 50, "급한 물량만", "thinking", DAY, "keep",
    )  # fmt: skip
    assert ticked(book, case_id) == {"offer"}
    assert [(one.kind, one.text, one.ref) for one in case_timeline(book, case_id) if one.kind == "offer"] == [
        ("offer", "물량 절반", row.id)
    ]


def test_an_accepted_offer_is_what_was_recovered(book: Book) -> None:
    """S0-16, C6: 250 of 500 is half; the line for what can be recovered is filled."""
    case_id = begun(book, lost=500)
    id = offered(book, case_id, amount=250)
    assert ledger_of(case_file(book, case_id)).tier == "none"
    row = book.get(Offer, id)
    assert row is not None
    save_offer(book, replace(row, answer="accepted"), LATER, told_as="물량 절반 · 받아들임")
    found = ledger_of(case_file(book, case_id))
    assert (found.tier, found.recovered) == ("half", 250)
    row = book.get(Offer, id)
    assert row is not None
    assert row.answered_on == "2026-11-27"
    assert ticked(book, case_id) == {"offer", "recover"}
    assert case_timeline(book, case_id)[-2].text == "물량 절반 · 받아들임"
    save_offer(book, replace(row, amount=249), LATER)
    assert ledger_of(case_file(book, case_id)).tier == "part"


def test_an_answer_promised_for_a_day_stands_among_what_is_due_until_it_is_given(book: Book) -> None:
    """S0-29: they owe it; given, moved, taken back and removed the line follows."""
    case_id = begun(book)
    id = offered(book, case_id, answer_by="2026-11-27", contact_id="c1")
    (task,) = book.rows(Task)
    assert (task.kind, task.title, task.due_on, task.state, task.contact_id) == (
        "get", "물량 절반에 대한 답", "2026-11-27", "open", "c1",
    )  # fmt: skip
    row = book.get(Offer, id)
    assert row is not None
    save_offer(book, replace(row, answer_by="2026-12-04"), NOW)
    assert book.rows(Task)[0].due_on == "2026-12-04"
    save_offer(book, replace(row, answer="refused"), LATER)
    assert (book.rows(Task)[0].state, book.rows(Task)[0].done_on) == ("done", "2026-11-27")
    save_offer(book, row, LATER)
    assert book.rows(Task)[0].state == "open"
    remove_offer(book, id, LATER)
    assert (book.rows(Offer), book.rows(Task)[0].state) == ([], "dropped")


def test_an_offer_needs_a_word_and_nothing_else(book: Book) -> None:
    case_id = begun(book)
    with pytest.raises(EmptyOfferError):
        offered(book, case_id, text=" \n ")
    with pytest.raises(NoSuchCaseError):
        offered(book, "x")
    assert book.rows(Offer) == []
    offered(book, case_id, text="단가")
    assert len(book.rows(Offer)) == 1


def test_one_undo_takes_an_offer_back_with_its_tick_its_line_and_what_is_due(book: Book) -> None:
    """C11."""
    case_id = begun(book)
    told = len(case_timeline(book, case_id))
    offered(book, case_id, amount=100, answer="accepted", answer_by="2026-11-27")
    book.undo(NOW)
    assert (book.rows(Offer), book.rows(Task), ticked(book, case_id)) == ([], [], set())
    assert len(case_timeline(book, case_id)) == told


def test_an_offer_saved_as_it_was_writes_nothing(book: Book) -> None:
    case_id = begun(book)
    id = offered(book, case_id)
    row = book.get(Offer, id)
    assert row is not None
    assert not save_offer(book, row, LATER).changed.act
    save_offer(book, replace(row, condition="주말 입고"), LATER)
    assert [one.kind for one in case_timeline(book, case_id)].count("offer") == 1


# --- new business ---------------------------------------------------------------------------------------------------


def test_new_business_counts_from_the_step_on_which_it_is_signed(book: Book) -> None:
    """S0-22, C7: 가망 of 10억 leaves the share where it was; three steps of one key sign it."""
    case_id = begun(book)
    id = covered(book, case_id, "idea", 10**9)
    shares = []
    for _ in range(3):
        step_cover(book, id, NOW)
        shares.append(ledger_of(case_file(book, case_id)).signed)
    assert shares == [0, 0, 10**9]
    book.undo(NOW)
    assert ledger_of(case_file(book, case_id)).signed == 0
    assert [one.kind for one in case_timeline(book, case_id)].count("cover") == 3


def test_new_business_belongs_to_the_account_of_its_name(book: Book) -> None:
    with book.change("setup", NOW) as change:
        change.add(Account("b", "미리별로보틱스"))
        change.add(Account("c1x", "같은상사"))
        change.add(Account("c2x", "같은상사"))
    case_id = begun(book)
    by_name = {
        name: book.get(Cover, covered(book, case_id, name=name)) for name in ("미리별로보틱스", "같은상사", "없는곳")
    }
    assert {name: row.from_id for name, row in by_name.items() if row} == {
        "미리별로보틱스": "b", "같은상사": "", "없는곳": "",
    }  # fmt: skip


def test_new_business_fills_its_line_and_an_idea_does_not(book: Book) -> None:
    case_id = begun(book)
    covered(book, case_id, "idea")
    assert ticked(book, case_id) == set()
    covered(book, case_id, "likely", name="두레박커피")
    assert ticked(book, case_id) == {"new"}
    with pytest.raises(EmptyCoverError):
        covered(book, case_id, name="")
    with pytest.raises(NoSuchLineError):
        step_cover(book, "x", NOW)


def test_a_line_written_by_mistake_goes_and_comes_back(book: Book) -> None:
    case_id = begun(book)
    id = covered(book, case_id)
    remove_cover(book, id, NOW)
    assert book.rows(Cover) == []
    book.undo(NOW)
    assert len(book.rows(Cover)) == 1


# --- places to try --------------------------------------------------------------------------------------------------


def test_three_places_fill_the_line_that_asks_for_three(book: Book) -> None:
    """S0-26: fewer are kept as well and demand nothing; the day they are answered for stands in 오늘."""
    case_id = begun(book)
    save_places(
        book, case_id, ["지난봄 견적", "", "햇귀마트"], NOW, due_on="2026-11-27", title="알아본 결과 말씀드리기"
    )
    assert [one.name for one in places(book, case_id)] == ["지난봄 견적", "햇귀마트"]
    assert ticked(book, case_id) == set()
    (task,) = book.rows(Task)
    assert (task.kind, task.due_on, task.title) == ("do", "2026-11-27", "알아본 결과 말씀드리기")
    save_places(book, case_id, ["지난봄 견적", "햇귀마트", "파주 지점"], NOW)
    assert ticked(book, case_id) == {"places"}
    assert book.rows(Task)[0].state == "dropped"
    save_places(book, case_id, ["파주 지점"], NOW)
    assert [one.name for one in places(book, case_id)] == ["파주 지점"]


def test_places_are_proposed_from_what_was_said_to_be_needed_then_from_those_being_won(book: Book) -> None:
    """S0-26."""
    with book.change("setup", NOW) as change:
        for id, name, state in (("b", "햇귀마트", "active"), ("p", "그린나래", "prospect"), ("l", "떠난곳", "lost")):
            change.add(Account(id, name, state=state))
            change.add(Signal(f"s{id}", id, kind="need", text="진열대", day=DAY))
        change.add(Signal("old", "b", kind="need", text="풀림", state="closed"))
        change.add(Signal("own", "a", kind="need", text="우리 일", day=DAY))
    assert [(one.name, one.kind, one.text) for one in ideas(book, "a")] == [
        ("햇귀마트", "need", "진열대"),
        ("그린나래", "prospect", ""),
    ]


# --- the worst case -------------------------------------------------------------------------------------------------


def test_a_large_account_that_leaves_with_nothing_signed_is_the_worst_case(book: Book) -> None:
    """S0-25, C7: what came back lessens it, what is signed for next month ends it, what is likely does not."""
    case_id = begun(book)
    found = worst(book, NOW.date())
    assert found is not None
    assert (found.signed, found.largest.name, found.largest.amount) == (0, "도담나루식품", 4500)
    offered(book, case_id, amount=2250, answer="accepted")
    covered(book, case_id, "likely", 9000)
    assert [one.amount for one in exposed(book, NOW.date())] == [2250]
    assert worst(book, NOW.date()) is not None
    covered(book, case_id, "signed", 2250, name="두레박커피")
    assert worst(book, NOW.date()) is None


def test_an_account_in_danger_is_exposed_with_what_it_usually_brings(book: Book) -> None:
    """S0-25: one with a case counts once, by its loss; one of another tier not at all."""
    with book.change("setup", NOW) as change:
        for id, tier in (("d", "A"), ("e", "B")):
            change.add(Account(id, f"위험{id}", tier=tier, entered_on="2024-01-05"))
            for number, month in enumerate(("04", "05", "06", "07", "08", "09")):
                change.add(Amount(f"{id}{number}", id, f"2026-{month}", 1200))
            change.add(Amount(f"{id}10", id, "2026-10", 60))
            change.add(Signal(f"{id}c", id, kind="complaint", day="2026-10-20", boss_asked=1))
            change.add(Signal(f"{id}v", id, kind="competitor", level="replacing", day="2026-11-01"))
            change.add(Signal(f"{id}p", id, kind="people", level="ceo", day="2026-10-20"))
    assert [row.id for row in in_danger(book, NOW.date())] == ["d"]
    assert [one.amount for one in exposed(book, NOW.date())] == [1010]
    begun(book, "d", lost=1200)
    assert [(one.account_id, one.amount) for one in exposed(book, NOW.date())] == [("d", 1200)]


def test_an_account_of_another_tier_is_not_the_worst_case(book: Book) -> None:
    """S0-25."""
    with book.change("setup", NOW) as change:
        change.edit(Account, "a", tier="B")
    begun(book)
    assert worst(book, NOW.date()) is None


def test_what_is_lost_is_written_as_a_positive_amount_or_as_not_known(book: Book) -> None:
    """S0-03."""
    case_id = begun(book, lost=-4500)
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert (case.lost_amount, case.lost_from) == (4500, "2026-11")
    set_lost(book, case_id, NOW, None)
    assert ledger_of(case_file(book, case_id)).tier == ""
