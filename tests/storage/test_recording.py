"""Whatever writes a row, one operation says what changed; the tables are always the fold of the operations."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from pathlib import Path

import pytest
from copies import Copy, dump
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldsales.domain.model import TABLES
from fieldsales.storage import migrations, recording
from fieldsales.storage.refolding import refold
from fieldsales.storage.schema import COLUMNS, DEFAULTS, FORMAT


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path, "here")


def patches(db: sqlite3.Connection, pk: str) -> list[dict[str, object]]:
    rows = db.execute("SELECT patch FROM op WHERE pk = ? ORDER BY hlc", (pk,)).fetchall()
    return [json.loads(patch) for (patch,) in rows]


def test_the_tables_have_the_columns_and_defaults_of_the_model(copy: Copy) -> None:
    assert set(TABLES) == set(COLUMNS)
    for table, columns in COLUMNS.items():
        found = copy.db.execute(f"PRAGMA table_info({table})").fetchall()
        assert tuple(row[1] for row in found) == columns
        copy.db.execute(f"INSERT INTO {table}(id) VALUES ('')")
        assert copy.db.execute(f"SELECT * FROM {table} WHERE id = ''").fetchone() == DEFAULTS[table]
        for _, name, kind, _, _, key in found:
            assert kind in ("TEXT", "INTEGER")
            assert bool(key) == (name == "id")
        unique = [row[2] for row in copy.db.execute(f"PRAGMA index_list({table})") if row[2]]
        assert len(unique) == 1, "no UNIQUE but the key"


def test_an_insert_records_every_column(copy: Copy) -> None:
    copy.db.execute("INSERT INTO account(id, name) VALUES ('a', '도담나루')")
    (patch,) = patches(copy.db, "a")
    assert patch.keys() == {*COLUMNS["account"][1:], "_deleted"}
    assert (patch["name"], patch["_deleted"], patch["usual_gap_days"]) == ("도담나루", 0, None)


def test_an_update_records_only_what_changed_and_nothing_where_nothing_did(copy: Copy) -> None:
    db = copy.db
    db.execute("INSERT INTO account(id, name, usual_gap_days) VALUES ('a', 'x', 3)")
    db.execute("UPDATE account SET name = 'y', usual_gap_days = NULL, tier = ''")
    db.execute("UPDATE account SET name = 'y'")
    assert patches(db, "a")[1:] == [{"name": "y", "usual_gap_days": None}]


def test_a_delete_and_a_new_id_are_recorded(copy: Copy) -> None:
    db = copy.db
    db.execute("INSERT INTO account(id) VALUES ('a')")
    db.execute("UPDATE account SET id = 'b'")
    db.execute("DELETE FROM account")
    assert patches(db, "a")[1:] == [{"_deleted": 1}]
    assert patches(db, "b")[1:] == [{"_deleted": 1}]


def test_replacing_a_row_from_a_shell_is_recorded_whole(copy: Copy) -> None:
    db = copy.db
    for on in (0, 1):
        db.execute(f"PRAGMA recursive_triggers = {on}")
        db.execute("INSERT OR REPLACE INTO account(id, name) VALUES ('a', ?)", (f"name {on}",))
        assert patches(db, "a")[-1]["name"] == f"name {on}"
    check_fold(db)


def test_writing_a_child_touches_its_account_person_and_case_once_an_act(copy: Copy) -> None:
    db = copy.db
    db.execute("INSERT INTO account(id) VALUES ('a')")
    db.execute("INSERT INTO contact(id) VALUES ('c')")
    db.execute("INSERT INTO churn_case(id) VALUES ('k')")
    db.execute("UPDATE recorder SET act = 'one'")
    for number in range(3):
        db.execute(
            "INSERT INTO activity(id, account_id, contact_id, case_id) VALUES (?, 'a', 'c', 'k')", (str(number),)
        )
    assert [patches(db, key)[1:] for key in "ack"] == [[{}], [{}], [{}]]
    db.execute("UPDATE recorder SET act = 'two'")
    db.execute("UPDATE activity SET note = 'x' WHERE id = '1'")
    assert patches(db, "a")[1:] == [{}, {}]


def test_outside_of_a_change_each_edit_has_an_act_of_its_own(copy: Copy) -> None:
    copy.db.execute("INSERT INTO account(id) VALUES ('a'), ('b')")
    acts = [act for (act,) in copy.db.execute("SELECT act FROM op")]
    assert len(set(acts)) == 2
    assert all(act.startswith("outside:") for act in acts)


def test_the_parents_are_what_the_form_had_seen(copy: Copy) -> None:
    db = copy.db
    db.execute("INSERT INTO account(id) VALUES ('a')")
    seen = db.execute("SELECT * FROM head WHERE pk = 'a'").fetchone()
    db.execute("UPDATE account SET name = 'landed meanwhile'")
    db.execute("INSERT INTO seen VALUES (?, ?, ?, ?)", seen)
    db.execute("UPDATE account SET note = 'typed'")
    db.execute("UPDATE account SET tier = 'A'")
    parents = [json.loads(row[0]) for row in db.execute("SELECT parents FROM op ORDER BY hlc, rnd")]
    stamps = [list(row) for row in db.execute("SELECT hlc, rnd FROM op ORDER BY hlc, rnd")]
    assert sorted(parents) == sorted([[], [stamps[0]], [stamps[0]], parents[3]])
    assert db.execute("SELECT count(*) FROM head WHERE pk = 'a'").fetchone() == (2,)


def test_a_wall_clock_set_back_does_not_put_an_edit_before_what_it_knew(tmp_path: Path) -> None:
    ahead, back = Copy(tmp_path, "ahead", 400), Copy(tmp_path, "back", -400)
    ahead.db.execute("INSERT INTO account(id, name) VALUES ('a', 'from the future')")
    back.take(ahead)
    back.db.execute("UPDATE account SET name = 'later, with a slow clock'")
    ahead.take(back)
    assert ahead.db.execute("SELECT name FROM account").fetchone() == ("later, with a slow clock",)
    assert not ahead.db.execute("SELECT * FROM conflict").fetchall()


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
EDIT = st.one_of(
    st.tuples(st.just("INSERT OR REPLACE INTO account(id, name, seasonal) VALUES (?, ?, ?)"), st.sampled_from("ab")),
    st.tuples(st.just("INSERT OR IGNORE INTO contact(id, name, position) VALUES (?, ?, ?)"), st.sampled_from("cd")),
    st.tuples(st.just("UPDATE account SET note = ?2, usual_gap_days = ?3 WHERE id = ?1"), st.sampled_from("ab")),
    st.tuples(st.just("UPDATE contact SET account_id = ?2, position = ?3 WHERE id = ?1"), st.sampled_from("cd")),
    st.tuples(st.just("DELETE FROM account WHERE id = ?1 AND ?2 = ?2 AND ?3 = ?3"), st.sampled_from("ab")),
    st.tuples(st.just("DELETE FROM contact WHERE id = ?1 AND ?2 = ?2 AND ?3 = ?3"), st.sampled_from("cd")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(EDIT, st.one_of(TEXT, st.sampled_from("ab")), st.integers(-(2**62), 2**62)), max_size=15))
def test_the_fold_of_all_operations_is_the_tables(edits: list[tuple[tuple[str, str], str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder), "here")
        try:
            for (sql, key), text, number in edits:
                copy.db.execute(sql, (key, text, number))
            check_fold(copy.db)
        finally:
            copy.db.close()


def check_fold(db: sqlite3.Connection) -> None:
    before = dump(db)
    db.execute("UPDATE recorder SET off = 1")
    for table in ("account", "contact", "conflict", "head"):
        db.execute(f"DELETE FROM {table}")
    refold(db, "SELECT DISTINCT tbl, pk FROM main.op")
    db.execute("UPDATE recorder SET off = 0")
    assert dump(db) == before


def test_triggers_are_put_in_anew_after_a_migration(copy: Copy) -> None:
    copy.db.execute("DROP TRIGGER account_update")
    recording.install(copy.db)
    copy.db.execute("INSERT INTO account(id) VALUES ('a')")
    copy.db.execute("UPDATE account SET name = 'x'")
    assert patches(copy.db, "a")[1:] == [{"name": "x"}]


def test_migrating_a_current_book_does_nothing(copy: Copy) -> None:
    assert copy.db.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    assert len(migrations.steps._migrations) == FORMAT
    assert not migrations.apply(copy.db)


def test_the_views_for_other_tools_can_be_read(copy: Copy) -> None:
    db = copy.db
    db.execute("INSERT INTO account(id, name) VALUES ('a', 'x')")
    db.execute("INSERT INTO activity(id, account_id, kind, day) VALUES ('v', 'a', 'visit', '2026-11-20')")
    db.execute("INSERT INTO task(id, account_id, title, due_on) VALUES ('t', 'a', '단가표', '2026-11-25')")
    db.execute("INSERT INTO churn_case(id, account_id, heard_at) VALUES ('k', 'a', '2026-11-20T09:00')")
    db.execute("INSERT INTO case_event(id, case_id, at, kind) VALUES ('e', 'k', '2026-11-20T09:00', 'opened')")
    assert db.execute("SELECT name, last_met, open_tasks, open_cases FROM accounts_overview").fetchall() == [
        ("x", "2026-11-20", 1, 1)
    ]
    assert db.execute("SELECT account, title FROM open_promises").fetchall() == [("x", "단가표")]
    assert db.execute("SELECT day, account, kind FROM activity_history").fetchall() == [("2026-11-20", "x", "visit")]
    assert db.execute("SELECT at, account, kind FROM churn_timeline").fetchall() == [
        ("2026-11-20T09:00", "x", "opened")
    ]


def test_twenty_thousand_saves_of_one_row_stay_quick(copy: Copy) -> None:
    db = copy.db
    db.execute("INSERT INTO account(id) VALUES ('a')")
    db.execute("BEGIN")
    begun = time.perf_counter()
    for number in range(20_000):
        db.execute("UPDATE account SET note = ? WHERE id = 'a'", (str(number),))
    assert time.perf_counter() - begun < 15
    db.execute("COMMIT")
