"""Enter may come in one piece with the last syllable, as input methods send it: nothing typed before it is missed."""

from __future__ import annotations

from pathlib import Path

from helpers import WIDE, Seat, open_app, sample_app, small_book
from textual.events import Key


async def send(seat: Seat, text: str, key: str = "enter") -> None:
    """Text and a key with nothing handled in between."""
    for sign in text:
        seat.app.post_message(Key(sign, sign))
    seat.app.post_message(Key(key, "\r" if key == "enter" else None))
    await seat.settle()


async def test_a_form_saves_all_of_the_name(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("a")
        await send(seat, "새벽유통")
        assert seat.sheet == "MainScreen"
        assert seat.stored("SELECT count(*) FROM account WHERE name = '새벽유통'") == [(1,)]


async def test_the_account_looked_for_is_opened(tmp_path: Path) -> None:
    for key in ("enter", "down", "tab"):
        async with sample_app(tmp_path / key) as seat:
            await seat.press("slash")
            await send(seat, "나린커피", key)
            assert seat.name == "나린커피"
            assert seat.sheet == "AccountSheet"


async def test_beside_the_lists_the_page_is_that_of_the_account_looked_for(tmp_path: Path) -> None:
    async with sample_app(tmp_path, size=WIDE) as seat:
        await seat.press("slash")
        await send(seat, "나린커피")
        assert (seat.app.context, seat.name) == ("page", "나린커피")
        assert seat.main.page.view is not None and seat.main.page.view.history.account.name == "나린커피"


async def test_the_menu_takes_what_was_looked_for(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("ctrl+p")
        await send(seat, "나린커피")
        assert (seat.sheet, seat.name) == ("AccountSheet", "나린커피")


async def test_a_question_takes_the_whole_answer(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("ctrl+p")
        await seat.paste(seat.app.t("cmd.daily"))
        await seat.press("enter", "backspace", "backspace")
        await send(seat, "12")
        assert seat.sheet == "MainScreen"
        assert seat.book.rules().daily == 12
