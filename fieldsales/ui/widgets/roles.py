"""What the roles of a line's parts look like, straight from the theme.

Component classes would do the same, each widget with a style of its own for each role: a third of a start.
"""

from __future__ import annotations

from functools import cache

from rich.style import Style
from textual.widget import Widget

BOLD = frozenset({"strong", "key", "danger"})


def role_style(widget: Widget, role: str) -> Style:
    """The style of a role (`dim`, `accent`, … or `strong`, which is bold only; `cursor` is a ground), "" for none."""
    return _style(widget.app.theme_variables.get(f"c-{role}", ""), role) if role else Style.null()


@cache
def _style(color: str, role: str) -> Style:
    return Style(color=color or None, bold=True if role in BOLD else None)


def cursor_style(widget: Widget) -> Style:
    """The ground of the line under the cursor."""
    return _ground(widget.app.theme_variables.get("c-cursor-ground", ""))


@cache
def _ground(color: str) -> Style:
    return Style(bgcolor=color or None)
