"""Full disks, media that cannot be written and media that go away: the file stays, edits stay, the status says so."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from copies import dump

from fieldsales.domain.model import Account
from fieldsales.locale import Texts
from fieldsales.storage import derived
from fieldsales.storage.book import Book
from fieldsales.storage.errors import BookNotCreated, DiskFull

NOW = datetime(2026, 11, 20, 9, 0)
ROOT = Path(__file__).parents[2]
LONG = "글" * 100_000
Mount = Callable[..., Path]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "touch", lambda *args: None)


@pytest.fixture
def books() -> Iterator[list[Book]]:
    """Whatever is opened is closed again before its medium goes."""
    opened: list[Book] = []
    yield opened
    for book in opened:
        book.close()


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Small media, where the system lets us have some."""
    mounted: list[Path] = []

    def make(name: str, options: str) -> Path:
        place = tmp_path / name
        place.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no media can be mounted here")
        mounted.append(place)
        return place

    yield make
    for place in reversed(mounted):
        subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def remount(place: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(place)], check=True)


def opened(books: list[Book], path: Path, data: Path, create: bool = True) -> Book:
    books.append(Book.open(path, data, create=create))
    books[-1]._publisher.stop()  # the file is brought up to date when the test says so
    return books[-1]


def add(book: Book, name: str, note: str = "") -> str:
    with book.change("add", NOW) as change:
        return change.add(Account(change.new_id(), name=name, note=note))


def names(book: Book) -> set[str]:
    return {account.name for account in book.rows(Account)}


def names_in(path: Path) -> set[str]:
    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name for (name,) in db.execute("SELECT name FROM account")}
    finally:
        db.close()


def told(book: Book) -> str:
    """The id of what the status says, which must have its sentence in both languages."""
    reason = book.status.reason
    if reason is None:
        return ""
    assert all(Texts(lang, currency="KRW").say(reason) for lang in ("ko", "en"))
    return reason.id


def fill(book: Book) -> None:
    """No page more for the working database, as on a full disk."""
    (pages,) = book.work.execute("PRAGMA page_count").fetchone()
    book.work.execute(f"PRAGMA max_page_count = {pages}")


def test_a_save_that_finds_no_room_is_taken_back_whole(tmp_path: Path, books: list[Book]) -> None:
    book = opened(books, tmp_path / "book.db", tmp_path / "data")
    add(book, "before")
    book.publish_now()
    whole, tables = book.path.read_bytes(), dump(book.work)
    fill(book)
    with pytest.raises(DiskFull):
        add(book, "too long", LONG)
    assert dump(book.work) == tables
    assert book.path.read_bytes() == whole
    assert book.status.in_file
    book.work.execute("PRAGMA max_page_count = 1000000")
    add(book, "after", LONG)
    assert book.publish_now().in_file
    assert names_in(book.path) == {"before", "after"}


def test_a_merge_that_finds_no_room_is_taken_back_whole(tmp_path: Path, books: list[Book]) -> None:
    book = opened(books, tmp_path / "book.db", tmp_path / "data")
    add(book, "before")
    book.publish_now()
    (tmp_path / "other").mkdir()
    shutil.copy(book.path, tmp_path / "other" / "book.db")
    other = opened(books, tmp_path / "other" / "book.db", tmp_path / "other data")
    add(other, "theirs", LONG)
    other.publish_now()
    whole, tables = book.path.read_bytes(), dump(book.work)
    fill(book)
    with pytest.raises(DiskFull):
        book.merge(other.path)
    assert dump(book.work) == tables
    assert book.path.read_bytes() == whole
    # The same where it lands at the path: the file is not replaced, and the status says what is the matter.
    shutil.copy(other.path, tmp_path / "landing")
    (tmp_path / "landing").replace(book.path)
    book._looked = 0.0
    book.take_incoming()
    assert dump(book.work) == tables
    assert told(book) == "book.disk_full"
    assert not book.publish_now().in_file
    assert names_in(book.path) == {"before", "theirs"}
    book.work.execute("PRAGMA max_page_count = 1000000")
    book._looked = 0.0
    book.take_incoming()
    assert book.publish_now().in_file
    assert names(book) == {"before", "theirs"}


LIMITED = """
import resource, signal, sys
sys.path.insert(0, sys.argv[3])
from datetime import datetime
from pathlib import Path
from fieldsales.domain.model import Account, FieldsalesError
from fieldsales.locale import Texts
from fieldsales.storage.book import Book
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]),) * 2)
try:
    book = Book.open(Path(sys.argv[1]), Path(sys.argv[2]), create=True)
    with book.change("add", datetime(2026, 11, 20)) as change:
        change.add(Account(change.new_id(), name="limited", note="x" * 300_000))
    print("saved", book.publish_now().in_file)
    book.close()
except FieldsalesError as error:
    assert all(Texts(lang, currency="KRW").say(error.message) for lang in ("ko", "en"))
    print(error.message.id)
"""


