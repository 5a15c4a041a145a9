"""F8: what a customer beside the user must not read is nowhere on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NARROW, WIDE, Seat, open_app, sample_app, small_book

from fieldsales.config import Config
from fieldsales.domain.model import Activity, ChurnCase, Lesson, Signal
from fieldsales.ui.screens.form import FormSheet

# Of the sample, words that only a private part of the book knows.
PRIVATE = (
    "위험", "주의", "살핌", "/ 100", "이탈 대응 이틀째", "이틀째", "62%", "불만", "파손분", "결론부터", "돌려 말하면",
    "아직 못 뵘", "담당자가 바뀌면", "3일 지남", "윗분 요청", "늦음", "숨 한 번", "사과부터", "거래를 멈추",
)  # fmt: skip


def leaks(seat: Seat) -> list[str]:
    return [word for word in PRIVATE if word in seat.text]


def heads(text: str) -> list[str]:
    """The lines without their blanks and ends, which depend on whether a scrollbar stands there."""
    return ["".join(line.split())[:16] for line in text.split("\n")[:12]]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_masked_nothing_private_is_on_any_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    async with sample_app(tmp_path, size=size) as seat:
        assert len(leaks(seat)) > 2  # so that the words are the sample's
        await seat.press("f8")
        assert leaks(seat) == []
        for name in ("새녘물산", "해윰정밀", "곰비임비물류"):
            await seat.press("2")
            await seat.choose(name)
            for keys in (("enter",), ("w",), ("c",), ("r",), ("l",)):
                await seat.press(*keys)
                await seat.pilot.pause(0.06)
                # What any log may be marked with, and what the customer is owed and knows of.
                known = {"3일 지남"} | ({"불만", "늦음"} if keys == ("l",) else set())
                assert set(leaks(seat)) <= known, (name, keys)
                if keys == ("enter",):
                    for _ in range(5):
                        await seat.press("tab")
                        assert set(leaks(seat)) <= {"3일 지남"}, (name, "tab")
                await seat.press("escape")
                assert seat.sheet == "MainScreen"
        for pane in ("1", "2", "3", "4"):
            await seat.press(pane)
            assert leaks(seat) == [], pane


@pytest.mark.parametrize("opens", ["w", "c", "r", "enter"])
async def test_f8_hides_a_sheet_that_is_open_and_brings_it_back(tmp_path: Path, opens: str) -> None:
    async with sample_app(tmp_path) as seat:
        if opens == "enter":
            await seat.press("enter", "tab")
        else:
            await seat.press(opens)
        shown, sheet = seat.text, seat.sheet
        focused = seat.app.focused
        assert "새녘물산" in shown
        await seat.press("f8")
        assert leaks(seat) == []
        assert "거래" not in seat.text or opens == "enter"
        await seat.press("f8")
        assert seat.sheet == sheet
        assert seat.app.focused is focused
        await seat.pilot.pause(0.05)
        assert heads(seat.text) == heads(shown)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_masked_neither_counts_nor_the_reason_to_come_nor_advice_are_shown(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """I13: an account with an open case, on its page and in the bar."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), size=size) as seat:
        await seat.press("2", "c", "space", "escape", "1")
        t = seat.app.t
        bar = t("bar.month", today=1, overdue=0, talked=0) if size == WIDE else f"1 {t('tab.today')} 1"
        private = (bar, t("due.case_ask"), t("brief.door"))
        await seat.press("enter")
        found = [{word for word in private if word in seat.text}]
        await seat.press("f8")
        found.append({word for word in private if word in seat.text})
        await seat.press("escape")
        found.append({word for word in private if word in seat.text})
        await seat.press("f8")
        found[0] |= {word for word in private if word in seat.text}
        assert found == [set(private), set(), set()]


async def test_masked_a_form_asks_for_nothing_private(tmp_path: Path) -> None:
    """I13: of a person met just now, not how they are."""
    async with sample_app(tmp_path) as seat:
        private = {seat.app.t(name) for name in ("contact.temper", "contact.mends")}
        found: list[set[str]] = []
        for _ in range(2):
            await seat.press("enter", "a", "enter")
            assert seat.sheet == "FormSheet" and seat.app.t("contact.best_time") in seat.text
            found.append({word for word in private if word in seat.text})
            await seat.press("escape", "escape", "f8")
        assert found == [private, set()]


