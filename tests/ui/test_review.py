"""골라 주세요: what came in is said, looked at and settled with one key a cell, and nothing stands in the way."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from helpers import NARROW, SIZES, WIDE, Clock, Seat, open_app
from rich.cells import cell_len
from two_copies import NOW, OFFICE, apart, copy_of, new_book, take

from fieldsales.domain.model import Account, Contact
from fieldsales.storage.book import Book
from fieldsales.storage.erasing import erase
from fieldsales.ui.screens.review import ReviewSheet


async def come_in(seat: Seat) -> None:
    """Wait until the program has looked at its file."""
    for _ in range(200):
        await seat.pilot.pause(0.03)
        if OFFICE in seat.text:
            return
    raise AssertionError("nothing came in: " + seat.text)


@pytest.mark.parametrize(
    ("lang", "said", "standing"),
    [
        ("ko", f"{OFFICE}에서 3건이 들어왔어요. 1건은 골라 주세요(g).", "골라 주실 것이 1건 있어요 · g"),
        ("en", f"3 changes from {OFFICE}. 1 needs a look (g).", "1 value needs a look · g"),
    ],
)
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_came_in_is_said_and_takes_nothing_away(
    tmp_path: Path, lang: str, said: str, standing: str, size: tuple[int, int]
) -> None:
    book = new_book(tmp_path)
    other = copy_of(book, tmp_path)
    with other.change("account_edit", NOW) as change:
        change.edit(Account, "a0", phone="02-222-2222")
        change.edit(Account, "a1", region="마포")
        change.add(Account("a2", "새벽유통"))
    other.publish_now()
    async with open_app(tmp_path, book, lang=lang, size=size) as seat:
        with seat.book.change("account_edit", NOW) as change:
            change.edit(Account, "a0", phone="02-111-1111")
        seat.book.publish_now()
        await seat.press("2", "down")
        here, focused = seat.name, seat.app.focused
        other.path.replace(book.path)
        await come_in(seat)
        assert said in seat.text
        assert (seat.name, seat.sheet) == (here, "MainScreen")
        assert seat.app.focused is focused
        seat.main.say("")
        await seat.settle()
        assert seat.line(standing)
        await seat.press("f8")
        assert "02-222" not in seat.text
    other.close()


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ko", ("다른 곳에서 지운 것을 여기서도 지웠어요.", "지운 이름이 아직 글 1곳에 있어요.")),
        ("en", ("What was erased elsewhere is erased here too.", "An erased name still stands in 1 text:")),
    ],
)
@pytest.mark.parametrize("id", ["c0", "c1"])
async def test_what_was_erased_elsewhere_is_said_in_words(
    tmp_path: Path, lang: str, said: tuple[str, str], id: str
) -> None:
    book = new_book(tmp_path)
    other = copy_of(book, tmp_path)
    erase(other, "contact", id, NOW)
    other.publish_now()
    async with open_app(tmp_path, book, lang=lang) as seat:
        with seat.book.change("account_edit", NOW) as edit:
            edit.edit(Account, "a1", note="문도균 차장이 소개")
        seat.book.publish_now()
        other.path.replace(book.path)
        for _ in range(200):
            await seat.pilot.pause(0.03)
            if said[0] in seat.text:
                break
        if id == "c0":  # its name stood in a note, and stands in one that was written here meanwhile
            assert " ".join(said) in seat.notice
        else:
            assert seat.notice == said[0]
    other.close()


async def test_a_form_is_left_alone_when_something_comes_in(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    other = copy_of(book, tmp_path)
    with other.change("account_edit", NOW) as change:
        change.edit(Account, "a1", phone="1")
    other.publish_now()
    async with open_app(tmp_path, book) as seat:
        await seat.press("2", "l")
        await seat.type("mum")
        focused = seat.app.focused
        other.path.replace(book.path)
        await come_in(seat)
        await seat.type("ble")
        assert seat.app.focused is focused
        assert "mumble" in seat.text
    other.close()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ko", ("골라 주세요", "3 / 5", "가온상사 · 메모", "전에는", "1 이 기기", f"2 {OFFICE}", "지금 값", "b 잇기")),
        ("en", ("Please choose", "3 of 5", "가온상사 · Note", "before", "1 this machine", f"2 {OFFICE}", "stands now")),
    ],
)
async def test_g_shows_old_mine_and_theirs_with_who_and_when(tmp_path: Path, lang: str, words: tuple[str, ...]) -> None:
    async with open_app(tmp_path, apart(tmp_path), lang=lang) as seat:
        await seat.press("g", "down", "down")
        assert seat.sheet == "ReviewSheet"
        assert [word for word in words if word not in seat.text] == []
        await seat.press("up")
        assert seat.line("02-000-0000")
        assert seat.line("02-111-1111")
        assert "02-222-2222" in seat.text


async def test_five_keys_settle_five_cells_and_the_screen_closes_by_itself(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        await seat.press("g", "2", "1", "2", "1")
        assert seat.line("[x] 가온상사 · 전화  고름: 02-111-1111")
        assert seat.sheet == "ReviewSheet"
        assert seat.line("1 남기기   2 지우기")
        assert seat.line("남겨 두기 (그사이 고친 것: 휴대전화)")
        await seat.press("2")
        assert seat.sheet == "MainScreen"
        assert seat.notice == "모두 골랐어요. u로 되돌려요."
        assert seat.pressed == 6
        assert seat.stored("SELECT phone, tier FROM account WHERE id = 'a0'") == [("02-111-1111", "B")]
        assert seat.stored("SELECT due_on FROM task") == [("2026-11-30",)]
        assert seat.stored("SELECT note LIKE '%두 주%' FROM account WHERE id = 'a0'") == [(1,)]
        assert seat.stored("SELECT id FROM contact") == [("c0",)]
        assert seat.stored("SELECT count(*) FROM conflict") == [(0,)]
        seat.main.say("")
        await seat.settle()
        assert not seat.line("골라 주실")
        await seat.press("u")
        assert seat.stored("SELECT id FROM contact ORDER BY id") == [("c0",), ("c1",)]


async def test_a_wrong_key_is_put_right_on_the_same_line(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        await seat.press("g", "down", "1")
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == [("02-111-1111",)]
        await seat.press("up", "2")
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == [("02-222-2222",)]


async def test_undo_inside_asks_again(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        before = seat.stored("SELECT phone FROM account WHERE id = 'a0'")
        await seat.press("g", "down")
        sheet = seat.app.screen
        assert isinstance(sheet, ReviewSheet)
        sides = sheet.view_of(sheet.current).sides
        other = next(number for number, side in enumerate(sides) if not side.stands)
        await seat.press(str(other + 1), "u")
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == before
        assert not seat.line("고름")


async def test_undo_asks_again_about_a_value_that_stood_already(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        before = seat.stored("SELECT phone FROM account WHERE id = 'a0'")
        await seat.press("g", "down")
        sheet = seat.app.screen
        assert isinstance(sheet, ReviewSheet)
        standing = next(n for n, side in enumerate(sheet.view_of(sheet.current).sides, 1) if side.stands)
        await seat.press(str(standing))
        assert seat.line("[x]")
        await seat.press("u")
        assert not seat.line("[x]")
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == before


async def test_undo_after_the_rest_was_left_opens_all_questions_again(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        await seat.press("g", "x")
        assert seat.sheet == "MainScreen"
        await seat.press("u")
        seat.main.say("")
        await seat.settle()
        assert seat.line("골라 주실 것이 5건 있어요")
        await seat.press("g")
        assert seat.sheet == "ReviewSheet"
        assert seat.line("1 / 5") and not seat.line("[x]")


async def test_a_value_that_was_empty_before_is_called_so_in_full_as_well(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    other = copy_of(book, tmp_path)
    for one, region in ((book, "마포"), (other, "은평")):
        with one.change("account_edit", NOW) as change:
            change.edit(Account, "a0", region=region)
    take(book, other)
    other.close()
    async with open_app(tmp_path, book) as seat:
        await seat.press("g", "space")
        assert seat.sheet == "ReadSheet"
        assert seat.line("비어 있음")


async def test_arrows_mark_a_value_and_enter_takes_it(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        await seat.press("g", "down")
        await seat.press("right")
        shown = next(line for line in seat.lines if line.startswith(" > 1") or line.startswith(" > 2"))
        wanted = "02-111-1111" if "이 기기" in shown else "02-222-2222"
        await seat.press("enter")
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == [(wanted,)]


@pytest.mark.parametrize(("lang", "note"), [("ko", "두 글을 이렇게 이었어요"), ("en", "Both texts joined")])
async def test_b_shows_the_joined_text_which_may_be_changed_and_then_stands(
    tmp_path: Path, lang: str, note: str
) -> None:
    async with open_app(tmp_path, apart(tmp_path), lang=lang) as seat:
        before = seat.stored("SELECT note FROM account WHERE id = 'a0'")
        await seat.press("g", "down", "down", "b")
        assert seat.sheet == "JoinSheet"
        assert note in seat.text
        assert seat.line("납기는 넉넉히 두 주")
        assert seat.line("담당은 문도균, 새 부장 옴")
        await seat.press("escape")
        assert seat.stored("SELECT note FROM account WHERE id = 'a0'") == before
        await seat.press("b")
        await seat.type("! ")
        await seat.press("ctrl+s")
        assert seat.sheet == "ReviewSheet"
        assert seat.stored("SELECT note FROM account WHERE id = 'a0'") == [
            ("! 납기는 넉넉히 두 주\n단가 이야기는 아직 조심\n담당은 문도균, 새 부장 옴",)
        ]


async def test_x_leaves_all_that_is_open_as_it_stands(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        before = seat.snapshot()
        await seat.press("g", "x")
        assert seat.sheet == "MainScreen"
        assert seat.snapshot() == before
        assert seat.stored("SELECT count(*) FROM conflict") == [(0,)]


async def test_space_shows_the_values_in_full_and_h_the_edits_of_the_row(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        await seat.press("g", "down", "down", "space")
        assert seat.sheet == "ReadSheet"
        assert seat.line("담당은 문도균, 새 부장 옴")
        await seat.press("escape", "h")
        assert seat.sheet == "EditsSheet"
        await seat.press("escape")
        assert seat.sheet == "ReviewSheet"


async def test_without_anything_to_choose_g_shows_what_came_in(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    other = copy_of(book, tmp_path)
    with other.change("account_edit", NOW) as change:
        change.edit(Account, "a0", phone="02-222-2222")
    take(book, other)
    async with open_app(tmp_path, book) as seat:
        await seat.press("g")
        assert seat.sheet == "EditsSheet"
        assert "다른 기기에서 들어온 것" in seat.text
        assert seat.line("가온상사 · 전화  02-000-0000 → 02-222-2222")
        await seat.press("enter")
        assert seat.stored("SELECT phone FROM account WHERE id = 'a0'") == [("02-000-0000",)]
    other.close()


async def test_where_nothing_ever_came_in_g_says_so(tmp_path: Path) -> None:
    async with open_app(tmp_path, new_book(tmp_path)) as seat:
        await seat.press("g")
        assert seat.sheet == "MainScreen"
        assert "골라 줄 것도" in seat.notice


async def test_the_menu_opens_it_too(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        await seat.press("ctrl+p")
        await seat.paste("합친")
        await seat.press("enter")
        assert seat.sheet == "ReviewSheet"


@pytest.mark.parametrize("size", SIZES)
async def test_it_fits_every_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, apart(tmp_path), size=size) as seat:
        await seat.press("g")
        for _ in range(5):
            assert all(cell_len(line) <= size[0] for line in seat.lines)
            assert sum("[ ]" in line for line in seat.lines) >= 1
            assert seat.line("1 이 기기") or seat.line(f"1 {OFFICE}")
            await seat.press("down")


async def test_masked_nothing_of_it_is_shown_and_nothing_can_be_chosen(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path)) as seat:
        await seat.press("g", "f8")
        assert "02-111" not in seat.text
        assert "가온상사" not in seat.text
        before = seat.snapshot()
        await seat.press("1", "2", "enter", "x", "b")
        assert seat.sheet == "ReviewSheet"
        assert seat.snapshot() == before
        await seat.press("f8")
        assert "가온상사" in seat.text


async def test_markup_and_control_characters_stay_what_they_are(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    other = copy_of(book, tmp_path, label="[red]실\x1b[31m험실[/red]")
    for one, note in ((book, "[bold]하나[/bold]\x07"), (other, "[@click=app.quit]둘[/]")):
        with one.change("account_edit", NOW) as change:
            change.edit(Account, "a0", note=note, name="@kind.visit {day}")
    take(book, other)
    async with open_app(tmp_path, book) as seat:
        await seat.press("g")
        assert "[bold]하나[/bold]" in seat.text
        assert "[@click=app.quit]둘[/]" in seat.text
        assert "[red]실" in seat.text
        assert "\x1b" not in seat.text
        assert "\x07" not in seat.text
        assert seat.line("@kind.visit {day} · 메모")
    other.close()


async def test_five_hundred_cells_open_and_move_at_once(tmp_path: Path) -> None:
    async with open_app(tmp_path, apart(tmp_path, rows=500)) as seat:
        started = time.perf_counter()
        await seat.press("g")
        await seat.press("end")
        await seat.press("home")
        assert time.perf_counter() - started < 3
        assert "1 / 505" in seat.text
        assert isinstance(seat.app.screen, ReviewSheet)
        shown = len(seat.app.screen._views)
        assert shown < 100  # only what was drawn was read


async def test_a_cell_settled_elsewhere_meanwhile_is_no_longer_asked(tmp_path: Path) -> None:
    book = apart(tmp_path)
    async with open_app(tmp_path, book, clock=Clock()) as seat:
        await seat.press("g")
        with seat.book.change("account_edit", NOW) as change:
            change.settle("account", "a0", "phone", "02-333")
            change.remove(Contact, "c1")
        seat.app.refresh_main()
        await seat.settle()
        assert seat.line("[x] 가온상사 · 전화  고름: 02-333")
        await seat.press("1", "1", "1")
        assert seat.sheet == "MainScreen"
        assert isinstance(seat.book, Book)
