"""Erasing for good: what is named in the table `erased` is no part of the book any more, whoever brings it back.

A row of `erased` with hlc and rnd 0 stands for a whole row of the book: every operation of it, known or not yet known,
is refused. Any other names one operation. The table travels with the book and is united by a merge before the
operations are; it holds ids and stamps only, nothing that was written.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import TABLES, Activity, Changed
from fieldsales.domain.operations import RENEWALS, Stamp, renewed
from fieldsales.storage.changing import Change, Row, Value, new_id
from fieldsales.storage.errors import BookReadOnly, RowGone, in_words
from fieldsales.storage.schema import COLUMNS, OWNED

if TYPE_CHECKING:
    from fieldsales.storage.book import Book

SCOUR = "scour"  # key in `local`: something was erased, and the files of this machine are still to be scoured
ALL_ERASED = "SELECT tbl, pk, hlc, rnd FROM main.erased"


def apply_erased(connection: sqlite3.Connection, which: str = ALL_ERASED) -> frozenset[tuple[str, str]]:
    """Take out of the book what is erased; the rows (table, id) that it concerned.

    `which` is SQL that selects rows of `erased` (tbl, pk, hlc, rnd). Runs inside the caller's transaction. Rows that
    lost single operations become what their other operations make of them; a second time changes nothing.
    """
    from fieldsales.storage.refolding import refold

    execute = connection.execute
    execute("CREATE TEMP TABLE IF NOT EXISTS erasing(tbl, pk, hlc, rnd, PRIMARY KEY(tbl, pk, hlc, rnd)) WITHOUT ROWID")
    execute("CREATE TEMP TABLE IF NOT EXISTS concerned(tbl, pk, PRIMARY KEY(tbl, pk)) WITHOUT ROWID")
    execute("DELETE FROM temp.erasing")
    execute("DELETE FROM temp.concerned")
    execute(f"INSERT OR IGNORE INTO temp.erasing(tbl, pk, hlc, rnd) {which}")
    execute(
        """INSERT OR IGNORE INTO temp.concerned SELECT e.tbl, e.pk FROM temp.erasing e
        WHERE EXISTS (SELECT 1 FROM main.op o WHERE o.tbl = e.tbl AND o.pk = e.pk
          AND (e.hlc = 0 OR (o.hlc = e.hlc AND o.rnd = e.rnd)))"""
    )
    # A whole row may stand there without operations, where a crash or a tool left it so.
    for (table,) in execute("SELECT DISTINCT tbl FROM temp.erasing WHERE hlc = 0").fetchall():
        if table in COLUMNS:
            execute(
                f"""INSERT OR IGNORE INTO temp.concerned SELECT e.tbl, e.pk FROM temp.erasing e
                JOIN main.{table} r ON r.id = e.pk WHERE e.tbl = ? AND e.hlc = 0""",
                (table,),
            )
    rows: frozenset[tuple[str, str]] = frozenset(execute("SELECT tbl, pk FROM temp.concerned"))
    if not rows:
        return rows
    # Its bytes are still in free pages, the search index and the backups until they are scoured.
    execute("INSERT OR REPLACE INTO main.local VALUES (?, 1)", (SCOUR,))
    with unrecorded(connection):
        execute("DELETE FROM main.op WHERE (tbl, pk) IN (SELECT tbl, pk FROM temp.erasing WHERE hlc = 0)")
        execute(
            """DELETE FROM main.op WHERE (tbl, pk, hlc, rnd) IN
            (SELECT tbl, pk, hlc, rnd FROM temp.erasing WHERE hlc <> 0)"""
        )
        for table in {table for table, _ in rows} & COLUMNS.keys():
            execute(
                f"DELETE FROM main.{table} WHERE id IN (SELECT pk FROM temp.concerned WHERE tbl = ?)",
                (table,),
            )
        refold(connection, "SELECT tbl, pk FROM temp.concerned")
    execute("DELETE FROM temp.erasing")
    execute("DELETE FROM temp.concerned")
    return rows


@contextmanager
def unrecorded(connection: sqlite3.Connection) -> Iterator[None]:
    """Recording switched off inside the block, and as it was after it."""
    before = connection.execute("SELECT off FROM recorder").fetchone()[0]
    connection.execute("UPDATE recorder SET off = 1")
    yield
    connection.execute("UPDATE recorder SET off = ?", (before,))


# --- what goes ------------------------------------------------------------------------------------------------------

BLANK = "○○"  # stands where a name stood
PERSONAL = ("task", "signal", "fact", "decision", "sheet", "cause", "offer", "lesson")
"""Tables whose rows go with the person that they speak of. Of a meeting with the person the bare fact stays."""
_BARE = ("account_id", "kind", "kind2", "day", "outcome", "attempt", "by", "joint", "two_way", "sheet", "case_id")
_NAMES = {("account", "name"), ("contact", "name")}  # columns that name somebody, and are no text about somebody else
_LINKS = frozenset({"ref", "heard_from", "through", "referred_by"})  # columns besides *_id that may hold an id
_SHORT = 2  # syllables: so short a name is searched in what belongs to the account alone
_WHOLE_NUMBER = 7  # digits from which on a number is somebody's


@dataclass(frozen=True, slots=True)
class Mention:
    """A row that stays and in whose texts the person is named; `text` is one of them as it stands, "" where only its
    history names the person."""

    row: Row
    account_id: str
    text: str = ""

    @property
    def kind(self) -> str:
        return self.row[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """What erasing a row of the book takes with it. Nothing has been written yet.

    `whole` are the rows that go, `bare` the activities of which only day, kind and outcome stay, `mentions` the places
    elsewhere where the name is replaced. `namesakes` says that somebody else has the same name, `kept` names the
    accounts whose own name holds the person's: these stay as they are.
    """

    row: Row
    account_id: str
    name: str
    whole: tuple[Row, ...] = ()
    bare: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    namesakes: bool = False
    kept: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows of each table go whole, in the order of the tables."""
        return {table: number for table in TABLES if (number := sum(1 for kind, _ in self.whole if kind == table)) > 0}


