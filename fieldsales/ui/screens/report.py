"""보고: texts for others, complete without typing, that can always be copied. Tab turns to the next of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.fields import LongField, Typed
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, cut, size_of, spread, wrap
from fieldsales.ui.widgets.sheet import Sheet, rule

WIDEST = 78  # cells of a line of the text


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A paragraph as it is shown, open gaps in brackets. One with a key can be left out; `painful` ones stand apart."""

    text: str
    key: str = ""
    taken: bool = True
    painful: bool = False


@dataclass(frozen=True, slots=True)
class ReportGap:
    """A gap that may be filled: its name, how it stands in the text, and what is told beside it."""

    name: str
    label: str
    told: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """One text: as it is shown, as it is copied, what can be filled, and what the rep is told below it."""

    account_id: str
    case_id: str  # "" while there is no case
    name: str
    kind: str
    lines: tuple[ReportLine, ...]
    gaps: tuple[ReportGap, ...]
    copied: str
    notes: tuple[str, ...] = ()
    own: str = ""  # the text as the user changed it, "" if it stands as made


@dataclass(frozen=True, slots=True)
class _Row:
    """A line on the screen; the first one of what can be chosen has a name."""

    parts: tuple[tuple[str, str], ...] = ()
    gap: str = ""
    choice: str = ""
    side: str = ""


class _Text(LineList):
    """The paragraphs, the gaps and the notes."""

    def __init__(self, t: Texts) -> None:
        super().__init__(id="report-lines")
        self.t = t
        self.view: ReportView | None = None

    def show_view(self, view: ReportView) -> None:
        self.view = view
        self.lay_out_text()

    def lay_out_text(self) -> None:
        view = self.view
        if view is None:
            return
        width = max(min(self.room - 3, WIDEST), 20)
        here = self.current
        name = (here.gap, here.choice) if isinstance(here, _Row) else ("", "")
        rows: list[object] = []
        if view.own:
            for paragraph in view.own.split("\n"):
                rows += [_Row((("  " + piece, ""),)) for piece in wrap(paragraph, width)]
        else:
            for line in (one for one in view.lines if not one.painful):
                rows += self._line(line, width)
            hurting = [one for one in view.lines if one.painful]
            if hurting:
                rows += [_Row(), _Row(((" " + self.t("report.alone"), "strong"),))]
            for line in hurting:
                rows += self._line(line, width)
            if view.gaps:
                rows.append(_Row())
            for gap in view.gaps:
                rows += self._gap(gap, width)
        rows.append(_Row())
        for note in view.notes:
            rows += [_Row((("  " + piece, "dim"),)) for piece in wrap(note, width)]
        found = (i for i, row in enumerate(rows) if isinstance(row, _Row) and (row.gap, row.choice) == name)
        self.show(rows, next(found, 0) if any(name) else 0)

    def _line(self, line: ReportLine, width: int) -> list[object]:
        if not line.key:
            return [_Row((("  " + piece, ""),)) for piece in wrap(line.text, width)]
        role = "" if line.taken else "dim"
        first, *rest = wrap(line.text, width - 6)
        side = "" if line.taken else self.t("report.left_out")
        head = _Row(
            (("[x] " if line.taken else "[ ] ", "good" if line.taken else ""), (first, role)), "", line.key, side
        )
        return [head, *(_Row((("       " + piece, role),)) for piece in rest)]

    def _gap(self, gap: ReportGap, width: int) -> list[object]:
        """A gap and what is told beside it, below it where both do not fit on a line."""
        name: tuple[str, str] = (gap.label, "accent")
        if size_of([name, (gap.told, "")]) + 6 <= width:
            return [_Row((name, ("   " + gap.told, "dim")), gap=gap.name)]
        below = [_Row((("     " + piece, "dim"),)) for piece in wrap(gap.told, width - 4)]
        return [_Row((name,), gap=gap.name), *below]

    def on_resize(self) -> None:
        self.lay_out_text()
        super().on_resize()

    def can_choose(self, index: int) -> bool:
        item = self.items[index]
        return isinstance(item, _Row) and bool(item.gap or item.choice)

    def action_move(self, step: int) -> None:
        if any(self.can_choose(index) for index in range(len(self.items))):
            super().action_move(step)
        else:
            self.scroll_relative(y=step, animate=False)

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        assert isinstance(item, _Row)
        if not (item.gap or item.choice):
            return cut(list(item.parts), width)
        row: Parts = [(" > " if chosen else "   ", "accent"), *item.parts]
        side: Parts = [(item.side + " ", "dim")] if item.side else []
        return spread(row, side, width) if side and size_of(row) + size_of(side) < width else cut(row, width)


