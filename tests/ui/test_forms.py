"""Forms: no keystroke is lost, whatever happens to the form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers import NARROW, NOW, SIZES, Seat, open_app, sample_app, small_book

from fieldsales.domain.model import Activity, Contact, Task


def draft(seat: Seat, form: str) -> dict[str, str]:
    rows = seat.stored("SELECT fields FROM draft WHERE form = ?", form)
    return dict(json.loads(str(rows[0][0]))) if rows else {}


def field(seat: Seat, name: str) -> str:
    return str(seat.app.screen.fields[name].text_value)  # type: ignore[attr-defined]


async def test_each_keystroke_is_in_the_working_database(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "l")
        for number, sign in enumerate("납기만 지켜", 1):
            await seat.type(sign)
            assert draft(seat, "log")["heard"] == "납기만 지켜"[:number].strip()
        await seat.press("tab")
        await seat.type("네")
        assert draft(seat, "log")["said"] == "네"
        assert seat.book.rows(Activity) == []


@pytest.mark.parametrize(
    ("opens", "form", "name"), [("l", "log", "heard"), ("n", "lesson", "next_time"), ("a", "account", "name")]
)
async def test_esc_folds_a_form_away_and_it_comes_back_as_it_was(
    tmp_path: Path, opens: str, form: str, name: str
) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", opens)
        await seat.type("적다 만 글")
        await seat.press("escape")
        assert seat.sheet == "MainScreen"
        assert draft(seat, form)[name] == "적다 만 글"
        await seat.press(opens)
        assert field(seat, name) == "적다 만 글"
        assert "적다 만 글" in seat.text
        await seat.type(" 끝")
        await seat.press("ctrl+s")
        assert draft(seat, form) == {}
        await seat.press(opens)
        assert field(seat, name) == ""


async def test_drafts_of_two_accounts_do_not_mix(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사", "나온상사")) as seat:
        for name, words in (("가온상사", "하나"), ("나온상사", "둘")):
            await seat.press("2")
            await seat.choose(name)
            await seat.press("l")
            await seat.type(words)
            await seat.press("escape")
        await seat.choose("가온상사")
        await seat.press("l")
        assert field(seat, "heard") == "하나"


async def test_resizing_keeps_what_is_typed_and_where(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), size=NARROW) as seat:
        await seat.press("2", "l", "tab")
        await seat.type("반만")
        focused = seat.app.focused
        for size in (*SIZES, (20, 5), NARROW):
            await seat.pilot.resize_terminal(*size)
            await seat.settle()
            assert seat.app.focused is focused, size
            assert field(seat, "said") == "반만"
        await seat.type(" 적음")
        assert field(seat, "said") == "반만 적음"
        assert draft(seat, "log")["said"] == "반만 적음"
        await seat.press("escape", "slash")
        await seat.type("가온")
        for size in SIZES:
            await seat.pilot.resize_terminal(*size)
            await seat.settle()
            assert getattr(seat.app.focused, "value", "") == "가온"
        await seat.press("enter")
        assert seat.name == "가온상사"


async def test_a_paste_of_a_hundred_lines_goes_in_whole(tmp_path: Path) -> None:
    words = "\n".join(f"{number}번째 말씀\t표" for number in range(100))
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "l")
        await seat.paste(words.replace("\n", "\r\n"))
        assert field(seat, "heard").split("\n") == words.split("\n")
        await seat.press("ctrl+s")
        assert [one.heard for one in seat.book.rows(Activity)] == [words]


async def test_a_paste_into_one_line_becomes_one_line(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("a")
        await seat.paste("나온\r\n  상사\x1b]0;x\x07\t주식회사")
        assert "\n" not in field(seat, "name") and "\x1b" not in field(seat, "name")
        await seat.press("enter")
        (name,) = seat.stored("SELECT name FROM account WHERE id != 'a0'")[0]
        assert "나온 상사" in str(name) and str(name).endswith("주식회사")


async def test_a_name_is_all_that_is_asked_for(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("a", "enter")
        assert seat.sheet == "FormSheet" and seat.notice
        assert seat.counts()["account"] == 1
        await seat.type("   ")
        await seat.press("enter")
        assert seat.counts()["account"] == 1


async def test_an_empty_log_is_no_less_a_log(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "l", "ctrl+s")
        assert len(seat.book.rows(Activity)) == 1


async def test_a_day_that_cannot_be_read_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "l")
        await seat.type("들은 말")
        await seat.press("shift+tab", "ctrl+u")
        await seat.type("언젠가는")
        await seat.press("ctrl+s")
        assert seat.sheet == "LogSheet" and "언젠가는" in seat.notice
        assert field(seat, "heard") == "들은 말"
        await seat.press("ctrl+u")
        await seat.type("어제")
        await seat.press("ctrl+s")
        assert [(one.heard, one.day) for one in seat.book.rows(Activity)] == [("들은 말", "2026-11-19")]


async def test_a_word_of_thanks_is_offered_with_a_visit_and_gone_if_not_taken(tmp_path: Path) -> None:
    """S0-28: it is there for a visit, goes with a complaint, and asks for nothing."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "l")
        fields = seat.app.screen.fields  # type: ignore[attr-defined]
        fields["kind"].choose("call")
        await seat.settle()
        assert "고맙다는 한마디" not in seat.text and "그사이" not in seat.text
        fields["kind"].choose("visit")
        await seat.settle()
        assert seat.line("그사이    [ ] 고맙다는 한마디 남기기")
        fields["chip_complaint"].focus()
        await seat.settle()
        await seat.press("space")
        assert "고맙다는 한마디" not in seat.text and "그사이" not in seat.text
        await seat.press("space", "ctrl+s")
        assert seat.book.rows(Task) == []
        await seat.press("l")
        fields = seat.app.screen.fields  # type: ignore[attr-defined]
        fields["kind"].choose("visit")
        await seat.settle()
        fields["done_thanks"].focus()
        await seat.settle()
        await seat.press("space", "ctrl+s")
        assert [(one.title, one.sheet) for one in seat.book.rows(Task)] == [("고맙다는 한마디 남기기", "thanks")]


