"""The first screen without data: four bordered ScrollViews, two text lines, one stylesheet."""

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static


class Pane(ScrollView, can_focus=True):
    def render_line(self, y: int) -> Strip:
        return Strip.blank(self.size.width, self.rich_style)


class Skeleton(App[None]):
    CSS = """
    Screen { background: #101418; color: #d8dee6; }
    Pane { border: round #39424e; background: #101418; scrollbar-size-vertical: 1; height: 1fr; }
    Pane:focus { border: round #7aa2d6; }
    #left, #right { width: 1fr; height: 1fr; }
    #bar, #foot { height: 1; width: 100%; color: #8a94a2; }
    """

    def compose(self) -> ComposeResult:
        yield Static("fieldsales", id="bar")
        with Horizontal():
            with Vertical(id="left"):
                yield Pane()
                yield Pane()
            with Vertical(id="right"):
                yield Pane()
                yield Pane()
        yield Static("rows-are-here", id="foot")

    def on_mount(self) -> None:
        self.query(Pane).first().focus()


Skeleton().run()
