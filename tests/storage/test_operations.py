"""The set of operations and its fold, without a database."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.operations import Conflict, Operation, fold, union


def op(hlc: int, parents: tuple[int, ...] = (), site: str = "a", act: str = "", **patch: str | int | None) -> Operation:
    return Operation("t", "1", hlc, 0, site, act, patch, tuple((parent, 0) for parent in parents))


@st.composite
def row_history(draw: st.DrawFn) -> list[Operation]:
    """A row's operations, each of which has seen some of the earlier ones."""
    history: list[Operation] = []
    for n in range(draw(st.integers(0, 12))):
        seen = draw(st.lists(st.sampled_from(range(1, n + 1)), unique=True, max_size=3)) if n else []
        columns = draw(st.dictionaries(st.sampled_from("xyz"), st.sampled_from(["a", "b", None, 3]), max_size=2))
        if draw(st.integers(0, 5)) == 0:
            columns = {"_deleted": 1}
        history.append(Operation("t", "1", n + 1, 0, "s", f"act{n % 3}", columns, tuple((s, 0) for s in sorted(seen))))
    return history


def ancestors(history: list[Operation]) -> dict[tuple[int, int], set[tuple[int, int]]]:
    """The slow way, for comparison: what each writer had seen, by following the parents."""
    by_stamp = {operation.stamp: operation for operation in history}
    found: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for operation in history:
        before: set[tuple[int, int]] = set()
        todo = list(operation.parents)
        while todo:
            stamp = todo.pop()
            if stamp in by_stamp and stamp not in before:
                before.add(stamp)
                todo += by_stamp[stamp].parents
        found[operation.stamp] = before
    return found


@given(row_history())
def test_a_cell_holds_the_greatest_of_the_unseen_writers_and_the_others_are_conflicts(history: list[Operation]) -> None:
    folded = fold(history)
    seen = ancestors(history)
    heads = [o for o in history if not any(o.stamp in seen[p.stamp] for p in history)]
    assert set(folded.heads) == {o.stamp for o in heads}
    assert folded.alive == any(o.patch.get("_deleted") != 1 for o in heads)
    for column in {c for o in history for c in o.patch if c != "_deleted"}:
        writers = [o for o in history if column in o.patch]
        unseen = [o for o in writers if not any(o.stamp in seen[p.stamp] for p in writers)]
        winner = max(unseen, key=lambda o: o.stamp)
        assert folded.values[column] == winner.patch[column]
        losers = {o.stamp for o in unseen if o.patch[column] != winner.patch[column]} if folded.alive else set()
        assert {(c.hlc, c.rnd) for c in folded.conflicts if c.col == column} == losers


@given(row_history(), st.randoms(use_true_random=False), st.sets(st.sampled_from(["act0", "act1"])))
def test_the_order_of_operations_does_not_matter(history: list[Operation], random: object, without: set[str]) -> None:
    shuffled = list(history)
    getattr(random, "shuffle")(shuffled)  # noqa: B009
    assert fold(shuffled, without) == fold(history, without)
    assert fold([*history, *shuffled], without) == fold(history, without)


@given(row_history(), row_history(), row_history())
def test_union_is_commutative_associative_and_idempotent(
    a: list[Operation], b: list[Operation], c: list[Operation]
) -> None:
    assert union(a, b) == union(b, a)
    assert union(union(a, b), c) == union(a, union(b, c))
    assert union(a, a) == union(a, ())
    assert fold(union(a, b)) == fold(union(union(b, a), b))


def test_the_later_of_two_edits_wins_and_the_other_is_kept() -> None:
    folded = fold([op(1, x="old"), op(2, (1,), "b", x="mine"), op(3, (1,), "c", x="yours")])
    assert folded.values == {"x": "yours"}
    assert folded.conflicts == (Conflict("x", "mine", 2, 0, "b"),)
    assert folded.heads == ((2, 0), (3, 0))


def test_two_who_wrote_the_same_are_no_conflict() -> None:
    assert not fold([op(1, x="old"), op(2, (1,), x="new"), op(3, (1,), x="new")]).conflicts


def test_edits_of_different_cells_are_both_kept() -> None:
    folded = fold([op(1, x="a", y="a"), op(2, (1,), x="b"), op(3, (1,), y="b")])
    assert folded.values == {"x": "b", "y": "b"}
    assert not folded.conflicts


def test_a_wrong_clock_does_not_beat_a_later_edit_that_knew_of_it() -> None:
    far = 1 << 60
    assert fold([op(far, x="wrong clock"), op(far + 1, (far,), x="right")]).values == {"x": "right"}


def test_an_edit_beats_a_delete_that_had_not_seen_it_and_says_so() -> None:
    folded = fold([op(1, x="a"), op(2, (1,), x="b"), op(9, (1,), "c", _deleted=1)])
    assert folded.alive
    assert folded.conflicts == (Conflict("_deleted", 1, 9, 0, "c"),)


def test_a_touch_keeps_a_row_alive() -> None:
    assert fold([op(1, x="a"), op(2, (1,)), op(3, (1,), _deleted=1)]).alive
    assert not fold([op(1, x="a"), op(2, (1,)), op(3, (2,), _deleted=1)]).alive


def test_an_act_left_out_counts_as_never_made() -> None:
    history = [op(1, act="make", x="a"), op(2, (1,), act="edit", x="b"), op(3, (2,), act="later", y="c")]
    assert fold(history, {"edit"}).values == {"x": "a", "y": "c"}
    assert not fold(history, {"make", "edit", "later"}).alive
    assert not fold(history, {"edit"}).conflicts


def test_a_forged_circle_of_parents_does_no_harm() -> None:
    assert fold([op(1, (2,), x="a"), op(2, (1,), x="b")]).values == {"x": "b"}


def _long(fork: bool) -> list[Operation]:
    history = [op(1, x=0)]
    for n in range(2, 20_001):
        history.append(op(n, (n - 2,) if fork and n > 3 else (n - 1,), x=n))
    return history


def test_twenty_thousand_operations_on_one_row_are_folded_in_time() -> None:
    for fork in (False, True):
        begun = time.perf_counter()
        folded = fold(_long(fork))
        assert time.perf_counter() - begun < 3
        assert folded.values == {"x": 20_000}
