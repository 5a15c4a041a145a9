"""고친 내역: who wrote what when, from what to what; and what differs between a day and now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, cut, fit, safe, spread, wrap
from fieldsales.ui.widgets.sheet import Sheet, rule

WHEN = 17  # cells of the moment
WHO = 13
WIDE = 100  # cells from which the act stands at the right


@dataclass(frozen=True, slots=True)
class EditView:
    """One edit, in words. `before` and `after` are None where a whole row was made or deleted."""

    what: str  # the thing and the field, or what became of the thing
    before: str | None = None
    after: str | None = None
    when: str = ""
    who: str = ""
    act: str = ""
    role: str = ""


class _Edits(LineList):
    """The edits; each is worded only when it is drawn."""

    def __init__(self, sheet: EditsSheet) -> None:
        super().__init__(id="edits")
        self.sheet = sheet

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        view = self.sheet.view_of(item)
        here = item is self.current
        left: Parts = [(" > " if here else "   ", "accent")]
        if view.when:
            who = WHO + 6 if width >= WIDE else WHO
            left += [(fit(view.when, WHEN - 1) + " ", "dim"), (fit(view.who, who - 1) + " ", "dim")]
        left.append((safe(view.what[:width]), view.role or ("strong" if here else "")))
        if view.after is not None:
            left += [
                ("  ", ""),
                (safe((view.before or self.sheet.t("review.empty"))[:width]), "dim"),
                (" → ", "dim"),
                (safe((view.after or self.sheet.t("review.empty"))[:width]), ""),
            ]
        if view.act and width >= WIDE:
            return spread(left, [(view.act + " ", "dim")], width)
        return cut(left, width)


class EditsSheet(Sheet[None]):
    """Edits, one a line, and Enter brings back what the one under the cursor replaced."""

    context: ClassVar[str] = "edits"
    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("edits")]

    def __init__(
        self,
        t: Texts,
        title: str,
        items: Callable[[], Sequence[object]],
        view: Callable[[object], EditView],
        bring: Callable[[object], None],
        *,
        empty: str,
        account_id: str = "",
    ) -> None:
        super().__init__(t)
        self._title = title
        self._items_of = items
        self._view = view
        self._bring = bring
        self._empty = empty
        self.account_id = account_id
        self._views: dict[object, EditView] = {}

    def view_of(self, item: object) -> EditView:
        if item not in self._views:
            self._views[item] = self._view(item)
        return self._views[item]

    def title_lines(self, width: int) -> list[Parts]:
        count = len(self.edits.items) if hasattr(self, "edits") else 0
        number = self.t("edits.count", n=count) + " " if count else ""
        lines = [spread([(" " + self._title, "strong")], [(number, "dim")], width), rule(width)]
        return lines if count else [*lines, [], [("   " + self._empty, "dim")]]

    def body(self) -> ComposeResult:
        self.edits = _Edits(self)
        yield self.edits

    def on_mount(self) -> None:
        self.edits.focus()
        self.edits.show(list(self._items_of()), 0)
        self.redraw()
        if self.masked:  # before anything of it is painted
            self.veil(True)
            self._unveil_to = self.edits

    def is_gone(self) -> bool:
        """Never: what was done to an account that was taken out can be brought back here."""
        return False

    def reload(self) -> None:
        """Show what the book says now, the cursor on the same edit."""
        if not self.is_mounted:
            return
        here = self.edits.current
        self._views.clear()
        items = list(self._items_of())
        self.edits.show(items, items.index(here) if here in items else None)
        self.redraw()

    def whole(self, width: int) -> list[tuple[str, str]]:
        """The edit under the cursor in full, as lines with their roles."""
        item, t = self.edits.current, self.t
        if item is None:
            return []
        view = self.view_of(item)
        out = [(view.what, "strong"), (" · ".join(part for part in (view.when, view.who, view.act) if part), "dim")]
        for label, text in ((t("edits.before"), view.before), (t("edits.after"), view.after)):
            if text is not None:
                out += [("", ""), (label, "dim"), *((line, "") for line in wrap(text or t("review.empty"), width))]
        return out

    def foot_keys(self) -> tuple[str, ...]:
        return ("bring", "in_full", "undo", "help", "mask", "close")

    def action_bring(self) -> None:
        item = self.edits.current
        if item is not None and not self.veiled:
            self._bring(item)

    def on_line_list_opened(self) -> None:
        self.action_bring()

    def action_command(self, id: str) -> None:
        if id == "bring":
            self.action_bring()
        else:
            super().action_command(id)
