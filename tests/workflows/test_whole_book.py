"""내 백업: everything of a book written out and taken in again, the same table by table."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import TABLES, Account, Amount, Contact, FieldsalesError, Lesson
from fieldsales.storage.book import Book
from fieldsales.storage.schema import COLUMNS
from fieldsales.workflows.opening import make_sample
from fieldsales.workflows.whole import Imported, Kind, WholeError, export_book, import_whole

NOW = datetime(2026, 11, 20, 9, 30)
TODAY = NOW.date()
KINDS: tuple[Kind, ...] = ("json", "csv")


def dump(work: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row that travels, and what follows from the history, in one order."""
    names = [*COLUMNS, "op", "head", "conflict", "erased", "meta"]
    return {
        name: sorted(work.execute(f"SELECT {', '.join(COLUMNS.get(name, ('*',)))} FROM {name}").fetchall(), key=repr)
        for name in names
    }


class Desk:
    """Books in a folder, each on a machine of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.books: list[Book] = []

    def open(self, name: str, create: bool = False) -> Book:
        book = Book.open(self.folder / f"{name}.db", self.folder / f"{name}.data", create=create, today=TODAY)
        book.work.execute("PRAGMA synchronous=OFF")
        self.books.append(book)
        return book

    def sample(self) -> Book:
        book = make_sample(self.folder / "sample.db", self.folder / "sample.data", TODAY, TODAY, "ko", NOW)
        self.books.append(book)
        return book

    def take(
        self, folder: Path, into: Book | None, name: str = "new", join: bool = False, dry_run: bool = False
    ) -> tuple[Book, Imported]:
        place = into.path if into is not None else self.folder / f"{name}.db"
        book, done = import_whole(folder, into, place, lambda: self.open(place.stem), join=join, dry_run=dry_run)
        assert book is not None
        return book, done


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with mock.patch("os.fsync"):  # nobody pulls the plug here
        made = Desk(tmp_path)
        yield made
        for book in made.books:
            book.close()


@pytest.fixture
def own(desk: Desk) -> Book:
    """A book with two accounts, people, amounts, a private line, a deleted row and values in question."""
    book = desk.open("own", create=True)
    with book.change("setup", NOW) as change:
        change.add(Account("a1", "한빛정밀", tier="A", phone="0212345678", note="=cmd\n'둘째 줄"))
        change.add(Account("a2", "- 길상사 @서울"))
        change.add(Contact("c1", "a1", "김하늘", temper="성미가 급하심"))
        change.add(Contact("c2", "a1", "남도윤"))
        change.add(Amount(natural_id("amount", "a1", "2026-10"), "a1", "2026-10", 4_500_000))
        change.add(Lesson("l1", "a1", line="먼저 여쭙기", feeling="마음이 무거웠다"))
        change.set("currency", "KRW")
    with book.change("away", NOW) as change:
        change.remove(Contact, "c2")
    seen = book.seen("account", "a1")
    with book.change("mine", NOW) as change:
        change.edit(Account, "a1", region="일산")
    with book.change("theirs", NOW, seen) as change:
        change.edit(Account, "a1", region="부천")
    assert book.work.execute("SELECT count(*) FROM conflict").fetchone()[0]
    return book


def rewrite(folder: Path, table: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Edit a table of an export as a person would, with other tools than ours."""
    path = folder / f"{table}.json"
    if path.exists():
        rows = json.loads(path.read_text(encoding="utf-8"))
        change(rows)
        path.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
        return
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


# --- an equal book ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_comes_back_equal_table_by_table(desk: Desk, kind: Kind) -> None:
    book = desk.sample()
    folder = desk.folder / "backup"
    done = export_book(book, folder, kind, NOW, "about")
    assert done.counts == {table: len(book.rows(of)) for table, of in TABLES.items()}
    again, came = desk.take(folder, None)
    assert dump(again.work) == dump(book.work)
    assert again.document_id == book.document_id
    assert (came.new_book, came.operations, came.read, came.missing) == (True, done.operations, 0, 0)
    _, second = desk.take(folder, again)
    assert (second.operations, second.changed.tables) == (0, frozenset())
    assert dump(again.work) == dump(book.work)


