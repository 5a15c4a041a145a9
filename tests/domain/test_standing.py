from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldsales.domain.calendar_days import korean_holidays
from fieldsales.domain.model import (
    Account,
    Activity,
    ChurnCase,
    Contact,
    Contract,
    Decision,
    Due,
    Fact,
    History,
    Message,
    Policy,
    PutOff,
    Rules,
    Signal,
    Standing,
    Task,
)
from fieldsales.domain.score import inputs_of, score
from fieldsales.domain.standing import assess
from fieldsales.domain.width import cells
from fieldsales.locale import Texts

TODAY = date(2026, 11, 20)
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine fails no test
ACCOUNT = Account("a", name="도담나루식품", entered_on="2024-01-05", since="2022-10-01")
CALL = Policy("p", scope="account", scope_id="a", kind="call", per_year=12)
FLAT = {f"2025-{month:02d}": 5000 for month in range(11, 13)} | {f"2026-{month:02d}": 5000 for month in range(1, 11)}


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def ahead(days: int) -> str:
    return ago(-days)


def did(kind: str, back: int, **more: object) -> Activity:
    return replace(Activity(f"{kind}{back}", "a", kind=kind, day=ago(back)), **more)  # type: ignore[arg-type]


def task(kind: str, back: int, title: str = "단가표", **more: object) -> Task:
    made = Task(f"{kind}{back}", "a", kind=kind, title=title, due_on=ago(back))
    return replace(made, **more)  # type: ignore[arg-type]


def standing(made: History, today: date = TODAY, rules: Rules | None = None) -> Standing:
    return assess(made, rules or Rules(), today)


def dues(made: History, today: date = TODAY, rules: Rules | None = None) -> dict[str, Due]:
    return {due.key: due for due in standing(made, today, rules).dues}


def ready(made: History, today: date = TODAY) -> set[str]:
    return {due.key for due in standing(made, today).dues if due.good_day <= today.isoformat()}


# --- promises and appointments ---


def test_a_promise_of_mine_comes_first_once_its_day_has_passed() -> None:
    """S1-22"""
    promised = History(ACCOUNT, tasks=(task("give", 3),))
    due = dues(promised)["task:give3"]
    assert (due.rank, due.fixed, due.last_day) == (10, True, ago(3))
    assert (due.what, due.why) == (
        Message("due.give", {"title": "단가표"}), Message("due.why_give", {"day": ago(3)}),
    )  # fmt: skip
    assert dues(promised, TODAY - timedelta(days=3))["task:give3"].rank == 20


def test_what_they_owe_is_asked_for_softly_on_its_day() -> None:
    due = dues(History(ACCOUNT, tasks=(task("get", 0),)))["task:get0"]
    assert (due.good_day, due.last_day, due.fixed) == (ago(0), ahead(7), False)


def test_an_appointment_has_its_time_and_says_when_we_met_last() -> None:
    """N1"""
    meeting = task("meet", 0, "", sheet="half_year", due_time="10:30")
    due = dues(History(ACCOUNT, tasks=(meeting,), activities=(did("visit", 185),)))["task:meet0"]
    assert (due.time, due.rank, due.fixed) == ("10:30", 20, True)
    assert (due.what.id, due.why) == ("due.sheet_half_year", Message("due.why_met", {"month": "2026-05"}))


def test_a_promise_without_a_day_asks_for_one_after_a_week_and_is_never_late() -> None:
    """S1-04"""
    made = History(ACCOUNT, tasks=(task("give", 0, due_on="", promised_on=ago(7)),))
    due = dues(made)["task:give0"]
    assert (due.good_day, due.last_day, due.fixed) == (ago(0), "9999-12-31", False)


def test_done_and_dropped_tasks_are_gone() -> None:
    made = History(ACCOUNT, tasks=(task("give", 3, state="done"), task("meet", 0, state="dropped")))
    assert dues(made) == {}


