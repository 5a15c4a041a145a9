"""Checklists as data: what a playbook file says, and what is wrong with it where it cannot be used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import FieldsalesError
from fieldsales.domain.text import clean

MAX_STEPS = 4
MAX_ITEMS = 9  # a step fits one screen (S0-06)
MAX_TITLE = 80
MAX_HELP = 240

# What may fill a line by itself. Those of the churn response: a text sent, a time fixed, a visit to a person, words heard,
# an offer made, a cause, who said it, a hint, money recovered, new business, three places to try, the report on it, a
# lesson, the line kept in sight, the farewell, the close.
ACTS = frozenset(
    {
        "", "report", "appointment", "visit", "heard", "offer", "cause", "source", "hint", "recover", "cover", "places",
        "recovery", "lesson", "line", "farewell", "close",
    }
)  # fmt: skip
CONDITIONS = frozenset({"notice", "figures", "paused", "not_paused"})

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LINE = re.compile(r"line (\d+)")


class PlaybookError(FieldsalesError):
    """A playbook that cannot be used. The message says where and why."""


@dataclass(frozen=True, slots=True)
class PlaybookItem:
    """One line of a checklist. `act` is what fills it by itself; `when` holds the conditions that must all be met."""

    key: str
    title: str
    help: str = ""
    act: str = ""
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaybookStep:
    key: str
    title: str
    items: tuple[PlaybookItem, ...]


@dataclass(frozen=True, slots=True)
class Playbook:
    name: str
    version: str
    title: str
    steps: tuple[PlaybookStep, ...]


def parse_playbook(text: str) -> Playbook:
    """The playbook that a TOML text describes (S0-06, S0-31).

    Raises PlaybookError: `playbook.syntax` (line), `playbook.encoding`, `playbook.missing`, `playbook.unknown`,
    `playbook.kind`, `playbook.long`, `playbook.twice`, `playbook.count`, `playbook.choice` (field, and what it may be).
    """
    if "�" in text:
        raise PlaybookError("playbook.encoding")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise PlaybookError("playbook.syntax", line=line) from None
    except RecursionError:
        raise PlaybookError("playbook.syntax", line=1) from None
    _only(data, {"name", "version", "title", "step"}, "")
    raw_steps = _tables(data, "step", "step")
    if not 1 <= len(raw_steps) <= MAX_STEPS:
        raise PlaybookError("playbook.count", field="step", least=1, most=MAX_STEPS)
    seen: set[str] = set()
    steps = tuple(_step(raw, f"step {number}", seen) for number, raw in enumerate(raw_steps, 1))
    return Playbook(
        name=_key(data, "name", "name"),
        version=_text(data, "version", "version", 20),
        title=_text(data, "title", "title", MAX_TITLE),
        steps=steps,
    )


def _step(raw: Mapping[str, object], where: str, seen: set[str]) -> PlaybookStep:
    _only(raw, {"key", "title", "item"}, where)
    key = _key(raw, "key", f"{where}, key")
    items = _tables(raw, "item", f"{where}, item")
    if not 1 <= len(items) <= MAX_ITEMS:
        raise PlaybookError("playbook.count", field=f"{where}, item", least=1, most=MAX_ITEMS)
    return PlaybookStep(
        key=key,
        title=_text(raw, "title", f"{where}, title", MAX_TITLE),
        items=tuple(_item(item, f"{where}, item {number}", seen) for number, item in enumerate(items, 1)),
    )


def _item(raw: Mapping[str, object], where: str, seen: set[str]) -> PlaybookItem:
    _only(raw, {"key", "title", "help", "act", "when"}, where)
    key = _key(raw, "key", f"{where}, key")
    if key in seen:
        raise PlaybookError("playbook.twice", field=f"{where}, key", value=key)
    seen.add(key)
    act = raw.get("act", "")
    if not isinstance(act, str) or act not in ACTS:
        raise PlaybookError("playbook.choice", field=f"{where}, act", choices=", ".join(sorted(ACTS - {""})))
    when = raw.get("when", [])
    if not isinstance(when, list) or not all(isinstance(word, str) and word in CONDITIONS for word in when):
        raise PlaybookError("playbook.choice", field=f"{where}, when", choices=", ".join(sorted(CONDITIONS)))
    return PlaybookItem(
        key=key,
        title=_text(raw, "title", f"{where}, title", MAX_TITLE),
        help=_text(raw, "help", f"{where}, help", MAX_HELP) if "help" in raw else "",
        act=act,
        when=tuple(when),
    )


def _only(raw: Mapping[str, object], known: set[str], where: str) -> None:
    for key in raw:
        if key not in known:
            field = clean(f"{where}, {key}" if where else key)[:MAX_TITLE]
            raise PlaybookError("playbook.unknown", field=field, choices=", ".join(sorted(known)))


def _tables(raw: Mapping[str, object], name: str, where: str) -> list[Mapping[str, object]]:
    value = raw.get(name)
    if value is None:
        raise PlaybookError("playbook.missing", field=where)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise PlaybookError("playbook.kind", field=where)
    return value


def _text(raw: Mapping[str, object], name: str, where: str, most: int) -> str:
    value = raw.get(name)
    if value is None:
        raise PlaybookError("playbook.missing", field=where)
    if not isinstance(value, str):
        raise PlaybookError("playbook.kind", field=where)
    text = clean(value)
    if not text:
        raise PlaybookError("playbook.missing", field=where)
    if len(text) > most:
        raise PlaybookError("playbook.long", field=where, most=most)
    return text


def _key(raw: Mapping[str, object], name: str, where: str) -> str:
    text = _text(raw, name, where, 40)
    if not _KEY.fullmatch(text):
        raise PlaybookError("playbook.key", field=where)
    return text