@pytest.mark.parametrize("kind", KINDS)
def test_a_book_with_deletes_conflicts_and_formulas_comes_back_equal(desk: Desk, own: Book, kind: Kind) -> None:
    export_book(own, desk.folder / "backup", kind, NOW)
    again, _ = desk.take(desk.folder / "backup", None)
    assert dump(again.work) == dump(own.work)


@pytest.mark.parametrize("kind", KINDS)
def test_texts_and_numbers_that_are_missing_stay_missing(desk: Desk, own: Book, kind: Kind) -> None:
    own.work.execute("UPDATE account SET region = NULL, note = '', usual_gap_days = 0 WHERE id = 'a2'")
    export_book(own, desk.folder / "backup", kind, NOW)
    again, _ = desk.take(desk.folder / "backup", None)
    assert again.work.execute("SELECT region, note, usual_gap_days FROM account WHERE id = 'a2'").fetchone() == (
        None,
        "",
        0,
    )
    assert dump(again.work) == dump(own.work)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_erased_comes_along_and_stays_away(desk: Desk, own: Book, kind: Kind) -> None:
    export_book(own, desk.folder / "before", kind, NOW)
    own.work.execute("INSERT INTO erased VALUES ('lesson', 'l1', 0, 0)")
    own.work.execute("UPDATE recorder SET off = 1")
    for table in ("op", "head"):
        own.work.execute(f"DELETE FROM {table} WHERE tbl = 'lesson' AND pk = 'l1'")
    own.work.execute("DELETE FROM lesson WHERE id = 'l1'")
    own.work.execute("UPDATE recorder SET off = 0")
    export_book(own, desk.folder / "after", kind, NOW)
    again, _ = desk.take(desk.folder / "after", None)
    assert dump(again.work) == dump(own.work)
    desk.take(desk.folder / "before", again)
    assert again.get(Lesson, "l1") is None
    assert dump(again.work) == dump(own.work)


def test_the_file_of_the_new_book_is_whole_for_any_other_tool(desk: Desk, own: Book) -> None:
    export_book(own, desk.folder / "backup", "json", NOW)
    again, _ = desk.take(desk.folder / "backup", None)
    assert again.publish_now().in_file
    file = sqlite3.connect(again.path)
    assert dump(file) == dump(own.work)
    assert file.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    assert file.execute("SELECT count(*) FROM seen").fetchone()[0] == 0
    file.close()
    shutil.copy(again.path, desk.folder / "third.db")
    assert dump(desk.open("third").work) == dump(own.work)


def test_writing_is_of_one_moment_and_changes_nothing(desk: Desk, own: Book) -> None:
    before = dump(own.work)
    first = export_book(own, desk.folder / "one", "json", NOW)
    second = export_book(own, desk.folder / "two", "json", NOW)
    assert dump(own.work) == before
    assert (first.size, first.rows) == (second.size, second.rows)
    for path in first.folder.iterdir():
        assert path.read_bytes() == (second.folder / path.name).read_bytes()


def test_both_books_hold_everything_after_each_took_the_others_backup(desk: Desk, own: Book) -> None:
    export_book(own, desk.folder / "one", "json", NOW)
    there, _ = desk.take(desk.folder / "one", None)
    with there.change("there", NOW) as change:
        change.edit(Account, "a2", name="길상")
    with own.change("here", NOW) as change:
        change.edit(Account, "a2", region="서울")
    export_book(there, desk.folder / "two", "csv", NOW)
    _, done = desk.take(desk.folder / "two", own)
    assert (done.operations, done.new_book) == (1, False)
    account = own.get(Account, "a2")
    assert account is not None
    assert (account.name, account.region) == ("길상", "서울")


# --- whose book it is -------------------------------------------------------------------------------------------------


def test_the_backup_of_another_book_is_refused_naming_both(desk: Desk, own: Book) -> None:
    export_book(own, desk.folder / "backup", "json", NOW)
    other = desk.open("other", create=True)
    with other.change("setup", NOW) as change:
        change.add(Account("x", "다른 회사"))
    before = dump(other.work)
    with pytest.raises(FieldsalesError) as told:
        desk.take(desk.folder / "backup", other)
    assert told.value.message.id == "book.different"
    assert told.value.message.args == {"name": "backup", "own": "other.db"}
    assert dump(other.work) == before
    _, done = desk.take(desk.folder / "backup", other, join=True)
    assert {one.name for one in other.rows(Account)} == {"다른 회사", "한빛정밀", "- 길상사 @서울"}
    assert done.operations == own.work.execute("SELECT count(*) FROM op").fetchone()[0]


