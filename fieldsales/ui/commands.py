"""The one registry of commands: bindings, footers, menu, help and the README's key table all come from here."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

from fieldsales.domain.frozen import dataclass

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


_NAMES = {
    "enter": "Enter", "space": "Space", "escape": "Esc", "tab": "Tab", "slash": "/", "question_mark": "?",
    "exclamation_mark": "!", "right": "→", "left": "←",
}  # fmt: skip


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
    Command("open", ("enter",), MAIN | {"case", "why", "read"}),
    Command("done", ("space",), _in("today", "case", "churn", "lessons")),
    Command("log", ("l", "f2"), MAIN | {"case", "why"}),
    Command("attempt", ("m",), _in("today", "accounts", "page", "case")),
    Command("put_off", ("s", "f7"), _in("today", "accounts", "page")),
    Command("find", ("slash", "f3"), MAIN),
    Command("why", ("w", "f9"), MAIN),
    Command("churn", ("c", "f4"), MAIN),
    Command("report", ("r", "f5"), MAIN | {"case"}),
    Command("lesson", ("n", "f6"), MAIN | {"case", "why"}),
    Command("add", ("a",), MAIN),
    Command("edit", ("e",), MAIN | {"report", "case"}),
    Command("sort", ("o",), _in("accounts")),
    Command("no_trade", ("exclamation_mark",), _in("accounts", "page")),
    Command("copy", ("y",), MAIN | {"case", "report", "why"}),
    Command("to_file", ("f",), _in("report")),
    Command("heard_at", ("t",), _in("case")),
    Command("next_step", ("right",), _in("case")),
    Command("close_case", ("x",), _in("case")),
    Command("fine", ("b",), _in("why")),
    Command("review", ("g",), MAIN),
    Command("history", ("h",), MAIN | {"review"}),
    Command("take_1", ("1",), _in("review")),
    Command("take_2", ("2",), _in("review")),
    Command("join", ("b",), _in("review")),
    Command("leave_rest", ("x",), _in("review")),
    Command("bring", ("enter",), _in("edits")),
    Command("in_full", ("space",), _in("review", "edits")),
    Command("undo", ("u", "ctrl+z"), MAIN | {"case", "review", "edits"}),
    Command("redo", ("ctrl+y",), MAIN | {"case"}),
    Command("mask", ("f8",), MAIN | {"case", "report", "why", "log", "form", "review", "edits"}),
    Command("import", ("i",), MAIN),
    Command("sample", ("v",), MAIN),
    Command("help", ("question_mark", "f1"), MAIN | {"case", "report", "why", "review", "edits"}),
    Command("menu", ("ctrl+p",), MAIN | {"case", "report", "why", "review", "edits"}),
    Command("theme", ("f12",), MAIN | {"case", "report", "why", "review", "edits"}),
    Command("save", ("ctrl+s",), _in("log", "form")),
    Command("turn", ("tab",), _in("page", "report")),
    Command(
        "close",
        ("escape",),
        MAIN | {"case", "report", "why", "read", "help", "log", "form", "review", "edits"},
    ),
    Command("quit", ("q", "ctrl+q"), MAIN),
)
BY_ID = {command.id: command for command in COMMANDS}

# What the last line offers in each context, the most useful first: at most eight at 80 columns, ten at 120.
FOOTERS: dict[str, tuple[str, ...]] = {
    "today": ("open", "log", "done", "attempt", "put_off", "churn", "find", "help", "lesson", "undo"),
    "accounts": ("open", "why", "log", "churn", "find", "sort", "add", "help", "edit", "undo"),
    "churn": ("open", "report", "log", "lesson", "find", "help", "undo"),
    "lessons": ("open", "done", "lesson", "find", "help", "undo"),
    "page": ("log", "turn", "why", "copy", "edit", "mask", "close"),
    "empty": ("add", "import", "sample", "find", "help", "quit"),
}

# Commands that only move about: a syllable typed in the Hangul layout is replayed where all its keys are among these.
NAVIGATION_KEYS = frozenset({"j", "k"})


def bindings_for(*contexts: str) -> list[Binding]:
    """The bindings of all commands that work in one of the contexts, each to `command(ID)`."""
    return [
        Binding(",".join(command.keys), f"command('{command.id}')", show=False, id=command.id)
        for command in COMMANDS
        if command.where & set(contexts)
    ]


def shown(context: str) -> Iterable[Command]:
    """The commands of a context's last line."""
    return (BY_ID[id] for id in FOOTERS[context])
