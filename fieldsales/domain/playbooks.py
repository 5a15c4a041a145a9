"""Checklists as data: what a playbook file says, and what is wrong with it where it cannot be used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import FieldsalesError
from fieldsales.domain.text import clean

MAX_STEPS = 4
MAX_ITEMS = 9  # a step fits one screen (S0-06)
MAX_TITLE = 80
MAX_HELP = 240
MAX_LENGTH = 200_000  # characters of a file; a checklist is a page or two

KINDS = ("case", "sheet")  # of a checklist: the churn response, and what is prepared before a meeting
# What may fill a line by itself. Those of the churn response: a text sent, a time fixed, a visit to a person, words
# heard, an offer made, a cause, who said it, a hint, money recovered, new business, three places to try, the report on
# it, a lesson, the line kept in sight, the farewell, the close. Nothing fills an optional line, nor is it waited for.
ACTS = frozenset(
    {
        "", "report", "appointment", "visit", "predecessor", "heard", "offer", "cause", "source", "hint", "recover",
        "cover", "places", "recovery", "lesson", "line", "farewell", "close", "optional",
    }
)  # fmt: skip
CONDITIONS = frozenset({"notice", "figures", "paused", "not_paused", "inherited"})
# Those of a prep sheet: what was bought and for how much, what they have, open promises, complaints and needs, what
# the previous rep told, the contract, the people of the account; and a logged visit, which ticks the line.
SHEET_ACTS = frozenset({"", "usage", "owned", "promises", "complaints", "needs", "told", "contract", "people", "visit"})
OFFERS = frozenset({"greeting", "call", "review", "meeting", "visit", "joint"})  # lines of 오늘 that a sheet fits

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LINE = re.compile(r"line (\d+)")
_TABLE = re.compile(r"""\s*\[\[?([\w\s."'-]+)\]\]?\s*(?:#.*)?$""")
_NAMED = re.compile(r"""\s*["']?([\w-]+)["']?\s*=\s*(.*)""")


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
    """A checklist. `offer` names the lines of 오늘 at which a sheet is offered first."""

    name: str
    version: str
    title: str
    steps: tuple[PlaybookStep, ...]
    kind: str = "sheet"
    offer: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[PlaybookItem, ...]:
        return tuple(item for step in self.steps for item in step.items)


def parse_playbook(text: str) -> Playbook:
    """The playbook that a TOML text describes (S0-06, S0-31).

    Raises PlaybookError, always with the line it is about: `playbook.syntax`, `playbook.encoding`, `playbook.missing`,
    `playbook.unknown`, `playbook.kind`, `playbook.text`, `playbook.list`, `playbook.long`, `playbook.twice`,
    `playbook.count`, `playbook.choice` (field, and what it may be or an example of it).
    """
    if "�" in text:
        raise PlaybookError("playbook.encoding", line=text[: text.index("�")].count("\n") + 1)
    if len(text) > MAX_LENGTH:
        raise PlaybookError("playbook.large", line=1, most=MAX_LENGTH)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise PlaybookError("playbook.syntax", line=line) from None
    except (RecursionError, ValueError):  # nested too deeply; a number of more digits than can be read
        raise PlaybookError("playbook.syntax", line=1) from None
    try:
        return _playbook(data)
    except PlaybookError as error:
        args = error.message.args
        raise PlaybookError(error.message.id, **args, line=line_of(text, str(args.get("field", "")))) from None


def _playbook(data: Mapping[str, object]) -> Playbook:
    _only(data, {"name", "version", "title", "kind", "offer", "step"}, "")
    name = _key(data, "name", "name")
    kind = data.get("kind", "case" if name == "churn" else "sheet")
    if kind not in KINDS:
        raise PlaybookError("playbook.choice", field="kind", choices=", ".join(KINDS))
    offer = _words(data, "offer", "offer", OFFERS)
    version = _text(data, "version", "version", 20)
    title = _text(data, "title", "title", MAX_TITLE)
    raw_steps = _tables(data, "step", "step")
    if not 1 <= len(raw_steps) <= MAX_STEPS:
        raise PlaybookError("playbook.count", field="step", least=1, most=MAX_STEPS)
    seen: set[str] = set()
    steps = tuple(_step(raw, f"step {number}", seen, str(kind)) for number, raw in enumerate(raw_steps, 1))
    return Playbook(name, version, title, steps, str(kind), offer)


def newer(version: str, than: str) -> bool:
    """Whether an edition is newer than another: by its numbers, 1.10 after 1.9; of those without numbers none is."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> list[int]:
    return [int(digits[:9]) for digits in re.findall(r"[0-9]+", version)]


def line_of(text: str, field: str) -> int:
    """The line of a TOML text, from 1, at which a field such as `step 1, item 2, title` stands; where it is missing,
    that of the table it belongs in."""
    places = dict(_places(text))
    path = tuple(part.strip() for part in field.split(",")) if field else ()
    while path and path not in places:
        path = path[:-1]
    return places.get(path, 1)


def _places(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Where the tables and the names of a checklist stand: `("step 1", "item 2", "key")` and its line.

    Of names written twice the last holds, and what stands within a text of several lines is none.
    """
    here: tuple[str, ...] = ()
    steps = items = 0
    closing = ""  # of a text of several lines that is open
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            if closing in line:
                closing = ""
            continue
        table = _TABLE.match(line)
        if table is not None:
            name = re.sub(r"[\s\"']", "", table[1])
            if name == "step":
                steps, items = steps + 1, 0
                here = (f"step {steps}",)
            elif name == "step.item":
                items += 1
                here = (f"step {steps}", f"item {items}")
            else:
                here = (name,)
            yield here, number
            continue
        named = _NAMED.match(line)
        if named is None:
            continue
        yield (*here, named[1]), number
        for quotes in ('"""', "'''"):
            if named[2].startswith(quotes) and quotes not in named[2][3:]:
                closing = quotes


def _step(raw: Mapping[str, object], where: str, seen: set[str], kind: str) -> PlaybookStep:
    _only(raw, {"key", "title", "item"}, where)
    key = _key(raw, "key", f"{where}, key")
    items = _tables(raw, "item", f"{where}, item")
    if not 1 <= len(items) <= MAX_ITEMS:
        raise PlaybookError("playbook.count", field=f"{where}, item", least=1, most=MAX_ITEMS)
    return PlaybookStep(
        key=key,
        title=_text(raw, "title", f"{where}, title", MAX_TITLE),
        items=tuple(_item(item, f"{where}, item {number}", seen, kind) for number, item in enumerate(items, 1)),
    )


def _item(raw: Mapping[str, object], where: str, seen: set[str], kind: str) -> PlaybookItem:
    _only(raw, {"key", "title", "help", "act"} | ({"when"} if kind == "case" else set()), where)
    key = _key(raw, "key", f"{where}, key")
    if key in seen:
        raise PlaybookError("playbook.twice", field=f"{where}, key", value=key)
    seen.add(key)
    act, acts = raw.get("act", ""), ACTS if kind == "case" else SHEET_ACTS
    if not isinstance(act, str):
        raise PlaybookError("playbook.text", field=f"{where}, act", example='act = "visit"')
    if act not in acts:
        raise PlaybookError("playbook.choice", field=f"{where}, act", choices=", ".join(sorted(acts - {""})))
    return PlaybookItem(
        key=key,
        title=_text(raw, "title", f"{where}, title", MAX_TITLE),
        help=_text(raw, "help", f"{where}, help", MAX_HELP) if "help" in raw else "",
        act=act,
        when=_words(raw, "when", f"{where}, when", CONDITIONS),
    )


def _words(raw: Mapping[str, object], name: str, where: str, known: frozenset[str]) -> tuple[str, ...]:
    value = raw.get(name, [])
    if not isinstance(value, list):
        word = value if isinstance(value, str) and value in known else min(known)
        raise PlaybookError("playbook.list", field=where, example=f'{name} = ["{word}"]')
    if not all(isinstance(word, str) and word in known for word in value):
        raise PlaybookError("playbook.choice", field=where, choices=", ".join(sorted(known)))
    return tuple(value)


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
        number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**9
        raise PlaybookError("playbook.text", field=where, example=f'{name} = "{value if number else "…"}"')
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
