"""Files that somebody broke or forged: a sentence, or a merge; in bounded time and memory; own data untouched.

Each case is made from a kind and a seed, which name it where it fails.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from copies import Copy, dump

from fieldsales.domain.model import FieldsalesError
from fieldsales.locale import Texts
from fieldsales.storage.merging import merge_file
from fieldsales.storage.schema import connect

ROOT = Path(__file__).parents[2]
LONGEST = 20.0  # seconds for one small file, on a busy machine
PAGE = 4096
TEXTS = [Texts(lang, currency="KRW") for lang in ("ko", "en")]


class Ground:
    """An own book and the file of another copy of it, to be spoilt again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        own, other = Copy(folder, "own"), Copy(folder, "other")
        for table, columns in (("account", "(id, name, note)"), ("contact", "(id, account_id, name)")):
            own.db.executemany(
                f"INSERT INTO {table}{columns} VALUES (?, ?, ?)",
                [(f"{table}{n}", f"account{n % 9}", "말 " * n) for n in range(40)],
            )
        other.take(own)
        own.db.execute("UPDATE account SET name = 'own' WHERE id < 'account3'")
        other.db.execute("UPDATE account SET name = 'other' WHERE id > 'account2'")
        other.db.execute("DELETE FROM contact WHERE id > 'contact30'")
        self.bytes = other.file().read_bytes()
        self.schema = other.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        own.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.before = own.tables()
        own.db.close()
        other.db.close()
        self.file = folder / "hostile.db"

    @contextmanager
    def own(self) -> Iterator[sqlite3.Connection]:
        work = self.folder / "work.db"
        for end in ("-wal", "-shm"):
            Path(f"{work}{end}").unlink(missing_ok=True)
        shutil.copyfile(self.folder / "own.work", work)
        db = connect(work)
        db.execute("PRAGMA synchronous=OFF")
        try:
            yield db
        finally:
            db.close()

    def spoil(self, kind: str, seed: int) -> None:
        self.file.unlink(missing_ok=True)
        self.file.write_bytes(self.bytes)
        KINDS[kind](self.file, random.Random(f"{kind} {seed}"))

    def try_merging(self, case: str) -> bool:
        """Whether the file was merged; if not, there is a sentence and nothing has changed."""
        with self.own() as db:
            begun = time.monotonic()
            try:
                merge_file(db, self.file, self.folder, lambda result: None)
                merged = True
                told = []
            except FieldsalesError as error:
                merged = False
                told = [text.say(error.message) for text in TEXTS]
            assert merged or all(told), case
            assert time.monotonic() - begun < LONGEST, f"{case} takes too long"
            assert not db.in_transaction, case
            if not merged:
                assert dump(db) == self.before, f"{case} changed the own book"
            self.go_on(db, case)
        return merged

    def go_on(self, db: sqlite3.Connection, case: str) -> None:
        """The own book records, is whole, and what it publishes is taken by other machines."""
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], case
        for table in ("account", "contact"):
            db.execute(f"UPDATE {table} SET name = ? WHERE id = ?", (f"after {case}", f"{table}5"))
        (count,) = db.execute("SELECT count(*) FROM op WHERE patch LIKE '%after%'").fetchone()
        living = sum(
            db.execute(f"SELECT count(*) FROM {t} WHERE id = '{t}5'").fetchone()[0] for t in ("account", "contact")
        )
        assert count >= living, f"{case} stopped the recording"
        mine = Copy.__new__(Copy)
        mine.folder, mine.name, mine.db = self.folder, "published", db
        third = Copy(self.folder, "third")
        try:
            third.take(mine)
            assert third.tables() == mine.tables(), case
        finally:
            third.db.close()


# --- what is done to a file -----------------------------------------------------------------------------------------


def flip(file: Path, chance: random.Random) -> None:
    whole = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        place = chance.randrange(chance.choice((100, PAGE, len(whole))))
        whole[place] ^= 1 << chance.randrange(8)
    file.write_bytes(whole)


