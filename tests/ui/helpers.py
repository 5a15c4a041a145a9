"""An app on a real book for the tests of the screen: a clock that stands still, counted keys, the text seen."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from unittest import mock

from textual._compositor import Compositor
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot

from fieldsales.config import Config, Options, Places
from fieldsales.domain.model import TABLES, Account, Contact
from fieldsales.locale import Texts
from fieldsales.storage import publishing
from fieldsales.storage.book import Book
from fieldsales.storage.files import signature
from fieldsales.ui.app import FieldsalesApp
from fieldsales.ui.main_screen import MainScreen
from fieldsales.workflows.opening import make_sample

NOW = datetime(2026, 11, 20, 9, 20)  # a Friday
TODAY = NOW.date()
DAY_AGO = "2026-11-19"
NARROW = (80, 24)
WIDE = (120, 40)
SIZES = (NARROW, WIDE, (200, 50), (40, 10))
GONE = 60  # seconds without an answer, after which a program is taken to have broken
NORTHWIND = Path(__file__).parents[2].parent / "shared" / "data" / "northwind"


class Clock:
    """Local time that moves only when told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


_SIGNS = {"space": " ", "slash": "/", "question_mark": "?", "exclamation_mark": "!", "plus": "+", "minus": "-"}


def screen_text(app: FieldsalesApp) -> str:
    """What stands on the screen, one line a row, without the blanks at the ends."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


@dataclass
class Seat:
    """An open app: its keys are pressed and counted here, and what it shows and saves is looked at."""

    app: FieldsalesApp
    pilot: Pilot[int]
    clock: Clock
    pressed: int = 0
    copied: list[str] = field(default_factory=list)

    @property
    def book(self) -> Book:
        return self.app.desk.book

    @property
    def main(self) -> MainScreen:
        assert self.app.main is not None
        return self.app.main

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def sheet(self) -> str:
        """The name of the class of the screen on top."""
        return type(self.app.screen).__name__

    @property
    def notice(self) -> str:
        return str(getattr(self.app.screen, "notice", ""))

    @property
    def name(self) -> str:
        """The name of the account in front of the user."""
        account = self.book.get(Account, self.app.account_id)
        return account.name if account else ""

    def line(self, part: str) -> str:
        """The first line on screen with the part in it, "" if none."""
        return next((line for line in self.lines if part in line), "")

    async def press(self, *keys: str) -> None:
        """Press keys that are commands; they are counted."""
        for key in keys:
            self.pressed += 1
            sign = key if len(key) == 1 else _SIGNS.get(key)
            self.app.post_message(Key(_character_to_key(key) if len(key) == 1 else key, sign))
            await self.settle()

    async def type(self, text: str) -> None:
        """Type text into a field; not counted."""
        for sign in text:
            self.app.post_message(Key("enter", "\r") if sign == "\n" else Key(_character_to_key(sign), sign))
        await self.settle()

    async def paste(self, text: str) -> None:
        """What a terminal sends for a bracketed paste."""
        self.app.post_message(Paste(text))
        await self.settle()

    async def settle(self) -> None:
        """Wait until every message is worked through and what they ask for is laid out.

        Unlike a pause of the pilot it sleeps for next to nothing.
        """
        while self.app.main is not None and self.app.main.rest_comes and self.app.is_running:
            await asyncio.sleep(0.002)
        quiet = 0
        for _ in range(100):
            quiet = quiet + 1 if await self._work_through() else 0
            if quiet < 2:
                continue
            screen = self.app.screen
            if not (screen._layout_required or screen._scroll_required or screen._recompose_required):
                break
            screen._on_timer_update()  # what its clock would do within a sixtieth of a second
            await asyncio.sleep(0.002 if screen._layout_required else 0)
            quiet = 0
        if self.app._exception is not None:
            raise self.app._exception
        if self.app.is_running:
            screen_text(self.app)  # whatever cannot be drawn fails here

    async def _work_through(self) -> bool:
        """Let all that waits now be worked through, and say whether nothing came of it that waits in turn."""
        flushed = asyncio.Event()
        self.app.call_later(flushed.set)
        try:
            async with asyncio.timeout(GONE):
                await flushed.wait()
        except TimeoutError:  # a program that broke answers no more; what broke it is the better message
            raise self.app._exception or TimeoutError from None
        await self.pilot._wait_for_screen()
        await asyncio.sleep(0)
        return not any(one.message_queue_size for one in (self.app, *self.app.screen.walk_children(with_self=True)))

    async def choose(self, name: str) -> None:
        """Put the cursor of the current pane on the line of an account."""
        ids = {row.id for row in self.book.accounts(TODAY, query="", state="all")[:200] if row.name == name}
        lines = self.main.lines
        for index, item in enumerate(lines.items):
            if getattr(item, "account_id", getattr(item, "id", "")) in ids:
                lines.move_cursor(index)
                await self.settle()
                return
        raise AssertionError(f"no line of {name}")

    @contextmanager
    def _elsewhere(self) -> Iterator[sqlite3.Connection]:
        path = self.book.work.execute("PRAGMA database_list").fetchone()[2]
        work = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            yield work
        finally:
            work.close()

    def stored(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """What another connection finds in the working database: that is what a crash would leave."""
        with self._elsewhere() as work:
            return list(work.execute(sql, values))

    def counts(self) -> dict[str, int]:
        """How many rows each table of the book holds."""
        with self._elsewhere() as work:
            return {name: work.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}

    def snapshot(self) -> list[tuple[object, ...]]:
        """Every row of the book."""
        with self._elsewhere() as work:
            rows = ((name, row) for name in TABLES for row in work.execute(f"SELECT * FROM {name} ORDER BY id"))
            return [(name, *row) for name, row in rows]


def _undrawn(compositor: Compositor, *_: object, **__: object) -> str:
    """Nobody looks at the terminal of these tests, and drawing what comes and goes there is a fifth of their time."""
    compositor._dirty_regions.clear()
    return ""


def places(folder: Path, path: Path) -> Places:
    return Places(folder / "config", folder / "data", folder / "cache", path)


@asynccontextmanager
async def open_app(
    folder: Path,
    book: Book | None,
    *,
    lang: str = "ko",
    size: tuple[int, int] = NARROW,
    clock: Clock | None = None,
    config: Config | None = None,
    demo: bool = False,
) -> AsyncIterator[Seat]:
    """The app on an open book, None for the welcome. Whatever is raised inside the app is raised here."""
    clock = clock or Clock()
    path = book.path if book else folder / "own" / "fieldsales.db"
    options = Options(places(folder, path), config or Config(), path, False, None, lang, demo)
    t = Texts(lang, currency=book.setting("currency", "KRW") if book else "KRW")
    # These tests lose no power, and waiting for the disk is most of their time.
    with mock.patch("os.fsync"), mock.patch.object(Compositor, "render_update", _undrawn):
        app = FieldsalesApp(options, book, clock, t)
        async with app.run_test(size=size) as pilot:
            seat = Seat(app, pilot, clock)
            await seat.settle()
            yield seat


@cache
def _sample(lang: str, day: date) -> Path:
    """A folder with the sample book, made once."""
    folder = Path(tempfile.mkdtemp(prefix="fieldsales-sample-"))
    with mock.patch("os.fsync"):
        book = make_sample(folder / "book.db", folder / "data", day, day, lang, datetime.combine(day, NOW.time()))
        for _ in book.settle(day):  # as a first look at it leaves it
            pass
        book.close()
    import atexit

    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def sample_book(folder: Path, lang: str = "ko", day: date = TODAY) -> Book:
    """A copy of the sample book of its own for each test."""
    made = _sample(lang, day)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(made / "book.db", folder / "book.db")
    shutil.copytree(made / "data", folder / "data", dirs_exist_ok=True)
    for home in (folder / "data" / "books").glob("*/home"):
        home.write_text(str(folder / "book.db"), encoding="utf-8")
        seen = signature(folder / "book.db")
        assert seen is not None
        with closing(sqlite3.connect(home.with_name("book.db"), isolation_level=None)) as work:
            # It is the file that was written here, though copied since.
            publishing.record(work, seen, publishing.recorded(work)[1])
    with mock.patch("os.fsync"):
        book = Book.open(folder / "book.db", folder / "data", today=day)
    book.work.execute("PRAGMA synchronous=OFF")
    return book


def empty_book(folder: Path) -> Book:
    with mock.patch("os.fsync"):
        return Book.open(folder / "book.db", folder / "data", create=True, today=TODAY)


def small_book(folder: Path, *names: str) -> Book:
    """A book with the accounts `a0`, `a1` …, of tier A, each with one person, entered long ago."""
    book = empty_book(folder)
    with book.change("setup", NOW) as change:
        for number, name in enumerate(names):
            change.add(Account(f"a{number}", name, tier="A", entered_on="2026-01-05", address="마포구 토정로 31"))
            change.add(Contact(f"c{number}", f"a{number}", "문도균", "차장", mobile="010-0000-0142"))
    return book


@asynccontextmanager
async def sample_app(
    folder: Path, *, lang: str = "ko", size: tuple[int, int] = NARROW, clock: Clock | None = None
) -> AsyncIterator[Seat]:
    """The app on a copy of the sample."""
    async with open_app(folder, sample_book(folder, lang), lang=lang, size=size, clock=clock) as seat:
        yield seat
