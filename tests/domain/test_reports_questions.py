"""물으실 것: three questions with the figures of the rows; what hurts, for the rep alone; and no share anywhere."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report_cases import (
    BEFORE,
    CASE,
    EN,
    EVENTS,
    FILE,
    HISTORY,
    ITEMS,
    KO,
    LOGS,
    NEGLECT,
    NEW_HEAD,
    NOW,
    OFFERS,
    all_texts,
    made,
    text,
)
from report_cases import SIGNED as SIGNED_COVER

from fieldsales.domain.model import (
    Contact,
    Deal,
    Decision,
    Lesson,
    Policy,
    Rules,
    Signal,
    Task,
)
from fieldsales.locale import Texts
from fieldsales.workflows.reports import report_lines, report_text

ASKED = replace(FILE, offers=OFFERS)


def test_three_questions_with_the_figures_of_the_rows() -> None:
    """S0-05, S0-30, C9."""
    assert text("questions", ASKED).splitlines()[:3] == [
        "이 거래를 가볍게 본 것 아니냐 → 연락 38분 뒤 보고, 이튿날 방문. 4년 1개월, 월 4,500만 원 거래처.",
        "나갈 때까지 뭘 했느냐 → 시도 2번(모두 부재중), 통화 1번, 방문 1번, 권한 것 3가지.",
        "평소에 챙기긴 했느냐 → 최근 1년 전화 10/12, 자료 3/4, 만남 1/2.",
    ]


def test_the_questions_in_english() -> None:
    assert text("questions", ASKED, t=EN).splitlines()[0] == (
        "Did you take this account lightly? → told 38 minutes after the news, there the next day. "
        "4 years 1 month as a customer, worth ₩45,000,000 a month."
    )


def test_the_figures_move_with_the_rows() -> None:
    """S0-05: one call, one offer, one month and a later report less, and the card says so."""
    fewer = replace(
        ASKED,
        history=replace(HISTORY, activities=tuple(one for one in HISTORY.activities if one.day != "2026-05-12")),
        visits=LOGS[:2],
        offers=OFFERS[:1],
        events=(*EVENTS[:4], replace(EVENTS[4], at="2026-11-19T14:20")),
        items=(replace(ITEMS[0], done_at=""),),
    )
    lines = text("questions", fewer).splitlines()
    assert "연락 5시간 뒤 보고. 4년" in lines[0]
    assert lines[1].endswith("→ 시도 2번(모두 부재중), 권한 것 1가지.")
    assert "전화 9/12, 자료 3/4" in lines[2]


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-19T09:12", "연락받고 바로 보고"),
        ("2026-11-20T09:30", "연락 이튿날 보고"),
        ("2026-11-23T09:30", "연락 4일 뒤 보고"),
    ],
)
def test_how_soon_it_was_told(at: str, told: str) -> None:
    assert f"→ {told}," in text("questions", replace(ASKED, events=(replace(EVENTS[4], at=at),)))


def test_what_was_seen_in_the_figures_was_not_told_by_anybody() -> None:
    assert "확인 38분 뒤 보고" in text("questions", replace(ASKED, case=replace(CASE, trigger="volume")))


def test_the_year_of_care_ends_with_the_word_that_came() -> None:
    """Visits of the case do not polish the year before; a policy of one's own counts."""
    after = replace(HISTORY, activities=(replace(BEFORE[0], id="z", day="2026-11-20", kind="visit"), *BEFORE))
    assert "만남 1/2" in text("questions", replace(ASKED, history=after))
    own = replace(HISTORY, policies=(Policy("p", "account", "a", "call", per_year=4),))
    assert "전화 4/4" in text("questions", replace(ASKED, history=own))


def test_what_was_kept_is_told_of_an_account_that_left_too() -> None:
    gone = replace(HISTORY, account=replace(HISTORY.account, state="lost"))
    assert "전화 10/12" in text("questions", replace(ASKED, history=gone))


def test_what_we_built_stands_below() -> None:
    """S2-26: visits, deals and the last good moment."""
    history = replace(
        HISTORY,
        deals=(Deal("d1", "a", "2026-03-02", 10), Deal("d2", "a", "2026-12-02", 10)),
        signals=(Signal("s", "a", kind="thanks", day="2026-09-02"),),
    )
    assert text("questions", replace(ASKED, history=history)).splitlines()[3] == (
        "그동안 쌓은 것 → 방문 1번, 거래 1건, 9월 2일 고맙다는 말씀."
    )


def test_what_hurts_is_shown_to_the_rep_alone() -> None:
    """S0-05: it is read on the screen, and goes out only where the rep puts it in."""
    report = made("questions", ASKED)
    hurting = [one for one in report.choices if one.painful]
    shown = report_lines(report, KO)
    assert [shown[one.paragraph] for one in hurting] == [
        "대표 교체 뒤 방문은 못 했음.",
        "소식을 듣기 전 9개월 동안 뵙지 못했음.",
    ]
    assert "못 했음" not in report_text(report, KO)
    put_in = report_text(report, KO, turned=[hurting[0].key])
    assert put_in.endswith("\n대표 교체 뒤 방문은 못 했음.")


def test_every_line_can_be_left_out() -> None:
    """S0-05."""
    report = made("questions", ASKED)
    assert report_text(report, KO, turned=["weight", "effort", "built"]).startswith("평소에 챙기긴 했느냐")
    everything = [one.key for one in report.choices if one.taken]
    assert report_text(report, KO, turned=everything) == ""


