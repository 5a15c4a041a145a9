from __future__ import annotations

import random
import uuid
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldsales.domain.cadence import (
    Contacts,
    Kept,
    Line,
    Seen,
    Today,
    check_in,
    iso,
    kept,
    lines,
    opted_out,
    policies_of,
    rhythms,
)
from fieldsales.domain.model import Account, Activity, Contact, Contract, Decision, History, Policy, Rules

HOLIDAYS = frozenset({"2027-02-07", "2027-02-08", "2027-02-09", "2027-03-01"})
RULES = Rules(holidays=HOLIDAYS)
CALL = Policy("p1", scope="account", scope_id="a", kind="call", per_year=12)
REVIEW = Policy("p2", scope="account", scope_id="a", kind="review", per_year=4)
MEETING = Policy("p3", scope="account", scope_id="a", kind="meeting", per_year=2)


def did(kind: str, day: str, **more: object) -> Activity:
    return replace(Activity(f"{kind}{day}", "a", kind=kind, day=day), **more)  # type: ignore[arg-type]


def history(*activities: Activity, policies: tuple[Policy, ...] = (CALL,), **account: object) -> History:
    made = replace(Account("a", entered_on="2020-01-01"), **account)  # type: ignore[arg-type]
    return History(made, activities=tuple(sorted(activities, key=lambda one: one.day, reverse=True)), policies=policies)


def due(made: History, today: str, rules: Rules = RULES) -> list[Line]:
    return lines(Seen(made, rules, date.fromisoformat(today)))


def days(made: History, today: str, rules: Rules = RULES) -> dict[str, tuple[str, str]]:
    return {line.rhythm.kind: (iso(line.good), iso(line.last)) for line in due(made, today, rules)}


# --- which rhythm holds ---


def test_a_tier_has_its_floor() -> None:
    """S4-17, S4-22: A 12-4-2, B 4-2-1, C two calls; no tier, no floor"""

    def settled(tier: str) -> dict[str, int]:
        return {one.kind: one.per_year for one in policies_of(Account("a", tier=tier), (), Rules())}

    assert settled("A") == {"call": 12, "review": 4, "meeting": 2}
    assert settled("B") == {"call": 4, "review": 2, "meeting": 1}
    assert settled("C") == {"call": 2}
    assert settled("") == {}


def test_the_accounts_own_row_wins_over_the_tiers_and_the_tiers_over_the_default() -> None:
    tier = Policy("t", scope="tier", scope_id="A", kind="call", per_year=6)
    other = Policy("o", scope="tier", scope_id="B", kind="review", per_year=12)
    own = Policy("o", scope="account", scope_id="a", kind="review", per_year=0)
    found = policies_of(Account("a", tier="A"), (own,), Rules(policies=(tier, other)))
    assert {one.kind: one.per_year for one in found} == {"call": 6, "review": 0, "meeting": 2}


def test_what_left_or_is_the_managers_has_no_rhythm() -> None:
    """S2-07"""
    clock = Today(date(2026, 11, 20))
    mine = history().account
    away = [replace(mine, state=state) for state in ("lost", "released", "handed")]
    for account in (*away, replace(mine, owner="manager")):
        assert rhythms(replace(history(), account=account), RULES, clock) == ()
    assert len(rhythms(history(), RULES, clock)) == 1


def test_a_channel_nobody_wants_gets_no_lines() -> None:
    """S3-08"""
    people = (Contact("x", "a", opt_out="call, mail"), Contact("y", "a", opt_out="call"))
    made = replace(history(did("call", "2026-10-01"), policies=(CALL, MEETING)), contacts=people)
    assert set(days(made, "2026-11-20")) == {"meeting"}
    one_left = (replace(people[0], left_on="2026-01-01"), Contact("z", "a"))
    assert opted_out(one_left, Today(date(2026, 11, 20))) == frozenset()
    assert "call" in days(replace(made, contacts=one_left), "2026-11-20")


