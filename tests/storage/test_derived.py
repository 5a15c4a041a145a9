"""The derived rows are those that the book's rows give, whatever happened on the way."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from derived_books import TODAY, anew, book, bring_up, change, count, dump, firm, firm_rows, promise, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Activity, Amount, Contact, Deal, Fact, History, Policy, Setting
from fieldsales.storage import derived, reading, searching

numbers = st.integers(0, 7)
edits = st.lists(
    st.one_of(
        st.tuples(st.just("rename"), numbers, st.sampled_from(("가온물산", "(주)가온", "Gaon", "해윰"))),
        st.tuples(st.just("state"), numbers, st.sampled_from(("active", "prospect", "lost", "handed"))),
        st.tuples(st.just("contact"), numbers, st.integers(0, 60)),
        st.tuples(st.just("promise"), numbers, st.integers(-9, 40)),
        st.tuples(st.just("amount"), numbers, st.integers(0, 9)),
        st.tuples(st.just("deal"), numbers, st.integers(0, 70)),
        st.tuples(st.just("remove"), numbers, st.just(0)),
        st.tuples(st.just("policy"), numbers, st.integers(0, 12)),
        st.tuples(st.just("setting"), st.just(0), st.integers(1, 9)),
        st.tuples(st.just("day"), st.just(0), st.integers(-40, 40)),
        st.tuples(st.just("outside"), numbers, st.integers(0, 9)),
    ),
    max_size=9,
)


def _edit(connection: sqlite3.Connection, place: int, what: str, number: int, value: int | str, today: date) -> None:
    id = f"a{number:04}"
    account = reading.get(connection, type(firm(0)), id) or firm(number)
    day = (TODAY - timedelta(days=int(value))).isoformat() if isinstance(value, int) else ""
    month = f"2026-{int(value) + 1:02}" if isinstance(value, int) and value < 12 else ""
    match what:
        case "rename":
            change(connection, replace(account, name=str(value)), today=today)
        case "state":
            change(connection, replace(account, state=str(value)), today=today)
        case "contact":
            change(connection, account, Activity(f"e{place}", id, day=day, heard=f"말 {place}"), today=today)
        case "promise":
            change(connection, account, promise(number, place, int(value)), today=today)
        case "amount":
            change(connection, account, Amount(natural_id("amount", id, month), id, month, 777), today=today)
        case "deal":
            change(connection, account, Deal(f"d{place}", id, day, 1000), today=today)
        case "remove":
            change(connection, gone=(id,), today=today)
        case "policy":
            put(connection, Policy(natural_id("policy", "tier", "A"), "tier", "A", "call", int(value)))
            change(connection, today=today)
        case "setting":
            put(connection, Setting(natural_id("setting", "daily"), "daily", str(value)))
            change(connection, today=today)
        case "outside":  # another program, or a version that keeps no derived rows
            put(connection, replace(account, note=f"쪽지 {value}"))
            count(connection)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits, st.integers(0, 5))
def test_after_any_edits_and_days_the_rows_are_those_made_from_nothing(
    steps: list[tuple[str, int, int | str]], made: int
) -> None:
    connection = book(*(row for number in range(made) for row in firm_rows(number, (number * 9, 40), 1000 * number)))
    bring_up(connection)
    today = TODAY
    for place, (what, number, value) in enumerate(steps):
        if what == "day":
            today = TODAY + timedelta(days=int(value))
            bring_up(connection, today)
        else:
            _edit(connection, place, what, number, value, today)
    bring_up(connection, today)
    assert derived.is_current(connection, reading.rules(connection), today)
    for table, column in (("contacted", "last_contact"), ("coming", "first_good")):
        counted = connection.execute(f"SELECT day, count FROM cache.{table} ORDER BY day").fetchall()
        rows = f"SELECT {column}, count(*) FROM cache.standing WHERE {column} > '' GROUP BY 1 ORDER BY 1"
        assert counted == connection.execute(rows).fetchall()
    kept = dump(connection)
    assert kept == anew(connection, today)


def test_a_change_alone_keeps_its_accounts_without_a_refresh() -> None:
    connection = book(*firm_rows(0, (3,), 1000), *firm_rows(1, (70,), 1000))
    bring_up(connection)
    change(connection, replace(firm(0), name="새 이름"), promise(1, 0, 0))
    kept = dump(connection)
    assert derived.is_current(connection, reading.rules(connection), TODAY)
    assert kept == anew(connection)


def test_the_first_refresh_makes_some_at_once_and_the_rest_step_by_step() -> None:
    connection = book(*(firm(number) for number in range(10)))
    rest = derived.refresh(connection, reading.rules(connection), TODAY, first=4, slice=3)
    assert len(reading.accounts(connection, TODAY)) == 4
    assert list(rest)[-1] == (10, 10)
    assert len(reading.accounts(connection, TODAY)) == 10


def test_a_refresh_that_was_dropped_halfway_is_taken_up_again() -> None:
    connection = book(*(firm(number) for number in range(10)))
    rest = derived.refresh(connection, reading.rules(connection), TODAY, first=2, slice=2)
    next(rest)
    assert not derived.is_current(connection, reading.rules(connection), TODAY)
    bring_up(connection)
    assert derived.is_current(connection, reading.rules(connection), TODAY)
    assert len(reading.accounts(connection, TODAY)) == 10


def test_where_nothing_changed_a_refresh_makes_no_row_anew() -> None:
    connection = book(*(firm(number) for number in range(10)))
    bring_up(connection)
    before = connection.total_changes
    assert list(derived.refresh(connection, reading.rules(connection), TODAY)) == []
    assert connection.total_changes - before <= 2  # the stamp only


def test_a_change_of_the_rules_makes_all_rows_outdated_but_leaves_them_to_be_seen() -> None:
    connection = book(*(firm(number) for number in range(5)))
    bring_up(connection)
    put(connection, Policy(natural_id("policy", "tier", "A"), "tier", "A", "call", 1))
    change(connection)
    assert not derived.is_current(connection, reading.rules(connection), TODAY)
    assert len(reading.accounts(connection, TODAY)) == 5
    bring_up(connection)
    assert derived.is_current(connection, reading.rules(connection), TODAY)


def test_what_others_wrote_is_not_forgotten_by_the_next_change() -> None:
    connection = book(firm(0), firm(1))
    bring_up(connection)
    put(connection, replace(firm(0), name="남이 고침"))
    count(connection)
    change(connection, replace(firm(1), name="내가 고침"))
    assert not derived.is_current(connection, reading.rules(connection), TODAY)
    bring_up(connection)
    assert {row.name for row in reading.accounts(connection, TODAY)} == {"남이 고침", "내가 고침"}


def test_rules_that_change_under_a_refresh_leave_the_work_to_the_next_one() -> None:
    connection = book(*(firm(number) for number in range(9)))
    rest = derived.refresh(connection, reading.rules(connection), TODAY, first=1, slice=1)
    next(rest)
    put(connection, Policy(natural_id("policy", "tier", "A"), "tier", "A", "call", 1))
    change(connection)
    assert list(rest) == []
    assert not derived.is_current(connection, reading.rules(connection), TODAY)


def test_a_change_on_a_later_day_is_made_anew_for_an_earlier_one() -> None:
    connection = book(*firm_rows(0, (3,), 1000))
    bring_up(connection)
    change(connection, promise(0, 0, 20), today=TODAY + timedelta(days=30))
    bring_up(connection)
    kept = dump(connection)
    assert kept == anew(connection)


def test_an_account_that_vanished_without_a_word_is_gone_from_the_lists() -> None:
    connection = book(firm(0), firm(1))
    bring_up(connection)
    connection.execute("DELETE FROM main.account WHERE id = 'a0000'")
    count(connection)
    bring_up(connection)
    assert [row.id for row in reading.accounts(connection, TODAY)] == ["a0001"]
    assert len(reading.accounts(connection, TODAY, query=firm(0).name)) == 0


def test_an_error_in_the_change_takes_the_derived_rows_back_too() -> None:
    connection = book(firm(0))
    bring_up(connection)
    before = dump(connection)
    connection.execute("BEGIN IMMEDIATE")
    put(connection, replace(firm(0), name="잘못"))
    count(connection)
    derived.touch(connection, ["a0000"], reading.rules(connection), TODAY)
    assert dump(connection) != before
    connection.execute("ROLLBACK")
    assert dump(connection) == before


def test_a_file_that_is_no_database_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / derived.FILE_NAME).write_bytes(b"nothing of a database" * 500)
    connection = book(firm(0), folder=tmp_path)
    bring_up(connection)
    assert len(reading.accounts(connection, TODAY)) == 1


def test_tables_of_another_version_are_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "CACHE_VERSION", derived.CACHE_VERSION + 1)
    first = book(firm(0), folder=tmp_path)
    bring_up(first)
    first.execute("CREATE TABLE cache.unheard_of(x)")
    first.close()
    monkeypatch.undo()
    second = book(firm(0), folder=tmp_path)
    assert len(reading.accounts(second, TODAY)) == 0
    assert second.execute("SELECT count(*) FROM cache.sqlite_master WHERE name = 'unheard_of'").fetchone() == (0,)
    bring_up(second)
    assert len(reading.accounts(second, TODAY)) == 1


def test_what_was_derived_is_found_again_when_the_book_is_opened_again(tmp_path: Path) -> None:
    first = book(firm(0), folder=tmp_path)
    bring_up(first)
    first.close()
    second = book(firm(0), folder=tmp_path)
    assert derived.is_current(second, reading.rules(second), TODAY)


def _damaged(folder: Path) -> sqlite3.Connection:
    """An open book whose cache has become unreadable but for the names of its tables."""
    rows = [row for number in range(40) for row in firm_rows(number, (number,), 1000)]
    connection = book(*rows, folder=folder)
    bring_up(connection, slice=50)
    connection.execute("PRAGMA cache.wal_checkpoint(TRUNCATE)").fetchall()
    roots = connection.execute("SELECT rootpage FROM cache.sqlite_master WHERE rootpage > 0").fetchall()
    (size,) = connection.execute("PRAGMA cache.page_size").fetchone()
    connection.execute("DETACH cache")
    path = folder / derived.FILE_NAME
    with path.open("r+b") as file:
        for (page,) in roots:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    connection.execute("ATTACH ? AS cache", (str(path),))
    return connection


def test_a_damaged_cache_is_made_anew_by_a_refresh(tmp_path: Path) -> None:
    connection = _damaged(tmp_path)
    bring_up(connection, slice=50)
    assert len(reading.accounts(connection, TODAY)) == 40


def test_a_change_that_meets_a_damaged_cache_is_taken_back_and_works_the_next_time(tmp_path: Path) -> None:
    connection = _damaged(tmp_path)
    with pytest.raises(derived.CacheDamagedError):
        change(connection, replace(firm(3), name="고친 이름"))
    connection.execute("ROLLBACK")
    connection.execute("DETACH cache")
    derived.attach(connection, tmp_path)
    change(connection, replace(firm(3), name="고친 이름"))
    bring_up(connection, slice=50)
    assert reading.accounts(connection, TODAY, query="고친")[0].id == "a0003"
    assert len(reading.accounts(connection, TODAY)) == 40


def test_holidays_are_written_once_a_year_and_bear_on_everything() -> None:
    connection = book(firm(0))
    bring_up(connection)
    assert derived.fill_holidays(connection, (2026, 2027))
    assert not derived.fill_holidays(connection, (2026,))
    assert "2026-12-25" in reading.rules(connection).holidays
    assert not derived.is_current(connection, reading.rules(connection), TODAY)


def test_a_new_month_of_amounts_makes_all_accounts_outdated() -> None:
    connection = book(*firm_rows(0, (3,), 1000), *firm_rows(1, (3,), 1000))
    bring_up(connection)
    change(connection, Amount(natural_id("amount", "a0000", "2026-10"), "a0000", "2026-10", 5))
    assert derived.is_current(connection, reading.rules(connection), TODAY), "a month that was there"
    change(connection, Amount(natural_id("amount", "a0000", "2026-11"), "a0000", "2026-11", 5))
    assert not derived.is_current(connection, reading.rules(connection), TODAY)


def test_an_account_is_searched_by_names_numbers_notes_and_what_was_said() -> None:
    history = History(
        firm(0, phone="02-0000-0142", region="마포구", sector="식품", tags="우량", note="골목 안"),
        contacts=(Contact("c", "a0000", name="문도균", title="차장", mobile="010-0000-7777", note="저녁이 편함"),),
        facts=(Fact("f", "a0000", text="아이 입학"),),
        activities=(Activity("v", "a0000", heard="단가를 물어보셨다", said="알아보겠다", note="웃으심"),),
    )
    names, text = searching.search_sources(history)
    assert names.splitlines() == ["해윰정밀", "문도균"]
    for part in ("01000007777", "마포구", "식품", "우량", "골목", "차장", "저녁", "입학", "단가", "알아보", "웃으심"):
        assert part in text
    assert len(searching.search_sources(replace(history, account=firm(0, note="긴 글 " * 9000)))[1]) == 4000


def test_the_words_for_searching_belong_to_the_version_of_the_cache() -> None:
    """The index can only be told to forget words by their exact tokens: where this fails, raise CACHE_VERSION."""
    from hashlib import blake2b

    from fieldsales.domain.hangul import search_tokens

    probe = "해윰정밀 (주)N&B푸드 02-0000-0142 café ㄱㅏ 3층"
    words = search_tokens(probe, names=True) + search_tokens(probe, names=False)
    assert (derived.CACHE_VERSION, blake2b(words.encode(), digest_size=6).hexdigest()) == (3, "ccf7644813dd")
