"""골라 주세요: every cell that two sides wrote apart, and the values to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, cut, fit, safe, spread, wrap
from fieldsales.ui.widgets.sheet import Sheet, rule
from fieldsales.ui.widgets.text import TextLines

LEAST_LINES = 5  # of the list, however long the values are


@dataclass(frozen=True, slots=True)
class SideView:
    """One value to choose from, in words."""

    text: str
    who: str
    when: str
    stands: bool = False


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell that needs a look, in words. `before` is None where the sides had nothing in common before."""

    title: str
    sides: tuple[SideView, ...] = ()
    before: str | None = None
    chosen: str | None = None  # what was chosen here already
    joinable: bool = False
    row: bool = False  # the row itself: one side deleted it


class _Cells(LineList):
    """The cells; what each holds is asked only when it is drawn."""

    def __init__(self, sheet: ReviewSheet) -> None:
        super().__init__(id="cells")
        self.sheet = sheet

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        view = self.sheet.view_of(item)
        done = view.chosen is not None
        here = item is self.current
        texts = [view.chosen] if view.chosen is not None else [side.text for side in view.sides]
        values = " | ".join(safe(text[:width]) for text in texts)
        left: Parts = [
            (" > " if here else "   ", "accent"),
            ("[x] " if done else "[ ] ", "good" if done else "dim"),
            (view.title, "dim" if done else "strong" if here else ""),
            ("  ", ""),
        ]
        return cut([*left, (values, "dim" if not here or done else "")], width)