def test_an_appointment_takes_the_place_of_the_call_it_will_keep() -> None:
    """law 1"""
    made = History(ACCOUNT, activities=(did("call", 33),), policies=(CALL,))
    assert "call" in dues(made)
    assert "call" not in dues(replace(made, tasks=(task("meet", -4),)))


# --- beginnings ---


def test_an_inherited_account_is_greeted_within_14_days_and_watched_for_90() -> None:
    """S0-01, N1"""
    made = History(replace(ACCOUNT, inherited_on=ago(13), origin="inherited"))
    due = dues(made)["greeting"]
    assert due.last_day == ahead(1)
    assert due.good_day <= ago(3)
    assert due.why == Message("due.why_inherited", {"day": ago(13)})
    assert standing(made).reason == Message("standing.inherited", {"day": ago(13)})
    assert "greeting" in dues(made, TODAY + timedelta(days=77))
    assert "greeting" not in dues(made, TODAY + timedelta(days=78))
    called = replace(made, activities=(did("call", 2),))
    assert "greeting" in dues(called)
    assert "greeting" not in dues(replace(made, activities=(did("visit", 2),)))


def test_an_account_taken_over_long_ago_is_not_greeted_late() -> None:
    """law 4"""
    made = History(replace(ACCOUNT, inherited_on=ago(400), entered_on=ago(0)))
    assert "greeting" not in dues(made)


def test_a_contract_without_a_word_in_30_days_is_listed_before_other_lines() -> None:
    """S4-06"""
    made = History(ACCOUNT, contracts=(Contract("c", "a", kind="term", starts_on=ago(30), ends_on=ahead(335)),))
    due = dues(made)["new_contract"]
    assert (due.good_day, due.rank) == (ago(0), 30)
    assert "new_contract" not in dues(replace(made, activities=(did("call", 5),)))
    assert "new_contract" in dues(replace(made, activities=(did("call", 30),)))
    tried = did("call", 5, outcome="attempt")
    assert "new_contract" in dues(replace(made, activities=(tried,)))


def test_a_new_person_gets_a_line_until_met() -> None:
    """product 1a 22"""
    person = Contact("p", "a", name="표지환", title="본부장", role="head", came_on=ago(20))
    made = History(ACCOUNT, contacts=(person,))
    due = dues(made)["person:p"]
    assert due.what == Message("due.meet", {"who": "표지환 본부장"})
    assert "person:p" not in dues(replace(made, activities=(did("visit", 3, contact_id="p"),)))
    assert "person:p" in dues(replace(made, activities=(did("visit", 3, contact_id="x"),)))
    assert "person:p" not in dues(replace(made, tasks=(task("meet", -2, contact_id="p"),)))


# --- dates that come round ---


@pytest.mark.parametrize(
    ("days_left", "shown"), [(91, False), (90, True), (61, True), (60, True), (30, True), (0, True), (-1, False)]
)
def test_a_renewal_is_spoken_of_from_90_days_before(days_left: int, shown: bool) -> None:
    """S3-07: not while ten months remain"""
    made = History(ACCOUNT, contracts=(Contract("c", "a", starts_on="2023-01-01", ends_on=ahead(days_left)),))
    assert ("renewal" in ready(made)) is shown
    assert [due.key for due in standing(made).dues].count("renewal") <= 1


def test_a_word_about_renewal_rests_until_the_next_stage() -> None:
    """S3-07: 90, 60 and 30 days, one line"""
    made = History(
        ACCOUNT,
        contracts=(Contract("c", "a", starts_on="2023-01-01", ends_on=ahead(80)),),
        activities=(did("call", 5),),
    )
    assert dues(made)["renewal"].good_day >= ahead(20)
    assert "renewal" not in dues(replace(made, contracts=(replace(made.contracts[0], renewed=1),)))


