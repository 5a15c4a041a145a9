"""보전 보고 in its three forms, cause by cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from report_cases import (
    CASE,
    EN,
    FILE,
    HALF,
    HISTORY,
    KO,
    LATER,
    LOGS,
    NEGLECT,
    NEW_HEAD,
    OFFERS,
    SIGNED,
    TAKEN,
    made,
    note_words,
    text,
)

from fieldsales.domain.model import CaseFile, Cause, Cover
from fieldsales.domain.reports import KINDS
from fieldsales.locale import Texts

QUIET = replace(FILE, visits=(LOGS[3],), events=())  # one visit, nothing else


def with_cause(cause: Cause | None, **more: object) -> CaseFile:
    return replace(QUIET, causes=() if cause is None else (cause,), **more)  # type: ignore[arg-type]


def test_what_was_hard_to_prevent() -> None:
    """S0-23, S0-03: our own wording in the seed's order, loss, recovered and new each by itself."""
    file = with_cause(NEW_HEAD, offers=(TAKEN,), covers=(SIGNED,))
    assert text("recovery", file, datetime(2026, 11, 30, 9, 0), turned=("hard",)) == (
        "대표 교체와 함께 거래 업체가 바뀌면서 새녘물산 거래가 줄었습니다(월 -4,500만 원).\n"
        "결정이 위에서 내려와 실무선에서 막기 어려웠습니다.\n"
        "월 2,250만 원은 12월부터 되살렸습니다.\n"
        "지금까지 방문 1번, 권한 것 1가지입니다.\n"
        "차월에 미리별로보틱스에서 월 +6,000만 원이 새로 들어와(확정) 남은 몫을 메우겠습니다."
    )


def test_what_i_missed() -> None:
    """S0-19: out of the rows, in my own voice; the words beside the cause stay mine."""
    file = with_cause(NEGLECT, offers=(TAKEN,))
    assert text("recovery", file, LATER) == (
        "새녘물산 거래가 줄었습니다(월 -4,500만 원).\n"
        "대표가 바뀐 뒤 한 달 동안 제가 찾아뵙지 못했습니다.\n"
        "소식을 들은 다음 날 방문했고, 월 2,250만 원은 12월부터 되살렸습니다.\n"
        "지금까지 방문 1번, 권한 것 1가지입니다.\n"
        "남은 2,250만 원은 메울 곳을 알아보고 있으며 나오는 대로 결과를 말씀드리겠습니다."
    )
    assert "report.recovery.private" in note_words(made("recovery", file))
    assert "찾아뵙지 못했습니다" not in text("recovery", file, LATER, turned=("missed",))


def test_nothing_yet_to_cover_it() -> None:
    """S0-26: three places to look at, and the day of the answer."""
    file = with_cause(replace(NEW_HEAD, control=""), offers=(TAKEN,))
    report = made("recovery", file, LATER)
    assert [slot.name for slot in report.slots] == ["places", "day"]
    filled = text("recovery", file, LATER, places="파주 지점, 한올담제과, 나린커피", day="12월 4일")
    assert filled.endswith(
        "남은 2,250만 원은 파주 지점, 한올담제과, 나린커피를 알아보고 있으며 12월 4일에 결과를 말씀드리겠습니다."
    )
    ideas = tuple(
        Cover(f"i{n}", "a", "k", name=name, state="idea", due_on=f"2026-12-0{n}")
        for n, name in enumerate(("파주 지점", "한올담제과"), 3)
    )
    assert text("recovery", replace(file, covers=ideas), LATER).endswith(
        "남은 2,250만 원은 파주 지점, 한올담제과를 알아보고 있으며 12월 4일에 결과를 말씀드리겠습니다."
    )


