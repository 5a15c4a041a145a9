"""The history of a row as a set of operations, and the row as a fold of that set.

Merging two histories is the union of two sets, so it is commutative, associative and idempotent. An operation names
as its parents the newest operations that its writer had seen; through them it is known who knew of what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from fieldsales.domain.frozen import dataclass, field

Value = str | int | None
Stamp = tuple[int, int]  # hlc, rnd

DELETED = "_deleted"
LARGEST_HLC = 1 << 62
RENEWALS = 16  # times that one operation can be renewed


@dataclass(frozen=True, slots=True)
class Operation:
    """One write of one row.

    `patch` holds the columns that it set; `_deleted` is 1 in a delete and 0 in an insert; an empty patch is a touch,
    which only says that the row was in use. `hlc` is wall milliseconds shifted by 16 bits, greater than that of every
    parent; with the 32 random bits `rnd` it names the operation within its row.
    """

    tbl: str
    pk: str
    hlc: int
    rnd: int
    site: str = ""
    act: str = ""
    patch: Mapping[str, Value] = field(default_factory=dict)
    parents: tuple[Stamp, ...] = ()

    @property
    def stamp(self) -> Stamp:
        return self.hlc, self.rnd

    @property
    def deletes(self) -> bool:
        return self.patch.get(DELETED) == 1


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that lost against another which its writer had not seen. `col` is `_deleted` for a delete that lost."""

    col: str
    value: Value
    hlc: int
    rnd: int
    site: str


@dataclass(frozen=True, slots=True)
class Folded:
    """A row as its history makes it. `values` lacks the columns that nobody wrote."""

    alive: bool
    values: Mapping[str, Value]
    heads: tuple[Stamp, ...]
    conflicts: tuple[Conflict, ...] = ()


def _key(operation: Operation) -> tuple[str, str, int, int]:
    return operation.tbl, operation.pk, operation.hlc, operation.rnd


def union(first: Iterable[Operation], second: Iterable[Operation]) -> tuple[Operation, ...]:
    """Both histories, each operation once, ordered by row and stamp.

    Two different operations of one name do not occur among honest books; of such, the same one is kept whichever
    comes first.
    """
    found: dict[tuple[str, str, int, int], Operation] = {}
    for operation in (*first, *second):
        other = found.setdefault(_key(operation), operation)
        if other is not operation and other != operation and _content(operation) < _content(other):
            found[_key(operation)] = operation
    return tuple(found[key] for key in sorted(found))


def _content(operation: Operation) -> str:
    return repr((sorted(operation.patch.items()), sorted(operation.parents), operation.site, operation.act))


def fold(operations: Iterable[Operation], without: Collection[str] = ()) -> Folded:
    """The row that the operations of one row make, in whatever order they come.

    A cell holds the value of the greatest stamp among the writers that no other writer of the cell had seen; values
    of the others that differ are conflicts. The row is gone if every head is a delete (or there is none): an edit or
    a touch beats a delete that had not seen it. Operations of the acts in `without` count as never made; what their
    writers had seen is still known.
    """
    ordered = sorted(operations, key=lambda operation: operation.stamp)
    if not without:
        last: Stamp | None = None
        for operation in ordered:
            if operation.parents != ((last,) if last else ()):
                break
            last = operation.stamp
        else:
            return _fold_line(ordered)
    return _fold_graph(ordered, without)


def _fold_line(ordered: list[Operation]) -> Folded:
    """Everybody had seen everything before: the last writer of a cell wins."""
    if not ordered:
        return Folded(False, {}, ())
    values: dict[str, Value] = {}
    for operation in ordered:
        values.update(operation.patch)
    values.pop(DELETED, None)
    newest = ordered[-1]
    return Folded(not newest.deletes, values, (newest.stamp,))


def renewed(stamp: Stamp) -> Stamp:
    """The name of the operation that stands in the place of one that was erased because of what it said.

    It is the same write without those words; whoever had seen the one had seen the other.
    """
    return stamp[0], (stamp[1] + 1) & 0xFFFFFFFF


def _seen_renewed(seen: Mapping[Stamp, int], parent: Stamp) -> int:
    for _ in range(RENEWALS):
        parent = renewed(parent)
        if parent in seen:
            return seen[parent]
    return 0


def _fold_graph(ordered: list[Operation], without: Collection[str]) -> Folded:
    # Bit n of `seen[stamp]` says that its writer had seen operation n, or is it. Parents come before their children
    # in order of stamps; whatever does not is taken for unseen, so that no forged circle can arise.
    seen: dict[Stamp, int] = {}
    kept: list[tuple[int, Operation]] = []
    covered = 0  # operations that a kept operation had seen
    for operation in ordered:
        if operation.stamp in seen:
            continue
        before = 0
        for parent in operation.parents:
            before |= seen[parent] if parent in seen else _seen_renewed(seen, parent)
        if operation.act in without:
            seen[operation.stamp] = before
            continue
        bit = 1 << len(kept)
        kept.append((bit, operation))
        seen[operation.stamp] = before | bit
        covered |= before
    heads = [operation for bit, operation in kept if not covered & bit]
    alive = any(not head.deletes for head in heads)
    writers: dict[str, list[tuple[int, Operation]]] = {}
    for bit, operation in kept:
        for column in operation.patch:
            writers.setdefault(column, []).append((bit, operation))
    writers.pop(DELETED, None)
    values: dict[str, Value] = {}
    conflicts: list[Conflict] = []
    for column, those in writers.items():
        known = 0
        for bit, operation in reversed(those):
            if known & bit:
                continue
            value = operation.patch[column]
            if not known:
                values[column] = value
            elif value != values[column]:
                conflicts.append(Conflict(column, value, operation.hlc, operation.rnd, operation.site))
            known |= seen[operation.stamp]
            if known == (bit << 1) - 1:  # everything older is known to it
                break
    conflicts.extend(Conflict(DELETED, 1, head.hlc, head.rnd, head.site) for head in heads if head.deletes)
    conflicts.sort(key=lambda conflict: (conflict.col, conflict.hlc, conflict.rnd))
    return Folded(alive, values, tuple(head.stamp for head in heads), tuple(conflicts) if alive else ())
