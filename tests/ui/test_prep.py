"""준비표 on the screen: the sheet that fits comes first, Space ticks, Enter writes, y copies."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NARROW, WIDE, Seat, empty_book, sample_app
from rich.cells import cell_len

from fieldsales.domain.model import Sheet, SheetItem
from fieldsales.playbooks import find_playbook
from fieldsales.ui.screens.prep import PrepSheet

HALF_YEAR = "도담나루식품"
GREETING = "마루솔유통"
OPEN_CASE = "새녘물산"
MINE = """
name = "mine"
version = "{}"
title = "{}"
offer = ["meeting"]
[[step]]
key = "s"
title = "S"
[[step.item]]
key = "a"
title = "{{boss}}께 한마디"
"""


async def on(seat: Seat, name: str, *keys: str) -> None:
    await seat.choose(name)
    await seat.press("p", *keys)


def sheet_of(seat: Seat) -> PrepSheet:
    assert isinstance(seat.app.screen, PrepSheet)
    return seat.app.screen


def rows_of(seat: Seat) -> dict[str, SheetItem]:
    return {item.key: item for item in seat.book.rows(SheetItem, sheet_id=sheet_of(seat).view.sheet_id)}


@pytest.mark.parametrize(("name", "title"), [(HALF_YEAR, "반기 상담"), (GREETING, "인수 인사")])
async def test_the_sheet_that_fits_the_line_of_today_is_offered_first(tmp_path: Path, name: str, title: str) -> None:
    """V12, S0-01: two keys from the line of 오늘 to its sheet, and nothing is in the book."""
    async with sample_app(tmp_path) as seat:
        before = seat.counts()
        await seat.choose(name)
        pressed = seat.pressed
        await seat.press("p")
        assert title in seat.lines[3]
        assert "오늘 할 일에 맞아요" in seat.lines[3]
        await seat.press("enter")
        assert (seat.sheet, seat.pressed - pressed) == ("PrepSheet", 2)
        assert f"{name} · {title}" in seat.lines[0]
        await seat.press("escape")
        assert seat.counts() == before


async def test_bringing_somebody_above_is_never_suggested_first(tmp_path: Path) -> None:
    """S2-05: where nothing fits, the joint visit stands last."""
    async with sample_app(tmp_path) as seat:
        await on(seat, "별찌의료기")
        assert "오늘 할 일에 맞아요" not in seat.text
        assert [line.strip(" >") for line in seat.lines[3:8]][0::4] == ["사용 점검", "동반 방문"]


async def test_a_case_has_a_list_of_its_own_and_no_sheet_is_pressed_on_it(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await on(seat, OPEN_CASE)
        assert "오늘 할 일에 맞아요" not in seat.text


async def test_the_first_tick_keeps_the_sheet_with_what_the_book_knew(tmp_path: Path) -> None:
    """S4-20: the amounts and the open complaint stand there already; the tick is on disk at once."""
    async with sample_app(tmp_path) as seat:
        await on(seat, HALF_YEAR, "enter")
        assert "10월 4,500만" in seat.text
        assert "납기가 두 번이나 늦었다" in seat.text
        assert "지금은 보기만" in seat.text
        await seat.press("space")
        assert "지금은 보기만" not in seat.text
        found = {
            key: (done, text)
            for key, done, text in seat.stored(
                "SELECT key, done_at, text FROM sheet_item WHERE sheet_id = ?", sheet_of(seat).view.sheet_id
            )
        }
        assert found["usage"][0] == "2026-11-20T09:20"
        assert "10월 4,500만" in str(found["usage"][1])
        assert "납기가 두 번이나 늦었다" in str(found["complaints"][1])
        assert found["complaints"][0] == ""
        line = sheet_of(seat).line
        assert line is not None
        assert line.key == "explain"  # the next open one
        await seat.press("u")
        assert sheet_of(seat).view.sheet_id == ""
        assert "0/7" in seat.lines[0]


async def test_enter_writes_and_every_keystroke_is_kept(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await on(seat, HALF_YEAR, "enter", "down", "enter")
        assert seat.sheet == "FormSheet"
        await seat.type("불량이 반으로")
        await seat.press("escape", "enter")
        assert "불량이 반으로" in seat.text
        await seat.press("ctrl+s")
        assert (rows_of(seat)["explain"].text, bool(rows_of(seat)["explain"].done_at)) == ("불량이 반으로", True)
        assert "불량이 반으로" in seat.text


async def test_the_whole_sheet_is_copied_as_text(tmp_path: Path) -> None:
    """V12."""
    async with sample_app(tmp_path) as seat:
        copied: list[str] = []
        seat.app.copy_to_clipboard = copied.append  # type: ignore[method-assign,assignment]
        await on(seat, HALF_YEAR, "enter", "space", "y")
        assert copied[0].startswith(
            "도담나루식품 · 반기 상담 · 11월 20일 금\n\n가기 전\n[x] 이용 내역\n    5월 6,000만"
        )
        assert "\x1b" not in copied[0]


async def test_the_last_answer_stands_beside_the_line(tmp_path: Path) -> None:
    """S4-19."""
    async with sample_app(tmp_path) as seat:
        account = next(row.id for row in seat.book.accounts(seat.clock().date())[:50] if row.name == HALF_YEAR)
        with seat.book.change("old", seat.clock()) as change:
            change.add(Sheet("old", account, "half_year", "1", "반기 상담", "2026-05-19", "closed"))
            change.add(SheetItem("old1", account, "old", "questions", text="재고를 앞당길 수 있나"))
        await on(seat, HALF_YEAR, "enter")
        assert "지난번 5월 19일: 재고를 앞당길 수 있나" in seat.text


async def test_the_visit_logged_from_the_sheet_is_what_it_was_prepared_for(tmp_path: Path) -> None:
    """S4-08, V12: l on the sheet, Ctrl+S: the line is ticked, the log is a half-year meeting."""
    async with sample_app(tmp_path) as seat:
        await on(seat, HALF_YEAR, "enter", "space", "l")
        assert seat.sheet == "LogSheet"
        assert seat.line("방문")
        await seat.press("ctrl+s")
        assert seat.sheet == "PrepSheet"
        assert rows_of(seat)["visit"].done_at
        sheet = seat.book.get(Sheet, sheet_of(seat).view.sheet_id)
        assert sheet is not None
        assert seat.stored("SELECT kind, sheet FROM activity WHERE id = ?", sheet.activity_id) == [
            ("visit", "half_year")
        ]


async def test_enter_on_the_line_of_the_visit_opens_its_log(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await on(seat, HALF_YEAR, "enter", "down", "down", "enter")
        assert seat.sheet == "LogSheet"


async def test_a_sheet_that_nothing_can_be_shown_of_is_not_offered(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose(HALF_YEAR)
        with seat.book.change("old", seat.clock()) as change:
            change.add(Sheet("old", seat.app.account_id, "unheard_of", "1", "모르는 준비표", "2026-11-20"))
        await seat.press("p")
        assert "모르는 준비표" not in seat.text


async def test_a_broken_churn_checklist_is_told_and_the_run_opens(tmp_path: Path) -> None:
    """Even on the worst morning a slip in a file of one's own keeps nobody from the first tick."""
    async with sample_app(tmp_path) as seat:
        folder = seat.app.desk.places.config / "playbooks"
        folder.mkdir(parents=True)
        (folder / "churn.ko.toml").write_text("title = ", encoding="utf-8")
        await seat.choose(HALF_YEAR)
        await seat.press("c")
        assert seat.sheet == "CaseSheet"
        assert "churn.ko.toml 파일을 읽을 수 없어서 기본 체크리스트를 보여 드려요." in seat.text
        assert "1번째 줄을 읽을 수 없어요." in seat.text
        assert "아직 시작 전이에요." in seat.text
        await seat.press("space")
        assert "churn.ko.toml" not in seat.text  # the lines that it began with are kept
        assert seat.stored("SELECT count(*) FROM churn_case WHERE account_id = ?", seat.app.account_id) == [(1,)]


