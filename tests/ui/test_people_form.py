"""The form of a person keeps what it does not ask for."""

from __future__ import annotations

from pathlib import Path

from helpers import sample_app

from fieldsales.domain.model import Contact


async def test_saving_a_person_keeps_the_channels_the_form_does_not_ask_about(tmp_path: Path) -> None:
    """S3-08: who refused mail has still refused it after the phone number was corrected."""
    async with sample_app(tmp_path) as seat:
        await seat.choose("도담나루식품")
        who = seat.book.history(seat.app.account_id).contacts[0]
        with seat.book.change("test", seat.app.desk.now) as change:
            change.edit(Contact, who.id, opt_out="call,mail")
        await seat.press("enter")
        while seat.app.screen.page.page != "people":  # type: ignore[attr-defined]
            await seat.press("tab")
        await seat.press("e")
        assert seat.sheet == "FormSheet"
        await seat.press("ctrl+s")
        assert seat.stored("SELECT opt_out FROM contact WHERE id = ?", who.id) == [("call,mail",)]
