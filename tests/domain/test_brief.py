"""The page before the door: who, lately, owed, first words, and what it never shows as current."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.brief import anniversary, brief, history_lines, matching_lessons
from fieldsales.domain.dates import add_months
from fieldsales.domain.lessons import lesson_line, line_in_sight
from fieldsales.domain.model import (
    Account,
    Activity,
    Contact,
    Contract,
    Decision,
    Due,
    Fact,
    History,
    Lesson,
    Message,
    Signal,
    Task,
)
from fieldsales.domain.months import month_amounts, months_between, spark
from fieldsales.domain.people import clock as clock_of
from fieldsales.domain.people import is_contact, is_meeting, people_changes
from fieldsales.domain.timeline import lines_of_rows
from fieldsales.locale import Texts

TODAY = date(2026, 11, 20)
BUYER = Contact(
    "c1",
    "a",
    "오세람",
    "차장",
    role="buyer",
    since="2023-09-10",
    temper="화나면 크게 내시지만 금방 풀림",
    mends="사과부터",
    best_time="저녁 통화가 편함",
)
AMOUNTS = {
    "2026-05": 6000_0000,
    "2026-06": 6000_0000,
    "2026-07": 5000_0000,
    "2026-08": 5000_0000,
    "2026-09": 4600_0000,
    "2026-10": 4500_0000,
}


def history(**parts: object) -> History:
    account = Account("a", "도담나루식품", tier="A", address="강서구 화곡로 12, 3층", since="2022-01-01")
    base = History(account=account, contacts=(BUYER,), amounts=AMOUNTS, last_month="2026-10")
    return replace(base, **parts)  # type: ignore[arg-type]


def worded(page_part: str, whole: History, lessons: tuple[Lesson, ...] = ()) -> list[str]:
    t = Texts("ko", today=TODAY)
    part = brief(whole, lessons, TODAY).part(page_part)
    lines = part.lines if part else ()
    return [" · ".join(t.say(p) if isinstance(p, Message) else p for p in line.pieces) for line in lines]


def ids(page_part: str, whole: History) -> list[str]:
    part = brief(whole, (), TODAY).part(page_part)
    return [p.id for line in (part.lines if part else ()) for p in line.pieces if isinstance(p, Message)]


def test_the_main_contact_comes_with_the_time_we_have_known_each_other_and_a_private_line_of_manner() -> None:
    """S2-20, S2-21, S2-25: temper, what mends it and the best time stand on the page, and F8 hides them."""
    part = brief(history(), (), TODAY).part("people")
    assert part is not None
    assert worded("people", history()) == [
        "오세람 차장 · 3년 2개월째",
        "화나면 크게 내시지만 금방 풀림 · 사과부터 · 저녁 통화가 편함",
    ]
    assert [line.private for line in part.lines] == [False, True]


def test_nothing_private_is_left_when_private_parts_and_lines_are_hidden() -> None:
    """I13: temper, facts, complaints, lessons and plans are gone under 가리기."""
    whole = history(
        signals=(Signal("s", "a", kind="complaint", text="납기가 늦었다", day="2026-10-31"),),
        facts=(Fact("f", "a", "c1", "work", "승진에서 밀림", "2026-09-15", private=1),),
    )
    page = brief(whole, (Lesson("l", "a", line="얼굴부터 뵙기"),), TODAY)
    shown = [line for part in page.parts if not part.private for line in part.lines if not line.private]
    said = repr([line.pieces for line in shown])
    for secret in ("납기", "승진", "얼굴", "화나면", "사과"):
        assert secret not in said
    assert "오세람" in said


def test_a_fact_tells_its_month_and_its_source() -> None:
    """S3-03."""
    whole = history(facts=(Fact("f", "a", "c1", "work", "승진에서 밀림", "2026-09-15", "2027-03-31", "직접 들음"),))
    assert worded("lately", whole) == ["9월 승진에서 밀림 (직접 들음)"]


def test_an_expired_fact_is_asked_again_and_never_told_as_current() -> None:
    """S3-03, S0-27: what ran out appears only as a question."""
    whole = history(facts=(Fact("f", "a", "c1", "work", "승진에서 밀림", "2026-05-15", "2026-10-31"),))
    assert worded("lately", whole) == ["승진에서 밀림: 반년 전 일이에요. 요즘은 어떤가요?"]
    assert "brief.ask.again" in ids("questions", whole)


def test_a_hurt_relation_fades_as_a_good_one_does() -> None:
    """S0-27, both halves of the sentence: neither good nor bad is told as current after 180 days."""
    account = history().account
    for relation in ("good", "hurt"):
        fresh = history(account=replace(account, relation=relation, relation_on="2026-05-24"))
        stale = history(account=replace(account, relation=relation, relation_on="2026-05-23"))
        assert ids("lately", fresh) == [f"brief.relation_{relation}"]
        assert ids("lately", stale) == [f"brief.relation_{relation}_old"]


def test_a_new_ceo_is_unmet_until_i_stood_before_them() -> None:
    """S0-18, S2-22: a call or a colleague's visit is not meeting."""
    ceo = Contact("c2", "a", "하윤목", "대표", role="ceo", came_on="2026-10-21", position=1)
    whole = history(contacts=(BUYER, ceo))
    assert worded("lately", whole) == ["대표가 30일 전 바뀜, 아직 못 뵘"]
    for activity in (
        Activity("x", "a", "c2", "call", day="2026-11-02"),
        Activity("x", "a", "c2", "visit", day="2026-11-02", by="팀장"),
        Activity("x", "a", "c2", "visit", day="2026-11-02", outcome="attempt"),
    ):
        assert ids("lately", replace(whole, activities=(activity,))) == ["brief.changed.ceo_unmet"]
    met = Activity("x", "a", "c1", "visit", day="2026-11-02", with_names="하윤목 대표")
    assert ids("lately", replace(whole, activities=(met,))) == ["brief.changed.ceo_met"]


