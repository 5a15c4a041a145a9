"""이탈 대응, the run: the next thing first, one line at a time. A draft until the first tick; Esc makes it unhappen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from fieldsales.domain.churn import CaseDraft
from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, cut, fit, size_of, spread, title_line, wrap
from fieldsales.ui.widgets.sheet import Sheet
from fieldsales.ui.widgets.text import TextLines

WIDE = 104
ROOMY = 24  # lines of the list from which each other step has a line of its own
TIMELINE = 0  # looked at in place of a step


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of the checklist, worded."""

    key: str
    step: int
    title: str
    help: str
    side: str
    done_at: str
    note: str = ""
    act: str = ""
    waits: bool = False  # contact is paused: not the next thing to do


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A further line that can be chosen: a cause, an offer, new business. `kind` says which keys it has."""

    kind: str
    id: str
    left: tuple[tuple[str, str], ...]  # parts with their roles
    side: str = ""
    details: tuple[str, ...] = ()  # below it, dim


@dataclass(frozen=True, slots=True)
class CaseText:
    """A further line that is only read."""

    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the run shows."""

    account_id: str
    case_id: str  # "" while it is a draft
    name: str
    moment: str
    sentence: str
    lines: tuple[CaseLine, ...]
    steps: tuple[str, ...]
    step: int  # the step of the next open line
    last_line: str
    people: tuple[tuple[str, str], ...]  # name and the lines about the person
    report: tuple[str, ...]
    helped: tuple[str, ...]
    # By step, beside the checklist; those of TIMELINE are its lines.
    rows: Mapping[int, tuple[CaseRow | CaseText, ...]] = field(default_factory=dict)
    sentences: Mapping[int, str] = field(default_factory=dict)  # by step, where another one is looked at
    people_first: bool = False  # how they are stands right below the lines: the visit is still ahead
    note: tuple[str, str] = ("", "")  # on the user's own checklist, below everything else of a draft; and its role


def _wrapped(text: str, role: str, width: int) -> list[CaseText]:
    """A text in as many lines as it needs, each as far in as the first."""
    indent = " " * (len(text) - len(text.lstrip(" ")))
    return [CaseText(((indent + piece, role),)) for piece in wrap(text.lstrip(" "), width - len(indent) - 1)]


def key_of(item: object) -> str:
    """What a line is known by while the run is laid out anew."""
    if isinstance(item, CaseRow):
        return f"{item.kind}:{item.id}"
    return item.key if isinstance(item, CaseLine) else ""


