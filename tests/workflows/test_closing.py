"""The end of a case on a real file: two hard stops, the door left open, nothing deleted, and trade that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.churn import draft, farewell_text
from fieldsales.domain.model import Account, Activity, Amount, CaseItem, ChurnCase, Lesson, Offer, Task
from fieldsales.domain.standing import assess
from fieldsales.locale import Texts
from fieldsales.storage.book import Book
from fieldsales.workflows.accounts import end_account
from fieldsales.workflows.churn import NoSuchCaseError, begin, case_timeline, load_playbook
from fieldsales.workflows.closing import (
    CloseIncompleteError,
    NotGoneError,
    close,
    last_closed,
    reopen,
    won_back,
)
from fieldsales.workflows.ledger import save_offer
from fieldsales.workflows.lessons import LessonFields
from fieldsales.workflows.log import LogEntry, log, quick_done

LATER = datetime(2027, 2, 22, 9, 0)
TO_WHOM = ["competitor", "manager", "closed", "released", "unknown", ""]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


def begun(book: Book) -> str:
    made = draft(book.history("a"), load_playbook("churn.ko"), NOW, boss="팀장님", heard_at=f"{DAY}T09:12")
    case_id = begin(book, made, "report", NOW).case_id
    with book.change("setup", NOW) as change:
        for item in book.rows(CaseItem, case_id=case_id):
            if item.key == "farewell":
                change.edit(CaseItem, item.id, act="farewell")
    return case_id


def ended(book: Book, lost_to: str = "competitor", farewell: str = "done", outcome: str = "none") -> str:
    case_id = begun(book)
    close(
        book, case_id, NOW, outcome=outcome, farewell=farewell, lost_to=lost_to, left_how="quiet",
        lesson_line="대표가 바뀌면 두 주 안에 인사", farewell_title="마무리 인사 드리기",
        follow_up="나머지 여쭙기" if outcome == "half" else "",
    )  # fmt: skip
    return case_id


def account(book: Book) -> Account:
    found = book.get(Account, "a")
    assert found is not None
    return found


def checkin(book: Book, today: date) -> str:
    """The good day of the next word to the account, "" where none is due."""
    found = assess(book.history("a"), book.rules(), today)
    return next((due.good_day for due in found.dues if due.key == "checkin"), "")


# --- the close ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "farewell", "line", "missing"),
    [
        ("", "", "", ["outcome", "farewell", "lesson"]),
        ("none", "", "한 줄", ["farewell"]),
        ("none", "done", "", ["lesson"]),
        ("?", "done", "한 줄", ["outcome"]),
    ],
)
def test_a_case_closes_with_outcome_farewell_and_one_line_and_not_before(
    book: Book, outcome: str, farewell: str, line: str, missing: list[str]
) -> None:
    """S0-31, S3-20, C14: nothing is written where one of them is missing; whom it was lost to may stay open."""
    case_id = begun(book)
    with pytest.raises(CloseIncompleteError) as caught:
        close(book, case_id, NOW, outcome=outcome, farewell=farewell, lesson_line=line)
    assert [one.id for one in caught.value.missing] == [f"churn.missing.{name}" for name in missing]
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert (case.state, book.rows(Lesson), account(book).state) == ("open", [], "active")


def test_a_line_of_private_words_alone_does_not_close_it(book: Book) -> None:
    """S0-31, S0-35."""
    with pytest.raises(CloseIncompleteError):
        close(book, begun(book), NOW, outcome="none", farewell="done", lesson=LessonFields(feeling="속상했다"))


@pytest.mark.parametrize("lost_to", TO_WHOM)
def test_whoever_it_was_lost_to_nothing_about_the_account_goes(book: Book, lost_to: str) -> None:
    """A18, S2-28, S4-02: amounts, logs, offers and lessons stay, it is found by its name, and its case says to whom."""
    case_id = begun(book)
    with book.change("setup", NOW) as change:
        change.add(Amount("m", "a", "2026-10", 4500))
        change.add(Activity("v", "a", "c1", "visit", day="2026-05-19", heard="물량은 그대로"))
    save_offer(book, Offer("", case_id=case_id, text="물량 절반"), NOW)
    before = book.history("a")
    close(book, case_id, NOW, outcome="none", farewell="done", lost_to=lost_to, lesson_line="한 줄")
    after = book.history("a")
    assert (after.amounts, after.activities, after.offers, after.contacts) == (
        before.amounts, before.activities, before.offers, before.contacts,
    )  # fmt: skip
    assert account(book).state == {"manager": "handed", "released": "released"}.get(lost_to, "lost")
    assert account(book).lost_to == (lost_to or "unknown")
    assert [row.id for row in book.accounts(NOW.date(), query="도담나루", state="all")] == ["a"]
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert case.lost_to == lost_to


def test_a_part_kept_leaves_the_account_and_asks_again_in_three_months(book: Book) -> None:
    """S0-16: "나머지는 석 달 뒤에 다시 여쭤 봐요"."""
    ended(book, outcome="half")
    assert account(book).state == "active"
    assert [(one.title, one.due_on, one.state) for one in book.rows(Task)] == [("나머지 여쭙기", "2027-02-20", "open")]


def test_a_farewell_that_is_planned_comes_up_on_the_next_working_day(book: Book) -> None:
    """S3-20: on Monday, for the case was closed on a Friday."""
    ended(book, farewell="planned")
    (task,) = book.rows(Task)
    assert (task.title, task.due_on, task.state) == ("마무리 인사 드리기", "2026-11-23", "open")


def test_a_planned_farewell_that_is_done_in_today_is_said_in_the_case_too(book: Book) -> None:
    """S3-20: one key, one act, and undone whole."""
    case_id = ended(book, farewell="planned")
    (task,) = book.rows(Task)
    quick_done(book, "a", (f"task:{task.id}",), LATER)
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert (case.farewell, account(book).farewell) == ("done", "done")
    book.undo(LATER)
    assert (account(book).farewell, book.rows(Task)[0].state) == ("planned", "open")
    log(book, LogEntry(account_id="a", kind="call", done_tasks=(task.id,)), LATER)
    assert account(book).farewell == "done"


def test_a_farewell_that_was_said_ticks_its_line(book: Book) -> None:
    """S3-20."""
    case_id = ended(book)
    assert {item.key for item in book.rows(CaseItem, case_id=case_id) if item.done_at} == {
        "report",
        "close",
        "farewell",
    }
    assert book.rows(Task) == []


def test_one_undo_takes_the_whole_close_back(book: Book) -> None:
    case_id = ended(book, farewell="planned")
    book.undo(NOW)
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert (case.state, account(book).state, book.rows(Task), book.rows(Lesson)) == ("open", "active", [], [])


def test_how_they_left_decides_the_words_of_the_farewell(book: Book) -> None:
    """S3-22, S3-20: thanks to those who left without a word, an apology to those who left hurt."""
    history = book.history("a")
    t = Texts("ko")
    quiet, hurt = (t.say(farewell_text(history, "c1", how, NOW.date())) for how in ("quiet", "hurt"))
    assert "고맙습니다" in quiet and "죄송합니다" not in quiet
    assert "죄송합니다" in hurt
    assert quiet.startswith("차장님")
    assert all(text.endswith(".") and "[" not in text for text in (quiet, hurt))


# --- after it -------------------------------------------------------------------------------------------------------


def test_after_three_six_and_twelve_months_it_asks_to_check_in(book: Book) -> None:
    """S3-21, A19."""
    ended(book)
    days = {checkin(book, day) for day in (date(2027, 2, 21), date(2027, 5, 21), date(2027, 11, 21))}
    assert days == {"2027-02-22", "2027-05-20", "2027-11-22"}  # off a weekend to the Monday


def test_those_i_let_go_are_thought_of_once_a_year_and_the_door_stays_open(book: Book) -> None:
    """S1-14, S4-02: 정리 means that my time goes elsewhere."""
    ended(book, "released")
    assert [checkin(book, day) for day in (date(2027, 2, 21), date(2027, 6, 1))] == ["", ""]
    assert checkin(book, date(2027, 11, 21)) == "2027-11-22"
    won_back(book, "a", LATER)
    assert account(book).state == "active"


def test_an_account_ended_without_a_case_is_asked_after_as_well(book: Book) -> None:
    """A19, S3-21."""
    end_account(book, "a", NOW, "competitor", "done")
    assert checkin(book, date(2027, 2, 21)) == "2027-02-22"


def test_a_farewell_planned_without_a_case_comes_up_and_is_said_as_well(book: Book) -> None:
    """S3-20, A18."""
    end_account(book, "a", NOW, "released", "planned", farewell_title="마무리 인사 드리기")
    (task,) = book.rows(Task)
    assert (task.title, task.due_on) == ("마무리 인사 드리기", "2026-11-23")
    quick_done(book, "a", (f"task:{task.id}",), LATER)
    assert account(book).farewell == "done"


def test_a_case_opened_again_after_they_came_back_leaves_the_account_as_it_is(book: Book) -> None:
    """S3-21: the day it left and to whom stay known."""
    case_id = ended(book)
    won_back(book, "a", LATER)
    before = account(book)
    reopen(book, case_id, LATER)
    assert account(book) == before


def test_an_account_that_is_handed_over_is_not_mine_to_call(book: Book) -> None:
    """S2-07, S2-28."""
    ended(book, "manager")
    assert checkin(book, date(2027, 2, 21)) == ""


def test_trade_that_comes_back_keeps_the_day_it_left_beside_the_day_it_returned(book: Book) -> None:
    """S3-21, A18: who it was lost to stays known, and the check-ins end."""
    case_id = ended(book, farewell="planned")
    won_back(book, "a", LATER, told_as="다시 거래 시작")
    back = account(book)
    assert (back.state, back.owner, back.ended_on, back.won_back_on, back.lost_to) == (
        "active", "me", DAY, "2027-02-22", "competitor",
    )  # fmt: skip
    assert checkin(book, date(2027, 5, 21)) == ""
    assert case_timeline(book, case_id)[-1].text == "다시 거래 시작"
    assert book.rows(Task)[0].state == "dropped"
    book.undo(LATER)
    assert (account(book).state, account(book).won_back_on) == ("lost", "")


def test_only_what_had_left_can_come_back(book: Book) -> None:
    with pytest.raises(NotGoneError):
        won_back(book, "a", NOW)
    with pytest.raises(NotGoneError):
        won_back(book, "x", NOW)


def test_a_case_opened_again_keeps_everything_that_was_written(book: Book) -> None:
    """C14: the lesson, the offers, and that it had been closed; what the close left to do is no longer asked for."""
    case_id = ended(book, farewell="planned")
    told = [(one.kind, one.ref) for one in case_timeline(book, case_id)]
    reopen(book, case_id, LATER)
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert (case.state, account(book).state, account(book).ended_on) == ("open", "active", "")
    assert [(one.kind, one.ref) for one in case_timeline(book, case_id)] == [*told, ("opened", "again")]
    assert ("closed", "none") in told
    assert len(book.rows(Lesson)) == 1
    assert book.rows(Task)[0].state == "dropped"
    close(book, case_id, LATER, outcome="none", farewell="planned", farewell_title="마무리 인사 드리기")
    assert [one.state for one in book.rows(Task)] == ["open"]
    assert account(book).ended_on == "2027-02-22"


def test_an_account_that_was_ended_again_by_hand_stays_ended_when_a_case_is_opened_again(book: Book) -> None:
    case_id = ended(book)
    won_back(book, "a", LATER)
    end_account(book, "a", LATER, "closed", "impossible")
    reopen(book, case_id, LATER)
    assert (account(book).state, account(book).lost_to) == ("lost", "closed")


def test_the_case_to_open_again_is_the_one_closed_last(book: Book) -> None:
    first = ended(book, outcome="half")
    with book.change("setup", NOW) as change:
        change.add(ChurnCase("old", "a", state="closed", closed_at="2025-03-01T10:00", outcome="restored"))
    found = last_closed(book, "a")
    assert found is not None
    assert found.id == first
    reopen(book, first, LATER)
    assert last_closed(book, "a") is None
    with pytest.raises(NoSuchCaseError):
        reopen(book, "x", LATER)