def cut(file: Path, chance: random.Random) -> None:
    size = file.stat().st_size
    keep = chance.choice((chance.randrange(200), chance.randrange(size), chance.randrange(1, size // PAGE) * PAGE))
    whole = bytearray(file.read_bytes()[:keep])
    if chance.random() < 0.5 and keep > 100:  # with a header that agrees
        whole[28:32] = (keep // PAGE).to_bytes(4, "big")
        whole = whole[: keep // PAGE * PAGE]
    if chance.random() < 0.2:
        whole += chance.randbytes(chance.randrange(1, 3 * PAGE))
    file.write_bytes(whole)


def swap_pages(file: Path, chance: random.Random) -> None:
    whole = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 2, 10))):
        one, two = (chance.randrange(len(whole) // PAGE) * PAGE for _ in range(2))
        whole[one : one + PAGE], whole[two : two + PAGE] = whole[two : two + PAGE], whole[one : one + PAGE]
    file.write_bytes(whole)


def blank_pages(file: Path, chance: random.Random) -> None:
    whole = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 2, 10))):
        begin = chance.randrange(len(whole) // PAGE) * PAGE
        fill = chance.choice((bytes(PAGE), b"\xff" * PAGE, chance.randbytes(PAGE)))
        part = chance.choice((PAGE, 512, 16))
        whole[begin : begin + part] = fill[:part]
    file.write_bytes(whole)


def forge_header(file: Path, chance: random.Random) -> None:
    whole = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 2, 4))):
        place = chance.choice((16, 18, 19, 20, 21, 22, 23, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 92, 96))
        length = 1 if 18 <= place < 24 else 2 if place == 16 else 4
        value = chance.choice((0, 1, 2, 255, 1 << 15, 1 << 31, (1 << 32) - 1, chance.getrandbits(32)))
        whole[place : place + length] = (value & ((1 << 8 * length) - 1)).to_bytes(length, "big")
    file.write_bytes(whole)


