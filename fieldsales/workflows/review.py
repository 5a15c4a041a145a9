"""Settling what two sides wrote apart, and bringing old values back: what the screens of a merge and of a row's
history do with the book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from fieldsales.domain.cells import joinable
from fieldsales.domain.clashes import Clash, Side, Step, clashes, steps
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import TABLES, Account, Activity, ChurnCase, Contact, Lesson, Task
from fieldsales.domain.operations import DELETED, Value
from fieldsales.domain.people import full_name
from fieldsales.domain.text_merge import Joined, join_all
from fieldsales.storage import edits
from fieldsales.storage.book import Book, Change
from fieldsales.storage.edits import OpenCell, Row
from fieldsales.storage.errors import RowGone

__all__ = ["Brought", "Choice", "Entry", "History", "OpenCell", "Review", "bring_back", "waiting"]

INCOMING = 400  # operations of other machines that are looked at for what came in


def waiting(book: Book) -> int:
    """How many cells need a look."""
    return edits.waiting(book.work)


class Names:
    """What rows are called, asked of the book once for each."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._names: dict[Row, str] = {}

    def __call__(self, table: str, id: str) -> str:
        if (table, id) not in self._names:
            self._names[table, id] = self._ask(table, id)
        return self._names[table, id]

    def _ask(self, table: str, id: str) -> str:
        row = self._book.get(TABLES[table], id) if id else None
        if isinstance(row, Account):
            return row.name
        if isinstance(row, Contact):
            return full_name(row)
        if isinstance(row, Task):
            return row.title
        if isinstance(row, Lesson):
            return row.line or row.next_time
        if isinstance(row, Activity):
            return row.day
        return row.heard_at[:10] if isinstance(row, ChurnCase) else ""


class Machines:
    """Who wrote: this machine is "", others go by their labels."""

    def __init__(self, book: Book) -> None:
        self._own = edits.own_site(book.work)
        self._labels = edits.labels(book.work)

    def __call__(self, site: str) -> str:
        return "" if site == self._own else self._labels.get(site) or "?"

    def mine(self, site: str) -> bool:
        return site == self._own


# --- what needs a look -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values to choose from."""

    value: Value
    machine: str  # "" for this one
    moment: str
    mine: bool
    stands: bool  # the book shows it now
    columns: tuple[str, ...] = ()  # of a row that may stay: what was written in it meanwhile
    below: int = 0  # of a row that may stay: rows under it that come back with it


class Review:
    """The cells that needed a look, and what became of them since. Their values are read when they are asked for."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.names = Names(book)
        self._machines = Machines(book)
        self.cells: list[OpenCell] = []
        self._clashes: dict[OpenCell, Clash | None] = {}
        self._chosen: dict[OpenCell, Value] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take in what needs a look since; cells settled here stay listed, unless their choice was taken back."""
        found = edits.open_cells(self._book.work)
        known = set(self.cells)
        new = [cell for cell in found if cell not in known]
        if not self.cells:
            new.sort(key=lambda cell: self.names("account", cell.account_id))  # its sort keeps the rest in order
        self.cells += new
        still = set(found)
        for cell in self.cells:
            if cell in still:
                self._chosen.pop(cell, None)
            elif cell not in self._chosen:
                self._chosen[cell] = self._value(cell)
            elif self._value(cell) != self._chosen[cell] and self._clashes.get(cell) is not None:
                del self._chosen[cell]

    def _value(self, cell: OpenCell) -> Value:
        values = edits.values_of(self._book.work, cell.table, cell.id)
        if cell.column == DELETED:
            return int(values is None)
        return None if values is None else values[cell.column]

    @property
    def open(self) -> int:
        """How many are not settled yet."""
        return len(self.cells) - len(self._chosen)

    def settled(self, cell: OpenCell) -> bool:
        return cell in self._chosen

    def chosen(self, cell: OpenCell) -> Value:
        return self._chosen.get(cell)

    def values(self, cell: OpenCell) -> dict[str, Value]:
        """The row as it stands; of one that is gone, nothing."""
        return edits.values_of(self._book.work, cell.table, cell.id) or {}

    def clash(self, cell: OpenCell) -> Clash | None:
        if cell not in self._clashes:
            found = clashes(edits.operations(self._book.work, cell.table, cell.id))
            for other in self.cells:
                if (other.table, other.id) == (cell.table, cell.id):
                    self._clashes[other] = found.get(other.column)
            self._clashes.setdefault(cell, None)
        return self._clashes[cell]

    def choices(self, cell: OpenCell) -> tuple[Choice, ...]:
        """The values to choose from: this machine's first, then the others', newest first. Of a row that one side
        deleted: first that it stays."""
        clash = self.clash(cell)
        if clash is None:
            return ()
        found = [self._choice(cell, clash, side) for side in clash.sides]
        if cell.column != DELETED:
            found.sort(key=lambda choice: not choice.mine)
        return tuple(found)

    def _choice(self, cell: OpenCell, clash: Clash, side: Side) -> Choice:
        below = 0
        if cell.column == DELETED and side.value == 0:
            below = sum(
                len(edits.deleted_with(self._book.work, cell.table, cell.id, other.act)) for other in clash.losing
            )
        return Choice(
            side.value,
            self._machines(side.site),
            edits.moment_of(side.stamp[0]),
            self._machines.mine(side.site),
            side is clash.standing,
            side.columns,
            below,
        )

    def joined(self, cell: OpenCell) -> Joined | None:
        """All versions of a long text as one; None where the cell holds none."""
        clash = self.clash(cell)
        if clash is None or not joinable(cell.column):
            return None
        return join_all(str(clash.before or ""), [str(choice.value or "") for choice in self.choices(cell)])

    def choose(self, cell: OpenCell, value: Value, now: datetime) -> Change:
        """Say which value holds: one act that can be undone. Raises RowGone where the row is gone meanwhile."""
        with self._book.change("settle", now) as change:
            self._settle(change, cell, value)
        self.refresh()
        return change

    def leave_rest(self, now: datetime) -> tuple[int, Change]:
        """Every cell that is still open keeps the value that stands: one act; how many there were."""
        rest = [cell for cell in self.cells if cell not in self._chosen]
        with self._book.change("settle", now) as change:
            for cell in rest:
                try:
                    self._settle(change, cell, self._value(cell))
                except RowGone:
                    continue
        self.refresh()
        return len(rest), change

    def _settle(self, change: Change, cell: OpenCell, value: Value) -> None:
        clash = self.clash(cell)
        if cell.column == DELETED and not value and clash is not None:
            for side in clash.losing:
                for table, id in edits.deleted_with(self._book.work, cell.table, cell.id, side.act):
                    change.edit(TABLES[table], id)
        change.settle(cell.table, cell.id, cell.column, value)
        self._chosen[cell] = value


