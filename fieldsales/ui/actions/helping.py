"""The help, from the registry: one page for each place, with the keys as they hold now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.cells import cell_len

from fieldsales.ui.commands import BY_ID, COMMANDS, FOOTERS, Command, key_name, keys_of
from fieldsales.ui.screens.reading import HelpSheet, ReadRow
from fieldsales.ui.widgets.parts import fit, wrap

if TYPE_CHECKING:
    from fieldsales.locale import Texts
    from fieldsales.ui.app import FieldsalesApp

PLACES = ("today", "accounts", "churn", "lessons", "page", "case", "boss", "report", "why", "prep", "review", "edits")
SMALL = frozenset({"help", "menu", "theme", "mask", "close", "undo", "redo", "suspend"})  # alike on every page
IN_FULL = 8  # commands of a last line that are told in full
NAME = 12  # cells of a name; what stands after a longer one begins further right
ROWS = 24 - 2 - 3  # of the smallest usual screen, without head and foot
LEAST = 5  # commands that are told in full on any page
COLUMN = 24  # least cells of a key and its name, several to a line


def help_here(app: FieldsalesApp) -> None:
    """?: the keys of where the user is; Tab turns to those of the next place."""
    t = app.t
    place = app.context if app.context in PLACES else "today"

    def rows(place: str, width: int) -> list[ReadRow]:
        return page(t, place, width, lambda command: " ".join(map(key_name, keys_of(command.id, app.own_keys))))

    app.open_sheet(HelpSheet(t, place, [(name, name_of(t, name)) for name in PLACES], rows))


def name_of(t: Texts, place: str) -> str:
    return t(f"pane.{place}") if t.has(f"pane.{place}") else t(f"help.where.{place}")


def page(t: Texts, place: str, width: int, keys: Callable[[Command], str]) -> list[ReadRow]:
    """The lines of one place's page. Fewer commands are told in full where the smallest usual screen would overflow."""
    here, rest = _parted(place)
    told = len(here)
    lines = _lines(t, place, here, rest, width, keys)
    while len(lines) > ROWS and told > LEAST:
        told -= 1
        lines = _lines(t, place, here[:told], [*here[told:], *rest], width, keys)
    return lines


def _lines(
    t: Texts, place: str, here: list[Command], rest: list[Command], width: int, keys: Callable[[Command], str]
) -> list[ReadRow]:
    names = {command.id: t(f"cmd.{command.id}") for command in (*here, *rest)}
    key_width = max(cell_len(keys(command)) for command in here) + 2
    name_width = max(size for command in here if (size := cell_len(names[command.id])) <= NAME) + 2
    lines: list[ReadRow] = []
    for command in here:
        name = fit(names[command.id], max(name_width, cell_len(names[command.id]) + 2))
        before = 3 + key_width + cell_len(name)
        pieces = wrap(_help(t, command, place), max(16, width - before - 4))
        lines.append(ReadRow(((fit(keys(command), key_width), "key"), (name, ""), (pieces[0], "dim"))))
        lines += [ReadRow(((" " * (before - 3) + piece, "dim"),)) for piece in pieces[1:]]
    lines += [ReadRow(), *_columns([(keys(command), names[command.id]) for command in rest], width)]
    return [*lines, *(ReadRow(((piece, "dim"),)) for piece in wrap(t("help.hands"), width - 4))]


def _help(t: Texts, command: Command, place: str) -> str:
    """What a command does, in the words of the place where it has some of its own."""
    own = f"cmd.{command.id}.help.{place}"
    return t(own) if t.has(own) else t(f"cmd.{command.id}.help")


def _parted(place: str) -> tuple[list[Command], list[Command]]:
    """The commands of a place: those told in full, its last line's first, and the others."""
    there = [command for command in COMMANDS if place in command.where]
    if place in FOOTERS:
        first = [BY_ID[id] for id in FOOTERS[place][:IN_FULL] if id not in SMALL]
        here = first + [command for command in there if command not in first and len(command.where) < 5]
    else:
        here = [command for command in there if command.id not in SMALL]
    return here, [command for command in there if command not in here]


def _columns(pairs: list[tuple[str, str]], width: int) -> list[ReadRow]:
    """Keys and names, several to a line as far as there is room."""
    count = max(1, (width - 4) // COLUMN)
    size = (width - 4) // count
    each = -(-len(pairs) // count)
    lines = []
    for number in range(each):
        parts: list[tuple[str, str]] = []
        for keys, name in pairs[number::each]:
            parts += [(keys, "key"), (fit(" " + name, max(size - cell_len(keys), cell_len(name) + 2)), "")]
        lines.append(ReadRow(tuple(parts)))
    return lines
