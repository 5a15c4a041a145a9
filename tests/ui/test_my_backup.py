"""내 백업 from the menu, and taken in by the same way as a CSV file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from helpers import NOW, empty_book, open_app, sample_app

from fieldsales.domain.model import Account
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.workflows.whole import export_book


async def test_the_menu_writes_everything_into_a_folder_and_says_where(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("ctrl+p")
        await seat.paste(seat.app.t("cmd.my_backup"))
        await seat.press("enter")
        assert isinstance(seat.app.screen, Prompt)
        assert seat.app.screen.field.text_value == str(tmp_path / f"fieldsales-{NOW.date().isoformat()}")
        assert "나만 보는" in seat.text
        await seat.press("ctrl+u")
        await seat.paste(str(tmp_path / "mine"))
        await seat.press("enter")
        await seat.app.workers.wait_for_complete()
        await seat.settle()
        assert (tmp_path / "mine" / "fieldsales-export.json").exists()
        assert str(tmp_path / "mine")[:20] in seat.text


async def test_a_blank_book_gives_way_to_the_one_of_the_backup(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        export_book(seat.book, tmp_path / "mine", "csv", datetime(2026, 11, 20), "")
        names = {one.name for one in seat.book.rows(Account)}
        document_id = seat.book.document_id
    home = tmp_path / "new machine"
    home.mkdir()
    async with open_app(home, empty_book(home)) as seat:
        await seat.press("i")
        await seat.paste(str(tmp_path / "mine"))
        await seat.press("enter")
        assert "비어 있어요" in seat.text
        await seat.press("enter")
        await seat.settle()
        assert {one.name for one in seat.book.rows(Account)} == names
        assert seat.book.document_id == document_id
        assert "되살렸어요" in seat.notice or "되살렸어요" in seat.text