def plan(connection: sqlite3.Connection, table: str, id: str) -> Plan:
    """What erasing this row would take with it. Raises RowGone where there is no such row."""
    names = _Columns(connection)
    row = names.row(table, id)
    if row is None:
        raise RowGone()
    account_id = id if table == "account" else names.account_of((table, id))
    whole = dict.fromkeys(_below(connection, names, (table, id)))
    bare: list[str] = []
    if table == "contact":
        for other in names.pointing("activity", "contact_id", id):
            if ("activity", other) in names.living:
                bare.append(other)
            else:
                whole["activity", other] = None
    sought = _sought(connection, names, (table, id), account_id)
    gone = {*whole, *(("activity", other) for other in bare)}
    found = [] if sought is None else list(_mentions(connection, names, sought, gone))
    kept: list[str] = []
    if sought is not None:
        kept = [
            str(name)
            for key, name in connection.execute("SELECT id, name FROM main.account ORDER BY name")
            if ("account", key) not in gone and sought.anywhere(str(name or ""))
        ]
    return Plan(
        (table, id),
        account_id,
        str(row.get("name") or ""),
        tuple(sorted(whole)),
        tuple(sorted(bare)),
        tuple(found),
        sought is not None and sought.namesakes,
        tuple(kept),
    )


class _Columns:
    """The rows of the book by what they point at, those among them that were deleted: their history is still there."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.values: dict[Row, dict[str, Value]] = {}
        self.living: set[Row] = set()
        for table, columns in COLUMNS.items():
            links = [name for name in columns if name == "scope_id" or name.endswith("_id") or name == "what"]
            self._columns(table, links)
        dead = connection.execute(
            "SELECT DISTINCT tbl, pk FROM main.op o WHERE json_extract(patch, '$._deleted') = 1 ORDER BY tbl, pk"
        ).fetchall()
        for tbl, pk in dead:
            if tbl in COLUMNS and (tbl, pk) not in self.living:
                self.values[tbl, pk] = self._last_known(tbl, pk)

    def _columns(self, table: str, links: list[str]) -> None:
        chosen = ["id", *links]
        for found in self.connection.execute(f"SELECT {', '.join(chosen)} FROM main.{table}"):
            self.values[table, found[0]] = dict(zip(links, found[1:], strict=True))
            self.living.add((table, found[0]))

    def _last_known(self, table: str, pk: str) -> dict[str, Value]:
        from fieldsales.storage.refolding import fold_row

        return dict(fold_row(self.connection, table, pk).values)

    def row(self, table: str, id: str) -> dict[str, Value] | None:
        """A living row whole."""
        columns = COLUMNS[table]
        found = self.connection.execute(f"SELECT {', '.join(columns)} FROM main.{table} WHERE id = ?", (id,)).fetchone()
        return None if found is None else dict(zip(columns, found, strict=True))

    def pointing(self, table: str, column: str, id: str) -> list[str]:
        """The rows of a table, living or not, whose column holds the id."""
        return [pk for (tbl, pk), values in self.values.items() if tbl == table and values.get(column) == id]

    def account_of(self, row: Row) -> str:
        values = self.values.get(row, {})
        if row[0] == "account":
            return row[1]
        if values.get("account_id"):
            return str(values["account_id"])
        if values.get("case_id"):
            return str(self.values.get(("churn_case", str(values["case_id"])), {}).get("account_id") or "")
        if row[0] == "policy":
            return str(values.get("scope_id") or "")
        return ""


def _below(connection: sqlite3.Connection, names: _Columns, row: Row) -> Iterator[Row]:
    """The row and every row that goes with it."""
    yield row
    table, id = row
    for child, column in OWNED.get(table, ()):
        for key in names.pointing(child, column, id):
            yield from _below(connection, names, (child, key))
    if table == "account":
        for key in names.pointing("policy", "scope_id", id):
            yield "policy", key
    if table == "contact":
        for child in PERSONAL:
            for key in names.pointing(child, "contact_id", id):
                yield from _below(connection, names, (child, key))
    if table == "task":
        for key in names.pointing("put_off", "what", f"task:{id}"):
            yield "put_off", key


# --- where somebody is named ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in texts: `wide` in the whole book, `narrow` in what belongs to the account as well."""

    account_id: str
    wide: re.Pattern[str] | None
    narrow: re.Pattern[str] | None
    title: str = ""
    namesakes: bool = False

    def pattern(self, account_id: str) -> re.Pattern[str] | None:
        return self.narrow if account_id == self.account_id else self.wide

    def anywhere(self, text: str) -> bool:
        """Whether the name stands in the text, even as a part of a longer name."""
        return self.narrow is not None and any(True for _ in self.narrow.finditer(text))

    def hits(self, text: str, account_id: str) -> bool:
        pattern = self.pattern(account_id)
        return pattern is not None and any(found["kept"] is None for found in pattern.finditer(text))

    def blank(self, text: str, account_id: str) -> str:
        """The text without what is sought."""
        pattern = self.pattern(account_id)
        if pattern is None:
            return text

        def put(found: re.Match[str]) -> str:
            if found["kept"] is not None:
                return found[0]
            return f"{BLANK} {self.title}" if found["called"] is not None else BLANK

        return pattern.sub(put, text)


