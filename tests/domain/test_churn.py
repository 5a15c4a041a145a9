"""The worst morning: what is proposed, what the first screen says, which sentence fits, what stops a close."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.churn import (
    CaseDraft,
    counts_as_visit,
    dawdling,
    draft,
    farewell_text,
    guidance,
    missing_for_close,
    next_item,
    stamp,
    timeline,
    to_say_on_the_phone,
    trigger,
    visit_piece,
    why_not_by_hand,
)
from fieldsales.domain.dates import month_back
from fieldsales.domain.model import (
    Account,
    Activity,
    CaseEvent,
    CaseItem,
    Cause,
    ChurnCase,
    Contact,
    Cover,
    Deal,
    Decision,
    History,
    Lesson,
    Message,
    Offer,
)
from fieldsales.domain.playbooks import parse_playbook
from fieldsales.locale import Texts
from fieldsales.playbooks import find_playbook

NOW = datetime(2026, 11, 19, 9, 20)
TODAY = NOW.date()
PLAYBOOK = parse_playbook(find_playbook("churn.ko"))
DOMAIN = Path(__file__).parents[2] / "fieldsales" / "domain" / "churn.py"
BUYER = Contact("c1", "a", "문도균", "차장", phone="02-0000-0142", since="2025-07-01", temper="말씀이 적음")
HEAD = Contact("c2", "a", "표지환", "본부장", role="head", came_on="2026-10-20", position=1)


def amounts(*values: int, last: str = "2026-10") -> dict[str, int]:
    """Amounts of the months up to `last`, oldest first."""
    return {month_back(last, back): value for back, value in zip(range(len(values) - 1, -1, -1), values, strict=True)}


def account_with(*values: int, **columns: object) -> History:
    account = replace(Account("a", "새녘물산", tier="A", address="마포구 토정로 31"), **columns)  # type: ignore[arg-type]
    return History(account, (BUYER, HEAD), amounts=amounts(*values), last_month="2026-10")


STEADY = account_with(45, 45, 45, 45, 45, 45, 45)


# --- triggers -------------------------------------------------------------------------------------------------------


def test_a_month_without_trade_is_proposed() -> None:
    """S0-10."""
    found = trigger(account_with(100, 100, 100, 100, 100, 100, 0), TODAY)
    assert found is not None
    assert found.kind == "no_trade"
    assert found.why == Message("churn.seen.no_trade", {"month": "2026-10", "mean": 100})


@pytest.mark.parametrize(
    ("last", "kind"), [(51, None), (50, "volume"), (49, "volume"), (1, "volume"), (-5, "no_trade")]
)
def test_a_drop_of_half_is_proposed_and_one_point_less_is_not(last: int, kind: str | None) -> None:
    """S0-10: the edge is exact."""
    found = trigger(account_with(100, 100, 100, 100, 100, 100, last), TODAY)
    assert (found.kind if found else None) == kind


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_the_half_is_reckoned_without_rounding(base: int, last: int) -> None:
    found = trigger(account_with(*[base] * 6, last), TODAY)
    assert (found is not None) == (2 * last <= base)


def test_the_running_month_proves_nothing() -> None:
    """Figures 0: a month counts only when complete, and only where the book reaches it."""
    whole = account_with(100, 100, 100, 100, 100, 100, 100)
    assert trigger(whole, TODAY) is None
    behind = replace(whole, amounts=amounts(100, 100, 100, 100, 100, 100, last="2026-09"), last_month="2026-09")
    assert trigger(behind, TODAY) is None


def test_what_comes_and_goes_with_the_season_is_no_case() -> None:
    """Orders only in February, May, August and November: October is zero and nothing is wrong."""
    quarterly = {month_back("2026-10", back): (90 if (10 - back) % 3 == 2 else 0) for back in range(18)}
    whole = replace(STEADY, amounts=quarterly)
    assert trigger(whole, TODAY) is None
    stopped = replace(whole, amounts={m: (0 if m >= "2026-03" else a) for m, a in quarterly.items()})
    assert trigger(replace(stopped, account=replace(whole.account, irregular=1)), TODAY) is None
    first_year = {m: a for m, a in quarterly.items() if m >= "2026-01"}
    assert trigger(replace(whole, amounts=first_year), TODAY) is None


def test_an_irregular_trader_that_really_stops_is_proposed() -> None:
    values = [90, 0, 90, 90, 0, 90, 0, 0, 0]
    found = trigger(account_with(*values, irregular=1), TODAY)
    assert found is not None
    assert found.kind == "no_trade"


def test_nothing_is_proposed_twice_or_against_the_users_word() -> None:
    """S1-19: set aside until a day, and it comes back by itself; an open case is not proposed again."""
    gone = account_with(100, 100, 100, 0)
    fine = Decision("d", "a", kind="fine", until="2026-11-19")
    assert trigger(replace(gone, decisions=(fine,)), TODAY) is None
    assert trigger(replace(gone, decisions=(fine,)), date(2026, 11, 20)) is not None
    assert trigger(replace(gone, cases=(ChurnCase("k", "a"),)), TODAY) is None
    assert trigger(replace(gone, account=replace(gone.account, state="lost")), TODAY) is None
    assert trigger(account_with(100, 100, 0), TODAY) is None  # two months before are no mean


def test_trade_that_stops_in_the_middle_of_a_month_is_asked_about_after_three_usual_gaps() -> None:
    """Product 1a-2: dated deals do not wait for the month's end."""
    days = ("2026-10-26", "2026-10-29", "2026-11-01", "2026-11-04", "2026-11-07")
    whole = replace(STEADY, deals=tuple(Deal(day, "a", day, 10) for day in days))
    assert trigger(whole, date(2026, 11, 15)) is None
    found = trigger(whole, date(2026, 11, 19))
    assert found is not None
    assert found.why == Message("churn.seen.quiet", {"n": 12, "gap": 3})