class ReviewSheet(Sheet[None]):
    """The cells above, and below them the one under the cursor with its values. A digit takes a value, and the next
    open cell comes up."""

    context: ClassVar[str] = "review"
    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_for("review"),
        *(Binding(str(number), f"command('take_{number}')", show=False) for number in range(3, 10)),
        Binding("left", "mark(-1)", show=False),
        Binding("right", "mark(1)", show=False),
        Binding("enter", "take_marked", show=False),
    ]

    def __init__(
        self,
        t: Texts,
        cells: Callable[[], Sequence[object]],
        view: Callable[[object], CellView],
        choose: Callable[[object, int], None],
        work: object = None,
    ) -> None:
        super().__init__(t)
        self.work = work  # what the commands of this sheet are about
        self._cells_of = cells
        self._view = view
        self._choose = choose
        self._views: dict[object, CellView] = {}
        self.marked = 0

    def view_of(self, item: object) -> CellView:
        if item not in self._views:
            self._views[item] = self._view(item)
        return self._views[item]

    @property
    def current(self) -> object | None:
        return self.cells.current

    def title_lines(self, width: int) -> list[Parts]:
        items = self.cells.items if hasattr(self, "cells") else ()
        at = self.t("review.at", n=self.cells.cursor + 1, all=len(items)) if items else ""
        return [spread([(" " + self.t("review.title"), "strong")], [(at + " ", "dim")], width), rule(width)]

    def body(self) -> ComposeResult:
        self.cells = _Cells(self)
        self.detail = TextLines(self._detail_lines, classes="review-detail")
        yield self.cells
        yield self.detail

    def on_mount(self) -> None:
        self.cells.focus()
        self.cells.show(list(self._cells_of()), 0)
        self.go_on(first=True)
        if self.masked:  # before anything of it is painted
            self.veil(True)
            self._unveil_to = self.cells

    def reload(self) -> None:
        """Show what the book says now."""
        if self.is_mounted:
            self._views.clear()
            self.cells.show(list(self._cells_of()))
            self._show_cell()

    def go_on(self, first: bool = False) -> bool:
        """Put the cursor on the next cell that is not settled; False where none is left."""
        items = self.cells.items
        start = self.cells.cursor
        for step in range(0 if first else 1, len(items) + 1):
            at = (start + step) % len(items) if items else 0
            if items and self.view_of(items[at]).chosen is None:
                self.cells.move_cursor(at)
                self._show_cell()
                return True
        self._show_cell()
        return False

    def on_line_list_moved(self) -> None:
        self._show_cell()

    def on_line_list_opened(self) -> None:
        self.action_take_marked()

    def on_resize(self) -> None:
        self.detail.redraw()

    def redraw(self) -> None:
        super().redraw()
        if hasattr(self, "detail"):
            self.detail.redraw()

    def _show_cell(self) -> None:
        item = self.current
        sides = self.view_of(item).sides if item is not None else ()
        self.marked = next((number for number, side in enumerate(sides) if side.stands), 0)
        self.cells.refresh()
        self.redraw()

    # --- the values ---------------------------------------------------------------------------------------------------

    def _detail_lines(self, width: int) -> list[Parts]:
        item = self.current
        if item is None:
            return []
        view, t = self.view_of(item), self.t
        lines: list[Parts] = [rule(width), [(" " + view.title, "strong")]]
        room = max(self.size.height - 5 - LEAST_LINES - len(lines) - len(view.sides), len(view.sides) + 1)
        pieces = [wrap(side.text or t("review.empty"), width - 9) for side in view.sides]
        before = None if view.before is None else wrap(view.before or t("review.empty"), width - 16)
        each = max(1, room // (len(pieces) + (before is not None)))
        if before is not None:
            shown = self._shortened(before, each)
            lines += [
                [(fit("   " + t("review.before") if number == 0 else "", 14), "dim"), (text, "dim")]
                for number, text in enumerate(shown)
            ]
        for number, (side, texts) in enumerate(zip(view.sides, pieces, strict=True)):
            here = number == self.marked
            meaning = f"@take_{number + 1}"
            head: Parts = [
                (" > " if here else "   ", "accent" + meaning),
                (f"{number + 1} ", "key" + meaning),
                (" · ".join(part for part in (side.who, side.when) if part), ("accent" if here else "dim") + meaning),
            ]
            if side.stands:
                head.append(("  " + t("review.stands"), "dim"))
            lines.append(head)
            lines += [[("       ", ""), (text, "" + meaning)] for text in self._shortened(texts, each)]
        return lines

    def _shortened(self, lines: list[str], most: int) -> list[str]:
        if len(lines) <= most:
            return lines
        return [*lines[: most - 1], self.t("review.more", n=len(lines) - most + 1)]

    def whole(self, width: int) -> list[tuple[str, str]]:
        """The cell under the cursor with all its values in full, as lines with their roles."""
        item = self.current
        if item is None:
            return []
        view, t = self.view_of(item), self.t
        out: list[tuple[str, str]] = []
        if view.before is not None:
            out += [
                (t("review.before"), "dim"),
                *((line, "") for line in wrap(view.before or t("review.empty"), width)),
                ("", ""),
            ]
        for number, side in enumerate(view.sides, 1):
            out.append((" · ".join(part for part in (f"{number} {side.who}", side.when) if part), "accent"))
            out += [*((line, "") for line in wrap(side.text or t("review.empty"), width)), ("", "")]
        return out

    # --- keys ---------------------------------------------------------------------------------------------------------

    def foot_keys(self) -> tuple[str, ...]:
        item = self.current if hasattr(self, "cells") else None
        joins = ("join",) if item is not None and self.view_of(item).joinable else ()
        return ("take_1", "take_2", *joins, "in_full", "leave_rest", "undo", "close")

    def label_of(self, id: str) -> str:
        item = self.current if hasattr(self, "cells") else None
        if id in ("take_1", "take_2") and item is not None:
            view, number = self.view_of(item), int(id[-1]) - 1
            if view.row:
                return self.t("review.keep" if number == 0 else "review.delete")
            if number < len(view.sides):
                return fit(view.sides[number].who, 14).rstrip()
        return super().label_of(id)

    def action_mark(self, step: int) -> None:
        item = self.current
        if item is not None and not self.veiled:
            self.marked = (self.marked + step) % max(1, len(self.view_of(item).sides))
            self.detail.redraw()

    def action_take_marked(self) -> None:
        self.take(self.marked)

    def take(self, number: int) -> None:
        """Choose a value of the cell under the cursor."""
        item = self.current
        if item is not None and not self.veiled and number < len(self.view_of(item).sides):
            self._choose(item, number)

    def action_command(self, id: str) -> None:
        if id.startswith("take_"):
            self.take(int(id[5:]) - 1)
        else:
            super().action_command(id)
