"""Sheets on an account that is taken out while they are open: they close, whichever they are, and nothing breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NOW, Seat, empty_book, open_app

from fieldsales.domain.model import Account
from fieldsales.ui.screens.reading import FarewellSheet, PrivateSheet, ReadSheet
from fieldsales.ui.widgets.sheet import Sheet

# Forms keep what is typed in them; the others are about the book as a whole, or about what was done to it.
STAY = {
    "FormSheet", "DebriefSheet", "JoinSheet", "LogSheet", "EditsSheet", "ReviewSheet", "PlanSheet", "HelpSheet",
    "EraseSheet",
}  # fmt: skip
KEYS: dict[str, tuple[str, ...]] = {
    "AccountSheet": ("enter",),
    "CaseSheet": ("c",),
    "PrepSheet": ("p", "enter"),
    "WhySheet": ("w",),
    "BossSheet": ("b",),
    "ReportSheet": ("c", "space", "r"),
}
MADE = ("ReadSheet", "PrivateSheet", "FarewellSheet")


def kinds(of: type[object]) -> set[str]:
    below: list[type[object]] = type.__subclasses__(of)
    return {name for one in below for name in {one.__name__, *kinds(one)}}


async def with_account(seat: Seat) -> None:
    await seat.press("a")
    await seat.type("한결")
    await seat.press("enter")
    assert seat.name == "한결"


def test_every_kind_of_sheet_is_looked_at() -> None:
    import fieldsales.ui.dispatch  # noqa: F401  # so that all of them are there

    assert kinds(Sheet) == STAY | set(KEYS) | set(MADE)


@pytest.mark.parametrize("keys", [("c",), ("c", "space"), ("p", "enter"), ("b",), ("enter",), ("enter", "c")])
async def test_u_that_takes_back_the_account_closes_what_stands_on_it(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await with_account(seat)
        await seat.press(*keys)
        assert seat.sheet != "MainScreen"
        while seat.counts()["account"]:
            await seat.press("u")
        assert seat.sheet == "MainScreen" and not seat.line("한결")


@pytest.mark.parametrize("kind", [*KEYS, *MADE])
async def test_a_sheet_closes_where_the_account_is_taken_out_elsewhere(tmp_path: Path, kind: str) -> None:
    """By another window, or by what came from another machine."""
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await with_account(seat)
        id = seat.app.account_id
        if kind in KEYS:
            await seat.press(*KEYS[kind])
        elif kind == "FarewellSheet":
            seat.app.open_sheet(FarewellSheet(seat.app.t, "한결", {"quiet": "글"}, "quiet", "", id))
        else:
            made = PrivateSheet if kind == "PrivateSheet" else ReadSheet
            seat.app.open_sheet(made(seat.app.t, list, lambda width: [], account_id=id))
        await seat.settle()
        assert seat.sheet == kind
        with seat.book.change("delete", NOW) as change:
            change.remove(Account, id)
        seat.app.refresh_main()
        await seat.settle()
        assert seat.sheet == "MainScreen"


async def test_a_sheet_below_a_form_closes_once_the_form_is_left(tmp_path: Path) -> None:
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await with_account(seat)
        await seat.press("c", "n")
        await seat.type("한 줄")
        with seat.book.change("delete", NOW) as change:
            change.remove(Account, seat.app.account_id)
        seat.app.refresh_main()
        await seat.settle()
        assert seat.sheet == "FormSheet" and seat.line("한 줄")
        await seat.press("escape")
        assert seat.sheet == "MainScreen"
