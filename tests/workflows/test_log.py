"""기록: one act writes what happened and moves what it should, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.churn import timeline
from fieldsales.domain.log_effects import LogEntry, effects
from fieldsales.domain.model import (
    Account,
    Activity,
    CaseEvent,
    CaseItem,
    ChurnCase,
    Contact,
    Fact,
    History,
    Policy,
    PutOff,
    Rules,
    Signal,
    Task,
)
from fieldsales.domain.standing import assess
from fieldsales.storage.book import Book
from fieldsales.workflows.log import (
    LogDayError,
    NoSuchAccountError,
    PutOffError,
    attempted,
    log,
    person_changed,
    put_off,
    quick_done,
)

TODAY = NOW.date()
VISIT = LogEntry("a", "visit", "c1", DAY, "10:30", heard="납기만 지켜지면 내년도 그대로 간다")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


def add(book: Book, *rows: object) -> None:
    with book.change("setup", NOW) as change:
        for row in rows:
            change.add(row)


def ids(effects: tuple[object, ...]) -> list[str]:
    return [message.id for message in effects]  # type: ignore[attr-defined]


def test_a_visit_keeps_what_was_heard_and_said_apart(book: Book) -> None:
    """S0-13."""
    logged = log(book, replace(VISIT, said="이번 달은 이틀 앞당겨 넣겠다\n꼭"), NOW)
    kept = book.get(Activity, logged.activity_id)
    assert kept is not None
    assert (kept.kind, kept.contact_id, kept.day, kept.time) == ("visit", "c1", DAY, "10:30")
    assert (kept.heard, kept.said) == (VISIT.heard, "이번 달은 이틀 앞당겨 넣겠다\n꼭")
    assert logged.changed.accounts == {"a"}


def test_promises_are_read_into_tasks_with_their_words(book: Book) -> None:
    """V7: 드릴 것 and 만남 out of what was jotted down."""
    logged = log(book, replace(VISIT, promises="다음 주 화까지 새 단가표\n12월 3일 2시 대표님 인사"), NOW)
    tasks = {task.kind: task for task in book.rows(Task, account_id="a")}
    assert set(tasks) == {"give", "meet"}
    assert (tasks["give"].title, tasks["give"].due_on) == ("새 단가표", "2026-11-24")
    assert (tasks["meet"].due_on, tasks["meet"].due_time) == ("2026-12-03", "14:00")
    assert all(task.activity_id == logged.activity_id and task.source for task in tasks.values())
    assert ids(logged.effects)[-1] == "effect.more"


def test_one_undo_takes_a_whole_log_back(book: Book) -> None:
    """I12: the activity, its promises and the chips are one act."""
    add(book, Task("t", "a", title="성적서", due_on=DAY))
    log(book, replace(VISIT, promises="금요일까지 견적", chips=("competitor",), done_tasks=("t",)), NOW)
    book.undo(NOW)
    assert book.rows(Activity) == []
    assert book.rows(Signal) == []
    assert [(task.id, task.state) for task in book.rows(Task)] == [("t", "open")]


def test_a_visit_keeps_the_days_meeting_and_leaves_promises_of_mine_open(book: Book) -> None:
    add(
        book,
        Task("meet", "a", "c1", "meet", due_on=DAY, due_time="10:30"),
        Task("other", "a", "c2", "meet", due_on=DAY),
        Task("later", "a", "c1", "meet", due_on="2026-11-27"),
        Task("give", "a", "c1", "give", "성적서", DAY),
        Task("greeting", "a", kind="greeting", due_on="2026-11-30"),
    )
    log(book, VISIT, NOW)
    state = {task.id: task.state for task in book.rows(Task)}
    assert state == {"meet": "done", "other": "open", "later": "open", "give": "open", "greeting": "done"}


def test_what_is_ticked_under_meanwhile_is_settled(book: Book) -> None:
    add(
        book,
        Task("give", "a", "c1", "give", "성적서", DAY),
        Signal("s", "a", kind="complaint", text="납기", day="2026-10-31"),
        Signal("k", "a", kind="complaint", text="포장", day="2026-10-31"),
    )
    log(book, replace(VISIT, kind="call", done_tasks=("give", "gone"), closed_signals=("s",)), NOW)
    assert book.rows(Task)[0].done_on == DAY
    assert {s.id: (s.state, s.closed_on) for s in book.rows(Signal)} == {"k": ("open", ""), "s": ("closed", DAY)}


def test_a_mail_that_asks_for_my_answer_is_owed_until_the_day_it_is_sent(book: Book) -> None:
    """S0-29: it stands among what I owe with the day it came, gets older, and ends with the day of the answer."""
    logged = log(book, replace(VISIT, kind="message", heard="견적 가능한지", promises="금요일까지 견적 회신"), NOW)
    (task,) = logged.tasks
    assert (task.kind, task.due_on, task.promised_on, task.state) == ("give", "2026-11-27", DAY, "open")
    late = assess(book.history("a"), book.rules(), date(2026, 12, 1))
    (due,) = [one for one in late.dues if one.key == f"task:{task.id}"]
    assert (due.last_day, due.why.args["day"]) == ("2026-11-27", "2026-11-27")
    log(book, replace(VISIT, kind="message", done_tasks=(task.id,)), NOW)
    assert [(one.state, one.done_on) for one in book.rows(Task)] == [("done", DAY)]


def test_chips_become_signals_and_notes_of_the_words_heard(book: Book) -> None:
    """S2-02, S2-14, S3-03, S1-26: a note runs out after half a year."""
    chips = ("complaint", "need", "competitor", "people", "note")
    entry = replace(
        VISIT, heard="대표님이\n단가를 물어보셨다", chips=chips, marks=("late", "hard"), people_level="ceo",
        competitor_level="quote", chip_texts={"need": "소포장"},
    )  # fmt: skip
    logged = log(book, entry, NOW)
    signals = {one.kind: one for one in book.rows(Signal)}
    assert set(signals) == {"complaint", "need", "competitor", "people", "late"}
    assert signals["complaint"].text == "대표님이 단가를 물어보셨다"
    assert signals["need"].text == "소포장"
    assert (signals["competitor"].level, signals["competitor"].source) == ("quote", "오세람")
    assert (signals["people"].level, signals["people"].contact_id) == ("ceo", "")
    fact = book.rows(Fact)[0]
    assert (fact.contact_id, fact.expires_on) == ("c1", "2027-05-20")
    assert all(one.activity_id == logged.activity_id for one in signals.values())
    activity = book.get(Activity, logged.activity_id)
    assert activity is not None
    assert activity.marks == "late,hard"


def test_an_attempt_never_moves_what_is_due(book: Book) -> None:
    """V5: what was due at the account is due there exactly as before."""
    due = Task("meet", "a", "c1", "meet", due_on=DAY)
    add(book, due)
    before = book.standing("a")
    logged = attempted(book, "a", ("call", "task:meet"), NOW)
    after = book.standing("a")
    assert before is not None
    assert after is not None
    assert (before.dues, before.last_contact, before.last_met) == (after.dues, after.last_contact, after.last_met)
    assert book.get(Task, "meet") == due
    kept = book.get(Activity, logged.activity_id)
    assert kept is not None
    assert (kept.outcome, kept.attempt, kept.contact_id, kept.time) == ("attempt", "no_answer", "c1", "10:30")
    assert ids(logged.effects) == ["effect.attempt"]


def test_a_colleagues_visit_is_no_meeting_of_mine_and_asks_to_be_told(book: Book) -> None:
    """S2-22, V11."""
    add(book, Task("meet", "a", "c1", "meet", due_on=DAY))
    log(book, replace(VISIT, by="강 팀장"), NOW)
    assert {task.kind: task.state for task in book.rows(Task)} == {"meet": "open", "debrief": "open"}
    standing = book.standing("a")
    assert standing is not None
    assert standing.last_met == ""


def test_a_log_of_tomorrow_or_of_no_account_is_refused_and_writes_nothing(book: Book) -> None:
    for day in ("2026-11-21", "soon"):
        with pytest.raises(LogDayError):
            log(book, replace(VISIT, day=day), NOW)
    with pytest.raises(NoSuchAccountError):
        log(book, replace(VISIT, account_id="nobody"), NOW)
    assert book.rows(Activity) == []


def test_control_signs_in_what_was_heard_never_reach_the_book(book: Book) -> None:
    """Text from outside is data."""
    logged = log(book, replace(VISIT, heard="\x1b[31m물량\u202e 그대로", chips=("complaint",)), NOW)
    kept = book.get(Activity, logged.activity_id)
    assert kept is not None
    assert kept.heard == "[31m물량 그대로"
    assert book.rows(Signal)[0].text == "[31m물량 그대로"


# --- an open case ---------------------------------------------------------------------------------------------------


def with_case(book: Book) -> None:
    acts = ("report", "appointment", "visit", "heard")
    add(
        book,
        ChurnCase("k", "a", started_at=f"{DAY}T09:26", heard_at=f"{DAY}T09:12"),
        *(CaseItem(f"i{n}", "k", act, 1, n, act, act=act) for n, act in enumerate(acts)),
    )


def ticked(book: Book) -> set[str]:
    return {item.act for item in book.rows(CaseItem) if item.done_at}


def test_a_call_leaves_the_visit_of_a_case_open_and_a_visit_closes_it(book: Book) -> None:
    """S0-12: the first hard stop."""
    with_case(book)
    log(book, replace(VISIT, kind="call"), NOW)
    assert ticked(book) == set()
    log(book, replace(VISIT, contact_id="", with_names=""), NOW)
    assert ticked(book) == set()
    logged = log(book, VISIT, NOW)
    assert ticked(book) == {"appointment", "visit", "heard"}
    assert "effect.case_visit" in ids(logged.effects)
    kinds = [event.kind for event in timeline(book.rows(CaseEvent))]
    assert kinds == ["call", "note", "visit", "ticked", "ticked", "ticked"]
    activity = book.get(Activity, logged.activity_id)
    assert activity is not None
    assert activity.case_id == "k"


def test_a_visit_without_a_word_of_theirs_leaves_the_line_that_asks_for_it(book: Book) -> None:
    """S0-13: what I said is not what I heard."""
    with_case(book)
    log(book, replace(VISIT, heard="", said="이번 달은 앞당겨 넣겠다"), NOW)
    assert ticked(book) == {"appointment", "visit"}
    log(book, VISIT, NOW)
    assert ticked(book) == {"appointment", "visit", "heard"}


def test_three_refusals_stay_on_the_timeline(book: Book) -> None:
    """S0-14."""
    with_case(book)
    for _ in range(3):
        attempted(book, "a", ("case",), NOW, how="refused")
    assert [(event.kind, event.text) for event in book.rows(CaseEvent)] == [("attempt", "refused")] * 3
    assert ticked(book) == set()


def test_a_meeting_promised_on_the_phone_fixes_the_visit(book: Book) -> None:
    with_case(book)
    log(book, replace(VISIT, kind="call", promises="내일 15:00 본부장 뵙기"), NOW)
    case = book.get(ChurnCase, "k")
    assert case is not None
    assert case.visit_at == "2026-11-21T15:00"
    assert ticked(book) == {"appointment"}


# --- Space and s ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "kind", "kind2", "sheet", "contact"),
    [
        (("call",), "call", "", "", "c1"),
        (("review",), "review", "", "quarter", "c1"),
        (("meeting",), "visit", "", "half_year", "c1"),
        (("visit", "call"), "visit", "", "", "c1"),
        (("meeting", "review"), "visit", "review", "half_year", "c1"),
        (("greeting",), "visit", "", "greeting", "c1"),
        (("person:c2", "call"), "visit", "", "", "c2"),
        (("renewal",), "call", "", "", "c1"),
        (("task:meet",), "visit", "", "half_year", "c2"),
    ],
)
def test_space_does_what_is_due(
    book: Book, keys: tuple[str, ...], kind: str, kind2: str, sheet: str, contact: str
) -> None:
    add(book, Task("meet", "a", "c2", "meet", due_on=DAY, sheet="half_year"))
    logged = quick_done(book, "a", keys, NOW)
    kept = book.get(Activity, logged.activity_id)
    assert kept is not None
    assert (kept.kind, kept.kind2, kept.sheet, kept.contact_id, kept.day) == (kind, kind2, sheet, contact, DAY)


def test_space_on_a_promise_does_the_promise_and_claims_no_contact(book: Book) -> None:
    add(book, Task("give", "a", title="성적서", due_on=DAY))
    quick_done(book, "a", ("task:give",), NOW)
    assert book.rows(Task)[0].done_on == DAY
    assert book.rows(Activity) == []


def test_space_on_a_joined_line_is_one_act(book: Book) -> None:
    add(book, Task("give", "a", title="성적서", due_on=DAY), Task("meet", "a", kind="meet", due_on=DAY))
    quick_done(book, "a", ("task:meet", "task:give"), NOW)
    assert {task.state for task in book.rows(Task)} == {"done"}
    assert len(book.rows(Activity)) == 1
    book.undo(NOW)
    assert {task.state for task in book.rows(Task)} == {"open"}
    assert book.rows(Activity) == []


@pytest.mark.parametrize("keys", [("case",), ("decision:d",), ("task:gone",), ()])
def test_space_on_a_case_or_a_decision_writes_nothing(book: Book, keys: tuple[str, ...]) -> None:
    logged = quick_done(book, "a", keys, NOW)
    assert not logged.changed.act
    assert book.rows(Activity) == []


def test_a_call_done_by_space_is_due_no_more_today(book: Book) -> None:
    """V4: the next one counts from the last real contact."""
    quick_done(book, "a", ("call",), NOW)
    standing = book.standing("a")
    assert standing is not None
    assert standing.last_contact == DAY
    assert not any(due.key == "call" and due.good_day <= DAY for due in standing.dues)


def test_putting_off_moves_every_line_but_the_case_and_twice_is_one_row(book: Book) -> None:
    """V14: one field is enough."""
    put_off(book, "a", ("call", "case", "task:t"), date(2026, 11, 24), NOW)
    put_off(book, "a", ("call",), date(2026, 11, 25), NOW)
    assert {row.what: row.until for row in book.rows(PutOff)} == {"call": "2026-11-25", "task:t": "2026-11-24"}
    for until in (TODAY, date(2026, 11, 1)):
        with pytest.raises(PutOffError):
            put_off(book, "a", ("call",), until, NOW)


def test_when_people_change_the_news_the_leaver_and_the_newcomer_are_one_act(book: Book) -> None:
    """S0-18: the newcomer starts as not yet met."""
    person_changed(book, "a", "buyer", NOW, "홈페이지", "계은솔", "c1")
    came = book.rows(Contact, name="계은솔")[0]
    assert (came.role, came.came_on, came.position) == ("buyer", DAY, 2)
    left = book.get(Contact, "c1")
    assert left is not None
    assert left.left_on == "2026-11-19"
    assert book.rows(Signal)[0].contact_id == came.id
    book.undo(NOW)
    assert book.rows(Contact, name="계은솔") == []


# --- what saving will move (no file needed) -------------------------------------------------------------------------

PLAIN = History(Account("a", "도담나루식품", tier="A"), (Contact("c1", "a", "오세람"),))


def moved(entry: LogEntry, whole: History = PLAIN, rules: Rules | None = None) -> list[str]:
    return ids(effects(whole, entry, TODAY, rules or Rules()))


def test_saving_tells_what_a_visit_moves() -> None:
    """W4."""
    entry = replace(VISIT, promises="화요일까지 단가표\n12월 3일 2시 인사", chips=("competitor",))
    assert moved(entry) == ["effect.meeting_next_year", "effect.call", "effect.more", "effect.chip_competitor"]
    message = effects(PLAIN, entry, TODAY, Rules())[0]
    assert message.args == {"month": "2027-05"}


def test_saving_promises_no_rhythm_that_the_account_does_not_have() -> None:
    """S4-17, S4-22: only the policies in force are moved."""
    assert moved(replace(VISIT, kind="call"), replace(PLAIN, account=Account("a", tier="C"))) == ["effect.call_kept"]
    assert moved(replace(VISIT, kind="call"), replace(PLAIN, account=Account("a", tier=""))) == ["effect.clock"]
    none = Policy("p", "account", "a", "call", per_year=0)
    assert moved(replace(VISIT, kind="call"), replace(PLAIN, policies=(none,))) == ["effect.clock"]
    assert moved(replace(VISIT, kind="call", day="2026-10-30")) == ["effect.clock"]
    assert moved(replace(VISIT, kind="review")) == ["effect.review"]


def test_what_saving_tells_is_what_saving_did(book: Book) -> None:
    """The lines beside the form are those of the log that was saved."""
    entry = replace(VISIT, promises="화요일까지 단가표")
    before = effects(book.history("a"), entry, TODAY, book.rules())
    assert log(book, entry, NOW).effects == before
