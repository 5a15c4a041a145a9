"""Recording: triggers that write one operation for each row written, whoever writes it.

They are plain SQL, so an edit of the published file with `sqlite3`, sqlite-utils or Datasette is recorded as well.
`recorder` is one row: `act` names the user's action ('' outside of one), `off` switches recording off while
operations are merged, `site` is a label of the machine. `seen` holds the heads that a form had read when it was
opened; where it holds any for a row, they are the parents of the next operation on that row.
"""

from __future__ import annotations

import sqlite3

from fieldsales.storage.schema import COLUMNS, PARENTS

_THERE = " ".join(
    f"WHEN '{table}' THEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.pk)"
    for table in sorted({parent for above in PARENTS.values() for _, parent in above})
)

# The wall clock in milliseconds, shifted by 16 bits to leave room for edits within one millisecond.
_WALL = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) << 16"


# `recording` takes one operation, `rewriting` a row's id and columns before and after and the rows above it, `touching`
# one of those: it is touched once for each act, so that an import does not pile them up.
_RECORDING = f"""
CREATE VIEW recording(tbl, pk, patch) AS SELECT '', '', '' WHERE 0;

CREATE TRIGGER recording_write INSTEAD OF INSERT ON recording BEGIN
  INSERT INTO op(tbl, pk, hlc, rnd, site, act, patch, parents)
  SELECT NEW.tbl, NEW.pk, max({_WALL}, coalesce(max(p.hlc), 0) + 1), random() & 4294967295, r.site,
         CASE r.act WHEN '' THEN 'outside:' || lower(hex(randomblob(8))) ELSE r.act END, NEW.patch,
         json_group_array(json_array(p.hlc, p.rnd)) FILTER (WHERE p.hlc IS NOT NULL)
  FROM recorder r LEFT JOIN (
    SELECT hlc, rnd FROM seen WHERE tbl = NEW.tbl AND pk = NEW.pk
    UNION ALL
    SELECT hlc, rnd FROM head WHERE tbl = NEW.tbl AND pk = NEW.pk
      AND NOT EXISTS (SELECT 1 FROM seen WHERE tbl = NEW.tbl AND pk = NEW.pk)
  ) p;
END;

CREATE VIEW touching(tbl, pk) AS SELECT '', '' WHERE 0;

CREATE TRIGGER touching_write INSTEAD OF INSERT ON touching WHEN NEW.pk <> '' BEGIN
  INSERT INTO recording SELECT NEW.tbl, NEW.pk, '{{}}'
    WHERE CASE NEW.tbl {_THERE} END
    AND NOT EXISTS (SELECT 1 FROM head h CROSS JOIN op o USING (tbl, pk, hlc, rnd)
      WHERE h.tbl = NEW.tbl AND h.pk = NEW.pk AND o.act = (SELECT act FROM recorder));
END;

CREATE VIEW rewriting(tbl, old_pk, pk, old, row, account, contact, churn_case) AS
  SELECT '', '', '', '', '', '', '', '' WHERE 0;

CREATE TRIGGER rewriting_write INSTEAD OF INSERT ON rewriting WHEN NEW.pk IS NOT NEW.old_pk OR NEW.row IS NOT NEW.old
BEGIN
  INSERT INTO recording SELECT NEW.tbl, NEW.pk, (
      SELECT json_group_object(key, value) FROM json_each(NEW.row)
      WHERE value IS NOT json_extract(NEW.old, '$.' || key))
    WHERE NEW.pk IS NEW.old_pk;
  INSERT INTO recording SELECT NEW.tbl, NEW.old_pk, '{{"_deleted":1}}' WHERE NEW.pk IS NOT NEW.old_pk;
  INSERT INTO recording SELECT NEW.tbl, NEW.pk, '{{"_deleted":0,' || substr(NEW.row, 2) WHERE NEW.pk IS NOT NEW.old_pk;
  INSERT INTO touching VALUES ('account', NEW.account), ('contact', NEW.contact), ('churn_case', NEW.churn_case);
END;

CREATE TRIGGER op_written AFTER INSERT ON op WHEN (SELECT off FROM recorder) = 0 BEGIN
  DELETE FROM head WHERE tbl = NEW.tbl AND pk = NEW.pk AND (
    NOT EXISTS (SELECT 1 FROM seen WHERE tbl = NEW.tbl AND pk = NEW.pk)
    OR (hlc, rnd) IN
      (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(NEW.parents)));
  INSERT INTO head(tbl, pk, hlc, rnd) VALUES (NEW.tbl, NEW.pk, NEW.hlc, NEW.rnd);
  UPDATE OR REPLACE seen SET hlc = NEW.hlc, rnd = NEW.rnd WHERE tbl = NEW.tbl AND pk = NEW.pk;
  DELETE FROM conflict WHERE tbl = NEW.tbl AND pk = NEW.pk
    AND (col = '_deleted' OR json_type(NEW.patch, '$.' || col) IS NOT NULL
         OR json_extract(NEW.patch, '$._deleted') = 1)
    AND (SELECT count(*) FROM head WHERE tbl = NEW.tbl AND pk = NEW.pk) = 1;
END;
"""


def _object(row: str, table: str, deleted: str = "") -> str:
    columns = ",".join(f"'{name}',{row}.{name}" for name in COLUMNS[table][1:])
    return f"json_object({deleted}{columns})"


def triggers(table: str) -> str:
    """The SQL of a table's three triggers.

    SQLite reads the text of every trigger each time a book is opened, so what is the same for all tables stands once,
    in the triggers of the views, and these are short.
    """
    above = {parent: f"NEW.{column}" for column, parent in PARENTS[table]}
    touches = ",".join(f"('{parent}',{id})" for parent, id in above.items())
    touches = f"INSERT INTO touching VALUES{touches};" if above else ""
    stood_under = ",".join(above.get(parent, "NULL") for parent in ("account", "contact", "churn_case"))
    on = "(SELECT off FROM recorder)=0"
    return f"""
CREATE TRIGGER {table}_insert AFTER INSERT ON {table} WHEN {on} BEGIN
INSERT INTO recording VALUES('{table}',NEW.id,{_object("NEW", table, "'_deleted',0,")});{touches}
END;
CREATE TRIGGER {table}_update AFTER UPDATE ON {table} WHEN {on} BEGIN
INSERT INTO rewriting VALUES('{table}',OLD.id,NEW.id,{_object("OLD", table)},{_object("NEW", table)},{stood_under});
END;
CREATE TRIGGER {table}_delete AFTER DELETE ON {table} WHEN {on} BEGIN
INSERT INTO recording VALUES('{table}',OLD.id,'{{"_deleted":1}}');
END;
"""


def install(connection: sqlite3.Connection) -> None:
    """Put the triggers in, anew: changing a table by migration drops them or leaves them without its new columns.

    Runs inside the caller's transaction.
    """
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        connection.execute(f'DROP TRIGGER "{name}"')
    for view in ("recording", "rewriting", "touching"):
        connection.execute(f"DROP VIEW IF EXISTS {view}")
    script = _RECORDING + "".join(triggers(table) for table in COLUMNS)
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
