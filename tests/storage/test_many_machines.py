"""Several machines on one book: every edit is in every copy at the end, all copies are equal, foreign keys whole."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from copies import Copy, dump

from fieldsales.domain.model import Account, Activity, CaseItem, ChurnCase, Contact
from fieldsales.storage import derived, schema
from fieldsales.storage.book import Book

NOW = datetime(2026, 11, 20, 9, 0)
ROOT = Path(__file__).parents[2]
NAME = "영업 수첩.db"


class Machine:
    """A computer with a data folder of its own, whose user writes whatever comes to mind."""

    def __init__(self, name: str, path: Path, data: Path, seed: int = 0, create: bool = False) -> None:
        self.name = name
        self.book = Book.open(path, data, create=create)
        self.book._publisher.stop()  # the file is brought up to date when the test says so
        self.chance = random.Random(f"{name} {seed}")
        self.wrote: list[str] = []

    def clock(self, days: int, frozen: bool = False) -> None:
        """Set the clock wrong by so many days, or stop it there."""
        machine = Copy.__new__(Copy)
        machine.db = self.book.work
        machine.clock(days, frozen)

    def say(self) -> str:
        self.wrote.append(f"{self.name} {len(self.wrote)}")
        return self.wrote[-1]

    def any(self, kind: type[Account | Contact | CaseItem]) -> str:
        ids = sorted(row.id for row in self.book.rows(kind))
        return self.chance.choice(ids) if ids else ""

    def write(self) -> None:
        """One user's action, of those that could hurt."""
        what = self.chance.choice(
            ("account", "edit", "edit", "contact", "person", "person", "move", "log", "case", "tick", "remove")
        )
        account, contact = self.any(Account), self.any(Contact)
        with self.book.change(what, NOW) as change:
            if what == "account" or not account:
                account = change.add(Account(change.new_id(), name=self.say()))
                change.add(Contact(change.new_id(), account, name=self.say()))
            elif what == "edit":
                change.edit(Account, account, **{self.chance.choice(("name", "note")): self.say()})
            elif what == "contact":
                change.add(Contact(change.new_id(), account, name=self.say()))
            elif what == "person" and contact:
                change.edit(Contact, contact, phone=self.say())
            elif what == "move" and contact:
                change.edit(Contact, contact, account_id=account)
            elif what == "log" and contact:
                change.add(Activity(change.new_id(), account, contact, heard=self.say()))
            elif what == "case":
                case = change.add(ChurnCase(change.new_id(), account, note=self.say()))
                change.add(CaseItem(f"{case} first", case, title=self.say()))
            elif what == "tick" and (item := self.any(CaseItem)):
                change.edit(CaseItem, item, note=self.say())
            elif what == "remove" and self.chance.random() < 0.4:
                change.remove(Account, account)

    def look(self) -> None:
        """What the program does about once a second."""
        self.book._looked = 0.0
        while True:
            incoming = self.book.take_incoming()
            assert incoming is None or incoming.trouble is None
            if incoming is None:
                break

    def save(self) -> None:
        assert self.book.publish_now().in_file


def check(machines: list[Machine]) -> None:
    tables = [dump(machine.book.work) for machine in machines]
    assert all(other == tables[0] for other in tables[1:])
    patches = "\n".join(patch for (patch,) in machines[0].book.work.execute("SELECT patch FROM op"))
    for machine in machines:
        assert len(machine.wrote) > 2
        for text in machine.wrote:
            assert f'"{text}"' in patches, f"{text!r} is lost"
        work = machine.book.work
        assert work.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for table, parents in schema.PARENTS.items():
            for column, parent in parents:
                orphans = work.execute(
                    f"SELECT id FROM {table} WHERE {column} <> '' AND {column} NOT IN (SELECT id FROM {parent})"
                ).fetchall()
                assert not orphans, (machine.name, table, column)


def settle(machines: list[Machine], carry: Callable[[], bool] = lambda: False) -> None:
    """Everybody looks and saves until nothing changes any more."""
    for _ in range(12):
        before = [machine.book.change_seq for machine in machines]
        moved = carry()
        for machine in machines:
            machine.look()
            machine.save()
        moved = carry() or moved
        if not moved and [machine.book.change_seq for machine in machines] == before:
            return
    raise AssertionError("it never comes to rest")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "touch", lambda *args: None)


