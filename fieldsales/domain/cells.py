"""Cells of the book in the user's words: what a column is called, what a value says, and what a row is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from fieldsales.domain.text import clean

Value = str | int | None
Name = Callable[[str, str], str]  # table and id of a row to its name, "" where there is no such row


class Wording(Protocol):
    """The texts of a language."""

    def __call__(self, id: str, /, **args: str | int) -> str: ...
    def has(self, id: str) -> bool: ...


# Columns whose values are one of a few words: the beginning of the ids of their texts.
KINDS: dict[tuple[str, str], str] = {
    ("account", "tier"): "tier",
    ("account", "state"): "state",
    ("account", "origin"): "origin",
    ("account", "owner"): "owner",
    ("account", "lost_to"): "lost_to",
    ("account", "left_how"): "left",
    ("account", "farewell"): "farewell",
    ("account", "relation"): "relation",
    ("contact", "role"): "role",
    ("contact", "opt_out"): "channel",
    ("contract", "kind"): "contract",
    ("activity", "kind"): "kind",
    ("activity", "kind2"): "kind",
    ("activity", "outcome"): "done",
    ("activity", "attempt"): "attempt",
    ("activity", "by"): "owner",
    ("activity", "sheet"): "sheet",
    ("activity", "marks"): "mark",
    ("task", "kind"): "promise",
    ("task", "state"): "promise_state",
    ("task", "sheet"): "sheet",
    ("task", "origin"): "cell.from",
    ("signal", "kind"): "signal",
    ("signal", "level"): "level",
    ("signal", "state"): "cell.state",
    ("signal", "certainty"): "certainty",
    ("fact", "kind"): "fact",
    ("decision", "kind"): "decision",
    ("decision", "state"): "cell.state",
    ("sheet", "state"): "cell.state",
    ("churn_case", "trigger"): "trigger",
    ("churn_case", "heard_by"): "heard_by",
    ("churn_case", "state"): "case_state",
    ("churn_case", "outcome"): "outcome",
    ("churn_case", "lost_to"): "lost_to",
    ("churn_case", "left_how"): "left",
    ("churn_case", "farewell"): "farewell",
    ("case_item", "step"): "step",
    ("case_item", "act"): "act",
    ("case_event", "kind"): "event",
    ("cause", "kind"): "cause",
    ("cause", "certainty"): "certainty",
    ("cause", "control"): "control",
    ("cover", "state"): "deal_state",
    ("offer", "kind"): "offer",
    ("offer", "answer"): "answer",
    ("lesson", "cause"): "cause",
    ("deal", "kind"): "deal",
    ("policy", "scope"): "cell.scope",
    ("policy", "kind"): "cadence",
}
_MANY = frozenset({("contact", "opt_out"), ("activity", "marks")})  # several words, with commas between them

# Columns that name another row.
REFERENCES = {
    "account_id": "account",
    "contact_id": "contact",
    "case_id": "churn_case",
    "task_id": "task",
    "activity_id": "activity",
    "lesson_id": "lesson",
    "referred_by": "account",
    "heard_from": "contact",
    "through": "contact",
    "from_id": "account",
    "sheet_id": "sheet",
    "scope_id": "account",
}
DAYS = frozenset(
    {
        "entered_on", "since", "introduced_on", "inherited_on", "ended_on", "relation_on", "next_need_on",
        "came_on", "left_on", "ally_since", "keep_until", "starts_on", "ends_on", "day", "due_on", "done_on",
        "promised_on", "closed_on", "expires_on", "until", "answered_on", "from_on",
        "won_back_on", "review_on",
    }
)  # fmt: skip
MOMENTS = frozenset({"heard_at", "started_at", "visit_at", "closed_at", "done_at", "at"})
MONEY = frozenset({"amount", "received", "delivered", "lost_amount"})
FLAGS = frozenset(
    {"seasonal", "irregular", "renewed", "joint", "two_way", "private", "promise_broken", "boss_asked", "speaking",
     "pinned", "main"}
)  # fmt: skip
# Columns in which people write at length: two versions of them can be joined.
LONG = frozenset(
    {
        "note", "heard", "said", "terms", "text", "next_time", "unknown", "missed", "mistake", "should_say",
        "should_not_say", "once_more", "went_well", "todo", "feeling", "wanted", "condition", "help", "temper",
        "mends",
    }
)  # fmt: skip


def joinable(column: str) -> bool:
    """Whether two versions of the column can be joined into one text."""
    return column in LONG


def label(t: Wording, table: str, column: str) -> str:
    """What a column is called: as the forms call it."""
    for id in (f"field.{table}.{column}", f"{table}.{column}", f"field.{column}"):
        if t.has(id):
            return t(id)
    return column


def words(t: Wording, table: str, column: str, value: Value, name: Name | None = None) -> str:
    """What a value says, "" where it says nothing. Texts come as they were written."""
    if value is None or value == "":
        return ""
    text = str(value)
    kind = KINDS.get((table, column))
    if kind is not None:
        pieces = text.split(",") if (table, column) in _MANY else [text]
        return ", ".join(t(f"{kind}.{piece}") if t.has(f"{kind}.{piece}") else piece for piece in pieces)
    if (table, column) == ("case_event", "text") and t.has(f"attempt.{text}"):
        return t(f"attempt.{text}")
    if column in REFERENCES:
        return (name(REFERENCES[column], text) if name else "") or text
    if column in FLAGS:
        return t("cell.yes") if value else t("cell.no")
    if column in MONEY and isinstance(value, int):
        return t("cell.money", amount=value)
    if column in DAYS:
        return t("cell.day", day=text)
    if column in MOMENTS:
        return t("cell.moment", day=text[:10], time=text[11:16]).rstrip()  # a day alone has no time
    if column in {"month", "lost_from", "from_month"}:
        return t("cell.month", month=text, year=text[:4])
    return text


def flat(text: str) -> str:
    """A text on one line, without control characters."""
    return clean(text)


# The columns that tell most of what a row is about, in this order.
_TELLING: dict[str, tuple[str, ...]] = {
    "account": ("name",),
    "contact": ("name", "title"),
    "contract": ("kind", "ends_on"),
    "activity": ("day", "kind"),
    "task": ("kind", "title"),
    "signal": ("kind", "text"),
    "fact": ("text",),
    "decision": ("kind", "text"),
    "sheet": ("title", "day"),
    "churn_case": ("heard_at",),
    "case_item": ("title",),
    "case_event": ("kind", "text"),
    "cause": ("kind", "text"),
    "cover": ("name", "amount"),
    "sheet_item": ("title",),
    "offer": ("text", "day"),
    "lesson": ("line", "next_time"),
    "amount": ("month",),
    "deal": ("day", "amount"),
    "policy": ("kind",),
    "put_off": ("until",),
    "setting": ("key",),
}
_ENOUGH = frozenset({"lesson"})  # the first of the columns that says anything is enough


def thing(t: Wording, table: str, values: Mapping[str, Value]) -> str:
    """What a row is about in a few words, such as `담당자 문도균 차장`; of an account only its name."""
    told = []
    for column in _TELLING.get(table, ()):
        value = values.get(column)
        short = column in DAYS and value
        told.append(t("cell.near", day=str(value)) if short else flat(words(t, table, column, value)))
    told = [text for text in told if text]
    if table in _ENOUGH:
        told = told[:1]
    if table == "account":
        return told[0] if told else t("thing.account")
    return " ".join([t(f"thing.{table}") if t.has(f"thing.{table}") else table, *told])