async def test_every_word_of_what_is_wrong_in_the_own_churn_checklist_is_in_reach(tmp_path: Path) -> None:
    """Its line, the reason and what was meant; also where the draft is longer than the screen."""
    text = find_playbook("churn.ko").replace('when = ["figures"]', 'when = "figures"', 1)
    line = text[: text.index('when = "figures"')].count("\n") + 1
    for size in ((80, 24), (44, 16)):
        async with sample_app(tmp_path / str(size[0]), size=size) as seat:
            folder = seat.app.desk.places.config / "playbooks"
            folder.mkdir(parents=True)
            (folder / "churn.ko.toml").write_text(text, encoding="utf-8")
            await seat.choose(HALF_YEAR)
            await seat.press("c")
            if size[0] < 80:
                await seat.press(*["down"] * 20)
            shown = "".join(seat.text.split())
            assert f"{line}번째줄에는대괄호로감싼목록이와야해요" in shown
            assert 'when=["figures"]' in shown


async def test_a_newer_churn_checklist_is_told_once_over_a_draft(tmp_path: Path) -> None:
    """docs/checklists.md: the screen tells it, and on the worst morning it is not in the way."""
    async with sample_app(tmp_path) as seat:
        folder = seat.app.desk.places.config / "playbooks"
        folder.mkdir(parents=True)
        ours = find_playbook("churn.ko")
        (folder / "churn.ko.toml").write_text(ours.replace('version = "2"', 'version = "0.5"'), encoding="utf-8")
        await seat.choose(HALF_YEAR)
        await seat.press("c")
        assert "고쳐 쓰시는 체크리스트는 0.5판이고 기본 체크리스트는 2판이에요." in seat.text
        assert "아직 시작 전이에요." in seat.text
        await seat.press("escape", "c")
        assert seat.sheet == "CaseSheet"
        assert "0.5판" not in seat.text