def test_a_book_nothing_was_written_in_gives_way(desk: Desk, own: Book) -> None:
    export_book(own, desk.folder / "backup", "json", NOW)
    blank = desk.open("blank", create=True)
    again, done = desk.take(desk.folder / "backup", blank)
    assert done.new_book
    assert again.path == blank.path
    assert dump(again.work) == dump(own.work)


def test_where_the_book_is_at_home_already_it_is_not_made_twice(desk: Desk, own: Book) -> None:
    export_book(own, desk.folder / "backup", "json", NOW)
    second = desk.folder / "second.db"
    with pytest.raises(WholeError) as told:
        import_whole(
            desk.folder / "backup",
            None,
            second,
            lambda: Book.open(second, desk.folder / "own.data", today=TODAY),
        )
    assert told.value.message.id == "whole.elsewhere"
    assert not second.exists()


def test_counting_only_writes_nothing(desk: Desk, own: Book) -> None:
    export_book(own, desk.folder / "backup", "json", NOW)
    operations = own.work.execute("SELECT count(*) FROM op").fetchone()[0]
    book, done = import_whole(
        desk.folder / "backup", None, desk.folder / "no.db", lambda: desk.open("no"), dry_run=True
    )
    assert (book, done.operations, (desk.folder / "no.db").exists()) == (None, operations, False)
    there, _ = desk.take(desk.folder / "backup", None)
    with own.change("more", NOW) as change:
        change.edit(Account, "a2", name="길상")
    export_book(own, desk.folder / "later", "json", NOW)
    before = dump(there.work)
    _, done = desk.take(desk.folder / "later", there, dry_run=True)
    assert done.operations == 1
    assert dump(there.work) == before


# --- what somebody edited in the files --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_edited_rows_are_one_act_that_can_be_taken_back(desk: Desk, own: Book, kind: Kind) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, kind, NOW)
    before: dict[str, list[object]] = {table: own.rows(of) for table, of in TABLES.items()}

    def change(rows: list[dict[str, Any]]) -> None:
        named = {row["id"]: row for row in rows}
        named["a2"]["name"] = "길상사"
        named["a1"]["note"] = "새 메모"
        rows.append({**named["a2"], "id": "", "name": "새로 적은 곳", "phone": ""})

    rewrite(folder, "account", change)
    rewrite(folder, "contact", lambda rows: rows[0].update(title="부장"))
    _, done = desk.take(folder, own)
    assert (done.read, done.made, done.updated, done.dropped) == (4, 1, 3, ())
    assert done.edited == (f"account.{kind}", f"contact.{kind}")
    assert {one.name for one in own.rows(Account)} == {"한빛정밀", "길상사", "새로 적은 곳"}
    first = own.get(Account, "a1")
    assert first is not None
    assert (first.note, first.phone) == ("새 메모", "0212345678")
    assert {row[0] for row in own.work.execute("SELECT act FROM op WHERE act LIKE 'import:%'")} != set()

    operations = own.work.execute("SELECT count(*) FROM op").fetchone()[0]
    _, second = desk.take(folder, own)
    assert (second.operations, second.same) == (0, 4)
    assert own.work.execute("SELECT count(*) FROM op").fetchone()[0] == operations

    assert own.undo(NOW) is not None
    assert {table: own.rows(of) for table, of in TABLES.items()} == before


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_edited_goes_into_a_new_book_too(desk: Desk, own: Book, kind: Kind) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, kind, NOW)
    rewrite(folder, "account", lambda rows: rows[0].update(name="고친 이름"))
    again, done = desk.take(folder, None)
    assert (done.new_book, done.updated) == (True, 1)
    assert "고친 이름" in {one.name for one in again.rows(Account)}
    assert again.undo(NOW) is not None
    assert "고친 이름" not in {one.name for one in again.rows(Account)}