def test_reviews_rest_only_where_neither_mail_nor_message_is_wanted() -> None:
    """S3-08"""
    made = history(did("review", "2026-07-01"), policies=(REVIEW,))
    for refused, due_kinds in (("mail,message", set()), ("mail", {"review"}), ("message,call", {"review"})):
        assert set(days(replace(made, contacts=(Contact("x", "a", opt_out=refused),)), "2026-11-20")) == due_kinds


def test_who_left_has_no_say_in_what_is_wanted() -> None:
    """S3-08"""
    people = (Contact("x", "a", left_on="2026-01-01"), Contact("y", "a", opt_out="call"))
    assert opted_out(people, Today(date(2026, 11, 20))) == {"call"}
    assert opted_out(people, Today(date(2025, 12, 31))) == frozenset()


# --- good day and last day ---


def test_the_call_of_29_january_is_shown_on_friday_and_late_only_in_march() -> None:
    """figures 7, law 2: due on Sunday 28 February before a holiday"""
    made = history(did("call", "2027-01-29"))
    assert days(made, "2027-02-26") == {"call": ("2027-02-26", "2027-02-28")}
    assert due(made, "2027-02-28")[0].missed == 0
    assert due(made, "2027-03-01")[0].missed == 1


def test_the_interval_is_clamped_to_the_months_end() -> None:
    """figures 4: 31 January and a month is 28 or 29 February"""
    assert iso(due(history(did("call", "2028-01-31")), "2028-02-20", Rules())[0].period) == "2028-02-29"
    assert iso(due(history(did("call", "2026-01-31")), "2026-02-20", Rules())[0].period) == "2026-02-28"


def test_weekends_and_holidays_move_the_good_day_forward() -> None:
    made = history(did("call", "2027-01-06"))
    assert days(made, "2027-02-10")["call"][0] == "2027-02-10"  # the 6th is a Saturday before three holidays


@pytest.mark.parametrize(
    ("policy", "last"),
    [
        (CALL, "2026-02-28"),
        (REVIEW, "2026-06-30"),
        (MEETING, "2026-12-31"),
        (replace(CALL, per_year=1), "2027-12-31"),
        (replace(CALL, per_year=0, every_months=2), "2026-04-30"),
    ],
)
def test_the_last_day_is_the_end_of_the_period(policy: Policy, last: str) -> None:
    """law 2: month, quarter, half year, year, or as many months as divide the year"""
    made = history(did("visit", "2026-01-14", kind2="review"), policies=(policy,))
    assert days(made, "2027-06-01")[policy.kind][1] == last


def test_a_visit_every_four_months() -> None:
    """S4-11: due is the last visit and four months"""
    visit = Policy("v", scope="account", scope_id="a", kind="visit", every_months=4)
    made = history(did("visit", "2026-03-11"), policies=(visit,))
    line = due(made, "2026-07-01")[0]
    assert (iso(line.period), iso(line.last)) == ("2026-07-11", "2026-08-31")


def test_a_period_that_fits_no_year_runs_from_contact_to_contact() -> None:
    made = history(did("call", "2026-01-10"), policies=(replace(CALL, per_year=0, every_months=5),))
    assert iso(due(made, "2026-06-10")[0].last) == "2026-11-10"
    weekly = history(did("call", "2026-01-05"), policies=(replace(CALL, per_year=52),))
    assert iso(due(weekly, "2026-01-10")[0].period) == "2026-01-12"


# --- what moves it ---


def test_an_attempt_never_moves_what_is_due() -> None:
    """V5, S4-18"""
    made = history(did("call", "2026-10-05"))
    before = days(made, "2026-11-20")
    tried = did("call", "2026-11-10", outcome="attempt", attempt="no_answer")
    mailed = did("review", "2026-11-10", two_way=0)
    assert days(replace(made, activities=(tried, mailed, *made.activities)), "2026-11-20") == before


