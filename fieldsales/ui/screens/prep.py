"""준비표 on the screen: the lines of one checklist, what stands beside them, what was answered the last time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, cut, spread, title_line, wrap
from fieldsales.ui.widgets.sheet import Sheet

READ_WIDTH = 76  # cells of a line of text: longer ones are hard to read


@dataclass(frozen=True, slots=True)
class PrepLine:
    """One line of a sheet, worded; `last` says what stood here the last time."""

    key: str
    step: int
    title: str
    help: str
    text: str
    done_at: str
    last: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class PrepView:
    """Everything a sheet shows. `sheet_id` is "" before the first tick: nothing of it is in the book then."""

    account_id: str
    playbook: str
    sheet_id: str
    name: str
    title: str
    day: str  # worded
    about: str
    steps: tuple[str, ...]
    lines: tuple[PrepLine, ...]
    text: str  # as it is copied
    note: str = ""  # on the edition of the checklist
    kept: bool = False  # in the book, if only without lines of its own yet
    closed: bool = False

    @property
    def done(self) -> int:
        return sum(bool(line.done_at) for line in self.lines)


class _Text:
    """A line that is only read; `belongs` to the line above it."""

    __slots__ = ("belongs", "parts")

    def __init__(self, parts: Parts, belongs: bool = True) -> None:
        self.parts = parts
        self.belongs = belongs


class _Lines(LineList):
    """The lines of a sheet with what is written beside them."""

    def __init__(self) -> None:
        super().__init__(id="prep")
        self.view: PrepView | None = None

    def show_view(self, view: PrepView, key: str | None = None) -> None:
        """Show the sheet with the cursor on a line, or on the next open one where `key` is empty."""
        self.view = view
        self.lay_out(key)

    def lay_out(self, key: str | None = None) -> None:
        view = self.view
        if view is None:
            return
        width = max(self.room, 20)
        here = self.current
        kept = key if key is not None else here.key if isinstance(here, PrepLine) else ""
        kept = kept or next((line.key for line in view.lines if not line.done_at), "")
        items: list[object] = []
        step = 0
        for line in view.lines:
            if line.step != step:
                step = line.step
                title = view.steps[step - 1] if step <= len(view.steps) else ""
                if items:
                    items.append(_Text([], belongs=False))
                if len(view.steps) > 1 and title:
                    items.append(_Text([(" " + title, "accent")], belongs=False))
            items.append(line)
            room = min(width - 8, READ_WIDTH)
            if line.text:
                items += [_Text([("       " + piece, "")]) for piece in wrap(line.text, room)]
            if line.key == kept and not line.done_at and line.help:
                items += [_Text([("       " + piece, "dim")]) for piece in wrap(line.help, room)]
            if line.last and (line.key == kept or not line.text):
                items += [_Text([("       " + piece, "dim")]) for piece in wrap(line.last, room)]
        cursor = next((i for i, item in enumerate(items) if isinstance(item, PrepLine) and item.key == kept), 0)
        self.show(items, cursor)

    def move_cursor(self, index: int) -> None:
        before = self.cursor
        super().move_cursor(index)
        item = self.current
        if before != self.cursor and isinstance(item, PrepLine):
            self.lay_out(item.key)

    def scroll_to_cursor(self) -> None:
        """Bring into sight the line, its heading, and what belongs to it."""
        first = last = self.cursor
        while first > 0 and isinstance(above := self.items[first - 1], _Text) and not above.belongs:
            first -= 1
        while last + 1 < len(self.items) and isinstance(below := self.items[last + 1], _Text) and below.belongs:
            last += 1
        height, top = self.size.height, round(self.scroll_y)
        if height > 0 and first < top:
            self.scroll_to(y=first, animate=False)
        elif height > 0 and last >= top + height:
            self.scroll_to(
                y=min(first, last - height + 1) if last - first >= height else last - height + 1, animate=False
            )

    def on_resize(self) -> None:
        self.lay_out()
        super().on_resize()

    def can_choose(self, index: int) -> bool:
        return isinstance(self.items[index], PrepLine)

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        if isinstance(item, _Text):
            return cut(item.parts, width)
        assert isinstance(item, PrepLine)
        done = bool(item.done_at)
        left: Parts = [(" > " if chosen else "   ", "accent"), ("[x] " if done else "[ ] ", "good" if done else "")]
        left.append((item.title, "dim" if done else "strong"))
        return cut(left, width)


class PrepSheet(Sheet[None]):
    """One sheet. Space ticks, Enter writes, y copies the whole."""

    context: ClassVar[str] = "prep"
    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("prep")]

    def __init__(self, t: Texts, load: Callable[[], PrepView], task_id: str, chosen: list[str]) -> None:
        """`chosen` holds the id of the sheet, "" as long as none is; `task_id` is the appointment it is for."""
        super().__init__(t)
        self._load = load
        self.task_id = task_id
        self.chosen = chosen
        self.view = load()

    @property
    def account_id(self) -> str:
        return self.view.account_id

    @property
    def line(self) -> PrepLine | None:
        item = self.lines.current
        return item if isinstance(item, PrepLine) else None

    def as_text(self) -> str:
        return self.view.text

    def body(self) -> ComposeResult:
        self.lines = _Lines()
        yield self.lines

    def on_mount(self) -> None:
        self.lines.show_view(self.view)
        self.lines.focus()
        super().on_mount()

    def reload(self) -> None:
        """Show what is in the book now; from a line just done the cursor goes to the next open one."""
        before = self.view
        self.view = self._load()
        if self.lines.is_mounted:
            line = self.line
            was = {one.key for one in before.lines if one.done_at}
            done = {one.key for one in self.view.lines if one.done_at} - was
            moved = line is not None and line.key in done
            self.lines.show_view(self.view, _after(self.view, line.key) if moved and line else None)
            self.redraw()

    def title_lines(self, width: int) -> list[Parts]:
        view = self.view
        first = spread(
            [(" " + view.name, "strong"), (f" · {view.title}", "")],
            [(f"{view.day} · {view.done}/{len(view.lines)} ", "dim")],
            width,
        )
        lines = [first, title_line("", self.t("prep.title"), width)]
        if view.about:
            lines.append([(" " + view.about, "dim")])
        if view.note:
            lines += [[(" " + piece, "caution")] for piece in wrap(view.note, width - 2)]
        return [*lines, []]

    def foot_lines(self, width: int) -> list[Parts]:
        lines = super().foot_lines(width)
        if not self.notice and not self.view.kept and len(lines) == 3:
            lines[1] = [(" " + self.t("prep.draft"), "dim")]
        return lines

    def foot_keys(self) -> tuple[str, ...]:
        if not self.view.sheet_id:
            return ("done", "open", "copy", "close")
        return ("done", "open", "log", "copy", "put_away", "undo", "close")

    def label_of(self, id: str) -> str:
        if id == "open":
            return self.t("prep.write")
        if id == "put_away" and self.view.closed:
            return self.t("prep.take_out")
        return super().label_of(id)


def _after(view: PrepView, key: str) -> str:
    """The next open line after one, "" where all are done."""
    keys = [line.key for line in view.lines]
    at = keys.index(key) if key in keys else 0
    rest = [*view.lines[at + 1 :], *view.lines[:at]]
    return next((line.key for line in rest if not line.done_at), key)
