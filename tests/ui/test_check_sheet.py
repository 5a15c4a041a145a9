"""Looking the book over from the menu."""

from __future__ import annotations

from pathlib import Path

from helpers import TODAY, open_app

from fieldsales.storage.book import Book


async def test_the_check_looks_at_the_book_on_the_screen_wherever_its_private_folder_is(tmp_path: Path) -> None:
    book = Book.open(tmp_path / "book.db", tmp_path / "elsewhere", create=True, today=TODAY)
    async with open_app(tmp_path, book) as seat:
        await seat.press("ctrl+p")
        await seat.type("점검")
        await seat.press("enter")
        for _ in range(200):
            if "괜찮음" in seat.text:
                break
            await seat.pilot.pause(0.05)
        assert "이 기기에 둔 수첩이 온전해요" in seat.text
        assert "고친 것이 빠짐없이 이력에 적혀요" in seat.text
