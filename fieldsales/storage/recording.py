"""Recording: triggers that write one operation for each row written, whoever writes it.

They are plain SQL, so an edit of the published file with `sqlite3`, sqlite-utils or Datasette is recorded as well.
`recorder` is one row: `act` names the user's action ('' outside of one), `off` switches recording off while
operations are merged, `site` is a label of the machine. `seen` holds the heads that a form had read when it was
opened; where it holds any for a row, they are the parents of the next operation on that row.
"""

from __future__ import annotations

import sqlite3

from fieldsales.storage.schema import COLUMNS, PARENTS

# The wall clock in milliseconds, shifted by 16 bits to leave room for edits within one millisecond.
_WALL = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) << 16"

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


def _touches(table: str) -> str:
    """Statements that touch the rows a row stands under; once for each act, so that an import does not pile them up."""
    return "".join(
        f"""
  INSERT INTO recording SELECT '{parent}', NEW.{column}, '{{}}'
    WHERE NEW.{column} <> '' AND EXISTS (SELECT 1 FROM {parent} WHERE id = NEW.{column})
    AND NOT EXISTS (SELECT 1 FROM head h CROSS JOIN op o USING (tbl, pk, hlc, rnd)
      WHERE h.tbl = '{parent}' AND h.pk = NEW.{column} AND o.act = (SELECT act FROM recorder));"""
        for column, parent in PARENTS[table]
    )


def triggers(table: str) -> str:
    """The SQL of a table's four triggers."""
    columns = COLUMNS[table][1:]
    whole = "json_object('_deleted', 0, " + ", ".join(f"'{name}', NEW.{name}" for name in columns) + ")"
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
    values = " UNION ALL ".join(
        f"SELECT '{name}' k, NEW.{name} v WHERE OLD.{name} IS NOT NEW.{name}" for name in columns
    )
    on = "(SELECT off FROM recorder) = 0"
    return f"""
CREATE TRIGGER {table}_insert AFTER INSERT ON {table} WHEN {on} BEGIN
  INSERT INTO recording VALUES ('{table}', NEW.id, {whole});{_touches(table)}
END;
CREATE TRIGGER {table}_update AFTER UPDATE ON {table} WHEN {on} AND OLD.id IS NEW.id AND ({changed}) BEGIN
  INSERT INTO recording SELECT '{table}', NEW.id, json_group_object(k, v) FROM ({values});{_touches(table)}
END;
CREATE TRIGGER {table}_rename AFTER UPDATE OF id ON {table} WHEN {on} AND OLD.id IS NOT NEW.id BEGIN
  INSERT INTO recording VALUES ('{table}', OLD.id, '{{"_deleted":1}}');
  INSERT INTO recording VALUES ('{table}', NEW.id, {whole});{_touches(table)}
END;
CREATE TRIGGER {table}_delete AFTER DELETE ON {table} WHEN {on} BEGIN
  INSERT INTO recording VALUES ('{table}', OLD.id, '{{"_deleted":1}}');
END;
"""


def install(connection: sqlite3.Connection) -> None:
    """Put the triggers in, anew: changing a table by migration drops them or leaves them without its new columns.

    Runs inside the caller's transaction.
    """
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("DROP VIEW IF EXISTS recording")
    script = _RECORDING + "".join(triggers(table) for table in COLUMNS)
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