def test_an_anniversary_of_29_february_is_kept_on_the_28th_with_30_days_ahead() -> None:
    """S3-18: 도입일 2024-02-29: 2025-02-28"""
    made = History(replace(ACCOUNT, introduced_on="2024-02-29"))
    due = dues(made, date(2025, 2, 1))["anniversary"]
    assert (due.good_day, due.last_day) == ("2025-01-29", "2025-02-28")
    assert due.why.args == {"day": "2025-02-28", "n": 1}
    assert "anniversary" not in dues(made, date(2025, 3, 1))


def test_an_anniversary_is_a_reason_to_call() -> None:
    """N1: 안부 전화, 다음 주 목요일 1주년"""
    made = History(replace(ACCOUNT, introduced_on="2025-11-26"), activities=(did("call", 31),), policies=(CALL,))
    assert dues(made)["call"].why == Message("due.why_anniversary", {"day": "2026-11-26", "n": 1})
    recent = replace(made, activities=(did("call", 20), did("visit", 20)), amounts=FLAT, last_month="2026-10")
    found = standing(recent)
    assert (found.band, found.reason) == ("steady", Message("due.why_anniversary", {"day": "2026-11-26", "n": 1}))


def test_a_prepayment_that_lies_quiet_for_60_days_asks_for_a_date() -> None:
    """S1-25, N1, N2"""
    paid = Contract("c", "a", kind="prepaid", received=2400, delivered=900, starts_on="2026-01-01")
    made = History(ACCOUNT, contracts=(paid,), activities=(did("call", 71),))
    assert dues(made)["prepaid"].why == Message("due.why_prepaid", {"day": ago(71)})
    assert standing(made).reason == Message("standing.prepaid")
    assert "prepaid" not in ready(replace(made, activities=(did("call", 59),)))
    assert "prepaid" not in dues(replace(made, contracts=(replace(paid, delivered=2400),)))


def test_delivering_beyond_the_prepayment_is_said() -> None:
    """S1-24: 100 received, 120 delivered"""
    paid = Contract("c", "a", kind="prepaid", received=100, delivered=120)
    made = History(ACCOUNT, contracts=(paid,), activities=(did("call", 3),))
    assert standing(made).reason == Message("standing.over_delivered", {"amount": 20})


def test_they_are_asked_when_they_usually_need_something() -> None:
    """S4-03, and no pitch while it rests, S3-04"""
    made = History(replace(ACCOUNT, next_need_on=ahead(5)))
    assert "need" in ready(made)
    hold = Decision("h", "a", kind="hold", day=ago(9), until=ahead(30))
    assert "need" not in dues(replace(made, decisions=(hold,)))
    assert "need" not in dues(replace(made, activities=(did("call", 1),)))


def test_a_trial_that_ends_or_is_used_up_asks_what_comes_next() -> None:
    """S1-12, S1-18"""
    trial = Decision("d", "a", kind="convert", day=ago(60), until=ahead(30), budget=2)
    made = History(ACCOUNT, decisions=(trial,), activities=(did("visit", 10), did("visit", 40)))
    assert dues(made)["decision:d"].good_day == ago(10)
    assert dues(replace(made, activities=()))["decision:d"].good_day == ahead(23)


def test_who_left_gets_a_quiet_line_and_no_band() -> None:
    """S4-02, S3-21"""
    made = History(replace(ACCOUNT, state="lost", ended_on=ago(178), tier="A"), amounts=FLAT, last_month="2026-10")
    found = standing(made)
    assert {due.key for due in found.dues} == {"checkin"}
    assert (found.band, found.points) == ("unknown", 0)
    assert found.care > standing(History(ACCOUNT)).care


def test_an_account_handed_to_the_manager_keeps_only_my_promises() -> None:
    """S2-07"""
    made = History(replace(ACCOUNT, owner="manager", tier="A"), tasks=(task("give", 1),), activities=(did("call", 90),))
    assert set(dues(made)) == {"task:give1"}