def test_the_three_forms_in_english() -> None:
    hard = with_cause(NEW_HEAD, offers=(TAKEN,), covers=(SIGNED,))
    assert text("recovery", hard, LATER, EN, turned=("hard",)) == (
        "As the supplier changed along with the CEO, trade with 새녘물산 has fallen (-₩45,000,000 a month).\n"
        "The decision came from above and was hard to prevent at the working level.\n"
        "Of the loss, ₩22,500,000 a month is won back from Dec on.\n"
        "So far: 1 visit, 1 offer made.\n"
        "Next month 미리별로보틱스 brings +₩60,000,000 a month of new business (signed), which covers what is left."
    )
    missed = text("recovery", with_cause(NEGLECT, offers=(TAKEN,)), LATER, EN)
    assert "After the CEO changed I did not call on them for a month." in missed
    assert (
        "I went there the day after the news, and of the loss, ₩22,500,000 a month is won back from Dec on." in missed
    )
    assert missed.endswith(
        "To cover the remaining ₩22,500,000 I am looking for new business and will tell you the result "
        "as soon as there is one."
    )


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        ("fees", "조건이 맞지 않아 새녘물산 거래가"),
        ("volume", "고객사 물량이 줄어 새녘물산 거래가"),
        ("competitor", "다른 업체 제안을 택해 새녘물산 거래가"),
        ("management", "대표 교체와 함께 거래 업체가 바뀌면서 새녘물산 거래가"),
    ],
)
def test_each_cause_has_a_clause_of_its_own(kind: str, clause: str) -> None:
    """S0-18, S0-23: no noun is glued into a gap."""
    for control in ("", "part", "no"):
        file = with_cause(replace(NEW_HEAD, kind=kind, control=control))
        lines = text("recovery", file, turned=("hard",)).splitlines()
        assert lines[0].startswith(clause)
        assert ("막기" in lines[1]) == bool(control)


def test_without_a_new_ceo_no_ceo_is_named() -> None:
    people = tuple(replace(one, came_on="") if one.role == "ceo" else one for one in HISTORY.contacts)
    file = with_cause(NEW_HEAD, history=replace(HISTORY, contacts=people))
    assert text("recovery", file).startswith("경영진 교체와 함께 거래 업체가 바뀌면서")


@pytest.mark.parametrize("words", ["창고를 부산으로 옮기면서", "본사 방침이 바뀌어", "공장이 멎어서,"])
def test_my_own_words_run_on_where_they_are_a_clause(words: str) -> None:
    file = with_cause(replace(NEW_HEAD, kind="other", text=words, control=""))
    assert text("recovery", file).startswith(f"{words.rstrip(',')} 새녘물산 거래가 줄었습니다(월 -4,500만 원).")


@pytest.mark.parametrize("words", ["담당자가 퇴사함", "창고 이전", "회사가 문을 닫는다."])
def test_my_own_words_stand_alone_where_they_are_none(words: str) -> None:
    file = with_cause(replace(NEW_HEAD, kind="other", text=words, control=""))
    lines = text("recovery", file).splitlines()
    assert lines[0].startswith("새녘물산 거래가")
    assert lines[1] == f"이유는 이렇습니다. {words.rstrip('.')}."


def test_without_a_cause_the_gap_for_it_stays_in_sight() -> None:
    """S0-23, C8: missing words stand in brackets; copied open it says that it will be told."""
    report = made("recovery", with_cause(None))
    assert [slot.name for slot in report.slots] == ["cause", "places", "day"]
    assert text("recovery", with_cause(None)).splitlines()[1] == "이유는 더 확인해 말씀드리겠습니다."
    assert text("recovery", with_cause(None), cause="물량 감소").splitlines()[1] == "이유: 물량 감소"


def test_without_an_amount_the_gap_for_it_stays_in_sight() -> None:
    file = with_cause(NEW_HEAD, case=replace(CASE, lost_amount=None))
    assert "loss" in [slot.name for slot in made("recovery", file).slots]
    assert text("recovery", file).splitlines()[0].endswith("새녘물산 거래가 줄었습니다.")
    (gap,) = (slot for slot in made("recovery", file).slots if slot.name == "loss")
    assert gap.hint is not None and KO.say(gap.hint) == "비운 채 복사하면 금액 없이 나가요."
    assert text("recovery", file, loss="3,000만 원").splitlines()[0].endswith("(월 -3,000만 원).")


