"""준비표: begun from a checklist, ticked and written on, put away; the user's own lists, and what is newer."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from books import DAY, NOW, open_book
from two_copies import copy_of, take

from fieldsales.domain.log_effects import LogEntry
from fieldsales.domain.model import Sheet, SheetItem
from fieldsales.domain.playbooks import Playbook, PlaybookError, parse_playbook
from fieldsales.playbooks import find_playbook
from fieldsales.storage.book import Book
from fieldsales.workflows import sheets
from fieldsales.workflows.log import NoSuchAccountError, log

LATER = NOW + timedelta(minutes=5)
MINE = """
name = "joint"
version = "{version}"
title = "내 동반 방문"
[[step]]
key = "s"
title = "하나"
[[step.item]]
key = "only"
title = "{{boss}}께 한마디"
"""


def shipped(name: str = "joint") -> Playbook:
    return sheets.load(name, "ko").playbook


def begun(book: Book, name: str = "aftercare", *, task_id: str = "", day: str = "", boss: str = "") -> str:
    return sheets.begin(book, shipped(name), "a", NOW, task_id=task_id, day=day, boss=boss).sheet_id


def rows(book: Book, sheet_id: str) -> dict[str, SheetItem]:
    return {item.key: item for item in sheets.items(book, sheet_id)}


# --- a sheet --------------------------------------------------------------------------------------------------------


def test_a_sheet_copies_its_lines_in_order_in_one_act(tmp_path: Path) -> None:
    with open_book(tmp_path) as book:
        playbook = shipped()
        made = sheets.begin(
            book, playbook, "a", NOW, title="12월 동반", day="2026-12-02", task_id="t", boss="지점장님",
            texts={"their_aim": "날짜를\n듣기"}, ticked=("host",),
        )  # fmt: skip
        sheet = sheets.the_sheet(book, made.sheet_id)
        assert (sheet.title, sheet.day, sheet.task_id, sheet.state) == ("12월 동반", "2026-12-02", "t", "open")
        assert sheets.step_titles(sheet) == tuple(step.title for step in playbook.steps)
        lines = sheets.items(book, made.sheet_id)
        assert [line.key for line in lines] == [item.key for item in playbook.items]
        by = rows(book, made.sheet_id)
        assert by["their_aim"].text == "날짜를\n듣기"
        assert [key for key, line in by.items() if line.done_at] == ["host"]
        assert by["listen"].title.startswith("지점장님께")
        assert made.changed.accounts == {"a"}
        assert book.undo(LATER) is not None
        assert book.rows(Sheet) == [] == book.rows(SheetItem)
        assert sheets.begin(book, playbook, "a", LATER, task_id="t").sheet_id == made.sheet_id
        assert len(sheets.items(book, made.sheet_id)) == len(playbook.items)


def test_a_sheet_for_an_account_that_is_gone_is_refused(tmp_path: Path) -> None:
    with open_book(tmp_path) as book, pytest.raises(NoSuchAccountError):
        sheets.begin(book, shipped(), "gone", NOW)


def test_a_running_sheet_goes_on_and_nothing_written_is_lost(tmp_path: Path) -> None:
    with open_book(tmp_path) as book:
        first = begun(book)
        sheets.write(book, first, "owned", "포장기 2대", NOW)
        again = sheets.begin(book, shipped("aftercare"), "a", LATER, texts={"owned": "다른 것", "supplies": "필터"})
        assert again.sheet_id == first
        by = rows(book, first)
        assert (by["owned"].text, by["supplies"].text) == ("포장기 2대", "필터")
        sheets.finish(book, first, LATER)
        assert begun(book) != first


def test_two_appointments_have_a_sheet_each(tmp_path: Path) -> None:
    """S2-15: an open sheet that is for no appointment yet is taken for the first."""
    with open_book(tmp_path) as book:
        free = begun(book, "joint")
        one = begun(book, "joint", task_id="t1", day="2026-12-02")
        other = begun(book, "joint", task_id="t2", day="2026-12-09")
        assert free == one != other
        assert (sheets.the_sheet(book, one).task_id, sheets.the_sheet(book, one).day) == ("t1", "2026-12-02")


def test_a_tick_and_words_are_an_act_each_that_undo_takes_back(tmp_path: Path) -> None:
    with open_book(tmp_path) as book:
        id = begun(book)
        sheets.tick(book, id, "check", LATER)
        assert rows(book, id)["check"].done_at == "2026-11-20T10:35"
        sheets.write(book, id, "clean", "닦음\x1b[2J", LATER)
        assert (rows(book, id)["clean"].text, rows(book, id)["clean"].done_at) == ("닦음[2J", "2026-11-20T10:35")
        book.undo(LATER)
        assert (rows(book, id)["clean"].text, rows(book, id)["clean"].done_at) == ("", "")
        sheets.tick(book, id, "check", LATER)
        assert rows(book, id)["check"].done_at == ""


def test_what_is_not_there_any_more_is_said(tmp_path: Path) -> None:
    with open_book(tmp_path) as book:
        id = begun(book)
        with pytest.raises(sheets.NoSuchSheetError):
            sheets.tick(book, id, "no", NOW)
        with pytest.raises(sheets.NoSuchSheetError):
            sheets.finish(book, "no", NOW)


def test_a_sheet_put_away_stays_and_can_be_taken_out(tmp_path: Path) -> None:
    with open_book(tmp_path) as book:
        id = begun(book)
        sheets.finish(book, id, LATER)
        assert sheets.the_sheet(book, id).state == "closed"
        assert sheets.open_sheet(book, "a", "aftercare") is None
        sheets.reopen(book, id, LATER)
        assert sheets.open_sheet(book, "a", "aftercare") is not None


def test_the_last_answers_stand_beside_the_new_sheet(tmp_path: Path) -> None:
    """S4-19: last quarter's answer beside what got better; the newest one for each line."""
    with open_book(tmp_path) as book:
        for day, texts in (
            ("2026-05-04", {"gained": "옛것", "more": "창고"}),
            ("2026-08-04", {"gained": "두 시간 줄음"}),
        ):
            old = sheets.begin(book, shipped("quarter"), "a", NOW, day=day, texts=texts).sheet_id
            sheets.finish(book, old, NOW)
        new = begun(book, "quarter")
        found = sheets.last_answers(book, "a", "quarter", new)
        assert found == {
            "gained": sheets.Answer("2026-08-04", "두 시간 줄음"),
            "more": sheets.Answer("2026-05-04", "창고"),
        }