def test_an_account_handed_to_the_manager_asks_for_no_greeting_renewal_or_anniversary() -> None:
    """S2-07"""
    account = replace(ACCOUNT, inherited_on=ago(5), introduced_on="2024-12-01", next_need_on=ahead(3))
    made = History(account, contracts=(Contract("k", "a", starts_on="2023-01-01", ends_on=ahead(60)),))
    assert {"greeting", "renewal", "anniversary", "need"} <= set(dues(made))
    for away in (replace(account, owner="manager"), replace(account, state="handed")):
        assert dues(replace(made, account=away)) == {}


# --- freeze, case, put off ---


def test_a_freeze_hides_contact_and_keeps_its_clock() -> None:
    """S2-23, tension 2"""
    order = Decision("f", "a", kind="freeze", by="박 팀장", day=ago(3))
    made = History(
        ACCOUNT, activities=(did("call", 50),), policies=(CALL,), decisions=(order,),
        tasks=(task("give", 2), task("debrief", 0)),
    )  # fmt: skip
    found = standing(made)
    assert {due.key for due in found.dues} == {"task:debrief0", "plan:f"}
    assert found.points == 14
    assert found.reason == Message("standing.freeze_since", {"day": ago(3)})


def test_a_freeze_hides_the_greeting_and_the_renewal_too() -> None:
    """S2-23: everything that would be said to the customer rests, until the order ends."""
    contract = Contract("k", "a", starts_on="2023-01-01", ends_on=ahead(60))
    made = History(replace(ACCOUNT, inherited_on=ago(5)), contracts=(contract,))
    order = Decision("f", "a", kind="freeze", day=ago(3), until=ahead(2))
    assert set(dues(made)) == {"greeting", "renewal"}
    assert set(dues(replace(made, decisions=(order,)))) == {"plan:f"}
    assert set(dues(replace(made, decisions=(replace(order, until=ago(1)),)))) == {"greeting", "renewal"}


def test_a_day_without_a_date_says_in_one_line_that_a_date_is_enough() -> None:
    """S0-17: an offer and no blame; gone with a date, an attempt or a meeting, and another word while paused."""
    case = ChurnCase("c", "a", heard_at=f"{ago(1)}T09:12")
    made = History(ACCOUNT, cases=(case,))

    def why(whole: History) -> str:
        return dues(whole)["case"].why.id

    assert why(made) == "due.why_case_date"
    assert why(replace(made, cases=(replace(case, heard_at=f"{ago(0)}T09:12"),))) == "due.why_case"
    assert why(replace(made, cases=(replace(case, visit_at=f"{ahead(2)}T15:00"),))) == "due.why_case"
    assert why(replace(made, activities=(did("call", 0, outcome="attempt"),))) == "due.why_case"
    assert why(replace(made, activities=(did("call", 2, outcome="attempt"),))) == "due.why_case_date"
    assert why(replace(made, activities=(did("visit", 0),))) == "due.why_case"
    pause = Decision("f", "a", kind="freeze", day=ago(0))
    assert why(replace(made, decisions=(pause,))) == "due.why_case_paused"
    assert standing(History(ACCOUNT, cases=(replace(case, heard_at=f"{ago(0)}T09:12"),))).changes_on <= ahead(1)


def test_an_open_case_stands_on_top_with_its_visit() -> None:
    """N1: 이탈 대응 이틀째"""
    case = ChurnCase("c", "a", heard_at=f"{ago(1)}T09:12", visit_at=f"{ago(0)}T15:00")
    made = History(ACCOUNT, cases=(case,), policies=(CALL,), activities=(did("call", 60),))
    found = standing(made)
    due = {one.key: one for one in found.dues}["case"]
    assert (due.rank, due.time, due.fixed) == (0, "15:00", True)
    assert due.why == found.reason == Message("due.why_case", {"day": ago(1)})
    assert found.band == "danger"
    assert set(dues(made)) == {"case"}
    meeting = task("meet", 0, "표지환 본부장 뵙기", due_time="15:00")
    assert dues(replace(made, tasks=(meeting,)))["case"].what == Message("due.title", {"title": "표지환 본부장 뵙기"})