def test_a_visit_keeps_a_call_and_a_meeting_but_no_review() -> None:
    """S4-18, S4-19, S4-20"""
    made = history(did("visit", "2026-11-10"), policies=(CALL, REVIEW, MEETING), entered_on="2026-11-09")
    found = {line.rhythm.kind: line.touched for line in due(made, "2026-12-20")}
    assert iso(found["call"]) == "2026-11-10"
    assert found["review"] == 0


def test_only_a_joint_visit_keeps_the_rhythm_of_joint_visits() -> None:
    """S3-15: once a year for an A where it is chosen; an ordinary visit keeps none, a joint one every kind of visit."""
    joint = Policy("p4", scope="account", scope_id="a", kind="joint", per_year=1)

    def met(*activities: Activity) -> dict[str, int]:
        made = history(*activities, policies=(joint, MEETING))
        found = kept(made, made.policies, date(2027, 1, 5), since=date(2026, 1, 1))
        return {one.kind: sum(one.boxes) for one in found.kinds}

    assert met(did("visit", "2026-05-10")) == {"joint": 0, "meeting": 1}
    assert met(did("visit", "2026-05-10", joint=1)) == {"joint": 1, "meeting": 1}
    assert met(did("call", "2026-05-10", joint=1)) == {"joint": 0, "meeting": 0}


def test_a_review_handed_over_in_a_visit_keeps_both() -> None:
    """figures 4: one row, two kinds"""
    made = history(did("visit", "2026-09-10", kind2="review"), policies=(REVIEW, MEETING))
    assert iso(due(made, "2026-12-01")[0].period) == "2026-12-10"


def test_a_message_is_no_call_and_a_colleagues_visit_no_meeting_of_mine() -> None:
    """S2-22"""
    made = history(
        did("call", "2026-09-01"), did("message", "2026-11-01"), did("visit", "2026-11-05", by="박 팀장"),
        did("visit", "2026-04-01"), policies=(CALL, MEETING),
    )  # fmt: skip
    found = {line.rhythm.kind: iso(line.touched) for line in due(made, "2026-11-20")}
    assert found == {"call": "2026-11-05", "meeting": "2026-04-01"}


def test_a_freeze_hides_the_lines_and_the_days_go_on() -> None:
    """S2-23, tension 2"""
    order = Decision("f", "a", kind="freeze", day="2026-11-10", until="2026-11-25")
    made = replace(history(did("call", "2026-09-05")), decisions=(order,))
    assert due(made, "2026-11-09")
    assert not due(made, "2026-11-10")
    assert not due(made, "2026-11-25")
    assert due(made, "2026-11-26")[0].missed == 1


def test_missed_periods_make_one_line() -> None:
    """product: policy lines collapse"""
    found = due(history(did("call", "2026-08-05")), "2026-11-20")
    assert len(found) == 1
    assert found[0].missed == 2


# --- beginnings ---


def test_nothing_is_overdue_on_the_day_of_import_and_a_new_book_spreads() -> None:
    """law 4, S4-21, N12"""
    made = random.Random(7)
    tiers = ["A"] * 24 + ["B"] * 40 + ["C"] * 25
    first: Counter[str] = Counter()
    for tier in tiers:
        name = str(uuid.UUID(int=made.getrandbits(128)))
        account = Account(name, tier=tier, entered_on="2026-11-20")
        old = Activity("o", name, kind="visit", day="2025-05-01")
        found = days(History(account, activities=(old,)), "2027-01-25", Rules())
        assert all("2026-11-20" <= good <= last for good, last in found.values())
        assert all(last > "2026-11-29" for _, last in found.values())
        first.update({min(good for good, _ in found.values())})
    assert first["2026-11-20"] <= 6
    assert max(first.values()) <= 10
    assert max(first) > "2027-01-10"


def test_the_kinds_of_one_account_begin_on_the_same_day() -> None:
    """law 1"""
    account = Account("a", tier="A", entered_on="2026-11-02")
    assert len({good for good, _ in days(History(account), "2027-01-10", Rules()).values()}) == 1


