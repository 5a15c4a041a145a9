"""Where the book cannot simply be opened: what stands where, and a few ways to go on, each with what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldsales.locale import Texts
from fieldsales.ui.widgets.parts import Parts, fit, size_of, tail, wrap
from fieldsales.ui.widgets.text import TextLines


class Crossroads(Screen[None]):
    """A title, facts, and numbered ways. The texts of way `x` are `NAME.x` and `NAME.x.hint`."""

    context: ClassVar[str] = "crossroads"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"take({number - 1})", show=False) for number in range(1, 5)),
        Binding("down,tab,j", "step(1)", show=False),
        Binding("up,shift+tab,k", "step(-1)", show=False),
        Binding("enter", "take", show=False),
        Binding("q,escape", "leave", show=False),
    ]

    def __init__(
        self,
        t: Texts,
        name: str,
        ways: Sequence[str],
        choose: Callable[[str], None],
        facts: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`ways` ends with the one that Esc takes; `facts` are names and what stands there."""
        super().__init__()
        self.t = t
        self.ways = list(ways)
        self.facts = list(facts)
        self.cursor = 0
        self.notice = ""
        self._about = name
        self._choose = choose

    def compose(self) -> ComposeResult:
        self.lines = TextLines(self._draw_lines, classes="welcome")
        yield self.lines

    def show(self, facts: Sequence[tuple[str, str]], ways: Sequence[str]) -> None:
        """Other facts, other ways: more is known now."""
        self.facts, self.ways = list(facts), list(ways)
        self.cursor = min(self.cursor, len(self.ways) - 1)
        self.lines.redraw()

    def say(self, text: str, seconds: float = 0) -> None:
        self.notice = text
        self.lines.redraw()

    def redraw(self) -> None:
        self.lines.redraw()

    def on_resize(self) -> None:
        self.lines.redraw()

    def action_step(self, step: int) -> None:
        self.cursor = (self.cursor + step) % len(self.ways)
        self.lines.redraw()

    def action_take(self, number: int = -1) -> None:
        number = self.cursor if number < 0 else number
        if number < len(self.ways):
            self.cursor = number
            self.lines.redraw()
            self._choose(self.ways[number])

    def action_leave(self) -> None:
        self._choose(self.ways[-1])

    def on_text_lines_clicked(self, event: TextLines.Clicked) -> None:
        self._choose(event.meaning)

    def _draw_lines(self, width: int) -> list[Parts]:
        t = self.t
        side = max(2, min(36, (width - 72) // 2))
        left = " " * side
        room = max(20, width - 2 * side)
        lines: list[Parts] = [[(left, ""), ("fieldsales", "accent")]]
        lines += [[(left, ""), (piece, "strong")] for piece in wrap(t(f"{self._about}.title"), room)]
        lines += [[(left, ""), (piece, "")] for piece in wrap(t(f"{self._about}.what"), room)]
        lines.append([])
        for name, fact in self.facts:
            label = fit(name, 26) if self._about == "damaged" else fit(name, 12)
            lines.append([(left, ""), (label, "dim"), (tail(fact, max(12, room - size_of([(label, "")]))), "")])
        lines.append([])
        for number, way in enumerate(self.ways):
            here = number == self.cursor
            title = fit(t(f"{self._about}.{way}"), 20)
            line: Parts = [
                (left[:-2] + ("> " if here else "  "), "accent"),
                (f"{number + 1}   ", f"key@{way}"),
                (title, ("strong@" if here else "@") + way),
            ]
            hint: Parts = [(t(f"{self._about}.{way}.hint"), f"dim@{way}")]
            if size_of(line) + size_of(hint) < width:
                line += hint
            lines.append(line)
        lines.append([])
        lines += [[(left, ""), (piece, "caution")] for piece in wrap(self.notice, room)] if self.notice else [[]]
        above = max(0, (self.size.height - len(lines)) // 2)
        return [*([[]] * above), *lines]
