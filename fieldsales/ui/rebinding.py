"""Keys of the user's own: the `[keys]` table of the configuration laid over the registry, and what is wrong with it.

Textual gives a key that two commands claim to the last one and says nothing; here such an entry is left out and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from fieldsales.config import ConfigError, KeyEntry
from fieldsales.ui.commands import BY_ID, COMMANDS, SIGNS, Command, key_name, keys_of

# Keys that mean the same wherever one is, and those that a terminal cannot tell from them (Ctrl+H, I, J, M).
FIXED = frozenset(
    "enter escape tab shift+tab up down left right pageup pagedown home end backspace delete j k".split()  # noqa: SIM905
) | {f"ctrl+{letter}" for letter in "chijmq"}
# The digits of a choice are written beside what they choose.
NUMBERED = frozenset({"take_1", "take_2"})
# Keys that a sheet uses without a command of its own.
HIDDEN = {"review": frozenset("3456789"), "case": frozenset("123456"), "read": frozenset({"ctrl+e", "space"})}
# Commands whose keys work over whatever is open.
OVER_ALL = frozenset({"suspend"})
# Where letters are typed, and the keys with which a field edits them.
TYPED = frozenset({"log", "form"})
EDITING = {f"ctrl+{letter}" for letter in "adefkuvwxyz"} | {"f6", "f7"}

_SIGN_NAMES = {sign: name for name, sign in SIGNS.items()}
_OTHER_NAMES = {"esc": "escape", "return": "enter", "spacebar": "space", "pgup": "pageup", "pgdn": "pagedown"}
_NAMED = re.compile(r"[a-z0-9]|space|insert|f([1-9]|1[0-9]|2[0-4])|ctrl\+[a-z]")


class Rebound(NamedTuple):
    """The keys of every command that has other ones than the registry's, and what is wrong with the rest."""

    keys: Mapping[str, tuple[str, ...]]
    troubles: tuple[ConfigError, ...]

    @property
    def labels(self) -> dict[str, str]:
        """How the first key of each command with keys of its own is written."""
        return {id: key_name(keys[0]) for id, keys in self.keys.items()}

    @property
    def keymap(self) -> dict[str, str]:
        """For Textual's `App.set_keymap`."""
        return {id: ",".join(keys) for id, keys in self.keys.items()}


def read_key(text: str) -> str:
    """Textual's name of a key written as people write it (`g`, `/`, `F5`, `Ctrl+G`, `Space`); "" where it is none."""
    if text in _SIGN_NAMES:
        return _SIGN_NAMES[text]
    name = re.sub(r"\s*\+\s*", "+", text.strip().lower()).replace("control+", "ctrl+")
    name = _OTHER_NAMES.get(name, name)
    return name if name in FIXED or name in SIGNS or _NAMED.fullmatch(name) else ""


def rebind(entries: Sequence[KeyEntry], path: str) -> Rebound:
    """What the entries make of the keys. An entry that is wrong, or that would make two commands share a key where
    both work, is left out and told; the others hold."""
    troubles: list[tuple[int, ConfigError]] = []
    given: dict[str, tuple[KeyEntry, tuple[str, ...]]] = {}

    def refuse(entry: KeyEntry, text: str, /, **args: str) -> None:
        troubles.append((entry.line, ConfigError(text, path=path, line=entry.line, **args)))

    for entry in entries:
        if entry.id not in BY_ID:
            refuse(entry, "config.no_command", id=entry.id)
        elif entry.id in NUMBERED:
            refuse(entry, "config.key_stays", key=key_name(BY_ID[entry.id].keys[0]))
        elif wrong := [text for text in entry.keys if not read_key(text)]:
            refuse(entry, "config.no_key", key=wrong[0] or '""')
        else:
            keys = _merged(entry)
            stays = next((key for key in keys if _stays(entry.id, key)), "")
            if stays:
                refuse(entry, "config.key_stays", key=key_name(stays))
            elif not _reachable(entry.id, keys):
                refuse(entry, "config.key_typed", key=key_name(keys[0]), id=entry.id)
            else:
                given[entry.id] = (entry, keys)
    while clash := next(_clashes({id: keys for id, (_, keys) in given.items()}), None):
        key, first, second = clash
        both = [id for id in (first, second) if id in given]
        loser = max(both, key=lambda id: given[id][0].line)
        other = second if loser == first else first
        entry, _ = given.pop(loser)
        refuse(entry, "config.key_clash", key=key_name(key), id=loser, other=f"@cmd.{other}", other_id=other)
    troubles.sort(key=lambda trouble: trouble[0])
    return Rebound(
        {id: keys for id, (_, keys) in given.items() if keys != BY_ID[id].keys},
        tuple(error for _, error in troubles),
    )


def _merged(entry: KeyEntry) -> tuple[str, ...]:
    """One key takes the place of the first, several the place of all; keys that stay remain in either case."""
    usual = BY_ID[entry.id].keys
    said = tuple(read_key(text) for text in entry.keys)
    staying = tuple(key for key in usual if key in FIXED)
    rest = () if entry.all else usual[1:]
    first = staying if usual[0] in FIXED else ()  # what has always stood first is still named first
    return tuple(dict.fromkeys((*first, *said, *rest, *staying)))


def _stays(id: str, key: str) -> bool:
    """Whether the key is one that keeps its meaning, and this is not the command that has it."""
    if key in BY_ID[id].keys:
        return False
    return key in FIXED or any(key in HIDDEN.get(place, ()) for place in BY_ID[id].where)


def _reachable(id: str, keys: Sequence[str]) -> bool:
    """Whether the keys reach the command where letters are typed, if it works there, and take no letter away."""
    if id in OVER_ALL:
        return not any(len(key) == 1 or key in SIGNS or key == "space" for key in keys)
    return not BY_ID[id].where & TYPED or any(_works_while_typing(key) for key in keys)


def _works_while_typing(key: str) -> bool:
    return (key.startswith("ctrl+") or re.fullmatch(r"f\d+|escape", key) is not None) and key not in EDITING


def _meet(first: Command, second: Command) -> bool:
    """Whether there is a place in which both commands work."""
    return bool(first.where & second.where or OVER_ALL & {first.id, second.id})


def _clashes(given: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """A key and two commands that would share it somewhere, at least one of them with keys of the user's."""
    for number, first in enumerate(COMMANDS):
        for second in COMMANDS[number + 1 :]:
            if (first.id in given or second.id in given) and _meet(first, second):
                shared = set(keys_of(first.id, given)) & set(keys_of(second.id, given))
                if shared:
                    yield min(shared), first.id, second.id
