"""약속 out of what was jotted down on Friday, 20 November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldsales.domain.promises import MOST, Promise, read_promises

TODAY = date(2026, 11, 20)


def test_the_two_lines_of_the_log_are_a_thing_to_give_and_a_meeting() -> None:
    assert read_promises("다음 주 화까지 새 단가표\n12월 3일 2시 대표님 인사", TODAY) == [
        Promise("give", "새 단가표", "2026-11-24", "", "다음 주 화까지 새 단가표"),
        Promise("meet", "대표님 인사", "2026-12-03", "14:00", "12월 3일 2시 대표님 인사"),
    ]


@pytest.mark.parametrize(
    ("line", "kind", "title", "due"),
    [
        ("견적서 드리기", "give", "견적서 드리기", ""),
        ("2시까지 견적 보내기", "give", "견적 보내기", "2026-11-20"),
        ("27일까지 답 주시기로", "get", "답 주시기로", "2026-11-27"),
        ("계약서 받기 모레", "get", "계약서 받기", "2026-11-22"),
        ("샘플 보내 주신다고 함", "get", "샘플 보내 주신다고 함", ""),
        ("다음 주 수 방문", "meet", "방문", "2026-11-25"),
        ("24일 12시 점심", "meet", "점심", "2026-11-24"),
        ("본부장님 뵙기", "meet", "본부장님 뵙기", ""),
        ("대표님께 인사 드리기", "meet", "대표님께 인사 드리기", ""),
        ("인사팀 자료 정리", "give", "인사팀 자료 정리", ""),
        ("방문 때 본 자료 보내기", "give", "방문 때 본 자료 보내기", ""),
        ("send the price list by friday", "give", "send the price list", "2026-11-27"),
        ("they send the contract by dec 3", "get", "they send the contract", "2026-12-03"),
        ("meet Kim next tue 2pm", "meet", "meet Kim", "2026-11-24"),
        ("lunch on tuesday", "meet", "lunch", "2026-11-24"),
        ("내일 2시", "meet", "내일 2시", "2026-11-21"),
        ("send prices next week on Monday", "give", "send prices", "2026-11-23"),
        ("a week from Monday call", "give", "call", "2026-11-30"),
        ("2주 뒤 화요일 방문", "meet", "방문", "2026-12-01"),
        ("다음 달 첫째 주 월요일 단가표", "give", "단가표", "2026-12-07"),
        ("다음 주 화요일 오전까지 단가표", "give", "단가표", "2026-11-24"),
        ("내일 저녁 전화", "give", "전화", "2026-11-21"),
        ("내일 저녁 대표님과", "meet", "저녁 대표님과", "2026-11-21"),
        ("단가표 (금요일까지)", "give", "단가표", "2026-11-27"),
        ("단가표 금요일까지, 견적서", "give", "단가표, 견적서", "2026-11-27"),
    ],
)
def test_who_owes_what_by_when_is_read_from_a_line(line: str, kind: str, title: str, due: str) -> None:
    (promise,) = read_promises(line, TODAY)
    assert (promise.kind, promise.title, promise.due_on) == (kind, title, due)
    assert promise.source == line


def test_one_line_may_hold_several() -> None:
    promises = read_promises("- 견적 보내기 / 샘플 받기; 12/3 회의", TODAY)
    assert [(promise.kind, promise.title) for promise in promises] == [
        ("give", "견적 보내기"),
        ("get", "샘플 받기"),
        ("meet", "회의"),
    ]


def test_a_date_with_a_slash_does_not_part_a_line() -> None:
    assert len(read_promises("12/3 견적 보내기", TODAY)) == 1


def read(text: str) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.title, one.due_on[5:], one.due_time) for one in read_promises(text, TODAY)]


def test_a_comma_parts_what_has_a_day_of_its_own() -> None:
    assert read("다음 주 화까지 단가표, 12월 3일 2시 대표님 인사, 금요일까지 계약서 받기") == [
        ("give", "단가표", "11-24", ""),
        ("meet", "대표님 인사", "12-03", "14:00"),
        ("get", "계약서 받기", "11-27", ""),
    ]
    assert read("send prices by Friday, and visit Kim on Tuesday 2pm") == [
        ("give", "send prices", "11-27", ""),
        ("meet", "visit Kim", "11-24", "14:00"),
    ]
    assert read("내일 견적 보내기 그리고 금요일 방문") == [
        ("give", "견적 보내기", "11-21", ""),
        ("meet", "방문", "11-27", ""),
    ]
    assert read("단가표,12월 3일 방문,금요일 전화") == [
        ("meet", "단가표, 방문", "12-03", ""),
        ("give", "전화", "11-27", ""),
    ]


@pytest.mark.parametrize(
    "line",
    ["단가표, 견적서 금요일까지", "금요일까지 단가표, 견적서", "화, 목 중에 전화", "화요일, 목요일 방문",
     "다음 주 화, 목 방문", "call Tue, 24 Nov", "call Nov 24, 2026", "1,200만 견적 금요일까지",
     "24일 2시 견학, 점심 같이", "12월 3일, 2시 방문", "지난주 금요일 들은 것, 내일 회신", "금요일, 단가표 보내기",
     "12/3,12/5 방문"],
)  # fmt: skip
def test_an_ordinary_comma_parts_nothing(line: str) -> None:
    assert len(read(line)) == 1


def test_what_has_no_day_between_two_that_have_goes_with_neither_unless_both_begin_with_theirs() -> None:
    assert read("금요일까지 단가표, 견적서, 12월 3일 방문") == [
        ("give", "단가표, 견적서", "11-27", ""),
        ("meet", "방문", "12-03", ""),
    ]
    assert read("단가표 금요일까지, 견적서, 샘플 월요일까지") == [
        ("give", "단가표", "11-27", ""),
        ("give", "견적서", "", ""),
        ("give", "샘플", "11-23", ""),
    ]


def test_a_day_that_is_not_certain_keeps_its_words_and_its_promise() -> None:
    assert read("다음 달 금요일 2시 방문, 내일까지 자료") == [
        ("meet", "다음 달 금요일 2시 방문", "", ""),
        ("give", "자료", "11-21", ""),
    ]
    assert read("금요일, 단가표, 월요일, 계약서") == [("give", "금요일, 단가표, 월요일, 계약서", "", "")]


DAYS = ["내일까지", "다음 주 화까지", "12월 3일", "12월 4일 2시", "24일까지", "3일 안에", "2주 뒤 수요일에", "by Dec 9",
        "next week on Monday", "a week from Monday", "다음 달 첫째 주 월요일 오전까지"]  # fmt: skip
WORDS = ["단가표", "계약서 받기", "대표님 인사", "visit Kim", "send prices", "1,200만 견적"]
DATED = st.tuples(st.sampled_from(DAYS), st.sampled_from(WORDS), st.booleans()).map(
    lambda said: f"{said[0]} {said[1]}" if said[2] else f"{said[1]} {said[0]}"
)


@settings(deadline=None)  # the first line compiles what reads it
@given(DATED, DATED, st.sampled_from([", ", " , ", ", 그리고 ", " 그리고 ", ", and then "]))
def test_two_dated_promises_with_a_comma_between_are_those_two(one: str, other: str, comma: str) -> None:
    assert read_promises(one + comma + other, TODAY) == read_promises(one, TODAY) + read_promises(other, TODAY)


MOMENTS = {
    "내일 2시": ("2026-11-21", "14:00"),
    "24일 3시까지": ("2026-11-24", "15:00"),
    "다음 주 수 9시": ("2026-11-25", "09:00"),
    "12월 3일까지": ("2026-12-03", ""),
    "금요일 오전 8시": ("2026-11-27", "08:00"),
    "매주 월요일 11시": ("", ""),
    "다음 달 금요일 10시": ("", ""),
    "지난주 화요일 5시": ("", ""),
}


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(MOMENTS)), st.sampled_from(["", "방문", "단가표"])), min_size=1, max_size=4
    ),
    st.lists(st.sampled_from([", ", " ", "; ", " 그리고 ", " 보내고 ", " / ", ". "]), min_size=4, max_size=4),
    st.booleans(),
)
def test_whatever_stands_in_a_line_no_promise_has_the_day_of_one_and_the_time_of_another(
    said: list[tuple[str, str]], glue: list[str], day_first: bool
) -> None:
    pieces = [f"{day} {words}" if day_first else f"{words} {day}" for day, words in said]
    whole = "".join(piece + between for piece, between in zip(pieces, glue, strict=False))
    meant = {MOMENTS[day] for day, _ in said}
    for promise in read_promises(whole, TODAY):
        assert (promise.due_on, promise.due_time) in meant | {(day, "") for day, _ in meant} | {("", "")}


@pytest.mark.parametrize("text", ["", "\n\n", "---", " / ;", "· "])
def test_nothing_said_is_no_promise(text: str) -> None:
    assert read_promises(text, TODAY) == []


@settings(deadline=None)
@given(st.text() | st.text(alphabet="가나 내일2시/;\n화까지-", max_size=60))
def test_every_promise_has_a_title_and_a_kind_whatever_was_typed(text: str) -> None:
    promises = read_promises(text, TODAY)
    assert len(promises) <= MOST
    for promise in promises:
        assert promise.kind in ("give", "get", "meet")
        assert promise.title.strip() == promise.title != ""
        assert promise.due_on == "" or promise.due_on >= TODAY.isoformat()
        assert promise.due_on or not promise.due_time
        assert "\n" not in promise.source
