"""Three copies of a book, edited apart, merged in any order. What must come out is worked out by `Oracle`."""

from __future__ import annotations

import itertools
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import hypothesis.strategies as st
import pytest
from copies import Copy, merge
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, precondition, rule
from oracle import Oracle, Row

from fieldsales.domain.model import TABLES
from fieldsales.storage import schema
from fieldsales.storage.book import Book
from fieldsales.storage.changing import Change, Seen

NOW = datetime(2026, 11, 20, 9, 0)
EXAMPLES = int(os.environ.get("FIELDSALES_EXAMPLES", "0"))  # 0: as many as the test says
NAMES = ("one", "two", "three")
# The rows that are played with, and the columns that are written by hand.
IDS = {
    "account": "AB",
    "contact": "xy",
    "churn_case": "k",
    "case_item": "i",
    "activity": "v",
    "amount": "m",
}
ROWS: list[Row] = [(table, id) for table, ids in IDS.items() for id in ids]
FREE = {
    "account": ("name", "note"),
    "contact": ("name", "phone"),
    "churn_case": ("note",),
    "case_item": ("title", "note"),
    "activity": ("heard",),
    "amount": ("amount",),
}
ABOVE = {
    "account": (),
    "contact": (("account_id", "account"),),
    "churn_case": (("account_id", "account"),),
    "case_item": (("case_id", "churn_case"),),
    "activity": (("account_id", "account"), ("contact_id", "contact"), ("case_id", "churn_case")),
    "amount": (("account_id", "account"),),
}
COLUMNS = {table: (*FREE[table], *(column for column, _ in ABOVE[table])) for table in IDS}

copy_names = st.sampled_from(NAMES)
rows = st.sampled_from(ROWS)
children = st.sampled_from([row for row in ROWS if ABOVE[row[0]]])


def test_the_machine_knows_what_stands_under_what() -> None:
    assert {table: set(ABOVE[table]) for table in IDS} == {table: set(schema.PARENTS[table]) for table in IDS}


class Replica(Copy):
    """A copy with what its user can do in it: save, save a form that was opened earlier, take back."""

    def __init__(self, folder: Path, name: str, oracle: Oracle) -> None:
        super().__init__(folder, name)
        self.oracle = oracle
        self.book = Book(folder / f"{name} as seen.db", folder, "test-book", self.db, name)
        self.book._publisher.request = lambda: None  # type: ignore[method-assign]
        self.book._derive = lambda *args: None  # type: ignore[method-assign]
        self.forms: list[tuple[Row, Seen, frozenset[int]]] = []
        self.done: list[str] = []  # acts that can be taken back, the newest last
        self.undone: list[str] = []
        self.without: set[str] = set()

    def row(self, row: Row) -> dict[str, object] | None:
        table, id = row
        columns = COLUMNS[table]
        found = self.db.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE id = ?", (id,)).fetchone()
        return None if found is None else dict(zip(columns, found, strict=True))

    def rows(self) -> dict[Row, dict[str, object]]:
        return {row: values for row in ROWS if (values := self.row(row)) is not None}

    def above(self, row: Row) -> list[Row]:
        values = self.row(row) or {}
        return [(table, str(values[column])) for column, table in ABOVE[row[0]] if values.get(column)]

    def wrote(self, row: Row, cells: dict[str, object], act: str, knew: frozenset[int] | None = None) -> None:
        self.oracle.write(self.name, row, cells, act=act, knew=knew)
        for parent in self.above(row):
            if self.row(parent) is not None:
                self.oracle.touch(self.name, parent, act)

    def patched(self, row: Row, act: str) -> dict[str, object]:
        (patch,) = self.db.execute("SELECT patch FROM op WHERE tbl = ? AND pk = ? AND act = ?", (*row, act)).fetchone()
        return {column: json.loads(patch)[column] for column in COLUMNS[row[0]]}

    def came_back(self, before: dict[Row, dict[str, object]], written: Row, act: str) -> None:
        """What the written row stands under, and that in turn, came back whole where it was gone."""
        for row in ROWS:  # what stands above others first
            if row != written and row not in before and self.row(row) is not None:
                self.wrote(row, self.patched(row, act), act)

    def dropped(self, before: dict[Row, dict[str, object]], act: str) -> None:
        """What a removal did: rows that are gone, and others that no longer name them."""
        for row, old in before.items():
            now = self.row(row)
            if now is None:
                patches = self.db.execute("SELECT patch FROM op WHERE tbl = ? AND pk = ? AND act = ?", (*row, act))
                assert patches.fetchall() == [('{"_deleted":1}',)], "what goes is not emptied first"
                self.oracle.write(self.name, row, {}, deletes=True, act=act)
            elif now != old:
                self.wrote(row, {column: value for column, value in now.items() if value != old[column]}, act)

    @contextmanager
    def change(self, seen: Seen | None = None) -> Iterator[Change]:
        with self.book.change("act", NOW, seen) as change:
            yield change
        if change.wrote:
            self.done.append(change.act)
            self.undone.clear()


