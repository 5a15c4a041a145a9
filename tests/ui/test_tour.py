"""The tour of the sample book: five steps that wait, go on when the user has done them, and can be passed over."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from helpers import NARROW, NOW, WIDE, Clock, Seat, open_app, sample_book
from rich.cells import cell_len

from fieldsales.__main__ import _screen_arguments
from fieldsales.config import Config, Options, Places
from fieldsales.domain.model import Activity, Lesson
from fieldsales.locale import Texts
from fieldsales.ui.app import FieldsalesApp
from fieldsales.ui.commands import BY_ID
from fieldsales.ui.tour import STEPS


def at(seat: Seat) -> int:
    """The step that the screen shows, 6 for the end, 0 where there is no tour."""
    tour = seat.app.tour
    if tour is None:
        return 0
    assert tour.lines(seat.app.t, seat.app.context, 500, "", False)[-1][0][0].strip() == told(seat)
    return tour.step + 1


def told(seat: Seat) -> str:
    """The line of the tour, above the keys."""
    return seat.lines[-2].strip()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_each_step_ends_when_the_user_has_done_it(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, sample_book(tmp_path), size=size, demo=True) as seat:
        seat.app.begin_tour()
        await seat.settle()
        assert (at(seat), "둘러보기 1/5" in seat.text) == (1, True)
        before = len(seat.book.rows(Activity))
        await seat.press("l")
        assert "Ctrl+S" in told(seat)
        await seat.type("납기만 지켜 주세요")
        await seat.press("ctrl+s")
        assert len(seat.book.rows(Activity)) == before + 1
        assert at(seat) == 2 and "w를" in told(seat) and "기록했어요" in seat.text
        await seat.press("w")
        assert at(seat) == 3 and "Esc로" in told(seat)
        await seat.press("escape")
        assert "Enter" in told(seat)
        await seat.press("enter")
        assert at(seat) == 4 and "c를" in told(seat)
        await seat.press("c")
        assert at(seat) == 4 and "Space" in told(seat)
        await seat.press("escape")
        assert at(seat) == 5 and "n으로" in told(seat)
        lessons = len(seat.book.rows(Lesson))
        await seat.press("n")
        await seat.type("먼저 듣는다")
        await seat.press("ctrl+s")
        assert len(seat.book.rows(Lesson)) == lessons + 1
        assert at(seat) == 6 and "파일" in told(seat)
        while seat.sheet != "MainScreen" or seat.main.page.has_focus:
            await seat.press("escape")
        await seat.press("escape")
        assert at(seat) == 0


async def test_esc_on_the_panes_passes_a_step_over_and_puts_the_end_away(tmp_path: Path) -> None:
    async with open_app(tmp_path, sample_book(tmp_path), demo=True) as seat:
        seat.app.begin_tour()
        await seat.settle()
        rows = seat.counts()
        for step in range(1, len(STEPS) + 2):
            await seat.settle()
            assert at(seat) == step
            await seat.press("escape")
        assert at(seat) == 0
        assert seat.counts() == rows
        assert seat.line("오답노트  담당자가")  # the line that stands there without a tour


async def test_the_tour_blocks_nothing_and_waits(tmp_path: Path) -> None:
    async with open_app(tmp_path, sample_book(tmp_path), demo=True) as seat:
        seat.app.begin_tour()
        await seat.press("2", "o", "3", "4", "slash")
        await seat.type("ㅎㅇㅈㅁ")
        await seat.press("enter")
        assert seat.name == "해윰정밀" and at(seat) == 1
        await seat.press("escape", "f8", "f8", "question_mark", "escape")
        assert at(seat) == 1


async def test_with_the_last_step_done_any_other_key_ends_it(tmp_path: Path) -> None:
    async with open_app(tmp_path, sample_book(tmp_path), demo=True) as seat:
        seat.app.begin_tour()
        await seat.press(*["escape"] * len(STEPS))
        assert at(seat) == 6
        await seat.press("2")
        assert at(seat) == 0


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_every_line_of_the_tour_fits_its_two_lines(tmp_path: Path, lang: str) -> None:
    async with open_app(tmp_path, sample_book(tmp_path, lang), lang=lang, demo=True) as seat:
        t = seat.app.t
        for number, step in enumerate(STEPS, 1):
            for id in (f"tour.{number}", f"tour.{step.inside}" if step.inside else f"tour.{number}"):
                assert cell_len(t(id)) <= 78, t(id)
        assert all(cell_len(t(id)) <= 78 for id in ("tour.back", "tour.file"))


@pytest.mark.parametrize("size", [(40, 10), (60, 15), (200, 50)])
async def test_the_tour_is_seen_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, sample_book(tmp_path), size=size, demo=True) as seat:
        seat.app.begin_tour()
        for keys in ((), ("w",), ("escape", "enter"), ("c",), ("escape", "n")):
            await seat.press(*keys)
            assert "둘러보기" in seat.text or "건너뛰기" in seat.text, keys
            assert len(seat.lines) == size[1] and all(cell_len(line) <= size[0] for line in seat.lines)


def test_a_step_names_a_key_that_works_where_it_is_named() -> None:
    for step, id in zip(STEPS, ("log", "why", "open", "churn", "lesson"), strict=True):
        assert step.where <= BY_ID[id].where, id


async def test_the_welcome_leads_into_the_tour_and_the_menu_begins_and_ends_it(tmp_path: Path) -> None:
    async with open_app(tmp_path, None) as seat:
        await seat.press("1")
        await seat.settle()
        assert at(seat) == 1 and seat.line("새녘물산")
        for step in (0, 1):
            await seat.press("ctrl+p")
            await seat.paste("둘러보기")
            await seat.press("enter")
            await seat.settle()
            assert at(seat) == step


def test_the_call_is_understood_at_once_and_opens_the_sample() -> None:
    assert _screen_arguments(["tour"]) == {"demo": "yes", "tour": "yes"}
    assert _screen_arguments(["tour", "--lang", "en"]) == {"demo": "yes", "tour": "yes", "lang": "en"}
    assert _screen_arguments(["tour", "--json"]) is None


async def test_the_call_begins_the_tour(tmp_path: Path) -> None:
    book = sample_book(tmp_path)
    places = Places(tmp_path / "config", tmp_path / "data", tmp_path / "cache", book.path)
    options = Options(places, Config(), book.path, False, date(2026, 11, 20), "ko", True, tour=True)
    app = FieldsalesApp(options, book, Clock(NOW), Texts("ko"))
    async with app.run_test(size=NARROW) as pilot:
        seat = Seat(app, pilot, Clock(NOW))
        await seat.settle()
        assert at(seat) == 1
