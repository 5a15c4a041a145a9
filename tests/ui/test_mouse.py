"""Whatever a key does can be done with the mouse alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NARROW, WIDE, Seat, sample_app
from rich.cells import cell_len
from test_commands import ELSEWHERE, WAYS, go

from fieldsales.ui.commands import BY_ID, COMMANDS
from fieldsales.ui.dispatch import HANDLERS
from fieldsales.ui.screens.menu import Menu

SIZES = (NARROW, WIDE, (40, 10))


async def click(seat: Seat, part: str, last: bool = False) -> None:
    """Click on the first (or last) place on screen where the part stands."""
    lines = list(enumerate(seat.lines))
    for y, line in reversed(lines) if last else lines:
        if part in line:
            x = cell_len(line[: line.rindex(part) if last else line.index(part)])
            await seat.pilot.click(offset=(x + cell_len(part) // 2, y))
            await seat.settle()
            return
    raise AssertionError(f"{part!r} is not on screen:\n{seat.text}")


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_every_command_of_a_place_is_in_its_last_line_or_in_its_menu(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with sample_app(tmp_path, size=size) as seat:
        for context in WAYS:
            await go(seat, context)
            ids = {
                one.id
                for one in COMMANDS
                if context in one.where and (one.id in HANDLERS or context in ("log", "form"))
            }
            if context in BY_ID["menu"].where:
                await click(seat, " …", last=True)
                menu = seat.app.screen
                assert isinstance(menu, Menu), context
                offered = {entry.id for entry in menu.find("")} | {"menu"}
                await seat.press("escape")
            else:
                assert seat.app.t("cmd.close") in seat.lines[-1] or seat.app.t("form.fold") in seat.lines[-1]
                offered = set(seat.app.screen.foot_keys())  # type: ignore[attr-defined]
                ids -= {"mask"} if context == "form" else set()
            assert ids - ELSEWHERE <= offered | {"quit"}, (context, ids - offered)


async def test_tabs_menu_questions_and_sheets_answer_to_clicks(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await click(seat, "2 고객사")
        assert seat.main.pane == "accounts"
        await seat.choose("도담나루식품")
        await click(seat, "Enter")
        assert seat.sheet == "AccountSheet"
        await click(seat, " 사람 ")
        assert "[사람]" in seat.text
        await click(seat, "Esc", last=True)
        assert seat.sheet == "MainScreen"
        await click(seat, " …", last=True)
        await seat.paste(seat.app.t("cmd.put_off"))
        await seat.pilot.click(seat.app.screen.entries, offset=(6, 0))  # type: ignore[attr-defined]
        await seat.settle()
        assert seat.sheet == "Prompt"
        await click(seat, seat.app.t("prompt.leave"))
        assert seat.sheet == "MainScreen"
        await click(seat, " …", last=True)
        await seat.pilot.click(offset=(0, 0))
        await seat.settle()
        assert seat.sheet == "MainScreen"
