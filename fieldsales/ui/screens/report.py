"""보고: a text for others, complete without typing, that can always be copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.fields import LongField, Typed
from fieldsales.ui.widgets.parts import Parts
from fieldsales.ui.widgets.sheet import Sheet, rule


@dataclass(frozen=True, slots=True)
class ReportView:
    """One text: as it is shown (open slots in brackets), as it is copied, and what the rep is told below it."""

    account_id: str
    name: str
    kind: str
    shown: str
    copied: str
    notes: tuple[str, ...] = ()


class ReportSheet(Sheet[None]):
    """One report; e turns it into a text to change, y copies."""

    context: ClassVar[str] = "report"
    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("report")]

    def __init__(self, t: Texts, view: ReportView, keep: Callable[[str], None], own: str = "") -> None:
        super().__init__(t)
        self.view = view
        self._keep = keep
        self.own = own  # the text as the user changed it, "" if it stands as made
        self._editing = False

    @property
    def account_id(self) -> str:
        return self.view.account_id

    def title_lines(self, width: int) -> list[Parts]:
        first: Parts = [(" " + self.view.name, "strong"), (f" · {self.t('report.title')}", "")]
        return [first, [(f" [{self.t(f'report.{self.view.kind}')}]", "accent")], rule(width), []]

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="report"):
            self.text = Static(self.own or self.view.shown, classes="report-text", markup=False)
            yield self.text
            self.field = LongField("", id="field-report")
            self.field.display = False
            yield self.field
            yield Static("\n".join(self.view.notes), classes="report-notes", markup=False)

    @property
    def copied(self) -> str:
        """The text as it leaves: open slots in their own wording."""
        return self.field.text_value if self._editing else self.own or self.view.copied

    def edit(self) -> None:
        """Change the text by hand."""
        self._editing = True
        self.field.text = self.own or self.view.copied
        self.text.display = False
        self.field.display = True
        self.field.focus()
        self.redraw()

    def on_typed(self, event: Typed) -> None:
        event.stop()
        if self._editing:
            self.own = self.field.text_value
            self._keep(self.own)

    def foot_keys(self) -> tuple[str, ...]:
        return ("close",) if self._editing else ("copy", "edit", "to_file", "close")

    def action_command(self, id: str) -> None:
        if id == "close" and self._editing:
            self._editing = False
            self.text.update(self.own or self.view.shown)
            self.text.display = True
            self.field.display = False
            self.set_focus(None)
            self.redraw()
            return
        super().action_command(id)
