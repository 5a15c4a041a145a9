"""A letter typed into an Input and repeated by a Static."""

from textual.app import App, ComposeResult
from textual.widgets import Input, Static


class Echo(App[None]):
    def compose(self) -> ComposeResult:
        yield Input()
        yield Static("rows-are-here", id="echo")

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one("#echo", Static).update(f"<{event.value}>")


Echo().run()
