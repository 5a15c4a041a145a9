"""The cockpit: four panes and the page. It dispatches commands and hands data down; it neither words nor saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Input

from fieldsales.domain.model import AccountRow, Agenda, AgendaLine, ChurnCase, Lesson
from fieldsales.storage.reading import AccountRows
from fieldsales.ui.actions import look
from fieldsales.ui.commands import bindings_for, key_label, shown
from fieldsales.ui.panes.accounts import AccountsPane
from fieldsales.ui.panes.churn import ChurnPane
from fieldsales.ui.panes.lessons import LessonsPane
from fieldsales.ui.panes.today import LATER_FOLDED, TodayPane
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.page import PagePane
from fieldsales.ui.widgets.parts import Parts, key_line, menu_rule, size_of, spread
from fieldsales.ui.widgets.text import TextLines

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp

PANES = ("today", "accounts", "churn", "lessons")
BESIDE = ("churn", "lessons")  # on the right, below the page
WIDE = 116  # cells from which lists and page stand side by side
TALL = 26
LATER = 50  # lines of what is due within the month, unfolded


def _is_wide(size: Size) -> bool:
    return size.width >= WIDE and size.height >= TALL


class MainScreen(Screen[None]):
    """Four panes; side by side with the page where there is room, one at a time where not."""

    app: FieldsalesApp
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(*PANES)]

    def __init__(self, size: Size) -> None:
        wide = _is_wide(size)
        super().__init__(classes="wide" if wide else None)  # known before anything is laid out, so that it is done once
        self._laid_for = size
        self.wide = wide
        self.pane = "today"
        self.masked = False
        self.unfolded = False
        self.notice = ""
        self._loaded: set[str] = set()
        self._agenda = Agenda()
        self._counts = look.Counts()
        self._page_account = ""
        self._page_waits = True  # for the first paint, as do the panes below it: the lists are what is opened
        self.rest_comes = False  # the first paint is done, and what waited for it is about to be shown

    # --- parts ------------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        t = self.app.desk.t
        self.today = TodayPane(t, id="today")
        self.accounts = AccountsPane(t, id="accounts")
        self.page = PagePane(t, id="page")
        self.churn = ChurnPane(t, id="churn")
        self.lessons = LessonsPane(t, id="lessons")
        self.bar = TextLines(self._bar_lines, id="bar")
        self.foot = TextLines(self._foot_lines, id="foot")
        self.left = Vertical(self.today, self.accounts, id="left")
        self.right = Vertical(self.page, self.churn, self.lessons, id="right")
        self._give_titles()
        self._show_panes()
        yield self.bar
        yield Horizontal(self.left, self.right, id="panes")
        yield self.foot

    def on_mount(self) -> None:
        self.load()
        self._focus_pane()

    def _compositor_refresh(self) -> None:
        """Draw what has changed, but for while a batch holds back what is drawn: Textual would throw it away.

        At the start that is the whole screen. What has changed stays noted until the batch is over.
        """
        if getattr(self.app, "_batch_count", 0):
            self.check_idle()
            return
        super()._compositor_refresh()
        if self._page_waits and self.is_current:
            self._page_waits = False
            self.rest_comes = True
            self.call_later(self._show_page)
            self.set_timer(0.03, self._show_rest)

    def on_screen_resume(self) -> None:
        self.app.came_back()

    def on_resize(self, event: events.Resize) -> None:
        if event.size == self._laid_for:
            return
        self._laid_for = event.size
        if _is_wide(event.size) == self.wide:
            self.bar.redraw()
            self.foot.redraw()
            return
        self.wide = not self.wide
        self.set_class(self.wide, "wide")
        self._give_titles()
        self._show_panes()
        for pane in (self.today, self.accounts, self.churn, self.lessons, self.page):
            pane.redraw()
        self.load()

    def _give_titles(self) -> None:
        for pane in (self.today, self.accounts, self.churn, self.lessons, self.page):
            pane.titled = self.wide

    def _show_panes(self) -> None:
        for pane in (self.today, self.accounts, self.churn, self.lessons):
            pane.display = self.wide or pane.id == self.pane
        self.page.display = self.wide and self.pane not in ("churn", "lessons")
        self.set_class(self.wide and self.pane == "churn", "over-churn")
        self.set_class(self.wide and self.pane == "lessons", "over-lessons")
        self.left.display = self.wide or self.pane in ("today", "accounts")
        self.right.display = self.wide or self.pane in ("churn", "lessons")

    # --- data down ----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Bring what is in sight up to date; the rest is read when it is looked at."""
        desk = self.app.desk
        self._ask_agenda()
        self._counts = look.counts(desk, self._agenda)
        self._loaded = set()
        for name in PANES:
            if name == self.pane or (self.wide and not (self._page_waits and name in BESIDE)):
                self._load_pane(name)
        self._show_page()
        self.bar.redraw()
        self.foot.redraw()

    def _show_rest(self) -> None:
        """What the first paint did not wait for."""
        self.rest_comes = False
        for name in ("today", *BESIDE):
            if self.wide or name == self.pane:
                self._load_pane(name)

    def _ask_agenda(self) -> None:
        desk = self.app.desk
        self._agenda = desk.book.agenda(desk.today, later=LATER if self.unfolded else LATER_FOLDED)

    def _load_pane(self, name: str) -> None:
        desk = self.app.desk
        keep = self.account_id if name == self.pane else ""
        for pane in (self.today, self.accounts, self.churn, self.lessons):
            pane.masked = self.masked
        if name == "today":
            view = look.today_view(desk, self._agenda, self.unfolded, worst=not self._page_waits)
            self.today.show_view(view, keep)
        elif name == "accounts":
            rows = look.account_rows(desk, self.accounts.order, self.accounts.wanted)
            self.accounts.show_rows(rows, (rows.index_of(keep) if keep else None) or 0)
        elif name == "churn":
            self.churn.show_cases(look.case_cards(desk))
        else:
            self.lessons.show_lessons(look.lessons(desk))
        self._loaded.add(name)

    def _show_page(self) -> None:
        if self.wide and self.page.display:
            account_id = self.account_id
            self.page.masked = self.masked
            if self._page_waits:
                self.page.announce(getattr(self.lines.current, "name", ""))
                return
            self._page_account = account_id
            self.page.show_page(look.page_view(self.app.desk, account_id, self.occasion) if account_id else None)

    # --- where the user is --------------------------------------------------------------------------------------------

    @property
    def lines(self) -> LineList:
        """The list of the current pane."""
        return self.query_one(f"#{self.pane}", LineList)

    @property
    def context(self) -> str:
        if self.page.has_focus:
            return "page"
        if self.pane in ("today", "accounts") and self.today.view.empty_book:
            return "empty"
        return self.pane

    @property
    def account_id(self) -> str:
        """The account that a command is about: the one under the cursor."""
        if self.wide and self.page.has_focus and self.page.view is not None:
            return self.page.view.account_id
        item = self.lines.current
        if isinstance(item, AgendaLine):
            return item.account_id
        if isinstance(item, AccountRow):
            return item.id
        if isinstance(item, ChurnCase | Lesson):
            return item.account_id
        return ""

    @property
    def occasion(self) -> AgendaLine | None:
        """The agenda line that a page or a log is opened from."""
        item = self.today.current if self.pane == "today" else None
        return item if isinstance(item, AgendaLine) else None

    def action_command(self, id: str) -> None:
        self.app.run_command(id, self.context)

    def go_to(self, pane: str) -> None:
        """Show a pane and put the keys there."""
        self.pane = pane
        self._show_panes()
        if pane not in self._loaded:
            self._load_pane(pane)
        self._focus_pane()
        self._show_page()
        self.bar.redraw()
        self.foot.redraw()

    def _focus_pane(self) -> None:
        self.lines.focus()

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        id = event.widget.id or ""
        # The word comes late: by now the keys may be elsewhere, as where the search line gave them on.
        if id in PANES and id != self.pane and event.widget.has_focus:
            self.pane = id
            self._show_panes()
            self._show_page()
            self.bar.redraw()
        self.foot.redraw()
        self.app.came_back()

    @on(LineList.Moved)
    def _moved(self, event: LineList.Moved) -> None:
        if self.wide and event.lines is not self.page:
            self.set_timer(0.04, self.show_page)

    def show_page(self) -> None:
        """Show the page of the account under the cursor, where it shows another one."""
        if self.account_id and self.account_id != self._page_account:
            self._show_page()

    @on(LineList.Opened)
    def _opened(self) -> None:
        self.action_command("open")

    @on(TextLines.Clicked)
    def _clicked(self, event: TextLines.Clicked) -> None:
        self.action_command(event.meaning)

    def choose_account(self, account_id: str) -> None:
        """Put the cursor on an account of the list, which then shows all of them."""
        if self.accounts.wanted:
            self.end_find(open_first=False, keep=False)
        rows = self.accounts.items
        at = rows.index_of(account_id) if isinstance(rows, AccountRows) else None
        if at is not None:
            self.accounts.move_cursor(at)
            self._show_page()

    def unfold(self) -> None:
        """Show all that is due within the month, or fold it again."""
        self.unfolded = not self.unfolded
        self._ask_agenda()
        self._load_pane("today")

    def leave(self) -> None:
        """Esc: from the page back to the list; in a filtered list, back to all of it."""
        if self.page.has_focus:
            self._focus_pane()
        elif self.accounts.wanted or self.accounts.finding:
            self.end_find(open_first=False, keep=False)

    # --- finding ------------------------------------------------------------------------------------------------------

    def find(self) -> None:
        """Open the line to type what is looked for, above the account list."""
        self.go_to("accounts")
        self.accounts.finding = True
        self.accounts.redraw()
        field = self.query("#find")
        if field:
            field.first(Input).focus()
            return
        box = FindInput(placeholder=self.app.desk.t("list.find_placeholder"), id="find")
        box.value = self.accounts.wanted
        self.left.mount(box, before=self.accounts)
        box.focus()

    @on(Input.Changed, "#find")
    def _find_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self.accounts.wanted:
            self.accounts.wanted = event.value
            rows = look.account_rows(self.app.desk, self.accounts.order, event.value)
            self.accounts.show_rows(rows, 0)

    def end_find(self, open_first: bool, keep: bool = True) -> None:
        """Leave the search line; the list stays filtered where something was typed and `keep` is said."""
        box = self.query("#find")
        # What was typed last may not have been told yet.
        self.accounts.wanted = box.first(Input).value if keep and box else ""
        self.set_focus(self.accounts)  # before the line goes, which else would give the keys to the first pane
        box.remove()
        self._load_pane("accounts")
        self.accounts.finding = False
        self.accounts.redraw()
        if open_first and self.accounts.row is not None:
            self.action_command("open")

    # --- bar and foot -------------------------------------------------------------------------------------------------

    def say(self, text: str, seconds: float = 8) -> None:
        """Show one sentence above the keys for a while."""
        self.notice = text
        self.foot.redraw()
        if text and seconds:
            self.set_timer(seconds, lambda: self._unsay(text))

    def _unsay(self, text: str) -> None:
        if self.notice == text:
            self.notice = ""
            self.foot.redraw()

    def _bar_lines(self, width: int) -> list[Parts]:
        desk = self.app.desk
        t = desk.t
        day = t("bar.day", day=desk.today.isoformat())
        status, role = look.status_line(desk)
        right: Parts = [(day, ""), ("   ", ""), (status, role), (" ", "")]
        counts = self._counts
        if self.wide:
            parts: Parts = [("  fieldsales", "strong"), ("     ", "")]
            if not self.masked:
                parts.append((t("bar.month", today=counts.today, overdue=counts.overdue, talked=counts.talked), "dim"))
            return [spread(parts, right, width), []]
        left: Parts = []
        for number, name in enumerate(PANES, 1):
            count = "" if self.masked else {"today": counts.today, "churn": counts.cases}.get(name) or ""
            label = f"{number} {t(f'tab.{name}')}" + (f" {count}" if count else "")
            here = name == self.pane
            meaning = "churn_pane" if name == "churn" else name
            left.append((f"[{label}]" if here else f" {label} ", ("accent" if here else "dim") + "@" + meaning))
            left.append((" ", ""))
        if size_of(left) + size_of(right) >= width:
            right = [(status, role), (" ", "")]
        if size_of(left) + size_of(right) >= width:
            left = [part for part in left if part[1].startswith("accent")]
        return [spread([(" ", ""), *left], right, width), [(" " + "─" * (width - 2), "rule")]]

    def _foot_lines(self, width: int) -> list[Parts]:
        t = self.app.desk.t
        looking = self.app.desk.book.read_only
        pieces: list[Parts] = [
            [(key_label(command.id, t.keys), "key@" + command.id), (" " + t(f"cmd.{command.id}"), "dim@" + command.id)]
            for command in shown(self.context, looking)
        ]
        low = self.wide or self.size.height < 18  # no room for a rule above the keys
        leaves = looking or self.context == "page"
        keys = key_line(pieces[: 10 if width >= 110 else 8], width, last=leaves, marked=low)
        short = low or self.masked
        standing = look.book_line(self.app.desk) if short else look.standing_line(self.app.desk)
        if guide := self.app.guide(width, self.notice):
            return [*guide, keys] if low else [menu_rule(width), *guide, keys]
        way = look.way_on(self.app.desk)
        line: Parts = [(" ", ""), (self.notice, "accent")] if self.notice else [(" " + standing, "dim" + way)]
        if low:
            return [line, keys] if self.notice or standing else [keys] if not self.wide else [[], keys]
        return [menu_rule(width), line, [], keys]


class FindInput(Input):
    """The search line. Down and Tab open the first account as Enter does: right after Hangul, Enter may come late."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("down", "leave(True)", ""),
        ("tab", "leave(True)", ""),
        ("enter", "leave(True)", ""),
        ("escape", "leave(False)", ""),
    ]

    def action_leave(self, open_first: bool) -> None:
        screen = self.screen
        assert isinstance(screen, MainScreen)
        screen.end_find(open_first, keep=open_first)
