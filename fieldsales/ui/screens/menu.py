"""The menu (Ctrl+P): every command and every account, found as you type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from fieldsales.locale import Texts
from fieldsales.ui.commands import BY_ID
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
    """A line to type in and what it finds; Enter takes the one marked.

    With `look`, each one is shown on what lies below as the cursor comes to it, and the menu keeps to a corner. `look`
    returns why that one cannot be taken, "" where it can; `told` stands below the list where nothing is wrong.
    """

    CSS_PATH = SHEETS_CSS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", show=False, priority=True),
        Binding("escape", "leave", show=False),
        Binding(",".join(BY_ID["mask"].keys), "hide", show=False, priority=True, id="mask"),
        Binding("down", "step(1)", show=False, priority=True),
        Binding("up", "step(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
    ]

    def __init__(
        self,
        t: Texts,
        find: Callable[[str], Sequence[Entry]],
        *,
        title: str = "",
        start: str = "",
        look: Callable[[Entry], str] | None = None,
        told: str = "",
        again: str = "",
    ) -> None:
        """`start` is the id of the entry that the cursor begins on, `again` the key that goes to the next one."""
        super().__init__(classes="corner" if look is not None else None)
        self.t = t
        self.find = find
        self.menu_title = title
        self._start = start
        self._look = look
        self._seen = start
        self._told = told
        self._again = again
        self._wrong = ""
        self._found_for = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="menu"):
            self.field = LineField("", placeholder=self.menu_title or self.t("menu.hint"), id="field-find")
            yield self.field
            self.entries = _Entries(id="entries")
            yield self.entries
            if self._look is not None:
                self.below = Static(self._told, classes="menu-told", markup=False)
                yield self.below
                self.entries.styles.height = len(self.find(""))

    def on_mount(self) -> None:
        self.field.focus()
        entries = self.find("")
        self.entries.show(entries, next((n for n, entry in enumerate(entries) if entry.id == self._start), 0))

    def on_typed(self, event: Typed) -> None:
        event.stop()
        self._find_it()
        self._look_at_it()
        typed, found = self._found_for, self.entries.current
        by_digit = typed.isdigit() and self._look is None
        if by_digit and isinstance(found, Entry) and (found.kind, found.key) == ("choice", typed):
            self.dismiss(found)  # a digit beside a choice is its key

    def _find_it(self) -> None:
        self._found_for = self.field.text_value
        self.entries.show(self.find(self._found_for), 0)

    def on_line_list_moved(self) -> None:
        self._look_at_it()

    def on_key(self, event: events.Key) -> None:
        if self._again and event.key == self._again:
            event.stop()
            at, count = self.entries.cursor + 1, len(self.entries.items)
            self.entries.move_cursor(at % count if count else 0)

    def _look_at_it(self) -> None:
        entry = self.entries.current
        if self._look is not None and isinstance(entry, Entry) and entry.id != self._seen:
            self._seen = entry.id
            self._wrong = self._look(entry)
            self.below.update(self._wrong or self._told)

    def on_line_list_opened(self) -> None:
        self.action_take()

    def on_click(self, event: events.Click) -> None:
        """Beside the menu a click leaves it; on a line it takes that one, where there is a look only the second."""
        if event.widget is self:
            self.action_leave()
        elif event.widget is self.entries and self._look is None and event.y < len(self.entries.items):
            self.action_take()

    def action_step(self, step: int) -> None:
        self.entries.action_move(step)

    def action_page(self, step: int) -> None:
        self.entries.action_move_page(step)

    def action_take(self) -> None:
        """Take the one marked, once what was typed with Enter has reached the field."""
        self.field.call_later(self._taken)

    def _taken(self) -> None:
        if self.field.text_value != self._found_for:
            self._find_it()
        self._look_at_it()
        chosen = self.entries.current
        if isinstance(chosen, Entry) and not self._wrong:
            self.dismiss(chosen)

    def action_hide(self) -> None:
        """F8 hides what is open, and this with it."""
        self.action_leave()
        self.app.call_later(self.app.run_command, "mask", "page")  # type: ignore[attr-defined]

    def action_leave(self) -> None:
        self.dismiss(None)