def _sought(connection: sqlite3.Connection, names: _Columns, row: Row, account_id: str) -> Sought | None:
    table, id = row
    if table not in ("account", "contact"):
        return None
    execute = connection.execute
    chosen = "id" if table == "contact" else "account_id"
    own = {key for (key,) in execute(f"SELECT id FROM main.contact WHERE {chosen} = ?", (id,))}
    own |= {pk for tbl, pk in names.values if tbl == "contact" and names.values[tbl, pk].get(chosen) == id}
    others = [
        (str(name or ""), str(title or ""), account)
        for key, name, title, account in execute("SELECT id, name, title, account_id FROM main.contact")
        if key not in own
    ]
    firms = [str(name) for key, name in execute("SELECT id, name FROM main.account WHERE name <> ''") if key != id]
    taken: set[str] = set()  # what is somebody else's as well
    for key, *reached in execute("SELECT id, phone, mobile, fax, email FROM main.contact"):
        if key not in own:
            taken.update(_reached(*reached))
    for key, phone in execute("SELECT id, phone FROM main.account"):
        if key != id:
            taken.update(_reached(phone))
    wide: list[str] = []
    narrow: list[str] = []
    called: list[str] = []
    job = ""
    namesakes = False
    for person in own:
        known = _ever(connection, person)
        for name in sorted(known["name"]):
            same = [account for other, _, account in others if other == name]
            namesakes = namesakes or bool(same)
            if len(name) >= 2 and account_id not in same:
                (narrow if same or _is_short(name) else wide).append(_name_pattern(name))
            for title in sorted(known["title"]) if table == "contact" else ():
                alike = any(n[:1] == name[0] and j == title and at == account_id for n, j, at in others)
                if not alike and _hangul(name) and 2 <= len(name) <= 4 and _hangul(title):
                    job = title
                    called.append(rf"(?<![가-힣]){name[0]}\s?{re.escape(title)}")
        for reach in sorted(
            _reached(*(value for name in ("phone", "mobile", "fax", "email") for value in known[name]))
        ):
            if reach not in taken:
                wide.append(_reach_pattern(reach))
    if table == "account":
        name, phone = execute("SELECT name, phone FROM main.account WHERE id = ?", (id,)).fetchone()
        if name and len(name) > _SHORT and name not in firms:
            wide.append(_name_pattern(name))
        wide += [_reach_pattern(reach) for reach in _reached(phone) if reach not in taken]
    longer = {*firms, *(name for name, _, _ in others)}
    return Sought(account_id, _pattern(wide, (), longer), _pattern([*wide, *narrow], called, longer), job, namesakes)