def test_a_contact_before_the_entry_does_not_count_back() -> None:
    made = history(did("call", "2026-01-05"), entered_on="2026-11-20")
    good, last = days(made, "2026-12-20", Rules(spread_days=0))["call"]
    assert (good, last) == ("2026-11-20", "2026-12-31")  # late in its month: the first line keeps the next one


@pytest.mark.parametrize("begin", ["inherited_on", "contract", "from_on"])
def test_the_latest_beginning_counts(begin: str) -> None:
    """S4-21: taken over, contract, policy"""
    made = history(entered_on="2026-01-01")
    if begin == "contract":
        made = replace(made, contracts=(Contract("c", "a", starts_on="2026-12-01"),))
    elif begin == "from_on":
        made = replace(made, policies=(replace(CALL, from_on="2026-12-01"),))
    else:
        made = replace(made, account=replace(made.account, inherited_on="2026-12-01"))
    assert days(made, "2026-12-01", Rules(spread_days=0))["call"][0] == "2026-12-01"


# --- what left ---


@pytest.mark.parametrize(
    ("today", "turn"),
    [("2026-02-01", "2026-04-10"), ("2026-07-09", "2026-04-10"), ("2026-07-10", "2026-07-10"),
     ("2027-03-01", "2027-01-10"), ("2028-05-01", "2028-01-10"), ("2031-06-01", "2031-01-10")],
)  # fmt: skip
def test_who_left_gets_a_word_after_3_6_and_12_months_and_once_a_year(today: str, turn: str) -> None:
    """S3-21, S4-02"""
    made = history(state="lost", ended_on="2026-01-10")
    clock = Today(date.fromisoformat(today))
    found = check_in(made, clock, Contacts((), clock))
    assert found is not None
    assert iso(found[0]) == turn


def test_a_contact_after_it_ends_the_turn() -> None:
    """S3-21"""
    made = history(did("message", "2026-04-20"), state="lost", ended_on="2026-01-10")
    clock = Today(date(2026, 5, 1))
    found = check_in(made, clock, Contacts(made.activities, clock))
    assert found is not None
    assert iso(found[0]) == "2026-07-10"


def test_turns_before_the_entry_are_not_caught_up() -> None:
    """law 4"""
    made = history(state="lost", ended_on="2026-01-10", entered_on="2026-05-01")
    clock = Today(date(2026, 5, 1))
    found = check_in(made, clock, Contacts((), clock))
    assert found is not None
    assert iso(found[0]) == "2026-07-10"


# --- kept ---

POLICIES = (CALL, REVIEW, MEETING)
NEW_YEAR = date(2027, 1, 1)
YEAR = date(2026, 1, 1)


def share(*activities: Activity, policies: tuple[Policy, ...] = POLICIES, today: date = NEW_YEAR) -> Kept:
    return kept(history(*activities, policies=policies), policies, today, since=YEAR)


def calls(*months: int) -> list[Activity]:
    return [did("call", f"2026-{month:02d}-15") for month in months]


def boxes(found: Kept, kind: str) -> tuple[int, int]:
    row = next(one for one in found.kinds if one.kind == kind)
    return sum(row.boxes), len(row.boxes)


def test_twelve_calls_three_reviews_and_two_meetings_keep_17_of_18() -> None:
    """figures 4 (a), S4-17"""
    reviews = [did("review", f"2026-{month:02d}-03") for month in (2, 5, 8)]
    found = share(*calls(*range(1, 13)), *reviews, did("visit", "2026-03-02"), did("visit", "2026-10-02"))
    assert (found.met, found.due) == (17, 18)


def test_twelve_calls_in_one_month_keep_one_box() -> None:
    """figures 4 (b)"""
    found = share(*(did("call", f"2026-01-{day:02d}") for day in range(2, 14)))
    assert boxes(found, "call") == (1, 12)


