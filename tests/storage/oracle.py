"""Who had seen what, worked out apart from the program: this module knows nothing of it.

A copy of a book is the set of writes that it knows. A write is what a person did to one row, and all that was known of
that row in that copy (or in the form that was filled in) at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

Row = tuple[str, str]  # table and id


@dataclass(frozen=True)
class Write:
    number: int
    row: Row
    cells: tuple[tuple[str, object], ...]
    deletes: bool
    knew: frozenset[int]
    act: str = ""


@dataclass
class Oracle:
    writes: list[Write] = field(default_factory=list)
    known: dict[str, set[int]] = field(default_factory=dict)
    repairs: dict[tuple[Row, frozenset[int]], int] = field(default_factory=dict)

    def knowledge(self, copy: str, row: Row) -> frozenset[int]:
        """What the copy knows of a row: what a form that is opened there now has seen."""
        return frozenset(n for n in self.known.get(copy, ()) if self.writes[n].row == row)

    def write(
        self,
        copy: str,
        row: Row,
        cells: Mapping[str, object],
        deletes: bool = False,
        act: str = "",
        knew: frozenset[int] | None = None,
    ) -> int:
        knew = self.knowledge(copy, row) if knew is None else knew
        number = len(self.writes)
        self.writes.append(Write(number, row, tuple(cells.items()), deletes, knew, act))
        self.known.setdefault(copy, set()).add(number)
        return number

    def touch(self, copy: str, row: Row, act: str = "") -> None:
        """Writing a row says that the row it stands under is in use; once for each act."""
        if not act or all(write.act != act for write in self.heads(copy, row)):
            self.write(copy, row, {}, act=act)

    def kept(self, copy: str) -> frozenset[int]:
        """A copy of the copy, laid aside."""
        return frozenset(self.known.get(copy, ()))

    def take(self, into: str, kept: Iterable[int]) -> None:
        self.known.setdefault(into, set()).update(kept)

    def repair(self, copy: str, row: Row) -> None:
        """A merge brings back a row that another one stands under. Whoever knows the same does the same write."""
        key = (row, frozenset(write.number for write in self.heads(copy, row)))
        if key in self.repairs:
            self.known[copy].add(self.repairs[key])
        else:
            self.repairs[key] = self.write(copy, row, {}, act="merge")

    def mend(self, copy: str, rows: Collection[Row], above: Callable[[Row], Iterable[Row]]) -> None:
        """What a merge does to rows that stand under a deleted one; `above` tells what a living row stands under."""
        again = True
        while again:
            again = False
            for row in rows:
                if not self.alive(copy, row):
                    continue
                for parent in above(row):
                    if self.knowledge(copy, parent) and not self.alive(copy, parent):
                        self.repair(copy, parent)
                        again = True

    def of(self, copy: str, row: Row) -> list[Write]:
        return [self.writes[n] for n in sorted(self.knowledge(copy, row))]

    def heads(self, copy: str, row: Row, without: Collection[str] = ()) -> list[Write]:
        writes = [write for write in self.of(copy, row) if write.act not in without or not write.act]
        return [w for w in writes if not any(w.number in other.knew for other in writes)]

    def alive(self, copy: str, row: Row, without: Collection[str] = ()) -> bool:
        return any(not write.deletes for write in self.heads(copy, row, without))

    def values(self, copy: str, row: Row, column: str, without: Collection[str] = ()) -> set[object]:
        """The values of which none was known to the writer of another: one stands in the cell, all must be found."""
        writers = [
            write
            for write in self.of(copy, row)
            if column in dict(write.cells) and (not write.act or write.act not in without)
        ]
        return {dict(w.cells)[column] for w in writers if not any(w.number in other.knew for other in writers)}

    def deletions(self, copy: str, row: Row) -> int:
        """How many deletes lost against writes that had not seen them."""
        return sum(write.deletes for write in self.heads(copy, row)) if self.alive(copy, row) else 0
