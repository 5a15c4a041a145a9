"""보고 on the screen: four texts, gaps to fill, lines to leave out, and what a copy leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NOW, WIDE, Clock, Seat, open_app, sample_app, small_book

from fieldsales.domain.model import CaseEvent, CaseItem, ChurnCase, Contact, Decision, Signal
from fieldsales.storage.book import Book

TABS = ("첫 보고", "중간 보고", "보전 보고", "물으실 것")


def chosen_tab(seat: Seat) -> str:
    line = next(line for line in seat.lines if "[" in line and any(tab in line for tab in (*TABS, "건의")))
    return line.partition("[")[2].partition("]")[0]


async def begin(seat: Seat) -> str:
    await seat.press("2", "c", "space")
    (case,) = seat.book.rows(ChurnCase, state="open")
    return case.id


def sent(book: Book, case_id: str) -> list[str]:
    return [one.ref for one in book.rows(CaseEvent, case_id=case_id) if one.kind == "report"]


async def test_tab_turns_through_the_four_texts(tmp_path: Path) -> None:
    """S0-02, S0-05, S0-23."""
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        await seat.choose("새녘물산")
        await seat.press("r")
        seen = []
        for _ in TABS:
            seen.append(chosen_tab(seat))
            assert len([line for line in seat.lines if line.startswith("  [새녘물산]")]) <= 1
            await seat.press("tab")
        assert sorted(seen) == sorted(TABS)
        assert chosen_tab(seat) == seen[0]
        await seat.press("1")
        assert chosen_tab(seat) == seen[0]


async def test_the_draft_of_a_case_has_its_first_report_and_leaves_nothing(tmp_path: Path) -> None:
    """C2: before the first tick nothing is written by reading, turning or copying."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "c", "r")
        assert chosen_tab(seat) == "첫 보고"
        before = seat.counts()
        await seat.press("y", "tab", "y", "tab", "y", "tab", "y", "escape", "escape")
        assert seat.counts() == before
        assert seat.book.open_cases() == []


async def test_a_copy_in_a_begun_case_is_kept_and_undone_whole(tmp_path: Path) -> None:
    """S0-02, C11."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await begin(seat)
        await seat.press("r", "y")
        assert sent(seat.book, case) == ["first"]
        await seat.press("y")
        assert sent(seat.book, case) == ["first"]
        await seat.press("escape", "u")
        assert sent(seat.book, case) == []


async def test_what_comes_after_the_copy_is_the_next_update(tmp_path: Path) -> None:
    """S0-02: the attempt after it stands in the update, and the update opens first."""
    clock = Clock()
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), clock=clock) as seat:
        case = await begin(seat)
        await seat.press("r", "y", "escape")
        clock.now = NOW.replace(minute=40)
        await seat.press("m")
        await seat.press("r")
        assert chosen_tab(seat) == "중간 보고"
        assert "뵙고자 1번 연락드렸습니다(부재중)." in seat.text
        assert "11.20 09:20 첫 보고 뒤의 일이에요." in seat.text
        await seat.press("y")
        assert sent(seat.book, case) == ["first", "update"]
        assert seat.app.clipboard.startswith("[가온상사] 11/20 오전\n뵙고자 1번")


async def test_a_gap_is_filled_with_enter_and_stays_filled(tmp_path: Path) -> None:
    """S0-23: complete without typing; filled, it goes out filled."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "c", "r")
        assert "오늘 [방문 시각]에 찾아가" in seat.text and '"오늘 안에"' in seat.text
        await seat.press("y")
        assert "오늘 안에 찾아가" in seat.app.clipboard
        await seat.press("enter")
        await seat.type("세 시 반")
        await seat.press("enter")
        assert "오늘 세 시 반에 찾아가" in seat.text
        await seat.press("y")
        assert "오늘 세 시 반에 찾아가" in seat.app.clipboard
        await seat.press("escape", "space", "r")
        assert "오늘 세 시 반에 찾아가" in seat.text  # it goes along into the case that was begun
        await seat.press("enter")
        for _ in range(5):
            await seat.press("backspace")
        await seat.press("enter")
        assert "오늘 [방문 시각]에 찾아가" in seat.text


