"""What is read is what is written, and the lazy list is the naive one."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from itertools import product

import pytest
from derived_books import TODAY, book, bring_up, change, firm, firm_rows, promise, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldsales.domain.agenda import agenda as lines
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import (
    TABLES,
    Account,
    AccountRow,
    Activity,
    Amount,
    ChurnCase,
    Contact,
    Deal,
    Due,
    Lesson,
    Message,
    Policy,
    Setting,
)
from fieldsales.storage import reading, searching

# --- rows into objects ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TABLES.values(), ids=TABLES)
def test_a_row_comes_back_as_it_was_written(kind: type) -> None:
    connection = book()
    row = kind("x")
    put(connection, row)
    assert reading.get(connection, kind, "x") == row
    assert reading.rows(connection, kind, id="x") == [row]
    assert reading.get(connection, kind, "y") is None


def test_a_column_of_a_newer_version_is_left_alone() -> None:
    connection = book(Contact("c", "a", name="문도균"))
    connection.execute("ALTER TABLE main.contact ADD COLUMN shoe_size INTEGER")
    assert reading.get(connection, Contact, "c") == Contact("c", "a", name="문도균")


def test_a_null_is_read_as_nothing_said() -> None:
    connection = book(Account("a", "해윰"))
    connection.execute("UPDATE main.account SET note = NULL, state = NULL, seasonal = NULL, usual_gap_days = NULL")
    assert reading.get(connection, Account, "a") == Account("a", "해윰")


def test_rows_are_asked_for_by_columns_that_exist() -> None:
    connection = book(firm(0), firm(1, "lost"))
    assert [row.id for row in reading.rows(connection, Account, state="lost")] == ["a0001"]
    with pytest.raises(ValueError, match="no column"):
        reading.rows(connection, Account, **{"state = '' OR 1": "x"})


# --- everything about an account ------------------------------------------------------------------------------------


def test_a_monthly_amount_beats_the_sum_of_that_months_deals() -> None:
    connection = book(
        firm(0),
        Deal("d1", "a0000", "2026-09-03", 100),
        Deal("d2", "a0000", "2026-09-30", 20),
        Deal("d3", "a0000", "2026-10-01", 7),
        Deal("d4", "a0000", "", 9),
        Amount(natural_id("amount", "a0000", "2026-10"), "a0000", "2026-10", 5),
    )
    assert reading.history(connection, "a0000").amounts == {"2026-09": 120, "2026-10": 5}


def test_a_history_holds_what_belongs_to_the_account_in_the_order_of_its_page() -> None:
    connection = book(
        firm(0),
        firm(1),
        Contact("c1", "a0000", name="둘째", position=1),
        Contact("c2", "a0000", name="첫째", position=0),
        Contact("c3", "a0001", name="남"),
        Activity("v1", "a0000", day="2026-09-01"),
        Activity("v2", "a0000", day="2026-10-01", time="10:00"),
        Activity("v3", "a0000", day="2026-10-01", time="09:00"),
        Policy("p1", "tier", "A"),
        Policy("p2", "tier", "B"),
        Policy("p3", "account", "a0000"),
        Deal("d", "a0001", "2026-11-02", 1),
    )
    history = reading.history(connection, "a0000")
    assert [contact.name for contact in history.contacts] == ["첫째", "둘째"]
    assert [activity.id for activity in history.activities] == ["v2", "v3", "v1"]
    assert {policy.id for policy in history.policies} == {"p1", "p3"}
    assert history.last_month == "2026-11"
    with pytest.raises(KeyError):
        reading.history(connection, "nobody")


def test_many_histories_are_the_same_as_one_by_one_and_leave_out_who_is_unknown() -> None:
    connection = book(*(row for number in range(5) for row in firm_rows(number, (number, 30), 10 * number)))
    ids = ["a0003", "nobody", "a0000", "a0004"]
    many = list(reading.histories(connection, ids))
    assert [history.account.id for history in many] == ["a0003", "a0000", "a0004"]
    assert many == [reading.history(connection, history.account.id) for history in many]


def test_settings_that_cannot_be_read_count_as_not_made() -> None:
    assert reading.rules(book()).daily == 5
    broken = book(
        Setting("1", "daily", "많이"),
        Setting("2", "weights", '{"amount": "x", "contact": 30}'),
        Setting("3", "spread_days", "-4"),
    )
    rules = reading.rules(broken)
    assert (rules.daily, rules.spread_days, rules.weights) == (5, 60, {"contact": 30})
    assert reading.rules(book(Setting("2", "weights", "[1"))).weights == {}


# --- the account list -----------------------------------------------------------------------------------------------


_Naive = list[tuple[tuple[object, ...], str, AccountRow]]


def _assessed(connection: sqlite3.Connection) -> dict[str, _Naive]:
    """All rows with what is searched in them, for each order with the key they are sorted by."""
    from fieldsales.domain.standing import assess

    rules = reading.rules(connection)
    found: dict[str, _Naive] = {order: [] for order in reading.ORDERS}
    for history in reading.histories(connection, [row.id for row in reading.rows(connection, Account)]):
        account = history.account
        standing = assess(history, rules, TODAY)
        n = connection.execute("SELECT n FROM cache.standing WHERE account = ?", (account.id,)).fetchone()[0]
        row = AccountRow(
            account.id, account.name, account.tier, account.state, standing.band, standing.points, standing.amount,
            standing.last_contact, standing.last_met, standing.spark, standing.reason,
        )  # fmt: skip
        keys: dict[str, tuple[object, ...]] = {
            "care": (standing.care,),
            "name": (),
            "amount": (standing.amount is None, -(standing.amount or 0)),
            "silence": (standing.last_contact,),
        }
        gone = account.state not in ("active", "prospect")
        for order, key in keys.items():
            text = "".join(searching.search_sources(history))
            found[order].append(((gone, *key, reading.name_key(account.name), n), text, row))
    return {order: sorted(rows, key=lambda one: one[0]) for order, rows in found.items()}


def _naive(rows: _Naive, query: str, state: str) -> list[AccountRow]:
    return [
        row
        for key, text, row in rows
        if query in text and (state == "all" or (not key[0] if state == "current" else row.state == state))
    ]


_firms = st.lists(
    st.tuples(
        st.lists(st.integers(0, 90), max_size=2),
        st.one_of(st.none(), st.integers(0, 3)),
        st.sampled_from(("active", "active", "prospect", "lost", "handed")),
    ),
    max_size=9,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    _firms,
    st.sampled_from(("정밀", "나루", "납기")),
    st.integers(1, 3),
    st.sampled_from((0, 2, 1000)),
    st.sampled_from((0.0, 0.5, 2.0)),
)
def test_the_lazy_list_is_the_naive_list(
    firms: list[tuple[list[int], int | None, str]], searched: str, window: int, few: int, often: float
) -> None:
    rows = (row for n, (days, amount, in_) in enumerate(firms) for row in firm_rows(n, tuple(days), amount, in_))
    connection = book(*rows)
    bring_up(connection)
    everyone = [row.id for row in reading.rows(connection, Account)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "WINDOW", window)
        patch.setattr(reading, "_BLOCK", 2 * window)
        patch.setattr(searching, "FEW", few)
        patch.setattr(searching, "_CANDIDATES", 1)
        patch.setattr(searching, "_MOST_CANDIDATES", 3)
        patch.setattr(searching, "_OFTEN", often)
        patch.setattr(searching, "_LONG", 0)
        patch.setattr(reading, "_KEPT", 2)
        for order, sorted_rows in _assessed(connection).items():
            for state, query in product(("current", "all", "lost", "prospect"), ("", searched)):
                naive = _naive(sorted_rows, query, state)
                lazy = reading.accounts(connection, TODAY, order, query, state)
                assert len(lazy) == len(naive)
                assert [lazy[place] for place in reversed(range(len(naive)))] == naive[::-1]
                assert list(lazy) == naive
                assert lazy[1:] == naive[1:]
                assert lazy[-3::2] == naive[-3::2]
                places = {row.id: place for place, row in enumerate(naive)}
                assert [lazy.index_of(id) for id in everyone] == [places.get(id) for id in everyone]
                with pytest.raises(IndexError):
                    lazy[len(naive)]


def test_a_filter_within_one_state_finds_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "FEW", 0)
    connection = book(*(firm(number, "lost", name=f"해윰 {number}") for number in range(5)), firm(9, name="해윰 9"))
    bring_up(connection)
    assert len(reading.accounts(connection, TODAY, query="해윰", state="lost")) == 5


def test_a_list_keeps_its_length_while_the_book_changes_under_it() -> None:
    connection = book(*(firm(number) for number in range(5)))
    bring_up(connection)
    plain, found = reading.accounts(connection, TODAY), reading.accounts(connection, TODAY, query="ㅎ")
    change(connection, gone=tuple(f"a{number:04}" for number in range(5)))
    assert [row.id for row in plain] == [""] * 5
    assert {row.id for row in found} == {""}


def test_a_filter_finds_by_initials_numbers_and_the_other_layout_and_nothing_by_signs_alone() -> None:
    connection = book(*firm_rows(0, (3,), None), *firm_rows(1, (3,), None))
    bring_up(connection)

    def found(query: str) -> list[str]:
        return [row.id for row in reading.accounts(connection, TODAY, query=query)]

    assert found("ㅎㅇㅈㅁ") == found("gdwa") == found("해윰") == found("010-0000-0000") == ["a0000"]
    assert len(found("  ")) == 2
    assert found("\"'*") == []
    assert found("납기 해윰") == ["a0000"]


def test_names_are_sorted_without_their_legal_form() -> None:
    connection = book(
        firm(0, name="(주)가온"), firm(1, name="나래"), firm(2, name="주식회사 다온"), firm(3, name="(주)")
    )
    bring_up(connection)
    names = [row.name for row in reading.accounts(connection, TODAY, "name")]
    assert names == ["(주)", "(주)가온", "나래", "주식회사 다온"]


def test_an_account_is_named_on_the_command_line_by_id_name_or_part_of_it() -> None:
    connection = book(
        firm(0, name="해윰"), firm(1, name="해윰정밀"), firm(2, "lost", name="해윰"), firm(3, name="나린")
    )
    bring_up(connection)

    def found(text: str) -> set[str]:
        return {row.id for row in reading.find_account(connection, text)}

    assert found("a0001") == {"a0001"}
    assert found("해윰") == {"a0000", "a0002"}
    assert found("정밀") == {"a0001"}
    assert found("없는 곳") == found(" ") == set()
    assert len(reading.find_account(connection, "ㅎ", limit=2)) == 2


# --- the day --------------------------------------------------------------------------------------------------------

_tasks = st.lists(
    st.tuples(st.integers(0, 9), st.integers(-20, 25), st.sampled_from(("give", "get", "meet", "do"))), max_size=12
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_firms, _tasks, st.integers(0, 4), st.integers(0, 5), st.integers(0, 14))
def test_the_agenda_from_few_rows_is_that_of_all_rows(
    firms: list[tuple[list[int], int | None, str]],
    tasks: list[tuple[int, int, str]],
    daily: int,
    later: int,
    ahead: int,
) -> None:
    rows = [row for n, (days, amount, in_) in enumerate(firms) for row in firm_rows(n, tuple(days), amount, in_)]
    rows += [promise(n, place, days, kind) for place, (n, days, kind) in enumerate(tasks) if n < len(firms)]
    connection = book(*rows)
    today = TODAY + timedelta(days=ahead)
    bring_up(connection, today)
    everything = [
        (account, name, reading._due(due))
        for account, name, *due in connection.execute(
            f"SELECT s.account, s.name, {reading._DUE} FROM cache.due d JOIN cache.standing s ON s.n = d.n "
            "ORDER BY s.care, s.n"
        )
    ]
    naive = lines(everything, today, daily, later=later)
    assert reading.agenda(connection, today, daily, later) == naive
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_SPARE", 0)  # what is read for later shall not help out today
        fewest = reading.agenda(connection, today, daily, 0)
    assert (fewest.today, fewest.later_count) == (naive.today, naive.later_count)


def test_the_next_thing_is_the_first_after_today() -> None:
    connection = book(*firm_rows(0, (1,), None), promise(0, 0, 3), promise(0, 1, 2), promise(0, 2, 0))
    bring_up(connection)
    found = reading.next_due(connection, TODAY)
    assert found is not None
    account, name, due = found
    assert (account, name, due.key, due.good_day) == ("a0000", "해윰정밀", "task:t0-1", "2026-11-22")
    assert reading.next_due(book(), TODAY) is None


def test_a_due_and_its_messages_come_back_from_the_cache_as_they_were() -> None:
    from fieldsales.domain.standing import assess

    connection = book(*firm_rows(0, (50,), 1000), promise(0, 0, 0))
    bring_up(connection)
    made = assess(reading.history(connection, "a0000"), reading.rules(connection), TODAY).dues
    read = [due for _, _, due in reading.dues(connection, "", "9999-12-31")]
    assert sorted(read, key=lambda due: due.key) == sorted(made, key=lambda due: due.key)
    assert made
    assert all(isinstance(due, Due) for due in read)


def test_a_message_is_kept_with_its_arguments() -> None:
    for message in (None, Message("x"), Message("score.silence", {"n": 41, "who": '"김" \n가'})):
        assert reading.message_of(reading.message_text(message)) == message


def test_those_talked_to_this_month_are_counted_once_and_attempts_do_not_count() -> None:
    connection = book(
        *firm_rows(0, (1, 2, 3), None),
        *firm_rows(1, (30,), None),
        *firm_rows(2, (), None),
        Activity("t", "a0002", day="2026-11-19", outcome="attempt", attempt="no_answer"),
        *firm_rows(3, (19,), None, "lost"),
    )
    bring_up(connection)
    assert reading.contacted_this_month(connection, TODAY) == 2


def test_those_met_longest_ago_come_first_and_who_was_met_lately_is_not_named() -> None:
    connection = book(
        *firm_rows(0, (1, 70), None), *firm_rows(1, (1, 90), None), *firm_rows(2, (1, 20), None),
        *firm_rows(3, (80,), None), *firm_rows(4, (1, 99), None, "lost"),
    )  # fmt: skip
    bring_up(connection)
    assert [row.id for row in reading.long_unseen(connection, TODAY)] == ["a0001", "a0000"]


# --- cases and lessons ----------------------------------------------------------------------------------------------


def test_open_cases_come_newest_first_and_closed_ones_not_at_all() -> None:
    connection = book(
        ChurnCase("1", "a", heard_at="2026-11-01T09:00"),
        ChurnCase("2", "a", heard_at="2026-11-03T09:00"),
        ChurnCase("3", "a", heard_at="2026-11-05T09:00", state="closed"),
    )
    assert [case.id for case in reading.open_cases(connection)] == ["2", "1"]


def test_each_day_has_one_pinned_lesson_and_in_time_it_is_every_ones_turn() -> None:
    """S0-34"""
    connection = book(
        Lesson("1", day="2026-01-01", line="하나", pinned=1),
        Lesson("2", day="2026-01-02", line="둘", pinned=1),
        Lesson("3", day="2026-01-03", line="셋"),
        Lesson("4", day="2026-01-04", pinned=1),
    )
    seen = [reading.pinned_lesson(connection, TODAY + timedelta(days=ahead)) for ahead in range(4)]
    assert {lesson.line for lesson in seen if lesson} == {"하나", "둘"}
    assert seen[0] == seen[2] != seen[1]
    assert [lesson.id for lesson in reading.lessons(connection)] == ["4", "3", "2", "1"]
    assert reading.pinned_lesson(book(), date(2026, 1, 1)) is None
