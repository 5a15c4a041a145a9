"""What a merge reads: the operations that we lack, out of a file that is not to be trusted, checked one by one.

Only the operations, what was erased and the site labels of the other file are read; its rows, views and triggers are
not. They lie ready in `temp.incoming`, `temp.incoming_erased` and `temp.incoming_site` of our own connection.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.operations import LARGEST_HLC
from fieldsales.storage.errors import BookDamaged, DifferentBook
from fieldsales.storage.files import IMMUTABLE, check_header, check_whole, reading, whole
from fieldsales.storage.schema import COLUMNS, DEFAULTS, OP, uri

LONGEST_PATCH = 64 << 20  # characters

_SOUND = f"""
  typeof(tbl) = 'text' AND typeof(pk) = 'text' AND typeof(site) = 'text' AND typeof(act) = 'text'
  AND length(tbl) BETWEEN 1 AND 100 AND length(pk) BETWEEN 1 AND 1000 AND length(site) <= 200 AND length(act) <= 200
  AND typeof(hlc) = 'integer' AND hlc BETWEEN 1 AND {LARGEST_HLC}
  AND typeof(rnd) = 'integer' AND rnd BETWEEN 0 AND 4294967295
  AND typeof(patch) = 'text' AND length(patch) <= {LONGEST_PATCH} AND json_valid(patch) AND json_type(patch) = 'object'
  AND typeof(parents) = 'text' AND json_valid(parents) AND json_type(parents) = 'array'"""
# A stamp from beyond a hundred years is made up, or the next after one that is. A fixed bound would let an operation
# at that bound make every later edit of its row unacceptable to others.
_SOUND_FUTURE = """
  hlc <= CAST((julianday('now') - 2440587.5 + 36525) * 86400000 AS INTEGER) << 16
  OR hlc = (SELECT max(json_extract(e.value, '$[0]')) + 1 FROM json_each(i.parents) e)"""
_SOUND_ERASED = f"""
  typeof(tbl) = 'text' AND typeof(pk) = 'text' AND length(tbl) BETWEEN 1 AND 100 AND length(pk) BETWEEN 1 AND 1000
  AND typeof(hlc) = 'integer' AND hlc BETWEEN 0 AND {LARGEST_HLC}
  AND typeof(rnd) = 'integer' AND rnd BETWEEN 0 AND 4294967295"""
_NUMBERS = ", ".join(
    sorted(
        {f"'{t}.{c}'" for t in COLUMNS for c, d in zip(COLUMNS[t], DEFAULTS[t], strict=True) if not isinstance(d, str)}
    )
)
# Values are text, whole numbers or nothing, and whole numbers stand in the columns that are made for them.
_UNSOUND_VALUE = f"""
  e.type NOT IN ('text', 'integer', 'null')
  OR (e.type = 'text' AND i.tbl || '.' || e.key IN ({_NUMBERS}))"""
_SOUND_PARENT = """
  json_type(e.value) = 'array' AND json_array_length(e.value) = 2 AND json_type(e.value, '$[0]') = 'integer'
  AND json_type(e.value, '$[1]') = 'integer' AND json_extract(e.value, '$[0]') < i.hlc"""


def document_of(path: Path, scratch: Path) -> str:
    """The id of the book in a file. Raises the errors of the header's check and BookDamaged."""
    check_header(path)
    with whole(path, scratch) as file, reading(file, path.name) as other:
        return _document(other, path.name)


def _document(other: sqlite3.Connection, name: str) -> str:
    _real_tables(other, name)
    row = other.execute("SELECT value FROM meta WHERE key = 'document_id'").fetchone()
    if row is None or not isinstance(row[0], str) or not row[0].replace("-", "").isalnum() or len(row[0]) > 64:
        raise BookDamaged(name=name)
    return row[0]


def _real_tables(other: sqlite3.Connection, name: str) -> None:
    """The tables that are read must be plain ones: neither views nor virtual, without computed columns."""
    for table, columns in (("op", OP), ("site", "site, label"), ("meta", "key, value")):
        _real_table(other, name, table, columns)


def _real_table(other: sqlite3.Connection, name: str, table: str, columns: str) -> None:
    kind = other.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = ? AND type = 'table' AND rootpage > 1", (table,)
    ).fetchone()[0]
    found = {(row[1], row[6]) for row in other.execute(f"PRAGMA table_xinfo({table})")} if kind == 1 else set()
    if not {(column, 0) for column in columns.split(", ")} <= found:
        raise BookDamaged(name=name)


@contextmanager
def damage_of(name: str) -> Iterator[None]:
    """What SQLite and the rest find wrong with the content of a foreign file becomes BookDamaged."""
    try:
        yield
    except (sqlite3.IntegrityError, UnicodeError, ValueError, OverflowError, RecursionError) as error:
        raise BookDamaged(name=name) from error
    except sqlite3.OperationalError as error:
        if any(word in str(error) for word in ("UTF-8", "JSON", "encoding")):
            raise BookDamaged(name=name) from error
        raise


@dataclass(frozen=True, slots=True)
class Staged:
    """What lies ready in `temp.incoming`, `temp.incoming_site` and `temp.incoming_erased`."""

    operations: int
    erased: int
    sites: tuple[tuple[str, int], ...]
    covers: bool  # the other file lacks nothing that this book holds

    @property
    def anything(self) -> bool:
        return bool(self.operations or self.erased)


INCOMING = """
CREATE TEMP TABLE IF NOT EXISTS incoming(tbl, pk, hlc, rnd, site, act, patch, parents,
    PRIMARY KEY(tbl, pk, hlc, rnd)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS incoming_site(site, label);
CREATE TEMP TABLE IF NOT EXISTS incoming_erased(tbl, pk, hlc, rnd, PRIMARY KEY(tbl, pk, hlc, rnd)) WITHOUT ROWID;
DELETE FROM temp.incoming;
DELETE FROM temp.incoming_site;
DELETE FROM temp.incoming_erased;
"""