@pytest.fixture
def close() -> Iterator[list[Machine]]:
    machines: list[Machine] = []
    yield machines
    for machine in machines:
        machine.book.close()


def new_machines(folder: Path, close: list[Machine], place: Callable[[str], Path], seed: int = 0) -> list[Machine]:
    """Three machines, one of them with a clock 400 days ahead, and a clone of the first whose clock stands still."""
    close.append(Machine("office", place("office"), folder / "data office", seed, create=True))
    close[0].write()
    close[0].save()
    for name in ("laptop", "home"):
        if not place(name).exists():
            shutil.copy(place("office"), place(name))
        close.append(Machine(name, place(name), folder / f"data {name}", seed))
    close[0].book.close()
    shutil.copytree(folder / "data office", folder / "data clone")
    for home in (folder / "data clone").glob("books/*/home"):
        home.write_text(str(place("clone")))
    wrote = close[0].wrote
    close[0] = Machine("office", place("office"), folder / "data office", seed)
    close[0].wrote = wrote
    if not place("clone").exists():
        shutil.copy(place("office"), place("clone"))
    close.append(Machine("clone", place("clone"), folder / "data clone", seed))
    assert close[3].book._site == close[0].book._site, "it takes itself for the first"
    close[2].clock(400)
    close[3].clock(-30, frozen=True)
    return close


def test_machines_that_take_turns_in_one_folder_end_with_the_same_book(tmp_path: Path, close: list[Machine]) -> None:
    (tmp_path / "shared").mkdir()
    machines = new_machines(tmp_path, close, lambda name: tmp_path / "shared" / NAME)
    for _ in range(12):
        for machine in machines:
            machine.look()
            machine.write()
            machine.write()
            machine.save()
    settle(machines)
    check(machines)


def test_machines_that_save_unseen_in_one_folder_end_with_the_same_book(tmp_path: Path, close: list[Machine]) -> None:
    (tmp_path / "shared").mkdir()
    machines = new_machines(tmp_path, close, lambda name: tmp_path / "shared" / NAME)
    chance = random.Random(1)
    for _ in range(80):
        machine = chance.choice(machines)
        machine.write()
        if chance.random() < 0.3:
            machine.save()
        if chance.random() < 0.2:
            machine.look()
    settle(machines)
    check(machines)


# --- a cloud client -------------------------------------------------------------------------------------------------

CONFLICT_NAMES = {
    "Dropbox": "영업 수첩 ({who}의 충돌된 사본 2026-11-{number:02}).db",
    "OneDrive": "영업 수첩-{who}{number}.db",
    "iCloud": "영업 수첩 {number}.db",
    "Google Drive": "영업 수첩 ({number}).db",
    "Syncthing": "영업 수첩.sync-conflict-20261120-0900{number:02}-{who}.db",
    "Nextcloud": "영업 수첩 (conflicted copy 2026-11-20 0900{number:02}).db",
}


class Cloud:
    """Carries the files of several folders to each other; where two sides changed one, it keeps both side by side."""

    def __init__(self, server: Path, folders: dict[str, Path], pattern: str) -> None:
        self.server = server
        self.folders = folders
        self.pattern = pattern
        self.known: dict[str, dict[str, bytes]] = {name: {} for name in folders}  # as of the last sync
        self.conflicts = 0

    @staticmethod
    def files(folder: Path) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in folder.glob("[!.]*.db")}

    @staticmethod
    def put(folder: Path, name: str, content: bytes) -> None:
        part = folder / f".{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)

    def sync(self, who: str) -> bool:
        """Bring one folder and the server together; whether anything moved."""
        here, known = self.folders[who], self.known[who]
        mine, theirs = self.files(here), self.files(self.server)
        moved = False
        for name in sorted({*mine, *theirs}):
            own, other, last = mine.get(name), theirs.get(name), known.get(name)
            if own == other:
                continue
            moved = True
            if other is None or (own is not None and other == last):
                assert own is not None
                self.put(self.server, name, own)
            elif own is None or own == last:
                self.put(here, name, other)
            else:
                self.conflicts += 1
                aside = self.pattern.format(who=who, number=self.conflicts + 1)
                (here / name).rename(here / aside)
                self.put(self.server, aside, own)
                self.put(here, name, other)
        self.known[who] = self.files(here)
        return moved


