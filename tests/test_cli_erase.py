"""`fieldsales erase` from the command line."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from pathlib import Path

import pytest
from said import Call

from fieldsales.domain.model import Contact
from fieldsales.storage.book import Book

DAY = date(2026, 11, 20)


@pytest.fixture
def firm(call: Call) -> Call:
    """A book in which a person is met and named."""
    assert call("add", "한빛정밀", "--tier", "A", "--person", "남궁별", "--person", "서다온").code == 0
    assert call("add", "두리상사", "--person", "서다온").code == 0
    assert call("log", "한빛정밀", "call", "--heard", "단가표 요청", "--with", "남궁별").code == 0
    assert call("log", "두리상사", "call", "--heard", "남궁별님 소개").code == 0
    return call


def holding(folder: Path, word: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def test_a_dry_run_shows_what_goes_and_changes_nothing(firm: Call, tmp_path: Path) -> None:
    said = firm("erase", "남궁별", "--dry-run")
    assert said.code == 0
    assert "사람 1명" in said.out and "남궁별님 소개" in said.out
    assert holding(tmp_path, "남궁별")
    data = firm("erase", "남궁별", "--dry-run", "--json").json
    assert data["dry_run"] and data["rows"] == {"contact": 1} and data["bare"] == 1
    assert [one["table"] for one in data["mentions"]] == ["activity"]


def test_without_a_terminal_nothing_goes_unless_yes_is_said(firm: Call, tmp_path: Path) -> None:
    said = firm("erase", "남궁별")
    assert said.code == 1 and "--yes" in said.err
    assert firm("erase", "남궁별", "--json").json["error"]["id"] == "cli.erase.needs_yes"
    assert holding(tmp_path, "남궁별")
    said = firm("erase", "한빛정밀", "--person", "남궁별", "--yes", "--json")
    assert said.code == 0
    assert said.json["so_far"] == {"contact": 1, "account": 0}
    assert said.json["in_file"] and said.json["left"] == []
    assert holding(tmp_path, "남궁별") == []
    assert holding(tmp_path, "○○님 소개")


def test_on_a_terminal_the_word_has_to_be_typed(firm: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: "네")
    assert firm("erase", "남궁별").code == 1
    assert holding(tmp_path, "남궁별")
    monkeypatch.setattr("builtins.input", lambda prompt: "지우기")
    assert firm("erase", "남궁별").code == 0
    assert holding(tmp_path, "남궁별") == []


def test_an_account_goes_with_everything_under_it(firm: Call, tmp_path: Path) -> None:
    assert firm("erase", "한빛정밀", "--yes").code == 0
    assert holding(tmp_path, "한빛정밀") == []
    assert firm("show", "한빛정밀").code == 1


def test_of_people_with_one_name_one_is_chosen_by_id(firm: Call) -> None:
    said = firm("erase", "서다온", "--yes", "--json")
    assert said.code == 1
    found = said.json["error"]["candidates"]
    assert {one["account"] for one in found} == {"한빛정밀", "두리상사"}
    assert firm("erase", found[0]["id"], "--yes").code == 0
    assert firm("erase", "서다온", "--yes").code == 0
    assert firm("erase", "서다온", "--yes").code == 1


def test_nobody_is_erased_who_is_not_meant(firm: Call) -> None:
    assert firm("erase").code == 1
    assert firm("erase", "한빛정밀", "--person", "아무개", "--yes").code == 1


@pytest.mark.parametrize("word", ["단가표", "한빛", "남궁", "ㅎㅂㅈㅁ"])
def test_a_word_that_only_stands_in_a_text_or_in_a_name_erases_nothing(firm: Call, tmp_path: Path, word: str) -> None:
    said = firm("erase", word, "--yes", "--json")
    assert (said.code, said.json["error"]["id"]) == (1, "cli.erase.not_exact")
    found = next(one for one in said.json["error"]["candidates"] if one["account"] == "한빛정밀")
    assert found["id"] in firm("erase", word, "--yes").err
    assert firm("erase", word, "--person", "남궁별", "--yes").code == 1
    assert holding(tmp_path, "한빛정밀") and holding(tmp_path, "남궁별")


def test_a_whole_name_is_meant_however_it_is_typed(firm: Call, tmp_path: Path) -> None:
    assert firm("add", "새녘 물산").code == 0
    assert firm("erase", unicodedata.normalize("NFD", "남궁별"), "--yes").code == 0
    assert firm("erase", "  새녘   물산 ", "--yes").code == 0
    assert holding(tmp_path, "남궁별") == holding(tmp_path, "새녘 물산") == []


def test_a_name_of_an_account_and_of_a_person_is_asked_about(firm: Call, tmp_path: Path) -> None:
    assert firm("add", "남궁별").code == 0
    said = firm("erase", "남궁별", "--yes", "--json")
    assert (said.code, said.json["error"]["id"]) == (1, "cli.erase.several")
    assert [one["person"] for one in said.json["error"]["candidates"]] == ["", "남궁별"]
    assert holding(tmp_path, "남궁별")


def test_a_damaged_database_that_was_kept_aside_goes_where_it_holds_what_is_erased(firm: Call, tmp_path: Path) -> None:
    assert firm("add", "새녘물산", "--person", "표지환").code == 0
    (work,) = (tmp_path / "home" / "data" / "books").glob("*/book.db")
    work.write_bytes(work.read_bytes()[: work.stat().st_size - 8192])
    assert firm("restore", "--replace").code == 0
    (aside,) = work.parent.glob("damaged-*")
    assert holding(aside, "표지환")
    assert firm("add", "나중상사", "--person", "문가온").code == 0
    assert firm("erase", "문가온", "--yes", "--json").json["dropped"] == []
    assert aside.exists()
    said = firm("erase", "표지환", "--yes")
    assert said.code == 0 and "망가져서 따로 둔 수첩 1개에도" in said.out
    assert holding(tmp_path, "표지환") == [] and not aside.exists()


def test_those_whose_day_has_passed_are_listed(firm: Call, tmp_path: Path) -> None:
    (path,) = [path for path in tmp_path.rglob("*.db") if "books" not in path.parts and "backups" not in path.parts]
    book = Book.open(path, tmp_path / "home" / "data", today=DAY)
    person = next(one for one in book.rows(Contact) if one.name == "남궁별")
    with book.change("keep", datetime(2026, 11, 20, 9)) as change:
        change.edit(Contact, person.id, keep_until="2026-11-19")
    book.close()
    assert "남궁별" in firm("erase", "--due").out
    (one,) = firm("erase", "--due", "--json").json["due"]
    assert (one["person"], one["account"], one["days"]) == ("남궁별", "한빛정밀", 1)
