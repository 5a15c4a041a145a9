"""Reading the history of real books, settling what two machines wrote apart, and bringing old values back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from two_copies import NOW, OFFICE, apart, copy_of, days_ago, new_book, take

from fieldsales.domain.model import Account, Activity, Amount, Contact, Policy, Task
from fieldsales.domain.operations import DELETED
from fieldsales.storage import checking, edits
from fieldsales.storage.book import Book
from fieldsales.storage.errors import RowGone
from fieldsales.workflows.past import Difference, Past, end_of
from fieldsales.workflows.review import Entry, History, OpenCell, Review, bring_back, waiting


def cell(work: Review, column: str) -> OpenCell:
    return next(one for one in work.cells if one.column == column)


def values(work: Review, column: str) -> list[tuple[object, str, bool, bool]]:
    return [(one.value, one.machine, one.mine, one.stands) for one in work.choices(cell(work, column))]


def entry(made: History, column: str, table: str = "account", after: object = ...) -> Entry:
    return next(
        one
        for one in made.entries
        if (one.table, one.column) == (table, column) and (after is ... or one.after == after)
    )


def same_everywhere(folder: Path, book: Book, open_cells: int = 0) -> None:
    """What was chosen holds on the other machine as well, and after another merge here."""
    other = Book.open(folder / "other" / "book.db", folder / "data-other", today=NOW.date())
    take(other, book)
    assert waiting(other) == waiting(book) == open_cells
    for kind in (Account, Contact, Task):
        assert sorted(other.rows(kind), key=repr) == sorted(book.rows(kind), key=repr)
    take(book, other)
    assert waiting(book) == open_cells
    other.close()


def test_every_cell_that_both_wrote_is_listed_with_both_values(tmp_path: Path) -> None:
    book = apart(tmp_path)
    work = Review(book)
    assert waiting(book) == len(work.cells) == work.open == 5
    assert {(one.table, one.id, one.column, one.account_id) for one in work.cells} == {
        ("account", "a0", "phone", "a0"),
        ("account", "a0", "note", "a0"),
        ("account", "a0", "tier", "a0"),
        ("task", "t0", "due_on", "a0"),
        ("contact", "c1", DELETED, "a1"),
    }
    mine, theirs = values(work, "phone")
    assert mine[:3] == ("02-111-1111", "", True)
    assert theirs[:3] == ("02-222-2222", OFFICE, False)
    assert {mine[3], theirs[3]} == {True, False}
    clash = work.clash(cell(work, "phone"))
    assert clash is not None
    assert clash.before == "02-000-0000"


@pytest.mark.parametrize("number", [0, 1])
def test_a_choice_settles_a_cell_for_good_on_both_machines(tmp_path: Path, number: int) -> None:
    book = apart(tmp_path)
    work = Review(book)
    for one in list(work.cells):
        work.choose(one, work.choices(one)[number].value, NOW)
    assert work.open == 0
    account, task = book.get(Account, "a0"), book.get(Task, "t0")
    assert account is not None
    assert task is not None
    assert (account.phone, account.tier, task.due_on) == (
        ("02-111-1111", "C", "2026-11-30"),
        ("02-222-2222", "B", "2026-12-01"),
    )[number]
    assert (book.get(Contact, "c1") is None) == bool(number)
    same_everywhere(tmp_path, book)


def test_a_choice_is_one_act_that_can_be_undone(tmp_path: Path) -> None:
    book = apart(tmp_path)
    before = book.get(Account, "a0")
    work = Review(book)
    one = cell(work, "phone")
    other = next(choice for choice in work.choices(one) if not choice.stands)
    work.choose(one, other.value, NOW)
    assert book.get(Account, "a0") != before
    book.undo(NOW)
    assert book.get(Account, "a0") == before
    work.refresh()
    assert not work.settled(one)  # it is asked again, and can be chosen again
    work.choose(one, other.value, NOW)
    account = book.get(Account, "a0")
    assert account is not None
    assert account.phone == other.value


def asked(book: Book) -> list[tuple[object, ...]]:
    """Every cell that needs a look, its values in any order, and what stood before, as a new review finds them."""
    work = Review(book)
    found: list[tuple[object, ...]] = []
    for one in sorted(work.cells, key=str):
        clash = work.clash(one)
        assert clash is not None
        found.append(
            (one.table, one.id, one.column, sorted((c.value for c in work.choices(one)), key=str), clash.before)
        )
    return found


@pytest.mark.parametrize("number", [0, 1, None])
def test_what_was_chosen_and_taken_back_is_asked_again_by_every_review(tmp_path: Path, number: int | None) -> None:
    book = apart(tmp_path)
    before, rows = asked(book), [book.rows(kind) for kind in (Account, Contact, Task)]
    work, acts = Review(book), 1
    if number is None:
        assert work.leave_rest(NOW)[0] == 5
    else:
        acts = len([work.choose(one, work.choices(one)[number].value, NOW) for one in list(work.cells)])
    after = [book.rows(kind) for kind in (Account, Contact, Task)]
    for _ in range(2):
        assert waiting(book) == 0
        for _ in range(acts):
            assert book.undo(NOW) is not None
        assert (asked(book), [book.rows(kind) for kind in (Account, Contact, Task)]) == (before, rows)
        work.refresh()
        assert work.open == 5
        for _ in range(acts):
            assert book.redo(NOW) is not None
        assert [book.rows(kind) for kind in (Account, Contact, Task)] == after
    assert asked(book) == []
    for _ in range(acts):
        book.undo(NOW)
    looked = {one.id: one.ok for one in checking.check(book.folder, book.path, None, NOW)}
    assert looked["history"] and looked["parents"]
    same_everywhere(tmp_path, book, 5)


def test_the_texts_of_both_are_joined(tmp_path: Path) -> None:
    book = apart(tmp_path)
    work = Review(book)
    joined = work.joined(cell(work, "note"))
    assert joined is not None
    assert joined.clean
    assert joined.text == "납기는 넉넉히 두 주\n단가 이야기는 아직 조심\n담당은 문도균, 새 부장 옴"
    assert work.joined(cell(work, "phone")) is None
    work.choose(cell(work, "note"), joined.text, NOW)
    same_text = book.get(Account, "a0")
    assert same_text is not None
    assert same_text.note == joined.text


def test_leaving_the_rest_keeps_what_stands_and_asks_no_more(tmp_path: Path) -> None:
    book = apart(tmp_path)
    before = (book.rows(Account), book.rows(Contact), book.rows(Task))
    work = Review(book)
    work.choose(cell(work, "tier"), work.choices(cell(work, "tier"))[0].value, NOW)
    before = (book.rows(Account), book.rows(Contact), book.rows(Task))
    assert work.leave_rest(NOW)[0] == 4
    assert (book.rows(Account), book.rows(Contact), book.rows(Task)) == before
    same_everywhere(tmp_path, book)


def test_keeping_a_deleted_account_brings_back_what_was_deleted_with_it(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.change("log", NOW) as change:
        for number in range(5):
            change.add(Activity(f"v{number}", "a0", "c0", day="2026-11-01", heard=f"말 {number}"))
    other = copy_of(book, tmp_path)
    with other.change("log", NOW) as change:
        change.add(Activity("new", "a0", day="2026-11-19", heard="여기서 적음"))
    with book.change("account_remove", NOW) as change:
        change.remove(Account, "a0")
    take(book, other)
    assert [one.id for one in book.rows(Activity)] == ["new"]
    work = Review(book)
    one = next(one for one in work.cells if one.table == "account")
    stays, goes = work.choices(one)
    assert (stays.value, stays.below, goes.value) == (0, 7, 1)
    work.choose(one, 0, NOW)
    assert {row.id for row in book.rows(Activity)} == {"new", *(f"v{number}" for number in range(5))}
    assert [contact.id for contact in book.rows(Contact, account_id="a0")] == ["c0"]
    assert waiting(book) == 0
    book.undo(NOW)
    assert [row.id for row in book.rows(Activity)] == ["new"]
    other.close()


def test_deleting_after_all_takes_everything_of_it_along(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    other = copy_of(book, tmp_path)
    with other.change("log", NOW) as change:
        change.add(Activity("new", "a0", "c0", day="2026-11-19"))
    with book.change("account_remove", NOW) as change:
        change.remove(Account, "a0")
    take(book, other)
    work = Review(book)
    assert {(one.table, one.column) for one in work.cells} == {("account", DELETED), ("contact", DELETED)}
    work.choose(next(one for one in work.cells if one.table == "account"), 1, NOW)
    assert work.open == 0  # the person went with it
    assert (book.get(Account, "a0"), book.rows(Activity), book.rows(Contact, account_id="a0")) == (None, [], [])


def test_a_cell_whose_row_went_meanwhile_is_said_and_not_asked_again(tmp_path: Path) -> None:
    book = apart(tmp_path)
    work = Review(book)
    with book.change("drop", NOW) as change:
        change.remove(Task, "t0")
    with pytest.raises(RowGone):
        work.choose(cell(work, "due_on"), "2026-12-01", NOW)
    work.refresh()
    assert work.settled(cell(work, "due_on"))


def test_what_comes_in_while_a_review_is_open_is_added(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    other = copy_of(book, tmp_path)
    work = Review(book)
    assert work.cells == []
    for one, phone in ((book, "1"), (other, "2")):
        with one.change("account_edit", NOW) as change:
            change.edit(Account, "a1", phone=phone)
    take(book, other)
    work.refresh()
    assert [(one.id, one.column) for one in work.cells] == [("a1", "phone")]
    other.close()


def test_tables_and_columns_of_a_newer_version_are_not_asked_about(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    for table, column in (("account", "colour"), ("badge", "name")):
        book.work.execute("INSERT INTO conflict VALUES (?, 'a0', ?, 5, 1, 'x', 's')", (table, column))
    assert waiting(book) == 0
    assert Review(book).cells == []


def test_five_hundred_cells_are_listed_counted_and_read_quickly(tmp_path: Path) -> None:
    book = apart(tmp_path, rows=500)
    started = time.perf_counter()
    work = Review(book)
    assert waiting(book) == len(work.cells) == 505
    for one in work.cells[:20]:
        assert len(work.choices(one)) == 2
    assert time.perf_counter() - started < 1


# --- the history -----------------------------------------------------------------------------------------------------


def test_the_history_of_a_row_tells_who_wrote_what_from_what_to_what(tmp_path: Path) -> None:
    book = apart(tmp_path)
    made = History.of_row(book, "account", "a0")
    phones = {(one.before, one.after, one.machine) for one in made.entries if one.column == "phone"}
    assert phones == {("02-000-0000", "02-111-1111", ""), ("02-000-0000", "02-222-2222", OFFICE)}
    first = made.entries[-1]
    assert (first.column, first.gone, first.act) == ("", False, "setup")
    assert first.moment[:4] >= "2024"
    assert [one.stamp for one in made.entries] == sorted((one.stamp for one in made.entries), reverse=True)


def test_the_history_of_an_account_holds_its_rows_and_what_was_deleted(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.change("amount", NOW) as change:
        change.add(Amount("m", "a0", "2026-10", 5))
        change.add(Policy("p", "account", "a0", "call", 12))
        change.add(Policy("q", "tier", "A", "call", 12))
    with book.change("drop", NOW) as change:
        change.remove(Contact, "c0")
        change.remove(Task, "t0")
        change.remove(Policy, "p")
    made = History.of_account(book, "a0")
    rows = {(one.table, one.id) for one in made.entries}
    assert rows == {("account", "a0"), ("contact", "c0"), ("task", "t0"), ("amount", "m"), ("policy", "p")}
    gone = {one.id for one in made.entries if one.gone and made.gone(one)}
    assert gone == {"c0", "t0", "p"}
    assert made.values(entry(made, "", "contact"))["name"] == "문도균"


def test_an_old_value_is_brought_back_and_then_the_new_one_again(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.change("account_edit", NOW) as change:
        change.edit(Account, "a0", phone="02-999")
    one = entry(History.of_row(book, "account", "a0"), "phone", after="02-999")
    for expected in ("02-000-0000", "02-999"):
        done = bring_back(book, one, NOW)
        assert done is not None
        assert (done.column, done.value) == ("phone", expected)
        account = book.get(Account, "a0")
        assert account is not None
        assert account.phone == expected
    book.undo(NOW)
    account = book.get(Account, "a0")
    assert account is not None
    assert account.phone == "02-000-0000"


def test_a_deleted_row_comes_back_whole_with_what_it_stood_under(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    before = book.get(Contact, "c0")
    with book.change("log", NOW) as change:
        change.add(Activity("v", "a0", "c0", day="2026-11-01", heard="말"))
    with book.change("drop", NOW) as change:
        change.remove(Activity, "v")
    with book.change("drop", NOW) as change:
        change.remove(Contact, "c0")
    made = History.of_account(book, "a0")
    done = bring_back(book, entry(made, "", "activity"), NOW)
    assert done is not None
    assert done.rows == 2
    assert book.get(Contact, "c0") == before
    assert book.rows(Activity, heard="말")
    assert bring_back(book, entry(made, "", "activity"), NOW) is None  # it stands
    book.undo(NOW)
    assert book.get(Contact, "c0") is None


def test_what_an_act_deleted_together_comes_back_together(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.change("account_remove", NOW) as change:
        change.remove(Account, "a0")
    one = entry(History.of_row(book, "account", "a0"), "")
    done = bring_back(book, one, NOW)
    assert done is not None
    assert done.rows == 3
    assert book.get(Contact, "c0") is not None
    assert book.get(Task, "t0") is not None


def test_what_the_others_wrote_last_is_listed(tmp_path: Path) -> None:
    book = apart(tmp_path)
    made = History.of_others(book)
    assert {one.machine for one in made.entries} == {OFFICE}
    assert {one.column for one in made.entries} == {"phone", "note", "tier", "mobile", "due_on"}


def test_a_long_history_is_read_in_a_breath(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    for number in range(60):
        with book.change("account_edit", NOW) as change:
            for row in range(40):
                change.put(Amount(f"m{row}", "a0", f"20{row:02}-01", number))
    started = time.perf_counter()
    made = History.of_account(book, "a0")
    assert len(made.entries) > 2000
    assert time.perf_counter() - started < 2


# --- the book as of a day ---------------------------------------------------------------------------------------------


def old_book(folder: Path) -> tuple[Book, Book]:
    """A book that was filled ten days ago and changed since, and itself as of five days ago."""
    from datetime import datetime, timedelta
    from unittest import mock

    with mock.patch("os.fsync"):
        book = Book.open(folder / "book.db", folder / "data", create=True, today=NOW.date())
    from two_copies import fill

    with days_ago(book, 10), book.change("setup", NOW) as change:
        fill(change)
    with book.change("account_edit", NOW) as change:
        change.edit(Account, "a0", phone="02-999", tier="C")
        change.remove(Contact, "c0")
        change.add(Contact("new", "a0", "새 사람"))
    day = datetime.now() - timedelta(days=5)
    return book, book.as_of(end_of(day.date(), datetime.now()))


def test_what_differs_between_then_and_now_is_what_changed_or_went(tmp_path: Path) -> None:
    book, then = old_book(tmp_path)
    work = Past(then, book, "a0")
    assert work.differences == [
        Difference("contact", "c0"),
        Difference("account", "a0", "tier", "A", "C"),
        Difference("account", "a0", "phone", "02-000-0000", "02-999"),
    ]
    then.close()


def test_one_thing_of_then_is_brought_into_the_present_book(tmp_path: Path) -> None:
    book, then = old_book(tmp_path)
    work = Past(then, book, "a0")
    work.bring_back(work.differences[2], NOW)
    account = book.get(Account, "a0")
    assert account is not None
    assert (account.phone, account.tier) == ("02-000-0000", "C")
    assert [one.column for one in work.differences] == ["", "tier"]
    assert work.bring_back(work.differences[0], NOW)[1] == 1
    assert book.get(Contact, "c0") == then.get(Contact, "c0")
    assert [one.column for one in work.differences] == ["tier"]
    book.undo(NOW)
    assert book.get(Contact, "c0") is None


def test_an_account_that_is_gone_comes_back_with_everything_it_had(tmp_path: Path) -> None:
    book, then = old_book(tmp_path)
    with book.change("account_remove", NOW) as change:
        change.remove(Account, "a0")
    work = Past(then, book, "a0")
    task = next(one for one in work.differences if one.table == "task")
    _, rows = work.bring_back(task, NOW)  # a promise needs its account
    assert rows == 3
    assert book.get(Account, "a0") == then.get(Account, "a0")
    assert work.differences == []
    then.close()


def test_reading_a_history_writes_nothing(tmp_path: Path) -> None:
    book = apart(tmp_path)
    before = book.work.total_changes
    Review(book).choices(Review(book).cells[0])
    History.of_account(book, "a0")
    edits.foreign(book.work, 10)
    assert book.work.total_changes == before