def test_a_logged_visit_ticks_the_line_of_the_sheet_and_is_bound_to_it(tmp_path: Path) -> None:
    """S4-08: the aftercare list is run and logged; one undo takes both back."""
    with open_book(tmp_path) as book:
        id = begun(book)
        logged = log(book, LogEntry("a", kind="visit", contact_id="c1", day=DAY, time="14:00"), LATER)
        assert rows(book, id)["visit"].done_at == f"{DAY}T14:00"
        assert rows(book, id)["check"].done_at == ""
        assert sheets.the_sheet(book, id).activity_id == logged.activity_id
        book.undo(LATER)
        assert rows(book, id)["visit"].done_at == ""


@pytest.mark.parametrize(
    "entry",
    [
        LogEntry("a", kind="call", day=DAY),
        LogEntry("a", kind="visit", day=DAY, attempt="no_answer"),
        LogEntry("a", kind="visit", day=DAY, by="박 대리"),
        LogEntry("a", kind="visit", day="2026-11-19"),  # before the day of the sheet
    ],
)
def test_nothing_else_ticks_the_visit(tmp_path: Path, entry: LogEntry) -> None:
    """V5."""
    with open_book(tmp_path) as book:
        id = begun(book)
        log(book, entry, LATER)
        assert rows(book, id)["visit"].done_at == ""


def test_a_sheet_of_an_older_book_takes_its_words_along_when_it_gets_lines(tmp_path: Path) -> None:
    with open_book(tmp_path) as book:
        content = json.dumps({"their_aim": "날짜 듣기", "agreed": "", "@steps": 3}, ensure_ascii=False)
        with book.change("old", NOW) as change:
            change.add(Sheet("s", "a", "joint", "1", "동반 방문", DAY, content=content))
            change.add(Sheet("x", "a", "quarter", "1", "분기 자료", DAY, content="no json"))
        assert sheets.items(book, "s") == []
        assert sheets.written(sheets.the_sheet(book, "s")) == {"their_aim": "날짜 듣기"}
        assert sheets.written(sheets.the_sheet(book, "x")) == {}
        assert sheets.begin(book, shipped(), "a", LATER, ticked=("their_aim",)).sheet_id == "s"
        assert rows(book, "s")["their_aim"].text == "날짜 듣기"
        assert len(sheets.step_titles(sheets.the_sheet(book, "s"))) == 2


