"""마무리 인사: the words to send when they leave, by how they leave. y copies, Tab turns to the other one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType

from fieldsales.locale import Texts
from fieldsales.ui.screens.reading import PrivateSheet, ReadRow
from fieldsales.ui.widgets.parts import Parts, wrap
from fieldsales.ui.widgets.sheet import rule

HOWS = ("quiet", "hurt")


class FarewellSheet(PrivateSheet):
    """Two texts, one at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "command('copy')", show=False, id="copy"),
        Binding("tab", "command('turn')", show=False, id="turn", priority=True),
    ]

    def __init__(self, t: Texts, name: str, texts: Mapping[str, str], how: str, note: str, account_id: str) -> None:
        """`texts` by how they left, `how` the one that is shown first."""
        self._texts = texts
        self.how = how if how in HOWS else HOWS[0]
        self.account_name = name
        self._note = note
        super().__init__(
            t, list, self._lines, account_id=account_id, keys=("copy", "turn", "close"), text=lambda: texts[self.how]
        )

    def title_lines(self, width: int) -> list[Parts]:
        t = self.t
        first: Parts = [(f" {self.account_name}", "strong"), (f" · {t('closing.farewell')}", "")]
        tabs: Parts = []
        for how in HOWS:
            label = t(f"closing.farewell_{how}")
            tabs.append((f" [{label}]" if how == self.how else f"  {label} ", "accent" if how == self.how else "dim"))
        return [first, tabs, rule(width), []]

    def _lines(self, width: int) -> list[ReadRow]:
        text = [ReadRow(((piece, ""),)) for piece in wrap(self._texts[self.how], width - 6)]
        return [*text, ReadRow(), *(ReadRow(((piece, "dim"),)) for piece in wrap(self._note, width - 6))]

    def label_of(self, id: str) -> str:
        return self.t("closing.turn") if id == "turn" else super().label_of(id)

    def action_command(self, id: str) -> None:
        if id == "turn":
            self.how = HOWS[(HOWS.index(self.how) + 1) % len(HOWS)]
            self.reload()
        else:
            super().action_command(id)