async def test_ticks_and_chips_are_kept_and_saved(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("도담나루식품")
        account = seat.app.account_id
        await seat.press("l")
        await seat.type("다른 데서 견적을 받으셨다")
        screen = seat.app.screen
        screen.fields["chip_competitor"].focus()  # type: ignore[attr-defined]
        await seat.settle()
        await seat.press("space")
        assert draft(seat, "log")["chip_competitor"] == "1"
        await seat.press("escape", "l")
        assert field(seat, "chip_competitor") == "1"
        await seat.press("ctrl+s")
        assert seat.stored(
            "SELECT count(*) FROM signal WHERE account_id = ? AND kind = 'competitor' AND day = '2026-11-20'", account
        ) == [(1,)]


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_the_hint_of_a_log_gives_way_whole_beside_a_long_name(tmp_path: Path, lang: str) -> None:
    book = small_book(tmp_path, "가온상사", "나온상사")
    with book.change("setup", NOW) as change:
        change.edit(Contact, "c0", name="Philip Cramer", title="Sales Agent Europe")
    async with open_app(tmp_path, book, lang=lang) as seat:
        await seat.press("2")
        for name, whole in (("가온상사", False), ("나온상사", True)):
            await seat.choose(name)
            await seat.press("l")
            head = seat.lines[2]
            assert "…" not in head and "09:20" in head
            assert (seat.app.t("log.head_hint") in head) is whole
            await seat.press("escape")


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_every_role_of_a_person_is_read_whole_at_80_columns(tmp_path: Path, lang: str) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), lang=lang) as seat:
        t = seat.app.t
        await seat.press("2", "enter", "a", "enter")
        line = seat.line(t("contact.role"))
        assert all(t(f"role.{role}") in line for role in ("ceo", "head", "buyer", "other"))


async def test_a_page_further_in_the_menu(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("ctrl+p")
        entries = seat.app.screen.entries  # type: ignore[attr-defined]
        await seat.press("pagedown")
        further = entries.cursor
        assert further > 5
        await seat.press("pageup")
        assert entries.cursor == 0
