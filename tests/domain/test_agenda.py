from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldsales.domain.agenda import agenda, horizon
from fieldsales.domain.model import Agenda, AgendaLine, Due, Message

TODAY = date(2026, 11, 20)
NEVER = "9999-12-31"
Row = tuple[str, str, Due]


def day(shift: int) -> str:
    return (TODAY + timedelta(days=shift)).isoformat()


def row(account: str, key: str = "call", good: int = 0, last: int | str = 10, **more: object) -> Row:
    end = last if isinstance(last, str) else day(last)
    due = Due(key, day(good), end, Message(f"what.{key}"), Message(f"why.{account}.{key}"))
    return account, account.upper(), replace(due, **more)  # type: ignore[arg-type]


def give(account: str, past: int) -> Row:
    return row(account, f"task:{account}", -past, -past, fixed=True, rank=10 if past > 0 else 20)


def meet(account: str, time: str, good: int = 0) -> Row:
    return row(account, f"meet:{account}", good, good, fixed=True, rank=20, time=time)


def case(account: str, time: str = "") -> Row:
    return row(account, "case", -1, NEVER, fixed=True, rank=0, time=time)


def made(*rows: Row, daily: int = 5, today: date = TODAY) -> Agenda:
    return agenda(rows, today, daily)


def names(lines: tuple[AgendaLine, ...]) -> list[str]:
    return [line.account_id for line in lines]


def test_the_order_of_the_day() -> None:
    """architecture, decided: cases, my overdue promises, meetings by time, new contracts, the others, overdue first"""
    found = made(
        row("call"), row("late", last=-2, good=-30), row("new", "new_contract", rank=30), meet("afternoon", "15:00"),
        meet("morning", "10:30"), give("today", 0), give("owed", 3), give("older", 9), case("case"),
    )  # fmt: skip
    assert names(found.today) == [
        "case", "older", "owed", "morning", "afternoon", "today", "new", "late", "call",
    ]  # fmt: skip


def test_one_line_for_an_account_joins_what_is_due_there() -> None:
    """law 1"""
    found = made(row("a"), meet("a", "10:30"), give("a", 0))
    assert len(found.today) == 1
    line = found.today[0]
    assert line.keys == ("meet:a", "task:a", "call")
    assert [one.id for one in line.what] == ["what.meet:a", "what.task:a", "what.call"]
    assert line.why.id == "why.a.meet:a"
    assert line.when == Message("agenda.at", {"time": "10:30"})


def test_the_same_words_stand_in_a_line_once() -> None:
    appointment = meet("a", "15:00")[2]
    visit = replace(case("a", "15:00")[2], what=appointment.what)
    found = made(("a", "A", appointment), ("a", "A", visit))
    assert (found.today[0].keys, len(found.today[0].what)) == (("case", "meet:a"), 1)


def test_the_day_holds_no_more_than_the_chosen_number_beside_promises() -> None:
    """law 3"""
    rows = [row(f"c{n}", last=10 + n % 3) for n in range(9)]
    found = made(give("p", 1), meet("m", "09:00"), case("k"), *rows, daily=5)
    assert names(found.today) == ["k", "p", "m", "c0", "c3", "c6", "c1", "c4"]
    assert names(found.later) == ["c7", "c2", "c5", "c8"]
    assert found.later_count == 4
    assert len(made(*rows, daily=0).today) == 0


def test_a_line_that_joins_a_promise_takes_no_place() -> None:
    """law 3"""
    found = made(row("a"), give("a", 0), row("b"), daily=1)
    assert names(found.today) == ["a", "b"]


def test_later_is_the_rest_of_the_month() -> None:
    """이달 안에: the good day decides"""
    found = made(row("a", good=1), row("b", good=10, last=10), row("c", good=11), row("d", good=40))
    assert names(found.later) == ["a", "b"]
    assert [line.when for line in found.later] == [
        Message("agenda.by", {"n": 30}), Message("agenda.on", {"n": 30}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("today", "end"),
    [("2026-11-01", "2026-11-30"), ("2026-11-23", "2026-11-30"), ("2026-11-24", "2026-12-07"),
     ("2026-12-31", "2027-01-07"), ("2027-02-21", "2027-02-28")],
)  # fmt: skip
def test_the_last_days_of_a_month_look_into_the_next(today: str, end: str) -> None:
    assert horizon(date.fromisoformat(today)).isoformat() == end


def test_an_account_may_stand_today_and_again_later() -> None:
    """law 1: one line for each account and day"""
    found = made(row("a"), meet("a", "14:00", good=4))
    assert (names(found.today), names(found.later)) == (["a"], ["a"])
    assert found.later[0].keys == ("meet:a",)


def test_what_is_left_over_joins_what_comes_later() -> None:
    found = made(row("a"), row("b"), row("b", "review", good=3), daily=1)
    assert [(line.account_id, line.keys) for line in found.later] == [("b", ("call", "review"))]


def test_the_days_past_are_counted() -> None:
    """n일 지남"""
    line = made(give("a", 3)).today[0]
    assert (line.when, line.overdue, line.day) == (Message("agenda.past", {"n": 3}), 3, day(-3))
    assert made(row("b", good=-20, last=0)).today[0].when == Message("agenda.today")


def test_a_case_shows_the_time_of_its_visit() -> None:
    assert made(case("a", "15:00")).today[0].when == Message("agenda.at", {"time": "15:00"})
    assert made(case("a")).today[0].when == Message("agenda.today")


def test_a_last_day_in_another_month_is_written_out() -> None:
    assert made(row("a", good=3, last=41)).later[0].when == Message("agenda.by_day", {"day": "2026-12-31"})
    undated = row("b", good=3, last=NEVER)
    assert made(undated).later[0].when == Message("agenda.any_day")


def test_nothing_due_is_an_empty_day() -> None:
    assert made() == Agenda()


def test_only_the_first_later_lines_are_made() -> None:
    found = agenda([row(f"a{n}", good=1) for n in range(30)], TODAY, 5, later=3)
    assert (len(found.later), found.later_count) == (3, 30)


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from("abcdefgh"),
        st.sampled_from(["call", "review", "visit", "task:1"]),
        st.integers(-40, 30),
        st.integers(0, 40),
        fixed=st.booleans(),
        rank=st.sampled_from([0, 10, 20, 30, 50]),
    ).map(lambda one: (one[0], one[1], replace(one[2], last_day=max(one[2].good_day, one[2].last_day)))),
    max_size=25,
)


@settings(deadline=None)
@given(ROWS, st.integers(0, 6), st.integers(-25, 25))
def test_no_line_is_lost_or_doubled(rows: list[Row], daily: int, shift: int) -> None:
    today = TODAY + timedelta(days=shift)
    found = agenda(rows, today, daily)
    for lines in (found.today, found.later):
        assert len(set(names(lines))) == len(lines)
    shown = sorted((line.account_id, key) for line in (*found.today, *found.later) for key in line.keys)
    end = horizon(today).isoformat()
    assert shown == sorted((account, due.key) for account, _, due in rows if due.good_day <= end)
    assert sum(not line.fixed for line in found.today) <= daily
    now = today.isoformat()
    ready = [(account, due.rank) for account, _, due in rows if due.good_day <= now]
    ranks = [min(rank for account, rank in ready if account == line.account_id) for line in found.today]
    assert ranks == sorted(ranks)
