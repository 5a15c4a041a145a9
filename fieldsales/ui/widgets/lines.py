"""The virtual list: draws only the lines in sight, so that a hundred thousand cost what fifty do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fieldsales.ui.widgets.parts import Parts, cut
from fieldsales.ui.widgets.roles import cursor_style, role_style


class LineList(ScrollView, can_focus=True):
    """Items drawn one a line by `draw`, with a cursor over those that can be chosen, below a fixed head.

    Subclasses override `draw`, `head` and, where some items are only to be read, `can_choose`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "move_page(-1)", show=False),
        Binding("pagedown", "move_page(1)", show=False),
        Binding("home", "move_to(0)", show=False),
        Binding("end", "move_to(-1)", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another line."""

        def __init__(self, lines: LineList) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> LineList:
            return self.lines

    class Opened(Message):
        """The line under the cursor was clicked a second time."""

        def __init__(self, lines: LineList) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> LineList:
            return self.lines

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.items: Sequence[object] = ()
        self.cursor = 0
        self._head: list[Parts] = []
        self._base = Style()
        self._room = 1
        self._cells = 1

    # --- what a subclass says --------------------------------------------------------------------------------------

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        """One item as the parts of one line."""
        raise NotImplementedError

    def head(self, width: int) -> list[Parts]:
        """The lines that stand above the list and do not scroll."""
        return []

    def can_choose(self, index: int) -> bool:
        return True

    # --- data and cursor ----------------------------------------------------------------------------------------------

    def show(self, items: Sequence[object], cursor: int | None = None) -> None:
        """Show other items; the cursor stays where it was as far as it can."""
        self.items = items
        self._lay_out()
        self.cursor = self._nearest(self.cursor if cursor is None else cursor)
        self.scroll_to_cursor()
        self.refresh()

    @property
    def current(self) -> object | None:
        """The item under the cursor, None where none can be chosen."""
        if 0 <= self.cursor < len(self.items) and self.can_choose(self.cursor):
            return self.items[self.cursor]
        return None

    def move_cursor(self, index: int) -> None:
        """Put the cursor on the line, or on the nearest that can be chosen."""
        index = self._nearest(index)
        if index != self.cursor:
            before, self.cursor = self.cursor, index
            self._refresh_line(before)
            self._refresh_line(index)
            self.scroll_to_cursor()
            self.post_message(self.Moved(self))

    def _nearest(self, index: int, step: int = 1) -> int:
        count = len(self.items)
        index = max(0, min(index, count - 1))
        for way in (step, -step):
            at = index
            while 0 <= at < count:
                if self.can_choose(at):
                    return at
                at += way
        return index

    def action_move(self, step: int) -> None:
        at = self.cursor + step
        while 0 <= at < len(self.items) and not self.can_choose(at):
            at += step
        if 0 <= at < len(self.items):
            self.move_cursor(at)
        elif step < 0:
            self.scroll_to(y=0, animate=False)
        else:  # what stands below the last line that can be chosen comes into view
            self.scroll_relative(y=step, animate=False)

    def action_move_page(self, step: int) -> None:
        self.move_cursor(self.cursor + step * max(1, self.size.height - len(self._head) - 1))

    def action_move_to(self, index: int) -> None:
        self.move_cursor(index if index >= 0 else len(self.items) - 1)

    def scroll_to_cursor(self) -> None:
        height = self.size.height - len(self._head)
        if height <= 0:
            return
        top = round(self.scroll_y)
        if self.cursor < top:
            first = not any(self.can_choose(at) for at in range(self.cursor))  # what stands above it comes along
            self.scroll_to(y=0 if first or self.cursor <= 1 else self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)

    @property
    def room(self) -> int:
        """Cells of a line: without the scrollbar, and a blank before it."""
        return max(1, self.scrollable_content_region.width - (1 if self.show_vertical_scrollbar else 0))

    # --- drawing ----------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._lay_out()
        self.scroll_to_cursor()

    def watch_show_vertical_scrollbar(self) -> None:
        """The scrollbar takes cells from every line, the head's as well."""
        self.call_later(self.on_resize)

    def _lay_out(self) -> None:
        self._head = self.head(self.room)
        self.virtual_size = Size(self.room, len(self.items) + len(self._head))

    def redraw(self) -> None:
        """Draw again after something other than the items changed: words, width, the day."""
        self._lay_out()
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        self._base = self.rich_style  # the same for all lines, and slow to ask for, as are these
        self._room = self.room
        self._cells = self.size.width
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width = self._room
        base = self._base
        chosen = False
        if y < len(self._head):
            parts = self._head[y]
        else:
            index = y - len(self._head) + round(self.scroll_y)
            if index >= len(self.items):
                return Strip.blank(width, base)
            chosen = index == self.cursor and self.can_choose(index)
            parts = self.draw(self.items[index], width, chosen and self.has_focus)
        under = chosen and self.has_focus
        if under:
            base = base + cursor_style(self)
        segments = [Segment(text, base + role_style(self, role, under)) for text, role in cut(parts, width) if text]
        return Strip(segments).extend_cell_length(self._cells, base).crop(0, self._cells)

    def _refresh_line(self, index: int) -> None:
        y = index - round(self.scroll_y) + len(self._head)
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    # --- mouse --------------------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        index = event.y - len(self._head) + round(self.scroll_y)
        if event.y < len(self._head):
            self.clicked_head(event.x, event.y)
        elif 0 <= index < len(self.items) and self.can_choose(index):
            if index == self.cursor and event.chain >= 2:
                self.post_message(self.Opened(self))
            else:
                self.move_cursor(index)

    def clicked_head(self, x: int, y: int) -> None:
        """A click above the list."""
