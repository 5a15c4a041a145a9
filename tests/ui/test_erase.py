"""Erasing on the screen: everything that goes is shown, and a key pressed twice lets it go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from helpers import NARROW, NOW, Seat, open_app, small_book

from fieldsales.domain.model import Account, Activity, Contact, Fact, Lesson
from fieldsales.storage import scouring
from fieldsales.storage.book import Book
from fieldsales.storage.erasing import erase


@asynccontextmanager
async def seated(folder: Path, lang: str = "ko", size: tuple[int, int] = NARROW) -> AsyncIterator[Seat]:
    book = small_book(folder, "한빛정밀", "두리상사")
    with book.change("more", NOW) as change:
        change.edit(Contact, "c0", name="남궁별", title="부장", keep_until="2026-11-01")
        change.edit(Contact, "c1", keep_until="2027-01-01")
        change.add(Fact("f", "a0", "c0", text="낚시를 좋아함"))
        change.add(Activity("v", "a0", "c0", "visit", day="2026-11-02", heard="창고를 옮긴다"))
        change.add(Activity("w", "a1", "", "call", day="2026-11-03", heard="남궁별님 소개"))
        change.add(Lesson("l", "a0", line="먼저 전화한다", day="2026-11-04"))
    async with open_app(folder, book, lang=lang, size=size) as seat:
        for _ in seat.book.refresh(NOW.date()):
            pass
        await seat.press("2")
        await seat.choose("한빛정밀")
        yield seat


async def command(seat: Seat, id: str) -> None:
    await seat.press("ctrl+p")
    await seat.paste(seat.app.t(f"cmd.{id}"))
    await seat.press("enter")


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_everything_that_goes_is_shown_and_goes_after_the_key_was_pressed_twice(
    tmp_path: Path, lang: str
) -> None:
    async with seated(tmp_path, lang) as seat:
        (tmp_path / "cache").mkdir(exist_ok=True)
        (tmp_path / "cache" / "clipboard.txt").write_text("남궁별", encoding="utf-8")
        await command(seat, "erase")
        assert "남궁별 부장" in seat.text and "한빛정밀" in seat.text
        await seat.press("enter")
        assert seat.sheet == "EraseSheet"
        for piece in ("남궁별님 소개", "[x]", "Ctrl+E", seat.app.t("erase.n.fact", n=1)):
            assert piece in seat.text, seat.text
        assert all(len(line) <= 80 for line in seat.lines)
        await seat.press("ctrl+e")
        assert seat.book.get(Contact, "c0") is not None
        assert seat.notice == seat.app.t("erase.again", key="Ctrl+E")
        await seat.press("ctrl+e")
        assert seat.sheet == "MainScreen"
        assert seat.book.get(Contact, "c0") is None
        assert seat.notice == seat.app.t("erase.done", n=3, m=1)
        call = seat.book.get(Activity, "w")
        assert call is not None and call.heard == "○○님 소개"
        assert "남궁별".encode() not in bytes_of(tmp_path)
        await seat.press("u")
        assert seat.book.get(Contact, "c0") is None


async def test_another_key_in_between_leaves_everything(tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        before = seat.snapshot()
        await command(seat, "erase")
        await seat.press("enter", "ctrl+e", "space", "ctrl+e", "escape")
        assert seat.sheet == "MainScreen"
        assert seat.snapshot() == before


async def test_a_place_that_is_spared_keeps_the_name(tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        await command(seat, "erase")
        await seat.press("enter", "space")
        assert "[ ]" in seat.text
        await seat.press("ctrl+e", "ctrl+e")
        call = seat.book.get(Activity, "w")
        assert call is not None and call.heard == "남궁별님 소개"
        assert seat.book.get(Contact, "c0") is None


async def test_masked_nothing_is_shown_and_nothing_goes(tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        before = seat.snapshot()
        await command(seat, "erase")
        await seat.press("enter")
        seat.app.run_command("mask", "read")
        await seat.settle()
        assert "남궁별님" not in seat.text
        await seat.press("ctrl+e", "ctrl+e")
        assert seat.snapshot() == before


async def test_a_person_whose_day_has_passed_is_offered_and_can_be_kept_for_a_year(tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        await seat.press("ctrl+p")
        await seat.paste("보유")
        assert "보유 기한이 지난 사람 (1)" in seat.text
        await seat.press("enter")
        assert "남궁별 부장" in seat.text and "문도균" not in seat.text
        await seat.press("enter")
        await seat.paste("1년")
        await seat.press("enter")
        person = seat.book.get(Contact, "c0")
        assert person is not None and person.keep_until == "2027-11-20"
        assert seat.app.t("erase.none_due") in seat.text


async def test_the_page_of_the_people_says_quietly_that_the_day_has_passed(tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        await seat.press("enter")
        for _ in range(4):
            if "보유 기한(11월 1일)이 지났어요" in seat.text:
                return
            await seat.press("tab")
        raise AssertionError(seat.text)


async def test_the_day_until_which_a_person_is_kept_is_written_in_the_form_in_day_words(tmp_path: Path) -> None:
    from fieldsales.ui.actions import accounts
    from fieldsales.ui.screens.form import FormSheet

    async with seated(tmp_path) as seat:
        accounts.edit_contact(seat.app, "c1")
        await seat.settle()
        sheet = seat.app.screen
        assert isinstance(sheet, FormSheet)
        field = sheet.fields["keep_until"]
        field.focus()
        field.value = "12월 24일"  # type: ignore[union-attr]
        await seat.press("ctrl+s")
        person = seat.book.get(Contact, "c1")
        assert person is not None and person.keep_until == "2026-12-24"


async def test_a_lesson_goes_by_itself(tmp_path: Path) -> None:
    async with seated(tmp_path) as seat:
        await seat.press("4")
        await command(seat, "erase")
        await seat.press("home", "enter")
        assert seat.sheet == "EraseSheet"
        await seat.press("ctrl+e", "ctrl+e")
        assert seat.book.get(Lesson, "l") is None
        assert seat.book.get(Account, "a0") is not None


@pytest.mark.parametrize("ended", ["whole", "early"])
async def test_what_another_window_erased_leaves_the_lists_and_what_it_adds_then_is_found(
    tmp_path: Path, ended: str
) -> None:
    async with seated(tmp_path) as seat:
        other = Book.open(seat.book.path, tmp_path / "data", today=NOW.date())
        assert other.folder == seat.book.folder
        erase(other, "account", "a1", NOW)
        if ended == "whole":
            scouring.scour_now(other.work, other.folder, NOW.date())
        else:
            scouring.scour(other.work, other.folder)  # and it ends before the lists are made anew
        for _ in range(100):
            await seat.pilot.pause(0.03)
            names = [row.name for row in seat.book.accounts(NOW.date(), state="all")]
            if "두리상사" not in seat.text and names == ["한빛정밀"] and seat.line("한빛정밀"):
                break
        assert "두리상사" not in seat.text and seat.line("한빛정밀") and names == ["한빛정밀"]
        with other.change("add", NOW) as change:
            change.add(Account("n", "새녘물산"))
        assert [row.id for row in seat.book.find_account("새녘")] == ["n"]
        for _ in range(100):
            await seat.pilot.pause(0.03)
            if seat.line("새녘물산"):
                break
        assert seat.line("새녘물산")
        other.close()
