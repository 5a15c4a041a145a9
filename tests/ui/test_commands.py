"""Every command of the registry runs wherever it says it does, and the help tells of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NARROW, WIDE, Seat, empty_book, open_app, sample_app
from rich.cells import cell_len

from fieldsales.ui.commands import COMMANDS, FOOTERS, key_name
from fieldsales.ui.dispatch import EXTRAS, HANDLERS

# Keys that lead from the first screen to each context, and the screen found there.
WAYS = {
    "today": ((), "MainScreen"),
    "accounts": (("2",), "MainScreen"),
    "churn": (("3",), "MainScreen"),
    "lessons": (("4",), "MainScreen"),
    "page": (("2", "enter"), ""),
    "case": (("c",), "CaseSheet"),
    "report": (("r",), "ReportSheet"),
    "why": (("w",), "WhySheet"),
    "log": (("l",), "LogSheet"),
    "form": (("n",), "FormSheet"),
    "help": (("question_mark",), "HelpSheet"),
    "prep": (("p", "enter"), "PrepSheet"),
}
ELSEWHERE = {"sample", "quit"}  # these leave the book; they have tests of their own


async def go(seat: Seat, context: str) -> None:
    """From wherever the app is to a context."""
    seat.app.back_to_main()
    await seat.settle()
    if seat.main.accounts.finding:
        await seat.press("escape")
    if seat.app.masked:
        await seat.press("f8")
    await seat.press("1")
    seat.main.lines.move_cursor(0)
    keys, sheet = WAYS[context]
    await seat.press(*keys)
    assert seat.app.context == context, (context, seat.sheet)
    assert not sheet or seat.sheet == sheet


async def walk(seat: Seat, contexts: list[str]) -> int:
    done = 0
    for context in contexts:
        await go(seat, context)
        for command in COMMANDS:
            if context not in command.where or command.id in ELSEWHERE:
                continue
            if seat.app.context != context or seat.main.accounts.finding:
                await seat.press("escape")
            if seat.app.context != context:
                await go(seat, context)
            await seat.press(command.keys[0])
            done += 1
    return done


ALIKE = ("accounts", "churn", "lessons")  # panes in which most commands do what they do in the first


@pytest.mark.parametrize(
    ("lang", "size", "contexts"),
    [
        ("ko", NARROW, [name for name in WAYS if name not in ALIKE]),
        *(
            pytest.param(lang, size, list(WAYS), marks=pytest.mark.slow)
            for lang in ("ko", "en")
            for size in (NARROW, WIDE, (200, 50), (40, 10))
        ),
    ],
)
async def test_every_command_runs_in_each_of_its_contexts(
    tmp_path: Path, lang: str, size: tuple[int, int], contexts: list[str]
) -> None:
    async with sample_app(tmp_path, lang=lang, size=size) as seat:
        wanted = sum(name in command.where for name in contexts for command in COMMANDS if command.id not in ELSEWHERE)
        assert await walk(seat, contexts) == wanted


@pytest.mark.parametrize(("lang", "size"), [("ko", (40, 10)), ("en", WIDE), ("ko", (200, 50))])
async def test_every_screen_draws_at_every_size(tmp_path: Path, lang: str, size: tuple[int, int]) -> None:
    async with sample_app(tmp_path, lang=lang, size=size) as seat:
        for context in WAYS:
            await go(seat, context)
            assert len([line for line in seat.lines if line.strip()]) >= 3, context
            assert all(cell_len(line) <= size[0] for line in seat.lines), context


async def test_every_command_runs_on_an_empty_book(tmp_path: Path) -> None:
    """N10, W2: nothing is under the cursor, and each key says so or does nothing."""
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        before = seat.counts()
        for command in COMMANDS:
            if "today" in command.where and command.id not in ELSEWHERE:
                seat.app.back_to_main()
                await seat.settle()
                await seat.press("1", command.keys[0])
        assert seat.counts() == before


@pytest.mark.parametrize("id", EXTRAS)
async def test_what_only_the_menu_offers_runs(tmp_path: Path, id: str) -> None:
    async with sample_app(tmp_path) as seat:
        label = seat.app.t(f"cmd.{id}")
        await seat.press("ctrl+p")
        await seat.paste(label)
        assert label in seat.text
        await seat.press("enter")
        assert seat.sheet != "Menu"
        if id == "language":
            assert seat.app.t.lang == "en"
            assert "Today" in seat.lines[0]
        elif id != "save_now":
            await seat.press("escape")
        assert seat.sheet == "MainScreen"


async def test_the_menu_finds_accounts_too(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("ctrl+p")
        await seat.type("ㄴㄹㅋㅍ")
        assert seat.line("나린커피")
        await seat.press("enter")
        assert seat.name == "나린커피"


def test_every_command_is_carried_out_by_something() -> None:
    by_sheets = {"save"}
    assert {command.id for command in COMMANDS} - by_sheets <= set(HANDLERS)
    assert set(EXTRAS) <= set(HANDLERS)


def test_no_two_commands_of_a_context_share_a_key() -> None:
    for context in {place for command in COMMANDS for place in command.where}:
        keys = [key for command in COMMANDS if context in command.where for key in command.keys]
        assert len(keys) == len(set(keys)), context


def test_a_last_line_offers_only_what_works_there() -> None:
    for context, ids in FOOTERS.items():
        where = "today" if context == "empty" else context
        for id in ids:
            assert where in next(command for command in COMMANDS if command.id == id).where, (context, id)


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_help_lists_every_key_of_its_context(tmp_path: Path, lang: str) -> None:
    async with sample_app(tmp_path, lang=lang, size=(100, 70)) as seat:
        for context in ("today", "accounts", "page", "case", "report", "why"):
            await go(seat, context)
            await seat.press("question_mark")
            text = seat.text
            for command in COMMANDS:
                if context in command.where:
                    parts = (seat.app.t(f"cmd.{command.id}"), *map(key_name, command.keys))
                    assert any(all(part in line for part in parts) for line in text.split("\n")), (context, parts)


async def test_the_mouse_works(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        x = seat.lines[0].index("4")
        await seat.pilot.click("#bar", offset=(x + 12, 0))  # Hangul before it takes two cells a letter
        await seat.settle()
        assert seat.main.pane == "lessons"
        await seat.press("2")
        await seat.pilot.click("#accounts", offset=(20, 5))
        assert seat.main.accounts.cursor == 2
        await seat.pilot.click("#accounts", offset=(20, 5), times=2)
        await seat.settle()
        assert seat.sheet == "AccountSheet"


async def test_q_ends_the_program(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.pilot.press("q")
        assert seat.app.return_code == 0
        assert seat.app.return_value == 0


async def test_the_sample_stands_in_for_an_empty_book_and_back(tmp_path: Path) -> None:
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        own = seat.book.path
        await seat.press("v")
        await seat.settle()
        assert seat.book.path != own
        assert seat.line("새녘물산")
        await seat.press("v")
        await seat.settle()
        assert seat.book.path == own
        assert "아직 빈 수첩이에요." in seat.text