async def test_the_painful_line_is_for_the_rep_alone(tmp_path: Path) -> None:
    """S0-05: apart, out of the copy unless put in; each line can be left out."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(Contact("c9", "a0", "표지환", "대표", role="ceo", came_on="2026-10-20", position=1))
        change.add(Signal("s", "a0", kind="complaint", text="늦다", day="2026-11-01"))
    async with open_app(tmp_path, book) as seat:
        await begin(seat)
        await seat.press("r", "tab", "tab", "tab")
        assert chosen_tab(seat) == "물으실 것"
        assert "[ ] 대표 교체 뒤 방문은 못 했음." in seat.text
        assert seat.lines.index(seat.line("나만 먼저 보는 줄")) < seat.lines.index(seat.line("대표 교체 뒤"))
        await seat.press("y")
        assert "못 했음" not in seat.app.clipboard and "가볍게 본" in seat.app.clipboard
        await seat.press("space", "down", "down", "down", "space", "y")
        assert "가볍게 본" not in seat.app.clipboard
        assert "[x] 대표 교체 뒤" in seat.text and "대표 교체 뒤 방문은 못 했음." in seat.app.clipboard
        await seat.press("escape", "r", "tab", "tab", "tab")
        assert "[x] 대표 교체 뒤" in seat.text  # kept


async def test_a_text_changed_by_hand_stays_and_can_be_made_anew(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await seat.press("r", "e")
        await seat.type("팀장님, ")
        await seat.press("y")
        await seat.press("escape")
        assert "팀장님, y" in seat.text and "고쳐 둔 글이에요." in seat.text
        await seat.press("y")
        assert seat.app.clipboard.startswith("팀장님, y[가온상사]")
        await seat.press("escape", "r")
        assert "팀장님, y" in seat.text
        await seat.press("e", "f7", "delete", "escape")
        assert "팀장님, y" not in seat.text and "[방문 시각]" in seat.text


async def test_under_a_pause_the_request_stands_first(tmp_path: Path) -> None:
    """S2-24: with a case and without one."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(Decision("d", "a0", kind="freeze", by="팀장님", day="2026-11-18"))
        change.edit(Contact, "c0", temper="크게 내시지만 금방 풀림", mends="사과부터", best_time="저녁")
    async with open_app(tmp_path, book) as seat:
        await seat.press("2", "r")
        assert chosen_tab(seat) == "건의"
        assert "문도균 차장께 제가 먼저 사과 전화를 드려도 될까요." in seat.text
        assert "크게 내시지만 금방 풀림. 사과부터." in seat.text
        assert not any(tab in seat.text for tab in TABS)
        await seat.press("escape")
        case = await begin(seat)
        await seat.press("r", "y")
        assert chosen_tab(seat) == "건의"
        assert sent(seat.book, case) == ["request"]
        items = [one for one in seat.book.rows(CaseItem, case_id=case) if one.act == "report"]
        assert all(one.done_at for one in items)
        await seat.press("tab")
        assert chosen_tab(seat) == "첫 보고" and "언제 찾아뵈어도 될지 여쭙습니다." in seat.text


async def test_an_account_without_a_case_has_no_report(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "r")
        assert seat.sheet == "MainScreen"
        assert "이탈 대응이 열린 곳에서" in seat.text


