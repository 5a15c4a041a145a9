"""Any size, resized at any moment: nothing is drawn over the edge, nothing typed is lost, the cursor stays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from helpers import Seat, open_app, sample_app
from rich.cells import cell_len
from test_past import look_back, now_clock, old_book
from two_copies import apart

from fieldsales.storage.errors import BookElsewhere
from fieldsales.ui.widgets.fields import LineField, LongField

SIZES = ((40, 10), (80, 24), (120, 40), (300, 80), (40, 80), (300, 10), (80, 24))
HEARD = "납기만 지켜지면 내년도 그대로 간다고 하심\n대표님이 다른 데 단가를 물어보셨다"


async def resize(seat: Seat, size: tuple[int, int]) -> None:
    await seat.pilot.resize_terminal(*size)
    await seat.settle()


async def see_it_fit(seat: Seat, size: tuple[int, int], where: str) -> None:
    lines = seat.lines
    assert len(lines) == size[1], where
    assert all(cell_len(line) <= size[0] for line in lines), (where, size)
    assert sum(bool(line.strip()) for line in lines) >= 3, (where, size)


async def walk_sizes(seat: Seat, where: str) -> None:
    for size in SIZES:
        await resize(seat, size)
        await see_it_fit(seat, size, where)


WAYS: dict[str, tuple[str, ...]] = {
    "today": (),
    "accounts": ("2",),
    "churn": ("3",),
    "lessons": ("4",),
    "page": ("2", "enter"),
    "history": ("2", "enter", "tab"),
    "people": ("2", "enter", "tab", "tab", "tab"),
    "case": ("c",),
    "report": ("r",),
    "why": ("w",),
    "log": ("l",),
    "lesson": ("n",),
    "account": ("a",),
    "edits": ("h",),
    "help": ("question_mark",),
    "menu": ("ctrl+p",),
    "theme": ("f12",),
    "put_off": ("s",),
    "find": ("slash",),
}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_every_pane_and_sheet_fits_at_every_size(tmp_path: Path, lang: str) -> None:
    async with sample_app(tmp_path, lang=lang) as seat:
        for where, keys in WAYS.items():
            await seat.press(*keys)
            sheet = seat.sheet
            await walk_sizes(seat, where)
            assert seat.sheet == sheet, where
            for _ in range(3):
                await seat.press("escape")
            assert seat.sheet == "MainScreen", where
            await seat.press("1")


async def erasing(seat: Seat) -> None:
    await seat.press("2", "ctrl+p")
    await seat.paste(seat.app.t("cmd.erase"))
    await seat.press("enter")


@pytest.mark.parametrize("open_it", [erasing])
async def test_the_sheets_of_the_menu_fit(tmp_path: Path, open_it: Callable[[Seat], Awaitable[None]]) -> None:
    async with sample_app(tmp_path) as seat:
        await open_it(seat)
        assert seat.sheet != "MainScreen"
        await walk_sizes(seat, "erase")


@pytest.mark.slow
async def test_the_values_of_two_copies_fit(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        await seat.press("g")
        assert seat.sheet == "ReviewSheet"
        await walk_sizes(seat, "review")
        for key in ("space", "escape", "h"):
            await seat.press(key)
            await walk_sizes(seat, key)


@pytest.mark.slow
async def test_the_book_of_a_day_fits_and_offers_nothing_that_writes(tmp_path: Path) -> None:
    async with open_app(tmp_path, old_book(tmp_path), clock=now_clock()) as seat:
        await look_back(seat)
        for keys in (("1",), ("2",), ("3",), ("4",), ("2", "enter")):
            await seat.press(*keys)
            await walk_sizes(seat, f"past {keys}")
            foot = seat.lines[-1]
            assert "Esc 닫기" in foot
            for id in ("log", "add", "edit", "attempt", "put_off", "done", "lesson", "undo"):
                assert f" {seat.app.t(f'cmd.{id}')} " not in foot, (keys, id)


async def test_the_ways_on_from_a_book_elsewhere_fit(tmp_path: Path) -> None:
    async with open_app(tmp_path, None) as seat:
        await walk_sizes(seat, "welcome")
        from fieldsales.ui.actions.keep import offer

        seat.app.pop_screen()
        offer(seat.app, BookElsewhere(path=str(tmp_path / "book.db"), home=str(tmp_path / "other.db")))
        await seat.settle()
        assert seat.sheet == "Crossroads"
        await walk_sizes(seat, "crossroads")


@pytest.mark.slow
async def test_what_is_typed_and_the_cursor_stay_while_the_size_changes(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("l")
        for size, part in zip((*SIZES, *SIZES), HEARD.split(" "), strict=False):
            await seat.type(part + " ")
            await resize(seat, size)
            await see_it_fit(seat, size, "log")
        field = seat.app.screen.focused
        assert isinstance(field, LongField)
        typed = field.text
        assert typed.split() == HEARD.split()
        await seat.press("up", "left", "left")
        at = field.cursor_location
        for size in SIZES:
            await resize(seat, size)
            assert (field.text, field.cursor_location, seat.app.screen.focused) == (typed, at, field)
            await seat.pilot.pause(0.02)
            seen = seat.app.screen.find_widget(field).visible_region
            assert seen.contains_point(field.cursor_screen_offset), (size, seen)
        assert seat.stored("SELECT fields FROM draft WHERE form = 'log'")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "name"), [(("a",), "form"), (("slash",), "find"), (("ctrl+p",), "menu"), (("s",), "ask")]
)
async def test_a_line_being_typed_stays_while_the_size_changes(
    tmp_path: Path, keys: tuple[str, ...], name: str
) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press(*keys)
        for size, sign in zip((*SIZES, *SIZES), "가나다라마바사아", strict=False):
            await seat.type(sign)
            await resize(seat, size)
            await see_it_fit(seat, size, name)
        field = seat.app.focused
        assert field is not None
        value = field.value  # type: ignore[attr-defined]
        assert value.endswith("가나다라마바사아")
        await seat.press("left", "left")
        at = field.cursor_position  # type: ignore[attr-defined]
        for size in SIZES:
            await resize(seat, size)
            assert seat.app.focused is field, size
            assert (field.value, field.cursor_position) == (value, at)  # type: ignore[attr-defined]


@pytest.mark.slow
async def test_a_field_far_down_a_form_stays_in_sight(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("a")
        for _ in range(6):
            await seat.press("tab")
        field = seat.app.focused
        assert field is not None
        for size in SIZES:
            await resize(seat, size)
            await seat.pilot.pause(0.05)
            assert seat.app.screen.find_widget(field).visible_region.height >= 1, size
    assert isinstance(field, LineField | LongField) or field.id
