"""고맙다는 한마디: offered with a log after a good meeting or an order, gone where it is not taken up, never late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.log_effects import LogEntry, thanks_offered
from fieldsales.domain.model import Account, Activity, ChurnCase, Deal, Decision, History, Signal, Task
from fieldsales.domain.standing import assess
from fieldsales.storage.book import Book
from fieldsales.workflows.log import log, quick_done

TODAY = NOW.date()
HERE = History(Account("a", "도담나루식품"))
VISIT = LogEntry("a", "visit", "c1", DAY)
CALL = replace(VISIT, kind="call")
WORDS = "고맙다는 한마디 남기기"


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


def thanks(book: Book) -> list[Task]:
    return [task for task in book.rows(Task) if task.sheet == "thanks"]


@pytest.mark.parametrize(
    ("entry", "offered"),
    [
        (VISIT, True),
        (CALL, False),
        (replace(VISIT, kind="message"), False),
        (replace(VISIT, chips=("complaint",)), False),
        (replace(VISIT, chips=("need", "note")), True),
        (replace(VISIT, marks=("hard",)), False),
        (replace(VISIT, attempt="no_answer"), False),
        (replace(VISIT, by="팀장님"), False),
    ],
)
def test_a_word_of_thanks_is_offered_after_a_good_meeting_of_mine(entry: LogEntry, offered: bool) -> None:
    """S0-28: one line with the log, and only where there is something to be grateful for."""
    assert thanks_offered(HERE, entry, TODAY) is offered


def test_while_a_complaint_stays_open_nothing_is_offered() -> None:
    """S0-28: the answer comes first; solved in the same breath it is a good meeting."""
    hurt = replace(HERE, signals=(Signal("s", "a", kind="complaint", text="납기", day=ago(9)),))
    assert not thanks_offered(hurt, VISIT, TODAY)
    assert not thanks_offered(replace(hurt, deals=(Deal("d", "a", ago(1), 10),)), CALL, TODAY)
    assert thanks_offered(hurt, replace(VISIT, closed_signals=("s",)), TODAY)


def test_an_order_of_the_last_week_is_thanked_for_once() -> None:
    """S0-28: whatever is logged then, until a word of thanks was noted."""
    for days, offered in ((0, True), (7, True), (8, False), (-1, False)):
        assert thanks_offered(replace(HERE, deals=(Deal("d", "a", ago(days), 10),)), CALL, TODAY) is offered
    ordered = replace(HERE, deals=(Deal("d", "a", ago(3), 10),))
    for since, offered in ((ago(3), False), (ago(4), True)):
        task = Task("t", "a", kind="do", sheet="thanks", promised_on=since, state="done")
        assert thanks_offered(replace(ordered, tasks=(task,)), CALL, TODAY) is offered


def test_in_a_case_in_a_pause_and_beside_another_nothing_is_offered() -> None:
    """S0-28, S2-23: no word of thanks on the worst morning, none against an order."""
    open_one = Task("t", "a", kind="do", sheet="thanks", promised_on=ago(30))
    pause = Decision("f", "a", kind="freeze", day=ago(1))
    assert not thanks_offered(replace(HERE, tasks=(open_one,)), VISIT, TODAY)
    assert not thanks_offered(replace(HERE, cases=(ChurnCase("k", "a"),)), VISIT, TODAY)
    assert not thanks_offered(replace(HERE, decisions=(pause,)), VISIT, TODAY)


def test_a_word_of_thanks_that_is_taken_up_stands_in_today_and_is_never_late(book: Book) -> None:
    """S0-28: one act with the log; done by one key, and the day it was said is kept."""
    log(book, replace(VISIT, thanks=WORDS), NOW)
    (task,) = thanks(book)
    assert (task.title, task.kind, task.due_on, task.promised_on, task.contact_id) == (
        WORDS, "do", "2026-11-23", DAY, "c1",
    )  # fmt: skip

    def line(day: date) -> tuple[str, str, str] | None:
        found = {one.key: one for one in assess(book.history("a"), book.rules(), day).dues}.get(f"task:{task.id}")
        return None if found is None else (found.good_day, found.last_day[:4], found.why.id)

    assert line(date(2026, 11, 23)) == line(date(2027, 3, 1)) == ("2026-11-23", "9999", "due.why_thanks")
    quick_done(book, "a", [f"task:{task.id}"], NOW)
    assert [(one.state, one.done_on) for one in thanks(book)] == [("done", DAY)]
    book.undo(NOW)
    book.undo(NOW)
    assert (book.rows(Activity), thanks(book)) == ([], [])


def test_a_pause_of_contact_hides_a_word_of_thanks(book: Book) -> None:
    """S0-28, S2-23."""
    log(book, replace(VISIT, thanks=WORDS), NOW)
    with book.change("setup", NOW) as change:
        change.add(Decision("f", "a", kind="freeze", by="팀장님", day=DAY))
    assert all(not one.key.startswith("task:") for one in assess(book.history("a"), book.rules(), TODAY).dues)


def test_what_is_not_taken_up_or_not_offered_leaves_nothing(book: Book) -> None:
    """S0-28: gone if not taken; and a tick that the talk has overtaken is no word of thanks."""
    log(book, VISIT, NOW)
    log(book, replace(CALL, thanks=WORDS), NOW)
    log(book, replace(VISIT, thanks=WORDS, chips=("complaint",), heard="납기가 늦었다"), NOW)
    assert thanks(book) == []