def test_what_was_put_off_rests_until_its_day() -> None:
    """s 미루기"""
    made = History(ACCOUNT, tasks=(task("give", 3),), put_offs=(PutOff("x", "a", "task:give3", ahead(4)),))
    due = dues(made)["task:give3"]
    assert (due.good_day, due.last_day, due.rank) == (ahead(4), ahead(4), 20)


# --- reasons ---


def test_the_best_reason_to_call_is_offered() -> None:
    """S3-06: complaint, promise, note, renewal, trend, else the month's word"""
    made = History(ACCOUNT, activities=(did("call", 35),), policies=(CALL,))
    assert dues(made)["call"].why == Message("due.why_month", {"month": "2026-11"})
    falling = replace(made, amounts=FLAT | {"2026-10": 1000}, last_month="2026-10")
    assert dues(falling)["call"].why == Message("score.short_last_month", {"drop": 80})
    ending = replace(falling, contracts=(Contract("c", "a", starts_on="2023-01-01", ends_on=ahead(75)),))
    assert dues(ending)["call"].why == Message("due.why_renewal", {"day": ahead(75)})
    noted = replace(ending, facts=(Fact("f", "a", kind="work", text="새 매장 준비 중", day=ago(20)),))
    assert dues(noted)["call"].why == Message("due.why_note", {"text": "새 매장 준비 중"})
    promised = replace(noted, tasks=(task("give", -9),))
    assert dues(promised)["call"].why == Message("due.why_promise", {"title": "단가표"})
    angry = replace(promised, signals=(Signal("s", "a", kind="complaint", day=ago(20)),))
    assert dues(angry)["call"].why == Message("due.why_complaint", {"day": ago(20)})


def test_a_review_says_its_quarter_or_when_the_last_one_was() -> None:
    """N1: 분기 자료, 4분기"""
    quarterly = Policy("r", scope="account", scope_id="a", kind="review", per_year=4)
    made = History(ACCOUNT, activities=(did("review", 90),), policies=(quarterly,))
    assert dues(made)["review"].what == Message("due.review_quarter")
    assert dues(made)["review"].why == Message("due.why_quarter", {"n": 4})
    half = replace(made, activities=(did("review", 170),), policies=(replace(quarterly, per_year=2),))
    assert dues(half)["review"].why == Message("due.why_review", {"month": "2026-06"})


def test_an_expired_or_private_note_is_no_reason() -> None:
    """S3-03"""
    made = History(ACCOUNT, activities=(did("call", 35),), policies=(CALL,))
    for fact in (
        Fact("f", kind="work", text="이사", day=ago(30), expires_on=ago(1)),
        Fact("f", kind="work", text="이사", day=ago(181)),
        Fact("f", kind="work", text="이사", day=ago(3), private=1),
        Fact("f", kind="gap", text="이사", day=ago(3)),
    ):
        assert dues(replace(made, facts=(fact,)))["call"].why.id == "due.why_month"


def test_two_missed_months_say_so_in_one_line() -> None:
    made = History(ACCOUNT, activities=(did("call", 107),), policies=(CALL,))
    due = dues(made)["call"]
    assert (due.last_day, due.why.id) == ("2026-09-30", "due.why_missed_2_months")


def test_the_list_says_the_heaviest_part() -> None:
    """N2"""
    made = History(
        ACCOUNT, activities=(did("call", 41),), policies=(CALL,), last_month="2026-10",
        amounts=FLAT | {"2026-10": 1900}, signals=(Signal("s", "a", kind="complaint", day=ago(20)),),
    )  # fmt: skip
    found = standing(made)
    assert (found.band, found.reason) == ("watch", Message("score.short_last_month", {"drop": 62}))
    assert standing(History(ACCOUNT, activities=(did("call", 3),), amounts=FLAT, last_month="2026-10")).reason is None