def test_a_change_told_twice_is_shown_once() -> None:
    """A signal and the person who came are one piece of news."""
    ceo = Contact("c2", "a", "하윤목", "대표", role="ceo", came_on="2026-10-21")
    signal = Signal("s", "a", kind="people", level="ceo", day="2026-10-22")
    assert len(people_changes(history(contacts=(BUYER, ceo), signals=(signal,)), TODAY)) == 1
    assert people_changes(history(signals=(replace(signal, day="2026-05-01"),)), TODAY) == ()


def test_promises_stand_overdue_first_and_each_under_whose_they_are() -> None:
    """S1-22."""
    whole = history(
        tasks=(
            Task("t1", "a", title="새 성적서", due_on="2026-11-20"),
            Task("t2", "a", title="단가표", due_on="2026-11-17"),
            Task("t3", "a", title="견본", due_on=""),
            Task("t4", "a", kind="get", title="물량 계획", due_on="2026-11-27"),
            Task("t5", "a", title="끝난 것", due_on="2026-11-01", state="done"),
        )
    )
    assert worded("give", whole) == ["단가표 · 3일 지남", "새 성적서 · 오늘까지", "견본"]
    assert worded("get", whole) == ["물량 계획 · 11월 27일까지"]


def test_the_meeting_one_goes_to_is_the_title_and_not_a_line_of_its_own_page() -> None:
    task = Task("t", "a", "c1", "meet", "본부장 뵙기", "2026-11-20", "15:00")
    other = Task("u", "a", "c1", "meet", "점심", "2026-11-25", "12:00")
    page = brief(history(tasks=(task, other)), (), TODAY, task)
    assert (page.occasion, page.time) == ("본부장 뵙기", "15:00")
    part = page.part("meet")
    assert part is not None
    assert [line.row[1] for line in part.lines] == ["u"]
    due = Due("task:t", "2026-11-20", "2026-11-20", Message("x"), Message("y"), "15:00")
    assert brief(history(tasks=(task,)), (), TODAY, due).part("meet") is None