def new_row(row: Row, values: dict[str, object]) -> object:
    return TABLES[row[0]](row[1], **values)


class Merging(RuleBasedStateMachine):
    kept = Bundle("kept")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.oracle = Oracle()
        self.copies = {name: Replica(Path(self.folder.name), name, self.oracle) for name in NAMES}
        self.number = 0

    def teardown(self) -> None:
        try:
            self.everybody_takes_everything()
        finally:
            for copy in self.copies.values():
                copy.db.close()
            self.folder.cleanup()

    def value(self, column: str = "") -> object:
        self.number += 1
        return self.number if column == "amount" else f"value {self.number}"

    def there(self, copy: Replica, table: str) -> list[str]:
        return [id for id in IDS[table] if copy.row((table, id)) is not None]

    @initialize(order=st.permutations(NAMES[1:]))
    def all_begin_alike(self, order: list[str]) -> None:
        for row in ROWS:
            self.make_row(self.copies["one"], row, 0)
        for name in order:
            self.merge(name, "one")

    # --- what one person does -----------------------------------------------------------------------------------

    def ever_there(self, copy: Replica, table: str) -> list[str]:
        return [id for id in IDS[table] if self.oracle.knowledge(copy.name, (table, id))]

    def make_row(self, copy: Replica, row: Row, which: int, under_what_is_gone: bool = False) -> None:
        table = row[0]
        cells: dict[str, object] = {column: self.value(column) for column in FREE[table]}
        for number, (column, parent) in enumerate(ABOVE[table]):
            there = self.ever_there(copy, parent) if under_what_is_gone else self.there(copy, parent)
            if not there and number == 0:
                return
            cells[column] = there[which % len(there)] if there else ""
        before = copy.rows()
        with copy.change() as change:
            change.add(new_row(row, cells))
        copy.came_back(before, row, change.act)
        copy.wrote(row, cells, change.act)

    @rule(name=copy_names, row=rows, which=st.integers(0, 1), under_what_is_gone=st.booleans())
    def make(self, name: str, row: Row, which: int, under_what_is_gone: bool) -> None:
        """`under_what_is_gone`: a form was open on the row above when a merge removed that."""
        copy = self.copies[name]
        if copy.row(row) is None:
            self.make_row(copy, row, which, under_what_is_gone)
            self.compare(copy)

    @rule(name=copy_names, row=rows, which=st.integers(0, 1))
    def edit(self, name: str, row: Row, which: int) -> None:
        copy = self.copies[name]
        if copy.row(row) is None:
            return
        column = FREE[row[0]][which % len(FREE[row[0]])]
        value = self.value(column)
        with copy.change() as change:
            change.edit(TABLES[row[0]], row[1], **{column: value})  # type: ignore[arg-type]
        copy.wrote(row, {column: value}, change.act)
        self.compare(copy)

    @rule(name=copy_names, row=rows, which=st.integers(0, 1))
    def edit_with_another_tool(self, name: str, row: Row, which: int) -> None:
        copy = self.copies[name]
        if copy.row(row) is None:
            return
        column = FREE[row[0]][which % len(FREE[row[0]])]
        value = self.value(column)
        copy.db.execute(f"UPDATE {row[0]} SET {column} = ? WHERE id = ?", (value, row[1]))
        copy.wrote(row, {column: value}, "")
        self.compare(copy)

    @rule(name=copy_names, row=children, which=st.integers(0, 2))
    def move(self, name: str, row: Row, which: int) -> None:
        copy = self.copies[name]
        values = copy.row(row)
        if values is None:
            return
        column, parent = ABOVE[row[0]][which % len(ABOVE[row[0]])]
        there = [id for id in self.there(copy, parent) if id != values[column]]
        if not there:
            return
        to = there[which % len(there)]
        with copy.change() as change:
            change.edit(TABLES[row[0]], row[1], **{column: to})
        copy.wrote(row, {column: to}, change.act)

    @rule(name=copy_names, row=rows)
    def remove(self, name: str, row: Row) -> None:
        copy = self.copies[name]
        before = copy.rows()
        if row not in before:
            return
        with copy.change() as change:
            change.remove(TABLES[row[0]], row[1])
        copy.dropped(before, change.act)
        self.compare(copy)

    @rule(name=copy_names, row=children, which=st.integers(0, 2))
    def move_and_remove_what_it_stands_under_then(self, name: str, row: Row, which: int) -> None:
        self.move(name, row, which)
        above = self.copies[name].above(row)
        if above:
            self.remove(name, above[which % len(above)])

    @rule(name=copy_names, row=rows)
    def open_a_form(self, name: str, row: Row) -> None:
        copy = self.copies[name]
        if copy.row(row) is not None:
            copy.forms.append((row, copy.book.seen(*row), self.oracle.knowledge(name, row)))

    @precondition(lambda self: any(copy.forms for copy in self.copies.values()))
    @rule(name=copy_names, which=st.integers(0, 1))
    def save_a_form(self, name: str, which: int) -> None:
        copy = self.copies[name]
        if not copy.forms:
            return
        row, seen, knew = copy.forms.pop(0)
        before = copy.rows()
        column = FREE[row[0]][which % len(FREE[row[0]])]
        value = self.value(column)
        with copy.change(seen) as change:
            change.edit(TABLES[row[0]], row[1], **{column: value})  # type: ignore[arg-type]
        cells = {column: value}
        copy.came_back(before, row, change.act)
        if row not in before:
            cells = copy.patched(row, change.act)
            assert cells[column] == value
        copy.wrote(row, cells, change.act, knew)
        self.compare(copy)

    @rule(name=copy_names, again=st.booleans())
    def undo(self, name: str, again: bool) -> None:
        copy = self.copies[name]
        source, target = (copy.undone, copy.done) if again else (copy.done, copy.undone)
        before = copy.rows()
        acts = {act for (act,) in copy.db.execute("SELECT act FROM op")}
        changed = copy.book.redo(NOW) if again else copy.book.undo(NOW)
        assert (changed is not None) == bool(source)
        if not source:
            return
        last = source.pop()
        target.append(last)
        copy.without = copy.without - {last} if again else copy.without | {last}
        after = copy.rows()
        if before == after:
            return
        (act,) = {act for (act,) in copy.db.execute("SELECT act FROM op")} - acts
        copy.without.add(act)
        touched = {write.row for write in self.oracle.writes if write.act == last}
        for row in {**before, **after}:
            if before.get(row) == after.get(row):
                continue
            # What a row stands under again comes back with it, if it went meanwhile.
            above = {parent for one in after if before.get(one) != after[one] for parent in copy.above(one)}
            assert row in touched or row in above - before.keys(), "an undo writes what the act wrote"
            if row not in after:
                self.oracle.write(name, row, {}, deletes=True, act=act)
                continue
            old = before.get(row, {})
            cells = {column: value for column, value in after[row].items() if old.get(column) != value}
            self.oracle.write(name, row, cells if row in before else after[row], act=act)
        for row in after:
            if before.get(row) != after[row]:
                for parent in copy.above(row):
                    if copy.row(parent) is not None:
                        self.oracle.touch(name, parent, act)
        self.compare(copy)

    @rule(name=copy_names, days=st.sampled_from([-400, 0, 400]), frozen=st.booleans())
    def the_clock_jumps(self, name: str, days: int, frozen: bool) -> None:
        self.copies[name].clock(days, frozen)

    # --- merging ------------------------------------------------------------------------------------------------

    @rule(target=kept, name=copy_names)
    def lay_a_copy_aside(self, name: str) -> tuple[Path, frozenset[int]]:
        self.number += 1
        file = self.copies[name].file()
        aside = file.with_name(f"aside {self.number}.db")
        file.rename(aside)
        return aside, self.oracle.kept(name)

    @rule(into=copy_names, copy=consumes(kept))
    def merge_an_old_copy(self, into: str, copy: tuple[Path, frozenset[int]]) -> None:
        self.merge_file(into, *copy)

    @rule(into=copy_names, other=copy_names)
    def merge(self, into: str, other: str) -> None:
        if into != other:
            self.merge_file(into, self.copies[other].file(), self.oracle.kept(other))

    def merge_file(self, into: str, file: Path, knowledge: frozenset[int]) -> None:
        copy = self.copies[into]
        new = not knowledge <= self.oracle.kept(into)
        result = merge(copy, file)
        assert bool(result.operations) == new
        if not new:
            return
        self.oracle.take(into, knowledge)
        self.oracle.mend(into, ROWS, copy.above)
        self.compare(copy)
        whole(copy)

    @rule(name=copy_names, other=copy_names, row=rows, which=st.integers(0, 1))
    def both_write_the_same_cell(self, name: str, other: str, row: Row, which: int) -> None:
        self.edit(name, row, which)
        self.edit(other, row, which)
        self.merge(name, other)

    @rule(name=copy_names, other=copy_names, row=rows, which=st.integers(0, 1))
    def a_copy_lands_while_a_form_is_open(self, name: str, other: str, row: Row, which: int) -> None:
        copy = self.copies[name]
        if name == other or copy.row(row) is None:
            return
        copy.forms.insert(0, (row, copy.book.seen(*row), self.oracle.knowledge(name, row)))
        self.edit(other, row, which)
        self.merge(name, other)
        self.save_a_form(name, which)

    @rule(name=copy_names, other=copy_names)
    def exchange(self, name: str, other: str) -> None:
        """Both take the other as it was before: what each merge writes by itself, both write apart."""
        if name == other:
            return
        files = []
        for copy in (name, other):
            file = self.copies[copy].file()
            files.append((file.rename(file.with_name(f"sent by {copy}.db")), self.oracle.kept(copy)))
        self.merge_file(name, *files[1])
        self.merge_file(other, *files[0])

    def everybody_takes_everything(self) -> None:
        """In rounds, for a merge may itself write something that the others have to learn."""
        for name, other in itertools.combinations(NAMES, 2):
            self.exchange(name, other)
        for _ in range(4):
            for into, other in (("one", "two"), ("one", "three"), ("two", "one"), ("three", "one")):
                if self.oracle.kept(into) != self.oracle.kept(other):
                    self.merge(into, other)
        one, two, three = (copy.tables() for copy in self.copies.values())
        assert one == two == three
        for copy in self.copies.values():
            self.compare(copy)
        self.merge("one", "three")

    def compare(self, copy: Replica) -> None:
        """The tables are what the writes make of them, and every value that lost is kept beside the one that won."""
        for row in ROWS:
            values = copy.row(row)
            assert (values is not None) == self.oracle.alive(copy.name, row), row
            conflicts = copy.db.execute(
                "SELECT col, val, hlc, rnd FROM conflict WHERE tbl = ? AND pk = ?", row
            ).fetchall()
            assert sum(found[0] == "_deleted" for found in conflicts) == self.oracle.deletions(copy.name, row), row
            for column, value in (values or {}).items():
                lost = [found for found in conflicts if found[0] == column]
                expected = self.oracle.values(copy.name, row, column)
                assert value in expected, (row, column)
                assert {found[1] for found in lost} | {value} == expected, (row, column)
                won = max(
                    (hlc, rnd)
                    for hlc, rnd, patch in copy.db.execute(
                        "SELECT hlc, rnd, patch FROM op WHERE tbl = ? AND pk = ?", row
                    )
                    if column in (cells := json.loads(patch)) and cells[column] == value
                )
                assert all((hlc, rnd) < won for _, _, hlc, rnd in lost), "of two equals the later stamp stands"


def whole(copy: Replica) -> None:
    for row in copy.rows():
        for parent in copy.above(row):
            assert copy.row(parent) is not None, f"{row} stands under {parent}, which is gone"
    for pk, hlc, parents in copy.db.execute("SELECT pk, hlc, parents FROM op"):
        assert all(stamp[0] < hlc for stamp in json.loads(parents)), pk


CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def run(examples: int, steps: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Merging,
        settings=settings(
            max_examples=EXAMPLES or examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=CALM,
            phases=[Phase.generate] if "FIELDSALES_MUTANT" in os.environ else list(Phase),
            report_multiple_bugs=False,
        ),
    )


def test_copies_edited_apart_become_equal_and_nothing_typed_is_lost() -> None:
    run(25, 25)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_copies_edited_apart_become_equal_in_long_runs(part: int) -> None:
    run(200, 50)
