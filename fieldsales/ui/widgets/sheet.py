"""The frame of everything that opens over the panes: a title, a thin rule, the body, and the keys at the bottom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget

from fieldsales.domain.model import Account
from fieldsales.ui.commands import BY_ID, key_label
from fieldsales.ui.widgets.parts import Parts, key_line, menu_rule
from fieldsales.ui.widgets.text import TextLines

if TYPE_CHECKING:
    from fieldsales.locale import Texts

SHEETS_CSS = Path(__file__).parents[1] / "sheets.tcss"  # read when the first sheet opens

Result = TypeVar("Result")

LOW = 18  # lines below which fields of several lines take no more than fits between head and foot

VEILED_KEYS = frozenset({"mask", "theme", "help"})  # nothing is done unseen


class Sheet(Screen[Result], Generic[Result]):
    """A full screen with a head and a foot. Subclasses give `title_lines`, `body`, and the keys of the foot."""

    CSS_PATH = SHEETS_CSS

    context: ClassVar[str] = "page"
    private: ClassVar[bool] = False  # masked, nothing of it is shown

    def __init__(self, t: Texts) -> None:
        super().__init__()
        self.t = t
        self.notice = ""
        self.masked = False
        self.veils = self.private
        self.veiled = False
        self._unveil_to: Widget | None = None  # where the keys went before

    def compose(self) -> ComposeResult:
        self.top = TextLines(self._top_lines, classes="sheet-head")
        self.foot = TextLines(self.foot_lines, classes="sheet-foot")
        yield self.top
        with Vertical(classes="sheet-body") as self.middle:
            yield from self.body()
        yield self.foot

    def _top_lines(self, width: int) -> list[Parts]:
        if self.veiled:
            return [[], [], [("   " + self.t("app.veil"), "dim")]]
        return self.title_lines(width)

    def on_mount(self) -> None:
        if self.veils and self.masked:  # before anything of it is painted
            self.veil(True)
            self.call_after_refresh(lambda: self.veil(self.veiled))  # what takes the keys at first asks for them late

    def mask_changed(self) -> None:
        """Hide or show again what a customer beside the user must not read."""
        if self.veils:
            self.veil(self.masked)

    def veil(self, on: bool) -> None:
        """Show nothing of the sheet, or all of it again with the keys where they were."""
        if on and self.focused is not None:
            self._unveil_to = self.focused
            self.set_focus(None)  # nothing is typed unseen
        self.veiled = on
        self.middle.display = self.foot.display = not on
        if not on and self._unveil_to is not None:
            self._unveil_to.focus()
        elif not on:
            self.focus_next()
        self.redraw()

    def body(self) -> ComposeResult:
        raise NotImplementedError

    def title_lines(self, width: int) -> list[Parts]:
        return [[], rule(width)]

    def foot_keys(self) -> tuple[str, ...]:
        """Ids of the commands the last line offers."""
        return ("close",)

    def label_of(self, id: str) -> str:
        """How a command is called here; a sheet may call one by what it does here."""
        return self.t(f"cmd.{id}")

    def foot_lines(self, width: int) -> list[Parts]:
        ids = [id for id in self.foot_keys() if self.app.offers(id, self.context)]  # type: ignore[attr-defined]
        pieces: list[Parts] = [
            [(key_label(id, self.t.keys), "key@" + id), (" " + self.label_of(id), "dim@" + id)] for id in ids
        ]
        keys = key_line(pieces, width - 1, gap=3, last="close" in ids[-1:])
        above = self.app.guide(width, self.notice) or [[(" " + self.notice, "accent")]]  # type: ignore[attr-defined]
        top = menu_rule(width) if self.context in BY_ID["menu"].where else rule(width)
        return [top, *above, keys]

    def say(self, text: str, seconds: float = 0) -> None:
        """Show one sentence above the keys; it stays unless seconds are given."""
        self.notice = text
        self.foot.redraw()
        if seconds:
            self.set_timer(seconds, lambda: self.say("") if self.notice == text else None)

    def redraw(self) -> None:
        self.top.redraw()
        self.foot.redraw()

    def on_resize(self) -> None:
        self.set_class(self.size.height < LOW, "low")
        self.redraw()
        if self.focused is not None:
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def on_screen_resume(self) -> None:
        if not self.is_gone():
            self.app.came_back()  # type: ignore[attr-defined]
        elif self.is_active:
            self.dismiss(None)

    def is_gone(self) -> bool:
        """Whether the account that it shows is in the book no more, so that nothing is left to show."""
        account_id, desk = getattr(self, "account_id", ""), self.app.desk  # type: ignore[attr-defined]
        return bool(account_id and desk is not None and desk.book.get(Account, account_id) is None)

    def on_text_lines_clicked(self, event: TextLines.Clicked) -> None:
        self.action_command(event.meaning)

    def action_command(self, id: str) -> None:
        """A command pressed here: the sheet's own, else the app's."""
        if id == "close":
            self.dismiss(None)
            return
        if self.veiled and id not in VEILED_KEYS:
            return
        self.app.run_command(id, self.context)  # type: ignore[attr-defined]


def rule(width: int) -> Parts:
    return [(" " + "─" * max(0, width - 2), "rule")]