async def test_the_report_of_a_case_that_was_closed_can_be_read_again(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await begin(seat)
        await seat.press("escape")
        with seat.book.change("test", NOW) as change:
            change.edit(ChurnCase, case, state="closed", outcome="none", closed_at="2026-11-20T09:20")
        await seat.press("r")
        assert chosen_tab(seat) == "보전 보고" and "가온상사 거래가 끝났습니다" in seat.text
        await seat.press("y")
        assert sent(seat.book, case) == []


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (40, 10)])
@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_every_text_fits_its_screen(tmp_path: Path, lang: str, size: tuple[int, int]) -> None:
    """No line runs over the edge; at 80 by 24 nothing of a first report is out of sight."""
    async with sample_app(tmp_path, lang=lang, size=size) as seat:
        await seat.press("2")
        await seat.choose("새녘물산")
        await seat.press("r")
        for _ in range(4):
            lines = seat.app.screen.lines  # type: ignore[attr-defined]
            if size != (40, 10):
                assert len(lines.items) <= lines.size.height
            assert "…" not in "".join(seat.lines[4:-3]) or size == (40, 10)
            await seat.press("tab")


async def test_f8_hides_a_report(tmp_path: Path) -> None:
    """I13."""
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        await seat.choose("새녘물산")
        await seat.press("r", "f8")
        assert "연락" not in seat.text and "4,500" not in seat.text
        before = seat.app.clipboard
        await seat.press("y", "tab")
        assert seat.app.clipboard == before and "새녘" not in seat.text


async def test_the_hangul_layout_reaches_every_key_of_it(tmp_path: Path) -> None:
    """ㄱ opens, ㅛ copies, ㄷ changes: each as its Latin key."""
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        await seat.choose("새녘물산")
        await seat.press("ㄱ")
        assert seat.sheet == "ReportSheet"
        await seat.press("ㅛ")
        assert seat.app.clipboard.startswith("[새녘물산]")
        await seat.press("ㄷ")
        assert seat.app.focused is not None and seat.app.focused.id == "field-report"


async def test_beside_the_run_the_text_that_fits_is_copied_with_one_key(tmp_path: Path) -> None:
    """The budget of the wide screen: y."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), size=WIDE) as seat:
        case = await begin(seat)
        await seat.press("y")
        assert seat.app.clipboard.startswith("[가온상사] 오늘 09:20 거래를 멈추겠다는")
        assert sent(seat.book, case) == ["first"]


async def test_an_update_changed_by_hand_is_there_until_something_comes_after_it(tmp_path: Path) -> None:
    """S0-02: sent, it can be copied again; what comes next begins anew."""
    clock = Clock()
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), clock=clock) as seat:
        await begin(seat)
        await seat.press("m", "r", "e")
        await seat.type("덧붙임 ")
        await seat.press("escape", "y", "escape", "r")
        assert chosen_tab(seat) == "중간 보고" and "덧붙임" in seat.text
        clock.now = NOW.replace(hour=11)
        await seat.press("escape", "m", "r")
        assert chosen_tab(seat) == "중간 보고" and "덧붙임" not in seat.text
        assert "뵙고자 1번" in seat.text


async def test_a_book_that_is_only_looked_at_keeps_its_reports_as_they_are(tmp_path: Path) -> None:
    """Read and copied; nothing is filled in, nothing written."""
    book = small_book(tmp_path, "가온상사")
    async with open_app(tmp_path, book) as seat:
        case = await begin(seat)
        await seat.press("escape")
        seat.book.read_only = True
        await seat.press("r")
        assert chosen_tab(seat) == "첫 보고" and "빈칸 채우기" not in seat.text
        await seat.press("enter", "y", "e")
        assert seat.sheet == "ReportSheet"
        assert seat.app.clipboard.startswith("[가온상사]")
        assert seat.app.focused is None or seat.app.focused.id != "field-report"
        assert sent(seat.book, case) == []


async def test_the_help_of_the_reports_speaks_of_them(tmp_path: Path) -> None:
    """Keys that do something else here are told in the words of this place."""
    async with sample_app(tmp_path) as seat:
        await seat.press("r", "question_mark")
        assert "고른 빈칸을 채워요" in seat.line("Enter") and "빼거나 넣어요" in seat.line("Space")
        assert "첫 보고, 중간 보고" in seat.line(" Tab")
