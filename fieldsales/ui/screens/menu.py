"""The menu (Ctrl+P): every command and every account, found as you type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from fieldsales.locale import Texts
from fieldsales.ui.widgets.fields import LineField, Typed
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, fit, spread
from fieldsales.ui.widgets.sheet import SHEETS_CSS


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to choose."""

    id: str
    label: str
    key: str = ""
    kind: str = "command"  # command, account, choice


class _Entries(LineList, can_focus=False):
    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        assert isinstance(item, Entry)
        here = item is self.current
        left: Parts = [(" > " if here else "   ", "accent"), (item.label, "strong" if here else "")]
        return spread(left, [(fit(item.key, 10, right=True) + " ", "dim")], width)


class Menu(ModalScreen[Entry]):
    """A line to type in and what it finds; Enter takes the one marked."""

    CSS_PATH = SHEETS_CSS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", show=False, priority=True),
        Binding("escape", "leave", show=False),
        Binding("down", "step(1)", show=False, priority=True),
        Binding("up", "step(-1)", show=False, priority=True),
    ]

    def __init__(
        self,
        t: Texts,
        find: Callable[[str], Sequence[Entry]],
        *,
        title: str = "",
        moved: Callable[[Entry], None] | None = None,
    ) -> None:
        super().__init__()
        self.t = t
        self.find = find
        self.menu_title = title
        self._moved = moved

    def compose(self) -> ComposeResult:
        with Vertical(classes="menu"):
            self.field = LineField("", placeholder=self.menu_title or self.t("menu.hint"), id="field-find")
            yield self.field
            self.entries = _Entries(id="entries")
            yield self.entries

    def on_mount(self) -> None:
        self.field.focus()
        self.entries.show(self.find(""), 0)

    def on_typed(self, event: Typed) -> None:
        event.stop()
        self.entries.show(self.find(self.field.text_value), 0)

    def on_line_list_moved(self) -> None:
        if self._moved is not None and isinstance(self.entries.current, Entry):
            self._moved(self.entries.current)

    def on_line_list_opened(self) -> None:
        self.action_take()

    def action_step(self, step: int) -> None:
        self.entries.action_move(step)

    def action_take(self) -> None:
        chosen = self.entries.current
        if isinstance(chosen, Entry):
            self.dismiss(chosen)

    def action_leave(self) -> None:
        self.dismiss(None)
