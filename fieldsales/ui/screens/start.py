"""The first screens: the welcome where there is no book yet, and the plan after a first import."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldsales.domain.model import Message
from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.parts import Parts, fit, size_of, tail
from fieldsales.ui.widgets.sheet import Sheet, rule
from fieldsales.ui.widgets.text import TextLines

WELCOME_KEYS = (("1", "sample"), ("2", "import"), ("3", "empty"))


class WelcomeScreen(Screen[None]):
    """Three ways to begin, and where the book will live."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{name}')", show=False) for key, name in WELCOME_KEYS),
        Binding("p", "choose('place')", show=False),
        Binding("e", "choose('language')", show=False),
        Binding("q,escape", "choose('quit')", show=False),
        Binding("down,tab", "step(1)", show=False),
        Binding("up,shift+tab", "step(-1)", show=False),
        Binding("enter", "take", show=False),
    ]

    def __init__(self, t: Texts, place: Callable[[], str], choose: Callable[[str], None]) -> None:
        super().__init__()
        self.t = t
        self._place = place
        self._choose = choose
        self.cursor = 0
        self.notice = ""

    def compose(self) -> ComposeResult:
        self.lines = TextLines(self._draw_lines, classes="welcome")
        yield self.lines

    def say(self, text: str, seconds: float = 0) -> None:
        self.notice = text
        self.lines.redraw()

    def redraw(self) -> None:
        self.lines.redraw()

    def on_resize(self) -> None:
        self.lines.redraw()

    def action_step(self, step: int) -> None:
        self.cursor = (self.cursor + step) % len(WELCOME_KEYS)
        self.lines.redraw()

    def action_take(self) -> None:
        self._choose(WELCOME_KEYS[self.cursor][1])

    def action_choose(self, name: str) -> None:
        self._choose(name)

    def on_text_lines_clicked(self, event: TextLines.Clicked) -> None:
        self._choose(event.meaning)

    def _draw_lines(self, width: int) -> list[Parts]:
        t = self.t
        left = " " * max(2, min(36, (width - 60) // 2))
        lines: list[Parts] = [[(left, ""), ("fieldsales", "accent")], [(left, ""), (t("welcome.what"), "")], [], []]
        for number, (key, name) in enumerate(WELCOME_KEYS):
            mark = "> " if number == self.cursor else "  "
            title = fit(t(f"welcome.{name}"), 26)
            role = "strong@" if number == self.cursor else "@"
            line: Parts = [(left[:-2] + mark, "accent"), (key + "   ", "key@" + name), (title, role + name)]
            hint = t(f"welcome.{name}.hint")
            if size_of(line) + len(hint) < width:
                line.append((hint, "dim@" + name))
            lines.append(line)
        lines += [[], [], [(left, ""), (t("welcome.one_file"), "")]]
        other: Parts = [("   ", ""), ("p ", "key@place"), (t("welcome.place"), "dim@place")]
        place = tail(self._place(), max(12, width - size_of([(left, ""), *other])))
        lines.append([(left, ""), (place, "strong"), *other])
        lines += [[], [(left, ""), (t("welcome.copy"), "dim")], [(left, ""), (t("welcome.offline"), "dim")], []]
        lines.append([(left, ""), (self.notice, "caution")])
        keys = [("1 2 3", "choose"), ("p", "place"), ("e", "language"), ("q", "quit")]
        foot: Parts = [(left, "")]
        for key, name in keys:
            foot += [(key, f"key@{name}"), (f" {t(f'welcome.key.{name}')}   ", f"dim@{name}")]
        lines.append(foot)
        room = max(0, (self.size.height - len(lines)) // 2)
        return [*([[]] * room), *lines]


class PlanSheet(Sheet[bool]):
    """After the first import: how many a day? The screen that decides whether people stay."""

    context: ClassVar[str] = "plan"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", show=False),
        Binding("plus,right,up,equals_sign", "step(1)", show=False),
        Binding("minus,left,down", "step(-1)", show=False),
        Binding("escape", "leave", show=False),
        Binding("u", "undo", show=False),
        *bindings_for("plan"),
    ]

    def __init__(
        self,
        t: Texts,
        title: str,
        daily: int,
        lines: Callable[[int], list[str]],
        take: Callable[[int], Message | None],
        undo: Callable[[], None],
    ) -> None:
        super().__init__(t)
        self.plan_title = title
        self.daily = daily
        self._lines = lines
        self._take = take
        self._undo = undo

    def title_lines(self, width: int) -> list[Parts]:
        return [[(" " + self.plan_title, "strong")], rule(width)]

    def body(self) -> ComposeResult:
        self.main = TextLines(self._main_lines)
        yield self.main

    def _main_lines(self, width: int) -> list[Parts]:
        t = self.t
        lines: list[Parts] = [[], [("   " + t("plan.how_many"), "strong")], []]
        lines.append(
            [
                ("       ", ""),
                (f"[ {self.daily} ]", "accent"),
                ("    ", ""),
                ("+", "key@more"),
                (" ", ""),
                ("-", "key@less"),
            ]
        )
        lines.append([])
        for line in self._lines(self.daily):
            lines.append([("   " + line, "")])
        return lines

    def foot_lines(self, width: int) -> list[Parts]:
        t = self.t
        keys: Parts = [(" ", "")]
        for key, name in (("Enter", "take"), ("+ -", "number"), ("u", "undo"), ("Esc", "later")):
            keys += [(key, f"key@{name}"), (f" {t(f'plan.key.{name}')}   ", f"dim@{name}")]
        return [rule(width), [(" " + self.notice, "accent")], keys]

    def on_text_lines_clicked(self, event: TextLines.Clicked) -> None:
        if event.meaning in ("more", "number", "less"):
            self.action_step(-1 if event.meaning == "less" else 1)
        elif event.meaning == "take":
            self.action_take()
        elif event.meaning == "undo":
            self.action_undo()
        else:
            self.action_leave()

    def action_step(self, step: int) -> None:
        self.daily = max(1, min(30, self.daily + step))
        self.main.redraw()

    def action_take(self) -> None:
        missing = self._take(self.daily)
        if missing is None:
            self.dismiss(True)
        else:
            self.say(self.t.say(missing))

    def action_leave(self) -> None:
        self.dismiss(False)

    def action_undo(self) -> None:
        self._undo()
        self.dismiss(False)