def stage(connection: sqlite3.Connection, other: Path, scratch: Path, name: str, own_name: str, join: bool) -> Staged:
    """Copy what we lack out of the other file, and check it."""
    check_header(other)
    with whole(other, scratch) as file:
        with reading(file, name) as foreign:
            check_whole(foreign, name)
            ours = connection.execute("SELECT value FROM main.meta WHERE key = 'document_id'").fetchone()[0]
            if _document(foreign, name) != ours and not join:
                raise DifferentBook(name=name, own=own_name)
            foreign.execute(f"SELECT {OP} FROM op LIMIT 1").fetchall()
            erases = _has_erased(foreign, name)
        return fetch(connection, file, name, erases)


def fetch(connection: sqlite3.Connection, file: Path, name: str, erases: bool) -> Staged:
    """While the foreign file is attached its schema is not trusted. Our own triggers need json_object, which SQLite
    then refuses them, so nothing of ours is written until it is detached again."""
    execute = connection.execute
    for statement in INCOMING.split(";"):
        execute(statement)
    execute("PRAGMA trusted_schema=OFF")
    try:
        execute("ATTACH ? AS other", (uri(file, IMMUTABLE),))
        try:
            execute(
                f"""INSERT INTO temp.incoming SELECT {OP} FROM other.op o WHERE NOT EXISTS
                (SELECT 1 FROM main.op m WHERE m.tbl = o.tbl AND m.pk = o.pk AND m.hlc = o.hlc AND m.rnd = o.rnd)"""
            )
            execute(
                """INSERT INTO temp.incoming_site SELECT site, substr(label, 1, 200) FROM other.site
                WHERE typeof(site) = 'text' AND typeof(label) = 'text' AND length(site) <= 200 LIMIT 10000"""
            )
            theirs: int = execute("SELECT count(*) FROM other.op").fetchone()[0]
            their_erased = 0
            if erases:
                their_erased = execute("SELECT count(*) FROM other.erased").fetchone()[0]
                execute(
                    """INSERT INTO temp.incoming_erased SELECT tbl, pk, hlc, rnd FROM other.erased o WHERE NOT EXISTS
                    (SELECT 1 FROM main.erased m
                     WHERE m.tbl = o.tbl AND m.pk = o.pk AND m.hlc = o.hlc AND m.rnd = o.rnd)"""
                )
        finally:
            execute("DETACH other")
    finally:
        execute("PRAGMA trusted_schema=ON")
    check_incoming(connection, name)
    count: int = execute("SELECT count(*) FROM temp.incoming").fetchone()[0]
    covers = execute("SELECT count(*) FROM main.op").fetchone()[0] + count == theirs
    erased: int = execute("SELECT count(*) FROM temp.incoming_erased").fetchone()[0]
    covers = covers and execute("SELECT count(*) FROM main.erased").fetchone()[0] + erased == their_erased
    for known in ("main.erased", "temp.incoming_erased"):
        execute(
            f"""DELETE FROM temp.incoming WHERE EXISTS (SELECT 1 FROM {known} e
            WHERE e.tbl = incoming.tbl AND e.pk = incoming.pk
            AND (e.hlc, e.rnd) IN (VALUES (0, 0), (incoming.hlc, incoming.rnd)))"""
        )
    count = execute("SELECT count(*) FROM temp.incoming").fetchone()[0]
    sites = execute(
        """SELECT coalesce((SELECT label FROM temp.incoming_site s WHERE s.site = i.site), '') l, count(*) n
        FROM temp.incoming i GROUP BY l ORDER BY n DESC, l LIMIT 20"""
    ).fetchall()
    return Staged(count, erased, tuple(sites), covers)


def _has_erased(other: sqlite3.Connection, name: str) -> bool:
    """Whether the file knows of erased rows; one of the first format does not."""
    if other.execute("SELECT 1 FROM sqlite_master WHERE name = 'erased'").fetchone() is None:
        return False
    _real_table(other, name, "erased", "tbl, pk, hlc, rnd")
    return True


def check_incoming(connection: sqlite3.Connection, name: str) -> None:
    execute = connection.execute
    bad = execute(
        f"""SELECT EXISTS (SELECT 1 FROM temp.incoming WHERE ({_SOUND}) IS NOT 1)
        OR EXISTS (SELECT 1 FROM temp.incoming_erased WHERE ({_SOUND_ERASED}) IS NOT 1)"""
    ).fetchone()[0]
    if not bad:
        bad = execute(
            f"""SELECT EXISTS (SELECT 1 FROM temp.incoming i, json_each(i.parents) e WHERE ({_SOUND_PARENT}) IS NOT 1)
            OR EXISTS (SELECT 1 FROM temp.incoming i WHERE ({_SOUND_FUTURE}) IS NOT 1)
            OR EXISTS (SELECT 1 FROM temp.incoming i, json_each(i.patch) e WHERE {_UNSOUND_VALUE})"""
        ).fetchone()[0]
    if bad:
        raise BookDamaged(name=name)
    # Reading every text refuses bytes that are no UTF-8; an escaped surrogate would become such bytes later.
    for row in execute("SELECT tbl, pk, site, act, patch FROM temp.incoming"):
        if "\\ud" in row[4] or "\\uD" in row[4]:
            row[4].encode().decode()
            json.dumps(json.loads(row[4]), ensure_ascii=False).encode()
    execute("SELECT tbl, pk FROM temp.incoming_erased").fetchall()