def test_two_meetings_keep_two_calls_and_the_halves_they_lie_in() -> None:
    """figures 4 (c)"""
    apart = share(did("visit", "2026-02-02"), did("visit", "2026-09-02"))
    assert (boxes(apart, "call"), boxes(apart, "meeting")) == ((2, 12), (2, 2))
    together = share(did("visit", "2026-02-02"), did("visit", "2026-05-02"))
    assert (boxes(together, "call"), boxes(together, "meeting")) == ((2, 12), (1, 2))


def test_a_policy_from_20_march_owes_neither_march_nor_the_quarter() -> None:
    """figures 4 (d)"""
    policies = tuple(replace(one, from_on="2026-03-20") for one in POLICIES)
    found = kept(history(policies=policies), policies, NEW_YEAR, since=YEAR, spread_days=0)
    assert (boxes(found, "call"), boxes(found, "review")) == ((0, 9), (0, 3))


def test_the_running_period_stands_apart() -> None:
    """figures 4: a period counts when it is complete"""
    found = share(*calls(10, 11), policies=(CALL,), today=date(2026, 11, 20))
    row = found.kinds[0]
    assert (len(row.boxes), row.boxes[-1], row.running) == (10, True, True)


def test_a_freeze_takes_its_periods_out() -> None:
    """figures 4, edges"""
    order = Decision("f", "a", kind="freeze", day="2026-05-03", until="2026-06-10")
    made = replace(history(), decisions=(order,))
    found = kept(made, (CALL,), NEW_YEAR, since=YEAR)
    assert boxes(found, "call") == (0, 11)


def test_nothing_is_missed_that_was_not_shown_late() -> None:
    """law 2: every box that was due and is empty had an overdue line"""
    account = Account("some-account", tier="A", entered_on="2026-03-09")
    made = History(account)
    policies = policies_of(account, (), Rules())
    for back in range(0, 400, 7):
        today = date(2026, 3, 9) + timedelta(days=back)
        late = {line.rhythm.kind for line in lines(Seen(made, Rules(), today)) if line.last < today.toordinal()}
        rows = kept(made, policies, today, since=date(2026, 1, 1)).kinds
        assert {row.kind for row in rows if row.boxes} == late


@settings(deadline=None)
@given(
    st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=30),
    st.sampled_from([CALL, REVIEW, MEETING, replace(CALL, per_year=0, every_months=5)]),
)
def test_a_line_follows_every_contact_by_its_interval(days_of_contact: list[date], policy: Policy) -> None:
    """good day before last day, never before the contact; two contacts never keep more boxes than there are"""
    made = history(*(did("visit", day.isoformat(), kind2="review") for day in days_of_contact), policies=(policy,))
    for line in due(made, "2027-06-01"):
        assert line.good <= line.last
        assert line.touched < line.period
    row = kept(made, (policy,), NEW_YEAR, since=YEAR).kinds[0]
    assert sum(row.boxes) <= len(set(days_of_contact))


@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_an_answer_holds_until_the_day_it_names(day: date) -> None:
    clock = Today(day)
    marks = [date(2026, 6, 1).toordinal(), date(2027, 2, 1).toordinal()]
    answers = [clock.reached(mark) for mark in marks]
    if clock.changes_on:
        change = date.fromisoformat(clock.changes_on)
        before, after = Today(change - timedelta(days=1)), Today(change)
        assert [before.reached(mark) for mark in marks] == answers
        assert [after.reached(mark) for mark in marks] != answers
    else:
        assert all(answers)


def test_an_account_won_back_is_counted_from_the_day_it_came_back() -> None:
    """S3-21, law 4: the months it was away are no debt."""
    away = history(did("call", "2026-01-05"), entered_on="2025-01-01", ended_on="2026-02-01")
    back = replace(away, account=replace(away.account, won_back_on="2026-11-20"))
    assert days(away, "2026-11-20", Rules(spread_days=0))["call"][1] < "2026-11-20"
    assert days(back, "2026-11-20", Rules(spread_days=0))["call"][0] >= "2026-11-20"