def known_as(connection: sqlite3.Connection, which: str) -> list[Sought]:
    """By what the accounts and people among the rows that `which` selects (tbl, pk) are known, those that stand here;
    people go with their account where that is among them."""
    rows = set(connection.execute(f"SELECT tbl, pk FROM ({which}) WHERE tbl IN ('account', 'contact')"))
    if not rows:
        return []
    names = _Columns(connection)
    found = []
    for row in sorted(rows & names.living):
        account_id = names.account_of(row)
        if row[0] == "account" or ("account", account_id) not in rows:
            found.append(_sought(connection, names, row, account_id))
    return [one for one in found if one is not None]


def still_named(connection: sqlite3.Connection, known: Iterable[Sought]) -> int:
    """In how many rows that stand here a text names one of them."""
    names = _Columns(connection)
    return len({one.row for sought in known for one in _mentions(connection, names, sought, ()) if one.text})


def _pattern(sought: Iterable[str], called: Iterable[str], longer: Iterable[str]) -> re.Pattern[str] | None:
    """Finds what is sought; a longer name that holds it is found first, as `kept`."""
    sought, called = list(sought), list(called)
    if not sought and not called:
        return None
    anything = re.compile("|".join([*sought, *called]), re.IGNORECASE)
    kept = sorted({name for name in longer if (at := anything.search(name)) and at[0] != name}, key=len, reverse=True)
    parts = [
        f"(?P<{name}>{'|'.join(those) or '(?!)'})"
        for name, those in (("kept", [re.escape(name) for name in kept]), ("sought", sought), ("called", called))
    ]
    return re.compile("|".join(parts), re.IGNORECASE)


def _name_pattern(name: str) -> str:
    forms = dict.fromkeys((name, unicodedata.normalize("NFD", name)))
    spaced = "|".join(r"\s*".join(re.escape(part) for part in form.split()) for form in forms)
    return rf"(?<![A-Za-z])(?:{spaced})(?![A-Za-z])" if name.isascii() else f"(?:{spaced})"


def _hangul(text: str) -> bool:
    return all("가" <= sign <= "힣" for sign in text) and bool(text)


def _is_short(name: str) -> bool:
    """A name that is an ordinary word as well, or a surname and a title."""
    parts = name.split()
    return (_hangul(parts[0]) and len(parts[0]) == 1) or (len(name) <= _SHORT and not name.isascii())


def _ever(connection: sqlite3.Connection, contact: str) -> dict[str, set[str]]:
    """What ever stood in the columns by which a person is known."""
    found: dict[str, set[str]] = {name: set() for name in ("name", "title", "phone", "mobile", "fax", "email")}
    for (patch,) in connection.execute("SELECT patch FROM main.op WHERE tbl = 'contact' AND pk = ?", (contact,)):
        for column, value in json.loads(patch).items():
            if column in found and isinstance(value, str) and value.strip():
                found[column].add(value.strip())
    return found


def _reached(*values: object) -> set[str]:
    """Numbers as their digits, mail addresses without case; what is too short to be somebody's is left out."""
    found = set()
    for value in map(str, values):
        digits = "".join(sign for sign in value if sign.isdecimal())
        if "@" in value:
            found.add(value.strip().casefold())
        elif len(digits) >= _WHOLE_NUMBER:
            found.add(digits)
    return found


def _reach_pattern(reach: str) -> str:
    return re.escape(reach) if "@" in reach else r"(?<!\d)" + r"[-. )]{0,2}".join(reach) + r"(?!\d)"


def _mentions(
    connection: sqlite3.Connection, names: _Columns, sought: Sought, gone: Collection[Row]
) -> Iterator[Mention]:
    for row, _ in groupby(_naming(connection, names, sought, gone), key=lambda found: found[0]):
        if row[0] not in COLUMNS:
            yield Mention(row, "")
            continue
        account_id = names.account_of(row)
        text = ""
        for column, value in (names.row(*row) or {}).items():
            if isinstance(value, str) and _is_text(row[0], column) and sought.hits(value, account_id):
                text = text or value
        yield Mention(row, account_id, text)