@pytest.mark.parametrize("command", ["lesson", "edit", "boss_asked", "pause", "rhythm", "end_account", "lone_visit"])
async def test_masked_a_form_on_what_the_book_knows_is_hidden_until_f8(tmp_path: Path, command: str) -> None:
    """I13: the lesson and the like one of another account, what was folded away, the tier, what was complained of."""
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        await seat.choose("해윰정밀")
        await seat.press("f8")
        seat.app.run_command(command, "accounts")
        await seat.settle()
        assert isinstance(seat.app.screen, FormSheet)
        assert seat.text.strip() == seat.app.t("app.veil")
        await seat.type("못 보는 글")
        await seat.press("ctrl+s")
        assert isinstance(seat.app.screen, FormSheet)
        assert "못 보는 글" not in "".join(seat.app.screen.values().values())
        await seat.press("f8")
        assert seat.line(seat.app.screen.form_title)
        await seat.type("보는 글")
        assert "보는 글" in "".join(seat.app.screen.values().values()) or command in {"end_account", "pause"}


async def test_what_was_hidden_as_it_opened_is_at_hand_with_f8(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        await seat.choose("해윰정밀")
        await seat.press("f8")
        for key, sheet in (("c", "CaseSheet"), ("w", "WhySheet"), ("b", "BossSheet")):
            await seat.press(key)
            assert seat.sheet == sheet and seat.text.strip() == seat.app.t("app.veil")
            await seat.press("f8")
            assert seat.line("해윰정밀") and seat.app.focused is not None
            await seat.press("escape", "f8")


async def test_nothing_is_done_unseen(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        await seat.choose("나린커피")
        await seat.press("c", "f8")
        before = seat.counts()
        await seat.press("space", "m", "x", "e", "right")
        assert seat.counts() == before
        assert seat.sheet == "CaseSheet"
        await seat.press("escape")
        assert seat.sheet == "MainScreen"
        assert len(seat.book.rows(ChurnCase, state="open")) == 1


async def test_a_lesson_being_written_is_hidden_and_goes_on(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("n")
        await seat.type("그분께 먼저 사과")
        await seat.press("f8")
        assert "사과" not in seat.text
        await seat.press("ctrl+s")
        assert not [one for one in seat.book.rows(Lesson) if one.next_time == "그분께 먼저 사과"]
        await seat.press("f8")
        assert seat.line("그분께 먼저 사과")
        await seat.type(" 드린다")
        await seat.press("ctrl+s")
        assert [one for one in seat.book.rows(Lesson) if one.next_time == "그분께 먼저 사과 드린다"]


async def test_masked_a_log_still_saves_and_shows_no_complaint(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("해윰정밀")
        account = seat.app.account_id
        complaint = next(one for one in seat.book.rows(Signal, account_id=account) if one.kind == "complaint")
        await seat.press("l")
        assert complaint.text[:6] in seat.text
        await seat.press("f8")
        assert complaint.text[:6] not in seat.text
        await seat.type("말씀 그대로")
        await seat.press("ctrl+s")
        assert [one.heard for one in seat.book.rows(Activity, account_id=account) if one.heard == "말씀 그대로"]


async def test_the_program_can_open_masked(tmp_path: Path) -> None:
    from helpers import sample_book

    config = Config(mask_on_open=True)
    async with open_app(tmp_path, sample_book(tmp_path), config=config) as seat:
        assert seat.line("새녘물산")
        assert leaks(seat) == []


@pytest.mark.parametrize("key", ["ctrl+p", "s"])
async def test_a_choice_or_a_question_goes_as_the_screen_is_hidden(tmp_path: Path, key: str) -> None:
    """I13: F8 works wherever the hand is; what lay below is hidden, and comes back with the next F8."""
    async with sample_app(tmp_path) as seat:
        await seat.press(key)
        assert seat.sheet in {"Menu", "Prompt"}
        await seat.press("f8")
        assert seat.app.masked and seat.sheet not in {"Menu", "Prompt"}
        await seat.press("f8")
        assert not seat.app.masked
