"""고객사: every account with its band as a word, twelve months, the two clocks, and the reason."""

from __future__ import annotations

from collections.abc import Sequence

from fieldsales.domain.dates import days_since
from fieldsales.domain.model import AccountRow
from fieldsales.locale import Texts
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import BARS, Parts, cut, fit, title_line


class AccountsPane(LineList):
    """The account list. The rows come as a lazy sequence: only those in sight are ever read."""

    def __init__(self, t: Texts, *, id: str) -> None:
        super().__init__(id=id)
        self.t = t
        self.order = "care"
        self.wanted = ""
        self.finding = False
        self.titled = False
        self.masked = False

    def show_rows(self, rows: Sequence[AccountRow], cursor: int = 0) -> None:
        self.show(rows, cursor)

    @property
    def row(self) -> AccountRow | None:
        item = self.current
        return item if isinstance(item, AccountRow) else None

    def head(self, width: int) -> list[Parts]:
        t = self.t
        if self.wanted:
            state = t("list.found", n=len(self.items))
        elif self.finding:
            state = t("list.find_hint")
        else:
            state = t(f"order.{self.order}") + (" · " + t("list.all") if not self.titled else "")
        if self.titled:
            top: list[Parts] = [title_line("2", f"{t('pane.accounts')} · {state}", width), []]
        else:
            top = [[(" " + state, "dim")], []]
        name, spark, amount = self._columns(width)
        if amount and not self.masked:
            labels = [
                fit(t("list.band"), self._band_width()),
                fit(t("list.name"), name),
                fit(t("list.amount"), spark + 2),
            ]
            labels += [fit(t("list.contact"), 7, right=True), fit(t("list.met_column"), 8, right=True)]
            top.append(cut([("   " + "".join(labels) + "  " + t("list.reason"), "dim")], width))
        if not self.items:
            empty = t("list.none_found") if self.wanted else t("list.empty")
            top += [[], [("   " + empty, "")]]
        return top

    def _band_width(self) -> int:
        return 6 if self.t.lang == "ko" else 8

    @staticmethod
    def _columns(width: int) -> tuple[int, int, bool]:
        """Cells for the name and the sparkline, and whether both clocks have room."""
        if width < 50:
            return max(10, width - 18), 0, False
        if width < 72:
            return min(17, width - 38), 6, False
        return min(28, 17 + (width - 78) // 6), 12, True

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        assert isinstance(item, AccountRow)
        t = self.t
        name, spark, both = self._columns(width)
        parts: Parts = [(" > " if chosen else "   ", "accent")]
        if self.masked:
            return [*parts, (fit(item.name, name), "strong")]
        band = t(f"state.{item.state}") if item.state in ("lost", "released", "handed") else t(f"band.{item.band}")
        parts += [(fit(band, self._band_width()), item.band), (fit(item.name, name - 1), "strong"), (" ", "")]
        if spark:
            role = "dim" if item.band in ("steady", "unknown") else item.band
            parts.append((fit(item.spark.translate(BARS)[-spark:], spark + 2), role))
        if both:
            parts += [(fit(self._clock(item.last_contact), 7, right=True), "")]
            parts += [(fit(self._clock(item.last_met), 8, right=True), "dim")]
        elif spark:
            parts += [(fit(self._clock(item.last_contact), 6, right=True), "")]
        if item.reason is not None:
            parts += [("  ", ""), (t.say(item.reason), "dim")]
        return parts

    def _clock(self, day: str) -> str:
        days = days_since(day, self.t.today) if day and self.t.today else None
        if days is None:
            return "-"
        if days == 0:
            return self.t("list.today")
        return self.t("list.days", n=days) if days < 60 else self.t("list.months", n=days // 30)
