"""What may stand in a cell of a table, for rows that were written by hand: days, words of a list, whole numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from fieldsales.domain.dates import parse_day
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import TABLES, Message

Value = str | int | None

# Words that a column knows, by table and column; a column that is not named takes any text.
CHOICES: dict[tuple[str, str], frozenset[str]] = {
    key: frozenset(words.split())
    for key, words in {
        ("account", "tier"): "A B C",
        ("account", "state"): "active prospect lost released handed",
        ("account", "origin"): "new inherited referred",
        ("account", "owner"): "me manager",
        ("account", "left_how"): "quiet hurt",
        ("account", "relation"): "good fair hurt",
        ("contract", "kind"): "term monthly none prepaid",
        ("activity", "kind"): "visit call review message note",
        ("activity", "kind2"): "visit call review message note",
        ("activity", "outcome"): "done attempt",
        ("activity", "attempt"): "no_answer no_reply refused",
        ("task", "state"): "open done dropped",
        ("signal", "state"): "open closed",
        ("signal", "certainty"): "confirmed heard guessed",
        ("decision", "state"): "open closed",
        ("churn_case", "trigger"): "notice no_trade volume",
        ("churn_case", "state"): "open closed",
        ("churn_case", "outcome"): "restored half part none",
        ("offer", "answer"): "accepted refused thinking",
        ("policy", "scope"): "tier account",
        ("policy", "kind"): "call review meeting visit joint",
    }.items()
}
_MAY_NOT_BE_EMPTY = frozenset(
    {
        ("account", "name"), ("account", "state"), ("contact", "name"), ("contact", "account_id"),
        ("contract", "account_id"), ("activity", "account_id"), ("activity", "kind"), ("activity", "day"),
        ("activity", "outcome"), ("task", "title"), ("task", "state"), ("signal", "account_id"), ("signal", "kind"),
        ("signal", "state"), ("churn_case", "account_id"), ("churn_case", "state"), ("case_item", "case_id"),
        ("case_item", "key"), ("case_event", "case_id"), ("amount", "account_id"), ("amount", "month"),
        ("deal", "account_id"), ("deal", "day"), ("policy", "scope"), ("policy", "scope_id"), ("policy", "kind"),
        ("put_off", "account_id"), ("put_off", "what"), ("put_off", "until"), ("setting", "key"),
    }
)  # fmt: skip
REFERENCES = {"account_id": "account", "contact_id": "contact", "case_id": "churn_case"}
"""Columns that name a row of another table, empty where there is none."""

NATURAL: dict[str, tuple[str, ...]] = {
    "case_item": ("case_id", "key"),
    "amount": ("account_id", "month"),
    "policy": ("scope", "scope_id", "kind"),
    "put_off": ("account_id", "what"),
    "setting": ("key",),
}
"""Tables whose id follows from these columns, so that two copies that write the same row hold one."""

_DAYS = frozenset({"day", "until", "since", "ally_since", "keep_until"})
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LONGEST = 100_000  # letters of a text
_LARGEST = 1 << 53  # what a spreadsheet still holds exactly


def natural_key(table: str, cells: Mapping[str, Value]) -> str:
    """The id that a row of NATURAL must have."""
    return natural_id(table, *(str(cells.get(column) or "") for column in NATURAL[table]))


def is_number(table: str, column: str) -> bool:
    """Whether a column holds whole numbers."""
    return not isinstance(usual(table, column), str)


def usual(table: str, column: str) -> Value:
    """What a column holds where nothing was said."""
    value: Value = getattr(TABLES[table](""), column)
    return value


def wrong(table: str, column: str, value: Value) -> Message | None:
    """What is the matter with a cell, None where nothing is. Whether a row that it names exists is not asked here."""
    if is_number(table, column):
        if value is None:
            return None if usual(table, column) is None else _message("empty", column)
        if type(value) is not int or abs(value) > _LARGEST:
            return _message("number", column, value)
        return None
    if not isinstance(value, str):
        return _message("text", column, value)
    if not value:
        return _message("empty", column) if (table, column) in _MAY_NOT_BE_EMPTY else None
    if len(value) > _LONGEST:
        return _message("long", column, value)
    known = CHOICES.get((table, column))
    if known is not None and value not in known:
        return _message("word", column, value)
    return None if _well_formed(column, value) else _message("form", column, value)


def _well_formed(column: str, value: str) -> bool:
    if column in _DAYS or column.endswith("_on"):
        return _is_day(value)
    if column in ("time", "due_time"):
        return _TIME.fullmatch(value) is not None
    if column == "month":
        return len(value) == 7 and _is_day(value + "-01")
    if column == "at" or column.endswith("_at"):
        day, _, time = value.partition("T")
        return _is_day(day) and (not time or _TIME.fullmatch(time[:5]) is not None)
    if column in ("extra", "content"):
        try:
            return isinstance(json.loads(value), dict)
        except (ValueError, RecursionError):
            return False
    return True


def _is_day(text: str) -> bool:
    found = parse_day(text)
    return found is not None and found.isoformat() == text


def _message(reason: str, column: str, value: Value = "") -> Message:
    return Message(f"whole.drop.{reason}", {"column": column, "value": str(value)[:40].lstrip("@")})
