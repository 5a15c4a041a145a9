"""One question with one field, at the bottom of the screen: put off until when, heard when, how many a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from fieldsales.domain.model import Message
from fieldsales.locale import Texts
from fieldsales.ui.commands import BY_ID
from fieldsales.ui.widgets.fields import LineField, StrayGuard, Typed
from fieldsales.ui.widgets.parts import Parts
from fieldsales.ui.widgets.sheet import SHEETS_CSS
from fieldsales.ui.widgets.text import TextLines


class Prompt(ModalScreen[bool]):
    """Enter takes the answer, Esc leaves everything as it was. Below the field stands how the answer is read."""

    CSS_PATH = SHEETS_CSS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", show=False, priority=True),
        Binding("escape", "leave", show=False),
        Binding(",".join(BY_ID["mask"].keys), "hide", show=False, priority=True, id="mask"),
    ]

    def __init__(
        self,
        t: Texts,
        question: str,
        take: Callable[[str], Message | None],
        *,
        value: str = "",
        hint: str = "",
        read: Callable[[str], str] | None = None,
        jamo: str = "",
    ) -> None:
        super().__init__()
        self.t = t
        self.question = question
        self._take = take
        self._value = value
        self._hint = hint
        self._read = read
        self._guard = StrayGuard(jamo)

    def compose(self) -> ComposeResult:
        with Vertical(classes="prompt"):
            yield Static(self.question, classes="prompt-question", markup=False)
            self.field = LineField(self._value, placeholder=self._hint, guard=self._guard, id="field-answer")
            yield Horizontal(self.field, classes="form-row")
            self.told = Static("", classes="prompt-told", markup=False)
            yield self.told
            yield TextLines(self._keys, classes="prompt-keys")

    def _keys(self, width: int) -> list[Parts]:
        t = self.t
        return [
            [
                ("Enter", "key@take"),
                (f" {t('prompt.take')}   ", "dim@take"),
                ("Esc", "key@leave"),
                (f" {t('prompt.leave')}", "dim@leave"),
            ]
        ]

    def on_text_lines_clicked(self, event: TextLines.Clicked) -> None:
        if event.meaning == "take":
            self.action_take()
        else:
            self.action_leave()

    def on_mount(self) -> None:
        self.field.focus()
        self._tell()

    def on_typed(self, event: Typed) -> None:
        event.stop()
        self._tell()

    def _tell(self) -> None:
        if self._read is not None:
            self.told.update(self._read(self.field.text_value) if self.field.text_value else "")

    def action_take(self) -> None:
        """Take the answer, once what was typed with Enter has reached the field."""
        self.field.call_later(self._taken)

    def _taken(self) -> None:
        missing = self._take(self.field.text_value)
        if missing is None:
            self.dismiss(True)
        else:
            self.told.update(self.t.say(missing))

    def action_hide(self) -> None:
        """F8 hides what is open, and this with it."""
        self.action_leave()
        self.app.call_later(self.app.run_command, "mask", "page")  # type: ignore[attr-defined]

    def action_leave(self) -> None:
        self.dismiss(False)
