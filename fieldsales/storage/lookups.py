"""What the book answers: the reading half of `Book`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Agenda, ChurnCase, History, Lesson, Rules, Standing
from fieldsales.storage.changing import Value

if TYPE_CHECKING:
    from fieldsales.domain.model import AccountRow
    from fieldsales.storage.reading import AccountRows

T = TypeVar("T")


class Lookups:
    """Questions to an open book. `work` is its connection, `today` the day for which derived rows are made."""

    work: sqlite3.Connection
    today: date | None
    _folder: Path
    _private: bool  # whether the working database is a file of this machine
    _cache_file: tuple[int, int] | None = None  # the file of the derived rows that is attached
    _agenda: tuple[tuple[object, ...], Agenda] | None = None  # the newest, and what it was asked for

    def get(self, kind: type[T], id: str) -> T | None:
        from fieldsales.storage import reading

        return reading.get(self.work, kind, id)

    def rows(self, kind: type[T], /, **equals: Value) -> list[T]:
        """The rows whose columns equal the values, by id. Raises ValueError for an unknown column."""
        from fieldsales.storage import reading

        return reading.rows(self.work, kind, **equals)

    def unerased(self, table: str, id: str) -> str:
        """The natural id of a new row, or the next one where a row of that id was erased for good: that one can never
        stand again. The same on every machine that knows of the erasing."""
        while self.work.execute(
            "SELECT 1 FROM main.erased WHERE tbl = ? AND pk = ? AND hlc = 0 AND rnd = 0", (table, id)
        ).fetchone():
            id = natural_id(table, id, "again")
        return id

    def is_empty(self) -> bool:
        """Whether the book holds no account at all."""
        return self.work.execute("SELECT 1 FROM main.account LIMIT 1").fetchone() is None

    def lacks_tiers(self, count: int = 1) -> bool:
        """Whether at least so many accounts in care have no tier."""
        found = self.work.execute(
            "SELECT 1 FROM main.account WHERE tier = '' AND state = 'active' AND owner = 'me' LIMIT 1 OFFSET ?",
            (count - 1,),
        )
        return found.fetchone() is not None

    def history(self, account_id: str) -> History:
        """Everything about one account. KeyError where there is no such account."""
        from fieldsales.storage import reading

        return reading.history(self.work, account_id)

    def histories(self, ids: Iterable[str]) -> Iterator[History]:
        from fieldsales.storage import reading

        return reading.histories(self.work, ids)

    def standing(self, account_id: str) -> Standing | None:
        """How an account stands on `today`, with the parts that the account list does not hold; None where there is no
        such account."""
        from fieldsales.domain.standing import assess

        found = next(self.histories((account_id,)), None)
        return None if found is None else assess(found, self._read_rules(), self._day())

    def rules(self) -> Rules:
        """What is settled for the whole book, and the holidays known so far."""
        return self._read_rules()

    def _read_rules(self) -> Rules:
        from fieldsales.storage import reading

        return reading.rules(self.work)

    def setting(self, key: str, default: str = "") -> str:
        row = self.work.execute("SELECT value FROM main.setting WHERE id = ?", (natural_id("setting", key),)).fetchone()
        return default if row is None or row[0] is None else str(row[0])

    def accounts(
        self, today: date | None = None, order: str = "care", query: str = "", state: str = "current"
    ) -> AccountRows:
        """The account list, fetched by window; see `reading.accounts`."""
        from fieldsales.storage import reading

        return reading.accounts(self.work, today or self._day(), order, query, state)

    def account_row(self, account_id: str) -> AccountRow | None:
        from fieldsales.storage import reading

        return reading.account_row(self.work, account_id)

    def find_account(self, text: str, limit: int = 20, *, begun_alone: bool = False) -> list[AccountRow]:
        from fieldsales.storage import reading

        return reading.find_account(self.work, text, limit, begun_alone=begun_alone)

    def agenda(self, today: date, limit: int | None = None, later: int = 50) -> Agenda:
        """The lines of the day, `limit` of them beyond what is fixed (by default the number the user chose), and the
        first `later` lines of "이달 안에"."""
        from fieldsales.storage import reading

        # The screen asks several times for what it draws once: the answer holds until something is written.
        work = self.work
        written = [work.execute(f"PRAGMA {name}.data_version").fetchone()[0] for name in ("main", "cache")]
        asked = (today, limit, later, work.total_changes, *written)
        if self._agenda is None or self._agenda[0] != asked or work.in_transaction:
            made = reading.agenda(work, today, self._read_rules().daily if limit is None else limit, later)
            if work.in_transaction:  # it may still be taken back
                return made
            self._agenda = asked, made
        return self._agenda[1]

    def contacted_this_month(self, today: date) -> int:
        from fieldsales.storage import reading

        return reading.contacted_this_month(self.work, today)

    def long_unseen(self, today: date, limit: int = 3) -> list[AccountRow]:
        from fieldsales.storage import reading

        return reading.long_unseen(self.work, today, limit)

    def open_cases(self) -> list[ChurnCase]:
        from fieldsales.storage import reading

        return reading.open_cases(self.work)

    def lessons(self) -> list[Lesson]:
        from fieldsales.storage import reading

        return reading.lessons(self.work)

    def pinned_lesson(self, today: date) -> Lesson | None:
        from fieldsales.storage import reading

        return reading.pinned_lesson(self.work, today)

    def _day(self) -> date:
        return self.today or date.min

    def refresh(self, today: date) -> Iterator[tuple[int, int]]:
        """Bring the derived rows up to the day: at once what the screen shows first, the rest as it is iterated."""
        from fieldsales.storage import derived

        self.today = today
        return derived.refresh(self.work, self._read_rules(), today)

    def is_derived(self) -> bool:
        """Whether the derived rows are those of `today` and of all that was written so far."""
        from fieldsales.storage import derived

        return derived.is_current(self.work, self._read_rules(), self._day())

    def follow_cache(self) -> bool:
        """Go over to the derived rows of another process where it has begun their file anew; whether that was so."""
        from fieldsales.storage import derived

        found = derived.file_of(self._folder) if self._private else None
        if found == self._cache_file or self.work.in_transaction:
            return False
        try:
            derived.follow(self.work, self._folder)
        except sqlite3.OperationalError:  # something is being read: the next time
            return False
        self._cache_file = derived.file_of(self._folder)
        return True

    def _begin_cache_anew(self, today: date) -> None:
        """Throw the derived rows away, which have shown to be damaged, and make those that the screen shows first."""
        from fieldsales.storage import derived

        derived.reattach(self.work)
        derived.refresh(self.work, self._read_rules(), today)

    def settle(self, today: date) -> Iterator[tuple[int, int]]:
        """In the background: the holidays around this year, then whatever derived rows they leave out of date."""
        from fieldsales.storage import derived

        yield from self.refresh(today)
        if derived.fill_holidays(self.work, range(today.year - 1, today.year + 3)):
            yield from self.refresh(today)
