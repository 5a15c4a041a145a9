"""준비표: which sheet fits a moment, and what the book already knows for its lines."""

from __future__ import annotations

from datetime import date

import pytest

from fieldsales.domain.log_effects import LogEntry
from fieldsales.domain.model import (
    Account,
    Activity,
    Contact,
    Contract,
    Deal,
    Fact,
    History,
    Message,
    SheetItem,
    Signal,
    Task,
)
from fieldsales.domain.playbooks import Playbook
from fieldsales.domain.prep import about, as_prepared, fits, occasions, prefill, sheet_text
from fieldsales.locale import Texts

TODAY = date(2026, 11, 20)
PLAIN = Account("a", "도담나루식품", entered_on="2025-01-02")
INHERITED = Account("a", "마루솔유통", origin="inherited", inherited_on="2026-11-07", predecessor="이 과장")


def said(history: History, act: str, months: int = 3, lang: str = "ko") -> list[str]:
    t = Texts(lang, today=TODAY)
    rows = prefill(history, act, TODAY, months)
    return [" · ".join(t.say(piece) if isinstance(piece, Message) else piece for piece in row) for row in rows]


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (("meeting", "review"), ("meeting", "review")),
        (("person:c1",), ("visit",)),
        (("joint", "call"), ("joint", "call")),
        ((), ()),
    ],
)
def test_a_line_of_today_asks_for_its_sheet(keys: tuple[str, ...], asked: tuple[str, ...]) -> None:
    """V12: the half-year meeting, the quarterly review; a visit to a person never met is a visit."""
    assert occasions(History(PLAIN), keys, TODAY) == asked


@pytest.mark.parametrize(
    ("task", "asked"),
    [
        (Task("t", "a", kind="meet", sheet="half_year"), "meeting"),
        (Task("t", "a", kind="meet", sheet="joint"), "joint"),
        (Task("t", "a", kind="meet"), "visit"),
        (Task("t", "a", kind="greeting"), "greeting"),
        (Task("t", "a", kind="give", title="단가표"), ""),
        (Task("t", "a", kind="meet", case_id="k"), ""),  # a case has a checklist of its own
    ],
)
def test_an_appointment_asks_for_the_sheet_of_what_it_is(task: Task, asked: str) -> None:
    found = occasions(History(PLAIN, tasks=(task,)), ("task:t",), TODAY)
    assert found == ((asked,) if asked else ())


def test_an_account_taken_over_asks_for_the_greeting_until_we_have_met() -> None:
    """S0-01."""
    assert occasions(History(INHERITED), ("call",), TODAY) == ("call", "greeting")
    call = Activity("v", "a", kind="call", day="2026-11-10")
    visit = Activity("v", "a", kind="visit", day="2026-11-10")
    assert "greeting" in occasions(History(INHERITED, activities=(call,)), (), TODAY)
    assert "greeting" not in occasions(History(INHERITED, activities=(visit,)), (), TODAY)
    assert "greeting" not in occasions(History(INHERITED), (), date(2027, 3, 1))


def test_the_sheet_for_the_first_occasion_comes_first() -> None:
    meeting = Playbook("half_year", "1", "반기 상담", (), offer=("meeting",))
    review = Playbook("quarter", "1", "분기 자료", (), offer=("review",))
    other = Playbook("mine", "1", "내 것", ())
    asked = ("review", "meeting")
    assert sorted((other, meeting, review), key=lambda one: fits(one, asked)) == [review, meeting, other]


def test_what_they_had_is_filled_from_the_book() -> None:
    """S4-19: amounts by month, what was bought, the prepayment; the running month is left out."""
    history = History(
        PLAIN,
        amounts={"2026-07": 1, "2026-08": 43_000_000, "2026-09": 46_000_000, "2026-10": 8_500_000, "2026-11": 5},
        deals=(
            Deal("d0", "a", "2026-03-02", 700_000, note="예전 것"),
            Deal("d1", "a", "2026-09-14", 1_200_000, note="도면 수정"),
            Deal("d2", "a", "2026-10-14", 900_000),
        ),
        contracts=(Contract("k", "a", kind="prepaid", received=24_000_000, delivered=9_000_000),),
    )
    assert said(history, "usage") == [
        "8월 4,300만 · 9월 4,600만 · 10월 850만",
        "9.14 도면 수정 120만",
        "선금 2,400만 가운데 900만 씀",
    ]
    assert len(prefill(history, "usage", TODAY, 6)[0]) == 4  # as far back as the book goes


def test_an_account_without_a_figure_fills_nothing() -> None:
    assert all(said(History(PLAIN), act) == [] for act in ("usage", "owned", "promises", "complaints", "contract"))