class _Run(LineList):
    """The checklist."""

    def __init__(self, t: Texts) -> None:
        super().__init__(id="run")
        self.t = t
        self.view: CaseView | None = None
        self.step = 1
        self.masked = False

    def show_view(self, view: CaseView, step: int, keep: str | None = None) -> None:
        """Show the run; the cursor stays on the line `keep`, or goes to the next open one where that is empty."""
        self.view, self.step = view, step
        self.lay_out_run(keep)

    def lay_out_run(self, keep: str | None = None) -> None:
        view = self.view
        if view is None:
            return
        width = max(self.room, 40)
        current = self.current
        kept = keep if keep is not None else key_of(current)
        if self.step == TIMELINE:
            self._lay_out_timeline(view, kept, width)
            return
        sentence = view.sentences.get(self.step, view.sentence)
        items: list[object] = [CaseText(((" " + piece, "accent"),)) for piece in wrap(sentence, width - 2)]
        items.append(CaseText())
        roomy = not view.case_id
        lines = [line for line in view.lines if line.step == self.step]
        gaps: list[int] = []  # where the parts of the first screen are set apart, if there is room for it
        helped = kept or next((line.key for line in lines if not line.done_at and not line.waits), "")
        for line in lines:
            items.append(line)
            show_help = roomy or line.key == helped
            for piece in wrap(line.help, width - 10) if line.help and show_help and not line.done_at else ():
                items.append(CaseText((("       " + piece, "dim"),)))
            for piece in wrap(line.note, width - 10) if line.note else ():
                items.append(CaseText((("       " + piece, ""),)))
            if roomy:
                gaps.append(len(items))
        items.append(CaseText())
        people = [] if self.app.size.width >= WIDE or self.masked else self._people(view, width)
        if people and view.people_first and self.step == 1 and not roomy:
            items += [*people, CaseText()]
        for row in view.rows.get(self.step, ()):
            if isinstance(row, CaseText) and len(row.parts) == 1:
                items += _wrapped(*row.parts[0], width)
                continue
            items.append(row)
            if isinstance(row, CaseRow):
                items += [
                    CaseText((("       " + piece, "dim"),)) for text in row.details for piece in wrap(text, width - 10)
                ]
        if view.rows.get(self.step):
            items.append(CaseText())
        if view.case_id:
            others = [
                (f"{number} {title}", all(line.done_at for line in view.lines if line.step == number))
                for number, title in enumerate(view.steps, 1)
                if number != self.step
            ]
            if self.size.height < ROOMY:
                items.append(CaseText((("   " + "   ".join(title for title, _ in others), "dim"),)))
            else:
                items += [CaseText((("   " + title, "good" if done else "dim"),)) for title, done in others]
            items.append(CaseText())
        if roomy and self.size.height >= ROOMY:
            items.append(CaseText((("   " + self.t("run.then"), "dim"),)))
            items += [CaseText((("     " + " · ".join(view.steps[1:]), "dim"),)), CaseText()]
        if roomy:
            items += [*people, CaseText()] if people else []
            items += [CaseText(((" " + piece, "dim"),)) for piece in wrap(view.last_line, width - 2)]
            text, role = view.note
            if text:
                gaps.append(len(items))
                items += _wrapped(" " + text, role, width)
        if len(items) + len(gaps) <= self.size.height:
            for at in reversed(gaps):
                items.insert(at, CaseText())
        still = [i for i, item in enumerate(items) if isinstance(item, CaseLine) and not item.done_at]
        ready = (i for i in still if not getattr(items[i], "waits", False))
        first_open = next(ready, still[0] if still else None)
        cursor = next((i for i, item in enumerate(items) if kept and key_of(item) == kept), first_open)
        self.show(items, cursor or 0)

    def _people(self, view: CaseView, width: int) -> list[object]:
        """How the people are, and what mends it: to be read before the door (S2-21)."""
        items: list[object] = []
        for name, about in view.people:
            if not about:
                continue
            pieces = wrap(about, max(20, width - 22))
            items.append(CaseText((("   " + fit(name, 17) + " ", "strong"), (pieces[0], ""))))
            items += [CaseText(((" " * 21 + piece, ""),)) for piece in pieces[1:]]
        return items

    def _lay_out_timeline(self, view: CaseView, kept: str, width: int) -> None:
        items: list[object] = []
        for row in view.rows.get(TIMELINE, ()):
            items.append(row)
            if isinstance(row, CaseRow):
                items += [
                    CaseText((("          " + piece, "dim"),))
                    for text in row.details
                    for piece in wrap(text, width - 12)
                ]
        last = max((i for i, item in enumerate(items) if isinstance(item, CaseRow)), default=0)
        self.show(items, next((i for i, item in enumerate(items) if kept and key_of(item) == kept), last))

    def move_cursor(self, index: int) -> None:
        before = self.cursor
        super().move_cursor(index)
        item = self.current
        if before != self.cursor and item is not None and self.step != TIMELINE:
            self.lay_out_run(key_of(item))

    def choose_row(self, key: str) -> None:
        """Put the cursor on a line known by its `key_of`."""
        self.lay_out_run(key)

    def on_resize(self) -> None:
        self.lay_out_run()
        super().on_resize()

    def can_choose(self, index: int) -> bool:
        return isinstance(self.items[index], CaseLine | CaseRow)

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        if isinstance(item, CaseText):
            return list(item.parts)
        if isinstance(item, CaseRow):
            row: Parts = [(" > " if chosen else "   ", "accent"), *item.left]
            return spread(row, [(item.side + " ", "dim")] if size_of(row) < width - 8 else [], width)
        assert isinstance(item, CaseLine)
        done = bool(item.done_at)
        left: Parts = [(" > " if chosen else "   ", "accent"), ("[x] " if done else "[ ] ", "good" if done else "")]
        left.append((item.title, "dim" if done else "strong"))
        return spread(left, [(item.side + " ", "dim")] if size_of(left) < width - 8 else [], width)


