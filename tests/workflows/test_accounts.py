"""What the forms save: a name is enough, and nothing that has a history is ever deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.churn import trigger
from fieldsales.domain.model import Account, Amount, Contact, Contract, Decision
from fieldsales.domain.people import frozen_by
from fieldsales.storage.book import Book
from fieldsales.workflows.accounts import (
    BadDayError,
    BadMonthError,
    FarewellNeededError,
    HasHistoryError,
    NoNameError,
    NoSuchRowError,
    add_account,
    add_contact,
    edit_account,
    edit_contact,
    end_account,
    first_contact,
    remove_account,
    save_contract,
    set_amount,
    set_fine,
)
from fieldsales.workflows.boss import pause_contact, resume_contact
from fieldsales.workflows.closing import won_back
from fieldsales.workflows.log import LogEntry, log


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


def account(book: Book, id: str = "a") -> Account:
    found = book.get(Account, id)
    assert found is not None
    return found


def test_an_account_needs_a_name_and_nothing_else(book: Book) -> None:
    saved = add_account(book, "  나린\t커피 ", NOW)
    assert (account(book, saved.id).name, account(book, saved.id).entered_on) == ("나린 커피", DAY)
    for empty in ("", " \u200f\x00"):
        with pytest.raises(NoNameError):
            add_account(book, empty, NOW)


def test_an_account_taken_over_is_mine_from_today_unless_said(book: Book) -> None:
    """S0-01."""
    saved = add_account(book, "마루솔유통", NOW, origin="inherited", predecessor="이 과장")
    assert account(book, saved.id).inherited_on == DAY
    said = add_account(book, "다솜결인쇄", NOW, origin="inherited", inherited_on="2026-11-07")
    assert account(book, said.id).inherited_on == "2026-11-07"


def test_a_day_that_is_none_is_refused_by_its_field(book: Book) -> None:
    with pytest.raises(BadDayError) as caught:
        edit_account(book, "a", NOW, since="곧", name="다른 이름")
    assert caught.value.field == "since"
    assert account(book).name == "도담나루식품"
    with pytest.raises(BadDayError):
        edit_contact(book, "c1", NOW, left_on="2026-11-31")
    edit_account(book, "a", NOW, since="")


def test_a_rating_is_dated_by_itself(book: Book) -> None:
    """S0-27."""
    edit_account(book, "a", NOW, relation="hurt")
    assert account(book).relation_on == DAY
    edit_account(book, "a", NOW, relation="")
    assert account(book).relation_on == ""


def test_an_account_with_a_history_is_ended_and_never_removed(book: Book) -> None:
    """S4-02, A18."""
    log(book, LogEntry("a", "call", "c1", DAY), NOW)
    with pytest.raises(HasHistoryError):
        remove_account(book, "a", NOW)
    with pytest.raises(FarewellNeededError):
        end_account(book, "a", NOW, "competitor", "")
    end_account(book, "a", NOW, "competitor", "done", "quiet", "단가 때문에")
    ended = account(book)
    assert (ended.state, ended.ended_on, ended.lost_to, ended.note) == ("lost", DAY, "competitor", "단가 때문에")
    won_back(book, "a", NOW)
    assert (account(book).state, account(book).lost_to) == ("active", "competitor")


@pytest.mark.parametrize(
    ("how", "state", "owner"),
    [("manager", "handed", "manager"), ("released", "released", "me"), ("closed", "lost", "me"), ("?", "lost", "me")],
)
def test_to_whom_it_was_lost_decides_its_state(book: Book, how: str, state: str, owner: str) -> None:
    """S2-28, S1-14."""
    end_account(book, "a", NOW, how, "impossible")
    assert (account(book).state, account(book).owner) == (state, owner)


def test_a_loss_of_no_known_kind_is_kept_as_unknown(book: Book) -> None:
    """S2-28: to whom it was lost is always one of five."""
    for how in ("?", ""):
        end_account(book, "a", NOW, how, "done")
        assert account(book).lost_to == "unknown"


def test_an_account_never_written_about_may_be_removed_with_its_people(book: Book) -> None:
    remove_account(book, "a", NOW)
    assert book.get(Account, "a") is None
    assert book.rows(Contact) == []
    book.undo(NOW)
    assert len(book.rows(Contact)) == 2
    with pytest.raises(NoSuchRowError):
        remove_account(book, "nobody", NOW)


def test_people_stand_in_the_order_they_were_put(book: Book) -> None:
    saved = add_contact(book, "a", "계은솔", NOW, title="대리", opt_out="mail")
    assert [(c.name, c.position) for c in book.history("a").contacts] == [("오세람", 0), ("하윤목", 1), ("계은솔", 2)]
    first_contact(book, saved.id, NOW)
    assert [c.name for c in book.history("a").contacts] == ["계은솔", "오세람", "하윤목"]
    with pytest.raises(NoNameError):
        add_contact(book, "a", " ", NOW)
    with pytest.raises(NoSuchRowError):
        edit_contact(book, "nobody", NOW, title="x")


def test_a_contract_is_added_and_changed(book: Book) -> None:
    saved = save_contract(book, "a", NOW, kind="prepaid", ends_on="2027-02-03", received=24_000_000)
    save_contract(book, "a", NOW, saved.id, delivered=9_000_000)
    assert [(c.kind, c.received, c.delivered) for c in book.rows(Contract)] == [("prepaid", 24_000_000, 9_000_000)]


def test_a_months_amount_is_one_row_however_often_it_is_set(book: Book) -> None:
    set_amount(book, "a", "2026-10", 45_000_000, NOW)
    set_amount(book, "a", "2026-10", 44_000_000, NOW)
    assert [(row.month, row.amount) for row in book.rows(Amount)] == [("2026-10", 44_000_000)]
    for month in ("2026-13", "10월", "2026-1"):
        with pytest.raises(BadMonthError):
            set_amount(book, "a", month, 1, NOW)


def test_setting_the_score_aside_needs_no_reason_and_ends_by_itself(book: Book) -> None:
    """S1-19, A8: one override stands at a time."""
    for month, amount in (("2026-07", 100), ("2026-08", 100), ("2026-09", 100), ("2026-10", 0)):
        set_amount(book, "a", month, amount, NOW)
    assert trigger(book.history("a"), NOW.date()) is not None
    set_fine(book, "a", date(2026, 11, 27), NOW)
    set_fine(book, "a", date(2026, 12, 1), NOW, "명절")
    assert trigger(book.history("a"), date(2026, 12, 1)) is None
    assert trigger(book.history("a"), date(2026, 12, 2)) is not None
    assert sorted(one.state for one in book.rows(Decision)) == ["closed", "open"]
    with pytest.raises(BadDayError):
        set_fine(book, "a", NOW.date(), NOW)


def test_contact_is_paused_by_order_and_goes_on(book: Book) -> None:
    """S2-23."""
    pause_contact(book, "a", NOW, "팀장님")
    assert not pause_contact(book, "a", NOW, "팀장님").act
    assert frozen_by(book.history("a"), NOW.date()) == ("팀장님", DAY)
    resume_contact(book, "a", NOW)
    assert frozen_by(book.history("a"), NOW.date()) is None


def test_an_unknown_column_is_a_mistake_of_the_program(book: Book) -> None:
    with pytest.raises(TypeError):
        edit_account(book, "a", NOW, colour="red")