# --- the first screen -----------------------------------------------------------------------------------------------


def shown(draft: CaseDraft) -> tuple[str, str, str]:
    t = Texts("ko", today=TODAY)
    return t.say(draft.first_sentence), draft.items[0].title, t.say(draft.last_line)


def test_the_first_screen_after_a_notice_holds_three_acts_and_a_number_to_call() -> None:
    """N5, S0-06."""
    found = draft(STEADY, PLAYBOOK, NOW, boss="팀장님", heard_at="2026-11-19T09:12")
    assert shown(found) == (
        "숨 한 번 고르고, 세 가지만 먼저 해요.",
        "팀장님께 알리기",
        "잘 챙긴 사람도 한 해에 한두 번은 겪는 일이에요.",
    )
    assert [item.act for item in found.first_items] == ["report", "appointment", "visit"]
    assert found.first_items[1].side == ("문도균 차장", "02-0000-0142")
    assert found.first_items[2].side == (Message("churn.by_today"), "마포구 토정로 31")
    assert (found.heard_from, found.heard_by, found.lost_amount) == ("c1", "call", 45)
    assert [lines[0].pieces[0] for lines in found.people] == ["문도균 차장", "표지환 본부장"]
    assert len(found.steps) == 4


def test_from_figures_the_own_figures_are_checked_first() -> None:
    """Product 1a-2: never "찾아가기" first."""
    found = draft(STEADY, PLAYBOOK, NOW, "no_trade", boss="팀장님")
    assert shown(found) == (
        "아직 떠난 게 아닐 수도 있어요. 확인부터 해요.",
        "우리 쪽 집계부터 확인하기 (누락 · 장애 · 휴무)",
        "아니었다면 Esc. 아무 기록도 남지 않아요.",
    )
    assert [item.act for item in found.first_items] == ["", "report", "appointment", "visit"]
    assert found.heard_from == ""


def test_an_account_taken_over_days_ago_is_met_with_its_own_sentence() -> None:
    """S0-01: under 90 days."""
    sentence = shown(draft(account_with(1, 1, 1, inherited_on="2026-11-06"), PLAYBOOK, NOW, boss="팀장님"))[0]
    assert sentence == "맡은 지 13일 된 곳이네요. 세 가지만 먼저 해요."
    fresh = draft(account_with(1, 1, 1, inherited_on="2026-11-06"), PLAYBOOK, NOW, boss="팀장님")
    assert shown(fresh)[1:] == ("팀장님께 알리기", "전임자께 여쭐 것 셋도 적어 두었어요.")
    assert fresh.items[0].side == (Message("churn.now"), Message("run.dated"))
    assert "predecessor" in [item.act for item in fresh.items]
    assert "predecessor" not in [item.act for item in draft(STEADY, PLAYBOOK, NOW).items]
    assert draft(account_with(1, 1, 1, inherited_on="2026-08-21"), PLAYBOOK, NOW).situation == "notice"
    assert draft(account_with(1, 1, 1, inherited_on="2026-08-22"), PLAYBOOK, NOW).situation == "inherited"