class CaseSheet(Sheet[None]):
    """The run of one case."""

    context: ClassVar[str] = "case"
    private: ClassVar[bool] = True
    on_digit: Callable[[int], bool] | None = None  # set where the sheet is opened; true where it was of use
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_for("case"),
        Binding("greater_than_sign", "command('next_step')", show=False),  # what the arrow looks like in plain signs
    ]

    def __init__(
        self, t: Texts, load: Callable[[], CaseView], draft_of: Callable[[], CaseDraft], heard: dict[str, str]
    ) -> None:
        super().__init__(t)
        self._load = load
        self.draft_of = draft_of
        self.heard = heard  # what the user corrected before the case began
        self.view = load()
        self.step = self.view.step
        self._back_to = self.step  # from the timeline

    @property
    def account_id(self) -> str:
        return self.view.account_id

    @property
    def case_id(self) -> str:
        return self.view.case_id

    @property
    def item_key(self) -> str:
        item = self.run.current
        return item.key if isinstance(item, CaseLine) else ""

    @property
    def row(self) -> CaseRow | None:
        """The further line that is chosen, None where it is a line of the checklist."""
        item = self.run.current
        return item if isinstance(item, CaseRow) else None

    def body(self) -> ComposeResult:
        self.run = _Run(self.t)
        self.side = TextLines(self._side_lines, classes="case-side")
        with Horizontal():
            yield self.run
            yield self.side

    def on_mount(self) -> None:
        self.run.masked = self.masked
        self.run.show_view(self.view, self.step)
        self.run.focus()
        self._fit()

    def on_resize(self) -> None:
        self._fit()
        super().on_resize()

    def _fit(self) -> None:
        self.side.display = self.size.width >= WIDE and not self.masked

    def reload(self) -> None:
        """Show what is in the book now; where the step that is looked at was just finished, the next one opens."""
        before = self.view
        self.view = self._load()
        if not self.view.case_id or (self.step != TIMELINE and (self.step == before.step or not before.case_id)):
            self.step = self.view.step
        self.run.masked = self.masked
        if self.run.is_mounted:
            key = key_of(self.run.current)
            done = {line.key for line in self.view.lines if line.done_at} - {
                line.key for line in before.lines if line.done_at
            }
            anew = key in done or (before.case_id and not self.view.case_id)  # undone to the draft: its first line
            self.run.show_view(self.view, self.step, "" if anew else key)
            self._fit()
            self.redraw()
            self.side.redraw()

    def turn(self, by: int = 1) -> None:
        """Look at the next step; from the timeline back to the one before. A draft has its first acts alone."""
        if not self.case_id:
            return
        if self.step == TIMELINE:
            self.step = self._back_to
        else:
            self.step = (self.step - 1 + by) % max(1, len(self.view.steps)) + 1
        self.run.show_view(self.view, self.step, "")
        self.redraw()

    def look_back(self) -> None:
        """Look at the timeline, or from it back to the step."""
        if self.step == TIMELINE:
            self.turn()
            return
        self._back_to, self.step = self.step, TIMELINE
        self.run.show_view(self.view, self.step, "")
        self.redraw()

    def action_command(self, id: str) -> None:
        if id == "close" and self.step == TIMELINE:
            self.turn()
            return
        super().action_command(id)

    def on_key(self, event: events.Key) -> None:
        """A digit on the step that gathers causes: the first press marks one, the second opens it."""
        digit = event.character or ""
        if self.on_digit is None or self.veiled or not (digit.isascii() and digit.isdigit()):
            return
        if self.on_digit(int(digit)):
            event.stop()
            event.prevent_default()

    def title_lines(self, width: int) -> list[Parts]:
        t, view = self.t, self.view
        title = t("pane.churn")
        if view.case_id and self.step == TIMELINE:
            title += f" · {t('cmd.timeline')}"
        elif view.case_id:
            title += f" · {view.steps[self.step - 1]} {self.step}/{len(view.steps)}"
        top = spread([(" " + view.name, "strong")], [(view.moment + " ", "dim")], width)
        return [top, title_line("", title, width), []]

    def foot_lines(self, width: int) -> list[Parts]:
        lines = super().foot_lines(width)
        if not self.notice and not self.view.case_id and len(lines) == 3:
            lines[1] = [(" " + self.t("case.draft"), "dim")]
        return lines

    def foot_keys(self) -> tuple[str, ...]:
        if not self.view.case_id:
            return ("done", "open", "copy", "heard_at", "close")
        if self.step == TIMELINE:
            return ("add", "edit", "undo", "timeline", "close")
        return {
            1: ("done", "log", "attempt", "report", "next_step", "timeline", "close"),
            2: ("done", "open", "log", "report", "next_step", "timeline", "close"),
            3: ("add", "edit", "open", "report", "next_step", "timeline", "close"),
        }.get(self.step, ("done", "open", "edit", "report", "timeline", "close_case", "close"))

    def label_of(self, id: str) -> str:
        if id == "timeline" and self.step == TIMELINE:
            return self.t("run.back")
        own = {"attempt": "run.m", "next_step": "run.next"}.get(id, "") if self.view.case_id else ""
        return self.t(own) if own else super().label_of(id)

    def _side_lines(self, width: int) -> list[Parts]:
        t, view = self.t, self.view
        lines: list[Parts] = [title_line("", t("case.to_send"), width), []]
        for paragraph in view.report:
            lines += [[("  " + piece, "")] for piece in wrap(paragraph, width - 3)]
        if view.people:
            lines += [[], title_line("", t("brief.people"), width), []]
        for name, about in view.people:
            lines.append([("  " + name, "strong")])
            lines += [[("    " + piece, "dim")] for piece in wrap(about, width - 5)]
        if view.helped:
            lines += [[], title_line("", t("case.helped"), width), []]
            for text in view.helped:
                lines += [[("  " + piece, "")] for piece in wrap(text, width - 3)]
        return [cut(line, width) for line in lines]
