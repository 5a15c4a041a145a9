"""Commands about what was written when: the edits of an account, and the values that need a look after a merge."""

from __future__ import annotations

from typing import Any

from fieldsales.cli_session import Session, table_of
from fieldsales.domain.cells import Value, flat, label, thing, words
from fieldsales.domain.operations import DELETED

SHOWN = 60  # letters of a value in a table
NOBODY_ELSES = frozenset({"feeling"})  # what no command prints (S0-35)
# What a command tells nothing of while it is masked: columns, and the tables that `show --mask` leaves out as well.
MASKED = frozenset({"relation", "relation_on", "temper", "mends", "note", "left_how"})
MASKED_TABLES = frozenset(
    {
        "activity", "signal", "fact", "decision", "sheet", "sheet_item", "churn_case", "case_item", "case_event",
        "cause", "cover", "offer", "lesson", "amount", "deal",
    }
)  # fmt: skip


def _moment(session: Session, moment: str) -> str:
    return session.t("cell.moment", day=moment[:10], time=moment[11:16])


def _short(text: str) -> str:
    text = flat(text)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def history(session: Session, account: str, limit: int) -> int:
    """Who wrote what at an account, and when, newest first; what was deleted, too."""
    from fieldsales.workflows.review import History

    book, t = session.open(), session.t
    found = session.account(account, looking=True)
    made = History.of_account(book, found.id)
    t = session.t
    entries = [entry for entry in made.entries if entry.column not in NOBODY_ELSES]
    if session.config.mask_on_open:
        entries = [entry for entry in entries if entry.column not in MASKED and entry.table not in MASKED_TABLES]
    count = len(entries)
    entries = entries[: limit or count]
    rows: list[list[str]] = []
    data: list[dict[str, Any]] = []
    for entry in entries:
        values = made.values(entry)
        what = thing(t, entry.table, values)
        act = t(f"deed.{entry.act}") if t.has(f"deed.{entry.act}") else t("deed.other")
        before, after = (
            words(t, entry.table, entry.column, value, made.names) for value in (entry.before, entry.after)
        )
        if entry.column:
            field = label(t, entry.table, entry.column)
            told = f"{field}: {_short(before) or t('review.empty')} → {_short(after) or t('review.empty')}"
        else:
            field, told = "", t("edits.gone" if entry.gone else "edits.made", what=what)
        name = what if entry.table != "account" and entry.column else ""
        told = " · ".join(part for part in (name, told) if part)
        rows.append([_moment(session, entry.moment), entry.machine or t("review.here"), act, told])
        data.append(
            {
                "table": entry.table,
                "id": entry.id,
                "column": entry.column,
                "from": entry.before,
                "to": entry.after,
                "moment": entry.moment,
                "machine": entry.machine,
                "act": entry.act,
                "made": not entry.column and not entry.gone,
                "deleted": entry.gone,
            }
        )
    text = [found.name, "", *table_of(rows)] if rows else [t("edits.none")]
    if len(entries) < count:
        text += ["", t("cli.more", n=count - len(entries))]
    return session.result(
        "history",
        text,
        {"account_id": found.id, "account": found.name, "count": count, "edits": data},
    )


def conflicts(session: Session) -> int:
    """Every value that two sides wrote apart, with all that stand to choose."""
    from fieldsales.workflows.review import Review

    book = session.open()
    t = session.t
    work = Review(book)
    text: list[str] = []
    data: list[dict[str, Any]] = []
    for cell in work.cells:
        clash = work.clash(cell)
        if clash is None:
            continue
        row = cell.column == DELETED
        account = work.names("account", cell.account_id)
        veiled = session.config.mask_on_open and cell.table in MASKED_TABLES
        parts = [account if cell.table != "account" else "", thing(t, cell.table, {} if veiled else work.values(cell))]
        parts.append("" if row else label(t, cell.table, cell.column))
        text.append(" · ".join(part for part in parts if part))
        choices = work.choices(cell)
        masked = veiled or (session.config.mask_on_open and cell.column in MASKED)
        hidden = not row and (masked or cell.column in NOBODY_ELSES)
        for choice in choices:
            value = _worded(session, work.names, cell.table, cell.column, choice.value)
            if hidden:
                value = t("review.hidden" if masked else "review.private")
            who = choice.machine or t("review.here")
            stands = f" ({t('review.stands')})" if choice.stands else ""
            text.append(f"  {who} · {_moment(session, choice.moment)}  {_short(value) or t('review.empty')}{stands}")
        data.append(
            {
                "table": cell.table,
                "id": cell.id,
                "column": cell.column,
                "account_id": cell.account_id,
                "account": account,
                "hidden": hidden,
                "before": None if hidden else clash.before,
                "values": [
                    {
                        "value": None if hidden else choice.value,
                        "machine": choice.machine,
                        "mine": choice.mine,
                        "moment": choice.moment,
                        "stands": choice.stands,
                    }
                    for choice in choices
                ],
            }
        )
    if not data:
        text = [t("cli.no_conflicts")]
    return session.result("conflicts", text, {"count": len(data), "conflicts": data})


def _worded(session: Session, names: Any, table: str, column: str, value: Value) -> str:
    if column == DELETED:
        return session.t("review.row_goes" if value else "review.row_stays")
    return words(session.t, table, column, value, names)
