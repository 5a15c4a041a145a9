"""The help: one page for each place, whole on the smallest usual screen, from the registry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from helpers import empty_book, open_app, sample_app, sample_book

from fieldsales.config import Config, KeyEntry
from fieldsales.locale import Texts
from fieldsales.ui.actions.helping import PLACES, name_of, page
from fieldsales.ui.commands import COMMANDS, FOOTERS, key_name

ROWS = 24 - 2 - 3  # of an 80x24 screen without the head and the foot


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("place", PLACES)
def test_a_place_has_one_page_with_every_key_that_works_there(lang: str, place: str) -> None:
    t = Texts(lang)
    rows = page(t, place, 80, lambda command: " ".join(map(key_name, command.keys)))
    assert len(rows) <= ROWS
    text = "\n".join("".join(part for part, _ in row.parts) for row in rows)
    assert "…" not in text
    for command in COMMANDS:
        if place in command.where:
            assert t(f"cmd.{command.id}") in text, command.id
    for id in (id for id in FOOTERS.get(place, ())[:5] if id != "help"):
        assert t(f"cmd.{id}.help")[:20] in text, id


def test_every_pane_has_a_page() -> None:
    assert {place for command in COMMANDS for place in command.where} - set(PLACES) == {
        "read",
        "help",
        "log",
        "form",
        "debrief",
    }
    assert len({name_of(Texts("ko"), place) for place in PLACES}) == len(PLACES)


async def test_the_page_is_that_of_where_the_user_is_and_tab_turns_to_the_next(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("2", "question_mark")
        assert seat.lines[0].startswith(" 도움말  [고객사]")
        assert seat.line("정렬")
        await seat.press("tab")
        assert "[이탈 대응]" in seat.lines[0] and not seat.line("연락 뜸한 순")
        for _ in PLACES[1:]:
            await seat.press("tab")
        assert "[고객사]" in seat.lines[0]
        await seat.press("escape")
        assert (seat.sheet, seat.main.pane) == ("MainScreen", "accounts")


async def test_a_click_turns_to_a_page(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("f1")
        await seat.pilot.click(".sheet-head", offset=(17, 0))
        await seat.settle()
        assert "[고객사]" in seat.lines[0]


async def test_the_help_names_the_keys_of_the_users_own(tmp_path: Path) -> None:
    config = Config(keys=(KeyEntry("sort", ("ctrl+t",)),))
    async with open_app(tmp_path, sample_book(tmp_path), config=config) as seat:
        await seat.press("2", "question_mark")
        assert "Ctrl+T" in seat.line("정렬")


EMPTY = {
    "1": ("아직 빈 수첩이에요.", "a"),
    "2": ("적으면 여기에", "a"),
    "3": ("열린 이탈 건이 없어요.", "c"),
    "4": ("겪고 배운 한 줄을 두는 자리예요.", "n"),
}


@pytest.mark.parametrize(("pane", "said"), EMPTY.items())
async def test_an_empty_pane_says_what_would_stand_there_and_the_key_that_begins_it(
    tmp_path: Path, pane: str, said: tuple[str, str]
) -> None:
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await seat.press(pane)
        assert seat.line(said[0])
        assert "a 추가" in seat.lines[-1] or pane in "34"
        below = seat.text[seat.text.index(said[0]) : seat.text.rindex("─")]
        assert re.search(rf"(?<![A-Za-z]){said[1]}(?![A-Za-z])", below), below
