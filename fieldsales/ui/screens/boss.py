"""윗분 모시기: what to look at before bringing my manager, on one page that nobody has to fill in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType

from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.screens.reading import ReadRow, ReadSheet
from fieldsales.ui.widgets.parts import Parts

PLAN = "plan"
CHECK = "check:"


class BossSheet(ReadSheet):
    """The page. Enter plans the joint visit, or opens the line it is on; Space answers a self-check."""

    context: ClassVar[str] = "boss"
    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("boss")]

    def __init__(
        self,
        t: Texts,
        title: Callable[[], Parts],
        rows: Callable[[int], Sequence[ReadRow]],
        *,
        right: Callable[[], Parts],
        account_id: str,
        open_row: Callable[[str], None],
        planned: Callable[[], bool],
        gone: Callable[[], bool],
    ) -> None:
        """`planned` says whether a joint visit stands already, so that Enter moves it; `gone` whether the account was
        taken out meanwhile, which closes the page."""
        super().__init__(t, title, rows, right=right, account_id=account_id, open_row=open_row)
        self._planned = planned
        self._gone = gone

    def reload(self) -> None:
        if self._gone():
            self.dismiss(None)
        else:
            super().reload()

    @property
    def chosen(self) -> str:
        """What the chosen line stands for, "" where none is chosen."""
        item = self.rows.current
        return item.opens if isinstance(item, ReadRow) else ""

    @property
    def check(self) -> str:
        """The self-check that is chosen, "" where the cursor is elsewhere."""
        return self.chosen.removeprefix(CHECK) if self.chosen.startswith(CHECK) else ""

    def on_line_list_moved(self) -> None:
        self.foot.redraw()

    def foot_keys(self) -> tuple[str, ...]:
        return ("open", *(("done",) if self.check else ()), "report", "add", "close")

    def label_of(self, id: str) -> str:
        if id == "open" and (self.check or self.chosen in {"", PLAN}):
            return self.t("boss.move_it" if self._planned() else "boss.plan_it")
        named = {"open": "boss.open_it", "done": "boss.answer", "add": "boss.note_it"}
        return self.t(named[id]) if id in named else super().label_of(id)
