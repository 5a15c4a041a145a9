"""What every action needs: the book, the words, the clock and the user's settings, handed in once by the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from fieldsales.config import Config, Places
from fieldsales.domain.model import Message
from fieldsales.locale import Texts
from fieldsales.storage.book import Book


@dataclass(slots=True)
class Desk:
    """The open book and what surrounds it."""

    book: Book
    t: Texts
    clock: Callable[[], datetime]  # local time, its date moved where the user asked for another day
    places: Places
    config: Config
    demo: bool = False
    told: Message | None = None  # what stands in sight as long as the book is looked at
    behind: Desk | None = None  # of the present book, where another one is only looked at

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def today(self) -> date:
        return self.clock().date()
