"""Where two sides wrote the same cell, and the steps by which a row became what it is: both read from its history.

A cell is one column of one row. The functions take the operations of one row, in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from fieldsales.domain.frozen import dataclass, field
from fieldsales.domain.operations import DELETED, RENEWALS, Operation, Stamp, Value, fold, renewed


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values in question and who wrote it. Of a row that one side deleted: 0 it stays, 1 it goes."""

    value: Value
    stamp: Stamp
    site: str
    act: str
    columns: tuple[str, ...] = ()  # of a row that stays: what was written in it meanwhile


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that sides wrote without knowing of each other. `standing` is what the book shows now."""

    column: str
    before: Value
    before_known: bool  # False where they had no row in common
    standing: Side
    losing: tuple[Side, ...]  # newest first

    @property
    def sides(self) -> tuple[Side, ...]:
        return self.standing, *self.losing


@dataclass(frozen=True, slots=True)
class Step:
    """One write of a row: from what to what, as its writer knew the row. `values` is the row after it."""

    operation: Operation
    changes: tuple[tuple[str, Value, Value], ...]  # column, before, after
    values: Mapping[str, Value]
    made: bool = False  # the row was made, or brought back
    gone: bool = False


def _order(operations: Iterable[Operation]) -> list[Operation]:
    found = {operation.stamp: operation for operation in operations}
    return [found[stamp] for stamp in sorted(found)]


def _parents(operation: Operation, known: Collection[Stamp]) -> list[Stamp]:
    """The operations, of those known, that the writer had seen last; renewed ones under their new names."""
    found = []
    for parent in operation.parents:
        name = parent
        for _ in range(RENEWALS):
            if name in known:
                break
            name = renewed(name)
        if name in known and name < operation.stamp:
            found.append(name)
    return found


def _known(ordered: Collection[Operation]) -> dict[Stamp, int]:
    """For each operation, as bits, which ones its writer had seen; its own bit too."""
    seen: dict[Stamp, int] = {}
    for number, operation in enumerate(ordered):
        before = 1 << number
        for parent in _parents(operation, seen):
            before |= seen[parent]
        seen[operation.stamp] = before
    return seen


def clashes(operations: Iterable[Operation]) -> dict[str, Clash]:
    """The cells of a row that need a look, by column; `_deleted` is the row itself."""
    ordered = _order(operations)
    folded = fold(ordered)
    if not folded.conflicts:
        return {}
    by_stamp = {operation.stamp: operation for operation in ordered}
    seen = _known(ordered)
    found: dict[str, Clash] = {}
    for column in dict.fromkeys(conflict.col for conflict in folded.conflicts):
        stamps = [(one.hlc, one.rnd) for one in folded.conflicts if one.col == column]
        losing = [by_stamp[stamp] for stamp in sorted(stamps, reverse=True)]
        clash = _row_clash(ordered, losing, seen) if column == DELETED else _cell_clash(ordered, column, losing, seen)
        if clash is not None:
            found[column] = clash
    return found


def _cell_clash(ordered: list[Operation], column: str, losing: list[Operation], seen: dict[Stamp, int]) -> Clash | None:
    winner = next((one for one in reversed(ordered) if column in one.patch), None)
    if winner is None:
        return None
    common = seen[winner.stamp]
    for one in losing:
        common &= seen[one.stamp]
    # Stamps grow from parent to child, so of those that all had seen the newest is what all had before them.
    shared = [one for number, one in enumerate(ordered) if common >> number & 1 and column in one.patch]
    before = shared[-1] if shared else None
    sides: dict[Value, Side] = {}
    for one in losing:  # the same value from several machines is one
        sides.setdefault(one.patch[column], Side(one.patch[column], one.stamp, one.site, one.act))
    value = winner.patch[column]
    return Clash(
        column,
        before.patch[column] if before else None,
        before is not None,
        Side(value, winner.stamp, winner.site, winner.act),
        tuple(sides.values()),
    )


def _row_clash(ordered: list[Operation], losing: list[Operation], seen: dict[Stamp, int]) -> Clash | None:
    known = 0
    for one in losing:
        known |= seen[one.stamp]
    others = [one for number, one in enumerate(ordered) if not known >> number & 1 and not one.deletes]
    if not others:
        return None
    columns = dict.fromkeys(column for one in reversed(others) for column in one.patch if column != DELETED)
    newest = others[-1]
    keeps = Side(0, newest.stamp, newest.site, newest.act, tuple(columns))
    return Clash(DELETED, 0, True, keeps, tuple(Side(1, one.stamp, one.site, one.act) for one in losing))


@dataclass(slots=True)
class _State:
    """What a writer knew of the row: each column's value with its writer's stamp, and whether the row was there."""

    cells: dict[str, tuple[Stamp, Value]] = field(default_factory=dict)
    there: tuple[Stamp, bool] = ((0, 0), False)


def steps(operations: Iterable[Operation]) -> list[Step]:
    """The writes of a row, oldest first, without those that only say that it was in use."""
    ordered = _order(operations)
    names = {operation.stamp for operation in ordered}
    parents = {operation.stamp: _parents(operation, names) for operation in ordered}
    asked: dict[Stamp, int] = {}  # how many will ask for a state: where it is one, that one may change it in place
    for those in parents.values():
        for parent in those:
            asked[parent] = asked.get(parent, 0) + 1
    states: dict[Stamp, _State] = {}
    found = []
    for operation in ordered:
        state = _state_before(parents[operation.stamp], states, asked)
        step = _step(operation, state)
        if step is not None:
            found.append(step)
        states[operation.stamp] = state
    return found


def _state_before(parents: list[Stamp], states: dict[Stamp, _State], asked: dict[Stamp, int]) -> _State:
    if len(parents) == 1 and asked[parents[0]] == 1:
        return states.pop(parents[0])
    state = _State({})
    for parent in parents:
        other = states[parent]
        state.there = max(state.there, other.there)
        for column, cell in other.cells.items():
            # The newest writer that all of them together knew of is the one whose value stood.
            if column not in state.cells or state.cells[column][0] < cell[0]:
                state.cells[column] = cell
    return state


def _step(operation: Operation, state: _State) -> Step | None:
    """What an operation did to the state, which is brought up to it."""
    was_there = state.there[1]
    changes = []
    for column, value in operation.patch.items():
        if column == DELETED:
            continue
        before = state.cells[column][1] if column in state.cells else None
        changes.append((column, before, value))
        state.cells[column] = operation.stamp, value
    made = operation.patch.get(DELETED) == 0
    state.there = operation.stamp, not operation.deletes
    if not (changes or made or operation.deletes):
        return None
    if operation.deletes and not was_there and state.cells:
        return None  # deleted twice
    values = {column: cell[1] for column, cell in state.cells.items()} if made or operation.deletes else {}
    return Step(operation, () if made else tuple(changes), values, made, operation.deletes)
