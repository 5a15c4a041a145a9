"""Days and times out of one line. 20 November 2026 is a Friday."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldsales.domain.when import FARTHEST, find_when, read_day
from fieldsales.domain.when_past import find_past

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("오늘", "2026-11-20"),
        ("내일", "2026-11-21"),
        ("모레", "2026-11-22"),
        ("내일모레", "2026-11-22"),
        ("글피", "2026-11-23"),
        ("다음 주 화", "2026-11-24"),
        ("다음주 화요일", "2026-11-24"),
        ("담주 화", "2026-11-24"),
        ("이번 주 금", "2026-11-20"),
        ("이번 주 일", "2026-11-22"),
        ("다다음 주 월", "2026-11-30"),
        ("다음 주", "2026-11-27"),
        ("다음 주 초", "2026-11-23"),
        ("다음 주말", "2026-11-28"),
        ("화요일", "2026-11-24"),
        ("금요일", "2026-11-27"),
        ("오는 금", "2026-11-27"),
        ("24일", "2026-11-24"),
        ("20일", "2026-11-20"),
        ("19일", "2026-12-19"),
        ("31일", "2026-12-31"),
        ("12월 3일", "2026-12-03"),
        ("12월3일(목)", "2026-12-03"),
        ("12월 3일 목요일", "2026-12-03"),
        ("12월 3~5일", "2026-12-03"),
        ("1월 5일", "2027-01-05"),
        ("12/3", "2026-12-03"),
        ("12.3", "2026-12-03"),
        ("12. 3.", "2026-12-03"),
        ("2027-01-05", "2027-01-05"),
        ("2027. 1. 5.", "2027-01-05"),
        ("27. 1. 5", "2027-01-05"),
        ("2027년 1월 5일", "2027-01-05"),
        ("3일 뒤", "2026-11-23"),
        ("3일 후", "2026-11-23"),
        ("사흘 뒤", "2026-11-23"),
        ("2주 뒤", "2026-12-04"),
        ("일주일 뒤", "2026-11-27"),
        ("두 주 뒤", "2026-12-04"),
        ("한 달 뒤", "2026-12-20"),
        ("3개월 뒤", "2027-02-20"),
        ("석 달 뒤", "2027-02-20"),
        ("반년 뒤", "2027-05-20"),
        ("1년 뒤", "2027-11-20"),
        ("월말", "2026-11-30"),
        ("이달 말", "2026-11-30"),
        ("다음 달 초", "2026-12-05"),
        ("다음 달 10일", "2026-12-10"),
        ("다음 달", "2026-12-31"),
        ("12월 중순", "2026-12-15"),
        ("연말", "2026-12-31"),
        ("내년 3월 2일", "2027-03-02"),
        ("내년 3월", "2027-03-31"),
        ("today", "2026-11-20"),
        ("Tomorrow", "2026-11-21"),
        ("the day after tomorrow", "2026-11-22"),
        ("next tue", "2026-11-24"),
        ("this fri", "2026-11-20"),
        ("Tuesday", "2026-11-24"),
        ("the 24th", "2026-11-24"),
        ("dec 3", "2026-12-03"),
        ("3 Dec", "2026-12-03"),
        ("December 3rd, 2027", "2027-12-03"),
        ("in 3 days", "2026-11-23"),
        ("in 2 weeks", "2026-12-04"),
        ("in a month", "2026-12-20"),
        ("end of month", "2026-11-30"),
        ("next week", "2026-11-27"),
        ("by sun", "2026-11-22"),
    ],
)
def test_a_day_is_read_as_people_say_it(text: str, day: str) -> None:
    found = find_when(text, TODAY)
    assert found is not None
    assert found.day.isoformat() == day
    assert read_day(text, TODAY) == found.day


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2시", "14:00"),
        ("7시", "19:00"),
        ("8시", "08:00"),
        ("오전 7시", "07:00"),
        ("오후 2시 반", "14:30"),
        ("두 시 반", "14:30"),
        ("열한 시", "11:00"),
        ("저녁 8시", "20:00"),
        ("밤 12시", "00:00"),
        ("12시", "12:00"),
        ("10시 30분", "10:30"),
        ("14:00", "14:00"),
        ("2:30", "14:30"),
        ("02:30", "02:30"),
        ("2pm", "14:00"),
        ("2:30 p.m.", "14:30"),
        ("12am", "00:00"),
        ("at 3", "15:00"),
        ("정오", "12:00"),
        ("noon", "12:00"),
    ],
)
def test_an_hour_is_read_in_the_sense_of_business(text: str, time: str) -> None:
    found = find_when(f"내일 {text}", TODAY)
    assert found is not None
    assert (found.day.isoformat(), found.time) == ("2026-11-21", time)
    assert not found.without(f"내일 {text}").strip()


@pytest.mark.parametrize(
    "text",
    ["국내일정", "12월분 단가표", "단가 12.3% 인하", "3.5톤", "1:1 상담", "2시간 걸림", "매주 금요일", "매월 25일",
     "30일 동안", "3일 전에 들음", "지난주 금요일", "지난 금요일", "작년 3월 2일", "이번 주 월요일", "이번 달 5일",
     "2026년 1월 5일", "2026-11-19",
     "2월 30일", "13/45", "25시", "2:75", "2099-01-01", "월 4,500만", "일일이 확인", "may i", "last friday",
     "3 days ago",     "every monday", "9999999일 뒤", "monthly", "오늘날", ""],
)  # fmt: skip
def test_what_is_no_coming_day_is_left_alone(text: str) -> None:
    assert find_when(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("next week on Monday", "2026-11-23"),
        ("next week Monday", "2026-11-23"),
        ("Monday next week", "2026-11-23"),
        ("Friday of next week", "2026-11-27"),
        ("this week Saturday", "2026-11-21"),
        ("week after next Monday", "2026-11-30"),
        ("the week after next on Monday", "2026-11-30"),
        ("Monday of the week after next", "2026-11-30"),
        ("the week after next", "2026-12-04"),
        ("in two weeks on Tuesday", "2026-12-01"),
        ("Tuesday in 2 weeks", "2026-12-01"),
        ("2주 뒤 화요일", "2026-12-01"),
        ("2주 후 화", "2026-12-01"),
        ("이 주 뒤 화요일", "2026-12-01"),
        ("이 주 뒤", "2026-12-04"),
        ("3주 뒤 목요일", "2026-12-10"),
        ("일주일 뒤 화", "2026-11-24"),
        ("다다음 주 월", "2026-11-30"),
        ("다음다음 주 월요일", "2026-11-30"),
        ("다음 주의 화요일", "2026-11-24"),
        ("다음 주 화(24일)", "2026-11-24"),
        ("다음 주 24일", "2026-11-24"),
        ("다음 주 주말", "2026-11-28"),
        ("end of next week", "2026-11-27"),
        ("early next week", "2026-11-23"),
    ],
)
def test_a_weekday_said_with_a_week_is_that_of_the_calendar_week(text: str, day: str) -> None:
    assert read_day(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("a week from today", "2026-11-27"),
        ("a week from Monday", "2026-11-30"),
        ("two weeks from Friday", "2026-12-11"),
        ("two weeks from next Friday", "2026-12-11"),
        ("3 days from tomorrow", "2026-11-24"),
        ("a month from Friday", "2026-12-27"),
        ("a week from now", "2026-11-27"),
    ],
)
def test_a_time_from_a_day_is_counted_from_that_day(text: str, day: str) -> None:
    assert read_day(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("다음 달 첫째 주 월요일", "2026-12-07"),
        ("다음 달 첫째 주 월", "2026-12-07"),
        ("12월 둘째 주 화요일", "2026-12-08"),
        ("둘째 주 화요일", "2026-12-08"),
        ("마지막 주 금요일", "2026-11-27"),
        ("첫째 월요일", "2026-12-07"),
        ("다섯째 주 월요일", "2026-11-30"),
        ("이번 달 마지막 금요일", "2026-11-27"),
        ("내년 3월 둘째 주 화요일", "2027-03-09"),
        ("2027년 3월 마지막 주 금요일", "2027-03-26"),
        ("10월 두 번째 화요일", "2027-10-12"),
        ("first Monday of next month", "2026-12-07"),
        ("the second Tuesday of December", "2026-12-08"),
        ("1st Monday in December", "2026-12-07"),
        ("last Friday of the month", "2026-11-27"),
        ("last Friday of next month", "2026-12-25"),
        ("next month on the first Monday", "2026-12-07"),
        ("the 25th of next month", "2026-12-25"),
        ("next month on the 5th", "2026-12-05"),
        ("다음 달 첫날", "2026-12-01"),
        ("다음 달 말일", "2026-12-31"),
        ("12월 마지막 날", "2026-12-31"),
    ],
)
def test_a_day_is_picked_out_of_a_month_as_it_is_said(text: str, day: str) -> None:
    assert read_day(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Tue, 24 Nov", "2026-11-24"),
        ("Thursday, Dec 3", "2026-12-03"),
        ("Dec 3 (Thu)", "2026-12-03"),
        ("Friday the 27th", "2026-11-27"),
        ("Friday the 4th of December", "2026-12-04"),
        ("Nov 24, 2026", "2026-11-24"),
        ("내일 21일", "2026-11-21"),
        ("연말 12월 31일", "2026-12-31"),
        ("Dec 3-5", "2026-12-03"),
    ],
)
def test_a_day_named_twice_is_one_day(text: str, day: str) -> None:
    assert read_day(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    ["다음 달 금요일", "다음 달 목요일", "다음 달 둘째 주", "다음 달 중반", "12월 첫째 주", "12월 3주차 화요일",
     "월말 금요일", "내년 화요일", "12월 금요일", "2주 뒤 일", "한 달 뒤 금요일", "5일 뒤 화요일", "다음 주 일 정리",
     "다음 달에 첫째 주 월요일", "다음 주 12월 3일", "12월 3일 금요일", "매월 첫째 주 월요일",
     "지난달 첫째 주 월요일", "그 다음 주 화요일", "오는 주 화요일", "금요일 전날", "금요일부터 2주 뒤",
     "금요일 하루 전까지", "3일 전까지", "이번 금요일", "화요일이나 수요일", "화요일 또는 수요일", "화요일, 목요일",
     "다음 주 화, 목 중에", "내일과 모레", "오늘 내일 중", "금요일마다 2시", "매주 금요일 2시", "격주 금요일",
     "2월 30일 2시", "이번 주 월요일 2시", "다음 달 금요일 2시", "어제 2시", "next month Monday",
     "Monday next month", "mid next week", "the first Monday", "2nd Tuesday", "3rd Thursday", "Friday week",
     "the Friday after next", "two days before Friday", "the day after Friday", "a week from Dec 3",
     "Tuesday before Dec 3", "Monday the week after", "Tue, 25 Nov", "Tue or Wed", "Fri/Sat", "every other Friday",
     "Fridays at 2pm", "in two months on Monday", "next week at 3pm Tuesday", "Monday's report"],
)  # fmt: skip
def test_a_day_that_could_be_another_is_not_read_at_all(text: str) -> None:
    assert find_when(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("금요일 회의 자료 목요일까지", "2026-11-26", "금요일 회의 자료"),
        ("12월 3일 납품분 단가표 다음 주 화까지", "2026-11-24", "12월 3일 납품분 단가표"),
        ("by Friday send the agenda for Dec 3", "2026-11-27", "send the agenda for Dec 3"),
        ("금요일까지 12월 단가표", "2026-11-27", "12월 단가표"),
        ("지난주 금요일에 들은 것 내일 회신", "2026-11-21", "지난주 금요일에 들은 것 회신"),
        ("12월 3일부터 5일까지 전시회", "2026-12-03", "5일까지 전시회"),
    ],
)
def test_of_two_days_in_a_line_the_limit_is_meant_and_of_a_range_its_beginning(text: str, day: str, rest: str) -> None:
    found = find_when(text, TODAY)
    assert found is not None
    assert (found.day.isoformat(), " ".join(found.without(text).split())) == (day, rest)


@pytest.mark.parametrize(
    "text",
    ["내일 견적 보내고 금요일 방문", "월요일까지 회신 안 오면 화요일 전화", "if no reply by Monday call Tuesday"],
)
def test_of_two_days_neither_is_taken_where_nothing_says_which(text: str) -> None:
    assert find_when(text, TODAY) is None


def test_a_time_is_that_of_the_day_it_stands_with() -> None:
    found = find_when("지난주 금요일 2시에 들은 것 내일까지 회신", TODAY)
    assert found is not None
    assert (found.day, found.time) == (date(2026, 11, 21), "")
    today = find_when("지난주 요청한 견적 2시까지", TODAY)
    assert today is not None
    assert (today.day, today.time) == (TODAY, "14:00")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("오늘 중 회신", "회신"),
        ("오늘 중으로 회신", "회신"),
        ("오늘 안에 회신", "회신"),
        ("금주 내 회신", "회신"),
        ("금요일 전까지 자료", "자료"),
        ("다음 주 화요일 오전까지 단가표", "단가표"),
        ("다음 주 화요일 오전 중으로 단가표", "단가표"),
        ("내일 오후 전화", "전화"),
        ("내일 아침 전화", "전화"),
        ("내일 저녁에 전화", "전화"),
        ("내일 점심까지 견적", "견적"),
        ("내일 저녁 식사", "저녁 식사"),
        ("내일 점심", "점심"),
        ("tomorrow morning call", "call"),
        ("tomorrow in the afternoon call", "call"),
        ("by end of day Friday send", "send"),
        ("send by EOD tomorrow", "send"),
        ("send Friday end of day", "send"),
    ],
)
def test_the_part_of_a_day_belongs_to_the_day_and_is_no_time(text: str, rest: str) -> None:
    found = find_when(text, TODAY)
    assert found is not None
    assert (" ".join(found.without(text).split()), found.time) == (rest, "")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("내일 저녁에 8시", "20:00"),
        ("내일 아침에 7시", "07:00"),
        ("내일 오전 10시", "10:00"),
        ("tomorrow evening at 8", "20:00"),
        ("tomorrow morning at 7", "07:00"),
    ],
)
def test_an_hour_is_one_of_the_part_of_the_day_that_was_said(text: str, time: str) -> None:
    found = find_when(text, TODAY)
    assert found is not None
    assert found.time == time


@pytest.mark.parametrize(
    ("text", "rest"), [("5일 전화", "전화"), ("24일 차량 점검", "차량 점검"), ("24일 간담회", "간담회")]
)
def test_a_word_that_begins_like_a_count_of_days_leaves_the_day_a_day(text: str, rest: str) -> None:
    found = find_when(text, TODAY)
    assert found is not None
    assert found.without(text).strip() == rest


def test_a_week_with_a_word_that_begins_like_a_weekday_is_only_the_week() -> None:
    found = find_when("다음 주 화상회의", TODAY)
    assert found is not None
    assert found.without("다음 주 화상회의").strip() == "화상회의"


@pytest.mark.parametrize(
    ("text", "rest", "by"),
    [
        ("다음 주 화까지 새 단가표", "새 단가표", True),
        ("12월 3일 2시 대표님 인사", "대표님 인사", False),
        ("2시에 대표님 인사 12월 3일", "대표님 인사", False),
        ("새 단가표 3일 안에", "새 단가표", True),
        ("24일 까지 답", "답", True),
        ("price list by friday 2pm", "price list", True),
    ],
)
def test_what_was_read_can_be_taken_out_of_the_line(text: str, rest: str, by: bool) -> None:
    found = find_when(text, TODAY)
    assert found is not None
    assert " ".join(found.without(text).split()) == rest
    assert found.by is by


def test_a_time_alone_is_todays_or_where_it_has_passed_tomorrows() -> None:
    assert [find_when("2시 미팅", TODAY, now).day.day for now in (None, "09:00", "16:00")] == [20, 20, 21]  # type: ignore[union-attr]


def test_decomposed_hangul_is_read_like_composed() -> None:
    text = unicodedata.normalize("NFD", "다음 주 화까지 새 단가표")
    found = find_when(text, TODAY)
    assert found is not None
    assert found.day == date(2026, 11, 24)
    assert found.without(text).strip() == "새 단가표"


def test_full_width_digits_are_digits() -> None:
    assert read_day("１２월 ３일", TODAY) == date(2026, 12, 3)


@pytest.mark.parametrize("text", ["다음 주 ㅎ", "12월", "12월 ", "다음", "12월 3", "내", "낼ㅁ", "2", "next t", "dec"])
def test_a_half_typed_line_is_no_error(text: str) -> None:
    find_when(text, TODAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3", "2026-11-23"),
        ("+3", "2026-11-23"),
        ("0", "2026-11-20"),
        ("월", "2026-11-23"),
        ("화까지", "2026-11-24"),
        ("sat", "2026-11-21"),
        (" 내일! ", "2026-11-21"),
        ("내일 2시", "2026-11-21"),
    ],
)
def test_putting_off_takes_a_number_or_a_weekday_too(text: str, day: str) -> None:
    assert read_day(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["", "+", "999", "2시", "내일 단가표", "언젠가", "어제", "2026-11-19", "-3", "3.5톤"])
def test_putting_off_refuses_what_is_not_wholly_a_coming_day(text: str) -> None:
    assert read_day(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("오늘 10:30", "2026-11-20", "10:30"),
        ("방금", "2026-11-20", ""),
        ("3시", "2026-11-20", "15:00"),
        ("어제 3시 반", "2026-11-19", "15:30"),
        ("그제", "2026-11-18", ""),
        ("그저께 오전 9시", "2026-11-18", "09:00"),
        ("3일 전", "2026-11-17", ""),
        ("2주 전", "2026-11-06", ""),
        ("한 달 전", "2026-10-20", ""),
        ("일주일 전에", "2026-11-13", ""),
        ("지난주 금", "2026-11-13", ""),
        ("지난 금요일", "2026-11-13", ""),
        ("금요일", "2026-11-20", ""),
        ("월요일에", "2026-11-16", ""),
        ("이번 주 화", "2026-11-17", ""),
        ("18일", "2026-11-18", ""),
        ("24일", "2026-10-24", ""),
        ("지난달 3일", "2026-10-03", ""),
        ("11/18 14:00", "2026-11-18", "14:00"),
        ("12월 3일", "2025-12-03", ""),
        ("11.18", "2026-11-18", ""),
        ("2026-01-05", "2026-01-05", ""),
        ("2024년 2월 29일", "2024-02-29", ""),
        ("2월 29일", "2024-02-29", ""),
        ("yesterday 2pm", "2026-11-19", "14:00"),
        ("last friday", "2026-11-13", ""),
        ("tue", "2026-11-17", ""),
        ("3 days ago", "2026-11-17", ""),
        ("nov 18", "2026-11-18", ""),
        ("2주 전 화요일", "2026-11-03", ""),
        ("2 weeks ago on Tuesday", "2026-11-03", ""),
        ("last week Friday", "2026-11-13", ""),
        ("Friday last week 3pm", "2026-11-13", "15:00"),
        ("11/18 수요일", "2026-11-18", ""),
    ],
)
def test_when_something_happened_is_read_backwards(text: str, day: str, time: str) -> None:
    found = find_past(text, TODAY)
    assert found is not None
    assert (found.day.isoformat(), found.time) == (day, time)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "내일",
        "다음 주 화",
        "3일 뒤",
        "2026-11-21",
        "이번 주 토",
        "다음 주 화요일",
        "다음 달 3일",
        "next tue",
        "언젠가",
        "내일 3시",
        "11/18 목요일",
        "지난달 금요일",
        "지난달 첫째 주 월요일",
        "last month on Friday",
    ],
)
def test_what_has_not_been_yet_is_no_past(text: str) -> None:
    assert find_past(text, TODAY) is None


DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
PIECES = [
    "다음", "주", "화", "요일", "이번", "달", "월", "말", "초", "3", "12", "일", "뒤", "까지", "에", "2시", "반",
    "오늘", "내일", "내년", "한", "석", "매", "지난", "년", "2월", "(목)", "/", ".", "-", ":", "2027", "30", "29",
    "in", "days", "next", "tue", "dec", "feb", "by", "at", "pm", "week", "of", "two", "from", "on", "first", "last",
    "the", "둘째", "마지막", "주말", "또는", ",", "전날", "중", "오전", "저녁", "전", "(", ")",
]  # fmt: skip
JOTTED = st.lists(st.sampled_from(PIECES), max_size=8).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda glue: glue.join(pieces))
)


@settings(deadline=None)  # the first line compiles what reads it
@given(st.text() | JOTTED, DAYS)
def test_whatever_is_typed_gives_a_coming_day_within_two_years_or_none(text: str, today: date) -> None:
    found = find_when(text, today)
    if found is not None:
        assert today <= found.day <= today + timedelta(days=FARTHEST)
        assert found.time == "" or ("00:00" <= found.time <= "23:59" and len(found.time) == 5)
        whole = unicodedata.normalize("NFC", text)
        assert 0 <= found.start < found.end <= len(whole)
        assert len(found.without(text)) <= len(whole) + len(found.spans)
    past = find_past(text, today)
    assert past is None or past.day <= today
    day = read_day(text, today)
    assert day is None or today <= day <= today + timedelta(days=FARTHEST)


@settings(deadline=None)
@given(JOTTED)
def test_the_ends_of_the_calendar_are_no_error(text: str) -> None:
    for today in (date.min, date.max):
        find_when(text, today, "12:00")
        find_past(text, today)
        read_day(text, today)


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2097, 12, 31)), st.integers(0, FARTHEST - 366))
def test_an_iso_day_and_a_korean_date_mean_themselves(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert read_day(day.isoformat(), today) == day
    assert read_day(f"{day.year}년 {day.month}월 {day.day}일", today) == day
    assert read_day(f"+{ahead}", today) == day


@settings(deadline=None)
@given(DAYS, st.integers(0, 6))
def test_weekdays_of_next_week_lie_in_the_next_calendar_week(today: date, weekday: int) -> None:
    day = read_day(f"다음 주 {'월화수목금토일'[weekday]}", today)
    assert day is not None
    assert day.weekday() == weekday
    assert day.isocalendar()[:2] == (today + timedelta(days=7)).isocalendar()[:2]


@settings(deadline=None)
@given(DAYS, st.integers(1, 50), st.integers(0, 6))
def test_a_weekday_some_weeks_on_lies_in_that_calendar_week(today: date, weeks: int, weekday: int) -> None:
    day = read_day(f"{weeks}주 뒤 {'월화수목금토일'[weekday]}요일", today)
    assert day is not None
    assert day.weekday() == weekday
    assert day.isocalendar()[:2] == (today + timedelta(weeks=weeks)).isocalendar()[:2]


@settings(deadline=None)
@given(DAYS, st.integers(0, 3), st.integers(1, 12), st.integers(0, 6))
def test_the_nth_weekday_of_a_month_is_the_next_that_comes(today: date, nth: int, month: int, weekday: int) -> None:
    name = "월화수목금토일"[weekday]
    day = read_day(f"{month}월 {['첫째', '둘째', '셋째', '넷째'][nth]} 주 {name}요일", today)
    assert day is not None
    assert (day.month, day.weekday(), (day.day - 1) // 7) == (month, weekday, nth)
    assert today <= day <= today + timedelta(days=373)
    assert read_day(f"{month}월 {['첫', '두', '세', '네'][nth]} 번째 {name}요일", today) == day


@settings(deadline=None)
@given(
    DAYS,
    st.sampled_from(["다음 달", "12월 첫째 주", "내년", "한 달 뒤", "매주", "next month", "every month on"]),
    st.integers(0, 6),
)
def test_a_weekday_behind_a_period_it_is_not_read_with_is_never_read_alone(
    today: date, period: str, weekday: int
) -> None:
    korean, latin = "월화수목금토일"[weekday], ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday]
    if period.startswith("12월"):
        assert find_when(f"{period} 중 {korean}요일", today) is None
    else:
        assert find_when(f"{period} {korean}요일" if period[0] > "z" else f"{period} {latin}", today) is None


def test_a_bare_hour_that_lies_ahead_was_in_the_morning() -> None:
    """`4시 40분` written down at nine is before nine; said to be of the afternoon it stays there."""
    today = date(2026, 11, 19)

    def time(text: str, now: str) -> str:
        found = find_past(text, today, now)
        return found.time if found else ""

    assert time("4:40", "09:20") == "04:40"
    assert time("4시 40분", "09:20") == "04:40"
    assert time("4:40", "18:00") == "16:40"
    assert time("오후 4시", "09:20") == "16:00"
    assert time("16:40", "09:20") == "16:40"
    assert time("어제 4시", "09:20") == "16:00"