async def test_in_a_book_that_is_only_looked_at_a_sheet_is_read(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        before = seat.counts()
        seat.book.read_only = True
        await on(seat, HALF_YEAR, "enter")
        assert "이용 내역" in seat.text
        for key in ("space", "enter", "l", "x"):
            await seat.press(key)
            assert seat.sheet == "PrepSheet"
            assert seat.notice == seat.app.t("book.read_only")
        assert seat.counts() == before
        seat.book.read_only = False


async def test_a_sheet_is_put_away_and_taken_out_again(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await on(seat, HALF_YEAR, "enter", "space")
        id = sheet_of(seat).view.sheet_id
        await seat.press("x")
        assert seat.sheet == "MainScreen"
        await seat.press("p")
        assert "넣어 둔 준비표" in seat.text
        await seat.press("end", "enter")
        assert (sheet_of(seat).view.sheet_id, sheet_of(seat).view.closed) == (id, True)
        await seat.press("x")
        assert not sheet_of(seat).view.closed


async def test_a_running_sheet_stands_first_and_keeps_its_lines(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await on(seat, HALF_YEAR, "down", "enter", "space", "escape", "p")
        assert "이어서" in seat.lines[3]
        assert "1/" in seat.lines[3]
        folder = seat.app.desk.places.config / "playbooks"
        folder.mkdir(parents=True)
        name = sheet_of_first(seat)
        (folder / f"{name}.ko.toml").write_text("broken", encoding="utf-8")
        await seat.press("enter")
        assert sheet_of(seat).view.done == 1


def sheet_of_first(seat: Seat) -> str:
    return str(seat.stored("SELECT playbook FROM sheet WHERE state = 'open' ORDER BY id DESC LIMIT 1")[0][0])


async def test_the_users_own_lists_are_offered_and_broken_ones_are_explained(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        folder = seat.app.desk.places.config / "playbooks"
        folder.mkdir(parents=True)
        text = MINE
        (folder / "mine.toml").write_text(text.format("1", "나만의 준비"), encoding="utf-8")
        (folder / "half_year.ko.toml").write_text(text.format("0.5", "내 반기 상담"), encoding="utf-8")
        (folder / "joint.ko.toml").write_text(text.format("1", "x").replace('key = "a"', 'key = "A"'), encoding="utf-8")
        (folder / "worse.toml").write_text("=", encoding="utf-8")
        await on(seat, HALF_YEAR)
        assert all("오늘 할 일에 맞아요" in line and "내 체크리스트" in line for line in seat.lines[3:5])
        assert "나만의 준비" in seat.text
        assert "내 반기 상담" in seat.text
        assert "동반 방문" in seat.text  # ours stands in for the broken one
        assert "10번째 줄" in seat.text
        assert "worse: " in seat.text
        seat.main.lines.move_cursor(0)
        await seat.press("down" if "내 반기 상담" in seat.lines[4] else "up", "enter")
        assert "0.5판" in seat.text
        assert "팀장님께 한마디" in seat.text


@pytest.mark.parametrize("size", [NARROW, WIDE, (40, 10)])
@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_sheets_fit_every_screen(tmp_path: Path, lang: str, size: tuple[int, int]) -> None:
    async with sample_app(tmp_path, lang=lang, size=size) as seat:
        seat.main.lines.move_cursor(2)
        await seat.press("p")
        names = [item for item in seat.app.screen.query("#rows").first().items if item.opens]  # type: ignore[attr-defined]
        await seat.press("escape")
        for number in range(len(names)):
            await seat.press("p", *["down"] * number, "enter")
            assert seat.sheet == "PrepSheet"
            assert all(cell_len(line) <= size[0] for line in seat.lines)
            lines = sheet_of(seat).view.lines
            await seat.press("end")
            assert sheet_of(seat).line == lines[-1]
            assert seat.line(lines[-1].title[:8])
            await seat.press("home")
            assert sheet_of(seat).line == lines[0]
            assert seat.line(lines[0].title[:8])
            await seat.press("escape")


async def test_the_hangul_layout_works_as_well(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose(GREETING)
        await seat.press("ㅔ", "enter", "space", "ㅌ")
        assert seat.sheet == "MainScreen"
        assert seat.stored("SELECT state FROM sheet WHERE playbook = 'greeting'") == [("closed",)]


async def test_a_log_that_is_being_written_shows_the_sheet_and_keeps_its_letters(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose(HALF_YEAR)
        await seat.press("l")
        await seat.type("pump")
        assert "pump" in seat.text
        await seat.press("ctrl+o")
        assert "반기 상담" in seat.lines[3]
        await seat.press("enter")
        assert seat.sheet == "PrepSheet"
        await seat.press("escape")
        assert "pump" in seat.text
        assert seat.sheet == "LogSheet"


async def test_a_masked_sheet_shows_nothing(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await on(seat, HALF_YEAR, "enter", "f8")
        assert "납기" not in seat.text
        assert "4,500만" not in seat.text
        await seat.press("space")
        assert sheet_of(seat).view.sheet_id == ""
        await seat.press("f8")
        assert "납기" in seat.text


async def test_the_page_offers_the_sheets_and_the_menu_does(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose(GREETING)
        await seat.press("enter")
        assert "p 준비표" in seat.lines[-1]
        assert "Esc 닫기" in seat.lines[-1]
        await seat.press("ctrl+p")
        await seat.paste("준비표")
        await seat.press("enter", "enter")
        assert seat.sheet == "PrepSheet"


async def test_without_an_account_it_is_said(tmp_path: Path) -> None:
    from helpers import open_app

    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await seat.press("p")
        assert seat.sheet == "MainScreen"
        assert seat.notice
