"""Pieces of a line: text with a role. A role is a name for a colour of the theme (`dim`, `danger`, `accent` …)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

Parts = list[tuple[str, str]]

# The signs of a sparkline (0 to 7, "." where nothing is known) as bars.
BARS = str.maketrans("01234567.", "▁▁▂▃▄▅▆▇ ")

MENU_MARK = (" … ", "dim@menu")  # clicked, it opens the menu; narrow or wide, it pushes nothing over the edge

SPARE = 64  # letters looked at beyond those that fit, for signs that take no cell of their own

# A second line of defence behind the cleaning at the door: nothing that moves the cursor or turns text around is drawn.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def safe(text: str) -> str:
    """The text on one line, without control characters."""
    return _UNSAFE.sub(" ", text) if _UNSAFE.search(text) else text


def fit(text: str, width: int, right: bool = False) -> str:
    """The text in exactly `width` cells: padded, or cut with an ellipsis."""
    text = safe(text[: 2 * width + SPARE])
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    room = " " * (width - size)
    return room + text if right else text + room


def column(text: str, width: int) -> str:
    """The text in exactly `width` cells, the last of them blank, so that it never runs into the next column."""
    return fit(text, width - 1) + " "


def tail(text: str, width: int) -> str:
    """The text in at most `width` cells; of a longer one the end, which in a path tells most."""
    text = safe(text)
    if cell_len(text) <= width:
        return text
    while cell_len(text) >= width:
        text = text[1:]
    return "…" + text


def size_of(parts: Parts) -> int:
    return sum(cell_len(text) for text, _ in parts)


def cut(parts: Parts, width: int) -> Parts:
    """The parts in at most `width` cells, the last one cut with an ellipsis where they do not fit."""
    out: Parts = []
    left = width
    for whole, role in parts:
        text = whole[: 2 * width + SPARE]
        size = cell_len(text)
        if size > left:
            if left > 0:
                out.append((fit(text, left), role))
            return out
        out.append((text, role))
        left -= size
    return out


def meaning_at(parts: Parts, x: int) -> str:
    """What a click on the cell `x` of the line means: what stands after the `@` of the role there, "" if nothing."""
    end = 0
    for text, role in parts:
        end += cell_len(text)
        if x < end:
            return role.partition("@")[2]
    return ""


def spread(left: Parts, right: Parts, width: int) -> Parts:
    """Left parts and right parts on one line; where both do not fit the left ones are cut."""
    room = width - size_of(right)
    if room < 4:
        return cut(left, width)
    left = cut(left, room - 1)
    return [*left, (" " * (room - size_of(left)), ""), *right]


def key_line(pieces: Sequence[Parts], width: int, *, gap: int = 2, last: bool = False, marked: bool = False) -> Parts:
    """The keys at the bottom, as many as there is room for. With `last` the last piece always stands, and `marked` the
    way to the menu for the mouse at the right edge."""
    room = width - (3 if marked else 0)
    parts: Parts = [(" ", "")]
    kept = list(pieces[-1]) if last and pieces else []
    for piece in pieces[:-1] if kept else pieces:
        if size_of(parts) + size_of(piece) + (gap + size_of(kept) if kept else 0) > room:
            break
        parts += [*piece, (" " * gap, "")]
    parts = parts + kept if kept else parts[:-1]
    if marked:
        parts = cut(parts, room)
        parts += [(" " * (room - size_of(parts)), ""), MENU_MARK]
    return parts


def menu_rule(width: int) -> Parts:
    """A thin rule that ends in the way to the menu for the mouse."""
    return [(" " + "─" * max(0, width - 4), "rule"), MENU_MARK]


def wrap(text: str, width: int) -> list[str]:
    """The text broken at blanks into lines of at most `width` cells; a longer word is broken inside."""
    width = max(width, 4)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for whole in safe(paragraph).split(" "):
            word, size = whole, cell_len(whole)
            if line and used + 1 + size > width:
                lines.append(line)
                line, used = "", 0
            while size > width:
                # Only the next piece is measured: measuring all that is left each time takes minutes for a long word.
                head = set_cell_size(word[: width + SPARE], width).rstrip("\0")
                head = head.rstrip(" ") or word[:1]
                lines.append(head)
                word = word[len(head) :]
                size = cell_len(word[: width + SPARE])
            line = f"{line} {word}" if line else word
            used = cell_len(line)
        lines.append(line)
    return lines


def title_line(number: str, title: str, width: int, right: str = "") -> Parts:
    """A pane's number and title, a thin rule, and what stands at its right edge."""
    left: Parts = [(f" {number} " if number else " ", "key"), (title, "strong"), (" ", "")]
    tail: Parts = [(f" {right} " if right else " ", "dim")]
    left = cut(left, max(0, width - size_of(tail)))
    return [*left, ("─" * max(0, width - size_of(left) - size_of(tail)), "rule"), *tail]
