"""Erasing for good: everything that goes stands here before the key is pressed twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from fieldsales.locale import Texts
from fieldsales.ui.screens.reading import ReadRow, ReadSheet
from fieldsales.ui.widgets.parts import Parts, size_of
from fieldsales.ui.widgets.sheet import rule

KEY = "ctrl+e"
KEY_LABEL = "Ctrl+E"


class EraseSheet(ReadSheet):
    """What goes, and where a name is replaced. Enter or Space on such a place leaves it as it is; `erase` is called
    once the key has been pressed twice with nothing in between."""

    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(KEY, "erase", show=False, priority=True),
        Binding("space", "command('open')", show=False),
    ]

    def __init__(
        self,
        t: Texts,
        title: Callable[[], Parts],
        rows: Callable[[int], Sequence[ReadRow]],
        *,
        erase: Callable[[], None],
        spare: Callable[[str], None],
        account_id: str = "",
    ) -> None:
        super().__init__(t, title, rows, account_id=account_id, open_row=self._spare)
        self._erase = erase
        self._on_spare = spare
        self.armed = False

    def _spare(self, opens: str) -> None:
        self.disarm()
        self._on_spare(opens)
        self.reload()

    def disarm(self) -> None:
        """Whatever else is done, the key has to be pressed twice again."""
        if self.armed:
            self.armed = False
            self.say("")

    def on_line_list_moved(self) -> None:
        self.disarm()

    def action_erase(self) -> None:
        if self.veiled:
            return
        if not self.armed:
            self.armed = True
            self.say(self.t("erase.again", key=KEY_LABEL))
            return
        self.armed = False
        self._erase()

    def foot_lines(self, width: int) -> list[Parts]:
        offered = [(KEY_LABEL, self.t("erase.key"))]
        if any(isinstance(item, ReadRow) and item.opens for item in self.rows.items):
            offered.append(("Space", self.t("erase.spare_key")))
        offered.append(("Esc", self.t("cmd.close")))
        keys: Parts = [(" ", "")]
        for key, label in offered:
            if size_of(keys) + size_of([(key + label, "")]) + 3 <= width:
                keys += [(key, "key"), (" " + label, "dim"), ("   ", "")]
        return [rule(width), [(" " + self.notice, "accent")], keys[:-1]]