def test_a_complaint_is_told_word_for_word_with_its_age() -> None:
    """S2-02, S3-02, S2-03."""
    complaint = Signal("s", "a", "c1", "complaint", text="납기가 두 번이나 늦었다", day="2026-10-31", tries=3)
    assert worded("complaints", history(signals=(complaint,))) == [
        '"납기가 두 번이나 늦었다" · 20일 전 · 아직 열림 · 3번 애썼지만 제자리'
    ]
    assert worded("complaints", history(signals=(replace(complaint, state="closed"),))) == []


def test_the_last_complete_month_stands_beside_the_one_that_differs_most() -> None:
    assert worded("amounts", history()) == ["10월 4,500만, 6월 6,000만"]


def test_a_month_the_book_does_not_reach_is_unknown_and_one_it_reaches_is_zero() -> None:
    """Common rules of the figures: the running month is no month; no row in a known month is no trade."""
    early = history(last_month="2026-10", amounts={"2026-08": 100})
    assert month_amounts(early, TODAY, 4) == [("2026-07", None), ("2026-08", 100), ("2026-09", 0), ("2026-10", 0)]
    late = history(last_month="2026-09", amounts={"2026-08": 100, "2026-11": 5})
    assert month_amounts(late, TODAY, 3) == [("2026-08", 100), ("2026-09", 0), ("2026-10", None)]
    assert spark(history(), TODAY) == "......776666"
    assert spark(history(amounts={}), TODAY) == "." * 12


def test_the_prepayment_shows_what_is_left_or_what_went_beyond() -> None:
    """S1-24: 100 received and 120 delivered is 20 beyond."""
    left = Contract("k", "a", "prepaid", received=24_000_000, delivered=9_000_000)
    beyond = replace(left, received=100, delivered=120)
    assert worded("prepaid", history(contracts=(left,))) == ["선금 1,500만 남음"]
    part = brief(history(contracts=(beyond,)), (), TODAY).part("prepaid")
    assert part is not None
    assert part.lines[0].pieces == (Message("brief.prepaid_beyond", {"amount": 20}),)


def test_the_contract_counts_to_its_end() -> None:
    whole = history(contracts=(Contract("k", "a", ends_on="2027-02-03"), Contract("o", "a", ends_on="2026-02-03")))
    assert worded("contract", whole) == ["계약 끝까지 75일"]


FULL = history(
    tasks=(
        Task("t1", "a", title="단가표 드리기", due_on="2026-11-17"),
        Task("t2", "a", title="새 성적서", due_on="2026-11-20"),
    ),
    signals=(Signal("s", "a", kind="complaint", text="납기가 늦었다", day="2026-10-31"),),
    contacts=(BUYER, Contact("c2", "a", "하윤목", "대표", role="ceo", came_on="2026-10-21")),
)


def test_first_words_keep_their_order_and_stop_at_three() -> None:
    """Screen N3: apology, complaint, today's promise, new person, the customer's date, else a greeting."""
    dated = replace(FULL, account=replace(FULL.account, introduced_on="2025-11-25"))
    assert worded("first_words", dated) == [
        "단가표 늦은 것 사과부터",
        '"납기가 늦었다" 그 뒤로 어떠신지 여쭙기',
        "새 성적서 드리기",
    ]
    fewer = replace(dated, tasks=(), signals=())
    assert ids("first_words", fewer) == ["brief.first.new_ceo", "brief.first.anniversary"]
    assert ids("first_words", history()) == ["brief.first.hello"]


def test_an_inherited_account_never_visited_begins_with_an_introduction() -> None:
    """S0-01."""
    account = replace(history().account, origin="inherited", inherited_on="2026-11-07")
    assert ids("first_words", history(account=account)) == ["brief.first.greeting"]


