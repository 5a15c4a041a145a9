"""How many cells of a terminal a text takes: a Hangul syllable two, most others one, a combining mark none."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=16384)
def cells(text: str) -> int:
    """The width in cells. Signs of ambiguous width count as one, as terminals draw them by default."""
    if text.isascii():
        return len(text)
    return sum(map(_cell, text))


@lru_cache(maxsize=4096)
def _cell(sign: str) -> int:
    if "가" <= sign <= "힣":
        return 2
    if unicodedata.category(sign) in {"Mn", "Me", "Cf"} or "\u1160" <= sign <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


@lru_cache(maxsize=16384)
def cut(text: str, width: int) -> str:
    """The text in at most so many cells; what is cut ends in an ellipsis of one cell."""
    if cells(text) <= width:
        return text
    if width <= 0:
        return ""
    used = 0
    for index, sign in enumerate(text):
        used += _cell(sign)
        if used > width - 1:
            return text[:index].rstrip() + "…"
    return text


def pad(text: str, width: int, right: bool = False) -> str:
    """The text in exactly so many cells, cut or filled with spaces (before it where `right`)."""
    text = cut(text, width)
    space = " " * (width - cells(text))
    return space + text if right else text + space
