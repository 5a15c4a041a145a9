"""Texts for the boss: complete without typing, and never the argument that does not work."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from fieldsales.domain.churn import draft, trigger
from fieldsales.domain.model import Account, ChurnCase, Contact, Decision, History
from fieldsales.domain.playbooks import parse_playbook
from fieldsales.domain.reports import first_report, request_report, tabs_of, told
from fieldsales.locale import Texts
from fieldsales.playbooks import find_playbook
from fieldsales.workflows.reports import open_slots, report_lines, report_text

NOW = datetime(2026, 11, 19, 9, 20)
PLAYBOOK = parse_playbook(find_playbook("churn.ko"))
CUSTOMER = History(
    Account("a", "새녘물산", since="2022-10-10", inherited_on="2025-07-05", origin="inherited"),
    (Contact("c1", "a", "문도균", "차장"),),
    amounts={f"2026-{month:02d}": 4500_0000 for month in range(5, 11)},
    last_month="2026-10",
)
T = Texts("ko", today=NOW.date())

GOLDEN = """\
[새녘물산] 오늘 09:12 거래를 멈추겠다는 연락을 받았습니다(문도균 차장, 전화).
이유는 아직 듣지 못했습니다.
월 4,500만 원, 4년 1개월 거래처이고 제가 맡은 지 1년 4개월입니다.
오늘 안에 찾아가 이유부터 듣겠습니다.
나오는 대로 다시 보고드리겠습니다.
고객사 연락은 제가 먼저 하고 바로 말씀드리겠습니다."""


def test_the_first_report_is_complete_without_a_key_typed() -> None:
    """S0-02, S0-11: made of the book alone; the open hour goes out as "오늘 안에"."""
    case = draft(CUSTOMER, PLAYBOOK, NOW, heard_at="2026-11-19T09:12")
    report = first_report(CUSTOMER, case, NOW)
    assert report_text(report, T) == GOLDEN
    assert report_lines(report, T)[3] == "오늘 [방문 시각]에 찾아가 이유부터 듣겠습니다."
    assert open_slots(report) == ["time"]


def test_a_gap_that_is_filled_goes_out_filled() -> None:
    report = first_report(CUSTOMER, draft(CUSTOMER, PLAYBOOK, NOW), NOW)
    assert "오늘 세 시 반에 찾아가" in report_text(report, T, {"time": "세 시 반"})
    assert report_text(report, T, {"time": " \x1b "}).count("오늘 안에") == 1
    assert open_slots(report, {"time": "15:00"}) == []


def test_a_fixed_visit_needs_no_gap() -> None:
    case = ChurnCase("k", "a", heard_at="2026-11-18T17:40", heard_from="김 부장", visit_at="2026-11-20T15:00")
    report = first_report(CUSTOMER, case, NOW)
    assert report.slots == ()
    lines = report_lines(report, T)
    assert lines[0] == "[새녘물산] 어제 17:40 거래를 멈추겠다는 연락을 받았습니다(김 부장)."
    assert lines[3] == "내일 15:00에 찾아가 이유부터 듣겠습니다."


def test_in_the_evening_the_visit_is_for_tomorrow() -> None:
    evening = datetime(2026, 11, 19, 18, 30)
    report = first_report(CUSTOMER, draft(CUSTOMER, PLAYBOOK, evening), evening)
    assert "내일 안에 찾아가" in report_text(report, T)


def test_an_empty_book_still_gives_a_report() -> None:
    """A report can always be copied."""
    bare = History(Account("a", "마루솔유통"))
    text = report_text(first_report(bare, draft(bare, PLAYBOOK, NOW), NOW), T)
    assert text.startswith("[마루솔유통] 오늘 09:20 거래를 멈추겠다는 연락을 받았습니다(전화).")
    assert "[" not in text[1:]
    assert "월" not in text


def test_an_amount_alone_is_told_without_a_comma() -> None:
    """S0-30: where the first deal is not known."""
    bare = replace(CUSTOMER, account=Account("a", "새녘물산"))
    assert "\n월 4,500만 원 거래처입니다.\n" in report_text(first_report(bare, draft(bare, PLAYBOOK, NOW), NOW), T)


def test_a_new_account_of_mine_tells_the_day_i_took_over() -> None:
    """S0-01: under 90 days."""
    fresh = replace(CUSTOMER, account=replace(CUSTOMER.account, inherited_on="2026-11-06"))
    text = report_text(first_report(fresh, draft(fresh, PLAYBOOK, NOW), NOW), T)
    assert "제가 맡은 지 13일(11월 6일부터)입니다." in text


def test_what_the_figures_showed_is_told_as_seen_and_not_as_a_loss() -> None:
    """S0-10: a question first."""
    low = replace(CUSTOMER, amounts={**CUSTOMER.amounts, "2026-04": 4500_0000, "2026-10": 1710_0000})
    seen = trigger(low, NOW.date())
    assert seen is not None
    case = draft(low, PLAYBOOK, NOW, seen.kind)
    text = report_text(first_report(low, case, NOW, seen=seen), T)
    assert text.startswith("[새녘물산] 10월 거래가 1,710만 원입니다. 앞 여섯 달 평균 4,500만 원보다 62% 줄었습니다.")
    assert "집계" in text
    assert "멈추겠다" not in text
    assert report_text(first_report(low, case, NOW), T).startswith("[새녘물산] 최근 물량이 크게 줄었습니다.")


def test_under_a_pause_the_report_asks_and_does_not_go() -> None:
    """S2-24: the program never says to break the order."""
    paused = replace(CUSTOMER, decisions=(Decision("d", "a", kind="freeze", by="팀장님", day="2026-11-17"),))
    text = report_text(first_report(paused, draft(paused, PLAYBOOK, NOW), NOW), T)
    assert "언제 찾아뵈어도 될지 여쭙습니다." in text
    assert "이유부터 듣겠습니다" not in text
    assert "제가 먼저 하고" not in text


def test_while_contact_is_paused_the_request_is_offered_first() -> None:
    """S2-24."""
    paused = replace(CUSTOMER, decisions=(Decision("d", "a", kind="freeze", day="2026-11-17"),))
    assert tabs_of(paused, NOW)[0] == "request"
    assert tabs_of(CUSTOMER, NOW)[0] == "first"
    assert "request" not in tabs_of(paused, NOW, over=True)


def test_the_first_report_asks_that_nobody_calls_before_me() -> None:
    """S0-07: who must not step in is the last line of the first text, also from the figures."""
    for how in ("notice", "volume"):
        text = report_text(first_report(CUSTOMER, draft(CUSTOMER, PLAYBOOK, NOW, how), NOW), T)
        assert text.rstrip().split("\n")[-1] == "고객사 연락은 제가 먼저 하고 바로 말씀드리겠습니다."


def test_the_argument_that_never_works_has_one_line_of_guidance_beside_the_text() -> None:
    """S0-04: said to the rep, never part of the copy."""
    report = first_report(CUSTOMER, draft(CUSTOMER, PLAYBOOK, NOW), NOW)
    assert [note.id for note in report.notes] == ["report.no_share"]
    assert "남은 거래금액 이야기는 뺐어요" in T.say(report.notes[0])
    assert "뺐어요" not in report_text(report, T)


def test_no_report_argues_with_what_is_left() -> None:
    """S0-04, S0-05: no share of the book in any first report."""
    for case in (draft(CUSTOMER, PLAYBOOK, NOW), draft(CUSTOMER, PLAYBOOK, NOW, "no_trade")):
        text = report_text(first_report(CUSTOMER, case, NOW), T)
        assert "남은" not in text
        assert "%" not in text


def test_other_money_has_no_won_behind_it() -> None:
    dollars = Texts("ko", currency="USD", today=NOW.date())
    case = replace(draft(CUSTOMER, PLAYBOOK, NOW), lost_amount=123_450)
    text = report_text(first_report(CUSTOMER, case, NOW, currency="USD"), dollars)
    assert "월 $1,234.50, 4년" in text
    uneven = replace(case, lost_amount=12_345)
    assert "월 1만 2,345원, 4년" in report_text(first_report(CUSTOMER, uneven, NOW), T)


@pytest.mark.parametrize(("amount", "said"), [(44_853_217, 44_850_000), (44_855_000, 44_860_000), (999_999, 999_999)])
def test_won_are_told_to_the_nearest_ten_thousand(amount: int, said: int) -> None:
    assert told(amount) == said


def test_the_request_is_made_of_what_i_know_of_the_person() -> None:
    """S2-20, S2-21: temper and what mends it, in polite words around."""
    who = Contact(
        "c", "a", "마성호", "부장", temper="크게 화를 내셔도 오래 두지 않으심", mends="바로 사과드리면 풀리심"
    )
    text = report_text(request_report(History(Account("a", "곰비임비물류"), (who,)), NOW, "팀장님"), T)
    assert text.splitlines()[:2] == [
        "팀장님, 마성호 부장께 제가 먼저 사과 전화를 드려도 될까요.",
        "그동안 뵌 바로는 이런 분이십니다. 크게 화를 내셔도 오래 두지 않으심. 바로 사과드리면 풀리심.",
    ]


def test_a_customers_name_is_data_in_every_report() -> None:
    odd = replace(CUSTOMER, account=replace(CUSTOMER.account, name="{time} [b]N&B[/b]"))
    text = report_text(first_report(odd, draft(odd, PLAYBOOK, NOW), NOW), T)
    assert text.startswith("[{time} [b]N&B[/b]] ")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_text_of_the_reports_is_there(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Texts, "strict", True)
    t = Texts(lang, today=NOW.date())
    fixed = ChurnCase("k", "a", heard_at="2026-11-01T10:00", heard_by="message", visit_at="2026-11-30")
    for case in (draft(CUSTOMER, PLAYBOOK, NOW), fixed):
        assert len(report_text(first_report(CUSTOMER, case, NOW), t).splitlines()) == 6
    assert "@" not in report_text(request_report(CUSTOMER, NOW, "Ms Kim"), t)
