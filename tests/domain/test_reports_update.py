"""중간 보고: only what is new, told as it happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from report_cases import (
    CASE,
    EN,
    EVENTS,
    FILE,
    HISTORY,
    ITEMS,
    KO,
    LOGS,
    MISSED,
    NEGLECT,
    NEW_HEAD,
    NEXT,
    NOW,
    OFFERS,
    SIGNED,
    TAKEN,
    made,
    text,
)

from fieldsales.domain.ids import uuid_text
from fieldsales.domain.model import CaseEvent, Decision
from fieldsales.domain.reports import KINDS, has_news, kind_now
from fieldsales.locale import Texts

TOLD = replace(
    FILE,
    history=replace(HISTORY, tasks=(NEXT,)),
    causes=(NEW_HEAD,),
    offers=(OFFERS[1],),
    visits=tuple(replace(one, heard="") if one.id == "v4" else one for one in LOGS),
)


def copied(at: str, kind: str = "update", id: str = "e9") -> CaseEvent:
    return CaseEvent(id, "k", at, "report", "", kind)


def test_the_update_tells_the_visit_the_reason_the_offer_and_what_comes_next() -> None:
    """S0-02, C10."""
    assert text("update", TOLD) == (
        "[새녘물산] 11/20 오후\n"
        "15:00 표지환 본부장, 문도균 차장을 뵙고 왔습니다.\n"
        "들은 이유: 본부장이 전에 쓰던 업체와 조건을 맞추는 중. (표지환 본부장)\n"
        "권해 드린 것: 물량 절반을 남기는 것(11월 27일까지 답).\n"
        "다음: 11월 27일까지 물량 절반에 대한 답."
    )


def test_the_update_in_english() -> None:
    assert text("update", TOLD, t=EN) == (
        "[새녘물산] 11/20, afternoon\n"
        "At 15:00 I met 표지환 본부장, 문도균 차장.\n"
        "The reason as I heard it: 본부장이 전에 쓰던 업체와 조건을 맞추는 중. (표지환 본부장)\n"
        "Offered: 물량 절반을 남기는 것 (answer by 27 Nov).\n"
        "Next: by 27 Nov: 물량 절반에 대한 답."
    )


def test_what_was_told_before_does_not_stand_in_the_next_update() -> None:
    """S0-02: the attempts and the call came before the first report; after a copy nothing of the visit is new."""
    assert "통화" not in text("update", TOLD)
    again = replace(TOLD, events=(*EVENTS, copied("2026-11-20T16:00")))
    rows = replace(again, causes=(), offers=())
    assert text("update", rows).splitlines()[1] == "아직 새로 나온 것은 없습니다."
    assert not has_news(rows, NOW)
    more = replace(rows, visits=(*LOGS, replace(MISSED, id="v9", day="2026-11-20", time="16:10", attempt="refused")))
    assert text("update", more).splitlines()[1] == "뵙고자 1번 연락드렸습니다(거절)."


def test_the_tick_of_the_line_counts_as_told_like_a_copy() -> None:
    """S0-02: who ticked 알리기 without copying has told it, too."""
    ticked = CaseEvent("e4", "k", "2026-11-19T09:50", "ticked", "알리기", "report")
    file = replace(TOLD, events=(*EVENTS[:4], ticked, EVENTS[5]))
    assert text("update", file) == text("update", TOLD)
    other = replace(ticked, ref="appointment")
    assert "통화" in text("update", replace(file, events=(*EVENTS[:4], other, EVENTS[5])))


def test_a_visit_logged_after_the_report_is_news_though_it_was_before_it() -> None:
    """S0-02: ids tell the order of writing, whatever the clock of the visit says."""
    first = "01932a00-0000-7000-8000-000000000001"
    second = "01932a00-0000-7000-8000-000000000002"
    report = copied("2026-11-20T16:00", id=first)
    late = replace(EVENTS[5], id=second)
    file = replace(TOLD, causes=(), offers=(), events=(*EVENTS[:4], late, report))
    assert "뵙고 왔습니다" in text("update", file)
    early = replace(late, id=first.replace("0001", "0000"))
    assert "뵙고 왔습니다" not in text("update", replace(file, events=(*EVENTS[:4], early, report)))


def test_an_answer_that_came_since_is_told_with_what_it_brings() -> None:
    later = datetime(2026, 11, 27, 11, 0)
    file = replace(TOLD, causes=(), offers=(TAKEN,), events=(*EVENTS, copied("2026-11-20T16:00")))
    assert "권해 드린 것: 물량 절반을 남기는 것(받아들이심, 월 2,250만 원, 12월부터)." in text("update", file, later)


def test_new_business_is_told_once_it_is_signed() -> None:
    """S0-22."""
    file = replace(
        TOLD, covers=(SIGNED,), events=(*EVENTS, CaseEvent("e8", "k", "2026-11-20T16:00", "cover", "", "w1"))
    )
    assert "새로 채울 거래: 미리별로보틱스 월 6,000만 원(확정, 12월부터)." in text("update", file)
    likely = replace(file, covers=(replace(SIGNED, state="likely"),))
    assert "미리별" not in text("update", likely)


def test_many_contacts_at_once_are_told_from_the_latest_back() -> None:
    """S0-02: an update stays one message, however long nobody asked for one."""
    calls = tuple(
        replace(LOGS[3], id=f"m{n}", kind="call", day="2026-11-20", time=f"1{n}:00", heard="") for n in range(6)
    )
    lines = text("update", replace(FILE, visits=(*calls, replace(calls[5], id="m9", kind="visit", time="16:00"))))
    assert lines.split("\n")[1] == "그 전에 통화 3번이 있었습니다."
    assert lines.count("통화했습니다") == 3 and "16:00 표지환 본부장, 문도균 차장을 뵙고 왔습니다." in lines


def test_attempts_are_counted_by_their_answers() -> None:
    """S0-14: three refused attempts stand in the report."""
    logs = tuple(replace(MISSED, id=f"r{n}", day="2026-11-20", time=f"1{n}:00", attempt="refused") for n in range(3))
    both = (*logs, replace(MISSED, id="r4", day="2026-11-20", time="14:00"))
    assert "뵙고자 3번 연락드렸습니다(모두 거절)." in text("update", replace(FILE, visits=logs))
    assert "뵙고자 4번 연락드렸습니다(부재중 1번, 거절 3번)." in text("update", replace(FILE, visits=both))
    recovery = text("recovery", replace(FILE, visits=logs))
    assert "지금까지 시도 3번입니다." in recovery
    assert "시도 3번(모두 거절)" in text("questions", replace(FILE, visits=logs))
    assert "뵙고자 3번" in text("first", replace(FILE, visits=logs))


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (replace(LOGS[3], with_names="", heard=""), "15:00 표지환 본부장을 뵙고 왔습니다."),
        (replace(LOGS[3], with_names="안 과장", contact_id="", heard=""), "15:00 안 과장을 뵙고 왔습니다."),
        (replace(LOGS[3], with_names="", contact_id="", heard=""), "15:00 다녀왔습니다."),
        (replace(LOGS[3], by="김 대리", heard=""), "15:00 김 대리가 표지환 본부장, 문도균 차장을 만났습니다."),
        (replace(LOGS[3], by="팀장님", heard=""), "15:00 팀장님이 표지환 본부장, 문도균 차장을 만나셨습니다."),
        (
            replace(LOGS[3], by="팀장님", kind="call", with_names="", contact_id="", heard=""),
            "15:00 팀장님이 고객사와 이야기하셨습니다.",
        ),
        (replace(LOGS[3], by="팀장님", joint=1, with_names=""), "15:00 표지환 본부장을 뵙고 왔습니다."),
        (replace(LOGS[3], kind="call", with_names=""), "15:00 표지환 본부장과 통화했습니다."),
        (replace(LOGS[3], kind="message", with_names=""), "15:00 표지환 본부장과 메시지를 주고받았습니다."),
        (replace(LOGS[3], kind="message", with_names="", two_way=0), "15:00 표지환 본부장께 메시지를 드렸습니다."),
        (replace(LOGS[3], kind="review", with_names=""), "15:00 표지환 본부장께 자료를 드렸습니다."),
        (replace(LOGS[3], day="2026-11-19", with_names=""), "어제 15:00 표지환 본부장을 뵙고 왔습니다."),
        (replace(LOGS[3], time="", with_names="", day="2026-11-20"), "오늘 표지환 본부장을 뵙고 왔습니다."),
    ],
)
def test_a_contact_is_told_as_it_was(log: object, told: str) -> None:
    file = replace(FILE, events=(), items=(), visits=(log,))  # type: ignore[arg-type]
    assert text("update", file).splitlines()[1] == told


def test_the_whole_course_of_a_closed_case_tells_how_it_ended() -> None:
    """C10."""
    ended = replace(FILE, case=replace(CASE, state="closed", outcome="none"), causes=())
    assert "새녘물산 거래가 끝났습니다(월 -4,500만 원)." in text("full", ended)
    assert "다음" not in text("full", ended)


def test_a_day_of_long_ago_is_told_with_its_year() -> None:
    """A case of last year that is opened again, or read after it was closed."""
    assert text("full", FILE, datetime(2027, 11, 30, 9, 0)).startswith("[새녘물산] 2026년 11월 19일 09:12 거래를")
    assert text("full", FILE, datetime(2027, 11, 30, 9, 0), EN).startswith("[새녘물산] On 19 Nov 2026 at 09:12 we")
    assert text("full", FILE, datetime(2027, 3, 2, 9, 0)).startswith("[새녘물산] 11월 19일 09:12 거래를")


def test_what_was_heard_is_quoted_and_cut_to_what_a_message_bears() -> None:
    long = replace(LOGS[3], heard="가" * 300 + "\n나")
    line = text("update", replace(FILE, visits=(long,))).splitlines()[2]
    assert line.startswith('들은 말: "가가') and line.endswith('…"') and len(line) < 175


def test_what_i_hold_against_myself_is_not_told_by_itself() -> None:
    """S0-19: the field is for me alone."""
    for cause in (NEGLECT, replace(NEGLECT, contact_id="c1", certainty="heard")):
        said = text("update", replace(TOLD, causes=(cause,)))
        assert "관리 소홀" not in said and "미뤘다" not in said


@pytest.mark.parametrize(("sure", "told"), [("confirmed", "확인한"), ("heard", "들은"), ("guessed", "짐작하는")])
def test_how_sure_a_reason_is_stands_before_it(sure: str, told: str) -> None:
    """S0-20."""
    cause = replace(NEW_HEAD, certainty=sure, contact_id="", text="")
    assert f"{told} 이유: 경영진 교체." in text("update", replace(TOLD, causes=(cause,)))


def test_with_nothing_agreed_the_next_thing_is_a_gap() -> None:
    report = made("update", replace(FILE, events=(*EVENTS, copied("2026-11-20T16:00"))))
    assert [slot.name for slot in report.slots] == ["next"]
    assert text("update").endswith("다음 일정은 잡히는 대로 말씀드리겠습니다.")
    assert text("update", next="27일 오전 문 차장 통화").endswith("다음: 27일 오전 문 차장 통화")


def test_a_fixed_visit_comes_next() -> None:
    fixed = replace(FILE, case=replace(CASE, visit_at="2026-11-21T10:00"))
    assert text("update", fixed).endswith("다음: 내일 10:00 방문.")
    past = replace(FILE, case=replace(CASE, visit_at="2026-11-20T15:00"))
    assert text("update", past).endswith("잡히는 대로 말씀드리겠습니다.")


def test_the_text_that_fits_the_moment_comes_first() -> None:
    """S0-02, S2-24."""
    begun = replace(FILE, events=EVENTS[:4], items=tuple(replace(one, done_at="") for one in ITEMS), visits=LOGS[:3])
    assert kind_now(begun, NOW) == "first"
    assert kind_now(FILE, NOW) == "update"
    assert kind_now(replace(FILE, events=EVENTS[:5], visits=LOGS[:3]), NOW) == "first"
    money = replace(FILE, items=(*ITEMS, replace(ITEMS[0], id="i9", key="recover", step=3, act="", done_at="")))
    assert kind_now(money, NOW) == "recovery"
    covered = replace(EVENTS[4], id="e7", at="2026-11-20T10:00", ref="recovery")
    assert kind_now(replace(money, events=(*EVENTS[:5], covered, EVENTS[5])), NOW) == "update"
    paused = replace(FILE, history=replace(HISTORY, decisions=(Decision("d", "a", kind="freeze", day="2026-11-19"),)))
    assert kind_now(paused, NOW) == "request"
    assert kind_now(replace(FILE, case=replace(CASE, state="closed")), NOW) == "recovery"


def test_under_a_pause_the_update_names_no_visit_to_come() -> None:
    """S2-24."""
    freeze = Decision("d", "a", kind="freeze", by="팀장님", day="2026-11-19")
    paused = replace(TOLD, history=replace(TOLD.history, decisions=(freeze,)))
    assert text("update", paused).endswith("언제 찾아뵈어도 될지 여쭙습니다.")
    assert "다음:" not in text("update", paused)


def test_the_whole_course_begins_with_the_word_that_came() -> None:
    """C10: everything, told from the beginning, whatever was told before."""
    whole = replace(TOLD, events=(*EVENTS, copied("2026-11-20T16:00")), offers=OFFERS)
    lines = text("full", whole).splitlines()
    assert lines[0].startswith("[새녘물산] 어제 09:12")
    assert lines[2] == "뵙고자 2번 연락드렸습니다(모두 부재중)."
    assert lines[3] == "어제 09:44 문도균 차장과 통화했습니다."
    assert "15:00 표지환 본부장, 문도균 차장을 뵙고 왔습니다." in lines
    assert lines[-1] == "다음: 11월 27일까지 물량 절반에 대한 답."


def test_the_first_report_after_the_visit_does_not_promise_it_again() -> None:
    """S0-11: who sends it late tells that the visit was made."""
    lines = text("first").splitlines()
    assert "15:00 표지환 본부장, 문도균 차장을 뵙고 왔습니다." in lines
    assert "이유부터 듣겠습니다" not in text("first")
    assert "아직 듣지 못했습니다" not in text("first")


def by_time(number: int) -> str:
    """An id as rows get them: the later it was made the later it sorts."""
    return uuid_text(number << 80, 7)


def test_a_clock_that_was_set_back_loses_nothing_of_a_case() -> None:
    """A log that the case holds is told in every text, though its hour lies before the word that came."""
    early = (
        replace(LOGS[0], time="08:20"),
        replace(LOGS[2], time="08:31"),
        replace(LOGS[3], day="2026-11-18", time="23:50"),
    )
    file = replace(FILE, events=(), visits=early)
    update = text("update", file)
    assert "뵙고자 1번 연락드렸습니다(부재중)." in update
    assert "08:31 문도균 차장과 통화했습니다." in update
    assert "표지환 본부장, 문도균 차장을 뵙고 왔습니다." in update
    assert '들은 말: "전 회사에서' in update
    for kind in ("recovery", "questions"):
        assert "시도 1번" in text(kind, file) and "통화 1번, 방문 1번" in text(kind, file)
    assert "뵙고 왔습니다." in text("first", file) and "찾아가" not in text("first", file)


def test_a_log_that_belongs_to_no_case_counts_from_the_word_on() -> None:
    loose = tuple(replace(one, case_id="") for one in LOGS)
    file = replace(FILE, events=(), visits=(replace(loose[2], id="v0", time="09:11"), *loose))
    assert "시도 2번, 통화 1번, 방문 1번" in text("recovery", file)


def test_the_call_that_told_us_is_no_effort_and_one_of_the_same_minute_is() -> None:
    """The call in which we were told was in the book before the case; one made in the run is work done."""
    opened = replace(EVENTS[0], id=by_time(2000))
    call = replace(LOGS[2], id=by_time(1000), time="09:12")
    told = replace(FILE, events=(opened,), visits=(call,))
    assert "통화" not in text("recovery", told)
    for made_later in (by_time(2000), by_time(3000), "v3"):
        own = replace(told, visits=(call, replace(call, id=made_later)))
        assert "지금까지 통화 1번입니다." in text("recovery", own)


@pytest.mark.parametrize(("t", "day"), [(KO, "어제 거래를 멈추겠다는"), (EN, "[새녘물산] Yesterday we")])
def test_a_day_without_a_time_is_told_as_a_day(t: Texts, day: str) -> None:
    file = replace(FILE, case=replace(CASE, heard_at="2026-11-19"))
    assert day in text("first", file, t=t)
    for kind in KINDS:
        assert "00:00" not in text(kind, file, t=t)
    assert "연락받은 날 보고, 이튿날 방문" in text("questions", file)


def test_a_visit_that_the_case_took_is_told_as_one_and_another_is_not() -> None:
    """The texts say that somebody was met where the run says so, and nowhere else."""
    nameless = replace(LOGS[3], contact_id="", with_names="")
    open_step = replace(FILE, events=(), visits=(nameless,))
    taken = replace(open_step, events=(EVENTS[5],))
    assert "15:00 다녀왔습니다." in text("update", open_step) and "뵙고" not in text("update", open_step)
    assert "찾아가 이유부터 듣겠습니다" in text("first", open_step)
    assert "15:00 찾아가 뵙고 왔습니다." in text("update", taken)
    assert "찾아가 뵙고 왔습니다." in text("first", taken)
    assert "이튿날 방문" in text("questions", taken) and "이튿날 방문" not in text("questions", open_step)
