"""윗분: the self-checks with their evidence, who asked for whom, joint visits, pauses without a plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.boss import (
    ANSWERS,
    CHECKS,
    answers_of,
    asked_since,
    evidence,
    joint_planned,
    joint_visits,
    mandates,
    never_dealt,
    next_answer,
    offers_made,
    own_experience,
    page,
    plan_due,
    prepare_on,
    read_answers,
    requests,
    situation_of,
    unasked,
    write_answers,
)
from fieldsales.domain.brief import brief
from fieldsales.domain.cadence import policies_of
from fieldsales.domain.model import (
    Account,
    Activity,
    ChurnCase,
    Contact,
    Deal,
    Decision,
    Fact,
    History,
    Offer,
    Rules,
    SheetItem,
    Signal,
    Task,
)
from fieldsales.domain.prep import occasions
from fieldsales.domain.standing import assess

TODAY = date(2026, 11, 20)


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def history(since: str = "", **rest: object) -> History:
    account = Account("a", "가람빛", tier="A", entered_on=ago(2000), since=since or ago(1500))
    people = (Contact("c", "a", "차도원", "부장"), Contact("d", "a", "하윤목", "대표"))
    return History(account, contacts=people, **rest)  # type: ignore[arg-type]


def asked(days: int = 2, **rest: object) -> Signal:
    return Signal(f"s{days}", "a", "c", kind="boss_asked", text="위에 분 좀 뵙시다", day=ago(days), **rest)  # type: ignore[arg-type]


def words(found: tuple[object, ...]) -> list[str]:
    return [one.id for one in found]  # type: ignore[attr-defined]


# --- what the page says first ----------------------------------------------------------------------------------------


def test_without_a_request_the_page_says_to_report_at_once() -> None:
    """C12, S2-05: reporting is never gated; the page only looks."""
    assert page(history(), TODAY).sentence.id == "boss.say_plain"


def test_an_old_customer_who_asks_for_my_manager_opens_the_self_check() -> None:
    """S2-08: over a year; and it stands above the others in the list."""
    call = Activity("v", "a", "c", kind="visit", day=ago(100))
    seen = history(signals=(asked(),), activities=(call,))
    assert situation_of(seen, TODAY) == "old"
    assert situation_of(history(ago(365), signals=(asked(),), activities=(call,)), TODAY) == "asked"
    assert situation_of(history(ago(366), signals=(asked(),), activities=(call,)), TODAY) == "old"
    assert assess(seen, Rules(), TODAY).care < assess(history(activities=(call,)), Rules(), TODAY).care


def test_who_asks_for_my_manager_before_meeting_me_may_be_handed_over() -> None:
    """S2-07: no talk with that person before, and no meeting; the call in which they asked is none."""
    day = asked(2)
    call = Activity("v", "a", "c", kind="call", day=ago(2))
    assert situation_of(history(signals=(day,), activities=(call,)), TODAY) == "never_met"
    assert not never_dealt(history(activities=(Activity("v", "a", "c", kind="call", day=ago(3)),)), day)
    assert not never_dealt(history(activities=(Activity("v", "a", "c", kind="visit", day=ago(2)),)), day)
    other = Activity("v", "a", "d", kind="visit", day=ago(40))
    assert never_dealt(history(activities=(other,)), day)
    tried = Activity("v", "a", "c", kind="call", day=ago(9), outcome="attempt")
    mate = Activity("w", "a", "c", kind="visit", day=ago(9), by="팀장님")
    assert never_dealt(history(activities=(tried, mate)), day)


def test_an_account_of_my_manager_and_a_pause_come_before_everything_else() -> None:
    """A17, S2-23."""
    pause = Decision("f", "a", kind="freeze", by="팀장님", day=ago(1))
    seen = history(signals=(asked(),), decisions=(pause,))
    assert situation_of(seen, TODAY) == "paused"
    handed = History(Account("a", "가람빛", owner="manager", state="handed"), decisions=(pause,))
    assert situation_of(handed, TODAY) == "handed"


# --- requests and joint visits ---------------------------------------------------------------------------------------


def test_a_request_is_counted_once_though_its_complaint_is_marked_too() -> None:
    """S2-04."""
    complaint = Signal("k", "a", "c", kind="complaint", text="도면", day=ago(30), boss_asked=1)
    assert [one.id for one in requests(history(signals=(asked(3), complaint)))] == ["s3"]
    assert [one.id for one in requests(history(signals=(complaint,)))] == ["k"]


def test_requests_of_a_year_are_counted_with_names_and_joint_visits_are_another_count() -> None:
    """S2-11, S3-15: two separate counts."""
    visit = Activity("v", "a", "c", kind="visit", day=ago(5), joint=1)
    alone = Activity("w", "a", "c", kind="visit", day=ago(6), by="팀장님")
    mine = Activity("x", "a", "c", kind="visit", day=ago(4))
    called = Activity("y", "a", "c", kind="call", day=ago(3), joint=1)
    logs = (called, mine, visit, alone)
    seen = history(signals=(asked(10), asked(200, state="closed"), asked(400)), activities=logs)
    found = asked_since([seen], TODAY)
    assert [(name, one.day) for name, one in found] == [("가람빛", ago(10)), ("가람빛", ago(200))]
    assert joint_visits(seen) == [visit]


def test_the_day_a_joint_visit_is_prepared_lies_two_days_before_it() -> None:
    """S2-15."""
    assert prepare_on("2026-12-01", TODAY) == "2026-11-29"
    assert prepare_on("2026-11-21", TODAY) == TODAY.isoformat()
    assert prepare_on("", TODAY) == ""


def test_the_sheet_is_offered_from_two_days_before_until_the_visit_and_never_late_before_it() -> None:
    """S2-15, S2-19: an offer, not a debt; what changed is asked from a week after."""
    tasks = (
        Task("m", "a", kind="meet", title="동반 방문", sheet="joint", due_on=ago(-2)),
        Task("p", "a", kind="do", title="준비표", sheet="joint", due_on=ago(0)),
        Task("q", "a", kind="do", sheet="joint_after", due_on=ago(-3), promised_on=ago(4)),
    )
    found = {one.key: one for one in assess(history(tasks=tasks), Rules(), TODAY).dues}
    assert (found["task:p"].good_day, found["task:p"].last_day) == (ago(0), ago(-2))
    assert (found["task:p"].why.id, found["task:p"].why.args["day"]) == ("due.why_joint_on", ago(-2))
    assert (found["task:q"].good_day, found["task:q"].last_day) == (ago(-3), ago(-10))
    assert found["task:q"].what.id == "due.sheet_joint_after" and found["task:q"].why.args["day"] == ago(4)
    assert found["task:p"].fixed and not found["task:q"].fixed


def test_people_who_were_not_asked_beforehand_are_listed() -> None:
    """S2-16: a tick or an answer takes them off."""
    rows = [
        SheetItem("1", key="ask_c", act="ask"),
        SheetItem("2", key="ask_d", act="ask", text="날짜만 있으면 됨"),
        SheetItem("3", key="ask_e", act="ask", done_at="2026-11-19T10:00"),
        SheetItem("4", key="our_aim"),
    ]
    assert [one.id for one in unasked(rows)] == ["1"]


def test_the_planned_joint_visit_is_the_next_one() -> None:
    """V9."""
    tasks = (
        Task("late", "a", kind="meet", sheet="joint", due_on="2026-12-20"),
        Task("open", "a", kind="meet", sheet="joint"),
        Task("next", "a", kind="meet", sheet="joint", due_on="2026-12-01"),
        Task("prep", "a", kind="do", sheet="joint", due_on="2026-11-29"),
        Task("done", "a", kind="meet", sheet="joint", due_on="2026-11-01", state="done"),
    )
    planned = joint_planned(history(tasks=tasks))
    assert planned is not None and planned.id == "next"


# --- the three self-checks -------------------------------------------------------------------------------------------


def test_interest_is_measured_by_contacts_now_and_before() -> None:
    """S2-09: attempts and visits of others are no interest of mine; today counts, the ninetieth day is before."""
    activities = (
        Activity("1", "a", "c", kind="call", day=ago(0)),
        Activity("2", "a", "c", kind="visit", day=ago(89)),
        Activity("3", "a", "c", kind="call", day=ago(90)),
        Activity("4", "a", "c", kind="call", day=ago(179)),
        Activity("5", "a", "c", kind="call", day=ago(180)),
        Activity("6", "a", "c", kind="call", day=ago(1), outcome="attempt"),
        Activity("7", "a", "c", kind="visit", day=ago(1), by="팀장님"),
    )
    first, met = evidence(history(activities=activities), "interest", TODAY)
    assert (first.id, dict(first.args)) == ("boss.contacts", {"n": 2, "before": 2})
    assert (met.id, dict(met.args)) == ("brief.met_months", {"n": 2})


def test_care_is_measured_by_what_was_kept_what_is_late_and_complaints() -> None:
    """S2-09, S2-03, A6: three answers without progress are 제자리."""
    late = Task("t", "a", kind="give", title="성적서", due_on=ago(1))
    today = Task("u", "a", kind="give", title="도면", due_on=ago(0))
    complaint = Signal("k", "a", "c", kind="complaint", day=ago(30), tries=2)
    found = evidence(history(tasks=(late, today), signals=(complaint,)), "care", TODAY)
    assert [(one.id, dict(one.args)) for one in found] == [
        ("boss.late", {"n": 1}),
        ("boss.complaints", {"n": 1}),
    ]
    stuck = Signal("k", "a", "c", kind="complaint", day=ago(30), tries=3)
    assert words(evidence(history(signals=(stuck,)), "care", TODAY)) == ["boss.stuck"]
    assert words(evidence(history(), "care", TODAY)) == ["boss.care_clear"]
    kept = evidence(history(), "care", TODAY, policies_of(history().account, (), Rules()))
    assert kept[0].id == "boss.kept" and kept[0].args["met"] == 0 and int(kept[0].args["due"]) > 0


def test_a_rival_is_told_with_its_day_and_how_sure_it_is_and_fades() -> None:
    """S2-09."""
    news = Signal("r", "a", "c", kind="competitor", text="명함", day=ago(25), certainty="guessed")
    found = evidence(history(signals=(news,)), "rival", TODAY)
    assert words(found) == ["boss.rival", "boss.guessed"] and found[0].args["text"] == "명함"
    old = Signal("r", "a", "c", kind="competitor", text="명함", day=ago(181))
    assert words(evidence(history(signals=(old,)), "rival", TODAY)) == ["boss.no_rival"]


def test_the_three_checks_stand_with_evidence_and_without_an_answer() -> None:
    """C12, S2-10: nothing has to be answered."""
    seen = page(history(), TODAY)
    assert [one.name for one in seen.checks] == list(CHECKS)
    assert all(one.evidence and not one.answer for one in seen.checks)


@given(st.dictionaries(st.sampled_from(CHECKS), st.sampled_from(ANSWERS)))
def test_answers_are_read_back_as_they_were_given(answers: dict[str, str]) -> None:
    """S2-09."""
    assert read_answers(write_answers(answers)) == {name: one for name, one in answers.items() if one}


def test_space_turns_through_so_not_so_and_not_said() -> None:
    assert [next_answer(one) for one in ANSWERS] == ["yes", "no", ""]


def test_a_self_check_holds_for_a_month() -> None:
    def seen(days: int) -> dict[str, str]:
        check = Decision("x", "a", kind="self_check", text="interest:yes rival:no what:ever", day=ago(days))
        return answers_of(history(decisions=(check,)), TODAY)

    assert seen(30) == {"interest": "yes", "rival": "no"}
    assert seen(31) == {}


def test_the_offers_made_are_those_of_the_case_or_of_half_a_year() -> None:
    """S2-06."""
    offers = (
        Offer("1", "a", "k", day=ago(300), text="물량 절반"),
        Offer("2", "a", day=ago(300), text="오래된 것"),
        Offer("3", "a", day=ago(10), text="단가"),
    )
    case = ChurnCase("k", "a", heard_at=ago(5) + "T09:00", started_at=ago(5) + "T09:00")
    assert [one.id for one in offers_made(history(offers=offers, cases=(case,)), TODAY)] == ["3", "1"]
    assert [one.id for one in offers_made(history(offers=offers), TODAY)] == ["3"]


# --- a pause, and days without a plan --------------------------------------------------------------------------------


def plan_lines(seen: History, day: date = TODAY) -> list[str]:
    return [one.what.id for one in assess(seen, Rules(), day).dues if one.key.startswith("plan:")]


@pytest.mark.parametrize(("days", "offered"), [(0, False), (2, False), (3, True), (40, True)])
def test_three_days_of_a_pause_without_a_plan_offer_to_write_one(days: int, offered: bool) -> None:
    """S2-24."""
    pause = Decision("f", "a", kind="freeze", by="팀장님", day=ago(days))
    seen = history(decisions=(pause,))
    assert plan_due(seen, TODAY) is offered
    assert plan_lines(seen) == (["due.plan_pause"] if offered else [])


def test_something_to_be_done_since_the_pause_is_a_plan() -> None:
    """S2-24: what was promised before it is none, nor is asking what was said."""
    pause = Decision("f", "a", kind="freeze", by="팀장님", day=ago(5))

    def due(**task: object) -> bool:
        seen = history(decisions=(pause,), tasks=(Task("t", "a", **task),))  # type: ignore[arg-type]
        assert bool(plan_lines(seen)) is plan_due(seen, TODAY)
        return plan_due(seen, TODAY)

    assert not due(kind="do", promised_on=ago(4))
    assert not due(kind="do", promised_on=ago(4), state="done")
    assert due(kind="do", promised_on=ago(6))
    assert due(kind="do", promised_on=ago(4), state="dropped")
    assert due(kind="debrief", promised_on=ago(4))
    assert due(kind="do", sheet="thanks", promised_on=ago(4))


def test_a_case_without_a_plan_is_reminded_of_too_until_anything_is_set_down() -> None:
    """S2-24: an offer, an appointment or a promise of the case is a plan."""
    at = ago(3) + "T09:00"
    case = ChurnCase("k", "a", heard_at=at, started_at=at)
    assert plan_lines(history(cases=(case,))) == ["due.plan_case"] and plan_due(history(cases=(case,)), TODAY)
    for more in (
        history(cases=(case,), offers=(Offer("o", "a", "k", day=ago(1)),)),
        history(cases=(case,), tasks=(Task("t", "a", kind="give", title="x", due_on=ago(-3), case_id="k"),)),
        history(cases=(ChurnCase("k", "a", heard_at=at, started_at=at, visit_at=ago(0) + "T15:00"),)),
    ):
        assert plan_lines(more) == [] and not plan_due(more, TODAY)
    over = history(cases=(ChurnCase("k", "a", heard_at=at, started_at=at, visit_at=ago(1) + "T15:00"),))
    assert plan_lines(over) and plan_due(over, TODAY)


def test_a_pause_hides_what_would_be_said_and_its_days_go_on() -> None:
    """S2-23, V10: no call is due, the counters are there, and the plan is no call."""
    call = Activity("v", "a", "c", kind="call", day=ago(41))
    pause = Decision("f", "a", kind="freeze", by="팀장님", day=ago(4), until="")
    free = assess(history(activities=(call,)), Rules(), TODAY)
    paused = assess(history(activities=(call,), decisions=(pause,)), Rules(), TODAY)
    assert any(one.key == "call" for one in free.dues)
    assert [one.key for one in paused.dues] == ["plan:f"]
    assert paused.last_contact == ago(41) == free.last_contact
    over = Decision("f", "a", kind="freeze", by="팀장님", day=ago(4), until=ago(1))
    assert any(one.key == "call" for one in assess(history(activities=(call,), decisions=(over,)), Rules(), TODAY).dues)


# --- what is known ---------------------------------------------------------------------------------------------------


def test_what_was_left_to_me_stands_on_the_page_and_is_private() -> None:
    """S2-18: the newest, with who said it before whom; it is not told again under 요즘."""
    facts = (
        Fact("1", "a", kind="mandate", text="비용은 내 판단대로", day=ago(9), source="사장님 · 차도원 부장 앞에서"),
        Fact("2", "a", kind="mandate", text="작은 건만", day=ago(90)),
    )
    seen = history(facts=facts)
    assert [one.id for one in mandates(seen)] == ["1", "2"]
    part = brief(seen, (), TODAY).part("mandate")
    assert part is not None and part.private and len(part.lines) == 1
    assert part.lines[0].row == ("fact", "1") and "사장님 · 차도원 부장 앞에서" in part.lines[0].pieces
    assert brief(seen, (), TODAY).part("lately") is None


def test_a_reputation_stands_beside_what_i_found_myself() -> None:
    """S2-26, S2-27: what is said of them with who said it, and how often we met and what came of it."""
    fact = Fact("1", "a", "c", kind="reputation", text="까다롭기로 이름남", day=ago(5), source="이 과장")
    visits = tuple(Activity(f"v{n}", "a", "c", kind="visit", day=ago(20 + n)) for n in range(3))
    own = own_experience(history(activities=visits), fact)
    assert own is not None and (own.id, dict(own.args)) == ("boss.own_met", {"n": 3, "won": 0})
    won = own_experience(history(activities=visits, deals=(Deal("d", "a", ago(3), 10),)), fact)
    assert won is not None and (won.id, won.args["won"]) == ("boss.own_won", 1)
    assert own_experience(history(), fact) is None
    part = brief(history(activities=visits, facts=(fact,)), (), TODAY).part("lately")
    assert part is not None and [getattr(one, "id", one) for one in part.lines[0].pieces] == [
        "brief.fact_month_from",
        "boss.own_met",
    ]


def test_temper_and_what_mends_it_are_known_before_the_door() -> None:
    """A5, S2-20, S2-21, S2-25, C13."""
    contact = Contact(
        "c", "a", "마성호", "부장", temper="불같이 내시지만 오래 두지 않으심", mends="사과부터", best_time="저녁 7시쯤"
    )
    part = brief(History(Account("a", "곰비임비"), contacts=(contact,)), (), TODAY).part("people")
    assert part is not None
    told = [line for line in part.lines if line.private]
    assert [line.pieces for line in told] == [("불같이 내시지만 오래 두지 않으심", "사과부터", "저녁 7시쯤")]


def test_the_line_that_offers_the_sheet_opens_the_checklist_of_a_joint_visit() -> None:
    """S2-15, V9."""
    tasks = (Task("p", "a", kind="do", title="준비표", sheet="joint", due_on=ago(0)),)
    assert occasions(history(tasks=tasks), ("task:p",), TODAY)[0] == "joint"
