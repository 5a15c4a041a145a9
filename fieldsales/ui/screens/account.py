"""한 장 over the panes, for terminals too narrow to show it beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from fieldsales.locale import Texts
from fieldsales.ui.commands import FOOTERS, bindings_for
from fieldsales.ui.widgets.page import PagePane, PageView
from fieldsales.ui.widgets.parts import Parts
from fieldsales.ui.widgets.sheet import Sheet


class AccountSheet(Sheet[None]):
    """One account's page."""

    context: ClassVar[str] = "page"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("page")]

    def __init__(self, t: Texts, account_id: str, load: Callable[[], PageView | None]) -> None:
        super().__init__(t)
        self.account_id = account_id
        self._load = load

    def title_lines(self, width: int) -> list[Parts]:
        return []

    def body(self) -> ComposeResult:
        self.page = PagePane(self.t, id="page")
        yield self.page

    def on_mount(self) -> None:
        self.page.masked = self.masked
        self.page.focus()
        self.reload()

    def reload(self) -> None:
        """Show what is in the book now."""
        self.page.masked = self.masked
        view = self._load()
        if view is None:
            self.dismiss(None)
        else:
            self.page.show_page(view)
            self.page.redraw()

    def foot_keys(self) -> tuple[str, ...]:
        return FOOTERS["page"]