def test_the_third_of_a_year_says_something_else_and_the_second_does_not() -> None:
    """S0-08: calm up to two, another sentence from the third on."""
    assert draft(STEADY, PLAYBOOK, NOW, others_this_year=1).situation == "notice"
    third = shown(draft(STEADY, PLAYBOOK, NOW, others_this_year=2))
    assert third[0] == "올해는 유난히 일이 겹치네요. 이번에도 하나씩 해요."
    assert third[2] == "셋에 닮은 점이 있는지는 나중에 같이 볼게요."
    assert "셋" not in shown(draft(STEADY, PLAYBOOK, NOW, others_this_year=3))[2]


def test_a_pause_by_order_leads_to_a_request_and_to_no_number() -> None:
    """S2-23, S2-24: the pause wins; the program asks the boss and never says to break the order."""
    freeze = Decision("d", "a", kind="freeze", by="팀장님", day="2026-11-17")
    found = draft(replace(STEADY, decisions=(freeze,)), PLAYBOOK, NOW, boss="팀장님")
    assert shown(found) == (
        "지금은 연락을 멈추라는 말씀이 있어요. (팀장님, 11.17부터)",
        "팀장님께 드릴 건의 읽어 보기",
        "그동안 할 수 있는 것: 사유 정리, 권할 것 정하기.",
    )
    assert all(item.side == () for item in found.items if item.act in {"appointment", "visit"})
    assert "report" not in [item.key for item in found.items]


def test_not_on_speaking_terms_the_way_goes_round() -> None:
    """S0-21."""
    found = draft(STEADY, PLAYBOOK, NOW, speaking=0)
    assert shown(found)[0] == "바로 뵙기 어려운 사이라면, 길을 돌아가요."
    assert shown(found)[2] == "대신 여쭤 줄 분이 있을까요? 표지환 본부장"
    alone = replace(STEADY, contacts=(BUYER,))
    assert shown(draft(alone, PLAYBOOK, NOW, speaking=0))[2] == "대신 여쭤 줄 분이 있을까요?"


def test_whoever_could_ask_for_me_stands_beside_the_call() -> None:
    """S0-21."""
    helper = replace(HEAD, mobile="010-0000-0177")
    found = draft(replace(STEADY, contacts=(BUYER, helper)), PLAYBOOK, NOW, speaking=0, through="c2")
    assert found.first_items[1].side == (Message("run.instead"), "표지환 본부장", "010-0000-0177")
    assert shown(found)[2] == "표지환 본부장께서 대신 여쭤 주실 수 있어요."
    assert draft(STEADY, PLAYBOOK, NOW, speaking=0, through="총무과 이 대리").first_items[1].side[1] == "총무과 이 대리"


def test_after_six_in_the_evening_telling_is_enough() -> None:
    evening = datetime(2026, 11, 20, 18, 0)  # a Friday
    found = draft(STEADY, PLAYBOOK, evening, boss="팀장님")
    assert shown(found)[0] == "오늘은 알리는 것까지만 해도 돼요."
    assert found.visit_day == "2026-11-23"
    assert shown(found)[2] == "23일 월요일 아침 여기서 이어져요."
    assert shown(draft(STEADY, PLAYBOOK, evening - timedelta(days=1)))[2] == "내일 아침 여기서 이어져요."
    assert draft(STEADY, PLAYBOOK, evening.replace(hour=17, minute=59)).situation == "notice"
    assert draft(STEADY, PLAYBOOK, datetime(2026, 11, 20, 0, 30)).situation == "evening"
    assert draft(STEADY, PLAYBOOK, datetime(2026, 11, 20, 5, 0)).situation == "notice"


