"""The lines of a page: its head beside the scrollbar, and columns that do not run into each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NOW, TODAY, open_app, sample_app, small_book

from fieldsales.domain.model import Activity, Contact
from fieldsales.ui.screens.account import AccountSheet


async def test_the_head_is_whole_on_a_page_that_needs_the_scrollbar(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        await seat.choose("가람빛엔지니어링")
        await seat.press("enter")
        sheet = seat.app.screen
        assert isinstance(sheet, AccountSheet)
        page = sheet.page
        for _ in page.pages:
            await seat.press("tab")
            head = seat.lines[:3]
            assert not [line for line in head if "…" in line], head
            assert not page.show_vertical_scrollbar or page.max_scroll_y > 0
        assert page.pages


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_columns_keep_a_blank_between_them(tmp_path: Path, lang: str) -> None:
    """A name that fills its column does not touch what is beside it, nor does a day of long ago."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(Contact("long", "a0", "Philip Cramer", "Sales Associate Manager"))
        for number, day in enumerate((TODAY.isoformat(), "2025-11-21")):
            change.add(Activity(f"v{number}", "a0", day=day, kind="call", contact_id="long", heard="The price list"))
    async with open_app(tmp_path, book, lang=lang) as seat:
        await seat.press("2", "enter", "tab")
        rows = [line for line in seat.lines if "The pri" in line]
        assert len(rows) == 2
        for row in rows:
            before = row.partition("The pri")[0]
            assert before.endswith('… "') and " Philip" in before
        while seat.app.screen.page.page != "people":  # type: ignore[attr-defined]
            await seat.press("tab")
        assert "… " in seat.line("Philip")
