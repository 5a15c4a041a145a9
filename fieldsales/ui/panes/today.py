"""오늘: one line for each account that needs care today, each ending in its why; then what is due within the month."""

from __future__ import annotations

from rich.cells import cell_len

from fieldsales.domain.frozen import dataclass, field
from fieldsales.domain.model import AccountRow, Agenda, AgendaLine
from fieldsales.locale import Texts
from fieldsales.ui.commands import key_label
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, fit, title_line

LATER_FOLDED = 3  # lines of what is due within the month that are in sight at first


@dataclass(frozen=True, slots=True)
class TodayView:
    """What the pane shows."""

    agenda: Agenda = field(default_factory=Agenda)
    unfolded: bool = False  # all of "이달 안에" is listed
    long_unseen: tuple[AccountRow, ...] = ()  # offered where nothing is due
    next_line: AgendaLine | None = None
    empty_book: bool = False
    worst: str = ""  # said while a large account is at risk and nothing signed reaches it (S0-25)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that is only read."""

    text: str = ""
    role: str = "dim"
    fold: bool = False  # Enter here folds or unfolds what is due later


class TodayPane(LineList):
    """The day's agenda."""

    def __init__(self, t: Texts, *, id: str) -> None:
        super().__init__(id=id)
        self.t = t
        self.view = TodayView()
        self.titled = False
        self.masked = False

    def show_view(self, view: TodayView, keep: str = "") -> None:
        """Show another day or another state; the cursor stays on the account `keep`, else where it is."""
        self.view = view
        items = self._items(view)
        accounts = [getattr(item, "account_id", getattr(item, "id", "")) for item in items]
        self.show(items, accounts.index(keep) if keep in accounts and keep else None)

    def _items(self, view: TodayView) -> list[object]:
        t = self.t
        if view.empty_book:
            ways = [(key_label(name, t.keys), t(f"today.empty.{name}")) for name in ("add", "import", "sample")]
            room = max(cell_len(key) for key, _ in ways) + 3
            lines = [Heading(fit(key, room) + text, "") for key, text in ways]
            hints = [Heading(line) for line in t("today.empty.hint").split("\n")]
            return [Heading(t("today.empty"), ""), Heading(), *lines, Heading(), *hints]
        items: list[object] = list(view.agenda.today)
        if not items:
            items = [Heading(t("today.all_done"), "good"), Heading()]
            if view.long_unseen:
                items += [Heading(t("today.if_time")), *view.long_unseen]
            if view.next_line and not view.agenda.later:
                when = t.say(view.next_line.when)
                items += [Heading(), Heading(t("today.next", when=when, name=view.next_line.name))]
        if view.agenda.later_count:
            later = view.agenda.later if view.unfolded else view.agenda.later[: self._later_room(len(items))]
            rest = view.agenda.later_count - len(later)
            items += [Heading(), Heading(t("today.later", n=view.agenda.later_count)), *later]
            if rest > 0:
                items.append(Heading(t("today.more", n=rest), fold=True))
        if view.worst and not self.masked:
            items += [Heading(), *(Heading(line) for line in view.worst.split("\n"))]
        return items

    def _later_room(self, above: int) -> int:
        """How many of the later lines stand folded: few, so that the day itself stays in sight."""
        return max(1, min(LATER_FOLDED, self.size.height - above - 5)) if self.size.height else LATER_FOLDED

    def can_choose(self, index: int) -> bool:
        item = self.items[index]
        return not isinstance(item, Heading) or item.fold

    def head(self, width: int) -> list[Parts]:
        if self.titled:
            return [title_line("1", self.t("pane.today"), width), []]
        return [[]]

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        if isinstance(item, Heading):
            return [("   ", ""), (item.text, "accent" if chosen else item.role)]
        mark = (" > " if chosen else "   ", "accent")
        if self.masked:
            assert isinstance(item, AccountRow | AgendaLine)
            time = self.t.say(item.when) if isinstance(item, AgendaLine) and item.fixed and not item.overdue else ""
            return [mark, (fit(time, 10), "accent"), (item.name, "strong")]
        if isinstance(item, AccountRow):
            return [mark, (fit(item.name, 18), "strong"), (" ", ""), (self._met(item), "dim")]
        assert isinstance(item, AgendaLine)
        t = self.t
        when_width = 10 if t.lang == "ko" else 11
        name_width = 15 if width < 70 else min(26, 18 + (width - 80) // 8)
        rest = width - 3 - when_width - name_width - 2
        what_width = rest if rest < 34 else max(22, min(40, rest // 2))
        what = " · ".join(t.say(part) for part in item.what)
        why = t.say(item.why)
        role = "danger" if item.overdue else "accent" if item.fixed else ""
        parts: Parts = [
            mark,
            (fit(t.say(item.when), when_width), role),
            (fit(item.name, name_width), "strong"),
            ("  ", ""),
        ]
        if rest >= 34:
            return [*parts, (fit(what, what_width - 2), ""), ("  ", ""), (why, "dim")]
        return [*parts, (what, ""), (" · ", "dim"), (why, "dim")]

    def _met(self, row: AccountRow) -> str:
        if not row.last_met:
            return self.t("list.never_met")
        return self.t("list.met", day=row.last_met)
