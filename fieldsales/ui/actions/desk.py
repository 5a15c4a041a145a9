"""What every action needs: the book, the words, the clock and the user's settings, handed in once by the app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from fieldsales.config import Config, Places
from fieldsales.domain.model import Message
from fieldsales.locale import Texts
from fieldsales.storage.book import Book


class Desk:
    """The open book and what surrounds it.

    `clock` tells local time, its date moved where the user asked for another day. `told` is what stands in sight as
    long as the book is looked at, `behind` the desk of the present book where another one is only looked at.
    """

    __slots__ = ("behind", "book", "clock", "config", "demo", "places", "t", "told")

    def __init__(
        self,
        book: Book,
        t: Texts,
        clock: Callable[[], datetime],
        places: Places,
        config: Config,
        demo: bool = False,
        told: Message | None = None,
        behind: Desk | None = None,
    ) -> None:
        self.book = book
        self.t = t
        self.clock = clock
        self.places = places
        self.config = config
        self.demo = demo
        self.told = told
        self.behind = behind

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def today(self) -> date:
        return self.clock().date()
