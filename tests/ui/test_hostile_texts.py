"""Names and words that would be markup, control sequences or too much: shown as they are, kept as they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import DAY_AGO, NARROW, NOW, TODAY, WIDE, Seat, empty_book, open_app
from rich.cells import cell_len
from textual.strip import Strip

from fieldsales.domain.model import (
    Account,
    Activity,
    Contact,
    Contract,
    Fact,
    Lesson,
    Signal,
    Task,
)
from fieldsales.domain.text import clean

NAMES = {
    "a tag": "[red]x[/]",
    "a closing tag": "a[/]b",
    "an action": "[@click=app.quit]go[/]",
    "a variable": "$c-text {name} %s \\[b]",
    "control sequences": "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b31m",
    "decomposed Hangul": unicodedata.normalize("NFD", "한빛상사"),
    "turned around": "abc\u202edcba\u2066x",
    "very long": "가나다라마" * 2000,
    "very long Latin": "x" * 10_000,
    "wide signs": "🏳️‍🌈👨‍👩‍👧 カナ ﾊﾝ",
    "SQL": "'); DROP TABLE account; --",
}
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def strips(seat: Seat) -> Iterator[Strip]:
    yield from seat.app.screen._compositor.render_strips()


def check(seat: Seat, where: object) -> None:
    """Every line fits the screen, holds no control character and carries no click of Textual's markup."""
    width = seat.app.size.width
    for strip in strips(seat):
        for segment in strip:
            assert not CONTROL.search(segment.text), (where, segment.text[:80])
            meta = segment.style.meta if segment.style is not None else {}
            assert "@click" not in meta, (where, segment.text[:80])
        assert sum(cell_len(segment.text) for segment in strip) <= width, where


def fill(seat_or_book: object, name: str) -> None:
    """One account with the hostile text in all that can hold text, due today in every way."""
    from fieldsales.storage.book import Book

    assert isinstance(seat_or_book, Book)
    long = clean(name, long=True)
    short = clean(name)
    with seat_or_book.change("setup", NOW) as change:
        change.add(
            Account(
                "a0", short, tier="A", entered_on="2026-01-05", address=short, region=short, note=short, phone=short
            )
        )
        change.add(Contact("c0", "a0", short, short, temper=short, mends=short, best_time=short, note=short))
        change.add(Contract("k0", "a0", ends_on="2026-12-15", terms=short, note=short))
        change.add(Activity("v0", "a0", "c0", "call", day=DAY_AGO, heard=long, said=long, note=long))
        change.add(Task("t0", "a0", "c0", title=short, due_on=TODAY.isoformat(), promised_on=DAY_AGO))
        change.add(Task("t1", "a0", "c0", "meet", title=short, due_on=TODAY.isoformat(), due_time="15:00"))
        change.add(Signal("s0", "a0", "c0", "complaint", text=short, day=DAY_AGO, source=short))
        change.add(Signal("s1", "a0", "c0", "competitor", text=short, day=DAY_AGO, source=short))
        change.add(Fact("f0", "a0", "c0", "taste", short, DAY_AGO, source=short))
        change.add(Lesson("l0", "a0", line=short, next_time=short, day=DAY_AGO, pinned=1, tags="complaint"))


EVERYWHERE = [
    pytest.param("all tags", NARROW),
    pytest.param("control sequences", WIDE),
    pytest.param("very long", NARROW),
    *(pytest.param(kind, size, marks=pytest.mark.slow) for kind in NAMES for size in (NARROW, WIDE)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "size"), EVERYWHERE)
async def test_a_hostile_text_is_shown_as_it_is_everywhere(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    name = NAMES.get(kind, "a[/]b[red]x[/][@click=app.quit]go[/]")
    book = empty_book(tmp_path)
    fill(book, name)
    start = clean(name)[:6].rstrip()
    async with open_app(tmp_path, book, size=size) as seat:
        check(seat, "today")
        assert start in seat.text
        for pane in ("2", "3", "4", "1"):
            await seat.press(pane)
            check(seat, pane)
            if pane != "3":
                assert start in seat.text, pane
        await seat.press("2", "enter")
        for _ in range(5):
            check(seat, "page")
            assert start in seat.text
            await seat.press("tab")
        await seat.press("y", "escape")
        for keys in (("w",), ("w", "enter"), ("l",), ("n",), ("e",), ("s",), ("question_mark",), ("ctrl+p",), ("c",)):
            await seat.press("1", *keys)
            check(seat, keys)
            seat.app.back_to_main()
            await seat.settle()
        await seat.press("ctrl+p")
        await seat.paste(name[:50])
        check(seat, "menu")
        await seat.press("escape", "c", "space")
        check(seat, "run")
        await seat.press("r")
        check(seat, "report")
        assert start in seat.text
        await seat.press("y", "e")
        check(seat, "edited report")
        assert not CONTROL.search(seat.app.clipboard)
        await seat.press("escape", "escape", "escape", "3")
        check(seat, "churn")
        assert start in seat.text
        await seat.press("1", "m")
        check(seat, "notice")
        assert start in seat.notice


@pytest.mark.parametrize("kind", NAMES)
async def test_a_hostile_name_is_typed_and_kept(tmp_path: Path, kind: str) -> None:
    name = NAMES[kind]
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await seat.press("a")
        await seat.paste(name)
        check(seat, "field")
        await seat.press("enter")
        assert seat.stored("SELECT name FROM account") == [(clean(name),)]
        check(seat, "notice")
        await seat.press("2", "slash")
        await seat.paste(clean(name)[:20])
        assert len(seat.main.accounts.items) == 1
        check(seat, "found")


async def test_decomposed_hangul_typed_letter_by_letter_is_kept_composed(tmp_path: Path) -> None:
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await seat.press("a")
        await seat.type(unicodedata.normalize("NFD", "한빛"))
        await seat.press("enter")
        assert seat.stored("SELECT name FROM account") == [("한빛",)]
        assert seat.line("한빛")


async def test_an_import_of_hostile_rows_is_shown_before_it_goes_in(tmp_path: Path) -> None:
    path = tmp_path / "[red]거래처[-].csv"
    rows = ["고객사,전화", *(f'"{name.replace(chr(34), "")}",02-0000-0000' for name in NAMES.values()), ",x[/]y"]
    path.write_text("\n".join(rows), encoding="utf-8")
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await seat.press("i")
        await seat.paste(str(path))
        await seat.press("enter")
        assert seat.sheet == "ReadSheet", seat.text
        check(seat, "preview")
        assert seat.app.t("importing.drop.too_long") in seat.text and "x[/]y" in seat.text
        await seat.press("enter")
        check(seat, seat.sheet)
        assert seat.counts()["account"] == len(NAMES) - 2  # of 10,000 letters no name is made: a line too long
