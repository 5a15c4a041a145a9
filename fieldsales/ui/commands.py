"""The one registry of commands: bindings, footers, menu, help and the README's key table all come from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass

if TYPE_CHECKING:
    from textual.binding import Binding

LISTS = frozenset({"today", "accounts", "churn", "lessons"})
MAIN = LISTS | {"page"}


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the user can do. Its name is the text `cmd.ID`, its help `cmd.ID.help`."""

    id: str
    keys: tuple[str, ...]
    where: frozenset[str]  # contexts in which its keys work
    label: str = ""  # how the first key is written, where not as it is

    @property
    def key_label(self) -> str:
        return self.label or key_name(self.keys[0])


# Signs by the names that their keys have for Textual.
SIGNS = {
    "exclamation_mark": "!", "quotation_mark": '"', "number_sign": "#", "dollar_sign": "$", "percent_sign": "%",
    "ampersand": "&", "apostrophe": "'", "left_parenthesis": "(", "right_parenthesis": ")", "asterisk": "*",
    "plus": "+", "comma": ",", "minus": "-", "full_stop": ".", "slash": "/", "colon": ":", "semicolon": ";",
    "less_than_sign": "<", "equals_sign": "=", "greater_than_sign": ">", "question_mark": "?", "at": "@",
    "left_square_bracket": "[", "backslash": "\\", "right_square_bracket": "]", "circumflex_accent": "^",
    "underscore": "_", "grave_accent": "`", "left_curly_bracket": "{", "vertical_line": "|",
    "right_curly_bracket": "}", "tilde": "~",
}  # fmt: skip
_NAMES = SIGNS | {"escape": "Esc", "right": "→", "left": "←"}


def key_name(key: str) -> str:
    """How a key is written for people: `ctrl+s` is Ctrl+S, `f2` is F2."""
    if key in _NAMES:
        return _NAMES[key]
    if len(key) == 1:
        return key
    return "+".join(part.capitalize() if len(part) > 1 else part.upper() for part in key.split("+"))


def _in(*contexts: str) -> frozenset[str]:
    return frozenset(contexts)


COMMANDS: tuple[Command, ...] = (
    Command("today", ("1",), MAIN),
    Command("accounts", ("2",), MAIN),
    Command("churn_pane", ("3",), MAIN),
    Command("lessons", ("4",), MAIN),
    Command("open", ("enter",), MAIN | {"boss", "prep", "case", "why", "read", "report"}),
    Command("done", ("space",), _in("boss", "today", "case", "churn", "lessons", "prep", "report")),
    Command("log", ("l", "f2"), MAIN | {"boss", "prep", "case", "why"}),
    Command("attempt", ("m",), _in("today", "accounts", "page", "case")),
    Command("put_off", ("s", "f7"), _in("today", "accounts", "page", "lessons")),
    Command("find", ("slash", "f3"), MAIN),
    Command("why", ("w", "f9"), MAIN),
    Command("churn", ("c", "f4"), MAIN),
    Command("report", ("r", "f5"), MAIN | {"boss", "case"}),
    Command("lesson", ("n", "f6"), MAIN | {"boss", "prep", "case", "report", "why"}),
    Command("prep", ("p",), MAIN),
    Command("prep_here", ("ctrl+o",), _in("log")),
    Command("put_away", ("x",), _in("prep")),
    Command("add", ("a",), MAIN | {"boss", "case"}),
    Command("edit", ("e",), MAIN | {"report", "case"}),
    Command("sort", ("o",), _in("accounts", "lessons")),
    Command("helped", ("d",), _in("lessons", "page")),
    Command("then", ("f5",), _in("debrief")),
    Command("no_trade", ("exclamation_mark",), _in("accounts", "page")),
    Command("copy", ("y",), MAIN | {"prep", "case", "report", "why"}),
    Command("to_file", ("f",), _in("report")),
    Command("dismiss", ("x",), _in("today", "accounts", "page")),
    Command("heard_at", ("t",), _in("case")),
    Command("timeline", ("h",), _in("case")),
    Command("next_step", ("right",), _in("case")),
    Command("close_case", ("x",), _in("case")),
    Command("fine", ("b",), _in("why")),
    Command("boss", ("b",), _in("today", "accounts", "churn", "page", "case")),
    Command("review", ("g",), MAIN),
    Command("history", ("h",), MAIN | {"review"}),
    Command("take_1", ("1",), _in("review")),
    Command("take_2", ("2",), _in("review")),
    Command("join", ("b",), _in("review")),
    Command("leave_rest", ("x",), _in("review")),
    Command("bring", ("enter",), _in("edits")),
    Command("in_full", ("space",), _in("review", "edits")),
    Command("undo", ("u", "ctrl+u"), MAIN | {"boss", "prep", "case", "review", "edits"}),
    Command("redo", ("ctrl+y",), MAIN | {"boss", "prep", "case"}),
    Command("mask", ("f8",), MAIN | {"boss", "prep", "case", "report", "why", "log", "form", "review", "edits"}),
    Command("import", ("i",), MAIN),
    Command("sample", ("v",), MAIN),
    Command("help", ("question_mark", "f1"), MAIN | {"boss", "prep", "case", "report", "why", "review", "edits"}),
    Command("menu", ("ctrl+p",), MAIN | {"boss", "prep", "case", "report", "why", "review", "edits"}),
    Command("theme", ("f12",), MAIN | {"boss", "prep", "case", "report", "why", "review", "edits"}),
    Command("save", ("ctrl+s",), _in("log", "form")),
    Command("turn", ("tab",), _in("page", "report", "help")),
    Command(
        "close",
        ("escape",),
        MAIN | {"boss", "case", "report", "why", "read", "help", "log", "form", "review", "edits", "prep"},
    ),
    Command("suspend", ("ctrl+z",), MAIN),
    Command("quit", ("q", "ctrl+q"), MAIN),
)
BY_ID = {command.id: command for command in COMMANDS}

