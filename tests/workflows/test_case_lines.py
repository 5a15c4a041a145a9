"""The timeline of a case on a real file: it writes itself, and what one adds or corrects stays in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.churn import CaseDraft, draft
from fieldsales.domain.dates import NEVER
from fieldsales.domain.model import Account, Activity, Amount, CaseEvent, CaseItem, ChurnCase, PutOff, Task
from fieldsales.domain.triggers import trigger
from fieldsales.storage.book import Book
from fieldsales.workflows.case_lines import add_line, edit_line, remove_line
from fieldsales.workflows.churn import (
    BadMomentError,
    NothingProposedError,
    asked,
    attempt,
    begin,
    begin_asking,
    case_timeline,
    dismiss,
    fill,
    heard,
    load_playbook,
    tick,
    turned_down,
    untick,
)
from fieldsales.workflows.closing import close, reopen
from fieldsales.workflows.log import LogEntry, attempted, log, quick_done

LATER = NOW + timedelta(minutes=10)
TOMORROW = (NOW + timedelta(days=1)).date().isoformat()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


def drafted(book: Book) -> CaseDraft:
    return draft(book.history("a"), load_playbook("churn.ko"), NOW, boss="팀장님", heard_at=f"{DAY}T09:12")


@pytest.fixture
def case(book: Book) -> str:
    return begin(book, drafted(book), "report", NOW).case_id


def told(book: Book, case: str) -> list[tuple[str, str]]:
    return [(event.kind, event.text) for event in case_timeline(book, case)]


def test_every_act_of_a_run_writes_its_own_line(book: Book, case: str) -> None:
    """C11, S0-13, S0-14."""
    attempt(book, case, "no_answer", NOW + timedelta(minutes=1))
    log(book, LogEntry("a", kind="call", contact_id="c1", heard="내일 오라고"), NOW + timedelta(minutes=2))
    tick(book, case, "offer", NOW + timedelta(minutes=3))
    untick(book, case, "offer", NOW + timedelta(minutes=4))
    assert [kind for kind, _ in told(book, case)] == ["opened", "ticked", "attempt", "call", "ticked", "unticked"]


def test_a_note_stands_at_its_moment_and_what_is_to_be_done_of_it_is_due(book: Book, case: str) -> None:
    """C11: notes and lines to do."""
    add_line(book, case, "표 과장이 넌지시 알려 줌", LATER, at=f"{DAY}T09:40", todo="내일까지 단가표 드리기")
    assert case_timeline(book, case)[0].text == "표 과장이 넌지시 알려 줌"
    (task,) = book.rows(Task, case_id=case)
    assert (task.title, task.due_on, task.state, task.origin) == ("단가표 드리기", TOMORROW, "open", "case")
    book.undo(LATER)
    assert (book.rows(Task, case_id=case), len(case_timeline(book, case))) == ([], 2)
    assert add_line(book, case, " ", LATER).act == ""
    with pytest.raises(BadMomentError):
        add_line(book, case, "x", LATER, at=f"{TOMORROW}T09:00")


def test_a_line_is_corrected_and_a_tick_takes_its_time_with_it(book: Book, case: str) -> None:
    """C11: editable."""
    tick(book, case, "offer", LATER)
    event = case_timeline(book, case)[-1]
    edit_line(book, event.id, LATER, at=f"{DAY}T10:35", text="not mine to change")
    moved = book.get(CaseEvent, event.id)
    assert moved is not None
    assert (moved.at, moved.text) == (f"{DAY}T10:35", event.text)
    (item,) = [one for one in book.rows(CaseItem, case_id=case) if one.key == "offer"]
    assert item.done_at == f"{DAY}T10:35"


def test_a_close_that_is_moved_takes_its_lines_and_its_account_with_it(book: Book, case: str) -> None:
    """C11, S3-20: the case, its last lines and the day the account left; a close that was taken back moves nothing."""
    after = NOW + timedelta(days=2)
    close(book, case, after, outcome="none", farewell="done", lesson_line="먼저 가기")
    ends = [event for event in case_timeline(book, case) if event.kind == "closed"]
    last = [one.key for one in book.rows(CaseItem, case_id=case) if one.done_at == ends[0].at]
    assert {"close", "farewell"} >= set(last) and last
    edit_line(book, ends[0].id, after, at=f"{TOMORROW}T17:30")
    (kept,) = book.rows(ChurnCase, id=case)
    account = book.get(Account, "a")
    assert account is not None and (kept.closed_at, account.ended_on) == (f"{TOMORROW}T17:30", TOMORROW)
    assert [one.key for one in book.rows(CaseItem, case_id=case) if one.done_at == f"{TOMORROW}T17:30"] == last
    reopen(book, case, after)  # the end that was corrected is known as the end of this case
    account = book.get(Account, "a")
    assert account is not None and (account.state, account.ended_on) == ("active", "")
    edit_line(book, ends[0].id, after, at=f"{TOMORROW}T12:00")
    (kept,) = book.rows(ChurnCase, id=case)
    assert (kept.state, kept.closed_at) == ("open", "")


def test_only_a_note_of_ones_own_can_be_taken_off(book: Book, case: str) -> None:
    add_line(book, case, "메모", LATER)
    for event in case_timeline(book, case):
        remove_line(book, event.id, LATER)
    assert [kind for kind, _ in told(book, case)] == ["opened", "ticked"]


def test_m_again_within_the_minute_says_that_they_refused(book: Book, case: str) -> None:
    """S0-14, V5: one attempt, its answer corrected; later it is another attempt."""
    attempt(book, case, "no_answer", NOW)
    assert turned_down(book, "a", NOW + timedelta(seconds=20)) is not None
    assert [one.attempt for one in book.rows(Activity)] == ["refused"]
    assert ("attempt", "refused") in told(book, case)
    assert turned_down(book, "a", NOW + timedelta(seconds=40)) is None
    book.undo(LATER)
    assert [one.attempt for one in book.rows(Activity)] == ["no_answer"]
    assert ("attempt", "no_answer") in told(book, case)
    assert turned_down(book, "a", NOW + timedelta(minutes=2)) is None


def test_m_in_another_case_of_the_account_is_another_try(book: Book, case: str) -> None:
    """S0-14: what was tried for one case refuses nothing of the other."""
    attempt(book, case, "no_answer", NOW)
    assert turned_down(book, "a", NOW + timedelta(seconds=20), "another") is None
    assert turned_down(book, "a", NOW + timedelta(seconds=20), case) is not None


def test_three_refused_attempts_stay_and_tick_nothing(book: Book, case: str) -> None:
    """S0-14."""
    for number in range(3):
        attempt(book, case, "refused", NOW + timedelta(hours=number))
    assert [text for kind, text in told(book, case) if kind == "attempt"] == ["refused"] * 3
    assert {item.key for item in book.rows(CaseItem, case_id=case) if item.done_at} == {"report"}


def test_asking_for_a_time_logs_the_call_and_fixes_the_visit_in_one_act(book: Book, case: str) -> None:
    """S0-12, S0-17: a call with a time fixed never closes the visit."""
    asked(book, case, LATER, at=f"{TOMORROW}T15:00", heard="본부장님도 나오신다")
    kept = book.get(ChurnCase, case)
    assert kept is not None
    assert kept.visit_at == f"{TOMORROW}T15:00"
    assert [(one.kind, one.due_on, one.due_time) for one in book.rows(Task, case_id=case)] == [
        ("meet", TOMORROW, "15:00")
    ]
    assert [(one.kind, one.heard, one.case_id) for one in book.rows(Activity)] == [
        ("call", "본부장님도 나오신다", case)
    ]
    assert {item.act for item in book.rows(CaseItem, case_id=case) if item.done_at} == {"report", "appointment"}
    book.undo(LATER)
    assert (book.rows(Task, case_id=case), book.rows(Activity)) == ([], [])
    with pytest.raises(BadMomentError):
        asked(book, case, LATER, at="2026-01-02")


def test_a_case_may_begin_with_the_call_and_undo_takes_all_of_it(book: Book) -> None:
    begun = begin_asking(book, drafted(book), NOW, at=TOMORROW)
    kept = book.get(ChurnCase, begun.case_id)
    assert kept is not None
    assert kept.visit_at == TOMORROW
    assert {item.act for item in book.rows(CaseItem, case_id=begun.case_id) if item.done_at} == {"appointment"}
    book.undo(NOW)
    assert (book.rows(ChurnCase), book.rows(Task), book.rows(Activity), book.rows(CaseEvent)) == ([], [], [], [])


def test_how_it_was_heard_is_corrected_in_one_form(book: Book, case: str) -> None:
    """S0-21: when, from whom, how, on speaking terms or not, and who could ask for me; what is not given stays."""
    heard(book, case, LATER, at=f"{DAY}T08:50", who="표지환", how="visit", speaking=0, through="c1")
    kept = book.get(ChurnCase, case)
    assert kept is not None
    assert (kept.heard_at, kept.heard_from, kept.heard_by, kept.speaking, kept.through) == (
        f"{DAY}T08:50", "표지환", "visit", 0, "c1",
    )  # fmt: skip
    assert kept.trigger == "notice"
    heard(book, case, LATER, how="call")
    assert book.get(ChurnCase, case) == ChurnCase(**{**_columns(kept), "heard_by": "call"})  # type: ignore[arg-type]


def test_a_case_from_the_figures_that_somebody_told_us_of_becomes_a_notice(book: Book, case: str) -> None:
    """S0-10: and the other way round; without a word about it, it stays."""
    for how, kind in (("figures", "volume"), ("", "volume"), ("message", "notice")):
        heard(book, case, LATER, how=how)
        kept = book.get(ChurnCase, case)
        assert kept is not None
        assert kept.trigger == kind


def _columns(case: ChurnCase) -> dict[str, object]:
    from dataclasses import fields

    return {one.name: getattr(case, one.name) for one in fields(case)}


def test_a_journey_west_puts_no_line_before_what_was_written(book: Book, case: str) -> None:
    """Sleep, time zones, a changed clock: nothing runs backwards, nothing vanishes."""
    west = NOW - timedelta(hours=9)
    tick(book, case, "offer", west)
    attempt(book, case, "no_answer", west + timedelta(minutes=1))
    asked(book, case, west + timedelta(minutes=2), at=TOMORROW)
    add_line(book, case, "비행기에서", west + timedelta(minutes=3))
    kinds = ["opened", "ticked", "ticked", "attempt", "call", "note", "ticked", "note"]
    assert [event.kind for event in case_timeline(book, case)] == kinds
    assert {event.at for event in case_timeline(book, case)} == {f"{DAY}T10:30"}
    assert {item.done_at for item in book.rows(CaseItem, case_id=case) if item.done_at} == {f"{DAY}T10:30"}
    heard(book, case, west, at=f"{DAY}T09:12")  # what stood there already is not refused


def test_a_line_filled_by_an_act_never_stands_before_what_was_written(book: Book, case: str) -> None:
    """Sleep, time zones, a changed clock: whatever fills a line, however early its clock."""
    with book.change("offer", NOW) as change:
        fill(book, change, case, {"offer"}, f"{DAY}T01:30")
    assert case_timeline(book, case)[-1].at == f"{DAY}T10:30"
    assert [item.done_at for item in book.rows(CaseItem, case_id=case) if item.act == "offer"] == [f"{DAY}T10:30"]


def test_a_log_written_afterwards_stands_at_its_own_time(book: Book, case: str) -> None:
    log(book, LogEntry("a", kind="call", contact_id="c1", heard="먼저 한 통화", time="09:50"), LATER)
    assert case_timeline(book, case)[0].text == "먼저 한 통화"


def stopped(book: Book) -> None:
    with book.change("setup", NOW) as change:
        change.edit(Account, "a", state="active")
        for month in range(4, 10):
            change.put(Amount(f"m{month}", "a", f"2026-{month:02d}", 100))
        change.put(Amount("m10", "a", "2026-10", 0))


def test_one_key_sets_a_proposal_aside_and_undo_brings_it_back(book: Book) -> None:
    """S0-10, C1."""
    stopped(book)
    assert trigger(book.history("a"), NOW.date()) is not None
    dismiss(book, "a", NOW)
    assert trigger(book.history("a"), NOW.date()) is None
    assert [(one.what, one.until) for one in book.rows(PutOff)] == [("propose:2026-10", NEVER)]
    with pytest.raises(NothingProposedError):
        dismiss(book, "a", NOW)
    book.undo(NOW)
    assert trigger(book.history("a"), NOW.date()) is not None


def test_space_on_a_proposal_logs_nothing(book: Book) -> None:
    """What cannot be done in one key opens its page instead; an attempt there is kept."""
    stopped(book)
    assert quick_done(book, "a", ("propose:2026-10",), NOW).changed.act == ""
    assert book.rows(Activity) == []
    attempted(book, "a", ("propose:2026-10",), NOW)
    assert [one.outcome for one in book.rows(Activity)] == ["attempt"]


def test_what_was_tried_before_the_first_tick_belongs_to_the_case(book: Book) -> None:
    """S0-14: also an answer corrected by a second m."""
    attempted(book, "a", (), datetime.fromisoformat(f"{DAY}T09:20"))
    turned_down(book, "a", datetime.fromisoformat(f"{DAY}T09:20"))
    case = begin(book, drafted(book), "report", NOW).case_id
    assert told(book, case)[0] == ("attempt", "refused")
