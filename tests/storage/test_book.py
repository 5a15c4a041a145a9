"""The one door: opening, changing, undoing, drafts, and what may stand at the path instead of a book."""

from __future__ import annotations

import inspect
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Account, Activity, CaseItem, Changed, ChurnCase, Contact, FieldsalesError, Policy
from fieldsales.storage import derived, migrations, recording
from fieldsales.storage.book import Book, new_id
from fieldsales.storage.errors import (
    BookDamaged,
    BookElsewhere,
    BookEmpty,
    BookForeign,
    BookIncomplete,
    BookIsFolder,
    BookLocked,
    BookNewer,
    BookNotCreated,
    BookNotFound,
    DiskFull,
    RowGone,
)
from fieldsales.storage.schema import FORMAT

NOW = datetime(2026, 11, 20, 9, 0)


@pytest.fixture
def touched(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Derived rows are tested elsewhere; here only for which accounts they were asked."""
    calls: list[set[str]] = []

    def touch(connection: sqlite3.Connection, ids: Iterator[str], rules: object, today: date) -> None:
        calls.append(set(ids))

    monkeypatch.setattr(derived, "touch", touch)
    return calls


@pytest.fixture
def opened(tmp_path: Path, touched: list[set[str]]) -> Iterator[Callable[..., Book]]:
    books: list[Book] = []

    def open_book(name: str = "book.db", data: str = "data", create: bool = True) -> Book:
        books.append(Book.open(tmp_path / name, tmp_path / data, create=create))
        return books[-1]

    yield open_book
    for book in books:
        book.close()


@pytest.fixture
def book(opened: Callable[..., Book]) -> Book:
    return opened()


def add(book: Book, name: str = "도담나루") -> str:
    with book.change("add", NOW) as change:
        return change.add(Account(change.new_id(), name=name))


# --- changing -------------------------------------------------------------------------------------------------------


def test_a_change_is_saved_whole_under_one_act(book: Book, touched: list[set[str]]) -> None:
    with book.change("log", NOW) as change:
        account = change.add(Account(change.new_id(), name="새녘물산"))
        change.add(Activity(change.new_id(), account_id=account, kind="visit", day="2026-11-20"))
        change.set("daily", "7")
    assert change.changed.accounts == {account} == touched[-1]
    assert change.changed.tables == {"account", "activity", "setting"}
    acts = {act for (act,) in book.work.execute("SELECT act FROM op")}
    assert acts == {change.changed.act}
    assert change.changed.act.startswith("log:")
    assert book.get(Account, account) == Account(account, name="새녘물산")
    assert book.setting("daily") == "7"
    assert book.rules().daily == 7


def test_an_error_inside_takes_everything_back(book: Book) -> None:
    def fail() -> None:
        with book.change("bad", NOW) as change:
            change.add(Account("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert book.is_empty()
    assert book.undo(NOW) is None
    assert book.work.execute("SELECT count(*) FROM op").fetchone() == (0,)
    add(book)


def test_a_change_that_changes_nothing_is_not_recorded(book: Book, touched: list[set[str]]) -> None:
    id = add(book, "x")
    before = book.work.execute("SELECT count(*) FROM op").fetchone()
    seq = book.work.execute("SELECT value FROM local WHERE key = 'change_seq'").fetchone()
    with book.change("edit", NOW) as change:
        change.edit(Account, id, name="x")
        change.put(Account(id, name="x"))
    assert change.changed == Changed()
    assert book.work.execute("SELECT count(*) FROM op").fetchone() == before
    assert book.work.execute("SELECT value FROM local WHERE key = 'change_seq'").fetchone() == seq
    assert len(touched) == 1


def test_putting_a_row_with_a_natural_key_adds_it_once_and_then_edits_it(book: Book) -> None:
    id = natural_id("policy", "tier", "A", "call")
    for per_year in (12, 6):
        with book.change("policy", NOW) as change:
            change.put(Policy(id, scope="tier", scope_id="A", kind="call", per_year=per_year))
    assert [policy.per_year for policy in book.rows(Policy)] == [6]


def test_a_moved_row_concerns_both_accounts(book: Book, touched: list[set[str]]) -> None:
    first, second = add(book), add(book)
    with book.change("add", NOW) as change:
        contact = change.add(Contact(change.new_id(), account_id=first))
    with book.change("move", NOW) as change:
        change.edit(Contact, contact, account_id=second)
    assert change.changed.accounts == {first, second} == touched[-1]


def test_a_line_of_a_case_concerns_the_account_of_the_case(book: Book) -> None:
    id = add(book)
    with book.change("open", NOW) as change:
        case = change.add(ChurnCase(change.new_id(), account_id=id))
    with book.change("tick", NOW) as change:
        change.put(CaseItem(natural_id("case_item", case, "visit"), case_id=case, key="visit"))
    assert change.changed.accounts == {id}


def test_removing_an_account_removes_what_stands_under_it_and_undo_brings_all_back(book: Book) -> None:
    id = add(book)
    with book.change("add", NOW) as change:
        change.add(Contact("c", account_id=id))
        change.add(ChurnCase("k", account_id=id))
        change.add(CaseItem("i", case_id="k"))
    with book.change("erase", NOW) as change:
        change.remove(Account, id)
    assert not any(book.rows(kind) for kind in (Account, Contact, ChurnCase, CaseItem))
    book.undo(NOW)
    assert all(len(book.rows(kind)) == 1 for kind in (Account, Contact, ChurnCase, CaseItem))


def test_editing_a_row_that_never_was_is_an_error(book: Book) -> None:
    with pytest.raises(RowGone), book.change("edit", NOW) as change:
        change.edit(Account, "nobody", name="x")
    with pytest.raises(ValueError, match="colour"), book.change("edit", NOW) as change:
        change.edit(Account, add_id(change), colour="x")


def add_id(change: object) -> str:
    return str(getattr(change, "add")(Account(new_id())))  # noqa: B009


def test_what_landed_while_a_form_was_open_is_kept_as_a_conflict(book: Book) -> None:
    id = add(book, "before")
    seen = book.seen(Account, id)
    with book.change("elsewhere", NOW) as change:
        change.edit(Account, id, name="landed", note="landed")
    with book.change("form", NOW, seen) as change:
        change.edit(Account, id, name="typed")
    account = book.get(Account, id)
    assert account is not None
    assert (account.name, account.note) == ("typed", "landed")
    assert book.work.execute("SELECT col, val FROM conflict").fetchall() == [("name", "landed")]
    assert book.work.execute("SELECT count(*) FROM seen").fetchone() == (0,)
    with book.change("settle", NOW) as change:
        change.edit(Account, id, name="both")
    assert not book.work.execute("SELECT * FROM conflict").fetchall()


def test_an_edit_of_a_row_that_was_deleted_meanwhile_brings_it_back(book: Book) -> None:
    id = add(book, "kept")
    seen = book.seen("account", id)
    with book.change("delete", NOW) as change:
        change.remove(Account, id)
    with book.change("form", NOW, seen) as change:
        change.edit(Account, id, note="typed")
    assert book.get(Account, id) == Account(id, name="kept", note="typed")


# --- undo -----------------------------------------------------------------------------------------------------------


def test_twenty_acts_are_taken_back_one_by_one_and_brought_again(book: Book) -> None:
    id = add(book, "0")
    for number in range(1, 21):
        with book.change("rename", NOW) as change:
            change.edit(Account, id, name=str(number))

    def name() -> str:
        account = book.get(Account, id)
        return account.name if account else "gone"

    back = []
    for _ in range(21):
        back.append(name())
        assert book.undo(NOW) is not None
    assert back == [str(number) for number in range(20, -1, -1)]
    assert book.is_empty()
    assert book.undo(NOW) is None
    for number in range(21):
        book.redo(NOW)
        assert name() == str(number)
    assert book.redo(NOW) is None


def test_undo_says_what_it_touched_and_a_new_change_ends_redo(book: Book) -> None:
    id = add(book, "a")
    changed = book.undo(NOW)
    assert changed is not None
    assert changed.accounts == {id}
    assert changed.tables == {"account"}
    add(book, "b")
    assert book.redo(NOW) is None


def test_undo_leaves_what_others_wrote_since(book: Book) -> None:
    id = add(book, "before")
    with book.change("edit", NOW) as change:
        change.edit(Account, id, name="mine", note="mine")
    book.work.execute("UPDATE account SET name = 'yours'")
    book.undo(NOW)
    account = book.get(Account, id)
    assert account is not None
    assert (account.name, account.note) == ("yours", "")
    book.undo(NOW)
    assert book.get(Account, id) is not None, "somebody else has written in it"


def test_undoing_the_making_of_a_row_in_which_another_has_written_leaves_all_of_it(book: Book) -> None:
    with book.change("add", NOW) as change:
        change.add(Account("a", "mine", tier="A"))
    book.work.execute("UPDATE account SET note = 'yours'")
    before = book.get(Account, "a")
    book.undo(NOW)
    assert book.get(Account, "a") == before


def test_an_import_is_taken_back_whole(book: Book) -> None:
    with book.change("import", NOW) as change:
        change.put_many(Account, ("id", "name"), [(str(n), f"name {n}") for n in range(50)])
    assert len(book.rows(Account)) == 50
    book.undo(NOW)
    assert book.is_empty()


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_on_this_machine_and_not_published(book: Book, tmp_path: Path) -> None:
    book.save_draft("log", "a", {"heard": "단가표"})
    assert book.draft("log", "a") == {"heard": "단가표"}
    assert book.drafts() == [("log", "a")]
    assert book.status.in_file
    add(book)
    book.publish_now()
    assert sqlite3.connect(book.path).execute("SELECT count(*) FROM draft").fetchone() == (0,)
    assert "단가표".encode() not in book.path.read_bytes()
    book.drop_draft("log", "a")
    assert book.draft("log", "a") == {}
    assert book.work.execute("PRAGMA synchronous").fetchone() == (2,)


# --- opening --------------------------------------------------------------------------------------------------------


def test_a_book_opens_again_as_it_was_left(opened: Callable[..., Book]) -> None:
    book = opened()
    id = add(book)
    book.close()
    again = opened(create=False)
    assert again.get(Account, id) is not None
    assert again.document_id == book.document_id
    assert again.status.in_file


def test_another_machine_opens_the_same_book_from_its_file_alone(opened: Callable[..., Book]) -> None:
    book = opened()
    id = add(book)
    book.close()
    other = opened(data="other machine")
    assert other.get(Account, id) == Account(id, name="도담나루")
    assert other.status.in_file
    labels = other.work.execute("SELECT count(*) FROM site").fetchone()
    assert labels == (2,)


def test_a_missing_file_is_made_only_where_asked(tmp_path: Path) -> None:
    with pytest.raises(BookNotFound):
        Book.open(tmp_path / "none.db", tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_a_new_book_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BookNotCreated):
        Book.open(tmp_path / "file" / "book.db", tmp_path / "data", create=True)
    assert not list(tmp_path.glob("data/books/*"))


def prepared(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", BookEmpty),
        (b"hello", BookForeign),
        (b"SQLite format 3\0" + b"\0" * 84, BookForeign),
        (b"name,phone\n" * 100, BookForeign),
    ],
)
def test_what_is_no_book_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes, error: type[FieldsalesError]
) -> None:
    path = prepared(tmp_path / "x.db", content)
    for create in (False, True):
        with pytest.raises(error):
            Book.open(path, tmp_path / "data", create=create)
    assert path.read_bytes() == content
    assert not list(tmp_path.glob("data/books/*"))


def test_a_folder_is_told_from_a_file(tmp_path: Path) -> None:
    with pytest.raises(BookIsFolder):
        Book.open(tmp_path, tmp_path / "data", create=True)


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "x.db")
    db.execute("CREATE TABLE account(id)")
    db.commit()
    db.close()
    with pytest.raises(BookForeign):
        Book.open(tmp_path / "x.db", tmp_path / "data")


def test_a_newer_format_is_left_untouched_byte_for_byte(opened: Callable[..., Book], tmp_path: Path) -> None:
    book = opened()
    add(book)
    book.close()
    db = sqlite3.connect(book.path)
    db.execute(f"PRAGMA user_version = {FORMAT + 1}")
    db.close()
    before, stat = book.path.read_bytes(), book.path.stat()
    for data in ("data", "other"):
        with pytest.raises(BookNewer):
            Book.open(book.path, tmp_path / data)
    assert book.path.read_bytes() == before
    assert (book.path.stat().st_ino, book.path.stat().st_mtime_ns) == (stat.st_ino, stat.st_mtime_ns)


def test_a_damaged_or_half_copied_file_is_refused_where_it_is_all_there_is(
    opened: Callable[..., Book], tmp_path: Path
) -> None:
    book = opened()
    add(book)
    book.close()
    whole = book.path.read_bytes()
    damaged = prepared(tmp_path / "damaged.db", whole[:8192] + os.urandom(len(whole) - 8192))
    with pytest.raises(BookDamaged):
        Book.open(damaged, tmp_path / "other")
    half = prepared(tmp_path / "half.db", whole[: len(whole) // 2])
    with pytest.raises(BookIncomplete):
        Book.open(half, tmp_path / "other")


def test_a_damaged_file_at_home_is_not_overwritten_but_the_book_opens(opened: Callable[..., Book]) -> None:
    book = opened()
    id = add(book)
    book.close()
    book.path.write_bytes(b"broken by somebody")
    again = opened(create=False)
    assert again.get(Account, id) is not None
    add(again)
    status = again.publish_now()
    assert status.reason is not None
    assert status.reason.id == "book.file_spoilt"
    assert not status.in_file
    assert book.path.read_bytes() == b"broken by somebody"
    assert again.publish_now(recreate=True).in_file
    assert [path.read_bytes() for path in book.path.parent.glob("*aside*")] == [b"broken by somebody"]


def test_a_copy_elsewhere_is_named_and_not_mixed_in(opened: Callable[..., Book], tmp_path: Path) -> None:
    book = opened()
    add(book)
    book.close()
    shutil.copy(book.path, tmp_path / "old.db")
    with pytest.raises(BookElsewhere) as caught:
        Book.open(tmp_path / "old.db", tmp_path / "data")
    assert caught.value.message.args["home"] == str(book.path)


def test_a_file_that_was_moved_is_the_book_at_its_new_home(opened: Callable[..., Book], tmp_path: Path) -> None:
    book = opened()
    id = add(book)
    book.close()
    book.path.rename(tmp_path / "moved.db")
    moved = opened("moved.db", create=False)
    assert moved.get(Account, id) is not None
    add(moved)
    assert moved.publish_now().in_file
    moved.close()
    assert not book.path.exists()


def test_edits_by_other_tools_come_in_on_the_next_open(opened: Callable[..., Book]) -> None:
    book = opened()
    id = add(book)
    book.close()
    db = sqlite3.connect(book.path)
    db.execute("UPDATE account SET tier = 'A'")
    db.execute("INSERT INTO contact(id, account_id, name) VALUES ('c', ?, '김태희')", (id,))
    db.commit()
    db.close()
    again = opened(create=False)
    account = again.get(Account, id)
    assert account is not None
    assert account.tier == "A"
    assert [contact.name for contact in again.rows(Contact)] == ["김태희"]
    changed = again.take_incoming()
    assert changed is not None
    assert changed.changed.accounts == {id}
    sites = {site for (site,) in again.work.execute("SELECT site FROM op WHERE act LIKE 'outside:%'")}
    assert sites == {""}


def test_two_windows_share_one_working_database(opened: Callable[..., Book]) -> None:
    one, two = opened(), opened(create=False)
    first, second = add(one), add(two)
    assert one.get(Account, second) is not None
    assert two.get(Account, first) is not None
    one.close()
    two.close()
    again = opened(create=False)
    assert len(again.rows(Account)) == 2
    assert again.status.in_file


def test_a_book_held_by_another_program_says_so(book: Book) -> None:
    other = sqlite3.connect(book._folder / "book.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    book.work.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(BookLocked), book.change("add", NOW) as change:
        change.add(Account("a"))
    other.execute("ROLLBACK")
    other.close()
    add(book)


def test_a_full_disk_loses_nothing_that_was_saved(book: Book) -> None:
    id = add(book)
    pages = book.work.execute("PRAGMA main.page_count").fetchone()[0]
    book.work.execute(f"PRAGMA main.max_page_count = {pages}")

    def fill() -> None:
        with book.change("add", NOW) as change:
            for _ in range(2000):
                change.add(Account(change.new_id(), note="x" * 500))

    with pytest.raises(DiskFull):
        fill()
    assert [account.id for account in book.rows(Account)] == [id]
    book.work.execute("PRAGMA main.max_page_count = 1073741823")
    add(book)
    assert len(book.rows(Account)) == 2


def test_a_current_book_opens_without_sqlite_utils(
    opened: Callable[..., Book], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened().close()

    def forbidden(connection: object, after: object) -> bool:
        raise AssertionError("nothing to migrate")

    monkeypatch.setattr(migrations, "apply", forbidden)
    opened(create=False)


def test_a_first_start_that_broke_off_in_the_middle_is_begun_again(
    opened: Callable[..., Book], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    book = opened()
    id = add(book)
    book.close()

    def fail(connection: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "apply", inspect.unwrap(migrations.apply))  # the steps themselves
        patch.setattr(recording, "install", fail)
        with pytest.raises(ZeroDivisionError):
            Book.open(book.path, tmp_path / "other")
    assert opened(data="other", create=False).get(Account, id) is not None


def test_ids_sort_by_time_and_are_of_version_seven() -> None:
    ids = [new_id(1_700_000_000 + n) for n in range(100)]
    assert ids == sorted(ids)
    assert {id[14] for id in ids} == {"7"}
    assert {id[19] for id in ids} <= set("89ab")
