"""The smallest Textual app there is: one line of text."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class OneLine(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("rows-are-here")


OneLine().run()
