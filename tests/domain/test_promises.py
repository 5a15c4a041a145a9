"""약속 out of what was jotted down on Friday, 20 November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
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


@pytest.mark.parametrize("text", ["", "\n\n", "---", " / ;", "· "])
def test_nothing_said_is_no_promise(text: str) -> None:
    assert read_promises(text, TODAY) == []


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
