"""오답노트: which lessons come back, which are alike, how they count, and what a run gives a debrief to begin with."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.churn import draft
from fieldsales.domain.lessons import (
    CAUSES,
    REVIEW_DAYS,
    SITUATIONS,
    alike,
    all_earlier_like,
    asked_again,
    by_month,
    debrief,
    earlier_like,
    grouped,
    has_lesson,
    helping_line,
    lesson_line,
    next_review,
    open_promises,
    review_day,
    situation_of,
    tagged,
    traits,
    write_anew,
)
from fieldsales.domain.model import (
    Account,
    Activity,
    CaseEvent,
    CaseFile,
    CaseItem,
    Cause,
    ChurnCase,
    Contact,
    Contract,
    History,
    Lesson,
    Message,
    Offer,
    Signal,
    Task,
)
from fieldsales.domain.playbooks import parse_playbook
from fieldsales.domain.remembered import matching_lessons, situations
from fieldsales.locale import Texts
from fieldsales.playbooks import find_playbook

TODAY = date(2026, 11, 20)
HERE = History(Account("a", "새녘물산"), contacts=(Contact("c", "a", "문도균", "차장"),))


def lesson(id: str, **columns: object) -> Lesson:
    return replace(Lesson(id, day="2026-11-01", line=id), **columns)  # type: ignore[arg-type]


def found(history: History, *lessons: Lesson, about: str = "") -> list[str]:
    return [one.id for one in matching_lessons(history, lessons, TODAY, about)]


# --- which come back ------------------------------------------------------------------------------------------------


def test_a_lesson_comes_back_by_account_person_cause_situation_and_trait_in_that_order() -> None:
    """S0-34, L3."""
    history = replace(
        HERE,
        contacts=(Contact("c", "a", "문도균", temper="말씀이 적고, 돌려 말하면 싫어하심"),),
        signals=(Signal("s", "a", kind="complaint", day="2026-11-10"),),
    )
    lessons = (
        lesson("trait", line="말수가 적은 분께는 짧게 여쭙기"),
        lesson("situation", tags="complaint", helped=9),
        lesson("cause", cause="fees"),
        lesson("person", contact_id="c"),
        lesson("account", account_id="a"),
        lesson("nothing", tags="inherited", cause="neglect"),
    )
    assert found(history, *lessons, about="fees") == ["account", "person", "cause", "situation", "trait"]
    assert found(HERE, *lessons) == ["account", "person"]


def test_a_person_who_left_brings_no_lesson_about_such_people() -> None:
    """S0-34: traits are those of who is there."""
    gone = replace(HERE, contacts=(Contact("c", "a", "문도균", temper="화나면 크게 내심", left_on="2026-11-01"),))
    sorry = lesson("sorry", line="화나셨을 때는 설명보다 사과 먼저")
    assert found(gone, sorry) == []
    assert found(replace(gone, contacts=(replace(gone.contacts[0], left_on=""),)), sorry) == ["sorry"]


@pytest.mark.parametrize(
    ("text", "trait"),
    [
        ("화나면 크게 내시지만 금방 풀림. 사과부터", "anger"),
        ("화나면 크게 내시지만 금방 풀림. 사과부터", "forgiving"),
        ("말씀이 적고, 돌려 말하면 싫어하심", "quiet"),
        ("말씀이 적고, 돌려 말하면 싫어하심", "direct"),
        ("Flares up and forgives", "anger"),
        ("꼼꼼하게 하나하나 보심", "careful"),
        ("늦는 것을 싫어하심", "punctual"),
        ("뒤끝이 없으심", "forgiving"),
        ("뒤끝이 긴 편", "grudge"),
        ("체면을 중히 여기심", "proud"),
    ],
)
def test_how_a_person_is_is_read_from_the_words_for_it(text: str, trait: str) -> None:
    """S0-34."""
    assert trait in traits(text)


@pytest.mark.parametrize(
    "text",
    [
        "저녁 전화가 편함",
        "대화를 좋아하심",
        "전화를 먼저 드리기",
        "화요일에 계심",
        "face to face",
        "변화가 많은 곳",
        "",
    ],
)
def test_words_that_only_look_alike_tell_nothing_of_a_person(text: str) -> None:
    """S0-34: 전화가 is no 화가."""
    assert traits(text) == frozenset()


def test_a_prepayment_that_is_left_is_a_situation_of_its_own() -> None:
    """S0-34: what a lesson may be tagged with must be found at an account, or it would never come back."""
    paid = replace(HERE, contracts=(Contract("k", "a", received=100, delivered=40),))
    assert "prepaid" in situations(paid, TODAY)
    assert "prepaid" not in situations(
        replace(paid, contracts=(Contract("k", "a", received=100, delivered=100),)), TODAY
    )
    assert found(paid, lesson("dates", tags="prepaid")) == ["dates"]


def test_in_the_first_minute_only_what_helped_is_shown() -> None:
    """L3: a fault waits for the last step; what went well, and what was marked as of use, does not."""
    lessons = (
        lesson("fault", account_id="a", line="", mistake="못 지킬 날짜를 말씀드림", missed="안 감"),
        lesson("helped_fault", account_id="a", line="", mistake="못 지킬 날짜를 말씀드림", helped=3),
        lesson("line", account_id="a", line="대표가 바뀌면 두 주 안에 인사"),
        lesson("well", account_id="a", line="", went_well="들은 말을 그대로 적음"),
        lesson("helped", tags="churn", line="자료보다 얼굴 먼저", helped=1),
    )
    made = draft(HERE, parse_playbook(find_playbook("churn.ko")), datetime(2026, 11, 20, 9, 20), lessons=lessons)
    assert [one.id for one in made.lessons] == ["helped", "well"]
    assert [helping_line(one) for one in made.lessons] == ["자료보다 얼굴 먼저", "들은 말을 그대로 적음"]
    assert {one.id for one in matching_lessons(HERE, lessons, TODAY, "churn")} == {one.id for one in lessons}


# --- which are alike ------------------------------------------------------------------------------------------------


def test_the_second_like_lesson_within_twelve_months_is_told_of_and_the_third_offers_another_wording() -> None:
    """S0-33, L5."""
    first = lesson("1", cause="neglect", day="2026-01-10")
    second = lesson("2", cause="neglect", day="2026-05-10")
    third = lesson("3", cause="neglect", day="2026-11-10")
    every = (first, second, third, lesson("other", cause="volume", tags="complaint", day="2026-06-10"))
    assert earlier_like(first, every) == ()
    assert [one.id for one in earlier_like(second, every)] == ["1"]
    assert [one.id for one in earlier_like(third, every)] == ["2", "1"]
    assert [write_anew(count) for count in (0, 1, 2, 5)] == [False, False, True, True]


def test_twelve_months_are_the_end_of_what_is_told_of() -> None:
    """S0-33."""
    old = lesson("old", cause="fees", day="2025-11-19")
    edge = lesson("edge", cause="fees", day="2025-11-20")
    now = lesson("now", cause="fees", day="2026-11-20")
    assert [one.id for one in earlier_like(now, (old, edge, now))] == ["edge"]


def test_what_only_went_well_is_no_mistake_made_twice() -> None:
    """S0-33, L8."""
    well = lesson("well", line="", went_well="하루 먼저 알림", cause="fees", day="2026-10-01")
    other = lesson("other", cause="fees")
    assert earlier_like(other, (well, other)) == ()
    assert earlier_like(replace(well, day="2026-11-30"), (well, other)) == ()


def test_lessons_are_alike_by_cause_or_situation_but_not_because_a_case_was_open() -> None:
    """S0-33."""
    assert alike(lesson("1", cause="fees"), lesson("2", cause="fees"))
    assert alike(lesson("1", tags="complaint,anger"), lesson("2", tags="churn,complaint"))
    assert not alike(lesson("1", tags="churn"), lesson("2", tags="churn"))
    assert not alike(lesson("1", tags="anger"), lesson("2", tags="anger"))
    assert not alike(lesson("1"), lesson("2"))


_TAGS = st.sampled_from(["", "complaint", "churn", "complaint,inherited", "inherited,anger"])


@given(st.lists(st.tuples(st.sampled_from(["", *CAUSES[:3]]), _TAGS, st.integers(0, 800)), max_size=8))
def test_no_lesson_is_like_a_later_one_or_itself(made: list[tuple[str, str, int]]) -> None:
    """S0-33: and of two, only one tells of the other."""
    lessons = [
        lesson(str(at), cause=cause, tags=tags, day=(TODAY - timedelta(days=back)).isoformat())
        for at, (cause, tags, back) in enumerate(made)
    ]
    told = {(one.id, other.id) for one in lessons for other in earlier_like(one, lessons)}
    singly = {one.id: like for one in lessons if (like := earlier_like(one, lessons))}
    assert all_earlier_like(reversed(lessons)) == singly
    assert all(one != other for one, other in told)
    assert all((other, one) not in told for one, other in told)


# --- tags -----------------------------------------------------------------------------------------------------------


def test_another_situation_takes_the_place_of_the_first_and_everything_else_stays() -> None:
    """L1."""
    assert tagged("anger,complaint,churn", "inherited") == "inherited,anger,churn"
    assert tagged("anger,complaint,churn", "complaint") == "complaint,anger,churn"
    assert tagged("anger,complaint", "") == "anger"
    assert tagged("", "complaint", ("churn", "complaint")) == "complaint,churn"
    assert situation_of("anger, complaint") == "complaint"
    assert situation_of("anger") == ""


@given(st.sampled_from(["", *SITUATIONS]), st.lists(st.sampled_from([*SITUATIONS, "anger", "own"]), max_size=5))
def test_the_situation_that_is_chosen_is_the_one_that_is_found_again(situation: str, before: list[str]) -> None:
    """L1."""
    tags = tagged(",".join(before), situation)
    if situation:
        assert situation_of(tags) == situation
    assert len(set(tags.split(","))) == len(tags.split(","))


# --- how they count -------------------------------------------------------------------------------------------------


def test_lessons_are_counted_by_cause_and_by_month() -> None:
    """L7."""
    lessons = (
        lesson("1", cause="fees", day="2026-11-02"),
        lesson("2", day="2026-10-02"),
        lesson("3", cause="neglect", day="2026-11-03"),
        lesson("4", cause="neglect", day="2026-09-03"),
    )
    assert [(name, len(ones)) for name, ones in grouped(lessons, lambda one: one.cause)] == [
        ("neglect", 2),
        ("fees", 1),
        ("", 1),
    ]
    assert [(name, len(ones)) for name, ones in by_month(lessons)] == [("2026-11", 2), ("2026-10", 1), ("2026-09", 1)]


# --- the review clock -----------------------------------------------------------------------------------------------


def test_the_review_clock_asks_nothing_while_it_is_off() -> None:
    """L4: it exists, and it is off."""
    old = lesson("old", day="2020-01-01", review_on="2020-02-01")
    assert asked_again([old], "", TODAY) is None
    assert asked_again([old], "2026-11-01", TODAY) == old


def test_it_asks_after_7_30_90_and_180_days_and_one_at_a_time() -> None:
    """L4."""
    assert [next_review(count, TODAY) for count in range(5)] == [
        (TODAY + timedelta(days=days)).isoformat() for days in (*REVIEW_DAYS, REVIEW_DAYS[-1])
    ]
    fresh = lesson("fresh", day="2026-11-18")
    assert review_day(fresh, "2026-01-01") == "2026-11-25"
    assert asked_again([fresh], "2026-01-01", TODAY) is None
    assert asked_again([fresh], "2026-01-01", TODAY + timedelta(days=5)) == fresh
    two = [lesson("b", review_on="2026-11-19"), lesson("a", review_on="2026-11-18")]
    assert asked_again(two, "2026-01-01", TODAY) == two[1]


def test_switching_it_on_does_not_ask_for_years_of_lessons_at_once() -> None:
    """L4: nothing counts back past the day it was switched on."""
    old = [lesson(str(at), day="2024-01-01") for at in range(50)]
    assert asked_again(old, "2026-11-20", TODAY) is None


# --- the draft of a debrief -----------------------------------------------------------------------------------------

CASE = ChurnCase("k", "a", heard_at="2026-11-19T09:12", heard_from="c", started_at="2026-11-19T09:20")
FILE = CaseFile(
    history=replace(
        HERE,
        activities=(Activity("old", "a", "c", "visit", day="2026-05-19"),),
        signals=(Signal("p", "a", kind="people", level="ceo", day="2026-10-21"),),
    ),
    case=CASE,
    items=(CaseItem("i", "k", "report", act="report", done_at="2026-11-19T09:26"),),
    events=(CaseEvent("e", "k", "2026-11-19T09:26", "ticked", "팀장님께 알리기", "report"),),
    causes=(
        Cause("n", "a", "k", kind="neglect", text="내가 못 챙김", day="2026-11-20"),
        Cause(
            "m", "a", "k", "c", "management", "본부장이 전에 쓰던 업체가 있었음", main=1, certainty="confirmed",
            heard="바뀌자마자 왔으면 달랐을 텐데", day="2026-11-20",
        ),
    ),
    offers=(Offer("o", "a", "k", answer="accepted"), Offer("q", "a", "k", answer="refused")),
    visits=(
        Activity("t", "a", "c", "call", day="2026-11-19", time="09:31", outcome="attempt"),
        Activity("v", "a", "c", "visit", day="2026-11-20", time="15:00", heard="조건을 맞추는 중"),
    ),
)  # fmt: skip


def said(messages: tuple[Message, ...]) -> list[tuple[str, dict[str, str | int]]]:
    return [(one.id, dict(one.args)) for one in messages]


def test_a_debrief_is_drafted_from_the_timeline_with_its_times() -> None:
    """L2, S0-31: facts, each with who and when."""
    made = debrief(FILE, TODAY)
    assert said(made.fields["next_time"]) == [
        ("debrief.hint_by", {"text": "바뀌자마자 왔으면 달랐을 텐데", "name": "문도균 차장"})
    ]
    assert said(made.fields["unknown"]) == [
        ("debrief.told_by_on", {"text": "본부장이 전에 쓰던 업체가 있었음", "name": "문도균 차장", "day": "2026-11-20"})
    ]
    assert said(made.fields["went_well"]) == [
        ("debrief.told_minutes", {"n": 14, "at": "2026-11-19T09:26"}),
        ("debrief.there_next_day", {"at": "2026-11-20T15:00"}),
        ("debrief.words_kept", {}),
        ("debrief.offers_taken", {"n": 2, "taken": 1}),
    ]
    assert (made.cause, made.contact_id) == ("management", "c")


def test_nothing_that_sounds_like_a_fault_is_written_for_the_user() -> None:
    """L2, C17: what stood in the book before is shown beside the empty field, and one's own neglect is no news."""
    made = debrief(FILE, TODAY)
    assert not set(made.fields) & {"missed", "mistake", "should_say", "should_not_say", "once_more", "feeling"}
    assert [one.id for one in made.hints["missed"]] == ["debrief.met_before", "debrief.changed_ceo"]
    assert said(made.hints["once_more"]) == [
        ("debrief.visits", {"n": 1, "at": "2026-11-20T15:00"}),
        ("debrief.tried", {"n": 1}),
    ]
    assert "못 챙김" not in str(made)


