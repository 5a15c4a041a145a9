"""이탈 대응: the open cases, each with its next thing first. It takes room only while a case is open."""

from __future__ import annotations

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import CaseItem, ChurnCase, Message
from fieldsales.locale import Texts
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, fit, title_line


@dataclass(frozen=True, slots=True)
class CaseCard:
    """An open case, its checklist and the sentence that fits the moment."""

    case: ChurnCase
    name: str
    items: tuple[CaseItem, ...]
    guidance: Message | None = None
    steps: tuple[str, ...] = ()  # titles


@dataclass(frozen=True, slots=True)
class _Line:
    parts: tuple[tuple[str, str], ...] = ()


class ChurnPane(LineList):
    """Open cases; Enter opens the run."""

    def __init__(self, t: Texts, *, id: str) -> None:
        super().__init__(id=id)
        self.t = t
        self.cards: tuple[CaseCard, ...] = ()
        self.titled = False
        self.masked = False

    def show_cases(self, cards: tuple[CaseCard, ...]) -> None:
        self.cards = cards
        t = self.t
        items: list[object] = []
        for card in cards:
            items += [card.case]
            if card.guidance is not None:
                items.append(_Line((("     " + t.say(card.guidance), "dim"),)))
            items.append(_Line())
            step = min((item.step for item in card.items if not item.done_at), default=4)
            for item in card.items:
                if item.step == step:
                    done = bool(item.done_at)
                    mark = "     [x] " if done else "     [ ] "
                    when = t("case.at", at=item.done_at) if done else ""
                    if not done and item.act == "visit" and card.case.visit_at:
                        day, _, time = card.case.visit_at.partition("T")
                        when = t("case.visit_at", day=day, time=time)
                    items.append(_Line(((mark, "good" if done else ""), (fit(item.title, 34), ""), (when, "dim"))))
            if rest := card.steps[step:]:
                items.append(_Line((("     " + " · ".join(rest), "dim"),)))
            items.append(_Line())
        if self.masked:
            items = [_Line((("   " + t("app.veil"), "dim"),))]
        elif not items:
            items = [_Line((("   " + t("churn.none"), ""),)), _Line(), _Line((("   " + t("churn.none.hint"), "dim"),))]
        self.show(items)

    def can_choose(self, index: int) -> bool:
        return isinstance(self.items[index], ChurnCase)

    def head(self, width: int) -> list[Parts]:
        if not self.titled:
            return [[]]
        title = self.t("pane.churn")
        if self.cards and not self.masked:
            first = self.cards[0]
            title += f" · {first.name} " + self.t("case.nth", day=first.case.heard_at[:10])
        return [title_line("3", title, width), []]

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        if isinstance(item, _Line):
            return list(item.parts)
        assert isinstance(item, ChurnCase)
        card = next(card for card in self.cards if card.case.id == item.id)
        done = sum(bool(entry.done_at) for entry in card.items)
        return [
            (" > " if chosen else "   ", "accent"),
            (card.name, "strong"),
            ("   ", ""),
            (self.t("case.nth", day=item.heard_at[:10]), "danger"),
            ("   ", ""),
            (self.t("case.done_of", done=done, all=len(card.items)), "dim"),
        ]
