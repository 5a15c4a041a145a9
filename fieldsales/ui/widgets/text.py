"""A few lines of text drawn directly: the bar at the top and the keys at the bottom.

Textual's own Footer costs a third of a start."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from fieldsales.ui.widgets.parts import Parts, cut, meaning_at
from fieldsales.ui.widgets.roles import role_style


class TextLines(Widget):
    """Lines given by a function of the width; each part may carry a click's meaning after a `@` in its role."""

    class Clicked(Message):
        """A part with a meaning was clicked."""

        def __init__(self, meaning: str) -> None:
            super().__init__()
            self.meaning = meaning

    def __init__(
        self, lines: Callable[[int], list[Parts]], *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines_of = lines
        self._drawn: list[Parts] = []
        self._drawn_for: int | None = None  # the width that they were asked for

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self._lines(width)))

    def _lines(self, width: int) -> list[Parts]:
        if width != self._drawn_for:
            self._drawn = self._lines_of(width)
            self._drawn_for = width
        return self._drawn

    def redraw(self) -> None:
        """Ask for the lines again."""
        self._drawn_for = None
        if self.is_attached and self.size.width:
            self.refresh(layout=len(self._lines(self.size.width)) != self.size.height)

    def render_lines(self, crop):  # type: ignore[no-untyped-def]
        self._lines(self.size.width)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        base = self.rich_style
        if y >= len(self._drawn):
            return Strip.blank(width, base)
        segments = []
        for text, role in cut(self._drawn[y], width):
            segments.append(Segment(text, base + role_style(self, role)))
        return Strip(segments).extend_cell_length(width, base).crop(0, width)

    def on_click(self, event: events.Click) -> None:
        meaning = meaning_at(self._drawn[event.y], event.x) if event.y < len(self._drawn) else ""
        if meaning:
            self.post_message(self.Clicked(meaning))