def test_an_edit_that_does_not_know_of_a_later_one_is_put_up_for_choice(desk: Desk, own: Book) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, "json", NOW)
    with own.change("later", NOW) as change:
        change.edit(Account, "a2", name="나중 이름")
    rewrite(folder, "account", lambda rows: rows[1].update(name="파일 이름"))
    _, done = desk.take(folder, own)
    assert done.conflicts == 1
    values = {row[0] for row in own.work.execute("SELECT val FROM conflict WHERE pk = 'a2'")}
    account = own.get(Account, "a2")
    assert account is not None
    assert values | {account.name} == {"나중 이름", "파일 이름"}


BAD: dict[str, tuple[str, dict[str, object], str]] = {
    "a day that is none": ("contract", {"account_id": "a1", "ends_on": "2026-13-40"}, "form"),
    "nobody's person": ("contact", {"account_id": "nobody", "name": "유나"}, "nobody"),
    "no name": ("account", {"name": "", "note": "메모"}, "empty"),
    "a strange word": ("account", {"name": "가", "state": "gone"}, "word"),
    "a month that is none": ("amount", {"account_id": "a1", "month": "Oct-26", "amount": 5}, "form"),
    "an amount in words": ("amount", {"account_id": "a1", "month": "2026-09", "amount": "많이"}, "number"),
    "an endless amount": ("amount", {"account_id": "a1", "month": "2026-09", "amount": 10**18}, "number"),
    "an id that cannot be": ("account", {"id": "a\u0007b", "name": "가"}, "id"),
    "an id twice": ("account", {"id": "a1"}, "twice"),
    "a text without end": ("account", {"name": "가", "note": "나" * 200_000}, "long"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", BAD)
def test_a_row_that_the_book_cannot_hold_is_listed_with_its_line(desk: Desk, own: Book, kind: Kind, case: str) -> None:
    table, cells, reason = BAD[case]
    folder = desk.folder / "backup"
    with own.change("more", NOW) as change:
        change.add(TABLES["contract"]("k1", "a1"))
    export_book(own, folder, kind, NOW)
    before = dump(own.work)

    def add(rows: list[dict[str, Any]]) -> None:
        fresh = dict.fromkeys(rows[0], "") if kind == "csv" else {}
        rows.append({**fresh, **cells})

    rewrite(folder, table, add)
    lines = (folder / f"{table}.{kind}").read_bytes().count(b"\n")
    _, done = desk.take(folder, own)
    assert done.made + done.updated + len(done.dropped) == done.read == 1
    assert done.dropped[0].reason.id == f"whole.drop.{reason}"
    assert done.dropped[0].file == f"{table}.{kind}"
    assert 1 < done.dropped[0].line <= lines
    assert dump(own.work) == before


def test_json_of_a_wrong_shape_is_listed_too(desk: Desk, own: Book) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, "json", NOW)
    values: list[object] = [1.5, True, ["a"], {"b": 1}]
    rewrite(folder, "account", lambda rows: rows.extend({"id": f"n{n}", "name": v} for n, v in enumerate(values)))
    rewrite(folder, "lesson", lambda rows: rows.append({"id": "z", "colour": "red"}))
    _, done = desk.take(folder, own)
    assert [one.reason.id for one in done.dropped] == ["whole.drop.text"] * 4 + ["whole.drop.unknown"]
    assert (done.read, done.made, done.updated) == (5, 0, 0)


def test_rows_that_are_missing_in_an_edited_file_stay_in_the_book(desk: Desk, own: Book) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, "csv", NOW)
    rewrite(folder, "account", lambda rows: rows.pop())
    _, done = desk.take(folder, own)
    assert (done.missing, done.read) == (1, 0)
    assert len(own.rows(Account)) == 2


def test_a_spreadsheet_that_eats_leading_zeros_and_line_breaks_edits_nothing(desk: Desk, own: Book) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, "csv", NOW)

    def saved_by_a_spreadsheet(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row["phone"] = row["phone"].lstrip("0")
            row["note"] = row["note"].replace("\n", "\r\n")

    rewrite(folder, "account", saved_by_a_spreadsheet)
    _, done = desk.take(folder, own)
    assert done.edited == ("account.csv",)
    assert (done.read, done.operations) == (0, 0)


def test_an_amount_that_was_added_by_hand_has_the_id_of_its_month(desk: Desk, own: Book) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, "csv", NOW)
    rewrite(folder, "amount", lambda rows: rows.append({**rows[0], "id": "", "month": "2026-09", "amount": "700"}))
    desk.take(folder, own)
    row = own.get(Amount, natural_id("amount", "a1", "2026-09"))
    assert row is not None
    assert row.amount == 700


