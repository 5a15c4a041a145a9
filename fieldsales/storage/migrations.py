"""The schema, as numbered steps that are only ever appended to.

Columns are added, never renamed or retyped. Loading this module loads sqlite_utils, so it is imported only when a
database has to be made or brought up to date.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database, Migrations

from fieldsales.storage import recording
from fieldsales.storage.schema import APPLICATION_ID, FORMAT, version

steps = Migrations("fieldsales")

# A word is a column. `name` is text, empty by default; `name=word` text with that default; `name#` a whole number that
# may be missing; `name#0` one with that default.
_M001 = {
    "account": "name tier state=active origin=new entered_on since introduced_on inherited_on predecessor referred_by "
    "region address phone sector business_no code owner=me seasonal#0 irregular#0 usual_gap_days# ended_on lost_to "
    "left_how farewell relation relation_on next_need_on tags note extra",
    "contact": "account_id name title role phone mobile email fax since came_on left_on position#0 ally_since temper "
    "mends best_time opt_out note",
    "contract": "account_id kind=term starts_on ends_on amount# received# delivered# renewed#0 terms note",
    "activity": "account_id contact_id kind=call kind2 day time outcome=done attempt heard said note with_names place "
    "by=me joint#0 two_way#1 sheet marks case_id task_id",
    "task": "account_id contact_id kind=give title due_on due_time state=open done_on origin sheet promised_on "
    "activity_id case_id lesson_id source",
    "signal": "account_id contact_id kind level text day state=open closed_on expires_on source certainty days# "
    "promise_broken#0 boss_asked#0 tries#0 wanted activity_id",
    "fact": "account_id contact_id kind text day expires_on source private#0",
    "decision": "account_id contact_id kind text by day until state=open budget#",
    "sheet": "account_id playbook version title day state=open content activity_id task_id",
    "churn_case": "account_id trigger=notice heard_at heard_from heard_by started_at state=open playbook version "
    "speaking#1 visit_at lost_amount# outcome lost_to left_how farewell closed_at note",
    "case_item": "case_id key step#1 position#0 title help act done_at note",
    "case_event": "case_id at kind text ref",
    "offer": "account_id case_id contact_id day text condition share# amount# kind answer answered_on answer_by",
    "lesson": "account_id contact_id case_id day line next_time unknown missed mistake should_say should_not_say "
    "once_more went_well todo feeling cause tags pinned#0 helped#0",
    "amount": "account_id month amount#0 orders#",
    "deal": "account_id day amount#0 code kind note",
    "policy": "scope=tier scope_id kind=call per_year#0 every_months# from_on",
    "put_off": "account_id what until",
    "setting": "key value",
}

_M001_INDEXES = (
    "contact(account_id)",
    "contract(account_id)",
    "contract(ends_on)",
    "activity(account_id, day)",
    "activity(day)",
    "activity(case_id)",
    "task(account_id)",
    "task(state, due_on)",
    "task(case_id)",
    "signal(account_id)",
    "fact(account_id)",
    "decision(account_id)",
    "sheet(account_id)",
    "churn_case(account_id)",
    "churn_case(state)",
    "case_item(case_id)",
    "case_event(case_id)",
    "offer(account_id)",
    "offer(case_id)",
    "lesson(account_id)",
    "lesson(case_id)",
    "amount(account_id, month)",
    "amount(month)",
    "deal(account_id, day)",
    "deal(day)",
    "policy(scope, scope_id)",
    "put_off(account_id)",
    "setting(key)",
)

_M001_KEPT = (
    # The history: every operation, never changed once written, and what follows from it.
    """CREATE TABLE op(tbl TEXT NOT NULL, pk TEXT NOT NULL, hlc INTEGER NOT NULL, rnd INTEGER NOT NULL,
       site TEXT NOT NULL, act TEXT NOT NULL, patch TEXT NOT NULL, parents TEXT NOT NULL,
       PRIMARY KEY(tbl, pk, hlc, rnd)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE head(tbl TEXT NOT NULL, pk TEXT NOT NULL, hlc INTEGER NOT NULL, rnd INTEGER NOT NULL,
       PRIMARY KEY(tbl, pk, hlc, rnd)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE conflict(tbl TEXT NOT NULL, pk TEXT NOT NULL, col TEXT NOT NULL, hlc INTEGER NOT NULL,
       rnd INTEGER NOT NULL, val ANY, site TEXT NOT NULL, PRIMARY KEY(tbl, pk, col, hlc, rnd)) STRICT, WITHOUT ROWID""",
    "CREATE TABLE site(site TEXT PRIMARY KEY, label TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    # What stays on this machine.
    "CREATE TABLE recorder(act TEXT NOT NULL, off INTEGER NOT NULL, site TEXT NOT NULL) STRICT",
    "INSERT INTO recorder VALUES ('', 0, '')",
    """CREATE TABLE seen(tbl TEXT NOT NULL, pk TEXT NOT NULL, hlc INTEGER NOT NULL, rnd INTEGER NOT NULL,
       PRIMARY KEY(tbl, pk, hlc, rnd)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE draft(form TEXT NOT NULL, target TEXT NOT NULL, fields TEXT NOT NULL, at TEXT NOT NULL,
       PRIMARY KEY(form, target)) STRICT, WITHOUT ROWID""",
    "CREATE TABLE local(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID",
    "INSERT INTO local VALUES ('change_seq', 0)",
    # For whoever opens the file with sqlite3 or Datasette.
    """CREATE VIEW accounts_overview AS
       SELECT a.id, a.name, a.tier, a.state, a.region, a.phone,
         (SELECT max(day) FROM activity x WHERE x.account_id = a.id AND x.outcome = 'done' AND x.two_way = 1)
           AS last_contact,
         (SELECT max(day) FROM activity x WHERE x.account_id = a.id AND x.outcome = 'done'
           AND 'visit' IN (x.kind, x.kind2)) AS last_met,
         (SELECT count(*) FROM task t WHERE t.account_id = a.id AND t.state = 'open') AS open_tasks,
         (SELECT count(*) FROM signal s WHERE s.account_id = a.id AND s.state = 'open') AS open_signals,
         (SELECT count(*) FROM churn_case c WHERE c.account_id = a.id AND c.state = 'open') AS open_cases,
         (SELECT max(month) FROM amount m WHERE m.account_id = a.id) AS last_month
       FROM account a""",
    """CREATE VIEW open_promises AS
       SELECT t.id, a.name AS account, c.name AS contact, t.kind, t.title, t.due_on, t.due_time, t.promised_on,
         t.source
       FROM task t LEFT JOIN account a ON a.id = t.account_id LEFT JOIN contact c ON c.id = t.contact_id
       WHERE t.state = 'open' ORDER BY t.due_on = '', t.due_on""",
    """CREATE VIEW activity_history AS
       SELECT x.id, x.day, x.time, a.name AS account, c.name AS contact, x.kind, x.kind2, x.outcome, x.attempt,
         x.heard, x.said, x.note, x.by
       FROM activity x LEFT JOIN account a ON a.id = x.account_id LEFT JOIN contact c ON c.id = x.contact_id
       ORDER BY x.day DESC, x.time DESC""",
    """CREATE VIEW churn_timeline AS
       SELECT e.id, e.at, a.name AS account, k.id AS case_id, k.trigger, k.state, e.kind, e.text
       FROM case_event e JOIN churn_case k ON k.id = e.case_id LEFT JOIN account a ON a.id = k.account_id
       ORDER BY k.heard_at, e.at""",
)


def _table(db: Database, name: str, words: str) -> None:
    columns: dict[str, type] = {"id": str}
    defaults: dict[str, str | int] = {}
    for word in words.split():
        column, mark, value = word.partition("#") if "#" in word else word.partition("=")
        columns[column] = int if mark == "#" else str
        if mark != "#":
            defaults[column] = value
        elif value:
            defaults[column] = int(value)
    db.create_table(name, columns, pk="id", defaults=defaults, strict=True)


@steps()
def m001(db: Database) -> None:
    """The tables of the first version."""
    for name, words in _M001.items():
        _table(db, name, words)
    for number, index in enumerate(_M001_INDEXES):
        table = index.partition("(")[0]
        db.execute(f"CREATE INDEX {table}_{number} ON {index}")
    for statement in _M001_KEPT:
        db.execute(statement)


@steps()
def m002(db: Database) -> None:
    """Erasing for good: what was erased stays away after every merge, and a day is kept until which to keep a person.

    A row of `erased` with hlc and rnd 0 stands for a whole row of the book, any other for one operation of it.
    """
    db.execute(
        """CREATE TABLE erased(tbl TEXT NOT NULL, pk TEXT NOT NULL, hlc INTEGER NOT NULL, rnd INTEGER NOT NULL,
           PRIMARY KEY(tbl, pk, hlc, rnd)) STRICT, WITHOUT ROWID"""
    )
    db.execute("ALTER TABLE contact ADD COLUMN keep_until TEXT DEFAULT ''")


_M003 = {
    "cause": "account_id case_id contact_id kind text main#0 source certainty control heard day",
    "cover": "account_id case_id from_id name amount# month state=possible due_on note",
    "sheet_item": "account_id sheet_id key step#1 position#0 title help act done_at text",
}
_M003_COLUMNS = {
    "account": "won_back_on",
    "churn_case": "through lost_from steps",
    "lesson": "review_on reviews#0",
    "offer": "from_month",
    "sheet": "case_id contact_id",
}
_M003_INDEXES = ("cause(account_id)", "cause(case_id)", "cover(account_id)", "cover(case_id)", "sheet_item(account_id)",
                 "sheet_item(sheet_id)", "sheet(case_id)")  # fmt: skip


@steps()
def m003(db: Database) -> None:
    """When an account leaves: causes, what covers the amount, and checklists whose every line is a row."""
    for name, words in _M003.items():
        _table(db, name, words)
    for table, columns in _M003_COLUMNS.items():
        for column in columns.split():
            name, number, value = column.partition("#")
            kind = f"INTEGER DEFAULT {value}" if number else "TEXT DEFAULT ''"
            db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    for place, index in enumerate(_M003_INDEXES):
        db.execute(f"CREATE INDEX {index.partition('(')[0]}_m003_{place} ON {index}")


def apply(connection: sqlite3.Connection, after: Callable[[int], None] | None = None) -> bool:
    """Bring a database up to FORMAT; whether there was anything to do.

    All in one transaction: the steps, the triggers anew, and `after`, which is given the format that was found (0 for
    a new database). Two processes may meet here: the second waits for the first and finds nothing left to do.
    """
    if version(connection) >= FORMAT:
        return False
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = version(connection)
        if found < FORMAT:
            steps.apply(Database(connection, execute_plugins=False))
            recording.install(connection)
            if after is not None:
                after(found)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # where the disk fails, SQLite has taken it back already
            connection.execute("ROLLBACK")
        raise
    return True