def test_a_pause_of_contact_is_told_and_no_words_are_put_into_the_mouth() -> None:
    """S2-23: the pause beats everything that would be said, and the clocks go on."""
    freeze = Decision("d", "a", kind="freeze", by="팀장님", day="2026-11-17")
    whole = replace(FULL, decisions=(freeze,), activities=(Activity("x", "a", "c1", "call", day="2026-11-10"),))
    page = brief(whole, (), TODAY)
    assert worded("state", whole) == ["연락 멈춤 · 팀장님 · 11.17부터"]
    assert page.part("first_words") is None
    assert page.part("questions") is None
    assert page.clocks[0].contact_days == 10
    over = replace(freeze, until="2026-11-19")
    assert brief(replace(whole, decisions=(over,)), (), TODAY).part("first_words") is not None


def test_opting_out_of_a_channel_is_told() -> None:
    """S3-08."""
    whole = history(contacts=(replace(BUYER, opt_out="message,mail"),))
    assert worded("state", whole) == ["오세람 차장 · 문자 수신거부", "오세람 차장 · 메일 수신거부"]


def test_what_was_done_to_keep_them_is_on_the_page() -> None:
    """S0-09: when we last met and spoke, and the need that is still open; one that is met is not asked for."""
    need = Signal("n", "a", kind="need", text="소포장", day="2026-11-01")
    acts = (
        Activity("v", "a", "c1", "visit", day="2026-06-19"),
        Activity("c", "a", "c1", "call", day="2026-11-10"),
    )
    whole = history(activities=acts, signals=(need,))
    said = clock_of(whole.activities, TODAY)
    assert (said.last_met, said.last_contact) == ("2026-06-19", "2026-11-10")
    assert [(line.day, line.kind.id) for line in history_lines(whole, TODAY)] == [
        ("2026-11-10", "history.call"),
        ("2026-11-01", "history.signal_need"),
        ("2026-06-19", "history.visit"),
    ]
    assert any("소포장" in one for one in worded("questions", whole))
    met = replace(need, state="closed", closed_on="2026-11-10")
    assert not any("소포장" in one for one in worded("questions", replace(whole, signals=(met,))))


def test_twelve_calls_without_a_face_show_on_the_second_clock() -> None:
    """S3-10, and each person has both clocks."""
    calls = tuple(Activity(f"x{n}", "a", "c1", "call", day=f"2026-{n:02d}-05") for n in range(1, 12))
    stranger = Contact("c2", "a", "하윤목", "대표", position=1)
    whole = history(contacts=(BUYER, stranger), activities=calls)
    account, buyer, other = brief(whole, (), TODAY).clocks
    assert (account.contact_days, account.met_days) == (15, None)
    assert (buyer.name, buyer.contact_days, buyer.met_days) == ("오세람 차장", 15, None)
    assert (other.contact_days, other.met_days) == (None, None)
    assert other.met_piece == Message("brief.met_never")


@given(
    outcome=st.sampled_from(["done", "attempt"]),
    two_way=st.integers(0, 1),
    kind=st.sampled_from(["visit", "call", "review", "message", "note"]),
)
def test_an_attempt_is_never_a_contact(outcome: str, two_way: int, kind: str) -> None:
    """V5."""
    activity = Activity("x", kind=kind, outcome=outcome, two_way=two_way)
    assert is_contact(activity) == (outcome == "done" and two_way == 1 and kind != "note")
    assert not is_meeting(activity) or outcome == "done"


def test_lessons_of_the_account_come_before_its_people_and_like_situations() -> None:
    """S0-34."""
    lessons = (
        Lesson("other", "z", line="상관없는 것"),
        Lesson("like", "z", line="대표가 바뀌면 인사", tags="people_changed", day="2026-05-01"),
        Lesson("helped", "z", line="얼굴부터", tags="people_changed", day="2025-05-01", helped=2),
        Lesson("person", "z", "c1", line="돌려 말하지 않기"),
        Lesson("own", "a", line="납기는 먼저 알리기"),
    )
    found = matching_lessons(FULL, lessons, TODAY)
    assert [lesson.id for lesson in found] == ["own", "person", "helped", "like"]
    assert matching_lessons(history(), lessons[1:2], TODAY) == ()
    assert matching_lessons(history(), lessons[1:2], TODAY, "people_changed") == (lessons[1],)
    assert worded("lessons", FULL, lessons) == ["납기는 먼저 알리기", "돌려 말하지 않기"]