def test_a_run_with_nothing_in_it_drafts_nothing() -> None:
    """L2: nothing is made up."""
    made = debrief(CaseFile(HERE, ChurnCase("k", "a", heard_from="누군가")), TODAY)
    assert (dict(made.fields), dict(made.hints), made.cause, made.contact_id) == ({}, {}, "", "")


# --- promises to oneself --------------------------------------------------------------------------------------------


def test_the_promise_of_a_lesson_is_what_is_to_be_done_first_and_then_the_look_at_it() -> None:
    """L6."""
    do = Task("1", kind="prevent", lesson_id="l", due_on="2026-12-10")
    check = Task("2", kind="prevent", lesson_id="l", sheet="check", due_on="2026-12-01")
    assert open_promises([check, do]) == {"l": do}
    assert open_promises([check, replace(do, state="done")]) == {"l": check}
    assert open_promises([replace(check, state="done"), replace(do, state="dropped")]) == {}


def test_the_private_line_is_neither_a_lesson_nor_its_line_nor_what_it_is_about() -> None:
    """S0-35."""
    private = Lesson("l", feeling="화가 나고 속상했다")
    assert lesson_line(private) == "" and helping_line(replace(private, helped=2)) == ""
    assert not has_lesson(private)
    assert found(replace(HERE, contacts=(Contact("c", "a", temper="화나면 크게 내심"),)), private) == []


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_words_of_the_lessons_blame_nobody(lang: str) -> None:
    """C17, L4: no 또, no 왜, no exclamation; and the first screen of a case says how often it happens to anybody."""
    t = Texts(lang)
    ids = ("like_plain", "asked", "kept", "next_time", "helped", "bearing", "line_question", "line_hint")
    said = [t(f"lessons.{id}") for id in ids]
    said += [t("lesson.note"), t("lessons.like", where="3월 새녘물산"), t("lessons.anew", n=3)]
    blame = re.compile("또 |왜 |잘못|실수했|!|fault|again you|blame yourself|mistake", re.IGNORECASE)
    assert not [text for text in said if blame.search(text)]
    usual = {"ko": "한두 번", "en": "once or twice"}[lang]
    assert any(usual in t(id) for id in ("churn.last.notice", "run.last.notice") if t.has(id))
