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


async def test_the_day_an_account_became_mine_is_read_as_a_day_that_has_been(tmp_path: Path) -> None:
    """S0-01: 11월 6일 typed two weeks later is this year's, and 2022.10.01 is a day like 2022-10-01."""
    async with sample_app(tmp_path) as seat:
        await seat.choose("도담나루식품")
        account = seat.app.account_id
        await seat.press("enter", "e")
        form = seat.app.screen
        form.fields["inherited_on"].value = "11월 6일"  # type: ignore[attr-defined]
        form.fields["since"].value = "2022.10.01"  # type: ignore[attr-defined]
        await seat.press("ctrl+s")
        asked = "SELECT inherited_on, since FROM account WHERE id = ?"
        assert seat.stored(asked, account) == [("2026-11-06", "2022-10-01")]
