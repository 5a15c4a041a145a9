"""오늘: its order, its whys, what moves a line and what does not, and the way back."""

from __future__ import annotations

from pathlib import Path

from helpers import NOW, TODAY, WIDE, Seat, empty_book, open_app, sample_app, small_book

from fieldsales.domain.model import Account, Activity, Policy, PutOff, Task
from fieldsales.storage.book import Book
from fieldsales.ui.panes.today import Heading


def lines_seen(seat: Seat) -> list[str]:
    """The names of the day's lines in the order in which they stand."""
    names = [line.name for line in seat.book.agenda(TODAY).today]
    rows = [next((i for i, line in enumerate(seat.lines) if f" {name}" in line[:32]), -1) for name in names]
    assert rows == sorted(rows) and -1 not in rows, (names, seat.text)
    return names


async def test_the_lines_stand_in_their_order_each_with_its_why(tmp_path: Path) -> None:
    """Open case, overdue promise, meetings by time, then the rest."""
    async with sample_app(tmp_path, size=WIDE) as seat:
        names = lines_seen(seat)
        assert names[:3] == ["새녘물산", "해윰정밀", "도담나루식품"]
        agenda = seat.book.agenda(TODAY)
        assert agenda.today[1].overdue == 3 and "3일 지남" in seat.line("해윰정밀")
        assert "10:30" in seat.line("도담나루식품")
        for line in (*agenda.today, *agenda.later[:3]):
            assert seat.app.t.say(line.why), line


async def test_what_is_due_later_is_folded_and_unfolds(tmp_path: Path) -> None:
    async with sample_app(tmp_path, size=(80, 50)) as seat:
        count = seat.book.agenda(TODAY).later_count
        assert f"이달 안에 {count}곳" in seat.text
        assert f"… {count - 3}곳 더" in seat.text
        await seat.press("end", "enter")
        later = seat.book.agenda(TODAY).later
        assert sum(line.name in seat.text for line in later) == len(later)
        assert "곳 더" not in seat.text or len(later) < count
        assert len([item for item in seat.main.today.items if not isinstance(item, Heading)]) > 8


async def test_putting_off_again_moves_a_line_and_undo_brings_it_back(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        before = lines_seen(seat)
        await seat.choose("해윰정밀")
        await seat.press("s")
        await seat.paste("어제")
        await seat.press("enter")
        assert seat.sheet == "Prompt"  # a day that is past is refused in a sentence
        assert not seat.book.rows(PutOff, account_id=seat.app.account_id, until="2026-11-19")
        await seat.press("escape")
        assert lines_seen(seat) == before
        await seat.press("s")
        await seat.paste("내일")
        await seat.press("enter")
        assert "해윰정밀" not in lines_seen(seat)
        await seat.press("u")
        assert lines_seen(seat) == before


async def test_an_open_case_is_not_put_off(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "c", "space", "escape", "1")
        assert lines_seen(seat) == ["가온상사"]
        await seat.press("s")
        assert seat.sheet == "MainScreen"
        assert seat.notice
        assert seat.book.rows(PutOff) == []


async def test_more_than_twenty_actions_are_undone_one_by_one_each_whole(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, *(f"가온{n}상사" for n in range(4)))) as seat:
        states = [seat.snapshot()]

        async def act(*keys: str, words: str = "", then: tuple[str, ...] = ()) -> None:
            await seat.press(*keys)
            if words:
                await seat.paste(words)
            await seat.press(*then)
            assert seat.snapshot() != states[-1], keys
            states.append(seat.snapshot())

        await seat.press("2")
        for number in range(16):
            await act("m")
            await seat.press("down" if number % 4 < 2 else "up")
        await act("l", words="들은 말", then=("ctrl+s",))
        await act("l", "tab", "tab", words="다음 주 화까지 단가표", then=("ctrl+s",))
        await act("n", words="다시 한다면", then=("ctrl+s",))
        await act("a", words="나온상사", then=("enter",))
        await seat.press("home")
        await act("c", "space")
        await seat.press("escape")
        assert len(states) == 22
        while len(states) > 1:
            states.pop()
            await seat.press("u")
            assert seat.snapshot() == states[-1], len(states)


async def test_where_nothing_was_done_undo_says_so(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        before = seat.snapshot()
        await seat.press("u")
        assert seat.notice == seat.app.t("app.nothing_to_undo")
        assert seat.snapshot() == before


async def test_where_nothing_is_due_it_says_so_and_offers_faces_not_seen(tmp_path: Path) -> None:
    """N9."""
    async with open_app(tmp_path, quiet_book(tmp_path)) as seat:
        assert "오늘 챙길 곳은 모두 챙기셨어요." in seat.text
        assert seat.line("가온상사")
        assert "[1 오늘]" in seat.text
        await seat.press("enter")
        assert seat.sheet == "AccountSheet"
        assert seat.name in {"가온상사", "나온상사"}


def quiet_book(folder: Path) -> Book:
    book = small_book(folder, "가온상사", "나온상사")
    with book.change("setup", NOW) as change:
        for number, day in enumerate(("2026-07-20", "2026-04-20")):
            change.edit(Account, f"a{number}", entered_on="2026-01-02")
            for kind in ("call", "review", "meeting", "visit", "joint"):
                change.add(Policy(f"p{number}{kind}", "account", f"a{number}", kind, 0))
            change.add(Activity(f"v{number}", f"a{number}", f"c{number}", "visit", day=day))
    return book


async def test_an_empty_book_offers_its_three_beginnings(tmp_path: Path) -> None:
    """N10."""
    async with open_app(tmp_path, empty_book(tmp_path)) as seat:
        assert "아직 빈 수첩이에요." in seat.text
        for key in ("a", "i", "v"):
            assert any(line.strip().startswith(f"{key}  ") for line in seat.lines), key
        await seat.press("a")
        await seat.type("가온상사")
        await seat.press("enter")
        assert seat.stored("SELECT name FROM account") == [("가온상사",)]
        assert "아직 빈 수첩이에요." not in seat.text


async def test_an_empty_book_tells_its_panes_beside_each_other(tmp_path: Path) -> None:
    """W2."""
    async with open_app(tmp_path, empty_book(tmp_path), size=WIDE) as seat:
        assert "아직 빈 수첩이에요." in seat.text
        assert "첫마디가" in seat.text and "오답노트" in seat.text


async def test_a_promise_is_done_by_space_without_a_log(tmp_path: Path) -> None:
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(Task("t1", "a0", "c0", title="단가표", due_on=TODAY.isoformat(), promised_on="2026-11-17"))
    async with open_app(tmp_path, book) as seat:
        assert "단가표" in seat.line("가온상사")
        await seat.press("space")
        assert seat.stored("SELECT state, done_on FROM task WHERE id = 't1'") == [("done", TODAY.isoformat())]
        assert "단가표" not in seat.line("> ")
