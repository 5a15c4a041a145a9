"""The tour of the sample book: two quiet lines above the keys say what to press next, and wait for as long as it takes.

Nothing is blocked: a step is over when the user has done it, or with Esc on the panes, which passes it over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from fieldsales.locale import Texts
from fieldsales.ui.commands import LISTS, MAIN
from fieldsales.ui.widgets.parts import Parts, spread, wrap

DESK = MAIN | {"case", "why"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where its key works, the sheet in which it goes on, and what ends it."""

    where: frozenset[str]
    inside: str = ""  # a context that has a text of its own
    tables: frozenset[str] = frozenset()  # a change in one of these ends it
    command: str = ""  # or this command, once it was carried out
    left: bool = False  # or leaving the sheet `inside`


STEPS = (
    Step(DESK, "log", tables=frozenset({"activity"})),
    Step(MAIN, command="why"),
    Step(LISTS),  # ends on the page
    Step(MAIN, "case", tables=frozenset({"churn_case", "case_item"}), left=True),
    Step(DESK | {"report"}, "form", tables=frozenset({"lesson"})),
)


class Tour:
    """Where the tour stands."""

    def __init__(self) -> None:
        self.step = 0
        self.over = False
        self._inside = False

    def heed(self, context: str, command: str = "", tables: Collection[str] = ()) -> None:
        """Go on if what was just done is what the step asks for. `context` is where the user is now."""
        if self.step == len(STEPS):
            self.over = self.over or bool(command and command not in ("close", "lesson", "mask"))
            return
        step = STEPS[self.step]
        on_page = self.step == 2 and context == "page"
        gone = step.left and self._inside and context not in (step.inside, "")
        self._inside = context == step.inside
        if on_page or gone or step.tables & set(tables) or (command and command == step.command):
            self.step += 1
            self._inside = False

    def skip(self) -> None:
        """Esc on the panes: the step is passed over, the end is put away."""
        self.over = self.step == len(STEPS)
        self.step = min(self.step + 1, len(STEPS))

    def lines(self, t: Texts, context: str, width: int, notice: str, panes: bool) -> list[Parts]:
        """The lines above the keys; `notice` stands where the number of the step would, `panes` says whether Esc
        passes the step over."""
        ended = self.step == len(STEPS)
        name = t("tour.end") if ended else t("tour.step", n=self.step + 1, all=len(STEPS))
        left: Parts = [(" " + notice, "accent")] if notice else [(" " + name, "key")]
        right = t("tour.away" if ended else "tour.skip") if panes else ""
        head = spread(left, [("Esc ", "key@close"), (right + " ", "dim@close")], width) if right else left
        return [head, *([(" " + piece, "")] for piece in wrap(self._text(t, context), width - 2)[:2])]

    def _text(self, t: Texts, context: str) -> str:
        if self.step == len(STEPS):
            return t("tour.file")
        step = STEPS[self.step]
        context = "today" if context == "empty" else context
        if context == step.inside:
            return t(f"tour.{step.inside}")
        return t(f"tour.{self.step + 1}") if context in step.where else t("tour.back")
