"""Where two sides wrote the same cell, and by which steps a row became what it is."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from fieldsales.domain.clashes import clashes, steps
from fieldsales.domain.operations import DELETED, Operation, Stamp, Value, fold


def op(hlc: int, patch: dict[str, Value], parents: tuple[int, ...] = (), site: str = "") -> Operation:
    return Operation("account", "a", hlc, 0, site, f"act{hlc}", patch, tuple((one, 0) for one in parents))


MADE = op(1, {DELETED: 0, "name": "가온", "phone": "02", "note": ""}, site="A")


def test_a_cell_that_both_wrote_is_a_clash_with_what_stood_before_both() -> None:
    known = op(2, {"phone": "03"}, (1,), "A")
    mine, theirs = op(4, {"phone": "04"}, (2,), "A"), op(5, {"phone": "05", "note": "새 부장"}, (2,), "B")
    found = clashes([theirs, MADE, mine, known])
    assert set(found) == {"phone"}
    clash = found["phone"]
    assert (clash.before, clash.before_known) == ("03", True)
    assert (clash.standing.value, clash.standing.site, clash.standing.act) == ("05", "B", "act5")
    assert [(side.value, side.site) for side in clash.losing] == [("04", "A")]


def test_what_only_one_side_wrote_later_does_not_count_as_before() -> None:
    """The earlier edits of one side are not what both had seen."""
    mine = [op(3, {"phone": "A1"}, (1,), "A"), op(6, {"phone": "A2"}, (3,), "A")]
    theirs = [op(4, {"phone": "B1"}, (1,), "B"), op(5, {"phone": "B2"}, (4,), "B")]
    clash = clashes([MADE, *mine, *theirs])["phone"]
    assert clash.before == "02"
    assert {side.value for side in clash.sides} == {"A2", "B2"}


def test_rows_made_apart_have_no_before() -> None:
    found = clashes([op(1, {DELETED: 0, "phone": "1"}, (), "A"), op(2, {DELETED: 0, "phone": "2"}, (), "B")])
    assert not found["phone"].before_known


def test_the_same_value_typed_twice_is_no_clash_and_of_many_is_one_side() -> None:
    assert clashes([MADE, op(2, {"phone": "9"}, (1,), "A"), op(3, {"phone": "9"}, (1,), "B")]) == {}
    clash = clashes([MADE, *(op(hlc, {"phone": v}, (1,), v) for hlc, v in ((2, "x"), (3, "x"), (4, "y")))])["phone"]
    assert [side.value for side in clash.sides] == ["y", "x"]


def test_deleted_here_and_edited_there_names_what_was_edited() -> None:
    gone, edit = op(2, {DELETED: 1}, (1,), "A"), op(3, {"phone": "5", "note": "n"}, (1,), "B")
    clash = clashes([MADE, gone, edit])[DELETED]
    assert (clash.standing.value, clash.standing.site, set(clash.standing.columns)) == (0, "B", {"phone", "note"})
    assert [(side.value, side.site) for side in clash.losing] == [(1, "A")]


def test_a_settled_cell_is_no_clash() -> None:
    mine, theirs = op(2, {"phone": "4"}, (1,)), op(3, {"phone": "5"}, (1,))
    assert clashes([MADE, mine, theirs, op(9, {"phone": "5"}, (2, 3))]) == {}


def test_steps_tell_from_what_to_what_as_the_writer_knew_it() -> None:
    mine, theirs = op(2, {"phone": "4"}, (1,), "A"), op(3, {"phone": "5"}, (1,), "B")
    both, gone = op(4, {"phone": "6"}, (2, 3), "A"), op(5, {DELETED: 1}, (4,), "A")
    back = op(6, {DELETED: 0, "name": "가온", "phone": "6", "note": ""}, (5,), "A")
    found = steps([back, gone, both, theirs, mine, MADE, op(7, {}, (6,))])
    assert [step.operation.hlc for step in found] == [1, 2, 3, 4, 5, 6]
    assert [step.changes for step in found[1:4]] == [
        (("phone", "02", "4"),),
        (("phone", "02", "5"),),
        (("phone", "5", "6"),),
    ]
    assert (found[0].made, found[4].gone, found[5].made) == (True, True, True)
    assert found[4].values["phone"] == "6"


@st.composite
def histories(draw: st.DrawFn) -> list[Operation]:
    """Rows written by several who had seen some of what was written before."""
    made: list[Operation] = [MADE]
    for hlc in range(2, draw(st.integers(2, 9))):
        parents = draw(st.lists(st.sampled_from([one.hlc for one in made]), min_size=1, max_size=2, unique=True))
        patches: list[dict[str, Value]] = [{"phone": f"{hlc}"}, {"phone": "x"}, {"note": f"n{hlc}"}, {DELETED: 1}, {}]
        patch = draw(st.sampled_from(patches))
        made.append(op(hlc, patch, tuple(parents), f"s{hlc % 3}"))
    return made


@given(histories())
def test_clashes_are_the_conflicts_of_the_fold(history: list[Operation]) -> None:
    folded, found = fold(history), clashes(history)
    assert set(found) == {conflict.col for conflict in folded.conflicts}
    for column, clash in found.items():
        if column != DELETED:
            assert clash.standing.value == folded.values[column]
            losing = {conflict.value for conflict in folded.conflicts if conflict.col == column}
            assert {side.value for side in clash.losing} == losing
            assert clash.standing.value not in losing


@given(histories())
@example(
    [
        MADE,
        op(2, {"phone": "2"}, (1,), "s2"),
        op(3, {"phone": "x"}, (1,), "s0"),
        op(4, {"phone": "x"}, (2,), "s1"),
        op(5, {"phone": "5"}, (1, 2), "s2"),
    ]
)
def test_the_value_before_is_what_the_fold_of_the_common_past_holds(history: list[Operation]) -> None:
    by_stamp = {one.stamp: one for one in history}

    def past(stamp: Stamp) -> set[Stamp]:
        return {stamp}.union(*(past(parent) for parent in by_stamp[stamp].parents))

    conflicts = fold(history).conflicts
    for column, clash in clashes(history).items():
        if column != DELETED:
            # Of all that wrote it, those too whose value another of them wrote as well and that are one side with it.
            writers = [(one.hlc, one.rnd) for one in conflicts if one.col == column]
            common = set.intersection(*map(past, [clash.standing.stamp, *writers]))
            folded = fold(by_stamp[stamp] for stamp in common)
            assert clash.before == folded.values.get(column)


@given(histories())
def test_the_steps_before_are_the_fold_of_what_the_writer_had_seen(history: list[Operation]) -> None:
    by_stamp = {one.stamp: one for one in history}

    def past(stamp: Stamp) -> set[Stamp]:
        return {stamp}.union(*(past(parent) for parent in by_stamp[stamp].parents))

    for step in steps(history):
        before = fold(by_stamp[stamp] for stamp in past(step.operation.stamp) - {step.operation.stamp})
        for column, old, new in step.changes:
            assert old == before.values.get(column)
            assert new == step.operation.patch[column]
