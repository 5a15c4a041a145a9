"""사유 on a real file: one key marks, the form tells heard from guessed, and each act is taken back whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from books import DAY, NOW, open_book

from fieldsales.domain.churn import draft
from fieldsales.domain.model import CaseItem, Cause
from fieldsales.storage.book import Book
from fieldsales.workflows.causes import KINDS, CauseFields, NoSuchCauseError, cause_id, mark, save, unmark
from fieldsales.workflows.churn import NoSuchCaseError, begin, case_file, case_timeline, load_playbook

LATER = NOW + timedelta(minutes=10)
HEARD = CauseFields(who="c1", certainty="heard", control="part", heard="전에 쓰던 업체가 편하시다고", main=1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with open_book(tmp_path) as opened:
        yield opened


@pytest.fixture
def case(book: Book) -> str:
    made = draft(book.history("a"), load_playbook("churn.ko"), NOW, boss="팀장님", heard_at=f"{DAY}T09:12")
    return begin(book, made, "report", NOW).case_id


def done(book: Book, case: str) -> set[str]:
    return {item.act for item in book.rows(CaseItem, case_id=case) if item.done_at}


def causes(book: Book, case: str) -> dict[str, Cause]:
    return {one.kind: one for one in book.rows(Cause, case_id=case)}


@pytest.mark.parametrize("kind", KINDS)
def test_each_of_the_six_is_marked_alone_and_fills_its_line(book: Book, case: str, kind: str) -> None:
    """S0-18, C5: six causes, one key each."""
    mark(book, case, kind, LATER)
    assert [(one.kind, one.main, one.day) for one in book.rows(Cause, case_id=case)] == [(kind, 1, DAY)]
    assert "cause" in done(book, case)
    assert [(event.kind, event.ref) for event in case_timeline(book, case)][-2:] == [
        ("cause", kind),
        ("ticked", "cause"),
    ]


def test_several_are_allowed_and_the_first_is_the_main_one_until_another_is_chosen(book: Book, case: str) -> None:
    """S0-18."""
    mark(book, case, "fees", LATER)
    mark(book, case, "management", LATER)
    assert {kind: one.main for kind, one in causes(book, case).items()} == {"fees": 1, "management": 0}
    save(book, case, "management", CauseFields(main=1), LATER)
    assert {kind: one.main for kind, one in causes(book, case).items()} == {"fees": 0, "management": 1}
    assert [one.kind for one in case_file(book, case).causes] == ["management", "fees"]
    unmark(book, case, "management", LATER)
    assert {kind: one.main for kind, one in causes(book, case).items()} == {"fees": 1}


def test_a_cause_keeps_who_said_it_how_sure_the_hint_and_the_private_word(book: Book, case: str) -> None:
    """S0-19, S0-20, S0-21: said by a contact or by a bare name; the hint stays as it was said, in its lines."""
    save(book, case, "management", replace(HEARD, heard="첫 줄\n둘째 줄"), LATER)
    kept = causes(book, case)["management"]
    assert (kept.contact_id, kept.source, kept.certainty, kept.control, kept.heard) == (
        "c1", "", "heard", "part", "첫 줄\n둘째 줄",
    )  # fmt: skip
    assert {"cause", "source", "hint"} <= done(book, case)
    save(book, case, "management", replace(HEARD, who="총무과 이 대리"), LATER)
    kept = causes(book, case)["management"]
    assert (kept.contact_id, kept.source) == ("", "총무과 이 대리")


def test_a_cause_of_which_nothing_is_known_leaves_its_lines_open(book: Book, case: str) -> None:
    """S0-20: without a source the line that asks for it stays open."""
    save(book, case, "fees", CauseFields(text="수수료를 올린 뒤로"), LATER)
    assert "source" not in done(book, case)
    assert "hint" not in done(book, case)


def test_each_key_is_one_act_that_undo_takes_back_whole(book: Book, case: str) -> None:
    before = (book.rows(Cause), done(book, case), case_timeline(book, case))
    mark(book, case, "neglect", LATER)
    after = (book.rows(Cause), done(book, case), case_timeline(book, case))
    save(book, case, "neglect", HEARD, LATER)
    book.undo(LATER)
    assert (book.rows(Cause), done(book, case), case_timeline(book, case)) == after
    book.undo(LATER)
    assert (book.rows(Cause), done(book, case), case_timeline(book, case)) == before


def test_marking_twice_changes_nothing_and_a_save_without_change_writes_nothing(book: Book, case: str) -> None:
    mark(book, case, "fees", LATER)
    save(book, case, "fees", HEARD, LATER)
    events = case_timeline(book, case)
    assert mark(book, case, "fees", LATER).act == ""
    assert save(book, case, "fees", HEARD, LATER).act == ""
    assert unmark(book, case, "other", LATER).act == ""
    assert case_timeline(book, case) == events


def test_the_row_is_the_same_on_every_machine(book: Book, case: str) -> None:
    """Two copies that mark the same cause hold one row."""
    mark(book, case, "volume", LATER)
    assert causes(book, case)["volume"].id == cause_id(case, "volume")


def test_what_is_none_of_the_six_is_refused_and_nothing_is_written(book: Book, case: str) -> None:
    events = case_timeline(book, case)
    with pytest.raises(NoSuchCauseError):
        mark(book, case, "ceo", LATER)
    for fields in (CauseFields(certainty="maybe"), CauseFields(control="never")):
        with pytest.raises(NoSuchCauseError):
            save(book, case, "fees", fields, LATER)
    with pytest.raises(NoSuchCaseError):
        mark(book, "gone", "fees", LATER)
    assert (book.rows(Cause), case_timeline(book, case)) == ([], events)


def test_a_cause_written_with_the_clock_set_back_stands_after_the_tick(book: Book, case: str) -> None:
    """Sleep, time zones and a changed clock."""
    mark(book, case, "fees", NOW - timedelta(hours=9))
    assert [event.kind for event in case_timeline(book, case)] == ["opened", "ticked", "cause", "ticked"]
    assert [event.at for event in case_timeline(book, case)] == sorted(e.at for e in case_timeline(book, case))
