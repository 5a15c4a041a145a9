"""The welcome, the import with its preview, and the plan that follows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from helpers import NORTHWIND, TODAY, Seat, empty_book, open_app

from fieldsales.domain.model import Policy

with_northwind = pytest.mark.skipif(not NORTHWIND.is_dir(), reason="the public data is not beside the project")


@asynccontextmanager
async def welcome(folder: Path, lang: str = "ko") -> AsyncIterator[Seat]:
    async with open_app(folder, None, lang=lang) as seat:
        yield seat


async def test_where_there_is_no_book_three_ways_are_offered(tmp_path: Path) -> None:
    """N11."""
    async with welcome(tmp_path) as seat:
        for text in ("예시 수첩 둘러보기", "파일에서 가져오기", "빈 수첩으로 시작", "fieldsales.db", "English"):
            assert text in seat.text
        assert not seat.app.path.exists()


@pytest.mark.parametrize("keys", [("3",), ("down", "down", "enter")])
async def test_3_starts_an_empty_book(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with welcome(tmp_path) as seat:
        await seat.press(*keys)
        assert seat.app.path.exists()
        assert "아직 빈 수첩이에요." in seat.text


async def test_1_shows_the_sample_and_makes_no_book(tmp_path: Path) -> None:
    async with welcome(tmp_path) as seat:
        await seat.press("1")
        assert seat.line("새녘물산")
        assert "예시 수첩" in seat.lines[0]
        assert not seat.app.path.exists()


async def test_2_makes_a_book_and_asks_for_the_file(tmp_path: Path) -> None:
    async with welcome(tmp_path) as seat:
        await seat.press("2")
        assert seat.sheet == "Prompt"
        await seat.type("없는 파일.csv")
        await seat.press("enter")
        assert seat.sheet == "Prompt"
        assert "없는 파일.csv" in seat.text.split("\n", 18)[-1]
        await seat.press("escape")
        assert "아직 빈 수첩이에요." in seat.text


async def test_p_puts_the_book_somewhere_else(tmp_path: Path) -> None:
    async with welcome(tmp_path) as seat:
        await seat.press("p", "ctrl+u")
        await seat.paste(str(tmp_path / "딴 곳" / "내 수첩.db"))
        await seat.press("enter")
        assert "내 수첩.db" in seat.text
        await seat.press("3")
        assert (tmp_path / "딴 곳" / "내 수첩.db").exists()


async def test_e_speaks_the_other_language(tmp_path: Path) -> None:
    async with welcome(tmp_path) as seat:
        await seat.press("e")
        assert "fieldsales" in seat.text and "예시" not in seat.text
        await seat.press("e")
        assert "예시 수첩 둘러보기" in seat.text


async def test_the_welcome_works_with_the_hangul_layout(tmp_path: Path) -> None:
    async with welcome(tmp_path) as seat:
        await seat.press("ㄷ")  # e
        assert "예시" not in seat.text


async def test_a_place_where_no_book_can_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    async with welcome(tmp_path) as seat:
        seat.app.path = tmp_path / "file" / "book.db"
        await seat.press("3")
        assert seat.sheet == "WelcomeScreen"
        assert seat.notice and "book.db" in seat.notice


@with_northwind
async def test_northwind_goes_in_by_hand_and_the_first_day_is_light(tmp_path: Path) -> None:
    """N12, S4-21: at most the number the user chose, and nothing overdue."""
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        for file, made in (("customers.csv", 93), ("monthly_amounts.csv", 636)):
            await seat.press("i")
            await seat.paste(str(NORTHWIND / file))
            await seat.press("enter")
            assert seat.sheet == "ReadSheet"
            assert str(made) in seat.text
            assert seat.counts()["account"] == (0 if file == "customers.csv" else 93)  # shown before it is taken in
            await seat.press("enter")
            if seat.sheet == "PlanSheet":
                text = seat.text
                assert "[ 5 ]" in text
                assert ("93곳을 가져왔어요" if made == 93 else "거래금액 636건을 가져왔어요") in text
                assert "(1년)" in text and "오늘부터" in text
                await seat.press("minus", "minus")
                assert "[ 3 ]" in seat.text
                await seat.press("plus", "plus", "enter")
        assert seat.sheet == "MainScreen"
        assert seat.counts()["account"] == 93 and seat.counts()["contact"] == 93
        assert {row.scope_id for row in seat.book.rows(Policy)} <= {"A", "B", "C"}
        agenda = seat.book.agenda(TODAY)
        assert len(agenda.today) <= 5
        assert not [line for line in (*agenda.today, *agenda.later) if line.overdue]
        assert "지남" not in seat.text
        await seat.press("2", "slash")
        await seat.type("alfr")
        assert seat.line("Alfreds Futter")


@with_northwind
async def test_an_import_is_taken_back_by_one_key(tmp_path: Path) -> None:
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        before = seat.counts()
        await seat.press("i")
        await seat.paste(str(NORTHWIND / "customers.csv"))
        await seat.press("enter", "enter")
        assert seat.counts()["account"] == 93
        assert seat.sheet == "PlanSheet"
        await seat.press("u")
        assert seat.sheet == "MainScreen"
        assert seat.counts() == before


async def test_dropped_rows_are_told_with_their_reason(tmp_path: Path) -> None:
    path = tmp_path / "고객.csv"
    path.write_text("고객사,전화\n가온상사,02-0000-0001\n,02-0000-0002\n나온상사,02-0000-0003\n", encoding="utf-8")
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await seat.press("i")
        await seat.paste(str(path))
        await seat.press("enter")
        assert seat.sheet == "ReadSheet"
        assert "02-0000-0002" in seat.text or "3" in seat.line("줄")
        await seat.press("escape")
        assert seat.counts()["account"] == 0
        await seat.press("i")
        await seat.paste(f"'{path}'")
        await seat.press("enter", "enter")
        assert seat.stored("SELECT name FROM account ORDER BY name") == [("가온상사",), ("나온상사",)]


async def test_what_did_not_go_in_is_told_and_is_not_offered_to_be_taken_back(tmp_path: Path) -> None:
    """Amounts of accounts that are not in the book, and a file that went in before."""
    amounts = tmp_path / "금액.csv"
    amounts.write_text("고객사,2026-09,2026-10\n가온상사,1000000,2000000\n나온상사,,3000000\n", encoding="utf-8")
    accounts = tmp_path / "고객.csv"
    accounts.write_text("고객사,전화\n가온상사,02-0000-0001\n,02-0000-0002\n", encoding="utf-8")
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        t, notices = seat.app.t, [""]

        async def take(path: Path) -> str:
            await seat.press("i")
            await seat.paste(str(path))
            await seat.press("enter")
            shown = seat.text
            await seat.press("enter")
            notices.append(seat.main.notice)
            await seat.press("escape", "escape")
            return shown

        shown = await take(amounts)
        assert t("import.counts", read=2, made=0, updated=0, same=0, dropped=2) in shown
        assert t("import.enter") not in shown
        shown = await take(accounts)
        assert t("import.enter") in shown
        assert t("import.done_dropped", made=1, updated=0, dropped=1) in notices
        shown = await take(accounts)
        assert t("import.counts", read=2, made=0, updated=0, same=1, dropped=1) in shown
        assert t("import.enter") not in shown


async def test_a_folder_is_no_file_to_import_and_that_is_said(tmp_path: Path) -> None:
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await seat.press("i")
        await seat.paste(str(tmp_path))
        await seat.press("enter")
        assert "폴더예요" in seat.text


@with_northwind
async def test_after_amounts_the_plan_is_titled_by_the_amounts(tmp_path: Path) -> None:
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        titles = []
        for name in ("customers.csv", "monthly_amounts.csv"):
            await seat.press("i")
            await seat.paste(str(NORTHWIND / name))
            await seat.press("enter", "enter")
            assert seat.sheet == "PlanSheet"
            titles.append(seat.lines[0].strip())
            await seat.press("escape")
        t = seat.app.t
        assert titles == [t("import.title", n=93), t("import.title_amounts", n=seat.counts()["amount"])]


@pytest.mark.parametrize("pane", ["1", "2"])
async def test_space_in_an_empty_book_says_which_keys_there_are(tmp_path: Path, pane: str) -> None:
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        await seat.press(pane, "space")
        assert seat.notice == seat.app.t("app.nothing_to_open")