def _naming(
    connection: sqlite3.Connection, names: _Columns, sought: Sought, gone: Collection[Row]
) -> Iterator[tuple[Row, Stamp, dict[str, Value]]]:
    """The operations whose texts name the person, ordered by row, each with its texts cleaned."""
    if sought.narrow is None:
        return
    anything = sought.narrow

    def names_it(patch: str) -> bool:
        if "\\u" in patch:
            patch = json.dumps(json.loads(patch), ensure_ascii=False)
        return anything.search(patch) is not None

    connection.create_function("names_it", 1, names_it, deterministic=True)
    try:
        found = connection.execute(
            "SELECT tbl, pk, hlc, rnd, patch FROM main.op WHERE names_it(patch) ORDER BY tbl, pk, hlc, rnd"
        ).fetchall()
    finally:
        connection.create_function("names_it", 1, None)
    for tbl, pk, hlc, rnd, patch in found:
        if (tbl, pk) in gone:
            continue
        account_id = names.account_of((tbl, pk))
        old: dict[str, Value] = json.loads(patch)
        new = {
            column: sought.blank(value, account_id) if isinstance(value, str) and _is_text(tbl, column) else value
            for column, value in old.items()
        }
        if new != old:
            yield (tbl, pk), (hlc, rnd), new


def _is_text(table: str, column: str) -> bool:
    return (table, column) not in _NAMES and column != "id" and not column.endswith("_id")


# --- erasing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Erased:
    """What went, in numbers alone: rows of each table, activities left bare, rows in which a name was replaced."""

    counts: Mapping[str, int]
    bare: int
    mentions: int
    changed: Changed


def erase(book: Book, table: str, id: str, now: datetime, spare: Collection[Row] = ()) -> Erased:
    """Take a row out of the book for good, with all that `plan` says; the texts of the rows in `spare` stay.

    It cannot be undone. The files of this machine still hold what went until `scouring.scour` has been through them.
    Raises RowGone where there is no such row, BookReadOnly where the book is only looked at.
    """
    if getattr(book, "read_only", False):
        raise BookReadOnly()
    work = book.work
    act = f"erase:{new_id()}"
    with in_words(book.path.name):
        work.execute("BEGIN IMMEDIATE")
        try:
            work.execute("UPDATE recorder SET act = ?", (act,))
            done = _erase(work, plan(work, table, id), act, now, frozenset(spare))
            work.execute("UPDATE local SET value = value + 1 WHERE key = 'change_seq'")
            work.execute("UPDATE recorder SET act = ''")
            work.execute("COMMIT")
        except BaseException:
            if work.in_transaction:
                work.execute("ROLLBACK")
            raise
    return done


def _erase(work: sqlite3.Connection, what: Plan, act: str, now: datetime, spare: frozenset[Row]) -> Erased:
    change = Change(work, act, now)
    names = _Columns(work)
    sought = _sought(work, names, what.row, what.account_id)
    stand_ins = {id: _leave_bare(change, id) for id in what.bare}
    gone = {*what.whole, *(("activity", id) for id in what.bare)}
    _let_go(work, change, gone, stand_ins)
    work.execute("CREATE TEMP TABLE IF NOT EXISTS erase_now(tbl, pk, hlc, rnd)")
    work.execute("DELETE FROM temp.erase_now")
    work.executemany("INSERT INTO temp.erase_now VALUES (?, ?, 0, 0)", sorted(gone))
    cleaned: set[Row] = set()
    if sought is not None:
        for row, stamp, patch in list(_naming(work, names, sought, gone)):
            if row not in spare:
                _renew(work, row, stamp, patch)
                cleaned.add(row)
        _drop_drafts(work, sought, gone)
    work.execute("INSERT OR IGNORE INTO main.erased SELECT tbl, pk, hlc, rnd FROM temp.erase_now")
    touched = apply_erased(work, "SELECT tbl, pk, hlc, rnd FROM temp.erase_now")
    work.execute("DELETE FROM temp.erase_now")
    _forget_acts(work, touched | gone)
    accounts = {names.account_of(row) for row in touched | gone} | {what.account_id}
    tables = {table for table, _ in touched | gone} & COLUMNS.keys()
    changed = Changed(frozenset(accounts - {""}), frozenset(tables | change.finish().tables), act)
    return Erased(what.counts, len(what.bare), len(cleaned), changed)


