"""윗분: requests, joint visits, visits without me, pauses and handovers, each one act that undo takes back whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.boss import answers_of, joint_planned, mandates, pause_of, plan_due, requests, unasked
from fieldsales.domain.model import (
    TABLES,
    Account,
    Activity,
    CaseEvent,
    Changed,
    ChurnCase,
    Decision,
    Fact,
    Lesson,
    Sheet,
    SheetItem,
    Signal,
    Task,
)
from fieldsales.domain.people import clock, is_meeting
from fieldsales.domain.timeline import history_lines
from fieldsales.storage.book import Book
from fieldsales.workflows import boss as work
from fieldsales.workflows import sheets
from fieldsales.workflows.joint import keep_joint, plan_joint
from fieldsales.workflows.log import LogEntry, log, quick_done

TODAY = NOW.date()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def everything(book: Book) -> list[object]:
    found: list[object] = []
    for kind in TABLES.values():
        found += book.rows(kind)
    return found


def open_case(book: Book) -> None:
    with book.change("setup", NOW) as change:
        change.add(ChurnCase("k", "a", heard_at=f"{DAY}T09:12", started_at=f"{DAY}T09:26"))


def plan(book: Book, **rest: object) -> Changed:
    columns: dict[str, object] = {"title": "팀장님과 동반 방문", "prepare": "준비표 보기", **rest}
    return plan_joint(book, "a", NOW, **columns).changed  # type: ignore[arg-type]


def lines(book: Book) -> list[str]:
    return [key for line in book.agenda(TODAY).today for key in line.keys]


# --- the request and the self-check ----------------------------------------------------------------------------------


def test_a_request_keeps_who_asked_why_and_when(book: Book) -> None:
    """S2-04: and the complaint it was about weighs more."""
    with book.change("setup", NOW) as change:
        change.add(Signal("s", "a", "c1", kind="complaint", text="납기", day=day(-9)))
    before = everything(book)
    work.request(book, "a", NOW, words="위에 분 좀 뵙시다", contact_id="c1", complaint_id="s", day=day(-1))
    (found,) = requests(book.history("a"))
    assert (found.contact_id, found.text, found.day, found.kind) == ("c1", "위에 분 좀 뵙시다", day(-1), "boss_asked")
    assert [one.boss_asked for one in book.rows(Signal) if one.id == "s"] == [1]
    book.undo(NOW)
    assert everything(book) == before


def test_a_request_of_tomorrow_is_refused(book: Book) -> None:
    with pytest.raises(work.BossDayError):
        work.request(book, "a", NOW, day=day(1))


def test_a_request_needs_no_word_and_writes_no_lesson(book: Book) -> None:
    """S2-10, C12: nothing typed is needed, and nothing goes into a lesson."""
    open_case(book)
    work.request(book, "a", NOW)
    plan(book)
    assert len(requests(book.history("a"))) == 1
    assert book.rows(Lesson) == []


def test_answers_of_the_self_check_are_one_row_a_day(book: Book) -> None:
    """S2-09."""
    for check in ("interest", "rival", "rival", "care", "care", "care"):
        work.answer(book, "a", check, NOW)
    assert answers_of(book.history("a"), TODAY) == {"interest": "yes", "rival": "no"}
    assert len(book.rows(Decision)) == 1
    with pytest.raises(ValueError, match="trust"):
        work.answer(book, "a", "trust", NOW)


# --- the joint visit -------------------------------------------------------------------------------------------------


def test_a_joint_visit_is_planned_with_its_sheet_in_one_act(book: Book) -> None:
    """V9, S2-13, S2-15, S2-16: appointment, sheet, the people to be asked, and the line two days before."""
    joint = sheets.load("joint", "ko").playbook
    before = everything(book)
    plan(book, day=day(9), time="14:00", contact_id="c1", purpose="불만 듣기", playbook=joint, boss="팀장님",
         ask=[("c1", "오세람 차장께 여쭙기"), ("c2", "하윤목 대표께 여쭙기")])  # fmt: skip
    task = joint_planned(book.history("a"))
    assert task is not None and (task.due_on, task.due_time, task.contact_id) == (day(9), "14:00", "c1")
    (sheet,) = book.rows(Sheet)
    assert (sheet.playbook, sheet.task_id, sheet.day, sheet.state) == ("joint", task.id, day(9), "open")
    assert sheet.title.endswith("불만 듣기")
    rows = sheets.items(book, sheet.id)
    assert {item.key for item in joint.items} < {row.key for row in rows}
    assert all("{boss}" not in row.title + row.help for row in rows)
    assert [row.key for row in unasked(rows)] == ["ask_c1", "ask_c2"]
    assert [(one.due_on, one.sheet) for one in book.rows(Task) if one.id != task.id] == [(day(7), "joint")]
    book.undo(NOW)
    assert everything(book) == before


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_sheet_of_a_joint_visit_asks_for_aims_who_speaks_who_hosts_and_the_wish(lang: str) -> None:
    """S2-15, S2-16, S2-17, S2-18."""
    keys = {item.key for item in sheets.load("joint", lang).playbook.items}
    assert {"their_aim", "our_aim", "agreed", "listen", "order", "host", "wish", "mandate", "market"} <= keys


def test_a_joint_visit_needs_nothing_and_is_moved_not_doubled(book: Book) -> None:
    """C12: Enter passes; a day that comes later moves the line of its sheet, too."""
    plan(book)
    (first,) = book.rows(Task)
    assert first.due_on == "" and book.rows(Sheet) == []
    joint = sheets.load("joint", "en").playbook
    plan(book, day=day(9), playbook=joint)
    plan(book, day=day(5), playbook=joint, ask=[("c1", "여쭙기")])
    plan(book, day=day(5), playbook=joint, ask=[("c1", "여쭙기")])
    assert [one.id for one in book.rows(Task) if one.kind == "meet"] == [first.id]
    assert [one.due_on for one in book.rows(Task) if one.kind == "do"] == [day(3)]
    (sheet,) = book.rows(Sheet)
    assert sheet.day == day(5)
    assert sum(one.act == "ask" for one in book.rows(SheetItem)) == 1
    plan(book)
    assert [one.state for one in book.rows(Task) if one.kind == "do"] == ["dropped"]


def test_a_sheet_that_was_begun_by_hand_goes_on_with_what_is_written_on_it(book: Book) -> None:
    """S2-15."""
    joint = sheets.load("joint", "ko").playbook
    begun = sheets.begin(book, joint, "a", NOW)
    sheets.write(book, begun.sheet_id, "our_aim", "도면을 끝내기", NOW)
    plan(book, day=day(9), playbook=joint)
    assert [one.id for one in book.rows(Sheet)] == [begun.sheet_id]
    assert next(one.text for one in sheets.items(book, begun.sheet_id) if one.key == "our_aim") == "도면을 끝내기"


def test_a_joint_visit_stands_in_the_open_case(book: Book) -> None:
    """V9: its day becomes that of the visit, unless one is fixed already; the timeline tells it."""
    open_case(book)
    plan(book, day=day(2), time="15:00")
    case = book.get(ChurnCase, "k")
    assert case is not None and case.visit_at == f"{day(2)}T15:00"
    assert [(one.kind, one.text) for one in book.rows(CaseEvent, case_id="k")] == [("boss", "팀장님과 동반 방문")]
    plan(book, day=day(4))
    again = book.get(ChurnCase, "k")
    assert again is not None and again.visit_at == f"{day(2)}T15:00"


def test_a_joint_visit_of_yesterday_cannot_be_planned(book: Book) -> None:
    with pytest.raises(work.BossDayError):
        plan(book, day=day(-1))


def test_the_log_of_a_planned_joint_visit_is_joint_and_is_asked_about_in_a_week(book: Book) -> None:
    """S2-19, S3-15: it answers the request for my manager, and its sheet is no longer offered."""
    work.request(book, "a", NOW, contact_id="c1", day=day(-3))
    plan(book, day=DAY, contact_id="c1")
    log(book, LogEntry("a", "visit", "c1", heard="날짜가 있으면 됐다"), NOW)
    (activity,) = book.rows(Activity)
    assert activity.joint == 1 and is_meeting(activity)
    assert [one.state for one in book.rows(Signal)] == ["closed"]
    tasks = {(one.sheet, one.kind): one for one in book.rows(Task)}
    assert tasks["joint", "meet"].state == "done" and tasks["joint", "do"].state == "done"
    after = tasks["joint_after", "do"]
    assert (after.due_on, after.state, after.contact_id) == (day(7), "open", "c1")
    (line,) = [one for one in history_lines(book.history("a"), TODAY) if one.row[0] == "activity"]
    assert "kind.joint" in [getattr(piece, "id", "") for piece in line.pieces]
    book.undo(NOW)
    assert {one.state for one in book.rows(Task)} == {"open"} and book.rows(Activity) == []


def test_an_ordinary_visit_is_not_joint_and_a_joint_call_is_no_meeting(book: Book) -> None:
    """S3-15: two kinds, two counts."""
    log(book, LogEntry("a", "visit", "c1"), NOW)
    log(book, LogEntry("a", "call", "c1", joint=1), NOW)
    assert [one.sheet for one in book.rows(Task)] == []


def test_space_on_the_line_of_a_joint_visit_logs_a_joint_visit(book: Book) -> None:
    """S3-15."""
    plan(book, day=DAY, contact_id="c1")
    task = joint_planned(book.history("a"))
    assert task is not None
    quick_done(book, "a", [f"task:{task.id}"], NOW, TODAY)
    assert [one.joint for one in book.rows(Activity)] == [1]


def test_what_a_joint_visit_leaves_is_kept_in_one_act(book: Book) -> None:
    """S2-12, S2-14, S2-18: my manager's promise stands in 오늘 with its owner, news of a rival weighs, the mandate
    stands on the page, and all of it is found again."""
    before = everything(book)
    keep_joint(
        book, "a", NOW, promises=[("설계 담당자 정하기 (팀장님 말씀)", day(7))], mandate="비용은 내 판단대로",
        by="팀장님", before="오세람 차장 앞에서", market="옆 업체가 값을 내렸다", tag="competitor", tag_words="경쟁사",
        contact_id="c1",
    )  # fmt: skip
    (task,) = book.rows(Task)
    assert (task.kind, task.due_on, task.source) == ("give", day(7), "팀장님") and task.title.endswith("(팀장님 말씀)")
    (mandate,) = mandates(book.history("a"))
    assert (mandate.text, mandate.source) == ("비용은 내 판단대로", "팀장님 · 오세람 차장 앞에서")
    assert [one.text for one in book.rows(Fact) if one.kind == "market"] == ["경쟁사 · 옆 업체가 값을 내렸다"]
    assert [(one.kind, one.level) for one in book.rows(Signal)] == [("competitor", "heard")]
    assert [row.id for row in book.accounts(TODAY, query="값을 내렸다")] == ["a"]
    book.undo(NOW)
    assert everything(book) == before


def test_news_of_a_price_is_a_note_alone_and_nothing_said_is_nothing_kept(book: Book) -> None:
    """S2-14."""
    keep_joint(book, "a", NOW, market="톤당 삼만 원", tag="price", tag_words="값")
    assert [one.text for one in book.rows(Fact)] == ["값 · 톤당 삼만 원"] and book.rows(Signal) == []
    with pytest.raises(work.NothingSaidError):
        keep_joint(book, "a", NOW, promises=[(" ", "")], mandate=" ", tag="price")


# --- a visit without me ----------------------------------------------------------------------------------------------


def test_a_visit_without_me_is_asked_about_and_moves_no_clock_of_mine(book: Book) -> None:
    """S2-22, V11."""
    work.lone_visit(book, "a", NOW, by="팀장님", day=day(-1), contact_id="c1")
    (activity,) = book.rows(Activity)
    assert (activity.by, activity.day) == ("팀장님", day(-1))
    assert clock(book.history("a").activities, TODAY).last_met == ""
    (task,) = book.rows(Task)
    assert (task.kind, task.state, task.due_on, task.activity_id) == ("debrief", "open", DAY, activity.id)


def test_the_debrief_asks_what_was_said_how_it_ended_and_my_call(book: Book) -> None:
    """S2-22, V11: anger becomes an open complaint; the words stand on the visit; one act."""
    work.lone_visit(book, "a", NOW, by="팀장님", contact_id="c1")
    before = everything(book)
    (task,) = book.rows(Task)
    with pytest.raises(work.NothingSaidError):
        work.debrief(book, task.id, NOW)
    work.debrief(book, task.id, NOW, heard="말 바꾸는 회사와는 못 한다", ended="angry", mine="사과부터 드리면 풀리심")
    (activity,) = book.rows(Activity)
    assert (activity.heard, activity.note) == ("말 바꾸는 회사와는 못 한다", "사과부터 드리면 풀리심")
    (signal,) = book.rows(Signal)
    assert (signal.kind, signal.state, signal.source) == ("complaint", "open", "팀장님")
    assert [one.state for one in book.rows(Task)] == ["done"]
    book.undo(NOW)
    assert everything(book) == before


@pytest.mark.parametrize(("ended", "kinds"), [("good", ["thanks"]), ("same", []), ("", [])])
def test_a_visit_without_me_that_is_known_already_leaves_nothing_to_ask(
    book: Book, ended: str, kinds: list[str]
) -> None:
    """S2-22."""
    work.lone_visit(book, "a", NOW, by="팀장님", heard="안부만 나눔", ended=ended)
    assert [one.state for one in book.rows(Task)] == ["done"]
    assert [one.kind for one in book.rows(Signal)] == kinds


# --- a pause ---------------------------------------------------------------------------------------------------------


def test_a_pause_has_who_since_until_and_a_condition_and_is_corrected_in_place(book: Book) -> None:
    """S2-23, V10."""
    work.pause_contact(book, "a", NOW, "팀장님", since=date(2026, 11, 17), condition="대책이 나오면")
    found = pause_of(book.history("a"), TODAY)
    assert found is not None
    assert (found.by, found.day, found.until, found.text) == ("팀장님", "2026-11-17", "", "대책이 나오면")
    work.pause_contact(book, "a", NOW, "사장님", until=date(2026, 11, 30))
    (again,) = book.rows(Decision)
    assert (again.by, again.day, again.until, again.text) == ("사장님", "2026-11-17", "2026-11-30", "")
    assert pause_of(book.history("a"), date(2026, 12, 1)) is None
    with pytest.raises(work.BossDayError):
        work.pause_contact(book, "a", NOW, "팀장님", since=date(2026, 11, 21))
    with pytest.raises(work.BossDayError):
        work.pause_contact(book, "a", NOW, "팀장님", until=date(2026, 11, 19))


def test_the_agenda_rests_during_a_pause_and_goes_on_after_it(book: Book) -> None:
    """S2-23, V10: the case keeps its line, and both ends of the pause stand on its timeline."""
    with book.change("setup", NOW) as change:
        change.add(Task("t", "a", "c1", kind="give", title="성적서", due_on=DAY))
        change.add(Task("own", "a", kind="do", title="도면 맞추기", due_on=DAY, promised_on=day(-9)))
    assert {"task:own", "task:t", "call"} <= set(lines(book))
    open_case(book)
    work.pause_contact(book, "a", NOW, "팀장님")
    assert set(lines(book)) == {"case", "task:own"}
    work.resume_contact(book, "a", NOW)
    assert set(lines(book)) == {"case", "task:own", "task:t"}
    assert [(one.kind, one.text) for one in book.rows(CaseEvent)] == [("freeze", "팀장님"), ("freeze", "")]
    assert not work.resume_contact(book, "a", NOW).act


def test_a_proposal_that_was_given_ends_the_offer_to_write_one(book: Book) -> None:
    """S2-24: once a day, kept as effort."""
    work.pause_contact(book, "a", NOW, "팀장님", since=date(2026, 11, 16))
    assert plan_due(book.history("a"), TODAY)
    (pause,) = book.rows(Decision)
    assert lines(book) == [f"plan:{pause.id}"]
    assert not quick_done(book, "a", [f"plan:{pause.id}"], NOW, TODAY).changed.act
    assert book.rows(Activity) == []
    work.proposed(book, "a", NOW)
    assert not work.proposed(book, "a", NOW).act
    assert not plan_due(book.history("a"), TODAY) and lines(book) == []


# --- whose customer --------------------------------------------------------------------------------------------------


def test_an_account_is_handed_over_and_taken_back(book: Book) -> None:
    """A17, S2-05, S2-07: its rhythm rests, promises stay; back again everything goes on."""
    with book.change("setup", NOW) as change:
        change.add(Task("t", "a", "c1", kind="give", title="성적서", due_on=DAY))
    work.request(book, "a", NOW)
    later = TODAY + timedelta(days=60)

    def due() -> set[str]:
        from fieldsales.domain.standing import assess

        return {one.key for one in assess(book.history("a"), book.rules(), later).dues}

    assert "call" in due()
    work.hand_over(book, "a", NOW, by="팀장님", reason="처음부터 윗분을 찾으심")
    account = book.get(Account, "a")
    assert account is not None and (account.owner, account.state, account.ended_on) == ("manager", "handed", "")
    assert due() == {"task:t"}
    assert [one.state for one in requests(book.history("a"))] == ["closed"]
    assert not work.hand_over(book, "a", NOW).act
    work.take_back(book, "a", NOW)
    back = book.get(Account, "a")
    assert back is not None and (back.owner, back.state) == ("me", "active")
    assert "call" in due()
    assert [(one.kind, one.state, one.until) for one in book.rows(Decision)] == [("handover", "closed", DAY)]
    assert not work.take_back(book, "a", NOW).act


def test_an_account_lost_to_my_manager_can_be_taken_back_too(book: Book) -> None:
    """A17, S2-28."""
    with book.change("setup", NOW) as change:
        change.edit(Account, "a", owner="manager", state="handed", ended_on=day(-30), lost_to="manager")
    work.take_back(book, "a", NOW)
    account = book.get(Account, "a")
    assert account is not None and (account.state, account.ended_on, account.lost_to) == ("active", "", "")


# --- a complaint that stays where it is ------------------------------------------------------------------------------


def test_three_answers_without_progress_make_a_complaint_stand_still(book: Book) -> None:
    """A6, S2-03: 제자리; one that is solved in the same breath is solved."""
    with book.change("setup", NOW) as change:
        change.add(Signal("s", "a", "c1", kind="complaint", text="도면", day=day(-30)))
    for _ in range(3):
        log(book, LogEntry("a", "call", "c1", tried_signals=("s",)), NOW)
    assert [(one.tries, one.state) for one in book.rows(Signal)] == [(3, "open")]
    log(book, LogEntry("a", "call", "c1", tried_signals=("s",), closed_signals=("s",)), NOW)
    assert [(one.tries, one.state) for one in book.rows(Signal)] == [(3, "closed")]
