"""`fieldsales report`: plain texts of a case, to be sent as they stand."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from unittest import mock

import pytest
from said import DAY, Call

from fieldsales.cli_report import KINDS
from fieldsales.domain import reports
from fieldsales.domain.model import Cause, ChurnCase
from fieldsales.storage.book import Book
from fieldsales.workflows.opening import make_sample


@pytest.fixture
def call(tmp_path: Path, call: Call) -> Call:
    """Runs the command on the sample book, made at a quarter past nine."""
    day = date.fromisoformat(DAY)
    with mock.patch("os.fsync"):
        make_sample(tmp_path / "book.db", tmp_path / "data", day, day, "ko", datetime(2026, 11, 20, 9, 15)).close()
    return lambda *argv: call("--file", str(tmp_path / "book.db"), "report", *argv)


def test_the_command_knows_every_text() -> None:
    assert set(KINDS) == set(reports.KINDS)


@pytest.mark.parametrize("kind", [*KINDS, "첫보고", "물으실것"])
def test_every_text_is_plain_and_short_enough_for_one_message(call: Call, kind: str) -> None:
    """S0-02, S0-23: no markup, no gap, no heading of the program."""
    code, out, err = call("새녘물산", "--kind", kind)
    assert (code, err) == (0, "")
    assert 30 < len(out) < 1000
    assert not any(sign in out for sign in ("[방문", "[사유]", "[곳", "[날짜]", "{", "**", "\x1b", "None"))


def test_the_first_report_of_the_sample(call: Call) -> None:
    """S0-11."""
    assert call("ㅅㄴㅁㅅ", "--kind", "first")[1].splitlines()[:1] == [
        "[새녘물산] 어제 09:12 거래를 멈추겠다는 연락을 받았습니다(문도균 차장, 전화)."
    ]


def test_without_a_kind_it_is_the_text_that_fits_the_moment(call: Call) -> None:
    code, out, _ = call("새녘물산", "--json")
    data = json.loads(out)
    assert code == 0
    assert (data["command"], data["account"], data["kind"]) == ("report", "새녘물산", "update")
    assert data["text"].startswith("[새녘물산] 11/20")
    again = json.loads(call(data["case_id"], "--json")[1])
    assert again["text"] == data["text"]


def test_the_json_names_the_gaps_that_are_open(call: Call) -> None:
    data = json.loads(call("새녘물산", "--kind", "recovery", "--json")[1])
    assert set(data["open"]) <= {"cause", "loss", "missed", "places", "day"}
    assert "[" not in data["text"]


def test_an_account_without_a_case_says_so(call: Call) -> None:
    code, out, err = call("나린커피")
    assert (code, out) == (1, "")
    assert "나린커피" in err and "시작한 적이 없어요" in err
    assert call("없는 곳")[0] == 1
    assert call("새녘물산", "--kind", "poem")[0] == 2


def test_reading_a_report_leaves_nothing_in_the_book(call: Call, tmp_path: Path) -> None:
    call("새녘물산", "--kind", "first")
    book = Book.open(tmp_path / "book.db", tmp_path / "home" / "data", today=date.fromisoformat(DAY))
    try:
        (case,) = book.rows(ChurnCase, state="open")
        from fieldsales.domain.model import CaseEvent

        assert not [one for one in book.rows(CaseEvent, case_id=case.id) if one.kind == "report"]
    finally:
        book.close()


def test_what_the_rep_answered_for_himself_changes_nothing_that_is_printed(call: Call, tmp_path: Path) -> None:
    """막을 수 있었나 is private (S0-19)."""
    said = set()
    for control in ("", "yes", "part", "no"):
        book = Book.open(tmp_path / "book.db", tmp_path / "home" / "data", today=date.fromisoformat(DAY))
        (case,) = book.rows(ChurnCase, state="open")
        with book.change("setup", datetime(2026, 11, 20, 9, 15)) as change:
            change.put(Cause("cause", case.account_id, case.id, kind="fees", main=1, control=control))
        book.close()
        said.add("\n".join(call("새녘물산", "--kind", kind)[1] for kind in ("recovery", "full")))
    (text,) = said
    assert "조건이 맞지 않아 새녘물산 거래가" in text
    assert "막기" not in text and "못했습니다" not in text