def test_copies_that_work_on_the_same_sheet_keep_every_tick_and_word(tmp_path: Path) -> None:
    """Begun on both machines for one appointment it is one sheet; a line ticked here and written on there has both."""
    with open_book(tmp_path) as book:
        other = copy_of(book, tmp_path)
        try:
            ids = [
                sheets.begin(one, shipped(), "a", NOW, task_id="t", day="2026-12-02").sheet_id for one in (book, other)
            ]
            assert ids[0] == ids[1]
            sheets.tick(book, ids[0], "host", LATER)
            sheets.tick(book, ids[0], "order", LATER)
            sheets.write(other, ids[0], "wish", "담당에게 맡겼습니다", LATER)
            with other.change("note", LATER) as change:
                change.edit(SheetItem, rows(other, ids[0])["order"].id, text="내가 먼저")
            take(book, other)
        finally:
            other.close()
        by = rows(book, ids[0])
        assert len(by) == len(shipped().items)
        assert by["host"].done_at
        assert by["wish"].text == "담당에게 맡겼습니다"
        assert (bool(by["order"].done_at), by["order"].text) == (True, "내가 먼저")
        assert len(book.rows(Sheet)) == 1


# --- the user's own -------------------------------------------------------------------------------------------------


def own(folder: Path, name: str = "joint.ko", version: str = "1", text: str = MINE) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text.format(version=version), encoding="utf-8")
    return path


def test_the_users_copy_wins_and_survives_an_upgrade(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    path = own(folder)
    before = path.read_bytes()
    one = sheets.load("joint", "ko", folder)
    assert (one.own, one.playbook.title, one.shipped, one.trouble) == (True, "내 동반 방문", "", None)
    assert sheets.load("joint", "en", folder).own is False
    assert sheets.load("joint", "ko").own is False
    assert path.read_bytes() == before


def test_it_is_said_when_the_shipped_edition_is_newer(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    own(folder, version="0.9")
    assert sheets.load("joint", "ko", folder).shipped == "1"
    own(folder, version="1")
    assert sheets.load("joint", "ko", folder).shipped == ""
    own(folder, version="2")
    assert sheets.load("joint", "ko", folder).shipped == ""


def test_a_sheet_keeps_the_edition_it_began_with(tmp_path: Path) -> None:
    """Whatever becomes of the file: changed, or deleted."""
    folder = tmp_path / "playbooks"
    path = own(folder)
    with open_book(tmp_path) as book:
        id = sheets.begin(book, sheets.load("joint", "ko", folder).playbook, "a", NOW, boss="팀장님").sheet_id
        for change in (lambda: own(folder, version="2", text=MINE.replace("한마디", "두 마디")), path.unlink):
            change()
            sheets.begin(book, sheets.load("joint", "ko", folder).playbook, "a", LATER)
            assert [item.title for item in sheets.items(book, id)] == ["팀장님께 한마디"]
            assert (sheets.the_sheet(book, id).version, sheets.the_sheet(book, id).title) == ("1", "내 동반 방문")


def test_a_broken_copy_stands_aside_for_ours_and_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    own(folder, text=MINE.replace('key = "only"', 'key = "ONLY"'))
    one = sheets.load("joint", "ko", folder)
    assert one.playbook == shipped()
    assert one.trouble is not None
    assert one.trouble.message.args["line"] == 9


def test_a_broken_churn_checklist_never_keeps_the_run_shut(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    own(folder, "churn.ko", text="name = ")
    one = sheets.load("churn", "ko", folder)
    assert one.playbook == parse_playbook(find_playbook("churn.ko"))
    assert one.trouble is not None


def test_a_list_of_ones_own_is_offered_in_the_languages_it_is_for(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    own(folder, "매장")
    own(folder, "shop.en")
    own(folder, "bad", text="?")
    (folder / "notes.txt").write_text("no list", encoding="utf-8")
    for lang, mine in (("ko", {"매장"}), ("en", {"매장", "shop"})):
        usable, broken = sheets.available(lang, folder)
        names = {one.playbook.name for one in usable}
        assert names == {"aftercare", "greeting", "half_year", "joint", "quarter"} | mine
        assert [name for name, _ in broken] == ["bad"]
    with pytest.raises(PlaybookError):
        sheets.load("bad", "ko", folder)


@pytest.mark.parametrize("name", ["nothing", "../churn", "", "shop"])
def test_a_name_there_is_not_is_said(name: str, tmp_path: Path) -> None:
    with pytest.raises(sheets.NoSuchListError):
        sheets.load(name, "ko", tmp_path)


def test_lines_of_a_draft_are_those_that_a_sheet_begins_with(tmp_path: Path) -> None:
    with open_book(tmp_path) as book:
        id = begun(book, "joint", boss="지점장님")
        drafted = sheets.lines_of(shipped(), id, "a", "지점장님")
        assert drafted == sheets.items(book, id)