@pytest.mark.parametrize("room", [0, 4096, 40_000, 100_000, 250_000, 400_000, 700_000, 1_500_000])
@pytest.mark.parametrize("known", [False, True], ids=["new here", "known here"])
def test_opening_and_saving_with_hardly_any_room_is_told_and_harms_nothing(
    tmp_path: Path, books: list[Book], room: int, known: bool
) -> None:
    path, data = tmp_path / "book.db", tmp_path / "data"
    book = opened(books, path, data)
    add(book, "before")
    book.close()
    if not known:
        shutil.rmtree(data)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(data), str(ROOT), str(room)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    said = done.stdout.strip()
    assert said.startswith(("book.", "saved ")), said
    found = names_in(path)
    assert found == ({"before", "limited"} if said == "saved True" else {"before"})
    again = opened(books, path, data)
    assert names(again) == ({"before", "limited"} if said.startswith("saved") else {"before"})
    assert again.publish_now().in_file


def test_a_new_book_is_not_begun_where_there_is_no_room(tmp_path: Path, mount: Mount, books: list[Book]) -> None:
    stick = mount("stick", "size=32k")
    with pytest.raises(BookNotCreated) as caught:
        opened(books, stick / "book.db", tmp_path / "data")
    assert caught.value.message.args["why"] == "@book.file_full"
    assert not list(stick.iterdir())
    assert not list((tmp_path / "data" / "books").iterdir())


def test_a_full_stick_keeps_the_file_and_the_edits(tmp_path: Path, mount: Mount, books: list[Book]) -> None:
    stick = mount("stick", "size=1m")
    book = opened(books, stick / "book.db", tmp_path / "data")
    add(book, "before")
    assert book.publish_now().in_file
    whole = book.path.read_bytes()
    (stick / "film").write_bytes(b"x" * ((1 << 20) - len(whole) - 8192))
    add(book, "after")
    status = book.publish_now()
    assert (status.in_file, status.pending, told(book)) == (False, 1, "book.file_full")
    assert book.path.read_bytes() == whole
    assert sorted(entry.name for entry in stick.iterdir()) == ["book.db", "film"]
    (stick / "film").unlink()
    assert book.publish_now().in_file
    assert names_in(book.path) == {"before", "after"}


def test_a_full_home_refuses_to_save_and_keeps_what_was_saved(tmp_path: Path, mount: Mount, books: list[Book]) -> None:
    home = mount("home", "size=3m")
    book = opened(books, tmp_path / "book.db", home / "data")
    add(book, "before")
    book.publish_now()
    refused = 0
    for number in range(30):
        try:
            add(book, f"{number}", LONG)
        except DiskFull:
            refused += 1
    assert refused
    kept = names(book)
    book._publisher.publish()
    assert kept == names(book)
    book.close()
    remount(home, "size=30m")
    again = opened(books, tmp_path / "book.db", home / "data")
    assert names(again) == kept
    add(again, "after")
    assert again.publish_now().in_file
    assert names_in(book.path) == kept | {"after"}


def test_media_that_cannot_be_written_are_opened_and_edits_stay(
    tmp_path: Path, mount: Mount, books: list[Book]
) -> None:
    stick = mount("stick", "size=4m")
    first = opened(books, stick / "book.db", tmp_path / "data of the first")
    add(first, "before")
    first.close()
    whole = first.path.read_bytes()
    remount(stick, "ro")
    book = opened(books, stick / "book.db", tmp_path / "data", create=False)
    assert names(book) == {"before"}
    add(book, "after")
    status = book.publish_now()
    assert (status.in_file, status.pending, told(book)) == (False, 1, "book.file_readonly")
    book.close()
    assert book.path.read_bytes() == whole
    again = opened(books, stick / "book.db", tmp_path / "data", create=False)
    assert names(again) == {"before", "after"}
    assert told(again) in ("", "book.file_readonly")
    assert not again.status.in_file
    remount(stick, "rw")
    assert again.publish_now().in_file
    assert names_in(again.path) == {"before", "after"}


def test_a_medium_that_is_pulled_out_and_put_in_again(tmp_path: Path, mount: Mount, books: list[Book]) -> None:
    stick = mount("stick", "size=4m")
    (tmp_path / "drawer").mkdir()
    plug = ["mount", "--bind", str(stick), str(tmp_path / "drawer")]
    if subprocess.run(plug, capture_output=True, check=False).returncode:
        pytest.skip("no media can be mounted here")
    place = tmp_path / "drawer" / "sales"
    try:
        book = opened(books, place / "book.db", tmp_path / "data")
        add(book, "before")
        assert book.publish_now().in_file
        subprocess.run(["umount", str(tmp_path / "drawer")], check=True)
        add(book, "meanwhile")
        assert not book.publish_now().in_file
        assert told(book) == "book.folder_gone"
        book._looked = 0.0
        assert book.take_incoming() is None
        assert not place.exists(), "nothing is made in its place"
        subprocess.run(plug, check=True)
        book._looked = 0.0
        book.take_incoming()
        assert book.publish_now().in_file
        assert names_in(book.path) == {"before", "meanwhile"}
    finally:
        book.close()
        subprocess.run(["umount", "-l", str(tmp_path / "drawer")], capture_output=True, check=False)