def _leave_bare(change: Change, id: str) -> str:
    """That there was a contact that day stays for the account's rhythm, under an id that every machine makes alike."""
    row = change._row("activity", id)
    if row is None:
        return ""
    values = dict(zip(COLUMNS["activity"], row, strict=True))
    kept = {column: values[column] for column in _BARE}
    return change.put(Activity(natural_id("activity", "bare", id), **kept))  # type: ignore[arg-type]


def links_of(table: str) -> tuple[str, ...]:
    """The columns of a table that may hold the id of another row."""
    return tuple(name for name in COLUMNS[table] if name.endswith("_id") or name in _LINKS)


def _let_go(work: sqlite3.Connection, change: Change, gone: Collection[Row], stand_ins: Mapping[str, str]) -> None:
    """Empty what points at the rows that go, in the rows that stay."""
    ids = {id for _, id in gone}
    for table in COLUMNS:
        links = links_of(table)
        if not links:
            continue
        for key, *values in work.execute(f"SELECT id, {', '.join(links)} FROM main.{table}").fetchall():
            if (table, key) in gone:
                continue
            loose = {name: stand_ins.get(value, "") for name, value in zip(links, values, strict=True) if value in ids}
            if loose:
                change.edit(TABLES[table], key, **loose)


def _renew(work: sqlite3.Connection, row: Row, stamp: Stamp, patch: Mapping[str, Value]) -> None:
    """Put an operation without the words in the place of the one that has them."""
    new = stamp
    for _ in range(RENEWALS):
        new = renewed(new)
        taken = work.execute(
            "SELECT EXISTS (SELECT 1 FROM main.op WHERE tbl = ? AND pk = ? AND hlc = ? AND rnd = ?)"
            " OR EXISTS (SELECT 1 FROM main.erased WHERE tbl = ? AND pk = ? AND hlc = ? AND rnd = ?)",
            (*row, *new, *row, *new),
        ).fetchone()[0]
        if not taken:
            break
    with unrecorded(work):
        work.execute(
            """INSERT INTO main.op SELECT tbl, pk, ?, ?, site, act, ?, parents FROM main.op
            WHERE tbl = ? AND pk = ? AND hlc = ? AND rnd = ?""",
            (*new, json.dumps(patch, ensure_ascii=False, separators=(",", ":")), *row, *stamp),
        )
    work.execute("INSERT INTO temp.erase_now VALUES (?, ?, ?, ?)", (*row, *stamp))


def _drop_drafts(work: sqlite3.Connection, sought: Sought, gone: Collection[Row]) -> None:
    """What is half typed about the person, or names it."""
    ids = {id for _, id in gone}
    for form, target, fields in work.execute("SELECT form, target, fields FROM main.draft").fetchall():
        if target in ids or sought.anywhere(fields):
            work.execute("DELETE FROM main.draft WHERE form = ? AND target = ?", (form, target))


def _forget_acts(work: sqlite3.Connection, concerned: Collection[Row]) -> None:
    """Acts of which nothing but what was erased is left cannot be taken back, and are not offered."""
    from fieldsales.storage import turning

    acts = turning.load(work)

    def left(act: str) -> bool:
        found = work.execute("SELECT DISTINCT tbl, pk FROM main.op WHERE act = ? AND patch <> '{}'", (act,))
        return any((tbl, pk) not in concerned for tbl, pk in found)

    turning.save(
        work,
        turning.Acts(
            tuple(act for act in acts.undo if left(act[0])),
            tuple(act for act in acts.redo if left(act[0])),
            acts.without,
        ),
    )


def erased_people(connection: sqlite3.Connection) -> Mapping[str, int]:
    """How many people (`contact`) and accounts were ever erased: all that is left of them."""
    found = dict(
        connection.execute(
            "SELECT tbl, count(*) FROM main.erased WHERE hlc = 0 AND tbl IN ('contact', 'account') GROUP BY tbl"
        )
    )
    return {"contact": found.get("contact", 0), "account": found.get("account", 0)}


def past_keeping(connection: sqlite3.Connection, day: str) -> list[str]:
    """The people whose day of keeping (ISO) has passed on this day, the longest first."""
    return [
        id
        for (id,) in connection.execute(
            "SELECT id FROM main.contact WHERE keep_until > '' AND keep_until < ? ORDER BY keep_until, id", (day,)
        )
    ]