# --- the history of rows ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history. `column` is "" where a whole row was made or deleted."""

    table: str
    id: str
    column: str
    before: Value
    after: Value
    moment: str
    machine: str  # "" for this one
    act: str  # what the user was doing: the name of the act, such as `log`
    gone: bool = False
    stamp: tuple[int, int] = (0, 0)


class History:
    """The edits of a row, or of an account with all its rows, newest first."""

    def __init__(self, book: Book, rows: Iterator[Row] | list[Row]) -> None:
        self._book = book
        self.names = Names(book)
        self._machines = Machines(book)
        self._values: dict[Row, dict[str, Value]] = {}
        self.entries: list[Entry] = []
        for table, id in rows:
            for step in steps(edits.operations(book.work, table, id)):
                if step.values:
                    self._values[table, id] = dict(step.values)
                self.entries += self._entries(table, id, step)
        self.entries.sort(key=lambda entry: entry.stamp, reverse=True)

    @classmethod
    def of_row(cls, book: Book, table: str, id: str) -> History:
        return cls(book, [(table, id)])

    @classmethod
    def of_account(cls, book: Book, account_id: str) -> History:
        """The account and everything that belongs to it or did: what was deleted, too."""
        rows = list(edits.account_rows(book.work, account_id))
        return cls(book, [*rows, *edits.deleted_rows(book.work, account_id)])

    @classmethod
    def of_others(cls, book: Book) -> History:
        """What other machines wrote last."""
        made = cls(book, edits.foreign(book.work, INCOMING))
        made.entries = [entry for entry in made.entries if entry.machine]
        return made

    def _entries(self, table: str, id: str, step: Step) -> Iterator[Entry]:
        operation = step.operation
        name = operation.act.partition(":")[0]
        about = (edits.moment_of(operation.hlc), self._machines(operation.site), name)
        if step.made or step.gone:
            yield Entry(table, id, "", None, None, *about, step.gone, operation.stamp)
        for column, before, after in step.changes:
            if name == "undo" and before == after:  # a question was opened again: nothing was written
                continue
            if column in getattr(TABLES[table], "__slots__"):  # noqa: B009
                yield Entry(table, id, column, before, after, *about, False, operation.stamp)

    def values(self, entry: Entry) -> Mapping[str, Value]:
        """The row of an entry as it stands; of one that is gone, as it was last."""
        row = entry.table, entry.id
        found = edits.values_of(self._book.work, *row)
        return found if found is not None else self._values.get(row, {})

    def gone(self, entry: Entry) -> bool:
        """Whether the row of an entry is not there now."""
        return edits.values_of(self._book.work, entry.table, entry.id) is None


@dataclass(frozen=True, slots=True)
class Brought:
    """What bringing back did: a value into a cell, or (`column` "") a whole row with `rows` rows in all."""

    change: Change
    column: str
    value: Value = None
    rows: int = 0


def bring_back(book: Book, entry: Entry, now: datetime) -> Brought | None:
    """Bring back what an entry of a history replaced, or, where that stands already, what it wrote.

    A deleted row comes back whole. None where there is nothing to bring back.
    """
    values = edits.values_of(book.work, entry.table, entry.id)
    kind = TABLES[entry.table]
    if values is None:
        act = _deleting_act(book, entry)
        with book.change("bring_back", now) as change:
            rows = _revive(book, change, entry.table, entry.id)
            for table, id in edits.deleted_with(book.work, entry.table, entry.id, act) if act else ():
                change.edit(TABLES[table], id)
                rows += 1
        return Brought(change, "", rows=rows)
    if not entry.column:
        return None
    target = entry.before if values[entry.column] != entry.before else entry.after
    if target is None and getattr(kind(""), entry.column) is not None:
        target = getattr(kind(""), entry.column)  # nobody had written the cell: its default
    if target == values[entry.column]:
        return None
    with book.change("bring_back", now) as change:
        change.edit(kind, entry.id, **{entry.column: target})
    return Brought(change, entry.column, target)


def _deleting_act(book: Book, entry: Entry) -> str:
    operations = edits.operations(book.work, entry.table, entry.id)
    return next((one.act for one in reversed(operations) if one.deletes), "")


def _revive(book: Book, change: Change, table: str, id: str) -> int:
    """Bring a deleted row back, and first those that it stands under; how many came back."""
    found = steps(edits.operations(book.work, table, id))
    last = next((step.values for step in reversed(found) if step.values), {})
    rows = 0
    for parent, parent_id in edits.missing_parents(book.work, table, last):
        try:
            rows += _revive(book, change, parent, parent_id)
        except RowGone:  # erased for good, or never there
            continue
    change.edit(TABLES[table], id)
    return rows + 1
