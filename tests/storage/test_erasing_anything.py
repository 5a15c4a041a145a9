"""Erasing among copies that were edited apart: whoever merges whom, the same book comes of it, without the name."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from copies import Copy
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldsales.domain.operations import Operation, fold, renewed
from fieldsales.storage.erasing import BLANK, _erase, apply_erased, plan

NOW = datetime(2026, 11, 20, 9, 20)
NAME = "남궁별"
COLUMNS = ("note", "region", "phone")

texts = st.sampled_from(["", "일산", f"{NAME} 소개", f"오래 {NAME}님과", "김포"])
edits = st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from(COLUMNS), texts), max_size=8)


def write(copy: Copy, column: str, text: str) -> None:
    copy.db.execute(f"UPDATE account SET {column} = ? WHERE id = 'a'", (text,))


def erase(copy: Copy, table: str = "contact", id: str = "p") -> None:
    copy.db.execute("BEGIN IMMEDIATE")
    copy.db.execute("UPDATE recorder SET act = 'erase:1'")
    _erase(copy.db, plan(copy.db, table, id), "erase:1", NOW, frozenset())
    copy.db.execute("UPDATE recorder SET act = ''")
    copy.db.execute("COMMIT")


@settings(max_examples=15, deadline=None)
@given(edits, edits, st.booleans())
def test_copies_edited_apart_become_one_book_without_the_name(
    before: list[tuple[int, str, str]], after: list[tuple[int, str, str]], older_first: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here, there = Copy(Path(folder), "here"), Copy(Path(folder), "there")
        here.db.execute("INSERT INTO account(id, name, note) VALUES ('a', '한빛정밀', ?)", (f"{NAME} 때문에",))
        here.db.execute("INSERT INTO contact(id, account_id, name) VALUES ('p', 'a', ?)", (NAME,))
        there.take(here)
        both = (here, there)
        for side, column, text in before:
            write(both[side], column, text)
        there.take(here)
        here.take(there)
        there.take(here)  # here holds one edit that there does not have yet, or none
        conflicts = here.db.execute("SELECT count(*) FROM conflict").fetchone()[0]
        values = here.db.execute(f"SELECT {', '.join(COLUMNS)} FROM account").fetchone()
        count = here.db.execute("SELECT count(*) FROM op WHERE pk = 'a'").fetchone()[0]
        erase(here)
        cleaned = tuple(value.replace(NAME, BLANK) if value else value for value in values)
        assert here.db.execute(f"SELECT {', '.join(COLUMNS)} FROM account").fetchone() == cleaned
        assert here.db.execute("SELECT count(*) FROM op WHERE pk = 'a'").fetchone()[0] == count
        assert here.db.execute("SELECT count(*) FROM conflict").fetchone()[0] <= conflicts
        for _, column, text in after:
            write(there, column, text.replace(NAME, "누가"))
        first, second = both if older_first else (there, here)
        first.take(second)
        second.take(first)
        first.take(second)
        assert here.tables() == there.tables()
        for copy in both:
            assert copy.db.execute("SELECT count(*) FROM contact").fetchone() == (0,)
            dump = "".join(line for line in copy.db.iterdump())
            assert NAME not in dump
            copy.db.execute("BEGIN")
            assert apply_erased(copy.db) == frozenset()
            copy.db.execute("COMMIT")
            copy.db.close()


sides = st.integers(0, 2)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), sides, st.sampled_from(["a", "b"]), st.sampled_from(["", "p", "q"])),
        st.tuples(st.just("name"), sides, st.sampled_from("uvw"), st.sampled_from(["", "p", "q"])),
        st.tuples(st.just("move"), sides, st.sampled_from("uvw"), st.sampled_from(["a", "b"])),
        st.tuples(st.just("drop"), sides, st.sampled_from("uvw"), st.just("")),
        st.tuples(st.just("take"), sides, st.just(""), sides),
        st.tuples(st.just("erase"), sides, st.sampled_from(["contact p", "account a"]), st.just("")),
    ),
    max_size=14,
)


@settings(max_examples=10, deadline=None)
@given(acts)
def test_whoever_writes_about_what_is_erased_meanwhile_every_copy_ends_alike_and_names_nothing_erased(
    acts: list[tuple[str, int, str, int | str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copies = [Copy(Path(folder), name) for name in ("one", "two", "three")]
        first = copies[0]
        first.db.execute("INSERT INTO account(id, name) VALUES ('a', '한빛정밀'), ('b', '두리상사')")
        first.db.execute("INSERT INTO contact(id, account_id, name) VALUES ('p', 'a', '남궁별'), ('q', 'b', '서다온')")
        first.db.execute("INSERT INTO activity(id, account_id) VALUES ('u', 'a'), ('v', 'b'), ('w', 'b')")
        for copy in copies[1:]:
            copy.take(first)
        for number, (what, side, one, other) in enumerate(acts):
            copy = copies[side]
            if what == "add":
                copy.db.execute(
                    "INSERT INTO activity(id, account_id, contact_id) SELECT ?, id, ? FROM account WHERE id = ?",
                    (f"n{number}", other, one),
                )
            elif what == "name":
                copy.db.execute("UPDATE activity SET contact_id = ? WHERE id = ?", (other, one))
            elif what == "move":
                copy.db.execute(
                    "UPDATE activity SET account_id = ? WHERE id = ? AND EXISTS (SELECT 1 FROM account WHERE id = ?)",
                    (other, one, other),
                )
            elif what == "drop":
                copy.db.execute("DELETE FROM activity WHERE id = ?", (one,))
            elif what == "take" and other != side:
                copy.take(copies[int(other)])
            elif what == "erase":
                table, id = one.split()
                if copy.db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id,)).fetchone():
                    erase(copy, table, id)
        for _ in range(3):
            for copy in copies:
                for other_copy in copies:
                    if other_copy is not copy:
                        copy.take(other_copy)
        tables = [copy.tables() for copy in copies]
        assert tables[0] == tables[1] == tables[2]
        erased = [sorted(copy.db.execute("SELECT * FROM erased")) for copy in copies]
        assert erased[0] == erased[1] == erased[2]
        whole = {pk for _, pk, hlc, _ in erased[0] if hlc == 0}
        for account_id, contact_id in first.db.execute("SELECT account_id, contact_id FROM activity"):
            assert account_id not in whole and contact_id not in whole
        for copy in copies:
            copy.db.close()


values = st.one_of(st.none(), st.integers(0, 3), st.sampled_from(["x", "y"]))


@given(
    st.lists(
        st.tuples(st.dictionaries(st.sampled_from("abc"), values, max_size=2), st.sets(st.integers(0, 7))), max_size=8
    ),
    st.sets(st.integers(0, 7)),
)
def test_a_history_with_renewed_operations_makes_the_same_row(
    writes: list[tuple[dict[str, str | int | None], set[int]]], chosen: set[int]
) -> None:
    """Whoever had seen an operation has seen the one that stands in its place."""
    stamps = [(number + 1, 1000 * number) for number in range(len(writes))]
    history = [
        Operation(
            "account", "a", *stamps[number], patch=patch,
            parents=tuple(stamps[seen] for seen in sorted(parents) if seen < number),
        )
        for number, (patch, parents) in enumerate(writes)
    ]  # fmt: skip
    after = [
        Operation(one.tbl, one.pk, *renewed(one.stamp), patch=one.patch, parents=one.parents)
        if number in chosen
        else one
        for number, one in enumerate(history)
    ]
    old, new = fold(history), fold(after)
    assert (old.alive, old.values) == (new.alive, new.values)
    assert (
        [one.stamp for one in history].index(old.heads[-1]) == [one.stamp for one in after].index(new.heads[-1])
        if history
        else not new.heads
    )
    assert [(one.col, one.value, one.hlc) for one in old.conflicts] == [
        (one.col, one.value, one.hlc) for one in new.conflicts
    ]