def test_in_the_small_hours_of_a_working_day_the_visit_is_today_once_the_day_breaks() -> None:
    """S0-11: what is said agrees with the day beside the visit."""
    night = datetime(2026, 11, 20, 0, 12)  # a Friday
    found = draft(STEADY, PLAYBOOK, night)
    assert found.first_items[2].side[0] == Message("churn.by_today")
    assert (shown(found)[0], shown(found)[2]) == (
        "지금은 알리는 것까지만 해도 돼요.",
        "날이 밝으면 여기서 이어져요.",
    )
    saturday = draft(STEADY, PLAYBOOK, night + timedelta(days=1))
    assert saturday.first_items[2].side[0] == Message("churn.by_day", {"day": "2026-11-23"})
    assert (shown(saturday)[0], shown(saturday)[2]) == (
        "오늘은 알리는 것까지만 해도 돼요.",
        "23일 월요일 아침 여기서 이어져요.",
    )


def test_the_day_to_be_there_by_is_worded_as_a_day() -> None:
    by = visit_piece("2026-11-30", date(2026, 11, 27))
    assert [Texts(lang).say(by) for lang in ("ko", "en")] == ["11월 30일 월요일까지", "by Mon 30 Nov"]


@pytest.mark.parametrize(
    ("now", "visit_at", "first", "refused"),
    [
        ("2026-11-19T10:00", "", "지금 찾아뵙고", "그럼 내일 아침 먼저"),
        ("2026-11-20T10:00", "", "지금 찾아뵙고", "그럼 23일 월요일 아침 먼저"),  # a Friday
        ("2026-11-19T18:30", "", "내일 찾아뵙고", "그럼 내일 아침 먼저"),
        ("2026-11-20T18:30", "", "23일 월요일에 찾아뵙고", "그럼 23일 월요일 아침 먼저"),
        ("2026-11-21T10:00", "", "23일 월요일에 찾아뵙고", "그럼 23일 월요일 아침 먼저"),
        ("2026-11-20T00:12", "", "오늘 찾아뵙고", "그럼 23일 월요일 아침 먼저"),
        ("2026-11-19T10:00", "2026-11-20T15:00", "내일 찾아뵙고", "그럼 내일 아침 먼저"),
        ("2026-11-19T10:00", "2026-11-19T15:00", "오늘 찾아뵙고", "그럼 내일 아침 먼저"),
        ("2026-11-19T16:00", "2026-11-19T15:00", "지금 찾아뵙고", "그럼 내일 아침 먼저"),
    ],
)
def test_the_sentences_for_the_phone_name_the_day_that_stands_beside_the_visit(
    now: str, visit_at: str, first: str, refused: str
) -> None:
    """S0-11, S0-17: now only while the visit is for now, and no working day is promised that is none."""
    for name in ("차장", ""):
        said = [Texts("ko").say(one) for one in to_say_on_the_phone(name, visit_at, datetime.fromisoformat(now))]
        assert first in said[0]
        assert refused in said[1]
        assert ("차장님, " in said[0]) == bool(name)
        for one in to_say_on_the_phone(name, visit_at, datetime.fromisoformat(now)):
            assert "{" not in Texts("en").say(one)


def test_the_clocks_are_days_and_times_and_never_a_countdown() -> None:
    """C3, S0-11: now, today, in three days, in five working days; what is over is not said."""
    sides = {item.act: item.side for item in draft(STEADY, PLAYBOOK, NOW, heard_at="2026-11-19T09:12").items}
    assert sides["report"] == (Message("churn.now"),)
    assert sides["visit"][0] == Message("churn.by_today")
    assert sides["cause"] == (Message("run.by", {"day": "2026-11-23"}),)  # the 22nd is a Sunday
    assert sides["lesson"] == (Message("run.by", {"day": "2026-11-26"}),)
    late = draft(STEADY, PLAYBOOK, datetime(2026, 12, 20, 9, 0), heard_at="2026-11-19T09:12")
    assert {item.side for item in late.items if item.act in {"cause", "lesson"}} == {()}


def test_no_step_has_more_lines_than_one_screen() -> None:
    """S0-06, C2: at most nine in every situation."""
    for history in (STEADY, account_with(1, 1, 1, inherited_on="2026-11-06")):
        for trigger_kind in ("notice", "no_trade"):
            found = draft(history, PLAYBOOK, NOW, trigger_kind)
            for step in (1, 2, 3, 4):
                assert 1 <= sum(item.step == step for item in found.items) <= 9


def test_what_must_stop_who_is_told_and_who_must_not_step_in_have_their_lines() -> None:
    """S0-07: to stop messages is a line, to tell is the first one; the first report asks to be the first to call."""
    found = draft(STEADY, PLAYBOOK, NOW, boss="팀장님")
    assert found.items[0].act == "report"
    assert "messages" in [item.key for item in found.items if item.step == 1]
    assert "messages" not in [item.key for item in found.first_items]