def machines_in_a_cloud(tmp_path: Path, close: list[Machine], pattern: str, seed: int, steps: int) -> Cloud:
    names = ("office", "laptop", "home", "clone")
    folders = {name: tmp_path / name for name in names}
    server = tmp_path / "server"
    for folder in (*folders.values(), server):
        folder.mkdir()
    machines = new_machines(tmp_path, close, lambda name: folders[name] / NAME, seed)
    cloud = Cloud(server, folders, pattern)
    for name in names:
        cloud.known[name] = {NAME: (folders["office"] / NAME).read_bytes()}
    chance = random.Random(seed)
    for _ in range(steps):
        machine = chance.choice(machines)
        machine.write()
        if chance.random() < 0.5:
            machine.save()
        if chance.random() < 0.3:
            cloud.sync(machine.name)
        if chance.random() < 0.3:
            machine.look()
    settle(machines, lambda: any(tuple(map(cloud.sync, names))))
    check(machines)
    assert cloud.conflicts, "the client made conflict copies"
    return cloud


@pytest.mark.slow
@pytest.mark.parametrize("service", CONFLICT_NAMES)
def test_conflict_copies_of_a_cloud_service_are_taken_in(tmp_path: Path, close: list[Machine], service: str) -> None:
    cloud = machines_in_a_cloud(tmp_path, close, CONFLICT_NAMES[service], 3, 30)
    here = close[0].book
    beside = {name for name in Cloud.files(cloud.folders["office"]) if name != NAME}
    assert {path.name for path in here.copies()} == beside
    assert len(beside) == cloud.conflicts


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_many_machines_in_a_cloud_lose_nothing(tmp_path: Path, close: list[Machine], seed: int) -> None:
    pattern = list(CONFLICT_NAMES.values())[seed % len(CONFLICT_NAMES)]
    machines_in_a_cloud(tmp_path, close, pattern, 100 + seed, 150)


# --- at once --------------------------------------------------------------------------------------------------------

AT_ONCE = """
import random, sys, time
from datetime import datetime
from pathlib import Path
from fieldsales.storage import derived
derived.touch = lambda *args: None
from fieldsales.domain.model import Account, Contact
from fieldsales.storage import publishing
from fieldsales.storage.book import Book
publishing.GAP = 1.0
now = datetime(2026, 11, 20)
book = Book.open(Path(sys.argv[1]), Path(sys.argv[2]))
name, until, chance = sys.argv[3], time.monotonic() + float(sys.argv[4]), random.Random(sys.argv[3])
number = 0
while time.monotonic() < until:
    accounts = sorted(account.id for account in book.rows(Account))
    with book.change("write", now) as change:
        if chance.random() < 0.3 or not accounts:
            account = change.add(Account(change.new_id(), name=f"{name} {number}"))
            change.add(Contact(change.new_id(), account, name=f"{name} {number}"))
        else:
            change.edit(Account, chance.choice(accounts), note=f"{name} {number}")
    print(f"{name} {number}", flush=True)
    number += 1
    if chance.random() < 0.2:
        book._looked = 0.0
        book.take_incoming()
    time.sleep(chance.uniform(0, 0.01))
book.close()
"""


def at_once(tmp_path: Path, close: list[Machine], seconds: float) -> None:
    (tmp_path / "shared").mkdir()
    path = tmp_path / "shared" / NAME
    first = Machine("first", path, tmp_path / "data first", create=True)
    first.write()
    first.save()
    first.book.close()
    names = ("office", "laptop", "home")
    children = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, str(path), str(tmp_path / f"data {name}"), name, str(seconds)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for name in names
    ]
    said = [child.communicate(timeout=seconds + 120)[0].splitlines() for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    for name, lines in zip(names, said, strict=True):
        close.append(Machine(name, path, tmp_path / f"data {name}"))
        close[-1].wrote = lines
    settle(close)
    check(close)


def test_machines_at_work_at_the_same_time_lose_nothing(tmp_path: Path, close: list[Machine]) -> None:
    at_once(tmp_path, close, 1.5)


@pytest.mark.slow
def test_machines_at_work_at_the_same_time_for_long_lose_nothing(tmp_path: Path, close: list[Machine]) -> None:
    at_once(tmp_path, close, 20)
