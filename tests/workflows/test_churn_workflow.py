"""이탈 대응 on a real file: a draft until the first tick, and two hard stops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.churn import CaseDraft, draft, guidance, missing_for_close
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Account, Activity, CaseEvent, CaseItem, ChurnCase, Contact, Lesson, Task
from fieldsales.domain.report_parts import efforts
from fieldsales.storage.book import Book
from fieldsales.workflows.churn import (
    BadMomentError,
    NoSuchCaseError,
    VisitNeededError,
    asked,
    attempt,
    begin,
    case_file,
    case_timeline,
    cases_this_year,
    heard,
    load_playbook,
    note,
    tick,
    untick,
)
from fieldsales.workflows.closing import CloseIncompleteError, close, reopen
from fieldsales.workflows.facts import edit_activity
from fieldsales.workflows.lessons import LessonFields, save_lesson
from fieldsales.workflows.log import LogEntry, log, quick_done
from fieldsales.workflows.reports import copied


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


def drafted(book: Book, now: datetime = NOW) -> CaseDraft:
    return draft(book.history("a"), load_playbook("churn.ko"), now, boss="팀장님", heard_at=f"{DAY}T09:12")


def begun(book: Book) -> str:
    return begin(book, drafted(book), "report", NOW).case_id


def done(book: Book, case_id: str) -> dict[str, str]:
    return {item.key: item.done_at for item in book.rows(CaseItem, case_id=case_id) if item.done_at}


def test_nothing_is_in_the_book_before_the_first_tick(book: Book) -> None:
    """N5: Esc makes it unhappen."""
    drafted(book)
    assert book.rows(ChurnCase) == []
    assert book.rows(CaseItem) == []


def test_the_first_tick_begins_the_case_and_stamps_it(book: Book) -> None:
    """S0-11."""
    case_id = begun(book)
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert (case.started_at, case.heard_at, case.heard_from, case.playbook) == (
        f"{DAY}T10:30",
        f"{DAY}T09:12",
        "c1",
        "churn",
    )
    assert done(book, case_id) == {"report": f"{DAY}T10:30"}
    assert [event.kind for event in case_timeline(book, case_id)] == ["opened", "ticked"]
    item = book.get(CaseItem, natural_id("case_item", case_id, "report"))
    assert item is not None
    assert item.title == "팀장님께 알리기"


def test_undo_takes_the_whole_case_back(book: Book) -> None:
    begun(book)
    book.undo(NOW)
    assert (book.rows(ChurnCase), book.rows(CaseItem), book.rows(CaseEvent)) == ([], [], [])


def test_a_second_beginning_goes_on_with_the_open_case(book: Book) -> None:
    case_id = begun(book)
    again = begin(book, drafted(book), "appointment", NOW)
    assert again.case_id == case_id
    assert len(book.rows(ChurnCase)) == 1
    assert set(done(book, case_id)) == {"report", "appointment"}


def test_the_visit_cannot_be_ticked_by_hand(book: Book) -> None:
    """S0-12: the first hard stop, at the first tick and after."""
    with pytest.raises(VisitNeededError):
        begin(book, drafted(book), "visit", NOW)
    assert book.rows(ChurnCase) == []
    case_id = begun(book)
    with pytest.raises(VisitNeededError):
        tick(book, case_id, "visit", NOW)
    assert set(done(book, case_id)) == {"report"}
    log(book, LogEntry("a", "visit", "c1", DAY, "10:30", heard="조건"), NOW)
    assert {"visit", "heard"} <= set(done(book, case_id))


def test_a_visit_made_before_the_first_tick_is_not_lost(book: Book) -> None:
    """S0-12: someone who went at once and opened the program later; what was before the news does not count."""
    log(book, LogEntry("a", "visit", "c1", DAY, "09:00", heard="옛 이야기"), NOW)
    early = begin(book, drafted(book), "report", NOW).case_id
    assert set(done(book, early)) == {"report"}
    book.undo(NOW)
    log(book, LogEntry("a", "call", "c1", DAY, "09:31", attempt="no_answer"), NOW)
    log(book, LogEntry("a", "visit", "c1", DAY, "10:00", heard="조건을 다시 보자"), NOW)
    case_id = begin(book, drafted(book), "report", NOW).case_id
    assert done(book, case_id)["visit"] == f"{DAY}T10:00"
    assert set(done(book, case_id)) == {"report", "appointment", "visit", "heard"}
    assert [event.kind for event in case_timeline(book, case_id)][:2] == ["attempt", "visit"]


def test_a_tick_twice_is_one_tick_and_untick_stays_on_the_timeline(book: Book) -> None:
    """C11."""
    case_id = begun(book)
    later = NOW + timedelta(minutes=5)
    assert not tick(book, case_id, "report", later).act
    untick(book, case_id, "report", later)
    assert done(book, case_id) == {}
    assert [event.kind for event in case_timeline(book, case_id)] == ["opened", "ticked", "unticked"]
    tick(book, case_id, "report", later)
    assert done(book, case_id) == {"report": f"{DAY}T10:35"}


def test_a_tick_survives_that_the_program_is_gone(book: Book, tmp_path: Path) -> None:
    """C16, S0-36: every tick is on disk; nothing was closed in order."""
    case_id = begun(book)
    tick(book, case_id, "appointment", NOW)
    note(book, case_id, "offer", "물량 절반", NOW)
    book.work.close()
    again = Book.open(tmp_path / "book.db", tmp_path / "data", today=NOW.date())
    try:
        assert set(done(again, case_id)) == {"report", "appointment"}
        assert next(i.note for i in again.rows(CaseItem, case_id=case_id) if i.key == "offer") == "물량 절반"
    finally:
        again.close()
        book._closed = True


def test_a_fixed_visit_stands_in_today_and_fixing_it_anew_moves_it(book: Book) -> None:
    case_id = begun(book)
    asked(book, case_id, NOW, at="2026-11-23 15:00")
    asked(book, case_id, NOW, at="2026-11-24T09:00")
    tasks = book.rows(Task)
    assert [(t.kind, t.due_on, t.due_time, t.title) for t in tasks] == [("meet", "2026-11-24", "09:00", "찾아가기")]
    assert set(done(book, case_id)) == {"report", "appointment"}
    case = book.get(ChurnCase, case_id)
    assert case is not None
    items = book.rows(CaseItem, case_id=case_id)
    assert guidance(case, items, case_timeline(book, case_id), NOW).id == "churn.guide.fixed_day"
    for moment in ("soon", "2026-11-19 15:00"):
        with pytest.raises(BadMomentError):
            asked(book, case_id, NOW, at=moment)


def test_attempts_are_kept_as_effort_and_close_nothing(book: Book) -> None:
    """S0-14, V5."""
    case_id = begun(book)
    attempt(book, case_id, "no_answer", NOW)
    attempt(book, case_id, "refused", NOW, kind="visit", contact_id="c2")
    kept = book.rows(Activity, case_id=case_id)
    assert sorted((a.kind, a.attempt, a.contact_id) for a in kept) == [
        ("call", "no_answer", "c1"),
        ("visit", "refused", "c2"),
    ]
    assert set(done(book, case_id)) == {"report"}
    case = book.get(ChurnCase, case_id)
    assert case is not None
    items = book.rows(CaseItem, case_id=case_id)
    assert guidance(case, items, case_timeline(book, case_id), NOW).id == "churn.guide.tried"


def test_when_we_heard_can_be_set_right_and_never_lies_ahead(book: Book) -> None:
    case_id = begun(book)
    heard(book, case_id, NOW, at="2026-11-19 17:40", who="김 부장", how="message", speaking=0)
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert (case.heard_at, case.heard_from, case.heard_by, case.speaking) == (
        "2026-11-19T17:40",
        "김 부장",
        "message",
        0,
    )
    with pytest.raises(BadMomentError):
        heard(book, case_id, NOW, at="2026-11-21 09:00")


def test_a_day_without_a_time_is_kept_as_a_day(book: Book) -> None:
    """Midnight would be an hour that nobody said."""
    case_id = begun(book)
    heard(book, case_id, NOW, at="2026-11-18")
    case = book.get(ChurnCase, case_id)
    assert case is not None and case.heard_at == "2026-11-18"
    with pytest.raises(BadMomentError):
        heard(book, case_id, NOW, at=(NOW + timedelta(days=1)).date().isoformat())
    later = begin(book, replace(drafted(book), heard_at="2026-11-18"), "report", NOW)
    assert later.case_id == case_id


def without_people(book: Book) -> None:
    with book.change("setup", NOW) as change:
        for one in book.rows(Contact, account_id="a"):
            change.remove(Contact, one.id)


def test_where_nobody_is_known_a_visit_with_words_before_the_first_tick_counts(book: Book) -> None:
    """S0-12: what was heard there was said by somebody; a visit without a word is one all the same, and no call."""
    without_people(book)
    log(book, LogEntry("a", "visit", "", DAY, "09:40"), NOW)
    log(book, LogEntry("a", "visit", "", DAY, "09:50", heard="단가가 높다"), NOW)
    case_id = begin(book, drafted(book), "report", NOW).case_id
    assert set(done(book, case_id)) == {"report", "appointment", "visit", "heard"}
    assert [one.kind for one in case_timeline(book, case_id) if one.kind != "ticked"] == ["note", "visit", "opened"]


def test_words_added_to_a_log_show_that_somebody_was_met(book: Book) -> None:
    """S0-12: a visit logged in haste is not lost; undo takes it all back."""
    without_people(book)
    case_id = begun(book)
    visit = log(book, LogEntry("a", "visit", "", DAY, "10:20"), NOW).activity_id
    edit_activity(book, visit, NOW, heard="", said="다시 오겠다", note="", day=DAY)
    assert set(done(book, case_id)) == {"report"}
    edit_activity(book, visit, NOW, heard="단가가 높다", said="", note="", day=DAY)
    assert set(done(book, case_id)) == {"report", "appointment", "visit", "heard"}
    assert [one.kind for one in book.rows(CaseEvent, ref=visit)] == ["visit"]
    book.undo(NOW)
    assert set(done(book, case_id)) == {"report"}


def test_an_appointment_with_who_told_us_by_name_alone_is_done_as_a_visit_to_them(book: Book) -> None:
    """S0-12: Space in 오늘."""
    without_people(book)
    case_id = begun(book)
    heard(book, case_id, NOW, who="정한솔 과장")
    asked(book, case_id, NOW, at=f"{DAY}T11:00")
    (task,) = book.rows(Task, kind="meet")
    quick_done(book, "a", (f"task:{task.id}",), NOW)
    (visit,) = (one for one in book.rows(Activity) if one.kind == "visit")
    assert visit.with_names == "정한솔 과장"
    assert "visit" in done(book, case_id)


def test_the_call_that_told_us_was_in_the_book_before_its_case(book: Book) -> None:
    """S0-14: it is no effort; what was asked on the phone in the minute of the beginning is."""
    log(book, LogEntry("a", "call", "c1", DAY, "09:12", heard="거래를 멈추겠다"), NOW)
    case_id = begin(book, drafted(book), "report", NOW).case_id
    assert case_file(book, case_id).visits[0].time == "09:12"
    assert efforts(case_file(book, case_id)).calls == 0
    heard(book, case_id, NOW, at=NOW.isoformat(timespec="minutes"))
    asked(book, case_id, NOW)
    assert efforts(case_file(book, case_id)).calls == 2


def test_a_log_after_the_clock_was_set_back_stands_behind_what_was_written_before(book: Book) -> None:
    """Else the next update would take it for told."""
    case_id = begun(book)
    told = copied(book, case_id, "first", NOW)
    assert told.act
    back = NOW - timedelta(hours=2)
    log(book, LogEntry("a", "visit", "c1", DAY, (back - timedelta(minutes=5)).strftime("%H:%M"), heard="들었다"), back)
    kinds = [one.kind for one in case_timeline(book, case_id) if one.kind != "ticked"]
    assert kinds == ["opened", "report", "visit"]


def test_a_case_cannot_be_closed_without_outcome_farewell_and_one_line(book: Book) -> None:
    """S0-31, S3-20, C14: the second hard stop; nothing is written."""
    case_id = begun(book)
    with pytest.raises(CloseIncompleteError) as caught:
        close(book, case_id, NOW, outcome="", farewell="")
    assert len(caught.value.missing) == 3
    with pytest.raises(CloseIncompleteError) as caught:
        close(book, case_id, NOW, outcome="half", farewell="done", lesson=LessonFields(feeling="속상했다"))
    assert [m.id for m in caught.value.missing] == ["churn.missing.lesson"]
    assert book.rows(Lesson) == []
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert case.state == "open"


def test_a_lost_case_ends_the_account_and_keeps_it(book: Book) -> None:
    """S2-28, S4-02: the account leaves the active ones and stays in the book; one undo brings all back."""
    case_id = begun(book)
    asked(book, case_id, NOW, at="2026-11-23 15:00")
    close(
        book, case_id, NOW, outcome="none", farewell="planned", lost_to="competitor", left_how="hurt",
        lesson_line="대표가 바뀌면 두 주 안에 인사", follow_up="다시 인사",
    )  # fmt: skip
    account = book.get(Account, "a")
    assert account is not None
    assert (account.state, account.ended_on, account.lost_to, account.left_how, account.farewell) == (
        "lost",
        DAY,
        "competitor",
        "hurt",
        "planned",
    )
    lesson = book.rows(Lesson)[0]
    assert (lesson.case_id, lesson.account_id, lesson.line) == (case_id, "a", "대표가 바뀌면 두 주 안에 인사")
    assert {task.title: (task.state, task.due_on) for task in book.rows(Task)} == {
        "찾아가기": ("dropped", "2026-11-23"),
        "다시 인사": ("open", "2027-02-20"),
    }
    assert case_timeline(book, case_id)[-1].kind == "closed"
    book.undo(NOW)
    account = book.get(Account, "a")
    assert account is not None
    assert account.state == "active"
    assert book.rows(Lesson) == []


@pytest.mark.parametrize(
    ("lost_to", "state", "owner"),
    [("manager", "handed", "manager"), ("released", "released", "me"), ("competitor", "lost", "me")],
)
def test_to_whom_a_case_was_lost_decides_whose_the_account_is(book: Book, lost_to: str, state: str, owner: str) -> None:
    """S2-07, S2-28: what the case was lost to stays in the case too."""
    case_id = begun(book)
    close(book, case_id, NOW, outcome="none", farewell="done", lost_to=lost_to, left_how="quiet", lesson_line="한 줄")
    account, case = book.get(Account, "a"), book.get(ChurnCase, case_id)
    assert account is not None
    assert case is not None
    assert (account.state, account.owner, account.lost_to) == (state, owner, lost_to)
    assert (case.lost_to, case.left_how) == (lost_to, "quiet")


def test_a_case_half_kept_leaves_the_account_active(book: Book) -> None:
    """S0-16."""
    case_id = begun(book)
    close(book, case_id, NOW, outcome="half", farewell="done", lesson_line="절반부터 여쭙기")
    account = book.get(Account, "a")
    assert account is not None
    assert account.state == "active"


def test_a_lesson_written_before_is_enough_for_the_close(book: Book) -> None:
    case_id = begun(book)
    save_lesson(book, LessonFields(unknown="전에 쓰던 업체"), NOW, account_id="a", case_id=case_id)
    close(book, case_id, NOW, outcome="restored", farewell="done")
    assert len(book.rows(Lesson)) == 1
    case = book.get(ChurnCase, case_id)
    assert case is not None
    assert missing_for_close(case, book.rows(Lesson)[0]) == ()


def test_a_closed_case_can_be_opened_again_with_its_account(book: Book) -> None:
    case_id = begun(book)
    close(book, case_id, NOW, outcome="none", farewell="done", lesson_line="한 줄")
    assert "close" in done(book, case_id)
    reopen(book, case_id, NOW)
    account, case = book.get(Account, "a"), book.get(ChurnCase, case_id)
    assert account is not None
    assert case is not None
    assert (account.state, account.ended_on, case.state, case.outcome) == ("active", "", "open", "")
    assert "close" not in done(book, case_id)
    assert not reopen(book, case_id, NOW).act


def test_a_case_that_is_gone_is_named(book: Book) -> None:
    with pytest.raises(NoSuchCaseError):
        tick(book, "x", "report", NOW)
    with pytest.raises(NoSuchCaseError):
        attempt(book, "x", "refused", NOW)


def test_other_cases_of_twelve_months_are_counted() -> None:
    """S0-08."""
    base = ChurnCase("1", "b", started_at="2025-11-20T09:00")
    cases = [base, replace(base, id="2", account_id="a"), replace(base, id="3", started_at="2025-11-19T23:59")]
    assert cases_this_year(cases, "a", NOW.date()) == 1