def test_what_an_account_brings_changes_nothing_on_the_first_screen() -> None:
    """C15: there are no size classes; only the amount that is told differs."""
    small, large = (draft(account_with(*[each] * 7), PLAYBOOK, NOW, boss="팀장님") for each in (5, 5_000_000))
    assert small.lost_amount != large.lost_amount
    assert replace(small, lost_amount=None) == replace(large, lost_amount=None)


def test_the_visit_moves_past_a_holiday() -> None:
    """S0-11: the next working day."""
    assert draft(STEADY, PLAYBOOK, NOW, holidays=frozenset({"2026-11-19", "2026-11-20"})).visit_day == "2026-11-23"


def test_only_what_helped_stands_on_the_first_screen() -> None:
    """Product 1b, L3: faults wait for step 4."""
    lessons = (
        Lesson("fault", "a", line="내 실수", day="2026-11-01"),
        Lesson("good", "z", line="자료보다 얼굴 먼저", tags="people_changed", helped=1),
    )
    assert [lesson.id for lesson in draft(STEADY, PLAYBOOK, NOW, lessons=lessons).lessons] == ["good"]


def test_the_first_screen_never_counts_down_and_never_scolds() -> None:
    """Tone: no exclamation, no warning words, on any situation."""
    t = Texts("ko", today=TODAY)
    for found in (
        draft(STEADY, PLAYBOOK, NOW),
        draft(STEADY, PLAYBOOK, NOW, "volume"),
        draft(STEADY, PLAYBOOK, NOW, speaking=0),
        draft(STEADY, PLAYBOOK, NOW, others_this_year=5),
    ):
        words = " ".join([*shown(found), *(item.help for item in found.items), *(i.title for i in found.items)])
        words += t.say(found.first_sentence)
        assert not any(bad in words for bad in ("!", "경고", "실패", "위반", "힘내", "고객님"))


# --- while it is open -----------------------------------------------------------------------------------------------


def items(*done: str) -> list[CaseItem]:
    found = draft(STEADY, PLAYBOOK, NOW).items
    return [
        CaseItem(
            i.key, "k", i.key, i.step, i.position, i.title, i.help, i.act, "2026-11-19T09:26" if i.key in done else ""
        )
        for i in found
    ]


CASE = ChurnCase("k", "a", started_at="2026-11-19T09:26", heard_at="2026-11-19T09:12")
ATTEMPT = CaseEvent("e", "k", "2026-11-19T09:31", "attempt", "no_answer")


@pytest.mark.parametrize(
    ("case", "done", "events", "now", "id"),
    [
        (CASE, (), (), NOW, "churn.first.notice"),
        (CASE, ("report",), (), NOW, "churn.guide.reported"),
        (CASE, ("report",), (ATTEMPT,), NOW, "churn.guide.reported"),
        (CASE, ("report",), (ATTEMPT, ATTEMPT), NOW, "churn.guide.tried"),
        (CASE, ("report",), (), datetime(2026, 11, 20, 9, 25), "churn.guide.reported"),
        (CASE, ("report",), (), datetime(2026, 11, 20, 9, 26), "churn.guide.dawdling"),
        (CASE, ("report",), (ATTEMPT,), datetime(2026, 11, 20, 9, 26), "churn.guide.reported"),
        (replace(CASE, visit_at="2026-11-20T15:00"), ("report",), (), NOW, "churn.guide.fixed_tomorrow"),
        (replace(CASE, visit_at="2026-11-19"), ("report",), (), NOW, "churn.guide.fixed_today_untimed"),
        (CASE, ("report",), (), datetime(2026, 11, 19, 18, 0), "churn.guide.evening_tomorrow"),
        (CASE, ("report",), (), datetime(2026, 11, 20, 1, 0), "churn.guide.evening_today"),
        (CASE, ("report",), (), datetime(2026, 11, 20, 19, 0), "churn.guide.evening_day"),
        (replace(CASE, visit_at="2026-11-19T09:00"), ("report",), (), NOW, "run.guide.after_time"),
        (CASE, ("appointment", "visit"), (), NOW, "run.guide.untold"),
        (CASE, ("report", "appointment", "visit"), (), NOW, "churn.guide.heard"),
        (CASE, ("report", "appointment", "visit", "heard"), (), NOW, "churn.guide.offer"),
    ],
)
def test_each_moment_of_the_first_step_has_its_sentence(
    case: ChurnCase, done: tuple[str, ...], events: tuple[CaseEvent, ...], now: datetime, id: str
) -> None:
    """Table "Guidance, one line per moment"; S0-17: gone when a date is set or an attempt is logged."""
    found = guidance(case, items(*done), events, now)
    assert found.id == id
    assert Texts("ko", today=now.date()).say(found) != id


