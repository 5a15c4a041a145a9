"""The key budgets of the design: each job in its few keys, and the rows it leaves in the book."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NOW, TODAY, WIDE, Seat, sample_app, small_book
from helpers import open_app as open_on
from two_copies import copy_of, new_book, take

from fieldsales.domain.model import Account, Activity, CaseItem, ChurnCase, Lesson, PutOff, Task

DAY = TODAY.isoformat()


def due_names(seat: Seat) -> list[str]:
    return [line.name for line in seat.book.agenda(TODAY).today]


async def test_what_is_due_and_why_is_seen_without_a_key(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        assert "[1 오늘 5]" in seat.text
        agenda = seat.book.agenda(TODAY)
        for line in agenda.today:
            row = seat.line(line.name)
            assert seat.app.t.say(line.when) in row
            assert seat.app.t.say(line.why)[:8] in row


async def test_the_page_of_the_first_due_account_is_one_key_away(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        first = due_names(seat)[0]
        await seat.press("enter")
        assert seat.pressed == 1
        assert seat.sheet == "AccountSheet"
        assert first in seat.lines[0] + seat.lines[1]
        assert seat.line("만날 분") and seat.line("첫마디")
        await seat.press("escape")
        assert seat.sheet == "MainScreen"


async def test_where_there_is_room_the_page_stands_there_without_a_key(tmp_path: Path) -> None:
    async with sample_app(tmp_path, size=WIDE) as seat:
        assert seat.line("만날 분") and seat.line("첫마디")
        await seat.press("down")
        await seat.pilot.pause(0.1)
        second = due_names(seat)[1]
        assert second in seat.lines[2][60:]


@pytest.mark.parametrize("opens", ["l", "f2", "ㅣ"])
async def test_the_visit_just_made_is_logged_in_four_keys(tmp_path: Path, opens: str) -> None:
    """V5, V7: heard, said and a promise with its date, in one act."""
    async with sample_app(tmp_path) as seat:
        await seat.choose("도담나루식품")
        account = seat.app.account_id
        await seat.press(opens)
        assert seat.sheet == "LogSheet"
        assert "도담나루식품" in seat.lines[0]
        await seat.type("물량은 그대로")
        await seat.press("tab")
        await seat.type("이틀 앞당겨")
        await seat.press("tab")
        await seat.type("다음 주 화까지 새 단가표")
        assert "24일" in seat.line("→")
        await seat.press("ctrl+s")
        assert seat.pressed == 4
        assert seat.sheet == "MainScreen"
        logged = seat.book.rows(Activity, account_id=account, day=DAY)
        assert [(one.kind, one.outcome, one.heard, one.said) for one in logged] == [
            ("visit", "done", "물량은 그대로", "이틀 앞당겨")
        ]
        promised = seat.book.rows(Task, account_id=account, activity_id=logged[0].id)
        assert [(task.kind, task.due_on, task.title) for task in promised] == [("give", "2026-11-24", "새 단가표")]
        assert "도담나루식품" in seat.notice
        assert seat.book.draft("log", account) == {}


@pytest.mark.parametrize("key", ["m", "ㅡ"])
async def test_nobody_answered_is_one_key_and_moves_nothing_that_is_due(tmp_path: Path, key: str) -> None:
    """V5: an attempt is kept as effort."""
    async with sample_app(tmp_path) as seat:
        await seat.choose("별찌의료기")
        before = due_names(seat)
        account = seat.app.account_id
        await seat.press(key)
        assert seat.pressed == 1
        assert due_names(seat) == before
        logged = seat.book.rows(Activity, account_id=account, day=DAY)
        assert [(one.kind, one.outcome, one.attempt) for one in logged] == [("call", "attempt", "no_answer")]
        assert seat.line("별찌의료기")


async def test_a_call_made_is_one_key_and_leaves_the_list(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("별찌의료기")
        account = seat.app.account_id
        await seat.press("space")
        assert seat.pressed == 1
        assert "별찌의료기" not in due_names(seat)
        logged = seat.book.rows(Activity, account_id=account, day=DAY)
        assert [(one.kind, one.outcome) for one in logged] == [("call", "done")]
        assert "별찌의료기" in seat.notice


@pytest.mark.parametrize("opens", ["slash", "f3"])
@pytest.mark.parametrize("takes", ["enter", "down", "tab"])
async def test_an_account_is_found_by_its_first_sounds_and_opened_in_two_keys(
    tmp_path: Path, opens: str, takes: str
) -> None:
    if (opens, takes) == ("f3", "tab"):
        pytest.skip("one F-key with one way to open is enough")
    async with sample_app(tmp_path) as seat:
        await seat.press(opens)
        await seat.type("ㅎㅇㅈㅁ")
        assert seat.line("해윰정밀")
        await seat.press(takes)
        assert seat.pressed == 2
        assert seat.sheet == "AccountSheet"
        assert seat.name == "해윰정밀"


@pytest.mark.parametrize("key", ["w", "f9", "ㅈ"])
async def test_why_is_one_key_and_its_rows_two(tmp_path: Path, key: str) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("해윰정밀")
        await seat.press(key)
        assert seat.pressed == 1
        assert seat.sheet == "WhySheet"
        assert "해윰정밀" in seat.lines[0] and "/ 100" in seat.lines[0]
        assert "거래 감소" in seat.text
        await seat.press("enter")
        assert seat.pressed == 2
        assert seat.sheet == "WhySheet"
        assert "1,710만" in seat.text and "10월" in seat.text


async def test_the_rows_behind_the_complaints_are_the_logs_in_which_they_were_heard(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("해윰정밀")
        await seat.press("w")
        while "> 불만" not in seat.text:
            await seat.press("down")
        await seat.press("enter")
        assert "불만" in seat.lines[0] and "납기" in seat.text


@pytest.mark.parametrize("key", ["c", "f4", "ㅊ"])
async def test_a_run_is_started_and_its_first_item_ticked_in_two_keys(tmp_path: Path, key: str) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        await seat.choose("나린커피")
        account = seat.app.account_id
        seat.pressed = 0
        await seat.press(key)
        assert seat.sheet == "CaseSheet"
        await seat.press("space")
        assert seat.pressed == 2
        (case,) = seat.book.rows(ChurnCase, account_id=account)
        assert case.state == "open"
        done = [item for item in seat.book.rows(CaseItem, case_id=case.id) if item.done_at]
        assert [(item.act, item.done_at) for item in done] == [("report", NOW.isoformat(timespec="minutes"))]
        assert "[x] 팀장님께 알리기" in seat.text and "09:20" in seat.line("팀장님께 알리기")


@pytest.mark.parametrize("key", ["r", "f5", "ㄱ"])
async def test_the_report_is_copied_in_two_keys(tmp_path: Path, key: str) -> None:
    """S0-23: complete without typing."""
    async with sample_app(tmp_path) as seat:
        assert due_names(seat)[0] == "새녘물산"
        await seat.press(key)
        assert seat.sheet == "ReportSheet"
        await seat.press("y")
        assert seat.pressed == 2
        assert seat.app.clipboard.startswith("[새녘물산]")
        assert "[방문 시각]" not in seat.app.clipboard


async def test_where_there_is_room_the_report_of_a_case_is_copied_in_one_key(tmp_path: Path) -> None:
    async with sample_app(tmp_path, size=WIDE) as seat:
        assert due_names(seat)[0] == "새녘물산"
        await seat.press("y")
        assert seat.pressed == 1
        assert seat.app.clipboard.startswith("[새녘물산]")
        await seat.press("down", "y")
        assert "해윰정밀" in seat.app.clipboard.split("\n")[1]  # on any other line the day is copied


@pytest.mark.parametrize("opens", ["c", "f4"])
async def test_in_the_run_the_text_to_send_is_copied_in_one_key(tmp_path: Path, opens: str) -> None:
    async with sample_app(tmp_path, size=WIDE) as seat:
        await seat.press("2")
        await seat.choose("나린커피")
        await seat.press(opens)
        seat.pressed = 0
        await seat.press("y")
        assert seat.pressed == 1
        assert seat.app.clipboard.startswith("[나린커피]")


@pytest.mark.parametrize("key", ["n", "f6", "ㅜ"])
async def test_a_lesson_is_written_in_two_keys_from_anywhere(tmp_path: Path, key: str) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("별찌의료기")
        account = seat.app.account_id
        before = len(seat.book.rows(Lesson))
        await seat.press(key)
        await seat.type("첫 주에 인사부터 간다")
        await seat.press("ctrl+s")
        assert seat.pressed == 2
        assert len(seat.book.rows(Lesson)) == before + 1
        (lesson,) = [one for one in seat.book.rows(Lesson) if one.day == DAY]
        assert (lesson.next_time, lesson.account_id) == ("첫 주에 인사부터 간다", account)
        await seat.press("4")
        assert seat.line("첫 주에 인사부터 간다")


@pytest.mark.parametrize("key", ["n", "f6"])
@pytest.mark.parametrize("way", [("2",), ("3",), ("4",), ("enter",), ("w",), ("c",), ("r",)], ids=" ".join)
async def test_anywhere_means_every_pane_and_sheet(tmp_path: Path, way: tuple[str, ...], key: str) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press(*way)
        before, sheet = len(seat.book.rows(Lesson)), seat.sheet
        seat.pressed = 0
        await seat.press(key)
        await seat.type("먼저 듣는다")
        await seat.press("ctrl+s")
        assert seat.pressed == 2
        assert len(seat.book.rows(Lesson)) == before + 1
        assert seat.sheet == sheet


@pytest.mark.parametrize("key", ["s", "f7", "ㄴ"])
async def test_putting_off_takes_two_keys_and_one_line_of_words(tmp_path: Path, key: str) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("별찌의료기")
        account = seat.app.account_id
        assert seat.main.occasion is not None
        keys = seat.main.occasion.keys
        await seat.press(key)
        assert seat.sheet == "Prompt"
        await seat.type("다음 주 화")
        assert seat.line("24일")
        await seat.press("enter")
        assert seat.pressed == 2
        until = {row.what: row.until for row in seat.book.rows(PutOff, account_id=account)}
        assert {until[key] for key in keys} == {"2026-11-24"}
        assert "별찌의료기" not in due_names(seat)


@pytest.mark.parametrize("key", ["u", "ctrl+u", "ㅕ"])
async def test_undo_is_one_key(tmp_path: Path, key: str) -> None:
    async with sample_app(tmp_path) as seat:
        before, rows = due_names(seat), seat.counts()
        await seat.choose("별찌의료기")
        await seat.press("space")
        assert due_names(seat) != before
        seat.pressed = 0
        await seat.press(key)
        assert seat.pressed == 1
        assert due_names(seat) == before
        assert seat.counts() == rows
        assert seat.line("별찌의료기")


@pytest.mark.parametrize("way", [(), ("2",), ("enter",), ("w",), ("c",), ("r",), ("l",), ("n",)], ids=" ".join)
async def test_hiding_is_one_key_from_anywhere(tmp_path: Path, way: tuple[str, ...]) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press(*way)
        seat.pressed = 0
        await seat.press("f8")
        assert seat.pressed == 1
        assert seat.app.masked
        assert "위험" not in seat.text and "이탈 대응 이틀째" not in seat.text


async def test_hiding_is_one_key(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("f8")
        assert seat.pressed == 1
        assert "이탈" not in seat.line("새녘물산")
        await seat.press("f8")
        assert "이탈 대응 이틀째" in seat.line("새녘물산")


@pytest.mark.parametrize(("opens", "number"), [("g", 0), ("g", 1), ("ㅎ", 1)])
async def test_a_cell_that_two_copies_wrote_is_settled_in_two_keys(tmp_path: Path, opens: str, number: int) -> None:
    book = new_book(tmp_path)
    other = copy_of(book, tmp_path)
    for one, phone in ((book, "02-111-1111"), (other, "02-222-2222")):
        with one.change("account_edit", NOW) as change:
            change.edit(Account, "a0", phone=phone)
    take(book, other)
    other.close()
    async with open_on(tmp_path, book) as seat:
        assert seat.line("골라 주실 것이 1건")
        await seat.press(opens)
        assert seat.sheet == "ReviewSheet"
        offered = [side.text for side in seat.app.screen.view_of(seat.app.screen.current).sides]  # type: ignore[attr-defined]
        await seat.press(str(number + 1))
        assert seat.pressed == 2
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == [(offered[number],)]
        assert "골라 주실 것이" not in seat.text


@pytest.mark.parametrize("key", ["a", "ㅁ"])
async def test_a_new_account_takes_two_keys_and_its_name(tmp_path: Path, key: str) -> None:
    async with open_on(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press(key)
        await seat.type("벼리정공")
        await seat.press("enter")
        assert seat.pressed == 2
        assert seat.stored("SELECT name, entered_on FROM account WHERE id != 'a0'") == [("벼리정공", DAY)]
        assert "벼리정공" in seat.notice
        await seat.press("2")
        assert seat.line("벼리정공")
