"""한 장: one account on one page, card and brief in one. Tab turns to 이력, 거래, 사람 and 계약."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import AccountRow, AgendaLine, History, Message
from fieldsales.locale import Texts
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import BARS, Parts, column, cut, fit, meaning_at, size_of, spread, title_line, wrap

if TYPE_CHECKING:
    from fieldsales.domain.brief import Brief, Line, Piece
    from fieldsales.domain.timeline import HistoryLine

PAGES = ("brief", "history", "amounts", "people", "contract")
LABEL = 12  # cells of a part's label


def day_cells(t: Texts) -> int:
    """Cells of a column of days, one of another year with them, and a blank after it."""
    return 9 if t.lang == "ko" else 12


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything the page shows of one account."""

    account_id: str
    history: History
    brief: Brief
    lines: tuple[HistoryLine, ...] = ()
    standing: AccountRow | None = None
    occasion: AgendaLine | None = None
    kept: tuple[tuple[str, tuple[bool, ...]], ...] = ()  # kind, its periods of this year


@dataclass(frozen=True, slots=True)
class PageRow:
    """A drawn line and the row of the book it stands for, ("", "") if it is only read."""

    parts: tuple[tuple[str, str], ...] = ()
    row: tuple[str, str] = ("", "")


class PagePane(LineList):
    """The page of one account, beside the lists or over them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "turn(1)", show=False),
        Binding("shift+tab", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
        Binding("left", "turn(-1)", show=False),
    ]

    def __init__(self, t: Texts, *, id: str) -> None:
        super().__init__(id=id)
        self.t = t
        self.view: PageView | None = None
        self.page = "brief"
        self.titled = False
        self.masked = False
        self._awaited = ""  # the name of the account whose page is about to be shown

    def announce(self, name: str) -> None:
        """Show the frame of an account's page until `show_page` fills it."""
        self._awaited = name
        self.redraw()

    def show_page(self, view: PageView | None) -> None:
        """Show another account, or the same one anew; another account opens on its first page."""
        if view is None or self.view is None or view.account_id != self.view.account_id:
            self.page = "brief"
        self.view = view
        self._awaited = ""
        self.lay_page()

    def lay_page(self) -> None:
        """Lay the page out for the width."""
        self._width = max(self.room, 30)
        self.show(list(self._rows(self._width)) if self.view else [], 0)

    def on_resize(self) -> None:
        if self.view is not None and self.room != getattr(self, "_width", 0):
            self.lay_page()
        super().on_resize()

    @property
    def pages(self) -> list[str]:
        """The pages that hold something; masked, only the first."""
        view = self.view
        if view is None or self.masked:
            return ["brief"]
        has = {
            "brief": True,
            "history": bool(view.lines),
            "amounts": bool(view.history.amounts),
            "people": bool(view.history.contacts),
            "contract": bool(view.history.contracts),
        }
        return [page for page in PAGES if has[page]]

    def action_turn(self, step: int) -> None:
        pages = self.pages
        self.page = pages[(pages.index(self.page) + step) % len(pages)] if self.page in pages else "brief"
        self.lay_page()
        self.scroll_to(y=0, animate=False)

    def clicked_head(self, x: int, y: int) -> None:
        page = meaning_at(self._head[y], x)
        if page in self.pages:
            self.page = page
            self.lay_page()
            self.scroll_to(y=0, animate=False)

    def can_choose(self, index: int) -> bool:
        item = self.items[index]
        return isinstance(item, PageRow) and item.row != ("", "")

    @property
    def chosen_row(self) -> tuple[str, str]:
        """Table and id of the line under the cursor, ("", "") if none."""
        item = self.current
        return item.row if isinstance(item, PageRow) else ("", "")

    def action_move(self, step: int) -> None:
        if any(self.can_choose(index) for index in range(len(self.items))):
            super().action_move(step)
        else:
            self.scroll_relative(y=step, animate=False)

    # --- drawing ------------------------------------------------------------------------------------------------------

    def head(self, width: int) -> list[Parts]:
        t, view = self.t, self.view
        if view is None:
            if not self.titled:
                return []
            if self._awaited:
                return [title_line("", self._awaited, width)]
            lines = [t("page.empty"), t("page.empty.more")]
            return [title_line("", t("page.chosen"), width), [], *([("   " + line, "dim")] for line in lines)]
        account = view.history.account
        standing = view.standing
        state: Parts = []
        if standing is not None and not self.masked:
            gone = account.state in ("lost", "released", "handed")
            state = [(t(f"state.{account.state}" if gone else f"band.{standing.band}"), standing.band)]
            state += [(f" · {account.tier}", "dim")] if account.tier else []
            state += [(" ", "")]
        pages = self.pages
        tabs: Parts = [(" ", "")]
        if len(pages) > 1:
            for page in pages:
                label = t(f"page.{page}")
                here = page == self.page
                tabs.append((f"[{label}] " if here else f" {label}  ", ("accent" if here else "dim") + f"@{page}"))
        place = [(view.brief.place + " ", "dim")] if view.brief.place and size_of(tabs) + 12 < width else []
        if self.titled:
            occasion = self._occasion()
            top = title_line("", account.name, width)
            second = spread([(" " + (occasion or view.brief.place), "dim")], state, width)
            return [top, second, tabs, []] if len(pages) > 1 else [top, second, []]
        left: Parts = [(" " + account.name, "strong")]
        if occasion := self._occasion():
            left.append((" · " + occasion, ""))
        return [
            spread(left, state, width),
            spread(tabs, place, width),
            [(" " + "─" * (width - 2), "rule")],
            [],
        ]

    def _occasion(self) -> str:
        view = self.view
        if view is None or view.occasion is None or self.masked:
            return ""
        return " · ".join(self.t.say(part) for part in view.occasion.what[:2])

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        assert isinstance(item, PageRow)
        parts = list(item.parts)
        if item.row != ("", ""):
            return [(" > " if chosen else "   ", "accent"), *parts]
        return [(" ", ""), *parts]

    def _rows(self, width: int) -> Iterable[PageRow]:
        view = self.view
        assert view is not None
        make = {
            "brief": self._brief_rows,
            "history": self._history_rows,
            "amounts": self._amount_rows,
            "people": self._people_rows,
            "contract": self._contract_rows,
        }[self.page if self.page in self.pages else "brief"]
        return make(view, width - 2)

    def words(self, pieces: Iterable[Piece]) -> str:
        return " · ".join(self.t.say(piece) if isinstance(piece, Message) else piece for piece in pieces)

    def _labelled(self, label: str, lines: Iterable[tuple[str, str]], width: int) -> Iterable[PageRow]:
        """Lines of a part under its label; `lines` are texts with their roles."""
        first = True
        for text, role in lines:
            for piece in wrap(text, max(12, width - LABEL)):
                yield PageRow(((fit(label if first else "", LABEL), "dim"), (piece, role)))
                first = False

    def _brief_rows(self, view: PageView, width: int) -> Iterable[PageRow]:
        t = self.t
        groups: tuple[tuple[str, ...], ...] = (
            ("state",),
            ("people", "mandate", "lately"),
            ("give", "get", "meet", "complaints", "amounts", "contract", "prepaid"),
            ("lessons",),
            ("first_words", "questions"),
        )
        for group in groups:
            any_shown = False
            for name in group:
                part = view.brief.part(name)
                if part is None or (self.masked and part.private):
                    continue
                lines = [line for line in part.lines if not (self.masked and line.private)]
                shown = [self._brief_line(name, number, line) for number, line in enumerate(lines)]
                if name == "amounts" and shown:
                    shown[0] = (f"{shown[0][0]}   {view.brief.spark.translate(BARS).strip()}", shown[0][1])
                yield from self._labelled(t.say(part.label), shown, width)
                if name == "state" and any(line.proposes for line in lines):
                    yield PageRow(((" " * LABEL, ""), (t("run.propose.keys"), "key")))
                any_shown = any_shown or bool(shown)
            if any_shown:
                yield PageRow()
        if view.brief.guidance is not None and not self.masked:
            yield PageRow(((t.say(view.brief.guidance), "dim"),))

    def _brief_line(self, name: str, number: int, line: Line) -> tuple[str, str]:
        role = {"complaints": "caution", "first_words": "accent", "state": "caution"}.get(name, "")
        if name == "people" and number == 0:
            role = "strong"
        return self.words(line.pieces), role

    def _history_rows(self, view: PageView, width: int) -> Iterable[PageRow]:
        t = self.t
        for line in view.lines:
            parts: Parts = [
                (fit(t("page.day", day=line.day), day_cells(t)), "dim"),
                (column(t.say(line.kind), 11), "accent"),
                (column(line.person, 14), ""),
                (self.words(line.pieces), ""),
            ]
            yield PageRow(tuple(parts), line.row)
        if view.kept:
            yield PageRow()
            boxes: Parts = [(fit(t("page.kept"), LABEL), "dim")]
            for kind, periods in view.kept:
                signs = "".join("■" if met else "□" for met in periods)
                boxes += [(t(f"kind.{kind}") + " ", ""), (signs, "good"), ("   ", "")]
            yield PageRow(tuple(boxes))

    def _amount_rows(self, view: PageView, width: int) -> Iterable[PageRow]:
        from fieldsales.domain.months import month_amounts

        t = self.t
        assert t.today is not None
        months = month_amounts(view.history, t.today, 24, old=True)
        top = max((amount for _, amount in months if amount is not None), default=0)
        room = max(6, min(40, width - 40))
        for month, amount in reversed(months):
            if amount is None:
                continue
            bar = "■" * (max(amount, 0) * room // top if top > 0 else 0)
            text = t("page.month", month=month, year=month[:4])
            yield PageRow(
                (
                    (fit(text, 12), "dim"),
                    (fit(t("page.amount", amount=amount), 16, right=True), ""),
                    ("  ", ""),
                    (bar, "accent"),
                )
            )

    def _people_rows(self, view: PageView, width: int) -> Iterable[PageRow]:
        from fieldsales.domain.brief import person_lines
        from fieldsales.domain.people import full_name

        t = self.t
        assert t.today is not None
        clocks = {clock.contact_id: clock for clock in view.brief.clocks}
        for contact in view.history.contacts:
            clock = clocks.get(contact.id)
            said = self.words((clock.contact_piece, clock.met_piece)) if clock else t("page.left", day=contact.left_on)
            yield PageRow(((column(full_name(contact), 22), "strong"), (said, "dim")), ("contact", contact.id))
            if contact.keep_until and contact.keep_until < t.today.isoformat():
                yield PageRow((("     " + t("page.keep_until", day=contact.keep_until), "dim"),))
            numbers = "  ".join(text for text in (contact.mobile, contact.phone, contact.email) if text)
            for text in (
                numbers,
                *(self.words(line.pieces) for line in person_lines(view.history, contact, t.today)),
                contact.note,
            ):
                for piece in wrap(text, width - 6) if text else ():
                    yield PageRow((("     " + piece, ""),))
            yield PageRow()

    def _contract_rows(self, view: PageView, width: int) -> Iterable[PageRow]:
        t = self.t
        for contract in view.history.contracts:
            parts: Parts = [(fit(t(f"contract.{contract.kind}"), 14), "strong")]
            if contract.starts_on:
                parts.append((t("page.from", day=contract.starts_on) + "  ", ""))
            if contract.ends_on:
                parts.append((t("page.until", day=contract.ends_on), ""))
            yield PageRow(tuple(parts), ("contract", contract.id))
            if contract.amount is not None:
                yield PageRow((("     " + t("page.contract_amount", amount=contract.amount), ""),))
            if contract.received is not None:
                left = contract.received - (contract.delivered or 0)
                yield PageRow((("     " + t("page.prepaid", received=contract.received, left=left), ""),))
            for text in (contract.terms, contract.note):
                for piece in wrap(text, width - 6) if text else ():
                    yield PageRow((("     " + piece, "dim"),))
            yield PageRow()

    def as_text(self) -> str:
        """What is in view, as plain text for the clipboard."""
        width = 78
        lines = [self.view.history.account.name if self.view else "", ""]
        for row in self._rows(width) if self.view else ():
            if row.parts and row.parts[-1][1] == "key":  # what the keys do is for the screen
                continue
            lines.append("".join(text for text, _ in cut(list(row.parts), width)).rstrip())
        return "\n".join(lines).strip() + "\n"