def test_the_later_steps_and_the_close_have_theirs() -> None:
    every = [item.key for item in items()]
    by_step = {step: [item.key for item in items() if item.step < step] for step in (2, 3, 4)}
    assert guidance(CASE, items(*by_step[2]), (), NOW).id == "churn.guide.why"
    assert guidance(CASE, items(*by_step[3]), (), NOW).id == "churn.guide.cover"
    refused = (Offer("o", answer="refused"),)
    assert guidance(CASE, items(*by_step[3]), (), NOW, offers=refused).id == "churn.guide.refused"
    assert guidance(CASE, items(*by_step[4]), (), NOW).id == "churn.guide.look_back"
    assert guidance(CASE, items(*every), (), NOW).id == "churn.guide.ready_to_close"
    closed = replace(CASE, state="closed", outcome="half")
    assert guidance(closed, items(*every), (), NOW).id == "churn.guide.closed_half"
    assert guidance(CASE, items(), (ATTEMPT,), NOW, reopened=True).args == {"at": "2026-11-19T09:31"}


def test_the_cause_touched_last_has_its_own_sentence() -> None:
    """Table of guidance: hard to prevent, neglect; it stands by S0-19, and the private word is never asked for."""
    before = [item.key for item in items() if item.step == 1]

    def said(*causes: Cause, last: str) -> str:
        events = (CaseEvent("e", "k", "2026-11-19T10:00", "cause", "", last),)
        return guidance(CASE, items(*before), events, NOW, causes=causes).id

    assert said(Cause("c", kind="competitor", control="no"), last="competitor") == "run.guide.hard"
    assert said(Cause("c", kind="neglect"), last="neglect") == "run.guide.neglect"
    assert said(Cause("c", kind="fees", control="part"), last="fees") == "churn.guide.why"
    assert said(Cause("c", kind="neglect"), Cause("d", kind="fees"), last="fees") == "churn.guide.why"


def test_each_step_looked_at_has_its_sentence_and_new_business_ends_the_asking() -> None:
    assert [guidance(CASE, items(), (), NOW, step=step).id for step in (1, 2, 3, 4)] == [
        "churn.first.notice",
        "churn.guide.why",
        "churn.guide.cover",
        "churn.guide.look_back",
    ]
    covered = guidance(CASE, items(), (), NOW, step=3, covers=(Cover("n", state="possible"),))
    assert covered.id == "run.guide.covered"
    first = [item.key for item in items() if item.step == 1]
    assert guidance(CASE, items(*first), (), NOW, step=1).id == "run.guide.step_done"


@pytest.mark.parametrize("done", [(), ("report",), ("report", "appointment")])
def test_while_contact_is_paused_nothing_says_to_go(done: tuple[str, ...]) -> None:
    """S2-24: the program never tells anyone to break the order, and never calls it dawdling."""
    assert guidance(CASE, items(*done), (), datetime(2026, 11, 25, 9, 0), paused=True).id == "run.guide.paused"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_sentence_of_the_run_has_words_without_scolding(lang: str) -> None:
    """C17, tone."""
    t = Texts(lang, today=TODAY)
    ids = re.findall(r'"((?:churn|run)\.(?:guide|first|last)\.[a-z_]+)"', DOMAIN.read_text("utf-8"))
    assert len(ids) > 20
    args = dict.fromkeys(("n", "name", "names", "by"), "1") | dict.fromkeys(("day", "at"), "2026-11-19T09:12")
    for id in ids:
        words = t.say(Message(id, args))
        assert words != id
        assert not any(bad in words for bad in ("!", "경고", "실패", "위반", "힘내", "고객님"))