def garble_schema(file: Path, chance: random.Random) -> None:
    db = sqlite3.connect(file)
    db.execute("PRAGMA writable_schema=ON")
    target = chance.choice(("op", "site", "meta", "erased", "head", "account", "recorder"))
    (sql,) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (target,)).fetchone()
    ways: list[tuple[str, tuple[object, ...]]] = [
        ("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql[: chance.randrange(len(sql))], target)),
        ("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql.replace("TEXT", "BLOB"), target)),
        ("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql.replace("STRICT, WITHOUT ROWID", ""), target)),
        ("UPDATE sqlite_master SET sql = ? WHERE name = ?", (b"\xff\xfe\x00", target)),
        ("UPDATE sqlite_master SET sql = NULL WHERE name = ?", (target,)),
        (
            "UPDATE sqlite_master SET sql = 'CREATE VIEW ' || ? || ' AS SELECT 1', rootpage = 0 WHERE name = ?",
            (target,) * 2,
        ),
        ("UPDATE sqlite_master SET rootpage = ? WHERE name = ?", (chance.choice((0, 1, 2, 7, -1, 1 << 40)), target)),
        ("UPDATE sqlite_master SET name = upper(name) WHERE name = ?", (target,)),
        (
            "UPDATE sqlite_master SET type = ? WHERE name = ?",
            (chance.choice(("view", "index", "trigger", "x")), target),
        ),
        ("UPDATE sqlite_master SET tbl_name = ? WHERE name = ?", ("meta", target)),
        ("INSERT INTO sqlite_master SELECT * FROM sqlite_master WHERE name = ?", (target,)),
        ("INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 3, ?)", ("CREATE TABLE x(" + "a," * 3000 + "b)",)),
        ("DELETE FROM sqlite_master WHERE name = ?", (target,)),
        ("DELETE FROM sqlite_master WHERE type = 'table' AND name <> ?", (target,)),
    ]
    db.execute(*chance.choice(ways))
    db.commit()
    db.close()


TRAPS = (
    "DROP TABLE {t}; CREATE VIEW {t} AS {endless}",
    "ALTER TABLE {t} RENAME TO hidden; CREATE VIEW {t} AS SELECT * FROM hidden",
    "DROP TABLE {t}; CREATE VIRTUAL TABLE {t} USING fts5({columns})",
    "DROP TABLE {t}; CREATE TABLE {t}({columns}, more AS (randomblob(1000000000)))",
    "DROP TABLE {t}; CREATE TABLE {t}({bare}, {last} AS (hex(randomblob(400000000))))",
    "DROP TABLE {t}; CREATE TABLE {t}({columns}); INSERT INTO {t} SELECT {nulls}",
    "DROP TABLE {t}; CREATE TABLE {t}({columns}); INSERT INTO {t} SELECT {blobs}",
    "DROP TABLE {t}; CREATE TABLE {t}(a, b)",
    "CREATE TRIGGER trap AFTER INSERT ON {t} BEGIN DELETE FROM account; DELETE FROM op; END",
    "CREATE TABLE sqlite_stat9(a); CREATE VIEW sqlite_trap AS SELECT * FROM {t}",
    "CREATE INDEX trap ON {t}({last}) WHERE {last} LIKE '%a%'",
    "CREATE INDEX trap ON {t}(hex({last}))",
    "DROP TABLE {t}",
)  # fmt: skip
COLUMNS = {
    "op": "tbl, pk, hlc, rnd, site, act, patch, parents",
    "site": "site, label",
    "meta": "key, value",
    "erased": "tbl, pk, hlc, rnd",
}


def set_a_trap(file: Path, chance: random.Random) -> None:
    table = chance.choice(list(COLUMNS))
    columns = COLUMNS[table]
    bare, _, last = columns.rpartition(", ")
    many = columns.count(",") + 1
    endless = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT "
    script = chance.choice(TRAPS).format(
        t=table,
        columns=columns,
        bare=bare,
        last=last,
        nulls=", ".join(["NULL"] * many),
        blobs=", ".join(["zeroblob(2000)"] * many),
        endless=endless + ", ".join(f"n AS {name}" for name in columns.split(", ")) + " FROM x",
    )
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA legacy_alter_table=ON")
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')").fetchall():
        db.execute(f"DROP {'VIEW' if name in VIEWS else 'TRIGGER'} IF EXISTS {name}")
    for statement in script.split("; ") if "TRIGGER" not in script else [script]:
        try:
            db.execute(statement)
        except sqlite3.DatabaseError:
            break
    db.close()


VIEWS = {"recording", "accounts_overview", "open_promises", "activity_history", "churn_timeline"}


def forge_operations(file: Path, chance: random.Random) -> None:
    """Operations that our own recording would not write, most of them with one thing wrong."""
    now = 1_800_000_000_000 << 16
    texts: list[object] = [
        "", "account", "account5", "x" * 5000, "sqlite_master", "op", "head", "a'; DROP TABLE op; --", "\0", "\ud7ff",
        "\u202e",
        7, 1.5, None, b"\xff\xfe", b"account",
    ]  # fmt: skip
    numbers: list[object] = [
        0, -1, 1, now, now * 10, (1 << 62) - 1, 1 << 62, (1 << 62) + 1, (1 << 63) - 1, "5", 1.5, None, b"5",
    ]  # fmt: skip
    patches: list[object] = [
        "", "{", "[]", "null", "7", '"x"', '{"name":["x"]}', '{"name":{"a":1}}', '{"name":true}', '{"name":1.5}',
        '{"name":7}', '{"name":9999999999999999999999}', '{"name":"\\ud800"}', '{"name":"\\u0000"}', '{"name":1e999}',
        '{"name":NaN}', '{"_deleted":"x"}', '{"_deleted":2}', '{"_deleted":null}', '{"_deleted":1,"name":"x"}',
        '{"name":"a","name":"b"}', '{"":""}', '{"seasonal":"x"}', '{"seasonal":99999999999}', '{"id":"other"}',
        '{"$.name":"x"}', '{"na\\"me":"x"}', "[" * 500 + "]" * 500, '{"a":' * 900 + "1" + "}" * 900,
        '{"a":' * 3000 + "1" + "}" * 3000, json.dumps({f"column{n}": n for n in range(3000)}),
        json.dumps({"note": "x" * 3_000_000}), b'{"name":"\xff\xfe"}', None, 5, '{"account_id":"account5"}',
        '{"account_id":"nowhere"}', '{"account_id":null}', '{"account_id":7}', '{"name":"fine"}', "{}",
        '{"_deleted":1}',
    ]  # fmt: skip
    parents: list[object] = [
        "", "[", "{}", "null", "[7]", '[["x",1]]', "[[1]]", "[[1,2,3]]", "[[null,null]]", f"[[{1 << 62},1]]",
        "[[1,1],[1,1]]", "[[-5,-5]]", "[[1.5,1]]", "[[9999999999999999999,1]]", "[" * 900 + "]" * 900,
        json.dumps([[n + 1, n] for n in range(20_000)]), "[[true,false]]", None, 3, b"[]", "[]", "[]",
    ]  # fmt: skip
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA writable_schema=ON")
    db.execute("UPDATE sqlite_master SET sql = replace(sql, 'STRICT, ', '') WHERE name IN ('op', 'erased', 'site')")
    db.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'op'")
    db.close()
    db = sqlite3.connect(file, isolation_level=None)
    (off,) = db.execute("SELECT off FROM recorder").fetchone()
    db.execute("UPDATE recorder SET off = 1")
    for _ in range(chance.choice((1, 1, 1, 5))):
        row: list[object] = [
            chance.choice(("account", "contact", "unknown")),
            f"account{chance.randrange(12)}",
            now + chance.randrange(1 << 30),
            chance.getrandbits(32),
            "site",
            "act",
            '{"name":"forged"}',
            "[]",
        ]
        for _ in range(chance.choice((1, 1, 2, 3))):
            which = chance.randrange(8)
            value = chance.choice((texts, texts, numbers, numbers, texts, texts, patches, parents)[which])
            row[which] = value
        if chance.random() < 0.2:  # itself, or one that comes later, for a parent
            row[7] = json.dumps([[row[2], row[3]]] if isinstance(row[2], int) and isinstance(row[3], int) else [])
        marks = ", ".join(
            "CAST(? AS TEXT)" if isinstance(value, bytes) and chance.random() < 0.7 else "?" for value in row
        )
        try:
            db.execute(f"INSERT OR REPLACE INTO op VALUES ({marks})", row)
        except (sqlite3.DatabaseError, OverflowError):
            continue
    if chance.random() < 0.2:
        erased = [chance.choice(texts), chance.choice(texts), chance.choice(numbers), chance.choice(numbers)]
        try:
            db.execute("INSERT OR REPLACE INTO erased VALUES (?, ?, ?, ?)", erased)
        except sqlite3.DatabaseError:
            pass
    if chance.random() < 0.2:
        value = (chance.choice(texts), chance.choice(texts))
        try:
            db.execute("INSERT OR REPLACE INTO site VALUES (?, ?)", value)
        except sqlite3.DatabaseError:
            pass
    db.execute("UPDATE recorder SET off = ?", (off,))
    db.close()


def put_a_journal_beside(file: Path, chance: random.Random) -> None:
    for end in chance.choice((["-wal"], ["-journal"], ["-wal", "-journal"])):
        side = Path(f"{file}{end}")
        begin = chance.choice((b"", bytes.fromhex("377f0682002de218"), bytes.fromhex("d9d505f920a163d7")))
        side.write_bytes(begin + chance.randbytes(chance.choice((1, 100, 3 * PAGE))))
    if chance.random() < 0.3:
        flip(file, chance)


KINDS: dict[str, Callable[[Path, random.Random], None]] = {
    "flip": flip,
    "cut": cut,
    "swap pages": swap_pages,
    "blank pages": blank_pages,
    "forge header": forge_header,
    "garble schema": garble_schema,
    "set a trap": set_a_trap,
    "forge operations": forge_operations,
    "put a journal beside": put_a_journal_beside,
}
CASES = {"flip": 500, "forge operations": 700, "set a trap": 200, "put a journal beside": 60}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("ground"))


def spoil_and_try(ground: Ground, kind: str, seeds: range) -> None:
    merged = 0
    for seed in seeds:
        ground.spoil(kind, seed)
        try:
            merged += ground.try_merging(f"{kind!r}, seed {seed}")
        except (AssertionError, FieldsalesError):
            raise
        except BaseException as error:
            raise AssertionError(f"{kind!r}, seed {seed}: {error!r}") from error
        finally:
            for end in ("-wal", "-journal", "-shm"):
                Path(f"{ground.file}{end}").unlink(missing_ok=True)
    if len(seeds) > 50:
        assert merged < len(seeds), "some were refused"


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_file_is_refused_with_a_sentence_or_merged(ground: Ground, kind: str) -> None:
    spoil_and_try(ground, kind, range(6))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_spoilt_files_are_refused_with_a_sentence_or_merged(ground: Ground, kind: str) -> None:
    spoil_and_try(ground, kind, range(CASES.get(kind, 150)))


def test_there_are_two_thousand_cases() -> None:
    assert sum(CASES.get(kind, 150) for kind in KINDS) >= 2000


# --- large ones -----------------------------------------------------------------------------------------------------

MEASURED = """
import json, resource, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from fieldsales.domain.model import FieldsalesError
from fieldsales.storage.merging import merge_file
from fieldsales.storage.schema import connect
db = connect(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begun = time.monotonic()
try:
    told = "merged " + str(merge_file(db, Path(sys.argv[2]), Path(sys.argv[3]), lambda result: None).operations)
except FieldsalesError as error:
    told = error.message.id
spent = time.monotonic() - begun
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([told, spent, grown / 1024]))
"""
LONGEST_LARGE = 180.0  # seconds, three times what the deadline of a look through a foreign file allows
MOST_MEMORY = 400.0  # megabytes


def measured(ground: Ground, file: Path) -> str:
    """What came of merging a file in a process of its own, which must not take long nor much memory."""
    with ground.own() as db:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(ground.folder / "work.db"), str(file), str(ground.folder), str(ROOT)],
            stdout=subprocess.PIPE,
            timeout=LONGEST_LARGE * 2,
            check=True,
        )
        told, spent, grown = json.loads(done.stdout)
        print(told, round(spent, 2), "s", round(grown), "MB")
        assert spent < LONGEST_LARGE
        assert grown < MOST_MEMORY
        if not told.startswith("merged"):
            assert dump(db) == ground.before
        ground.go_on(db, file.name)
    return str(told)