def test_what_they_have_is_each_thing_once_the_newest_first() -> None:
    """S4-08."""
    deals = [("2026-03-02", "포장기"), ("2026-09-14", "라벨기"), ("2026-10-01", "포장기"), ("2026-10-02", "")]
    history = History(PLAIN, deals=tuple(Deal(day, "a", day, 1, note=note) for day, note in deals))
    assert said(history, "owned") == ["포장기 · 2026년 10월 1일", "라벨기 · 2026년 9월 14일"]


def test_open_promises_complaints_and_needs_stand_beside_their_lines() -> None:
    """S4-20."""
    history = History(
        PLAIN,
        tasks=(
            Task("t1", "a", kind="give", title="견적", due_on="2026-11-24"),
            Task("t2", "a", kind="get", title="도면"),
            Task("t3", "a", kind="give", title="지난 것", state="done"),
        ),
        signals=(
            Signal("s1", "a", kind="complaint", text="납기가 늦었다", day="2026-10-31"),
            Signal("s2", "a", kind="complaint", text="풀린 것", state="closed"),
            Signal("s3", "a", kind="need", text="보관할 곳"),
        ),
    )
    assert said(history, "promises") == ["드릴 것: 견적 · 11월 24일까지", "받을 것: 도면"]
    assert said(history, "complaints") == ["납기가 늦었다 · 10월 31일에 들음"]
    assert said(history, "needs") == ["보관할 곳"]


def test_what_the_previous_rep_told_is_shown_but_never_what_is_private() -> None:
    """S0-01: who is hurt by what; private lines, temper and what mends it stay on the page."""
    history = History(
        INHERITED,
        contacts=(Contact("c", "a", "노을찬", "과장", temper="불같다", mends="사과"),),
        facts=(
            Fact("f1", "a", text="납기가 어긋나면 서운해하심", day="2026-11-07", source="전임자 이 과장"),
            Fact("f2", "a", text="나만 보는 것", day="2026-11-07", source="이 과장", private=1),
            Fact("f3", "a", text="다른 데서 들음", day="2026-11-07", source="뉴스"),
            Fact("f4", "a", text="지난 이야기", day="2024-11-07", source="이 과장", expires_on="2025-05-07"),
        ),
    )
    assert said(history, "told") == ["납기가 어긋나면 서운해하심"]
    every = "".join(text for act in ("told", "people", "contract", "owned") for text in said(history, act))
    assert "불같다" not in every
    assert "사과" not in every
    assert "노을찬 과장" in every


def test_the_end_of_the_contract_and_its_terms_stand_in_the_sheet() -> None:
    history = History(PLAIN, contracts=(Contract("k", "a", ends_on="2027-02-03", terms="월말 결제"),))
    assert said(history, "contract") == ["계약 2027년 2월 3일까지 · 월말 결제"]


def test_a_greeting_says_who_had_the_account_before() -> None:
    """S0-01."""
    t = Texts("ko", today=TODAY)
    row = about(History(INHERITED), "greeting", TODAY)
    assert [t.say(piece) if isinstance(piece, Message) else piece for piece in row] == [
        "전임자 이 과장",
        "11월 7일부터 맡음",
    ]
    assert about(History(INHERITED), "joint", TODAY) == ()


def test_a_sheet_as_text_has_its_boxes_and_what_was_written() -> None:
    """V12: text output."""
    items = [
        SheetItem("1", key="a", step=1, title="이용 내역", text="8월 100만\n9월 200만", done_at="2026-11-20T09:00"),
        SheetItem("2", key="b", step=2, title="불만"),
    ]
    assert sheet_text("도담 · 반기 상담", ("가기 전", "마주 앉아서"), items) == (
        "도담 · 반기 상담\n\n가기 전\n[x] 이용 내역\n    8월 100만\n    9월 200만\n\n마주 앉아서\n[ ] 불만\n"
    )


@pytest.mark.parametrize(
    ("playbook", "kind", "sheet", "joint"),
    [
        ("half_year", "visit", "half_year", 0),
        ("greeting", "visit", "greeting", 0),
        ("joint", "visit", "", 1),
        ("aftercare", "visit", "", 0),
        ("half_year", "call", "", 0),
    ],
)
def test_the_log_of_a_prepared_meeting_is_that_meeting(playbook: str, kind: str, sheet: str, joint: int) -> None:
    """V12, S3-15: a joint visit is counted as one."""
    entry = as_prepared(LogEntry("a", kind=kind), playbook)
    assert (entry.sheet, entry.joint) == (sheet, joint)


def test_an_attempt_is_no_meeting() -> None:
    """V5."""
    assert as_prepared(LogEntry("a", kind="visit", attempt="no_answer"), "half_year").sheet == ""
