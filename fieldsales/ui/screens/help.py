"""도움말: one page for each place, its own keys with what they do, then the keys that work nearly everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType

from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.screens.reading import ReadRow, ReadSheet
from fieldsales.ui.widgets.parts import Parts, cut
from fieldsales.ui.widgets.sheet import rule


class HelpSheet(ReadSheet):
    """The keys of one place; Tab turns to the next place's."""

    context: ClassVar[str] = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("help")]

    def __init__(
        self,
        t: Texts,
        place: str,
        places: Sequence[tuple[str, str]],
        rows: Callable[[str, int], Sequence[ReadRow]],
    ) -> None:
        """`places` are the contexts with their names, `rows` what stands on the page of one."""
        super().__init__(t, list, lambda width: rows(self.place, width), keys=("turn", "close"))
        self.place = place
        self.places = list(places)

    def title_lines(self, width: int) -> list[Parts]:
        parts: Parts = [(f" {self.t('cmd.help')}  ", "strong")]
        at = next(number for number, (place, _) in enumerate(self.places) if place == self.place)
        for place, name in self.places[at:] + self.places[:at]:
            here = place == self.place
            parts += [(f"[{name}]" if here else f" {name} ", ("accent" if here else "dim") + f"@at {place}")]
        return [cut(parts, width), rule(width)]

    def label_of(self, id: str) -> str:
        return self.t("help.turn") if id == "turn" else super().label_of(id)

    def action_command(self, id: str) -> None:
        names = [place for place, _ in self.places]
        if id == "turn":
            self._show(names[(names.index(self.place) + 1) % len(names)])
        elif id.startswith("at "):
            self._show(id[3:])
        else:
            super().action_command(id)

    def _show(self, place: str) -> None:
        self.place = place
        self.reload()
        self.rows.scroll_to(y=0, animate=False)
