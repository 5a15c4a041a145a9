"""Erasing for good: no byte left on this machine, and nothing comes back with an older copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest

from fieldsales.domain.model import (
    Account,
    Activity,
    Amount,
    CaseEvent,
    ChurnCase,
    Contact,
    Fact,
    Lesson,
    Policy,
    PutOff,
    Signal,
    Task,
)
from fieldsales.storage import backups, checking, scouring
from fieldsales.storage.book import Book
from fieldsales.storage.erasing import BLANK, Erased, erase, erased_people, plan
from fieldsales.storage.schema import COLUMNS

NOW = datetime(2026, 11, 20, 9, 20)
TODAY = NOW.date()
NAME, MOBILE, MAIL, TASTE = "남궁별", "010-9182-7364", "byeol@example.com", "매운탕을 좋아함"


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with mock.patch("os.fsync"):
        yield


def open_book(folder: Path, create: bool = True) -> Book:
    return Book.open(folder / "book.db", folder / "data", create=create, today=TODAY)


def fill(book: Book) -> None:
    with book.change("setup", NOW) as change:
        change.add(Account("a", "한빛정밀", tier="A", phone="02-555-0101", note=f"{NAME} 소개로 시작", region="일산"))
        change.add(Account("b", "두리상사", referred_by="a"))
        change.add(Contact("p", "a", NAME, "부장", phone="02-555-0101", mobile=MOBILE, email=MAIL, note="낚시"))
        change.add(Contact("q", "a", "서다온", "대리"))
        change.add(Fact("f", "a", "p", text=TASTE))
        change.add(Fact("f2", "a", "", text="점심은 열두 시"))
        change.add(Task("t", "a", "p", title="단가표", due_on="2026-12-01", activity_id="v"))
        change.add(Task("t2", "a", "", title=f"{NAME} 부장 앞 견적", due_on="2026-12-02", activity_id="v"))
        change.add(PutOff("o", "a", "task:t", "2026-12-09"))
        change.add(Activity("v", "a", "p", "visit", day="2026-11-10", heard="창고를 옮긴다", with_names="서다온"))
        change.add(Activity("w", "a", "q", "call", day="2026-11-12", heard=f"{NAME}님은 출장", said="다음 주에 뵙기로"))
        change.add(
            Activity("x", "b", "", "call", day="2026-11-13", note="남 부장 얘기", heard=f"{MOBILE.replace('-', '')}로")
        )
        change.add(ChurnCase("k", "a", heard_from="p"))
        change.add(CaseEvent("e", "k", "2026-11-14T10:00", "note", f"{NAME}과 통화"))
        change.add(Signal("s", "a", "p", "complaint", text="답이 늦다", day="2026-11-01"))
        change.add(Lesson("l", "a", "p", line="먼저 전화한다"))
    with book.change("edit", NOW) as change:
        change.edit(Account, "a", note="오래된 사이")


def gone(book: Book, table: str, id: str) -> Erased:
    done = erase(book, table, id, NOW)
    assert scouring.scour(book.work, book._folder) == ()
    for _ in book.refresh(TODAY):
        pass
    book.publish_now()
    return done


def files_with(folder: Path, *words: str) -> list[str]:
    return [
        f"{path.name}: {word}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for word in words
        if word.encode() in path.read_bytes() or word.replace("-", "").encode() in path.read_bytes()
    ]


def test_no_file_of_this_machine_holds_a_byte_of_an_erased_person(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    for _ in book.refresh(TODAY):
        pass
    book.save_draft("contact", "p", {"note": "반쯤 쓴 것"})
    book.save_draft("log", "b", {"heard": f"{NAME} 얘기"})
    book.save_draft("log", "a", {"heard": "다른 얘기"})
    book.publish_now()
    backups.take(book.work, book._folder, "asked")
    words = (NAME, MOBILE, MAIL, TASTE, "먼저 전화한다", "창고를 옮긴다", "반쯤 쓴 것")
    before = files_with(tmp_path, *words)
    holders = {line.partition(":")[0] for line in before}
    assert {"derived.db-wal", "book.db-wal"} & holders and "book.db" in holders
    assert any(name.endswith("-asked.db") for name in holders)
    gone(book, "contact", "p")
    assert files_with(tmp_path, *words) == []
    assert book.drafts() == [("log", "a")]
    book.close()
    assert files_with(tmp_path, *words) == []
    again = open_book(tmp_path, create=False)
    assert again.get(Contact, "p") is None
    again.close()


def test_what_belongs_to_the_person_goes_and_the_rest_keeps_every_other_value(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    what = plan(book.work, "contact", "p")
    assert dict(what.counts) == {"contact": 1, "task": 1, "signal": 1, "fact": 1, "lesson": 1, "put_off": 1}
    assert what.bare == ("v",)
    assert {mention.row for mention in what.mentions} == {
        ("account", "a"), ("task", "t2"), ("activity", "w"), ("activity", "x"), ("case_event", "e")
    }  # fmt: skip
    done = gone(book, "contact", "p")
    assert (dict(done.counts), done.bare, done.mentions) == (dict(what.counts), 1, 5)
    account = book.get(Account, "a")
    assert account is not None
    assert (account.note, account.region, account.tier, account.phone) == ("오래된 사이", "일산", "A", "02-555-0101")
    call = book.get(Activity, "w")
    assert call is not None
    assert (call.heard, call.said, call.contact_id) == (f"{BLANK}님은 출장", "다음 주에 뵙기로", "q")
    other = book.get(Activity, "x")
    assert other is not None
    assert (other.heard, other.note) == (f"{BLANK}로", "남 부장 얘기")  # another account's 남 부장 may be anybody
    (bare,) = [one for one in book.rows(Activity, account_id="a") if one.kind == "visit"]
    assert bare == Activity(bare.id, "a", kind="visit", day="2026-11-10")
    task = book.get(Task, "t2")
    assert task is not None
    assert (task.title, task.activity_id) == (f"{BLANK} 부장 앞 견적", bare.id)
    case = book.get(ChurnCase, "k")
    assert case is not None and case.heard_from == ""
    assert [one.text for one in book.rows(Fact)] == ["점심은 열두 시"]
    assert erased_people(book.work) == {"contact": 1, "account": 0}
    book.close()


def test_an_erased_account_takes_everything_under_it_along(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    with book.change("more", NOW) as change:
        change.add(Policy("y", "account", "a", "call", 4))
        change.add(Amount("m", "a", "2026-10", 1_000_000))
        change.edit(Activity, "x", note="한빛정밀 소식")
        change.remove(Contact, "q")
    gone(book, "account", "a")
    assert book.get(Account, "a") is None
    assert [row.id for row in book.rows(Activity)] == ["x"]
    left = book.get(Account, "b")
    assert left is not None and left.referred_by == ""
    for kind in (Contact, Fact, Task, PutOff, ChurnCase, CaseEvent, Signal, Lesson, Policy, Amount):
        assert book.rows(kind) == []
    assert files_with(tmp_path, NAME, MOBILE, "한빛정밀", "서다온", TASTE) == []
    book.close()


def other_machine(tmp_path: Path, name: str) -> Book:
    """Another machine with a copy of the book, not yet merged with anything since."""
    there = tmp_path / name
    there.mkdir()
    (there / "book.db").write_bytes((tmp_path / "here" / "book.db").read_bytes())
    return open_book(there, create=False)


@pytest.mark.parametrize("older_first", [True, False])
def test_an_erased_person_stays_away_after_a_merge_with_an_older_copy(tmp_path: Path, older_first: bool) -> None:
    (tmp_path / "here").mkdir()
    here = open_book(tmp_path / "here")
    fill(here)
    here.publish_now()
    there = other_machine(tmp_path, "there")
    with there.change("edit", NOW) as change:
        change.edit(Contact, "p", note=f"{NAME}: 무릎이 아프다")
        change.add(Fact("f3", "a", "p", text="새로 들은 것"))
        change.edit(Activity, "w", said="목요일에 뵙기로")
    there.publish_now()
    gone(here, "contact", "p")
    first, second = (here, there) if older_first else (there, here)
    first.merge(second.path)
    first.publish_now()
    second.merge(first.path)
    second.publish_now()
    first.merge(second.path)
    for book in (here, there):
        if scouring.is_due(book.work):
            assert scouring.scour(book.work, book._folder) == ()
            for _ in book.refresh(TODAY):
                pass
        book.publish_now()
        assert book.get(Contact, "p") is None
        call = book.get(Activity, "w")
        assert call is not None
        assert (call.heard, call.said) == (f"{BLANK}님은 출장", "목요일에 뵙기로")
        assert book.work.execute("SELECT count(*) FROM conflict").fetchone() == (0,)
    for table in ("account", "activity", "task", "op", "head", "erased"):
        rows = [book.work.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4").fetchall() for book in (here, there)]
        assert rows[0] == rows[1]
    here.close()
    there.close()
    assert files_with(tmp_path, NAME, MOBILE, TASTE) == []


def merged_both_ways(here: Book, there: Book, older_first: bool) -> None:
    """Merge until neither lacks anything, and compare all that travels."""
    here.publish_now()
    there.publish_now()
    first, second = (here, there) if older_first else (there, here)
    for one, other in ((first, second), (second, first), (first, second)):
        one.merge(other.path)
        one.publish_now()
    for table in (*COLUMNS, "op", "head", "erased", "conflict"):
        rows = [sorted(book.work.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for book in (here, there)]
        assert rows[0] == rows[1], table
    for book in (here, there):
        found = checking.check(book.folder, book.path, None, NOW)
        assert [one.id for one in found if not one.ok and one.id in ("parents", "history", "working")] == []


@pytest.mark.parametrize("older_first", [True, False])
def test_what_was_written_apart_about_an_erased_person_names_nobody_any_more(tmp_path: Path, older_first: bool) -> None:
    (tmp_path / "here").mkdir()
    here = open_book(tmp_path / "here")
    fill(here)
    here.publish_now()
    there = other_machine(tmp_path, "there")
    with there.change("log", NOW) as change:
        change.add(Activity("n", "a", "p", "call", day="2026-11-19", heard="새 창고를 본다"))
        change.add(ChurnCase("k2", "b", heard_from="p"))
        change.edit(Task, "t2", contact_id="p")
    gone(here, "contact", "p")
    merged_both_ways(here, there, older_first)
    for book in (here, there):
        call, case, task = book.get(Activity, "n"), book.get(ChurnCase, "k2"), book.get(Task, "t2")
        assert call is not None and (call.contact_id, call.heard) == ("", "새 창고를 본다")
        assert case is not None and case.heard_from == ""
        assert task is not None and task.contact_id == ""
        book.close()


@pytest.mark.parametrize("sliced", [False, True])
def test_a_merge_tells_in_how_many_texts_a_name_that_was_erased_elsewhere_still_stands(
    tmp_path: Path, sliced: bool
) -> None:
    (tmp_path / "here").mkdir()
    here = open_book(tmp_path / "here")
    fill(here)
    here.publish_now()
    there = other_machine(tmp_path, "there")
    with there.change("log", NOW) as change:
        change.add(Activity("n", "a", "p", "call", day="2026-11-19", heard=f"{NAME} 부장이 옮긴다"))
        change.add(Activity("n2", "a", "q", "call", day="2026-11-19", heard="서다온이 맡는다"))
    gone(here, "contact", "p")
    with mock.patch("fieldsales.storage.arriving.SLICED", 0 if sliced else 1 << 30):
        result = there.merge(here.path)
        assert (result.erased > 0, result.named) == (True, 1)
        assert there.merge(here.path).named == 0
    there.publish_now()
    assert here.merge(there.path).named == 0  # who it was is known nowhere any more
    here.close()
    there.close()


@pytest.mark.parametrize("older_first", [True, False])
def test_what_was_written_apart_under_an_erased_account_goes_with_it(tmp_path: Path, older_first: bool) -> None:
    (tmp_path / "here").mkdir()
    here = open_book(tmp_path / "here")
    fill(here)
    here.publish_now()
    there = other_machine(tmp_path, "there")
    with there.change("log", NOW) as change:
        change.add(Contact("n", "a", "문가온"))
        change.add(Activity("n1", "a", "n", "call", day="2026-11-19", heard="새 창고를 본다"))
        change.add(ChurnCase("n2", "a"))
        change.add(CaseEvent("n3", "n2", "2026-11-19T10:00", "note", "뒤늦게 안 것"))
        change.add(Activity("n4", "b", "n", "call", day="2026-11-19", heard="그대로 둘 말"))
    gone(here, "account", "a")
    merged_both_ways(here, there, older_first)
    for book in (here, there):
        assert [one.id for one in book.rows(Activity)] == ["n4", "x"]
        kept = book.get(Activity, "n4")
        assert kept is not None and (kept.account_id, kept.contact_id) == ("b", "")
        assert [*book.rows(ChurnCase), *book.rows(CaseEvent), *book.rows(Contact)] == []
        book.close()
    assert files_with(tmp_path, "문가온", "새 창고를 본다", "뒤늦게 안 것") == []


def test_a_book_that_still_names_somebody_erased_is_put_right(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    gone(book, "contact", "p")
    with book.change("log", NOW) as change:
        change.add(Activity("n", "a", "p", "call", day="2026-11-19", heard="새 창고를 본다"))
    looked = {one.id: one.ok for one in checking.check(book.folder, book.path, None, NOW)}
    assert not looked["parents"]
    assert checking.repair(book, NOW) == 1
    looked = {one.id: one.ok for one in checking.check(book.folder, book.path, None, NOW)}
    assert looked["parents"] and looked["history"]
    call = book.get(Activity, "n")
    assert call is not None and (call.contact_id, call.heard) == ("", "새 창고를 본다")
    book.close()


def test_taking_back_brings_nothing_back_that_was_erased(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    with book.change("note", NOW) as change:
        change.edit(Contact, "p", note="발목")
    with book.change("other", NOW) as change:
        change.edit(Account, "b", region="부천")
    with book.change("fact", NOW) as change:
        change.add(Fact("f9", "a", "p", text="또 하나"))
    gone(book, "contact", "p")
    book.undo(NOW)
    left = book.get(Account, "b")
    assert left is not None and left.region == ""
    while book.undo(NOW) is not None:
        pass
    while book.redo(NOW) is not None:
        pass
    assert book.get(Contact, "p") is None and book.get(Fact, "f9") is None
    book.close()
    assert files_with(tmp_path, NAME, MOBILE, TASTE) == []


def test_the_history_of_a_row_that_named_the_person_is_still_there(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    before = book.work.execute("SELECT count(*) FROM op WHERE tbl = 'account' AND pk = 'a'").fetchone()
    gone(book, "contact", "p")
    patches = [row[0] for row in book.work.execute("SELECT patch FROM op WHERE tbl = 'account' AND pk = 'a'")]
    assert len(patches) >= before[0]
    assert any(f'"{BLANK} 소개로 시작"' in patch for patch in patches)
    book.close()


def test_a_namesake_elsewhere_keeps_the_name(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    with book.change("more", NOW) as change:
        change.add(Contact("r", "b", NAME, "과장"))
        change.add(Activity("z", "b", "r", "call", day="2026-11-15", heard=f"{NAME} 과장과"))
    what = plan(book.work, "contact", "p")
    assert what.namesakes and ("activity", "z") not in {mention.row for mention in what.mentions}
    gone(book, "contact", "p")
    other = book.get(Activity, "z")
    assert other is not None and other.heard == f"{NAME} 과장과"
    assert book.get(Contact, "r") is not None
    call = book.get(Activity, "w")
    assert call is not None and NAME not in call.heard
    book.close()


def test_a_longer_name_that_holds_the_persons_is_left_alone(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    with book.change("more", NOW) as change:
        change.add(Contact("r", "b", NAME + "이", "과장"))
        change.add(Account("c", NAME + "치과"))
        change.edit(Account, "b", note=f"{NAME}이 과장, {NAME}치과, {NAME}")
    what = plan(book.work, "contact", "p")
    assert what.kept == (NAME + "치과",)
    gone(book, "contact", "p")
    other = book.get(Account, "b")
    assert other is not None and other.note == f"{NAME}이 과장, {NAME}치과, {BLANK}"
    book.close()


def test_places_that_the_user_spares_stay(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    done = erase(book, "contact", "p", NOW, spare=[("activity", "w")])
    assert done.mentions == 4
    call = book.get(Activity, "w")
    assert call is not None and call.heard == f"{NAME}님은 출장"
    book.close()


def test_the_scouring_is_remembered_until_it_is_done(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    erase(book, "contact", "p", NOW)
    held = sqlite3.connect(tmp_path / "data" / "books" / book.document_id / "book.db")
    held.execute("BEGIN")
    held.execute("SELECT count(*) FROM account").fetchone()
    with mock.patch.object(scouring, "TRIES", 1):
        assert [path.name for path in scouring.scour(book.work, book._folder)] == ["book.db"]
    assert scouring.is_due(book.work)
    held.close()
    assert scouring.scour(book.work, book._folder) == ()
    assert not scouring.is_due(book.work)
    book.close()


def test_a_machine_that_merges_the_newer_book_purges_itself(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    here = open_book(tmp_path / "here")
    fill(here)
    here.publish_now()
    there = other_machine(tmp_path, "there")
    for _ in there.refresh(TODAY):
        pass
    backups.take(there.work, there._folder, "asked")
    gone(here, "contact", "p")
    here.close()
    there.merge(here.path)
    assert not scouring.is_due(there.work)
    assert [row.id for row in there.accounts(TODAY, state="all")]
    there.close()
    assert files_with(tmp_path, NAME, MOBILE, TASTE) == []


def test_a_file_that_lands_with_an_erasure_in_it_purges_too(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    here = open_book(tmp_path / "here")
    fill(here)
    here.publish_now()
    there = other_machine(tmp_path, "there")
    gone(here, "contact", "p")
    here.close()
    there.publish_now()
    there.path.write_bytes(here.path.read_bytes())
    there._looked = 0
    incoming = there.take_incoming()
    assert incoming is not None and incoming.erased
    there.close()
    assert files_with(tmp_path, NAME, MOBILE, TASTE) == []


def test_another_window_goes_on_with_the_lists_after_an_erasing(tmp_path: Path) -> None:
    window = open_book(tmp_path)
    fill(window)
    for _ in window.refresh(TODAY):
        pass
    shell = open_book(tmp_path, create=False)
    gone(shell, "account", "b")
    assert files_with(tmp_path, "두리상사") == []
    with shell.change("add", NOW) as change:
        change.add(Account("c", "새녘물산"))
    assert [row.name for row in window.accounts(TODAY, state="all")] == ["한빛정밀", "새녘물산"]
    assert [row.id for row in window.find_account("새녘")] == ["c"]
    assert window.is_derived()
    with window.change("add", NOW) as change:
        change.add(Account("d", "도담식품"))
    assert [row.id for row in shell.find_account("도담")] == ["d"]
    shell.close()
    window.close()


def test_a_window_follows_when_the_derived_rows_are_begun_in_another_file(tmp_path: Path) -> None:
    window = open_book(tmp_path)
    fill(window)
    assert not window.follow_cache()
    shell = open_book(tmp_path, create=False)
    shell._begin_cache_anew(TODAY)
    with shell.change("add", NOW) as change:
        change.add(Account("c", "새녘물산"))
    assert window.find_account("새녘") == []
    assert window.follow_cache()
    assert [row.id for row in window.find_account("새녘")] == ["c"]
    assert not window.follow_cache()
    shell.close()
    window.close()


def test_opening_the_book_takes_up_the_scouring_again(tmp_path: Path) -> None:
    book = open_book(tmp_path)
    fill(book)
    erase(book, "contact", "p", NOW)
    book.close()
    book = open_book(tmp_path, create=False)
    assert not scouring.is_due(book.work)
    book.close()
    assert files_with(tmp_path, NAME, MOBILE, TASTE) == []
