"""What is done to every line just before it is drawn: no colour where none is wanted, ASCII signs where needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

# Each sign of the program's own that East Asian terminals may draw two columns wide, as one ASCII sign.
_ASCII = {
    **dict.fromkeys("─━═╌┄▔", "-"), **dict.fromkeys("│┃║▏▕▎▌▐", "|"), **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
    **dict(zip("▁▂▃▄▅▆▇█", "12345677", strict=True)), "▀": "#", "■": "#", "□": ".", "●": "*", "○": "o", "•": "*",
    "◆": "*", "◇": "o", "▲": "^", "▼": "v", "△": "^", "▽": "v", "▶": ">", "◀": "<", "★": "*", "☆": "*",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "↔": "-", "›": ">", "‹": "<", "·": ",", "…": "~", "×": "x", "÷": "/",
    "±": "~", "−": "-", "–": "-", "—": "-", "―": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "≥": ">", "≤": "<",
    "√": "v", "░": ".", "▒": ":", "▓": "#", "▉": "#", "▊": "#", "▋": "#", "▍": "|", "§": "S", "※": "*", "〜": "~",
}  # fmt: skip
_TABLE = str.maketrans(_ASCII)
STRONG_INKS = ("c-accent", "c-danger", "c-caution")  # bold where there is no colour to tell them


def plain_text(text: str) -> str:
    """The text with ASCII for every sign that a terminal may draw too wide; as many columns as before."""
    return text if text.isascii() else text.replace(" ·", ", ").translate(_TABLE)


class Plain(LineFilter):
    """ASCII signs for lines, bars and marks. A scrollbar's ends become whole cells, which its colours draw."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.text.isascii()
            else Segment(_plain_sign(segment.text, segment.style), segment.style, segment.control)
            for segment in segments
        ]


def _plain_sign(text: str, style: Style | None) -> str:
    if len(text) == 1 and style is not None and "@mouse.down" in style.meta:
        return " "
    return plain_text(text)


def as_typed(filters: Sequence[LineFilter], text: str) -> Sequence[LineFilter]:
    """The filters for a field: what was typed is shown as it is."""
    return [one for one in filters if not isinstance(one, Plain)] if text else filters


class Colorless(LineFilter):
    """No colour at all: grounds become reverse and underline, strong inks bold."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__()
        self._ground, self._cursor, self._field, self._caret = (
            _key(Color.parse(variables[name]).rich_color)
            for name in ("c-ground", "c-cursor-ground", "c-field-ground", "c-caret")
        )
        self._strong = {_key(Color.parse(variables[name]).rich_color) for name in STRONG_INKS}
        self._strong -= {_key(Color.parse(variables["c-text"]).rich_color)}
        self._bare: dict[tuple[Style, bool], Style] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        on_cursor = any(s.style is not None and _key(s.style.bgcolor) == self._cursor for s in segments)
        return [
            Segment(text, None if style is None else self._of(style, on_cursor), control)
            for text, style, control in segments
        ]

    def _of(self, style: Style, on_cursor: bool) -> Style:
        bare = self._bare.get((style, on_cursor))
        if bare is None:
            bare = self._bare[style, on_cursor] = self._made(style, on_cursor)
        return bare

    def _made(self, style: Style, on_cursor: bool) -> Style:
        ground = _key(style.bgcolor)
        reverse, underline, bold = bool(style.reverse), bool(style.underline), bool(style.bold)
        if ground == self._cursor:
            reverse = True
        elif ground in (None, self._ground):  # the caret too, where it has the plain ground: a hole in what is reversed
            pass
        elif ground == self._caret:
            reverse = not on_cursor
        elif ground == self._field:
            underline = True
        bold = bold or _key(style.color) in self._strong
        return Style(
            bold=bold or None,
            italic=style.italic,
            underline=underline or None,
            strike=style.strike,
            reverse=reverse or None,
            link=style.link,
            meta=style.meta or None,
        )


def _key(color: RichColor | None) -> object:
    """What two colours have in common that look the same."""
    return None if color is None or color.is_default else color.triplet or color.number