# --- what is damaged --------------------------------------------------------------------------------------------------


def _resigned(folder: Path, name: str, text: str) -> None:
    """Change a file and its checksum, as somebody who means harm would."""
    import hashlib

    (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
    path = folder / "fieldsales-export.json"
    told = json.loads(path.read_text())
    data = (folder / name).read_bytes()
    told["files"][name] = {
        "rows": len(json.loads(data.decode("utf-8", "replace"))),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    path.write_text(json.dumps(told))


HOSTILE: dict[str, dict[str, object]] = {
    "a stamp of the far future": {"hlc": 1 << 62 | 1},
    "a stamp beyond all numbers": {"hlc": 10**30},
    "a stamp in words": {"hlc": "9"},
    "a stamp that is true": {"hlc": True},
    "a broken patch": {"patch": "{"},
    "a patch that is a list": {"patch": "[]"},
    "a patch of fractions": {"patch": {"name": 1.5}},
    "a patch of patches": {"patch": {"name": {"a": 1}}},
    "a parent after its child": {"parents": [[1 << 61, 1]]},
    "a parent in words": {"parents": [["a", "b"]]},
    "no table": {"tbl": ""},
    "an endless id": {"pk": "x" * 2000},
    "a number for a text": {"site": 5},
    "half a letter": {"patch": '{"name": "\\ud800"}'},
}


@pytest.mark.parametrize("new", [True, False])
@pytest.mark.parametrize("case", HOSTILE)
def test_a_forged_history_is_refused_and_changes_nothing(desk: Desk, own: Book, case: str, new: bool) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, "json", NOW)
    rows = json.loads((folder / "op.json").read_text())
    rows.append({**rows[0], "pk": "forged", "hlc": 5 << 16, "parents": [], **HOSTILE[case]})
    _resigned(folder, "op.json", json.dumps(rows))
    before = dump(own.work)
    own.publish_now()
    names = sorted(path.name for path in desk.folder.iterdir())
    with pytest.raises(FieldsalesError):
        desk.take(folder, None if new else own)
    assert dump(own.work) == before
    assert sorted(path.name for path in desk.folder.iterdir()) == names


def test_a_later_book_is_not_read(desk: Desk, own: Book) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, "json", NOW)
    path = folder / "fieldsales-export.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"book_format": 99}))
    with pytest.raises(WholeError) as told:
        desk.take(folder, own)
    assert told.value.message.id == "whole.newer"


def test_the_manifest_must_name_the_book_of_the_history(desk: Desk, own: Book) -> None:
    folder = desk.folder / "backup"
    export_book(own, folder, "json", NOW)
    path = folder / "fieldsales-export.json"
    path.write_text(path.read_text().replace(own.document_id, "0000-0000"))
    with pytest.raises(WholeError) as told:
        desk.take(folder, None)
    assert told.value.message.id == "whole.history_changed"


def test_a_place_that_cannot_be_written_is_told_in_words(desk: Desk, own: Book) -> None:
    (desk.folder / "file").write_text("")
    with pytest.raises(WholeError) as told:
        export_book(own, desk.folder / "file" / "backup", "json", NOW)
    assert told.value.message.id == "whole.not_written"


def test_progress_is_reported_row_by_row_and_ends_at_the_total(desk: Desk, own: Book) -> None:
    with own.change("many", NOW) as change:
        change.put_many(Account, ("id", "name"), ((f"n{number}", str(number)) for number in range(3_000)))
    said: list[tuple[int, int | None]] = []
    export_book(own, desk.folder / "backup", "json", NOW, "", lambda done, total: said.append((done, total)))
    assert said
    assert all(total is not None and done <= total for done, total in said)
    said.clear()
    import_whole(
        desk.folder / "backup",
        None,
        desk.folder / "new.db",
        lambda: desk.open("new"),
        progress=lambda done, total: said.append((done, total)),
    )
    assert said[-1][0] == said[-1][1]
