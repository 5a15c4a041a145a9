"""Proposals: they stand in 오늘, in the list and on the page, and one key sets them aside until there is news."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.brief import brief
from fieldsales.domain.cadence import default_policies
from fieldsales.domain.dates import NEVER, month_back
from fieldsales.domain.model import (
    Account,
    Activity,
    ChurnCase,
    Deal,
    Decision,
    History,
    Message,
    PutOff,
    Rules,
    Standing,
)
from fieldsales.domain.standing import assess
from fieldsales.domain.triggers import asks_again_on, seen, trigger

TODAY = date(2026, 11, 19)
RULES = Rules(policies=tuple(default_policies("A")))
MET = Activity("v", "a", kind="call", day="2026-11-10")


def history(*values: int, deals: tuple[str, ...] = (), **columns: object) -> History:
    """Amounts of the months up to October, oldest first, and days with deals."""
    months = {
        month_back("2026-10", back): one for back, one in zip(range(len(values) - 1, -1, -1), values, strict=True)
    }
    account = replace(Account("a", "새녘물산", tier="A", entered_on="2025-01-02"), **columns)  # type: ignore[arg-type]
    made = tuple(Deal(day, "a", day, 10) for day in deals)
    return History(account, activities=(MET,), amounts=months, deals=made, last_month="2026-10" if values else "")


STOPPED = history(100, 100, 100, 100, 100, 100, 0)
QUIET = history(deals=("2026-10-26", "2026-10-29", "2026-11-01", "2026-11-04", "2026-11-07"))


def proposed(standing: Standing) -> list[str]:
    return [due.key for due in standing.dues if due.key.startswith("propose:")]


def test_a_proposal_is_a_line_of_today_and_first_in_the_list_and_on_the_page() -> None:
    """S0-10, C1: seen without looking for it."""
    found = assess(STOPPED, RULES, TODAY)
    assert proposed(found) == ["propose:2026-10"]
    line = next(due for due in found.dues if due.key.startswith("propose:"))
    assert (line.what, line.why) == (Message("run.due.propose"), Message("run.seen.no_trade", {"month": "2026-10"}))
    assert (line.last_day, line.fixed) == (NEVER, False)  # it waits for nobody and is never late
    steady = assess(history(100, 100, 100, 100, 100, 100, 100), RULES, TODAY)
    assert found.care < steady.care
    state = brief(STOPPED, (), TODAY).part("state")
    assert state is not None
    assert [one.pieces for one in state.lines if one.proposes] == [(trigger(STOPPED, TODAY).why,)]  # type: ignore[union-attr]


def test_dated_deals_are_said_beside_the_name_on_the_very_day() -> None:
    """Product 1a-2: three of the account's own gaps, and the derived row knows when to look again."""
    before = assess(QUIET, RULES, date(2026, 11, 15))
    assert proposed(before) == []
    assert before.changes_on == "2026-11-16"
    found = assess(QUIET, RULES, date(2026, 11, 16))
    assert proposed(found) == ["propose:2026-11-07"]
    assert found.reason == Message("run.seen.quiet", {"n": 9, "gap": 3})


def test_a_dismissed_month_stays_away_and_the_next_one_asks_anew() -> None:
    """S0-10: dismissed without a reason."""
    aside = replace(STOPPED, put_offs=(PutOff("p", "a", "propose:2026-10", NEVER),))
    assert trigger(aside, TODAY) is None
    assert proposed(assess(aside, RULES, TODAY)) == []
    assert brief(aside, (), TODAY).part("state") is None
    december = replace(aside, last_month="2026-11")
    assert trigger(december, date(2026, 12, 3)) is not None


def test_a_dismissed_silence_is_asked_about_after_as_long_a_silence_again() -> None:
    found = trigger(QUIET, TODAY)
    assert found is not None
    assert found.until == "2026-11-28"
    aside = replace(QUIET, put_offs=(PutOff("p", "a", found.key, found.until),))
    assert trigger(aside, date(2026, 11, 27)) is None
    assert trigger(aside, date(2026, 11, 28)) is not None
    assert assess(aside, RULES, TODAY).changes_on <= "2026-11-28"
    bought = replace(aside, deals=(*QUIET.deals, Deal("d", "a", "2026-11-20", 10)))
    assert trigger(bought, date(2026, 11, 29)) is not None  # another silence


def test_everything_seen_is_known_so_that_one_key_sets_all_of_it_aside() -> None:
    both = replace(STOPPED, deals=QUIET.deals)
    assert [one.key for one in seen(both, TODAY)] == ["propose:2026-10", "propose:2026-11-07"]


def test_nothing_is_proposed_where_contact_is_paused_a_case_runs_or_the_account_is_not_mine() -> None:
    """S2-23: while contact is paused the list asks for nothing."""
    freeze = Decision("d", "a", kind="freeze", day="2026-11-17")
    assert proposed(assess(replace(STOPPED, decisions=(freeze,)), RULES, TODAY)) == []
    assert proposed(assess(replace(STOPPED, cases=(ChurnCase("k", "a"),)), RULES, TODAY)) == []
    for columns in ({"owner": "manager"}, {"state": "lost"}, {"state": "handed"}):
        account = replace(STOPPED.account, **columns)  # type: ignore[arg-type]
        assert proposed(assess(replace(STOPPED, account=account), RULES, TODAY)) == []


@given(st.lists(st.integers(1, 40), min_size=4, max_size=12), st.integers(0, 120))
def test_until_it_says_to_look_again_the_answer_about_deals_stays(gaps: list[int], ahead: int) -> None:
    """What is derived from day to day is never too late."""
    day, days = date(2026, 1, 5), ["2026-01-05"]
    for gap in gaps:
        day += timedelta(days=gap)
        days.append(day.isoformat())
    whole = history(deals=tuple(days))
    now = day + timedelta(days=ahead)
    again = asks_again_on(whole, now)
    last = again or now + timedelta(days=200)
    between = now + timedelta(days=max((last - now).days - 1, 0))
    assert (trigger(whole, now) is None) == (trigger(whole, between) is None)


def test_a_series_that_ended_long_ago_is_no_news() -> None:
    """Years that were imported tell of then: nothing is asked about in 오늘, neither of months nor of dated deals."""
    later = TODAY.replace(year=TODAY.year + 1)
    assert trigger(STOPPED, later) is None
    assert trigger(QUIET, TODAY + timedelta(days=300)) is not None
    assert trigger(QUIET, later) is None
    assert asks_again_on(QUIET, TODAY + timedelta(days=300)) == date(2027, 11, 7)
    yearly = history(deals=("2012-11-01", "2014-11-01", "2016-11-01", "2018-11-01", "2020-11-01"))
    assert trigger(yearly, TODAY) is not None  # three gaps of two years
