"""Copies edited apart and merged, case by case. Whatever else can happen to them is in test_merge_machine.py."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from copies import Copy, dump
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.operations import fold
from fieldsales.storage import refolding
from fieldsales.storage.errors import BookDamaged, BookForeign, BookIncomplete, BookNewer, DifferentBook
from fieldsales.storage.merging import merge_file


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Copy, Copy]:
    one, two = Copy(tmp_path, "one"), Copy(tmp_path, "two")
    one.db.execute("INSERT INTO account(id, name) VALUES ('A', 'before')")
    two.take(one)
    return one, two


def test_a_first_merge_fills_an_empty_copy(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    assert one.tables() == two.tables()


def test_merging_the_same_file_again_changes_nothing(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    before = two.tables()
    result = two.take(one)
    assert (result.operations, result.rows, result.equal) == (0, 0, True)
    assert two.tables() == before


def test_a_local_edit_settles_a_conflict_everywhere(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    one.db.execute("UPDATE account SET name = 'mine'")
    two.db.execute("UPDATE account SET name = 'yours'")
    assert one.take(two).conflicts == 1
    one.db.execute("UPDATE account SET name = 'settled'")
    assert not one.db.execute("SELECT * FROM conflict").fetchall()
    two.take(one)
    assert not two.db.execute("SELECT * FROM conflict").fetchall()
    assert two.db.execute("SELECT name FROM account").fetchall() == [("settled",)]


def test_a_person_added_elsewhere_keeps_an_account_that_was_deleted_here(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    one.db.execute("DELETE FROM account")
    two.db.execute("INSERT INTO contact(id, account_id) VALUES ('c', 'A')")
    one.take(two)
    two.take(one)
    assert one.tables() == two.tables()
    assert one.db.execute("SELECT name FROM account").fetchall() == [("before",)]
    assert one.db.execute("SELECT pk, col, val FROM conflict").fetchall() == [("A", "_deleted", 1)]


def test_an_edit_of_another_cell_settles_nothing(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    one.db.execute("UPDATE account SET name = 'mine'")
    two.db.execute("UPDATE account SET name = 'yours'")
    one.take(two)
    one.db.execute("UPDATE account SET note = 'something else'")
    assert one.db.execute("SELECT col FROM conflict").fetchall() == [("name",)]


def people_apart(pair: tuple[Copy, Copy]) -> None:
    """One moves a person to an account and deletes that; two, knowing nothing of it, writes to the person."""
    one, two = pair
    one.db.execute("INSERT INTO account(id, name) VALUES ('B', 'other')")
    one.db.execute("INSERT INTO contact(id, account_id, name) VALUES ('c', 'A', 'somebody')")
    two.take(one)
    one.db.execute("UPDATE contact SET account_id = 'B' WHERE id = 'c'")
    one.db.execute("DELETE FROM contact WHERE id = 'c'")
    one.db.execute("DELETE FROM account WHERE id = 'B'")
    two.db.execute("UPDATE contact SET phone = '1' WHERE id = 'c'")


def test_a_person_whose_account_was_deleted_unawares_has_it_back(pair: tuple[Copy, Copy]) -> None:
    people_apart(pair)
    one, two = pair
    one.take(two)
    assert one.db.execute("SELECT account_id, phone FROM contact").fetchall() == [("B", "1")]
    assert one.db.execute("SELECT name FROM account WHERE id = 'B'").fetchall() == [("other",)]
    two.take(one)
    assert one.tables() == two.tables()


def test_two_copies_that_bring_an_account_back_apart_do_the_same(pair: tuple[Copy, Copy]) -> None:
    people_apart(pair)
    one, two = pair
    sent = one.file().rename(one.folder / "sent.db")
    one.take(two)
    merge_file(two.db, sent, two.folder, lambda result: None)
    assert one.tables() == two.tables()
    assert one.take(two).operations == 0


def test_what_was_erased_stays_away_after_a_merge_with_an_older_copy(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    two.db.execute("INSERT INTO account(id, name) VALUES ('B', 'other')")
    one.db.execute("UPDATE recorder SET off = 1")
    for table in ("op", "head"):
        one.db.execute(f"DELETE FROM {table} WHERE pk = 'A'")
    one.db.execute("DELETE FROM account WHERE id = 'A'")
    one.db.execute("INSERT INTO erased VALUES ('account', 'A', 0, 0)")
    one.db.execute("UPDATE recorder SET off = 0")
    one.take(two)
    assert one.db.execute("SELECT id FROM account").fetchall() == [("B",)]
    two.take(one)
    assert one.tables() == two.tables()
    assert two.db.execute("SELECT DISTINCT pk FROM op").fetchall() == [("B",)]


def test_operations_of_unknown_tables_and_columns_are_kept_and_passed_on(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    later = 4_000_000_000_000 << 16  # the year 2096
    one.db.execute("UPDATE recorder SET off = 1")
    insert = "INSERT INTO op VALUES (?, ?, ?, 1, '', 'newer', ?, '[]')"
    one.db.execute(insert, ("hologram", "h", later, '{"_deleted":0,"depth":3}'))
    one.db.execute(insert, ("account", "N", later, '{"_deleted":0,"name":"new","aura":"red"}'))
    one.db.execute("UPDATE recorder SET off = 0")
    two.take(one)
    third = Copy(two.folder, "third")
    third.take(two)
    assert [tuple(row) for row in third.db.execute("SELECT tbl, pk FROM op WHERE act = 'newer' ORDER BY tbl")] == [
        ("account", "N"),
        ("hologram", "h"),
    ]
    assert third.db.execute("SELECT name FROM account WHERE id = 'N'").fetchone() == ("new",)


def test_another_book_is_refused(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    two.db.execute("UPDATE meta SET value = 'another' WHERE key = 'document_id'")
    before = one.tables()
    with pytest.raises(DifferentBook) as caught:
        merge_file(one.db, two.file(), one.folder, lambda result: None, own_name="mine.db")
    assert caught.value.message.args == {"name": "two.db", "own": "mine.db"}
    assert one.tables() == before


def test_a_newer_format_is_refused(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    file = two.file()
    db = sqlite3.connect(file)
    db.execute("PRAGMA user_version = 999")
    db.close()
    with pytest.raises(BookNewer):
        merge_file(one.db, file, one.folder, lambda result: None)


def test_a_file_still_being_copied_is_told_from_a_damaged_one(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    file = two.file()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BookIncomplete):
        merge_file(one.db, file, one.folder, lambda result: None)
    file.write_bytes(b"not a database at all, but long enough" * 9)
    with pytest.raises(BookForeign):
        merge_file(one.db, file, one.folder, lambda result: None)
    file.write_bytes(whole[:5000] + b"\xa5" * (len(whole) - 5000))
    with pytest.raises(BookDamaged):
        merge_file(one.db, file, one.folder, lambda result: None)


FORGED: list[tuple[str, tuple[object, ...]]] = [
    ("an hlc beyond the range", ("account", "A", (1 << 62) + 1, 1, "", "", "{}", "[]")),
    ("an hlc of zero", ("account", "A", 0, 1, "", "", "{}", "[]")),
    ("a patch that is no JSON", ("account", "A", 5, 1, "", "", "{", "[]")),
    ("a patch that is a list", ("account", "A", 5, 1, "", "", "[]", "[]")),
    ("a list for a value", ("account", "A", 5, 1, "", "", '{"name":["x"]}', "[]")),
    ("text for a number", ("account", "Z", 5, 1, "", "", '{"_deleted":0,"seasonal":"x"}', "[]")),
    ("a parent sorted after its child", ("account", "A", 5, 1, "", "", "{}", "[[6,1]]")),
    ("a parent that is no stamp", ("account", "A", 5, 1, "", "", "{}", '[["x"]]')),
    ("a parent that is no list", ("account", "A", 5, 1, "", "", "{}", "[7]")),
    ("a lone surrogate", ("account", "A", 5, 1, "", "", '{"name":"\\ud800"}', "[]")),
    ("a name without end", ("account", "A" * 2000, 5, 1, "", "", "{}", "[]")),
    ("random bits beyond the range", ("account", "A", 5, 1 << 40, "", "", "{}", "[]")),
]


@pytest.mark.parametrize("row", [row for _, row in FORGED], ids=[name for name, _ in FORGED])
def test_operations_that_nobody_can_have_written_are_refused(pair: tuple[Copy, Copy], row: tuple[object, ...]) -> None:
    one, two = pair
    two.db.execute("UPDATE recorder SET off = 1")
    two.db.execute("INSERT INTO op VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    before = one.tables()
    with pytest.raises(BookDamaged):
        one.take(two)
    assert one.tables() == before
    one.db.execute("UPDATE account SET name = 'still recording'")
    assert one.db.execute("SELECT count(*) FROM op").fetchone()[0] == len(before["op"]) + 1


def test_bytes_that_are_no_text_are_refused(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    two.db.execute("UPDATE recorder SET off = 1")
    two.db.execute("INSERT INTO op VALUES ('account', CAST(x'ff41' AS TEXT), 5, 1, '', '', '{}', '[]')")
    with pytest.raises(BookDamaged):
        one.take(two)


def test_a_view_in_place_of_the_operations_is_refused(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    file = two.file()
    db = sqlite3.connect(file)
    db.executescript("ALTER TABLE op RENAME TO hidden; CREATE VIEW op AS SELECT * FROM hidden")
    db.close()
    with pytest.raises(BookDamaged):
        merge_file(one.db, file, one.folder, lambda result: None)


def test_edits_still_in_a_journal_beside_the_file_are_read(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    file = two.file()
    tool = sqlite3.connect(file)
    tool.execute("PRAGMA journal_mode=WAL")
    tool.execute("UPDATE account SET name = 'in the log'")
    tool.commit()
    copied = one.folder / "copied.db"
    for end in ("", "-wal"):
        shutil.copy(f"{file}{end}", f"{copied}{end}")
    tool.close()
    merge_file(one.db, copied, one.folder, lambda result: None)
    assert one.db.execute("SELECT name FROM account").fetchone() == ("in the log",)


def test_a_failure_in_the_middle_of_a_merge_leaves_everything_as_it_was(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    two.db.execute("UPDATE account SET name = 'other'")
    before = one.tables()

    def fail(result: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        merge_file(one.db, two.file(), one.folder, fail)
    assert one.tables() == before
    assert one.take(two).operations == 1


def test_a_merge_says_which_accounts_it_touched(pair: tuple[Copy, Copy]) -> None:
    one, two = pair
    two.db.execute("INSERT INTO account(id, name) VALUES ('B', 'other')")
    two.db.execute("UPDATE contact SET name = 'none'")
    two.db.execute("INSERT INTO churn_case(id, account_id) VALUES ('k', 'A')")
    two.db.execute("INSERT INTO case_item(id, case_id) VALUES ('i', 'k')")
    result = one.take(two)
    assert result.accounts == {"A", "B"}
    assert result.tables == {"account", "churn_case", "case_item"}


def test_two_thousand_accounts_edited_on_both_sides_lose_nothing(tmp_path: Path) -> None:
    one, two = Copy(tmp_path, "one"), Copy(tmp_path, "two")
    one.db.execute("BEGIN")
    rows = ((f"{n:05}", f"name {n}") for n in range(2000))
    one.db.executemany("INSERT INTO account(id, name) VALUES (?, ?)", rows)
    one.db.execute("COMMIT")
    two.take(one)
    for copy, rest in ((one, 0), (two, 5)):
        copy.db.execute("UPDATE account SET name = ? || id WHERE CAST(id AS INTEGER) % 10 IN (?, 7)", (copy.name, rest))
    assert one.take(two).conflicts == 200
    two.take(one)
    assert dump(one.db) == dump(two.db)
    names = dict(one.db.execute("SELECT id, name FROM account").fetchall())
    lost = dict(one.db.execute("SELECT pk, val FROM conflict").fetchall())
    assert {names["00007"], lost["00007"]} == {"one00007", "two00007"}
    assert json.loads(one.db.execute("SELECT patch FROM op WHERE pk = '00000' ORDER BY hlc DESC").fetchone()[0]) == {
        "name": "one00000"
    }


# --- the quick way to fold ------------------------------------------------------------------------------------------

PATCH = st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["x", "y", None]), max_size=2)


@given(st.lists(PATCH, min_size=1, max_size=4), st.sampled_from(["line", "fork"]), st.sets(st.integers(0, 4)))
def test_the_quick_way_to_fold_makes_what_the_general_one_makes(
    patches: list[dict[str, str | None]], shape: str, deletes: set[int]
) -> None:
    rows = []
    for number in range(len(patches)):
        if number in deletes:
            patches[number] = {"_deleted": 1}  # type: ignore[dict-item]
        before = number - 1 - (shape == "fork" and number == len(patches) - 1 and number > 1)
        parents = f"[[{before + 1},7]]" if before >= 0 else "[]"
        rows.append(("account", "A", number + 1, 7, "s", "act", json.dumps(patches[number]), parents))
    quick = refolding._fold_quickly(rows, [dict(patch) for patch in patches])
    assert quick is not None
    general = fold(refolding.read_operations(rows))
    assert (quick.alive, dict(quick.values), quick.conflicts) == (
        general.alive,
        dict(general.values),
        general.conflicts,
    )
    assert sorted(quick.heads) == sorted(general.heads)