@pytest.mark.parametrize(
    ("kind", "control", "offered"),
    [
        ("fees", "no", "hard"),
        ("fees", "part", "hard"),
        ("fees", "yes", "own"),
        ("fees", "", ""),
        ("neglect", "no", ""),
        ("neglect", "", ""),
    ],
)
def test_that_it_was_hard_to_prevent_is_offered_only_where_i_said_so(kind: str, control: str, offered: str) -> None:
    """S0-19: the place for 불가피 takes 일부 and 어려웠다 only, and it goes out where I put it in."""
    file = with_cause(replace(NEW_HEAD, kind=kind, control=control))
    report = made("recovery", file)
    assert [one.key for one in report.choices if not one.taken] == ([offered] if offered else [])
    assert "막기" not in text("recovery", file)
    assert ("막기" in text("recovery", file, turned=("hard",))) == (offered == "hard")
    assert ("report.recovery.offered" in note_words(report)) == bool(offered)


@pytest.mark.parametrize("lang", [KO, EN])
@pytest.mark.parametrize("kind", ["fees", "volume", "competitor", "management", "neglect", "other"])
def test_what_i_answered_for_myself_changes_no_text_that_goes_out(kind: str, lang: Texts) -> None:
    """막을 수 있었나 is for the rep alone: with any answer every text is the same, letter by letter."""
    for history in (HISTORY, replace(HISTORY, contacts=HISTORY.contacts[:1], activities=())):
        for report in KINDS:
            said = {
                text(report, with_cause(replace(NEW_HEAD, kind=kind, control=control), history=history), LATER, lang)
                for control in ("", "yes", "part", "no")
            }
            assert len(said) == 1


def test_what_i_missed_is_offered_to_me_alone_where_i_answered_so() -> None:
    """Put in by hand it is told as the rows show it; where they show nothing, nothing is offered."""
    file = with_cause(replace(NEW_HEAD, kind="fees", control="yes"))
    report = made("recovery", file)
    assert [(one.key, one.taken, one.painful) for one in report.choices] == [("own", False, True)]
    assert "report.recovery.control" in note_words(report)
    assert "찾아뵙지 못했습니다" not in text("recovery", file)
    assert "대표가 바뀐 뒤 한 달 동안 제가 찾아뵙지 못했습니다." in text("recovery", file, turned=("own",))
    nothing = replace(HISTORY, contacts=HISTORY.contacts[:1], activities=())
    assert made("recovery", replace(file, history=nothing)).choices == ()


def test_a_guess_is_told_as_a_guess() -> None:
    """S0-20, C8."""
    said = text("recovery", with_cause(replace(NEW_HEAD, certainty="guessed")))
    assert "이유는 아직 짐작이며, 확인하는 대로 말씀드리겠습니다." in said


def test_further_causes_stand_beside_the_main_one_but_for_my_own_fault() -> None:
    """S0-18: the report uses the main one."""
    second = replace(NEW_HEAD, id="s3", kind="competitor", main=0, text="")
    guess = replace(NEW_HEAD, id="s4", kind="fees", main=0, certainty="guessed")
    file = replace(QUIET, causes=(second, guess, NEW_HEAD, replace(NEGLECT, main=0)))
    said = text("recovery", file)
    assert said.startswith("대표 교체와 함께")
    assert "그 밖에 들은 이유: 경쟁사." in said
    assert "관리 소홀" not in said and "미뤘다" not in said


@pytest.mark.parametrize(
    ("came", "told"),
    [
        ("2026-11-18", "대표가 바뀐 뒤 하루 동안"),
        ("2026-11-10", "대표가 바뀐 뒤 한 주 동안"),
        ("2026-10-22", "대표가 바뀐 뒤 한 달 동안"),
        ("2026-08-12", "대표가 바뀐 뒤 석 달 동안"),
    ],
)
def test_how_long_i_had_not_called_on_them_is_said_in_words(came: str, told: str) -> None:
    people = tuple(replace(one, came_on=came) if one.role == "ceo" else one for one in HISTORY.contacts)
    assert f"{told} 제가 찾아뵙지 못했습니다." in text(
        "recovery", with_cause(NEGLECT, history=replace(HISTORY, contacts=people))
    )


