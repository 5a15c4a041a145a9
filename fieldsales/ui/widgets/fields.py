"""Fields of forms: they keep Hangul as typed, clean what is pasted, and swallow the stray jamo of the opening key."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.filter import LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, TextArea

from fieldsales.domain.text import clean
from fieldsales.ui.widgets.filters import as_typed
from fieldsales.ui.widgets.parts import Parts, cut, safe
from fieldsales.ui.widgets.roles import role_style

# Seconds after a form opened in which a lone jamo of its opening key counts as the key pressed twice.
STRAY_SECONDS = 1.5


class StrayGuard:
    """Drops the first key of a new form where it is the jamo of the key that opened it.

    With the Hangul layout on, a letter stays in the input method until the next key: the form seems not to open, the
    key is pressed again, and the second jamo would land in the first field.
    """

    def __init__(self, jamo: str = "") -> None:
        self._jamo = jamo
        self._until = time.monotonic() + STRAY_SECONDS

    def takes(self, event: events.Key) -> bool:
        """Whether the key is stray. Asked once: the guard then rests."""
        jamo, self._jamo = self._jamo, ""
        return bool(jamo) and event.character == jamo and time.monotonic() < self._until


class Typed(Message):
    """Something was typed, chosen or ticked in a form."""


def _shown_hint(field: Input | TextArea) -> str:
    """What a field says while it is empty, in brackets where no colour tells it from what was typed."""
    hint = str(field.placeholder)
    return f"({hint})" if hint and field.app.theme_variables.get("c-colorless") == "yes" else hint


class LineField(Input):
    """One line of text."""

    def __init__(self, value: str = "", *, placeholder: str = "", guard: StrayGuard | None = None, id: str) -> None:
        super().__init__(safe(value), placeholder=placeholder, id=id, compact=True, select_on_focus=False)
        self.guard = guard or StrayGuard()

    def on_key(self, event: events.Key) -> None:
        if self.guard.takes(event):
            event.prevent_default()
            event.stop()

    def on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.insert_text_at_cursor(clean(event.text))

    def on_mount(self) -> None:
        self.placeholder = _shown_hint(self)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return as_typed(super().get_line_filters(), self.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.post_message(Typed())

    @property
    def text_value(self) -> str:
        return clean(self.value)

    @text_value.setter
    def text_value(self, text: str) -> None:
        self.value = text


class LongField(TextArea):
    """Several lines of text. Tab leaves it."""

    def __init__(self, value: str = "", *, placeholder: str = "", guard: StrayGuard | None = None, id: str) -> None:
        super().__init__(
            value,
            id=id,
            compact=True,
            soft_wrap=True,
            tab_behavior="focus",
            placeholder=placeholder,
            show_line_numbers=False,
        )
        self.guard = guard or StrayGuard()

    def on_key(self, event: events.Key) -> None:
        if self.guard.takes(event):
            event.prevent_default()
            event.stop()

    async def on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        # Between two signs, so that the blanks and line ends at its edges stay: it is put into other text.
        self.insert(clean(f".{event.text}.", long=True)[1:-1])

    def on_mount(self) -> None:
        self.placeholder = _shown_hint(self)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return as_typed(super().get_line_filters(), self.text)

    def on_text_area_changed(self) -> None:
        self.post_message(Typed())

    @property
    def text_value(self) -> str:
        return clean(self.text, long=True)

    @text_value.setter
    def text_value(self, text: str) -> None:
        self.text = text


class Drawn(Widget, can_focus=True):
    """A one-line field drawn by itself."""

    def parts(self) -> Parts:
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        base = self.rich_style
        here = self.has_focus
        segments = [Segment(text, base + role_style(self, role, here)) for text, role in cut(self.parts(), width)]
        return Strip(segments).extend_cell_length(width, base).crop(0, width)


class Choice(Drawn):
    """One of a few values: left and right, Space or its digit choose. It shows all where there is room."""

    BINDINGS: ClassVar[list[BindingType]] = [("left", "step(-1)", ""), ("right,space", "step(1)", "")]

    def __init__(self, options: list[tuple[str, str]], value: str = "", *, id: str, may_be_empty: bool = True) -> None:
        super().__init__(id=id)
        self.options = options
        self.may_be_empty = may_be_empty
        known = [key for key, _ in options]
        self.value = value if value in known or may_be_empty else known[0]

    def _drawn(self) -> list[str]:
        """Each option with its mark, and its digit where the keys are here; closer together where room is short."""
        here, room = self.has_focus, self.size.width
        drawn: list[str] = []
        for digit, blank, gap in ((" {n}", " ", "  "), ("", " ", "  "), ("", " ", " "), ("", "", " ")):
            drawn = []
            for number, (key, label) in enumerate(self.options, 1):
                inside = here and not digit and key != self.value  # the digit stands in the mark then
                mark = "(o)" if key == self.value else f"({number})" if inside else "( )"
                drawn.append(f"{mark}{digit.format(n=number) if here else ''}{blank}{label}{gap}")
            if drawn:
                drawn[-1] = drawn[-1].rstrip()
            if sum(map(cell_len, drawn)) <= room:
                break
        return drawn

    def _left_out(self, drawn: list[str]) -> int:
        """How many options give way at the left, so that the chosen one is seen whole in a narrow field."""
        sizes = [cell_len(text) for text in drawn]
        chosen = next((at for at, (key, _) in enumerate(self.options) if key == self.value), 0)
        first = 0
        while first < chosen and 2 * bool(first) + sum(sizes[first : chosen + 1]) - 1 > self.size.width > 0:
            first += 1
        return first

    def parts(self) -> Parts:
        drawn = self._drawn()
        first = self._left_out(drawn)
        parts: Parts = [("… ", "dim")] if first else []
        for (key, _), text in list(zip(self.options, drawn, strict=True))[first:]:
            here = key == self.value
            role = ("accent" if here else "") if self.has_focus else ("strong" if here else "dim")
            parts += [(text.rstrip(), role), (" " * (len(text) - len(text.rstrip())), "")]
        return parts

    def action_step(self, step: int) -> None:
        keys = ([""] if self.may_be_empty else []) + [key for key, _ in self.options]
        at = keys.index(self.value) if self.value in keys else 0
        self.choose(keys[(at + step) % len(keys)])

    def choose(self, value: str) -> None:
        self.value = value
        self.refresh()
        self.post_message(Typed())

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character.isdigit() and 1 <= int(event.character) <= len(self.options):
            event.stop()
            self.choose(self.options[int(event.character) - 1][0])

    def on_click(self, event: events.Click) -> None:
        drawn = self._drawn()
        first = self._left_out(drawn)
        x = 2 * bool(first)
        for (key, _), text in list(zip(self.options, drawn, strict=True))[first:]:
            x += cell_len(text)
            if event.x < x:
                self.choose(key)
                return

    @property
    def text_value(self) -> str:
        return self.value

    @text_value.setter
    def text_value(self, text: str) -> None:
        self.value = text
        self.refresh()


class Cycle(Choice):
    """A choice that shows only what is chosen: for a head line with little room."""

    def parts(self) -> Parts:
        label = next((label for key, label in self.options if key == self.value), "-")
        return [(f"< {label} >", "accent")] if self.has_focus else [(label, "strong")]

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return max((cell_len(label) for _, label in self.options), default=1) + 4

    def on_click(self, event: events.Click) -> None:
        self.action_step(1)


class Tick(Drawn):
    """A box to tick with Space."""

    BINDINGS: ClassVar[list[BindingType]] = [("space", "flip", "")]

    def __init__(self, label: str, ticked: bool = False, *, id: str) -> None:
        super().__init__(id=id)
        self.label = label
        self.ticked = ticked

    def parts(self) -> Parts:
        role = "accent" if self.has_focus else "good" if self.ticked else ""
        return [("[x] " if self.ticked else "[ ] ", role), (self.label, role)]

    def action_flip(self) -> None:
        self.ticked = not self.ticked
        self.refresh()
        self.post_message(Typed())

    def on_click(self) -> None:
        self.action_flip()

    @property
    def text_value(self) -> str:
        return "1" if self.ticked else ""

    @text_value.setter
    def text_value(self, text: str) -> None:
        self.ticked = bool(text)
        self.refresh()


FormField = LineField | LongField | Choice | Tick  # a Cycle is a Choice