# --- the line in the list ---


def test_two_clocks_run_for_contact_and_for_meeting() -> None:
    """S3-10, product 1a 7"""
    found = standing(History(ACCOUNT, activities=(did("call", 4), did("visit", 185), did("message", 1, two_way=0))))
    assert (found.last_contact, found.last_met) == (ago(4), ago(185))


def test_the_spark_shows_twelve_months_against_the_largest() -> None:
    amounts = {"2026-04": 0, "2026-05": 7, "2026-06": 1, "2026-08": -3, "2026-10": 4, "2026-11": 99}
    found = standing(History(ACCOUNT, amounts=amounts, last_month="2026-11"))
    assert found.spark == ".....0710004"
    assert standing(History(ACCOUNT)).spark == "." * 12
    old = {"1998-03": 10, "1998-05": 5}
    assert standing(History(ACCOUNT, amounts=old, last_month="1998-05")).spark == ".........704"


def test_the_amount_is_the_mean_of_six_complete_months() -> None:
    assert standing(History(ACCOUNT, amounts=FLAT, last_month="2026-10")).amount == 5000
    assert standing(History(ACCOUNT, amounts={"2026-09": 10, "2026-11": 9}, last_month="2026-11")).amount == 5
    assert standing(History(ACCOUNT)).amount is None


def test_the_order_of_care() -> None:
    """S2-01, S2-08, figures 5"""
    late = Signal("s", "a", kind="payment", days=40, day=ago(3))
    angry = tuple(Signal(f"c{n}", "a", kind="complaint", day=ago(30)) for n in range(2))
    fine = History(ACCOUNT, activities=(did("call", 3),), amounts=FLAT, last_month="2026-10")
    silent = replace(fine, activities=(did("call", 200),))
    watch = replace(silent, signals=(late,))
    rich = replace(watch, amounts={month: amount * 100 for month, amount in FLAT.items()})
    asked = replace(fine, signals=(Signal("b", "a", kind="boss_asked", day=ago(5)),))
    order = [
        replace(fine, cases=(ChurnCase("c", "a", heard_at=f"{ago(1)}T10:00"),)),
        replace(fine, decisions=(Decision("f", "a", kind="freeze", day=ago(2)),)),
        replace(silent, signals=(*angry, late, Signal("k", "a", kind="competitor", level="quote", day=ago(9)))),
        rich,
        watch,
        replace(silent, signals=(), account=replace(ACCOUNT, irregular=1)),
        History(replace(ACCOUNT, id="n", entered_on=ago(1))),
        fine,
        replace(fine, account=replace(ACCOUNT, state="prospect")),
        replace(fine, account=replace(ACCOUNT, state="handed")),
        replace(fine, account=replace(ACCOUNT, state="lost")),
    ]
    cares = [standing(one).care for one in order]
    assert cares == sorted(cares)
    assert len(set(cares)) == len(cares)
    assert max(cares) < 2**63
    assert cares[0] < standing(asked).care < cares[2]


def test_the_holidays_of_korea_come_as_iso_days() -> None:
    days = korean_holidays([2027, 2026])
    assert {"2026-09-25", "2027-02-09", "2027-03-01"} <= days


# --- how long it holds ---

_BACKS = st.integers(-50, 250)
_DAY = _BACKS.map(ago)
_MAYBE_DAY = st.one_of(st.just(""), _DAY)


