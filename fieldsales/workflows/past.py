"""The book as it was on a day: what differs at an account between then and now, and bringing it back."""

from __future__ import annotations

from datetime import date, datetime, time

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import TABLES
from fieldsales.domain.operations import Value
from fieldsales.storage import edits
from fieldsales.storage.book import Book, Change
from fieldsales.storage.edits import Row
from fieldsales.storage.schema import OWNED

# Kept beside the book's facts for the program's own use: of no meaning to bring back one by one.
_UNTOLD = frozenset({("account", "extra")})


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that is another now, or (`column` "") a row that is gone."""

    table: str
    id: str
    column: str = ""
    then: Value = None
    now: Value = None


def end_of(day: date, now: datetime) -> int:
    """The last millisecond of a day, of today this one, as the book's moments are counted."""
    moment = now if day >= now.date() else datetime.combine(day, time.max)
    return int(moment.timestamp() * 1000)


class Past:
    """An account in the book of a day against the present one."""

    def __init__(self, then: Book, now: Book, account_id: str) -> None:
        self._then = then
        self._now = now
        self.account_id = account_id
        self.rows: dict[Row, dict[str, Value]] = {}
        self.differences: list[Difference] = []
        self.refresh()

    def refresh(self) -> None:
        """Compare again, after something was brought back."""
        self.rows = edits.account_rows(self._then.work, self.account_id)
        gone: list[Difference] = []
        changed: list[Difference] = []
        for (table, id), values in self.rows.items():
            present = edits.values_of(self._now.work, table, id)
            if present is None:
                gone.append(Difference(table, id))
                continue
            changed += [
                Difference(table, id, column, value, present[column])
                for column, value in values.items()
                if value != present[column] and (table, column) not in _UNTOLD
            ]
        self.differences = [*gone, *changed]

    def bring_back(self, difference: Difference, at: datetime) -> tuple[Change, int]:
        """Put the value or the row of that day into the present book, as one act; how many rows came back.

        A row comes with those it stood under and, an account or a case, with those that stood under it.
        """
        with self._now.change("bring_back", at) as change:
            if difference.column:
                change.edit(TABLES[difference.table], difference.id, **{difference.column: difference.then})
                rows = 0
            else:
                rows = self._put(change, (difference.table, difference.id), set())
        self.refresh()
        return change, rows

    def _put(self, change: Change, row: Row, done: set[Row]) -> int:
        values = self.rows.get(row)
        if values is None or row in done or edits.values_of(self._now.work, *row) is not None:
            return 0
        done.add(row)
        table, id = row
        rows = sum(self._put(change, parent, done) for parent in edits.missing_parents(self._now.work, table, values))
        if edits.values_of(self._now.work, table, id) is None:  # an account brings what stood under it along
            change.add(TABLES[table](**values))
            rows += 1
        for child, column in OWNED.get(table, ()):
            below = [key for key, of in self.rows.items() if key[0] == child and of[column] == id]
            rows += sum(self._put(change, key, done) for key in below)
        return rows