class ReportSheet(Sheet[None]):
    """The reports of one account: Tab turns, y copies, e opens the text for changing, Enter fills a gap, Space leaves a
    line out or puts it in."""

    context: ClassVar[str] = "report"
    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("report")]

    def __init__(
        self,
        t: Texts,
        tabs: Sequence[str],
        kind: str,
        load: Callable[[str], ReportView],
        keep: Callable[[ReportView, str], None],
        *,
        fill: Callable[[ReportSheet, str], None],
        take: Callable[[ReportSheet, str], None],
    ) -> None:
        """`keep` keeps the text as the user changes it; `fill` asks for the words of a gap, `take` turns a line."""
        super().__init__(t)
        self.tabs = tuple(tabs)
        self._load = load
        self._keep = keep
        self._fill = fill
        self._take = take
        self._editing = False
        self.view = load(kind)

    @property
    def account_id(self) -> str:
        return self.view.account_id

    def title_lines(self, width: int) -> list[Parts]:
        first: Parts = [(" " + self.view.name, "strong"), (f" · {self.t('report.title')}", "")]
        tabs: Parts = [(" ", "")]
        for kind in self.tabs:
            name = self.t(f"report.{kind}")
            here = kind == self.view.kind
            tabs.append((f"[{name}]" if here else f" {name} ", "accent" if here else f"dim@tab:{kind}"))
            tabs.append((" ", ""))
        return [first, tabs, rule(width), []]

    def body(self) -> ComposeResult:
        self.lines = _Text(self.t)
        yield self.lines
        self.field = LongField("", id="field-report")
        self.field.display = False
        yield self.field

    def on_mount(self) -> None:
        self.lines.show_view(self.view)
        self.lines.focus()

    @property
    def copied(self) -> str:
        """The text as it leaves: open gaps in their own wording."""
        return self.field.text_value if self._editing else self.view.own or self.view.copied

    @property
    def chosen(self) -> tuple[str, str]:
        """The gap or the line under the cursor, by their names."""
        item = self.lines.current
        return (item.gap, item.choice) if isinstance(item, _Row) else ("", "")

    @property
    def _may_write(self) -> bool:
        """Nothing is filled in where a book is only looked at."""
        return bool(self.app.offers("edit", self.context))  # type: ignore[attr-defined]

    def show(self, kind: str = "") -> None:
        """Show another text, or the same one anew."""
        self.view = self._load(kind or self.view.kind)
        self.lines.show_view(self.view)
        self.redraw()

    def edit(self) -> None:
        """Change the text by hand."""
        self._editing = True
        self.field.text = self.view.own or self.view.copied
        self.lines.display = False
        self.field.display = True
        self.field.focus()
        self.redraw()

    def on_typed(self, event: Typed) -> None:
        event.stop()
        if self._editing:
            self._keep(self.view, self.field.text_value)

    def label_of(self, id: str) -> str:
        own = {"open": "report.fill", "done": "report.take", "turn": "report.turn"}
        return self.t(own[id]) if id in own else super().label_of(id)

    def foot_keys(self) -> tuple[str, ...]:
        if self._editing:
            return ("close",)
        ids = ["copy", "edit"]
        if not self.view.own and self._may_write:
            ids += ["open"] if self.view.gaps else []
            ids += ["done"] if any(line.key for line in self.view.lines) else []
        return (*ids, *(["turn"] if len(self.tabs) > 1 else []), "to_file", "close")

    def action_command(self, id: str) -> None:
        if id == "close" and self._editing:
            self._editing = False
            self.field.display = False
            self.lines.display = True
            self.lines.focus()
            self.show()
        elif id in {"turn", "open", "done"} or id.startswith("tab:"):
            if not self._editing and not self.veiled:
                self._here(id)
        else:
            super().action_command(id)

    def _here(self, id: str) -> None:
        gap, choice = self.chosen
        if id == "turn":
            at = self.tabs.index(self.view.kind) if self.view.kind in self.tabs else -1
            self.show(self.tabs[(at + 1) % len(self.tabs)])
        elif id.startswith("tab:"):
            self.show(id.removeprefix("tab:"))
        elif id == "open" and gap and self._may_write:
            self._fill(self, gap)
        elif id == "done" and choice and self._may_write:
            self._take(self, choice)

    def on_line_list_opened(self, event: LineList.Opened) -> None:
        event.stop()
        gap, choice = self.chosen
        self._here("open" if gap else "done" if choice else "")
