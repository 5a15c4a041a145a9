"""The README's tables of keys, from the registry and the catalogs: `python -m fieldsales.ui.keytable` prints one."""

from __future__ import annotations

import sys

from fieldsales.locale import Texts
from fieldsales.ui.commands import COMMANDS, LISTS, MAIN, Command, key_name

_SHEETS = frozenset({"case", "report", "why", "read", "help"})
_FORMS = frozenset({"log", "form"})


def key_table(lang: str) -> str:
    """A Markdown table with a row for each command: its keys, its name, what it does, where its keys work."""
    t = Texts(lang)
    rows = [[t(f"keytable.{name}") for name in ("keys", "name", "does", "where")], ["---"] * 4]
    rows += [
        [
            " ".join(f"`{key_name(key)}`" for key in command.keys),
            t(f"cmd.{command.id}"),
            t(f"cmd.{command.id}.help"),
            ", ".join(_places(t, command)),
        ]
        for command in COMMANDS
    ]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


def _places(t: Texts, command: Command) -> list[str]:
    """The names of where a command's keys work, with one name for what belongs together."""
    rest = set(command.where)
    names = []
    for group, id in ((MAIN, "keytable.panes"), (LISTS, "keytable.lists"), (_SHEETS, "keytable.sheets")):
        if rest >= group:
            names.append(t(id))
            rest -= group
    if rest >= _FORMS:
        names.append(t("keytable.forms"))
        rest -= _FORMS
    for place in (
        "today", "accounts", "churn", "lessons", "page", "case", "report", "why", "read", "help", "log", "debrief",
        "prep", "boss", "review", "edits",
    ):  # fmt: skip
        if place in rest:
            names.append(t(f"pane.{place}") if place in LISTS else t(f"keytable.{place}"))
    return names


if __name__ == "__main__":
    sys.stdout.write(key_table(sys.argv[1] if len(sys.argv) > 1 else "en"))