def test_who_was_called_on_after_the_change_did_not_miss_it() -> None:
    """What is told against me is what the rows show, and no more."""
    went = replace(LOGS[3], id="b30", day="2026-11-02", case_id="")
    history = replace(HISTORY, activities=(went, *HISTORY.activities))
    report = made("recovery", with_cause(NEGLECT, history=history))
    assert "missed" in [slot.name for slot in report.slots]
    open_gap = text("recovery", with_cause(NEGLECT, history=history))
    assert "못했습니다" not in open_gap and "\n\n" not in open_gap  # an admission fills no blank by itself
    filled = text("recovery", with_cause(NEGLECT, history=history), missed="제가 늦었습니다.")
    assert "제가 늦었습니다." in filled.splitlines()
    old = replace(HISTORY, contacts=HISTORY.contacts[:1])
    assert "소식을 듣기 전 9개월 동안 제가 찾아뵙지 못했습니다." in text("recovery", with_cause(NEGLECT, history=old))


def test_what_is_left_is_not_argued_with_and_the_rep_is_told_why() -> None:
    """S0-04: one line of guidance beside the text, in every form of it, and never in the copy."""
    for causes in ((), (NEW_HEAD,), (NEGLECT,)):
        file = replace(FILE, causes=causes)
        assert note_words(made("recovery", file))[0] == "report.no_share"
        assert "잃은 곳을 가볍게" not in text("recovery", file)


def test_only_signed_business_covers_the_loss() -> None:
    """S0-22: likely and possible are left out, and the rep is told so."""
    covers = (replace(SIGNED, state="likely"), replace(SIGNED, id="w2", state="possible", name="나린커피"))
    file = with_cause(NEW_HEAD, covers=covers)
    said = text("recovery", file)
    assert "미리별" not in said and "나린" not in said and "메울 곳을 알아보고" in said
    assert "report.recovery.left_out" in note_words(made("recovery", file))


def test_signed_business_that_covers_a_part_says_so_and_looks_on() -> None:
    """S0-03: nothing is netted away."""
    file = with_cause(NEW_HEAD, covers=(replace(SIGNED, amount=1500_0000),))
    assert text("recovery", file).splitlines()[-2:] == [
        "차월에 미리별로보틱스에서 월 +1,500만 원이 새로 들어와(확정) 줄어든 몫을 일부 메우겠습니다.",
        "남은 3,000만 원은 메울 곳을 알아보고 있으며 나오는 대로 결과를 말씀드리겠습니다.",
    ]


def test_several_signed_deals_stand_each_by_itself() -> None:
    more = (SIGNED, replace(SIGNED, id="w2", name="나린커피", amount=500_0000, month="2027-01"))
    last = text("recovery", with_cause(NEW_HEAD, covers=more)).splitlines()[-1]
    assert last == (
        "차월에 미리별로보틱스에서 월 +6,000만 원, 1월에 나린커피에서 월 +500만 원이 새로 들어와(확정) "
        "줄어든 몫을 메우겠습니다."
    )


def test_what_came_back_whole_needs_no_cover() -> None:
    """S0-16: 원복."""
    whole = replace(TAKEN, amount=4500_0000)
    said = text("recovery", with_cause(NEW_HEAD, offers=(whole,)))
    assert "월 4,500만 원은 12월부터 모두 되살렸습니다." in said
    assert "알아보고" not in said


def test_only_an_accepted_offer_brings_anything_back() -> None:
    """S0-15, S0-16."""
    assert "되살렸" not in text("recovery", with_cause(NEW_HEAD, offers=OFFERS))
    share = replace(HALF, amount=None, answer="accepted", from_month="")
    assert "월 2,250만 원은 되살렸습니다." in text("recovery", with_cause(NEW_HEAD, offers=(share,)))


def test_a_case_that_ended_with_nothing_says_that_trade_ended() -> None:
    ended = replace(CASE, state="closed", outcome="none")
    assert "새녘물산 거래가 끝났습니다(월 -4,500만 원)." in text("recovery", with_cause(NEW_HEAD, case=ended))


def test_the_effort_stands_in_every_form() -> None:
    """S0-16: what was tried is the third tier, the evidence of effort."""
    for cause in (None, NEW_HEAD, NEGLECT):
        said = text("recovery", replace(FILE, causes=(cause,) if cause else (), offers=OFFERS))
        assert "지금까지 시도 2번, 통화 1번, 방문 1번, 권한 것 3가지입니다." in said
