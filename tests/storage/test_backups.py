"""Backups: which stay, what they hold, and that none of them ever stands in the way of the work."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.model import Account, FieldsalesError
from fieldsales.storage import backups, migrations, publishing
from fieldsales.storage.backups import KEEP_LAST, REASONS, Backup, keep, surplus
from fieldsales.storage.book import Book
from fieldsales.storage.homes import is_marked

NOW = datetime(2026, 11, 20, 9, 20)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def folder_of(book: Book) -> Path:
    return book._folder


def fresh(tmp_path: Path, names: tuple[str, ...] = ("한빛",)) -> Book:
    book = Book.open(tmp_path / "book.db", tmp_path / "data", create=True, today=NOW.date())
    for name in names:
        write(book, name)
    return book


def write(book: Book, name: str) -> None:
    with book.change("add", NOW) as change:
        change.add(Account(change.new_id(), name))


def names_in(path: Path) -> set[str]:
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return {name for (name,) in connection.execute("SELECT name FROM account")}
    finally:
        connection.close()


# --- which stay ------------------------------------------------------------------------------------------------------


def test_a_year_of_daily_backups_leaves_seven_days_four_weeks_and_twelve_months() -> None:
    today = date(2026, 11, 20)  # a Friday
    stay = keep(today - timedelta(days=back) for back in range(800))
    assert {today - timedelta(days=back) for back in range(7)} <= stay
    assert {date(2026, 11, 15), date(2026, 11, 8), date(2026, 11, 1)} <= stay  # Sundays: the ends of their weeks
    assert {date(2026, 10, 31), date(2026, 2, 28), date(2025, 12, 31)} <= stay
    assert date(2025, 11, 30) not in stay
    assert len(stay) == 7 + 2 + 11


def test_a_book_left_alone_loses_no_backup_by_being_opened_again() -> None:
    long_ago = [date(2024, 5, 3), date(2024, 5, 4)]
    assert keep([*long_ago, date(2026, 11, 20)]) == {*long_ago, date(2026, 11, 20)}


@given(st.sets(DAYS, max_size=60), DAYS)
def test_what_is_let_go_today_would_not_have_been_kept_later(days: set[date], new: date) -> None:
    assert keep(keep(days) | {new}) == keep(days | {new})


@given(st.sets(DAYS, max_size=60))
def test_the_newest_seven_always_stay_and_no_more_than_23_do(days: set[date]) -> None:
    stay = keep(days)
    assert set(sorted(days)[-7:]) <= stay <= days
    assert len(stay) <= 23


@given(st.sets(st.tuples(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.sampled_from(REASONS))))
def test_of_every_kind_the_newest_stays(taken: set[tuple[datetime, str]]) -> None:
    there = [Backup(Path(f"{at}-{reason}"), at, reason, 1) for at, reason in sorted(taken, reverse=True)]
    left = [backup for backup in there if backup not in surplus(there, datetime(2027, 1, 1))]
    for reason in {reason for _, reason in taken}:
        assert next(backup for backup in there if backup.reason == reason) in left
    for reason, count in KEEP_LAST.items():
        assert sum(backup.reason == reason for backup in left) == min(count, sum(one == reason for _, one in taken))


def test_a_clock_that_was_a_year_ahead_crowds_no_backup_out() -> None:
    now = datetime(2026, 11, 20, 9, 20)
    ahead = [Backup(Path(f"ahead {n}"), now + timedelta(days=400 - n), "merge", 1) for n in range(KEEP_LAST["merge"])]
    today = Backup(Path("today"), now, "merge", 1)
    assert surplus([*ahead, today], now) == []


# --- taking them -----------------------------------------------------------------------------------------------------


def test_a_backup_is_a_whole_book_outside_the_folder_of_the_file(tmp_path: Path) -> None:
    book = fresh(tmp_path, ("한빛", "가람"))
    taken = backups.take(book.work, folder_of(book), "asked")
    book.close()
    assert names_in(taken.path) == {"한빛", "가람"}
    assert taken.path.is_relative_to(tmp_path / "data" / "backups" / book.document_id)
    assert taken.path.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    local = sqlite3.connect(taken.path)
    assert local.execute("SELECT count(*) FROM local").fetchone() == (0,)
    assert local.execute("SELECT site FROM recorder").fetchone() == ("",)
    local.close()


def test_two_backups_within_a_second_are_two_files(tmp_path: Path) -> None:
    book = fresh(tmp_path)
    first = backups.take(book.work, folder_of(book), "asked")
    second = backups.take(book.work, folder_of(book), "asked")
    assert first.path != second.path
    assert [backup.path for backup in backups.kept(folder_of(book))] == [second.path, first.path]
    book.close()


def test_only_a_few_of_those_before_a_merge_stay(tmp_path: Path) -> None:
    book = fresh(tmp_path)
    for _ in range(KEEP_LAST["merge"] + 3):
        backups.take(book.work, folder_of(book), "merge")
    assert len(backups.kept(folder_of(book))) == KEEP_LAST["merge"]
    book.close()


def test_the_day_has_one_backup_and_only_if_something_is_new(tmp_path: Path) -> None:
    book = fresh(tmp_path)
    folder, today = folder_of(book), datetime.now().date()
    assert backups.due(folder, book.change_seq, today)
    assert backups.daily(folder) is None
    assert not backups.due(folder, book.change_seq, today)
    write(book, "가람")
    assert not backups.due(folder, book.change_seq, today)
    tomorrow = today + timedelta(days=1)
    assert backups.due(folder, book.change_seq, tomorrow)
    backups.take(book.work, folder, "asked")
    assert not backups.due(folder, book.change_seq, tomorrow)
    book.close()


def test_backups_go_where_the_settings_say_and_the_earlier_ones_are_still_found(tmp_path: Path) -> None:
    book = fresh(tmp_path)
    first = backups.take(book.work, folder_of(book), "asked")
    (tmp_path / "data" / "backups.place").write_text(str(tmp_path / "stick"))
    write(book, "가람")
    second = backups.take(book.work, folder_of(book), "asked")
    assert second.path.parent == tmp_path / "stick" / book.document_id
    assert {backup.path for backup in backups.kept(folder_of(book))} == {first.path, second.path}
    book.close()


def test_merges_in_quick_succession_share_one_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = fresh(tmp_path)
    monkeypatch.setattr(backups, "MERGE_RATE", 1)  # as if the book were as large as a minute's reading
    for _ in range(3):
        assert backups.before(book.work, folder_of(book), "merge") is None
    assert [backup.reason for backup in backups.kept(folder_of(book))] == ["merge"]
    monkeypatch.setattr(backups, "MERGE_RATE", 1 << 60)
    assert backups.before(book.work, folder_of(book), "merge") is None
    assert len(backups.kept(folder_of(book))) == 2
    book.close()


def test_a_new_database_and_one_in_memory_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "books" / "some-id"
    folder.mkdir(parents=True)
    empty = sqlite3.connect(folder / "book.db")
    assert backups.before(empty, folder, "format") is None
    memory = sqlite3.connect(":memory:")
    memory.execute("PRAGMA user_version = 2")
    assert backups.before(memory, folder, "merge") is None
    assert backups.kept(folder) == []


def test_a_book_that_comes_to_a_new_machine_leaves_no_empty_backup(tmp_path: Path) -> None:
    fresh(tmp_path).close()
    there = Book.open(tmp_path / "book.db", tmp_path / "other machine", today=NOW.date())
    assert backups.kept(folder_of(there)) == []
    write(there, "가람")
    assert backups.before(there.work, folder_of(there), "merge") is None
    (taken,) = backups.kept(folder_of(there))
    assert names_in(taken.path) == {"한빛", "가람"}
    assert not backups.is_empty(taken.path)
    there.close()


# --- what stands against them -----------------------------------------------------------------------------------------


def test_where_the_disk_is_full_the_work_goes_on_and_it_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = fresh(tmp_path)
    folder = folder_of(book)
    monkeypatch.setattr(backups, "SPARE", 1 << 62)
    told = backups.before(book.work, folder, "merge")
    assert told is not None
    assert told.id == "keep.backup_full"
    write(book, "가람")
    assert backups.kept(folder) == []
    assert backups.trouble(folder) == told
    assert backups.trouble(folder) is None
    book.close()


_LIMITED = """
import resource, sys
from pathlib import Path
from fieldsales.storage import backups
from fieldsales.storage.schema import connect
folder = Path(sys.argv[1])
connection = connect(folder / "book.db")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
print(backups.before(connection, folder, "merge").id)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit to set")
def test_a_backup_cut_short_leaves_nothing_behind(tmp_path: Path) -> None:
    book = fresh(tmp_path)
    first = backups.take(book.work, folder_of(book), "asked")
    folder = folder_of(book)
    book.close()
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(folder)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() in ("keep.backup_full", "keep.backup_failed")
    assert list(backups.place(folder).iterdir()) == [first.path]
    assert names_in(first.path) == {"한빛"}