def test_a_clock_set_back_puts_nothing_before_what_was_written() -> None:
    """Sleep, time zones and a changed clock: a new line stands at the newest, never before it."""
    events = [CaseEvent("e", "k", "2026-11-19T21:00", "ticked")]
    assert stamp(datetime(2026, 11, 19, 12, 0), events) == "2026-11-19T21:00"  # nine hours west
    assert stamp(datetime(2026, 11, 20, 7, 0), events) == "2026-11-20T07:00"
    assert stamp(datetime(2026, 11, 17, 7, 0), events) == "2026-11-17T07:00"  # the other clock was plainly wrong
    assert stamp(datetime(2026, 11, 17, 7, 0), []) == "2026-11-17T07:00"


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=12))
def test_whatever_the_clock_does_the_lines_stay_in_the_order_they_were_written(hours: list[int]) -> None:
    events: list[CaseEvent] = []
    for number, shift in enumerate(hours):
        at = stamp(NOW + timedelta(hours=max(min(shift, 12), -12)), events)
        events.append(CaseEvent(f"{number:04d}", "k", at, "note"))
    assert [event.id for event in timeline(events)] == [event.id for event in events]


def test_a_closed_case_is_never_called_dawdling() -> None:
    late = datetime(2026, 12, 1, 9, 0)
    assert dawdling(CASE, items(), (), late)
    assert not dawdling(replace(CASE, state="closed"), items(), (), late)
    assert not dawdling(CASE, items("visit"), (), late)


def test_the_next_line_is_the_first_open_one() -> None:
    found = next_item(items("report", "visit"))
    assert found is not None
    assert found.key == "appointment"
    assert next_item([]) is None


@pytest.mark.parametrize(
    ("activity", "counts"),
    [
        (Activity("x", "a", "c1", "visit"), True),
        (Activity("x", "a", "", "visit", with_names="표지환"), True),
        (Activity("x", "a", "", "visit"), False),
        (Activity("x", "a", "c1", "call"), False),
        (Activity("x", "a", "c1", "message"), False),
        (Activity("x", "a", "c1", "visit", outcome="attempt"), False),
        (Activity("x", "a", "c1", "visit", by="팀장"), False),
        (Activity("x", "a", "c1", "visit", by="팀장", joint=1), True),
    ],
)
def test_only_my_visit_to_a_person_closes_step_one(activity: Activity, counts: bool) -> None:
    """S0-12, C4: the first of the three hard stops."""
    assert counts_as_visit(activity) is counts


def test_where_nobody_is_known_by_name_what_was_heard_was_said_by_somebody() -> None:
    """S0-12: an account without a person on file does not leave the rep stuck."""
    visit = Activity("x", "a", "", "visit", heard="단가가 높다")
    assert counts_as_visit(visit, known=False) and not counts_as_visit(visit)
    for not_met in ({"heard": ""}, {"kind": "call"}, {"by": "팀장"}, {"outcome": "attempt"}):
        assert not counts_as_visit(replace(visit, **not_met), known=False)  # type: ignore[arg-type]


def test_the_visit_is_the_only_line_that_a_hand_cannot_tick() -> None:
    """S0-12."""
    assert [item.key for item in items() if why_not_by_hand(item)] == ["visit"]


def test_a_close_needs_an_outcome_a_farewell_and_one_line() -> None:
    """S0-31, S3-20: the second hard stop, and nothing more than these three."""
    assert [m.id for m in missing_for_close(CASE, None)] == [
        "churn.missing.outcome",
        "churn.missing.farewell",
        "churn.missing.lesson",
    ]
    whole = replace(CASE, outcome="none", farewell="planned")
    assert missing_for_close(whole, Lesson("l", next_time="바로 인사")) == ()
    assert len(missing_for_close(whole, Lesson("l", feeling="속상했다"))) == 1
    assert len(missing_for_close(replace(whole, outcome="x"), Lesson("l", line="한 줄"))) == 1


def test_the_farewell_fits_the_way_they_left() -> None:
    """S3-22: two texts."""
    t = Texts("ko")
    quiet = t.say(farewell_text(STEADY, "c1", "quiet", TODAY))
    hurt = t.say(farewell_text(STEADY, "c1", "hurt", TODAY))
    assert quiet.startswith("차장님, 그동안")
    assert hurt.startswith("차장님, 실망을")
    assert t.say(farewell_text(History(Account("a")), "", "hurt", TODAY)).startswith("실망을")