def _some(element: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(element, max_size=most).map(tuple)


ACTIVITIES = st.builds(
    Activity,
    id=st.uuids().map(str),
    contact_id=st.sampled_from(["", "p0"]),
    kind=st.sampled_from(["visit", "call", "review", "message", "note"]),
    day=_DAY,
    outcome=st.sampled_from(["done", "done", "attempt"]),
    marks=st.sampled_from(["", "late"]),
)
TASKS = st.builds(
    Task,
    id=st.uuids().map(str),
    kind=st.sampled_from(["give", "get", "meet", "greeting", "event", "do"]),
    title=st.sampled_from(["", "단가표"]),
    due_on=_MAYBE_DAY,
    due_time=st.sampled_from(["", "10:30"]),
    promised_on=_MAYBE_DAY,
)
SIGNALS = st.builds(
    Signal,
    id=st.uuids().map(str),
    kind=st.sampled_from(["complaint", "competitor", "people", "late", "payment", "boss_asked", "need"]),
    level=st.sampled_from(["", "ceo", "heard", "replacing"]),
    day=_MAYBE_DAY,
    expires_on=_MAYBE_DAY,
    state=st.sampled_from(["open", "open", "closed"]),
)
DECISIONS = st.builds(
    Decision,
    id=st.uuids().map(str),
    kind=st.sampled_from(["fine", "freeze", "hold", "convert"]),
    day=_MAYBE_DAY,
    until=_MAYBE_DAY,
    budget=st.sampled_from([None, 1]),
)
CONTRACTS = st.builds(
    Contract,
    id=st.uuids().map(str),
    kind=st.sampled_from(["term", "term", "monthly", "none", "prepaid"]),
    starts_on=_MAYBE_DAY,
    ends_on=_MAYBE_DAY,
    received=st.sampled_from([None, 100]),
)
ACCOUNTS = st.builds(
    Account,
    id=st.sampled_from(["a", "b", "c"]),
    tier=st.sampled_from(["A", "B", "C", ""]),
    state=st.sampled_from(["active", "active", "active", "prospect", "lost"]),
    entered_on=_MAYBE_DAY,
    since=_MAYBE_DAY,
    introduced_on=st.one_of(_MAYBE_DAY, st.sampled_from(["2024-02-29", "2025-11-26", "2020-01-02"])),
    inherited_on=_MAYBE_DAY,
    ended_on=_MAYBE_DAY,
    next_need_on=_MAYBE_DAY,
    seasonal=st.integers(0, 1),
)
MONTHS = st.dictionaries(
    st.sampled_from([f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]),
    st.integers(-10, 100),
    max_size=14,
)
CASES = st.builds(
    ChurnCase, id=st.just("k"), heard_at=_DAY.map(lambda day: f"{day}T09:10"),
    visit_at=_MAYBE_DAY.map(lambda day: day and f"{day}T15:00"), state=st.sampled_from(["open", "closed", "closed"]),
)  # fmt: skip
CONTACTS = st.builds(
    Contact, id=st.sampled_from(["p0", "p1"]), name=st.just("나"), role=st.sampled_from(["ceo", "", "other"]),
    came_on=_MAYBE_DAY, left_on=st.sampled_from(["", "", ago(10), ahead(9)]), opt_out=st.sampled_from(["", "call"]),
)  # fmt: skip
FACTS = st.builds(
    Fact, id=st.just("f"), kind=st.just("work"), text=st.just("이사"), day=_MAYBE_DAY, expires_on=_MAYBE_DAY
)
HISTORIES = st.builds(
    History,
    account=ACCOUNTS,
    contacts=_some(CONTACTS, 2),
    contracts=_some(CONTRACTS, 2),
    activities=_some(ACTIVITIES, 5),
    tasks=_some(TASKS, 2),
    signals=_some(SIGNALS, 3),
    facts=_some(FACTS, 1),
    decisions=_some(DECISIONS, 2),
    cases=_some(CASES, 1),
    amounts=MONTHS,
    policies=_some(st.just(replace(CALL, from_on=ago(40))), 1),
    put_offs=_some(st.builds(PutOff, id=st.just("o"), what=st.sampled_from(["call", "renewal"]), until=_DAY), 1),
    last_month=st.sampled_from(["2026-06", "2026-10", "2026-11", "2027-03"]),
)
RULES = Rules(holidays=korean_holidays([2026, 2027]), spread_days=20)


@settings(CALM, max_examples=120)
@given(HISTORIES, st.integers(-40, 90), st.data())
def test_nothing_changes_before_the_day_it_names(made: History, shift: int, data: st.DataObject) -> None:
    """Being early only costs time; being late would show what is no longer so."""
    today = TODAY + timedelta(days=shift)
    found = assess(made, RULES, today)
    end = date.fromisoformat(found.changes_on) if found.changes_on else today + timedelta(days=800)
    assert end > today
    last = (end - today).days - 1
    for days in {min(1, last), last, data.draw(st.integers(0, last))}:
        later = assess(made, RULES, today + timedelta(days=days))
        assert replace(later, changes_on="") == replace(found, changes_on="")


def _messages(made: History, today: date) -> list[Message]:
    found = assess(made, RULES, today)
    whole = score(inputs_of(made, RULES, today))
    parts = [message for part in whole.parts for message in (part.reason, part.short) if message]
    lines = [message for due in found.dues for message in (due.what, due.why)]
    return [one for one in (found.reason, whole.one_thing, whole.aside, *parts, *lines) if one]


@settings(CALM, max_examples=40)
@given(HISTORIES)
def test_every_message_has_its_words_in_both_languages(made: History) -> None:
    for texts in (Texts("ko", today=TODAY), Texts("en", today=TODAY)):
        for message in _messages(made, TODAY):
            words = texts.say(message)
            assert words
            assert "{" not in words
            assert "@" not in words


DOMAIN = Path(__file__).parents[2] / "fieldsales" / "domain"
FILES = ("score.py", "cadence.py", "standing.py", "agenda.py", "due_lines.py")


def test_every_text_id_of_the_rules_exists() -> None:
    known = set(re.findall(r'^msgid "(.+)"$', (DOMAIN.parent / "locale/ko/rules.po").read_text("utf-8"), re.M))
    other = set(re.findall(r'^msgid "(.+)"$', (DOMAIN.parent / "locale/en/rules.po").read_text("utf-8"), re.M))
    assert known == other
    used = set()
    for name in FILES:
        text = (DOMAIN / name).read_text("utf-8")
        used |= set(re.findall(r'"@?((?:score|due|standing|agenda)\.(?:[a-z0-9_.]|\{[^}]*\})+)"', text))
    patterns = [re.sub(r"\{[^}]*\}", "[a-z0-9_]+", one.replace(".", r"\.")) for one in used]
    for pattern in patterns:
        assert any(re.fullmatch(f"{pattern}(_stays|_falls)?", one) for one in known), pattern
    for one in known:
        assert any(
            re.fullmatch(f"{pattern}(_season|_stays|_falls|_met|_named|_on|_never)*", one) for pattern in patterns
        ), one


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_words_of_a_line_fit_its_columns(lang: str) -> None:
    """N1, N2: what 24 cells, why 26, the list's reason 28"""
    texts = Texts(lang, today=TODAY)
    filled: dict[str, str | int] = {
        "day": ago(71), "month": "2026-12", "n": 12, "drop": 100, "title": "단가표", "text": "새 매장 준비 중",
        "who": "표 본부장", "amount": 15_000_000, "time": "10:30",
    }  # fmt: skip
    for id in re.findall(r'^msgid "(.+)"$', (DOMAIN.parent / f"locale/{lang}/rules.po").read_text("utf-8"), re.M):
        room = {"agenda": 10, "standing": 28}.get(id.split(".")[0], 0)
        if id.startswith("due."):
            room = 26 if ".why_" in id else 24
        elif id.startswith("score.short_"):
            room = 28
        if room:
            assert cells(texts(id, **filled)) <= room, texts(id, **filled)