def test_a_damaged_working_database_is_not_taken_for_a_good_backup(tmp_path: Path) -> None:
    book = fresh(tmp_path, tuple(f"고객사 {number}" for number in range(200)))
    good = backups.take(book.work, folder_of(book), "asked")
    folder = folder_of(book)
    book.close()
    raw = bytearray((folder / "book.db").read_bytes())
    for page in range(40, len(raw) // 4096, 3):
        raw[page * 4096 : page * 4096 + 200] = b"\xa5" * 200
    (folder / "book.db").write_bytes(raw)
    told = backups.daily(folder)
    assert told is not None
    assert told.id == "keep.backup_damaged"
    assert is_marked(folder)
    assert [backup.path for backup in backups.kept(folder)] == [good.path]


def test_the_newest_good_backup_is_the_newest_that_opens(tmp_path: Path) -> None:
    book = fresh(tmp_path)
    first = backups.take(book.work, folder_of(book), "asked")
    second = backups.take(book.work, folder_of(book), "asked")
    assert backups.newest_good(folder_of(book)) == second
    raw = bytearray(second.path.read_bytes())
    raw[4096:] = b"\0" * (len(raw) - 4096)
    second.path.write_bytes(raw)
    assert backups.newest_good(folder_of(book)) == first
    book.close()


def test_a_backup_to_a_path_of_ones_own_replaces_nothing(tmp_path: Path) -> None:
    book = fresh(tmp_path)
    target = tmp_path / "stick" / "copy.db"
    assert backups.asked(book.work, folder_of(book), target) == target
    assert names_in(target) == {"한빛"}
    with pytest.raises(FieldsalesError):
        backups.asked(book.work, folder_of(book), target)
    assert backups.kept(folder_of(book)) == []
    book.close()


def make_older(book: Book) -> None:
    """Make the working database one of the first format."""
    for kind, name in book.work.execute(
        "SELECT type, name FROM sqlite_master WHERE type = 'trigger' OR name LIKE 'recording%'"
    ).fetchall():
        book.work.execute(f"DROP {kind} IF EXISTS {name}")
    for index in migrations._M003_INDEXES:
        (name,) = book.work.execute("SELECT name FROM sqlite_master WHERE sql LIKE ?", (f"%ON {index}",)).fetchone()
        book.work.execute(f"DROP INDEX {name}")
    for table in ("erased", *migrations._M003):
        book.work.execute(f"DROP TABLE {table}")
    for table, columns in {**migrations._M003_COLUMNS, "contact": "keep_until"}.items():
        for column in columns.split():
            book.work.execute(f"ALTER TABLE {table} DROP COLUMN {column.partition('#')[0]}")
    book.work.execute("DELETE FROM _sqlite_migrations WHERE name <> 'm001'")
    book.work.execute("PRAGMA user_version = 1")


def test_before_a_change_of_format_the_book_as_it_was_is_backed_up(tmp_path: Path) -> None:
    book = fresh(tmp_path)
    folder = folder_of(book)
    make_older(book)
    book.close()
    again = Book.open(tmp_path / "book.db", tmp_path / "data", today=NOW.date())
    again.close()
    (taken,) = backups.kept(folder)
    assert taken.reason == "format"
    assert names_in(taken.path) == {"한빛"}
    with sqlite3.connect(taken.path) as old:
        assert old.execute("PRAGMA user_version").fetchone() == (1,)


def older_file(tmp_path: Path) -> Book:
    """A book, closed, whose file is one of the first format."""
    book = fresh(tmp_path)
    book.publish_now()
    book._publisher.stop()
    make_older(book)
    book.path.unlink()
    publishing.snapshot(book.work, book.path)
    book.close()
    return book


def test_a_file_of_an_older_format_is_kept_as_it_came_to_a_new_machine(tmp_path: Path) -> None:
    book = older_file(tmp_path)
    came = book.path.read_bytes()
    assert came[60:64] == b"\0\0\0\1"
    for machine in ("one", "two"):
        book.path.write_bytes(came)
        there = Book.open(book.path, tmp_path / machine, today=NOW.date())
        (taken,) = backups.kept(folder_of(there))
        assert taken.reason == "format"
        assert taken.path.read_bytes() == came
        write(there, "가람")
        there.close()
        assert names_in(book.path) == {"한빛", "가람"}
        assert backups.trouble(folder_of(there)) is None


def test_what_stands_against_keeping_an_older_file_is_told_and_the_book_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = older_file(tmp_path)
    monkeypatch.setattr(backups, "SPARE", 1 << 60)
    there = Book.open(book.path, tmp_path / "other machine", today=NOW.date())
    told = backups.trouble(folder_of(there))
    assert told is not None
    assert told.id == "keep.backup_full"
    assert {account.name for account in there.rows(Account)} == {"한빛"}
    there.close()