def sparse(file: Path, size: int, header: bytes = b"") -> Path:
    with file.open("wb") as opened:
        opened.write(header)
        opened.truncate(size)
    return file


def test_two_gigabytes_of_zeros_are_no_book(ground: Ground) -> None:
    file = sparse(ground.folder / "zeros.db", 2 << 30)
    assert measured(ground, file) == "book.foreign"
    file.unlink()


@pytest.mark.parametrize("pages", [1, 2, 1000])
@pytest.mark.parametrize("agrees", [False, True])
def test_two_gigabytes_behind_a_header_of_ours_are_refused_or_merged(ground: Ground, agrees: bool, pages: int) -> None:
    begin = bytearray(ground.bytes)[: pages * PAGE]
    if agrees:
        begin[28:32] = ((2 << 30) // PAGE).to_bytes(4, "big")
    file = sparse(ground.folder / "behind.db", 2 << 30, bytes(begin))
    told = measured(ground, file)
    file.unlink()
    if not agrees:
        assert told == "book.incomplete"
    elif pages < 1000:
        assert told == "book.damaged"
    else:  # everything in use is there; the rest is only long
        assert told in ("book.damaged", "merged 42")


@pytest.mark.parametrize("fork", [False, True], ids=["in a line", "side by side"])
def test_twenty_thousand_operations_on_one_row_are_merged(ground: Ground, fork: bool) -> None:
    file = ground.folder / "many.db"
    file.write_bytes(ground.bytes)
    db = sqlite3.connect(file)
    db.execute("UPDATE recorder SET off = 1")
    first = 1_700_000_000_000 << 16
    db.executemany(
        "INSERT INTO op VALUES ('account', 'account1', ?, 5, '', 'a', ?, ?)",
        (
            (first + n, json.dumps({"name": f"n{n}"}), "[]" if fork or not n else f"[[{first + n - 1},5]]")
            for n in range(20_000)
        ),
    )
    db.execute("UPDATE recorder SET off = 0")
    db.commit()
    db.close()
    assert measured(ground, file).startswith("merged")
    file.unlink()


@pytest.mark.slow
def test_a_note_of_thirty_megabytes_is_refused_or_merged(ground: Ground) -> None:
    file = ground.folder / "patch.db"
    file.write_bytes(ground.bytes)
    db = sqlite3.connect(file)
    db.execute("INSERT INTO account(id, name, note) VALUES ('huge', 'huge', ?)", ("x" * 30_000_000,))
    db.commit()
    db.close()
    measured(ground, file)
    file.unlink()


def test_whatever_is_no_file_is_told_at_once(ground: Ground, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "nothing").symlink_to("nowhere")
    (tmp_path / "empty").touch()
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket"))
    paths = [tmp_path / name for name in ("fifo", "folder", "loop", "nothing", "empty", "socket", "fifo/below")]
    for path in (*paths, Path("/dev/zero"), Path("/dev/null"), tmp_path / ("n" * 300)):
        done = subprocess.run(
            [sys.executable, "-c", LOOK, str(path), str(tmp_path), str(ROOT)],
            stdout=subprocess.PIPE,
            text=True,
            timeout=20,
            check=True,
        )
        assert done.stdout.startswith("book."), path
    server.close()


LOOK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from fieldsales.domain.model import FieldsalesError
from fieldsales.storage.staging import document_of
try:
    document_of(Path(sys.argv[1]), Path(sys.argv[2]))
except FieldsalesError as error:
    print(error.message.id)
"""