def test_the_private_line_of_a_lesson_is_never_its_line() -> None:
    """S0-35."""
    assert lesson_line(Lesson("l", feeling="속상했다")) == ""
    assert lesson_line(Lesson("l", feeling="속상했다", went_well="그대로 적어 둔 것")) == "그대로 적어 둔 것"
    pinned = (Lesson("1", day="2026-01-01", line="옛", pinned=1), Lesson("2", day="2026-02-01", line="새", pinned=1))
    assert line_in_sight((*pinned, Lesson("3", day="2026-03-01", line="안 붙인 것"))) == pinned[1]
    assert line_in_sight(()) is None


def test_history_is_newest_first_and_tells_an_activitys_own_words_once() -> None:
    """N13."""
    t = Texts("ko", today=TODAY)
    whole = history(
        activities=(
            Activity("v", "a", "c1", "visit", day="2026-05-19", sheet="half_year", note="궁금한 것 둘"),
            Activity("k", "a", "c1", "call", day="2026-10-31", heard="납기가 두 번이나\n늦었다"),
            Activity("m", "a", "c1", "call", day="2026-11-04", outcome="attempt", attempt="no_answer"),
        ),
        signals=(
            Signal("s", "a", "c1", "complaint", text="납기가 두 번이나 늦었다", day="2026-10-31", activity_id="k"),
            Signal("p", "a", kind="people", level="ceo", text="대표 바뀜", day="2026-10-21", source="홈페이지"),
        ),
        facts=(Fact("f", "a", "c1", "work", "승진에서 밀림", "2026-09-15", "2027-03-31", "직접 들음"),),
    )
    lines = history_lines(whole, TODAY)
    said = [
        (line.day[5:], t.say(line.kind), " · ".join(t.say(p) if isinstance(p, Message) else p for p in line.pieces))
        for line in lines
    ]
    assert said == [
        ("11-04", "시도", "부재중"),
        ("10-31", "전화", '불만: "납기가 두 번이나 늦었다"'),
        ("10-21", "사람 바뀜", "대표 바뀜 · 홈페이지"),
        ("09-15", "메모", "승진에서 밀림 (직접 들음) · 2027년 3월 31일까지"),
        ("05-19", "방문", "반기 상담 · 궁금한 것 둘"),
    ]
    assert [line.row[1] for line in lines] == ["m", "k", "p", "f", "v"]


def test_a_signal_told_on_its_activity_is_found_there_too() -> None:
    """What stands behind the figure of complaints is the log in which it was heard."""
    whole = history(
        activities=(Activity("k", "a", "c1", "call", day="2026-10-31", heard="납기가 두 번이나 늦었다"),),
        signals=(
            Signal("s", "a", "c1", "complaint", text="납기가 두 번이나 늦었다", day="2026-10-31", activity_id="k"),
            Signal("p", "a", kind="people", level="ceo", text="대표 바뀜", day="2026-10-21"),
        ),
    )
    found = lines_of_rows(whole, TODAY)
    assert found["signal", "s"] is found["activity", "k"]
    assert found["signal", "p"].row == ("signal", "p")


def test_amounts_that_ended_long_ago_are_told_with_their_year_and_claim_nothing_of_now() -> None:
    t = Texts("ko", today=TODAY)
    old = history(amounts={"1998-04": 100, "1998-05": 5}, last_month="1998-05")
    said = [t.say(piece) for part in brief(old, (), TODAY).parts if part.name == "amounts"
            for line in part.lines for piece in line.pieces if isinstance(piece, Message)]  # fmt: skip
    assert said == ["1998년 5월까지만 있어요"]
    assert month_amounts(old, TODAY, 2) == [("2026-09", None), ("2026-10", None)]
    assert month_amounts(old, TODAY, 2, old=True) == [("1998-04", 100), ("1998-05", 5)]


