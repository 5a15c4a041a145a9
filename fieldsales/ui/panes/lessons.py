"""오답노트: what was learnt, one line each, the pinned ones first; or by cause, month and tier, or what went well."""

from __future__ import annotations

from collections.abc import Mapping

from fieldsales.domain.frozen import dataclass, field
from fieldsales.domain.model import Lesson, Task
from fieldsales.locale import Texts
from fieldsales.ui.widgets.lines import LineList
from fieldsales.ui.widgets.parts import Parts, size_of, spread, title_line, wrap

VIEWS = ("list", "cause", "month", "tier", "well")


@dataclass(frozen=True, slots=True)
class LessonsView:
    """The lessons in order, what their accounts are called and of which tier, and what stands below a lesson: that it
    is like an earlier one, and what it promised. `asked` is the one that asks to be looked at again."""

    lessons: tuple[Lesson, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # by account
    tiers: Mapping[str, str] = field(default_factory=dict)  # by account
    likes: Mapping[str, str] = field(default_factory=dict)  # by lesson
    promises: Mapping[str, Task] = field(default_factory=dict)  # by lesson
    asked: str = ""


@dataclass(frozen=True, slots=True)
class _Note:
    """A line that is only read."""

    parts: tuple[tuple[str, str], ...] = ()


class LessonsPane(LineList):
    """The lessons log."""

    def __init__(self, t: Texts, *, id: str) -> None:
        super().__init__(id=id)
        self.t = t
        self.titled = False
        self.masked = False
        self.view = "list"
        self.found = LessonsView()
        self._laid_at = 0

    def show_lessons(self, found: LessonsView) -> None:
        self.found = found
        self._lay_out_lessons()
        self.redraw()

    def _lay_out_lessons(self) -> None:
        kept = self.current
        items = [] if self.masked else self._items()
        here = next((at for at, one in enumerate(items) if isinstance(kept, Lesson) and _same(one, kept)), None)
        self._laid_at = self.room
        self.show(items, here)

    def on_resize(self) -> None:
        if self.room != self._laid_at:
            self._lay_out_lessons()
        super().on_resize()

    def _items(self) -> list[object]:
        found, t = self.found, self.t
        if self.view == "list":
            return [item for lesson in found.lessons for item in (lesson, *self._below(lesson))]
        if self.view == "well":
            return [lesson for lesson in found.lessons if lesson.went_well]
        from fieldsales.domain.lessons import by_month, grouped

        newest = sorted(found.lessons, key=lambda lesson: (lesson.day, lesson.id), reverse=True)
        if self.view == "month":
            groups = by_month(newest)
        elif self.view == "cause":
            groups = grouped(newest, lambda lesson: lesson.cause)
        else:
            groups = tuple(sorted(grouped(newest, lambda one: found.tiers.get(one.account_id, "")), key=_tier_order))
        items: list[object] = []
        for key, lessons in groups:
            name = self._named(key)
            items += [_Note(((f"   {name}  ", "strong"), (t("lessons.count", n=len(lessons)), "dim")))]
            items += [*lessons, _Note()]
        return items[:-1]

    def _named(self, key: str) -> str:
        t = self.t
        if not key:
            return t(f"lessons.no_{self.view}")
        if self.view == "month":
            return t("page.month", month=key, year=key[:4])
        return t(f"cause.{key}") if self.view == "cause" and t.has(f"cause.{key}") else key

    def _below(self, lesson: Lesson) -> list[_Note]:
        """What stands below a lesson: the question of the review clock, what it promised, that it is like another."""
        t, found = self.t, self.found
        said: list[tuple[str, str]] = []
        if lesson.id == found.asked:
            said.append((t("lessons.asked"), "accent"))
        promise = found.promises.get(lesson.id)
        if promise is not None:
            form = "lessons.check" if promise.sheet == "check" else "lessons.promise"
            due = promise.due_on
            words = t(f"{form}_by" if due else form, title=promise.title, **({"day": due} if due else {}))
            said.append((words, "dim"))
        if like := found.likes.get(lesson.id):
            said.append((like, "dim"))
        room = max(20, self.room - 8)
        return [_Note((("       " + piece, role),)) for text, role in said for piece in wrap(text, room)]

    def head(self, width: int) -> list[Parts]:
        view = "" if self.view == "list" else self.t(f"lessons.view.{self.view}")
        title = self.t("pane.lessons") + (f" · {view}" if view else "")
        top: list[Parts] = [title_line("4", title, width), []] if self.titled else [[]]
        if view and not self.titled and not self.masked:
            top = [[(" " + view, "dim")], []]
        if self.masked:
            return [*top, [("   " + self.t("app.veil"), "dim")]]
        if not self.found.lessons:
            top += [[("   " + self.t("lessons.none"), "")], [("   " + self.t("lessons.none.hint"), "dim")]]
        elif not self.items:
            top += [[("   " + self.t("lessons.none_well"), "dim")]]
        return top

    def can_choose(self, index: int) -> bool:
        return isinstance(self.items[index], Lesson)

    def draw(self, item: object, width: int, chosen: bool) -> Parts:
        from fieldsales.domain.lessons import lesson_line

        if isinstance(item, _Note):
            return list(item.parts)
        assert isinstance(item, Lesson)
        pin = (" * " if item.pinned else "   ", "accent")
        mark = (" > " if chosen else "   ", "accent")
        where = self.found.names.get(item.account_id, "")
        day = item.day and self.t("page.month", month=item.day[:7], year=item.day[:4])
        if item.day and width >= 100:
            day = self.t("lessons.day", day=item.day)
        words = item.went_well if self.view == "well" else lesson_line(item)
        left: Parts = [mark, pin, (words, "strong" if item.pinned else "")]
        helped = self.t("lessons.helped_count", n=item.helped) if item.helped and self.view == "list" else ""
        # What was learnt goes before where and when: as much of that as there is room for.
        right: Parts = [(f"{helped}  " if helped else "", "good"), (f"{where}  ", "dim"), (f"{day} ", "dim")]
        for less in (right, right[1:], [(f"{where} ", "dim")], []):
            right = less
            if size_of(left) + size_of(right) < width:
                break
        return spread(left, right, width)


def _same(one: object, other: Lesson) -> bool:
    return isinstance(one, Lesson) and one.id == other.id


def _tier_order(group: tuple[str, tuple[Lesson, ...]]) -> tuple[bool, str]:
    return not group[0], group[0]
