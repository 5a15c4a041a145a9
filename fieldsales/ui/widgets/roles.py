"""What the roles of a line's parts look like, straight from the theme.

Component classes would do the same, each widget with a style of its own for each role: a third of a start.
"""

from __future__ import annotations

from functools import cache

from rich.style import Style
from textual.widget import Widget

BOLD = frozenset({"strong", "key", "danger"})


def role_style(widget: Widget, role: str, on_cursor: bool = False) -> Style:
    """The style of a role (`dim`, `accent`, … or `strong`, which is bold only), "" for none.

    `on_cursor`: it stands on the line under the cursor, where some themes have one colour for all text. What stands
    after a `@` is for the mouse.
    """
    role = role.partition("@")[0]
    if not role:
        return Style.null()
    colors = widget.app.theme_variables
    if on_cursor and colors.get("c-cursor-text") != colors.get("c-text"):
        return _style("", role)
    return _style(colors.get(f"c-{role}", ""), role)


@cache
def _style(color: str, role: str) -> Style:
    return Style(color=_rich(color), bold=True if role in BOLD else None)


def cursor_style(widget: Widget) -> Style:
    """The ground of the line under the cursor, and the colour of plain text on it."""
    colors = widget.app.theme_variables
    return _on_ground(colors.get("c-cursor-text", ""), colors.get("c-cursor-ground", ""))


@cache
def _on_ground(color: str, ground: str) -> Style:
    return Style(color=_rich(color), bgcolor=_rich(ground))


def _rich(color: str) -> str | None:
    """The colour as the drawing library names it: it knows those of the terminal without a prefix."""
    return color.removeprefix("ansi_") or None
