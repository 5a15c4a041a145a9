"""오답노트: what was learnt, one line each; the pinned ones first."""

from __future__ import annotations

from fieldsales.domain.model import Lesson
from fieldsales.locale import Texts
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, fit, size_of, spread, title_line


class LessonsPane(LineList):
    """The lessons log."""

    def __init__(self, t: Texts, *, id: str) -> None:
        super().__init__(id=id)
        self.t = t
        self.titled = False
        self.masked = False
        self.names: dict[str, str] = {}

    def show_lessons(self, found: tuple[tuple[Lesson, ...], dict[str, str]]) -> None:
        """Lessons in order, and the names of their accounts by id."""
        lessons, self.names = found
        self.show(() if self.masked else lessons)
        self.redraw()

    def head(self, width: int) -> list[Parts]:
        top: list[Parts] = [title_line("4", self.t("pane.lessons"), width), []] if self.titled else [[]]
        if self.masked:
            return [*top, [("   " + self.t("app.veil"), "dim")]]
        if not self.items:
            top += [[("   " + self.t("lessons.none"), "")], [("   " + self.t("lessons.none.hint"), "dim")]]
        return top

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        from fieldsales.domain.remembered import lesson_line

        assert isinstance(item, Lesson)
        pin = (" * " if item.pinned else "   ", "accent")
        mark = (" > " if chosen else "   ", "accent")
        where = self.names.get(item.account_id, "")
        right: Parts = [(f"{where}  ", "dim"), (self.t("lessons.day", day=item.day) + " ", "dim")] if item.day else []
        left: Parts = [mark, pin, (lesson_line(item), "strong" if item.pinned else "")]
        if size_of(right) > width // 3:
            right = [(fit(where, width // 4) + " ", "dim")]
        return spread(left, right, width)
