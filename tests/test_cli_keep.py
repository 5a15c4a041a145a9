"""backup, restore and check on the command line, on real files."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from said import Call

from fieldsales.domain.model import Account
from fieldsales.storage import looking, publishing
from fieldsales.storage.book import Book

NOW = datetime(2026, 11, 20, 9, 20)
PAGE = 4096


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def call(call: Call) -> Call:
    """On a book with one account."""
    assert call("add", "한빛").code == 0
    return call


def names(home: Path) -> set[str]:
    with closing(Book.open(home / "fieldsales.db", home / "data")) as book:
        return {account.name for account in book.rows(Account)}


def own(home: Path) -> Path:
    return next((home / "data" / "books").glob("*/book.db"))


def spoil(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[:PAGE] = b"\xa5" * PAGE
    path.write_bytes(raw)


# --- backup ----------------------------------------------------------------------------------------------------------


def test_a_backup_opens_with_any_tool_and_is_listed(call: Call, home: Path) -> None:
    path = Path(call("backup", "--json").json["path"])
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("SELECT name FROM account").fetchall() == [("한빛",)]
    listed = call("--json", "backup", "--list").json["backups"]
    assert [(one["path"], one["reason"]) for one in listed] == [(str(path), "asked")]
    assert path.name in call("backup", "--list").out


def test_a_backup_goes_where_the_user_says(call: Call, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    assert call("backup", "--to", str(tmp_path / "stick")).code == 0
    assert len(list((tmp_path / "stick").glob("fieldsales-*.db"))) == 1
    assert call("backup", "--to", str(tmp_path / "one.db")).code == 0
    refused = call("backup", "--to", str(tmp_path / "one.db"))
    assert refused.code == 1
    assert "이미" in refused.err


def test_the_configuration_moves_the_backups_and_moves_them_back(call: Call, home: Path, tmp_path: Path) -> None:
    first = call("--json", "backup").json["path"]
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "config.toml").write_text(f'backups = "{tmp_path / "stick"}"\n')
    second = call("--json", "backup").json["path"]
    assert Path(second).is_relative_to(tmp_path / "stick")
    assert {one["path"] for one in call("--json", "backup", "--list").json["backups"]} == {first, second}
    (home / "config" / "config.toml").write_text("backups = 3\n")
    assert "따옴표" in call("backup", "--list").err
    assert (home / "data" / "backups.place").exists()
    (home / "config" / "config.toml").unlink()
    assert Path(call("--json", "backup").json["path"]).is_relative_to(home / "data" / "backups")


def test_without_a_trace_nothing_is_backed_up_by_accident(call: Call, home: Path, tmp_path: Path) -> None:
    shutil.rmtree(home / "data")
    said = call("--no-trace", "backup")
    assert said.code == 1
    assert "--to" in said.err
    assert call("--no-trace", "backup", "--to", str(tmp_path / "one.db")).code == 0
    assert not (home / "data").exists()


# --- restore ---------------------------------------------------------------------------------------------------------


def test_without_a_way_both_are_explained_and_nothing_is_done(call: Call, home: Path) -> None:
    call("backup")
    call("add", "가람")
    said = call("restore")
    assert said.code == 2
    assert "--merge" in said.err
    assert "--replace" in said.err
    assert call("--json", "restore").json["error"]["id"] == "keep.which_way"
    assert call("restore", "--merge", "--replace").code == 2
    assert names(home) == {"한빛", "가람"}


def test_replacing_makes_the_book_what_it_was_in_one_act_that_can_be_taken_back(call: Call, home: Path) -> None:
    call("log", "한빛", "call", "--heard", "처음 들은 말")
    call("backup")
    call("add", "가람")
    call("log", "한빛", "visit", "--heard", "나중 말")
    dry = call("--json", "restore", "--replace", "--dry-run").json
    assert (dry["written"], dry["removed"]) == (0, 2)
    assert names(home) == {"한빛", "가람"}
    done = call("--json", "restore", "--replace").json
    assert (done["written"], done["removed"], done["in_file"]) == (0, 2, True)
    assert names(home) == {"한빛"}
    assert [one["reason"] for one in call("--json", "backup", "--list").json["backups"]] == ["restore", "asked"]
    with closing(Book.open(home / "fieldsales.db", home / "data")) as book:
        assert book.undo(datetime(2026, 11, 20, 10)) is not None
    assert names(home) == {"한빛", "가람"}
    assert call("check").code == 0


def test_replacing_brings_back_what_was_removed_and_edited_since(call: Call, home: Path) -> None:
    call("add", "가람")
    call("backup")
    with closing(Book.open(home / "fieldsales.db", home / "data")) as book:
        first, second = sorted(book.rows(Account), key=lambda account: account.name)
        with book.change("edit", NOW) as change:
            change.remove(Account, first.id)
            change.edit(Account, second.id, name="다른 이름")
    assert names(home) == {"다른 이름"}
    merged = call("--json", "restore", "--merge").json
    assert merged["changes"] == 0
    assert names(home) == {"다른 이름"}
    assert call("restore", "newest", "--replace").code == 0
    assert names(home) == {"한빛", "가람"}
    assert "같아요" in call("restore", call("--json", "backup", "--list").json["backups"][1]["path"], "--replace").out


def test_a_copy_apart_and_a_restored_book_still_merge(call: Call, home: Path, tmp_path: Path) -> None:
    call("backup")
    call("add", "가람")
    other = tmp_path / "other.db"
    shutil.copy(home / "fieldsales.db", other)
    with (
        closing(Book.open(other, tmp_path / "elsewhere")) as book,
        book.change("add", NOW) as change,
    ):
        change.add(Account("x", "새녘"))
    call("restore", "--replace")
    assert names(home) == {"한빛"}
    call("merge", str(other))
    assert names(home) == {"한빛", "새녘"}


def test_what_was_erased_for_good_does_not_come_back_out_of_a_backup(call: Call, home: Path) -> None:
    kept = call("--json", "backup").json["path"]
    shutil.copy(kept, home / "old.db")
    with closing(Book.open(home / "fieldsales.db", home / "data")) as book:
        (account,) = book.rows(Account)
        with book.change("remove", NOW) as change:
            change.remove(Account, account.id)
        book.work.execute("INSERT INTO erased VALUES ('account', ?, 0, 0)", (account.id,))
    assert call("restore", str(home / "old.db"), "--replace").code == 0
    assert names(home) == set()


def test_another_books_backup_is_refused(call: Call, home: Path, tmp_path: Path) -> None:
    with closing(Book.open(tmp_path / "b.db", tmp_path / "d", create=True)):
        pass
    said = call("restore", str(tmp_path / "b.db"), "--replace")
    assert said.code == 1
    assert "다른 수첩" in said.err
    assert call("restore", "1999-01-01", "--merge").code == 1


def test_a_book_is_not_taken_back_to_an_empty_backup(call: Call, home: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    with closing(looking.fresh(own(home).parent.name)) as work:
        publishing.snapshot(work, empty)
    for more in ((), ("--dry-run",)):
        said = call("restore", str(empty), "--replace", *more)
        assert said.code == 1
        assert "empty.db" in said.err
        assert "backup --list" in said.err
    assert call("--json", "restore", str(empty), "--replace").json["error"]["id"] == "keep.empty_backup"
    assert names(home) == {"한빛"}


def test_a_new_machine_has_no_backup_that_would_empty_the_book(call: Call, home: Path, tmp_path: Path) -> None:
    path = str(home / "fieldsales.db")
    assert call("--file", path, "accounts", machine="new").code == 0
    assert call("--json", "--file", path, "backup", "--list", machine="new").json["backups"] == []
    assert call("--file", path, "restore", "newest", "--replace", machine="new").code == 1
    assert names(home) == {"한빛"}


def test_merging_brings_only_what_the_backup_alone_has(call: Call, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    shutil.copy(home / "fieldsales.db", other)
    with (
        closing(Book.open(other, tmp_path / "elsewhere")) as book,
        book.change("add", NOW) as change,
    ):
        change.add(Account("x", "새녘"))
    dry = call("--json", "restore", str(other), "--merge", "--dry-run").json
    assert dry["changes"] == 1
    assert names(home) == {"한빛"}
    assert "새녘" not in call("accounts").out
    assert call("--json", "restore", str(other), "--merge").json["changes"] == 1
    assert names(home) == {"한빛", "새녘"}


# --- a damaged book --------------------------------------------------------------------------------------------------


def test_a_damaged_book_is_told_in_a_sentence_that_names_the_way_back(call: Call, home: Path) -> None:
    spoil(own(home))
    for argv in (["accounts"], ["log", "한빛", "call"], ["today"], ["backup"], ["restore", "--merge"]):
        said = call(*argv)
        assert said.code == 1
        assert "restore --replace" in said.err
        assert said.out == ""
    assert call("--json", "accounts").json["error"]["id"] == "book.own_damaged"


def test_damage_that_only_a_later_read_meets_is_told_in_a_sentence_too(call: Call, home: Path) -> None:
    path = own(home)
    with closing(sqlite3.connect(path)) as work:
        work.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = work.execute("SELECT rootpage FROM sqlite_master WHERE name = 'account'").fetchone()[0] - 1
    raw = bytearray(path.read_bytes())
    raw[page * PAGE : page * PAGE + 300] = b"\xa5" * 300
    path.write_bytes(raw)
    before = (home / "fieldsales.db").read_bytes()
    said = call("show", "한빛")
    assert said.code == 1
    assert "restore --replace" in said.err
    assert (home / "fieldsales.db").read_bytes() == before
    assert call("accounts").code == 1  # noted: nothing is tried on it any more


def test_a_damaged_book_is_made_anew_and_what_was_damaged_is_kept(call: Call, home: Path) -> None:
    call("backup")
    call("add", "가람")
    path = own(home)
    spoil(path)
    spoilt = path.read_bytes()
    checked = call("--json", "check")
    assert checked.code == 1
    assert {one["id"]: one["ok"] for one in checked.json["findings"]}["working"] is False
    dry = call("--json", "restore", "--replace", "--dry-run").json
    assert [source["kind"] for source in dry["sources"]] == ["file", "backup"]
    assert path.read_bytes() == spoilt
    done = call("--json", "restore", "--replace").json
    assert (Path(done["aside"]) / "book.db").read_bytes() == spoilt
    assert names(home) == {"한빛", "가람"}
    assert call("check").code == 0


# --- check -----------------------------------------------------------------------------------------------------------


def test_a_whole_book_checks_well_and_exits_with_nothing(call: Call) -> None:
    call("backup")
    said = call("check")
    assert said.code == 0
    assert "모두 괜찮아요" in said.out
    found = call("check", "--json").json
    assert found["ok"]
    assert len(found["findings"]) == 11
    assert call("--lang", "en", "check").out.rstrip().endswith("All is well.")


def test_what_is_wrong_is_named_exits_with_one_and_is_put_right_on_request(call: Call, home: Path) -> None:
    call("backup")
    with closing(sqlite3.connect(own(home), isolation_level=None)) as work:
        work.execute("UPDATE recorder SET off = 1")
        work.execute("UPDATE account SET note = 'spoilt'")
        work.execute("UPDATE recorder SET off = 0")
    said = call("check")
    assert said.code == 1
    assert "--repair" in said.out
    assert call("check", "--repair").code == 0
    assert call("check").code == 0


def test_a_book_opened_from_elsewhere_names_the_three_ways(call: Call, home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(home / "fieldsales.db", copy)
    said = call("--file", str(copy), "accounts")
    assert said.code == 1
    assert f"merge '{copy}'" in said.err
    assert f"--file '{copy}'" in said.err
    assert call("--file", str(home / "fieldsales.db"), "merge", str(copy)).code == 0