def test_kinds_of_a_later_version_are_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy merged from a newer program, or an edited file: unknown words are shown plainly, never as an error."""
    monkeypatch.setattr(Texts, "strict", True)
    t = Texts("ko", today=TODAY)
    whole = history(
        account=replace(history().account, relation="warm"),
        activities=(Activity("x", "a", kind="fax", kind2="x", sheet="x", outcome="attempt", attempt="x", day="bad"),),
        signals=(Signal("s", "a", kind="omen", text="까마귀", day=""), Signal("q", "a", kind="people", level="x")),
        facts=(Fact("f", "a", "gone", "x", "메모", "bad", "bad"),),
    )
    for line in history_lines(whole, TODAY):
        assert t.say(line.kind)
        assert all(t.say(piece) for piece in line.pieces if isinstance(piece, Message))
    for part in brief(whole, (), TODAY).parts:
        assert all(t.say(p) for line in part.lines for p in line.pieces if isinstance(p, Message))


def test_a_leap_day_has_its_anniversary_on_the_28th() -> None:
    """S3-18."""
    assert anniversary("2024-02-29", date(2025, 2, 20)) == (1, "2025-02-28")
    assert anniversary("2024-02-29", date(2025, 3, 1)) is None
    assert anniversary("", TODAY) is None


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 200))
def test_months_between_never_claims_more_than_have_passed(start: date, months: int) -> None:
    end = add_months(start, months)
    assert months_between(start, end) == months


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("nothing", [True, False])
def test_every_text_of_the_page_is_there(lang: str, nothing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Texts, "strict", True)
    t = Texts(lang, today=TODAY)
    whole = History(Account("a", "N&B")) if nothing else FULL
    page = brief(whole, (), TODAY)
    for part in page.parts:
        assert t.say(part.label)
        for line in part.lines:
            assert all(t.say(piece) for piece in line.pieces if isinstance(piece, Message))
    for clock in page.clocks:
        assert t.say(clock.contact_piece)
        assert t.say(clock.met_piece)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (
            {"state": "lost", "ended_on": "2026-11-14", "lost_to": "competitor", "left_how": "quiet"},
            "떠난 곳 · 2026년 11월 14일부터 · 다른 업체 · 말없이",
        ),
        ({"state": "lost", "ended_on": "2025-03-02", "lost_to": "unknown"}, "떠난 곳 · 2025년 3월 2일부터"),
        ({"state": "lost", "lost_to": "closed"}, "떠난 곳 · 문 닫음"),
        ({"state": "released", "ended_on": "2026-11-14", "lost_to": "released"}, "정리한 곳 · 2026년 11월 14일부터"),
        ({"state": "handed", "lost_to": "manager", "left_how": "hurt"}, "팀장님 고객 · 서운해하며"),
    ],
)
def test_the_page_of_an_account_that_left_says_so_first(parts: dict[str, str], told: str) -> None:
    t = Texts("ko", today=TODAY)
    left = replace(history(), account=replace(history().account, **parts))  # type: ignore[arg-type]
    page = brief(left, (), TODAY)
    assert page.parts[0].name == "state"
    assert page.parts[0].private
    pieces = page.parts[0].lines[0].pieces
    assert " · ".join(t.say(piece) if isinstance(piece, Message) else piece for piece in pieces) == told
    active = brief(history(), (), TODAY).part("state")
    assert active is None


def test_an_account_that_left_is_not_asked_why_its_volume_fell_nor_about_the_next_contract() -> None:
    fell = history(amounts={**AMOUNTS, "2026-10": 1000_0000}, contracts=(Contract("k", "a", ends_on="2026-12-20"),))

    def asked(state: str) -> set[str]:
        page = brief(replace(fell, account=replace(fell.account, state=state)), (), TODAY)
        found = page.part("questions")
        pieces = [piece for line in found.lines for piece in line.pieces] if found else []
        return {piece.id for piece in pieces if isinstance(piece, Message)}

    assert {"brief.ask.volume", "brief.ask.renewal"} <= asked("active")
    assert not {"brief.ask.volume", "brief.ask.renewal"} & (asked("lost") | asked("released"))
