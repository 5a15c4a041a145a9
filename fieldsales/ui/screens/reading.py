"""Sheets that are only read: the why of a band, the help, the rows behind a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, cut, spread, wrap
from fieldsales.ui.widgets.sheet import Sheet, rule

HOWS = ("quiet", "hurt")  # ways in which an account leaves, each with its farewell

PLAN = "plan"  # what a line of the page before bringing my manager opens
CHECK = "check:"


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A line to read; `opens` names what Enter on it opens, "" nothing."""

    parts: tuple[tuple[str, str], ...] = ()
    opens: str = ""
    right: tuple[tuple[str, str], ...] = ()


class _Rows(LineList):
    def can_choose(self, index: int) -> bool:
        item = self.items[index]
        return isinstance(item, ReadRow) and bool(item.opens)

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        assert isinstance(item, ReadRow)
        left: Parts = [(" > " if chosen else "   ", "accent"), *item.parts]
        return spread(left, list(item.right), width) if item.right else cut(left, width)

    def action_move(self, step: int) -> None:
        if any(self.can_choose(index) for index in range(len(self.items))):
            super().action_move(step)
        else:
            self.scroll_relative(y=step, animate=False)


class ReadSheet(Sheet[None]):
    """Lines below a title. `rows` is asked again for every width and after every change."""

    context: ClassVar[str] = "read"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("read")]

    def __init__(
        self,
        t: Texts,
        title: Callable[[], Parts],
        rows: Callable[[int], Sequence[ReadRow]],
        *,
        right: Callable[[], Parts] = list,
        account_id: str = "",
        keys: tuple[str, ...] = ("close",),
        open_row: Callable[[str], None] | None = None,
        text: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(t)
        self._title = title
        self._right = right
        self._rows_of = rows
        self.account_id = account_id
        self._keys = keys
        self._open_row = open_row
        self.as_text = text

    def title_lines(self, width: int) -> list[Parts]:
        return [spread([(" ", ""), *self._title()], self._right(), width), rule(width), []]

    def body(self) -> ComposeResult:
        self.rows = _Rows(id="rows")
        yield self.rows

    def on_mount(self) -> None:
        self.rows.focus()
        self.reload()

    def on_resize(self) -> None:
        super().on_resize()
        self.reload()

    def reload(self) -> None:
        if self.is_mounted:
            self.rows.show(list(self._rows_of(max(self.size.width, 40))))
            self.redraw()

    def foot_keys(self) -> tuple[str, ...]:
        return self._keys

    def open_current(self) -> None:
        """What Enter opens."""
        item = self.rows.current
        if isinstance(item, ReadRow) and item.opens and self._open_row is not None:
            self._open_row(item.opens)


class PrivateSheet(ReadSheet):
    """Rows that a customer beside the user must not read."""

    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f8", "command('mask')", show=False, id="mask")]


class FarewellSheet(PrivateSheet):
    """마무리 인사: the words to send, by how they leave (S3-22). y copies, Tab turns to the other one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "command('copy')", show=False, id="copy"),
        Binding("tab", "command('turn')", show=False, id="turn", priority=True),
    ]

    def __init__(self, t: Texts, name: str, texts: Mapping[str, str], how: str, note: str, account_id: str) -> None:
        """`texts` by how they left or stayed, `how` the one that is shown first."""
        self._texts = texts
        self.how = how if how in texts else next(iter(texts))
        self.account_name = name
        self._note = note
        super().__init__(
            t, list, self._lines, account_id=account_id, keys=("copy", "turn", "close"), text=lambda: texts[self.how]
        )

    def title_lines(self, width: int) -> list[Parts]:
        t = self.t
        first: Parts = [(f" {self.account_name}", "strong"), (f" · {t('closing.farewell')}", "")]
        tabs: Parts = []
        for how in self._texts:
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
            ways = list(self._texts)
            self.how = ways[(ways.index(self.how) + 1) % len(ways)]
            self.reload()
        else:
            super().action_command(id)


class WhySheet(ReadSheet):
    """왜: the parts of the band with their rows."""

    context: ClassVar[str] = "why"
    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("why")]


class BossSheet(ReadSheet):
    """윗분 모시기: Enter plans the joint visit, or opens the line it is on; Space answers a self-check."""

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
    ) -> None:
        """`planned` says whether a joint visit stands already, so that Enter moves it."""
        super().__init__(t, title, rows, right=right, account_id=account_id, open_row=open_row)
        self._planned = planned

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