def test_a_complaint_that_was_open_and_a_promise_past_its_day_hurt_too() -> None:
    history = replace(
        HISTORY,
        signals=(
            Signal("s1", "a", kind="complaint", day="2026-10-28"),
            Signal("s2", "a", kind="complaint", day="2026-09-01", state="closed", closed_on="2026-09-20"),
        ),
        tasks=(Task("t", "a", kind="give", due_on="2026-11-10", state="done", done_on="2026-11-20"),),
    )
    report = made("questions", replace(ASKED, history=history))
    shown = report_lines(report, KO)[-2:]
    assert shown == ["불만 1건이 22일째 열려 있었음.", "날짜를 넘긴 약속 1건이 있었음."]


def test_a_book_with_nothing_written_still_answers() -> None:
    bare = replace(HISTORY, activities=(), contacts=(), amounts={}, account=replace(HISTORY.account, since=""))
    file = replace(FILE, history=bare, case=replace(CASE, lost_amount=None), visits=(), events=(), items=())
    lines = text("questions", file).splitlines()
    assert all("→" in line and line.endswith(".") for line in lines)
    assert "적어 둔 것이 아직 없음." in lines[0]


# --- over all texts -------------------------------------------------------------------------------------------------

PRIVATE = "몰래"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_no_text_argues_with_what_is_left_or_with_a_share_of_the_book(lang: str) -> None:
    """S0-04, S0-05: in no text stands a share, a percentage or the rest of the book."""
    t = Texts(lang, today=NOW.date())
    argument = re.compile(r"%|남은 거래|전체|비중|나머지 거래|share|rest of|whole book|of my book", re.IGNORECASE)
    for causes in ((), (NEW_HEAD,), (NEGLECT,)):
        for covers in ((), (SIGNED_COVER,), (replace(SIGNED_COVER, amount=100_0000),)):
            file = replace(ASKED, causes=causes, covers=covers, offers=OFFERS[1:])
            for kind, said in all_texts(file, t=t).items():
                assert not argument.search(said), (kind, said)


def test_no_text_knows_of_any_other_account() -> None:
    """S0-05: a text is made of one account's rows, so no share could be reckoned: what `make_report` is given holds
    no other account, and the rules hold no amount."""
    assert {name for name in Rules.__slots__ if "amount" in name} == set()
    assert {type(one).__name__ for one in HISTORY.activities} == {"Activity"}
    for said in all_texts(ASKED).values():
        assert "나린커피" not in said


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_is_private_stands_in_no_text(lang: str) -> None:
    """S0-19, S0-35: feeling, what I could have prevented, notes; temper and what mends it in the request only."""
    people = tuple(
        replace(one, temper=f"{PRIVATE} 성향", mends=f"{PRIVATE} 푸는 법", note=f"{PRIVATE} 메모")
        for one in HISTORY.contacts
    )
    history = replace(
        HISTORY,
        account=replace(HISTORY.account, note=PRIVATE, relation="hurt", tags=PRIVATE, left_how="hurt"),
        contacts=people,
        activities=tuple(replace(one, note=PRIVATE, marks="hard") for one in HISTORY.activities),
        decisions=(Decision("d", "a", kind="convert", text=PRIVATE, day="2026-11-01"),),
        signals=(Signal("b", "a", kind="boss_asked", text=PRIVATE, day="2026-11-18"),),
    )
    file = replace(
        ASKED,
        history=history,
        case=replace(CASE, note=PRIVATE),
        items=tuple(replace(one, note=PRIVATE, title=PRIVATE) for one in ITEMS),
        events=(*EVENTS, replace(EVENTS[0], id="n", at="2026-11-20T16:00", kind="note", text=PRIVATE)),
        visits=tuple(replace(one, note=PRIVATE, said=PRIVATE, marks="hard") for one in LOGS),
        lessons=(Lesson("l", "a", case_id="k", line=PRIVATE, feeling=PRIVATE, mistake=PRIVATE),),
        causes=(replace(NEGLECT, text=PRIVATE, heard=PRIVATE), replace(NEW_HEAD, main=0, heard=PRIVATE)),
    )
    for kind, said in all_texts(file, t=Texts(lang, today=NOW.date())).items():
        rest = said.replace(f"{PRIVATE} 성향", "").replace(f"{PRIVATE} 푸는 법", "") if kind == "request" else said
        assert PRIVATE not in rest, (kind, said)


def test_the_contact_who_left_is_not_asked_for() -> None:
    """S2-20: the request names somebody who is there."""
    left = replace(
        HISTORY, contacts=(replace(HISTORY.contacts[0], left_on="2026-11-01"), Contact("c9", "a", "하윤", ""))
    )
    file = replace(FILE, history=left, case=replace(CASE, heard_from=""))
    assert text("request", file).startswith("팀장님, 하윤께 제가 먼저")


def test_what_would_only_hurt_is_left_out_until_it_is_put_in() -> None:
    """S0-05: with nothing written down two answers stand for the rep alone; an account new to me says so."""
    account = replace(HISTORY.account, tier="", inherited_on="")
    bare = replace(FILE, history=replace(HISTORY, account=account, activities=()), visits=(), events=(), offers=())
    choices = {one.key: one.taken for one in made("questions", bare).choices}
    assert (choices["weight"], choices["effort"], choices["care"]) == (True, False, False)
    mine = replace(bare, history=replace(bare.history, account=replace(account, inherited_on="2026-11-06")))
    assert "평소에 챙기긴 했느냐 → 맡은 지 13일 된 곳." in text("questions", mine)