# What the last line offers in each context, the most useful first: at most eight at 80 columns, ten at 120.
FOOTERS: dict[str, tuple[str, ...]] = {
    "today": ("open", "log", "done", "attempt", "put_off", "churn", "find", "help", "lesson", "undo"),
    "accounts": ("open", "why", "log", "churn", "find", "sort", "add", "help", "edit", "undo"),
    "churn": ("open", "report", "log", "lesson", "find", "help", "undo"),
    "lessons": ("open", "done", "helped", "lesson", "sort", "find", "help", "undo"),
    "page": ("log", "turn", "why", "prep", "copy", "edit", "mask", "close"),
    "empty": ("add", "import", "sample", "find", "help", "quit"),
}

# Commands that only move about: a syllable typed in the Hangul layout is replayed where all its keys are among these.
NAVIGATION_KEYS = frozenset({"j", "k"})


def bindings_for(*contexts: str) -> list[Binding]:
    """The bindings of all commands that work in one of the contexts, each to `command(ID)`."""
    from textual.binding import Binding  # late: the command line lists the commands without loading the screen

    return [
        Binding(",".join(command.keys), f"command('{command.id}')", show=False, id=command.id)
        for command in COMMANDS
        if command.where & set(contexts)
    ]


def keys_of(id: str, own: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The keys of a command as they hold now; `own` are those that the user gave other ones."""
    return own.get(id) or BY_ID[id].keys


def key_label(id: str, labels: Mapping[str, str]) -> str:
    """How the first key of a command is written; `labels` hold those that the user gave another one."""
    return labels.get(id) or BY_ID[id].key_label


# What works in a book that is only looked at; everything else would write.
LOOKING = frozenset(
    {
        "today", "accounts", "churn_pane", "lessons", "open", "find", "why", "churn", "report", "sort", "copy",
        "to_file", "mask", "help", "menu", "theme", "turn", "close", "suspend", "quit", "next_step", "language", "prep",
        "timeline", "plain", "history", "past", "bring_back", "in_full", "bring", "review", "take_1", "take_2", "join",
        "leave_rest", "save",
    }
)  # fmt: skip


def shown(context: str, looking: bool = False) -> Iterable[Command]:
    """The commands of a context's last line; in a book that is only looked at, those that write nothing."""
    ids = FOOTERS[context]
    if looking:
        ids = (*(id for id in ids if id in LOOKING and id != "close"), "history", "close")
    return (BY_ID[id] for id in ids)
